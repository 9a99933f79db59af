import type { Capture } from '../call/call.js';
import { formatId, placeAt, placesOfPrefix } from '../call/capture-id.js';
import type { Clock } from '../call/clock.js';
import { readCallContent } from '../call/content.js';
import { countInserted, listWithoutPayload } from './capture-index.js';
import { preparePlaceOfId, tagAt } from './capture-row.js';
import { type Database, type SqlValue, storableText, transaction } from './database.js';
import {
  type KnownContent,
  knownContent,
  prepareEventIndex,
  preparePartNotes,
  writeEvents,
} from './event-index.js';
import type { StoreFiles } from './folder.js';
import { openUpToDate } from './schema.js';

/** Adds captures that another store recorded, or this one before they were pruned. */
export interface Importer {
  /**
   * Adds a capture under its own id, among the others by its time, unless the store has it. It may
   * be written later, together with others: see `flush`.
   */
  add(capture: Capture): Promise<void>;
  /** Resolves when all that was added is synced to disk, to how many captures were new. */
  flush(): Promise<number>;
  close(): void;
}

/**
 * What goes into one transaction at most, so that a listener on the same store does not wait long.
 * Between two transactions others may write for as long as the last one took.
 */
const maxTransactionCaptures = 200;
const maxTransactionBytes = 4 * 1024 * 1024;
const maxTransactionMs = 50;

/** Clocks differ; ids of a time to come would push those of new calls there. */
const maxAheadMs = 24 * 60 * 60 * 1000;

/** Whether an id may be imported at this time (milliseconds since 1970). */
export function isImportable(id: string, now: number): boolean {
  const places = placesOfPrefix(id);
  return id.length === 16 && places !== undefined && places.first <= placeAt(now + maxAheadMs);
}

/** Throws a problem when there is no store, or none that can be written. */
export function openImporter(files: StoreFiles, clock: Clock): Importer {
  return createImporter(openUpToDate(files), clock);
}

/** A capture that was read, so that nothing is left to do in a transaction but writing it. */
interface ReadCapture {
  readonly id: string;
  /** The columns of its row but for the place. */
  readonly values: readonly SqlValue[];
  /** What of its events is not in the index. */
  readonly partly: KnownContent['partly'];
  readonly hasPayload: boolean;
  readonly bytes: number;
}

export function createImporter(database: Database, clock: Clock): Importer {
  database.execute('pragma synchronous = full');
  const insert = database.prepare(
    `insert into captures (place, time, method, target, remote, status, problem, headers, events, body)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const placesFrom = database.prepare(
    'select place from captures where place >= ? order by place limit ?',
  );
  const placeOf = preparePlaceOfId(database);
  const tagOf = database.prepare(`select ${tagAt('?1')}`);
  const keepId = database.prepare('insert into imports (capture, id) values (?, ?)');
  const index = prepareEventIndex(database);
  const parts = preparePartNotes(database);
  const list = database.prepare(listWithoutPayload);
  const countIn = database.prepare(countInserted);
  const taken = new TakenPlaces();
  let waiting: ReadCapture[] = [];
  let waitingBytes = 0;
  let added = 0;
  /** When the last transaction ended, and how long it took. */
  let endedAt = Number.NEGATIVE_INFINITY;
  let tookMs = 0;

  /** The first free place from the one that an id names; undefined: not found in time. */
  function freePlace(id: string, isLate: () => boolean): number | undefined {
    const own = placesOfPrefix(id)?.first ?? 0;
    for (let size = 1; ; size = Math.min(size * 4, 1024)) {
      const from = taken.firstFree(own);
      const places = placesFrom.all([from, size]);
      const free = places.findIndex(([place], at) => place !== from + at);
      const end = from + (free === -1 ? places.length : free);
      const found = free !== -1 || places.length < size;
      // The one that is found is taken from now on.
      if (end > own) taken.add(own, found ? end + 1 : end);
      if (found) return end;
      if (isLate()) return undefined;
    }
  }

  /** Writes from the first of `captures` on; returns how many were dealt with, and are new. */
  function writeSome(captures: readonly ReadCapture[]): { done: number; fresh: number } {
    const begun = clock.now();
    const isLate = () => clock.now() - begun > maxTransactionMs;
    let done = 0;
    let fresh = 0;
    for (const { id, values, partly, hasPayload } of captures) {
      if (done > 0 && isLate()) break;
      if (placeOf(id) === undefined) {
        const place = freePlace(id, isLate);
        if (place === undefined) break;
        insert.run([place, ...values]);
        const tag = String(tagOf.first([place])?.[0]);
        if (formatId(place, tag) !== id) keepId.run([place, id]);
        parts.note(place, partly);
        index.fill(place, place);
        countIn.run([place]);
        if (!hasPayload) list.run([place]);
        fresh += 1;
      }
      done += 1;
    }
    return { done, fresh };
  }

  async function flush(): Promise<number> {
    while (waiting.length > 0) {
      await clock.wait(tookMs - (clock.now() - endedAt), undefined);
      const begun = clock.now();
      const { done, fresh } = transaction(database, () => writeSome(waiting));
      endedAt = clock.now();
      tookMs = endedAt - begun;
      waiting = waiting.slice(done);
      added += fresh;
    }
    waitingBytes = 0;
    return added;
  }

  return {
    async add(capture) {
      const read = readCapture(capture);
      waiting.push(read);
      waitingBytes += read.bytes;
      if (waiting.length >= maxTransactionCaptures || waitingBytes >= maxTransactionBytes) {
        await flush();
      }
    },
    flush,
    close: () => database.close(),
  };
}

function readCapture(capture: Capture): ReadCapture {
  const known = knownContent(readCallContent(capture));
  const target = storableText(capture.target);
  const headers = JSON.stringify(capture.headers);
  const events = writeEvents(known.events);
  return {
    id: capture.id,
    partly: known.partly,
    hasPayload: known.problem === null,
    bytes: capture.body.byteLength + target.length + headers.length + events.length,
    values: [
      capture.time,
      storableText(capture.method),
      target,
      storableText(capture.remote),
      capture.status,
      known.problem,
      headers,
      events,
      capture.body,
    ],
  };
}

/** Stretches this long are remembered; more are forgotten, and looked up again. */
const maxStretches = 100_000;

/**
 * Which places of a store are taken, as far as that was looked up, so that no place is looked at
 * twice. Stretches that meet are one.
 */
export class TakenPlaces {
  /** Where each stretch begins, in order, and the first place behind it. */
  #starts: number[] = [];
  #ends: number[] = [];

  /** The first place from `place` on that is not known to be taken. */
  firstFree(place: number): number {
    const end = this.#ends[this.#indexBehind(place) - 1];
    return end === undefined ? place : Math.max(end, place);
  }

  /** All places from `start` up to `end`, which is the first one behind them, are taken. */
  add(start: number, end: number): void {
    if (this.#starts.length >= maxStretches) {
      this.#starts = [];
      this.#ends = [];
    }
    let from = this.#indexBehind(start);
    if (from > 0 && (this.#ends[from - 1] ?? 0) >= start) from -= 1;
    let to = from;
    while (to < this.#starts.length && (this.#starts[to] ?? 0) <= end) to += 1;
    const first = to > from ? Math.min(start, this.#starts[from] ?? start) : start;
    const last = to > from ? Math.max(end, this.#ends[to - 1] ?? end) : end;
    this.#starts.splice(from, to - from, first);
    this.#ends.splice(from, to - from, last);
  }

  /** The index of the first stretch that begins behind a place. */
  #indexBehind(place: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
