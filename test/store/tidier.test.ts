import { describe, expect, test } from 'vitest';
import { seqAt } from '../../src/call/capture-id.js';
import type { Database } from '../../src/store/database.js';
import { createTidier, type TidierNews } from '../../src/store/maintenance.js';
import { dataBytes, type Retention } from '../../src/store/retention.js';
import { queueCaptures } from '../helpers/queued-captures.js';
import { databaseOf, fillStore, historyOf, recordCalls, recordMore } from '../helpers/store.js';

const start = Date.UTC(2026, 10, 23, 12);

/** A tidier, and time that passes when the test says so. */
function tidierOf(database: Database, retention: Retention) {
  let passed = 0;
  let ahead = 0;
  const told: TidierNews[] = [];
  const clocks = { now: () => start + passed + ahead, monotonic: () => passed };
  const tidier = createTidier(retention, clocks, (news) => told.push(news));
  return {
    told,
    /** Sets the time of day. */
    jump: (ms: number) => {
      ahead += ms;
    },
    pass: (ms: number) => {
      passed += ms;
    },
    step: () => tidier.tidy(database),
    /** Takes all steps that there are. */
    tidy() {
      while (tidier.tidy(database) !== undefined);
    },
    left: () => Number(database.prepare('select count(*) from captures').first([])?.[0]),
  };
}

async function storeOf(count: number) {
  const { files } = await fillStore(count, start);
  const database = databaseOf(files);
  database.execute('pragma synchronous = off');
  return database;
}

test('a tidier removes what lies beyond the retention, and rests after each step', async () => {
  const tidier = tidierOf(await storeOf(350), { captures: 100 });
  expect([tidier.step(), tidier.left()]).toEqual([0.25, 250]);
  expect([tidier.step(), tidier.left()]).toEqual([1, 150]);
  expect([tidier.step(), tidier.left()]).toEqual([undefined, 100]);
  expect([tidier.step(), tidier.left()]).toEqual([undefined, 100]);
});

test('a tidier rests longer while the store does not hold twice what it is to keep', async () => {
  const tidier = tidierOf(await storeOf(350), { captures: 200 });
  expect([tidier.step(), tidier.left()]).toEqual([4, 250]);
});

describe('while 500 calls a second come', () => {
  async function busy(retention: Retention) {
    const database = await storeOf(800);
    const tidier = tidierOf(database, retention);
    tidier.tidy();
    const rush = (seconds: number, callsPerSecond = 500) => {
      recordMore(database, seconds * callsPerSecond);
      tidier.pass(seconds * 1000);
    };
    return { ...tidier, rush };
  }

  test('a tidier waits, and removes once they let up', async () => {
    const tidier = await busy({ captures: 800 });
    tidier.rush(1);
    tidier.tidy();
    expect(tidier.left()).toBe(1300);
    tidier.rush(1, 499);
    tidier.tidy();
    expect(tidier.left()).toBe(800);
  });

  test('a tidier waits with what is too old, but for a minute at most', async () => {
    const tidier = await busy({ ageMs: 1000 });
    tidier.rush(2);
    expect(tidier.step()).toBe(undefined);
    tidier.rush(59);
    expect(tidier.step()).toBe(undefined);
    expect(tidier.left()).toBe(800 + 61 * 500);
    tidier.rush(1);
    expect(tidier.step()).toBe(4);
  });

  test('a tidier does not wait when the store holds twice what it is to keep, and then removes all', async () => {
    const tidier = await busy({ captures: 800 });
    tidier.rush(1, 801);
    tidier.tidy();
    expect(tidier.left()).toBe(800);
  });

  test('the time of day does not matter: it may be any', async () => {
    const database = await storeOf(800);
    // As if they had been recorded while the clock was ahead.
    database.execute('update captures set place = place + 86400000000');
    const tidier = tidierOf(database, { captures: 100 });
    tidier.pass(2000);
    tidier.tidy();
    expect(tidier.left()).toBe(100);
  });
});

test('a tidier rests less the more data there is than it is to keep', async () => {
  const database = await storeOf(100);
  recordMore(database, 3000, 5000);
  const restShares = [1.05, 1.15, 1.25].map((times) =>
    tidierOf(database, { bytes: Math.floor(dataBytes(database) / times) }).step(),
  );
  expect(restShares).toEqual([4, 1, 0.25]);
});

test('a tidier keeps what waits, and removes it when it waits no more', async () => {
  const { files, captures } = await recordCalls(Array.from({ length: 5 }, () => ({})));
  queueCaptures(files, captures, (index) => (index < 3 ? { state: 'waiting' } : undefined));
  const database = databaseOf(files);
  const tidier = tidierOf(database, { captures: 1 });
  tidier.tidy();
  expect(tidier.left()).toBe(4);
  database.execute('update deliveries set state = 3');
  tidier.pass(2000);
  tidier.tidy();
  expect(historyOf(files).find('last').id).toBe(captures[4]!.id);
  expect(tidier.left()).toBe(1);
});

describe('removing captures before they are too old', () => {
  const hour = 3_600_000;

  test('is told once for all of them, and again after an hour', async () => {
    const database = await storeOf(350);
    const tidier = tidierOf(database, { captures: 100, ageMs: 30 * 24 * hour });
    tidier.tidy();
    const told = { kind: 'removed_early', cause: 'keep', limit: 100 };
    expect(tidier.told).toEqual([{ ...told, captures: 250, ageMs: 101 }]);
    for (const minutes of [30, 29, 1]) {
      expect(tidier.told).toHaveLength(1);
      recordMore(database, 2);
      tidier.pass(minutes * 60_000);
      tidier.tidy();
    }
    expect(tidier.told[1]).toMatchObject({ ...told, captures: 6 });
  });

  test('is told of a size as well', async () => {
    const database = await storeOf(1);
    recordMore(database, 20, 200_000);
    const tidier = tidierOf(database, { bytes: 2_000_000, ageMs: hour });
    tidier.tidy();
    expect(tidier.told).toEqual([
      expect.objectContaining({ kind: 'removed_early', cause: 'keep_size', limit: 2_000_000 }),
    ]);
  });

  test('is not told of what was too old', async () => {
    const tidier = tidierOf(await storeOf(10), { captures: 100, ageMs: 0 });
    tidier.tidy();
    expect(tidier.left()).toBe(0);
    expect(tidier.told).toEqual([]);
  });
});

describe('calls that wait and take more than the size', () => {
  async function full() {
    const body = new Uint8Array(200_000);
    const { files, captures } = await recordCalls(Array.from({ length: 12 }, () => ({ body })));
    queueCaptures(files, captures, (index) => (index < 10 ? { state: 'waiting' } : undefined));
    const database = databaseOf(files);
    const noted = () => historyOf(files).retention(start).overSize;
    return { database, noted };
  }

  test('stay, and it is told once and noted until they fit again', async () => {
    const { database, noted } = await full();
    const tidier = tidierOf(database, { bytes: 1_500_000 });
    tidier.tidy();
    expect(tidier.left()).toBe(10);
    const over = { bytes: dataBytes(database), limit: 1_500_000 };
    expect(tidier.told.filter(({ kind }) => kind === 'over_size')).toEqual([
      { kind: 'over_size', ...over },
    ]);
    expect(noted()).toEqual(over);
    tidier.pass(2000);
    tidier.tidy();
    database.execute('update deliveries set state = 3');
    tidier.pass(2000);
    tidier.tidy();
    expect(tidier.told.filter(({ kind }) => kind === 'over_size')).toHaveLength(1);
    expect(tidier.left()).toBeLessThan(8);
    expect(noted()).toBeUndefined();
  });

  test('are noted for one of two limits that they exceed', async () => {
    const { database, noted } = await full();
    const small = tidierOf(database, { bytes: 1_500_000 });
    const large = tidierOf(database, { bytes: 150_000_000 });
    for (const tidier of [large, small, large]) tidier.tidy();
    expect(noted()).toMatchObject({ limit: 1_500_000 });
    expect(large.told).toEqual([]);
  });
});

describe('a clock that jumps', () => {
  const hour = 3_600_000;
  const day = 24 * hour;
  const retention = { ageMs: 30 * day };
  const doubted = { kind: 'clock_doubted', aheadMs: 40 * day, ranMs: 0 };

  test('removes nothing, is told and noted, and removes by age again when it agrees', async () => {
    const { files, places } = await fillStore(10, start - 30 * day + hour);
    const database = databaseOf(files);
    // The newest has just been recorded.
    const newest = database.prepare('update captures set place = ? where place = ?');
    newest.run([seqAt(start), places[9]!]);
    const tidier = tidierOf(database, retention);
    const noted = () => historyOf(files).retention(start).clock;
    tidier.tidy();
    expect(noted()).toBeUndefined();
    tidier.jump(40 * day);
    tidier.tidy();
    expect(tidier.left()).toBe(10);
    expect(tidier.told).toEqual([{ ...doubted, since: 'jump' }]);
    expect(noted()).toEqual({ since: 'jump', aheadMs: 40 * day, ranMs: 0 });
    tidier.jump(-40 * day);
    tidier.pass(2 * hour);
    tidier.tidy();
    expect(tidier.left()).toBe(1);
    expect(tidier.told.slice(1)).toEqual([{ kind: 'clock_believed' }]);
    expect(noted()).toBeUndefined();
  });

  test('is believed when it has run evenly for a day', async () => {
    const tidier = tidierOf(await storeOf(10), retention);
    tidier.tidy();
    tidier.jump(40 * day);
    for (let hours = 0; hours < 24; hours += 1) {
      tidier.tidy();
      expect(tidier.left()).toBe(10);
      tidier.pass(hour);
    }
    tidier.tidy();
    expect(tidier.left()).toBe(0);
  });

  test('removes nothing after a restart either', async () => {
    const database = await storeOf(10);
    tidierOf(database, retention).tidy();
    const later = tidierOf(database, retention);
    later.jump(40 * day);
    later.tidy();
    expect(later.left()).toBe(10);
    expect(later.told).toEqual([{ ...doubted, since: 'gap' }]);
  });

  test('is not told of a store that was out of use and holds nothing too old', async () => {
    const database = await storeOf(10);
    tidierOf(database, retention).tidy();
    const later = tidierOf(database, retention);
    later.jump(20 * day);
    later.tidy();
    expect(later.told).toEqual([]);
  });

  test('is found by the newest capture of a store of an older version', async () => {
    const tidier = tidierOf(await storeOf(10), retention);
    tidier.jump(40 * day);
    tidier.tidy();
    expect(tidier.left()).toBe(10);
    expect(tidier.told).toEqual([{ ...doubted, aheadMs: 40 * day + 1, since: 'gap' }]);
  });
});
