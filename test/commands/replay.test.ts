import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import type { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ReceivedCall } from '../../src/call/call.js';
import { processHost } from '../../src/host.js';
import { dataValue } from '../../src/payload/form-codec.js';
import { announceListener } from '../../src/store/presence.js';
import { type RunOptions, run, start } from '../helpers/run.js';
import { nobodyThere, serve } from '../helpers/servers.js';
import { bodyOf, historyOf, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

interface Arrived {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly at: number;
}

/** An endpoint that answers as it is told, and what arrived there. */
async function endpoint(answer: (body: Buffer) => number = () => 200) {
  const calls: Arrived[] = [];
  const listener: RequestListener = async (request, response) => {
    const { method, url, headers } = request;
    const body = await buffer(request);
    calls.push({ method, url, headers, body, at: performance.now() });
    response.statusCode = answer(body);
    response.end('seen');
  };
  return { to: (await serve(listener)).href, calls };
}

const parsed = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** `replay` from a store with these calls. */
async function shop(calls: readonly Partial<ReceivedCall>[]) {
  const { files, captures } = await recordCalls(calls);
  const on =
    (command: string) =>
    (words: readonly string[], options: RunOptions = {}) =>
      run([command, ...words, '--store', files.folder], options);
  return { ids: captures.map(({ id }) => id), files, replay: on('replay'), history: on('history') };
}

const batch = bodyOf([
  { channel: 'email', event: 'open', msgid: '546' },
  { channel: 'sms', event: 'click', msgid: '547', price: 1 },
]);

describe('a replay', () => {
  const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

  test.each<[string, Partial<ReceivedCall>]>([
    ['a form', { body: batch }],
    [
      'bytes that are no text',
      { body: everyByte, headers: [['content-type', 'application/octet-stream; x="é"']] },
    ],
    ['a body without a type', { headers: [] }],
    [
      'a coded body',
      {
        body: gzipSync(batch),
        headers: [
          ['Content-Type', 'application/x-www-form-urlencoded'],
          ['Content-Encoding', 'gzip'],
        ],
      },
    ],
    ['another method', { method: 'PUT' }],
    ['a call without a body', { method: 'GET', body: new Uint8Array(), headers: [] }],
  ])('sends %s as it came', async (_, call) => {
    const { replay, ids, files } = await shop([call]);
    const { to, calls } = await endpoint();
    const { exit } = await replay(['last', '--to', to, '--auth', 'netcore:secret']);
    expect(exit).toBe(0);
    const capture = historyOf(files).find('last');
    const header = (name: string) =>
      capture.headers.find(([raw]) => raw.toLowerCase() === name)?.[1];
    expect(calls[0]?.body.equals(capture.body)).toBe(true);
    expect(calls[0]).toMatchObject({ method: capture.method, url: '/hook' });
    expect(calls[0]?.headers['content-type']).toBe(header('content-type'));
    expect(calls[0]?.headers['content-encoding']).toBe(header('content-encoding'));
    expect(calls[0]?.headers['x-netcore-hook-id']).toBe(ids[0]);
    expect(calls[0]?.headers.authorization).toMatch(/^Basic /);
  });

  test.each([
    [['last'], [3]],
    [
      ['last~1', 'last~3'],
      [2, 0],
    ],
    [
      ['--last', '2'],
      [2, 3],
    ],
    [['--last', '1', '-c', 'sms'], [1]],
    [
      ['-c', 'email'],
      [0, 2, 3],
    ],
    [['--since', '1h', '--status', '503'], [2]],
  ])(
    'of %j sends what is meant, ids in their order and others oldest first',
    async (words, wanted) => {
      const sms = bodyOf([{ channel: 'sms', event: 'click' }]);
      const { replay, ids } = await shop([{}, { body: sms }, { status: 503 }, {}]);
      const { to, calls } = await endpoint();
      await replay([...words, '--to', to]);
      expect(calls.map(({ headers }) => headers['x-netcore-hook-id'])).toEqual(
        wanted.map((index) => ids[index]),
      );
    },
  );

  test('of one event of a batch sends it alone, with an id of its own', async () => {
    const { replay, ids } = await shop([{ body: batch }]);
    const { to, calls } = await endpoint();
    await replay(['last.2', '--to', to]);
    expect(JSON.parse(dataValue(calls[0]!.body) ?? '')).toEqual({
      netcore_hook_test: [{ channel: 'sms', event: 'click', msgid: '547', price: 1 }],
    });
    expect(calls[0]?.headers['x-netcore-hook-id']).toBe(`${ids[0]}.2`);
  });

  test('is told as attempts and a summary, and kept in the history', async () => {
    const { replay, ids, history } = await shop([{}, { body: batch }]);
    const { to } = await endpoint((body) => (body.length > 200 ? 500 : 200));
    const { exit, out } = await replay(['--last', '2', '--to', to, '--json']);
    expect(exit).toBe(1);
    expect(parsed(out)).toMatchObject([
      { type: 'attempt', capture: ids[0], to, number: 1, status: 200, reason: null },
      { type: 'attempt', capture: ids[1], to, number: 1, status: 500, reason: 'seen' },
      { type: 'summary', calls: 2, answered200: 1 },
    ]);
    await replay(['last.2', '--to', to]);
    const [record] = parsed((await history(['show', 'last', '--json'])).out);
    expect(record.attempts).toMatchObject([
      { capture: ids[1], to, number: 1, status: 500, reason: 'seen', answer: 'seen' },
      { capture: `${ids[1]}.2`, to, number: 2, status: 200, reason: null, answer: 'seen' },
    ]);
    const shown = await history(['show', 'last']);
    expect(shown.out).toMatch(
      /Attempts\n +1 .* 500 .*\n {5}seen\n +2 .* 200 .* event 2\n {5}seen\n$/,
    );
  });

  test('keeps an attempt that got no answer, and ends with 3', async () => {
    const { replay, history } = await shop([{}]);
    const { href } = await nobodyThere();
    const { exit, err } = await replay(['last', '--to', href]);
    expect(exit).toBe(3);
    expect(err).toContain('no_answer');
    const [record] = parsed((await history(['show', 'last', '--json'])).out);
    expect(record.attempts).toMatchObject([{ number: 1, status: null }]);
  });

  test('of an exported file needs no store, and sends more than a few', async () => {
    const { ids, history } = await shop(Array.from({ length: 30 }, () => ({})));
    const { out } = await history(['export']);
    const { to, calls } = await endpoint();
    const store = `${temporaryFolder()}/none`;
    const { exit, err } = await run(['replay', '--from', '-', '--to', to, '--store', store], {
      input: out,
    });
    expect(exit).toBe(0);
    expect(err).not.toContain('warning');
    expect(calls.map(({ headers }) => headers['x-netcore-hook-id'])).toEqual(ids);
  });

  test.each([
    ['4x', 250],
    ['10x', 100],
  ])('at %s keeps the spacing of the recording', async (speed, gap) => {
    const time = Date.UTC(2026, 10, 23, 12);
    const { replay } = await shop([{ time }, { time: time + 1000 }]);
    const { to, calls } = await endpoint();
    await replay(['--last', '2', '--to', to, '--speed', speed]);
    const [first, second] = calls.map(({ at }) => at);
    expect(second! - first!).toBeGreaterThan(gap * 0.5);
    expect(second! - first!).toBeLessThan(gap + 250);
  });

  test('prints instead of sending', async () => {
    const { replay } = await shop([{ body: batch }]);
    const form = await replay(['last', '--print', 'form']);
    expect(form.out).toBe(Buffer.from(batch).toString());
    const json = await replay(['last.1', '--print', 'json', '--json']);
    expect(parsed(json.out)[0].payload).toEqual({
      netcore_hook_test: [{ channel: 'email', event: 'open', msgid: '546' }],
    });
    const curl = await replay([
      ...['last', '--print', 'curl', '--to', 'https://shop.example.com/hook'],
      ...['--auth', 'netcore'],
    ]);
    expect(curl.out).toContain("curl 'https://shop.example.com/hook'");
    expect(curl.out).toContain("-u 'netcore'");
  });

  test('prints no more than its reader takes', async () => {
    // More than what streams hold, which has grown since Node 22.
    const { files } = await shop(Array.from({ length: 600 }, () => ({ body: batch })));
    const words = ['replay', '--last', '600', '--print', 'curl', '--store', files.folder];
    const { host, finished } = start(words);
    const stdout = host.stdout as PassThrough;
    stdout.pause();
    const held = () => stdout.writableLength + stdout.readableLength;
    while (!stdout.writableNeedDrain) await turn();
    const full = held();
    for (let count = 0; count < 100; count += 1) await turn();
    expect(held()).toBe(full);
    stdout.resume();
    const { out } = await finished;
    expect(out.match(/^curl /gm)).toHaveLength(600);
    expect(out.length).toBeGreaterThan(full);
  });

  test('lets a header of the user go before its own', async () => {
    const { replay } = await shop([{}]);
    const { to, calls } = await endpoint();
    await replay(['last', '--to', to, '-H', 'x-netcore-hook-id: 7', '-H', 'X-Shop: north']);
    expect(calls[0]?.headers).toMatchObject({ 'x-netcore-hook-id': '7', 'x-shop': 'north' });
  });
});

describe('a replay never goes', () => {
  test.each(['http://localhost', 'http://127.0.0.1', 'http://[::1]'])(
    'to the listener of its own store by the name %s',
    async (origin) => {
      const { replay, files } = await shop([{}]);
      await announceListener(
        files.folder,
        {
          pid: process.pid,
          url: 'http://127.0.0.1:4499/',
          started: 0,
          health: null,
          inspector: null,
        },
        processHost(),
      );
      const { exit, err } = await replay(['last', '--to', `${origin}:4499/hook`]);
      expect(exit).toBe(2);
      expect(err).toContain('replay_loop');
    },
  );

  test('beyond this machine without a yes, asked for on a terminal or given', async () => {
    const { replay, files } = await shop([{}]);
    const to = 'https://shop.invalid/hook';
    const refused = await replay(['last', '--to', to]);
    expect(refused.exit).toBe(2);
    expect(refused.err).toContain('replay_needs_yes');
    const json = await replay(['last', '--to', to, '--json'], { terminal: true });
    expect(parsed(json.err)[0].message).toContain('--json disables prompts');
    const asked = start(['replay', 'last', '--to', to, '--store', files.folder], {
      terminal: true,
    });
    await asked.line(/Send a real capture to shop\.invalid\?/);
    asked.type('n\n');
    expect(await asked.finished).toMatchObject({ exit: 1 });
    const given = await replay(['last', '--to', to, '--yes']);
    expect(given.err).toContain('no_answer');
  });

  test.each([
    [[], 'nothing_selected', 2],
    [['last'], 'target_missing', 2],
    [['last', '--last', '2', '--to', ':1'], 'cannot be combined', 2],
    [['last', '-c', 'email', '--to', ':1'], 'cannot be combined', 2],
    [['last', '--to', ':1', '--speed', '2x', '--rate', '5'], 'cannot be combined', 2],
    [['last', '--to', ':1', '--speed', 'fast'], 'it is not a speed', 2],
    [['--text', 'nowhere', '--to', ':1'], 'nothing_to_replay', 1],
    [['zzzz', '--to', ':1'], 'no_such_capture', 1],
  ])('with %j', async (words, word, expected) => {
    const { replay } = await shop([{}]);
    const { exit, err } = await replay(words);
    expect(err).toContain(word);
    expect(exit).toBe(expected);
  });

  test.each([
    [{ NETCORE_HOOK_TO: 'ftp://shop.example.com' }, 'NETCORE_HOOK_TO cannot be'],
    [{ NETCORE_HOOK_AUTH: ':secret' }, 'NETCORE_HOOK_AUTH does not contain valid credentials'],
  ])('with %j of the environment, by its name', async (env, words) => {
    const { replay } = await shop([{}]);
    const { exit, err } = await replay(['last'], { env: { NETCORE_HOOK_TO: ':1', ...env } });
    expect(err).toContain(words);
    expect(exit).toBe(2);
  });
});

describe('send --like', () => {
  const like = async (words: readonly string[]) => {
    const { files } = await shop([{ body: batch }, { body: Buffer.from('hello') }]);
    const { to, calls } = await endpoint();
    const finished = await run(['send', '--to', to, '--store', files.folder, ...words]);
    return { ...finished, bodies: calls.map(({ body }) => body.toString()) };
  };

  test('sends the payload of a capture as it was written', async () => {
    const { bodies } = await like(['--like', 'last~1']);
    expect(bodies).toEqual([Buffer.from(batch).toString()]);
  });

  test('takes one event of it, and changes', async () => {
    const { bodies } = await like(['--like', 'last~1.2', '--set', 'msgid=900', '--count', '2']);
    expect(bodies.length).toBe(2);
    expect(JSON.parse(dataValue(bodies[0]!) ?? '').netcore_hook_test).toEqual([
      { channel: 'sms', event: 'click', msgid: '900', price: 1 },
    ]);
  });

  test.each([
    [['--like', 'last'], 'capture_without_payload'],
    [['--like', 'zzzz'], 'no_such_capture'],
    [['--like', 'last~1', '-c', 'email'], 'cannot be combined'],
  ])('%j is a problem', async (words, word) => {
    const { err, bodies } = await like(words);
    expect(err).toContain(word);
    expect(bodies).toEqual([]);
  });
});
