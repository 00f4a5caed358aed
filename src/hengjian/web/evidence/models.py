"""Documents dropped for import, and files that prove a value."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

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


# A document in one of these is taken care of: the same content need not be dropped again.
IN_HAND = (IntakeState.WAITING, IntakeState.READING, IntakeState.READ)
STATE_COLOURS = {
    IntakeState.WAITING: "secondary",
    IntakeState.READING: "azure",
    IntakeState.READ: "orange",
    IntakeState.FAILED: "red",
    IntakeState.CONFIRMED: "green",
    IntakeState.DROPPED: "secondary",
}


class IntakeQuerySet(models.QuerySet["Intake"]):
    """Reads of dropped documents."""

    def listed(self) -> "IntakeQuerySet":
        """Without what was read, which may be long, with what a list shows."""
        return self.defer("result").select_related("body", "by").prefetch_related("forms__sheet__project")

    def lost(self, now: datetime) -> "IntakeQuerySet":
        """Documents that someone should be busy with and nobody is: the worker died, or was never told."""
        return self.filter(state__in=(IntakeState.WAITING, IntakeState.READING), until__lt=now)

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
    kind = models.CharField(max_length=20, blank=True)  # format by content
    state = models.CharField("状态", max_length=12, choices=IntakeState, default=IntakeState.WAITING)
    hidden = models.BooleanField(default=False)  # a person asked to read hidden sheets, too
    tries = models.PositiveSmallIntegerField(default=0)
    until = models.DateTimeField(null=True, blank=True)  # until then the present worker (or queue) is trusted with it
    result = models.JSONField(null=True, blank=True)
    message = models.TextField(blank=True)
    sheet = models.ForeignKey(Sheet, null=True, blank=True, on_delete=models.SET_NULL, related_name="intakes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = IntakeQuerySet.as_manager()

    class Meta:
        """Newest first; a unit has the same content in hand once."""

        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["state", "until"], name="intake_lost")]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "sha256"], condition=Q(state__in=["waiting", "reading", "read"]), name="intake_once"
            )
        ]

    def __str__(self) -> str:
        """Its file name."""
        return self.name

    @property
    def stream(self) -> str:
        """Its stream in the journal."""
        return f"intake:{self.pk}"

    @property
    def path(self) -> str:
        """Where it stands in the organisation tree."""
        return self.body.path

    @property
    def under_way(self) -> bool:
        """Whether it waits to be read or is being read."""
        return self.state in (IntakeState.WAITING, IntakeState.READING)

    @property
    def colour(self) -> str:
        """The colour of its state."""
        return STATE_COLOURS[IntakeState(self.state)]

    @property
    def problems(self) -> list[dict[str, Any]]:
        """What could not be read of it."""
        return list((self.result or {}).get("problems", ()))

    @property
    def hides(self) -> bool:
        """Whether it has hidden sheets that were not read."""
        return not self.hidden and any(problem["code"] == "P08" for problem in self.problems)

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("evidence:intake", args=[self.pk])


class FormState(models.TextChoices):
    """What a person made of one form of a document."""

    OPEN = "open", "待确认"
    TAKEN = "taken", "已入库"
    LEFT = "left", "不导入"


class IntakeForm(models.Model):
    """One form of a dropped document, with what the person has mended so far.

    ``mends`` holds the mended texts by address (``row.field`` as ``confirming`` names them), ``sure`` the uncertain cells
    that were confirmed as read, ``cut`` the rows that shall not be taken.
    """

    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="forms")
    number = models.PositiveSmallIntegerField()  # from 0, as in the result
    title = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=24)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    state = models.CharField("状态", max_length=8, choices=FormState, default=FormState.OPEN)
    mends = models.JSONField(default=dict, blank=True)
    sure = models.JSONField(default=list, blank=True)
    cut = models.JSONField(default=list, blank=True)
    revision = models.PositiveIntegerField(default=0)  # counts the times mends were saved
    page = models.CharField(max_length=12, blank=True)  # the opened page that saved last
    sheet = models.ForeignKey(Sheet, null=True, blank=True, on_delete=models.SET_NULL, related_name="taken_from")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        """Once each, in the order of the document."""

        constraints = [models.UniqueConstraint(fields=["intake", "number"], name="intake_form_once")]
        ordering = ["intake", "number"]

    def __str__(self) -> str:
        """Its project."""
        return self.title or f"第{self.number + 1}张表"

    @property
    def is_open(self) -> bool:
        """Whether it waits for a person."""
        return self.state == FormState.OPEN

    @property
    def kind_label(self) -> str:
        """Its family in the words of the printed title."""
        return KINDS.get(self.kind, self.kind)

    def get_absolute_url(self) -> str:
        """The page where it is confirmed."""
        return reverse("evidence:form", args=[self.intake_id, self.number + 1])


KINDS = {
    "declaration": "绩效目标申报表",
    "disclosure": "项目文本公开",
    "self_evaluation": "绩效自评表",
    "monitoring": "绩效监控表",
    "department_overall": "部门整体绩效表",
    "responsibility": "职责—活动绩效表",
    "evaluation": "绩效评价评分表",
}


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Reads of files behind values."""

    def kept(self) -> "AttachmentQuerySet":
        """Without those that were removed."""
        return self.filter(removed_at=None)


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
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        """Oldest first."""

        ordering = ["at", "id"]
        indexes = [models.Index(fields=["sheet", "row"], name="attachment_row")]

    def __str__(self) -> str:
        """Its file name."""
        return self.name

    @property
    def path(self) -> str:
        """Where it stands in the organisation tree."""
        return self.sheet.path

    @property
    def filled_by(self) -> str:
        """Whose it is to change: the sheet's."""
        return self.sheet.filled_by
