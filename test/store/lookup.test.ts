import { cpSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hostileCalls } from '../../bench/hostile-calls.js';
import type { ReceivedCall } from '../../src/call/call.js';
import { formatId, seqAt } from '../../src/call/capture-id.js';
import { everyCapture } from '../../src/call/capture-query.js';
import { ContactIds } from '../../src/payload/contact-ids.js';
import { anyEvent, type EventFilter, matchesFilter } from '../../src/payload/event-filter.js';
import { addTokens, tokensOfFilter } from '../../src/payload/lookup-tokens.js';
import type { Database } from '../../src/store/database.js';
import { openDatabase, readNumber } from '../../src/store/database.js';
import { openEraser } from '../../src/store/eraser.js';
import type { StoreFiles } from '../../src/store/folder.js';
import { openHistory } from '../../src/store/history.js';
import { createLookupBuilder } from '../../src/store/lookup-builder.js';
import { readNextUnread } from '../../src/store/maintenance.js';
import { removeCaptures } from '../../src/store/pruner.js';
import {
  bodyOf,
  databaseOf,
  filesIn,
  fillStore,
  historyOf,
  importCaptures,
  plainCall,
  recordCalls,
  recordMore,
} from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

function builder(name = 'one', monotonic = () => 0) {
  return createLookupBuilder({ name, monotonic, patienceMs: 10_000 });
}

function describeAll(database: Database, name?: string): void {
  const lookups = builder(name);
  for (let step = 0; lookups.step(database); step += 1) if (step > 1000) throw new Error('endless');
}

const ids = [
  'asha@example.com',
  'Asha@Example.com',
  'asha@example.com.au',
  '+91 00000 00001',
  '910000000001',
  '0000000001',
  '00000000017',
  'cust-0000000001-x',
  'CUST-0000000001-X',
  'C-17',
  'ünïcode-Straße@example.com',
  `${'long'.repeat(300)}@example.com`,
  'half \ud800 pair and \0 zero',
  '9f1c2a7e-0000-4000-8000-000000000001',
];
const anyId = fc.constantFrom(...ids);
const msgids = ['546', '547', 'm\ud800', '', 'x'.repeat(1200)];

const anyNetcoreEvent = fc.record(
  {
    channel: fc.constantFrom('email', 'sms', 'custom_activity'),
    event: fc.constantFrom('open', 'click', 'delivered'),
    msgid: fc.constantFrom(...msgids),
    event_params: fc.record(
      {
        foreignkey: anyId,
        email: anyId,
        mobile: anyId,
        ts: fc.constantFrom(221202154805, 221202154806),
        url: fc.constantFrom('https://example.com/a', 'https://example.com/b'),
      },
      { requiredKeys: [] },
    ),
    custom_params: fc.record({ userid: anyId, guid: anyId }, { requiredKeys: [] }),
  },
  { requiredKeys: ['channel'] },
);

const anyCall: fc.Arbitrary<Partial<ReceivedCall>> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .array(anyNetcoreEvent, { maxLength: 4 })
      .map((events) => ({ body: bodyOf(events) })),
  },
  {
    weight: 1,
    arbitrary: fc.array(anyNetcoreEvent, { maxLength: 3 }).map((events) => ({
      body: gzipSync(bodyOf(events)),
      headers: [['Content-Encoding', 'gzip']] as const,
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { body: Buffer.from('data=%7B"broken') },
      { body: Buffer.from([0xff, 0xfe, 0]) },
    ),
  },
);

function filterOf(part: Partial<EventFilter>): EventFilter {
  return { ...anyEvent, ...part };
}

const people = [
  ...ids.map((id) => id.toLowerCase()),
  'asha',
  'example.com',
  '0000001',
  '9100000',
  '0000-4000-8000',
  '…',
  'cust-000',
  '+91 00000',
];
const filters = (keys: readonly string[]) => [
  ...people.map((wanted) => filterOf({ people: [wanted] })),
  ...msgids.map((msgid) => filterOf({ msgids: [msgid] })),
  ...keys.flatMap((key) => [filterOf({ keys: [key] }), filterOf({ keys: [key.slice(0, 8)] })]),
  filterOf({ msgids: ['546', '547'], people: ['asha@example.com', '0000000001'] }),
  filterOf({ people: ['asha@example.com'], channels: ['sms'] }),
];

/** Compares searches with those in a copy of the store without the index. */
function expectSame(files: StoreFiles, wanted: readonly EventFilter[]): void {
  const live = openDatabase(files.database);
  live.emptyLog();
  live.close();
  const plain = filesIn(temporaryFolder());
  cpSync(files.database, plain.database);
  const copy = openDatabase(plain.database);
  copy.execute('delete from lookups; delete from lookup_late');
  copy.close();
  const [indexed, scanned] = [openHistory(files), openHistory(plain)];
  for (const events of wanted) {
    const query = { ...everyCapture, events };
    const expected = [...scanned.captures(query, 'newest first')].map(({ id }) => id);
    for (const order of ['newest first', 'oldest first'] as const) {
      const found = [...indexed.captures(query, order)].map(({ id }) => id);
      if (order === 'oldest first') found.reverse();
      expect(found, JSON.stringify(events)).toEqual(expected);
    }
  }
  indexed.close();
  scanned.close();
}

/** Imports calls, one each ten microseconds. */
async function importCalls(
  files: StoreFiles,
  calls: readonly Partial<ReceivedCall>[],
  offset: number,
): Promise<void> {
  const start = seqAt(plainCall.time);
  const captures = calls.map((call, index) => ({
    ...plainCall,
    ...call,
    id: formatId(start + index * 10 + offset, 'abcdef'),
  }));
  expect(await importCaptures(files, captures)).toBe(calls.length);
}

const emptyEvent = {
  panel: '',
  channel: 'email',
  activity: null,
  event: null,
  msgid: null,
  who: null,
  name: null,
  time: null,
};

test('each event that a filter matches has all tokens of the filter', () => {
  const part = fc
    .tuple(anyId, fc.nat(40), fc.nat(40))
    .map(([id, start, length]) => id.toLowerCase().slice(start, start + length));
  fc.assert(
    fc.property(
      anyId,
      fc.oneof(anyId, part),
      fc.array(anyId, { maxLength: 3 }),
      (who, wanted, others) => {
        const filter = filterOf({ people: [wanted.toLowerCase()] });
        const event = {
          panel: '',
          channel: 'email',
          activity: null,
          event: null,
          msgid: null,
          who,
          name: null,
          time: null,
          ids: others,
        };
        const tokens = new Set<number>();
        addTokens(event, tokens);
        const found = tokensOfFilter(filter)?.every((choices) =>
          choices.some((all) => all.every((token) => tokens.has(token))),
        );
        if (matchesFilter(event, filter)) expect(found ?? true).toBe(true);
      },
    ),
    { numRuns: 3000 },
  );
});

test('a search finds the same captures with and without the index, whatever happens to the store', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyCall, { minLength: 30, maxLength: 60 }),
      fc.array(anyCall, { minLength: 5, maxLength: 20 }),
      fc.constantFrom(...ids.slice(0, 8)),
      fc.infiniteStream(fc.nat()),
      async (calls, more, erased, numbers) => {
        // A segment describes hundreds of calls, so the same ones come again and again.
        const many = Array.from({ length: 280 }, (_, index) => calls[index % calls.length] ?? {});
        const { files } = await recordCalls([]);
        await importCalls(files, many, 0);
        const keys = keysOf(files);
        const all = filters(keys);
        // Searches without the index read every body.
        const wanted = [...numbers.take(10)].flatMap((number) => all[number % all.length] ?? []);
        const database = openDatabase(files.database);
        const segments = () => readNumber(database, 'select count(*) from lookups');
        try {
          describeAll(database);
          expect(segments()).toBe(1);
          expectSame(files, wanted);

          await importCalls(files, more, 5);
          expect(readNumber(database, 'select count(*) from lookup_late')).toBe(more.length);
          await recordCalls(more.slice(0, 4), files.folder);
          expectSame(files, wanted);

          const seqs = database.prepare('select place from captures order by place').all([]).flat();
          removeCaptures(
            database,
            seqs.map(Number).filter((_, index) => index % 3 === 0),
          );
          expectSame(files, wanted);

          const eraser = openEraser(files);
          const contacts = new ContactIds([erased]);
          eraser.erase(seqs.map(Number), { contacts, whole: false, now: 0 });
          eraser.close();
          expectSame(files, wanted);
          describeAll(database);
          expectSame(files, wanted);
        } finally {
          database.close();
        }
      },
    ),
    { numRuns: 5 },
  );
}, 120_000);

function keysOf(files: StoreFiles): string[] {
  const history = openHistory(files);
  const keys = new Set<string>();
  for (const capture of history.captures(everyCapture, 'newest first')) {
    for (const { key } of capture.everyEvent('keys')) if (key !== undefined) keys.add(key);
    if (keys.size > 5) break;
  }
  history.close();
  return [...keys];
}

test('segments are merged, and a search in them finds what is there', async () => {
  const { files, places } = await fillStore(256 * 17 + 20);
  const database = databaseOf(files);
  describeAll(database);
  const levels = database.prepare('select level, first <= ?, last from lookups order by first');
  expect(levels.all([places[0] ?? 0])).toEqual([
    [1, 1, places[256 * 16 - 1]],
    [0, 0, places[256 * 17 - 1]],
  ]);
  const found = [
    ...historyOf(files).captures(
      { ...everyCapture, events: filterOf({ msgids: ['546'] }) },
      'oldest first',
    ),
  ];
  expect(found.map(({ seq }) => seq)).toEqual(places);
});

test('only one process at a time describes captures, and another one continues after a kill', async () => {
  const { files } = await fillStore(1200);
  const database = databaseOf(files);
  expect(builder('killed').step(database)).toBe(true);
  let now = 0;
  const waiting = builder('waiting', () => now);
  expect(waiting.step(database)).toBe(false);
  now = 9_999;
  expect(waiting.step(database)).toBe(false);
  now = 10_000;
  expect(waiting.step(database)).toBe(true);
  expect(builder('killed').step(database)).toBe(false);
  expect(readNumber(database, 'select count(*) from lookups')).toBe(2);
});

test('a segment whose writing was interrupted is not searched, and is removed', async () => {
  const { files, places } = await fillStore(270);
  const database = databaseOf(files);
  database
    .prepare('insert into lookups (first, last, level, entries) values (0, ?, -1, 0)')
    .run([places.at(-1) ?? 0]);
  const events = filterOf({ msgids: ['546'] });
  expect([...historyOf(files).captures({ ...everyCapture, events }, 'newest first')]).toHaveLength(
    270,
  );
  describeAll(database);
  expect(database.prepare('select level from lookups').all([])).toEqual([[0]]);
});

test('segments of removed captures are removed', async () => {
  const { files, places } = await fillStore(600);
  const database = databaseOf(files);
  describeAll(database);
  removeCaptures(database, places.slice(0, 300));
  describeAll(database);
  expect(readNumber(database, 'select min(first) from lookups')).toBe((places[255] ?? 0) + 1);
  expect(
    readNumber(
      database,
      'select count(*) from lookup_parts where lookup not in (select id from lookups)',
    ),
  ).toBe(0);
});

test('an erasure leaves no token of the contact, not even while the index is being built', async () => {
  const { files, places } = await fillStore(270);
  const database = databaseOf(files);
  const contact = { channel: 'email', event_params: { email: 'asha@example.com' } };
  const [place = 0] = places;
  const body = bodyOf([contact]);
  const events = '[["email",null,"netcore_hook_test",null,null,"asha@example.com",null,null]]';
  database
    .prepare('update captures set body = ?, events = ? where place = ?')
    .run([body, events, place]);
  const tokens = new Set<number>();
  addTokens({ ...emptyEvent, who: 'asha@example.com' }, tokens);
  const wanted = [...tokens].map((token) => Buffer.from(Uint32Array.of(token).buffer).reverse());
  const held = () => {
    const parts = database.prepare('select data from lookup_parts where part >= 0').all([]);
    return wanted.filter((token) =>
      parts.some(([data]) => Buffer.from(data as Uint8Array).includes(token)),
    );
  };
  // Erases after the builder has read the calls, and before it writes.
  let isErased = false;
  const late: Database = {
    ...database,
    execute(sql) {
      if (sql === 'begin immediate' && !isErased) {
        isErased = true;
        erase(files, places);
      }
      database.execute(sql);
    },
  };
  builder().step(late);
  expect(isErased).toBe(true);
  expect(held()).toEqual([]);

  database
    .prepare('update captures set body = ?, events = ? where place = ?')
    .run([body, events, place]);
  describeAll(database);
  expect(held()).toHaveLength(wanted.length);
  erase(files, places);
  expect(held()).toEqual([]);
});

function erase(files: StoreFiles, seqs: readonly number[]): void {
  const eraser = openEraser(files);
  eraser.erase(seqs, { contacts: new ContactIds(['asha@example.com']), whole: false, now: 0 });
  eraser.close();
}

test.each([...hostileCalls(300_000)].map((call) => [call.name, call] as const))(
  'the index of %s takes at most a quarter of its body',
  async (_, { body, headers }) => {
    const calls = [{ body, headers: Object.entries(headers) }];
    const { files } = await recordCalls(calls);
    const database = databaseOf(files);
    readNextUnread(database, 0);
    // Makes it the end of a range, which is described however few captures it has.
    const last = readNumber(database, 'select max(place) from captures');
    database
      .prepare('insert into lookups (first, last, level, entries) values (?, ?, 0, 0)')
      .run([last + 1, last + 2]);
    const { length } = body;
    // Otherwise the segment that follows would be removed as one without captures.
    recordMore(database, 1);
    database.execute('update lookups set last = last + 10');
    expect(builder().step(database)).toBe(true);
    const bytes = readNumber(database, 'select sum(length(data)) from lookup_parts');
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(length / 4 + 1500);
  },
);

test('last~n counts captures of all statuses', async () => {
  const { files, places } = await fillStore(1000);
  const database = databaseOf(files);
  for (const statuses of [1, 3]) {
    database.prepare('update captures set status = 200 + place / 1000 % ?').run([statuses]);
    const history = historyOf(files);
    for (const newer of [0, 1, 255, 256, 257, 700, 999]) {
      const wanted = formatId(places.at(-1 - newer) ?? 0, '').slice(0, 10);
      expect(history.find(`last~${newer}`).id.slice(0, 10)).toBe(wanted);
    }
    expect(() => history.find('last~1000')).toThrow(/last~1000/);
  }
});
