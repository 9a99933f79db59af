/**
 * Scans valid JSON in UTF-8 without decoding values. For other bytes the result is undefined, but
 * it ends in linear time.
 */

/** The offset after the string that begins at `start`. */
function stringEnd(json: Uint8Array, start: number): number {
  for (let at = start + 1; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === quote) return at + 1;
    if (byte === backslash) at += 1;
  }
  return json.length;
}

/** The offset after the value that begins at `start`. */
export function valueEnd(json: Uint8Array, start: number): number {
  let level = 0;
  for (let at = start; at < json.length; ) {
    const byte = json[at] as number;
    if (byte === quote) at = stringEnd(json, at);
    else if (byte === openBrace || byte === openBracket) {
      level += 1;
      at += 1;
    } else if (byte === closeBrace || byte === closeBracket) {
      level -= 1;
      at += 1;
    } else if (level === 0) at = scalarEnd(json, at);
    else at += 1;
    if (level === 0) return at;
  }
  return json.length;
}

/** The offset of the next member or element at or after `from`; the length at the end. */
export function nextChild(json: Uint8Array, from: number): number {
  let at = from;
  while (at < json.length) {
    const byte = json[at] as number;
    if (byte > 0x20 && byte !== comma && byte !== colon) {
      return byte === closeBrace || byte === closeBracket ? json.length : at;
    }
    at += 1;
  }
  return at;
}

/** The offsets of a member's key and value. */
export interface MemberAt {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly start: number;
  readonly end: number;
}

/** The members of the object that begins at `start`. */
export function* membersOf(json: Uint8Array, start: number): Generator<MemberAt> {
  for (let at = nextChild(json, start + 1); at < json.length; ) {
    const keyEnd = stringEnd(json, at);
    const valueStart = nextChild(json, keyEnd);
    const end = valueEnd(json, valueStart);
    yield { keyStart: at, keyEnd, start: valueStart, end };
    at = nextChild(json, end);
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function textBetween(json: Uint8Array, start: number, end: number): string {
  return decoder.decode(json.subarray(start, end));
}

function scalarEnd(json: Uint8Array, start: number): number {
  let at = start + 1;
  for (; at < json.length; at += 1) {
    const byte = json[at] as number;
    if (byte <= 0x20 || byte === comma || byte === closeBrace || byte === closeBracket) break;
  }
  return at;
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
export const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
export const openBrace = 0x7b;
const closeBrace = 0x7d;
