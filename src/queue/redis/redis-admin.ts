import type { Redis } from 'ioredis';
import {
  deliveryStates,
  type QueueChoice,
  type QueueEntry,
  type TargetCounts,
} from '../../call/delivery.js';
import type { QueueAdmin } from '../../call/queue-admin.js';
import { Problem } from '../../problems/problem.js';
import { runScript } from './adapted-scripts.js';
import { type RedisAddress, readRedisAddress } from './address.js';
import { redisProblem } from './check-redis.js';
import { connectToAsk, whenReady } from './connection.js';
import { countCalls } from './counts.js';
import { type JobFacts, readJobFacts } from './job-facts.js';
import { defaultLimits } from './limits.js';
import {
  captureIdOf,
  queueBase,
  queueName,
  queuesKey,
  targetOfQueue,
  withoutCredentials,
} from './names.js';
import { type Place, pages, placesOf } from './places.js';

/**
 * The admin of all queues on a Redis or Valkey server. Its methods reject with `redis_unreachable`
 * or `redis_refuses`. Throws `redis_url_invalid`.
 */
export function openRedisQueueAdmin(url: string): QueueAdmin {
  return new RedisQueueAdmin(readRedisAddress(url));
}

/** How many calls are read at a time, and how many of them are changed at a time. */
const page = 200;
const hands = 10;

interface FoundCall extends Place {
  readonly facts: JobFacts;
}

class RedisQueueAdmin implements QueueAdmin {
  readonly #address: RedisAddress;
  readonly #client: Redis;

  constructor(address: RedisAddress) {
    this.#address = address;
    this.#client = connectToAsk(address, defaultLimits);
  }

  targets(): Promise<readonly TargetCounts[]> {
    return this.#ask(async () => {
      const found: TargetCounts[] = [];
      for (const name of await this.#client.smembers(queuesKey)) {
        const { states, oldest } = await countCalls(this.#client, name);
        const any = Object.values(states).some((count) => count > 0);
        if (any) found.push({ target: targetOfQueue(name), queue: '', states, oldest });
      }
      return found.sort((a, b) => (a.target < b.target ? -1 : 1));
    });
  }

  async *list(choice: QueueChoice): AsyncGenerator<QueueEntry> {
    const places = await this.#ask(() => this.#places(choice));
    for (const part of pages(places, page)) {
      const found = await this.#ask(() => this.#look(part));
      const ahead = await this.#ask(() => this.#clockAheadMs());
      for (const call of found) yield entryOf(call, ahead);
    }
  }

  retry(choice: QueueChoice, to: string | undefined): Promise<number> {
    return this.#change(choice, ({ queue, job }) => {
      const base = queueBase(queue);
      const name = to === undefined ? queue : queueName(to);
      return name === queue
        ? runScript(this.#client, 'retryCall', base, job, 'again')
        : runScript(this.#client, 'moveCall', base, job, queueBase(name), name, to ?? '');
    });
  }

  drop(choice: QueueChoice): Promise<number> {
    const outcome = JSON.stringify({ state: 'dropped', tries: 0 });
    return this.#change(choice, ({ queue, job }) =>
      runScript(this.#client, 'dropCall', queueBase(queue), job, outcome),
    );
  }

  async close(): Promise<void> {
    this.#client.disconnect();
  }

  /** The newest first. Their calls are read by pages. */
  async #places(choice: QueueChoice): Promise<Place[]> {
    const names =
      choice.target === undefined
        ? await this.#client.smembers(queuesKey)
        : [queueName(choice.target)];
    const states = choice.states.length > 0 ? choice.states : deliveryStates;
    const found: Place[] = [];
    for (const name of names) {
      found.push(...(await placesOf(this.#client, name, states, choice.ids)));
    }
    return found.sort((a, b) => (a.job < b.job ? 1 : a.job > b.job ? -1 : 0));
  }

  /** Reads what is known of the calls at these places. */
  async #look(places: readonly Place[]): Promise<FoundCall[]> {
    const facts = await Promise.all(
      places.map(({ queue, job }) => readJobFacts(this.#client, queue, job)),
    );
    return places.flatMap((place, index) => {
      const known = facts[index];
      return known ? [{ ...place, facts: known }] : [];
    });
  }

  /** Does something to every chosen call that is not with a worker. Resolves to how many it did. */
  #change(choice: QueueChoice, act: (call: Place) => Promise<unknown>): Promise<number> {
    return this.#ask(async () => {
      let count = 0;
      for (const few of pages(await this.#places(choice), hands)) {
        const done = await Promise.all(few.map(act));
        count += done.filter((each) => Number(each) === 1).length;
      }
      return count;
    });
  }

  async #clockAheadMs(): Promise<number> {
    const [seconds, microseconds] = await this.#client.time();
    return Number(seconds) * 1000 + Number(microseconds) / 1000 - Date.now();
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      await whenReady(this.#client);
      return await question();
    } catch (error) {
      throw error instanceof Problem ? error : redisProblem(this.#address, error);
    }
  }
}

function entryOf(
  { queue, job, state, facts: { queued, due, progress } }: FoundCall,
  clockAheadMs: number,
): QueueEntry {
  const here = (time: number) => Math.round(time - clockAheadMs);
  const { last, tries } = progress;
  return {
    id: captureIdOf(job),
    target: withoutCredentials(targetOfQueue(queue)),
    state,
    queued: here(queued),
    due: due === null ? null : here(due),
    tries,
    last: last ? { status: last.status, reason: last.reason } : null,
  };
}
