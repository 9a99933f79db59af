import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Capture } from '../../src/call/call.js';
import { formatId, seqRangeOfPrefix } from '../../src/call/capture-id.js';
import { everyCapture } from '../../src/call/capture-query.js';
import { type Database, transaction } from '../../src/store/database.js';
import type { StoreFiles } from '../../src/store/folder.js';
import { createImporter, isImportable } from '../../src/store/importer.js';
import { openPruner } from '../../src/store/pruner.js';
import { makeStore } from '../../src/store/schema.js';
import {
  bodyOf,
  databaseOf,
  filesIn,
  historyOf,
  importCaptures,
  plainCall,
  recordCalls,
} from '../helpers/store.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

const idsOf = (files: StoreFiles) =>
  [...historyOf(files).captures(everyCapture, 'oldest first')].map(({ id }) => id);

describe('an importer', () => {
  test('keeps captures of another store under their own ids, among the others by time', async () => {
    const north = await recordCalls([{}, {}]);
    const south = await recordCalls([{}]);
    const later = await recordCalls([{}], north.files.folder);
    expect(await importCaptures(north.files, south.captures)).toBe(1);
    const ids = [...north.captures, ...south.captures, ...later.captures].map(({ id }) => id);
    expect(idsOf(north.files)).toEqual(ids);
    const [foreign] = south.captures;
    const found = historyOf(north.files).find(foreign!.id);
    expect({ ...found, body: Buffer.from(found.body) }).toEqual({
      ...foreign,
      body: Buffer.from(foreign!.body),
    });
  });

  test('finds the events of what it took in', async () => {
    const shop = await recordCalls([{}]);
    const other = await recordCalls([{ body: bodyOf([{ channel: 'sms', event: 'click' }]) }]);
    await importCaptures(shop.files, other.captures);
    const query = { ...everyCapture, events: { ...everyCapture.events, channels: ['sms'] } };
    const found = [...historyOf(shop.files).captures(query, 'newest first')];
    expect(found.map(({ id }) => id)).toEqual([other.captures[0]!.id]);
  });

  test('takes the same capture once, whether it is of this store or of another', async () => {
    const shop = await recordCalls([{}]);
    const other = await recordCalls([{}]);
    const both = [...shop.captures, ...other.captures, ...other.captures];
    expect(await importCaptures(shop.files, both)).toBe(1);
    expect(await importCaptures(shop.files, other.captures)).toBe(0);
    expect(historyOf(shop.files).count()).toBe(2);
  });

  test('keeps both of two captures that two stores recorded at the same microsecond', async () => {
    const shop = await recordCalls([{}]);
    const [own] = shop.captures;
    const twin = { ...plainCall, id: `${own!.id.slice(0, 10)}zzzzzz`, target: '/twin' };
    expect(own!.id).not.toBe(twin.id);
    await importCaptures(shop.files, [twin]);
    const history = historyOf(shop.files);
    expect(history.find(twin.id).target).toBe('/twin');
    expect(history.find(own!.id).target).toBe(own!.target);
    expect(() => history.find(own!.id.slice(0, 10))).toThrow(
      expect.objectContaining({ code: 'ambiguous_id' }),
    );
  });

  test('puts a pruned capture back where it was', async () => {
    const shop = await recordCalls([{}, {}]);
    const pruner = openPruner(shop.files);
    onTestFinished(() => pruner.close());
    pruner.removeStep(pruner.bounds({ captures: 1 }, Date.now()));
    expect(await importCaptures(shop.files, shop.captures)).toBe(1);
    expect(idsOf(shop.files)).toEqual(shop.captures.map(({ id }) => id));
  });

  test('keeps nothing of captures in the transaction of one that cannot be written', async () => {
    const shop = await recordCalls([{}]);
    const other = await recordCalls([{}]);
    const broken = { ...plainCall, id: '1'.repeat(16), status: 'none' as unknown as number };
    await expect(importCaptures(shop.files, [...other.captures, broken])).rejects.toThrow();
    expect(historyOf(shop.files).count()).toBe(1);
  });
});

describe('an import of ids that collide', () => {
  const base = seqRangeOfPrefix('1pbwvpsf2g')!.first;
  const captureAt = (place: number, number: number, body: Uint8Array = plainCall.body) => ({
    ...plainCall,
    id: formatId(place, number.toString(8).padStart(6, '0')),
    body,
  });
  const placesIn = (database: Database) =>
    database.prepare('select place from captures order by place').all([]).flat() as number[];

  /** An importer into a new store, what it did, and a clock whose time passes with each step. */
  function watchedImporter({ existing = [] as readonly number[], stepMs = 0 } = {}) {
    const files = filesIn(temporaryFolder());
    makeStore(files, new Uint8Array(16).fill(31));
    const database = databaseOf(files);
    const insert = database.prepare(
      `insert into captures (place, time, method, target, remote, status, headers, events, body)
       values (?, 0, 'POST', '/', '', 200, '[]', '[]', x'')`,
    );
    const fill = (places: readonly number[]) =>
      transaction(database, () => {
        for (const place of places) insert.run([place]);
      });
    fill(existing);
    const done = { statements: 0, rows: 0, now: 0 };
    const transactions: { captures: number; bytes: number; ms: number }[] = [];
    const gaps: number[] = [];
    const step = (rows: number) => {
      done.statements += 1;
      done.rows += rows;
      done.now += stepMs;
    };
    let begun = 0;
    let ended = 0;
    const watched: Database = {
      ...database,
      execute(sql) {
        database.execute(sql);
        if (sql === 'begin immediate') {
          if (transactions.length > 0) gaps.push(done.now - ended);
          begun = done.now;
          transactions.push({ captures: 0, bytes: 0, ms: 0 });
        }
        if (sql === 'commit') {
          ended = done.now;
          transactions.at(-1)!.ms = ended - begun;
        }
      },
      prepare(sql) {
        const statement = database.prepare(sql);
        return {
          run(values) {
            step(1);
            statement.run(values);
            const body = values.at(-1);
            if (!sql.includes('into captures') || !(body instanceof Uint8Array)) return;
            transactions.at(-1)!.captures += 1;
            transactions.at(-1)!.bytes += body.byteLength;
          },
          first(values) {
            step(1);
            return statement.first(values);
          },
          all(values) {
            const rows = statement.all(values);
            step(rows.length);
            return rows;
          },
        };
      },
    };
    const wait = async (ms: number) => {
      done.now += Math.max(0, ms);
    };
    const importer = createImporter(watched, { now: () => done.now, wait });
    const importAll = async (captures: readonly Capture[]) => {
      for (const capture of captures) await importer.add(capture);
      return importer.flush();
    };
    return { database, fill, importAll, done, transactions, gaps };
  }

  const each = (count: number, place: (index: number) => number) =>
    Array.from({ length: count }, (_, index) => captureAt(base + place(index), index));
  const stretch = (from: number, length: number) =>
    Array.from({ length }, (_, index) => base + from + index);

  test.each<[string, (count: number) => [existing: number[], captures: Capture[]]]>([
    ['that are all the same', (count) => [[], each(count, () => 0)]],
    ['that follow each other twice', (count) => [[], each(count, (at) => at % (count / 2))]],
    ['that go backwards over each other', (count) => [[], each(count, (at) => -((at * 7) % 100))]],
    ['in many small groups', (count) => [[], each(count, (at) => (at % 100) * 1_000_000)]],
    [
      'that fill every second place first',
      (count) => [[], each(count, (at) => (at < count / 2 ? 2 * at : at % 10))],
    ],
    ['at the start of a long stretch', (count) => [stretch(0, count), each(count, () => 0)]],
    ['all over a long stretch', (count) => [stretch(0, count), each(count, (at) => at)]],
    [
      'in front of a stretch with gaps',
      (count) => [stretch(0, count).filter((place) => place % 50 > 0), each(count, () => -1)],
    ],
  ])('takes steps as many as there are captures: ids %s', async (_, make) => {
    const steps = async (count: number) => {
      const [existing, captures] = make(count);
      const { importAll, done, database } = watchedImporter({ existing });
      expect(await importAll(captures)).toBe(count);
      expect(placesIn(database)).toHaveLength(existing.length + count);
      return done.statements + done.rows;
    };
    const few = await steps(400);
    expect(await steps(1600)).toBeLessThan(few * 4 * 1.3);
    expect(few).toBeLessThan(400 * 25);
  });

  test('puts each capture at the first place that is free from its own on', async () => {
    const place = fc.integer({ min: 0, max: 60 });
    const numbers = fc.array(place, { minLength: 1, maxLength: 80 });
    const { importAll, database, fill } = watchedImporter();
    let region = base;
    let imported = 0;
    const property = fc.asyncProperty(fc.uniqueArray(place), numbers, async (taken, wanted) => {
      const first = region;
      region += 1000;
      const places = new Set(taken.map((each) => first + each));
      fill([...places]);
      const captures = wanted.map((each, at) => captureAt(first + each, at));
      imported += captures.length;
      expect(await importAll(captures)).toBe(imported);
      for (const each of wanted) {
        let free = first + each;
        while (places.has(free)) free += 1;
        places.add(free);
      }
      const found = placesIn(database).filter((each) => each >= first);
      expect(found).toEqual([...places].sort((a, b) => a - b));
    });
    await fc.assert(property, { numRuns: 20 });
  });

  test('goes into transactions of a bounded number of captures and bytes', async () => {
    const { importAll, transactions } = watchedImporter();
    const body = Buffer.from(`data=${'x'.repeat(300_000)}`);
    const large = Array.from({ length: 40 }, (_, at) => captureAt(base, at, body));
    await importAll([...each(500, (at) => 100 + at), ...large]);
    expect(Math.max(...transactions.map(({ captures }) => captures))).toBe(200);
    expect(Math.max(...transactions.map(({ bytes }) => bytes))).toBeLessThan(4.5 * 1024 * 1024);
    expect(transactions.length).toBeLessThan(10);
  });

  test('counts all of a capture, not its body alone, when it fills a transaction', async () => {
    const { importAll, transactions } = watchedImporter();
    const headers = Array.from({ length: 100 }, (): [string, string] => [
      'X-Note',
      'x'.repeat(1000),
    ]);
    const captures = each(200, (at) => at).map((capture) => ({ ...capture, headers }));
    await importAll(captures);
    expect(Math.max(...transactions.map(({ captures: count }) => count))).toBeLessThan(50);
  });

  test('holds the write lock for a bounded time, and then leaves it alone for as long', async () => {
    const existing = stretch(0, 20_000);
    const { importAll, transactions, gaps } = watchedImporter({ existing, stepMs: 5 });
    const apart = (at: number) => (at < 15 ? 0 : 1_000_000 * at);
    expect(await importAll(each(30, apart))).toBe(30);
    // One step more than there was time for.
    expect(Math.max(...transactions.map(({ ms }) => ms))).toBeLessThanOrEqual(50 + 10 * 5);
    gaps.forEach((gap, at) => {
      expect(gap).toBeGreaterThanOrEqual(transactions[at]!.ms);
    });
    expect(gaps.length).toBeGreaterThan(3);
  });
});

test.each([
  ['1pbwvpsf2gabcdef', true],
  ['zzzzzzzzzzabcdef', false],
  ['1pbwvpsf2gabcdef.3', false],
  ['1pbwvpsf2g', false],
])('%s may be imported: %s', (id, expected) => {
  expect(isImportable(id, Date.UTC(2026, 10, 24))).toBe(expected);
});
