import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Host } from '../host.js';
import { Problem } from '../problems/problem.js';
import { errorCode } from '../problems/translate.js';
import type { StoreFiles } from './folder.js';
import { findListeners, findWorkers } from './presence.js';

/** A process that takes longer has been killed. */
const leftBehindMs = 60_000;
const damagedName = /^captures\.damaged-\d{8}-\d{6}\.db$/;
const damagedLogName = /^(captures\.damaged-\d{8}-\d{6}\.db)-wal$/;

/**
 * Gives a damaged database another name, so that the store can be made anew, and returns its path.
 * `error` is what the store was not opened for; it is thrown again when that is no damage, or when
 * another process still uses the store.
 */
export async function setAside(error: unknown, files: StoreFiles, host: Host): Promise<string> {
  if (!(error instanceof Problem) || error.code !== 'store_damaged') throw error;
  const others = await Promise.all([
    findListeners(files.folder, host),
    findWorkers(files.folder, host),
  ]);
  if (others.flat().length > 0) throw error;
  const path = join(files.folder, orphanedName(files.folder) ?? newName(files.folder, host.now()));
  // The log first: beside a new database, SQLite would remove it.
  moveIfThere(`${files.database}-wal`, `${path}-wal`);
  rmSync(`${files.database}-shm`, { force: true });
  moveIfThere(files.database, path);
  return path;
}

/**
 * Does something to a damaged store while no other process does, or throws `error`. Of two that start at
 * once, the second would take the store away that the first has made.
 */
export async function alone<T>(
  { folder }: StoreFiles,
  error: unknown,
  act: () => Promise<T>,
): Promise<T> {
  const lock = join(folder, 'setting-aside');
  const release = () => rmSync(lock, { recursive: true, force: true });
  const made = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (made !== undefined && Date.now() - made > leftBehindMs) release();
  try {
    mkdirSync(lock, { mode: 0o700 });
  } catch (failure) {
    throw errorCode(failure) === 'EEXIST' ? error : failure;
  }
  try {
    return await act();
  } finally {
    release();
  }
}

/** The databases in a folder that were set aside and not copied yet. */
export function findSetAside(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => damagedName.test(name))
    .map((name) => join(folder, name));
}

/** Gives a database whose readable captures were copied its last name, and returns that. */
export function markCopied(path: string): string {
  const copied = join(dirname(path), basename(path).replace('damaged', 'copied'));
  for (const end of ['', '-wal']) moveIfThere(path + end, copied + end);
  rmSync(`${path}-shm`, { force: true });
  return copied;
}

/** A thread that opened the database too may still be closing it, which removes the log. */
function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** The name of a log that was set aside by a process that ended before it came to the database. */
function orphanedName(folder: string): string | undefined {
  return readdirSync(folder)
    .map((name) => damagedLogName.exec(name)?.[1])
    .find((name) => name !== undefined && !existsSync(join(folder, name)));
}

function newName(folder: string, now: number): string {
  const time = new Date(now).toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const name = `captures.damaged-${time}.db`;
  return existsSync(join(folder, name)) ? newName(folder, now + 1000) : name;
}
