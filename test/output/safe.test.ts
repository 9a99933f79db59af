import { describe, expect, test } from 'vitest';
import { visible, visibleBlock } from '../../src/output/safe.js';

describe('visible', () => {
  test.each([
    ['an escape sequence', 'a\u001b[31mb', 'a\\u001b[31mb'],
    ['a line feed, so that no line can be forged', 'a\nb', 'a\\u000ab'],
    ['a carriage return', 'a\rb', 'a\\u000db'],
    ['NUL and DEL', '\0\u007f', '\\u0000\\u007f'],
    ['C1 controls', 'a\u009b31m', 'a\\u009b31m'],
    ['line and paragraph separators', '\u2028\u2029', '\\u2028\\u2029'],
    ['bidirectional controls', '\u202eabc\u2066', '\\u202eabc\\u2066'],
    ['zero-width characters', 'a\u200bb\u200dc\ufeff', 'a\\u200bb\\u200dc\\ufeff'],
    ['a soft hyphen', 'a\u00adb', 'a\\u00adb'],
    ['a lone surrogate', 'a\ud800b', 'a\\ud800b'],
    ['tags beyond the first plane', '\u{e0041}', '\\udb40\\udc41'],
    ['blanks that look like nothing', '\u3164\u2800', '\\u3164\\u2800'],
  ])('shows %s escaped', (_, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test.each([['Asha Verma <asha@example.com>'], ['हिन्दी'], ['日本語'], ['😀'], ['naïve'], ['']])(
    'leaves %j as it is',
    (text) => {
      expect(visible(text)).toBe(text);
    },
  );
});

test('a block keeps its line feeds and tabs, and nothing else that acts', () => {
  expect(visibleBlock('{\n\t"a": "\u001b[2J"\n}')).toBe('{\n\t"a": "\\u001b[2J"\n}');
});
