/*
 * Characters that are invisible, or change how the text around them reads: Cc control, Cf format
 * (bidi, joiners, soft hyphen, tags), Zl and Zp separators, Cs lone surrogates, variation
 * selectors, Hangul and braille blanks. Untrusted text shows them as `\u001b`.
 */
const hiddenClass =
  '[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u2800\\u3164\\ufe00-\\ufe0f\\uffa0\\u{e0100}-\\u{e01ef}]';

/** Tests for such characters. */
export const invisible = new RegExp(hiddenClass, 'u');

export const eachInvisible = new RegExp(hiddenClass, 'gu');

export const invisibleRuns = new RegExp(`${hiddenClass}+`, 'gu');

/** Writes such a character as `\u` escapes, one for each UTF-16 unit. */
export function escapeCharacter(character: string): string {
  let text = '';
  for (let unit = 0; unit < character.length; unit += 1) {
    text += `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`;
  }
  return text;
}
