import { placeAt } from '../call/capture-id.js';
import { cutName, type KindCount } from '../payload/event-digest.js';
import { type EventFilter, filtersNothing, matchesKind } from '../payload/event-filter.js';
import type { EventSummary } from '../payload/payload.js';
import {
  behind,
  callCounter,
  type Kind,
  listKinds,
  next,
  type PlaceRange,
} from './capture-index.js';
import type { Database } from './database.js';
import { knownEvents, lateJoin, readEvents, readKinds } from './event-index.js';

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
 * Counts the captures of each stretch and their events by the indexes, without reading any of them
 * but those that are indexed in part, of which `countLeftOut` tells what the index lacks. Of a filter,
 * channels and activities count; then the calls are those that have such events.
 */
export function tallyStretches(
  database: Database,
  { from, length, count }: Stretches,
  wanted: EventFilter,
  countLeftOut: (range: PlaceRange, filter: EventFilter) => readonly LeftOut[],
): Tally[] {
  const filter = {
    ...wanted,
    channels: wanted.channels.map(cutName),
    activities: wanted.activities.map(cutName),
  };
  const countCalls = callCounter(database);
  const inIndex = indexCounter(database, filter);
  return Array.from({ length: count }, (_, at) => {
    const begin = from + at * length;
    const range = { first: placeAt(begin), last: placeAt(begin + length) - 1 };
    const { events, captures } = inIndex(range);
    for (const leftOut of countLeftOut(range, filter)) {
      const counts = Object.entries(leftOut.events);
      if (counts.length > 0) captures?.add(leftOut.place);
      for (const [channel, number] of counts) events[channel] = (events[channel] ?? 0) + number;
    }
    return { calls: captures?.size ?? countCalls(range), events };
  });
}

/** What the index of events holds of a range; `captures`: which have such events, if that is asked. */
interface Indexed {
  readonly events: Record<string, number>;
  readonly captures: Set<number> | undefined;
}

function indexCounter(database: Database, filter: EventFilter): (range: PlaceRange) => Indexed {
  const every = filtersNothing(filter);
  const all = listKinds(database);
  if (all === undefined) return columnCounter(database, filter);
  const kinds = all.filter(([channel, activity]) =>
    matchesKind({ channel, activity, event: activity }, filter),
  );
  const countEvents = eventCounter(database, kinds);
  const findCaptures = kindredFinder(database, kinds);
  return (range) => ({
    events: countEvents(range),
    captures: every ? undefined : findCaptures(range),
  });
}

/** The same without the index, which is none when there are too many kinds of event. */
function columnCounter(database: Database, filter: EventFilter): (range: PlaceRange) => Indexed {
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
        const place = Number(row[0]);
        for (const { channel, activity } of readEvents(String(row[1]))) {
          if (matchesKind({ channel, activity, event: activity }, filter)) captures.add(place);
          yield [channel, activity ?? '', 1];
        }
        left = behind(place, left, 'oldest first');
      }
    };
    const events = countByChannel(kinds(), filter);
    return { events, captures: filtersNothing(filter) ? undefined : captures };
  };
}

function eventCounter(
  database: Database,
  kinds: readonly Kind[],
): (range: PlaceRange) => Record<string, number> {
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

/** Finds the captures that have events of some kinds; one may have several. */
function kindredFinder(
  database: Database,
  kinds: readonly Kind[],
): (range: PlaceRange) => Set<number> {
  const ofKind = database.prepare(
    'select distinct capture from events where channel = ? and activity = ? and capture between ? and ?',
  );
  return ({ first, last }) => {
    const captures = new Set<number>();
    for (const [channel, activity] of kinds) {
      for (const [place] of ofKind.all([channel, activity, first, last])) {
        captures.add(Number(place));
      }
    }
    return captures;
  };
}

/** What a capture holds beside its indexed events, of the kinds that are counted. */
export interface LeftOut {
  readonly place: number;
  /** By channel. */
  readonly events: Readonly<Record<string, number>>;
}

/** Counts of so many captures are remembered: each may take a second to read. */
const maxRemembered = 500;

/**
 * Counts the events of captures that are indexed in part, and that the index lacks. `everyEventAt`
 * reads the body of a capture: for those whose events are of too many kinds to be known.
 */
export function createLeftOutCounter(
  database: Database,
  everyEventAt: (place: number) => Iterable<EventSummary>,
): (range: PlaceRange, filter: EventFilter) => readonly LeftOut[] {
  const inRange = database.prepare(
    `select capture, kinds from partly_indexed
     where events is not null and capture between ? and ?`,
  );
  const eventsAt = database.prepare(
    `select ${knownEvents} from captures ${lateJoin} where place = ?`,
  );
  const remembered = new Map<string, LeftOut['events']>();

  function* kindsAt(place: number, column: unknown): Generator<KindCount> {
    const kinds = readKinds(column);
    if (kinds) {
      yield* kinds;
      return;
    }
    const indexed = eventsAt.first([place])?.[0];
    let known = typeof indexed === 'string' ? readEvents(indexed).length : 0;
    for (const { channel, activity } of everyEventAt(place)) {
      known -= 1;
      if (known < 0) yield [cutName(channel), cutName(activity ?? ''), 1];
    }
  }

  return ({ first, last }, filter) =>
    inRange.all([first, last]).map((row) => {
      const place = Number(row[0]);
      const key = JSON.stringify([place, filter.channels, filter.activities]);
      let events = remembered.get(key);
      if (events === undefined) {
        events = countByChannel(kindsAt(place, row[1]), filter);
        if (remembered.size >= maxRemembered) remembered.clear();
        remembered.set(key, events);
      }
      return { place, events };
    });
}

/** Names beyond these are counted together. */
const maxChannels = 100;
const otherChannels = 'others';

export function countByChannel(
  kinds: Iterable<KindCount>,
  filter: EventFilter,
): Record<string, number> {
  // A channel may have any name that a call gives it.
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
