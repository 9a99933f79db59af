import type { QueueChoice, QueueEntry, TargetCounts } from '../call/delivery.js';

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
