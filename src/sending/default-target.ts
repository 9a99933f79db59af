import type { CommandContext } from '../cli/command.js';
import { storeFiles } from '../store/folder.js';
import { findOwnListeners } from '../store/presence.js';

/** The default address of `listen`. */
export const defaultUrl = 'http://127.0.0.1:4400/';

/** The default target: the listener of this store, else the default address. */
export async function defaultTarget({ host, global }: CommandContext): Promise<string> {
  const [listener] = await findOwnListeners(storeFiles(host, global).folder, host);
  return listener?.url ?? defaultUrl;
}
