import type { HeaderPairs } from '../call/call.js';
import { maxSeq, timeAt } from '../call/capture-id.js';
import { readCallContent } from '../call/content.js';
import type { IdentifiedEvent } from '../payload/payload.js';
import { type ClockNews, watchAges } from './age-clock.js';
import { callCounter, listWithoutPayload, newestSeq } from './capture-index.js';
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

/** Removes what exceeds a retention, step by step. */
interface Tidier {
  /**
   * Takes a step if one is due. Returns how long to pause before the next one, as a multiple of the
   * step's duration; undefined: there is nothing to remove now.
   */
  tidy(database: Database): number | undefined;
  /** Whether calls come so fast that other work on the store would slow them down. */
  callsComeFast(database: Database): boolean;
}

export type TidierNews =
  | ({ readonly kind: 'removed_early' } & EarlyRemoval)
  | ({ readonly kind: 'over_size' } & OverSize)
  | ClockNews;

/** Both in milliseconds. */
interface TidierClocks {
  /** Since 1970. */
  readonly now: () => number;
  /** A clock that is never set and includes the machine's sleep. */
  readonly monotonic: () => number;
}

/**
 * Above this rate, the disk has no time for tidying. The tidier then waits, for at most `maxPauseMs`,
 * and not at all when the store is overfull.
 */
const busyCallsPerSecond = 500;
const maxPauseMs = 60_000;
const sampleMs = 1000;
/**
 * Other processes write during the pause between two steps. The fuller the store, the shorter the
 * pause, so that it stops growing when calls arrive faster than they can be removed.
 */
const pauseFactor = 4;
const overfull = { captures: 2, bytes: 1.1, pauseFactor: 1 };
const farOverfull = { captures: 3, bytes: 1.2, pauseFactor: 0.25 };
/** A pass skips the old captures that are kept: the next one begins after this multiple of that time. */
const restartFactor = 40;

export function createTidier(
  retention: Retention,
  { now, monotonic }: TidierClocks,
  notify: (news: TidierNews) => void,
): Tidier {
  let progress = beginning;
  /** When the next pass may begin at the oldest capture. */
  let restart = 0;
  let pausedSince: number | undefined;
  let overdue = false;
  const callsComeFast = watchRate(monotonic);

  const early = gatherEarlyRemovals(monotonic, (removal) =>
    notify({ kind: 'removed_early', ...removal }),
  );
  const readAgeTime =
    retention.ageMs === undefined
      ? undefined
      : watchAges(retention.ageMs, () => ({ wall: now(), uptime: monotonic() }), notify);
  const checkSize =
    retention.bytes === undefined
      ? undefined
      : watchSize(retention.bytes, now, (over) => notify({ kind: 'over_size', ...over }));

  function endPass(database: Database): void {
    early.notifyIfDue();
    checkSize?.(database);
    pausedSince = undefined;
    overdue = false;
  }

  return {
    callsComeFast,
    tidy(database) {
      const bounds = boundsAt(retention, now(), readAgeTime?.(database));
      const fast = callsComeFast(database);
      if (!isBeyond(database, bounds)) {
        endPass(database);
        return undefined;
      }
      const factor = pauseFactorAt(database, bounds);
      if (fast && !overdue) {
        pausedSince ??= monotonic();
        overdue = factor < pauseFactor || monotonic() - pausedSince >= maxPauseMs;
        if (!overdue) return undefined;
      }
      const begun = monotonic();
      const step = removeStep(database, bounds, progress);
      if (progress === beginning) restart = begun + (monotonic() - begun) * restartFactor;
      progress = step.progress;
      early.add(step.removals);
      if (!step.ended) return factor;
      endPass(database);
      if (monotonic() >= restart) progress = beginning;
      return undefined;
    },
  };
}

/** `monotonic`: milliseconds of a clock that is never set. */
function watchRate(monotonic: () => number): (database: Database) => boolean {
  let sample: { newest: number; at: number; fast: boolean } | undefined;
  return (database) => {
    const at = monotonic();
    if (sample && at - sample.at < sampleMs) return sample.fast;
    const newest = newestSeq(database);
    const fast = sample !== undefined && rateSince(database, sample, at) >= busyCallsPerSecond;
    sample = { newest, at, fast };
    return fast;
  };
}

function pauseFactorAt(database: Database, bounds: Bounds): number {
  const full = fullness(database, bounds);
  const degree = [farOverfull, overfull].find(
    ({ captures, bytes }) => full.captures > captures || full.bytes > bytes,
  );
  return degree?.pauseFactor ?? pauseFactor;
}

/** Calls per second. */
function rateSince(
  database: Database,
  { newest, at }: { readonly newest: number; readonly at: number },
  now: number,
): number {
  const calls = callCounter(database)({ first: newest + 1, last: maxSeq });
  return (calls * 1000) / (now - at);
}

/** Captures that another limit removed before the age limit. */
interface EarlyRemoval {
  readonly cause: 'keep' | 'keep_size';
  readonly limit: number;
  readonly captures: number;
  /** The age of the newest of them. */
  readonly ageMs: number;
}

const notifyEveryMs = 3_600_000;

/** Gathers early removals into one notification an hour. */
function gatherEarlyRemovals(monotonic: () => number, notify: (removal: EarlyRemoval) => void) {
  let gathered: EarlyRemoval | undefined;
  let notifiedAt: number | undefined;
  return {
    add(removals: readonly Removal[]) {
      for (const { cause, captures, newest, time, limit } of removals) {
        if (cause !== 'keep' && cause !== 'keep_size') continue;
        const sum = (gathered?.captures ?? 0) + captures;
        gathered = {
          cause,
          limit: limit ?? 0,
          captures: sum,
          ageMs: Math.max(0, time - timeAt(newest)),
        };
      }
    },
    notifyIfDue() {
      if (!gathered) return;
      if (notifiedAt !== undefined && monotonic() - notifiedAt < notifyEveryMs) return;
      notify(gathered);
      notifiedAt = monotonic();
      gathered = undefined;
    },
  };
}

/** Events indexed in one transaction: limits how long a call waits to be recorded. */
const stepEvents = 5000;

/**
 * Reads and indexes the oldest body after the capture `behind` that the writer left for later. Returns
 * the capture's sequence number; undefined: there is none.
 *
 * The capture is set aside before it is read. If reading fails or ends the thread, it stays set aside:
 * it is not tried again, and readers read its body.
 */
export function readNextUnread(database: Database, behind: number): number | undefined {
  const seq = database
    .prepare(
      `select place from captures where events is null and place > ?
         and not exists (select 1 from late_content where capture = place)
         and not exists (select 1 from partly_indexed where capture = place)
       order by place limit 1`,
    )
    .first([behind])?.[0];
  if (typeof seq !== 'number') return undefined;
  const parts = preparePartNotes(database);
  parts.setAside(seq);
  const row = database.prepare('select headers, body from captures where place = ?').first([seq]);
  if (!row) return seq;
  const headers = JSON.parse(String(row[0])) as HeaderPairs;
  const body = row[1] instanceof Uint8Array ? row[1] : new Uint8Array();
  const known = knownContent(readCallContent({ headers, body }));
  if (!addToIndex(database, seq, known.events)) return seq;
  const keep = database.prepare(
    'insert or replace into late_content (capture, problem, events) values (?, ?, ?)',
  );
  ifThere(database, seq, () => {
    keep.run([seq, known.problem, writeEvents(known.events)]);
    parts.note(seq, known.partly);
    if (known.problem !== null) database.prepare(listWithoutPayload).run([seq]);
  });
  return seq;
}

/** False: the events cannot be indexed, or the capture was removed. */
function addToIndex(database: Database, seq: number, events: readonly IdentifiedEvent[]): boolean {
  const index = prepareEventIndex(database);
  for (let position = 0; position < events.length; position += stepEvents) {
    const some = writeEvents(events.slice(position, position + stepEvents));
    if (!ifThere(database, seq, () => index.add(seq, position, some))) {
      forgetSome(database, seq, events.slice(0, position));
      return false;
    }
  }
  return true;
}

function forgetSome(database: Database, seq: number, events: readonly IdentifiedEvent[]): void {
  const remove = database.prepare(
    'delete from events where channel = ? and activity = ? and capture = ? and position = ?',
  );
  transaction(database, () => {
    events.forEach(({ channel, activity }, position) => {
      remove.run([channel, activity ?? '', seq, position]);
    });
  });
}

/** Acts in a transaction if the capture still exists. False: it does not, or `act` returned false. */
function ifThere(database: Database, seq: number, act: () => unknown): boolean {
  return transaction(database, () => {
    const found = database.prepare('select 1 from captures where place = ?').first([seq]);
    return found !== undefined && act() !== false;
  });
}
