import { plural } from '../../amounts.js';
import type { CopiedDamaged } from '../../store/maintenance-thread.js';

/** `reason` is a sentence that names the damage. */
export function setAsideText(path: string, reason: string): string {
  return `${reason} The damaged store was renamed to ${path}, and calls are recorded in a new store. Copying the readable captures.`;
}

export function copiedText({ path, copied, lost }: CopiedDamaged): string {
  if (lost === undefined) return `The damaged store is unreadable. It is kept as ${path}.`;
  const unreadable = lost === 0 ? '' : ` ${plural(lost, 'capture')} could not be read.`;
  return `Copied ${plural(copied, 'capture')} of the damaged store, which is kept as ${path}.${unreadable}`;
}
