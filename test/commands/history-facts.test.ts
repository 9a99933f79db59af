import { expect, test } from 'vitest';
import type { ReceivedCall } from '../../src/call/call.js';
import { parsed } from '../helpers/history-command.js';
import { run } from '../helpers/run.js';
import { bodyOf, recordCalls } from '../helpers/store.js';

const begin = Date.UTC(2026, 10, 23, 12);

/** An event of a contact whose wall clock is ahead of UTC by these minutes. */
const event = (contact: number, moment: number, offsetMinutes = 330) => ({
  channel: 'email',
  event: 'open',
  msgid: '546',
  event_params: {
    email: `contact${contact}@example.com`,
    ts: new Date(moment + offsetMinutes * 60_000).toISOString().slice(2, 19).replace(/\D/g, ''),
  },
});

/** A call with these events, each written `lagMs` before the call. */
function callAt(
  seconds: number,
  contacts: readonly number[],
  facts: Partial<ReceivedCall> & { lagMs?: number; offset?: number } = {},
) {
  const { lagMs = 4000, offset, ...rest } = facts;
  const time = begin + seconds * 1000;
  const body = bodyOf(
    contacts.map((contact, at) => event(contact, time - lagMs - at * 1000, offset)),
  );
  return { time, body, remote: '198.51.100.4', ...rest };
}

async function facts(calls: readonly Partial<ReceivedCall>[], ...words: string[]) {
  const { files } = await recordCalls(calls);
  const json = await run(['history', 'facts', '--json', ...words, '--store', files.folder]);
  const text = await run(['history', 'facts', ...words, '--store', files.folder], {
    terminal: true,
    columns: 80,
  });
  return { files, notice: parsed(json.out)[0], text: text.out, exit: json.exit };
}

test('measures addresses, batches, the zone and lags', async () => {
  const { notice, text, exit } = await facts([
    callAt(0, [1, 2, 3]),
    callAt(10, [4], { remote: '198.51.100.9' }),
    callAt(20, [5, 6], { lagMs: 30_000 }),
    { time: begin, body: Buffer.from('probe'), remote: '203.0.113.200' },
  ]);
  expect(exit).toBe(0);
  expect(notice).toMatchObject({
    type: 'facts',
    calls: 3,
    events: 6,
    first: '2026-11-23T12:00:00.000Z',
    peers: [
      { address: '198.51.100.4', calls: 2 },
      { address: '198.51.100.9', calls: 1 },
    ],
    batch: { min: 1, median: 2, max: 3, spanMs: 2000 },
    lag: { offsetMinutes: 330, zone: 'Asia/Kolkata', share: 1, medianMs: 5000, maxMs: 31_000 },
    repeats: { events: 0 },
    failures: { calls: 0 },
  });
  expect(text).toContain('2 addresses: --allow 198.51.100.4,198.51.100.9');
  expect(text).toContain('1 to 3 events in a call');
  expect(text).toContain('most likely UTC+05:30, as in Asia/Kolkata');
  expect(text).toContain('every call was answered 200');
  expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
});

test.each([
  [0, 'UTC'],
  [-300, 'Etc/GMT+5'],
  [345, null],
  [600, 'Etc/GMT-10'],
])('recognises a clock %i minutes from UTC', async (offset, zone) => {
  const { notice } = await facts([
    callAt(0, [1, 2], { offset }),
    callAt(9, [3], { offset, lagMs: 600_000 }),
  ]);
  expect(notice.lag).toMatchObject({ offsetMinutes: offset, zone });
});

test('counts repeats, late events, and what came after an answer that was not 200', async () => {
  const failed = callAt(60, [3, 4], { status: 503 });
  const { notice, text } = await facts([
    callAt(0, [1, 2]),
    failed,
    callAt(90, [5], { status: 500, lagMs: 200_000 }),
    { ...failed, time: begin + 180_000, status: 200 },
    callAt(200, [6]),
  ]);
  expect(notice).toMatchObject({
    repeats: { events: 2, share: 0.25, medianMs: 120_000, maxMs: 120_000 },
    failures: {
      calls: 2,
      stretches: 1,
      longest: 2,
      statuses: { 500: 1, 503: 1 },
      repeated: 1,
      repeatMedianMs: 120_000,
      repeatTimes: 1,
      nextMedianMs: 90_000,
      isLast: false,
    },
  });
  expect(notice.late).toBeGreaterThan(0);
  expect(text).toContain('2 events (25 %) came again, median after 2 min');
  expect(text.replaceAll(/\s+/g, ' ')).toContain(
    '2 calls in 1 stretch of up to 2 (500, 503). 1 came again',
  );
});

test('says that a proxy hides the addresses, and that no call followed', async () => {
  const { text } = await facts([callAt(0, [1], { remote: '127.0.0.1', status: 500 })]);
  expect(text).toContain('calls come through a proxy or this machine.');
  expect(text.replaceAll(/\s+/g, ' ')).toContain('No call has come since the last one.');
});

test('finds nothing in an empty store', async () => {
  const { files } = await recordCalls([]);
  const { exit, err } = await run(['history', 'facts', '--store', files.folder]);
  expect({ exit, err }).toEqual({ exit: 0, err: 'warning  No capture matches.\n' });
});

test('a simulation takes what was measured as defaults, and keeps what was given', async () => {
  const { files } = await facts([
    callAt(0, [1, 2, 3]),
    callAt(10, [1]),
    callAt(20, [4], { lagMs: 90_000 }),
  ]);
  const words = [
    'simulate',
    'abandoned-cart',
    '--like-history',
    '--dry-run',
    '--contacts',
    '10',
    '--store',
    files.folder,
  ];
  const { exit, err } = await run(words);
  expect(exit).toBe(0);
  expect(err).toContain(
    'Like 3 calls of the store: --batch-max 3 --batch-every 2s --duplicates 0% --late 20% --tz Asia/Kolkata',
  );
  const given = await run([...words, '--batch-max', '50', '--json']);
  expect(parsed(given.out)[0].options).not.toContain('--batch-max 3');
  const empty = await recordCalls([]);
  const refused = await run([...words.slice(0, -1), empty.files.folder]);
  expect(refused.exit).toBe(2);
  expect(refused.err).toContain('--like-history requires captures with events');
});
