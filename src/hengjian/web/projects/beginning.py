"""The rows a sheet begins with, from those of a sheet before it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from hengjian.web.projects.content import RowData, text_of
from hengjian.web.projects.models import Part, new_key


def to_evaluate(rows: Iterable[RowData]) -> list[RowData]:
    """The rows of an approved declaration as a self-evaluation begins with them: what is to be filled in stands blank.

    The row of the whole budget gets the ten points for execution (财预〔2020〕10号); where there is none, one is made.
    """
    declared = list(rows)
    goals = "\n".join(text_of(row.cells.get("text")) for row in declared if row.part == Part.GOALS)
    begun = [_begun(row, goals) for row in declared if row.part != Part.GOALS]
    funds = [place for place, row in enumerate(begun) if row.part == Part.FUNDS]
    if not funds:
        head: Mapping[str, Any] = next((row.cells for row in begun if row.part == Part.HEAD), {})
        budget = head.get("budget.current_year") or head.get("budget.total") or ""
        cells = {"item": "年度资金总额", "annual_budget": budget, "executed": "", "rate": ""}
        funds, begun = [1], [*begun[:1], RowData(new_key(), Part.FUNDS, cells), *begun[1:]]
    whole = next((place for place in funds if _WHOLE_BUDGET.search(text_of(begun[place].cells.get("item")))), funds[0])
    begun[whole] = replace(begun[whole], cells={**begun[whole].cells, "weight": "10", "score": ""})
    return begun


_WHOLE_BUDGET = re.compile(r"总额|合计|总计|小计")


def _begun(row: RowData, goals: str) -> RowData:
    cells = dict(row.cells)
    if row.part == Part.INDICATORS:
        cells |= {"actual": "", "score": "", "deviation": ""}
    elif row.part == Part.FUNDS:
        cells |= {"executed": "", "rate": ""}
    elif row.part == Part.HEAD:
        cells = {name: value for name, value in cells.items() if name not in ("title", "total.weight")}
        expected = cells.pop("goal.only", "") or cells.get("goal.expected") or goals
        cells |= {"goal.expected": expected, "goal.achieved": ""}
    return RowData(row.key, row.part, cells, row.parent)


def carried(row: RowData, old: int, new: int) -> RowData:
    """A row of a year's declaration as next year's draft holds it; the old target is kept as history."""
    cells = dict(row.cells)
    if row.part == Part.HEAD:
        cells["year"] = str(new)
    elif row.part == Part.INDICATORS and cells.get("target"):
        cells[f"history:{old}"] = cells["target"]
    return RowData(row.key, row.part, cells, row.parent)
