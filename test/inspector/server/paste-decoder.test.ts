import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { createPasteDecoder } from '../../../src/inspector/server/paste-decoder.js';
import { useWorkCounter } from '../../helpers/count-work.js';

const countWork = useWorkCounter();

/** Each piece begins what could be a payload. */
const hostile = '{"data":"data=\\"'.repeat(8000);

/** A decoder, and the threads that are started until the end of the test. */
function openDecoder() {
  const threads: Worker[] = [];
  const onWorker = (thread: Worker) => threads.push(thread);
  process.on('worker', onWorker);
  const decoder = createPasteDecoder();
  onTestFinished(async () => {
    process.off('worker', onWorker);
    await decoder.close();
  });
  return { decoder, threads };
}

test('the thread that answers pages reads nothing of a paste', async () => {
  const { decoder } = openDecoder();
  const { blocks } = await countWork(() =>
    expect(decoder.decode(hostile)).rejects.toMatchObject({ code: 'paste_too_complex' }),
  );
  expect(blocks).toBe(0);
});

test('pastes are decoded one after the other, after a refused one too', async () => {
  const { decoder } = openDecoder();
  const pastes = [hostile, '{"shop":[{"channel":"sms"}]}', 'hello', '{"shop":[]}'];
  const answers = await Promise.allSettled(pastes.map((paste) => decoder.decode(paste)));
  const statuses = answers.map(({ status }) => status);
  expect(statuses).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
});

test('a paste of ten megabytes has enough memory', async () => {
  const { decoder } = openDecoder();
  const events = '{"channel":"sms"},'.repeat(560_000);
  const { payload } = await decoder.decode(`{"shop":[${events}{}]}`);
  expect(payload.length).toBeGreaterThan(10_000_000);
});

test('a closed decoder leaves no thread, and starts none', async () => {
  const { decoder, threads } = openDecoder();
  const pastes = [hostile.repeat(80), '{"shop":[]}'];
  const decoding = Promise.allSettled(pastes.map((paste) => decoder.decode(paste)));
  await expect.poll(() => threads.length).toBe(1);
  await once(threads[0]!, 'online');
  await decoder.close();
  expect((await decoding).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(decoder.decode('{"shop":[]}')).rejects.toThrow('closed');
  // Threads that have ended have no number.
  expect(threads.map(({ threadId }) => threadId)).toEqual([-1]);
});
