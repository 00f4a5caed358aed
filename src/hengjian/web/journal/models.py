"""One event for each change, chained by SHA-256 within its stream (one stream for each object).

A stream is named ``app:pk`` (``project:12``, ``body:3``). ``Chain`` holds length and head of each stream, so that events cut
off at the end are missed, too; locking it makes the writers of one object wait for each other and nobody else. The
database itself refuses to change or delete an event (migration 0002).
"""

from django.conf import settings
from django.db import models


class Chain(models.Model):
    """Length and head of a stream."""

    stream = models.CharField(primary_key=True, max_length=64)
    length = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, default="", blank=True)


class EventQuerySet(models.QuerySet["Event"]):
    """Reads of the record."""

    def of(self, *streams: str) -> "EventQuerySet":
        """The events of some objects, newest first, with who did them."""
        return self.filter(stream__in=streams).select_related("by").order_by("-at", "-number")


class Event(models.Model):
    """One change. ``data`` is canonical JSON as text, so that its bytes are what was hashed."""

    stream = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=80, blank=True)
    what = models.CharField(max_length=40)
    data = models.TextField(default="{}")
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        """One number once in each stream."""

        constraints = [models.UniqueConstraint(fields=["stream", "number"], name="event_once")]
        indexes = [models.Index(fields=["at"], name="event_at")]

    def __str__(self) -> str:
        """Stream, number and what happened."""
        return f"{self.stream}#{self.number} {self.what}"
