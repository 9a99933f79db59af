import { Worker } from 'node:worker_threads';
import type { Capture, ReceivedCall } from '../call/call.js';
import { headerValue } from '../call/headers.js';
import type { Host } from '../host.js';
import { packageRoot } from '../package-root.js';
import { Problem, problem } from '../problems/problem.js';
import type { WrittenCall } from './call-writer.js';
import { formatId } from './capture-id.js';
import { createStoreFiles, type StoreFiles } from './folder.js';
import type { FromWriter, ToWriter, WriterSettings } from './writer.js';

/** The writing side of a store. */
export interface Recorder {
  /**
   * Resolves once the call is synced to disk. Calls that arrive while a sync is under way share
   * the next one. Rejects with a Problem when the call could not be recorded; then nothing of it
   * is kept, and later calls are tried afresh.
   */
  record(call: ReceivedCall): Promise<Capture>;
  /** Waits for what is under way, then lets go of the files. */
  close(): Promise<void>;
}

/** Bodies up to here are read into the event index while they are recorded, larger ones later. */
const largestIndexedBody = 256 * 1024;
/** What goes into one transaction at most, so that no caller waits long for the others. */
const batchCalls = 512;
const batchBytes = 8 * 1024 * 1024;

/** Opens the store for writing, and makes it where there is none yet. */
export async function openRecorder(files: StoreFiles, host: Host): Promise<Recorder> {
  createStoreFiles(files);
  const settings: WriterSettings = { database: files.database, random: host.randomBytes(16) };
  const writer = await startWriter(settings, files);
  return new ThreadedRecorder(writer);
}

interface Writer {
  readonly worker: Worker;
  readonly storeTag: string;
}

/** Resolves when the thread has opened the database, rejects with the problem that it met. */
function startWriter(settings: WriterSettings, files: StoreFiles): Promise<Writer> {
  const worker = new Worker(new URL('dist/store-writer.js', packageRoot), {
    workerData: settings,
    name: 'store-writer',
  });
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (message: FromWriter) => {
      worker.off('error', reject);
      if (message.kind === 'opened') {
        resolve({ worker, storeTag: message.storeTag });
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

interface Waiting {
  readonly call: ReceivedCall;
  readonly resolve: (capture: Capture) => void;
  readonly reject: (error: unknown) => void;
}

class ThreadedRecorder implements Recorder {
  readonly #worker: Worker;
  readonly #storeTag: string;
  #waiting: Waiting[] = [];
  #underWay: readonly Waiting[] = [];
  #scheduled = false;
  #broken: Problem | undefined;
  #whenIdle: (() => void) | undefined;

  constructor(writer: Writer) {
    this.#worker = writer.worker;
    this.#storeTag = writer.storeTag;
    this.#worker.on('message', (message: FromWriter) => this.#settle(message));
    this.#worker.on('error', (error) => this.#break(error.message));
    this.#worker.on('exit', () => this.#break('the writer thread has ended'));
  }

  record(call: ReceivedCall): Promise<Capture> {
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ call, resolve, reject });
      if (this.#underWay.length > 0 || this.#scheduled) return;
      // Calls of the same turn of the event loop go together.
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#send();
      });
    });
  }

  async close(): Promise<void> {
    if (this.#broken) return;
    if (this.#waiting.length > 0 || this.#underWay.length > 0) {
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
    if (this.#underWay.length > 0 || this.#waiting.length === 0) return;
    const batch = takeBatch(this.#waiting);
    this.#waiting = this.#waiting.slice(batch.length);
    this.#underWay = batch;
    const bodies = joinBodies(batch);
    const message: ToWriter = {
      kind: 'record',
      calls: batch.map(({ call }) => writtenCall(call)),
      bodies,
      lengths: batch.map(({ call }) => call.body.byteLength),
    };
    this.#worker.postMessage(message, [bodies]);
  }

  #settle(message: FromWriter): void {
    const settled = this.#underWay;
    this.#underWay = [];
    // The writer starts on the next batch while this one is answered.
    this.#send();
    if (message.kind === 'recorded') {
      settled.forEach(({ call, resolve }, index) => {
        resolve({ ...call, id: formatId(message.first + index, this.#storeTag) });
      });
    } else if (message.kind === 'not_recorded') {
      const failure = problem('store_not_written', { reason: message.reason });
      for (const { reject } of settled) reject(failure);
    }
    if (this.#underWay.length === 0 && this.#waiting.length === 0) this.#whenIdle?.();
  }

  #break(reason: string): void {
    this.#broken ??= problem('store_not_written', { reason });
    for (const { reject } of [...this.#underWay, ...this.#waiting]) reject(this.#broken);
    this.#underWay = [];
    this.#waiting = [];
    this.#whenIdle?.();
  }
}

function takeBatch(waiting: readonly Waiting[]): readonly Waiting[] {
  let bytes = 0;
  let count = 0;
  for (const { call } of waiting) {
    bytes += call.body.byteLength;
    if (count > 0 && (count === batchCalls || bytes > batchBytes)) break;
    count += 1;
  }
  return waiting.slice(0, count);
}

/** One buffer that can be handed over without copying it again. */
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
    index:
      call.body.byteLength <= largestIndexedBody &&
      headerValue(call.headers, 'content-encoding') === undefined,
  };
}
