import { scalarEnd } from './json-text.js';

/**
 * Closes truncated JSON text: keeps the rest of a string, and drops a key without a value, a
 * partial word and a trailing comma. `end` is the added text.
 */
export function completeJson(text: string): { readonly text: string; readonly end: string } {
  let open: Open | undefined;
  /** The last position where closing the open brackets gives valid JSON, and those brackets. */
  let safe: { at: number; open: Open | undefined } = { at: 0, open };
  let wantsValue = false;
  for (let at = 0; at < text.length; ) {
    const character = text.charAt(at);
    const inList = open?.bracket === '[';
    if (character === '"') {
      const isValue = inList || wantsValue;
      const { end, closed } = readString(text, at);
      if (!closed) {
        if (!isValue) break;
        const closing = `"${closingOf(open)}`;
        return { text: text.slice(0, end) + closing, end: closing };
      }
      at = end;
      if (isValue) safe = { at, open };
      if (isValue) wantsValue = false;
    } else if (character === '{' || character === '[') {
      open = { bracket: character, outer: open };
      at += 1;
      wantsValue = false;
      safe = { at, open };
    } else if (character === '}' || character === ']') {
      open = open?.outer;
      at += 1;
      safe = { at, open };
    } else if (character === ':' || character === ',') {
      wantsValue = character === ':';
      at += 1;
    } else if (/\s/.test(character)) {
      at += 1;
    } else {
      const end = scalarEnd(text, at);
      // A number at the very end may have lost digits, so drop it.
      if (end === text.length) break;
      at = end;
      safe = { at, open };
      wantsValue = false;
    }
  }
  const end = closingOf(safe.open);
  return { text: text.slice(0, safe.at) + end, end };
}

/** The open brackets at a position, innermost first, as a shared linked list. */
interface Open {
  readonly bracket: '{' | '[';
  readonly outer: Open | undefined;
}

function closingOf(innermost: Open | undefined): string {
  let closing = '';
  for (let open = innermost; open; open = open.outer) closing += open.bracket === '{' ? '}' : ']';
  return closing;
}

/** The end of a string, or of its last whole character when it is not closed. */
function readString(text: string, start: number): { end: number; closed: boolean } {
  let at = start + 1;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === '"') return { end: at + 1, closed: true };
    const length = character !== '\\' ? 1 : text.charAt(at + 1) === 'u' ? 6 : 2;
    if (at + length > text.length) break;
    at += length;
  }
  return { end: at, closed: false };
}
