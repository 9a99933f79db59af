import { lstatSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Host } from '../../host.js';
import { problem } from '../../problems/problem.js';
import { plainReason } from '../../problems/translate.js';
import { configFolder } from '../../user-folders.js';

export const projectFileName = 'netcore-hook.config.json';

/**
 * Finds the project file in the working folder or the nearest folder above. Throws a problem when
 * another user owns it: whoever can write to a folder above, like /tmp, could redirect calls and
 * credentials.
 */
export function findProjectFile(host: Host): string | undefined {
  for (let folder = resolve(host.cwd); ; ) {
    const path = join(folder, projectFileName);
    if (isThere(path)) {
      checkOwner(path, host);
      return path;
    }
    const above = dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
}

/** The user's file for all projects. A project's file takes precedence. */
export function findUserFile(host: Host): string | undefined {
  const folder = configFolder(host);
  const path = folder && join(folder, 'netcore-hook', 'config.json');
  if (!path || !isThere(path)) return undefined;
  checkOwner(path, host);
  return path;
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // An unreadable folder above cannot belong to this project.
    return false;
  }
}

function checkOwner(path: string, { userId }: Host): void {
  if (userId === undefined) return;
  try {
    // Both the link and its target must belong to this user or root.
    for (const { uid } of [lstatSync(path), statSync(path)]) {
      if (uid !== userId && uid !== 0) throw problem('config_foreign', { path });
    }
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) {
      throw problem('file_not_read', { path, reason: plainReason(error) }, error);
    }
    throw error;
  }
}
