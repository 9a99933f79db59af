import { expect, test } from 'vitest';
import { comparedWith, recordedCalls, startLoad } from '../helpers/load.js';
import { spawnListener } from '../helpers/process.js';
import { shiftedClock } from '../helpers/shifted-clock.js';
import { print } from './figures.js';

const hour = 3_600_000;

test('a clock that goes back and forth by an hour while calls come keeps them all in their order', async () => {
  const clock = shiftedClock();
  const listener = await spawnListener([], { env: clock.env });
  const load = startLoad(listener.url, { clients: 4 });
  const offsets = [0, -hour, hour, 0];
  for (const [step, offset] of offsets.entries()) {
    clock.set(offset);
    await load.reached((step + 1) * 1_000);
  }
  await load.stop();
  process.kill(listener.pid, 'SIGTERM');
  expect(await listener.ended).toBe(0);

  const calls = await recordedCalls(listener.store);
  const { lost, twice } = await comparedWith(listener.store, load.acknowledged);
  const ids = calls.map(({ id }) => id);
  const times = calls.map(({ time }) => Date.parse(time));
  const steps = times.slice(1).map((time, index) => time - times[index]!);
  // A client waits for its answer, so that its calls have one right order.
  const next = new Map<string, number>();
  const disordered = calls.filter(({ mark }) => {
    const [, client = '', count = ''] = /^(.*)-(\d+)$/.exec(mark) ?? [];
    const expected = next.get(client) ?? 0;
    next.set(client, Number(count) + 1);
    return Number(count) !== expected;
  });
  const jumps = steps.map((ms) => Math.round(ms / hour)).filter((hours) => hours !== 0);
  print('clock jumps', {
    calls: calls.length,
    'hours jumped': jumps.join(' '),
    'ids twice': ids.length - new Set(ids).size,
    'out of order': disordered.length,
    failures: load.failures.length,
    lost,
    twice,
  });
  // Else the clock was not moved, and nothing is proven.
  expect(jumps).toEqual([-1, 2, -1]);
  expect(ids).toEqual([...new Set(ids)].sort());
  expect(disordered).toEqual([]);
  expect(load.failures).toEqual([]);
  expect({ lost, twice }).toEqual({ lost: 0, twice: 0 });
});
