"""The xlsx report: worst first, texts as texts, every recomputed score a live formula that gives what is printed."""

import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from hengjian import desk
from hengjian.audit.case import Audit
from hengjian.reports.typeset import typeset
from hengjian.reports.workbook import WorkbookWriter, lines
from reports.made import BAD, CAREFUL, DOCUMENTS, EVERYTHING, FORMULA, GOOD, MARKUP, NASTY, POEM, TITLES, UNREAD

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def report(path: Path, *audits: Audit) -> Any:
    writer = WorkbookWriter(path, titles=TITLES)
    for audit in audits:
        writer.add(audit)
    writer.close()
    return openpyxl.load_workbook(path)


def rows(sheet: Any) -> list[tuple[Any, ...]]:
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=2)]


def recalculated(path: Path) -> Any:
    """The workbook as a spreadsheet program shows it after opening."""
    out = path.parent / "recalculated"
    profile = (path.parent / "profile").as_uri()  # apart from other running copies
    command = [
        str(OFFICE),
        f"-env:UserInstallation={profile}",
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(out),
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return openpyxl.load_workbook(out / path.name, data_only=True)


def test_sheets_stand_in_reading_order_and_the_worst_stands_first(tmp_path: Path) -> None:
    book = report(tmp_path / "报告.xlsx", GOOD, UNREAD, CAREFUL, POEM, BAD)
    assert book.sheetnames == ["汇总", "问题", "未能审核", "读取提示", "复算", "常见问题", "按单位", "检查清单"]
    assert book.active.title == "汇总"
    assert [row[1] for row in rows(book["汇总"])] == ["坏表.docx", "好表.docx", "隐藏表.xlsx"]
    first = rows(book["汇总"])[0]
    assert first[2:10] == ("干部培训经费", "云溪县干部学校", "项目支出自评表", 2024, 99, 95, 4, "优")
    assert first[10:14] == (1, 1, 1, 1)
    assert [row[0] for row in rows(book["未能审核"])] == ["损坏.pdf", "诗.txt"]
    assert rows(book["读取提示"]) == [("隐藏表.xlsx", "P08", "有1个隐藏的工作表“底稿”没有读取。", "工作表“底稿”")]
    assert next(row[0] for row in rows(book["常见问题"])) in {"F08", "F10", "F05", "C18", "A01"}


def test_a_finding_has_all_a_reviewer_needs(tmp_path: Path) -> None:
    found = rows(report(tmp_path / "报告.xlsx", POEM, BAD)["问题"])
    assert [row[5] for row in found] == ["F08", "F10", "F05", "C18", "A01"]  # the worse document first
    assert found[0] == (
        "坏表.docx",
        "干部培训经费",
        "云溪县干部学校",
        "培训期数",
        "错误",
        "F08",
        "得分与公式不符",
        "得分与评分标准的计算结果不符：应为36.00，填报40",
        "40",
        "36.00",
        "18期 ÷ 20期 × 40 = 36.00；填报40；多计4",
        "第1个表第10行第8列",
        "未完成指标值的按比例计分",
        "按列出的算式改正得分。",
    )
    assert found[3][3:5] == ("培训期数、培训合格率", "疑似")


def test_nothing_found_is_said(tmp_path: Path) -> None:
    book = report(tmp_path / "报告.xlsx", GOOD)
    assert rows(book["问题"])[0][0] == "未发现问题"
    assert "未能审核" not in book.sheetnames


def test_printed_texts_are_never_formulas(tmp_path: Path) -> None:
    book = report(tmp_path / "报告.xlsx", NASTY)
    for sheet in book:
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                if cell.data_type == "f":
                    assert sheet.title == "复算"
                    assert cell.column_letter in "HIJK"
                    assert "HYPERLINK" not in cell.value
    scores = book["复算"]
    assert (scores["D2"].value, scores["D2"].data_type, scores["D2"].quotePrefix) == (FORMULA, "s", True)
    assert [scores[cell].data_type for cell in ("E2", "F2")] == ["s", "s"]
    finding = rows(book["问题"])[0]
    assert finding[1] == MARKUP
    assert finding[2] == "＝全角响铃"  # without the bell
    assert finding[8:11] == ("-1+1", "+5", "@SUM(A1)")
    assert book["问题"]["I2"].data_type == "s"


def test_every_row_is_as_high_as_its_text(tmp_path: Path) -> None:
    book = report(tmp_path / "报告.xlsx", BAD, NASTY)
    sheet = book["复算"]
    tall = max(range(2, sheet.max_row + 1), key=lambda n: len(str(sheet.cell(n, 4).value)))
    assert sheet.row_dimensions[tall].height == 409  # the most there is
    assert book["问题"].row_dimensions[2].height > 15


@pytest.mark.parametrize(
    ("text", "width", "number"), [("", 10, 1), ("字" * 4, 10, 1), ("字" * 5, 10, 2), ("a\nb\nc", 40, 3)]
)
def test_lines_of_a_cell(text: str, width: int, number: int) -> None:
    assert lines(text, width) == number


def test_scores_are_formulas(tmp_path: Path) -> None:
    sheet = report(tmp_path / "报告.xlsx", BAD)["复算"]
    assert sheet["J2"].value.startswith("=")
    assert "G2" in sheet["J2"].value  # the value reached can be corrected
    assert sheet["J5" if sheet["D5"].value == "合计" else "J4"].value.startswith("=SUM(J2:")
    assert (sheet["G2"].value, sheet["H2"].value, sheet["I2"].value) == (18, 40, 40)


@pytest.mark.skipif(OFFICE is None, reason="no LibreOffice on this machine: formulas are not recalculated")
def test_every_recomputed_score_is_live_and_equals_the_recomputation(tmp_path: Path) -> None:
    audits = list(desk.audit_many(DOCUMENTS))
    path = tmp_path / "报告.xlsx"
    written = report(path, *audits, *EVERYTHING)["复算"]
    shown = recalculated(path)["复算"]
    got: list[tuple[str, str, Any, str]] = []
    for n in range(2, written.max_row + 1):
        kind = "live" if written.cell(n, 10).data_type == "f" else "fixed"
        got.append((written.cell(n, 1).value, written.cell(n, 4).value, shown.cell(n, 10).value, kind))
    at = iter(got)
    seen = totals = 0
    for audit in (*audits, *EVERYTHING):
        for part in audit.forms:
            scored = [row for row in part.case.rows if row.weight is not None]
            if (not any(row.printed is not None for row in scored) and part.printed_total is None) or not scored:
                continue
            for row in scored:
                file, name, value, kind = next(at)
                assert (file, name) == (audit.source.name, row.row.name.text)
                wanted = row.score.value if row.score is not None else None
                assert (None if value in (None, "") else round(Decimal(str(value)), 4)) == wanted, name
                assert (kind == "live") == (wanted is not None)
                seen += wanted is not None
            line = next(at)
            if line[1] == "预算执行率":
                assert part.case.execution is not None
                wanted = part.case.execution.value
                assert (None if line[2] in (None, "") else round(Decimal(str(line[2])), 4)) == wanted
                line = next(at)
            assert line[1] == "合计"
            if part.case.execution is not None:
                assert round(Decimal(str(line[2])), 2) == part.case.recomputed_total
                totals += 1
    assert next(at, None) is None
    assert seen > 40
    assert totals >= 4


@pytest.mark.skipif(OFFICE is None, reason="no LibreOffice on this machine: formulas are not recalculated")
def test_a_corrected_value_gives_the_new_score(tmp_path: Path) -> None:
    path = tmp_path / "报告.xlsx"
    book = report(path, BAD)
    book["复算"]["G2"] = 15
    book.save(path)
    sheet = recalculated(path)["复算"]
    assert sheet["J2"].value == 30
    assert sheet["K2"].value == 10


def test_typeset_forms_hold_every_printed_value_as_text(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    typeset([NASTY.forms[0].case.form, GOOD.forms[0].case.form], "xlsx", path)
    book = openpyxl.load_workbook(path)
    assert len(book.sheetnames) == 2
    cells = [cell for row in book["表1"].iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    texts = {cell.value for cell in cells}
    assert {FORMULA, MARKUP, "=1+1", "-5期", "项目支出绩效自评表", "总分"} <= texts
    assert book["表1"].page_setup.paperSize == 9
