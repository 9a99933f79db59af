import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quoteLargeNumbers } from '../../src/payload/json-numbers.js';
import { compactJson, indentJson, stringEnd } from '../../src/payload/json-text.js';

describe('compactJson and indentJson', () => {
  test('lay text out as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (json) => {
        const value: unknown = JSON.parse(json);
        const indented = JSON.stringify(value, null, 2);
        const compact = JSON.stringify(value);
        expect(indentJson(compact)).toBe(indented);
        expect(indentJson(indented)).toBe(indented);
        expect(compactJson(indented)).toBe(compact);
        expect(compactJson(JSON.stringify(value, null, '\t\r\n'.slice(0, 1)))).toBe(compact);
      }),
    );
  });

  test.each([
    '{"price":9990.90,"id":9007199254740993,"e":1E+2,"z":-0}',
    '{"b":1,"a":2,"1":3,"__proto__":[],"a":4}',
    '{"path":"C:\\\\","quote":"\\"{[,:]}","blank":" \\u0020 ","slash":"\\/"}',
  ])('keep the tokens of %s as they are written', (json) => {
    expect(compactJson(indentJson(json))).toBe(json);
  });

  test('stays near the size of the text however deep it is nested', () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    expect(indentJson(deep).length).toBeLessThan(10_000_000);
    expect(compactJson(indentJson(deep))).toBe(deep);
  });

  test('stay so however much lies deep in it', () => {
    const crowd = `${'['.repeat(100)}${'1,'.repeat(1_000_000)}1${']'.repeat(100)}`;
    const indented = indentJson(crowd);
    expect(indented.length).toBeLessThan(crowd.length * 13);
    expect(compactJson(indented)).toBe(crowd);
  });
});

describe('quoteLargeNumbers', () => {
  test.each([
    ['{"a":9007199254740993}', '{"a":"9007199254740993"}'],
    ['[1,-2.5,1e400,0.10]', '[1,-2.5,"1e400","0.10"]'],
    ['{"9007199254740993":"9007199254740993"}', '{"9007199254740993":"9007199254740993"}'],
    ['12345678901234567890', '"12345678901234567890"'],
  ])('quotes in %s only what a double would change', (json, quoted) => {
    expect(quoteLargeNumbers(json)).toBe(quoted);
  });
});

test('a string ends at its own quotation mark, whatever is escaped in it and follows it', () => {
  const text = fc.string({ unit: fc.constantFrom('"', '\\', 'a', '\n') });
  fc.assert(
    fc.property(text, text, (before, value) => {
      const start = before.length + 1;
      const string = JSON.stringify(value);
      expect(stringEnd(`${before}:${string},"next"`, start)).toBe(start + string.length);
    }),
  );
});
