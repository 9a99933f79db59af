import type { EventFilter } from '../payload/event-filter.js';
import { anyEvent, matchesFilter } from '../payload/event-filter.js';
import {
  columnIndex,
  type Field,
  type FieldMapping,
  type KeyField,
  keyFields,
} from '../payload/row-fields.js';
import { nearest } from '../problems/nearest.js';
import { problem } from '../problems/problem.js';
import type { ComparedRow } from './comparison.js';
import { type FileRow, type NormalRow, rowReader } from './normal-row.js';
import { openRowFile, type RowFile, type RowFileOptions } from './row-file.js';
import type { ZoneReader } from './row-time.js';

/** What is expected, or what it must be in. */
export interface RowSide {
  /** For people: `report.csv`, `3 files`, `the store`. */
  readonly name: string;
  readonly isStore: boolean;
  /** The fields that all of its files have. */
  readonly fields: ReadonlySet<Field>;
  readonly files: readonly RowFile[];
  /** Yields its rows in batches. */
  batches(needs: Needs): AsyncGenerator<readonly ComparedRow[]>;
  /** The first rows of one of its files. */
  firstRows(file: string, limit: number, needs: Needs): readonly ComparedRow[];
  close(): void;
}

/** What a comparison needs of each row. */
export interface Needs {
  /** The keys of events, which take long to compute. */
  readonly keys: boolean;
  /** Times, so that one that cannot be read is a mistake. */
  readonly times: boolean;
}

/** What of a side takes part. */
interface SideFilter {
  readonly events: EventFilter;
  /** Milliseconds since 1970. */
  readonly since: number | undefined;
  readonly until: number | undefined;
}

export interface FileSideOptions extends RowFileOptions {
  readonly filter: SideFilter;
  /** Rows out of the filter's time: `omitted`, or `uncounted`, so that they can still be found. */
  readonly outOfTime: 'omitted' | 'uncounted';
  /** For times without a zone, in files of other programs and in events that Netcore sent. */
  readonly readZone: ZoneReader;
  readonly readPanelZone: ZoneReader;
}

/** Opens the files of a side. Throws a problem when one of them has no column that can be used. */
export async function openFileSide(
  names: readonly string[],
  options: FileSideOptions,
): Promise<RowSide> {
  const files: RowFile[] = [];
  const close = () => {
    for (const file of files) file.close();
  };
  try {
    for (const name of names) files.push(await openRowFile(name, options));
    for (const file of files) refuseUnusable(file);
  } catch (error) {
    close();
    throw error;
  }
  const [first] = files;
  return {
    name: files.length === 1 && first ? first.name : `${files.length} files`,
    isStore: false,
    fields: new Set(
      [...(first?.recognised.keys() ?? [])].filter((field) =>
        files.every(({ recognised }) => recognised.has(field)),
      ),
    ),
    files,
    async *batches(needs) {
      for (const file of files) {
        const convert = rowConverter(file, options, needs);
        for await (const batch of file.batches()) yield convert(batch);
      }
    },
    firstRows(name, limit, needs) {
      const file = files.find((each) => each.name === name);
      return file ? rowConverter(file, options, needs)(file.first.slice(0, limit)) : [];
    },
    close,
  };
}

/** Brings the rows of a file into one form, and leaves out those that take no part. */
function rowConverter(
  file: RowFile,
  options: FileSideOptions,
  { times }: Needs,
): (batch: readonly FileRow[]) => ComparedRow[] {
  const { name, inPanelZone, recognised, statusColumn } = file;
  const readZone = inPanelZone ? options.readPanelZone : options.readZone;
  const read = rowReader(file, recognised, readZone, statusColumn, times);
  const isWanted = rowFilter(options.filter.events, recognised);
  return (batch) => {
    const rows: ComparedRow[] = [];
    for (const fileRow of batch) {
      const row = read(fileRow);
      if (!isWanted(row)) continue;
      const inTime = isInTime(row, options.filter);
      if (!inTime && options.outOfTime === 'omitted') continue;
      rows.push({
        row,
        at: `${name}:${fileRow.line}`,
        text: fileRow.text,
        values: fileRow.values,
        counts: inTime && row.confirmed,
      });
    }
    return rows;
  };
}

/** Applies those parts of a filter that concern the fields which a file has. */
function rowFilter(
  filter: EventFilter,
  fields: { has(field: Field): boolean },
): (row: NormalRow) => boolean {
  const own: EventFilter = {
    ...anyEvent,
    channels: fields.has('channel') ? filter.channels : [],
    activities: fields.has('event') ? filter.activities : [],
    panels: fields.has('panel') ? filter.panels : [],
    msgids: fields.has('msgid') ? filter.msgids : [],
    people: fields.has('who') ? filter.people : [],
  };
  return ({ channel, event, panel, msgid, shownWho }) =>
    matchesFilter(
      { channel, activity: event, event, panel, msgid, who: shownWho, name: null, time: null },
      own,
    );
}

/** Rows without a time are always in time. */
function isInTime({ time }: NormalRow, { since, until }: SideFilter): boolean {
  if (time === null) return true;
  return (
    (since === undefined || time * 1000 >= since) && (until === undefined || time * 1000 < until)
  );
}

function refuseUnusable({ name, columns, recognised }: RowFile): void {
  if (keyFields.some((field) => field !== 'panel' && recognised.has(field))) return;
  throw problem('usage', {
    message: `${name} has no column that can be compared. Its columns: ${columnList(columns)}.`,
    hint: `Name them: --map who="Email ID" --map event=Status. Fields: ${keyFields.join(', ')}.`,
  });
}

const maxListedColumns = 20;

/** Column names within a message. */
function columnList(columns: readonly string[]): string {
  const listed = columns.slice(0, maxListedColumns).map((column) => `"${column.slice(0, 60)}"`);
  const more = columns.length - listed.length;
  return more > 0 ? `${listed.join(', ')} and ${more} more` : listed.join(', ');
}

/** The fields by which two sides can be compared. */
export function sharedFields(one: RowSide, other: RowSide): ReadonlySet<KeyField> {
  return new Set(keyFields.filter((field) => one.fields.has(field) && other.fields.has(field)));
}

/** Refuses a mapping whose column no file has. */
export function refuseUnusedMappings(
  mappings: readonly FieldMapping[],
  sides: { readonly expected: RowSide; readonly found: RowSide },
): void {
  const files = [...sides.expected.files, ...sides.found.files];
  for (const { field, column } of mappings) {
    if (files.some(({ columns }) => columnIndex(columns, column) >= 0)) continue;
    const columns = [...new Set(files.flatMap((file) => file.columns))];
    const suggestion = nearest(column, columns);
    throw problem('usage', {
      message: `--map ${field}=${column} names a column that no file has.`,
      hint: suggestion ? `Did you mean "${suggestion}"?` : `Columns: ${columnList(columns)}.`,
    });
  }
}
