import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, expectTypeOf, onTestFinished, test, vi } from 'vitest';
import type { Hook, HookEvent, HookOptions } from '../../src/testing.js';
import { post, sample, sendSample, startListener } from '../../src/testing.js';
import { call } from '../helpers/http.js';
import { until } from '../helpers/until.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function started(options: HookOptions = {}): Promise<Hook> {
  const hook = await startListener(options);
  onTestFinished(() => hook.stop());
  return hook;
}

describe('a listener in a test', () => {
  test('takes calls as the command does, and hands out calls and events', async () => {
    const hook = await started();
    await post(
      hook.url,
      sample('sms', 'delivered', { set: { 'event_params.mobile': '0000000009' } }),
    );
    const [received] = hook.calls();
    expect(received).toMatchObject({
      method: 'POST',
      target: '/',
      status: 200,
      problem: undefined,
    });
    expect(new TextDecoder().decode(received!.body)).toMatch(/^data=%7B/);
    expect(hook.events()).toEqual([
      expect.objectContaining({ channel: 'sms', activity: 'delivered', call: received }),
    ]);
    expect(hook.events({ channel: 'sms' })[0]!.data.event_params.mobile).toBe('0000000009');
  });

  test('types an event by the channel that was asked for', () => {
    expectTypeOf<Hook['waitForEvent']>().toBeFunction();
    const ask = (hook: Hook) => hook.waitForEvent({ channel: 'email' });
    type Email = Awaited<ReturnType<typeof ask>>['data']['event_params'];
    expectTypeOf<Email['subject']>().toEqualTypeOf<string | undefined>();
    // @ts-expect-error: an activity that e-mails do not have.
    expect(() => sample('email', 'failed')).toThrow('Unknown activity');
  });

  test('resolves at once for an event that came already, and later for one that comes', async () => {
    const hook = await started();
    const clicked = hook.waitForEvent({ channel: 'whatsapp', event: 'clicked' });
    await sendSample(hook.url, 'whatsapp', 'open');
    await sendSample(hook.url, 'whatsapp', 'click');
    expect(await clicked).toMatchObject({ channel: 'whatsapp', activity: 'click' });
    expect(await hook.waitForEvent({ event: 'open' })).toMatchObject({ activity: 'open' });
  });

  test('says after the time what came instead, the nearest first', async () => {
    const hook = await started({ auth: 'netcore:secret' });
    await sendSample(hook.url, 'sms', 'delivered', { auth: 'netcore:secret' });
    await sendSample(hook.url, 'email', 'open', {
      auth: 'netcore:secret',
      set: { 'event_params.foreignkey': 'ravi@example.com', msgid: '77' },
    });
    await post(hook.url, { body: '' }, { auth: 'netcore:secret' });
    await sendSample(hook.url, 'email', 'click', { auth: 'netcore:guess' });
    const waiting = hook.waitForEvent(
      { channel: 'email', event: 'click', who: 'ravi@example.com' },
      { timeout: 1 },
    );
    await expect(waiting).rejects.toMatchObject({ code: 'not_awaited' });
    const { message } = (await waiting.catch((error: unknown) => error)) as Error;
    const [first, ...lines] = message.split('\n');
    expect(first).toBe(
      'No event with channel email, event click, who ravi@example.com arrived within 1 ms. Other calls arrived:',
    );
    expect(lines).toEqual([
      '  email open ravi@example.com (msgid 77): event is "open"',
      expect.stringMatching(
        /^ {2}sms delivered .*: channel is "sms", event is "delivered", who is /,
      ),
      '  POST /, answered 200 could not be read: The body is empty.',
      '  POST / was refused with 401: wrong password (user "netcore")',
    ]);
  });

  test('says it as docs/testing.md shows', async () => {
    const hook = await started({ auth: 'netcore:secret' });
    const set = { msgid: '372', 'event_params.foreignkey': 'ravi@example.com' };
    await sendSample(hook.url, 'rcs', 'click', { auth: 'netcore:secret', set });
    await sendSample(hook.url, 'rcs', 'click', { auth: 'netcore:guess' });
    const filter = { channel: 'rcs', event: 'click', who: 'asha@example.com' } as const;
    const error: unknown = await hook.waitForEvent(filter, { timeout: 1 }).catch((one) => one);
    const docs = readFileSync(new URL('../../docs/testing.md', import.meta.url), 'utf8');
    expect(docs).toContain((error as Error).message.replace('1 ms', '4000 ms'));
  });

  test('points at the line of the test that waited', async () => {
    const hook = await started();
    const wait = () => hook.waitForEvent({ channel: 'sms' }, { timeout: 1 });
    const error = await wait().catch((caught: Error) => caught as Error);
    const own = (error as Error).stack
      ?.split('\n')
      .filter((line) => line.includes('start-listener.test.ts'));
    expect(own?.[0]).toMatch(/wait/);
    expect((error as Error).stack).toContain('No event with channel sms');
  });

  test('says so when nothing came, or when it is stopped meanwhile', async () => {
    const hook = await started();
    await expect(hook.waitForCall({}, { timeout: 1 })).rejects.toThrow(
      'No call arrived within 1 ms. No call arrived.',
    );
    const waiting = hook.waitForCall({ path: '/orders' }, { timeout: 60_000 });
    await Promise.all([
      expect(waiting).rejects.toThrow(
        'No call with path /orders arrived before the listener stopped',
      ),
      hook.stop(),
    ]);
    await expect(hook.waitForEvent()).rejects.toThrow('before the listener stopped');
  });

  test('has its hint in the stack of a problem, of which Jest prints nothing else', async () => {
    const hook = await started();
    const error: Error = await hook
      .waitForEvent({ channel: 'email', event: 'clik' })
      .catch((thrown) => thrown);
    expect(error.stack).toMatch(/^\w+: .*Did you mean "click"\?\n {4}at /s);
    expect(error.message).not.toContain('Did you mean');
  });

  test('tells a filter that can never match at once', async () => {
    const hook = await started();
    await expect(hook.waitForEvent({ channel: 'telex' as never })).rejects.toMatchObject({
      code: 'unknown_channel',
    });
    await expect(hook.waitForEvent({ channel: 'email', event: 'clik' })).rejects.toMatchObject({
      code: 'unknown_activity',
      hint: 'Did you mean "click"?',
    });
  });

  test('hands on what a condition of the test throws, but not about events it was not made for', async () => {
    const hook = await started();
    await sendSample(hook.url, 'sms', 'delivered');
    const where = ({ data }: HookEvent<'email'>) => data.event_params.subject!.startsWith('Order');
    await expect(
      hook.waitForEvent({ channel: 'email', where }, { timeout: 1 }),
    ).rejects.toMatchObject({ code: 'not_awaited' });
    await expect(hook.waitForEvent({ where: where as never })).rejects.toThrow(TypeError);
  });

  test('fails as many calls as it was told to, and keeps them', async () => {
    const hook = await started();
    hook.respond(500, { times: 2 });
    const statuses = [];
    for (let index = 0; index < 3; index += 1) {
      statuses.push((await sendSample(hook.url, 'rcs', 'click')).status);
    }
    expect(statuses).toEqual([500, 500, 200]);
    expect(hook.calls({ status: 500 })).toHaveLength(2);
    expect(await hook.waitForEvent({ channel: 'rcs', status: 200 })).toBe(hook.events()[2]);
    hook.respond(503);
    hook.clear();
    expect(hook.calls()).toEqual([]);
    expect((await sendSample(hook.url, 'rcs', 'click')).status).toBe(200);
    expect(() => hook.respond(99)).toThrow('status cannot be "99"');
  });

  test('lets in only who knows the password, at the path that it serves', async () => {
    const hook = await started({ auth: 'netcore:pass:word', path: '/webhooks/netcore' });
    expect(new URL(hook.url).pathname).toBe('/webhooks/netcore');
    const to = async (url: string, auth?: string) =>
      (await post(url, sample('bpn', 'click'), auth === undefined ? {} : { auth })).status;
    expect(await to(hook.url, 'netcore:pass:word')).toBe(200);
    expect(await to(hook.url)).toBe(401);
    expect(await to(new URL('/other', hook.url).href, 'netcore:pass:word')).toBe(404);
    const [{ headers }] = hook.calls() as [ReturnType<Hook['calls']>[number]];
    expect(headers).toContainEqual(['Authorization', 'Basic <right>']);
    await expect(startListener({ auth: 'netcore' })).rejects.toThrow('auth cannot be');
  });

  test('leaves nothing behind when it is stopped', async () => {
    const timeouts = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timeouts();
    const stopped = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const hook = await startListener();
        await post(hook.url, sample('sms', 'click'));
        const [received] = hook.calls();
        await hook.stop();
        return new WeakRef(received!);
      }),
    );
    await until(() => timeouts() <= before, 'no timer is left');
    await until(() => {
      collectGarbage();
      return stopped.every((each) => each.deref() === undefined);
    }, 'no call is in memory');
  });

  test('waits half a second for a request that was sent in part', async () => {
    const hook = await startListener();
    const socket = connect(Number(new URL(hook.url).port), '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    socket.write('POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\nda');
    // Once a later call is answered, the listener has read this part.
    await post(hook.url, sample('sms', 'click'));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const stopped = hook.stop();
    await vi.advanceTimersByTimeAsync(500);
    await Promise.all([stopped, closed]);
  }, 5_000);

  test('leaves its port free when it is stopped, although a client keeps its connection', async () => {
    const kept = await (async () => {
      await using hook = await startListener();
      expect((await fetch(hook.url, { method: 'POST', body: 'data=%7B%7D' })).status).toBe(200);
      return Number(new URL(hook.url).port);
    })();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(kept, '127.0.0.1', resolve));
    await new Promise((resolve) => server.close(resolve));
    const hook = await started({ port: kept });
    expect((await call(hook.url, { body: '' })).status).toBe(200);
  });
});
