"""One worksheet, whatever wrote it, and how worksheets become blocks.

``xlsx``, ``xls`` and ``ods`` read their formats into ``Sheet``; here the empty rim is trimmed, merged ranges become spans,
prose becomes lines, and what a person cannot see is named.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final, NamedTuple

from hengjian.documents.content import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Content, too_much
from hengjian.documents.formula import column_letters
from hengjian.forms.layout import Block, Cell, Grid, Line
from hengjian.values.finding import Problem
from hengjian.values.place import Place

_FILL: Final = 100_000  # positions up to which blank cells are made too, so that a blank can be pointed at
_WIDE: Final = 100  # a merged range may reach this far past the last filled column or row; decoration reaches further
_NAMED: Final = 12  # cells or rows named in one message


class Shown(NamedTuple):
    """What a filled cell shows."""

    text: str
    indent: int = 0
    formula: str | None = None


Merge = tuple[int, int, int, int]  # top, left, bottom, right, from 0, inclusive


@dataclass(slots=True)
class Sheet:
    """A worksheet: its filled cells by (row, column) from 0, merged ranges, hidden rows and columns."""

    name: str
    cells: dict[tuple[int, int], Shown] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    cut: bool = False  # rows or columns past the limits were left out


def reference(row: int, column: int) -> str:
    """``B7`` for row 6, column 1."""
    return f"{column_letters(column)}{row + 1}"


def content(
    sheets: Iterable[Sheet], hidden: Sequence[str], problems: Sequence[Problem] = (), *, tables: bool = False
) -> Content:
    """Blocks of all visible sheets; hidden ones are named only (P08). ``tables`` says that no sheet is prose."""
    blocks: list[Block] = []
    breaks: list[int] = []
    found = list(problems)
    if hidden:
        names = "、".join(f"“{name}”" for name in hidden)
        found.append(
            Problem(
                "P08",
                f"工作簿中有隐藏的工作表 {names}，没有读取。如其中有绩效表，请在 Excel 或 WPS 中右键工作表标签“取消隐藏”并保存后重新读取。",
                Place(sheet=hidden[0]),
            )
        )
    for sheet in sheets:
        added = _blocks(sheet, tables)
        if added:
            breaks.append(len(blocks))
            blocks.extend(added)
        if sheet.cut:
            found.append(
                too_much(
                    f"工作表“{sheet.name}”的行数（或列数、单元格数）",
                    "更多",
                    f"{MAX_ROWS} 行、{MAX_COLUMNS} 列、{MAX_CELLS} 个单元格",
                )
            )
        found.extend(_unseen(sheet))
    return Content(tuple(blocks), tuple(found), breaks=tuple(breaks))


def named(cells: Sequence[str]) -> str:
    """The first few of many, for a message."""
    return "、".join(cells[:_NAMED]) + (f" 等 {len(cells)} 处" if len(cells) > _NAMED else "")


def _unseen(sheet: Sheet) -> list[Problem]:
    """P08 for hidden rows and columns that hold text: they are read, but people do not see them."""
    rows = sorted({row for row, _ in sheet.cells if row in sheet.hidden_rows})
    columns = sorted({column for _, column in sheet.cells if column in sheet.hidden_columns})
    parts = []
    if rows:
        parts.append(f"第 {named([_run(a, b, str(a + 1), str(b + 1)) for a, b in _runs(rows)])} 行")
    if columns:
        parts.append(f"{named([_run(a, b, column_letters(a), column_letters(b)) for a, b in _runs(columns)])} 列")
    if not parts:
        return []
    return [
        Problem(
            "P08",
            f"工作表“{sheet.name}”有隐藏的{'和'.join(parts)}，屏幕和打印稿上看不到，但其中有内容，已一并读取。请取消隐藏后核对，不需要的内容请删除。",
            Place(sheet=sheet.name),
        )
    ]


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _run(a: int, b: int, first: str, last: str) -> str:
    return first if a == b else f"{first}—{last}"


def _blocks(sheet: Sheet, tables: bool) -> list[Block]:
    cells, spans, covered = _uncovered(sheet)
    if not cells:
        return []
    prose = [] if tables else _prose(sheet, cells)
    if prose:
        return prose
    rows, columns = {r for r, _ in cells}, {c for _, c in cells}
    bottom, right = max(rows), max(columns)
    reach = [merge for at, merge in spans.items() if at in cells]
    box = (
        min(rows),
        min(columns),
        max([bottom, *(min(merge[2], bottom + _WIDE) for merge in reach)]),
        max([right, *(min(merge[3], right + _WIDE) for merge in reach)]),
    )
    return [_grid(sheet.name, cells, spans, covered, box)]


_Cells = dict[tuple[int, int], Shown]
_Spans = dict[tuple[int, int], Merge]


def _uncovered(sheet: Sheet) -> tuple[_Cells, _Spans, set[tuple[int, int]]]:
    """The cells that are not hidden under a merged range, the ranges that count by their first cell, and what they cover.

    Ranges that overlap one before them, or are absurdly large, do not count.
    """
    if not sheet.merges:
        return sheet.cells, {}, set()
    last_row = max((r for r, _ in sheet.cells), default=0) + _WIDE
    last_column = max((c for _, c in sheet.cells), default=0) + _WIDE
    covered: set[tuple[int, int]] = set()
    spans: _Spans = {}
    for top, left, bottom, right in sorted(set(sheet.merges)):
        bottom, right = min(bottom, last_row), min(right, last_column)
        if bottom < top or right < left or (top, left) == (bottom, right):
            continue
        if (bottom - top + 1) * (right - left + 1) + len(covered) > MAX_CELLS:
            continue
        area = {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
        if covered.isdisjoint(area) and spans.keys().isdisjoint(area):
            spans[top, left] = (top, left, bottom, right)
            area.discard((top, left))
            covered |= area
    return {at: shown for at, shown in sheet.cells.items() if at not in covered}, spans, covered


def _prose(sheet: Sheet, cells: _Cells) -> list[Block]:
    """A sheet with at most one filled cell in each row, all in one column, is text: a cover, or instructions for filling in."""
    if len({c for _, c in cells}) > 1:
        return []
    return [
        Line(text, Place(sheet=sheet.name, cell=reference(r, c)))
        for (r, c), shown in sorted(cells.items())
        for text in shown.text.split("\n")
    ]


def _grid(name: str, cells: _Cells, spans: _Spans, covered: set[tuple[int, int]], box: Merge) -> Grid:
    top, left, bottom, right = box
    letters = [column_letters(column) for column in range(left, right + 1)]
    positions: Iterable[tuple[int, int]]
    if (bottom - top + 1) * (right - left + 1) <= _FILL:
        positions = product(range(top, bottom + 1), range(left, right + 1))
    else:
        positions = sorted(cells.keys() | {at for at in spans if top <= at[0] <= bottom and left <= at[1] <= right})
    made: list[Cell] = []
    blank = Shown("")
    for at in positions:
        shown = cells.get(at)
        if shown is None:
            if at in covered:
                continue
            shown = blank
        row, column = at
        text, indent, formula = shown
        place = Place(None, None, name, f"{letters[column - left]}{row + 1}")
        rows = columns = 1
        if at in spans:
            _, _, last_row, last_column = spans[at]
            rows, columns = min(last_row, bottom) - row + 1, min(last_column, right) - column + 1
        made.append(Cell(text, row - top, column - left, rows, columns, place, formula, indent))
    return Grid(tuple(made), bottom - top + 1, right - left + 1, Place(sheet=name))
