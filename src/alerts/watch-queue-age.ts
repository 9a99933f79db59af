import type { Clock } from '../call/clock.js';
import type { AlertFact } from './alert.js';

export interface QueueAgeWatch {
  close(): void;
}

export interface QueueAgeOptions {
  /** How many milliseconds a call may wait. */
  readonly limit: number;
  /** When the oldest call that is not at its end was queued, in milliseconds since 1970. */
  readonly oldest: () => Promise<number | null>;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** How often to look, in milliseconds. */
const lookEvery = 10_000;

/** Raises an alert once whenever the oldest call has come to wait longer than it may. */
export function watchQueueAge(
  { limit, oldest, clock, now }: QueueAgeOptions,
  raise: (fact: AlertFact) => void,
): QueueAgeWatch {
  const closing = new AbortController();
  const { signal } = closing;

  const watch = async (): Promise<void> => {
    let told = false;
    for (;;) {
      await clock.wait(lookEvery, signal);
      if (signal.aborted) return;
      // An engine that fails is told of by whoever works the queue.
      const queued = await oldest().catch(() => undefined);
      if (queued === undefined || signal.aborted) continue;
      const age = queued === null ? 0 : now() - queued;
      const old = age > limit;
      if (old && !told) raise({ kind: 'queue_old', age });
      told = old;
    }
  };

  void watch();
  return { close: () => closing.abort() };
}
