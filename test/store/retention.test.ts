import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { everyCapture } from '../../src/call/capture-query.js';
import { processHost } from '../../src/host.js';
import { countCaptures, verifyCount } from '../../src/store/capture-index.js';
import type { Database } from '../../src/store/database.js';
import type { StoreFiles } from '../../src/store/folder.js';
import { readNextUnread } from '../../src/store/maintenance.js';
import { openAttemptLog } from '../../src/store/outcomes.js';
import { beginning, openPruner, type PrunePlan, removeStep } from '../../src/store/pruner.js';
import { openRecorder } from '../../src/store/recorder.js';
import { type Bounds, boundsAt, dataBytes } from '../../src/store/retention.js';
import { queueCaptures } from '../helpers/queued-captures.js';
import {
  bodyOf,
  databaseOf,
  fillStore,
  historyOf,
  importCaptures,
  plainCall,
  recordCalls,
  recordMore,
} from '../helpers/store.js';

const hour = 3_600_000;

function keeping(captures: number | undefined, more: Partial<Bounds> = {}): Bounds {
  return { ...boundsAt({ captures }, Date.now()), ...more };
}

/** Takes steps until nothing more lies beyond the bounds; returns how many captures were removed. */
function removeAll(database: Database, bounds: Bounds): number {
  let removed = 0;
  let progress = beginning;
  for (;;) {
    const step = removeStep(database, bounds, progress);
    removed += step.removed;
    progress = step.progress;
    if (step.ended) return removed;
  }
}

/** What pruning the store would do. */
function planOf(files: StoreFiles, bounds: Bounds): PrunePlan {
  const pruner = openPruner(files);
  try {
    return pruner.plan(bounds);
  } finally {
    pruner.close();
  }
}

function placesIn(database: Database): number[] {
  return database.prepare('select place from captures order by place').all([]).flat().map(Number);
}

describe('a retention', () => {
  test.each([
    ['a number of captures', { captures: 3 }, 0, 2],
    ['more captures than there are', { captures: 9 }, 0, 0],
    ['no captures', { captures: 0 }, 0, 5],
    ['an age that no capture has', { ageMs: hour }, 0, 0],
    ['an age that all captures have', { ageMs: hour }, 2 * hour, 5],
    ['whichever limit is smaller', { captures: 3, ageMs: hour }, 2 * hour, 5],
    ['everything', { captures: undefined }, 2 * hour, 0],
  ])('of %s finds what lies beyond it and removes that', async (_, retention, later, surplus) => {
    const { files } = await recordCalls([{}, {}, {}, {}, {}]);
    const database = databaseOf(files);
    const bounds = boundsAt(retention, Date.now() + later);
    expect(planOf(files, bounds)).toMatchObject({ captures: surplus, estimated: false });
    expect(removeAll(database, bounds)).toBe(surplus);
    expect(placesIn(database)).toHaveLength(5 - surplus);
  });
});

describe('a step of removing', () => {
  test('takes the oldest captures with their events and attempts, and leaves the others', async () => {
    const click = bodyOf([{ channel: 'sms', event: 'click' }]);
    const { files, captures } = await recordCalls([{}, { body: click }, { body: click }]);
    const log = openAttemptLog(files);
    onTestFinished(() => log.close());
    for (const { id } of captures) {
      log.record(id, {
        event: null,
        time: 0,
        url: 'http://127.0.0.1/',
        status: 200,
        reason: null,
        answer: 'OK',
        ms: 1,
      });
    }
    const database = databaseOf(files);
    expect(removeStep(database, keeping(1), beginning)).toMatchObject({ removed: 2, ended: true });
    expect(
      [...historyOf(files).captures(everyCapture, 'newest first')].map(({ id }) => id),
    ).toEqual([captures[2]!.id]);
    expect(database.prepare('select channel, activity from events').all([])).toEqual([
      ['sms', 'click'],
    ]);
    expect(database.prepare('select count(*) from attempts').first([])).toEqual([1]);
    expect(removeStep(database, keeping(0), beginning)).toMatchObject({ removed: 1 });
    expect(removeStep(database, keeping(0), beginning)).toMatchObject({ removed: 0, ended: true });
  });

  test('takes a hundred captures, so that no process that records waits long', async () => {
    const { files } = await fillStore(120);
    expect(removeStep(databaseOf(files), keeping(0), beginning)).toMatchObject({ removed: 100 });
  });

  test('takes fewer when they are large', async () => {
    const body = new Uint8Array(5 * 1024 * 1024);
    const { files } = await recordCalls([{ body }, { body }, { body }]);
    expect(removeStep(databaseOf(files), keeping(0), beginning)).toMatchObject({ removed: 2 });
  });

  test('leaves what was recorded behind a place alone, though it counts', async () => {
    const { files, places } = await fillStore(10);
    const database = databaseOf(files);
    expect(removeAll(database, keeping(2, { last: places[4]! }))).toBe(5);
    expect(placesIn(database)).toEqual(places.slice(5));
  });
});

describe('a retention by size', () => {
  const megabyte = 1024 ** 2;

  async function storeOf(captures: number, bodyBytes: number) {
    const { files } = await fillStore(1);
    const database = databaseOf(files);
    recordMore(database, captures, bodyBytes);
    return { files, database, places: placesIn(database) };
  }

  test.each([
    ['large bodies', 40, 200_000, 5],
    ['small ones', 1500, 2000, 2],
  ])('keeps as many of the newest captures with %s as fit', async (_, captures, body, limit) => {
    const { database, places } = await storeOf(captures, body);
    const bytes = limit * megabyte;
    expect(dataBytes(database)).toBeGreaterThan(bytes * 1.4);
    removeAll(database, boundsAt({ bytes }, Date.now()));
    expect(dataBytes(database)).toBeLessThanOrEqual(bytes);
    expect(dataBytes(database)).toBeGreaterThan(bytes - body - 100_000);
    const left = placesIn(database);
    expect(left).toEqual(places.slice(-left.length));
  });

  test('does not count what the removed ones took, and the file grows no further', async () => {
    const { database } = await storeOf(40, 200_000);
    const bounds = boundsAt({ bytes: 5 * megabyte }, Date.now());
    removeAll(database, bounds);
    const pages = database.prepare('pragma page_count');
    const before = pages.first([]);
    recordMore(database, 10, 200_000);
    removeAll(database, bounds);
    expect(pages.first([])).toEqual(before);
    expect(removeAll(database, bounds)).toBe(0);
  });

  test('estimates how many captures it removes', async () => {
    const { files, database } = await storeOf(40, 200_000);
    const bounds = boundsAt({ bytes: 4 * megabyte }, Date.now());
    const { captures, estimated } = planOf(files, bounds);
    expect(estimated).toBe(true);
    expect(Math.abs(captures - removeAll(database, bounds))).toBeLessThan(4);
  });
});

describe('how far back a store reaches', () => {
  test('is unlimited when nothing was removed from it', async () => {
    const { files } = await fillStore(5);
    removeAll(databaseOf(files), keeping(5));
    expect(historyOf(files).retention(Date.now()).reach).toBeUndefined();
  });

  test('is told with the limit that removed the newest of those that are gone', async () => {
    const end = Date.UTC(2026, 10, 23, 12);
    const { files } = await fillStore(60, end);
    const database = databaseOf(files);
    removeAll(database, boundsAt({ ageMs: hour }, end + hour - 50));
    removeAll(database, boundsAt({ captures: 20, ageMs: 2 * hour }, end + 10));
    expect(historyOf(files).retention(Date.now()).reach).toEqual({
      since: end - 21,
      cause: 'keep',
      limit: 20,
      time: end + 10,
      removed: 40,
      withoutPayload: 0,
    });
    removeAll(database, { ...boundsAt({ captures: 5 }, end + 20), by: 'prune' });
    expect(historyOf(files).retention(Date.now()).reach).toMatchObject({
      cause: 'prune',
      limit: null,
      removed: 55,
    });
  });
});

describe('captures that wait to be forwarded', () => {
  const states = ['waiting', 'delivered', 'delayed', 'dead', 'active', 'skipped'] as const;

  async function queued() {
    const { files, captures } = await recordCalls(states.map(() => ({})));
    queueCaptures(files, captures, (index) => ({ state: states[index]! }));
    const database = databaseOf(files);
    const left = () =>
      [...historyOf(files).captures(everyCapture, 'oldest first')].map(
        ({ id }) => states[captures.findIndex((capture) => capture.id === id)],
      );
    return { files, database, left };
  }

  test.each([
    ['a number', { captures: 0 }],
    ['a size', { bytes: 1 }],
    ['a number within their age', { captures: 0, ageMs: hour }],
  ])('and dead ones stay, whatever %s says', async (_, retention) => {
    const { database, left } = await queued();
    expect(removeAll(database, boundsAt(retention, Date.now()))).toBe(2);
    expect(left()).toEqual(['waiting', 'delayed', 'dead', 'active']);
    expect(database.prepare('select count(*) from deliveries').first([])).toEqual([4]);
  });

  test('stay when they are too old, and dead ones go', async () => {
    const { files, database, left } = await queued();
    const bounds = boundsAt({ ageMs: hour }, Date.now() + 2 * hour);
    expect(planOf(files, bounds)).toMatchObject({ captures: 3, waiting: 3, dead: 0 });
    expect(removeAll(database, bounds)).toBe(3);
    expect(left()).toEqual(['waiting', 'delayed', 'active']);
  });

  test('are counted apart from dead ones', async () => {
    const { files } = await queued();
    expect(planOf(files, keeping(0))).toMatchObject({ captures: 2, waiting: 3, dead: 1 });
    expect(planOf(files, keeping(3))).toMatchObject({ captures: 1, waiting: 2, dead: 0 });
  });

  test('do not push out newer ones that are among those to be kept', async () => {
    const { files, captures } = await recordCalls(Array.from({ length: 150 }, () => ({})));
    queueCaptures(files, captures, (index) => (index < 110 ? { state: 'waiting' } : undefined));
    const database = databaseOf(files);
    expect(removeAll(database, keeping(30))).toBe(10);
    expect(placesIn(database)).toHaveLength(140);
  });
});

describe('captures without a payload', () => {
  const probe = { method: 'GET', body: new Uint8Array() };

  /** `p` stands for a probe, anything else for a call with a payload. */
  async function storeOf(kinds: string) {
    const { files, captures } = await recordCalls(
      [...kinds].map((kind) => (kind === 'p' ? probe : {})),
    );
    const database = databaseOf(files);
    const left = () => {
      const ids = [...historyOf(files).captures(everyCapture, 'oldest first')].map(({ id }) => id);
      return [...kinds].filter((_, index) => ids.includes(captures[index]!.id)).join('');
    };
    return { files, captures, database, left };
  }

  test.each([
    ['one call outlives any number of probes', 20, `c${'p'.repeat(40)}`, 'cpp'],
    ['they may take a tenth', 20, `${'c'.repeat(22)}pp`, `${'c'.repeat(18)}pp`],
    ['one may stay among fewer than ten', 9, 'cpppc', 'cpc'],
    ['none may stay among none', 0, 'cp', ''],
    ['the oldest go first, of whatever kind', 20, `ppc${'c'.repeat(20)}`, 'c'.repeat(20)],
    ['none goes where there is room', 20, 'cpcpc', 'cpcpc'],
  ])('%s', async (_, limit, kinds, expected) => {
    const { files, database, left } = await storeOf(kinds);
    expect(planOf(files, keeping(limit)).captures).toBe(kinds.length - expected.length);
    expect(removeAll(database, keeping(limit))).toBe(kinds.length - expected.length);
    expect(left()).toBe(expected);
  });

  test('may take a tenth of the size as well', async () => {
    const { files } = await fillStore(5);
    const recorder = await openRecorder(files, processHost());
    const body = new Uint8Array(100_000);
    await Promise.all(Array.from({ length: 20 }, () => recorder.record({ ...plainCall, body })));
    await recorder.close();
    const database = databaseOf(files);
    for (let place = readNextUnread(database, 0); place; place = readNextUnread(database, place));
    const bounds = boundsAt({ bytes: 5_000_000 }, Date.now());
    expect(planOf(files, bounds)).toMatchObject({ captures: 16, estimated: false });
    expect(removeAll(database, bounds)).toBe(16);
    expect(placesIn(database)).toHaveLength(9);
  });

  test('stay while they are to be forwarded, and then push no other capture out', async () => {
    const { files, captures, database, left } = await storeOf(`c${'p'.repeat(30)}`);
    queueCaptures(files, captures, (index) =>
      index === 0 ? { state: 'delivered' } : { state: index < 11 ? 'waiting' : 'dead' },
    );
    expect(planOf(files, keeping(20))).toMatchObject({ captures: 0, waiting: 10, dead: 18 });
    expect(removeAll(database, keeping(20))).toBe(0);
    database.execute('update deliveries set state = 3');
    removeAll(database, keeping(20));
    expect(left()).toBe('cpp');
  });

  test('are known when their bodies are read later, imported or removed', async () => {
    const coded = { body: gzipSync('hello'), headers: [['Content-Encoding', 'gzip']] as const };
    const { files, captures } = await recordCalls([coded, {}, probe]);
    const database = databaseOf(files);
    expect(readNextUnread(database, 0)).toBeDefined();
    const other = await recordCalls([probe, {}]);
    await importCaptures(other.files, captures);
    const listed = (store: Database) =>
      store.prepare('select count(*), sum(bytes) from without_payload').first([]);
    const total = (store: Database) =>
      store.prepare('select captures, bytes from without_payload_total').first([]);
    const imported = databaseOf(other.files);
    expect([listed(database)?.[0], listed(imported)?.[0]]).toEqual([2, 3]);
    expect([total(database), total(imported)]).toEqual([listed(database), listed(imported)]);
    removeAll(database, keeping(10));
    expect(total(database)).toEqual([1, expect.any(Number)]);
    removeAll(database, keeping(0));
    expect(total(database)).toEqual([0, 0]);
  });

  test('are told apart in how far back the history reaches', async () => {
    const { files, database } = await storeOf(`c${'p'.repeat(12)}c`);
    removeAll(database, keeping(20));
    expect(historyOf(files).retention(0).reach).toEqual({
      since: null,
      cause: null,
      limit: null,
      time: null,
      removed: 0,
      withoutPayload: 10,
    });
    removeAll(database, keeping(1));
    expect(historyOf(files).retention(0).reach).toMatchObject({
      cause: 'keep',
      removed: 2,
      withoutPayload: 11,
    });
  });
});

describe('what is to be kept', () => {
  test('is decided by the step that removes, whatever others have removed since the last one', async () => {
    const { files, places } = await fillStore(500);
    const [one, other] = [databaseOf(files), databaseOf(files)];
    const bounds = keeping(260);
    const first = removeStep(one, bounds, beginning);
    expect(removeAll(other, bounds)).toBe(140);
    expect(removeStep(one, bounds, first.progress)).toMatchObject({ removed: 0, ended: true });
    expect(placesIn(one)).toEqual(places.slice(240));
  });

  test('counts what was recorded, imported and removed since the captures were counted', async () => {
    const { files, captures } = await recordCalls(Array.from({ length: 8 }, () => ({})));
    const database = databaseOf(files);
    removeAll(database, keeping(6));
    await recordCalls([{}, {}, {}], files.folder);
    database.execute('delete from captures where place = (select min(place) from captures)');
    await importCaptures(files, captures.slice(0, 2));
    expect(countCaptures(database).captures).toBe(10);
    expect(placesIn(database)).toHaveLength(10);
    expect(removeAll(database, keeping(9))).toBe(1);
  });

  test('is counted anew where the count was not kept', async () => {
    const { files } = await fillStore(20);
    const database = databaseOf(files);
    database.execute('update capture_counts set up_to = 9e15, captures = 400');
    verifyCount(database);
    expect(countCaptures(database).captures).toBe(20);
    database.execute('delete from capture_counts');
    verifyCount(database);
    expect(removeAll(database, keeping(15))).toBe(5);
  });
});
