import type { CaptureQuery } from '../../call/capture-query.js';
import type { CountNotice } from '../../output/notice.js';
import { keyedEvent } from '../../payload/event-key.js';
import type { IdentifiedEvent } from '../../payload/payload.js';
import type { ListedCapture } from '../../store/capture-search.js';
import { type Database, readNumber } from '../../store/database.js';
import { createInserter } from '../../store/row-inserter.js';
import { eventsWithKeys, strongKey } from '../keyed-events.js';

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
 * Finds repeated events by their keys, in a temporary database, so that any number of them fits. Weak
 * keys do not count. `captures` begins a pass over the captures; a second pass finds what to show.
 */
export function countRepeats(
  captures: () => Iterable<ListedCapture>,
  query: CaptureQuery,
  database: Database,
): Repeats {
  database.execute('create table keys (key blob, seq integer)');
  const keys = createInserter(database, 'keys', 'key, seq');
  const total = { captures: 0, events: 0 };
  let first: number | undefined;
  let last: number | undefined;
  database.execute('begin');
  for (const capture of captures()) {
    total.captures += 1;
    first ??= capture.time;
    last = capture.time;
    for (const event of eventsWithKeys(capture, query.events)) {
      total.events += 1;
      const key = strongKey(event);
      if (key !== undefined) keys.add([Buffer.from(key, 'hex'), capture.seq]);
    }
  }
  keys.flush();
  database.execute(
    `create table repeated as select key, count(distinct seq) as captures, count(*) as events
       from keys group by key having count(*) > 1`,
  );
  const listed = database
    .prepare(
      `select hex(key), captures, events from repeated order by events desc limit ${maxListed}`,
    )
    .all([])
    .map(([key, inCaptures, events]) => ({
      name: String(key).toLowerCase(),
      captures: Number(inCaptures),
      events: Number(events),
    }));
  const events = findEvents(new Set(listed.map(({ name }) => name)), captures, query);
  return {
    ...total,
    first,
    last,
    repeats: readNumber(database, 'select coalesce(sum(events - 1), 0) from repeated'),
    counts: listed.flatMap((count) => {
      const event = events.get(count.name);
      return event ? [{ ...count, event: keyedEvent({ ...event, key: count.name }) }] : [];
    }),
  };
}

/** The first event of each key. */
function findEvents(
  keys: ReadonlySet<string>,
  captures: () => Iterable<ListedCapture>,
  query: CaptureQuery,
): ReadonlyMap<string, IdentifiedEvent> {
  const found = new Map<string, IdentifiedEvent>();
  if (keys.size === 0) return found;
  for (const capture of captures()) {
    for (const event of eventsWithKeys(capture, query.events)) {
      const key = strongKey(event);
      if (key !== undefined && keys.has(key) && !found.has(key)) found.set(key, event);
    }
    if (found.size === keys.size) break;
  }
  return found;
}
