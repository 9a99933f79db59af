import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  comparedWith,
  markedBody,
  recordedBodies,
  recordedCalls,
  startLoad,
} from '../helpers/load.js';
import { spawnListener } from '../helpers/process.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { print, rounded } from './figures.js';

const rounds = 10;
const padding = 2_000;

test('two listeners on one store, killed in turns under load, lose and mix nothing', async () => {
  const store = join(temporaryFolder(), 'store');
  const acknowledged: string[] = [];
  const failures: string[] = [];
  let slowest = 0;
  /** Where the calls of each load went. */
  const targets = new Map<string, string>();

  const listenUnderLoad = async (target: string) => {
    const listener = await spawnListener([], { store });
    const load = startLoad(new URL(target, listener.url).href, { clients: 8, padding });
    targets.set(load.name, target);
    return { listener, load };
  };
  type Running = Awaited<ReturnType<typeof listenUnderLoad>>;
  const end = async ({ listener, load }: Running, signal: NodeJS.Signals) => {
    if (signal === 'SIGTERM') await load.stop();
    // Until it is killed, nothing that happens to the other may be felt.
    failures.push(...load.failures);
    process.kill(listener.pid, signal);
    await Promise.all([listener.ended, load.stop()]);
    acknowledged.push(...load.acknowledged);
    slowest = Math.max(slowest, ...load.latencies);
  };

  const places = ['/north', '/south'];
  const running = await Promise.all(places.map(listenUnderLoad));
  for (let round = 0; round < rounds; round += 1) {
    const turn = round % 2;
    const [killed, other] = [running[turn]!, running[1 - turn]!];
    const goneOn = other.load.acknowledged.size;
    await killed.load.reached(200 + Math.floor(Math.random() * 800));
    await end(killed, 'SIGKILL');
    // The other goes on while this one is away.
    await other.load.reached(goneOn + 200);
    running[turn] = await listenUnderLoad(places[turn]!);
  }
  for (const each of running) {
    await each.load.reached(200);
    await end(each, 'SIGTERM');
  }

  const { lost, twice } = await comparedWith(store, acknowledged);
  const calls = await recordedCalls(store);
  const bodies = await recordedBodies(store);
  const mixed = calls.filter(({ id, mark, target }) => {
    const load = mark.split('-').slice(0, 3).join('-');
    return targets.get(load) !== target || bodies.get(id) !== markedBody(mark, padding);
  });
  const twiceGiven = calls.length - new Set(calls.map(({ id }) => id)).size;
  print('two listeners', {
    kills: rounds,
    acknowledged: acknowledged.length,
    lost,
    twice,
    mixed: mixed.length,
    'ids twice': twiceGiven,
    'failures of those not killed': failures.length,
    'slowest answer ms': rounded(slowest),
  });
  expect({ lost, twice, mixed: mixed.length, twiceGiven }).toEqual({
    lost: 0,
    twice: 0,
    mixed: 0,
    twiceGiven: 0,
  });
  expect(failures).toEqual([]);
});
