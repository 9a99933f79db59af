import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { versions } from 'node:process';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  chooseBinding,
  type Database,
  openDatabase,
  transaction,
} from '../../src/store/database.js';
import {
  libsqlBinding,
  nodeSqliteBinding,
  type SqliteBinding,
  type SqlValue,
} from '../../src/store/sqlite-bindings.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/*
 * What the store relies on, kept by each SQLite binding that this Node has. A process opens no file
 * with two of them: each has folders of its own.
 */
const bindings: readonly SqliteBinding[] =
  chooseBinding(versions) === nodeSqliteBinding
    ? [libsqlBinding, nodeSqliteBinding]
    : [libsqlBinding];

describe.each(bindings.map((binding) => [binding.name, binding] as const))('%s', (_, binding) => {
  const openAt = (path: string) => {
    const database = openDatabase(path, binding);
    onTestFinished(() => database.close());
    return database;
  };
  const newPath = () => join(temporaryFolder(), 'captures.db');

  /** As a store is made: a log, pages of 8 kB, strict tables. */
  function newDatabase(path = newPath()): Database {
    const database = openAt(path);
    database.execute('pragma page_size = 8192; pragma journal_mode = wal');
    database.execute('pragma synchronous = normal');
    database.execute('create table calls (place integer primary key, text text, body blob) strict');
    return database;
  }

  const insert = (database: Database, ...values: SqlValue[]) =>
    database.prepare('insert into calls values (?, ?, ?)').run(values);
  const bigCall = (database: Database) =>
    insert(database, null, null, new Uint8Array(64 * 8192).fill(7));
  const logBytes = (path: string) => statSync(`${path}-wal`).size;
  const page = 8192 + 24;

  test('gives values back as they were bound', () => {
    const database = newDatabase();
    insert(database, 1, 'प्रिया 👋 "quoted"', Buffer.from([0, 255, 128, 0]));
    insert(database, 2 ** 53 - 1, '', new Uint8Array());
    insert(database, -5, null, null);
    const rows = database.prepare('select * from calls order by place').all([]);
    expect(rows.map(plain)).toEqual([
      [-5, null, null],
      [1, 'प्रिया 👋 "quoted"', new Uint8Array([0, 255, 128, 0])],
      [2 ** 53 - 1, '', new Uint8Array()],
    ]);
    const row = database.prepare('select ?, ?').first([0.5, Buffer.from('a')]);
    expect(plain(row!)).toEqual([0.5, new Uint8Array([97])]);
  });

  test('takes one lone blob, and a part of a larger buffer', () => {
    const database = newDatabase();
    const whole = Buffer.from('before data=%7B%7D after');
    const [body] = database.prepare('select ?').first([whole.subarray(7, 18)]) ?? [];
    expect(Buffer.from(body as Uint8Array).toString()).toBe('data=%7B%7D');
  });

  test('gives text up to a NUL at least, and half a surrogate pair as U+FFFD', () => {
    const database = newDatabase();
    insert(database, 1, 'before\0after', null);
    insert(database, 2, 'a\ud83dz', null);
    const [cut, half] = database.prepare('select text from calls').all([]);
    expect(String(cut?.[0])).toMatch(/^before(?:\0after)?$/);
    expect(half).toEqual(['a\ufffdz']);
  });

  test('rounds integers that JavaScript cannot hold', () => {
    const database = newDatabase();
    const read = database.prepare('select 9007199254740993, ?, 9223372036854775807');
    expect(read.first(['Asha'])).toEqual([2 ** 53, 'Asha', 2 ** 63]);
    expect(read.all(['Asha'])).toEqual([[2 ** 53, 'Asha', 2 ** 63]]);
    expect(database.prepare('select 1').first([])).toEqual([1]);
  });

  test('binds a number where SQLite wants an integer', () => {
    const database = newDatabase();
    for (const place of [1, 2, 3]) insert(database, place, null, null);
    const read = database.prepare('select place from calls where place >= ? limit ? offset ?');
    expect(read.all([1, 1, 1])).toEqual([[2]]);
    expect(() => insert(database, 1.5, null, null)).toThrow(/datatype mismatch|REAL/);
  });

  test('finds no row as undefined, and no rows as an empty list', () => {
    const none = newDatabase().prepare('select * from calls');
    expect(none.first([])).toBeUndefined();
    expect(none.all([])).toEqual([]);
  });

  test('reads the first of many rows without holding the others', () => {
    const path = newPath();
    const database = newDatabase(path);
    for (let count = 0; count < 5; count += 1) bigCall(database);
    const first = database.prepare('select place from calls order by place');
    expect(first.first([])).toEqual([1]);
    transaction(database, () => bigCall(database));
    expect(openAt(path).prepare('pragma wal_checkpoint(passive)').first([])?.[0]).toBe(0);
    expect(first.first([])).toEqual([1]);
  });

  test('undoes what a transaction did that failed, and keeps one that did not', () => {
    const path = newPath();
    const database = newDatabase(path);
    const failure = new Error('The body cannot be read.');
    expect(() =>
      transaction(database, () => {
        insert(database, 1, null, null);
        throw failure;
      }),
    ).toThrow(failure);
    transaction(database, () => insert(database, 2, null, null));
    expect(openAt(path).prepare('select place from calls').all([])).toEqual([[2]]);
  });

  test.each<[code: string, message: RegExp, fail: (database: Database, path: string) => void]>([
    ['SQLITE_ERROR', /^near "selec": syntax error$/, (database) => database.prepare('selec')],
    [
      'SQLITE_ERROR',
      /^no such table: orders$/,
      (database) => database.execute('drop table orders'),
    ],
    [
      'SQLITE_ERROR',
      /^too many SQL variables$/,
      (database) => database.prepare(`select ${Array(33_000).fill('?').join(',')}`),
    ],
    [
      'SQLITE_CONSTRAINT',
      /^UNIQUE constraint failed: calls\.place$/,
      (database) => {
        insert(database, 1, null, null);
        insert(database, 1, null, null);
      },
    ],
    [
      'SQLITE_CONSTRAINT',
      /^cannot store REAL value in INTEGER column counts\.calls$/,
      (database) => {
        database.execute('create table counts (calls integer) strict');
        database.prepare('insert into counts values (?)').run([0.5]);
      },
    ],
    [
      'SQLITE_MISMATCH',
      /^datatype mismatch$/,
      (database) => database.prepare('insert into calls (place) values (?)').run(['none']),
    ],
    [
      'SQLITE_TOOBIG',
      /^string or blob too big$/,
      (database) => database.prepare('select zeroblob(2147483647)').first([]),
    ],
    [
      'SQLITE_LOCKED',
      /^database table is locked$/,
      (database) =>
        transaction(database, () => database.prepare('pragma wal_checkpoint').first([])),
    ],
    [
      'SQLITE_READONLY',
      /^attempt to write a readonly database$/,
      (database) => {
        database.execute('pragma query_only = 1');
        insert(database, 1, null, null);
      },
    ],
    [
      'SQLITE_NOTADB',
      /^file is not a database$/,
      (_, path) => {
        writeFileSync(`${path}.txt`, 'Autumn sale: 20 % off. '.repeat(100));
        openAt(`${path}.txt`).prepare('select * from sqlite_schema').all([]);
      },
    ],
    [
      'SQLITE_CANTOPEN',
      /^unable to open database file$/,
      (_, path) => {
        openAt(join(path, 'captures.db')).prepare('select * from sqlite_schema').all([]);
      },
    ],
  ])('names a failure: %s, %s', (code, message, fail) => {
    const path = newPath();
    const database = newDatabase(path);
    const failure = thrownBy(() => fail(database, path));
    expect(failure.message).toMatch(message);
    // Where SQLite knows more of it, libsql has a longer name.
    expect(failure.code).toMatch(new RegExp(`^${code}(?:_|$)`));
  });

  test('waits for another process to write, and then says that the database is busy', async () => {
    const path = newPath();
    const database = newDatabase(path);
    const release = await holdWriteLock(path);
    database.execute('pragma busy_timeout = 50');
    const failure = thrownBy(() => transaction(database, () => insert(database, 1, null, null)));
    expect([failure.code, failure.message]).toEqual(['SQLITE_BUSY', 'database is locked']);
    database.execute('pragma busy_timeout = 5000');
    void release();
    transaction(database, () => insert(database, 1, null, null));
    expect(database.prepare('select place from calls').all([])).toEqual([[1]]);
  });

  test('lets go of the files when it is closed', () => {
    const path = newPath();
    const database = openDatabase(path, binding);
    database.execute('pragma journal_mode = wal; create table calls (place integer)');
    database.close();
    expect(() => database.execute('select 1')).toThrow(/not open/);
    expect(() => rmSync(`${path}-wal`, { force: true })).not.toThrow();
  });

  test('never checkpoints by itself', () => {
    const path = newPath();
    const database = newDatabase(path);
    const setting = database.prepare('pragma wal_autocheckpoint').first([]);
    expect(setting).toEqual([0]);
    const before = digestOf(path);
    database.execute('begin immediate');
    for (let count = 0; count < 20; count += 1) bigCall(database);
    database.execute('commit');
    expect(logBytes(path)).toBeGreaterThan(1200 * page);
    expect(digestOf(path)).toBe(before);
  });

  test('keeps the log short over many transactions', () => {
    const path = newPath();
    const database = newDatabase(path);
    for (let count = 0; count < 80; count += 1) transaction(database, () => bigCall(database));
    expect(logBytes(path)).toBeLessThan(1100 * page);
    expect(statSync(path).size).toBeGreaterThan(4000 * page);
  });

  test('checkpoints also what others have written', () => {
    const path = newPath();
    const database = newDatabase(path);
    const other = openAt(path);
    other.execute('begin immediate');
    for (let count = 0; count < 20; count += 1) bigCall(other);
    other.execute('commit');
    database.checkpointIfDue();
    expect(statSync(path).size).toBeGreaterThan(1200 * 8192);
  });

  test('checkpoints nothing while another process holds the write lock', async () => {
    const path = newPath();
    const database = newDatabase(path);
    database.execute('begin immediate');
    for (let count = 0; count < 20; count += 1) bigCall(database);
    database.execute('commit');
    const before = digestOf(path);
    const release = await holdWriteLock(path);
    database.checkpointIfDue();
    expect(digestOf(path)).toBe(before);
    await release();
    database.checkpointIfDue();
    expect(statSync(path).size).toBeGreaterThan(1200 * 8192);
  });

  test('lets a log grow while a reader holds it, and starts it again afterwards', () => {
    const path = newPath();
    const database = newDatabase(path);
    const reader = openAt(path);
    const write = (calls: number) => {
      for (let count = 0; count < calls; count += 1) transaction(database, () => bigCall(database));
    };
    write(1);
    reader.execute('begin');
    expect(reader.prepare('select count(*) from calls').first([])).toEqual([1]);
    write(40);
    expect(logBytes(path)).toBeGreaterThan(2500 * page);
    expect(reader.prepare('select count(*) from calls').first([])).toEqual([1]);
    reader.execute('commit');
    write(20);
    const held = logBytes(path);
    write(20);
    expect(logBytes(path)).toBe(held);
    expect(reader.prepare('select count(*) from calls').first([])).toEqual([81]);
  });

  test('cuts a log that was long down to 64 MB', () => {
    const path = newPath();
    const database = newDatabase(path);
    const setting = database.prepare('pragma journal_size_limit').first([]);
    expect(setting).toEqual([64 * 1024 * 1024]);
    // A limit of this test's own, since SQLite's part of it is the same.
    database.execute(`pragma journal_size_limit = ${100 * page}`);
    for (let count = 0; count < 18; count += 1) transaction(database, () => bigCall(database));
    expect(logBytes(path)).toBeLessThan(200 * page);
  });
});

describe('the choice of a binding', () => {
  test.each([
    [{ node: '20.19.0' }, 'libsql'],
    [{ node: '22.23.5', sqlite: '3.54.1' }, 'libsql'],
    [{ node: '24.14.9', sqlite: '3.51.3' }, 'libsql'],
    [{ node: '24.15.0', sqlite: '3.51.3' }, 'node:sqlite'],
    [{ node: '24.22.3', sqlite: '3.54.1' }, 'node:sqlite'],
    // Linked with the SQLite of a distribution.
    [{ node: '24.15.0', sqlite: '3.46.1' }, 'libsql'],
    [{ node: '26.12.1', sqlite: '3.54.0' }, 'node:sqlite'],
    [{ node: '26.0.0' }, 'libsql'],
    [{ node: '30.0.0-nightly2026', sqlite: '4.0.0' }, 'node:sqlite'],
  ])('of %o is %s', (of, name) => {
    expect(chooseBinding(of).name).toBe(name);
  });
});

/** libsql gives a Buffer for bytes. */
function plain(row: readonly SqlValue[]): SqlValue[] {
  return row.map((value) => (value instanceof Uint8Array ? new Uint8Array(value) : value));
}

function digestOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

function thrownBy(act: () => unknown): Error & { readonly code?: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('Nothing was thrown.');
}

/** Another process that holds the write lock; the function returned ends it. */
async function holdWriteLock(path: string): Promise<() => Promise<unknown>> {
  const program = `
    const database = new (require('libsql'))(process.argv[1]);
    database.exec('begin immediate');
    process.stdout.write('locked');
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['-e', program, path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return () => {
    child.kill('SIGKILL');
    return ended;
  };
}
