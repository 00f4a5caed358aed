"""The official layout read back: block by block, column by column, each value the text of its cell (``forms.official``)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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
from hengjian.forms.official import Row, is_marked, kinds_of, labels, text_of, word, words
from hengjian.values.money import MoneyUnit
from hengjian.values.text import label as folded


class _Differs(Exception):
    """The sheet departs from the layout: the general reader takes over."""


# --- sheet to form ----------------------------------------------------------------------------------------------------
def read_official(layout: Layout) -> tuple[Form, ...] | None:
    """The forms of a file that carries the mark; None where it carries none or departs from the layout."""
    if not is_marked(layout.keywords):
        return None
    try:
        stretches = _stretches(layout)
        kinds = kinds_of(layout.keywords, len(stretches))
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
            signed = bool(found) and after_table and folded(block.text).startswith(folded(word("filler")))
            if (after_table or index in layout.breaks) and not signed:
                found.append(([], []))
                after_table = False
            found[-1][0].append(Printed(block.text, block.place))
            continue
        lines, first = _lines_above(block)
        if lines and not any(folded(line.text).startswith(folded(word("filler"))) for line in lines):
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

    rows: list[Row]
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
        self.heads = {folded(text): name for name, text in labels("head", kind).items()}
        self.sides = {folded(text): name for name, text in labels("sides", kind).items()}

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
        year = re.escape(folded(word("year"))).replace(re.escape("{}"), r"(\d{1,6})")
        unit = re.escape(folded(word("unit"))).replace(re.escape("{}"), "(.*)")
        for line in rest:
            for text in re.split(r"\u3000{2,}| {2,}|\n", line.text) if self.loose else [line.text]:
                plain = folded(text)
                if found := re.fullmatch(year, plain):
                    self._set("year", int(found[1]))
                elif found := re.fullmatch(unit, plain):
                    self._unit(found[1])
                elif plain.startswith(folded(word("filler"))):
                    self._signed(line)
                    break
                elif plain and not (self.loose and re.match(r"(填报|审核|联系)", plain)):
                    raise _Differs

    def _unit(self, text: str) -> None:
        inferred = folded(word("inferred"))
        if text.endswith(inferred):
            self.values["money_unit_inferred"] = True
            text = text.removesuffix(inferred)
        try:
            self._set("money_unit", MoneyUnit(text))
        except ValueError:
            raise _Differs from None

    def _signed(self, line: Printed) -> None:
        """Values on the line of signatures."""
        shown_labels = words()["signature"]["labels"]
        for piece in re.split(r"\u3000{2,}| {2,}|\t", line.text):
            name, sign, text = piece.partition("：")
            if sign and name in shown_labels and text.strip():
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
        if len(cells) > 1 or (cells and not folded(cells[0].text).startswith(folded(word("filler")))):
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
        if not columns:
            raise _Differs
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
        shown_labels = {folded(text): key for key, text in labels(name, self.kind).items()} if name in words() else {}
        shown_labels[folded(word("serial"))] = "#"
        groups = {folded(text): key for key, text in words()["groups"].items()}
        columns: dict[str, int] = {}
        for cell in heads:
            plain = folded(cell.text)
            if depth == 2 and cell.row_span == 1:
                if plain not in groups:
                    raise _Differs
                for below in grid.starts(first + 1):
                    if cell.column <= below.column < cell.column + cell.column_span:
                        columns[f"{groups[plain]}:{below.text}"] = below.column
            elif plain in shown_labels and shown_labels[plain] not in columns:
                columns[shown_labels[plain]] = cell.column
            else:
                raise _Differs
        if name == "indicators" and "name" not in columns and "level3" in columns:
            columns = {"name" if key == "level3" else key: column for key, column in columns.items()}
        return columns

    def _row(self, name: str, grid: Grid, row: int, columns: Mapping[str, int]) -> Row:
        values: dict[str, Printed | None] = {}
        indent = 0
        keyed = "item" if name in ("funds", "procurement") else "name"
        lead = next(iter(columns))
        first = grid.at(row, columns[lead])
        total = word("total") if name == "indicators" else word("sum")
        sums = ""
        if first is not None and keyed in columns and columns[keyed] != columns[lead]:
            reaches = first.column + first.column_span > columns[keyed]
            sums = total if reaches and first.text == total else ""
        for key, column in columns.items():
            cell = grid.at(row, column)
            if cell is None:
                values[key] = Printed("")
            elif cell.column == column:
                values[key] = _printed(cell, row)
                indent = cell.indent if key == keyed else indent
            else:
                values[key] = None
        return Row(values, indent, sums)

    # --- records ------------------------------------------------------------------------------------------------------
    def _prior_years(self, table: _Read) -> None:
        years = []
        for row in table.rows:
            found = re.fullmatch(r"(-?\d{1,6})年?", folded(text_of(row.values.get("year"))))
            if found is None:
                raise _Differs
            years.append(PriorYear(int(found[1]), *(row.values.get(n) for n in ("budget", "executed", "rate"))))
        self._set("prior_years", tuple(years))

    def _named(self, row: Row, key: str = "name", *, once: bool = False) -> tuple[Printed, bool]:
        """The name of a row without 其中, and whether it is a part. ``once``: only the first of several parts says so."""
        value = row.values.get(key) or Printed("")
        among = word("among")
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
        nodes: dict[str, tuple[Row, list[str], list[str]]] = {}
        for row in table.rows:
            number = text_of(row.values.get("#"))
            above = re.fullmatch(r"(.*)(?:\.\d+|(（\d+）))", number)
            if (above is None) != (not nodes) or (above is not None and above[1] not in nodes):
                raise _Differs
            if above is not None:
                _, children, parts = nodes[above[1]]
                (parts if above[2] else children).append(number)
            nodes[number] = (row, [], [])

        def made(number: str) -> CostNode:
            row, children, parts = nodes[number]
            unit = text_of(row.values.get("unit"))
            name = row.values.get("name") or Printed("")
            return CostNode(
                name.text,
                text_of(row.values.get("amount")),
                MoneyUnit(unit) if unit else None,
                tuple(map(made, children)),
                name.place,
                tuple(map(made, parts)),
            )

        try:
            self._set("cost_breakdown", made(next(iter(nodes))))
        except (ValueError, StopIteration, RecursionError):
            raise _Differs from None

    def _funds(self, table: _Read) -> None:
        funds: list[Fund] = []
        for row in table.rows:
            item, part = self._named(row, "item", once=True)
            part = part or (self.loose and bool(funds) and funds[-1].part)
            values = {n: row.values.get(n) for n in labels("funds", self.kind) if n != "item"}
            funds.append(Fund(item, part=part, extra=_pairs(row, table, "extra"), **values))
        self._set("funds", tuple(funds))

    def _goal(self, table: _Read) -> None:
        if len(table.rows) != 1:
            raise _Differs
        self._set("goal", Goal(**{name: table.rows[0].values.get(name) for name in labels("goal", self.kind)}))

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
            values = {name: row.values.get(name) for name in labels("indicators", self.kind) if name != "name"}
            name = row.values.get("name") or Printed("")
            pairs = {group: _pairs(row, table, group) for group in ("history", "bands", "extra")}
            made.append(Indicator(name, place=name.place, **values, **pairs))  # type: ignore[arg-type]
        self._set("indicators", tuple(made))


def _filled(row: Row) -> bool:
    return any(value for key, value in row.values.items() if key != "#")


def _pairs(row: Row, table: _Read, group: str) -> tuple[tuple[str, Printed], ...]:
    found = ((text, row.values[f"{group}:{text}"]) for text in table.groups.get(group, ()))
    return tuple((text, value) for text, value in found if value is not None)


def _printed(cell: Cell, row: int | None = None) -> Printed:
    return Printed(cell.text, cell.place, cell.row_span, row is None or row == cell.row, uncertain=cell.doubtful)
