"""The rows a sheet begins with, from those of a sheet before it.

What was promised is taken over cell by cell; what a stage asks for stands blank, in the columns of that stage's official form.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from hengjian.web.projects.content import RowData, text_of
from hengjian.web.projects.models import Part, Stage, new_key

# What is to be filled in, by stage and part.
_BLANKS: dict[tuple[str, str], dict[str, str]] = {
    (Stage.MONITORING, Part.HEAD): {"period": "1—7月", "problems": "", "measures": ""},  # 财预〔2019〕136号: in August
    (Stage.MONITORING, Part.FUNDS): {"executed": "", "rate": "", "forecast": "", "reason": ""},
    (Stage.MONITORING, Part.INDICATORS): {
        **{"actual": "", "forecast": "", "reason_kind": "", "deviation": "", "likelihood": ""},
    },
    (Stage.SELF_EVALUATION, Part.HEAD): {"goal.achieved": ""},
    (Stage.SELF_EVALUATION, Part.FUNDS): {"executed": "", "rate": ""},
    (Stage.SELF_EVALUATION, Part.INDICATORS): {"actual": "", "score": "", "deviation": ""},
    (Stage.EVALUATION, Part.HEAD): {"conclusion": "", "problems": "", "measures": ""},
    (Stage.EVALUATION, Part.FUNDS): {"executed": "", "rate": ""},
    (Stage.EVALUATION, Part.INDICATORS): {"actual": "", "score": "", "deviation": ""},
}
# The forms of these stages print no costs, purchases or steps, and nothing of the reasons for the project.
_LEAN = (Stage.MONITORING, Stage.EVALUATION)
_LEAN_PARTS = (Part.HEAD, Part.FUNDS, Part.INDICATORS)
CLAIMED = "extra:单位自评完成值"
_WHOLE_BUDGET = re.compile(r"总额|合计|总计|小计")


def begun(stage: Stage, rows: Iterable[RowData], claimed: Mapping[str, str] | None = None) -> list[RowData]:
    """The rows of an approved declaration as the form of a later stage begins with them.

    Where the form earns points, the row of the whole budget gets the ten for execution (财预〔2020〕10号). ``claimed`` are the
    values that the unit's own evaluation gave, by the keys of the rows: they stand beside what the evaluator finds.
    """
    declared = list(rows)
    goals = "\n".join(text_of(row.cells.get("text")) for row in declared if row.part == Part.GOALS)
    kept = [row for row in declared if row.part != Part.GOALS and (stage not in _LEAN or row.part in _LEAN_PARTS)]
    made = _with_funds([_begun(stage, row, goals) for row in kept], stage)
    if claimed:
        made = [
            replace(row, cells={**row.cells, CLAIMED: claimed[row.key]}) if row.key in claimed else row for row in made
        ]
    if stage.scored:
        funds = [place for place, row in enumerate(made) if row.part == Part.FUNDS]
        totals = (place for place in funds if _WHOLE_BUDGET.search(text_of(made[place].cells.get("item"))))
        whole = next(totals, funds[0])
        made[whole] = replace(made[whole], cells={**made[whole].cells, "weight": "10", "score": ""})
    return made


def _with_funds(rows: list[RowData], stage: Stage) -> list[RowData]:
    """The rows with one for the whole budget behind the head, where the declaration has no row of funds."""
    if any(row.part == Part.FUNDS for row in rows):
        return rows
    head: Mapping[str, Any] = next((row.cells for row in rows if row.part == Part.HEAD), {})
    budget = head.get("budget.current_year") or head.get("budget.total") or ""
    cells = {"item": "年度资金总额", "annual_budget": budget, **_BLANKS[stage, Part.FUNDS]}
    return [*rows[:1], RowData(new_key(), Part.FUNDS, cells), *rows[1:]]


def _begun(stage: Stage, row: RowData, goals: str) -> RowData:
    cells = dict(row.cells)
    if row.part == Part.HEAD:
        left_out = ("title", "total.weight", *(("basis",) if stage in _LEAN else ()))
        cells = {name: value for name, value in cells.items() if name not in left_out}
        expected = cells.pop("goal.only", "") or cells.pop("goal.expected", "") or goals
        # Only the self-evaluation's form holds what was reached against it; the others print one goal.
        cells["goal.expected" if stage == Stage.SELF_EVALUATION else "goal.only"] = expected
    return RowData(row.key, row.part, cells | _BLANKS.get((stage, row.part), {}), row.parent)


def carried(row: RowData, old: int, new: int) -> RowData:
    """A row of a year's declaration as next year's draft holds it; the old target is kept as history."""
    cells = dict(row.cells)
    if row.part == Part.HEAD:
        cells["year"] = str(new)
    elif row.part == Part.INDICATORS and cells.get("target"):
        cells[f"history:{old}"] = cells["target"]
    return RowData(row.key, row.part, cells, row.parent)
