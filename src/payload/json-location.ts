import { eachInvisible } from './invisible-characters.js';
import type { JsonFault } from './json-fault.js';

const excerptWidth = 60;
const encoder = new TextEncoder();

/** The arguments for a problem about broken JSON. */
export interface JsonLocation {
  readonly reason: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
  /** The byte offset in the input, from 0. */
  readonly byte: number;
  /** The text there, with a pointer on the line below. */
  readonly excerpt: string;
}

/** `byte`: the fault's offset in the input, when the text is only a part of it. */
export function jsonBreakArguments(
  text: string,
  { reason, offset }: Pick<JsonFault, 'reason' | 'offset'>,
  byte: number = encoder.encode(text.slice(0, offset)).length,
): JsonLocation {
  return { reason, ...locationOf(text, offset), byte, excerpt: excerptOf(text, offset) };
}

function locationOf(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (;;) {
    const feed = text.indexOf('\n', start);
    if (feed === -1 || feed >= offset) return { line, column: offset - start + 1 };
    line += 1;
    start = feed + 1;
  }
}

/**
 * The text around an offset on one line. Shows invisible characters as dots, to keep the pointer
 * aligned.
 */
function excerptOf(text: string, offset: number): string {
  const start = Math.max(0, offset - excerptWidth / 2);
  const shown = text
    .slice(start, start + excerptWidth)
    .replace(/\s/g, ' ')
    .replace(eachInvisible, (character) => '·'.repeat(character.length));
  return `${shown}\n${' '.repeat(offset - start)}^`;
}
