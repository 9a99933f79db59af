import type { Redis } from 'ioredis';
import type { QueueCounts } from '../../call/delivery.js';
import { runScript } from './adapted-scripts.js';
import { readJobFacts } from './job-facts.js';
import { queueBase } from './names.js';
import { placesOf } from './places.js';

export interface RedisCounts extends QueueCounts {
  /** How many milliseconds the server's clock is ahead of ours. */
  readonly clockAheadMs: number;
}

/**
 * How many calls are in each state; of those that have left Redis, how many did. A call that was tried
 * and is due again counts as waiting until a worker takes it.
 */
export async function countCalls(client: Redis, queue: string): Promise<RedisCounts> {
  const answer = await runScript(client, 'readCounts', queueBase(queue));
  const counts = Array.isArray(answer) ? answer.map(Number) : [];
  const [waiting = 0, delayed = 0, active = 0, dead = 0] = counts;
  const [delivered = 0, skipped = 0, handedOver = 0, now = Date.now()] = counts.slice(4);
  const clockAheadMs = now - Date.now();
  const oldest = waiting + delayed + active > 0 ? await oldestQueued(client, queue) : null;
  return {
    states: { waiting, delayed, active, delivered, dead, skipped, 'handed over': handedOver },
    oldest: oldest === null ? null : oldest - clockAheadMs,
    clockAheadMs,
  };
}

/** How many of the oldest calls are asked when they were queued: some may have been retried since. */
const maxAsked = 100;

/** Of the calls that were recorded first. Ids tell that: they sort by it. */
async function oldestQueued(client: Redis, queue: string): Promise<number | null> {
  const places = await placesOf(client, queue, ['waiting', 'delayed', 'active']);
  const ids = places
    .map(({ job }) => job)
    .sort()
    .slice(0, maxAsked);
  const facts = await Promise.all(ids.map((id) => readJobFacts(client, queue, id)));
  const queued = facts.flatMap((each) => (each ? [each.queued] : []));
  return queued.length > 0 ? Math.min(...queued) : null;
}
