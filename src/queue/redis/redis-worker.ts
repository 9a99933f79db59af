import { type Queue as JobQueue, UnrecoverableError, WaitingError } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Decision, Deliver, QueueWorker, WorkOptions } from '../queue.js';
import { WakeSignal } from '../wake-signal.js';
import { runScript } from './adapted-scripts.js';
import type { RedisAddress } from './address.js';
import { type CallJob, CallWorker } from './call-worker.js';
import {
  connectToWork,
  isLost,
  type Recovery,
  redisReason,
  watchRecovery,
  whenReady,
} from './connection.js';
import {
  deathReason,
  type JobData,
  type JobProgress,
  type JobResult,
  progressAfter,
  progressOf,
  queuedCall,
  resultAfter,
} from './job.js';
import { captureIdOf, prefix, queueBase } from './keys.js';
import type { RedisLimits } from './lua.js';

/** A killed worker's call returns after at most one lock and two checks. */
export interface RedisTiming {
  /** A worker's lock on a call expires this long after its last renewal. */
  readonly lockMs: number;
  /** The interval of checks for calls whose lock has expired. */
  readonly stalledCheckMs: number;
}

export const defaultTiming: RedisTiming = { lockMs: 30_000, stalledCheckMs: 10_000 };

interface RedisWorkerOptions extends WorkOptions {
  readonly address: RedisAddress;
  /** The queue's own connection, which rejects instead of waiting. */
  readonly client: Redis;
  readonly jobs: JobQueue<JobData>;
  readonly timing: RedisTiming;
  readonly limits: RedisLimits;
  readonly deliver: Deliver;
}

type Phase =
  /** BullMQ's loop has not started: it waits for the server and for a free slot. */
  | { readonly kind: 'idle' }
  /** BullMQ takes calls, unless there are no slots or the server fails. */
  | { readonly kind: 'taking' }
  /** No call is taken for a while, since one was given back untried. */
  | { readonly kind: 'resting'; readonly timer: NodeJS.Timeout }
  /** No call is taken. Those in flight may finish. */
  | { readonly kind: 'draining'; readonly closed: Promise<void> }
  /** Nothing is written any more. */
  | { readonly kind: 'closed'; readonly closed: Promise<void> };

const restMs = 500;
/** Limits how long the server may take to answer while the worker closes. */
const shutdownGraceMs = 1000;
/** Dead calls whose job `revive` finds by their capture. */
const maxBuried = 1000;
const maxEnds = 10_000;

/**
 * A worker of BullMQ. The library selects due calls, renews locks, and recovers the calls of killed workers.
 * This class writes the outcome of each call while its lock is held, as often as necessary: the library
 * would count a call as dead if its end could not be written at once.
 */
export class RedisWorker implements QueueWorker {
  readonly #options: RedisWorkerOptions;
  readonly #connection: Redis;
  readonly #worker: CallWorker;
  readonly #recovery: Recovery;
  readonly #wakeSignal = new WakeSignal();
  /** Jobs that are with `deliver`, or whose end is being written. */
  readonly #held = new Set<string>();
  /**
   * The last ends of calls delivered here. A call returns if the server could not write its end, or lost it.
   */
  readonly #ends = new Map<string, JobResult>();
  /** The jobs of the last calls that died here, by capture. */
  readonly #buried = new Map<string, string>();
  /** How many calls are being given back. */
  #returning = 0;
  #slots: number;
  #phase: Phase = { kind: 'idle' };

  constructor(options: RedisWorkerOptions) {
    this.#options = options;
    this.#slots = options.slots;
    this.#connection = connectToWork(options.address, options.limits);
    this.#worker = this.#createWorker();
    this.#recovery = watchRecovery({
      probe: () => this.#probe(),
      changed: () => this.#adjust(),
      failed: (error) => options.failed(new Error(redisReason(error), { cause: error })),
      recovered: options.recovered,
    });
    const report = (error: unknown) => {
      if (!isLost(error)) this.#recovery.report(error);
    };
    this.#worker.on('error', report);
    this.#connection.on('close', () => report(new Error('the connection was lost')));
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

  close(graceMs: number): Promise<void> {
    if ('closed' in this.#phase) return this.#phase.closed;
    this.#stopResting();
    const closed = Promise.resolve().then(() => this.#shutDown(graceMs));
    this.#phase = { kind: 'draining', closed };
    return closed;
  }

  #createWorker(): CallWorker {
    const { jobs, timing } = this.#options;
    return new CallWorker(
      jobs.name,
      (job, token) => this.#process(job, token ?? ''),
      {
        connection: this.#connection,
        prefix,
        skipVersionCheck: true,
        autorun: false,
        lockDuration: timing.lockMs,
        stalledInterval: timing.stalledCheckMs,
        // A call stays queued however many of its workers are killed.
        maxStalledCount: Number.MAX_SAFE_INTEGER,
        runRetryDelay: 1000,
        // Delivered calls are removed. The scripts limit the dead ones.
        removeOnComplete: { count: 0 },
        removeOnFail: { count: -1 },
      },
      async (job, step) => {
        await this.#write(step);
        this.#release(job.id ?? '');
      },
    );
  }

  /** Rejects as long as the server does not accept a worker's writes. */
  async #probe(): Promise<void> {
    const { client, jobs } = this.#options;
    await whenReady(client);
    await whenReady(this.#connection);
    await runScript(client, 'probe', queueBase(jobs.name), jobs.name);
  }

  get #mayTake(): boolean {
    const { kind } = this.#phase;
    return (kind === 'idle' || kind === 'taking') && this.#slots > 0 && this.#recovery.isWorking;
  }

  /** Lets BullMQ take as many calls as are allowed now. */
  #adjust(): void {
    const { kind } = this.#phase;
    if (!this.#mayTake) {
      // A worker that is paused before its start would not start.
      if (kind !== 'idle') void this.#worker.pause(true);
      return;
    }
    const previousSlots = this.#worker.isPaused() ? 0 : this.#worker.concurrency;
    this.#worker.concurrency = this.#slots;
    if (kind === 'idle') {
      this.#phase = { kind: 'taking' };
      this.#worker.run().catch((error: unknown) => this.#recovery.report(error));
      return;
    }
    if (this.#slots <= previousSlots) return;
    // BullMQ takes further calls on resume, or when a call ends, but not when the number is raised.
    void this.#worker.pause(true);
    void this.#worker.resume();
  }

  /**
   * BullMQ's processor. Resolves to the end of a call, which BullMQ then writes. Otherwise, it writes itself
   * where the call belongs, and throws `WaitingError`.
   */
  async #process(job: CallJob, token: string): Promise<JobResult> {
    const id = job.id ?? '';
    const isHeld = this.#held.has(id);
    if (isHeld || !this.#mayTake || this.#held.size >= this.#slots) {
      // A held call was taken again before its first delivery ended.
      if (isHeld) this.#rest();
      await this.#giveBack(job, token);
      throw new WaitingError();
    }
    this.#held.add(id);
    let result: JobResult | undefined;
    try {
      result = await this.#deliver(job, token);
    } finally {
      // A call with an end is held until that is written.
      if (!result) this.#release(id);
    }
    if (!result) throw new WaitingError();
    return result;
  }

  /** Returns a call to the front of the queue. */
  async #giveBack(job: CallJob, token: string): Promise<void> {
    this.#returning += 1;
    await this.#write(() => job.moveToWait(token));
    this.#returning -= 1;
    this.#wakeSignal.wake();
  }

  #release(id: string): void {
    this.#held.delete(id);
    this.#wakeSignal.wake();
  }

  /** Resolves to the end of a call. Undefined: the call is dead, or has not ended. */
  async #deliver(job: CallJob, token: string): Promise<JobResult | undefined> {
    const progress = progressOf(job.progress);
    const { state, last } = progress;
    const end = this.#ends.get(endKey(job));
    if (end) return { ...end, owners: job.name };
    // Another worker stored the end, and was killed or lost the call before it could remove the job.
    if (state === 'dead') return this.#bury(job, token, deathReason(last));
    if (state !== undefined) return { ...progress, state, owners: job.name };
    const call = queuedCall(job.data, progress, job.timestamp, job.processedOn ?? job.timestamp);
    const decision = await this.#options.deliver(call);
    const result = resultAfter(progress, decision, job.name);
    if (result) remember(this.#ends, endKey(job), result, maxEnds);
    else await this.#writeDecision(job, token, progress, decision);
    return result;
  }

  /** Writes a decision that does not remove the job. */
  async #writeDecision(
    job: CallJob,
    token: string,
    progress: JobProgress,
    decision: Decision,
  ): Promise<void> {
    if (decision.state === 'waiting') {
      this.#rest();
      await this.#giveBack(job, token);
      return;
    }
    await this.#write(() => job.updateProgress({ ...progressAfter(progress, decision) }));
    if (decision.state === 'dead') await this.#bury(job, token, deathReason(decision.attempt));
    if (decision.state === 'delayed') {
      await this.#write(() => job.moveToDelayed(decision.due, token));
    }
  }

  /** Counts a call as dead. */
  async #bury(job: CallJob, token: string, reason: string): Promise<undefined> {
    await this.#write(() => job.moveToFailed(new UnrecoverableError(reason), token));
    const { id = '' } = job;
    remember(this.#buried, captureIdOf(id), id, maxBuried);
  }

  /** Retries a write until the server accepts it, the call belongs to another worker, or this one is closed. */
  async #write(step: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await step();
        return;
      } catch (error) {
        if (this.#phase.kind === 'closed' || isLost(error)) return;
        this.#recovery.report(error);
        await this.#recovery.whenWorking();
      }
    }
  }

  #rest(): void {
    if (this.#phase.kind !== 'taking') return;
    const timer = setTimeout(() => {
      this.#stopResting();
      this.#adjust();
    }, restMs);
    this.#phase = { kind: 'resting', timer };
    this.#adjust();
  }

  #stopResting(): void {
    if (this.#phase.kind !== 'resting') return;
    clearTimeout(this.#phase.timer);
    this.#phase = { kind: 'taking' };
  }

  async #shutDown(graceMs: number): Promise<void> {
    this.#adjust();
    await this.#wakeSignal.until(() => this.#held.size === 0, graceMs);
    await this.#awaitLateCalls();
    if (this.#phase.kind === 'draining') this.#phase = { ...this.#phase, kind: 'closed' };
    this.#recovery.stop();
    await within(shutdownGraceMs, this.#worker.close(true));
    this.#connection.disconnect();
  }

  /** Waits until calls that BullMQ was taking when it was paused have been given back. */
  async #awaitLateCalls(): Promise<void> {
    if (this.#connection.status !== 'ready') return;
    // Their answer arrives before that of a later command.
    await within(shutdownGraceMs, this.#connection.ping());
    await new Promise(setImmediate);
    await this.#wakeSignal.until(() => this.#returning === 0, shutdownGraceMs);
  }
}

/** The key of a call's end. It changes when a retry of the call is requested. */
function endKey(job: CallJob): string {
  return `${job.id} ${progressOf(job.progress).queued ?? ''}`;
}

/** Adds an entry, and removes the oldest one above the maximum. */
function remember<T>(entries: Map<string, T>, key: string, value: T, max: number): void {
  entries.set(key, value);
  const [oldest = ''] = entries.keys();
  if (entries.size > max) entries.delete(oldest);
}

/** Waits for a promise to settle, at most `maxMs`. */
async function within(maxMs: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, maxMs);
  });
  await Promise.race([promise.catch(() => {}), expired]);
  clearTimeout(timer);
}
