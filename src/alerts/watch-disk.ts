import { statfs } from 'node:fs/promises';
import type { Clock } from '../call/clock.js';
import type { AlertFact } from './fact.js';

export interface DiskWatch {
  /** When the disk is full at the current rate, in milliseconds since 1970. undefined: it does not fill. */
  fullAt(): number | undefined;
  close(): void;
}

/** Bytes. */
export interface DiskSpace {
  readonly free: number;
  readonly total: number;
}

export interface DiskOptions {
  readonly folder: string;
  /** Undefined: unknown, as on some network disks. */
  readonly read: () => Promise<DiskSpace | undefined>;
  readonly clock: Clock;
  readonly now: () => number;
}

/** The space of a folder's disk that this user may use. */
export async function readDisk(folder: string): Promise<DiskSpace | undefined> {
  const disk = await statfs(folder).catch(() => undefined);
  if (disk === undefined || disk.blocks === 0) return undefined;
  return { free: disk.bavail * disk.bsize, total: disk.blocks * disk.bsize };
}

/** A disk is low below both of these, or when it will be full soon. */
const lowBytes = 1024 ** 3;
const lowShare = 0.1;
const soonMs = 3_600_000;
/** It is low until it has this much more than the limit. */
const recoveryFactor = 1.2;

const lookEveryMs = 30_000;
/** The rate is measured over at least and at most these. */
const minRateMs = 5 * 60_000;
const maxRateMs = 30 * 60_000;

export function isDiskLow({ free, total }: DiskSpace, factor = 1): boolean {
  return free < factor * Math.min(lowBytes, lowShare * total);
}

/** Raises an alert when a disk is nearly full, and when it has space again. Looks at once. */
export function watchDisk(
  { folder, read, clock, now }: DiskOptions,
  raise: (fact: AlertFact) => void,
): DiskWatch {
  const closing = new AbortController();
  const { signal } = closing;
  /** Free bytes by time, oldest first. */
  const samples: { readonly at: number; readonly free: number }[] = [];
  let lowSince: number | undefined;

  const fullAt = (): number | undefined => {
    const [first] = samples;
    const last = samples.at(-1);
    if (!first || !last || last.at - first.at < minRateMs) return undefined;
    const perMs = (first.free - last.free) / (last.at - first.at);
    return perMs > 0 ? now() + last.free / perMs : undefined;
  };

  const look = async (): Promise<void> => {
    const space = await read().catch(() => undefined);
    if (space === undefined || signal.aborted) return;
    const at = clock.now();
    samples.push({ at, free: space.free });
    while (samples.length > 2 && at - (samples[0]?.at ?? at) > maxRateMs) samples.shift();
    const isFilling = (fullAt() ?? Number.POSITIVE_INFINITY) - now() < soonMs;
    const low = isFilling || isDiskLow(space, lowSince === undefined ? 1 : recoveryFactor);
    if (low && lowSince === undefined) {
      lowSince = now();
      raise({ kind: 'disk_low', since: lowSince, folder, ...space });
    } else if (!low && lowSince !== undefined) {
      const lasted = Math.max(0, now() - lowSince);
      lowSince = undefined;
      raise({ kind: 'disk_recovered', free: space.free, lasted });
    }
  };

  const watch = async (): Promise<void> => {
    while (!signal.aborted) {
      await look();
      await clock.wait(lookEveryMs, signal);
    }
  };

  void watch();
  return { fullAt, close: () => closing.abort() };
}
