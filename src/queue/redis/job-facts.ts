import type { Redis } from 'ioredis';
import { type JobProgress, parsed, progressOf } from './job.js';
import { queueBase } from './names.js';

/** What is known of a queued call without its body. Times by the clock of the server. */
export interface JobFacts {
  readonly queued: number;
  /** When a delayed call is tried again. */
  readonly due: number | null;
  readonly progress: JobProgress;
}

/** Reads the facts of a job; undefined: it is gone. The library would fetch its body too. */
export async function readJobFacts(
  client: Redis,
  queue: string,
  job: string,
): Promise<JobFacts | undefined> {
  const base = queueBase(queue);
  const [[made, text], score] = await Promise.all([
    client.hmget(`${base}${job}`, 'timestamp', 'progress'),
    client.zscore(`${base}delayed`, job),
  ]);
  if (made === null || made === undefined) return undefined;
  const progress = progressOf(parsed(text));
  return {
    queued: progress.queued ?? Number(made),
    // The library keeps twelve bits behind the time, for the order of calls that are due together.
    due: score === null ? null : Math.floor(Number(score) / 4096),
    progress,
  };
}
