import type { AnsweredAttempt, Attempt, FailedAttempt } from '../call/attempt.js';
import { headerValue } from '../call/headers.js';
import type { BodyExpectation } from './findings/payload.js';
import { type Finding, finding, shownBy } from './findings.js';
import type { SentCall } from './sent-call.js';

/**
 * The fault of an answer that must be exactly 200, if any. `what` begins the sentence, like `The
 * sample "email open"`; `timeout` in milliseconds; `expects` is what the call requires of the code
 * that reads its body; `calls` were all answered like this one.
 */
export function judgeAnswer(
  what: string,
  attempt: SentCall,
  timeout: number,
  expects?: BodyExpectation,
  calls: readonly SentCall[] = [attempt],
): Finding | undefined {
  const found =
    attempt.kind === 'failed'
      ? judgeSilence(what, attempt, timeout)
      : judgeStatus(what, attempt, expects);
  return found && shownBy(found, ...calls);
}

function judgeStatus(
  what: string,
  attempt: AnsweredAttempt,
  expects: BodyExpectation | undefined,
): Finding | undefined {
  const { status } = attempt;
  if (status === 200) return undefined;
  if (status < 300) return finding('not_exactly_200', { what, status });
  if (status < 400) {
    return finding('redirected', { what, status, location: locationOf(attempt) });
  }
  switch (status) {
    case 404:
    case 410:
      return finding('not_found', { what, status });
    case 405:
      return finding('method_refused', { what });
    case 413:
      return finding('body_too_large', { what });
    case 415:
      return finding('content_type_refused', { what });
    case 429:
      return finding('too_many', { what });
    case 400:
    case 422:
      return finding('body_refused', { what, status, expects });
    case 403:
    case 419:
      return finding('forbidden', { what, status });
    case 502:
    case 503:
    case 504:
      return finding('gateway_failed', { what, status });
  }
  return status >= 500
    ? finding('server_failed', { what, status, expects })
    : finding('other_status', { what, status });
}

export function judgeSilence(what: string, attempt: FailedAttempt, timeout: number): Finding {
  return attempt.code === 'timeout'
    ? finding('answer_too_late', { what, seconds: timeout / 1000 })
    : finding('no_answer', { what, reason: attempt.reason });
}

function locationOf({ headers }: AnsweredAttempt): string | undefined {
  return headerValue(headers, 'location');
}

/** No server answered, at most a proxy for it. */
export function isSilent(attempt: Attempt): boolean {
  return attempt.kind === 'failed' || [502, 503, 504].includes(attempt.status);
}

export function isAccepted(attempt: Attempt): boolean {
  return attempt.kind === 'answered' && attempt.status < 300;
}

/** The authentication checks find out why. */
export function refusesEmptyCall(attempt: Attempt): boolean {
  return attempt.kind === 'failed' || [401, 403, 419].includes(attempt.status);
}
