"""Your code. Netcore has its answer by the time this runs."""

from hook.models import ContactActivity


def handle_event(found):
    """Called once for each new event, in the transaction that stores the event's key.

    What you write through Django's models is kept together with the key, or not at all. An event
    whose call raises is tried again later. One event is handled after the other.
    """
    params = found.event.get("event_params")
    time = str(params.get("ts", "")) if isinstance(params, dict) else ""
    row, is_new = ContactActivity.objects.get_or_create(
        contact=found.contact,
        channel=found.channel,
        activity=found.activity,
        defaults={"last_time": time},
    )
    if not is_new and time > row.last_time:
        row.last_time = time
        row.save()
