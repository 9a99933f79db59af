import { randomBytes } from 'node:crypto';
import { Queue as JobQueue, RedisConnection } from 'bullmq';
import type { Redis } from 'ioredis';
import type { HandedOverCall, WithdrawnCall } from '../../call/delivery.js';
import { panelsOf, type Queue } from '../queue.js';
import type { Reported, Reports, Withdrawn } from '../reconcile.js';
import { commandsLoaded, runScript } from './adapted-scripts.js';
import { readRedisAddress } from './address.js';
import { connectToAsk, isFull, redisReason, whenReady } from './connection.js';
import { countJobs, type JobData, jobData, type NewCall, pausedSince, readOutcome } from './job.js';
import {
  beatKey,
  captureIdOf,
  jobId,
  jobKeyOf,
  laneOf,
  prefix,
  queueBase,
  queueName,
  withoutCredentials,
} from './keys.js';
import { defaultLimits, type OwnScript, type RedisLimits } from './lua.js';
import { defaultTiming, type RedisTiming, RedisWorker } from './redis-worker.js';
import { announceWorker, type WorkerNote } from './worker-notes.js';

// BullMQ would print warnings of its own. `checkRedis` checks the server instead, and requires this version.
RedisConnection.minimumVersion = '6.2.0';

/** A queue that any number of listeners fill and any number of workers empty. */
export interface RedisQueue extends Queue {
  /**
   * Hands a call over. `job` is its `jobKey`, and `tag` names the store that gets its outcome. Resolves to `queued`
   * when the server has the call, or had it and knows its outcome; a known call stays unchanged. Resolves to
   * `full` when the server has reached its limits or its memory is full, and has calls for workers. Rejects
   * within seconds, with the reason in plain words; the server may have the call in spite of that.
   */
  handOver(call: NewCall, job: string, tag: string): Promise<'queued' | 'full'>;
  /** Lets the server know that a worker of this queue runs, until the queue is closed. */
  announce(worker: Omit<WorkerNote, 'target'>): void;
  /** The outcomes of calls that were handed over to any queue of this server. */
  readonly reports: Reports;
}

export interface RedisQueueOptions {
  readonly timing?: RedisTiming;
  readonly limits?: RedisLimits;
  /** Keeps the order of each panel's calls, for calls handed over here. See `WorkOptions`. */
  readonly ordered?: boolean;
}

/**
 * Opens the queue of a target on a Redis or Valkey server. Connects and reconnects by itself. Throws
 * `redis_url_invalid`.
 */
export function openRedisQueue(
  url: string,
  target: string,
  { timing = defaultTiming, limits = defaultLimits, ordered = false }: RedisQueueOptions = {},
): RedisQueue {
  const address = readRedisAddress(url);
  const client = connectToAsk(address, limits);
  const jobs = openJobQueue(client, queueName(target));
  const base = queueBase(jobs.name);

  async function ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      await whenReady(client);
      return await question();
    } catch (error) {
      throw new Error(redisReason(error), { cause: error });
    }
  }
  const run: RunScript = (name, ...values) => ask(() => runScript(client, name, ...values));

  let withdraw = async () => {};

  return {
    reports: openReports(run),
    announce(worker) {
      const note = { ...worker, target: withoutCredentials(target) };
      ({ withdraw } = announceWorker(client, note));
    },
    async handOver(call, job, tag) {
      const lanes = ordered ? panelsOf(call).map(laneOf).join(' ') : '';
      const id = jobId(call.capture.id, job);
      const waited = Math.round(call.waitedMs);
      try {
        await whenReady(client);
        await commandsLoaded(client);
        const values = [base, jobs.name, id, tag, waited, jobData(call), lanes, call.tries];
        const answer = await runScript(client, 'handOver', ...values);
        return answer === 'full' ? 'full' : 'queued';
      } catch (error) {
        // A full server is drained by its workers, if it has calls for them.
        if (isFull(error) && Number(await run('makeRoom', base)) > 0) return 'full';
        throw new Error(redisReason(error), { cause: error });
      }
    },
    counts: () => ask(() => countJobs(client, jobs.name)),
    pausedSince: () => ask(() => pausedSince(client, jobs.name)),
    work: (deliver, options) =>
      new RedisWorker({ address, client, jobs, timing, limits, deliver, ...options }),
    async close() {
      await withdraw();
      await jobs.close();
      client.disconnect();
    },
  };
}

/** Opens BullMQ's queue of this name. The caller closes the connection. */
function openJobQueue(client: Redis, name: string): JobQueue<JobData> {
  const queue: JobQueue<JobData> = new JobQueue(name, {
    connection: client,
    prefix,
    skipVersionCheck: true,
    skipMetasUpdate: true,
  });
  return queue.on('error', () => {});
}

type RunScript = (name: OwnScript, ...values: readonly (string | number)[]) => Promise<unknown>;

const maxOutcomes = 500;

function openReports(run: RunScript): Reports {
  // Only this listener increments its counter, so that a lower value shows that the server lost data.
  const beat = `${beatKey}${randomBytes(9).toString('base64url')}`;
  let lastCount = 0;

  return {
    maxOutcomes,
    async read(tag) {
      const answer = await run('readOutcomes', tag, beat, maxOutcomes);
      const [count, fields] = Array.isArray(answer) ? (answer as unknown[]) : [];
      const lost = Number(count) <= lastCount;
      lastCount = Number(count);
      return { lost, reported: readReported(fields) };
    },
    async forget(tag, reported) {
      const fields = reported.flatMap(({ name, text }) => [name, text]);
      if (fields.length > 0) await run('forgetOutcomes', tag, ...fields);
    },
    async missing(tag, olderTags, calls) {
      const found: HandedOverCall[] = [];
      for (const [to, callsOfTarget] of byTarget(calls)) {
        const names = callsOfTarget.map(({ capture, job }) => jobId(capture, job));
        const base = queueBase(queueName(to));
        const known = await run('findCalls', base, tag, olderTags.join(' '), ...names);
        if (!Array.isArray(known)) continue;
        for (const [index, { capture, job }] of callsOfTarget.entries()) {
          if (Number(known[index]) === 0) found.push({ capture, job });
        }
      }
      return found;
    },
    async withdraw(calls) {
      const withdrawn: Withdrawn[] = [];
      for (const call of calls) {
        const { capture, job, to } = call;
        const answer = await run('dropCall', queueBase(queueName(to)), jobId(capture, job));
        const outcome = typeof answer === 'string' ? readOutcome(answer) : undefined;
        const progress = outcome && { capture, job, ...outcome };
        if (typeof answer === 'string' || Number(answer) >= 0)
          withdrawn.push({ ...call, progress });
      }
      return withdrawn;
    },
  };
}

/** Reads alternating names and outcomes. */
function readReported(fields: unknown): Reported[] {
  if (!Array.isArray(fields)) return [];
  const texts = fields.map(String);
  return texts.flatMap((name, index) => {
    if (index % 2 === 1) return [];
    const text = texts[index + 1] ?? '';
    const outcome = readOutcome(text);
    const call = { capture: captureIdOf(name), job: jobKeyOf(name) };
    return [{ name, text, outcome: outcome && { ...call, ...outcome } }];
  });
}

function byTarget(calls: readonly WithdrawnCall[]): Map<string, WithdrawnCall[]> {
  const found = new Map<string, WithdrawnCall[]>();
  for (const call of calls) found.set(call.to, [...(found.get(call.to) ?? []), call]);
  return found;
}
