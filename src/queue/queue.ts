import type { Capture } from '../call/call.js';
import type { DeliveryAttempt, QueueCounts, SkipReason } from '../call/delivery.js';
import type { EventSummary } from '../payload/payload.js';

/**
 * The calls that are to be forwarded to one URL, and how far each has come. The promises below
 * hold for every engine; test/contract/queue.test.ts holds every engine to them.
 *
 * - A call that was queued is given to a worker at least once: again after a worker was killed,
 *   and twice only when its worker vanished between the handler's answer and writing it down.
 * - A call is with one worker at a time.
 * - A call whose worker vanished comes back by itself, within a minute.
 */
export interface Queue {
  /**
   * Gives calls to `deliver` as they become due: calls that failed and are due again, and calls
   * that were never tried, the oldest first; none of both kinds waits for ever behind the other.
   * The memory that is taken does not depend on how many wait.
   */
  work(deliver: Deliver, options: WorkOptions): QueueWorker;
  /** How many calls are in each state, now. */
  counts(): Promise<QueueCounts>;
  /** Lets go of connections. Workers must be closed before. */
  close(): Promise<void>;
}

/** Sends a call and says what becomes of it. Must not reject. */
export type Deliver = (call: QueuedCall) => Promise<Decision>;

export interface WorkOptions {
  /** How many calls may be with `deliver` at a time. */
  readonly slots: number;
  /**
   * Of the calls that share a panel the next is given only when the one before it is delivered,
   * dead or skipped. There may be one such worker only for a queue.
   */
  readonly ordered: boolean;
  /** Told when the engine itself fails, or is well again (undefined); it tries again by itself. */
  readonly trouble: (error: unknown) => void;
}

/** Works a queue until it is closed. */
export interface QueueWorker {
  /** How many calls may be with `deliver` at a time from now on; 0: none is given. */
  allow(slots: number): void;
  /** Makes all calls due now whose next try was put off. */
  hurry(): Promise<void>;
  /**
   * Makes calls of this queue that are dead due now, with the tries that they had. Takes the ids of
   * captures, a handful, and leaves alone what is not dead.
   */
  revive(captures: readonly string[]): Promise<void>;
  /**
   * Gives out no more, waits so many milliseconds for what is with `deliver`, and lets go. What
   * was not decided by then comes back as if its worker had vanished.
   */
  close(patience: number): Promise<void>;
}

export interface QueuedCall {
  readonly capture: Capture;
  /** What is known of its events; undefined: the body was not read yet. */
  readonly events: readonly EventSummary[] | undefined;
  /** When it was queued, or asked to be tried again, in milliseconds since 1970. */
  readonly queued: number;
  /**
   * How long it has waited since then, as far as its engine can tell. Counted, where the engine can,
   * rather than taken from a clock that may jump.
   */
  readonly waitedMs: number;
  /** How often it was tried since then. */
  readonly tries: number;
}

/** What becomes of a call. */
export type Decision =
  | { readonly state: 'delivered'; readonly attempt?: DeliveryAttempt }
  /** To another engine, which promises the same; `job` is its key there. */
  | { readonly state: 'handed over'; readonly job?: string }
  /** It is tried again at `due`, in milliseconds since 1970. */
  | { readonly state: 'delayed'; readonly due: number; readonly attempt: DeliveryAttempt }
  | { readonly state: 'dead'; readonly attempt: DeliveryAttempt }
  /** It is none of those that are to be forwarded. */
  | { readonly state: 'skipped'; readonly reason?: SkipReason | undefined }
  /** It was not tried: it waits as before. `job`: another engine may have it, under this key. */
  | { readonly state: 'waiting'; readonly job?: string };
