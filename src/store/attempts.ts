import type { Database } from './database.js';
import type { StoreFiles } from './folder.js';
import { openUpToDate } from './open.js';
import { placeOfId } from './place-of-id.js';
import { storeTag } from './schema.js';
import { transaction } from './transaction.js';

/** A try at sending a capture again, as it was recorded. */
export interface RecordedAttempt {
  /** Counts from 1 for each capture. */
  readonly number: number;
  /** Which of the capture's events was sent, counted from 1; null: the capture as it came. */
  readonly event: number | null;
  /** When it ended, in milliseconds since 1970. */
  readonly time: number;
  readonly url: string;
  /** null when no answer came. */
  readonly status: number | null;
  /** Why no answer came, or the start of an answer other than 200. */
  readonly reason: string | null;
  readonly ms: number;
}

/** Keeps what was answered when captures were sent again. */
export interface AttemptLog {
  /**
   * Records an attempt under the whole id of a capture, and returns its number; undefined when this
   * store has no such capture. It is not synced: an attempt is told, not promised.
   */
  record(id: string, attempt: Omit<RecordedAttempt, 'number'>): number | undefined;
  close(): void;
}

/** Throws a problem when there is no store, or none that can be written. */
export function openAttemptLog(files: StoreFiles): AttemptLog {
  const database = openUpToDate(files);
  database.execute('pragma synchronous = normal');
  const tag = storeTag(database);
  const latest = database.prepare(
    'select coalesce(max(number), 0) from attempts where capture = ?',
  );
  const insert = database.prepare(
    `insert into attempts (capture, number, event, time, url, status, reason, ms)
     values (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return {
    record(id, { event, time, url, status, reason, ms }) {
      const place = placeOfId(database, id, tag);
      if (place === undefined) return undefined;
      return transaction(database, () => {
        const number = Number(latest.first([place])?.[0]) + 1;
        const text = reason?.replaceAll('\0', '\ufffd') ?? null;
        insert.run([place, number, event, time, url, status, text, ms]);
        return number;
      });
    },
    close: () => database.close(),
  };
}

/** The attempts of the capture at a place, oldest first. */
export function readAttempts(database: Database, place: number): RecordedAttempt[] {
  return database
    .prepare(
      `select number, event, time, url, status, reason, ms from attempts
       where capture = ? order by number`,
    )
    .all([place])
    .map(([number, event, time, url, status, reason, ms]) => ({
      number: Number(number),
      event: event === null ? null : Number(event),
      time: Number(time),
      url: String(url),
      status: status === null ? null : Number(status),
      reason: reason === null ? null : String(reason),
      ms: Number(ms),
    }));
}
