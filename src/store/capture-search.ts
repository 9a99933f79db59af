import type { Capture } from '../call/call.js';
import { maxSeq, seqAt } from '../call/capture-id.js';
import type { CaptureQuery } from '../call/capture-query.js';
import { everyEventOf, readCallContent } from '../call/content.js';
import { asSkipReason, type SkipReason } from '../call/delivery.js';
import type { Outcome } from '../call/outcome.js';
import { callHolds } from '../call/search-text.js';
import { type Digest, type KindCount, maxNameLength } from '../payload/event-digest.js';
import {
  type EventFilter,
  filtersNothing,
  matchesFilter,
  matchesKind,
} from '../payload/event-filter.js';
import { keyOf } from '../payload/event-key.js';
import type { EventDetail, IdentifiedEvent } from '../payload/payload.js';
import {
  behind,
  next,
  type Order,
  type SeqRange,
  seqsByStatus,
  seqsOfKinds,
  upTo,
} from './capture-index.js';
import { fromCaptures, idAt, idColumn, readTime } from './capture-row.js';
import { type Database, type SqlRow, unlessDamaged } from './database.js';
import { knownEvents, lateJoin, readEvents, readKinds } from './event-index.js';
import { createLookup, type Lookup, listStretches, type Stretch } from './lookup.js';
import { asOutcome, outcomeColumn, outcomeJoins, seqsOfOutcomes } from './outcomes.js';

/** A capture without its headers and body, but with its events. */
export interface ListedCapture extends Omit<Capture, 'headers' | 'body'> {
  /** The capture's sequence number in the store. */
  readonly seq: number;
  readonly bytes: number;
  /** All events, or the first ones and truncated, if they are too many or too long. */
  readonly events: readonly IdentifiedEvent[];
  readonly eventCount: number;
  /**
   * All events, not truncated. Reads the body if `events` is incomplete, or for more detail.
   */
  everyEvent(detail?: EventDetail): Iterable<IdentifiedEvent>;
  /** Why the body is not a payload, as a sentence; null if it is one. */
  readonly problem: string | null;
  readonly outcome: Outcome | null;
  /** Why the call was not forwarded. */
  readonly skipped: SkipReason | null;
  /** How many events were erased from it; null: none, and its body is as received. */
  readonly erased: number | null;
}

/** A longer column of events is read per capture, because a page has many captures. */
const maxInlineEventBytes = 8 * 1024;

/** The columns of a row that `CaptureLister` reads. Needs `fromListed`. */
const listedColumns = `place, ${idColumn('captures.place')}, time, method, target, remote,
  status, coalesce(captures.problem, late.problem),
  iif(octet_length(captures.events) > ${maxInlineEventBytes}, null, captures.events),
  captures.events is null and late.capture is null, length(body), ${outcomeColumn},
  partly.events, partly.kinds, deliveries.reason,
  (select erased.events from erased where capture = captures.place)`;
const fromListed = `${fromCaptures} ${lateJoin}
  left join partly_indexed as partly on partly.capture = captures.place ${outcomeJoins}`;

/** The captures after one sequence number, up to and including another. */
export interface Span {
  readonly after?: number;
  readonly upTo?: number;
}

/** The progress of a search, and the matching capture at this sequence number. */
export interface LookedAt {
  readonly seq: number;
  readonly found: ListedCapture | undefined;
}

/** Reads whole captures, some of which may be damaged. */
export interface CaptureReader {
  /** Undefined: another process has removed the capture. */
  at(seq: number): Capture | undefined;
  /** The result of `read`; undefined: the capture is damaged, and counted as unreadable. */
  readable<T>(read: () => T): T | undefined;
}

/** A capture that may match. Without a row: none up to this sequence number. */
interface Candidate {
  readonly seq: number;
  readonly row: SqlRow | undefined;
}

export class CaptureSearch {
  readonly #database: Database;
  readonly #reader: CaptureReader;
  readonly #lister: CaptureLister;

  constructor(database: Database, reader: CaptureReader) {
    this.#database = database;
    this.#reader = reader;
    this.#lister = createCaptureLister(database, reader);
  }

  *run(query: CaptureQuery, order: Order, span: Span = {}): Generator<LookedAt> {
    const { after = -1, upTo = maxSeq } = span;
    const range = {
      first: Math.max(query.since === undefined ? 0 : seqAt(query.since), after + 1),
      last: Math.min(query.until === undefined ? maxSeq : seqAt(query.until) - 1, upTo),
    };
    const text = query.text?.toLowerCase();
    for (const { seq, row } of this.#candidates(query, range, order)) {
      yield { seq, found: row && this.#found(row, query, text) };
    }
  }

  /** Finds candidates in an index if one applies, otherwise reads all rows. */
  *#candidates(query: CaptureQuery, range: SeqRange, order: Order): Generator<Candidate> {
    const looked = this.#lookedUp(query, range, order);
    if (looked) {
      yield* looked;
      return;
    }
    const byIndex = this.#seqs(query, range, order);
    if (byIndex === undefined) yield* this.#rows(query, range, order);
    else yield* this.#each(byIndex);
  }

  *#each(seqs: Iterable<number>): Generator<Candidate> {
    const at = this.#database.prepare(`select ${listedColumns} ${fromListed} where place = ?`);
    for (const seq of seqs) yield { seq, row: this.#reader.readable(() => at.first([seq])) };
  }

  /** Undefined: the index of contacts, messages and keys does not apply. */
  #lookedUp(query: CaptureQuery, range: SeqRange, order: Order): Iterable<Candidate> | undefined {
    const lookup = createLookup(this.#database, query.events);
    if (!lookup) return undefined;
    const stretches = listStretches(this.#database, range, order);
    return this.#inStretches(stretches, lookup, { query, order });
  }

  *#inStretches(
    stretches: readonly Stretch[],
    lookup: Lookup,
    { query, order }: { readonly query: CaptureQuery; readonly order: Order },
  ): Generator<Candidate> {
    for (const { segment, first, last } of stretches) {
      const seqs = segment && unlessDamaged(() => lookup.seqs(segment, { first, last }, order));
      if (seqs) yield* this.#each(seqs);
      else yield* this.#scanned(query, { first, last }, order);
      if (segment) yield { seq: order === 'newest first' ? first : last, row: undefined };
    }
  }

  *#scanned(query: CaptureQuery, range: SeqRange, order: Order): Generator<Candidate> {
    const byIndex = this.#seqs(query, range, order);
    if (byIndex) yield* this.#each(byIndex);
    else yield* this.#rows(query, range, order);
  }

  #seqs(query: CaptureQuery, range: SeqRange, order: Order): Iterable<number> | undefined {
    const { channels, activities } = query.events;
    const { outcomes } = query;
    const byKind = channels.length + activities.length > 0;
    // Of forwarded calls, most are delivered, so searching for other outcomes first is quick.
    if (outcomes.length > 0 && !(byKind && outcomes.includes('delivered'))) {
      return seqsOfOutcomes(this.#database, outcomes, range, order);
    }
    return byKind ? seqsOfKinds(this.#database, query.events, range, order) : undefined;
  }

  *#rows(query: CaptureQuery, range: SeqRange, order: Order): Generator<Candidate> {
    const words = [query.events.msgids, query.events.panels].filter((some) => some.length > 0);
    if (words.length > 0) {
      yield* this.#rowsWith(words, range, order);
      return;
    }
    const page = this.#database.prepare(
      `select ${listedColumns} ${fromListed} where ${next('place', order)}`,
    );
    let left = range;
    // The first page is small, because a list shows few captures. A long search needs large pages.
    for (let size = 32; ; size = Math.min(size * 2, 1024)) {
      const rows = unlessDamaged(() => page.all([left.first, left.last, size]));
      if (!rows) {
        yield* this.#oneByOne(left, order);
        return;
      }
      for (const row of rows) yield { seq: Number(row[0]), row };
      const end = rows.at(-1);
      if (end === undefined || rows.length < size) return;
      left = behind(Number(end[0]), left, order);
    }
  }

  /** Finds rows whose column of events contains these words literally. */
  *#rowsWith(
    words: readonly (readonly string[])[],
    range: SeqRange,
    order: Order,
  ): Generator<Candidate> {
    const conditions = words.map(
      () =>
        `(${knownEvents} is null or partly.capture is not null
          or exists (select 1 from json_each(?) where instr(${knownEvents}, json_each.value) > 0)) and `,
    );
    // SQLite bounds conditions and parameters, so all words are one value.
    const values = words.map((some) => JSON.stringify(some.map((word) => JSON.stringify(word))));
    const page = this.#database.prepare(
      `select ${listedColumns} ${fromListed} where ${conditions.join('')}${next('place', order)}`,
    );
    const lastOf = this.#database.prepare(
      `select place from captures where ${next('place', order)} offset ?`,
    );
    let left = range;
    // With rare words, SQLite would scan the whole store before the first row.
    for (let size = 256; ; size = Math.min(size * 2, 4096)) {
      const end = lastOf.first([left.first, left.last, 1, size - 1])?.[0];
      const { first, last } = end === undefined ? left : upTo(Number(end), left, order);
      const rows = unlessDamaged(() => page.all([...values, first, last, size]));
      if (!rows) {
        yield* this.#oneByOne(left, order);
        return;
      }
      for (const row of rows) {
        yield { seq: Number(row[0]), row };
      }
      if (end === undefined) return;
      yield { seq: Number(end), row: undefined };
      left = behind(Number(end), left, order);
    }
  }

  /** Reads captures one by one if a page is damaged. Finds them in an index on other pages. */
  *#oneByOne(range: SeqRange, order: Order): Generator<Candidate> {
    const at = this.#database.prepare(`select ${listedColumns} ${fromListed} where place = ?`);
    for (const seq of seqsByStatus(this.#database, range, order)) {
      yield { seq, row: this.#reader.readable(() => at.first([seq])) };
    }
  }

  /** The capture of a row; undefined: it does not match. */
  #found(row: SqlRow, query: CaptureQuery, text: string | undefined): ListedCapture | undefined {
    return this.#reader.readable(() => this.#match(row, query, text));
  }

  #match(row: SqlRow, query: CaptureQuery, text: string | undefined): ListedCapture | undefined {
    if (query.statuses.length > 0 && !isAmong(Number(row[6]), query)) return undefined;
    const listed = this.#lister.capture(row);
    if (!listed) return undefined;
    if (query.outcomes.length > 0 && !hasOutcome(listed, query)) return undefined;
    const matching = this.#lister.matching(listed, query.events);
    if (!matching) return undefined;
    if (text !== undefined && !this.#holds(listed.seq, listed.target, text)) return undefined;
    return matching;
  }

  #holds(seq: number, target: string, text: string): boolean {
    if (target.toLowerCase().includes(text)) return true;
    const whole = this.#reader.at(seq);
    return whole !== undefined && callHolds(whole, text);
  }
}

function hasOutcome({ outcome }: ListedCapture, { outcomes }: CaptureQuery): boolean {
  return outcome !== null && outcomes.includes(outcome);
}

function isAmong(status: number, { statuses }: CaptureQuery): boolean {
  return statuses.some(({ first, last }) => status >= first && status <= last);
}

interface CaptureLister {
  /** Reads a row of `listedColumns`; undefined: another process has removed the capture. */
  capture(row: SqlRow): ListedCapture | undefined;
  /** The capture, if any of its events matches. */
  matching(capture: ListedCapture, filter: EventFilter): ListedCapture | undefined;
}

/** All events of a capture, read from its body. */
export function everyEventAt(
  reader: CaptureReader,
  seq: number,
  detail: EventDetail = 'summary',
): Iterable<IdentifiedEvent> {
  const capture = reader.at(seq);
  return capture ? everyEventOf(capture, detail) : [];
}

function createCaptureLister(database: Database, reader: CaptureReader): CaptureLister {
  const eventsAt = database.prepare(
    `select ${knownEvents} from captures ${lateJoin} where place = ?`,
  );
  /** The kinds of the events that are not indexed; undefined: there are too many kinds. */
  const others = new WeakMap<ListedCapture, readonly KindCount[] | undefined>();

  function listed(row: SqlRow): ListedCapture | undefined {
    const seq = Number(row[0]);
    const content = row[9] === 1 ? contentAt(seq) : indexedContent(row);
    if (!content) return undefined;
    const { problem, events, eventCount, complete, kinds } = content;
    const everyEvent = (detail: EventDetail = 'summary') =>
      complete && detail === 'summary' ? events : everyEventAt(reader, seq, detail);
    const capture = { ...factsOf(row), events, eventCount, everyEvent, problem };
    if (!complete) others.set(capture, kinds);
    return capture;
  }

  /** Reads a body that is not indexed. */
  function contentAt(seq: number): Content | undefined {
    const whole = reader.at(seq);
    if (!whole) return undefined;
    const reading = readCallContent(whole);
    if (reading.kind === 'problem') {
      return { problem: reading.message, events: [], eventCount: 0, complete: true, kinds: [] };
    }
    const { events, eventCount, complete, kinds } = reading;
    return { problem: null, events, eventCount, complete, kinds };
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
    matching(capture, filter) {
      if (filtersNothing(filter)) return capture;
      // The index has one identifier of each contact, some keys and no labels; the body has all of them.
      const { people, keys, webhooks, journeys } = filter;
      const byWhole = people.length + keys.length + webhooks.length + journeys.length > 0;
      const everyEvent = () =>
        everyEventAt(reader, capture.seq, keys.length > 0 ? 'keys' : 'labels');
      const found = byWhole ? { ...capture, everyEvent } : capture;
      const events = keys.length > 0 ? capture.events.map(withKey) : capture.events;
      if (events.some((event) => matchesFilter(event, filter))) return found;
      const complete = !others.has(capture);
      if (complete && !(byWhole && mayHaveKey(events, keys))) return undefined;
      if (!mayHoldKind(capture.events, complete ? [] : others.get(capture), filter))
        return undefined;
      for (const event of found.everyEvent()) if (matchesFilter(event, filter)) return found;
      return undefined;
    },
  };
}

function withKey(event: IdentifiedEvent): IdentifiedEvent {
  const key = keyOf(event);
  return key === undefined ? event : { ...event, key };
}

/** Whether an event has one of the keys, or a key that only its body tells. */
function mayHaveKey(events: readonly IdentifiedEvent[], keys: readonly string[]): boolean {
  if (keys.length === 0) return true;
  return events.some(({ key }) => key === undefined || keys.some((start) => key.startsWith(start)));
}

type Content = Digest & Pick<ListedCapture, 'problem'>;

function factsOf(row: SqlRow) {
  const [seq, named, time, method, target, remote, status] = row;
  const outcome = asOutcome(row[11]);
  return {
    seq: Number(seq),
    id: idAt(seq, named),
    time: readTime(time),
    method: String(method),
    target: String(target),
    remote: String(remote),
    status: Number(status),
    bytes: Number(row[10]),
    outcome,
    skipped: outcome === 'skipped' ? asSkipReason(row[14]) : null,
    erased: typeof row[15] === 'number' ? row[15] : null,
  };
}

/**
 * Whether a partly indexed capture may contain events of the filter's channels and activities. `others`
 * are the kinds of the events that are not in `events`.
 */
function mayHoldKind(
  events: readonly IdentifiedEvent[],
  others: readonly KindCount[] | undefined,
  filter: EventFilter,
): boolean {
  if (others === undefined) return true;
  return (
    events.some((event) => isKind(event.channel, event.activity, filter)) ||
    others.some(([channel, activity]) => isKind(channel, activity, filter))
  );
}

/** A name of the maximum length may be truncated, so it may stand for any name. */
function isKind(channel: string, activity: string | null, filter: EventFilter): boolean {
  return (
    matchesKind({ channel, activity, event: activity }, filter) ||
    channel.length >= maxNameLength ||
    (activity?.length ?? 0) >= maxNameLength
  );
}
