import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openAttemptLog } from '../../src/store/outcomes.js';
import { parsed, shop } from '../helpers/history-command.js';
import { queueCaptures, shopUrl } from '../helpers/queued-captures.js';
import { run, start } from '../helpers/run.js';
import { bodyOf, plainCall, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

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
