/**
 * The characters that change how a text reads and are not seen, as a class for a regular expression
 * with the flag `u`: control characters (C0, DEL, C1), format characters (bidirectional controls,
 * joiners, soft hyphen, tags), line and paragraph separators, lone surrogates, variation selectors,
 * and Hangul and braille blanks.
 */
export const hiddenCharacters =
  '[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u2800\\u3164\\ufe00-\\ufe0f\\uffa0\\u{e0100}-\\u{e01ef}]';

/** A character as the escapes that JSON would write for it: `\u202e`. */
export function escapedCharacter(character: string): string {
  let text = '';
  for (let unit = 0; unit < character.length; unit += 1) {
    text += `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`;
  }
  return text;
}
