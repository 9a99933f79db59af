import { X509Certificate } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { PassThrough } from 'node:stream';
import { connect } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Certificate, makeCertificate } from '../helpers/certificates.js';
import { basic, call, exchange, formHeaders } from '../helpers/http.js';
import { type Listener, startListener } from '../helpers/listener.js';
import { openConnection } from '../helpers/raw-connection.js';
import { run, start } from '../helpers/run.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const smsAndEmail = readFileSync(
  new URL('../fixtures/vendor-page/sms-delivered.txt', import.meta.url),
  'latin1',
)
  .trim()
  .replace(/^data="(.*)"$/, 'data=$1');

function lines(text: string, type: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line.type === type);
}

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

describe('what is refused', () => {
  test('is wrong credentials: 401 that asks for Basic, shown with the user and counted', async () => {
    const listener = await startListener(['--auth', 'netcore:secret']);
    const none = await call(listener.url, { headers: formHeaders, body: 'data=1' });
    expect(none).toMatchObject({ status: 401, text: 'Unauthorized.\n' });
    expect(none.headers['www-authenticate']).toBe('Basic realm="netcore-hook", charset="UTF-8"');
    const wrong = await call(listener.url, {
      headers: { ...formHeaders, Authorization: basic('netcore', 'guess') },
      body: 'data=1',
    });
    expect(wrong.status).toBe(401);
    const { out, err } = await listener.stop();
    expect(out).toContain(
      '401  POST /  no credentials, from 127.0.0.1  (1 not answered 200 so far)',
    );
    expect(out).toContain(
      '401  POST /  wrong password, user "netcore", from 127.0.0.1  (2 not answered 200 so far)',
    );
    expect(err).toContain('Stopped after 2 calls: 0 × 200, 2 × 401.');
    expect(`${out}${err}`).not.toContain('guess');
    expect((await run(['history', '--store', listener.store])).out).toBe('');
  });

  test('is a JSON line with its code for programs', async () => {
    const listener = await startListener(['--json', '--auth', 'netcore:secret']);
    await call(listener.url, { headers: { Authorization: basic('someone', 'x') }, body: 'data=1' });
    expect(lines((await listener.stop()).out, 'refused')).toMatchObject([
      { status: 401, code: 'unknown_user', user: 'someone', remote: '127.0.0.1', not200: 1 },
    ]);
  });

  test('is HTTPS where HTTP is served, named as that', async () => {
    const listener = await startListener(['--json']);
    const secure = listener.url.replace('http:', 'https:');
    const { exit, err } = await run(['send', '-c', 'email', '--to', secure]);
    expect({ exit, err }).toEqual({
      exit: 3,
      err: expect.stringMatching(/from https:\/\/\S+ The server does not speak TLS\./),
    });
    expect(lines((await listener.stop()).out, 'refused')).toMatchObject([
      { status: 400, code: 'tls_not_served' },
    ]);
  });

  test('is a body over the limit, declared or not, with an answer that can be read', async () => {
    const listener = await startListener(['--max-body', '64kb']);
    const limit = 64 * 1024;
    expect((await call(listener.url, { body: 'x'.repeat(limit) })).status).toBe(200);
    expect((await call(listener.url, { body: 'x'.repeat(limit + 1) })).status).toBe(413);
    const chunked = await call(listener.url, {
      headers: { 'Transfer-Encoding': 'chunked' },
      body: 'x'.repeat(8 * 1024 * 1024),
    });
    expect(chunked).toMatchObject({ status: 413, text: 'The body is too large.\n' });
    const { out } = await run(['history', 'list', '--json', '--store', listener.store]);
    expect(lines(out, 'capture').map(({ bytes }) => bytes)).toEqual([limit]);
  });

  test('is a peer that is not allowed, and nobody else', async () => {
    const closed = await startListener(['--allow', '192.0.2.7,2001:db8::/32']);
    expect((await call(closed.url, { body: 'data=1' })).status).toBe(403);
    const open = await startListener(['--allow', '::ffff:127.0.0.0/104']);
    expect((await call(open.url, { body: 'data=1' })).status).toBe(200);
  });

  test('is another path than --path names', async () => {
    const listener = await startListener(['--path', '/hook']);
    const base = listener.url.replace(/\/hook$/, '');
    expect((await call(`${base}/hook?x=1`)).status).toBe(200);
    expect((await call(`${base}/`)).status).toBe(404);
    expect((await call(`${base}/hook/x`)).status).toBe(404);
  });

  test.each([
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n', 405],
    ['CONNECT', 'CONNECT shop.example.com:443 HTTP/1.1\r\nHost: shop.example.com:443\r\n\r\n', 405],
    [
      'two Host headers',
      'GET / HTTP/1.1\r\nHost: a.example.com\r\nHost: b.example.com\r\n\r\n',
      400,
    ],
    ['no Host header', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['an empty Host header', 'GET / HTTP/1.1\r\nHost:\r\n\r\n', 400],
    ['a Host with a path', 'GET / HTTP/1.1\r\nHost: a.example.com/x\r\n\r\n', 400],
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
      400,
    ],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    [
      'another coding than chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n',
      400,
    ],
    [
      'chunks of HTTP/1.0',
      'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n',
      400,
    ],
    [
      'a broken chunk',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      400,
    ],
    ['no version', 'GET /\r\n\r\n', 400],
    ['a folded header', 'GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n', 400],
    ['a blank before a colon', 'GET / HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n', 400],
    ['lines that end with a bare feed', 'GET / HTTP/1.1\nHost: a\n\n', 400],
    [
      'a huge trailer',
      `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
    ],
    [
      'an expectation beside the known one',
      'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue, coffee\r\nContent-Length: 0\r\n\r\n',
      417,
    ],
    ['a huge header', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['too many headers', `GET / HTTP/1.1\r\nHost: a\r\n${'X: 1\r\n'.repeat(600)}\r\n`, 431],
    [
      'an unknown expectation',
      'POST / HTTP/1.1\r\nHost: a\r\nExpect: coffee\r\nContent-Length: 0\r\n\r\n',
      417,
    ],
    ['a version that is none', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n', 505],
  ])('is %s, and the listener goes on', async (_, text, status) => {
    const listener = await startListener(['--json']);
    const answer = await exchange(listener.url, text, { halfClose: true });
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect((await call(listener.url, { body: 'data=1' })).status).toBe(200);
    const { out } = await listener.stop();
    expect(lines(out, 'refused')).toMatchObject([{ status }]);
    expect(lines(out, 'capture').length).toBe(1);
  });

  test('is what follows a refused body, and it is no request of its own', async () => {
    const listener = await startListener(['--max-body', '10b', '--json']);
    const answer = await exchange(
      listener.url,
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n',
      { halfClose: true },
    );
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413']);
    const { out } = await listener.stop();
    expect(lines(out, 'refused')).toMatchObject([{ code: 'body_too_large' }]);
    expect(lines(out, 'capture')).toEqual([]);
  });

  test('waits for the answers to the calls before it on the same connection', async () => {
    const listener = await startListener(['--json']);
    const good = (body: string) =>
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const answer = await exchange(
      listener.url,
      `${good('data=1')}${good('data=22')}garbage\r\n\r\n`,
    );
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual([
      'HTTP/1.1 200',
      'HTTP/1.1 200',
      'HTTP/1.1 400',
    ]);
    expect(lines((await listener.stop()).out, 'capture')).toMatchObject([
      { bytes: 6 },
      { bytes: 7 },
    ]);
  });

  test('is not asked to continue when it will be refused', async () => {
    const listener = await startListener(['--auth', 'netcore:secret']);
    const answer = await exchange(
      listener.url,
      'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 6\r\n\r\n',
      { halfClose: true },
    );
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  });
});

describe('a call of a web page', () => {
  const post = { body: 'data=1' };
  /** Headers as a browser, a proxy or a server sets them; OWN is the listener's own port. */
  const table: readonly [what: string, headers: Record<string, string>, admitted: boolean][] = [
    ['that a server makes', {}, true],
    ['that a tunnel brings, without an origin', { Host: 'shop.example.com' }, true],
    [
      'that a proxy brings, without an origin',
      { Host: 'shop.example.com', 'X-Forwarded-For': '192.0.2.7', 'X-Forwarded-Proto': 'https' },
      true,
    ],
    ['of the listener itself', { Origin: 'http://127.0.0.1:OWN' }, true],
    [
      'of the listener itself, by its name',
      { Origin: 'http://localhost:OWN', Host: 'localhost:OWN', 'Sec-Fetch-Site': 'same-origin' },
      true,
    ],
    ['that was typed into a browser', { 'Sec-Fetch-Site': 'none' }, true],
    ['of another site', { Origin: 'https://evil.example' }, false],
    ['of another site, by its fetch', { 'Sec-Fetch-Site': 'cross-site' }, false],
    [
      'of another site, whose browser says both',
      { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' },
      false,
    ],
    ['of a page without an origin', { Origin: 'null' }, false],
    ['of another port of this machine', { Origin: 'http://localhost:3000' }, false],
    ['of another port, by its fetch', { 'Sec-Fetch-Site': 'same-site' }, false],
    [
      'of a name that was pointed at this machine',
      {
        Origin: 'http://evil.example:OWN',
        Host: 'evil.example:OWN',
        'Sec-Fetch-Site': 'same-origin',
      },
      false,
    ],
    ['of a name that begins like ours', { Origin: 'http://localhost.evil.example:OWN' }, false],
    ['of an address that begins like ours', { Origin: 'http://127.0.0.1.evil.example:OWN' }, false],
    ['of two origins', { Origin: 'http://localhost:OWN, https://evil.example' }, false],
    ['of an extension', { Origin: 'chrome-extension://abcdef' }, false],
    ['of an origin that is empty', { Origin: '' }, false],
    ['of a site of an unknown kind', { 'Sec-Fetch-Site': 'elsewhere' }, false],
  ];
  const own = (headers: Record<string, string>, url: string) =>
    Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        value.replace('OWN', new URL(url).port),
      ]),
    );

  test.each(table)('is admitted or refused: %s', async (_what, headers, admitted) => {
    const listener = await startListener(['--json']);
    const { status } = await call(listener.url, { ...post, headers: own(headers, listener.url) });
    expect(status).toBe(admitted ? 200 : 403);
    const { out } = await listener.stop();
    expect(lines(out, 'capture').length).toBe(admitted ? 1 : 0);
    expect(lines(out, 'refused').map(({ code }) => code)).toEqual(admitted ? [] : ['other_site']);
  });

  test.each([['--unprotected'], ['--auth', 'netcore:secret'], ['--allow', '127.0.0.1']])(
    'is admitted from anywhere with %s',
    async (...words) => {
      const listener = await startListener(words);
      const headers = {
        Origin: 'https://evil.example',
        'Sec-Fetch-Site': 'cross-site',
        Authorization: basic('netcore', 'secret'),
      };
      expect((await call(listener.url, { ...post, headers })).status).toBe(200);
    },
  );

  test('is refused with any method, and so is a preflight request', async () => {
    const listener = await startListener(['--json']);
    const headers = { Origin: 'https://evil.example' };
    for (const method of ['GET', 'POST', 'PUT', 'OPTIONS']) {
      expect((await call(listener.url, { method, headers })).status).toBe(403);
    }
    expect(lines((await listener.stop()).out, 'refused').length).toBe(4);
  });

  test('is shown and counted as refused, with the reason', async () => {
    const listener = await startListener();
    const answer = await call(listener.url, {
      ...post,
      headers: { Origin: 'https://evil.example' },
    });
    expect(answer.text).toBe('Web pages of other sites may not call this listener.\n');
    const { out } = await listener.stop();
    expect(out).toContain('403  POST /  web page of another site (--unprotected admits them)');
    expect(out).toContain('(1 not answered 200 so far)');
  });
});

describe('behind a proxy', () => {
  const from = (forwarded: string | string[]) => ({
    headers: { ...formHeaders, 'X-Forwarded-For': forwarded },
    body: 'data=1',
  });

  test('that is trusted, the client is who the proxy saw', async () => {
    const listener = await startListener([
      ...['--trust-proxy', '127.0.0.1,10.0.0.0/8', '--allow', '192.0.2.0/24', '--json'],
    ]);
    expect((await call(listener.url, from('192.0.2.7'))).status).toBe(200);
    expect((await call(listener.url, from(['198.51.100.1', '192.0.2.8, 10.1.1.1']))).status).toBe(
      200,
    );
    expect((await call(listener.url, from('192.0.2.7, 198.51.100.1'))).status).toBe(403);
    expect((await call(listener.url, from('192.0.2.7, unknown'))).status).toBe(403);
    expect((await call(listener.url, { body: 'data=1' })).status).toBe(403);
    const { out } = await listener.stop();
    expect(lines(out, 'capture').map(({ remote }) => remote)).toEqual(['192.0.2.7', '192.0.2.8']);
    expect(lines(out, 'refused')).toMatchObject([
      { code: 'address_not_allowed', remote: '198.51.100.1' },
      { code: 'unclear_address', remote: '127.0.0.1' },
      { code: 'address_not_allowed', remote: '127.0.0.1' },
    ]);
  });

  test('that is not trusted, nothing of what it says is believed', async () => {
    const listener = await startListener(['--trust-proxy', '10.0.0.1', '--allow', '192.0.2.7']);
    expect((await call(listener.url, from('192.0.2.7'))).status).toBe(403);
    const plain = await startListener(['--json']);
    await call(plain.url, {
      headers: {
        'X-Forwarded-For': '192.0.2.7',
        Forwarded: 'for=192.0.2.7',
        'X-Real-IP': '192.0.2.7',
      },
      body: 'data=1',
    });
    expect(lines((await plain.stop()).out, 'capture')).toMatchObject([{ remote: '127.0.0.1' }]);
  });
});

describe('the health path', () => {
  const path = '/_netcore-hook/health';

  test('answers without credentials, tells counts with the right ones, and is no call', async () => {
    const listener = await startListener(['--auth', 'netcore:secret', '--path', '/hook', '--json']);
    const base = listener.url.replace(/\/hook$/, '');
    const right = { headers: { Authorization: basic('netcore', 'secret') } };
    await call(`${base}/hook`, { ...right, body: 'data=1' });
    const open = await call(`${base}${path}`, { method: 'GET' });
    expect(open).toMatchObject({ status: 200, text: '{"status":"ok"}\n' });
    expect(open.headers['content-type']).toBe('application/json');
    const wrong = { headers: { Authorization: basic('netcore', 'guess') } };
    expect((await call(`${base}${path}`, { method: 'GET', ...wrong })).text).toBe(
      '{"status":"ok"}\n',
    );
    const known = await call(`${base}${path}?verbose`, { method: 'GET', ...right });
    expect(JSON.parse(known.text)).toEqual({ status: 'ok', calls: 1, statuses: { 200: 1 } });
    expect((await call(`${base}${path}`, { method: 'HEAD' })).text).toBe('');
    const { out } = await listener.stop();
    expect(lines(out, 'capture').length + lines(out, 'refused').length).toBe(1);
  });

  test('is behind the allow-list', async () => {
    const listener = await startListener(['--allow', '192.0.2.7']);
    expect((await call(`${listener.url}${path}`, { method: 'GET' })).status).toBe(403);
  });

  test('is a path like any other with --no-health, and for any other method', async () => {
    const without = await startListener(['--no-health', '--json']);
    expect((await call(`${without.url}${path}`, { method: 'GET' })).text).toBe('OK\n');
    const listener = await startListener(['--json']);
    expect((await call(`${listener.url}${path}`, { body: 'data=1' })).text).toBe('OK\n');
    expect(lines((await without.stop()).out, 'capture').length).toBe(1);
    expect(lines((await listener.stop()).out, 'capture').length).toBe(1);
  });
});

describe('reading again', () => {
  const attempt = (listener: Listener, password: string) =>
    call(listener.url, {
      headers: { Authorization: basic('netcore', password) },
      body: 'data=1',
    }).then(({ status }) => status);

  test('takes new passwords from the file, every line of it, without a call refused', async () => {
    const file = join(temporaryFolder(), 'credentials');
    writeFileSync(file, 'netcore:old\n', { mode: 0o600 });
    const listener = await startListener(['--auth', `@${file}`, '--auth', 'other:fixed']);
    expect(await attempt(listener, 'old')).toBe(200);
    expect(await attempt(listener, 'new')).toBe(401);
    writeFileSync(file, 'netcore:old\nnetcore:new\n');
    listener.reload();
    await listener.line(/Read credentials and certificate again: "netcore", "other" may log in\./);
    expect(await attempt(listener, 'old')).toBe(200);
    expect(await attempt(listener, 'new')).toBe(200);
  });

  test.each([
    ['gone', (file: string) => rmSync(file), 'Cannot read'],
    ['broken', (file: string) => writeFileSync(file, 'netcore:old\nnetcore\n'), 'line 2'],
    ['empty', (file: string) => writeFileSync(file, ''), 'is empty'],
  ])('a file that is %s says so, and leaves the logins as they were', async (_, spoil, words) => {
    const file = join(temporaryFolder(), 'credentials');
    writeFileSync(file, 'netcore:old\n', { mode: 0o600 });
    const listener = await startListener(['--auth', `@${file}`]);
    spoil(file);
    listener.reload();
    await listener.line(new RegExp(words));
    expect(await attempt(listener, 'old')).toBe(200);
  });

  test('takes a renewed certificate for the connections to come', async () => {
    const folder = temporaryFolder();
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const keep = (made: Certificate) => {
      writeFileSync(cert, made.cert);
      writeFileSync(key, made.key);
      return new X509Certificate(made.cert).fingerprint256;
    };
    const first = keep(makeCertificate());
    const listener = await startListener(['--tls-cert', cert, '--tls-key', key]);
    expect(await fingerprint(listener.url)).toBe(first);
    const second = keep(makeCertificate());
    listener.reload();
    await listener.line(/again/);
    expect(await fingerprint(listener.url)).toBe(second);
  });

  function fingerprint(url: string): Promise<string> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect(
        { host: hostname, port: Number(port), rejectUnauthorized: false },
        () => {
          resolve(socket.getPeerCertificate().fingerprint256);
          socket.destroy();
        },
      );
      socket.on('error', reject);
    });
  }
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

describe('starting', () => {
  test.each([
    [['--port', '70000'], 'invalid_value', 2],
    [['--port', 'http'], 'invalid_value', 2],
    [['--max-body', 'huge'], 'invalid_value', 2],
    [['--keep-alive', '0s'], 'invalid_value', 2],
    [['--keep-alive', '75'], 'invalid_value', 2],
    [['--delay', '5'], 'invalid_value', 2],
    [['--respond', '99'], 'invalid_value', 2],
    [['--respond-rate', '2'], 'invalid_value', 2],
    [['--path', 'hook'], 'invalid_value', 2],
    [['--allow', 'everyone'], 'invalid_value', 2],
    [['--allow', ''], 'invalid_value', 2],
    [['--allow', ' , '], 'invalid_value', 2],
    [['--trust-proxy', ''], 'invalid_value', 2],
    [['--trust-proxy', '10.0.0.0/33'], 'invalid_value', 2],
    [['--listen-fd', 'three'], 'invalid_value', 2],
    [['--listen-fd', '19999'], 'listen_fd_invalid', 3],
    [['--wait', '30s'], 'usage', 2],
    [['--exit-after', '0'], 'invalid_value', 2],
    [['--exit-after', '1', '--wait', '30'], 'invalid_value', 2],
    [['--profile', '../x'], 'invalid_value', 2],
    [['--auth', ':secret'], 'credentials_invalid', 2],
    [['--auth', 'netcore'], 'needs_terminal', 2],
    [['--auth', '@nowhere'], 'file_not_read', 3],
    [['--host', ''], 'invalid_value', 2],
    [['--host', '0.0.0.0'], 'listen_unprotected', 2],
    [['--host', '203.0.113.77', '--auth', 'a:b'], 'address_not_here', 3],
    [['--tls-cert', 'cert.pem'], 'usage', 2],
    [['--tls-cert', 'package.json', '--tls-key', 'package.json'], 'tls_invalid', 3],
    [['--ready-file', '/nonexistent/ready'], 'file_not_written', 3],
    [['--ready-file', '/tmp'], 'file_not_written', 3],
    [['--keep-size', '10'], 'invalid_value', 2],
    [['--keep-size', '10 gigabytes'], 'invalid_value', 2],
    [['extra'], 'usage', 2],
    [['--prot', '1'], 'unknown_option', 2],
  ])('with %j is refused with %s', async (words, code, exit) => {
    const store = temporaryFolder();
    const finished = await run([
      ...['listen', '--port', '0', '--no-inspect', '--store', store],
      ...words,
      '--json',
    ]);
    expect(finished).toMatchObject({ exit, out: '' });
    expect(JSON.parse(finished.err)).toMatchObject({ type: 'problem', code, exit });
  });

  test('names the nearest channel and activity', async () => {
    const briefly = ['listen', '--port', '0', '--no-inspect', '--exit-after', '1', '--wait', '1ms'];
    const warned = async (...words: string[]) => {
      const { exit, err } = await run([...briefly, '--store', temporaryFolder(), ...words]);
      expect(exit).toBe(1);
      return err;
    };
    expect(await warned('-c', 'emial')).toContain('Did you mean "email"?');
    expect(await warned('-e', 'clik')).toContain('Did you mean "click"?');
    const forward = ['-f', ':9', '--forward-channel', 'viber'];
    expect(await warned(...forward)).toContain('"viber" is not a known channel');
  });

  test('names the port that is taken, and a free way out', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as { port: number };
    const { exit, err } = await run([
      'listen',
      '--port',
      String(port),
      '--store',
      temporaryFolder(),
    ]);
    expect(exit).toBe(3);
    expect(err).toContain(`Port ${port} is already in use.`);
    expect(err).toContain('netcore-hook listen --port');
  });

  test('beyond loopback needs a word, and warns', async () => {
    const listener = await startListener(['--host', '0.0.0.0', '--unprotected']);
    const { err } = await listener.stop();
    expect(err).toContain('warning  Any client that reaches 0.0.0.0 can post to this listener');
  });

  test('writes the ready line to a file once calls are taken', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'ready.json');
    writeFileSync(file, 'of an earlier run');
    const listener = await startListener(['--ready-file', file]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      type: 'ready',
      url: listener.url,
    });
    expect(readdirSync(folder)).toEqual(['ready.json']);
  });

  test.each([
    [['--allow', ' , '], {}, '--allow cannot be'],
    [
      [],
      { NETCORE_HOOK_LISTEN_AUTH: ':secret' },
      'NETCORE_HOOK_LISTEN_AUTH does not contain valid credentials',
    ],
    [['--auth', 'a:b', '--auth', ''], {}, '--auth cannot be'],
  ])('with %j and %j says where the wrong value stands', async (words, env, said) => {
    const { exit, err } = await run(['listen', '--store', temporaryFolder(), ...words], { env });
    expect(err).toContain(said);
    expect(exit).toBe(2);
  });

  test('takes credentials from the environment, and asks for a password on a terminal', async () => {
    const listener = await startListener([], { env: { NETCORE_HOOK_LISTEN_AUTH: 'netcore:env' } });
    expect((await call(listener.url, { body: 'data=1' })).status).toBe(401);
    const right = { Authorization: basic('netcore', 'env') };
    expect((await call(listener.url, { headers: right, body: 'data=1' })).status).toBe(200);

    const asking = start(
      ['listen', '--port', '0', '--auth', 'netcore', '--store', temporaryFolder()],
      { terminal: true },
    );
    await asking.line(/Password of netcore/);
    asking.type('typed\r');
    const [, url = ''] = await asking.line(/Listening\S*\s+\S*?(http:\/\/[\d.:]+)/);
    const typed = { Authorization: basic('netcore', 'typed') };
    expect((await call(url, { headers: typed, body: 'data=1' })).status).toBe(200);
    asking.signal();
    const { out, err } = await asking.finished;
    expect(`${out}${err}`).not.toContain('typed');
  });
});

test('serves HTTPS with a certificate of one’s own, and no old TLS', async () => {
  const folder = temporaryFolder();
  const certificate = makeCertificate();
  writeFileSync(join(folder, 'cert.pem'), certificate.cert);
  writeFileSync(join(folder, 'key.pem'), certificate.key);
  const listener = await startListener([
    ...['--tls-cert', join(folder, 'cert.pem')],
    ...['--tls-key', join(folder, 'key.pem')],
  ]);
  expect(listener.url).toMatch(/^https:/);
  const sent = await run(['send', '-c', 'sms', '--to', listener.url, '--insecure']);
  expect(sent).toMatchObject({ exit: 0, out: expect.stringMatching(/^200 /) });
  const old = new Promise((resolve, reject) => {
    const { hostname: host, port } = new URL(listener.url);
    connect({ host, port: Number(port), ca: certificate.cert, maxVersion: 'TLSv1.1' })
      .once('secureConnect', resolve)
      .once('error', reject);
  });
  await expect(old).rejects.toThrow();
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

test('answers 503 once its store was removed, and says so', async () => {
  const listener = await startListener([]);
  expect((await call(listener.url, { body: 'data=1' })).status).toBe(200);
  rmSync(join(listener.store, 'captures.db'));
  expect((await call(listener.url, { body: 'data=2' })).status).toBe(503);
  expect((await listener.stop()).out).toContain('captures.db was removed; start listen again');
});

test('a tunnel to an unprotected listener is warned of, once', async () => {
  const listener = await startListener();
  const tunnelled = { ...formHeaders, 'X-Forwarded-For': '203.0.113.9' };
  await call(listener.url, { headers: tunnelled, body: 'data=1' });
  await call(listener.url, { headers: { Host: 'abc.tunnel.example.com' }, body: 'data=1' });
  const { err } = await listener.stop();
  expect(err.match(/reachable from outside/g)?.length).toBe(1);
});

test('stopping does not wait for a client that never began to speak TLS', async () => {
  const folder = temporaryFolder();
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const made = makeCertificate();
  writeFileSync(cert, made.cert);
  writeFileSync(key, made.key);
  const listener = await startListener(['--tls-cert', cert, '--tls-key', key]);
  await openConnection(listener.url);
  const begun = performance.now();
  expect((await listener.stop()).exit).toBe(0);
  expect(performance.now() - begun).toBeLessThan(5_000);
});

test('stopping finishes the calls that are under way', async () => {
  const listener = await startListener(['--delay', '300ms']);
  const pending = call(listener.url, { body: 'data=1' });
  // The call is under way once it is recorded.
  for (;;) {
    const { out } = await run(['history', '--json', '--store', listener.store]);
    if (out !== '') break;
    await new Promise(setImmediate);
  }
  const { exit } = await listener.stop();
  expect(exit).toBe(0);
  expect((await pending).status).toBe(200);
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
