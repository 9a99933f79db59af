import { isAbsolute, join } from 'node:path';
import type { Host } from './host.js';
import { problem } from './problems/problem.js';

type Home = Pick<Host, 'env' | 'platform' | 'homeFolder'>;

/** The platform's folder for data of this user. Throws `home_unknown`. */
export function dataFolder(host: Home): string {
  switch (host.platform) {
    case 'win32':
      return host.env.LOCALAPPDATA || join(knownHome(host, storeHint), 'AppData', 'Local');
    case 'darwin':
      return join(knownHome(host, storeHint), 'Library', 'Application Support');
    default:
      return (
        xdgFolder(host.env.XDG_DATA_HOME) ?? join(knownHome(host, storeHint), '.local', 'share')
      );
  }
}

/** The platform's folder for settings of this user; undefined: the system names none. */
export function configFolder({ env, platform, homeFolder }: Home): string | undefined {
  if (platform === 'win32') {
    return env.APPDATA || (homeFolder && join(homeFolder, 'AppData', 'Roaming'));
  }
  return xdgFolder(env.XDG_CONFIG_HOME) ?? (homeFolder && join(homeFolder, '.config'));
}

/** The platform's folder for the state of programs of this user; undefined: the system names none. */
export function stateFolder({ env, platform, homeFolder }: Home): string | undefined {
  switch (platform) {
    case 'win32':
      return env.LOCALAPPDATA || (homeFolder && join(homeFolder, 'AppData', 'Local'));
    case 'darwin':
      return homeFolder && join(homeFolder, 'Library', 'Application Support');
    default:
      return xdgFolder(env.XDG_STATE_HOME) ?? (homeFolder && join(homeFolder, '.local', 'state'));
  }
}

/** Relative values are ignored: https://specifications.freedesktop.org/basedir-spec/latest/ */
function xdgFolder(value: string | undefined): string | undefined {
  return value !== undefined && isAbsolute(value) ? value : undefined;
}

/**
 * Expands `~` and `~/x`, which a shell does not do in files, variables, and within a word like `@~/x`.
 * Throws `home_unknown`.
 */
export function expandHome(path: string, host: Pick<Host, 'homeFolder'>): string {
  return isInHome(path) ? join(knownHome(host, 'write the whole path'), path.slice(1)) : path;
}

export function isInHome(path: string): boolean {
  return /^~(?=$|[/\\])/.test(path);
}

const storeHint = 'choose a folder with --store';

function knownHome({ homeFolder }: Pick<Host, 'homeFolder'>, instead: string): string {
  if (homeFolder !== undefined) return homeFolder;
  throw problem('home_unknown', { instead });
}
