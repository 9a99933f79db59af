import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { isLoopback } from '../../call/addresses.js';
import { errorCode } from '../../problems/translate.js';
import { isInHome } from '../../user-folders.js';
import type { Entry } from './entry.js';
import type { Reach } from './kinds.js';

/** Variables with this prefix are set for this tool, so any project file may refer to them. */
const ownPrefix = 'NETCORE_HOOK_';

/**
 * Why a setting of an untrusted project file must not be used, as the end of a sentence: it reaches
 * files outside the project, the user's variables or another machine. Undefined when it reaches
 * none of them.
 */
export function untrustedReach({ setting, path, value }: Entry): string | undefined {
  const { kind } = setting;
  if (typeof value === 'boolean' || kind.form === 'switch') return undefined;
  const { reaches } = kind.form === 'text' ? kind : kind.item;
  for (const part of value) {
    for (const { entry } of part.own ?? []) {
      const reason = untrustedReach(entry);
      if (reason !== undefined) return reason;
    }
    if (part.kind === 'text') {
      const reach = reaches?.(part.text);
      const reason = reach && outsideReach(reach, dirname(path));
      if (reason !== undefined) return reason;
    } else if (!part.variable.startsWith(ownPrefix)) {
      return `refers to ${part.variable}, an environment variable without the prefix ${ownPrefix}`;
    }
  }
  return undefined;
}

function outsideReach(reach: Reach, folder: string): string | undefined {
  if ('host' in reach) {
    const { host } = reach;
    return isLoopback(host) ? undefined : `names a host beyond this machine: ${host}`;
  }
  if (isInHome(reach.file)) return `names a file outside the project: ${reach.file}`;
  const file = realPath(reach.file);
  const [first] = relative(realPath(folder), file).split(sep);
  // On another drive of Windows, the relative path is absolute.
  const isInside = first !== '..' && !first?.endsWith(':');
  return isInside ? undefined : `names a file outside the project: ${file}`;
}

/** The path without links, also of a file that does not exist yet. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const above = dirname(path);
    if (above === path) return path;
    if (errorCode(error) !== 'ENOENT') return path;
    // A link to a missing file leads out of the folder once that file exists.
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink();
    if (isLink) return realPath(resolve(above, readlinkSync(path)));
    return join(realPath(above), basename(path));
  }
}
