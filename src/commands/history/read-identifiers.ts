import { resolve } from 'node:path';
import { CsvError, type InfoRecord, parse } from 'csv-parse/sync';
import type { CommandContext } from '../../cli/command.js';
import { readTextFile } from '../../cli/input.js';
import { normalContact } from '../../payload/event-key.js';
import { recogniseColumns } from '../../payload/row-fields.js';
import { delimiterOf, isRoundedNumber } from '../../payload/spreadsheet.js';
import { problem } from '../../problems/problem.js';

/** Contacts to find, by any number of identifiers each. */
export interface GivenContacts {
  readonly contacts: number;
  readonly ids: readonly string[];
}

/**
 * Reads `--who`: identifiers, or `@file` for a CSV file with columns of identifiers, or with one in each
 * line. Throws a problem that names the line of an identifier that a spreadsheet has changed.
 */
export async function readIdentifiers(
  who: readonly string[],
  context: CommandContext,
): Promise<GivenContacts> {
  const ids = new Set<string>();
  let contacts = 0;
  for (const each of who) {
    const rows = each.startsWith('@') ? await readFile(each.slice(1), context) : [[each]];
    contacts += rows.length;
    for (const row of rows) for (const id of row) ids.add(id);
  }
  return { contacts, ids: [...ids] };
}

/** The identifiers of each row. */
async function readFile(file: string, { host }: CommandContext): Promise<string[][]> {
  const rows = parseRows(await readTextFile(resolve(host.cwd, file)), file);
  const [header] = rows;
  const columns = header ? recogniseColumns(header.record, []).get('who') : undefined;
  if (!columns && rows.some(({ record }) => record.length > 1)) {
    throw invalid(file, 1, 'its header names no column email, mobile, identity or foreignkey');
  }
  const found = (columns ? rows.slice(1) : rows).flatMap(({ record, info }) => {
    const ids = (columns ?? [0])
      .map((column) => record[column] ?? '')
      .filter((id) => normalContact(id) !== '');
    const rounded = ids.find(isRoundedNumber);
    if (rounded !== undefined) {
      const reason = `a spreadsheet shortened its number to ${rounded}; format the column as text`;
      throw invalid(file, info.lines, reason);
    }
    return ids.length > 0 ? [ids] : [];
  });
  if (found.length === 0) throw invalid(file, 1, 'it names no contact');
  return found;
}

interface Row {
  readonly info: InfoRecord;
  readonly record: readonly string[];
}

function parseRows(text: string, file: string): readonly Row[] {
  try {
    return parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as readonly Row[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw invalid(file, Number(error.lines ?? 1), 'it is not CSV', error);
  }
}

function invalid(file: string, line: number, reason: string, cause?: unknown) {
  return problem('contacts_invalid', { file, line, reason }, cause);
}
