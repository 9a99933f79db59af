import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { exchange } from '../helpers/http.js';
import { openInspector, token } from '../helpers/inspector.js';
import { recordCalls } from '../helpers/store.js';

let port = 0;
let recorded = 0;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-test-'));
  const { files } = await recordCalls([{}, {}], folder);
  const inspector = await openInspector(files);
  port = inspector.port;
  recorded = 2;
  return async () => {
    await inspector.close();
    rmSync(folder, { recursive: true });
  };
});

/** One of every kind of thing that there is, and of what there is not. */
const reads = [
  '/',
  '/?call=last',
  '/page.js',
  '/page.css',
  '/icon.svg',
  '/favicon.ico',
  '/../package.json',
  '/api/captures',
  '/api/captures/last',
  '/api/captures/last/body',
  '/api/captures/last/print?as=curl',
  '/api/stats',
  '/api/samples',
  '/api/live',
  '/api/nothing',
];
const writes = ['/api/captures/last/replay', '/api/send', '/api/decode', '/api/nothing', '/'];

interface Request {
  readonly method?: string;
  readonly path: string;
  /** Lines of the header, all of them. */
  readonly headers: readonly string[];
  readonly body?: string;
}

interface Told {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Sends a request exactly as it is written. */
async function ask({ method = 'GET', path, headers, body = '' }: Request): Promise<Told> {
  const lines = [`${method} ${path} HTTP/1.1`, ...headers, 'Connection: close'];
  const text = await exchange(`http://127.0.0.1:${port}`, `${lines.join('\r\n')}\r\n\r\n${body}`);
  const [head = '', ...rest] = text.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), head, body: rest.join('\r\n\r\n') };
}

const decodable = JSON.stringify({ text: '{"netcore_hook_test":[]}' });
const ownHost = () => `Host: 127.0.0.1:${port}`;
const right = () => [
  ownHost(),
  `Origin: http://127.0.0.1:${port}`,
  'Sec-Fetch-Site: same-origin',
  `X-Netcore-Hook-Token: ${token}`,
];
const json = (body: string) => ['Content-Type: application/json', `Content-Length: ${body.length}`];

function expectRefused(told: Told, status: number, what: string): void {
  expect(told.status, what).toBe(status);
  expect(told.head, what).toContain("Content-Security-Policy: default-src 'none'");
  expect(told.head, what).not.toMatch(/access-control/i);
  expect(told.body, what).not.toContain(token);
  expect(told.body, what).not.toMatch(/netcore_hook_test|at .*\.[jt]s:/);
}

/** What is wrong with a request whose every other header is right. */
const wrong: readonly (readonly [what: string, headers: () => string[]])[] = [
  ...[
    ['no Host', () => []],
    ['an empty Host', () => ['Host: ']],
    ['a foreign Host', () => [`Host: shop.example.com:${port}`]],
    ['a foreign Host without a port', () => ['Host: shop.example.com']],
    ['a name that resolves to loopback', () => [`Host: 127.0.0.1.nip.example.com:${port}`]],
    ['its Host without the port', () => ['Host: 127.0.0.1']],
    ['its Host with another port', () => [`Host: 127.0.0.1:${port + 1}`]],
    ['the unspecified address', () => [`Host: 0.0.0.0:${port}`]],
    ['another loopback address', () => [`Host: 127.0.0.2:${port}`]],
    ['a number for an address', () => [`Host: 2130706433:${port}`]],
    ['an unspecified IPv6 address', () => [`Host: [::]:${port}`]],
    ['a Host with a final dot', () => [`Host: localhost.:${port}`]],
    ['a Host with userinfo', () => [`Host: 127.0.0.1:${port}@shop.example.com`]],
    ['two Hosts', () => [ownHost(), ownHost()]],
    ['a foreign Host beside its own', () => [ownHost(), 'Host: shop.example.com']],
  ].map(([what, hosts]) => {
    const headers = hosts as () => string[];
    return [what as string, () => [...headers(), ...right().slice(1)]] as const;
  }),
  ...[
    ['the opaque Origin', () => ['null']],
    ['a foreign Origin', () => ['https://shop.example.com']],
    ['the Origin of another port', () => [`http://127.0.0.1:${port + 1}`]],
    ['the Origin without the port', () => ['http://127.0.0.1']],
    ['its Origin by https', () => [`https://127.0.0.1:${port}`]],
    ['an Origin with its own in it', () => [`http://127.0.0.1:${port}.shop.example.com`]],
    ['an Origin with a path', () => [`http://127.0.0.1:${port}/`]],
    ['an empty Origin', () => ['']],
    [
      'a foreign Origin beside its own',
      () => [`http://127.0.0.1:${port}`, 'http://shop.example.com'],
    ],
  ].map(([what, origins]) => {
    const values = origins as () => string[];
    const headers = () => [
      ...right().filter((line) => !line.startsWith('Origin')),
      ...values().map((value) => `Origin: ${value}`),
    ];
    return [what as string, headers] as const;
  }),
  ...['cross-site', 'same-site', 'nonsense'].map((site) => {
    const headers = () => [
      ...right().filter((line) => !line.startsWith('Sec-Fetch')),
      `Sec-Fetch-Site: ${site}`,
    ];
    return [`Sec-Fetch-Site ${site}`, headers] as const;
  }),
  [
    'a link on another site',
    () => [
      ownHost(),
      'Sec-Fetch-Site: cross-site',
      'Sec-Fetch-Mode: navigate',
      'Sec-Fetch-Dest: document',
    ],
  ],
  [
    'a wish for a WebSocket',
    () => [
      ...right(),
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    ],
  ],
  [
    'a wish for HTTP/2',
    () => [...right(), 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA'],
  ],
];

describe('a request with', () => {
  test.each(wrong)('%s is refused, whatever it is for', async (_, headers) => {
    for (const path of reads) {
      expectRefused(await ask({ path, headers: headers() }), 403, path);
      const head = await ask({ method: 'HEAD', path, headers: headers() });
      expect(head).toMatchObject({ status: 403, body: '' });
    }
    for (const path of writes) {
      const request = { method: 'POST', path, body: decodable };
      const told = await ask({ ...request, headers: [...headers(), ...json(decodable)] });
      expectRefused(told, 403, `POST ${path}`);
    }
    // Nor does a preflight learn anything.
    expectRefused(await ask({ method: 'OPTIONS', path: '/api/send', headers: headers() }), 403, '');
  });
});

describe('what is done needs', () => {
  test.each<[string, () => string[]]>([
    ['without one', () => []],
    ['with an empty one', () => ['X-Netcore-Hook-Token: ']],
    ['with a wrong one', () => [`X-Netcore-Hook-Token: ${'0'.repeat(32)}`]],
    ['with the beginning of it', () => [`X-Netcore-Hook-Token: ${token.slice(0, 31)}`]],
    ['with a longer one', () => [`X-Netcore-Hook-Token: ${token}0`]],
    ['with two', () => [`X-Netcore-Hook-Token: ${token}`, `X-Netcore-Hook-Token: ${token}`]],
    ['with a cookie', () => [`Cookie: X-Netcore-Hook-Token=${token}`]],
    ['with credentials', () => [`Authorization: Bearer ${token}`]],
  ])('the token of this run: %s it is refused', async (_, headers) => {
    for (const path of writes.flatMap((each) => [each, `${each}?X-Netcore-Hook-Token=${token}`])) {
      const told = await ask({
        method: 'POST',
        path,
        headers: [...right().slice(0, 3), ...headers(), ...json(decodable)],
        body: decodable,
      });
      expectRefused(told, 403, path);
    }
  });

  test.each<[string, readonly string[]]>([
    ['none', []],
    ['plain text', ['Content-Type: text/plain']],
    ['plain text that names JSON', ['Content-Type: text/plain; application/json']],
    ['a form', ['Content-Type: application/x-www-form-urlencoded']],
    ['an upload', ['Content-Type: multipart/form-data; boundary=x']],
    ['a kind of JSON', ['Content-Type: application/json-patch+json']],
    ['two', ['Content-Type: application/json', 'Content-Type: text/plain']],
  ])('JSON: with the content type %s it is refused', async (_, types) => {
    for (const path of writes) {
      const headers = [...right(), ...types, `Content-Length: ${decodable.length}`];
      const told = await ask({ method: 'POST', path, headers, body: decodable });
      expectRefused(told, 415, path);
    }
  });

  test('the token to follow what comes, or an Origin that shows it is the page', async () => {
    expectRefused(await ask({ path: '/api/live', headers: [ownHost()] }), 403, '');
    const wrongToken = 'X-Netcore-Hook-Token: nonsense';
    expectRefused(await ask({ path: '/api/live', headers: [ownHost(), wrongToken] }), 403, '');
  });
});

test.each(['OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND', 'SEARCH'])(
  '%s is answered 405 everywhere, also to the page itself',
  async (method) => {
    for (const path of reads) {
      const told = await ask({ method, path, headers: right() });
      expectRefused(told, 405, path);
      expect(told.head).toContain('\r\nAllow: GET, HEAD, POST');
    }
  },
);

test('CONNECT is answered 405, to its own name alone', async () => {
  const request = { method: 'CONNECT', path: 'shop.example.com:443' };
  expectRefused(await ask({ ...request, headers: [ownHost()] }), 405, '');
  expectRefused(await ask({ ...request, headers: ['Host: shop.example.com'] }), 403, '');
});

test('an expectation that nobody knows is answered 417, to its own name alone', async () => {
  const expectation = 'Expect: nonsense';
  expectRefused(await ask({ path: '/', headers: [ownHost(), expectation] }), 417, '');
  const foreign = ['Host: shop.example.com', expectation];
  expectRefused(await ask({ path: '/', headers: foreign }), 403, '');
});

test('who is refused cannot keep a connection by never closing its end', async () => {
  // More than there may be at a time.
  const sockets = Array.from({ length: 300 }, () =>
    connect({ port, host: '127.0.0.1', allowHalfOpen: true }),
  );
  await Promise.all(
    sockets.map(async (socket) => {
      socket.on('error', () => {});
      socket.write('nonsense\r\n\r\n');
      socket.resume();
      await once(socket, 'end').catch(() => {});
    }),
  );
  expect((await ask({ path: '/', headers: [ownHost()] })).status).toBe(200);
  for (const socket of sockets) socket.destroy();
});

describe('what is right passes:', () => {
  test.each(['127.0.0.1', 'localhost', '[::1]'])('by the name %s', async (name) => {
    const host = `Host: ${name}:${port}`;
    const origin = `Origin: http://${name}:${port}`;
    expect((await ask({ path: '/', headers: [host] })).status).toBe(200);
    const told = await ask({
      method: 'POST',
      path: '/api/decode',
      headers: [host, origin, `X-Netcore-Hook-Token: ${token}`, ...json(decodable)],
      body: decodable,
    });
    expect(told.status).toBe(200);
  });

  test.each(['none', 'same-origin'])('asked for as %s', async (site) => {
    const headers = [ownHost(), `Sec-Fetch-Site: ${site}`];
    expect((await ask({ path: '/', headers })).status).toBe(200);
  });

  test('and the page alone is told the token', async () => {
    expect((await ask({ path: '/', headers: [ownHost()] })).body).toContain(`content="${token}"`);
    for (const path of reads.filter((each) => !each.startsWith('/?') && each !== '/')) {
      if (path === '/api/live') continue;
      const { head, body } = await ask({ path, headers: [ownHost()] });
      expect(head + body).not.toContain(token);
    }
  });
});

describe('every answer', () => {
  const hostile = [
    '//shop.example.com/',
    '///',
    '/%00',
    '/%',
    '/%E0%A4%A',
    '/api/captures/%00',
    '/api/captures/%2e%2e%2fcaptures.db',
    '/api/captures/..%5c..%5ccaptures.db/body',
    '/api/captures/__proto__',
    '/api/captures/constructor/print?as=__proto__',
    '/api/captures?cursor=__proto__',
    '/api/captures?cursor=-1&limit=-1',
    '/api/captures?cursor=99999999999999999999',
    '/api/captures?limit=1e9',
    '/api/captures?status=%00',
    '/api/captures?channel=,&event=%2C%20',
    '/api/captures?channel=%F0%9F%92%A9&text=%00',
    '/api/captures?since=%22%3E%3Cscript%3E',
    '/api/captures?outcome=constructor',
    '/api/stats?minutes=999999999999',
    '/api/stats?minutes=%00',
    '/api/captures/last~99999999999',
    `/api/captures/${'1'.repeat(8000)}`,
    `/api/captures?text=${'%25'.repeat(3000)}`,
    '/inspector/index.html',
    '/index.html',
    '/..%2f..%2f..%2fetc%2fpasswd',
    '/page.js/',
    '/PAGE.JS',
    '/page.js%00.html',
    '/?',
    '/??',
    '/#',
  ];

  test.each(hostile.map((path) => [path.slice(0, 60), path]))('to %s is sound', async (_, path) => {
    const { status, head, body } = await ask({ path, headers: [ownHost()] });
    expect([200, 400, 404, 422]).toContain(status);
    expect(head).toContain('X-Content-Type-Options: nosniff');
    expect(body).not.toMatch(/\bat .*\.[cm]?[jt]s:\d/);
    if (status !== 200)
      expect(JSON.parse(body)).toMatchObject({ problem: { code: expect.stringMatching(/^\w+$/) } });
  });

  test.each([
    ['an absolute address', `GET http://shop.example.com/ HTTP/1.1`],
    ['an asterisk', 'GET * HTTP/1.1'],
    ['a zero byte', 'GET /\0 HTTP/1.1'],
    ['a header without a colon', 'GET / HTTP/1.1\r\nX y'],
    ['another version', 'GET / HTTP/9.9'],
    ['no HTTP', '\x16\x03\x01\x02\x00\x01\x00'],
  ])('to %s is one of 400', async (_, line) => {
    const text = await exchange(
      `http://127.0.0.1:${port}`,
      `${line}\r\n${ownHost()}\r\nConnection: close\r\n\r\n`,
      { halfClose: true },
    );
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain("default-src 'none'");
  });

  test('says that nothing may frame, sniff, cache or load it', async () => {
    for (const path of reads.filter((each) => each !== '/api/live')) {
      const { head } = await ask({ path, headers: [ownHost()] });
      for (const line of [
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        'X-Content-Type-Options: nosniff',
        'X-Frame-Options: DENY',
        'Referrer-Policy: no-referrer',
        'Cross-Origin-Resource-Policy: same-origin',
        'Cross-Origin-Opener-Policy: same-origin',
        'Cache-Control: no-store',
      ]) {
        expect(head, path).toContain(line);
      }
      expect(head, path).not.toMatch(/access-control|unsafe|set-cookie|x-powered-by/i);
    }
  });

  test('was given after all that to a store that is as it was', async () => {
    const { body } = await ask({ path: '/api/stats', headers: [ownHost()] });
    expect(JSON.parse(body)).toMatchObject({ captures: recorded });
  });
});
