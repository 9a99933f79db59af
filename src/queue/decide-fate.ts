import type { Verdict } from './judge-attempt.js';
import type { QueuedCall } from './queue.js';
import { retryDelay } from './retry-schedule.js';

/** What becomes of a call after a try. */
export type Fate =
  | { readonly kind: 'delivered' }
  /** `due`: when it is tried again, in milliseconds since 1970. */
  | { readonly kind: 'delayed'; readonly due: number }
  /** `refused`: by the handler. `tries`: as often as it may be. `age`: for as long as it may be. */
  | { readonly kind: 'dead'; readonly why: 'refused' | 'tries' | 'age' };

/** How long a call is tried. */
export interface Perseverance {
  /** No call is tried more often than this, whatever the reason. */
  readonly attempts: number | undefined;
  /** How long a failing call may wait until it is given up, in milliseconds. */
  readonly giveUpAfter: number;
}

/** How things are when a try has ended. */
export interface Circumstances {
  /** Milliseconds since 1970. */
  readonly now: number;
  /**
   * When the open breaker lets the next call pass; a call is due then, and not by its own tries:
   * it may be the only one there is to probe with. Undefined: the breaker is closed.
   */
  readonly nextProbe: number | undefined;
  /** Whether the tries of this call count: not those of one that met a breaker opened meanwhile. */
  readonly triesCount: boolean;
  /** How often the handler refused this call, and not whatever it was sent. */
  readonly refusals: number;
  /** Gives numbers from 0 to 1. */
  readonly random: () => number;
}

export function decideFate(
  { waitedMs, tries }: Pick<QueuedCall, 'waitedMs' | 'tries'>,
  verdict: Verdict,
  { attempts = Number.POSITIVE_INFINITY, giveUpAfter }: Perseverance,
  { now, nextProbe, triesCount, refusals, random }: Circumstances,
): Fate {
  if (verdict.kind === 'delivered') return { kind: 'delivered' };
  const tried = tries + 1;
  const leftMs = giveUpAfter - waitedMs;
  if (verdict.kind === 'refused' && refusals >= verdict.maxTries) {
    return { kind: 'dead', why: 'refused' };
  }
  if (triesCount && tried >= attempts) return { kind: 'dead', why: 'tries' };
  if (leftMs <= 0) return { kind: 'dead', why: 'age' };
  // The last try is at the end itself, unless the handler asks for more time.
  const own = Math.min(nextProbe ?? now + retryDelay(tried, random), now + leftMs);
  return { kind: 'delayed', due: Math.max(own, now + (verdict.retryAfter ?? 0)) };
}
