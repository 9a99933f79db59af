import { describe, expect, onTestFinished, test } from 'vitest';
import type { Attempt } from '../../src/call/attempt.js';
import { anyEvent } from '../../src/payload/event-filter.js';
import { type ForwarderNews, startForwarder } from '../../src/queue/forwarder.js';
import { createFakeClock } from '../helpers/fake-clock.js';
import { createMemoryQueue } from '../helpers/memory-queue.js';

/*
 * Handlers that fail now and then, for minutes of a clock that only the test moves: whether the queue
 * keeps up, and what becomes of calls.
 */

const minute = 60_000;

interface Shop {
  /** Calls a second. */
  readonly rate: number;
  /**
   * The status that a call gets, at a time since the beginning; 0: nothing answers. `chance` gives
   * numbers from 0 to 1.
   */
  readonly answers: (at: number, call: number, chance: () => number) => number;
  /** How many of the first calls arrive together. */
  readonly together?: number;
}

/** Calls to a handler that needs 5 ms for each. */
function open({ rate, answers, together = 0 }: Shop) {
  const clock = createFakeClock();
  const queue = createMemoryQueue(clock);
  const begun = clock.now();
  let seed = 7;
  const chance = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const tries: { readonly at: number; readonly call: number; readonly status: number }[] = [];
  const news: ForwarderNews[] = [];
  const forwarder = startForwarder({
    queue,
    sender: {
      async send({ headers }): Promise<Attempt> {
        await clock.wait(5, undefined);
        const id = headers.find(([name]) => name === 'X-Netcore-Hook-Id')?.[1];
        const at = clock.now() - begun;
        const status = answers(at, Number(id), chance);
        tries.push({ at, call: Number(id), status });
        if (status === 0) {
          return { kind: 'failed', code: 'connection_refused', reason: 'Nothing answers.', ms: 5 };
        }
        const pause = [['Retry-After', '120'] as const];
        const more = status === 429 ? pause : [];
        return { kind: 'answered', status, headers: more, body: new Uint8Array(), bytes: 0, ms: 5 };
      },
      async close() {},
    },
    target: { url: new URL('http://127.0.0.1:3000/'), keepPath: false, credentials: undefined },
    options: {
      filter: { all: false, events: anyEvent },
      concurrency: 4,
      rate: undefined,
      ordered: false,
      attempts: undefined,
      giveUpAfter: 7 * 24 * 60 * minute,
    },
    clock,
    now: clock.now,
    random: chance,
    emit: (each) => news.push(each),
  });
  const stop = new AbortController();
  void (async () => {
    for (let call = 0; call < together; call += 1) queue.add();
    for (let next = 1000 / rate; !stop.signal.aborted; next += 1000 / rate) {
      await clock.wait(begun + next - clock.now(), stop.signal);
      if (!stop.signal.aborted) queue.add();
    }
  })();
  onTestFinished(async () => {
    stop.abort();
    await forwarder.close(0);
  });
  return {
    queue,
    tries,
    told: (kind: ForwarderNews['kind']) => news.filter((each) => each.kind === kind).length,
    count: (state: string) => queue.entries.filter((entry) => entry.state === state).length,
    /** Lets time pass until then, since the beginning. */
    to: (at: number) => clock.pass(begun + at - clock.now()),
    /** How many calls were queued and are not at their end. */
    backlog: () =>
      queue.entries.filter(({ state }) => state !== 'delivered' && state !== 'dead').length,
    endCalls: () => stop.abort(),
  };
}

const failing = (share: number, status: number): Shop['answers'] => {
  return (at, _call, chance) => (at > 1_000 && chance() < share ? status : 200);
};

describe('a handler that fails now and then', () => {
  test.each([
    ['200 calls a second, of which it fails 20 %', 200, 0.2, 500, 200],
    ['20 calls a second, of which it fails 50 %', 20, 0.5, 500, 250],
    ['20 calls a second, of which 50 % find nobody', 20, 0.5, 0, 250],
    ['a call every other second, of which it fails 50 %', 0.5, 0.5, 500, 20],
    ['20 calls a second, of which it puts off 20 % for two minutes', 20, 0.2, 429, 700],
  ])(
    'keeps up with %s',
    async (_name, rate, share, status, most) => {
      const shop = open({ rate, answers: failing(share, status) });
      // Slow, since each second with all its calls is simulated.
      for (const minutes of rate > 100 ? [0.3, 0.6] : [1, 2]) {
        await shop.to(minutes * minute);
        expect(shop.backlog(), `the backlog after ${minutes} min`).toBeLessThan(most);
      }
      expect(shop.count('dead')).toBe(0);
    },
    120_000,
  );
});

describe('a handler that is down', () => {
  test('is noticed within a dozen calls, and then gets one at a time, and what waits is left alone', async () => {
    const down = (at: number) => at > 10_000 && at < 25 * minute;
    const shop = open({ rate: 50, answers: (at) => (down(at) ? 500 : 200) });
    await shop.to(25 * minute - 1);
    const failed = shop.tries.filter(({ status }) => status === 500);
    expect(failed.filter(({ at }) => at < 10_300).length).toBeLessThanOrEqual(10 + 4);
    // One every 20 s once the first pauses are over.
    expect(failed.length).toBeLessThan(14 + 9 + 80);
    expect(shop.count('waiting')).toBeGreaterThan(50 * 60 * 24);
    shop.endCalls();
    await shop.to(25 * minute + 22_500);
    const back = shop.tries.find(({ at, status }) => at > 25 * minute && status === 200);
    expect(back?.at).toBeLessThanOrEqual(25 * minute + 22_000);
    expect(shop.told('breaker_opened')).toBe(1);
  }, 120_000);

  test('for a moment only has the calls that wait soon after', async () => {
    const down = (at: number) => at > 10_000 && at < 11_000;
    const shop = open({ rate: 50, answers: (at) => (down(at) ? 503 : 200) });
    await shop.to(15_000);
    const back = shop.tries.find(({ at, status }) => at > 11_000 && status === 200);
    expect(back?.at).toBeLessThan(12_000);
    expect(shop.backlog()).toBeLessThan(10);
  });
});

test('a call that always fails does not open the breaker', async () => {
  const shop = open({ rate: 0.2, answers: (_at, call) => (call === 3 ? 500 : 200) });
  await shop.to(30 * minute - 1);
  expect(shop.tries.filter(({ call }) => call === 3).length).toBeGreaterThan(5);
  expect(shop.told('breaker_opened')).toBe(0);
  expect(shop.backlog()).toBe(1);
});

describe('a handler that refuses every call', () => {
  const hour = 60 * minute;

  test.each([
    ['that came together', 0.001, 90],
    ['that come one a minute', 1 / 60, 0],
    ['that come one a second', 1, 0],
  ])(
    'for an afternoon loses none %s',
    async (_name, rate, together) => {
      const mended = 4 * hour;
      const shop = open({ rate, together, answers: (at) => (at < mended ? 422 : 200) });
      await shop.to(mended - 1);
      expect(shop.count('dead')).toBe(0);
      expect(shop.told('breaker_opened')).toBe(1);
      // It answers, so that a probe does it no harm: one every 5 s.
      expect(shop.tries.length).toBeLessThan(30 + (4 * hour) / 4_500);
      shop.endCalls();
      await shop.to(mended + 2 * minute);
      expect(shop.backlog()).toBe(0);
      expect(shop.count('dead')).toBe(0);
    },
    120_000,
  );

  test('is not what refuses a few bad calls: they die after three tries', async () => {
    const bad = new Set([4, 5, 6, 7, 8, 9, 30]);
    const shop = open({ rate: 1, answers: (_at, call) => (bad.has(call) ? 422 : 200) });
    await shop.to(2 * minute);
    for (const call of bad) {
      expect(shop.tries.filter((each) => each.call === call).length, `call ${call}`).toBe(3);
    }
    expect(shop.count('dead')).toBe(bad.size);
    expect(shop.told('breaker_opened')).toBe(0);
  });

  test('is distinguished from single bad calls, even if no call is accepted between them', async () => {
    const shop = open({ rate: 1 / 60, answers: () => 400 });
    await shop.to(8.5 * minute);
    expect(shop.count('dead')).toBe(8);
    // Too many to be their own fault.
    await shop.to(10.5 * minute);
    expect(shop.count('dead')).toBe(0);
  });

  test('does not use up the tries of a call that is refused for another reason later', async () => {
    const shop = open({
      rate: 10,
      together: 20,
      answers: (at, call) => (at < 10 * minute || call === 1 ? 422 : 200),
    });
    shop.endCalls();
    await shop.to(2 * hour);
    const mended = shop.tries.find(({ status }) => status === 200)?.at ?? 0;
    const later = shop.tries.filter(({ at, call }) => at > mended && call === 1);
    expect(later.length).toBe(3);
    expect(shop.count('dead')).toBe(1);
    expect(shop.count('delivered')).toBe(19);
  });
});
