"""A form set anew as a clean table in official layout: what was read, without findings, to check against the original or to reuse."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hengjian.forms.form import Form
from hengjian.reports.summary import KIND_TITLES
from hengjian.reports.view import cell_text, fund_headings, headings


def typeset(forms: Sequence[Form], kind: str, path: Path) -> None:
    """Write the forms to ``path`` as html, docx or xlsx."""
    {"html": _html, "docx": _docx, "xlsx": _xlsx}[kind](forms, path)


def head(form: Form) -> list[tuple[str, str]]:
    """(label, text) of the head of a form, only what it prints."""
    year = str(form.year) if form.year else ""
    money = form.money_unit.value if form.money_unit is not None else ""
    texts = (
        ("项目名称", form.project),
        ("项目编码", form.project_code),
        ("主管部门", form.department),
        ("实施单位", form.unit),
        ("项目类型", form.project_type),
        ("项目性质", form.nature),
        ("起始时间", form.start),
        ("终止时间", form.end),
        ("期间", form.period),
    )
    pairs = [(label, printed.text) for label, printed in texts if printed]
    pairs += [(label, text) for label, text in (("年度", year), ("金额单位", money)) if text]
    if form.budget is not None:
        pairs += [
            (label, p.text)
            for label, p in (("项目总预算", form.budget.total), ("年度预算", form.budget.current_year))
            if p
        ]
    return pairs


def blocks(form: Form) -> list[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
    """(title, headings, rows) of every table of a form, in the order of the printed forms."""
    out: list[tuple[str, tuple[str, ...], list[tuple[str, ...]]]] = []
    if form.prior_years:
        rows = [
            (f"{y.year}年", *(p.text if p else "" for p in (y.budget, y.executed, y.rate))) for y in form.prior_years
        ]
        out.append(("前两年预算执行", ("年度", "预算数", "执行数", "执行率"), rows))
    for title, items in (
        ("资金来源", form.funding_sources),
        ("支出明细", form.cost_items),
        ("年度主要任务", form.tasks),
    ):
        if items:
            out.append(
                (title, ("项目", "金额"), [(("其中：" if a.part else "") + a.name.text, a.amount.text) for a in items])
            )
    if form.procurement:
        rows = [
            (p.item.text, p.quantity.text if p.quantity else "", p.amount.text if p.amount else "")
            for p in form.procurement
        ]
        out.append(("政府采购", ("品名", "数量", "金额"), rows))
    if form.schedule:
        rows = [(s.name.text, s.start.text if s.start else "", s.end.text if s.end else "") for s in form.schedule]
        out.append(("实施计划", ("内容", "开始", "结束"), rows))
    if form.funds:
        shown = fund_headings(form)
        rows = [tuple(_text(getattr(fund, field)) for field, _ in shown) for fund in form.funds]
        out.append(("资金", tuple(title for _, title in shown), rows))
    if form.activities:
        rows = [
            ("　" * (a.level - 1) + a.name.text, _text(a.budget), _text(a.description), _text(a.goal))
            for a in form.activities
        ]
        out.append(("职责活动", ("职责活动", "年度预算数", "内容描述", "绩效目标"), rows))
    if form.indicators:
        columns = [(field, title) for field, title in headings(form) if field != "recomputed"]
        rows = [tuple(cell_text(row, field) for field, _ in columns) for row in form.indicators]
        if form.total is not None:
            totals = {"name": "总分", "weight": _text(form.total.weight), "score": _text(form.total.score)}
            rows.append(tuple(totals.get(field, "") for field, _ in columns))
        out.append(("绩效指标", tuple(title for _, title in columns), rows))
    return out


def texts(form: Form) -> list[tuple[str, str]]:
    """(label, text) of the prose of a form."""
    out = [("绩效目标", goal.text) for goal in form.goals]
    if form.goal is not None:
        goal = form.goal
        out += [
            (label, p.text)
            for label, p in (
                ("预期目标", goal.expected),
                ("调整后目标", goal.adjusted),
                ("实际完成情况", goal.achieved),
            )
            if p
        ]
    tail = (
        ("等级", form.grade),
        ("评价结论", form.conclusion),
        ("存在问题", form.problems),
        ("改进措施", form.measures),
    )
    return out + [(label, printed.text) for label, printed in tail if printed]


def title_of(form: Form) -> str:
    """The printed title, else the usual title of the family."""
    return form.title.text if form.title else KIND_TITLES[form.kind]


def _text(printed: Any) -> str:
    return printed.text if printed is not None else ""


def _html(forms: Sequence[Form], path: Path) -> None:
    from hengjian.reports.html import templates

    views = [(title_of(form), head(form), texts(form), blocks(form)) for form in forms]
    path.write_text(templates().get_template("forms.html").render(forms=views), encoding="utf-8", newline="\n")


def _docx(forms: Sequence[Form], path: Path) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    from hengjian.reports.paper import HEAD_FONT, TITLE_FONT, official_document, paragraph, table

    document = official_document(landscape=True)
    for number, form in enumerate(forms):
        if number:
            document.add_page_break()
        paragraph(document, title_of(form), font=TITLE_FONT, size=22, indent=False, align=WD_ALIGN_PARAGRAPH.CENTER)
        pairs = head(form) + texts(form)
        if pairs:
            table(document, ("栏目", "内容"), pairs, (40, 205))
        for title, heads, rows in blocks(form):
            paragraph(document, title, font=HEAD_FONT, size=14, indent=False)
            table(document, heads, rows, _widths(heads, rows, 245), size=9)
    document.save(str(path))


def _widths(heads: tuple[str, ...], rows: list[tuple[str, ...]], whole: float) -> tuple[float, ...]:
    """Column widths that share ``whole`` millimetres by the longest text of each column, within limits."""
    longest = [min(40, max(4, *(len(row[i]) for row in rows), len(heads[i]))) if rows else 6 for i in range(len(heads))]
    unit = whole / sum(longest)
    return tuple(length * unit for length in longest)


def _xlsx(forms: Sequence[Form], path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    del book[book.sheetnames[0]]
    for number, form in enumerate(forms, 1):
        _sheet(book.create_sheet(f"表{number}"), form)
    book.save(path)


def _sheet(sheet: Any, form: Form) -> None:
    """One form on one sheet: title, head, tables; fitted to the width of a landscape page."""
    from openpyxl.styles import Alignment, Border, Font, Side
    from openpyxl.utils import get_column_letter

    from hengjian.reports.workbook import lines, storable

    drawn = blocks(form)
    columns = max((len(heads) for _, heads, _ in drawn), default=2)
    widths = [_column_width([(heads, rows) for _, heads, rows in drawn], column) for column in range(columns)]
    ruled = Border(*(Side("thin"),) * 4)

    def put(row: int, column: int, text: str, *, bold: bool = False, last: int = 0) -> None:
        cell = sheet.cell(row, column)
        cell.value, cell.data_type, cell.number_format = storable(text), "s", "@"
        cell.font, cell.alignment = Font(name="宋体", bold=bold), Alignment(vertical="center", wrap_text=True)
        for covered in range(column, max(column, last) + 1):
            sheet.cell(row, covered).border = ruled
        if last > column:
            sheet.merge_cells(start_row=row, start_column=column, end_row=row, end_column=last)
        room = sum(widths[column - 1 : max(column, last)])
        height = sheet.row_dimensions[row].height or 0
        sheet.row_dimensions[row].height = max(height, min(409, 4 + 15 * lines(text, room)))

    put(1, 1, title_of(form), bold=True, last=columns)
    sheet["A1"].alignment, sheet["A1"].font = (
        Alignment(horizontal="center", vertical="center"),
        Font(bold=True, size=16),
    )
    sheet.row_dimensions[1].height = 30
    at = 1
    for label, text in head(form) + texts(form):
        at += 1
        put(at, 1, label, bold=True)
        put(at, 2, text, last=max(2, columns))
    for title, heads, rows in drawn:
        at += 2
        sheet.cell(at, 1, title).font = Font(name="宋体", bold=True)
        for number, row in enumerate((heads, *rows)):
            at += 1
            for column, text in enumerate(row, 1):
                put(at, column, text, bold=number == 0)
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _column_width(tables: Sequence[tuple[tuple[str, ...], list[tuple[str, ...]]]], column: int) -> int:
    """Digits that hold the usual text of a column, between 9 and 40."""
    cells = [
        row[column] for heads, rows in tables for row in (heads, *rows) if column < len(row) and len(row[column]) <= 40
    ]
    return min(40, max(9, 3 + max((2 * len(text) for text in cells), default=0)))
