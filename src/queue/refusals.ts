import type { Verdict } from './fate.js';
import type { QueuedCall } from './queue.js';

/**
 * Counts refusals that are a call's own fault. While the handler refuses every call, refusals are the handler's
 * fault. The counts are kept in memory: after a start, all earlier attempts of a call count.
 */
interface Refusals {
  /**
   * How often a call was refused by its own fault, including the attempt that just ended. `refusing`: the handler
   * refuses every call.
   */
  count(call: QueuedCall, verdict: Verdict, refusing: boolean): number;
  /** The handler accepted a call. */
  accepted(): void;
  /** A call is dead because of its refusals. */
  died(id: string): void;
  /** Discounts all refusals of these calls. Returns dead calls that are to be retried. */
  pardon(refused: readonly string[]): readonly string[];
  /** A call has ended. */
  forget(id: string): void;
}

/** Above this number, the oldest calls are forgotten, and all of their attempts count. */
const maxRemembered = 10_000;

export function countRefusals(): Refusals {
  /** Attempts that do not count, by call. */
  const uncounted = new Map<string, number>();
  /** Calls that died since the handler accepted one. The breaker opens before there are many. */
  let dead: string[] = [];

  function ignore(id: string, tries: number): void {
    uncounted.delete(id);
    uncounted.set(id, tries);
    const [oldest] = uncounted.keys();
    if (uncounted.size > maxRemembered && oldest !== undefined) uncounted.delete(oldest);
  }

  return {
    count({ capture: { id }, tries }, verdict, refusing) {
      // A requested retry of a call sets its attempts back to 0.
      const ignored = Math.min(uncounted.get(id) ?? 0, tries);
      if (verdict.kind === 'refused' && !refusing) return tries + 1 - ignored;
      ignore(id, ignored + 1);
      return 0;
    },
    accepted() {
      dead = [];
    },
    died(id) {
      dead.push(id);
    },
    pardon(refused) {
      for (const id of refused) ignore(id, Number.POSITIVE_INFINITY);
      const retried = dead;
      dead = [];
      return retried;
    },
    forget: (id) => void uncounted.delete(id),
  };
}
