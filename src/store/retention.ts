import { placeAt } from './capture-id.js';
import type { Database } from './database.js';
import { forgetEvents } from './event-index.js';
import { transaction } from './transaction.js';

/** What a store keeps; undefined: no bound. */
export interface Retention {
  /** So many captures, the newest. */
  readonly captures: number | undefined;
  /** Captures recorded within so many milliseconds. */
  readonly age: number | undefined;
}

/** Removed in one transaction, so that nobody who writes waits long. */
const stepCaptures = 100;

/** How many captures lie beyond what is kept. */
export function countSurplus(database: Database, retention: Retention, now: number): number {
  const count = Number(database.prepare('select count(*) from captures').first([])?.[0]);
  const beyond = retention.captures === undefined ? 0 : Math.max(0, count - retention.captures);
  if (retention.age === undefined) return beyond;
  const old = database
    .prepare('select count(*) from captures where place < ?')
    .first([placeAt(now - retention.age)]);
  return Math.max(beyond, Number(old?.[0]));
}

/** Removes the oldest captures and what belongs to them, a step of them at most; returns how many. */
export function removeOldest(database: Database, count: number): number {
  if (count <= 0) return 0;
  return transaction(database, () => {
    const [last, removed] =
      database
        .prepare(
          `select max(place), count(*) from (select place from captures order by place limit ?)`,
        )
        .first([Math.min(count, stepCaptures)]) ?? [];
    if (last === undefined || last === null) return 0;
    forgetEvents(database, 0, Number(last));
    database.prepare('delete from attempts where capture <= ?').run([last]);
    database.prepare('delete from imports where capture <= ?').run([last]);
    database.prepare('delete from captures where place <= ?').run([last]);
    return Number(removed);
  });
}
