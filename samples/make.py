"""Make the sample documents: thirteen files over the seven families and every format, in our own wording.

Run ``python samples/make.py`` with the development packages installed. Every name, place and number is invented. The
``.xls`` sample is converted with LibreOffice and the scan is drawn with the first Chinese font found; where these are
missing the file in the repository is kept. What each sample shows stands in ``samples/README.md``.
"""

from __future__ import annotations

import html
import io
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

FOLDER = Path(__file__).resolve().parent / "documents"


@dataclass(frozen=True)
class C:
    """A cell: text, columns and rows it spans, and the number behind it where a spreadsheet would hold one."""

    text: str = ""
    wide: int = 1
    tall: int = 1
    number: float | None = None
    format: str = "General"


@dataclass
class Sheet:
    """A table in the making: rows of cells, placed left to right past the spans from above."""

    columns: int
    rows: list[list[C]] = field(default_factory=list)

    def add(self, *cells: str | C) -> Sheet:
        """Add a row; a plain text is a cell of its own."""
        self.rows.append([cell if isinstance(cell, C) else C(cell) for cell in cells])
        return self

    def placed(self) -> list[tuple[int, int, C]]:
        """(row, column, cell) of every cell."""
        taken: set[tuple[int, int]] = set()
        out = []
        for r, row in enumerate(self.rows):
            column = 0
            for cell in row:
                while (r, column) in taken:
                    column += 1
                taken |= {(r + i, column + j) for i in range(cell.tall) for j in range(cell.wide)}
                out.append((r, column, cell))
                column += cell.wide
        return out


@dataclass(frozen=True)
class Page:
    """What a document holds, in order: centred titles, lines of text, tables."""

    parts: tuple[str | Sheet, ...]
    title: str = ""


# --- writers --------------------------------------------------------------------------------------------------------------


def write_xlsx(path: Path, pages: Sequence[Page]) -> None:
    """A workbook with one sheet for each page."""
    book = Workbook()
    del book[book.sheetnames[0]]
    line = Border(*(Side("thin"),) * 4)
    for page in pages:
        sheet = book.create_sheet(page.title or f"表{len(book.sheetnames) + 1}")
        at = 1
        width = max((part.columns for part in page.parts if isinstance(part, Sheet)), default=1)
        for part in page.parts:
            if isinstance(part, str):
                sheet.cell(at, 1, part).alignment = Alignment(horizontal="center")
                sheet.cell(at, 1).font = Font(bold=True, size=14)
                sheet.merge_cells(start_row=at, end_row=at, start_column=1, end_column=width)
                at += 1
                continue
            for r, c, cell in part.placed():
                target = sheet.cell(at + r, c + 1, cell.text if cell.number is None else cell.number)
                target.number_format = cell.format if cell.number is not None else "@"
                target.alignment = Alignment(wrap_text=True, vertical="center")
                if cell.wide * cell.tall > 1:
                    sheet.merge_cells(
                        start_row=at + r, end_row=at + r + cell.tall - 1, start_column=c + 1, end_column=c + cell.wide
                    )
            for row in sheet.iter_rows(min_row=at, max_row=at + len(part.rows) - 1, max_col=part.columns):
                for target in row:
                    target.border = line
            at += len(part.rows) + 1
        for column in range(1, width + 1):
            sheet.column_dimensions[get_column_letter(column)].width = 16
    book.save(path)


def write_docx(path: Path, pages: Sequence[Page]) -> None:
    """A Word file with merged cells."""
    document = docx.Document()
    for page in pages:
        for part in page.parts:
            if isinstance(part, str):
                document.add_paragraph(part).alignment = WD_ALIGN_PARAGRAPH.CENTER
                continue
            table = document.add_table(len(part.rows), part.columns)
            table.style = "Table Grid"
            for r, c, cell in part.placed():
                target = table.cell(r, c)
                if cell.wide * cell.tall > 1:
                    target = target.merge(table.cell(r + cell.tall - 1, c + cell.wide - 1))
                target.text = cell.text
            document.add_paragraph("")
    document.save(str(path))


def _html(pages: Sequence[Page], charset: str) -> str:
    out = [
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"><title>信息公开</title></head><body>'
    ]
    out.append('<div class="nav"><a href="/">首页</a> <a href="/zwgk">政务公开</a> <a href="/yjs">预决算公开</a></div>')
    for page in pages:
        for part in page.parts:
            if isinstance(part, str):
                out.append(f"<p align=center>{html.escape(part)}</p>")
                continue
            out.append("<table border=1 cellspacing=0>")
            row = -1
            for r, _, cell in part.placed():
                if r != row:
                    out.append("<tr>")
                    row = r
                spans = (f" colspan={cell.wide}" if cell.wide > 1 else "") + (
                    f" rowspan={cell.tall}" if cell.tall > 1 else ""
                )
                out.append(f"<td{spans}>{html.escape(cell.text).replace(chr(10), '<br>')}</td>")
            out.append("</table>")
    out.append('<div class="foot">版权所有 本站管理员</div></body></html>')
    return "\n".join(out)


def write_ods(path: Path, pages: Sequence[Page]) -> None:
    """An OpenDocument spreadsheet, written by hand."""
    space = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    tables = []
    for page in pages:
        rows: list[str] = []
        for part in page.parts:
            if isinstance(part, str):
                rows.append(
                    f'<table:table-row><table:table-cell office:value-type="string"><text:p>{html.escape(part)}</text:p></table:table-cell></table:table-row>'
                )
                continue
            starts = {(r, c): cell for r, c, cell in part.placed()}
            covered = {
                (r + i, c + j) for (r, c), cell in starts.items() for i in range(cell.tall) for j in range(cell.wide)
            } - set(starts)
            for r in range(len(part.rows)):
                cells = []
                for c in range(part.columns):
                    if (r, c) in starts:
                        cell = starts[r, c]
                        span = (
                            f' table:number-columns-spanned="{cell.wide}" table:number-rows-spanned="{cell.tall}"'
                            if cell.wide * cell.tall > 1
                            else ""
                        )
                        cells.append(
                            f'<table:table-cell office:value-type="string"{span}><text:p>{html.escape(cell.text)}</text:p></table:table-cell>'
                        )
                    elif (r, c) in covered:
                        cells.append("<table:covered-table-cell/>")
                    else:
                        cells.append("<table:table-cell/>")
                rows.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
        tables.append(f'<table:table table:name="{html.escape(page.title)}">{"".join(rows)}</table:table>')
    content = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {space} office:version="1.2"><office:body><office:spreadsheet>{"".join(tables)}</office:spreadsheet></office:body></office:document-content>'
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)


def write_pdf(path: Path, pages: Sequence[Page], *, wide: bool = True) -> None:
    """A ruled PDF with a text layer; the font is one that every reader knows, nothing is embedded."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    body = ParagraphStyle("body", fontName="STSong-Light", fontSize=8.5, leading=11, wordWrap="CJK")
    head = ParagraphStyle("head", parent=body, fontSize=14, leading=20, alignment=1)
    flow: list[object] = []
    size = landscape(A4) if wide else A4
    for page in pages:
        for part in page.parts:
            if isinstance(part, str):
                flow.append(Paragraph(html.escape(part), head))
                continue
            data: list[list[object]] = [["" for _ in range(part.columns)] for _ in part.rows]
            style: list[tuple[object, ...]] = [
                ("GRID", (0, 0), (-1, -1), 0.6, colors.black),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ]
            for r, c, cell in part.placed():
                data[r][c] = Paragraph(html.escape(cell.text).replace("\n", "<br/>"), body)
                if cell.wide * cell.tall > 1:
                    style.append(("SPAN", (c, r), (c + cell.wide - 1, r + cell.tall - 1)))
            flow += [
                Table(data, colWidths=[(size[0] - 72) / part.columns] * part.columns, style=TableStyle(style)),
                Spacer(1, 8),
            ]
    SimpleDocTemplate(
        str(path), pagesize=size, margins=36, leftMargin=36, rightMargin=36, topMargin=36, bottomMargin=36
    ).build(flow)


def write_scan(path: Path, page: Page) -> None:
    """Pages that are pictures: drawn, turned a little, with noise, saved as a PDF without text."""
    names = ("NotoSansCJK-Regular.ttc", "NotoSerifCJK-Regular.ttc", "simsun.ttc", "msyh.ttc", "PingFang.ttc")
    fonts = [
        p
        for folder in ("/usr/share/fonts", "C:/Windows/Fonts", "/System/Library/Fonts")
        for name in names
        for p in Path(folder).rglob(name)
    ]
    if not fonts:
        print(f"没有找到中文字体，保留原有的 {path.name}")
        return
    font, big = ImageFont.truetype(str(fonts[0]), 24), ImageFont.truetype(str(fonts[0]), 36)
    image = Image.new("L", (1654, 2339), 250)
    draw = ImageDraw.Draw(image)
    top = 110
    for part in page.parts:
        if isinstance(part, str):
            draw.text((827, top), part, font=big, fill=20, anchor="ma")
            top += 64
            continue
        column = (1654 - 160) // part.columns
        heights = [44] * len(part.rows)
        for r, _, cell in part.placed():
            letters = max(1, (column * cell.wide - 16) // 25)
            lines = -(-len(cell.text) // letters)
            if cell.tall == 1:
                heights[r] = max(heights[r], 14 + lines * 30)
        tops = [top + sum(heights[:r]) for r in range(len(heights) + 1)]
        for r, c, cell in part.placed():
            x, y, x2, y2 = 80 + c * column, tops[r], 80 + (c + cell.wide) * column, tops[r + cell.tall]
            draw.rectangle((x, y, x2, y2), outline=30, width=2)
            letters = max(1, (column * cell.wide - 16) // 25)
            lines = [cell.text[i : i + letters] for i in range(0, len(cell.text), letters)]
            for number, text in enumerate(lines):
                draw.text((x + 8, (y + y2) // 2 - len(lines) * 15 + number * 30), text, font=font, fill=25)
        top = tops[-1] + 30
    image = image.rotate(0.4, fillcolor=250, resample=Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=82)
    Image.open(buffer).save(path, "PDF", resolution=200.0)


def write_xls(path: Path, pages: Sequence[Page]) -> None:
    """An old workbook, converted from a new one."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        print(f"没有找到 LibreOffice，保留原有的 {path.name}")
        return
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / path.with_suffix(".xlsx").name
        write_xlsx(source, pages)
        subprocess.run(
            [office, "--headless", "--convert-to", "xls", "--outdir", str(path.parent), str(source)],
            check=True,
            capture_output=True,
        )


def tab_lines(sheet: Sheet) -> str:
    """A table as Word exports it to text: one row a line, merged cells blank."""
    grid = [["" for _ in range(sheet.columns)] for _ in sheet.rows]
    for r, c, cell in sheet.placed():
        grid[r][c] = cell.text.replace("\n", " ")
    return "\n".join("\t".join(row) for row in grid)


# --- the documents --------------------------------------------------------------------------------------------------------


def money(value: float) -> C:
    """An amount as a workbook holds it."""
    return C(f"{value:,.2f}", number=value, format="#,##0.00")


def percent(value: float) -> C:
    """A rate as a workbook holds it."""
    return C(f"{value:.2%}", number=value, format="0.00%")


def number(value: float, places: int = 2) -> C:
    """A plain number with fixed decimals."""
    return C(f"{value:.{places}f}", number=value, format="0." + "0" * places if places else "0")


Row = tuple[str, str, str, str, str, str, str, str]


def self_evaluation(
    head: tuple[str, str, str],
    funds: Sequence[tuple[str, ...]],
    goal: tuple[str, str],
    rows: Sequence[Row],
    total: str,
    *,
    money_label: str = "项目资金（万元）",
) -> Sheet:
    """The national self-evaluation form as one table of nine columns.

    ``funds`` are (item, initial, annual, executed, weight, rate, score); ``rows`` (level 1, level 2, name, target, actual,
    weight, score, reason).
    """
    sheet = Sheet(9)
    sheet.add(C("项目名称", 2), C(head[0], 7))
    sheet.add(C("主管部门", 2), C(head[1], 3), C("实施单位", 1), C(head[2], 3))
    sheet.add(C(money_label, 2, len(funds) + 1), "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
    for fund in funds:
        sheet.add(*fund)
    sheet.add(C("年度总体目标", 1, 2), C("预期目标", 4), C("实际完成情况", 4))
    sheet.add(C(goal[0], 4), C(goal[1], 4))
    sheet.add(
        C("绩效指标", 1, len(rows) + 1),
        "一级指标",
        "二级指标",
        "三级指标",
        "年度指标值",
        "实际完成值",
        "分值",
        "得分",
        "偏差原因分析及改进措施",
    )
    for index, row in enumerate(rows):
        cells: list[str | C] = []
        for level in (0, 1):
            key = row[: level + 1]
            if index == 0 or rows[index - 1][: level + 1] != key:
                run = 1
                while index + run < len(rows) and rows[index + run][: level + 1] == key:
                    run += 1
                cells.append(C(row[level], 1, run))
        sheet.add(*cells, *row[2:])
    sheet.add(C("总分", 6), "100", total, "")
    return sheet


O1, O2, O3, BE, SA = "产出指标", "数量指标", "质量指标", "效益指标", "满意度指标"
TI, SO, CO, EC, SU, SE = "时效指标", "社会效益指标", "成本指标", "经济成本指标", "可持续影响指标", "服务对象满意度指标"


def clean_self_evaluation() -> list[Page]:
    """A form without a defect."""
    rows: list[Row] = [
        (CO, EC, "培训综合成本", "≤550元/人·天", "512元/人·天", "10", "10.00", ""),
        (CO, EC, "项目总成本", "≤420万元", "407.40万元", "10", "10.00", ""),
        (O1, O2, "主体班次举办期数", "≥18期", "18期", "8", "8.00", ""),
        (
            O1,
            O2,
            "培训干部人次",
            "≥2400人次",
            "2352人次",
            "8",
            "7.84",
            "2个乡镇因防汛值守缺训48人次，2025年3月底前由教育科组织补训。",
        ),
        (O1, O3, "结业考核合格率", "≥96%", "98.2%", "8", "8.00", ""),
        (O1, O3, "课程优良率", "≥90%", "93.5%", "8", "8.00", ""),
        (O1, TI, "年度培训计划完成时间", "2024年12月10日前", "2024年12月6日", "8", "8.00", ""),
        (BE, SO, "学员返岗应用率", "≥80%", "84%", "10", "10.00", ""),
        (BE, SU, "精品课程入库数", "≥30门", "34门", "10", "10.00", ""),
        (SA, SE, "参训学员满意度", "≥90%", "95.6%", "5", "5.00", ""),
        (SA, SE, "学员派出单位满意度", "≥90%", "94%", "5", "5.00", ""),
    ]
    funds = [
        ("年度资金总额", "430.00", "420.00", "407.40", "10", "97.00%", "9.70"),
        ("其中：当年财政拨款", "430.00", "420.00", "407.40", "—", "97.00%", "—"),
        ("上年结转资金", "0.00", "0.00", "0.00", "—", "—", "—"),
        ("其他资金", "0.00", "0.00", "0.00", "—", "—", "—"),
    ]
    goal = (
        "举办主体班18期，培训干部2400人次，结业考核合格率达到96%，参训学员满意度达到90%。",
        "举办主体班18期，培训干部2352人次，结业考核合格率98.2%，回收有效问卷1830份，参训学员满意度95.6%。",
    )
    sheet = self_evaluation(
        ("干部教育培训经费", "中共临澜市委组织部", "临澜市干部教育中心"), funds, goal, rows, "99.54"
    )
    return [Page(("项目支出绩效自评表", "（2024年度）", sheet), "自评表")]


def flawed_self_evaluation() -> list[Page]:
    """Wrong scores, a unit conflict, missing reasons."""
    rows: list[Row] = [
        (
            O1,
            O2,
            "人才认定办结件数",
            "≥600件",
            "540件",
            "10",
            "9.5",
            "申报材料退补较多，2024年起开设预审窗口，3月底前上线。",
        ),
        (O1, O2, "高层次人才走访慰问人数", "≥120人", "186人次", "10", "10", ""),
        (O1, O2, "人才政策宣讲场次", "≥24场", "20场", "10", "10", "部分园区合并举办。"),
        (O1, O3, "补贴发放准确率", "≥100%", "100%", "10", "10", ""),
        (O1, TI, "补贴发放及时性", "及时", "基本及时", "10", "10", ""),
        (BE, SO, "引进人才留任率", "≥85%", "81%", "15", "14.29", ""),
        (BE, "经济效益指标", "年度无违规发放情况", "无违规", "无违规", "15", "15", ""),
        (SA, SE, "服务满意度", "≥90%", "100%", "10", "10", ""),
    ]
    funds = [
        ("年度资金总额", "560.00", "480.00", "398.40", "10", "83.00%", "9.30"),
        ("其中：当年财政拨款", "560.00", "470.00", "390.40", "—", "83.06%", "—"),
        ("其他资金", "0.00", "12.00", "8.00", "—", "66.67%", "—"),
    ]
    goal = ("2023年度安排资金500万元，认定人才600人，发放补贴准确及时。", "认定人才540人，补贴全部发放。")
    sheet = self_evaluation(
        ("人才服务保障经费", "中共临澜市委组织部", "临澜市人才服务中心"), funds, goal, rows, "88.09"
    )
    return [Page(("项目支出绩效自评表", "（2023年度）", sheet))]


def zero_total_self_evaluation() -> list[Page]:
    """A published page: the total row is zero, a telephone number stands in it, the sum is wrong."""
    rows: list[Row] = [
        (O1, O2, "补助村（社区）数量", "=12个", "12个", "15", "15", ""),
        (O1, O2, "慰问老党员人数", "=260人", "260人", "15", "15", ""),
        (O1, O3, "补助资金到位率", "=100%", "100%", "10", "10", ""),
        (O1, TI, "补助发放完成时间", "2022年9月30日前", "2022年9月20日", "10", "10", ""),
        (BE, SO, "村级组织运转正常率", "≥95%", "91.7%", "30", "28", "1个村换届后交接滞后，已督促整改。"),
        (SA, SE, "村民满意度", "≥90%", "93%", "10", "10", ""),
    ]
    funds = [
        ("年度资金总额", "0.00", "0.00", "0.00", "10", "0.00%", "10"),
        ("本年财政拨款", "64.00", "64.00", "63.85", "—", "99.77%", "—"),
        ("其他资金", "0.00", "0.00", "0.00", "—", "—", "—"),
    ]
    goal = (
        "保障12个村（社区）组织正常运转，慰问老党员260人。",
        "12个村（社区）运转正常，慰问老党员260人。联系电话：13900001234。",
    )
    sheet = self_evaluation(
        ("[126]村级组织运转补助", "[126]中共云溪县委组织部", "[126001]中共云溪县委组织部（本级）"),
        funds,
        goal,
        rows,
        "100",
    )
    return [Page(("项目支出绩效自评表", "（2022年度）", sheet))]


def declaration() -> list[Page]:
    """A declaration in yuan with sums that do not add up and dates out of order."""
    sheet = Sheet(8)
    sheet.add(C("项目名称"), C("干部人事档案数字化项目", 3), "项目性质", C("阶段性项目", 3))
    sheet.add("主管部门", C("中共青屿区委组织部", 3), "实施单位", C("青屿区干部档案中心", 3))
    sheet.add("项目类型", C("信息化建设类"), "开始时间", "2025-02-01", "结束时间", C("2025-11-30", 3))
    sheet.add("项目总预算", C("1,960,000.00", 3), "当年预算", C("1,960,000.00", 3))
    sheet.add(C("资金来源", 1, 3), C("当年财政拨款", 3), C("1,800,000.00", 4))
    sheet.add(C("上年结转资金", 3), C("0.00", 4))
    sheet.add(C("其他资金", 3), C("120,000.00", 4))
    sheet.add(C("支出明细测算", 1, 4), C("经济科目", 2), C("金额", 1), C("测算依据及说明", 4))
    detail = "一、2025年度项目资金：196万元\n（一）档案扫描服务费120万元\n（二）目录著录服务费46万元\n1、著录人工费30万元；\n2、质检费12万元；\n（三）存储设备费30万元"
    sheet.add(C("委托业务费", 2), "1,660,000.00", C(detail, 4, 3))
    sheet.add(C("专用设备购置", 2), "300,000.00")
    sheet.add(C("合计", 2), "1,960,000.00")
    sheet.add(C("项目采购", 1, 3), C("采购品名", 3), "采购数量", C("金额", 3))
    sheet.add(C("档案数字化服务", 3), "1项", C("1,660,000.00", 3))
    sheet.add(C("磁盘阵列", 3), "2台", C("420,000.00", 3))
    sheet.add(C("实施进度计划", 1, 3), C("实施内容", 3), C("开始时间", 2), C("完成时间", 2))
    sheet.add(C("档案扫描", 3), C("2025-03-01", 2), C("2025-08-31", 2))
    sheet.add(C("目录著录", 3), C("2025-09-01", 2), C("2025-06-30", 2))
    sheet.add(
        "年度绩效目标",
        C(
            "2025年度安排资金186万元，完成档案数字化20000卷、目录著录40万条，11月底前完成验收，查档单位满意度达到90%以上。",
            7,
        ),
    )
    sheet.add(C("绩效指标", 1, 10), "一级指标", "二级指标", C("三级指标", 2), "指标值", "分值", "指标值设定依据")
    for row in (
        (C(O1, 1, 5), C(O2, 1, 2), C("档案数字化卷数", 2), "≥20000卷", "12", "馆藏清点台账"),
        (C("目录著录条数", 2), "≥40万条", "8", "按每卷20条测算"),
        (C(O3, 1, 2), C("扫描图像合格率", 2), "≥99%", "10", "《2019—2023年档案数字化工作规划》"),
        (C("系统验收及时率", 2), "≥110%", "5", "合同约定"),
        (TI, C("项目验收时间", 2), "2025年12月20日前", "5", "实施方案"),
        (CO, EC, C("数字化单位成本", 2), "≥55元/卷", "20", "同类项目中标价"),
        (C(BE, 1, 2), SO, C("查档平均用时", 2), "≤10分钟", "10", "窗口服务标准"),
        (SU, C("档案管理水平", 2), "有效提升", "8", "工作要求"),
        (SA, SE, C("查档单位满意度", 2), "≥90%", "10", "问卷调查"),
    ):
        sheet.add(*row)
    return [Page(("项目支出绩效目标申报表", "（2025年度）　　金额单位：元", sheet), "申报表")]


def declaration_with_rules() -> list[Page]:
    """Printed scoring rules with gaps, a copied number, a missing percent sign."""
    sheet = Sheet(6)
    sheet.add("项目名称", C("基层党建示范点建设经费", 2), "实施单位", C("中共云溪县委组织部", 2))
    sheet.add("主管部门", C("中共云溪县委组织部", 2), "当年预算（万元）", C("86.00", 2))
    sheet.add("一级指标", "二级指标", "三级指标", "指标值", "评（扣）分标准", "指标值设定依据及数据来源")
    for row in (
        (
            C(O1, 1, 4),
            C(O2, 1, 2),
            "示范点建设数量",
            "15个",
            "①达到指标值的，得满分；②未达到15个的，得分=实际建设数/计划建设数×100%×指标分值",
            "年度工作要点",
        ),
        (
            "党务骨干培训人数",
            "300人",
            "①达到指标值的，得满分；②未达到3000人的，得分=实际培训人数/计划培训人数×100%×指标分值",
            "培训计划",
        ),
        (O3, "示范点验收合格率", "95%", "合格率≥95%得满分，每低于1个百分点扣0.5分，扣完为止", "验收办法"),
        (TI, "建设完成时间", "2024年11月底前", "①在2023年11月30日前完成的，得满分；②每推迟1天扣0.1分", "实施方案"),
        (CO, EC, "预算执行率", "95%", "①执行率高于95%得满分；②低于95%的，得分=执行率×指标分值", "预算批复"),
        (C(BE, 1, 1), SO, "党组织覆盖率", "90%", "覆盖率达90%的得满分；未达到的，得分=覆盖率×指标分", "党内统计"),
        (
            SA,
            SE,
            "党员群众满意度",
            "90%",
            "①满意度≥90%，得满分；②60%≤满意度<90，得分=完成比例×指标分；③满意度<60%，不得分",
            "问卷调查",
        ),
    ):
        sheet.add(*row)
    return [Page(("项目支出绩效目标申报表", "（2024年度）", sheet))]


def monitoring() -> list[Page]:
    """A July monitoring table: spending far behind, an impossible forecast, a placeholder."""
    sheet = Sheet(10)
    sheet.add(C("项目名称", 2), C("干部网络学院运行经费", 8))
    sheet.add(C("主管部门", 2), C("[108]中共临澜市委组织部", 3), C("实施单位", 1), C("[108002]临澜市干部教育中心", 4))
    sheet.add(
        C("项目资金（万元）", 2, 4), C("", 2), "年初预算数", C("1—7月执行数", 2), "1—7月执行率", C("全年预计执行数", 2)
    )
    sheet.add(C("年度资金总额", 2), "240.00", C("57.60", 2), "24.00%", C("240.00", 2))
    sheet.add(C("一般公共预算拨款", 2), "210.00", C("52.60", 2), "28.05%", C("210.00", 2))
    sheet.add(C("其他资金", 2), "30.00", C("5.00", 2), "16.67%", C("30.00", 2))
    sheet.add(C("年度总体目标", 2), C("新增网络课程100门，举办直播××期，在线学员满意度达到90%以上。", 8))
    sheet.add(
        "一级指标",
        "二级指标",
        "三级指标",
        "年度指标值",
        "1—7月执行情况",
        "全年预计完成情况",
        "偏差原因分析",
        "原因说明",
        "完成目标可能性",
        "备注",
    )
    for row in (
        (C(O1, 1, 4), C(O2, 1, 2), "新增网络课程数量", "≥100门", "64门", "110门", "", "", "确定能", ""),
        ("直播课举办期数", "≥10期", "8期", "7期", "", "", "确定能", ""),
        (O3, "平台可用率", "≥99.5%", "99.1%", "99.5%", "硬件条件保障", "6月机房停电，已加装备用电源", "有可能", ""),
        (TI, "等级保护测评完成时间", "2024年11月底前", "未开展", "2024年11月底前", "", "", "确定能", "计划9月启动"),
        (CO, EC, "平台运行维护成本", "≥80万元", "35.5万元", "79万元", "", "", "确定能", ""),
        (BE, SO, "干部学时达标率", "≥90%", "43%", "90%", "其他", "按计划推进", "有可能", ""),
        (SA, SE, "平台满意度", "≥90%", "92%", "92%", "", "", "确定能", ""),
    ):
        sheet.add(*row)
    return [Page(("项目支出绩效目标执行监控表", "（2024年1—7月）", sheet), "监控表")]


def overall() -> list[Page]:
    """A department's overall self-evaluation with sign and unit columns; a reverse indicator scored the wrong way round."""
    sheet = Sheet(10)
    sheet.add(C("部门名称", 2), C("中共青屿区委组织部", 8))
    sheet.add(C("年度支出（万元）", 2, 4), C("", 2), "年初预算数", "全年预算数", "全年执行数", "执行率", "分值", "得分")
    sheet.add(C("年度支出总额", 2), "1,820.00", "1,900.00", "1,843.00", "97.00%", "10", "9.70")
    sheet.add(C("基本支出", 2), "860.00", "880.00", "880.00", "100.00%", "—", "—")
    sheet.add(C("项目支出", 2), "960.00", "1,020.00", "963.00", "94.41%", "—", "—")
    sheet.add(C("年度主要任务", 2, 5), C("任务名称", 4), C("金额（万元）", 4))
    for name, amount in (("干部队伍建设", "420.00"), ("基层组织建设", "365.50"), ("人才工作", "234.50")):
        sheet.add(C(name, 4), C(amount, 4))
    sheet.add(C("合计", 4), C("1,030.00", 4))
    sheet.add(
        C("指标名称", 2),
        "计算符号",
        "年初指标值",
        "调整后指标值",
        "计量单位",
        "全年完成值",
        "分值",
        "得分",
        "偏差原因及措施",
    )
    for row in (
        ("主体班次培训人次", "≥", "1600", "1500", "人次", "1560", "20", "20.00", ""),
        (
            "公务员招录计划完成率",
            "≥",
            "95",
            "95",
            "%",
            "92.15",
            "15",
            "14.55",
            "4个职位体检递补未成，2025年起提前一周组织体检。",
        ),
        ("党组织书记轮训覆盖率", "≥", "100", "100", "%", "97", "15", "14.55", ""),
        ("三公经费控制率", "≤", "100", "100", "%", "86", "10", "8.60", "从严控制接待，2024年继续执行。"),
        ("信息系统安全事件数", "≤", "0", "0", "起", "0", "10", "10.00", ""),
        ("参训学员满意度", "≥", "90", "90", "%", "95.2", "20", "20.00", ""),
    ):
        sheet.add(C(row[0], 2), *row[1:])
    sheet.add(C("总分", 7), "100", "97.40", "")
    return [Page(("2023年度部门整体支出绩效自评表", sheet))]


def evaluation() -> list[Page]:
    """An evaluation score sheet over two pages with a wrong grade, a wrong class sum and a small sample."""
    sheet = Sheet(10)
    sheet.add(C("项目名称", 2), C("选调生安家补助", 3), C("主管部门", 2), C("中共临澜市委组织部", 3))
    sheet.add(
        "一级指标", "分值", "二级指标", "分值", "三级指标", "指标值", "完成值", "分值", "评分标准", "得分及扣分原因"
    )
    sheet.rows.pop()
    sheet.add("一级指标", "分值", "二级指标", "三级指标", "指标值", "完成值", "分值", "评分标准", "得分", "扣分原因")
    for row in (
        (
            C("决策", 1, 3),
            C("20", 1, 3),
            C("项目立项", 1, 2),
            "立项依据充分性",
            "—",
            "—",
            "6",
            "①符合政策，得3分；②与职责相符，得3分",
            "6",
            "",
        ),
        ("立项程序规范性", "—", "—", "6", "①按程序申请，得3分；②经集体决策，得3分", "6", ""),
        ("绩效目标", "绩效指标明确性", "—", "—", "8", "①细化为指标，得4分；②可衡量，得4分", "6", "1项指标未量化"),
        (
            C("过程", 1, 2),
            C("20", 1, 2),
            "资金管理",
            "预算执行率",
            "≥95%",
            "91%",
            "10",
            "得分=执行率×分值",
            "9.1",
            "结余转下年",
        ),
        ("组织实施", "制度执行有效性", "—", "—", "10", "每发现一处不合规扣2分，扣完为止", "8", "1处审批单缺签字"),
        (
            C("产出", 1, 3),
            C("32", 1, 3),
            C("产出数量", 1, 1),
            "发放人数",
            "≥260人",
            "254人",
            "12",
            "完成得满分，未完成的按比例得分",
            "11.72",
            "6人离职",
        ),
        ("产出质量", "发放准确率", "100%", "100%", "10", "达到得满分，每低1个百分点扣1分", "10", ""),
        (
            "产出时效",
            "发放时间",
            "2023年6月30日前",
            "2023年7月10日",
            "8",
            "按时得满分；每推迟1天扣0.2分，扣完为止",
            "6",
            "名单复核延期",
        ),
        (
            C("效益", 1, 2),
            C("30", 1, 2),
            "社会效益",
            "选调生留任率",
            "≥95%",
            "96.5%",
            "20",
            "达到得满分，每低1个百分点扣2分",
            "20",
            "",
        ),
        (
            "满意度",
            "补助对象满意度",
            "≥90%",
            "92%",
            "10",
            "≥90%得10分；80%≤满意度＜90%得8分；＜80%不得分",
            "10",
            "回收有效问卷24份",
        ),
    ):
        sheet.add(*row)
    sheet.add(C("合计", 6), "100", "", "92.82", "")
    sheet.add(C("评价等级", 2), C("良", 8))
    return [Page(("项目支出绩效评价指标体系评分表", "（2023年度）", sheet))]


def responsibility() -> str:
    """A duty table as Word exports it: one cell a line, rows apart by blank lines, columns 优/良/中/差."""
    head = ["职责活动", "年度预算数", "内容描述", "绩效目标", "绩效指标", "评价标准"]
    grades = ["", "", "", "", "", "优", "良", "中", "差"]
    rows = [
        ["干部教育", "96.00", "制定干部教育培训计划并组织实施", "提高干部能力素质", "", "", "", "", ""],
        [
            "　　主体班次",
            "66.00",
            "举办主体班",
            "完成年度培训任务",
            "培训班举办期数",
            "＞12期",
            "＜12期，＞8期",
            "＜8期",
            "未举办",
        ],
        ["", "", "", "", "参训率", "100%", "95%", "90%", "85%"],
        ["　　网络培训", "20.00", "组织网络学习", "学时达标", "学时达标率", "95%以上", "95%-85%", "85%-70%", "70%以下"],
        ["公务员管理", "", "公务员招录、考核", "保证用人需要", "", "", "", "", ""],
        [
            "　　招录考试",
            "",
            "组织考试录用",
            "完成招录计划",
            "招录计划完成率",
            "90%以上",
            "80%以上",
            "60%以上",
            "60%以下",
        ],
    ]
    out = ["", "\t118组织部", ""]
    for row in (head, grades, *rows):
        out += [f"\t{cell}" for cell in row] + [""]
    return "\n".join(out) + "\n"


def disclosure() -> str:
    """A published project text with a pipe table, rules without weights, an expired plan."""
    table = [
        "一级指标 | 二级指标 | 三级指标 | 指标值 | 评（扣）分标准 | 绩效指标值设定依据及数据来源",
        "产出指标 | 数量指标 | 选调生培训期数 | 4期 | ①完成4期的，得满分；②未完成的，得分=实际期数/计划期数×指标分值 | 2017—2021年选调生培养规划",
        "产出指标 | 数量指标 | 驻村锻炼人数 | 60人 | ①达到指标值的，得满分；②未达到6人的，得分=实际人数/计划人数×指标分值 | 《选调生管理办法》",
        "产出指标 | 质量指标 | 年度考核称职率 | 98% | 称职率≥98%得满分，每低1个百分点扣1分，扣完为止 | 年度考核结果",
        "产出指标 | 时效指标 | 培训完成时间 | 2023年10月底前 | 按时完成得满分，每推迟1天扣0.5分，扣完为止 | 培训计划",
        "效益指标 | 社会效益指标 | 基层岗位留任率 | 90% | 留任率高于90%得满分；低于90%的，得分=留任率×指标分值 | 组织统计",
        "满意度指标 | 服务对象满意度指标 | 选调生所在乡镇满意度 | 90% | ①满意度≥90%，得满分；②满意度<90%，不得分 | 问卷调查",
    ]
    return (
        "一、项目名称\n选调生培养经费\n二、立项依据\n根据《选调生管理办法》等规定，组织选调生到基层培养锻炼。\n"
        "三、项目实施单位\n单位名称：中共云溪县委组织部\n联系电话：0999-8000000\n四、项目基本概况\n组织选调生驻村锻炼和集中培训。\n"
        "五、资金安排情况\n中共云溪县委组织部选调生培养经费2023年度财政安排资金为48.60万元。\n六、项目实施成效\n提高选调生做群众工作的能力。\n"
        "七、项目绩效目标表\n" + "\n".join(table) + "\n"
    )


def old_self_evaluation() -> list[Page]:
    """Two forms in one old workbook; the unit cuts its scores at one decimal."""

    def one(name: str, rows: Sequence[Row], total: str) -> Sheet:
        funds = [
            ("年度资金总额", "60.00", "60.00", "57.00", "10", "95.00%", "9.5"),
            ("其中：当年财政拨款", "60.00", "60.00", "57.00", "—", "", ""),
        ]
        return self_evaluation(
            (name, "中共青屿区委组织部", "青屿区老干部服务中心"),
            funds,
            ("服务好离退休干部。", "各项服务按计划完成。"),
            rows,
            total,
        )

    first: list[Row] = [
        (O1, O2, "走访慰问人次", "400人次", "388人次", "20", "19.4", "住院隔离未能探访，次年优先补访。"),
        (O1, O2, "组织活动场次", "12场", "11场", "20", "18.3", "1场因台风取消，次年一季度补办。"),
        (O1, TI, "慰问金发放及时性", "及时", "及时", "10", "10", ""),
        (BE, SO, "老干部参与率", "85%", "79%", "30", "27.8", "部分老干部异地居住，将增设线上活动。"),
        (SA, SE, "老干部满意度", "95%", "97%", "10", "10", ""),
    ]
    second: list[Row] = [
        (O1, O2, "医疗巡诊次数", "24次", "24次", "25", "25", ""),
        (O1, O3, "健康档案建档率", "100%", "96%", "25", "24", "8人未体检，次年3月底前补检。"),
        (BE, SO, "突发疾病救助及时率", "100%", "100%", "30", "30", ""),
        (SA, SE, "老干部满意度", "95%", "96%", "10", "10", ""),
    ]
    return [
        Page(("项目支出绩效自评表", "（2021年度）", one("离退休干部服务经费", first, "95.0")), "服务经费"),
        Page(("项目支出绩效自评表", "（2021年度）", one("离退休干部医疗保健经费", second, "98.5")), "医疗保健"),
    ]


def scanned() -> Page:
    """A form that exists on paper only."""
    rows: list[Row] = [
        (O1, O2, "档案柜购置数量", "≥30组", "30组", "15", "15", ""),
        (O1, O2, "档案整理卷数", "≥6000卷", "5400卷", "15", "13.5", ""),
        (O1, O3, "设备验收合格率", "≥98%", "100%", "20", "20", ""),
        (BE, SO, "查档平均用时", "≤15分钟", "12分钟", "30", "30", ""),
        (SA, SE, "查档单位满意度", "≥90%", "94.5%", "10", "10", ""),
    ]
    funds = [
        ("年度资金总额", "50.00", "48.00", "46.08", "10", "96.00%", "9.60"),
        ("其中：财政拨款", "50.00", "48.00", "46.08", "—", "96.00%", "—"),
    ]
    goal = ("购置档案柜30组，整理档案6000卷。", "购置档案柜30组，整理档案5400卷。")
    sheet = self_evaluation(("档案库房改造", "中共青屿区委组织部", "青屿区档案中心"), funds, goal, rows, "98.10")
    return Page(("项目支出绩效自评表", "（2023年度）", sheet))


POEM = "秋夜校表\n\n一盏青灯照旧章，\n毫厘分寸费思量。\n纸间数目如星斗，\n错落行行待晓光。\n"


def main() -> None:
    """Write every sample."""
    FOLDER.mkdir(exist_ok=True)
    write_xlsx(FOLDER / "01-自评表-干部教育培训-2024.xlsx", clean_self_evaluation())
    write_docx(FOLDER / "02-自评表-人才服务-2023.docx", flawed_self_evaluation())
    (FOLDER / "03-自评表-村级组织运转-2022.html").write_bytes(
        _html(zero_total_self_evaluation(), "gb2312").encode("gb18030")
    )
    write_xlsx(FOLDER / "04-申报表-档案数字化-2025.xlsx", declaration())
    write_docx(FOLDER / "05-申报表-党建示范点-2024.docx", declaration_with_rules())
    write_ods(FOLDER / "06-监控表-网络学院-2024.ods", monitoring())
    write_pdf(FOLDER / "07-部门整体-2023.pdf", overall())
    write_pdf(FOLDER / "08-评价评分表-安家补助-2023.pdf", evaluation())
    (FOLDER / "09-职责活动表-2019.txt").write_text(responsibility(), encoding="utf-8")
    (FOLDER / "10-项目文本公开-选调生-2023.txt").write_text(disclosure(), encoding="utf-8")
    write_xls(FOLDER / "11-自评表-老干部服务-2021.xls", old_self_evaluation())
    write_scan(FOLDER / "12-自评表-扫描件-2023.pdf", scanned())
    (FOLDER / "13-不是绩效表格.txt").write_text(POEM, encoding="utf-8")


if __name__ == "__main__":
    main()
