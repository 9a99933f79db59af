import type { Credentials } from './plan-call.js';

/** Splits `user:password` at the first colon. Undefined when the user or the colon is missing. */
export function splitCredentials(text: string): Credentials | undefined {
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
