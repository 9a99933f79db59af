import type { Database, SqlValue } from './database.js';

/** SQLite takes several rows of a statement faster than several statements. */
const rowsPerInsert = 40;

/** Adds rows to a table, several at a time. */
export interface Inserter {
  add(values: readonly SqlValue[]): void;
  flush(): void;
}

export function createInserter(database: Database, table: string, columns: string): Inserter {
  const marks = `(${columns.split(',').fill('?').join(', ')})`;
  const into = `insert into ${table} (${columns}) values`;
  const many = database.prepare(`${into} ${Array(rowsPerInsert).fill(marks).join(', ')}`);
  const one = database.prepare(`${into} ${marks}`);
  const width = columns.split(',').length;
  let waiting: SqlValue[] = [];
  return {
    add(values) {
      waiting.push(...values);
      if (waiting.length < width * rowsPerInsert) return;
      many.run(waiting);
      waiting = [];
    },
    flush() {
      for (let at = 0; at < waiting.length; at += width) one.run(waiting.slice(at, at + width));
      waiting = [];
    },
  };
}
