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
import { connectToAsk, serverTime, whenReady } from './connection.js';
import { countJobs, type JobFacts, type ListedJob, listJobs, readJobFacts } from './job.js';
import {
  captureIdOf,
  pausedKey,
  queueBase,
  queueName,
  queuesKey,
  targetOfQueue,
  withoutCredentials,
} from './keys.js';
import { defaultLimits } from './lua.js';
import { readWorkerNotes, type WorkerNote } from './worker-notes.js';

/**
 * The admin of all queues on a Redis or Valkey server. Its methods reject with `redis_unreachable`
 * or `redis_refuses`. Throws `redis_url_invalid`.
 */
export function openRedisQueueAdmin(url: string): RedisAdmin {
  return new RedisQueueAdmin(readRedisAddress(url));
}

interface RedisAdmin extends QueueAdmin {
  /** The workers of all queues, on all machines. */
  workers(): Promise<readonly WorkerNote[]>;
}

const readPageSize = 200;
const changePageSize = 10;

interface FoundCall extends ListedJob {
  readonly facts: JobFacts;
}

class RedisQueueAdmin implements RedisAdmin {
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
        const counts = await countJobs(this.#client, name);
        const { states, paused } = counts;
        if (paused === null && Object.values(states).every((count) => count === 0)) continue;
        found.push({ target: targetOfQueue(name), queue: '', ...counts });
      }
      return found.sort((a, b) => (a.target < b.target ? -1 : 1));
    });
  }

  workers(): Promise<readonly WorkerNote[]> {
    return this.#ask(() => readWorkerNotes(this.#client));
  }

  async *list(choice: QueueChoice): AsyncGenerator<QueueEntry> {
    const jobs = await this.#ask(() => this.#list(choice));
    for (const page of pages(jobs, readPageSize)) {
      const found = await this.#ask(() => this.#readFacts(page));
      const clockAheadMs = await this.#ask(() => this.#clockAheadMs());
      for (const call of found) yield entryOf(call, clockAheadMs);
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

  /** Only a store has captures without a call. */
  enqueue = async (): Promise<number> => 0;

  drop(choice: QueueChoice): Promise<number> {
    const outcome = JSON.stringify({ state: 'dropped', tries: 0 });
    return this.#change(choice, ({ queue, job }) =>
      runScript(this.#client, 'dropCall', queueBase(queue), job, outcome),
    );
  }

  pause(target: string | undefined, since: number | null): Promise<readonly string[]> {
    return this.#ask(async () => {
      const changed: string[] = [];
      const chosen = target === undefined ? undefined : queueName(target);
      for (const name of (await this.#client.smembers(queuesKey)).sort()) {
        if (chosen !== undefined && name !== chosen) continue;
        const isChanged =
          since === null
            ? await this.#client.hdel(pausedKey, name)
            : await this.#client.hsetnx(pausedKey, name, since);
        if (isChanged === 1) changed.push(targetOfQueue(name));
      }
      return changed;
    });
  }

  async close(): Promise<void> {
    this.#client.disconnect();
  }

  /** Lists the chosen jobs, newest first. */
  async #list(choice: QueueChoice): Promise<ListedJob[]> {
    const names =
      choice.target === undefined
        ? await this.#client.smembers(queuesKey)
        : [queueName(choice.target)];
    const states = choice.states.length > 0 ? choice.states : deliveryStates;
    const found: ListedJob[] = [];
    for (const name of names) {
      found.push(...(await listJobs(this.#client, name, states, choice.ids)));
    }
    return found.sort((a, b) => (a.job < b.job ? 1 : a.job > b.job ? -1 : 0));
  }

  /** Skips jobs that were removed meanwhile. */
  async #readFacts(jobs: readonly ListedJob[]): Promise<FoundCall[]> {
    const facts = await Promise.all(
      jobs.map(({ queue, job }) => readJobFacts(this.#client, queue, job)),
    );
    return jobs.flatMap((job, index) => {
      const found = facts[index];
      return found ? [{ ...job, facts: found }] : [];
    });
  }

  /** Changes each chosen call that no worker holds. Resolves to the number of changed calls. */
  #change(choice: QueueChoice, change: (call: ListedJob) => Promise<unknown>): Promise<number> {
    return this.#ask(async () => {
      let count = 0;
      for (const page of pages(await this.#list(choice), changePageSize)) {
        const answers = await Promise.all(page.map(change));
        count += answers.filter((answer) => Number(answer) === 1).length;
      }
      return count;
    });
  }

  /** How far the server's clock is ahead of the local one. */
  async #clockAheadMs(): Promise<number> {
    return (await serverTime(this.#client)) - Date.now();
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

function* pages<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < all.length; start += size) yield all.slice(start, start + size);
}

function entryOf(
  { queue, job, state, facts: { queued, due, progress } }: FoundCall,
  clockAheadMs: number,
): QueueEntry {
  const localTime = (serverTime: number) => Math.round(serverTime - clockAheadMs);
  const { last, tries } = progress;
  return {
    id: captureIdOf(job),
    target: withoutCredentials(targetOfQueue(queue)),
    state,
    queued: localTime(queued),
    due: due === null ? null : localTime(due),
    tries,
    last: last ? { status: last.status, reason: last.reason } : null,
  };
}
