import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parsed } from '../helpers/history-command.js';
import { run } from '../helpers/run.js';
import { bodyOf, plainCall, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const open = (params: object, fields: object = {}) => ({
  channel: 'email',
  event: 'open',
  msgid: '546',
  event_params: { email: 'asha@example.com', ts: 261123140005, ...params },
  ...fields,
});

async function store(events: readonly unknown[]) {
  const { files } = await recordCalls([{ body: bodyOf(events) }]);
  return (...words: string[]) =>
    run(['history', 'fields', ...words, '--store', files.folder], { terminal: true, columns: 80 });
}

test('lists the fields of each kind of event with type and share', async () => {
  const fields = await store([
    open({ subject: 'Sale' }),
    open({ subject: null, x_flag: true }),
    { channel: 'sms', event: 'Clicked', msgid: 547 },
  ]);
  const { exit, out } = await fields();
  expect(exit).toBe(0);
  const day = '2026-11-23';
  expect(out.replaceAll(/ +/g, ' ').split('\n')).toEqual([
    'email open',
    ` channel 100% text ${day}`,
    ` event 100% text ${day}`,
    ` msgid 100% text ${day}`,
    ` event_params 100% object ${day}`,
    ` event_params.email 100% text ${day}`,
    ` event_params.ts 100% number ${day}`,
    ` event_params.subject 100% text, null ${day}`,
    ` event_params.x_flag 50% boolean ${day} undocumented`,
    '',
    'sms click',
    ` channel 100% text ${day}`,
    ` event 100% text ${day}`,
    ` msgid 100% number ${day}`,
    '',
    '1 capture, 3 events, 11 fields.',
    '',
  ]);
});

test('counts only the events that match', async () => {
  const fields = await store([open({}), { channel: 'sms', event: 'click' }]);
  expect((await fields('-c', 'sms')).out).toContain('1 event, 2 fields.');
});

test('saves a baseline without values, and exits with 1 when the fields differ from it', async () => {
  const file = join(temporaryFolder(), 'fields.json');
  const before = await store(Array.from({ length: 6 }, () => open({ subject: 'Sale' })));
  expect((await before('--save', file)).exit).toBe(0);
  expect(readFileSync(file, 'utf8')).not.toMatch(/asha|Sale|546|261123/);
  const same = await before('--against', file);
  expect(same).toMatchObject({ exit: 0, out: 'No drift: 1 capture, 6 events, 7 fields.\n' });
  const after = await store(
    Array.from({ length: 6 }, () => open({ ts: '261123140005', score: 7 }, { channel: 'Email' })),
  );
  const drift = await after('--against', file);
  expect(drift.exit).toBe(1);
  expect(drift.out).toBe(
    [
      '~ email open: event_params.ts is also text, in 6 events',
      '+ email open: event_params.score (number) is new, in 6 events, undocumented',
      '- email open: event_params.subject (text) is missing',
      '3 differences: 1 capture, 6 events, 7 fields.',
      '',
    ].join('\n'),
  );
  const json = await after('--against', file, '--json');
  expect(parsed(json.out)).toMatchObject([
    { type: 'drift', change: 'type_added', field: 'event_params.ts' },
    { type: 'drift', change: 'field_added' },
    { type: 'drift', change: 'field_removed' },
    { type: 'fields', drift: 3 },
  ]);
});

test('refuses a file that is no baseline', async () => {
  const { files } = await recordCalls([plainCall]);
  const { exit, err } = await run([
    'history',
    'fields',
    '--against',
    'package.json',
    '--store',
    files.folder,
  ]);
  expect(exit).toBe(2);
  expect(err).toContain('package.json holds no fields.');
});
