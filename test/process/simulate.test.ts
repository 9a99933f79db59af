import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keysInStore } from '../helpers/keys.js';
import { runTool, spawnListener, spawnTool } from '../helpers/process.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { until } from '../helpers/until.js';

interface TruthLine {
  readonly type: string;
  readonly key: string;
  readonly call: number;
  readonly status: number | null;
}

test('a truth file is true after its run was killed: the store holds each event that it calls answered', async () => {
  const listener = await spawnListener();
  const truth = join(temporaryFolder(), 'truth.ndjson');
  const concurrency = 4;
  const child = spawnTool([
    ...['simulate', 'broadcast', '--contacts', '5000', '--over', '1h', '--to', listener.url],
    ...['--concurrency', String(concurrency), '--truth', truth],
  ]);
  const text = () => (existsSync(truth) ? readFileSync(truth, 'utf8') : '');
  await until(() => text().split('\n').length > 300, '300 events are recorded');
  child.process.kill('SIGKILL');
  expect(await child.ended).toBe('SIGKILL');

  const written = text();
  const whole = written.slice(0, written.lastIndexOf('\n'));
  const [first, ...events] = whole.split('\n').map((line): TruthLine => JSON.parse(line));
  expect(first?.type).toBe('simulation');
  expect(events.map(({ status }) => status)).toEqual(events.map(() => 200));
  const held = await keysInStore(listener.store);
  const inStore = new Set(held);
  expect(events.filter(({ key }) => !inStore.has(key))).toEqual([]);
  // What the store has beyond it was in flight.
  const recorded = new Set(events.map(({ key }) => key));
  const unrecorded = held.filter((key) => !recorded.has(key));
  expect(unrecorded.length).toBeLessThanOrEqual((concurrency + 1) * 100);
});

test('simulates half a million contacts with little memory', async () => {
  const { exit, out, err } = await runTool(['simulate', '--contacts', '500000', '--dry-run'], {
    env: { ...process.env, NODE_OPTIONS: '--max-old-space-size=24' },
  });
  expect({ exit, err }).toEqual({ exit: 0, err: expect.stringMatching(/^Simulating/) });
  expect(out).toMatch(/^\d+,\d+ calls would be sent, with \d+,\d+ events, /m);
});
