import { problem } from '../problems/problem.js';
import { makeStoreTag } from './capture-id.js';
import type { Database } from './database.js';

/** Grows with every change of the tables below; a store keeps the version that it was left in. */
const schemaVersion = 1;
/** "NCHK": tells a store from any other SQLite file. */
const applicationId = 0x4e43484b;

// `place` orders captures and makes their ids: see capture-id.ts. `events` is what is known of the
// events in the body, a JSON list of lists in the order of `eventColumns`; null until the body was
// read. The body stands last, so that reading the other columns never walks through it.
// The table `events` finds captures by what is in them. It is filled from that column, inside
// SQLite: binding each event's values again would cost more than recording the call.
const tables = `
  create table store (tag text not null) strict;
  create table captures (
    place integer primary key,
    time integer not null,
    method text not null,
    target text not null,
    remote text not null,
    status integer not null,
    problem text,
    headers text not null,
    events text,
    body blob not null
  ) strict;
  create table events (
    channel text not null,
    activity text not null,
    capture integer not null,
    position integer not null,
    primary key (channel, activity, capture, position)
  ) strict, without rowid;
`;

/** Brings a new file, or one left by an older version, up to date. */
export function prepareSchema(database: Database, path: string, random: Uint8Array): void {
  // Two calls of the usual size share a page of 8 kB, and none of 4 kB: half the bytes to sync.
  database.execute('pragma page_size = 8192');
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
