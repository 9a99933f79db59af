import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { SecureVersion } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { codeText } from '../../src/output/problem-text.js';
import { packageRoot } from '../../src/package-root.js';
import { eventKey } from '../../src/payload/event-key.js';
import { dataValue } from '../../src/payload/form-codec.js';
import { askedChecks } from '../../src/readiness/asked-checks.js';
import { checks } from '../../src/readiness/checks.js';
import { makeCertificate } from '../helpers/certificates.js';
import { startListener } from '../helpers/listener.js';
import { run, start } from '../helpers/run.js';
import { nobodyThere, serve, serveRaw, serveSecurely } from '../helpers/servers.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const basic = checks.filter(({ suite }) => suite === 'basic');
const right = `Basic ${Buffer.from('netcore:secret').toString('base64')}`;

const guarded: RequestListener = async (request, response) => {
  const body = await buffer(request);
  const isRead = body.length === 0 || body.includes('data=%7B');
  const status = request.headers.authorization !== right ? 401 : isRead ? 200 : 400;
  response.writeHead(status, { 'www-authenticate': 'Basic realm="shop"' }).end();
};

interface Line {
  readonly type: string;
  readonly id?: string;
  readonly outcome?: string;
  readonly note?: string;
  readonly verdict?: string;
  readonly findings?: readonly { code: string; message: string; fix: string }[];
}

function lines(out: string): Line[] {
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('test-endpoint', () => {
  test('ticks every check of a good endpoint, and says that it is ready', async () => {
    const url = await serve(guarded);
    const { exit, out, err } = await run(['test-endpoint', url.href, '--auth', 'netcore:secret']);
    expect(exit).toBe(0);
    expect(out).toBe(
      [
        '  ✓ URL',
        '  ✓ Name and address',
        '  ✓ Connection',
        '  – TLS and certificate: The URL uses http, so there is no TLS to check.',
        '  ✓ HTTP answer',
        '  ✓ No redirect',
        '  ✓ Path served',
        '  ✓ Credentials accepted',
        '  ✓ Requests without credentials refused',
        '  ✓ Sample calls answered 200',
        "  ✓ Empty body answered 200 (the panel's Test button)",
        '  ✓ Input read',
        '  ✓ Time to answer',
        '',
        'Ready. 12 checks passed.',
        '',
      ].join('\n'),
    );
    expect(err).toBe(
      `Testing  ${url.href}\n\nNetcore calls from the internet: test the public URL, too.\n`,
    );
  });

  test('says what a store should hold, which a handler that deduplicates by key does', async () => {
    const stored = new Map<string, unknown>();
    const url = await serve(async (request, response) => {
      const payload = JSON.parse(dataValue(await buffer(request)) ?? '{}');
      for (const [panel, events] of Object.entries(payload)) {
        for (const event of events as { msgid: unknown }[]) {
          stored.set(eventKey(panel, event).key, event.msgid);
        }
      }
      response.end('OK');
    });
    const report = join(temporaryFolder(), 'report');
    const { out } = await run([
      ...['test-endpoint', url.href, '--suite', 'full', '--only', 'batches', '--json'],
      ...['md', 'html', 'xml', 'json'].flatMap((end) => ['--report', `${report}.${end}`]),
    ]);
    const [check] = lines(out).filter(({ id }) => id === 'batches');
    const [, message, held] =
      /^12 events of 10 contacts were sent for message (\d+): your store should hold (\d+)\.$/.exec(
        check?.note ?? '',
      ) ?? [];
    expect([...stored.values()].filter((msgid) => msgid === message)).toHaveLength(Number(held));
    for (const end of ['md', 'html', 'xml', 'json']) {
      expect(readFileSync(`${report}.${end}`, 'utf8')).toContain(`your store should hold 10`);
    }
    const text = await run(['test-endpoint', url.href, '--suite', 'full', '--only', 'batches']);
    expect(text.out).toMatch(/✓ Batches.*\n {6}12 events of 10 contacts were sent for message/);
  });

  test('crosses what failed, says what to do, and counts what could not be run', async () => {
    const url = await nobodyThere();
    const { exit, out } = await run(['test-endpoint', url.href]);
    expect(exit).toBe(1);
    expect(out).toBe(
      [
        '  ✓ URL',
        '  ✓ Name and address',
        '  ✗ Connection (tcp)',
        `      Nothing is listening at ${url.host}.`,
        '      → Start the server, check host and port, and open the firewall for Netcore.',
        '  – 10 checks not run: fix tcp first',
        '',
        'Not ready. 1 check failed.',
        '',
      ].join('\n'),
    );
  });

  test('warns and exits 0 when nothing failed', async () => {
    const url = await serve((request, response) => {
      request.resume().on('end', () => response.end());
    });
    const { exit, out } = await run(['test-endpoint', url.href]);
    expect(exit).toBe(0);
    expect(out).toContain('  ! Requests without credentials refused (protection)\n');
    expect(out).toContain('Ready, with warnings. 10 checks passed, 1 warning.\n');
  });

  test('writes a line a check and a verdict with --json', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(301, { location: 'https://shop.example.com/' }).end();
    });
    const { exit, out, err } = await run(['test-endpoint', url.href, '--json']);
    expect(exit).toBe(1);
    expect(err).toBe('');
    const found = lines(out);
    expect(found.map(({ id, outcome, verdict }) => [id ?? verdict, outcome])).toEqual([
      ['url', 'pass'],
      ['dns', 'pass'],
      ['tcp', 'pass'],
      ['tls', 'skip'],
      ['http', 'pass'],
      ['redirect', 'fail'],
      ...[
        'path',
        'credentials',
        'protection',
        'sample',
        'empty_body',
        'reads_input',
        'answer_time',
      ].map((id) => [id, 'skip']),
      ['not_ready', undefined],
    ]);
    expect(found[5]).toEqual({
      schema: 1,
      type: 'check',
      id: 'redirect',
      group: 'protocol',
      outcome: 'fail',
      findings: [
        {
          code: 'redirected',
          message:
            'A call received 301, a redirect to https://shop.example.com/. Redirects are not followed.',
          fix: 'Answer 200 at this URL, or enter the target of the redirect in the panel.',
          calls: [expect.objectContaining({ what: 'An empty body', status: 301, body: '' })],
        },
      ],
    });
    expect(found[6]?.findings?.map(({ code }) => code)).toEqual(['not_run']);
  });

  test('sends samples of the channels asked for, for the panel asked for, with the headers given', async () => {
    const seen: { panel: string; channel: unknown; shop: unknown; agent: unknown }[] = [];
    const url = await serve(async (request, response) => {
      const text = Buffer.concat(await request.toArray()).toString();
      response.end();
      const data = new URLSearchParams(text).get('data');
      if (data === null || data === 'hello') return;
      const [[panel, events]] = Object.entries<{ channel: unknown }[]>(JSON.parse(data)) as [
        [string, { channel: unknown }[]],
      ];
      seen.push({
        panel,
        channel: events[0]?.channel,
        shop: request.headers['x-shop'],
        agent: request.headers['user-agent'],
      });
    });
    const words = ['-c', 'email,rcs', '--channel', 'custom_activity', '-H', 'X-Shop: north'];
    const own = await run(['test-endpoint', url.href, ...words, '--panel', 'shop_test']);
    expect(own.exit).toBe(0);
    const agent = expect.stringMatching(/^netcore-hook\/\d+\.\d+\.\d+/);
    const common = { panel: 'shop_test', shop: 'north', agent };
    expect(seen).toEqual([
      { channel: 'email', ...common },
      { channel: 'rcs', ...common },
      { channel: 'custom_activity', ...common },
    ]);
    seen.length = 0;
    await run(['test-endpoint', url.href]);
    expect(seen).toMatchObject([{ panel: 'netcore_hook_test', channel: 'email' }]);
  });

  test('finds no fault with the own listener, which reads its calls later', async () => {
    const { url } = await startListener(['--auth', 'netcore:secret']);
    const words = ['test-endpoint', url, '--auth', 'netcore:secret', '--suite', 'full'];
    const { exit, out } = await run(words);
    expect(out).toContain('– Input read: The endpoint answers 200 to anything');
    expect(out).toContain(`Ready. ${checks.length - 2} checks passed.`);
    expect(exit).toBe(0);
  });

  test('takes URL, credentials and panel from the environment, too', async () => {
    const url = await serve(guarded);
    const env = { NETCORE_HOOK_TO: url.href, NETCORE_HOOK_AUTH: 'netcore:secret' };
    expect((await run(['test-endpoint'], { env })).exit).toBe(0);
    const wrong = await run(['test-endpoint', '--auth', 'netcore:wrong'], { env });
    expect(wrong.exit).toBe(1);
    expect(wrong.out).toContain('The endpoint rejected the credentials of "netcore" with 401.');
  });

  test('uses credentials in the URL before those of the environment, warns of them and never prints them', async () => {
    const url = await serve(guarded);
    const { exit, out, err } = await run(
      ['test-endpoint', url.href.replace('//', '//netcore:secret@')],
      { env: { NETCORE_HOOK_AUTH: 'netcore:wrong' } },
    );
    expect(exit).toBe(0);
    expect(out).toContain('  ! URL (url)\n');
    expect(out + err).not.toContain('secret');
  });

  test('runs what --only and --skip leave', async () => {
    const url = await serve(guarded);
    const words = ['test-endpoint', url.href, '--auth', 'netcore:secret', '--json'];
    const ids = async (...more: string[]) =>
      lines((await run([...words, ...more])).out).flatMap(({ id }) => id ?? []);
    expect(await ids('--only', 'empty-body,http')).toEqual(['http', 'empty_body']);
    expect(await ids('--skip', 'tls', '--skip', 'sample,answer_time')).toEqual(
      basic.map(({ id }) => id).filter((id) => !['tls', 'sample', 'answer_time'].includes(id)),
    );
    expect(await ids('--only', 'gaps,dns')).toEqual(['dns', 'gaps']);
    expect(await ids('--suite', 'full')).toEqual(checks.map(({ id }) => id));
  });

  test('waits until the endpoint is up', async () => {
    let calls = 0;
    const url = await serve((request, response) => {
      calls += 1;
      if (calls === 1) response.writeHead(503).end();
      else guarded(request, response);
    });
    const words = ['test-endpoint', url.href, '--auth', 'netcore:secret'];
    expect((await run([...words, '--wait', '10s'])).exit).toBe(0);
  });

  test('waits no longer than it is told for an endpoint that accepts and never answers', async () => {
    const url = await serveRaw(() => {});
    const begun = performance.now();
    await run(['test-endpoint', url.href, '--wait', '100ms', '--only', 'url']);
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  test('stops at a signal, without a verdict', async () => {
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const url = await serve(() => arrive());
    const running = start(['test-endpoint', url.href]);
    await arrived;
    running.signal();
    const { exit, out, err } = await running.finished;
    expect(exit).toBe(130);
    expect(out).not.toMatch(/Ready|Not ready|HTTP answer/);
    expect(err).toContain('warning  Stopped before the last check.\n');
  });

  test('sends nothing more after a signal in the middle of a check', async () => {
    const bodies: string[] = [];
    const url = await serve(async (request, response) => {
      bodies.push(Buffer.concat(await request.toArray()).toString());
      if (bodies.at(-1)?.includes('pigeon')) running.signal();
      else response.end();
    });
    const running = start(['test-endpoint', url.href, '--suite', 'full']);
    expect((await running.finished).exit).toBe(130);
    expect(bodies.at(-1)).toContain('pigeon');
  });

  test('shows text of the endpoint without its control characters', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(403).end('denied \u001b[2J\u202e');
    });
    const { out } = await run(['test-endpoint', url.href]);
    expect(out).toContain('The response says: "denied \\u001b[2J\\u202e"\n');
  });

  test('lists every check, without a URL', async () => {
    const { exit, out } = await run(['test-endpoint', '--list', '--json']);
    expect(exit).toBe(0);
    expect(lines(out).map(({ type, id }) => [type, id])).toEqual(
      [...checks, ...askedChecks].map(({ id }) => ['listed_check', id]),
    );
    const listed = (await run(['test-endpoint', '--list'])).out;
    expect(listed).toMatch(/^empty_body {4}Empty body answered 200/m);
    expect(listed).toMatch(/^gaps {10}Null, empty and missing values \(suite full\)$/m);
  });

  test('asks for a yes before several samples go beyond this machine', async () => {
    const words = ['test-endpoint', 'https://shop.invalid/hook', '-c', 'all'];
    const { exit, err } = await run(words);
    expect(exit).toBe(2);
    expect(err).toContain('explain needs_yes');
    expect((await run([...words, '--yes'])).out).toContain('✗ Name and address (dns)');
    expect((await run([...words, '--skip', 'sample,answer_time'])).exit).toBe(1);
    const full = await run(['test-endpoint', 'https://shop.invalid/hook', '--suite', 'full']);
    expect(full.exit).toBe(2);
    expect(full.err).toMatch(/Sending \d\d calls to shop\.invalid needs confirmation/);
  });

  test.each([
    [[], 'usage', 'The URL of the endpoint is missing.'],
    [['ftp://shop.example.com'], 'invalid_value', 'only http and https URLs can be called'],
    [[':3000', '--only', 'redirct'], 'invalid_value', 'Did you mean "redirect"?'],
    [[':3000', '--skip', checks.map(({ id }) => id).join()], 'usage', 'leave no check to run'],
    [[':3000', '-c', 'emial'], 'unknown_channel', 'Did you mean "email"?'],
    [[':3000', '-H', 'Host: elsewhere'], 'header_invalid', 'Host is derived from the URL'],
    [[':3000', '--timeout', 'soon'], 'invalid_value', 'it is not a duration'],
    [[':3000', '--suite', 'everything'], 'invalid_value', 'basic'],
  ])('%j is a usage problem', async (words, code, says) => {
    const { exit, out, err } = await run(['test-endpoint', ...words]);
    expect(exit).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(codeText(code));
    expect(err).toContain(says);
  });
});

describe('test-endpoint over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'netcore-hook-authority-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const authority = makeCertificate();
  writeFileSync(join(folder, 'authority.pem'), authority.cert);

  /** Node reads NODE_EXTRA_CA_CERTS when a process starts, so this takes a process. */
  function runTrusting(...words: string[]): Promise<Line[]> {
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem') };
    const binary = fileURLToPath(new URL('bin/netcore-hook.js', packageRoot));
    return new Promise((resolve) => {
      execFile(process.execPath, [binary, ...words], { env }, (_error, out) => resolve(lines(out)));
    });
  }

  test.each<
    [
      what: string,
      certificate: Parameters<typeof makeCertificate>[0],
      server: { minVersion?: SecureVersion; maxVersion?: SecureVersion },
      code: string | undefined,
      message: string,
    ]
  >([
    ['is sound', { days: 90 }, {}, undefined, ''],
    ['is sound, with TLS 1.2 only', { days: 90 }, { maxVersion: 'TLSv1.2' }, undefined, ''],
    ['has TLS 1.3 only', { days: 90 }, { minVersion: 'TLSv1.3' }, 'tls_1_3_only', 'only TLS 1.3'],
    ['ends soon', { days: 3 }, {}, 'certificate_expires_soon', 'expires in 2 days'],
    ['has expired', { days: -1 }, {}, 'certificate_refused', 'has expired'],
    [
      'is for another name',
      { days: 90, names: 'DNS:shop.example.com,DNS:www.example.com' },
      {},
      'certificate_refused',
      'The certificate is for shop.example.com, www.example.com, not for 127.0.0.1.',
    ],
  ])('finds what %s', async (_what, options, server, code, message) => {
    const certificate = makeCertificate({ ...options, authority });
    const url = await serveSecurely({ ...certificate, ...server }, guarded);
    const words = ['test-endpoint', url.href, '--auth', 'netcore:secret', '--json'];
    const found = (await runTrusting(...words)).flatMap(({ findings = [] }) => findings);
    expect(found.map((each) => each.code).filter((each) => each !== 'not_run')).toEqual(
      code === undefined ? [] : [code],
    );
    if (code !== undefined) expect(found[0]?.message).toContain(message);
  });
});

describe('test-endpoint on a terminal', () => {
  test('shows which check is under way, and the results in colour', async () => {
    const url = await serve(guarded);
    const words = ['test-endpoint', url.href, '--auth', 'netcore:secret'];
    const { exit, out, err } = await run(words, { terminal: true, env: { NO_COLOR: '' } });
    expect(exit).toBe(0);
    expect(out).toContain('\u001b[32m✓\u001b[39m Sample calls answered 200\n');
    expect(err).toContain('Sample calls answered 200');
    expect(
      (await run([...words, '--no-color'], { terminal: true, env: { NO_COLOR: '' } })).out,
    ).not.toContain('\u001b');
  });

  test('runs the harmless checks only when the question for samples is answered no', async () => {
    const running = start(['test-endpoint', 'https://shop.invalid/hook', '-c', 'all'], {
      terminal: true,
    });
    await running.line(/Send 7 calls with test events to shop\.invalid\?/);
    running.type('\r');
    const { exit, out } = await running.finished;
    expect(exit).toBe(1);
    // Thirteen checks but the two with events, of which URL passes and the name fails.
    expect(out).toContain('9 checks not run: fix dns first');
    expect(out).toContain('1 check failed.');
  });

  test.each([
    { checks: 'url', asks: /Send calls with test events, 5 at a time for 1 s, to shop\.invalid\?/ },
    {
      checks: 'url,sample',
      asks: /Send 1 call with test events, and then 5 at a time for 1 s, to shop\.invalid\?/,
    },
  ])('asks before a burst after the checks $checks', async ({ checks, asks }) => {
    const words = ['https://shop.invalid/hook', '--only', checks, '--burst', '5x1s'];
    const running = start(['test-endpoint', ...words], { terminal: true });
    await running.line(asks);
    running.type('\r');
    const { exit, out } = await running.finished;
    expect(exit).toBe(0);
    expect(out).not.toContain('--burst');
  });
});
