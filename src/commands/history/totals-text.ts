import { grouped, plural } from '../../amounts.js';
import { capitalized } from '../../cli/options/option.js';
import { cutTo, padTo } from '../../output/columns.js';
import type { MessageTotalNotice, TotalsNotice } from '../../output/notice.js';
import { visible } from '../../output/safe.js';
import type { Style } from '../../output/style.js';

export const totalsHeader = `${'msgid'.padEnd(14)}  ${'activity'.padEnd(20)}  ${'expected'.padStart(12)}  ${'in'.padStart(12)}  ${'missing'.padStart(12)}\n`;

export function totalLine(notice: MessageTotalNotice, style: Style): string {
  const { msgid, channel, event, expected, in: found } = notice;
  const missing = expected - found;
  const activity = visible(`${channel} ${event}`.trim());
  const numbers = [expected, found, Math.max(0, missing)].map((each) => grouped(each).padStart(12));
  const line = [
    padTo(cutTo(visible(msgid), 14), 14),
    padTo(cutTo(activity, 20), 20),
    ...numbers,
  ].join('  ');
  return `${missing > 0 ? style.bad(line) : line}\n`;
}

export function totalsText(
  { expected, in: found, totals, short, missing }: TotalsNotice,
  style: Style,
): string {
  if (totals === 0) return `${style.warn('Neither side has an event.')}\n`;
  if (missing === 0)
    return `\n${style.good(`${visible(capitalized(found))} has as many events of each message and activity as ${visible(expected)}, or more.`)}\n`;
  return `\n${style.bad(`${plural(missing, 'event')} of ${plural(short, 'message and activity', 'messages and activities')} ${missing === 1 ? 'is' : 'are'} missing in ${visible(found)}.`)}\n`;
}
