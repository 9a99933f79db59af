import { describe, expect, onTestFinished, test } from 'vitest';
import { openAttemptLog } from '../../src/store/attempts.js';
import { everyCapture } from '../../src/store/capture-query.js';
import { countSurplus, removeOldest } from '../../src/store/retention.js';
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

  test('takes a hundred at a time, so that nobody who records waits long', async () => {
    const { files } = await recordCalls(Array.from({ length: 120 }, () => ({})));
    expect(removeOldest(databaseOf(files), 120, 0).removed).toBe(100);
  });
});
