import {
  type Job,
  type Queue as JobQueue,
  Worker as JobWorker,
  UnrecoverableError,
  WaitingError,
} from 'bullmq';
import type { Redis } from 'ioredis';
import type { Decision, Deliver, QueueWorker, WorkOptions } from '../queue.js';
import type { RedisAddress } from './address.js';
import { makeBell } from './bell.js';
import { connectToWork, whenReady } from './connection.js';
import { asideKey } from './counts.js';
import { type JobData, type JobProgress, type JobResult, progressOf, queuedCall } from './job.js';
import { prefix, queuesKey } from './names.js';
import { isLost, redisReason } from './reason.js';
import { type Recovery, watchRecovery } from './recovery.js';
import type { RedisRetention, RedisTiming } from './redis-queue.js';

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
/** Ends that could not be written down, kept for when their calls come back. */
const mostRemembered = 1000;

type Ended = Extract<Decision, { state: JobResult['state'] }>;

/**
 * A worker of the library. Which calls are due, locks and their renewal, and calls whose worker
 * vanished are all the library's. What becomes of a call is written down here, while its lock is
 * still held and as often as it takes: the library would count a call as dead whose end it could not
 * write at once.
 */
export class RedisWorker implements QueueWorker {
  readonly #options: RedisWorkerOptions;
  readonly #connection: Redis;
  readonly #worker: JobWorker<JobData>;
  readonly #recovery: Recovery;
  readonly #bell = makeBell();
  /** Jobs that are with `deliver`, or held for their next try. */
  readonly #held = new Set<string>();
  /** Those of them that are not this worker's any more. */
  readonly #lost = new Set<string>();
  readonly #remembered = new Map<string, Ended>();
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
    quietDuplicates(this.#connection);
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

  close(patience: number): Promise<void> {
    this.#closing ??= this.#close(patience);
    return this.#closing;
  }

  #makeWorker(): JobWorker<JobData> {
    const { jobs, timing, retention } = this.#options;
    const keep = { count: retention.calls, age: Math.ceil(retention.age / 1000) };
    return new JobWorker<JobData>(jobs.name, (job, token) => this.#process(job, token ?? ''), {
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
    });
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
    this.#worker.concurrency = this.#options.ordered ? 1 : this.#slots;
    if (!this.#started) {
      this.#started = true;
      this.#worker.run().catch((error: unknown) => this.#recovery.report(error));
      return;
    }
    // It looks for more calls when it is resumed, or when one is done, but not for a larger number.
    void this.#worker.pause(true);
    void this.#worker.resume();
  }

  /** The library's processor. It never returns: where the job belongs is written down by then. */
  async #process(job: Job<JobData>, token: string): Promise<never> {
    const id = job.id ?? '';
    if (this.#held.has(id)) {
      // It came back before its deliverer did.
      this.#rest();
      await this.#write(() => job.moveToWait(token));
    } else if (!this.#open || this.#held.size >= this.#slots) {
      await this.#write(() => job.moveToWait(token));
    } else {
      this.#held.add(id);
      try {
        await this.#deliver(job, token);
      } finally {
        this.#held.delete(id);
        this.#lost.delete(id);
        this.#bell.ring();
      }
    }
    throw new WaitingError();
  }

  async #deliver(job: Job<JobData>, token: string): Promise<void> {
    let progress = progressOf(job.progress);
    for (;;) {
      const call = queuedCall(job.data, progress, job.timestamp);
      const key = `${job.id} ${call.queued}`;
      const hurried = this.#hurried;
      const decision = this.#remembered.get(key) ?? (await this.#options.deliver(call));
      switch (decision.state) {
        case 'waiting':
          this.#rest();
          await this.#write(() => job.moveToWait(token));
          return;
        case 'dead':
          progress = tried(progress, decision);
          await this.#write(() => job.updateProgress(progress));
          await this.#write(() => job.moveToFailed(new UnrecoverableError(why(decision)), token));
          return;
        case 'delayed':
          progress = { ...tried(progress, decision), due: decision.due };
          if (!(await this.#write(() => job.updateProgress(progress)))) return;
          if (!this.#options.ordered) {
            await this.#write(() => job.moveToDelayed(decision.due, token));
            return;
          }
          if (await this.#holdUntil(decision.due, job.id ?? '', hurried)) break;
          // The place of the call is the first one, as it was.
          await this.#write(() => job.moveToWait(token));
          return;
        default:
          this.#remembered.delete(key);
          if (!(await this.#end(job, token, progress, decision))) this.#remember(key, decision);
          return;
      }
    }
  }

  async #end(
    job: Job<JobData>,
    token: string,
    progress: JobProgress,
    decision: Ended,
  ): Promise<boolean> {
    const { tries, last } = tried(progress, decision);
    const { state } = decision;
    const result: JobResult = { state, tries, ...(last && { last }) };
    if (!(await this.#write(() => job.moveToCompleted(result, token, false)))) return false;
    if (state !== 'delivered') {
      const { jobs, retention } = this.#options;
      const key = asideKey(jobs, state);
      await this.#write(() =>
        this.#connection.zadd(key, job.finishedOn ?? Date.now(), job.id ?? ''),
      );
      await this.#write(() => this.#connection.zremrangebyrank(key, 0, -retention.calls - 1));
    }
    return true;
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

  #remember(key: string, decision: Ended): void {
    this.#remembered.set(key, decision);
    const [oldest = ''] = this.#remembered.keys();
    if (this.#remembered.size > mostRemembered) this.#remembered.delete(oldest);
  }

  #rest(): void {
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
    const end = Date.now() + patience;
    await this.#idle(end);
    if (this.#connection.status === 'ready') {
      // What was being taken is here when this is answered, and is given back.
      await within(farewell, this.#connection.ping());
      await this.#idle(Math.max(end, Date.now() + farewell));
    }
    this.#closed = true;
    this.#recovery.stop();
    await within(farewell, this.#worker.close(true));
    this.#connection.disconnect();
  }

  async #idle(until: number): Promise<void> {
    while (this.#held.size > 0 && Date.now() < until) await this.#bell.wait(until - Date.now());
  }
}

/** The library makes more connections of one, and leaves them without a listener in the end. */
function quietDuplicates(connection: Redis): void {
  const duplicate = connection.duplicate.bind(connection);
  connection.duplicate = (override) => duplicate(override).on('error', () => {});
}

function tried(progress: JobProgress, decision: Decision): JobProgress {
  const { due: _, ...kept } = progress;
  const attempt = 'attempt' in decision ? decision.attempt : undefined;
  return attempt ? { ...kept, tries: kept.tries + 1, last: attempt } : kept;
}

function why({ attempt: { reason, status } }: Extract<Decision, { state: 'dead' }>): string {
  return reason ?? (status === null ? 'no answer' : `answered ${status}`);
}

/** Waits no longer than so many milliseconds, whatever comes of it. */
async function within(most: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, most);
  });
  await Promise.race([promise.catch(() => {}), late]);
  clearTimeout(timer);
}
