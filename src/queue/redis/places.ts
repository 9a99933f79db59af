import type { Redis } from 'ioredis';
import type { DeliveryState } from '../../call/delivery.js';
import { captureIdOf, queueBase } from './names.js';

/** A queued call: where it is, as far as the lists tell. */
export interface Place {
  readonly queue: string;
  readonly job: string;
  readonly state: DeliveryState;
}

/** The states that calls have in Redis, and how the lists are read that hold them. */
type ReadList = (client: Redis, base: string) => Promise<string[]>;
const listsOf: Readonly<Partial<Record<DeliveryState, readonly ReadList[]>>> = {
  waiting: [
    (client, base) => client.lrange(`${base}wait`, 0, -1),
    // Those that have to wait for others in order.
    (client, base) => client.smembers(`${base}held`),
  ],
  delayed: [(client, base) => client.zrange(`${base}delayed`, 0, '-1')],
  active: [(client, base) => client.lrange(`${base}active`, 0, -1)],
  dead: [(client, base) => client.zrange(`${base}failed`, 0, '-1')],
};

/** The calls of a queue in some states. There are only so many: see `RedisLimits`. */
export async function placesOf(
  client: Redis,
  queue: string,
  states: readonly DeliveryState[],
  captures: readonly string[] = [],
): Promise<Place[]> {
  const wanted = new Set(captures);
  const base = queueBase(queue);
  const found = await Promise.all(
    states.map(async (state) => {
      const lists = await Promise.all((listsOf[state] ?? []).map((read) => read(client, base)));
      return lists.flat().map((job) => ({ queue, job, state }));
    }),
  );
  const places = found.flat();
  return wanted.size === 0 ? places : places.filter(({ job }) => wanted.has(captureIdOf(job)));
}

export function* pages<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < all.length; start += size) yield all.slice(start, start + size);
}
