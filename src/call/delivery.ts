import type { EventSummary } from '../payload/payload.js';
import type { ProcessIdentity } from '../process-identity.js';
import type { Capture } from './call.js';

/**
 * The states of a capture that is to be forwarded, and the number that the store writes for each.
 * `waiting`: never tried. `delayed`: tried, and due again later. `active`: taken by a worker. `dead`:
 * given up. `skipped`: not to be forwarded. `handed over`: to another engine, which reports the
 * outcome. (To a listener of 0.1.0 it does not, so such calls stay in this state.)
 */
export const deliveryState = {
  waiting: 0,
  delayed: 1,
  active: 2,
  delivered: 3,
  dead: 4,
  skipped: 5,
  'handed over': 6,
} as const;
export type DeliveryState = keyof typeof deliveryState;
export const deliveryStates = Object.keys(deliveryState) as readonly DeliveryState[];

/**
 * Why a call was not forwarded. `no_post`: it is not a POST, or has no body. `no_data`: it has no field
 * `data`, and is not a payload itself. `unreadable`: its events cannot be read, so that no filter matches
 * them. `filtered`: none of its events is one of those to be forwarded.
 */
const skipReasons = ['no_post', 'no_data', 'unreadable', 'filtered'] as const;
export type SkipReason = (typeof skipReasons)[number];

/** A reason as it was stored; null: none, or that of a version that does not know it. */
export function asSkipReason(value: unknown): SkipReason | null {
  return skipReasons.find((reason) => reason === value) ?? null;
}

/** Whether a call was skipped that somebody may have meant to be forwarded. */
export function isUnforwarded(
  reason: SkipReason | null | undefined,
): reason is 'no_data' | 'unreadable' {
  return reason === 'no_data' || reason === 'unreadable';
}

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
  /** Until when version 0.1.0 takes this worker for living. */
  readonly leaseUntil: number;
  readonly settled: readonly Settlement[];
  /** Undefined: the worker has shown a moment ago that it lives. */
  readonly renewal: Renewal | undefined;
  /** Workers that vanished, as they were last seen: their calls are to be tried again. */
  readonly vanished: readonly WorkerBeat[];
  /** Makes all delayed calls due now. */
  readonly hurry: boolean;
  /** The captures whose calls are due now though they are dead. */
  readonly revived: readonly string[];
  /** How many more calls it takes at most: of those that were tried before, and of the others. */
  readonly maxDelayed: number;
  readonly maxWaiting: number;
  /**
   * Takes all by their age: none that was never tried before one that is due again, and none at all
   * while another worker has some.
   */
  readonly ordered: boolean;
  /** Takes no call that was never tried up to this place: failed calls hold those up. */
  readonly passed: number;
  /** Where the store keeps calls that hold up others, which the worker does not have. */
  readonly holding: readonly number[];
  /** It is the worker's last turn. */
  readonly leave: boolean;
}

/** A worker shows that it lives. */
export interface Renewal {
  readonly process: ProcessIdentity;
  /** See `Renewed`. The queue's counter goes on to this at least. */
  readonly waited: number;
}

export interface Renewed {
  /** Where the store keeps the calls that the worker has: it may have lost some. */
  readonly held: readonly number[];
  /** All other workers of the store. */
  readonly workers: readonly WorkerBeat[];
  /** For how long the queue had a worker that lived, in milliseconds. */
  readonly waited: number;
}

/** A worker as others see it. */
export interface WorkerBeat {
  readonly name: string;
  /** Changes as long as it lives. */
  readonly beat: number;
  /** Undefined: it is of version 0.1.0, and does not say. */
  readonly process: ProcessIdentity | undefined;
}

/** What became of a call. */
export interface Settlement {
  /** As the call was taken. */
  readonly place: number;
  readonly state: Exclude<DeliveryState, 'active'>;
  /** When a delayed one is tried again; of others without meaning. */
  readonly due: number;
  readonly attempt: DeliveryAttempt | undefined;
  /** Of a skipped one. */
  readonly skipped?: SkipReason | undefined;
  /** The key of the call in the other engine, which has it or may have it; undefined: as before. */
  readonly job?: string | undefined;
}

/** A call that was handed over, as both sides name it. */
export interface HandedOverCall {
  /** The whole id of its capture. */
  readonly capture: string;
  /** Tells it from any other call with the same id, of a copied store, and from an earlier try. */
  readonly job: string;
}

/**
 * What another engine reports of a call. `handed over`: it is still there, and was tried or asked to
 * be tried again. `dropped`: it was taken out of the queue. `moved`: it is queued for the URL `to`.
 */
export interface RemoteOutcome extends HandedOverCall {
  readonly state: 'handed over' | 'delivered' | 'dead' | 'skipped' | 'dropped' | 'moved';
  readonly to: string | null;
  readonly tries: number;
  readonly last: DeliveryAttempt | null;
  /** Of a skipped one; null: not known. */
  readonly skipped: SkipReason | null;
}

/** What a store and the engine that it hands calls over to have to say to each other, in one go. */
export interface ReconcileTurn {
  /** The engine, as `Destination` names it. */
  readonly queue: string;
  readonly outcomes: readonly RemoteOutcome[];
  /** Calls that the engine does not have any more: they are handed over again. */
  readonly lost: readonly HandedOverCall[];
  /** Calls that were taken out of the engine, as `withdrawals` asked for. */
  readonly withdrawn: readonly WithdrawnCall[];
  /** Asks for handed-over calls behind this place, up to `maxCalls`. */
  readonly behind: number;
  readonly maxCalls: number;
}

export interface ReconcileAnswer {
  /** Which of `outcomes`, by their index, cannot be applied yet and should come again. */
  readonly pending: readonly number[];
  /** The tag of the store, which changes when the store wakes up elsewhere, and those before it. */
  readonly tag: string;
  readonly olderTags: readonly string[];
  readonly handedOver: readonly (HandedOverCall & {
    readonly place: number;
    readonly to: string;
  })[];
  /** Calls that were retried or dropped here, and must not be delivered by the engine as well. */
  readonly withdrawals: readonly WithdrawnCall[];
}

export interface WithdrawnCall extends HandedOverCall {
  /** The URL that it was queued for. */
  readonly to: string;
}

export interface TakenTurn {
  readonly calls: readonly TakenCall[];
  /** When the next delayed call is due; null: none is delayed. */
  readonly nextDue: number | null;
  /** Those of `holding` that are not to be tried again: they were dropped, moved, or are at their end. */
  readonly released: readonly number[];
  /** Undefined: the worker did not show that it lives. */
  readonly renewed: Renewed | undefined;
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
  /** What the counter of its queue said then; see `Renewed`. */
  readonly waited: number;
  /** How often it was tried since then. */
  readonly tries: number;
}

/** How far one capture has come. Times in milliseconds since 1970. */
export interface Delivery {
  /** The URL that it is for, without credentials. */
  readonly target: string;
  /** Where it is handed over to, without credentials; empty: nowhere. */
  readonly queue: string;
  readonly state: DeliveryState;
  readonly queued: number;
  /** When a delayed one is tried again. */
  readonly due: number | null;
  readonly tries: number;
  /** Why it was skipped; null: it was not, or the reason is unknown. */
  readonly skipped: SkipReason | null;
}

export interface QueueCounts {
  readonly states: Readonly<Record<DeliveryState, number>>;
  /** How many of the skipped ones may have been meant to be forwarded: see `isUnforwarded`. */
  readonly unforwarded?: number;
  /** When the oldest call that is not at its end yet was queued, in milliseconds since 1970. */
  readonly oldest: number | null;
}

export interface TargetCounts extends QueueCounts {
  /** The URL, without credentials. */
  readonly target: string;
  /** Where its calls are handed over to, without credentials; empty: nowhere. */
  readonly queue: string;
}

/** Which queued calls are meant. All conditions must hold; an empty list is none. */
export interface QueueChoice {
  /** Whole ids of captures. */
  readonly ids: readonly string[];
  readonly states: readonly DeliveryState[];
  readonly target: string | undefined;
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
