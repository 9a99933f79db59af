import type { Attempt, AttemptFailure } from '../call/attempt.js';
import { headerValue } from '../call/headers.js';
import { readRetryAfter } from './retry-schedule.js';

/** What an attempt at forwarding a call says of the call, and of the handler. */
export type Verdict =
  | { readonly kind: 'delivered' }
  /** The call's own fault: the handler works, and will hardly take this call on another try. */
  | {
      readonly kind: 'refused';
      /** After so many tries it is given up. */
      readonly maxTries: number;
      readonly retryAfter: number | undefined;
    }
  /** The handler's fault: any call might have met it. */
  | {
      readonly kind: 'failed';
      readonly cause: FailureCause;
      /** Milliseconds that the handler asks to wait. */
      readonly retryAfter: number | undefined;
    };

/**
 * `unreachable`: nothing answers there at all. `busy`: it asks to be left alone for a while.
 * `failing`: anything else.
 */
export type FailureCause = 'unreachable' | 'busy' | 'failing';

/** Whose fault it is that a call was not taken; `now` in milliseconds since 1970. */
export function judgeAttempt(attempt: Attempt, now: number): Verdict {
  if (attempt.kind === 'failed') {
    const cause = unreachable[attempt.code] ? 'unreachable' : 'failing';
    return { kind: 'failed', cause, retryAfter: undefined };
  }
  const { status } = attempt;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const retryAfter = readRetryAfter(headerValue(attempt.headers, 'retry-after'), now);
  const maxTries = triesOfRefused(status);
  if (maxTries !== undefined) return { kind: 'refused', maxTries, retryAfter };
  const asks = busyStatuses.has(status) && retryAfter !== undefined && retryAfter > 0;
  return { kind: 'failed', cause: asks ? 'busy' : 'failing', retryAfter };
}

const unreachable: Readonly<Record<AttemptFailure, boolean>> = {
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

/** Of the 4xx those that any call would get: credentials, path and method are the same for all. */
const handlersFault = new Set([
  401, 403, 404, 405, 408,
  // How frameworks answer a form without their token against requests of other sites.
  419,
  // Too early, too many.
  425, 429,
]);

/** How often a call is tried that is refused with this status; undefined: it is not its own fault. */
function triesOfRefused(status: number): number | undefined {
  // Gone, and it says so on purpose.
  if (status === 410) return 1;
  const goesInCircle = status === 508;
  const refused = status >= 400 && status < 500 && !handlersFault.has(status);
  // An answer may be wrong once.
  return goesInCircle || refused ? 3 : undefined;
}
