import { nextPlace } from '../call/capture-id.js';
import { readCall } from '../payload/read-call.js';
import type { Database } from './database.js';
import { writeEvents } from './event-columns.js';
import { prepareEventIndex } from './event-index.js';
import { type KnownContent, knownContent, preparePartNotes } from './known-content.js';
import { lastPlaceGiven, tagAt } from './store-tags.js';
import { rollBack } from './transaction.js';
import { listWithoutPayload } from './without-payload.js';

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
   * Durable when it returns: synced to disk. The calls get consecutive places. Throws, and nothing
   * of the batch is recorded, when it cannot be written; that a call cannot be read or indexed is no
   * reason.
   */
  write(calls: readonly WrittenCall[], bodies: readonly Uint8Array[]): WrittenPlaces;
}

export interface WrittenPlaces {
  readonly first: number;
  /** Makes ids of the places: see `formatId`. */
  readonly tag: string;
}

/**
 * Larger bodies are read for so many milliseconds of a transaction, so that no call waits long for
 * the others. The rest is left for later.
 */
const maxReadingMs = 25;
const alwaysReadBytes = 16 * 1024;

/** Undefined: it cannot be read now. A call is recorded whatever its reader meets. */
function tryToRead(call: WrittenCall, body: Uint8Array): KnownContent | undefined {
  try {
    return knownContent(readCall(body, call.contentType));
  } catch {
    return undefined;
  }
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
  const index = prepareEventIndex(database);
  const parts = preparePartNotes(database);
  const list = database.prepare(listWithoutPayload);

  function writeCall(place: number, call: WrittenCall, body: Uint8Array, mayRead: boolean): void {
    const known = mayRead ? tryToRead(call, body) : undefined;
    insertCall.run([
      place,
      call.time,
      call.method,
      call.target,
      call.remote,
      call.status,
      known?.problem ?? null,
      call.headers,
      known ? writeEvents(known.events) : null,
      body,
    ]);
    if (known?.partly) parts.note(place, known.partly);
    if (known && known.problem !== null) list.run([place]);
  }

  return {
    write(calls, bodies) {
      begin.run([]);
      try {
        const first = nextPlace(Number(lastPlace.first([])?.[0]), now());
        const readUntil = performance.now() + maxReadingMs;
        calls.forEach((call, at) => {
          const body = bodies[at] ?? new Uint8Array();
          const mayRead =
            call.index && (body.length <= alwaysReadBytes || performance.now() < readUntil);
          writeCall(first + at, call, body, mayRead);
        });
        const last = first + calls.length - 1;
        index.fill(first, last);
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
