import { describe, expect, onTestFinished, test } from 'vitest';
import type { QueueCounts } from '../../../src/call/delivery.js';
import type { Decision, Deliver, QueueWorker, WorkOptions } from '../../../src/queue/queue.js';
import { jobKey } from '../../../src/queue/redis/job.js';
import { defaultLimits } from '../../../src/queue/redis/lua.js';
import { openRedisQueueAdmin } from '../../../src/queue/redis/redis-admin.js';
import {
  openRedisQueue,
  type RedisQueue,
  type RedisQueueOptions,
} from '../../../src/queue/redis/redis-queue.js';
import {
  attempt,
  delivered,
  handOver,
  idOf,
  numberOf,
  numbers,
  queued,
} from '../../helpers/queued-calls.js';
import { type RedisServer, startRedis } from '../../helpers/redis-server.js';
import { nobodyThere } from '../../helpers/servers.js';
import { until } from '../../helpers/until.js';

const target = 'http://127.0.0.1:3000/webhooks/netcore';
/** Calls of killed workers return within two seconds. */
const timing = { lockMs: 1000, stalledCheckMs: 500 };

function open(url: string, options: RedisQueueOptions = { timing }): RedisQueue {
  const queue = openRedisQueue(url, target, options);
  onTestFinished(() => queue.close());
  return queue;
}

function work(queue: RedisQueue, deliver: Deliver, options: Partial<WorkOptions> = {}) {
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

/** Whether this number of calls is in these states. False if the server is unreachable. */
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
    const one = { capture: call.capture.id, job: jobKey(call), to: target };
    expect(await queue.reports.withdraw([one])).toEqual([]);
    decide({ state: 'delayed', due: Date.now() + 3_600_000, attempt });
    await until(() => isState(queue, { delayed: 1 }), 'it waits');
    expect(await queue.reports.withdraw([one])).toEqual([one]);
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
