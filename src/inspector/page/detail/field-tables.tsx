import { useMemo } from 'preact/hooks';
import { copyText } from '../copy-text.js';
import { Icon } from '../icon.js';
import { Untrusted } from '../untrusted.js';
import { compareFields, type Differences } from './compare-fields.js';
import { ComparedWith, comparedEvent } from './compared-event.js';
import { type EventField, eventFields, type FieldGroup, shownValue } from './event-fields.js';
import { LongText } from './long-text.js';

/**
 * An event as tables of fields, values and meanings, with the differences from a compared event.
 */
export function FieldTables({ event }: { readonly event: string }) {
  const fields = useMemo(() => eventFields(event), [event]);
  const { groups, cut } = fields;
  const other = comparedEvent.value?.text;
  const differences = useMemo(
    () =>
      other === undefined || other === event
        ? undefined
        : compareFields(fields, eventFields(other)),
    [fields, event, other],
  );
  return (
    <div class="field-tables">
      {differences && <ComparedWith {...differences} />}
      {groups.map((group, index) => (
        <Group key={index} group={group} differing={differences?.differing} />
      ))}
      {differences && differences.lacking.length > 0 && <Lacking fields={differences.lacking} />}
      {cut && <p class="nothing">Only the first fields are shown: the JSON has all of them.</p>}
    </div>
  );
}

function Group({
  group: { name, meaning, fields },
  differing,
}: {
  readonly group: FieldGroup;
  readonly differing: Differences['differing'] | undefined;
}) {
  const title = name ?? 'event';
  return (
    <section class="group">
      {name !== null && (
        <header class="group-head">
          <h4 class="mono">
            <Untrusted text={name} max={120} />
          </h4>
          {meaning === null ? <Undocumented /> : <p class="faint">{meaning}</p>}
        </header>
      )}
      {fields.length === 0 ? (
        <p class="group-empty faint">Empty.</p>
      ) : (
        <table class="fields" aria-label={`Fields of ${title.slice(0, 60)}`}>
          <colgroup>
            <col class="name-column" />
            <col />
            <col class="meaning-column" />
          </colgroup>
          <thead class="unseen">
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Value</th>
              <th scope="col">Meaning</th>
            </tr>
          </thead>
          <tbody>
            {fields.map((field, index) => (
              <Field key={index} field={field} there={differing?.get(field)} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Field({
  field: { name, json, meaning, remark },
  there,
}: {
  readonly field: EventField;
  /** The compared event's value where it differs; null when it lacks the field. */
  readonly there: string | null | undefined;
}) {
  const value = shownValue(json);
  return (
    <tr class={there === undefined ? '' : 'different'}>
      <th scope="row" class="field-name mono">
        <Untrusted text={name} max={100} />
      </th>
      <td class="field-value">
        <span class={json.startsWith('"') ? 'mono' : 'mono json-word'}>
          {value === '' ? <span class="faint">empty text</span> : <LongText text={value} />}
        </span>
        {there !== undefined && <There json={there} />}
        {remark !== null && <p class="remark">{remark}</p>}
        <button
          type="button"
          class="button small square quiet copy-value"
          aria-label={`Copy ${name.slice(0, 60)}`}
          onClick={() => copyText(value, 'The value is copied.')}
        >
          <Icon name="copy" />
        </button>
      </td>
      <td class="field-meaning">{meaning ?? <Undocumented />}</td>
    </tr>
  );
}

/** A field's value in the compared event. */
function There({ json }: { readonly json: string | null }) {
  if (json === null) return <p class="there soft">not there</p>;
  const value = shownValue(json);
  return (
    <p class="there">
      <span class="soft">there </span>
      <span class={json.startsWith('"') ? 'mono' : 'mono json-word'}>
        {value === '' ? <span class="faint">empty text</span> : <LongText text={value} />}
      </span>
    </p>
  );
}

/** The fields that only the compared event has. */
function Lacking({ fields }: { readonly fields: readonly EventField[] }) {
  return (
    <section class="group">
      <header class="group-head">
        <h4>Only there</h4>
      </header>
      <table class="fields two" aria-label="Fields that this event lacks">
        <tbody>
          {fields.map(({ path, json }, index) => (
            <tr key={index} class="different">
              <th scope="row" class="field-name mono">
                <Untrusted text={path.join('.')} max={100} />
              </th>
              <td class="field-value">
                <There json={json} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Undocumented() {
  return (
    <span class="undocumented" title="This key is undocumented. It is kept unchanged.">
      undocumented
    </span>
  );
}
