import type { Queue as JobQueue } from 'bullmq';
import type { Redis } from 'ioredis';
import { type JobData, type JobProgress, type JobResult, progressOf, resultOf } from './job.js';

/** What is known of a queued call without its body. */
export interface JobFacts {
  readonly id: string;
  readonly queued: number;
  readonly progress: JobProgress;
  readonly result: JobResult | undefined;
}

/** Reads the facts of a job; undefined: it is gone. The library would fetch its body too. */
export async function readJobFacts(
  client: Redis,
  jobs: JobQueue<JobData>,
  id: string,
): Promise<JobFacts | undefined> {
  const [made, progressText, resultText] = await client.hmget(
    jobs.toKey(id),
    'timestamp',
    'progress',
    'returnvalue',
  );
  if (made === null || made === undefined) return undefined;
  const progress = progressOf(parse(progressText));
  const queued = progress.queued ?? Number(made);
  return { id, queued, progress, result: resultOf(parse(resultText)) };
}

function parse(text: string | null | undefined): unknown {
  if (text === null || text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
