import type { ReachNotice } from '../output/notice.js';
import type { Reach } from '../store/removals.js';
import { plural } from './plural.js';
import { limitText } from './retention.js';

export function reachNotice(reach: Reach | undefined): Omit<ReachNotice, 'type'> | null {
  if (!reach) return null;
  return {
    ...reach,
    since: new Date(reach.since).toISOString(),
    time: new Date(reach.time).toISOString(),
  };
}

/** How far back a history reaches and why; `since` as it is to be shown. */
export function reachText(reach: Omit<ReachNotice, 'type'>, since: string): string {
  return `reaches back to ${since}: ${limitText(reach)} removed older captures, ${plural(reach.removed, 'capture')} so far`;
}
