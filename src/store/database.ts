import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { versions } from 'node:process';
import type { Host } from '../host.js';
import { packageRoot } from '../package-root.js';
import { Problem } from '../problems/problem.js';
import { errorCode } from '../problems/translate.js';
import {
  type Connection,
  libsqlBinding,
  nodeSqliteBinding,
  type SqliteBinding,
} from './sqlite-bindings.js';

export type { SqlRow, SqlValue, Statement } from './sqlite-bindings.js';

export interface Database extends Connection {
  /**
   * Copies the log into the database when it has become long. Call it after each transaction: no
   * connection does so by itself.
   */
  checkpointIfDue(): void;
  /** Copies the log into the database now. Whether that holds all that was written. */
  checkpoint(): boolean;
}

/** What a log that was longer, because of a reader, is cut down to. */
export const maxIdleLogBytes = 64 * 1024 * 1024;

/**
 * Opens the file, which must exist. Another process's write is waited for up to five seconds. A
 * process uses one binding for all: when a file is closed, a process loses all its locks on it, also
 * those of another copy of SQLite (https://sqlite.org/howtocorrupt.html#multiple_copies_of_sqlite_linked_into_the_same_application).
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
    close() {
      checkpoints.close();
      connection.close();
    },
  };
}

/** Node's own SQLite where that is mature, and has no WAL-reset bug; else libsql's. */
export function chooseBinding(of: Readonly<Record<string, string | undefined>>): SqliteBinding {
  const fits = isAtLeast(of.node, [24, 15, 0]) && isAtLeast(of.sqlite, [3, 51, 3]);
  return fits ? nodeSqliteBinding : libsqlBinding;
}

function isAtLeast(version: string | undefined, least: readonly number[]): boolean {
  const parts = version?.split('.').map(Number.parseFloat) ?? [];
  const differing = least.findIndex((part, at) => parts[at] !== part);
  return differing === -1 || (parts[differing] ?? 0) > (least[differing] ?? 0);
}

/** Copies what the write-ahead log of a database holds into the database, so that the log stays short. */
export interface Checkpoints {
  /**
   * Takes a checkpoint when the log has grown enough since the last one. Call it when a transaction
   * has ended. It waits for no reader, and throws nothing: what fails is tried again later.
   */
  takeIfDue(): void;
  /** Takes a checkpoint now. Whether the database holds all that the log holds. */
  takeAll(): boolean;
  close(): void;
}

/** As many pages as SQLite's automatic checkpoints wait for. Longer logs made the slowest answers slower. */
const checkpointPages = 1000;
/** A log of this many pages waits for another process's write to end; a shorter one comes later. */
const overduePages = 4 * checkpointPages;

/**
 * SQLite's automatic checkpoints are off, because of a bug before 3.51.3: a checkpoint that begins
 * while another connection resets the log may lose commits (https://sqlite.org/wal.html#walresetbug).
 * Only who writes resets the log. So a second connection holds the write lock while `connection`
 * checkpoints. The checkpoint when the last connection closes is safe: SQLite locks the file for it.
 */
export function createCheckpoints(
  path: string,
  connection: Connection,
  connectAgain: () => Connection,
): Checkpoints {
  const bytes = Buffer.alloc(16);
  let log: number | undefined;
  let lock: Connection | undefined;
  /** Two numbers in the head of the log and of each page in it, new with each reset. */
  let salts = 0n;
  /** Due when the log has this many pages. */
  let duePages = checkpointPages;

  /** Reads the log itself, since other processes write to it, too: https://sqlite.org/fileformat2.html#walformat */
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

  /** Returns how many pages of the log are not in the database: readers may still need what is there. */
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
      lock.execute('rollback');
    }
  }

  return {
    takeIfDue() {
      try {
        if (isDue()) take();
      } catch (error) {
        if (!/^SQLITE_BUSY/.test(errorCode(error) ?? '')) duePages += checkpointPages;
      }
    },
    takeAll() {
      try {
        // Waits for other writers.
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

/** Runs `act` in one transaction, which is durable when this returns; what it throws undoes it. */
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

/** A failure of the disk has often ended the transaction already. */
export function rollBack(database: Database): void {
  try {
    database.execute('rollback');
  } catch {
    // The error that led here is the one to tell.
  }
}

/** How the program that probes ends: it got a lock that this process holds, or it did not. */
export const probeExits = { granted: 10, refused: 11 } as const;

const program = new URL('dist/store-lock-probe.cjs', packageRoot);

/**
 * Whether files in a folder can be locked: on some network mounts every process is granted every
 * lock, and two that write to one store damage it. A lock holds between processes only, so another
 * one tries to get it. What cannot be found out counts as yes.
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
 * A text as SQLite gives it back: it ends at NUL when it is read, and with half of a surrogate pair
 * in it, which JSON may hold, the process aborts when SQLite has taken it out of the JSON.
 */
export function storableText<T extends string | null>(text: T): T;
export function storableText(text: string | null): string | null {
  return text?.replaceAll(unstorable, '\ufffd') ?? null;
}

const unstorable = /\0|\p{Surrogate}/gu;

/** A row that SQLite reads, and whose values are not those that were written. */
export class DamagedRow extends Error {}

/** Whether something failed because of what stands in the file. */
export function isDamage(error: unknown): boolean {
  if (error instanceof Problem) return error.code === 'store_damaged';
  return error instanceof DamagedRow || /^SQLITE_(?:CORRUPT|NOTADB)/.test(errorCode(error) ?? '');
}
