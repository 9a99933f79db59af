import { cpSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeHandler } from '../helpers/handler.js';
import { layLine } from '../helpers/line.js';
import { startLoad } from '../helpers/load.js';
import { runTool, spawnListener, spawnWorker } from '../helpers/process.js';
import { startRedis } from '../helpers/redis-server.js';
import {
  end,
  isDelivered,
  isHandedOver,
  newStore,
  orders,
  post,
  statesOf,
  takenTwice,
} from '../helpers/redis-store.js';
import { until } from '../helpers/until.js';

test('dead calls that are retried or dropped in the store are not left behind on Redis', async () => {
  const redis = await startRedis();
  const handler = await makeHandler();
  await handler.start({ kind: 'fail', status: 422 });
  const store = newStore();
  const words = ['--forward-to', handler.url, '--queue', redis.url, '--attempts', '1'];
  const listener = await spawnListener(words, { store });
  await post(listener.url, orders('order', 2));
  const deadHere = async () => (await statesOf(store, handler.url, redis.url)).dead;
  await until(async () => (await deadHere()) === 2, 'both are dead');
  await handler.behave({ kind: 'take' });
  await runTool(['queue', 'drop', 'last', '--yes', '--store', store]);
  await runTool(['queue', 'retry', '--dead', '--store', store]);
  await until(isDelivered(store, handler, redis.url, 1), 'the other is delivered');
  await until(async () => (await redis.client.keys('*:call-*')).length === 0, 'Redis has neither');
  await end(listener);
  expect(handler.calls.length).toBe(3);
});

test('what was answered 200 arrives when a replica that lags takes the place of its Redis', async () => {
  const redis = await startRedis();
  const replica = await startRedis();
  await replica.client.replicaof('127.0.0.1', redis.port);
  const line = await layLine(redis.port);
  const handler = await makeHandler();
  const store = newStore();
  const url = `redis://127.0.0.1:${line.port}`;
  const listener = await spawnListener(['--forward-to', handler.url, '--queue', url], { store });
  const handedOver = async () => (await statesOf(store, handler.url, url))['handed over'];
  await post(listener.url, orders('seen', 20));
  await until(async () => (await handedOver()) === 20, 'some are handed over');
  await until(
    async () => (await replica.client.keys('*:call-*')).length === 20,
    'the replica has them',
  );
  await replica.client.replicaof('127.0.0.1', 1);
  await post(listener.url, orders('unseen', 30));
  await until(async () => (await handedOver()) === 50, 'the others are handed over');
  line.leadTo(replica.port);
  await replica.client.replicaof('NO', 'ONE');
  await redis.kill();
  await handler.start();
  await until(isDelivered(store, handler, url, 50), 'all are delivered', 60_000);
  await end(listener);
  expect(handler.taken.size).toBe(50);
  expect(takenTwice(handler)).toEqual([]);
});

test('a copy of a store beside its original has each of its calls delivered once', async () => {
  const redis = await startRedis();
  const handler = await makeHandler();
  const store = newStore();
  const words = ['--forward-to', handler.url, '--queue', redis.url];
  const before = await spawnListener(words, { store });
  await post(before.url, orders('before', 40));
  // Some are on Redis when the copy is made, some wait in the store.
  await until(isHandedOver(store, handler, redis.url, 40), 'all are handed over');
  await redis.kill();
  await post(before.url, orders('waiting', 20));
  await end(before);
  const copy = newStore();
  cpSync(store, copy, { recursive: true });
  await redis.restart();
  await handler.start({ kind: 'slow', ms: 5 });
  const listeners = await Promise.all(
    [store, copy].map((each) => spawnListener(words, { store: each })),
  );
  const loads = listeners.map(({ url }) => startLoad(url, { clients: 4 }));
  await Promise.all(loads.map((load) => load.reached(400)));
  await Promise.all(loads.map((load) => load.stop()));
  const acknowledged = loads.flatMap((load) => [...load.acknowledged]);
  const all = [...orders('before', 40), ...orders('waiting', 20), ...acknowledged];
  await handler.until(
    () => all.every((mark) => handler.taken.has(mark)),
    'all are delivered',
    60_000,
  );
  for (const [index, each] of [store, copy].entries()) {
    const count = 60 + loads[index]!.acknowledged.size;
    await until(
      isDelivered(each, handler, redis.url, count),
      'each store knows of all of its calls',
    );
  }
  await end(...listeners);
  expect(takenTwice(handler)).toEqual([]);
  const ids = handler.calls.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('a listener learns after a restart what was delivered while it was away', async () => {
  const redis = await startRedis();
  const handler = await makeHandler();
  const store = newStore();
  const words = ['--forward-to', handler.url, '--queue', redis.url];
  const listener = await spawnListener(words, { store });
  await post(listener.url, orders('order', 25));
  await until(isHandedOver(store, handler, redis.url, 25), 'all are handed over');
  process.kill(listener.pid, 'SIGKILL');
  await listener.ended;
  await handler.start();
  const worker = await spawnWorker(words);
  await handler.until(() => handler.taken.size === 25, 'all are delivered');
  await end(worker);
  const next = await spawnListener(words, { store });
  await until(isDelivered(store, handler, redis.url, 25), 'all is known');
  await end(next);
  expect(takenTwice(handler)).toEqual([]);
});
