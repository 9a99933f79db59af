import type { Database } from './database.js';

/** Runs `act` in one transaction, which is durable when this returns; what it throws undoes it. */
export function transaction<T>(database: Database, act: () => T): T {
  database.execute('begin immediate');
  let result: T;
  try {
    result = act();
    database.execute('commit');
  } catch (error) {
    rollBack(database);
    throw error;
  }
  database.checkpointIfDue();
  return result;
}

/** A failure of the disk has often ended the transaction already. */
export function rollBack(database: Database): void {
  try {
    database.execute('rollback');
  } catch {
    // The error that led here is the one to tell.
  }
}
