import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareJson, pathText } from '../../src/payload/compare-json.js';

const compare = (one: unknown, other: unknown) =>
  compareJson(JSON.stringify(one), JSON.stringify(other)).map(({ path, ...rest }) => ({
    ...rest,
    at: pathText(path),
  }));

test.each([
  ['a changed value', { a: 1 }, { a: 2 }, [{ at: 'a', one: '1', other: '2', folded: false }]],
  [
    'a value of another type',
    { a: 1 },
    { a: '1' },
    [{ at: 'a', one: '1', other: '"1"', folded: false }],
  ],
  [
    'a missing key',
    { a: { b: 1 } },
    { a: {} },
    [{ at: 'a.b', one: '1', other: null, folded: false }],
  ],
  ['an added key', {}, { 'a b': [] }, [{ at: '["a b"]', one: null, other: '[]', folded: false }]],
  ['a time', { ts: 1 }, { ts: 2 }, [{ at: 'ts', one: '1', other: '2', folded: true }]],
  [
    'a time of another type',
    { ts: 1 },
    { ts: '1' },
    [{ at: 'ts', one: '1', other: '"1"', folded: false }],
  ],
  [
    'a time by its value',
    { at: '2026-11-23T14:00' },
    { at: '2026-11-24 14:00' },
    [{ at: 'at', one: '"2026-11-23T14:00"', other: '"2026-11-24 14:00"', folded: true }],
  ],
  ['a list element', [1, 2], [1, 3], [{ at: '[1]', one: '2', other: '3', folded: false }]],
  ['the same in another order of keys', { a: 1, b: 2 }, { b: 2, a: 1 }, []],
  [
    'the same events in another order, and one more',
    {
      p: [
        { event: 'open', msgid: '1' },
        { event: 'click', msgid: '2' },
      ],
    },
    { p: [{ event: 'click', msgid: '3' }, { event: 'open', msgid: '1' }, { event: 'sent' }] },
    [
      { at: 'p[1].msgid', one: '"2"', other: '"3"', folded: true },
      { at: 'p[2]', one: null, other: '{"event":"sent"}', folded: false },
    ],
  ],
])('finds %s', (_, one, other, expected) => {
  expect(compare(one, other)).toEqual(expected);
});

test('keeps the digits of large numbers', () => {
  expect(compareJson('{"a":9007199254740993}', '{"a":9007199254740992}')).toMatchObject([
    { one: '9007199254740993', other: '9007199254740992' },
  ]);
});

describe('for any JSON', () => {
  test('nothing differs from itself, however its blanks and keys are written', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(compareJson(JSON.stringify(value), JSON.stringify(value, null, 2))).toEqual([]);
      }),
    );
  });

  test('as much differs in one direction as in the other', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(compare(one, other).length > 0).toBe(compare(other, one).length > 0);
      }),
    );
  });
});
