import { scalarEnd } from './json-text.js';

/**
 * Closes JSON text that ends too early: what is left of a string stays, a key without its value, a
 * half word and a last comma go. `end` is what was added.
 */
export function completeJson(text: string): { readonly text: string; readonly end: string } {
  const open: string[] = [];
  /** Where the text could be cut so that closing its brackets makes it whole, and those brackets. */
  let safe = { at: 0, end: '' };
  let wantsValue = false;
  const closing = () =>
    open
      .map((bracket) => (bracket === '{' ? '}' : ']'))
      .reverse()
      .join('');
  for (let at = 0; at < text.length; ) {
    const character = text.charAt(at);
    const inList = open.at(-1) === '[';
    if (character === '"') {
      const isValue = inList || wantsValue;
      const { end, closed } = readString(text, at);
      if (!closed) {
        if (!isValue) break;
        return { text: `${text.slice(0, end)}"${closing()}`, end: `"${closing()}` };
      }
      at = end;
      if (isValue) safe = { at, end: closing() };
      if (isValue) wantsValue = false;
    } else if (character === '{' || character === '[') {
      open.push(character);
      at += 1;
      wantsValue = false;
      safe = { at, end: closing() };
    } else if (character === '}' || character === ']') {
      open.pop();
      at += 1;
      safe = { at, end: closing() };
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
      safe = { at, end: closing() };
      wantsValue = false;
    }
  }
  return { text: text.slice(0, safe.at) + safe.end, end: safe.end };
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
