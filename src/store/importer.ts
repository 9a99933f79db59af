import type { Capture } from '../call/call.js';
import { formatId, seqAt, seqRangeOfPrefix } from '../call/capture-id.js';
import type { Clock } from '../call/clock.js';
import { readCallContent } from '../call/content.js';
import { countInserted, listWithoutPayload } from './capture-index.js';
import { insertCapture, prepareSeqOfId, tagAt } from './capture-row.js';
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

/** Adds captures of another store, or those of this store that were pruned. */
interface Importer {
  /**
   * Adds a capture with its own id, in the order of time, unless the store has it. It may be written
   * later, together with others: see `flush`.
   */
  add(capture: Capture): Promise<void>;
  /** Resolves when all captures are synced to disk, to the number of new ones. */
  flush(): Promise<number>;
  close(): void;
}

/**
 * The limits of a transaction, so that a listener on the same store does not wait long. It can write
 * between two transactions, in a pause as long as the last one.
 */
const maxTransactionCaptures = 200;
const maxTransactionBytes = 4 * 1024 * 1024;
const maxTransactionMs = 50;

/** Clocks differ. Ids of a later time would also move the ids of new calls there. */
const maxAheadMs = 24 * 60 * 60 * 1000;

/** Whether an id may be imported at this time (milliseconds since 1970). */
export function isImportable(id: string, now: number): boolean {
  const seqs = seqRangeOfPrefix(id);
  return id.length === 16 && seqs !== undefined && seqs.first <= seqAt(now + maxAheadMs);
}

/** Throws a problem when the store is missing or not writable. */
export function openImporter(files: StoreFiles, clock: Clock): Importer {
  return createImporter(openUpToDate(files), clock);
}

/** A capture whose body was read, so that a transaction only has to write it. */
interface ReadCapture {
  readonly id: string;
  /** The columns of its row, except the sequence number. */
  readonly values: readonly SqlValue[];
  readonly partly: KnownContent['partly'];
  readonly hasPayload: boolean;
  readonly bytes: number;
}

export function createImporter(database: Database, clock: Clock): Importer {
  database.execute('pragma synchronous = full');
  const insert = database.prepare(insertCapture);
  const seqsFrom = database.prepare(
    'select place from captures where place >= ? order by place limit ?',
  );
  const seqOf = prepareSeqOfId(database);
  const tagOf = database.prepare(`select ${tagAt('?1')}`);
  const keepId = database.prepare('insert into imports (capture, id) values (?, ?)');
  const index = prepareEventIndex(database);
  const parts = preparePartNotes(database);
  const list = database.prepare(listWithoutPayload);
  const countIn = database.prepare(countInserted);
  const taken = new TakenSeqs();
  let pending: ReadCapture[] = [];
  let pendingBytes = 0;
  let added = 0;
  let lastEndedAt = Number.NEGATIVE_INFINITY;
  let lastTookMs = 0;

  /** The first free sequence number from that of the id on; undefined: not found in time. */
  function freeSeq(id: string, isLate: () => boolean): number | undefined {
    const own = seqRangeOfPrefix(id)?.first ?? 0;
    for (let size = 1; ; size = Math.min(size * 4, 1024)) {
      const from = taken.firstFree(own);
      const seqs = seqsFrom.all([from, size]);
      const free = seqs.findIndex(([seq], at) => seq !== from + at);
      const end = from + (free === -1 ? seqs.length : free);
      const found = free !== -1 || seqs.length < size;
      // The caller takes the number that was found.
      if (end > own) taken.add(own, found ? end + 1 : end);
      if (found) return end;
      if (isLate()) return undefined;
    }
  }

  /** Writes captures until a time limit. Returns how many it processed, and how many were new. */
  function writeSome(captures: readonly ReadCapture[]): { done: number; fresh: number } {
    const begun = clock.now();
    const isLate = () => clock.now() - begun > maxTransactionMs;
    let done = 0;
    let fresh = 0;
    for (const { id, values, partly, hasPayload } of captures) {
      if (done > 0 && isLate()) break;
      if (seqOf(id) === undefined) {
        const seq = freeSeq(id, isLate);
        if (seq === undefined) break;
        insert.run([seq, ...values]);
        const tag = String(tagOf.first([seq])?.[0]);
        if (formatId(seq, tag) !== id) keepId.run([seq, id]);
        parts.note(seq, partly);
        index.fill(seq, seq);
        countIn.run([seq]);
        if (!hasPayload) list.run([seq]);
        fresh += 1;
      }
      done += 1;
    }
    return { done, fresh };
  }

  async function flush(): Promise<number> {
    while (pending.length > 0) {
      await clock.wait(lastTookMs - (clock.now() - lastEndedAt), undefined);
      const begun = clock.now();
      const { done, fresh } = transaction(database, () => writeSome(pending));
      lastEndedAt = clock.now();
      lastTookMs = lastEndedAt - begun;
      pending = pending.slice(done);
      added += fresh;
    }
    pendingBytes = 0;
    return added;
  }

  return {
    async add(capture) {
      const read = readCapture(capture);
      pending.push(read);
      pendingBytes += read.bytes;
      if (pending.length >= maxTransactionCaptures || pendingBytes >= maxTransactionBytes) {
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

/** Beyond this number, all stretches are forgotten and looked up again. */
const maxStretches = 100_000;

/** Remembers which sequence numbers were found to be taken. Adjacent stretches are merged. */
class TakenSeqs {
  /** The start of each stretch in order, and the first number after it. */
  #starts: number[] = [];
  #ends: number[] = [];

  /** The first number from `seq` on that is not known to be taken. */
  firstFree(seq: number): number {
    const end = this.#ends[this.#indexBehind(seq) - 1];
    return end === undefined ? seq : Math.max(end, seq);
  }

  /** Marks the numbers from `start` to before `end` as taken. */
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

  /** The index of the first stretch that begins after `seq`. */
  #indexBehind(seq: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
