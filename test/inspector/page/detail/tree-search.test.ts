import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findInJson, maxMatches } from '../../../../src/inspector/page/detail/tree-search.js';

test.each([
  ['a key', 'email', '{"EMAIL":"asha@example.com","email":1}', 2],
  ['letters that JSON escapes', 'é', '["caf\\u00e9","café","cafe"]', 2],
  ['a sign beyond the first plane', '😀', '["\\ud83d\\ude00","😀"]', 2],
  [
    'an address whose slashes are escaped',
    'https://example.com/',
    '["https:\\/\\/example.com\\/"]',
    1,
  ],
  ['a quotation mark in a value', 'say "hi"', '["say \\"hi\\""]', 1],
  ['nothing', '', '["a"]', 0],
  ['what means something to patterns', '(a|b)*', '["(a|b)*","ab"]', 1],
])('%s is found', (_, wanted, json, times) => {
  expect(findInJson(json, wanted)).toHaveLength(times);
});

test('ten thousand places are enough', () => {
  expect(findInJson('a'.repeat(maxMatches + 5), 'a')).toHaveLength(maxMatches);
});

test('whatever a value holds is found in its JSON, and searching never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
      expect(findInJson(JSON.stringify([text]), text).length).toBeGreaterThan(0);
    }),
    { numRuns: 40 },
  );
});
