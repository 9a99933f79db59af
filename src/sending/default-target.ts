import type { CommandContext } from '../cli/command.js';
import { storeFiles } from '../store/folder.js';
import { findListeners } from '../store/presence.js';

/** Where `listen` listens when nothing else is said. */
export const usualTarget = 'http://127.0.0.1:4400/';

/** Where calls go when nobody says: to the listener of this store, else to the usual place. */
export async function defaultTarget({ host, global }: CommandContext): Promise<string> {
  const [listener] = await findListeners(storeFiles(host, global).folder, host);
  return listener?.url ?? usualTarget;
}
