import { lastPlace, placeAt, timeAt } from '../call/capture-id.js';
import { type ClockTrouble, readClockTrouble } from './age-clock.js';
import { type Amount, amountWithoutPayload, countCaptures } from './capture-index.js';
import { type Database, transaction } from './database.js';
import { isUnfinished } from './outcomes.js';

/** What a store keeps; undefined: no limit. */
export interface Retention {
  /** The newest captures, up to this many. */
  readonly captures?: number | undefined;
  /** Captures recorded within this many milliseconds. */
  readonly ageMs?: number | undefined;
  /** The newest captures that fit into this many bytes: see `dataBytes`. */
  readonly bytes?: number | undefined;
}

/** A retention at a certain time. */
export interface Bounds extends Retention {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Captures before this place are too old. */
  readonly oldest: number;
  /** Captures behind this place are left alone. They count all the same. */
  readonly last: number;
  readonly by: 'limits' | 'prune';
}

/** What exceeds the bounds, captures that are kept included. Below 0: there is room for more. */
export interface Excess extends Amount {
  /** Of captures without a payload, such as those of probes and strangers: see `shareOf`. */
  readonly withoutPayload: Amount;
}

/** How much of a limit captures without a payload may take: at least one of them stays. */
const shareOf = (limit: number) => Math.floor(limit / 10);

/** `ageNow` is the time by which ages are judged. */
export function boundsAt(retention: Retention, now: number, ageNow = now): Bounds {
  const { ageMs } = retention;
  const oldest = ageMs === undefined ? 0 : placeAt(ageNow - ageMs);
  return { ...retention, now, oldest, last: lastPlace, by: 'limits' };
}

/**
 * The condition for a delivery whose capture stays beyond the bounds: of a call that waits to be
 * forwarded, however old, and of a dead one until it is too old. It is the only copy of what no
 * handler took.
 */
export function keepsCapture({ oldest }: Bounds): string {
  return `(${isUnfinished} or state = 4 and deliveries.capture >= ${oldest})`;
}

/** The condition for the capture at a place to stay beyond the bounds. */
export function isKept(bounds: Bounds, place = 'place'): string {
  return `exists (select 1 from deliveries where deliveries.capture = ${place} and ${keepsCapture(bounds)})`;
}

/**
 * The bytes of the pages that hold data. Pages that were given free do not count: new captures take
 * them, and the file does not shrink. Neither does the log count, whose pages are copied into the
 * file and then used again.
 */
export function dataBytes(database: Database): number {
  const pragma = (name: string) => Number(database.prepare(`pragma ${name}`).first([])?.[0]);
  return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
}

/**
 * Captures without a payload that exceed their share count for nothing else: those of them that are
 * kept push no other capture out.
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

/** Whether any capture lies beyond the bounds, those that are kept included. */
export function isBeyond(database: Database, bounds: Bounds): boolean {
  const { captures, bytes, withoutPayload } = measureExcess(database, bounds);
  if (Math.max(captures, bytes, withoutPayload.captures, withoutPayload.bytes) > 0) return true;
  const first = database.prepare('select min(place) from captures').first([])?.[0];
  return typeof first === 'number' && first < bounds.oldest;
}

/** How many times as many captures there are as the bounds allow, or as much data. */
export function fullness(database: Database, { captures, bytes }: Bounds) {
  return {
    captures: captures === undefined ? 0 : countCaptures(database).captures / captures,
    bytes: bytes === undefined ? 0 : dataBytes(database) / bytes,
  };
}

function excessOf(amount: number, limit: number | undefined): number {
  return limit === undefined ? Number.NEGATIVE_INFINITY : amount - limit;
}

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

/** What must be kept takes more bytes than the limit: calls that wait or are dead. */
export interface OverSize {
  readonly bytes: number;
  readonly limit: number;
}

export interface SizeWatch {
  /**
   * Call it when nothing more can be removed. Keeps in mind for other processes whether what is left
   * takes more than the limit, and tells when that begins.
   */
  check(database: Database): void;
}

const refreshMs = 60_000;
/** A note that was not refreshed for this long is of a process that has ended. */
const staleMs = 10 * refreshMs;

/** `now` in milliseconds since 1970. */
export function watchSize(
  limit: number,
  now: () => number,
  tell: (over: OverSize) => void,
): SizeWatch {
  let over = false;
  return {
    check(database) {
      const bytes = dataBytes(database);
      const noted = readNotes(database);
      const untrue = noted.some((note) => note.limit >= bytes);
      const fresh = noted.some((note) => note.limit === limit && isFresh(note, refreshMs, now()));
      if (untrue || (bytes > limit && !fresh)) {
        transaction(database, () => {
          database
            .prepare('delete from over_size where bound >= ? or bound = ?')
            .run([bytes, limit]);
          if (bytes <= limit) return;
          database
            .prepare('insert into over_size (bytes, bound, time) values (?, ?, ?)')
            .run([bytes, limit, now()]);
        });
      }
      if (bytes > limit && !over) tell({ bytes, limit });
      over = bytes > limit;
    },
  };
}

/** What a process that tidies has noted lately. */
export function readOverSize(database: Database, now: number): OverSize | undefined {
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
