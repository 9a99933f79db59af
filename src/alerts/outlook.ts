/** How long the listener's calls are safe. Times are milliseconds since 1970. */
export interface Outlook {
  /** When the first waiting call is given up. undefined: no call waits. */
  readonly firstGiveUp: number | undefined;
  /** When the disk is full at the current rate. undefined: it does not fill. */
  readonly diskFull: number | undefined;
}

export const noOutlook: Outlook = { firstGiveUp: undefined, diskFull: undefined };

/** Until when no call is lost, and what ends that. */
export interface SafeUntil {
  /** ISO 8601 in UTC. */
  readonly time: string;
  readonly because: 'first_give_up' | 'disk_full';
}

/** The earlier of the two ends; null: none is foreseeable. */
export function safeUntilOf({ firstGiveUp, diskFull }: Outlook): SafeUntil | null {
  if (firstGiveUp !== undefined && (diskFull === undefined || firstGiveUp <= diskFull)) {
    return { time: isoTime(firstGiveUp), because: 'first_give_up' };
  }
  return diskFull === undefined ? null : { time: isoTime(diskFull), because: 'disk_full' };
}

/** The largest time that a Date can hold. */
const maxTime = 8.64e15;

export function isoTime(ms: number): string {
  return new Date(Math.min(Math.max(ms, -maxTime), maxTime)).toISOString();
}
