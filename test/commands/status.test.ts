import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { announceListener } from '../../src/store/presence.js';
import { call, formHeaders } from '../helpers/http.js';
import { startListener } from '../helpers/listener.js';
import { run } from '../helpers/run.js';
import { nobodyThere, serve } from '../helpers/servers.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const click = `data=${encodeURIComponent('{"netcore_hook_test":[{"channel":"sms","event":"click"}]}')}`;

async function status(store: string) {
  const { exit, out } = await run(['status', '--json', '--store', store]);
  return { exit, ...(JSON.parse(out) as { problems: string[]; listeners: { health: string }[] }) };
}

async function announced(store: string, health: string | null): Promise<void> {
  const url = health ?? 'http://127.0.0.1:4400/';
  await announceListener(store, { pid: process.pid, url, started: Date.UTC(2026, 4, 1), health });
}

test('all is well while a listener answers', async () => {
  const listener = await startListener();
  await call(listener.url, { headers: formHeaders, body: click });
  const { exit, out } = await run(['status', '--store', listener.store]);
  expect(out).toMatch(new RegExp(`Listener +${listener.url} +pid ${process.pid} .*answers\n`));
  expect(out).toMatch(/Last call +\S+ +\S+ {2}200 {2}POST \/ {2}.*sms click/);
  expect(out).toMatch(/Store +\S+ +\d+\.\d kB, \d+\.\d [MG]B free/);
  expect(out).toContain('All is well.');
  expect(exit).toBe(0);
  expect(await status(listener.store)).toMatchObject({
    type: 'status',
    well: true,
    problems: [],
    listeners: [{ pid: process.pid, url: listener.url, health: 'ok' }],
    last: { method: 'POST', panels: ['netcore_hook_test'] },
    store: { folder: listener.store, bytes: expect.any(Number) },
  });
});

test('asking leaves no trace in the history, with or without a health path', async () => {
  const listener = await startListener(['--no-health']);
  expect((await status(listener.store)).listeners).toMatchObject([{ health: 'unasked' }]);
  const { out } = await run(['history', '--json', '--store', listener.store]);
  expect(out).toBe('');
});

test('nothing is well where there is no store', async () => {
  const nowhere = join(temporaryFolder(), 'nowhere');
  expect(await status(nowhere)).toMatchObject({
    exit: 1,
    problems: [`There is no store in ${nowhere}.`, 'No listener runs.'],
    last: null,
    store: { bytes: null },
  });
});

test('it is not well that no listener runs', async () => {
  const listener = await startListener();
  await listener.stop();
  expect(await status(listener.store)).toMatchObject({ exit: 1, problems: ['No listener runs.'] });
});

test('it is not well that a listener cannot record, or does not answer', async () => {
  const { store, stop } = await startListener();
  await stop();
  const failing = await serve((_, response) => void response.writeHead(503).end());
  await announced(store, failing.href);
  await announced(store, (await nobodyThere()).href);
  const { exit, problems } = await status(store);
  expect(exit).toBe(1);
  expect(problems.join('\n')).toMatch(/cannot record calls\./);
  expect(problems.join('\n')).toMatch(/does not answer\./);
});

test('what a killed listener left behind is not shown, and the next one clears it away', async () => {
  const store = temporaryFolder();
  await announced(store, null);
  writeFileSync(join(store, 'listeners', '999999-4400.json'), '{"pid":999999,"url":"http://x/"}');
  expect((await status(store)).listeners.length).toBe(1);
  const listener = await startListener([], { store });
  await listener.stop();
  expect((await run(['status', '--json', '--store', store])).out).not.toContain('999999');
});
