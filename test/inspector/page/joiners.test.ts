import { expect, test } from 'vitest';
import { isJoiner } from '../../../src/inspector/page/joiners.js';

const selector = '\ufe0f';
const joiner = '\u200d';
const nonJoiner = '\u200c';

test.each([
  ['a heart in colour', `\u2764${selector}`, selector, true],
  ['a digit on a key', `1${selector}\u20e3`, selector, true],
  ['a couple', `\u{1f469}${joiner}\u{1f469}`, joiner, true],
  ['a profession with a colour of skin', `\u{1f469}\u{1f3fd}${joiner}\u{1f4bb}`, joiner, true],
  ['half a letter of Hindi', `\u0936\u094d${joiner}\u0930`, joiner, true],
  ['a ligature that Bengali does without', `\u0995\u09cd${nonJoiner}\u0995`, nonJoiner, true],
  ['two words of Persian in one', `\u0645\u06cc${nonJoiner}\u062e`, nonJoiner, true],
  ['a name that is not the one it looks like', `asha${joiner}verma`, joiner, false],
  ['an address with a gap', `asha${nonJoiner}@example.com`, nonJoiner, false],
  ['a selector behind a letter', `a${selector}`, selector, false],
  ['a joiner at the end', `\u{1f469}${joiner}`, joiner, false],
])('the invisible character in %s', (_, text, character, left) => {
  expect(isJoiner(text, text.indexOf(character))).toBe(left);
});
