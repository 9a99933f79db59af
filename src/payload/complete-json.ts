import { scalarEnd, stringEnd } from './json-text.js';

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
      const end = stringEnd(text, at);
      const isValue = inList || wantsValue;
      if (!isClosed(text, at, end)) {
        if (!isValue) break;
        const kept = text.slice(0, end).replace(/\\(?:u[\da-f]{0,3})?$/i, '');
        return { text: `${kept}"${closing()}`, end: `"${closing()}` };
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

/** Whether the string from `start` to `end` has its closing quote. */
function isClosed(text: string, start: number, end: number): boolean {
  if (end - start < 2 || text.charAt(end - 1) !== '"') return false;
  let backslashes = 0;
  while (text.charAt(end - 2 - backslashes) === '\\') backslashes += 1;
  return backslashes % 2 === 0;
}
