"""What the page of a sheet shows of each part, by stage: which columns, in which order, how wide, with which names.

A column is shown because the stage's official form has it, or because a row of this sheet holds such a cell: nothing that
is stored is hidden. The same columns serve the table with script, the plain one, and print.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hengjian.web.projects.beginning import CLAIMED
from hengjian.web.projects.content import COMPUTED_HEAD, HEAD, HEAD_LABELS, LIKELIHOODS, PART_COLUMNS, RowData, text_of
from hengjian.web.projects.models import Part, Stage

# How a column is written: "class" repeats downwards, "num" stands to the right, "wide" wraps, "money" adds up.
_KINDS = {
    "level1": "class",
    "level2": "class",
    "weight": "num",
    "score": "num",
    "rate": "num",
    "amount": "money",
    "initial_budget": "money",
    "annual_budget": "money",
    "executed": "money",
    "forecast": "money",
    "rule": "wide",
    "deviation": "wide",
    "basis": "wide",
    "remark": "wide",
    "note": "wide",
    "text": "wide",
    "name": "name",
}
_SHOWN: dict[tuple[str, str], tuple[str, ...]] = {
    (Stage.DECLARATION, Part.INDICATORS): ("level1", "level2", "name", "target", "measure_unit", "weight", "rule"),
    (Stage.SELF_EVALUATION, Part.INDICATORS): (
        *("level1", "level2", "name", "target", "actual", "weight", "score", "deviation"),
    ),
    (Stage.MONITORING, Part.INDICATORS): (
        *("level1", "level2", "name", "target", "actual", "forecast", "reason_kind", "deviation", "likelihood"),
    ),
    (Stage.EVALUATION, Part.INDICATORS): ("level1", "level2", "name", "weight", "rule", "actual", "score", "deviation"),
    (Stage.DECLARATION, Part.FUNDS): ("item", "annual_budget"),
    (Stage.MONITORING, Part.FUNDS): ("item", "annual_budget", "executed", "rate", "forecast", "reason"),
    (Stage.EVALUATION, Part.FUNDS): ("item", "annual_budget", "executed", "rate"),
    (Stage.SELF_EVALUATION, Part.FUNDS): tuple(field for field, _ in PART_COLUMNS[Part.FUNDS]),
}
_MORE_LABELS = {
    "level3": "三级分类",
    "code": "编码",
    "standard": "指标标准",
    "goal": "目标",
    "activity": "活动",
    "forecast": "全年预计完成",
    "likelihood": "完成可能性",
    "reason_kind": "偏差原因类别",
    "initial_target": "年初指标值",
    "coefficient": "系数",
    "core": "核心指标",
    "level1_weight": "一级分值",
    "level2_weight": "二级分值",
    "reason": "原因说明",
}
# What a column is called where the official form of a stage has another word for it.
_STAGE_LABELS = {
    (Stage.MONITORING, "actual"): "监控期完成值",
    (Stage.MONITORING, "executed"): "监控期执行数",
    (Stage.MONITORING, "deviation"): "偏差原因分析",
    (Stage.MONITORING, "funds.forecast"): "全年预计执行数",
    (Stage.EVALUATION, "deviation"): "扣分原因",
}
# What the form of monitoring offers to tick (财预〔2019〕136号).
_CHOICES = {
    "likelihood": LIKELIHOODS,
    "reason_kind": ("经费保障", "制度保障", "人员保障", "硬件条件保障", "其他"),
}
# Columns of indicators that stand elsewhere than in the order of the names: each with the one it stands beside, and how far
# behind that. What is filled in when monitoring stands together.
_BESIDE: tuple[tuple[str, str, int], ...] = (
    *(("forecast", "actual", 1), ("reason_kind", "deviation", 0), ("likelihood", "deviation", 1)),
    (CLAIMED, "actual", 0),
)
_BESIDE_MONITORED = (("weight", "likelihood", 1), ("rule", "weight", 1))
_HEAD_SHOWN = {
    Stage.DECLARATION: (
        *("project", "project_code", "project_type", "nature", "department", "unit", "year", "money_unit"),
        *("start", "end", "budget.total", "budget.current_year", "basis"),
    ),
    Stage.MONITORING: (
        *("project", "project_code", "department", "unit", "year", "period", "money_unit", "goal.expected"),
        *("problems", "measures"),
    ),
    Stage.EVALUATION: (
        *("project", "project_code", "department", "unit", "year", "money_unit"),
        *("total.weight", "total.score", "grade", "conclusion", "problems", "measures"),
    ),
    Stage.SELF_EVALUATION: (
        *("project", "project_code", "department", "unit", "year", "money_unit", "goal.expected", "goal.achieved"),
        *("total.weight", "total.score", "grade", "conclusion", "problems", "measures"),
    ),
}
_LONG = frozenset(
    ("basis", "goal.only", "goal.expected", "goal.adjusted", "goal.achieved", "conclusion", "problems", "measures")
)
_AFTER_GOAL = (
    "goal.adjusted",
    "goal.achieved",
    "total.weight",
    "total.score",
    "grade",
    "conclusion",
    "problems",
    "measures",
)
# Which parts a stage's page always offers; the others only where a row of theirs is there.
_OFFERED = {
    Stage.DECLARATION: (
        *(Part.FUNDS, Part.SOURCES, Part.COSTS, Part.PURCHASES, Part.SCHEDULE, Part.GOALS, Part.INDICATORS),
    ),
    Stage.MONITORING: (Part.FUNDS, Part.INDICATORS),
    Stage.SELF_EVALUATION: (Part.FUNDS, Part.INDICATORS),
    Stage.EVALUATION: (Part.INDICATORS,),
}
_ORDER = (Part.FUNDS, Part.SOURCES, Part.COSTS, Part.PURCHASES, Part.SCHEDULE, Part.GOALS, Part.INDICATORS)
_ROWS_NAMED = {
    Part.FUNDS: "资金",
    Part.SOURCES: "来源",
    Part.COSTS: "支出",
    Part.PURCHASES: "采购",
    Part.SCHEDULE: "事项",
    Part.GOALS: "目标",
    Part.INDICATORS: "指标",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a part, or a field of the head."""

    field: str
    label: str
    kind: str = "text"
    computed: bool = False  # follows from other cells: nobody types it
    choices: tuple[str, ...] = ()  # what the official form offers; other texts may be typed all the same


@dataclass(frozen=True, slots=True)
class Board:
    """A part of the sheet on the page: its columns, and its rows in the order of the page."""

    part: str
    title: str
    row_name: str
    columns: tuple[Column, ...]
    rows: tuple[RowData, ...]
    depths: tuple[int, ...]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The rows for a template: key, depth, and (column, text) of each cell."""
        return [
            {
                "key": row.key,
                "depth": depth,
                "cells": [(column, text_of(row.cells.get(column.field))) for column in self.columns],
            }
            for row, depth in zip(self.rows, self.depths, strict=True)
        ]

    def json(self) -> dict[str, Any]:
        """For the page's script."""
        return {
            "part": self.part,
            "title": self.title,
            "rowName": self.row_name,
            "columns": [asdict(column) for column in self.columns],
        }


def head_fields(stage: str, rows: Iterable[RowData]) -> tuple[Column, ...]:
    """The fields of the head that are shown, in the order of the official form."""
    rows = list(rows)
    cells = {name: value for row in rows if row.part == Part.HEAD for name, value in row.cells.items()}
    shown = set(_HEAD_SHOWN[Stage(stage)]) | {name for name, value in cells.items() if isinstance(value, str | int)}
    if stage == Stage.DECLARATION and "goal.expected" not in cells and all(row.part != Part.GOALS for row in rows):
        shown.add("goal.only")
    names = [name for name, _ in HEAD if name in shown and name != "money_unit_inferred"]
    if "goal.only" in shown:
        before = next((name for name in ("goal.expected", *_AFTER_GOAL) if name in names), None)
        place = len(names) if before is None else names.index(before)
        names.insert(place, "goal.only")
        if "goal.expected" not in cells and "goal.expected" in names:
            names.remove("goal.expected")  # one goal without a name of its own: it is not asked for twice
    labels = {**HEAD_LABELS, "goal.only": "总体目标"}
    computed = COMPUTED_HEAD if Stage(stage).scored else ()
    return tuple(Column(name, labels[name], "wide" if name in _LONG else "text", name in computed) for name in names)


def boards(stage: str, rows: Sequence[RowData]) -> tuple[Board, ...]:
    """The parts with rows that the page shows."""
    found = []
    for part in _ORDER:
        own = [row for row in rows if row.part == part]
        if own or part in _OFFERED[Stage(stage)]:
            ordered, depths = _as_tree(own) if part == Part.COSTS else (own, [0] * len(own))
            columns = _columns(stage, part, own)
            found.append(Board(part, part.label, _ROWS_NAMED[part], columns, tuple(ordered), tuple(depths)))
    return tuple(found)


def _as_tree(rows: Sequence[RowData]) -> tuple[list[RowData], list[int]]:
    """Rows with each before those below it, and how deep each stands."""
    keys = {row.key for row in rows}
    ordered: list[RowData] = []
    depths: list[int] = []

    def below(parent: str, depth: int) -> None:
        for row in rows:
            if (row.parent if row.parent in keys else "") == parent:
                ordered.append(row)
                depths.append(depth)
                below(row.key, depth + 1)

    below("", 0)
    return ordered, depths


def _columns(stage: str, part: Part, rows: Sequence[RowData]) -> tuple[Column, ...]:
    labels = dict(PART_COLUMNS[part])
    known = labels | _MORE_LABELS
    there = dict.fromkeys(name for row in rows for name, value in row.cells.items() if isinstance(value, str))
    always = _SHOWN.get((stage, part), tuple(labels) if part not in (Part.SOURCES,) else ("item", "amount"))
    fields = [name for name in labels if name in always or name in there]
    more = [name for name in always if name not in labels]
    fields += more + [name for name in there if name in _MORE_LABELS and name not in labels and name not in more]
    fields += sorted(name for name in there if ":" in name)
    if part == Part.INDICATORS:
        for name, other, behind in (*_BESIDE, *(_BESIDE_MONITORED if stage == Stage.MONITORING else ())):
            if name in fields and other in fields:
                fields.remove(name)
                fields.insert(fields.index(other) + behind, name)

    def label(name: str) -> str:
        own = _STAGE_LABELS.get((Stage(stage), f"{part}.{name}")) or _STAGE_LABELS.get((Stage(stage), name))
        return own or known.get(name) or _pair_label(name)

    def kind(name: str) -> str:
        return "text" if part == Part.INDICATORS and name == "forecast" else _KINDS.get(name, "text")

    return tuple(Column(name, label(name), kind(name), choices=_CHOICES.get(name, ())) for name in fields)


def _pair_label(name: str) -> str:
    """The heading of a column that forms print under a name of their own (``history:2026``, ``bands:优``)."""
    label = name.partition(":")[2]
    return f"{label}年" if name.startswith("history:") and label.isdecimal() else label
