/**
 * Fills the index of events from what is known of the events of captures, inside SQLite: binding
 * each event's values again would cost more than recording the call. Takes the first and the last
 * place; none of the captures may be in the index already.
 */
export const indexEvents = `
  insert into events (channel, activity, capture, position)
  select value ->> 0, coalesce(value ->> 1, ''), place, key
  from captures, json_each(captures.events) where place between ? and ?`;

/** Takes captures out of the index again, by the same columns. Takes the first and the last place. */
export const forgetEvents = `
  delete from events where (channel, activity, capture, position) in (
    select value ->> 0, coalesce(value ->> 1, ''), place, key
    from captures, json_each(captures.events) where place between ? and ?)`;
