"""How long reading takes beside the libraries underneath: ``python benchmarks/reading.py``.

Every line compares our whole reading (spans, places, texts as shown, checks) with the least that the named library must do
to hand over the same cells. Runs are interleaved, processor time is taken (other work on
the machine does not count), and the medians are divided; the bar is 1.5.

- xlsx: openpyxl, full load, every cell's value
- xls: xlrd with formats, every cell's value and format
- docx: python-docx, every row's cells and their texts
- pdf: pdfplumber, ``extract_tables`` on every page
"""

import argparse
import io
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import docx as python_docx
import openpyxl
import xlrd

from hengjian.documents import docx, sheets

SHARED = Path(__file__).parents[2] / "shared" / "acceptance" / "documents"
LABELS = ("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施")
Run = Callable[[], object]


def workbook(indicators: int) -> bytes:
    """A self-evaluation form with this many indicators."""
    book = openpyxl.Workbook()
    sheet = book.active
    if sheet is None:
        raise SystemExit("openpyxl made no sheet")
    sheet.append(["项目支出绩效自评表"])
    sheet.merge_cells("A1:H1")
    sheet.append(["项目名称", "基层培训项目", "", "", "主管部门", "云溪县委组织部"])
    sheet.append(["项目资金", "年初预算数", "全年预算数", "全年执行数", "执行率", "分值", "得分"])
    sheet.append(["年度资金总额", 1286.5, 1312.8, 1265.54, 0.964, 10, 9.64])
    sheet.append(LABELS)
    for number in range(indicators):
        reason = "因场地改造推迟一期，已列入下年计划。" if number % 5 == 0 else None
        sheet.append(
            ["产出指标", "数量指标", f"第{number + 1}项培训人次", f"≥{number + 100}人次", number + 98, 2, 1.96, reason]
        )
        sheet.cell(sheet.max_row, 7).number_format = "0.00"
    for top in range(6, indicators - 4, 10):
        for row in range(top + 1, top + 10):
            sheet.cell(row, 1).value = None
        sheet.merge_cells(start_row=top, end_row=top + 9, start_column=1, end_column=1)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def document(indicators: int) -> bytes:
    """The same form in Word."""
    made = python_docx.Document()
    made.add_paragraph("项目支出绩效自评表")
    table = made.add_table(rows=indicators + 1, cols=8)
    for row, texts in enumerate(
        [
            LABELS,
            *(
                ("产出指标", "数量指标", f"第{n + 1}项培训人次", f"≥{n + 100}人次", f"{n + 98}人次", "2", "1.96", "—")
                for n in range(indicators)
            ),
        ]
    ):
        for cell, text in zip(table.rows[row].cells, texts, strict=True):
            cell.text = text
    for top in range(1, indicators - 8, 10):
        for row in range(top + 1, top + 10):
            table.cell(row, 0).text = ""
        table.cell(top, 0).merge(table.cell(top + 9, 0))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def by_openpyxl(data: bytes) -> list[list[Any]]:
    """Every value of every sheet."""
    return [
        [cell.value for cell in row] for sheet in openpyxl.load_workbook(io.BytesIO(data)) for row in sheet.iter_rows()
    ]


def by_xlrd(data: bytes) -> list[list[Any]]:
    """Every value of every sheet with the format that says how it is shown."""
    book = xlrd.open_workbook(file_contents=data, formatting_info=True)

    def shown(cell: Any) -> tuple[Any, str]:
        return cell.value, book.format_map[book.xf_list[cell.xf_index].format_key].format_str

    return [[shown(cell) for cell in sheet.row(row)] for sheet in book.sheets() for row in range(sheet.nrows)]


def by_python_docx(data: bytes) -> list[list[str]]:
    """Every text of every table."""
    return [
        [cell.text for cell in row.cells]
        for table in python_docx.Document(io.BytesIO(data)).tables
        for row in table.rows
    ]


def by_pdfplumber(data: bytes) -> list[Any]:
    """Every table of every page."""
    import pdfplumber

    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return [page.extract_tables() for page in pdf.pages]


def compare(title: str, ours: Run, theirs: Run, runs: int) -> float:
    """Print one line; give the ratio of the medians."""
    ours(), theirs()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for run, found in zip((ours, theirs), times, strict=True):
            start = time.process_time()
            run()
            found.append(time.process_time() - start)
    mine, base = (statistics.median(found) for found in times)
    print(f"{title:<44} ours {mine * 1000:9.1f} ms   library {base * 1000:9.1f} ms   ratio {mine / base:5.2f}")
    return mine / base


def main() -> None:
    """Print all ratios; the exit status says whether the bar holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9, help="runs of each side (default 9)")
    parser.add_argument("--bar", type=float, default=1.5, help="largest ratio that passes (default 1.5)")
    chosen = parser.parse_args()
    few = max(chosen.runs // 3, 3)
    ratios: list[float] = []
    for indicators, runs in ((40, chosen.runs), (5000, few)):
        data = workbook(indicators)
        ratios.append(
            compare(
                f"xlsx, {indicators} indicators / openpyxl",
                partial(sheets.read, data, "a.xlsx"),
                partial(by_openpyxl, data),
                runs,
            )
        )
    for indicators, runs in ((40, chosen.runs), (600, few)):
        data = document(indicators)
        ratios.append(
            compare(
                f"docx, {indicators} indicators / python-docx",
                partial(docx.read, data, "a.docx"),
                partial(by_python_docx, data),
                runs,
            )
        )
    ratios.extend(shared_files(chosen.runs))
    print(f"largest ratio {max(ratios):.2f}, bar {chosen.bar}")
    raise SystemExit(max(ratios) > chosen.bar)


def shared_files(runs: int) -> list[float]:
    """The same for real files, where they are at hand."""
    found: list[float] = []
    for path in sorted(SHARED.glob("*")) if SHARED.exists() else []:
        data, name = path.read_bytes(), path.name
        if path.suffix == ".xls":
            found.append(compare(f"{name} / xlrd", partial(sheets.read, data, name), partial(by_xlrd, data), runs))
        elif path.suffix == ".pdf" and "scan" not in name:
            from hengjian.documents import pdf

            found.append(
                compare(
                    f"{name} / pdfplumber",
                    partial(pdf.read, data, name),
                    partial(by_pdfplumber, data),
                    max(runs // 2, 3),
                )
            )
    return found


if __name__ == "__main__":
    main()
