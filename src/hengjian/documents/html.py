"""Web pages, also those that office programs write, and single-file archives (MHTML).

A page is full of tables that only lay it out. A table inside a cell that is a table of data becomes a grid of its own, and the
row around it is dissolved into lines; anything smaller stays text of its cell. What a person does not see (scripts, hidden
elements) is left out; navigation is kept, as lines and small grids, because telling it apart needs to know what a form is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from lxml import etree, html

from hengjian.documents import charset
from hengjian.documents.content import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TEXT_CHARS,
    Content,
    Unreadable,
    too_much,
)
from hengjian.documents.recognise import is_archive
from hengjian.documents.wraps import indent, unwrapped, visible
from hengjian.forms.layout import Block, Cell, Grid, Line
from hengjian.values.finding import Problem
from hengjian.values.place import Place

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# fmt: off
_UNSEEN: Final = frozenset((
    "head", "script", "style", "noscript", "template", "iframe", "object", "embed", "applet", "svg", "canvas", "audio", "video",
    "button", "datalist", "del", "rp", "rt", "xml", "noframes", "map", "colgroup", "col", "title", "meta", "link",
))
_BLOCKS: Final = frozenset((
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html",
    "legend", "li", "main", "menu", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "ul",
))
# fmt: on
_INLINE_DATA: Final = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,[A-Za-z0-9+/=\s]*")  # pictures
_HEADINGS: Final = frozenset(("h1", "h2", "h3"))
_SUPERSCRIPT: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SOURCE_BLANKS: Final = re.compile(r"[ \t\r\n\f]+")
# A line break of the source between two Chinese characters shows nothing (CSS Text 3, 4.1.3).
_SOURCE_BREAK: Final = re.compile(
    r"(?<=[\u2e80-\u9fff\uff00-\uffef])[ \t]*[\r\n][ \t\r\n]*(?=[\u2e80-\u9fff\uff00-\uffef])"
)
_HIDDEN: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all", re.IGNORECASE
)
_INDENT: Final = re.compile(r"mso-char-indent-count\s*:\s*(\d{1,2})", re.IGNORECASE)
_SELECTOR: Final = re.compile(r"[a-zA-Z]*([.#][\w-]+)")
_META: Final = re.compile(rb"""<meta[^<>]{0,400}?charset\s*=\s*["']?\s*([\w:.-]{2,30})""", re.IGNORECASE)
_XML: Final = re.compile(rb"""^\s*<\?xml[^<>]{0,200}?encoding\s*=\s*["']([\w:.-]{2,30})""", re.IGNORECASE)
_HEAD: Final = 8192
_MAX_SPAN: Final = 65534  # the bound of the HTML standard, section 4.9.11
_DATA_CELLS: Final = 6  # filled cells from which a nested table is a table of data and not a piece of text
_PAGE_ROWS: Final = 4  # a table with more rows does not lay out a page
_LABEL: Final = 12  # characters of a label in a form
_ARTICLE_BLOCKS: Final = 8  # paragraphs from which a cell is the column of a page


def read(data: bytes, name: str, hidden: bool = False) -> Content:
    """Lines and grids of a page; ``Place.table`` counts the grids, ``line`` the visible lines outside them.

    ``hidden`` reads what the page hides, too. Raises ``Unreadable`` with P03 for an archive without a page.
    """
    declared = ""
    if is_archive(data):
        data, declared = _page_of(data, name)
    head = data[:_HEAD]
    if not declared and (found := _META.search(head) or _XML.search(head)):
        declared = found.group(1).decode("ascii")
    decoded = charset.decode(data, name, declared)
    root, problems = _parsed(decoded.text, name)
    if root is None:
        return Content((), (*decoded.problems, *problems))
    page = _Page(name, _hidden_names(root), hidden)
    etree.strip_elements(root, "script", "style", "noscript", "template", with_tail=False)
    page.read(root)
    return Content(tuple(page.blocks), (*decoded.problems, *problems, *page.problems))


def _page_of(data: bytes, name: str) -> tuple[bytes, str]:
    import email

    message = email.message_from_bytes(data)
    for part in message.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return payload, part.get_content_charset() or ""
    raise Unreadable(
        "P03", f"“{name}”是单文件网页（MHTML），但其中没有网页正文，文件可能不完整。请重新保存网页后再读取。"
    )


def _parsed(text: str, name: str) -> tuple["Element | None", list[Problem]]:
    """The tree. Tag soup is repaired as far as libxml2 can; nothing outside the file is ever fetched."""
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, recover=True
    )
    problems: list[Problem] = []
    text = _INLINE_DATA.sub("", text)
    if len(text) > MAX_TEXT_CHARS:
        problems.append(too_much(f"“{name}”的字数", len(text), MAX_TEXT_CHARS))
        text = text[:MAX_TEXT_CHARS]
    source = text.translate(_NOT_IN_XML).encode("utf-8", "replace")
    if not source.strip():
        return None, problems
    try:
        root = html.document_fromstring(source, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None, problems
    if any(
        entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT or "depth" in entry.message.lower()
        for entry in parser.error_log
    ):
        problems.append(
            Problem("P09", f"“{name}”的网页标签嵌套过深，过深的部分没有读取。请用浏览器打开后另存为 PDF，再读取。")
        )
    return root, problems


_NOT_IN_XML: Final = dict.fromkeys((*range(9), 11, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF), None)


# --- what is hidden ------------------------------------------------------------------------------------------------------


def _hidden_names(root: "Element") -> frozenset[str]:
    """``.class`` and ``#id`` names that the page's own style sheets hide. Rules for print or small screens do not count."""
    names: set[str] = set()
    for style in root.iter("style"):
        for rule in _without_conditions(style.text or "").split("}"):
            selectors, _, body = rule.partition("{")
            if _HIDDEN.search(body):
                parts = (_SELECTOR.fullmatch(part.strip()) for part in selectors.split(","))
                names.update(part.group(1) for part in parts if part)
    return frozenset(names)


def _without_conditions(style: str) -> str:
    """Style rules outside ``@media`` and the like."""
    kept: list[str] = []
    depth = start = 0
    at_rule = False
    for match in re.finditer(r"[@{}]", style):
        sign, at = match.group(), match.start()
        if sign == "@" and depth == 0 and not at_rule:
            kept.append(style[start:at])
            at_rule = True
        elif sign == "{":
            depth += 1
        elif sign == "}":
            depth = max(depth - 1, 0)
            if depth == 0 and at_rule:
                at_rule, start = False, at + 1
    if not at_rule:
        kept.append(style[start:])
    return "".join(kept)


# --- words ---------------------------------------------------------------------------------------------------------------


class _Words:
    """Running text as paragraphs of lines."""

    def __init__(self) -> None:
        self.paragraphs: list[list[list[str]]] = [[[]]]

    def clear(self) -> None:
        self.paragraphs = [[[]]]

    def write(self, text: str | None) -> None:
        if text:
            self.paragraphs[-1][-1].append(text)

    def line(self) -> None:
        self.paragraphs[-1].append([])

    def paragraph(self) -> None:
        if self.paragraphs[-1] != [[]]:
            self.paragraphs.append([[]])

    def _lines(self, paragraph: list[list[str]]) -> list[str]:
        return [_SOURCE_BLANKS.sub(" ", _SOURCE_BREAK.sub("", "".join(pieces))) for pieces in paragraph]

    def lines(self) -> list[str]:
        """Every line that shows anything."""
        shown = (visible(line).strip() for paragraph in self.paragraphs for line in self._lines(paragraph))
        return [line for line in shown if line]

    def cell(self) -> tuple[str, int]:
        """Text of a cell, and the indent of its first line."""
        whole = [self._lines(paragraph) for paragraph in self.paragraphs]
        first = next((line for lines in whole for line in lines if line.strip()), "")
        texts = (unwrapped(lines) for lines in whole)
        return "\n".join(text for text in texts if text), indent(first.lstrip(" "))


@dataclass(frozen=True, slots=True)
class _Slot:
    """A ``td`` where it lies."""

    node: "Element"
    row: int
    column: int
    row_span: int
    column_span: int


@dataclass(frozen=True, slots=True)
class _Table:
    slots: tuple[_Slot, ...]
    rows: int
    columns: int
    captions: tuple["Element", ...]


class _Page:
    """Walks the tree once. Recursion is bounded: the parser stops at 256 levels."""

    def __init__(self, name: str, hidden: frozenset[str], everything: bool) -> None:
        self.name = name
        self.blocks: list[Block] = []
        self.problems: list[Problem] = []
        self._hidden = hidden
        self._everything = everything
        self._hidden_tables = 0
        self._tables = self._lines = self._cells = 0
        self._words = _Words()
        self._laid: dict[Element, _Table] = {}
        self._data: dict[Element, bool] = {}
        self._numbers: dict[Element, int] = {}  # items of numbered lists, as a browser numbers them

    def read(self, root: "Element") -> None:
        """Fill ``blocks``."""
        self._walk(root, self._words)
        self._flush()
        if self._hidden_tables:
            message = f"“{self.name}”中有 {self._hidden_tables} 个隐藏的表格（网页上看不到），没有读取。如需读取，请在浏览器中展开后另存。"
            self.problems.append(Problem("P08", message))

    def _flush(self) -> None:
        for text in self._words.lines():
            self._lines += 1
            self.blocks.append(Line(text, Place(line=self._lines)))
        self._words.clear()

    def _is_hidden(self, node: "Element") -> bool:
        if self._everything:
            return False
        if _HIDDEN.search(node.get("style") or "") or node.get("hidden") is not None:
            return True
        if not self._hidden:
            return False
        names = [f".{each}" for each in (node.get("class") or "").split()]
        return any(each in self._hidden for each in (*names, f"#{node.get('id')}"))

    def _walk(self, node: "Element", words: _Words, in_cell: bool = False) -> None:
        """Write an element's text; a table in running text becomes blocks at once."""
        tag = node.tag
        if not isinstance(tag, str) or tag in _UNSEEN:
            return
        if self._is_hidden(node):
            self._hidden_tables += any(self._is_data(table) for table in node.iter("table"))
            return
        if tag == "br":
            words.line()
        elif tag in ("input", "textarea", "select"):
            words.write(_control(node))
        elif tag == "table":
            self._table(node, words, in_cell)
        elif tag == "sup" and len(node) == 0:
            words.write((node.text or "").translate(_SUPERSCRIPT))
        else:
            self._inside(node, words, in_cell)

    def _inside(self, node: "Element", words: _Words, in_cell: bool) -> None:
        block = node.tag in _BLOCKS
        if block:
            words.paragraph()
        if node.tag == "ol" and "none" not in (node.get("style") or ""):
            first = _span(node, "start")
            self._numbers.update((item, number) for number, item in enumerate(node.iterchildren("li"), first))
        elif node in self._numbers:
            words.write(f"{self._numbers.pop(node)}. ")
        if node.tag == "pre":
            _write_lines(node.text, words)
        else:
            words.write(node.text)
        for child in node:
            self._walk(child, words, in_cell)
            if node.tag == "pre":
                _write_lines(child.tail, words)
            else:
                words.write(child.tail)
        if block:
            words.paragraph()

    # --- tables

    def _table(self, node: "Element", words: _Words, in_cell: bool) -> None:
        if in_cell:
            self._table_as_text(node, words)
            return
        self._flush()
        table = self._lay(node)
        for caption in table.captions:
            self._walk(caption, self._words)
        self._flush()
        total = sum(len(_text(slot.node)) for slot in table.slots)
        start = 0
        by_row = _by_row(table)
        for row in range(table.rows):
            slots = by_row[row]
            if any(self._is_column(slot, table, total) for slot in slots):
                self._grid(table, start, row)
                for slot in slots:
                    self._inside(slot.node, self._words, in_cell=False)
                    self._flush()
                start = row + 1
        self._grid(table, start, table.rows)

    def _table_as_text(self, node: "Element", words: _Words) -> None:
        for slots in _by_row(self._lay(node)):
            words.paragraph()
            texts = (self._cell_text(slot.node)[0] for slot in slots)
            words.write(" ".join(text.replace("\n", " ") for text in texts if text))
        words.paragraph()

    def _is_column(self, slot: _Slot, table: _Table, total: int) -> bool:
        """Whether a cell is a part of the page rather than of a form."""
        if any(self._is_data(inner) for inner in slot.node.iter("table")):
            return True
        if len(_text(slot.node)) * 10 < total * 7 or table.rows > _PAGE_ROWS:
            return False
        if next(slot.node.iter(*_HEADINGS), None) is not None:
            return True
        others = [each.node for each in table.slots if each is not slot and _text(each.node)]
        if any(len(_text(each)) <= _LABEL and next(each.iter("a"), None) is None for each in others):
            return False  # a label beside its long text
        blocks = (each for each in slot.node.iter("p", "div", "li", "br") if each.tag == "br" or _text(each))
        return sum(1 for _ in islice(blocks, _ARTICLE_BLOCKS)) == _ARTICLE_BLOCKS

    def _is_data(self, node: "Element") -> bool:
        """Whether a nested table is worth a grid of its own."""
        known = self._data.get(node)
        if known is None:
            table = self._lay(node)
            filled = sum(1 for slot in table.slots if _text(slot.node))
            known = table.rows >= 2 and table.columns >= 2 and filled >= _DATA_CELLS
            self._data[node] = known
        return known

    def _lay(self, node: "Element") -> _Table:
        table = self._laid.get(node)
        if table is None:
            table = self._laid[node] = self._laid_out(node)
        return table

    def _laid_out(self, node: "Element") -> _Table:
        """Positions as the HTML standard forms a table, but cells that would overlap are cut."""
        groups = list(self._groups(node))
        count = sum(len(rows) for rows in groups)
        if count > MAX_ROWS:
            self.problems.append(too_much(f"“{self.name}”一个表格的行数", count, MAX_ROWS))
        slots: list[_Slot] = []
        row = 0
        for rows in groups:
            covered: dict[int, int] = {}  # column -> rows still covered from above
            for index, cells in enumerate(rows[: MAX_ROWS - row]):
                slots.extend(_row_slots(cells, row, min(len(rows), MAX_ROWS - row + index) - index, covered))
                row += 1
        columns = max((slot.column for slot in slots), default=-1) + 1  # a column in which no cell begins is no column
        clipped = tuple(
            _Slot(s.node, s.row, s.column, s.row_span, min(s.column_span, columns - s.column)) for s in slots
        )
        return _Table(clipped, row, columns, tuple(node.iterchildren("caption")))

    def _groups(self, node: "Element") -> Iterator[list[list["Element"]]]:
        """Row groups in the order in which they are shown: head, bodies, foot."""
        order = {"thead": 0, "tfoot": 2}
        groups: list[tuple[int, list[list[Element]]]] = []
        self._collect(node, 1, order, groups)
        yield from (rows for _, rows in sorted(groups, key=lambda group: group[0]) if rows)

    def _collect(
        self, node: "Element", rank: int, order: dict[str, int], groups: list[tuple[int, list[list["Element"]]]]
    ) -> None:
        """Rows below an element, without those of tables inside it; forms and other strays between are looked through."""
        groups.append((rank, []))
        loose = False
        for child in node:
            if not isinstance(child.tag, str) or self._is_hidden(child):
                continue
            if child.tag == "tr":
                groups[-1][1].append(self._row_cells(child))
            elif child.tag in ("thead", "tbody", "tfoot"):
                self._collect(child, order.get(child.tag, 1), order, groups)
                groups.append((rank, []))
            elif child.tag in ("td", "th"):  # a cell without a row
                if not loose:
                    groups[-1][1].append([])
                groups[-1][1][-1].append(child)
            elif child.tag not in ("caption", "table", "colgroup", "col") and child.tag not in _UNSEEN:
                self._collect(child, rank, order, groups)
            loose = child.tag in ("td", "th")

    def _row_cells(self, row: "Element") -> list["Element"]:
        cells: list[Element] = []
        for child in row:
            if not isinstance(child.tag, str) or self._is_hidden(child):
                continue
            if child.tag in ("td", "th"):
                cells.append(child)
            elif child.tag not in ("table", "tr") and child.tag not in _UNSEEN:
                cells.extend(self._row_cells(child))
        return cells

    def _cell_text(self, node: "Element") -> tuple[str, int]:
        words = _Words()
        self._inside(node, words, in_cell=True)
        text, level = words.cell()
        styled = _INDENT.search(node.get("style") or "")
        return text, max(level, int(styled.group(1)) if styled else 0)

    def _grid(self, table: _Table, start: int, stop: int) -> None:
        """Rows ``start`` to ``stop`` as a block; a lone column says nothing a line would not say."""
        inside = [slot for slot in table.slots if slot.row < stop and slot.row + slot.row_span > start]
        inside = [slot for slot in inside if slot.row >= start or not self._has_data(slot)]
        if not inside:
            return
        if len({slot.column for slot in inside}) == 1:
            for slot in inside:
                self._inside(slot.node, self._words, in_cell=False)
                self._flush()
            return
        cells = [self._cell(slot, start, stop) for slot in inside]
        if not any(cell.text for cell in cells):
            return
        if self._cells + len(cells) > MAX_CELLS:
            self.problems.append(too_much(f"“{self.name}”的单元格数", self._cells + len(cells), MAX_CELLS))
            cells = cells[: max(MAX_CELLS - self._cells, 0)]
        self._cells += len(cells)
        self._tables += 1
        self.blocks.append(Grid(tuple(cells), stop - start, table.columns, Place(table=self._tables)))

    def _has_data(self, slot: _Slot) -> bool:
        return any(self._is_data(inner) for inner in slot.node.iter("table"))

    def _cell(self, slot: _Slot, start: int, stop: int) -> Cell:
        row = max(slot.row, start) - start
        span = min(slot.row + slot.row_span, stop) - max(slot.row, start)
        text, level = self._cell_text(slot.node)
        place = Place(table=self._tables + 1, row=row + 1, column=slot.column + 1)
        return Cell(text, row, slot.column, span, slot.column_span, place, indent=level)


def _row_slots(cells: list["Element"], row: int, rows_left: int, covered: dict[int, int]) -> Iterator[_Slot]:
    """Place one row; ``covered`` is brought up to date for the next."""
    below: dict[int, int] = {column: rows - 1 for column, rows in covered.items() if rows > 1}
    column = 0
    for node in cells:
        while column in covered:
            column += 1
        if column >= MAX_COLUMNS:
            break
        width = 1
        wanted = min(_span(node, "colspan") or 1, MAX_COLUMNS - column)
        while width < wanted and column + width not in covered:
            width += 1
        height = min(_span(node, "rowspan") or rows_left, rows_left)
        if height > 1:
            below.update(dict.fromkeys(range(column, column + width), height - 1))
        yield _Slot(node, row, column, height, width)
        column += width
    covered.clear()
    covered.update(below)


def _span(node: "Element", which: str) -> int:
    """A span as browsers read it: leading digits, else 1. Zero is kept: it means "to the end" for rows."""
    found = re.match(r"\s*\+?(\d{1,9})", node.get(which) or "1")
    return min(int(found.group(1)), _MAX_SPAN) if found else 1


def _by_row(table: _Table) -> list[list[_Slot]]:
    rows: list[list[_Slot]] = [[] for _ in range(table.rows)]
    for slot in table.slots:
        rows[slot.row].append(slot)
    return rows


def _text(node: "Element") -> str:
    """Raw text below an element, for measuring only."""
    return "".join("".join(map(str, node.itertext())).split())


def _write_lines(text: str | None, words: _Words) -> None:
    for number, line in enumerate((text or "").splitlines() or [""]):
        if number:
            words.line()
        words.write(line)


def _control(node: "Element") -> str:
    """What a form control shows: export pages of budget systems print values in input boxes."""
    if node.tag == "textarea":
        return node.text or ""
    if node.tag == "select":
        options = list(node.iter("option"))
        chosen = [option for option in options if option.get("selected") is not None] or options[:1]
        return "、".join("".join(map(str, option.itertext())).strip() for option in chosen)
    kind = (node.get("type") or "text").lower()
    if kind in ("checkbox", "radio"):
        return "☑" if node.get("checked") is not None else "□"
    return (
        node.get("value") or "" if kind in ("text", "number", "date", "tel", "email", "search", "url", "month") else ""
    )
