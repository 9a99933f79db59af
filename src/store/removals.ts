import { timeAt } from './capture-id.js';
import type { Database } from './database.js';

/** Why captures were removed: a limit of the same name, or `history prune`. */
export type RemovalCause = 'keep' | 'keep_for' | 'keep_size' | 'prune';

/** Captures that were removed together. */
export interface Removal {
  readonly cause: RemovalCause;
  readonly captures: number;
  /** The place of the newest. */
  readonly newest: number;
  /** When they were removed, in milliseconds since 1970. */
  readonly time: number;
  /** The limit: captures, milliseconds or bytes. null: there was none. */
  readonly limit: number | null;
}

/** What was removed from a store. Times in milliseconds since 1970. */
export interface Reach {
  /** All captures that were recorded after this time are there. */
  readonly since: number;
  /** What removed the newest of the captures that are gone, and when. */
  readonly cause: RemovalCause;
  readonly limit: number | null;
  readonly time: number;
  /** How many captures were removed, for all causes. */
  readonly removed: number;
}

/** Keeps in mind what was removed. Within the transaction that removes. */
export function recordRemoval(database: Database, removal: Removal): void {
  database
    .prepare(
      `insert into removals (cause, captures, newest, time, bound) values (?1, ?2, ?3, ?4, ?5)
       on conflict do update set captures = captures + ?2, newest = max(newest, ?3), time = ?4,
         bound = ?5`,
    )
    .run([removal.cause, removal.captures, removal.newest, removal.time, removal.limit]);
}

/** How far back a store reaches; undefined: nothing was removed from it. */
export function readReach(database: Database): Reach | undefined {
  const rows = database
    .prepare('select cause, captures, newest, time, bound from removals order by newest desc')
    .all([]);
  const [row] = rows;
  if (!row) return undefined;
  const [cause, , newest, time, limit] = row;
  return {
    since: timeAt(Number(newest)),
    cause: String(cause) as RemovalCause,
    limit: limit === null ? null : Number(limit),
    time: Number(time),
    removed: rows.reduce((sum, [, captures]) => sum + Number(captures), 0),
  };
}
