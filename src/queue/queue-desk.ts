import type { DeliveryState } from '../call/delivery.js';
import type { QueueCounts } from './queue.js';

/** What a queue command looks at and repairs, over all targets of an engine. */
export interface QueueDesk {
  /** Every URL that calls were ever queued for and that still has any, in alphabetical order. */
  targets(): Promise<readonly TargetCounts[]>;
  /** Queued calls in one of these states, the newest first; no state: in any. Taken step by step. */
  list(choice: QueueChoice): AsyncIterable<QueueEntry>;
  /**
   * Makes calls due now, with all their tries before them, and moves them to another URL when `to`
   * is given. Calls that are with a worker are left alone. Returns how many.
   */
  retry(choice: QueueChoice, to: string | undefined): Promise<number>;
  /** Takes calls out of the queue for good; what was recorded of them stays. Returns how many. */
  drop(choice: QueueChoice): Promise<number>;
  close(): Promise<void>;
}

/** All conditions must hold; an empty list is none. */
export interface QueueChoice {
  /** Whole ids of captures. */
  readonly ids: readonly string[];
  readonly states: readonly DeliveryState[];
  readonly target: string | undefined;
}

export interface TargetCounts extends QueueCounts {
  /** The URL, without credentials. */
  readonly target: string;
}

export interface QueueEntry {
  readonly id: string;
  readonly target: string;
  readonly state: DeliveryState;
  /** Milliseconds since 1970. */
  readonly queued: number;
  /** When a delayed call is tried again. */
  readonly due: number | null;
  readonly tries: number;
  /** What the last try came to; null: there was none. */
  readonly last: { readonly status: number | null; readonly reason: string | null } | null;
}
