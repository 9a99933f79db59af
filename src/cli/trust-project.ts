import { createHash } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../host.js';
import { wrapped } from '../output/columns.js';
import { visible } from '../output/safe.js';
import { replaceFile } from '../replace-file.js';
import { stateFolder } from '../user-folders.js';
import type { CommandContext } from './command.js';
import type { FoundFile } from './options/files.js';
import type { Origin } from './options/read-options.js';

/**
 * Whether the user trusts a project file that was found. The answer on a terminal is remembered for
 * this content, so a changed file is asked about again. `origins`: where the values in use come
 * from. Without `context`, it does not ask.
 */
export async function isTrustedProject(
  file: FoundFile,
  origins: readonly Origin[],
  host: Host,
  context: CommandContext | undefined,
): Promise<boolean> {
  const folder = stateFolder(host);
  const note = folder && join(folder, 'netcore-hook', 'trusted-projects', digestOf(file));
  if (note !== undefined && (await isOwnFile(note, host))) return true;
  if (!context) return false;
  const { askYes, canAsk } = await import('./prompts.js');
  if (!canAsk(context)) return false;
  for (const origin of origins) {
    if (origin.kind !== 'file' || origin.untrusted === undefined) continue;
    const line = `${visible(origin.name)} ${visible(origin.untrusted)}.\n`;
    host.stderr.write(wrapped(line, host.stderr));
  }
  if (!(await askYes(`Trust ${visible(file.path)}?`, context))) return false;
  if (note !== undefined) await remember(note, file);
  return true;
}

/** Links are part of what was trusted, so the digest includes the files that the settings reach. */
function digestOf({ path, text, reaches }: FoundFile): string {
  return createHash('sha256')
    .update(JSON.stringify([path, text, reaches]))
    .digest('hex');
}

async function isOwnFile(path: string, { userId }: Host): Promise<boolean> {
  try {
    const { uid } = await stat(path);
    return userId === undefined || uid === userId;
  } catch {
    return false;
  }
}

async function remember(note: string, { path }: FoundFile): Promise<void> {
  try {
    await mkdir(join(note, '..'), { recursive: true, mode: 0o700 });
    await replaceFile(note, `${path}\n`, 0o600);
  } catch {
    // The next run asks again.
  }
}
