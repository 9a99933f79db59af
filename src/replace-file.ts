import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

/**
 * Writes or replaces a whole file atomically: a reader finds the old text or the new one, even when
 * the process is killed. Safe in a shared folder: the draft has an unguessable name, and a link at
 * `path` is replaced, not followed.
 */
export async function replaceFile(path: string, text: string, mode = 0o666): Promise<void> {
  const draft = `${path}.${randomUUID()}.new`;
  try {
    // O_EXCL: fails on any existing file, including a link.
    const file = await open(draft, 'wx', mode);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw error;
  }
}
