import { expect, test } from 'vitest';
import { startLoad } from '../helpers/load.js';
import { spawnListener } from '../helpers/process.js';
import { openHandles, print, residentMegabytes, rounded } from './figures.js';

const calls = 200_000;
const steps = 20;

test('memory is flat over 200,000 calls, and no handle is left open', async () => {
  const listener = await spawnListener(['--keep', '20000']);
  const load = startLoad(listener.url, { clients: 32, padding: 500 });
  const resident: number[] = [];
  const handles: number[] = [];
  for (let step = 1; step <= steps; step += 1) {
    await load.reached((calls / steps) * step);
    resident.push(residentMegabytes(listener.pid));
    handles.push(openHandles(listener.pid));
  }
  await load.stop();
  // The second quarter and the last: what is allocated once has been by then.
  const early = Math.max(...resident.slice(5, 10));
  const late = Math.max(...resident.slice(15));
  const moreHandles = Math.max(...handles.slice(15)) - Math.max(...handles.slice(5, 10));
  print('memory', {
    calls: load.acknowledged.size,
    failures: load.failures.length,
    'MB after a quarter': rounded(early),
    'MB at the end': rounded(late),
    'handles more': moreHandles,
  });
  expect(load.failures).toEqual([]);
  expect(moreHandles).toBeLessThanOrEqual(0);
  expect(late).toBeLessThan(early * 1.15 + 10);
});
