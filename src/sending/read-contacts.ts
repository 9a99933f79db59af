import { resolve } from 'node:path';
import { CsvError, type InfoRecord, parse } from 'csv-parse/sync';
import type { CommandContext } from '../cli/command.js';
import { readTextFile } from '../cli/input.js';
import { type Contact, inventContact } from '../payload/build/contacts.js';
import { normalContact } from '../payload/event-key.js';
import { delimiterOf, isRoundedNumber } from '../payload/spreadsheet.js';
import { type Problem, problem } from '../problems/problem.js';

/** The names of a contact's columns, in lower case and without anything but letters and digits. */
const columnNames = {
  email: ['email', 'emailid', 'emailaddress', 'mail'],
  mobile: ['mobile', 'mobilenumber', 'mobileno', 'phone', 'phonenumber', 'msisdn'],
  firstName: ['firstname', 'name'],
  lastName: ['lastname', 'surname'],
  id: ['foreignkey', 'identity', 'customerid', 'id', 'primarykey'],
} as const;
type Field = keyof typeof columnNames;

const maxContacts = 100_000;

interface Row {
  readonly info: InfoRecord;
  readonly record: readonly string[];
}

/**
 * Reads the contacts of a CSV file: a header line, then a line each. Columns without a known name become
 * attributes. Throws a problem that names the line of a contact that cannot be used.
 */
export async function readContacts(
  file: string,
  { host }: Pick<CommandContext, 'host'>,
): Promise<readonly Contact[]> {
  const [header, ...rows] = parseRows(await readTextFile(resolve(host.cwd, file)), file);
  const names = header?.record ?? [];
  const fields = names.map(fieldOf);
  if (!fields.some((field) => field === 'email' || field === 'mobile' || field === 'id')) {
    throw invalid(file, 1, 'its header names no column email, mobile or id');
  }
  if (rows.length === 0) throw invalid(file, 1, 'no contact follows its header');
  if (rows.length > maxContacts) {
    throw invalid(file, maxContacts + 2, 'a file may have at most 100,000 contacts');
  }
  const lineOf = new Map<string, number>();
  return rows.map(({ record, info }, index) => {
    const line = info.lines;
    const contact = contactFrom(record, names, fields, index);
    if (typeof contact === 'string') throw invalid(file, line, contact);
    const key = normalContact(contact.id ?? (contact.email || contact.mobile));
    const earlier = lineOf.get(key);
    if (earlier !== undefined)
      throw invalid(file, line, `it repeats the contact of line ${earlier}`);
    lineOf.set(key, line);
    return contact;
  });
}

/** The one contact of `--who`: an address, a telephone number or another identifier. */
export function contactNamed(who: string): Contact {
  const someone = inventContact(0);
  if (who.includes('@')) return { ...someone, email: who };
  if (isMobile(who)) return { ...someone, mobile: who, id: who };
  return { ...someone, id: who };
}

function parseRows(text: string, file: string): readonly Row[] {
  try {
    return parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count_less: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as readonly Row[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(error.lines ?? 1);
    throw invalid(file, line, csvFaults[error.code] ?? 'it is not CSV', error);
  }
}

const csvFaults: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quotation mark is not closed',
  CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quotation mark',
  INVALID_OPENING_QUOTE: 'a quotation mark stands inside a value',
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: 'it has more columns than the header',
};

function fieldOf(name: string): Field | undefined {
  const folded = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return (Object.keys(columnNames) as Field[]).find((field) =>
    columnNames[field].some((known) => known === folded),
  );
}

/** The contact of a row, or why it has none. */
function contactFrom(
  record: readonly string[],
  names: readonly string[],
  fields: readonly (Field | undefined)[],
  index: number,
): Contact | string {
  const value = (field: Field) => record[fields.indexOf(field)] ?? '';
  const email = value('email');
  const mobile = value('mobile');
  if (email !== '' && !/^[^@\s]+@[^@\s]+$/.test(email))
    return `"${email}" is not an e-mail address`;
  if (isRoundedNumber(mobile)) {
    return `a spreadsheet shortened its number to ${mobile}; format the column as text`;
  }
  if (mobile !== '' && !isMobile(mobile)) return `"${mobile}" is not a telephone number`;
  const id = value('id');
  if (email === '' && mobile === '' && id === '') return 'it has no e-mail address, number or id';
  const { number, guid } = inventContact(index);
  return {
    ...{ number, guid, email, mobile },
    firstName: value('firstName'),
    lastName: value('lastName'),
    id: id || undefined,
    attributes: Object.fromEntries(
      names.flatMap((name, at) =>
        fields[at] === undefined && name !== '' ? [[name, record[at] ?? '']] : [],
      ),
    ),
  };
}

function isMobile(text: string): boolean {
  return /^\+?[\d\s().-]{7,20}$/.test(text) && /\d{3}/.test(text);
}

function invalid(file: string, line: number, reason: string, cause?: unknown): Problem {
  return problem('contacts_invalid', { file, line, reason }, cause);
}
