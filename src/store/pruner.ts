import type { StoreFiles } from './folder.js';
import { openUpToDate } from './open.js';
import {
  countSurplus,
  countWaiting,
  type RemovedStep,
  type Retention,
  removeOldest,
} from './retention.js';

/** Removes captures for good, also while listeners write to the store. */
export interface Pruner {
  /** How many captures lie beyond what is to be kept, at this time (milliseconds since 1970). */
  surplus(retention: Retention, now: number): number;
  /** How many of the oldest captures, so many of them, wait to be forwarded and are kept. */
  waiting(oldest: number): number;
  /** Removes some of the oldest captures behind a place, 0 at first: see `removeOldest`. */
  removeOldest(count: number, behind: number): RemovedStep;
  /** How many captures there are. */
  count(): number;
  close(): void;
}

/** Throws a problem when there is no store, or none that can be written. */
export function openPruner(files: StoreFiles): Pruner {
  const database = openUpToDate(files);
  return {
    surplus: (retention, now) => countSurplus(database, retention, now),
    waiting: (oldest) => countWaiting(database, oldest),
    removeOldest: (count, behind) => removeOldest(database, count, behind),
    count: () => Number(database.prepare('select count(*) from captures').first([])?.[0]),
    close: () => database.close(),
  };
}
