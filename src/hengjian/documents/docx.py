"""Word documents since 2007 (docx, docm, also the strict edition): paragraphs and tables in the order they stand.

The XML is read directly. What is on paper counts: accepted insertions, counted numbers and text boxes are in; deletions,
hidden text, field codes and comments are out.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from hengjian.documents.celltext import exact, seen
from hengjian.documents.content import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Content, too_much
from hengjian.documents.numbering import Numbering, W, read_numbering
from hengjian.documents.package import Package, damaged
from hengjian.documents.symbols import is_picture_font, symbol
from hengjian.forms.layout import Block, Cell, Grid, Line
from hengjian.forms.official import is_marked
from hengjian.values.finding import Problem
from hengjian.values.place import NOWHERE, Place

_MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_RID: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

_P, _TBL, _TR, _TC, _SDT, _SDT_CONTENT = (W + word for word in ("p", "tbl", "tr", "tc", "sdt", "sdtContent"))
_PPR, _RPR, _TCPR, _TRPR, _R, _T = (W + word for word in ("pPr", "rPr", "tcPr", "trPr", "r", "t"))
_VAL: Final = W + "val"
_ALTERNATE, _BOX = _MC + "AlternateContent", W + "txbxContent"
_MATH: Final = frozenset((_M + "oMath", _M + "oMathPara"))
# Wrappers that show their content as if they were not there.
_THROUGH: Final = frozenset(
    W + word
    for word in ("ins", "moveTo", "hyperlink", "smartTag", "fldSimple", "customXml", "dir", "bdo", "sdtContent")
)
_DRAWN: Final = frozenset(W + word for word in ("drawing", "pict", "object"))
_OFF: Final = frozenset(("0", "false", "off", "none"))
_SUPERSCRIPT: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_PAGE_NUMBER: Final = re.compile(r"[\s\d\-—–－_/·.]*(第?\s*[\d\s]*页?)?([\s\d,，共/]*页?)?$")
_CIRCLED: Final = re.compile(r"\\o\\ac\([○〇][,，](\d{1,2})\)", re.IGNORECASE)
_CHARACTER: Final = 200  # twips of one character of a form, for indents that are given in lengths
_HAIR: Final = 60  # twips: borders nearer than a millimetre are one border drawn twice
_BLANK_TEXT: Final = 20  # characters below which a document of pictures counts as a scan


def read(data: bytes, name: str) -> Content:
    """A document as lines and grids. Headers come first, then the body, notes and footers. Raises ``Unreadable``.

    Places: lines of the body carry their paragraph's number, cells their table, row and column; headers, footers and notes
    are outside the body and carry no coordinates.
    """
    package = Package(data, name)
    main = package.main_part("word/document.xml")
    if main not in package:
        raise damaged(name, "找不到正文部件，可能不是 Word 文档")
    return _Document(package, main).content()


@dataclass(slots=True)
class _Style:
    based: str | None = None
    hidden: bool | None = None
    member: str | None = None
    level: str | None = None


@dataclass(slots=True)
class _Record:
    """A table cell while its table is read."""

    row: int
    column: int
    columns: int
    text: str
    indent: int
    rows: int = 1


@dataclass(slots=True)
class _Field:
    """A complex field: its code is not shown, its result is."""

    code: str = ""
    in_code: bool = True


@dataclass(slots=True)
class _Run:
    """What text is collected into: pieces of text, and boxes that float beside it."""

    pieces: list[str] = field(default_factory=list)
    boxes: list["etree._Element"] = field(default_factory=list)
    breaks_page: bool = False


class _Document:
    def __init__(self, package: Package, main: str) -> None:
        self.package, self.main = package, main
        self.relations = package.relations(main)
        self.keywords = package.keywords()
        self.text = exact if is_marked(self.keywords) else seen
        self.blocks: list[Block] = []
        self.breaks: list[int] = []
        self.problems: list[Problem] = []
        self.tables = self.paragraphs = self.cells = 0
        self.fields: list[_Field] = []
        self.notes: list[tuple[str, str]] = []
        self.pictures = False
        self.break_next = False
        self.carried = ""  # text of a paragraph whose end was deleted: it runs on into the next
        self._styles: dict[str, _Style] | None = None
        self._numbering: Numbering | None = None

    # --- the whole ---------------------------------------------------------------------------------------------------

    def content(self) -> Content:
        root = self.package.xml(self.main)
        body = root.find(W + "body")
        if body is None:
            raise damaged(self.package.name, "正文部件里没有正文")
        self._body(body)
        self._flush()
        self._notes()
        head, foot = self._margins(body)
        if self.pictures and sum(len(b.text) if isinstance(b, Line) else 99 for b in self.blocks) < _BLANK_TEXT:
            self.problems.append(
                Problem(
                    "P01",
                    f"“{self.package.name}”里只有图片、没有文字，可能是扫描件，读不到表格内容。请提供可编辑的原文件，或另存为 PDF 后用文字识别读取。",
                )
            )
        breaks = tuple(b + len(head) for b in self.breaks if b < len(self.blocks))
        return Content((*head, *self.blocks, *foot), tuple(self.problems), breaks=breaks, keywords=self.keywords)

    def _part(self, kind: str) -> "etree._Element | None":
        target = next((target for type_, target in self.relations.values() if type_ == kind), "")
        return self.package.xml(target) if target in self.package else None

    def _notes(self) -> None:
        """Footnotes and endnotes that the text refers to, in that order."""
        parts: dict[str, dict[str | None, etree._Element]] = {}
        for kind, number in dict.fromkeys(self.notes):
            if kind not in parts:
                root = self._part(kind + "s")
                parts[kind] = {} if root is None else {note.get(W + "id"): note for note in root}
            note = parts[kind].get(number)
            if note is not None:
                text, _ = seen("\n".join(self._paragraph(p)[0] for p in note.iter(_P)))
                self.blocks.extend(Line(line) for line in text.split("\n") if line)

    def _margins(self, body: "etree._Element") -> tuple[list[Line], list[Line]]:
        """Texts of the headers and footers that are printed, each once; bare page numbers are left out."""
        found: dict[str, dict[str, None]] = {"headerReference": {}, "footerReference": {}}
        done: set[str] = set()
        for section in body.iter(W + "sectPr"):
            titled = section.find(W + "titlePg") is not None
            for reference in section:
                kind = str(reference.tag).removeprefix(W)
                use = reference.get(W + "type")
                if kind not in found or use == "even" or (use == "first" and not titled):
                    continue
                _, target = self.relations.get(reference.get(_RID) or "", ("", ""))
                if target in done or target not in self.package:
                    continue
                done.add(target)
                for paragraph in self.package.xml(target).iter(_P):
                    text = seen(self._paragraph(paragraph)[0])[0]
                    if not _PAGE_NUMBER.fullmatch(text):
                        found[kind][text] = None
        head, foot = found["headerReference"], found["footerReference"]
        return [Line(text, NOWHERE) for text in head], [Line(text, NOWHERE) for text in foot if text not in head]

    # --- blocks ------------------------------------------------------------------------------------------------------

    def _body(self, parent: "etree._Element") -> None:
        for child in parent:
            tag = child.tag
            if tag == _P:
                self._line(child)
            elif tag == _TBL:
                self._flush()
                self._grids(child)
            elif tag in _THROUGH:
                self._body(child)
            elif tag == _SDT:
                self._body(_held(child))
            elif tag == _ALTERNATE:
                for chosen in _chosen(child):
                    self._body(chosen)
            elif tag == W + "altChunk":
                self.problems.append(
                    Problem(
                        "P05",
                        f"“{self.package.name}”里嵌有另一种格式的内容（altChunk），没有读取。请用 Word 打开并另存为 .docx，再重新读取。",
                    )
                )

    def _line(self, paragraph: "etree._Element") -> None:
        self.paragraphs += 1
        text, run = self._paragraph(paragraph)
        properties = paragraph.find(_PPR)
        if properties is not None and _on(properties, "pageBreakBefore"):
            self.break_next = True
        if _joined_to_next(properties):
            self.carried += text
        else:
            self._add_lines(self.carried + text)
            self.carried = ""
        for box in run.boxes:
            self._body(box)
        if run.breaks_page:
            self.break_next = True
        section = None if properties is None else properties.find(W + "sectPr")
        if section is not None:
            kind = section.find(W + "type")
            self.break_next = self.break_next or kind is None or kind.get(_VAL) != "continuous"

    def _add_lines(self, text: str) -> None:
        for line in text.split("\n"):
            shown = seen(line)[0]
            if shown:
                self._add(Line(shown, Place(line=self.paragraphs)))

    def _add(self, block: Block) -> None:
        if self.break_next and self.blocks:
            self.breaks.append(len(self.blocks))
        self.break_next = False
        self.blocks.append(block)

    def _flush(self) -> None:
        if self.carried:
            self._add_lines(self.carried)
            self.carried = ""

    # --- tables ------------------------------------------------------------------------------------------------------

    def _grids(self, table: "etree._Element") -> None:
        """The grid of a table, then the grids of real tables inside its cells. A frame of one cell is looked through."""
        frame = _frame(table)
        if frame is not None:
            self._body(frame)
            self._flush()
            return
        self.tables += 1
        number = self.tables
        nested: list[etree._Element] = []
        records: list[_Record] = []
        rows = width = 0
        open_: dict[int, _Record] = {}
        for row in _rows(table):
            if rows >= MAX_ROWS or self.cells > MAX_CELLS:
                self.problems.append(
                    too_much(
                        f"第 {number} 个表的行数（或全文单元格数）", "更多", f"{MAX_ROWS} 行、{MAX_CELLS} 个单元格"
                    )
                )
                break
            width = max(width, self._row(row, rows, records, open_, nested))
            rows += 1
        if records:
            self._add(_grid(records, rows, width, number, _borders(table)))
        for inner in nested:
            self._grids(inner)

    def _row(
        self,
        row: "etree._Element",
        at: int,
        records: list[_Record],
        open_: dict[int, _Record],
        nested: list["etree._Element"],
    ) -> int:
        properties = row.find(_TRPR)
        column = _number(properties, "gridBefore", 0) if properties is not None else 0
        last: _Record | None = None
        for cell in _members(row, _TC):
            look = cell.find(_TCPR)
            columns, down, across = 1, None, None
            if look is not None:
                columns = max(_number(look, "gridSpan", 1), 1)
                down, across = _merge(look, "vMerge"), _merge(look, "hMerge")
            if column + columns > MAX_COLUMNS:
                break
            above = open_.get(column)
            if across == "continue" and last is not None:
                last.columns += columns
            elif down == "continue" and above is not None and above.row + above.rows == at:
                # What stands in the continued part of a merge is not shown; its numbers are counted all the same.
                self._cell(cell, [])
                above.rows += 1
                last = None
            else:
                text, indent = self._cell(cell, nested)
                last = _Record(at, column, columns, text, indent)
                records.append(last)
                if down is not None:
                    open_[column] = last
                else:
                    open_.pop(column, None)
                self.cells += 1
            column += columns
        return column

    def _cell(self, cell: "etree._Element", nested: list["etree._Element"]) -> tuple[str, int]:
        """Text and indent. Inner tables of two rows and columns are put into ``nested``, smaller ones are text."""
        lines: list[str] = []
        first: etree._Element | None = None
        carried = ""
        for part in _flow(cell):
            if part.tag == _TBL:
                if _is_table(part):
                    nested.append(part)
                else:
                    lines.extend(self._cell(inner, nested)[0] for row in _rows(part) for inner in _members(row, _TC))
                continue
            text, run = self._paragraph(part)
            if _joined_to_next(part.find(_PPR)):
                carried += text
            else:
                lines.append(carried + text)
                carried = ""
            if first is None and text.strip():
                first = part
            for box in run.boxes:
                lines.append(self._cell(box, nested)[0])
        lines.append(carried)
        text, indent = self.text("\n".join(lines))
        if not indent and first is not None:
            properties = first.find(_PPR)
            indent = 0 if properties is None else _indent(properties)
        return text, indent

    # --- text --------------------------------------------------------------------------------------------------------

    def _paragraph(self, paragraph: "etree._Element") -> tuple[str, _Run]:
        run = _Run()
        properties = paragraph.find(_PPR)
        if properties is not None and len(properties):
            number = self._number(properties)
            if number:
                run.pieces.append(number)
        self._inline(paragraph, run)
        return "".join(run.pieces), run

    def _inline(self, parent: "etree._Element", run: _Run) -> None:
        for child in parent:
            tag = child.tag
            if tag == _R:
                self._run(child, run)
            elif tag in _THROUGH:
                self._inline(child, run)
            elif tag == _SDT:
                self._inline(_held(child), run)
            elif tag == _ALTERNATE:
                for chosen in _chosen(child):
                    self._inline(chosen, run)
            elif tag in _MATH and not self._in_code():
                run.pieces.append(_formula(child))

    def _in_code(self) -> bool:
        return any(one.in_code for one in self.fields)

    def _run(self, element: "etree._Element", run: _Run) -> None:
        font, raised = "", False
        for child in element:
            tag = child.tag
            if tag == _T:
                if not self.fields or not self._in_code():
                    text = child.text or ""
                    run.pieces.append(
                        _in_font(text, font, raised) if font or raised or not text.isprintable() else text
                    )
            elif tag == _RPR:
                if len(child):
                    if self._is_hidden(child):
                        self._fields_of_hidden(element)
                        return
                    font, raised = _look(child)
            else:
                self._mark(child, run, font)

    def _fields_of_hidden(self, element: "etree._Element") -> None:
        """Hidden runs show nothing, but a field may begin or end in them."""
        for child in element:
            if child.tag in (W + "fldChar", W + "instrText"):
                self._mark(child, _Run(), "")

    def _mark(self, child: "etree._Element", run: _Run, font: str) -> None:
        """Everything in a run that is not plain text."""
        tag = str(child.tag)
        word = tag.removeprefix(W)
        if word == "fldChar":
            self._field(child, run)
        elif word == "instrText":
            if self.fields:
                self.fields[-1].code += child.text or ""
        elif self._in_code():
            return
        elif word in ("tab", "ptab"):
            run.pieces.append("\t")
        elif word in ("br", "cr"):
            run.breaks_page = run.breaks_page or child.get(W + "type") == "page"
            run.pieces.append("\n")
        elif word == "noBreakHyphen":
            run.pieces.append("-")
        elif word == "sym":
            code = child.get(W + "char") or ""
            if re.fullmatch(r"[0-9A-Fa-f]{1,5}", code):
                run.pieces.append(symbol(child.get(W + "font") or font, int(code, 16)))
        elif word in ("footnoteReference", "endnoteReference"):
            self.notes.append((word.removesuffix("Reference"), child.get(W + "id") or ""))
        elif word == "ruby":
            for base in child.iterchildren(W + "rubyBase"):
                self._inline(base, run)
        elif tag in _DRAWN:
            self._drawn(child, run)
        elif tag == _ALTERNATE:
            for chosen in _chosen(child):
                for inner in chosen:
                    if inner.tag == _T:
                        run.pieces.append(inner.text or "")
                    else:
                        self._mark(inner, run, font)

    def _drawn(self, element: "etree._Element", run: _Run) -> None:
        """Text boxes in a drawing; pictures are only noticed, embedded workbooks are named."""
        boxes = list(_boxes(element))
        run.boxes.extend(boxes)
        if not boxes:
            self.pictures = True
        for child in element.iter():
            if str(child.tag).endswith("}OLEObject") and "excel" in (child.get("ProgID") or "").lower():
                self.problems.append(
                    Problem(
                        "P05",
                        f"“{self.package.name}”里嵌有 Excel 对象（第 {self.tables + 1} 个表附近），没有读取。请双击该对象，将内容另存为 .xlsx 后单独读取。",
                    )
                )

    def _field(self, mark: "etree._Element", run: _Run) -> None:
        kind = mark.get(W + "fldCharType")
        if kind == "begin":
            self.fields.append(_Field())
            data = mark.find(W + "ffData")
            if data is not None and not any(one.in_code for one in self.fields[:-1]):
                run.pieces.append(_form_field(data))
        elif kind == "separate" and self.fields:
            self.fields[-1].in_code = False
        elif kind == "end" and self.fields:
            done = self.fields.pop()
            circled = _CIRCLED.search(done.code.replace(" ", "")) if done.in_code else None
            if circled and not self._in_code() and 1 <= int(circled[1]) <= 20:
                run.pieces.append(chr(0x2460 + int(circled[1]) - 1))

    def _is_hidden(self, properties: "etree._Element") -> bool:
        for child in properties:
            if child.tag == W + "vanish":
                return child.get(_VAL) not in _OFF
        style = properties.find(W + "rStyle")
        return style is not None and bool(self._inherited(style.get(_VAL), "hidden"))

    # --- numbers and styles ------------------------------------------------------------------------------------------

    def _number(self, properties: "etree._Element") -> str:
        member = level = style = None
        for child in properties:
            if child.tag == W + "numPr":
                member, level = _value(child, "numId"), _value(child, "ilvl")
            elif child.tag == W + "pStyle":
                style = child.get(_VAL)
        from_style = member is None and style is not None
        if from_style:
            member, level = self._inherited(style, "member"), self._inherited(style, "level")
        if not member or member == "0":
            return ""
        if self._numbering is None:
            links = {name: one.member for name, one in self._style_table().items() if one.member}
            self._numbering = read_numbering(self._part("numbering"), links)
        at = int(level) if level and level.isdigit() else 0
        if from_style and not level and style:
            at = self._numbering.level_of_style(member, style)
        return self._numbering.number(member, at)

    def _style_table(self) -> dict[str, _Style]:
        if self._styles is None:
            self._styles = {}
            root = self._part("styles")
            for style in () if root is None else root.iterchildren(W + "style"):
                self._styles[style.get(W + "styleId") or ""] = _style(style)
        return self._styles

    def _inherited(self, name: str | None, what: str) -> "str | None":
        """A property of a style or of the first of its ancestors that has one."""
        table = self._style_table()
        for _ in range(20):
            style = table.get(name or "")
            if style is None:
                return None
            value = getattr(style, what)
            if value is not None:
                return value  # type: ignore[no-any-return]
            name = style.based
        return None


# --- reading XML -----------------------------------------------------------------------------------------------------


def _style(element: "etree._Element") -> _Style:
    found = _Style(_value(element, "basedOn"))
    run = element.find(_RPR)
    if run is not None:
        vanish = run.find(W + "vanish")
        found.hidden = None if vanish is None else vanish.get(_VAL) not in _OFF
    numbers = element.find(f"{_PPR}/{W}numPr")
    if numbers is not None:
        found.member, found.level = _value(numbers, "numId"), _value(numbers, "ilvl")
    return found


def _value(parent: "etree._Element", word: str) -> str | None:
    child = parent.find(W + word)
    return None if child is None else child.get(_VAL)


def _number(parent: "etree._Element", word: str, default: int) -> int:
    text = _value(parent, word)
    return int(text) if text is not None and text.isdigit() and len(text) < 6 else default


def _on(parent: "etree._Element", word: str) -> bool:
    child = parent.find(W + word)
    return child is not None and child.get(_VAL) not in _OFF


def _merge(look: "etree._Element", word: str) -> str | None:
    child = look.find(W + word)
    return None if child is None else (child.get(_VAL) or "continue")


def _held(sdt: "etree._Element") -> "etree._Element":
    """The content of a content control (an empty element where it has none)."""
    content = sdt.find(_SDT_CONTENT)
    return sdt.makeelement(_SDT_CONTENT) if content is None else content


def _chosen(alternate: "etree._Element") -> Iterator["etree._Element"]:
    """One of several renderings of the same thing: the first choice, or the fallback where there is none."""
    choice = alternate.find(_MC + "Choice")
    if choice is None or not len(choice):
        choice = alternate.find(_MC + "Fallback")
    if choice is not None:
        yield choice


def _boxes(element: "etree._Element") -> Iterator["etree._Element"]:
    """Text boxes inside a drawing, each once: neither the second rendering nor boxes inside boxes."""
    for child in element:
        if child.tag == _BOX:
            yield child
        elif child.tag == _ALTERNATE:
            for chosen in _chosen(child):
                yield from _boxes(chosen)
        else:
            yield from _boxes(child)


def _members(parent: "etree._Element", tag: str) -> Iterator["etree._Element"]:
    """Rows of a table or cells of a row, also inside content controls and custom XML."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag == _SDT:
            yield from _members(_held(child), tag)
        elif child.tag in _THROUGH:
            yield from _members(child, tag)


def _rows(table: "etree._Element") -> Iterator["etree._Element"]:
    """Rows that are shown: neither deleted nor hidden."""
    for row in _members(table, _TR):
        properties = row.find(_TRPR)
        if properties is None or (properties.find(W + "del") is None and not _on(properties, "hidden")):
            yield row


def _flow(parent: "etree._Element") -> Iterator["etree._Element"]:
    """Paragraphs and tables of a cell in order."""
    for child in parent:
        if child.tag in (_P, _TBL):
            yield child
        elif child.tag == _SDT:
            yield from _flow(_held(child))
        elif child.tag in _THROUGH:
            yield from _flow(child)
        elif child.tag == _ALTERNATE:
            for chosen in _chosen(child):
                yield from _flow(chosen)


def _is_table(table: "etree._Element") -> bool:
    rows = [sum(1 for _ in _members(row, _TC)) for row in _rows(table)]
    return len(rows) >= 2 and max(rows) >= 2


def _frame(table: "etree._Element") -> "etree._Element | None":
    """The only cell of a table that merely frames other tables."""
    rows = list(_rows(table))
    cells = list(_members(rows[0], _TC)) if len(rows) == 1 else []
    if len(cells) == 1 and any(part.tag == _TBL and _is_table(part) for part in _flow(cells[0])):
        return cells[0]
    return None


def _joined_to_next(properties: "etree._Element | None") -> bool:
    """Whether the end of the paragraph was deleted with changes tracked."""
    mark = None if properties is None else properties.find(_RPR)
    return mark is not None and mark.find(W + "del") is not None


def _look(properties: "etree._Element") -> tuple[str, bool]:
    """A picture font's name, and whether the run is raised."""
    font, raised = "", False
    for child in properties:
        if child.tag == W + "rFonts":
            name = child.get(W + "ascii") or child.get(W + "hAnsi") or ""
            font = name if name and is_picture_font(name) else ""
        elif child.tag == W + "vertAlign":
            raised = child.get(_VAL) == "superscript"
    return font, raised


def _in_font(text: str, font: str, raised: bool) -> str:
    if raised and text.isascii() and text.isdigit():
        return text.translate(_SUPERSCRIPT)
    private = any("\uf000" <= char <= "\uf0ff" for char in text)
    if private:
        return "".join(symbol(font or "Symbol", ord(char)) if "\uf000" <= char <= "\uf0ff" else char for char in text)
    if font and text.isascii():
        return "".join(char if char == " " else symbol(font, ord(char)) for char in text)
    return text


def _form_field(data: "etree._Element") -> str:
    """What a legacy form field shows by itself: a tick box, or the chosen entry of a list."""
    box = data.find(W + "checkBox")
    if box is not None:
        state = box.find(W + "checked")
        state = box.find(W + "default") if state is None else state
        return "☑" if state is not None and state.get(_VAL) not in _OFF else "□"
    chosen = data.find(W + "ddList")
    if chosen is not None:
        entries = [entry.get(_VAL) or "" for entry in chosen.iterchildren(W + "listEntry")]
        at = _number(chosen, "result", _number(chosen, "default", 0))
        return entries[at] if at < len(entries) else ""
    return ""


def _indent(properties: "etree._Element") -> int:
    """Indent in characters, left and first line together (17.3.1.12)."""
    found = properties.find(W + "ind")
    if found is None:
        return 0
    total = 0.0
    for word, other in (("left", "start"), ("firstLine", "firstLine")):
        hundredths = found.get(f"{W}{word}Chars") or found.get(f"{W}{other}Chars")
        twips = found.get(W + word) or found.get(W + other)
        if hundredths and hundredths.lstrip("-").isdigit() and hundredths != "0":
            total += int(hundredths) / 100
        elif twips and twips.lstrip("-").isdigit():
            total += int(twips) / _CHARACTER
    return max(int(total + 0.25), 0)


def _formula(element: "etree._Element") -> str:
    """An equation in one line: fractions with a stroke, powers with a caret, signs as they stand."""
    if element.tag == _M + "r":
        return "".join(part.text or "" for part in element if part.tag in (_M + "t", _T))
    parts = {child.tag: _formula(child) for child in element if isinstance(child.tag, str)}
    if element.tag == _M + "f":
        above, below = parts.get(_M + "num", ""), parts.get(_M + "den", "")
        return f"{_bracketed(above)}/{_bracketed(below)}"
    if element.tag == _M + "sSup":
        return f"{parts.get(_M + 'e', '')}^{_bracketed(parts.get(_M + 'sup', ''))}"
    if element.tag == _M + "d":
        left, right = "(", ")"
        look = element.find(_M + "dPr")
        if look is not None:
            begin, end = look.find(_M + "begChr"), look.find(_M + "endChr")
            left = left if begin is None else begin.get(_M + "val") or ""
            right = right if end is None else end.get(_M + "val") or ""
        return left + "".join(_formula(child) for child in element if child.tag == _M + "e") + right
    return "".join(_formula(child) for child in element if isinstance(child.tag, str))


def _bracketed(text: str) -> str:
    return f"({text})" if re.search(r"[-+−×*·÷/]", text) and not re.fullmatch(r"\([^()]*\)", text) else text


# --- grids -----------------------------------------------------------------------------------------------------------


def _borders(table: "etree._Element") -> list[int]:
    """Where the table's columns end, in twips from its left; empty where the file does not say."""
    grid = table.find(W + "tblGrid")
    ends: list[int] = []
    for column in () if grid is None else grid.iterchildren(W + "gridCol"):
        width = column.get(W + "w") or ""
        if not width.isdigit():
            return []
        ends.append((ends[-1] if ends else 0) + int(width))
    return ends


def _columns(records: Iterable[_Record], width: int, ends: list[int]) -> dict[int, int]:
    """Columns of the file to columns of the table: those where no cell begins are dropped, borders drawn twice are one."""
    starts = {record.column for record in records}
    kept: dict[int, int] = {}
    at = -1
    narrow = _narrow(records, ends)
    for column in range(width):
        if (column in starts and column not in narrow) or at < 0:
            at += 1
        kept[column] = at
    kept[width] = at + 1
    return kept


def _narrow(records: Iterable[_Record], ends: list[int]) -> set[int]:
    """Columns that begin within a hair of the border before, where no cell stands in between."""
    near = {c for c in range(1, len(ends)) if ends[c - 1] - (ends[c - 2] if c > 1 else 0) <= _HAIR}
    if not near:
        return near
    # The strip before column c is a column of its own where a cell begins and ends with it.
    return near - {record.column + 1 for record in records if record.columns == 1}


def _grid(records: list[_Record], rows: int, width: int, table: int, ends: list[int]) -> Grid:
    width = max(width, max(record.column + record.columns for record in records))
    columns = _columns(records, width, ends)
    taken: set[tuple[int, int]] = set()
    cells: list[Cell] = []
    for record in records:
        left, right = columns[record.column], columns[record.column + record.columns]
        span = max(right - left, 1)
        area = {(r, c) for r in range(record.row, record.row + record.rows) for c in range(left, left + span)}
        if not taken.isdisjoint(area):  # a broken table: the part that is free is kept
            span = next((n for n in range(span) if (record.row, left + n) in taken), span)
            area = {(record.row, c) for c in range(left, left + span)}
            if not span:
                continue
        taken |= area
        cells.append(
            Cell(
                record.text,
                record.row,
                left,
                record.rows if len(area) == record.rows * span else 1,
                span,
                Place(table=table, row=record.row + 1, column=left + 1),
                indent=record.indent,
            )
        )
    return Grid(tuple(cells), rows, columns[width], Place(table=table))
