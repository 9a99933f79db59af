import { Queue as JobQueue, RedisConnection } from 'bullmq';
import type { Redis } from 'ioredis';
import type { QueueCounts } from '../../call/delivery.js';
import { panelsOf } from '../panels-of.js';
import type { Deliver, Queue, QueueWorker, WorkOptions } from '../queue.js';
import { commandsLoaded, runScript } from './adapted-scripts.js';
import { type RedisAddress, readRedisAddress } from './address.js';
import { connectToAsk, whenReady } from './connection.js';
import { countCalls } from './counts.js';
import { type JobData, jobData, type NewCall } from './job.js';
import { defaultLimits, type RedisLimits } from './limits.js';
import { jobId, laneOf, prefix, queueBase, queueName } from './names.js';
import { isFull, redisReason } from './reason.js';
import { RedisWorker } from './redis-worker.js';
import { openReports, type RedisReports } from './reports.js';
import { defaultTiming, type RedisTiming } from './timing.js';

// The library would print warnings of its own; `checkRedis` says what is to be said. What it takes
// for granted instead is the oldest server that `checkRedis` lets pass.
RedisConnection.minimumVersion = '6.2.0';

/** A queue of calls that any number of listeners fill and any number of workers empty. */
export interface RedisQueue extends Queue {
  /**
   * Resolves to `queued` when the server has the call, or had it before and knows what became of it;
   * then it stays as it is. `full`: the server has as many calls as it may have, or room for, and gives
   * them to workers. Rejects within seconds when it does not take the call, with the reason in plain
   * words; then it may have it all the same.
   *
   * `job` is the key of the call, see `jobKey`; `tag` names the store that is told what becomes of it.
   */
  handOver(call: NewCall, job: string, tag: string): Promise<'queued' | 'full'>;
  /** What has become of the calls that were handed over to any queue of this server. */
  readonly reports: RedisReports;
}

export interface RedisQueueOptions {
  readonly timing?: RedisTiming;
  readonly limits?: RedisLimits;
  /** Calls that are handed over from here keep the order of their panels: see `WorkOptions`. */
  readonly ordered?: boolean;
}

/**
 * Opens the queue of a target on a Redis or Valkey server. Connects by itself, and again whenever
 * the connection was lost. Throws `redis_url_invalid`.
 */
export function openRedisQueue(
  url: string,
  target: string,
  options: RedisQueueOptions = {},
): RedisQueue {
  return new OpenRedisQueue(readRedisAddress(url), target, options);
}

/** The library's queue of this name, over a connection that is the caller's. */
function jobQueue(client: Redis, name: string): JobQueue<JobData> {
  const queue: JobQueue<JobData> = new JobQueue(name, {
    connection: client,
    prefix,
    skipVersionCheck: true,
    skipMetasUpdate: true,
  });
  return queue.on('error', () => {});
}

class OpenRedisQueue implements RedisQueue {
  readonly #address: RedisAddress;
  readonly #client: Redis;
  readonly #jobs: JobQueue<JobData>;
  readonly #timing: RedisTiming;
  readonly #limits: RedisLimits;
  readonly #ordered: boolean;
  readonly reports: RedisReports;

  constructor(address: RedisAddress, target: string, options: RedisQueueOptions) {
    this.#address = address;
    this.#timing = options.timing ?? defaultTiming;
    this.#limits = options.limits ?? defaultLimits;
    this.#ordered = options.ordered === true;
    this.#client = connectToAsk(address, this.#limits);
    this.#jobs = jobQueue(this.#client, queueName(target));
    this.reports = openReports((name, ...values) =>
      this.#ask(() => runScript(this.#client, name, ...values)),
    );
  }

  async handOver(call: NewCall, job: string, tag: string): Promise<'queued' | 'full'> {
    const { name } = this.#jobs;
    const lanes = this.#ordered ? panelsOf(call).map(laneOf) : [];
    try {
      await whenReady(this.#client);
      await commandsLoaded(this.#client);
      const answer = await runScript(
        this.#client,
        'handOver',
        queueBase(name),
        name,
        jobId(call.capture.id, job),
        tag,
        Math.round(call.waitedMs),
        jobData(call),
        lanes.join(' '),
      );
      return answer === 'full' ? 'full' : 'queued';
    } catch (error) {
      if (isFull(error) && (await this.#makeRoom()) > 0) return 'full';
      throw new Error(redisReason(error), { cause: error });
    }
  }

  counts(): Promise<QueueCounts> {
    return this.#ask(async () => {
      const { states, oldest } = await countCalls(this.#client, this.#jobs.name);
      return { states, oldest };
    });
  }

  work(deliver: Deliver, options: WorkOptions): QueueWorker {
    return new RedisWorker({
      address: this.#address,
      client: this.#client,
      jobs: this.#jobs,
      timing: this.#timing,
      limits: this.#limits,
      deliver,
      ...options,
    });
  }

  async close(): Promise<void> {
    await this.#jobs.close();
    this.#client.disconnect();
  }

  /** Resolves to how many calls a full server has that workers can take out of it. */
  async #makeRoom(): Promise<number> {
    const base = queueBase(this.#jobs.name);
    return Number(await this.#ask(() => runScript(this.#client, 'makeRoom', base)));
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      await whenReady(this.#client);
      return await question();
    } catch (error) {
      throw new Error(redisReason(error), { cause: error });
    }
  }
}
