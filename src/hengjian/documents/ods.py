"""OpenDocument spreadsheets (ods). The file carries the text as shown beside each value, so no format is applied here."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Final

from lxml import etree

from hengjian.documents import numberformat
from hengjian.documents.celltext import seen
from hengjian.documents.content import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Content
from hengjian.documents.package import Package, damaged, encrypted
from hengjian.documents.sheet import Sheet, Shown, content

_N: Final = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TABLE, _OFFICE, _TEXT, _STYLE = (_N % word for word in ("table", "office", "text", "style"))
_FO: Final = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_CELL, _COVERED, _ROW = _TABLE + "table-cell", _TABLE + "covered-table-cell", _TABLE + "table-row"
_COLUMN: Final = _TABLE + "table-column"
_GROUPS: Final = tuple(
    _TABLE + word
    for word in (
        "table-header-rows",
        "table-rows",
        "table-row-group",
        "table-header-columns",
        "table-columns",
        "table-column-group",
    )
)
_SKIPPED: Final = frozenset((_OFFICE + "annotation", _OFFICE + "annotation-end", _TEXT + "note", _TEXT + "ruby-text"))
_CENTIMETRES: Final = {
    "cm": Decimal(1),
    "mm": Decimal("0.1"),
    "in": Decimal("2.54"),
    "pt": Decimal("0.03528"),
    "pc": Decimal("0.4233"),
}
_INDENT_CM: Final = Decimal("0.35")  # one indent level, ten points
_LENGTH: Final = re.compile(r"(\d+(?:\.\d+)?)(cm|mm|in|pt|pc)$")
_REFERENCE: Final = re.compile(r"\[\.?([^\]]*)\]")


def read(data: bytes, name: str, hidden: bool = False) -> Content:
    """A workbook as content; ``hidden`` asks for hidden sheets too. Raises ``Unreadable``."""
    package = Package(data, name)
    if "META-INF/manifest.xml" in package and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise encrypted(name)
    root = package.xml("content.xml")
    body = root.find(f"{_OFFICE}body/{_OFFICE}spreadsheet")
    if body is None:
        raise damaged(name, "找不到表格内容，可能不是 OpenDocument 电子表格")
    concealed, indents = _styles(root)
    sheets: list[Sheet] = []
    unseen: list[str] = []
    left = MAX_CELLS
    for table in body.iterchildren(_TABLE + "table"):
        title = table.get(_TABLE + "name") or ""
        if table.get(_TABLE + "style-name") in concealed and not hidden:
            unseen.append(title)
            continue
        sheet = _sheet(table, title, indents, left)
        left -= len(sheet.cells)
        sheets.append(sheet)
    return content(sheets, unseen)


def _styles(root: "etree._Element") -> tuple[set[str | None], dict[str | None, int]]:
    """Names of table styles that hide their sheet, and indent levels of cell styles."""
    concealed: set[str | None] = set()
    indents: dict[str | None, int] = {}
    for style in root.iter(_STYLE + "style"):
        for properties in style:
            if properties.tag == _STYLE + "table-properties" and properties.get(_TABLE + "display") == "false":
                concealed.add(style.get(_STYLE + "name"))
            length = (
                _LENGTH.match(properties.get(_FO + "margin-left") or "")
                if properties.tag == _STYLE + "paragraph-properties"
                else None
            )
            if length:
                indents[style.get(_STYLE + "name")] = int(
                    Decimal(length[1]) * _CENTIMETRES[length[2]] / _INDENT_CM + Decimal("0.1")
                )
    return concealed, indents


def _members(parent: "etree._Element", tag: str) -> Iterator["etree._Element"]:
    """Rows or columns, also inside groups."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _GROUPS:
            yield from _members(child, tag)


def _count(element: "etree._Element", attribute: str) -> int:
    text = element.get(_TABLE + attribute) or "1"
    return max(int(text), 1) if text.isdigit() and len(text) < 10 else 1


def _is_hidden(element: "etree._Element") -> bool:
    return element.get(_TABLE + "visibility", "visible") != "visible"


def _sheet(table: "etree._Element", title: str, indents: dict[str | None, int], most: int) -> Sheet:
    sheet = Sheet(title)
    column = 0
    defaults: list[tuple[int, str | None]] = []  # the first column after a run of columns, and their cell style
    for element in _members(table, _COLUMN):
        repeat = _count(element, "number-columns-repeated")
        if _is_hidden(element):
            sheet.hidden_columns.update(range(column, min(column + repeat, MAX_COLUMNS)))
        column += repeat
        defaults.append((column, element.get(_TABLE + "default-cell-style-name")))
    row = 0
    for element in _members(table, _ROW):
        repeat = _count(element, "number-rows-repeated")
        filled = _row(sheet, row, element, indents, defaults)
        # Repeated rows that hold something are copied up to the limits; blank ones only count.
        for copy in range(1, min(repeat, MAX_ROWS - row) if filled else 0):
            for column, shown in filled:
                sheet.cells[row + copy, column] = shown
            if len(sheet.cells) >= most:
                break
        if filled and _is_hidden(element):
            sheet.hidden_rows.update(range(row, min(row + repeat, MAX_ROWS)))
        row += repeat
        if filled and (row > MAX_ROWS or len(sheet.cells) >= most):
            sheet.cut = True
            break
    return sheet


def _row(
    sheet: Sheet,
    row: int,
    element: "etree._Element",
    indents: dict[str | None, int],
    defaults: list[tuple[int, str | None]],
) -> list[tuple[int, Shown]]:
    column = 0
    filled: list[tuple[int, Shown]] = []
    for cell in element:
        if cell.tag not in (_CELL, _COVERED):
            continue
        repeat = _count(cell, "number-columns-repeated")
        if row < MAX_ROWS and cell.tag == _CELL:
            bottom, right = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
            if bottom > 1 or right > 1:
                sheet.merges.append((row, column, row + bottom - 1, column + right - 1))
        shown = _shown(cell, indents) if len(cell) or cell.get(_OFFICE + "value-type") else None
        if shown is not None and row < MAX_ROWS:
            if not shown.indent and cell.get(_TABLE + "style-name") is None:
                style = next((name for end, name in defaults if column < end), None)
                shown = shown._replace(indent=indents.get(style, 0))
            for at in range(column, min(column + repeat, MAX_COLUMNS)):
                sheet.cells[row, at] = shown
                filled.append((at, shown))
        elif shown is not None:
            filled.append((column, shown))
        column += repeat
    return filled


def _shown(cell: "etree._Element", indents: dict[str | None, int]) -> Shown | None:
    lines = [_line(part) for part in cell if part.tag == _TEXT + "p"]
    text, indent = seen("\n".join(lines))
    if not text:
        text = _bare(cell)
    if not text:
        return None
    formula = cell.get(_TABLE + "formula")
    return Shown(
        text, indent or indents.get(cell.get(_TABLE + "style-name"), 0), _formula(formula) if formula else None
    )


def _bare(cell: "etree._Element") -> str:
    """The value where no text stands beside it: only programs other than office suites leave it out."""
    kind = cell.get(_OFFICE + "value-type")
    if kind in ("float", "percentage", "currency"):
        try:
            number = numberformat.stored(cell.get(_OFFICE + "value") or "")
        except InvalidOperation:
            return ""
        return numberformat.show(number, "0.00%" if kind == "percentage" else numberformat.GENERAL)
    if kind == "date":
        return (cell.get(_OFFICE + "date-value") or "")[:10]
    if kind == "boolean":
        return (cell.get(_OFFICE + "boolean-value") or "").upper()
    return cell.get(_OFFICE + "string-value") or ""


def _line(element: "etree._Element") -> str:
    """Text of a paragraph in reading order, blanks and breaks written out, notes left out."""
    if element.tag in _SKIPPED:
        return ""
    if element.tag == _TEXT + "s":
        count = element.get(_TEXT + "c") or "1"
        return " " * min(int(count) if count.isdigit() else 1, 1000)
    if element.tag == _TEXT + "tab":
        return "\t"
    if element.tag == _TEXT + "line-break":
        return "\n"
    found = [element.text or ""]
    for child in element:
        found.append(_line(child))
        found.append(child.tail or "")
    return "".join(found)


def _formula(text: str) -> str:
    """``of:=SUM([.B2:.B5])`` as ``=SUM(B2:B5)``."""
    text = text.split(":", 1)[1] if re.match(r"[a-z]+:=", text) else text
    return _REFERENCE.sub(
        lambda match: (
            match[1].replace(":.", ":").replace(".", "!", 1).replace("$", "")
            if "." in match[1].replace(":.", ":")
            else match[1].replace(":.", ":")
        ),
        text,
    ).replace(";", ",")
