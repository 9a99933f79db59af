import { expect, test } from 'vitest';
import { call, formHeaders } from '../helpers/http.js';
import { runTool, spawnListener } from '../helpers/process.js';
import { databaseOf, fillStore, plainCall } from '../helpers/store.js';
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
  const listener = await spawnListener(['--keep', '20']);
  const bodies = Array.from({ length: 60 }, () => plainCall.body);
  for (const body of bodies) await call(listener.url, { headers: formHeaders, body });
  const words = ['--store', listener.store];
  const statusOf = async () => JSON.parse((await runTool(['status', '--json', ...words])).out);
  await until(
    async () => (await statusOf()).store.reach?.removed === 40,
    'forty were removed',
    60_000,
  );
  const { out } = await runTool(['history', 'stats', ...words]);
  expect(out).toContain('--keep 20 removed older captures, 40 captures so far.');
}, 120_000);
