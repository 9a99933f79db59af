import { join } from 'node:path';
import { versions } from 'node:process';
import { expect, onTestFinished, test } from 'vitest';
import { chooseBinding, createCheckpoints, openDatabase } from '../../src/store/database.js';
import type { Connection } from '../../src/store/sqlite-bindings.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

test('a checkpoint runs while a second connection holds the write lock, and at no other time', () => {
  const path = join(temporaryFolder(), 'captures.db');
  const database = openDatabase(path);
  const stranger = openDatabase(path);
  onTestFinished(() => {
    database.close();
    stranger.close();
  });
  database.execute('pragma journal_mode = wal; create table calls (body blob)');
  stranger.execute('pragma busy_timeout = 0');
  const mayWrite = () => {
    try {
      stranger.execute('begin immediate; rollback');
      return true;
    } catch {
      return false;
    }
  };
  const seen: [string, boolean][] = [];
  const watched: Connection = {
    ...database,
    prepare(sql) {
      const statement = database.prepare(sql);
      return {
        ...statement,
        first(values) {
          seen.push([sql, mayWrite()]);
          const row = statement.first(values);
          seen.push([`${sql} is done: ${row}`, mayWrite()]);
          return row;
        },
      };
    },
  };
  const checkpoints = createCheckpoints(path, watched, () => chooseBinding(versions).connect(path));
  onTestFinished(() => checkpoints.close());

  checkpoints.takeIfDue();
  expect(seen).toEqual([]);
  database.execute('begin immediate');
  const insert = database.prepare('insert into calls values (?)');
  insert.run([new Uint8Array(1200 * 4096)]);
  checkpoints.takeIfDue();
  expect(seen).toEqual([]);
  database.execute('commit');
  checkpoints.takeIfDue();
  const sql = 'pragma wal_checkpoint(passive)';
  const done = expect.stringMatching(/is done: 0,(\d+),\1$/);
  expect(seen).toEqual([
    [sql, false],
    [done, false],
  ]);
  expect(mayWrite()).toBe(true);
  // Nothing more to do.
  checkpoints.takeIfDue();
  expect(seen).toHaveLength(2);
});
