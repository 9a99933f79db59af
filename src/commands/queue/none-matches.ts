import type { QueueAdmin } from '../../call/queue-admin.js';
import { nearest } from '../../problems/nearest.js';
import type { CallSelection } from './call-selection.js';

/** Why no call matches, as a sentence: the given URL may have no queue. */
export async function noneMatches({ target }: CallSelection, admin: QueueAdmin): Promise<string> {
  const plain = 'No queued call matches.';
  if (target === undefined) return plain;
  const targets = [...new Set((await admin.targets()).map((counts) => counts.target))];
  if (targets.includes(target)) return plain;
  const none = `Nothing is queued for ${target}.`;
  if (targets.length === 0) return none;
  const suggestion = nearest(target, targets);
  return `${none} ${suggestion ? `Did you mean ${suggestion}?` : `Targets with queued calls: ${targets.slice(0, 5).join(', ')}.`}`;
}
