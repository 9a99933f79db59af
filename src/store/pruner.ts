import { maxSeq } from '../call/capture-id.js';
import { deliveryState } from '../call/delivery.js';
import {
  type Amount,
  amountUpTo,
  callCounter,
  captureBytes,
  countCaptures,
  listStatuses,
  saveCount,
  verifyCount,
} from './capture-index.js';
import { type Database, transaction } from './database.js';
import { forgetEvents } from './event-index.js';
import type { StoreFiles } from './folder.js';
import { deliveryTables } from './outcomes.js';
import {
  type Bounds,
  boundsAt,
  dataBytes,
  isKept,
  keepsCapture,
  measureExcess,
  type Removal,
  type RemovalCause,
  type Retention,
  recordRemoval,
} from './retention.js';
import { rewriteFile } from './rewrite.js';
import { openUpToDate } from './schema.js';

/** Removes captures permanently, even while listeners write to the store. */
interface Pruner {
  /**
   * The bounds of a retention at this time (milliseconds since 1970). Later captures stay, so that
   * pruning ends.
   */
  bounds(retention: Retention, now: number): Bounds;
  plan(bounds: Bounds): PrunePlan;
  /** Without a progress, this is the first step. See `removeStep`. */
  removeStep(bounds: Bounds, progress?: Progress): RemovalStep;
  count(): number;
  /** Returns the free space of the file to the disk. See `rewriteFile`. */
  compact(): void;
  close(): void;
}

/** What pruning would do. */
export interface PrunePlan {
  /** How many captures it would remove. */
  readonly captures: number;
  /** `captures` is an estimate, because the limit is a size. */
  readonly estimated: boolean;
  /** Unfinished calls beyond the bounds, which are kept; then dead ones. */
  readonly waiting: number;
  readonly dead: number;
}

/** Throws a problem when the store is missing or not writable. */
export function openPruner(files: StoreFiles): Pruner {
  const database = openUpToDate(files);
  verifyCount(database);
  return {
    bounds: (retention, now) => ({
      ...boundsAt(retention, now),
      last: countCaptures(database).newest,
      by: 'prune',
    }),
    plan: (bounds) => planPruning(database, bounds),
    removeStep: (bounds, progress = beginning) => removeStep(database, bounds, progress),
    count: () => countCaptures(database).captures,
    compact: () => rewriteFile(database, files.database),
    close: () => database.close(),
  };
}

/** Looks at every capture beyond the bounds once. */
function planPruning(database: Database, bounds: Bounds): PrunePlan {
  const excess = measureExcess(database, bounds);
  const without = firstKeptWithoutPayload(database, excess.withoutPayload);
  const large = Math.max(0, excess.bytes) / dataBytes(database);
  const estimate = Math.ceil(countCaptures(database).captures * large);
  const oldest = firstKept(database, bounds, Math.max(0, excess.captures, estimate), without);
  const older = callCounter(database)({ first: 0, last: oldest - 1 });
  const newer = database
    .prepare('select count(*) from without_payload where capture >= ? and capture < ?')
    .first([oldest, without]);
  const kept = database
    .prepare(
      // A capture that several handlers keep counts once: as waiting if it waits for any.
      `select waits, count(*) from (
         select max(state <> ${deliveryState.dead}) as waits from all_deliveries where ${keepsCapture(bounds)}
           and (capture < ? or capture < ? and capture in (select capture from without_payload))
         group by capture)
       group by waits`,
    )
    .all([oldest, without]);
  const dead = Number(kept.find(([waits]) => waits === 0)?.[1] ?? 0);
  const waiting = kept.reduce((sum, [, count]) => sum + Number(count), -dead);
  return {
    captures: older + Number(newer?.[0]) - waiting - dead,
    estimated: estimate > Math.max(0, excess.captures),
    waiting,
    dead,
  };
}

/** The oldest capture without a payload that is within their share. */
function firstKeptWithoutPayload(database: Database, { captures, bytes }: Amount): number {
  if (captures <= 0 && bytes <= 0) return 0;
  const first = database
    .prepare(
      `select capture from (
         select capture, row_number() over older - 1 as number, sum(bytes) over older - bytes as size
         from without_payload window older as (order by capture))
       where number >= ? and size >= ? limit 1`,
    )
    .first([Math.max(0, captures), Math.max(0, bytes)]);
  return Number(first?.[0] ?? maxSeq + 1);
}

/** The oldest capture within the bounds, if they are exceeded by `tooMany` captures. */
function firstKept(database: Database, bounds: Bounds, tooMany: number, without: number): number {
  if (tooMany === 0) return bounds.oldest;
  const first = database
    .prepare(
      `select place from captures
       where place >= ?1 or not exists (select 1 from without_payload where capture = place)
       order by place limit 1 offset ?2`,
    )
    .first([without, tooMany]);
  return Math.max(bounds.oldest, Number(first?.[0] ?? maxSeq + 1));
}

/** The sequence numbers up to which nothing more can be removed. */
export interface Progress {
  /** Among the captures without a payload. */
  readonly withoutPayload: number;
  /** Among all captures. */
  readonly all: number;
}

export const beginning: Progress = { withoutPayload: 0, all: 0 };

interface RemovalStep {
  readonly removed: number;
  /** The removed captures by cause. */
  readonly removals: readonly Removal[];
  readonly progress: Progress;
  /** Nothing more exceeds the bounds. */
  readonly ended: boolean;
}

interface Found {
  readonly seq: number;
  readonly cause: RemovalCause;
}

/** The result of a search for captures to remove. */
interface Findings {
  readonly found: readonly Found[];
  /** The last sequence number that was looked at. */
  readonly behind: number;
  readonly ended: boolean;
}

/** Removed in one transaction: limits how long other writers wait. */
const maxStepCaptures = 100;
const maxStepBytes = 8 * 1024 * 1024;

/**
 * Removes up to a step of the captures beyond the bounds, with everything that belongs to them: first
 * those without a payload that exceed their share, then the oldest. The transaction that removes them
 * also selects them, so that with several processes the smallest limit applies.
 */
export function removeStep(database: Database, bounds: Bounds, progress: Progress): RemovalStep {
  const without = takeStep(database, bounds, {
    first: firstWithoutPayload(database, bounds, progress.withoutPayload),
    find: findWithoutPayload,
    behind: progress.withoutPayload,
  });
  const withoutPayload = without.behind;
  if (!without.ended) return { ...without, progress: { ...progress, withoutPayload } };
  const oldest = takeStep(database, bounds, {
    first: firstRemovable(database, bounds, progress.all),
    find: findOldest,
    behind: progress.all,
  });
  return {
    removed: without.removed + oldest.removed,
    removals: [...without.removals, ...oldest.removals],
    progress: { withoutPayload, all: oldest.behind },
    ended: oldest.ended,
  };
}

interface Search {
  /** The oldest capture that may be removed. */
  readonly first: number | undefined;
  readonly find: (database: Database, bounds: Bounds, first: number) => Findings;
  readonly behind: number;
}

/** Skips captures that must be kept before the transaction, because there may be many of them. */
function takeStep(database: Database, bounds: Bounds, { first, find, behind }: Search) {
  const nothing = { removed: 0, removals: [], ended: true };
  if (first === undefined) return { ...nothing, behind };
  if (find(database, bounds, first).found.length === 0) return { ...nothing, behind: first - 1 };
  return transaction(database, () => {
    if (bounds.captures !== undefined) saveCount(database, countCaptures(database));
    const { found, ...step } = find(database, bounds, first);
    return { removed: found.length, removals: remove(database, found, bounds), ...step };
  });
}

function firstWithoutPayload(
  database: Database,
  bounds: Bounds,
  behind: number,
): number | undefined {
  const first = database
    .prepare(
      `select capture from without_payload where capture > ? and capture <= ?
         and not ${isKept(bounds, 'without_payload.capture')} order by capture limit 1`,
    )
    .first([behind, bounds.last]);
  return first && Number(first[0]);
}

function findWithoutPayload(database: Database, bounds: Bounds, first: number): Findings {
  const before = amountUpTo(database, first - 1);
  const { withoutPayload } = measureExcess(database, bounds);
  let captures = withoutPayload.captures - before.captures;
  let bytes = withoutPayload.bytes - before.bytes;
  const rows = database
    .prepare(
      `select capture, bytes, ${isKept(bounds, 'without_payload.capture')} from without_payload
       where capture between ? and ? order by capture limit ?`,
    )
    .all([first, bounds.last, maxStepCaptures]);
  const found: Found[] = [];
  let behind = first - 1;
  for (const [capture, length, kept] of rows) {
    if (captures <= 0 && bytes <= 0) return { found, behind, ended: true };
    captures -= 1;
    bytes -= Number(length);
    behind = Number(capture);
    if (kept === 0) found.push({ seq: behind, cause: 'without_payload' });
  }
  return { found, behind, ended: rows.length < maxStepCaptures };
}

/** The oldest capture after `behind` that no delivery keeps. */
function firstRemovable(database: Database, bounds: Bounds, behind: number): number | undefined {
  // The index is small, because it contains no bodies.
  const next = database.prepare(
    `select place from captures indexed by captures_by_status
     where status = ? and place > ? and place <= ? and not ${isKept(bounds)} order by place limit 1`,
  );
  const found = listStatuses(database).flatMap(
    (status) => next.first([status, behind, bounds.last])?.map(Number) ?? [],
  );
  return found.length === 0 ? undefined : Math.min(...found);
}

function findOldest(database: Database, bounds: Bounds, first: number): Findings {
  const excess = measureExcess(database, bounds);
  // Captures without a payload that exceed their share do not count.
  let uncounted = Math.max(0, excess.withoutPayload.captures);
  const before = Math.min(uncounted, amountUpTo(database, first - 1).captures);
  uncounted -= before;
  let captures = excess.captures - (callCounter(database)({ first: 0, last: first - 1 }) - before);
  let bytes = excess.bytes;
  const rows = database
    .prepare(
      `select place, ${captureBytes}, ${isKept(bounds)},
         exists (select 1 from without_payload where capture = place)
       from captures where place between ? and ? order by place limit ?`,
    )
    .all([first, bounds.last, maxStepCaptures]);
  const found: Found[] = [];
  let stepBytes = 0;
  let behind = first - 1;
  for (const [number, length, kept, withoutPayload] of rows) {
    const seq = Number(number);
    const cause = causeOf(seq < bounds.oldest, captures > 0, bytes > 0);
    // A capture may free fewer bytes than computed, so a size limit is measured again.
    if (cause === undefined)
      return { found, behind, ended: excess.bytes <= 0 || found.length === 0 };
    if (withoutPayload === 1 && uncounted > 0) uncounted -= 1;
    else captures -= 1;
    behind = seq;
    if (kept !== 0) continue;
    found.push({ seq, cause: bounds.by === 'prune' ? 'prune' : cause });
    bytes -= Number(length);
    stepBytes += Number(length);
    if (stepBytes > maxStepBytes) break;
  }
  return { found, behind, ended: rows.length === 0 };
}

function causeOf(old: boolean, many: boolean, large: boolean): RemovalCause | undefined {
  if (old) return 'keep_for';
  if (many) return 'keep';
  return large ? 'keep_size' : undefined;
}

function remove(database: Database, found: readonly Found[], bounds: Bounds): Removal[] {
  removeCaptures(
    database,
    found.map(({ seq }) => seq),
  );
  const { captures, ageMs, bytes, now: time } = bounds;
  const limits: readonly (readonly [RemovalCause, number | undefined])[] = [
    ['keep', captures],
    ['keep_for', ageMs],
    ['keep_size', bytes],
    ['prune', undefined],
    ['without_payload', undefined],
  ];
  const removals = limits.flatMap(([cause, limit = null]) => {
    const removed = found.filter((each) => each.cause === cause);
    const newest = removed.at(-1)?.seq;
    return newest === undefined ? [] : [{ cause, captures: removed.length, newest, time, limit }];
  });
  for (const removal of removals) recordRemoval(database, removal);
  return removals;
}

/** Removes captures with everything that belongs to them, within the caller's transaction. */
export function removeCaptures(database: Database, seqs: readonly number[]): void {
  forgetEvents(database, seqs);
  const list = [JSON.stringify(seqs)];
  for (const table of ['attempts', 'replays', 'imports', ...deliveryTables]) {
    database
      .prepare(`delete from ${table} where capture in (select value from json_each(?))`)
      .run(list);
  }
  database
    .prepare('delete from captures where place in (select value from json_each(?))')
    .run(list);
}
