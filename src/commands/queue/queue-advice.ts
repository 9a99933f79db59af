import { plural } from '../../amounts.js';
import type { TargetCounts } from '../../call/delivery.js';
import { forwardFromStore, queueLine } from '../../forwarding/store-command.js';
import type { WarningNotice } from '../../output/notice.js';

/**
 * Warnings about calls that need manual action. `redis`: the queue's URL, without credentials;
 * undefined: the store. `command`: the start of a command line for the store.
 */
export function queueAdvice(
  targets: readonly TargetCounts[],
  redis: string | undefined,
  command: string,
): WarningNotice[] {
  const advice = targets.flatMap((counts) => handOverAdvice(counts, command));
  const dead = targets.reduce((sum, { states }) => sum + states.dead, 0);
  if (dead > 0) {
    const them = dead === 1 ? 'it' : 'them';
    advice.push({
      type: 'warning',
      code: 'calls_given_up',
      message:
        `${plural(dead, 'dead call')} will not be retried. ${queueLine(command, redis, 'list --dead')} shows why, ` +
        `${queueLine(command, redis, 'retry --dead')} retries ${them}.`,
    });
  }
  return advice;
}

function handOverAdvice({ target, queue, states }: TargetCounts, command: string): WarningNotice[] {
  const wait = states.waiting + states.delayed;
  if (queue === '' || wait === 0) return [];
  const calls = plural(wait, 'call waits', 'calls wait');
  const message =
    `${calls} until a listener hands ${wait === 1 ? 'it' : 'them'} over to ${queue}. To forward from this store instead: ` +
    forwardFromStore(command, target, queue);
  return [{ type: 'warning', code: 'calls_not_handed_over', message }];
}
