import { closeSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { basename } from 'node:path';

/** Notices what others do to the files of a store that is open. */
export interface FileGuard {
  /** Throws `StoreFilesChanged` when the files are not those that were opened, or lack what was in them. */
  check(): void;
  close(): void;
}

/** The message names the file, and what to do. */
export class StoreFilesChanged extends Error {
  /** Whether what was recorded is whole, although the files that hold it have no names any more. */
  readonly unlinked: boolean;

  constructor(path: string, what: string, unlinked: boolean) {
    super(`${basename(path)} was ${what}; start listen again`);
    this.unlinked = unlinked;
  }
}

/** The log begins with one of two numbers: https://sqlite.org/fileformat2.html#the_wal_header */
const logMarks = [0x377f0682, 0x377f0683];
const logHeaderBytes = 32;

/**
 * Guards the database at `path` with its log and shared memory, which are there while a connection
 * has read something. SQLite itself cuts its log down to `maxIdleLogBytes`.
 */
export function guardFiles(path: string, maxIdleLogBytes: number): FileGuard {
  const log = `${path}-wal`;
  const opened = [path, log, `${path}-shm`].map((each) => ({ path: each, stats: statOf(each) }));
  const handle = openSync(log, 'r');
  const header = Buffer.alloc(4);
  let databaseBytes = opened[0]?.stats?.size ?? 0;
  let logBytes = opened[1]?.stats?.size ?? 0;

  function checkPlaces(): (Stats | undefined)[] {
    return opened.map(({ path: each, stats }, at) => {
      const now = statOf(each);
      if (now?.ino === stats?.ino && now?.dev === stats?.dev) return now;
      // A new log that holds something is another process's: this one's must not be mixed with it.
      const unlinked = at > 0 && (statOf(log)?.size ?? 0) === 0;
      throw new StoreFilesChanged(each, now ? 'replaced' : 'removed', unlinked);
    });
  }

  return {
    check() {
      const [database, current] = checkPlaces();
      const [size = 0, length = 0] = [database?.size, current?.size];
      if (size < databaseBytes) throw new StoreFilesChanged(path, 'cut short', false);
      if (length < Math.min(logBytes, maxIdleLogBytes)) {
        throw new StoreFilesChanged(log, 'cut short', false);
      }
      if (length >= logHeaderBytes) {
        readSync(handle, header, 0, header.length, 0);
        if (!logMarks.includes(header.readUInt32BE())) {
          throw new StoreFilesChanged(log, 'overwritten', false);
        }
      }
      databaseBytes = size;
      logBytes = length;
    },
    // Closing it releases no lock: SQLite keeps those on the other two files.
    close: () => closeSync(handle),
  };
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}
