import { seqAt } from '../call/capture-id.js';
import { cutName, type KindCount } from '../payload/event-digest.js';
import { type EventFilter, filtersNothing, matchesKind } from '../payload/event-filter.js';
import type { EventSummary } from '../payload/payload.js';
import { behind, callCounter, listKinds, next, type SeqRange } from './capture-index.js';
import type { Database } from './database.js';
import { knownEvents, lateJoin, readEvents, readKinds } from './event-index.js';

/** The number of calls in a stretch of time, and of events by their channel's own name. */
export interface Tally {
  readonly calls: number;
  readonly events: Readonly<Record<string, number>>;
}

/** Consecutive stretches of time with the same length. */
export interface Stretches {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly lengthMs: number;
  readonly count: number;
}

/**
 * Counts the captures of each stretch and their events in the indexes. `countLeftOut` counts the events
 * of partly indexed captures that the index lacks. Only a filter's channels and activities apply. With
 * a filter, only calls with such events count.
 */
export function tallyStretches(
  database: Database,
  { from, lengthMs, count }: Stretches,
  wanted: EventFilter,
  countLeftOut: (range: SeqRange, filter: EventFilter) => readonly LeftOut[],
): Tally[] {
  const filter = {
    ...wanted,
    channels: wanted.channels.map(cutName),
    activities: wanted.activities.map(cutName),
  };
  const countCalls = callCounter(database);
  const inIndex = indexCounter(database, filter);
  return Array.from({ length: count }, (_, index) => {
    const begin = from + index * lengthMs;
    const range = { first: seqAt(begin), last: seqAt(begin + lengthMs) - 1 };
    const { events, captures } = inIndex(range);
    for (const leftOut of countLeftOut(range, filter)) {
      const counts = Object.entries(leftOut.events);
      if (counts.length > 0) captures?.add(leftOut.seq);
      for (const [channel, number] of counts) events[channel] = (events[channel] ?? 0) + number;
    }
    return { calls: captures?.size ?? countCalls(range), events };
  });
}

/** What the index has of a range. `captures`: those with such events; undefined without a filter. */
interface Indexed {
  readonly events: Record<string, number>;
  readonly captures: Set<number> | undefined;
}

function indexCounter(database: Database, filter: EventFilter): (range: SeqRange) => Indexed {
  const all = listKinds(database);
  if (all === undefined) return columnCounter(database, filter);
  const kinds = all.filter(([channel, activity]) =>
    matchesKind({ channel, activity, event: activity }, filter),
  );
  const where = 'where channel = ? and activity = ? and capture between ? and ?';
  const countEvents = database.prepare(`select count(*) from events ${where}`);
  const findCaptures = database.prepare(`select distinct capture from events ${where}`);
  return ({ first, last }) => {
    // Calls can contain any channel name.
    const events: Record<string, number> = Object.create(null);
    const captures = filtersNothing(filter) ? undefined : new Set<number>();
    for (const [channel, activity] of kinds) {
      const values = [channel, activity, first, last];
      const count = Number(countEvents.first(values)?.[0]);
      if (count > 0) events[channel] = (events[channel] ?? 0) + count;
      if (captures) for (const [seq] of findCaptures.all(values)) captures.add(Number(seq));
    }
    return { events, captures };
  };
}

/** Counts in the captures themselves, for stores with too many kinds of event. */
function columnCounter(database: Database, filter: EventFilter): (range: SeqRange) => Indexed {
  const page = database.prepare(
    `select place, ${knownEvents} from captures ${lateJoin}
     where ${knownEvents} is not null and ${next('place', 'oldest first')}`,
  );
  return (range) => {
    const captures = new Set<number>();
    const kinds = function* (): Generator<KindCount> {
      for (let left = range; ; ) {
        const [row] = page.all([left.first, left.last, 1]);
        if (!row) return;
        const seq = Number(row[0]);
        for (const { channel, activity } of readEvents(String(row[1]))) {
          if (matchesKind({ channel, activity, event: activity }, filter)) captures.add(seq);
          yield [channel, activity ?? '', 1];
        }
        left = behind(seq, left, 'oldest first');
      }
    };
    const events = countByChannel(kinds(), filter);
    return { events, captures: filtersNothing(filter) ? undefined : captures };
  };
}

/** The events of a partly indexed capture that the index lacks, if the filter matches them. */
interface LeftOut {
  readonly seq: number;
  /** By channel. */
  readonly events: Readonly<Record<string, number>>;
}

/** Counts are cached for this many captures, because reading each may take a second. */
const maxRemembered = 500;

/**
 * Counts the events of partly indexed captures that the index lacks. `everyEventAt` reads the body of
 * a capture whose events have too many kinds.
 */
export function createLeftOutCounter(
  database: Database,
  everyEventAt: (seq: number) => Iterable<EventSummary>,
): (range: SeqRange, filter: EventFilter) => readonly LeftOut[] {
  const inRange = database.prepare(
    `select capture, kinds from partly_indexed
     where events is not null and capture between ? and ?`,
  );
  const eventsAt = database.prepare(
    `select ${knownEvents} from captures ${lateJoin} where place = ?`,
  );
  const remembered = new Map<string, LeftOut['events']>();

  function* kindsAt(seq: number, column: unknown): Generator<KindCount> {
    const kinds = readKinds(column);
    if (kinds) {
      yield* kinds;
      return;
    }
    const indexed = eventsAt.first([seq])?.[0];
    let known = typeof indexed === 'string' ? readEvents(indexed).length : 0;
    for (const { channel, activity } of everyEventAt(seq)) {
      known -= 1;
      if (known < 0) yield [cutName(channel), cutName(activity ?? ''), 1];
    }
  }

  return ({ first, last }, filter) =>
    inRange.all([first, last]).map((row) => {
      const seq = Number(row[0]);
      const key = JSON.stringify([seq, filter.channels, filter.activities]);
      let events = remembered.get(key);
      if (events === undefined) {
        events = countByChannel(kindsAt(seq, row[1]), filter);
        if (remembered.size >= maxRemembered) remembered.clear();
        remembered.set(key, events);
      }
      return { seq, events };
    });
}

/** Further names are counted together. */
const maxChannels = 100;
const otherChannels = 'others';

function countByChannel(kinds: Iterable<KindCount>, filter: EventFilter): Record<string, number> {
  // Calls can contain any channel name.
  const counts: Record<string, number> = Object.create(null);
  let channels = 0;
  for (const [channel, activity, events] of kinds) {
    if (!matchesKind({ channel, activity, event: activity }, filter)) continue;
    const known = channel in counts;
    const name = known || channels < maxChannels ? channel : otherChannels;
    if (!known && name === channel) channels += 1;
    counts[name] = (counts[name] ?? 0) + events;
  }
  return counts;
}
