/** The output of PHP's `print_r` for an array, converted to JSON text. */
export type PrintR =
  | { readonly kind: 'print'; readonly json: string; readonly end: number }
  /** Not a print up to `end`; within it, only the arrays at `whole` could be prints. */
  | { readonly kind: 'other'; readonly end: number; readonly whole: readonly number[] };

/**
 * Converts the output of PHP's `print_r` for arrays to JSON text. It prints numbers and text alike,
 * so every value becomes text.
 */
export function readPrintR(text: string, start: number): PrintR {
  const state: State = { text, at: lineEnd(text, start) + 1, whole: [] };
  const json = readArray(state, 0);
  const end = Math.min(state.at, text.length);
  return json === undefined
    ? { kind: 'other', end, whole: state.whole }
    : { kind: 'print', json, end };
}

interface State {
  readonly text: string;
  /** The start of the next line. */
  at: number;
  /** The starts of inner arrays that were read completely. */
  readonly whole: number[];
}

const maxDepth = 100;
const entry = /^\s{0,400}\[([^\]]{0,500})\] => (.*)$/;

/** Reads from the line after the word "Array". */
function readArray(state: State, level: number): string | undefined {
  if (level > maxDepth || lineOf(state)?.trim() !== '(') return undefined;
  nextLine(state);
  const entries: { key: string; json: string }[] = [];
  for (;;) {
    const line = lineOf(state);
    if (line === undefined) return undefined;
    if (line.trim() === ')') break;
    const [, key, shown] = entry.exec(line) ?? [];
    if (key === undefined || shown === undefined) return undefined;
    const value = readValue(state, line, shown, level);
    if (value === undefined) return undefined;
    entries.push({ key, json: value });
  }
  nextLine(state);
  // An empty line ends an inner array.
  if (level > 0 && lineOf(state)?.trim() === '') nextLine(state);
  const isList = entries.length > 0 && entries.every(({ key }, index) => key === String(index));
  if (isList) return `[${entries.map(({ json }) => json).join(',')}]`;
  return `{${entries.map(({ key, json }) => `${JSON.stringify(key)}:${json}`).join(',')}}`;
}

function readValue(state: State, line: string, shown: string, level: number): string | undefined {
  const start = state.at + line.length - shown.length;
  nextLine(state);
  if (!/^(?:Array|\w{1,60} Object)\r?$/.test(shown)) return JSON.stringify(readText(state, shown));
  const json = readArray(state, level + 1);
  if (json !== undefined) state.whole.push(start);
  return json;
}

/** Text may contain line feeds: it ends at the next entry or closing bracket. */
function readText(state: State, first: string): string {
  let text = first;
  for (;;) {
    const line = lineOf(state);
    if (line === undefined || entry.test(line) || line.trim() === ')')
      return text.replace(/\r$/, '');
    text += `\n${line}`;
    nextLine(state);
  }
}

/** Undefined after the last line. */
function lineOf({ text, at }: State): string | undefined {
  return at > text.length ? undefined : text.slice(at, lineEnd(text, at));
}

function nextLine(state: State): void {
  state.at = lineEnd(state.text, state.at) + 1;
}

function lineEnd(text: string, at: number): number {
  const feed = text.indexOf('\n', at);
  return feed === -1 ? text.length : feed;
}
