"""Your code. Netcore has its answer by the time this runs."""

# Your own tables, in data/events.db. They are created at the start.
TABLES = """
create table if not exists contact_activity (
    contact text not null,
    channel text not null,
    activity text not null,
    last_time text not null,
    primary key (contact, channel, activity)
);
"""


def handle_event(found, database):
    """Called once for each new event, in the transaction that stores the event's key.

    What you write to `database` (sqlite3) is kept together with the key, or not at all. An event
    whose call raises is tried again later. One event is handled after the other.
    """
    params = found.event.get("event_params")
    time = str(params.get("ts", "")) if isinstance(params, dict) else ""
    database.execute(
        """insert into contact_activity values (?, ?, ?, ?)
           on conflict do update set last_time = max(last_time, excluded.last_time)""",
        (found.contact, found.channel, found.activity, time),
    )
