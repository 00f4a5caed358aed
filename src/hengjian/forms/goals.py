"""Goals that are printed as a small table: 预期目标 | 实际完成情况 with the texts in the rows under them."""

from collections.abc import Sequence
from dataclasses import dataclass

from hengjian.forms.form import Printed
from hengjian.forms.head import GOAL_FIELDS, printed
from hengjian.forms.labels import fund_column, head_meaning
from hengjian.forms.layout import Cell, Grid

_Column = tuple[Cell, str]  # a header cell and its field


@dataclass(frozen=True, slots=True)
class Goals:
    """The texts of a goal table, each with its field (``goal_expected`` …, ``goal``), and the last row of the table."""

    texts: tuple[tuple[str, Printed], ...]
    last_row: int


def read_goals(grid: Grid, row: int, last_row: int) -> Goals | None:
    """The goal table whose header is ``row``; None when there is none."""
    side, columns = _header(grid, row)
    if not columns or (len(columns) == 1 and side is None) or row >= last_row:
        return None
    texts: dict[int, list[Printed]] = {}
    bound = side.row + side.row_span - 1 if side is not None and side.row_span > 1 and grid.spans_known else None
    end = row
    beyond = [
        c.column for c in grid.starts(row) if c.column > columns[-1][0].column and _is_reason(c) and c.text.strip()
    ]
    limit = min(beyond, default=grid.columns)
    for r in range(row + 1, last_row + 1):
        below = [cell for cell in grid.starts(r) if cell.text.strip() and cell is not side]
        if bound is not None and r > bound and not (below and below[0].column > 0 and r in grid.page_breaks):
            break
        below = [cell for cell in below if cell.column < limit]
        if below:
            if any(head_meaning(cell.text) is not None for cell in below):
                break
            if bound is None and texts and _left_the_table(grid, columns, below, side):
                break
            _assign(columns, below, texts)
        end = r
    if not texts:
        return None
    return Goals(tuple(_value(top, name, texts.get(i, ())) for i, (top, name) in enumerate(columns)), end)


def _header(grid: Grid, row: int) -> tuple[Cell | None, list[_Column]]:
    """The side label and the goal columns of a header row; no columns when it is none."""
    cells = [cell for cell in grid.starts(row) if cell.text.strip()]
    while len(cells) > 2 and _is_reason(cells[-1]):
        cells = cells[:-1]  # 偏差原因 or 备注 beside the goals: no goal
    fields = [meaning.field if (meaning := head_meaning(cell.text)) else None for cell in cells]
    columns = [
        (cell, name) for cell, name in zip(cells, fields, strict=True) if name is not None and name in GOAL_FIELDS
    ]
    others = [cell for cell, name in zip(cells, fields, strict=True) if name not in GOAL_FIELDS]
    if others:
        # Labels at the side may be ones the vocabulary does not know.
        known = fields[0] == "goal_block" and len(others) == 1
        beside = len(columns) >= 2 and len(others) <= 2 and all(c.column < columns[0][0].column for c in others)
        unknown = None in fields[: len(others)]
        return (others[-1], columns) if known or (beside and unknown) else (None, [])
    if len(columns) > 1 and _is_side(grid, columns):
        return columns[0][0], columns[1:]
    return None, columns


def _is_side(grid: Grid, columns: Sequence[_Column]) -> bool:
    """Whether the first label only names the block: it is merged over it, or no text stands under it."""
    first, name = columns[0]
    if first.row_span > 1 or (name == "goal" and len(columns) > 2):
        return True
    rows = (row for r in range(first.row + 1, grid.rows) if (row := [c for c in grid.starts(r) if c.text.strip()]))
    below = next(rows, [])
    named_again = name in [other for _, other in columns[1:]]
    return (name == "goal" or named_again) and bool(below) and below[0].column >= first.column + first.column_span


def _is_reason(cell: Cell) -> bool:
    meaning = head_meaning(cell.text)
    return fund_column(cell.text) == "reason" or (meaning is not None and meaning.field == "extra")


def _left_the_table(grid: Grid, columns: Sequence[_Column], below: Sequence[Cell], side: Cell | None) -> bool:
    """Whether a row after the first texts, with no merge to say so, no longer belongs to the goals."""
    if grid.spans_known or len(below) > len(columns):
        return True
    return below[0].column <= columns[0][0].column - (side is not None)


def _assign(columns: Sequence[_Column], below: Sequence[Cell], texts: dict[int, list[Printed]]) -> None:
    """Texts to columns: by position where the positions fit, else in order."""
    chosen: list[int | None] = []
    for cell in below:
        fit = (i for i, (top, _) in enumerate(columns) if i not in chosen and _overlap(top, cell))
        chosen.append(next(fit, None))
    if None in chosen and len(below) == len(columns):
        chosen = list(range(len(columns)))
    for cell, index in zip(below, chosen, strict=True):
        nearest = max((i for i, (top, _) in enumerate(columns) if top.column <= cell.column), default=0)
        texts.setdefault(nearest if index is None else index, []).append(printed(cell))


def _overlap(top: Cell, cell: Cell) -> bool:
    return cell.column < top.column + top.column_span and top.column < cell.column + cell.column_span


def _value(top: Cell, name: str, parts: Sequence[Printed]) -> tuple[str, Printed]:
    place = parts[0].place if parts else top.place
    return name, Printed("\n".join(part.text for part in parts), place)
