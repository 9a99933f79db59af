import type { CommandContext } from '../cli/command.js';
import { shellWord } from '../output/shell-word.js';
import type { StoreFiles } from '../store/folder.js';

/**
 * The start of a command line that acts on this store and its own queue, as a hint has to: without
 * it, settings and variables could select another store, or the queue on Redis.
 */
export function storeCommand({ host, global }: CommandContext, { folder }: StoreFiles): string {
  const { settingsFiles, from } = global;
  const variable = host.env.NETCORE_HOOK_QUEUE ? 'NETCORE_HOOK_QUEUE= ' : '';
  const settings = settingsFiles.length > 0 ? ' --no-config' : '';
  const isDefault =
    settings === '' && from.store.kind === 'default' && from.profile.kind === 'default';
  return `${variable}netcore-hook${settings}${isDefault ? '' : ` --store ${shellWord(folder)}`}`;
}

/** Lets the commands that a sentence names act on this store. */
export function onStore(text: string, context: CommandContext, files: StoreFiles): string {
  return text.replaceAll('netcore-hook ', () => `${storeCommand(context, files)} `);
}

/** A command that moves the calls of a target to this store's own queue, and forwards them. */
export function forwardFromStore(command: string, target: string, queue: string): string {
  const url = shellWord(target);
  const work = `${command} queue work --forward-to ${url}`;
  return queue === '' ? work : `${command} queue retry --target ${url} --to ${url} && ${work}`;
}

/** A command line of `queue`. `command`: as `storeCommand` makes it. `redis`: the queue's URL, if it is not the store's. */
export function queueLine(command: string, redis: string | undefined, words: string): string {
  if (redis === undefined) return `${command} queue ${words}`;
  return `netcore-hook queue ${words} --queue ${shellWord(redis)}`;
}
