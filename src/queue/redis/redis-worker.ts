import { type Queue as JobQueue, UnrecoverableError, WaitingError } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Deliver, QueueWorker, WorkOptions } from '../queue.js';
import type { RedisAddress } from './address.js';
import { makeBell } from './bell.js';
import { type CallJob, CallWorker } from './call-worker.js';
import { connectToWork, whenReady } from './connection.js';
import { type AsideState, asideKey } from './counts.js';
import { deathReason, progressAfter, resultAfter } from './decided.js';
import { type JobData, type JobResult, progressOf, queuedCall } from './job.js';
import { jobId, prefix, queuesKey } from './names.js';
import { isLost, redisReason } from './reason.js';
import { type Recovery, watchRecovery } from './recovery.js';
import { rememberEnds } from './remembered-ends.js';
import type { RedisRetention, RedisTiming } from './timing.js';
import { within } from './within.js';

export interface RedisWorkerOptions extends WorkOptions {
  readonly address: RedisAddress;
  /** The queue's own connection, which rejects rather than waits. */
  readonly client: Redis;
  readonly jobs: JobQueue<JobData>;
  readonly timing: RedisTiming;
  readonly retention: RedisRetention;
  readonly deliver: Deliver;
}

/** How long nothing is taken after a call was given back untried. */
const rest = 500;
/** How long the server may take to answer when the worker is closed. */
const farewell = 1000;

/**
 * A worker of the library. Which calls are due, locks and their renewal, and calls whose worker
 * vanished are all the library's. What becomes of a call is written down here, while its lock is
 * still held and as often as it takes: the library would count a call as dead whose end it could not
 * write at once.
 */
export class RedisWorker implements QueueWorker {
  readonly #options: RedisWorkerOptions;
  readonly #connection: Redis;
  readonly #worker: CallWorker;
  readonly #recovery: Recovery;
  readonly #bell = makeBell();
  /** Jobs that are with `deliver`, or held for their next try. */
  readonly #held = new Set<string>();
  /** Those of them that are not this worker's any more. */
  readonly #lost = new Set<string>();
  readonly #remembered = rememberEnds();
  /** How many calls are being given back. */
  #returning = 0;
  #slots: number;
  #started = false;
  #resting: NodeJS.Timeout | undefined;
  #hurried = 0;
  #closing: Promise<void> | undefined;
  #closed = false;

  constructor(options: RedisWorkerOptions) {
    this.#options = options;
    this.#slots = options.slots;
    this.#connection = connectToWork(options.address);
    this.#worker = this.#makeWorker();
    this.#recovery = watchRecovery({
      probe: () => this.#probe(),
      changed: () => this.#adjust(),
      trouble: (error) => options.trouble(error && new Error(redisReason(error), { cause: error })),
    });
    const failed = (error: unknown) => {
      if (!isLost(error)) this.#recovery.report(error);
    };
    this.#worker.on('error', failed);
    this.#connection.on('close', () => failed(new Error('the connection was lost')));
    this.#worker.on('lockRenewalFailed', (ids) => {
      for (const id of ids) if (this.#held.has(id)) this.#lost.add(id);
      this.#bell.ring();
    });
  }

  allow(slots: number): void {
    this.#slots = slots;
    this.#stopResting();
    this.#adjust();
    this.#bell.ring();
  }

  async hurry(): Promise<void> {
    this.#hurried += 1;
    this.#bell.ring();
    await this.#write(() => this.#options.jobs.promoteJobs());
  }

  async revive(captures: readonly string[]): Promise<void> {
    const { jobs } = this.#options;
    for (const capture of captures) {
      await this.#write(async () => {
        const job = await jobs.getJob(jobId(capture));
        if (job && (await job.isFailed())) await job.retry('failed');
      });
    }
    this.#bell.ring();
  }

  close(patience: number): Promise<void> {
    this.#closing ??= this.#close(patience);
    return this.#closing;
  }

  #makeWorker(): CallWorker {
    const { jobs, timing, retention } = this.#options;
    const keep = { count: retention.calls, age: Math.ceil(retention.age / 1000) };
    return new CallWorker(
      jobs.name,
      (job, token) => this.#process(job, token ?? ''),
      {
        connection: this.#connection,
        prefix,
        skipVersionCheck: true,
        autorun: false,
        lockDuration: timing.lock,
        stalledInterval: timing.look,
        // A call does not die of the workers that vanished with it.
        maxStalledCount: Number.MAX_SAFE_INTEGER,
        runRetryDelay: 1000,
        removeOnComplete: keep,
        removeOnFail: keep,
      },
      (job, result, step) => this.#writeEnd(job, result, step),
    );
  }

  /** Rejects as long as the server does not take what a worker writes. */
  async #probe(): Promise<void> {
    const { client, jobs, ordered } = this.#options;
    await whenReady(client);
    await whenReady(this.#connection);
    await client.sadd(queuesKey, jobs.name);
    if (ordered) await jobs.setGlobalConcurrency(1);
    else await jobs.removeGlobalConcurrency();
  }

  get #open(): boolean {
    return this.#slots > 0 && this.#recovery.well && !this.#resting && !this.#closing;
  }

  /** Lets the library take as many calls as may be taken now. */
  #adjust(): void {
    if (!this.#open) {
      void this.#worker.pause(true);
      return;
    }
    const before = this.#worker.isPaused() ? 0 : this.#worker.concurrency;
    const now = this.#options.ordered ? 1 : this.#slots;
    this.#worker.concurrency = now;
    if (!this.#started) {
      this.#started = true;
      this.#worker.run().catch((error: unknown) => this.#recovery.report(error));
      return;
    }
    if (now <= before) return;
    // It looks for more calls when it is resumed, or when one is done, but not for a larger number.
    void this.#worker.pause(true);
    void this.#worker.resume();
  }

  /**
   * The library's processor. It resolves to what the library is to write down: a call that is done.
   * Else it throws, and has written down by then where the call belongs.
   */
  async #process(job: CallJob, token: string): Promise<JobResult> {
    const id = job.id ?? '';
    if (this.#held.has(id)) {
      // It came back before its deliverer did.
      this.#rest();
      await this.#giveBack(job, token);
    } else if (!this.#open || this.#held.size >= this.#slots) {
      await this.#giveBack(job, token);
    } else {
      this.#held.add(id);
      let result: JobResult | undefined;
      try {
        result = await this.#deliver(job, token);
      } finally {
        // What is done is held until that is written down.
        if (!result) this.#release(id);
      }
      if (result) return result;
    }
    throw new WaitingError();
  }

  /** It is the next one again. */
  async #giveBack(job: CallJob, token: string): Promise<void> {
    this.#returning += 1;
    await this.#write(() => job.moveToWait(token));
    this.#returning -= 1;
    this.#bell.ring();
  }

  #release(id: string): void {
    this.#held.delete(id);
    this.#lost.delete(id);
    this.#bell.ring();
  }

  /** Resolves to the end of a call; undefined: it is not at its end, or is dead. */
  async #deliver(job: CallJob, token: string): Promise<JobResult | undefined> {
    const remembered = this.#remembered.of(job);
    if (remembered) return remembered;
    for (;;) {
      const progress = progressOf(job.progress);
      const hurried = this.#hurried;
      const call = queuedCall(job.data, progress, job.timestamp);
      const decision = await this.#options.deliver(call);
      const result = resultAfter(progress, decision);
      if (result) return result;
      if (decision.state === 'waiting') this.#rest();
      else await this.#write(() => job.updateProgress(progressAfter(progress, decision)));
      if (decision.state === 'dead') {
        const error = new UnrecoverableError(deathReason(decision));
        await this.#write(() => job.moveToFailed(error, token));
        return undefined;
      }
      if (decision.state === 'delayed') {
        if (!this.#options.ordered) {
          await this.#write(() => job.moveToDelayed(decision.due, token));
          return undefined;
        }
        if (await this.#holdUntil(decision.due, job.id ?? '', hurried)) continue;
      }
      await this.#giveBack(job, token);
      return undefined;
    }
  }

  async #writeEnd(job: CallJob, result: JobResult, step: () => Promise<unknown>): Promise<void> {
    if (await this.#write(step)) {
      this.#remembered.forget(job);
      if (result.state !== 'delivered') await this.#writeAside(job, result.state);
    } else {
      this.#remembered.keep(job, result);
    }
    this.#release(job.id ?? '');
  }

  async #writeAside(job: CallJob, state: AsideState): Promise<void> {
    const { jobs, retention } = this.#options;
    const key = asideKey(jobs, state);
    const ended = job.finishedOn ?? Date.now();
    await this.#write(() => this.#connection.zadd(key, ended, job.id ?? ''));
    await this.#write(() => this.#connection.zremrangebyrank(key, 0, -retention.calls - 1));
  }

  /** Whether the time has come; not when the call has to be given back. */
  async #holdUntil(due: number, id: string, hurried: number): Promise<boolean> {
    for (;;) {
      if (this.#closing || this.#lost.has(id)) return false;
      const left = this.#hurried > hurried ? 0 : due - Date.now();
      const mayTry = this.#slots > 0 && this.#recovery.well;
      if (left <= 0 && mayTry) return true;
      await this.#bell.wait(left > 0 ? left : Number.POSITIVE_INFINITY);
    }
  }

  /**
   * Writes something down, again and again until the server takes it. Resolves to false when it
   * makes no sense any more: the job is not this worker's now, or the worker is closed.
   */
  async #write(step: () => Promise<unknown>): Promise<boolean> {
    for (;;) {
      try {
        await step();
        return true;
      } catch (error) {
        if (this.#closed || isLost(error)) return false;
        this.#recovery.report(error);
        await this.#recovery.whenWell();
      }
    }
  }

  #rest(): void {
    if (this.#closing) return;
    this.#resting ??= setTimeout(() => {
      this.#stopResting();
      this.#adjust();
    }, rest);
    this.#adjust();
  }

  #stopResting(): void {
    clearTimeout(this.#resting);
    this.#resting = undefined;
  }

  async #close(patience: number): Promise<void> {
    // `#closing` is set when this has come to its first await.
    await Promise.resolve();
    this.#stopResting();
    this.#adjust();
    this.#bell.ring();
    await this.#settle(patience, () => this.#held.size);
    if (this.#connection.status === 'ready') {
      // What was being taken is here when this is answered, and is given back.
      await within(farewell, this.#connection.ping());
      await new Promise(setImmediate);
      await this.#settle(farewell, () => this.#returning);
    }
    this.#closed = true;
    this.#recovery.stop();
    await within(farewell, this.#worker.close(true));
    this.#connection.disconnect();
  }

  async #settle(most: number, count: () => number): Promise<void> {
    const end = Date.now() + most;
    while (count() > 0 && Date.now() < end) await this.#bell.wait(end - Date.now());
  }
}
