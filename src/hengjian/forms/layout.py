"""What a document looks like before it means anything: lines of text and grids of cells, each with its place.

Readers of file formats produce a ``Layout``; the form readers turn its blocks into forms. A grid keeps spans instead of
repeating texts, so that merged cells can be inherited where that is right (hierarchy, reasons) and never where it is not
(values).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hengjian.values.finding import Problem
from hengjian.values.place import NOWHERE, Place


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: text as a person sees it (wraps joined), position from 0, spans from 1.

    ``formula`` is a spreadsheet formula with its ``=``. ``indent`` counts leading full-width blanks or indent levels (the
    level of an activity). ``doubtful`` marks text of low OCR confidence.
    """

    text: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    place: Place = NOWHERE
    formula: str | None = None
    indent: int = 0
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. Cells do not overlap; positions without a cell are blank.

    ``spans_known`` is false where the format lost merged cells (text exports): a blank may then be the rest of a merge.
    ``continued`` is true when this grid goes on from the grid before it over a page break (already joined grids need not
    say so). ``page_breaks`` are the rows that begin a new page inside a joined grid.
    """

    cells: tuple[Cell, ...]
    rows: int
    columns: int
    place: Place = NOWHERE
    spans_known: bool = True
    page_breaks: tuple[int, ...] = ()
    _cover: dict[tuple[int, int], Cell] = field(default_factory=dict, init=False, repr=False, compare=False)

    def at(self, row: int, column: int) -> Cell | None:
        """The cell that covers a position, also inside a merged range."""
        if not self._cover:
            for cell in self.cells:
                for r in range(cell.row, cell.row + cell.row_span):
                    for c in range(cell.column, cell.column + cell.column_span):
                        self._cover.setdefault((r, c), cell)
        return self._cover.get((row, column))

    def row(self, row: int) -> tuple[Cell, ...]:
        """The cells that cover a row, each once, from left to right."""
        found: list[Cell] = []
        for column in range(self.columns):
            cell = self.at(row, column)
            if cell is not None and (not found or found[-1] is not cell):
                found.append(cell)
        return tuple(found)

    def starts(self, row: int) -> tuple[Cell, ...]:
        """The cells that begin in a row."""
        return tuple(cell for cell in self.row(row) if cell.row == row)

    def __iter__(self) -> Iterator[tuple[Cell, ...]]:
        """Rows as ``row`` gives them."""
        return (self.row(r) for r in range(self.rows))


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph outside tables."""

    text: str
    place: Place = NOWHERE


Block = Line | Grid


@dataclass(frozen=True, slots=True)
class Source:
    """The file a document came from."""

    name: str
    format: str
    sha256: str
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """A document as blocks in reading order. ``breaks`` are indices of blocks that begin a new page or sheet.

    ``keywords`` are those of the file's properties; ``official`` looks there for its mark.
    """

    source: Source
    blocks: tuple[Block, ...]
    problems: tuple[Problem, ...] = ()
    breaks: tuple[int, ...] = ()
    keywords: str = ""
