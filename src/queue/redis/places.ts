import type { Queue as JobQueue, JobType } from 'bullmq';
import type { DeliveryState } from '../../call/delivery.js';
import type { JobData } from './job.js';
import { jobId } from './names.js';

/** Where the library keeps calls in a state. It tells no skipped call from a delivered one. */
export const typeOfState: Readonly<Record<DeliveryState, JobType>> = {
  waiting: 'waiting',
  delayed: 'delayed',
  active: 'active',
  delivered: 'completed',
  skipped: 'completed',
  'handed over': 'completed',
  dead: 'failed',
};

/** The other way round, as far as the library tells. */
export const statesOfType = new Map<string, DeliveryState>([
  ['waiting', 'waiting'],
  ['delayed', 'delayed'],
  ['active', 'active'],
  ['completed', 'delivered'],
  ['failed', 'dead'],
]);

/** A queued call: where it is, as far as its id and the library's lists tell. */
export interface Place {
  readonly jobs: JobQueue<JobData>;
  readonly job: string;
  readonly state: DeliveryState;
}

const idsAtOnce = 10_000;
const questionsAtOnce = 200;

export async function placesOfType(jobs: JobQueue<JobData>, type: JobType): Promise<Place[]> {
  const state = statesOfType.get(type);
  if (!state) return [];
  const ids = new Set<string>();
  for (let start = 0; ; start += idsAtOnce) {
    const some = await jobs.getRanges([type], start, start + idsAtOnce - 1);
    for (const id of some) ids.add(id);
    if (some.length < idsAtOnce) break;
  }
  return [...ids].map((job) => ({ jobs, job, state }));
}

export async function placesOfIds(
  jobs: JobQueue<JobData>,
  captures: readonly string[],
  types: readonly JobType[],
): Promise<Place[]> {
  const found: Place[] = [];
  for (const part of pages(captures, questionsAtOnce)) {
    const states = await Promise.all(part.map((id) => jobs.getJobState(jobId(id))));
    for (const [index, id] of part.entries()) {
      const type = states[index];
      const state = type && statesOfType.get(type);
      if (state && types.some((each) => each === type)) found.push({ jobs, job: jobId(id), state });
    }
  }
  return found;
}

export function* pages<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < all.length; start += size) yield all.slice(start, start + size);
}
