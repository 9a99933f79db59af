import { type Job, LockManager, type Processor, Worker, type WorkerOptions } from 'bullmq';
import type { JobData, JobResult } from './job.js';

export type CallJob = Job<JobData, JobResult>;

/** Runs the step that writes the end of a call. Never rejects. */
type WriteEnd = (job: CallJob, step: () => Promise<unknown>) => Promise<void>;

/**
 * BullMQ's worker with two changes. When BullMQ cannot write the end of a call, it would write that the
 * call failed. And it compares times of the server with the local clock, which may differ or be changed.
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

  /** Resolves to the next call, which the server returns with its answer, or to undefined. */
  protected override async handleCompleted(
    result: JobResult,
    job: CallJob,
    token: string,
    fetchNext?: () => boolean,
  ): Promise<CallJob> {
    let next: CallJob | undefined;
    await this.#writeEnd(job, async () => {
      next = await super.handleCompleted(result, job, token, fetchNext);
    });
    // BullMQ's types lack undefined.
    return next as CallJob;
  }

  protected override createBackend(): void {
    super.createBackend();
    const { backend } = this;
    const wait = backend.waitForJob.bind(backend);
    // The score is when the next delayed call is due by the server's clock. With 0, BullMQ requests that
    // call at once, and gets the time by the local clock.
    backend.waitForJob = async (timeout) => {
      const found = await wait(timeout);
      return found && { ...found, score: 0 };
    };
  }

  protected override createLockManager(): void {
    // BullMQ's declarations of the two classes are incompatible.
    const worker = this as unknown as ConstructorParameters<typeof LockManager>[0];
    this.lockManager = new SteadyLocks(worker, {
      lockRenewTime: this.opts.lockRenewTime ?? 0,
      lockDuration: this.opts.lockDuration ?? 0,
      workerId: this.id,
    });
  }
}

/** Renews all locks with a monotonic timer. */
class SteadyLocks extends LockManager {
  override start(): void {
    if (this.closed) return;
    // BullMQ starts it again on each resume.
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
