"""A document as a person sees it, so that a value that was read can be compared with the spot it was read from.

Paged formats (pdf, scans, pictures) are shown as pictures of their pages, and a value is a box on one. All others are shown
as their tables and lines, and a value is a cell or a line with a key. Nothing about a file raises but ``page_picture``.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from hengjian.documents import opened, pdf, read_layout, scan
from hengjian.documents.content import Unreadable
from hengjian.documents.formula import column_letters, column_number
from hengjian.documents.raster import Raster
from hengjian.forms.layout import Block, Cell, Grid, Layout, Line, Source
from hengjian.values.finding import Problem
from hengjian.values.place import Place
from hengjian.values.text import fold

PAGED: Final = ("pdf", "image")
_WIDEST: Final = 1_000  # rows or columns of a merged cell that its inner positions are known for


@dataclass(frozen=True, slots=True)
class PageSize:
    """A page that can be shown, with its size in the points boxes are measured in."""

    number: int
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell of a table: position from 0, spans from 1. ``key`` is the same whenever the file is the same."""

    key: str
    text: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    indent: int = 0
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class ShownGrid:
    """A table. ``row_keys`` has one key for each row where places name lines only (text files); else it is empty."""

    rows: int
    columns: int
    cells: tuple[ShownCell, ...]
    row_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A paragraph."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """A sheet with its name, or the whole of a document without sheets."""

    title: str
    blocks: tuple[ShownLine | ShownGrid, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value is shown: ``key`` of a cell, row or line; or ``page`` and ``box``.

    ``box`` is (left, top, width, height) in percent of the page, so that it fits a picture of any size; None where only the
    page is known.
    """

    key: str = ""
    page: int | None = None
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Original:
    """A document to look at: ``pages`` of a paged format, ``parts`` of any other; neither where it could not be opened."""

    source: Source
    pages: tuple[PageSize, ...] = ()
    parts: tuple[Part, ...] = ()
    problems: tuple[Problem, ...] = ()
    _index: dict[Place, list[tuple[str, str]]] = field(default_factory=dict, repr=False, compare=False)

    def locate(self, place: Place, text: str = "") -> Spot | None:
        """The spot of a place of a value read from the same file, None where it cannot be shown.

        ``text`` is the value: it tells cells of one line of a text file apart.
        """
        if place.page is not None:
            return self._boxed(place)
        found = self._index.get(place)
        if not found:
            return None
        return Spot(_best(found, fold(text))) if len(found) > 1 else Spot(found[0][0])

    def _boxed(self, place: Place) -> Spot | None:
        page = next((page for page in self.pages if page.number == place.page), None)
        if page is None:
            return None
        if place.box is None:
            return Spot(page=page.number)
        left, right = (_percent(side, page.width) for side in (place.box[0], place.box[2]))
        top, bottom = (_percent(side, page.height) for side in (place.box[1], place.box[3]))
        box = (left, top, round(right - left, 3), round(bottom - top, 3))
        return Spot(page=page.number, box=box)


def _percent(side: float, whole: float) -> float:
    return round(min(max(100 * side / whole, 0.0), 100.0), 3)


def _best(found: list[tuple[str, str]], text: str) -> str:
    """Among what shares a place: what is the text, else what holds it, else all of it (the first, a row where there is one)."""
    same = [key for key, shown in found if text and shown == text]
    holding = [key for key, shown in found if text and text in shown]
    return (same or holding or [found[0][0]])[0]


def original(path: Path, *, hidden: bool = False, layout: Layout | None = None) -> Original:
    """What there is to see of a file. ``hidden`` shows what is hidden in it, too, as ``read_layout`` does.

    ``layout`` is that of the same file where it has been read already. Pages are only measured; ``page_picture`` draws one.
    """
    if layout is not None and layout.source.format not in PAGED:
        return _written(layout)
    try:
        data, kind = opened(path)
        if kind not in PAGED:
            return _written(read_layout(path, hidden))
        sizes = _guarded(path.name, lambda: (pdf if kind == "pdf" else scan).sizes(data, path.name))
    except Unreadable as refusal:
        return Original(Source(path.name, "", ""), problems=(refusal.problem,))
    problems = () if sizes or kind == "pdf" else (scan.not_installed(None, f"“{path.name}”是图像文件"),)
    source = Source(path.name, kind, hashlib.sha256(data).hexdigest(), max(sizes, default=None))
    return Original(source, tuple(PageSize(number, *size) for number, size in sizes.items()), (), problems)


class PictureError(ValueError):
    """Why a page cannot be shown; the message is for the user."""


def page_picture(path: Path, page: int, width: int) -> bytes:
    """A page as a PNG picture ``width`` pixels wide (within bounds), as its boxes lie. Raises ``PictureError``."""
    try:
        data, kind = opened(path)
        drawn: Raster | None = None
        if kind in PAGED:
            drawn = _guarded(path.name, lambda: (pdf if kind == "pdf" else scan).picture(data, path.name, page, width))
    except Unreadable as refusal:
        raise PictureError(refusal.problem.message) from None
    if drawn is None:
        raise PictureError(f"“{path.name}”没有可以显示的第{page}页。")
    return drawn.png()


_T = TypeVar("_T")


def _guarded(name: str, draw: Callable[[], _T]) -> _T:
    """What ``draw`` gives. A library that fails on a hostile page is no reason to fall: ``Unreadable``."""
    try:
        return draw()
    except Unreadable:
        raise
    except MemoryError as error:
        raise Unreadable("P09", f"显示“{name}”时内存不足。请拆分文件后再试。") from error
    except Exception as error:
        told = f"“{name}”的页面无法显示（{type(error).__name__}），文件可能已损坏。请用原软件打开并另存一份后再试。"
        raise Unreadable("P03", told) from error


# --- tables and lines -------------------------------------------------------------------------------------------------


def _written(layout: Layout) -> Original:
    made = _Shown()
    for block in layout.blocks:
        made.add(block)
    parts = tuple(Part(title, tuple(blocks)) for title, blocks in made.parts)
    return Original(layout.source, (), parts, layout.problems, made.index)


class _Shown:
    """Blocks with keys, in parts, and which keys stand at a place."""

    def __init__(self) -> None:
        self.parts: list[tuple[str, list[ShownLine | ShownGrid]]] = []
        self.index: dict[Place, list[tuple[str, str]]] = {}
        self._keys: set[str] = set()

    def add(self, block: Block) -> None:
        title = block.place.sheet or ""
        if not self.parts or self.parts[-1][0] != title:
            self.parts.append((title, []))
        if isinstance(block, Line):
            self.parts[-1][1].append(ShownLine(self._known(block.place, block.text), block.text))
        else:
            self.parts[-1][1].append(self._grid(block))

    def _grid(self, grid: Grid) -> ShownGrid:
        # Cells of a text file have the place of their line: then the row is what a place names, and a text its cell.
        by_line = grid.place.line is not None and grid.place.table is None
        rows = {}
        if by_line:
            rows = {cell.row: cell.place for cell in reversed(grid.cells)}
        row_keys = (
            tuple(self._known(rows[row], "") if row in rows else "" for row in range(grid.rows)) if by_line else ()
        )
        cells = tuple(self._cell(cell, by_line) for cell in grid.cells)
        if cells:
            self.index.setdefault(grid.place, [(cells[0].key, "")])
        return ShownGrid(grid.rows, grid.columns, cells, row_keys)

    def _cell(self, cell: Cell, by_line: bool) -> ShownCell:
        key = self._known(cell.place, cell.text, f"-{cell.column + 1}" if by_line else "")
        for place in _inner(cell):
            self.index.setdefault(place, [(key, fold(cell.text))])
        return ShownCell(
            key, cell.text, cell.row, cell.column, cell.row_span, cell.column_span, cell.indent, cell.doubtful
        )

    def _known(self, place: Place, text: str, within: str = "") -> str:
        key = wanted = _key(place, len(self.parts)) + within
        count = 1
        while key in self._keys:
            count += 1
            key = f"{wanted}.{count}"
        self._keys.add(key)
        self.index.setdefault(place, []).append((key, fold(text)))
        return key


def _key(place: Place, part: int) -> str:
    """``s2-B7`` in the second sheet, ``t1-3-2`` in the first table, ``l12`` on the twelfth line (``l12-3`` its third cell)."""
    if place.cell is not None:
        return f"s{part}-{place.cell}"
    if place.table is not None:
        return f"t{place.table}-{place.row or 0}-{place.column or 0}"
    return f"l{place.line or 0}"


def _inner(cell: Cell) -> Iterator[Place]:
    """The places below a merged cell."""
    if cell.row_span == cell.column_span == 1 or max(cell.row_span, cell.column_span) > _WIDEST:
        return
    place = cell.place
    for down in range(cell.row_span):
        for across in range(cell.column_span):
            if place.cell is not None:
                letters = place.cell.rstrip("0123456789")
                row = int(place.cell[len(letters) :]) + down
                yield replace(place, cell=f"{column_letters(column_number(letters) + across)}{row}")
            elif place.row is not None and place.column is not None:
                yield replace(place, row=place.row + down, column=place.column + across)


# --- JSON -------------------------------------------------------------------------------------------------------------


def original_json(shown: Original) -> dict[str, Any]:
    """What there is to see, as plain JSON without the problems and the source: ``pages`` and ``parts``."""
    return {
        "pages": [{"page": page.number, "width": page.width, "height": page.height} for page in shown.pages],
        "parts": [
            {"title": part.title, "blocks": [_block_json(block) for block in part.blocks]} for part in shown.parts
        ],
    }


def spot_json(spot: Spot | None) -> dict[str, Any] | None:
    """A spot with only what it has."""
    if spot is None:
        return None
    if spot.key:
        return {"key": spot.key}
    return {"page": spot.page} | ({"box": list(spot.box)} if spot.box is not None else {})


def _block_json(block: ShownLine | ShownGrid) -> dict[str, Any]:
    if isinstance(block, ShownLine):
        return {"key": block.key, "text": block.text}
    cells = [_cell_json(cell) for cell in block.cells]
    told = {"rows": block.rows, "columns": block.columns, "cells": cells}
    return told | ({"row_keys": list(block.row_keys)} if block.row_keys else {})


def _cell_json(cell: ShownCell) -> dict[str, Any]:
    """A cell; spans of 1, no indent and certain text are not mentioned."""
    told: dict[str, Any] = {"key": cell.key, "text": cell.text, "row": cell.row, "column": cell.column}
    for name, usual in (("row_span", 1), ("column_span", 1), ("indent", 0), ("uncertain", False)):
        if (value := getattr(cell, name)) != usual:
            told[name] = value
    return told
