import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../package-root.js';
import { problem } from '../../problems/problem.js';
import { plainReason } from '../../problems/translate.js';
import { replaceFile } from '../../replace-file.js';

/**
 * Copies folders below `starters/` into a new or empty folder. Returns the paths of the files in it,
 * sorted. When it fails, it leaves the folder as it was.
 */
export async function writeStarter(parts: readonly string[], folder: string): Promise<string[]> {
  const found = (await Promise.all(parts.map(filesOf))).flat();
  // A file of the framework replaces the one of its language.
  const files = new Map(found.map(({ path, text }) => [path, text]));
  await refuseFull(folder);
  let created: string | undefined;
  const moved: string[] = [];
  try {
    created = await mkdir(folder, { recursive: true });
    // The whole receiver appears at once: a rename cannot run out of disk.
    const draft = await mkdtemp(join(folder, '.new-'));
    try {
      for (const [path, text] of files) {
        await mkdir(join(draft, dirname(path)), { recursive: true });
        await replaceFile(join(draft, path), text);
      }
      for (const name of await readdir(draft)) {
        await rename(join(draft, name), join(folder, name));
        moved.push(join(folder, name));
      }
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  } catch (error) {
    const written = created === undefined ? moved : [created];
    for (const path of written) await rm(path, { recursive: true, force: true });
    throw problem('file_not_written', { path: folder, reason: plainReason(error) }, error);
  }
  return [...files.keys()].sort();
}

interface StarterFile {
  /** Relative to the folder of the receiver. */
  readonly path: string;
  readonly text: string;
}

async function filesOf(part: string): Promise<StarterFile[]> {
  const root = fileURLToPath(new URL(`starters/${part}`, packageRoot));
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ name, parentPath }) => ({
        // npm leaves files named .gitignore out of packages.
        path: join(relative(root, parentPath), name === 'gitignore' ? '.gitignore' : name),
        text: await readFile(join(parentPath, name), 'utf8'),
      })),
  );
}

async function refuseFull(folder: string): Promise<void> {
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw problem('file_not_written', { path: folder, reason: plainReason(error) }, error);
  });
  if (found.length === 0) return;
  throw problem('usage', {
    message: `The folder ${folder} is not empty.`,
    hint: 'Name a new folder, or an empty one.',
  });
}
