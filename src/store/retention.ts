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

/** What one step of removing has done. */
export interface RemovedStep {
  /** How many captures it looked at; 0: there is none behind `last`. */
  readonly looked: number;
  readonly removed: number;
  /** The place of the last one that it looked at. */
  readonly last: number;
}

/** Looked at in one transaction, so that nobody who writes waits long. */
const stepCaptures = 100;

/** A capture that still waits to be forwarded is kept, however old. */
const waits = 'exists (select 1 from deliveries where capture = place and state in (0, 1, 2))';

/**
 * So many calls within a second leave the disk no time for tidying: it waits until they let up, or
 * until the store holds as many again as it is to keep.
 */
const manyCalls = 500;
const allowedSurplus = 100_000;

/** Whether there is a surplus, and calls leave time for removing it. */
export function isTimeToRemove(
  database: Database,
  surplus: number,
  retention: Retention,
  now: number,
): boolean {
  if (surplus > (retention.captures ?? allowedSurplus)) return true;
  return surplus > 0 && !manyComeNow(database, now);
}

function manyComeNow(database: Database, now: number): boolean {
  const row = database
    .prepare('select count(*) from (select 1 from captures where place > ? limit ?)')
    .first([placeAt(now - 1000), manyCalls]);
  return row?.[0] === manyCalls;
}

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

/** How many of the oldest captures, so many of them, still wait to be forwarded. */
export function countWaiting(database: Database, oldest: number): number {
  if (!database.prepare('select 1 from deliveries limit 1').first([])) return 0;
  const row = database
    .prepare(
      `select count(*) from (select place from captures order by place limit ?) where ${waits}`,
    )
    .first([oldest]);
  return Number(row?.[0]);
}

/**
 * Looks at the oldest captures behind a place, so many of them or a step at most, and removes those
 * that wait for nothing, with what belongs to them.
 */
export function removeOldest(database: Database, count: number, behind: number): RemovedStep {
  if (count <= 0) return { looked: 0, removed: 0, last: behind };
  const next = database.prepare(
    `select place, ${waits} from captures where place > ? order by place limit ?`,
  );
  const look = () => {
    const rows = next.all([behind, Math.min(count, stepCaptures)]);
    return {
      looked: rows.length,
      last: Number(rows.at(-1)?.[0] ?? behind),
      places: rows.filter(([, waiting]) => waiting === 0).map(([place]) => Number(place)),
    };
  };
  // Many may wait, and looking at them is to hold up nobody who records.
  const { places: removable, ...found } = look();
  if (removable.length === 0) return { ...found, removed: 0 };
  return transaction(database, () => {
    // One of them may have been asked to be tried again since.
    const { places, looked, last } = look();
    forgetEvents(database, places);
    for (const table of ['attempts', 'replays', 'imports', 'deliveries']) {
      const remove = database.prepare(`delete from ${table} where capture = ?`);
      for (const place of places) remove.run([place]);
    }
    const remove = database.prepare('delete from captures where place = ?');
    for (const place of places) remove.run([place]);
    return { looked, removed: places.length, last };
  });
}
