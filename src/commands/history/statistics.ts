import type { CountNotice, ReachNotice, StatisticsNotice } from '../../output/notice.js';
import { matchesFilter } from '../../payload/event-filter.js';
import type { EventSummary } from '../../payload/payload.js';
import type { CaptureQuery } from '../../store/capture-query.js';
import type { ListedCapture } from '../../store/history.js';

export type CountedBy = StatisticsNotice['by'];

/**
 * Counts captures, which come in their order, and those of their events that the query means. A
 * capture without such events counts by itself where there is something to count it by.
 */
export function countCaptures(
  captures: Iterable<ListedCapture>,
  by: CountedBy,
  query: CaptureQuery,
  reach: Omit<ReachNotice, 'type'> | null,
): StatisticsNotice {
  const counts = new Map<string, { captures: number; events: number }>();
  let number = 0;
  let eventNumber = 0;
  let first: number | undefined;
  let last: number | undefined;
  for (const capture of captures) {
    const events = capture.events.filter((event) => matchesFilter(event, query.events));
    number += 1;
    eventNumber += events.length;
    first ??= capture.time;
    last = capture.time;
    const names = events.map((event) => nameOf(capture, event, by));
    for (const name of new Set(names.length > 0 ? names : [nameOf(capture, undefined, by)])) {
      const count = counts.get(name) ?? { captures: 0, events: 0 };
      count.captures += 1;
      counts.set(name, count);
    }
    for (const name of names) (counts.get(name) ?? { events: 0 }).events += 1;
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
      [...counts].map(([name, count]) => ({ name, ...count })),
      by,
    ),
  };
}

const none = '(no event)';

function nameOf(capture: ListedCapture, event: EventSummary | undefined, by: CountedBy): string {
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
