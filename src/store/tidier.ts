import { lastPlace } from '../call/capture-id.js';
import { type ClockNews, watchAges } from './age-watch.js';
import type { Database } from './database.js';
import { type EarlyRemoval, gatherEarlyRemovals } from './early-removals.js';
import { type OverSize, watchSize } from './over-size.js';
import { beginning, removeStep } from './remove-step.js';
import { type Bounds, boundsAt, fullness, isBeyond, type Retention } from './retention.js';
import { callCounter } from './tally.js';

/** Removes from a store what lies beyond a retention, step by step. */
export interface Tidier {
  /**
   * Takes a step if it is time. Returns how many times as long as the step took to rest before the
   * next one; undefined: there is nothing to remove now.
   */
  tidy(database: Database): number | undefined;
}

/** What a tidier tells. */
export type TidierNews =
  | ({ readonly kind: 'removed_early' } & EarlyRemoval)
  | ({ readonly kind: 'over_size' } & OverSize)
  | ClockNews;

/** Both in milliseconds. */
export interface TidierClocks {
  /** Since 1970. */
  readonly now: () => number;
  /** A clock that is never set, and goes on while the machine sleeps. */
  readonly monotonic: () => number;
}

/**
 * When calls come this fast, they leave the disk no time for tidying. It waits until they let up, but
 * no longer than `maxPauseMs`, and not at all when the store is overfull.
 */
const manyCallsPerSecond = 500;
const maxPauseMs = 60_000;
const sampleMs = 1000;
/**
 * Other processes write between two steps: the less, the fuller the store is, so that it does not
 * grow without end while calls come faster than they can be removed.
 */
const restShare = 4;
const overfull = { captures: 2, bytes: 1.1, restShare: 1 };
const farOverfull = { captures: 3, bytes: 1.2, restShare: 0.25 };
/** Old captures that are kept are not skipped again more often than this share of the time allows. */
const restartShare = 40;

export function createTidier(
  retention: Retention,
  { now, monotonic }: TidierClocks,
  tell: (news: TidierNews) => void,
): Tidier {
  let progress = beginning;
  /** When the next pass may begin at the oldest capture. */
  let restart = 0;
  let pausedSince: number | undefined;
  let overdue = false;
  let sample: { newest: number; at: number; fast: boolean } | undefined;

  function callsComeFast(database: Database): boolean {
    const at = monotonic();
    if (sample && at - sample.at < sampleMs) return sample.fast;
    const newest = Number(database.prepare('select max(place) from captures').first([])?.[0] ?? 0);
    const fast = sample !== undefined && rateSince(database, sample, at) >= manyCallsPerSecond;
    sample = { newest, at, fast };
    return fast;
  }

  const early = gatherEarlyRemovals(monotonic, (removal) =>
    tell({ kind: 'removed_early', ...removal }),
  );
  const ages =
    retention.ageMs === undefined
      ? undefined
      : watchAges(retention.ageMs, () => ({ wall: now(), uptime: monotonic() }), tell);
  const size =
    retention.bytes === undefined
      ? undefined
      : watchSize(retention.bytes, now, (over) => tell({ kind: 'over_size', ...over }));

  /** There is nothing more to remove. */
  function rest(database: Database): void {
    early.tellIfDue();
    size?.check(database);
    pausedSince = undefined;
    overdue = false;
  }

  return {
    tidy(database) {
      const bounds = boundsAt(retention, now(), ages?.now(database));
      const fast = callsComeFast(database);
      if (!isBeyond(database, bounds)) {
        rest(database);
        return undefined;
      }
      const share = restShareAt(database, bounds);
      if (fast && !overdue) {
        pausedSince ??= monotonic();
        overdue = share < restShare || monotonic() - pausedSince >= maxPauseMs;
        if (!overdue) return undefined;
      }
      const begun = monotonic();
      const step = removeStep(database, bounds, progress);
      if (progress === beginning) restart = begun + (monotonic() - begun) * restartShare;
      progress = step.progress;
      early.add(step.removals);
      if (!step.ended) return share;
      rest(database);
      if (monotonic() >= restart) progress = beginning;
      return undefined;
    },
  };
}

function restShareAt(database: Database, bounds: Bounds): number {
  const full = fullness(database, bounds);
  const degree = [farOverfull, overfull].find(
    ({ captures, bytes }) => full.captures > captures || full.bytes > bytes,
  );
  return degree?.restShare ?? restShare;
}

/** Calls per second. */
function rateSince(
  database: Database,
  { newest, at }: { readonly newest: number; readonly at: number },
  now: number,
): number {
  const calls = callCounter(database)({ first: newest + 1, last: lastPlace });
  return (calls * 1000) / (now - at);
}
