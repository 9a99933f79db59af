import type { CommandContext } from '../cli/command.js';
import { storeFilesIfAny } from '../store/folder.js';
import { findOwnListeners } from '../store/presence.js';

/** The default address of `listen`. */
export const defaultUrl = 'http://127.0.0.1:4400/';

/** The default target: the listener of this store, else the default address. */
export async function defaultTarget({ host, global }: CommandContext): Promise<string> {
  const files = storeFilesIfAny(host, global);
  const [listener] = files ? await findOwnListeners(files.folder, host) : [];
  return listener?.url ?? defaultUrl;
}
