import type { MemberAt } from './json-bytes.js';

/**
 * Validates one JSON value and finds the members of the outermost object. Works in steps, keeps no
 * values, and takes a bit for each level of nesting, so a hostile text of ten megabytes costs no
 * more memory than a valid one. Does not check UTF-8.
 */
export class JsonScanner {
  readonly #bytes: Uint8Array;
  readonly #found: (member: MemberAt) => void;
  #at = 0;
  #state: State = state.value;
  #depth = 0;
  /** A bit for each open bracket: 1 is an object. */
  #open = new Uint32Array(32);
  #keyStart = 0;
  #keyEnd = 0;
  #valueStart = 0;

  constructor(bytes: Uint8Array, found: (member: MemberAt) => void) {
    this.#bytes = bytes;
    this.#found = found;
  }

  /** Scans about `length` more bytes. `more`: not finished yet. */
  run(length: number): 'more' | 'sound' | 'broken' {
    const bytes = this.#bytes;
    const { length: end } = bytes;
    const stop = Math.min(this.#at + length, end);
    let at = this.#at;
    let wanted: State = this.#state;
    let depth = this.#depth;
    let inObject = this.#isObject(depth);
    for (;;) {
      while (at < end && isBlank(bytes[at] as number)) at += 1;
      if (at >= end) return wanted === state.after && depth === 0 ? 'sound' : 'broken';
      if (at >= stop) {
        this.#at = at;
        this.#state = wanted;
        this.#depth = depth;
        return 'more';
      }
      const byte = bytes[at] as number;
      const begin = at;
      switch (wanted) {
        case state.key:
        case state.keyOrEnd:
          if (byte === quote) {
            at = soundStringEnd(bytes, at);
            if (at === -1) return 'broken';
            if (depth === 1) {
              this.#keyStart = begin;
              this.#keyEnd = at;
            }
            wanted = state.colon;
            continue;
          }
          if (byte !== closeBrace || wanted === state.key) return 'broken';
          at += 1;
          break;
        case state.colon:
          if (byte !== colon) return 'broken';
          at += 1;
          wanted = state.value;
          continue;
        case state.after:
          if (depth === 0) return 'broken';
          if (byte === comma) {
            at += 1;
            wanted = inObject ? state.key : state.value;
            continue;
          }
          if (byte !== (inObject ? closeBrace : closeBracket)) return 'broken';
          at += 1;
          break;
        default:
          if (byte === closeBracket && wanted === state.valueOrEnd) {
            at += 1;
            break;
          }
          if (depth === 1) this.#valueStart = begin;
          if (byte === openBrace || byte === openBracket) {
            at += 1;
            depth += 1;
            inObject = byte === openBrace;
            this.#remember(depth, inObject);
            wanted = inObject ? state.keyOrEnd : state.valueOrEnd;
            continue;
          }
          at = soundScalarEnd(bytes, at);
          if (at === -1) return 'broken';
          wanted = state.after;
          if (depth === 1 && inObject) {
            this.#report(at);
          }
          continue;
      }
      // The end of an object or a list.
      depth -= 1;
      inObject = this.#isObject(depth);
      wanted = state.after;
      if (depth === 1 && inObject) {
        this.#report(at);
      }
    }
  }

  #report(end: number): void {
    const [keyStart, keyEnd, start] = [this.#keyStart, this.#keyEnd, this.#valueStart];
    this.#found({ keyStart, keyEnd, start, end });
  }

  #isObject(depth: number): boolean {
    return ((this.#open[depth >>> 5] as number) & (1 << (depth & 31))) !== 0;
  }

  #remember(depth: number, isObject: boolean): void {
    const word = depth >>> 5;
    if (word >= this.#open.length) {
      const more = new Uint32Array(this.#open.length * 2);
      more.set(this.#open);
      this.#open = more;
    }
    const bit = 1 << (depth & 31);
    if (isObject) (this.#open[word] as number) |= bit;
    else (this.#open[word] as number) &= ~bit;
  }
}

/** The expected token. */
const state = { value: 0, valueOrEnd: 1, key: 2, keyOrEnd: 3, colon: 4, after: 5 } as const;
type State = (typeof state)[keyof typeof state];

/** The offset after the string that begins at `start`; -1 when it is invalid. */
function soundStringEnd(bytes: Uint8Array, start: number): number {
  const { length } = bytes;
  for (let at = start + 1; at < length; at += 1) {
    const byte = bytes[at] as number;
    if (byte === quote) return at + 1;
    if (byte < 0x20) return -1;
    if (byte !== backslash) continue;
    at += 1;
    const escaped = at < length ? (bytes[at] as number) : 0;
    if (escaped === letterU) {
      for (const last = at + 4; at < last; ) {
        at += 1;
        if (at >= length || !isHexDigit(bytes[at] as number)) return -1;
      }
    } else if (!isEscape(escaped)) return -1;
  }
  return -1;
}

/** The offset after a string, a number or a word; -1 when it is invalid. */
function soundScalarEnd(bytes: Uint8Array, start: number): number {
  switch (bytes[start]) {
    case quote:
      return soundStringEnd(bytes, start);
    case 0x74:
      return wordEnd(bytes, start, 'true');
    case 0x66:
      return wordEnd(bytes, start, 'false');
    case 0x6e:
      return wordEnd(bytes, start, 'null');
    default:
      return soundNumberEnd(bytes, start);
  }
}

function wordEnd(bytes: Uint8Array, start: number, word: string): number {
  for (let offset = 0; offset < word.length; offset += 1) {
    if (bytes[start + offset] !== word.charCodeAt(offset)) return -1;
  }
  return start + word.length;
}

function soundNumberEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  if (bytes[at] === minus) at += 1;
  const whole = at;
  at = digitsEnd(bytes, at);
  if (at === whole || (at > whole + 1 && bytes[whole] === 0x30)) return -1;
  if (bytes[at] === point) {
    const fraction = at + 1;
    at = digitsEnd(bytes, fraction);
    if (at === fraction) return -1;
  }
  if (((bytes[at] ?? 0) | 0x20) === letterE) {
    at += 1;
    if (bytes[at] === minus || bytes[at] === plus) at += 1;
    const exponent = at;
    at = digitsEnd(bytes, exponent);
    if (at === exponent) return -1;
  }
  return at;
}

function digitsEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && (bytes[at] as number) >= 0x30 && (bytes[at] as number) <= 0x39) {
    at += 1;
  }
  return at;
}

function isHexDigit(byte: number): boolean {
  const letter = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x66);
}

/** `" \ / b f n r t` */
function isEscape(byte: number): boolean {
  return (
    byte === quote ||
    byte === backslash ||
    byte === 0x2f ||
    byte === 0x62 ||
    byte === 0x66 ||
    byte === 0x6e ||
    byte === 0x72 ||
    byte === 0x74
  );
}

export function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

const quote = 0x22;
const plus = 0x2b;
const comma = 0x2c;
const minus = 0x2d;
const point = 0x2e;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const letterE = 0x65;
const letterU = 0x75;
const openBrace = 0x7b;
const closeBrace = 0x7d;
