import { expect, test } from 'vitest';
import { call, formHeaders } from '../helpers/http.js';
import { inNamespace } from '../helpers/namespace.js';
import { runTool, spawnListener } from '../helpers/process.js';
import { queueCaptures } from '../helpers/queued-captures.js';
import { serve } from '../helpers/servers.js';
import { shiftedClock } from '../helpers/shifted-clock.js';
import { bodyOf, databaseOf, fillStore, plainCall, recordCalls } from '../helpers/store.js';
import { until } from '../helpers/until.js';

test('listeners and prunes on one store leave exactly what the smallest of their limits says', async () => {
  const { files, places } = await fillStore(12_500);
  const database = databaseOf(files);
  const captures = database.prepare('select count(*), min(place) from captures');
  const state = () => captures.first([])?.map(Number) ?? [];
  const [listener] = await Promise.all([
    spawnListener(['--keep', '7000'], { store: files.folder }),
    spawnListener(['--keep', '7300'], { store: files.folder }),
  ]);
  await until(() => state()[0] !== 12_500, 'the listeners begin to remove');
  const prune = ['history', 'prune', '--keep', '7200', '--yes', '--store', files.folder];
  const prunes = await Promise.all([runTool(prune), runTool(prune)]);
  expect(prunes.map(({ exit }) => exit)).toEqual([0, 0]);
  await until(() => Number(state()[0]) <= 7000, 'the smallest limit', 60_000);
  expect(state()).toEqual([7000, places.at(-7000)]);
  // Once this call has pushed out one more, each listener has looked again.
  const answer = await call(listener.url, { headers: formHeaders, body: plainCall.body });
  expect(answer.status).toBe(200);
  await until(() => Number(state()[1]) > Number(places.at(-7000)), 'one more was removed', 60_000);
  expect(state()).toEqual([7000, places.at(-6999)]);
}, 120_000);

test('a listener whose limit is soon reached does not let captures vanish in silence', async () => {
  const alerts: Buffer[] = [];
  const receiver = await serve((request, response) => {
    request.on('data', (chunk: Buffer) => alerts.push(chunk));
    request.on('end', () => response.end());
  });
  const listener = await spawnListener(['--keep', '20', '--alert-url', receiver.href]);
  const bodies = Array.from({ length: 60 }, () => plainCall.body);
  for (const body of bodies) await call(listener.url, { headers: formHeaders, body });
  await until(() => Buffer.concat(alerts).includes('captures_removed'), 'an alert', 60_000);
  expect(listener.err()).toMatch(
    /--keep 20 removed \d+ captures earlier than --keep-for 30d would; the newest was \d+ s old/,
  );
  const words = ['--store', listener.store];
  const statusOf = async () => JSON.parse((await runTool(['status', '--json', ...words])).out);
  let status = await statusOf();
  const isDone = async () => {
    status = await statusOf();
    return status.store.reach.removed === 40;
  };
  await until(isDone, 'forty were removed', 60_000);
  expect(status).toMatchObject({
    well: false,
    problems: [expect.stringContaining('--keep 20 removes captures that are')],
    store: { reach: { cause: 'keep', limit: 20 } },
  });
  const stats = await runTool(['history', 'stats', ...words]);
  expect(stats.out).toContain('--keep 20 removed older captures, 40 captures so far.');
}, 120_000);

test('dead calls outlive the limits, and the store says when they fill it', async () => {
  const body = bodyOf([{ channel: 'sms', event: 'sent', note: 'x'.repeat(40_000) }]);
  const { files, captures } = await recordCalls(Array.from({ length: 50 }, () => ({ body })));
  queueCaptures(files, captures, () => ({ state: 'dead' }));
  const limits = ['--keep', '20', '--keep-size', '1mb'];
  const listener = await spawnListener(limits, { store: files.folder });
  const statusOf = async () =>
    JSON.parse((await runTool(['status', '--json', '--store', files.folder])).out);
  let status = await statusOf();
  const isSaid = async () => {
    status = await statusOf();
    return status.store.overSize !== null;
  };
  await until(isSaid, 'the store is over its size', 60_000);
  expect(status.problems.join(' ')).toContain('more than --keep-size 1mb. They are kept');
  expect(listener.err()).toContain('more than --keep-size 1mb. They are kept, and new calls');
  expect((await call(listener.url, { headers: formHeaders, body })).status).toBe(200);
  const count = databaseOf(files).prepare('select count(*) from deliveries');
  expect(count.first([])).toEqual([50]);
}, 120_000);

test('probes do not push a call out of the store', async () => {
  const listener = await spawnListener(['--keep', '20']);
  await call(listener.url, { headers: formHeaders, body: plainCall.body });
  for (let count = 0; count < 60; count += 1) await call(listener.url, { method: 'GET' });
  const words = ['--json', '--store', listener.store];
  const listed = async () => {
    const { out } = await runTool(['history', '--limit', '100', ...words]);
    return out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).method);
  };
  await until(async () => (await listed()).length <= 3, 'most probes were removed', 60_000);
  expect(await listed()).toEqual(['GET', 'GET', 'POST']);
  const { out } = await runTool(['status', ...words]);
  expect(JSON.parse(out)).toMatchObject({
    well: true,
    store: { reach: { since: null, removed: 0, withoutPayload: 58 } },
  });
}, 120_000);

test('a clock that jumps ahead by forty days empties no store, before a restart or after it', async () => {
  const day = 24 * 3_600_000;
  const clock = shiftedClock();
  const { env } = clock;
  const { files } = await fillStore(300);
  const store = files.folder;
  const first = await spawnListener([], { store, env });
  const used = databaseOf(files).prepare('select 1 from age_clock');
  await until(() => used.first([]) !== undefined, 'the store was looked at', 60_000);
  clock.set(40 * day);
  const warned = (text: string) => first.err().includes(text);
  await until(() => warned('The clock has jumped ahead by 40 days.'), 'the first warning', 60_000);
  process.kill(first.pid, 'SIGTERM');
  expect(await first.ended).toBe(0);
  const second = await spawnListener([], { store, env });
  const gap =
    'The clock has jumped ahead by 40 days. Captures are not removed by age until it is correct again, or for another 24 h';
  await until(() => second.err().includes(gap), 'the second warning', 60_000);
  const { out } = await runTool(['status', '--json', '--store', store]);
  expect(JSON.parse(out)).toMatchObject({
    well: false,
    problems: [expect.stringContaining('The clock has jumped ahead by 40 days.')],
    store: { reach: null, clock: { since: 'jump' } },
  });
  const count = databaseOf(files).prepare('select count(*) from captures');
  expect(count.first([])).toEqual([300]);
}, 120_000);

test('listeners in separate namespaces, with clocks ten minutes apart, leave what the smallest limit says', async () => {
  const apart = inNamespace();
  const clock = shiftedClock(10 * 60_000);
  const { files, places } = await fillStore(3000);
  const store = files.folder;
  await Promise.all([
    spawnListener(['--keep', '1200'], { ...apart, store }),
    spawnListener(['--keep', '1000'], { store, env: clock.env }),
    spawnListener(['--keep', '1500'], { store }),
  ]);
  const captures = databaseOf(files).prepare('select count(*), min(place) from captures');
  const state = () => captures.first([])?.map(Number) ?? [];
  await until(() => Number(state()[0]) <= 1000, 'the smallest limit', 60_000);
  expect(state()).toEqual([1000, places.at(-1000)]);
}, 120_000);
