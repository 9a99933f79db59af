import { describe, expect, onTestFinished, test } from 'vitest';
import { defaultLimits } from '../../../src/queue/redis/lua.js';
import { openRedisQueueAdmin } from '../../../src/queue/redis/redis-admin.js';
import { attempt, delivered, handOver, idOf, numbers, queued } from '../../helpers/queued-calls.js';
import { delivering, isState, open, stateOf, timing, work } from '../../helpers/redis-queue.js';
import { type RedisServer, startRedis } from '../../helpers/redis-server.js';
import { nobodyThere } from '../../helpers/servers.js';
import { until } from '../../helpers/until.js';

describe('handing a call over', () => {
  test('twice makes one call of it, also when it is delivered by then', async () => {
    const redis = await startRedis();
    const queue = open(redis.url);
    await handOver(queue, queued(1));
    await handOver(queue, queued(1));
    const { given, deliver } = delivering();
    work(queue, deliver);
    await until(() => isState(queue, { delivered: 1 }), 'it is delivered');
    await handOver(queue, queued(1));
    await handOver(queue, queued(2));
    await until(() => isState(queue, { delivered: 2 }), 'the next is delivered');
    expect(given).toEqual([1, 2]);
  });

  test('accepts ids of digits alone', async () => {
    const redis = await startRedis();
    const queue = open(redis.url);
    const { capture, ...rest } = queued(1);
    await handOver(queue, { ...rest, capture: { ...capture, id: '1234567890123456' } });
    expect(await stateOf(queue)).toMatchObject({ waiting: 1 });
  });

  test('accepts ten megabytes', async () => {
    const redis = await startRedis();
    const queue = open(redis.url);
    const { capture, ...rest } = queued(1);
    const body = new Uint8Array(10 * 1024 * 1024).map((_, index) => index * 7);
    await handOver(queue, { ...rest, capture: { ...capture, body } });
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
      await handOver(queue, queued(1));
      await hinder(redis);
      const begun = Date.now();
      await expect(handOver(queue, queued(2))).rejects.toThrow(reason);
      expect(Date.now() - begun).toBeLessThan(7000);
      redis.thaw();
    },
  );

  test('is refused at once when nothing listens, and works when something does', async () => {
    const { port } = await nobodyThere();
    const queue = open(`redis://127.0.0.1:${port}`);
    await expect(handOver(queue, queued(1))).rejects.toThrow('nothing listens there');
    await startRedis({ port: Number(port) });
    await until(
      () =>
        handOver(queue, queued(1)).then(
          () => true,
          () => false,
        ),
      'it is taken',
    );
  });

  test('is refused by a full server that has none of the calls, and put off by one that has some', async () => {
    const redis = await startRedis();
    const queue = open(redis.url);
    await redis.client.config('SET', 'maxmemory', '1mb');
    await expect(handOver(queue, queued(1))).rejects.toThrow('its memory is full');
    await redis.client.config('SET', 'maxmemory', '0');
    expect(await handOver(queue, queued(1))).toBe('queued');
    await redis.client.config('SET', 'maxmemory', '1mb');
    expect(await handOver(queue, queued(2))).toBe('full');
  });

  test('accepts calls up to its limit, and others when those have ended', async () => {
    const redis = await startRedis();
    const limits = { ...defaultLimits, maxCalls: 3 };
    const queue = open(redis.url, { timing, limits });
    const handed = [];
    for (const number of numbers(5)) handed.push(await handOver(queue, queued(number)));
    expect(handed).toEqual(['queued', 'queued', 'queued', 'full', 'full']);
    const { given, deliver } = delivering();
    work(queue, deliver);
    await until(() => isState(queue, { delivered: 3 }), 'all that were taken are delivered');
    expect(await handOver(queue, queued(4))).toBe('queued');
    await until(() => isState(queue, { delivered: 4 }), 'the next is delivered');
    expect(given.sort()).toEqual([1, 2, 3, 4]);
  });

  test('accepts bytes up to its limit, and a call of any size when it has no other', async () => {
    const redis = await startRedis();
    const limits = { ...defaultLimits, maxBytes: 20_000 };
    const queue = open(redis.url, { timing, limits });
    const large = (number: number, bytes: number) => {
      const { capture, ...rest } = queued(number);
      return { ...rest, capture: { ...capture, body: new Uint8Array(bytes) } };
    };
    expect(await handOver(queue, large(1, 30_000))).toBe('queued');
    expect(await handOver(queue, large(2, 10))).toBe('full');
    const { deliver } = delivering();
    const { worker } = work(queue, deliver);
    await until(() => isState(queue, { delivered: 1 }), 'the large one is delivered');
    await worker.close(1000);
    const handed = [];
    for (const number of [2, 3, 4]) handed.push(await handOver(queue, large(number, 5_000)));
    expect(handed).toEqual(['queued', 'queued', 'full']);
  });

  test('makes two calls of two stores that have the same id and not the same content', async () => {
    const redis = await startRedis();
    const queue = open(redis.url);
    const call = queued(1);
    const other = { ...call.capture, body: queued(2).capture.body };
    await handOver(queue, call, 'n0rth1');
    await handOver(queue, { ...call, capture: other }, 's0uth1');
    const bodies: string[] = [];
    work(queue, async ({ capture }) => {
      bodies.push(Buffer.from(capture.body).toString());
      return delivered;
    });
    await until(() => isState(queue, { delivered: 2 }), 'both are delivered');
    const sent = [call.capture, other].map(({ body }) => Buffer.from(body).toString());
    expect(bodies.sort()).toEqual(sent.sort());
  });
});

describe('a server', () => {
  test('keeps only a line of each delivered call, up to a limit', async () => {
    const redis = await startRedis();
    const limits = { ...defaultLimits, maxEnded: 100 };
    const queue = open(redis.url, { timing, limits });
    work(queue, async () => delivered, { slots: 8 });
    const keysAfter = async (last: number) => {
      await Promise.all(numbers(last).map((number) => handOver(queue, queued(number), '')));
      await until(() => isState(queue, { waiting: 0, active: 0 }), 'all are delivered');
      return redis.client.dbsize();
    };
    const before = await keysAfter(100);
    expect(await keysAfter(350)).toBeLessThanOrEqual(before + 1);
    const names = await redis.client.keys('*:ended*');
    const sizes = await Promise.all(names.map((name) => redis.client.hlen(name)));
    expect(sizes.every((size) => size <= 100)).toBe(true);
  });

  test('keeps the dead calls that died last, up to a number and a size', async () => {
    const redis = await startRedis();
    const limits = { ...defaultLimits, maxDeadCalls: 5 };
    const queue = open(redis.url, { timing, limits });
    const admin = openRedisQueueAdmin(redis.url);
    onTestFinished(() => admin.close());
    for (const number of numbers(12)) await handOver(queue, queued(number));
    work(queue, async () => ({ state: 'dead', attempt }), { slots: 1 });
    await until(() => isState(queue, { waiting: 0, active: 0 }), 'all are dead');
    const listed: string[] = [];
    for await (const { id } of admin.list({ ids: [], states: ['dead'], target: undefined })) {
      listed.push(id);
    }
    expect(listed).toEqual([12, 11, 10, 9, 8].map(idOf));
  });

  test('that is full delivers its calls, and then accepts others', async () => {
    const redis = await startRedis({ settings: { maxmemory: '8mb' } });
    const queue = open(redis.url);
    const call = (number: number) => {
      const { capture, ...rest } = queued(number);
      return { ...rest, capture: { ...capture, body: new Uint8Array(12_000).fill(number) } };
    };
    let taken = 0;
    while ((await handOver(queue, call(taken + 1))) === 'queued') taken += 1;
    // What is there is full to the last byte.
    const used = /used_memory:(\d+)/.exec(await redis.client.info('memory'));
    await redis.client.config('SET', 'maxmemory', Number(used![1]) - 1_000_000);
    await expect(redis.client.set('other', 'x')).rejects.toThrow('OOM');
    const { reports } = work(
      queue,
      async ({ capture, tries }) => {
        const number = Number(capture.id.slice(2, 10));
        if (tries === 0 && number % 5 === 0) return { state: 'delayed', due: Date.now(), attempt };
        if (number % 7 === 0) return { state: 'dead', attempt };
        return number % 11 === 0 ? { state: 'skipped' } : delivered;
      },
      { slots: 16 },
    );
    await until(
      () => isState(queue, { waiting: 0, delayed: 0, active: 0 }),
      'all have ended',
      60_000,
    );
    expect(reports).toEqual([]);
    expect(await handOver(queue, call(taken + 1))).toBe('queued');
  }, 90_000);
});
