import { grouped, plural } from '../../amounts.js';
import { cutTo, padTo } from '../../output/columns.js';
import type { MessageTotalNotice, TotalsNotice } from '../../output/notice.js';
import { visible } from '../../output/safe.js';
import type { Style } from '../../output/style.js';

const activityWidth = 26;

/** Stands above the lines. */
export const totalsHeader = `${'msgid'.padEnd(14)}  ${'activity'.padEnd(activityWidth)}  ${'expected'.padStart(10)}  ${'in'.padStart(10)}  ${'missing'.padStart(10)}\n`;

export function totalLine(notice: MessageTotalNotice, style: Style): string {
  const { msgid, channel, event, expected, in: found } = notice;
  const missing = expected - found;
  const activity = visible(`${channel} ${event}`.trim());
  const numbers = [expected, found, Math.max(0, missing)].map((each) => grouped(each).padStart(10));
  const line = [
    padTo(cutTo(visible(msgid), 14), 14),
    padTo(cutTo(activity, activityWidth), activityWidth),
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
    return `\n${style.good(`No event of a message and activity is missing: ${visible(found)} has as many of each as ${visible(expected)}, or more.`)}\n`;
  return `\n${style.bad(`${plural(missing, 'event')} of ${plural(short, 'message and activity', 'messages and activities')} ${missing === 1 ? 'is' : 'are'} missing in ${visible(found)}.`)}\n`;
}
