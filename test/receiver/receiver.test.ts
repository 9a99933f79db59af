import { connect } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Capture, ReceivedCall } from '../../src/call/call.js';
import type { ReceiverObserver, RefusedCall } from '../../src/receiver/call-handling.js';
import { createReceiver, type ReceiverOptions } from '../../src/receiver/receiver.js';
import { makeCertificate } from '../helpers/certificates.js';
import { call } from '../helpers/http.js';

function options(): ReceiverOptions {
  return {
    rules: {
      allowed: undefined,
      trusted: undefined,
      authenticate: undefined,
      otherSites: true,
      path: undefined,
      health: true,
      maxBody: 1024,
    },
    tls: undefined,
    answer: () => 200,
    delay: 0,
    connections: 4,
    keepAlive: 60_000,
    now: Date.now,
    health: () => ({ status: 'ok' }),
    record: async (received) => recorded(received),
    observer: { captured() {}, refused() {}, failed() {} },
  };
}

async function receive(
  record: (received: ReceivedCall) => Promise<Capture>,
  observer: Partial<ReceiverObserver> = {},
): Promise<string> {
  const quiet = options().observer;
  const receiver = createReceiver({ ...options(), record, observer: { ...quiet, ...observer } });
  const { port } = await receiver.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => receiver.close());
  return `http://127.0.0.1:${port}/`;
}

const recorded = (received: ReceivedCall): Capture => ({ ...received, id: '1pbv5g9h38abcdef' });

test('a call is not answered before it is recorded', async () => {
  let finish = (_: Capture) => {};
  let begun = (_: ReceivedCall) => {};
  const waiting = new Promise<ReceivedCall>((resolve) => {
    begun = resolve;
  });
  const url = await receive((received) => {
    begun(received);
    return new Promise((resolve) => {
      finish = resolve;
    });
  });
  let answered = false;
  const answer = call(url, { body: 'data=1' }).then((each) => {
    answered = true;
    return each;
  });
  const received = await waiting;
  for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
  expect(answered).toBe(false);
  finish(recorded(received));
  expect((await answer).status).toBe(200);
});

test('a call that could not be recorded is answered 503 and told, and the next one is taken', async () => {
  const refused: RefusedCall[] = [];
  let full = true;
  const url = await receive(
    async (received) => {
      if (full) throw new Error('the disk is full');
      return recorded(received);
    },
    { refused: (each) => refused.push(each) },
  );
  const answer = await call(url, { body: 'data=1' });
  expect(answer).toMatchObject({
    status: 503,
    text: 'The call could not be recorded. Retry later.\n',
  });
  expect(answer.headers['retry-after']).toBe('5');
  expect(refused).toMatchObject([{ code: 'not_recorded', error: new Error('the disk is full') }]);
  full = false;
  expect((await call(url, { body: 'data=1' })).status).toBe(200);
});

test('an observer that fails changes no answer', async () => {
  const failures: unknown[] = [];
  const url = await receive(async (received) => recorded(received), {
    captured() {
      throw new Error('a bug in showing');
    },
    failed: (error) => failures.push(error),
  });
  for (const body of ['data=1', 'data=2']) expect((await call(url, { body })).status).toBe(200);
  expect(failures.length).toBe(2);
});

const post = 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 6\r\n\r\ndata=1';

const keys = ({ cert, key }: { cert: string; key: string }) => ({
  cert: Buffer.from(cert),
  key: Buffer.from(key),
});

describe('when there are too many connections', () => {
  /** A receiver with room for four, and what it refused. `hold` leaves calls without an answer. */
  async function crowded(settings: { hold?: boolean; tls?: ReceiverOptions['tls'] } = {}) {
    const refused: RefusedCall[] = [];
    const held: (() => void)[] = [];
    let begun = () => {};
    const quiet = options().observer;
    const receiver = createReceiver({
      ...options(),
      tls: settings.tls,
      record: async (received) => {
        begun();
        if (settings.hold) await new Promise<void>((resolve) => held.push(resolve));
        return recorded(received);
      },
      observer: { ...quiet, refused: (each) => refused.push(each) },
    });
    const { port } = await receiver.listen({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => receiver.close({ idleMs: 0, drainMs: 8_000 }));
    onTestFinished(() => {
      for (const release of held) release();
    });
    const open = async () => {
      const socket = settings.tls
        ? connectSecurely({ port, host: '127.0.0.1', rejectUnauthorized: false })
        : connect({ port, host: '127.0.0.1' });
      const closed = new Promise<'closed'>((resolve) =>
        socket.once('close', () => resolve('closed')),
      );
      onTestFinished(() => void socket.destroy());
      socket.on('error', () => {});
      await new Promise((resolve) =>
        socket.once(settings.tls ? 'secureConnect' : 'connect', resolve),
      );
      return {
        socket,
        closed,
        /** Posts, and resolves to the status. */
        post: () =>
          new Promise<number>((resolve) => {
            socket.once('data', (chunk) => resolve(Number(chunk.toString('latin1').slice(9, 12))));
            socket.write(post);
          }),
        /** Posts, and resolves when the call has arrived. */
        begin: () =>
          new Promise<void>((resolve) => {
            begun = resolve;
            socket.write(post);
          }),
      };
    };
    return { refused, held, open };
  }

  test.each([
    ['without TLS', undefined],
    ['with TLS', keys(makeCertificate())],
  ])('the one that has been idle for longest makes room, %s', async (_what, tls) => {
    const { open, refused } = await crowded({ tls });
    const [first, second, third, fourth] = [await open(), await open(), await open(), await open()];
    for (const each of [first, second, third, fourth, first]) expect(await each.post()).toBe(200);
    const fifth = await open();
    expect(await fifth.post()).toBe(200);
    expect(await second.closed).toBe('closed');
    const sixth = await open();
    expect(await sixth.post()).toBe(200);
    expect(await third.closed).toBe('closed');
    for (const each of [first, fourth, fifth, sixth]) expect(await each.post()).toBe(200);
    expect(refused).toEqual([]);
  });

  test('those on which nothing came make room before those that were answered', async () => {
    const { open, refused } = await crowded();
    const answered = [await open(), await open()];
    for (const each of answered) expect(await each.post()).toBe(200);
    const silent = [await open(), await open()];
    for (const each of silent) {
      const next = await open();
      expect(await each.closed).toBe('closed');
      expect(await next.post()).toBe(200);
    }
    for (const each of answered) expect(await each.post()).toBe(200);
    expect(refused).toEqual([]);
  });

  test('a call under way is not ended, and a new one is answered 503', async () => {
    const { open, refused, held } = await crowded({ hold: true });
    const busy = [await open(), await open(), await open(), await open()];
    for (const each of busy) await each.begin();
    expect(await (await open()).post()).toBe(503);
    expect(refused).toMatchObject([{ status: 503, code: 'too_many_connections' }]);
    const answers = busy.map(
      ({ socket }) => new Promise((resolve) => socket.once('data', (chunk) => resolve(`${chunk}`))),
    );
    for (const release of held.splice(0)) release();
    expect(await Promise.all(answers)).toEqual(
      Array(4).fill(expect.stringMatching(/^HTTP\/1\.1 200 /)),
    );
  });

  test('the first of two calls on a connection does not make it idle when it is answered', async () => {
    const { open, held } = await crowded({ hold: true });
    const busy = [await open(), await open(), await open(), await open()];
    for (const each of busy) await each.begin();
    await busy[0]!.begin();
    const answered = new Promise((resolve) => busy[0]!.socket.once('data', resolve));
    held.shift()!();
    await answered;
    expect(await (await open()).post()).toBe(503);
    expect(busy[0]!.socket.destroyed).toBe(false);
  });
});

test('a call waits no longer for a delay when the receiver closes', async () => {
  let begun = () => {};
  const waiting = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const receiver = createReceiver({
    ...options(),
    delay: 3_600_000,
    record: async (received) => {
      begun();
      return recorded(received);
    },
  });
  const { port } = await receiver.listen({ port: 0, host: '127.0.0.1' });
  const answer = call(`http://127.0.0.1:${port}/`, { body: 'data=1' });
  await waiting;
  await receiver.close();
  expect((await answer).status).toBe(200);
});

test.each([
  [200, ['4']],
  [508, ['5']],
  [508, ['1', '7']],
  [200, ['often']],
])('answers %i to a call that was forwarded %j times', async (status, hops) => {
  const refused: RefusedCall[] = [];
  const url = await receive(async (received) => recorded(received), {
    refused: (each) => refused.push(each),
  });
  const answer = await call(url, { headers: { 'X-Netcore-Hook-Hops': hops }, body: 'data=1' });
  expect(answer.status).toBe(status);
  expect(refused.map(({ code }) => code)).toEqual(status === 200 ? [] : ['loop']);
});
