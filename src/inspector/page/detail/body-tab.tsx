import type { CaptureDetail } from '../../api.js';
import { bodyAddress } from '../api-client.js';
import { copyText } from '../copy-text.js';
import { Icon } from '../icon.js';
import { counted, countText, sizeText } from '../words.js';
import { LongText } from './long-text.js';

/** The body as text; other characters are shown escaped. */
export function BodyTab({ call }: { readonly call: CaptureDetail }) {
  if (call.bytes === 0) return <p class="nothing">The call had no body.</p>;
  return (
    <section class="body-tab" aria-label="Body">
      <div class="strip">
        <span class="faint">
          {contentType(call)}
          {counted(call.bytes, 'byte')}
          {call.cut && `, of which the first ${countText(call.text.length)} characters are here`}
        </span>
        <span class="grow" />
        {!call.cut && (
          <button
            type="button"
            class="button small quiet"
            onClick={() => copyText(call.text, 'The body is copied.')}
          >
            <Icon name="copy" />
            Copy
          </button>
        )}
        <a class="button small quiet" href={bodyAddress(call.id)} download>
          <Icon name="download" />
          Download {call.cut ? `all ${sizeText(call.bytes)}` : ''}
        </a>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: Scrollable areas must be reachable by keyboard. */}
      <pre class="raw scroll" tabIndex={0}>
        <LongText text={call.text} max={20_000} />
      </pre>
    </section>
  );
}

function contentType({ headers }: CaptureDetail): string {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  return type === undefined ? '' : `${type.slice(0, 80)} · `;
}
