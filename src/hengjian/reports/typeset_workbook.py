"""The official sheet as a workbook: one worksheet for each form, every value a text, ready to print on A4."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from hengjian.forms.official_sheet import Box, Sheet
from hengjian.reports import TypesetError
from hengjian.reports.workbook import lines
from hengjian.values.spreadsheet import like_formula

_UPRIGHT, _LYING = 94.0, 140.0  # digits that fit a line of an A4 page
_TALLEST = 400.0  # points: a row of a worksheet cannot be higher
_LINE = 13.5  # points of a line of 10-point text
_LONGEST = 32_767  # characters a cell can hold
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FONT = "宋体"
_RULED = Border(*(Side("thin"),) * 4)


def write_workbook(sheets: Sequence[Sheet], mark: str, path: Path) -> None:
    """Write the sheets to ``path``; ``mark`` goes among the keywords of the file."""
    book = Workbook()
    del book[book.sheetnames[0]]
    for number, sheet in enumerate(sheets, 1):
        _Worksheet(book.create_sheet(f"表{number}"), sheet).draw()
    if not sheets:
        book.create_sheet("表1")
    book.properties.keywords, book.properties.creator = mark, "hengjian"
    book.save(path)


class _Worksheet:
    """One worksheet: title, year and unit of money, the table, the line of signatures."""

    def __init__(self, target: Any, sheet: Sheet) -> None:
        self.target, self.sheet = target, sheet
        room = _LYING if sheet.landscape else _UPRIGHT
        self.widths = [max(3.0, share * room) for share in sheet.widths]
        self.columns = len(self.widths)

    def draw(self) -> None:
        sheet, target = self.sheet, self.target
        at = 1
        self._across(at, sheet.title, size=16, bold=True, height=30)
        if sheet.year:
            at += 1
            self._across(at, sheet.year, height=18)
        if sheet.money:
            at += 1
            self._across(at, sheet.money, align="right", height=18)
        tops = self._rows(at + 1)
        for box in sheet.boxes:
            self._box(box, tops)
        if sheet.signature:
            self._across(tops[-1], ("\u3000" * 4).join(sheet.signature), align="left", height=24)
        for column, width in enumerate(self.widths, 1):
            target.column_dimensions[get_column_letter(column)].width = width
        self._page(tops)

    def _page(self, tops: list[int]) -> None:
        target = self.target
        target.page_setup.orientation = "landscape" if self.sheet.landscape else "portrait"
        target.page_setup.paperSize, target.page_setup.fitToHeight = 9, 0
        target.sheet_properties.pageSetUpPr.fitToPage = True
        target.print_options.horizontalCentered = True
        target.oddFooter.center.text = "— &P —"
        margins = target.page_margins
        margins.left, margins.right, margins.top, margins.bottom = 0.8, 0.7, 0.9, 0.8
        for part in self.sheet.parts:
            if part.headings:
                target.print_title_rows = f"{tops[part.first]}:{tops[part.first + part.headings] - 1}"
        target.sheet_view.showGridLines = False

    # --- rows -----------------------------------------------------------------------------------------------------------
    def _rows(self, first: int) -> list[int]:
        """The worksheet row of each row of the sheet, and the one after; a row too high for one is laid over several."""
        heights = [20.0] * self.sheet.rows
        for box in self.sheet.boxes:
            if box.row_span == 1:
                heights[box.row] = max(heights[box.row], self._height(box))
        for box in self.sheet.boxes:
            inside = range(box.row, box.row + box.row_span)
            if (missing := self._height(box) - sum(heights[row] for row in inside)) > 0:
                for row in inside:
                    heights[row] += missing / box.row_span
        tops = [first]
        for height in heights:
            pieces = int(height // _TALLEST) + 1
            for piece in range(pieces):
                self.target.row_dimensions[tops[-1] + piece].height = round(height / pieces, 1)
            tops.append(tops[-1] + pieces)
        return tops

    def _height(self, box: Box) -> float:
        room = sum(self.widths[box.column : box.column + box.column_span])
        return 6 + _LINE * lines(box.text, int(room))

    # --- cells ----------------------------------------------------------------------------------------------------------
    def _across(
        self, row: int, text: str, *, size: int = 10, bold: bool = False, align: str = "center", height: int
    ) -> None:
        """A line across the table, without rules."""
        cell = self._text(row, 1, text)
        cell.font = Font(name=_FONT, size=size, bold=bold)
        cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True)
        self.target.merge_cells(start_row=row, start_column=1, end_row=row, end_column=self.columns)
        self.target.row_dimensions[row].height = max(height, height * lines(text, int(sum(self.widths) * 10 / size)))

    def _box(self, box: Box, tops: list[int]) -> None:
        top, bottom = tops[box.row], tops[box.row + box.row_span] - 1
        left, right = box.column + 1, box.column + box.column_span
        cell = self._text(top, left, box.text)
        heading = box.look == "heading"
        cell.font = Font(name=_FONT, size=10, bold=heading)
        across = "left" if box.look == "long" or box.indent else "center"
        cell.alignment = Alignment(horizontal=across, vertical="center", wrap_text=True, indent=box.indent)
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                self.target.cell(row, column).border = _RULED
        if (top, left) != (bottom, right):
            self.target.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)

    def _text(self, row: int, column: int, text: str) -> Any:
        """A cell that holds a text and never a formula or a number, whatever it begins with."""
        if len(text) > _LONGEST:
            raise TypesetError(
                f"有一处文字长 {len(text)} 字，超过 Excel 单元格 {_LONGEST} 字的上限（“{text[:20]}……”）。请改用 Word 或 PDF 格式导出。"
            )
        cell = self.target.cell(row, column)
        cell.value, cell.data_type, cell.number_format = _ESCAPED.sub("_x005F_", text), "s", "@"
        cell.quotePrefix = like_formula(text)
        return cell
