import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from 'node:worker_threads';
import { nextPlace, storeTagLength } from '../call/capture-id.js';
import type {
  DeliveryTurn,
  Destination,
  ReconcileAnswer,
  ReconcileTurn,
} from '../call/delivery.js';
import { readCall } from '../payload/read-call.js';
import { Problem, problem } from '../problems/problem.js';
import { errorCode, plainReason } from '../problems/translate.js';
import { listWithoutPayload } from './capture-index.js';
import { lastPlaceGiven, renewTag, tagAt } from './capture-row.js';
import { type Database, isDamage, maxIdleLogBytes, openDatabase, rollBack } from './database.js';
import {
  type Deliveries,
  prepareDeliveries,
  prepareReconcile,
  type Reconcile,
  type WrittenTurn,
} from './deliveries.js';
import {
  type KnownContent,
  knownContent,
  prepareEventIndex,
  preparePartNotes,
  writeEvents,
} from './event-index.js';
import { type FileGuard, guardFiles, StoreFilesChanged } from './folder.js';
import { findDamage, prepareSchema } from './schema.js';

/**
 * The thread that writes: the disk's sync never holds up the thread that answers calls. What has
 * come while one transaction was synced goes into the next, however many messages that were. The
 * worker that forwards calls writes through it as well: a connection of its own would make the two
 * wait for each other.
 */
export interface WriterSettings {
  readonly database: string;
  readonly random: Uint8Array;
  /** See `StoreOrigin`. */
  readonly bootId: string;
  /** Where recorded calls are forwarded to; undefined: nowhere. */
  readonly destination: Destination | undefined;
}

export type ToWriter =
  | CallBatch
  | { readonly kind: 'turn'; readonly turn: DeliveryTurn }
  | { readonly kind: 'reconcile'; readonly turn: ReconcileTurn }
  | { readonly kind: 'close' };

export interface CallBatch {
  readonly kind: 'record';
  readonly calls: readonly WrittenCall[];
  /** The bodies of all calls, one after the other, and the length of each. */
  readonly bodies: ArrayBuffer;
  readonly lengths: readonly number[];
}

/** `batches`: how many messages an answer is for, oldest first. */
export type FromWriter =
  | { readonly kind: 'opened' }
  | { readonly kind: 'not_opened'; readonly problem: ProblemValue }
  | ({ readonly kind: 'recorded'; readonly batches: number } & WrittenPlaces)
  | { readonly kind: 'not_recorded'; readonly reason: string; readonly batches: number }
  | { readonly kind: 'taken'; readonly turn: WrittenTurn }
  | { readonly kind: 'reconciled'; readonly answer: ReconcileAnswer }
  | { readonly kind: 'not_taken'; readonly reason: string };

/** What of a Problem crosses between threads. */
export interface ProblemValue {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly exit: number;
}

/** What goes into one transaction at most, so that no caller waits long for the others. */
const transactionCalls = 512;
const transactionBytes = 8 * 1024 * 1024;

/** How often the files are looked at while no call comes. */
const watchEveryMs = 1000;
/**
 * Under load a transaction begins this soon after the last one, in milliseconds, whose end looked at the
 * files: no sooner than something could happen to them during a transaction, which is noticed at its end.
 */
const soundForMs = 1;

if (parentPort) serve(parentPort, workerData as WriterSettings);

function serve(port: MessagePort, settings: WriterSettings): void {
  let opened: OpenStore | undefined;
  const say = (message: FromWriter) => port.postMessage(message);

  const open = () => {
    const database = openSound(settings.database, settings.random);
    const { ino, dev } = statSync(settings.database);
    const origin = { bootId: settings.bootId, file: `${dev}:${ino}` };
    renewTag(database, origin, settings.random.subarray(storeTagLength), Date.now());
    const deliveries = prepareDeliveries(database);
    const destination = settings.destination && deliveries.destination(settings.destination);
    const queue =
      destination === undefined
        ? undefined
        : (first: number, last: number) => deliveries.queue(destination, first, last);
    // It opens its second connection now: once the log was removed, none may be opened any more.
    database.checkpoint();
    const guard = guardFiles(settings.database, maxIdleLogBytes);
    const writer = prepareCallWriter(database, Date.now, queue);
    const reconcile = prepareReconcile(database, deliveries, Date.now);
    opened = { database, writer, deliveries, reconcile, guard };
    return opened;
  };

  /** When the files were last found as they should be, by the monotonic clock. */
  let soundAt = Number.NEGATIVE_INFINITY;

  const closeStore = () => {
    opened?.guard.close();
    opened?.database.close();
    opened = undefined;
  };

  /**
   * Throws when others have changed the store's files. Where the log was removed, this process can
   * still read it, and what was recorded is copied into the database first; true: that was done.
   */
  const checkFiles = ({ guard, database }: OpenStore): boolean => {
    try {
      guard.check();
      soundAt = performance.now();
      return false;
    } catch (error) {
      soundAt = Number.NEGATIVE_INFINITY;
      if (error instanceof StoreFilesChanged && error.unlinked && database.checkpoint())
        return true;
      throw error;
    }
  };

  const refuseChanged = (store: OpenStore) => {
    if (performance.now() - soundAt < soundForMs) return;
    if (checkFiles(store)) store.guard.check();
  };

  /** What fails gives no answer that could be mistaken: the worker asks again. */
  const answer = (turn: (store: OpenStore) => FromWriter) => {
    try {
      const store = opened ?? open();
      refuseChanged(store);
      // What is lost of it in a power cut is done again, so that it need not be synced.
      store.database.execute('pragma synchronous = normal');
      try {
        say(turn(store));
      } finally {
        store.database.execute('pragma synchronous = full');
      }
    } catch (error) {
      say({ kind: 'not_taken', reason: plainReason(error) });
    }
  };

  const take = (turn: DeliveryTurn) =>
    answer(({ deliveries }) => ({ kind: 'taken', turn: deliveries.turn(turn) }));

  const reconcile = (turn: ReconcileTurn) =>
    answer((store) => ({ kind: 'reconciled', answer: store.reconcile(turn) }));

  const write = (batches: readonly CallBatch[]) => {
    try {
      const store = opened ?? open();
      refuseChanged(store);
      const places = store.writer.write(
        batches.flatMap(({ calls }) => calls),
        batches.flatMap(splitBodies),
      );
      // What was written to a file without a name is gone when this process ends.
      checkFiles(store);
      say({ kind: 'recorded', batches: batches.length, ...places });
      store.database.checkpointIfDue();
    } catch (error) {
      say({ kind: 'not_recorded', reason: plainReason(error), batches: batches.length });
      if (!isFailedSync(error)) return;
      // Nothing that this connection believes about the disk can be trusted any more.
      closeStore();
    }
  };

  try {
    open();
    say({ kind: 'opened' });
  } catch (error) {
    say({ kind: 'not_opened', problem: problemValue(error) });
  }

  // A process that is killed within this time after its log was removed loses what it recorded.
  const watch = setInterval(() => {
    try {
      if (opened) checkFiles(opened);
    } catch {
      // The next call is answered 503 for it.
    }
  }, watchEveryMs);

  const next = (): ToWriter | undefined => receiveMessageOnPort(port)?.message;

  /** Writes what has come of calls by now; returns the message behind them. */
  const writeAll = (first: CallBatch): ToWriter | undefined => {
    let message: ToWriter | undefined = first;
    const batches: CallBatch[] = [];
    let calls = 0;
    let bytes = 0;
    while (message?.kind === 'record' && calls < transactionCalls && bytes < transactionBytes) {
      batches.push(message);
      calls += message.calls.length;
      bytes += message.bodies.byteLength;
      message = next();
    }
    write(batches);
    return message;
  };

  port.on('message', (first: ToWriter) => {
    let message: ToWriter | undefined = first;
    while (message) {
      switch (message.kind) {
        case 'record':
          message = writeAll(message);
          break;
        case 'turn':
          take(message.turn);
          message = next();
          break;
        case 'reconcile':
          reconcile(message.turn);
          message = next();
          break;
        case 'close':
          clearInterval(watch);
          closeStore();
          port.close();
          return;
      }
    }
  });
}

/** Throws `store_damaged` before a call is recorded where it could not be read again. */
function openSound(path: string, random: Uint8Array): Database {
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

interface OpenStore {
  readonly database: Database;
  readonly writer: CallWriter;
  readonly deliveries: Deliveries;
  readonly reconcile: Reconcile;
  readonly guard: FileGuard;
}

/** The kernel tells of a failed sync once, and then forgets what it could not write. */
function isFailedSync(error: unknown): boolean {
  return /^SQLITE_IOERR_(?:DIR_)?FSYNC$/.test(errorCode(error) ?? '');
}

function splitBodies({ bodies, lengths }: CallBatch): Uint8Array[] {
  let offset = 0;
  return lengths.map((length) => {
    const body = Buffer.from(bodies, offset, length);
    offset += length;
    return body;
  });
}

function problemValue(error: unknown): ProblemValue {
  if (error instanceof Problem) {
    return { code: error.code, message: error.message, hint: error.hint, exit: error.exit };
  }
  return { code: '', message: plainReason(error), hint: '', exit: 3 };
}

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
