import { randomUUID } from 'node:crypto';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { link, lstat, open, rename, rm } from 'node:fs/promises';

/**
 * Writes or replaces a whole file atomically: a reader finds the old text or the new one, even when
 * the process is killed. Safe in a shared folder: the draft has an unguessable name, and a link at
 * `path` is replaced, not followed. A long text can be given in parts.
 */
export async function replaceFile(
  path: string,
  text: string | Iterable<string>,
  mode = 0o666,
): Promise<void> {
  await refuseOtherThanFile(path);
  const draft = `${path}.${randomUUID()}.new`;
  try {
    // O_EXCL: fails on any existing file, including a link.
    const file = await open(draft, 'wx', mode);
    try {
      // Each part is written behind the one before.
      for (const part of typeof text === 'string' ? [text] : text) await file.writeFile(part);
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw error;
  }
}

/** A file that grows. */
export interface GrowingFile {
  /** Returns once the text is with the operating system, where a killed process leaves it. */
  readonly append: (text: string) => void;
  readonly close: () => void;
}

/** Creates a file that only its owner can read. Throws when there is anything at `path`. */
export async function createFile(path: string): Promise<GrowingFile> {
  await refuseOtherThanFile(path);
  // O_EXCL: fails on any existing file, including a link.
  const file = openSync(path, 'wx', 0o600);
  return {
    append: (text) => writeFileSync(file, text),
    close: () => closeSync(file),
  };
}

/** Creates a file that only its owner can read. Rejects when there is anything at `path`. */
export async function createWholeFile(
  path: string,
  content: string | Uint8Array,
  mode = 0o600,
): Promise<void> {
  await refuseOtherThanFile(path);
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(content);
  } finally {
    await file.close();
  }
}

/** Gives a complete file another name, and rejects when there is anything at `path`. */
export async function linkFile(draft: string, path: string): Promise<void> {
  await refuseOtherThanFile(path);
  await link(draft, path);
}

/** Removes a file or link, if there is one. */
export async function removeFile(path: string): Promise<void> {
  await refuseOtherThanFile(path);
  await rm(path, { force: true });
}

/** Root could replace a device like /dev/full, or the link /dev/stdout, for every program. */
async function refuseOtherThanFile(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  const isOther = found !== undefined && !found.isFile() && !found.isSymbolicLink();
  if (isOther || isKernelPath(path)) throw new Error('it is not a file');
}

/** Whether a path is in a file system of the kernel, where files cannot be kept. */
export function isKernelPath(path: string): boolean {
  return /^\/(?:proc|sys|dev)(?:\/|$)/.test(path) && !path.startsWith('/dev/shm/');
}
