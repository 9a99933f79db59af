import { statSync } from 'node:fs';
import {
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from 'node:worker_threads';
import { nextSeq, storeTagLength } from '../call/capture-id.js';
import type {
  DeliveryTurn,
  Destination,
  ReconcileAnswer,
  ReconcileTurn,
} from '../call/delivery.js';
import { readCall } from '../payload/read-call.js';
import { Problem } from '../problems/problem.js';
import { errorCode, plainReason } from '../problems/translate.js';
import { listWithoutPayload } from './capture-index.js';
import { insertCapture, lastSeqGiven, renewTag, tagAt } from './capture-row.js';
import { type Database, maxIdleLogBytes, rollBack } from './database.js';
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
import { countRewrites } from './rewrite.js';
import { whileRewritten } from './rewrite-note.js';
import { openSound } from './schema.js';

/**
 * Settings of the thread that writes, so that syncs do not block the thread that answers calls. All
 * messages that arrive during one sync form the next transaction. The worker that forwards calls also
 * writes through this thread: with connections of their own, the two would wait for each other.
 */
export interface WriterSettings {
  readonly database: string;
  readonly random: Uint8Array;
  /** See `StoreOrigin`. */
  readonly bootId: string;
  /** Where recorded calls are forwarded; none: they are not. */
  readonly destinations: readonly Destination[];
}

export type ToWriter =
  | CallBatch
  | { readonly kind: 'turn'; readonly turn: DeliveryTurn }
  | { readonly kind: 'reconcile'; readonly turn: ReconcileTurn }
  | { readonly kind: 'close' };

interface CallBatch {
  readonly kind: 'record';
  readonly calls: readonly WrittenCall[];
  /** The bodies of all calls, concatenated. */
  readonly bodies: ArrayBuffer;
  readonly lengths: readonly number[];
}

/** `batches` is the number of messages that are answered, oldest first. */
export type FromWriter =
  | { readonly kind: 'opened' }
  | { readonly kind: 'not_opened'; readonly problem: ProblemValue }
  | ({ readonly kind: 'recorded'; readonly batches: number } & WrittenSeqs)
  | { readonly kind: 'not_recorded'; readonly reason: string; readonly batches: number }
  | { readonly kind: 'taken'; readonly turn: WrittenTurn }
  | { readonly kind: 'reconciled'; readonly answer: ReconcileAnswer }
  | { readonly kind: 'not_taken'; readonly reason: string };

/** The part of a `Problem` that is sent between threads. */
interface ProblemValue {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly exit: number;
}

/** The limits of a transaction, so that no caller waits long for the others. */
const maxTransactionCalls = 512;
const maxTransactionBytes = 8 * 1024 * 1024;

/** The interval of checks of the files while no call arrives. */
const watchEveryMs = 1000;
/** A transaction that begins this soon after the last one relies on the check at that one's end. */
const soundForMs = 1;

/** Reading larger bodies may delay a transaction for this long. The maintenance thread reads the others. */
const maxReadingMs = 25;
const alwaysReadBytes = 16 * 1024;

if (parentPort) serveWriter(parentPort, workerData as WriterSettings);

/** Answers the messages to a port until one closes it. */
export function serveWriter(port: MessagePort, settings: WriterSettings): void {
  let opened: OpenStore | undefined;
  const send = (message: FromWriter) => port.postMessage(message);

  const open = () => {
    const database = openSound(settings.database, settings.random);
    const { ino, dev } = statSync(settings.database);
    const origin = { bootId: settings.bootId, file: `${dev}:${ino}` };
    renewTag(database, origin, settings.random.subarray(storeTagLength), Date.now());
    const deliveries = prepareDeliveries(database);
    const destinations = settings.destinations.map(deliveries.destination);
    const queue =
      destinations.length === 0
        ? undefined
        : (first: number, last: number) => deliveries.queue(destinations, first, last);
    // Opens the second connection now: after the log was removed, opening one would lose data.
    database.checkpoint();
    const guard = guardFiles(settings.database, {
      maxIdleLogBytes,
      rewrites: () => countRewrites(database),
    });
    const writeCalls = prepareCallWriter(database, Date.now, queue);
    const reconcile = prepareReconcile(database, deliveries, Date.now);
    opened = { database, write: writeCalls, deliveries, reconcile, guard };
    return opened;
  };

  /** When the files last passed a check, on the monotonic clock. */
  let soundAt = Number.NEGATIVE_INFINITY;

  const closeStore = () => {
    opened?.guard.close();
    opened?.database.close();
    opened = undefined;
  };

  /**
   * Throws when others have changed the store's files. This process can still read a log that was
   * removed. It is then copied into the database, and the result is true.
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

  /** After a failure, the worker asks again. */
  const answer = (turn: (store: OpenStore) => FromWriter) => {
    try {
      const store = opened ?? open();
      refuseChanged(store);
      // Work that a power cut undoes is repeated, so it needs no sync.
      store.database.execute('pragma synchronous = normal');
      try {
        send(turn(store));
      } finally {
        store.database.execute('pragma synchronous = full');
      }
    } catch (error) {
      send({ kind: 'not_taken', reason: plainReason(error) });
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
      const calls = batches.flatMap((batch) => batch.calls);
      const bodies = batches.flatMap(splitBodies);
      const seqs = whileRewritten(settings.database, () => store.write(calls, bodies));
      // Data in a removed file is lost when this process ends.
      checkFiles(store);
      send({ kind: 'recorded', batches: batches.length, ...seqs });
      store.database.checkpointIfDue();
    } catch (error) {
      send({ kind: 'not_recorded', reason: plainReason(error), batches: batches.length });
      if (!isFailedSync(error)) return;
      // This connection's view of the disk cannot be trusted any more.
      closeStore();
    }
  };

  try {
    open();
    send({ kind: 'opened' });
  } catch (error) {
    send({ kind: 'not_opened', problem: problemValue(error) });
  }

  // A process that is killed within this interval after its log was removed loses its calls.
  const watch = setInterval(() => {
    try {
      if (opened) checkFiles(opened);
    } catch {
      // The next call is then answered 503.
    }
  }, watchEveryMs);

  const next = (): ToWriter | undefined => receiveMessageOnPort(port)?.message;

  /** Writes all calls that have arrived. Returns the message after them. */
  const writeAll = (first: CallBatch): ToWriter | undefined => {
    let message: ToWriter | undefined = first;
    const batches: CallBatch[] = [];
    let calls = 0;
    let bytes = 0;
    while (
      message?.kind === 'record' &&
      calls < maxTransactionCalls &&
      bytes < maxTransactionBytes
    ) {
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

interface OpenStore {
  readonly database: Database;
  readonly write: WriteCalls;
  readonly deliveries: Deliveries;
  readonly reconcile: Reconcile;
  readonly guard: FileGuard;
}

/** The kernel reports a failed sync once, and then forgets the data. */
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

/** A call as it is sent to the writer thread, without its body. */
export interface WrittenCall {
  readonly time: number;
  readonly method: string;
  readonly target: string;
  readonly remote: string;
  readonly status: number;
  /** Header pairs as JSON. */
  readonly headers: string;
  readonly contentType: string | undefined;
  /** False: the maintenance thread reads the body's events after the recording. */
  readonly index: boolean;
}

/**
 * Writes a batch of calls and their events in one transaction. Returns when it is synced to disk. The
 * calls get consecutive sequence numbers. An error undoes the whole batch. A call that cannot be read or
 * indexed is still recorded.
 */
type WriteCalls = (calls: readonly WrittenCall[], bodies: readonly Uint8Array[]) => WrittenSeqs;

interface WrittenSeqs {
  readonly first: number;
  /** Completes the ids: see `formatId`. */
  readonly tag: string;
}

/** Undefined: the reader failed. The call is recorded nevertheless. */
function tryToRead(call: WrittenCall, body: Uint8Array): KnownContent | undefined {
  try {
    return knownContent(readCall(body, call.contentType));
  } catch {
    return undefined;
  }
}

/** Calls `queue` with the first and last sequence number of each batch, within its transaction. */
function prepareCallWriter(
  database: Database,
  now: () => number,
  queue: ((first: number, last: number) => void) | undefined,
): WriteCalls {
  const commit = database.prepare('commit');
  const lastSeq = database.prepare(lastSeqGiven);
  const tagOf = database.prepare(`select ${tagAt('?1')}`);
  const insert = database.prepare(insertCapture);
  const eventIndex = prepareEventIndex(database);
  const parts = preparePartNotes(database);
  const list = database.prepare(listWithoutPayload);

  function writeCall(seq: number, call: WrittenCall, body: Uint8Array, mayRead: boolean): void {
    const known = mayRead ? tryToRead(call, body) : undefined;
    insert.run([
      seq,
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
    if (known?.partly) parts.note(seq, known.partly);
    if (known && known.problem !== null) list.run([seq]);
  }

  return (calls, bodies) => {
    // Not a prepared statement: after a failure, libsql keeps one unfinished, and no transaction can commit.
    database.execute('begin immediate');
    try {
      const first = nextSeq(Number(lastSeq.first([])?.[0]), now());
      const readUntil = performance.now() + maxReadingMs;
      calls.forEach((call, index) => {
        const body = bodies[index] ?? new Uint8Array();
        const mayRead =
          call.index && (body.length <= alwaysReadBytes || performance.now() < readUntil);
        writeCall(first + index, call, body, mayRead);
      });
      const last = first + calls.length - 1;
      eventIndex.fill(first, last);
      queue?.(first, last);
      const tag = String(tagOf.first([first])?.[0]);
      commit.run([]);
      return { first, tag };
    } catch (error) {
      rollBack(database);
      throw error;
    }
  };
}
