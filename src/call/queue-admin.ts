import type { QueueChoice, QueueEntry, TargetCounts } from './delivery.js';

/** Lists and repairs queued calls, over all targets of an engine. */
export interface QueueAdmin {
  /** The URLs that have queued calls or are paused, in alphabetical order. */
  targets(): Promise<readonly TargetCounts[]>;
  /** Queued calls in one of these states (none: in any), newest first. Reads them page by page. */
  list(choice: QueueChoice): AsyncIterable<QueueEntry>;
  /**
   * Makes calls due now, with a fresh number of attempts, and moves them to `to` if given. Skips calls that
   * are in flight or handed over. Returns how many it changed. Delivered calls are sent again, as redeliveries.
   */
  retry(choice: QueueChoice, to: string | undefined): Promise<number>;
  /**
   * Queues captures that have no call yet, given by their complete ids, for `to`, else for the only target of the
   * queue. Returns how many. Throws `target_unclear` when there are several, and none was given.
   */
  enqueue(captures: readonly string[], to: string | undefined): Promise<number>;
  /** Removes calls from the queue; their captures stay. Returns how many it removed. */
  drop(choice: QueueChoice): Promise<number>;
  /**
   * Lets workers send no further call from `since`, in milliseconds since 1970; null lets them send again.
   * Outlasts restarts. `target`: undefined for all targets that ever had a queue. Returns those that it
   * changed.
   */
  pause(target: string | undefined, since: number | null): Promise<readonly string[]>;
  close(): Promise<void>;
}
