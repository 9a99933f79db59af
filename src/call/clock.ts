import { setTimeout as wait } from 'node:timers/promises';
import { maxTimer } from './max-timer.js';

/** Milliseconds, monotonic. */
export interface Clock {
  now(): number;
  /** Resolves after `ms` milliseconds, or at once when the signal aborts; never rejects. */
  wait(ms: number, signal: AbortSignal | undefined): Promise<void>;
}

export const realClock: Clock = {
  now: () => performance.now(),
  async wait(ms, signal) {
    for (let left = ms; left > 0 && signal?.aborted !== true; left -= maxTimer) {
      await wait(Math.min(left, maxTimer), undefined, signal ? { signal } : {}).catch(() => {});
    }
  },
};
