import { readCall } from '../payload/read-call.js';
import { nextPlace } from './capture-id.js';
import type { Database } from './database.js';

/** A call on its way to the writer thread: plain values, the body apart. */
export interface WrittenCall {
  readonly time: number;
  readonly method: string;
  readonly target: string;
  readonly remote: string;
  readonly status: number;
  /** Header pairs as JSON. */
  readonly headers: string;
  readonly contentType: string | undefined;
  /** Whether the body's events are to be read with the recording: see `readsAtOnce`. */
  readonly index: boolean;
}

/** Writes calls and the events in them, each batch in one transaction. */
export interface CallWriter {
  /**
   * Durable when it returns: synced to disk. The calls get consecutive places, of which the first
   * is returned. Throws, and nothing of the batch is recorded, when it cannot be written.
   */
  write(calls: readonly WrittenCall[], bodies: readonly Uint8Array[]): number;
}

export function prepareCallWriter(database: Database, now: () => number): CallWriter {
  const begin = database.prepare('begin immediate');
  const commit = database.prepare('commit');
  const newest = database.prepare('select max(place) from captures');
  const insertCall = database.prepare(
    `insert into captures (place, time, method, target, remote, status, indexed, problem, headers, body)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertEvent = database.prepare(
    `insert into events (capture, position, panel, channel, activity, event, msgid, who, name, time)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );

  function writeCall(place: number, call: WrittenCall, body: Uint8Array): void {
    const reading = call.index ? readCall(body, call.contentType) : undefined;
    insertCall.run([
      place,
      call.time,
      call.method,
      call.target,
      call.remote,
      call.status,
      reading ? 1 : 0,
      reading?.kind === 'problem' ? withoutNul(reading.message) : null,
      call.headers,
      body,
    ]);
    if (reading?.kind !== 'payload') return;
    reading.events.forEach((event, position) => {
      insertEvent.run([
        place,
        position,
        withoutNul(event.panel),
        withoutNul(event.channel),
        withoutNul(event.activity),
        withoutNul(event.event),
        withoutNul(event.msgid),
        withoutNul(event.who),
        withoutNul(event.name),
        withoutNul(event.time),
      ]);
    });
  }

  return {
    write(calls, bodies) {
      begin.run([]);
      try {
        const first = nextPlace(Number(newest.first([])?.[0] ?? 0), now());
        calls.forEach((call, index) => {
          writeCall(first + index, call, bodies[index] ?? new Uint8Array());
        });
        commit.run([]);
        return first;
      } catch (error) {
        rollBack(database);
        throw error;
      }
    },
  };
}

/** A failure of the disk has often ended the transaction already. */
function rollBack(database: Database): void {
  try {
    database.execute('rollback');
  } catch {
    // The error that led here is the one to tell.
  }
}

/** SQLite's text ends at NUL when it is read; the body keeps what came. */
function withoutNul<T extends string | null>(text: T): T | string {
  return text?.includes('\0') ? text.replaceAll('\0', '\ufffd') : text;
}
