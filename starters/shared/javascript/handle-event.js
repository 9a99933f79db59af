// Your code. Netcore has its answer by the time this runs.

/** Your own tables, in data/events.db. They are created at the start. */
export const tables = `
  create table if not exists contact_activity (
    contact text not null,
    channel text not null,
    activity text not null,
    last_time text not null,
    primary key (contact, channel, activity)
  )`;

/**
 * Called once for each new event, in the transaction that stores the event's key: what you write to
 * `database` (SQLite, through libsql) is kept together with the key, or not at all. An event whose
 * call throws is tried again later. May be async: one event is handled after the other.
 */
export function handleEvent({ channel, activity, contact, event }, database) {
  database
    .prepare(
      `insert into contact_activity values (?, ?, ?, ?)
       on conflict do update set last_time = max(last_time, excluded.last_time)`,
    )
    .run(contact, channel, activity, String(event.event_params?.ts ?? ''));
}
