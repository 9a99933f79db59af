import type { Credentials } from '../call/plan-call.js';
import { problem } from '../problems/problem.js';

/** `user:password`; only the first colon splits. The text is a secret, so no problem repeats it. */
export function readCredentials(auth: string): Credentials {
  const colon = auth.indexOf(':');
  if (colon > 0) return { user: auth.slice(0, colon), password: auth.slice(colon + 1) };
  throw problem('invalid_value', {
    what: 'auth',
    value: '…',
    reason: 'it is not user:password',
    hint: "Write it like { auth: 'netcore:secret' }.",
  });
}
