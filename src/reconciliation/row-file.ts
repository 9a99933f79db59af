import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Host } from '../host.js';
import { decodedChunks } from '../output/decoded-chunks.js';
import {
  type Field,
  type FieldMapping,
  type Recognised,
  recogniseColumns,
} from '../payload/row-fields.js';
import { Problem, problem } from '../problems/problem.js';
import { plainReason } from '../problems/translate.js';
import type { FileRow } from './normal-row.js';
import { readCsv } from './read-csv.js';
import {
  eventRows,
  fileRow,
  type JsonRow,
  keysOf,
  readJsonArray,
  readJsonLines,
} from './read-json.js';

type Form = 'CSV' | 'JSON' | 'NDJSON' | 'truth';

/** A file of rows whose first rows were read. */
export interface RowFile {
  /** As it was typed; `stdin`. */
  readonly name: string;
  readonly form: Form;
  readonly columns: readonly string[];
  readonly recognised: Recognised;
  /** The first rows, for a preview. */
  readonly first: readonly FileRow[];
  /** The header as it was; empty when the file has none, or its text was not kept. */
  readonly header: string;
  /** The index of the column with the answer's status in a truth file; -1 elsewhere. */
  readonly statusColumn: number;
  /** Whether times without a zone are those of the panel, as in events that Netcore sent. */
  readonly inPanelZone: boolean;
  /** All rows in batches, the first ones included. Can be read once. */
  batches(): AsyncGenerator<readonly FileRow[]>;
  close(): void;
}

export interface RowFileOptions {
  readonly host: Pick<Host, 'cwd' | 'stdin'>;
  readonly mappings: readonly FieldMapping[];
  /** Whether to keep the rows as they were. */
  readonly keepText: boolean;
  /** Whether a row may stand for several events. */
  readonly withCounts: boolean;
  /** Ends a read that waits for another program, which then fails. */
  readonly signal: AbortSignal;
}

/** The columns of a truth file that `simulate` writes, beside those of a sending. */
const truthColumns = [
  'key',
  'panel',
  'msgid',
  'contact',
  'channel',
  'activity',
  'ts',
  'detail',
  'status',
];

/** A header, or the description of a simulation, and three rows. */
const minFirstRows = 4;

/** Opens a CSV, NDJSON, JSON or truth file, which may be compressed by gzip; `-` is stdin. */
export async function openRowFile(typed: string, options: RowFileOptions): Promise<RowFile> {
  const name = typed === '-' ? 'stdin' : typed;
  const path = typed === '-' ? 'stdin' : resolve(options.host.cwd, typed);
  const source = typed === '-' ? options.host.stdin : createReadStream(path);
  const close = () => void ('destroy' in source && (source as Readable).destroy());
  options.signal.addEventListener('abort', close);
  const chunks = withoutNul(decodedChunks(plainBytes(source, path)));
  try {
    let start = '';
    while (start.trim() === '') {
      const { done, value } = await chunks.next();
      if (done) throw problem('usage', { message: `${name} is empty.`, hint: emptyHint });
      start += value;
    }
    const all = startingWith(start, chunks);
    const [first] = start.trimStart();
    const opened =
      first === '{' || first === '['
        ? await openJson(name, first, all, options)
        : await openCsv(name, all, options);
    return { ...opened, close };
  } catch (error) {
    close();
    throw error;
  }
}

const emptyHint = 'Check the command that writes it: a CSV file has at least a header.';

type Opened = Omit<RowFile, 'close'>;

async function openCsv(
  name: string,
  chunks: AsyncIterable<string>,
  options: RowFileOptions,
): Promise<Opened> {
  const batches = readCsv(name, chunks, options.keepText);
  const [header, ...first] = await firstBatch(batches);
  const columns = header?.values ?? [];
  return {
    name,
    form: 'CSV',
    columns,
    recognised: recognise(columns, first, options),
    first,
    header: header?.text ?? '',
    statusColumn: -1,
    inPanelZone: false,
    batches: () => startingWith(first, batches),
  };
}

async function openJson(
  name: string,
  start: string,
  chunks: AsyncIterable<string>,
  options: RowFileOptions,
): Promise<Opened> {
  const objects =
    start === '['
      ? readJsonArray(name, chunks)
      : readJsonLines(name, chunks, (seen) => seen !== undefined && isOfTruth(seen));
  let ofCaptures = false;
  async function* events() {
    for await (const batch of objects) {
      ofCaptures ||= batch.some(({ fields }) => fields.type === 'capture');
      yield batch.flatMap((row) => eventRows(name, row));
    }
  }
  const batches = events();
  const firstRows = await firstBatch(batches);
  const isTruth = firstRows[0] !== undefined && isOfTruth(firstRows[0]);
  const columns = isTruth ? truthColumns : keysOf(firstRows);
  const converted = (rows: readonly JsonRow[]) =>
    rows
      .filter(({ fields }) => !isTruth || fields.type === 'truth')
      .map((row) => fileRow(row, columns, options.keepText));
  const first = converted(firstRows);
  async function* rest() {
    for await (const batch of batches) yield converted(batch);
  }
  return {
    name,
    form: isTruth ? 'truth' : start === '[' ? 'JSON' : 'NDJSON',
    columns,
    recognised: isTruth ? recogniseColumns(columns, []) : recognise(columns, first, options),
    first,
    header: '',
    statusColumn: isTruth ? columns.indexOf('status') : -1,
    inPanelZone: isTruth || ofCaptures,
    batches: () => startingWith(first, rest()),
  };
}

function isOfTruth({ fields: { type } }: JsonRow): boolean {
  return type === 'simulation' || type === 'truth';
}

function recognise(
  columns: readonly string[],
  first: readonly FileRow[],
  { mappings, withCounts }: RowFileOptions,
): Recognised {
  const found = new Map<Field, readonly number[]>(recogniseColumns(columns, mappings));
  if (!withCounts) found.delete('count');
  // Other columns are called "key", too.
  const [at = -1] = found.get('key') ?? [];
  const isMapped = mappings.some(({ field }) => field === 'key');
  if (!isMapped && !first.every(({ values }) => /^[\da-f]{32}$/i.test(values[at] ?? ''))) {
    found.delete('key');
  }
  return found;
}

/** Reads batches until there are enough rows for a preview. */
async function firstBatch<T>(batches: AsyncGenerator<readonly T[]>): Promise<readonly T[]> {
  const rows: T[] = [];
  while (rows.length < minFirstRows) {
    const { done, value } = await batches.next();
    if (done) break;
    rows.push(...value);
  }
  return rows;
}

async function* startingWith<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first;
  yield* rest;
}

/** SQLite ends a text at NUL. */
async function* withoutNul(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const chunk of chunks) yield chunk.replaceAll('\0', '\ufffd');
}

/** The bytes of a stream, decompressed. Throws `file_not_read`. */
async function* plainBytes(
  source: AsyncIterable<string | Uint8Array>,
  path: string,
): AsyncGenerator<string | Uint8Array> {
  try {
    let isFirst = true;
    const chunks = source[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await chunks.next();
      if (done) return;
      if (isFirst && isGzip(value)) {
        yield* gunzipped(startingWith(value, { [Symbol.asyncIterator]: () => chunks }));
        return;
      }
      isFirst = false;
      yield value;
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw problem('file_not_read', { path, reason: plainReason(error) }, error);
  }
}

/** https://www.rfc-editor.org/rfc/rfc1952 */
function isGzip(chunk: string | Uint8Array): chunk is Uint8Array {
  return typeof chunk !== 'string' && chunk[0] === 0x1f && chunk[1] === 0x8b;
}

async function* gunzipped(chunks: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  // The failure is thrown where the stream is read.
  pipeline(Readable.from(chunks), gunzip, () => {});
  yield* gunzip;
}
