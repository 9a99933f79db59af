import { literalText } from './backslashes.js';

/** A structure as a program printed it, turned into JSON text. */
export type Print =
  | { readonly kind: 'print'; readonly json: string; readonly end: number }
  /** The program left something out, like `[Object]`; `mark` is what it wrote instead. */
  | { readonly kind: 'shortened'; readonly mark: string }
  | { readonly kind: 'other'; readonly end: number };

/**
 * Reads what Node, Python, Ruby, PHP (`var_export`, `var_dump`) and Go (`%#v`) print for objects
 * and lists: keys in single quotes or none, `=>`, `None`, tuples. Numbers keep their digits, keys
 * their order. Text in plain JSON is not taken: what is wrong in that is to be told.
 */
export function readPrint(text: string, start: number): Print {
  const state: State = { text, at: start, isPrint: false, isJson: false, level: 0 };
  try {
    const json = readAnything(state);
    if (!state.isPrint || state.isJson) return { kind: 'other', end: state.at };
    return { kind: 'print', json, end: state.at };
  } catch (error) {
    if (error instanceof Shortened) return { kind: 'shortened', mark: error.mark };
    if (error instanceof NoPrint) return { kind: 'other', end: state.at };
    throw error;
  }
}

interface State {
  readonly text: string;
  at: number;
  /** Whether something was seen that JSON does not have. */
  isPrint: boolean;
  /** Whether the first key was one of JSON's: then it is JSON, and what is wrong in it is to be told. */
  isJson: boolean;
  level: number;
}

class NoPrint extends Error {}
/** Made once: to collect a stack for each takes longer than the reading. */
const noPrint = new NoPrint();
class Shortened extends Error {
  constructor(readonly mark: string) {
    super(mark);
  }
}

const deepest = 200;

/** What stands before a structure and says only its type. */
const typeName =
  /(?:\[Object: null prototype\]|<QueryDict:|(?:Immutable)?(?:Ordered)?(?:Multi)?Dict\(|defaultdict\([^,()]{0,60},|array\(\d{1,9}\)|array|Array|Map\(\d{1,9}\)|url\.Values|map\[string\][\w.[\]{} ]{0,40}?(?=\{)|\[\]interface \{\}|\[\]string|stdClass::__set_state\(|object\([\w\\]{1,60}\)#\d{1,9} \(\d{1,9}\)|\(object\))\s*/y;
const shortenedMark =
  /\[(?:Object|Array|Circular[^\]]{0,20}|Function[^\]]{0,60})\]|\.{3} \d{1,9} more \w{1,20}|\{\.{3}\}|\[\.{3}\]|…/y;
const number = /-?(?:0|[1-9]\d{0,400})(?:\.\d{1,400})?(?:[eE][+-]?\d{1,9})?(?![\w.])/y;
const phpScalar = /(?:int|float|bool)\(([^()]{1,60})\)/y;
const phpString = /string\((\d{1,9})\) "/y;
const word = /[A-Za-z_$][\w$]{0,60}/y;
const separator = /=>|:|=(?!=)/y;

function readAnything(state: State): string {
  skipBlanks(state);
  const shortened = match(state, shortenedMark);
  if (shortened) throw new Shortened(shortened[0]);
  const prefix = match(state, typeName);
  if (prefix) state.isPrint = true;
  const { text, at } = state;
  const character = text.charAt(at);
  switch (character) {
    case '{':
      return readContainer(state, '}');
    case '[':
      return readContainer(state, ']');
    case '(':
      state.isPrint = true;
      return readContainer(state, ')');
    case '"':
    case "'":
    case '`':
      return JSON.stringify(readString(state, character));
    default:
      return readScalar(state);
  }
}

function readContainer(state: State, close: string): string {
  if (state.level >= deepest) throw noPrint;
  state.level += 1;
  state.at += 1;
  const entries: { key: string | undefined; json: string }[] = [];
  for (;;) {
    skipBlanks(state);
    if (state.text.charAt(state.at) === close) break;
    entries.push(readEntry(state));
    skipBlanks(state);
    const next = state.text.charAt(state.at);
    if (next === ',' || next === ';') state.at += 1;
    // var_dump separates its entries by lines alone.
    else if (next !== close && !/["[}\])]/.test(next)) throw noPrint;
  }
  state.at += 1;
  state.level -= 1;
  skipBlanks(state);
  // The closing sign of `<QueryDict: {…}>` and `MultiDict([…])`.
  if (/^[>)]/.test(state.text.slice(state.at, state.at + 1)) && state.level === 0) state.at += 1;
  return asJson(entries, close);
}

function asJson(
  entries: readonly { key: string | undefined; json: string }[],
  close: string,
): string {
  const isList =
    close === ')' || close === ']'
      ? entries.every(isListEntry)
      : entries.length > 0 && entries.every(isListEntry);
  if (isList) return `[${entries.map((entry) => entry.json).join(',')}]`;
  if (entries.some((entry) => entry.key === undefined)) throw noPrint;
  return `{${entries.map((entry) => `${JSON.stringify(entry.key)}:${entry.json}`).join(',')}}`;
}

/** Without a key, or with its own number for one, as PHP prints lists. */
function isListEntry(entry: { key: string | undefined }, index: number): boolean {
  return entry.key === undefined || entry.key === String(index);
}

function readEntry(state: State): { key: string | undefined; json: string } {
  const start = state.at;
  const key = readKey(state);
  if (key !== undefined) {
    skipBlanks(state);
    const found = match(state, separator);
    if (found) {
      const wasFirst = !state.isPrint && !state.isJson;
      if (found[0] !== ':') state.isPrint = true;
      else if (wasFirst) state.isJson = true;
      return { key, json: readAnything(state) };
    }
  }
  state.at = start;
  return { key: undefined, json: readAnything(state) };
}

function readKey(state: State): string | undefined {
  const { text } = state;
  const character = text.charAt(state.at);
  if (character === '"' || character === "'") {
    if (character === "'") state.isPrint = true;
    return readString(state, character);
  }
  // var_dump: ["panel"]=> and [0]=>
  const bracketed = match(state, /\[(?:"([^"]{0,1000})"|(\d{1,9}))\](?=\s*=>)/y);
  if (bracketed) {
    state.isPrint = true;
    return bracketed[1] ?? bracketed[2];
  }
  const symbol = match(state, /:([A-Za-z_]\w{0,100})(?=\s*=>)/y);
  if (symbol) return symbol[1];
  const plain = match(
    state,
    /[A-Za-z_$][\w$]{0,100}(?=\s{0,9}(?::|=>|=))|\d{1,9}(?=\s{0,9}(?::|=>))/y,
  );
  if (plain) state.isPrint = true;
  return plain?.[0];
}

function readString(state: State, quote: string): string {
  const { text } = state;
  const start = state.at + 1;
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (character === quote) {
      state.at = at + 1;
      if (quote !== '"') state.isPrint = true;
      return literalText(text.slice(start, at));
    }
  }
  state.at = text.length;
  throw noPrint;
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

function readScalar(state: State): string {
  const long = match(state, phpString);
  if (long) {
    state.isPrint = true;
    return JSON.stringify(readCounted(state, Number(long[1])));
  }
  const scalar = match(state, phpScalar);
  if (scalar) {
    state.isPrint = true;
    return jsonScalar(scalar[1] ?? '');
  }
  const digits = match(state, number);
  if (digits) return digits[0];
  const prefixed = match(state, /[bBuUrR](?=["'])/y);
  if (prefixed) {
    state.isPrint = true;
    return JSON.stringify(readString(state, state.text.charAt(state.at)));
  }
  const found = match(state, word);
  const value = found && Object.hasOwn(words, found[0]) ? words[found[0]] : undefined;
  if (found === null || value === undefined) throw noPrint;
  if (value !== found[0]) state.isPrint = true;
  return value;
}

function jsonScalar(text: string): string {
  number.lastIndex = 0;
  if (number.exec(text)?.[0] === text || text === 'true' || text === 'false') return text;
  throw noPrint;
}

/** A string of var_dump: so many bytes of UTF-8, unescaped, whatever is in them. */
function readCounted(state: State, bytes: number): string {
  const { text } = state;
  const start = state.at;
  let left = bytes;
  while (left > 0 && state.at < text.length) {
    const code = text.codePointAt(state.at) ?? 0;
    left -= code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    state.at += code < 0x10000 ? 1 : 2;
  }
  const counted = text.slice(start, state.at);
  if (text.charAt(state.at) !== '"') throw noPrint;
  state.at += 1;
  return counted;
}

function match(state: State, expression: RegExp): RegExpExecArray | null {
  expression.lastIndex = state.at;
  const found = expression.exec(state.text);
  if (found) state.at = expression.lastIndex;
  return found;
}

function skipBlanks(state: State): void {
  const { text } = state;
  for (; state.at < text.length; state.at += 1) {
    const code = text.charCodeAt(state.at);
    if (code > 0x20 && code !== 0xa0) return;
  }
}
