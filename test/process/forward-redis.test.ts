import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openDeliveryDesk } from '../../src/store/delivery-desk.js';
import { type Handler, makeHandler } from '../helpers/handler.js';
import { call, formHeaders } from '../helpers/http.js';
import { layLine } from '../helpers/line.js';
import { markedBody, startLoad } from '../helpers/load.js';
import { type Child, runTool, spawnListener, spawnWorker } from '../helpers/process.js';
import { startRedis } from '../helpers/redis-server.js';
import { filesIn } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { until } from '../helpers/until.js';

/** Each starts several processes, which takes long on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

const newStore = () => join(temporaryFolder(), 'store');

const orders = (name: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${name}-${at + 1}`);

async function post(url: string, marks: readonly string[]): Promise<void> {
  await Promise.all(
    marks.map(async (mark) => {
      const { status } = await call(url, { headers: formHeaders, body: markedBody(mark, 0) });
      expect(status).toBe(200);
    }),
  );
}

async function end(...children: readonly Child[]): Promise<void> {
  for (const { pid } of children) process.kill(pid, 'SIGTERM');
  expect(await Promise.all(children.map(({ ended }) => ended))).toEqual(children.map(() => 0));
}

/** How many calls of a store are in each state. Not asked without a pause: the processes need the time. */
async function statesOf(store: string, url: string, queue: string) {
  await new Promise((resolve) => setTimeout(resolve, 50));
  const desk = openDeliveryDesk(filesIn(store), Date.now);
  const { states } = await desk.counts({ url, queue });
  await desk.close();
  return Object.fromEntries(Object.entries(states).filter(([, count]) => count > 0));
}

const isDelivered = (store: string, handler: Handler, queue: string, count: number) => async () =>
  (await statesOf(store, handler.url, queue)).delivered === count;

function takenTwice({ taken }: Handler): string[] {
  return [...taken].filter(([, each]) => each.length > 1).map(([mark]) => mark);
}

async function history(store: string, ...words: readonly string[]) {
  const { out } = await runTool(['history', 'list', '--json', '--store', store, ...words]);
  return out.split('\n').filter(Boolean).length;
}

test('a store knows what became of its calls on Redis, and Redis keeps none that were delivered', async () => {
  const redis = await startRedis();
  const handler = await makeHandler();
  await handler.start({ kind: 'take', poison: 'bad' });
  const store = newStore();
  const words = ['--forward-to', handler.url, '--queue', redis.url, '--attempts', '1'];
  const listener = await spawnListener(words, { store });
  const marks = orders('good', 30);
  await post(listener.url, [...marks, ...orders('bad', 3)]);
  expect((await call(listener.url, { headers: formHeaders, body: 'payload=1' })).status).toBe(200);
  const known = async () => {
    const { delivered, dead, skipped } = await statesOf(store, handler.url, redis.url);
    return delivered === 30 && dead === 3 && skipped === 1;
  };
  await until(known, 'all is known');
  expect(await history(store, '--outcome', 'delivered', '--limit', '100')).toBe(30);
  expect(await history(store, '--outcome', 'dead')).toBe(3);
  const show = async (id: string) =>
    JSON.parse((await runTool(['history', 'show', id, '--json', '--store', store])).out);
  expect((await show('last')).delivery).toMatchObject({ state: 'skipped', skipped: 'no_data' });
  expect((await show('last~1')).attempts).toMatchObject([{ status: expect.any(Number) }]);
  expect((await redis.client.keys('*:call-*')).length).toBe(3);
  // What is done about dead calls there is known here, too.
  const queue = async (...rest: readonly string[]) =>
    (await runTool(['queue', ...rest, '--queue', redis.url, '--store', store])).err;
  const [dead] = (await runTool(['queue', 'list', '--dead', '--json', '--store', store])).out
    .split('\n')
    .map((line) => JSON.parse(line || '{}') as { capture?: string });
  await handler.behave({ kind: 'take' });
  expect(await queue('drop', dead?.capture ?? '', '--yes')).toContain('Dropped 1 call.');
  expect(await queue('retry', '--dead')).toContain('2 calls are due now.');
  await until(isDelivered(store, handler, redis.url, 32), 'the others are delivered');
  await until(
    async () =>
      JSON.stringify(await statesOf(store, handler.url, redis.url)) ===
      '{"delivered":32,"skipped":1}',
    'the dropped one is no longer dead',
  );
  await end(listener);
  expect(takenTwice(handler)).toEqual([]);
});

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

test('what was answered 200 arrives when Redis was flushed, once but for what it had just confirmed', async () => {
  const redis = await startRedis();
  const handler = await makeHandler();
  const store = newStore();
  const words = ['--forward-to', handler.url, '--queue', redis.url];
  const listener = await spawnListener(words, { store });
  const first = orders('first', 60);
  await post(listener.url, first);
  await until(
    async () => (await statesOf(store, handler.url, redis.url))['handed over'] === 60,
    'all are handed over',
  );
  await redis.client.flushall();
  const second = orders('second', 20);
  await post(listener.url, second);
  await handler.start();
  await until(isDelivered(store, handler, redis.url, 80), 'all are delivered', 60_000);
  await end(listener);
  expect([...handler.taken.keys()].sort()).toEqual([...first, ...second].sort());
  expect(takenTwice(handler)).toEqual([]);
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
  await until(
    async () => (await statesOf(store, handler.url, redis.url))['handed over'] === 40,
    'all are handed over',
  );
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
  await until(
    async () => (await statesOf(store, handler.url, redis.url))['handed over'] === 25,
    'all are handed over',
  );
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
