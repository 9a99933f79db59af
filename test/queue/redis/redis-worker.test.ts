import { describe, expect, test } from 'vitest';
import type { Decision, Deliver } from '../../../src/queue/queue.js';
import { jobKey } from '../../../src/queue/redis/job.js';
import {
  attempt,
  delivered,
  handOver,
  numberOf,
  numbers,
  queued,
} from '../../helpers/queued-calls.js';
import {
  delivering,
  heldDelivery,
  isState,
  open,
  stateOf,
  target,
  timing,
  work,
} from '../../helpers/redis-queue.js';
import { type RedisServer, startRedis } from '../../helpers/redis-server.js';
import { nobodyThere } from '../../helpers/servers.js';
import { until } from '../../helpers/until.js';

describe('a worker', () => {
  test('reports an outage once and its end once, and continues', async () => {
    const redis = await startRedis();
    const queue = open(redis.url);
    const { given, deliver } = delivering();
    const { reports } = work(queue, deliver);
    await handOver(queue, queued(1));
    await until(() => given.length === 1, 'the first is given');
    await redis.kill();
    await until(() => reports.length === 1, 'the outage is reported');
    await redis.restart();
    await until(() => reports.length === 2, 'its end is reported');
    await handOver(queue, queued(2));
    await until(() => given.length === 2, 'the next is given');
    expect(reports).toEqual(['the connection was lost', 'recovered']);
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
            handOver(queue, queued(next)).then(
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
    const queue = open(redis.url, { timing: { lockMs: 30_000, stalledCheckMs: 500 } });
    await handOver(queue, queued(1));
    const { deliver, decide, taken } = heldDelivery();
    const { reports } = work(queue, deliver);
    await until(() => taken() === 1, 'it is taken');
    await redis.kill();
    await until(() => reports.length === 1, 'the server is missed');
    decide(delivered);
    await redis.restart();
    await until(() => isState(queue, { delivered: 1 }), 'it is written down');
    expect(taken()).toBe(1);
  });

  test('does not deliver again what it delivered in an outage that cost it the call', async () => {
    const redis = await startRedis();
    const queue = open(redis.url);
    await handOver(queue, queued(1));
    const { deliver, decide, taken } = heldDelivery();
    const { reports } = work(queue, deliver);
    await until(() => taken() === 1, 'it is taken');
    await redis.kill();
    await until(() => reports.length === 1, 'the server is missed');
    const expired = Date.now() + 2 * timing.lockMs;
    await until(() => Date.now() > expired, 'the lock has expired');
    decide(delivered);
    await redis.restart();
    await until(() => isState(queue, { delivered: 1 }), 'it is written down');
    expect(taken()).toBe(1);
  });

  test('keeps a call that is at the handler through an outage that is longer than its lock', async () => {
    const redis = await startRedis();
    const queue = open(redis.url);
    await handOver(queue, queued(1));
    const { deliver, decide, taken } = heldDelivery();
    const { reports } = work(queue, deliver);
    await until(() => taken() === 1, 'it is taken');
    const other = delivering();
    work(open(redis.url), other.deliver);
    await redis.kill();
    await until(() => reports.length === 1, 'the server is missed');
    const expired = Date.now() + 2 * timing.lockMs;
    await until(() => Date.now() > expired, 'the lock has expired');
    await redis.restart();
    const isLocked = async () => (await redis.client.keys('*:lock')).length === 1;
    await until(isLocked, 'it is locked again');
    const looked = Date.now() + 3 * timing.stalledCheckMs;
    await until(() => Date.now() > looked, 'both have looked for calls that nobody holds');
    decide(delivered);
    await until(() => isState(queue, { delivered: 1 }), 'it is written down');
    expect({ taken: taken(), byTheOther: other.given }).toEqual({ taken: 1, byTheOther: [] });
  });

  test('gives back a call that arrives after it was paused', async () => {
    const redis = await startRedis();
    const queue = open(redis.url);
    const { given, deliver } = delivering();
    const { worker } = work(queue, deliver);
    await until(
      async () => String(await redis.client.client('LIST')).includes('cmd=bzpopmin'),
      'it waits for calls',
    );
    worker.allow(0);
    await handOver(queue, queued(1));
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
      'lacks replicas',
      'it has fewer replicas than it requires',
      ({ client }) => client.config('SET', 'min-replicas-to-write', '1'),
      ({ client }) => client.config('SET', 'min-replicas-to-write', '0'),
    ],
  ];
  test.each(refusals)(
    'waits while the server %s, and lets no call die of it',
    async (_, reason, hinder, help) => {
      const redis = await startRedis();
      const queue = open(redis.url, { timing: { lockMs: 30_000, stalledCheckMs: 500 } });
      for (const number of numbers(6)) await handOver(queue, queued(number));
      const waiting: ((decision: Decision) => void)[] = [];
      const { reports } = work(queue, ({ tries }) =>
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
      await until(() => reports.length === 1, 'the outage is reported');
      await help(redis);
      await until(() => {
        for (const decide of waiting) decide(delivered);
        return stateOf(queue).then(
          ({ delivered: done, skipped }) => done === 5 && skipped === 1,
          () => false,
        );
      }, 'all are at their end');
      expect(reports[0]).toMatch(new RegExp(`^(?:${reason}|the connection was lost)$`));
      expect(reports.at(-1)).toBe('recovered');
      expect(await stateOf(queue)).toMatchObject({ dead: 0, delayed: 0, waiting: 0, active: 0 });
    },
  );

  test('reports at the start that nothing listens, and starts when something does', async () => {
    const { port } = await nobodyThere();
    const queue = open(`redis://127.0.0.1:${port}`);
    const { given, deliver } = delivering();
    const { reports } = work(queue, deliver);
    await until(() => reports.length === 1, 'the outage is reported');
    await startRedis({ port: Number(port) });
    await until(
      () =>
        handOver(queue, queued(1)).then(
          () => true,
          () => false,
        ),
      'it is taken',
    );
    await until(() => given.length === 1, 'it is given');
    expect(reports).toEqual(['nothing listens there', 'recovered']);
  });

  test('is closed within seconds when the server is away or hangs', async () => {
    const redis = await startRedis();
    for (const hinder of [() => redis.freeze(), () => redis.kill()]) {
      const queue = open(redis.url);
      const { given, deliver } = delivering();
      const { worker } = work(queue, deliver);
      await handOver(queue, queued(Date.now() % 10_000));
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
    await handOver(queue, queued(1));
    const times: number[] = [];
    work(queue, async () => {
      times.push(Date.now());
      return times.length < 3 ? { state: 'waiting' } : delivered;
    });
    await until(() => times.length === 3, 'it is given three times');
    expect(times[2]! - times[0]!).toBeGreaterThan(800);
  });

  test('keeps a call that is to be withdrawn until it is not at the handler any more', async () => {
    const redis = await startRedis();
    const queue = open(redis.url);
    const { deliver, decide, taken } = heldDelivery();
    work(queue, deliver);
    const call = queued(1);
    await handOver(queue, call);
    await until(() => taken() === 1, 'it is at the handler');
    const one = { capture: call.capture.id, job: jobKey(call, ''), to: target };
    expect(await queue.reports.withdraw([one])).toEqual([]);
    decide({ state: 'delayed', due: Date.now() + 3_600_000, attempt });
    await until(() => isState(queue, { delayed: 1 }), 'it waits');
    const progress = { state: 'handed over', tries: 1, last: attempt };
    expect(await queue.reports.withdraw([one])).toMatchObject([{ ...one, progress }]);
    expect(await isState(queue, { delayed: 0 })).toBe(true);
    expect(await queue.reports.withdraw([one])).toEqual([one]);
  });

  test('in order, has one call of a panel at a time with all workers, whether they say so or not', async () => {
    const redis = await startRedis();
    const queues = [
      open(redis.url, { timing, ordered: true }),
      open(redis.url, { timing, ordered: true }),
    ] as const;
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
    for (const queue of queues) work(queue, deliver);
    for (const number of numbers(100)) await handOver(queues[0], queued(number));
    await until(() => given.length === 100, 'all are given');
    expect(most).toBe(1);
    expect(given).toEqual(numbers(100));
  });
});
