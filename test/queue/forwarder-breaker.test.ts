import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { Attempt, Sender } from '../../src/call/attempt.js';
import { answering, forward, handler, minute } from '../helpers/forwarding.js';
import { nobodyThere } from '../helpers/servers.js';

describe('the breaker', () => {
  /** A handler whose state can be changed at any time. */
  async function shop(initial: number) {
    let status = initial;
    let headers: Record<string, string> = {};
    const { url, seen } = await handler((_seen, _request, response) => {
      response.writeHead(status, headers).end();
    });
    const answer = (next: number, more = {}) => {
      status = next;
      headers = more;
    };
    return { url, seen, answer };
  }

  test('opens when nothing answers, and leaves the backlog alone for an hour', async () => {
    const url = await nobodyThere();
    const { clock, queue, news, told, until, forwarder } = forward(url, { calls: 1_000 });
    const begun = clock.now();
    await until(() => clock.now() - begun >= 60 * minute);
    const tried = queue.entries.filter(({ attempts }) => attempts.length > 0).length;
    const attempts = told('attempt').length;
    expect(attempts).toBeGreaterThan(150);
    // Four were on their way when it opened.
    expect(attempts).toBeLessThanOrEqual(4 + 195);
    expect(queue.entries.filter(({ state }) => state === 'waiting')).toHaveLength(1_000 - tried);
    expect(told('breaker_opened')).toEqual([
      {
        kind: 'breaker_opened',
        time: begun,
        cause: 'unreachable',
        attempt: expect.objectContaining({ status: null, reason: expect.any(String) }),
      },
    ]);
    expect(news.some((each) => each.kind === 'attempt' && each.fate.kind === 'dead')).toBe(false);
    expect(forwarder.state()).toMatchObject({ delivered: 0, dead: 0, openSince: begun });
  });

  test('closes with the first accepted call, and all calls are due at once', async () => {
    const { url, answer } = await shop(503);
    const { clock, queue, allAre, until, told, seconds, forwarder } = forward(url, { calls: 200 });
    const begun = clock.now();
    await until(() => seconds() >= 45 * 60);
    answer(200);
    const healed = clock.now();
    const probe = told('attempt').length;
    await allAre('delivered');
    expect(clock.now() - healed).toBeLessThanOrEqual(33_000);
    expect(told('attempt').length - probe).toBe(200);
    expect(queue.hurried).toBe(1);
    expect(queue.allowed).toBe(4);
    expect(told('breaker_closed')).toEqual([
      { kind: 'breaker_closed', time: expect.any(Number), since: begun },
    ]);
    expect(forwarder.state().openSince).toBe(null);
  });

  test('probes with the only call, even if that is delayed for long', async () => {
    const answer = (status: number): Attempt => {
      return { kind: 'answered', status, headers: [], body: new Uint8Array(), bytes: 0, ms: 1 };
    };
    const refusal: Attempt = { kind: 'failed', code: 'connection_refused', reason: 'No.', ms: 1 };
    let outcome = answer(500);
    const sender: Sender = { send: async () => outcome, close: async () => {} };
    const { clock, queue, until, allAre, told } = forward(new URL('http://127.0.0.1:3000'), {
      sender,
      calls: 1,
    });
    await until(() => told('attempt').length === 12);
    const [entry] = queue.entries;
    expect(entry!.due - clock.now()).toBeGreaterThan(10 * minute);
    outcome = refusal;
    await until(() => told('attempt').length === 30);
    outcome = answer(200);
    const healed = clock.now();
    await allAre('delivered');
    expect(clock.now() - healed).toBeLessThanOrEqual(33_000);
  });

  test('opens after three different calls in a row, and lets one at a time try', async () => {
    const { url, seen, answer } = await shop(500);
    const { queue, until, told, seconds, allAre } = forward(url, { calls: 40, concurrency: 2 });
    await until(() => told('breaker_opened').length === 1);
    // The third was the last one that was given, but for the one beside it.
    expect(seen.length).toBeLessThanOrEqual(4);
    await until(() => seconds() >= 60);
    expect(told('attempt').length).toBeLessThanOrEqual(4 + 7);
    expect(queue.allowed).toBeLessThanOrEqual(1);
    answer(200);
    await allAre('delivered');
  });

  test('leaves a handler alone that asks for it, until then', async () => {
    const { url, seen, answer } = await shop(429);
    answer(429, { 'Retry-After': '120' });
    const { until, told, seconds, allAre } = forward(url, { calls: 30, concurrency: 1 });
    await until(() => seen.length === 2);
    expect(seconds()).toBe(120);
    expect(told('breaker_opened')[0]).toMatchObject({ cause: 'busy', attempt: { status: 429 } });
    answer(200);
    await allAre('delivered');
    expect(seconds()).toBe(240);
  });

  test('opens for the one call that all others wait for, when they go in order', async () => {
    const { url, seen } = await shop(500);
    const { until, told, seconds } = forward(url, { calls: 1, concurrency: 1, ordered: true });
    await until(() => seen.length === 3);
    await until(() => told('breaker_opened').length === 1);
    await until(() => seconds() >= 600);
    // Every half minute, while its own delay would be minutes.
    expect(seen.length).toBeGreaterThan(20);
  });

  test('closes when a probe is refused by its own fault', async () => {
    const { url, answer } = await shop(500);
    const { told, until, states } = forward(url, { calls: 8 });
    await until(() => told('breaker_opened').length === 1);
    answer(400);
    await until(() => told('breaker_closed').length === 1);
    await until(() => states().every((state) => state === 'dead'));
    expect(told('breaker_opened')).toHaveLength(1);
  });

  test('judges no call by its tries but the probe', async () => {
    const url = await nobodyThere();
    const { states, told, until } = forward(url, { calls: 12, attempts: 1 });
    await until(() => told('attempt').length === 9);
    // The first one opened it; the three beside it met what they could not help.
    expect(states().filter((state) => state === 'dead').length).toBe(6);
  });

  test('is not opened by calls on their way to a handler that has opened it already', async () => {
    const { url } = await shop(500);
    const { told, until } = forward(url, { calls: 64, concurrency: 32 });
    await until(() => told('attempt').length >= 32);
    expect(told('breaker_opened')).toHaveLength(1);
    expect(told('breaker_closed')).toHaveLength(0);
  });
});

test('the rate holds for all calls, tries again included', async () => {
  const { url, seen } = await answering(500, 200);
  const { until, told, seconds } = forward(url, { calls: 2, rate: 0.5, concurrency: 2 });
  await until(() => told('attempt').length === 4);
  expect(seconds()).toBe(6);
  expect(seen).toHaveLength(4);
});

test('an open breaker ends the waiting for a turn', async () => {
  const { until, told, seconds } = forward(await nobodyThere(), { calls: 9, rate: 0.1 });
  await until(() => told('attempt').length === 4);
  expect(seconds()).toBe(30);
});

test('the rate is kept to a thousandth over many calls', async () => {
  const { url } = await answering(200);
  const { allAre, seconds } = forward(url, { calls: 101, rate: 20, concurrency: 8 });
  await allAre('delivered');
  expect(seconds()).toBeCloseTo(5, 3);
});

test('no more calls are at the handler than were asked for', async () => {
  const open: ServerResponse[] = [];
  const { url } = await handler((_seen, _request, response) => {
    open.push(response);
    expect(open.length).toBeLessThanOrEqual(3);
    // It answers only when all three are there.
    if (open.length === 3) for (const each of open.splice(0)) each.end();
  });
  const { allAre } = forward(url, { calls: 60, concurrency: 3 });
  await allAre('delivered');
});
