import type {
  DeliveryTurn,
  Destination,
  QueueCounts,
  Settlement,
  TakenCall,
  TakenTurn,
  WorkerBeat,
} from '../call/delivery.js';
import type { ProcessIdentity } from '../process-identity.js';
import { createOrderedPrefetch, createPrefetch, type Prefetch } from './prefetch.js';
import {
  type Decision,
  type Deliver,
  panelsOf,
  type Queue,
  type QueueWorker,
  type WorkOptions,
} from './queue.js';
import { WakeSignal } from './wake-signal.js';
import { WorkerLease } from './worker-lease.js';

/** The part of a store that a queue needs: see `Recorder`. */
interface DeliveryLog {
  turn(turn: DeliveryTurn): Promise<TakenTurn>;
}

interface StoreQueueOptions {
  readonly log: DeliveryLog;
  readonly destination: Destination;
  readonly counts: () => Promise<QueueCounts>;
  readonly pausedSince: () => Promise<number | null>;
  /** Unique for each worker of the store. */
  readonly worker: string;
  readonly process: ProcessIdentity;
  /** Whether a process is known to have ended. */
  readonly hasEnded: (process: ProcessIdentity) => boolean;
  /** Whether calls arrive so fast that forwarding would delay their answers. */
  readonly busy: () => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface StoreQueue extends Queue {
  /** Takes calls that were recorded just now without waiting for the next check. */
  wake(): void;
}

type Phase =
  /** Takes and delivers calls. `check` is the next look for calls that other processes have queued. */
  | { readonly kind: 'running'; readonly check: ScheduledCheck | undefined }
  /** Takes no further calls. Those in flight may finish. */
  | { readonly kind: 'draining' }
  /** Ignores further decisions. Its last turn has not succeeded yet. */
  | { readonly kind: 'leaving' }
  | { readonly kind: 'closed' };

interface ScheduledCheck {
  readonly atMs: number;
  readonly timer: NodeJS.Timeout;
}

/** A request of the worker's owner, which is fulfilled by the next turn. */
interface PendingRequest {
  /** Makes all delayed calls due now. */
  readonly hurry: boolean;
  /** Makes the dead calls of these captures due now. */
  readonly revived: readonly string[];
  readonly resolve: () => void;
}

/** An ordered worker reads all calls again this often if there are other workers. */
const rewindEveryMs = 60_000;
/** Version 0.1.0 considers a worker alive for this long. */
const legacyLeaseMs = 45_000;
const checkEveryMs = 250;
/** The pauses after a failure of the store, while running and while closing. */
const retryDelayMs = 1_000;
const closingRetryDelayMs = 200;
/** Limits the last turn. */
const shutdownGraceMs = 2_000;
/** Settlements are written in groups of this size, at the latest after this delay. A kill repeats unwritten ones. */
const maxSettled = 32;
const maxSettleDelayMs = 20;
/** A busy worker starts a call at most this often. */
const throttleMs = 5;

/**
 * The queue in the store itself: recording a call queues it. Workers take turns with the store, and share it with
 * those of other processes.
 */
export function createStoreQueue(options: StoreQueueOptions): StoreQueue {
  const workers = new Set<StoreWorker>();
  return {
    work(deliver, workOptions) {
      const worker = new StoreWorker(options, deliver, workOptions, () => workers.delete(worker));
      workers.add(worker);
      return worker;
    },
    counts: options.counts,
    pausedSince: options.pausedSince,
    wake: () => {
      for (const worker of workers) worker.wake();
    },
    close: async () => {},
  };
}

class StoreWorker implements QueueWorker {
  readonly #options: StoreQueueOptions;
  readonly #deliver: Deliver;
  readonly #work: WorkOptions;
  readonly #onClosed: () => void;
  readonly #prefetch: Prefetch;
  readonly #lease: WorkerLease;
  readonly #wakeSignal = new WakeSignal();
  #phase: Phase = { kind: 'running', check: undefined };
  #slots: number;
  readonly #inFlight = new Set<TakenCall>();
  #settled: Settlement[] = [];
  #requests: PendingRequest[] = [];
  /** Workers whose calls the next turn returns to the queue. */
  #expired: readonly WorkerBeat[] = [];
  #rewoundAt = 0;
  /** Calls may have arrived or become due since the last turn that found none. */
  #mayFind = true;
  /** Calls were recorded since the last turn, which redeliveries must not hold up. */
  #isWoken = false;
  #isTurning = false;
  #isFailing = false;
  #isThrottled = false;

  constructor(
    options: StoreQueueOptions,
    deliver: Deliver,
    work: WorkOptions,
    onClosed: () => void,
  ) {
    this.#options = options;
    this.#deliver = deliver;
    this.#work = work;
    this.#onClosed = onClosed;
    this.#slots = work.slots;
    this.#lease = new WorkerLease(options.hasEnded, options.now);
    this.#prefetch = work.ordered ? createOrderedPrefetch(panelsOf) : createPrefetch();
    // Delayed calls come first, or later calls of their panels would overtake them.
    if (work.ordered) this.#requests.push({ hurry: true, revived: [], resolve: () => {} });
    // The caller is not ready for calls before it has the worker.
    setImmediate(() => this.#step());
  }

  wake(): void {
    this.#mayFind = true;
    this.#isWoken = true;
    this.#step();
  }

  allow(slots: number): void {
    this.#slots = slots;
    // Other workers may deliver these calls.
    if (slots === 0) this.#giveBack(this.#prefetch.empty());
    this.wake();
  }

  hurry(): Promise<void> {
    return this.#request({ hurry: true, revived: [] });
  }

  revive(captures: readonly string[]): Promise<void> {
    return this.#request({ hurry: false, revived: captures });
  }

  async close(graceMs: number): Promise<void> {
    this.#cancelCheck();
    this.#phase = { kind: 'draining' };
    this.#giveBack(this.#prefetch.empty());
    if (this.#inFlight.size > 0) this.#step();
    await this.#wakeSignal.until(() => this.#inFlight.size === 0, graceMs);
    this.#giveBack([...this.#inFlight]);
    this.#phase = { kind: 'leaving' };
    this.#step();
    await this.#wakeSignal.until(() => this.#phase.kind === 'closed', shutdownGraceMs);
    this.#phase = { kind: 'closed' };
    this.#onClosed();
  }

  #request(request: Omit<PendingRequest, 'resolve'>): Promise<void> {
    return new Promise((resolve) => {
      this.#requests.push({ ...request, resolve });
      this.wake();
    });
  }

  /** Untried calls wait as before. Calls that were or may have been tried are due at once. */
  #giveBack(calls: readonly TakenCall[]): void {
    for (const call of calls) this.#settle(call, { state: 'waiting' });
  }

  /** Starts calls, and takes a turn with the store if there is a reason. `isDue`: the scheduled check is due. */
  #step(isDue = false): void {
    this.#startCalls();
    const { kind } = this.#phase;
    if (this.#isTurning || kind === 'closed') return;
    const slots = kind === 'running' ? this.#slots : 0;
    this.#giveBack(this.#prefetch.putBack(slots, this.#inFlight.size));
    const room = this.#prefetch.room(slots, this.#inFlight.size);
    const canTake = this.#mayFind && room.delayed + room.waiting > 0;
    if (isDue || this.#needsTurn(canTake)) {
      this.#takeTurn(canTake ? room : { delayed: 0, waiting: 0 });
      return;
    }
    const isSoon = (canTake || this.#settled.length > 0) && !this.#options.busy();
    this.#scheduleCheck(isSoon ? maxSettleDelayMs : checkEveryMs);
  }

  #needsTurn(canTake: boolean): boolean {
    return (
      (canTake && this.#ahead < this.#slots) ||
      this.#phase.kind !== 'running' ||
      this.#lease.isRenewalDue ||
      this.#settled.length >= maxSettled ||
      this.#requests.length > 0 ||
      this.#expired.length > 0
    );
  }

  /** The number of prefetched calls that come before any that the store has. */
  get #ahead(): number {
    return this.#isWoken ? this.#prefetch.liveSize : this.#prefetch.size;
  }

  /** Starts calls while there are free slots. */
  #startCalls(): void {
    while (
      this.#phase.kind === 'running' &&
      !this.#isThrottled &&
      this.#lease.allowsDelivery &&
      this.#inFlight.size < this.#slots &&
      this.#settled.length < maxSettled + this.#slots
    ) {
      const call = this.#prefetch.next();
      if (!call) return;
      if (this.#options.busy()) this.#throttle();
      this.#start(call);
    }
  }

  #start(call: TakenCall): void {
    this.#inFlight.add(call);
    const { seq: _, waited, ...queued } = call;
    const waitedMs = Math.max(0, this.#lease.waitedMs - waited);
    void this.#deliver({ ...queued, waitedMs }).then((decision) => {
      const { kind } = this.#phase;
      if (kind === 'leaving' || kind === 'closed') return;
      this.#inFlight.delete(call);
      this.#prefetch.decided(call, decision.state);
      this.#settle(call, decision);
      this.#wakeSignal.wake();
      this.#step();
    });
  }

  #throttle(): void {
    this.#isThrottled = true;
    setTimeout(() => {
      this.#isThrottled = false;
      this.#startCalls();
    }, throttleMs);
  }

  #settle({ seq, tries }: TakenCall, decision: Decision): void {
    // A call that was tried before is due again at once.
    const state = decision.state === 'waiting' && tries > 0 ? 'delayed' : decision.state;
    const due = decision.state === 'delayed' ? decision.due : this.#options.now();
    const attempt = 'attempt' in decision ? decision.attempt : undefined;
    const skipped = decision.state === 'skipped' ? decision.reason : undefined;
    const job = 'job' in decision ? decision.job : undefined;
    this.#settled.push({ seq, state, due: Math.round(due), attempt, skipped, job });
  }

  /** Writes settlements and requests, and takes calls. */
  #takeTurn(room: ReturnType<Prefetch['room']>): void {
    const began = { monotonic: performance.now(), wall: this.#options.now() };
    const settled = this.#settled;
    const requests = this.#requests;
    const turn = this.#createTurn(room, began.wall);
    this.#settled = [];
    this.#requests = [];
    this.#isTurning = true;
    this.#mayFind = false;
    this.#isWoken = false;
    this.#cancelCheck();
    this.#options.log.turn(turn).then(
      (taken) => {
        for (const { resolve } of requests) resolve();
        this.#isTurning = false;
        this.#applyTurn(turn, taken, began);
      },
      (error: unknown) => {
        // The store has applied nothing of the turn.
        this.#settled = [...settled, ...this.#settled];
        this.#requests = [...requests, ...this.#requests];
        this.#isTurning = false;
        this.#retryTurn(error);
      },
    );
  }

  #createTurn(room: ReturnType<Prefetch['room']>, now: number): DeliveryTurn {
    const { destination, worker, process } = this.#options;
    const leave = this.#phase.kind === 'leaving';
    const renew = this.#lease.isRenewalDue && !leave;
    return {
      destination,
      worker,
      now,
      leaseUntil: now + legacyLeaseMs,
      settled: this.#settled,
      renewal: renew ? { process, waited: this.#lease.waitedMs } : undefined,
      expired: this.#expired,
      hurry: this.#requests.some(({ hurry }) => hurry),
      revived: this.#requests.flatMap(({ revived }) => revived),
      maxDelayed: room.delayed,
      maxWaiting: room.waiting,
      ordered: this.#work.ordered,
      ...this.#prefetch.ask(),
      leave,
    };
  }

  #applyTurn(
    turn: DeliveryTurn,
    { calls, nextDue, released, renewed }: TakenTurn,
    began: { readonly monotonic: number; readonly wall: number },
  ): void {
    if (turn.leave) this.#phase = { kind: 'closed' };
    if (this.#isFailing) this.#work.recovered();
    this.#isFailing = false;
    // The calls of expired workers may come before those that this worker has passed.
    if (turn.expired.length > 0) this.#prefetch.rewind();
    this.#prefetch.release(released);
    this.#expired = renewed ? this.#lease.renew(renewed, began) : [];
    if (renewed) {
      // If this process was paused, others have its remaining calls.
      this.#prefetch.retain(new Set(renewed.held));
      if (renewed.workers.length > 0) this.#rewindRarely(began.monotonic);
    }
    this.#prefetch.add(calls.filter(({ seq }) => !this.#isKnown(seq)));
    if (this.#phase.kind !== 'running' || this.#slots === 0) {
      this.#giveBack(this.#prefetch.empty());
    }
    const mayHaveMore = turn.maxDelayed + turn.maxWaiting > 0 && calls.length > 0;
    const isNextDue = nextDue !== null && nextDue <= this.#options.now();
    if (mayHaveMore || isNextDue || this.#expired.length > 0) this.#mayFind = true;
    this.#wakeSignal.wake();
    // A draining worker waits for a decision.
    if (this.#phase.kind !== 'draining' || this.#settled.length > 0) this.#step();
  }

  /** Other workers may have given back calls that this worker has passed. */
  #rewindRarely(nowMs: number): void {
    if (nowMs - this.#rewoundAt <= rewindEveryMs) return;
    this.#rewoundAt = nowMs;
    this.#prefetch.rewind();
  }

  /** Whether a taken call was lost and returned before its first attempt ended. */
  #isKnown(seq: number): boolean {
    const isIt = (call: { readonly seq: number }) => call.seq === seq;
    return [...this.#inFlight].some(isIt) || this.#settled.some(isIt);
  }

  #retryTurn(error: unknown): void {
    if (!this.#isFailing) this.#work.failed(error);
    this.#isFailing = true;
    this.#mayFind = true;
    this.#wakeSignal.wake();
    if (this.#phase.kind === 'running') this.#scheduleCheck(retryDelayMs);
    else if (this.#phase.kind !== 'closed') setTimeout(() => this.#step(), closingRetryDelayMs);
  }

  /** Schedules the next check, unless an earlier one is scheduled. */
  #scheduleCheck(delayMs: number): void {
    if (this.#phase.kind !== 'running') return;
    const { check } = this.#phase;
    const atMs = performance.now() + delayMs;
    if (check && check.atMs <= atMs) return;
    clearTimeout(check?.timer);
    const timer = setTimeout(() => {
      this.#cancelCheck();
      this.#mayFind = true;
      this.#step(true);
    }, delayMs);
    this.#phase = { kind: 'running', check: { atMs, timer } };
  }

  #cancelCheck(): void {
    if (this.#phase.kind !== 'running') return;
    clearTimeout(this.#phase.check?.timer);
    this.#phase = { kind: 'running', check: undefined };
  }
}
