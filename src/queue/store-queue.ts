import type {
  DeliveryTurn,
  Destination,
  QueueCounts,
  Renewed,
  Settlement,
  TakenCall,
  TakenTurn,
  WorkerBeat,
} from '../call/delivery.js';
import type { ProcessIdentity } from '../process-identity.js';
import { panelsOf } from './panels-of.js';
import { createOrderedPrefetch, createPrefetch, type Prefetch } from './prefetch.js';
import type { Decision, Deliver, Queue, QueueWorker, WorkOptions } from './queue.js';
import { leaseMs, type WorkerWatch, watchWorkers } from './watch-workers.js';

/** The side of a store that a queue needs: see `Recorder` there. */
interface DeliveryLog {
  turn(turn: DeliveryTurn): Promise<TakenTurn>;
}

export interface StoreQueueOptions {
  readonly log: DeliveryLog;
  readonly destination: Destination;
  readonly counts: () => Promise<QueueCounts>;
  /** Another name for each worker of the store. */
  readonly worker: string;
  readonly process: ProcessIdentity;
  /** Whether a process is known to have ended. */
  readonly hasEnded: (process: ProcessIdentity) => boolean;
  /** Whether calls come so fast that answering them must not be held up by giving others out. */
  readonly busy: () => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface StoreQueue extends Queue {
  /** A call was recorded just now: its worker need not wait for the next look. */
  wake(): void;
}

const renewEveryMs = 10_000;
/**
 * A worker starts no call when it has not shown for this long that it lives: it was paused, and others
 * may have taken its calls back.
 */
const maxUnrenewedMs = leaseMs - 10_000;
/** This much is counted at most as time in which the worker lived, between two of its renewals. */
const maxCountedMs = 15_000;
/** How often a worker that keeps the order looks through all calls again when there are others. */
const rewindEveryMs = 60_000;
/** For how long version 0.1.0 takes a worker for living. */
const olderLeaseMs = 45_000;
/** How often it looks for what other processes have queued, in milliseconds. */
const lookEvery = 250;
/** How long it waits after the store failed, and for the last turn when it is closed. */
const rest = 1_000;
const farewell = 2_000;
/** How long it waits after the store failed while it is closed. */
const closingRest = 200;
/**
 * So much is settled together, and so long it may wait, in milliseconds: what is not written yet
 * would be tried again if this process vanished.
 */
const settledTogether = 32;
const settledWithin = 20;
/** How long it lets others go first between two calls when it is busy, in milliseconds. */
const busyGap = 5;

/**
 * The queue that lies in the store itself: a call is queued by being recorded. Its workers take
 * turns with the store, and share it with those of other processes.
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
  readonly #closed: () => void;
  readonly #prefetch: Prefetch;
  #slots: number;
  /** With `deliver`. */
  readonly #running = new Set<TakenCall>();
  #settled: Settlement[] = [];
  /** Calls may have come, or come due, since it was last found that there are none. */
  #mayFind = true;
  /** It has been long enough since the last turn. */
  #due = false;
  #hurry: (() => void)[] = [];
  #revived: { readonly captures: readonly string[]; readonly done: () => void }[] = [];
  /** When it last showed that it lives, by both clocks: one of them may have stood still. */
  #renewed = { monotonic: Number.NEGATIVE_INFINITY, wall: 0 };
  readonly #watch: WorkerWatch;
  #vanished: readonly WorkerBeat[] = [];
  #rewound = 0;
  /** The counter of the queue, and when it was read. */
  #waited = { count: 0, at: Number.POSITIVE_INFINITY };
  #turning = false;
  #troubled = false;
  /** Calls come so fast that it starts one now and then. */
  #spares = false;
  #closing = false;
  #over = false;
  /** Its last turn was taken. */
  #left = false;
  #timer: NodeJS.Timeout | undefined;
  /** When it goes off. */
  #lookAt = 0;
  #changed = () => {};

  constructor(options: StoreQueueOptions, deliver: Deliver, work: WorkOptions, closed: () => void) {
    this.#options = options;
    this.#deliver = deliver;
    this.#work = work;
    this.#closed = closed;
    this.#slots = work.slots;
    this.#watch = watchWorkers(options.hasEnded);
    this.#prefetch = work.ordered ? createOrderedPrefetch(panelsOf) : createPrefetch();
    // What failed before comes first, for else it would be overtaken.
    if (work.ordered) this.#hurry.push(() => {});
    // Whoever asks for a worker is not ready for calls yet.
    setImmediate(() => this.#step());
  }

  wake(): void {
    this.#mayFind = true;
    if (!this.#turning) this.#step();
  }

  allow(slots: number): void {
    this.#slots = slots;
    // Others may be allowed more.
    if (slots === 0) this.#giveBack(this.#prefetch.empty());
    this.wake();
  }

  hurry(): Promise<void> {
    return new Promise((resolve) => {
      this.#hurry.push(resolve);
      this.wake();
    });
  }

  revive(captures: readonly string[]): Promise<void> {
    return new Promise((done) => {
      this.#revived.push({ captures, done });
      this.wake();
    });
  }

  async close(patience: number): Promise<void> {
    this.#closing = true;
    this.#giveBack(this.#prefetch.empty());
    await this.#until(() => this.#running.size === 0, patience);
    this.#giveBack([...this.#running]);
    this.#over = true;
    if (!this.#turning) this.#step();
    await this.#until(() => this.#left, farewell);
    clearTimeout(this.#timer);
    this.#closed();
  }

  /** Resolves when something holds, or so many milliseconds have passed. */
  #until(holds: () => boolean, most: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, most);
      this.#changed = () => {
        if (!holds()) return;
        clearTimeout(timer);
        resolve();
      };
      this.#changed();
    });
  }

  /** What was not tried waits as before; what may have been is due at once again. */
  #giveBack(calls: readonly TakenCall[]): void {
    for (const call of calls) this.#settle(call, { state: 'waiting' });
  }

  /** Starts what may be started, and then takes a turn with the store if there is a reason to. */
  #step(): void {
    this.#start();
    const now = this.#options.now();
    this.#giveBack(this.#prefetch.putBack(this.#closing ? 0 : this.#slots, this.#running.size));
    const room = this.#closing
      ? { delayed: 0, waiting: 0 }
      : this.#prefetch.room(this.#slots, this.#running.size);
    const takes = this.#mayFind && room.delayed + room.waiting > 0;
    const began = performance.now();
    const renew = this.#unrenewedMs() >= renewEveryMs;
    const hurry = this.#hurry;
    const revived = this.#revived;
    const asked = hurry.length + revived.length > 0;
    const starves = takes && this.#prefetch.size < this.#slots;
    const due = this.#due || this.#vanished.length > 0;
    const full = this.#settled.length >= settledTogether || this.#closing;
    if (!starves && !renew && !full && !asked && !due) {
      const soon = (takes || this.#settled.length > 0) && !this.#options.busy();
      this.#lookLater(soon ? settledWithin : lookEvery);
      return;
    }
    this.#due = false;
    const settled = this.#settled;
    this.#settled = [];
    this.#hurry = [];
    this.#revived = [];
    this.#turning = true;
    this.#mayFind = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { log, destination, worker, process } = this.#options;
    const leave = this.#over;
    const turn: DeliveryTurn = {
      destination,
      worker,
      now,
      leaseUntil: now + olderLeaseMs,
      settled,
      renewal: renew && !leave ? { process, waited: this.#waitedNow() } : undefined,
      vanished: this.#vanished,
      hurry: hurry.length > 0,
      revived: revived.flatMap(({ captures }) => captures),
      maxDelayed: takes ? room.delayed : 0,
      maxWaiting: takes ? room.waiting : 0,
      ordered: this.#work.ordered,
      ...this.#prefetch.ask(),
      leave,
    };
    log.turn(turn).then(
      (taken) => {
        for (const done of hurry) done();
        for (const { done } of revived) done();
        this.#left ||= leave;
        if (this.#vanished.length > 0) this.#prefetch.rewind();
        this.#vanished = [];
        this.#prefetch.release(taken.released);
        if (taken.renewed) this.#keep(taken.renewed, { monotonic: began, wall: now });
        this.#took(taken, takes);
      },
      (error: unknown) => {
        // Nothing of it has happened.
        this.#settled = [...settled, ...this.#settled];
        this.#hurry = [...hurry, ...this.#hurry];
        this.#revived = [...revived, ...this.#revived];
        this.#failed(error);
      },
    );
  }

  /** What the store says when the worker has shown that it lives. */
  #keep({ held, workers, waited }: Renewed, renewed: { monotonic: number; wall: number }): void {
    this.#renewed = renewed;
    this.#waited = { count: waited, at: performance.now() };
    this.#vanished = this.#watch.look(workers, renewed.monotonic);
    // Others have the rest by now, if this process was paused.
    this.#prefetch.retain(new Set(held));
    // They may have given calls back that this worker has passed.
    if (workers.length > 0 && renewed.monotonic - this.#rewound > rewindEveryMs) {
      this.#rewound = renewed.monotonic;
      this.#prefetch.rewind();
    }
  }

  /** How long ago it showed that it lives; a clock that was set makes that longer, never shorter. */
  #unrenewedMs(): number {
    const { monotonic, wall } = this.#renewed;
    return Math.max(performance.now() - monotonic, this.#options.now() - wall);
  }

  /** For how long the queue had a worker that lived. */
  #waitedNow(): number {
    const { count, at } = this.#waited;
    return Math.round(count + Math.min(Math.max(0, performance.now() - at), maxCountedMs));
  }

  #took({ calls, nextDue }: TakenTurn, asked: boolean): void {
    this.#turning = false;
    if (this.#troubled) {
      this.#troubled = false;
      this.#work.trouble(undefined);
    }
    this.#prefetch.add(calls.filter(({ place }) => !this.#has(place)));
    if (this.#closing || this.#slots === 0) this.#giveBack(this.#prefetch.empty());
    if ((asked && calls.length > 0) || this.#vanished.length > 0) this.#mayFind = true;
    if (nextDue !== null && nextDue <= this.#options.now()) this.#mayFind = true;
    this.#changed();
    if (!this.#closing || this.#settled.length > 0 || (this.#over && !this.#left)) this.#step();
  }

  /** It was lost, and is here again, before its first try was over. */
  #has(place: number): boolean {
    const isIt = (call: { readonly place: number }) => call.place === place;
    return [...this.#running].some(isIt) || this.#settled.some(isIt);
  }

  #failed(error: unknown): void {
    this.#turning = false;
    this.#mayFind = true;
    if (!this.#troubled) this.#work.trouble(error);
    this.#troubled = true;
    this.#changed();
    if (this.#closing) setTimeout(() => this.#turning || this.#step(), closingRest);
    else this.#lookLater(rest);
  }

  #lookLater(ms: number): void {
    const at = performance.now() + ms;
    if (this.#closing || (this.#timer !== undefined && this.#lookAt <= at)) return;
    clearTimeout(this.#timer);
    this.#lookAt = at;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#mayFind = true;
      this.#due = true;
      if (!this.#turning) this.#step();
    }, ms);
  }

  #start(): void {
    while (
      !this.#closing &&
      !this.#spares &&
      this.#unrenewedMs() < maxUnrenewedMs &&
      this.#running.size < this.#slots &&
      this.#settled.length < settledTogether + this.#slots
    ) {
      const call = this.#prefetch.next();
      if (!call) return;
      if (this.#options.busy()) this.#spare();
      this.#running.add(call);
      const { place: _, waited, ...queued } = call;
      const waitedMs = Math.max(0, this.#waitedNow() - waited);
      void this.#deliver({ ...queued, waitedMs }).then((decision) => {
        if (this.#over) return;
        this.#running.delete(call);
        this.#prefetch.decided(call, decision.state);
        this.#settle(call, decision);
        this.#changed();
        if (this.#turning) this.#start();
        else this.#step();
      });
    }
  }

  /** Starts no other call for a moment. */
  #spare(): void {
    this.#spares = true;
    setTimeout(() => {
      this.#spares = false;
      this.#start();
    }, busyGap);
  }

  #settle({ place, tries }: TakenCall, decision: Decision): void {
    // One that was tried before is due at once again.
    const state = decision.state === 'waiting' && tries > 0 ? 'delayed' : decision.state;
    const due = decision.state === 'delayed' ? decision.due : this.#options.now();
    const attempt = 'attempt' in decision ? decision.attempt : undefined;
    const skipped = decision.state === 'skipped' ? decision.reason : undefined;
    const job = 'job' in decision ? decision.job : undefined;
    this.#settled.push({ place, state, due: Math.round(due), attempt, skipped, job });
  }
}
