"""The official layout of a form: laid out as the table people know, and read back from it exactly.

One grammar in both directions. ``official_sheet.lay_out`` turns a ``Form`` into a sheet of cells that every writer draws (workbook, Word, PDF,
page); ``official_reading.read_official`` is its inverse. The general reader guesses what labels mean and mends what clerks break; a sheet
in this layout needs no guess: blocks are known by the label at their side, columns by their heading, and every value is
the text of its cell, whatever it looks like. A file in this layout carries a mark (``mark_of``) among its keywords. The
mark only says which grammar applies and the kinds of the forms: every value comes from a visible cell, so what a person
changes on the sheet is what is read. Where a sheet departs from the grammar the general reader takes over.

Facts that look alike stay apart: a blank cell is a blank value, a field the form does not print has no cell (in a row
that lacks the column of other rows, the cell to the left reaches over it).
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from hengjian.forms.form import (
    CostNode,
    Form,
    Indicator,
    Kind,
    Printed,
)

MARK = "hengjian-official-1"
USUAL_TITLES = {
    Kind.DECLARATION: "项目支出绩效目标申报表",
    Kind.DISCLOSURE: "项目支出绩效目标公开表",
    Kind.SELF_EVALUATION: "项目支出绩效自评表",
    Kind.MONITORING: "项目支出绩效目标执行监控表",
    Kind.DEPARTMENT_OVERALL: "部门整体支出绩效表",
    Kind.RESPONSIBILITY: "部门职责—活动绩效表",
    Kind.EVALUATION: "项目支出绩效评价指标体系评分表",
}
HIERARCHY = ("activity", "goal", "level1", "level2", "level3")  # merged over equal rows, each within the one before
_IN_EVERY_ROW = (*HIERARCHY, "level1_weight", "level2_weight")
_SUMMED = ("funding_sources", "cost_items", "procurement")  # lists whose sums are printed under them
_ODD_BLANKS = re.compile(r"[^\S\n \u3000]")


@dataclass(slots=True)
class Row:
    """A row of a block: values by column key; None is absent. ``sums`` marks 合计 and 总分."""

    values: dict[str, Printed | None]
    indent: int = 0
    sums: str = ""


def text_of(value: Printed | None) -> str:
    """The text of a value, "" where there is none."""
    return value.text if value is not None else ""


# --- words --------------------------------------------------------------------------------------------------------------
@cache
def words() -> dict[str, Any]:
    """The printed words, ``official.toml``."""
    return tomllib.loads(files("hengjian.forms").joinpath("official.toml").read_text(encoding="utf-8"))


def labels(table: str, kind: Kind) -> dict[str, str]:
    """Field to printed label, in printed order, with the words of the kind."""
    found = words()[table]
    own = found.get(kind.value, {})
    return {name: own.get(name, text) for name, text in found.items() if isinstance(text, str)}


def word(name: str) -> str:
    """One of the fixed words, such as 合计, 总分 or 序号."""
    return str(words()["words"][name])


# --- texts ------------------------------------------------------------------------------------------------------------
def settled_text(text: str) -> str:
    r"""A text as a cell holds it: no control characters, line ends as ``\n``, no blanks around it; all else stays.

    >>> settled_text(" =SUM(A1)\r\n\x07二、培训 ")
    '=SUM(A1)\n二、培训'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x85", "\n")
    text = text.replace("\u2028", "\n").replace("\u2029", "\n")
    text = _ODD_BLANKS.sub(" ", text)
    if not text.isprintable():
        text = "".join(c for c in text if c in "\n\u3000" or (c.isprintable() or unicodedata.category(c) == "Co"))
        # What symbol fonts borrow of the private range is read as the sign it draws, so it is no text.
        text = "".join(c for c in text if not "\uf000" <= c <= "\uf0ff")
    return text.strip()


def single_line(text: str) -> str:
    """A settled text on one line, as titles and labels are."""
    return " ".join(settled_text(text).split("\n"))


def settled(form: Form) -> Form:
    """The form as its official sheet holds it: texts as ``settled_text``, columns of the hierarchy in every row, no blank rows.

    What is only known of a reading (texts, proof, remarks, places) is left out. ``read_official`` gives exactly this.
    """
    form = _mapped(form)
    rows = [row for row in form.indicators if _texts_of(row)]
    shown = [name for name in _IN_EVERY_ROW if any(getattr(row, name) is not None for row in rows)]
    rows = [replace(r, **_blanks(r, shown)) for r in rows]
    held: dict[str, Any] = {
        name: tuple(row for row in getattr(form, name) if _texts_of(row))
        for name in ("funds", "funding_sources", "cost_items", "tasks", "procurement", "schedule", "activities")
    }
    for name in ("funding_sources", "cost_items", "tasks"):
        held[name] = tuple(replace(a, note=a.note if a.note else None) for a in held[name])
    # An indent belongs to a name: where there is none, nothing shows it.
    held["funds"] = tuple(f if f.item else replace(f, part=False) for f in held["funds"])
    held["activities"] = tuple(a if a.name else replace(a, level=1) for a in held["activities"])
    held["sums"] = tuple((name, value) for name, value in form.sums if name in _SUMMED and held[name])
    held["tasks_total"] = form.tasks_total if held["tasks"] else None
    for name in ("goal", "budget", "total"):
        record = getattr(form, name)
        held[name] = record if record is not None and any(_values(record)) else None
    return replace(
        form,
        indicators=tuple(rows),
        title=replace(form.title, text=single_line(form.title.text)) if form.title else None,
        goals=tuple(g for g in form.goals if g),
        sections=tuple(s for s in form.sections if s),
        extra=tuple((name, value) for name, value in form.extra if name),
        texts=(),
        **held,
    )


def _blanks(row: Indicator, names: Iterable[str]) -> dict[str, Any]:
    return {name: Printed("") for name in names if getattr(row, name) is None}


def _values(record: Any) -> tuple[bool, ...]:
    return tuple(getattr(record, item.name) is not None for item in fields(record))


def _mapped(value: Any) -> Any:
    """The same record with every text settled."""
    if isinstance(value, Printed):
        return replace(value, text=settled_text(value.text))
    if isinstance(value, CostNode):
        return CostNode(
            settled_text(value.name),
            settled_text(value.amount),
            value.unit,
            tuple(map(_mapped, value.children)),
            value.place,
            tuple(map(_mapped, value.parts)),
        )
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], Printed):
        return single_line(value[0]), _mapped(value[1])
    if isinstance(value, tuple):
        return tuple(map(_mapped, value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{item.name: _mapped(getattr(value, item.name)) for item in fields(value)})
    return value


def _texts_of(value: Any) -> bool:
    """Whether a record holds any text."""
    if isinstance(value, Printed):
        return bool(value)
    if isinstance(value, tuple):
        return any(_texts_of(item) for item in value if not isinstance(item, str))
    if is_dataclass(value) and not isinstance(value, type):
        return any(_texts_of(getattr(value, item.name)) for item in fields(value))
    return False


# --- marks ------------------------------------------------------------------------------------------------------------
def mark_of(forms: Sequence[Form]) -> str:
    """The keywords of a file with these forms: the mark, and of each form its kind (``~`` where it prints no title of its own)."""
    return " ".join([MARK, *(form.kind.value + ("" if form.title else "~") for form in forms)])


def is_marked(keywords: str) -> bool:
    """Whether the keywords of a file carry the mark."""
    return MARK in re.split(r"[\s,;，；]+", keywords)


def kinds_of(keywords: str, count: int) -> list[tuple[Kind, bool]]:
    """Kind and "has a title of its own" of the ``count`` forms of a marked file; none where the mark does not tell.

    Worksheets are copied and deleted: where all forms are of one kind, so is a copy.
    """
    parts = re.split(r"[\s,;，；]+", keywords)
    found: list[tuple[Kind, bool]] = []
    for part in parts[parts.index(MARK) + 1 :]:
        try:
            found.append((Kind(part.rstrip("~")), not part.endswith("~")))
        except ValueError:
            break
    if len(found) != count and len(set(found)) == 1:
        return found[:1] * count
    return found
