"""Headings over several columns get their width back where a format printed them as one cell.

A text with one cell a line prints ``指标值`` over 前年 and 上年 as a single cell: the row of headings is shorter than the row under it,
and everything right of the heading stands too far left. The blank cells of the row below say which headings reach down to it.
"""

from dataclasses import replace

from hengjian.forms.columns import field_of, words
from hengjian.forms.layout import Cell, Grid, Layout
from hengjian.values.text import label


def with_groups(layout: Layout) -> Layout:
    """The layout with the headings of its tables over the columns they belong to."""
    blocks = tuple(_regrouped(b) if isinstance(b, Grid) and not b.spans_known else b for b in layout.blocks)
    return layout if blocks == layout.blocks else replace(layout, blocks=blocks)


def _regrouped(grid: Grid) -> Grid:
    moved: dict[int, tuple[Cell, ...]] = {}
    for row in range(grid.rows - 1):
        top, bottom = grid.starts(row), grid.starts(row + 1)
        if len(top) < len(bottom) and (widths := _widths(top, bottom)) is not None:
            moved[row] = _placed(top, widths)
    if not moved:
        return grid
    kept = [cell for cell in grid.cells if cell.row not in moved]
    cells = sorted((*kept, *(cell for row in moved.values() for cell in row)), key=lambda cell: (cell.row, cell.column))
    return replace(grid, cells=tuple(cells))


def _widths(top: tuple[Cell, ...], bottom: tuple[Cell, ...]) -> list[int] | None:
    """How many columns each heading covers; None where the two rows are no headings, or leave more than one reading."""
    texts = [cell.text.strip() for cell in bottom]
    known = sum(field_of(cell.text) is not None for cell in top)
    shown = [text for text in texts if text]
    if not all(cell.text.strip() for cell in top) or known < 2 or not shown or any(len(text) > 12 for text in shown):
        return None
    if not any(field_of(text) is not None or label(text) in (words().bands | words().choices.keys()) for text in shown):
        return None
    runs: list[int] = []  # 0 for a blank cell, else the length of a run of labels
    for text in texts:
        if text and runs and runs[-1]:
            runs[-1] += 1
        else:
            runs.append(1 if text else 0)
    groups = len(top) - runs.count(0)
    filled = [length for length in runs if length]
    if len(filled) != 1 or groups < 1 or filled[0] % groups or filled[0] == groups:
        return None
    return [width for length in runs for width in ([1] if not length else [length // groups] * groups)]


def _placed(top: tuple[Cell, ...], widths: list[int]) -> tuple[Cell, ...]:
    out, column = [], 0
    for cell, width in zip(top, widths, strict=True):
        out.append(replace(cell, column=column, column_span=width))
        column += width
    return tuple(out)
