import { Queue as JobQueue, RedisConnection } from 'bullmq';
import type { Redis } from 'ioredis';
import type { QueueCounts } from '../../call/delivery.js';
import type { Deliver, Queue, QueueWorker, WorkOptions } from '../queue.js';
import { type RedisAddress, readRedisAddress } from './address.js';
import { connectToAsk, whenReady } from './connection.js';
import { countCalls } from './counts.js';
import { type JobData, jobData, type NewCall } from './job.js';
import { jobId, prefix, queueName, queuesKey } from './names.js';
import { redisReason } from './reason.js';
import { RedisWorker } from './redis-worker.js';
import { type RedisRetention, type RedisTiming, usualRetention, usualTiming } from './timing.js';

// The library would print warnings of its own; `checkRedis` says what is to be said. What it takes
// for granted instead is the oldest server that `checkRedis` lets pass.
RedisConnection.minimumVersion = '6.2.0';

/** A queue of calls that any number of listeners fill and any number of workers empty. */
export interface RedisQueue extends Queue {
  /**
   * Resolves when the server has the call; a call that it had before, done or not, stays as it is.
   * Rejects within seconds when the server does not take it, with the reason in plain words; then
   * it may have it all the same.
   */
  add(call: NewCall): Promise<void>;
}

export interface RedisQueueOptions {
  readonly timing?: RedisTiming;
  readonly retention?: RedisRetention;
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
export function jobQueue(client: Redis, name: string, options: { readonly look?: boolean } = {}) {
  const queue: JobQueue<JobData> = new JobQueue(name, {
    connection: client,
    prefix,
    skipVersionCheck: true,
    // Nobody reads the events; the library keeps ten thousand by itself.
    streams: { events: { maxLen: 1000 } },
    skipMetasUpdate: options.look === true,
  });
  return queue.on('error', () => {});
}

/** Adds a call to a queue, and the queue to the list of all. */
export async function addJob(
  client: Redis,
  queue: JobQueue<JobData>,
  call: NewCall,
): Promise<void> {
  await Promise.all([
    client.sadd(queuesKey, queue.name),
    queue.add('call', jobData(call), {
      jobId: jobId(call.capture.id),
      timestamp: call.queued,
      stackTraceLimit: 0,
    }),
  ]);
}

class OpenRedisQueue implements RedisQueue {
  readonly #address: RedisAddress;
  readonly #client: Redis;
  readonly #jobs: JobQueue<JobData>;
  readonly #timing: RedisTiming;
  readonly #retention: RedisRetention;

  constructor(address: RedisAddress, target: string, options: RedisQueueOptions) {
    this.#address = address;
    this.#client = connectToAsk(address);
    this.#jobs = jobQueue(this.#client, queueName(target));
    this.#timing = options.timing ?? usualTiming;
    this.#retention = options.retention ?? usualRetention;
  }

  add(call: NewCall): Promise<void> {
    return this.#ask(() => addJob(this.#client, this.#jobs, call));
  }

  counts(): Promise<QueueCounts> {
    return this.#ask(() => countCalls(this.#client, this.#jobs));
  }

  work(deliver: Deliver, options: WorkOptions): QueueWorker {
    return new RedisWorker({
      address: this.#address,
      client: this.#client,
      jobs: this.#jobs,
      timing: this.#timing,
      retention: this.#retention,
      deliver,
      ...options,
    });
  }

  async close(): Promise<void> {
    await this.#jobs.close();
    this.#client.disconnect();
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
