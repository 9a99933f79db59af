import type { CaptureQuery } from '../../call/capture-query.js';
import { nextStart, startOf } from '../../output/local-time.js';
import type { CountNotice, ReachNotice, StatisticsNotice } from '../../output/notice.js';
import { matchesFilter } from '../../payload/event-filter.js';
import type { IdentifiedEvent } from '../../payload/payload.js';
import type { ListedCapture } from '../../store/capture-search.js';

type CountedBy = Exclude<StatisticsNotice['by'], 'duplicate'>;

/**
 * Counts captures, in the given order, and those of their events that match the query. A capture
 * without such events counts if it has a name to count by. `captures` begins a pass over them.
 */
export function countCaptures(
  captures: () => Iterable<ListedCapture>,
  by: CountedBy,
  query: CaptureQuery,
  reach: Omit<ReachNotice, 'type'> | null,
): StatisticsNotice {
  // Labels are not in the index.
  const detail = by === 'webhook' || by === 'journey' ? 'labels' : 'summary';
  /** `last`: the number of the last capture with such an event. */
  const counts = new Map<string, { captures: number; events: number; last: number }>();
  let number = 0;
  let eventNumber = 0;
  let first: number | undefined;
  let last: number | undefined;
  const countOf = (name: string) => {
    const known = counts.get(name);
    if (known) return known;
    // A call may name any number of panels and kinds.
    const key = counts.size < maxNames ? name : others;
    const count = counts.get(key) ?? { captures: 0, events: 0, last: -1 };
    counts.set(key, count);
    return count;
  };
  for (const capture of captures()) {
    number += 1;
    first ??= capture.time;
    last = capture.time;
    const before = eventNumber;
    for (const event of capture.everyEvent(detail)) {
      if (!matchesFilter(event, query.events)) continue;
      eventNumber += 1;
      const count = countOf(nameOf(capture, event, by));
      count.events += 1;
      if (count.last !== number) count.captures += 1;
      count.last = number;
    }
    if (eventNumber === before) countOf(nameOf(capture, undefined, by)).captures += 1;
  }
  return {
    type: 'stats',
    by,
    captures: number,
    events: eventNumber,
    first: isoTime(first),
    last: isoTime(last),
    reach,
    counts: arranged(
      [...counts].map(([name, { captures, events }]) => ({ name, captures, events })),
      by,
    ),
  };
}

const none = '(no event)';
/** Collects the names beyond `maxNames`. */
const others = '(others)';
const maxNames = 10_000;
const maxNameLength = 300;

function nameOf(capture: ListedCapture, event: IdentifiedEvent | undefined, by: CountedBy): string {
  const name = wholeNameOf(capture, event, by);
  return name.length > maxNameLength ? `${name.slice(0, maxNameLength - 1)}…` : name;
}

function wholeNameOf(
  capture: ListedCapture,
  event: IdentifiedEvent | undefined,
  by: CountedBy,
): string {
  switch (by) {
    case 'peer':
      return capture.remote;
    case 'hour':
    case 'day':
      return new Date(startOf(by, capture.time)).toISOString();
    case 'panel':
      return event?.panel ?? none;
    case 'webhook':
      return event === undefined ? none : (event.webhook ?? '(no label)');
    case 'journey':
      return event === undefined ? none : (event.journey ?? '(no journey)');
    case 'message':
      return event === undefined ? none : [event.msgid ?? '-', event.name ?? ''].join(' ').trim();
    case 'channel':
      return event === undefined ? none : `${event.channel || '-'} ${event.activity ?? '-'}`;
  }
}

/** The largest first. Hours and days are in order, also those without a call. */
function arranged(counts: CountNotice[], by: CountedBy): CountNotice[] {
  if (by === 'hour' || by === 'day') return withEmpty(counts, by);
  return counts.sort((a, b) => Math.max(b.events, b.captures) - Math.max(a.events, a.captures));
}

function withEmpty(counts: CountNotice[], unit: 'hour' | 'day'): CountNotice[] {
  const inOrder = counts.sort((a, b) => a.name.localeCompare(b.name));
  const filled: CountNotice[] = [];
  let next: number | undefined;
  for (const count of inOrder) {
    const start = Date.parse(count.name);
    while (next !== undefined && next < start && filled.length < maxNames) {
      filled.push({ name: new Date(next).toISOString(), captures: 0, events: 0 });
      next = nextStart(unit, next);
    }
    filled.push(count);
    next = Number.isNaN(start) ? undefined : nextStart(unit, start);
  }
  return filled;
}

export function isoTime(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
