import { createRequire } from 'node:module';
import type LibsqlDatabase from 'libsql';
import { errorCode } from '../problems/translate.js';
import { failureName, type SqliteBinding, type SqlRow, type SqlValue } from './connection.js';

/** SQLite 3.45.1, prebuilt for every platform: works on all versions of Node. */
export const libsqlBinding: SqliteBinding = {
  name: 'libsql',
  connect(path) {
    const database = named(() => open(path));
    return {
      execute: (sql) => void named(() => database.exec(sql)),
      close: () => void database.close(),
      prepare(sql) {
        // Raw rows: libsql's row objects carry a field of its own and other types for blobs.
        const prepare = () => {
          const statement = database.prepare(sql);
          return statement.reader ? statement.raw(true) : statement;
        };
        // A statement that has failed fails for good: it is prepared anew when it is next used.
        let prepared: ReturnType<typeof prepare> | undefined = named(prepare);
        const use = (method: 'run' | 'get' | 'all', values: readonly SqlValue[]): unknown => {
          try {
            prepared ??= prepare();
            // Values go as one array always: a lone Buffer argument aborts the process.
            return prepared[method](values);
          } catch (error) {
            prepared = undefined;
            throw nameOf(error);
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
  // CommonJS, and a native addon behind it: loaded where a database is opened, not before.
  const Libsql = createRequire(import.meta.url)('libsql') as typeof LibsqlDatabase;
  return new Libsql(path);
}

function named<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw nameOf(error);
  }
}

/** The same failure, with a name where libsql has none for it. */
function nameOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const unknown = /^UNKNOWN_SQLITE_ERROR_(\d+)$/.exec(errorCode(error) ?? '')?.[1];
  if (unknown) return Object.assign(error, { code: failureName(Number(unknown)) });
  // ConnectionFailed("Unable to open connection to local database …: 14")
  const unopened = /^ConnectionFailed\(.*: (\d+)"\)$/s.exec(error.message)?.[1];
  if (!unopened) return error;
  const failure = new Error('unable to open database file', { cause: error });
  return Object.assign(failure, { code: failureName(Number(unopened)) });
}
