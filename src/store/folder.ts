import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, parse, resolve } from 'node:path';
import type { Host } from '../host.js';
import { Problem, problem } from '../problems/problem.js';
import { errorCode, plainReason } from '../problems/translate.js';
import { isKernelPath } from '../replace-file.js';
import { dataFolder } from '../user-folders.js';

/** The paths of a store's files. */
export interface StoreFiles {
  readonly folder: string;
  readonly database: string;
}

const isProfile = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

/** The store of a command line: `--store`, or the profile's folder in the platform's data folder. */
export function storeFiles(
  host: Host,
  chosen: { readonly store: string | undefined; readonly profile: string },
): StoreFiles {
  if (!isProfile.test(chosen.profile)) {
    throw problem('invalid_value', {
      what: '--profile',
      value: chosen.profile,
      reason: 'a profile is named by letters, digits, dots, dashes and underscores',
      hint: 'Try: --profile staging',
    });
  }
  if (chosen.store === '') {
    throw problem('invalid_value', {
      what: '--store',
      value: '',
      reason: 'it is empty',
      hint: 'Omit it to use the default folder, or pass a folder.',
    });
  }
  const folder = resolve(
    host.cwd,
    chosen.store ?? join(dataFolder(host), 'netcore-hook', chosen.profile),
  );
  return { folder, database: join(folder, 'captures.db') };
}

/** `storeFiles` for commands that work without a store; undefined: this user has no home folder. */
export function storeFilesIfAny(
  ...selection: Parameters<typeof storeFiles>
): StoreFiles | undefined {
  try {
    return storeFiles(...selection);
  } catch (error) {
    if (error instanceof Problem && error.code === 'home_unknown') return undefined;
    throw error;
  }
}

/** Whether the store has a database file. Throws `store_not_opened` if it is not a readable file. */
export function hasDatabase({ folder, database }: StoreFiles): boolean {
  let reason: string;
  try {
    const found = statSync(database);
    if (found.isFile()) {
      accessSync(database, constants.R_OK);
      return true;
    }
    // SQLite would wait for the other end of a pipe.
    reason = `${basename(database)} is not a file`;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    reason = plainReason(error);
  }
  throw problem('store_not_opened', { path: folder, reason });
}

/** The profiles that have a store in the platform's data folder. */
export function storedProfiles(host: Host): string[] {
  const folder = join(dataFolder(host), 'netcore-hook');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => isProfile.test(name) && existsSync(join(folder, name, 'captures.db')))
    .sort();
}

/**
 * Creates the folder (0700) and an empty database file (0600) if they are missing, independent of the
 * umask, and syncs the folders that name them. SQLite gives its other files the database's mode.
 */
export function createStoreFiles(files: StoreFiles): void {
  try {
    refuseSpecialFolders(files.folder);
    for (const missing of missingFolders(files.folder)) {
      makeFolder(missing);
      syncFolder(dirname(missing));
    }
    refuseEmptied(files);
    createPrivately(files.database);
    syncFolder(files.folder);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw problem('store_not_writable', { path: files.folder, reason: plainReason(error) }, error);
  }
}

/**
 * Creates an empty file for this user only, or opens the existing one. Refuses links, which could lead
 * to another user's file, and pipes, whose opening waits for the other end. Changes the mode only if
 * the file belongs to the folder's owner.
 */
function createPrivately(path: string): void {
  const { O_CREAT, O_WRONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  // SQLite would also follow links in place of its other files.
  for (const end of ['', '-wal', '-shm', '-journal']) {
    const found = lstatSync(path + end, { throwIfNoEntry: false });
    if (found?.isSymbolicLink()) throw new Error(`${basename(path + end)} is a link`);
    if (found && !found.isFile()) throw new Error(`${basename(path + end)} is not a file`);
  }
  const handle = openSync(path, O_CREAT | O_WRONLY | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    const found = fstatSync(handle);
    if (!found.isFile()) throw new Error(`${basename(path)} is not a file`);
    if (found.nlink === 1 && found.uid === statSync(dirname(path)).uid) fchmodSync(handle, 0o600);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** SQLite treats an empty file as a new database and removes its log, which may hold every call. */
function refuseEmptied({ folder, database }: StoreFiles): void {
  const size = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size(database) > 0 || size(`${database}-wal`) === 0) return;
  throw problem('store_damaged', {
    path: folder,
    reason: 'captures.db is empty or missing, although the log beside it holds calls',
  });
}

/** The missing folders of a path, outermost first. */
function missingFolders(path: string): string[] {
  const missing: string[] = [];
  for (let folder = path; folder !== parse(folder).root; folder = dirname(folder)) {
    if (statSync(folder, { throwIfNoEntry: false })) break;
    missing.unshift(folder);
  }
  return missing;
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process has just created it.
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

/** On some versions of Node, creating a folder there never returns. */
function refuseSpecialFolders(path: string): void {
  if (isKernelPath(path)) {
    throw new Error('it lies in a file system of the kernel');
  }
}

function syncFolder(path: string): void {
  try {
    const handle = openSync(path, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    // Windows and some network file systems cannot sync folders. The database syncs its own files.
    if (!['EINVAL', 'EISDIR', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
  }
}

/** Detects changes that others make to the files of an open store. */
export interface FileGuard {
  /** Throws `StoreFilesChanged` when a file was replaced, removed, shortened or overwritten. */
  check(): void;
  close(): void;
}

export class StoreFilesChanged extends Error {
  /** The recorded data is complete, but its files have no names any more. */
  readonly unlinked: boolean;

  constructor(path: string, what: string, unlinked: boolean) {
    super(`${basename(path)} was ${what}; start listen again`);
    this.unlinked = unlinked;
  }
}

/** The log begins with one of two numbers: https://sqlite.org/fileformat2.html#the_wal_header */
const logMarks = [0x377f0682, 0x377f0683];
const logHeaderBytes = 32;

interface FileGuardOptions {
  /** SQLite itself truncates the log to this size. */
  readonly maxIdleLogBytes: number;
  /** See `countRewrites`. Rewriting the whole file may shorten it and its log. */
  readonly rewrites: () => number;
}

/**
 * Guards the database at `path`, its log and its shared memory, which exist once a connection has read
 * something.
 */
export function guardFiles(
  path: string,
  { maxIdleLogBytes, rewrites }: FileGuardOptions,
): FileGuard {
  const log = `${path}-wal`;
  const opened = [path, log, `${path}-shm`].map((each) => ({ path: each, stats: statOf(each) }));
  const handle = openSync(log, 'r');
  const header = Buffer.alloc(4);
  let databaseBytes = opened[0]?.stats?.size ?? 0;
  let logBytes = opened[1]?.stats?.size ?? 0;
  let knownRewrites = rewrites();

  /** Whether another process rewrites the file, or has done so since the last such question. */
  function wasRewritten(): boolean {
    try {
      const before = knownRewrites;
      knownRewrites = rewrites();
      return knownRewrites !== before || knownRewrites % 2 === 1;
    } catch {
      return false;
    }
  }

  function checkIdentities(): (Stats | undefined)[] {
    return opened.map(({ path: each, stats }, at) => {
      const now = statOf(each);
      if (now?.ino === stats?.ino && now?.dev === stats?.dev) return now;
      // A new log with content belongs to another process. Copying ours would mix the two.
      const unlinked = at > 0 && (statOf(log)?.size ?? 0) === 0;
      throw new StoreFilesChanged(each, now ? 'replaced' : 'removed', unlinked);
    });
  }

  return {
    check() {
      const [database, current] = checkIdentities();
      const [size = 0, length = 0] = [database?.size, current?.size];
      const isShort = size < databaseBytes;
      if ((isShort || length < Math.min(logBytes, maxIdleLogBytes)) && !wasRewritten()) {
        throw new StoreFilesChanged(isShort ? path : log, 'cut short', false);
      }
      if (length >= logHeaderBytes) {
        readSync(handle, header, 0, header.length, 0);
        if (!logMarks.includes(header.readUInt32BE())) {
          throw new StoreFilesChanged(log, 'overwritten', false);
        }
      }
      databaseBytes = size;
      logBytes = length;
    },
    // This releases no lock: SQLite locks the other two files only.
    close: () => closeSync(handle),
  };
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

const keyBytes = 32;

/**
 * The key of a store's pseudonyms. Created at its first use and readable by its owner only. Undefined
 * when the store is missing.
 */
export function redactKey(files: StoreFiles, random: Uint8Array): Uint8Array | undefined {
  if (!existsSync(files.folder)) return undefined;
  const path = join(files.folder, 'redact.key');
  try {
    if (!existsSync(path)) makeKey(path, random.subarray(0, keyBytes));
    const key = readFileSync(path);
    if (key.length >= keyBytes) return key;
    throw new Error('it contains no key');
  } catch (error) {
    throw problem('redact_key_not_read', { path, reason: plainReason(error) }, error);
  }
}

/** Linking a complete file is atomic: of two processes that create the key, the first one wins. */
function makeKey(path: string, key: Uint8Array): void {
  const draft = `${path}.${crypto.randomUUID()}`;
  try {
    writeFileSync(draft, key, { mode: 0o600, flag: 'wx' });
    linkSync(draft, path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
