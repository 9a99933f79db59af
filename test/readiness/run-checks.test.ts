import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { answerExcerpt } from '../../src/readiness/answer-excerpt.js';
import type { Check } from '../../src/readiness/check.js';
import { checks } from '../../src/readiness/checks.js';
import { describeFinding, quotedAnswer } from '../../src/readiness/findings.js';
import type { Endpoint } from '../../src/readiness/probe.js';
import { type CheckResult, causeOf, verdictOf } from '../../src/readiness/run-checks.js';
import { makeCertificate } from '../helpers/certificates.js';
import { checkEndpoint, codesOf } from '../helpers/check-endpoint.js';
import { nobodyThere, serve, serveRaw, serveSecurely } from '../helpers/servers.js';

const basic = checks.filter(({ suite }) => suite === 'basic');
const credentials = { user: 'netcore', password: 'se:cret' };
const right = `Basic ${Buffer.from('netcore:se:cret').toString('base64')}`;

function results(
  url: URL,
  changes: Partial<Endpoint> = {},
  chosen: readonly Check[] = basic,
): Promise<CheckResult[]> {
  return checkEndpoint(url, chosen, { credentials, ...changes });
}

type Handler = (
  call: { readonly body: string; readonly authorization: string | undefined },
  response: ServerResponse,
  request: IncomingMessage,
) => unknown;

/** A receiver that reads the whole body first, as most frameworks do. */
function receiver(handle: Handler): Promise<URL> {
  return serve(async (request, response) => {
    const text = Buffer.concat(await request.toArray()).toString();
    handle({ body: text, authorization: request.headers.authorization }, response, request);
  });
}

/** As it should be, but for what `handle` does to calls that were let in. */
function guarded(handle: Handler): Promise<URL> {
  return receiver((call, response, request) => {
    if (call.authorization === right) handle(call, response, request);
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="shop"' }).end();
  });
}

function always(status: number, headers: Record<string, string> = {}, text = ''): Handler {
  return (_call, response) => response.writeHead(status, headers).end(text);
}

function onSample(status: number, text = ''): Handler {
  return (call, response) => response.writeHead(call.body ? status : 200).end(text);
}

describe('a good receiver', () => {
  test('passes every check without a finding', async () => {
    const found = await results(await guarded(always(200)));
    expect(codesOf(found)).toEqual([]);
    expect(found.map(({ check, outcome }) => [check.id, outcome])).toEqual(
      basic.map(({ id }) => [id, ['tls', 'reads_input'].includes(id) ? 'skip' : 'pass']),
    );
    expect(verdictOf(found)).toBe('ready');
  });

  test('passes, too, when the credentials are given as a header', async () => {
    const headers = [['authorization', right]] as const;
    const found = await results(await guarded(always(200)), { credentials: undefined, headers });
    expect(codesOf(found)).toEqual([]);
  });

  test('is sent nothing but empty bodies with wrong credentials or none, and each call once', async () => {
    const calls: string[] = [];
    const url = await receiver(({ body: text, authorization }, response) => {
      const who =
        authorization === undefined ? 'nobody' : authorization === right ? 'right' : 'wrong';
      const what = text === 'data=hello' ? 'garbage' : 'sample';
      calls.push(`${who} ${text === '' ? 'empty' : what}`);
      response.writeHead(who === 'right' ? 200 : 401, { 'www-authenticate': 'Basic' }).end();
    });
    await results(url);
    expect(calls).toEqual([
      'right empty',
      'nobody empty',
      'wrong empty',
      'right sample',
      'right garbage',
    ]);
  });
});

describe('a receiver', () => {
  const table: readonly [what: string, server: () => Promise<URL>, expected: readonly string[]][] =
    [
      ['that is not there', nobodyThere, ['no_connection']],
      ['that hangs up', () => serveRaw((socket) => socket.destroy()), ['no_answer']],
      [
        'that does not speak HTTP',
        () => serveRaw((socket) => socket.write('220 shop.example.com ESMTP\r\n')),
        ['no_answer'],
      ],
      ['that redirects', () => guarded(always(301, { location: '/hook/' })), ['redirected']],
      ['that redirects nowhere', () => guarded(always(304)), ['redirected']],
      [
        'that wants other credentials',
        () => receiver(always(401, { 'www-authenticate': 'Basic realm="shop"' })),
        ['credentials_refused'],
      ],
      ['that says nothing about its 401', () => receiver(always(401)), ['credentials_refused']],
      [
        'that wants a Bearer token',
        () => receiver(always(401, { 'www-authenticate': 'Bearer realm="shop"' })),
        ['authentication_not_basic'],
      ],
      [
        'that wants an API key, in the text of its 401',
        () => receiver(always(401, {}, '{"error":"X-API-Key is missing"}')),
        ['authentication_not_basic'],
      ],
      [
        'that wants an API key, in the text of its 403',
        () => receiver(always(403, {}, 'Invalid API key')),
        ['authentication_not_basic'],
      ],
      ['that wants a CSRF token', () => receiver(always(403, {}, 'CSRF failed')), ['forbidden']],
      ['that wants a CSRF token by 419', () => receiver(always(419)), ['forbidden']],
      ['that lets everybody in', () => receiver(always(200)), ['open_to_everybody']],
      [
        'that lets any password in',
        () =>
          receiver((call, response) => response.writeHead(call.authorization ? 200 : 401).end()),
        ['wrong_password_accepted'],
      ],
      [
        'that fails without an Authorization header',
        () =>
          receiver(({ authorization }, response) => {
            const status = authorization === undefined ? 500 : authorization === right ? 200 : 401;
            response.writeHead(status).end();
          }),
        ['refusal_not_401'],
      ],
      [
        'that hides from strangers',
        () =>
          receiver((call, response) =>
            response.writeHead(call.authorization === right ? 200 : 404).end(),
          ),
        ['refusal_not_401'],
      ],
      [
        'that hangs up on strangers',
        () =>
          receiver((call, response) => {
            if (call.authorization === right) response.end();
            else response.socket?.destroy();
          }),
        ['refusal_not_answered'],
      ],
      ['that answers 201', () => guarded(always(201)), ['not_exactly_200']],
      ['that answers 202', () => guarded(always(202)), ['not_exactly_200']],
      ['that answers 204', () => guarded(always(204)), ['not_exactly_200']],
      ['that redirects samples only', () => guarded(onSample(302)), ['redirected']],
      ['whose path is another', () => guarded(always(404)), ['not_found']],
      ['that takes no POST', () => guarded(always(405)), ['method_refused']],
      ['that takes JSON only', () => guarded(onSample(415)), ['content_type_refused']],
      ['that finds fault with the body', () => guarded(onSample(400)), ['body_refused']],
      ['that finds a sample too large', () => guarded(onSample(413)), ['body_too_large']],
      ['that limits the rate', () => guarded(onSample(429)), ['too_many']],
      ['that does not know the panel', () => guarded(onSample(500)), ['server_failed']],
      ['whose proxy has no server behind it', () => guarded(always(502)), ['gateway_failed']],
      ['that jokes', () => guarded(onSample(418)), ['other_status']],
      [
        'that breaks its answers to samples',
        () =>
          guarded((call, response) => {
            if (call.body) response.writeHead(200, { 'content-length': 10 }).write('half');
            else response.end();
            if (call.body) response.socket?.end();
          }),
        ['no_answer'],
      ],
      [
        'that wants a body',
        () => guarded((call, response) => response.writeHead(call.body ? 200 : 422).end()),
        ['empty_body_not_200'],
      ],
    ];
  test.each(table)('%s is found out, with one finding', async (_what, server, expected) => {
    expect(codesOf(await results(await server()))).toEqual(expected);
  });

  test.each([
    ['credentials_needed', 'Basic realm="shop"'],
    ['authentication_not_basic', 'Bearer'],
    ['authentication_unclear', undefined],
  ])('that wants credentials and gets none: %s', async (code, challenge) => {
    const url = await receiver(
      always(401, challenge === undefined ? {} : { 'www-authenticate': challenge }),
    );
    expect(codesOf(await results(url, { credentials: undefined }))).toEqual([code]);
  });

  test('that hangs takes the time-out once', async () => {
    const url = await serve(() => {});
    const found = await results(url, { timeout: 100 });
    expect(codesOf(found)).toEqual(['answer_too_late']);
    expect(found.filter(({ outcome }) => outcome === 'skip')).toHaveLength(9);
  });

  test('that works before it answers is slow', async () => {
    const url = await guarded((call, response) => {
      if (call.body) setTimeout(() => response.end(), 1050);
      else response.end();
    });
    expect(codesOf(await results(url))).toEqual(['slow_answer']);
  });

  test('that shows a certificate of its own making is refused, or warned of with insecure', async () => {
    const url = await serveSecurely(makeCertificate(), (_request, response) => response.end());
    expect(codesOf(await results(url))).toEqual(['certificate_refused']);
    const reckless = await results(url, { insecure: true });
    expect(codesOf(reckless)).toEqual(['certificate_ignored', 'open_to_everybody']);
  });

  test('that is plain HTTP under an https URL is told apart from a bad certificate', async () => {
    const url = await guarded(always(200));
    url.protocol = 'https:';
    expect(codesOf(await results(url))).toEqual(['tls_failed']);
  });
});

describe('a URL', () => {
  const only = (...ids: string[]) => checks.filter(({ id }) => ids.includes(id));
  test.each([
    ['http://10.0.0.7/hook', 'dns', ['address_private']],
    ['http://192.168.1.20:3000/hook', 'dns', ['address_private']],
    ['http://169.254.10.1/hook', 'dns', ['address_private']],
    ['http://[fd00::7]/hook', 'dns', ['address_private']],
    ['http://127.0.0.1:3000/hook', 'dns', []],
    ['http://localhost:3000/hook', 'dns', []],
    ['http://[::1]:3000/hook', 'dns', ['ipv6_only']],
    ['https://203.0.113.9/hook', 'dns', []],
    ['https://shop.invalid/hook', 'dns', ['name_unknown']],
    ['http://203.0.113.9/hook', 'tls', ['not_encrypted']],
    ['http://192.168.1.20/hook', 'tls', []],
    ['https://shop.example.com/hook#netcore', 'url', ['url_with_fragment']],
  ])('%s is judged by %s', async (url, id, expected) => {
    expect(codesOf(await results(new URL(url), {}, only(id)))).toEqual(expected);
  });

  test('with credentials in it is warned of', async () => {
    const url = new URL('https://shop.example.com/hook');
    expect(codesOf(await results(url, { credentialsInUrl: true }, only('url')))).toEqual([
      'url_with_credentials',
    ]);
  });
});

describe('the list of checks', () => {
  test('names each once, and puts every need before its check', () => {
    const ids = checks.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [index, { needs }] of checks.entries()) {
      if (needs !== undefined) expect(ids.slice(0, index)).toContain(needs);
    }
  });

  test('skips a check whose need was left out and could not have been met', async () => {
    const ends = checks.filter(({ id }) => ['dns', 'tcp', 'empty_body'].includes(id));
    const found = await results(await nobodyThere(), {}, ends);
    expect(found.map(({ outcome }) => outcome)).toEqual(['pass', 'fail', 'skip']);
  });

  test('runs a check alone when its need is not asked for', async () => {
    const url = await guarded(always(200));
    const sample = checks.filter(({ id }) => id === 'sample');
    const found = await results(url, {}, sample);
    expect(found.map(({ outcome }) => outcome)).toEqual(['pass']);
  });
});

describe('an endpoint with one cause for everything', () => {
  test.each<[string, () => Promise<URL>, string, string]>([
    ['no listener', nobodyThere, 'tcp', 'no_connection'],
    ['a wrong path', () => guarded(always(404)), 'path', 'not_found'],
    ['a path without POST', () => guarded(always(405)), 'path', 'method_refused'],
    ['wrong credentials', () => receiver(always(401)), 'credentials', 'credentials_refused'],
    ['a dead server behind a proxy', () => receiver(always(503)), 'http', 'gateway_failed'],
  ])('%s gets that one finding in the full suite', async (_what, server, check, code) => {
    const found = await results(await server(), {}, checks);
    expect(codesOf(found)).toEqual([code]);
    expect(causeOf(found)).toMatchObject({ check: { id: check }, finding: { code } });
    const later = found.slice(found.findIndex((each) => each.check.id === check) + 1);
    expect(later.flatMap(({ findings }) => findings)).toEqual(
      later.map(() => ({ code: 'not_run', args: { failed: check } })),
    );
  });

  test('of a hidden path, is told of credentials when none were given', async () => {
    const url = await receiver(always(404));
    const fixes = async (changes: Partial<Endpoint>) =>
      describeFinding(causeOf(await results(url, changes))!.finding).fix;
    expect(await fixes({ credentials: undefined })).toContain('pass --auth');
    expect(await fixes({})).not.toContain('--auth');
  });

  test('is not one that answers 404 to a call without a payload', async () => {
    const url = await guarded((call, response) =>
      response.writeHead(call.body === '' ? 404 : 200).end(),
    );
    expect(codesOf(await results(url))).toEqual(['empty_body_not_200']);
  });
});

describe('an endpoint that answers 200', () => {
  const codes = async (text: string, type = 'text/plain') =>
    codesOf(await results(await guarded(always(200, { 'content-type': type }, text))));

  test.each([
    ['a failed member', '{"success":false}'],
    ['a failed member as text', '{"ok":"false"}'],
    ['a failed status', '{"status":"error","message":"no table"}'],
    ['a status of HTTP', '{"statusCode":500,"message":"Internal server error"}'],
    ['an error', '{"error":"no table"}'],
    ['a list of errors', '{"errors":[{"message":"no table"}]}'],
    ['more than is kept', `{"success":false,"trace":"${'x'.repeat(2000)}"}`],
    ['a word', 'Error: no table'],
    ['a warning of PHP', '<br />\n<b>Warning</b>:  Undefined array key "data" in <b>hook.php</b>'],
    ['a refusal', 'Unauthorized'],
  ])('and says that it failed, with %s, is warned of', async (_what, text) => {
    expect(await codes(text, text.startsWith('<') ? 'text/html' : undefined)).toEqual([
      'answer_says_failure',
    ]);
  });

  test.each([
    '',
    'OK',
    'ok, no error',
    '{"success":true,"error":null,"errors":[],"status":"ok"}',
    '{"status":200,"error":false}',
    '{"error":"none","errors":{}}',
    '{"received":1}',
    '[]',
    '"error"',
  ])('with the text %s is not', async (text) => {
    expect(await codes(text)).toEqual([]);
    // The default type of PHP.
    expect(await codes(text, 'text/html')).toEqual([]);
  });

  test('with a page is warned of once, with what the page says', async () => {
    const page = '<!doctype html><html><title>Sign in</title><p>Welcome back</html>';
    const samples = ['email open', 'sms click'].map((name) => ({
      name,
      body: Buffer.from('data=%7B%7D'),
    }));
    const found = await results(await guarded(always(200, {}, page)), { samples }, checks);
    const pages = found.flatMap(({ findings }) =>
      findings.filter(({ code }) => code === 'answer_is_page'),
    );
    expect(pages.map((each) => describeFinding(each).message)).toEqual([
      expect.stringContaining('Each of 2 samples received 200 with an HTML page.'),
    ]);
    expect(pages.map(quotedAnswer)).toEqual(['Sign in Welcome back']);
  });

  test('to garbage is told how to prove that it reads its input, and is ready', async () => {
    const url = await guarded(always(200));
    const found = await results(url);
    expect(verdictOf(found)).toBe('ready');
    const [unproven] = found
      .flatMap(({ findings }) => findings)
      .filter(({ code }) => code === 'input_unproven')
      .map(describeFinding);
    expect(unproven?.message).toContain('Nothing here shows that it reads its input.');
    expect(unproven?.fix).toContain(`netcore-hook simulate broadcast --to ${url.href} --truth`);
  });

  test.each<[string, Handler]>([
    [
      'with another status',
      (call, response) => response.writeHead(call.body === garbage ? 400 : 200).end(),
    ],
    [
      'with a failure',
      (call, response) => response.end(call.body === garbage ? 'Error: no JSON' : ''),
    ],
  ])('except to garbage, %s, reads its input', async (_what, handle) => {
    const found = await results(await guarded(handle));
    expect(found.find(({ check }) => check.id === 'reads_input')?.outcome).toBe('pass');
  });
});

const garbage = 'data=hello';

describe('what the endpoint answered', () => {
  test.each([
    ['text/plain', 'TypeError:\n   no panel', 'TypeError: no panel'],
    ['application/json', '{"error":"<b>"}', '{"error":"<b>"}'],
    [
      'text/html',
      '<!doctype html><title>500</title><style>p{color:red}</style><p>No panel &quot;shop&#x22; &amp;amp;<br>sorry',
      '500 No panel "shop" &amp; sorry',
    ],
    ['', ' <html><!-- <p>no</p> --><script>if (1 < 2) alert()</script><h1>Gone</h1>', 'Gone'],
    ['text/html', '<h1>Oops</h1><script>it goes on and o', 'Oops'],
    ['text/html', '<h1>Oops</h1><div class="it goes o', 'Oops'],
    ['text/html', 'a < b and &unknown; &#0;', 'a < b and &unknown; &#0;'],
    ['text/plain', `${'word '.repeat(47)}longer-word`, `${'word '.repeat(47).trim()}…`],
    ['text/plain', 'x'.repeat(300), `${'x'.repeat(240)}…`],
    ['image/png', '\u0089PNG\0', ''],
  ])('is quoted of %s as one short line: %s', (type, text, expected) => {
    const body = Buffer.from(text);
    const headers = [['Content-Type', type]] as const;
    const answer = { kind: 'answered', status: 500, headers, body, bytes: body.length } as const;
    expect(answerExcerpt({ ...answer, ms: 1 })).toBe(expected);
  });

  test('stands beside a failed check, whatever calls it grouped', async () => {
    const url = await guarded((call, response) => {
      if (call.body) response.writeHead(500).end(`<p>no ${call.body.slice(0, 5)}</p>`);
      else response.end();
    });
    const quoted = (await results(url)).flatMap(({ findings }) => findings.map(quotedAnswer));
    expect(quoted.filter(Boolean)).toEqual(['no data=']);
  });
});
