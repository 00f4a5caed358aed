"""The xlsx report: summary, findings, every recomputed score as a live formula, and what could not be read.

Rows are streamed, so that a thousand files need no more memory than one. Printed texts are always written as texts: a cell
that begins with ``=`` in a form is never a formula here. Only the recomputations are formulas.
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import IllegalCharacterError

from hengjian.audit.case import Audit, FormAudit, RowScore, context_of, decimal, scored_fund, text_of
from hengjian.forms.form import Form
from hengjian.reports.summary import KIND_TITLES, LEVEL_TITLES, OUTCOME_TITLES, Summary
from hengjian.rules.defaults import target_of
from hengjian.rules.formula import excel
from hengjian.rules.reading import Context
from hengjian.rules.tree import Expr
from hengjian.values.finding import Certainty, Finding
from hengjian.values.quantity import Quantity, read_actual
from hengjian.values.rounding import NATIONAL

_HEAD = PatternFill("solid", fgColor="1A4F8A")
_LINE = Border(*(Side("thin", color="CFD6DE"),) * 4)
_FILLS = {"错误": "FDECEA", "警告": "FFF4DC", "提示": "E5F3F8", "疑似": "F2ECF8"}
_WRAP = Alignment(vertical="top", wrap_text=True)
_TOP = Alignment(vertical="top")

_SUMMARY = (
    "序号",
    "文件",
    "项目",
    "单位",
    "类型",
    "年度",
    "填报总分",
    "复算总分",
    "相差",
    "等级",
    "错误",
    "警告",
    "提示",
    "疑似",
    "读取验证",
)
_FINDINGS = (
    "文件",
    "项目",
    "单位",
    "指标",
    "级别",
    "代码",
    "检查",
    "问题",
    "填报",
    "应为",
    "算式",
    "位置",
    "依据",
    "建议",
)
_SCORES = (
    "文件",
    "项目",
    "一级指标",
    "指标",
    "指标值",
    "完成值",
    "完成值（数）",
    "分值",
    "填报得分",
    "复算得分",
    "相差",
    "评分标准的含义或未复算的原因",
)
_CODES = ("代码", "检查", "次数")
_UNITS = ("单位", "表数", "错误", "警告", "平均填报总分")
_UNREAD = ("文件", "代码", "说明", "位置")
_LEDGER = ("文件", "项目", "检查", "结果", "说明")
_PROOFS = {"proved": "已验证", "consistent": "吻合", "unproved": "未验证"}


class WorkbookWriter:
    """Collects audits into sheets and saves them when closed."""

    def __init__(self, path: Path, *, titles: dict[str, str]) -> None:
        """Write to ``path``; ``titles`` are the titles of the checks by code."""
        self._path = path
        self._titles = titles
        self._summary = Summary()
        self._book = Workbook(write_only=True)
        self._first = self._sheet("汇总", _SUMMARY, (6, 34, 30, 26, 16, 7, 10, 10, 8, 6, 7, 7, 7, 7, 10))
        self._findings = self._sheet("问题", _FINDINGS, (28, 24, 20, 24, 7, 7, 16, 46, 18, 18, 40, 20, 40, 36))
        self._scores = self._sheet("复算", _SCORES, (28, 24, 12, 28, 16, 16, 12, 8, 10, 10, 9, 60))
        self._ledger = self._sheet("检查清单", _LEDGER, (28, 24, 22, 10, 50))
        self._row = 1  # the last written row of 复算: its formulas refer to their own row

    def _sheet(self, title: str, heads: tuple[str, ...], widths: tuple[int, ...]) -> Any:
        sheet = self._book.create_sheet(title)
        for index, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(index)].width = width
        sheet.freeze_panes = "A2"
        sheet.sheet_view.zoomScale = 90
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = 9
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.print_title_rows = "1:1"
        cells = []
        for head in heads:
            cell = WriteOnlyCell(sheet, head)
            cell.font, cell.fill, cell.border, cell.alignment = Font(bold=True, color="FFFFFF"), _HEAD, _LINE, _WRAP
            cells.append(cell)
        sheet.append(cells)
        return sheet

    def add(self, audit: Audit) -> None:
        """Write the rows of one document."""
        self._summary.add(audit)
        for finding in audit.findings:
            form = audit.forms[finding.form].case.form if finding.form is not None else None
            self._finding(audit.source.name, form, finding)
        for part in audit.forms:
            self._recomputed(audit.source.name, part)
            for entry in part.ledger:
                title = f"{entry.code} {self._titles.get(entry.code, '')}"
                texts = (audit.source.name, _name(part.case.form), title, OUTCOME_TITLES[entry.outcome], entry.reason)
                self._ledger.append([_text(self._ledger, text) for text in texts])

    def _finding(self, file: str, form: Form | None, finding: Finding) -> None:
        mark = "疑似" if finding.kind is Certainty.HEURISTIC else LEVEL_TITLES[finding.level]
        rows = finding.indicator if isinstance(finding.indicator, tuple) else (finding.indicator or "",)
        texts = (
            file,
            _name(form) if form is not None else "",
            text_of(form.unit or form.department) if form is not None else "",
            "、".join(rows),
            mark,
            finding.code,
            self._titles.get(finding.code, ""),
            finding.message,
            finding.printed,
            finding.expected,
            finding.derivation,
            str(finding.place) if finding.place is not None else "",
            finding.why,
            finding.advice,
        )
        cells = [_text(self._findings, text) for text in texts]
        cells[4].fill = PatternFill("solid", fgColor=_FILLS[mark])
        self._findings.append(cells)

    def _recomputed(self, file: str, part: FormAudit) -> None:
        form = part.case.form
        scored = [row for row in part.case.rows if row.weight is not None]
        if not scored or (part.printed_total is None and not any(row.printed is not None for row in scored)):
            return
        first = self._row + 1
        for row in scored:
            self._row += 1
            self._score_row(file, part, row)
        self._execution_row(file, part)
        last = self._row
        self._row += 1
        total = [_text(self._scores, text) for text in (file, _name(form), "", "合计", "", "", "")]
        total += [self._formula(f"=SUM({column}{first}:{column}{last})") for column in "HI"]
        # A row that cannot be recomputed counts with its printed score.
        total.append(self._formula(f'=SUM(J{first}:J{last})+SUMIF(J{first}:J{last},"",I{first}:I{last})'))
        total.append(self._formula(f"=ROUND(I{self._row}-J{self._row},2)"))
        printed = f"表内总分 {part.printed_total}" if part.printed_total is not None else ""
        total.append(_text(self._scores, printed))
        for cell in total:
            cell.font = Font(bold=True)
        self._scores.append(total)

    def _score_row(self, file: str, part: FormAudit, row: RowScore) -> None:
        form, score, n = part.case.form, row.score, self._row
        context = context_of(row.row, form)
        actual = read_actual(text_of(row.row.actual), context.unit)
        value = actual.value if isinstance(actual, Quantity) else None
        tree = row.reading.trees[0] if row.reading is not None and len(row.reading.trees) == 1 else None
        exact = score.exact if score is not None else None
        formula = (
            excel(tree, _cells(tree, context, n), part.case.rounding or NATIONAL)
            if tree is not None and exact is not None
            else None
        )
        texts = (
            file,
            _name(form),
            text_of(row.row.level1),
            row.row.name.text,
            text_of(row.row.target),
            text_of(row.row.actual),
        )
        cells = [_text(self._scores, text) for text in texts]
        cells.append(self._number(Decimal(value.numerator) / Decimal(value.denominator) if value is not None else None))
        cells += [self._number(row.weight), self._number(row.printed)]
        if formula is not None and value is not None:
            cells.append(self._formula(formula))
        else:
            cells.append(self._number(score.value if score is not None else None))
        cells.append(self._formula(f'=IF(OR(I{n}="",J{n}=""),"",ROUND(I{n}-J{n},2))'))
        told = (score.derivation or score.reason) if score is not None else ""
        cells.append(_text(self._scores, told))
        self._scores.append(cells)

    def _execution_row(self, file: str, part: FormAudit) -> None:
        fund, got = scored_fund(part.case.form), part.case.execution
        if fund is None or got is None:
            return
        self._row += 1
        n = self._row
        texts = (
            file,
            _name(part.case.form),
            "预算执行",
            "预算执行率",
            text_of(fund.annual_budget),
            text_of(fund.executed),
        )
        cells = [_text(self._scores, text) for text in texts]
        weight, printed = decimal(text_of(fund.weight)), decimal(text_of(fund.score))
        budget, executed = decimal(text_of(fund.annual_budget)), decimal(text_of(fund.executed))
        cells += [self._number(executed), self._number(weight), self._number(printed)]
        simple = (
            part.case.scheme.execution == "linear_capped" and budget and executed is not None and got.value is not None
        )
        cells.append(self._formula(f"=ROUND(MIN(1,G{n}/{budget})*H{n}+1E-9,2)") if simple else self._number(got.value))
        cells.append(self._formula(f'=IF(OR(I{n}="",J{n}=""),"",ROUND(I{n}-J{n},2))'))
        cells.append(_text(self._scores, got.derivation or got.reason))
        self._scores.append(cells)

    def _number(self, value: Decimal | None) -> Any:
        cell: Any = WriteOnlyCell(self._scores)
        cell.value = value
        cell.border, cell.alignment = _LINE, _TOP
        if value is not None:
            cell.number_format = "General" if value == value.to_integral_value() else "0.00##"
        return cell

    def _formula(self, formula: str) -> Any:
        cell = WriteOnlyCell(self._scores, formula)
        cell.border, cell.alignment, cell.number_format = _LINE, _TOP, "0.00"
        return cell

    def close(self) -> None:
        """Write the summary sheets and save."""
        total = self._summary
        for number, row in enumerate(total.worst_first(), 1):
            off = row.printed - row.recomputed if row.printed is not None and row.recomputed is not None else None
            facts = (number, row.file, row.project, row.unit, KIND_TITLES[row.kind], row.year)
            scores = (row.printed, row.recomputed, off, row.grade)
            counts = (row.errors, row.warnings, row.infos, row.suspected, _PROOFS[row.proof])
            self._first.append([_value(self._first, value) for value in (*facts, *scores, *counts)])
        _redden(self._first, "I", len(total.rows) + 1)
        _redden(self._scores, "K", self._row)
        codes = self._sheet("常见问题", _CODES, (8, 26, 8))
        for code, count in total.by_code.most_common():
            codes.append([_value(codes, value) for value in (code, self._titles.get(code, ""), count)])
        units = self._sheet("按单位", _UNITS, (34, 8, 8, 8, 14))
        for line in total.by_unit():
            units.append([_value(units, value) for value in line])
        if total.unread:
            unread = self._sheet("未能审核", _UNREAD, (36, 8, 80, 20))
            for name, problem in total.unread:
                texts = (name, problem.code, problem.message, str(problem.place or ""))
                unread.append([_text(unread, text) for text in texts])
        for sheet, columns, last in (
            (self._first, len(_SUMMARY), len(total.rows) + 1),
            (self._findings, len(_FINDINGS), sum(total.by_code.values()) + 1),
        ):
            sheet.auto_filter.ref = f"A1:{get_column_letter(columns)}{max(last, 1)}"
        self._book.save(self._path)


def _redden(sheet: Any, column: str, last: int) -> None:
    """Mark differences that are numbers and not nought."""
    rule = FormulaRule([f"AND(ISNUMBER({column}2),ABS({column}2)>0.004)"], fill=PatternFill("solid", bgColor="FDECEA"))  # type: ignore[no-untyped-call]
    sheet.conditional_formatting.add(f"{column}2:{column}{max(last, 2)}", rule)


def _name(form: Form) -> str:
    return text_of(form.project) or text_of(form.department) or text_of(form.unit) or KIND_TITLES[form.kind]


def _cells(tree: Expr | None, context: Context, n: int) -> dict[str, str]:
    """Where the inputs of a tree stand in row ``n``; the target is a number of the row, written into the formula."""
    cells = {"actual": f"G{n}", "weight": f"H{n}"}
    target = target_of(context)
    bound = target.low if target.low is not None else target.high
    if tree is not None and bound is not None and not target.scale:
        cells["target"] = f"{bound}"
    return cells


def _text(sheet: Any, text: str) -> Any:
    """A cell that is text whatever it begins with; characters a workbook cannot hold are dropped."""
    try:
        cell = WriteOnlyCell(sheet, text)
    except IllegalCharacterError:
        cell = WriteOnlyCell(sheet, "".join(c for c in text if c.isprintable() or c in "\n\t"))
    cell.data_type = "s"
    if text[:1] in "=+-@":
        cell.style = "Normal"
        cell.quotePrefix = True
    cell.border, cell.alignment = _LINE, _WRAP
    return cell


def _value(sheet: Any, value: object) -> Any:
    if isinstance(value, str):
        return _text(sheet, value)
    cell: Any = WriteOnlyCell(sheet)
    cell.value = value
    cell.border, cell.alignment = _LINE, _TOP
    return cell
