import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from 'node:worker_threads';
import { storeTagLength } from '../call/capture-id.js';
import type {
  DeliveryTurn,
  Destination,
  ReconcileAnswer,
  ReconcileTurn,
} from '../call/delivery.js';
import { Problem, problem } from '../problems/problem.js';
import { errorCode, plainReason } from '../problems/translate.js';
import {
  type CallWriter,
  prepareCallWriter,
  type WrittenCall,
  type WrittenPlaces,
} from './call-writer.js';
import { isDamage } from './damage.js';
import { type Database, maxIdleLogBytes, openDatabase } from './database.js';
import { type Deliveries, prepareDeliveries, type WrittenTurn } from './deliveries.js';
import { type FileGuard, guardFiles, StoreFilesChanged } from './file-guard.js';
import { findDamage } from './find-damage.js';
import { prepareReconcile, type Reconcile } from './handed-over.js';
import { prepareSchema } from './schema.js';
import { renewTag } from './store-tags.js';

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
