import type { Capture } from '../call/call.js';
import { everyEventOf, readCallContent } from '../call/content.js';
import { asSkipReason, type SkipReason } from '../call/delivery.js';
import type { Outcome } from '../call/outcome.js';
import { type Digest, type KindCount, maxNameLength } from '../payload/event-digest.js';
import {
  type EventFilter,
  filtersNothing,
  matchesFilter,
  matchesKind,
} from '../payload/event-filter.js';
import type { EventSummary } from '../payload/payload.js';
import { idAt, idColumn, readTime } from './capture-row.js';
import type { Database, SqlRow } from './database.js';
import { knownEvents, lateJoin, readEvents, readKinds } from './event-index.js';
import { asOutcome, outcomeColumn, outcomeJoins } from './outcomes.js';

/** A capture without its header and body, and what is known of its events. */
export interface ListedCapture extends Omit<Capture, 'headers' | 'body'> {
  /** Where it stands in the record: see `Position`. */
  readonly position: number;
  readonly bytes: number;
  /** The first of its events; all of them, whole, unless they are too many or too long to list. */
  readonly events: readonly EventSummary[];
  /** How many there are. */
  readonly eventCount: number;
  /** All of them, whole: read from the body where `events` are not. */
  everyEvent(): Iterable<EventSummary>;
  /** Why the body is no payload, in a sentence; null when it is one. */
  readonly problem: string | null;
  readonly outcome: Outcome | null;
  /** Why it was not forwarded, when it was skipped. */
  readonly skipped: SkipReason | null;
}

/** A longer column of events is read when its capture's turn has come: a page has many captures. */
const maxInlineEvents = 8 * 1024;

/** What `createCaptureLister` takes, of `fromListed`. */
export const listedColumns = `place, ${idColumn('captures.place')}, time, method, target, remote,
  status, coalesce(captures.problem, late.problem),
  iif(octet_length(captures.events) > ${maxInlineEvents}, null, captures.events),
  captures.events is null and late.capture is null, length(body), ${outcomeColumn},
  partly.events, partly.kinds, deliveries.reason`;
export const fromListed = `from captures left join imports on imports.capture = captures.place
  ${lateJoin} left join partly_indexed as partly on partly.capture = captures.place ${outcomeJoins}`;

export interface CaptureLister {
  /** The capture of a row of `listedColumns`; undefined: another process has removed it meanwhile. */
  capture(row: SqlRow): ListedCapture | undefined;
  /** Whether some event of a listed capture is meant. */
  matches(capture: ListedCapture, filter: EventFilter): boolean;
}

/** `wholeAt` reads the capture at a place. */
export function createCaptureLister(
  database: Database,
  wholeAt: (place: number) => Capture | undefined,
): CaptureLister {
  const eventsAt = database.prepare(
    `select ${knownEvents} from captures ${lateJoin} where place = ?`,
  );
  /** Of captures that are indexed in part: the kinds of the other events, where they are known. */
  const others = new WeakMap<ListedCapture, readonly KindCount[] | undefined>();

  function listed(row: SqlRow): ListedCapture | undefined {
    const place = Number(row[0]);
    const content = row[9] === 1 ? contentAt(place) : indexedContent(row);
    if (!content) return undefined;
    const { problem, events, eventCount, complete, kinds } = content;
    const everyEvent = complete
      ? () => events
      : () => {
          const whole = wholeAt(place);
          return whole ? everyEventOf(whole) : [];
        };
    const capture = { ...factsOf(row), events, eventCount, everyEvent, problem };
    if (!complete) others.set(capture, kinds);
    return capture;
  }

  /** Of a capture whose body is not in the index. */
  function contentAt(place: number): Content | undefined {
    const whole = wholeAt(place);
    if (!whole) return undefined;
    const reading = readCallContent(whole);
    if (reading.kind === 'payload') return { ...digestOf(reading), problem: null };
    return { problem: reading.message, events: [], eventCount: 0, complete: true, kinds: [] };
  }

  function indexedContent(row: SqlRow): Content | undefined {
    const found = row[7];
    const column = row[8] ?? eventsAt.first([row[0] ?? 0])?.[0];
    if (typeof column !== 'string') return undefined;
    const events = readEvents(column);
    const problem = typeof found === 'string' ? found : null;
    const eventCount = row[12];
    return typeof eventCount === 'number'
      ? { problem, events, eventCount, complete: false, kinds: readKinds(row[13]) }
      : { problem, events, eventCount: events.length, complete: true, kinds: [] };
  }

  return {
    capture: listed,
    matches(capture, filter) {
      if (filtersNothing(filter)) return true;
      if (capture.events.some((event) => matchesFilter(event, filter))) return true;
      if (!others.has(capture)) return false;
      if (!mayHoldKind(capture.events, others.get(capture), filter)) return false;
      for (const event of capture.everyEvent()) if (matchesFilter(event, filter)) return true;
      return false;
    },
  };
}

/** What is known of a capture's events, and why there is no payload. */
type Content = Digest & Pick<ListedCapture, 'problem'>;

function digestOf({ events, eventCount, complete, kinds }: Digest): Digest {
  return { events, eventCount, complete, kinds };
}

function factsOf(row: SqlRow) {
  const [place, named, time, method, target, remote, status] = row;
  const outcome = asOutcome(row[11]);
  return {
    position: Number(place),
    id: idAt(place, named),
    time: readTime(time),
    method: String(method),
    target: String(target),
    remote: String(remote),
    status: Number(status),
    bytes: Number(row[10]),
    outcome,
    skipped: outcome === 'skipped' ? asSkipReason(row[14]) : null,
  };
}

/**
 * Whether a capture that is indexed in part may hold events of the channels and activities that a
 * filter names. `events` are those that are indexed, `others` the kinds of those that are not.
 */
function mayHoldKind(
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
