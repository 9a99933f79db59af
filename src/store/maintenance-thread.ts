import { uptime } from 'node:os';
import { dirname } from 'node:path';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { verifyCount } from './capture-index.js';
import { type Database, isDamage, maxIdleLogBytes, openDatabase } from './database.js';
import { type FileGuard, guardFiles, StoreFilesChanged } from './folder.js';
import { createTidier, readNextUnread, type TidierNews } from './maintenance.js';
import type { Retention } from './retention.js';
import { findSetAside, markCopied, openSalvage, type Salvage } from './salvage.js';

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

/** What the thread tells. */
export type MaintenanceNews = TidierNews | ({ readonly kind: 'copied' } & CopiedDamaged);

/** A damaged database that was set aside, and what of it is in the store again. */
export interface CopiedDamaged {
  /** Where its file lies now. */
  readonly path: string;
  readonly copied: number;
  /** Captures that cannot be read; undefined: nothing can. */
  readonly lost: number | undefined;
}

/** Milliseconds between two looks at what there is to do. */
const lookEvery = 2000;
/** After a body was read, this many times as long passes, so that others get to write. */
const readRestShare = 4;

if (parentPort) maintain(parentPort, workerData as MaintenanceSettings);

function maintain(port: MessagePort, { database: path, retention }: MaintenanceSettings): void {
  let salvage: Salvage | undefined;
  let database: Database | undefined;
  let guard: FileGuard | undefined;
  const tell = (news: MaintenanceNews) => port.postMessage(news);
  const clocks = { now: Date.now, monotonic: readUptime };
  const tidier = createTidier(retention, clocks, tell);
  /** Bodies up to this place were read, or are read by another process. */
  let readUpTo = 0;
  let timer = setTimeout(look, lookEvery);

  function look(): void {
    let rest = lookEvery;
    const begun = performance.now();
    try {
      database ??= open(path, retention);
      guard ??= guardFiles(path, maxIdleLogBytes);
      guard.check();
      // Commands that write little and end leave it to those that stay.
      database.checkpointIfDue();
      const share = tidier.tidy(database) ?? 0;
      const copied = copySome(database);
      // What is copied may lie anywhere.
      const read = readNextUnread(database, copied ? 0 : readUpTo);
      readUpTo = copied ? 0 : (read ?? readUpTo);
      const most = Math.max(share, read !== undefined || copied ? readRestShare : 0);
      if (most > 0) rest = (performance.now() - begun) * most;
    } catch (error) {
      // What is written to a removed log does not reach the database.
      if (error instanceof StoreFilesChanged) return;
      // The disk is full, or another process holds the lock: nothing is lost by trying again.
      closeStore();
    }
    timer = setTimeout(look, rest);
  }

  /** True: a damaged database was set aside that has more to be copied. */
  function copySome(open: Database): boolean {
    const damaged = salvage?.path ?? findSetAside(dirname(path))[0];
    if (damaged === undefined) return false;
    let lost: number | undefined;
    try {
      salvage ??= openSalvage(damaged, open);
      if (salvage.step()) return true;
      lost = salvage.lost;
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
    const copied = salvage?.copied ?? 0;
    endSalvage();
    tell({ kind: 'copied', path: markCopied(damaged), copied, lost });
    return true;
  }

  function closeStore(): void {
    endSalvage();
    guard?.close();
    database?.close();
    guard = undefined;
    database = undefined;
  }

  function endSalvage(): void {
    salvage?.close();
    salvage = undefined;
  }

  port.on('message', () => {
    clearTimeout(timer);
    closeStore();
    port.close();
  });
}

/** Where the system does not tell, the clock of the process may stand still while the machine sleeps. */
function readUptime(): number {
  try {
    return uptime() * 1000;
  } catch {
    return performance.now();
  }
}

function open(path: string, retention: Retention): Database {
  const database = openDatabase(path);
  // What is lost of it in a power cut is done again.
  database.execute('pragma synchronous = normal');
  if (retention.captures !== undefined) verifyCount(database);
  return database;
}
