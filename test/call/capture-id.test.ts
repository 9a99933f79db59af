import { describe, expect, test } from 'vitest';
import {
  formatId,
  makeStoreTag,
  nextSeq,
  seqRangeOfPrefix,
  shortId,
} from '../../src/call/capture-id.js';

const noon = Date.UTC(2026, 10, 23, 12);
const tag = 'abcdef';

describe('a capture id', () => {
  test('does not believe a clock that says a time which no id can tell', () => {
    const before = nextSeq(0, noon);
    expect(nextSeq(before, Date.UTC(2100, 0, 1))).toBe(before + 1);
  });

  test('has sixteen characters that sort as calls were recorded', () => {
    const first = nextSeq(0, noon);
    const ids = [first, nextSeq(first, noon), nextSeq(first, noon + 1)].map((place) =>
      formatId(place, tag),
    );
    expect(ids.map((id) => id.length)).toEqual([16, 16, 16]);
    expect([...ids].sort()).toEqual(ids);
  });

  test('grows although the clock was put back', () => {
    const before = nextSeq(0, noon);
    expect(nextSeq(before, noon - 3_600_000)).toBe(before + 1);
  });

  test('is found by any beginning of it, in either case and with look-alikes', () => {
    const place = nextSeq(0, noon);
    const id = formatId(place, tag);
    for (let length = 1; length <= id.length; length += 1) {
      const places = seqRangeOfPrefix(id.slice(0, length));
      expect(places!.first).toBeLessThanOrEqual(place);
      expect(places!.last).toBeGreaterThanOrEqual(place);
    }
    expect(seqRangeOfPrefix(shortId(id))).toEqual({ first: place, last: place });
    expect(seqRangeOfPrefix(id.toUpperCase())).toEqual({ first: place, last: place });
    expect(seqRangeOfPrefix('o1L')).toEqual(seqRangeOfPrefix('011'));
  });

  test.each([[''], ['not-an-id'], ['uuuu'], ['../../etc'], ['0'.repeat(17)]])(
    'cannot begin with %j',
    (text) => {
      expect(seqRangeOfPrefix(text)).toBeUndefined();
    },
  );
});

test('a store tag has six characters of the alphabet', () => {
  expect(makeStoreTag(new Uint8Array([0, 31, 32, 255, 7, 8]))).toMatch(/^[0-9a-hjkmnp-tv-z]{6}$/);
});
