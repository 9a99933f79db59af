import { quoteLargeNumbers } from '../payload/json-numbers.js';
import { storableText } from '../store/database.js';
import type { FileRow } from './normal-row.js';
import { rowProblem } from './row-problem.js';

type Fields = Readonly<Record<string, unknown>>;

/** A JSON object of a file, and where it starts. */
export interface JsonRow {
  readonly line: number;
  readonly fields: Fields;
  readonly text: string;
}

/** Longer ones would take too much memory. */
const maxRowLength = 1024 * 1024;

/**
 * Yields the objects of NDJSON, in batches. `maybeCut`: the last line may be incomplete, as in a file
 * whose writer was killed.
 */
export async function* readJsonLines(
  name: string,
  chunks: AsyncIterable<string>,
  maybeCut: (seen: JsonRow | undefined) => boolean,
): AsyncGenerator<readonly JsonRow[]> {
  let rest = '';
  let line = 0;
  let first: JsonRow | undefined;
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    const rows: JsonRow[] = [];
    for (const text of lines) {
      line += 1;
      if (text.trim() !== '') rows.push(parseRow(name, text, line));
    }
    first ??= rows[0];
    if (rest.length > maxRowLength) throw tooLong(name, line + 1);
    yield rows;
  }
  if (rest.trim() === '') return;
  try {
    yield [parseRow(name, rest, line + 1)];
  } catch (error) {
    if (!maybeCut(first)) throw error;
  }
}

/** Yields the objects of a JSON array, in batches. */
export async function* readJsonArray(
  name: string,
  chunks: AsyncIterable<string>,
): AsyncGenerator<readonly JsonRow[]> {
  const split = createArraySplitter(name);
  for await (const chunk of chunks) yield split.read(chunk);
  split.end();
}

/** Finds the objects of the outermost array without holding the others. */
function createArraySplitter(name: string) {
  let state: 'before' | 'inside' | 'after' = 'before';
  let depth = 0;
  let inText = false;
  let escaped = false;
  let line = 1;
  let startLine = 1;
  let held = '';
  const broken = (reason: string) =>
    rowProblem({ name, line }, reason, 'Write a JSON array of objects, or one object a line.');

  function read(chunk: string): readonly JsonRow[] {
    const rows: JsonRow[] = [];
    let start = depth > 0 ? 0 : -1;
    for (let at = 0; at < chunk.length; at += 1) {
      const character = chunk[at];
      if (character === '\n') line += 1;
      if (inText) {
        if (escaped) escaped = false;
        else if (character === '\\') escaped = true;
        else if (character === '"') inText = false;
      } else if (depth > 0) {
        if (character === '"') inText = true;
        else if (character === '{' || character === '[') depth += 1;
        else if (character === '}' || character === ']') {
          depth -= 1;
          if (depth > 0) continue;
          rows.push(parseRow(name, held + chunk.slice(start, at + 1), startLine));
          held = '';
          start = -1;
        }
      } else if (character === '{' && state === 'inside') {
        depth = 1;
        start = at;
        startLine = line;
      } else if (character === '[' && state === 'before') state = 'inside';
      else if (character === ']' && state === 'inside') state = 'after';
      else if (!/[\s,]/.test(character ?? '')) throw broken('the array holds more than objects');
    }
    if (start >= 0) held += chunk.slice(start);
    if (held.length > maxRowLength) throw tooLong(name, startLine);
    return rows;
  }

  return {
    read,
    end() {
      if (state !== 'after') throw broken('the JSON array is not closed');
    },
  };
}

function parseRow(name: string, text: string, line: number): JsonRow {
  let value: unknown;
  try {
    // Numbers beyond 2^53 keep their digits.
    value = JSON.parse(/\d{16}/.test(text) ? quoteLargeNumbers(text) : text);
  } catch {
    throw rowProblem({ name, line }, 'it is not valid JSON', 'Write one JSON object a line.');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { line, fields: value as Fields, text: text.trim() };
  }
  throw rowProblem({ name, line }, 'it is not a JSON object', 'Write one JSON object a line.');
}

function tooLong(name: string, line: number) {
  return rowProblem({ name, line }, 'it is longer than 1 MB', 'Write one JSON object a line.');
}

/**
 * The events of a line that `history export`, `history list --json` or `listen --json` wrote: each is a
 * row. Other lines of these commands have none, and rows of others stay.
 */
export function eventRows(name: string, row: JsonRow): readonly JsonRow[] {
  const { type, schema, events, eventCount } = row.fields;
  if (type !== 'capture' || !Array.isArray(events)) {
    return schema === 1 && typeof type === 'string' && !ownRows.has(type) ? [] : [row];
  }
  if (typeof eventCount === 'number' && eventCount > events.length) {
    throw rowProblem(
      { name, line: row.line },
      `it lists only ${events.length} of the ${eventCount} events of its call`,
      'Import it with netcore-hook history import, and compare the store.',
    );
  }
  return events.map((fields: Fields) => ({ ...row, fields }));
}

/** Types of lines that are rows themselves. */
const ownRows: ReadonlySet<string> = new Set(['truth', 'simulation']);

/** The keys of objects, in the order of their first appearance. */
export function keysOf(rows: readonly JsonRow[]): string[] {
  return [...new Set(rows.flatMap(({ fields }) => Object.keys(fields)))];
}

/** The row with its values in the order of the columns. Nested values are left out. */
export function fileRow(
  { line, fields, text }: JsonRow,
  columns: readonly string[],
  keepText: boolean,
): FileRow {
  // Half of a surrogate pair and NUL can only be escaped.
  const isEscaped = text.includes('\\u');
  const values = columns.map((column) => {
    const value = Object.hasOwn(fields, column) ? fields[column] : null;
    if (typeof value === 'object' || value === undefined) return '';
    return isEscaped ? storableText(String(value)) : String(value);
  });
  return { line, values, text: keepText ? text.replaceAll('\n', ' ') : '' };
}
