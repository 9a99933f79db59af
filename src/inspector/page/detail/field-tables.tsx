import { useMemo } from 'preact/hooks';
import { copyText } from '../copy-text.js';
import { Icon } from '../icon.js';
import { Untrusted } from '../untrusted.js';
import { type EventField, eventFields, type FieldGroup, shownValue } from './event-fields.js';
import { LongText } from './long-text.js';

/** An event as tables of what it holds: each field, its value, and what is known of it. */
export function FieldTables({ event }: { readonly event: string }) {
  const { groups, cut } = useMemo(() => eventFields(event), [event]);
  return (
    <div class="field-tables">
      {groups.map((group, place) => (
        <Group key={place} group={group} />
      ))}
      {cut && <p class="nothing">There are more fields than these: the JSON has them all.</p>}
    </div>
  );
}

function Group({ group: { name, meaning, fields } }: { readonly group: FieldGroup }) {
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
              <Field key={place} field={field} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Field({ field: { name, json, meaning, remark } }: { readonly field: EventField }) {
  const value = shownValue(json);
  return (
    <tr>
      <th scope="row" class="field-name mono">
        <Untrusted text={name} most={100} />
      </th>
      <td class="field-value">
        <span class={json.startsWith('"') ? 'mono' : 'mono json-word'}>
          {value === '' ? <span class="faint">empty text</span> : <LongText text={value} />}
        </span>
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

function Undocumented() {
  return (
    <span class="undocumented" title="No published call has this key. It is kept as it came.">
      undocumented
    </span>
  );
}
