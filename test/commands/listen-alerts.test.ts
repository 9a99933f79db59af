import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../src/alerts/alert.js';
import { openDatabase } from '../../src/store/database.js';
import { call, formHeaders } from '../helpers/http.js';
import { startListener } from '../helpers/listener.js';
import { run } from '../helpers/run.js';
import { nobodyThere, serve, serveRaw } from '../helpers/servers.js';
import { serveMail } from '../helpers/smtp.js';
import { bodyOf, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { until } from '../helpers/until.js';

/** A receiver of alerts, and what it got. */
async function receiver() {
  const alerts: Alert[] = [];
  const url = await serve(async (request, response) => {
    if (request.method === 'POST') alerts.push((await json(request)) as Alert);
    else response.statusCode = 405;
    response.end();
  });
  return {
    alerts,
    words: ['--alert-url', url.href],
    kinds: () => alerts.map(({ kind }) => kind),
    arrived: (kind: string) =>
      until(() => alerts.some((alert) => alert.kind === kind), `an alert ${kind}`),
  };
}

/** A listener whose clock stands still until the test moves it. */
async function listenAtRest(words: readonly string[], store?: string) {
  let time = Date.now();
  const listener = await startListener(['--alert-silence', '1s', ...words], {
    now: () => time,
    ...(store !== undefined && { store }),
  });
  const pass = (ms: number) => {
    time += ms;
  };
  return { listener, pass };
}

/** The listener writes its note beside the alert. */
async function statusShows(store: string, expected: RegExp): Promise<void> {
  const status = async () => {
    const { exit, out } = await run(['status', '--store', store]);
    return { healthy: exit === 0, out };
  };
  await expect.poll(status, { timeout: 5_000 }).toMatchObject({
    healthy: expected.source.includes('well'),
    out: expect.stringMatching(expected),
  });
}

const body = (webhook: string) =>
  bodyOf([{ channel: 'sms', event: 'click', webhook_name: webhook, event_params: {} }]);
const send = (url: string, text = body('Order updates'), auth?: string) =>
  call(url, {
    method: 'POST',
    headers: {
      ...formHeaders,
      ...(auth && { authorization: `Basic ${Buffer.from(auth).toString('base64')}` }),
    },
    body: text,
  });

describe('an alert of listen', () => {
  test('counts dead calls by answer, without data of persons', async () => {
    const { words, alerts, arrived } = await receiver();
    const handler = await serve((request, response) => {
      request.resume().on('end', () => response.writeHead(410).end('no contact asha@example.com'));
    });
    const listener = await startListener(['-f', handler.href, '--attempts', '1', ...words]);
    await send(listener.url);
    await arrived('call_dead');
    expect(alerts[0]).toMatchObject({
      kind: 'call_dead',
      severity: 'critical',
      state: 'firing',
      listener: listener.url,
      profile: 'default',
      command: `netcore-hook --store ${listener.store} queue list --dead`,
      message: expect.stringMatching(/: It answered 410, "no contact …"\.$/),
      details: {
        status: 410,
        calls: 1,
        answers: [{ status: 410, reason: 'no contact …', calls: 1 }],
      },
    });
    const { out } = await run(['history', 'log', '--store', listener.store]);
    expect(out).toContain('alert sent: call_dead (firing)');
  });

  test('says that the handler fails and until when calls are safe, and that it recovered', async () => {
    const { words, alerts, arrived } = await receiver();
    let status = 500;
    const handler = await serve((request, response) => {
      request.resume().on('end', () => response.writeHead(status).end());
    });
    const listener = await startListener(['-f', handler.href, ...words]);
    for (let count = 0; count < 8; count += 1) await send(listener.url);
    await arrived('breaker_opened');
    status = 200;
    const [opened] = alerts;
    expect(opened).toMatchObject({
      severity: 'warning',
      command: expect.stringContaining('test-endpoint'),
    });
    const left = Date.parse(opened?.safeUntil?.time ?? '') - Date.parse(opened?.since ?? '');
    expect(Math.abs(left - 7 * 86_400_000)).toBeLessThan(60_000);
    await arrived('breaker_closed');
    expect(alerts.find(({ kind }) => kind === 'breaker_closed')).toMatchObject({
      state: 'resolved',
      key: opened?.key,
      safeUntil: null,
    });
  });

  test('is raised by the panel with a wrong password, not by other clients, which it counts', async () => {
    const { words, alerts, kinds, arrived } = await receiver();
    const { listener, pass } = await listenAtRest([
      ...['--auth', 'netcore:correct-horse', '--path', '/hook'],
      ...words,
    ]);
    const hook = listener.url;
    await send(hook, undefined, 'netcore:correct-horse');
    await send(new URL('/', hook).href);
    await send(hook);
    await send(hook, undefined, 'root:toor');
    await send(hook, undefined, 'netcore:wrong-horse');
    await arrived('wrong_password');
    pass(1_000);
    await arrived('silence');
    expect(new Set(kinds())).toEqual(new Set(['wrong_password', 'silence']));
    expect(alerts.find(({ kind }) => kind === 'wrong_password')?.details).toEqual({
      user: 'netcore',
      remote: '127.0.0.1',
      calls: 1,
    });
    expect(alerts.find(({ kind }) => kind === 'silence')?.details.refused).toEqual({
      other_path: 1,
      no_credentials: 1,
      unknown_user: 1,
      wrong_password: 1,
    });
  });

  test('about refused calls is raised when asked for', async () => {
    const { words, alerts, arrived } = await receiver();
    const listener = await startListener(['--path', '/hook', '--alert-refused', ...words]);
    await send(new URL('/', listener.url).href);
    await arrived('calls_refused');
    expect(alerts[0]).toMatchObject({ severity: 'info', details: { refused: { other_path: 1 } } });
  });

  test('is raised by a call that is too large', async () => {
    const { words, alerts, arrived } = await receiver();
    const listener = await startListener(['--max-body', '10', ...words]);
    await send(listener.url);
    await arrived('not_200');
    expect(alerts[0]?.details).toMatchObject({ status: 413, code: 'body_too_large', calls: 1 });
  });

  test('says that calls cannot be recorded, and when they are again', async () => {
    const { words, alerts, arrived } = await receiver();
    const listener = await startListener(words);
    const store = openDatabase(join(listener.store, 'captures.db'));
    store.execute(
      "create trigger fail before insert on captures begin select raise(abort, 'no space'); end",
    );
    expect((await send(listener.url)).status).toBe(503);
    await arrived('store_failing');
    expect(alerts[0]).toMatchObject({
      severity: 'critical',
      state: 'firing',
      message: expect.stringContaining('no space'),
      losing: 'The refused calls, unless Netcore repeats them.',
    });
    store.execute('drop trigger fail');
    store.close();
    expect((await send(listener.url)).status).toBe(200);
    await arrived('store_recovered');
    expect(alerts.at(-1)).toMatchObject({ state: 'resolved', key: alerts[0]?.key });
  });

  test('about silence comes again after a restart, and status shows it', async () => {
    const { words, arrived, alerts } = await receiver();
    const store = temporaryFolder();
    await recordCalls([{ time: Date.now(), body: Buffer.from(body('Order updates')) }], store);
    const { listener, pass } = await listenAtRest(words, store);
    pass(1_000);
    await arrived('silence');
    await statusShows(
      store,
      new RegExp(`No call has arrived at ${listener.url} for .* \\(--alert-silence 1s\\)`),
    );
    await send(listener.url);
    await arrived('silence_over');
    expect(alerts.at(-1)).toMatchObject({ kind: 'silence_over', state: 'resolved' });
    await statusShows(store, /All is well/);
  });

  test('about one silent webhook names it, and status does', async () => {
    const { words, arrived, alerts } = await receiver();
    const { listener, pass } = await listenAtRest(words);
    for (let count = 0; count < 5; count += 1) await send(listener.url, body('Order updates'));
    pass(900);
    await send(listener.url, body('Clicks'));
    pass(100);
    await arrived('silence');
    expect(alerts[0]).toMatchObject({
      title: 'No calls arrive from webhook "Order updates" of panel "netcore_hook_test"',
      command: expect.stringContaining('history stats --by webhook'),
    });
    await statusShows(
      listener.store,
      /No call has arrived for .* from webhook "Order updates" of panel/,
    );
  });

  test('reaches every address by e-mail, with the password from a file', async () => {
    const login = { user: 'netcore@example.com', password: 'correct-horse' };
    const mail = await serveMail({ login });
    const folder = temporaryFolder();
    const secret = join(folder, 'smtp.password');
    writeFileSync(secret, `${login.password}\n`);
    chmodSync(secret, 0o600);
    const listener = await startListener([
      ...['--respond', '500', '--alert-email', 'asha@example.com,ops@example.com'],
      ...['--smtp', `smtp://netcore%40example.com@127.0.0.1:${mail.port}`],
      ...['--smtp-password', `@${secret}`],
    ]);
    await send(listener.url);
    await until(() => mail.emails.length > 0, 'there is an e-mail');
    expect(mail.emails).toMatchObject([
      { from: login.user, user: login.user, to: ['asha@example.com', 'ops@example.com'] },
    ]);
    expect(mail.emails[0]?.raw).toContain('critical: 1 call was answered 500');
    const { out, err } = await listener.stop();
    expect(`${out}${err}`).not.toContain(login.password);
  });

  test('that hangs in every channel holds up no call', async () => {
    const { port } = await serveRaw(() => {});
    const listener = await startListener([
      ...['--respond', '500', '--alert-email', 'asha@example.com'],
      ...['--smtp', `smtp://127.0.0.1:${port}`],
      ...['--alert-url', `http://127.0.0.1:${port}/`],
    ]);
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(listener.url)));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(500));
  });
});

describe('the heartbeat', () => {
  test('is sent without any alert channel', async () => {
    const beats: number[] = [];
    const url = await serve((_request, response) => {
      beats.push(Date.now());
      response.end();
    });
    const listener = await startListener([
      ...['--heartbeat-url', url.href, '--heartbeat-every', '1s'],
    ]);
    await until(() => beats.length > 1, 'it beats');
    await listener.stop();
  });
});

describe('the start', () => {
  test.each([
    [['-f', ':3000'], /^Alerts +none\. .*--alert-email/m],
    [['-f', ':3000', '--alert-command', 'true'], /^Alerts +by --alert-command$/m],
  ])('of %j says where alerts go', async (words, line) => {
    const listener = await startListener(words, { terminal: true });
    await listener.line(/Ctrl-C/);
    expect(listener.written().join('')).toMatch(line);
  });

  test('without forwarding says nothing of alerts', async () => {
    const listener = await startListener();
    await listener.line(/Ctrl-C/);
    expect(listener.written().join('')).not.toContain('Alerts');
  });

  test('gives programs the channels', async () => {
    const listener = await startListener(['-f', ':3000', '--json']);
    expect(JSON.parse((await listener.line(/"ready"/)).input ?? '')).toMatchObject({ alerts: [] });
  });

  test.each([
    [['--alert-every', '1m'], '--alert-every requires an alert channel.'],
    [['--alert-refused'], '--alert-refused requires an alert channel.'],
    [['--alert-age', '1m'], '--alert-age requires an alert channel.'],
    [['--alert-test'], '--alert-test requires an alert channel.'],
    [['--alert-email', 'asha@example.com'], '--alert-email requires a mail server.'],
    [['--smtp', 'smtp://mail.example.com'], '--smtp requires --alert-email.'],
    [['--smtp-from', 'a@example.com'], '--smtp-from requires --alert-email.'],
    [['--alert-format', 'slack'], '--alert-format requires --alert-url.'],
    [['--heartbeat-every', '5m'], '--heartbeat-every requires --heartbeat-url.'],
    [
      ['--alert-email', 'asha@example.com', '--smtp', 'smtps://netcore@mail.example.com'],
      'The password of "netcore" at mail.example.com is missing.',
    ],
    [
      [
        ...['--alert-email', 'asha@example.com', '--smtp', 'smtps://mail.example.com'],
        ...['--smtp-password', 'x'],
      ],
      '--smtp-password requires a user in --smtp.',
    ],
    [
      ['--alert-url', 'https://events.pagerduty.com/v2/enqueue'],
      '--alert-url for pagerduty requires a key as its user name.',
    ],
  ])('with %j is refused: %s', async (words, message) => {
    const { exit, err } = await run(['listen', '--store', temporaryFolder(), '--json', ...words]);
    expect(JSON.parse(err)).toMatchObject({ code: 'usage', message });
    expect(exit).toBe(2);
  });

  test.each([
    ['--alert-email', 'asha'],
    ['--alert-email', 'asha@example.com\r\nBcc: eve@example.com'],
    ['--alert-email', 'Asha <asha@example.com>'],
    ['--smtp', 'mail.example.com'],
    ['--smtp', 'http://mail.example.com'],
    ['--smtp', 'smtp://user:secret@'],
    ['--smtp-from', 'a@b@c'],
    ['--alert-silence', '30'],
    ['--alert-silence', '30m@'],
    ['--alert-silence', '30m@8-23'],
    ['--alert-silence', '0s'],
    ['--alert-format', 'matrix'],
    ['--heartbeat-every', '10ms'],
  ])('with %s %j is refused', async (option, value) => {
    const { exit, err } = await run([
      'listen',
      '--store',
      temporaryFolder(),
      '--json',
      option,
      value,
    ]);
    expect(JSON.parse(err)).toMatchObject({ code: 'invalid_value' });
    expect(err).not.toContain('secret');
    expect(exit).toBe(2);
  });
});

describe('--alert-test', () => {
  const testAlert = (words: readonly string[], env: Record<string, string> = {}) =>
    run(['listen', '--alert-test', '--store', temporaryFolder(), ...words], { env });

  test('sends one alert through every channel, and says what each answered', async () => {
    const { alerts, words } = await receiver();
    const mail = await serveMail();
    const folder = temporaryFolder();
    const { exit, out } = await run(
      [
        ...['listen', '--alert-test', '--store', join(folder, 'store'), ...words],
        ...['--alert-email', 'asha@example.com', '--alert-command', 'cat > alert.json'],
        ...['--heartbeat-url', words[1] ?? ''],
      ],
      { cwd: folder, env: { NETCORE_HOOK_SMTP: `smtp://127.0.0.1:${mail.port}` } },
    );
    expect(out).toBe(
      [
        '--alert-email    delivered  250 queued as 4242',
        '--alert-url      delivered  It answered 200.',
        '--alert-command  delivered  It ended with 0.',
        '--heartbeat-url  failed     It answered 405.',
        '',
      ].join('\n'),
    );
    expect(exit).toBe(1);
    expect(alerts).toMatchObject([{ kind: 'test', severity: 'info' }]);
    expect(JSON.parse(readFileSync(join(folder, 'alert.json'), 'utf8')).kind).toBe('test');
    expect(mail.emails).toHaveLength(1);
    expect(existsSync(join(folder, 'store'))).toBe(false);
  });

  test('ends with 0 when every channel took it', async () => {
    const { words } = await receiver();
    expect(await testAlert([...words, '--json'])).toEqual({
      exit: 0,
      err: '',
      out: '{"schema":1,"type":"alert_test","channel":"--alert-url","delivered":true,"answer":"It answered 200."}\n',
    });
  });

  test('ends with 1 and the reason when one failed, without secrets', async () => {
    const { port } = await nobodyThere();
    const mail = await serveMail({ login: { user: 'netcore', password: 'correct-horse' } });
    const { exit, out, err } = await testAlert(
      [
        ...['--alert-url', `http://127.0.0.1:${port}/services/T0/s3cret`],
        ...['--alert-email', 'asha@example.com', '--smtp', `smtp://netcore@127.0.0.1:${mail.port}`],
      ],
      { NETCORE_HOOK_SMTP_PASSWORD: 'wrong-horse' },
    );
    expect(exit).toBe(1);
    expect(out).toBe(
      [
        '--alert-email    failed     Invalid login: 535 authentication failed.',
        `--alert-url      failed     Nothing is listening at 127.0.0.1:${port}.`,
        '',
      ].join('\n'),
    );
    expect(`${out}${err}`).not.toMatch(/s3cret|horse/);
  });

  test('takes a password from the URL as it stands there', async () => {
    const mail = await serveMail({ login: { user: 'netcore', password: '100%' } });
    const env = { NETCORE_HOOK_SMTP: `smtp://netcore:100%@127.0.0.1:${mail.port}` };
    expect(await testAlert(['--alert-email', 'asha@example.com'], env)).toMatchObject({ exit: 0 });
  });

  test('works for queue work', async () => {
    const { words, alerts } = await receiver();
    const store = temporaryFolder();
    const worker = ['queue', 'work', '-f', ':3000', '--alert-test', '--store', store];
    expect(await run([...worker, ...words])).toMatchObject({ exit: 0 });
    expect(alerts).toHaveLength(1);
  });
});
