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
import { formatId, lastPlace } from '../call/capture-id.js';
import type { Host } from '../host.js';
import { Problem } from '../problems/problem.js';
import { errorCode } from '../problems/translate.js';
import { countInserted, listWithoutPayload } from './capture-index.js';
import { tagAt } from './capture-row.js';
import {
  type Database,
  isDamage,
  openDatabase,
  type SqlRow,
  type SqlValue,
  type Statement,
  transaction,
} from './database.js';
import { prepareEventIndex } from './event-index.js';
import type { StoreFiles } from './folder.js';
import { findListeners, findWorkers } from './presence.js';

/** Copies what can be read of a damaged database into a store, step by step. */
export interface Salvage {
  readonly path: string;
  /** Copies some captures with all that is known of them. False: there are no more. */
  step(): boolean;
  /** What was done so far. */
  readonly copied: number;
  /** Captures that are known to have been there, and cannot be read. */
  readonly lost: number;
  close(): void;
}

/** Copied in one transaction, so that calls that are recorded meanwhile need not wait long. */
const stepCaptures = 50;
/** How often the search for readable pages behind a damaged one is taken up again. */
const maxGaps = 10_000;

/**
 * Opens the damaged database at `path` to copy it into the store that is open as `to`. Captures keep
 * their ids, and those that waited to be forwarded wait on. A copy that was interrupted goes on where
 * it ended. Throws when nothing of it can be read.
 */
export function openSalvage(path: string, to: Database): Salvage {
  const file = basename(path);
  fillUp(path);
  const from = openDatabase(path);
  from.execute('pragma query_only = 1');
  const places = findPlaces(from);
  const copy = prepareCopy(from, to, file);
  const behind = Number(
    to.prepare('select place from salvaged where file = ?').first([file])?.[0] ?? -1,
  );
  let at = places.findIndex((place) => place > behind);
  if (at === -1) at = places.length;
  let copied = 0;
  let lost = 0;
  return {
    path,
    step() {
      const some = places.slice(at, at + stepCaptures);
      if (some.length === 0) return false;
      const done = transaction(to, () => copy(some));
      copied += done;
      lost += some.length - done;
      at += some.length;
      return at < places.length;
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

/** SQLite reads nothing of a file that is shorter than its header says: the missing pages become empty. */
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

/** Copies the captures at these places, and returns how many of them could be read. */
function prepareCopy(from: Database, to: Database, file: string) {
  const columns = 'place, time, method, target, remote, status, problem, headers, events, body';
  const captureOf = from.prepare(`select ${columns} from captures where place = ?`);
  const partlyIndexed = from.prepare('select 1 from partly_indexed where capture = ?');
  const importedId = from.prepare('select id from imports where capture = ?');
  const tagThere = from.prepare(`select ${tagAt('?')}`);
  const firstTag = from.prepare('select tag from store');
  const taken = to.prepare('select 1 from captures where place = ?');
  const tagOf = to.prepare(`select ${tagAt('?1')}`);
  const insert = to.prepare(`insert into captures (${columns}) values (${marks(10)})`);
  const keepId = to.prepare('insert or ignore into imports (capture, id) values (?, ?)');
  const index = prepareEventIndex(to);
  const count = to.prepare(countInserted);
  const list = to.prepare(listWithoutPayload);
  const deliveryOf = from.prepare(
    `select url, queue, state, due, deliveries.queued, tries, reason, job
     from deliveries join destinations on destinations.id = destination where capture = ?`,
  );
  const destination = to.prepare(
    'insert into destinations (url, queue) values (?, ?) on conflict do nothing',
  );
  const keepDelivery = to.prepare(
    `insert or ignore into deliveries (capture, destination, state, due, queued, tries, reason, job)
     select ?, id, ?, ?, ?, ?, ?, ? from destinations where url = ? and queue = ?`,
  );
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

  function copyOne(place: number): boolean {
    const row = readable(() => captureOf.first([place]));
    if (!row || !isWhole(row)) return false;
    if (taken.first([place])) return true;
    const [, ...values] = row;
    // One that was indexed in part is read again.
    const whole = isJson(values[7]) && !readable(() => partlyIndexed.first([place]));
    const events = whole ? (values[7] ?? null) : null;
    insert.run([
      place,
      ...values.slice(0, 6),
      isJson(values[6]) ? (values[6] ?? '[]') : '[]',
      events,
      values[8] ?? null,
    ]);
    count.run([place]);
    if (values[5] !== null) list.run([place]);
    const tag = String(tagOf.first([place])?.[0]);
    const id = idThere(place) ?? formatId(place, tag);
    if (formatId(place, tag) !== id) keepId.run([place, id]);
    if (events !== null) index.fill(place, place);
    copyDelivery(place);
    for (const attempt of readable(() => attemptsOf.all([place])) ?? [])
      keepAttempt.run([place, ...attempt]);
    const replay = readable(() => replayOf.first([place]));
    if (replay) keepReplay.run([place, replay[0] ?? null]);
    return true;
  }

  /** Undefined: nothing that would tell it can be read. */
  function idThere(place: number): string | undefined {
    const imported = readable(() => importedId.first([place]))?.[0];
    if (typeof imported === 'string') return imported;
    const tag = (readable(() => tagThere.first([place])) ??
      readable(() => firstTag.first([])))?.[0];
    return typeof tag === 'string' ? formatId(place, tag) : undefined;
  }

  function copyDelivery(place: number): void {
    const delivery = readable(() => deliveryOf.first([place]));
    if (!delivery) return;
    const [url = '', queue = '', state, due = 0, queued = 0, tries = 0, reason = null, job = null] =
      delivery;
    destination.run([url, queue]);
    // The worker that had it knows another database.
    keepDelivery.run([
      place,
      state === 2 ? 1 : (state ?? 0),
      due,
      queued,
      tries,
      reason,
      job,
      url,
      queue,
    ]);
  }

  return (places: readonly number[]): number => {
    const copied = places.filter(copyOne).length;
    remember.run([file, places.at(-1) ?? 0]);
    return copied;
  };
}

/** Places of captures, from every table and index that names them: where one is damaged, another may not be. */
function findPlaces(from: Database): number[] {
  const found = new Set<number>();
  const sources = [
    ['captures', 'place'],
    ['captures indexed by captures_by_status', 'status, place'],
    ['deliveries', 'capture'],
    ['attempts', 'capture, number'],
    ['imports', 'capture'],
  ] as const;
  for (const [table, key] of sources) {
    for (const order of ['asc', 'desc'] as const) collectPlaces(from, table, key, order, found);
  }
  collectBehindGaps(from, found);
  return [...found].sort((one, other) => one - other);
}

/** Walks through a table from one end as far as it can be read. The place comes last but for a number. */
function collectPlaces(
  from: Database,
  table: string,
  key: string,
  order: 'asc' | 'desc',
  found: Set<number>,
): void {
  const columns = key.split(', ');
  const at = Math.max(columns.indexOf('place'), columns.indexOf('capture'));
  const bound = order === 'asc' ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER;
  const page = readable(() =>
    from.prepare(
      `select ${key} from ${table} where (${key}) ${order === 'asc' ? '>' : '<'} (${marks(columns.length)})
       order by ${columns.map((column) => `${column} ${order}`).join(', ')} limit ?`,
    ),
  );
  if (!page) return;
  let cursor: SqlRow = columns.map(() => bound);
  for (;;) {
    const rows = readPage(page, cursor);
    for (const row of rows ?? []) keepPlace(row[at], found);
    const last = rows?.at(-1);
    // Damaged pages may lead in a circle.
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

function keepPlace(value: SqlValue | undefined, found: Set<number>): void {
  const place = Number(value);
  if (place > 0 && place <= lastPlace) found.add(place);
}

/** As much of a page as can be read; undefined: nothing. */
function readPage(page: Statement, cursor: SqlRow): SqlRow[] | undefined {
  for (const size of [512, 32, 1]) {
    const rows = readable(() => page.all([...cursor, size]));
    if (rows) return rows;
  }
  return undefined;
}

/** Looks for captures between two damaged pages, which neither end leads to: further and further on. */
function collectBehindGaps(from: Database, found: Set<number>): void {
  const page = readable(() =>
    from.prepare('select place from captures where place > ? order by place limit ?'),
  );
  if (!page) return;
  let end = 0;
  for (const place of found) end = Math.max(end, place);
  let cursor = 0;
  let gaps = 0;
  for (let step = 1; cursor < end && gaps < maxGaps; ) {
    const rows = readPage(page, [cursor]) ?? [];
    for (const [place] of rows) keepPlace(place, found);
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

/** What `read` returns; undefined where the file is damaged. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}

/** Whether the row of a capture holds values of the kinds that its columns have. */
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

/** A process that takes longer has been killed. */
const leftBehindMs = 60_000;
const damagedName = /^captures\.damaged-\d{8}-\d{6}\.db$/;
const damagedLogName = /^(captures\.damaged-\d{8}-\d{6}\.db)-wal$/;

/**
 * Gives a damaged database another name, so that the store can be made anew, and returns its path.
 * `error` is what the store was not opened for; it is thrown again when that is no damage, or when
 * another process still uses the store.
 */
export async function setAside(error: unknown, files: StoreFiles, host: Host): Promise<string> {
  if (!(error instanceof Problem) || error.code !== 'store_damaged') throw error;
  const others = await Promise.all([
    findListeners(files.folder, host),
    findWorkers(files.folder, host),
  ]);
  if (others.flat().length > 0) throw error;
  const path = join(files.folder, orphanedName(files.folder) ?? newName(files.folder, host.now()));
  // The log first: beside a new database, SQLite would remove it.
  moveIfThere(`${files.database}-wal`, `${path}-wal`);
  rmSync(`${files.database}-shm`, { force: true });
  moveIfThere(files.database, path);
  return path;
}

/**
 * Does something to a damaged store while no other process does, or throws `error`. Of two that start at
 * once, the second would take the store away that the first has made.
 */
export async function alone<T>(
  { folder }: StoreFiles,
  error: unknown,
  act: () => Promise<T>,
): Promise<T> {
  const lock = join(folder, 'setting-aside');
  const release = () => rmSync(lock, { recursive: true, force: true });
  const made = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (made !== undefined && Date.now() - made > leftBehindMs) release();
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

/** The databases in a folder that were set aside and not copied yet. */
export function findSetAside(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => damagedName.test(name))
    .map((name) => join(folder, name));
}

/** Gives a database whose readable captures were copied its last name, and returns that. */
export function markCopied(path: string): string {
  const copied = join(dirname(path), basename(path).replace('damaged', 'copied'));
  for (const end of ['', '-wal']) moveIfThere(path + end, copied + end);
  rmSync(`${path}-shm`, { force: true });
  return copied;
}

/** A thread that opened the database too may still be closing it, which removes the log. */
function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** The name of a log that was set aside by a process that ended before it came to the database. */
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
