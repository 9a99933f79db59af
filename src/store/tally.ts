import { type EventFilter, filtersNothing, matchesKind } from '../payload/event-filter.js';
import { placeAt } from './capture-id.js';
import { type Kind, listKinds, type PlaceRange } from './capture-places.js';
import type { Database } from './database.js';

/** How many calls a stretch of time had, and how many events by channel, as they name it. */
export interface Tally {
  readonly calls: number;
  readonly events: Readonly<Record<string, number>>;
}

/** Stretches of time of one length, one after the other. Milliseconds, the first since 1970. */
export interface Stretches {
  readonly from: number;
  readonly length: number;
  readonly count: number;
}

/**
 * Counts the captures of each stretch and their events by the indexes, without reading any of them.
 * Of a filter, channels and activities count; then the calls are those that have such events.
 */
export function tallyStretches(
  database: Database,
  { from, length, count }: Stretches,
  filter: EventFilter,
): Tally[] {
  const kinds = (listKinds(database) ?? []).filter(([channel, activity]) =>
    matchesKind({ channel, activity, event: activity }, filter),
  );
  const countEvents = eventCounter(database, kinds);
  const countCalls = filtersNothing(filter)
    ? callCounter(database)
    : kindredCounter(database, kinds);
  return Array.from({ length: count }, (_, at) => {
    const begin = from + at * length;
    const range = { first: placeAt(begin), last: placeAt(begin + length) - 1 };
    return { calls: countCalls(range), events: countEvents(range) };
  });
}

/** The statuses that captures were answered with: a step in the index for each. */
export function listStatuses(database: Database): number[] {
  const nextStatus = database.prepare(
    'select status from captures where status > ? order by status limit 1',
  );
  const statuses: number[] = [];
  for (let last = -1; ; ) {
    const status = nextStatus.first([last])?.[0];
    if (typeof status !== 'number') break;
    statuses.push(status);
    last = status;
  }
  return statuses;
}

/**
 * Counts captures by the index of statuses, which is small: they themselves lie among their bodies.
 */
export function callCounter(database: Database): (range: PlaceRange) => number {
  const statuses = listStatuses(database);
  const ofStatus = database.prepare(
    'select count(*) from captures where status = ? and place between ? and ?',
  );
  return ({ first, last }) =>
    statuses.reduce((sum, status) => sum + Number(ofStatus.first([status, first, last])?.[0]), 0);
}

function eventCounter(
  database: Database,
  kinds: readonly Kind[],
): (range: PlaceRange) => Readonly<Record<string, number>> {
  const ofKind = database.prepare(
    'select count(*) from events where channel = ? and activity = ? and capture between ? and ?',
  );
  return ({ first, last }) => {
    // A channel may have any name that a call gives it.
    const counts: Record<string, number> = Object.create(null);
    for (const [channel, activity] of kinds) {
      const count = Number(ofKind.first([channel, activity, first, last])?.[0]);
      if (count > 0) counts[channel] = (counts[channel] ?? 0) + count;
    }
    return counts;
  };
}

/** Counts captures that have events of some kinds; one may have several. */
function kindredCounter(database: Database, kinds: readonly Kind[]): (range: PlaceRange) => number {
  const ofKind = database.prepare(
    'select distinct capture from events where channel = ? and activity = ? and capture between ? and ?',
  );
  return ({ first, last }) => {
    const captures = new Set<unknown>();
    for (const [channel, activity] of kinds) {
      for (const [place] of ofKind.all([channel, activity, first, last])) captures.add(place);
    }
    return captures.size;
  };
}
