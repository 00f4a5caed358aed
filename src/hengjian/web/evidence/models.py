"""Documents dropped for import, and files that prove a value."""

from django.conf import settings
from django.db import models

from hengjian.web.people.models import Body, User, covered
from hengjian.web.projects.models import Project, Sheet, Stage


class IntakeState(models.TextChoices):
    """How far a dropped document is."""

    WAITING = "waiting", "排队中"
    READING = "reading", "读取中"
    READ = "read", "待确认"
    FAILED = "failed", "未能读取"
    CONFIRMED = "confirmed", "已入库"
    DROPPED = "dropped", "已放弃"


class IntakeQuerySet(models.QuerySet["Intake"]):
    """Reads of dropped documents."""

    def visible_to(self, user: User) -> "IntakeQuerySet":
        """Documents dropped at places that the user's posts cover."""
        return self.filter(covered(user, "body__path"))


class Intake(models.Model):
    """One dropped document: the file, what was read from it, and what a person made of it.

    ``result`` is the answer of ``desk`` (document JSON with places); nothing of it enters a project before a person confirms.
    """

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="intakes")
    project = models.ForeignKey(Project, null=True, blank=True, on_delete=models.SET_NULL, related_name="intakes")
    stage = models.CharField("阶段", max_length=20, choices=Stage, blank=True)
    name = models.CharField("文件名", max_length=200)
    file = models.CharField(max_length=200)  # below MEDIA_ROOT; named by its digest
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    state = models.CharField("状态", max_length=12, choices=IntakeState, default=IntakeState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(null=True, blank=True)
    message = models.TextField(blank=True)
    sheet = models.ForeignKey(Sheet, null=True, blank=True, on_delete=models.SET_NULL, related_name="intakes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = IntakeQuerySet.as_manager()

    class Meta:
        """Newest first."""

        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        """Its file name."""
        return self.name

    @property
    def stream(self) -> str:
        """Its stream in the journal."""
        return f"intake:{self.pk}"


class Attachment(models.Model):
    """A file behind a value of a sheet (several for each value)."""

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="attachments")
    row = models.CharField(max_length=12, blank=True)
    field = models.CharField(max_length=80, blank=True)
    name = models.CharField("文件名", max_length=200)
    file = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=60)  # by content, never by name
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Oldest first."""

        ordering = ["at", "id"]

    def __str__(self) -> str:
        """Its file name."""
        return self.name
