import { describe, expect, onTestFinished, test } from 'vitest';
import type { StoreFiles } from '../../src/store/folder.js';
import { type AttemptLog, openAttemptLog } from '../../src/store/outcomes.js';
import { historyOf, importCaptures, recordCalls } from '../helpers/store.js';
import { until } from '../helpers/until.js';

function logOf(files: StoreFiles): AttemptLog {
  const log = openAttemptLog(files);
  onTestFinished(() => log.close());
  return log;
}

const refused = {
  event: null,
  time: Date.UTC(2026, 10, 23, 13),
  url: 'http://127.0.0.1:3000/hook',
  status: null,
  reason: 'Nothing is listening at 127.0.0.1:3000.',
  answer: null,
  ms: 0.4,
};
const answered = { ...refused, event: 2, status: 200, reason: null, answer: 'OK' };

describe('an attempt log', () => {
  test('numbers the attempts of each capture by themselves and gives them back in order', async () => {
    const { files, captures } = await recordCalls([{}, {}]);
    const log = logOf(files);
    const [first, second] = captures.map(({ id }) => id);
    expect([log.record(first!, refused), log.record(first!, answered)]).toEqual([1, 2]);
    expect(log.record(second!, answered)).toBe(1);
    expect(historyOf(files).story(first!).attempts).toEqual([
      { ...refused, number: 1 },
      { ...answered, number: 2 },
    ]);
  });

  test('writes those of a fast replay in groups, with the same numbers', async () => {
    const { files, captures } = await recordCalls([{}, {}]);
    const [first, second] = captures.map(({ id }) => id);
    const failures: unknown[] = [];
    const log = openAttemptLog(files, (error) => failures.push(error));
    const numbers = [first, second, first].map((id) => log.record(id!, refused));
    expect(numbers).toEqual([1, 1, 2]);
    expect(historyOf(files).story(first!).attempts).toEqual([]);
    log.close();
    const kept = historyOf(files)
      .story(first!)
      .attempts.map(({ number }) => number);
    expect({ kept, failures }).toEqual({ kept: [1, 2], failures: [] });
  });

  test('writes a group that does not fill up a moment later', async () => {
    const { files, captures } = await recordCalls([{}]);
    const { id } = captures[0]!;
    const log = openAttemptLog(files, () => {});
    onTestFinished(() => log.close());
    log.record(id, refused);
    await until(() => historyOf(files).story(id).attempts.length === 1, 'it is written');
  });

  test('keeps those of an imported capture', async () => {
    const shop = await recordCalls([{}]);
    const other = await recordCalls([{}]);
    await importCaptures(shop.files, other.captures);
    const { id } = other.captures[0]!;
    expect(logOf(shop.files).record(id, refused)).toBe(1);
    expect(historyOf(shop.files).story(id).attempts.length).toBe(1);
  });

  test.each([['0000000000000000'], ['not an id'], ['']])(
    'knows nothing of a capture %j of another store',
    async (id) => {
      const { files } = await recordCalls([{}]);
      expect(logOf(files).record(id, refused)).toBeUndefined();
    },
  );
});
