import { type CsvError, parse } from 'csv-parse';
import type { FileRow } from './normal-row.js';
import { rowProblem } from './row-problem.js';

const delimiters = [',', ';', '\t', '|'];
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
      if (!/[\r\n]/.test(start) && start.length < maxRecordLength) continue;
      parser = createParser(name, start, keepText);
      yield await parser.read(start);
    }
  }
  parser ??= createParser(name, start, keepText);
  if (start !== '' && !/[\r\n]/.test(start) && start.length < maxRecordLength) {
    yield await parser.read(start);
  }
  yield await parser.end();
}

function createParser(name: string, start: string, keepText: boolean) {
  const [header = ''] = start.split(/[\r\n]/, 1);
  let rows: FileRow[] = [];
  let failure: Error | undefined;
  const parser = parse({
    delimiter: delimiterOf(header),
    // What PostgreSQL's psql writes without --csv has spaces around each value.
    trim: true,
    raw: keepText,
    skip_empty_lines: true,
    max_record_size: maxRecordLength,
    // Records that are returned here would wait in the stream one by one.
    on_record: (record: unknown, { lines }) => {
      const line = lines;
      if (keepText) {
        const { record: values, raw } = record as { record: string[]; raw: string };
        rows.push({ line, values, text: raw.replace(/^[\r\n]+|[\r\n]+$/g, '') });
      } else rows.push({ line, values: record as string[], text: '' });
      return null;
    },
  });
  parser.on('error', (error) => {
    failure ??= error;
  });
  const taken = () => {
    if (failure) throw csvProblem(name, failure as CsvError);
    const batch = rows;
    rows = [];
    return batch;
  };
  return {
    async read(chunk: string) {
      await new Promise<void>((resolve) => parser.write(chunk, () => resolve()));
      return taken();
    },
    async end() {
      await new Promise<void>((resolve) => {
        parser.once('error', () => resolve());
        parser.end(() => resolve());
      });
      return taken();
    },
  };
}

/** The delimiter that the header has most of, outside quotes. */
function delimiterOf(header: string): string {
  const plain = header.replace(/"(?:[^"]|"")*"?/g, '');
  const counts = delimiters.map((each) => plain.split(each).length);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ',';
}

function csvProblem(name: string, error: CsvError) {
  const line = Number((error as { readonly lines?: unknown }).lines ?? 1);
  switch (error.code) {
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH': {
      const [, expected, got] = /expect (\d+), got (\d+)/.exec(error.message) ?? [];
      return rowProblem(
        { name, line },
        `the row has ${got} values, and the header has ${expected}`,
        'Remove lines that are not rows. From psql, use --csv.',
      );
    }
    case 'CSV_QUOTE_NOT_CLOSED':
      return rowProblem({ name, line }, 'a quote is not closed', 'Check the quotes of this row.');
    case 'CSV_MAX_RECORD_SIZE':
      return rowProblem(
        { name, line },
        'the row is longer than 1 MB',
        'Check the quotes and the line ends of this file.',
      );
    default:
      return rowProblem(
        { name, line },
        'a quote stands within a value',
        'Put the whole value into quotes, and double each quote within it.',
      );
  }
}
