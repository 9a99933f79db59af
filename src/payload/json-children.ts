import { scalarEnd, stringEnd } from './json-text.js';

/** A member of an object or an element of a list, by its offsets in the text. */
export interface JsonChild {
  /** The decoded key; undefined in a list. */
  readonly key: string | undefined;
  /** The start, including the key. */
  readonly at: number;
  /** The start and end of the value. */
  readonly start: number;
  readonly end: number;
}

/**
 * Yields the children of the object or list that begins at `start` in valid JSON text. `after`: the
 * end of the last known child, to continue there.
 */
export function* jsonChildren(text: string, start = 0, after?: number): Generator<JsonChild> {
  let at = skip(text, start) + 1;
  const isObject = text.charCodeAt(at - 1) === 0x7b;
  at = after ?? at;
  for (;;) {
    at = skip(text, at);
    const code = text.charCodeAt(at);
    if (at >= text.length || code === 0x7d || code === 0x5d) return;
    const begin = at;
    let key: string | undefined;
    if (isObject) {
      const keyEnd = stringEnd(text, at);
      key = String(JSON.parse(text.slice(at, keyEnd)));
      at = skip(text, keyEnd);
    }
    const end = valueEnd(text, at);
    yield { key, at: begin, start: at, end };
    at = end;
  }
}

function valueEnd(text: string, start: number): number {
  let level = 0;
  for (let at = start; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = stringEnd(text, at);
    else if (code === 0x7b || code === 0x5b) {
      level += 1;
      at += 1;
    } else if (code === 0x7d || code === 0x5d) {
      level -= 1;
      at += 1;
    } else if (level === 0) at = scalarEnd(text, at);
    else at += 1;
    if (level === 0) return at;
  }
  return text.length;
}

/** Skips blanks, commas and colons. */
function skip(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x20 && code !== 0x2c && code !== 0x3a) break;
  }
  return at;
}

/** Whether brackets outside strings nest deeper than `levels`. */
export function nestsDeeper(text: string, levels: number): boolean {
  let level = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = stringEnd(text, at);
      continue;
    }
    if (code === 0x7b || code === 0x5b) {
      level += 1;
      if (level > levels) return true;
    } else if (code === 0x7d || code === 0x5d) level -= 1;
    at += 1;
  }
  return false;
}

/**
 * The first repeated key within an object of valid JSON text, of which JSON.parse would silently
 * drop a value.
 */
export function repeatedKey(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  let keyWanted = false;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      const end = stringEnd(text, at);
      const keys = open.at(-1);
      if (keyWanted && keys) {
        const raw = text.slice(at, end);
        const key = raw.includes('\\') ? JSON.stringify(JSON.parse(raw)) : raw;
        if (keys.has(key)) return String(JSON.parse(raw));
        keys.add(key);
        keyWanted = false;
      }
      at = end;
      continue;
    }
    if (code === 0x7b) {
      open.push(new Set());
      keyWanted = true;
    } else if (code === 0x5b) {
      open.push(undefined);
      keyWanted = false;
    } else if (code === 0x7d || code === 0x5d) open.pop();
    else if (code === 0x2c) keyWanted = open.at(-1) !== undefined;
    at += 1;
  }
  return undefined;
}
