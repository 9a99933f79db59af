import { setImmediate as turn } from 'node:timers/promises';
import { parse } from 'csv-parse';
import { delimiterOf, unguarded } from '../payload/spreadsheet.js';
import type { FileRow } from './normal-row.js';
import { rowProblem } from './row-problem.js';

/** A longer record is a file without line ends, or one with a missing quote. */
const maxRecordLength = 1024 * 1024;

/** Yields the records of a CSV file, the header first, in batches. `keepText`: also as they were written. */
export async function* readCsv(
  name: string,
  chunks: AsyncIterable<string>,
  keepText: boolean,
): AsyncGenerator<readonly FileRow[]> {
  let start = '';
  let parser: ReturnType<typeof createParser> | undefined;
  for await (const chunk of chunks) {
    if (parser) yield await parser.read(chunk);
    else {
      start += chunk;
      // The header shows the delimiter.
      const hasHeader = /[\r\n]/.test(start.replace(delimiterLine, ''));
      if (!hasHeader && start.length < maxRecordLength) continue;
      parser = createParser(name, start, keepText);
      yield await parser.read(start.replace(delimiterLine, ''));
    }
  }
  if (!parser) {
    parser = createParser(name, start, keepText);
    yield await parser.read(start.replace(delimiterLine, ''));
  }
  yield await parser.end();
}

/** Excel writes and reads a first line that names the delimiter. */
const delimiterLine = /^sep=(.)\r?\n/i;

function createParser(name: string, start: string, keepText: boolean) {
  const named = delimiterLine.exec(start)?.[1];
  const parser = parse({
    delimiter: named ?? delimiterOf(start),
    // psql puts blanks around values.
    trim: true,
    raw: keepText,
    // Checked here, where the line is known.
    relax_column_count: true,
    max_record_size: maxRecordLength,
  });
  let failure: Error | undefined;
  parser.on('error', (error) => {
    failure ??= error;
  });
  let width = 0;
  let line = named === undefined ? 1 : 2;

  function rowOf(record: readonly string[], raw: string): FileRow | undefined {
    const first = line;
    line += 1;
    for (const value of record) if (value.includes('\n')) line += value.split('\n').length - 1;
    // Spreadsheets leave rows of delimiters behind.
    if (record.every((value) => value === '')) return undefined;
    if (width === 0) width = record.length;
    if (record.length !== width) throw wrongWidth(name, first, record.length, width);
    return {
      line: first,
      values: record.map(unguarded),
      text: raw.replace(/^[\r\n]+|[\r\n]+$/g, ''),
    };
  }

  function taken(): FileRow[] {
    const rows: FileRow[] = [];
    // Much faster than waiting for each record.
    for (let found = parser.read(); found !== null; found = parser.read()) {
      const { record, raw } = keepText
        ? (found as { record: string[]; raw: string })
        : { record: found as string[], raw: '' };
      const row = rowOf(record, raw);
      if (row) rows.push(row);
    }
    return rows;
  }

  async function afterFailure(): Promise<void> {
    // A stream reports its failure one turn later.
    await turn();
    if (failure) throw csvProblem(name, failure);
  }

  return {
    async read(chunk: string) {
      parser.write(chunk);
      const rows = taken();
      await afterFailure();
      return rows;
    },
    async end() {
      parser.end();
      const rows = taken();
      await afterFailure();
      return rows;
    },
  };
}

function wrongWidth(name: string, line: number, width: number, expected: number) {
  return rowProblem(
    { name, line },
    `the row has ${width} ${width === 1 ? 'value' : 'values'}, and the header has ${expected}`,
    'Remove lines that are not rows. From psql, use --csv.',
  );
}

function csvProblem(name: string, error: Error) {
  const { code, lines } = error as { readonly code?: unknown; readonly lines?: unknown };
  const location = { name, line: Number(lines ?? 1) };
  switch (code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return rowProblem(location, 'a quote is not closed', 'Check the quotes of this row.');
    case 'CSV_MAX_RECORD_SIZE':
      return rowProblem(
        location,
        'the row is longer than 1 MB',
        'Check the quotes and the line ends of this file.',
      );
    default:
      return rowProblem(
        location,
        'a quote stands within a value',
        'Put the whole value into quotes, and double each quote within it.',
      );
  }
}
