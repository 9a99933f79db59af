import { describe, expect, test } from 'vitest';
import { type Rows, rowsOf } from '../../../src/inspector/page/rows.js';
import { trimCall } from '../../../src/inspector/page/trim-call.js';
import { anyEvent } from '../../../src/payload/event-filter.js';
import { aCall, anEvent } from './a-call.js';

const single = trimCall(aCall(3), anyEvent);
const unread = trimCall(aCall(2, { events: [], problem: 'The body is empty.' }), anyEvent);
const batch = trimCall(
  aCall(1, { events: Array.from({ length: 12 }, (_, index) => anEvent({ number: index + 1 })) }),
  anyEvent,
);

function keys(rows: Rows): (string | undefined)[] {
  return Array.from({ length: rows.count }, (_, index) => rows.at(index)?.key);
}

describe('the rows of a list', () => {
  const rows = rowsOf([single, unread, batch]);

  test('are each call, its events, and how many more there are', () => {
    expect(keys(rows)).toEqual([
      single.id,
      `${single.id} 1`,
      unread.id,
      batch.id,
      ...Array.from({ length: 10 }, (_, index) => `${batch.id} ${index + 1}`),
      `${batch.id} more`,
    ]);
    expect(rows.at(14)).toMatchObject({ kind: 'more', count: 2 });
  });

  test('are found by their keys', () => {
    for (const [index, key] of keys(rows).entries()) expect(rows.indexOf(key!)).toBe(index);
  });

  test('do not hold a call that is not listed, and know the call of an event that has no row', () => {
    expect(rows.indexOf('06f3k99999')).toBe(-1);
    expect(rows.indexOf(`${batch.id} 11`)).toBe(3);
  });

  test('have an end on both sides', () => {
    expect(rows.at(-1)).toBeUndefined();
    expect(rows.at(15)).toBeUndefined();
    expect(rowsOf([]).count).toBe(0);
    expect(rowsOf([]).at(0)).toBeUndefined();
  });

  test.each([
    ['from a call to the next one', 0, 1, 2],
    ['from an event to the next call', 1, 1, 2],
    ['from the last call nowhere', 5, 1, 3],
    ['from an event back to its call', 8, -1, 3],
    ['from a call back to the one before', 3, -1, 2],
    ['from the first call nowhere', 0, -1, 0],
  ] as const)('lead %s', (_, from, step, to) => {
    expect(rows.nextCall(from, step)).toBe(to);
  });
});
