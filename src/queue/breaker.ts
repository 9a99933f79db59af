import type { FailureCause, Verdict } from './fate.js';

/**
 * Decides whether a handler is down, so that it is not flooded and the waiting calls keep their attempts. While
 * the breaker is closed, all calls may pass. While it is open, one call at a time passes as a probe. Times are
 * milliseconds of a monotonic clock.
 */
export type Breaker = ClosedBreaker | OpenBreaker;

interface ClosedBreaker {
  readonly kind: 'closed';
  /** When the handler last accepted a call. */
  readonly acceptedAt: number;
  /** Counted failures since then. */
  readonly failures: number;
  /** The calls refused since then, each once. */
  readonly refused: readonly string[];
  /** Whether each of the latest counted attempts failed, oldest first. */
  readonly recent: readonly boolean[];
}

export interface OpenBreaker {
  readonly kind: 'open';
  /** `refusing`: it refuses every call. */
  readonly cause: FailureCause | 'refusing';
  readonly acceptedAt: number;
  /** When the next probe may be sent. */
  readonly probeAt: number;
  readonly firstPauseMs: number;
  readonly failedProbes: number;
  /** The call in flight as a probe. */
  readonly probe: string | undefined;
}

const untried: ClosedBreaker = {
  kind: 'closed',
  acceptedAt: Number.NEGATIVE_INFINITY,
  failures: 0,
  refused: [],
  recent: [],
};

export const closedBreaker: Breaker = untried;

/** The breaker opens after this many failures in a row. A handler that fails every other call rarely does that. */
const maxFailuresInRow = 10;
/** This many failures suffice if the handler has accepted nothing for a while. */
const maxFailuresWhenIdle = 3;
const idleAfterMs = 10_000;
/** One failure suffices if the handler is unreachable or requires a pause, and has accepted nothing for this long. */
const unreachableAfterMs = 2_000;
/** The breaker also opens when this share of the latest attempts failed. */
const recentAttempts = 20;
const maxFailedShare = 0.8;
/** If this many different calls are refused in a row, the refusals are the handler's fault. */
const maxRefusedInRow = 10;

/** The first pause if the handler accepted calls a moment ago, and otherwise. */
const shortPauseMs = 100;
const firstPauseMs = 1_000;
/** A handler that works again gets its calls within half a minute. */
const maxPauseMs = 20_000;
/** A handler that refuses calls does answer them, so that frequent probes do no harm. */
const maxPauseRefusingMs = 5_000;

/** Whether a call may be sent now. */
export function mayPass(breaker: Breaker, now: number): boolean {
  return breaker.kind === 'closed' || (breaker.probe === undefined && now >= breaker.probeAt);
}

/** The breaker while a call that may pass is sent. */
export function passing(breaker: Breaker, call: string): Breaker {
  return breaker.kind === 'closed' ? breaker : { ...breaker, probe: call };
}

/** Whether the handler refuses every call, so that a refusal is not the call's fault. */
export function isRefusing(breaker: Breaker): boolean {
  return breaker.kind === 'open' && breaker.cause === 'refusing';
}

/** An attempt that has ended. */
interface JudgedAttempt {
  /** The id of its capture. */
  readonly call: string;
  /** Whether its failure counts. A call that failed while others were accepted may always fail. */
  readonly counts: boolean;
  readonly verdict: Verdict;
}

/** The breaker after an attempt. `random` returns numbers from 0 to 1. */
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
      return { kind: 'closed', acceptedAt: now, failures: 0, refused: [], recent };
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

function isDown({ acceptedAt, failures, recent }: ClosedBreaker, cause: FailureCause, now: number) {
  const idleMs = now - acceptedAt;
  const failedShare = recent.filter(Boolean).length / recentAttempts;
  return (
    (cause !== 'failing' && idleMs > unreachableAfterMs) ||
    (failures >= maxFailuresWhenIdle && idleMs > idleAfterMs) ||
    failures >= maxFailuresInRow ||
    failedShare >= maxFailedShare
  );
}

function open(
  { acceptedAt }: ClosedBreaker,
  cause: OpenBreaker['cause'],
  retryAfter: number,
  now: number,
  random: () => number,
): OpenBreaker {
  const opened = {
    kind: 'open',
    cause,
    acceptedAt,
    firstPauseMs: now - acceptedAt > idleAfterMs ? firstPauseMs : shortPauseMs,
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
  const isBusy = verdict.kind === 'failed' && verdict.cause === 'busy';
  const busyUntil = isBusy ? now + (verdict.retryAfter ?? 0) : 0;
  if (call !== breaker.probe) {
    // This call was sent before the breaker opened. Only the probe closes it.
    return busyUntil > breaker.probeAt ? { ...breaker, probeAt: busyUntil } : breaker;
  }
  if (verdict.kind === 'delivered') return { ...untried, acceptedAt: now };
  const refusing = breaker.cause === 'refusing';
  if (verdict.kind === 'refused' && !refusing) {
    return { ...untried, acceptedAt: breaker.acceptedAt, refused: [call] };
  }
  const next = {
    ...breaker,
    // Only an accepted call ends `refusing`.
    cause: verdict.kind === 'refused' || refusing ? 'refusing' : verdict.cause,
    failedProbes: breaker.failedProbes + 1,
    probe: undefined,
  } as const;
  return { ...next, probeAt: Math.max(now + pauseMs(next, random), busyUntil) };
}

/** Doubles with each failed probe. Each pause varies by up to a tenth. */
function pauseMs(
  { cause, firstPauseMs, failedProbes }: Omit<OpenBreaker, 'probeAt'>,
  random: () => number,
): number {
  const max = cause === 'refusing' ? maxPauseRefusingMs : maxPauseMs;
  const pause = Math.min(firstPauseMs * 2 ** failedProbes, max);
  return Math.round(pause * (0.9 + random() * 0.2));
}
