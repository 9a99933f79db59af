import type { Clock } from '../call/clock.js';
import type { AlertFact } from './fact.js';

export interface QueueAgeWatch {
  /** When the oldest unfinished call was queued, as last seen. null: no call waits. */
  oldest(): number | null;
  close(): void;
}

export interface QueueAgeOptions {
  /** The URL of the handler. */
  readonly to: string;
  /** Milliseconds a call may wait. */
  readonly limit: number;
  /** When the oldest unfinished call was queued, in milliseconds since 1970. */
  readonly oldest: () => Promise<number | null>;
  /** Since when forwarding is paused; null: it is not. */
  readonly pausedSince: () => number | null;
  readonly clock: Clock;
  readonly now: () => number;
}

const lookEveryMs = 10_000;

/** Raises an alert when the age of the oldest call exceeds the limit, and when it no longer does. */
export function watchQueueAge(
  { to, limit: limitMs, oldest, pausedSince, clock, now }: QueueAgeOptions,
  raise: (fact: AlertFact) => void,
): QueueAgeWatch {
  const closing = new AbortController();
  const { signal } = closing;
  let latest: number | null = null;

  const watch = async (): Promise<void> => {
    let lateSince: number | undefined;
    for (;;) {
      await clock.wait(lookEveryMs, signal);
      if (signal.aborted) return;
      // The queue's worker reports a failing engine.
      const queued = await oldest().catch(() => undefined);
      if (queued === undefined || signal.aborted) continue;
      latest = queued;
      const age = queued === null ? 0 : now() - queued;
      if (age > limitMs && lateSince === undefined) {
        lateSince = now();
        raise({ kind: 'queue_old', since: queued ?? now(), to, age, paused: pausedSince() });
      } else if (age <= limitMs && lateSince !== undefined) {
        const lasted = Math.max(0, now() - lateSince);
        lateSince = undefined;
        raise({ kind: 'queue_caught_up', to, lasted });
      }
    }
  };

  void watch();
  return { oldest: () => latest, close: () => closing.abort() };
}
