import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Capture } from '../call/call.js';
import { seqLength, seqRangeOfPrefix, shortId, unambiguous } from '../call/capture-id.js';
import type { CaptureQuery } from '../call/capture-query.js';
import { readCallContent } from '../call/content.js';
import type { Outcome } from '../call/outcome.js';
import { formType } from '../call/plan-call.js';
import type { CaptureStory } from '../call/story.js';
import type { EventFilter } from '../payload/event-filter.js';
import { type EventText, eachEventText } from '../payload/event-texts.js';
import { writeForm } from '../payload/form-codec.js';
import { problem } from '../problems/problem.js';
import {
  callCounter,
  countAll,
  type Kind,
  listKinds,
  newestSeq,
  next,
  type Order,
  seqBefore,
} from './capture-index.js';
import {
  fromCaptures,
  idAt,
  idColumn,
  readCaptureRow,
  seqOfId,
  wholeColumns,
} from './capture-row.js';
import {
  CaptureSearch,
  everyEventAt,
  type ListedCapture,
  type LookedAt,
  type Span,
} from './capture-search.js';
import { type Database, isDamage, readNumber, type SqlRow, type Statement } from './database.js';
import type { StoreFiles } from './folder.js';
import { type ListenerRun, readListenerRuns } from './listener-runs.js';
import { readAttempts, readDeliveries, readErased, readOutcome, readOutcomes } from './outcomes.js';
import { type RetentionReport, readRetentionReport } from './retention.js';
import { openUpToDate } from './schema.js';
import { createLeftOutCounter, type Stretches, type Tally, tallyStretches } from './tally.js';

/** Reads a store, even while listeners write to it. */
export interface History {
  /**
   * Yields the matching captures while it reads them, so that the first ones come at once. Without a
   * span, it may or may not yield captures that are recorded meanwhile.
   */
  captures(query: CaptureQuery, order: Order, span?: Span): Iterable<ListedCapture>;
  /**
   * `captures`, but also yields its progress without a match, so that a search which finds little can
   * be interrupted and continued.
   */
  search(query: CaptureQuery, order: Order, span?: Span): Iterable<LookedAt>;
  /** The sequence number of the newest capture. Later captures get higher ones. */
  newestSeq(): number;
  /** The sequence number of the capture with this whole id; undefined: the store has none. */
  seqOf(id: string): number | undefined;
  /** Changes whenever another connection has written to the store. */
  version(): number;
  /** The number of captures. */
  count(): number;
  /** `now` in milliseconds since 1970. */
  retention(now: number): RetentionReport;
  /** The runs of listeners, oldest first. Version 5 of the store and older did not keep them. */
  listenerRuns(): readonly ListenerRun[];
  /** The number of captures after one sequence number, up to and including another. */
  countBetween(after: number, upTo: number): number;
  /** The pairs of channel and activity of all events; empty if there are too many. */
  kinds(): readonly Kind[];
  /** The outcomes of these captures; null for a removed one. */
  outcomes(seqs: readonly number[]): readonly (Outcome | null)[];
  /** Counts calls and events by time. Only the filter's channels and activities apply. */
  tally(stretches: Stretches, filter: EventFilter): readonly Tally[];
  /**
   * Finds a capture by its reference: `last`, `last~2` (two before it), an id or a unique prefix of one.
   * Throws `no_such_capture` or `ambiguous_id`.
   */
  find(reference: string): Capture;
  /** Undefined: the capture was removed by another process, or cannot be read. */
  at(position: number): Capture | undefined;
  /** The outcome, delivery and attempts of the capture with this whole id. */
  story(id: string): CaptureStory;
  /** The number of damaged captures that were left out so far. */
  unreadable(): number;
  /** False: the store's database file was removed or replaced. */
  isInPlace(): boolean;
  close(): void;
}

/** Throws a problem when the store is missing or not readable. */
export function openHistory(files: StoreFiles): History {
  const database = openUpToDate(files);
  database.execute('pragma query_only = 1');
  return new SqlHistory(database, files.database);
}

class SqlHistory implements History {
  readonly #database: Database;
  readonly #atSeq: Statement;
  readonly #search: CaptureSearch;
  readonly #countLeftOut: ReturnType<typeof createLeftOutCounter>;
  readonly #path: string;
  #unreadable = 0;
  /** The inode, which no other file gets while this one is open. */
  readonly #file: number | undefined;

  constructor(database: Database, path: string) {
    this.#database = database;
    this.#path = path;
    this.#file = fileNumber(path);
    this.#atSeq = database.prepare(`select ${wholeColumns} ${fromCaptures} where place = ?`);
    const reader = {
      at: (seq: number) => this.#at(seq),
      readable: <T>(read: () => T) => this.#readable(read),
    };
    this.#search = new CaptureSearch(database, reader);
    this.#countLeftOut = createLeftOutCounter(database, (seq) => everyEventAt(reader, seq));
  }

  *captures(query: CaptureQuery, order: Order, span?: Span): Generator<ListedCapture> {
    for (const { found } of this.search(query, order, span)) if (found) yield found;
  }

  search(query: CaptureQuery, order: Order, span?: Span): Iterable<LookedAt> {
    return this.#search.run(query, order, span);
  }

  newestSeq(): number {
    return newestSeq(this.#database);
  }

  version(): number {
    return readNumber(this.#database, 'pragma data_version');
  }

  count(): number {
    return countAll(this.#database);
  }

  retention(now: number): RetentionReport {
    return readRetentionReport(this.#database, now);
  }

  listenerRuns(): readonly ListenerRun[] {
    return readListenerRuns(this.#database);
  }

  countBetween(after: number, upTo: number): number {
    return callCounter(this.#database)({ first: after + 1, last: upTo });
  }

  kinds(): readonly Kind[] {
    return listKinds(this.#database) ?? [];
  }

  outcomes(seqs: readonly number[]): readonly (Outcome | null)[] {
    return readOutcomes(this.#database, seqs);
  }

  tally(stretches: Stretches, filter: EventFilter): readonly Tally[] {
    return tallyStretches(this.#database, stretches, filter, this.#countLeftOut);
  }

  find(reference: string): Capture {
    const back = /^last(?:~(\d{1,9}))?$/i.exec(reference.trim());
    if (back) {
      const seq = seqBefore(this.#database, Number(back[1] ?? 0));
      const row = seq === undefined ? undefined : this.#atSeq.first([seq]);
      if (!row) throw problem('no_such_capture', { reference });
      return this.#whole(row);
    }
    const seqs = this.#seqsOf(reference);
    const [only] = seqs;
    if (only === undefined) throw problem('no_such_capture', { reference });
    if (seqs.length > 1) {
      const ids = seqs.map((seq) => shortId(this.#idOf(seq)));
      throw problem('ambiguous_id', { reference, ids });
    }
    const whole = this.#at(only);
    // Another process has removed it in the meantime.
    if (!whole) throw problem('no_such_capture', { reference });
    return whole;
  }

  at(seq: number): Capture | undefined {
    return this.#readable(() => this.#at(seq));
  }

  #at(seq: number): Capture | undefined {
    const row = this.#atSeq.first([seq]);
    return row && this.#whole(row);
  }

  seqOf(id: string): number | undefined {
    return seqOfId(this.#database, id);
  }

  story(id: string): CaptureStory {
    const seq = seqOfId(this.#database, id);
    if (seq === undefined) return { outcome: null, deliveries: [], attempts: [] };
    return {
      outcome: readOutcome(this.#database, seq),
      deliveries: readDeliveries(this.#database, seq),
      attempts: readAttempts(this.#database, seq),
      erased: readErased(this.#database, seq),
    };
  }

  isInPlace(): boolean {
    return this.#file !== undefined && fileNumber(this.#path) === this.#file;
  }

  unreadable(): number {
    return this.#unreadable;
  }

  close(): void {
    this.#database.close();
  }

  /** Counts a damaged capture, and returns undefined for it. */
  #readable<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#unreadable += 1;
      return undefined;
    }
  }

  #whole(row: SqlRow): Capture {
    try {
      return readCaptureRow(row);
    } catch (error) {
      if (!isDamage(error)) throw error;
      const id = idAt(row[0], row[1]);
      const reason = `capture ${shortId(id)} cannot be read`;
      throw problem('store_damaged', { path: dirname(this.#path), reason }, error);
    }
  }

  /** Up to four captures whose ids begin with `reference`. */
  #seqsOf(reference: string): number[] {
    const seqs = seqRangeOfPrefix(reference);
    if (!seqs) return [];
    const typed = unambiguous(reference);
    const own = this.#database
      .prepare(
        `select place, ${idColumn('place')} ${fromCaptures}
         where imports.id is null and ${next('place', 'oldest first')}`,
      )
      .all([seqs.first, seqs.last, 4])
      // A longer reference names one sequence number and a tag.
      .filter(([, tag]) => String(tag).startsWith(typed.slice(seqLength)));
    const imported = this.#database
      .prepare('select capture from imports where id >= ? and id < ? order by id limit 4')
      .all([typed, `${typed}~`]);
    return [...own, ...imported].map(([seq]) => Number(seq)).slice(0, 4);
  }

  #idOf(seq: number): string {
    const row = this.#database
      .prepare(`select ${idColumn('place')} ${fromCaptures} where place = ?`)
      .first([seq]);
    return idAt(seq, row?.[0]);
  }
}

/** Undefined: the file is missing or not accessible. */
function fileNumber(path: string): number | undefined {
  try {
    return statSync(path).ino;
  } catch {
    return undefined;
  }
}

/**
 * Finds a capture by any reference of the history. `<reference>.3` is the third event of a batch alone.
 * Throws `no_such_capture`, `ambiguous_id` or `no_such_event`.
 */
export function findCapture(history: History, typed: string): Capture {
  const { reference, event } = splitReference(typed);
  const capture = history.find(reference);
  return event === undefined ? capture : eventAsCapture(capture, event);
}

/** Separates `<reference>.3` into the reference and the number of the event. */
export function splitReference(typed: string): { reference: string; event: number | undefined } {
  const [, reference = typed, event] = /^(.*)\.(\d{1,9})$/.exec(typed.trim()) ?? [];
  return { reference, event: event === undefined ? undefined : Number(event) };
}

/** A copy of the capture with only one of its events, whose text is unchanged. */
function eventAsCapture(capture: Capture, event: number): Capture {
  const content = readCallContent(capture);
  let events = 0;
  let chosen: EventText | undefined;
  for (const text of content.kind === 'payload' ? eachEventText(content.text()) : []) {
    events += 1;
    if (events === event) chosen = text;
    if (chosen) break;
  }
  const id = `${capture.id}.${event}`;
  if (!chosen) throw problem('no_such_event', { reference: id, events });
  const { panel, text } = chosen;
  const headers = capture.headers.filter(
    ([name]) => !/^content-(?:type|length|encoding)$/i.test(name),
  );
  return {
    ...capture,
    id,
    headers: [...headers, ['Content-Type', formType]],
    body: Buffer.from(writeForm(`{${JSON.stringify(panel)}:[${text}]}`), 'utf8'),
  };
}
