/**
 * Reads what PHP's `print_r` prints for arrays, as JSON text. It writes numbers and text alike, so
 * every value becomes a text. Undefined when it is none.
 */
export function readPrintR(text: string, start: number): { json: string; end: number } | undefined {
  const lines = text.slice(start).split('\n');
  const state: Lines = { lines, at: 0 };
  const json = readArray(state, 0);
  if (json === undefined) return undefined;
  const end = lines.slice(0, state.at).reduce((sum, line) => sum + line.length + 1, start);
  return { json, end: Math.min(end, text.length) };
}

interface Lines {
  readonly lines: readonly string[];
  at: number;
}

const deepest = 100;
const entry = /^\s{0,400}\[([^\]]{0,500})\] => (.*)$/;

function readArray(state: Lines, level: number): string | undefined {
  if (level > deepest) return undefined;
  // "Array" was read by whoever found it; its bracket stands on the next line.
  state.at += 1;
  if (state.lines[state.at]?.trim() !== '(') return undefined;
  state.at += 1;
  const entries: { key: string; json: string }[] = [];
  for (;;) {
    const line = state.lines[state.at];
    if (line === undefined) return undefined;
    if (line.trim() === ')') break;
    const [, key, shown] = entry.exec(line) ?? [];
    if (key === undefined || shown === undefined) return undefined;
    let value: string | undefined;
    if (/^(?:Array|\w{1,60} Object)\r?$/.test(shown)) value = readArray(state, level + 1);
    else value = JSON.stringify(readText(state, shown));
    if (value === undefined) return undefined;
    entries.push({ key, json: value });
  }
  state.at += 1;
  // An empty line ends an array that stands in another.
  if (level > 0 && state.lines[state.at]?.trim() === '') state.at += 1;
  const isList = entries.length > 0 && entries.every(({ key }, index) => key === String(index));
  if (isList) return `[${entries.map(({ json }) => json).join(',')}]`;
  return `{${entries.map(({ key, json }) => `${JSON.stringify(key)}:${json}`).join(',')}}`;
}

/** A text may hold line feeds: it goes on until the next entry or closing bracket. */
function readText(state: Lines, first: string): string {
  let text = first;
  for (;;) {
    state.at += 1;
    const line = state.lines[state.at];
    if (line === undefined || entry.test(line) || line.trim() === ')')
      return text.replace(/\r$/, '');
    text += `\n${line}`;
  }
}
