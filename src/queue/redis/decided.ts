import type { DeliveryAttempt } from '../../call/delivery.js';
import type { Decision } from '../queue.js';
import type { JobProgress, JobResult } from './job.js';

/** How much of an answer is kept of a call that was delivered, in characters. */
const maxAnswerKept = 256;

/** The progress of a call after a decision: a try counts when there was an attempt. */
export function progressAfter(progress: JobProgress, decision: Decision): JobProgress {
  const { queued, last, tries } = progress;
  const attempt = 'attempt' in decision ? decision.attempt : undefined;
  const tried = attempt ?? last;
  return {
    // Scripts know by it, where it stands first, that a call has ended.
    ...(decision.state === 'dead' && { state: 'dead' }),
    tries: attempt ? tries + 1 : tries,
    ...(queued !== undefined && { queued }),
    ...(tried && { last: tried }),
    ...('reason' in decision && decision.reason && { skipped: decision.reason }),
  };
}

/** How a call ended; undefined: it did not, or is dead, which the library keeps in its own way. */
export function resultAfter(
  progress: JobProgress,
  decision: Decision,
  owners: string,
): JobResult | undefined {
  switch (decision.state) {
    case 'delivered':
    case 'skipped':
    case 'handed over': {
      const { state: _, last, ...rest } = progressAfter(progress, decision);
      return {
        // Scripts know by it, where it stands first, that a call has ended.
        state: decision.state,
        ...rest,
        ...(last && { last: shortened(last) }),
        owners,
      };
    }
    default:
      return undefined;
  }
}

function shortened(attempt: DeliveryAttempt): DeliveryAttempt {
  return { ...attempt, answer: attempt.answer?.slice(0, maxAnswerKept) ?? null };
}

/** Why a call is dead, as dashboards show it. */
export function deathReason(last: DeliveryAttempt | undefined): string {
  if (!last) return 'given up';
  return last.reason ?? (last.status === null ? 'no answer' : `answered ${last.status}`);
}
