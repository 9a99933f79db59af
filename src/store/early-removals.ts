import { timeAt } from '../call/capture-id.js';
import type { Removal } from './removals.js';

/** Captures that were removed before they were as old as the retention lets them become. */
export interface EarlyRemoval {
  /** The limit that was reached before their age. */
  readonly cause: 'keep' | 'keep_size';
  readonly limit: number;
  readonly captures: number;
  /** How old the newest of them was, in milliseconds. */
  readonly age: number;
}

/** Gathers them, so that they are told once an hour and not one by one. */
export interface EarlyRemovals {
  add(removals: readonly Removal[]): void;
  /** Tells what there is, if it is time. */
  tellIfDue(): void;
}

const tellEveryMs = 3_600_000;

/** `monotonic` in milliseconds, of a clock that is never set. */
export function gatherEarlyRemovals(
  monotonic: () => number,
  tell: (removal: EarlyRemoval) => void,
): EarlyRemovals {
  let gathered: EarlyRemoval | undefined;
  let told: number | undefined;
  return {
    add(removals) {
      for (const { cause, captures, newest, time, limit } of removals) {
        if (cause !== 'keep' && cause !== 'keep_size') continue;
        const sum = (gathered?.captures ?? 0) + captures;
        gathered = {
          cause,
          limit: limit ?? 0,
          captures: sum,
          age: Math.max(0, time - timeAt(newest)),
        };
      }
    },
    tellIfDue() {
      if (!gathered || (told !== undefined && monotonic() - told < tellEveryMs)) return;
      tell(gathered);
      told = monotonic();
      gathered = undefined;
    },
  };
}
