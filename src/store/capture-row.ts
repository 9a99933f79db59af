import type { Capture, HeaderPairs } from '../call/call.js';
import {
  formatId,
  makeStoreTag,
  nextSeq,
  seqRangeOfPrefix,
  storeTagLength,
} from '../call/capture-id.js';
import {
  DamagedRow,
  type Database,
  readNumber,
  type SqlRow,
  type SqlValue,
  transaction,
} from './database.js';

/** SQL for the second argument of `idAt`. Needs the captures joined with imports. */
export function idColumn(seqSql: string): string {
  return `coalesce(imports.id, ${tagAt(seqSql)})`;
}

/** The columns of `captures` in the order in which `insertCapture` binds them. */
export const captureColumns =
  'place, time, method, target, remote, status, problem, headers, events, body';
export const insertCapture = `insert into captures (${captureColumns}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The join that `idColumn` and `wholeColumns` need. */
export const fromCaptures = 'from captures left join imports on imports.capture = captures.place';

/** The columns that `readCaptureRow` reads. */
export const wholeColumns = `captures.place, ${idColumn('captures.place')}, time, method, target, remote, status, headers, body`;

/** Reads a row that begins with `wholeColumns`. Throws `DamagedRow`. */
export function readCaptureRow(row: SqlRow): Capture {
  const [seq, named, time, method, target, remote, status, headers, body] = row;
  return {
    id: idAt(seq, named),
    time: readTime(time),
    method: String(method),
    target: String(target),
    remote: String(remote),
    status: Number(status),
    headers: readJson(headers, 'headers') as HeaderPairs,
    body: body instanceof Uint8Array ? body : new Uint8Array(),
  };
}

/** `named` is the capture's `idColumn`: the id that it was imported with, or the tag of this store. */
export function idAt(seq: SqlValue | undefined, named: SqlValue | undefined): string {
  const text = String(named);
  return text.length === storeTagLength ? formatId(Number(seq), text) : text;
}

/** Throws `DamagedRow` if no date can have this time. */
export function readTime(value: SqlValue | undefined): number {
  const time = Number(value);
  if (Number.isNaN(new Date(time).getTime()))
    throw new DamagedRow('the time of a capture is invalid');
  return time;
}

export function readJson(value: SqlValue | undefined, what: string): unknown {
  try {
    return JSON.parse(String(value));
  } catch (error) {
    throw new DamagedRow(`the ${what} of a capture are not JSON`, { cause: error });
  }
}

/** The machine and the file that a store's captures were written on. */
export interface StoreOrigin {
  /** Changes with each start of the machine. Empty: the platform has none. */
  readonly bootId: string;
  /** Device and inode. */
  readonly file: string;
}

/** SQL for the tag that this store gives the capture at `seqSql`. */
export function tagAt(seqSql: string): string {
  return `(select tag from tags where first <= ${seqSql} order by first desc limit 1)`;
}

/**
 * Gives a store that was copied or moved a new tag for its future captures, so that a copy and its
 * original never create the same id. `random` needs at least six bytes.
 */
export function renewTag(
  database: Database,
  { bootId, file }: StoreOrigin,
  random: Uint8Array,
  now: number,
): void {
  const origin = `${bootId} ${file}`;
  const newestOrigin = database.prepare('select origin from tags order by first desc limit 1');
  if (newestOrigin.first([])?.[0] === origin) return;
  transaction(database, () => {
    const known = newestOrigin.first([])?.[0];
    if (known === origin) return;
    const last = readNumber(database, lastSeqGiven);
    // A store without any call has just been created here.
    if (known === '' && last === 0) database.prepare('update tags set origin = ?').run([origin]);
    else {
      database
        .prepare('insert into tags (first, tag, origin) values (?, ?, ?)')
        .run([nextSeq(last, now), makeStoreTag(random), origin]);
    }
  });
}

/**
 * SQL for the highest sequence number that was given so far, or 0. Newer captures may have been removed,
 * but after a clock was set back, a new capture must not get a number below the newest tag's.
 */
export const lastSeqGiven = `select max(
    coalesce((select max(place) from captures), 0),
    (select max(first) from tags))`;

/** The sequence number of the capture with this whole id; undefined: the store has none. */
export function seqOfId(database: Database, id: string): number | undefined {
  return prepareSeqOfId(database)(id);
}

/** `seqOfId` for many ids. */
export function prepareSeqOfId(database: Database): (id: string) => number | undefined {
  const imported = database.prepare('select capture from imports where id = ?');
  // An imported capture may have the sequence number that is in another id.
  const own = database.prepare(
    `select ${tagAt('place')} from captures left join imports on capture = place
     where place = ? and id is null`,
  );
  return (id) => {
    const row = imported.first([id]);
    if (row) return Number(row[0]);
    const seq = seqRangeOfPrefix(id)?.first;
    const tag = seq === undefined ? undefined : own.first([seq])?.[0];
    return seq !== undefined && formatId(seq, String(tag)) === id ? seq : undefined;
  };
}
