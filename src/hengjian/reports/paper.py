"""The working paper (工作底稿) as a Word file in official layout (GB/T 9704: A4, margins 37/35/28/26 mm, 22 lines a page).

The fonts of the standard are proprietary: they are named, with free fallbacks, and never shipped.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from hengjian.audit.case import Audit, FormAudit, Outcome, scored_fund, text_of
from hengjian.reports.summary import KIND_TITLES, LEVEL_TITLES, OUTCOME_TITLES, Summary
from hengjian.reports.view import arithmetic
from hengjian.values.finding import Certainty, Finding, Level

TITLE_FONT, BODY_FONT, HEAD_FONT, SUB_FONT = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
_NUMERALS = "一二三四五六七八九十"
_LISTED = 100  # forms in the overview


def official_document(*, landscape: bool = False) -> Any:
    """An empty document with the page, fonts and line spacing of the standard."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
        Mm(37),
        Mm(35),
        Mm(28),
        Mm(26),
    )
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
            Mm(28),
            Mm(26),
            Mm(25),
            Mm(25),
        )
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(16)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY_FONT)
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = Pt(28)
    style.paragraph_format.space_after = Pt(0)
    add_page_number(section)
    return document


def paragraph(
    document: Any,
    text: str,
    *,
    font: str = BODY_FONT,
    size: float = 16,
    bold: bool = False,
    indent: bool = True,
    align: Any = None,
) -> Any:
    """A paragraph in one font; body text is indented by two characters."""
    added = document.add_paragraph()
    if indent:
        added.paragraph_format.first_line_indent = Pt(size * 2)
    if align is not None:
        added.alignment = align
    run = added.add_run(clean(text))
    _set_font(run, font, size, bold)
    return added


def _set_font(run: Any, font: str, size: float, bold: bool) -> None:
    run.font.name, run.font.size, run.bold = "Times New Roman", Pt(size), bold
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)


def _set_mark(line: Any, size: float) -> None:
    """The paragraph's end in the size of its text: else an empty cell is as high as body text."""
    properties, height = OxmlElement("w:rPr"), OxmlElement("w:sz")
    height.set(qn("w:val"), str(round(size * 2)))
    properties.append(height)
    line._p.get_or_add_pPr().append(properties)


def clean(text: str) -> str:
    """Text without the control characters that Word files cannot hold."""
    return "".join(c for c in text if c.isprintable() or c in "\n\t")


def table(
    document: Any,
    heads: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    widths: tuple[float, ...],
    *,
    size: float = 10.5,
) -> Any:
    """A ruled table with a repeated header row; ``widths`` in millimetres."""
    made = document.add_table(rows=1, cols=len(heads))
    made.style, made.alignment, made.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    made.rows[0]._tr.get_or_add_trPr().append(mark)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Mm(width)  # some programs follow the columns, some the cells
    for texts, bold in ((heads, True), *((row, False) for row in rows)):
        line_of_cells = made.rows[0] if bold else made.add_row()
        line_of_cells._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        cells = line_of_cells.cells
        for cell, text, width in zip(cells, texts, widths, strict=True):
            cell.width = Mm(width)
            line = cell.paragraphs[0]
            line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
            run = line.add_run(clean(text))
            _set_font(run, HEAD_FONT if bold else "宋体", size, bold)
            _set_mark(line, size)
            if bold:
                line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return made


def add_page_number(section: Any) -> None:
    """``— 1 —`` at the foot, size 4, Arabic."""
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for piece in ("— ", None, " —"):
        run = foot.add_run(piece or "")
        run.font.size = Pt(14)
        if piece is None:
            for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
                element = OxmlElement("w:fldChar" if kind else "w:instrText")
                if kind:
                    element.set(qn("w:fldCharType"), kind)
                else:
                    element.text = text
                run._element.append(element)


class PaperWriter:
    """One working paper over all documents: conclusion, findings form by form, recomputation, checks not done."""

    def __init__(self, path: Path, *, titles: dict[str, str]) -> None:
        """Write to ``path``; ``titles`` are the titles of the checks by code."""
        self._path, self._titles = path, titles
        self._summary = Summary()
        self._document = official_document()
        paragraph(
            self._document,
            "绩效表格审核工作底稿",
            font=TITLE_FONT,
            size=22,
            indent=False,
            align=WD_ALIGN_PARAGRAPH.CENTER,
        )
        paragraph(self._document, "", indent=False)
        self._number = 0
        self._start = self._document.paragraphs[-1]  # the overview goes here when all documents are known

    def add(self, audit: Audit) -> None:
        """Write the part of one document."""
        self._summary.add(audit)
        for index, part in enumerate(audit.forms):
            self._number += 1
            self._form(audit, index, part)
        loose = [finding for finding in audit.findings if finding.form is None]
        if loose or audit.problems or not audit.forms:
            self._number += 1
            self._heading(f"{self._ordinal()}、{audit.source.name}")
            for problem in audit.problems:
                place = f"（{problem.place}）" if problem.place is not None and str(problem.place) else ""
                self._body(f"〔{problem.code}〕{problem.message}{place}")
            self._told(loose)

    def _ordinal(self) -> str:
        n = self._number
        if n <= 10:
            return _NUMERALS[n - 1]
        tens, ones = divmod(n, 10)
        if n < 100:
            return ("" if tens == 1 else _NUMERALS[tens - 1]) + "十" + (_NUMERALS[ones - 1] if ones else "")
        return str(n)

    def _heading(self, text: str) -> None:
        paragraph(self._document, text, font=HEAD_FONT).paragraph_format.keep_with_next = True

    def _sub(self, text: str) -> None:
        paragraph(self._document, text, font=SUB_FONT).paragraph_format.keep_with_next = True

    def _body(self, text: str) -> None:
        paragraph(self._document, text)

    def _form(self, audit: Audit, index: int, part: FormAudit) -> None:
        form, case = part.case.form, part.case
        self._heading(
            f"{self._ordinal()}、{text_of(form.project) or text_of(form.department) or KIND_TITLES[form.kind]}"
        )
        facts = [f"文件：{audit.source.name}", f"表格：{text_of(form.title) or KIND_TITLES[form.kind]}"]
        facts += [
            f"{label}：{text_of(value)}"
            for label, value in (("主管部门", form.department), ("实施单位", form.unit))
            if value
        ]
        facts += [f"年度：{form.year}"] if form.year else []
        self._body("；".join(facts) + f"。评分方案：{case.scheme.title}。")
        own = [finding for finding in audit.findings if finding.form == index]
        self._sub("（一）审核结论")
        self._body(self._conclusion(part, own))
        self._sub("（二）发现的问题")
        if not own:
            self._body("未发现问题。")
        self._told(own)
        scored = [row for row in case.rows if row.weight is not None and row.printed is not None]
        if scored:
            self._sub("（三）得分复算")
            rows = [
                (
                    row.row.name.text,
                    text_of(row.row.target),
                    text_of(row.row.actual),
                    f"{row.weight}",
                    f"{row.printed}",
                    f"{row.score.value}" if row.score is not None and row.score.value is not None else "—",
                    arithmetic(row.score),
                )
                for row in scored
            ]
            fund = scored_fund(form)
            if fund is not None and case.execution is not None and case.execution.value is not None:
                got = case.execution
                rows.append(
                    (
                        "预算执行率",
                        text_of(fund.annual_budget),
                        text_of(fund.executed),
                        text_of(fund.weight),
                        text_of(fund.score),
                        f"{got.value}",
                        arithmetic(got),
                    )
                )
            rows.append(("合计", "", "", "", f"{part.printed_total or ''}", f"{case.recomputed_total or ''}", ""))
            table(
                self._document,
                ("指标", "指标值", "完成值", "分值", "填报", "复算", "算式或说明"),
                rows,
                (34, 22, 22, 11, 13, 13, 41),
                size=9,
            )
        open_checks = [e for e in part.ledger if e.outcome in (Outcome.INSUFFICIENT_DATA, Outcome.UNREADABLE)]
        if open_checks:
            self._sub(f"（{'四' if scored else '三'}）因资料不足未能完成的检查")
            told = "；".join(f"{e.code}{self._titles.get(e.code, '')}（{e.reason}）" for e in open_checks)
            self._body(told + "。")

    def _conclusion(self, part: FormAudit, own: list[Finding]) -> str:
        certain = [finding for finding in own if finding.kind is Certainty.DETERMINISTIC]
        counts = "、".join(f"{LEVEL_TITLES[level]}{sum(f.level is level for f in certain)}项" for level in Level)
        text = ""
        if part.printed_total is not None and part.case.recomputed_total is not None:
            text = f"填报总分{part.printed_total}分，复算{part.case.recomputed_total}分（{part.grade}）。"
        done = part.count(Outcome.PASSED) + part.count(Outcome.FAILED)
        states = "、".join(
            f"{OUTCOME_TITLES[o]}{part.count(o)}项"
            for o in (Outcome.NOT_APPLICABLE, Outcome.INSUFFICIENT_DATA)
            if part.count(o)
        )
        return (
            f"{text}应查{len(part.ledger)}项，完成{done}项"
            + (f"，{states}" if states else "")
            + f"。发现{counts}，另有疑似线索{len(own) - len(certain)}项，须人工核实。"
        )

    def _told(self, findings: list[Finding]) -> None:
        """The findings, one numbered item for each code: its rows, then the norm and the advice once."""
        groups: dict[tuple[str, str, str], list[Finding]] = {}
        for finding in findings:
            groups.setdefault((finding.code, finding.why, finding.advice), []).append(finding)
        for number, ((code, why, advice), group) in enumerate(groups.items(), 1):
            first = group[0]
            mark = "疑似" if first.kind is Certainty.HEURISTIC else LEVEL_TITLES[first.level]
            title = f"{number}．{self._titles.get(code, '')}〔{mark} {code}〕"
            if len(group) == 1:
                paragraph(self._document, f"{title}：{_sentence(first)}")
            else:
                paragraph(self._document, f"{title}，{len(group)}处：")
                for finding in group:
                    paragraph(self._document, f"—{_sentence(finding)}", size=14)
            more = [f"依据：{why}"] if why else []
            more += [f"建议：{advice}"] if advice else []
            if more:
                paragraph(
                    self._document, "；".join(part.rstrip("。；") for part in more) + "。", font=SUB_FONT, size=14
                )

    def _overview(self) -> None:
        """Before the forms, what was looked at and which forms need work first."""
        total = self._summary
        before = len(self._document.element.body)
        counts = "、".join(f"{LEVEL_TITLES[level]}{total.by_level[level]}项" for level in Level)
        self._body(
            f"本次审核{total.documents}个文件、{len(total.rows)}张表，发现{counts}，另有疑似线索{total.suspected}项。"
            + ("各表按问题多少排列如下。" if total.rows else "")
        )
        heads = ("项目", "表格", "填报", "复算", "错误", "警告", "疑似")
        rows = [
            (row.project, KIND_TITLES[row.kind], *("—" if n is None else str(n) for n in numbers))
            for row in total.worst_first()
            for numbers in ((row.printed, row.recomputed, row.errors, row.warnings, row.suspected),)
        ]
        if rows:
            table(self._document, heads, rows[:_LISTED], (54, 34, 16, 16, 12, 12, 12), size=9)
        if len(rows) > _LISTED:
            self._body(f"（只列前{_LISTED}张表，共{len(rows)}张。）")
        for name, problem in total.unread:
            self._body(f"未能审核：{name}。〔{problem.code}〕{problem.message}")
        # Written at the end, belongs to the beginning.
        made = list(self._document.element.body)[before - 1 : -1]
        for element in reversed(made):
            self._start._p.addnext(element)

    def close(self) -> None:
        """Write the overview and who signs, and save."""
        total = self._summary
        if total.documents > 1:
            self._overview()
        paragraph(self._document, "", indent=False)
        self._body(
            f"本底稿覆盖{total.documents}个文件、{len(total.rows)}张表。结论由程序按填报数据和公开规则得出，须经复核人确认。"
        )
        paragraph(self._document, "", indent=False)
        self._body("审核人：　　　　　　　　复核人：　　　　　　　　日期：")
        self._document.save(str(self._path))


def _sentence(finding: Finding) -> str:
    """What is wrong, with the row, the sum and the place."""
    names = (finding.indicator,) if isinstance(finding.indicator, str) else (finding.indicator or ())
    row = f"“{'、'.join(names)}”：" if names else ""
    sums = f"；算式：{finding.derivation}" if finding.derivation else ""
    place = f"（{finding.place}）" if finding.place is not None and str(finding.place) else ""
    return f"{row}{finding.message.rstrip('。')}{sums}{place}。"
