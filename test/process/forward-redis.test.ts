import { expect, test, vi } from 'vitest';
import { problem } from '../../src/problems/problem.js';
import { makeHandler } from '../helpers/handler.js';
import { call, formHeaders } from '../helpers/http.js';
import { runTool, spawnListener } from '../helpers/process.js';
import { startRedis } from '../helpers/redis-server.js';
import {
  end,
  history,
  isDelivered,
  isHandedOver,
  newStore,
  orders,
  post,
  statesOf,
  takenTwice,
} from '../helpers/redis-store.js';
import { until } from '../helpers/until.js';

/** Each starts several processes, which takes long on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

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

test('what was answered 200 arrives when Redis was flushed, once but for what it had just confirmed', async () => {
  const redis = await startRedis();
  const handler = await makeHandler();
  const store = newStore();
  const words = ['--forward-to', handler.url, '--queue', redis.url];
  const listener = await spawnListener(words, { store });
  const first = orders('first', 60);
  await post(listener.url, first);
  await until(isHandedOver(store, handler, redis.url, 60), 'all are handed over');
  await redis.client.flushall();
  const second = orders('second', 20);
  await post(listener.url, second);
  await handler.start();
  await until(isDelivered(store, handler, redis.url, 80), 'all are delivered', 60_000);
  await end(listener);
  expect([...handler.taken.keys()].sort()).toEqual([...first, ...second].sort());
  expect(takenTwice(handler)).toEqual([]);
});

test('the rights that a hint names are enough, and a missing one is named, in JSON lines alone', async () => {
  const redis = await startRedis();
  const handler = await makeHandler();
  await handler.start({ kind: 'take' });
  const hint = problem('redis_right_missing', { address: '', reason: '' }).hint;
  const rights = /ACL SETUSER <user> (.*)$/.exec(hint)![1]!.split(' ');
  await redis.client.acl('SETUSER', 'shop', 'on', '>autumn', ...rights);
  await redis.client.acl('SETUSER', 'less', 'on', '>autumn', ...rights, '-info');
  const url = (user: string) => `redis://${user}:autumn@127.0.0.1:${redis.port}`;
  const forward = ['--json', '--forward-to', handler.url, '--queue'];
  const store = newStore();
  const listener = await spawnListener([...forward, url('shop')], { store });
  await post(listener.url, orders('first', 5));
  await until(isDelivered(store, handler, redis.url, 5), 'all are delivered');
  await end(listener);
  const { exit, err } = await runTool(['queue', 'work', ...forward, url('less')]);
  expect(exit).toBe(3);
  const lines = [...listener.err().split('\n'), ...err.split('\n')].filter(Boolean);
  const notices = lines.map((line) => JSON.parse(line) as { code: string; message: string });
  expect(notices.at(-1)?.code).toBe('redis_right_missing');
  expect(notices.at(-1)?.message).toContain('this user may not run INFO');
});
