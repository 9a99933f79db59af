import type { ContentReading } from '../call/content.js';
import type { KindCount } from '../payload/event-digest.js';
import { keyTime as keyTimeOf } from '../payload/event-key.js';
import type { IdentifiedEvent } from '../payload/payload.js';
import { errorCode } from '../problems/translate.js';
import { readJson } from './capture-row.js';
import { type Database, type SqlValue, storableText } from './database.js';

/**
 * The column `events` of a capture: a JSON list with the values of each event. The ninth is the time of
 * its key: 0 when that follows from the eighth. The link of a click comes last, if there is one.
 */
export function writeEvents(events: readonly IdentifiedEvent[]): string {
  const rows = events.map(
    ({ channel, activity, panel, event, msgid, who, name, time, keyTime, link }) => {
      if (keyTime === undefined) return [channel, activity, panel, event, msgid, who, name, time];
      const keyed = isSameTime(keyTime, time) ? 0 : keyTime;
      return typeof link === 'string'
        ? [channel, activity, panel, event, msgid, who, name, time, keyed, link]
        : [channel, activity, panel, event, msgid, who, name, time, keyed];
    },
  );
  const text = JSON.stringify(rows);
  // Such characters are rare, so most events are serialised only once.
  if (!/\\u(?:0000|d[89a-f])/.test(text)) return text;
  // Only the body tells the key of a changed summary.
  return JSON.stringify(
    rows.map((row) =>
      row.slice(0, 8).map((value) => (typeof value === 'string' ? storableText(value) : value)),
    ),
  );
}

/** Whether the time of a key follows from that of a summary. Quick, since it is asked of every event. */
function isSameTime(keyTime: string | null, time: string | null): boolean {
  if (keyTime === null || time === null) return keyTime === time;
  if (time.length !== timePattern.length || keyTime.length !== 12) return false;
  let digit = 0;
  for (let at = 2; at < timePattern.length; at += 1) {
    const code = time.charCodeAt(at);
    const wanted = timePattern.charCodeAt(at);
    if (wanted !== zero) {
      if (code !== wanted) return false;
    } else {
      if (code !== keyTime.charCodeAt(digit) || code < zero || code > zero + 9) return false;
      digit += 1;
    }
  }
  return isDigit(time, 0) && isDigit(time, 1);
}

const timePattern = '0000-00-00T00:00:00';
const zero = 0x30;

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= zero && code <= zero + 9;
}

export function readEvents(text: string): IdentifiedEvent[] {
  const rows = readJson(text, 'events') as EventRow[];
  return rows.map(([channel, activity, panel, event, msgid, who, name, time, keyTime, link]) => ({
    channel,
    activity: activity ?? null,
    panel: panel ?? '',
    event: event ?? null,
    msgid: msgid ?? null,
    who: who ?? null,
    name: name ?? null,
    time: time ?? null,
    keyTime: keyTime === 0 ? keyTimeOf(null, time ?? null) : keyTime,
    link: keyTime === undefined ? undefined : (link ?? null),
  }));
}

/** Earlier versions wrote eight values. */
type EventRow = readonly [
  channel: string,
  activity: string | null,
  panel: string,
  event: string | null,
  msgid: string | null,
  who: string | null,
  name: string | null,
  time: string | null,
  keyTime: string | 0 | null | undefined,
  link: string | null | undefined,
];

/**
 * SQL for the known events of a capture, as `writeEvents` writes them; null: its body was not read yet.
 * Needs the captures joined with `lateJoin`.
 */
export const knownEvents = 'coalesce(captures.events, late.events)';
export const lateJoin = 'left join late_content as late on late.capture = captures.place';

/** Fills the index of events within the caller's transaction. */
interface EventIndex {
  /** Reads the column `events` of the captures from `first` to `last`. */
  fill(first: number, last: number): void;
  /**
   * Adds events of one capture, as `writeEvents` writes them. `position` is that of the first one.
   * False: SQLite rejects them.
   */
  add(seq: number, position: number, events: string): boolean;
}

/** SQLite itself reads the JSON: binding each event's values would cost more than recording the call. */
export function prepareEventIndex(database: Database): EventIndex {
  const insert = 'insert or ignore into events (channel, activity, capture, position)';
  const fill = database.prepare(
    `${insert} select value ->> 0, coalesce(value ->> 1, ''), place, key
     from captures, json_each(captures.events) where place between ? and ?`,
  );
  const add = database.prepare(
    `${insert} select value ->> 0, coalesce(value ->> 1, ''), ?1, key + ?2 from json_each(?3)`,
  );
  const seqs = database.prepare('select place from captures where place between ? and ?');
  const forget = database.prepare('update captures set events = null where place = ?');

  return {
    fill(first, last) {
      if (takes(() => fill.run([first, last]))) return;
      for (const [seq = 0] of seqs.all([first, last])) {
        // The capture stays without an index. Readers then read its body.
        if (!takes(() => fill.run([seq, seq]))) forget.run([seq]);
      }
    },
    add: (seq, position, events) => takes(() => add.run([seq, position, events])),
  };
}

/** False: SQLite rejects the values. Failures of the file or the transaction are thrown. */
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
 * Removes captures from the index, one by one: for all of them at once, SQLite would scan every event
 * of the same activities in the whole store.
 */
export function forgetEvents(database: Database, seqs: readonly SqlValue[]): void {
  const indexed = database.prepare(
    `select value ->> 0, coalesce(value ->> 1, ''), place, key
     from captures ${lateJoin}, json_each(${knownEvents}) where place = ?`,
  );
  const remove = database.prepare(
    'delete from events where channel = ? and activity = ? and capture = ? and position = ?',
  );
  for (const seq of seqs) for (const row of indexed.all([seq])) remove.run(row);
}

/** What a store keeps of a call's content in addition to the call itself. */
export interface KnownContent {
  /** Why the body is not a payload. */
  readonly problem: string | null;
  readonly events: readonly IdentifiedEvent[];
  readonly partly: PartOfEvents | undefined;
}

/** Describes a capture of which `events` has only some, or truncated ones. */
interface PartOfEvents {
  readonly eventCount: number;
  /** JSON; null: there are too many kinds. */
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

/** Records how much of a capture is indexed. */
interface PartNotes {
  /** `undefined`: all of its events. */
  note(seq: number, partly: PartOfEvents | undefined): void;
  /** None of its events, and no process tries again. */
  setAside(seq: number): void;
}

export function preparePartNotes(database: Database): PartNotes {
  const write = database.prepare(
    'insert or replace into partly_indexed (capture, events, kinds) values (?, ?, ?)',
  );
  const remove = database.prepare('delete from partly_indexed where capture = ?');
  return {
    note(seq, partly) {
      if (partly) write.run([seq, partly.eventCount, partly.kinds]);
      else remove.run([seq]);
    },
    setAside: (seq) => write.run([seq, null, null]),
  };
}

/** Reads the column `kinds` of `partly_indexed`; undefined: there are too many kinds. */
export function readKinds(column: unknown): readonly KindCount[] | undefined {
  return typeof column === 'string' ? (JSON.parse(column) as KindCount[]) : undefined;
}
