import { nextTryWords, plural } from '../../amounts.js';
import { shortId } from '../../call/capture-id.js';
import { type DeliveryState, deliveryStates } from '../../call/delivery.js';
import { paintStatus } from '../../output/capture-lines.js';
import { cutTo, displayWidth, wrapped } from '../../output/columns.js';
import { dayAndClock } from '../../output/local-time.js';
import type { QueuedNotice } from '../../output/notice.js';
import { visible } from '../../output/safe.js';
import { noStyle, type Style } from '../../output/style.js';

interface LineOptions {
  readonly now: number;
  /** Several targets are listed, so each line shows its own. */
  readonly several: boolean;
}

const maxStateWidth = Math.max(...deliveryStates.map(({ length }) => length));
const maxTriesWidth = '10 tries'.length;
const minReasonWidth = 20;

/** A queued call as one terminal line of this width. */
export function queuedLine(
  notice: QueuedNotice,
  {
    style,
    columns = 100,
    now,
    several,
  }: LineOptions & { readonly style: Style; readonly columns: number | undefined },
): string {
  const words = [
    dayAndClock(notice.queued, now),
    shortId(notice.capture),
    ...stateTexts(notice, noStyle),
    ...laterTexts(notice, now, several),
  ];
  const taken = displayWidth(words.join('  ')) + 2;
  const [time = '', id = ''] = words;
  const line = [
    style.faint(time),
    style.faint(id),
    ...stateTexts(notice, style),
    ...laterTexts(notice, now, several),
    cutTo(visible(notice.reason ?? ''), Math.max(columns - taken, minReasonWidth)),
  ];
  return wrapped(`${line.join('  ').trimEnd()}\n`, { isTTY: true, columns });
}

/** A queued call as a complete log line. */
export function queuedLogLine(notice: QueuedNotice, { now, several }: LineOptions): string {
  const words = [
    notice.queued,
    shortId(notice.capture),
    ...stateTexts(notice, noStyle),
    ...laterTexts(notice, now, several),
    visible(notice.reason ?? ''),
  ];
  return `${words.join('  ').trimEnd()}\n`;
}

/** State, tries and last status, padded to equal width. */
function stateTexts({ state, tries, status }: QueuedNotice, style: Style): string[] {
  const count = tries === 0 ? '' : plural(tries, 'try', 'tries');
  return [
    paintState(state, style, state.padEnd(maxStateWidth)),
    count.padEnd(maxTriesWidth),
    status === null ? (tries === 0 ? '   ' : style.bad('---')) : paintStatus(status, style),
  ];
}

function laterTexts({ due, target }: QueuedNotice, now: number, several: boolean): string[] {
  return [
    ...(due === null ? [] : [nextTryWords(Date.parse(due) - now)]),
    ...(several ? [visible(target)] : []),
  ];
}

export function paintState(state: DeliveryState, style: Style, text: string = state): string {
  switch (state) {
    case 'waiting':
    case 'active':
      return style.accent(text);
    case 'delayed':
      return style.warn(text);
    case 'delivered':
      return style.good(text);
    case 'dead':
      return style.bad(text);
    case 'skipped':
    case 'handed over':
      return style.faint(text);
  }
}
