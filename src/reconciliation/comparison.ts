import type { KeyField } from '../payload/row-fields.js';
import { type Database, readNumber, type SqlValue } from '../store/database.js';
import { type GroupRow, matchRows } from './match-rows.js';
import type { NormalRow } from './normal-row.js';
import { createInserter, type Inserter } from './row-inserter.js';

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
    database.execute('create table missing (n integer primary key, silent integer)');
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
      this.#plan.key.includes('who') ? row.phone : null,
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
    const isRepeatable = this.#isStrong[side] && !this.#plan.counted.has(side);
    const identity = isRepeatable ? `coalesce(i, 'row ' || n)` : 'n';
    return `select msgid, channel, event, max(w) as w from ${side} where c = 1 group by k, ${identity}`;
  }

  rows(side: Side): number {
    return this.#rows[side];
  }

  /** Pairs the rows of both sides. `pause` lets signals through. */
  async match(pause: () => Promise<void>): Promise<Counts> {
    const missing = createInserter(this.database, 'missing', 'n, silent');
    const unexpected = createInserter(this.database, 'unexpected', 'n');
    const total = { both: 0, missing: 0, unexpected: 0, repeatedExpected: 0, repeatedFound: 0 };
    let unconfirmed = 0;
    let groups = 0;
    for (const [expected, found] of this.#groups()) {
      const result = matchRows(expected, found, this.#plan.within);
      for (const n of result.missing) missing.add([n, 0]);
      for (const n of result.unexpected) unexpected.add([n]);
      total.both += result.both;
      total.missing += result.missing.length;
      total.unexpected += result.unexpected.length;
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

  /** The rows of each key, of both sides. */
  *#groups(): Generator<readonly [readonly GroupRow[], readonly GroupRow[]]> {
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
    const columns = 'k, i, t, p, c, n';
    const from = `select ${columns} from ${side}`;
    const page = this.database.prepare(`${from} where k > ? order by k limit ${pageRows}`);
    const first = this.database.prepare(`${from} order by k limit ${pageRows}`);
    const whole = this.database.prepare(`${from} where k = ?`);
    let rows = first.all([]);
    while (rows.length > 0) {
      const groups: { key: string; rows: GroupRow[] }[] = [];
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

  #groupRow(side: Side, [, identity, time, phone, counts, n]: readonly SqlValue[]): GroupRow {
    return {
      n: Number(n),
      identity: this.#isStrong[side] && typeof identity === 'string' ? identity : null,
      time: typeof time === 'number' ? time : null,
      phone: typeof phone === 'string' ? phone : null,
      counts: counts === 1,
    };
  }
}

interface KeyGroup {
  readonly key: string;
  readonly rows: readonly GroupRow[];
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
