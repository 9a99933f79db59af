import { literalText } from './backslashes.js';
import {
  enter,
  leave,
  match,
  newPrintState,
  type PrintState,
  see,
  skipBlanks,
} from './print-state.js';

/** A printed structure, converted to JSON text. */
export type Print =
  | { readonly kind: 'print'; readonly json: string; readonly end: number }
  | ({ readonly kind: 'shortened'; readonly mark: string } & NoPrint)
  | ({ readonly kind: 'other' } & NoPrint);

interface NoPrint {
  /** The end of the text that was read. */
  readonly end: number;
  /**
   * The starts of inner structures that are not prints either, since reading them would fail in the
   * same way.
   */
  readonly starts: readonly number[];
}

/**
 * Converts the output of Node, Python, Ruby, PHP (`var_export`, `var_dump`) and Go (`%#v`) for
 * objects and lists: single-quoted or unquoted keys, `=>`, `None`, tuples. Keeps digits and key
 * order. Rejects plain JSON, whose faults are reported instead.
 */
export function readPrint(text: string, start: number): Print {
  const state = newPrintState(text, start);
  enter(state, start);
  const json = readAnything(state);
  const end = state.at;
  if (json !== undefined && leave(state) === 'print') return { kind: 'print', json, end };
  const starts = [...state.starts, ...state.open.map((structure) => structure.start)];
  return state.mark === undefined
    ? { kind: 'other', end, starts }
    : { kind: 'shortened', mark: state.mark, end, starts };
}

const deepest = 200;

/** A prefix that only names the structure's type. */
const typeName =
  /(?:\[Object: null prototype\]|<QueryDict:|(?:Immutable)?(?:Ordered)?(?:Multi)?Dict\(|defaultdict\([^,()]{0,60},|array\(\d{1,9}\)|array|Array|Map\(\d{1,9}\)|url\.Values|map\[string\][\w.[\]{} ]{0,40}?(?=\{)|\[\]interface \{\}|\[\]string|stdClass::__set_state\(|object\([\w\\]{1,60}\)#\d{1,9} \(\d{1,9}\)|\(object\))\s*/y;
const mayBeTypeName = /^(?:\[[O\]]|<Q|\(o|[IOMDdaAumso])/;
const mayBeShortened = /^(?:\[[OACF.]|\{?\.|…)/;
const shortenedMark =
  /\[(?:Object|Array|Circular[^\]]{0,20}|Function[^\]]{0,60})\]|\.{3} \d{1,9} more \w{1,20}|\{\.{3}\}|\[\.{3}\]|…/y;
const number = /-?(?:0|[1-9]\d{0,400})(?:\.\d{1,400})?(?:[eE][+-]?\d{1,9})?(?![\w.])/y;
const phpScalar = /(?:int|float|bool)\(([^()]{1,60})\)/y;
const phpString = /string\((\d{1,9})\) "/y;
const word = /[A-Za-z_$][\w$]{0,60}/y;
const separator = /=>|:|=(?!=)/y;
const plainKey = /[A-Za-z_$][\w$]{0,100}(?=\s{0,9}(?::|=>|=))|\d{1,9}(?=\s{0,9}(?::|=>))/y;

/**
 * Reads the next value as JSON; undefined when it is not a print. The other readers return the
 * same.
 */
function readAnything(state: PrintState): string | undefined {
  skipBlanks(state);
  const { text, at } = state;
  if (mayBeShortened.test(text.slice(at, at + 2))) {
    const shortened = match(state, shortenedMark);
    if (shortened) {
      state.mark = shortened[0];
      return undefined;
    }
  }
  const prefix = mayBeTypeName.test(text.slice(at, at + 2)) ? match(state, typeName) : null;
  if (prefix === null) return readUntyped(state);
  // A search starts at this name, and for any other at the bracket.
  const isStart = prefix[0].startsWith('array');
  if (isStart) enter(state, at);
  see(state, 'print');
  const json = readUntyped(state);
  if (isStart && json !== undefined) leave(state);
  return json;
}

function readUntyped(state: PrintState): string | undefined {
  const character = state.text.charAt(state.at);
  switch (character) {
    case '{':
      return readContainer(state, '}');
    case '[':
      return readContainer(state, ']');
    case '(':
      see(state, 'print');
      return readContainer(state, ')');
    case '"':
    case "'":
    case '`':
      return asText(readStrings(state, character));
    default:
      return readScalar(state);
  }
}

/** Python joins literals that follow one another; pprint breaks long strings so. */
function readStrings(state: PrintState, quote: string): string | undefined {
  let text = readString(state, quote);
  while (text !== undefined) {
    const next = match(state, /\s{1,200}[bu]?(?=['"])/y);
    if (!next) return text;
    see(state, 'print');
    const more = readString(state, state.text.charAt(state.at));
    text = more === undefined ? undefined : text + more;
  }
  return undefined;
}

function asText(text: string | undefined): string | undefined {
  return text === undefined ? undefined : JSON.stringify(text);
}

function readContainer(state: PrintState, close: string): string | undefined {
  if (state.level >= deepest) return undefined;
  enter(state, state.at);
  state.level += 1;
  state.at += 1;
  const entries: { key: string | undefined; json: string }[] = [];
  for (;;) {
    skipBlanks(state);
    if (state.text.charAt(state.at) === close) break;
    const entry = readEntry(state);
    if (entry === undefined) return undefined;
    entries.push(entry);
    skipBlanks(state);
    const next = state.text.charAt(state.at);
    if (next === ',' || next === ';') state.at += 1;
    // var_dump separates its entries by line breaks only.
    else if (next !== close && !/["[}\])]/.test(next)) return undefined;
  }
  const json = asJson(entries, close);
  if (json === undefined) return undefined;
  state.at += 1;
  state.level -= 1;
  leave(state);
  skipBlanks(state);
  // The closing sign of `<QueryDict: {…}>` and `MultiDict([…])`.
  if (/^[>)]/.test(state.text.slice(state.at, state.at + 1)) && state.level === 0) state.at += 1;
  return json;
}

function asJson(
  entries: readonly { key: string | undefined; json: string }[],
  close: string,
): string | undefined {
  const isList =
    close === ')' || close === ']'
      ? entries.every(isListEntry)
      : entries.length > 0 && entries.every(isListEntry);
  if (isList) return `[${entries.map((entry) => entry.json).join(',')}]`;
  if (entries.some((entry) => entry.key === undefined)) return undefined;
  return `{${entries.map((entry) => `${JSON.stringify(entry.key)}:${entry.json}`).join(',')}}`;
}

/** Without a key, or with its own index as the key, as PHP prints lists. */
function isListEntry(entry: { key: string | undefined }, index: number): boolean {
  return entry.key === undefined || entry.key === String(index);
}

function readEntry(state: PrintState): { key: string | undefined; json: string } | undefined {
  const start = state.at;
  const key = readKey(state);
  if (key !== undefined) {
    skipBlanks(state);
    const found = match(state, separator);
    if (found) {
      see(state, found[0] === ':' ? 'json' : 'print');
      const json = readAnything(state);
      return json === undefined ? undefined : { key, json };
    }
  }
  state.at = start;
  const json = readAnything(state);
  return json === undefined ? undefined : { key: undefined, json };
}

function readKey(state: PrintState): string | undefined {
  const { text } = state;
  const character = text.charAt(state.at);
  if (character === '"' || character === "'") {
    if (character === "'") see(state, 'print');
    return readString(state, character);
  }
  if (character === '[') {
    // var_dump: ["panel"]=> and [0]=>
    const bracketed = match(state, /\[(?:"([^"]{0,1000})"|(\d{1,9}))\](?=\s{0,40}=>)/y);
    if (bracketed) see(state, 'print');
    return bracketed?.[1] ?? bracketed?.[2];
  }
  if (character === ':') return match(state, /:([A-Za-z_]\w{0,100})(?=\s{0,40}=>)/y)?.[1];
  const plain = /[\w$]/.test(character) ? match(state, plainKey) : null;
  if (plain) see(state, 'print');
  return plain?.[0];
}

function readString(state: PrintState, quote: string): string | undefined {
  const { text } = state;
  const start = state.at + 1;
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (character === quote) {
      state.at = at + 1;
      if (quote !== '"') see(state, 'print');
      return literalText(text.slice(start, at));
    }
  }
  state.at = text.length;
  return undefined;
}

const words: Readonly<Record<string, string>> = {
  null: 'null',
  true: 'true',
  false: 'false',
  None: 'null',
  nil: 'null',
  NULL: 'null',
  undefined: 'null',
  True: 'true',
  False: 'false',
};

function readScalar(state: PrintState): string | undefined {
  if (!/[\w$-]/.test(state.text.charAt(state.at))) return undefined;
  const long = match(state, phpString);
  if (long) {
    see(state, 'print');
    return asText(readCounted(state, Number(long[1])));
  }
  const scalar = match(state, phpScalar);
  if (scalar) {
    see(state, 'print');
    return jsonScalar(scalar[1] ?? '');
  }
  const digits = match(state, number);
  if (digits) return digits[0];
  const prefixed = match(state, /[bBuUrR](?=["'])/y);
  if (prefixed) {
    see(state, 'print');
    return asText(readStrings(state, state.text.charAt(state.at)));
  }
  const found = match(state, word);
  const value = found && Object.hasOwn(words, found[0]) ? words[found[0]] : undefined;
  if (found === null || value === undefined) return undefined;
  if (value !== found[0]) see(state, 'print');
  return value;
}

function jsonScalar(text: string): string | undefined {
  number.lastIndex = 0;
  if (number.exec(text)?.[0] === text || text === 'true' || text === 'false') return text;
  return undefined;
}

/** A string of var_dump: this many bytes of unescaped UTF-8. */
function readCounted(state: PrintState, bytes: number): string | undefined {
  const { text } = state;
  const start = state.at;
  let left = bytes;
  // A UTF-16 unit takes at most three bytes.
  if (left > (text.length - start) * 3) return undefined;
  while (left > 0 && state.at < text.length) {
    const code = text.codePointAt(state.at) ?? 0;
    left -= code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    state.at += code < 0x10000 ? 1 : 2;
  }
  const counted = text.slice(start, state.at);
  if (text.charAt(state.at) !== '"') return undefined;
  state.at += 1;
  return counted;
}
