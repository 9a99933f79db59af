import { describe, expect, test } from 'vitest';
import {
  formatId,
  makeStoreTag,
  nextPlace,
  placesOfPrefix,
  shortId,
} from '../../src/call/capture-id.js';

const noon = Date.UTC(2026, 10, 23, 12);
const tag = 'abcdef';

describe('a capture id', () => {
  test('does not believe a clock that says a time which no id can tell', () => {
    const before = nextPlace(0, noon);
    expect(nextPlace(before, Date.UTC(2100, 0, 1))).toBe(before + 1);
  });

  test('has sixteen characters that sort as calls were recorded', () => {
    const first = nextPlace(0, noon);
    const ids = [first, nextPlace(first, noon), nextPlace(first, noon + 1)].map((place) =>
      formatId(place, tag),
    );
    expect(ids.map((id) => id.length)).toEqual([16, 16, 16]);
    expect([...ids].sort()).toEqual(ids);
  });

  test('grows although the clock was put back', () => {
    const before = nextPlace(0, noon);
    expect(nextPlace(before, noon - 3_600_000)).toBe(before + 1);
  });

  test('is found by any beginning of it, in either case and with look-alikes', () => {
    const place = nextPlace(0, noon);
    const id = formatId(place, tag);
    for (let length = 1; length <= id.length; length += 1) {
      const places = placesOfPrefix(id.slice(0, length));
      expect(places!.first).toBeLessThanOrEqual(place);
      expect(places!.last).toBeGreaterThanOrEqual(place);
    }
    expect(placesOfPrefix(shortId(id))).toEqual({ first: place, last: place });
    expect(placesOfPrefix(id.toUpperCase())).toEqual({ first: place, last: place });
    expect(placesOfPrefix('o1L')).toEqual(placesOfPrefix('011'));
  });

  test.each([[''], ['not-an-id'], ['uuuu'], ['../../etc'], ['0'.repeat(17)]])(
    'cannot begin with %j',
    (text) => {
      expect(placesOfPrefix(text)).toBeUndefined();
    },
  );
});

test('a store tag has six characters of the alphabet', () => {
  expect(makeStoreTag(new Uint8Array([0, 31, 32, 255, 7, 8]))).toMatch(/^[0-9a-hjkmnp-tv-z]{6}$/);
});
