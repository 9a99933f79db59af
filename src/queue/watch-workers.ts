import type { WorkerBeat } from '../call/delivery.js';
import type { ProcessIdentity } from '../process-identity.js';

/** Finds out which workers of a queue have vanished, from counters that living ones increment. */
export interface WorkerWatch {
  /**
   * Takes what every other worker counts now; `now` in milliseconds of a clock of this process.
   * Returns those that vanished.
   */
  look(workers: readonly WorkerBeat[], now: number): readonly WorkerBeat[];
}

/** A worker has vanished when its counter stood still for this long. */
export const leaseMs = 40_000;
/**
 * This much time counts at most between two looks: a watcher that was paused itself (SIGSTOP, a laptop
 * that sleeps) does not know what the others did meanwhile.
 */
const maxLookMs = 15_000;

export function watchWorkers(hasEnded: (process: ProcessIdentity) => boolean): WorkerWatch {
  let known = new Map<string, { readonly beat: number; readonly stillMs: number }>();
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    look(workers, now) {
      const elapsed = Math.min(now - lookedAt, maxLookMs);
      lookedAt = now;
      const before = known;
      known = new Map();
      return workers.filter(({ name, beat, process }) => {
        const last = before.get(name);
        const stillMs = last?.beat === beat ? last.stillMs + elapsed : 0;
        known.set(name, { beat, stillMs });
        return stillMs >= leaseMs || (process !== undefined && hasEnded(process));
      });
    },
  };
}
