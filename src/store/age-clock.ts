import { seqAt, timeAt } from '../call/capture-id.js';
import { newestSeq, oldestSeq } from './capture-index.js';
import { type Database, transaction } from './database.js';

/** A reading of a machine's clocks, in milliseconds. */
interface ClockReading {
  /** The time of day, since 1970. Can be set. */
  readonly wall: number;
  /** How long the machine has run, including sleep. Cannot be set. */
  readonly uptime: number;
}

/** The time of day disagrees with the elapsed time. */
interface ClockDoubt {
  /** `jump`: while the process ran. `gap`: since the store was last in use; the machine may have been off. */
  readonly kind: 'jump' | 'gap';
  /** Negative: the clock is behind. */
  readonly aheadMs: number;
  /** How long the store's processes have run since. */
  readonly ranMs: number;
}

/** The last trusted time, as the store keeps it while no process runs. */
export interface LastTime {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly doubt: ClockDoubt | undefined;
}

/** The time from which ages are computed. */
export interface JudgedTime extends LastTime {
  /** Never after the time of day, so a clock that is behind makes captures younger. */
  readonly now: number;
}

/** Makes sure that a clock which jumps removes no captures. */
interface AgeClock {
  /**
   * While the clock is in doubt, the time is the last trusted one plus the elapsed time. The doubt ends
   * when the time of day agrees again, or after `doubtMs`.
   */
  read(reading: ClockReading): JudgedTime;
}

/** A clock in doubt is trusted again after running evenly for this long. */
export const doubtMs = 24 * 3_600_000;
/** Systems correct their clocks, and those of several machines differ. */
const minSlackMs = 5 * 60_000;
const minToleranceMs = 3_600_000;

/**
 * `ageMs` is the age limit. Smaller differences are ignored, because the captures that they remove too
 * early are old as well: a hundredth of the limit while a process runs, a tenth while none ran.
 */
export function createAgeClock(
  last: LastTime | undefined,
  first: ClockReading,
  ageMs: number,
): AgeClock {
  const slack = Math.max(minSlackMs, ageMs / 100);
  const tolerance = Math.max(minToleranceMs, ageMs / 10);
  let time = last?.time ?? first.wall;
  let uptime = first.uptime;
  let doubt: ClockDoubt | undefined;
  /** The time of day agrees when it differs by no more than this. */
  let agreesWithin = tolerance;
  const gap = first.wall - time;
  if (Math.abs(gap) > tolerance) doubt = { kind: 'gap', ranMs: 0, ...last?.doubt, aheadMs: gap };
  else time = first.wall;

  function judge(wall: number, elapsed: number): void {
    const aheadMs = wall - time;
    if (Math.abs(aheadMs) <= (doubt ? agreesWithin : slack)) {
      doubt = undefined;
      time = wall;
    } else if (!doubt || Math.abs(aheadMs - doubt.aheadMs) > slack) {
      doubt = { kind: 'jump', aheadMs, ranMs: 0 };
      agreesWithin = slack;
    } else if (doubt.ranMs + elapsed >= doubtMs) {
      doubt = undefined;
      time = wall;
    } else {
      doubt = { ...doubt, ranMs: doubt.ranMs + elapsed };
    }
  }

  return {
    read({ wall, uptime: later }) {
      const elapsed = Math.max(0, later - uptime);
      uptime = later;
      time += elapsed;
      judge(wall, elapsed);
      return { time, doubt, now: Math.min(time, wall) };
    },
  };
}

/** The clock is in doubt, or trusted again. */
export type ClockNews =
  | ({ readonly kind: 'clock_doubted' } & ClockTrouble)
  | { readonly kind: 'clock_believed' };

/** A doubt that affects captures. */
export interface ClockTrouble {
  /** `jump`: while a process ran. `gap`: since the store was last in use. */
  readonly since: ClockDoubt['kind'];
  readonly aheadMs: number;
  readonly ranMs: number;
}

const saveEveryMs = 60_000;

/**
 * Returns a function that reads the time for computing ages, in milliseconds since 1970. It stores the
 * time, and notifies of doubts. `ageMs` is the age limit.
 */
export function watchAges(
  ageMs: number,
  read: () => ClockReading,
  notify: (news: ClockNews) => void,
): (database: Database) => number {
  let clock: AgeClock | undefined;
  let notified: string | undefined;
  let savedAt = Number.NEGATIVE_INFINITY;

  return (database) => {
    const reading = read();
    clock ??= createAgeClock(lastTime(database), reading, ageMs);
    const { time, doubt, now } = clock.read(reading);
    const trouble = doubt && troubleOf(database, doubt, reading.wall - ageMs);
    const found = trouble && `${trouble.since} ${trouble.aheadMs}`;
    const isNew = found !== notified;
    notified = found;
    if (isNew || reading.uptime - savedAt >= saveEveryMs) {
      save(database, { time, doubt }, trouble !== undefined);
      savedAt = reading.uptime;
    }
    if (isNew) notify(trouble ? { kind: 'clock_doubted', ...trouble } : { kind: 'clock_believed' });
    return now;
  };
}

/** Undefined: the machine was off, and this removes no capture yet. */
function troubleOf(
  database: Database,
  { kind, aheadMs, ranMs }: ClockDoubt,
  oldest: number,
): ClockTrouble | undefined {
  if (kind === 'gap' && aheadMs > 0) {
    const first = oldestSeq(database);
    if (first === undefined || first >= seqAt(oldest)) return undefined;
  }
  return { since: kind, aheadMs, ranMs };
}

/** The doubt that the store's processes have last reported. */
export function readClockTrouble(database: Database): ClockTrouble | undefined {
  const row = database.prepare('select kind, ahead, ran from age_clock where told = 1').first([]);
  if (!row) return undefined;
  const [kind, ahead, ran] = row;
  return { since: kind === 'jump' ? 'jump' : 'gap', aheadMs: Number(ahead), ranMs: Number(ran) };
}

/** A store of an older version was last in use at its newest capture. */
function lastTime(database: Database): LastTime | undefined {
  const row = database.prepare('select time, kind, ahead, ran from age_clock').first([]);
  if (row) {
    const [time, kind, aheadMs, ranMs] = row;
    if (kind === null) return { time: Number(time), doubt: undefined };
    const since = kind === 'jump' ? 'jump' : 'gap';
    const doubt = { kind: since, aheadMs: Number(aheadMs), ranMs: Number(ranMs) } as const;
    return { time: Number(time), doubt };
  }
  const newest = newestSeq(database);
  return newest > 0 ? { time: timeAt(newest), doubt: undefined } : undefined;
}

function save(database: Database, { time, doubt }: LastTime, isReported: boolean): void {
  const { kind = null, aheadMs = 0, ranMs = 0 } = doubt ?? {};
  transaction(database, () => {
    database.execute('delete from age_clock');
    database
      .prepare('insert into age_clock (time, kind, ahead, ran, told) values (?, ?, ?, ?, ?)')
      .run([Math.round(time), kind, Math.round(aheadMs), Math.round(ranMs), isReported ? 1 : 0]);
  });
}
