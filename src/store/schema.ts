import { problem } from '../problems/problem.js';
import { makeStoreTag } from './capture-id.js';
import type { Database } from './database.js';

/** Grows with every change of the tables below; a store keeps the version that it was left in. */
export const schemaVersion = 1;
/** "NCHK": tells a store from any other SQLite file. */
const applicationId = 0x4e43484b;

// `place` orders captures and makes their ids: see capture-id.ts. The body stands last, so that
// reading the other columns never walks through it.
const tables = `
  create table store (tag text not null) strict;
  create table captures (
    place integer primary key,
    time integer not null,
    method text not null,
    target text not null,
    remote text not null,
    status integer not null,
    -- 0: the events are still to be read out of the body; 1: they are in the table below.
    indexed integer not null,
    problem text,
    headers text not null,
    body blob not null
  ) strict;
  create table events (
    capture integer not null,
    position integer not null,
    panel text not null,
    channel text not null,
    activity text,
    event text,
    msgid text,
    who text,
    name text,
    time text,
    primary key (capture, position)
  ) strict, without rowid;
  create index events_by_activity on events (channel, activity, capture);
`;

/** Brings a new file, or one left by an older version, up to date. */
export function prepareSchema(database: Database, path: string, random: Uint8Array): void {
  database.execute('pragma journal_mode = wal');
  database.execute('pragma synchronous = full');
  if (checkSchema(database, path) === schemaVersion) return;
  // Two processes may both find the file empty: the second looks again once it has the lock.
  database.execute('begin immediate');
  try {
    if (checkSchema(database, path) === 0) {
      database.execute(tables);
      database.prepare('insert into store (tag) values (?)').run([makeStoreTag(random)]);
      database.execute(`pragma application_id = ${applicationId}`);
      database.execute(`pragma user_version = ${schemaVersion}`);
    }
    database.execute('commit');
  } catch (error) {
    database.execute('rollback');
    throw error;
  }
}

/** The version of the tables in a file, 0 for an empty one. Another program's file is refused. */
export function checkSchema(database: Database, path: string): number {
  const version = Number(database.prepare('pragma user_version').first([])?.[0]);
  const application = Number(database.prepare('pragma application_id').first([])?.[0]);
  const empty = database.prepare('select count(*) from sqlite_schema').first([])?.[0] === 0;
  if (empty) return 0;
  if (application !== applicationId) throw problem('store_foreign', { path });
  if (version > schemaVersion) throw problem('store_newer', { path });
  return version;
}

export function storeTag(database: Database): string {
  return String(database.prepare('select tag from store').first([])?.[0]);
}
