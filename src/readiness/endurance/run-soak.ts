import type { Attempt } from '../../call/attempt.js';
import type { Clock } from '../../call/clock.js';
import type { Soak, SoakFigures, SoakRecord, SoakTurn } from './soak-record.js';

export interface SoakObserver {
  readonly called: (figures: SoakFigures, attempt: Attempt) => void;
  /** The first failure of an outage, or its end. */
  readonly turned: (turn: SoakTurn, figures: SoakFigures) => void;
  /** Another hour's calls are complete. */
  readonly hour: (figures: SoakFigures) => void;
}

export interface SoakOptions {
  readonly soak: Soak;
  readonly record: SoakRecord;
  readonly call: () => Promise<Attempt>;
  /** Stores the progress, so that a later process can resume. */
  readonly save: (figures: SoakFigures) => Promise<void>;
  readonly observer: SoakObserver;
  readonly clock: Clock;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

const hour = 3_600_000;

/**
 * Calls once per interval until all calls are made. Skips intervals that passed during a call or
 * while the machine slept, so the run takes longer instead.
 */
export async function runSoak(options: SoakOptions): Promise<SoakFigures> {
  const { soak, record, call, save, observer, clock, now, signal } = options;
  let figures = record.figures();
  let due = clock.now();
  while (figures.calls < figures.planned) {
    await clock.wait(due - clock.now(), signal);
    if (signal.aborted) break;
    due = Math.max(due + soak.intervalMs, clock.now());
    const time = now();
    const attempt = await call();
    // An aborted call is not the endpoint's failure.
    if (signal.aborted) break;
    const turn = record.add(attempt, time);
    const hours = hoursOf(figures, soak);
    figures = record.figures();
    if (turn) observer.turned(turn, figures);
    observer.called(figures, attempt);
    if (hoursOf(figures, soak) > hours) observer.hour(figures);
    await save(figures);
  }
  return figures;
}

function hoursOf({ calls }: SoakFigures, { intervalMs }: Soak): number {
  return Math.floor((calls * intervalMs) / hour);
}
