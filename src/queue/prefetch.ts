import type { DeliveryTurn, TakenCall } from '../call/delivery.js';
import type { Decision } from './queue.js';

/** The calls that a worker has taken and not tried yet, and which of them is next. */
export interface Prefetch {
  /** How many there are. */
  readonly size: number;
  /** How many more of each kind there is room for. */
  room(slots: number, running: number): { readonly delayed: number; readonly waiting: number };
  add(calls: readonly TakenCall[]): void;
  /** Takes out the call that is to be tried next; undefined: none may be, now. */
  next(): TakenCall | undefined;
  /** What a call came to that was taken out. */
  decided(call: TakenCall, state: Decision['state']): void;
  /** Takes out all. */
  empty(): readonly TakenCall[];
  /** Forgets the calls at all other places. */
  retain(places: ReadonlySet<number>): void;
  /**
   * Takes out calls that are to go back to the queue: those that failed calls hold up, when there is room
   * for no other, and those in front of which others have to be taken again.
   */
  putBack(slots: number, running: number): readonly TakenCall[];
  /** What the queue has to know to give others. */
  ask(): Pick<DeliveryTurn, 'passed' | 'holding'>;
  /** The calls at these places hold up nothing any more: they are not to be tried again here. */
  release(places: readonly number[]): void;
  /** Calls that were put back may have been with others meanwhile: all are taken again. */
  rewind(): void;
}

/**
 * How many calls are taken ahead at least: a turn with the store costs nearly the same for one call
 * as for many.
 */
const ahead = 64;
/** Bodies that are held ahead, together, from which on no more calls are taken. */
const maxHeldBytes = 16 * 1024 * 1024;

/** Any call may be next. */
export function createPrefetch(): Prefetch {
  let calls: TakenCall[] = [];
  let bytes = 0;
  return {
    get size() {
      return calls.length;
    },
    room(slots, running) {
      // A single slot may be meant for a probe.
      const most = slots < 2 ? slots : Math.max(ahead, slots * 2);
      const waiting = bytes >= maxHeldBytes ? 0 : Math.max(0, most - running - calls.length);
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
    decided: () => {},
    putBack: () => [],
    ask: () => ({ passed: 0, holding: [] }),
    release: () => {},
    rewind: () => {},
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

interface LaneState {
  /** A call is with the handler. */
  running: boolean;
  /** The places of calls that hold up those behind them: they failed, or were put back. */
  readonly held: Set<number>;
}

interface LaneCall {
  readonly call: TakenCall;
  readonly lanes: readonly string[];
}

/**
 * Calls that share a panel are tried one after the other, the oldest first, and a call that failed
 * holds up those behind it. `panelsOf` tells the panels of a call; those without any share one lane.
 *
 * When the prefetch is full of calls that are held up, they go back to the queue, and calls behind them are
 * taken. What is kept of them is where each lane has to be taken up again.
 */
export function createOrderedPrefetch(panelsOf: (call: TakenCall) => readonly string[]): Prefetch {
  let calls: LaneCall[] = [];
  let bytes = 0;
  const states = new Map<string, LaneState>();
  /** By lane: the first of its calls that was put back. */
  const firstPutBack = new Map<string, number>();
  /** Waiting calls up to this place were put back. */
  let passed = 0;
  /** Since the queue was asked, calls have gone back to it that come before those it may give. */
  let lowered = false;
  /** To be put back: calls before them are taken again, and come first. */
  let overtaking: TakenCall[] = [];
  const lanesOf = (call: TakenCall) => {
    const panels = panelsOf(call);
    return panels.length > 0 ? panels : [''];
  };
  const stateOf = (lane: string) => {
    const state = states.get(lane) ?? { running: false, held: new Set() };
    states.set(lane, state);
    return state;
  };
  const isBehindHeld = (lane: string, place: number) =>
    [...(states.get(lane)?.held ?? [])].some((held) => held < place);
  const isHeldUp = (lane: string, place: number) =>
    states.get(lane)?.running === true || isBehindHeld(lane, place);
  const setCalls = (rest: LaneCall[]) => {
    calls = rest;
    bytes = bytesOf(rest.map(({ call }) => call));
  };
  /** Whether a call is taken by its place; one that was tried before is taken by its time. */
  const isBehind = ({ tries, place }: TakenCall) => tries === 0 && place > passed;

  /** Waiting calls behind a place are taken again. */
  function lower(place: number): void {
    if (place >= passed) return;
    passed = place;
    lowered = true;
    for (const [lane, first] of firstPutBack) if (first > passed) firstPutBack.delete(lane);
    overtaking.push(...calls.map(({ call }) => call).filter(isBehind));
    setCalls(calls.filter(({ call }) => !isBehind(call)));
  }

  /** A call goes back to the queue that was never tried: those behind it may not come before it. */
  function takeAgain(place: number): void {
    lower(place - 1);
    lowered = true;
  }

  /** When nothing holds up a lane any more, those of its calls that were put back are taken again. */
  function freeIfIdle(lane: string): void {
    const state = states.get(lane);
    if (!state || state.running || state.held.size > 0) return;
    states.delete(lane);
    const first = firstPutBack.get(lane);
    if (first !== undefined) lower(first - 1);
  }

  /** Whether each call is behind one that failed or was put back, and not just behind one that is under way. */
  function allAreHeldUp(): boolean {
    const held = new Set<string>();
    return calls.every(({ call, lanes }) => {
      const isHeld = lanes.some((lane) => held.has(lane) || isBehindHeld(lane, call.place));
      if (isHeld) for (const lane of lanes) held.add(lane);
      return isHeld;
    });
  }

  function waitingRoom(slots: number, running: number): number {
    if (slots === 0 || bytes >= maxHeldBytes) return 0;
    const waiting = calls.filter(({ call }) => call.tries === 0).length;
    return Math.max(0, Math.max(ahead, slots * 2) - running - waiting);
  }
  return {
    get size() {
      return calls.length;
    },
    room(slots, running) {
      const waiting = waitingRoom(slots, running);
      // Those that hold up others must come back, however full it is.
      return { waiting, delayed: slots === 0 ? 0 : Math.max(waiting, slots) };
    },
    add(more) {
      const late = lowered ? more.filter(isBehind) : [];
      overtaking.push(...late);
      const taken = more.filter((call) => !late.includes(call));
      calls.push(...taken.map((call) => ({ call, lanes: lanesOf(call) })));
      bytes += bytesOf(taken);
      calls.sort((one, other) => one.call.place - other.call.place);
    },
    next() {
      const behind = new Set<string>();
      for (const [at, { call, lanes }] of calls.entries()) {
        if (!lanes.some((lane) => behind.has(lane) || isHeldUp(lane, call.place))) {
          calls.splice(at, 1);
          bytes -= bytesOf([call]);
          for (const lane of lanes) {
            const state = stateOf(lane);
            state.running = true;
            state.held.delete(call.place);
          }
          return call;
        }
        for (const lane of lanes) behind.add(lane);
      }
      return undefined;
    },
    decided(call, state) {
      const { place } = call;
      if (state === 'waiting') takeAgain(place);
      for (const lane of lanesOf(call)) {
        const { held } = Object.assign(stateOf(lane), { running: false });
        if (state === 'waiting' || state === 'delayed') held.add(place);
        freeIfIdle(lane);
      }
    },
    empty() {
      const rest = calls.map(({ call }) => call);
      setCalls([]);
      for (const { place, tries } of rest) if (tries === 0) takeAgain(place);
      return rest;
    },
    retain(places) {
      const before = calls.length;
      setCalls(calls.filter(({ call: { place } }) => places.has(place)));
      if (calls.length < before) lower(0);
    },
    putBack(slots, running) {
      const back = overtaking;
      overtaking = [];
      if (slots === 0 || calls.length === 0 || waitingRoom(slots, running) > 0) return back;
      if (!allAreHeldUp()) return back;
      const untried = calls.filter(({ call }) => call.tries === 0);
      setCalls(calls.filter(({ call }) => call.tries > 0));
      for (const { call, lanes } of untried) {
        const { place } = call;
        passed = Math.max(passed, place);
        for (const lane of lanes) {
          const { running: isRunning, held } = stateOf(lane);
          if (!isRunning && held.size === 0) held.add(place);
          firstPutBack.set(lane, Math.min(firstPutBack.get(lane) ?? place, place));
        }
      }
      return [...back, ...untried.map(({ call }) => call)];
    },
    ask() {
      lowered = false;
      return { passed, holding: [...states.values()].flatMap(({ held }) => [...held]) };
    },
    release(places) {
      for (const [lane, { held }] of states) {
        for (const place of places) held.delete(place);
        freeIfIdle(lane);
      }
    },
    rewind: () => lower(0),
  };
}

function bytesOf(calls: readonly TakenCall[]): number {
  return calls.reduce((sum, { capture }) => sum + capture.body.byteLength, 0);
}
