import { countCaptures, saveCount } from './capture-counts.js';
import { lastPlace, placeAt } from './capture-id.js';
import type { Database } from './database.js';
import { forgetEvents } from './event-index.js';
import { callCounter, listStatuses } from './tally.js';
import { transaction } from './transaction.js';

/** What a store keeps; undefined: no limit. */
export interface Retention {
  /** The newest captures, up to this many. */
  readonly captures: number | undefined;
  /** Captures recorded within this many milliseconds. */
  readonly age: number | undefined;
}

/** A retention at a certain time. */
export interface Bounds {
  readonly captures: number | undefined;
  /** Captures before this place are too old. */
  readonly oldest: number;
  /** Captures behind this place are left alone. They count all the same. */
  readonly last: number;
}

/** What one step of removing has done. */
export interface RemovalStep {
  readonly removed: number;
  /** The place up to which there is nothing more to remove. */
  readonly behind: number;
  /** Nothing more lies beyond the bounds. */
  readonly ended: boolean;
}

/** Removed in one transaction, so that no process which writes waits long. */
const maxStepCaptures = 100;
const maxStepBytes = 8 * 1024 * 1024;

/** A capture that waits to be forwarded is kept, however old. */
const waits = 'exists (select 1 from deliveries where capture = place and state in (0, 1, 2))';

export function boundsAt({ captures, age }: Retention, now: number, last = lastPlace): Bounds {
  return { captures, oldest: age === undefined ? 0 : placeAt(now - age), last };
}

/** Whether any capture lies beyond the bounds, those that wait included. */
export function isBeyond(database: Database, bounds: Bounds): boolean {
  if (surplusOf(database, bounds) > 0) return true;
  const first = database.prepare('select min(place) from captures').first([])?.[0];
  return typeof first === 'number' && first < bounds.oldest;
}

/** Whether there are twice as many captures as the bounds allow. */
export function isOverfull(database: Database, bounds: Bounds): boolean {
  return bounds.captures !== undefined && surplusOf(database, bounds) > bounds.captures;
}

/** How many captures there are more than the bounds allow, those that wait included. */
export function countBeyond(database: Database, bounds: Bounds): number {
  const { oldest } = bounds;
  const old = oldest === 0 ? 0 : callCounter(database)({ first: 0, last: oldest - 1 });
  return Math.max(0, surplusOf(database, bounds), old);
}

function surplusOf(database: Database, { captures }: Bounds): number {
  return captures === undefined ? 0 : countCaptures(database).captures - captures;
}

/** How many of the oldest captures, up to this many, wait to be forwarded. */
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
 * Removes the oldest captures behind a place that lie beyond the bounds, up to a step of them, with
 * what belongs to them. Which these are is decided in the transaction that removes them: any number
 * of processes may do so at the same time, and together they leave what the smallest of their limits
 * says.
 */
export function removeStep(database: Database, bounds: Bounds, behind: number): RemovalStep {
  // Many may wait, and skipping them must not hold up other processes.
  const first = firstRemovable(database, bounds, behind);
  if (first === undefined) return { removed: 0, behind, ended: true };
  if (findBeyond(database, bounds, first).places.length === 0) {
    return { removed: 0, behind: first - 1, ended: true };
  }
  return transaction(database, () => {
    if (bounds.captures !== undefined) saveCount(database, countCaptures(database));
    const { places, ...step } = findBeyond(database, bounds, first);
    remove(database, places);
    return { removed: places.length, ...step };
  });
}

/** The place of the oldest capture behind a place that does not wait. */
function firstRemovable(database: Database, { last }: Bounds, behind: number): number | undefined {
  // The index is small; the captures themselves lie among their bodies.
  const next = database.prepare(
    `select place from captures indexed by captures_by_status
     where status = ? and place > ? and place <= ? and not ${waits} order by place limit 1`,
  );
  const found = listStatuses(database).flatMap(
    (status) => next.first([status, behind, last])?.map(Number) ?? [],
  );
  return found.length === 0 ? undefined : Math.min(...found);
}

/** Looks at captures from a place on, up to a step of them. */
function findBeyond(database: Database, bounds: Bounds, first: number) {
  const { oldest, last } = bounds;
  let surplus = surplusOf(database, bounds) - callCounter(database)({ first: 0, last: first - 1 });
  const rows = database
    .prepare(
      `select place, length(body), ${waits} from captures
       where place between ? and ? order by place limit ?`,
    )
    .all([first, last, maxStepCaptures]);
  const places: number[] = [];
  let bytes = 0;
  let behind = first - 1;
  for (const [number, length, waiting] of rows) {
    const place = Number(number);
    if (surplus <= 0 && place >= oldest) return { places, behind, ended: true };
    surplus -= 1;
    behind = place;
    if (waiting !== 0) continue;
    places.push(place);
    bytes += Number(length);
    if (bytes > maxStepBytes) break;
  }
  return { places, behind, ended: rows.length === 0 };
}

function remove(database: Database, places: readonly number[]): void {
  forgetEvents(database, places);
  const list = [JSON.stringify(places)];
  for (const table of ['attempts', 'replays', 'imports', 'deliveries']) {
    database
      .prepare(`delete from ${table} where capture in (select value from json_each(?))`)
      .run(list);
  }
  database
    .prepare('delete from captures where place in (select value from json_each(?))')
    .run(list);
}
