import type { StoreFiles } from './folder.js';
import { openUpToDate } from './open.js';
import { countSurplus, type Retention, removeOldest } from './retention.js';

/** Removes captures for good, also while listeners write to the store. */
export interface Pruner {
  /** How many captures lie beyond what is to be kept, at this time (milliseconds since 1970). */
  surplus(retention: Retention, now: number): number;
  /** Removes some of the oldest captures, so many at most, and returns how many; 0: none is left. */
  removeOldest(count: number): number;
  /** How many captures there are. */
  count(): number;
  close(): void;
}

/** Throws a problem when there is no store, or none that can be written. */
export function openPruner(files: StoreFiles): Pruner {
  const database = openUpToDate(files);
  return {
    surplus: (retention, now) => countSurplus(database, retention, now),
    removeOldest: (count) => removeOldest(database, count),
    count: () => Number(database.prepare('select count(*) from captures').first([])?.[0]),
    close: () => database.close(),
  };
}
