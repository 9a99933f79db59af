import { plural } from '../amounts.js';
import type { CommandContext } from '../cli/command.js';
import { callsThatWait } from '../output/queue-notice.js';
import { shellWord } from '../output/shell-word.js';
import { asProblem } from '../problems/translate.js';
import type { StoreFiles } from '../store/folder.js';
import { findWorkers } from '../store/presence.js';
import { openStoreQueueAdmin } from '../store/queue-admin.js';
import { destinationOf, type ForwardingOptions } from './options.js';
import { forwardFromStore, storeCommand } from './store-command.js';

type Warn = (code: string, message: string) => void;

/** Warns about a server whose configuration may lose calls, or which is unavailable now. */
export async function checkRedisConfig(url: URL, warn: Warn): Promise<void> {
  const { checkRedis } = await import('../queue/redis/check-redis.js');
  try {
    for (const { code, message } of await checkRedis(url.href)) warn(code, message);
  } catch (error) {
    const { code, message } = asProblem(error);
    warn(code, `${message} Calls wait in the store until it is available.`);
  }
}

/** Warns about calls that were queued for another URL and that no worker forwards there. */
export async function warnAboutOtherTargets(
  options: readonly ForwardingOptions[],
  files: StoreFiles,
  context: CommandContext,
  warn: Warn,
): Promise<void> {
  const { host } = context;
  const command = storeCommand(context, files);
  const handlers = options.map(destinationOf);
  const workers = await findWorkers(files.folder, host);
  const admin = openStoreQueueAdmin(files, host.now);
  try {
    for (const counts of await admin.targets()) {
      const { target, queue } = counts;
      if (handlers.some(({ url, queue: engine }) => url === target && engine === queue)) continue;
      const own = handlers.find(({ url }) => url === target) ?? handlers[0];
      if (!own) return;
      if (workers.some((worker) => worker.to === target && worker.queue === queue)) continue;
      const waiting = callsThatWait(counts);
      if (waiting === 0) continue;
      const calls = plural(waiting, 'call waits', 'calls wait');
      const remedy =
        target === own.url && (queue === '' || own.queue === '')
          ? `To move them to the queue in use: ${moveLine(command, { from: queue, to: own.queue })}`
          : own.queue === ''
            ? `To move them here: ${command} queue retry --target ${shellWord(target)} --to ${shellWord(own.url)}`
            : // A retry moves calls to the store's own queue, from which this process does not forward.
              `To forward them from this store: ${forwardFromStore(command, target, queue)}`;
      warn(
        'other_target',
        `${calls} for ${target}${queue ? ` through ${queue}` : ''}. No running process forwards them. ${remedy}`,
      );
    }
  } finally {
    await admin.close();
  }
}

function moveLine(command: string, { from, to }: { from: string; to: string }): string {
  return to === ''
    ? `${command} queue move --back --queue ${shellWord(from)}`
    : `${command} queue move --queue ${shellWord(to)}`;
}
