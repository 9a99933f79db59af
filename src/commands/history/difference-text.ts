import { plural } from '../../amounts.js';
import type { ComparedNotice, DifferenceNotice } from '../../output/notice.js';
import { visible } from '../../output/safe.js';
import type { Style } from '../../output/style.js';
import { compactJson } from '../../payload/json-text.js';

/** The path, then the value of each side on a line. */
export function differenceText({ field, one, other }: DifferenceNotice, style: Style): string {
  const lines = [style.bold(visible(field))];
  if (one !== null) lines.push(style.bad(`- ${visible(compactJson(one))}`));
  if (other !== null) lines.push(style.good(`+ ${visible(compactJson(other))}`));
  return `${lines.join('\n')}\n`;
}

export function comparedText({ differences, folded }: ComparedNotice): string {
  const also =
    folded === 0
      ? ''
      : ` ${plural(folded, 'time or id', 'times and ids')} ignored; --all shows ${folded === 1 ? 'it' : 'them'}.`;
  const found = differences === 0 ? 'No difference.' : `${plural(differences, 'difference')}.`;
  return `${found}${also}\n`;
}
