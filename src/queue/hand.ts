import type { TakenCall } from '../call/delivery.js';

/** The calls that a worker has taken and not tried yet, and which of them is next. */
export interface Hand {
  /** How many there are. */
  readonly size: number;
  /** How many more of each kind there is room for. */
  room(slots: number, running: number): { readonly delayed: number; readonly waiting: number };
  add(calls: readonly TakenCall[]): void;
  /** Takes out the call that is to be tried next; undefined: none may be, now. */
  next(): TakenCall | undefined;
  /** A call that was tried is to be tried again, or has come to its end. */
  tried(call: TakenCall, again: boolean): void;
  /** Takes out all. */
  empty(): readonly TakenCall[];
  /** Forgets the calls at all other places. */
  retain(places: ReadonlySet<number>): void;
}

/**
 * How many calls are taken ahead at least: a turn with the store costs nearly the same for one call
 * as for many.
 */
const ahead = 64;
/** Bodies that are held ahead, together, from which on no more calls are taken. */
const mostHeldBytes = 16 * 1024 * 1024;

/** Any call may be next. */
export function createHand(): Hand {
  let calls: TakenCall[] = [];
  let bytes = 0;
  return {
    get size() {
      return calls.length;
    },
    room(slots, running) {
      // A single slot may be meant for a probe.
      const most = slots < 2 ? slots : Math.max(ahead, slots * 2);
      const waiting = bytes >= mostHeldBytes ? 0 : Math.max(0, most - running - calls.length);
      return { waiting, delayed: Math.ceil(waiting / 2) };
    },
    add(more) {
      calls.push(...more);
      bytes += bytesOf(more);
    },
    next() {
      const call = calls.shift();
      if (call) bytes -= bytesOf([call]);
      return call;
    },
    tried: () => {},
    empty() {
      const rest = calls;
      calls = [];
      bytes = 0;
      return rest;
    },
    retain(places) {
      calls = calls.filter(({ place }) => places.has(place));
      bytes = bytesOf(calls);
    },
  };
}

/**
 * Calls that share a panel are tried one after the other, the oldest first, and a call that failed
 * holds up those behind it. `panelsOf` tells the panels of a call; those without any share one lane.
 */
export function createOrderedHand(panelsOf: (call: TakenCall) => readonly string[]): Hand {
  let calls: { readonly call: TakenCall; readonly lanes: readonly string[] }[] = [];
  let bytes = 0;
  /** By lane: the call that is with the handler, or that failed and is to be tried again. */
  const heads = new Map<string, { readonly place: number; readonly running: boolean }>();
  const lanesOf = (call: TakenCall) => {
    const panels = panelsOf(call);
    return panels.length > 0 ? panels : [''];
  };
  const isHeldUp = (lane: string, place: number) => {
    const head = heads.get(lane);
    return head !== undefined && (head.running || head.place < place);
  };
  return {
    get size() {
      return calls.length;
    },
    room(slots, running) {
      const free = Math.max(ahead, slots * 2) - running - calls.length;
      const waiting = slots === 0 || bytes >= mostHeldBytes ? 0 : Math.max(0, free);
      // Those that hold up others must come back, however full it is.
      return { waiting, delayed: slots === 0 ? 0 : Math.max(waiting, slots) };
    },
    add(more) {
      calls.push(...more.map((call) => ({ call, lanes: lanesOf(call) })));
      bytes += bytesOf(more);
      calls.sort((one, other) => one.call.place - other.call.place);
    },
    next() {
      const behind = new Set<string>();
      for (const [at, { call, lanes }] of calls.entries()) {
        if (!lanes.some((lane) => behind.has(lane) || isHeldUp(lane, call.place))) {
          calls.splice(at, 1);
          bytes -= bytesOf([call]);
          for (const lane of lanes) heads.set(lane, { place: call.place, running: true });
          return call;
        }
        for (const lane of lanes) behind.add(lane);
      }
      return undefined;
    },
    tried(call, again) {
      for (const lane of lanesOf(call)) {
        if (again) heads.set(lane, { place: call.place, running: false });
        else heads.delete(lane);
      }
    },
    empty() {
      const rest = calls.map(({ call }) => call);
      calls = [];
      bytes = 0;
      return rest;
    },
    retain(places) {
      calls = calls.filter(({ call: { place } }) => places.has(place));
      bytes = bytesOf(calls.map(({ call }) => call));
    },
  };
}

function bytesOf(calls: readonly TakenCall[]): number {
  return calls.reduce((sum, { capture }) => sum + capture.body.byteLength, 0);
}
