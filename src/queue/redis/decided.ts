import type { Decision } from '../queue.js';
import type { JobProgress, JobResult } from './job.js';

/** The progress of a call after a decision: a try counts when there was an attempt. */
export function progressAfter(progress: JobProgress, decision: Decision): JobProgress {
  const { due: _, ...kept } = progress;
  const attempt = 'attempt' in decision ? decision.attempt : undefined;
  const tried = attempt ? { ...kept, tries: kept.tries + 1, last: attempt } : kept;
  return decision.state === 'delayed' ? { ...tried, due: decision.due } : tried;
}

/** How a call ended; undefined: it did not, or is dead, which the library keeps in its own way. */
export function resultAfter(progress: JobProgress, decision: Decision): JobResult | undefined {
  switch (decision.state) {
    case 'delivered':
    case 'skipped':
    case 'handed over': {
      const { tries, last } = progressAfter(progress, decision);
      return { state: decision.state, tries, ...(last && { last }) };
    }
    default:
      return undefined;
  }
}

/** Why a call is dead, as dashboards show it. */
export function deathReason({ attempt }: Extract<Decision, { state: 'dead' }>): string {
  return attempt.reason ?? (attempt.status === null ? 'no answer' : `answered ${attempt.status}`);
}
