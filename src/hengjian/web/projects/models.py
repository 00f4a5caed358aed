"""Projects, the sheets of each stage, their rows, and the frozen versions.

The printed text is the truth: a row keeps what was typed, cell by cell, and ``content`` makes a form of it. Numbers that
lists show (scores, counts) are kept on the sheet when it is submitted.
"""

import json
import secrets
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from hengjian.web.grams import MOST, Gram, keys_with
from hengjian.web.people.models import Body, BodyGram, Role, User, covered


class Stage(models.TextChoices):
    """The stages of a project's year, in their order; each has a form of its own."""

    DECLARATION = "declaration", "绩效目标申报"
    MONITORING = "monitoring", "绩效监控"
    SELF_EVALUATION = "self_evaluation", "绩效自评"
    EVALUATION = "evaluation", "绩效评价"

    @property
    def scored(self) -> bool:
        """Whether its form earns points: a total and a grade."""
        return self in (Stage.SELF_EVALUATION, Stage.EVALUATION)


# Families of forms that stand for a stage besides its own.
FAMILIES = {
    Stage.DECLARATION: ("disclosure", "responsibility", "department_overall"),
    Stage.SELF_EVALUATION: ("department_overall",),
}


def stage_of(kind: str) -> Stage | None:
    """The stage that a family of forms belongs to; None where it may be one of several."""
    if kind in Stage.values:
        return Stage(kind)
    stages = [stage for stage, kinds in FAMILIES.items() if kind in kinds]
    return stages[0] if len(stages) == 1 else None


class State(models.TextChoices):
    """Where a sheet is on its way."""

    DRAFT = "draft", "填报中"
    RETURNED = "returned", "已退回"
    AT_UNIT = "at_unit", "单位审核"
    AT_DEPARTMENT = "at_department", "主管部门审核"
    AT_FINANCE = "at_finance", "财政审核"
    APPROVED = "approved", "已审定"


OPEN = (State.DRAFT, State.RETURNED)
REVIEWERS = (Role.DEPARTMENT, Role.FINANCE)  # they evaluate what the unit has done; the unit's clerk fills in all else
WAITS_FOR = {State.AT_UNIT: Role.UNIT, State.AT_DEPARTMENT: Role.DEPARTMENT, State.AT_FINANCE: Role.FINANCE}
STATE_COLOURS = {
    State.DRAFT: "secondary",
    State.RETURNED: "orange",
    State.AT_UNIT: "azure",
    State.AT_DEPARTMENT: "azure",
    State.AT_FINANCE: "azure",
    State.APPROVED: "green",
}


def new_key() -> str:
    """A key for a row: the same through all stages and versions of a project."""
    return secrets.token_hex(6)


class ProjectQuerySet(models.QuerySet["Project"]):
    """Reads of projects."""

    def visible_to(self, user: User) -> "ProjectQuerySet":
        """Projects at places that the user's posts cover."""
        return self.filter(covered(user, "path"))

    def matching(self, words: str) -> "ProjectQuerySet":
        """Projects whose name, code or unit has every word of a search. Asks the database what few projects have."""
        found, few = self, None
        for word in words.replace("\0", "").split()[:5]:
            anywhere = Q(name__icontains=word) | Q(code__istartswith=word) | Q(body__name__icontains=word)
            few = _few_with(word) if few is None else anywhere
            found = found.filter(anywhere if few is None else few)
        return found

    def before(self, pk: int | None) -> "ProjectQuerySet":
        """Projects after a place in the order "newest first"; all where no place is given."""
        return self if pk is None else self.filter(pk__lt=pk)


def _few_with(word: str) -> Q | None:
    """The condition that a project has a word, by keys, where few have it; None where many do."""
    named = keys_with(ProjectGram.objects.all(), "project", word)
    bodies = None if named is None else keys_with(BodyGram.objects.all(), "body", word)
    if named is None or bodies is None:
        return None
    if bodies:
        bodies = set(Body.objects.filter(pk__in=bodies, name__icontains=word).values_list("pk", flat=True))
    others = Q(body__in=bodies) | Q(code__istartswith=word) if word.isascii() else Q(body__in=bodies)
    keys = named | set(Project.objects.filter(others).values_list("pk", flat=True)[: MOST + 1])
    return None if len(keys) > MOST else Q(pk__in=keys) & (Q(name__icontains=word) | others)


class Project(models.Model):
    """A project of one unit in one year. ``path`` is its unit's, so that one index answers who may see it."""

    body = models.ForeignKey(Body, verbose_name="单位", on_delete=models.PROTECT, related_name="projects")
    path = models.CharField(max_length=200, editable=False)
    year = models.PositiveSmallIntegerField("年度")
    code = models.CharField("项目代码", max_length=60, blank=True)
    name = models.CharField("项目名称", max_length=200)
    overall = models.BooleanField("部门整体", default=False)
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        """A code is used once by a unit in a year."""

        constraints = [
            models.UniqueConstraint(fields=["body", "year", "code"], condition=~Q(code=""), name="project_code_once")
        ]
        indexes = [
            # The classes let PostgreSQL find what begins with a text, whatever its collation; SQLite leaves them out.
            models.Index(fields=["path", "year"], name="project_under", opclasses=["varchar_pattern_ops", "int2_ops"]),
            models.Index(fields=["year", "-id"], name="project_newest"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name

    @property
    def stream(self) -> str:
        """Its stream in the journal."""
        return f"project:{self.pk}"

    def get_absolute_url(self) -> str:
        """The project page."""
        return reverse("projects:project", args=[self.pk])


class ProjectGram(Gram):
    """A pair of characters in the name of a project."""

    pk = models.CompositePrimaryKey("gram", "project")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="grams")


class SheetQuerySet(models.QuerySet["Sheet"]):
    """Reads of sheets."""

    def visible_to(self, user: User) -> "SheetQuerySet":
        """Sheets at places that the user's posts cover."""
        return self.filter(covered(user, "path"))

    def waiting_for(self, user: User) -> "SheetQuerySet":
        """The user's queue: what waits for a role they hold there, without what they submitted themselves."""
        mine = Q(pk__in=[])
        for state, role in WAITS_FOR.items():
            mine |= Q(state=state) & covered(user, "path", role)
        return self.filter(mine).exclude(submitted_by=user)

    def to_fill(self, user: User) -> "SheetQuerySet":
        """What the user has to fill in."""
        mine = Q(covered(user, "path", Role.CLERK), filled_by=Role.CLERK)
        for role in REVIEWERS:
            # The stage lets the database find them among all that units have open.
            mine |= Q(covered(user, "path", role), filled_by=role, stage=Stage.EVALUATION)
        return self.filter(mine, state__in=OPEN)


class Sheet(models.Model):
    """The form of one stage of a project. ``revision`` counts saved changes; ``version`` the frozen versions."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="sheets")
    path = models.CharField(max_length=200, editable=False)
    year = models.PositiveSmallIntegerField()
    stage = models.CharField("阶段", max_length=20, choices=Stage)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    # The family of its form where it is not that of the stage (department_overall, disclosure …).
    kind = models.CharField("表的种类", max_length=24, blank=True)
    state = models.CharField("状态", max_length=16, choices=State, default=State.DRAFT)
    filled_by = models.CharField("由谁填报", max_length=12, choices=Role, default=Role.CLERK)
    scheme = models.CharField("计分方案", max_length=60, blank=True)
    revision = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)
    # What lists and the overview show; written when a version is frozen, never by a page that only reads.
    rows_count = models.PositiveSmallIntegerField(default=0)
    weight_total = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    score_total = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    grade = models.CharField(max_length=10, blank=True)
    budget = models.DecimalField("预算数（元）", max_digits=18, decimal_places=2, null=True, blank=True)
    executed = models.DecimalField("执行数（元）", max_digits=18, decimal_places=2, null=True, blank=True)
    completion = models.DecimalField("完成度", max_digits=6, decimal_places=4, null=True, blank=True)
    gap = models.DecimalField("执行与完成之差", max_digits=6, decimal_places=4, null=True, blank=True)
    errors = models.PositiveSmallIntegerField(default=0)
    warnings = models.PositiveSmallIntegerField(default=0)
    # {"classes": {"产出指标": ["45.00", "50.00"]}, "codes": {"F08": 2}}: points earned and possible, findings by code;
    # of a monitoring also {"outlook": {"确定能": 4}}, indicators by how likely they are reached
    facts = models.JSONField(default=dict, blank=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        """One sheet of each stage and round."""

        constraints = [models.UniqueConstraint(fields=["project", "stage", "round"], name="sheet_once")]
        indexes = [
            models.Index(
                fields=["path", "year", "stage", "state"],
                name="sheet_under",
                opclasses=["varchar_pattern_ops", "int2_ops", "varchar_ops", "varchar_ops"],
            ),
            models.Index(fields=["state", "stage", "-project"], name="sheet_state"),
            models.Index(fields=["state", "submitted_at", "id"], name="sheet_waiting"),
            models.Index(fields=["year", "stage", "id"], name="sheet_missing", condition=Q(version=0)),
            models.Index(fields=["year", "stage", "-gap", "id"], name="sheet_gap"),
        ]

    def __str__(self) -> str:
        """Project and stage."""
        return f"{self.project.name} {self.get_stage_display()}"

    @property
    def stream(self) -> str:
        """Its stream in the journal."""
        return f"sheet:{self.pk}"

    @property
    def family(self) -> str:
        """The family of its form, as the contract names it."""
        return self.kind or self.stage

    @property
    def scored(self) -> bool:
        """Whether its form earns points."""
        return Stage(self.stage).scored

    @property
    def whose(self) -> str:
        """Whose evaluation it is, "" for what the unit itself fills in."""
        return {Role.DEPARTMENT: "部门评价", Role.FINANCE: "财政评价"}.get(Role(self.filled_by), "")

    @property
    def is_open(self) -> bool:
        """Whether it may be filled in."""
        return self.state in OPEN

    @property
    def waits_for(self) -> str:
        """The role it waits for, "" where it waits for nobody."""
        return WAITS_FOR.get(State(self.state), "")

    @property
    def execution_rate(self) -> Decimal | None:
        """Spent over budget."""
        return self.executed / self.budget if self.budget and self.executed is not None else None

    @property
    def colour(self) -> str:
        """The colour of its state."""
        return STATE_COLOURS[State(self.state)]

    def changed_since(self, base: int, rows: "Iterable[Row]") -> list[dict[str, Any]]:
        """What was changed after a revision, with what stands there now (``rows``: all rows as they are now).

        A changed cell is ``{"row", "field", "now"}``. A row that was added or moved comes whole and with the row of its part
        it stands behind (``{"row", "field": "", "whole": {…, "after"}}``), one that was removed with ``whole`` None; whole
        rows come in the order in which they are put in their places.
        """
        seen = self.operations.filter(revision__gt=base).order_by("revision", "id").values_list("row", "field")
        touched = dict.fromkeys(seen)
        if not touched:
            return []
        now, after, last = {}, {}, dict[str, str]()
        for row in sorted(rows, key=lambda row: (row.position, row.pk or 0)):
            now[row.key] = row
            after[row.key] = last.get(row.part, "^")
            last[row.part] = row.key
        whole = {key for key, name in touched if not name or key not in now}
        told: list[dict[str, Any]] = [{"row": key, "field": "", "whole": None} for key in sorted(whole - now.keys())]
        for key, row in now.items():
            if key in whole:
                data = {"key": key, "part": row.part, "parent": row.parent, "cells": row.cells, "after": after[key]}
                told.append({"row": key, "field": "", "whole": data})
        cells = [(key, name) for key, name in touched if name and key in now]
        return told + [{"row": key, "field": name, "now": now[key].cells.get(name)} for key, name in cells]

    def get_absolute_url(self) -> str:
        """The page of the form."""
        return reverse("projects:sheet", args=[self.pk])


class Part(models.TextChoices):
    """What a row of a sheet is a row of."""

    HEAD = "head", "基本情况"
    FUNDS = "funds", "资金"
    SOURCES = "funding_sources", "资金来源"
    COSTS = "cost", "支出构成"
    PURCHASES = "procurement", "采购"
    SCHEDULE = "schedule", "实施计划"
    GOALS = "goals", "总体目标"
    INDICATORS = "indicators", "绩效指标"


class Row(models.Model):
    """One row of a sheet: the texts of its cells. A cell that is not there is not printed; "" is a blank cell.

    ``places`` tells where a cell was read from and whether the reader was unsure: ``{field: {"place": …, "uncertain": …}}``.
    """

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="rows")
    key = models.CharField(max_length=12, default=new_key)
    part = models.CharField(max_length=16, choices=Part)
    parent = models.CharField(max_length=12, blank=True)  # key of the row above it (cost breakdown)
    position = models.PositiveIntegerField()
    cells = models.JSONField(default=dict)
    places = models.JSONField(default=dict, blank=True)
    # Of indicators, for searching and counting:
    name = models.CharField(max_length=300, blank=True)
    level1 = models.CharField(max_length=40, blank=True)
    library = models.ForeignKey(
        "library.LibraryIndicator", null=True, blank=True, on_delete=models.SET_NULL, related_name="uses"
    )

    class Meta:
        """A key once in each sheet."""

        constraints = [models.UniqueConstraint(fields=["sheet", "key"], name="row_once")]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        """Part and name."""
        return f"{self.part} {self.name or self.key}"


class Operation(models.Model):
    """A change that was applied, by the identifier its browser gave it: sent twice, it counts once."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="operations")
    key = models.CharField(max_length=36)
    revision = models.PositiveIntegerField()
    row = models.CharField(max_length=12)
    field = models.CharField(max_length=80, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Once each; the revision finds what others changed since."""

        constraints = [models.UniqueConstraint(fields=["sheet", "key"], name="operation_once")]
        indexes = [models.Index(fields=["sheet", "revision"], name="operation_since")]

    def __str__(self) -> str:
        """Row and field."""
        return f"{self.row}.{self.field}"


class Version(models.Model):
    """A frozen form: canonical JSON, its SHA-256 chained to the version before. The database refuses to change it."""

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.TextField()  # canonical JSON: {"form": …, "rows": …, "assessment": …}
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """Numbered within the sheet."""

        constraints = [models.UniqueConstraint(fields=["sheet", "number"], name="version_once")]
        ordering = ["number"]

    def __str__(self) -> str:
        """Sheet and number."""
        return f"第{self.number}版"

    @property
    def data(self) -> dict[str, Any]:
        """The content as data. Numbers in it are texts, so nothing is lost."""
        found: dict[str, Any] = json.loads(self.content)
        return found


class Remark(models.Model):
    """A reviewer's remark on a cell, a row or the whole sheet. It stays until someone settles it."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="remarks")
    version = models.PositiveIntegerField()
    row = models.CharField(max_length=12, blank=True)
    field = models.CharField(max_length=80, blank=True)
    text = models.TextField("意见")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Oldest first."""

        ordering = ["at", "id"]

    def __str__(self) -> str:
        """The text."""
        return self.text


class Verdict(models.TextChoices):
    """What a reviewer says of a finding."""

    ACCEPTED = "accepted", "属实，须改"
    WAIVED = "waived", "不作处理"


class Defect(models.Model):
    """That the last version of a sheet has a finding of a code: finds the sheets of a code without reading all of them."""

    pk = models.CompositePrimaryKey("code", "sheet")
    code = models.CharField(max_length=8)
    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="defects")


class Decision(models.Model):
    """What a person decided about a finding. ``mark`` stands for the finding: code, row, field and what it says."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="decisions")
    version = models.PositiveIntegerField()
    mark = models.CharField(max_length=64)
    code = models.CharField(max_length=8)
    verdict = models.CharField(max_length=10, choices=Verdict)
    reason = models.TextField("理由", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """One verdict for each finding of a version; a waiver needs a reason."""

        constraints = [
            models.UniqueConstraint(fields=["sheet", "version", "mark"], name="decision_once"),
            models.CheckConstraint(condition=~Q(verdict="waived", reason=""), name="waiver_has_reason"),
        ]

    def __str__(self) -> str:
        """Code and verdict."""
        return f"{self.code} {self.get_verdict_display()}"


class Tally(models.Model):
    """What the overview shows of a body, a year and a stage: sums over all sheets below it, kept with every step of a sheet.

    ``counts`` maps names (``tallying.contribution``) to numbers as text. One row for each level of the tree, so that the
    overview of a nation reads as few rows as that of a unit.
    """

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="tallies")
    year = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=20, choices=Stage)
    counts = models.JSONField(default=dict)

    class Meta:
        """One for each."""

        constraints = [models.UniqueConstraint(fields=["body", "year", "stage"], name="tally_once")]

    def __str__(self) -> str:
        """Body, year and stage."""
        return f"{self.body_id} {self.year} {self.stage}"


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    """Reads of the calendar."""

    def visible_to(self, user: User) -> "DeadlineQuerySet":
        """Deadlines of bodies that a post of the user covers, or that stand above one."""
        above = {"/".join(top.split("/")[: n + 1]) + "/" for _, top in user.scopes for n in range(1, top.count("/"))}
        return self.filter(covered(user, "body__path") | Q(body__path__in=above))

    def over(self, path: str) -> "DeadlineQuerySet":
        """The deadlines that hold at a place, the nearest body's first."""
        tops = ["/".join(path.split("/")[: n + 1]) + "/" for n in range(1, path.count("/"))]
        return self.filter(body__path__in=tops).annotate(top=F("body__path")).order_by("year", "stage", "-top")


class Deadline(models.Model):
    """Until when a stage is due in a part of the tree; the nearest one above a unit holds for it."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="deadlines")
    year = models.PositiveSmallIntegerField("年度")
    stage = models.CharField("阶段", max_length=20, choices=Stage)
    due = models.DateField("截止日期")
    warn_days = models.PositiveSmallIntegerField("提前提醒天数", default=7)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        """One for each place, year and stage."""

        constraints = [models.UniqueConstraint(fields=["body", "year", "stage"], name="deadline_once")]
        ordering = ["year", "stage"]

    def __str__(self) -> str:
        """Stage and date."""
        return f"{self.get_stage_display()} {self.due:%Y-%m-%d}"

    def days_left(self, today: date) -> int:
        """Days until it is due; negative when overdue."""
        return (self.due - today).days
