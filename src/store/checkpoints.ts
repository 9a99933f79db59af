import { closeSync, openSync, readSync } from 'node:fs';
import { errorCode } from '../problems/translate.js';
import type { Connection } from './connection.js';

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
