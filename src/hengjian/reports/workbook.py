"""The xlsx report: summary, findings, every recomputed score as a live formula, and what could not be read.

Rows are streamed, so that a thousand files need no more memory than one. Printed texts are always written as texts: a cell
that begins with ``=`` in a form is never a formula here. Only the recomputations are formulas.
"""

import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import IO, Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from hengjian.audit.case import Audit, FormAudit, RowScore, context_of, decimal, scored_fund, text_of
from hengjian.forms.form import Form
from hengjian.reports.summary import KIND_TITLES, LEVEL_TITLES, OUTCOME_TITLES, Summary
from hengjian.reports.view import arithmetic
from hengjian.rules.defaults import target_of
from hengjian.rules.evaluate import Env, value
from hengjian.rules.formula import excel
from hengjian.rules.reading import Context
from hengjian.rules.scheme import Scheme
from hengjian.rules.score import Score
from hengjian.values.finding import Certainty, Finding, Level
from hengjian.values.quantity import Quantity, read_actual
from hengjian.values.rounding import Mode, Rounding
from hengjian.values.spreadsheet import like_formula

_FONT = "微软雅黑"
_HEAD = PatternFill("solid", fgColor="1A4F8A")
_LINE = Border(*(Side("thin", color="CFD6DE"),) * 4)
_FILLS = {"错误": "FDECEA", "警告": "FFF4DC", "提示": "E5F3F8", "疑似": "F2ECF8"}
_WRAP = Alignment(vertical="top", wrap_text=True)
_TOP = Alignment(vertical="top")
_LINE_HEIGHT = 15.0
_HIGHEST = 409.0  # what a row can be at most, in points
_GUARD = "1E-9"  # see rules/formula.py

# Heading and width (in digits) of every column.
_SUMMARY = (
    ("序号", 6),
    ("文件", 34),
    ("项目", 30),
    ("单位", 26),
    ("类型", 16),
    ("年度", 7),
    ("填报总分", 10),
    ("复算总分", 10),
    ("相差", 8),
    ("等级", 6),
    ("错误", 7),
    ("警告", 7),
    ("提示", 7),
    ("疑似", 7),
    ("读取验证", 10),
)
_FINDINGS = (
    ("文件", 26),
    ("项目", 22),
    ("单位", 20),
    ("指标", 22),
    ("级别", 7),
    ("代码", 7),
    ("检查", 16),
    ("问题", 46),
    ("填报", 16),
    ("应为", 16),
    ("算式", 36),
    ("位置", 18),
    ("依据", 36),
    ("建议", 32),
)
_SCORES = (
    ("文件", 26),
    ("项目", 22),
    ("一级指标", 12),
    ("指标", 26),
    ("指标值", 16),
    ("完成值", 16),
    ("完成值（数）", 13),
    ("分值", 8),
    ("填报得分", 10),
    ("复算得分", 10),
    ("相差", 9),
    ("算式，或未复算的原因", 56),
)
_CODES = (("代码", 8), ("检查", 26), ("次数", 8))
_UNITS = (("单位", 34), ("表数", 8), ("错误", 8), ("警告", 8), ("平均填报总分", 14))
_UNREAD = (("文件", 36), ("代码", 8), ("说明", 80), ("位置", 20))
_LEDGER = (("文件", 28), ("项目", 24), ("检查", 26), ("结果", 10), ("说明", 50))
_PROOFS = {"proved": "已验证", "consistent": "吻合", "unproved": "未验证"}
# The order of the sheets: what a reviewer reads first stands first.
_ORDER = ("汇总", "问题", "未能审核", "读取提示", "复算", "常见问题", "按单位", "检查清单")


@dataclass(frozen=True, slots=True)
class _Formula:
    """A formula with its leading ``=``."""

    text: str


_Value = str | int | Decimal | _Formula | None


class _Sheet:
    """A sheet that is written row by row: ruled, wrapped, as high as its texts need."""

    def __init__(self, book: Workbook, title: str, columns: Sequence[tuple[str, int]]) -> None:
        self.sheet: Any = book.create_sheet(title)
        self.rows = 0
        self._widths = [width for _, width in columns]
        # A cell is written out at once, so one object for each column and style serves all rows.
        self._cells: dict[tuple[int, str, str, bool, str], Any] = {}
        for index, width in enumerate(self._widths, 1):
            self.sheet.column_dimensions[get_column_letter(index)].width = width
        self.sheet.freeze_panes = "A2"
        self.sheet.page_setup.orientation = "landscape"
        self.sheet.page_setup.paperSize = 9
        self.sheet.page_setup.fitToHeight = 0
        self.sheet.sheet_properties.pageSetUpPr.fitToPage = True
        self.sheet.page_margins.left = self.sheet.page_margins.right = 0.4
        self.sheet.page_margins.top = self.sheet.page_margins.bottom = 0.5
        self.sheet.print_title_rows = "1:1"
        self._append([self._head(head) for head, _ in columns], [head for head, _ in columns])

    def add(self, values: Iterable[_Value], *, bold: bool = False, fills: dict[int, str] | None = None) -> None:
        """Write one row. Texts stay texts, whatever they begin with; ``fills`` are colours by column from 0."""
        values = list(values)
        cells = [self._cell(n, got, bold, (fills or {}).get(n, "")) for n, got in enumerate(values)]
        self._append(cells, values)

    def _append(self, cells: list[Any], values: Sequence[_Value]) -> None:
        self.rows += 1
        most = max(
            (lines(text, width) for text, width in zip(values, self._widths, strict=True) if isinstance(text, str)),
            default=1,
        )
        self.sheet.row_dimensions[self.rows].height = min(_HIGHEST, most * _LINE_HEIGHT + 1)
        self.sheet.append(cells)
        del self.sheet.row_dimensions[self.rows]  # written; a thousand files must not add up

    def _head(self, text: str) -> Any:
        cell: Any = WriteOnlyCell(self.sheet, text)
        cell.font, cell.fill, cell.border = Font(name=_FONT, size=10, bold=True, color="FFFFFF"), _HEAD, _LINE
        cell.alignment = Alignment(vertical="center", horizontal="center", wrap_text=True)
        return cell

    def _cell(self, column: int, got: _Value, bold: bool, fill: str) -> Any:
        kind, shown = "text", ""
        if isinstance(got, str):
            got = storable(got)
            kind = "quoted" if like_formula(got) else "text"
        elif isinstance(got, _Formula):
            kind, shown = "formula", "0.00"
        elif got is not None:
            whole = isinstance(got, int) or got == got.to_integral_value()
            kind, shown = "number", "General" if whole else "0.00##"
        key = (column, kind, shown, bold, fill)
        if key not in self._cells:
            self._cells[key] = self._styled(kind, shown, bold, fill)
        cell = self._cells[key]
        cell.value = got.text if isinstance(got, _Formula) else got
        if isinstance(got, str):
            cell.data_type = "s"
        return cell

    def _styled(self, kind: str, shown: str, bold: bool, fill: str) -> Any:
        cell: Any = WriteOnlyCell(self.sheet)
        cell.font, cell.border = Font(name=_FONT, size=10, bold=bold), _LINE
        cell.alignment = _WRAP if kind in ("text", "quoted") else _TOP
        if shown:
            cell.number_format = shown
        if fill:
            cell.fill = PatternFill("solid", fgColor=fill)
        if kind == "quoted":
            cell.quotePrefix = True
        return cell


def lines(text: str, width: int) -> int:
    """How many lines a text takes in a column: a Chinese character is two digits wide."""
    if len(text) * 2 < width and "\n" not in text:
        return 1
    room = max(2, width - 2)
    return sum(
        1 + max(0, sum(2 if east_asian_width(c) in "WF" else 1 for c in line) - 1) // room for line in text.split("\n")
    )


def storable(text: str) -> str:
    """A text without the characters a workbook cannot hold, and no longer than a cell can be."""
    if not text.isprintable():
        text = "".join(c for c in text if c.isprintable() or c in "\n\t　")
    return text if len(text) <= 32_000 else text[:32_000] + "…"


class WorkbookWriter:
    """Collects audits into sheets and saves them when closed."""

    def __init__(self, path: Path, *, titles: dict[str, str]) -> None:
        """Write to ``path``; ``titles`` are the titles of the checks by code."""
        self._path = path
        self._titles = titles
        self._summary = Summary()
        self._book = Workbook(write_only=True)
        self._scores = _Sheet(self._book, "复算", _SCORES)
        self._ledger = _Sheet(self._book, "检查清单", _LEDGER)
        self._notes: list[tuple[str, str, str, str]] = []
        # Findings wait on the disk until it is known which document is the worst.
        self._spool: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed in close()
        self._found: list[tuple[tuple[int, ...], int]] = []

    def add(self, audit: Audit) -> None:
        """Write the rows of one document."""
        self._summary.add(audit)
        name = audit.source.name
        if audit.findings:
            rows = [self._finding(name, audit, finding) for finding in audit.findings]
            self._found.append((_badness(audit.findings), self._spool.tell()))
            self._spool.write(json.dumps(rows, ensure_ascii=False) + "\n")
        if audit.forms:
            self._notes += [(name, p.code, p.message, str(p.place or "")) for p in audit.problems]
        for part in audit.forms:
            self._recomputed(name, part)
            project = _name(part.case.form)
            for entry in part.ledger:
                title = f"{entry.code} {self._titles.get(entry.code, '')}"
                self._ledger.add((name, project, title, OUTCOME_TITLES[entry.outcome], entry.reason))

    def _finding(self, file: str, audit: Audit, finding: Finding) -> tuple[str, ...]:
        form = audit.forms[finding.form].case.form if finding.form is not None else None
        rows = finding.indicator if isinstance(finding.indicator, tuple) else (finding.indicator or "",)
        return (
            file,
            _name(form) if form is not None else "",
            text_of(form.unit or form.department) if form is not None else "",
            "、".join(rows),
            "疑似" if finding.kind is Certainty.HEURISTIC else LEVEL_TITLES[finding.level],
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

    def _recomputed(self, file: str, part: FormAudit) -> None:
        form = part.case.form
        scored = [row for row in part.case.rows if row.weight is not None]
        if not scored or (part.printed_total is None and not any(row.printed is not None for row in scored)):
            return
        first = self._scores.rows + 1
        for row in scored:
            self._score_row(file, part, row)
        self._execution_row(file, part)
        last = self._scores.rows
        n = last + 1
        sums = [_Formula(f"=SUM({column}{first}:{column}{last})") for column in "HI"]
        # A row that cannot be recomputed counts with its printed score.
        again = _Formula(f'=SUM(J{first}:J{last})+SUMIF(J{first}:J{last},"",I{first}:I{last})')
        printed = f"表内总分 {part.printed_total}" if part.printed_total is not None else ""
        head = (file, _name(form), "", "合计", "", "", "")
        self._scores.add((*head, *sums, again, _Formula(f"=ROUND(I{n}-J{n},2)"), printed), bold=True)

    def _score_row(self, file: str, part: FormAudit, row: RowScore) -> None:
        form, score, n = part.case.form, row.score, self._scores.rows + 1
        context = context_of(row.row, form)
        actual = read_actual(text_of(row.row.actual), context.unit)
        got = actual.value if isinstance(actual, Quantity) else None
        self._scores.add(
            (
                file,
                _name(form),
                text_of(row.row.level1),
                row.row.name.text,
                text_of(row.row.target),
                text_of(row.row.actual),
                _decimal(got) if got is not None else None,
                row.weight,
                row.printed,
                _score_formula(row, context, got, part.case.shown, n),
                _Formula(f'=IF(OR(I{n}="",J{n}=""),"",ROUND(I{n}-J{n},2))'),
                arithmetic(score),
            )
        )

    def _execution_row(self, file: str, part: FormAudit) -> None:
        fund, got = scored_fund(part.case.form), part.case.execution
        if fund is None or got is None:
            return
        n = self._scores.rows + 1
        weight, printed = decimal(text_of(fund.weight)), decimal(text_of(fund.score))
        budget, executed = decimal(text_of(fund.annual_budget)), decimal(text_of(fund.executed))
        formula = _execution_formula(part.case.scheme, budget, executed, weight, got, n)
        self._scores.add(
            (
                file,
                _name(part.case.form),
                "预算执行",
                "预算执行率",
                text_of(fund.annual_budget),
                text_of(fund.executed),
                executed,
                weight,
                printed,
                formula,
                _Formula(f'=IF(OR(I{n}="",J{n}=""),"",ROUND(I{n}-J{n},2))'),
                arithmetic(got),
            )
        )

    def close(self) -> None:
        """Write the summary sheets and save."""
        total = self._summary
        first = _Sheet(self._book, "汇总", _SUMMARY)
        for number, row in enumerate(total.worst_first(), 1):
            off = row.printed - row.recomputed if row.printed is not None and row.recomputed is not None else None
            facts = (number, row.file, row.project, row.unit, KIND_TITLES[row.kind], row.year)
            scores = (row.printed, row.recomputed, off, row.grade)
            counts = (row.errors, row.warnings, row.infos, row.suspected, _PROOFS[row.proof])
            first.add((*facts, *scores, *counts))
        findings = _Sheet(self._book, "问题", _FINDINGS)
        for texts in self._worst_first():
            findings.add(texts, fills={4: _FILLS[texts[4]]})
        if not self._found:
            findings.add(("未发现问题", *("",) * (len(_FINDINGS) - 1)))
        codes = _Sheet(self._book, "常见问题", _CODES)
        for code, count in total.by_code.most_common():
            codes.add((code, self._titles.get(code, ""), count))
        units = _Sheet(self._book, "按单位", _UNITS)
        for unit in total.by_unit():
            units.add(unit)
        for title, lines in (
            ("未能审核", [(name, p.code, p.message, str(p.place or "")) for name, p in total.unread]),
            ("读取提示", self._notes),
        ):
            if lines:
                sheet = _Sheet(self._book, title, _UNREAD)
                for line in lines:
                    sheet.add(line)
        _redden(first, "I")
        _redden(self._scores, "K")
        for filtered in (first, findings, self._ledger):
            columns = get_column_letter(len(filtered._widths))
            filtered.sheet.auto_filter.ref = f"A1:{columns}{filtered.rows}"
        for place, title in enumerate(title for title in _ORDER if title in self._book.sheetnames):
            self._book.move_sheet(title, place - self._book.sheetnames.index(title))
        self._book.active = 0
        self._book.save(self._path)
        self._spool.close()

    def _worst_first(self) -> Iterable[list[str]]:
        """The rows of findings, document by document, the worst document first."""
        for _, offset in sorted(self._found):
            self._spool.seek(offset)
            yield from json.loads(self._spool.readline())


def _badness(findings: Sequence[Finding]) -> tuple[int, ...]:
    certain = [finding.level for finding in findings if finding.kind is Certainty.DETERMINISTIC]
    return -certain.count(Level.ERROR), -certain.count(Level.WARNING), -len(findings)


def _redden(sheet: _Sheet, column: str) -> None:
    """Mark differences that are numbers and not nought."""
    rule = FormulaRule([f"AND(ISNUMBER({column}2),ABS({column}2)>0.004)"], fill=PatternFill("solid", bgColor="FDECEA"))  # type: ignore[no-untyped-call]
    sheet.sheet.conditional_formatting.add(f"{column}2:{column}{max(sheet.rows, 2)}", rule)


def _name(form: Form) -> str:
    return text_of(form.project) or text_of(form.department) or text_of(form.unit) or KIND_TITLES[form.kind]


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)


# --- formulas ---------------------------------------------------------------------------------------------------------


def _score_formula(
    row: RowScore, context: Context, actual: Fraction | None, rounding: Rounding, n: int
) -> _Formula | None:
    """The recomputed score of row ``n``: the rule on the cells of the row where it has a formula, else a share of the weight.

    The rule's formula is used only if the rule gives the recomputed score for the numbers in the cells.
    """
    score, weight = row.score, row.weight
    if score is None or score.exact is None or weight is None:
        return None
    if actual is not None and row.reading is not None and len(row.reading.trees) == 1:
        tree = row.reading.trees[0]
        target = _target(context)
        numbers = {"actual": actual, "weight": Fraction(weight), **({} if target is None else {"target": target})}
        if value(tree, Env(dict(numbers))) == score.exact:
            formula = excel(tree, _cells(target, n), rounding)
            if formula is not None:
                return _Formula(formula)
    return _share(score.exact, weight, rounding, n)


def _share(exact: Fraction, weight: Decimal | None, rounding: Rounding, n: int) -> _Formula:
    """A score that follows from words, dates or judgement: its share of the weight."""
    if not weight:
        return _rounded(f"{exact.numerator}/{exact.denominator}", rounding)
    share = exact / Fraction(weight)
    whole = f"H{n}" if share == 1 else f"H{n}*{share.numerator}/{share.denominator}"
    return _rounded(whole, rounding)


def _rounded(body: str, rounding: Rounding) -> _Formula:
    name = "TRUNC" if rounding.mode is Mode.TRUNCATE else "ROUND"
    return _Formula(f"={name}({body}+{_GUARD},{rounding.places})")


def _execution_formula(
    scheme: Scheme, budget: Decimal | None, executed: Decimal | None, weight: Decimal | None, got: Score, n: int
) -> _Formula | None:
    """The execution score of row ``n`` from the executed amount in G and the weight in H."""
    if got.exact is None:
        return None
    if not budget or executed is None or weight is None:
        return _share(got.exact, weight, scheme.rounding, n)
    rate, full = Fraction(executed) / Fraction(budget), Fraction(scheme.execution_full) / 100
    shown = f"G{n}/{budget}"
    match scheme.execution:
        case "linear_capped":
            exact, body = min(rate, Fraction(1)), f"MIN(1,{shown})*H{n}"
        case "linear":
            exact, body = rate, f"{shown}*H{n}"
        case _:
            exact = Fraction(1) if rate >= full else rate
            body = f"IF({shown}>={_decimal(full)}-{_GUARD},1,{shown})*H{n}"
    if exact * Fraction(weight) != got.exact:  # amounts in other units, or a scheme's own way
        return _share(got.exact, weight, scheme.rounding, n)
    return _rounded(body, scheme.rounding)


def _target(context: Context) -> Fraction | None:
    target = target_of(context)
    bound = target.low if target.low is not None else target.high
    return None if bound is None or target.scale else Fraction(bound)


def _cells(target: Fraction | None, n: int) -> dict[str, str]:
    """Where the inputs of a rule stand in row ``n``; the target is a number of the row, written into the formula."""
    cells = {"actual": f"G{n}", "weight": f"H{n}"}
    return cells if target is None else {**cells, "target": f"{_decimal(target)}"}
