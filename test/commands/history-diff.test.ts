import { expect, test } from 'vitest';
import { parsed } from '../helpers/history-command.js';
import { run } from '../helpers/run.js';
import { bodyOf, plainCall, recordCalls } from '../helpers/store.js';

const event = (fields: object = {}, params: object = {}) => ({
  channel: 'email',
  event: 'open',
  msgid: '546',
  ...fields,
  event_params: { email: 'asha@example.com', ts: 261123140005, ...params },
});

async function diff(calls: readonly (readonly unknown[])[], ...words: string[]) {
  const { files } = await recordCalls(calls.map((events) => ({ body: bodyOf(events) })));
  return run(['history', 'diff', ...words, '--store', files.folder]);
}

test('two captures that differ by times and ids alone are the same', async () => {
  const calls = [[event()], [event({ msgid: '547' }, { ts: 261123140006 })]];
  const { exit, out } = await diff(calls, 'last~1', 'last');
  expect({ exit, out }).toEqual({
    exit: 0,
    out: 'No difference. 2 times and ids ignored; --all shows them.\n',
  });
});

test('shows what differs, and exits with 1', async () => {
  const calls = [[event({}, { subject: 'Sale' })], [event({ event: 'click' }, { url: null })]];
  const { exit, out } = await diff(calls, 'last~1', 'last');
  expect(exit).toBe(1);
  expect(out).toBe(
    [
      'payload.netcore_hook_test[0].event',
      '- "open"',
      '+ "click"',
      'payload.netcore_hook_test[0].event_params.subject',
      '- "Sale"',
      'payload.netcore_hook_test[0].event_params.url',
      '+ null',
      '3 differences.',
      '',
    ].join('\n'),
  );
});

test('compares two events of the same or of different captures', async () => {
  const calls = [[event(), event({ event: 'click' })], [event()]];
  expect((await diff(calls, 'last~1.1', 'last.1')).exit).toBe(0);
  const { exit, out } = await diff(calls, 'last~1.1', 'last~1.2', '--json');
  expect(exit).toBe(1);
  expect(parsed(out)).toMatchObject([
    { type: 'difference', path: ['payload', 'netcore_hook_test', 0, 'event'], one: '"open"' },
    { type: 'compared', differences: 1, folded: 0 },
  ]);
});

test('compares requests, headers, and bodies that are no payload', async () => {
  const { files } = await recordCalls([
    {
      ...plainCall,
      headers: [
        ['Date', 'a'],
        ['X-Panel', 'north'],
      ],
      body: Buffer.from('a'),
    },
    {
      ...plainCall,
      headers: [
        ['Date', 'b'],
        ['x-panel', 'south'],
      ],
      body: Buffer.from('b'),
      status: 503,
    },
  ]);
  const { exit, out } = await run([
    'history',
    'diff',
    'last~1',
    'last',
    '--json',
    '--store',
    files.folder,
  ]);
  expect(exit).toBe(1);
  expect(parsed(out)).toMatchObject([
    { field: 'status', one: '200', other: '503' },
    { field: 'headers.x-panel', one: '"north"', other: '"south"' },
    { field: 'body', one: '"a"', other: '"b"' },
    { differences: 3, folded: 1 },
  ]);
});

test.each([
  [['last'], 'history diff requires the ids of two captures.'],
  [['last', 'last', 'last'], 'history diff requires the ids of two captures.'],
  [['last.1', 'last'], 'history diff compares two captures or two events.'],
])('refuses %s', async (words, message) => {
  const { exit, err } = await diff([[event()]], ...words);
  expect(exit).toBe(2);
  expect(err).toContain(message);
});
