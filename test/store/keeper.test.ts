import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startKeeper } from '../../src/store/keeper.js';
import { bodyOf, databaseOf, historyOf, recordCalls } from '../helpers/store.js';

test('a keeper removes what is beyond the retention and reads what was left for later', async () => {
  const body = gzipSync(bodyOf([{ channel: 'sms', event: 'click' }]));
  const coded = { body, headers: [['Content-Encoding', 'gzip']] as const };
  const { files, captures } = await recordCalls([{}, {}, {}, coded]);
  const keeper = startKeeper(files, { captures: 2, age: undefined });
  onTestFinished(() => keeper.close());
  const database = databaseOf(files);
  await vi.waitFor(
    () => {
      expect(database.prepare('select channel, activity from events').all([])).toEqual([
        ['email', 'open'],
        ['sms', 'click'],
      ]);
    },
    { timeout: 10_000, interval: 50 },
  );
  expect(historyOf(files).find('last~1').id).toBe(captures[2]!.id);
  expect(historyOf(files).count()).toBe(2);
});

test('a keeper that is closed at once leaves the store as it is', async () => {
  const { files } = await recordCalls([{}, {}, {}]);
  await startKeeper(files, { captures: 0, age: undefined }).close();
  expect(historyOf(files).count()).toBe(3);
});
