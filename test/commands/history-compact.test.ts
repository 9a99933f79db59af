import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startListener } from '../helpers/listener.js';
import { run } from '../helpers/run.js';
import { databaseOf, filesIn, recordMore } from '../helpers/store.js';

test('prune --compact returns the space to the disk while a listener runs', async () => {
  const listener = await startListener();
  const files = filesIn(listener.store);
  const database = databaseOf(files);
  recordMore(database, 400, 16 * 1024);
  database.checkpoint();
  const prune = (...words: string[]) =>
    run(['history', 'prune', '--keep', '10', '--yes', '--store', listener.store, ...words]);
  const kept = await prune();
  expect(kept.err).toContain('New captures reuse the space; --compact returns it to the disk.');
  const size = () => statSync(files.database).size + statSync(`${files.database}-wal`).size;
  const before = size();
  const compacted = await prune('--compact');
  expect(compacted).toMatchObject({
    exit: 0,
    err: expect.stringContaining('The space is free again.'),
  });
  expect(size()).toBeLessThan(before / 4);
});
