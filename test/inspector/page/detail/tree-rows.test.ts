import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  closedRows,
  closeRow,
  everyRow,
  firstRows,
  maxChildren,
  openRow,
  openTo,
  pathOf,
  type TreeRow,
} from '../../../../src/inspector/page/detail/tree-rows.js';

const payload =
  '{"netcore_hook_test": [{"msgid": 9007199254740993, "price": 9990.90, "msgid": "2"}, null]}';

/** Rows as people read them. */
function shown(text: string, rows: readonly TreeRow[]): string[] {
  return rows.map((row) => {
    const blanks = ' '.repeat(row.level);
    if (row.kind === 'more') return `${blanks}… from ${row.index}`;
    const name = row.key ?? row.index;
    return `${blanks}${name} ${row.open ? row.kind : text.slice(row.start, row.end)}`;
  });
}

describe('the tree', () => {
  test('shows numbers as they are written, and keys that stand twice', () => {
    expect(shown(payload, firstRows(payload))).toEqual([
      '0 object',
      ' netcore_hook_test list',
      '  0 object',
      '   msgid 9007199254740993',
      '   price 9990.90',
      '   msgid "2"',
      '  1 null',
    ]);
  });

  test('closes a row with everything in it, and opens it again', () => {
    const rows = firstRows(payload);
    const closed = closeRow(rows, 2);
    expect(shown(payload, closed)).toEqual([
      '0 object',
      ' netcore_hook_test list',
      '  0 {"msgid": 9007199254740993, "price": 9990.90, "msgid": "2"}',
      '  1 null',
    ]);
    expect(openRow(payload, closed, 2)).toEqual(rows);
    expect(shown(payload, closedRows(payload))).toHaveLength(2);
  });

  test('has nothing to open in what is empty', () => {
    const text = '{"custom_params": { }, "att_params": []}';
    expect(firstRows(text).map((row) => row.kind !== 'more' && row.foldable)).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('opens the list of a large batch, and none of its events', () => {
    const text = JSON.stringify({ netcore_hook_test: Array(1000).fill({ channel: 'sms' }) });
    expect(firstRows(text)).toHaveLength(1002);
  });

  test('stops after ten thousand siblings, and goes on where it stopped when asked', () => {
    const text = JSON.stringify(Array.from({ length: 2 * maxChildren + 5 }, (_, at) => at));
    let rows = firstRows(text);
    expect(rows).toHaveLength(maxChildren + 2);
    expect([...everyRow(text)].flat()).toEqual(rows);
    rows = openRow(text, rows, rows.length - 1);
    rows = openRow(text, rows, rows.length - 1);
    expect(shown(text, rows.slice(-2))).toEqual([' 20003 20003', ' 20004 20004']);
    expect(openTo(text, firstRows(text), text.length - 3).index).toBe(2 * maxChildren + 5);
  });

  test('leaves closed what is very deep', () => {
    const text = '['.repeat(5000) + ']'.repeat(5000);
    expect([...everyRow(text)].flat()).toHaveLength(101);
  });
});

test('a row is named by the keys and places that lead to it', () => {
  const rows = firstRows(payload);
  expect(rows.map((_, index) => pathOf(rows, index).join('/'))).toEqual([
    '',
    'netcore_hook_test',
    'netcore_hook_test/0',
    'netcore_hook_test/0/msgid',
    'netcore_hook_test/0/price',
    'netcore_hook_test/0/msgid',
    'netcore_hook_test/1',
  ]);
});

describe('over any JSON', () => {
  const json = fc
    .tuple(fc.jsonValue(), fc.constantFrom(undefined, 2))
    .map(([value, indent]) => JSON.stringify(value, null, indent));

  test('every row has the value that its path leads to', () => {
    fc.assert(
      fc.property(json, (text) => {
        const rows = [...everyRow(text)].flat();
        for (const [index, row] of rows.entries()) {
          if (row.kind === 'more') continue;
          let value: unknown = JSON.parse(text);
          for (const key of pathOf(rows, index)) value = (value as Record<string, unknown>)[key];
          expect(JSON.parse(text.slice(row.start, row.end))).toEqual(value);
        }
      }),
    );
  });

  test('whatever stands in the text can be opened to', () => {
    fc.assert(
      fc.property(json, fc.nat(), (text, number) => {
        const values = [...everyRow(text)].flat().filter((row) => row.kind !== 'more');
        const leaves = values.filter(({ open }) => !open);
        const leaf = leaves[number % leaves.length]!;
        for (const offset of [leaf.at, leaf.start, leaf.end - 1]) {
          const { rows, index } = openTo(text, closedRows(text), offset);
          expect(rows[index]?.at).toBe(leaf.at);
        }
      }),
    );
  });
});
