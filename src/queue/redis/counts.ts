import type { Queue as JobQueue, JobType } from 'bullmq';
import type { Redis } from 'ioredis';
import type { QueueCounts } from '../../call/delivery.js';
import type { JobData } from './job.js';
import { readJobFacts } from './job-facts.js';

/** States that a call ends in, and that the library does not tell from `delivered`. */
export const asideStates = ['skipped', 'handed over'] as const;
export type AsideState = (typeof asideStates)[number];

/** The sorted set of the calls that ended so, by the time of their end. */
export function asideKey(jobs: JobQueue<JobData>, state: AsideState): string {
  return jobs.toKey(`ended-${state.replace(' ', '-')}`);
}

/**
 * How many calls are in each state. A call that was tried and is due again counts as waiting until
 * a worker takes it.
 */
export async function countCalls(client: Redis, jobs: JobQueue<JobData>): Promise<QueueCounts> {
  const [counts, oldest, ...aside] = await Promise.all([
    jobs.getJobCounts('waiting', 'delayed', 'active', 'completed', 'failed'),
    oldestQueued(client, jobs),
    ...asideStates.map((state) => countAside(client, jobs, state)),
  ]);
  const [skipped = 0, handedOver = 0] = aside;
  const { waiting = 0, delayed = 0, active = 0, completed = 0, failed = 0 } = counts;
  return {
    states: {
      waiting,
      delayed,
      active,
      delivered: Math.max(0, completed - skipped - handedOver),
      dead: failed,
      skipped,
      'handed over': handedOver,
    },
    oldest,
  };
}

/** What was removed since, by age or number, was the first to end. */
async function countAside(
  client: Redis,
  jobs: JobQueue<JobData>,
  state: AsideState,
): Promise<number> {
  const [, first] = await client.zrange(jobs.toKey('completed'), 0, '0', 'WITHSCORES');
  return first === undefined ? 0 : client.zcount(asideKey(jobs, state), String(first), '+inf');
}

const unfinished: readonly JobType[] = ['waiting', 'delayed', 'active'];
/** How many calls of a state are looked at from either end of it. */
const mostLookedAt = 50_000;
/** How many of the oldest calls are asked when they were queued: some may have been retried since. */
const mostAsked = 100;

/** Of the calls that were recorded first. Ids tell that: they sort by it. */
async function oldestQueued(client: Redis, jobs: JobQueue<JobData>): Promise<number | null> {
  const ranges = await Promise.all(
    unfinished.flatMap((type) => [
      jobs.getRanges([type], 0, mostLookedAt - 1, false),
      jobs.getRanges([type], 0, mostLookedAt - 1, true),
    ]),
  );
  const ids = [...new Set(ranges.flat())].sort().slice(0, mostAsked);
  const facts = await Promise.all(ids.map((id) => readJobFacts(client, jobs, id)));
  const queued = facts.flatMap((each) => (each ? [each.queued] : []));
  return queued.length > 0 ? Math.min(...queued) : null;
}
