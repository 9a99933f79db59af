import { lastPlace } from '../call/capture-id.js';
import { type EventFilter, matchesKind } from '../payload/event-filter.js';
import { type Database, type Statement, transaction } from './database.js';

/** By time of recording. */
export type Order = 'newest first' | 'oldest first';

/** Both ends belong to it. */
export interface PlaceRange {
  readonly first: number;
  readonly last: number;
}

/** More kinds of event than this are no index any more: looking at every capture is quicker. */
const maxKinds = 1000;
/** How many places are read ahead of each kind. */
const readAhead = 64;

/**
 * The places of captures that may hold events of the channels and activities that a filter names,
 * found by the index, and of those that are not in it, or in part. Undefined when there are too many
 * kinds of event for it.
 */
export function placesOfKinds(
  database: Database,
  filter: EventFilter,
  range: PlaceRange,
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
  const cursors = kinds
    .filter(([channel, activity]) => matchesKind({ channel, activity, event: activity }, filter))
    .map((kind) => createCursor(byKind, kind, range, order));
  const others = [unread, partly].map((statement) => createCursor(statement, [], range, order));
  return merge([...cursors, ...others], order);
}

/** The places of all captures, by an index of its own: the captures themselves need not be read. */
export function placesByStatus(
  database: Database,
  range: PlaceRange,
  order: Order,
): Generator<number> {
  const page = database.prepare(
    `select place from captures where status = ? and ${next('place', order)}`,
  );
  const cursors = listStatuses(database).map((status) =>
    createCursor(page, [status], range, order),
  );
  return merge(cursors, order);
}

/** Every status that captures were answered with: a step in the index for each. */
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

/** The condition and order of a page of places; it takes the range and the number of rows. */
export function next(column: string, order: Order): string {
  const direction = order === 'newest first' ? 'desc' : 'asc';
  return `${column} between ? and ? order by ${column} ${direction} limit ?`;
}

/** What is left of a range behind a place. */
export function behind(place: number, range: PlaceRange, order: Order): PlaceRange {
  return order === 'newest first'
    ? { first: range.first, last: place - 1 }
    : { first: place + 1, last: range.last };
}

/** The part of a range up to a place, which belongs to it. */
export function upTo(place: number, range: PlaceRange, order: Order): PlaceRange {
  return order === 'newest first'
    ? { first: place, last: range.last }
    : { first: range.first, last: place };
}

export type Kind = readonly [channel: string, activity: string];

/** Every pair of channel and activity that there is: a step or two in the index for each. */
export function listKinds(database: Database): Kind[] | undefined {
  const pair = 'select channel, activity from events where';
  const inOrder = 'order by channel, activity limit 1';
  // Compared as a pair, the index would serve for the channel alone.
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

export interface Cursor {
  /** The place it stands at; undefined at its end. */
  readonly place: number | undefined;
  advance(): void;
}

export function createCursor(
  statement: Statement,
  values: readonly (string | number)[],
  range: PlaceRange,
  order: Order,
): Cursor {
  let left = range;
  let page: number[] = [];
  let at = 0;
  const read = () => {
    page = statement
      .all([...values, left.first, left.last, readAhead])
      .map(([place]) => Number(place));
    at = 0;
  };
  read();
  return {
    get place() {
      return page[at];
    },
    advance() {
      const place = page[at];
      at += 1;
      if (place === undefined || at < page.length) return;
      left = behind(place, left, order);
      read();
    },
  };
}

/** Every place once, although several cursors have it. */
export function* merge(cursors: readonly Cursor[], order: Order): Generator<number> {
  const choose = order === 'newest first' ? Math.max : Math.min;
  for (;;) {
    let chosen: number | undefined;
    for (const { place } of cursors) {
      if (place !== undefined) chosen = chosen === undefined ? place : choose(chosen, place);
    }
    if (chosen === undefined) return;
    yield chosen;
    for (const cursor of cursors) if (cursor.place === chosen) cursor.advance();
  }
}

/**
 * Counts captures by the index of statuses, which is small: they themselves lie among their bodies.
 */
export function callCounter(database: Database): (range: PlaceRange) => number {
  const statuses = listStatuses(database);
  const ofStatus = database.prepare(
    'select count(*) from captures where status = ? and place between ? and ?',
  );
  return ({ first, last }) =>
    statuses.reduce((sum, status) => sum + Number(ofStatus.first([status, first, last])?.[0]), 0);
}

/** How many captures a store holds, and the place of the newest. */
export interface CaptureCount {
  readonly captures: number;
  readonly newest: number;
}

/**
 * Counts the captures, which takes no longer when there are many: the table holds the number of those
 * up to a place, and few were recorded since.
 */
export function countCaptures(database: Database): CaptureCount {
  const [upTo = 0, captures = 0] = savedCount(database);
  const since = callCounter(database)({ first: upTo + 1, last: lastPlace });
  const newest = database.prepare('select max(place) from captures').first([])?.[0];
  return { captures: captures + since, newest: Number(newest ?? 0) };
}

/** Keeps a count that was taken in the same transaction. */
export function saveCount(database: Database, { captures, newest }: CaptureCount): void {
  database.prepare('update capture_counts set up_to = ?, captures = ?').run([newest, captures]);
}

/** Counts in a capture that was inserted among older ones. */
export const countInserted = 'update capture_counts set captures = captures + 1 where up_to >= ?';

/**
 * Corrects the count where it is not true: an import by an older version does not keep it, and a
 * store may have been put together by hand. Reads as much as counting all captures.
 */
export function verifyCount(database: Database): void {
  if (isTrue(database)) return;
  transaction(database, () => {
    const captures = countAll(database);
    const newest = database.prepare('select max(place) from captures').first([])?.[0];
    database.execute('delete from capture_counts');
    database
      .prepare('insert into capture_counts (up_to, captures) values (?, ?)')
      .run([Number(newest ?? 0), captures]);
  });
}

/** In one transaction, since others write meanwhile. */
function isTrue(database: Database): boolean {
  database.execute('begin');
  try {
    return (
      savedCount(database).length > 0 && countCaptures(database).captures === countAll(database)
    );
  } finally {
    database.execute('rollback');
  }
}

function savedCount(database: Database): number[] {
  const row = database.prepare('select up_to, captures from capture_counts').first([]);
  return row?.map(Number) ?? [];
}

function countAll(database: Database): number {
  return Number(database.prepare('select count(*) from captures').first([])?.[0]);
}

/** A number of captures, and about what they take. */
export interface Amount {
  readonly captures: number;
  readonly bytes: number;
}

/** About what a capture takes, without its delivery and attempts. */
export const captureBytes =
  'length(body) + length(headers) + length(target) + ifnull(length(events), 0)';

/** Lists the capture at a place as one without a payload. */
export const listWithoutPayload = `insert or ignore into without_payload (capture, bytes)
  select place, ${captureBytes} from captures where place = ?`;

/** The captures without a payload, known without counting them. */
export function amountWithoutPayload(database: Database): Amount {
  return amountOf(database.prepare('select captures, bytes from without_payload_total').first([]));
}

/** Those up to a place. */
export function amountUpTo(database: Database, place: number): Amount {
  const sum = database.prepare(
    'select count(*), ifnull(sum(bytes), 0) from without_payload where capture <= ?',
  );
  return amountOf(sum.first([place]));
}

function amountOf(row: readonly unknown[] | undefined): Amount {
  const [captures = 0, bytes = 0] = row?.map(Number) ?? [];
  return { captures, bytes };
}
