import { maxSeq } from '../call/capture-id.js';
import { type EventFilter, matchesKind } from '../payload/event-filter.js';
import { type Database, readNumber, rollBack, type Statement, transaction } from './database.js';

/** By time of recording. */
export type Order = 'newest first' | 'oldest first';

/** A range of sequence numbers, both ends included. */
export interface SeqRange {
  readonly first: number;
  readonly last: number;
}

/** With more kinds of event than this, looking at every capture is quicker than the index. */
const maxKinds = 1000;
/** Sequence numbers that are read at a time for each kind. */
const readAhead = 64;

/**
 * The captures that may contain events of the filter's channels and activities: those that the index
 * finds, and those that are not or only partly indexed. Undefined: there are too many kinds of event.
 */
export function seqsOfKinds(
  database: Database,
  filter: EventFilter,
  range: SeqRange,
  order: Order,
): Generator<number> | undefined {
  const kinds = listKinds(database);
  if (kinds === undefined) return undefined;
  const byKind = database.prepare(
    `select distinct capture from events where channel = ? and activity = ? and ${next('capture', order)}`,
  );
  const unread = database.prepare(
    `select place from captures where events is null
       and not exists (select 1 from late_content where capture = place) and ${next('place', order)}`,
  );
  const partly = database.prepare(
    `select capture from partly_indexed where ${next('capture', order)}`,
  );
  const indexed = kinds
    .filter(([channel, activity]) => matchesKind({ channel, activity, event: activity }, filter))
    .map((kind): Page => [byKind, kind]);
  return mergePages([...indexed, [unread, []], [partly, []]], range, order);
}

/** All captures, found by the index of statuses: pages of the captures themselves may be damaged. */
export function seqsByStatus(database: Database, range: SeqRange, order: Order): Generator<number> {
  const page = database.prepare(
    `select place from captures where status = ? and ${next('place', order)}`,
  );
  return mergePages(
    listStatuses(database).map((status): Page => [page, [status]]),
    range,
    order,
  );
}

/** The statuses of all captures. Takes a step in the index for each. */
export function listStatuses(database: Database): number[] {
  const nextStatus = database.prepare(
    'select status from captures where status > ? order by status limit 1',
  );
  const statuses: number[] = [];
  for (let last = -1; ; ) {
    const status = nextStatus.first([last])?.[0];
    if (typeof status !== 'number') return statuses;
    statuses.push(status);
    last = status;
  }
}

/** SQL for a page of sequence numbers. Its values are the range's ends and the number of rows. */
export function next(column: string, order: Order): string {
  const direction = order === 'newest first' ? 'desc' : 'asc';
  return `${column} between ? and ? order by ${column} ${direction} limit ?`;
}

/** The rest of a range after `seq`, in this order. */
export function behind(seq: number, range: SeqRange, order: Order): SeqRange {
  return order === 'newest first'
    ? { first: range.first, last: seq - 1 }
    : { first: seq + 1, last: range.last };
}

/** The part of a range up to and including `seq`, in this order. */
export function upTo(seq: number, range: SeqRange, order: Order): SeqRange {
  return order === 'newest first'
    ? { first: seq, last: range.last }
    : { first: range.first, last: seq };
}

export type Kind = readonly [channel: string, activity: string];

/** All pairs of channel and activity. Takes a step or two in the index for each. */
export function listKinds(database: Database): Kind[] | undefined {
  const pair = 'select channel, activity from events where';
  const inOrder = 'order by channel, activity limit 1';
  // SQLite would use the index for the channel only if the two were compared as a pair.
  const sameChannel = database.prepare(`${pair} channel = ? and activity > ? ${inOrder}`);
  const nextChannel = database.prepare(`${pair} channel > ? ${inOrder}`);
  const kinds: Kind[] = [];
  let row = database.prepare(`${pair} true ${inOrder}`).first([]);
  while (row) {
    if (kinds.length === maxKinds) return undefined;
    const [channel, activity]: Kind = [String(row[0]), String(row[1])];
    kinds.push([channel, activity]);
    row = sameChannel.first([channel, activity]) ?? nextChannel.first([channel]);
  }
  return kinds;
}

/** A statement that selects a page of sequence numbers: its values before those of `next`. */
type Page = readonly [statement: Statement, values: readonly string[] | readonly number[]];

/** The sequence numbers that the pages select, in order and without duplicates. */
export function* mergePages(
  pages: readonly Page[],
  range: SeqRange,
  order: Order,
): Generator<number> {
  const cursors = pages.map((page) => createCursor(page, range, order));
  const choose = order === 'newest first' ? Math.max : Math.min;
  for (;;) {
    let chosen: number | undefined;
    for (const { seq } of cursors) {
      if (seq !== undefined) chosen = chosen === undefined ? seq : choose(chosen, seq);
    }
    if (chosen === undefined) return;
    yield chosen;
    for (const cursor of cursors) if (cursor.seq === chosen) cursor.advance();
  }
}

function createCursor([statement, values]: Page, range: SeqRange, order: Order) {
  let left = range;
  let page: number[] = [];
  let index = 0;
  const read = () => {
    page = statement.all([...values, left.first, left.last, readAhead]).map(([seq]) => Number(seq));
    index = 0;
  };
  read();
  return {
    /** Undefined at the end. */
    get seq() {
      return page[index];
    },
    advance() {
      const seq = page[index];
      index += 1;
      if (seq === undefined || index < page.length) return;
      left = behind(seq, left, order);
      read();
    },
  };
}

/** The sequence number of the newest capture; 0: there is none. */
export function newestSeq(database: Database): number {
  return readNumber(database, 'select max(place) from captures');
}

/** Skipping fewer captures than this one by one is as quick as counting them. */
const fewSkipped = 256;

/**
 * The sequence number of the capture that has `newer` captures after it; undefined: there is none. Uses the index
 * of statuses, because the captures themselves have the bodies between them.
 */
export function seqBefore(database: Database, newer: number): number | undefined {
  const statuses = listStatuses(database);
  const [only] = statuses;
  if (only !== undefined && statuses.length === 1) {
    const row = database
      .prepare('select place from captures where status = ? order by place desc limit 1 offset ?')
      .first([only, newer]);
    return row && Number(row[0]);
  }
  const count = callCounter(database);
  let range: SeqRange = { first: oldestSeq(database) ?? 0, last: newestSeq(database) };
  let skipped = newer;
  // Each half is counted once, so all of this counts each capture about twice.
  while (skipped > fewSkipped && range.first < range.last) {
    const middle = Math.ceil((range.first + range.last) / 2);
    const upper = { first: middle, last: range.last };
    const captures = count(upper);
    if (captures > skipped) range = upper;
    else {
      skipped -= captures;
      range = { first: range.first, last: middle - 1 };
    }
  }
  for (const seq of seqsByStatus(database, range, 'newest first')) {
    if (skipped === 0) return seq;
    skipped -= 1;
  }
  return undefined;
}

/** The sequence number of the oldest capture; undefined: there is none. */
export function oldestSeq(database: Database): number | undefined {
  const seq = database.prepare('select min(place) from captures').first([])?.[0];
  return typeof seq === 'number' ? seq : undefined;
}

/** Counts captures in the index of statuses, which is small because it contains no bodies. */
export function callCounter(database: Database): (range: SeqRange) => number {
  const statuses = listStatuses(database);
  const ofStatus = database.prepare(
    'select count(*) from captures where status = ? and place between ? and ?',
  );
  return ({ first, last }) =>
    statuses.reduce((sum, status) => sum + Number(ofStatus.first([status, first, last])?.[0]), 0);
}

interface CaptureCount {
  readonly captures: number;
  /** The sequence number of the newest capture. */
  readonly newest: number;
}

/**
 * Counts all captures in a time that does not depend on their number: a table has the count up to a
 * sequence number, and only the newer ones are counted.
 */
export function countCaptures(database: Database): CaptureCount {
  const [upTo = 0, captures = 0] = savedCount(database);
  const since = callCounter(database)({ first: upTo + 1, last: maxSeq });
  return { captures: captures + since, newest: newestSeq(database) };
}

/** Stores a count that was taken in the same transaction. */
export function saveCount(database: Database, { captures, newest }: CaptureCount): void {
  database.prepare('update capture_counts set up_to = ?, captures = ?').run([newest, captures]);
}

/** SQL that counts a capture which was inserted among older ones. */
export const countInserted = 'update capture_counts set captures = captures + 1 where up_to >= ?';

/**
 * Corrects a wrong count: imports by an older version do not update it, and a store may have been
 * edited by hand. Takes as long as counting all captures.
 */
export function verifyCount(database: Database): void {
  if (isCorrect(database)) return;
  transaction(database, () => {
    const captures = countAll(database);
    database.execute('delete from capture_counts');
    database
      .prepare('insert into capture_counts (up_to, captures) values (?, ?)')
      .run([newestSeq(database), captures]);
  });
}

/** Counts in one transaction, because other processes write at the same time. */
function isCorrect(database: Database): boolean {
  database.execute('begin');
  try {
    return (
      savedCount(database).length > 0 && countCaptures(database).captures === countAll(database)
    );
  } finally {
    rollBack(database);
  }
}

function savedCount(database: Database): number[] {
  const row = database.prepare('select up_to, captures from capture_counts').first([]);
  return row?.map(Number) ?? [];
}

/** Counts the captures themselves. Takes longer the more there are. */
export function countAll(database: Database): number {
  return readNumber(database, 'select count(*) from captures');
}

/** A number of captures and their approximate size. */
export interface Amount {
  readonly captures: number;
  readonly bytes: number;
}

/** SQL for the approximate size of a capture, without its delivery and attempts. */
export const captureBytes =
  'length(body) + length(headers) + length(target) + ifnull(length(events), 0)';

/** SQL that lists a capture as one without a payload. */
export const listWithoutPayload = `insert or ignore into without_payload (capture, bytes)
  select place, ${captureBytes} from captures where place = ?`;

/** All captures without a payload. Triggers keep the sum, so nothing is counted. */
export function amountWithoutPayload(database: Database): Amount {
  return amountOf(database.prepare('select captures, bytes from without_payload_total').first([]));
}

/** The captures without a payload up to a sequence number. */
export function amountUpTo(database: Database, seq: number): Amount {
  const sum = database.prepare(
    'select count(*), ifnull(sum(bytes), 0) from without_payload where capture <= ?',
  );
  return amountOf(sum.first([seq]));
}

function amountOf(row: readonly unknown[] | undefined): Amount {
  const [captures = 0, bytes = 0] = row?.map(Number) ?? [];
  return { captures, bytes };
}
