import type { Capture } from '../call/call.js';
import { readCallContent } from '../call/content.js';
import type { DeliveryAttempt, QueueCounts, SkipReason } from '../call/delivery.js';
import type { IdentifiedEvent } from '../payload/payload.js';

/**
 * The calls to be forwarded to one URL, and their states. test/contract/queue.test.ts tests that every engine
 * keeps these promises:
 *
 * - Each queued call is given to a worker at least once. It is given again only if its worker was killed before
 *   it stored the outcome.
 * - At most one worker has a call at a time.
 * - A call whose worker was killed is due again within a minute.
 */
export interface Queue {
  /**
   * Gives due calls to `deliver`: delayed calls that are due again, and untried calls, oldest first. Neither
   * kind starves the other. Memory use does not depend on the length of the queue.
   */
  work(deliver: Deliver, options: WorkOptions): QueueWorker;
  /** Since when the queue is paused, in milliseconds since 1970; null: it is not. */
  pausedSince(): Promise<number | null>;
  /** Counts calls by state. */
  counts(): Promise<QueueCounts>;
  /** Closes connections. All workers must be closed before. */
  close(): Promise<void>;
}

/** Sends a call, and decides its state. Must not reject. */
export type Deliver = (call: QueuedCall) => Promise<Decision>;

export interface WorkOptions {
  /** The maximum number of calls in flight. */
  readonly slots: number;
  /**
   * Gives a call only when the previous call of each of its panels is delivered, dead or skipped. A queue may
   * have only one such worker.
   */
  readonly ordered: boolean;
  /** Called once when the engine fails. It retries by itself. */
  readonly failed: (error: unknown) => void;
  /** Called when the engine works again after `failed`. */
  readonly recovered: () => void;
}

/** Works a queue until it is closed. */
export interface QueueWorker {
  /** Changes the maximum number of calls in flight. 0 pauses the worker. */
  allow(slots: number): void;
  /** Makes all delayed calls due now. */
  hurry(): Promise<void>;
  /**
   * Makes the dead calls of these few captures due now, with the attempts that they had. Ignores calls that are
   * not dead.
   */
  revive(captures: readonly string[]): Promise<void>;
  /**
   * Takes no further calls, waits at most `graceMs` for calls in flight, and stops. Calls without a decision are
   * given again, as after a kill.
   */
  close(graceMs: number): Promise<void>;
}

export interface QueuedCall {
  readonly capture: Capture;
  /** Summaries of its events. Undefined: the body has not been read yet. */
  readonly events: readonly IdentifiedEvent[] | undefined;
  /** When it was queued, or a retry of it was requested, in milliseconds since 1970. */
  readonly queued: number;
  /** How long it has waited since then. Engines measure it without a clock that may jump, if they can. */
  readonly waitedMs: number;
  /** The number of attempts since then. */
  readonly tries: number;
  /** How often the call was queued again after its delivery. Undefined: never. */
  readonly redelivery?: number | undefined;
}

/** The state of a call after `deliver`. */
export type Decision =
  | { readonly state: 'delivered'; readonly attempt?: DeliveryAttempt }
  /** To another engine with the same promises. `job` is the call's key there. */
  | { readonly state: 'handed over'; readonly job?: string }
  /** To be retried at `due`, in milliseconds since 1970. */
  | { readonly state: 'delayed'; readonly due: number; readonly attempt: DeliveryAttempt }
  | { readonly state: 'dead'; readonly attempt: DeliveryAttempt }
  /** Not one of the calls to be forwarded. */
  | { readonly state: 'skipped'; readonly reason?: SkipReason | undefined }
  /** Not tried: it waits as before. `job`: another engine may have it under this key. */
  | { readonly state: 'waiting'; readonly job?: string };

/** The panels of a call's events, each once. */
export function panelsOf({ capture, events }: Pick<QueuedCall, 'capture' | 'events'>): string[] {
  const known = events ?? eventsOf(readCallContent(capture));
  return [...new Set(known.map(({ panel }) => panel))];
}

function eventsOf(content: ReturnType<typeof readCallContent>) {
  return content.kind === 'payload' ? content.events : [];
}
