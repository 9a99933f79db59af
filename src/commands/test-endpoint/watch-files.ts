import { type FSWatcher, lstatSync, readdirSync, statSync, watch } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { problem } from '../../problems/problem.js';
import { errorCode, plainReason } from '../../problems/translate.js';

export interface WatchFilesOptions {
  /** Absolute paths of files and folders. */
  readonly paths: readonly string[];
  /** Whether changes of a file, or of all in a folder, do not count. */
  readonly ignores: (path: string) => boolean;
  readonly changed: (path: string) => void;
  /** A folder that appeared later cannot be watched. */
  readonly failed: (error: unknown) => void;
}

interface WatchedFolder {
  readonly watcher: FSWatcher;
  /** Identifies the folder, which another may replace. */
  readonly inode: number;
  /** The names in it that count; undefined: all, with the folders in it. */
  readonly names: Set<string> | undefined;
}

/**
 * Watches files and folders until closed. Throws a problem when a path cannot be watched.
 *
 * Watches each folder, not each file: many editors replace a file when they save it. Node's own
 * recursion would also watch `node_modules`, and on Linux it misses files that are replaced.
 */
export function watchFiles(options: WatchFilesOptions): { close(): void } {
  const { paths, ignores, changed, failed } = options;
  const folders = new Map<string, WatchedFolder>();

  const forget = (folder: string) => {
    for (const [path, { watcher }] of folders) {
      if (path !== folder && !path.startsWith(`${folder}${sep}`)) continue;
      watcher.close();
      folders.delete(path);
    }
  };
  const add = (folder: string, names: Set<string> | undefined) => {
    const watcher = watch(folder, (_type, name) => {
      if (name === null) changed(folder);
      else if (name === basename(folder)) renew(folder, names);
      else react(folder, name);
    });
    // Windows reports the removal of the folder as an error.
    watcher.on('error', () => forget(folder));
    folders.set(folder, { watcher, inode: statSync(folder).ino, names });
  };
  /** Linux reports the removal of a folder by its own name; another may be there by now. */
  const renew = (folder: string, names: Set<string> | undefined) => {
    if (lstatSync(join(folder, basename(folder)), { throwIfNoEntry: false })) {
      return react(folder, basename(folder));
    }
    forget(folder);
    if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
    try {
      if (names) add(folder, names);
      else addAll(folder);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') failed(error);
    }
    changed(folder);
  };
  const addAll = (folder: string) => {
    const known = folders.get(folder);
    if (known?.names) forget(folder);
    else if (known) return;
    add(folder, undefined);
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !isForeign(path) && !ignores(path)) addAll(path);
    }
  };
  const react = (folder: string, name: string) => {
    const path = join(folder, name);
    const names = folders.get(folder)?.names;
    if ((names && !names.has(name)) || isTemporary(name) || ignores(path)) return;
    const found = lstatSync(path, { throwIfNoEntry: false });
    const known = folders.get(path);
    if (known && known.inode !== found?.ino) forget(path);
    if (found?.isDirectory() && !names) {
      if (isForeign(path)) return;
      try {
        addAll(path);
      } catch (error) {
        // It may be gone again.
        if (errorCode(error) !== 'ENOENT') failed(error);
      }
    }
    changed(path);
  };

  const close = () => {
    for (const { watcher } of folders.values()) watcher.close();
    folders.clear();
  };
  for (const path of paths) {
    try {
      if (statSync(path).isDirectory()) addAll(path);
      else {
        const names = folders.get(dirname(path))?.names;
        if (names) names.add(basename(path));
        else if (!folders.has(dirname(path))) add(dirname(path), new Set([basename(path)]));
      }
    } catch (error) {
      close();
      throw problem('not_watched', { path, reason: watchReason(error) }, error);
    }
  }
  return { close };
}

export function watchReason(error: unknown): string {
  return errorCode(error) === 'ENOSPC' ? 'the system allows no more watches' : plainReason(error);
}

/** Folders of packages, tools and caches. */
function isForeign(folder: string): boolean {
  return /^(?:\..*|node_modules|bower_components|__pycache__|vendor)$/.test(basename(folder));
}

/** Files that editors write while they save, and that programs write while they run. */
function isTemporary(name: string): boolean {
  return /^\.#|^#.*#$|~$|^4913$|\.(?:sw[a-z]|tmp|log|pid|lock|jsonl|ndjson|pyc)$|___jb_|\.(?:db|sqlite3?)(?:-\w+)?$|^\.(?:git|DS_Store)$/.test(
    name,
  );
}
