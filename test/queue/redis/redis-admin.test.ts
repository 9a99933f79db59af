import { describe, expect, onTestFinished, test } from 'vitest';
import type { QueueChoice, QueueEntry } from '../../../src/call/delivery.js';
import type { QueueAdmin } from '../../../src/call/queue-admin.js';
import type { Decision } from '../../../src/queue/queue.js';
import { openRedisQueueAdmin } from '../../../src/queue/redis/redis-admin.js';
import { openRedisQueue } from '../../../src/queue/redis/redis-queue.js';
import {
  attempt,
  delivered,
  handOver,
  idOf,
  numberOf,
  queued,
} from '../../helpers/queued-calls.js';
import { startRedis } from '../../helpers/redis-server.js';
import { nobodyThere } from '../../helpers/servers.js';
import { until } from '../../helpers/until.js';

const shop = 'http://127.0.0.1:3000/webhooks/netcore';
const north = 'http://127.0.0.1:3001/webhooks/netcore?shop=north';
const all: QueueChoice = { ids: [], states: [], target: undefined };
const due = Date.now() + 3_600_000;

async function everyEntry(admin: QueueAdmin, choice = all): Promise<QueueEntry[]> {
  const found: QueueEntry[] = [];
  for await (const entry of admin.list(choice)) found.push(entry);
  return found;
}

/** A server with a call in each state for the shop, and one that waits for another target. */
async function filledAdmin() {
  const redis = await startRedis();
  const queue = openRedisQueue(redis.url, shop);
  const other = openRedisQueue(redis.url, north);
  const admin = openRedisQueueAdmin(redis.url);
  onTestFinished(async () => {
    for (const each of [queue, other, admin]) await each.close();
  });
  const decisions = new Map<number, Decision>([
    [1, delivered],
    [2, { state: 'dead', attempt }],
    [3, { state: 'delayed', due, attempt }],
    [4, { state: 'skipped' }],
  ]);
  let fifth = false;
  const worker = queue.work(
    async (call) => {
      const decision = decisions.get(numberOf(call));
      if (decision) return decision;
      fifth = true;
      return new Promise(() => {});
    },
    { slots: 1, ordered: false, failed: () => {}, recovered: () => {} },
  );
  onTestFinished(() => worker.close(0));
  for (const number of [1, 2, 3, 4, 5, 6]) await handOver(queue, queued(number));
  await handOver(other, queued(7));
  await until(() => fifth, 'the fifth is with the worker, and stays there');
  return { redis, admin, queue, other, worker };
}

describe('the admin', () => {
  test('counts the calls of every target that has any', async () => {
    const { admin } = await filledAdmin();
    const none = { waiting: 0, delayed: 0, active: 0, delivered: 0, dead: 0, skipped: 0 };
    expect(await admin.targets()).toEqual([
      {
        target: shop,
        queue: '',
        states: {
          waiting: 1,
          delayed: 1,
          active: 1,
          delivered: 1,
          dead: 1,
          skipped: 1,
          'handed over': 0,
        },
        oldest: expect.closeTo(queued(3).queued, -4),
        paused: null,
      },
      {
        target: north,
        queue: '',
        states: { ...none, waiting: 1, 'handed over': 0 },
        oldest: expect.closeTo(queued(7).queued, -4),
        paused: null,
      },
    ]);
  });

  test('lists the newest first, with what the last try came to, and no call that has left', async () => {
    const { admin } = await filledAdmin();
    const last = { status: 500, reason: 'Internal Server Error' };
    const entry = (number: number, state: string, more = {}) => ({
      id: idOf(number),
      target: shop,
      state,
      queued: expect.closeTo(queued(number).queued, -4),
      due: null,
      tries: 0,
      last: null,
      ...more,
    });
    expect(await everyEntry(admin)).toEqual([
      entry(7, 'waiting', { target: north }),
      entry(6, 'waiting'),
      entry(5, 'active'),
      entry(3, 'delayed', { due: expect.closeTo(due, -4), tries: 1, last }),
      entry(2, 'dead', { tries: 1, last }),
    ]);
  });

  test.each<[string, Partial<QueueChoice>, number[]]>([
    ['a state', { states: ['dead'] }, [2]],
    ['states', { states: ['dead', 'waiting'] }, [7, 6, 2]],
    ['a state whose calls have left', { states: ['delivered', 'skipped'] }, []],
    ['ids', { ids: [idOf(7), idOf(2), idOf(99)] }, [7, 2]],
    ['a target', { target: north }, [7]],
    ['all of it', { ids: [idOf(2), idOf(6)], states: ['dead'], target: shop }, [2]],
    ['what is not there', { target: 'http://127.0.0.1:9/none' }, []],
  ])('chooses by %s', async (_, choice, found) => {
    const { admin } = await filledAdmin();
    const entries = await everyEntry(admin, { ...all, ...choice });
    expect(entries.map(({ id }) => id)).toEqual(found.map(idOf));
  });

  test('lists more calls than it reads at a time', async () => {
    const { admin, other } = await filledAdmin();
    const many = Array.from({ length: 500 }, (_, index) => index + 100);
    await Promise.all(many.map((number) => handOver(other, queued(number))));
    const entries = await everyEntry(admin, { ...all, target: north });
    expect(entries.map(({ id }) => id)).toEqual([7, ...many].reverse().map(idOf));
  });

  test('makes calls due as if they were never tried, but those that are with a worker', async () => {
    const { admin, queue, worker } = await filledAdmin();
    await worker.close(0);
    const before = Date.now();
    expect(await admin.retry({ ...all, target: shop }, undefined)).toBe(3);
    expect((await queue.counts()).states).toEqual({
      waiting: 3,
      delayed: 0,
      active: 1,
      delivered: 1,
      dead: 0,
      skipped: 1,
      'handed over': 0,
    });
    const entries = await everyEntry(admin, { ...all, states: ['waiting'], target: shop });
    for (const entry of entries) {
      expect(entry).toMatchObject({ tries: 0, last: null, due: null });
      // Clocks of two machines can be read only so exactly.
      expect(entry.queued).toBeGreaterThanOrEqual(before - 1000);
    }
  });

  test('gives a dead call to a worker again', async () => {
    const { redis, admin, worker } = await filledAdmin();
    await worker.close(0);
    await admin.retry({ ...all, states: ['dead'] }, undefined);
    const queue = openRedisQueue(redis.url, shop);
    const given: number[] = [];
    const heir = queue.work(
      async (call) => {
        given.push(numberOf(call));
        return delivered;
      },
      { slots: 1, ordered: false, failed: () => {}, recovered: () => {} },
    );
    onTestFinished(async () => {
      await heir.close(0);
      await queue.close();
    });
    await until(() => given.length === 2, 'both waiting calls are given');
    expect(given).toEqual([6, 2]);
  });

  test('moves calls to another target, whole', async () => {
    const { redis, admin } = await filledAdmin();
    expect(await admin.retry({ ...all, states: ['dead', 'delayed'] }, north)).toBe(2);
    const [first, second] = await admin.targets();
    expect(first?.states).toMatchObject({ dead: 0, delayed: 0, waiting: 1, active: 1 });
    expect(second?.states).toMatchObject({ waiting: 3 });
    const queue = openRedisQueue(redis.url, north);
    const bodies = new Map<number, string>();
    const worker = queue.work(
      async (call) => {
        bodies.set(numberOf(call), Buffer.from(call.capture.body).toString());
        return delivered;
      },
      { slots: 1, ordered: false, failed: () => {}, recovered: () => {} },
    );
    onTestFinished(async () => {
      await worker.close(0);
      await queue.close();
    });
    await until(() => bodies.size === 3, 'all are given');
    expect(bodies.get(2)).toBe(Buffer.from(queued(2).capture.body).toString());
  });

  test('drops calls for good, but those that are with a worker', async () => {
    const { admin } = await filledAdmin();
    expect(await admin.drop({ ...all, target: shop })).toBe(3);
    expect((await everyEntry(admin)).map(({ id }) => id)).toEqual([idOf(7), idOf(5)]);
  });

  test('reports an unreachable server', async () => {
    const { port } = await nobodyThere();
    const admin = openRedisQueueAdmin(`redis://shop:autumn@127.0.0.1:${port}`);
    onTestFinished(() => admin.close());
    await expect(admin.targets()).rejects.toMatchObject({
      code: 'redis_unreachable',
      message: `Cannot use Redis at redis://127.0.0.1:${port}: nothing listens there.`,
    });
  });
});
