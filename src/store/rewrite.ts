import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { problem } from '../problems/problem.js';
import { errorCode, plainReason } from '../problems/translate.js';
import { type Database, readNumber } from './database.js';

/** How long another process may hold the store while this one rewrites it. */
const defaultLockMs = 60_000;
/** A note that is older was left behind by a process that was killed. */
const staleMs = 15 * 60_000;

/**
 * Writes the whole database anew and empties its log, so that no file of the store contains a byte of what
 * was removed, at any time and by any version. Takes up to twice the store's size on the disk meanwhile.
 * Other processes may read and write; what they write waits until the new file is complete. Throws
 * `store_not_rewritten`.
 */
export function rewriteFile(database: Database, path: string, lockMs = defaultLockMs): void {
  const note = notePath(path);
  try {
    rmSync(note, { force: true });
    closeSync(openSync(note, 'wx', 0o600));
    database.execute(`pragma busy_timeout = ${lockMs}`);
    // Odd while the file is being rewritten: the guards of listeners let it become shorter.
    database.execute('update rewrites set count = count + 1 + count % 2');
    try {
      database.execute('vacuum');
      emptyLog(database, lockMs);
    } finally {
      database.execute('update rewrites set count = count + 1');
    }
  } catch (error) {
    throw problem('store_not_rewritten', { path, reason: plainReason(error) }, error);
  } finally {
    rmSync(note, { force: true });
  }
}

function emptyLog(database: Database, lockMs: number): void {
  // Others can still read what they began to read, so this waits for them.
  const deadline = Date.now() + lockMs;
  for (;;) {
    database.checkpoint();
    const [busy] = database.prepare('pragma wal_checkpoint(truncate)').first([]) ?? [];
    if (busy === 0) return;
    if (Date.now() > deadline) throw new Error('another process does not stop reading');
  }
}

/** Changes with each rewriting. Odd while one runs, and after one that was killed until it is repeated. */
export function countRewrites(database: Database): number {
  return readNumber(database, 'select count from rewrites');
}

/**
 * Repeats `act` as long as another process rewrites the database, and SQLite gives up waiting for it. A
 * call that waits is better than one that cannot be recorded.
 */
export function whileRewritten<T>(path: string, act: () => T): T {
  for (;;) {
    try {
      return act();
    } catch (error) {
      if (!/^SQLITE_BUSY/.test(errorCode(error) ?? '') || !isBeingRewritten(path)) throw error;
    }
  }
}

function isBeingRewritten(path: string): boolean {
  const found = statSync(notePath(path), { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs < staleMs;
}

function notePath(path: string): string {
  return join(dirname(path), 'rewriting');
}
