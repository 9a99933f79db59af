import { isLoopback } from '../../call/addresses.js';
import type { CommandContext } from '../../cli/command.js';
import { problem } from '../../problems/problem.js';
import type { StoreFiles } from '../../store/folder.js';
import { findListeners } from '../../store/presence.js';

/** A listener must not be sent what it recorded: the store would fill with copies of itself. */
export async function refuseLoop(
  url: URL,
  files: StoreFiles,
  { host }: CommandContext,
): Promise<void> {
  for (const listener of await findListeners(files.folder, host)) {
    const own = new URL(listener.url);
    const sameHost =
      own.hostname === url.hostname || (isLoopback(own.hostname) && isLoopback(url.hostname));
    if (sameHost && portOf(own) === portOf(url)) throw problem('replay_loop', { url: url.href });
  }
}

function portOf(url: URL): string {
  return url.port || (url.protocol === 'https:' ? '443' : '80');
}
