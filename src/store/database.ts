import { createRequire } from 'node:module';
import type LibsqlDatabase from 'libsql';

/**
 * The one place that knows which SQLite binding is used. `node:sqlite` can take libsql's place
 * here once Node 20 need not be supported.
 */
export interface Database {
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

export type SqlValue = string | number | Uint8Array | null;
export type SqlRow = readonly SqlValue[];

/** Opens the file, which must exist. Another process's write is waited for up to five seconds. */
export function openDatabase(path: string): Database {
  // CommonJS, and a native addon behind it: loaded where a database is opened, not before.
  const Libsql = createRequire(import.meta.url)('libsql') as typeof LibsqlDatabase;
  const database = new Libsql(path);
  database.exec('pragma busy_timeout = 5000');
  return {
    execute: (sql) => void database.exec(sql),
    close: () => void database.close(),
    prepare(sql) {
      // Raw rows: libsql's row objects carry a field of its own and other types for blobs.
      const statement = database.prepare(sql);
      const rows = statement.reader ? statement.raw(true) : statement;
      // Values go as one array always: a lone Buffer argument aborts the process.
      return {
        run: (values) => void statement.run(values),
        first: (values) => rows.get(values) as SqlRow | undefined,
        all: (values) => rows.all(values) as SqlRow[],
      };
    },
  };
}
