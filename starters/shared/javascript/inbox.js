// The table of calls: each is on the disk before it is answered, and worked through afterwards.
import Database from 'libsql';
import { decode, events } from 'netcore-hook';
import { handleEvent, tables } from './handle-event.js';

const pollMs = 100;
const maxRetryMs = 5 * 60_000;

const database = new Database(process.env.DATABASE ?? 'netcore.db');
// Full: what is answered 200 also survives a power failure.
database.exec(`
  pragma busy_timeout = 10000;
  pragma journal_mode = wal;
  pragma synchronous = full;

  create table if not exists calls (
    id integer primary key,
    received_at text not null, -- UTC
    body text not null, -- as received
    attempts integer not null default 0,
    due_at text -- of the next attempt; null when all its events are handled
  );
  create index if not exists calls_due on calls (due_at, id) where due_at is not null;

  create table if not exists events (
    event_key text primary key, -- each event has one row, also when Netcore repeats it
    call_id integer not null references calls,
    panel text not null,
    channel text not null,
    activity text not null,
    contact text not null,
    event text not null -- JSON
  );
  create index if not exists events_call on events (call_id);
  ${tables}
`);

const insertCall = database.prepare('insert into calls (received_at, body, due_at) values (?, ?, ?)');
const nextCall = database.prepare(
  'select id, body, attempts from calls where due_at <= ? order by due_at, id limit 1',
);
const setDue = database.prepare('update calls set due_at = ?, attempts = ? where id = ?');
const insertEvent = database.prepare(
  'insert into events values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing',
);

/** Stores a call, and returns once it is on the disk. */
export function storeCall(body) {
  const now = new Date().toISOString();
  insertCall.run(now, body, now);
}

/** Works through the stored calls, also those that were left when the process ended. */
export function startWorker() {
  let worked = false;
  try {
    worked = workOnNextCall();
  } catch (error) {
    console.error(error);
  }
  setTimeout(startWorker, worked ? 0 : pollMs).unref();
}

/** Makes the calls of a time range due again, and forgets their events. Returns how many. */
export function reprocess(from, until) {
  const range = 'received_at >= ? and received_at < ?';
  const times = [from.toISOString(), until.toISOString()];
  return inTransaction(() => {
    database
      .prepare(`delete from events where call_id in (select id from calls where ${range})`)
      .run(...times);
    const update = `update calls set due_at = received_at, attempts = 0 where ${range}`;
    return database.prepare(update).run(...times).changes;
  });
}

/** Whether there was one. */
function workOnNextCall() {
  return inTransaction(() => {
    const now = Date.now();
    const call = nextCall.get(new Date(now).toISOString());
    if (call === undefined) return false;
    let isHandled = true;
    for (const [index, event] of events(decode(call.body)).entries()) {
      try {
        handleOnce(call.id, index, event);
      } catch (error) {
        console.error(`Event ${index} of call ${call.id} failed.`, error);
        isHandled = false;
      }
    }
    const attempts = call.attempts + 1;
    const retryMs = Math.min(1000 * 2 ** attempts, maxRetryMs);
    setDue.run(isHandled ? null : new Date(now + retryMs).toISOString(), attempts, call.id);
    return true;
  });
}

/** An event that fails leaves nothing behind. The other events of its call are kept. */
function handleOnce(callId, index, found) {
  const { key, weak, panel, channel, activity, contact, event } = found;
  // A weak key does not identify an event, and its place in the call does.
  const eventKey = weak ? `${callId}.${index}` : key;
  database.exec('savepoint event');
  try {
    const json = JSON.stringify(event);
    const row = insertEvent.run(eventKey, callId, panel, channel, activity, contact, json);
    if (row.changes === 1 && handleEvent(found, database) instanceof Promise) {
      throw new TypeError('handleEvent must be synchronous.');
    }
  } catch (error) {
    database.exec('rollback to event');
    throw error;
  } finally {
    database.exec('release event');
  }
}

/** Immediate: of several processes, one at a time works on a call. */
function inTransaction(work) {
  return database.transaction(work).immediate();
}
