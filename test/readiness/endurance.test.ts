import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { Attempt } from '../../src/call/attempt.js';
import { runSoak } from '../../src/readiness/endurance/run-soak.js';
import { judgeSoak } from '../../src/readiness/endurance/soak-check.js';
import { createSoakRecord } from '../../src/readiness/endurance/soak-record.js';
import { createFakeClock } from '../helpers/fake-clock.js';
import { run, start } from '../helpers/run.js';
import { serve } from '../helpers/servers.js';
import { serveMail } from '../helpers/smtp.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const minute = 60_000;
const untouched = (text: string) => text;
const day = { durationMs: 1440 * minute, intervalMs: minute };
const answered = (status: number): Attempt => ({
  kind: 'answered',
  status,
  headers: [],
  body: Buffer.alloc(0),
  bytes: 0,
  ms: 12,
});

describe('a soak', () => {
  test('calls once a minute for a day, tells every hour, and of every outage its beginning and end', async () => {
    const clock = createFakeClock();
    const record = createSoakRecord(day, clock.now(), { conceal: untouched });
    const told: string[] = [];
    let calls = 0;
    let over = false;
    const begun = clock.now();
    const soaked = runSoak({
      ...{ soak: day, record, clock, now: clock.now, signal: new AbortController().signal },
      call: async () => {
        calls += 1;
        return answered(calls >= 100 && calls < 105 ? 503 : 200);
      },
      save: async () => {},
      observer: {
        called: () => {},
        turned: ({ kind }) => told.push(kind),
        hour: () => told.push('hour'),
      },
    }).finally(() => {
      over = true;
    });
    await clock.until(() => over);
    const figures = await soaked;
    expect(calls).toBe(1440);
    expect(clock.now() - begun).toBe(1439 * minute);
    expect(told.slice(0, 4)).toEqual(['hour', 'failed', 'recovered', 'hour']);
    expect(told).toHaveLength(26);
    expect(figures.outages).toEqual([
      { from: begun + 99 * minute, to: begun + 104 * minute, calls: 5, reason: 'It answered 503.' },
    ]);
    expect(judgeSoak(figures).map(({ code }) => code)).toEqual(['soak_failed']);
    expect(figures.timeLine).toHaveLength(60);
  }, 20_000);

  test('goes on where it stopped, with all that it had found', () => {
    const first = createSoakRecord(day, 0, { conceal: untouched });
    first.add(answered(200), 0);
    first.add(answered(500), minute);
    const kept = JSON.parse(JSON.stringify(first.figures()));
    const second = createSoakRecord(day, 90 * minute, { before: kept, conceal: untouched });
    expect(second.add(answered(200), 90 * minute)?.kind).toBe('recovered');
    const figures = second.figures();
    expect(figures).toMatchObject({ begun: 0, calls: 3, answered200: 2, outageCount: 1 });
    expect(judgeSoak(figures).map(({ code }) => code)).toEqual(['soak_failed', 'soak_not_over']);
  });

  test('stops at a signal with its result, and is resumed by the same command line', async () => {
    const folder = temporaryFolder();
    const bodies: number[] = [];
    const url = await serve(async (request, response) => {
      bodies.push(Buffer.concat(await request.toArray()).length);
      response.end();
    });
    const words = ['test-endpoint', url.href, '--only', 'http', '--soak', '20s', '--every', '20ms'];
    const state = join(folder, 'soak.json');
    const running = start([...words, '--state', state, '--json']);
    while (!existsSync(state)) await new Promise(setImmediate);
    running.signal();
    const stopped = await running.finished;
    expect(stopped.exit).toBe(130);
    expect(stopped.out).toContain('"soak_not_over"');
    expect(stopped.out).toContain('"verdict":"warnings"');
    expect(new Set(bodies)).toEqual(new Set([0]));
    expect(statSync(state).mode & 0o777).toBe(0o600);
    const { calls } = JSON.parse(readFileSync(state, 'utf8')).figures;

    const again = start([...words, '--state', state, '--json']);
    const [line] = await again.line(/.*"event":"resumed".*/);
    expect(JSON.parse(line)).toMatchObject({ calls, planned: 1000 });
    again.signal('SIGTERM');
    expect((await again.finished).exit).toBe(143);

    // As many calls to another endpoint: nothing of the first may be said of it.
    const kept = readFileSync(state, 'utf8');
    const other = new URL('/other', url).href;
    const anew = start([...words.with(1, other), '--state', state, '--json']);
    while (readFileSync(state, 'utf8') === kept) await new Promise(setImmediate);
    anew.signal();
    expect((await anew.finished).out).not.toContain('"event":"resumed"');
  });

  test('sends alerts at the first failure and at recovery, and forgets its state at its end', async () => {
    const folder = temporaryFolder();
    let calls = 0;
    const url = await serve((request, response) => {
      request.resume().on('end', () => {
        calls += 1;
        response.writeHead(calls >= 3 && calls < 6 ? 503 : 200).end();
      });
    });
    const words = [
      'test-endpoint',
      url.href,
      '--only',
      'http',
      '--soak',
      '200ms',
      '--every',
      '20ms',
    ];
    const mail = await serveMail();
    const posted: string[] = [];
    const receiver = await serve(async (request, response) => {
      posted.push(await text(request));
      response.end();
    });
    const { exit, out } = await run(
      [
        ...[...words, '--store', folder, '--alert-command', 'cat >> alerts.jsonl'],
        ...['--alert-email', 'asha@example.com', '--smtp', `smtp://127.0.0.1:${mail.port}`],
        ...['--alert-url', receiver.href, '--alert-format', 'slack'],
      ],
      { cwd: folder },
    );
    expect(exit).toBe(1);
    expect(out).toContain('recovered');
    expect(out).toContain('3 of 10 calls failed.');
    const alerts = readFileSync(join(folder, 'alerts.jsonl'), 'utf8').trim().split('\n');
    expect(alerts.map((line) => JSON.parse(line).kind).sort()).toEqual([
      'soak_failed',
      'soak_recovered',
    ]);
    expect(
      mail.emails.map(({ raw }) => /^Subject: .* (\w+: .*)$/m.exec(raw)?.[1]?.trim()).sort(),
    ).toEqual([
      'critical: The endpoint has stopped answering 200',
      'resolved: The endpoint answers 200 again',
    ]);
    expect(posted.map((body) => Object.keys(JSON.parse(body)))).toEqual([['text'], ['text']]);
    const states = join(folder, 'soaks');
    const { readdirSync } = await import('node:fs');
    expect(readdirSync(states)).toEqual([]);
  });

  test('tells nobody the password that an endpoint says back: no line, no alert, no state', async () => {
    const folder = temporaryFolder();
    const url = await serve((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(500).end(`no user for ${request.headers.authorization}, correct-horse`);
      });
    });
    const state = join(folder, 'soak.json');
    const running = start(
      [
        ...[
          'test-endpoint',
          url.href,
          '--auth',
          'netcore:correct-horse',
          '--only',
          'tcp',
          '--json',
        ],
        ...['--soak', '20s', '--every', '20ms', '--state', state],
        ...['--alert-command', 'cat >> alerts.jsonl'],
      ],
      { cwd: folder },
    );
    while (!existsSync(state)) await new Promise(setImmediate);
    const kept = readFileSync(state, 'utf8');
    running.signal();
    const { out, err } = await running.finished;
    const alerts = readFileSync(join(folder, 'alerts.jsonl'), 'utf8');
    for (const each of [out, kept, alerts]) expect(each).toContain('no user for');
    expect([out, err, kept, alerts].join()).not.toMatch(/correct-horse|bmV0Y29yZTpjb3JyZWN0/);
  });

  test('goes on where its state cannot be kept, and says so once', async () => {
    const folder = temporaryFolder();
    const url = await serve((request, response) =>
      request.resume().on('end', () => response.end()),
    );
    const words = ['--only', 'http', '--soak', '60ms', '--every', '20ms', '--state'];
    const { exit, err } = await run(['test-endpoint', url.href, ...words, folder]);
    expect(exit).toBe(0);
    expect(err.match(/cannot be resumed/g)).toHaveLength(1);
  });

  test('does not begin where the credentials are rejected', async () => {
    const url = await serve((request, response) =>
      request.resume().on('end', () => response.writeHead(401).end()),
    );
    const words = ['--auth', 'netcore:secret', '--store', temporaryFolder()];
    const { exit, out } = await run([
      'test-endpoint',
      url.href,
      ...words,
      '--soak',
      '1h',
      '--json',
    ]);
    expect(exit).toBe(1);
    const soak = out.split('\n').find((line) => line.includes('"id":"soak"')) ?? '{}';
    expect(JSON.parse(soak)).toMatchObject({
      outcome: 'skip',
      findings: [{ code: 'not_run', message: 'Not run, since credentials failed.' }],
    });
  });

  test.each([
    ['--every', '1m'],
    ['--state', 'soak.json'],
    ['--alert-command', 'true'],
    ['--alert-email', 'asha@example.com'],
    ['--alert-url', ':3001'],
    ['--alert-every', '1m'],
    ['--smtp', 'smtp://localhost'],
  ])('%s without --soak is a usage problem', async (option, value) => {
    const { exit, err } = await run(['test-endpoint', ':3000', option, value]);
    expect(exit).toBe(2);
    expect(err).toContain(`${option} requires --soak`);
  });
});
