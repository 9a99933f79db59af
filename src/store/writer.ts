import { parentPort, workerData } from 'node:worker_threads';
import { Problem } from '../problems/problem.js';
import { plainReason } from '../problems/translate.js';
import { type CallWriter, prepareCallWriter, type WrittenCall } from './call-writer.js';
import { type Database, openDatabase } from './database.js';
import { prepareSchema, storeTag } from './schema.js';

/**
 * The thread that writes: the disk's sync never holds up the thread that answers calls. One
 * message in is one transaction, and one message back.
 */
export interface WriterSettings {
  readonly database: string;
  readonly random: Uint8Array;
}

export type ToWriter =
  | {
      readonly kind: 'record';
      readonly calls: readonly WrittenCall[];
      /** The bodies of all calls, one after the other, and the length of each. */
      readonly bodies: ArrayBuffer;
      readonly lengths: readonly number[];
    }
  | { readonly kind: 'close' };

export type FromWriter =
  | { readonly kind: 'opened'; readonly storeTag: string }
  | { readonly kind: 'not_opened'; readonly problem: ProblemValue }
  | { readonly kind: 'recorded'; readonly first: number }
  | { readonly kind: 'not_recorded'; readonly reason: string };

/** What of a Problem crosses between threads. */
export interface ProblemValue {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly exit: number;
}

const port = parentPort;
if (port) {
  const settings: WriterSettings = workerData;
  let opened: { database: Database; writer: CallWriter } | undefined;

  const open = () => {
    const database = openDatabase(settings.database);
    prepareSchema(database, settings.database, settings.random);
    opened = { database, writer: prepareCallWriter(database, Date.now) };
    return opened;
  };
  const say = (message: FromWriter) => port.postMessage(message);

  try {
    say({ kind: 'opened', storeTag: storeTag(open().database) });
  } catch (error) {
    say({ kind: 'not_opened', problem: problemValue(error) });
  }

  port.on('message', (message: ToWriter) => {
    if (message.kind === 'close') {
      opened?.database.close();
      port.close();
      return;
    }
    try {
      const bodies = splitBodies(message.bodies, message.lengths);
      say({ kind: 'recorded', first: (opened ?? open()).writer.write(message.calls, bodies) });
    } catch (error) {
      say({ kind: 'not_recorded', reason: plainReason(error) });
      // After a failed sync nothing that this connection believes about the disk can be trusted.
      opened?.database.close();
      opened = undefined;
    }
  });
}

function splitBodies(bytes: ArrayBuffer, lengths: readonly number[]): Uint8Array[] {
  let offset = 0;
  return lengths.map((length) => {
    const body = Buffer.from(bytes, offset, length);
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
