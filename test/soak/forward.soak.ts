import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStoreQueueAdmin } from '../../src/store/queue-admin.js';
import { type Behaviour, type Handler, makeHandler } from '../helpers/handler.js';
import { comparedWith, percentile, startLoad } from '../helpers/load.js';
import { type ListeningChild, spawnListener } from '../helpers/process.js';
import { filesIn } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { print, rounded } from './figures.js';
import { explainRepeats, type Fault } from './repeats.js';

const calls = 50_000;
const rounds = 14;
const concurrency = 4;
/** What a call that hangs is given, so that a round of them does not take a minute. */
const timeout = '1s';

/** What the handler does to calls in the middle of a round; killed: it is started again at its end. */
const faults: readonly (Behaviour | 'killed')[] = [
  { kind: 'take' },
  'killed',
  { kind: 'slow', ms: 50 },
  { kind: 'fail', status: 500 },
  { kind: 'fail', status: 429, retryAfter: 1 },
  { kind: 'hang' },
  'killed',
];

test('50,000 calls reach a handler that is killed, slow and failing, from listeners that are killed', async () => {
  const store = join(temporaryFolder(), 'store');
  const handler = await makeHandler();
  await handler.start();
  const acknowledged: string[] = [];
  const latencies: number[] = [];
  const kills: Fault[] = [];
  const listen = () =>
    spawnListener(
      [
        ...['--forward-to', handler.url, '--forward-timeout', timeout],
        ...['--forward-concurrency', String(concurrency)],
      ],
      { store },
    );
  const begun = performance.now();
  for (let round = 0; round < rounds; round += 1) {
    const listener = await listen();
    const load = startLoad(listener.url, { clients: 8, padding: 500 });
    const share = (part: number) => load.reached(Math.floor((calls / rounds) * part));
    await share(0.2);
    await suffer(handler, faults[round % faults.length]!, kills, () => share(0.6));
    await share(1);
    const before = handler.calls.length;
    const more = Math.floor(Math.random() * 1_000);
    await handler.until(() => handler.calls.length >= before + more, 'forwarding goes on', 60_000);
    kills.push(kill(listener));
    await Promise.all([listener.ended, load.stop()]);
    acknowledged.push(...load.acknowledged);
    latencies.push(...load.latencies);
  }
  const last = await listen();
  const missing = () => acknowledged.filter((mark) => !handler.taken.has(mark)).length;
  await handler.until(
    // Looking for each is worth it only when there may be enough.
    () => handler.taken.size >= acknowledged.length && missing() === 0,
    'all are delivered',
    240_000,
  );
  process.kill(last.pid, 'SIGTERM');
  const exit = await last.ended;

  const recorded = await comparedWith(store, acknowledged);
  const states = await statesOf(store, handler.url);
  const repeats = explainRepeats(handler, kills);
  const crowd = Math.max(...handler.calls.map(({ flying }) => flying));
  print('forwarding', {
    acknowledged: acknowledged.length,
    'kills of listeners': rounds,
    'kills of the handler': kills.length - rounds,
    attempts: handler.calls.length,
    undelivered: missing(),
    'delivered twice': repeats.calls,
    unexplained: repeats.unexplained.length,
    'most twice by one kill': repeats.maxByOneFault,
    'at the handler at a time': crowd,
    'answer p99 ms': rounded(percentile(latencies, 0.99)),
    'slowest answer ms': rounded(Math.max(...latencies)),
    seconds: Math.round((performance.now() - begun) / 1000),
  });
  expect(acknowledged.length).toBeGreaterThanOrEqual(calls);
  expect({ ...recorded, undelivered: missing() }).toEqual({ lost: 0, twice: 0, undelivered: 0 });
  expect(repeats.unexplained).toEqual([]);
  expect(repeats.otherIds).toEqual([]);
  expect(crowd).toBeLessThanOrEqual(concurrency);
  expect(exit).toBe(0);
  const { delivered, ...others } = states;
  expect(delivered).toBe(handler.taken.size);
  expect(Object.values(others).every((count) => count === 0)).toBe(true);
  expect(percentile(latencies, 0.99)).toBeLessThan(1_000);
});

/** Lets a handler misbehave while something goes on, until it has been felt. */
async function suffer(
  handler: Handler,
  fault: Behaviour | 'killed',
  kills: Fault[],
  meanwhile: () => Promise<void>,
): Promise<void> {
  if (fault === 'killed') {
    kills.push(now());
    await handler.kill();
    await meanwhile();
    await handler.start();
    return;
  }
  await handler.behave(fault);
  const felt = handler.calls.length + 3;
  await meanwhile();
  await handler.until(() => handler.calls.length >= felt, 'the handler is tried');
  await handler.behave({ kind: 'take' });
}

function kill(listener: ListeningChild): Fault {
  const fault = now();
  process.kill(listener.pid, 'SIGKILL');
  return fault;
}

function now(): Fault {
  const time = Date.now();
  return { from: time, to: time };
}

async function statesOf(store: string, target: string) {
  const admin = openStoreQueueAdmin(filesIn(store), Date.now);
  const counts = await admin.counts({ url: target, queue: '' });
  await admin.close();
  return counts.states;
}
