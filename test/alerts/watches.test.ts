import { describe, expect, onTestFinished, test } from 'vitest';
import type { AlertFact } from '../../src/alerts/fact.js';
import { type DiskSpace, isDiskLow, readDisk, watchDisk } from '../../src/alerts/watch-disk.js';
import { watchQueueAge } from '../../src/alerts/watch-queue-age.js';
import { handlerUrl } from '../helpers/alerts.js';
import { createFakeClock } from '../helpers/fake-clock.js';

const minute = 60_000;

describe('an old queue', () => {
  function working() {
    const clock = createFakeClock();
    const raised: AlertFact[] = [];
    let answer: () => Promise<number | null> = async () => null;
    let asked = 0;
    const watch = watchQueueAge(
      {
        to: handlerUrl,
        pausedSince: () => null,
        limit: 5 * minute,
        oldest: () => {
          asked += 1;
          return answer();
        },
        clock,
        now: clock.now,
      },
      (fact) => raised.push(fact),
    );
    onTestFinished(() => watch.close());
    const holds = (next: typeof answer) => {
      answer = next;
    };
    return { clock, raised, watch, holds, asked: () => asked };
  }

  test('is told when its oldest call has waited too long, once until that is over', async () => {
    const { clock, raised, holds } = working();
    const queued = clock.now();
    holds(async () => queued);
    await clock.pass(5 * minute);
    expect(raised).toEqual([]);
    await clock.pass(60 * minute);
    expect(raised).toEqual([
      { kind: 'queue_old', since: queued, to: handlerUrl, age: 5 * minute + 10_000, paused: null },
    ]);
    holds(async () => null);
    await clock.pass(minute);
    holds(async () => queued);
    await clock.pass(minute);
    expect(raised.slice(1)).toMatchObject([
      { kind: 'queue_caught_up', to: handlerUrl, lasted: 60 * minute },
      { kind: 'queue_old' },
    ]);
  });

  test('is asked for every ten seconds, one question at a time, and not after the end', async () => {
    const { clock, watch, holds, asked } = working();
    await clock.pass(minute);
    expect(asked()).toBe(6);
    holds(() => new Promise(() => {}));
    await clock.pass(10 * minute);
    expect(asked()).toBe(7);
    watch.close();
  });

  test('is not told of because the engine fails', async () => {
    const { clock, raised, holds, asked } = working();
    holds(() => Promise.reject(new Error('gone')));
    await clock.pass(minute);
    expect(asked()).toBe(6);
    expect(raised).toEqual([]);
  });
});

describe('a disk', () => {
  const gigabyte = 1024 ** 3;
  const total = 100 * gigabyte;

  function watched(free: number) {
    const clock = createFakeClock();
    const raised: AlertFact[] = [];
    let space: DiskSpace | undefined = { free, total };
    const watch = watchDisk(
      { folder: '/srv', read: async () => space, clock, now: clock.now },
      (fact) => raised.push(fact),
    );
    onTestFinished(() => watch.close());
    const has = (bytes: number | undefined) => {
      space = bytes === undefined ? undefined : { free: bytes, total };
    };
    return { clock, raised, watch, has };
  }

  test('raises an alert when it is nearly full, and when it has space again', async () => {
    const { clock, raised, has } = watched(2 * gigabyte);
    await clock.pass(minute);
    expect(raised).toEqual([]);
    has(0.9 * gigabyte);
    await clock.pass(10 * minute);
    const since = raised[0] && 'since' in raised[0] ? raised[0].since : 0;
    expect(raised).toMatchObject([
      { kind: 'disk_low', folder: '/srv', free: 0.9 * gigabyte, total },
    ]);
    // Around the limit, it must not change at every look.
    has(1.1 * gigabyte);
    await clock.pass(10 * minute);
    expect(raised).toHaveLength(1);
    has(50 * gigabyte);
    await clock.pass(30_000);
    expect(raised.slice(1)).toEqual([
      { kind: 'disk_recovered', free: 50 * gigabyte, lasted: clock.now() - since },
    ]);
  });

  test('raises an alert when it will be full within an hour at its rate', async () => {
    const { clock, raised, watch, has } = watched(40 * gigabyte);
    let free = 40;
    const fill = async (perHalfMinute: number) => {
      free -= perHalfMinute;
      has(free * gigabyte);
      await clock.pass(30_000);
    };
    for (let count = 0; count < 20; count += 1) await fill(0.1);
    expect(raised).toEqual([]);
    const left = (watch.fullAt() ?? 0) - clock.now();
    expect(Math.round(left / minute)).toBe(190);
    for (let count = 0; count < 60; count += 1) await fill(0.3);
    expect(raised).toMatchObject([{ kind: 'disk_low' }]);
  });

  test('is not known at the start, nor on a system that does not tell', async () => {
    const { clock, raised, watch, has } = watched(50 * gigabyte);
    await clock.pass(minute);
    expect(watch.fullAt()).toBe(undefined);
    has(undefined);
    await clock.pass(minute);
    expect(raised).toEqual([]);
    expect(await readDisk('/nonexistent')).toBe(undefined);
  });

  test('of this machine has the size that df shows', async () => {
    const space = await readDisk('/');
    expect(space?.total).toBeGreaterThan(space?.free ?? Number.POSITIVE_INFINITY);
  });

  test.each([
    [0.05, 1, true],
    [0.2, 1, false],
    [0.9, 20, true],
    [1.1, 20, false],
    [90, 2000, false],
  ])('with %f GB of %i GB free is low: %s', (free, size, low) => {
    expect(isDiskLow({ free: free * gigabyte, total: size * gigabyte })).toBe(low);
  });
});
