import type { CaptureDetail } from '../../api.js';
import { Icon } from '../icon.js';
import { detailTab } from '../preferences.js';
import { Untrusted } from '../untrusted.js';

/** Why there are no events, and where to look instead. */
export function NoPayload({ call }: { readonly call: CaptureDetail }) {
  return (
    <div class="no-payload">
      <Icon name="alert" />
      <p>
        <Untrusted text={call.problem ?? 'This call contains no payload.'} max={1000} />
      </p>
      <button
        type="button"
        class="button small"
        onClick={() => {
          detailTab.value = call.bytes === 0 ? 'headers' : 'body';
        }}
      >
        {call.bytes === 0 ? 'Look at its headers' : 'Look at its body'}
      </button>
    </div>
  );
}
