import type { Credentials } from './plan-call.js';

/** `user:password`; only the first colon splits. Undefined: there is no user, or no colon. */
export function splitCredentials(text: string): Credentials | undefined {
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
