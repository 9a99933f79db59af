from django.db import models
from django.utils import timezone


class Call(models.Model):
    """A call: on the disk before it is answered, and worked through afterwards."""

    received_at = models.DateTimeField(default=timezone.now, db_index=True)
    body = models.BinaryField()  # as received
    attempts = models.IntegerField(default=0)
    # Of the next attempt; null when all its events are handled.
    due_at = models.DateTimeField(default=timezone.now, null=True, db_index=True)


class Event(models.Model):
    """Each event has one row, also when Netcore repeats it."""

    event_key = models.CharField(primary_key=True, max_length=64)
    call_id = models.BigIntegerField(db_index=True)
    panel = models.TextField()
    channel = models.TextField()
    activity = models.TextField()
    contact = models.TextField()
    event = models.JSONField()


class ContactActivity(models.Model):
    """Your own table, of handle_event.py. Run makemigrations after a change."""

    contact = models.TextField()
    channel = models.TextField()
    activity = models.TextField()
    last_time = models.TextField()

    class Meta:
        unique_together = [("contact", "channel", "activity")]
