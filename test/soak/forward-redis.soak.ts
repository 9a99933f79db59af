import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Queue } from '../../src/queue/queue.js';
import { openRedisQueue } from '../../src/queue/redis/redis-queue.js';
import { type Behaviour, makeHandler } from '../helpers/handler.js';
import { comparedWith, percentile, startLoad } from '../helpers/load.js';
import { type Child, type ListeningChild, spawnListener, spawnWorker } from '../helpers/process.js';
import { startRedis } from '../helpers/redis-server.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { print, rounded } from './figures.js';
import { explainRepeats, type Fault } from './repeats.js';

/** How many calls each of the two listeners takes while a fault lasts. */
const burst = 2_200;
const concurrency = 4;
/** Slow enough for many calls to be under way when something happens. */
const usual: Behaviour = { kind: 'slow', ms: 5 };
/** Longer than a command to the server may take. */
const longFault = 6_500;

test('50,000 calls go through a Redis that is killed, frozen, full and read-only, and workers that are killed', async () => {
  const redis = await startRedis();
  const handler = await makeHandler();
  await handler.start(usual);
  const stores = [0, 1].map(() => join(temporaryFolder(), 'store'));
  const faults: Fault[] = [];
  const acknowledged: string[] = [];
  const latencies: number[] = [];
  const failures: string[] = [];

  const words = [
    ...['--forward-to', handler.url, '--queue', redis.url],
    ...['--forward-concurrency', String(concurrency)],
  ];
  const listen = (store: string) => spawnListener(words, { store });
  const receivers = await Promise.all(stores.map(listen));
  const work = () => spawnWorker(words);
  const workers = await Promise.all([work(), work()]);

  const load = async (receiver: ListeningChild, calls = burst) => {
    const running = startLoad(receiver.url, { clients: 4, padding: 500 });
    await running.reached(calls).catch(() => {});
    await running.stop();
    acknowledged.push(...running.acknowledged);
    latencies.push(...running.latencies);
    failures.push(...running.failures);
  };
  const kill = async (child: Child) => {
    process.kill(child.pid, 'SIGKILL');
    await child.ended;
  };
  /** Resolves when calls are delivered again. */
  const deliveries = (more: number) => {
    const before = handler.taken.size;
    const all = () => acknowledged.every((mark) => handler.taken.has(mark));
    return handler.until(
      () => handler.taken.size >= before + more || all(),
      'calls are delivered again',
      120_000,
    );
  };

  const workersKilled = async () => {
    await Promise.all(workers.splice(0).map(kill));
    workers.push(...(await Promise.all([work(), work()])));
  };
  const redisKilled = async () => {
    await redis.kill();
    await deliveriesStop();
    await redis.restart();
  };
  /** What is at the handler is done, and no other comes. */
  const deliveriesStop = async () => {
    for (let before = -1; before < handler.calls.length; ) {
      before = handler.calls.length;
      await lasting(500);
    }
  };
  const redisFrozen = async () => {
    redis.freeze();
    await lasting(longFault);
    redis.thaw();
  };
  const redisReadOnly = async () => {
    await redis.client.replicaof('127.0.0.1', '1');
    await lasting(longFault);
    await redis.client.replicaof('NO', 'ONE');
  };
  const redisFull = async () => {
    await redis.client.config('SET', 'maxmemory', '1');
    await lasting(longFault);
    await redis.client.config('SET', 'maxmemory', '0');
  };
  const handlerKilled = async () => {
    await handler.kill();
    await lasting(1_500);
    await handler.start(usual);
  };
  const listenerKilled = async () => {
    await kill(receivers[1]!);
    receivers[1] = await listen(stores[1]!);
  };
  /** What was acknowledged while the server was away is handed over by the next listener. */
  const listenerKilledWithoutRedis = async () => {
    await redis.kill();
    await load(receivers[0]!, 200);
    await kill(receivers[0]!);
    await redis.restart();
    receivers[0] = await listen(stores[0]!);
  };

  const plan = [
    ...[workersKilled, redisKilled, redisFrozen, handlerKilled, redisReadOnly, listenerKilled],
    ...[
      redisKilled,
      workersKilled,
      listenerKilledWithoutRedis,
      redisFull,
      redisFrozen,
      redisKilled,
    ],
    ...[listenerKilled, workersKilled],
  ];
  const begun = performance.now();
  for (const happens of plan) {
    const loads = [load(receivers[0]!), load(receivers[1]!)];
    await deliveries(200);
    const from = Date.now();
    await happens();
    faults.push({ from, to: Date.now() });
    await Promise.all(loads);
    await deliveries(500);
  }
  const missing = () => acknowledged.filter((mark) => !handler.taken.has(mark)).length;
  await handler.until(
    () => handler.taken.size >= acknowledged.length && missing() === 0,
    'all are delivered',
    240_000,
  );
  const queue = openRedisQueue(redis.url, handler.url);
  // What was with a worker that was killed comes back within a minute, delivered or not.
  const unfinished = await emptied(queue);
  await queue.close();
  const everybody = [...receivers, ...workers];
  for (const { pid } of everybody) process.kill(pid, 'SIGTERM');
  const exits = await Promise.all(everybody.map(({ ended }) => ended));

  const repeats = explainRepeats(handler, faults);
  const recorded = await Promise.all(stores.map((store) => comparedWith(store, [])));
  const crowd = Math.max(...handler.calls.map(({ flying }) => flying));
  print('forwarding through Redis', {
    acknowledged: acknowledged.length,
    faults: plan.length,
    attempts: handler.calls.length,
    undelivered: missing(),
    'delivered twice': repeats.calls,
    unexplained: repeats.unexplained.length,
    'most twice by one fault': repeats.maxByOneFault,
    'at the handler at a time': crowd,
    'answer p99 ms': rounded(percentile(latencies, 0.99)),
    'slowest answer ms': rounded(Math.max(...latencies)),
    'failures of listeners that were killed': failures.length,
    'left in the queue': unfinished,
    seconds: Math.round((performance.now() - begun) / 1000),
  });
  expect(acknowledged.length).toBeGreaterThanOrEqual(50_000);
  expect({ undelivered: missing(), unfinished }).toEqual({ undelivered: 0, unfinished: 0 });
  expect(recorded.map(({ twice }) => twice)).toEqual([0, 0]);
  expect(repeats.unexplained).toEqual([]);
  expect(repeats.otherIds).toEqual([]);
  expect(crowd).toBeLessThanOrEqual(concurrency * everybody.length);
  expect(Math.max(...latencies)).toBeLessThan(8_000);
  expect(failures.filter((each) => /^\d+$/.test(each))).toEqual([]);
  expect(exits).toEqual(everybody.map(() => 0));
});

/** How many calls of a queue are not delivered: as soon as there are none, or after a minute. */
async function emptied(queue: Queue): Promise<number> {
  for (const end = Date.now() + 60_000; ; await lasting(500)) {
    const { waiting, delayed, active, dead } = (await queue.counts()).states;
    const unfinished = waiting + delayed + active + dead;
    if (unfinished === 0 || Date.now() > end) return unfinished;
  }
}

/** How long a fault lasts. */
function lasting(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
