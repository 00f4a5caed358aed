"""Indicators that many projects use, regulations, and scoring schemes of this installation."""

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, IntegerField, Q, Value, When

from hengjian.library.shelves import Direction, Entry, UsualTarget
from hengjian.library.shelves import Regulation as Shelved
from hengjian.values.text import fold


class LibraryQuerySet(models.QuerySet["LibraryIndicator"]):
    """Reads of the library."""

    def matching(self, words: str) -> "LibraryQuerySet":
        """Indicators that have every word somewhere, in whatever width; those whose name begins with the words first."""
        found = self
        wanted = [fold(word) for word in words.split()[:5]]
        for word in wanted:
            found = found.filter(
                Q(name__icontains=word)
                | Q(code__icontains=word)
                | Q(level2__icontains=word)
                | Q(work__icontains=word)
                | Q(formula__icontains=word)
            )
        if not wanted:
            return found.order_by("code")
        first = When(name__istartswith=wanted[0], then=Value(0))
        near = When(name__icontains=wanted[0], then=Value(1))
        return found.annotate(rank=Case(first, near, default=Value(2), output_field=IntegerField())).order_by(
            "rank", "code"
        )

    def counted(self) -> "LibraryQuerySet":
        """With the number of rows that use each, as ``used``."""
        return self.annotate(used=Count("uses"))


class LibraryIndicator(models.Model):
    """An indicator people may take over into a form."""

    code = models.CharField("编码", max_length=20, unique=True)
    name = models.CharField("指标名称", max_length=120)
    level1 = models.CharField("一级指标", max_length=40, blank=True)
    level2 = models.CharField("二级指标", max_length=40, blank=True)
    work = models.CharField("工作", max_length=40, blank=True)
    unit = models.CharField("计量单位", max_length=20, blank=True)
    sign = models.CharField("方向", max_length=8, blank=True)
    direction = models.CharField(max_length=8, default="up")
    formula = models.TextField("计算公式", blank=True)
    source = models.TextField("数据来源", blank=True)
    evidence = models.TextField("佐证材料", blank=True)
    target = models.CharField("常用目标值", max_length=200, blank=True)
    rule = models.TextField("评分标准", blank=True)
    verified = models.BooleanField("已核实", default=False)
    origin = models.TextField("出处", blank=True)
    note = models.TextField("备注", blank=True)
    active = models.BooleanField("在用", default=True)

    objects = LibraryQuerySet.as_manager()

    class Meta:
        """By code."""

        ordering = ["code"]

    def __str__(self) -> str:
        """Its name."""
        return self.name

    @property
    def value(self) -> Entry:
        """The indicator as the shelves know it."""
        return Entry(
            name=self.name,
            level1=self.level1,
            level2=self.level2,
            direction=Direction(self.direction),
            code=self.code,
            unit=self.unit,
            formula=self.formula,
            data=self.source,
            evidence=self.evidence,
            targets=tuple(UsualTarget(text) for text in self.target.split("；") if text),
            rule=self.rule,
            work=self.work,
            sources=tuple(text for text in self.origin.split("；") if text),
            verified=self.verified,
            note=self.note,
        )


def facts_of(entry: Entry) -> dict[str, Any]:
    """The columns of an indicator from the shelves; the inverse of ``LibraryIndicator.value``."""
    return {
        "name": entry.name,
        "level1": entry.level1,
        "level2": entry.level2,
        "work": entry.work,
        "unit": entry.unit,
        "sign": entry.direction.sign,
        "direction": entry.direction.value,
        "formula": entry.formula,
        "source": entry.data,
        "evidence": entry.evidence,
        "target": "；".join(dict.fromkeys(target.value for target in entry.targets)),
        "rule": entry.rule,
        "verified": entry.verified,
        "origin": "；".join(entry.sources),
        "note": entry.note,
    }


class Regulation(models.Model):
    """A regulation with the time it holds; dates as exact as they are known (``2021``, ``2021-04``)."""

    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField("名称", max_length=200)
    number = models.CharField("文号", max_length=60, blank=True)
    issuer = models.CharField("发文机关", max_length=120, blank=True)
    issued = models.CharField("印发", max_length=10, blank=True)
    valid_from = models.CharField("施行", max_length=10, blank=True)
    valid_to = models.CharField("失效", max_length=10, blank=True)
    repealed = models.BooleanField("已废止", default=False)
    fixes = models.JSONField("规定了什么", default=list)
    source = models.CharField("出处", max_length=200, blank=True)
    verified = models.BooleanField("已核实", default=False)

    class Meta:
        """Newest first."""

        ordering = ["-issued", "code"]

    def __str__(self) -> str:
        """Its title."""
        return self.title

    def in_force(self, on: date) -> bool | None:
        """Whether it is in force on a day; None where the dates do not say."""
        known = (
            "code",
            "title",
            "number",
            "issuer",
            "issued",
            "source",
            "verified",
            "valid_from",
            "valid_to",
            "repealed",
        )
        return Shelved(**{name: getattr(self, name) for name in known}, fixes=tuple(self.fixes)).in_force(on)


class SchemeFile(models.Model):
    """A scoring scheme this installation adds to those that come with the program; ``text`` is its TOML."""

    name = models.SlugField("标识", max_length=60, unique=True)
    title = models.CharField("名称", max_length=120)
    text = models.TextField("方案内容")
    active = models.BooleanField("在用", default=True)

    class Meta:
        """By name."""

        ordering = ["name"]

    def __str__(self) -> str:
        """Its title."""
        return self.title

    @property
    def path(self) -> Path:
        """Where the desk finds it: a copy of ``text``, made anew where it is missing or differs."""
        path = Path(settings.DATA) / "schemes" / f"{self.name}.toml"
        if not path.exists() or path.read_text(encoding="utf-8") != self.text:
            path.parent.mkdir(exist_ok=True)
            path.write_text(self.text, encoding="utf-8", newline="")
        return path
