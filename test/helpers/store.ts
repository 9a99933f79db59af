import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { onTestFinished } from 'vitest';
import type { Capture, ReceivedCall } from '../../src/call/call.js';
import { seqAt, timeAt } from '../../src/call/capture-id.js';
import { realClock } from '../../src/call/clock.js';
import { processHost } from '../../src/host.js';
import { formEncoded } from '../../src/payload/form-codec.js';
import { type Database, openDatabase } from '../../src/store/database.js';
import { prepareEventIndex } from '../../src/store/event-index.js';
import type { StoreFiles } from '../../src/store/folder.js';
import { type History, openHistory } from '../../src/store/history.js';
import { openImporter } from '../../src/store/importer.js';
import { openRecorder, type WriterThread } from '../../src/store/recorder.js';
import { serveWriter, type WriterSettings } from '../../src/store/writer.js';
import { temporaryFolder } from './temporary-folder.js';

const host = processHost();

export function filesIn(folder: string): StoreFiles {
  return { folder, database: join(folder, 'captures.db') };
}

/** Records calls one after the other, as a listener does, into a new store or a given one. */
export async function recordCalls(
  calls: readonly Partial<ReceivedCall>[],
  folder = temporaryFolder(),
): Promise<{ files: StoreFiles; captures: Capture[] }> {
  const files = filesIn(folder);
  const recorder = await openRecorder(files, host, undefined, writeInThisThread);
  const captures: Capture[] = [];
  for (const call of calls) captures.push(await recorder.record({ ...plainCall, ...call }));
  await recorder.close();
  return { files, captures };
}

/** To start a thread takes longer than to record what most tests need. */
export function writeInThisThread(settings: WriterSettings): WriterThread {
  const { port1, port2 } = new MessageChannel();
  port1.once('close', () => port1.emit('exit', 0));
  // A recorder listens before the first message can come.
  setImmediate(() => serveWriter(port2, settings));
  return Object.assign(port1, {
    terminate: async () => {
      port1.close();
      return 0;
    },
  }) as unknown as WriterThread;
}

/**
 * Makes a store with this many captures, one a millisecond until `end` (milliseconds since 1970), and
 * returns their places. It writes straight into the tables, which is far faster than to record calls.
 */
export async function fillStore(count: number, end: number = Date.now()) {
  const { files } = await recordCalls([]);
  const database = openDatabase(files.database);
  const insert = database.prepare(
    `insert into captures (place, time, method, target, remote, status, headers, events, body)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const { method, target, remote, status, headers, body } = plainCall;
  const events = '[["email","open","netcore_hook_test","open","546",null,null,null]]';
  const places = Array.from({ length: count }, (_, index) => seqAt(end - count + index));
  database.execute('begin');
  for (const place of places) {
    const values = [method, target, remote, status, JSON.stringify(headers), events, body];
    insert.run([place, timeAt(place), ...values]);
  }
  prepareEventIndex(database).fill(places[0] ?? 0, places.at(-1) ?? 0);
  database.execute('commit');
  database.close();
  return { files, places };
}

/** Records calls one microsecond after another behind those that are there, straight into the table. */
export function recordMore(database: Database, count: number, bodyBytes = 0): void {
  database.execute(
    `with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${count})
     insert into captures (place, time, method, target, remote, status, headers, events, body)
     select (select max(place) from captures) + n, 0, 'POST', '/', '203.0.113.7', 200, '[]', '[]',
       zeroblob(${bodyBytes})
     from numbers`,
  );
}

/** Imports captures, and returns how many were new. */
export async function importCaptures(
  files: StoreFiles,
  captures: readonly Capture[],
): Promise<number> {
  const importer = openImporter(files, realClock);
  try {
    for (const capture of captures) await importer.add(capture);
    return await importer.flush();
  } finally {
    importer.close();
  }
}

/** The history of a store until the end of the test. */
export function historyOf(files: StoreFiles): History {
  const history = openHistory(files);
  onTestFinished(() => history.close());
  return history;
}

/** The database itself until the end of the test. */
export function databaseOf(files: StoreFiles): Database {
  const database = openDatabase(files.database);
  onTestFinished(() => database.close());
  return database;
}

/** The body that Netcore would send for these events. */
export function bodyOf(events: readonly unknown[], panel = 'netcore_hook_test'): Uint8Array {
  return Buffer.from(`data=${formEncoded(JSON.stringify({ [panel]: events }))}`);
}

export const plainCall: ReceivedCall = {
  time: Date.UTC(2026, 10, 23, 12),
  method: 'POST',
  target: '/webhooks/netcore',
  remote: '203.0.113.7',
  headers: [
    ['Host', 'shop.example.com'],
    ['Content-Type', 'application/x-www-form-urlencoded'],
  ],
  body: bodyOf([{ channel: 'email', event: 'open', msgid: '546' }]),
  status: 200,
};
