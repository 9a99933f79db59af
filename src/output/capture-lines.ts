import { byteText, plural } from '../amounts.js';
import { shortId } from '../call/capture-id.js';
import { isUnforwarded } from '../call/delivery.js';
import type { Outcome } from '../call/outcome.js';
import type { EventSummary } from '../payload/payload.js';
import { cutTo, displayWidth, padTo, wrapped } from './columns.js';
import { dayAndClock } from './local-time.js';
import type { CaptureNotice } from './notice.js';
import { visible } from './safe.js';
import { skipSentence } from './skip-texts.js';
import type { Style } from './style.js';

const shownEvents = 10;
const indent = ' '.repeat(10);

/**
 * A line for the call, then a line for each event, at most ten. `columns` is the terminal's width,
 * which bounds the lines of events. Shows the day when it differs from that of `now` (milliseconds
 * since 1970).
 */
export function captureLines(
  notice: CaptureNotice,
  style: Style,
  { columns = 100, now }: { readonly columns: number | undefined; readonly now: number },
): string {
  const lines = [callLine(notice, style, now)];
  for (const event of notice.events.slice(0, shownEvents)) {
    lines.push(eventLine(event, style, columns));
  }
  const more = eventCount(notice) - shownEvents;
  if (more > 0) lines.push(`${indent}${style.faint(`+${more} more`)}`);
  if (notice.problem) lines.push(`${indent}${style.warn(visible(notice.problem))}`);
  if (isUnforwarded(notice.skipped)) {
    lines.push(`${indent}${style.warn(skipSentence(notice.skipped))}`);
  }
  return wrapped(`${lines.join('\n')}\n`, { isTTY: true, columns });
}

/** One log line without personal data. */
export function captureLogLine(notice: CaptureNotice): string {
  const words = [
    notice.time,
    shortId(notice.id),
    String(notice.status),
    // A query may hold personal data.
    visible(`${notice.method} ${notice.target.replace(/\?.*$/s, '?…')}`),
    byteText(notice.bytes),
    visible(countsOf(notice)),
  ];
  if (notice.panels.length > 0) words.push(visible(`panel ${someOf(notice.panels)}`));
  if (notice.problem) words.push(visible(notice.problem));
  if (notice.outcome) words.push(notice.outcome);
  words.push(erasedText(notice));
  if (isUnforwarded(notice.skipped)) words.push(skipSentence(notice.skipped));
  return `${words.filter(Boolean).join('  ')}\n`;
}

function callLine(notice: CaptureNotice, style: Style, now: number): string {
  const count = eventCount(notice);
  const words = [
    style.faint(dayAndClock(notice.time, now)),
    style.faint(shortId(notice.id)),
    paintStatus(notice.status, style),
    style.bold(visible(`${notice.method} ${notice.target}`)),
    byteText(notice.bytes),
    count > 0 ? plural(count, 'event') : '',
    visible(someOf(notice.panels)),
    notice.outcome ? paintOutcome(notice.outcome, style) : '',
    style.warn(erasedText(notice)),
  ];
  return words.filter(Boolean).join('  ');
}

function eventLine(event: EventSummary, style: Style, columns: number): string {
  const time = padTo(visible(event.time?.replace('T', ' ') ?? ''), 19);
  const channel = padTo(visible(event.channel || '-'), 15);
  const activity = padTo(visible(event.event ?? '-'), 10);
  const who = padTo(visible(event.who ?? '-'), 24);
  const taken = displayWidth([indent, time, channel, activity, who, ''].join('  ')) - 2;
  const name = cutTo(visible(event.name ?? ''), columns - taken);
  const words = [style.faint(time), style.accent(channel), style.bold(activity), who, name];
  return `${indent}${words.join('  ').trimEnd()}`;
}

/** Also for a capture of which only a header was erased. */
export function erasedText({ erased }: Pick<CaptureNotice, 'erased'>): string {
  if (erased === undefined) return '';
  return erased === 0 ? 'partly erased' : `${plural(erased, 'event')} erased`;
}

function eventCount({ events, eventCount = events.length }: CaptureNotice): number {
  return eventCount;
}

function countsOf(notice: CaptureNotice): string {
  const counts = countEvents(notice.events);
  if (notice.eventCount === undefined) return counts;
  const first = counts === '' ? '' : ` (the first ${notice.events.length}: ${counts})`;
  return `${plural(notice.eventCount, 'event')}${first}`;
}

/** A call may name any number of panels and kinds, of any length. */
const shownNames = 20;
const maxName = 200;

/** `shop_in, shop_ae, +3 more` */
function someOf(names: readonly string[]): string {
  const some = names.slice(0, shownNames).map((name) => cutTo(name, maxName));
  const more = names.length - some.length;
  return [...some, ...(more > 0 ? [`+${more} more`] : [])].join(', ');
}

/** `sms delivered, email open ×3` */
export function countEvents(events: readonly Pick<EventSummary, 'channel' | 'activity'>[]): string {
  const counts = new Map<string, number>();
  for (const event of events) {
    const name = `${event.channel || '-'} ${event.activity ?? '-'}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return someOf([...counts].map(([name, count]) => (count > 1 ? `${name} ×${count}` : name)));
}

function paintOutcome(outcome: Outcome, style: Style): string {
  switch (outcome) {
    case 'delivered':
      return style.good(outcome);
    case 'dead':
      return style.bad(outcome);
    case 'failed':
      return style.warn(outcome);
    case 'waiting':
      return style.accent(outcome);
    case 'skipped':
      return style.faint(outcome);
  }
}

export function paintStatus(status: number, style: Style): string {
  if (status === 200) return style.good(String(status));
  return status < 400 ? style.warn(String(status)) : style.bad(String(status));
}
