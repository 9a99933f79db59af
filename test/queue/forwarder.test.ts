import { describe, expect, test } from 'vitest';
import type { Attempt, Sender } from '../../src/call/attempt.js';
import { createSender } from '../../src/call/send.js';
import { anyEvent } from '../../src/payload/event-filter.js';
import { type ForwarderNews, startForwarder } from '../../src/queue/forwarder.js';
import type { Deliver } from '../../src/queue/queue.js';
import { createFakeClock, settled } from '../helpers/fake-clock.js';
import { answering, defaults, forward, handler, minute } from '../helpers/forwarding.js';
import { createMemoryQueue } from '../helpers/memory-queue.js';
import { serveRaw } from '../helpers/servers.js';
import { plainCall } from '../helpers/store.js';

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
      paused: false,
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
      reason: 'No response was received within 100 ms.',
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

describe('a paused forwarder', () => {
  test('sends nothing until it is resumed, and lets what is at the handler finish', async () => {
    let finish = () => {};
    const { url, seen } = await handler((_seen, _request, response) => {
      finish = () => response.end();
    });
    const { forwarder, states, queue, until } = forward(url, { calls: 2, concurrency: 1 });
    await until(() => seen.length === 1);
    forwarder.setPaused(true);
    finish();
    await until(() => states()[0] === 'delivered');
    await settled();
    expect({ states: states(), allowed: queue.allowed }).toEqual({
      states: ['delivered', 'waiting'],
      allowed: 0,
    });
    expect(forwarder.state().paused).toBe(true);
    forwarder.setPaused(false);
    await until(() => seen.length === 2);
  });

  test('sends one call at a time when it is resumed while its breaker is open', async () => {
    const { url, seen } = await answering(500);
    const { forwarder, queue, until, clock } = forward(url, { calls: 20, concurrency: 8 });
    await until(() => queue.allowed === 0);
    forwarder.setPaused(true);
    await clock.pass(600_000);
    const before = seen.length;
    expect(queue.allowed).toBe(0);
    forwarder.setPaused(false);
    expect(queue.allowed).toBe(1);
    await until(() => seen.length === before + 1);
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
