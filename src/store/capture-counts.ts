import { lastPlace } from '../call/capture-id.js';
import type { Database } from './database.js';
import { callCounter } from './tally.js';
import { transaction } from './transaction.js';

/** How many captures a store holds, and the place of the newest. */
export interface CaptureCount {
  readonly captures: number;
  readonly newest: number;
}

/**
 * Counts the captures, which takes no longer when there are many: the table holds the number of those
 * up to a place, and few were recorded since.
 */
export function countCaptures(database: Database): CaptureCount {
  const [upTo = 0, captures = 0] = savedCount(database);
  const since = callCounter(database)({ first: upTo + 1, last: lastPlace });
  const newest = database.prepare('select max(place) from captures').first([])?.[0];
  return { captures: captures + since, newest: Number(newest ?? 0) };
}

/** Keeps a count that was taken in the same transaction. */
export function saveCount(database: Database, { captures, newest }: CaptureCount): void {
  database.prepare('update capture_counts set up_to = ?, captures = ?').run([newest, captures]);
}

/** Counts in a capture that was inserted among older ones. */
export const countInserted = 'update capture_counts set captures = captures + 1 where up_to >= ?';

/**
 * Corrects the count where it is not true: an import by an older version does not keep it, and a
 * store may have been put together by hand. Reads as much as counting all captures.
 */
export function verifyCount(database: Database): void {
  if (isTrue(database)) return;
  transaction(database, () => {
    const captures = countAll(database);
    const newest = database.prepare('select max(place) from captures').first([])?.[0];
    database.execute('delete from capture_counts');
    database
      .prepare('insert into capture_counts (up_to, captures) values (?, ?)')
      .run([Number(newest ?? 0), captures]);
  });
}

/** In one transaction, since others write meanwhile. */
function isTrue(database: Database): boolean {
  database.execute('begin');
  try {
    return (
      savedCount(database).length > 0 && countCaptures(database).captures === countAll(database)
    );
  } finally {
    database.execute('rollback');
  }
}

function savedCount(database: Database): number[] {
  const row = database.prepare('select up_to, captures from capture_counts').first([]);
  return row?.map(Number) ?? [];
}

function countAll(database: Database): number {
  return Number(database.prepare('select count(*) from captures').first([])?.[0]);
}
