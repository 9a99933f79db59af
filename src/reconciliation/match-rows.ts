import { isSamePhone } from './normal-row.js';

/** Rows of a group with one key that are alike in all that matters here. */
export interface GroupRow {
  /** The number of the first one on its side. */
  readonly n: number;
  readonly rows: number;
  /** Rows with one identity are one event; null: each row is one of its own. */
  readonly identity: string | null;
  /** Seconds since 1970, where times are compared with a tolerance; null without a time. */
  readonly time: number | null;
  /** All digits of the contact's telephone number. */
  readonly phone: string | null;
  /** An expected row counts as missing, and another one as unexpected, only when true. */
  readonly counts: boolean;
}

/** Events that equal rows stand for. */
export interface GroupEvents<Row extends GroupRow = GroupRow> {
  readonly row: Row;
  readonly events: number;
}

export interface GroupResult<Row extends GroupRow = GroupRow> {
  /** Expected events that were found. */
  readonly both: number;
  /** The expected events that were not found. */
  readonly missing: readonly GroupEvents<Row>[];
  /** Expected rows that repeat an event. */
  readonly repeatedExpected: number;
  /** Other rows that repeat an event, or stand for an expected one that another row stands for. */
  readonly repeatedFound: number;
  /** The events that were not expected. */
  readonly unexpected: readonly GroupEvents<Row>[];
  /** Expected events that do not count. */
  readonly unconfirmed: number;
}

export interface MatchRule {
  /**
   * The tolerance of times in seconds; undefined when the key contains the time or no time is compared.
   */
  readonly within: number | undefined;
  /** Whether the contacts of both sides are compared. */
  readonly comparesPhones: boolean;
}

/** Pairs the rows of one key, as multisets. */
export function matchRows<Row extends GroupRow>(
  expectedRows: readonly Row[],
  foundRows: readonly Row[],
  rule: MatchRule,
): GroupResult<Row> {
  const expected = distinct(expectedRows);
  const found = distinct(foundRows);
  const required = expected.filter(({ row }) => row.counts);
  const optional = expected.filter(({ row }) => !row.counts);
  const first = pair(required, found, rule);
  const second = pair(optional, first.found, rule);
  const unexpected = second.found.filter(
    (each) => !expected.some((other) => isPair(each.row, other.row, rule)),
  );
  return {
    both: eventsOf(required) - eventsOf(first.expected),
    missing: first.expected,
    repeatedExpected: rowsOf(expectedRows) - eventsOf(expected),
    repeatedFound:
      rowsOf(foundRows) - eventsOf(found) + eventsOf(second.found) - eventsOf(unexpected),
    unexpected: unexpected.filter(({ row }) => row.counts),
    unconfirmed: eventsOf(optional),
  };
}

/** The events that the rows stand for, each as its first row that counts, if any does. */
function distinct<Row extends GroupRow>(rows: readonly Row[]): GroupEvents<Row>[] {
  const events: GroupEvents<Row>[] = [];
  const byIdentity = new Map<string, number[]>();
  // A number without a country code joins one that has one, not the reverse.
  for (const row of rows.length < 2 ? rows : [...rows].sort(byLengthOfPhone)) {
    if (row.identity === null) {
      events.push({ row, events: row.rows });
      continue;
    }
    const known = byIdentity.get(row.identity) ?? [];
    const at = known.find((index) => isSamePhone(events[index]?.row.phone ?? null, row.phone));
    const event = at === undefined ? undefined : events[at];
    if (at === undefined || !event) {
      byIdentity.set(row.identity, [...known, events.push({ row, events: 1 }) - 1]);
    } else if (!event.row.counts) events[at] = { row, events: 1 };
  }
  return events;
}

interface Unpaired<Row extends GroupRow> {
  readonly expected: readonly GroupEvents<Row>[];
  readonly found: readonly GroupEvents<Row>[];
}

/** The events that are left when as many as possible are paired. */
function pair<Row extends GroupRow>(
  expected: readonly GroupEvents<Row>[],
  found: readonly GroupEvents<Row>[],
  rule: MatchRule,
): Unpaired<Row> {
  if (expected.length === 0 || found.length === 0) return { expected, found };
  if (!rule.comparesPhones) return pairByTime(expected, found, rule);
  // Numbers that are written alike belong together before those that only may.
  const phones = new Set(expected.map(({ row }) => row.phone));
  const left: { expected: GroupEvents<Row>[]; found: GroupEvents<Row>[] } = {
    expected: [],
    found: found.filter(({ row }) => !phones.has(row.phone)),
  };
  for (const phone of phones) {
    const has = ({ row }: GroupEvents<Row>) => row.phone === phone;
    const unpaired = pairByTime(expected.filter(has), found.filter(has), rule);
    left.expected.push(...unpaired.expected);
    left.found.push(...unpaired.found);
  }
  return pairInOrder(left, (one, other) => isPair(one, other, rule));
}

/** For tolerances, pairing the earliest rows first pairs as many as possible. */
function pairByTime<Row extends GroupRow>(
  expected: readonly GroupEvents<Row>[],
  found: readonly GroupEvents<Row>[],
  { within }: MatchRule,
): Unpaired<Row> {
  if (within === undefined) return pairInOrder({ expected, found }, () => true);
  const offered = [...found].sort(byTime).map(copyOf);
  let at = 0;
  const left = [...expected].sort(byTime).map(copyOf);
  for (const wanted of left) {
    let other = offered[at];
    while (other && wanted.events > 0) {
      const distance = timeOf(other.row) - timeOf(wanted.row);
      if (distance > within) break;
      if (distance >= -within) takePairs(wanted, other);
      if (distance < -within || other.events === 0) at += 1;
      other = offered[at];
    }
  }
  return { expected: left.filter(isLeft), found: offered.filter(isLeft) };
}

/** Pairs each expected event with the first found one that fits. */
function pairInOrder<Row extends GroupRow>(
  { expected, found }: Unpaired<Row>,
  fits: (one: Row, other: Row) => boolean,
): Unpaired<Row> {
  const left = expected.map(copyOf);
  let offered = found.map(copyOf);
  for (const wanted of left) {
    for (const other of offered) {
      if (wanted.events === 0) break;
      if (fits(wanted.row, other.row)) takePairs(wanted, other);
    }
    offered = offered.filter(isLeft);
  }
  return { expected: left.filter(isLeft), found: offered };
}

interface Open<Row extends GroupRow> {
  readonly row: Row;
  events: number;
}

function copyOf<Row extends GroupRow>({ row, events }: GroupEvents<Row>): Open<Row> {
  return { row, events };
}

function isLeft({ events }: GroupEvents): boolean {
  return events > 0;
}

function takePairs(one: Open<GroupRow>, other: Open<GroupRow>): void {
  const pairs = Math.min(one.events, other.events);
  one.events -= pairs;
  other.events -= pairs;
}

function isPair(one: GroupRow, other: GroupRow, { within, comparesPhones }: MatchRule): boolean {
  const isInTime = within === undefined || Math.abs(timeOf(one) - timeOf(other)) <= within;
  return isInTime && (!comparesPhones || isSamePhone(one.phone, other.phone));
}

function byTime(one: GroupEvents, other: GroupEvents): number {
  return timeOf(one.row) - timeOf(other.row);
}

function byLengthOfPhone(one: GroupRow, other: GroupRow): number {
  return (other.phone?.length ?? 0) - (one.phone?.length ?? 0);
}

/** Rows without a time only fit each other. */
function timeOf({ time }: GroupRow): number {
  return time ?? -1e15;
}

function eventsOf(all: readonly GroupEvents[]): number {
  return all.reduce((sum, { events }) => sum + events, 0);
}

function rowsOf(all: readonly GroupRow[]): number {
  return all.reduce((sum, { rows }) => sum + rows, 0);
}
