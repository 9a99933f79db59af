import type { QueueNotice } from '../../output/notice.js';
import { grouped, plural } from '../plural.js';

/**
 * What can be done about calls that go nowhere by themselves, a line each. `redis`: where they lie,
 * without credentials; undefined: in the store.
 */
export function queueAdvice(
  { target, queue, states }: QueueNotice,
  redis: string | undefined,
): string[] {
  const there = redis === undefined ? '' : ` --queue ${redis}`;
  const advice: string[] = [];
  if (states.dead > 0) {
    const calls = `${plural(states.dead, 'call')} ${states.dead === 1 ? 'was' : 'were'} given up`;
    advice.push(
      `${calls}. Why: netcore-hook queue list --state dead${there}  Again: netcore-hook queue retry --dead${there}`,
    );
  }
  if (queue === null) return advice;
  const wait = states.waiting + states.delayed;
  if (wait > 0) {
    const calls = wait === 1 ? '1 call waits' : `${grouped(wait)} calls wait`;
    advice.push(
      `${calls} for a listener to hand ${wait === 1 ? 'it' : 'them'} over to ${queue}. To forward from here instead: netcore-hook queue retry --target ${target} --to ${target}`,
    );
  }
  if (states['handed over'] > 0) {
    advice.push(`What became of those handed over: netcore-hook queue --queue ${queue}`);
  }
  return advice;
}
