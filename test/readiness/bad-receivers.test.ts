import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { eventKey } from '../../src/payload/event-key.js';
import { checks } from '../../src/readiness/checks.js';
import { describeFinding } from '../../src/readiness/findings.js';
import type { Endpoint } from '../../src/readiness/probe.js';
import { makeCertificate } from '../helpers/certificates.js';
import {
  checkEndpoint,
  codesOf,
  credentials,
  rightAuthorization,
} from '../helpers/check-endpoint.js';
import { nobodyThere, serveRaw, serveSecurely } from '../helpers/servers.js';
import {
  answering,
  broken,
  good,
  guarded,
  limited,
  listen,
  listenOn,
  mortal,
  oldServer,
  panelsOf,
  reading,
  receiver,
  refuse,
  withEvents,
} from '../helpers/shop-receiver.js';

function full(url: URL, changes?: Partial<Endpoint>) {
  return checkEndpoint(url, checks, changes);
}

describe('a good receiver', () => {
  test.each(['basic', 'full'] as const)('passes the suite %s without a finding', async (suite) => {
    const chosen = checks.filter((check) => suite === 'full' || check.suite === suite);
    const found = await checkEndpoint(await receiver(good())(), chosen);
    expect(codesOf(found)).toEqual([]);
    expect(found.filter(({ outcome }) => outcome !== 'pass').map(({ check }) => check.id)).toEqual([
      'tls',
    ]);
  });

  test('passes over TLS but for its certificate', async () => {
    const url = await serveSecurely(makeCertificate({ days: 90 }), (request, response) => {
      reading(good())({ request, response, body: '' });
    });
    expect(codesOf(await full(url, { insecure: true }))).toEqual(['certificate_ignored']);
  });
});

const impatient = { timeout: 400 };

const table: readonly [
  what: string,
  server: () => Promise<URL>,
  expected: readonly string[],
  changes?: Partial<Endpoint>,
][] = [
  // Reach
  ['is not there', nobodyThere, ['no_connection']],
  ['hangs up', () => serveRaw((socket) => socket.destroy()), ['no_answer']],
  [
    'is there over IPv6 only',
    () =>
      listenOn(
        createServer((request, response) => reading(good())({ request, response, body: '' })),
        '::1',
      ),
    ['ipv6_only'],
  ],
  [
    'is plain HTTP under an https URL',
    async () => new URL((await receiver(good())()).href.replace('http:', 'https:')),
    ['tls_failed'],
  ],
  [
    'is TLS under an http URL',
    async () => {
      const url = await serveSecurely(makeCertificate(), (_request, response) => response.end());
      return new URL(url.href.replace('https:', 'http:'));
    },
    ['no_answer'],
  ],
  [
    'has a self-signed certificate',
    () => serveSecurely(makeCertificate(), (_request, response) => response.end()),
    ['certificate_refused'],
  ],
  // Protocol
  ['redirects', answering(301, { location: '/hook/' }), ['redirected']],
  ['hangs', () => listen(() => {}), ['answer_too_late'], impatient],
  ['speaks HTTP/1.0', oldServer, ['http_1_0']],
  [
    'hangs up at the second call of a connection',
    () => {
      const seen = new WeakSet<object>();
      return listen((call) => {
        if (seen.has(call.request.socket)) return call.request.socket.destroy();
        seen.add(call.request.socket);
        return reading(good())(call);
      });
    },
    ['kept_connection_broken'],
  ],
  [
    'fails at GET and HEAD',
    receiver((call) =>
      call.request.method === 'POST' ? good()(call) : call.response.writeHead(500).end(),
    ),
    ['method_failed'],
  ],
  [
    'dies of a GET',
    async () => {
      const server = createServer((request, response) => {
        if (request.method === 'POST') return reading(good())({ request, response, body: '' });
        server.close();
        return server.closeAllConnections();
      });
      return listenOn(server, '127.0.0.1');
    },
    ['endpoint_died'],
  ],
  [
    'refuses a charset',
    receiver((call) =>
      call.request.headers['content-type']?.includes(';')
        ? call.response.writeHead(415).end()
        : good()(call),
    ),
    ['charset_refused'],
  ],
  [
    'refuses Expect',
    async () => {
      const server = createServer((request, response) =>
        reading(good())({ request, response, body: '' }),
      );
      server.on('checkContinue', (_request, response) => response.writeHead(417).end());
      return listenOn(server, '127.0.0.1');
    },
    ['expect_refused'],
  ],
  [
    'ignores Expect',
    async () => {
      const handle = (request: IncomingMessage, response: ServerResponse) =>
        reading(good())({ request, response, body: '' });
      const server = createServer(handle).on('checkContinue', handle);
      return listenOn(server, '127.0.0.1');
    },
    ['expect_ignored'],
  ],
  // Authentication
  [
    'wants a Bearer token',
    receiver(({ response }) => response.writeHead(401, { 'www-authenticate': 'Bearer' }).end()),
    ['authentication_not_basic'],
  ],
  [
    'wants a key in a header',
    receiver(({ response }) => response.writeHead(403).end('X-Api-Key is missing: no API key')),
    ['authentication_not_basic'],
  ],
  ['lets everybody in', receiver(({ response }) => response.end()), ['open_to_everybody']],
  [
    'lets any password in',
    receiver((call) => (call.request.headers.authorization ? call.response.end() : refuse(call))),
    ['wrong_password_accepted'],
  ],
  [
    'looks at the password only',
    receiver((call) => {
      const [scheme, login = ''] = (call.request.headers.authorization ?? '').split(' ');
      const text = Buffer.from(login, 'base64').toString();
      const right = scheme?.toLowerCase() === 'basic' && text.endsWith(':secret');
      return right ? call.response.end() : refuse(call);
    }),
    ['wrong_user_accepted'],
  ],
  [
    'cuts passwords at a colon',
    receiver((call) => {
      const [scheme, login = ''] = (call.request.headers.authorization ?? '').split(' ');
      const [user, password] = Buffer.from(login, 'base64').toString().split(':');
      const right = user === 'netcore' && password === 'secret';
      return right && scheme?.toLowerCase() === 'basic' ? call.response.end() : refuse(call);
    }),
    ['password_cut_at_colon'],
  ],
  [
    'cuts the right password at its colon',
    receiver((call) => {
      const login = call.request.headers.authorization?.split(' ')[1] ?? '';
      const [, password] = Buffer.from(login, 'base64').toString().split(':');
      return password === 'se:cret' ? call.response.end() : refuse(call);
    }),
    ['credentials_refused'],
    { credentials: { ...credentials, password: 'se:cret' } },
  ],
  [
    'takes any scheme',
    receiver((call) => {
      const right = call.request.headers.authorization?.split(' ')[1];
      return right === rightAuthorization.split(' ')[1] ? call.response.end() : refuse(call);
    }),
    ['other_scheme_accepted'],
  ],
  [
    'wants "Basic" with a capital',
    receiver((call) =>
      call.request.headers.authorization === rightAuthorization
        ? call.response.end()
        : refuse(call),
    ),
    ['scheme_case_refused'],
  ],
  [
    'fails at credentials that it cannot read',
    receiver((call) => {
      const { authorization } = call.request.headers;
      if (authorization === 'Basic') return refuse(call, 500);
      return guarded(({ response }) => response.end())(call);
    }),
    ['refusal_not_401'],
  ],
  // Payload
  [
    'swallows its failure',
    receiver(guarded(({ response }) => response.end('{"success":false,"error":"no table"}'))),
    ['answer_says_failure'],
  ],
  [
    'swallows a failure at an unknown panel',
    receiver(
      good((panel, _event, { response }) => {
        if (panel.includes('another')) response.write('{"status":"error"}');
      }),
    ),
    ['answer_says_failure'],
  ],
  [
    'swallows a failure at more than a hundred events',
    receiver(
      guarded((call) => {
        if ((safely(() => panelsOf(call.body).netcore_hook_test)?.length ?? 0) > 100) {
          call.response.write('Error: too many');
        }
        good()(call);
      }),
    ),
    ['answer_says_failure'],
  ],
  [
    'is slow with large batches, and refuses the largest',
    receiver(
      guarded((call) => {
        const size = call.body.length;
        if (size > 1_048_576) call.response.writeHead(413).end();
        else if (size > 150_000 && size < 400_000) setTimeout(() => good()(call), 1050);
        else good()(call);
      }),
    ),
    ['body_too_large'],
  ],
  ['answers 201', answering(201), ['not_exactly_200']],
  ['answers 204', answering(204), ['not_exactly_200']],
  ['answers 404', answering(404), ['not_found']],
  [
    'takes JSON only',
    withEvents(({ response }) => response.writeHead(415).end()),
    ['content_type_refused'],
  ],
  [
    'breaks its answers off',
    withEvents(({ response }) => {
      response.writeHead(200, { 'content-length': 10 }).write('half');
      response.socket?.end();
    }),
    // Expect meets the same before there was a sample.
    ['expect_not_answered', 'no_answer'],
  ],
  [
    'works before it answers',
    // Only at the sample as it is: all other events have ids of their own.
    withEvents((call) =>
      setTimeout(() => good()(call), call.body.includes('%22546%22') ? 1050 : 0),
    ),
    ['slow_answer'],
  ],
  [
    'answers with a page of 1 MB',
    receiver(
      guarded(({ response }) => response.end(`<html>${'<p>Thank you</p>'.repeat(62_500)}</html>`)),
    ),
    ['answer_is_page', 'long_answer'],
  ],
  [
    'fails at an empty body',
    receiver(
      guarded((call) =>
        call.body === '' && call.request.method === 'POST'
          ? call.response.writeHead(400).end()
          : good()(call),
      ),
    ),
    ['empty_body_not_200'],
  ],
  [
    'knows one panel only',
    receiver(good((panel) => void (panel === 'netcore_hook_test' || broken()))),
    ['server_failed', 'server_failed'],
  ],
  [
    'is gone after an unknown panel',
    async () => {
      const server = createServer((request, response) =>
        reading(
          good((panel) => {
            if (panel.startsWith('netcore_hook_test')) return;
            server.close();
            server.closeAllConnections();
          }),
        )({ request, response, body: '' }),
      );
      return listenOn(server, '127.0.0.1');
    },
    ['endpoint_died'],
  ],
  [
    'is gone after a null group',
    () => mortal(({ event_params }) => event_params === null),
    ['endpoint_died'],
  ],
  [
    'fails at a null group',
    receiver(good((_panel, event) => void (event.event_params === null && broken()))),
    ['server_failed'],
  ],
  [
    'knows e-mail only',
    receiver(good((_panel, event) => void (event.channel === 'email' || broken()))),
    // activities, batches, unknown, spelling, gaps, and the sizes
    [
      'server_failed',
      'server_failed',
      'server_failed',
      'server_failed',
      'server_failed',
      'server_failed',
    ],
  ],
  [
    'takes one event a call',
    receiver(
      guarded((call) => {
        const events = Object.values(safely(() => panelsOf(call.body)) ?? {}).flat();
        if (events.length > 1) call.response.writeHead(500).end();
        else good()(call);
      }),
    ),
    ['server_failed', 'server_failed'],
  ],
  [
    'refuses a repeated event',
    () => {
      const seen = new Set<string>();
      return receiver(
        good((panel, event) => {
          const { key, weak } = eventKey(panel, event);
          if (!weak && seen.has(key)) broken();
          seen.add(key);
        }),
      )();
    },
    ['server_failed'],
  ],
  [
    'takes msgid for the id of an event',
    () => {
      const seen = new Set<unknown>();
      return receiver(
        good((_panel, { msgid }) => {
          if (typeof msgid === 'string' && seen.has(msgid)) broken();
          seen.add(msgid);
        }),
      )();
    },
    // batches, and the sizes
    ['server_failed', 'server_failed'],
  ],
  [
    'leaves + as it is',
    receiver((call) => good()({ ...call, body: call.body.replaceAll('+', '%2B') })),
    ['body_refused'],
  ],
  [
    'replaces single quotes by double ones',
    receiver((call) => good()({ ...call, body: call.body.replaceAll('%27', '%22') })),
    ['body_refused'],
  ],
  [
    'decodes the body twice',
    receiver((call) => {
      const twice = safely(() => decodeURIComponent(call.body));
      if (twice === undefined) call.response.writeHead(400).end();
      else good()({ ...call, body: twice });
    }),
    // An & in a value is enough: activities, batches, characters, and the sizes.
    ['body_refused', 'body_refused', 'body_refused', 'body_refused'],
  ],
  ['has a limit of 100 kB', limited(102_400), ['body_too_large']],
  ['has a limit of 1 MiB', limited(1_048_576), ['body_too_large']],
  [
    'fails at malformed data',
    receiver(
      guarded((call) => {
        try {
          for (const events of Object.values(panelsOf(call.body)))
            [...events].map(({ channel }) => channel);
          call.response.end();
        } catch {
          call.response.writeHead(500).end();
        }
      }),
    ),
    ['malformed_failed'],
  ],
  [
    'limits the rate',
    () => {
      let calls = 0;
      return receiver(
        guarded((call) => {
          calls += call.body === '' ? 0 : 1;
          if (calls > 20) call.response.writeHead(429).end();
          else good()(call);
        }),
      )();
    },
    // activities, batches, unknown, spelling, characters, gaps, the sizes, and after malformed bodies
    Array.from({ length: 8 }, () => 'too_many'),
  ],
  [
    'hangs for good after ten events',
    () => {
      let calls = 0;
      return receiver(
        guarded((call) => {
          calls += call.body === '' ? 0 : 1;
          if (calls <= 10) good()(call);
        }),
      )();
    },
    ['endpoint_died'],
    impatient,
  ],
  [
    'has a proxy whose server is gone after ten events',
    () => {
      let calls = 0;
      return receiver(
        guarded((call) => {
          calls += call.body === '' ? 0 : 1;
          if (calls > 10) call.response.writeHead(502).end();
          else good()(call);
        }),
      )();
    },
    ['endpoint_died'],
  ],
  [
    'is gone after so many calls',
    () => {
      let calls = 0;
      return mortal(() => {
        calls += 1;
        return calls > 12;
      });
    },
    ['endpoint_died'],
  ],
];

function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

describe('a receiver that', () => {
  test.each(table)(
    '%s is found out in the full suite',
    async (_what, server, expected, changes) => {
      const found = await full(await server(), changes);
      expect(codesOf(found)).toEqual(expected);
    },
  );
});

describe('a receiver that died', () => {
  test('is told, too, when only the check that it dies in is run', async () => {
    const url = await mortal(({ channel }) => channel === 'pigeon');
    const only = checks.filter(({ id }) => id === 'unknown');
    expect(codesOf(await checkEndpoint(url, only))).toEqual(['endpoint_died']);
  });

  test('is told with the call that it died of, and is sent nothing more', async () => {
    const url = await mortal(({ channel }) => channel === 'pigeon');
    const found = await full(url);
    const died = found
      .flatMap(({ findings }) => findings)
      .find(({ code }) => code === 'endpoint_died')!;
    expect(describeFinding(died).message).toBe(
      `A call with an unknown channel was the last call before the endpoint stopped responding. Nothing is listening at ${url.host}.`,
    );
    const after = found.slice(found.findIndex(({ check }) => check.id === 'unknown') + 1);
    expect(new Set(after.flatMap(({ findings }) => findings.map(({ code }) => code)))).toEqual(
      new Set(['not_run']),
    );
  });
});

describe('a receiver that is gone once it has answered', () => {
  test('is told with the call that it answered last', async () => {
    const server = createServer((request, response) =>
      reading(
        good((_panel, { channel }) => {
          if (channel !== 'pigeon') return;
          response.setHeader('connection', 'close');
          server.close();
        }),
      )({ request, response, body: '' }),
    );
    const found = await full(await listenOn(server, '127.0.0.1'));
    expect(found.flatMap(({ findings }) => findings)).toContainEqual(
      expect.objectContaining({
        code: 'endpoint_died',
        args: expect.objectContaining({ what: 'A call with an unknown channel' }),
      }),
    );
  });
});

describe('a finding', () => {
  const messages = async (server: () => Promise<URL>) =>
    (await full(await server())).flatMap(({ findings }) => findings.map(describeFinding));

  test('names the likely limit of a body, by what still fitted', async () => {
    const [express] = (await messages(limited(102_400))).filter(
      ({ code }) => code === 'body_too_large',
    );
    expect(express?.message).toMatch(/^A call with 300 events \(\d+ kB\) received 413/);
    expect(express?.fix).toContain("express.urlencoded({ limit: '10mb'");
    expect(express?.fix).not.toContain('nginx');
    const [nginx] = (await messages(limited(1_048_576))).filter(
      ({ code }) => code === 'body_too_large',
    );
    expect(nginx?.message).toMatch(/^A call with a large batch \(1\.\d MB\) received 413/);
    expect(nginx?.fix).toContain('client_max_body_size');
    expect(nginx?.fix).not.toContain('Express');
  });

  test('names the calls that were answered alike, three at most', async () => {
    const found = await messages(
      receiver(good((_panel, event) => void (event.channel === 'email' || broken()))),
    );
    const first = found.find(({ code }) => code === 'server_failed');
    expect(first?.message).toBe(
      'Each of 17 calls (with sms delivered, sms click, apn delivered and 14 more) received 500. Netcore disables the webhook after such responses.',
    );
    expect(first?.fix).toContain('Answer 200 to every channel and activity');
  });
});
