/** What the first delay is at most; each one after it may be twice as long, up to the last. */
const firstDelay = 2_000;
const maxDelay = 15 * 60_000;

/**
 * Milliseconds to wait after a call's `failures`-th failed try (from 1): half of it is fixed, half
 * is random, so that calls which failed together do not come again together. 1 to 2 s first, then
 * twice that and so on, up to 15 minutes. `random` gives numbers from 0 to 1.
 */
export function retryDelay(failures: number, random: () => number): number {
  const most = Math.min(firstDelay * 2 ** (failures - 1), maxDelay);
  return Math.round(most / 2 + (random() * most) / 2);
}

/**
 * Milliseconds from `now` (since 1970) that a Retry-After header asks for, in either of its forms
 * (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after): 0 for a time that has passed, at most
 * 15 minutes, so that no answer can put a call off for good. Undefined: there is none that can be
 * read.
 */
export function readRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : httpDate(text) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(0, wait), maxDelay);
}

const fixedDate = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
const longDate = /^[A-Z][a-z]{5,8}, \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d GMT$/;
const asctimeDate = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/;

/** The three forms that a date has in HTTP; Date alone would take much that is none. */
function httpDate(text: string): number {
  if (fixedDate.test(text) || longDate.test(text)) return Date.parse(text);
  return asctimeDate.test(text) ? Date.parse(`${text} GMT`) : Number.NaN;
}
