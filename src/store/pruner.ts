import { countCaptures, verifyCount } from './capture-counts.js';
import type { StoreFiles } from './folder.js';
import { openUpToDate } from './open.js';
import {
  type Bounds,
  boundsAt,
  countBeyond,
  countKept,
  type RemovalStep,
  type Retention,
  removeStep,
} from './retention.js';

/** Removes captures for good, also while listeners write to the store. */
export interface Pruner {
  /**
   * What a retention means at this time (milliseconds since 1970). What is recorded later is left
   * alone, so that pruning comes to an end.
   */
  bounds(retention: Retention, now: number): Bounds;
  plan(bounds: Bounds): PrunePlan;
  /** Removes some of the oldest captures behind a place, 0 at first: see `removeStep`. */
  removeStep(bounds: Bounds, behind: number): RemovalStep;
  /** How many captures there are. */
  count(): number;
  close(): void;
}

/** What pruning would do. */
export interface PrunePlan {
  /** How many captures it removes. */
  readonly captures: number;
  /** That number is an estimate, because the limit is a size. */
  readonly estimated: boolean;
  /** How many of those beyond the bounds are kept, since they wait to be forwarded or are dead. */
  readonly waiting: number;
  readonly dead: number;
}

/** Throws a problem when there is no store, or none that can be written. */
export function openPruner(files: StoreFiles): Pruner {
  const database = openUpToDate(files);
  verifyCount(database);
  return {
    bounds: (retention, now) => ({
      ...boundsAt(retention, now),
      last: countCaptures(database).newest,
      by: 'prune',
    }),
    plan(bounds) {
      const beyond = countBeyond(database, bounds);
      const { waiting, dead } = countKept(database, bounds, beyond.captures);
      return { ...beyond, captures: beyond.captures - waiting - dead, waiting, dead };
    },
    removeStep: (bounds, behind) => removeStep(database, bounds, behind),
    count: () => countCaptures(database).captures,
    close: () => database.close(),
  };
}
