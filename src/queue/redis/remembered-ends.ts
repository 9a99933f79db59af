import type { CallJob } from './call-worker.js';
import { type JobResult, progressOf } from './job.js';

/** Ends of calls that could not be written down, for when the calls come back to this process. */
export interface RememberedEnds {
  of(job: CallJob): JobResult | undefined;
  keep(job: CallJob, end: JobResult): void;
  forget(job: CallJob): void;
}

const most = 1000;

export function rememberEnds(): RememberedEnds {
  const ends = new Map<string, JobResult>();
  return {
    of: (job) => ends.get(keyOf(job)),
    keep(job, end) {
      ends.set(keyOf(job), end);
      const [oldest = ''] = ends.keys();
      if (ends.size > most) ends.delete(oldest);
    },
    forget: (job) => void ends.delete(keyOf(job)),
  };
}

/** Another one when somebody has asked for the call to be tried again since. */
function keyOf(job: CallJob): string {
  return `${job.id} ${progressOf(job.progress).queued ?? job.timestamp}`;
}
