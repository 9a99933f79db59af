import { describe, expect, onTestFinished, test } from 'vitest';
import { parsed, shop } from '../helpers/history-command.js';
import { run } from '../helpers/run.js';
import { recordCalls } from '../helpers/store.js';

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
