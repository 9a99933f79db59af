import { setTimeout as wait } from 'node:timers/promises';
import { longestTimer } from './longest-timer.js';

/** Milliseconds, monotonic. */
export interface Clock {
  now(): number;
  /** Resolves after that long, or at once when the signal is given; never rejects. */
  wait(ms: number, signal: AbortSignal | undefined): Promise<void>;
}

export const realClock: Clock = {
  now: () => performance.now(),
  async wait(ms, signal) {
    for (let left = ms; left > 0 && signal?.aborted !== true; left -= longestTimer) {
      await wait(Math.min(left, longestTimer), undefined, signal ? { signal } : {}).catch(() => {});
    }
  },
};
