import { existsSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRunNote, downtimesOf, readListenerRuns } from '../../src/store/listener-runs.js';
import { startMaintenance } from '../../src/store/recorder.js';
import { databaseOf, historyOf, recordCalls } from '../helpers/store.js';

const minute = 60_000;

describe('the runs of a listener', () => {
  test('are kept from its start to its end, however short', async () => {
    const { files } = await recordCalls([{}]);
    const before = Date.now();
    await startMaintenance(files, {}).close();
    await startMaintenance(files, {}).close();
    const runs = historyOf(files).listenerRuns();
    expect(runs).toHaveLength(2);
    for (const { started, seen } of runs) {
      expect(started).toBeGreaterThanOrEqual(before);
      expect(seen).toBeGreaterThanOrEqual(started);
    }
  });

  test('do not bring a removed store back', async () => {
    const { files } = await recordCalls([{}]);
    const maintenance = startMaintenance(files, {});
    rmSync(files.folder, { recursive: true });
    await maintenance.close();
    expect(existsSync(files.database)).toBe(false);
  });

  test('are noted once a minute, also by a clock that was set back', async () => {
    const { files } = await recordCalls([]);
    const database = databaseOf(files);
    let now = 100 * minute;
    const run = createRunNote(() => now);
    const seen = [0, 1, minute - 1, minute, 30 * minute, -50 * minute].map((after) => {
      now = 100 * minute + after;
      run.noteIfDue(database);
      return readListenerRuns(database).map((each) => each.seen / minute - 100);
    });
    expect(seen).toEqual([[0], [0], [0], [1], [30], [0]]);
  });

  test('take a bounded number of rows', async () => {
    const { files } = await recordCalls([]);
    const database = databaseOf(files);
    database.execute(
      `with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 10000)
       insert into listener_runs select n, n, n from numbers`,
    );
    createRunNote(Date.now).note(database);
    const runs = readListenerRuns(database);
    expect(runs).toHaveLength(10_000);
    expect(runs[0]).toEqual({ started: 2, seen: 2 });
  });
});

test.each([
  ['no run', [], []],
  ['one that goes on', [[0, 99]], []],
  ['one that has ended', [[0, 50]], [[50, undefined]]],
  [
    'a restart',
    [
      [0, 10],
      [12, 99],
    ],
    [[10, 12]],
  ],
  [
    'two at a time',
    [
      [0, 40],
      [5, 10],
      [30, 99],
    ],
    [],
  ],
  [
    'one within another, then a pause',
    [
      [0, 40],
      [5, 10],
      [50, 60],
      [70, 99],
    ],
    [
      [40, 50],
      [60, 70],
    ],
  ],
])('no listener ran beside %s', (_, runs, expected) => {
  const found = downtimesOf(
    runs.map(([started = 0, seen = 0]) => ({ started: started * minute, seen: seen * minute })),
    100 * minute,
  );
  const inMinutes = (ms: number | undefined) => (ms === undefined ? undefined : ms / minute);
  expect(found.map(({ from, until }) => [inMinutes(from), inMinutes(until)])).toEqual(expected);
});
