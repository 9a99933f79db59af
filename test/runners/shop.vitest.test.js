import { sample, startListener } from 'netcore-hook/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

let hook;
beforeAll(async () => {
  hook = await startListener({ auth: 'netcore:secret' });
});
afterAll(() => hook.stop());

test('the shop passes on who clicked', async () => {
  vi.useFakeTimers();
  const { headers, body } = sample('rcs', 'click', { auth: 'netcore:secret' });
  const answer = await fetch(hook.url, { method: 'POST', headers, body });
  expect(answer.status).toBe(200);
  const event = await hook.waitForEvent({ channel: 'rcs', event: 'click' });
  expect(event.data.event_params.foreignkey).toBe('asha@example.com');
});
