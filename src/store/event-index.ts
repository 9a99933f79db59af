import { errorCode } from '../problems/translate.js';
import type { Database, SqlValue } from './database.js';

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
