// The durable record of calls: each is on the disk before it is answered, and worked through
// afterwards. Calls have a database of their own, so that no answer waits for the work.
import { mkdirSync } from 'node:fs';
import { setImmediate, setTimeout } from 'node:timers/promises';
import Database from 'libsql';
import { decode, events } from 'netcore-hook';
import { handleEvent, tables } from './handle-event.js';

const pollMs = 100;
const maxRetryMs = 5 * 60_000;

const folder = process.env.DATA ?? 'data';
mkdirSync(folder, { recursive: true, mode: 0o700 });

const calls = open('calls.db', {
  busyTimeoutMs: 10_000,
  schema: `
    create table if not exists calls (
      id integer primary key autoincrement,
      received_at text not null, -- UTC
      body text not null, -- as received
      attempts integer not null default 0,
      due_at text -- of the next attempt; null when all its events are handled
    );
    create index if not exists calls_due on calls (due_at, id) where due_at is not null;
    create index if not exists calls_received on calls (received_at)`,
});
const work = open('events.db', {
  // Waiting would block this process: only another process can hold the lock, and it does the work.
  busyTimeoutMs: 0,
  schema: `
    create table if not exists events (
      event_key text primary key, -- each event has one row, also when Netcore repeats it
      call_id integer not null,
      panel text not null,
      channel text not null,
      activity text not null,
      contact text not null,
      event text not null -- JSON
    );
    create index if not exists events_call on events (call_id);
    ${tables}`,
});

const insertCall = calls.prepare('insert into calls (received_at, body, due_at) values (?, ?, ?)');
const nextCall = calls.prepare(
  'select id, body, attempts from calls where due_at <= ? order by due_at, id limit 1',
);
// Unless it was made due again meanwhile, which counts as an attempt.
const setDue = calls.prepare(
  'update calls set due_at = ?, attempts = attempts + 1 where id = ? and attempts = ?',
);
const insertEvent = work.prepare(
  'insert into events values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing',
);

/** Stores a call, and returns once it is on the disk. */
export function storeCall(body) {
  // Another body parser ran before express.text(), or the like.
  if (typeof body !== 'string') throw new TypeError('The body must be text, as received.');
  const now = new Date().toISOString();
  insertCall.run(now, body, now);
}

/** Works through the stored calls, also those that were left when the process ended. Never ends. */
export async function startWorker() {
  for (;;) {
    try {
      const call = nextCall.get(new Date().toISOString());
      if (call === undefined) await setTimeout(pollMs, undefined, { ref: false });
      else await workOn(call);
    } catch (error) {
      if (error.code !== 'SQLITE_BUSY') console.error(error);
      await setTimeout(pollMs);
    }
  }
}

async function workOn({ id, body, attempts }) {
  let isHandled = true;
  await inTransaction(async () => {
    for (const [index, event] of events(decode(body)).entries()) {
      try {
        await handleOnce(id, index, event);
      } catch (error) {
        console.error(`Event ${index} of call ${id} failed.`, error);
        isHandled = false;
      }
      await setImmediate(); // lets waiting calls be answered
    }
  });
  const retryMs = Math.min(1000 * 2 ** attempts, maxRetryMs);
  setDue.run(isHandled ? null : new Date(Date.now() + retryMs).toISOString(), id, attempts);
}

/** An event that fails leaves nothing behind. The other events of its call are kept. */
async function handleOnce(callId, index, found) {
  const { key, weak, panel, channel, activity, contact, event } = found;
  // A weak key does not identify an event, and its place in the call does.
  const eventKey = weak ? `${callId}.${index}` : key;
  const json = JSON.stringify(event);
  work.exec('savepoint event');
  try {
    const row = insertEvent.run(eventKey, callId, panel, channel, activity, contact, json);
    if (row.changes === 1) await handleEvent(found, work);
  } catch (error) {
    work.exec('rollback to event');
    throw error;
  } finally {
    work.exec('release event');
  }
}

/** Forgets the events of a time range, and makes its calls due again. Resolves to their number. */
export async function reprocess(from, until) {
  const range = 'where received_at >= ? and received_at < ?';
  const times = [from.toISOString(), until.toISOString()];
  let count = 0;
  // The worker waits until both databases have changed.
  work.exec('pragma busy_timeout = 60000');
  await inTransaction(() => {
    const forget = work.prepare('delete from events where call_id = ?');
    for (const { id } of calls.prepare(`select id from calls ${range}`).all(...times)) {
      forget.run(id);
    }
    const update = `update calls set due_at = received_at, attempts = attempts + 1 ${range}`;
    count = calls.prepare(update).run(...times).changes;
  });
  return count;
}

async function inTransaction(act) {
  work.exec('begin immediate');
  try {
    await act();
    work.exec('commit');
  } catch (error) {
    work.exec('rollback');
    throw error;
  }
}

function open(name, { busyTimeoutMs, schema }) {
  const database = new Database(`${folder}/${name}`);
  // Full: what is committed also survives a power failure.
  database.exec(`
    pragma busy_timeout = ${busyTimeoutMs};
    pragma journal_mode = wal;
    pragma synchronous = full`);
  database.exec(schema);
  return database;
}
