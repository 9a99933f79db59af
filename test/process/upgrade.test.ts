import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { makeHandler } from '../helpers/handler.js';
import { call, formHeaders } from '../helpers/http.js';
import { comparedWith, markedBody, recordedCalls, startLoad } from '../helpers/load.js';
import { runTool, spawnListener, spawnWorker } from '../helpers/process.js';
import { releasedProgram } from '../helpers/released.js';
import { databaseOf, filesIn } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { until } from '../helpers/until.js';

/** Each starts several processes, which takes long on a busy machine. */
vi.setConfig({ testTimeout: 60_000 });

const before = { program: releasedProgram() };

function newStore(): string {
  return join(temporaryFolder(), 'store');
}

function tablesOf(store: string): number {
  return Number(databaseOf(filesIn(store)).prepare('pragma user_version').first([])?.[0]);
}

async function post(url: string, marks: readonly string[]): Promise<void> {
  for (const mark of marks) {
    const { status } = await call(url, { headers: formHeaders, body: markedBody(mark, 0) });
    expect(status).toBe(200);
  }
}

const orders = (name: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${name}-${at + 1}`);

test('a store is upgraded under a listener of 0.1.0, which goes on recording beside one of this version', async () => {
  const store = newStore();
  const older = await spawnListener([], { ...before, store });
  const load = startLoad(older.url, { clients: 4 });
  await load.reached(100);
  const known = tablesOf(store);
  // Any command of this version brings the tables up to date.
  expect((await runTool(['history', 'list', '--store', store])).exit).toBe(0);
  expect(tablesOf(store)).toBeGreaterThan(known);
  const newer = await spawnListener([], { store });
  const beside = startLoad(newer.url, { clients: 4 });
  await Promise.all([load.reached(load.acknowledged.size + 300), beside.reached(300)]);
  await Promise.all([load.stop(), beside.stop()]);
  expect([...load.failures, ...beside.failures]).toEqual([]);
  for (const listener of [older, newer]) {
    process.kill(listener.pid, 'SIGTERM');
    expect(await listener.ended).toBe(0);
  }
  const acknowledged = [...load.acknowledged, ...beside.acknowledged];
  expect(await comparedWith(store, acknowledged)).toEqual({ lost: 0, twice: 0 });
  const calls = await recordedCalls(store);
  expect(new Set(calls.map(({ id }) => id)).size).toBe(acknowledged.length);
});

test('ids that 0.1.0 has shown name the same captures after the upgrade', async () => {
  const store = newStore();
  const older = await spawnListener([], { ...before, store });
  await post(older.url, orders('order', 5));
  const shown = await runTool(['history', 'list', '--json', '--store', store], before);
  const records = (await runTool(['history', 'export', '--store', store], before)).out;
  process.kill(older.pid, 'SIGTERM');
  await older.ended;
  const ids = (out: string) => [...out.matchAll(/"id":"([0-9a-z]{16})"/g)].map(([, id]) => id);
  expect(ids((await runTool(['history', 'list', '--json', '--store', store])).out)).toEqual(
    ids(shown.out),
  );
  // What it exported is known, and not imported a second time.
  const file = join(temporaryFolder(), 'records.jsonl');
  await writeFile(file, records);
  const imported = await runTool(['history', 'import', file, '--json', '--store', store]);
  expect(imported.out).toContain('"captures":0');
  const newer = await spawnListener([], { store });
  await post(newer.url, ['order-6']);
  expect(ids((await runTool(['history', 'export', '--store', store])).out).slice(0, 5)).toEqual(
    ids(records),
  );
});

test('calls that wait in a store of 0.1.0 are delivered once, while its listener still forwards them', async () => {
  const store = newStore();
  const handler = await makeHandler();
  const words = ['--forward-to', handler.url];
  const older = await spawnListener(words, { ...before, store });
  const first = orders('of-before', 30);
  await post(older.url, first);
  const newer = await spawnListener(words, { store });
  const worker = await spawnWorker(words, { store });
  const second = orders('of-now', 30);
  await Promise.all([post(older.url, second.slice(0, 15)), post(newer.url, second.slice(15))]);
  await handler.start();
  const all = [...first, ...second];
  await handler.until(() => all.every((mark) => handler.taken.has(mark)), 'all are delivered');
  // What was taken twice would come again within the lease of either version.
  for (const child of [older, newer, worker]) process.kill(child.pid, 'SIGTERM');
  await Promise.all([older, newer, worker].map(({ ended }) => ended));
  const twice = [...handler.taken].filter(([, each]) => each.length > 1).map(([mark]) => mark);
  expect(twice).toEqual([]);
  const { out } = await runTool(['queue', '--json', '--store', store]);
  expect(out).toContain('"delivered":60');
});

test('what a listener of 0.1.0 prunes after the upgrade leaves nothing behind that is shown', async () => {
  const store = newStore();
  const older = await spawnListener(['--keep', '20'], { ...before, store });
  await runTool(['history', 'list', '--store', store]);
  const newer = await spawnListener(['--keep', '30'], { store });
  await post(newer.url, orders('early', 40));
  await post(older.url, orders('late', 40));
  await until(async () => (await recordedCalls(store)).length === 20, 'the oldest are removed');
  const calls = await recordedCalls(store);
  expect(calls.map(({ mark }) => mark)).toEqual(orders('late', 40).slice(20));
  expect((await runTool(['history', 'stats', '--store', store])).exit).toBe(0);
});

test('calls that wait in a store of 0.1.0 go to their handler alone, and new ones to each of several', async () => {
  const store = newStore();
  const handler = await makeHandler();
  const another = await makeHandler();
  const older = await spawnListener(['--forward-to', handler.url], { ...before, store });
  await post(older.url, orders('old', 5));
  process.kill(older.pid, 'SIGTERM');
  await older.ended;
  await Promise.all([handler.start(), another.start()]);
  const words = ['-f', `another=${another.url}`, '-f', handler.url];
  const newer = await spawnListener(words, { store });
  await post(newer.url, orders('new', 5));
  await handler.until(() => handler.taken.size === 10, 'the handler has all');
  await another.until(() => another.taken.size === 5, 'the new handler has the new ones');
  process.kill(newer.pid, 'SIGTERM');
  expect(await newer.ended).toBe(0);
  expect([...another.taken.keys()].sort()).toEqual(orders('new', 5).sort());
  expect([...handler.taken.values()].every((each) => each.length === 1)).toBe(true);
});
