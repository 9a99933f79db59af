import type { ProblemNotice } from './notice.js';
import { visible, visibleBlock } from './safe.js';
import type { Style } from './style.js';

/** Formats a problem: what happened, where in the input, what to do, and its permanent code. */
export function problemText(
  found: Pick<ProblemNotice, 'message' | 'hint' | 'code'> & {
    readonly excerpt?: string | undefined;
  },
  style: Style,
): string {
  return (
    `${style.bad('error')}  ${visible(found.message)}\n` +
    excerptText(found.excerpt) +
    `       ${visible(found.hint)}\n` +
    `       ${style.faint(codeText(found.code))}\n`
  );
}

/** The messages of this code have no explanation in common. */
const usageCode = 'usage';

export function codeText(code: string): string {
  return code === usageCode ? `(${code})` : `More: netcore-hook explain ${code}`;
}

function excerptText(excerpt: string | undefined): string {
  if (excerpt === undefined) return '';
  return visibleBlock(excerpt)
    .split('\n')
    .map((line) => `       ${line}\n`)
    .join('');
}
