"""The library as a workbook at the desk."""

from dataclasses import replace
from pathlib import Path

from openpyxl import Workbook, load_workbook

from hengjian import desk
from hengjian.library.shelves import indicators


def test_workbook_comes_back_exactly(tmp_path: Path) -> None:
    book = tmp_path / "指标库.xlsx"
    desk.write_library(indicators(), book)
    assert desk.read_library(book) == (indicators(), ())


def test_no_cell_is_ever_a_formula(tmp_path: Path) -> None:
    book = tmp_path / "a.xlsx"
    nasty = replace(indicators()[0], name='=HYPERLINK("http://x","点我")', unit="+1+1", note="@SUM(1)", rule="-1")
    desk.write_library([nasty], book)
    cells = [cell for row in load_workbook(book).active.iter_rows() for cell in row]  # type: ignore[union-attr]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert all(cell.quotePrefix for cell in cells if str(cell.value or "")[:1] in tuple("=+-@") and cell.value != "=")
    assert desk.read_library(book) == ((nasty,), ())


def test_numbers_typed_by_hand_and_merged_titles(tmp_path: Path) -> None:
    book, path = Workbook(), tmp_path / "b.xlsx"
    sheet = book.active
    assert sheet is not None
    sheet.title = "指标"
    for row in (
        ["某市指标库"],
        ["编码", "指标名称", "二级指标", "计算符号", "指标值"],
        [101, "期次", "数量", "≥", 12],
        [102, "", "数量", "≥", 0.95],
    ):
        sheet.append(row)
    sheet["E4"].number_format = "0%"
    sheet.merge_cells("A1:E1")
    book.save(path)
    entries, problems = desk.read_library(path)
    assert [(one.code, one.name, one.targets[0].value) for one in entries] == [("101", "期次", "12")]
    assert [str(problem.place) for problem in problems] == ["工作表“指标” B4"]
    assert "没有填“指标名称”" in problems[0].message


def test_several_sheets_are_one_library(tmp_path: Path) -> None:
    book, path = Workbook(), tmp_path / "两册.xlsx"
    first, second, other = book.active, book.create_sheet("二"), book.create_sheet("说明")
    assert first is not None
    heads = ["编码", "指标名称", "二级指标", "计算符号"]
    for sheet, rows in (
        (first, [["1", "期次", "数量", "≥"]]),
        (second, [["2", "人数", "数量", "≥"], ["1", "场次", "数量", "≥"]]),
    ):
        for row in (heads, *rows):
            sheet.append(row)
    other.append(["填表人", "不必填写"])
    book.save(path)
    entries, problems = desk.read_library(path)
    assert [one.name for one in entries] == ["期次", "人数"]
    assert [(problem.code, str(problem.place)) for problem in problems] == [("L04", "工作表“二” A3")]


def test_file_that_is_no_library(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("今天没有表格\n", encoding="utf-8")
    entries, problems = desk.read_library(text)
    assert entries == ()
    assert [problem.code for problem in problems] == ["L01"]
    assert [problem.code for problem in desk.read_library(tmp_path / "没有.xlsx")[1]] == ["P03"]
    broken = tmp_path / "c.xlsx"
    broken.write_bytes(b"PK\x03\x04 broken")
    assert [problem.code for problem in desk.read_library(broken)[1]] == ["P03"]
