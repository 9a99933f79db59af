/** One connection to a database, in the terms that both SQLite bindings have in common. */
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
 * Numbers are bound as floating-point, which integer columns and comparisons take as integers.
 * Integers beyond 2^53 are rounded when they are read. Text ends at NUL when libsql reads it: see
 * `storable-text.ts`.
 */
export type SqlValue = string | number | Uint8Array | null;
export type SqlRow = readonly SqlValue[];

/** A way to SQLite. Its failures are errors with SQLite's message, and a `code` like `SQLITE_BUSY`. */
export interface SqliteBinding {
  readonly name: 'libsql' | 'node:sqlite';
  /** Opens a file, or creates it. */
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

/** SQLite's name of a failure: https://sqlite.org/rescode.html. The low byte tells the kind. */
export function failureName(number: number): string {
  return `SQLITE_${failures[number] ?? failures[number & 0xff] ?? number}`;
}
