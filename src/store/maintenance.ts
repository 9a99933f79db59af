import type { HeaderPairs } from '../call/call.js';
import { lastPlace, timeAt } from '../call/capture-id.js';
import { readCallContent } from '../call/content.js';
import type { EventSummary } from '../payload/payload.js';
import { type ClockNews, watchAges } from './age-clock.js';
import { callCounter, listWithoutPayload } from './capture-index.js';
import { type Database, transaction } from './database.js';
import { knownContent, prepareEventIndex, preparePartNotes, writeEvents } from './event-index.js';
import { beginning, removeStep } from './pruner.js';
import {
  type Bounds,
  boundsAt,
  fullness,
  isBeyond,
  type OverSize,
  type Removal,
  type Retention,
  watchSize,
} from './retention.js';

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

/** Captures that were removed before they were as old as the retention lets them become. */
export interface EarlyRemoval {
  /** The limit that was reached before their age. */
  readonly cause: 'keep' | 'keep_size';
  readonly limit: number;
  readonly captures: number;
  /** How old the newest of them was, in milliseconds. */
  readonly age: number;
}

/** Gathers them, so that they are told once an hour and not one by one. */
export interface EarlyRemovals {
  add(removals: readonly Removal[]): void;
  /** Tells what there is, if it is time. */
  tellIfDue(): void;
}

const tellEveryMs = 3_600_000;

/** `monotonic` in milliseconds, of a clock that is never set. */
export function gatherEarlyRemovals(
  monotonic: () => number,
  tell: (removal: EarlyRemoval) => void,
): EarlyRemovals {
  let gathered: EarlyRemoval | undefined;
  let told: number | undefined;
  return {
    add(removals) {
      for (const { cause, captures, newest, time, limit } of removals) {
        if (cause !== 'keep' && cause !== 'keep_size') continue;
        const sum = (gathered?.captures ?? 0) + captures;
        gathered = {
          cause,
          limit: limit ?? 0,
          captures: sum,
          age: Math.max(0, time - timeAt(newest)),
        };
      }
    },
    tellIfDue() {
      if (!gathered || (told !== undefined && monotonic() - told < tellEveryMs)) return;
      tell(gathered);
      told = monotonic();
      gathered = undefined;
    },
  };
}

/** Indexed in one transaction, so that no call waits long to be recorded. */
const stepEvents = 5000;

/**
 * Reads and indexes the body of the oldest capture behind a place whose body was left for later, and
 * returns the place of that capture; undefined: there is none.
 *
 * The capture is set aside before it is read. When reading it fails or ends the thread, it stays so:
 * it is not tried again, and whoever looks at it reads its body.
 */
export function readNextUnread(database: Database, behind: number): number | undefined {
  const place = database
    .prepare(
      `select place from captures where events is null and place > ?
         and not exists (select 1 from late_content where capture = place)
         and not exists (select 1 from partly_indexed where capture = place)
       order by place limit 1`,
    )
    .first([behind])?.[0];
  if (typeof place !== 'number') return undefined;
  const parts = preparePartNotes(database);
  parts.setAside(place);
  const row = database.prepare('select headers, body from captures where place = ?').first([place]);
  if (!row) return place;
  const headers = JSON.parse(String(row[0])) as HeaderPairs;
  const body = row[1] instanceof Uint8Array ? row[1] : new Uint8Array();
  const known = knownContent(readCallContent({ headers, body }));
  if (!addToIndex(database, place, known.events)) return place;
  const keep = database.prepare(
    'insert or replace into late_content (capture, problem, events) values (?, ?, ?)',
  );
  ifThere(database, place, () => {
    keep.run([place, known.problem, writeEvents(known.events)]);
    parts.note(place, known.partly);
    if (known.problem !== null) database.prepare(listWithoutPayload).run([place]);
  });
  return place;
}

/** False: they cannot be indexed, or the capture was removed meanwhile. */
function addToIndex(database: Database, place: number, events: readonly EventSummary[]): boolean {
  const index = prepareEventIndex(database);
  for (let position = 0; position < events.length; position += stepEvents) {
    const some = writeEvents(events.slice(position, position + stepEvents));
    if (!ifThere(database, place, () => index.add(place, position, some))) {
      forgetSome(database, place, events.slice(0, position));
      return false;
    }
  }
  return true;
}

function forgetSome(database: Database, place: number, events: readonly EventSummary[]): void {
  const remove = database.prepare(
    'delete from events where channel = ? and activity = ? and capture = ? and position = ?',
  );
  transaction(database, () => {
    events.forEach(({ channel, activity }, position) => {
      remove.run([channel, activity ?? '', place, position]);
    });
  });
}

/** Acts in a transaction if the capture is still there. False: it is not, or `act` returned false. */
function ifThere(database: Database, place: number, act: () => unknown): boolean {
  return transaction(database, () => {
    const found = database.prepare('select 1 from captures where place = ?').first([place]);
    return found !== undefined && act() !== false;
  });
}
