import { isSamePhone } from './normal-row.js';

/** A row within a group of rows with one key. */
export interface GroupRow {
  /** Its number on its side. */
  readonly n: number;
  /** Rows with one identity are one event; null: each row is one of its own. */
  readonly identity: string | null;
  /** Seconds since 1970, where times are compared with a tolerance; null without a time. */
  readonly time: number | null;
  /** All digits of the contact's telephone number. */
  readonly phone: string | null;
  /** An expected row counts as missing, and another one as unexpected, only when true. */
  readonly counts: boolean;
}

export interface GroupResult {
  /** Expected events that were found. */
  readonly both: number;
  /** Numbers of the expected rows that were not found. */
  readonly missing: readonly number[];
  /** Expected rows that repeat an event. */
  readonly repeatedExpected: number;
  /** Other rows that repeat an event, or stand for an expected one that another row stands for. */
  readonly repeatedFound: number;
  /** Numbers of the rows that were not expected. */
  readonly unexpected: readonly number[];
  /** Expected events that do not count. */
  readonly unconfirmed: number;
}

/**
 * Pairs the rows of one key, as multisets. `within`: the tolerance of times in seconds; undefined when
 * the key contains the time or no time is compared.
 */
export function matchRows(
  expectedRows: readonly GroupRow[],
  foundRows: readonly GroupRow[],
  within: number | undefined,
): GroupResult {
  const expected = distinct(expectedRows);
  const found = distinct(foundRows);
  const required = expected.filter(({ counts }) => counts);
  const optional = expected.filter(({ counts }) => !counts);
  const first = pair(required, found, within);
  const second = pair(optional, first.found, within);
  const isNear = (row: GroupRow) => (each: GroupRow) => isPair(each, row, within);
  const unexpected = second.found.filter((row) => !expected.some(isNear(row)));
  return {
    both: required.length - first.expected.length,
    missing: first.expected.map(({ n }) => n),
    repeatedExpected: expectedRows.length - expected.length,
    repeatedFound: foundRows.length - found.length + second.found.length - unexpected.length,
    unexpected: unexpected.filter(({ counts }) => counts).map(({ n }) => n),
    unconfirmed: optional.length,
  };
}

/** One row for each event: the first one that counts, if any does. */
function distinct(rows: readonly GroupRow[]): GroupRow[] {
  if (rows.length < 2) return [...rows];
  const events: GroupRow[] = [];
  const byIdentity = new Map<string, number[]>();
  for (const row of rows) {
    if (row.identity === null) {
      events.push(row);
      continue;
    }
    const known = byIdentity.get(row.identity) ?? [];
    const at = known.find((index) => isSamePhone(events[index]?.phone ?? null, row.phone));
    const event = at === undefined ? undefined : events[at];
    if (at !== undefined && event) events[at] = event.counts ? event : row;
    else byIdentity.set(row.identity, [...known, events.push(row) - 1]);
  }
  return events;
}

interface Unpaired {
  readonly expected: readonly GroupRow[];
  readonly found: readonly GroupRow[];
}

/** The rows that are left when as many as possible are paired. */
function pair(
  expected: readonly GroupRow[],
  found: readonly GroupRow[],
  within: number | undefined,
): Unpaired {
  if (expected.length === 0 || found.length === 0) return { expected, found };
  // Numbers that are written alike belong together before those that only may.
  const phones = new Set(expected.map(({ phone }) => phone));
  const left: { expected: GroupRow[]; found: GroupRow[] } = { expected: [], found: [] };
  for (const phone of phones) {
    const has = (row: GroupRow) => row.phone === phone;
    const unpaired = pairByTime(expected.filter(has), found.filter(has), within);
    left.expected.push(...unpaired.expected);
    left.found.push(...unpaired.found);
  }
  left.found.push(...found.filter(({ phone }) => !phones.has(phone)));
  return pairGreedily(left, within);
}

/** For tolerances, pairing the earliest rows first pairs as many as possible. */
function pairByTime(
  expected: readonly GroupRow[],
  found: readonly GroupRow[],
  within: number | undefined,
): Unpaired {
  if (within === undefined) {
    const pairs = Math.min(expected.length, found.length);
    return { expected: expected.slice(pairs), found: found.slice(pairs) };
  }
  const wanted = [...expected].sort(byTime);
  const offered = [...found].sort(byTime);
  const left: { expected: GroupRow[]; found: GroupRow[] } = { expected: [], found: [] };
  let at = 0;
  for (const row of wanted) {
    let other = offered[at];
    while (other && timeOf(other) < timeOf(row) - within) {
      left.found.push(other);
      at += 1;
      other = offered[at];
    }
    if (other && timeOf(other) <= timeOf(row) + within) at += 1;
    else left.expected.push(row);
  }
  left.found.push(...offered.slice(at));
  return left;
}

function pairGreedily({ expected, found }: Unpaired, within: number | undefined): Unpaired {
  const offered = [...found];
  const missing = expected.filter((row) => {
    const at = offered.findIndex((other) => isPair(row, other, within));
    if (at >= 0) offered.splice(at, 1);
    return at < 0;
  });
  return { expected: missing, found: offered };
}

function isPair(one: GroupRow, other: GroupRow, within: number | undefined): boolean {
  const isInTime = within === undefined || Math.abs(timeOf(one) - timeOf(other)) <= within;
  return isInTime && isSamePhone(one.phone, other.phone);
}

function byTime(one: GroupRow, other: GroupRow): number {
  return timeOf(one) - timeOf(other);
}

/** Rows without a time only fit each other. */
function timeOf({ time }: GroupRow): number {
  return time ?? -1e15;
}
