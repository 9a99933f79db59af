import { lastPlace, placeAt } from '../call/capture-id.js';
import { countCaptures } from './capture-counts.js';
import type { Database } from './database.js';
import { isUnfinished } from './unfinished.js';
import { type Amount, amountWithoutPayload } from './without-payload.js';

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
