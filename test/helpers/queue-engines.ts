import { onTestFinished } from 'vitest';
import type { Queue, QueuedCall } from '../../src/queue/queue.js';
import { openRedisQueue } from '../../src/queue/redis/redis-queue.js';
import { layLine } from './line.js';
import { startRedis } from './redis-server.js';

/** Somewhere to queue calls, empty when a test makes it, and gone when the test is over. */
export interface Engine {
  /** The queue as one process has it: each open one is a process of its own. */
  open(): Promise<OpenQueue>;
}

export interface OpenQueue {
  readonly queue: Queue;
  /** Queues a call, and resolves when that is durable. */
  add(call: Pick<QueuedCall, 'capture' | 'events' | 'queued'>): Promise<void>;
  /** What happens to the queue when its process is killed. */
  vanish(): void;
}

/** Every engine that a queue may lie on. Calls of workers that vanished come back within seconds. */
export const queueEngines: readonly (readonly [name: string, make: () => Promise<Engine>])[] = [
  ['Redis', makeRedisEngine],
];

async function makeRedisEngine(): Promise<Engine> {
  const redis = await startRedis();
  return {
    async open() {
      const line = await layLine(redis.port);
      const queue = openRedisQueue(
        `redis://127.0.0.1:${line.port}`,
        'http://127.0.0.1:3000/webhooks/netcore',
        { timing: { lock: 1000, look: 500 } },
      );
      onTestFinished(() => queue.close());
      return { queue, add: (call) => queue.add(call), vanish: () => line.cut() };
    },
  };
}
