"""The table of calls: each is on the disk before it is answered, and worked through afterwards."""

import json
import os
import sqlite3
import threading
import time
import traceback
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

from handle_event import TABLES, handle_event
from payload import find_events, read_payload

POLL_SECONDS = 0.1
MAX_RETRY_SECONDS = 300

SCHEMA = """
create table if not exists calls (
    id integer primary key,
    received_at text not null, -- UTC
    body blob not null, -- as received
    attempts integer not null default 0,
    due_at text -- of the next attempt; null when all its events are handled
);
create index if not exists calls_due on calls (due_at, id) where due_at is not null;

create table if not exists events (
    event_key text primary key, -- each event has one row, also when Netcore repeats it
    call_id integer not null references calls,
    panel text not null,
    channel text not null,
    activity text not null,
    contact text not null,
    event text not null -- JSON
);
create index if not exists events_call on events (call_id);
"""

connections = threading.local()


def connect():
    """The connection of this thread."""
    if not hasattr(connections, "database"):
        path = os.environ.get("DATABASE", "netcore.db")
        database = sqlite3.connect(path, timeout=10, isolation_level=None)
        # Full: what is answered 200 also survives a power failure.
        database.execute("pragma journal_mode = wal")
        database.execute("pragma synchronous = full")
        database.executescript(SCHEMA + TABLES)
        connections.database = database
    return connections.database


def store_call(body):
    """Stores a call, and returns once it is on the disk."""
    now = utc_text()
    insert = "insert into calls (received_at, body, due_at) values (?, ?, ?)"
    connect().execute(insert, (now, body, now))


def start_worker():
    """Works through the stored calls, also those that were left when the process ended."""
    threading.Thread(target=work, daemon=True).start()


def work():
    while True:
        try:
            worked = work_on_next_call()
        except Exception:
            traceback.print_exc()
            worked = False
        if not worked:
            time.sleep(POLL_SECONDS)


def reprocess(start, end):
    """Makes the calls of a time range due again, and forgets their events. Returns how many."""
    in_range = "received_at >= ? and received_at < ?"
    times = (utc_text(start), utc_text(end))
    with transaction() as database:
        calls = f"select id from calls where {in_range}"
        database.execute(f"delete from events where call_id in ({calls})", times)
        update = f"update calls set due_at = received_at, attempts = 0 where {in_range}"
        return database.execute(update, times).rowcount


def work_on_next_call():
    """Whether there was one."""
    with transaction() as database:
        now = datetime.now(timezone.utc)
        call = database.execute(
            """select id, body, attempts from calls where due_at <= ?
               order by due_at, id limit 1""",
            (utc_text(now),),
        ).fetchone()
        if call is None:
            return False
        call_id, body, attempts = call
        is_handled = True
        for index, found in enumerate(find_events(read_payload(body))):
            try:
                handle_once(database, call_id, index, found)
            except Exception:
                traceback.print_exc()
                is_handled = False
        retry = timedelta(seconds=min(2 ** min(attempts + 1, 30), MAX_RETRY_SECONDS))
        due = None if is_handled else utc_text(now + retry)
        update = "update calls set due_at = ?, attempts = ? where id = ?"
        database.execute(update, (due, attempts + 1, call_id))
        return True


def handle_once(database, call_id, index, found):
    """An event that fails leaves nothing behind. The other events of its call are kept."""
    # A weak key does not identify an event, and its place in the call does.
    key = f"{call_id}.{index}" if found.weak else found.key
    database.execute("savepoint event")
    try:
        row = database.execute(
            "insert into events values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
            (key, call_id, *found[:4], json.dumps(found.event)),
        )
        if row.rowcount == 1:
            handle_event(found, database)
    except BaseException:
        database.execute("rollback to event")
        raise
    finally:
        database.execute("release event")


@contextmanager
def transaction():
    """Immediate: of several processes, one at a time works on a call."""
    database = connect()
    database.execute("begin immediate")
    try:
        yield database
    except BaseException:
        database.execute("rollback")
        raise
    database.execute("commit")


def utc_text(moment=None):
    moment = moment or datetime.now(timezone.utc)
    return moment.astimezone(timezone.utc).isoformat(timespec="microseconds")
