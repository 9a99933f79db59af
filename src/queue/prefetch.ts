import type { DeliveryTurn, TakenCall } from '../call/delivery.js';
import type { Decision } from './queue.js';

/** The calls that a worker has taken and not tried yet, and their order. */
export interface Prefetch {
  readonly size: number;
  /** The number of calls that are no redeliveries. */
  readonly liveSize: number;
  /** How many more calls of each kind it can hold. */
  room(slots: number, inFlight: number): { readonly delayed: number; readonly waiting: number };
  add(calls: readonly TakenCall[]): void;
  /** Removes and returns the next call to try. Undefined: no call may be tried now. */
  next(): TakenCall | undefined;
  /** Reports the decision on a call that `next` returned. */
  decided(call: TakenCall, state: Decision['state']): void;
  /** Removes and returns all calls. */
  empty(): readonly TakenCall[];
  /** Removes the calls with any other `seq`. */
  retain(seqs: ReadonlySet<number>): void;
  /**
   * Removes and returns calls that go back to the queue: calls blocked by failed ones, if there is no room for
   * others, and calls that earlier ones must precede.
   */
  putBack(slots: number, inFlight: number): readonly TakenCall[];
  /** The part of a turn that tells the store which calls to return. */
  ask(): Pick<DeliveryTurn, 'passed' | 'holding'>;
  /** The calls with these `seq` no longer block others, and are not retried here. */
  release(seqs: readonly number[]): void;
  /** All calls are taken again, since other workers may have had those that were put back. */
  rewind(): void;
}

/** A turn with the store costs nearly the same for one call as for many. */
const minAhead = 64;
/** No calls are taken while the prefetched bodies exceed this. */
const maxHeldBytes = 16 * 1024 * 1024;

/** A prefetch in which any call may be next. Redeliveries come after all others. */
export function createPrefetch(): Prefetch {
  let calls: TakenCall[] = [];
  let redeliveries: TakenCall[] = [];
  let bytes = 0;
  return {
    get size() {
      return calls.length + redeliveries.length;
    },
    get liveSize() {
      return calls.length;
    },
    room(slots, inFlight) {
      // A single slot may be meant for a probe.
      const maxCalls = slots < 2 ? slots : Math.max(minAhead, slots * 2);
      const waiting = bytes >= maxHeldBytes ? 0 : Math.max(0, maxCalls - inFlight - calls.length);
      const maxDelayed = Math.ceil(maxCalls / 2) - redeliveries.length;
      return { waiting, delayed: Math.max(0, Math.min(Math.ceil(waiting / 2), maxDelayed)) };
    },
    add(more) {
      calls.push(...more.filter((call) => !isRedelivery(call)));
      redeliveries.push(...more.filter(isRedelivery));
      bytes += bytesOf(more);
    },
    next() {
      const call = calls.shift() ?? redeliveries.shift();
      if (call) bytes -= bytesOf([call]);
      return call;
    },
    decided: () => {},
    putBack: () => [],
    ask: () => ({ passed: 0, holding: [] }),
    release: () => {},
    rewind: () => {},
    empty() {
      const removed = [...calls, ...redeliveries];
      calls = [];
      redeliveries = [];
      bytes = 0;
      return removed;
    },
    retain(seqs) {
      calls = calls.filter(({ seq }) => seqs.has(seq));
      redeliveries = redeliveries.filter(({ seq }) => seqs.has(seq));
      bytes = bytesOf(calls) + bytesOf(redeliveries);
    },
  };
}

function isRedelivery({ redelivery }: TakenCall): boolean {
  return redelivery !== undefined;
}

interface LaneState {
  isInFlight: boolean;
  /** Calls that failed or were put back, by `seq`. They block later calls of the lane. */
  readonly blocking: Set<number>;
}

interface LaneCall {
  readonly call: TakenCall;
  readonly seq: number;
  readonly lanes: readonly string[];
}

/**
 * A prefetch that tries the calls of a panel one after the other, oldest first. A failed call blocks the later
 * calls of its panels. Calls without panels share one lane.
 *
 * When all prefetched calls are blocked, they go back to the queue, and later calls are taken. The prefetch
 * remembers where to resume each lane.
 */
export function createOrderedPrefetch(panelsOf: (call: TakenCall) => readonly string[]): Prefetch {
  let calls: LaneCall[] = [];
  let bytes = 0;
  const states = new Map<string, LaneState>();
  /** By lane: the first of its calls that was put back. */
  const firstPutBack = new Map<string, number>();
  /** Untried calls up to this `seq` have been put back. */
  let passed = 0;
  /** Calls went back to the queue since the last `ask`. They precede those that the store may return. */
  let isLowered = false;
  /** To be put back, since earlier calls are taken again. */
  let overtaking: TakenCall[] = [];

  const lanesOf = (call: TakenCall) => {
    const panels = panelsOf(call);
    return panels.length > 0 ? panels : [''];
  };
  const stateOf = (lane: string) => {
    const state = states.get(lane) ?? { isInFlight: false, blocking: new Set() };
    states.set(lane, state);
    return state;
  };
  const isBehindBlocking = (lane: string, seq: number) =>
    [...(states.get(lane)?.blocking ?? [])].some((blocking) => blocking < seq);
  const isBlocked = (lane: string, seq: number) =>
    states.get(lane)?.isInFlight === true || isBehindBlocking(lane, seq);
  const setCalls = (remaining: LaneCall[]) => {
    calls = remaining;
    bytes = bytesOf(remaining.map(({ call }) => call));
  };
  /** The store returns untried calls by their `seq`, and delayed ones by their time. */
  const isUntriedBehind = ({ tries, seq }: TakenCall) => tries === 0 && seq > passed;

  /** Takes untried calls behind a `seq` again. */
  function lower(seq: number): void {
    if (seq >= passed) return;
    passed = seq;
    isLowered = true;
    for (const [lane, first] of firstPutBack) if (first > passed) firstPutBack.delete(lane);
    overtaking.push(...calls.map(({ call }) => call).filter(isUntriedBehind));
    setCalls(calls.filter(({ call }) => !isUntriedBehind(call)));
  }

  /** An untried call goes back to the queue. Later ones must not precede it. */
  function takeAgain(seq: number): void {
    lower(seq - 1);
    isLowered = true;
  }

  /** When nothing blocks a lane any more, its calls that were put back are taken again. */
  function resumeIfFree(lane: string): void {
    const state = states.get(lane);
    if (!state || state.isInFlight || state.blocking.size > 0) return;
    states.delete(lane);
    const first = firstPutBack.get(lane);
    if (first !== undefined) lower(first - 1);
  }

  /** Whether each call is behind one that failed or was put back, and not just behind one in flight. */
  function areAllBlocked(): boolean {
    const blocked = new Set<string>();
    return calls.every(({ seq, lanes }) => {
      const isBehind = lanes.some((lane) => blocked.has(lane) || isBehindBlocking(lane, seq));
      if (isBehind) for (const lane of lanes) blocked.add(lane);
      return isBehind;
    });
  }

  function waitingRoom(slots: number, inFlight: number): number {
    if (slots === 0 || bytes >= maxHeldBytes) return 0;
    const untried = calls.filter(({ call }) => call.tries === 0).length;
    return Math.max(0, Math.max(minAhead, slots * 2) - inFlight - untried);
  }

  return {
    get size() {
      return calls.length;
    },
    get liveSize() {
      return calls.length;
    },
    room(slots, inFlight) {
      const waiting = waitingRoom(slots, inFlight);
      // Delayed calls block others, and must return even if there is no room.
      return { waiting, delayed: slots === 0 ? 0 : Math.max(waiting, slots) };
    },
    add(more) {
      const late = isLowered ? more.filter(isUntriedBehind) : [];
      overtaking.push(...late);
      const added = more.filter((call) => !late.includes(call));
      calls.push(...added.map((call) => ({ call, seq: call.seq, lanes: lanesOf(call) })));
      bytes += bytesOf(added);
      calls.sort((one, other) => one.seq - other.seq);
    },
    next() {
      const passedLanes = new Set<string>();
      for (const [index, { call, seq, lanes }] of calls.entries()) {
        if (!lanes.some((lane) => passedLanes.has(lane) || isBlocked(lane, seq))) {
          calls.splice(index, 1);
          bytes -= bytesOf([call]);
          for (const lane of lanes) {
            const state = stateOf(lane);
            state.isInFlight = true;
            state.blocking.delete(seq);
          }
          return call;
        }
        for (const lane of lanes) passedLanes.add(lane);
      }
      return undefined;
    },
    decided(call, state) {
      const { seq } = call;
      if (state === 'waiting') takeAgain(seq);
      for (const lane of lanesOf(call)) {
        const { blocking } = Object.assign(stateOf(lane), { isInFlight: false });
        if (state === 'waiting' || state === 'delayed') blocking.add(seq);
        resumeIfFree(lane);
      }
    },
    empty() {
      const removed = calls;
      setCalls([]);
      for (const { call, seq } of removed) if (call.tries === 0) takeAgain(seq);
      return removed.map(({ call }) => call);
    },
    retain(seqs) {
      const before = calls.length;
      setCalls(calls.filter(({ seq }) => seqs.has(seq)));
      if (calls.length < before) lower(0);
    },
    putBack(slots, inFlight) {
      const back = overtaking;
      overtaking = [];
      if (slots === 0 || calls.length === 0 || waitingRoom(slots, inFlight) > 0) return back;
      if (!areAllBlocked()) return back;
      const untried = calls.filter(({ call }) => call.tries === 0);
      setCalls(calls.filter(({ call }) => call.tries > 0));
      for (const { seq, lanes } of untried) {
        passed = Math.max(passed, seq);
        for (const lane of lanes) {
          const { isInFlight, blocking } = stateOf(lane);
          if (!isInFlight && blocking.size === 0) blocking.add(seq);
          firstPutBack.set(lane, Math.min(firstPutBack.get(lane) ?? seq, seq));
        }
      }
      return [...back, ...untried.map(({ call }) => call)];
    },
    ask() {
      isLowered = false;
      return { passed, holding: [...states.values()].flatMap(({ blocking }) => [...blocking]) };
    },
    release(seqs) {
      for (const [lane, { blocking }] of states) {
        for (const seq of seqs) blocking.delete(seq);
        resumeIfFree(lane);
      }
    },
    rewind: () => lower(0),
  };
}

function bytesOf(calls: readonly TakenCall[]): number {
  return calls.reduce((sum, { capture }) => sum + capture.body.byteLength, 0);
}
