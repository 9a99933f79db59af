import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { formatId, maxSeq } from '../call/capture-id.js';
import { deliveryState } from '../call/delivery.js';
import type { Host } from '../host.js';
import { Problem } from '../problems/problem.js';
import { errorCode } from '../problems/translate.js';
import { countInserted, listWithoutPayload } from './capture-index.js';
import { captureColumns, insertCapture, tagAt } from './capture-row.js';
import {
  type Database,
  openDatabase,
  type SqlRow,
  type SqlValue,
  type Statement,
  transaction,
  unlessDamaged,
} from './database.js';
import { prepareEventIndex } from './event-index.js';
import type { StoreFiles } from './folder.js';
import { deliveryTables } from './outcomes.js';
import { findListeners, findWorkers } from './presence.js';

/** Copies the readable part of a damaged database into a store, step by step. */
export interface Salvage {
  readonly path: string;
  /** Copies some captures with their deliveries and attempts. False: there are no more. */
  step(): boolean;
  readonly copied: number;
  /** Captures that were found, but cannot be read. */
  readonly lost: number;
  close(): void;
}

/** Captures copied in one transaction: limits how long a call waits to be recorded. */
const stepCaptures = 50;
/** The number of damaged pages after which the search for readable ones ends. */
const maxGaps = 10_000;

/**
 * Opens the damaged database at `path` to copy it into the open store `to`. Captures keep their ids and
 * deliveries. An interrupted copy continues where it ended. Throws if nothing can be read.
 */
export function openSalvage(path: string, to: Database): Salvage {
  const file = basename(path);
  fillUp(path);
  const from = openDatabase(path);
  from.execute('pragma query_only = 1');
  const seqs = findSeqs(from);
  const copy = prepareCopy(from, to, file);
  const behind = Number(
    to.prepare('select place from salvaged where file = ?').first([file])?.[0] ?? -1,
  );
  let next = seqs.findIndex((seq) => seq > behind);
  if (next === -1) next = seqs.length;
  let copied = 0;
  let lost = 0;
  return {
    path,
    step() {
      const some = seqs.slice(next, next + stepCaptures);
      if (some.length === 0) return false;
      const done = transaction(to, () => copy(some));
      copied += done;
      lost += some.length - done;
      next += some.length;
      return next < seqs.length;
    },
    get copied() {
      return copied;
    },
    get lost() {
      return lost;
    },
    close: () => from.close(),
  };
}

/** Appends missing pages, because SQLite reads nothing of a file that is shorter than its header says. */
function fillUp(path: string): void {
  const handle = openSync(path, 'r+');
  try {
    const header = Buffer.alloc(32);
    readSync(handle, header, 0, header.length, 0);
    // https://sqlite.org/fileformat.html#the_database_header: 1 stands for pages of 64 kB.
    const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
    const bytes = header.readUInt32BE(28) * pageSize;
    const isDatabase = header.toString('latin1', 0, 15) === 'SQLite format 3';
    if (isDatabase && bytes > fstatSync(handle).size) ftruncateSync(handle, bytes);
  } finally {
    closeSync(handle);
  }
}

/** Returns a function that copies captures, and returns how many of them could be read. */
function prepareCopy(from: Database, to: Database, file: string) {
  const captureOf = from.prepare(`select ${captureColumns} from captures where place = ?`);
  const partlyIndexed = from.prepare('select 1 from partly_indexed where capture = ?');
  const importedId = from.prepare('select id from imports where capture = ?');
  const tagThere = from.prepare(`select ${tagAt('?')}`);
  const firstTag = from.prepare('select tag from store');
  const taken = to.prepare('select 1 from captures where place = ?');
  const tagOf = to.prepare(`select ${tagAt('?1')}`);
  const insert = to.prepare(insertCapture);
  const keepId = to.prepare('insert or ignore into imports (capture, id) values (?, ?)');
  const index = prepareEventIndex(to);
  const count = to.prepare(countInserted);
  const list = to.prepare(listWithoutPayload);
  const destination = to.prepare(
    'insert into destinations (url, queue, name) values (?, ?, ?) on conflict do nothing',
  );
  const deliveries = deliveryTables.map((table) => ({
    of: from.prepare(
      `select url, queue, name, state, due, call.queued, tries, reason, job
       from ${table} as call join destinations on destinations.id = destination where capture = ?`,
    ),
    keep: to.prepare(
      `insert or ignore into ${table} (capture, destination, state, due, queued, tries, reason, job)
       select ?, id, ?, ?, ?, ?, ?, ? from destinations where url = ? and queue = ?`,
    ),
  }));
  const attemptColumns = 'number, event, time, url, status, reason, ms, answer';
  const attemptsOf = from.prepare(`select ${attemptColumns} from attempts where capture = ?`);
  const keepAttempt = to.prepare(
    `insert or ignore into attempts (capture, ${attemptColumns}) values (${marks(9)})`,
  );
  const replayOf = from.prepare('select answered from replays where capture = ?');
  const keepReplay = to.prepare('insert or ignore into replays (capture, answered) values (?, ?)');
  const remember = to.prepare(
    'insert into salvaged (file, place) values (?1, ?2) on conflict do update set place = ?2',
  );

  function copyOne(seq: number): boolean {
    const row = unlessDamaged(() => captureOf.first([seq]));
    if (!row || !isWhole(row)) return false;
    if (taken.first([seq])) return true;
    const [, ...values] = row;
    // A partly indexed capture is read again.
    const whole = isJson(values[7]) && !unlessDamaged(() => partlyIndexed.first([seq]));
    const events = whole ? (values[7] ?? null) : null;
    insert.run([
      seq,
      ...values.slice(0, 6),
      isJson(values[6]) ? (values[6] ?? '[]') : '[]',
      events,
      values[8] ?? null,
    ]);
    count.run([seq]);
    if (values[5] !== null) list.run([seq]);
    const tag = String(tagOf.first([seq])?.[0]);
    const id = idThere(seq) ?? formatId(seq, tag);
    if (formatId(seq, tag) !== id) keepId.run([seq, id]);
    if (events !== null) index.fill(seq, seq);
    for (const { of, keep } of deliveries) {
      for (const row of unlessDamaged(() => of.all([seq])) ?? []) copyDelivery(seq, row, keep);
    }
    for (const attempt of unlessDamaged(() => attemptsOf.all([seq])) ?? [])
      keepAttempt.run([seq, ...attempt]);
    const replay = unlessDamaged(() => replayOf.first([seq]));
    if (replay) keepReplay.run([seq, replay[0] ?? null]);
    return true;
  }

  /** Undefined: neither the id nor the tag can be read. */
  function idThere(seq: number): string | undefined {
    const imported = unlessDamaged(() => importedId.first([seq]))?.[0];
    if (typeof imported === 'string') return imported;
    const tag = (unlessDamaged(() => tagThere.first([seq])) ??
      unlessDamaged(() => firstTag.first([])))?.[0];
    return typeof tag === 'string' ? formatId(seq, tag) : undefined;
  }

  function copyDelivery(
    seq: number,
    [url = '', queue = '', name = null, ...call]: SqlRow,
    keep: Statement,
  ): void {
    const [state, due = 0, queued = 0, tries = 0, reason = null, job = null] = call;
    destination.run([url, queue, name]);
    // The worker of an active call knows another database.
    keep.run([
      seq,
      state === deliveryState.active ? deliveryState.delayed : (state ?? deliveryState.waiting),
      due,
      queued,
      tries,
      reason,
      job,
      url,
      queue,
    ]);
  }

  return (seqs: readonly number[]): number => {
    const copied = seqs.filter(copyOne).length;
    remember.run([file, seqs.at(-1) ?? 0]);
    return copied;
  };
}

/** Searches every table and index that refers to captures: where one is damaged, another may not be. */
function findSeqs(from: Database): number[] {
  const found = new Set<number>();
  const sources = [
    ['captures', 'place'],
    ['captures indexed by captures_by_status', 'status, place'],
    ['deliveries', 'capture'],
    ['further_deliveries', 'capture'],
    ['attempts', 'capture, number'],
    ['imports', 'capture'],
  ] as const;
  for (const [table, key] of sources) {
    for (const order of ['asc', 'desc'] as const) collectSeqs(from, table, key, order, found);
  }
  collectBehindGaps(from, found);
  return [...found].sort((one, other) => one - other);
}

/** Reads the keys of a table from one end as far as possible. */
function collectSeqs(
  from: Database,
  table: string,
  key: string,
  order: 'asc' | 'desc',
  found: Set<number>,
): void {
  const columns = key.split(', ');
  const at = Math.max(columns.indexOf('place'), columns.indexOf('capture'));
  const bound = order === 'asc' ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER;
  const page = unlessDamaged(() =>
    from.prepare(
      `select ${key} from ${table} where (${key}) ${order === 'asc' ? '>' : '<'} (${marks(columns.length)})
       order by ${columns.map((column) => `${column} ${order}`).join(', ')} limit ?`,
    ),
  );
  if (!page) return;
  let cursor: SqlRow = columns.map(() => bound);
  for (;;) {
    const rows = readPage(page, cursor);
    for (const row of rows ?? []) keepSeq(row[at], found);
    const last = rows?.at(-1);
    // Damaged pages may form a cycle.
    if (!last || !isBehind(last, cursor, order)) return;
    cursor = last;
  }
}

function isBehind(row: SqlRow, cursor: SqlRow, order: 'asc' | 'desc'): boolean {
  const at = row.findIndex((value, index) => value !== cursor[index]);
  if (at === -1) return false;
  const [value, before] = [Number(row[at]), Number(cursor[at])];
  return order === 'asc' ? value > before : value < before;
}

function keepSeq(value: SqlValue | undefined, found: Set<number>): void {
  const seq = Number(value);
  if (seq > 0 && seq <= maxSeq) found.add(seq);
}

/** Reads a smaller page if a larger one is damaged; undefined: no row can be read. */
function readPage(page: Statement, cursor: SqlRow): SqlRow[] | undefined {
  for (const size of [512, 32, 1]) {
    const rows = unlessDamaged(() => page.all([...cursor, size]));
    if (rows) return rows;
  }
  return undefined;
}

/** Searches between damaged pages, which no end leads to, in growing steps. */
function collectBehindGaps(from: Database, found: Set<number>): void {
  const page = unlessDamaged(() =>
    from.prepare('select place from captures where place > ? order by place limit ?'),
  );
  if (!page) return;
  let end = 0;
  for (const seq of found) end = Math.max(end, seq);
  let cursor = 0;
  let gaps = 0;
  for (let step = 1; cursor < end && gaps < maxGaps; ) {
    const rows = readPage(page, [cursor]) ?? [];
    for (const [seq] of rows) keepSeq(seq, found);
    const last = Number(rows.at(-1)?.[0]);
    if (last > cursor) {
      cursor = last;
      step = 1;
    } else {
      gaps += 1;
      cursor += step;
      step *= 2;
    }
  }
}

/** Whether the values of a capture's row have the types of their columns. */
function isWhole(row: SqlRow): boolean {
  const [, time, method, target, remote, status, , headers, , body] = row;
  return (
    typeof time === 'number' &&
    typeof status === 'number' &&
    [method, target, remote, headers].every((text) => typeof text === 'string') &&
    body instanceof Uint8Array
  );
}

function isJson(value: SqlValue | undefined): boolean {
  if (typeof value !== 'string') return false;
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

function marks(count: number): string {
  return Array(count).fill('?').join(', ');
}

/** A process that takes longer was killed. */
const maxSettingAsideMs = 60_000;
const damagedName = /^captures\.damaged-\d{8}-\d{6}\.db$/;
const damagedLogName = /^(captures\.damaged-\d{8}-\d{6}\.db)-wal$/;

/**
 * Renames a damaged database, so that the store can be created again, and returns its new path. Throws
 * `error`, the failure to open the store, if it is not damage or if another process uses the store.
 */
export async function setAside(error: unknown, files: StoreFiles, host: Host): Promise<string> {
  if (!(error instanceof Problem) || error.code !== 'store_damaged') throw error;
  const others = await Promise.all([
    findListeners(files.folder, host),
    findWorkers(files.folder, host),
  ]);
  if (others.flat().length > 0) throw error;
  const path = join(files.folder, orphanedName(files.folder) ?? newName(files.folder, host.now()));
  // The log comes first, because SQLite would remove it beside a new database.
  moveIfThere(`${files.database}-wal`, `${path}-wal`);
  rmSync(`${files.database}-shm`, { force: true });
  moveIfThere(files.database, path);
  return path;
}

/**
 * Acts on a damaged store unless another process does, or throws `error`. Otherwise, of two processes
 * that start at once, the second would set aside the store that the first has created.
 */
export async function alone<T>(
  { folder }: StoreFiles,
  error: unknown,
  act: () => Promise<T>,
): Promise<T> {
  const lock = join(folder, 'setting-aside');
  const release = () => rmSync(lock, { recursive: true, force: true });
  const made = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (made !== undefined && Date.now() - made > maxSettingAsideMs) release();
  try {
    mkdirSync(lock, { mode: 0o700 });
  } catch (failure) {
    throw errorCode(failure) === 'EEXIST' ? error : failure;
  }
  try {
    return await act();
  } finally {
    release();
  }
}

/** The databases that were set aside and not copied yet. */
export function findSetAside(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => damagedName.test(name))
    .map((name) => join(folder, name));
}

/** Renames a database after copying, and returns its new path. */
export function markCopied(path: string): string {
  const copied = join(dirname(path), basename(path).replace('damaged', 'copied'));
  for (const end of ['', '-wal']) moveIfThere(path + end, copied + end);
  rmSync(`${path}-shm`, { force: true });
  return copied;
}

/** Another thread may still be closing the database, which removes the log. */
function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** The database name for a log that was set aside by a process that ended before the database was. */
function orphanedName(folder: string): string | undefined {
  return readdirSync(folder)
    .map((name) => damagedLogName.exec(name)?.[1])
    .find((name) => name !== undefined && !existsSync(join(folder, name)));
}

function newName(folder: string, now: number): string {
  const time = new Date(now).toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const name = `captures.damaged-${time}.db`;
  return existsSync(join(folder, name)) ? newName(folder, now + 1000) : name;
}
