"""A sheet's rows and the form they make: ``form_of`` and ``rows_of`` are inverse to each other.

A form here is the FORM object of the contract (docs/reference/json.md), plain JSON; what it means is asked of the desk. The
same cells serve saving, comparing, freezing and exporting, so there is one address for every value: (key of the row, field).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hengjian.web.projects.models import Part, new_key

# Fields of the head, in the order of the official form. Dotted names are fields of a record.
HEAD: tuple[tuple[str, str], ...] = (
    ("title", "表名"),
    ("project", "项目名称"),
    ("project_code", "项目代码"),
    ("project_type", "项目类别"),
    ("nature", "项目属性"),
    ("department", "主管部门"),
    ("department_code", "主管部门代码"),
    ("unit", "实施单位"),
    ("unit_code", "单位代码"),
    ("year", "年度"),
    ("start", "开始日期"),
    ("end", "结束日期"),
    ("period", "监控期间"),
    ("money_unit", "金额单位"),
    ("money_unit_inferred", "金额单位为推定"),
    ("budget.total", "项目总额"),
    ("budget.current_year", "本年预算"),
    ("basis", "立项依据"),
    ("goal.expected", "年度总体目标"),
    ("goal.adjusted", "调整后目标"),
    ("goal.achieved", "目标完成情况"),
    ("total.weight", "总分值"),
    ("total.score", "总分"),
    ("grade", "评价等级"),
    ("conclusion", "评价结论"),
    ("problems", "存在问题"),
    ("measures", "改进措施"),
)
HEAD_LABELS = dict(HEAD)

# Columns of indicator rows, in printed order.
INDICATOR_COLUMNS: tuple[tuple[str, str], ...] = (
    ("level1", "一级指标"),
    ("level2", "二级指标"),
    ("name", "三级指标"),
    ("sign", "方向"),
    ("target", "年度指标值"),
    ("measure_unit", "计量单位"),
    ("actual", "实际完成值"),
    ("weight", "分值"),
    ("score", "得分"),
    ("rule", "评分标准"),
    ("deviation", "偏差原因分析及改进措施"),
    ("basis", "指标解释"),
    ("remark", "备注"),
)
FUND_COLUMNS: tuple[tuple[str, str], ...] = (
    ("item", "资金"),
    ("initial_budget", "年初预算数"),
    ("annual_budget", "全年预算数"),
    ("executed", "全年执行数"),
    ("weight", "分值"),
    ("rate", "执行率"),
    ("score", "得分"),
)
PART_COLUMNS: dict[str, tuple[tuple[str, str], ...]] = {
    Part.INDICATORS: INDICATOR_COLUMNS,
    Part.FUNDS: FUND_COLUMNS,
    Part.SOURCES: (("item", "资金来源"), ("amount", "金额"), ("note", "说明")),
    Part.COSTS: (("name", "支出内容"), ("amount", "金额")),
    Part.PURCHASES: (("item", "采购内容"), ("quantity", "数量"), ("amount", "金额")),
    Part.SCHEDULE: (("name", "事项"), ("start", "开始"), ("end", "完成")),
    Part.GOALS: (("text", "目标"),),
}
# Further fields that forms of other layouts print; a cell may hold no others.
_MORE = {
    Part.HEAD: ("goal.only",),
    Part.INDICATORS: (
        *("level3", "code", "standard", "goal", "activity", "forecast", "likelihood", "reason_kind", "initial_target"),
        *("coefficient", "core", "level1_weight", "level2_weight"),
    ),
    Part.FUNDS: ("forecast", "reason"),
}
MAX_CELL = 8000  # characters; the longest printed rule texts are a tenth of it
MONEY_UNITS = ("元", "万元", "亿元")
LIKELIHOODS = ("确定能", "有可能", "完全不可能")  # that a target is reached (财预〔2019〕136号)
# Parts that are lists of records in the contract, under their own names.
_LISTS = {
    Part.FUNDS: "funds",
    Part.SOURCES: "funding_sources",
    Part.PURCHASES: "procurement",
    Part.SCHEDULE: "schedule",
    Part.INDICATORS: "indicators",
}
_RECORDS = ("budget", "goal", "total")
_PAIRS = ("history", "bands", "extra")
# Lists of other families: kept whole in the head, as they came; they have no screen of their own.
_KEPT = ("prior_years", "cost_items", "tasks", "activities", "sections", "extra")
_LEFT_OUT = ("reading", "indicators", "kind", "x", "place")


# Cells of the head that a form with points does not ask for: they follow from the others (``valuing``). What a document
# printed there is kept and compared; a person may only take it away.
COMPUTED_HEAD = ("total.weight", "total.score", "grade")


def text_of(value: Any) -> str:
    """The text of a cell; "" where there is none."""
    return "" if value is None else str(value)


def kept_of(part: str, cells: Mapping[str, Any]) -> dict[str, str]:
    """What of an indicator's cells is kept for searching and counting."""
    if part != Part.INDICATORS:
        return {"name": "", "level1": ""}
    return {"name": text_of(cells.get("name"))[:300], "level1": text_of(cells.get("level1"))[:40]}


def too_long(text: str) -> str:
    """Why a text is too long for a cell, in Chinese; "" where it is not."""
    return f"一格最多 {MAX_CELL} 字，“{text[:12]}…”有 {len(text)} 字。" if len(text) > MAX_CELL else ""


def problem_of_cell(part: str, name: str, value: str | None) -> str:
    """Why a cell may not be set so, in Chinese; "" where it may."""
    if value and (wrong := too_long(value)):
        return wrong
    known = (*dict(HEAD if part == Part.HEAD else PART_COLUMNS[part]), *_MORE.get(Part(part), ()))
    pairs = part in (Part.INDICATORS, Part.FUNDS) and name.partition(":")[0] in _PAIRS and ":" in name
    if (name not in known and not pairs) or name == "money_unit_inferred":
        return "这一格不在表里，请刷新页面后重试。"
    if name == "money_unit" and value and value not in MONEY_UNITS:
        return f"金额单位只能填{'、'.join(MONEY_UNITS)}，“{value[:12]}”不认识。"
    return ""


@dataclass(frozen=True, slots=True)
class RowData:
    """A row apart from the database: what ``Row`` stores, and what a frozen version holds."""

    key: str
    part: str
    cells: Mapping[str, Any]
    parent: str = ""
    places: Mapping[str, Any] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """As it stands in a frozen version."""
        return {"key": self.key, "part": self.part, "parent": self.parent, "cells": dict(self.cells)}


def row_from_json(data: Mapping[str, Any]) -> RowData:
    """The inverse of ``RowData.json``."""
    return RowData(data["key"], data["part"], data["cells"], data.get("parent", ""))


# --- form → rows ------------------------------------------------------------------------------------------------------


def rows_of(form: Mapping[str, Any]) -> list[RowData]:
    """The rows of a form, with new keys. Printed values may be texts or ``{"text", "place", "uncertain"}``."""
    head: dict[str, Any] = {}
    for name, value in form.items():
        if name in _RECORDS and isinstance(value, Mapping) and "text" not in value:
            head |= {f"{name}.{part}": item for part, item in value.items()}
        elif name == "goal":
            head["goal.only"] = value
        elif name in _KEPT or name not in (*_LEFT_OUT, *_LISTS.values(), "goals", "cost_breakdown"):
            head[name] = value
    rows = [_row(Part.HEAD, head)]
    for part, name in _LISTS.items():
        rows += [_row(part, _flat(item)) for item in form.get(name, ())]
    rows += [_row(Part.GOALS, {"text": text}) for text in form.get("goals", ())]
    if form.get("cost_breakdown"):
        rows += _costs(form["cost_breakdown"], "")
    return rows


def _costs(node: Mapping[str, Any], parent: str, *, part: bool = False) -> Iterator[RowData]:
    """The rows of a node and of all below it; ``part`` marks what running text names as a part of the node above."""
    cells = {name: node[name] for name in ("name", "amount", "unit") if name in node}
    own = _row(Part.COSTS, cells | ({"part": True} if part else {}), parent)
    yield own
    for child in node.get("children", ()):
        yield from _costs(child, own.key)
    for child in node.get("parts", ()):
        yield from _costs(child, own.key, part=True)


def _flat(item: Mapping[str, Any]) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for name, value in item.items():
        if name in _PAIRS:
            cells |= {f"{name}:{label}": text for label, text in value.items()}
        elif name != "place":
            cells[name] = value
    return cells


def _row(part: str, cells: Mapping[str, Any], parent: str = "") -> RowData:
    plain: dict[str, Any] = {}
    places: dict[str, Any] = {}
    for name, value in cells.items():
        if isinstance(value, Mapping) and "text" in value:
            plain[name] = value["text"]
            places[name] = {key: value[key] for key in ("place", "uncertain", "spot") if value.get(key)}
        else:
            plain[name] = value
    return RowData(new_key(), part, plain, parent, {name: place for name, place in places.items() if place})


# --- rows → form ------------------------------------------------------------------------------------------------------


def form_of(kind: str, rows: Iterable[RowData]) -> dict[str, Any]:
    """The form that rows make, in their order. A cell that is absent is a field the form does not print."""
    rows = list(rows)
    form: dict[str, Any] = {"kind": kind}
    for row in rows:
        if row.part == Part.HEAD:
            _head(form, row.cells)
    for part, name in _LISTS.items():
        if found := [_deep(row.cells, part) for row in rows if row.part == part]:
            form[name] = found
    if goals := [row.cells.get("text", "") for row in rows if row.part == Part.GOALS]:
        form["goals"] = goals
    costs = [row for row in rows if row.part == Part.COSTS]
    tops = [row for row in costs if not row.parent]
    if len(tops) == 1:
        form["cost_breakdown"] = _node(tops[0], costs)
    elif tops:
        # Several heads were typed: the form's tree has one, so it gets a root without an amount of its own.
        form["cost_breakdown"] = {"name": "", "amount": "", "children": [_node(row, costs) for row in tops]}
    form.setdefault("indicators", [])
    return form


def costs_in_order(rows: Iterable[RowData]) -> list[str]:
    """The keys of the cost rows that make sums, each before those below it, as the form's tree holds them; "" for a root it lacks."""
    costs = [row for row in rows if row.part == Part.COSTS and not row.cells.get("part")]

    def below(parent: str) -> list[str]:
        return [key for row in costs if row.parent == parent for key in (row.key, *below(row.key))]

    tops = sum(not row.parent for row in costs)
    return ([""] if tops > 1 else []) + below("")


def _head(form: dict[str, Any], cells: Mapping[str, Any]) -> None:
    for name, value in cells.items():
        record, dot, part = name.partition(".")
        if name == "goal.only":
            form["goal"] = value
        elif dot:
            form.setdefault(record, {})[part] = value
        elif name == "year":
            if (year := _year(value)) is not None:
                form["year"] = year
        elif name == "money_unit":
            if value:
                form["money_unit"] = value
        else:
            form[name] = value


def _year(value: Any) -> int | None:
    text = str(value).strip().removesuffix("年").removesuffix("年度")
    return int(text) if text.isdecimal() and len(text) == 4 else None


# What a record of each list must have for the contract.
_NEEDED = {
    Part.FUNDS: ("item",),
    Part.SOURCES: ("item", "amount"),
    Part.PURCHASES: ("item",),
    Part.SCHEDULE: ("name",),
    Part.INDICATORS: ("name",),
}


def _deep(cells: Mapping[str, Any], part: str) -> dict[str, Any]:
    item: dict[str, Any] = dict.fromkeys(_NEEDED[Part(part)], "")
    for name, value in cells.items():
        head, colon, label = name.partition(":")
        if colon and head in _PAIRS:
            item.setdefault(head, {})[label] = value
        else:
            item[name] = value
    return item


def _node(row: RowData, costs: Sequence[RowData]) -> dict[str, Any]:
    below = [child for child in costs if child.parent == row.key]
    node = {
        "name": row.cells.get("name", ""),
        "amount": row.cells.get("amount", ""),
        "children": [_node(child, costs) for child in below if not child.cells.get("part")],
    }
    if row.cells.get("unit"):
        node["unit"] = row.cells["unit"]
    if parts := [_node(child, costs) for child in below if child.cells.get("part")]:
        node["parts"] = parts
    return node
