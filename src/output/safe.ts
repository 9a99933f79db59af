import { eachInvisible, escapeCharacter, invisible } from '../payload/invisible-characters.js';

/**
 * Every untrusted string passes here before it reaches a terminal or a log: payload values, header
 * names, peers, error texts, file names. Shows control characters (C0, DEL, C1), line and paragraph
 * separators, bidirectional controls, zero-width and other invisible characters and lone surrogates
 * as `\u001b`, so that no text can move the cursor, forge a line or disguise itself. Returns a
 * single line.
 */
export function visible(text: string): string {
  return invisible.test(text) ? text.replace(eachInvisible, escapeCharacter) : text;
}

/** The same for several lines: keeps line feeds and tabs. */
export function visibleBlock(text: string): string {
  if (!invisible.test(text)) return text;
  return text.replace(eachInvisible, (character) =>
    character === '\n' || character === '\t' ? character : escapeCharacter(character),
  );
}
