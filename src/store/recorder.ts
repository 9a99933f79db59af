import { Worker } from 'node:worker_threads';
import type { Capture, ReceivedCall } from '../call/call.js';
import { formatId } from '../call/capture-id.js';
import { mayBeCoded } from '../call/content-coding.js';
import type {
  DeliveryTurn,
  Destination,
  ReconcileAnswer,
  ReconcileTurn,
  TakenTurn,
} from '../call/delivery.js';
import { headerValue } from '../call/headers.js';
import type { Host } from '../host.js';
import { packageRoot } from '../package-root.js';
import { Problem, problem } from '../problems/problem.js';
import { locksWork } from './database.js';
import type { WrittenTurn } from './deliveries.js';
import { readEvents } from './event-index.js';
import { createStoreFiles, type StoreFiles } from './folder.js';
import type { MaintenanceNews, MaintenanceSettings, ToMaintenance } from './maintenance-thread.js';
import type { Retention } from './retention.js';
import type { FromWriter, ToWriter, WriterSettings, WrittenCall } from './writer.js';

/** The writing side of a store. */
export interface Recorder {
  /**
   * Resolves once the call is synced to disk. Calls that arrive during a sync share the next one.
   * Rejects with a Problem if the call could not be recorded. Later calls are tried again.
   */
  record(call: ReceivedCall): Promise<Capture>;
  /** Settles a worker's calls and takes new ones. If it rejects, nothing has changed. */
  turn(turn: DeliveryTurn): Promise<TakenTurn>;
  /** Stores what another engine reports of its calls. If it rejects, nothing has changed. */
  reconcile(turn: ReconcileTurn): Promise<ReconcileAnswer>;
  /** The number of calls passed to `record`. */
  readonly given: number;
  /** Waits for pending work, then closes the files. */
  close(): Promise<void>;
}

/** Larger bodies are read into the event index after the recording. */
const maxIndexedBytes = 256 * 1024;
/**
 * The number of calls that are sent to the writer together. The writer joins them into one transaction
 * anyway. With larger groups, it would be idle while this thread reads its sockets.
 */
const maxGatheredCalls = 8;

/**
 * Opens the store for writing, and creates it if it is missing. Each recorded call is also queued for
 * each destination.
 */
export async function openRecorder(
  files: StoreFiles,
  host: Host,
  destinations: readonly Destination[] = [],
  startThread = startWriterThread,
): Promise<Recorder> {
  createStoreFiles(files);
  const settings: WriterSettings = {
    database: files.database,
    random: host.randomBytes(16),
    bootId: host.bootId(),
    destinations,
  };
  return new ThreadedRecorder(await opened(startThread(settings), files));
}

/** What a recorder needs of the thread that writes. */
export type WriterThread = Pick<Worker, 'on' | 'once' | 'off' | 'postMessage' | 'terminate'>;

function startWriterThread(settings: WriterSettings): WriterThread {
  return new Worker(new URL('dist/store-writer.cjs', packageRoot), {
    workerData: settings,
    name: 'store-writer',
  });
}

/** Resolves when the thread has opened the database, or rejects with its problem. */
function opened(worker: WriterThread, files: StoreFiles): Promise<WriterThread> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (message: FromWriter) => {
      worker.off('error', reject);
      if (message.kind === 'opened') {
        resolve(worker);
        return;
      }
      void worker.terminate();
      const found = message.kind === 'not_opened' ? message.problem : undefined;
      reject(
        found?.code
          ? new Problem(found.code, found.message, found.hint, found.exit)
          : problem('store_not_opened', { path: files.folder, reason: found?.message ?? '' }),
      );
    });
  });
}

/**
 * `openRecorder` for a process that keeps running, possibly beside others. Rejects with
 * `store_locks_missing` if these would damage the store.
 */
export async function openLastingRecorder(
  files: StoreFiles,
  host: Host,
  destinations: readonly Destination[] = [],
): Promise<Recorder> {
  const opening = openRecorder(files, host, destinations);
  // Runs while the thread starts. If both fail, the store's failure is reported.
  const probing = locksWork(files.folder, host).catch(() => true);
  const recorder = await opening;
  if (await probing) return recorder;
  await recorder.close();
  throw problem('store_locks_missing', { path: files.folder });
}

interface Waiting {
  readonly call: ReceivedCall;
  readonly resolve: (capture: Capture) => void;
  readonly reject: (error: unknown) => void;
}

interface WaitingTurn {
  readonly resolve: (answer: FromWriter) => void;
  readonly reject: (error: unknown) => void;
}

class ThreadedRecorder implements Recorder {
  readonly #worker: WriterThread;
  /** The calls of this turn of the event loop, which are sent together. */
  #gathered: Waiting[] = [];
  /** The calls sent to the writer without an answer yet, oldest first. */
  #underWay: Waiting[][] = [];
  /** The turns and reconciliations without an answer yet, oldest first. */
  #turns: WaitingTurn[] = [];
  #broken: Problem | undefined;
  #whenIdle: (() => void) | undefined;
  given = 0;

  constructor(worker: WriterThread) {
    this.#worker = worker;
    this.#worker.on('message', (message: FromWriter) => this.#settle(message));
    this.#worker.on('error', (error) => this.#break(error.message));
    this.#worker.on('exit', () => this.#break('the writer thread has ended'));
  }

  record(call: ReceivedCall): Promise<Capture> {
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      if (this.#gathered.length === 0) setImmediate(() => this.#send());
      this.#gathered.push({ call, resolve, reject });
      this.given += 1;
      if (this.#gathered.length === maxGatheredCalls) this.#send();
    });
  }

  async turn(turn: DeliveryTurn): Promise<TakenTurn> {
    const answer = await this.#ask({ kind: 'turn', turn });
    if (answer.kind !== 'taken') throw new Error(`The writer answered a turn with ${answer.kind}.`);
    return takenTurn(answer.turn);
  }

  async reconcile(turn: ReconcileTurn): Promise<ReconcileAnswer> {
    const answer = await this.#ask({ kind: 'reconcile', turn });
    if (answer.kind !== 'reconciled') {
      throw new Error(`The writer answered a reconciliation with ${answer.kind}.`);
    }
    return answer.answer;
  }

  #ask(question: ToWriter): Promise<FromWriter> {
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      this.#turns.push({ resolve, reject });
      this.#worker.postMessage(question);
    });
  }

  async close(): Promise<void> {
    if (this.#broken) return;
    if (!this.#idle) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
    }
    const ended = new Promise<void>((resolve) => {
      this.#worker.once('exit', () => resolve());
    });
    this.#worker.postMessage({ kind: 'close' } satisfies ToWriter);
    await ended;
  }

  #send(): void {
    const batch = this.#gathered;
    if (batch.length === 0) return;
    this.#gathered = [];
    this.#underWay.push(batch);
    const bodies = joinBodies(batch);
    const message: ToWriter = {
      kind: 'record',
      calls: batch.map(({ call }) => writtenCall(call)),
      bodies,
      lengths: batch.map(({ call }) => call.body.byteLength),
    };
    this.#worker.postMessage(message, [bodies]);
  }

  get #idle(): boolean {
    return this.#underWay.length + this.#gathered.length + this.#turns.length === 0;
  }

  #settle(message: FromWriter): void {
    switch (message.kind) {
      case 'recorded':
        this.#answered(message.batches).forEach(({ call, resolve }, index) => {
          resolve({ ...call, id: formatId(message.first + index, message.tag) });
        });
        break;
      case 'not_recorded': {
        const failure = notWritten(message.reason);
        for (const { reject } of this.#answered(message.batches)) reject(failure);
        break;
      }
      case 'taken':
      case 'reconciled':
        this.#turns.shift()?.resolve(message);
        break;
      case 'not_taken':
        this.#turns.shift()?.reject(new Error(message.reason));
        break;
    }
    if (this.#idle) this.#whenIdle?.();
  }

  #answered(batches: number): Waiting[] {
    return this.#underWay.splice(0, batches).flat();
  }

  #break(reason: string): void {
    this.#broken ??= problem('store_not_written', { reason });
    const failed = [...this.#underWay.flat(), ...this.#gathered, ...this.#turns];
    this.#underWay = [];
    this.#gathered = [];
    this.#turns = [];
    for (const { reject } of failed) reject(this.#broken);
    this.#whenIdle?.();
  }
}

function takenTurn({ calls, ...turn }: WrittenTurn): TakenTurn {
  return {
    calls: calls.map((call) => ({
      ...call,
      events: call.events === null ? undefined : readEvents(call.events),
    })),
    ...turn,
  };
}

function notWritten(reason: string): Problem {
  return problem('store_not_written', { reason }, new Error(reason));
}

/** Joins the bodies into one buffer, which is transferred without another copy. */
function joinBodies(batch: readonly Waiting[]): ArrayBuffer {
  const total = batch.reduce((sum, { call }) => sum + call.body.byteLength, 0);
  const bytes = new Uint8Array(new ArrayBuffer(total));
  let offset = 0;
  for (const { call } of batch) {
    bytes.set(call.body, offset);
    offset += call.body.byteLength;
  }
  return bytes.buffer;
}

function writtenCall(call: ReceivedCall): WrittenCall {
  return {
    time: call.time,
    method: call.method,
    target: call.target,
    remote: call.remote,
    status: call.status,
    headers: JSON.stringify(call.headers),
    contentType: headerValue(call.headers, 'content-type'),
    index: call.body.byteLength <= maxIndexedBytes && !mayBeCoded(call),
  };
}

/** Maintains a store while it is written to. */
export interface Maintenance {
  /** Resolves when the thread has ended. */
  close(): Promise<void>;
}

/**
 * Starts maintenance of a store that is open for writing. It indexes the bodies that the writer left
 * for later, removes what exceeds the retention, and copies what is readable of a damaged database that
 * was set aside. Failed steps are retried and never affect a call.
 */
export function startMaintenance(
  files: StoreFiles,
  retention: Retention,
  notify: (news: MaintenanceNews) => void = () => {},
): Maintenance {
  const settings: MaintenanceSettings = { database: files.database, retention };
  const worker = new Worker(new URL('dist/store-maintenance.cjs', packageRoot), {
    workerData: settings,
    name: 'store-maintenance',
    // By default, V8 uses three times as much memory for new objects, and releases it late.
    resourceLimits: { maxYoungGenerationSizeMb: 6 },
  });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve());
  });
  // A failed thread leaves the store unchanged.
  worker.on('error', () => {});
  worker.on('message', notify);
  return {
    close() {
      worker.postMessage('close' satisfies ToMaintenance);
      return ended;
    },
  };
}
