import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { linkFile, removeFile } from '../replace-file.js';
import { openDatabase, readNumber } from './database.js';
import type { StoreFiles } from './folder.js';

/**
 * Copies a store, as it is at one moment, into a new file that only its owner can read. Listeners and workers
 * continue meanwhile. The file is there when it is complete and on the disk. Rejects when there is anything at `path`.
 */
export async function backUp(
  files: StoreFiles,
  path: string,
): Promise<{ readonly bytes: number; readonly captures: number }> {
  const draft = `${path}.${randomUUID()}.new`;
  const database = openDatabase(files.database);
  try {
    // SQLite writes into an empty file. O_EXCL: fails on any existing one, including a link.
    closeSync(openSync(draft, 'wx', 0o600));
    database.prepare('vacuum into ?').run([draft]);
    const captures = countCaptures(draft);
    sync(draft);
    await linkFile(draft, path);
    sync(dirname(path));
    return { bytes: statSync(path).size, captures };
  } finally {
    database.close();
    await removeFile(draft);
  }
}

/** Also shows that the copy can be read. */
function countCaptures(path: string): number {
  const copy = openDatabase(path);
  try {
    return readNumber(copy, 'select count(*) from captures');
  } finally {
    copy.close();
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
