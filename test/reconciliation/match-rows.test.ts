import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type GroupEvents,
  type GroupResult,
  type GroupRow,
  matchRows,
} from '../../src/reconciliation/match-rows.js';

const aRow = fc.record({
  identity: fc.option(fc.constantFrom('a', 'b', 'c'), { freq: 2 }),
  time: fc.option(fc.integer({ min: 0, max: 20 }), { freq: 9 }),
  counts: fc.boolean(),
  phone: fc.option(fc.constantFrom('1000000001', '911000000001', '441000000001'), { freq: 2 }),
});
const someRows = fc
  .array(aRow, { maxLength: 8 })
  .map((rows) => rows.map((row, n): GroupRow => ({ ...row, n, rows: 1 })));
const aRule = fc.record({
  within: fc.constantFrom(undefined, 0, 3),
  comparesPhones: fc.boolean(),
});
const countOf = (all: readonly GroupEvents[]) => all.reduce((sum, { events }) => sum + events, 0);

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
      const { both, missing } = matchRows(expected, found, { within, comparesPhones: false });
      expect(both).toBe(mostPairs(expected.slice(0, 8), found, within));
      expect(both + countOf(missing)).toBe(expected.length);
    }),
    { numRuns: 200 },
  );
});

test('every row is counted once', () => {
  fc.assert(
    fc.property(someRows, someRows, aRule, (expected, found, rule) => {
      const result = matchRows(expected, found, rule);
      const required = result.both + countOf(result.missing);
      expect(required + result.unconfirmed + result.repeatedExpected).toBe(expected.length);
      const uncounted = found.filter(({ counts }) => !counts).length;
      const named = result.both + result.repeatedFound + countOf(result.unexpected);
      expect(named).toBeLessThanOrEqual(found.length);
      expect(named + result.unconfirmed + uncounted).toBeGreaterThanOrEqual(found.length);
      const numbers = result.missing.map(({ row }) => row.n);
      expect(new Set(numbers).size).toBe(numbers.length);
    }),
    { numRuns: 500 },
  );
});

test('rows that are alike count as if they stood apart', () => {
  const totals = (result: GroupResult) => ({
    ...result,
    missing: countOf(result.missing),
    unexpected: countOf(result.unexpected),
  });
  const together = (rows: readonly GroupRow[]) => {
    const groups = new Map<string, GroupRow>();
    for (const { n, ...alike } of rows) {
      const key = JSON.stringify(alike);
      const known = groups.get(key);
      groups.set(key, { ...alike, n: known?.n ?? n, rows: (known?.rows ?? 0) + 1 });
    }
    return [...groups.values()];
  };
  fc.assert(
    fc.property(someRows, someRows, aRule, (expected, found, rule) => {
      expect(totals(matchRows(together(expected), together(found), rule))).toEqual(
        totals(matchRows(expected, found, rule)),
      );
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['numbers of two countries', ['911000000001', '441000000001'], 2],
  ['one number, once without its country', ['1000000001', '911000000001'], 1],
  ['two countries, and once without one', ['1000000001', '441000000001', '911000000001'], 2],
])('%s are as many contacts', (_, phones, contacts) => {
  const rows = phones.map((phone, n) => ({
    n,
    rows: 1,
    identity: 'a',
    time: null,
    phone,
    counts: true,
  }));
  const { missing } = matchRows(rows, [], { within: undefined, comparesPhones: true });
  expect(countOf(missing)).toBe(contacts);
});
