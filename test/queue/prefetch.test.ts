import { describe, expect, test } from 'vitest';
import type { TakenCall } from '../../src/call/delivery.js';
import { createOrderedPrefetch, createPrefetch, type Prefetch } from '../../src/queue/prefetch.js';
import { plainCall } from '../helpers/store.js';

/** A call with this `seq`. */
function taken(seq: number, tries = 0): TakenCall {
  return {
    seq: seq,
    capture: { ...plainCall, id: `1s${String(seq).padStart(8, '0')}shop42` },
    events: [],
    queued: plainCall.time,
    waited: 0,
    tries,
  };
}

const lanes = (panels: Readonly<Record<number, readonly string[]>>) => (call: TakenCall) =>
  panels[call.seq] ?? ['netcore_hook_test'];

const nextSeq = (prefetch: Prefetch) => prefetch.next()?.seq;

describe('a prefetch without order', () => {
  test('gives calls as they came, and all of those left when it is emptied', () => {
    const prefetch = createPrefetch();
    prefetch.add([taken(2), taken(1), taken(3)]);
    expect(nextSeq(prefetch)).toBe(2);
    expect(prefetch.empty().map(({ seq }) => seq)).toEqual([1, 3]);
    expect(prefetch.size).toBe(0);
    expect(prefetch.next()).toBeUndefined();
  });

  test('gives redeliveries after all others, and keeps room for those', () => {
    const prefetch = createPrefetch();
    prefetch.add([1, 2, 3].map((seq) => ({ ...taken(seq), redelivery: 1 })));
    prefetch.add([taken(9)]);
    expect([prefetch.size, prefetch.liveSize]).toEqual([4, 1]);
    expect(prefetch.room(4, 0)).toEqual({ waiting: 63, delayed: 29 });
    prefetch.add(Array.from({ length: 40 }, (_, seq) => ({ ...taken(100 + seq), redelivery: 1 })));
    expect(prefetch.room(4, 0)).toEqual({ waiting: 63, delayed: 0 });
    expect([nextSeq(prefetch), nextSeq(prefetch)]).toEqual([9, 1]);
    prefetch.retain(new Set([3]));
    expect(prefetch.empty().map(({ seq }) => seq)).toEqual([3]);
    expect(prefetch.size).toBe(0);
  });

  test.each([
    ['has room for many calls ahead of a few slots', 4, 0, 0, { waiting: 64, delayed: 32 }],
    ['counts what is under way', 4, 4, 0, { waiting: 60, delayed: 30 }],
    ['has room for twice its slots when they are many', 100, 0, 0, { waiting: 200, delayed: 100 }],
    [
      'has room for a single call when a single one may be tried',
      1,
      0,
      0,
      { waiting: 1, delayed: 1 },
    ],
    ['has no room when that one is under way', 1, 1, 0, { waiting: 0, delayed: 0 }],
    ['has none when none may be tried', 0, 0, 0, { waiting: 0, delayed: 0 }],
    ['has none when it is full', 4, 0, 70, { waiting: 0, delayed: 0 }],
  ])('%s', (_, slots, running, holding, room) => {
    const prefetch = createPrefetch();
    prefetch.add(Array.from({ length: holding }, (_, seq) => taken(seq)));
    expect(prefetch.room(slots, running)).toEqual(room);
  });
});

test.each([
  ['without order', createPrefetch(), { waiting: 0, delayed: 0 }],
  ['in order', createOrderedPrefetch(lanes({})), { waiting: 0, delayed: 4 }],
])(
  'a prefetch %s has no room behind large bodies until they are under way',
  (_, prefetch, none) => {
    const body = new Uint8Array(10 * 1024 * 1024);
    const large = [1, 2].map((seq) => ({
      ...taken(seq),
      capture: { ...taken(seq).capture, body },
    }));
    prefetch.add(large);
    expect(prefetch.room(4, 0)).toEqual(none);
    prefetch.next();
    expect(prefetch.room(4, 1).waiting).toBeGreaterThan(0);
    prefetch.add(large.slice(0, 1));
    prefetch.empty();
    expect(prefetch.room(4, 0).waiting).toBe(64);
  },
);

describe('a prefetch in order', () => {
  test('gives the oldest first, whenever it came', () => {
    const prefetch = createOrderedPrefetch(lanes({ 1: ['north'], 2: ['south'], 3: ['west'] }));
    prefetch.add([taken(3), taken(2)]);
    prefetch.add([taken(1)]);
    expect([nextSeq(prefetch), nextSeq(prefetch), nextSeq(prefetch)]).toEqual([1, 2, 3]);
  });

  test('gives no call of a panel while another of it is under way', () => {
    const prefetch = createOrderedPrefetch(lanes({ 3: ['netcore_hook_test_north'] }));
    const calls = [taken(1), taken(2), taken(3)];
    prefetch.add(calls);
    expect([nextSeq(prefetch), nextSeq(prefetch), nextSeq(prefetch)]).toEqual([1, 3, undefined]);
    prefetch.decided(calls[0]!, 'delivered');
    expect(nextSeq(prefetch)).toBe(2);
  });

  test('blocks all calls behind a delayed one until that has ended', () => {
    const prefetch = createOrderedPrefetch(lanes({}));
    const first = taken(1);
    prefetch.add([first, taken(2)]);
    prefetch.next();
    prefetch.decided(first, 'delayed');
    expect(prefetch.next()).toBeUndefined();
    prefetch.add([taken(1, 1)]);
    expect(nextSeq(prefetch)).toBe(1);
    prefetch.decided(first, 'delivered');
    expect(nextSeq(prefetch)).toBe(2);
  });

  test('gives a call of two panels when it is first in both', () => {
    const prefetch = createOrderedPrefetch(
      lanes({ 1: ['north'], 2: ['north', 'south'], 3: ['south'] }),
    );
    const calls = [taken(1), taken(2), taken(3)];
    prefetch.add(calls);
    expect([nextSeq(prefetch), nextSeq(prefetch)]).toEqual([1, undefined]);
    prefetch.decided(calls[0]!, 'delivered');
    expect([nextSeq(prefetch), nextSeq(prefetch)]).toEqual([2, undefined]);
    prefetch.decided(calls[1]!, 'delivered');
    expect(nextSeq(prefetch)).toBe(3);
  });

  test('treats calls without a panel as calls of one panel', () => {
    const prefetch = createOrderedPrefetch(() => []);
    prefetch.add([taken(1), taken(2)]);
    expect([nextSeq(prefetch), nextSeq(prefetch)]).toEqual([1, undefined]);
  });

  test('always has room for calls that block others', () => {
    const prefetch = createOrderedPrefetch(lanes({}));
    prefetch.add(Array.from({ length: 64 }, (_, seq) => taken(seq)));
    expect(prefetch.room(4, 0)).toEqual({ waiting: 0, delayed: 4 });
    expect(prefetch.room(0, 0)).toEqual({ waiting: 0, delayed: 0 });
  });

  test('forgets what it is emptied of, not what holds up others', () => {
    const prefetch = createOrderedPrefetch(lanes({}));
    const first = taken(1);
    prefetch.add([first, taken(2)]);
    prefetch.next();
    expect(prefetch.empty().map(({ seq }) => seq)).toEqual([2]);
    prefetch.ask();
    prefetch.add([taken(2)]);
    expect(prefetch.next()).toBeUndefined();
    prefetch.decided(first, 'delivered');
    expect(nextSeq(prefetch)).toBe(2);
  });

  test('puts back blocked calls when it is full of them, and takes them again in order', () => {
    const prefetch = createOrderedPrefetch(lanes({ 100: ['south'], 101: ['south'] }));
    const first = taken(1);
    prefetch.add([first, ...Array.from({ length: 64 }, (_, at) => taken(at + 2))]);
    prefetch.next();
    expect(prefetch.putBack(4, 1)).toEqual([]);
    prefetch.decided(first, 'delayed');
    expect(prefetch.putBack(4, 0).map(({ seq }) => seq)).toEqual(numbersFrom(2, 64));
    expect(prefetch.ask()).toEqual({ passed: 65, holding: [1] });
    prefetch.add([taken(100), taken(101)]);
    expect(nextSeq(prefetch)).toBe(100);
    prefetch.decided(taken(100), 'delivered');
    prefetch.add([taken(1, 1)]);
    expect(nextSeq(prefetch)).toBe(1);
    prefetch.decided(taken(1, 1), 'delivered');
    expect(prefetch.ask().passed).toBe(1);
    // The calls that it has come after those that it takes again.
    expect(prefetch.putBack(4, 0).map(({ seq }) => seq)).toEqual([101]);
  });

  test.each([
    ['is emptied', (prefetch: Prefetch) => void prefetch.empty()],
    [
      'had a call that was not tried',
      (prefetch: Prefetch) => prefetch.decided(taken(1), 'waiting'),
    ],
  ])('gives back what was on its way to it when it %s', (_, change) => {
    const prefetch = createOrderedPrefetch(lanes({}));
    prefetch.add([taken(1), taken(2)]);
    prefetch.next();
    prefetch.ask();
    change(prefetch);
    prefetch.add([taken(65)]);
    expect(prefetch.next()?.seq).not.toBe(65);
    expect(prefetch.putBack(4, 0).map(({ seq }) => seq)).toContain(65);
  });

  test('takes calls again that it gives back from before the point it has passed', () => {
    const prefetch = createOrderedPrefetch(lanes({ 1: ['south'] }));
    const failing = taken(2);
    prefetch.add([failing, ...Array.from({ length: 64 }, (_, at) => taken(at + 3))]);
    prefetch.next();
    prefetch.decided(failing, 'delayed');
    prefetch.putBack(4, 0);
    // Somebody asked for it to be tried again from the beginning.
    prefetch.add([taken(1)]);
    prefetch.empty();
    expect(prefetch.ask().passed).toBe(0);
  });

  test('remembers a call that failed while an older one of its panel is tried', () => {
    const prefetch = createOrderedPrefetch(lanes({}));
    prefetch.add([taken(10), taken(11)]);
    prefetch.next();
    prefetch.decided(taken(10), 'delayed');
    prefetch.add([taken(5)]);
    expect(nextSeq(prefetch)).toBe(5);
    prefetch.decided(taken(5), 'delivered');
    expect(prefetch.next()).toBeUndefined();
    prefetch.release([10]);
    expect(nextSeq(prefetch)).toBe(11);
  });

  test('has room for other panels regardless of the number of delayed calls', () => {
    const prefetch = createOrderedPrefetch(lanes({}));
    prefetch.add(Array.from({ length: 80 }, (_, at) => taken(at + 1, 2)));
    expect(prefetch.room(4, 0).waiting).toBe(64);
  });
});

function numbersFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => first + at);
}
