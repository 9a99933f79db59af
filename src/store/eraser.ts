import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HeaderPairs } from '../call/call.js';
import { readCallContent } from '../call/content.js';
import { deliveryState } from '../call/delivery.js';
import {
  type CallErasure,
  type ErasableCall,
  type ErasedEvents,
  eraseFromCall,
} from '../call/erase-call.js';
import type { ContactIds } from '../payload/contact-ids.js';
import { newestSeq, type SeqRange } from './capture-index.js';
import { idAt, idColumn, readJson } from './capture-row.js';
import { type Database, type SqlRow, transaction, unlessDamaged } from './database.js';
import {
  forgetEvents,
  knownContent,
  prepareEventIndex,
  preparePartNotes,
  writeEvents,
} from './event-index.js';
import type { StoreFiles } from './folder.js';
import { prepareForgetting } from './lookup-segments.js';
import { deliveryTables, isHandedOver } from './outcomes.js';
import { removeCaptures } from './pruner.js';
import { rewriteFile } from './rewrite.js';
import { openUpToDate } from './schema.js';

/** A capture as far as it may name a contact. */
export interface StoredCall extends ErasableCall {
  readonly seq: number;
}

/** How much of contacts a store holds, or held. */
export interface ErasureCount {
  readonly events: number;
  /** Captures that lose events. */
  readonly captures: number;
  /** Captures that are removed as a whole. */
  readonly removed: number;
  /** Of all these: calls that a worker sends at this moment. */
  readonly inFlight: number;
  /** Captures that cannot be searched, since their bodies cannot be decoded. */
  readonly unsearchable: number;
}

export const nothingErased: ErasureCount = {
  events: 0,
  captures: 0,
  removed: 0,
  inFlight: 0,
  unsearchable: 0,
};

export function addCounts(one: ErasureCount, other: ErasureCount): ErasureCount {
  return {
    events: one.events + other.events,
    captures: one.captures + other.captures,
    removed: one.removed + other.removed,
    inFlight: one.inFlight + other.inFlight,
    unsearchable: one.unsearchable + other.unsearchable,
  };
}

function isErasable({ kind }: CallErasure): boolean {
  return kind === 'events' || kind === 'whole';
}

/** Removes contacts from a store, even while listeners write to it. */
export interface Eraser {
  newestSeq(): number;
  /** The captures of a range, oldest first. Skips damaged ones. */
  calls(range: SeqRange): Iterable<StoredCall>;
  /**
   * What `erase` would do to a capture. `distance`: the index of the first of `steps` that concerns it, of
   * `LinkedIds`; undefined: none does.
   */
  look(
    call: StoredCall,
    steps: readonly ContactIds[],
    erasure: Erasure,
  ): ErasureCount & { readonly distance: number | undefined };
  /** Erases from some captures in one transaction. */
  erase(seqs: readonly number[], erasure: Erasure): ErasureCount;
  /** Removes the answers of handlers that name a contact. Returns their number. */
  eraseAnswers(contacts: ContactIds): number;
  /** See `rewriteFile`. */
  rewrite(): void;
  /** The engines that have calls of this store, without credentials. */
  engines(): readonly string[];
  /** The URLs that calls of this store were forwarded to, without credentials. */
  targets(): readonly string[];
  /** Databases in the store's folder that are not searched: damaged ones that were set aside, and copies. */
  otherFiles(): readonly string[];
  /** Captures that cannot be read. */
  readonly damaged: number;
  close(): void;
}

interface Erasure {
  readonly contacts: ContactIds;
  /** Removes every capture that has an event of a contact. */
  readonly whole: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Bodies that are read at a time. */
const maxPageBytes = 4 * 1024 * 1024;
const pageCaptures = 256;
const answersPage = 1000;

/** Throws a problem when the store is missing or not writable. */
export function openEraser(files: StoreFiles): Eraser {
  const database = openUpToDate(files);
  database.execute('pragma synchronous = full');
  database.execute('pragma secure_delete = on');
  return new SqlEraser(database, files);
}

class SqlEraser implements Eraser {
  readonly #database: Database;
  readonly #files: StoreFiles;
  readonly #write: ReturnType<typeof prepareWriting>;
  damaged = 0;

  constructor(database: Database, files: StoreFiles) {
    this.#database = database;
    this.#files = files;
    this.#write = prepareWriting(database);
  }

  newestSeq(): number {
    return newestSeq(this.#database);
  }

  *calls({ first: start, last: end }: SeqRange): Generator<StoredCall> {
    this.damaged = 0;
    const sizes = this.#database.prepare(
      'select place, length(body) from captures where place > ? and place <= ? order by place limit ?',
    );
    const page = this.#database.prepare(
      'select place, target, headers, body from captures where place between ? and ? order by place',
    );
    for (let behind = start - 1; ; ) {
      const rows = sizes.all([behind, end, pageCaptures]).map((row) => row.map(Number));
      if (rows.length === 0) return;
      let bytes = 0;
      const within = rows.filter(([, length = 0], index) => {
        bytes += length;
        return index === 0 || bytes <= maxPageBytes;
      });
      const [first = 0] = within[0] ?? [];
      const [last = 0] = within.at(-1) ?? [];
      const found = unlessDamaged(() => page.all([first, last]));
      for (const row of found ?? this.#oneByOne(within)) yield callOf(row);
      behind = last;
    }
  }

  *#oneByOne(rows: readonly (readonly number[])[]): Generator<SqlRow> {
    for (const [seq = 0] of rows) {
      const row = unlessDamaged(() => this.#write.read(seq));
      if (row) yield row;
      else this.damaged += 1;
    }
  }

  look(call: StoredCall, steps: readonly ContactIds[], erasure: Erasure) {
    const found = eraseFromCall(call, erasure.contacts);
    const distance = isErasable(found)
      ? steps.findIndex((ids) => isErasable(eraseFromCall(call, ids)))
      : undefined;
    return { ...this.#countOf(call.seq, found, erasure), distance };
  }

  erase(seqs: readonly number[], erasure: Erasure): ErasureCount {
    return transaction(this.#database, () => {
      let count = nothingErased;
      for (const seq of seqs) {
        const row = unlessDamaged(() => this.#write.read(seq));
        if (!row) continue;
        const found = eraseFromCall(callOf(row), erasure.contacts);
        count = addCounts(count, this.#countOf(seq, found, erasure));
        if (found.kind === 'whole' || (erasure.whole && isErasable(found))) this.#write.remove(seq);
        else if (found.kind === 'events') this.#write.replace(seq, found, erasure.now);
      }
      return count;
    });
  }

  #countOf(seq: number, found: CallErasure, { whole }: Erasure): ErasureCount {
    if (found.kind === 'untouched') return nothingErased;
    if (found.kind === 'unsearchable') return { ...nothingErased, unsearchable: 1 };
    const isRemoved = found.kind === 'whole' || whole;
    return {
      events: found.kind === 'whole' ? found.events : found.removed.length,
      captures: isRemoved ? 0 : 1,
      removed: isRemoved ? 1 : 0,
      inFlight: this.#write.isInFlight(seq) ? 1 : 0,
      unsearchable: 0,
    };
  }

  eraseAnswers(contacts: ContactIds): number {
    const page = this.#database.prepare(
      `select capture, number, answer, reason, url from attempts
       where (capture, number) > (?, ?) order by capture, number limit ?`,
    );
    const clear = this.#database.prepare(
      'update attempts set answer = null, reason = null, url = ? where capture = ? and number = ?',
    );
    let erased = 0;
    for (let behind: SqlRow = [-1, -1]; ; ) {
      const rows = page.all([behind[0] ?? -1, behind[1] ?? -1, answersPage]);
      const found = rows.filter(([, , ...texts]) => contacts.isMentionedIn(texts.join('\n')));
      if (found.length > 0) {
        transaction(this.#database, () => {
          for (const [capture = 0, number = 0, , , url] of found) {
            clear.run([withoutQuery(String(url)), capture, number]);
          }
        });
      }
      erased += found.length;
      if (rows.length < answersPage) return erased;
      behind = rows.at(-1) ?? behind;
    }
  }

  rewrite(): void {
    rewriteFile(this.#database, this.#files.database);
  }

  engines(): readonly string[] {
    return this.#database
      .prepare(
        `select distinct queue from destinations where queue <> ''
         and exists (select 1 from all_deliveries where destination = destinations.id)`,
      )
      .all([])
      .map(([queue]) => String(queue));
  }

  targets(): readonly string[] {
    return this.#database
      .prepare('select distinct url from destinations order by url')
      .all([])
      .map(([url]) => String(url));
  }

  otherFiles(): readonly string[] {
    return readdirSync(this.#files.folder)
      .filter(
        (name) => !/^captures\.db(?:-wal|-shm)?$/.test(name) && /\.db\b|damaged|copied/.test(name),
      )
      .map((name) => join(this.#files.folder, name));
  }

  close(): void {
    this.#database.close();
  }
}

const { active, delivered, skipped } = deliveryState;

/** Within the caller's transaction. */
function prepareWriting(database: Database) {
  const read = database.prepare(
    'select place, target, headers, body from captures where place = ?',
  );
  const update = database.prepare(
    'update captures set target = ?, headers = ?, problem = ?, events = ?, body = ? where place = ?',
  );
  const forgetLate = database.prepare('delete from late_content where capture = ?');
  const mark = database.prepare(
    `insert into erased (capture, time, events) values (?1, ?2, ?3)
     on conflict do update set time = ?2, events = events + ?3`,
  );
  const clearAnswers = database.prepare(
    'update attempts set answer = null, reason = null where capture = ?',
  );
  const ofEvents = database.prepare(
    'select number, event from attempts where capture = ? and event is not null',
  );
  const dropAttempt = database.prepare('delete from attempts where capture = ? and number = ?');
  const renumber = database.prepare(
    'update attempts set event = ? where capture = ? and number = ?',
  );
  const inFlight = database.prepare(
    `select 1 from all_deliveries where capture = ? and state = ${active}`,
  );
  const withdraw = database.prepare(
    `insert into withdrawals (capture, job, destination)
     select ?1, job, destination from all_deliveries
     where capture = ?2 and job is not null and ${isHandedOver} on conflict do nothing`,
  );
  const named = database.prepare(
    `select ${idColumn('place')} from captures left join imports on capture = place where place = ?`,
  );
  const dropCalls = deliveryTables.map((table) =>
    database.prepare(
      `delete from ${table} where capture = ? and state not in (${delivered}, ${skipped})`,
    ),
  );
  const index = prepareEventIndex(database);
  const parts = preparePartNotes(database);
  const forgetLookups = prepareForgetting(database);

  /** The engine that a call was handed over to removes it once a listener tells it to. */
  function withdrawCall(seq: number): void {
    withdraw.run([idAt(seq, named.first([seq])?.[0]), seq]);
  }

  return {
    read: (seq: number) => read.first([seq]),
    isInFlight: (seq: number) => inFlight.first([seq]) !== undefined,
    remove(seq: number) {
      withdrawCall(seq);
      forgetLookups(seq);
      removeCaptures(database, [seq]);
    },
    replace(seq: number, { call, removed, left }: ErasedEvents, now: number) {
      const known = knownContent(readCallContent(call));
      forgetEvents(database, [seq]);
      forgetLookups(seq);
      forgetLate.run([seq]);
      const { target, headers, body } = call;
      const events = writeEvents(known.events);
      update.run([target, JSON.stringify(headers), known.problem, events, body, seq]);
      index.fill(seq, seq);
      parts.note(seq, known.partly);
      mark.run([seq, now, removed.length]);
      clearAnswers.run([seq]);
      for (const [number = 0, event] of ofEvents.all([seq])) {
        if (removed.includes(Number(event))) dropAttempt.run([seq, number]);
        else {
          const before = removed.filter((each) => each < Number(event)).length;
          renumber.run([Number(event) - before, seq, number]);
        }
      }
      // Nothing is left to forward.
      if (left > 0) return;
      withdrawCall(seq);
      for (const each of dropCalls) each.run([seq]);
    },
  };
}

function callOf([seq, target, headers, body]: SqlRow): StoredCall {
  return {
    seq: Number(seq),
    target: String(target),
    headers: readJson(headers, 'headers') as HeaderPairs,
    body: body instanceof Uint8Array ? body : new Uint8Array(),
  };
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '');
}
