import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { Problem, sendSample, startListener } from 'netcore-hook/testing';

test('an event that was sent has come', async () => {
  const hook = await startListener();
  await sendSample(hook.url, 'whatsapp', 'failed');
  const { channel, activity } = await hook.waitForEvent();
  assert.deepEqual({ channel, activity }, { channel: 'whatsapp', activity: 'failed' });
  await hook[Symbol.asyncDispose]();
});

test('the face is one, however it is loaded', async () => {
  const required = createRequire(import.meta.url)('netcore-hook/testing');
  assert.equal(required.startListener, startListener);
  await assert.rejects(startListener({ auth: 'nobody' }), Problem);
});
