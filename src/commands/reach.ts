import { plural } from '../amounts.js';
import type { ReachNotice } from '../output/notice.js';
import type { Reach } from '../store/retention.js';
import { limitText } from './retention.js';

export function reachNotice(reach: Reach | undefined): Omit<ReachNotice, 'type'> | null {
  if (!reach) return null;
  return { ...reach, since: isoTime(reach.since), time: isoTime(reach.time) };
}

/** How far back a history reaches and why; `shown` formats a time. */
export function reachText(
  { since, cause, limit, removed, withoutPayload }: Omit<ReachNotice, 'type'>,
  shown: (iso: string) => string,
): string {
  const first = `${plural(withoutPayload, 'capture')} without a payload`;
  if (since === null || cause === null) {
    return `lacks ${first}: such captures may take a tenth of what the store keeps`;
  }
  const also = withoutPayload === 0 ? '' : `, after ${first}`;
  return `reaches back to ${shown(since)}: ${limitText({ cause, limit })} removed older captures, ${plural(removed, 'capture')} so far${also}`;
}

function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
