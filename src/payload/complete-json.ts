import { scalarEnd } from './json-text.js';

/**
 * Closes JSON text that ends too early: what is left of a string stays, a key without its value, a
 * half word and a last comma go. `end` is what was added.
 */
export function completeJson(text: string): { readonly text: string; readonly end: string } {
  let open: Open | undefined;
  /** Where the text could be cut so that closing its brackets makes it whole, and those brackets. */
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
      // A number at the very end may have lost digits, so it goes.
      if (end === text.length) break;
      at = end;
      safe = { at, open };
      wantsValue = false;
    }
  }
  const end = closingOf(safe.open);
  return { text: text.slice(0, safe.at) + end, end };
}

/** The brackets that are open at some place, innermost first. They are shared by all places in them. */
interface Open {
  readonly bracket: '{' | '[';
  readonly outer: Open | undefined;
}

function closingOf(innermost: Open | undefined): string {
  let closing = '';
  for (let open = innermost; open; open = open.outer) closing += open.bracket === '{' ? '}' : ']';
  return closing;
}

/** Where a string ends, or, when it does not, where its last whole character ends. */
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
