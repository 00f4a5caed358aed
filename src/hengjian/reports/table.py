"""The terminal report: for each form a line of facts, then its findings; colour only on terminals."""

from collections.abc import Iterable
from io import StringIO
from typing import IO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hengjian.audit.case import Audit, FormAudit, Outcome
from hengjian.reports.summary import KIND_TITLES, LEVEL_TITLES, Summary
from hengjian.values.finding import Certainty, Finding, Level

_STYLES = {Level.ERROR: "bold red", Level.WARNING: "yellow", Level.INFO: "cyan"}


class TableWriter:
    """Writes one block a document, and a closing summary when there were several."""

    def __init__(self, stream: IO[str]) -> None:
        """Write to ``stream``; piped output is 120 columns wide, plain, and has no blanks at the ends of lines."""
        self._stream = stream
        self._piped = None if stream.isatty() else StringIO()
        width = None if self._piped is None else 120
        self._console = Console(file=self._piped or stream, width=width, highlight=False, soft_wrap=False)
        self._summary = Summary()

    def add(self, audit: Audit) -> None:
        """Print one document."""
        self._summary.add(audit)
        say = self._console.print
        say(_text(f"■ {audit.source.name}", style="bold"))
        self._lines(
            (
                _text(f"  〔{problem.code}〕", "magenta"),
                _text(
                    (f"{problem.place}：" if problem.place and str(problem.place) else "") + problem.message, "magenta"
                ),
            )
            for problem in audit.problems
        )
        for index, form in enumerate(audit.forms):
            say(_text(_facts(form)))
            own = [finding for finding in audit.findings if finding.form == index]
            self._findings(own)
            if not own:
                say(_text("  未发现问题。", style="green"))
        self._findings([finding for finding in audit.findings if finding.form is None])
        say()
        self._hand_over()

    def _hand_over(self) -> None:
        if self._piped is None:
            return
        self._stream.writelines(line.rstrip() + "\n" for line in self._piped.getvalue().splitlines())
        self._piped.seek(0)
        self._piped.truncate()

    def _findings(self, findings: list[Finding]) -> None:
        self._lines(
            (
                _text(
                    f"  {'疑似' if finding.kind is Certainty.HEURISTIC else LEVEL_TITLES[finding.level]} {finding.code}",
                    _STYLES[finding.level],
                ),
                _told(finding),
            )
            for finding in findings
        )

    def _lines(self, rows: Iterable[tuple[Text, Text]]) -> None:
        """A mark and a text on each line; long texts go on below themselves."""
        table = Table(box=None, padding=(0, 1), show_header=False, pad_edge=False)
        table.add_column(width=10, no_wrap=True)
        table.add_column(ratio=1, overflow="fold")
        for row in rows:
            table.add_row(*row)
        if table.row_count:
            self._console.print(table)

    def close(self) -> None:
        """Print the summary of several documents, worst forms first."""
        if self._summary.documents > 1:
            self._close()
            self._hand_over()

    def _close(self) -> None:
        total = self._summary
        table = Table(title="汇总（问题多的在前）", title_justify="left", box=None, padding=(0, 1))
        for name in ("文件", "项目", "类型", "填报", "复算", "错误", "警告", "疑似"):
            table.add_column(
                name, justify="right" if name in ("填报", "复算", "错误", "警告", "疑似") else "left", overflow="fold"
            )
        for row in total.worst_first()[:50]:
            numbers = (row.printed, row.recomputed, row.errors, row.warnings, row.suspected)
            shown = ["—" if number is None else str(number) for number in numbers]
            table.add_row(_text(row.file), _text(row.project), KIND_TITLES[row.kind], *shown)
        self._console.print(table)
        if len(total.rows) > 50:
            self._console.print(f"  （只列前50张表，共{len(total.rows)}张；完整清单请用 --format xlsx）")
        counts = "，".join(f"{LEVEL_TITLES[level]}{total.by_level[level]}" for level in Level)
        self._console.print(f"共{total.documents}个文件、{len(total.rows)}张表：{counts}，疑似{total.suspected}。")
        for name, problem in total.unread:
            self._console.print(_text(f"未能审核：{name}：{problem.message}", style="magenta"))


def _text(text: str, style: str = "") -> Text:
    """A text without control characters: what a form prints must not steer the terminal."""
    return Text("".join(c for c in text if c.isprintable() or c == "\n" or c == "　"), style=style)


def _facts(form: FormAudit) -> str:
    facts = form.case.form
    parts = [KIND_TITLES[facts.kind]]
    if facts.project:
        parts.append(facts.project.text)
    if facts.year:
        parts.append(f"{facts.year}年度")
    if form.printed_total is not None:
        parts.append(
            f"填报{form.printed_total}分，复算{form.case.recomputed_total}分"
            + (f"（{form.grade}）" if form.grade else "")
        )
    done = form.count(Outcome.PASSED) + form.count(Outcome.FAILED)
    parts.append(f"应查{len(form.ledger)}项，已查{done}项，不适用{form.count(Outcome.NOT_APPLICABLE)}项")
    return "  " + "　".join(parts)


def _told(finding: Finding) -> Text:
    text = Text()
    if finding.indicator:
        names = (finding.indicator,) if isinstance(finding.indicator, str) else finding.indicator
        shown = "、".join(names[:3]) + (f"等{len(names)}项" if len(names) > 3 else "")
        text.append(_text(f"【{shown}】", "bold"))
    text.append(_text(finding.message))
    if finding.derivation:
        text.append(_text(f"\n{finding.derivation}", "dim"))
    if finding.place and str(finding.place):
        text.append(_text(f"　（{finding.place}）", "dim"))
    return text
