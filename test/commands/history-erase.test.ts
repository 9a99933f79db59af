import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ReceivedCall } from '../../src/call/call.js';
import { everyCapture } from '../../src/call/capture-query.js';
import { prepareDeliveries } from '../../src/store/deliveries.js';
import { asha, ashaSms, filesWith, ravi, tracesOfAsha } from '../helpers/contact-files.js';
import { parsed } from '../helpers/history-command.js';
import { queueCaptures } from '../helpers/queued-captures.js';
import { run } from '../helpers/run.js';
import { bodyOf, databaseOf, historyOf, plainCall, recordCalls } from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const longer = {
  channel: 'email',
  event: 'open',
  msgid: '546',
  event_params: { email: 'asha@example.com.au', ts: 261123140305 },
};
/** Of no contact known here, but about one. */
const mention = {
  channel: 'custom_activity',
  event_params: { asset_name: 'Invite', ts: 261123140305 },
  payload_params: { link: 'https://shop.example.com/?to=asha%40example.com' },
};

async function store(calls: readonly Partial<ReceivedCall>[]) {
  const { files, captures } = await recordCalls(calls);
  const erase = (...words: string[]) =>
    run(['history', 'erase', ...words, '--store', files.folder]);
  return { files, captures, erase };
}

test('erases the events of a contact by every identifier, and keeps all others', async () => {
  const { files, erase } = await store([
    { body: bodyOf([asha, ravi]) },
    { body: bodyOf([ashaSms]) },
    { body: bodyOf([ravi, longer]) },
  ]);
  const { exit, out } = await erase('--who', 'ASHA@example.com', '--yes', '--json');
  expect(exit).toBe(0);
  expect(parsed(out)).toMatchObject([
    { type: 'erased', contacts: 1, linked: 1, shared: 0, events: 2, captures: 2, removed: 0 },
  ]);
  const history = historyOf(files);
  const left = [...history.captures(everyCapture, 'oldest first')].map(({ events }) =>
    events.map(({ who }) => who),
  );
  expect(left).toEqual([['ravi@example.com'], [], ['ravi@example.com', 'asha@example.com.au']]);
  for (const word of ['910000000001', 'Ashalata']) expect(filesWith(word, files)).toEqual([]);
  // The longer address contains the erased one.
  expect(filesWith('asha@example.com"', files)).toEqual([]);
});

test('leaves no byte of a contact in the files, also of captures that were pruned before', async () => {
  const calls = Array.from({ length: 40 }, () => ({ body: bodyOf([asha, ravi]) }));
  const { files, captures, erase } = await store(calls);
  queueCaptures(files, captures.slice(20), () => ({ state: 'dead' }));
  const database = databaseOf(files);
  database.execute(
    `insert into attempts (capture, number, time, url, status, reason, answer, ms)
     select place, 1, 0, 'http://127.0.0.1/', 422, 'asha@example.com is unknown', 'who? asha@example.com', 1
     from captures`,
  );
  expect(
    (await run(['history', 'prune', '--keep', '30', '--yes', '--store', files.folder])).exit,
  ).toBe(0);
  expect(filesWith('asha@example.com', files)).not.toEqual([]);
  const { exit, out } = await erase('--who', 'asha@example.com', '--yes', '--json');
  expect(exit).toBe(0);
  expect(parsed(out)).toMatchObject([{ captures: 30, answers: 30, complete: true }]);
  for (const word of tracesOfAsha) {
    expect(filesWith(word, files)).toEqual([]);
  }
  expect(filesWith('ravi@example.com', files)).not.toEqual([]);
});

describe('bodies of any kind', () => {
  const text = JSON.stringify({ netcore_hook_test: [asha, ravi] });
  const json: Partial<ReceivedCall> = {
    headers: [['Content-Type', 'application/json']],
    body: Buffer.from(text),
  };
  const multipart = [
    '--x\r\nContent-Disposition: form-data; name="data"\r\n',
    `${text}\r\n--x--\r\n`,
  ].join('\r\n');
  const rewritten: [string, Partial<ReceivedCall>][] = [
    ['a form', { body: bodyOf([asha, ravi]) }],
    ['JSON', json],
    [
      'JSON with escapes',
      { ...json, body: Buffer.from(text.replaceAll('@', '\\u0040').replaceAll('a', '\\u0061')) },
    ],
    [
      'a compressed form',
      {
        headers: [['Content-Encoding', 'gzip']],
        body: gzipSync(bodyOf([asha, ravi])),
      },
    ],
    ['UTF-16', { ...json, body: Buffer.from(`\ufeff${text}`, 'utf16le') }],
    [
      'multipart',
      {
        headers: [['Content-Type', 'multipart/form-data; boundary=x']],
        body: Buffer.from(multipart),
      },
    ],
    [
      'a form whose other field names the contact',
      { body: Buffer.concat([bodyOf([ravi]), Buffer.from('&by=asha%40example.com')]) },
    ],
    [
      'a form whose query and header name the contact',
      {
        target: '/webhooks/netcore?who=asha%40example.com',
        headers: [...plainCall.headers, ['X-Contact', 'Asha <asha@example.com>']],
        body: bodyOf([ravi]),
      },
    ],
    ['an event of another contact that mentions this one', { body: bodyOf([ravi, mention]) }],
  ];

  test.each(rewritten)('erases from %s, and keeps the others', async (_, call) => {
    const { files, captures, erase } = await store([call]);
    const { exit } = await erase('--who', 'asha@example.com', '--yes');
    expect(exit).toBe(0);
    expect(filesWith('asha@example.com', files)).toEqual([]);
    const [capture] = [...historyOf(files).captures(everyCapture, 'oldest first')];
    expect(capture).toMatchObject({ id: captures[0]?.id, erased: expect.any(Number) });
    expect(capture?.events.map(({ who }) => who)).toEqual(['ravi@example.com']);
  });

  const removed: [string, Partial<ReceivedCall>][] = [
    ['a body that is no payload', { body: Buffer.from('who=asha%40example.com') }],
    [
      'an empty body whose query names the contact',
      { target: '/?asha@example.com', body: new Uint8Array() },
    ],
    ['a broken payload', { body: bodyOf([asha]).subarray(0, 300) }],
    ['a panel that is called like the contact', { body: bodyOf([ravi], 'asha@example.com') }],
  ];

  test.each(removed)('removes %s as a whole', async (_, call) => {
    const { files, erase } = await store([call, {}]);
    const { out } = await erase('--who', 'asha@example.com', '--yes', '--json');
    expect(parsed(out)).toMatchObject([{ captures: 0, removed: 1 }]);
    expect(filesWith('asha@example.com', files)).toEqual([]);
    expect(historyOf(files).count()).toBe(1);
  });

  test('names captures that it cannot decode', async () => {
    const { erase } = await store([
      {
        headers: [['Content-Encoding', 'zstd']],
        body: Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 1]),
      },
    ]);
    const { out } = await erase('--who', 'asha@example.com', '--yes');
    expect(out).toContain('1 capture with a body that cannot be decoded');
  });
});

test('does not follow an identifier that another contact has, too', async () => {
  const both = { ...ravi, att_params: { MOBILE: '910000000001' } };
  const { files, erase } = await store([
    { body: bodyOf([asha]) },
    { body: bodyOf([ashaSms]) },
    { body: bodyOf([both]) },
  ]);
  const { out } = await erase('--who', 'asha@example.com', '--yes');
  expect(out).toContain('1 identifier beside the given ones also belongs to another contact');
  expect(filesWith('asha@example.com', files)).toEqual([]);
  const left = [...historyOf(files).captures(everyCapture, 'oldest first')];
  expect(left.map(({ eventCount }) => eventCount)).toEqual([0, 1, 1]);
});

test('takes a short identifier for another contact in another panel, and never for a number', async () => {
  const linked = { ...asha, custom_params: { userid: '42' } };
  const other = { channel: 'sms', event: 'click', msgid: '42', custom_params: { userid: '42' } };
  const { files, erase } = await store([
    { body: bodyOf([linked]) },
    { body: bodyOf([other]) },
    { body: bodyOf([other], 'netcore_hook_test_north') },
    { body: bodyOf([{ ...ravi, msgid: '42', custom_params: { orders: 42 } }]) },
  ]);
  expect((await erase('--who', 'asha@example.com', '--yes')).exit).toBe(0);
  const left = [...historyOf(files).captures(everyCapture, 'oldest first')];
  expect(left.map(({ eventCount }) => eventCount)).toEqual([0, 0, 1, 1]);
});

test('removes whole captures, and what waits of them, with --whole', async () => {
  const { files, captures, erase } = await store([{ body: bodyOf([asha, ravi]) }, {}]);
  queueCaptures(files, captures, () => ({ state: 'waiting' }));
  const { out } = await erase('--who', 'asha@example.com', '--whole', '--yes', '--json');
  expect(parsed(out)).toMatchObject([{ whole: true, captures: 0, removed: 1, events: 1 }]);
  expect(databaseOf(files).prepare('select count(*) from deliveries').first([])).toEqual([1]);
});

test('drops a waiting call without any event left, and forwards the others without the events', async () => {
  const { files, captures, erase } = await store([
    { body: bodyOf([asha]) },
    { body: bodyOf([asha, ravi]) },
  ]);
  queueCaptures(files, captures, () => ({ state: 'waiting' }));
  await erase('--who', 'asha@example.com', '--yes');
  const states = captures.map(({ id }) => historyOf(files).story(id).deliveries[0]?.state);
  expect(states).toEqual([undefined, 'waiting']);
});

test('shows what it would erase, asks, and changes nothing before the answer', async () => {
  const { files, erase } = await store([{ body: bodyOf([asha, ravi]) }]);
  const plan = await erase('--who', 'asha@example.com', '--dry-run');
  expect(plan).toMatchObject({ exit: 0 });
  expect(plan.out).toBe(
    'Would erase 1 event of 1 contact: 1 capture changed.\n' +
      'Also found by these identifiers, which stand beside the given ones:\n  910000000001\n',
  );
  const refused = await erase('--who', 'asha@example.com');
  expect(refused).toMatchObject({ exit: 2, out: '' });
  expect(refused.err).toContain('Erasing 1 event permanently needs confirmation');
  expect(filesWith('asha@example.com', files)).not.toEqual([]);
});

test.each([
  ['a column of any name', 'who\nasha@example.com\n'],
  ['several columns', 'name;E-Mail ID;Mobile\nAsha;asha@example.com;910000000001\n'],
  ['lines alone', 'asha@example.com\n'],
])('reads a list with %s', async (_, text) => {
  const { files, erase } = await store([{ body: bodyOf([asha, ravi]) }]);
  const list = join(temporaryFolder(), 'list.csv');
  writeFileSync(list, text);
  const { exit, out } = await erase('--who', `@${list}`, '--yes');
  expect(exit).toBe(0);
  expect(out).toContain('Erased 1 event of 1 contact.');
  expect(filesWith('asha@example.com', files)).toEqual([]);
});

test.each([
  ['no contact', [], 'history erase requires the contacts to erase.'],
  ['an empty one', ['--who', ''], 'it is empty'],
  ['a list of another kind', ['--who', '@package.json'], 'package.json'],
])('refuses %s', async (_, words, message) => {
  const { erase } = await store([]);
  const { exit, err } = await erase(...words);
  expect(exit).toBe(2);
  expect(err).toContain(message);
});

test('the receipt names no contact, and says what it does not reach', async () => {
  const { files, captures, erase } = await store([{ body: bodyOf([asha, ravi]) }]);
  queueCaptures(files, captures, () => ({ state: 'delivered' }));
  writeFileSync(join(files.folder, 'captures.damaged-1.db'), 'x');
  for (const words of [[], ['--json']]) {
    const { exit, out } = await erase('--who', 'asha@example.com', '--yes', ...words);
    expect(exit).toBe(1);
    expect(out).not.toMatch(/asha|910000000001/i);
    expect(out).toContain('http://127.0.0.1:3000/webhooks/netcore');
    expect(out).toContain('captures.damaged-1.db');
    expect(out).toContain('backups');
  }
});

test('an answer that arrives during the erasure is kept without its text, and the receipt says so', async () => {
  const { files, captures, erase } = await store([{ body: bodyOf([asha, ravi]) }]);
  queueCaptures(files, captures, () => ({ state: 'active', worker: '1.a@lease:x' }));
  const { exit, out } = await erase('--who', 'asha@example.com', '--yes');
  expect(exit).toBe(1);
  expect(out).toContain('1 call that a worker was sending');
  const database = databaseOf(files);
  const attempt = { time: 1, url: 'http://127.0.0.1/', status: 422, ms: 1 };
  const said = { reason: 'asha@example.com is unknown', answer: 'asha@example.com is unknown' };
  const seq = historyOf(files).seqOf(captures[0]?.id ?? '') ?? -1;
  prepareDeliveries(database).keepAttempt(seq, { ...attempt, ...said });
  expect(historyOf(files).story(captures[0]?.id ?? '').attempts).toMatchObject([
    { status: 422, reason: null, answer: null },
  ]);
});
