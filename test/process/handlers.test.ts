import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { openStoreQueueAdmin } from '../../src/store/queue-admin.js';
import { type Handler, makeHandler } from '../helpers/handler.js';
import { runTool, spawnListener, spawnWorker } from '../helpers/process.js';
import { startRedis } from '../helpers/redis-server.js';
import { end, newStore, orders, post, takenTwice } from '../helpers/redis-store.js';
import { filesIn } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { until } from '../helpers/until.js';

/** Each starts several processes, which takes long on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

async function twoHandlers() {
  const crm = await makeHandler();
  const calls = await makeHandler();
  const words = ['-f', `crm=${crm.url}`, '-f', `calls=${calls.url}`];
  return { crm, calls, words };
}

/** How many calls for a handler are in each state, in every queue. */
async function statesFor(store: string, handler: Handler) {
  const admin = openStoreQueueAdmin(filesIn(store), Date.now);
  const counts = (await admin.targets()).filter(({ target }) => target === handler.url);
  await admin.close();
  const states = counts.flatMap((each) => Object.entries(each.states));
  return Object.fromEntries(states.filter(([, count]) => count > 0));
}

const isDelivered = (store: string, handler: Handler, count: number) => async () =>
  (await statesFor(store, handler)).delivered === count;

async function outcomes(store: string): Promise<string[]> {
  const { out } = await runTool(['history', 'list', '--json', '--limit', '500', '--store', store]);
  return out.split('\n').flatMap((line) => (line ? JSON.parse(line).outcome : []));
}

const tool = (store: string, ...words: readonly string[]) => runTool([...words, '--store', store]);

describe.each<[string, () => Promise<string[]>]>([
  ['in the store', async () => []],
  ['on Redis', async () => ['--queue', (await startRedis()).url]],
])('with the queue %s', (_, queueWords) => {
  test('a dead handler holds up no other, which gets everything once', async () => {
    const { crm, calls, words } = await twoHandlers();
    await calls.start();
    const queue = await queueWords();
    const listener = await spawnListener([...words, ...queue]);
    const marks = orders('order', 60);
    await post(listener.url, marks);
    await calls.until(() => calls.taken.size === 60, 'the other handler has all');
    await until(isDelivered(listener.store, calls, 60), 'the store knows it');
    expect(crm.taken.size).toBe(0);
    expect((await statesFor(listener.store, crm)).delivered).toBeUndefined();
    // What waits for any handler keeps its capture.
    await tool(listener.store, 'history', 'prune', '--keep', '1', '--yes');
    expect((await outcomes(listener.store)).length).toBe(60);
    await crm.start();
    await crm.until(() => crm.taken.size === 60, 'the dead one has all when it is back');
    await until(isDelivered(listener.store, crm, 60), 'the store knows it');
    expect(new Set(await outcomes(listener.store))).toEqual(new Set(['delivered']));
    const show = await tool(listener.store, 'history', 'show', 'last', '--json');
    expect(JSON.parse(show.out).deliveries).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ name: 'crm', state: 'delivered' }),
        expect.objectContaining({ name: 'calls', state: 'delivered' }),
      ]),
    );
    await end(listener);
    expect([takenTwice(crm), takenTwice(calls)]).toEqual([[], []]);
  });

  test('a killed listener loses nothing for either handler, also in another order of handlers', async () => {
    const { crm, calls, words } = await twoHandlers();
    await crm.start({ kind: 'slow', ms: 20 });
    await calls.start({ kind: 'slow', ms: 5 });
    const queue = await queueWords();
    const first = await spawnListener([...words, ...queue]);
    const marks = orders('order', 80);
    await post(first.url, marks);
    await calls.until(() => calls.taken.size > 10, 'some are delivered');
    process.kill(first.pid, 'SIGKILL');
    await first.ended;
    const turned = [...words.slice(2), ...words.slice(0, 2), ...queue];
    const second = await spawnListener(turned, { store: first.store });
    const more = orders('more', 20);
    await post(second.url, more);
    for (const handler of [crm, calls]) {
      await handler.until(() => handler.taken.size === 100, 'it has all', 60_000);
      await until(isDelivered(second.store, handler, 100), 'the store knows it', 60_000);
      expect([...handler.taken.keys()].sort()).toEqual([...marks, ...more].sort());
      // Those in flight when the listener was killed, and those whose outcomes it had not written.
      expect(takenTwice(handler).length).toBeLessThanOrEqual(4 + 32);
      expect([...handler.taken.values()].every(({ length }) => length <= 2)).toBe(true);
    }
    await end(second);
  });

  test('pausing one handler leaves the other alone', async () => {
    const { crm, calls, words } = await twoHandlers();
    await Promise.all([crm.start(), calls.start()]);
    const queue = await queueWords();
    const listener = await spawnListener([...words, ...queue]);
    await post(listener.url, ['order-0']);
    for (const each of [crm, calls]) await each.until(() => each.taken.size === 1, 'it has it');
    const pause = await tool(listener.store, 'queue', 'pause', '--target', 'crm', ...queue);
    expect(pause).toMatchObject({ exit: 0, err: expect.stringContaining(`Paused ${crm.url}`) });
    await until(() => listener.err().includes('is paused since'), 'the pause is noticed');
    await post(listener.url, orders('order', 10));
    await calls.until(() => calls.taken.size === 11, 'the other has all');
    expect(crm.taken.size).toBe(1);
    expect((await tool(listener.store, 'queue', 'resume', '--target', 'crm', ...queue)).exit).toBe(
      0,
    );
    await crm.until(() => crm.taken.size === 11, 'it has all');
    await end(listener);
  });
});

test('dead calls of one handler are retried alone, and its outcome is that of the capture', async () => {
  const { crm, calls, words } = await twoHandlers();
  await crm.start({ kind: 'fail', status: 422 });
  await calls.start();
  const listener = await spawnListener([...words, '--attempts', '1']);
  await post(listener.url, orders('order', 4));
  await until(async () => (await statesFor(listener.store, crm)).dead === 4, 'they are dead');
  await until(isDelivered(listener.store, calls, 4), 'the other has them');
  expect(await outcomes(listener.store)).toEqual(['dead', 'dead', 'dead', 'dead']);
  expect((await tool(listener.store, 'history', 'list', '--outcome', 'delivered')).out).toBe('');
  const listed = await tool(listener.store, 'queue', 'list', '--target', 'calls', '--json');
  expect(JSON.parse(listed.out.split('\n')[0] ?? '')).toMatchObject({
    target: calls.url,
    status: 200,
  });
  await crm.behave({ kind: 'take' });
  const retry = await tool(listener.store, 'queue', 'retry', '--dead', '--target', 'crm');
  expect(retry.err).toContain('4 calls are due now.');
  await until(isDelivered(listener.store, crm, 4), 'they are delivered');
  expect(await outcomes(listener.store)).toEqual(Array(4).fill('delivered'));
  await end(listener);
  expect(takenTwice(calls)).toEqual([]);
});

test('a new handler begins with new calls, and a retry brings it older ones', async () => {
  const { crm, calls, words } = await twoHandlers();
  await Promise.all([crm.start(), calls.start()]);
  const first = await spawnListener(words.slice(0, 2));
  await post(first.url, orders('old', 5));
  await until(isDelivered(first.store, crm, 5), 'the first handler has them');
  await end(first);
  const second = await spawnListener(words, { store: first.store });
  await post(second.url, orders('new', 3));
  await calls.until(() => calls.taken.size === 3, 'the new handler has the new ones');
  await until(isDelivered(second.store, calls, 3), 'the store knows it');
  const older = ['queue', 'retry', '--any', '--since', '1h', '--target', 'calls'];
  const counted = await tool(second.store, ...older, '--dry-run', '--json');
  expect(JSON.parse(counted.out).states).toEqual({ delivered: 3, unqueued: 5 });
  const oldest = await tool(second.store, 'queue', 'retry', 'last~7', '--target', 'calls');
  expect(oldest).toMatchObject({ exit: 0, err: expect.stringContaining('1 call is due now.') });
  await calls.until(() => calls.taken.has('old-1'), 'the named one arrives');
  expect((await tool(second.store, ...older, '--yes')).exit).toBe(0);
  await calls.until(() => calls.taken.size === 8, 'it has the older ones');
  await end(second);
  expect([...crm.taken.values()].every((each) => each.length === 1)).toBe(true);
});

test('the project file gives each handler its own settings, and a worker serves them all', async () => {
  const { crm, calls } = await twoHandlers();
  await Promise.all([crm.start(), calls.start()]);
  const file = join(temporaryFolder(), 'netcore-hook.config.json');
  const forwardTo = [
    { name: 'crm', url: crm.url, channel: ['email'], attempts: 1 },
    { name: 'calls', url: calls.url, concurrency: 1 },
  ];
  writeFileSync(file, JSON.stringify({ forwardTo, forwardChannel: ['sms'] }));
  const store = newStore();
  const words = ['--config', file, '--forward-channel', 'sms', '--json'];
  const listener = await spawnListener(words, { store });
  const sent = await runTool(['send', '-c', 'email', '--to', listener.url, '--store', store]);
  expect(sent.exit).toBe(0);
  await crm.until(() => crm.calls.length === 1, 'its own filter takes the e-mail');
  await until(async () => (await statesFor(store, calls)).skipped === 1, 'the other skips it');
  await end(listener);
  const worker = await spawnWorker(['--config', file], { store });
  expect(JSON.parse(worker.out().split('\n')[0] ?? '').handlers).toEqual([
    { name: 'crm', to: crm.url },
    { name: 'calls', to: calls.url },
  ]);
  await end(worker);
});

test.each<[string, string[], string]>([
  ['the same name', ['a=:3001', 'a=:3002'], 'Two handlers have the name a.'],
  ['the same URL', ['a=:3001', 'b=:3001'], 'Two handlers have the URL http://127.0.0.1:3001/.'],
])('two handlers with %s are refused', async (_, targets, message) => {
  const words = targets.flatMap((target) => ['-f', target]);
  const { exit, err } = await runTool(['listen', '--port', '0', ...words, '--store', newStore()]);
  expect({ exit, names: err.includes(message) }).toEqual({ exit: 2, names: true });
});
