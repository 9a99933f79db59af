import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { eventKey } from '../../src/payload/event-key.js';
import { keysInStore, keysOfBody } from '../helpers/keys.js';
import { startListener } from '../helpers/listener.js';
import { type RunOptions, run, start } from '../helpers/run.js';
import { nobodyThere, serve } from '../helpers/servers.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

interface Line {
  readonly type: string;
  readonly [key: string]: unknown;
}
const jsonLines = (text: string): Line[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const repeatable = ['--seed', '42', '--start', '2026-11-24T04:30:00Z'];

/** Answers as it is told, and keeps the key of every event that it was sent. */
async function handler(answer: RequestListener = (_, response) => void response.end('ok')) {
  const calls: string[][] = [];
  const url = await serve(async (request, response) => {
    calls.push(keysOfBody(await buffer(request)));
    answer(request, response);
  });
  return { to: url.href, calls };
}

/** With a seed, so that each run has enough events; a second one counts instead. */
function simulate(argv: readonly string[], options: RunOptions = {}) {
  const cwd = options.cwd ?? temporaryFolder();
  const words = ['simulate', '--store', join(cwd, 'store'), '--seed', '42', ...argv];
  return run(words, { ...options, cwd });
}

const truthOf = (path: string) => jsonLines(readFileSync(path, 'utf8'));
const keysOf = (lines: readonly Line[]) => lines.map(({ key }) => String(key));

describe('simulate', () => {
  test('sends what the truth file records, and says what the store should hold', async () => {
    const cwd = temporaryFolder();
    const { to, calls } = await handler();
    const { exit, out, err } = await simulate(
      [
        'hot-lead',
        '--contacts',
        '300',
        '--duplicates',
        '10%',
        '--truth',
        'truth.ndjson',
        '--to',
        to,
      ],
      { cwd },
    );
    expect(exit).toBe(0);
    const [first, ...events] = truthOf(join(cwd, 'truth.ndjson'));
    expect(first).toMatchObject({
      ...{ schema: 1, type: 'simulation', journey: 'hot-lead', contacts: 300 },
      panel: 'netcore_hook_test',
    });
    expect(keysOf(events)).toEqual(calls.flat());
    const distinct = new Set(calls.flat()).size;
    const repeats = calls.flat().length - distinct;
    expect(repeats).toBeGreaterThan(3);
    expect(events.filter(({ repeat }) => repeat)).toHaveLength(repeats);
    expect(out).toContain(
      `${calls.flat().length} events sent, ${repeats} of them repeats: your store should hold ${distinct}.`,
    );
    expect(out).toMatch(/^To remove them: panel netcore_hook_test, msgid \d{7} to \d{7}\.$/m);
    expect(err).toMatch(
      /^Simulating hot-lead for 300 contacts\. To repeat it: --seed \d+ --start \S+Z$/m,
    );
  });

  test('counts the events of contacts with one number as their keys do', async () => {
    const cwd = temporaryFolder();
    const rows = Array.from({ length: 60 }, (_, index) => `asha${index}@example.com,0000000001`);
    writeFileSync(join(cwd, 'family.csv'), `email,mobile\n${rows.join('\n')}\n`);
    const { to, calls } = await handler();
    const argv = ['broadcast', '-c', 'whatsapp', '--contacts', 'family.csv', '--over', '10s'];
    const { out } = await simulate([...argv, '--yes', '--json', '--to', to], { cwd });
    const distinct = new Set(calls.flat()).size;
    expect(distinct).toBeLessThan(calls.flat().length);
    expect(jsonLines(out).at(-1)).toMatchObject({
      ...{ type: 'simulated', events: calls.flat().length, stored: distinct },
      repeats: calls.flat().length - distinct,
    });
  });

  test('numbers the calls in the truth file from 1, each with its answer', async () => {
    const cwd = temporaryFolder();
    let count = 0;
    const { to, calls } = await handler((_, response) => {
      count += 1;
      response.statusCode = count === 2 ? 500 : 200;
      response.end('busy');
    });
    const { exit, out } = await simulate(
      ['--contacts', '20', '--truth', 'truth.ndjson', '--to', to],
      { cwd },
    );
    expect(exit).toBe(1);
    const [, ...events] = truthOf(join(cwd, 'truth.ndjson'));
    const statuses = new Map(events.map(({ call, status }) => [call, status]));
    expect([...statuses.keys()]).toEqual(calls.map((_, index) => index + 1));
    expect(statuses.get(2)).toBe(500);
    expect(events.find(({ call }) => call === 2)?.reason).toBe('busy');
    expect([...statuses.values()].filter((status) => status === 200)).toHaveLength(
      calls.length - 1,
    );
    expect(out).toMatch(/1 further event never answered 200: your store may hold it or not\./);
  });

  test('writes only complete lines while it runs, before the next call is answered', async () => {
    const cwd = temporaryFolder();
    const path = join(cwd, 'truth.ndjson');
    const seen: number[] = [];
    const { to, calls } = await handler((_, response) => {
      const text = readFileSync(path, 'utf8');
      expect(text.endsWith('\n')).toBe(true);
      seen.push(jsonLines(text).length - 1);
      response.end();
    });
    await simulate(['--contacts', '20', '--truth', 'truth.ndjson', '--to', to], { cwd });
    const before = calls.map((_, index) => calls.slice(0, index).flat().length);
    expect(seen).toEqual(before);
  });

  test('keeps its truth file to its owner', async () => {
    const cwd = temporaryFolder();
    const { to } = await handler();
    await simulate(['--contacts', '2', '--truth', 'truth.ndjson', '--to', to], { cwd });
    expect(statSync(join(cwd, 'truth.ndjson')).mode & 0o777).toBe(0o600);
  });

  test('arrives at a listener event by event as the truth file says', async () => {
    const cwd = temporaryFolder();
    const listener = await startListener();
    const argv = ['broadcast', '-c', 'rcs', '--contacts', '80', '--truth', 'truth.ndjson'];
    const { exit } = await simulate([...argv, '--to', listener.url], { cwd });
    expect(exit).toBe(0);
    const held = await keysInStore(listener.store);
    const [, ...events] = truthOf(join(cwd, 'truth.ndjson'));
    expect(held.length).toBeGreaterThan(80);
    expect(held.sort()).toEqual(keysOf(events).sort());
  });

  test('prints the same bytes for the same seed and start, on every machine', async () => {
    const argv = [...repeatable, '--contacts', '500', '--print', 'ndjson'];
    const hash = createHash('sha256');
    for (const journey of ['abandoned-cart', 'hot-lead', 'flight-search', 'welcome', 'broadcast']) {
      const { exit, out } = await simulate([journey, ...argv]);
      expect(exit).toBe(0);
      hash.update(out);
    }
    // Computed once, on Node 20. It changes only with the samples, the journeys or the generator.
    expect(hash.digest('hex')).toBe(
      '41123fc0c0a4d373a643b96998f25bb4723c11d9813ee89fb6cd531e149c12a1',
    );
  });

  test('sends the calls that it prints', async () => {
    const { to, calls } = await handler();
    const argv = [...repeatable, '--contacts', '50'];
    await simulate([...argv, '--to', to]);
    const { out } = await simulate([...argv, '--print', 'ndjson']);
    const printed = jsonLines(out).map((payload) =>
      Object.entries(payload).flatMap(([panel, events]) =>
        (events as unknown[]).map((event) => eventKey(panel, event).key),
      ),
    );
    expect(printed).toEqual(calls);
  });

  test.each([
    ['form', /^data=%7B\S+$/m],
    ['curl', /^curl .*http:\/\/127\.0\.0\.1:4400\//m],
  ])('prints calls as %s', async (print, expected) => {
    const { exit, out } = await simulate([...repeatable, '--contacts', '9', '--print', print]);
    expect({ exit, out }).toEqual({ exit: 0, out: expect.stringMatching(expected) });
  });

  test('counts the calls of a dry run as they are then sent', async () => {
    const { to, calls } = await handler();
    const argv = [...repeatable, '--contacts', '90', '--batch-every', '1h', '--batch-max', '5'];
    const { out } = await simulate([...argv, '--dry-run']);
    await simulate([...argv, '--to', to]);
    const events = calls.flat().length;
    expect(out).toContain(`${calls.length} calls would be sent, with ${events} events`);
    expect(Math.max(...calls.map((call) => call.length))).toBe(5);
  });

  test('emits the same as JSON lines', async () => {
    const { to, calls } = await handler();
    const { out } = await simulate([...repeatable, '--contacts', '30', '--to', to, '--json']);
    const lines = jsonLines(out);
    expect(lines[0]).toEqual({
      ...{ schema: 1, type: 'simulation', journey: 'abandoned-cart', seed: 42, contacts: 30 },
      ...{ start: '2026-11-24T04:30:00.000Z', panel: 'netcore_hook_test' },
    });
    expect(lines.filter(({ type }) => type === 'attempt')).toHaveLength(calls.length);
    expect(lines.at(-1)).toMatchObject({
      ...{ type: 'simulated', contacts: 30, calls: calls.length, events: calls.flat().length },
      ...{ stored: new Set(calls.flat()).size, unconfirmed: 0, drill: null },
    });
  });

  test('paces the simulated clock, and shows progress on a terminal', async () => {
    const { to } = await handler();
    const argv = ['--contacts', '100', '--over', '1m', '--speed', '100000x', '--to', to];
    const { exit, err } = await simulate(argv, { terminal: true });
    expect({ exit, progress: /\d+ of \d+ calls/.test(err) }).toEqual({ exit: 0, progress: true });
  });

  test('makes other choices each time without a seed, and shows the seed', async () => {
    const argv = ['simulate', '--contacts', '50', '--start', '2026-11-24', '--print', 'ndjson'];
    const [one, other] = [await run(argv), await run(argv)];
    expect(one.out).not.toBe(other.out);
    const [, seed = ''] = /--seed (\d+)/.exec(one.err) ?? [];
    expect((await run([...argv, '--seed', seed])).out).toBe(one.out);
  });

  test('lists the built-in journeys', async () => {
    const { exit, out } = await simulate(['--list']);
    expect(exit).toBe(0);
    for (const name of ['abandoned-cart', 'broadcast', 'flight-search', 'hot-lead', 'welcome'])
      expect(out).toMatch(new RegExp(`^${name} +\\S`, 'm'));
  });

  test('tells what a stopped run has sent', async () => {
    const cwd = temporaryFolder();
    let signal = () => {};
    const { to, calls } = await handler((_, response) => {
      if (calls.length === 5) signal();
      response.end();
    });
    const running = start(['simulate', '--store', cwd, '--contacts', '500', '--to', to], { cwd });
    signal = () => running.signal();
    const { exit, out } = await running.finished;
    expect(exit).toBe(130);
    expect(calls.length).toBeLessThan(10);
    expect(out).toMatch(/events sent.*your store should hold \d/);
  });
});

describe('a contacts file', () => {
  const csv =
    'email,mobile,first name,STATE\nMeera@Example.com,0000000009,Meera,Maharashtra\nleela@example.com,0000000008,Leela,Kerala\n';

  function folder(): string {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'contacts.csv'), csv);
    return cwd;
  }

  test('asks before it sends, even to this machine', async () => {
    const cwd = folder();
    const { to, calls } = await handler();
    const argv = ['broadcast', '--contacts', 'contacts.csv', '--truth', 'truth.ndjson', '--to', to];
    const { exit, err } = await simulate(argv, { cwd });
    expect({ exit, calls }).toEqual({ exit: 2, calls: [] });
    expect(err).toMatch(/events about the people of contacts\.csv .* needs confirmation.*--yes/s);
    expect(existsSync(join(cwd, 'truth.ndjson'))).toBe(false);
  });

  test.each(['n', 'y'])('takes %s for an answer', async (answer) => {
    const cwd = folder();
    const { to, calls } = await handler();
    const argv = ['broadcast', '--contacts', 'contacts.csv', '--to', to];
    const running = start(['simulate', '--store', cwd, ...argv], { cwd, terminal: true });
    await running.line(/Send \d+ calls about the people of contacts\.csv to /);
    running.type(`${answer}\n`);
    const { exit } = await running.finished;
    expect({ exit, sent: calls.length > 0 }).toEqual(
      answer === 'y' ? { exit: 0, sent: true } : { exit: 1, sent: false },
    );
  });

  test('gives the events its people, and lets their columns decide who enters', async () => {
    const cwd = folder();
    const argv = ['welcome', '--contacts', 'contacts.csv', '--print', 'ndjson'];
    const { exit, out } = await simulate(argv, { cwd });
    expect(exit).toBe(0);
    expect(out).toMatch(/Meera@Example\.com/);
    expect(out).not.toMatch(/leela/i);
    const dry = await simulate(['hot-lead', '--contacts', 'contacts.csv', '--dry-run'], { cwd });
    expect(dry.out).toMatch(/ of 2 contacts entered/);
  });

  test('gives attributes that it does not have no values, rather than invented ones', async () => {
    const argv = ['broadcast', '-c', 'apn', '--contacts', 'contacts.csv', '--print', 'ndjson'];
    const { out } = await simulate(argv, { cwd: folder() });
    const events = jsonLines(out).flatMap((payload) => payload.netcore_hook_test) as {
      udt_params: object;
    }[];
    const [first] = events;
    expect(Object.keys(first?.udt_params ?? {})).toEqual(['CITY', 'MOBILE', 'EMAIL']);
    expect(first?.udt_params).toMatchObject({ CITY: '' });
  });

  test('sends no message to a contact without an address on its channel', async () => {
    const cwd = folder();
    const lines = Array.from({ length: 60 }, (_, index) =>
      index % 2 === 0 ? `a${index}@example.com,` : `,00000000${index + 10}`,
    );
    writeFileSync(join(cwd, 'contacts.csv'), ['email,mobile', ...lines].join('\n'));
    for (const [channel, wrong] of [
      ['email', /"foreignkey":"\d/],
      ['whatsapp', /"foreignkey":"a\d/],
    ] as const) {
      const argv = ['broadcast', '-c', channel, '--contacts', 'contacts.csv', '--print', 'ndjson'];
      const { out } = await simulate(argv, { cwd });
      expect(out).toMatch(/"foreignkey"/);
      expect(out).not.toMatch(wrong);
    }
  });

  test('is refused with its line before anything is sent', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'contacts.csv'), 'email\nmeera@example.com\nno address\n');
    const argv = ['--contacts', 'contacts.csv', '--yes', '--truth', 'truth.ndjson'];
    const { exit, err } = await simulate(argv, { cwd });
    expect({ exit, named: /Line 3 of contacts\.csv/.test(err) }).toEqual({ exit: 2, named: true });
    expect(existsSync(join(cwd, 'truth.ndjson'))).toBe(false);
  });
});

test.each<[string, string[], RegExp, number]>([
  ['an unknown journey', ['hot-led'], /There is no journey "hot-led".*Did you mean hot-lead\?/s, 2],
  ['a file that is not there', ['./own.json'], /Cannot read .*own\.json/, 3],
  ['a percentage without a sign', ['--late', '2'], /--late cannot be "2".*2\.5%/s, 2],
  ['retries without an interval', ['--retries', '3'], /--retries cannot be "3".*3x1m/s, 2],
  ['an unknown channel', ['-c', 'custom_activity'], /Unknown channel "custom_activity"/, 2],
  ['a channel that cannot', ['hot-lead', '-c', 'email', '--batch-max', '0'], /--batch-max/, 2],
  ['an outage longer than the run', ['--outage', '2d'], /--outage is longer than --over/, 2],
  ['a truth file of a printed run', ['--print', 'form', '--truth', 'a'], /--print and --truth/, 2],
  ['a truth file of a dry run', ['--dry-run', '--truth', 'a'], /--dry-run and --truth/, 2],
  ['a speed and a rate', ['--speed', '60x', '--rate', '5'], /--speed and --rate/, 2],
  ['a journey behind --list', ['hot-lead', '--list'], /--list shows the built-in journeys/, 2],
  ['no contact', ['--contacts', '0'], /--contacts cannot be "0"/, 2],
])('refuses %s', async (_, argv, reason, code) => {
  const { exit, err } = await simulate(argv);
  expect({ exit, err }).toEqual({ exit: code, err: expect.stringMatching(reason) });
});

test('names the line of a mistake in a journey', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'own.json'), '{\n  "name": "Own",\n  "strat": {}\n}\n');
  const { exit, err } = await simulate(['own.json'], { cwd });
  expect(exit).toBe(2);
  expect(err).toMatch(/own\.json, line 3, column 3: "strat" is not a key here\..*"start"/s);
});

describe('a truth file', () => {
  const files: [string, (path: string) => void, RegExp][] = [
    ['that exists', (path) => writeFileSync(path, 'mine\n'), /already exists/],
    ['that is a folder', (path) => mkdirSync(path), /it is not a file/],
  ];
  test.each(files)('%s is left as it is, and nothing is sent', async (_, prepare, reason) => {
    const cwd = temporaryFolder();
    prepare(join(cwd, 'truth.ndjson'));
    const { to, calls } = await handler();
    const { exit, err } = await simulate(['--truth', 'truth.ndjson', '--to', to], { cwd });
    expect(exit).toBeGreaterThan(0);
    expect(err).toMatch(reason);
    expect(calls).toEqual([]);
  });

  test('in a folder that is not there is one problem, and nothing is sent', async () => {
    const { to, calls } = await handler();
    const { exit, err } = await simulate(['--truth', 'none/truth.ndjson', '--to', to]);
    expect({ exit, calls }).toEqual({ exit: 3, calls: [] });
    expect(err).toMatch(/^error {2}Cannot write \S+none\/truth\.ndjson: /m);
  });

  test('of a run without any answer says why', async () => {
    const cwd = temporaryFolder();
    const { href } = await nobodyThere();
    const argv = ['--contacts', '5', '--truth', 'truth.ndjson', '--to', href];
    const { exit, err } = await simulate(argv, { cwd });
    expect({ exit, named: /No call received a response/.test(err) }).toEqual({
      exit: 3,
      named: true,
    });
    const [, ...events] = truthOf(join(cwd, 'truth.ndjson'));
    expect(events.length).toBeGreaterThan(0);
    for (const { status, reason } of events) {
      expect(status).toBeNull();
      expect(reason).toMatch(/Nothing is listening/);
    }
  });
});

describe('an outage', () => {
  const argv = [...repeatable, '--contacts', '400', '--over', '1h', '--duplicates', '0%'];

  test('disables the webhooks whose calls fall into it, and says what that cost', async () => {
    const cwd = temporaryFolder();
    const { to, calls } = await handler();
    const truth = ['--truth', 'truth.ndjson', '--json'];
    const { exit, out } = await simulate([...argv, '--outage', '10m', ...truth, '--to', to], {
      cwd,
    });
    expect(exit).toBe(0);
    const [, ...events] = truthOf(join(cwd, 'truth.ndjson'));
    const lost = events.filter(({ status }) => status === null);
    const summary = jsonLines(out).at(-1);
    const count = (reason: string) => lost.filter((each) => each.reason === reason).length;
    expect(summary?.drill).toMatchObject({
      disableAfter: 1,
      retries: null,
      lost: { outage: count('outage'), disabled: count('disabled') },
      lostWithListener: 0,
    });
    const { from = '', until = '' } = (summary?.drill ?? {}) as Record<string, string>;
    expect(Date.parse(until) - Date.parse(from)).toBe(600_000);
    expect(count('outage')).toBeGreaterThan(0);
    expect(count('disabled')).toBeGreaterThan(count('outage'));
    expect(summary?.stored).toBe(calls.flat().length);
    // All events of the run are there, sent or not.
    const whole = await simulate([...argv, '--dry-run', '--json']);
    expect(jsonLines(whole.out).at(-1)?.events).toBe(events.length);
    const dry = await simulate([...argv, '--outage', '10m', '--dry-run', '--json']);
    expect(jsonLines(dry.out).at(-1)?.drill).toEqual(summary?.drill);
  });

  test('costs nothing when calls are retried for longer', async () => {
    const { to, calls } = await handler();
    const { out } = await simulate([...argv, '--outage', '5m', '--retries', '6x1m', '--to', to]);
    expect(out).toMatch(/^The outage cost 0 events\.$/m);
    const { out: whole } = await simulate([...argv, '--dry-run', '--json']);
    expect(calls.flat().length).toBe(jsonLines(whole).at(-1)?.events);
  });

  test('costs only what falls into it when no webhook is disabled', async () => {
    const rules = ['--outage', '10m', '--disable-after', '1000', '--dry-run'];
    const { out } = await simulate([...argv, ...rules]);
    expect(out).toMatch(/^The outage cost \d+ events: \d+ during it\.$/m);
    expect(out).toMatch(
      /^Assumed, as Netcore documents neither: 1,000 calls in a row .*; a failed call is not retried\.$/m,
    );
  });
});

describe('the rule that a call not answered 200 disables its webhook', () => {
  const argv = [...repeatable, 'hot-lead', '--contacts', '100', '--duplicates', '0%'];

  test('holds for answers, too: nothing is sent afterwards', async () => {
    const { to, calls } = await handler((_, response) => {
      response.statusCode = calls.length < 3 ? 200 : 500;
      response.end();
    });
    const { exit, out } = await simulate([...argv, '--disable-after', '1', '--to', to]);
    expect({ exit, calls: calls.length }).toEqual({ exit: 1, calls: 3 });
    expect(out).toMatch(/^Disabled: Call centre, at 2026-11-24 /m);
    expect(out).toMatch(/^\d+ events not sent, because a webhook was disabled\.$/m);
  });

  test('comes after the retries, which send the same events again', async () => {
    const cwd = temporaryFolder();
    const { to, calls } = await handler((_, response) => {
      response.statusCode = calls.length === 3 ? 500 : 200;
      response.end();
    });
    const rules = ['--disable-after', '1', '--retries', '2x1ms', '--truth', 'truth.ndjson'];
    const { out } = await simulate([...argv, ...rules, '--to', to], { cwd });
    expect(calls[3]).toEqual(calls[2]);
    const [, ...events] = truthOf(join(cwd, 'truth.ndjson'));
    const third = events.filter(({ key }) => key === calls[2]?.[0]);
    expect(third.map(({ status, repeat }) => [status, repeat])).toEqual([
      [500, false],
      [200, true],
    ]);
    expect(out).toContain(`your store should hold ${new Set(calls.flat()).size}.`);
  });
});
