import { createRequire } from 'node:module';
import type LibsqlDatabase from 'libsql';
import { failureName, type SqliteBinding, type SqlRow } from './connection.js';

/** SQLite 3.45.1, prebuilt for every platform: works on all versions of Node. */
export const libsqlBinding: SqliteBinding = {
  name: 'libsql',
  connect(path) {
    const database = open(path);
    return {
      execute: (sql) => void database.exec(sql),
      close: () => void database.close(),
      prepare(sql) {
        // A statement that has failed fails for good: it is prepared anew when it is next used.
        let prepared: LibsqlDatabase.Statement | undefined = database.prepare(sql);
        const use = <T>(act: (statement: LibsqlDatabase.Statement) => T): T => {
          prepared ??= database.prepare(sql);
          try {
            return act(prepared);
          } catch (error) {
            prepared = undefined;
            throw error;
          }
        };
        // Raw rows: libsql's row objects carry a field of its own and other types for blobs.
        const raw = (statement: LibsqlDatabase.Statement) =>
          statement.reader ? statement.raw(true) : statement;
        // Values go as one array always: a lone Buffer argument aborts the process.
        return {
          run: (values) => use((statement) => void statement.run(values)),
          first: (values) => use((statement) => raw(statement).get(values) as SqlRow | undefined),
          all: (values) => use((statement) => raw(statement).all(values) as SqlRow[]),
        };
      },
    };
  },
};

function open(path: string): LibsqlDatabase.Database {
  // CommonJS, and a native addon behind it: loaded where a database is opened, not before.
  const Libsql = createRequire(import.meta.url)('libsql') as typeof LibsqlDatabase;
  try {
    return new Libsql(path);
  } catch (error) {
    // The one failure without a code: ConnectionFailed("Unable to open connection to …: 14").
    const number = /^ConnectionFailed\(.*: (\d+)"\)$/s.exec(String(Object(error).message))?.[1];
    if (number === undefined) throw error;
    const failure = new Error('unable to open database file', { cause: error });
    throw Object.assign(failure, { code: failureName(Number(number)) });
  }
}
