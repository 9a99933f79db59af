import { describe, expect, test } from 'vitest';
import {
  addNewer,
  addOlder,
  type CallList,
  holdMore,
  maxLiveCalls,
  nothingHeld,
  setOutcomes,
} from '../../../src/inspector/page/call-list.js';
import { shown } from './a-call.js';

const numbers = ({ calls }: Pick<CallList, 'calls'>) => calls.map(({ id }) => Number(id.slice(5)));
const list: CallList = { calls: shown(3, 1), older: 'before-1' };

describe('calls that come', () => {
  test('are put on top', () => {
    const held = holdMore(nothingHeld, shown(5, 4), 0);
    expect(numbers(addNewer(list, held))).toEqual([5, 4, 3, 2, 1]);
    expect(addNewer(list, held).older).toEqual('before-1');
  });

  test('are counted while they are held, those that were told twice once', () => {
    const held = holdMore(holdMore(nothingHeld, shown(5, 4), 0), shown(7, 5), 0);
    expect(held).toMatchObject({ count: 4, gap: false });
    expect(numbers(held)).toEqual([7, 6, 5, 4]);
  });

  test('are listed once, when they were listed already', () => {
    expect(numbers(addNewer(list, holdMore(nothingHeld, shown(4, 2), 0)))).toEqual([4, 3, 2, 1]);
    expect(addNewer(list, holdMore(nothingHeld, shown(3, 2), 0))).toBe(list);
  });

  test('begin the list anew when others before them were not told, which scrolling back finds', () => {
    const held = holdMore(holdMore(nothingHeld, shown(5, 4), 0), shown(9, 8), 2);
    expect(held).toMatchObject({ count: 6, gap: true });
    expect(addNewer(list, held)).toEqual({
      calls: shown(9, 8),
      older: '~06f3k00008',
    });
  });

  test('push the oldest out of a list that is at its most', () => {
    const full = addNewer(
      { calls: shown(maxLiveCalls, 1), older: null },
      holdMore(nothingHeld, shown(maxLiveCalls + 2, maxLiveCalls + 1), 0),
    );
    expect(full.calls).toHaveLength(maxLiveCalls);
    expect(numbers(full)[0]).toBe(maxLiveCalls + 2);
    expect(full.older).toBe('~06f3k00003');
  });

  test('in their thousands are held as the newest of them', () => {
    const held = holdMore(nothingHeld, shown(5000, 1), 0);
    expect(held).toMatchObject({ count: 5000, gap: true });
    expect(held.calls).toHaveLength(2000);
  });
});

describe('a page of older calls', () => {
  test('is put below, and says where to go on', () => {
    const longer = addOlder(
      { calls: shown(9, 8), older: '~06f3k00008' },
      { calls: shown(8, 6), next: 'before-6' },
    );
    expect(numbers(longer)).toEqual([9, 8, 7, 6]);
    expect(longer.older).toEqual('before-6');
  });

  test('that is the last one ends the list', () => {
    expect(addOlder(list, { calls: [], next: null }).older).toBeNull();
  });
});

test('what became of a call is said where it is listed, and changes nothing else', () => {
  const calls = shown(3, 1);
  const next = setOutcomes(calls, new Map([[calls[1]!.id, 'delivered']]));
  expect(next.map(({ outcome }) => outcome)).toEqual([null, 'delivered', null]);
  expect(next[0]).toBe(calls[0]);
  expect(setOutcomes(calls, new Map([['06f3k99999', 'dead']]))).toBe(calls);
});
