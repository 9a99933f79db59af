import { canonicalActivity, canonicalChannel } from '../payload/channels.js';
import type { Field, Recognised } from '../payload/row-fields.js';
import { isRoundedNumber } from '../payload/spreadsheet.js';
import { quoted, rowProblem } from './row-problem.js';
import { readTime, type ZoneReader } from './row-time.js';

/** What a row says about an event, in one spelling. Texts are empty when the row has none. */
export interface NormalRow {
  readonly key: string;
  readonly panel: string;
  readonly msgid: string;
  /** The contact: an address in lower case, or the last ten digits of a telephone number. */
  readonly who: string;
  /** All digits of a telephone number that may lack its country code in another row. */
  readonly phone: string | null;
  /** The contact as it was written. */
  readonly shownWho: string;
  readonly channel: string;
  readonly event: string;
  /** Seconds since 1970; null without a time. */
  readonly time: number | null;
  readonly link: string;
  readonly count: number;
  /** False: an event that was sent without an answer of 200. */
  readonly confirmed: boolean;
  /** True: no time, so that an equal key does not mean the same event. */
  readonly weak: boolean;
}

/** A row as a file holds it, its values in the order of the columns. */
export interface FileRow {
  readonly line: number;
  readonly values: readonly string[];
  /** The row as it was; empty when it was not kept. */
  readonly text: string;
}

/**
 * Reads the rows of one file. Throws a problem for a value that cannot be compared. Without
 * `needsTimes`, other times count as missing.
 */
export function rowReader(
  file: { readonly name: string; readonly columns: readonly string[] },
  recognised: Recognised,
  readZone: ZoneReader,
  statusColumn: number,
  needsTimes: boolean,
): (row: FileRow) => NormalRow {
  const columnsOf = (field: Field) => recognised.get(field) ?? [];
  const [key, panel, msgid, who] = [
    columnsOf('key'),
    columnsOf('panel'),
    columnsOf('msgid'),
    columnsOf('who'),
  ];
  const [channel, event, time] = [columnsOf('channel'), columnsOf('event'), columnsOf('time')];
  const [link, count] = [columnsOf('link'), columnsOf('count')];
  const fault = (row: FileRow, columns: ColumnList, reason: string, hint: string) => {
    const index = indexOf(row, columns);
    return rowProblem(
      { name: file.name, line: row.line, column: `column ${index + 1} (${file.columns[index]})` },
      `${quoted(row.values[index] ?? '')} ${reason}`,
      hint,
    );
  };
  const exact = (row: FileRow, columns: ColumnList) => {
    const value = cellText(row, columns);
    if (!isRoundedNumber(value)) return value;
    throw fault(
      row,
      columns,
      'is a number that a spreadsheet has rounded',
      'Format the column as text in the spreadsheet, and save the file again from the original data.',
    );
  };
  return (row) => {
    const writtenTime = cellText(row, time);
    const seconds = writtenTime === '' ? null : readTime(writtenTime, readZone);
    if (seconds === undefined && needsTimes) {
      throw fault(
        row,
        time,
        'is not a time that can be read',
        'Write times as 2026-12-01 10:00:12, or compare without them: --key who,msgid,event',
      );
    }
    const writtenCount = cellText(row, count);
    const events = writtenCount === '' ? 1 : Number(writtenCount.replaceAll(',', ''));
    if (!Number.isSafeInteger(events) || events < 0) {
      throw fault(row, count, 'is not a count', 'Write whole numbers.');
    }
    return normalRow({
      key: exact(row, key).toLowerCase(),
      panel: cellText(row, panel),
      msgid: exact(row, msgid),
      who: exact(row, who),
      channel: cellText(row, channel),
      event: cellText(row, event),
      time: seconds ?? null,
      link: cellText(row, link),
      count: events,
      confirmed: statusColumn < 0 || row.values[statusColumn] === '200',
      // Rows without a time may be equal, and yet distinct events.
      weak: time.length > 0 && !(typeof seconds === 'number') && cellText(row, key) === '',
    });
  };
}

type ColumnList = readonly number[];

/** The first of the columns that has a value. */
function indexOf({ values }: FileRow, columns: ColumnList): number {
  return columns.find((index) => values[index]?.trim()) ?? columns[0] ?? 0;
}

function cellText(row: FileRow, columns: ColumnList): string {
  if (columns.length === 0) return '';
  return row.values[indexOf(row, columns)]?.trim() ?? '';
}

/** Brings the written values of an event into one spelling. */
export function normalRow(written: Omit<NormalRow, 'shownWho' | 'phone'>): NormalRow {
  const { key, panel, msgid, channel, event, time, link, count, confirmed, weak } = written;
  const activity = canonicalActivity(event) ?? event.toLowerCase();
  const { who, phone } = comparableContact(written.who);
  // Copying an object with "..." takes several times as long, for each of a million rows.
  return {
    key,
    panel,
    msgid,
    who,
    phone,
    shownWho: written.who,
    channel: canonicalChannel(channel) ?? channel.toLowerCase(),
    event: activity,
    time,
    // Other activities name the links of the whole message.
    link: activity === 'click' || event === '' ? link : '',
    count,
    confirmed,
    weak,
  };
}

/**
 * 1000000001, 911000000001 and +91 10000 00001 may be one number: such numbers have the same last ten
 * digits here, and `isSamePhone` decides.
 */
function comparableContact(text: string): Pick<NormalRow, 'who' | 'phone'> {
  if (!/^\+?[\d\s().-]+$/.test(text)) return { who: text.toLowerCase(), phone: null };
  // Zeros before the country or the area code.
  const digits = text.replace(/\D/g, '').replace(/^0+(?=\d{10})/, '');
  if (digits.length < 10 || digits.length > 13) return { who: digits || text, phone: null };
  return { who: digits.slice(-10), phone: digits };
}

/** Whether two numbers are equal, where one of them may lack its country code. */
export function isSamePhone(one: string | null, other: string | null): boolean {
  if (one === other) return true;
  if (one === null || other === null) return false;
  return one.endsWith(other) || other.endsWith(one);
}
