"""A library of indicators as a workbook that people edit and hand back (``desk.read_library``).

Every cell is a text, whatever it begins with: nothing in it is ever a formula.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from hengjian.library.book import columns, rows_of
from hengjian.library.shelves import Entry
from hengjian.reports.workbook import storable
from hengjian.values.spreadsheet import like_formula

_HEAD = PatternFill("solid", fgColor="1A4F8A")
_LINE = Border(*(Side("thin", color="CFD6DE"),) * 4)
_TEXT = "@"  # text format: what a person types over a value stays a text, too


def write_library_book(entries: Iterable[Entry], path: Path) -> None:
    """Write a library to ``path``, one sheet, one row for each entry."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet("指标库")
    for number, column in enumerate(columns(), 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.freeze_panes = "C2"
    sheet.append([_cell(sheet, column.heading, head=True) for column in columns()])
    for row in rows_of(entries):
        sheet.append([_cell(sheet, text) for text in row])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns()))}1"
    book.save(path)


def _cell(sheet: Any, text: str, *, head: bool = False) -> Any:
    cell: Any = WriteOnlyCell(sheet)
    cell.value = storable(text) or None
    if text:
        cell.data_type = "s"
    cell.border, cell.number_format = _LINE, _TEXT
    cell.alignment = Alignment(vertical="center" if head else "top", wrap_text=True)
    cell.font = Font(name="微软雅黑", size=10, bold=head, color="FFFFFF" if head else None)
    if head:
        cell.fill = _HEAD
    cell.quotePrefix = like_formula(text)
    return cell
