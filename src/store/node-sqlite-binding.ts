import { createRequire } from 'node:module';
import { errorCode } from '../problems/translate.js';
import { type Connection, failureName, type SqliteBinding, type SqlValue } from './connection.js';

/** The SQLite that comes with Node. */
export const nodeSqliteBinding: SqliteBinding = {
  name: 'node:sqlite',
  connect(path) {
    const { DatabaseSync } = createRequire(import.meta.url)('node:sqlite') as NodeSqlite;
    return connectionTo(named(() => new DatabaseSync(path, options)));
  },
};

/** As libsql has it. */
const options = {
  returnArrays: true,
  enableForeignKeyConstraints: false,
  enableDoubleQuotedStringLiterals: true,
};

/** What is used of `node:sqlite`: the types of Node 20 do not have it. */
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
    execute: (sql) => named(() => database.exec(sql)),
    close: () => database.close(),
    prepare(sql) {
      const statement = named(() => database.prepare(sql));
      return {
        run: (values) => void named(() => statement.run(...values)),
        first: (values) => read(statement, () => statement.get(...values)),
        all: (values) => read(statement, () => statement.all(...values)),
      };
    },
  };
}

/** Reads integers beyond 2^53 as BigInt, which is what Node asks for, only where there are any. */
function read<Rows>(statement: NodeStatement, rows: () => unknown): Rows {
  try {
    return named(rows) as Rows;
  } catch (error) {
    if (errorCode(error) !== 'ERR_OUT_OF_RANGE') throw error;
  }
  statement.setReadBigInts(true);
  try {
    return rounded(named(rows)) as Rows;
  } finally {
    statement.setReadBigInts(false);
  }
}

function rounded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rounded);
  return typeof value === 'bigint' ? Number(value) : value;
}

/** Runs `act`, and names its failure as libsql does. */
function named<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && 'code' in error) {
      error.code = failureName(Number(error.errcode));
    }
    throw error;
  }
}
