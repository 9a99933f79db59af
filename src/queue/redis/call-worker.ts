import { type Job, LockManager, type Processor, Worker, type WorkerOptions } from 'bullmq';
import type { JobData, JobResult } from './job.js';

export type CallJob = Job<JobData, JobResult>;

/** Does the step that writes down that a call is done. Never rejects. */
export type WriteEnd = (
  job: CallJob,
  result: JobResult,
  step: () => Promise<unknown>,
) => Promise<void>;

/**
 * The library's worker, but for two things. When it cannot write down that a call is done, it would try
 * to write down that the call has failed. And it compares times of the server with the clock of its own
 * machine, which may be set differently, or be set while it runs.
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

  protected override createBackend(): void {
    super.createBackend();
    const { backend } = this;
    const wait = backend.waitForJob.bind(backend);
    // What it waits for says when the next delayed call is due, by the server's clock. It is asked for
    // that call at once instead, and answers with the time by ours.
    backend.waitForJob = async (timeout) => {
      const found = await wait(timeout);
      return found && { ...found, score: 0 };
    };
  }

  protected override createLockManager(): void {
    // The library's own declarations of the two do not fit each other.
    const worker = this as unknown as ConstructorParameters<typeof LockManager>[0];
    this.lockManager = new SteadyLocks(worker, {
      lockRenewTime: this.opts.lockRenewTime ?? 0,
      lockDuration: this.opts.lockDuration ?? 0,
      workerId: this.id,
    });
  }
}

/** Renews all locks in turn, by a timer that no change of the clock moves. */
class SteadyLocks extends LockManager {
  override start(): void {
    if (this.closed) return;
    // It is started again whenever the worker goes on.
    clearInterval(this.lockRenewalTimer);
    this.lockRenewalTimer = setInterval(() => {
      const jobs = [...this.trackedJobs.keys()];
      if (jobs.length > 0) void this.extendLocks(jobs);
    }, this.opts.lockRenewTime / 2);
  }

  override async close(): Promise<void> {
    clearInterval(this.lockRenewalTimer);
    await super.close();
  }
}
