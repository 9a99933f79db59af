import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findJsonFault } from '../../src/payload/json-fault.js';

describe('findJsonFault', () => {
  test.each([
    ['', 'ends_early', 0],
    ['{"p":[', 'ends_early', 6],
    ['{"p":"ab', 'ends_early', 8],
    ['{"p":"ab\\u12', 'ends_early', 12],
    ['[tru', 'ends_early', 4],
    ['[1.', 'ends_early', 3],
    ['{} x', 'text_after', 3],
    ['{"p":"a\nb"}', 'bad_string', 7],
    ['["\\x41"]', 'bad_escape', 2],
    ['[022]', 'bad_number', 1],
    ['[+1]', 'bad_number', 1],
    ['[.5]', 'bad_number', 1],
    ['[undefined]', 'bad_word', 1],
    ["['a']", 'bad_word', 1],
    ['{channel:"email"}', 'bad_key', 1],
    ['{"p" [{}]}', 'missing_colon', 5],
    ['[1 2]', 'missing_comma', 3],
    ['[1,]', 'extra_comma', 3],
    ['{"a":1,}', 'extra_comma', 7],
    ['[,1]', 'no_value', 1],
  ])('finds in %j the fault %s at %i', (text, kind, offset) => {
    expect(findJsonFault(text)).toMatchObject({ kind, offset });
  });

  test('agrees with JSON.parse on what is JSON', () => {
    const alphabet = [...'{}[]:,"\\ 01-+.eE', 'true', 'null', '\\u0041', '\\n', '\n', '"a"', '{}'];
    const jsonish = fc
      .array(fc.constantFrom(...alphabet), { maxLength: 12 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(jsonish, fc.json()), (text) => {
        expect(findJsonFault(text) === undefined).toBe(isJson(text));
      }),
      { numRuns: 5000 },
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
