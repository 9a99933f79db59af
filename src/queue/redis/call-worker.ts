import { type Job, type Processor, Worker, type WorkerOptions } from 'bullmq';
import type { JobData, JobResult } from './job.js';

export type CallJob = Job<JobData, JobResult>;

/** Does the step that writes down that a call is done. Never rejects. */
export type WriteEnd = (
  job: CallJob,
  result: JobResult,
  step: () => Promise<unknown>,
) => Promise<void>;

/**
 * The library's worker, but for what it does when it cannot write down that a call is done: it would
 * try to write down that the call has failed.
 */
export class CallWorker extends Worker<JobData, JobResult> {
  readonly #writeEnd: WriteEnd;

  constructor(
    name: string,
    processor: Processor<JobData, JobResult>,
    options: WorkerOptions,
    writeEnd: WriteEnd,
  ) {
    super(name, processor, options);
    this.#writeEnd = writeEnd;
  }

  /** Resolves to the next call, which the server gives with its answer, or to nothing. */
  protected override async handleCompleted(
    result: JobResult,
    job: CallJob,
    token: string,
    fetchNext?: () => boolean,
  ): Promise<CallJob> {
    let next: CallJob | undefined;
    await this.#writeEnd(job, result, async () => {
      next = await super.handleCompleted(result, job, token, fetchNext);
    });
    // The library declares that there is always one.
    return next as CallJob;
  }
}
