import { createServer } from 'node:http';
import { sample, sendSample, startListener } from 'netcore-hook/testing';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';

let hook;
beforeAll(async () => {
  hook = await startListener({ auth: 'netcore:secret' });
});
afterEach(() => vi.useRealTimers());
afterAll(() => hook.stop());

test('the shop passes on who clicked', async () => {
  vi.useFakeTimers();
  const { headers, body } = sample('rcs', 'click', { auth: 'netcore:secret' });
  const answer = await fetch(hook.url, { method: 'POST', headers, body });
  expect(answer.status).toBe(200);
  const event = await hook.waitForEvent({ channel: 'rcs', event: 'click' });
  expect(event.data.event_params.foreignkey).toBe('asha@example.com');
});

test('a sample is sent, delayed and timed out by the real clock', async () => {
  vi.useFakeTimers();
  const slow = await startListener({ delay: 50 });
  expect(await sendSample(slow.url, 'sms', 'click')).toMatchObject({ status: 200 });
  await slow.stop();
  const silent = createServer(() => {});
  await new Promise((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address();
  const late = sendSample(`http://127.0.0.1:${port}/`, 'sms', 'click', { timeout: 100 });
  await expect(late).rejects.toMatchObject({ code: 'not_answered' });
  silent.closeAllConnections();
  silent.close();
});
