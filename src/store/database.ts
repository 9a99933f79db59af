import { versions } from 'node:process';
import { createCheckpoints } from './checkpoints.js';
import type { Connection, SqliteBinding } from './connection.js';
import { libsqlBinding } from './libsql-binding.js';
import { nodeSqliteBinding } from './node-sqlite-binding.js';

export type { SqlRow, SqlValue, Statement } from './connection.js';

export interface Database extends Connection {
  /**
   * Copies the log into the database when it has become long. Call it after each transaction: no
   * connection does so by itself.
   */
  checkpointIfDue(): void;
  /** Copies the log into the database now. Whether that holds all that was written. */
  checkpoint(): boolean;
}

/** What a log that was longer, because of a reader, is cut down to. */
export const maxIdleLogBytes = 64 * 1024 * 1024;

/**
 * Opens the file, which must exist. Another process's write is waited for up to five seconds. A
 * process uses one binding for all: when a file is closed, a process loses all its locks on it, also
 * those of another copy of SQLite (https://sqlite.org/howtocorrupt.html#multiple_copies_of_sqlite_linked_into_the_same_application).
 */
export function openDatabase(path: string, binding = chooseBinding(versions)): Database {
  const connect = () => {
    const connection = binding.connect(path);
    connection.execute('pragma busy_timeout = 5000');
    connection.execute('pragma wal_autocheckpoint = 0');
    connection.execute(`pragma journal_size_limit = ${maxIdleLogBytes}`);
    return connection;
  };
  const connection = connect();
  const checkpoints = createCheckpoints(path, connection, connect);
  return {
    execute: connection.execute,
    prepare: connection.prepare,
    checkpointIfDue: checkpoints.takeIfDue,
    checkpoint: checkpoints.takeAll,
    close() {
      checkpoints.close();
      connection.close();
    },
  };
}

/** Node's own SQLite where that is mature, and has no WAL-reset bug; else libsql's. */
export function chooseBinding(of: Readonly<Record<string, string | undefined>>): SqliteBinding {
  const fits = isAtLeast(of.node, [24, 15, 0]) && isAtLeast(of.sqlite, [3, 51, 3]);
  return fits ? nodeSqliteBinding : libsqlBinding;
}

function isAtLeast(version: string | undefined, least: readonly number[]): boolean {
  const parts = version?.split('.').map(Number.parseFloat) ?? [];
  const differing = least.findIndex((part, at) => parts[at] !== part);
  return differing === -1 || (parts[differing] ?? 0) > (least[differing] ?? 0);
}
