import type { CaptureQuery } from '../../call/capture-query.js';
import type { CountNotice } from '../../output/notice.js';
import { matchesFilter } from '../../payload/event-filter.js';
import { keyedEvent, keyOf, tellsKey } from '../../payload/event-key.js';
import type { IdentifiedEvent } from '../../payload/payload.js';
import type { ListedCapture } from '../../store/capture-search.js';

/** Events that were received more than once. */
export interface Repeats {
  readonly captures: number;
  readonly events: number;
  /** Times of the oldest and the newest capture, in milliseconds since 1970. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** How many events were received in addition to the first of each key. */
  readonly repeats: number;
  /** The repeated events, the most frequent first. */
  readonly counts: readonly CountNotice[];
}

const maxListed = 10_000;

/**
 * Finds repeated events by their keys. Weak keys do not count. Takes two passes, so that the first one
 * needs only a number for each event; `captures` begins a pass.
 */
export function countRepeats(
  captures: () => Iterable<ListedCapture>,
  query: CaptureQuery,
): Repeats {
  const seen = new LargeSet();
  const repeated = new Set<number>();
  const total = { captures: 0, events: 0 };
  let first: number | undefined;
  let last: number | undefined;
  for (const capture of captures()) {
    total.captures += 1;
    first ??= capture.time;
    last = capture.time;
    for (const event of eventsWithKeys(capture, query)) {
      total.events += 1;
      const key = strongKey(event);
      if (key === undefined) continue;
      const start = startOf(key);
      if (seen.has(start)) repeated.add(start);
      else seen.add(start);
    }
  }
  const found = new Map<string, { event: IdentifiedEvent; ids: Set<number>; events: number }>();
  for (const capture of repeated.size > 0 ? captures() : []) {
    for (const event of eventsWithKeys(capture, query)) {
      const key = strongKey(event);
      if (key === undefined || !repeated.has(startOf(key))) continue;
      const known = found.get(key) ?? { event, ids: new Set<number>(), events: 0 };
      known.ids.add(capture.seq);
      known.events += 1;
      found.set(key, known);
    }
  }
  const counts = [...found]
    .filter(([, { events }]) => events > 1)
    .sort(([, a], [, b]) => b.events - a.events);
  return {
    ...total,
    first,
    last,
    repeats: counts.reduce((sum, [, { events }]) => sum + events - 1, 0),
    counts: counts.slice(0, maxListed).map(([key, { event, ids, events }]) => ({
      name: key,
      captures: ids.size,
      events,
      event: keyedEvent({ ...event, key }),
    })),
  };
}

/** Numbers without the limit of a set, which is 2^24. */
class LargeSet {
  readonly #parts = Array.from({ length: 256 }, () => new Set<number>());

  has(value: number): boolean {
    return this.#parts[value % 256]?.has(value) === true;
  }

  add(value: number): void {
    this.#parts[value % 256]?.add(value);
  }
}

function* eventsWithKeys(
  capture: ListedCapture,
  { events: filter }: CaptureQuery,
): Generator<IdentifiedEvent> {
  const listed = [...capture.everyEvent()];
  const known = listed.every(tellsKey);
  for (const event of known ? listed : capture.everyEvent('keys')) {
    if (matchesFilter(event, filter)) yield event;
  }
}

function strongKey(event: IdentifiedEvent): string | undefined {
  return event.weakKey ? undefined : keyOf(event);
}

/** The first 52 bits of a key, as many as a number holds exactly. */
function startOf(key: string): number {
  return Number.parseInt(key.slice(0, 13), 16);
}
