import type { KeyField } from '../payload/row-fields.js';
import { type Database, readNumber, type SqlValue } from '../store/database.js';
import { createInserter, type Inserter } from '../store/row-inserter.js';
import { type GroupEvents, type GroupRow, matchRows } from './match-rows.js';
import type { NormalRow } from './normal-row.js';

export type Side = 'expected' | 'found';

export interface ComparisonPlan {
  /** The fields that both sides have and that make rows equal. */
  readonly key: readonly KeyField[];
  /** The tolerance of times in seconds; undefined: the key decides. */
  readonly within: number | undefined;
  readonly fields: Readonly<Record<Side, ReadonlySet<KeyField>>>;
  /** Sides whose rows stand for several events, so that equal rows are not repeats of one event. */
  readonly counted: ReadonlySet<Side>;
}

/** A row to compare, without characters that SQLite cannot return (see `storableText`). */
export interface ComparedRow {
  readonly row: NormalRow;
  /** Where it is: `report.csv:17`, or the id of an event in the store. */
  readonly at: string;
  /** The row as it was; empty when it is not kept. */
  readonly text: string;
  /** All values of the row, to recognise copies of it. */
  readonly values: readonly string[];
  /** False: it counts neither as missing nor as unexpected. */
  readonly counts: boolean;
}

/** Numbers of events, but for `rows`. */
export interface Counts {
  readonly rows: Readonly<Record<Side, number>>;
  readonly both: number;
  readonly missing: number;
  readonly unexpected: number;
  readonly repeatedExpected: number;
  readonly repeatedFound: number;
  readonly unconfirmed: number;
}

/** Stands between the fields of a key, and in none of them. */
const separator = '\u001f';
const rowColumns = 'k, i, t, p, c, w, panel, msgid, who, channel, event, at, raw';
const pageRows = 4096;

/**
 * Compares two sides row by row in a temporary database, so that its memory does not depend on their
 * number.
 */
export class Comparison {
  readonly database: Database;
  readonly #plan: ComparisonPlan;
  readonly #inserts: Readonly<Record<Side, Inserter>>;
  readonly #isStrong: Readonly<Record<Side, boolean>>;
  readonly #rows = { expected: 0, found: 0 };

  constructor(database: Database, plan: ComparisonPlan) {
    this.database = database;
    this.#plan = plan;
    const { expected, found } = plan.fields;
    this.#isStrong = { expected: isStrong(expected), found: isStrong(found) };
    // `k` is the key, `i` distinguishes events with one key, `t` is the time, `p` the telephone number,
    // `c` whether the row counts, `w` the events that it stands for.
    for (const side of ['expected', 'found']) {
      database.execute(
        `create table ${side} (n integer primary key, k text, i text, t integer, p text, c integer,
           w integer, panel text, msgid text, who text, channel text, event text, at text, raw text)`,
      );
    }
    database.execute('create table missing (n integer primary key, silent integer default 0)');
    database.execute('create table unexpected (n integer primary key)');
    this.#inserts = {
      expected: createInserter(database, 'expected', rowColumns),
      found: createInserter(database, 'found', rowColumns),
    };
    database.execute('begin');
  }

  add(side: Side, { row, at, text, values, counts }: ComparedRow): void {
    this.#rows[side] += 1;
    this.#inserts[side].add([
      this.#plan.key.map((field) => fieldText(row, field)).join(separator),
      this.#identity(side, row, values),
      row.time,
      this.#plan.fields[side].has('who') ? row.phone : null,
      counts ? 1 : 0,
      row.count,
      row.panel,
      row.msgid,
      row.shownWho,
      row.channel,
      row.event,
      at,
      text,
    ]);
  }

  /** What makes two rows with one key the same event; null: nothing does. */
  #identity(side: Side, row: NormalRow, values: readonly string[]): string | null {
    if (this.#isStrong[side]) {
      if (row.weak) return null;
      const { key } = this.#plan;
      if (row.key !== '') return key.includes('key') ? '' : row.key;
      const others = [...this.#plan.fields[side]].filter((field) => !key.includes(field));
      return others.map((field) => fieldText(row, field)).join(separator);
    }
    // The other side shows whether the key distinguishes events.
    if (this.#isStrong.expected || this.#isStrong.found) return null;
    return values.join(separator);
  }

  /** Ends the adding of rows. */
  index(): void {
    for (const insert of Object.values(this.#inserts)) insert.flush();
    for (const side of ['expected', 'found']) {
      this.database.execute(`create index ${side}_keys on ${side} (k, i, t, p, c)`);
    }
  }

  /**
   * Rows that share their key with another event of their side. Repeats of one event are none of them,
   * nor copies of one row.
   */
  collisions(side: Side): number {
    const count = (columns: string) =>
      readNumber(
        this.database,
        `select count(*) from (select distinct ${columns} from ${side} where i is not null)`,
      );
    return count('k, i') - count('k');
  }

  /** SQL for the distinct events of a side, by its columns msgid, channel, event and w. */
  events(side: Side): string {
    const columns = 'msgid, channel, event';
    if (!this.#isStrong[side] || this.#plan.counted.has(side)) {
      return `select ${columns}, w from ${side} where c = 1`;
    }
    // A number without a country code joins the same event's row that has one.
    const wholeNumbers = `with numbers as (select distinct k, i, p from ${side} join
         (select k, i from ${side} where i is not null and p is not null and c = 1
            group by k, i having min(p) <> max(p)) using (k, i)
         where p is not null and c = 1),
       longer as (select one.k, one.i, one.p, (select other.p from numbers other
         where other.k = one.k and other.i = one.i and substr(other.p, -length(one.p)) = one.p
         order by length(other.p) desc, other.p limit 1) as whole from numbers one)`;
    return `${wholeNumbers} select ${columns}, max(w) as w from ${side} left join longer using (k, i, p)
      where c = 1 group by k, coalesce(i, 'row ' || n), coalesce(whole, p)`;
  }

  rows(side: Side): number {
    return this.#rows[side];
  }

  /** Pairs the rows of both sides. `pause` lets signals through. */
  async match(pause: () => Promise<void>): Promise<Counts> {
    const missing = this.#resultOf('expected', 'missing');
    const unexpected = this.#resultOf('found', 'unexpected');
    const total = { both: 0, missing: 0, unexpected: 0, repeatedExpected: 0, repeatedFound: 0 };
    let unconfirmed = 0;
    let groups = 0;
    const { within, key } = this.#plan;
    const rule = { within, comparesPhones: key.includes('who') };
    for (const [expected, found] of this.#groups()) {
      const result = matchRows(expected, found, rule);
      total.missing += missing.add(result.missing);
      total.unexpected += unexpected.add(result.unexpected);
      total.both += result.both;
      total.repeatedExpected += result.repeatedExpected;
      total.repeatedFound += result.repeatedFound;
      unconfirmed += result.unconfirmed;
      groups += 1;
      if (groups % pageRows === 0) await pause();
    }
    missing.flush();
    unexpected.flush();
    return { rows: { ...this.#rows }, ...total, unconfirmed };
  }

  /** Adds the rows of events to a table of results, and returns the number of events. */
  #resultOf(side: Side, table: string) {
    const inserter = createInserter(this.database, table, 'n');
    // Any of them will do: they are alike.
    const several = this.database.prepare(
      `insert into ${table} (n) select n from ${side}
         where k = ? and i is ? and t is ? and p is ? and c = ? order by n desc limit ?`,
    );
    return {
      add(events: readonly GroupEvents<StoredGroupRow>[]): number {
        let sum = 0;
        for (const { row, events: number } of events) {
          sum += number;
          if (number === 1) inserter.add([row.n]);
          else several.run([...row.stored, number]);
        }
        return sum;
      },
      flush: () => inserter.flush(),
    };
  }

  /** The rows of each key, of both sides. */
  *#groups(): Generator<readonly [readonly StoredGroupRow[], readonly StoredGroupRow[]]> {
    const expected = this.#groupsOf('expected');
    const found = this.#groupsOf('found');
    let one = expected.next().value;
    let other = found.next().value;
    while (one || other) {
      const order = !other ? -1 : !one ? 1 : compareKeys(one.key, other.key);
      yield [order <= 0 && one ? one.rows : [], order >= 0 && other ? other.rows : []];
      if (order <= 0) one = expected.next().value;
      if (order >= 0) other = found.next().value;
    }
  }

  *#groupsOf(side: Side): Generator<KeyGroup, undefined> {
    const alike = 'k, i, t, p, c';
    const from = `select ${alike}, min(n), count(*) from ${side}`;
    const page = this.database.prepare(
      `${from} where k > ? group by ${alike} order by ${alike} limit ${pageRows}`,
    );
    const first = this.database.prepare(
      `${from} group by ${alike} order by ${alike} limit ${pageRows}`,
    );
    const whole = this.database.prepare(`${from} where k = ? group by ${alike}`);
    let rows = first.all([]);
    while (rows.length > 0) {
      const groups: { key: string; rows: StoredGroupRow[] }[] = [];
      for (const row of rows) {
        const key = String(row[0]);
        const last = groups.at(-1);
        if (last?.key === key) last.rows.push(this.#groupRow(side, row));
        else groups.push({ key, rows: [this.#groupRow(side, row)] });
      }
      const isLast = rows.length < pageRows;
      // The page may have cut the last group.
      const cut = isLast ? undefined : groups.pop();
      yield* groups;
      if (!cut) return;
      yield { key: cut.key, rows: whole.all([cut.key]).map((row) => this.#groupRow(side, row)) };
      rows = page.all([cut.key]);
    }
  }

  #groupRow(side: Side, columns: readonly SqlValue[]): StoredGroupRow {
    const [, identity, time, phone, counts, n, rows] = columns;
    return {
      n: Number(n),
      rows: Number(rows),
      identity: this.#isStrong[side] && typeof identity === 'string' ? identity : null,
      time: typeof time === 'number' ? time : null,
      phone: typeof phone === 'string' ? phone : null,
      counts: counts === 1,
      stored: columns.slice(0, 5),
    };
  }
}

interface KeyGroup {
  readonly key: string;
  readonly rows: readonly StoredGroupRow[];
}

interface StoredGroupRow extends GroupRow {
  /** The columns that its rows have in common: k, i, t, p and c. */
  readonly stored: readonly SqlValue[];
}

/** Whether a side tells its events apart, so that equal rows are repeats of one event. */
function isStrong(fields: ReadonlySet<KeyField>): boolean {
  return fields.has('key') || fields.has('time');
}

function fieldText(row: NormalRow, field: KeyField): string {
  const value = row[field];
  return value === null ? '' : String(value);
}

/** The order of UTF-8, in which SQLite sorts. */
function compareKeys(one: string, other: string): number {
  if (one === other) return 0;
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) {
    const [a, b] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (a === b) continue;
    const isHigh = isSurrogate(a);
    return isHigh === isSurrogate(b) ? a - b : isHigh ? 1 : -1;
  }
  return one.length - other.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
