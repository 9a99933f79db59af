import { accessSync, closeSync, constants, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../host.js';
import { problem } from '../problems/problem.js';
import { plainReason } from '../problems/translate.js';
import { type Database, openDatabase } from './database.js';
import type { StoreFiles } from './folder.js';

/** SQLite spills what exceeds this into its file. */
const cacheKilobytes = 16 * 1024;

/**
 * A database for one command, which nobody else can read and nothing survives. Its file lies beside the
 * store, whose disk has room for events, or in the folder for temporary files without a store. Systems
 * other than Windows remove an open file at once, so that it is gone even after a kill.
 */
export function openTemporaryDatabase(
  files: StoreFiles | undefined,
  host: Pick<Host, 'randomBytes'>,
): Database {
  const folder = files && isWritable(files.folder) ? files.folder : tmpdir();
  const random = Buffer.from(host.randomBytes(12)).toString('hex');
  const path = join(folder, `netcore-hook-${random}.tmp`);
  const remove = () => rmSync(path, { force: true });
  try {
    // "wx" refuses an existing file, also a link.
    closeSync(openSync(path, 'wx', 0o600));
    const database = openDatabase(path);
    // Nothing is recovered from it, so no journal is needed.
    database.execute('pragma journal_mode = off');
    database.execute('pragma synchronous = off');
    database.execute('pragma locking_mode = exclusive');
    database.execute(`pragma cache_size = -${cacheKilobytes}`);
    database.execute('pragma temp_store = file');
    // SQLite opens the file at the first write.
    database.execute('create table opened (n integer)');
    try {
      remove();
    } catch {
      // Windows removes it when it is closed.
    }
    return {
      ...database,
      close() {
        database.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw problem('store_not_writable', { path: folder, reason: plainReason(error) }, error);
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
