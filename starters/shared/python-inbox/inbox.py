"""The durable record of calls: each is on the disk before it is answered, and worked through
afterwards. Calls have a database of their own, so that no answer waits for the work.
"""

import json
import os
import sqlite3
import sys
import threading
import time
import traceback
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

from handle_event import TABLES, handle_event
from payload import find_events, read_payload

POLL_SECONDS = 0.1
MAX_RETRY_SECONDS = 300

CALLS = """
create table if not exists calls (
    id integer primary key autoincrement,
    received_at text not null, -- UTC
    body blob not null, -- as received
    attempts integer not null default 0,
    due_at text -- of the next attempt; null when all its events are handled
);
create index if not exists calls_due on calls (due_at, id) where due_at is not null;
create index if not exists calls_received on calls (received_at);
"""

EVENTS = """
create table if not exists events (
    event_key text primary key, -- each event has one row, also when Netcore repeats it
    call_id integer not null,
    panel text not null,
    channel text not null,
    activity text not null,
    contact text not null,
    event text not null -- JSON
);
create index if not exists events_call on events (call_id);
"""

databases = threading.local()


def open_database(name, schema):
    """The connection of this thread."""
    if not hasattr(databases, name):
        folder = os.environ.get("DATA", "data")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        path = os.path.join(folder, f"{name}.db")
        database = sqlite3.connect(path, timeout=60, isolation_level=None)
        # Full: what is committed also survives a power failure.
        database.execute("pragma journal_mode = wal")
        database.execute("pragma synchronous = full")
        database.executescript(schema)
        setattr(databases, name, database)
    return getattr(databases, name)


def calls():
    return open_database("calls", CALLS)


def store_call(body):
    """Stores a call, and returns once it is on the disk."""
    now = utc_text(datetime.now(timezone.utc))
    insert = "insert into calls (received_at, body, due_at) values (?, ?, ?)"
    calls().execute(insert, (now, body, now))


def start_worker():
    """Works through the stored calls, also those that were left when the process ended."""
    sys.setswitchinterval(0.0005)  # calls do not wait for the worker's turn to end
    threading.Thread(target=work, daemon=True).start()


def work():
    select = """select id, body, attempts from calls where due_at <= ?
                order by due_at, id limit 1"""
    while True:
        try:
            now = utc_text(datetime.now(timezone.utc))
            call = calls().execute(select, (now,)).fetchone()
            if call is None:
                time.sleep(POLL_SECONDS)
            else:
                work_on(*call)
        except Exception:
            traceback.print_exc()
            time.sleep(POLL_SECONDS)


def work_on(call_id, body, attempts):
    is_handled = True
    with transaction() as database:
        for index, found in enumerate(find_events(read_payload(body))):
            try:
                handle_once(database, call_id, index, found)
            except Exception:
                traceback.print_exc()
                is_handled = False
    seconds = min(2 ** min(attempts, 30), MAX_RETRY_SECONDS)
    next_attempt = datetime.now(timezone.utc) + timedelta(seconds=seconds)
    # Unless it was made due again meanwhile, which counts as an attempt.
    calls().execute(
        "update calls set due_at = ?, attempts = attempts + 1 where id = ? and attempts = ?",
        (None if is_handled else utc_text(next_attempt), call_id, attempts),
    )


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


def reprocess(start, end):
    """Forgets the events of a time range, and makes its calls due again. Returns their number."""
    in_range = "where received_at >= ? and received_at < ?"
    times = (utc_text(start), utc_text(end))
    # The worker waits until both databases have changed.
    with transaction() as database:
        ids = calls().execute(f"select id from calls {in_range}", times).fetchall()
        database.executemany("delete from events where call_id = ?", ids)
        update = "update calls set due_at = received_at, attempts = attempts + 1"
        return calls().execute(f"{update} {in_range}", times).rowcount


@contextmanager
def transaction():
    """Immediate: of several processes, one at a time works."""
    database = open_database("events", EVENTS + TABLES)
    database.execute("begin immediate")
    try:
        yield database
    except BaseException:
        database.execute("rollback")
        raise
    database.execute("commit")


def utc_text(moment):
    return moment.astimezone(timezone.utc).isoformat(timespec="microseconds")
