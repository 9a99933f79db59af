import type { Queue as JobQueue } from 'bullmq';
import type { Redis } from 'ioredis';
import {
  type DeliveryState,
  deliveryStates,
  type QueueChoice,
  type QueueEntry,
  type TargetCounts,
} from '../../call/delivery.js';
import { Problem } from '../../problems/problem.js';
import type { QueueDesk } from '../queue-desk.js';
import { type RedisAddress, readRedisAddress } from './address.js';
import { redisProblem } from './check-redis.js';
import { connectToAsk, whenReady } from './connection.js';
import { asideKey, asideStates, countCalls } from './counts.js';
import { captureOf, type JobData, type JobProgress } from './job.js';
import { type JobFacts, readJobFacts } from './job-facts.js';
import { captureIdOf, queueName, queuesKey, targetOfQueue, withoutCredentials } from './names.js';
import {
  type Place,
  pages,
  placesOfIds,
  placesOfType,
  statesOfType,
  typeOfState,
} from './places.js';
import { isLost } from './reason.js';
import { addJob, jobQueue } from './redis-queue.js';

/**
 * The desk of all queues on a Redis or Valkey server. Its methods reject with `redis_unreachable`
 * or `redis_refuses`. Throws `redis_url_invalid`.
 */
export function openRedisDesk(url: string): QueueDesk {
  return new RedisDesk(readRedisAddress(url));
}

/** How many calls are read at a time, and how many of them are changed at a time. */
const page = 200;
const hands = 10;

interface FoundCall extends Place {
  readonly facts: JobFacts;
}

class RedisDesk implements QueueDesk {
  readonly #address: RedisAddress;
  readonly #client: Redis;
  readonly #queues = new Map<string, JobQueue<JobData>>();

  constructor(address: RedisAddress) {
    this.#address = address;
    this.#client = connectToAsk(address);
  }

  targets(): Promise<readonly TargetCounts[]> {
    return this.#ask(async () => {
      const found: TargetCounts[] = [];
      for (const name of await this.#client.smembers(queuesKey)) {
        const counts = await countCalls(this.#client, this.#queue(name));
        const any = Object.values(counts.states).some((count) => count > 0);
        if (any) found.push({ target: targetOfQueue(name), queue: '', ...counts });
      }
      return found.sort((a, b) => (a.target < b.target ? -1 : 1));
    });
  }

  async *list(choice: QueueChoice): AsyncGenerator<QueueEntry> {
    const places = await this.#ask(() => this.#places(choice));
    for (const part of pages(places, page)) {
      const found = await this.#ask(() => this.#look(part, choice));
      for (const call of found) yield entryOf(call);
    }
  }

  retry(choice: QueueChoice, to: string | undefined): Promise<number> {
    return this.#change(choice, (call) => this.#retryCall(call, to));
  }

  drop(choice: QueueChoice): Promise<number> {
    return this.#change(choice, async ({ jobs, job }) => {
      if ((await jobs.remove(job)) !== 1) return false;
      await this.#forget(jobs, job);
      return true;
    });
  }

  async close(): Promise<void> {
    for (const jobs of this.#queues.values()) await jobs.close();
    this.#client.disconnect();
  }

  #queue(name: string): JobQueue<JobData> {
    const known = this.#queues.get(name);
    if (known) return known;
    const opened = jobQueue(this.#client, name, { look: true });
    this.#queues.set(name, opened);
    return opened;
  }

  /** The newest first. A million ids take some hundred megabytes; their calls are read by pages. */
  async #places(choice: QueueChoice): Promise<Place[]> {
    const names =
      choice.target === undefined
        ? await this.#client.smembers(queuesKey)
        : [queueName(choice.target)];
    const states = choice.states.length > 0 ? choice.states : deliveryStates;
    const types = [...new Set(states.map((state) => typeOfState[state]))];
    const found: Place[] = [];
    for (const name of names) {
      const jobs = this.#queue(name);
      if (choice.ids.length > 0) found.push(...(await placesOfIds(jobs, choice.ids, types)));
      else for (const type of types) found.push(...(await placesOfType(jobs, type)));
    }
    return found.sort((a, b) => (a.job < b.job ? 1 : a.job > b.job ? -1 : 0));
  }

  /** Reads what is known of the calls at these places, and leaves out what is not meant. */
  async #look(places: readonly Place[], choice: QueueChoice): Promise<FoundCall[]> {
    const facts = await Promise.all(
      places.map(({ jobs, job }) => readJobFacts(this.#client, jobs, job)),
    );
    return places.flatMap((place, index) => {
      const known = facts[index];
      if (!known) return [];
      const state = stateOf(place.state, known);
      const meant = choice.states.length === 0 || choice.states.includes(state);
      return meant ? [{ ...place, state, facts: known }] : [];
    });
  }

  /** Does something to every chosen call that is not with a worker. Resolves to how many it did. */
  #change(choice: QueueChoice, act: (call: FoundCall) => Promise<boolean>): Promise<number> {
    return this.#ask(async () => {
      let count = 0;
      for (const part of pages(await this.#places(choice), page)) {
        for (const few of pages(await this.#look(part, choice), hands)) {
          const done = await Promise.all(
            few.map(async (call) => call.state !== 'active' && (await unlessLost(act(call)))),
          );
          count += done.filter(Boolean).length;
        }
      }
      return count;
    });
  }

  async #retryCall(call: FoundCall, to: string | undefined): Promise<boolean> {
    const { jobs, job, state } = call;
    const name = to === undefined ? jobs.name : queueName(to);
    if (name === jobs.name) return this.#wake(jobs, job, state);
    const whole = await jobs.getJob(job);
    if (!whole) return false;
    const there = this.#queue(name);
    const known = statesOfType.get(await there.getJobState(job));
    if (known) await this.#wake(there, job, known);
    else {
      const { events, ...data } = whole.data;
      await addJob(this.#client, there, { capture: captureOf(data), events, queued: Date.now() });
    }
    if ((await jobs.remove(job)) === 1) await this.#forget(jobs, job);
    return true;
  }

  /** Makes a call due now, as if it was never tried. */
  async #wake(jobs: JobQueue<JobData>, id: string, state: DeliveryState): Promise<boolean> {
    const job = await jobs.getJob(id);
    if (!job || state === 'active') return false;
    const fresh: JobProgress = { tries: 0, queued: Date.now() };
    await job.updateProgress(fresh);
    if (state === 'delayed') await job.promote();
    else if (state === 'dead') await job.retry('failed');
    else if (state !== 'waiting') {
      await job.retry('completed');
      await this.#forget(jobs, id);
    }
    return true;
  }

  async #forget(jobs: JobQueue<JobData>, id: string): Promise<void> {
    await Promise.all(asideStates.map((state) => this.#client.zrem(asideKey(jobs, state), id)));
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

/** The library's list tells most of it; how a call ended stands with the call. */
function stateOf(listed: DeliveryState, { result }: JobFacts): DeliveryState {
  if (listed === 'delivered') return result?.state ?? 'delivered';
  return listed;
}

function entryOf({ jobs, job, state, facts: { queued, progress, result } }: FoundCall): QueueEntry {
  const last = result?.last ?? progress.last;
  return {
    id: captureIdOf(job),
    target: withoutCredentials(targetOfQueue(jobs.name)),
    state,
    queued,
    // In order, a worker holds a call between its tries.
    due: state === 'delayed' || state === 'active' ? (progress.due ?? null) : null,
    tries: result?.tries ?? progress.tries,
    last: last ? { status: last.status, reason: last.reason } : null,
  };
}

async function unlessLost(act: Promise<boolean>): Promise<boolean> {
  try {
    return await act;
  } catch (error) {
    // A worker took it, or it was removed, between the look and the deed.
    if (isLost(error)) return false;
    throw error;
  }
}
