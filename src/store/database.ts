import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { versions } from 'node:process';
import type { Host } from '../host.js';
import { packageRoot } from '../package-root.js';
import { Problem } from '../problems/problem.js';
import { errorCode } from '../problems/translate.js';
import { isBeingRewritten } from './rewrite-note.js';
import {
  type Connection,
  libsqlBinding,
  nodeSqliteBinding,
  type SqliteBinding,
} from './sqlite-bindings.js';

export type { SqlRow, SqlValue, Statement } from './sqlite-bindings.js';

export interface Database extends Connection {
  /** Copies a long log into the database. Must be called after each transaction: it is not automatic. */
  checkpointIfDue(): void;
  /** Copies the log into the database now. True: the database holds all that was written. */
  checkpoint(): boolean;
  /** Copies the log, and empties its file. False: another process still reads it. Waits as a write does. */
  emptyLog(): boolean;
}

/** SQLite truncates a log to this size. A log outgrows it while a reader needs its pages. */
export const maxIdleLogBytes = 64 * 1024 * 1024;

/**
 * Opens an existing file. Waits up to five seconds for another process's write. A process must use
 * one binding only: closing a file releases all its locks of the process, also those of another copy
 * of SQLite (https://sqlite.org/howtocorrupt.html#multiple_copies_of_sqlite_linked_into_the_same_application).
 */
export function openDatabase(path: string, binding = chooseBinding(versions)): Database {
  const connect = () => {
    const connection = binding.connect(path);
    connection.execute('pragma busy_timeout = 5000');
    connection.execute('pragma wal_autocheckpoint = 0');
    connection.execute(`pragma journal_size_limit = ${maxIdleLogBytes}`);
    return connection;
  };
  const connection = connect();
  const checkpoints = createCheckpoints(path, connection, connect);
  return {
    execute: connection.execute,
    prepare: connection.prepare,
    checkpointIfDue: checkpoints.takeIfDue,
    checkpoint: checkpoints.takeAll,
    emptyLog: () =>
      checkpoints.takeAll() &&
      // It takes the lock of writers itself.
      connection.prepare('pragma wal_checkpoint(truncate)').first([])?.[0] === 0,
    close() {
      checkpoints.close();
      connection.close();
    },
  };
}

/** Node's own SQLite if it is stable and free of the WAL-reset bug, otherwise libsql's. */
export function chooseBinding(of: Readonly<Record<string, string | undefined>>): SqliteBinding {
  const fits = isAtLeast(of.node, [24, 15, 0]) && isAtLeast(of.sqlite, [3, 51, 3]);
  return fits ? nodeSqliteBinding : libsqlBinding;
}

function isAtLeast(version: string | undefined, least: readonly number[]): boolean {
  const parts = version?.split('.').map(Number.parseFloat) ?? [];
  const differing = least.findIndex((part, at) => parts[at] !== part);
  return differing === -1 || (parts[differing] ?? 0) > (least[differing] ?? 0);
}

/** Copies the write-ahead log into the database, so that the log stays short. */
interface Checkpoints {
  /**
   * Takes a checkpoint when the log has grown enough since the last one. Waits for no reader. Never
   * throws: the next call tries again.
   */
  takeIfDue(): void;
  /** Takes a checkpoint now. True: the database holds all that the log holds. */
  takeAll(): boolean;
  close(): void;
}

/** The default of SQLite's automatic checkpoints. Longer logs made the slowest answers slower. */
const checkpointPages = 1000;
/** From this many pages on, a checkpoint waits for another process's write; before, it is skipped. */
const overduePages = 4 * checkpointPages;

/**
 * SQLite's automatic checkpoints are off because of a bug before 3.51.3: a checkpoint that begins
 * while another connection resets the log may lose commits (https://sqlite.org/wal.html#walresetbug).
 * Only a writer resets the log. So a second connection holds the write lock while `connection`
 * checkpoints. The checkpoint at the last close is safe, because SQLite locks the file for it.
 */
export function createCheckpoints(
  path: string,
  connection: Connection,
  connectAgain: () => Connection,
): Checkpoints {
  const bytes = Buffer.alloc(16);
  let log: number | undefined;
  let lock: Connection | undefined;
  /** Stands in the header of the log and of each of its pages; changes with each reset. */
  let salts = 0n;
  let duePages = checkpointPages;

  /** Reads the log itself, because other processes also write to it: https://sqlite.org/fileformat2.html#walformat */
  function isDue(): boolean {
    log ??= openSync(`${path}-wal`, 'r');
    if (readSync(log, bytes, 0, 16, 8) < 16) return false;
    const pageBytes = bytes.readUInt32BE(0);
    const current = bytes.readBigUInt64BE(8);
    if (current !== salts) duePages = checkpointPages;
    salts = current;
    const page = 32 + (duePages - 1) * (24 + pageBytes);
    return readSync(log, bytes, 0, 8, page + 8) === 8 && bytes.readBigUInt64BE(0) === salts;
  }

  /** Returns how many pages were not copied, because readers still need those that they replace. */
  function take(): number {
    lock ??= connectAgain();
    lock.execute(`pragma busy_timeout = ${duePages < overduePages ? 0 : 5000}`);
    lock.execute('begin immediate');
    try {
      const [, logPages, copied] =
        connection.prepare('pragma wal_checkpoint(passive)').first([]) ?? [];
      duePages = Number(logPages) + checkpointPages;
      return Number(logPages) - Number(copied);
    } finally {
      rollBack(lock);
    }
  }

  return {
    takeIfDue() {
      try {
        // The rewriting process takes it, and a long log would hold up every call here.
        if (isDue() && !isBeingRewritten(path)) take();
      } catch (error) {
        if (!/^SQLITE_BUSY/.test(errorCode(error) ?? '')) duePages += checkpointPages;
      }
    },
    takeAll() {
      try {
        // Makes it wait for other writers.
        duePages = overduePages;
        return take() === 0;
      } catch {
        return false;
      }
    },
    close() {
      lock?.close();
      if (log !== undefined) closeSync(log);
      lock = undefined;
      log = undefined;
    },
  };
}

/** The number in the first column of the first row; NaN: there is no row. */
export function readNumber(database: Connection, sql: string): number {
  return Number(database.prepare(sql).first([])?.[0]);
}

/** Runs `act` in one transaction, which is durable when this returns. An error undoes it. */
export function transaction<T>(database: Database, act: () => T): T {
  database.execute('begin immediate');
  let result: T;
  try {
    result = act();
    database.execute('commit');
  } catch (error) {
    rollBack(database);
    throw error;
  }
  database.checkpointIfDue();
  return result;
}

/** Never throws: a failure of the disk has often ended the transaction already. */
export function rollBack(database: Connection): void {
  try {
    database.execute('rollback');
  } catch {
    // The caller reports the error that led here.
  }
}

/** Exit codes of `lock-probe.ts`: whether it got a lock that this process holds. */
export const probeExits = { granted: 10, refused: 11 } as const;

const program = new URL('dist/store-lock-probe.cjs', packageRoot);

/**
 * Whether files in a folder can be locked. Some network mounts grant every lock to every process, and
 * two writers then damage a store. Locks hold between processes only, so another process tries to get
 * one. An unknown result counts as yes.
 */
export async function locksWork(folder: string, host: Host): Promise<boolean> {
  const path = join(folder, `lock-probe-${Buffer.from(host.randomBytes(6)).toString('hex')}`);
  closeSync(openSync(path, 'wx', 0o600));
  try {
    const database = openDatabase(path);
    try {
      database.execute('begin exclusive');
      return (await host.runScript(program, [path])) !== probeExits.granted;
    } finally {
      database.close();
    }
  } finally {
    for (const end of ['', '-journal']) rmSync(path + end, { force: true });
  }
}

/**
 * Replaces what SQLite cannot return. A text ends at NUL when it is read, and half of a surrogate pair,
 * which JSON may contain, aborts the process once SQLite has taken it out of the JSON.
 */
export function storableText<T extends string | null>(text: T): T;
export function storableText(text: string | null): string | null {
  return text?.replaceAll(unstorable, '\ufffd') ?? null;
}

const unstorable = /\0|\p{Surrogate}/gu;

/** SQLite can read the row, but its values are not those that were written. */
export class DamagedRow extends Error {}

/** Whether an error means that the file's content is damaged. */
export function isDamage(error: unknown): boolean {
  if (error instanceof Problem) return error.code === 'store_damaged';
  return error instanceof DamagedRow || /^SQLITE_(?:CORRUPT|NOTADB)/.test(errorCode(error) ?? '');
}

/** The result of `read`; undefined: the file is damaged there. */
export function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}
