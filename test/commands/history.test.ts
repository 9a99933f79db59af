import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openAttemptLog } from '../../src/store/outcomes.js';
import { queueCaptures, shopUrl } from '../helpers/queued-captures.js';
import { type RunOptions, run, start } from '../helpers/run.js';
import { bodyOf, plainCall, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const bounce = bodyOf([
  { channel: 'email', event: 'open', msgid: '546', event_params: { email: 'asha@example.com' } },
  { channel: 'email', event: 'bounce', msgid: '547', event_params: { email: 'ravi@example.com' } },
]);
const click = bodyOf([{ channel: 'sms', event: 'click', msgid: '548' }], 'netcore_hook_test_north');

/** A store with a bounce, a click and an empty body, and `history` on it. */
async function shop() {
  const { files, captures } = await recordCalls([
    { body: bounce },
    { body: click, remote: '203.0.113.8' },
    { body: new Uint8Array(), status: 503 },
  ]);
  const history = (words: readonly string[], options: RunOptions = {}) =>
    run(['history', ...words, '--store', files.folder], options);
  return { files, captures, ids: captures.map(({ id }) => id), history };
}

const parsed = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

describe('history list', () => {
  test.each([
    [[], [2, 1, 0]],
    [
      ['--limit', '2'],
      [2, 1],
    ],
    [['-c', 'email'], [0]],
    [['-c', 'SMS', '-e', 'clicked'], [1]],
    [
      ['-e', 'bounce,click'],
      [1, 0],
    ],
    [['--panel', 'netcore_hook_test_north'], [1]],
    [['--msgid', '547'], [0]],
    [['--who', 'Ravi@example.com'], [0]],
    [['--text', 'RAVI@'], [0]],
    [['--status', '5xx'], [2]],
    [['--status', '200,503', '--limit', '1'], [2]],
    [
      ['--since', '1h'],
      [2, 1, 0],
    ],
    [['--since', '2001-01-01', '--until', '2020-01-01'], []],
    [['--who', 'asha@example.com', '-e', 'bounce'], []],
  ])('%j finds what is meant, newest first', async (words, wanted) => {
    const { history, ids } = await shop();
    const { exit, out, err } = await history(['list', '--json', ...words]);
    expect(exit).toBe(0);
    expect(parsed(out).map(({ id }) => id)).toEqual(wanted.map((index) => ids[index]));
    expect(err.includes('no_match')).toBe(wanted.length === 0);
  });

  test('--follow tells the newest oldest first, then each that comes, until it is stopped', async () => {
    const { files, ids } = await shop();
    const running = start([
      'history',
      '--follow',
      '--limit',
      '1',
      '--store',
      files.folder,
      '-e',
      'click,open',
    ]);
    await running.line(new RegExp(ids[1]!.slice(0, 10)));
    const { captures } = await recordCalls([{ body: new Uint8Array() }, plainCall], files.folder);
    await running.line(new RegExp(captures[1]!.id.slice(0, 10)));
    running.signal('SIGTERM');
    const { exit, out } = await running.finished;
    expect(exit).toBe(0);
    expect(out.split('\n').filter(Boolean).length).toBe(2);
  });

  test('says the day of what did not come today', async () => {
    const { history } = await shop();
    const at = (now: number) => history(['--limit', '1'], { terminal: true, now: () => now });
    const noon = Date.UTC(2026, 10, 23, 12);
    expect((await at(noon)).out).toMatch(/^\d\d:\d\d:\d\d {2}/);
    expect((await at(noon + 7 * 86_400_000)).out).toMatch(/^2026-11-2\d \d\d:\d\d:\d\d {2}/);
  });

  test('says that nothing matches', async () => {
    const { history } = await shop();
    const { exit, err } = await history(['--who', 'nobody@example.com']);
    expect({ exit, err }).toEqual({ exit: 0, err: 'warning  No capture matches.\n' });
  });
});

describe('a filter takes whatever was recorded', () => {
  const ids = {
    foreignkey: 'CUST-0042',
    email: 'asha@example.com',
    mobile: '910000012345',
    identity: 'Shopper 7',
    guid: '3f2a-11',
  };
  const odd = bodyOf([
    { channel: 'Viber', event: 'seen' },
    { channel: 'email', event: 'Unsubscribe', custom_params: { userid: '1-2-77' } },
    { channel: 'custom_activity', event_params: { ...ids, asset_name: 'Product Search' } },
  ]);
  const other = bodyOf([
    { channel: 'sms', event: 'click', event_params: { email: 'natasha@example.com' } },
  ]);

  test.each<[words: string[], found: boolean, warning?: string]>([
    [['-c', 'viber'], true, '"viber" is not a known channel'],
    [['-c', 'viber', '-e', 'seen'], true, '"viber" is not a known channel'],
    [['-c', 'emial'], false, 'Did you mean "email"?'],
    [['-e', 'unsubscribe'], true, 'Known: delivered, open, click, bounce, failed.'],
    [['-e', 'unsubscribe', '-c', 'email'], true, '"unsubscribe" is not a known activity of email.'],
    [['-e', 'bounec'], false, 'Did you mean "bounce"?'],
    [['-e', 'bounce', '-c', 'sms'], false, '"bounce" is not a known activity of sms.'],
    [['-e', 'product search'], true, '"product search" is not a known activity of any channel.'],
    [['-e', 'Product Search', '-c', 'custom_activity'], true],
    [['--who', 'cust-0042'], true],
    [['--who', 'ASHA@example.com'], true],
    [['--who', '910000012345'], true],
    [['--who', '+91 00000-12345'], true],
    [['--who', '0000012345'], true],
    [['--who', '+44 0000 012345'], false],
    [['--who', 'shopper 7'], true],
    [['--who', '3f2a-11'], true],
    [['--who', '1-2-77'], true],
    [['--who', 'asha@'], true],
    [['--who', '0042'], true],
    [['--who', 'asha@example.com', '-e', 'unsubscribe'], false, 'unsubscribe'],
  ])('%j', async (words, found, warning) => {
    const { files, captures } = await recordCalls([{ body: odd }, { body: other }]);
    const [first] = captures;
    for (const verb of ['list', 'export']) {
      const words_ = ['history', verb, ...words, '--json', '--store', files.folder];
      const { exit, out, err } = await run(words_);
      expect(exit).toBe(0);
      const listed = parsed(out).map(({ id }) => id);
      expect(listed.includes(first!.id)).toBe(found);
      expect(err.includes('filter_unknown')).toBe(warning !== undefined);
      if (warning !== undefined) {
        expect(parsed(err)[0].message).toContain(warning);
        expect((await run([...words_, '--quiet'])).err).not.toContain('filter_unknown');
      }
    }
    const { out } = await run(['history', 'stats', ...words, '--json', '--store', files.folder]);
    expect(parsed(out)[0].events > 0).toBe(found || words.includes('asha@'));
  });

  test('finds a whole address only as a whole', async () => {
    const { files } = await recordCalls([{ body: other }]);
    const list = (who: string) => run(['history', '--who', who, '--store', files.folder]);
    expect((await list('asha@example.com')).out).toBe('');
    expect((await list('natasha')).out).toContain('sms');
  });

  test('takes today and yesterday as local days', async () => {
    const { history, ids } = await shop();
    const now = () => Date.now();
    const list = async (words: string[], at = now) =>
      parsed((await history(['list', '--json', ...words], { now: at })).out).length;
    const day = 86_400_000;
    expect(await list(['--since', 'today'])).toBe(ids.length);
    expect(await list(['--until', 'Today'])).toBe(0);
    expect(await list(['--since', 'yesterday', '--until', 'today'], () => now() + day)).toBe(3);
    expect(await list(['--since', 'yesterday 00:00'], () => now() + day)).toBe(3);
    expect(await list(['--since', 'yesterday 23:59'], () => now() + 2 * day)).toBe(0);
  });
});

describe('history show', () => {
  test('shows one event of a batch alone', async () => {
    const { history, ids } = await shop();
    const { out } = await history(['show', `${ids[0]!.slice(0, 10)}.2`, '--json']);
    const [record] = parsed(out);
    expect(record).toMatchObject({ id: `${ids[0]}.2`, events: [{ activity: 'bounce' }] });
    expect(record.events.length).toBe(1);
    const body = await history(['show', 'last~2.2', '--body']);
    expect(body.out).toBe(Buffer.from(record.body, 'base64').toString());
  });

  test.each([
    ['last~2.3', 'it holds 2 events', 'no_such_event'],
    ['last.1', 'it holds 0 events', 'no_such_event'],
    ['zzzz', 'Capture zzzz does not exist', 'no_such_capture'],
  ])('knows no %s', async (reference, _, code) => {
    const { history } = await shop();
    const { exit, err } = await history([reference]);
    expect(exit).toBe(1);
    expect(err).toContain(code);
  });

  test('that is nearly one of its words is taken for a slip', async () => {
    const { history } = await shop();
    const { exit, err } = await history(['lst']);
    expect({ exit, err }).toMatchObject({ exit: 2, err: expect.stringContaining('history list?') });
  });
});

describe('what became of captures', () => {
  const now = Date.UTC(2026, 10, 23, 12);

  /** The bounce is tried again in ten minutes, the click is given up, the empty body skipped. */
  async function forwarded() {
    const opened = await shop();
    const { files, captures, ids } = opened;
    queueCaptures(
      files,
      captures,
      (index) =>
        [
          { state: 'delayed', tries: 2, due: now + 600_000 } as const,
          { state: 'dead', tries: 1 } as const,
          { state: 'skipped' } as const,
        ][index],
    );
    const log = openAttemptLog(files);
    const answer = '<html>\n<b>Out of stock</b>\u001b[31m</html>';
    const reason = 'The handler is away.';
    const attempt = { event: null, time: now, url: shopUrl, ms: 12 };
    log.record(ids[0]!, { ...attempt, status: null, reason, answer: null });
    log.record(ids[0]!, { ...attempt, status: 500, reason: '<html> <b>Out of…', answer });
    log.close();
    return opened;
  }

  test.each([
    [['--outcome', 'failed'], [0]],
    [
      ['--outcome', 'dead,skipped'],
      [2, 1],
    ],
    [['--outcome', 'Dead', '--outcome', 'skipped', '-c', 'sms'], [1]],
    [['--outcome', 'delivered'], []],
  ])('are found by %j', async (words, wanted) => {
    const { history, ids } = await forwarded();
    const { out } = await history(['list', '--json', ...words]);
    expect(parsed(out).map(({ id }) => id)).toEqual(wanted.map((index) => ids[index]));
    const exported = await history(['export', ...words]);
    expect(parsed(exported.out).length).toBe(wanted.length);
    const counted = await history(['stats', '--json', ...words]);
    expect(parsed(counted.out)[0].captures).toBe(wanted.length);
  });

  test('stands with each in a list, for people and for programs', async () => {
    const { history } = await forwarded();
    const { out } = await history([], { terminal: true, columns: 200 });
    expect(out).toMatch(/ 200 {2}POST .*netcore_hook_test {2}failed\n/);
    expect(out).toMatch(/ 503 {2}POST .* {2}skipped\n/);
    const lines = parsed((await history(['--json'])).out);
    expect(lines.map(({ outcome }) => outcome)).toEqual(['skipped', 'dead', 'failed']);
  });

  test('is shown whole: state, next try, target, and what was answered each time', async () => {
    const { history, ids } = await forwarded();
    const { out } = await history(['show', ids[0]!], { now: () => now });
    expect(out).toContain(`Forward   ${shopUrl}\nState     delayed, 2 tries, again in 10 min\n`);
    expect(out).toMatch(/Attempts\n {2}1 .* --- .*hook\w*.* The handler is away\.\n/);
    expect(out).toMatch(
      /\n {2}2 .* 500 {2}12 ms {2}\S+\n {5}<html>\n {5}<b>Out of stock<\/b>\\u001b\[31m<\/html>\n$/,
    );
    const [record] = parsed((await history(['show', ids[0]!, '--json'])).out);
    expect(record).toMatchObject({
      outcome: 'failed',
      delivery: {
        target: shopUrl,
        queue: null,
        state: 'delayed',
        due: new Date(now + 600_000).toISOString(),
        tries: 2,
      },
      attempts: [{ answer: null }, { answer: expect.stringContaining('\u001b[31m') }],
    });
  });

  test('is nothing where nothing was asked for', async () => {
    const { history } = await shop();
    const [record] = parsed((await history(['show', 'last', '--json'])).out);
    expect(record).toMatchObject({ outcome: null, delivery: null, attempts: [] });
  });

  test('is chosen from by replay', async () => {
    const { files, ids } = await forwarded();
    const words = ['replay', '--outcome', 'dead', '--to', ':9', '--print', 'json', '--json'];
    const { out } = await run([...words, '--store', files.folder]);
    expect(parsed(out).length).toBe(1);
    expect(out).toContain('netcore_hook_test_north');
    expect(ids.length).toBe(3);
  });
});

describe('history export', () => {
  test('writes whole records, oldest first, that another store takes in', async () => {
    const { history, ids } = await shop();
    const { out } = await history(['export']);
    expect(parsed(out).map(({ id }) => id)).toEqual(ids);
    expect(Buffer.from(parsed(out)[0].body, 'base64')).toEqual(Buffer.from(bounce));
    const store = join(temporaryFolder(), 'new');
    const imported = await run(['history', 'import', '-', '--store', store, '--json'], {
      input: out,
    });
    expect(parsed(imported.out)).toEqual([{ schema: 1, type: 'imported', captures: 3, known: 0 }]);
    const again = await run(['history', 'export', '--store', store]);
    expect(again.out).toBe(out);
    const twice = await run(['history', 'import', '-', '--store', store], { input: out });
    expect(twice.err).toBe('Imported 0 captures, 3 already existed.\n');
  });

  test('writes those that are named, and nothing when one of them is not there', async () => {
    const { history, ids } = await shop();
    const { out } = await history(['export', 'last', ids[0]!]);
    expect(parsed(out).map(({ id }) => id)).toEqual([ids[2], ids[0]]);
    const broken = await history(['export', 'last', 'zzzz']);
    expect(broken).toMatchObject({ exit: 1, out: '' });
  });
});

describe('history import', () => {
  const record = {
    type: 'capture',
    id: '1pbwvpsf2gabcdef',
    time: '2026-11-23T12:00:00.000Z',
    method: 'POST',
    target: '/hook',
    remote: '203.0.113.7',
    status: 200,
    headers: [],
    body: '',
  };

  test.each([
    ['no JSON', 'data=%7B%7D', 'not JSON'],
    ['a listed capture', { ...record, body: undefined, headers: undefined }, 'headers'],
    ['no id', { ...record, id: '../../etc/passwd' }, 'id'],
    ['an id of a time to come', { ...record, id: 'zzzzzzzzzzabcdef' }, 'time in the future'],
    ['one event of a capture', { ...record, id: `${record.id}.1` }, 'a single event'],
    ['a header that would end a line', { ...record, headers: [['X', 'a\r\nY: b']] }, 'headers'],
    ['a method that is none', { ...record, method: 'POST / HTTP/1.1' }, 'method'],
    ['a status that no answer has', { ...record, status: 1e20 }, 'status'],
    ['a body that is not base64', { ...record, body: 'data={}' }, 'base64'],
  ])('refuses %s, and names the line', async (_, line, reason) => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'captures.jsonl'),
      `${JSON.stringify(record)}\n${typeof line === 'string' ? line : JSON.stringify(line)}\n`,
    );
    const { exit, err } = await run(
      ['history', 'import', 'captures.jsonl', '--store', join(folder, 'store')],
      { cwd: folder, now: () => Date.UTC(2026, 10, 24) },
    );
    expect(exit).toBe(1);
    expect(err).toContain('Line 2 of captures.jsonl is not an exported capture');
    expect(err).toContain(reason);
  });

  test('keeps no secret that a file made by hand may hold', async () => {
    const store = join(temporaryFolder(), 'store');
    const headers = [
      ['Authorization', 'Basic bmV0Y29yZTpzZWNyZXQ='],
      ['Cookie', 'shop=north'],
    ];
    await run(['history', 'import', '-', '--store', store], {
      input: JSON.stringify({ ...record, headers }),
    });
    const { out } = await run(['history', 'show', 'last', '--json', '--store', store]);
    expect(parsed(out)[0].headers.map((pair: string[]) => pair[1])).toEqual([
      '<removed>',
      '<removed>',
    ]);
  });

  test('says that a file is not there', async () => {
    const folder = temporaryFolder();
    const { exit, err } = await run(['history', 'import', 'nowhere', '--store', folder]);
    expect(exit).toBe(3);
    expect(err).toContain('file_not_read');
  });
});

describe('history stats', () => {
  test.each([
    ['channel', ['email open', 'email bounce', 'sms click', '(no event)']],
    ['panel', ['netcore_hook_test', 'netcore_hook_test_north', '(no event)']],
    ['peer', ['203.0.113.7', '203.0.113.8']],
  ])('--by %s counts captures and events', async (by, names) => {
    const { history } = await shop();
    const { out } = await history(['stats', '--by', by, '--json']);
    expect(parsed(out)[0]).toMatchObject({ type: 'stats', by, captures: 3, events: 3 });
    expect(parsed(out)[0].counts.map(({ name }: { name: string }) => name)).toEqual(names);
  });

  test('--by hour puts calls into the hour of the clock', async () => {
    const { history } = await shop();
    const { out } = await history(['stats', '--by', 'hour', '--json']);
    expect(parsed(out)[0].counts).toEqual([
      { name: '2026-11-23T12:00:00.000Z', captures: 3, events: 3 },
    ]);
  });

  test.each<[zone: string, by: string, times: string[], rows: string[]]>([
    [
      'Asia/Kolkata',
      'hour',
      ['2026-03-01T08:29:59Z', '2026-03-01T08:51:00Z', '2026-03-01T10:31:00Z'],
      ['2026-03-01 13:00  1', '2026-03-01 14:00  1', '2026-03-01 15:00  0', '2026-03-01 16:00  1'],
    ],
    [
      // Summer time ends at 01:00 UTC, when 03:00 becomes 02:00.
      'Europe/Berlin',
      'hour',
      [
        '2025-10-25T23:30:00Z',
        '2025-10-26T00:30:00Z',
        '2025-10-26T01:30:00Z',
        '2025-10-26T03:30:00Z',
      ],
      [
        '2025-10-26 01:00            1',
        '2025-10-26 02:00 UTC+02:00  1',
        '2025-10-26 02:00 UTC+01:00  1',
        '2025-10-26 03:00            0',
        '2025-10-26 04:00            1',
      ],
    ],
    [
      // Summer time starts at 01:00 UTC, when 02:00 becomes 03:00.
      'Europe/Berlin',
      'hour',
      ['2026-03-29T00:59:00Z', '2026-03-29T01:00:00Z'],
      ['2026-03-29 01:00  1', '2026-03-29 03:00  1'],
    ],
    [
      // The clock goes back by half an hour at 15:00 UTC.
      'Australia/Lord_Howe',
      'hour',
      ['2026-04-04T14:45:00Z', '2026-04-04T15:15:00Z', '2026-04-04T15:45:00Z'],
      ['2026-04-05 01:00  1', '2026-04-05 01:30  1', '2026-04-05 02:00  1'],
    ],
    [
      'Europe/Berlin',
      'day',
      ['2026-03-28T22:59:00Z', '2026-03-29T21:59:00Z', '2026-03-31T22:00:00Z'],
      ['2026-03-28  1', '2026-03-29  1', '2026-03-30  0', '2026-03-31  0', '2026-04-01  1'],
    ],
  ])('in %s, --by %s counts by local time: %j', async (zone, by, times, rows) => {
    const { TZ } = process.env;
    onTestFinished(() => {
      if (TZ === undefined) delete process.env.TZ;
      else process.env.TZ = TZ;
    });
    process.env.TZ = zone;
    const calls = times.map((time) => ({ time: Date.parse(time) }));
    const { files } = await recordCalls(calls);
    const stats = ['history', 'stats', '--by', by, '--store', files.folder];
    const { out } = await run(stats, { terminal: true });
    expect(out.split('\n\n')[0]?.replaceAll(/ *█/g, '').split('\n')).toEqual(rows);
    const { counts } = parsed((await run([...stats, '--json'])).out)[0];
    expect(counts).toHaveLength(rows.length);
    for (const { name, captures } of counts) {
      expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z$/);
      expect(times.some((time) => time >= name)).toBe(true);
      expect(captures).toBeLessThan(2);
    }
  });

  test('counts only the events that are meant', async () => {
    const { history } = await shop();
    const { out } = await history(['stats', '-e', 'bounce', '--json']);
    expect(parsed(out)[0].counts).toEqual([{ name: 'email bounce', captures: 1, events: 1 }]);
  });

  test('is a bar chart whose longest bar fits beside the names', async () => {
    const { history } = await shop();
    const { out } = await history(['stats', '--by', 'peer'], { terminal: true });
    expect(out).toMatch(
      /^203\.0\.113\.7 {2}2 {2}█{50}\n203\.0\.113\.8 {2}1 {2}█{25}\n\n3 captures/,
    );
  });
});

describe('a history that a limit has cut', () => {
  async function cut() {
    const { history } = await shop();
    await history(['prune', '--keep', '1', '--yes']);
    return history;
  }

  test('says on a terminal how far back it reaches and why', async () => {
    const history = await cut();
    const { err } = await history([], { terminal: true });
    expect(err).toMatch(
      /^Times are local, UTC.*\nThe history reaches back to [\d: -]+: history prune removed older captures, 2 captures so far\.\n$/,
    );
    expect((await history(['--json'], { terminal: true })).out.split('\n')).toHaveLength(2);
    expect((await history([])).err).toBe('');
  });

  test('says so in its statistics, for people and for programs', async () => {
    const history = await cut();
    expect((await history(['stats'])).out).toContain('history prune removed older captures');
    expect(parsed((await history(['stats', '--json'])).out)[0].reach).toEqual({
      since: expect.stringMatching(/^\d{4}-/),
      cause: 'prune',
      limit: null,
      time: expect.stringMatching(/^\d{4}-/),
      removed: 2,
      withoutPayload: 0,
    });
  });

  test('is not one from which nothing was removed', async () => {
    const { history } = await shop();
    expect((await history([], { terminal: true })).err).toMatch(/^Times are .*\n$/);
    expect(parsed((await history(['stats', '--json'])).out)[0].reach).toBeNull();
  });
});

describe('history prune', () => {
  test('keeps the newest captures that fit into a size', async () => {
    const body = bodyOf([{ channel: 'sms', event: 'sent', note: 'x'.repeat(200_000) }]);
    const { files, captures } = await recordCalls(Array.from({ length: 10 }, () => ({ body })));
    const words = ['history', 'prune', '--keep-size', '1mb', '--json', '--store', files.folder];
    const refused = await run(words);
    expect(parsed(refused.err)[0].message).toMatch(/^Removing about [67] captures permanently/);
    const { exit, out } = await run([...words, '--yes']);
    expect(exit).toBe(0);
    const [{ captures: removed, left }] = parsed(out);
    expect([6, 7]).toContain(removed);
    expect(removed + left).toBe(10);
    const { out: list } = await run(['history', '--json', '--store', files.folder]);
    expect(parsed(list).map(({ id }) => id)).toEqual(
      captures
        .slice(removed)
        .map(({ id }) => id)
        .reverse(),
    );
  });

  test('keeps the newest, and says how many went', async () => {
    const { history, ids } = await shop();
    const { exit, out } = await history(['prune', '--keep', '1', '--yes', '--json']);
    expect(exit).toBe(0);
    expect(parsed(out)).toEqual([{ schema: 1, type: 'pruned', captures: 2, left: 1 }]);
    expect(parsed((await history(['--json'])).out).map(({ id }) => id)).toEqual([ids[2]]);
  });

  test('keeps what waits to be forwarded, and says how much', async () => {
    const { history, files, captures } = await shop();
    queueCaptures(files, captures, (index) => (index === 0 ? { state: 'waiting' } : undefined));
    const { exit, out, err } = await history(['prune', '--keep', '1', '--yes', '--json']);
    expect(exit).toBe(0);
    expect(parsed(out)).toMatchObject([{ type: 'pruned', captures: 1, left: 2 }]);
    expect(parsed(err)[0].message).toBe('1 capture that waits to be forwarded was kept.');
    const again = await history(['prune', '--keep', '1']);
    expect(again.exit).toBe(0);
    expect(again.err).toContain('Removed 0 captures');
  });

  test('keeps dead calls unless --keep-for reaches back to them, and names what drops them', async () => {
    const { history, files, captures } = await shop();
    queueCaptures(files, captures, (index) => (index < 2 ? { state: 'dead' } : undefined));
    for (const limit of [
      ['--keep', '0'],
      ['--keep', '0', '--keep-for', '1h'],
    ]) {
      const { err } = await history(['prune', ...limit, '--yes', '--json']);
      expect(parsed(err)[0]).toMatchObject({
        code: 'dead_kept',
        message:
          '2 dead calls were kept, since no handler accepted them. To drop them: netcore-hook queue drop --dead',
      });
    }
    const drop = ['queue', 'drop', '--dead', '--yes', '--store', files.folder];
    expect((await run(drop)).exit).toBe(0);
    const { out } = await history(['prune', '--keep', '1', '--yes', '--json']);
    expect(parsed(out)).toMatchObject([{ captures: 1, left: 1 }]);
  });

  test('removes dead calls that are older than --keep-for', async () => {
    const { history, files, captures } = await shop();
    queueCaptures(files, captures, () => ({ state: 'dead' }));
    const { out, err } = await history(['prune', '--keep-for', '0s', '--yes', '--json']);
    expect(parsed(out)).toMatchObject([{ captures: 3, left: 0 }]);
    expect(err).toBe('');
  });

  test('removes nothing without a yes, asked for on a terminal or given', async () => {
    const { history, files } = await shop();
    const refused = await history(['prune', '--keep-for', '0s']);
    expect(refused.exit).toBe(2);
    expect(refused.err).toContain('Removing 3 captures permanently needs confirmation');
    const json = await history(['prune', '--keep', '1', '--json']);
    expect(parsed(json.err)[0].message).toContain('--json disables prompts');
    const asked = start(['history', 'prune', '--keep', '1', '--store', files.folder], {
      terminal: true,
    });
    await asked.line(/Remove 2 captures permanently\?/);
    asked.type('n\n');
    expect((await asked.finished).exit).toBe(1);
    expect(parsed((await history(['--json'])).out).length).toBe(3);
  });
});

describe('history', () => {
  test.each([
    [['prune'], 'what to keep'],
    [['list', '--body'], 'takes no --body'],
    [['show', 'last', '--keep-for', '7d'], 'takes no --keep-for'],
    [['stats', 'last'], 'takes options only'],
    [['show'], 'requires the id'],
    [['import'], 'takes one file'],
    [['exprot', 'last'], 'Did you mean history export?'],
    [['export', 'last', '-c', 'email'], 'ids or filters'],
    [['--status', 'ok'], 'not an HTTP status'],
    [['--since', 'tomorrow'], 'not a time'],
    [['--outcome', 'ded'], 'Did you mean "dead"?'],
    [['--follow', '--outcome', 'dead'], 'as they arrive'],
  ])('%j is a mistake that is named', async (words, sentence) => {
    const { exit, err } = await run(['history', ...words, '--store', temporaryFolder()]);
    expect(exit).toBe(2);
    expect(err).toContain(sentence);
  });

  test('says that the store is damaged, without a stack', async () => {
    const { history, files } = await shop();
    const { readFileSync } = await import('node:fs');
    const bytes = readFileSync(files.database);
    bytes.fill(0xff, 8192);
    writeFileSync(files.database, bytes);
    const { exit, err } = await history(['list']);
    expect(exit).toBe(3);
    expect(err).toContain('store_damaged');
  });
});
