import { spend } from './effort.js';
import { assembled, type Piece, peeled, replaced, type Source, spendPasses } from './source.js';

/** Prefixes within prefixes: quoted mail of a log, for example. */
const maxPrefixes = 3;

/**
 * Takes off what logs, terminals, diffs and tables put before each line of one text. Undefined when
 * the lines have no such prefix.
 */
export function peelLinePrefixes(source: Source): Source | undefined {
  if (!source.text.includes('\n')) return undefined;
  if (source.layers.filter(({ name }) => name === 'wrapped_lines').length >= maxPrefixes) {
    return undefined;
  }
  spendPasses(source, 6);
  return joinRecords(source) ?? peelAlike(source);
}

/** Where the text of a payload may begin in a line. */
const payloadStart = /[{[](?=\s*(?:["'{[]|(?:[+↵](?:[|│].*)?)?\s*$))|\bdata=|%(?:25){0,9}7B/gi;

/** A longer prefix is a line of text that quotes a payload. */
const maxPrefix = 300;

/** No program writes more brackets into the prefix of a line. */
const maxStarts = 4;

/** Lines that may begin a payload and whose prefix the next line does not have. */
const maxVainLines = 200;

/**
 * Removes a prefix that two or more successive lines share but for digits, such as times, line
 * numbers and process ids; in a table, everything up to the column.
 */
function peelAlike(source: Source): Source | undefined {
  const { text } = source;
  let vain = 0;
  for (let at = 0; at !== -1; ) {
    const feed = text.indexOf('\n', at);
    if (feed === -1) return undefined;
    const line = text.slice(at, Math.min(feed, at + maxPrefix));
    let starts = 0;
    for (const { index } of line.matchAll(payloadStart)) {
      starts += 1;
      if (starts > maxStarts) break;
      const prefix = line.slice(0, index);
      if (!/\S/.test(prefix)) continue;
      const alike = alikePrefix(prefix);
      alike.lastIndex = feed + 1;
      if (!alike.test(text)) continue;
      const shown = prefix.trim().slice(0, 40);
      const stripped = replaced(text, new RegExp(alike.source, 'gm'), () => '');
      const layer = { name: 'wrapped_lines', detail: `${shown} before lines` } as const;
      return peeled(source, stripped.text, layer, stripped.before);
    }
    if (starts > 0) {
      vain += 1;
      if (vain > maxVainLines) return undefined;
      spend(source.effort, line.length * maxStarts);
    }
    at = feed + 1;
  }
  return undefined;
}

/**
 * Matches the prefix at the start of a line, whatever its numbers are. In a table it matches what
 * follows the cell as well: psql marks a cell that continues on the next line with a plus sign.
 */
function alikePrefix(prefix: string): RegExp {
  const columns = /[|│] ?$/.test(prefix) ? prefix.split(/[|│]/).length - 1 : 0;
  if (columns > 0) {
    return new RegExp(
      `^(?:[^\\n|│]*[|│]){${columns}} ?|(?<![ \\t])[ \\t]*[+↵](?:[|│][^\\n]*)?$`,
      'my',
    );
  }
  const source = prefix.replace(/(?:(?<![ \t])[ \t]+)?\d+|[\\^$.*+?()[\]{}|]/g, (found) =>
    /\d/.test(found) ? '[ \\t]*\\d+' : `\\${found}`,
  );
  return new RegExp(`^${source}`, 'my');
}

/** Joins records that hold a line each: of container runtimes, and JSON with a field for it. */
function joinRecords(source: Source): Source | undefined {
  const { text } = source;
  const recordOf = /^\s*\S{10,40} std(?:out|err) [FP] /.test(text)
    ? containerLine
    : /^\s*\{"/.test(text)
      ? jsonLine
      : undefined;
  if (recordOf === undefined) return undefined;
  const pieces: Piece[] = [];
  let from = 0;
  for (const line of text.split('\n')) {
    const record = line.trim() === '' ? '' : recordOf(line);
    if (record === undefined) return undefined;
    pieces.push({ text: record, from });
    from += line.length + 1;
  }
  if (pieces.filter((piece) => piece.text !== '').length < 2) return undefined;
  const layer = { name: 'wrapped_lines', detail: 'one log record a line' } as const;
  return assembled(source, pieces, layer);
}

/** A line as containerd and CRI-O write it; `P` says that the line continues in the next record. */
function containerLine(line: string): string | undefined {
  const found = /^\s*\S{10,40} std(?:out|err) ([FP]) /.exec(line);
  if (!found) return undefined;
  return line.slice(found[0].length) + (found[1] === 'F' ? '\n' : '');
}

/** The fields in which Docker, journald, Google Cloud and Loki keep the line. */
const lineFields = ['log', 'MESSAGE', 'message', 'textPayload', 'line'] as const;

function jsonLine(line: string): string | undefined {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof record !== 'object' || record === null) return undefined;
  const fields = record as Readonly<Record<string, unknown>>;
  const text = lineFields.map((name) => fields[name]).find((value) => typeof value === 'string');
  if (typeof text !== 'string') return undefined;
  // Docker splits long lines; only the last part ends with the line feed.
  return 'log' in fields ? text : `${text}\n`;
}
