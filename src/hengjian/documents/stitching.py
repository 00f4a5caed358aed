"""Pages to one document: tables cut by page breaks are joined again, page numbers and running heads left out.

A page break cuts a table anywhere: between rows, through a merged cell (whose text then stands on one of the pages, or on
both), or through a row in the middle of a sentence. Joining is only done where the geometry says so; a wrong join would put
one form's numbers into another.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from hengjian.documents.ruling import Table
from hengjian.documents.typeset import TextLine, ends_sentence, is_full, join, join_exactly, numbered, seam
from hengjian.forms.layout import Block, Cell, Grid, Line
from hengjian.values.place import Place

_PAGE_NUMBER = re.compile(
    r"[-—–·\s]*(?:第\s*)?(?:\d{1,4}|[IVXivx]{1,5})(?:\s*页)?(?:\s*[/／,，]?\s*(?:共|总|of)?\s*\d{1,4}\s*页?)?[-—–·\s]*|Page\s+\d+(?:\s+of\s+\d+)?"
)
_CONTINUED = re.compile(r"[（(]?(?:续表?|接上[页表]|续上[页表])[\d一二三四五六七八九十]*[)）]?[:：]?")
_NAMED_FORM = re.compile(r"[^，。；:：]{4,40}(?:表|书|报告)(?:[（(][^）)]{1,20}[)）])?")


@dataclass(slots=True)
class Page:
    """What stands on one page: its tables and the lines outside them."""

    number: int
    width: float
    height: float
    tables: list[Table] = field(default_factory=list)
    lines: list[TextLine] = field(default_factory=list)


@dataclass(slots=True)
class _Part:
    """A cell of a growing table. ``text`` is kept beside its last line, which tells whether a sentence was cut."""

    row: int
    row_span: int
    left: float
    right: float
    text: str
    place: Place
    doubtful: bool
    last: TextLine | None
    indent: int = 0

    @property
    def end(self) -> int:
        return self.row + self.row_span


@dataclass(slots=True)
class _Growing:
    """A table that may go on on the next page."""

    columns: list[float]
    rows: int
    parts: list[_Part]
    tolerance: float
    place: Place
    bottom: float
    spans_known: bool
    breaks: list[int] = field(default_factory=list)
    known: set[tuple[str, ...]] = field(default_factory=set)  # the texts of every row, to tell a repeated header
    first: tuple[str, ...] = ()  # the texts of the first row
    edge: list[_Part] = field(default_factory=list)  # cells that reach the last row
    exact: bool = False  # our own page: the text of a merged cell stands on its first page only


class Stitcher:
    """Takes pages in order and gives the blocks of the document. ``exact`` says that the pages are our own."""

    def __init__(self, *, exact: bool = False) -> None:
        self._exact = exact
        self._blocks: list[Line | _Growing] = []
        self._breaks: list[int] = []
        self._open: tuple[_Growing, Page] | None = None
        self._margin: list[tuple[Line, str, float]] = []  # lines in the margins of the page before: line, bare text, y

    def add(self, page: Page) -> None:
        """Append a page; its tables go on from the page before where they fit."""
        lines = self._without_furniture(page)
        items: list[TextLine | Table] = sorted([*lines, *page.tables], key=_top)
        start = len(self._blocks)
        growing: _Growing | None = None
        pending: list[TextLine] = []
        first = True
        tables = 0
        margins: list[tuple[Line, str, float]] = []
        for item in items:
            if isinstance(item, TextLine):
                pending.append(item)
                continue
            note = first and len(pending) == 1 and _CONTINUED.fullmatch(pending[0].text)
            tables += 1
            fresh = _growing(item, page.number, tables if len(page.tables) > 1 else None, self._exact)
            if first and (not pending or note) and self._open is not None and _goes_on(*self._open, fresh, item, page):
                pending.clear()
                growing = self._open[0]
                _attach(growing, fresh)
                start = len(self._blocks)
            else:
                margins += self._paragraphs(pending, page)
                pending = []
                self._blocks.append(fresh)
                growing = fresh
            first = False
        margins += self._paragraphs(pending, page)
        self._open = None if growing is None or pending else (growing, page)
        if self._open is None and growing is not None and all(_in_margin(line, page) for line in pending):
            self._open = (growing, page)  # a running foot: the next page shows whether it repeats
        self._margin = margins
        if len(self._blocks) > start:
            self._breaks.append(start)

    def blocks(self) -> tuple[tuple[Block, ...], tuple[int, ...]]:
        """All blocks in reading order, and the indices of those that begin a page."""
        done: list[Block] = []
        moved: dict[int, int] = {}
        for n, block in enumerate(self._blocks):
            moved[n] = len(done)
            if isinstance(block, Line):
                done.append(block)
            elif len(block.parts) == 1:
                # One cell is a frame around a text, not a table.
                part = block.parts[0]
                done += [Line(text, part.place) for text in part.text.split("\n") if text]
            else:
                done.append(_grid(block))
        breaks = sorted({moved[n] for n in self._breaks if n in moved and moved[n] < len(done)})
        return tuple(done), tuple(breaks)

    def _without_furniture(self, page: Page) -> list[TextLine]:
        """The page's lines without page numbers and running heads; a running foot of the page before is taken back."""
        kept: list[TextLine] = []
        before = {text: (line, y) for line, text, y in self._margin}
        for line in page.lines:
            if _in_margin(line, page):
                if _PAGE_NUMBER.fullmatch(line.text):
                    continue
                known = before.get(_bare(line.text))
                if known is not None and abs(known[1] - line.top) < 4 and not self._may_be_title(line, page):
                    if line.top < page.height / 2:
                        continue
                    self._take_back(known[0])
            kept.append(line)
        if self._margin and self._open is not None and self._blocks and isinstance(self._blocks[-1], Line):
            self._open = None  # something stood below the table after all
        return kept

    @staticmethod
    def _may_be_title(line: TextLine, page: Page) -> bool:
        """Forms of one kind bear the same title page after page: it is larger than the print below, or names a form."""
        sizes = sorted(inner.size for table in page.tables for cell in table.cells for inner in cell.lines)
        large = bool(sizes) and line.size > 1.15 * sizes[len(sizes) // 2]
        return large or _NAMED_FORM.fullmatch("".join(line.text.split())) is not None

    def _take_back(self, line: Line) -> None:
        for n in range(len(self._blocks) - 1, max(-1, len(self._blocks) - 6), -1):
            if self._blocks[n] is line:
                del self._blocks[n]
                self._breaks = [b - (b > n) for b in self._breaks]
                return

    def _paragraphs(self, lines: Sequence[TextLine], page: Page) -> list[tuple[Line, str, float]]:
        """Append lines as paragraphs; gives those in the margins, as running heads and feet may repeat."""
        if not lines:
            return []
        left = min([line.left for line in page.lines] + [table.box[0] for table in page.tables])
        right = max([line.right for line in page.lines] + [table.box[2] for table in page.tables])
        margins: list[tuple[Line, str, float]] = []
        for group in _wrapped(lines, left, right):
            text = group[0].text
            for before, line in pairwise(group):
                text += seam(before.text, line.text) + line.text
            box = (
                min(line.left for line in group),
                group[0].top,
                max(line.right for line in group),
                group[-1].bottom,
            )
            block = Line(text, Place(page=page.number, box=_rounded(box)))
            self._blocks.append(block)
            if len(group) == 1 and _in_margin(group[0], page):
                margins.append((block, _bare(text), group[0].top))
        return margins


def _top(item: TextLine | Table) -> tuple[float, float]:
    if isinstance(item, TextLine):
        return (item.top, item.left)
    return (item.rows[0], item.columns[0])


def _in_margin(line: TextLine, page: Page) -> bool:
    return line.bottom < 0.09 * page.height or line.top > 0.9 * page.height


def _bare(text: str) -> str:
    return re.sub(r"\d+", "#", text)


def _rounded(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    return (round(box[0], 1), round(box[1], 1), round(box[2], 1), round(box[3], 1))


def _wrapped(lines: Sequence[TextLine], left: float, right: float) -> list[list[TextLine]]:
    """Lines grouped to paragraphs: a line that fills the page and goes on at the left margin of the next is a wrap."""
    groups: list[list[TextLine]] = []
    for line in lines:
        before = groups[-1][-1] if groups else None
        if (
            before is not None
            and before.right - before.left > 0.6 * (right - left)
            and abs(before.size - line.size) < 0.15 * before.size
            and 0 < line.top - before.top < 2.6 * before.size
            and right - before.right < 2.2 * before.size
            and line.left - left < 1.2 * line.size
            and "  " not in before.text
            and "  " not in line.text
            and not numbered(line.text)
        ):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


# --- tables over pages ---------------------------------------------------------------------------------------------------


def _growing(table: Table, page: int, number: int | None, exact: bool = False) -> _Growing:
    """A table of a page as the begin of a grid. ``number`` is its place among several tables of the page."""
    parts: list[_Part] = []
    for cell in table.cells:
        parts.append(
            _Part(
                cell.row,
                cell.row_span,
                cell.left,
                cell.right,
                join_exactly(cell.lines) if exact else join(cell.lines, cell.left, cell.right),
                Place(
                    page=page,
                    box=_rounded((cell.left, cell.top, cell.right, cell.bottom)),
                    table=number,
                    row=cell.row + 1,
                    column=bisect_right(table.columns, cell.left + table.tolerance),
                ),
                any(line.doubtful for line in cell.lines),
                cell.lines[-1] if cell.lines else None,
                max(0, round((cell.lines[0].left - cell.left) / cell.lines[0].size - 0.4))
                if exact and cell.lines
                else 0,
            )
        )
    grown = _Growing(
        list(table.columns),
        len(table.rows) - 1,
        parts,
        table.tolerance,
        Place(page=page, box=_rounded(table.box), table=number),
        table.rows[-1],
        table.spans_known,
        exact=exact,
    )
    _note(grown, parts)
    return grown


def _note(table: _Growing, parts: Sequence[_Part]) -> None:
    """Keep what the next page asks for at hand: long tables must not be gone through again for every page."""
    texts = _texts(parts)
    table.known.update(texts.values())
    table.first = table.first or texts.get(0, ())
    table.edge = [part for part in (*table.edge, *parts) if part.end == table.rows]


def _texts(parts: Sequence[_Part]) -> dict[int, tuple[str, ...]]:
    """The texts that begin in a row, from left to right, by row."""
    found: dict[int, list[str]] = {}
    for part in sorted(parts, key=lambda p: p.left):
        if part.text:
            found.setdefault(part.row, []).append("".join(part.text.split()))
    return {row: tuple(texts) for row, texts in found.items()}


def _goes_on(before: _Growing, page_before: Page, fresh: _Growing, table: Table, page: Page) -> bool:
    """Whether a page's first table is the rest of the last table of the page before."""
    if abs(page_before.width - page.width) > 0.1 * page.width:
        return False
    _align(before, fresh)
    tolerance = max(before.tolerance, fresh.tolerance)
    old, new = before.columns, fresh.columns
    if abs(old[-1] - new[-1]) > tolerance or not _near(new[0], old, tolerance) or new[0] > (old[0] + old[-1]) / 2:
        return False
    if _begins_anew(before, fresh):
        return False
    strange_new = [x for x in new if not _near(x, old, tolerance)]
    strange_old = [x for x in old if x > new[0] - tolerance and not _near(x, new, tolerance)]
    if not strange_new or not strange_old:
        return True
    # Rows below may be divided otherwise than rows above; then only a break of the page explains the gap.
    return (
        before.bottom > 0.6 * page_before.height and table.rows[0] < 0.25 * page.height and new[0] - old[0] < tolerance
    )


def _align(before: _Growing, fresh: _Growing) -> None:
    """Scans lie a little differently on every page: bring columns of nearly the same width onto one another."""
    width_before, width = before.columns[-1] - before.columns[0], fresh.columns[-1] - fresh.columns[0]
    shift = fresh.columns[0] - before.columns[0]
    if abs(width_before - width) > 0.02 * width_before or abs(shift) > 30:
        return
    factor = width_before / width

    def moved(x: float) -> float:
        return before.columns[0] + (x - fresh.columns[0]) * factor

    for part in fresh.parts:
        part.left, part.right = moved(part.left), moved(part.right)
    fresh.columns = [moved(x) for x in fresh.columns]


def _near(x: float, columns: Sequence[float], tolerance: float) -> bool:
    return any(abs(x - column) <= tolerance for column in columns)


def _begins_anew(before: _Growing, fresh: _Growing) -> bool:
    """Whether the first row says that another form begins: a title over the whole width, or the first label again."""
    first = [part for part in fresh.parts if part.row == 0]
    if len(first) == 1 and _NAMED_FORM.fullmatch("".join(first[0].text.split())):
        return True
    old, new = before.first, fresh.first
    return bool(old and new and len(new) <= 4 and old[0] == new[0] and old != new)


def _repeated_header(before: _Growing, fresh: _Growing) -> int:
    """How many first rows repeat rows that stand in the table already."""
    rows = _texts(fresh.parts)
    count = 0
    while count < fresh.rows:
        texts = rows.get(count, ())
        if len(set(texts)) < 2 or texts not in before.known or any(text[0].isdigit() for text in texts):
            break
        count += 1
    return count


def _attach(before: _Growing, fresh: _Growing) -> None:
    """Put a table below the one it continues."""
    tolerance = max(before.tolerance, fresh.tolerance)
    for part in fresh.parts:
        part.left, part.right = (
            _snap(part.left, before.columns, tolerance),
            _snap(part.right, before.columns, tolerance),
        )
    header = _repeated_header(before, fresh)
    if header < fresh.rows and _row_goes_on(before, fresh, header, tolerance):
        _join_row(before, fresh, header, tolerance)
    elif header < fresh.rows:
        _join_spans(before, fresh, header, tolerance)
    if fresh.columns[0] > before.columns[0] + tolerance:
        for part in before.edge:
            if part.right <= fresh.columns[0] + tolerance:
                part.row_span += fresh.rows
    for part in fresh.parts:
        part.row += before.rows
    if fresh.rows:
        before.breaks.append(before.rows)
    before.parts += fresh.parts
    before.rows += fresh.rows
    _note(before, fresh.parts)
    before.columns = sorted({*before.columns, *(x for p in fresh.parts for x in (p.left, p.right))})
    before.bottom = fresh.bottom
    before.tolerance = tolerance


def _snap(x: float, columns: Sequence[float], tolerance: float) -> float:
    nearest = min(columns, key=lambda column: abs(column - x))
    return nearest if abs(nearest - x) <= tolerance else x


def _above(before: _Growing, part: _Part, tolerance: float) -> _Part | None:
    """The cell at the end of the table before that has exactly the same columns."""
    for old in before.edge:
        if abs(old.left - part.left) <= tolerance and abs(old.right - part.right) <= tolerance:
            return old
    return None


def _row_goes_on(before: _Growing, fresh: _Growing, row: int, tolerance: float) -> bool:
    """Whether a row was cut by the page break: its key is missing, and every text in it goes on from the text above."""
    parts = sorted((part for part in fresh.parts if part.row == row), key=lambda p: p.left)
    pairs = [(_above(before, part, tolerance), part) for part in parts]
    written = [(old, part) for old, part in pairs if part.text]
    if not written or any(part.row_span > 1 for _, part in written):
        return False
    missing = [old for old, part in pairs if old is not None and old.text and old.row_span == 1 and not part.text]
    if not missing:
        return False
    return all(old is not None and old.row_span == 1 and _text_goes_on(old, part) for old, part in written)


def _text_goes_on(old: _Part, part: _Part) -> bool:
    if not old.text or old.last is None:
        return False
    if ends_sentence(old.text):
        # A finished sentence goes on with the next point of a list, or in a cell of several paragraphs.
        return numbered(part.text) or ("\n" in old.text and part.right - part.left > 12 * old.last.size)
    if numbered(part.text):
        return False
    return is_full(old.last, old.left, old.right, part.text)


def _join_row(before: _Growing, fresh: _Growing, row: int, tolerance: float) -> None:
    """Give the texts of the cut row to the row above and take it away."""
    for part in [part for part in fresh.parts if part.row == row]:
        old = _above(before, part, tolerance)
        if old is None:
            continue
        if part.text:
            glue = "\n" if ends_sentence(old.text) or numbered(part.text) else seam(old.text, part.text)
            old.text += glue + part.text
            old.last = part.last
            old.doubtful |= part.doubtful
        if part.row_span == 1:
            fresh.parts.remove(part)
        elif row == 0:
            old.row_span += part.row_span - 1
            fresh.parts.remove(part)
        else:
            part.text, part.row, part.row_span = old.text, part.row, part.row_span
    for part in fresh.parts:
        if part.row > row:
            part.row -= 1
        elif part.end > row + 1:
            part.row_span -= 1
    fresh.rows -= 1


def _join_spans(before: _Growing, fresh: _Growing, row: int, tolerance: float) -> None:
    """Let merged cells that the page break cut go on. Below a repeated header they are given again instead."""
    parts = sorted((part for part in fresh.parts if part.row == row), key=lambda p: p.left)
    key = next((part.left for part in parts if part.text and part.row_span == 1), float("inf"))
    unbroken = True
    for part in parts:
        old = _above(before, part, tolerance)
        merged = old is not None and (old.row_span > 1 or part.row_span > 1)
        if old is None or not _same_merge(before, old, part, key, unbroken, tolerance):
            if merged or (old is None and part.left < key):
                unbroken = False
            continue
        old.doubtful |= part.doubtful
        if row:
            part.text = part.text or old.text
        else:
            old.text = old.text or part.text
            old.row_span += part.row_span
            fresh.parts.remove(part)


def _same_merge(before: _Growing, old: _Part, part: _Part, key: float, unbroken: bool, tolerance: float) -> bool:
    merged = old.row_span > 1 or part.row_span > 1
    if before.exact and part.text:
        return False
    if old.text and part.text:
        # Some programs print the text of a merged cell on every page; the same word in a new branch is another cell.
        return merged and unbroken and old.text == part.text and (part.left < key or part.row_span > 1)
    if part.text:
        return merged and part.left < key and (old.row_span > 1 or part.row_span > 1)
    if part.left < key:
        return bool(old.text) or merged
    return merged and bool(old.text) and (part.row_span > 1 or _always_merged(before, old, tolerance))


def _always_merged(before: _Growing, old: _Part, tolerance: float) -> bool:
    """Whether a column is one of hierarchy: mostly merged, never blank."""
    column = [
        part
        for part in before.parts
        if abs(part.left - old.left) <= tolerance and abs(part.right - old.right) <= tolerance
    ]
    return all(part.text for part in column) and sum(part.row_span > 1 for part in column) * 2 >= len(column) - 1


def _grid(table: _Growing) -> Grid:
    columns = table.columns
    index = {x: n for n, x in enumerate(columns)}

    def at(x: float) -> int:
        return index[x] if x in index else index[min(columns, key=lambda column: abs(column - x))]

    cells = [
        Cell(
            part.text,
            part.row,
            at(part.left),
            part.row_span,
            max(1, at(part.right) - at(part.left)),
            part.place,
            indent=part.indent,
            doubtful=part.doubtful,
        )
        for part in sorted(table.parts, key=lambda p: (p.row, p.left))
    ]
    return Grid(
        tuple(cells),
        table.rows,
        len(columns) - 1,
        table.place,
        table.spans_known,
        tuple(b for b in table.breaks if b < table.rows),
    )
