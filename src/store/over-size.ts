import type { Database } from './database.js';
import { dataBytes } from './retention.js';
import { transaction } from './transaction.js';

/** What must be kept takes more bytes than the limit: calls that wait or are dead. */
export interface OverSize {
  readonly bytes: number;
  readonly limit: number;
}

export interface SizeWatch {
  /**
   * Call it when nothing more can be removed. Keeps in mind for other processes whether what is left
   * takes more than the limit, and tells when that begins.
   */
  check(database: Database): void;
}

const refreshMs = 60_000;
/** A note that was not refreshed for this long is of a process that has ended. */
const staleMs = 10 * refreshMs;

/** `now` in milliseconds since 1970. */
export function watchSize(
  limit: number,
  now: () => number,
  tell: (over: OverSize) => void,
): SizeWatch {
  let over = false;
  return {
    check(database) {
      const bytes = dataBytes(database);
      const noted = readNotes(database);
      const untrue = noted.some((note) => note.limit >= bytes);
      const fresh = noted.some((note) => note.limit === limit && isFresh(note, refreshMs, now()));
      if (untrue || (bytes > limit && !fresh)) {
        transaction(database, () => {
          database
            .prepare('delete from over_size where bound >= ? or bound = ?')
            .run([bytes, limit]);
          if (bytes <= limit) return;
          database
            .prepare('insert into over_size (bytes, bound, time) values (?, ?, ?)')
            .run([bytes, limit, now()]);
        });
      }
      if (bytes > limit && !over) tell({ bytes, limit });
      over = bytes > limit;
    },
  };
}

/** What a process that tidies has noted lately. */
export function readOverSize(database: Database, now: number): OverSize | undefined {
  const note = readNotes(database).find((each) => isFresh(each, staleMs, now));
  return note && { bytes: note.bytes, limit: note.limit };
}

interface Note extends OverSize {
  readonly time: number;
}

function readNotes(database: Database): Note[] {
  return database
    .prepare('select bytes, bound, time from over_size order by bound')
    .all([])
    .map(([bytes, bound, time]) => ({
      bytes: Number(bytes),
      limit: Number(bound),
      time: Number(time),
    }));
}

function isFresh({ time }: Note, ms: number, now: number): boolean {
  return Math.abs(now - time) < ms;
}
