import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rewriteFile } from '../../src/store/rewrite.js';
import { whileRewritten } from '../../src/store/rewrite-note.js';
import { databaseOf, recordCalls } from '../helpers/store.js';

const busy = Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' });

test('a writer waits while another process rewrites the file, and only then', async () => {
  const { files } = await recordCalls([{}]);
  const note = join(files.folder, 'rewriting');
  let tries = 0;
  const act = () => {
    tries += 1;
    if (tries === 3) rmSync(note);
    if (tries < 4) throw busy;
    return 'written';
  };
  writeFileSync(note, '');
  expect(() => whileRewritten(files.database, act)).toThrow('database is locked');
  expect(tries).toBe(3);
  expect(whileRewritten(files.database, act)).toBe('written');
});

test('a note that a killed process left behind holds no writer up', async () => {
  const { files } = await recordCalls([{}]);
  const note = join(files.folder, 'rewriting');
  writeFileSync(note, '');
  utimesSync(note, 0, 0);
  const fail = () => {
    throw busy;
  };
  expect(() => whileRewritten(files.database, fail)).toThrow('database is locked');
});

test('says that a reader keeps the file from being rewritten', async () => {
  const { files } = await recordCalls([{}]);
  const writer = databaseOf(files);
  writer.execute('begin immediate');
  const database = databaseOf(files);
  expect(() => rewriteFile(database, files.database, { lockMs: 10 })).toThrow(
    /could not be rewritten.*database is locked/,
  );
  writer.execute('rollback');
  rewriteFile(database, files.database, { lockMs: 10 });
});
