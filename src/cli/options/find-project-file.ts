import { lstatSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Host } from '../../host.js';
import { problem } from '../../problems/problem.js';
import { plainReason } from '../../problems/translate.js';

export const projectFileName = 'netcore-hook.config.json';

/**
 * The project file of a working folder: in it, or in the nearest folder above it that has one. Throws
 * a problem when it belongs to somebody else: whoever may write to a folder above, like /tmp, could
 * have calls and credentials sent anywhere.
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

/** The file of this user, for all projects: it counts where a project's says nothing. */
export function findUserFile(host: Host): string | undefined {
  const path = join(configFolder(host), 'netcore-hook', 'config.json');
  if (!isThere(path)) return undefined;
  checkOwner(path, host);
  return path;
}

function configFolder({ env, platform, homeFolder }: Host): string {
  if (platform === 'win32') return env.APPDATA || join(homeFolder, 'AppData', 'Roaming');
  return env.XDG_CONFIG_HOME || join(homeFolder, '.config');
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // A folder above that may not be looked into is none of this project's.
    return false;
  }
}

function checkOwner(path: string, { userId }: Host): void {
  if (userId === undefined) return;
  try {
    // A link is as good as what it leads to, and as whoever laid it.
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
