"""Indicator tables that were cut into several grids at page ends are put together again.

Word files and web pages often hold one table as several, the later ones without a header. A grid goes on with the one before it when
nothing but page numbers stands between them, the table before has not ended, and the first row below fits its columns.
"""

import re
from dataclasses import replace

from hengjian.forms import alignment
from hengjian.forms.indicators import Header, begins_with, find_headers, goes_on
from hengjian.forms.layout import Block, Grid, Layout, Line

_PAGE_LINE = re.compile(r"^[\s\-—–－·.第共页/／\d]*$|^[（(]?(?:续上?表|接上?页|续)[一二三四\d]*[）)]?[:：]?$")


def join_tables(layout: Layout) -> Layout:
    """The layout with continued grids appended to the grid they go on from (their first rows become page breaks)."""
    blocks: list[Block] = []
    places: list[int] = []  # new index of each old block
    open_at: int | None = None  # index of the grid whose table has not ended
    for block in layout.blocks:
        before = blocks[open_at] if open_at is not None else None
        if isinstance(block, Grid) and isinstance(before, Grid) and open_at is not None and continues(before, block):
            blocks[open_at] = _appended(before, block)
            del blocks[open_at + 1 :]
            places = [min(place, open_at) for place in places] + [open_at]
            continue
        if isinstance(block, Grid):
            open_at = len(blocks)
        elif isinstance(block, Line) and not _PAGE_LINE.match(block.text.strip()):
            open_at = None
        places.append(len(blocks))
        blocks.append(block)
    if len(blocks) == len(layout.blocks):
        return layout
    breaks = tuple(dict.fromkeys(places[index] for index in layout.breaks if index < len(places)))
    return replace(layout, blocks=tuple(blocks), breaks=breaks)


def continues(before: Grid, grid: Grid) -> bool:
    """Whether the last indicator table of one grid goes on in the next."""
    if before.columns != grid.columns or before.place.sheet != grid.place.sheet:
        return False
    headers = find_headers(before)
    if not headers or not goes_on(before, headers[-1]):
        return False
    start = begins_with(grid, before, headers[-1])
    if start is None:
        return False
    own = find_headers(grid)
    if own:
        return own[0].first_row == start.last_row and own[0].columns == headers[-1].columns
    return _fits(start, grid)


def _fits(start: Header, grid: Grid) -> bool:
    """Whether the first row can stand under these columns as it is, or after a slide."""
    row = grid.starts(start.last_row + 1)
    texts = [(cell.column, cell.text) for cell in row if cell.text.strip()]
    return not texts or alignment.readings(texts, start.columns, frozenset())[0].cost < alignment.CLEAR


def _appended(before: Grid, grid: Grid) -> Grid:
    moved = tuple(replace(cell, row=cell.row + before.rows) for cell in grid.cells)
    breaks = (*before.page_breaks, before.rows, *(row + before.rows for row in grid.page_breaks))
    return Grid(
        before.cells + moved,
        before.rows + grid.rows,
        before.columns,
        before.place,
        before.spans_known and grid.spans_known,
        breaks,
    )
