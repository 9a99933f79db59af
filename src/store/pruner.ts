import { lastPlace } from '../call/capture-id.js';
import { countCaptures, verifyCount } from './capture-counts.js';
import type { Database } from './database.js';
import type { StoreFiles } from './folder.js';
import { openUpToDate } from './open.js';
import { beginning, type Progress, type RemovalStep, removeStep } from './remove-step.js';
import {
  type Bounds,
  boundsAt,
  dataBytes,
  keepsCapture,
  measureExcess,
  type Retention,
} from './retention.js';
import { callCounter } from './tally.js';
import type { Amount } from './without-payload.js';

/** Removes captures for good, also while listeners write to the store. */
export interface Pruner {
  /**
   * What a retention means at this time (milliseconds since 1970). What is recorded later is left
   * alone, so that pruning comes to an end.
   */
  bounds(retention: Retention, now: number): Bounds;
  plan(bounds: Bounds): PrunePlan;
  /** Removes some captures; begins when no progress is given. See `removeStep`. */
  removeStep(bounds: Bounds, progress?: Progress): RemovalStep;
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
    plan: (bounds) => planPruning(database, bounds),
    removeStep: (bounds, progress = beginning) => removeStep(database, bounds, progress),
    count: () => countCaptures(database).captures,
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
      `select state, count(*) from deliveries where ${keepsCapture(bounds)}
         and (capture < ? or capture < ? and capture in (select capture from without_payload))
       group by state`,
    )
    .all([oldest, without]);
  const dead = Number(kept.find(([state]) => state === 4)?.[1] ?? 0);
  const waiting = kept.reduce((sum, [, count]) => sum + Number(count), -dead);
  return {
    captures: older + Number(newer?.[0]) - waiting - dead,
    estimated: estimate > Math.max(0, excess.captures),
    waiting,
    dead,
  };
}

/** The place of the oldest capture without a payload that does not exceed their share. */
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
  return Number(first?.[0] ?? lastPlace + 1);
}

/** The place of the oldest capture within the bounds, when this many are too many. */
function firstKept(database: Database, bounds: Bounds, tooMany: number, without: number): number {
  if (tooMany === 0) return bounds.oldest;
  const first = database
    .prepare(
      `select place from captures
       where place >= ?1 or not exists (select 1 from without_payload where capture = place)
       order by place limit 1 offset ?2`,
    )
    .first([without, tooMany]);
  return Math.max(bounds.oldest, Number(first?.[0] ?? lastPlace + 1));
}
