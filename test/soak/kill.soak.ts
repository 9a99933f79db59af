import { join } from 'node:path';
import { expect, test } from 'vitest';
import { comparedWith, startLoad } from '../helpers/load.js';
import { spawnListener } from '../helpers/process.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { print, rounded } from './figures.js';

const rounds = 20;

test('twenty kills at any moment under load lose no acknowledged call and double none', async () => {
  const store = join(temporaryFolder(), 'store');
  const acknowledged: string[] = [];
  const starts: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const begun = performance.now();
    const listener = await spawnListener([], { store });
    starts.push(performance.now() - begun);
    const load = startLoad(listener.url, { clients: 8, padding: round % 2 === 0 ? 0 : 20_000 });
    await load.reached(1 + Math.floor(Math.random() * 1500));
    process.kill(listener.pid, 'SIGKILL');
    await load.stop();
    acknowledged.push(...load.acknowledged);
  }
  const { lost, twice } = await comparedWith(store, acknowledged);
  const slowest = rounded(Math.max(...starts));
  print('kill -9', {
    rounds,
    acknowledged: acknowledged.length,
    lost,
    twice,
    'slowest start ms': slowest,
  });
  expect({ lost, twice }).toEqual({ lost: 0, twice: 0 });
  expect(slowest).toBeLessThan(5_000);
});
