"""Indicators that many projects use, regulations, and scoring schemes of this installation."""

from django.db import models


class LibraryIndicator(models.Model):
    """An indicator people may take over into a form."""

    code = models.CharField("编码", max_length=20, unique=True)
    name = models.CharField("指标名称", max_length=120)
    level1 = models.CharField("一级指标", max_length=40, blank=True)
    level2 = models.CharField("二级指标", max_length=40, blank=True)
    work = models.CharField("工作", max_length=40, blank=True)
    unit = models.CharField("计量单位", max_length=20, blank=True)
    sign = models.CharField("方向", max_length=8, blank=True)
    formula = models.TextField("计算公式", blank=True)
    source = models.TextField("数据来源", blank=True)
    evidence = models.TextField("佐证材料", blank=True)
    target = models.CharField("常用目标值", max_length=120, blank=True)
    rule = models.TextField("评分标准", blank=True)
    verified = models.BooleanField("已核实", default=False)
    origin = models.CharField("出处", max_length=200, blank=True)
    active = models.BooleanField("在用", default=True)

    class Meta:
        """By code."""

        ordering = ["code"]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Regulation(models.Model):
    """A regulation with the time it holds."""

    title = models.CharField("名称", max_length=200)
    number = models.CharField("文号", max_length=60, unique=True)
    issuer = models.CharField("发文机关", max_length=120, blank=True)
    valid_from = models.DateField("施行日期", null=True, blank=True)
    valid_to = models.DateField("失效日期", null=True, blank=True)
    summary = models.TextField("规定了什么", blank=True)
    verified = models.BooleanField("已核实", default=False)

    class Meta:
        """Newest first."""

        ordering = ["-valid_from", "number"]

    def __str__(self) -> str:
        """Its title."""
        return self.title


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
