import type { Database } from './database.js';

/**
 * Fills the index of events from what is known of the events of captures, inside SQLite: binding
 * each event's values again would cost more than recording the call. Takes the first and the last
 * place; none of the captures may be in the index already.
 */
export const indexEvents = `
  insert into events (channel, activity, capture, position)
  select value ->> 0, coalesce(value ->> 1, ''), place, key
  from captures, json_each(captures.events) where place between ? and ?`;

/**
 * Takes captures out of the index again, by their places. One by one: for all at a time SQLite would
 * look through every event of the same activity, in the whole store.
 */
export function forgetEvents(database: Database, places: readonly number[]): void {
  const indexed = database.prepare(
    `select value ->> 0, coalesce(value ->> 1, ''), place, key
     from captures, json_each(captures.events) where place = ?`,
  );
  const remove = database.prepare(
    'delete from events where channel = ? and activity = ? and capture = ? and position = ?',
  );
  for (const place of places) for (const row of indexed.all([place])) remove.run(row);
}
