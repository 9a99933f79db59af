import { createRequire } from 'node:module';
import type LibsqlDatabase from 'libsql';
import { problem } from '../problems/problem.js';
import { errorCode, plainReason } from '../problems/translate.js';

/** One connection to a database, with what both SQLite bindings offer. */
export interface Connection {
  /** Runs statements without parameters. */
  execute(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

export interface Statement {
  run(values: readonly SqlValue[]): void;
  /** The first row, its values in the order of the columns. */
  first(values: readonly SqlValue[]): SqlRow | undefined;
  all(values: readonly SqlValue[]): SqlRow[];
}

/**
 * Numbers are bound as floating-point; SQLite stores and compares them as integers where they are.
 * Integers beyond 2^53 are rounded when they are read. libsql ends a text at NUL: see `storableText`.
 */
export type SqlValue = string | number | Uint8Array | null;
export type SqlRow = readonly SqlValue[];

/** Throws errors with SQLite's message and a `code` like `SQLITE_BUSY`. */
export interface SqliteBinding {
  readonly name: 'libsql' | 'node:sqlite';
  /** Opens a file; creates it when it is missing. */
  connect(path: string): Connection;
}

const failures: Readonly<Record<number, string>> = {
  1: 'ERROR',
  4: 'ABORT',
  5: 'BUSY',
  6: 'LOCKED',
  7: 'NOMEM',
  8: 'READONLY',
  9: 'INTERRUPT',
  10: 'IOERR',
  11: 'CORRUPT',
  13: 'FULL',
  14: 'CANTOPEN',
  15: 'PROTOCOL',
  17: 'SCHEMA',
  18: 'TOOBIG',
  19: 'CONSTRAINT',
  20: 'MISMATCH',
  21: 'MISUSE',
  25: 'RANGE',
  26: 'NOTADB',
  1034: 'IOERR_FSYNC',
  1290: 'IOERR_DIR_FSYNC',
};

/** SQLite's name of a failure: https://sqlite.org/rescode.html. The low byte is the kind. */
function failureName(number: number): string {
  return `SQLITE_${failures[number] ?? failures[number & 0xff] ?? number}`;
}

/** Runs `act`; `failureOf` gives its failure SQLite's name. */
function named<T>(act: () => T, failureOf: (error: unknown) => unknown): T {
  try {
    return act();
  } catch (error) {
    throw failureOf(error);
  }
}

/** The SQLite that comes with Node. */
export const nodeSqliteBinding: SqliteBinding = {
  name: 'node:sqlite',
  connect(path) {
    const { DatabaseSync } = createRequire(import.meta.url)('node:sqlite') as NodeSqlite;
    return connectionTo(named(() => new DatabaseSync(path, options), nodeFailure));
  },
};

/** The same settings as libsql's. */
const options = {
  returnArrays: true,
  enableForeignKeyConstraints: false,
  enableDoubleQuotedStringLiterals: true,
};

/** The part of `node:sqlite` that this file uses: the types of Node 20 lack the module. */
interface NodeSqlite {
  readonly DatabaseSync: new (path: string, settings: typeof options) => NodeDatabase;
}

interface NodeDatabase {
  exec(sql: string): void;
  prepare(sql: string): NodeStatement;
  close(): void;
}

interface NodeStatement {
  run(...values: readonly SqlValue[]): unknown;
  get(...values: readonly SqlValue[]): NodeRow | undefined;
  all(...values: readonly SqlValue[]): NodeRow[];
  setReadBigInts(enabled: boolean): void;
}

type NodeRow = readonly (SqlValue | bigint)[];

function connectionTo(database: NodeDatabase): Connection {
  return {
    execute: (sql) => named(() => database.exec(sql), nodeFailure),
    close: () => database.close(),
    prepare(sql) {
      const statement = named(() => database.prepare(sql), nodeFailure);
      return {
        run: (values) => void named(() => statement.run(...values), nodeFailure),
        first: (values) => read(statement, () => statement.get(...values)),
        all: (values) => read(statement, () => statement.all(...values)),
      };
    },
  };
}

/** Node refuses to read integers beyond 2^53 as numbers: only such rows are read again as BigInt. */
function read<Rows>(statement: NodeStatement, rows: () => unknown): Rows {
  try {
    return named(rows, nodeFailure) as Rows;
  } catch (error) {
    if (errorCode(error) !== 'ERR_OUT_OF_RANGE') throw error;
  }
  statement.setReadBigInts(true);
  try {
    return rounded(named(rows, nodeFailure)) as Rows;
  } finally {
    statement.setReadBigInts(false);
  }
}

function rounded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rounded);
  return typeof value === 'bigint' ? Number(value) : value;
}

function nodeFailure(error: unknown): unknown {
  if (error instanceof Error && 'errcode' in error && 'code' in error) {
    error.code = failureName(Number(error.errcode));
  }
  return error;
}

/** SQLite 3.45.1, prebuilt for every platform. Works with all versions of Node. */
export const libsqlBinding: SqliteBinding = {
  name: 'libsql',
  connect(path) {
    const database = named(() => open(path), libsqlFailure);
    return {
      execute: (sql) => void named(() => database.exec(sql), libsqlFailure),
      close: () => void database.close(),
      prepare(sql) {
        // Raw rows, because libsql's row objects have an extra field and other types for blobs.
        const prepare = () => {
          const statement = database.prepare(sql);
          return statement.reader ? statement.raw(true) : statement;
        };
        // A statement that failed keeps failing, so it is prepared again at its next use.
        let prepared: ReturnType<typeof prepare> | undefined = named(prepare, libsqlFailure);
        const use = (method: 'run' | 'get' | 'all', values: readonly SqlValue[]): unknown => {
          try {
            prepared ??= prepare();
            // A lone Buffer argument aborts the process, so values are always passed as one array.
            return prepared[method](values);
          } catch (error) {
            prepared = undefined;
            throw libsqlFailure(error);
          }
        };
        return {
          run: (values) => void use('run', values),
          first: (values) => use('get', values) as SqlRow | undefined,
          all: (values) => use('all', values) as SqlRow[],
        };
      },
    };
  },
};

function open(path: string): LibsqlDatabase.Database {
  return new (loadLibsql())(path);
}

/**
 * libsql is CommonJS with a native addon for each platform, and is loaded only when a database is opened.
 * Throws `sqlite_missing`, as where optional packages were omitted or come from another platform.
 */
export function loadLibsql(load = createRequire(import.meta.url)): typeof LibsqlDatabase {
  try {
    return load('libsql') as typeof LibsqlDatabase;
  } catch (error) {
    const [, name] = /^Cannot find module '([^']+)'/.exec(plainReason(error)) ?? [];
    const reason = name ? `the package ${name} is missing` : plainReason(error);
    throw problem('sqlite_missing', { reason }, error);
  }
}

/** Names the failures that libsql does not name. */
function libsqlFailure(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const unknown = /^UNKNOWN_SQLITE_ERROR_(\d+)$/.exec(errorCode(error) ?? '')?.[1];
  if (unknown) return Object.assign(error, { code: failureName(Number(unknown)) });
  // ConnectionFailed("Unable to open connection to local database …: 14")
  const unopened = /^ConnectionFailed\(.*: (\d+)"\)$/s.exec(error.message)?.[1];
  if (!unopened) return error;
  const failure = new Error('unable to open database file', { cause: error });
  return Object.assign(failure, { code: failureName(Number(unopened)) });
}
