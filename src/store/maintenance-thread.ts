import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { readOneUnread } from './catch-up.js';
import { type Database, openDatabase } from './database.js';
import { countSurplus, isTimeToRemove, type Retention, removeOldest } from './retention.js';

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
/** After each step as many times its own length passes, so that others get to write. */
const restShare = 4;

if (parentPort) maintain(parentPort, workerData as MaintenanceSettings);

function maintain(port: MessagePort, { database: path, retention }: MaintenanceSettings): void {
  let database: Database | undefined;
  /** How many captures are still to be looked at, and behind which. */
  let left = 0;
  let behind = 0;
  let timer = setTimeout(look, lookEvery);

  function look(): void {
    let rest = lookEvery;
    const begun = performance.now();
    try {
      database ??= open(path);
      const more = removeSome(database);
      const read = readOneUnread(database);
      if (more || read) rest = (performance.now() - begun) * restShare;
    } catch {
      // The disk is full, or another process holds the lock: nothing is lost by trying again.
      database?.close();
      database = undefined;
      left = 0;
    }
    timer = setTimeout(look, rest);
  }

  /** True: there may be more to remove now. */
  function removeSome(open: Database): boolean {
    if (left === 0) {
      left = countSurplus(open, retention, Date.now());
      behind = 0;
    }
    if (!isTimeToRemove(open, left, retention, Date.now())) {
      left = 0;
      return false;
    }
    const step = removeOldest(open, left, behind);
    left = step.looked === 0 ? 0 : left - step.looked;
    behind = step.last;
    return left > 0;
  }

  port.on('message', () => {
    clearTimeout(timer);
    database?.close();
    port.close();
  });
}

function open(path: string): Database {
  const database = openDatabase(path);
  // What is lost of it in a power cut is done again.
  database.execute('pragma synchronous = normal');
  return database;
}
