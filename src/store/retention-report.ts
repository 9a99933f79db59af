import { type ClockTrouble, readClockTrouble } from './age-watch.js';
import type { Database } from './database.js';
import { type OverSize, readOverSize } from './over-size.js';
import { type Reach, readReach } from './removals.js';

/** What limits have done to a store. */
export interface RetentionReport {
  /** How far back it reaches; undefined: nothing was removed from it. */
  readonly reach: Reach | undefined;
  /** What must be kept takes more bytes than a limit. */
  readonly overSize: OverSize | undefined;
  /** The time of day is doubted, so that it removes nothing. */
  readonly clock: ClockTrouble | undefined;
}

/** `now` in milliseconds since 1970. */
export function readRetentionReport(database: Database, now: number): RetentionReport {
  return {
    reach: readReach(database),
    overSize: readOverSize(database, now),
    clock: readClockTrouble(database),
  };
}
