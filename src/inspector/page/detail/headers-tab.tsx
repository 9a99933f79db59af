import { copyText } from '../copy-text.js';
import { Icon } from '../icon.js';
import { Untrusted } from '../untrusted.js';
import { LongText } from './long-text.js';

/** The headers of a call in wire order, including repeated ones. */
export function HeadersTab({
  headers,
}: {
  readonly headers: readonly (readonly [name: string, value: string])[];
}) {
  const counts = new Map<string, number>();
  for (const [name] of headers) {
    counts.set(name.toLowerCase(), (counts.get(name.toLowerCase()) ?? 0) + 1);
  }
  if (headers.length === 0) return <p class="nothing">The call had no headers.</p>;
  const text = headers.map(([name, value]) => `${name}: ${value}`).join('\n');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: Scrollable areas must be reachable by keyboard.
    <section class="scroll" tabIndex={0} aria-label="Headers">
      <div class="strip end">
        <button
          type="button"
          class="button small quiet"
          onClick={() => copyText(text, 'The headers are copied.')}
        >
          <Icon name="copy" />
          Copy all
        </button>
      </div>
      <table class="fields two" aria-label="Headers, in the order received">
        <colgroup>
          <col class="name-column" />
          <col />
        </colgroup>
        <thead class="unseen">
          <tr>
            <th scope="col">Header</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {headers.map(([name, value], index) => {
            const repeated = (counts.get(name.toLowerCase()) ?? 0) > 1;
            const remark = remarkOn(name, value);
            return (
              <tr key={index}>
                <th scope="row" class="field-name mono">
                  <Untrusted text={name} max={200} />
                </th>
                <td class="field-value">
                  <span class="mono">
                    {value === '' ? <span class="faint">empty</span> : <LongText text={value} />}
                  </span>
                  {remark && <p class="remark">{remark}</p>}
                  {repeated && <p class="remark">This header is repeated.</p>}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

const secret = /^(?:authorization|proxy-authorization|cookie)$/i;

function remarkOn(name: string, value: string): string | undefined {
  if (!secret.test(name)) return undefined;
  if (value === 'Basic <right>') {
    return 'The credentials were correct. They are not stored; this text replaces them.';
  }
  if (value === '<removed>') {
    return 'The value may be a secret, so it is not stored; this text replaces it.';
  }
  return undefined;
}
