import { plural, waitWords } from '../amounts.js';
import { shortId } from '../call/capture-id.js';
import { clockTime, paintStatus } from '../output/capture-lines.js';
import type { AttemptNotice, BreakerNotice } from '../output/notice.js';
import { visible } from '../output/safe.js';
import type { Style } from '../output/style.js';

/** Stands before what came and before what a handler said of it. */
export const arrows = { came: '-->', answered: '<--' };

/** What a handler said of a call, for people. */
export function attemptLine(notice: AttemptNotice, style: Style): string {
  const words = [
    `${style.faint(arrows.answered)} ${style.faint(clockTime(notice.time ?? ''))}`,
    style.faint(shortId(notice.capture ?? '')),
    notice.status === null ? style.bad('---') : paintStatus(notice.status, style),
    `${Math.round(notice.ms)} ms`,
    fateWords(notice),
    visible(notice.reason ?? ''),
  ];
  return `${words.filter(Boolean).join('  ')}\n`;
}

/** The same for a log. */
export function attemptLogLine(notice: AttemptNotice): string {
  const words = [
    notice.time,
    shortId(notice.capture ?? ''),
    'forwarded ',
    notice.status === null ? 'no answer' : String(notice.status),
    `${Math.round(notice.ms)} ms`,
    fateWords(notice),
    // What a handler says may name a person; why there was no answer does not.
    notice.status === null ? visible(notice.reason ?? '') : '',
  ];
  return `${words.filter(Boolean).join('  ')}\n`;
}

function fateWords({ state, number, due, time }: AttemptNotice): string {
  switch (state) {
    case 'delayed':
      return `try ${number}, again in ${waitWords(Date.parse(due ?? '') - Date.parse(time ?? ''))}`;
    case 'dead':
      return `given up after ${plural(number, 'try', 'tries')}`;
    default:
      return number > 1 ? `try ${number}` : '';
  }
}

/** `style`: on a terminal; else it is a line of a log. */
export function breakerLine(
  { state, time, to, reason, since, cause }: BreakerNotice,
  style?: Style,
) {
  const when = style ? style.faint(clockTime(time)) : time;
  if (state === 'open') {
    const failure = cause === 'refusing' ? 'refuses every call' : 'fails';
    const said = `The handler ${failure}: ${visible(reason ?? '')} Calls wait; one at a time is tried until ${visible(to)} takes it.`;
    return `${when}  ${style ? style.bad(said) : said}\n`;
  }
  const after = since === null ? '' : ` after ${waitWords(Date.parse(time) - Date.parse(since))}`;
  const said = `The handler is well again${after}. Calls that wait go there now.`;
  return `${when}  ${style ? style.good(said) : said}\n`;
}
