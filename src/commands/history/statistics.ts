import type { CaptureQuery } from '../../call/capture-query.js';
import type { CountNotice, ReachNotice, StatisticsNotice } from '../../output/notice.js';
import { matchesFilter } from '../../payload/event-filter.js';
import type { EventSummary } from '../../payload/payload.js';
import type { ListedCapture } from '../../store/capture-search.js';

export type CountedBy = StatisticsNotice['by'];

/**
 * Counts captures, in the given order, and those of their events that match the query. A capture
 * without such events counts if it has a name to count by.
 */
export function countCaptures(
  captures: Iterable<ListedCapture>,
  by: CountedBy,
  query: CaptureQuery,
  reach: Omit<ReachNotice, 'type'> | null,
): StatisticsNotice {
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
  for (const capture of captures) {
    number += 1;
    first ??= capture.time;
    last = capture.time;
    const before = eventNumber;
    for (const event of capture.everyEvent()) {
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
    counts: sorted(
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

function nameOf(capture: ListedCapture, event: EventSummary | undefined, by: CountedBy): string {
  const name = wholeNameOf(capture, event, by);
  return name.length > maxNameLength ? `${name.slice(0, maxNameLength - 1)}…` : name;
}

function wholeNameOf(
  capture: ListedCapture,
  event: EventSummary | undefined,
  by: CountedBy,
): string {
  switch (by) {
    case 'peer':
      return capture.remote;
    case 'hour':
      return `${new Date(capture.time).toISOString().slice(0, 13)}:00:00.000Z`;
    case 'panel':
      return event?.panel ?? none;
    case 'channel':
      return event === undefined ? none : `${event.channel || '-'} ${event.activity ?? '-'}`;
  }
}

function sorted(counts: readonly CountNotice[], by: CountedBy): CountNotice[] {
  return [...counts].sort((a, b) =>
    by === 'hour'
      ? a.name.localeCompare(b.name)
      : Math.max(b.events, b.captures) - Math.max(a.events, a.captures),
  );
}

function isoTime(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
