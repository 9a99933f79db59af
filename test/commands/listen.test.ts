import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { encode } from '../../src/payload/encode.js';
import { eventKey } from '../../src/payload/event-key.js';
import { listSamples } from '../../src/sample-files.js';
import { basic, call, exchange, formHeaders } from '../helpers/http.js';
import { lines, smsAndEmail } from '../helpers/listen-lines.js';
import { startListener } from '../helpers/listener.js';
import { run } from '../helpers/run.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

describe('a call', () => {
  test('is answered 200, recorded byte for byte, and shown with its events', async () => {
    const listener = await startListener([], { terminal: true });
    const answer = await call(`${listener.url}/webhooks/netcore?shop=1`, {
      headers: formHeaders,
      body: smsAndEmail,
    });
    expect(answer).toMatchObject({ status: 200, text: 'OK\n' });
    const { out, exit } = await listener.stop();
    expect(exit).toBe(0);
    expect(out).toMatch(
      /200\S* {2}\S*POST \/webhooks\/netcore\?shop=1\S* {2}1\.4 kB {2}2 events {2}netcore_hook_test/,
    );
    expect(out).toMatch(/sms\s+\S*delivered\s.*asha@example\.com/);
    expect(out).toMatch(/email\s+\S*open\s.*ravi@example\.com/);
    const body = await run(['history', 'show', 'last', '--body', '--store', listener.store]);
    expect(body.out).toBe(smsAndEmail);
  });

  test.each([
    [[], 'netcore-hook send -c email\n'],
    [['--auth', 'netcore:secret'], 'netcore-hook send -c email --auth netcore\n'],
  ])('is promised by the banner in words that get through: %s', async (words, said) => {
    const listener = await startListener(words, { terminal: true });
    expect((await listener.stop()).err).toContain(said);
  });

  test.each([
    [[], 'captures of the last 30d, up to 10gb'],
    [['--keep-for', '36h', '--keep-size', '1.5gb'], 'captures of the last 36h, up to 1536mb'],
    [['--keep', '2000'], 'the newest 2,000 captures of the last 30d, up to 10gb'],
  ])('with %j says in the banner what is kept: %s', async (words, said) => {
    const listener = await startListener(words);
    expect((await listener.stop()).err).toContain(`Keeps      ${said}\n`);
  });

  test('is one line without persons off a terminal', async () => {
    const listener = await startListener();
    await call(listener.url, { headers: formHeaders, body: smsAndEmail });
    const { out } = await listener.stop();
    expect(out.split('\n').filter(Boolean).length).toBe(1);
    expect(out).toContain('sms delivered, email open');
    expect(out).toContain('panel netcore_hook_test');
    expect(out).not.toContain('example.com');
    expect(out).not.toContain('0000000');
  });

  test.each(listSamples())(
    'of $channel $activity has the keys of its events in JSON',
    async ({ payload }) => {
      const listener = await startListener(['--json']);
      await call(listener.url, { headers: formHeaders, body: encode(payload) });
      const { out } = await listener.stop();
      const keys = Object.entries(payload).flatMap(([panel, events]) =>
        events.map((event) => eventKey(panel, event).key),
      );
      const [notice] = lines(out, 'capture');
      expect(notice?.events).toEqual(keys.map((key) => expect.objectContaining({ key })));
    },
  );

  test('is a JSON line of its own for programs, after the ready line', async () => {
    const listener = await startListener(['--json']);
    await call(listener.url, { headers: formHeaders, body: smsAndEmail });
    const { out, err } = await listener.stop();
    expect(err).toBe('');
    expect(JSON.parse(out.split('\n')[0]!)).toEqual({
      schema: 1,
      type: 'ready',
      url: listener.url,
      store: listener.store,
      pid: process.pid,
      keeps: { captures: null, ms: 30 * 86_400_000, bytes: 10 * 1024 ** 3 },
      users: [],
    });
    expect(lines(out, 'capture')).toEqual([
      expect.objectContaining({
        schema: 1,
        method: 'POST',
        target: '/',
        remote: '127.0.0.1',
        bytes: smsAndEmail.length,
        status: 200,
        panels: ['netcore_hook_test'],
        problem: null,
        events: [
          expect.objectContaining({ channel: 'sms', activity: 'delivered', msgid: '1318' }),
          expect.objectContaining({ channel: 'email', activity: 'open', msgid: '4930' }),
        ],
      }),
    ]);
  });

  test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('may be a %s', async (method) => {
    const listener = await startListener(['--json']);
    const answer = await call(`${listener.url}/x`, { method });
    expect(answer.status).toBe(200);
    const { out } = await listener.stop();
    expect(lines(out, 'capture')).toMatchObject([
      { method, bytes: 0, problem: 'The body is empty.' },
    ]);
  });

  test.each([
    ['an empty body', '', 'The body is empty.'],
    ['no field data', 'name=Asha', 'There is no field "data" in the body.'],
    ['broken JSON', 'data=%7B%22p', 'not JSON'],
    ['a list', 'data=%5B%5D', 'The payload is a list, not panels.'],
    ['bytes that are not UTF-8', 'data=%FF', 'not UTF-8'],
  ])('with %s is recorded, answered 200 and shown as what it is', async (_, body, problem) => {
    const listener = await startListener(['--json']);
    expect((await call(listener.url, { headers: formHeaders, body })).status).toBe(200);
    const { out } = await listener.stop();
    expect(lines(out, 'capture')).toMatchObject([
      { status: 200, events: [], problem: expect.stringContaining(problem) },
    ]);
  });

  test('may have any target: it is kept as it came', async () => {
    const listener = await startListener(['--json']);
    const targets = [
      '//evil',
      'http://other.example.com/x',
      '/a%00b',
      '/%zz',
      '/?__proto__=1',
      '*',
    ];
    for (const target of targets) {
      const method = target === '*' ? 'OPTIONS' : 'GET';
      const answer = await exchange(
        listener.url,
        `${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    }
    const { out } = await listener.stop();
    expect(lines(out, 'capture').map((line) => line.target)).toEqual(targets);
  });

  test('is answered when the client closes its side after sending', async () => {
    const listener = await startListener();
    const answer = await exchange(
      listener.url,
      'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 6\r\n\r\ndata=1',
      { halfClose: true },
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('may come in chunks, and after asking whether to continue', async () => {
    const listener = await startListener(['--json']);
    const answer = await exchange(
      listener.url,
      'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n' +
        '4\r\ndata\r\n2\r\n=1\r\n0\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
    expect(lines((await listener.stop()).out, 'capture')).toMatchObject([{ bytes: 6 }]);
  });

  test('is not recorded when the client goes away before the end of its body', async () => {
    const listener = await startListener(['--json']);
    await exchange(
      listener.url,
      'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\ndata=1',
      { halfClose: true },
    );
    await listener.line(/"refused"/);
    const { out } = await listener.stop();
    expect(lines(out, 'capture')).toEqual([]);
  });

  test('keeps everything of its header but the secrets', async () => {
    const listener = await startListener(['--auth', 'netcore:se:cret']);
    await call(listener.url, {
      headers: {
        ...formHeaders,
        Authorization: basic('netcore', 'se:cret'),
        Cookie: 'session=abc123',
        'X-Signature': 'sha256=00ff',
      },
      body: 'data=1',
    });
    const { out } = await run(['history', 'show', 'last', '--json', '--store', listener.store]);
    const { headers } = JSON.parse(out) as { headers: [string, string][] };
    expect(headers).toContainEqual(['Authorization', 'Basic <right>']);
    expect(headers).toContainEqual(['Cookie', '<removed>']);
    expect(headers).toContainEqual(['X-Signature', 'sha256=00ff']);
    const database = readFileSync(join(listener.store, 'captures.db'), 'latin1');
    expect(database).not.toContain('abc123');
    expect(database).not.toContain(basic('netcore', 'se:cret').slice(6));
  });

  test('shows what its text would do to a terminal instead of doing it', async () => {
    const payload = {
      'panel\u001b[2J': [
        { channel: 'sms\n', event: '\u202eclick', event_params: { foreignkey: '\u0007x' } },
      ],
    };
    const listener = await startListener([], { terminal: true });
    await call(listener.url, {
      headers: formHeaders,
      body: `data=${encodeURIComponent(JSON.stringify(payload))}`,
    });
    const { out } = await listener.stop();
    expect(out).toContain('panel\\u001b[2J');
    expect(out).toContain('\\u202eclick');
    expect(out).not.toMatch(/\u001b\[2J|\u202e|\u0007/);
  });

  test('with more than ten events shows ten and counts the rest', async () => {
    const events = Array.from({ length: 25 }, (_, index) => ({
      channel: 'sms',
      event: 'click',
      event_params: { foreignkey: `shopper${index}@example.com` },
    }));
    const listener = await startListener([], { terminal: true });
    await call(listener.url, {
      headers: formHeaders,
      body: `data=${encodeURIComponent(JSON.stringify({ netcore_hook_test: events }))}`,
    });
    const { out } = await listener.stop();
    expect(out).toContain('shopper9@example.com');
    expect(out).not.toContain('shopper10@example.com');
    expect(out).toContain('+15 more');
  });

  test('is followed by its decoded JSON under --verbose, numbers as they were written', async () => {
    const listener = await startListener(['-v'], { terminal: true });
    await call(listener.url, {
      headers: formHeaders,
      body: `data=${encodeURIComponent('{"p":[{"channel":"sms","price":9990.90,"msgid":9007199254740993}]}')}`,
    });
    const { out } = await listener.stop();
    expect(out).toContain('"price": 9990.90');
    expect(out).toContain('"msgid": 9007199254740993');
  });
});

describe('a pipeline', () => {
  const wait = (...words: string[]) => startListener(['--exit-after', '2', ...words]);
  const email = `data=${encodeURIComponent('{"p":[{"channel":"email","event":"open"}]}')}`;

  test('goes on when as many calls came as it waits for, and only those that match count', async () => {
    const listener = await wait('-c', 'email', '--wait', '1h');
    await call(listener.url, { headers: formHeaders, body: email });
    await call(listener.url, { headers: formHeaders, body: 'data=1' });
    await call(listener.url, { headers: formHeaders, body: email });
    const { exit, err } = await listener.finished;
    expect(err).toContain('Stopped after 3 calls: 3 × 200.');
    expect(exit).toBe(0);
  });

  test('fails when they do not come in time, or it is stopped before', async () => {
    const late = await wait('--wait', '1ms');
    expect(await late.finished).toMatchObject({
      exit: 1,
      err: expect.stringContaining(
        'No matching call arrived within 1 ms.\n       Check that calls are posted',
      ),
    });
    const stopped = await wait();
    await call(stopped.url, { body: 'data=1' });
    const { exit, err } = await stopped.stop();
    expect(err).toContain('Only 1 of 2 matching calls arrived.');
    expect(exit).toBe(1);
  });

  test('is told what came instead, and no person', async () => {
    const listener = await wait('-c', 'rcs', '--auth', 'netcore:secret');
    const headers = { ...formHeaders, Authorization: basic('netcore', 'secret') };
    for (const body of [email, email, 'data=1', '']) await call(listener.url, { headers, body });
    await call(listener.url, { headers: formHeaders, body: email });
    const { exit, err } = await listener.stop();
    expect(exit).toBe(1);
    expect(err).toContain(
      'No matching call arrived. Other calls arrived: email open ×2, ' +
        '1 call without an event (The payload is a number, not panels), ' +
        '1 call without an event (The body is empty), 1 call refused (no credentials).',
    );
  });
});

describe('output', () => {
  test('that nobody reads does not hold a call up, is bounded, and what was missed is told', async () => {
    const listener = await startListener(['--json'], { terminal: true });
    const stdout = listener.host.stdout as PassThrough;
    stdout.pause();
    const events = Array.from({ length: 1000 }, () => ({ channel: 'sms', event: 'click' }));
    const body = `data=${encodeURIComponent(JSON.stringify({ netcore_hook_test: events }))}`;
    // Each line is some 150 kB.
    for (let count = 0; count < 60; count += 1) {
      expect((await call(listener.url, { headers: formHeaders, body })).status).toBe(200);
    }
    expect(stdout.writableLength).toBeLessThan(5 * 1024 * 1024);
    stdout.resume();
    const [, missed = ''] = await listener.line(/"missed","lines":(\d+)/);
    expect(Number(missed)).toBeGreaterThan(20);
    await call(listener.url, { headers: formHeaders, body: 'data=1' });
    await listener.line(/"target":"\/"[^\n]*"bytes":6/);
  });
});

test('a clock that jumps back keeps the order in which calls came, and every id apart', async () => {
  const times = [Date.UTC(2026, 5, 1), Date.UTC(2026, 4, 1), Date.UTC(2027, 0, 1)];
  let calls = 0;
  const listener = await startListener(['--json'], { now: () => times[calls % 3]! });
  for (; calls < 6; calls += 1) await call(listener.url, { body: `data=${calls}` });
  const captured = lines((await listener.stop()).out, 'capture');
  const { out } = await run(['history', '--json', '--store', listener.store]);
  const ids = lines(out, 'capture').map(({ id }) => id);
  expect(ids).toEqual(captured.map(({ id }) => id).reverse());
  expect(new Set(ids).size).toBe(6);
});

describe('faults to try out', () => {
  test('answer another status, and still record', async () => {
    const listener = await startListener(['--respond', '500', '--json']);
    expect((await call(listener.url, { body: 'data=1' })).status).toBe(500);
    expect(lines((await listener.stop()).out, 'capture')).toMatchObject([{ status: 500 }]);
  });

  test('answer it never at rate 0', async () => {
    const listener = await startListener(['--respond', '500', '--respond-rate', '0']);
    expect((await call(listener.url, { body: 'data=1' })).status).toBe(200);
  });

  test('hold the answer back', async () => {
    const listener = await startListener(['--delay', '250ms']);
    const begun = performance.now();
    await call(listener.url, { body: 'data=1' });
    expect(performance.now() - begun).toBeGreaterThan(245);
  });
});

describe('filters', () => {
  test('choose what is shown; everything is recorded', async () => {
    const listener = await startListener(['-c', 'email', '-e', 'opened'], { terminal: true });
    await call(listener.url, { headers: formHeaders, body: smsAndEmail });
    await call(listener.url, {
      headers: formHeaders,
      body: `data=${encodeURIComponent('{"p":[{"channel":"rcs","event":"click"}]}')}`,
    });
    const { out } = await listener.stop();
    expect(out).toContain('ravi@example.com');
    expect(out).not.toContain('asha@example.com');
    expect(out).not.toContain('rcs');
    const { out: all } = await run(['history', '--json', '--store', listener.store]);
    expect(lines(all, 'capture').length).toBe(2);
  });
});

test('above fifty calls a second people are told a number, and programs every call', async () => {
  const sixty = Array.from({ length: 60 }, (_, index) => `data=${index}`);
  const people = await startListener();
  await Promise.all(sixty.map((body) => call(people.url, { headers: formHeaders, body })));
  const shown = (await people.stop()).out.split('\n').filter(Boolean);
  expect(shown.length).toBe(51);
  expect(shown[50]).toMatch(/^\S+Z {2}60 calls in a second, all recorded$/);

  const guarded = await startListener(['--auth', 'netcore:secret']);
  await Promise.all(sixty.map((body) => call(guarded.url, { headers: formHeaders, body })));
  expect((await guarded.stop()).out).toMatch(/Z {2}60 calls refused in a second\n$/);

  const programs = await startListener(['--json']);
  await Promise.all(sixty.map((body) => call(programs.url, { headers: formHeaders, body })));
  expect(lines((await programs.stop()).out, 'capture').length).toBe(60);
});

test('what is looked for is shown among however many others', async () => {
  const listener = await startListener(['-c', 'email']);
  const others = Array.from({ length: 60 }, (_, index) => `data=${index}`);
  await Promise.all(others.map((body) => call(listener.url, { headers: formHeaders, body })));
  await call(listener.url, { headers: formHeaders, body: smsAndEmail });
  expect((await listener.stop()).out).toMatch(/^\S+Z {2}\S+ {2}200 .*email open/);
});

test('more calls than can be read are counted by the second, those refused apart', async () => {
  const listener = await startListener(['--path', '/hook'], { terminal: true });
  const base = listener.url.replace(/\/hook$/, '');
  const said = {
    '/hook': 'calls in a second, all recorded',
    '/elsewhere': 'calls refused in a second',
  };
  // A machine that is busy with something else takes seconds for them.
  const each = 300;
  await Promise.all(
    Array.from({ length: each }, (_, at) =>
      Object.keys(said).map((path) => call(`${base}${path}`, { body: `data=${at}` })),
    ).flat(),
  );
  const { out } = await listener.stop();
  for (const [path, line] of Object.entries(said)) {
    const shown = out.split('\n').filter((text) => text.includes(`POST ${path}`)).length;
    const counted = [...out.matchAll(new RegExp(`  (\\d+) ${line}\\n`, 'g'))].map(([, count]) =>
      Number(count),
    );
    expect(Math.min(...counted)).toBeGreaterThan(50);
    // Fifty of each second that has a count are shown as well.
    const uncounted = shown - 50 * counted.length;
    expect(uncounted + counted.reduce((sum, calls) => sum + calls, 0)).toBe(each);
  }
});

test('an IPv6 address may have the brackets of a URL', async () => {
  const listener = await startListener(['--host', '[::1]']);
  expect(new URL(listener.url).hostname).toBe('[::1]');
});

test('a folder among the notes of listeners does not stop a listener', async () => {
  const store = temporaryFolder();
  mkdirSync(join(store, 'listeners', '1-1.json', 'more'), { recursive: true });
  const listener = await startListener([], { store });
  expect((await listener.stop()).exit).toBe(0);
});
