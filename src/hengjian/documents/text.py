r"""Plain text: prose, and the three ways in which forms survive as text.

Columns are separated by tabs or by ``|``, one line a row; or, as Word exports tables, every line is one cell that begins with a
tab and a blank line ends the row. Merged cells are lost in all of them (``spans_known`` is false), and rows may have lost their
leading columns: positions are given as printed, nothing is moved here.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from hengjian.documents import charset
from hengjian.documents.content import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TEXT_CHARS,
    Content,
    too_much,
)
from hengjian.documents.wraps import indent, unwrapped, visible
from hengjian.forms.layout import Block, Cell, Grid, Line
from hengjian.values.finding import Problem
from hengjian.values.place import Place

_PARAGRAPH: Final = re.compile(r"</?p(?:\s[^<>\x80-\U0010ffff]*)?/?>", re.IGNORECASE)
_BREAK: Final = re.compile(r"<br\s*/?>|[\n\v\u2028\u2029]", re.IGNORECASE)
_MARKDOWN_RULE: Final = re.compile(r"[|:\-\s+=─━┼├┤┬┴┌┐└┘│]+")
_PAGE_NUMBER: Final = re.compile(
    r"[-—－\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/，,]?\s*(?:共\s*)?\d{1,4}\s*页)?[-—－\s]*"
)
_LIST_ITEM: Final = re.compile(r"\s*(?:[（(]?[\d一二三四五六七八九十]{1,3}[.、．)）]{1,2}|[①-⑳•·●◆■])\t[^\t]+")
_BOXES: Final = str.maketrans("｜│┃║", "||||")
_MAX_WRAP: Final = 80  # a cell does not go on over more lines than this
_PROBE: Final = 40  # rows of one or two lines before the hope for a table is given up
_LONG: Final = 12  # characters of a cell that may have been broken
_NEAR: Final = 3  # blank lines that may stand inside one table


@dataclass(slots=True)
class _Row:
    cells: list[str]
    line: int
    lines: list[int] = field(default_factory=list)  # of each cell, where cells have lines of their own
    after_gap: bool = False


@dataclass(frozen=True, slots=True)
class _Entry:
    """One logical line: physical lines of one quoted or tagged cell are joined already."""

    text: str
    line: int
    new_page: bool = False

    @property
    def blank(self) -> bool:
        return not self.text.strip(" \u00a0\u3000\r")

    @property
    def tabbed(self) -> bool:
        return "\t" in self.text


def read(data: bytes, name: str) -> Content:
    """Lines and grids of a text file; ``Place.line`` counts from 1."""
    decoded = charset.decode(data, name)
    problems = list(decoded.problems)
    text = decoded.text
    if len(text) > MAX_TEXT_CHARS:
        problems.append(too_much(f"“{name}”的字数", len(text), MAX_TEXT_CHARS))
        text = text[:MAX_TEXT_CHARS]
    builder = _Builder(name)
    if rows := _comma_rows(text):
        builder.grid(rows)
        return Content(tuple(builder.blocks), (*problems, *builder.problems))
    entries = list(_entries(text))
    at = looked = 0
    while at < len(entries):
        found = False
        if at >= looked:
            found, looked = _cell_region(entries, at)
        if found:
            builder.cell_per_line(_cell_per_line_rows(entries[at:looked]))
            at = looked
        else:
            at = builder.take(entries, at)
    builder.close()
    pages = text.count("\f") + 1 if "\f" in text.rstrip("\f\r\n ") else None
    return Content(tuple(builder.blocks), (*problems, *builder.problems), pages, tuple(builder.breaks))


def _comma_rows(text: str) -> list[_Row]:
    """Rows of a file of comma separated values: every row has the same number of cells, which prose never has."""
    if "\t" in text or text.count(",") < text.count("\n") or "," not in text[:2000]:
        return []
    stream = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[_Row] = []
    line = 1
    try:
        for cells in stream:
            if cells:
                rows.append(_Row(cells, line))
                if len(cells) != len(rows[0].cells):
                    return []
            line = stream.line_num + 1
    except csv.Error:
        return []
    return rows if len(rows) >= 3 and len(rows[0].cells) >= 3 else []


def _entries(text: str) -> Iterator[_Entry]:
    lines = re.split(r"\r\n|\n|\r", text.replace("\a", "\t"))
    at = 0
    while at < len(lines):
        raw = lines[at]
        new_page = "\f" in raw
        used = 1
        if "\t" in raw or "|" in raw:
            raw, used = _whole(lines, at)
        yield _Entry(raw.replace("\f", ""), at + 1, new_page)
        at += used


def _whole(lines: list[str], at: int) -> tuple[str, int]:
    """A row whose last cell is still open: a quote as spreadsheets write it, or a ``<p>`` without its end.

    Only lines without a tab may lie between, so every line of the file is looked at once.
    """
    text, used = lines[at], 1
    while closing := _open(text.rsplit("\t", 1)[-1]):
        if used == _MAX_WRAP or at + used == len(lines):
            return lines[at], 1
        head, tab, _ = lines[at + used].partition("\t")
        if tab and closing not in head:
            return lines[at], 1
        text += "\n" + lines[at + used]
        used += 1
    return text, used


def _open(cell: str) -> str:
    """What closes the cell, if it is open."""
    if cell.startswith('"') and cell.count('"') % 2 == 1:
        return '"'
    return "</p>" if cell.rfind("<p>") > cell.rfind("</p>") else ""


# --- one cell a line ---------------------------------------------------------------------------------------------------


def _is_cell_line(entry: _Entry) -> bool:
    return entry.text.lstrip(" ").startswith("\t") and entry.text.count("\t") == 1


def _groups(entries: list[_Entry], at: int) -> Iterator[tuple[int, int]]:
    """Runs of lines without a blank line, as (start, end). A line of one tab is a blank cell, not a blank line."""
    while at < len(entries):
        if entries[at].blank:
            at += 1
            continue
        start = at
        while at < len(entries) and not entries[at].blank:
            at += 1
        yield start, at


def _is_cells(group: list[_Entry]) -> bool:
    """Cells, some of which may go on in lines without a tab."""
    if not _is_cell_line(group[0]):
        return False
    own = sum(map(_is_cell_line, group))
    return own == sum(entry.tabbed for entry in group) and (own > 1 or len(group) < 3)


def _cell_region(entries: list[_Entry], at: int) -> tuple[bool, int]:
    """Whether a region of one-cell-a-line rows starts here, and the line up to which this is settled."""
    if not _is_cell_line(entries[at]) or (at and not entries[at - 1].blank):
        return False, at
    wide = 0
    end = at
    for count, (start, stop) in enumerate(_groups(entries, at)):
        group = entries[start:stop]
        if (count == _PROBE and not wide) or not (_is_cells(group) or (count and _is_wrap_tail(group))):
            break
        wide += sum(map(_is_cell_line, group)) >= 3
        end = stop
    return wide >= 2, end


def _is_wrap_tail(group: list[_Entry]) -> bool:
    """The rest of a cell that was cut by a blank line, with the row's further cells after it."""
    return not group[0].tabbed and len(group) > 1 and all(_is_cell_line(entry) for entry in group[1:])


def _cell_per_line_rows(entries: list[_Entry]) -> list[_Row]:
    rows: list[_Row] = []
    cell: list[str] = []  # the lines of the last cell
    fresh = True
    for entry in entries:
        if entry.blank:
            fresh = True
            continue
        if not entry.tabbed and rows:
            cell.append(entry.text)
        else:
            if rows:
                rows[-1].cells[-1] = "\n".join(cell)
            if fresh:
                rows.append(_Row([], entry.line))
            cell = [entry.text.replace("\t", "", 1)]
            rows[-1].cells.append("")
            rows[-1].lines.append(entry.line)
        fresh = False
    rows[-1].cells[-1] = "\n".join(cell)
    return rows


# --- one row a line ----------------------------------------------------------------------------------------------------


class _Builder:
    """Collects blocks; holds the table that is open."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.blocks: list[Block] = []
        self.breaks: list[int] = []
        self.problems: list[Problem] = []
        self._rows: list[_Row] = []
        self._split: Callable[[str], list[str]] = _tab_cells
        self._widths: Counter[int] = Counter()
        self._gap = 0
        self._new_page = False
        self._cells = 0

    def take(self, entries: list[_Entry], at: int) -> int:
        """Consume the line at ``at`` (and those that belong to it); the index of the next."""
        entry = entries[at]
        if entry.new_page:
            self._new_page = True
        if not entry.text.strip():  # blank, or a row of nothing but tabs
            self._gap += not (entry.tabbed and self._rows)
            return at + 1
        split = _splitter(entries, at, bool(self._rows) and self._split is _pipe_cells)
        if split is None:
            return self._prose(entries, at)
        return self._table_line(entries, at, split)

    def _table_line(self, entries: list[_Entry], at: int, split: Callable[[str], list[str]]) -> int:
        entry = entries[at]
        if split is _tab_cells and self._is_prose(entries, at):
            self.close()
            self._line(entry)
            return at + 1
        text, used = (entry.text, 1) if split is _tab_cells else _whole_pipe_row(entries, at)
        if split is _pipe_cells and _MARKDOWN_RULE.fullmatch(text):
            return at + 1
        cells = split(text)
        if self._rows and (self._split is not split or self._gap > _NEAR or self._starts_anew(cells)):
            self.close()
        if not self._rows and self._new_page:
            self.breaks.append(len(self.blocks))
        if not self._rows:
            self._widths.clear()
        self._widths[len(cells)] += 1
        self._rows.append(_Row(cells, entry.line, after_gap=bool(self._rows) and (self._gap > 0 or self._new_page)))
        self._split, self._gap, self._new_page = split, 0, False
        return at + used

    def _is_prose(self, entries: list[_Entry], at: int) -> bool:
        """A line with tabs that is none of a table: indented, or an item of a list whose number ends with a tab."""
        if self._rows and not self._gap:
            return False
        if _LIST_ITEM.fullmatch(entries[at].text):
            return not self._rows or self._widths.most_common(1)[0][0] != 2
        return not self._rows and _is_indented_prose(entries, at)

    def _starts_anew(self, cells: list[str]) -> bool:
        """After a gap, a row with the label of the table's first row, but another content, opens the next form."""
        first = self._rows[0].cells
        return (
            bool(self._gap)
            and len(self._rows) > 2
            and bool(first[0].strip())
            and _same(cells[0], first[0])
            and cells != first
        )

    def _prose(self, entries: list[_Entry], at: int) -> int:
        entry = entries[at]
        if self._rows and (self._new_page or self._gap) and _is_page_number(entry.text) and _table_follows(entries, at):
            return at + 1
        if self._rows and not self._gap and not self._new_page:
            used = self._wrapped(entries, at)
            if used:
                return at + used
        self.close()
        self._line(entry)
        return at + 1

    def _wrapped(self, entries: list[_Entry], at: int) -> int:
        """The lines of a broken cell at ``at``, and how many belong to it; 0 where nothing proves that it is one.

        Inside a row the proof is that both pieces together fill the columns exactly. After a complete row it is that the row
        ends within a long text and the table goes on at once with its full width: else it may be a title.
        """
        tail = at
        while tail < len(entries) and not entries[tail].blank and not entries[tail].tabbed and tail - at < _MAX_WRAP:
            tail += 1
        if tail == len(entries) or not entries[tail].tabbed:
            return 0
        row, pieces = self._rows[-1], [entry.text for entry in entries[at:tail]]
        rest = _tab_cells(entries[tail].text)
        width = self._usual_width(entries, tail + 1)
        if len(row.cells) == width == len(rest):
            if not _is_broken_off(row.cells[-1]):
                return 0
            row.cells[-1] = "\n".join([row.cells[-1], *pieces])
            return tail - at
        if len(row.cells) < width and len(row.cells) + len(rest) - 1 == width:
            row.cells[-1:] = ["\n".join([row.cells[-1], *pieces, rest[0]]), *rest[1:]]
            return tail + 1 - at
        return 0

    def _usual_width(self, entries: list[_Entry], at: int) -> int:
        """The number of columns that most rows have, those before and the next few; 0 where rows are ragged."""
        widths = self._widths.copy()
        widths[len(self._rows[-1].cells)] -= 1
        widths.update(len(_tab_cells(entry.text)) for entry in entries[at : at + 5] if entry.tabbed)
        width, count = widths.most_common(1)[0]
        return width if count * 10 >= widths.total() * 6 else 0

    def _line(self, entry: _Entry) -> None:
        if self._new_page:
            self.breaks.append(len(self.blocks))
        self._new_page, self._gap = False, 0
        text = visible(_plain(entry.text.replace("\t", " "))).strip()
        if text:
            self.blocks.append(Line(text, Place(line=entry.line)))

    def close(self) -> None:
        """End the open table."""
        rows, self._rows, self._gap = self._rows, [], 0
        if rows:
            self.grid(rows)

    def cell_per_line(self, rows: list[_Row]) -> None:
        """A table of one cell a line; lone lines before its first real row are its caption."""
        self.close()
        start = next(number for number, row in enumerate(rows) if len(row.cells) > 1)
        for row in rows[:start]:
            self._line(_Entry(row.cells[0], row.line))
        self.grid(rows[start:])

    def grid(self, rows: list[_Row]) -> None:
        """Add a table."""
        if len(rows) > MAX_ROWS:
            self.problems.append(too_much(f"“{self.name}”第 {rows[0].line} 行起的表格行数", len(rows), MAX_ROWS))
            rows = rows[:MAX_ROWS]
        cells = tuple(cell for number, row in enumerate(rows) for cell in _cells(row, number))
        if self._cells + len(cells) > MAX_CELLS:
            self.problems.append(too_much(f"“{self.name}”的单元格数", self._cells + len(cells), MAX_CELLS))
            cells = cells[: max(MAX_CELLS - self._cells, 0)]
        self._cells += len(cells)
        gaps = tuple(number for number, row in enumerate(rows) if row.after_gap)
        double_spaced = len(gaps) * 2 > len(rows)
        columns = min(max(len(row.cells) for row in rows), MAX_COLUMNS)
        place = Place(line=rows[0].line)
        self.blocks.append(
            Grid(cells, len(rows), columns, place, spans_known=False, page_breaks=() if double_spaced else gaps),
        )


def _splitter(entries: list[_Entry], at: int, in_pipes: bool) -> Callable[[str], list[str]] | None:
    """How the line falls into cells; None for prose."""
    entry = entries[at]
    if entry.tabbed:
        return _tab_cells
    text = entry.text.translate(_BOXES).strip()
    if "|" not in text or not text.strip("|"):
        return _pipe_cells if in_pipes and _MARKDOWN_RULE.fullmatch(text) else None
    neighbours = [e.text.translate(_BOXES) for e in _filled_around(entries, at)]
    if in_pipes or text[0] == "|" or text[-1] == "|" or any("|" in each for each in neighbours):
        return _pipe_cells
    return None


def _filled_around(entries: list[_Entry], at: int) -> list[_Entry]:
    before = next((entries[i] for i in range(at - 1, max(at - 3, -1), -1) if not entries[i].blank), None)
    after = next((entries[i] for i in range(at + 1, min(at + 3, len(entries))) if not entries[i].blank), None)
    return [entry for entry in (before, after) if entry is not None]


def _is_indented_prose(entries: list[_Entry], at: int) -> bool:
    """A paragraph indented with tabs, where no table is open and none begins on the next line."""
    text = entries[at].text
    if "\t" in text.strip():
        return False
    following = entries[at + 1] if at + 1 < len(entries) else None
    return following is None or "\t" not in following.text.strip()


def _table_follows(entries: list[_Entry], at: int) -> bool:
    for entry in entries[at + 1 : at + 2 + _NEAR]:
        if not entry.blank:
            return entry.tabbed
    return False


def _tab_cells(text: str) -> list[str]:
    """Cells of a row; quotes of spreadsheets are taken off, also round a cell with line breaks."""
    if '"' not in text:
        return text.split("\t")
    return [_unquoted(cell) for cell in text.split("\t")]


def _unquoted(cell: str) -> str:
    inner = cell.strip()
    if len(inner) < 2 or inner[0] != '"' or inner[-1] != '"':
        return cell
    inner = inner[1:-1]
    if '"' in inner.replace('""', ""):
        return cell  # printed quotation marks, not a spreadsheet's
    return inner.replace('""', '"') if "\n" in inner or '""' in inner else cell


def _pipe_cells(text: str) -> list[str]:
    text = text.translate(_BOXES).strip().replace("\\|", "\0")
    text = text.removeprefix("|")
    cells = text.removesuffix("|").split("|")
    return [cell.replace("\0", "|") for cell in cells]


def _whole_pipe_row(entries: list[_Entry], at: int) -> tuple[str, int]:
    """Where rows end with ``|``, a row that does not goes on in the next lines."""
    text = entries[at].text
    if text.rstrip().endswith("|") or at + 1 >= len(entries):
        return text, 1
    neighbours = [entry.text.rstrip() for entry in entries[max(at - 1, 0) : at] if "|" in entry.text]
    if not any(each.endswith("|") for each in neighbours):
        return text, 1
    for used in range(2, _MAX_WRAP):
        if at + used > len(entries) or entries[at + used - 1].blank:
            break
        more = entries[at + used - 1].text
        text += "\n" + more
        if more.rstrip().endswith("|"):
            return text, used
        if "|" in more:
            break
    return entries[at].text, 1


def _is_broken_off(cell: str) -> bool:
    """Whether a text is long, and stops within a sentence."""
    text = cell.strip()
    return len(text) >= _LONG and text[-1] not in "。；;！!？?"


def _is_page_number(text: str) -> bool:
    text = text.strip()
    return len(text) < 24 and _PAGE_NUMBER.fullmatch(text) is not None


def _same(left: str, right: str) -> bool:
    return "".join(left.split()) == "".join(right.split())


def _cells(row: _Row, number: int) -> Iterator[Cell]:
    for column, text in enumerate(row.cells[:MAX_COLUMNS]):
        line = row.lines[column] if row.lines else row.line
        yield Cell(_plain(text), number, column, place=Place(line=line), indent=indent(text))


def _plain(text: str) -> str:
    """Text of a cell: ``<p>`` paragraphs on lines of their own, wraps joined."""
    if "<" not in text and not _BREAK.search(text):
        return visible(text).strip()
    paragraphs = (unwrapped(_BREAK.split(part)) for part in _PARAGRAPH.split(text))
    return "\n".join(part for part in paragraphs if part)
