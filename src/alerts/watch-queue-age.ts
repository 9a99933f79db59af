import type { Clock } from '../call/clock.js';
import type { AlertFact } from './alert.js';

export interface QueueAgeWatch {
  close(): void;
}

export interface QueueAgeOptions {
  /** Milliseconds a call may wait. */
  readonly limit: number;
  /** When the oldest unfinished call was queued, in milliseconds since 1970. */
  readonly oldest: () => Promise<number | null>;
  readonly clock: Clock;
  readonly now: () => number;
}

const lookEveryMs = 10_000;

/** Raises an alert each time the age of the oldest call first exceeds the limit. */
export function watchQueueAge(
  { limit: limitMs, oldest, clock, now }: QueueAgeOptions,
  raise: (fact: AlertFact) => void,
): QueueAgeWatch {
  const closing = new AbortController();
  const { signal } = closing;

  const watch = async (): Promise<void> => {
    let alerted = false;
    for (;;) {
      await clock.wait(lookEveryMs, signal);
      if (signal.aborted) return;
      // The queue's worker reports a failing engine.
      const queued = await oldest().catch(() => undefined);
      if (queued === undefined || signal.aborted) continue;
      const age = queued === null ? 0 : now() - queued;
      const old = age > limitMs;
      if (old && !alerted) raise({ kind: 'queue_old', age });
      alerted = old;
    }
  };

  void watch();
  return { close: () => closing.abort() };
}
