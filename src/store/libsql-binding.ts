import { createRequire } from 'node:module';
import type LibsqlDatabase from 'libsql';
import { errorCode } from '../problems/translate.js';
import { failureName, type SqliteBinding, type SqlRow } from './connection.js';

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
        const use = <T>(act: (statement: ReturnType<typeof prepare>) => T): T =>
          named(() => {
            const statement = prepared ?? prepare();
            prepared = undefined;
            const result = act(statement);
            prepared = statement;
            return result;
          });
        // Values go as one array always: a lone Buffer argument aborts the process.
        return {
          run: (values) => use((statement) => void statement.run(values)),
          first: (values) => use((statement) => statement.get(values) as SqlRow | undefined),
          all: (values) => use((statement) => statement.all(values) as SqlRow[]),
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

/** Runs `act`, and names the failures for which libsql has no name. */
function named<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const unknown = /^UNKNOWN_SQLITE_ERROR_(\d+)$/.exec(errorCode(error) ?? '')?.[1];
    if (unknown) throw Object.assign(error, { code: failureName(Number(unknown)) });
    // ConnectionFailed("Unable to open connection to local database …: 14")
    const unopened = /^ConnectionFailed\(.*: (\d+)"\)$/s.exec(error.message)?.[1];
    if (!unopened) throw error;
    const failure = new Error('unable to open database file', { cause: error });
    throw Object.assign(failure, { code: failureName(Number(unopened)) });
  }
}
