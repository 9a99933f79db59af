import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

/**
 * Writes a whole file, or replaces one: a reader finds the old text or the new one, also when the
 * process is killed. Nothing that another user laid in the folder is opened or followed: the new
 * file has a name that nobody can guess, and a link at `path` is replaced, not its target.
 */
export async function replaceFile(path: string, text: string, mode = 0o666): Promise<void> {
  const draft = `${path}.${randomUUID()}.new`;
  try {
    // O_EXCL: fails where there is anything, a link included.
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
