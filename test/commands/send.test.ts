import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { processHost } from '../../src/host.js';
import { codeText } from '../../src/output/problem-text.js';
import { dataValue } from '../../src/payload/form-codec.js';
import { announceListener } from '../../src/store/presence.js';
import { makeCertificate } from '../helpers/certificates.js';
import { type RunOptions, run, start } from '../helpers/run.js';
import { nobodyThere, serve, serveSecurely } from '../helpers/servers.js';

const selfSigned = makeCertificate();

test('names a bad certificate where it says that no call was answered', async () => {
  const url = await serveSecurely(selfSigned, (_, response) => void response.end());
  const { exit, err } = await run(['send', '-c', 'email', '--to', url.href]);
  expect({ exit, err }).toEqual({
    exit: 3,
    err: expect.stringMatching(
      /error {2}No call received a response from \S+ The certificate is self-signed\.\n {7}.*--insecure/,
    ),
  });
});

test.each(['/hook', '//hook'])('takes no path for a host: %s', async (to) => {
  const { exit, err } = await run(['send', '-c', 'email', '--to', to]);
  expect({ exit, named: err.includes('it names no host') }).toEqual({ exit: 2, named: true });
});

test.each([
  ['2005', Date.UTC(2005, 3, 9, 7, 31), 50409130100],
  ['2100', Date.UTC(2100, 5, 8, 0, 25), 608055500],
])('sends in the year %s', async (_, now, ts) => {
  const { exit, out } = await run(['send', '-c', 'email', '-e', 'open', '--print', 'json'], {
    now: () => now,
  });
  expect({ exit, named: out.includes(`"ts": ${ts},`) }).toEqual({ exit: 0, named: true });
});

interface Arrived {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}
interface SentEvent {
  readonly channel: string;
  readonly event?: string;
  readonly msgid: string;
  readonly event_params: Record<string, unknown>;
  readonly custom_params: Record<string, unknown>;
}

const ok: RequestListener = (_, response) => void response.end('ok');

/** An endpoint that answers as it is told, and what arrived there. */
async function endpoint(answer: RequestListener = ok): Promise<{ to: string; calls: Arrived[] }> {
  const calls: Arrived[] = [];
  const url = await serve(async (request, response) => {
    calls.push({ headers: request.headers, body: await buffer(request) });
    answer(request, response);
  });
  return { to: url.href, calls };
}

const payloadOf = ({ body }: Arrived): Record<string, SentEvent[]> =>
  JSON.parse(dataValue(body) ?? '');
const eventsOf = (call: Arrived | undefined) => Object.values(payloadOf(call!)).flat();
const jsonLines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'send-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** `send` to an endpoint, with nobody listening for this store. */
const send = (argv: readonly string[], options: RunOptions = {}) =>
  run(['send', '--store', folder, ...argv], options);

describe('send', () => {
  test("sends the sample of Netcore's page as Netcore would", async () => {
    const { to, calls } = await endpoint();
    const { exit, out } = await send(['-c', 'email', '--to', to, '--auth', 'netcore:pa:ss']);
    expect(exit).toBe(0);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from('netcore:pa:ss').toString('base64')}`,
    });
    expect(calls[0]?.body.toString()).toMatch(/^data=%7B[A-Za-z0-9._~%-]+$/);
    const [event] = payloadOf(calls[0]!).netcore_hook_test ?? [];
    expect(event).toMatchObject({ channel: 'email', event: 'open' });
    expect(out).toMatch(/^200 .* ms {2}email open {2}msgid \d+\n$/);
    expect(out).toContain(event?.msgid);
  });

  test.each([
    [
      ['-c', 'all'],
      ['email', 'sms', 'apn', 'bpn', 'whatsapp', 'rcs', 'custom_activity'],
    ],
    [
      ['-c', 'sms,WhatsApp'],
      ['sms', 'whatsapp'],
    ],
    [
      ['-c', 'rcs', '-c', 'apn'],
      ['rcs', 'apn'],
    ],
    [
      ['-c', 'all', '-e', 'failed'],
      ['whatsapp', 'rcs'],
    ],
    [
      ['-c', 'bpn', '-e', 'Clicked,delivered'],
      ['bpn', 'bpn'],
    ],
    [
      ['-c', 'ALL', '-e', 'Failed'],
      ['whatsapp', 'rcs'],
    ],
    [
      ['-c', 'email', '-e', 'ALL'],
      ['email', 'email', 'email', 'email'],
    ],
    [
      ['-c', 'email', '-e', 'all'],
      ['email', 'email', 'email', 'email'],
    ],
  ])('%j is a call for each sample', async (argv, channels) => {
    const { to, calls } = await endpoint();
    expect((await send([...argv, '--to', to])).exit).toBe(0);
    expect(calls.map((call) => eventsOf(call)[0]?.channel)).toEqual(channels);
  });

  test('sends all of them: a call for each file', async () => {
    const { to, calls } = await endpoint();
    const { exit, out } = await send(['-c', 'all', '-e', 'all', '--to', to]);
    expect(exit).toBe(0);
    expect(calls).toHaveLength(19);
    expect(out).toMatch(/19 calls {2}19 × 200 {2}p50 .* p95 .* p99 .* ms\n$/);
  });

  test('goes to the listener of the store when nobody says where to', async () => {
    const { to, calls } = await endpoint();
    await announceListener(
      folder,
      {
        pid: process.pid,
        url: to,
        started: Date.now(),
        health: null,
        inspector: null,
      },
      processHost(),
    );
    const { exit, err } = await send(['-c', 'rcs']);
    expect(exit).toBe(0);
    expect(err).toContain(`Sending 1 call to ${to}`);
    expect(calls).toHaveLength(1);
  });

  test('takes credentials out of the URL and prints them nowhere', async () => {
    const { to, calls } = await endpoint((_, response) => void response.writeHead(401).end());
    const url = to.replace('//', '//netcore:s3cret@');
    const { exit, out, err } = await send(['-c', 'rcs', '--to', url]);
    expect(exit).toBe(1);
    expect(calls[0]?.headers.authorization).toBe(`Basic ${btoa('netcore:s3cret')}`);
    expect(out + err).not.toContain('s3cret');
  });

  test.each([
    ['the URL before the environment', [], 'url:1'],
    ['--auth before the URL', ['--auth', 'flag:1'], 'flag:1'],
  ])('takes credentials of %s', async (_, argv, expected) => {
    const { to, calls } = await endpoint();
    const env = { NETCORE_HOOK_AUTH: 'env:1' };
    await send(['-c', 'rcs', '--to', to.replace('//', '//url:1@'), ...argv], { env });
    expect(calls[0]?.headers.authorization).toBe(`Basic ${btoa(expected)}`);
  });

  test.each([
    ['that it asks for credentials when none were sent', [], true],
    ['nothing of that when it refused those it got', ['--auth', 'netcore:wrong'], false],
  ])('says of an endpoint that answers 401 %s', async (_, words, said) => {
    const { to } = await endpoint((_, response) => response.writeHead(401).end());
    const { exit, err } = await send(['-c', 'sms', '--to', to, ...words]);
    expect({ exit, said: err.includes('--auth user:password') }).toEqual({ exit: 1, said });
  });

  test('reads its twins from the environment', async () => {
    const { to, calls } = await endpoint();
    const env = {
      NETCORE_HOOK_TO: to,
      NETCORE_HOOK_AUTH: 'netcore:secret',
      NETCORE_HOOK_PANEL: 'shop_uk',
      NETCORE_HOOK_TZ: 'UTC',
    };
    const now = () => Date.UTC(2026, 6, 1, 23, 59, 58);
    await send(['-c', 'rcs'], { env, now });
    expect(calls[0]?.headers.authorization).toBe(`Basic ${btoa('netcore:secret')}`);
    expect(payloadOf(calls[0]!).shop_uk?.[0]?.event_params).toMatchObject({
      ts: '260701235958',
      timestamp: '2026-07-01T23:59:58',
    });
  });

  test('happens on the clocks of India unless it is told otherwise', async () => {
    const { to, calls } = await endpoint();
    const now = () => Date.UTC(2026, 6, 1, 20, 0, 0);
    await send(['-c', 'email', '--to', to], { now });
    await send(['-c', 'email', '--to', to, '--tz', 'America/New_York'], { now });
    expect(calls.map((call) => eventsOf(call)[0]?.event_params.ts)).toEqual([
      260702013000, 260701160000,
    ]);
  });

  test('adds headers, and lets them replace its own', async () => {
    const { to, calls } = await endpoint();
    const headers = ['-H', 'X-Shop: north', '-H', 'Content-Type: text/plain'];
    await send(['-c', 'sms', '--to', to, ...headers]);
    expect(calls[0]?.headers).toMatchObject({ 'x-shop': 'north', 'content-type': 'text/plain' });
  });

  test('edits every event', async () => {
    const { to, calls } = await endpoint();
    const edits = [
      '--set',
      'event_params.foreignkey=ravi@example.com',
      '--set',
      'custom_params.tier:=3',
    ];
    const more = ['--add', 'region=south', '--unset', 'journey_name'];
    await send(['-c', 'sms', '--to', to, ...edits, ...more]);
    for (const event of eventsOf(calls[0])) {
      expect(event).toMatchObject({
        region: 'south',
        event_params: { foreignkey: 'ravi@example.com' },
        custom_params: { tier: 3 },
      });
      expect(event).not.toHaveProperty('journey_name');
    }
  });

  test('fills batches, and cycles through what was chosen', async () => {
    const { to, calls } = await endpoint();
    await send(['-c', 'email,sms', '--batch', '5', '--count', '2', '--to', to]);
    expect(calls.map((call) => eventsOf(call).map((event) => event.channel))).toEqual([
      ['email', 'sms', 'email', 'sms', 'email'],
      ['sms', 'email', 'sms', 'email', 'sms'],
    ]);
  });

  test('repeats a run from its seed', async () => {
    const argv = ['-c', 'all', '--seed', '7', '--print', 'json'];
    const first = await send(argv, { now: () => 0 });
    const second = await send(argv, { now: () => 1e12 });
    const other = await send(['-c', 'all', '--seed', '8', '--print', 'json']);
    expect(second.out).toBe(first.out);
    expect(other.out).not.toBe(first.out);
  });

  test('changes nothing when that is asked for, whatever the environment says', async () => {
    const env = { NETCORE_HOOK_PANEL: 'shop_uk', NETCORE_HOOK_TZ: 'UTC' };
    const { out } = await send(['-c', 'rcs', '--verbatim', '--print', 'json'], { env });
    expect(out).toBe((await run(['samples', 'rcs'])).out);
  });
});

describe('what send says of the answers', () => {
  test('shows how an answer that is not 200 begins, made safe', async () => {
    const { to } = await endpoint((_, response) => {
      response.writeHead(500).end('no such\n\u001b[31mpanel');
    });
    const { exit, out } = await send(['-c', 'email', '--to', to]);
    expect(exit).toBe(1);
    expect(out).toMatch(/^500 /);
    expect(out).toContain('no such \\u001b[31mpanel\n');
  });

  test('follows no redirect, and says where it leads', async () => {
    const { to, calls } = await endpoint((_, response) => {
      response.writeHead(302, { location: '/login' }).end();
    });
    const { exit, out } = await send(['-c', 'email', '--to', to]);
    expect(exit).toBe(1);
    expect(calls).toHaveLength(1);
    expect(out).toContain(new URL('/login', to).href);
  });

  test.each([
    ['every call answered 200', [200, 200], 0],
    ['some answered otherwise', [200, 503], 1],
    ['another 2xx', [200, 204], 1],
  ])('%s: %j is exit %i', async (_, statuses, expected) => {
    const answers = [...statuses];
    const { to } = await endpoint((_, response) => void response.writeHead(answers.shift()!).end());
    const { exit } = await send(['-c', 'sms', '--count', '2', '--to', to]);
    expect(exit).toBe(expected);
  });

  test('is exit 3 when no call got an answer', async () => {
    const { exit, out, err } = await send(['-c', 'all', '--to', (await nobodyThere()).href]);
    expect(exit).toBe(3);
    expect(out).toContain('7 without an answer');
    expect(err).toContain('explain no_answer');
  });

  test('gives up on an endpoint that hangs', async () => {
    const { to } = await endpoint(() => {});
    const { exit, out } = await send(['-c', 'rcs', '--timeout', '50ms', '--to', to]);
    expect(exit).toBe(3);
    expect(out).toContain('within 50 ms');
  });

  test('says it in JSON lines', async () => {
    const { to } = await endpoint((_, response) => void response.writeHead(500).end('busy'));
    const { out, err } = await send(['-c', 'email,sms', '--to', to, '--json']);
    const [first, second, summary] = jsonLines(out);
    expect(first).toMatchObject({
      schema: 1,
      type: 'attempt',
      to,
      number: 1,
      status: 500,
      reason: 'busy',
    });
    expect(first.sent).toEqual({ what: 'email open', events: 1, msgid: expect.any(String) });
    expect(second).toMatchObject({ number: 2, sent: { what: 'sms delivered', events: 2 } });
    expect(summary).toMatchObject({
      type: 'summary',
      calls: 2,
      answered200: 0,
      statuses: { 500: 2 },
      p50: expect.any(Number),
    });
    expect(err).toBe('');
  });

  test('sums many calls up, with one example of each failure', async () => {
    let count = 0;
    const { to } = await endpoint((_, response) => {
      count += 1;
      response.writeHead(count % 3 === 0 ? 503 : 200).end('busy');
    });
    const { exit, out, err } = await send(['-c', 'email', '--count', '60', '--to', to]);
    expect(exit).toBe(1);
    expect(out).toMatch(/^60 calls {2}40 × 200, 20 × 503 {2}p50 .* p99 .*\n$/);
    expect(err.match(/^503/gm)).toHaveLength(1);
  });

  test('shows progress on a terminal, and leaves the cursor as it was', async () => {
    const { to } = await endpoint();
    const { exit, err } = await send(['-c', 'email', '--count', '30', '--to', to], {
      terminal: true,
    });
    expect(exit).toBe(0);
    expect(err).toMatch(/\d+ of 30 calls/);
    expect(err.lastIndexOf('\u001b[?25h')).toBeGreaterThan(err.lastIndexOf('\u001b[?25l'));
  });

  test('keeps to the rate', async () => {
    const { to, calls } = await endpoint();
    const before = performance.now();
    await send(['-c', 'email', '--count', '6', '--rate', '50', '--to', to]);
    expect(performance.now() - before).toBeGreaterThan(95);
    expect(calls).toHaveLength(6);
  });

  test('says when a rate has nothing to do', async () => {
    const { to } = await endpoint();
    const { exit, err } = await send(['-c', 'email', '--rate', '5', '--to', to]);
    expect(exit).toBe(0);
    expect(err).toContain('--count');
  });

  test('says when the rate was not reached', async () => {
    const { to } = await endpoint((_, response) => void setTimeout(() => response.end(), 400));
    const argv = ['-c', 'email', '--count', '4', '--rate', '1000', '--to', to];
    const { exit, err } = await send(argv);
    expect(exit).toBe(0);
    expect(err).toContain('--concurrency 4');
  });

  test('has as many calls under way as it is told', async () => {
    let waiting: (() => void)[] = [];
    const { to } = await endpoint((_, response) => {
      waiting.push(() => response.end());
      // Answers only when three are here at a time.
      if (waiting.length < 3) return;
      for (const answer of waiting) answer();
      waiting = [];
    });
    const { exit } = await send(['-c', 'email', '--count', '9', '--concurrency', '3', '--to', to]);
    expect(exit).toBe(0);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('stops at %s with a summary of what was done', async (signal, expected) => {
    const arrived: (() => void)[] = [];
    const { to } = await endpoint(() => arrived.shift()?.());
    const running = start(['send', '--store', folder, '-c', 'email', '--count', '500', '--to', to]);
    await new Promise<void>((resolve) => arrived.push(resolve));
    running.signal(signal);
    const { exit, out } = await running.finished;
    expect(exit).toBe(expected);
    expect(out).toMatch(/^1 of 500 calls {2}1 without an answer\n$/);
  });
});

describe("a user's own call", () => {
  const text =
    '{"shop": [{"channel":"sms","event":"click","msgid":9007199254740993,"custom_params":{"price":9990.90}}]}';

  test.each([
    ['a file', (path: string) => [path], {}],
    ['stdin', () => ['-'], { input: text }],
  ] as const)('comes from %s', async (_, argv, options) => {
    const path = join(folder, 'payload.json');
    await writeFile(path, text);
    const { to, calls } = await endpoint();
    const { exit } = await send(['--data', ...argv(path), '--to', to], options);
    expect(exit).toBe(0);
    expect(dataValue(calls[0]!.body)).toBe(text.replace('": [', '":['));
  });

  test('keeps its digits when other keys are edited', async () => {
    const { to, calls } = await endpoint();
    const edits = ['--set', 'custom_params.tier=gold', '--set', 'event=delivered'];
    await send(['--data', '-', '--to', to, ...edits], { input: text });
    expect(dataValue(calls[0]!.body)).toBe(
      '{"shop":[{"channel":"sms","event":"delivered","msgid":9007199254740993,"custom_params":{"price":9990.90,"tier":"gold"}}]}',
    );
  });

  test('fills batches too', async () => {
    const { to, calls } = await endpoint();
    await send(['--data', '-', '--batch', '3', '--panel', 'uk', '--to', to], { input: text });
    expect(payloadOf(calls[0]!).uk).toHaveLength(3);
  });

  test('goes out byte for byte when it is raw', async () => {
    const body = Buffer.from([0x64, 0x3d, 0xff, 0x00, 0x0a, 0x25]);
    const { to, calls } = await endpoint();
    const { exit, out } = await send(['--raw', '-', '--to', to], { input: body });
    expect(exit).toBe(0);
    expect(calls[0]?.body.equals(body)).toBe(true);
    expect(out).toContain('raw body');
  });

  test('is taken out of any paste, a call for each payload in it', async () => {
    const { to, calls } = await endpoint();
    const { out: first } = await run(['samples', 'rcs', '--print', 'curl']);
    const { out: second } = await run(['samples', 'apn', '--print', 'curl']);
    const { exit, out } = await send(['--data', '-', '--to', to], { input: first + second });
    expect(exit).toBe(0);
    expect(calls.map((call) => eventsOf(call)[0]?.channel)).toEqual(['rcs', 'apn']);
    expect(out).toContain('stdin 2');
  });

  test.each([
    ['panels without lists', '{"shop": 5}'],
    ['JSON that ends early', '{"shop": [{"channel": "sms"'],
    ['nothing', ''],
  ])('is refused when it is %s', async (_, input) => {
    const { to, calls } = await endpoint();
    const { exit, err } = await send(['--data', '-', '--to', to], { input });
    expect(exit).toBe(1);
    expect(err).toMatch(/^error {2}/);
    expect(calls).toHaveLength(0);
  });

  test('is missed when its file is not there', async () => {
    const { exit, err } = await send(['--data', join(folder, 'nothing.json')]);
    expect(exit).toBe(3);
    expect(err).toContain('explain file_not_read');
  });
});

describe('send --print', () => {
  test('sends nothing, and asks for no password', async () => {
    const { to, calls } = await endpoint();
    const argv = ['-c', 'all', '--to', to, '--auth', 'netcore', '--print', 'curl'];
    const { exit, out, err } = await send(argv);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out.match(/^curl /gm)).toHaveLength(7);
    expect(out.match(/-u 'netcore'/g)).toHaveLength(7);
    expect(calls).toHaveLength(0);
  });

  test('shows a raw body byte for byte', async () => {
    const { out } = await send(['--raw', '-', '--print', 'form'], { input: 'd=\u001b[31m%7B\n' });
    expect(out).toBe('d=\u001b[31m%7B\n');
  });

  test('shows no secret', async () => {
    const secrets = ['--auth', 'netcore:s3cret', '-H', 'Cookie: s3cret'];
    const { out, err } = await send(['-c', 'sms', ...secrets, '--print', 'curl']);
    expect(out + err).not.toContain('s3cret');
    expect(out + err).not.toContain(btoa('netcore:s3cret'));
  });

  test.each(['form', 'curl', 'json'])('%s says it in JSON lines too', async (form) => {
    const { out } = await send(['-c', 'email,sms', '--print', form, '--json']);
    const lines = jsonLines(out);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject(
      form === 'json'
        ? { type: 'payload', payload: { netcore_hook_test: [{ channel: 'email' }] }, events: 1 }
        : { type: 'printed', print: form, text: expect.stringContaining('data=%7B') },
    );
  });
});

describe('send refuses', () => {
  test.each([
    [['email'], 'usage', '--channel email'],
    [['-c', 'emial'], 'unknown_channel', '"email"'],
    [['-c', 'sms', '-e', 'bounce'], 'unknown_activity', 'delivered, click'],
    [['-c', 'all', '-e', 'clickd'], 'unknown_activity', '"click"'],
    [['-c', 'custom_activity', '-e', 'Product Serch'], 'unknown_activity', '"Product Search"'],
    [['-c', 'email', '--set', 'email=x'], 'path_not_found', '"event_params.email"'],
    [['-c', 'email', '--set', '__proto__.x=1'], 'invalid_value', 'cannot be a key'],
    [['-c', 'email', '--panel', '__proto__'], 'invalid_value', 'a panel cannot have that name'],
    [['-c', 'email', '--panel', 'a,b'], 'invalid_value', 'it must be a single panel'],
    [['-c', 'email', '--tz', 'Asia/Kolkatta'], 'invalid_value', '"Asia/Kolkata"'],
    [['-c', 'email', '--to', 'ftp://shop.example.com'], 'invalid_value', 'http'],
    [['-c', 'email', '--count', '0'], 'invalid_value', 'from 1'],
    [['-c', 'email', '--batch', 'many'], 'invalid_value', 'from 1'],
    [['-c', 'email', '--rate', '0'], 'invalid_value', '--rate'],
    [['-c', 'email', '--timeout', 'long'], 'invalid_value', '10s'],
    [['-c', 'email', '--seed', '-1'], 'invalid_value', '--seed'],
    [['-c', 'email', '-H', 'Content-Length: 5'], 'header_invalid', 'Content-Length'],
    [['-c', 'email', '-H', 'X: a\r\nY: b'], 'header_invalid', 'control'],
    [['-c', 'email', '--data', 'x'], 'usage', '--data and --channel'],
    [['--raw', 'x', '--set', 'msgid=1'], 'usage', '--raw and --set'],
    [['--raw', '-', '--print', 'json'], 'usage', '--print form'],
    [['-c', 'email', '--verbatim', '--seed', '1'], 'usage', '--verbatim and --seed'],
    [['-c', 'email', '--auth', 'netcore'], 'needs_terminal', '--auth user:password'],
    [[], 'needs_terminal', '--channel, --data, --raw or --like'],
  ])('%j', async (argv, code, words) => {
    const { exit, out, err } = await send(argv);
    expect({ exit, out }).toEqual({ exit: 2, out: '' });
    expect(err).toContain(codeText(code));
    expect(err).toContain(words);
  });

  test('several calls beyond this machine without a yes', async () => {
    const { exit, err } = await send(['-c', 'all', '--to', 'https://shop.example.com/hook']);
    expect(exit).toBe(2);
    expect(err).toContain('explain needs_yes');
    expect(err).toContain('--yes');
  });
});

describe('send on a terminal', () => {
  const started = (argv: readonly string[] = []) =>
    start(['send', '--store', folder, '--no-color', ...argv], { terminal: true });

  test('asks what, where to and as whom', async () => {
    const { to, calls } = await endpoint();
    const running = started();
    await running.line(/Channel/);
    running.type('\u001b[B\r');
    await running.line(/Activity/);
    running.type('\u001b[B\r');
    await running.line(/URL/);
    running.type(`${to}\r`);
    await running.line(/User/);
    running.type('netcore\r');
    await running.line(/Password/);
    running.type('s3cret\r');
    const { exit, out, err } = await running.finished;
    expect(exit).toBe(0);
    expect(eventsOf(calls[0])[0]).toMatchObject({ channel: 'sms', event: 'click' });
    expect(calls[0]?.headers.authorization).toBe(`Basic ${btoa('netcore:s3cret')}`);
    expect(out + err).not.toContain('s3cret');
  });

  test('asks only for what it was not told', async () => {
    const { to, calls } = await endpoint();
    const running = started(['-e', 'open', '--to', to, '--auth', 'netcore:secret']);
    await running.line(/Channel/);
    running.type('\r');
    const { exit, err } = await running.finished;
    expect(exit).toBe(0);
    expect(calls).toHaveLength(1);
    expect(err).not.toMatch(/Activity|URL|User/);
  });

  test('is interrupted by Ctrl-C in a question, with the cursor as it was', async () => {
    const running = started();
    await running.line(/Channel/);
    running.type('\u0003');
    const { exit, out, err } = await running.finished;
    expect({ exit, out }).toEqual({ exit: 130, out: '' });
    expect(err).toContain('explain interrupted');
    expect(err).not.toContain('    at ');
    expect(err.lastIndexOf('\u001b[?25h')).toBeGreaterThan(err.lastIndexOf('\u001b[?25l'));
  });

  test('asks before several calls go beyond this machine, and takes no for the answer', async () => {
    const running = started(['-c', 'all', '--to', 'https://shop.example.com/hook']);
    await running.line(/Send 7 calls to shop\.example\.com\?/);
    running.type('\r');
    const { exit, out, err } = await running.finished;
    expect({ exit, out }).toEqual({ exit: 1, out: '' });
    expect(err).toContain('Nothing was sent.');
  });

  test('asks for a password that is missing', async () => {
    const { to, calls } = await endpoint();
    const running = started(['-c', 'rcs', '--to', to, '--auth', 'netcore']);
    await running.line(/Password of netcore/);
    running.type('pa:ss\r');
    expect((await running.finished).exit).toBe(0);
    expect(calls[0]?.headers.authorization).toBe(`Basic ${btoa('netcore:pa:ss')}`);
  });
});
