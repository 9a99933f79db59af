import { describe, expect, test } from 'vitest';
import type { WorkerBeat } from '../../src/call/delivery.js';
import { processHost } from '../../src/host.js';
import { watchWorkers } from '../../src/queue/worker-lease.js';

const { process } = processHost();
const worker = (beat: number, name = '101.first'): WorkerBeat => ({ name, beat, process });

/** Reads a worker's counter at these seconds. Returns whether each reading finds it expired. */
function readings(steps: readonly (readonly [second: number, beat: number])[], ended = false) {
  const watch = watchWorkers(() => ended);
  return steps.map(
    ([second, beat]) => watch.findExpired([worker(beat)], second * 1_000).length === 1,
  );
}

/** Every ten seconds. */
const standing = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => [from + index * 10, 7] as const);

describe('a worker whose process cannot be seen', () => {
  test('expires when its counter has not changed for 40 s', () => {
    expect(readings(standing(0, 5))).toEqual([false, false, false, false, true]);
  });

  test('is alive as long as its counter changes, however slowly', () => {
    const moves = Array.from({ length: 20 }, (_, index) => [index * 10, index >> 1] as const);
    expect(readings(moves)).not.toContain(true);
  });

  test('is alive when its counter is set back, since only a change counts', () => {
    expect(readings([...standing(0, 4), [40, 3], [50, 3]])).not.toContain(true);
  });

  test('does not expire because the watcher itself was paused for an hour', () => {
    const [before, after] = [standing(0, 2), standing(3_600, 3)];
    expect(readings([...before, ...after])).toEqual([false, false, false, false, true]);
  });

  test('is not mistaken for another whose counter stands still', () => {
    const watch = watchWorkers(() => false);
    const expired = [0, 10, 20, 30, 40].map((second) =>
      watch
        .findExpired([worker(1, 'stands'), worker(second, 'moves')], second * 1_000)
        .map(({ name }) => name),
    );
    expect(expired).toEqual([[], [], [], [], ['stands']]);
  });

  test('starts anew after an absence', () => {
    const watch = watchWorkers(() => false);
    for (const second of [0, 10, 20, 30]) watch.findExpired([worker(1)], second * 1_000);
    watch.findExpired([], 35_000);
    expect(watch.findExpired([worker(1)], 45_000)).toEqual([]);
  });
});

test('a worker whose process has ended expires at the first reading', () => {
  expect(readings([[0, 1]], true)).toEqual([true]);
});

test('a worker of version 0.1.0, without a process identity, is judged by its counter alone', () => {
  const watch = watchWorkers(() => true);
  const older = { ...worker(1), process: undefined };
  expect(watch.findExpired([older], 0)).toEqual([]);
});
