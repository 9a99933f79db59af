import { type EventFilter, filtersNothing, matchesKind } from '../payload/event-filter.js';
import { placeAt } from './capture-id.js';
import { listKinds } from './capture-places.js';
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
  const first = placeAt(from);
  const last = placeAt(from + length * count) - 1;
  const stretchOf = (column: string) => `(${column} - ${first}) / ${length * 1000}`;
  const tallies = Array.from({ length: count }, () => ({
    calls: 0,
    events: Object.create(null) as Record<string, number>,
  }));
  const all = filtersNothing(filter);
  const kinds = (listKinds(database) ?? []).filter(([channel, activity]) =>
    matchesKind({ channel, activity, event: activity }, filter),
  );

  const ofKind = database.prepare(
    `select ${stretchOf('capture')}, count(*) from events
     where channel = ? and activity = ? and capture between ? and ? group by 1`,
  );
  const capturesOfKind = database.prepare(
    `select distinct capture, ${stretchOf('capture')} from events
     where channel = ? and activity = ? and capture between ? and ?`,
  );
  /** A call may hold events of several kinds. */
  const counted = new Set<unknown>();
  for (const [channel, activity] of kinds) {
    for (const [stretch, events] of ofKind.all([channel, activity, first, last])) {
      const tally = tallies[Number(stretch)];
      if (tally) tally.events[channel] = (tally.events[channel] ?? 0) + Number(events);
    }
    if (all) continue;
    for (const [place, stretch] of capturesOfKind.all([channel, activity, first, last])) {
      const tally = tallies[Number(stretch)];
      if (tally && !counted.has(place)) tally.calls += 1;
      counted.add(place);
    }
  }

  // By the index of statuses, which is small: the captures themselves lie among their bodies.
  const nextStatus = database.prepare(
    'select status from captures where status > ? order by status limit 1',
  );
  const ofStatus = database.prepare(
    `select ${stretchOf('place')}, count(*) from captures
     where status = ? and place between ? and ? group by 1`,
  );
  let status = all ? nextStatus.first([-1])?.[0] : undefined;
  while (status !== undefined && status !== null) {
    for (const [stretch, calls] of ofStatus.all([status, first, last])) {
      const tally = tallies[Number(stretch)];
      if (tally) tally.calls += Number(calls);
    }
    status = nextStatus.first([status])?.[0];
  }
  return tallies;
}
