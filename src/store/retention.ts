import { maxSeq, seqAt, timeAt } from '../call/capture-id.js';
import { deliveryState } from '../call/delivery.js';
import { type ClockTrouble, readClockTrouble } from './age-clock.js';
import { type Amount, amountWithoutPayload, countCaptures, oldestSeq } from './capture-index.js';
import { type Database, readNumber, transaction } from './database.js';
import { type DeliveryTable, deliveryTables, isUnfinished } from './outcomes.js';

/** The limits of a store; undefined: no limit. */
export interface Retention {
  /** Keeps the newest captures, up to this many. */
  readonly captures?: number | undefined;
  /** Keeps captures up to this age. */
  readonly ageMs?: number | undefined;
  /** Keeps the newest captures that fit into this many bytes: see `dataBytes`. */
  readonly bytes?: number | undefined;
}

/** A retention at a certain time. */
export interface Bounds extends Retention {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Captures before this sequence number are too old. */
  readonly oldest: number;
  /** Captures after this sequence number are counted, but not removed. */
  readonly last: number;
  readonly by: 'limits' | 'prune';
}

/** What exceeds the bounds, including captures that must be kept. Negative below the limit. */
interface Excess extends Amount {
  /** Captures without a payload, such as those of probes: see `shareOf`. */
  readonly withoutPayload: Amount;
}

/** The part of a limit that captures without a payload may take. */
const shareOf = (limit: number) => Math.floor(limit / 10);

/** `ageNow` is the time of the `AgeClock`. */
export function boundsAt(retention: Retention, now: number, ageNow = now): Bounds {
  const { ageMs } = retention;
  const oldest = ageMs === undefined ? 0 : seqAt(ageNow - ageMs);
  return { ...retention, now, oldest, last: maxSeq, by: 'limits' };
}

/**
 * SQL for a delivery whose capture stays beyond the bounds: an unfinished one always, a dead one until
 * it is too old. The store has the only copy of what no handler accepted.
 */
export function keepsCapture({ oldest }: Bounds): string {
  return `(${isUnfinished} or state = ${deliveryState.dead} and capture >= ${oldest})`;
}

/** SQL for a capture that stays beyond the bounds. */
export function isKept(bounds: Bounds, seqSql = 'place'): string {
  const inTable = (table: DeliveryTable) =>
    `exists (select 1 from ${table} where ${table}.capture = ${seqSql} and ${keepsCapture(bounds)})`;
  return `(${deliveryTables.map(inTable).join(' or ')})`;
}

/**
 * The bytes of the pages that contain data. Free pages do not count, because the file keeps them for new
 * captures. Nor does the log, whose pages are copied into the file and then reused.
 */
export function dataBytes(database: Database): number {
  const pragma = (name: string) => readNumber(database, `pragma ${name}`);
  return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
}

/**
 * Captures without a payload that exceed their share do not count as captures, so that those which must
 * be kept do not displace others.
 */
export function measureExcess(database: Database, { captures, bytes }: Bounds): Excess {
  const without = amountWithoutPayload(database);
  const withoutPayload = {
    captures: excessOf(without.captures, captures && Math.max(1, shareOf(captures))),
    bytes: excessOf(without.bytes, bytes && shareOf(bytes)),
  };
  const counted = captures === undefined ? 0 : countCaptures(database).captures;
  return {
    captures: excessOf(counted - Math.max(0, withoutPayload.captures), captures),
    bytes: excessOf(bytes === undefined ? 0 : dataBytes(database), bytes),
    withoutPayload,
  };
}

/** Whether any capture exceeds the bounds, including those that must be kept. */
export function isBeyond(database: Database, bounds: Bounds): boolean {
  const { captures, bytes, withoutPayload } = measureExcess(database, bounds);
  if (Math.max(captures, bytes, withoutPayload.captures, withoutPayload.bytes) > 0) return true;
  const oldest = oldestSeq(database);
  return oldest !== undefined && oldest < bounds.oldest;
}

/** The number of captures and the size, as multiples of their limits. */
export function fullness(database: Database, { captures, bytes }: Bounds) {
  return {
    captures: captures === undefined ? 0 : countCaptures(database).captures / captures,
    bytes: bytes === undefined ? 0 : dataBytes(database) / bytes,
  };
}

function excessOf(amount: number, limit: number | undefined): number {
  return limit === undefined ? Number.NEGATIVE_INFINITY : amount - limit;
}

/** The effect of limits on a store. */
export interface RetentionReport {
  /** How far back the store reaches; undefined: nothing was removed. */
  readonly reach: Reach | undefined;
  /** What must be kept exceeds the size limit. */
  readonly overSize: OverSize | undefined;
  /** The clock is in doubt, so the age limit removes nothing. */
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

/**
 * Why captures were removed: the limit of the same name, `history prune`, or because captures without a
 * payload exceeded their share.
 */
export type RemovalCause = ReachCause | 'without_payload';
type ReachCause = 'keep' | 'keep_for' | 'keep_size' | 'prune';

/** Captures that were removed in one transaction for one cause. */
export interface Removal {
  readonly cause: RemovalCause;
  readonly captures: number;
  /** The sequence number of the newest. */
  readonly newest: number;
  /** When they were removed, in milliseconds since 1970. */
  readonly time: number;
  /** The limit in captures, milliseconds or bytes. null: the cause has no limit. */
  readonly limit: number | null;
}

/** What was removed from a store. Times in milliseconds since 1970. */
export interface Reach {
  /**
   * All captures with a payload that were recorded after this time are there. null: no such capture was
   * removed; cause, limit and time are then null, too.
   */
  readonly since: number | null;
  /** Why and when the newest removed capture was removed. */
  readonly cause: ReachCause | null;
  readonly limit: number | null;
  readonly time: number | null;
  /** All removed captures, except those without a payload. */
  readonly removed: number;
  /** Captures removed because captures without a payload exceeded their share. */
  readonly withoutPayload: number;
}

/** Adds to the totals. Call it within the transaction that removes. */
export function recordRemoval(database: Database, removal: Removal): void {
  database
    .prepare(
      `insert into removals (cause, captures, newest, time, bound) values (?1, ?2, ?3, ?4, ?5)
       on conflict do update set captures = captures + ?2, newest = max(newest, ?3), time = ?4,
         bound = ?5`,
    )
    .run([removal.cause, removal.captures, removal.newest, removal.time, removal.limit]);
}

function readReach(database: Database): Reach | undefined {
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

/** Unfinished and dead calls, which must be kept, exceed the size limit. */
export interface OverSize {
  readonly bytes: number;
  readonly limit: number;
}

const refreshMs = 60_000;
/** The process of a note that is older has ended. */
const staleMs = 10 * refreshMs;

/**
 * Returns a check for when nothing more can be removed. It stores for other processes whether the rest
 * exceeds the limit, and notifies when that begins. `now` in milliseconds since 1970.
 */
export function watchSize(
  limit: number,
  now: () => number,
  notify: (over: OverSize) => void,
): (database: Database) => void {
  let over = false;
  return (database) => {
    const bytes = dataBytes(database);
    const notes = readNotes(database);
    const isOutdated = notes.some((note) => note.limit >= bytes);
    const fresh = notes.some((note) => note.limit === limit && isFresh(note, refreshMs, now()));
    if (isOutdated || (bytes > limit && !fresh)) {
      transaction(database, () => {
        database.prepare('delete from over_size where bound >= ? or bound = ?').run([bytes, limit]);
        if (bytes <= limit) return;
        database
          .prepare('insert into over_size (bytes, bound, time) values (?, ?, ?)')
          .run([bytes, limit, now()]);
      });
    }
    if (bytes > limit && !over) notify({ bytes, limit });
    over = bytes > limit;
  };
}

function readOverSize(database: Database, now: number): OverSize | undefined {
  const note = readNotes(database).find((each) => isFresh(each, staleMs, now));
  return note && { bytes: note.bytes, limit: note.limit };
}

interface Note extends OverSize {
  readonly time: number;
}

function readNotes(database: Database): Note[] {
  return database
    .prepare('select bytes, bound, time from over_size order by bound')
    .all([])
    .map(([bytes, bound, time]) => ({
      bytes: Number(bytes),
      limit: Number(bound),
      time: Number(time),
    }));
}

function isFresh({ time }: Note, ms: number, now: number): boolean {
  return Math.abs(now - time) < ms;
}
