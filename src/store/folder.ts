import {
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

/** Where a store's files lie. */
export interface StoreFiles {
  readonly folder: string;
  readonly database: string;
}

const isProfile = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

/**
 * The store that a command line means: `--store`, or the profile's own below the folder that the
 * platform keeps for the data of programs.
 */
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

/** The profiles that have a store where the platform keeps the data of programs. */
export function storedProfiles(host: Host): string[] {
  const folder = join(dataFolder(host), 'netcore-hook');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => isProfile.test(name) && existsSync(join(folder, name, 'captures.db')))
    .sort();
}

function dataFolder(host: Host): string {
  switch (host.platform) {
    case 'win32':
      return host.env.LOCALAPPDATA || join(host.homeFolder, 'AppData', 'Local');
    case 'darwin':
      return join(host.homeFolder, 'Library', 'Application Support');
    default:
      return host.env.XDG_DATA_HOME || join(host.homeFolder, '.local', 'share');
  }
}

/**
 * Makes the folder (0700) and an empty database file (0600) where they are missing, whatever the
 * umask, and syncs what names them. SQLite gives its companion files the mode of the database.
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
 * Makes an empty file for this user alone, or opens what is there. A link could lead to somebody
 * else's file, and opening a pipe waits for its other end: both are refused. The mode of a file that
 * is not of the folder's owner stays as it is.
 */
function createPrivately(path: string): void {
  const { O_CREAT, O_WRONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  // SQLite would follow those beside it, too.
  for (const end of ['', '-wal', '-shm', '-journal']) {
    const found = lstatSync(path + end, { throwIfNoEntry: false });
    if (found?.isSymbolicLink()) throw new Error(`${basename(path + end)} is a link`);
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

/**
 * SQLite takes an empty file for a new database and removes the log beside it, which may hold every
 * call that was recorded.
 */
function refuseEmptied({ folder, database }: StoreFiles): void {
  const size = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size(database) > 0 || size(`${database}-wal`) === 0) return;
  throw problem('store_damaged', {
    path: folder,
    reason: 'captures.db is empty or missing, although the log beside it holds calls',
  });
}

/** The folders of a path that are not there yet, outermost first. */
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
    // Another process was quicker.
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

/** Making folders there never returns on some versions of Node. */
function refuseSpecialFolders(path: string): void {
  if (/^\/(?:proc|sys|dev)(?:\/|$)/.test(path) && !path.startsWith('/dev/shm/')) {
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
    // Windows and some network file systems sync no folders; the database syncs its own files.
    if (!['EINVAL', 'EISDIR', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
  }
}

/** Notices what others do to the files of a store that is open. */
export interface FileGuard {
  /** Throws `StoreFilesChanged` when the files are not those that were opened, or lack what was in them. */
  check(): void;
  close(): void;
}

/** The message names the file, and what to do. */
export class StoreFilesChanged extends Error {
  /** Whether what was recorded is whole, although the files that hold it have no names any more. */
  readonly unlinked: boolean;

  constructor(path: string, what: string, unlinked: boolean) {
    super(`${basename(path)} was ${what}; start listen again`);
    this.unlinked = unlinked;
  }
}

/** The log begins with one of two numbers: https://sqlite.org/fileformat2.html#the_wal_header */
const logMarks = [0x377f0682, 0x377f0683];
const logHeaderBytes = 32;

/**
 * Guards the database at `path` with its log and shared memory, which are there while a connection
 * has read something. SQLite itself cuts its log down to `maxIdleLogBytes`.
 */
export function guardFiles(path: string, maxIdleLogBytes: number): FileGuard {
  const log = `${path}-wal`;
  const opened = [path, log, `${path}-shm`].map((each) => ({ path: each, stats: statOf(each) }));
  const handle = openSync(log, 'r');
  const header = Buffer.alloc(4);
  let databaseBytes = opened[0]?.stats?.size ?? 0;
  let logBytes = opened[1]?.stats?.size ?? 0;

  function checkPlaces(): (Stats | undefined)[] {
    return opened.map(({ path: each, stats }, at) => {
      const now = statOf(each);
      if (now?.ino === stats?.ino && now?.dev === stats?.dev) return now;
      // A new log that holds something is another process's: this one's must not be mixed with it.
      const unlinked = at > 0 && (statOf(log)?.size ?? 0) === 0;
      throw new StoreFilesChanged(each, now ? 'replaced' : 'removed', unlinked);
    });
  }

  return {
    check() {
      const [database, current] = checkPlaces();
      const [size = 0, length = 0] = [database?.size, current?.size];
      if (size < databaseBytes) throw new StoreFilesChanged(path, 'cut short', false);
      if (length < Math.min(logBytes, maxIdleLogBytes)) {
        throw new StoreFilesChanged(log, 'cut short', false);
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
    // Closing it releases no lock: SQLite keeps those on the other two files.
    close: () => closeSync(handle),
  };
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

const keyBytes = 32;

/**
 * The key that the stand-ins of a store's captures are made with: its own, made when it is first
 * asked for, and readable by nobody else. Undefined where there is no store.
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

/** The file appears with its key, or not at all: of two who make it at once, one's stays. */
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
