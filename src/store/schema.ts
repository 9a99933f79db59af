import { existsSync } from 'node:fs';
import { makeStoreTag, nextPlace } from '../call/capture-id.js';
import { Problem, problem } from '../problems/problem.js';
import { plainReason } from '../problems/translate.js';
import { lastPlaceGiven, wholeColumns } from './capture-row.js';
import { type Database, isDamage, openDatabase, rollBack, type Statement } from './database.js';
import { createStoreFiles, type StoreFiles } from './folder.js';

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

/** A database up to this size is checked as a whole: that takes less than half a second. */
const maxCheckedBytes = 64 * 1024 * 1024;
/** How many of the newest captures are read in a larger one. */
const readCaptures = 200;

/**
 * What is damaged in a store, in words for the middle of a sentence; undefined: nothing was found.
 * A small database is checked page by page. Of a larger one, the newest captures are read, and a
 * call is written and read back as a listener and its readers will do it; that is undone.
 */
export function findDamage(database: Database): string | undefined {
  try {
    return damagedPage(database) ?? unreadableProbe(database);
  } catch (error) {
    if (isDamage(error)) return error instanceof Error ? error.message : String(error);
    throw error;
  }
}

function damagedPage(database: Database): string | undefined {
  const number = (sql: string) => Number(database.prepare(sql).first([])?.[0]);
  if (number('pragma page_count') * number('pragma page_size') > maxCheckedBytes) return undefined;
  const found = String(database.prepare('pragma quick_check(1)').first([])?.[0]);
  return found === 'ok' ? undefined : found.replace('*** in database main ***', '').trim();
}

/** Needs the tables of this version. */
function unreadableProbe(database: Database): string | undefined {
  const fromCaptures = 'from captures left join imports on imports.capture = captures.place';
  database
    .prepare(`select ${wholeColumns} ${fromCaptures} order by place desc limit ?`)
    .all([readCaptures]);
  database.execute('begin immediate');
  try {
    const place = nextPlace(Number(database.prepare(lastPlaceGiven).first([])?.[0]), 0);
    const body = new Uint8Array(16 * 1024);
    database
      .prepare(
        `insert into captures (place, time, method, target, remote, status, problem, headers, events, body)
         values (?, 0, 'POST', '/', '', 200, null, '[]', '[["email","open"]]', ?)`,
      )
      .run([place, body]);
    for (const channel of ['', '~']) {
      database.prepare('insert into events values (?, ?, ?, 0)').run([channel, channel, place]);
    }
    for (const state of [0, 1, 2, 3]) {
      database
        .prepare(
          'insert or replace into deliveries (capture, destination, state, due, queued, tries) values (?, 0, ?, 0, 0, 0)',
        )
        .run([place, state]);
    }
    database
      .prepare(`insert into attempts (capture, number, time, url, ms) values (?, 1, 0, '', 0)`)
      .run([place]);
    const [read] =
      database.prepare(`select body ${fromCaptures} order by place desc limit 1`).first([]) ?? [];
    const [counted] =
      database
        .prepare('select count(*) from captures where status = 200 and place = ?')
        .first([place]) ?? [];
    const whole = read instanceof Uint8Array && read.length === body.length && counted === 1;
    return whole ? undefined : 'a call that was written cannot be read back';
  } finally {
    rollBack(database);
  }
}

/** "NCHK": tells a store from any other SQLite file. */
const applicationId = 0x4e43484b;

/**
 * What each version adds to the one before it; a store keeps the version that it was left in.
 * Versions only ever add, so that a listener which still runs from before an upgrade goes on.
 */
const migrations: readonly string[] = [
  // `place` orders captures and makes their ids: see capture-id.ts. `events` is what is known of the
  // events in the body, a JSON list of lists: see event-columns.ts; null until the body was
  // read. The body stands last, so that reading the other columns never walks through it.
  // The table `events` finds captures by what is in them. It is filled from that column, inside
  // SQLite: binding each event's values again would cost more than recording the call.
  `create table store (tag text not null) strict;
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
  ) strict, without rowid;`,
  // `imports` keeps the ids of captures that another store recorded. The index by status is also the
  // smallest there is, so that counting captures does not walk through their bodies.
  `create table imports (
    capture integer primary key,
    id text not null unique
  ) strict;
  create table attempts (
    capture integer not null,
    number integer not null,
    event integer,
    time integer not null,
    url text not null,
    status integer,
    reason text,
    ms real not null,
    primary key (capture, number)
  ) strict, without rowid;
  create index captures_by_status on captures (status);
  create index captures_unread on captures (place) where events is null;`,
  // A delivery is a capture that is to be forwarded, and how far it has come; it is written with the
  // recording. `due` is when a delayed one is tried again, and until when the worker of an active
  // one is believed to live. An index for each state that is looked for, so that finding what to do
  // next does not depend on how many wait or are done.
  `create table destinations (
    id integer primary key,
    url text not null,
    queue text not null,
    unique (url, queue)
  ) strict;
  create table deliveries (
    capture integer primary key,
    destination integer not null,
    state integer not null,
    due integer not null,
    queued integer not null,
    tries integer not null,
    worker text
  ) strict;
  create index deliveries_waiting on deliveries (destination, capture) where state = 0;
  create index deliveries_delayed on deliveries (destination, due) where state = 1;
  create index deliveries_active on deliveries (due) where state = 2;
  alter table attempts add column answer text;`,
  // What captures were answered when they were last sent again whole: the attempts of those that are
  // forwarded are too many to look through. The index tells how old the delayed ones are by itself.
  `create table replays (
    capture integer primary key,
    answered integer
  ) strict;
  insert into replays (capture, answered)
    select capture, status from attempts as latest
    where event is null and not exists (select 1 from deliveries where deliveries.capture = latest.capture)
      and number = (select max(number) from attempts
                    where attempts.capture = latest.capture and event is null);
  drop index deliveries_delayed;
  create index deliveries_delayed on deliveries (destination, due, queued) where state = 1;`,
  // `late_content` has what the columns `events` and `problem` of a capture would say, if its body was
  // read after it was recorded: to update the capture would write its body again.
  // `partly_indexed` names the captures of which these and the table `events` hold only a part: the
  // first events, or texts that were cut. Its `events` is their true number, null for a body that was
  // set aside unread; `kinds` counts the others by channel and activity as a JSON list of lists, null
  // when there are too many kinds. The trigger also serves processes of an older version, which do not
  // know the tables. `reason` says why a delivery was skipped.
  // `tags`: which tag ends the ids of captures, from which place on, and where the file lay when that
  // began. Version 4 and older know the tag of `store` only.
  // `capture_counts` has one row: how many captures there are up to a place. Counting those behind it
  // is quick, so that removing captures need not count all of them in each transaction. Recording does
  // not touch the row: a trigger on inserts would cost a third of an insert.
  // `workers`: who forwards calls of this store, and a counter that each increments while it lives.
  // `waited` of a destination counts the milliseconds in which it had a worker that lived; that of a
  // delivery is what the count was when it was queued, null where an older version did that.
  // `salvaged`: how far the copying of what can be read of a damaged database has come.
  // `removals` tells what was removed, by cause: how many captures, the place of the newest of them,
  // when, and the limit that did it. `over_size` has a row while what must be kept takes more bytes
  // than the limit.
  // `age_clock` has a row: by which time ages were judged last, and whether the time of day is doubted.
  // `without_payload` lists captures without a payload, which limits remove first: version 4 and older
  // do not list theirs.
  // `job` is the key of a call in the engine that it was handed over to; a call that version 4 handed
  // over has none. `withdrawals` are calls, by their ids, to be taken out of that engine.
  `create table late_content (
    capture integer primary key,
    problem text,
    events text not null
  ) strict;
  create table partly_indexed (
    capture integer primary key,
    events integer,
    kinds text
  ) strict;
  create trigger captures_removed after delete on captures begin
    delete from late_content where capture = old.place;
    delete from partly_indexed where capture = old.place;
    update capture_counts set captures = captures - 1 where up_to >= old.place;
    delete from without_payload where capture = old.place;
  end;
  create table capture_counts (up_to integer not null, captures integer not null) strict;
  insert into capture_counts select
    coalesce((select max(place) from captures), 0), (select count(*) from captures);
  create table removals (
    cause text primary key,
    captures integer not null,
    newest integer not null,
    time integer not null,
    bound integer
  ) strict, without rowid;
  create table without_payload (capture integer primary key, bytes integer not null) strict;
  create table without_payload_total (captures integer not null, bytes integer not null) strict;
  insert into without_payload_total values (0, 0);
  create trigger without_payload_added after insert on without_payload begin
    update without_payload_total set captures = captures + 1, bytes = bytes + new.bytes;
  end;
  create trigger without_payload_removed after delete on without_payload begin
    update without_payload_total set captures = captures - 1, bytes = bytes - old.bytes;
  end;
  create table age_clock (
    time integer not null,
    kind text,
    ahead integer not null,
    ran integer not null,
    told integer not null
  ) strict;
  create table over_size (
    bytes integer not null,
    bound integer not null,
    time integer not null
  ) strict;
  alter table deliveries add column reason text;
  create table tags (
    first integer primary key,
    tag text not null,
    origin text not null
  ) strict;
  insert into tags (first, tag, origin) select 0, tag, '' from store;
  create table workers (
    name text primary key,
    beat integer not null,
    pid integer not null,
    started text not null,
    host text not null,
    boot text not null,
    namespace text not null,
    clock text not null
  ) strict, without rowid;
  alter table destinations add column waited integer not null default 0;
  alter table deliveries add column waited integer;
  create trigger deliveries_requeued after update of queued, destination on deliveries
  when new.waited is old.waited begin
    update deliveries set waited = null where capture = new.capture;
  end;
  create table salvaged (
    file text primary key,
    place integer not null
  ) strict, without rowid;
  alter table deliveries add column job text;
  create index deliveries_handed_over on deliveries (destination, capture, queued)
    where state = 6 and job is not null;
  create table withdrawals (
    capture text not null,
    job text not null,
    destination integer not null,
    primary key (capture, job)
  ) strict, without rowid;`,
];

export const schemaVersion = migrations.length;

/** Brings a new file, or one left by an older version, up to date. */
export function prepareSchema(database: Database, path: string, random: Uint8Array): void {
  // Two calls of the usual size share a page of 8 kB, and none of 4 kB: half the bytes to sync.
  database.execute('pragma page_size = 8192');
  database.execute('pragma journal_mode = wal');
  database.execute('pragma synchronous = full');
  if (checkSchema(database, path) === schemaVersion) return;
  // Another process may be at it, and a large store takes a while.
  database.execute('pragma busy_timeout = 60000');
  // Two processes may both find the file old: the second looks again once it has the lock.
  database.execute('begin immediate');
  try {
    const version = checkSchema(database, path);
    for (const migration of migrations.slice(version)) database.execute(migration);
    if (version === 0) {
      const tag = makeStoreTag(random);
      database.prepare('insert into store (tag) values (?)').run([tag]);
      database.prepare(`insert into tags (first, tag, origin) values (0, ?, '')`).run([tag]);
      database.execute(`pragma application_id = ${applicationId}`);
    }
    database.execute(`pragma user_version = ${schemaVersion}`);
    database.execute('commit');
  } catch (error) {
    database.execute('rollback');
    throw error;
  }
  database.execute('pragma busy_timeout = 5000');
  database.checkpointIfDue();
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
