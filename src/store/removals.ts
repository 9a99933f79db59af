import { timeAt } from '../call/capture-id.js';
import type { Database } from './database.js';

/**
 * Why captures were removed: a limit of the same name, `history prune`, or because they held no
 * payload and exceeded the share of such captures.
 */
export type RemovalCause = ReachCause | 'without_payload';
type ReachCause = 'keep' | 'keep_for' | 'keep_size' | 'prune';

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
  /**
   * All captures with a payload that were recorded after this time are there; null: all of them are,
   * and so are cause, limit and time.
   */
  readonly since: number | null;
  /** What removed the newest of the others, and when. */
  readonly cause: ReachCause | null;
  readonly limit: number | null;
  readonly time: number | null;
  /** How many captures were removed, for all these causes. */
  readonly removed: number;
  /** How many captures without a payload were removed before their time. */
  readonly withoutPayload: number;
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
  if (rows.length === 0) return undefined;
  const [withoutPayload] = rows.filter(([cause]) => cause === 'without_payload');
  const others = rows.filter(([cause]) => cause !== 'without_payload');
  const [cause = null, , newest, time = null, limit = null] = others[0] ?? [];
  return {
    since: newest === undefined ? null : timeAt(Number(newest)),
    cause: cause as ReachCause | null,
    limit: limit as number | null,
    time: time as number | null,
    removed: others.reduce((sum, [, captures]) => sum + Number(captures), 0),
    withoutPayload: Number(withoutPayload?.[1] ?? 0),
  };
}
