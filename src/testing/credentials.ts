import type { Credentials } from '../call/plan-call.js';
import { splitCredentials } from '../call/split-credentials.js';
import { problem } from '../problems/problem.js';

/** Splits `user:password` at the first colon. Problems never repeat the text, which is a secret. */
export function readCredentials(auth: string): Credentials {
  const credentials = splitCredentials(auth);
  if (credentials) return credentials;
  throw problem('invalid_value', {
    what: 'auth',
    value: '…',
    reason: 'it is not user:password',
    hint: "Write it like { auth: 'netcore:secret' }.",
  });
}
