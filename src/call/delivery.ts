import type { IdentifiedEvent } from '../payload/payload.js';
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
 * Why a call was not forwarded. `no_post`: it is not a POST, or has no body. `no_data`: it has no
 * field `data` and is not a payload itself. `unreadable`: its events cannot be read, so no filter
 * matches them. `filtered`: none of its events is selected for forwarding.
 */
const skipReasons = ['no_post', 'no_data', 'unreadable', 'filtered'] as const;
export type SkipReason = (typeof skipReasons)[number];

/** Reads a stored reason. null when there is none, or when another version wrote an unknown one. */
export function asSkipReason(value: unknown): SkipReason | null {
  return skipReasons.find((reason) => reason === value) ?? null;
}

/** Whether a call was skipped that the user may have meant to forward. */
export function isUnforwarded(
  reason: SkipReason | null | undefined,
): reason is 'no_data' | 'unreadable' {
  return reason === 'no_data' || reason === 'unreadable';
}

/** A forwarding target and the engine that queues for it; an empty `queue` is the store itself. */
export interface Destination {
  readonly url: string;
  readonly queue: string;
  /** What the user calls the handler. Undefined leaves a stored name. */
  readonly name?: string | undefined;
}

/** One try, as stored with the call. */
export interface DeliveryAttempt {
  /** When the try ended, in milliseconds since 1970. */
  readonly time: number;
  readonly url: string;
  /** null when no answer arrived. */
  readonly status: number | null;
  /** Why no answer arrived, or what an answer other than 200 says. */
  readonly reason: string | null;
  /** The start of the answer's body: at most a kilobyte, as text. null when no answer arrived. */
  readonly answer: string | null;
  readonly ms: number;
}

/**
 * One request of a worker to the store, in one transaction: stores the outcomes of its calls and
 * takes more.
 */
export interface DeliveryTurn {
  readonly destination: Destination;
  /** The worker's name, new for each start. */
  readonly worker: string;
  readonly now: number;
  /** Until when version 0.1.0 considers this worker alive. */
  readonly leaseUntil: number;
  readonly settled: readonly Settlement[];
  /** Undefined: the worker renewed itself a moment ago. */
  readonly renewal: Renewal | undefined;
  /** Workers that died, as last seen: their calls become due again. */
  readonly expired: readonly WorkerBeat[];
  /** Makes all delayed calls due now. */
  readonly hurry: boolean;
  /** Captures whose dead calls become due now. */
  readonly revived: readonly string[];
  /** Maximum numbers of calls to take: of those tried before, and of the others. */
  readonly maxDelayed: number;
  readonly maxWaiting: number;
  /**
   * Takes calls strictly by age: no untried call before one that is due again, and no call while
   * another worker has some.
   */
  readonly ordered: boolean;
  /** Takes no untried call up to this sequence number: failed calls block those. */
  readonly passed: number;
  /** Where the store keeps calls that block others and are not with this worker. */
  readonly holding: readonly number[];
  /** The worker's last turn. */
  readonly leave: boolean;
}

/** A worker's sign of life. */
export interface Renewal {
  readonly process: ProcessIdentity;
  /** See `Renewed`. The queue's counter continues from this at least. */
  readonly waited: number;
}

export interface Renewed {
  /** Where the store keeps the worker's calls: it may have lost some. */
  readonly held: readonly number[];
  readonly workers: readonly WorkerBeat[];
  /** How long the queue has had a live worker, in milliseconds. */
  readonly waited: number;
}

export interface WorkerBeat {
  readonly name: string;
  /** Changes as long as the worker is alive. */
  readonly beat: number;
  /** Undefined for version 0.1.0, which does not report it. */
  readonly process: ProcessIdentity | undefined;
}

/** The outcome of a call. */
export interface Settlement {
  /** As in the taken call. */
  readonly seq: number;
  readonly state: Exclude<DeliveryState, 'active'>;
  /** When a delayed call is retried; meaningless in other states. */
  readonly due: number;
  readonly attempt: DeliveryAttempt | undefined;
  /** For skipped calls. */
  readonly skipped?: SkipReason | undefined;
  /**
   * The call's key in another engine that has it or may have it; undefined leaves the stored one.
   */
  readonly job?: string | undefined;
}

/** A handed-over call, as both sides name it. */
export interface HandedOverCall {
  readonly capture: string;
  /**
   * Distinguishes the call from one with the same id, in a copied store, and from an earlier try.
   */
  readonly job: string;
}

/**
 * What another engine reports of a call. `handed over`: still there, after a try or a retry
 * request. `dropped`: removed from the queue. `moved`: queued for the URL `to`.
 */
export interface RemoteOutcome extends HandedOverCall {
  readonly state: 'handed over' | 'delivered' | 'dead' | 'skipped' | 'dropped' | 'moved';
  readonly to: string | null;
  readonly tries: number;
  readonly last: DeliveryAttempt | null;
  /** For skipped calls; null when unknown. */
  readonly skipped: SkipReason | null;
}

/** One exchange between a store and the engine that takes over its calls. */
export interface ReconcileTurn {
  /** The engine, as `Destination` names it. */
  readonly queue: string;
  readonly outcomes: readonly RemoteOutcome[];
  /** Calls that the engine lost, to be handed over again. */
  readonly lost: readonly HandedOverCall[];
  /** Calls that the engine removed, as `withdrawals` requested. */
  readonly withdrawn: readonly WithdrawnCall[];
  /** Requests a page of some `maxCalls` handed-over calls behind this sequence number. */
  readonly behind: number;
  readonly maxCalls: number;
}

export interface ReconcileAnswer {
  /** The indexes of `outcomes` that cannot be applied yet; report them again. */
  readonly pending: readonly number[];
  /** The store's tag, which changes when the store starts elsewhere, and its earlier tags. */
  readonly tag: string;
  readonly olderTags: readonly string[];
  readonly handedOver: readonly (HandedOverCall & {
    readonly seq: number;
    readonly to: string;
  })[];
  /** The `behind` of the next page of `handedOver`; null: this is the last one. */
  readonly nextBehind: number | null;
  /** Calls that were retried or dropped here; the engine must not deliver them. */
  readonly withdrawals: readonly WithdrawnCall[];
}

export interface WithdrawnCall extends HandedOverCall {
  /** The URL it was queued for. */
  readonly to: string;
}

export interface TakenTurn {
  readonly calls: readonly TakenCall[];
  /** When the next delayed call is due; null when none is delayed. */
  readonly nextDue: number | null;
  /** Calls of `holding` that need no retry any more: dropped, moved or finished. */
  readonly released: readonly number[];
  /** Undefined when the worker did not renew itself. */
  readonly renewed: Renewed | undefined;
}

export interface TakenCall {
  readonly seq: number;
  readonly capture: Capture;
  /** The known events; undefined when the body was not read yet. */
  readonly events: readonly IdentifiedEvent[] | undefined;
  /** When the call was queued or its retry requested, in milliseconds since 1970. */
  readonly queued: number;
  /** The queue's counter at that time; see `Renewed`. */
  readonly waited: number;
  /** Number of tries since then. */
  readonly tries: number;
  /** How often the call was queued again after its delivery. Undefined: never. */
  readonly redelivery?: number | undefined;
}

/** The delivery of one capture to one handler. Times in milliseconds since 1970. */
export interface Delivery {
  /** What the user calls the handler; null when it has no name. */
  readonly name: string | null;
  /** The target URL, without credentials. */
  readonly target: string;
  /** The engine that has it, without credentials; empty for the store itself. */
  readonly queue: string;
  readonly state: DeliveryState;
  readonly queued: number;
  /** When a delayed call is retried. */
  readonly due: number | null;
  readonly tries: number;
  /** null when not skipped, or when the reason is unknown. */
  readonly skipped: SkipReason | null;
}

/** The same as JSON lines and the inspector's page have it. Times are ISO 8601 in UTC. */
export interface DeliveryNotice {
  /** What the user calls the handler; null when it has no name. */
  readonly name: string | null;
  readonly target: string;
  /** The Redis that has it; null for the store. */
  readonly queue: string | null;
  readonly state: DeliveryState;
  readonly queued: string;
  /** When a delayed call is retried. */
  readonly due: string | null;
  readonly tries: number;
  /** null when not skipped, or when the reason is unknown. */
  readonly skipped: SkipReason | null;
}

export interface QueueCounts {
  readonly states: Readonly<Record<DeliveryState, number>>;
  /** Skipped calls that may have been meant for forwarding: see `isUnforwarded`. */
  readonly unforwarded?: number;
  /** When the oldest unfinished call was queued, in milliseconds since 1970. */
  readonly oldest: number | null;
  /** Since when workers send no call, in milliseconds since 1970. null: it is not paused. */
  readonly paused: number | null;
}

export interface TargetCounts extends QueueCounts {
  readonly target: string;
  /** What the user calls the handler; null or missing when it has no name. */
  readonly name?: string | null;
  /** The engine that has its calls, without credentials; empty for the store itself. */
  readonly queue: string;
}

/** Selects queued calls that meet all conditions; an empty list is no condition. */
export interface QueueChoice {
  /** Complete ids of captures. */
  readonly ids: readonly string[];
  readonly states: readonly DeliveryState[];
  readonly target: string | undefined;
}

export interface QueueEntry {
  readonly id: string;
  readonly target: string;
  /** What the user calls the handler; null or missing when it has no name. */
  readonly name?: string | null;
  readonly state: DeliveryState;
  readonly queued: number;
  /** When a delayed call is retried. */
  readonly due: number | null;
  readonly tries: number;
  /** The outcome of the last try; null when there was none. */
  readonly last: { readonly status: number | null; readonly reason: string | null } | null;
}
