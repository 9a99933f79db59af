import { readCall } from '../payload/read-call.js';
import { nextPlace } from './capture-id.js';
import type { Database } from './database.js';
import { writeEvents } from './event-columns.js';
import { indexEvents } from './event-index.js';
import { storableText } from './storable-text.js';
import { lastPlaceGiven, tagAt } from './store-tags.js';
import { rollBack } from './transaction.js';

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
  /** Whether the body's events are to be read with the recording; else that is left for later. */
  readonly index: boolean;
}

/** Writes calls and what is known of their events, each batch in one transaction. */
export interface CallWriter {
  /**
   * Durable when it returns: synced to disk. The calls get consecutive places. Throws, and nothing of the batch is recorded, when it cannot be written.
   */
  write(calls: readonly WrittenCall[], bodies: readonly Uint8Array[]): WrittenPlaces;
}

export interface WrittenPlaces {
  readonly first: number;
  /** Makes ids of the places: see `formatId`. */
  readonly tag: string;
}

/** `queue` is told the first and the last place of each batch, within its transaction. */
export function prepareCallWriter(
  database: Database,
  now: () => number,
  queue: ((first: number, last: number) => void) | undefined,
): CallWriter {
  const begin = database.prepare('begin immediate');
  const commit = database.prepare('commit');
  const lastPlace = database.prepare(lastPlaceGiven);
  const tagOf = database.prepare(`select ${tagAt('?1')}`);
  const insertCall = database.prepare(
    `insert into captures (place, time, method, target, remote, status, problem, headers, events, body)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const index = database.prepare(indexEvents);

  function writeCall(place: number, call: WrittenCall, body: Uint8Array): void {
    const reading = call.index ? readCall(body, call.contentType) : undefined;
    insertCall.run([
      place,
      call.time,
      call.method,
      call.target,
      call.remote,
      call.status,
      reading?.kind === 'problem' ? storableText(reading.message) : null,
      call.headers,
      reading ? writeEvents(reading.kind === 'payload' ? reading.events : []) : null,
      body,
    ]);
  }

  return {
    write(calls, bodies) {
      begin.run([]);
      try {
        const first = nextPlace(Number(lastPlace.first([])?.[0]), now());
        calls.forEach((call, at) => {
          writeCall(first + at, call, bodies[at] ?? new Uint8Array());
        });
        const last = first + calls.length - 1;
        index.run([first, last]);
        queue?.(first, last);
        const tag = String(tagOf.first([first])?.[0]);
        commit.run([]);
        return { first, tag };
      } catch (error) {
        rollBack(database);
        throw error;
      }
    },
  };
}
