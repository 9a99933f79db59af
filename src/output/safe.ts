import { eachInvisible, escapeCharacter, invisible } from '../payload/invisible-characters.js';

/**
 * The one function that every untrusted string passes on its way to a terminal or a log: payload
 * values, header names, peers, error texts, file names. Control characters (C0, DEL, C1), line and
 * paragraph separators, bidirectional controls, zero-width and other invisible characters and lone
 * surrogates are shown as `\u001b`, so that no text can move the cursor, forge a line, or read
 * other than it is. The result is a single line.
 */
export function visible(text: string): string {
  return invisible.test(text) ? text.replace(eachInvisible, escapeCharacter) : text;
}

/** The same for text of several lines: line feeds and tabs stay. */
export function visibleBlock(text: string): string {
  if (!invisible.test(text)) return text;
  return text.replace(eachInvisible, (character) =>
    character === '\n' || character === '\t' ? character : escapeCharacter(character),
  );
}
