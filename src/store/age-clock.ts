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
