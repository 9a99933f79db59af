import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { type Handler, makeHandler } from '../helpers/handler.js';
import { call, formHeaders } from '../helpers/http.js';
import { markedBody } from '../helpers/load.js';
import { inNamespace } from '../helpers/namespace.js';
import {
  type Child,
  type ChildOptions,
  runTool,
  spawnListener,
  spawnWorker,
} from '../helpers/process.js';
import { releasedProgram } from '../helpers/released.js';
import { shiftedClock } from '../helpers/shifted-clock.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/** Each starts several processes, which takes long on a busy machine. */
vi.setConfig({ testTimeout: 60_000 });

const hour = 3_600_000;

async function post(url: string, marks: readonly string[]): Promise<void> {
  for (const mark of marks) {
    const { status } = await call(url, { headers: formHeaders, body: markedBody(mark, 0) });
    expect(status).toBe(200);
  }
}

const marksOf = (handler: Handler) => handler.calls.map(({ mark }) => mark);

/** A listener whose four slots are taken by calls that the handler does not answer. */
async function busyListener(options: ChildOptions = {}) {
  const handler = await makeHandler();
  await handler.start({ kind: 'hang' });
  const words = ['--forward-to', handler.url, '--forward-timeout', '5m'];
  const store = join(temporaryFolder(), 'store');
  const listener = await spawnListener(words, { ...options, store });
  await post(listener.url, ['held-1', 'held-2', 'held-3', 'held-4']);
  await handler.until(() => handler.calls.length === 4, 'four calls are under way');
  return { handler, listener, store, words };
}

/** More calls than a worker takes ahead. */
const orders = Array.from({ length: 70 }, (_, index) => `order-${index + 1}`);

/** Starts a second worker, and lets it show that it has looked what there is: its slots are taken, too. */
async function besides(
  { handler, listener, store, words }: Awaited<ReturnType<typeof busyListener>>,
  options: ChildOptions = {},
): Promise<Child> {
  const worker = await spawnWorker(words, { ...options, store });
  await post(listener.url, orders);
  await handler.until(() => handler.calls.length >= 8, 'the second worker has four');
  return worker;
}

test.each<[string, () => { listener?: ChildOptions; status?: ChildOptions }]>([
  ['outside', () => ({ listener: inNamespace() })],
  ['in another PID namespace', () => ({ status: inNamespace() })],
])('status that is asked %s sees the listener and its worker', async (_, make) => {
  const asked = make();
  const handler = await makeHandler();
  await handler.start();
  const words = ['--forward-to', handler.url];
  const listener = await spawnListener(words, { ...asked.listener });
  const { exit, out } = await runTool(
    ['status', '--json', '--store', listener.store],
    asked.status,
  );
  expect(JSON.parse(out)).toMatchObject({
    well: true,
    listeners: [{ url: `${listener.url}`, health: 'ok' }],
    workers: [{ to: handler.url }],
  });
  expect(exit).toBe(0);
});

describe('calls that are under way', () => {
  test.each<[string, () => { first?: ChildOptions; second?: ChildOptions }]>([
    ['when another starts in a PID namespace of its own', () => ({ second: inNamespace() })],
    [
      'when both run in PID namespaces of their own',
      () => ({ first: inNamespace(), second: inNamespace() }),
    ],
    ['when the clock of another is an hour ahead', () => ({ second: shiftedClock(hour) })],
    ['when the clock of another is an hour behind', () => ({ second: shiftedClock(-hour) })],
    ['when another of version 0.1.0 has them', () => ({ first: { program: releasedProgram() } })],
  ])('stay with their worker %s', async (_, make) => {
    const { first, second } = make();
    const busy = await busyListener(first);
    await besides(busy, second);
    expect(new Set(marksOf(busy.handler)).size).toBe(8);
    expect(busy.handler.calls.every(({ attempt }) => attempt === 1)).toBe(true);
  });

  test('come back at once when their worker was killed', async () => {
    const busy = await busyListener();
    process.kill(busy.listener.pid, 'SIGKILL');
    await busy.listener.ended;
    await spawnWorker(busy.words, { store: busy.store });
    await busy.handler.until(() => busy.handler.calls.length === 8, 'they come again');
    expect(new Set(marksOf(busy.handler)).size).toBe(4);
  });
});
