import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Capture } from '../call/call.js';
import {
  lastPlace,
  placeAt,
  placeLength,
  placesOfPrefix,
  shortId,
  unambiguous,
} from '../call/capture-id.js';
import type { CaptureQuery } from '../call/capture-query.js';
import { everyEventOf, readCallContent } from '../call/content.js';
import type { Outcome } from '../call/outcome.js';
import { formType } from '../call/plan-call.js';
import { callHolds } from '../call/search-text.js';
import type { CaptureStory } from '../call/story.js';
import type { EventFilter } from '../payload/event-filter.js';
import { type EventText, eachEventText } from '../payload/event-texts.js';
import { writeForm } from '../payload/form-codec.js';
import { problem } from '../problems/problem.js';
import {
  behind,
  callCounter,
  type Kind,
  listKinds,
  next,
  type Order,
  type PlaceRange,
  placesByStatus,
  placesOfKinds,
  upTo,
} from './capture-index.js';
import { idAt, idColumn, placeOfId, readCaptureRow, wholeColumns } from './capture-row.js';
import {
  type CaptureLister,
  createCaptureLister,
  fromListed,
  type ListedCapture,
  listedColumns,
} from './capture-search.js';
import { type Database, isDamage, type SqlRow, type Statement } from './database.js';
import { knownEvents } from './event-index.js';
import type { StoreFiles } from './folder.js';
import {
  placesOfOutcomes,
  readAttempts,
  readDelivery,
  readOutcome,
  readOutcomes,
} from './outcomes.js';
import { type RetentionReport, readRetentionReport } from './retention.js';
import { openUpToDate } from './schema.js';
import { createLeftOutCounter, type Stretches, type Tally, tallyStretches } from './tally.js';

/** The reading side of a store, also while listeners write to it. It changes no capture. */
export interface History {
  /**
   * The captures that a query means, in the order asked for. They are read as they are taken, so
   * that the first come at once however many there are; captures that are recorded meanwhile may
   * be among them or not, unless the span says so.
   */
  captures(query: CaptureQuery, order: Order, span?: Span): Iterable<ListedCapture>;
  /**
   * The same, and what was looked at in vain too, so that a search which finds little can be given
   * up and gone on with.
   */
  search(query: CaptureQuery, order: Order, span?: Span): Iterable<LookedAt>;
  /** Where the record stands: what is recorded from now on lies after it. */
  position(): Position;
  /** Where the capture of a whole id stands; undefined: there is none, or it is gone. */
  positionOf(id: string): Position | undefined;
  /** Changes whenever somebody else has written to the store. */
  version(): number;
  /** How many captures there are. */
  count(): number;
  /** What limits have removed; `now` in milliseconds since 1970. */
  retention(now: number): RetentionReport;
  /** How many captures were recorded after one position, up to another. */
  countBetween(after: Position, upTo: Position): number;
  /** The pairs of channel and activity that events have; none when they are too many to tell. */
  kinds(): readonly Kind[];
  /** What became of the captures at these positions; one that is gone has null. */
  outcomes(positions: readonly Position[]): readonly (Outcome | null)[];
  /** Counts calls and events by time; of a filter, channels and activities count. */
  tally(stretches: Stretches, filter: EventFilter): readonly Tally[];
  /**
   * The one capture that a reference names: `last`, `last~2` (two before it), an id or a unique
   * beginning of one. Throws `no_such_capture` or `ambiguous_id`.
   */
  find(reference: string): Capture;
  /** The capture at a position; undefined: it was removed by another process, or cannot be read. */
  at(position: Position): Capture | undefined;
  /** What became of the capture of this whole id. */
  story(id: string): CaptureStory;
  /** How many captures could not be read so far, because the store is damaged: they were left out. */
  unreadable(): number;
  /** Whether it still is what lies in the store's folder: not when that was removed or replaced. */
  isInPlace(): boolean;
  close(): void;
}

/** A moment in the record; later ones are larger. */
export type Position = number;

/** What was recorded after one position, up to another. */
interface Span {
  readonly after?: Position;
  readonly upTo?: Position;
}

/** How far a search has come, and the capture that was found there, if it is one of those meant. */
interface LookedAt {
  readonly position: Position;
  readonly found: ListedCapture | undefined;
}

/** Throws a problem when there is no store, or none that can be read. */
export function openHistory(files: StoreFiles): History {
  const database = openUpToDate(files);
  database.execute('pragma query_only = 1');
  return new SqlHistory(database, files.database);
}

const fromCaptures = 'from captures left join imports on imports.capture = captures.place';

/** What may be meant, and stands at a place; without a row: nothing, up to there. */
interface Candidate {
  readonly place: number;
  readonly row: SqlRow | undefined;
}

class SqlHistory implements History {
  readonly #database: Database;
  readonly #atPlace: Statement;
  readonly #lister: CaptureLister;
  readonly #countLeftOut: ReturnType<typeof createLeftOutCounter>;
  readonly #path: string;
  #unreadable = 0;
  /** While the file is open, no other one has its number. */
  readonly #file: number | undefined;

  constructor(database: Database, path: string) {
    this.#database = database;
    this.#path = path;
    this.#file = fileNumber(path);
    this.#atPlace = database.prepare(`select ${wholeColumns} ${fromCaptures} where place = ?`);
    this.#lister = createCaptureLister(database, (place) => this.#at(place));
    this.#countLeftOut = createLeftOutCounter(database, (place) => {
      const whole = this.#at(place);
      return whole ? everyEventOf(whole) : [];
    });
  }

  *captures(query: CaptureQuery, order: Order, span?: Span): Generator<ListedCapture> {
    for (const { found } of this.search(query, order, span)) if (found) yield found;
  }

  *search(query: CaptureQuery, order: Order, span: Span = {}): Generator<LookedAt> {
    const { after = -1, upTo = lastPlace } = span;
    const range = {
      first: Math.max(query.since === undefined ? 0 : placeAt(query.since), after + 1),
      last: Math.min(query.until === undefined ? lastPlace : placeAt(query.until) - 1, upTo),
    };
    const text = query.text?.toLowerCase();
    for (const { place, row } of this.#candidates(query, range, order)) {
      yield { position: place, found: row && this.#meant(row, query, text) };
    }
  }

  position(): Position {
    const row = this.#database.prepare('select max(place) from captures').first([]);
    return Number(row?.[0] ?? 0);
  }

  version(): number {
    return Number(this.#database.prepare('pragma data_version').first([])?.[0]);
  }

  count(): number {
    return Number(this.#database.prepare('select count(*) from captures').first([])?.[0]);
  }

  retention(now: number): RetentionReport {
    return readRetentionReport(this.#database, now);
  }

  countBetween(after: Position, upTo: Position): number {
    return callCounter(this.#database)({ first: after + 1, last: upTo });
  }

  kinds(): readonly Kind[] {
    return listKinds(this.#database) ?? [];
  }

  outcomes(positions: readonly Position[]): readonly (Outcome | null)[] {
    return readOutcomes(this.#database, positions);
  }

  tally(stretches: Stretches, filter: EventFilter): readonly Tally[] {
    return tallyStretches(this.#database, stretches, filter, this.#countLeftOut);
  }

  find(reference: string): Capture {
    const back = /^last(?:~(\d{1,9}))?$/i.exec(reference.trim());
    if (back) {
      const row = this.#database
        .prepare(`select ${wholeColumns} ${fromCaptures} order by place desc limit 1 offset ?`)
        .first([Number(back[1] ?? 0)]);
      if (!row) throw problem('no_such_capture', { reference });
      return this.#whole(row);
    }
    const places = this.#placesOf(reference);
    const [only] = places;
    if (only === undefined) throw problem('no_such_capture', { reference });
    if (places.length > 1) {
      const ids = places.map((place) => shortId(this.#idOf(place)));
      throw problem('ambiguous_id', { reference, ids });
    }
    const whole = this.#at(only);
    // Removed by another process since its place was read.
    if (!whole) throw problem('no_such_capture', { reference });
    return whole;
  }

  at(place: Position): Capture | undefined {
    return this.#readable(() => this.#at(place));
  }

  #at(place: Position): Capture | undefined {
    const row = this.#atPlace.first([place]);
    return row && this.#whole(row);
  }

  positionOf(id: string): Position | undefined {
    return placeOfId(this.#database, id);
  }

  story(id: string): CaptureStory {
    const place = placeOfId(this.#database, id);
    if (place === undefined) return { outcome: null, delivery: undefined, attempts: [] };
    return {
      outcome: readOutcome(this.#database, place),
      delivery: readDelivery(this.#database, place),
      attempts: readAttempts(this.#database, place),
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

  /** Rows of what may be meant, found by the index where it helps, else one after the other. */
  *#candidates(query: CaptureQuery, range: PlaceRange, order: Order): Generator<Candidate> {
    const byIndex = this.#places(query, range, order);
    if (byIndex === undefined) {
      yield* this.#rows(query, range, order);
      return;
    }
    const at = this.#database.prepare(`select ${listedColumns} ${fromListed} where place = ?`);
    for (const place of byIndex) yield { place, row: this.#readable(() => at.first([place])) };
  }

  #places(query: CaptureQuery, range: PlaceRange, order: Order): Iterable<number> | undefined {
    const { channels, activities } = query.events;
    const { outcomes } = query;
    const byKind = channels.length + activities.length > 0;
    // Nearly all are delivered, where calls are forwarded at all; the others are few.
    if (outcomes.length > 0 && !(byKind && outcomes.includes('delivered'))) {
      return placesOfOutcomes(this.#database, outcomes, range, order);
    }
    return byKind ? placesOfKinds(this.#database, query.events, range, order) : undefined;
  }

  *#rows(query: CaptureQuery, range: PlaceRange, order: Order): Generator<Candidate> {
    const words = [query.events.msgids, query.events.panels].filter((some) => some.length > 0);
    if (words.length > 0) {
      yield* this.#rowsWith(words, range, order);
      return;
    }
    const page = this.#database.prepare(
      `select ${listedColumns} ${fromListed} where ${next('place', order)}`,
    );
    let left = range;
    // Small at first, because a list shows few; then large, because a search goes on.
    for (let size = 32; ; size = Math.min(size * 2, 1024)) {
      const rows = this.#page(() => page.all([left.first, left.last, size]));
      if (!rows) {
        yield* this.#oneByOne(left, order);
        return;
      }
      for (const row of rows) yield { place: Number(row[0]), row };
      const end = rows.at(-1);
      if (end === undefined || rows.length < size) return;
      left = behind(Number(end[0]), left, order);
    }
  }

  /** The rows that hold these words, which stand in the column exactly as they are looked for. */
  *#rowsWith(
    words: readonly (readonly string[])[],
    range: PlaceRange,
    order: Order,
  ): Generator<Candidate> {
    const conditions = words.map(
      (some) =>
        `(${knownEvents} is null or partly.capture is not null
          or ${some.map(() => `instr(${knownEvents}, ?) > 0`).join(' or ')}) and `,
    );
    const values = words.flat().map((word) => JSON.stringify(word));
    const page = this.#database.prepare(
      `select ${listedColumns} ${fromListed} where ${conditions.join('')}${next('place', order)}`,
    );
    const lastOf = this.#database.prepare(
      `select place from captures where ${next('place', order)} offset ?`,
    );
    let left = range;
    // For rare words SQLite would walk through the whole store before it says anything.
    for (let size = 256; ; size = Math.min(size * 2, 4096)) {
      const end = lastOf.first([left.first, left.last, 1, size - 1])?.[0];
      const { first, last } = end === undefined ? left : upTo(Number(end), left, order);
      const rows = this.#page(() => page.all([...values, first, last, size]));
      if (!rows) {
        yield* this.#oneByOne(left, order);
        return;
      }
      for (const row of rows) {
        yield { place: Number(row[0]), row };
      }
      if (end === undefined) return;
      yield { place: Number(end), row: undefined };
      left = behind(Number(end), left, order);
    }
  }

  /** Where a page is damaged: each capture by itself, found by an index that lies elsewhere. */
  *#oneByOne(range: PlaceRange, order: Order): Generator<Candidate> {
    const at = this.#database.prepare(`select ${listedColumns} ${fromListed} where place = ?`);
    for (const place of placesByStatus(this.#database, range, order)) {
      yield { place, row: this.#readable(() => at.first([place])) };
    }
  }

  /** Undefined: some of it is damaged. */
  #page(read: () => SqlRow[]): SqlRow[] | undefined {
    try {
      return read();
    } catch (error) {
      if (isDamage(error)) return undefined;
      throw error;
    }
  }

  /** What `read` returns; a capture that is damaged is counted and left out. */
  #readable<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#unreadable += 1;
      return undefined;
    }
  }

  /** The capture of a row, if a query means it. */
  #meant(row: SqlRow, query: CaptureQuery, text: string | undefined): ListedCapture | undefined {
    return this.#readable(() => this.#meantOf(row, query, text));
  }

  #meantOf(row: SqlRow, query: CaptureQuery, text: string | undefined): ListedCapture | undefined {
    if (query.statuses.length > 0 && !isAmong(Number(row[6]), query)) return undefined;
    const listed = this.#lister.capture(row);
    if (!listed) return undefined;
    if (query.outcomes.length > 0 && !hasOutcome(listed, query)) return undefined;
    if (!this.#lister.matches(listed, query.events)) return undefined;
    if (text !== undefined && !this.#holds(listed.position, listed.target, text)) return undefined;
    return listed;
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

  #holds(place: number, target: string, text: string): boolean {
    if (target.toLowerCase().includes(text)) return true;
    const whole = this.#at(place);
    return whole !== undefined && callHolds(whole, text);
  }

  /** The places, at most four, of the captures whose ids begin so. */
  #placesOf(reference: string): number[] {
    const places = placesOfPrefix(reference);
    if (!places) return [];
    const typed = unambiguous(reference);
    const own = this.#database
      .prepare(
        `select place, ${idColumn('place')} ${fromCaptures}
         where imports.id is null and ${next('place', 'oldest first')}`,
      )
      .all([places.first, places.last, 4])
      // What is longer than a place means one place.
      .filter(([, tag]) => String(tag).startsWith(typed.slice(placeLength)));
    const imported = this.#database
      .prepare('select capture from imports where id >= ? and id < ? order by id limit 4')
      .all([typed, `${typed}~`]);
    return [...own, ...imported].map(([place]) => Number(place)).slice(0, 4);
  }

  #idOf(place: number): string {
    const row = this.#database
      .prepare(`select ${idColumn('place')} ${fromCaptures} where place = ?`)
      .first([place]);
    return idAt(place, row?.[0]);
  }
}

/** Undefined: there is none, or none that can be got at. */
function fileNumber(path: string): number | undefined {
  try {
    return statSync(path).ino;
  } catch {
    return undefined;
  }
}

function hasOutcome({ outcome }: ListedCapture, { outcomes }: CaptureQuery): boolean {
  return outcome !== null && outcomes.includes(outcome);
}

function isAmong(status: number, { statuses }: CaptureQuery): boolean {
  return statuses.some(({ first, last }) => status >= first && status <= last);
}

/**
 * The capture that was typed: any reference of the history, and `<reference>.3` for the third event
 * of a batch alone. Throws `no_such_capture`, `ambiguous_id` or `no_such_event`.
 */
export function findCapture(history: History, typed: string): Capture {
  const { reference, event } = splitReference(typed);
  const capture = history.find(reference);
  return event === undefined ? capture : eventAsCapture(capture, event);
}

/** `<id>.3` is the third event of a capture. */
export function splitReference(typed: string): { reference: string; event: number | undefined } {
  const [, reference = typed, event] = /^(.*)\.(\d{1,9})$/.exec(typed.trim()) ?? [];
  return { reference, event: event === undefined ? undefined : Number(event) };
}

/** A call like the capture, with one of its events alone, which stays as it was written. */
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
