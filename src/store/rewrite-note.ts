import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode } from '../problems/translate.js';

/** A note that is older was left behind by a process that was killed. */
const staleMs = 15 * 60_000;

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

export function isBeingRewritten(path: string): boolean {
  const found = statSync(rewriteNote(path), { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs < staleMs;
}

/** The file that exists while the database at `path` is being rewritten. */
export function rewriteNote(path: string): string {
  return join(dirname(path), 'rewriting');
}
