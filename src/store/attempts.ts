import type { RecordedAttempt } from '../call/story.js';
import type { Database } from './database.js';
import type { StoreFiles } from './folder.js';
import { openUpToDate } from './open.js';
import { placeOfId } from './place-of-id.js';
import { storableText } from './storable-text.js';
import { transaction } from './transaction.js';

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
  const latest = database.prepare(
    'select coalesce(max(number), 0) from attempts where capture = ?',
  );
  const insert = database.prepare(
    `insert into attempts (capture, number, event, time, url, status, reason, answer, ms)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const answered = database.prepare(
    'insert into replays (capture, answered) values (?1, ?2) on conflict do update set answered = ?2',
  );
  return {
    record(id, { event, time, url, status, reason, answer, ms }) {
      const place = placeOfId(database, id);
      if (place === undefined) return undefined;
      return transaction(database, () => {
        const number = Number(latest.first([place])?.[0]) + 1;
        const texts = [storableText(reason), storableText(answer)];
        insert.run([place, number, event, time, url, status, ...texts, ms]);
        if (event === null) answered.run([place, status]);
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
      `select number, event, time, url, status, reason, answer, ms from attempts
       where capture = ? order by number`,
    )
    .all([place])
    .map(([number, event, time, url, status, reason, answer, ms]) => ({
      number: Number(number),
      event: event === null ? null : Number(event),
      time: Number(time),
      url: String(url),
      status: status === null ? null : Number(status),
      reason: reason === null ? null : String(reason),
      answer: answer === null ? null : String(answer),
      ms: Number(ms),
    }));
}
