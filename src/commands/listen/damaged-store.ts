import { plural } from '../../amounts.js';
import type { CopiedDamaged } from '../../store/maintenance-thread.js';

/** `reason` is a sentence: what is damaged. */
export function setAsideText(path: string, reason: string): string {
  return `${reason} It was set aside as ${path}, and calls are recorded in a new store. What can be read of it is copied now.`;
}

export function copiedText({ path, copied, lost }: CopiedDamaged): string {
  if (lost === undefined) return `Nothing can be read of the damaged store, kept as ${path}.`;
  const unreadable = lost === 0 ? '' : ` ${plural(lost, 'capture')} could not be read.`;
  return `Copied ${plural(copied, 'capture')} of the damaged store, kept as ${path}.${unreadable}`;
}
