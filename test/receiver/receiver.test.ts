import { expect, onTestFinished, test } from 'vitest';
import type { Capture, ReceivedCall } from '../../src/call/call.js';
import {
  createReceiver,
  type ReceiverObserver,
  type RefusedCall,
} from '../../src/receiver/receiver.js';
import { call } from '../helpers/http.js';

async function receive(
  record: (received: ReceivedCall) => Promise<Capture>,
  observer: Partial<ReceiverObserver> = {},
): Promise<string> {
  const receiver = createReceiver({
    rules: { allowed: undefined, authenticate: undefined, path: undefined, maxBody: 1024 },
    tls: undefined,
    answer: () => 200,
    delay: 0,
    now: Date.now,
    record,
    observer: { captured() {}, refused() {}, failed() {}, ...observer },
  });
  const { port } = await receiver.listen(0, '127.0.0.1');
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
