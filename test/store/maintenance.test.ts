import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startMaintenance } from '../../src/store/recorder.js';
import { type Fate, queueCaptures } from '../helpers/queued-captures.js';
import { bodyOf, databaseOf, historyOf, recordCalls } from '../helpers/store.js';

test('maintenance removes what is beyond the retention and reads what was left for later', async () => {
  const body = gzipSync(bodyOf([{ channel: 'sms', event: 'click' }]));
  const coded = { body, headers: [['Content-Encoding', 'gzip']] as const };
  const { files, captures } = await recordCalls([{}, {}, {}, coded]);
  const maintenance = startMaintenance(files, { captures: 2 });
  onTestFinished(() => maintenance.close());
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

test('maintenance keeps what waits to be forwarded and what is dead, however much of it there is', async () => {
  const { files, captures } = await recordCalls(Array.from({ length: 256 }, () => ({})));
  // More than one step of those that wait stand before the first that does not.
  const waiting: Fate[] = [
    { state: 'waiting' },
    { state: 'delayed', tries: 2, due: Date.now() + 60_000 },
    { state: 'active', worker: `${process.pid}.abc`, due: Date.now() + 45_000 },
  ];
  const done: Fate[] = [{ state: 'delivered' }, { state: 'dead' }, { state: 'skipped' }];
  const fateOf = (index: number) => (index < 250 ? waiting : done)[index % 3];
  queueCaptures(files, captures, fateOf);
  const maintenance = startMaintenance(files, { captures: 0 });
  onTestFinished(() => maintenance.close());
  const history = historyOf(files);
  await vi.waitFor(() => expect(history.count()).toBe(252), { timeout: 10_000, interval: 50 });
  const outcomes = databaseOf(files).prepare('select distinct state from deliveries order by 1');
  expect(outcomes.all([]).flat()).toEqual([0, 1, 2, 4]);
});

test('maintenance that is closed at once leaves the store as it is', async () => {
  const { files } = await recordCalls([{}, {}, {}]);
  await startMaintenance(files, { captures: 0 }).close();
  expect(historyOf(files).count()).toBe(3);
});
