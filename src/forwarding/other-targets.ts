import { plural } from '../amounts.js';
import type { CommandContext } from '../cli/command.js';
import { callsThatWait } from '../output/queue-notice.js';
import { shellWord } from '../output/shell-word.js';
import type { StoreFiles } from '../store/folder.js';
import { findWorkers } from '../store/presence.js';
import { openStoreQueueAdmin } from '../store/queue-admin.js';
import { destinationOf, type ForwardingOptions } from './options.js';

/**
 * Calls belong to the URL that they were queued for: those of another one are left alone, and
 * said unless a worker forwards them there.
 */
export async function warnOfOtherTargets(
  options: ForwardingOptions,
  files: StoreFiles,
  { host }: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<void> {
  const own = destinationOf(options);
  const workers = await findWorkers(files.folder, host);
  const admin = openStoreQueueAdmin(files, host.now);
  try {
    for (const counts of await admin.targets()) {
      const { target, queue } = counts;
      if (target === own.url && queue === own.queue) continue;
      if (workers.some((worker) => worker.to === target && worker.queue === queue)) continue;
      const waiting = callsThatWait(counts);
      if (waiting === 0) continue;
      const calls = plural(waiting, 'call waits', 'calls wait');
      const move = `netcore-hook queue retry --target ${shellWord(target)} --to ${shellWord(own.url)}`;
      warn(
        'other_target',
        `${calls} for ${target}${queue ? ` through ${queue}` : ''}. No running process forwards them. To move them here: ${move}`,
      );
    }
  } finally {
    await admin.close();
  }
}
