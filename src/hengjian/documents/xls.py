"""Excel workbooks before 2007 (xls), with the values as shown. Formulas are not stored as text there: only results are read."""

import io
from typing import Any, Final

import xlrd

from hengjian.documents import numberformat
from hengjian.documents.celltext import seen
from hengjian.documents.content import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Content
from hengjian.documents.package import OLE_MAGIC, damaged, encrypted
from hengjian.documents.sheet import Sheet, Shown, content

_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_VISIBLE: Final = 0
_NOTHING: Final = (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK)


def read(data: bytes, name: str, hidden: bool = False) -> Content:
    """A workbook as content; ``hidden`` asks for hidden sheets too. Raises ``Unreadable``."""
    if data.startswith(OLE_MAGIC) and _ENCRYPTED in data:
        raise encrypted(name)
    book = _open(data, name)
    sheets: list[Sheet] = []
    unseen: list[str] = []
    left = MAX_CELLS
    for source in book.sheets():
        if source.visibility != _VISIBLE and not hidden:
            unseen.append(source.name)
            continue
        sheets.append(_sheet(book, source, left))
        left -= len(sheets[-1].cells)
    return content(sheets, unseen)


def _open(data: bytes, name: str) -> Any:
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, ragged_rows=True, logfile=io.StringIO())
        if book.biff_version < 80 and book.codepage in (None, 1252, 367):
            # Old Chinese programs did not write their code page, or wrote the western one.
            book = xlrd.open_workbook(
                file_contents=data,
                formatting_info=True,
                ragged_rows=True,
                logfile=io.StringIO(),
                encoding_override="gb18030",
            )
        return book
    except xlrd.XLRDError as error:
        if "encrypt" in str(error).lower():
            raise encrypted(name) from error
        raise damaged(name, "不是完整的 Excel 97—2003 工作簿") from error
    except Exception as error:
        raise damaged(name, "Excel 97—2003 工作簿的记录读不下去") from error


def _sheet(book: Any, source: Any, most: int) -> Sheet:
    sheet = Sheet(source.name)
    styles = book.xf_list
    date1904 = bool(book.datemode)
    looks: dict[int, tuple[str, int]] = {}
    for row in range(min(source.nrows, MAX_ROWS)):
        kinds, values, formats = source.row_types(row), source.row_values(row), source._cell_xf_indexes[row]
        for column, kind in enumerate(kinds[:MAX_COLUMNS]):
            if kind in _NOTHING:
                continue
            number = formats[column]
            look = looks.get(number)
            if look is None:
                look = looks[number] = _look(book, styles[number] if 0 <= number < len(styles) else None)
            text, indent = _shown(kind, values[column], look[0], date1904)
            if text:
                sheet.cells[row, column] = Shown(text, indent or look[1])
                if len(sheet.cells) >= most:
                    sheet.cut = True
                    return sheet
    sheet.cut = source.nrows > MAX_ROWS
    sheet.merges = [(top, left, bottom - 1, right - 1) for top, bottom, left, right in source.merged_cells]
    sheet.hidden_rows = {row for row, info in source.rowinfo_map.items() if info.hidden}
    sheet.hidden_columns = {column for column, info in source.colinfo_map.items() if info.hidden}
    return sheet


def _look(book: Any, style: Any) -> tuple[str, int]:
    if style is None:
        return numberformat.GENERAL, 0
    stored = book.format_map.get(style.format_key)
    # Files carry texts for the built-in ids too, but in the language of the program that wrote them.
    code = numberformat.builtin(style.format_key) if style.format_key < 164 else ""
    if not code or (code == numberformat.GENERAL and stored is not None):
        code = (stored.format_str if stored is not None else "") or numberformat.GENERAL
    return code, style.alignment.indent_level or 0


def _shown(kind: int, value: Any, code: str, date1904: bool) -> tuple[str, int]:
    if kind == xlrd.XL_CELL_TEXT:
        text, indent = seen(value)
        return numberformat.show_text(text, code), indent
    if kind == xlrd.XL_CELL_BOOLEAN:
        return ("TRUE" if value else "FALSE"), 0
    if kind == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(value, "#ERR!"), 0
    return numberformat.show(numberformat.stored(repr(value)), code, date1904), 0
