const { createServer } = require('node:http');
const { decode } = require('netcore-hook');
const { Problem, sendSample, startListener } = require('netcore-hook/testing');

let hook;
beforeAll(async () => {
  hook = await startListener();
});
afterAll(() => hook.stop());

test('the handler takes a sample', async () => {
  const bodies = [];
  const handler = createServer(async (request, response) => {
    bodies.push(Buffer.concat(await request.toArray()).toString('utf8'));
    response.end('taken');
  });
  await new Promise((resolve) => handler.listen(0, '127.0.0.1', resolve));
  const answer = await sendSample(`http://127.0.0.1:${handler.address().port}/`, 'email', 'open');
  expect(answer).toMatchObject({ status: 200, text: 'taken' });
  expect(Object.keys(decode(bodies[0]))).toEqual(['netcore_hook_test']);
  await new Promise((resolve) => handler.close(resolve));
});

test('the listener hears of an event, and says what came instead of another', async () => {
  await sendSample(hook.url, 'sms', 'click');
  const event = await hook.waitForEvent({ channel: 'sms' });
  expect(event.activity).toBe('click');
  const missed = hook.waitForEvent({ channel: 'email' }, { timeout: 1 });
  await expect(missed).rejects.toThrow('channel is "sms"');
  await expect(missed).rejects.toBeInstanceOf(Problem);
});

test('a sample is sent, and awaited, while the timers are fake', async () => {
  jest.useFakeTimers();
  try {
    const slow = await startListener({ delay: 20 });
    expect(await sendSample(slow.url, 'sms', 'click')).toMatchObject({ status: 200 });
    await slow.waitForEvent({ channel: 'sms' });
    await slow.stop();
  } finally {
    jest.useRealTimers();
  }
});
