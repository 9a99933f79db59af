import { type Queue as JobQueue, UnrecoverableError, WaitingError } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Deliver, QueueWorker, WorkOptions } from '../queue.js';
import { runScript } from './adapted-scripts.js';
import type { RedisAddress } from './address.js';
import { makeBell } from './bell.js';
import { type CallJob, CallWorker } from './call-worker.js';
import { connectToWork, whenReady } from './connection.js';
import { deathReason, progressAfter, resultAfter } from './decided.js';
import { type JobData, type JobResult, progressOf, queuedCall } from './job.js';
import type { RedisLimits } from './limits.js';
import { captureIdOf, prefix, queueBase } from './names.js';
import { isLost, redisReason } from './reason.js';
import { type Recovery, watchRecovery } from './recovery.js';
import { rememberEnds } from './remembered-ends.js';
import type { RedisTiming } from './timing.js';
import { within } from './within.js';

export interface RedisWorkerOptions extends WorkOptions {
  readonly address: RedisAddress;
  /** The queue's own connection, which rejects rather than waits. */
  readonly client: Redis;
  readonly jobs: JobQueue<JobData>;
  readonly timing: RedisTiming;
  readonly limits: RedisLimits;
  readonly deliver: Deliver;
}

/** How long nothing is taken after a call was given back untried. */
const rest = 500;
/** How many dead calls it can tell from others with the same id. */
const maxBuried = 1000;
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
  /** Jobs that are with `deliver`, or whose end is being written. */
  readonly #held = new Set<string>();
  readonly #remembered = rememberEnds();
  /** The jobs of the calls that died here last, by capture. */
  readonly #buried = new Map<string, string>();
  /** How many calls are being given back. */
  #returning = 0;
  #slots: number;
  #started = false;
  #resting: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;
  #closed = false;

  constructor(options: RedisWorkerOptions) {
    this.#options = options;
    this.#slots = options.slots;
    this.#connection = connectToWork(options.address, options.limits);
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
  }

  allow(slots: number): void {
    this.#slots = slots;
    this.#stopResting();
    this.#adjust();
  }

  async hurry(): Promise<void> {
    await this.#write(() => this.#options.jobs.promoteJobs());
  }

  async revive(captures: readonly string[]): Promise<void> {
    const { client, jobs } = this.#options;
    const base = queueBase(jobs.name);
    for (const capture of captures) {
      const job = this.#buried.get(capture);
      if (job) await this.#write(() => runScript(client, 'retryCall', base, job, 'revive'));
    }
  }

  close(patience: number): Promise<void> {
    this.#closing ??= this.#close(patience);
    return this.#closing;
  }

  #makeWorker(): CallWorker {
    const { jobs, timing } = this.#options;
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
        // What was delivered leaves; the scripts bound what is dead.
        removeOnComplete: { count: 0 },
        removeOnFail: { count: -1 },
      },
      (job, _, step) => this.#writeEnd(job, step),
    );
  }

  /** Rejects as long as the server does not take what a worker writes. */
  async #probe(): Promise<void> {
    const { client, jobs } = this.#options;
    await whenReady(client);
    await whenReady(this.#connection);
    await runScript(client, 'probe', queueBase(jobs.name), jobs.name);
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
    this.#worker.concurrency = this.#slots;
    if (!this.#started) {
      this.#started = true;
      this.#worker.run().catch((error: unknown) => this.#recovery.report(error));
      return;
    }
    if (this.#slots <= before) return;
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
    this.#bell.ring();
  }

  /** Resolves to the end of a call; undefined: it is not at its end, or is dead. */
  async #deliver(job: CallJob, token: string): Promise<JobResult | undefined> {
    const progress = progressOf(job.progress);
    const { state, last } = progress;
    const remembered = this.#remembered.of(job);
    if (remembered) return { ...remembered, owners: job.name };
    // Its worker vanished, or lost it, before that could be written down.
    if (state === 'dead') return this.#bury(job, token, deathReason(last));
    if (state !== undefined) return { ...progress, state, owners: job.name };
    const call = queuedCall(job.data, progress, job.timestamp, job.processedOn ?? job.timestamp);
    const decision = await this.#options.deliver(call);
    const result = resultAfter(progress, decision, job.name);
    if (result) {
      this.#remembered.keep(job, result);
      return result;
    }
    if (decision.state === 'waiting') {
      this.#rest();
      await this.#giveBack(job, token);
      return undefined;
    }
    await this.#write(() => job.updateProgress({ ...progressAfter(progress, decision) }));
    if (decision.state === 'dead') return this.#bury(job, token, deathReason(decision.attempt));
    if (decision.state === 'delayed') {
      await this.#write(() => job.moveToDelayed(decision.due, token));
    }
    return undefined;
  }

  /** Counts a call as dead. */
  async #bury(job: CallJob, token: string, reason: string): Promise<undefined> {
    await this.#write(() => job.moveToFailed(new UnrecoverableError(reason), token));
    const { id = '' } = job;
    this.#buried.set(captureIdOf(id), id);
    const [oldest = ''] = this.#buried.keys();
    if (this.#buried.size > maxBuried) this.#buried.delete(oldest);
  }

  async #writeEnd(job: CallJob, step: () => Promise<unknown>): Promise<void> {
    await this.#write(step);
    this.#release(job.id ?? '');
  }

  /**
   * Writes something down, again and again until the server takes it. Gives up when it makes no sense
   * any more: the job is not this worker's now, or the worker is closed.
   */
  async #write(step: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await step();
        return;
      } catch (error) {
        if (this.#closed || isLost(error)) return;
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
    const end = performance.now() + most;
    while (count() > 0 && performance.now() < end) await this.#bell.wait(end - performance.now());
  }
}
