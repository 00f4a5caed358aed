"""Indicator tables of all seven families: from header and body rows of a grid to indicators.

The body ends at a total row, at a row that begins another part of the form, or with the grid. Merged cells count for every row they
span in the hierarchy and in columns of text (reasons, rules, bases), and for their first row only in columns of values. Where the
format lost its merged cells, blank level cells are filled from above and slid rows are moved back (``alignment``), with the form's
own sums as judge (``proof.choose``); what was moved is told in ``repairs`` and ``remarks``.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum, auto
from itertools import zip_longest
from typing import Any

from hengjian.forms import alignment
from hengjian.forms import columns as labels
from hengjian.forms.columns import words
from hengjian.forms.form import Fund, Indicator, Kind, Printed, Remark, Total
from hengjian.forms.layout import Cell, Grid
from hengjian.forms.proof import Candidate, choose, number
from hengjian.values.place import Place
from hengjian.values.text import fold, label

_HIERARCHY = ("activity", "goal", "level1", "level1_weight", "level2", "level2_weight", "level3")
_TEXTS = ("deviation", "reason_kind", "rule", "basis", "standard", "remark")  # a merge counts for every row
_EVIDENCE = {
    "target",
    "actual",
    "weight",
    "score",
    "rule",
    "basis",
    "bands",
    "history",
    "forecast",
    "likelihood",
    "deviation",
}
_ROW_ONLY = ("label", "serial", "budget", "description")  # fields of a raw row that an indicator does not have
_NUMBERING = re.compile(
    r"^\s*(?:(?:三级)?指标\s*\d{1,2}\s*[:：.、]?|\d{1,2}\s*[、．]|\d{1,2}\s*\.(?!\d)|[(（]\d{1,2}[)）]|[①-⑳])\s*"
)
_CODE = re.compile(r"^\s*(?:\[([0-9A-Za-z]{2,})\]|【([0-9A-Za-z]{2,})】|(\d{3,}(?:-\d+)*)-(?=[\u4e00-\u9fff]))\s*")
_OUTLINE = re.compile(r"^[(（]?[一二三四五六七八九十]+[)）]?[、.]?")
_MAX_HEADER = 3


@dataclass(frozen=True, slots=True)
class Header:
    """The header of an indicator table: rows of the grid (both included) and the meaning of each grid column.

    ``columns`` maps a column index to a contract field name (``level1``, ``name``, ``target`` ...), to ``history:前年``,
    ``bands:优`` or to ``extra:<printed label>``; columns without content of their own are ``label`` and ``serial``, those of an
    activity ``activity``, ``budget`` and ``description``, those to tick ``choice:likelihood:确定能``. ``score`` is how sure the
    reader is (higher is surer).
    """

    first_row: int
    last_row: int
    columns: Mapping[int, str]
    score: int = 0


@dataclass(frozen=True, slots=True)
class RawRow:
    """One body row after repair: its grid row, the printed value per field, the indent of its activity cell."""

    row: int
    fields: Mapping[str, Printed]
    indent: int = 0


@dataclass(frozen=True, slots=True)
class IndicatorTable:
    """What stands under one header. ``last_row`` is the last grid row that belongs to the table.

    ``rows`` are the body rows with every field, also those without an indicator name: in a responsibility table the rows
    of duties and activities (``activity`` with ``lead`` true where it is printed, ``budget``, ``description``, ``goal``).
    ``notes`` are texts of note rows, ``subtotals`` the sum rows inside the table: (what they sum up, weight and score).
    """

    indicators: tuple[Indicator, ...] = ()
    total: Total | None = None
    last_row: int = -1
    remarks: tuple[Remark, ...] = ()
    repairs: tuple[str, ...] = ()
    rows: tuple[RawRow, ...] = ()
    notes: tuple[Printed, ...] = ()
    total_row: int | None = None
    subtotals: tuple[tuple[str, Total], ...] = ()


# --- headers ---------------------------------------------------------------------------------------------------------


def find_headers(grid: Grid) -> tuple[Header, ...]:
    """Every indicator-table header in a grid, from top to bottom; a header repeated inside its table is none."""
    found: list[Header] = []
    row = 0
    while row < grid.rows:
        header = _header_at(grid, row)
        if header is None:
            row += 1
            continue
        found.append(header)
        row = max(_scan(grid, header, grid.rows - 1).last_row, header.last_row) + 1
    return tuple(found)


def _header_at(grid: Grid, row: int) -> Header | None:
    cells = [cell for cell in grid.starts(row) if cell.text.strip()]
    if len(cells) < 3 or sum(labels.field_of(cell.text) is not None for cell in cells) < 2:
        return None
    best: Header | None = None
    for last in range(row, min(row + _MAX_HEADER, grid.rows)):
        if last > row and not _is_header_row(grid, row, last):
            break
        columns = labels.name_columns(_paths(grid, row, last))
        header = Header(row, last, _spread(grid, last, columns), _score(grid, row, columns))
        if header.score > 0 and (best is None or header.score >= best.score):
            best = header
    if best is None:
        return None
    best = replace(best, columns=_levels_by_content(grid, best))
    return replace(best, columns=_reasons_by_content(grid, best))


def _levels_by_content(grid: Grid, header: Header) -> dict[int, str]:
    """Level columns without a label of their own, told by what stands in them.

    One 绩效指标 over three columns, or blank header cells left of the name: the columns that hold 产出指标 and 数量指标 are levels.
    """
    columns = dict(header.columns)
    named = [c for c, name in columns.items() if name == "name"]
    left = [c for c in range(named[-1]) if columns.get(c) in (None, "name") and c != named[-1]]
    for column in left:
        texts = {
            cell.text
            for row in range(header.last_row + 1, grid.rows)
            if (cell := grid.at(row, column)) is not None and cell.text.strip()
        }
        for level, known in (("level1", labels.is_first), ("level2", labels.is_second)):
            if level not in columns.values() and texts and sum(map(known, texts)) >= len(texts) / 2:
                columns[column] = level
                break
    return dict(sorted(columns.items()))


def _reasons_by_content(grid: Grid, header: Header) -> dict[int, str]:
    """偏差原因分析 that holds 人员保障, 经费保障 … beside 原因说明: the kind of the reason, and the reason."""
    columns = dict(header.columns)
    kinds = [c for c, name in columns.items() if name == "deviation"]
    beside = [
        c
        for c, name in columns.items()
        if name.startswith("extra:") and labels.field_of(name.removeprefix("extra:")) in ("deviation", "remark")
    ]
    if not kinds or not beside or "reason_kind" in columns.values():
        return columns
    texts = {
        cell.text
        for row in range(header.last_row + 1, grid.rows)
        for c in kinds
        if (cell := grid.at(row, c)) is not None and cell.text.strip() and labels.field_of(cell.text) is None
    }
    if texts and all(labels.is_reason_kind(text) for text in texts):
        columns.update(dict.fromkeys(kinds, "reason_kind"))
        columns[beside[0]] = "deviation"
    return columns


def _is_header_row(grid: Grid, first: int, row: int) -> bool:
    """Whether a row goes on with the header above it: it splits a label into 优 良 中 差, 前年 上年 and the like."""
    above = {label(cell.text) for cell in grid.starts(first)}
    new = [cell for cell in grid.starts(row) if cell.text.strip()]
    if not new or any(len(cell.text) > 20 or number(cell.text) is not None for cell in new):
        return False
    if sum(label(cell.text) in above for cell in new) > 1 or not _is_label_row(grid, first):
        return False
    reaching = [
        cell
        for cell in grid.row(row)
        if cell.row < row and labels.field_of(cell.text) not in (None, "label") and cell.row_span <= _MAX_HEADER
    ]
    known = sum(_is_sub_label(cell.text) for cell in new)
    grouped = all(_is_grouped(grid, cell) for cell in new)
    return (
        len(new) >= (1 if reaching else 2)
        and (known > len(new) / 2 or (grouped and 2 * known >= len(new)))
        and all(_is_sub_label(cell.text) or _is_grouped(grid, cell) for cell in new)
    )


def _is_grouped(grid: Grid, cell: Cell) -> bool:
    """Whether a label stands under a heading that spans several columns."""
    above = grid.at(cell.row - 1, cell.column)
    if not grid.spans_known and (above is None or above.column_span == 1):
        return _heading_over(grid, cell) is not None
    return above is not None and above.column_span > cell.column_span and labels.field_of(above.text) is not None


def _heading_over(grid: Grid, cell: Cell) -> Cell | None:
    """The label in the row above that reached over a cell and its neighbour before the format lost the merge."""
    row = [grid.at(cell.row - 1, c) for c in range(grid.columns)]
    for column in range(cell.column, -1, -1):
        above = row[column]
        if above is not None and above.text.strip():
            beside = row[column + 1] if column + 1 < len(row) else None
            wide = beside is not None and not beside.text.strip()
            return above if wide and labels.field_of(above.text) is not None else None
    return None


def _is_label_row(grid: Grid, row: int) -> bool:
    cells = [cell for cell in grid.starts(row) if cell.text.strip()]
    known = sum(labels.field_of(cell.text) is not None for cell in cells)
    return known >= 2 and known >= 0.5 * len(cells)


def _is_sub_label(text: str) -> bool:
    one = label(text)
    known = words()
    return one in known.bands or one in known.choices or labels.field_of(one) is not None or _is_sub_target(one)


def _is_sub_target(one: str) -> bool:
    return any(label(joined) in words().fields for joined in (f"{one}指标值", f"指标值({one})", f"{one}值"))


def _paths(grid: Grid, first: int, last: int) -> dict[int, list[str]]:
    """The labels above each column, top first. A group label reaches over the blank cells right of it."""
    paths: dict[int, list[str]] = {}
    group: dict[int, str] = {}
    for column in range(grid.columns):
        bottom = grid.at(last, column)
        if bottom is not None and bottom.column != column:
            continue
        path: list[str] = []
        for row in range(first, last + 1):
            cell = grid.at(row, column)
            text = cell.text if cell is not None else ""
            if text.strip():
                group[row] = text
            elif row < last and bottom is not None and bottom.row == last and bottom.text.strip():
                text = group.get(row, "")
            if text.strip() and (not path or path[-1] != text):
                path.append(text)
        if path:
            paths[column] = path
    return paths


def _spread(grid: Grid, last: int, columns: Mapping[int, str]) -> dict[int, str]:
    """Each column of a spanning header cell means the same."""
    spread: dict[int, str] = {}
    for column, name in columns.items():
        cell = grid.at(last, column)
        for one in range(column, column + (cell.column_span if cell is not None else 1)):
            spread[one] = name
    return spread


def _score(grid: Grid, row: int, columns: Mapping[int, str]) -> int:
    """How sure it is that a row is a header: 0 when it is none."""
    cells = [cell for cell in grid.starts(row) if cell.text.strip()]
    known = labels.recognised(columns)
    if len(cells) < 3 or "name" not in known or not known & _EVIDENCE or any(len(cell.text) > 60 for cell in cells):
        return 0
    strange = sum(name.startswith("extra") for name in columns.values())
    levels = {"level1", "level2", "activity"} & known
    if (
        strange > len(columns) / 2
        or (len(known) < 3 and not levels)
        or sum(number(cell.text) is not None for cell in cells) > 1
    ):
        return 0
    return 10 * len(known) + 10 * len(levels) - 5 * strange


# --- which rows belong to the table ------------------------------------------------------------------------------------


class _Role(Enum):
    ITEM = auto()
    BLANK = auto()
    REPEAT = auto()
    SECTION = auto()
    SUBTOTAL = auto()
    TOTAL = auto()
    NOTE = auto()
    STOP = auto()


@dataclass(slots=True)
class _Body:
    """The rows of a table by their role."""

    roles: dict[int, _Role] = field(default_factory=dict)
    last_row: int = -1
    total_row: int | None = None

    def of(self, role: _Role) -> list[int]:
        return [row for row, one in self.roles.items() if one is role]


def _scan(grid: Grid, header: Header, last_row: int) -> _Body:
    body = _Body(last_row=header.last_row)
    printed = _printed_labels(grid, header)
    row = header.last_row + 1
    while row <= min(last_row, grid.rows - 1):
        role = _role(grid, header, row, printed)
        if role is _Role.TOTAL and not _goes_on(grid, header, row, last_row, printed):
            body.roles[row], body.total_row, body.last_row = role, row, row
            break
        if role is _Role.STOP or (
            role is not _Role.BLANK and _header_at(grid, row) is not None and role is not _Role.REPEAT
        ):
            break
        if role is _Role.TOTAL and _Role.ITEM not in body.roles.values():
            body.total_row = row  # printed above the rows it sums up
        body.roles[row] = _Role.SUBTOTAL if role is _Role.TOTAL and row != body.total_row else role
        if role is not _Role.BLANK:
            body.last_row = row
        row += 1
    return body


def goes_on(grid: Grid, header: Header) -> bool:
    """Whether the table under ``header`` runs to the end of its grid without a sum row: it may go on in the next grid."""
    body = _scan(grid, header, grid.rows - 1)
    return body.total_row is None and body.last_row >= grid.rows - 1


def begins_with(other: Grid, grid: Grid, header: Header) -> Header | None:
    """How a grid could go on with the table of the grid before: below a repeated header, or at once; None when it cannot."""
    row = next((r for r in range(other.rows) if any(cell.text.strip() for cell in other.starts(r))), None)
    if row is None:
        return None
    role = _role(other, header, row, _printed_labels(grid, header))
    above = {
        _Role.REPEAT: row,
        _Role.ITEM: row - 1,
        _Role.SECTION: row - 1,
        _Role.TOTAL: row - 1,
        _Role.SUBTOTAL: row - 1,
    }
    return Header(above[role], above[role], header.columns) if role in above else None


def _printed_labels(grid: Grid, header: Header) -> set[str]:
    return {
        label(cell.text)
        for row in range(max(header.first_row, 0), header.last_row + 1)
        for cell in grid.row(row)
        if cell.text.strip()
    }


def _goes_on(grid: Grid, header: Header, row: int, last_row: int, printed: set[str]) -> bool:
    """Whether indicator rows follow a sum row: then it is the sum of a class, not of the table."""
    for after in range(row + 1, min(last_row, grid.rows - 1) + 1):
        role = _role(grid, header, after, printed)
        if role is _Role.ITEM:
            return _looks_like_item(grid, header, after)
        if role is _Role.TOTAL and _says_again(grid, row, after):
            return False
        if role in (_Role.TOTAL, _Role.SUBTOTAL, _Role.SECTION):
            return True
        if role is not _Role.BLANK:
            return False
    return False


def _says_again(grid: Grid, row: int, after: int) -> bool:
    """Whether a line such as 综合得分：95分 only says again what the sum row above it prints."""
    cells = [cell for cell in grid.starts(after) if cell.text.strip()]
    found = re.search(r"(\d+(?:\.\d+)?)\s*分?$", fold(cells[0].text)) if len(cells) == 1 else None
    return found is not None and any(number(cell.text) == Decimal(found[1]) for cell in grid.starts(row))


def _looks_like_item(grid: Grid, header: Header, row: int) -> bool:
    texts = _texts(grid, header, row)
    return any(labels.is_first(text) or labels.is_second(text) for _, text in texts[:3]) or _has_weight(header, texts)


def _has_weight(header: Header, texts: Sequence[tuple[int, str]]) -> bool:
    fields = {header.columns.get(column): text for column, text in texts}
    return "name" in fields and number(fields.get("weight")) is not None and number(fields["name"]) is None


def _texts(grid: Grid, header: Header, row: int) -> list[tuple[int, str]]:
    """(column, text) of the cells that begin in a row, without the upright label at the left."""
    found = [(cell.column, cell.text) for cell in grid.starts(row) if cell.text.strip()]
    if found and _is_upright(grid, header, found[0][0], found[0][1]):
        found = found[1:]
    return found


def _is_upright(grid: Grid, header: Header, column: int, text: str) -> bool:
    """Whether a text is the upright 绩效指标 at the left of the table (printed again on every page)."""
    upright = next((c for c, name in header.columns.items() if name == "label"), None)
    first = min(header.columns)
    if upright is None:
        return column <= first and labels.field_of(text) == "label"
    shown = grid.at(header.first_row, upright)
    return column <= upright and (
        labels.field_of(text) == "label" or (shown is not None and label(shown.text) == label(text))
    )


def _role(grid: Grid, header: Header, row: int, printed: set[str]) -> _Role:
    texts = _texts(grid, header, row)
    if not texts:
        return _Role.BLANK
    column, first = texts[0]
    bare = label(re.sub(r"[(（].*?[)）]", "", first))
    cells = [text for _, text in texts]
    if sum(label(text) in printed for text in cells) >= max(2, 0.6 * len(cells)):
        return _Role.REPEAT
    if _is_total(bare):
        return _Role.TOTAL
    if any(label(text) in words().subtotals or label(text).endswith("小计") for text in cells[:2]):
        return _Role.SUBTOTAL
    if len(texts) == 1 and (role := _alone(grid, header, row, column, first)) is not None:
        return role
    if _has_weight(header, texts):
        return _Role.ITEM
    at_left = column <= min(c for c, name in header.columns.items() if name not in ("label", "serial"))
    if at_left and (_is_note(first) or bare in words().notes):
        return _Role.NOTE if len(texts) == 1 else _Role.STOP
    if at_left and _is_stop(first) and not labels.is_second(first):
        return _Role.STOP
    if (len(texts) <= 3 and _is_remark_row(grid, header, row)) or (at_left and _ends_table(header, first, cells)):
        return _Role.STOP
    return _Role.ITEM


def _is_stop(text: str) -> bool:
    """Whether a cell begins another part of the form: 主管部门, 自评结论：…, 存在问题（200字以内）."""
    key = re.split(r"[:：]", text)[0]
    return not words().stops.isdisjoint({label(key), label(re.sub(r"[(（].*?[)）]", "", key))})


def _is_remark_row(grid: Grid, header: Header, row: int) -> bool:
    """A label with one wide cell over names and values alike is no row of this table."""
    for cell in grid.starts(row):
        covered = {header.columns.get(c) for c in range(cell.column, cell.column + cell.column_span)}
        if "name" in covered and covered & {"target", "weight", "score", "actual"}:
            return True
    return False


def _ends_table(header: Header, first: str, cells: Sequence[str]) -> bool:
    """A row that begins with 自评结论, 存在问题, 填表人 and the like, and has no number where weights are printed."""
    scored = "weight" in header.columns.values() and any(number(text) is not None for text in cells)
    return not scored and len(cells) <= 4 and re.search(words().endings, label(first)) is not None


def _is_total(bare: str) -> bool:
    known = words().totals
    return bare in known or any(re.fullmatch(rf"{re.escape(one)}[:：=]?\d+(\.\d+)?分?", bare) for one in known)


def _is_note(text: str) -> bool:
    return re.match(rf"^[（(]?({'|'.join(map(re.escape, words().notes))})\s*\d*[:：.、]", fold(text)) is not None


def _alone(grid: Grid, header: Header, row: int, column: int, text: str) -> _Role | None:
    """The role of a row with a single text: the heading of a class, a note, the title of something else, or an item."""
    cell = grid.at(row, column)
    wide = cell is not None and cell.column_span >= max(3, len(header.columns) * 0.6)
    at_left = column <= min(header.columns)
    bare = label(re.sub(r"[(（].*?[)）]", "", text))
    if not wide and not at_left:
        return None
    if labels.is_first(_OUTLINE.sub("", text)):
        return _Role.SECTION
    if _is_note(text):
        return _Role.NOTE
    if _is_stop(text) or bare.endswith("表") or bare.startswith("附件"):
        return _Role.STOP
    if wide or (not grid.spans_known and len(header.columns) > 3 and "activity" not in header.columns.values()):
        return _Role.NOTE if wide or len(bare) > 30 else None
    return None


# --- rows ----------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Line:
    """A body row while it is read. ``own`` are the fields printed in the row itself, ``closed`` those that are blank on purpose."""

    row: int
    values: dict[str, Printed]
    own: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    indent: int = 0
    moved: str = ""
    item: bool = False


def read_rows(
    grid: Grid,
    header: Header,
    kind: Kind,
    last_row: int | None = None,
    funds: Sequence[Fund] = (),
) -> IndicatorTable:
    """The rows under ``header`` down to ``last_row`` (included), a total row, a new section or the end of the grid.

    ``funds`` is the money table of the form where it is known: its scored row is part of the sums that judge repairs.
    """
    body = _scan(grid, header, grid.rows - 1 if last_row is None else last_row)
    header, shifted = _shift_header(grid, header, body)
    total = _total(grid, header, body.total_row) if body.total_row is not None else None
    lines, repairs, remarks = _lines(grid, header, body, total, funds)
    total = _cleared(total, lines, repairs)
    remarks = [*shifted, *remarks, *_repeats(grid, header, body)]
    if shifted:
        repairs.insert(0, shifted[0].message)
    lines = _fill(grid, header, body, lines, remarks)
    lines = _settle(grid, header, body, lines)
    numbered = _numbered(lines)
    indicators = tuple(_indicator(line, kind, numbered) for line in lines if line.item)
    return IndicatorTable(
        indicators=indicators,
        total=total,
        last_row=body.last_row,
        remarks=tuple(remarks),
        repairs=tuple(repairs),
        rows=tuple(RawRow(line.row, dict(line.values), line.indent) for line in lines),
        notes=tuple(Printed(_joined(grid, row), _place(grid, row)) for row in body.of(_Role.NOTE)),
        total_row=body.total_row,
        subtotals=tuple(_subtotals(grid, header, body, lines)),
    )


def _shift_header(grid: Grid, header: Header, body: _Body) -> tuple[Header, list[Remark]]:
    """Move the columns when the whole body stands beside its header: 年度绩效指标 in the header, no such column below."""
    items = [texts for row in body.of(_Role.ITEM) if len(texts := _texts(grid, header, row)) > 1]
    if not items or any(
        grid.at(header.last_row + 1, c) is grid.at(header.last_row, c) is not None for c in header.columns
    ):
        return header, []

    def cost(columns: Mapping[int, str]) -> int:
        return sum(min(alignment.printed(texts, columns, frozenset()).cost, 20) for texts in items)

    moved = {by: {c + by: name for c, name in header.columns.items() if c + by >= 0} for by in (0, -1, 1, -2, 2)}
    if len(set(header.columns.values())) != len(header.columns):
        return header, []
    costs = {by: cost(columns) for by, columns in moved.items()}
    by = min(costs, key=lambda one: (costs[one], abs(one)))
    if by == 0 or costs[0] - costs[by] < max(alignment.CLEAR, 4 * len(items)) or costs[by] > 2 * len(items):
        return header, []
    first = next((cell.text.strip() for cell in grid.row(header.first_row) if cell.text.strip()), "")
    why = f"表头首格“{first}”在表体中没有对应的列" if by < 0 else "表体左侧的列在表头中没有栏目"
    message = f"表头与表体错开{abs(by)}列（{why}），已按内容对齐"
    place = _place(grid, header.first_row)
    return replace(header, columns=moved[by]), [Remark("A09", message, place)]


def _lines(
    grid: Grid, header: Header, body: _Body, total: Total | None, funds: Sequence[Fund]
) -> tuple[list[_Line], list[str], list[Remark]]:
    """The item rows, slid rows moved back."""
    rows = [row for row, role in body.roles.items() if role in (_Role.ITEM, _Role.SECTION)]
    lines = {row: _read(grid, header, row) for row in rows}
    items = {row: lines[row] for row in body.of(_Role.ITEM)}
    goals = _goals(header, total, funds)
    usual = _usual(list(items.values()))
    picks = _pick(grid, header, items, usual, goals, alignment.CLEAR)
    if (better := _usual(picks.lines)) != usual:
        usual = better
        picks = _pick(grid, header, items, usual, goals, alignment.CLEAR)
    if any(goals) and not picks.holds:
        # The sums do not bear out the plain reading: look at rows that are only a little odd as well, and let the sums decide.
        closer = _pick(grid, header, items, usual, goals, 1)
        picks = closer if closer.holds and not closer.open else picks
    repairs: list[str] = []
    remarks: list[Remark] = []
    for line in picks.lines:
        lines[line.row] = line
        if not line.moved:
            continue
        sure = line.row not in picks.open
        if not sure:
            _doubt(line)
        name, place = (line.values["name"].text if "name" in line.values else ""), _place(grid, line.row)
        how = ("移回后合计与表内印数相符" if picks.holds else "请核对") if sure else "另有读法，请核对"
        repairs.append(f"{place}“{name}”{line.moved}，已移回原列，{how}")
        remarks.append(Remark("A09", f"“{name}”一行{line.moved}，已按表头移回", place, name))
    return [lines[row] for row in rows], repairs, remarks


@dataclass(frozen=True, slots=True)
class _Picks:
    """The reading taken for each row; whether the sums hold with it; the rows that could be read otherwise as well."""

    lines: list[_Line]
    holds: bool
    open: frozenset[int]


_Goals = tuple[frozenset[Decimal], frozenset[Decimal]]


def _pick(
    grid: Grid, header: Header, items: Mapping[int, _Line], usual: frozenset[str], goals: _Goals, margin: int
) -> _Picks:
    options = {row: _options(grid, header, row, usual, line, margin) for row, line in items.items()}
    candidates = [
        [Candidate(number(line.values.get("weight")), number(line.values.get("score")), cost) for line, cost in found]
        for found in options.values()
    ]
    chosen = choose(candidates, *goals)
    order = list(options)
    taken = [options[row][pick][0] for row, pick in zip(order, chosen.picks, strict=True)]
    return _Picks(taken, chosen.holds, frozenset(order[i] for i in chosen.open))


def _goals(header: Header, total: Total | None, funds: Sequence[Fund]) -> _Goals:
    """The sums of weights and of scores that the rows may have, with and without the execution row; empty where unknown."""
    fields = set(header.columns.values())
    scored = next((fund for fund in funds if number(fund.weight) is not None), None)
    extras = {Decimal(0), (number(scored.weight) if scored else None) or Decimal(10)}
    weight = number(total.weight) if total else None
    score = number(total.score) if total else None
    weights = {weight - extra for extra in extras} if weight is not None else {Decimal(100), Decimal(90)}
    got = number(scored.score) if scored else None
    scores = (
        {score, score - got}
        if score is not None and got is not None
        else {score}
        if score is not None and funds
        else set()
    )
    return frozenset(weights if "weight" in fields else ()), frozenset(scores if "score" in fields else ())


def _usual(lines: Sequence[_Line]) -> frozenset[str]:
    """The fields that most rows fill: a row without them is suspicious."""
    counts = Counter(
        name.split(":")[0] for line in lines for name in {n.split(":")[0] for n, v in line.values.items() if v}
    )
    return frozenset(name for name, n in counts.items() if n >= 0.5 * len(lines))


def _options(
    grid: Grid, header: Header, row: int, usual: frozenset[str], line: _Line, margin: int
) -> list[tuple[_Line, int]]:
    """The possible readings of a row, best first."""
    texts = _texts(grid, header, row)
    if (
        len(texts) < 2
        or _begins_activity(line)
        or _only_a_class(texts)
        or (grid.spans_known and not _may_have_slid(grid, header, row, texts))
    ):
        return [(line, 0)]
    found = alignment.readings(texts, header.columns, usual, 2 * alignment.CLEAR if grid.spans_known else margin)
    as_printed = tuple(column for column, _ in texts)
    cells = [cell for column, _ in texts if (cell := grid.at(row, column)) is not None]
    return [
        (line if one.columns == as_printed else _moved(grid, header, row, cells, one.columns), one.cost)
        for one in found
    ]


def _begins_activity(line: _Line) -> bool:
    """Duties and activities have rows of their own, without an indicator."""
    return "activity" in line.own and not any(
        line.values[name] for name in line.values if name == "name" or name.startswith("bands")
    )


def _only_a_class(texts: Sequence[tuple[int, str]]) -> bool:
    """``产出指标 | | | 50 | 48``: nothing but a class and numbers has nothing to slide."""
    return all(number(text) is not None or labels.is_first(text) or labels.is_second(text) for _, text in texts)


def _may_have_slid(grid: Grid, header: Header, row: int, texts: Sequence[tuple[int, str]]) -> bool:
    """Where merges are known, a row can only have slid when none reaches into it and its texts cannot stand where they do."""
    free = all(cell.row_span == 1 and cell.column_span == 1 for cell in grid.row(row))
    costs = [alignment.misfit(header.columns.get(column, ""), text) for column, text in texts]
    return free and max(costs) >= 5 and sum(costs) >= 2 * alignment.CLEAR


def _moved(grid: Grid, header: Header, row: int, cells: Sequence[Cell], places: Sequence[int]) -> _Line:
    line = _Line(row, {name: Printed("", _place(grid, row)) for name in header.columns.values()})
    for cell, column in zip(cells, places, strict=True):
        name = header.columns.get(column, "")
        if not name:
            continue
        line.values[name] = _printed(cell)
        line.own.add(name)
        line.indent = max(line.indent, cell.indent if name == "activity" else 0)
    steps = sorted({c - cell.column for cell, c in zip(cells, places, strict=True)} - {0})
    if steps:
        where = "左" if steps[-1] > 0 else "右"
        line.moved = f"各列向{where}错位{max(abs(s) for s in steps)}列"
    _tick(line)
    return line


def _doubt(line: _Line) -> None:
    line.values.update({name: replace(value, uncertain=True) for name, value in line.values.items() if value})


def _read(grid: Grid, header: Header, row: int) -> _Line:
    """A row as it stands."""
    line = _Line(row, {})
    upright = {c.column for c in grid.starts(row) if _is_upright(grid, header, c.column, c.text)}
    taken: set[int] = set()
    for name in dict.fromkeys(header.columns.values()):
        columns = [c for c, one in header.columns.items() if one == name]
        cells: list[Cell] = []
        for column in columns:
            cell = grid.at(row, column)
            if cell is not None and cell not in cells and cell.row > header.last_row:
                cells.append(cell)
        if name != "label":
            cells = [c for c in cells if c.column not in upright or c.row != row]
        line.values[name] = _value(grid, header, row, name, cells, line, taken)
    _tick(line)
    return line


def _value(grid: Grid, header: Header, row: int, name: str, cells: list[Cell], line: _Line, taken: set[int]) -> Printed:
    """What a field prints in a row, by the rule of merged cells."""
    fresh = [cell for cell in cells if id(cell) not in taken]
    if cells and not fresh:
        # A cell over several fields belongs to the first of them; a class merged over all level columns is the name, too.
        line.closed.add(name)
        if name == "name":
            return replace(_printed(cells[0]), text=labels.split_weight(cells[0].text)[0])
        return Printed("", cells[0].place, cells[0].row_span, lead=cells[0].row == row)
    taken.update(id(cell) for cell in fresh)
    shown = [cell for cell in fresh if cell.text.strip()]
    if not shown:
        return Printed("", fresh[0].place if fresh else _place(grid, row))
    lead = shown[0]
    if lead.row < row and name not in (*_HIERARCHY, *_TEXTS, "name"):
        return Printed("", lead.place, lead.row_span, lead=False)
    if lead.row == row:
        line.own.add(name)
        if name == "activity":
            line.indent = lead.indent
    text = _joined_cells([cell for cell in shown if cell.row == lead.row])
    return replace(_printed(lead), text=text, lead=lead.row == row)


def _joined_cells(cells: Sequence[Cell]) -> str:
    """Cells under one spanning label together; a list number in a column of its own is left out."""
    if len(cells) > 1 and cells[0].text.strip().rstrip(".、").isdecimal() and number(cells[1].text) is None:
        cells = cells[1:]
    return "".join(cell.text.strip() if len(cells) > 1 else cell.text for cell in cells)


def _printed(cell: Cell) -> Printed:
    return Printed(cell.text, cell.place, cell.row_span, uncertain=cell.doubtful)


def _tick(line: _Line) -> None:
    """The ticked word of 偏差原因 and 完成目标可能性; a choice nobody ticked is blank."""
    for name in [one for one in line.values if one.startswith("choice:")]:
        value = line.values.pop(name)
        _, target, word = name.split(":", 2)
        if value and fold(value.text) in words().ticks:
            line.values[target] = replace(value, text=word)
        elif target not in line.values:
            line.values[target] = replace(value, text=value.text if value else "")
        elif value:
            line.values[target] = replace(value, text=value.text)


# --- hierarchy and wrapped rows ----------------------------------------------------------------------------------------------


def _fill(grid: Grid, header: Header, body: _Body, lines: Sequence[_Line], remarks: list[Remark]) -> list[_Line]:
    """Blank level cells take the level above; a new class ends the classes below it. Section rows give their class."""
    now: dict[str, Printed] = {}
    filled: list[_Line] = []
    fields = set(header.columns.values())
    lost: list[str] = []
    for line, after in zip_longest(lines, lines[1:]):
        if body.roles.get(line.row) is _Role.SECTION:
            text = next((text for _, text in _texts(grid, header, line.row)), "")
            now = {"level1": Printed(_OUTLINE.sub("", text), _place(grid, line.row))}
            continue
        _class_row(line, after)
        for name in ("activity", "goal", "level1", "level2", "level3"):
            if name in fields or (name == "level1" and "level1" in now):
                _fill_one(grid, line, name, now)
        _split_levels(line)
        level1, level2 = line.values.get("level1"), line.values.get("level2")
        if (
            level1
            and level2
            and "level1" not in line.own
            and level1.lead is False
            and not _reaches(grid, header, line.row)
        ) and not labels.may_stand_under(level2.text, level1.text):
            line.values["level1"] = Printed("", level1.place)
            level1 = None
        if "level1" in fields and not level1 and line.values.get("name"):
            lost.append(line.values["name"].text)
        filled.append(line)
    if lost:
        more = f"等{len(lost)}行" if len(lost) > 1 else ""
        remarks.append(
            Remark("A10", f"“{lost[0]}”{more}没有一级指标，层级丢失", _place(grid, header.first_row), lost[0])
        )
    return filled


def _reaches(grid: Grid, header: Header, row: int) -> bool:
    """Whether the level cell of a row is the rest of a known merge."""
    cell = next((grid.at(row, c) for c, name in header.columns.items() if name == "level1"), None)
    return cell is not None and bool(cell.text.strip()) and cell.row_span > 1


def _fill_one(grid: Grid, line: _Line, name: str, now: dict[str, Printed]) -> None:
    below = {
        "level1": ("level1_weight", "level2", "level2_weight", "level3"),
        "level2": ("level2_weight", "level3"),
    }.get(name, ())
    value = line.values.get(name)
    weight = f"{name}_weight"
    if value:
        if name in line.own and now.get(name) and label(now[name].text) != label(value.text):
            for one in below:
                now.pop(one, None)
        now[name] = value
        if line.values.get(weight):
            now[weight] = line.values[weight]
        elif weight in now:
            line.values[weight] = replace(now[weight], lead=False)
        return
    if name in line.closed:
        now.pop(name, None)
        return
    # A blank goal is a fact where merges are known; levels and activities are printed once for all their rows.
    if name in now and (name != "goal" or not grid.spans_known):
        line.values[name] = replace(now[name], lead=False)
        if weight in now and not line.values.get(weight):
            line.values[weight] = replace(now[weight], lead=False)


def _class_row(line: _Line, after: _Line | None) -> bool:
    """A row that prints only a class and its weight: ``产出指标 | | | 50``. The execution rate is an indicator of its own."""
    level = next((one for one in ("level2", "level1") if line.values.get(one) and one in line.own), None)
    others = ("name", "level3", "target", "actual", "forecast", "rule")
    if level is None or number(line.values.get("weight")) is None or any(line.values.get(one) for one in others):
        return False
    text = line.values[level].text
    leads = after is not None and level not in after.own and "level1" not in after.own and "name" in after.own
    if "执行率" in text or not (leads or labels.is_first(text) or labels.is_second(text)):
        return False
    line.values[f"{level}_weight"] = line.values["weight"]
    line.values.update(
        {one: Printed("", line.values["weight"].place) for one in ("weight", "score") if one in line.values}
    )
    return True


def _split_levels(line: _Line) -> None:
    """``产出指标（50分）`` is 产出指标 with the weight 50."""
    for name in ("level1", "level2"):
        value = line.values.get(name)
        if not value:
            continue
        text, weight = labels.split_weight(value.text)
        if weight:
            line.values[name] = replace(value, text=text)
            if not line.values.get(f"{name}_weight"):
                line.values[f"{name}_weight"] = replace(value, text=weight)


_VALUES = frozenset({"target", "actual", "forecast", "weight", "score", "initial_target"})


def _settle(grid: Grid, header: Header, body: _Body, lines: Sequence[_Line]) -> list[_Line]:
    """Rows without a name: the rest of a wrapped text joins the row above, a further value of the same indicator is a row of its own."""
    repeats = set(body.of(_Role.REPEAT))
    settled: list[_Line] = []
    for line in lines:
        own = {name for name in line.own if line.values.get(name)} - {"label", "serial"}
        above = settled[-1] if settled else None
        turned = line.row in grid.page_breaks or line.row - 1 in repeats
        rest = above is not None and _is_rest(own, turned and not _is_whole(line, own, above))
        if above is not None and above.item and (rest or (not grid.spans_known and _is_wrap(line, own, above))):
            for name in own:
                before = above.values.get(name)
                above.values[name] = (
                    replace(before, text=before.text + line.values[name].text) if before else line.values[name]
                )
            continue
        line.item = _is_item(line, own)
        if not line.item and own & _VALUES and above is not None and above.item and "name" not in own:
            line.values["name"] = replace(above.values["name"], lead=False, uncertain=True)
            line.item = True
        settled.append(line)
    return settled


def _is_rest(own: set[str], turned: bool) -> bool:
    """Whether a row holds nothing but the rest of wrapped texts: after a page break any texts, elsewhere none of a value or name."""
    if not own or own & {"activity", "level1", "level2", "weight", "score"}:
        return False
    return turned or not (own & _VALUES or "name" in own or any(name.startswith(("bands", "history")) for name in own))


def _is_whole(line: _Line, own: set[str], above: _Line) -> bool:
    """Whether a row at the head of a page prints a name and every value the row above prints: it only lost its merged cells."""
    values = {name for name in above.own if above.values.get(name) and _is_value(name)}
    begins = any(re.match(r"[≥≤><=\d]", fold(line.values[name].text)) for name in values & own)
    return "name" in own and bool(values) and values <= own and begins


def _is_value(name: str) -> bool:
    return name in _VALUES or name.startswith(("bands", "history"))


# --- from rows to indicators -------------------------------------------------------------------------------------------------


def _is_wrap(line: _Line, own: set[str], above: _Line) -> bool:
    """Where rows are lines of text: a lone word under a value (人次 under 200), or the end of a name, belongs to it."""
    if own == {"name"}:
        text, before = fold(line.values["name"].text), above.values.get("name")
        short = len(text) <= 4 and text not in words().placeholders and not labels.is_second(text)
        return short and before is not None and len(fold(before.text)) >= 6
    return own in ({"target"}, {"actual"}) and re.match(r"[≥≤><=\d]", fold(line.values[min(own)].text)) is None


def _is_item(line: _Line, own: set[str]) -> bool:
    """A row is an indicator when it names one; template rows (``……``, ``--``) are none."""
    name = line.values.get("name")
    if name and fold(_NUMBERING.sub("", name.text)) in (*words().placeholders, ""):
        return any(number(line.values[one]) is not None for one in ("weight", "score") if one in own)
    if name:
        # The name of a merged cell names a further row only when that prints something.
        return "name" in own or "name" in line.closed or bool(own)
    # A class without a deeper name (预算执行率 with its 10 points) names itself.
    deepest = next((one for one in ("level3", "level2", "level1") if one in own), None)
    if deepest is not None and (
        deepest == "level3" or number(line.values.get("weight")) is not None or own & {"target", "actual"}
    ):
        line.values["name"] = line.values[deepest]
        return True
    return False


def _numbered(lines: Sequence[_Line]) -> bool:
    """Whether names are numbered as a list: most of them, so that a name that merely begins with a digit stays whole."""
    names = [line.values["name"].text for line in lines if line.values.get("name")]
    return sum(_NUMBERING.match(name) is not None for name in names) > len(names) / 2


def _indicator(line: _Line, kind: Kind, numbered: bool) -> Indicator:
    pairs: dict[str, list[tuple[str, Printed]]] = {"history": [], "bands": [], "extra": []}
    made: dict[str, Any] = {}
    for name, value in line.values.items():
        group, _, key = name.partition(":")
        if group in pairs:
            pairs[group].append((key, value))
        elif name not in _ROW_ONLY and not (name == "goal" and kind is Kind.RESPONSIBILITY):
            made[name] = value
    name = made["name"]
    text = name.text
    if (found := _CODE.match(text)) and text[found.end() :].strip():
        text = text[found.end() :]
        if not made.get("code"):
            made["code"] = replace(name, text=next(part for part in found.groups() if part))
    rest = _NUMBERING.sub("", text) if numbered or text.strip().startswith(("指标", "三级指标")) else text
    made["name"] = replace(name, text=rest if rest.strip() else text)
    made.update({group: tuple(found) for group, found in pairs.items()})
    return Indicator(**made, place=name.place)


# --- totals and remarks --------------------------------------------------------------------------------------------------------


def _total(grid: Grid, header: Header, row: int) -> Total:
    """Weight and score of a sum row. The columns decide; where they slid, the order of the header does."""
    fields = set(header.columns.values())
    cells = [cell for cell in grid.starts(row) if cell.text.strip()][1:]
    if (
        cells
        and labels.field_of(cells[0].text) is None
        and not _has_number(cells[0])
        and _is_total(label(cells[0].text))
    ):
        cells = cells[1:]
    numbers = [cell for cell in cells if _has_number(cell)]
    under: dict[str, Cell] = {}
    for cell in numbers:
        covered = {header.columns.get(c) for c in range(cell.column, cell.column + cell.column_span)}
        for name in ("score", "weight"):
            if name in covered and name not in under and cell not in under.values():
                under[name] = cell
                break
    if not cells:
        return _total_in_text(grid, row, fields)
    as_printed = Total(*(_sum_cell(grid, header, row, under, name) for name in ("weight", "score")))
    if len(numbers) == len(under) and (grid.spans_known or len(under) == 2):
        return as_printed
    if {"weight", "score"} <= fields and len(numbers) == 2:
        first, second = (_printed(cell) for cell in numbers)
        order = [name for _, name in sorted(header.columns.items()) if name in ("weight", "score")]
        return Total(first, second) if order[0] == "weight" else Total(second, first)
    if len(numbers) == 1 and "score" in fields and "weight" not in fields:
        return Total(None, _printed(numbers[0]))
    if len(numbers) == 1 and "weight" in fields and "score" not in fields:
        return Total(_printed(numbers[0]), None)
    return as_printed


def _sum_cell(grid: Grid, header: Header, row: int, under: Mapping[str, Cell], name: str) -> Printed | None:
    """The number found for a column of the sum row, or whatever else stands there (``—``, a doubtful ``€100``)."""
    if name in under:
        return _printed(under[name])
    column = next((c for c, one in header.columns.items() if one == name), None)
    if column is None:
        return None
    cell = grid.at(row, column) if grid.spans_known else None
    mine = cell is not None and cell.row == row and cell not in under.values() and not _is_total(label(cell.text))
    return _printed(cell) if cell is not None and mine else Printed("", _place(grid, row))


def _cleared(total: Total | None, lines: Sequence[_Line], repairs: list[str]) -> Total | None:
    """A total weight that was recognised with a stroke too many is read by the sum of its rows, or stays as it is."""
    if total is None or total.weight is None or not total.weight.uncertain or number(total.weight) is not None:
        return total
    digits = re.findall(r"\d+(?:\.\d+)?", total.weight.text)
    own = sum((w for line in lines if (w := number(line.values.get("weight"))) is not None), Decimal(0))
    if len(digits) != 1 or Decimal(digits[0]) not in (own, own + 10):
        return total
    repairs.append(
        f"{total.weight.place}合计分值识别为“{total.weight.text}”，各行分值之和为{own}，读作{digits[0]}，请核对"
    )
    return replace(total, weight=replace(total.weight, text=digits[0]))


def _has_number(cell: Cell) -> bool:
    return number(cell.text) is not None


def _total_in_text(grid: Grid, row: int, fields: set[str]) -> Total:
    """``总分：92.14分`` in one cell."""
    cell = next(iter(grid.starts(row)), None)
    found = re.search(r"[:：=]?\s*(\d+(?:\.\d+)?)\s*分?$", cell.text) if cell is not None else None
    if cell is None or found is None:
        blank = Printed("", _place(grid, row))
        return Total(*(blank if name in fields else None for name in ("weight", "score")))
    value = replace(_printed(cell), text=found[1])
    return Total(None, value) if "score" in fields else Total(value, None)


def _subtotals(grid: Grid, header: Header, body: _Body, lines: Sequence[_Line]) -> Iterator[tuple[str, Total]]:
    for row in body.of(_Role.SUBTOTAL):
        above = next((line for line in reversed(lines) if line.row < row), None)
        level1 = above.values.get("level1") if above is not None else None
        yield level1.text if level1 else "", _total(grid, header, row)


def _repeats(grid: Grid, header: Header, body: _Body) -> Iterator[Remark]:
    """A11: the header, or the upright label, stands again inside the table.

    Where pages are known and merges kept, a header at the head of a page is good typography and no remark.
    """
    rows = [row for row in body.of(_Role.REPEAT) if not (grid.spans_known and row in grid.page_breaks)]
    if rows:
        yield Remark(
            "A11",
            f"表内第{len(rows)}处重复表头，已略去" if len(rows) == 1 else f"表内有{len(rows)}处重复表头，已略去",
            _place(grid, rows[0]),
        )
    items = body.of(_Role.ITEM)
    again = [
        row
        for row in items[1:]
        if not (grid.spans_known and row in grid.page_breaks)
        and (first := next((c for c in grid.starts(row) if c.text.strip()), None)) is not None
        and _is_upright(grid, header, first.column, first.text)
    ]
    if again and len(again) < len(items) / 2:
        yield Remark("A11", f"表内有{len(again)}处换页后重复的左侧栏目“绩效指标”，已略去", _place(grid, again[0]))


def _place(grid: Grid, row: int) -> Place:
    cell = next((cell for cell in grid.starts(row) if cell.text.strip()), None) or next(iter(grid.starts(row)), None)
    if cell is None:
        return grid.place
    place = cell.place
    # A whole row is meant, not the first cell of it.
    return replace(place, column=None) if place.row is not None and place.cell is None else place


def _joined(grid: Grid, row: int) -> str:
    return "".join(cell.text for cell in grid.starts(row))
