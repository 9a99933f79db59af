import { describe, expect, test } from 'vitest';
import { readRetryAfter, retryDelay } from '../../src/queue/fate.js';

describe('the delay after a failed try', () => {
  test.each([
    [1, 1_000, 2_000],
    [2, 2_000, 4_000],
    [3, 4_000, 8_000],
    [9, 256_000, 512_000],
    [10, 450_000, 900_000],
    [11, 450_000, 900_000],
    [5_000, 450_000, 900_000],
  ])('number %i is from %i to %i ms', (failures, least, most) => {
    expect(retryDelay(failures, () => 0)).toBe(least);
    expect(retryDelay(failures, () => 0.5)).toBe((least + most) / 2);
    expect(retryDelay(failures, () => 1)).toBe(most);
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 10, 23, 12);
  test.each([
    ['120', 120_000],
    [' 7 ', 7_000],
    ['0', 0],
    ['900', 900_000],
    ['901', 900_000],
    ['99999999999999999999999999', 900_000],
    ['Mon, 23 Nov 2026 12:01:30 GMT', 90_000],
    ['Monday, 23-Nov-26 12:01:30 GMT', 90_000],
    ['Mon Nov 23 12:01:30 2026', 90_000],
    ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
    ['Tue, 23 Nov 2027 12:00:00 GMT', 900_000],
    ['Mon, 99 Nov 2026 12:01:30 GMT', undefined],
    ['2026-11-23T12:01:30Z', undefined],
    ['1.5', undefined],
    ['-5', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j asks for %j ms', (value, expected) => {
    expect(readRetryAfter(value, now)).toBe(expected);
  });
});
