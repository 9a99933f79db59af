import type { EventSummary } from '../payload/payload.js';
import type { Capture } from './call.js';

/**
 * How far a capture that is to be forwarded has come. `waiting`: never tried. `delayed`: tried, to
 * be tried again at its time. `active`: with a worker. `dead`: given up. `skipped`: not one of those
 * to be forwarded. `handed over`: to another engine, which promises the same.
 */
export const deliveryStates = [
  'waiting',
  'delayed',
  'active',
  'delivered',
  'dead',
  'skipped',
  'handed over',
] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** Where calls are forwarded to, and which engine queues them: an empty `queue` is the store itself. */
export interface Destination {
  readonly url: string;
  readonly queue: string;
}

/** One try, as it is kept with the call. */
export interface DeliveryAttempt {
  /** When it ended, in milliseconds since 1970. */
  readonly time: number;
  /** Where the call was sent, without credentials. */
  readonly url: string;
  /** null: no answer came. */
  readonly status: number | null;
  /** Why no answer came, or what the answer says when it is not 200. */
  readonly reason: string | null;
  /** How the answer's body begins: at most a kilobyte, as text. null: no answer came. */
  readonly answer: string | null;
  readonly ms: number;
}

/**
 * What a worker of a destination asks of a store in one go: to keep what became of the calls that it
 * had, and to give it more. All of it is one transaction.
 */
export interface DeliveryTurn {
  readonly destination: Destination;
  /** Its name, a new one for each worker that is started. */
  readonly worker: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Until when it is believed to live if nothing is heard of it. */
  readonly believedUntil: number;
  readonly settled: readonly Settlement[];
  /** It keeps the calls that it has, and looks for those of workers that vanished. */
  readonly renew: boolean;
  /** Makes all delayed calls due now. */
  readonly hurry: boolean;
  /** How many more calls it takes, at most, and how many of them that were tried before. */
  readonly most: number;
  readonly mostDelayed: number;
}

/** What became of a call. */
export interface Settlement {
  /** As the call was taken. */
  readonly place: number;
  readonly state: Exclude<DeliveryState, 'active'>;
  /** When a delayed one is tried again; of others without meaning. */
  readonly due: number;
  readonly attempt: DeliveryAttempt | undefined;
}

export interface TakenTurn {
  readonly calls: readonly TakenCall[];
  /** When the next delayed call is due; null: none is delayed. */
  readonly nextDue: number | null;
}

/** A call that a worker has taken. */
export interface TakenCall {
  /** Where the store keeps it. */
  readonly place: number;
  readonly capture: Capture;
  /** What is known of its events; undefined: the body was not read yet. */
  readonly events: readonly EventSummary[] | undefined;
  /** When it was queued, or asked to be tried again, in milliseconds since 1970. */
  readonly queued: number;
  /** How often it was tried since then. */
  readonly tries: number;
}
