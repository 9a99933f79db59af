import { describe, expect, test } from 'vitest';
import { basic, call, exchange, formHeaders } from '../helpers/http.js';
import { lines } from '../helpers/listen-lines.js';
import { startListener } from '../helpers/listener.js';
import { run } from '../helpers/run.js';

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
