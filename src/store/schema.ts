import { dirname } from 'node:path';
import { makeStoreTag, nextSeq } from '../call/capture-id.js';
import { deliveryState } from '../call/delivery.js';
import { Problem, problem } from '../problems/problem.js';
import { plainReason } from '../problems/translate.js';
import { fromCaptures, insertCapture, lastSeqGiven, wholeColumns } from './capture-row.js';
import {
  type Database,
  isDamage,
  openDatabase,
  readNumber,
  rollBack,
  type Statement,
  transaction,
} from './database.js';
import { createStoreFiles, hasDatabase, type StoreFiles } from './folder.js';

const { waiting, delayed, active, delivered } = deliveryState;

/** Creates a store if it is missing. */
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
 * Opens an existing store, and updates its tables to this version. Failures of the file, now or later,
 * are thrown as problems.
 */
export function openUpToDate(files: StoreFiles): Database {
  if (!hasDatabase(files)) throw problem('store_missing', { path: files.folder });
  return guarded(files, () => {
    const database = openDatabase(files.database);
    const version = checkSchema(database, files.database);
    // A listener that creates the store at this moment has not created its tables yet.
    if (version === 0) throw problem('store_missing', { path: files.folder });
    if (version < schemaVersion) prepareSchema(database, files.database, new Uint8Array());
    return {
      execute: (sql) => guarded(files, () => database.execute(sql)),
      prepare: (sql) => guardedStatement(files, () => database.prepare(sql)),
      checkpointIfDue: () => database.checkpointIfDue(),
      checkpoint: () => database.checkpoint(),
      emptyLog: () => guarded(files, () => database.emptyLog()),
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

/** Opens a store for writing. Throws `store_damaged` if recorded calls could not be read again. */
export function openSound(path: string, random: Uint8Array): Database {
  const database = openDatabase(path);
  const damaged = (reason: string, cause?: unknown) =>
    problem('store_damaged', { path: dirname(path), reason: reason.replace(/\.+$/, '') }, cause);
  try {
    prepareSchema(database, path, random);
    const reason = findDamage(database);
    if (reason !== undefined) throw damaged(reason);
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Problem || !isDamage(error)) throw error;
    throw damaged(plainReason(error), error);
  }
}

/** Checking a whole database of this size takes less than half a second. */
const maxCheckedBytes = 64 * 1024 * 1024;
/** The newest captures that are read of a larger database. */
const probedCaptures = 200;

/**
 * Describes damage within a sentence; undefined: none was found. A small database is checked page by
 * page. In a larger one, the newest captures are read, and a call is written, read back and undone.
 */
function findDamage(database: Database): string | undefined {
  try {
    return damagedPage(database) ?? unreadableProbe(database);
  } catch (error) {
    if (isDamage(error)) return error instanceof Error ? error.message : String(error);
    throw error;
  }
}

function damagedPage(database: Database): string | undefined {
  const pages = readNumber(database, 'pragma page_count');
  if (pages * readNumber(database, 'pragma page_size') > maxCheckedBytes) return undefined;
  const found = String(database.prepare('pragma quick_check(1)').first([])?.[0]);
  return found === 'ok' ? undefined : found.replace('*** in database main ***', '').trim();
}

function unreadableProbe(database: Database): string | undefined {
  database
    .prepare(`select ${wholeColumns} ${fromCaptures} order by place desc limit ?`)
    .all([probedCaptures]);
  database.execute('begin immediate');
  try {
    const seq = nextSeq(readNumber(database, lastSeqGiven), 0);
    const body = new Uint8Array(16 * 1024);
    database
      .prepare(insertCapture)
      .run([seq, 0, 'POST', '/', '', 200, null, '[]', '[["email","open"]]', body]);
    for (const channel of ['', '~']) {
      database.prepare('insert into events values (?, ?, ?, 0)').run([channel, channel, seq]);
    }
    for (const state of [waiting, delayed, active, delivered]) {
      database
        .prepare(
          'insert or replace into deliveries (capture, destination, state, due, queued, tries) values (?, 0, ?, 0, 0, 0)',
        )
        .run([seq, state]);
    }
    database
      .prepare(`insert into attempts (capture, number, time, url, ms) values (?, 1, 0, '', 0)`)
      .run([seq]);
    const [read] =
      database.prepare(`select body ${fromCaptures} order by place desc limit 1`).first([]) ?? [];
    const [counted] =
      database
        .prepare('select count(*) from captures where status = 200 and place = ?')
        .first([seq]) ?? [];
    const whole = read instanceof Uint8Array && read.length === body.length && counted === 1;
    return whole ? undefined : 'a call that was written cannot be read back';
  } finally {
    rollBack(database);
  }
}

/** "NCHK". Distinguishes a store from other SQLite files. */
const applicationId = 0x4e43484b;

/**
 * The changes of each version to the one before it. They only add, so that a listener which was started
 * before an upgrade can continue. A migration never changes, so it contains states as numbers: see
 * `deliveryState`.
 */
const migrations: readonly string[] = [
  // `place` is a capture's sequence number, from which its id is made: see capture-id.ts. `events`
  // contains its known events (see `writeEvents`), null until the body was read. The body is the last
  // column, so that reading the others does not read it.
  // The table `events` indexes captures by their events. SQLite fills it from that column, because
  // binding each event's values again would cost more than recording the call.
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
  // `imports` contains the ids of captures that another store recorded. The index by status is also the
  // smallest one, so counting captures does not read their bodies.
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
  // A delivery is written with the capture that is to be forwarded. `due` is the time of a delayed one's
  // next attempt, and the end of the lease of an active one. Each state that workers select has an
  // index, so that choosing calls does not depend on how many wait or are done.
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
  // `replays` contains the last answer to each replayed capture: searching the attempts would take too
  // long, because forwarding writes many. The new index alone tells the age of delayed calls.
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
  // `late_content` replaces the columns `events` and `problem` of captures whose bodies were read after
  // the recording, because updating a capture would write its body again.
  // `partly_indexed` lists captures of which these and the table `events` contain only a part: the first
  // events, or truncated texts. Its `events` is their true number, null for a body that was set aside
  // unread. `kinds` counts the other events by channel and activity as a JSON list of lists, null when
  // there are too many kinds. The trigger also serves processes of older versions, which do not know
  // the tables. `reason` is why a delivery was skipped.
  // `tags` contains the tags in the ids of captures, the sequence number from which each applies, and
  // the origin of the database file then. Version 4 and older know only the tag of `store`.
  // `capture_counts` has one row with the number of captures up to a sequence number. Counting only the
  // later ones makes removals quick. Recording does not update it, because a trigger on inserts would
  // cost a third of an insert.
  // `workers` lists the workers, and a counter that each increments while it is alive. `waited` of a
  // destination counts the milliseconds with a worker. `waited` of a delivery is that count when it was
  // queued, null if an older version queued it.
  // `salvaged` is the progress of copying a damaged database.
  // `removals` has for each cause the number of removed captures, the sequence number of the newest,
  // the time, and the limit. `over_size` has rows while what must be kept exceeds a size limit.
  // `age_clock` has one row: the last trusted time, and whether the clock is in doubt.
  // `without_payload` lists captures without a payload, which limits remove first. Version 4 and older
  // do not list theirs.
  // `job` is the key of a call in the engine that it was handed over to, null if version 4 did that.
  // `withdrawals` lists calls, by their ids, that must be removed from that engine.
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
  // `listener_runs` has a row for each run of a listener, with the last time when it was alive.
  `create table listener_runs (
    id integer primary key,
    started integer not null,
    seen integer not null
  ) strict;`,
  // `paused` is the time since when workers send nothing to a destination. `redelivery` counts how often a
  // delivered call was queued again, null for never.
  `alter table destinations add column paused integer;
  alter table deliveries add column redelivery integer;`,
  // `erased` lists captures without the events of contacts that were erased, and counts these events.
  // `rewrites` counts how often the whole file was rewritten, which may shorten it.
  `create table erased (
    capture integer primary key,
    time integer not null,
    events integer not null
  ) strict;
  create trigger erased_removed after delete on captures begin
    delete from erased where capture = old.place;
  end;
  create table rewrites (count integer not null) strict;
  insert into rewrites values (0);`,
  // `journal` lists what happened to the store and its queue, without personal data.
  `create table journal (
    id integer primary key,
    time integer not null,
    kind text not null,
    user text not null,
    detail text not null
  ) strict;`,
  // `lookups` and `lookup_parts` are an index of contacts, messages and keys: see `Segment`. It has no
  // personal data in clear, and may be emptied at any time. A level below zero is still being written.
  // `lookup_late` lists captures that were added to a range that was described before, for example by
  // an import. `lookup_builder` has one row: `epoch` counts erasures, and `beat` the builder's steps.
  `create table lookups (
    id integer primary key autoincrement,
    first integer not null,
    last integer not null,
    level integer not null,
    entries integer not null
  ) strict;
  create index lookups_by_last on lookups (last);
  create table lookup_parts (
    lookup integer not null,
    part integer not null,
    data blob not null,
    unique (lookup, part)
  ) strict;
  create trigger lookups_removed after delete on lookups begin
    delete from lookup_parts where lookup = old.id;
  end;
  create table lookup_late (capture integer primary key) strict;
  create trigger captures_added_late after insert on captures
  when new.place <= (select max(last) from lookups) begin
    insert or ignore into lookup_late (capture) select new.place
      where exists (select 1 from lookups where first <= new.place and last >= new.place);
  end;
  create trigger lookup_late_removed after delete on captures begin
    delete from lookup_late where capture = old.place;
  end;
  create table lookup_builder (
    epoch integer not null,
    holder text not null,
    beat integer not null
  ) strict;
  insert into lookup_builder values (0, '', 0);`,
  // `further_deliveries` has the deliveries of captures that `deliveries` already has for another
  // destination. Its key cannot be changed, because older versions rely on it. `all_deliveries` unites both.
  // `name` is what the user calls a destination, null without a name.
  `alter table destinations add column name text;
  create table further_deliveries (
    capture integer not null,
    destination integer not null,
    state integer not null,
    due integer not null,
    queued integer not null,
    tries integer not null,
    worker text,
    reason text,
    waited integer,
    job text,
    redelivery integer,
    primary key (capture, destination)
  ) strict, without rowid;
  create index further_waiting on further_deliveries (destination, capture) where state = 0;
  create index further_delayed on further_deliveries (destination, due, queued) where state = 1;
  create index further_active on further_deliveries (due) where state = 2;
  create index further_handed_over on further_deliveries (destination, capture, queued)
    where state = 6 and job is not null;
  create trigger further_requeued after update of queued, destination on further_deliveries
  when new.waited is old.waited begin
    update further_deliveries set waited = null
      where capture = new.capture and destination = new.destination;
  end;
  create trigger further_removed after delete on captures begin
    delete from further_deliveries where capture = old.place;
  end;
  create view all_deliveries as
    select capture, destination, state, due, queued, tries, worker, reason, waited, job, redelivery
      from deliveries
    union all
    select capture, destination, state, due, queued, tries, worker, reason, waited, job, redelivery
      from further_deliveries;`,
];

export const schemaVersion = migrations.length;

/** Creates the tables, or updates those of an older version. */
export function prepareSchema(database: Database, path: string, random: Uint8Array): void {
  // Two typical calls share a page of 8 kB, but need one each of 4 kB. This halves the bytes of a sync.
  database.execute('pragma page_size = 8192');
  database.execute('pragma journal_mode = wal');
  database.execute('pragma synchronous = full');
  if (checkSchema(database, path) === schemaVersion) return;
  // Another process may be updating it, which takes a while in a large store.
  database.execute('pragma busy_timeout = 60000');
  // Another process may have updated it before this one got the lock, so it is checked again.
  transaction(database, () => {
    const version = checkSchema(database, path);
    for (const migration of migrations.slice(version)) database.execute(migration);
    if (version === 0) {
      const tag = makeStoreTag(random);
      database.prepare('insert into store (tag) values (?)').run([tag]);
      database.prepare(`insert into tags (first, tag, origin) values (0, ?, '')`).run([tag]);
      database.execute(`pragma application_id = ${applicationId}`);
    }
    database.execute(`pragma user_version = ${schemaVersion}`);
  });
  database.execute('pragma busy_timeout = 5000');
}

/** The version of a file's tables; 0: it is empty. Refuses another program's file. */
function checkSchema(database: Database, path: string): number {
  if (readNumber(database, 'select count(*) from sqlite_schema') === 0) return 0;
  const version = readNumber(database, 'pragma user_version');
  if (readNumber(database, 'pragma application_id') !== applicationId)
    throw problem('store_foreign', { path });
  if (version > schemaVersion) throw problem('store_newer', { path });
  return version;
}
