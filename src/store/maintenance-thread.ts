import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { verifyCount } from './capture-counts.js';
import { readOneUnread } from './catch-up.js';
import { type Database, openDatabase } from './database.js';
import type { Retention } from './retention.js';
import { createTidier } from './tidier.js';

/**
 * The thread that maintains a store while it is written to: it indexes the bodies that the writer
 * left for later, and removes what lies beyond the retention. It is not the writer's thread, because
 * reading a large body takes longer than an answer may wait.
 */
export interface MaintenanceSettings {
  readonly database: string;
  readonly retention: Retention;
}

export type ToMaintenance = 'close';

/** Milliseconds between two looks at what there is to do. */
const lookEvery = 2000;
/** After a body was read, this many times as long passes, so that others get to write. */
const readRestShare = 4;

if (parentPort) maintain(parentPort, workerData as MaintenanceSettings);

function maintain(port: MessagePort, { database: path, retention }: MaintenanceSettings): void {
  let database: Database | undefined;
  const tidier = createTidier(retention, { now: Date.now, monotonic: () => performance.now() });
  let timer = setTimeout(look, lookEvery);

  function look(): void {
    let rest = lookEvery;
    const begun = performance.now();
    try {
      database ??= open(path, retention);
      // Commands that write little and end leave it to those that stay.
      database.checkpointIfDue();
      const share = tidier.tidy(database) ?? 0;
      const read = readOneUnread(database);
      const most = Math.max(share, read ? readRestShare : 0);
      if (most > 0) rest = (performance.now() - begun) * most;
    } catch {
      // The disk is full, or another process holds the lock: nothing is lost by trying again.
      database?.close();
      database = undefined;
    }
    timer = setTimeout(look, rest);
  }

  port.on('message', () => {
    clearTimeout(timer);
    database?.close();
    port.close();
  });
}

function open(path: string, retention: Retention): Database {
  const database = openDatabase(path);
  // What is lost of it in a power cut is done again.
  database.execute('pragma synchronous = normal');
  if (retention.captures !== undefined) verifyCount(database);
  return database;
}
