import type { Clock } from '../../src/call/clock.js';

/** Time that passes only when the test lets it. */
export interface FakeClock extends Clock {
  /** Lets so many milliseconds pass. */
  pass(ms: number): Promise<void>;
  /**
   * Lets time pass, from one moment that somebody waits for to the next, until `done`. It stands
   * still while something is under way that takes no such time, like a call.
   */
  until(done: () => boolean, underWay?: () => boolean): Promise<void>;
}

export function createFakeClock(start: number = Date.UTC(2026, 10, 23, 12)): FakeClock {
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();
  let now = start;

  const goOn = (latest: number): boolean => {
    const [next] = [...sleepers].sort((a, b) => a.at - b.at);
    if (next === undefined || next.at > latest) return false;
    now = Math.max(now, next.at);
    next.wake();
    return true;
  };
  return {
    now: () => now,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (ms <= 0 || signal?.aborted) return resolve();
        const sleeper = {
          at: now + ms,
          wake: () => {
            sleepers.delete(sleeper);
            signal?.removeEventListener('abort', sleeper.wake);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', sleeper.wake);
      }),
    async pass(ms) {
      const end = now + ms;
      do await settled();
      while (goOn(end));
      now = end;
    },
    async until(done, underWay = () => false) {
      for (;;) {
        await settled();
        if (done()) return;
        if (!underWay() && !goOn(Number.POSITIVE_INFINITY)) throw new Error('Time stands still.');
      }
    },
  };
}

/** Whatever needs no time has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
}
