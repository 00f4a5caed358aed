"""Excel workbooks since 2007 (xlsx, xlsm, also the strict edition), with the values as shown and the formulas checked.

The sheet parts are read as a stream, row by row, and blank formatted cells are cut out before parsing, so that a million
formatted rows below a form cost neither memory nor much time.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import chain
from typing import Final

from lxml import etree

from hengjian.documents import numberformat
from hengjian.documents.celltext import exact as exactly
from hengjian.documents.celltext import seen
from hengjian.documents.content import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Content, Unreadable
from hengjian.documents.formula import Book, Fault, Unknown, Value, column_number, exact, shifted
from hengjian.documents.package import Package, damaged
from hengjian.documents.sheet import Merge, Sheet, Shown, content, named, reference
from hengjian.forms.official import is_marked
from hengjian.values.finding import Problem
from hengjian.values.place import Place

_NS: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ROW, _C, _V, _F, _IS, _T, _R = (_NS + word for word in ("row", "c", "v", "f", "is", "t", "r"))
_COLS, _MERGE = _NS + "cols", _NS + "mergeCell"
# Cells and rows that hold nothing but a format; only those that name their place, or the others would move.
_BLANK: Final = re.compile(rb'<c (?=[^<>]*\br=")[^<>]*(?:/>|></c>)')
_BLANK_ROW: Final = re.compile(rb'<row (?=[^<>]*\br=")[^<>]*(?:/>|>\s*</row>)')
_MERGE_REF: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^<>]*\bref="([A-Z0-9:]+)"')
_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LETTERS: Final = re.compile(r"[A-Za-z]{1,3}")
_PLACE: Final = re.compile(r"([A-Za-z]{1,3})([1-9]\d{0,6})$")
_MOST_REMARKS: Final = 20  # single P10 remarks; the rest is counted in one

Raw = Decimal | str | bool | Fault


@dataclass(frozen=True, slots=True)
class _Style:
    code: str = numberformat.GENERAL
    indent: int = 0
    plain: bool = True  # text is shown as it is


@dataclass(slots=True)
class _Parts:
    """What all sheets share."""

    strings: list[tuple[str, int]]
    styles: list[_Style]
    date1904: bool
    text: Callable[[str], tuple[str, int]] = seen
    cells: int = 0  # filled cells so far


@dataclass(slots=True)
class _Stored:
    """A sheet with what its file stores beside what it shows: values other than typed text, formulas, styles of formulas."""

    sheet: Sheet
    raw: dict[tuple[int, int], Raw] = field(default_factory=dict)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    style: dict[tuple[int, int], int] = field(default_factory=dict)
    masters: dict[str, tuple[int, int, str]] = field(default_factory=dict)


def read(data: bytes, name: str, hidden: bool = False) -> Content:
    """A workbook as content; ``hidden`` asks for hidden sheets too. Raises ``Unreadable``."""
    package = Package(data, name)
    main = package.main_part("xl/workbook.xml")
    if main not in package:
        raise damaged(name, "找不到工作簿主体，可能不是 Excel 文件")
    workbook = package.xml(main)
    relations = package.relations(main)
    keywords = package.keywords()
    text = exactly if is_marked(keywords) else seen
    parts = _Parts(_strings(package, relations, text), _styles(package, relations), _date1904(workbook), text)
    stored: list[_Stored] = []
    unseen: list[str] = []
    for element in workbook.iter(_NS + "sheet"):
        title = element.get("name") or ""
        kind, target = relations.get(element.get(_REL) or "", ("", ""))
        if kind != "worksheet":
            continue  # charts and dialogs hold no cells
        if element.get("state", "visible") != "visible" and not hidden:
            unseen.append(title)
            continue
        if target not in package:
            raise damaged(name, f"缺少工作表“{title}”的内容")
        stored.append(_Reader(package, target, title, parts).read())
    problems = _settle(stored, parts)
    found = content([one.sheet for one in stored], unseen, problems, tables=is_marked(keywords))
    return replace(found, keywords=keywords)


def _date1904(workbook: "etree._Element") -> bool:
    properties = workbook.find(_NS + "workbookPr")
    return properties is not None and properties.get("date1904") in ("1", "true", "on")


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _rich(element: "etree._Element") -> str:
    """Text of a string item: plain, or in runs; phonetic guides are no part of it."""
    if len(element) == 1 and element[0].tag == _T:
        return _unescaped(element[0].text or "")
    found: list[str] = []
    for child in element:
        if child.tag == _T:
            found.append(child.text or "")
        elif child.tag == _R:
            found.extend(part.text or "" for part in child if part.tag == _T)
    return _unescaped("".join(found))


def _strings(
    package: Package, relations: dict[str, tuple[str, str]], text: Callable[[str], tuple[str, int]]
) -> list[tuple[str, int]]:
    part = next((target for kind, target in relations.values() if kind == "sharedStrings"), "")
    if part not in package:
        return []
    return [text(_rich(item)) for item in package.xml(part) if item.tag == _NS + "si"]


def _styles(package: Package, relations: dict[str, tuple[str, str]]) -> list[_Style]:
    part = next((target for kind, target in relations.values() if kind == "styles"), "")
    if part not in package:
        return [_Style()]
    root = package.xml(part)
    codes = {
        element.get("numFmtId"): _unescaped(element.get("formatCode") or "") or numberformat.GENERAL
        for formats in root.iter(_NS + "numFmts")
        for element in formats
    }
    found: list[_Style] = []
    for formats in root.iter(_NS + "cellXfs"):
        for element in formats:
            number = element.get("numFmtId") or "0"
            code = codes.get(number) or numberformat.builtin(int(number) if number.isdigit() else 0)
            alignment = element.find(_NS + "alignment")
            indent = (alignment.get("indent") or "0") if alignment is not None else "0"
            found.append(_Style(code, int(indent) if indent.isdigit() else 0, "@" not in code or code == "@"))
    return found or [_Style()]


class _Full(Exception):
    """The limits are reached: what follows is left out."""


class _Reader:
    """One sheet part."""

    def __init__(self, package: Package, part: str, title: str, parts: _Parts) -> None:
        self.package, self.part, self.parts = package, part, parts
        self.stored = _Stored(Sheet(title))
        self.row = -1
        self.columns: dict[str, int] = {}  # letters met so far

    def read(self) -> _Stored:
        blocks = _without_blanks(self.package.chunks(self.part))
        block = b""
        # What a namespace prefix hides from the filter is only slower.
        parser = etree.XMLPullParser(
            events=("end",),
            tag=(_ROW, _MERGE, _COLS),
            resolve_entities=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            for block in blocks:
                parser.feed(block)
                self._take(parser)
            parser.close()
            self._take(parser)
        except _Full:
            self.stored.sheet.cut = True
            self._merges_only(chain((block,), blocks))
        except (etree.XMLSyntaxError, ValueError) as error:
            raise damaged(self.package.name, f"工作表“{self.stored.sheet.name}”的内容无法解析") from error
        return self.stored

    def _take(self, parser: "etree.XMLPullParser") -> None:
        for _, element in parser.read_events():
            if not isinstance(element, etree._Element):
                continue
            if element.tag == _ROW:
                self._row(element)
            elif element.tag == _MERGE:
                self._merge(element.get("ref") or "")
                continue
            else:
                self._columns(element)
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]

    def _merges_only(self, chunks: Iterator[bytes]) -> None:
        tail = b""
        for chunk in chunks:
            block = tail + chunk
            end = block.rfind(b">") + 1
            for match in _MERGE_REF.finditer(block, 0, end):
                self._merge(match[1].decode("ascii"))
            tail = block[end:]

    def _merge(self, ref: str) -> None:
        merge = _area(ref)
        if merge is not None and len(self.stored.sheet.merges) < MAX_CELLS:
            self.stored.sheet.merges.append(merge)

    def _columns(self, columns: "etree._Element") -> None:
        for column in columns:
            if column.get("hidden") in ("1", "true"):
                first, last = int(column.get("min") or 1), int(column.get("max") or 1)
                self.stored.sheet.hidden_columns.update(range(first - 1, min(last, first + MAX_COLUMNS)))

    def _row(self, element: "etree._Element") -> None:
        number = element.get("r")
        row = self.row = int(number) - 1 if number else self.row + 1
        if row < 0:
            raise damaged(self.package.name, f"工作表“{self.stored.sheet.name}”里有不成立的行号 {number}")
        filled = False
        column = -1
        known = self.columns
        for cell in element.iterchildren(_C):
            at = cell.get("r")
            if at:
                letters = at.rstrip("0123456789")
                if letters not in known:
                    if not _LETTERS.fullmatch(letters):
                        raise damaged(self.package.name, f"工作表“{self.stored.sheet.name}”里有不成立的单元格位置 {at}")
                    known[letters] = column_number(letters)
                column = known[letters]
            else:
                column += 1
            if len(cell) and self._cell(row, column, cell):
                filled = True
        if filled and element.get("hidden") in ("1", "true"):
            self.stored.sheet.hidden_rows.add(row)

    def _cell(self, row: int, column: int, cell: "etree._Element") -> bool:
        value = inline = None
        formula: etree._Element | None = None
        for child in cell:
            tag = child.tag
            if tag == _V:
                value = child.text
            elif tag == _IS:
                inline = _rich(child)
            elif tag == _F:
                formula = child
        if value is None and formula is None and not inline:
            return False
        if row >= MAX_ROWS or self.parts.cells >= MAX_CELLS:
            raise _Full
        if column >= MAX_COLUMNS:
            self.stored.sheet.cut = True
            return False
        style = int(cell.get("s") or 0)
        look = self._style(style)
        at = (row, column)
        text = None
        if formula is not None:
            text = self._formula(at, formula)
            self.stored.style[at] = style
        shown = self._shown(at, cell.get("t") or "n", value, inline, look)
        if shown is None and text is None:
            return False
        self.parts.cells += 1
        if shown is not None and shown[0]:
            self.stored.sheet.cells[at] = Shown(shown[0], shown[1] or look.indent, text)
        return True

    def _style(self, number: int) -> _Style:
        styles = self.parts.styles
        return styles[number] if number < len(styles) else styles[0]

    def _shown(
        self, at: tuple[int, int], kind: str, value: str | None, inline: str | None, look: _Style
    ) -> tuple[str, int] | None:
        """The text of a stored value; None where nothing is stored."""
        if kind == "s" and value is not None:
            number = int(value)
            if not 0 <= number < len(self.parts.strings):
                raise damaged(self.package.name, f"工作表“{self.stored.sheet.name}” {reference(*at)} 指向不存在的文字")
            found = self.parts.strings[number]
            return found if look.plain else (numberformat.show_text(found[0], look.code), found[1])
        if inline is not None or kind in ("str", "inlineStr"):
            text = inline if inline is not None else _unescaped(value or "")
            if kind == "str":
                self.stored.raw[at] = text
            clean, indent = self.parts.text(text)
            return (clean if look.plain else numberformat.show_text(clean, look.code)), indent
        if value is None or not value.strip():
            return None
        return self._number(at, kind, value.strip(), look), 0

    def _number(self, at: tuple[int, int], kind: str, value: str, look: _Style) -> str:
        raw: Raw
        if kind == "b":
            raw = value in ("1", "true")
            self.stored.raw[at] = raw
            return "TRUE" if raw else "FALSE"
        if kind == "e":
            self.stored.raw[at] = Fault(value)
            return value
        try:
            raw = numberformat.stored(_serial(value, self.parts.date1904) if kind == "d" else value)
        except InvalidOperation:
            self.stored.raw[at] = value
            return value
        self.stored.raw[at] = raw
        return numberformat.show(raw, look.code, self.parts.date1904)

    def _formula(self, at: tuple[int, int], element: "etree._Element") -> str | None:
        kind, text = element.get("t"), (element.text or "").strip()
        if kind == "shared":
            group = element.get("si") or ""
            if text:
                self.stored.masters[group] = (*at, text)
            elif group in self.stored.masters:
                row, column, master = self.stored.masters[group]
                text = shifted(master, at[0] - row, at[1] - column)
        if not text:
            return None
        if kind in (None, "", "normal", "shared"):
            self.stored.formulas[at] = text
        return "=" + text


def _without_blanks(chunks: Iterator[bytes]) -> Iterator[bytes]:
    tail = b""
    for chunk in chunks:
        block = tail + chunk
        end = block.rfind(b"<row ") if len(block) > 1 << 16 else len(block)
        end = len(block) if end <= 0 else end
        block, tail = block[:end], block[end:]
        yield _BLANK_ROW.sub(b"", _BLANK.sub(b"", block))
    yield _BLANK_ROW.sub(b"", _BLANK.sub(b"", tail))


def _serial(text: str, date1904: bool) -> str:
    """An ISO date (cells of type ``d``) as serial number."""
    from datetime import datetime

    try:
        moment = datetime.fromisoformat(text.replace("Z", "")).replace(tzinfo=None)
    except ValueError as error:
        raise InvalidOperation(text) from error
    gap = moment - (datetime(1904, 1, 1) if date1904 else datetime(1899, 12, 30))  # noqa: DTZ001
    return str(Decimal(gap.days) + Decimal(gap.seconds) / 86400)


def _area(ref: str) -> Merge | None:
    first, _, last = ref.replace("$", "").partition(":")
    a, b = _PLACE.match(first), _PLACE.match(last or first)
    if a is None or b is None:
        return None
    return int(a[2]) - 1, column_number(a[1]), int(b[2]) - 1, column_number(b[1])


# --- formulas --------------------------------------------------------------------------------------------------------


def _value(raw: Raw) -> Value:
    return Fraction(raw) if isinstance(raw, Decimal) else raw


def _values(one: _Stored) -> dict[tuple[int, int], Value]:
    typed: dict[tuple[int, int], Value] = {at: shown.text for at, shown in one.sheet.cells.items() if at not in one.raw}
    return typed | {at: _value(raw) for at, raw in one.raw.items()}


def _settle(sheets: list[_Stored], parts: _Parts) -> list[Problem]:
    """Check stored results against the formulas, fill in missing ones, and say both (P10)."""
    if not any(one.formulas for one in sheets):
        return []
    book = Book(
        {one.sheet.name: _values(one) for one in sheets},
        {one.sheet.name: one.formulas for one in sheets},
    )
    problems: list[Problem] = []
    stale: list[Problem] = []
    for one in sheets:
        filled: list[str] = []
        unknown: list[str] = []
        for at in sorted(set(one.formulas) | {p for p in one.style if p not in one.raw}):
            result = _result(book, one, at)
            if at not in one.raw:
                (unknown if result is None else filled).append(reference(*at))
                if result is not None:
                    _fill(one, at, result, parts)
            elif result is not None:
                stale.extend(_stale(one, at, result, parts))
        problems.extend(_missing(one.sheet.name, filled, unknown))
    if len(stale) > _MOST_REMARKS:
        rest = len(stale) - _MOST_REMARKS
        more = Problem(
            "P10",
            f"另有 {rest} 个公式保存的结果与重新计算不符，未逐一列出。请用 Excel 或 WPS 打开文件重新计算（F9）并保存后再读取。",
            stale[_MOST_REMARKS].place,
        )
        stale = [*stale[:_MOST_REMARKS], more]
    return problems + stale


def _result(book: Book, one: _Stored, at: tuple[int, int]) -> Value:
    if at not in one.formulas:
        return None
    try:
        return book.result(one.sheet.name, *at)
    except Unknown:
        return None


def _text(value: Value, style: _Style, date1904: bool) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Fraction):
        try:
            return numberformat.show(numberformat.stored(str(exact(value))), style.code, date1904)
        except (InvalidOperation, OverflowError):
            return "#NUM!"
    return value.text if isinstance(value, Fault) else seen(value or "")[0]


def _look(one: _Stored, at: tuple[int, int], parts: _Parts) -> _Style:
    number = one.style.get(at, 0)
    return parts.styles[number] if number < len(parts.styles) else parts.styles[0]


def _fill(one: _Stored, at: tuple[int, int], result: Value, parts: _Parts) -> None:
    look = _look(one, at, parts)
    text = _text(result, look, parts.date1904)
    if text:
        one.sheet.cells[at] = Shown(text, look.indent, "=" + one.formulas[at])


def _stale(one: _Stored, at: tuple[int, int], result: Value, parts: _Parts) -> list[Problem]:
    kept = _value(one.raw[at])
    if isinstance(kept, Fraction) and isinstance(result, Fraction):
        # Stored results come from binary arithmetic: a difference in its last digits is none.
        if abs(kept - result) <= max(abs(kept), abs(result)) / 10**9 + Fraction(1, 10**12):
            return []
    elif kept == result:
        return []
    look = _look(one, at, parts)
    before, after = _text(kept, look, parts.date1904), _text(result, look, parts.date1904)
    if before == after:
        return []
    return [
        Problem(
            "P10",
            f"工作表“{one.sheet.name}” {reference(*at)} 的公式 ={one.formulas[at]} 保存的结果是“{before}”，按表中数字重新计算应为“{after}”："
            "改数后没有重新计算就保存了，或结果被程序直接写入。现按保存的结果（即打印所见）读取；请用 Excel 或 WPS 打开重新计算（F9）并保存后再读取。",
            Place(sheet=one.sheet.name, cell=reference(*at)),
        )
    ]


def _missing(sheet: str, filled: list[str], unknown: list[str]) -> list[Problem]:
    found: list[Problem] = []
    if filled:
        found.append(
            Problem(
                "P10",
                f"工作表“{sheet}”的公式没有保存计算结果（{named(filled)}），已按公式重新计算后读取。建议用 Excel 或 WPS 打开一次并保存，再核对这些数。",
                Place(sheet=sheet, cell=filled[0]),
            )
        )
    if unknown:
        found.append(
            Problem(
                "P10",
                f"工作表“{sheet}”的公式没有保存计算结果，所用函数或引用又不在可重新计算之列（{named(unknown)}），按空白读取。请用 Excel 或 WPS 打开文件并保存后重新读取。",
                Place(sheet=sheet, cell=unknown[0]),
            )
        )
    return found


__all__ = ["Unreadable", "read"]
