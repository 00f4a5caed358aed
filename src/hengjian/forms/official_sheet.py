"""A form laid out as the sheet of cells that every writer draws; ``forms.official`` says what the layout is.

Each block has a label at its side, a table its headings; classes are merged over their rows, and columns are as wide as
their texts need. Widths are in ems: the writers scale them to the page.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import sqrt

from hengjian.forms.form import (
    Amount,
    Budget,
    CostNode,
    Form,
    Kind,
    Printed,
    Total,
)
from hengjian.forms.official import HIERARCHY, USUAL_TITLES, Row, labels, settled, text_of, word, words

_Pair = tuple[str, Printed]
_HEAD_TAIL = ("grade", "conclusion", "problems", "measures")  # printed below the indicators
_ALONE = frozenset({"project", "basis", "conclusion", "problems", "measures"})  # always the whole width
_SHORT = 18  # ems: two values so short stand side by side
_TALL_TEXT = 14  # ems: what is longer is set flush left
_UPRIGHT, _LYING = 51.0, 77.0  # ems that fit a line of an A4 page
_SIDE = 5.4  # ems of the labels at the side
_WORD = 6.0  # ems: what is shorter is not broken
_EDGES = 0.8  # ems left free beside the text of a cell, both sides together
_BEARABLE = 0.1  # the share of their wishes that columns of an upright page can do with


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
class _Block:
    """A block with a label at its side: a table with headings, or pairs of label and text (``columns`` empty)."""

    side: str
    columns: tuple[_Column, ...] = ()
    rows: tuple[Row, ...] = ()
    name: str = "name"  # the column that a sum reaches to
    pairs: tuple[tuple[str | None, Printed], ...] = ()
    merges: tuple[str, ...] = ()
    main: bool = False
    levels: bool = False  # indents are levels


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
        word("year").format(form.year) if form.year is not None else "",
        word("unit").format(money + (word("inferred") if form.money_unit_inferred else "")) if money else "",
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
    signature = words()["signature"]
    if form.kind.value not in signature["kinds"]:
        return (), frozenset()
    held = dict(form.extra)
    pieces = [word("filler")]
    moved: set[str] = set()
    for name in signature["labels"]:
        value = held.get(name)
        fits = value is not None and bool(value) and re.fullmatch(r"\S(?: ?\S)*", value.text) and len(value.text) <= 20
        if value is not None and fits and not re.search(r"[:：]", value.text):
            pieces.append(f"{name}：{value.text}")
            moved.add(name)
        elif name in signature["always"] and value is None:
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
    shown_labels = labels("head", form.kind)
    above: list[list[_Pair]] = []
    below: list[list[_Pair]] = []
    waiting: list[_Pair] | None = None  # a row with room for a second pair
    for couple in _COUPLES:
        found = [(name, money[name] if name in money else getattr(form, name)) for name in couple]
        pairs = [(shown_labels[name], value) for name, value in found if value is not None]
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
    sides = labels("sides", form.kind)
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
    return tuple(_Column(name, text) for name, text in labels(table, kind).items() if present(name))


def _serial() -> _Column:
    return _Column("#", word("serial"))


def _records(form: Form, table: str, values: list[dict[str, Printed | None]]) -> _Block | None:
    if not values:
        return None
    rows = [Row({"#": Printed(str(n)), **row}) for n, row in enumerate(values, 1)]
    rows += [Row({"amount": amount}, sums=word("sum")) for name, amount in form.sums if name == table]
    shown = _columns(table, form.kind, lambda name: any(row.values.get(name) is not None for row in rows))
    return _Block("", (_serial(), *shown), tuple(rows), name=next(iter(values[0])))


def _prior_years(form: Form) -> _Block | None:
    if not form.prior_years:
        return None
    rows = tuple(
        Row({"year": Printed(f"{y.year}年"), "budget": y.budget, "executed": y.executed, "rate": y.rate})
        for y in form.prior_years
    )
    shown = _columns("prior_years", form.kind, lambda name: any(row.values[name] is not None for row in rows))
    return _Block("", shown, rows)


def _amounts(form: Form, table: str) -> _Block | None:
    items: tuple[Amount, ...] = getattr(form, table)
    if not items:
        return None
    rows = [
        Row(
            {"#": Printed(str(n)), "name": a.name, "amount": a.amount, "note": a.note if a.note else Printed("")},
            indent=int(a.part),
        )
        for n, a in enumerate(items, 1)
    ]
    for row in rows:
        if row.indent:
            row.values["name"] = Printed(word("among") + text_of(row.values.get("name")))
    sums = [amount for name, amount in form.sums if name == table]
    if table == "tasks" and form.tasks_total is not None:
        sums = [form.tasks_total]
    rows += [Row({"amount": amount}, sums=word("sum")) for amount in sums]
    noted = any(a.note for a in items)
    shown = _columns(table, form.kind, lambda name: name != "note" or noted)
    return _Block("", (_serial(), *shown), tuple(rows))


def _breakdown(form: Form) -> _Block | None:
    if form.cost_breakdown is None:
        return None
    rows: list[Row] = []

    def add(node: CostNode, number: str, depth: int) -> None:
        unit = Printed(node.unit.value) if node.unit is not None else Printed("")
        values: dict[str, Printed | None] = {
            "#": Printed(number),
            "name": Printed(node.name),
            "amount": Printed(node.amount),
            "unit": unit,
        }
        rows.append(Row(values, indent=depth))
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
        values: dict[str, Printed | None] = {name: getattr(fund, name) for name in labels("funds", form.kind)}
        if fund.part and not among:
            values["item"] = Printed(word("among") + fund.item.text)
        rows.append(Row(values | _grouped("extra", fund.extra), indent=0 if not fund.part else 2 if among else 1))
        among = fund.part
    shown = _columns("funds", form.kind, lambda name: any(row.values[name] is not None for row in rows))
    return _Block("", (*shown, *_group_columns("extra", [f.extra for f in form.funds])), tuple(rows), name="item")


def _grouped(group: str, pairs: tuple[tuple[str, Printed], ...]) -> dict[str, Printed | None]:
    return {f"{group}:{name}": value for name, value in pairs}


def _group_columns(group: str, rows: Iterable[tuple[tuple[str, Printed], ...]]) -> tuple[_Column, ...]:
    title = words()["groups"][group]
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
    values: dict[str, Printed | None] = {name: getattr(goal, name) for name in labels("goal", form.kind)}
    shown = _columns("goal", form.kind, lambda name: values[name] is not None)
    return _Block("", shown, (Row(values),))


def _activities(form: Form) -> _Block | None:
    if not form.activities:
        return None
    rows = tuple(
        Row(
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
    shown_labels = labels("indicators", form.kind)
    rows = [
        Row(
            {name: getattr(row, name) for name in shown_labels}
            | _grouped("history", row.history)
            | _grouped("bands", row.bands)
            | _grouped("extra", row.extra)
        )
        for row in form.indicators
    ]
    total = form.total or Total()
    held = {name for name in shown_labels if any(row.values[name] is not None for row in rows)} | {"name"}
    held |= {name for name in ("weight", "score") if getattr(total, name) is not None}
    if "level1" in held and "level3" not in held:
        shown_labels["name"] = shown_labels["level3"]
    shown = [_Column(name, text) for name, text in shown_labels.items() if name in held]
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
        rows.append(Row({"weight": total.weight, "score": total.score}, sums=word("total")))
    return _Block("", columns, tuple(rows), merges=tuple(n for n in HIERARCHY if n in held))


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


def _need(column: _Column, rows: Sequence[Row]) -> _Need:
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

    def _row(self, block: _Block, index: int, row: Row, starts: Sequence[int], spans: Sequence[int]) -> None:
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
            begin, text, key = n, text_of(value), columns[n].key
            indent = row.indent if key == block.name else 0
        self._cell(block, index, begin, len(columns), text, indent, key, starts, spans)

    @staticmethod
    def _check_first(row: Row, column: _Column) -> None:
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
    return (
        not a.sums and not b.sums and all(text_of(a.values.get(name)) == text_of(b.values.get(name)) for name in above)
    )


def _look(text: str) -> str:
    return "long" if "\n" in text or _ems(text) > _TALL_TEXT else "short"
