import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { uptime } from 'node:os';
import { dirname } from 'node:path';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { verifyCount } from './capture-index.js';
import { type Database, isDamage, maxIdleLogBytes, openDatabase } from './database.js';
import { type FileGuard, guardFiles, StoreFilesChanged } from './folder.js';
import { createRunNote } from './listener-runs.js';
import { createLookupBuilder } from './lookup-builder.js';
import { createTidier, readNextUnread, type TidierNews } from './maintenance.js';
import type { Retention } from './retention.js';
import { countRewrites } from './rewrite.js';
import { findSetAside, markCopied, openSalvage, type Salvage } from './salvage.js';

/**
 * Settings of the thread that maintains a store: it indexes the bodies that the writer left for later,
 * removes what exceeds the retention, and describes captures for searches (see lookup-segments.ts). The
 * writer's thread cannot do so, because reading a large body would delay answers.
 */
export interface MaintenanceSettings {
  readonly database: string;
  readonly retention: Retention;
}

export type ToMaintenance = 'close';

export type MaintenanceNews = TidierNews | ({ readonly kind: 'copied' } & CopiedDamaged);

/** A damaged database that was set aside, and the result of copying it into the store. */
export interface CopiedDamaged {
  /** The path of its file after copying. */
  readonly path: string;
  readonly copied: number;
  /** Captures that cannot be read; undefined: none can. */
  readonly lost: number | undefined;
}

const pollMs = 2000;
/** The pause after reading a body, as a multiple of its duration, in which other processes can write. */
const readPauseFactor = 4;
/** Describing captures is less urgent. While calls come fast, it must not slow them down. */
const describePauseFactor = 4;
const busyPauseFactor = 100;
/** A builder takes a step every few seconds as long as there are calls to describe. */
const builderPatienceMs = 10_000;

if (parentPort) maintain(parentPort, workerData as MaintenanceSettings);

function maintain(port: MessagePort, { database: path, retention }: MaintenanceSettings): void {
  let salvage: Salvage | undefined;
  let database: Database | undefined;
  let guard: FileGuard | undefined;
  const notify = (news: MaintenanceNews) => port.postMessage(news);
  const clocks = { now: Date.now, monotonic: readUptime };
  const tidier = createTidier(retention, clocks, notify);
  const lookups = createLookupBuilder({
    name: randomUUID(),
    monotonic: readUptime,
    patienceMs: builderPatienceMs,
  });
  /** All bodies up to this sequence number were read, here or by another process. */
  let readUpTo = 0;
  const run = createRunNote(Date.now);
  let timer = setTimeout(work, pollMs);

  function work(): void {
    let pauseMs = pollMs;
    const begun = performance.now();
    try {
      database ??= open(path, retention);
      const opened = database;
      guard ??= guardFiles(path, { maxIdleLogBytes, rewrites: () => countRewrites(opened) });
      guard.check();
      // Short commands leave their checkpoints to this process.
      database.checkpointIfDue();
      const factor = tidier.tidy(database) ?? 0;
      const copied = copySome(database);
      // Copied captures can have any sequence number.
      const read = readNextUnread(database, copied ? 0 : readUpTo);
      readUpTo = copied ? 0 : (read ?? readUpTo);
      let maxFactor = Math.max(factor, read !== undefined || copied ? readPauseFactor : 0);
      // Retention and unread bodies are more urgent.
      if (maxFactor === 0 && lookups.step(database)) {
        maxFactor = tidier.callsComeFast(database) ? busyPauseFactor : describePauseFactor;
      }
      if (maxFactor > 0) pauseMs = (performance.now() - begun) * maxFactor;
      // Last, since a full disk refuses it until captures are removed.
      run.noteIfDue(database);
    } catch (error) {
      // Writes to a removed log would be lost.
      if (error instanceof StoreFilesChanged) return;
      // For example a full disk or a lock of another process. The next run tries again.
      closeStore();
    }
    timer = setTimeout(work, pauseMs);
  }

  /** False: no damaged database waits to be copied. */
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
    notify({ kind: 'copied', path: markCopied(damaged), copied, lost });
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

  function noteEnd(): void {
    // SQLite would create a removed file again.
    if (!existsSync(path)) return;
    try {
      guard?.check();
      database ??= open(path, retention);
      run.note(database);
    } catch {
      // The last note, of at most a minute ago, stays.
    }
  }

  port.on('message', () => {
    clearTimeout(timer);
    noteEnd();
    closeStore();
    port.close();
  });
}

/** Some systems hide their uptime. The process's clock may then stop while the machine sleeps. */
function readUptime(): number {
  try {
    return uptime() * 1000;
  } catch {
    return performance.now();
  }
}

function open(path: string, retention: Retention): Database {
  const database = openDatabase(path);
  // Work that a power cut undoes is repeated.
  database.execute('pragma synchronous = normal');
  if (retention.captures !== undefined) verifyCount(database);
  return database;
}
