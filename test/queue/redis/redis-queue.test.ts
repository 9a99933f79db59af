import { describe, expect, onTestFinished, test } from 'vitest';
import type { QueueCounts } from '../../../src/call/delivery.js';
import type { Decision, Deliver, QueueWorker, WorkOptions } from '../../../src/queue/queue.js';
import {
  openRedisQueue,
  type RedisQueue,
  type RedisQueueOptions,
} from '../../../src/queue/redis/redis-queue.js';
import { attempt, delivered, numberOf, numbers, queued } from '../../helpers/queued-calls.js';
import { type RedisServer, startRedis } from '../../helpers/redis-server.js';
import { nobodyThere } from '../../helpers/servers.js';
import { until } from '../../helpers/until.js';

const target = 'http://127.0.0.1:3000/webhooks/netcore';
/** Calls of workers that vanished come back within two seconds. */
const timing = { lock: 1000, look: 500 };

function open(url: string, options: RedisQueueOptions = { timing }): RedisQueue {
  const queue = openRedisQueue(url, target, options);
  onTestFinished(() => queue.close());
  return queue;
}

function work(queue: RedisQueue, deliver: Deliver, options: Partial<WorkOptions> = {}) {
  const troubles: string[] = [];
  const trouble = (error: unknown) =>
    void troubles.push(error instanceof Error ? error.message : 'well');
  const worker: QueueWorker = queue.work(deliver, {
    slots: 4,
    ordered: false,
    trouble,
    ...options,
  });
  onTestFinished(() => worker.close(0));
  return { worker, troubles };
}

/** Delivers, and tells what it delivered. */
function delivering() {
  const given: number[] = [];
  const deliver: Deliver = async (call) => {
    given.push(numberOf(call));
    return delivered;
  };
  return { given, deliver };
}

/** A delivery that a test ends when it wants. */
function heldDelivery() {
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

async function stateOf(queue: RedisQueue) {
  return (await queue.counts()).states;
}

/** Whether so many calls are in these states. A server that is away says no. */
async function isState(queue: RedisQueue, wanted: Partial<QueueCounts['states']>) {
  const states = await stateOf(queue).catch(() => undefined);
  return (
    states !== undefined &&
    Object.entries({ ...states, ...wanted }).every(
      ([name, count]) => states[name as keyof typeof states] === count,
    )
  );
}

describe('handing a call over', () => {
  test('twice makes one call of it, also when it is delivered by then', async () => {
    const redis = await startRedis();
    const queue = open(redis.url);
    await queue.add(queued(1));
    await queue.add(queued(1));
    const { given, deliver } = delivering();
    work(queue, deliver);
    await until(() => isState(queue, { delivered: 1 }), 'it is delivered');
    await queue.add(queued(1));
    await queue.add(queued(2));
    await until(() => isState(queue, { delivered: 2 }), 'the next is delivered');
    expect(given).toEqual([1, 2]);
  });

  test('takes ids of digits alone', async () => {
    const redis = await startRedis();
    const queue = open(redis.url);
    const { capture, ...rest } = queued(1);
    await queue.add({ ...rest, capture: { ...capture, id: '1234567890123456' } });
    expect(await stateOf(queue)).toMatchObject({ waiting: 1 });
  });

  test('takes ten megabytes', async () => {
    const redis = await startRedis();
    const queue = open(redis.url);
    const { capture, ...rest } = queued(1);
    const body = new Uint8Array(10 * 1024 * 1024).map((_, index) => index * 7);
    await queue.add({ ...rest, capture: { ...capture, body } });
    let same = false;
    work(queue, async (call) => {
      same = Buffer.compare(call.capture.body, body) === 0;
      return delivered;
    });
    await until(() => isState(queue, { delivered: 1 }), 'it is delivered');
    expect(same).toBe(true);
  });

  const hindrances: readonly (readonly [string, (redis: RedisServer) => unknown, RegExp])[] = [
    ['was killed', (redis) => redis.kill(), /^(?:the connection was lost|nothing listens there)$/],
    ['hangs', (redis) => redis.freeze(), /^it does not answer$/],
    ['became a replica', (redis) => redis.client.replicaof('127.0.0.1', 1), /read-only replica/],
    [
      'is out of memory',
      (redis) => redis.client.config('SET', 'maxmemory', '1mb'),
      /^its memory is full$/,
    ],
    [
      'lacks replicas',
      (redis) => redis.client.config('SET', 'min-replicas-to-write', '1'),
      /fewer replicas/,
    ],
  ];
  test.each(hindrances)(
    'is refused within seconds when the server %s',
    async (_, hinder, reason) => {
      const redis = await startRedis();
      const queue = open(redis.url);
      await queue.add(queued(1));
      await hinder(redis);
      const begun = Date.now();
      await expect(queue.add(queued(2))).rejects.toThrow(reason);
      expect(Date.now() - begun).toBeLessThan(7000);
      redis.thaw();
    },
  );

  test('is refused at once when nothing listens, and works when something does', async () => {
    const { port } = await nobodyThere();
    const queue = open(`redis://127.0.0.1:${port}`);
    await expect(queue.add(queued(1))).rejects.toThrow('nothing listens there');
    await startRedis({ port: Number(port) });
    await until(
      () =>
        queue.add(queued(1)).then(
          () => true,
          () => false,
        ),
      'it is taken',
    );
  });

  test('keeps no more calls that are at their end than it is told', async () => {
    const redis = await startRedis();
    const queue = open(redis.url, { timing, retention: { calls: 5, age: 60_000 } });
    for (const number of numbers(20)) await queue.add(queued(number));
    work(queue, async (call) => (numberOf(call) % 2 === 0 ? { state: 'skipped' } : delivered), {
      slots: 1,
    });
    await until(async () => {
      const { waiting, active } = await stateOf(queue);
      return waiting + active === 0;
    }, 'all are at their end');
    const { delivered: done, skipped } = await stateOf(queue);
    // Of the last five.
    expect({ done, skipped }).toEqual({ done: 2, skipped: 3 });
  });
});

describe('a worker', () => {
  test('tells once that the server is away and once that it is back, and goes on', async () => {
    const redis = await startRedis();
    const queue = open(redis.url);
    const { given, deliver } = delivering();
    const { troubles } = work(queue, deliver);
    await queue.add(queued(1));
    await until(() => given.length === 1, 'the first is given');
    await redis.kill();
    await until(() => troubles.length === 1, 'it tells');
    await redis.restart();
    await until(() => troubles.length === 2, 'it tells again');
    await queue.add(queued(2));
    await until(() => given.length === 2, 'the next is given');
    expect(troubles).toEqual(['the connection was lost', 'well']);
  });

  test('loses nothing when the server is killed again and again', async () => {
    const redis = await startRedis();
    const queue = open(redis.url);
    const given = new Set<number>();
    let times = 0;
    work(queue, async (call) => {
      times += 1;
      await new Promise(setImmediate);
      if (times % 4 === 0) return { state: 'delayed', due: Date.now() + 20, attempt };
      given.add(numberOf(call));
      return delivered;
    });
    let next = 1;
    for (const last of [100, 200, 300]) {
      while (next <= last) {
        await until(
          () =>
            queue.add(queued(next)).then(
              () => true,
              () => false,
            ),
          'it is taken',
        );
        next += 1;
      }
      await redis.kill();
      await redis.restart();
    }
    await until(() => given.size === 300, 'all are delivered');
    await until(() => isState(queue, { delivered: 300 }), 'all are written down');
  });

  test('writes down what it delivered while the server was away', async () => {
    const redis = await startRedis();
    const queue = open(redis.url, { timing: { lock: 30_000, look: 500 } });
    await queue.add(queued(1));
    const { deliver, decide, taken } = heldDelivery();
    const { troubles } = work(queue, deliver);
    await until(() => taken() === 1, 'it is taken');
    await redis.kill();
    await until(() => troubles.length === 1, 'the server is missed');
    decide(delivered);
    await redis.restart();
    await until(() => isState(queue, { delivered: 1 }), 'it is written down');
    expect(taken()).toBe(1);
  });

  test('does not deliver again what it delivered in an outage that cost it the call', async () => {
    const redis = await startRedis();
    const queue = open(redis.url);
    await queue.add(queued(1));
    const { deliver, decide, taken } = heldDelivery();
    const { troubles } = work(queue, deliver);
    await until(() => taken() === 1, 'it is taken');
    await redis.kill();
    await until(() => troubles.length === 1, 'the server is missed');
    const gone = Date.now() + 2 * timing.lock;
    await until(() => Date.now() > gone, 'the lock has run out');
    decide(delivered);
    await redis.restart();
    await until(() => isState(queue, { delivered: 1 }), 'it is written down');
    expect(taken()).toBe(1);
  });

  test('does not take a call twice that comes back to it while it is at the handler', async () => {
    const redis = await startRedis();
    const queue = open(redis.url);
    await queue.add(queued(1));
    const { deliver, decide, taken } = heldDelivery();
    const { troubles } = work(queue, deliver);
    await until(() => taken() === 1, 'it is taken');
    await redis.kill();
    await until(() => troubles.length === 1, 'the server is missed');
    const gone = Date.now() + 2 * timing.lock;
    await until(() => Date.now() > gone, 'the lock has run out');
    await redis.restart();
    await until(() => isState(queue, { waiting: 1 }), 'it comes back');
    decide(delivered);
    await until(() => isState(queue, { delivered: 1 }), 'it is written down');
    expect(taken()).toBe(1);
  });

  test('gives back what came while it waited for calls and was told to take none', async () => {
    const redis = await startRedis();
    const queue = open(redis.url);
    const { given, deliver } = delivering();
    const { worker } = work(queue, deliver);
    await until(
      async () => String(await redis.client.client('LIST')).includes('cmd=bzpopmin'),
      'it waits for calls',
    );
    worker.allow(0);
    await queue.add(queued(1));
    const other = delivering();
    const heir = open(redis.url);
    await until(() => isState(queue, { waiting: 1, active: 0 }), 'the call waits');
    work(heir, other.deliver);
    await until(() => isState(queue, { delivered: 1 }), 'another delivers it');
    expect(given).toEqual([]);
  });

  const refusals: readonly (readonly [
    string,
    string,
    (redis: RedisServer) => unknown,
    (redis: RedisServer) => unknown,
  ])[] = [
    [
      'is read-only',
      'it is a read-only replica',
      ({ client }) => client.replicaof('127.0.0.1', 1),
      ({ client }) => client.replicaof('NO', 'ONE'),
    ],
    [
      'is out of memory',
      'its memory is full',
      ({ client }) => client.config('SET', 'maxmemory', '1mb'),
      ({ client }) => client.config('SET', 'maxmemory', '0'),
    ],
    [
      'lacks replicas',
      'it has fewer replicas than it asks for',
      ({ client }) => client.config('SET', 'min-replicas-to-write', '1'),
      ({ client }) => client.config('SET', 'min-replicas-to-write', '0'),
    ],
  ];
  test.each(refusals)(
    'waits while the server %s, and lets no call die of it',
    async (_, reason, hinder, help) => {
      const redis = await startRedis();
      const queue = open(redis.url, { timing: { lock: 30_000, look: 500 } });
      for (const number of numbers(6)) await queue.add(queued(number));
      const waiting: ((decision: Decision) => void)[] = [];
      const { troubles } = work(queue, ({ tries }) =>
        tries > 0
          ? Promise.resolve(delivered)
          : new Promise((resolve) => {
              waiting.push(resolve);
            }),
      );
      await until(() => waiting.length === 4, 'four are taken');
      await hinder(redis);
      const ends: readonly Decision[] = [
        delivered,
        { state: 'delayed', due: Date.now(), attempt },
        { state: 'waiting' },
        { state: 'skipped' },
      ];
      for (const [index, end] of ends.entries()) waiting[index]!(end);
      await until(() => troubles.length === 1, 'it tells');
      await help(redis);
      await until(() => {
        for (const decide of waiting) decide(delivered);
        return stateOf(queue).then(
          ({ delivered: done, skipped }) => done === 5 && skipped === 1,
          () => false,
        );
      }, 'all are at their end');
      expect(troubles[0]).toMatch(new RegExp(`^(?:${reason}|the connection was lost)$`));
      expect(troubles.at(-1)).toBe('well');
      expect(await stateOf(queue)).toMatchObject({ dead: 0, delayed: 0, waiting: 0, active: 0 });
    },
  );

  test('says at the start that nothing listens, and begins when something does', async () => {
    const { port } = await nobodyThere();
    const queue = open(`redis://127.0.0.1:${port}`);
    const { given, deliver } = delivering();
    const { troubles } = work(queue, deliver);
    await until(() => troubles.length === 1, 'it tells');
    await startRedis({ port: Number(port) });
    await until(
      () =>
        queue.add(queued(1)).then(
          () => true,
          () => false,
        ),
      'it is taken',
    );
    await until(() => given.length === 1, 'it is given');
    expect(troubles).toEqual(['nothing listens there', 'well']);
  });

  test('is closed within seconds when the server is away or hangs', async () => {
    const redis = await startRedis();
    for (const hinder of [() => redis.freeze(), () => redis.kill()]) {
      const queue = open(redis.url);
      const { given, deliver } = delivering();
      const { worker } = work(queue, deliver);
      await queue.add(queued(Date.now() % 10_000));
      await until(() => given.length === 1, 'one is given');
      await hinder();
      const begun = Date.now();
      await worker.close(500);
      await queue.close();
      expect(Date.now() - begun).toBeLessThan(4000);
      redis.thaw();
    }
  });

  test('does not spin when calls are given back', async () => {
    const redis = await startRedis();
    const queue = open(redis.url);
    await queue.add(queued(1));
    const times: number[] = [];
    work(queue, async () => {
      times.push(Date.now());
      return times.length < 3 ? { state: 'waiting' } : delivered;
    });
    await until(() => times.length === 3, 'it is given three times');
    expect(times[2]! - times[0]!).toBeGreaterThan(800);
  });

  test('in order, takes turns with another such worker', async () => {
    const redis = await startRedis();
    const queues = [open(redis.url), open(redis.url)] as const;
    let atWork = 0;
    let most = 0;
    const given: number[] = [];
    const deliver: Deliver = async (call) => {
      atWork += 1;
      most = Math.max(most, atWork);
      await new Promise(setImmediate);
      given.push(numberOf(call));
      atWork -= 1;
      return delivered;
    };
    for (const queue of queues) work(queue, deliver, { ordered: true });
    for (const number of numbers(100)) await queues[0].add(queued(number));
    await until(() => given.length === 100, 'all are given');
    expect(most).toBe(1);
    expect(given).toEqual(numbers(100));
  });

  test('in order no more, takes several calls at a time', async () => {
    const redis = await startRedis();
    const queue = open(redis.url);
    const ordered = work(queue, delivering().deliver, { ordered: true });
    await queue.add(queued(1));
    await until(() => isState(queue, { delivered: 1 }), 'it is delivered in order');
    await ordered.worker.close(1000);
    for (const number of numbers(5).slice(1)) await queue.add(queued(number));
    const { deliver, decide, taken } = heldDelivery();
    work(queue, deliver);
    await until(() => taken() === 4, 'four are taken');
    decide(delivered);
  });
});
