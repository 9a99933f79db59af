import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../helpers/run.js';
import { bodyOf, plainCall, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const event = (fields: object) => ({
  channel: 'email',
  event: 'Clicked',
  msgid: '546',
  event_params: { email: 'asha@example.com', ts: 261123140005, url: 'https://shop.example.com/' },
  ...fields,
});

async function exported(events: readonly unknown[], ...words: string[]) {
  const { files } = await recordCalls([{ body: bodyOf(events) }]);
  return run(['history', 'export', '--format', 'csv', ...words, '--store', files.folder]);
}

test('writes a row for each event, with its key and the chosen columns', async () => {
  const { out, exit } = await exported(
    [event({ att_params: { CITY: 'Pune, "Camp"' } }), event({ channel: 'sms' })],
    ...['--columns', 'key,activity,who,time,att_params.CITY,event_params.ts'],
  );
  expect(exit).toBe(0);
  expect(out.split('\r\n')).toEqual([
    'key,activity,who,time,att_params.CITY,event_params.ts',
    expect.stringMatching(
      /^[0-9a-f]{32},click,asha@example\.com,2026-11-23T14:00:05,"Pune, ""Camp""",261123140005$/,
    ),
    expect.stringMatching(
      /^[0-9a-f]{32},click,asha@example\.com,2026-11-23T14:00:05,,261123140005$/,
    ),
    '',
  ]);
});

test('writes only the events that match', async () => {
  const { out } = await exported(
    [event({}), event({ channel: 'sms' })],
    '-c',
    'sms',
    '--columns',
    'channel',
  );
  expect(out).toBe('channel\r\nsms\r\n');
});

test.each([
  ['=HYPERLINK("https://example.com")', `"'=HYPERLINK(""https://example.com"")"`],
  ['+cmd|calc', "'+cmd|calc"],
  ['-2+3+cmd', "'-2+3+cmd"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['＝1+1', "'＝1+1"],
  ["'=1", "''=1"],
  ['+91 90000 00001', '+91 90000 00001'],
  ['-1', '-1'],
  ["it's", "it's"],
])('a spreadsheet does not run %s', async (value, written) => {
  const { out } = await exported(
    [event({ att_params: { CITY: value } })],
    '--columns',
    'att_params.CITY',
  );
  expect(out).toBe(`att_params.CITY\r\n${written}\r\n`);
});

test('reconcile reads it back: every event is in the store', async () => {
  const events = [
    event({}),
    event({ event_params: { foreignkey: '=asha', ts: 261123140006 } }),
    event({ event_params: { mobile: '+910000000001', timestamp: '2026-11-23T14:00:07' } }),
    {
      channel: 'custom_activity',
      event_params: { asset_name: '-Sale', identity: '7', ts: 261123140008 },
    },
  ];
  const { files } = await recordCalls([
    { body: bodyOf(events) },
    { ...plainCall, body: bodyOf([]) },
  ]);
  const store = ['--store', files.folder];
  const { out } = await run(['history', 'export', '--format', 'csv', ...store]);
  const path = join(temporaryFolder(), 'events.csv');
  for (const columns of [out, out.replace(/^[^,]*,/gm, '')]) {
    writeFileSync(path, columns);
    const compared = await run(['reconcile', '--expect', path, '--json', ...store]);
    expect(compared.exit).toBe(0);
    expect(JSON.parse(compared.out)).toMatchObject({ both: 4, missing: 0 });
  }
});

test.each([
  [['--json'], '--format csv and --json contradict each other.'],
  [['--format', 'ndjson', '--columns', 'key'], '--columns requires --format csv.'],
])('refuses %s', async (words, message) => {
  const { exit, err } = await exported([event({})], ...words);
  expect(exit).toBe(2);
  expect(err).toContain(message);
});
