import type { Attempt, AttemptFailure } from '../call/attempt.js';
import { headerValue } from '../call/headers.js';
import type { QueuedCall } from './queue.js';

/** Whose fault a failed attempt is. */
export type Verdict =
  | { readonly kind: 'delivered' }
  /** The call's fault: the handler works, and will probably refuse this call again. */
  | {
      readonly kind: 'refused';
      /** The call is dead after this many refusals. */
      readonly maxTries: number;
      readonly retryAfter: number | undefined;
    }
  /** The handler's fault: any call might have failed. */
  | {
      readonly kind: 'failed';
      readonly cause: FailureCause;
      /** Milliseconds that the handler requires to wait. */
      readonly retryAfter: number | undefined;
    };

/** `unreachable`: nothing answers there. `busy`: the handler requires a pause. `failing`: anything else. */
export type FailureCause = 'unreachable' | 'busy' | 'failing';

/** `now` is in milliseconds since 1970. */
export function judgeAttempt(attempt: Attempt, now: number): Verdict {
  if (attempt.kind === 'failed') {
    const cause = isUnreachable[attempt.code] ? 'unreachable' : 'failing';
    return { kind: 'failed', cause, retryAfter: undefined };
  }
  const { status } = attempt;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const retryAfter = readRetryAfter(headerValue(attempt.headers, 'retry-after'), now);
  const maxTries = maxTriesOfRefused(status);
  if (maxTries !== undefined) return { kind: 'refused', maxTries, retryAfter };
  const isBusy = busyStatuses.has(status) && retryAfter !== undefined && retryAfter > 0;
  return { kind: 'failed', cause: isBusy ? 'busy' : 'failing', retryAfter };
}

const isUnreachable: Readonly<Record<AttemptFailure, boolean>> = {
  dns_failed: true,
  connection_refused: true,
  unreachable: true,
  tls_failed: true,
  connection_reset: false,
  timeout: false,
  answer_broken: false,
  failed: false,
};

const busyStatuses = new Set([429, 503]);

/** The 4xx that any call would get, since credentials, path and method are the same for all. */
const handlersFault = new Set([
  401, 403, 404, 405, 408,
  // Frameworks answer so to a form without their token against cross-site requests.
  419,
  // Too early, too many.
  425, 429,
]);

/** Undefined: the status is not the call's fault. */
function maxTriesOfRefused(status: number): number | undefined {
  // Gone: the handler refuses on purpose.
  if (status === 410) return 1;
  const isLoop = status === 508;
  const isRefused = status >= 400 && status < 500 && !handlersFault.has(status);
  // A single refusal may be an error of the handler.
  return isLoop || isRefused ? 3 : undefined;
}

/** The state of a call after an attempt. */
export type Fate =
  | { readonly kind: 'delivered' }
  /** `due`: when it is retried, in milliseconds since 1970. */
  | { readonly kind: 'delayed'; readonly due: number }
  /** `refused`: the handler refused it. `tries`, `age`: it reached this limit. */
  | { readonly kind: 'dead'; readonly why: 'refused' | 'tries' | 'age' };

export interface RetryLimits {
  /** The maximum number of attempts, for any reason. Undefined: unlimited. */
  readonly attempts: number | undefined;
  /** A call that still fails after this many milliseconds is dead. */
  readonly giveUpAfter: number;
}

export interface AttemptContext {
  /** Milliseconds since 1970. */
  readonly now: number;
  /**
   * When the open breaker lets the next call pass. The call is then due at this time instead of its own, since it
   * may be the only one to probe with. Undefined: the breaker is closed.
   */
  readonly nextProbe: number | undefined;
  /** Whether the attempts of this call count. Not if the breaker opened during the attempt. */
  readonly triesCount: boolean;
  /** How often the handler refused this call while it accepted others. */
  readonly refusals: number;
  /** Returns numbers from 0 to 1. */
  readonly random: () => number;
}

export function decideFate(
  { waitedMs, tries }: Pick<QueuedCall, 'waitedMs' | 'tries'>,
  verdict: Verdict,
  { attempts = Number.POSITIVE_INFINITY, giveUpAfter }: RetryLimits,
  { now, nextProbe, triesCount, refusals, random }: AttemptContext,
): Fate {
  if (verdict.kind === 'delivered') return { kind: 'delivered' };
  const failures = tries + 1;
  const leftMs = giveUpAfter - waitedMs;
  if (verdict.kind === 'refused' && refusals >= verdict.maxTries) {
    return { kind: 'dead', why: 'refused' };
  }
  if (triesCount && failures >= attempts) return { kind: 'dead', why: 'tries' };
  if (leftMs <= 0) return { kind: 'dead', why: 'age' };
  // The last attempt is at the age limit itself, unless the handler requires a longer wait.
  const due = Math.min(nextProbe ?? now + retryDelay(failures, random), now + leftMs);
  return { kind: 'delayed', due: Math.max(due, now + (verdict.retryAfter ?? 0)) };
}

/** The maximum delay after the first failure. It doubles with each failure. */
const maxFirstDelayMs = 2_000;
const maxDelayMs = 15 * 60_000;

/**
 * Milliseconds to wait after a call's `failures`-th failed attempt: 1 to 2 s after the first, doubled with each
 * further one, up to 15 minutes. Half of the delay is random, so that calls which failed together are not
 * retried together. `random` returns numbers from 0 to 1.
 */
export function retryDelay(failures: number, random: () => number): number {
  const maxMs = Math.min(maxFirstDelayMs * 2 ** (failures - 1), maxDelayMs);
  return Math.round(maxMs / 2 + (random() * maxMs) / 2);
}

/**
 * Milliseconds from `now` (since 1970) that a Retry-After header requires, in either of its forms
 * (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after): 0 for a time in the past, and at most 15 minutes,
 * so that no answer delays a call for good. Undefined: missing or invalid.
 */
export function readRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : parseHttpDate(text) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(0, wait), maxDelayMs);
}

const fixedDate = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
const longDate = /^[A-Z][a-z]{5,8}, \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d GMT$/;
const asctimeDate = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/;

/** Accepts the three forms of HTTP only. Date.parse alone accepts many others. */
function parseHttpDate(text: string): number {
  if (fixedDate.test(text) || longDate.test(text)) return Date.parse(text);
  return asctimeDate.test(text) ? Date.parse(`${text} GMT`) : Number.NaN;
}
