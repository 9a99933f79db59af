import { readCallContent } from '../call/content.js';
import type {
  DeliveryTurn,
  Destination,
  QueueCounts,
  Settlement,
  TakenCall,
  TakenTurn,
} from '../call/delivery.js';
import { createHand, createOrderedHand, type Hand } from './hand.js';
import type { Decision, Deliver, Queue, QueueWorker, WorkOptions } from './queue.js';

/** The side of a store that a queue needs: see `Recorder` there. */
interface DeliveryLog {
  turn(turn: DeliveryTurn): Promise<TakenTurn>;
}

export interface StoreQueueOptions {
  readonly log: DeliveryLog;
  readonly destination: Destination;
  readonly counts: () => Promise<QueueCounts>;
  /** Tells workers of the store apart, and whether one of them still lives. */
  readonly worker: string;
  readonly lives: (worker: string) => boolean;
  /** Whether calls come so fast that answering them must not be held up by giving others out. */
  readonly busy: () => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface StoreQueue extends Queue {
  /** A call was recorded just now: its worker need not wait for the next look. */
  wake(): void;
}

/** A worker is believed to live for so long after it was last heard of, in milliseconds. */
const believedFor = 45_000;
const renewEvery = 10_000;
/** How often it looks for what other processes have queued, in milliseconds. */
const lookEvery = 250;
/** How long it waits after the store failed, and for the last turn when it is closed. */
const rest = 1_000;
const farewell = 2_000;
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
  readonly #hand: Hand;
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
  #renewed = Number.NEGATIVE_INFINITY;
  #gone: readonly string[] = [];
  #turning = false;
  #troubled = false;
  /** Calls come so fast that it starts one now and then. */
  #spares = false;
  #closing = false;
  #over = false;
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
    this.#hand = work.ordered ? createOrderedHand(panelsOf) : createHand();
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
    if (slots === 0) this.#giveBack(this.#hand.empty());
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
    this.#giveBack(this.#hand.empty());
    await this.#until(() => this.#running.size === 0, patience);
    this.#giveBack([...this.#running]);
    this.#over = true;
    if (!this.#turning) this.#step();
    await this.#until(() => this.#settled.length === 0 && !this.#turning, farewell);
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
    const room = this.#closing
      ? { delayed: 0, waiting: 0 }
      : this.#hand.room(this.#slots, this.#running.size);
    const takes = this.#mayFind && room.delayed + room.waiting > 0;
    const renew = performance.now() - this.#renewed >= renewEvery;
    const hurry = this.#hurry;
    const revived = this.#revived;
    const asked = hurry.length + revived.length > 0;
    const starves = takes && this.#hand.size < this.#slots;
    const full = this.#settled.length >= settledTogether || this.#closing;
    if (!starves && !renew && !full && !asked && !this.#due) {
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
    if (renew) this.#renewed = performance.now();
    const { log, destination, worker } = this.#options;
    const turn: DeliveryTurn = {
      destination,
      worker,
      now,
      believedUntil: now + believedFor,
      settled,
      renew,
      gone: this.#gone,
      hurry: hurry.length > 0,
      revived: revived.flatMap(({ captures }) => captures),
      mostDelayed: takes ? room.delayed : 0,
      mostWaiting: takes ? room.waiting : 0,
      ordered: this.#work.ordered,
    };
    log.turn(turn).then(
      (taken) => {
        for (const done of hurry) done();
        for (const { done } of revived) done();
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

  #took({ calls, nextDue, workers }: TakenTurn, asked: boolean): void {
    this.#turning = false;
    if (this.#troubled) {
      this.#troubled = false;
      this.#work.trouble(undefined);
    }
    this.#gone = workers.filter((worker) => !this.#options.lives(worker));
    if (this.#gone.length > 0) this.#renewed = Number.NEGATIVE_INFINITY;
    if (this.#closing || this.#slots === 0) this.#giveBack(calls);
    else this.#hand.add(calls);
    if (asked && calls.length > 0) this.#mayFind = true;
    if (nextDue !== null && nextDue <= this.#options.now()) this.#mayFind = true;
    this.#changed();
    if (!this.#closing || this.#settled.length > 0) this.#step();
  }

  #failed(error: unknown): void {
    this.#turning = false;
    this.#mayFind = true;
    if (!this.#troubled) this.#work.trouble(error);
    this.#troubled = true;
    this.#changed();
    this.#lookLater(rest);
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
      this.#running.size < this.#slots &&
      this.#settled.length < settledTogether + this.#slots
    ) {
      const call = this.#hand.next();
      if (!call) return;
      if (this.#options.busy()) this.#spare();
      this.#running.add(call);
      const { place: _, ...queued } = call;
      const waitedMs = Math.max(0, this.#options.now() - call.queued);
      void this.#deliver({ ...queued, waitedMs }).then((decision) => {
        if (this.#over) return;
        this.#running.delete(call);
        this.#hand.tried(call, decision.state === 'delayed' || decision.state === 'waiting');
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
    this.#settled.push({ place, state, due: Math.round(due), attempt, skipped });
  }
}

function panelsOf({ capture, events }: TakenCall): readonly string[] {
  const known = events ?? eventsOf(readCallContent(capture));
  return [...new Set(known.map(({ panel }) => panel))];
}

function eventsOf(content: ReturnType<typeof readCallContent>) {
  return content.kind === 'payload' ? content.events : [];
}
