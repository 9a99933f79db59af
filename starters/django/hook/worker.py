"""Works through the stored calls, also those that were left when the process ended."""

import time
import traceback
from datetime import timedelta

from django.db import connections, transaction
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
            connections.close_all()
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
    with transaction.atomic():
        for index, found in enumerate(find_events(read_payload(bytes(call.body)))):
            try:
                with transaction.atomic():
                    handle_once(call.pk, index, found)
            except Exception:
                traceback.print_exc()
                is_handled = False
    seconds = min(2 ** min(call.attempts, 30), MAX_RETRY_SECONDS)
    next_attempt = None if is_handled else timezone.now() + timedelta(seconds=seconds)
    # Unless it was made due again meanwhile, which counts as an attempt.
    unchanged = Call.objects.filter(pk=call.pk, attempts=call.attempts)
    unchanged.update(due_at=next_attempt, attempts=F("attempts") + 1)
    return True


def handle_once(call_id, index, found):
    """An event that fails leaves nothing behind. The other events of its call are kept."""
    # A weak key does not identify an event, and its place in the call does.
    key = f"{call_id}.{index}" if found.weak else found.key
    if Event.objects.filter(pk=key).exists():
        return
    Event.objects.create(
        event_key=key,
        call_id=call_id,
        panel=found.panel,
        channel=found.channel,
        activity=found.activity,
        contact=found.contact,
        event=found.event,
    )
    handle_event(found)


@transaction.atomic
def reprocess(start, end):
    """Forgets the events of a time range, and makes its calls due again. Returns their number."""
    calls = Call.objects.filter(received_at__gte=start, received_at__lt=end)
    for pk in list(calls.values_list("pk", flat=True)):
        Event.objects.filter(call_id=pk).delete()
    # The worker waits until both databases have changed.
    return calls.update(due_at=F("received_at"), attempts=F("attempts") + 1)
