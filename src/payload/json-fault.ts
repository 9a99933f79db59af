/** The position and reason of a JSON syntax error. */
export interface JsonFault {
  readonly kind: FaultKind;
  /** In UTF-16 units from the start of the text; the text's length when it is truncated. */
  readonly offset: number;
  /** For the middle of a sentence: `a comma or "}" is missing`. */
  readonly reason: string;
  /** The open brackets, outermost first: `{` and `[`. */
  readonly open: readonly string[];
  readonly openAt: readonly number[];
}

type FaultKind =
  | 'ends_early'
  | 'text_after'
  | 'bad_string'
  | 'bad_escape'
  | 'bad_number'
  | 'bad_word'
  | 'bad_key'
  | 'missing_colon'
  | 'missing_comma'
  | 'extra_comma'
  | 'no_value'
  | 'too_deep';

/** Rejects deeper text, which would exhaust the stack of recursive code. */
export const maxJsonDepth = 1000;

/** The first fault of a text; undefined for valid JSON. Linear, and not recursive. */
export function findJsonFault(text: string): JsonFault | undefined {
  const scan = scanJson(text, 0);
  if (scan.kind !== 'sound') return scan;
  const rest = skipBlanks(text, scan.end);
  if (rest === text.length) return undefined;
  return {
    kind: 'text_after',
    offset: rest,
    reason: 'text follows the JSON',
    open: [],
    openAt: [],
  };
}

/** Scans one JSON value after optional blanks at `from`, and ignores the text after it. */
export function scanJson(
  text: string,
  from: number,
): { readonly kind: 'sound'; readonly end: number } | JsonFault {
  const open: string[] = [];
  const openAt: number[] = [];
  let wanted: 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' = 'value';
  let at = from;
  const fault = (kind: FaultKind, offset: number, reason: string): JsonFault => ({
    kind,
    offset,
    reason,
    open,
    openAt,
  });
  const leave = () => {
    open.pop();
    openAt.pop();
  };

  for (;;) {
    const inside = open.at(-1);
    if (wanted === ', or end' && inside === undefined) return { kind: 'sound', end: at };
    at = skipBlanks(text, at);
    if (at >= text.length) {
      return fault('ends_early', text.length, open.length ? endReason(open) : 'nothing is there');
    }
    const character = text.charAt(at);
    switch (wanted) {
      case 'key':
      case 'key or }': {
        if (character === '}') {
          if (wanted === 'key') return fault('extra_comma', at, 'a comma precedes "}"');
          leave();
          wanted = ', or end';
          at += 1;
          break;
        }
        if (character !== '"') return fault('bad_key', at, keyReason(character));
        const string = readString(text, at);
        if (string.kind !== 'sound') return fault(string.kind, string.at, string.reason);
        at = string.end;
        wanted = ':';
        break;
      }
      case ':':
        if (character !== ':')
          return fault('missing_colon', at, 'a colon is missing after the key');
        at += 1;
        wanted = 'value';
        break;
      case ', or end':
        if (character === ',') {
          wanted = inside === '{' ? 'key' : 'value';
        } else if (character === (inside === '{' ? '}' : ']')) {
          leave();
        } else {
          const end = inside === '{' ? '"}"' : '"]"';
          return fault('missing_comma', at, `a comma or ${end} is missing`);
        }
        at += 1;
        break;
      default: {
        if (character === '{' || character === '[') {
          if (open.length === maxJsonDepth) {
            return fault('too_deep', at, `it is nested more than ${maxJsonDepth} levels deep`);
          }
          open.push(character);
          openAt.push(at);
          wanted = character === '{' ? 'key or }' : 'value or ]';
          at += 1;
          break;
        }
        if (character === ']' && wanted === 'value or ]') {
          leave();
          wanted = ', or end';
          at += 1;
          break;
        }
        if (character === ']' && inside === '[') {
          return fault('extra_comma', at, 'a comma precedes "]"');
        }
        const scalar = readScalar(text, at);
        if (scalar.kind !== 'sound') return fault(scalar.kind, scalar.at, scalar.reason);
        at = scalar.end;
        wanted = ', or end';
      }
    }
  }
}

type Read =
  | { readonly kind: 'sound'; readonly end: number }
  | { readonly kind: FaultKind; readonly at: number; readonly reason: string };

function readScalar(text: string, at: number): Read {
  const character = text.charAt(at);
  if (character === '"') return readString(text, at);
  if (/[-+.\d]/.test(character)) return readNumber(text, at);
  for (const word of ['true', 'false', 'null']) {
    if (text.startsWith(word, at)) return { kind: 'sound', end: at + word.length };
    const rest = text.slice(at, at + word.length);
    if (at + rest.length === text.length && word.startsWith(rest)) return endsEarly(text);
  }
  const word = /^[\p{L}_$][\p{L}\d_$]{0,30}/u.exec(text.slice(at, at + 31))?.[0];
  if (word) return { kind: 'bad_word', at, reason: `${word} is not a JSON value` };
  if (character === "'" || character === '`') {
    return { kind: 'bad_word', at, reason: `a string is quoted with ${character} instead of "` };
  }
  return { kind: 'no_value', at, reason: 'a value is missing' };
}

function readString(text: string, start: number): Read {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return { kind: 'sound', end: at + 1 };
    if (code < 0x20) {
      const what = code === 0x0a || code === 0x0d ? 'a line break' : 'a raw control character';
      return { kind: 'bad_string', at, reason: `a string contains ${what}` };
    }
    if (code !== 0x5c) continue;
    const escaped = text.slice(at + 1, at + 6);
    if (/^["\\/bfnrt]/.test(escaped)) at += 1;
    else if (/^u[\da-f]{4}/i.test(escaped)) at += 5;
    else if (at + 1 + escaped.length === text.length && /^(u[\da-f]*)?$/i.test(escaped)) break;
    else return { kind: 'bad_escape', at, reason: `\\${escaped.charAt(0)} is not a JSON escape` };
  }
  return { kind: 'ends_early', at: text.length, reason: 'it ends inside a string' };
}

function readNumber(text: string, start: number): Read {
  let at = start;
  const digits = () => {
    const from = at;
    while (at < text.length && isDigit(text.charCodeAt(at))) at += 1;
    return at - from;
  };
  const bad = (reason: string): Read =>
    at >= text.length ? endsEarly(text) : { kind: 'bad_number', at: start, reason };
  if (text.charAt(at) === '-') at += 1;
  const whole = at;
  const length = digits();
  if (length === 0) {
    const sign = text.charAt(start) === '+' ? 'a plus sign' : `"${text.slice(start, at + 1)}"`;
    return bad(`${sign} does not begin a JSON number`);
  }
  if (length > 1 && text.charAt(whole) === '0') {
    return { kind: 'bad_number', at: start, reason: 'a number begins with an unnecessary 0' };
  }
  if (text.charAt(at) === '.') {
    at += 1;
    if (digits() === 0) return bad('a number ends with its decimal point');
  }
  if (text.charAt(at) === 'e' || text.charAt(at) === 'E') {
    at += 1;
    if (text.charAt(at) === '+' || text.charAt(at) === '-') at += 1;
    if (digits() === 0) return bad('a number has no digits in its exponent');
  }
  return { kind: 'sound', end: at };
}

function endsEarly(text: string): Read {
  return { kind: 'ends_early', at: text.length, reason: 'it ends inside a value' };
}

function endReason(open: readonly string[]): string {
  const closing = open.at(-1) === '{' ? '}' : ']';
  return open.length === 1
    ? `it ends before its "${closing}"`
    : `it ends ${open.length} levels deep, before a "${closing}"`;
}

function keyReason(character: string): string {
  if (character === "'") return 'a key is quoted with \' instead of "';
  if (character === ',') return 'a comma is in place of a key';
  return 'a key is not quoted';
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
  }
  return at;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
