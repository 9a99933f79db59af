import type { FailureCause, Verdict } from './judge-attempt.js';

/**
 * Decides when a handler is down, so that it and the calls that wait for it are left alone. While the
 * breaker is closed, all calls may pass. While it is open, one call at a time does, the probe, to find
 * out whether the handler is back. Times are milliseconds of a clock that only goes forward.
 */
export type Breaker = ClosedBreaker | OpenBreaker;

interface ClosedBreaker {
  readonly kind: 'closed';
  /** When the handler last took a call. */
  readonly takenAt: number;
  /** Failures that count since then. */
  readonly failures: number;
  /** The calls that were refused since then, each once. */
  readonly refused: readonly string[];
  /** The latest attempts that count, oldest first: whether each failed. */
  readonly recent: readonly boolean[];
}

export interface OpenBreaker {
  readonly kind: 'open';
  /** `refusing`: it refuses whatever call it is sent. */
  readonly cause: FailureCause | 'refusing';
  readonly takenAt: number;
  /** When the next call may try. */
  readonly probeAt: number;
  readonly firstPauseMs: number;
  readonly failedProbes: number;
  /** The call that is trying now. */
  readonly probe: string | undefined;
}

const untried: ClosedBreaker = {
  kind: 'closed',
  takenAt: Number.NEGATIVE_INFINITY,
  failures: 0,
  refused: [],
  recent: [],
};

export const closedBreaker: Breaker = untried;

/**
 * The breaker opens when this many attempts in a row fail. A handler that fails every other call
 * does that once in many minutes.
 */
const maxFailuresInRow = 10;
/** This many are enough when the handler has taken nothing for a while. */
const maxFailuresWhenIdle = 3;
const idleAfterMs = 10_000;
/** One is enough when nothing answers there, or the handler asks for a pause, and takes nothing else. */
const unreachableAfterMs = 2_000;
/** It also opens when this share of the latest attempts failed. */
const recentAttempts = 20;
const maxFailedShare = 0.8;
/** This many different calls refused in a row, and none taken, are the handler's fault, not theirs. */
const maxRefusedInRow = 10;

/** The first pause of a handler that took calls a moment ago, and of any other. */
const shortPauseMs = 100;
const firstPauseMs = 1_000;
/** A handler that is back gets what waits for it within half a minute. */
const maxPauseMs = 20_000;
/** One that refuses calls answers them, so that more probes do it no harm. */
const maxPauseRefusingMs = 5_000;

/** Whether a call may be sent now. */
export function mayPass(breaker: Breaker, now: number): boolean {
  return breaker.kind === 'closed' || (breaker.probe === undefined && now >= breaker.probeAt);
}

/** The breaker while this call, which may pass, is being sent. */
export function passing(breaker: Breaker, call: string): Breaker {
  return breaker.kind === 'closed' ? breaker : { ...breaker, probe: call };
}

/** Whether the handler refuses every call, so that a refusal says nothing about the call. */
export function isRefusing(breaker: Breaker): boolean {
  return breaker.kind === 'open' && breaker.cause === 'refusing';
}

/** An attempt that has ended. */
export interface JudgedAttempt {
  /** The id of its capture. */
  readonly call: string;
  /**
   * Whether its failure counts. A call that failed before, while others were taken, may fail by its
   * own fault again and again.
   */
  readonly counts: boolean;
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
  { call, counts, verdict }: JudgedAttempt,
  now: number,
  random: () => number,
): Breaker {
  const failed = verdict.kind === 'failed';
  const recent = counts ? [...breaker.recent, failed].slice(-recentAttempts) : breaker.recent;
  switch (verdict.kind) {
    case 'delivered':
      return { kind: 'closed', takenAt: now, failures: 0, refused: [], recent };
    case 'refused': {
      // A handler that refuses a call has answered it: it is not down.
      const refused = breaker.refused.includes(call) ? breaker.refused : [...breaker.refused, call];
      const closed: ClosedBreaker = { ...breaker, failures: 0, refused, recent };
      return refused.length < maxRefusedInRow ? closed : open(closed, 'refusing', 0, now, random);
    }
    case 'failed': {
      const closed: ClosedBreaker = {
        ...breaker,
        failures: breaker.failures + (counts ? 1 : 0),
        recent,
      };
      return isDown(closed, verdict.cause, now)
        ? open(closed, verdict.cause, verdict.retryAfter ?? 0, now, random)
        : closed;
    }
  }
}

function isDown({ takenAt, failures, recent }: ClosedBreaker, cause: FailureCause, now: number) {
  const idleMs = now - takenAt;
  const failedShare = recent.filter(Boolean).length / recentAttempts;
  return (
    (cause !== 'failing' && idleMs > unreachableAfterMs) ||
    (failures >= maxFailuresWhenIdle && idleMs > idleAfterMs) ||
    failures >= maxFailuresInRow ||
    failedShare >= maxFailedShare
  );
}

function open(
  { takenAt }: ClosedBreaker,
  cause: OpenBreaker['cause'],
  retryAfter: number,
  now: number,
  random: () => number,
): OpenBreaker {
  const opened = {
    kind: 'open',
    cause,
    takenAt,
    firstPauseMs: now - takenAt > idleAfterMs ? firstPauseMs : shortPauseMs,
    failedProbes: 0,
    probe: undefined,
  } as const;
  return { ...opened, probeAt: now + Math.max(pauseMs(opened, random), retryAfter) };
}

function afterProbing(
  breaker: OpenBreaker,
  { call, verdict }: JudgedAttempt,
  now: number,
  random: () => number,
): Breaker {
  const asks = verdict.kind === 'failed' && verdict.cause === 'busy';
  const askedAt = asks ? now + (verdict.retryAfter ?? 0) : 0;
  if (call !== breaker.probe) {
    // It was sent before: the probe decides whether the handler is back.
    return askedAt > breaker.probeAt ? { ...breaker, probeAt: askedAt } : breaker;
  }
  if (verdict.kind === 'delivered') return { ...untried, takenAt: now };
  const refusing = breaker.cause === 'refusing';
  if (verdict.kind === 'refused' && !refusing) {
    return { ...untried, takenAt: breaker.takenAt, refused: [call] };
  }
  const next = {
    ...breaker,
    // Only a call that is taken ends the refusing.
    cause: verdict.kind === 'refused' || refusing ? 'refusing' : verdict.cause,
    failedProbes: breaker.failedProbes + 1,
    probe: undefined,
  } as const;
  return { ...next, probeAt: Math.max(now + pauseMs(next, random), askedAt) };
}

/** Doubles with each failed probe, each up to a tenth shorter or longer. */
function pauseMs(
  { cause, firstPauseMs, failedProbes }: Omit<OpenBreaker, 'probeAt'>,
  random: () => number,
): number {
  const max = cause === 'refusing' ? maxPauseRefusingMs : maxPauseMs;
  const pause = Math.min(firstPauseMs * 2 ** failedProbes, max);
  return Math.round(pause * (0.9 + random() * 0.2));
}
