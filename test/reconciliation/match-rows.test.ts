import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type GroupRow, matchRows } from '../../src/reconciliation/match-rows.js';

const aRow = fc.record({
  identity: fc.option(fc.constantFrom('a', 'b', 'c'), { freq: 2 }),
  time: fc.option(fc.integer({ min: 0, max: 20 }), { freq: 9 }),
  counts: fc.boolean(),
});
const someRows = fc
  .array(aRow, { maxLength: 8 })
  .map((rows) => rows.map((row, n): GroupRow => ({ ...row, n, phone: null })));

/** The largest number of pairs, found by trying all. */
function mostPairs(
  expected: readonly GroupRow[],
  found: readonly GroupRow[],
  within: number,
): number {
  const [first, ...others] = expected;
  if (!first) return 0;
  const partners = found.filter(({ time }) =>
    first.time === null || time === null
      ? first.time === time
      : Math.abs(first.time - time) <= within,
  );
  const withPair = partners.map(
    (partner) =>
      1 +
      mostPairs(
        others,
        found.filter((row) => row !== partner),
        within,
      ),
  );
  return Math.max(mostPairs(others, found, within), ...withPair);
}

const alone = (rows: readonly GroupRow[]) => rows.map((row) => ({ ...row, identity: null }));

test('as many rows are paired as can be, within a tolerance', () => {
  fc.assert(
    fc.property(someRows, someRows, fc.integer({ min: 0, max: 5 }), (one, other, within) => {
      const expected = alone(one).map((row) => ({ ...row, counts: true }));
      const found = alone(other).slice(0, 6);
      const { both, missing } = matchRows(expected, found, within);
      expect(both).toBe(mostPairs(expected.slice(0, 8), found, within));
      expect(both + missing.length).toBe(expected.length);
    }),
    { numRuns: 200 },
  );
});

test('every row is counted once', () => {
  fc.assert(
    fc.property(someRows, someRows, fc.constantFrom(undefined, 0, 3), (expected, found, within) => {
      const result = matchRows(expected, found, within);
      const required = result.both + result.missing.length;
      expect(required + result.unconfirmed + result.repeatedExpected).toBe(expected.length);
      const uncounted = found.filter(({ counts }) => !counts).length;
      const named = result.both + result.repeatedFound + result.unexpected.length;
      expect(named).toBeLessThanOrEqual(found.length);
      expect(named + result.unconfirmed + uncounted).toBeGreaterThanOrEqual(found.length);
      expect(new Set(result.missing).size).toBe(result.missing.length);
    }),
    { numRuns: 500 },
  );
});
