import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Behaviour, makeHandler } from '../helpers/handler.js';
import { startLoad } from '../helpers/load.js';
import { spawnListener } from '../helpers/process.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { print } from './figures.js';

const calls = 5_000;
const rounds = 8;

/** What the handler does in the middle of a round. */
const faults: readonly Behaviour[] = [
  { kind: 'fail', status: 500 },
  { kind: 'slow', ms: 30 },
  { kind: 'fail', status: 429, retryAfter: 1 },
  { kind: 'hang' },
];

test('calls of a panel keep their order through a failing handler and listeners that are killed', async () => {
  const store = join(temporaryFolder(), 'store');
  const handler = await makeHandler();
  await handler.start();
  const words = ['--ordered', '--forward-to', handler.url, '--forward-timeout', '1s'];
  const sent: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const listener = await spawnListener(words, { store });
    // One client, so that the order is known.
    const load = startLoad(listener.url, { clients: 1 });
    await load.reached(Math.floor(calls / rounds / 2));
    await handler.behave(faults[round % faults.length]!);
    await load.reached(Math.floor(calls / rounds));
    await handler.behave({ kind: 'take' });
    const before = handler.taken.size;
    const more = Math.floor(Math.random() * 300);
    await handler.until(() => handler.taken.size >= before + more, 'forwarding goes on', 60_000);
    process.kill(listener.pid, 'SIGKILL');
    await Promise.all([listener.ended, load.stop()]);
    sent.push(...load.acknowledged);
  }
  const last = await spawnListener(words, { store });
  await handler.until(() => sent.every((mark) => handler.taken.has(mark)), 'all come', 120_000);
  process.kill(last.pid, 'SIGTERM');
  expect(await last.ended).toBe(0);

  const wanted = new Set(sent);
  const came = [...handler.taken.keys()].filter((mark) => wanted.has(mark));
  const repeated = [...handler.taken.values()].filter((each) => each.length > 1).length;
  const crowd = Math.max(...handler.calls.map(({ flying }) => flying));
  print('order', {
    acknowledged: sent.length,
    kills: rounds,
    attempts: handler.calls.length,
    'delivered twice': repeated,
    'at the handler at a time': crowd,
  });
  expect(came).toEqual(sent);
  expect(crowd).toBe(1);
});
