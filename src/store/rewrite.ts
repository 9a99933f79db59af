import { closeSync, openSync, rmSync } from 'node:fs';
import { problem } from '../problems/problem.js';
import { plainReason } from '../problems/translate.js';
import { type Database, readNumber } from './database.js';
import { rewriteNote } from './rewrite-note.js';

/** How long another process may hold the store while this one rewrites it. */
const defaultLockMs = 60_000;
/** How long to wait for processes that read the log. */
const defaultReadersMs = 5 * 60_000;
const retryMs = 100;

/**
 * Writes the whole database anew and empties its log, so that no file of the store contains a byte of what
 * was removed, at any time and by any version. Takes up to twice the store's size on the disk meanwhile.
 * Other processes may read and write; what they write waits until the new file is complete. Throws
 * `store_not_rewritten`.
 */
export function rewriteFile(
  database: Database,
  path: string,
  { lockMs = defaultLockMs, readersMs = defaultReadersMs } = {},
): void {
  const note = rewriteNote(path);
  try {
    rmSync(note, { force: true });
    closeSync(openSync(note, 'wx', 0o600));
    database.execute(`pragma busy_timeout = ${lockMs}`);
    // libsql would keep the whole copy in memory.
    database.execute('pragma temp_store = file');
    // Odd while the file is being rewritten: the guards of listeners let it become shorter.
    database.execute('update rewrites set count = count + 1 + count % 2');
    try {
      database.execute('vacuum');
      emptyLog(database, readersMs);
    } finally {
      database.execute('update rewrites set count = count + 1');
    }
  } catch (error) {
    throw problem('store_not_rewritten', { path, reason: plainReason(error) }, error);
  } finally {
    rmSync(note, { force: true });
  }
}

/** Waits for others, which can still read what they began to read. */
function emptyLog(database: Database, readersMs: number): void {
  const deadline = Date.now() + readersMs;
  while (!database.emptyLog()) {
    if (Date.now() > deadline) throw new Error('another process does not stop reading');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs);
  }
}

/** Changes with each rewriting. Odd while one runs, and after one that was killed until it is repeated. */
export function countRewrites(database: Database): number {
  return readNumber(database, 'select count from rewrites');
}
