import { existsSync } from 'node:fs';
import { Problem, problem } from '../problems/problem.js';
import { plainReason } from '../problems/translate.js';
import { isDamage } from './damage.js';
import { type Database, openDatabase, type Statement } from './database.js';
import { createStoreFiles, type StoreFiles } from './folder.js';
import { checkSchema, prepareSchema, schemaVersion } from './schema.js';

/** Makes a store where there is none yet. */
export function makeStore(files: StoreFiles, random: Uint8Array): void {
  createStoreFiles(files);
  guarded(files, () => {
    const database = openDatabase(files.database);
    try {
      prepareSchema(database, files.database, random);
    } finally {
      database.close();
    }
  });
}

/**
 * Opens a store that is there, brought up to the tables of this version. A failure of the file,
 * now or later, is thrown as a problem.
 */
export function openUpToDate(files: StoreFiles): Database {
  if (!existsSync(files.database)) throw problem('store_missing', { path: files.folder });
  return guarded(files, () => {
    const database = openDatabase(files.database);
    const version = checkSchema(database, files.database);
    // A listener that is just making the store has not got to its tables yet.
    if (version === 0) throw problem('store_missing', { path: files.folder });
    if (version < schemaVersion) prepareSchema(database, files.database, new Uint8Array());
    return {
      execute: (sql) => guarded(files, () => database.execute(sql)),
      prepare: (sql) => guardedStatement(files, () => database.prepare(sql)),
      checkpointIfDue: () => database.checkpointIfDue(),
      checkpoint: () => database.checkpoint(),
      close: () => database.close(),
    };
  });
}

function guardedStatement(files: StoreFiles, prepare: () => Statement): Statement {
  const statement = guarded(files, prepare);
  return {
    run: (values) => guarded(files, () => statement.run(values)),
    first: (values) => guarded(files, () => statement.first(values)),
    all: (values) => guarded(files, () => statement.all(values)),
  };
}

function guarded<T>(files: StoreFiles, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof Problem) throw error;
    const code = isDamage(error) ? 'store_damaged' : 'store_not_opened';
    throw problem(code, { path: files.folder, reason: plainReason(error) }, error);
  }
}
