import type { CommandContext } from '../../cli/command.js';
import { openDeliveryDesk } from '../../store/delivery-desk.js';
import type { StoreFiles } from '../../store/folder.js';
import { destinationOf, type ForwardingOptions } from './options.js';

/** Calls belong to the URL that they were queued for: those of another one are left alone, and said. */
export async function warnOfOtherTargets(
  options: ForwardingOptions,
  files: StoreFiles,
  { host }: CommandContext,
  warn: (code: string, message: string) => void,
): Promise<void> {
  const own = destinationOf(options);
  const desk = openDeliveryDesk(files, host.now);
  try {
    for (const { target, queue, states } of await desk.targets()) {
      if (target === own.url && queue === own.queue) continue;
      const waiting = states.waiting + states.delayed + states.active;
      if (waiting === 0) continue;
      const calls = waiting === 1 ? '1 call waits' : `${waiting} calls wait`;
      const move = `netcore-hook queue retry --target ${target} --to ${own.url}`;
      warn(
        'other_target',
        `${calls} for ${target}${queue ? ` through ${queue}` : ''}. Nothing forwards them now; to move them here: ${move}`,
      );
    }
  } finally {
    await desk.close();
  }
}
