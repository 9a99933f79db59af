import { ApiFailure } from '../api-client.js';
import { Untrusted } from '../untrusted.js';

export function FailureNote({ error }: { readonly error: unknown }) {
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof ApiFailure ? error.hint : '';
  return (
    <div class="note bad" role="alert">
      <p>
        <Untrusted text={message} max={1000} />
      </p>
      {hint !== '' && (
        <p class="soft">
          <Untrusted text={hint} max={1000} />
        </p>
      )}
    </div>
  );
}
