import { cutName, type KindCount, maxNameLength } from '../payload/event-digest.js';
import { type EventFilter, matchesKind } from '../payload/event-filter.js';
import type { EventSummary } from '../payload/payload.js';
import type { PlaceRange } from './capture-places.js';
import type { Database } from './database.js';
import { readEvents } from './event-columns.js';
import { knownEvents, lateJoin } from './event-index.js';

/** The column `kinds` of `partly_indexed`; undefined: they are too many to be known. */
export function readKinds(column: unknown): readonly KindCount[] | undefined {
  return typeof column === 'string' ? (JSON.parse(column) as KindCount[]) : undefined;
}

/**
 * Whether a capture that is indexed in part may hold events of the channels and activities that a
 * filter names. `events` are those that are indexed, `others` the kinds of those that are not.
 */
export function mayHoldKind(
  events: readonly EventSummary[],
  others: readonly KindCount[] | undefined,
  filter: EventFilter,
): boolean {
  if (others === undefined) return true;
  return (
    events.some((event) => isKind(event.channel, event.activity, filter)) ||
    others.some(([channel, activity]) => isKind(channel, activity, filter))
  );
}

/** A name that may have been cut can be any. */
function isKind(channel: string, activity: string | null, filter: EventFilter): boolean {
  return (
    matchesKind({ channel, activity, event: activity }, filter) ||
    channel.length >= maxNameLength ||
    (activity?.length ?? 0) >= maxNameLength
  );
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
