import type { DeliveryAttempt } from '../../src/call/delivery.js';
import type { Decision, QueuedCall } from '../../src/queue/queue.js';
import { jobKey } from '../../src/queue/redis/job.js';
import type { RedisQueue } from '../../src/queue/redis/redis-queue.js';
import { bodyOf, plainCall } from './store.js';

/** A call as a listener recorded it; ids sort by the number. */
export function queued(
  number: number,
  panel = 'netcore_hook_test',
): Pick<QueuedCall, 'capture' | 'events' | 'queued'> {
  const msgid = String(number);
  const body = bodyOf([{ channel: 'sms', event: 'delivered', msgid }], panel);
  const time = plainCall.time + number;
  return {
    capture: { ...plainCall, id: idOf(number), time, body },
    events: [
      {
        panel,
        channel: 'sms',
        activity: 'delivered',
        event: 'delivered',
        msgid,
        who: null,
        name: null,
        time: null,
      },
    ],
    queued: time,
  };
}

export function idOf(number: number): string {
  return `1s${String(number).padStart(8, '0')}sh0p42`;
}

export function numberOf(call: Pick<QueuedCall, 'capture'>): number {
  return Number(call.capture.id.slice(2, 10));
}

/** From 1 on. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** A try that the handler answered with 500. */
export const attempt: DeliveryAttempt = {
  time: plainCall.time,
  url: 'http://127.0.0.1:3000/webhooks/netcore',
  status: 500,
  reason: 'Internal Server Error',
  answer: 'out of stock',
  ms: 12,
};

export const delivered: Decision = { state: 'delivered', attempt: { ...attempt, status: 200 } };

/** The tag of a store, which gets the outcomes of its calls. */
const storeTag = 'sh0p42';

/** Hands a call over to Redis as the listener of a store does. */
export function handOver(
  queue: RedisQueue,
  call: Pick<QueuedCall, 'capture' | 'events' | 'queued'> & Partial<Pick<QueuedCall, 'tries'>>,
  tag = storeTag,
): Promise<'queued' | 'full'> {
  const waitedMs = Math.max(0, Date.now() - call.queued);
  return queue.handOver({ tries: 0, ...call, waitedMs }, jobKey(call, ''), tag);
}
