import type { CallJob } from './call-worker.js';
import { type JobResult, progressOf } from './job.js';

/**
 * The ends of the calls that this process has delivered last, for calls that come back to it: the server
 * could not write an end down, or lost it.
 */
export interface RememberedEnds {
  of(job: CallJob): JobResult | undefined;
  keep(job: CallJob, end: JobResult): void;
}

const maxEnds = 10_000;

export function rememberEnds(): RememberedEnds {
  const ends = new Map<string, JobResult>();
  return {
    of: (job) => ends.get(keyOf(job)),
    keep(job, end) {
      ends.set(keyOf(job), end);
      const [oldest = ''] = ends.keys();
      if (ends.size > maxEnds) ends.delete(oldest);
    },
  };
}

/** Another one when somebody has asked for the call to be tried again since. */
function keyOf(job: CallJob): string {
  return `${job.id} ${progressOf(job.progress).queued ?? ''}`;
}
