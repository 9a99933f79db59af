import type { RequestListener, ServerResponse } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Attempt, Sender } from '../../src/call/attempt.js';
import { createSender } from '../../src/call/send.js';
import { anyEvent } from '../../src/payload/event-filter.js';
import {
  type ForwarderNews,
  type ForwarderOptions,
  startForwarder,
} from '../../src/queue/forwarder.js';
import type { Deliver } from '../../src/queue/queue.js';
import { createFakeClock, settled } from '../helpers/fake-clock.js';
import { createMemoryQueue } from '../helpers/memory-queue.js';
import { nobodyThere, serve, serveRaw } from '../helpers/servers.js';
import { plainCall } from '../helpers/store.js';

const defaults: ForwarderOptions = {
  filter: { all: false, events: anyEvent },
  concurrency: 4,
  rate: undefined,
  ordered: false,
  attempts: undefined,
  giveUpAfter: 24 * 3_600_000,
};

const minute = 60_000;

interface Setting extends Partial<ForwarderOptions> {
  readonly timeout?: number;
  /** Sends instead of the real sender. */
  readonly sender?: Sender;
  readonly random?: () => number;
  /** How many calls are queued at the beginning. */
  readonly calls?: number;
}

/** A forwarder of a queue in memory, whose time passes when nothing is at the handler. */
function forward(url: URL, setting: Setting = {}) {
  const { timeout = 5_000, random = () => 0.5, calls = 0, ...options } = setting;
  const clock = createFakeClock();
  const queue = createMemoryQueue(clock);
  const begun = clock.now();
  for (let count = 0; count < calls; count += 1) queue.add();
  const real = setting.sender ?? createSender({ timeout, connections: 8, insecure: false });
  let atHandler = 0;
  const sender: Sender = {
    async send(call, most) {
      atHandler += 1;
      const attempt = await real.send(call, most);
      atHandler -= 1;
      return attempt;
    },
    close: () => real.close(),
  };
  const news: ForwarderNews[] = [];
  const forwarder = startForwarder({
    queue,
    sender,
    target: { url, keepPath: false, credentials: undefined },
    options: { ...defaults, ...options },
    clock,
    now: clock.now,
    random,
    emit: (each) => news.push(each),
  });
  onTestFinished(async () => {
    const closed = forwarder.close(0);
    await real.close();
    await closed;
  });
  const until = (done: () => boolean) => clock.until(done, () => atHandler > 0);
  return {
    clock,
    queue,
    news,
    forwarder,
    sender,
    until,
    atHandler: () => atHandler,
    seconds: () => (clock.now() - begun) / 1000,
    states: () => queue.entries.map(({ state }) => state),
    allAre: (...wanted: string[]) =>
      until(() => queue.entries.every(({ state }) => wanted.includes(state))),
    told: (kind: ForwarderNews['kind']) => news.filter((each) => each.kind === kind),
  };
}

interface Seen {
  readonly id: string;
  readonly attempt: number;
}

/** A handler with the given answers, and the calls that it has seen. */
async function handler(
  answer: (seen: Seen, ...args: Parameters<RequestListener>) => void,
): Promise<{ url: URL; seen: Seen[] }> {
  const seen: Seen[] = [];
  const url = await serve((request, response) => {
    const id = String(request.headers['x-netcore-hook-id']);
    const each = { id, attempt: Number(request.headers['x-netcore-hook-attempt']) };
    seen.push(each);
    request.resume().on('end', () => answer(each, request, response));
  });
  return { url, seen };
}

/** Answers each try in turn; the last answer stays. */
function answering(...statuses: readonly number[]) {
  return handler(({ attempt }, _request, response) => {
    response.writeHead(statuses[Math.min(attempt, statuses.length) - 1]!).end('Well…');
  });
}

describe('a forwarded call', () => {
  test('is delivered with its id and the number of its try, and reported', async () => {
    const { url, seen } = await answering(200);
    const { queue, news, allAre, forwarder } = forward(url, { calls: 2 });
    await allAre('delivered');
    expect(seen).toEqual([
      { id: '0000000000000001', attempt: 1 },
      { id: '0000000000000002', attempt: 1 },
    ]);
    expect(queue.entries[0]?.attempts).toEqual([
      {
        time: expect.any(Number),
        url: url.href,
        status: 200,
        reason: null,
        answer: 'Well…',
        ms: expect.any(Number),
      },
    ]);
    expect(news[0]).toMatchObject({
      kind: 'attempt',
      call: { capture: { id: '0000000000000001' } },
      number: 1,
      attempt: { status: 200 },
      fate: { kind: 'delivered' },
    });
    expect(forwarder.state()).toEqual({
      attempts: 2,
      delivered: 2,
      dead: 0,
      skipped: 0,
      openSince: null,
    });
  });

  test('keeps its id in every try, with growing delays', async () => {
    const { url, seen } = await answering(500, 502, 404, 200);
    const { queue, allAre } = forward(url, { calls: 1 });
    await allAre('delivered');
    const [{ attempts }] = queue.entries as [(typeof queue.entries)[number]];
    expect(seen.map(({ id }) => id)).toEqual(Array(4).fill('0000000000000001'));
    expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
    expect(
      attempts.map(({ time }, index) => time - attempts[Math.max(0, index - 1)]!.time),
    ).toEqual([0, 1_500, 3_000, 6_000]);
  });

  test.each([
    [0, 1_000],
    [1, 2_000],
  ])('comes again at random: with %i after %i ms', async (value, expected) => {
    const { url } = await answering(500, 200);
    const { queue, allAre } = forward(url, { calls: 1, random: () => value });
    await allAre('delivered');
    const [first, second] = queue.entries[0]!.attempts;
    expect(second!.time - first!.time).toBe(expected);
  });

  test.each([
    [400, 3],
    [422, 3],
    [508, 3],
    [410, 1],
  ])('that is always answered %i dies after %i tries', async (status, tries) => {
    const { url, seen } = await answering(status);
    const { allAre, told, forwarder } = forward(url, { calls: 1 });
    await allAre('dead');
    expect(seen).toHaveLength(tries);
    expect(told('attempt').at(-1)).toMatchObject({
      number: tries,
      attempt: { status, reason: 'Well…' },
      fate: { kind: 'dead', why: 'refused' },
    });
    expect(forwarder.state()).toMatchObject({ dead: 1, delivered: 0 });
  });

  test('that the handler always fails is tried for as long as was asked for', async () => {
    const { url } = await answering(500);
    const { allAre, told, seconds } = forward(url, { calls: 1, giveUpAfter: 60 * minute });
    await allAre('dead');
    expect(seconds()).toBe(3_600);
    expect(told('attempt').at(-1)).toMatchObject({ fate: { kind: 'dead', why: 'age' } });
  });

  test('dies after as many tries as were allowed', async () => {
    const { url, seen } = await answering(500);
    const { allAre, told } = forward(url, { calls: 1, attempts: 5 });
    await allAre('dead');
    expect(seen).toHaveLength(5);
    expect(told('attempt').at(-1)).toMatchObject({ fate: { kind: 'dead', why: 'tries' } });
  });

  test('is not sent where a redirect leads', async () => {
    const elsewhere = await answering(200);
    const { url, seen } = await handler((_seen, _request, response) => {
      response.writeHead(307, { Location: elsewhere.url.href }).end();
    });
    const { queue, until } = forward(url, { calls: 1 });
    await until(() => seen.length === 2);
    expect(elsewhere.seen).toEqual([]);
    expect(queue.entries[0]?.attempts[0]).toMatchObject({
      status: 307,
      reason: `It redirects to ${elsewhere.url.href}, and redirects are not followed.`,
    });
  });

  test('that hangs is aborted in time, and retried', async () => {
    const { url, seen } = await handler(({ attempt }, _request, response) => {
      if (attempt > 1) response.end();
    });
    const { queue, allAre } = forward(url, { calls: 1, timeout: 100 });
    await allAre('delivered');
    expect(seen).toHaveLength(2);
    expect(queue.entries[0]?.attempts[0]).toMatchObject({
      status: null,
      reason: 'There was no answer within 100 ms.',
      answer: null,
    });
  });

  test('is skipped when the filter excludes it', async () => {
    const { url, seen } = await answering(200);
    const { queue, states, news, until, forwarder } = forward(url);
    queue.add({ method: 'GET', body: new Uint8Array() });
    queue.add();
    await until(() => seen.length === 1);
    await until(() => states()[1] === 'delivered');
    expect(states()).toEqual(['skipped', 'delivered']);
    expect(news[0]).toMatchObject({ kind: 'skipped', call: { capture: { method: 'GET' } } });
    expect(forwarder.state()).toMatchObject({ skipped: 1, delivered: 1 });
  });

  test('that cannot even be sent is put off like any other, and others go on', async () => {
    const { url } = await answering(200);
    const real = createSender({ timeout: 1_000, connections: 4, insecure: false });
    const sender: Sender = {
      send: (call) => {
        if (call.method === 'POST') return real.send(call);
        throw new Error('the method is none');
      },
      close: () => real.close(),
    };
    const { queue, states, until } = forward(url, {
      sender,
      filter: { all: true, events: anyEvent },
    });
    queue.add({ method: 'P ST' });
    queue.add();
    await until(() => states()[1] === 'delivered');
    expect(queue.entries[0]).toMatchObject({
      state: 'delayed',
      attempts: [{ status: null, reason: 'The call could not be made: the method is none.' }],
    });
  });

  test('that is poisonous holds up no other', async () => {
    const { url } = await handler(({ id }, _request, response) => {
      response.writeHead(id === '0000000000000003' ? 500 : 200).end();
    });
    const { states, until, told, seconds } = forward(url, { calls: 50, concurrency: 1 });
    await until(() => states().filter((state) => state === 'delivered').length === 49);
    expect(states()[2]).toBe('delayed');
    expect(seconds()).toBe(0);
    expect(told('breaker_opened')).toEqual([]);
  });

  test('is retried when the handler requires it', async () => {
    const { url } = await handler(({ attempt }, _request, response) => {
      response.writeHead(attempt === 1 ? 425 : 200, { 'Retry-After': '40' }).end();
    });
    const { allAre, seconds } = forward(url, { calls: 1 });
    await allAre('delivered');
    expect(seconds()).toBe(40);
  });
});

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

describe('a forwarder that is closed', () => {
  test('lets what is at the handler finish, and gives the rest back', async () => {
    let finish = () => {};
    const { url, seen } = await handler((_seen, _request, response) => {
      finish = () => response.end();
    });
    const { forwarder, states, until } = forward(url, { calls: 3, concurrency: 1 });
    await until(() => seen.length === 1);
    const closed = forwarder.close();
    await settled();
    finish();
    await closed;
    expect(states()).toEqual(['delivered', 'waiting', 'waiting']);
    expect(seen).toHaveLength(1);
  });

  test('waits no longer than its grace period, and counts aborted calls for nothing', async () => {
    const url = await serveRaw(() => {});
    const { clock, forwarder, sender, states, news, atHandler } = forward(url, { calls: 2 });
    while (atHandler() < 2) await settled();
    const closed = forwarder.close();
    await clock.pass(8_000);
    await closed;
    await sender.close();
    while (atHandler() > 0) await settled();
    await settled();
    expect(states()).toEqual(['waiting', 'waiting']);
    expect(news).toEqual([]);
  });

  test('does not wait for a turn or a probe', async () => {
    const { url, seen } = await answering(500);
    const { forwarder, states, until, told, seconds } = forward(url, {
      calls: 10,
      rate: 0.01,
      concurrency: 4,
    });
    await until(() => told('attempt').length === 1);
    await forwarder.close();
    expect(seen).toHaveLength(1);
    expect(seconds()).toBe(0);
    expect(states().filter((state) => state === 'waiting')).toHaveLength(9);
  });
});

test('a call that the engine gives out too early waits as before', async () => {
  const clock = createFakeClock();
  const answers: Attempt[] = [];
  const refusal: Attempt = { kind: 'failed', code: 'connection_refused', reason: 'No.', ms: 1 };
  let deliver: Deliver = async () => ({ state: 'waiting' });
  const forwarder = startForwarder({
    queue: {
      ...createMemoryQueue(clock),
      work: (given) => {
        deliver = given;
        return { allow() {}, async hurry() {}, async revive() {}, async close() {} };
      },
    },
    sender: {
      async send() {
        answers.push(refusal);
        return refusal;
      },
      async close() {},
    },
    target: { url: new URL('http://127.0.0.1:3000/'), keepPath: false, credentials: undefined },
    options: defaults,
    clock,
    now: clock.now,
    random: () => 0.5,
    emit() {},
  });
  const give = (id: string) =>
    deliver({
      capture: { ...plainCall, id },
      events: undefined,
      queued: clock.now(),
      waitedMs: 0,
      tries: 0,
    });
  expect((await give('a')).state).toBe('delayed');
  expect((await give('b')).state).toBe('waiting');
  await clock.pass(1_000);
  expect((await Promise.all([give('c'), give('d')])).map(({ state }) => state)).toEqual([
    'delayed',
    'waiting',
  ]);
  expect(answers).toHaveLength(2);
  await forwarder.close();
});

test('a failure of the engine is reported, and its end', async () => {
  const clock = createFakeClock();
  const queue = createMemoryQueue(clock);
  const news: ForwarderNews[] = [];
  let failed: (error: unknown) => void = () => {};
  let recovered = () => {};
  const forwarder = startForwarder({
    queue: {
      ...queue,
      work: (deliver, options) => {
        ({ failed, recovered } = options);
        return queue.work(deliver, options);
      },
    },
    sender: createSender({ timeout: 1_000, connections: 1, insecure: false }),
    target: { url: new URL('http://127.0.0.1:9/'), keepPath: false, credentials: undefined },
    options: defaults,
    clock,
    now: clock.now,
    random: () => 0,
    emit: (each) => news.push(each),
  });
  const error = new Error('the disk is full');
  failed(error);
  recovered();
  expect(news).toEqual([{ kind: 'queue_failed', error }, { kind: 'queue_recovered' }]);
  await forwarder.close(0);
});
