"""The official layout of a form: laid out as the table people know, and read back from it exactly.

One grammar in both directions. ``lay_out`` turns a ``Form`` into a sheet of cells that every writer draws (workbook, Word, PDF,
page); ``read_official`` is its inverse. The general reader guesses what labels mean and mends what clerks break; a sheet
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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from importlib.resources import files
from math import sqrt
from typing import Any

from hengjian.forms.form import (
    Activity,
    Amount,
    Budget,
    CostNode,
    Form,
    Fund,
    Goal,
    Indicator,
    Kind,
    Milestone,
    Printed,
    PriorYear,
    Purchase,
    Total,
)
from hengjian.forms.layout import Cell, Grid, Layout, Line
from hengjian.values.money import MoneyUnit
from hengjian.values.text import label as folded

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
_Pair = tuple[str, Printed]
_HEAD_TAIL = ("grade", "conclusion", "problems", "measures")  # printed below the indicators
_ALONE = frozenset({"project", "basis", "conclusion", "problems", "measures"})  # always the whole width
_SHORT = 18  # ems: two values so short stand side by side
_INHERITED = ("activity", "goal", "level1", "level2", "level3")  # merged over equal rows, each within the one before
_HIERARCHY = (*_INHERITED, "level1_weight", "level2_weight")
_SUMMED = ("funding_sources", "cost_items", "procurement")  # lists whose sums are printed under them
_TALL_TEXT = 14  # ems: what is longer is set flush left
_UPRIGHT, _LYING = 51.0, 77.0  # ems that fit a line of an A4 page
_SIDE = 5.4  # ems of the labels at the side
_WORD = 6.0  # ems: what is shorter is not broken
_EDGES = 0.8  # ems left free beside the text of a cell, both sides together
_BEARABLE = 0.1  # the share of their wishes that columns of an upright page can do with
_ODD_BLANKS = re.compile(r"[^\S\n \u3000]")


# --- the sheet --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Box:
    """A cell of the sheet: text, position from 0, spans, and how it is set (``look``: label, short, long, heading)."""

    text: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    look: str = "short"
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a sheet that are one table on paper; the first ``headings`` rows are repeated on every page."""

    first: int
    last: int
    headings: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form on paper. ``widths`` are the shares of the columns (sum 1); ``year`` and ``money`` stand under the title."""

    kind: Kind
    title: str
    year: str
    money: str
    widths: tuple[float, ...]
    rows: int
    boxes: tuple[Box, ...]
    parts: tuple[Part, ...]
    signature: tuple[str, ...]
    landscape: bool
    own_title: bool = True


@dataclass(frozen=True, slots=True)
class _Column:
    key: str
    text: str
    group: str = ""


@dataclass(slots=True)
class _Row:
    """A row of a block: values by column key; None is absent. ``sums`` marks 合计 and 总分."""

    values: dict[str, Printed | None]
    indent: int = 0
    sums: str = ""


@dataclass(slots=True)
class _Block:
    """A block with a label at its side: a table with headings, or pairs of label and text (``columns`` empty)."""

    side: str
    columns: tuple[_Column, ...] = ()
    rows: tuple[_Row, ...] = ()
    name: str = "name"  # the column that a sum reaches to
    pairs: tuple[tuple[str | None, Printed], ...] = ()
    merges: tuple[str, ...] = ()
    main: bool = False
    levels: bool = False  # indents are levels


class _Differs(Exception):
    """The sheet departs from the layout: the general reader takes over."""


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("hengjian.forms").joinpath("official.toml").read_text(encoding="utf-8"))


def _labels(table: str, kind: Kind) -> dict[str, str]:
    """Field to printed label, in printed order, with the words of the kind."""
    found = _words()[table]
    own = found.get(kind.value, {})
    return {name: own.get(name, text) for name, text in found.items() if isinstance(text, str)}


def _word(name: str) -> str:
    return str(_words()["words"][name])


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


def _line(text: str) -> str:
    return " ".join(settled_text(text).split("\n"))


def settled(form: Form) -> Form:
    """The form as its official sheet holds it: texts as ``settled_text``, columns of the hierarchy in every row, no blank rows.

    What is only known of a reading (texts, proof, remarks, places) is left out. ``read_official`` gives exactly this.
    """
    form = _mapped(form)
    rows = [row for row in form.indicators if _texts_of(row)]
    shown = [name for name in _HIERARCHY if any(getattr(row, name) is not None for row in rows)]
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
        title=replace(form.title, text=_line(form.title.text)) if form.title else None,
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
        return _line(value[0]), _mapped(value[1])
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


def _kinds(keywords: str) -> list[tuple[Kind, bool]]:
    words = re.split(r"[\s,;，；]+", keywords)
    named = words[words.index(MARK) + 1 :]
    found: list[tuple[Kind, bool]] = []
    for word in named:
        try:
            found.append((Kind(word.rstrip("~")), not word.endswith("~")))
        except ValueError:
            break
    return found


# --- form to sheet ----------------------------------------------------------------------------------------------------
def lay_out(form: Form) -> Sheet:
    """The official sheet of a form: only the fields it prints, in the order of the printed forms."""
    own_title = bool(form.title)
    form = settled(form)
    signature, moved = _signature(form)
    form = replace(form, extra=tuple(pair for pair in form.extra if pair[0] not in moved))
    top, bottom = _head_rows(form)
    blocks = _blocks(form)
    widths, landscape = _widths(blocks)
    draft = _Draft(widths)
    for pairs in top:
        draft.pairs(pairs)
    for block in blocks:
        draft.block(block)
        if block.main:
            for pairs in bottom:
                draft.pairs(pairs)
    if not any(block.main for block in blocks):
        for pairs in bottom:
            draft.pairs(pairs)
    money = form.money_unit.value if form.money_unit is not None else ""
    return Sheet(
        form.kind,
        form.title.text if form.title else USUAL_TITLES[form.kind],
        _word("year").format(form.year) if form.year is not None else "",
        _word("unit").format(money + (_word("inferred") if form.money_unit_inferred else "")) if money else "",
        tuple(width / sum(widths) for width in widths),
        draft.row,
        tuple(draft.boxes),
        draft.parts(),
        signature,
        landscape,
        own_title,
    )


def _signature(form: Form) -> tuple[tuple[str, ...], frozenset[str]]:
    """The pieces of the line of signatures, and the labels of the values that it shows."""
    words = _words()["signature"]
    if form.kind.value not in words["kinds"]:
        return (), frozenset()
    held = dict(form.extra)
    pieces = [_word("filler")]
    moved: set[str] = set()
    for name in words["labels"]:
        value = held.get(name)
        fits = value is not None and bool(value) and re.fullmatch(r"\S(?: ?\S)*", value.text) and len(value.text) <= 20
        if value is not None and fits and not re.search(r"[:：]", value.text):
            pieces.append(f"{name}：{value.text}")
            moved.add(name)
        elif name in words["always"] and value is None:
            pieces.append(f"{name}：")
    return tuple(pieces), frozenset(moved)


# Values that belong together share a row when both are short; what is left over pairs up in order.
_COUPLES = (
    ("project",),
    ("project_code",),
    ("department", "department_code"),
    ("unit", "unit_code"),
    ("project_type", "nature"),
    ("start", "end"),
    ("period",),
    ("budget_total", "budget_current_year"),
    ("basis",),
    ("grade",),
    ("conclusion",),
    ("problems",),
    ("measures",),
)


def _head_rows(form: Form) -> tuple[list[list[_Pair]], list[list[_Pair]]]:
    """Rows of one or two pairs: those above the blocks, and those below the indicators."""
    budget = form.budget or Budget()
    money = {"budget_total": budget.total, "budget_current_year": budget.current_year}
    labels = _labels("head", form.kind)
    above: list[list[_Pair]] = []
    below: list[list[_Pair]] = []
    waiting: list[_Pair] | None = None  # a row with room for a second pair
    for couple in _COUPLES:
        found = [(name, money[name] if name in money else getattr(form, name)) for name in couple]
        pairs = [(labels[name], value) for name, value in found if value is not None]
        short = couple[0] not in _ALONE and all("\n" not in v.text and _ems(v.text) <= _SHORT for _, v in pairs)
        rows = below if couple[0] in _HEAD_TAIL else above
        if len(pairs) == 1 and short and rows is above:
            if waiting is not None:
                waiting += pairs
                waiting = None
            else:
                waiting = pairs
                rows.append(waiting)
        else:
            rows += [pairs] if short and pairs else [[pair] for pair in pairs]
    return above, below


def _blocks(form: Form) -> list[_Block]:
    """The blocks that the form prints, in the order of the printed forms."""
    sides = _labels("sides", form.kind)
    made = {
        "prior_years": _prior_years(form),
        "funding_sources": _amounts(form, "funding_sources"),
        "cost_items": _amounts(form, "cost_items"),
        "cost_breakdown": _breakdown(form),
        "procurement": _records(
            form, "procurement", [{n: getattr(p, n) for n in ("item", "quantity", "amount")} for p in form.procurement]
        ),
        "schedule": _records(
            form, "schedule", [{n: getattr(m, n) for n in ("name", "start", "end")} for m in form.schedule]
        ),
        "tasks": _amounts(form, "tasks"),
        "funds": _funds(form),
        "sections": _listed(form.sections),
        "goals": _listed(form.goals),
        "goal": _goal(form),
        "activities": _activities(form),
        "indicators": _indicators(form),
        "extra": _Block("", pairs=tuple(form.extra)) if form.extra else None,
    }
    out: list[_Block] = []
    for name, side in sides.items():
        block = made[name]
        if block is not None:
            money = name == "funds" and form.money_unit is not None and not form.money_unit_inferred
            unit = form.money_unit.value if form.money_unit is not None else ""
            block.side = f"{side}（{unit}）" if money else side
            block.main = name == "indicators"
            out.append(block)
    return out


def _columns(table: str, kind: Kind, present: Callable[[str], bool]) -> tuple[_Column, ...]:
    return tuple(_Column(name, text) for name, text in _labels(table, kind).items() if present(name))


def _serial() -> _Column:
    return _Column("#", _word("serial"))


def _records(form: Form, table: str, values: list[dict[str, Printed | None]]) -> _Block | None:
    if not values:
        return None
    rows = [_Row({"#": Printed(str(n)), **row}) for n, row in enumerate(values, 1)]
    rows += [_Row({"amount": amount}, sums=_word("sum")) for name, amount in form.sums if name == table]
    shown = _columns(table, form.kind, lambda name: any(row.values.get(name) is not None for row in rows))
    return _Block("", (_serial(), *shown), tuple(rows), name=next(iter(values[0])))


def _prior_years(form: Form) -> _Block | None:
    if not form.prior_years:
        return None
    rows = tuple(
        _Row({"year": Printed(f"{y.year}年"), "budget": y.budget, "executed": y.executed, "rate": y.rate})
        for y in form.prior_years
    )
    shown = _columns("prior_years", form.kind, lambda name: any(row.values[name] is not None for row in rows))
    return _Block("", shown, rows)


def _amounts(form: Form, table: str) -> _Block | None:
    items: tuple[Amount, ...] = getattr(form, table)
    if not items:
        return None
    rows = [
        _Row(
            {"#": Printed(str(n)), "name": a.name, "amount": a.amount, "note": a.note if a.note else Printed("")},
            indent=int(a.part),
        )
        for n, a in enumerate(items, 1)
    ]
    for row in rows:
        if row.indent:
            row.values["name"] = Printed(_word("among") + _text(row.values.get("name")))
    sums = [amount for name, amount in form.sums if name == table]
    if table == "tasks" and form.tasks_total is not None:
        sums = [form.tasks_total]
    rows += [_Row({"amount": amount}, sums=_word("sum")) for amount in sums]
    noted = any(a.note for a in items)
    shown = _columns(table, form.kind, lambda name: name != "note" or noted)
    return _Block("", (_serial(), *shown), tuple(rows))


def _breakdown(form: Form) -> _Block | None:
    if form.cost_breakdown is None:
        return None
    rows: list[_Row] = []

    def add(node: CostNode, number: str, depth: int) -> None:
        unit = Printed(node.unit.value) if node.unit is not None else Printed("")
        values: dict[str, Printed | None] = {
            "#": Printed(number),
            "name": Printed(node.name),
            "amount": Printed(node.amount),
            "unit": unit,
        }
        rows.append(_Row(values, indent=depth))
        for place, part in enumerate(node.parts, 1):
            add(part, f"{number}（{place}）", depth + 1)
        for place, child in enumerate(node.children, 1):
            add(child, f"{number}.{place}", depth + 1)

    add(form.cost_breakdown, "1", 0)
    units = any(row.values["unit"] for row in rows)
    shown = _columns("cost_breakdown", form.kind, lambda name: name != "unit" or units)
    return _Block("", (_serial(), *shown), tuple(rows))


def _funds(form: Form) -> _Block | None:
    if not form.funds:
        return None
    rows = []
    among = False
    for fund in form.funds:
        # 其中 is printed once, before the first part; the next ones stand under it.
        values: dict[str, Printed | None] = {name: getattr(fund, name) for name in _labels("funds", form.kind)}
        if fund.part and not among:
            values["item"] = Printed(_word("among") + fund.item.text)
        rows.append(_Row(values | _grouped("extra", fund.extra), indent=0 if not fund.part else 2 if among else 1))
        among = fund.part
    shown = _columns("funds", form.kind, lambda name: any(row.values[name] is not None for row in rows))
    return _Block("", (*shown, *_group_columns("extra", [f.extra for f in form.funds])), tuple(rows), name="item")


def _grouped(group: str, pairs: tuple[tuple[str, Printed], ...]) -> dict[str, Printed | None]:
    return {f"{group}:{name}": value for name, value in pairs}


def _group_columns(group: str, rows: Iterable[tuple[tuple[str, Printed], ...]]) -> tuple[_Column, ...]:
    title = _words()["groups"][group]
    names = dict.fromkeys(name for row in rows for name, _ in row)
    return tuple(_Column(f"{group}:{name}", name, title) for name in names)


def _listed(texts: tuple[Printed, ...]) -> _Block | None:
    """Goals and headings: one alone has the whole width, several are numbered."""
    if not texts:
        return None
    if len(texts) == 1:
        return _Block("", pairs=((None, texts[0]),))
    return _Block("", pairs=tuple((str(n), text) for n, text in enumerate(texts, 1)))


def _goal(form: Form) -> _Block | None:
    if form.goal is None:
        return None
    goal = form.goal
    values: dict[str, Printed | None] = {name: getattr(goal, name) for name in _labels("goal", form.kind)}
    shown = _columns("goal", form.kind, lambda name: values[name] is not None)
    return _Block("", shown, (_Row(values),))


def _activities(form: Form) -> _Block | None:
    if not form.activities:
        return None
    rows = tuple(
        _Row(
            {"name": a.name, "budget": a.budget, "description": a.description, "goal": a.goal},
            indent=max(a.level - 1, 0),
        )
        for a in form.activities
    )
    shown = _columns("activities", form.kind, lambda name: any(row.values[name] is not None for row in rows))
    return _Block("", shown, rows, levels=True)


def _indicators(form: Form) -> _Block | None:
    if not form.indicators and form.total is None:
        return None
    labels = _labels("indicators", form.kind)
    rows = [
        _Row(
            {name: getattr(row, name) for name in labels}
            | _grouped("history", row.history)
            | _grouped("bands", row.bands)
            | _grouped("extra", row.extra)
        )
        for row in form.indicators
    ]
    total = form.total or Total()
    held = {name for name in labels if any(row.values[name] is not None for row in rows)} | {"name"}
    held |= {name for name in ("weight", "score") if getattr(total, name) is not None}
    if "level1" in held and "level3" not in held:
        labels["name"] = labels["level3"]
    shown = [_Column(name, text) for name, text in labels.items() if name in held]
    place = next((n for n, column in enumerate(shown) if column.key == "target"), len(shown))
    grouped = (
        *_group_columns("bands", [row.bands for row in form.indicators]),
        *_group_columns("extra", [row.extra for row in form.indicators]),
    )
    history = _group_columns("history", [row.history for row in form.indicators])
    columns = (*shown[:place], *history, *shown[place:], *grouped)
    if columns[0].key == "name":
        columns = (_serial(), *columns)
        for number, row in enumerate(rows, 1):
            row.values["#"] = Printed(str(number))
    if form.total is not None:
        rows.append(_Row({"weight": total.weight, "score": total.score}, sums=_word("total")))
    return _Block("", columns, tuple(rows), merges=tuple(n for n in _INHERITED if n in held))


# --- widths -----------------------------------------------------------------------------------------------------------
def _ems(text: str) -> float:
    """The longest line of a text in ems, as common Chinese fonts draw it."""
    return max((sum(map(_em, line)) for line in text.split("\n")), default=0.0)


def _em(character: str) -> float:
    if ord(character) > 0x2000:
        return 1.0
    return 0.95 if character in "%@MW" else 0.7 if character.isupper() else 0.57


@dataclass(frozen=True, slots=True)
class _Need:
    """How many ems a column would like, and how many it cannot do without."""

    wish: float
    least: float


# Names of classes stand in narrow columns, on two lines.
_CLASSES = {"level1": _Need(4.4, 3.2), "level2": _Need(5.4, 3.8), "#": _Need(3.0, 2.8)}


def _need(column: _Column, rows: Sequence[_Row]) -> _Need:
    if column.key in _CLASSES:
        return _CLASSES[column.key]
    texts = [value.text + "\u3000" * row.indent for row in rows if (value := row.values.get(column.key)) is not None]
    longest = max((_ems(text) for text in texts), default=0.0)
    heading = _ems(column.text)
    heading = heading if heading <= 4 else heading / 2 + 0.5
    if longest <= _WORD:  # numbers and short words are not broken
        wish = max(longest, heading) + _EDGES
        return _Need(wish, wish)
    usual = sqrt(sum(_ems(text) ** 2 for text in texts) / len(texts))
    wish = _WORD + sqrt(max(usual, longest / 2))
    return _Need(min(18.0, max(wish, heading)) + _EDGES, max(heading, 5.0) + _EDGES)


def _widths(blocks: Sequence[_Block]) -> tuple[tuple[float, ...], bool]:
    """Widths of the columns of the sheet in ems, and whether it lies on its side. The block with most columns sets the pattern."""
    tables = [block for block in blocks if block.columns]
    widest = max(tables, key=lambda block: (len(block.columns), block.main), default=None)
    needs = [_need(column, widest.rows) for column in widest.columns] if widest is not None else [_Need(10.0, 5.0)]
    tight = sum(need.least + (need.wish - need.least) * _BEARABLE for need in needs) + _SIDE
    landscape = tight > _UPRIGHT
    room = (_LYING if landscape else _UPRIGHT) - _SIDE
    least, wishes = sum(need.least for need in needs), sum(need.wish for need in needs)
    if wishes > least and least < room:
        share = (room - least) / (wishes - least)
        widths = [need.least + (need.wish - need.least) * share for need in needs]
    else:
        widths = [need.wish * room / wishes for need in needs]
    while len(widths) < 6:
        at = widths.index(max(widths))
        widths[at : at + 1] = [widths[at] / 2, widths[at] / 2]
    for _ in range(3):
        widths = _widened(widths, tables)
    return (_SIDE, *widths), landscape


def _widened(widths: list[float], tables: Sequence[_Block]) -> list[float]:
    """Columns with what the cells of every block cannot do without; the widest columns give it."""
    least = [0.0] * len(widths)
    for block in tables:
        at = 0
        needs = [_need(column, block.rows) for column in block.columns]
        for need, span in zip(needs, _fit(needs, widths), strict=True):
            here = sum(widths[at : at + span])
            for n in range(at, at + span):
                least[n] = max(least[n], need.least * widths[n] / here)
            at += span
    grown = [max(width, need) for width, need in zip(widths, least, strict=True)]
    over, slack = sum(grown) - sum(widths), sum(width - need for width, need in zip(grown, least, strict=True))
    if over <= 0 or slack <= over:
        return widths
    return [width - over * (width - need) / slack for width, need in zip(grown, least, strict=True)]


def _fit(needs: Sequence[_Need], widths: Sequence[float]) -> list[int]:
    """How many of the sheet's columns each of a block's columns takes, so that each has what it needs and comes near its wish."""
    room, whole = sum(widths), sum(need.wish for need in needs)
    edges = [0.0]
    for width in widths:
        edges.append(edges[-1] + width)
    # best[n]: the cost of the columns so far when they end at edge n, and where each of them ended
    best: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    for need in needs:
        after: dict[int, tuple[float, list[int]]] = {}
        for start, (cost, ends) in best.items():
            for end in range(start + 1, len(widths) + 1):
                got = edges[end] - edges[start]
                lacks = max(0.0, need.least - got)
                short = max(0.0, need.wish - got)
                more = cost + (got - need.wish * room / whole) ** 2 + 20 * short**2 + 2000 * lacks**2
                if end not in after or more < after[end][0]:
                    after[end] = (more, [*ends, end - start])
        best = after
    return best[len(widths)][1]


# --- drawing ----------------------------------------------------------------------------------------------------------
_PAIR = (_Need(16.0, 8.0), _Need(6.0, 5.0), _Need(17.0, 8.0))  # value, label, value
_LISTED = (_Need(8.0, 5.0), _Need(38.0, 10.0))  # label, text


class _Draft:
    """The sheet under construction."""

    def __init__(self, widths: Sequence[float]) -> None:
        self.widths = widths
        self.boxes: list[Box] = []
        self.row = 0
        self._main: tuple[int, int, int] | None = None

    def parts(self) -> tuple[Part, ...]:
        """The indicators are a table of their own on paper: their headings are repeated on every page."""
        if self._main is None:
            return (Part(0, self.row - 1),) if self.row else ()
        first, last, headings = self._main
        before = (Part(0, first - 1),) if first else ()
        after = (Part(last + 1, self.row - 1),) if last + 1 < self.row else ()
        return (*before, Part(first, last, headings), *after)

    def _put(self, text: str, column: int, columns: int, look: str, *, rows: int = 1, indent: int = 0) -> None:
        self.boxes.append(Box(text, self.row, column, rows, columns, look, indent))

    def pairs(self, pairs: Sequence[tuple[str, Printed]]) -> None:
        """A row of one or two labels with their values; the first label stands in the column at the side."""
        whole = len(self.widths) - 1
        if len(pairs) == 1:
            (name, value), spans = pairs[0], [whole]
        else:
            spans = _fit(_PAIR, self.widths[1:])
            name, value = pairs[0]
        self._put(name, 0, 1, "label")
        self._put(value.text, 1, spans[0], _look(value.text))
        if len(pairs) == 2:
            name, value = pairs[1]
            self._put(name, 1 + spans[0], spans[1], "label")
            self._put(value.text, 1 + spans[0] + spans[1], spans[2], _look(value.text))
        self.row += 1

    def block(self, block: _Block) -> None:
        """A block with its side label."""
        first = self.row
        side = len(self.boxes)
        self.boxes.append(Box(block.side, first, 0, look="label"))
        headings = 0
        if block.columns:
            headings = self._table(block)
        else:
            self._listing(block)
        if block.main and self.row > first + headings:
            # The headings are repeated on every page, so the label beside them is a cell of its own.
            self.boxes[side] = replace(self.boxes[side], row_span=headings)
            self.boxes.append(Box(block.side, first + headings, 0, self.row - first - headings, look="label"))
        else:
            self.boxes[side] = replace(self.boxes[side], row_span=self.row - first)
        if block.main:
            self._main = (first, self.row - 1, headings)

    def _listing(self, block: _Block) -> None:
        label_span = _fit(_LISTED, self.widths[1:])[0]
        if all(name is None or len(name) <= 3 for name, _ in block.pairs):
            label_span = 1
        for name, value in block.pairs:
            if name is not None:
                self._put(name, 1, label_span, "label")
            first = 1 if name is None else 1 + label_span
            self._put(
                value.text, first, len(self.widths) - first, "long" if len(block.pairs) > 1 else _look(value.text)
            )
            self.row += 1

    def _table(self, block: _Block) -> int:
        spans = _fit([_need(column, block.rows) for column in block.columns], self.widths[1:])
        starts = [1 + sum(spans[:n]) for n in range(len(spans))]
        depth = 2 if any(column.group for column in block.columns) else 1
        self._headings(block.columns, starts, spans, depth)
        self.row += depth
        for index, row in enumerate(block.rows):
            self._row(block, index, row, starts, spans)
            self.row += 1
        return depth

    def _headings(self, columns: Sequence[_Column], starts: Sequence[int], spans: Sequence[int], depth: int) -> None:
        for index, column in enumerate(columns):
            if not column.group:
                self._put(column.text, starts[index], spans[index], "heading", rows=depth)
                continue
            if not index or columns[index - 1].group != column.group:
                together = [n for n in range(index, len(columns)) if columns[n].group == column.group]
                self._put(column.group, starts[index], sum(spans[n] for n in together), "heading")
            self.boxes.append(Box(column.text, self.row + 1, starts[index], 1, spans[index], "heading"))

    def _row(self, block: _Block, index: int, row: _Row, starts: Sequence[int], spans: Sequence[int]) -> None:
        columns = block.columns
        at = 0
        if row.sums:
            at = next(n for n, column in enumerate(columns) if column.key == block.name) + 1
        else:
            self._check_first(row, columns[0])
        begin, text, indent, key = 0, row.sums, 0, ""
        for n in range(at, len(columns)):
            value = row.values.get(columns[n].key)
            blank = row.sums and columns[n].key not in ("amount", "weight", "score")
            if value is None and not blank:
                continue  # absent: the cell to the left reaches over it
            if n:
                self._cell(block, index, begin, n, text, indent, key, starts, spans)
            begin, text, key = n, _text(value), columns[n].key
            indent = row.indent if key == block.name else 0
        self._cell(block, index, begin, len(columns), text, indent, key, starts, spans)

    @staticmethod
    def _check_first(row: _Row, column: _Column) -> None:
        if row.values.get(column.key) is None:
            raise ValueError(f"the first column {column.key} has no value")

    def _cell(
        self,
        block: _Block,
        index: int,
        begin: int,
        end: int,
        text: str,
        indent: int,
        key: str,
        starts: Sequence[int],
        spans: Sequence[int],
    ) -> None:
        tall = 1
        if key in block.merges and text:
            if index and _same(block, index - 1, index, key):
                return
            while index + tall < len(block.rows) and _same(block, index, index + tall, key):
                tall += 1
        look = "label" if key == "" else "class" if key in block.merges else _look(text)
        if key == block.name and (block.levels or any(row.indent for row in block.rows)):
            look = "long"  # names that stand under each other as whole and parts begin at one edge
        self._put(text, starts[begin], sum(spans[begin:end]), look, rows=tall, indent=indent)


def _same(block: _Block, one: int, two: int, key: str) -> bool:
    """Whether two rows share a class, and the classes above it."""
    above = block.merges[: block.merges.index(key) + 1]
    a, b = block.rows[one], block.rows[two]
    return not a.sums and not b.sums and all(_text(a.values.get(name)) == _text(b.values.get(name)) for name in above)


def _text(value: Printed | None) -> str:
    return value.text if value is not None else ""


def _look(text: str) -> str:
    return "long" if "\n" in text or _ems(text) > _TALL_TEXT else "short"


# --- sheet to form ----------------------------------------------------------------------------------------------------
def read_official(layout: Layout) -> tuple[Form, ...] | None:
    """The forms of a file that carries the mark; None where it carries none or departs from the layout."""
    if not is_marked(layout.keywords):
        return None
    kinds = _kinds(layout.keywords)
    try:
        stretches = _stretches(layout)
        if len(stretches) != len(kinds):
            return None
        loose = layout.source.format == "pdf"
        return tuple(
            _Reader(kind, own, loose).form(lines, grids)
            for (kind, own), (lines, grids) in zip(kinds, stretches, strict=True)
        )
    except _Differs:
        return None


def _stretches(layout: Layout) -> list[tuple[list[Printed], list[tuple[Grid, int]]]]:
    """Of each form the lines outside its tables, and its tables with the first row that is no line."""
    found: list[tuple[list[Printed], list[tuple[Grid, int]]]] = []
    after_table = True
    for index, block in enumerate(layout.blocks):
        if isinstance(block, Line):
            signed = bool(found) and after_table and folded(block.text).startswith(folded(_word("filler")))
            if (after_table or index in layout.breaks) and not signed:
                found.append(([], []))
                after_table = False
            found[-1][0].append(Printed(block.text, block.place))
            continue
        lines, first = _lines_above(block)
        if lines and not any(folded(line.text).startswith(folded(_word("filler"))) for line in lines):
            found.append(([], []))
        if not found:
            raise _Differs
        found[-1][0].extend(lines)
        found[-1][1].append((block, first))
        after_table = True
    return found


def _lines_above(grid: Grid) -> tuple[list[Printed], int]:
    """The rows of a grid that are lines across it (title, year, unit of money), and the first row after them."""
    lines: list[Printed] = []
    row = 0
    while row < grid.rows:
        cells = grid.row(row)
        if len(cells) != 1 or cells[0].column_span < grid.columns:
            break
        if cells[0].text:
            lines.append(Printed(cells[0].text, cells[0].place))
        row += 1
    return lines, row


@dataclass(slots=True)
class _Read:
    """A table as read: rows of values by column key."""

    rows: list[_Row]
    groups: dict[str, list[str]]


class _Reader:
    """Reads the tables of one form. ``loose`` is for pages, where blanks and indents are not kept to the letter."""

    def __init__(self, kind: Kind, own_title: bool, loose: bool) -> None:
        self.kind, self.own_title, self.loose = kind, own_title, loose
        self.values: dict[str, Any] = {}
        self.budget: dict[str, Printed] = {}
        self.sums: list[tuple[str, Printed]] = []
        self.extra: list[tuple[str, Printed]] = []
        self.texts: list[Printed] = []
        self.heads = {folded(text): name for name, text in _labels("head", kind).items()}
        self.sides = {folded(text): name for name, text in _labels("sides", kind).items()}

    def form(self, lines: Sequence[Printed], grids: Sequence[tuple[Grid, int]]) -> Form:
        if not lines or not grids:
            raise _Differs
        self.texts.extend(line for line in lines if line)
        self._lines(lines)
        for grid, first in grids:
            self.texts.extend(_printed(cell) for cell in grid.cells if cell.text)
            self._grid(grid, first)
        budget = Budget(self.budget.get("budget_total"), self.budget.get("budget_current_year"))
        return Form(
            self.kind,
            budget=budget if self.budget else None,
            sums=tuple(self.sums),
            extra=tuple(self.extra),
            texts=tuple(self.texts),
            place=lines[0].place,
            **self.values,
        )

    # --- lines --------------------------------------------------------------------------------------------------------
    def _lines(self, lines: Sequence[Printed]) -> None:
        title, *rest = lines
        if self.own_title:
            self._set("title", title)
        year = re.escape(folded(_word("year"))).replace(re.escape("{}"), r"(\d+)")
        unit = re.escape(folded(_word("unit"))).replace(re.escape("{}"), "(.*)")
        for line in rest:
            for text in re.split(r"\u3000{2,}| {2,}|\n", line.text) if self.loose else [line.text]:
                plain = folded(text)
                if found := re.fullmatch(year, plain):
                    self._set("year", int(found[1]))
                elif found := re.fullmatch(unit, plain):
                    self._unit(found[1])
                elif plain.startswith(folded(_word("filler"))):
                    self._signed(line)
                    break
                elif plain and not (self.loose and re.match(r"(填报|审核|联系)", plain)):
                    raise _Differs

    def _unit(self, text: str) -> None:
        inferred = folded(_word("inferred"))
        if text.endswith(inferred):
            self.values["money_unit_inferred"] = True
            text = text.removesuffix(inferred)
        try:
            self._set("money_unit", MoneyUnit(text))
        except ValueError:
            raise _Differs from None

    def _signed(self, line: Printed) -> None:
        """Values on the line of signatures."""
        labels = _words()["signature"]["labels"]
        for piece in re.split(r"\u3000{2,}| {2,}|\t", line.text):
            name, sign, text = piece.partition("：")
            if sign and name in labels and text.strip():
                self.extra.append((name, replace(line, text=text.strip())))

    def _set(self, name: str, value: Any) -> None:
        if name in self.values:
            raise _Differs
        self.values[name] = value

    # --- rows ---------------------------------------------------------------------------------------------------------
    def _grid(self, grid: Grid, first: int) -> None:
        row = first
        while row < grid.rows:
            side = grid.at(row, 0)
            if side is None or side.column_span != 1:
                row = self._last_line(grid, row)
                continue
            last = side.row + side.row_span - 1
            name = self._side(side)
            if name is None:
                self._pairs(grid, row)
                row = last + 1
                continue
            while last + 1 < grid.rows and self._goes_on(grid, last + 1, side):
                below = grid.at(last + 1, 0)
                last += below.row_span if below is not None else 1
            self._block(name, grid, row, last)
            row = last + 1

    def _last_line(self, grid: Grid, row: int) -> int:
        """The line of signatures under the table of a worksheet."""
        cells = [cell for cell in grid.row(row) if cell.text]
        if len(cells) > 1 or (cells and not folded(cells[0].text).startswith(folded(_word("filler")))):
            raise _Differs
        if cells:
            self._signed(_printed(cells[0]))
            self.texts.append(_printed(cells[0]))
        return row + 1

    @staticmethod
    def _goes_on(grid: Grid, row: int, side: Cell) -> bool:
        """Whether a block goes on: its label stands again, or none (a row was added under it, or a page broke)."""
        cell = grid.at(row, 0)
        return cell is None or (cell.column_span == 1 and cell.text in ("", side.text))

    def _side(self, cell: Cell) -> str | None:
        plain = folded(cell.text)
        return self.sides.get(plain) or self.sides.get(re.sub(r"\([^()]*元\)$", "", plain))

    def _pairs(self, grid: Grid, row: int) -> None:
        cells = grid.starts(row)
        if len(cells) not in (2, 4):
            raise _Differs
        for shown, value in zip(cells[::2], cells[1::2], strict=True):
            name = self.heads.get(folded(shown.text))
            if name is None:
                raise _Differs
            if name.startswith("budget_"):
                self.budget[name] = _printed(value)
            else:
                self._set(name, _printed(value))

    # --- blocks -------------------------------------------------------------------------------------------------------
    def _block(self, name: str, grid: Grid, first: int, last: int) -> None:
        if name in ("goals", "sections", "extra"):
            pairs = self._listing(grid, first, last)
            if name == "extra":
                self.extra[:0] = [(shown or "", value) for shown, value in pairs]
            else:
                self._set(name, tuple(value for _, value in pairs))
            return
        table = self._table(name, grid, first, last)
        makers: dict[str, Callable[[_Read], None]] = {
            "prior_years": self._prior_years,
            "cost_breakdown": self._breakdown,
            "funds": self._funds,
            "goal": self._goal,
            "activities": self._activities,
            "indicators": self._indicators,
        }
        if name in makers:
            makers[name](table)
        else:
            self._amounts(name, table)

    def _listing(self, grid: Grid, first: int, last: int) -> list[tuple[str | None, Printed]]:
        out: list[tuple[str | None, Printed]] = []
        for row in range(first, last + 1):
            cells = [cell for cell in grid.starts(row) if cell.column > 0]
            if len(cells) == 1:
                out.append((None, _printed(cells[0])))
            elif len(cells) == 2:
                out.append((cells[0].text, _printed(cells[1])))
            elif cells:
                raise _Differs
        return out

    def _table(self, name: str, grid: Grid, first: int, last: int) -> _Read:
        heads = [cell for cell in grid.starts(first) if cell.column > 0]
        depth = max((cell.row_span for cell in heads), default=1)
        if not heads or depth > 2:
            raise _Differs
        columns = self._heads(name, grid, first, heads, depth)
        rows = [
            self._row(name, grid, row, columns)
            for row in range(first + depth, last + 1)
            if any(cell.column > 0 for cell in grid.starts(row)) and not self._repeated(grid, row, first, depth)
        ]
        groups: dict[str, list[str]] = {}
        for key in columns:
            group, sign, text = key.partition(":")
            if sign:
                groups.setdefault(group, []).append(text)
        kept = name in ("goal", "cost_breakdown")  # here a row without a text says that it is blank
        return _Read([row for row in rows if kept or row.sums or _filled(row)], groups)

    @staticmethod
    def _repeated(grid: Grid, row: int, first: int, depth: int) -> bool:
        """Whether a row repeats the headings on a new page."""
        if row not in grid.page_breaks and row - 1 not in grid.page_breaks:
            return False
        texts = [cell.text for cell in grid.starts(row) if cell.column > 0 and cell.text]
        return any(
            texts == [c.text for c in grid.starts(r) if c.column > 0 and c.text] for r in range(first, first + depth)
        )

    def _heads(self, name: str, grid: Grid, first: int, heads: Sequence[Cell], depth: int) -> dict[str, int]:
        """Column keys with their first column in the grid."""
        labels = {folded(text): key for key, text in _labels(name, self.kind).items()} if name in _words() else {}
        labels[folded(_word("serial"))] = "#"
        groups = {folded(text): key for key, text in _words()["groups"].items()}
        columns: dict[str, int] = {}
        for cell in heads:
            plain = folded(cell.text)
            if depth == 2 and cell.row_span == 1:
                if plain not in groups:
                    raise _Differs
                for below in grid.starts(first + 1):
                    if cell.column <= below.column < cell.column + cell.column_span:
                        columns[f"{groups[plain]}:{below.text}"] = below.column
            elif plain in labels and labels[plain] not in columns:
                columns[labels[plain]] = cell.column
            else:
                raise _Differs
        if name == "indicators" and "name" not in columns and "level3" in columns:
            columns = {"name" if key == "level3" else key: column for key, column in columns.items()}
        return columns

    def _row(self, name: str, grid: Grid, row: int, columns: Mapping[str, int]) -> _Row:
        values: dict[str, Printed | None] = {}
        indent = 0
        keyed = "item" if name in ("funds", "procurement") else "name"
        lead = next(iter(columns))
        first = grid.at(row, columns[lead])
        word = _word("total") if name == "indicators" else _word("sum")
        sums = ""
        if first is not None and keyed in columns and columns[keyed] != columns[lead]:
            reaches = first.column + first.column_span > columns[keyed]
            sums = word if reaches and first.text == word else ""
        for key, column in columns.items():
            cell = grid.at(row, column)
            if cell is None:
                values[key] = Printed("")
            elif cell.column == column:
                values[key] = _printed(cell, row)
                indent = cell.indent if key == keyed else indent
            else:
                values[key] = None
        return _Row(values, indent, sums)

    # --- records ------------------------------------------------------------------------------------------------------
    def _prior_years(self, table: _Read) -> None:
        years = []
        for row in table.rows:
            found = re.fullmatch(r"(-?\d+)年?", folded(_text(row.values.get("year"))))
            if found is None:
                raise _Differs
            years.append(PriorYear(int(found[1]), *(row.values.get(n) for n in ("budget", "executed", "rate"))))
        self._set("prior_years", tuple(years))

    def _named(self, row: _Row, key: str = "name", *, once: bool = False) -> tuple[Printed, bool]:
        """The name of a row without 其中, and whether it is a part. ``once``: only the first of several parts says so."""
        value = row.values.get(key) or Printed("")
        among = _word("among")
        says = value.text.startswith(among)
        if self.loose:
            return (replace(value, text=value.text.removeprefix(among).strip()), says)
        if row.indent == 1 and says:
            return replace(value, text=value.text.removeprefix(among)), True
        return value, once and row.indent > 0

    def _amounts(self, name: str, table: _Read) -> None:
        made: list[Any] = []
        for row in table.rows:
            amount = row.values.get("amount")
            if row.sums:
                if name == "tasks":
                    self._set("tasks_total", amount)
                else:
                    self.sums.append((name, amount or Printed("")))
            elif name == "procurement":
                made.append(Purchase(row.values.get("item") or Printed(""), row.values.get("quantity"), amount))
            elif name == "schedule":
                made.append(
                    Milestone(row.values.get("name") or Printed(""), row.values.get("start"), row.values.get("end"))
                )
            else:
                shown, part = self._named(row)
                made.append(Amount(shown, amount or Printed(""), part, row.values.get("note") or None))
        self._set(name, tuple(made))

    def _breakdown(self, table: _Read) -> None:
        nodes: dict[str, tuple[_Row, list[str], list[str]]] = {}
        for row in table.rows:
            number = _text(row.values.get("#"))
            above = re.fullmatch(r"(.*)(?:\.\d+|(（\d+）))", number)
            if (above is None) != (not nodes) or (above is not None and above[1] not in nodes):
                raise _Differs
            if above is not None:
                _, children, parts = nodes[above[1]]
                (parts if above[2] else children).append(number)
            nodes[number] = (row, [], [])

        def made(number: str) -> CostNode:
            row, children, parts = nodes[number]
            unit = _text(row.values.get("unit"))
            name = row.values.get("name") or Printed("")
            return CostNode(
                name.text,
                _text(row.values.get("amount")),
                MoneyUnit(unit) if unit else None,
                tuple(map(made, children)),
                name.place,
                tuple(map(made, parts)),
            )

        try:
            self._set("cost_breakdown", made(next(iter(nodes))))
        except (ValueError, StopIteration, KeyError):
            raise _Differs from None

    def _funds(self, table: _Read) -> None:
        funds: list[Fund] = []
        for row in table.rows:
            item, part = self._named(row, "item", once=True)
            part = part or (self.loose and bool(funds) and funds[-1].part)
            values = {n: row.values.get(n) for n in _labels("funds", self.kind) if n != "item"}
            funds.append(Fund(item, part=part, extra=_pairs(row, table, "extra"), **values))
        self._set("funds", tuple(funds))

    def _goal(self, table: _Read) -> None:
        if len(table.rows) != 1:
            raise _Differs
        self._set("goal", Goal(**{name: table.rows[0].values.get(name) for name in _labels("goal", self.kind)}))

    def _activities(self, table: _Read) -> None:
        made = [
            Activity(
                row.values.get("name") or Printed(""),
                row.indent + 1,
                *(row.values.get(name) for name in ("budget", "description", "goal")),
            )
            for row in table.rows
        ]
        self._set("activities", tuple(made))

    def _indicators(self, table: _Read) -> None:
        made: list[Indicator] = []
        for row in table.rows:
            if row.sums:
                self._set("total", Total(row.values.get("weight"), row.values.get("score")))
                continue
            values = {name: row.values.get(name) for name in _labels("indicators", self.kind) if name != "name"}
            name = row.values.get("name") or Printed("")
            pairs = {group: _pairs(row, table, group) for group in ("history", "bands", "extra")}
            made.append(Indicator(name, place=name.place, **values, **pairs))  # type: ignore[arg-type]
        self._set("indicators", tuple(made))


def _filled(row: _Row) -> bool:
    return any(value for key, value in row.values.items() if key != "#")


def _pairs(row: _Row, table: _Read, group: str) -> tuple[tuple[str, Printed], ...]:
    found = ((text, row.values[f"{group}:{text}"]) for text in table.groups.get(group, ()))
    return tuple((text, value) for text, value in found if value is not None)


def _printed(cell: Cell, row: int | None = None) -> Printed:
    return Printed(cell.text, cell.place, cell.row_span, row is None or row == cell.row, uncertain=cell.doubtful)
