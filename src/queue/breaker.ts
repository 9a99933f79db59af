import type { FailureCause, Verdict } from './judge-attempt.js';

/**
 * Spares a handler that is down, and the calls that wait for it. Closed, all calls may pass. Open,
 * one call at a time does, to see whether the handler is back: the probe. Times are milliseconds of
 * any clock that only goes forward.
 */
export type Breaker = ClosedBreaker | OpenBreaker;

interface ClosedBreaker {
  readonly kind: 'closed';
  /** Failures that tell of the handler, since it last answered as it should. */
  readonly failures: number;
}

interface OpenBreaker {
  readonly kind: 'open';
  readonly cause: FailureCause;
  /** When the next call may try. */
  readonly probeAt: number;
  readonly failedProbes: number;
  /** The call that is trying now. */
  readonly probe: string | undefined;
}

export const closedBreaker: Breaker = { kind: 'closed', failures: 0 };

/** So many in a row say that it is the handler, and not one poisonous call. */
const failuresThatOpen = 3;
const firstProbe = 1_000;
/** A handler that is back gets what waits for it within half a minute. */
const longestProbe = 20_000;

/** Whether a call may be sent now. */
export function mayPass(breaker: Breaker, now: number): boolean {
  return breaker.kind === 'closed' || (breaker.probe === undefined && now >= breaker.probeAt);
}

/** The breaker while this call, which may pass, is being sent. */
export function passing(breaker: Breaker, call: string): Breaker {
  return breaker.kind === 'closed' ? breaker : { ...breaker, probe: call };
}

/** An attempt that has ended. */
export interface JudgedAttempt {
  /** The id of its capture. */
  readonly call: string;
  /**
   * Whether its failure tells of the handler. That of a call which failed before, while others were
   * taken, tells of the call.
   */
  readonly tells: boolean;
  readonly verdict: Verdict;
}

/** The breaker after an attempt; `random` gives numbers from 0 to 1. */
export function afterAttempt(
  breaker: Breaker,
  attempt: JudgedAttempt,
  now: number,
  random: () => number,
): Breaker {
  return breaker.kind === 'closed'
    ? afterPassing(breaker, attempt, now, random)
    : afterProbing(breaker, attempt, now, random);
}

function afterPassing(
  breaker: ClosedBreaker,
  { tells, verdict }: JudgedAttempt,
  now: number,
  random: () => number,
): Breaker {
  // A call that is refused by itself was answered by a handler that works.
  if (verdict.kind !== 'failed') return closedBreaker;
  const failures = breaker.failures + (tells ? 1 : 0);
  if (verdict.cause === 'failing' && failures < failuresThatOpen) {
    return { kind: 'closed', failures };
  }
  return {
    kind: 'open',
    cause: verdict.cause,
    probeAt: now + Math.max(probeDelay(0, random), verdict.retryAfter ?? 0),
    failedProbes: 0,
    probe: undefined,
  };
}

function afterProbing(
  breaker: OpenBreaker,
  { call, verdict }: JudgedAttempt,
  now: number,
  random: () => number,
): Breaker {
  const asks = verdict.kind === 'failed' && verdict.cause === 'busy';
  const wishedAt = asks ? now + (verdict.retryAfter ?? 0) : 0;
  if (call !== breaker.probe) {
    // It was on its way before: whether the handler is back is for the probe to say.
    return wishedAt > breaker.probeAt ? { ...breaker, probeAt: wishedAt } : breaker;
  }
  if (verdict.kind !== 'failed') return closedBreaker;
  const failedProbes = breaker.failedProbes + 1;
  return {
    ...breaker,
    cause: verdict.cause,
    probeAt: Math.max(now + probeDelay(failedProbes, random), wishedAt),
    failedProbes,
    probe: undefined,
  };
}

/** 1 s, 2 s, 4 s … 20 s, each up to a tenth shorter or longer. */
function probeDelay(failedProbes: number, random: () => number): number {
  const delay = Math.min(firstProbe * 2 ** failedProbes, longestProbe);
  return Math.round(delay * (0.9 + random() * 0.2));
}
