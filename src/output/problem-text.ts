import type { ProblemNotice } from './notice.js';
import { visible } from './safe.js';
import type { Style } from './style.js';

/** A problem for people: what happened, what to do, and its permanent code. */
export function problemText(
  { message, hint, code }: Pick<ProblemNotice, 'message' | 'hint' | 'code'>,
  style: Style,
): string {
  return (
    `${style.bad('error')}  ${visible(message)}\n` +
    `       ${visible(hint)}\n` +
    `       ${style.faint(`(${code})`)}\n`
  );
}
