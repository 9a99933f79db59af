import { onTestFinished } from 'vitest';
import type { QueueCounts } from '../../src/call/delivery.js';
import type { Decision, Deliver, QueueWorker, WorkOptions } from '../../src/queue/queue.js';
import {
  openRedisQueue,
  type RedisQueue,
  type RedisQueueOptions,
} from '../../src/queue/redis/redis-queue.js';
import { delivered, numberOf } from './queued-calls.js';

export const target = 'http://127.0.0.1:3000/webhooks/netcore';
/** Calls of killed workers return within two seconds. */
export const timing = { lockMs: 1000, stalledCheckMs: 500 };

export function open(url: string, options: RedisQueueOptions = { timing }): RedisQueue {
  const queue = openRedisQueue(url, target, options);
  onTestFinished(() => queue.close());
  return queue;
}

export function work(queue: RedisQueue, deliver: Deliver, options: Partial<WorkOptions> = {}) {
  const reports: string[] = [];
  const worker: QueueWorker = queue.work(deliver, {
    slots: 4,
    ordered: false,
    failed: (error) => reports.push(error instanceof Error ? error.message : String(error)),
    recovered: () => reports.push('recovered'),
    ...options,
  });
  onTestFinished(() => worker.close(0));
  return { worker, reports };
}

/** Delivers calls, and collects them. */
export function delivering() {
  const given: number[] = [];
  const deliver: Deliver = async (call) => {
    given.push(numberOf(call));
    return delivered;
  };
  return { given, deliver };
}

/** A delivery that a test ends when it wants. */
export function heldDelivery() {
  let taken = 0;
  let decide: (decision: Decision) => void = () => {};
  const decision = new Promise<Decision>((resolve) => {
    decide = resolve;
  });
  const deliver: Deliver = () => {
    taken += 1;
    return decision;
  };
  return { deliver, decide, taken: () => taken };
}

export async function stateOf(queue: RedisQueue) {
  return (await queue.counts()).states;
}

/** Whether this number of calls is in these states. False if the server is unreachable. */
export async function isState(queue: RedisQueue, wanted: Partial<QueueCounts['states']>) {
  const states = await stateOf(queue).catch(() => undefined);
  return (
    states !== undefined &&
    Object.entries({ ...states, ...wanted }).every(
      ([name, count]) => states[name as keyof typeof states] === count,
    )
  );
}
