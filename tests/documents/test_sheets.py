"""Workbooks: every value as a person sees it, formulas checked, what is hidden named, nothing trusted."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import Alignment

from hengjian.documents import numberformat, ods, sheets, xlsx
from hengjian.documents.content import Content, Unreadable
from hengjian.documents.formula import Book, Unknown, Value, column_letters, column_number, exact, rounded, shifted
from hengjian.forms.layout import Cell, Grid, Line

SHARED = Path(__file__).parents[3] / "shared" / "acceptance" / "documents"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(fill: Callable[[Any, Any], None]) -> bytes:
    book = openpyxl.Workbook()
    fill(book, book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def raw(sheet: str, styles: str = "", strings: str = "", head: str = "", prefix: str = "") -> bytes:
    """A workbook of one sheet written by hand: ``sheet`` is what stands in the worksheet element."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{REL}">{head}<sheets><sheet name="自评表" sheetId="1" r:id="a"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="a" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="b" Type="{REL}/styles" Target="styles.xml"/>'
            f'<Relationship Id="c" Type="{REL}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>',
        )
        archive.writestr("xl/worksheets/sheet1.xml", f'{prefix}<worksheet xmlns="{MAIN}">{sheet}</worksheet>')
        archive.writestr("xl/styles.xml", f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>')
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{strings}</sst>')
    return out.getvalue()


def rows(*each: str) -> str:
    return "<sheetData>" + "".join(each) + "</sheetData>"


def grid_of(content: Content, number: int = 0) -> Grid:
    return [block for block in content.blocks if isinstance(block, Grid)][number]


def cell_at(content: Content, name: str) -> Cell:
    return next(cell for cell in grid_of(content).cells if cell.place.cell == name)


def texts(grid: Grid) -> list[list[str]]:
    return [[cell.text if (cell := grid.at(r, c)) else "∅" for c in range(grid.columns)] for r in range(grid.rows)]


# --- what a person sees ----------------------------------------------------------------------------------------------

SEEN = [
    ("0.9321", "0.00%", "93.21%"),
    ("0.28449999999999998", "0.00%", "28.45%"),
    ("1286.5", "#,##0.00", "1,286.50"),
    ("99.17999999999999", "0.00", "99.18"),
    ("1.005", "0.00", "1.01"),
    ("2.5", "0", "3"),
    ("-2.5", "0", "-3"),
    ("0", "0.00", "0.00"),
    ("1234567.891", '#,##0.00"元"', "1,234,567.89元"),
    ("12000", '0"万元"', "12000万元"),
    ("12345", '0!.0,"万元"', "1.2万元"),
    ("123456789", "#,##0,", "123,457"),
    ("5", "0000", "0005"),
    ("0.5", "#.##", ".5"),
    ("12", "0.##", "12."),
    ("-1234.5", numberformat.builtin(43), "-1,234.50"),
    ("0", numberformat.builtin(43), "-"),
    ("1234.5", numberformat.builtin(44), "¥1,234.50"),
    ("-5", "0.00_);[Red](0.00)", "(5.00)"),
    ("0", "0;-0;;@", ""),
    ("95", '[>=90]"优";[>=80]"良";"差"', "优"),
    ("85", '[>=90]"优";[>=80]"良";"差"', "良"),
    ("10", '[>=90]"优";[>=80]"良";"差"', "差"),
    ("0.75", "# ?/?", "3/4"),
    ("2.3333333333", "# ??/??", "2 1/3"),
    ("12345", "0.00E+00", "1.23E+04"),
    ("3", 'G/通用格式"人"', "3人"),
    ("2024", "[DBNum2]0", "贰零贰肆"),
    ("1024", "[DBNum1]General", "一千〇二十四"),
    ("45352", "yyyy\\-mm\\-dd", "2024-03-01"),
    ("45352", 'yyyy"年"m"月"d"日";@', "2024年3月1日"),
    ("45413", "yyyy年m月", "2024年5月"),
    ("45352", numberformat.builtin(14), "2024/3/1"),
    ("45352", numberformat.builtin(57), "2024年3月"),
    ("45352", '[DBNum1][$-804]yyyy"年"m"月"d"日"', "二〇二四年三月一日"),
    ("45352.75", "yyyy/m/d h:mm", "2024/3/1 18:00"),
    ("45352.75", "m/d h:mm AM/PM", "3/1 6:00 PM"),
    ("1.5", "[h]:mm:ss", "36:00:00"),
    ("0.0000115741", "mm:ss.0", "00:01.0"),
    ("45352", "aaaa", "星期五"),
    ("60", "yyyy-mm-dd", "1900-02-29"),
    ("1", "yyyy-mm-dd", "1900-01-01"),
    ("10", "General", "10"),
    ("0.1", "General", "0.1"),
    ("0.30000000000000004", "General", "0.3"),
    ("0.333333333333333", "General", "0.333333333"),
    ("33333.333333333336", "General", "33333.33333"),
    ("123456789012", "General", "1.23457E+11"),
    ("12345678901", "General", "12345678901"),
    ("0.00001", "General", "0.00001"),
    ("0.0000123456", "General", "1.23456E-05"),
    ("3.1E+5", "General", "310000"),
]


@pytest.mark.parametrize(("stored", "code", "shown"), SEEN)
def test_numbers_show_as_on_the_screen(stored: str, code: str, shown: str) -> None:
    assert numberformat.show(numberformat.stored(stored), code) == shown


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_two_places_are_the_number_rounded_half_up(value: Decimal) -> None:
    shown = Decimal(numberformat.show(value, "#,##0.00").replace(",", ""))
    assert shown == exact(rounded(Fraction(value), 2))


@given(st.dates(min_value=date(1900, 3, 1), max_value=date(2200, 12, 31)))
def test_dates_come_back(day: date) -> None:
    serial = Decimal((day - date(1899, 12, 30)).days)
    assert numberformat.show(serial, "yyyy-mm-dd") == day.isoformat()
    assert numberformat.show(serial - 1462, "yyyy-mm-dd", True) == day.isoformat() or serial < 1462


@given(st.integers(min_value=0, max_value=16383))
def test_column_letters_come_back(number: int) -> None:
    assert column_number(column_letters(number)) == number


def test_a_form_reads_as_it_is_printed() -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet["B2"], sheet["B3"], sheet["C3"], sheet["D3"] = "项目支出绩效自评表", "项目资金\n（万元）", 1286.5, 0.964
        sheet["C3"].number_format, sheet["D3"].number_format = "#,##0.00", "0.00%"
        sheet["B4"], sheet["C4"], sheet["D4"] = "完成时间", datetime(2024, 3, 1), "001"  # noqa: DTZ001
        sheet["C4"].number_format = "yyyy-mm-dd"
        sheet["B5"], sheet["C5"] = "是否", True
        sheet.merge_cells("B2:D2")
        sheet.merge_cells("C5:D6")

    content = sheets.read(workbook(fill), "表.xlsx")
    grid = grid_of(content)
    assert texts(grid) == [
        ["项目支出绩效自评表"] * 3,
        ["项目资金（万元）", "1,286.50", "96.40%"],
        ["完成时间", "2024-03-01", "001"],
        ["是否", "TRUE", "TRUE"],
        ["", "TRUE", "TRUE"],
    ]
    title = grid.at(0, 2)
    assert title is not None
    assert (title.column_span, str(title.place)) == (3, "工作表“Sheet” B2")
    assert content.problems == ()


def test_indent_is_the_level() -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet["A1"], sheet["A2"], sheet["A3"], sheet["B1"] = "干部管理", "干部考核", "　　干部培训", "51.80"
        sheet["A2"].alignment = Alignment(indent=2)

    grid = grid_of(sheets.read(workbook(fill), "表.xlsx"))
    assert [(cell.text, cell.indent) for cell in grid.cells if cell.column == 0] == [
        ("干部管理", 0),
        ("干部考核", 2),
        ("干部培训", 2),
    ]


def test_rich_text_is_joined_and_reading_aids_are_left_out() -> None:
    strings = "<si><r><t>年度</t></r><r><t>指标</t></r><rPh><t>ちち</t></rPh></si><si><t>甲_x000D_\n乙_x005F_</t></si>"
    data = raw(rows('<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'), strings=strings)
    assert texts(grid_of(sheets.read(data, "表.xlsx"))) == [["年度指标", "甲乙_"]]


def test_cells_without_references_follow_each_other() -> None:
    data = raw(
        rows(
            '<row><c t="inlineStr"><is><t>甲</t></is></c><c/><c><v>3</v></c></row>',
            "<row/>",
            "<row><c><v>4</v></c></row>",
        )
    )
    assert texts(grid_of(sheets.read(data, "表.xlsx"))) == [["甲", "", "3"], ["", "", ""], ["4", "", ""]]


def test_the_other_calendar() -> None:
    styles = '<cellXfs><xf numFmtId="31"/></cellXfs>'
    data = raw(
        rows('<row r="1"><c r="A1" s="0"><v>43890</v></c><c r="B1"><v>43891</v></c></row>'),
        styles,
        head='<workbookPr date1904="1"/>',
    )
    assert texts(grid_of(sheets.read(data, "表.xlsx"))) == [["2024年3月1日", "2024年3月2日"]]


def test_the_strict_edition_and_its_dates() -> None:
    styles = '<cellXfs><xf numFmtId="14"/></cellXfs>'
    data = raw(rows('<row r="1"><c r="A1" t="d"><v>2024-03-01</v></c><c r="B1"><v>2</v></c></row>'), styles)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            text = source.read(name).replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main")
            target.writestr(
                name, text.replace(REL.encode(), b"http://purl.oclc.org/ooxml/officeDocument/relationships")
            )
    assert cell_at(sheets.read(out.getvalue(), "表.xlsx"), "A1").text == "2024/3/1"


def test_sheets_of_prose_are_lines_and_each_sheet_begins_anew() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.title = "填报说明"
        sheet["A1"], sheet["A2"] = "填报说明", "1.金额单位为万元。\n2.空白处填“—”。"
        sheet.merge_cells("A1:F1")
        other = book.create_sheet("自评表")
        other["A1"], other["B1"] = "项目名称", "档案整理"

    content = sheets.read(workbook(fill), "表.xlsx")
    assert [block.text for block in content.blocks if isinstance(block, Line)] == [
        "填报说明",
        "1.金额单位为万元。",
        "2.空白处填“—”。",
    ]
    assert content.breaks == (0, 3)
    assert str(content.blocks[1].place) == "工作表“填报说明” A2"


def test_hidden_sheets_are_named_and_read_on_request() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet["A1"], sheet["B1"] = "项目名称", "档案整理"
        other = book.create_sheet("字典")
        other["A1"], other["B1"] = "确定能", "有可能"
        other.sheet_state = "hidden"

    data = workbook(fill)
    content = sheets.read(data, "表.xlsx")
    assert len(content.blocks) == 1
    assert [(problem.code, "“字典”" in problem.message) for problem in content.problems] == [("P08", True)]
    assert len(sheets.read(data, "表.xlsx", hidden=True).blocks) == 2


def test_hidden_rows_and_columns_are_read_and_named() -> None:
    def fill(_: Any, sheet: Any) -> None:
        for row in range(1, 8):
            sheet.cell(row, 1, f"指标{row}")
            sheet.cell(row, 3, row)
        for row in (3, 4, 6):
            sheet.row_dimensions[row].hidden = True
        sheet.row_dimensions[20].hidden = True
        sheet.column_dimensions["C"].hidden = True

    content = sheets.read(workbook(fill), "表.xlsx")
    assert cell_at(content, "A3").text == "指标3"
    assert [problem.code for problem in content.problems] == ["P08"]
    assert "隐藏的第 3—4、6 行和C 列" in content.problems[0].message


# --- formulas --------------------------------------------------------------------------------------------------------


def worked_out(formula: str, values: dict[tuple[int, int], Value] | None = None) -> Value | str:
    book = Book({"表": values or {}, "另 表": {(0, 0): Fraction(7)}}, {"表": {(99, 25): formula}})
    try:
        return book.result("表", 99, 25)
    except Unknown:
        return "unknown"


NUMBERS: dict[tuple[int, int], Value] = {
    (0, 0): Fraction(1),
    (1, 0): Fraction("0.285"),
    (2, 0): "—",
    (3, 0): "12",
    (0, 1): True,
}


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("SUM(A1:A4)", Fraction("1.285")),
        ("SUM(A:A)", Fraction("1.285")),
        ("sum($A$1,A2)+2*3", Fraction("7.285")),
        ("A1/3*3", Fraction(1)),
        ("ROUND(A2,2)", Fraction("0.29")),
        ("ROUND(-2.5,0)", Fraction(-3)),
        ("ROUNDDOWN(9.999,1)", Fraction("9.9")),
        ("ROUND(MIN(A1/A2,1)*10,2)", Fraction(10)),
        ('IF(A1>=1,"优","良")', "优"),
        ("-2^2", Fraction(4)),
        ("50%", Fraction(1, 2)),
        ("A4*2", Fraction(24)),
        ("A99+1", Fraction(1)),
        ("'另 表'!A1*2", Fraction(14)),
        ("AVERAGE(A1:A2)", Fraction("0.6425")),
        ("IFERROR(A1/0,0)", Fraction(0)),
        ('A1&"期"', "1期"),
        ('IF(A99="","",1)', ""),
        ("VLOOKUP(A1,A1:B4,2,0)", "unknown"),
        ("TODAY()-A1", "unknown"),
        ("Z100+1", "unknown"),
        ("[1]外部!A1", "unknown"),
        ("SUM(A1:A2", "unknown"),
        ("(" * 5000 + "1" + ")" * 5000, "unknown"),
    ],
)
def test_simple_formulas_are_worked_out_exactly(formula: str, result: Value | str) -> None:
    assert worked_out(formula, NUMBERS) == result


def test_a_dash_in_a_sum_is_nothing_and_in_a_product_a_fault() -> None:
    assert worked_out("SUM(A1,A3:A3)", NUMBERS) == Fraction(1)
    assert str(worked_out("A1*A3", NUMBERS)) == "Fault(text='#VALUE!')"
    assert str(worked_out("A1/A99", NUMBERS)) == "Fault(text='#DIV/0!')"


def test_shared_formulas_move_with_their_cells() -> None:
    assert shifted('B2*$C$1+SUM(D2:D$9)&"A1"+Sheet1!A1', 3, 1) == 'C5*$C$1+SUM(E5:E$9)&"A1"+Sheet1!B4'


def test_missing_results_are_worked_out_and_said() -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet["A1"], sheet["B1"], sheet["C1"] = "预算", 200, 90
        sheet["A2"], sheet["B2"], sheet["C2"] = "执行率", "=C1/B1", "=ROUND(B2*10,2)"
        sheet["A3"], sheet["B3"] = "查表", "=VLOOKUP(A1,A1:C1,2,0)"
        sheet["B2"].number_format, sheet["C2"].number_format = "0.00%", "0.00"

    content = sheets.read(workbook(fill), "表.xlsx")
    assert (cell_at(content, "B2").text, cell_at(content, "B2").formula) == ("45.00%", "=C1/B1")
    assert cell_at(content, "C2").text == "4.50"
    assert cell_at(content, "B3").text == ""
    assert [problem.code for problem in content.problems] == ["P10", "P10"]
    assert "（B2、C2），已按公式重新计算" in content.problems[0].message
    assert "（B3），按空白读取" in content.problems[1].message


def test_a_stale_result_is_kept_and_named() -> None:
    styles = '<cellXfs><xf numFmtId="2"/></cellXfs>'
    sheet = rows(
        '<row r="1"><c r="A1"><v>10</v></c><c r="B1"><v>9.7</v></c></row>',
        '<row r="2"><c r="A2"><f>SUM(A1:B1)</f><v>19.5</v></c><c r="B2"><f>A1/3</f><v>3.3333333333333335</v></c></row>',
    )
    content = sheets.read(raw(sheet, styles), "表.xlsx")
    assert cell_at(content, "A2").text == "19.50"
    assert [(problem.code, str(problem.place)) for problem in content.problems] == [("P10", "工作表“自评表” A2")]
    assert "保存的结果是“19.50”，按表中数字重新计算应为“19.70”" in content.problems[0].message


def test_right_results_bring_no_remark() -> None:
    sheet = rows(
        '<row r="1"><c r="A1"><v>0.1</v></c><c r="B1"><v>0.2</v></c><c r="C1"><f>A1+B1</f><v>0.30000000000000004</v></c></row>',
        '<row r="2"><c r="A2"><f t="shared" ref="A2:B2" si="0">A1*10</f><v>1</v></c><c r="B2"><f t="shared" si="0"/><v>2</v></c>'
        '<c r="C2" t="e"><f>A1/C9</f><v>#DIV/0!</v></c><c r="D2" t="str"><f>IF(A1&gt;1,"优","良")</f><v>良</v></c></row>',
    )
    content = sheets.read(raw(sheet), "表.xlsx")
    assert content.problems == ()
    assert texts(grid_of(content)) == [["0.1", "0.2", "0.3", ""], ["1", "2", "#DIV/0!", "良"]]
    assert cell_at(content, "B2").formula == "=B1*10"


def test_circles_are_left_alone() -> None:
    sheet = rows('<row r="1"><c r="A1"><f>B1+1</f><v>0</v></c><c r="B1"><f>A1+1</f><v>0</v></c></row>')
    assert sheets.read(raw(sheet), "表.xlsx").problems == ()


# --- hostile and broken files ----------------------------------------------------------------------------------------


def test_a_million_formatted_rows_cost_nothing() -> None:
    form = '<row r="1"><c r="A1" t="inlineStr"><is><t>项目名称</t></is></c><c r="B1"><v>1</v></c></row>'
    blank = "".join(
        f'<row r="{r}" spans="1:3" ht="14.25"><c r="A{r}" s="1"/><c r="B{r}" s="1"/></row>' for r in range(2, 200_002)
    )
    grid = grid_of(sheets.read(raw(rows(form, blank)), "表.xlsx"))
    assert (grid.rows, grid.columns) == (1, 2)


def test_too_many_rows_are_cut_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_ROWS", 300)
    many = "".join(f'<row r="{r}"><c r="A{r}"><v>{r}</v></c><c r="B{r}"><v>1</v></c></row>' for r in range(1, 800))
    content = sheets.read(raw(rows(many) + '<mergeCells><mergeCell ref="A1:A2"/></mergeCells>'), "表.xlsx")
    assert grid_of(content).rows == 300
    assert cell_at(content, "A1").row_span == 2
    assert [problem.code for problem in content.problems] == ["P09"]


def test_merges_as_large_as_the_sheet_stay_inside_it() -> None:
    merges = '<mergeCells><mergeCell ref="A1:XFD1"/><mergeCell ref="A2:A1048576"/><mergeCell ref="B1:C9"/></mergeCells>'
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>题</t></is></c></row><row r="2"><c r="B2"><v>1</v></c><c r="C3"><v>2</v></c></row>'
    grid = grid_of(sheets.read(raw(rows(cells) + merges), "表.xlsx"))
    assert grid.columns <= 200
    assert grid.rows <= 200
    seen: set[tuple[int, int]] = set()
    for cell in grid.cells:
        area = {
            (r, c)
            for r in range(cell.row, cell.row + cell.row_span)
            for c in range(cell.column, cell.column + cell.column_span)
        }
        assert seen.isdisjoint(area)
        seen |= area


GOOD = raw(rows('<row r="1"><c r="A1"><v>1</v></c></row>'))


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("P03", GOOD[:300]),
        ("P03", b"PK\x03\x04"),
        ("P03", raw("<sheetData><row>")),
        ("P03", raw(rows('<row r="1"><c r="A1" t="s"><v>7</v></c></row>'))),
        ("P03", raw(rows('<row r="1"><c r="A1" t="s"><v>x</v></c></row>'))),
        ("P03", raw(rows('<row r="x"><c r="A1"><v>1</v></c></row>'))),
        ("P03", raw(rows('<row r="-7"><c r="A1"><v>1</v></c></row>'))),
        ("P03", raw(rows('<row r="1"><c r="啊1"><v>1</v></c></row>'))),
        ("P03", raw(rows(""), prefix='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>')),
        ("P03", raw(rows(""), prefix=" " * 70_000 + '<!DOCTYPE x [<!ENTITY a "aaaa">]>')),
        ("P03", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000),
        ("P03", b"\x09\x08\x10\x00\x00\x06\x05\x00" + b"\xff" * 500),
        ("P02", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")),
        ("P09", raw(rows("<row/>" + " " * 30_000_000))),
    ],
)
def test_bad_files_are_refused_in_plain_words(code: str, data: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        sheets.read(data, "坏.xlsx")
    assert caught.value.problem.code == code
    assert "“坏.xlsx”" in caught.value.problem.message
    assert "请" in caught.value.problem.message


def test_an_encrypted_zip_is_named_as_such() -> None:
    data = bytearray(GOOD)
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):  # the flag that says encrypted, in both headers of every part
        at = data.find(mark)
        while at >= 0:
            data[at + (6 if mark == b"PK\x03\x04" else 8)] |= 1
            at = data.find(mark, at + 4)
    with pytest.raises(Unreadable) as caught:
        sheets.read(bytes(data), "密.xlsx")
    assert caught.value.problem.code == "P02"


# --- OpenDocument ----------------------------------------------------------------------------------------------------

ODS_NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{word}:1.0"'
    for short, word in {
        "office": "office",
        "table": "table",
        "text": "text",
        "style": "style",
        "fo": "xsl-fo-compatible",
    }.items()
)
ODS_STYLES = (
    '<office:automatic-styles><style:style style:name="藏" style:family="table"><style:table-properties table:display="false"/></style:style>'
    '<style:style style:name="缩" style:family="table-cell"><style:paragraph-properties fo:margin-left="0.706cm"/></style:style></office:automatic-styles>'
)


def open_document(*tables: str, manifest: str = "<m/>") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f"<office:document-content {ODS_NAMES}>{ODS_STYLES}<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body></office:document-content>",
        )
        archive.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def test_open_document_sheets_show_their_texts_and_spans() -> None:
    table = (
        '<table:table table:name="自评表"><table:table-column table:number-columns-repeated="3"/>'
        '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>'
        '<table:table-header-rows><table:table-row><table:table-cell table:number-columns-spanned="3"><text:p>项目<text:s text:c="2"/>支出<text:span>表</text:span></text:p></table:table-cell>'
        '<table:covered-table-cell table:number-columns-repeated="2"/></table:table-row></table:table-header-rows>'
        '<table:table-row><table:table-cell table:style-name="缩" office:value-type="string"><text:p>执行率</text:p></table:table-cell>'
        '<table:table-cell office:value-type="percentage" office:value="0.9321" table:formula="of:=[.C4]/[.D4]"><text:p>93.21%</text:p></table:table-cell>'
        '<table:table-cell office:value-type="float" office:value="2.50"><office:annotation><text:p>批注</text:p></office:annotation></table:table-cell></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048572"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>'
    )
    hidden = '<table:table table:name="字典" table:style-name="藏"><table:table-row><table:table-cell><text:p>隐</text:p></table:table-cell></table:table-row></table:table>'
    content = sheets.read(open_document(table, hidden), "表.ods")
    assert texts(grid_of(content)) == [["项目  支出表"] * 3, ["执行率", "93.21%", "2.5"]]
    assert (cell_at(content, "B4").formula, cell_at(content, "A4").indent) == ("=C4/D4", 2)
    assert [problem.code for problem in content.problems] == ["P08"]


def test_repeated_filled_cells_cannot_take_the_machine_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ods, "MAX_CELLS", 10_000)
    table = (
        '<table:table table:name="炸"><table:table-row table:number-rows-repeated="999999"><table:table-cell table:number-columns-repeated="16384">'
        "<text:p>1</text:p></table:table-cell></table:table-row></table:table>"
    )
    content = sheets.read(open_document(table), "炸.ods")
    assert [problem.code for problem in content.problems] == ["P09"]


def test_an_encrypted_open_document_is_named_as_such() -> None:
    with pytest.raises(Unreadable) as caught:
        sheets.read(open_document(manifest="<m><encryption-data/></m>"), "密.ods")
    assert caught.value.problem.code == "P02"


# --- the shared material ---------------------------------------------------------------------------------------------


@pytest.mark.acceptance
@pytest.mark.skipif(not SHARED.exists(), reason="the acceptance material is not here")
def test_shared_workbooks_read_as_printed() -> None:
    content = sheets.read((SHARED / "selfeval-2024.xlsx").read_bytes(), "selfeval-2024.xlsx")
    shown = {name: cell_at(content, name).text for name in ("D6", "H6", "I6", "F19", "F21", "H26", "G26")}
    assert shown == {
        "D6": "1,286.50",
        "H6": "96.40%",
        "I6": "9.64",
        "F19": "0.02%",
        "F21": "93.10%",
        "H26": "99.18",
        "G26": "100",
    }
    old = sheets.read((SHARED / "seed-003.xls").read_bytes(), "seed-003.xls")
    assert (grid_of(old).rows, grid_of(old).columns) == (21, 9)
    assert [(cell_at(old, name).text, cell_at(old, name).indent) for name in ("B4", "B10", "A5")] == [
        ("140.32", 0),
        ("51.80", 0),
        ("党组织建设及党员教育管理", 2),
    ]
