import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeHandler } from '../helpers/handler.js';
import { call, formHeaders } from '../helpers/http.js';
import { markedBody } from '../helpers/load.js';
import { runTool, spawnListener } from '../helpers/process.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { until } from '../helpers/until.js';

const post = async (url: string, mark: string) => {
  const { status } = await call(url, { headers: formHeaders, body: markedBody(mark, 0) });
  expect(status).toBe(200);
};

test('a backup is taken while calls arrive, and restores captures and waiting calls', async () => {
  const handler = await makeHandler();
  const listener = await spawnListener(['--forward-to', handler.url]);
  for (let number = 0; number < 20; number += 1) await post(listener.url, `before-${number}`);
  let isDone = false;
  let during = 0;
  const posting = (async () => {
    while (!isDone) await post(listener.url, `during-${during++}`);
  })();
  const folder = temporaryFolder();
  const file = join(folder, 'backup.db');
  const words = ['history', 'backup', file, '--store', listener.store];
  const { exit, out } = await runTool([...words, '--json']);
  isDone = true;
  await posting;
  const [notice] = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect({ exit, notice }).toMatchObject({ exit: 0, notice: { type: 'backup', path: file } });
  expect(notice.captures).toBeGreaterThanOrEqual(20);
  expect(notice.captures).toBeLessThanOrEqual(20 + during);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  process.kill(listener.pid, 'SIGKILL');
  await listener.ended;

  const store = join(folder, 'restored');
  await mkdir(store);
  await copyFile(file, join(store, 'captures.db'));
  await handler.start();
  const restored = await spawnListener(['--forward-to', handler.url], { store });
  await handler.until(() => handler.taken.size === notice.captures, 'all waiting calls are sent');
  expect([...handler.taken.keys()].filter((mark) => mark.startsWith('before')).length).toBe(20);
  await post(restored.url, 'after');
  await handler.until(() => handler.taken.has('after'), 'the restored store takes calls');
  await until(() => [...handler.taken.values()].every((each) => each.length === 1), 'once each');
  process.kill(restored.pid, 'SIGTERM');
  expect(await restored.ended).toBe(0);
});

test('a backup overwrites nothing, and leaves nothing when it fails', async () => {
  const listener = await spawnListener();
  await post(listener.url, 'one');
  const folder = temporaryFolder();
  const file = join(folder, 'taken.db');
  writeFileSync(file, 'mine');
  const store = ['--store', listener.store];
  expect(await runTool(['history', 'backup', file, ...store])).toMatchObject({
    exit: 2,
    err: expect.stringContaining('taken.db already exists, and a backup never overwrites a file.'),
  });
  expect(readFileSync(file, 'utf8')).toBe('mine');
  const missing = await runTool(['history', 'backup', join(folder, 'no', 'b.db'), ...store]);
  expect(missing).toMatchObject({
    exit: 3,
    err: expect.stringContaining('explain file_not_written'),
  });
  const none = await runTool(['history', 'backup', join(folder, 'c.db'), '--store', folder]);
  expect(none).toMatchObject({ exit: 3, err: expect.stringContaining('explain store_missing') });
  expect(readdirSync(folder)).toEqual(['taken.db']);
  process.kill(listener.pid, 'SIGTERM');
  await listener.ended;
});
