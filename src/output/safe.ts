/**
 * The one function that every untrusted string passes on its way to a terminal or a log: payload
 * values, header names, peers, error texts, file names. Control characters (C0, DEL, C1), line and
 * paragraph separators, bidirectional controls, zero-width and other invisible characters and lone
 * surrogates are shown as `\u001b`, so that no text can move the cursor, forge a line, or read
 * other than it is. The result is a single line.
 */
export function visible(text: string): string {
  return hidden.test(text) ? text.replace(hiddenEach, escaped) : text;
}

/** The same for text of several lines: line feeds and tabs stay. */
export function visibleBlock(text: string): string {
  if (!hidden.test(text)) return text;
  return text.replace(hiddenEach, (character) =>
    character === '\n' || character === '\t' ? character : escaped(character),
  );
}

// Cc control, Cf format (bidi, joiners, soft hyphen, tags), Zl and Zp separators, Cs lone
// surrogates, variation selectors, Hangul and braille blanks.
const hiddenClass =
  '[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u2800\\u3164\\ufe00-\\ufe0f\\uffa0\\u{e0100}-\\u{e01ef}]';
const hidden = new RegExp(hiddenClass, 'u');
const hiddenEach = new RegExp(hiddenClass, 'gu');

function escaped(character: string): string {
  let text = '';
  for (let unit = 0; unit < character.length; unit += 1) {
    text += `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`;
  }
  return text;
}
