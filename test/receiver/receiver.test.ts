import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Capture, ReceivedCall } from '../../src/call/call.js';
import type { ReceiverObserver, RefusedCall } from '../../src/receiver/call-handling.js';
import { createReceiver, type ReceiverOptions } from '../../src/receiver/receiver.js';
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
    text: 'The call could not be recorded. Send it again later.\n',
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

test('a connection too many is answered 503, and those before it go on', async () => {
  const refused: RefusedCall[] = [];
  const url = await receive(async (received) => recorded(received), {
    refused: (each) => refused.push(each),
  });
  const { port } = new URL(url);
  const open = () =>
    new Promise<Socket>((resolve) => {
      const socket = connect({ port: Number(port), host: '127.0.0.1' }, () => resolve(socket));
      onTestFinished(() => void socket.destroy());
    });
  const firstLine = (socket: Socket) => {
    socket.write('POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 6\r\n\r\ndata=1');
    return new Promise<string>((resolve) => {
      socket.once('data', (chunk) => resolve(chunk.toString('latin1').split('\r\n', 1)[0]!));
    });
  };
  const first = await open();
  // An answer says that the connection was counted.
  expect(await firstLine(first)).toBe('HTTP/1.1 200 OK');
  for (let count = 1; count < 4; count += 1) {
    expect(await firstLine(await open())).toBe('HTTP/1.1 200 OK');
  }
  expect(await firstLine(await open())).toBe('HTTP/1.1 503 Service Unavailable');
  expect(await firstLine(first)).toBe('HTTP/1.1 200 OK');
  expect(refused).toMatchObject([{ status: 503, code: 'too_many_connections' }]);
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
