import {
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
} from 'node:fs';
import { dirname, join, parse, resolve } from 'node:path';
import type { Host } from '../host.js';
import { problem } from '../problems/problem.js';
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
      reason: 'it names no folder',
      hint: 'Leave it out for the usual place, or name a folder.',
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
    const handle = openSync(files.database, 'a', 0o600);
    try {
      fchmodSync(handle, 0o600);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    syncFolder(files.folder);
  } catch (error) {
    throw problem('store_not_writable', { path: files.folder, reason: plainReason(error) }, error);
  }
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
