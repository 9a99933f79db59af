import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { readOneUnread } from './catch-up.js';
import { type Database, openDatabase } from './database.js';
import { countSurplus, type Retention, removeOldest } from './retention.js';

/**
 * The thread that keeps house in a store that is written to: it reads bodies that were left for
 * later into the index, and removes what lies beyond the retention. It is not the writer's thread,
 * because reading a large body takes longer than an answer may wait.
 */
export interface KeeperSettings {
  readonly database: string;
  readonly retention: Retention;
}

export type ToKeeper = 'close';

/** Milliseconds between two looks at what there is to do. */
const lookEvery = 2000;
/** After each step as many times its own length passes, so that others get to write. */
const restShare = 4;

if (parentPort) keep(parentPort, workerData as KeeperSettings);

function keep(port: MessagePort, { database: path, retention }: KeeperSettings): void {
  let database: Database | undefined;
  let surplus = 0;
  let timer = setTimeout(look, lookEvery);

  function look(): void {
    let rest = lookEvery;
    const begun = performance.now();
    try {
      database ??= open(path);
      surplus = surplus > 0 ? surplus : countSurplus(database, retention, Date.now());
      const removed = removeOldest(database, surplus);
      surplus = removed === 0 ? 0 : surplus - removed;
      const read = readOneUnread(database);
      if (read || surplus > 0) rest = (performance.now() - begun) * restShare;
    } catch {
      // The disk is full, or another process holds the lock: nothing is lost by trying again.
      database?.close();
      database = undefined;
      surplus = 0;
    }
    timer = setTimeout(look, rest);
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
