import type { ContentReading } from '../call/content.js';
import type { KindCount } from '../payload/event-digest.js';
import type { EventSummary } from '../payload/payload.js';
import { errorCode } from '../problems/translate.js';
import { readJson } from './capture-row.js';
import { type Database, type SqlValue, storableText } from './database.js';

/** How an event's summary is written into a capture's row: its values in the order of `readEvents`. */
export function writeEvents(events: readonly EventSummary[]): string {
  const rows = events.map(({ channel, activity, panel, event, msgid, who, name, time }) => [
    channel,
    activity,
    panel,
    event,
    msgid,
    who,
    name,
    time,
  ]);
  const text = JSON.stringify(rows);
  // Rare, so that the usual events are written once.
  if (!/\\u(?:0000|d[89a-f])/.test(text)) return text;
  return JSON.stringify(rows.map((row) => row.map(storableText)));
}

export function readEvents(text: string): EventSummary[] {
  const rows = readJson(text, 'events') as [string, ...(string | null)[]][];
  return rows.map(([channel, activity, panel, event, msgid, who, name, time]) => ({
    channel,
    activity: activity ?? null,
    panel: panel ?? '',
    event: event ?? null,
    msgid: msgid ?? null,
    who: who ?? null,
    name: name ?? null,
    time: time ?? null,
  }));
}

/**
 * SQL for what is known of a capture's events, of captures joined with `lateJoin`: a JSON list as
 * `event-columns.ts` writes it, null for a capture whose body was not read yet.
 */
export const knownEvents = 'coalesce(captures.events, late.events)';
export const lateJoin = 'left join late_content as late on late.capture = captures.place';

/** Fills the index of events, within the transaction of the caller. */
export interface EventIndex {
  /** From the column `events` of the captures between two places. */
  fill(first: number, last: number): void;
  /**
   * Some events of one capture, as `event-columns.ts` writes them; `position` is that of the first.
   * False: they are something that SQLite does not take.
   */
  add(place: number, position: number, events: string): boolean;
}

/** Filled inside SQLite: binding each event's values again would cost more than recording the call. */
export function prepareEventIndex(database: Database): EventIndex {
  const insert = 'insert or ignore into events (channel, activity, capture, position)';
  const fill = database.prepare(
    `${insert} select value ->> 0, coalesce(value ->> 1, ''), place, key
     from captures, json_each(captures.events) where place between ? and ?`,
  );
  const add = database.prepare(
    `${insert} select value ->> 0, coalesce(value ->> 1, ''), ?1, key + ?2 from json_each(?3)`,
  );
  const places = database.prepare('select place from captures where place between ? and ?');
  const forget = database.prepare('update captures set events = null where place = ?');

  return {
    fill(first, last) {
      if (takes(() => fill.run([first, last]))) return;
      for (const [place = 0] of places.all([first, last])) {
        // It is recorded without them, and read when it is looked at.
        if (!takes(() => fill.run([place, place]))) forget.run([place]);
      }
    },
    add: (place, position, events) => takes(() => add.run([place, position, events])),
  };
}

/** Whether SQLite takes what it is given; a failure of the file or the transaction is thrown. */
function takes(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    const code = errorCode(error) ?? '';
    if (/^SQLITE_(?:ERROR|TOOBIG|MISMATCH|CONSTRAINT)/.test(code)) return false;
    throw error;
  }
}

/**
 * Takes captures out of the index again, by their places. One by one: for all at a time SQLite would
 * look through every event of the same activity, in the whole store.
 */
export function forgetEvents(database: Database, places: readonly SqlValue[]): void {
  const indexed = database.prepare(
    `select value ->> 0, coalesce(value ->> 1, ''), place, key
     from captures ${lateJoin}, json_each(${knownEvents}) where place = ?`,
  );
  const remove = database.prepare(
    'delete from events where channel = ? and activity = ? and capture = ? and position = ?',
  );
  for (const place of places) for (const row of indexed.all([place])) remove.run(row);
}

/** What a store keeps of a reading beside the call itself. */
export interface KnownContent {
  /** Why there is no payload. */
  readonly problem: string | null;
  readonly events: readonly EventSummary[];
  readonly partly: PartOfEvents | undefined;
}

/** `events` are not all there are, or not whole. */
interface PartOfEvents {
  readonly eventCount: number;
  /** As JSON; null: they are too many. */
  readonly kinds: string | null;
}

export function knownContent(reading: ContentReading): KnownContent {
  if (reading.kind === 'problem') {
    return { problem: storableText(reading.message), events: [], partly: undefined };
  }
  const { events, complete, eventCount, kinds } = reading;
  const partly = { eventCount, kinds: kinds ? storableText(JSON.stringify(kinds)) : null };
  return { problem: null, events, partly: complete ? undefined : partly };
}

/** Notes for captures how much of them is indexed. */
export interface PartNotes {
  /** `undefined`: all of it. */
  note(place: number, partly: PartOfEvents | undefined): void;
  /** Nothing of it is indexed, and nobody is to try again. */
  setAside(place: number): void;
}

export function preparePartNotes(database: Database): PartNotes {
  const write = database.prepare(
    'insert or replace into partly_indexed (capture, events, kinds) values (?, ?, ?)',
  );
  const remove = database.prepare('delete from partly_indexed where capture = ?');
  return {
    note(place, partly) {
      if (partly) write.run([place, partly.eventCount, partly.kinds]);
      else remove.run([place]);
    },
    setAside: (place) => write.run([place, null, null]),
  };
}

/** The column `kinds` of `partly_indexed`; undefined: they are too many to be known. */
export function readKinds(column: unknown): readonly KindCount[] | undefined {
  return typeof column === 'string' ? (JSON.parse(column) as KindCount[]) : undefined;
}
