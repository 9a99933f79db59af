import { type EventFilter, filtersNothing, matchesKind } from '../payload/event-filter.js';
import { listKinds, type PlaceRange } from './capture-places.js';
import type { Database } from './database.js';

/** How many calls there were, and events by channel, as they name it. */
export interface Tally {
  readonly calls: number;
  readonly events: Readonly<Record<string, number>>;
}

/**
 * Counts the captures in a range and their events by the indexes, without reading any of them. Of a
 * filter, channels and activities count; then the calls are those that have such events.
 */
export function tallyRange(database: Database, range: PlaceRange, filter: EventFilter): Tally {
  const kinds = (listKinds(database) ?? []).filter(([channel, activity]) =>
    matchesKind({ channel, activity, event: activity }, filter),
  );
  const ofKind = database.prepare(
    'select count(*) from events where channel = ? and activity = ? and capture between ? and ?',
  );
  const events: Record<string, number> = Object.create(null);
  for (const [channel, activity] of kinds) {
    const count = Number(ofKind.first([channel, activity, range.first, range.last])?.[0]);
    if (count > 0) events[channel] = (events[channel] ?? 0) + count;
  }
  const calls = filtersNothing(filter)
    ? countCalls(database, range)
    : countCallsOf(database, kinds, range);
  return { calls, events };
}

/** By the index of statuses, which is small: the captures themselves lie among their bodies. */
function countCalls(database: Database, range: PlaceRange): number {
  const next = database.prepare(
    'select status from captures where status > ? order by status limit 1',
  );
  const ofStatus = database.prepare(
    'select count(*) from captures where status = ? and place between ? and ?',
  );
  let calls = 0;
  let status = next.first([-1])?.[0];
  while (status !== undefined && status !== null) {
    calls += Number(ofStatus.first([status, range.first, range.last])?.[0]);
    status = next.first([status])?.[0];
  }
  return calls;
}

/** A call may hold events of several kinds. */
function countCallsOf(
  database: Database,
  kinds: readonly (readonly [channel: string, activity: string])[],
  range: PlaceRange,
): number {
  const places = database.prepare(
    'select distinct capture from events where channel = ? and activity = ? and capture between ? and ?',
  );
  const calls = new Set<unknown>();
  for (const [channel, activity] of kinds) {
    for (const [place] of places.all([channel, activity, range.first, range.last])) {
      calls.add(place);
    }
  }
  return calls.size;
}
