import type { Verdict } from './judge-attempt.js';
import type { QueuedCall } from './queue.js';

/**
 * Tells refusals that are a call's own fault from those that any call would have met: a handler that
 * refuses everything is at fault itself. Kept in memory: a worker that starts counts all tries before.
 */
export interface Refusals {
  /**
   * How often a call was refused by its own fault, with the try that just ended; `refusing`: the
   * handler refuses every call.
   */
  count(call: QueuedCall, verdict: Verdict, refusing: boolean): number;
  /** The handler took a call. */
  taken(): void;
  /** A call was given up since it was refused so often. */
  gaveUp(id: string): void;
  /**
   * The handler turned out to refuse every call: nothing counts that it did to these. Returns the
   * calls that were given up for it, and are to be tried again.
   */
  pardon(refused: readonly string[]): readonly string[];
  /** A call has come to its end. */
  forget(id: string): void;
}

/** Calls that are remembered. The oldest are forgotten, and all of their tries count. */
const maxRemembered = 10_000;

export function countRefusals(): Refusals {
  /** Tries that do not count, by call. */
  const uncounted = new Map<string, number>();
  /** Calls given up since the handler took one. The breaker opens before there are many. */
  let givenUp: string[] = [];

  function ignore(id: string, tries: number): void {
    uncounted.delete(id);
    uncounted.set(id, tries);
    const [oldest] = uncounted.keys();
    if (uncounted.size > maxRemembered && oldest !== undefined) uncounted.delete(oldest);
  }

  return {
    count({ capture: { id }, tries }, verdict, refusing) {
      // A call that was asked to be tried again starts with no tries.
      const ignored = Math.min(uncounted.get(id) ?? 0, tries);
      if (verdict.kind === 'refused' && !refusing) return tries + 1 - ignored;
      ignore(id, ignored + 1);
      return 0;
    },
    taken() {
      givenUp = [];
    },
    gaveUp(id) {
      givenUp.push(id);
    },
    pardon(refused) {
      for (const id of refused) ignore(id, Number.POSITIVE_INFINITY);
      const again = givenUp;
      givenUp = [];
      return again;
    },
    forget: (id) => void uncounted.delete(id),
  };
}
