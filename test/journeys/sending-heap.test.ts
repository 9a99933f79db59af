import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Sending, SendingHeap } from '../../src/journeys/sending-heap.js';

const sending = (at: number, contact: number): Sending => ({
  ...{ at, contact, webhook: contact % 99, carrier: contact % 397, time: at / 2 },
  ...{ copies: 1 + (contact % 3), late: contact % 2 === 0 },
});

test('gives back the earliest first, and of equal times the one added first', () => {
  const times = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 3000 });
  fc.assert(
    fc.property(times, (each) => {
      const all = each.map((at, contact) => sending(at, contact));
      const heap = new SendingHeap();
      for (const one of all) heap.push(one);
      const sorted = [...all].sort((a, b) => a.at - b.at || a.contact - b.contact);
      expect(all.map(() => heap.pop())).toEqual(sorted);
      expect([heap.pop(), heap.next]).toEqual([undefined, Number.POSITIVE_INFINITY]);
    }),
    { numRuns: 30 },
  );
});

test('reuses its slots, and grows when all are taken', () => {
  const heap = new SendingHeap();
  const taken: number[] = [];
  for (let round = 0; round < 5000; round += 1) {
    heap.push(sending(round, round));
    heap.push(sending(round + 5000, round));
    taken.push(heap.pop()?.at ?? -1);
  }
  expect(taken).toEqual([...taken].sort((a, b) => a - b));
  expect(heap.next).toBe(5000);
});
