import { expect, test, vi } from 'vitest';
import { processHost } from '../../src/host.js';
import { returnCalls } from '../../src/queue/reconcile.js';
import { openRedisQueue } from '../../src/queue/redis/redis-queue.js';
import { findWorkers } from '../../src/store/presence.js';
import { openStoreQueueAdmin } from '../../src/store/queue-admin.js';
import { type Handler, makeHandler } from '../helpers/handler.js';
import { runTool, spawnListener, spawnWorker } from '../helpers/process.js';
import { type RedisServer, startRedis } from '../helpers/redis-server.js';
import { end, newStore, orders, post, statesOf, takenTwice } from '../helpers/redis-store.js';
import { filesIn } from '../helpers/store.js';
import { until } from '../helpers/until.js';

/** Each starts several processes, which takes long on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

const refusing = { kind: 'fail', status: 503 } as const;

/** Calls that a failing handler got once each, in a store whose listener has ended. */
async function waitingCalls(redis?: RedisServer) {
  const handler = await makeHandler();
  await handler.start(refusing);
  const store = newStore();
  const forward = ['--forward-to', handler.url];
  const listener = await spawnListener([...forward, ...queueWords(redis)], { store });
  const marks = orders('order', 12);
  await post(listener.url, marks);
  await handler.until(() => handler.calls.length >= 3, 'some calls are tried');
  await end(listener);
  const tried = new Map(handler.calls.map(({ mark, attempt }) => [mark, attempt]));
  const move = async (...words: readonly string[]) =>
    runTool(['queue', 'move', '--store', store, ...words]);
  return { handler, store, marks, tried, forward, move };
}

function queueWords(redis: RedisServer | undefined): string[] {
  return redis ? ['--queue', redis.url] : [];
}

/** Calls are delivered once, with the next attempt's number. */
async function expectDelivered(
  { handler, marks, tried }: Awaited<ReturnType<typeof waitingCalls>>,
  deliver: () => Promise<void>,
) {
  await handler.behave({ kind: 'take' });
  await deliver();
  expect([...handler.taken.keys()].sort()).toEqual([...marks].sort());
  expect(takenTwice(handler)).toEqual([]);
  const first = (mark: string) => handler.taken.get(mark)?.[0]?.attempt ?? 0;
  for (const [mark, attempt] of tried) expect(first(mark)).toBeGreaterThan(attempt);
}

const inStore = (store: string, handler: Handler) => statesOf(store, handler.url, '');

test('waiting calls move to Redis with their attempts, and a listener delivers them from there', async () => {
  const redis = await startRedis();
  const calls = await waitingCalls();
  const { handler, store, forward, move } = calls;
  const counted = await move('--queue', redis.url, '--dry-run');
  expect(counted.out).toBe(`12 calls would be moved to ${redis.url}.\n`);
  await expectDelivered(calls, async () => {
    const listener = await spawnListener([...forward, ...queueWords(redis)], { store });
    expect((await move('--queue', redis.url)).err).toContain(`Moved 12 calls to ${redis.url}.\n`);
    expect(await inStore(store, handler)).toEqual({});
    const isDone = async () => (await statesOf(store, handler.url, redis.url)).delivered === 12;
    await until(isDone, 'all are delivered');
    await end(listener);
  });
  expect((await move('--queue', redis.url)).out).toBe('No call waits in the store.\n');
});

test('calls on Redis return to the store with their attempts, and leave nothing there', async () => {
  const redis = await startRedis();
  const calls = await waitingCalls(redis);
  const { handler, store, forward, move } = calls;
  const counted = await move('--back', '--queue', redis.url, '--dry-run');
  expect(counted.out).toBe('12 calls would be moved to the store.\n');
  await expectDelivered(calls, async () => {
    const listener = await spawnListener(forward, { store });
    const { err } = await move('--back', '--queue', redis.url);
    expect(err).toContain('Moved 12 calls to the store.\n');
    expect(await redis.client.keys('*:call-*')).toEqual([]);
    expect(await statesOf(store, handler.url, redis.url)).toEqual({});
    await until(async () => (await inStore(store, handler)).delivered === 12, 'all are delivered');
    await end(listener);
  });
});

test('a call that a worker is sending stays on Redis until the attempt has ended', async () => {
  const redis = await startRedis();
  const { handler, store, forward, move } = await waitingCalls(redis);
  await handler.behave({ kind: 'hang' });
  const before = handler.calls.length;
  const words = [...forward, ...queueWords(redis), '--forward-concurrency', '1'];
  const worker = await spawnWorker(words, { store: newStore() });
  await handler.until(() => handler.calls.length > before, 'a worker is sending one');
  const first = await move('--back', '--queue', redis.url);
  expect(first).toMatchObject({ exit: 1, err: expect.stringContaining('1 call stays on Redis') });
  expect(await statesOf(store, handler.url, redis.url)).toEqual({ 'handed over': 1 });
  // The attempt fails.
  await handler.kill();
  await end(worker);
  expect(await move('--back', '--queue', redis.url)).toMatchObject({ exit: 0 });
  expect(await inStore(store, handler)).toEqual({ delayed: 12 });
  expect(await redis.client.keys('*:call-*')).toEqual([]);
});

test('a move that ends halfway loses no call: the next one returns what Redis no longer has', async () => {
  const redis = await startRedis();
  const { handler, store, move } = await waitingCalls(redis);
  const { reports, close } = openRedisQueue(redis.url, handler.url);
  const admin = openStoreQueueAdmin(filesIn(store), Date.now);
  const halfway = returnCalls({
    reports,
    reconcile: async (turn) => {
      if (turn.lost.length > 0) throw new Error('the process ends here');
      return admin.reconcile(turn);
    },
    queue: redis.url,
    target: undefined,
  });
  await expect(halfway).rejects.toThrow('the process ends here');
  await Promise.all([close(), admin.close()]);
  expect(await redis.client.keys('*:call-*')).toEqual([]);
  expect(await statesOf(store, handler.url, redis.url)).toEqual({ 'handed over': 12 });
  expect((await move('--back', '--queue', redis.url)).err).toContain('Moved 12 calls');
});

test('a move that cannot be made changes nothing, and says why', async () => {
  const redis = await startRedis();
  const { handler, store, forward, move } = await waitingCalls();
  const before = await inStore(store, handler);
  const refused = async (words: readonly string[], exit: number, ...texts: readonly string[]) => {
    const { exit: code, err } = await move(...words);
    for (const text of texts) expect(err).toContain(text);
    expect({ code, states: await inStore(store, handler) }).toEqual({ code: exit, states: before });
  };
  await refused([], 2, 'queue move requires the URL of a Redis.');
  await refused(['--queue', 'redis://127.0.0.1:1'], 3, 'explain redis_unreachable');
  await runTool(['queue', 'pause', '--store', store]);
  await refused(['--queue', redis.url], 1, `${handler.url} is paused.`, 'queue resume');
  await runTool(['queue', 'resume', '--store', store]);
  const listener = await spawnListener([...forward, ...queueWords(redis)], { store });
  const isKnown = async () => (await findWorkers(store, processHost())).length === 1;
  await until(isKnown, 'its note is written');
  await refused(['--back', '--queue', redis.url], 1, `Process ${listener.pid} hands the calls`);
  await end(listener);
});
