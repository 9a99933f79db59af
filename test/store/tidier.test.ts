import { describe, expect, test } from 'vitest';
import type { Database } from '../../src/store/database.js';
import { dataBytes, type Retention } from '../../src/store/retention.js';
import { createTidier } from '../../src/store/tidier.js';
import { queueCaptures } from '../helpers/queued-captures.js';
import { databaseOf, fillStore, historyOf, recordCalls, recordMore } from '../helpers/store.js';

const start = Date.UTC(2026, 10, 23, 12);

/** A tidier, and time that passes when the test says so. */
function tidierOf(database: Database, retention: Retention) {
  let passed = 0;
  const tidier = createTidier(retention, {
    now: () => start + passed,
    monotonic: () => passed,
  });
  return {
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
  return databaseOf(files);
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
