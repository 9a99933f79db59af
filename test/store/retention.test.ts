import { describe, expect, onTestFinished, test } from 'vitest';
import { openAttemptLog } from '../../src/store/attempts.js';
import { placeAt } from '../../src/store/capture-id.js';
import { everyCapture } from '../../src/store/capture-query.js';
import { countSurplus, isTimeToRemove, removeOldest } from '../../src/store/retention.js';
import { queueCaptures } from '../helpers/queued-captures.js';
import { bodyOf, databaseOf, historyOf, recordCalls } from '../helpers/store.js';

const hour = 3_600_000;

describe('a retention', () => {
  test.each([
    ['so many captures', { captures: 3, age: undefined }, 0, 2],
    ['more than there are', { captures: 9, age: undefined }, 0, 0],
    ['none', { captures: 0, age: undefined }, 0, 5],
    ['an age that none has', { captures: undefined, age: hour }, 0, 0],
    ['an age that all have', { captures: undefined, age: hour }, 2 * hour, 5],
    ['whichever is less', { captures: 3, age: hour }, 2 * hour, 5],
    ['everything', { captures: undefined, age: undefined }, 2 * hour, 0],
  ])('of %s leaves a surplus', async (_, retention, later, surplus) => {
    const { files } = await recordCalls([{}, {}, {}, {}, {}]);
    expect(countSurplus(databaseOf(files), retention, Date.now() + later)).toBe(surplus);
  });
});

describe('while calls come', () => {
  const now = Date.UTC(2026, 10, 23, 12);

  /** So many captures within the last second, and 800 before it. */
  async function storeWith(recent: number) {
    const { files } = await recordCalls([{}]);
    const database = databaseOf(files);
    const insert = database.prepare(
      `insert into captures (place, time, method, target, remote, status, headers, events, body)
       values (?, 0, 'POST', '/', '203.0.113.7', 200, '[]', '[]', x'')`,
    );
    database.execute('begin');
    database.execute('delete from captures');
    for (let index = 0; index < recent; index += 1) insert.run([placeAt(now - 900) + index]);
    for (let index = 0; index < 800; index += 1) insert.run([placeAt(now - 60_000) + index]);
    database.execute('commit');
    return database;
  }

  test.each([
    ['fewer than 500 a second leave time to tidy', 499, 700, true],
    ['500 a second leave none', 500, 700, false],
    ['but when the store holds twice what it is to keep, it is time', 500, 600, true],
    ['there is nothing to do for a store that holds what it is to keep', 499, 1299, false],
  ])('%s', async (_, recent, captures, time) => {
    const database = await storeWith(recent);
    const retention = { captures, age: undefined };
    const surplus = countSurplus(database, retention, now);
    expect(isTimeToRemove(database, surplus, retention, now)).toBe(time);
  });

  test('what is too old waits until they let up', async () => {
    const database = await storeWith(500);
    const retention = { captures: undefined, age: 30_000 };
    const surplus = countSurplus(database, retention, now);
    expect(surplus).toBe(800);
    expect(isTimeToRemove(database, surplus, retention, now)).toBe(false);
    expect(isTimeToRemove(database, surplus, retention, now + 2000)).toBe(true);
  });
});

describe('removing the oldest', () => {
  test('takes them, their events and their attempts, and leaves the others', async () => {
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
    expect(removeOldest(database, 2, 0).removed).toBe(2);
    expect(
      [...historyOf(files).captures(everyCapture, 'newest first')].map(({ id }) => id),
    ).toEqual([captures[2]!.id]);
    expect(database.prepare('select channel, activity from events').all([])).toEqual([
      ['sms', 'click'],
    ]);
    expect(database.prepare('select count(*) from attempts').first([])).toEqual([1]);
    expect(removeOldest(database, 5, 0).removed).toBe(1);
    expect(removeOldest(database, 5, 0).looked).toBe(0);
  });

  test('spares what waits, and goes on behind it', async () => {
    const { files, captures } = await recordCalls(Array.from({ length: 6 }, () => ({})));
    const states = ['waiting', 'delivered', 'delayed', 'dead', 'active', 'skipped'] as const;
    queueCaptures(files, captures, (index) => ({ state: states[index]! }));
    const database = databaseOf(files);
    const { last, ...step } = removeOldest(database, 3, 0);
    expect(step).toEqual({ looked: 3, removed: 1 });
    expect(removeOldest(database, 3, last)).toMatchObject({ looked: 3, removed: 2 });
    const left = [...historyOf(files).captures(everyCapture, 'oldest first')];
    expect(left.map(({ id }) => id)).toEqual([0, 2, 4].map((index) => captures[index]!.id));
    expect(database.prepare('select count(*) from deliveries').first([])).toEqual([3]);
  });

  test('takes a hundred at a time, so that nobody who records waits long', async () => {
    const { files } = await recordCalls(Array.from({ length: 120 }, () => ({})));
    expect(removeOldest(databaseOf(files), 120, 0).removed).toBe(100);
  });
});
