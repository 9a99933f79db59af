import { countCaptures, saveCount } from './capture-counts.js';
import { lastPlace, placeAt } from './capture-id.js';
import { listStatuses } from './capture-places.js';
import type { Database } from './database.js';
import { forgetEvents } from './event-index.js';
import { type Removal, type RemovalCause, recordRemoval } from './removals.js';
import { callCounter } from './tally.js';
import { transaction } from './transaction.js';

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

/** What one step of removing has done. */
export interface RemovalStep {
  readonly removed: number;
  /** The same by cause. */
  readonly removals: readonly Removal[];
  /** The place up to which there is nothing more to remove. */
  readonly behind: number;
  /** Nothing more lies beyond the bounds. */
  readonly ended: boolean;
}

/** Removed in one transaction, so that no process which writes waits long. */
const maxStepCaptures = 100;
const maxStepBytes = 8 * 1024 * 1024;

/**
 * A call that waits to be forwarded is kept, however old, and a dead one until it is too old: it is
 * the only copy of what a handler never took.
 */
function isKept({ oldest }: Bounds): string {
  return `exists (select 1 from deliveries where capture = place
    and (state in (0, 1, 2) or state = 4 and place >= ${oldest}))`;
}

/** About what a capture takes, without its delivery and attempts. */
const captureBytes = 'length(body) + length(headers) + length(target) + ifnull(length(events), 0)';

export function boundsAt(retention: Retention, now: number): Bounds {
  const { ageMs } = retention;
  const oldest = ageMs === undefined ? 0 : placeAt(now - ageMs);
  return { ...retention, now, oldest, last: lastPlace, by: 'limits' };
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

/** Whether any capture lies beyond the bounds, those that are kept included. */
export function isBeyond(database: Database, bounds: Bounds): boolean {
  if (surplusOf(database, bounds) > 0 || excessBytesOf(database, bounds) > 0) return true;
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

/** How many captures lie beyond the bounds, those that are kept included; estimated for a size. */
export function countBeyond(database: Database, bounds: Bounds) {
  const { oldest } = bounds;
  const old = oldest === 0 ? 0 : callCounter(database)({ first: 0, last: oldest - 1 });
  const surplus = Math.max(0, surplusOf(database, bounds), old);
  const excess = Math.max(0, excessBytesOf(database, bounds)) / dataBytes(database);
  const large = Math.ceil(countCaptures(database).captures * excess);
  return { captures: Math.max(surplus, large), estimated: large > surplus };
}

function surplusOf(database: Database, { captures }: Bounds): number {
  return captures === undefined ? 0 : countCaptures(database).captures - captures;
}

function excessBytesOf(database: Database, { bytes }: Bounds): number {
  return bytes === undefined ? 0 : dataBytes(database) - bytes;
}

/** How many of the oldest captures, up to this many, are kept because they wait or are dead. */
export function countKept(database: Database, bounds: Bounds, oldest: number) {
  const rows = database
    .prepare(
      `select state, count(*) from (select place from captures order by place limit ?)
       join deliveries on capture = place where ${isKept(bounds)} group by state`,
    )
    .all([oldest]);
  const dead = Number(rows.find(([state]) => state === 4)?.[1] ?? 0);
  return { waiting: rows.reduce((sum, [, count]) => sum + Number(count), -dead), dead };
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
  if (first === undefined) return { ...nothing, behind };
  if (findBeyond(database, bounds, first).found.length === 0) {
    return { ...nothing, behind: first - 1 };
  }
  return transaction(database, () => {
    if (bounds.captures !== undefined) saveCount(database, countCaptures(database));
    const { found, ...step } = findBeyond(database, bounds, first);
    return { removed: found.length, removals: remove(database, found, bounds), ...step };
  });
}

const nothing = { removed: 0, removals: [], ended: true } as const;

/** The place of the oldest capture behind a place that no delivery keeps. */
function firstRemovable(database: Database, bounds: Bounds, behind: number): number | undefined {
  // The index is small; the captures themselves lie among their bodies.
  const next = database.prepare(
    `select place from captures indexed by captures_by_status
     where status = ? and place > ? and place <= ? and not ${isKept(bounds)} order by place limit 1`,
  );
  const found = listStatuses(database).flatMap(
    (status) => next.first([status, behind, bounds.last])?.map(Number) ?? [],
  );
  return found.length === 0 ? undefined : Math.min(...found);
}

interface Found {
  readonly place: number;
  readonly cause: RemovalCause;
}

/** Looks at captures from a place on, up to a step of them. */
function findBeyond(database: Database, bounds: Bounds, first: number) {
  const { oldest, last } = bounds;
  let surplus = surplusOf(database, bounds) - callCounter(database)({ first: 0, last: first - 1 });
  let excessBytes = excessBytesOf(database, bounds);
  const rows = database
    .prepare(
      `select place, ${captureBytes}, ${isKept(bounds)} from captures
       where place between ? and ? order by place limit ?`,
    )
    .all([first, last, maxStepCaptures]);
  const found: Found[] = [];
  let bytes = 0;
  let behind = first - 1;
  for (const [number, length, kept] of rows) {
    const place = Number(number);
    const cause =
      place < oldest
        ? 'keep_for'
        : surplus > 0
          ? 'keep'
          : excessBytes > 0
            ? 'keep_size'
            : undefined;
    if (cause === undefined) return { found, behind, ended: true };
    surplus -= 1;
    behind = place;
    if (kept !== 0) continue;
    found.push({ place, cause: bounds.by === 'prune' ? 'prune' : cause });
    excessBytes -= Number(length);
    bytes += Number(length);
    if (bytes > maxStepBytes) break;
  }
  return { found, behind, ended: rows.length === 0 };
}

function remove(database: Database, found: readonly Found[], bounds: Bounds): Removal[] {
  const places = found.map(({ place }) => place);
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
  const { captures, ageMs, bytes, now: time } = bounds;
  const limits: readonly (readonly [RemovalCause, number | undefined])[] = [
    ['keep', captures],
    ['keep_for', ageMs],
    ['keep_size', bytes],
    ['prune', undefined],
  ];
  const removals = limits.flatMap(([cause, limit = null]) => {
    const removed = found.filter((each) => each.cause === cause);
    const newest = removed.at(-1)?.place;
    return newest === undefined ? [] : [{ cause, captures: removed.length, newest, time, limit }];
  });
  for (const removal of removals) recordRemoval(database, removal);
  return removals;
}
