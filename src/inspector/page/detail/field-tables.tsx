import { useMemo } from 'preact/hooks';
import { copyText } from '../copy-text.js';
import { Icon } from '../icon.js';
import { Untrusted } from '../untrusted.js';
import { compareFields, type Differences } from './compare-fields.js';
import { ComparedWith, comparedEvent } from './compared-event.js';
import { type EventField, eventFields, type FieldGroup, shownValue } from './event-fields.js';
import { LongText } from './long-text.js';

/**
 * An event as tables of what it holds: each field, its value, and what is known of it; and where
 * another event is compared with, what is different there.
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
      {groups.map((group, place) => (
        <Group key={place} group={group} differing={differences?.differing} />
      ))}
      {differences && differences.lacking.length > 0 && <Lacking fields={differences.lacking} />}
      {cut && <p class="nothing">There are more fields than these: the JSON has them all.</p>}
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
            <Untrusted text={name} most={120} />
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
            {fields.map((field, place) => (
              <Field key={place} field={field} there={differing?.get(field)} />
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
  /** The value of the event that is compared with, where it is another; null: it has none. */
  readonly there: string | null | undefined;
}) {
  const value = shownValue(json);
  return (
    <tr class={there === undefined ? '' : 'different'}>
      <th scope="row" class="field-name mono">
        <Untrusted text={name} most={100} />
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

/** What stands in the place of a field in the event that is compared with. */
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

/** The fields that only the event has which is compared with. */
function Lacking({ fields }: { readonly fields: readonly EventField[] }) {
  return (
    <section class="group">
      <header class="group-head">
        <h4>Only there</h4>
      </header>
      <table class="fields two" aria-label="Fields that this event lacks">
        <tbody>
          {fields.map(({ path, json }, place) => (
            <tr key={place} class="different">
              <th scope="row" class="field-name mono">
                <Untrusted text={path.join('.')} most={100} />
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
