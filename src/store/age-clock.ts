import { placeAt, timeAt } from '../call/capture-id.js';
import { type Database, transaction } from './database.js';

/** What the clocks of a machine say, in milliseconds. */
export interface ClockReading {
  /** The time of day, since 1970. It can be set. */
  readonly wall: number;
  /** How long the machine has run, sleep included. It cannot be set. */
  readonly uptime: number;
}

/** The time of day departs from the time that has passed. */
export interface ClockDoubt {
  /** `jump`: while the process ran. `gap`: since the store was last in use; the machine may have been off. */
  readonly kind: 'jump' | 'gap';
  /** How far the clock is ahead; below 0: behind. */
  readonly aheadMs: number;
  /** How long the processes of the store have run since. */
  readonly ranMs: number;
}

/** What is known of the time when no process has run for a while. */
export interface LastTime {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly doubt: ClockDoubt | undefined;
}

/** The time by which ages are judged. */
export interface JudgedTime extends LastTime {
  /** No later than the time of day: a clock that is behind makes captures younger. */
  readonly now: number;
}

/** Judges the ages of captures, so that a clock that jumps removes nothing. */
export interface AgeClock {
  /**
   * The time at a later reading. While there is a doubt, it is the time before it and what has passed
   * since. The doubt ends when the time of day agrees again, or after `doubtMs`.
   */
  read(reading: ClockReading): JudgedTime;
}

/** How long the time of day must run evenly until it is believed. */
export const doubtMs = 24 * 3_600_000;
/** Clocks are corrected now and then, and those of several processes differ. */
const minSlackMs = 5 * 60_000;
const minToleranceMs = 3_600_000;

/**
 * `ageMs` is how old captures may become. Differences that are small beside it are no jump, since the
 * captures that they remove too early are old, too: a hundredth of it while a process runs, and a tenth
 * while the store was out of use.
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
  /** How near the time of day must come to agree again. */
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

/** The time of day is doubted, or is believed again. */
export type ClockNews =
  | ({ readonly kind: 'clock_doubted' } & ClockTrouble)
  | { readonly kind: 'clock_believed' };

/** A doubt that matters to captures. */
export interface ClockTrouble {
  /** `jump`: while a process ran. `gap`: since the store was last in use. */
  readonly since: ClockDoubt['kind'];
  readonly aheadMs: number;
  readonly ranMs: number;
}

export interface AgeWatch {
  /** The time to judge ages by, in milliseconds since 1970. */
  now(database: Database): number;
}

const saveEveryMs = 60_000;

/** Keeps the time in the store, and tells of doubts. `ageMs` is how old captures may become. */
export function watchAges(
  ageMs: number,
  read: () => ClockReading,
  tell: (news: ClockNews) => void,
): AgeWatch {
  let clock: AgeClock | undefined;
  let told: string | undefined;
  let saved = Number.NEGATIVE_INFINITY;

  return {
    now(database) {
      const reading = read();
      clock ??= createAgeClock(lastTime(database), reading, ageMs);
      const { time, doubt, now } = clock.read(reading);
      const trouble = doubt && troubleOf(database, doubt, reading.wall - ageMs);
      const found = trouble && `${trouble.since} ${trouble.aheadMs}`;
      const news = found !== told;
      told = found;
      if (news || reading.uptime - saved >= saveEveryMs) {
        save(database, { time, doubt }, trouble !== undefined);
        saved = reading.uptime;
      }
      if (news) tell(trouble ? { kind: 'clock_doubted', ...trouble } : { kind: 'clock_believed' });
      return now;
    },
  };
}

/** A machine that was off is of no interest until a capture would be removed because of it. */
function troubleOf(
  database: Database,
  { kind, aheadMs, ranMs }: ClockDoubt,
  oldest: number,
): ClockTrouble | undefined {
  if (kind === 'gap' && aheadMs > 0) {
    const first = database.prepare('select min(place) from captures').first([])?.[0];
    if (typeof first !== 'number' || first >= placeAt(oldest)) return undefined;
  }
  return { since: kind, aheadMs, ranMs };
}

/** What the store tells of a doubt. */
export function readClockTrouble(database: Database): ClockTrouble | undefined {
  const row = database.prepare('select kind, ahead, ran from age_clock where told = 1').first([]);
  if (!row) return undefined;
  const [kind, ahead, ran] = row;
  return { since: kind === 'jump' ? 'jump' : 'gap', aheadMs: Number(ahead), ranMs: Number(ran) };
}

/** A store of an older version tells by its newest capture when it was last in use. */
function lastTime(database: Database): LastTime | undefined {
  const row = database.prepare('select time, kind, ahead, ran from age_clock').first([]);
  if (row) {
    const [time, kind, aheadMs, ranMs] = row;
    if (kind === null) return { time: Number(time), doubt: undefined };
    const since = kind === 'jump' ? 'jump' : 'gap';
    const doubt = { kind: since, aheadMs: Number(aheadMs), ranMs: Number(ranMs) } as const;
    return { time: Number(time), doubt };
  }
  const newest = database.prepare('select max(place) from captures').first([])?.[0];
  return typeof newest === 'number' ? { time: timeAt(newest), doubt: undefined } : undefined;
}

function save(database: Database, { time, doubt }: LastTime, told: boolean): void {
  const { kind = null, aheadMs = 0, ranMs = 0 } = doubt ?? {};
  transaction(database, () => {
    database.execute('delete from age_clock');
    database
      .prepare('insert into age_clock (time, kind, ahead, ran, told) values (?, ?, ?, ?, ?)')
      .run([Math.round(time), kind, Math.round(aheadMs), Math.round(ranMs), told ? 1 : 0]);
  });
}
