/*
 * Characters that show nothing, or change how the text around them is read: Cc control, Cf format
 * (bidi, joiners, soft hyphen, tags), Zl and Zp separators, Cs lone surrogates, variation selectors,
 * Hangul and braille blanks. Where untrusted text is shown, they are shown as `\u001b`.
 */
const hiddenClass =
  '[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u2800\\u3164\\ufe00-\\ufe0f\\uffa0\\u{e0100}-\\u{e01ef}]';

/** Whether a text has such characters. */
export const invisible = new RegExp(hiddenClass, 'u');

/** Each of them, for replacing. */
export const eachInvisible = new RegExp(hiddenClass, 'gu');

/** Runs of them, for removing. */
export const invisibleRuns = new RegExp(`${hiddenClass}+`, 'gu');

/** Such a character as `\u` escapes, one for each unit of UTF-16. */
export function escapeCharacter(character: string): string {
  let text = '';
  for (let unit = 0; unit < character.length; unit += 1) {
    text += `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`;
  }
  return text;
}
