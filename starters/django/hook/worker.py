"""Works through the stored calls, also those that were left when the process ended."""

import time
import traceback
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from hook.handle_event import handle_event
from hook.models import Call, Event
from payload import find_events, read_payload

POLL_SECONDS = 0.1
MAX_RETRY_SECONDS = 300


def work():
    while True:
        try:
            worked = work_on_next_call()
        except Exception:
            traceback.print_exc()
            connection.close()
            worked = False
        if not worked:
            time.sleep(POLL_SECONDS)


def work_on_next_call():
    """Whether there was one."""
    due = Call.objects.filter(due_at__lte=timezone.now())
    call = due.order_by("due_at", "id").first()
    if call is None:
        return False
    is_handled = True
    for index, found in enumerate(find_events(read_payload(bytes(call.body)))):
        try:
            # One for each event: with SQLite, an answer waits for a transaction.
            with transaction.atomic():
                handle_once(call, index, found)
        except Exception:
            traceback.print_exc()
            is_handled = False
    seconds = min(2 ** min(call.attempts, 30), MAX_RETRY_SECONDS)
    next_attempt = None if is_handled else timezone.now() + timedelta(seconds=seconds)
    # Unless it was made due again meanwhile, which counts as an attempt.
    unchanged = Call.objects.filter(pk=call.pk, attempts=call.attempts)
    unchanged.update(due_at=next_attempt, attempts=F("attempts") + 1)
    return True


def handle_once(call, index, found):
    """An event that fails leaves nothing behind. The other events of its call are kept."""
    # A weak key does not identify an event, and its place in the call does.
    key = f"{call.pk}.{index}" if found.weak else found.key
    _, is_new = Event.objects.get_or_create(
        event_key=key,
        defaults={
            "call": call,
            "panel": found.panel,
            "channel": found.channel,
            "activity": found.activity,
            "contact": found.contact,
            "event": found.event,
        },
    )
    if is_new:
        handle_event(found)


@transaction.atomic
def reprocess(start, end):
    """Makes the calls of a time range due again, and forgets their events. Returns how many."""
    calls = Call.objects.filter(received_at__gte=start, received_at__lt=end)
    count = calls.update(due_at=F("received_at"), attempts=F("attempts") + 1)
    Event.objects.filter(call__in=calls).delete()
    return count
