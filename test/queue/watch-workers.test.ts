import { describe, expect, test } from 'vitest';
import type { WorkerBeat } from '../../src/call/delivery.js';
import { processHost } from '../../src/host.js';
import { watchWorkers } from '../../src/queue/watch-workers.js';

const { process } = processHost();
const worker = (beat: number, name = '101.first'): WorkerBeat => ({ name, beat, process });

/** Looks at what a worker counts at these seconds, and tells after each look whether it vanished. */
function looks(steps: readonly (readonly [second: number, beat: number])[], ended = false) {
  const watch = watchWorkers(() => ended);
  return steps.map(([second, beat]) => watch.look([worker(beat)], second * 1_000).length === 1);
}

/** Every ten seconds. */
const standing = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => [from + index * 10, 7] as const);

describe('a worker whose process cannot be seen', () => {
  test('has vanished when its counter stood still for 40 s', () => {
    expect(looks(standing(0, 5))).toEqual([false, false, false, false, true]);
  });

  test('lives as long as its counter moves, however slowly', () => {
    const moves = Array.from({ length: 20 }, (_, index) => [index * 10, index >> 1] as const);
    expect(looks(moves)).not.toContain(true);
  });

  test('lives when its counter was set back, since only a change counts', () => {
    expect(looks([...standing(0, 4), [40, 3], [50, 3]])).not.toContain(true);
  });

  test('has not vanished because the watcher itself was paused for an hour', () => {
    const [before, after] = [standing(0, 2), standing(3_600, 3)];
    expect(looks([...before, ...after])).toEqual([false, false, false, false, true]);
  });

  test('is not mistaken for another that stands still', () => {
    const watch = watchWorkers(() => false);
    const vanished = [0, 10, 20, 30, 40].map((second) =>
      watch
        .look([worker(1, 'stands'), worker(second, 'moves')], second * 1_000)
        .map(({ name }) => name),
    );
    expect(vanished).toEqual([[], [], [], [], ['stands']]);
  });

  test('starts anew when it was away', () => {
    const watch = watchWorkers(() => false);
    for (const second of [0, 10, 20, 30]) watch.look([worker(1)], second * 1_000);
    watch.look([], 35_000);
    expect(watch.look([worker(1)], 45_000)).toEqual([]);
  });
});

test('a worker whose process has ended has vanished at the first look', () => {
  expect(looks([[0, 1]], true)).toEqual([true]);
});

test('a worker of version 0.1.0, which does not say what process it is, is judged by its counter alone', () => {
  const watch = watchWorkers(() => true);
  const older = { ...worker(1), process: undefined };
  expect(watch.look([older], 0)).toEqual([]);
});
