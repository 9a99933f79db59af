import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/call/clock.js';
import { atRate, pace } from '../../src/call/pace.js';

/** Time that passes only when it is waited for. */
function idleClock(): Clock {
  let now = 1000;
  return {
    now: () => now,
    async wait(ms, signal) {
      if (!signal?.aborted) now += ms;
    },
  };
}

function* orders(count: number): Generator<number> {
  for (let order = 1; order <= count; order += 1) yield order;
}

describe('pace', () => {
  test('runs every item once, in order', async () => {
    const seen: number[] = [];
    const started = await pace(orders(5), async (order) => void seen.push(order), {
      concurrency: 1,
    });
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(started).toBe(5);
  });

  test('never runs more at a time than it may', async () => {
    let running = 0;
    let most = 0;
    await pace(
      orders(20),
      async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
      },
      { concurrency: 3 },
    );
    expect(most).toBe(3);
  });

  test('starts on schedule', async () => {
    const clock = idleClock();
    const at: number[] = [];
    await pace(orders(4), async () => void at.push(clock.now() - 1000), {
      concurrency: 1,
      due: atRate(10),
      clock,
    });
    expect(at).toEqual([0, 100, 200, 300]);
  });

  test('catches up after a slow task instead of putting the rest off, and says how late each is', async () => {
    const clock = idleClock();
    const at: number[] = [];
    const lateness: number[] = [];
    await pace(
      orders(6),
      async (order, _index, late) => {
        at.push(clock.now() - 1000);
        lateness.push(late);
        if (order === 1) await clock.wait(250, undefined);
      },
      { concurrency: 1, due: atRate(10), clock },
    );
    expect(at).toEqual([0, 250, 250, 300, 400, 500]);
    expect(lateness).toEqual([0, 150, 50, 0, 0, 0]);
  });

  test('starts nothing more once it is told to stop, and waits for what runs', async () => {
    const stop = new AbortController();
    let ended = 0;
    const started = await pace(
      orders(Number.POSITIVE_INFINITY),
      async (order) => {
        await new Promise(setImmediate);
        ended += 1;
        if (order === 4) stop.abort();
      },
      { concurrency: 2, signal: stop.signal },
    );
    expect(started).toBeLessThanOrEqual(5);
    expect(ended).toBe(started);
  });

  test('is woken by the stop while it waits for a due time', async () => {
    const stop = new AbortController();
    const started = await pace(orders(2), async () => stop.abort(), {
      concurrency: 1,
      due: atRate(0.0001),
      signal: stop.signal,
    });
    expect(started).toBe(1);
  });

  test('starts nothing when it was stopped before', async () => {
    expect(
      await pace(orders(3), async () => {}, { concurrency: 1, signal: AbortSignal.abort() }),
    ).toBe(0);
  });

  test('takes an item only when there is room for it', async () => {
    let taken = 0;
    let ended = 0;
    async function* captures() {
      for (let index = 0; index < 10; index += 1) {
        taken += 1;
        yield index;
      }
    }
    await pace(
      captures(),
      async () => {
        await new Promise(setImmediate);
        expect(taken - ended).toBeLessThanOrEqual(3);
        ended += 1;
      },
      { concurrency: 2 },
    );
    expect(ended).toBe(10);
  });

  test('ends with the first failure, after what runs has ended', async () => {
    let ended = 0;
    const run = pace(
      orders(10),
      async (order) => {
        if (order === 2) throw new Error('out of stock');
        await new Promise(setImmediate);
        ended += 1;
      },
      { concurrency: 2 },
    );
    await expect(run).rejects.toThrow('out of stock');
    expect(ended).toBe(1);
  });
});
