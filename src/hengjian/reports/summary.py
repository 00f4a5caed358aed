"""The summary of many audits: a small row for each form, counts by code and by unit, the distribution of scores.

It grows by one short row a form, so that a thousand files can be reported while their contents are let go.
"""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from hengjian.audit.case import Audit, FormAudit, Outcome, text_of
from hengjian.forms.form import Kind
from hengjian.values.finding import Certainty, Finding, Level, Problem

KIND_TITLES = {
    Kind.DECLARATION: "绩效目标申报表",
    Kind.DISCLOSURE: "项目文本公开",
    Kind.SELF_EVALUATION: "项目支出自评表",
    Kind.MONITORING: "绩效运行监控表",
    Kind.DEPARTMENT_OVERALL: "部门整体绩效表",
    Kind.RESPONSIBILITY: "职责活动绩效表",
    Kind.EVALUATION: "绩效评价评分表",
}
LEVEL_TITLES = {Level.ERROR: "错误", Level.WARNING: "警告", Level.INFO: "提示"}
OUTCOME_TITLES = {
    Outcome.PASSED: "通过",
    Outcome.FAILED: "有问题",
    Outcome.NOT_APPLICABLE: "不适用",
    Outcome.INSUFFICIENT_DATA: "资料不足",
    Outcome.UNREADABLE: "无法读取",
    Outcome.NOT_IMPLEMENTED: "暂不支持",
}
# Lower bounds of the columns of the score distribution.
SCORE_STEPS = (Decimal(100), Decimal(95), Decimal(90), Decimal(80), Decimal(60), Decimal(0))


@dataclass(frozen=True, slots=True)
class FormRow:
    """One form in the summary. ``number`` counts documents from 1, ``form`` forms from 0."""

    number: int
    form: int
    file: str
    project: str
    unit: str
    kind: Kind
    year: int | None
    printed: Decimal | None
    recomputed: Decimal | None
    grade: str
    errors: int
    warnings: int
    infos: int
    suspected: int
    proof: str

    @property
    def badness(self) -> tuple[int, int, int, Decimal]:
        """The order of reading: most errors first, then warnings, then how far the total is off."""
        off = Decimal(0)
        if self.printed is not None and self.recomputed is not None:
            off = abs(self.printed - self.recomputed)
        return -self.errors, -self.warnings, -self.suspected, -off


@dataclass(slots=True)
class Summary:
    """What a report over many documents says first. Fill it with ``add``."""

    documents: int = 0
    rows: list[FormRow] = field(default_factory=list)
    unread: list[tuple[str, Problem]] = field(default_factory=list)
    by_code: Counter[str] = field(default_factory=Counter)
    by_level: Counter[Level] = field(default_factory=Counter)
    suspected: int = 0
    ledger: Counter[Outcome] = field(default_factory=Counter)

    def add(self, audit: Audit) -> None:
        """Count one document."""
        self.documents += 1
        for index, form in enumerate(audit.forms):
            own = [finding for finding in audit.findings if finding.form == index]
            self.rows.append(_row(self.documents, index, audit, form, own))
            for outcome in Outcome:
                self.ledger[outcome] += form.count(outcome)
        if not audit.forms:
            self.unread += [(audit.source.name, problem) for problem in audit.problems]
        for finding in audit.findings:
            self.by_code[finding.code] += 1
            if finding.kind is Certainty.HEURISTIC:
                self.suspected += 1
            else:
                self.by_level[finding.level] += 1

    def worst_first(self) -> list[FormRow]:
        """The forms in the order in which a reviewer should read them."""
        return sorted(self.rows, key=lambda row: row.badness)

    def by_unit(self) -> list[tuple[str, int, int, int, Decimal | None]]:
        """(unit, forms, errors, warnings, mean printed total) for each unit, most errors first."""
        units: dict[str, list[FormRow]] = {}
        for row in self.rows:
            units.setdefault(row.unit or "（未填单位）", []).append(row)
        out = []
        for unit, rows in units.items():
            totals = [row.printed for row in rows if row.printed is not None]
            mean = (sum(totals, Decimal(0)) / len(totals)).quantize(Decimal("0.01")) if totals else None
            out.append((unit, len(rows), sum(r.errors for r in rows), sum(r.warnings for r in rows), mean))
        return sorted(out, key=lambda line: (-line[2], -line[3], line[0]))

    def distribution(self) -> list[tuple[str, int]]:
        """(label, forms) for each step of the printed totals, highest first."""
        out = []
        upper: Decimal | None = None
        for low in SCORE_STEPS:
            inside = [
                r
                for r in self.rows
                if r.printed is not None and r.printed >= low and (upper is None or r.printed < upper)
            ]
            label = f"{low}分及以上" if upper is None else f"{low}～{upper}（不含）"
            out.append((label, len(inside)))
            upper = low
        return out


def _row(number: int, index: int, audit: Audit, form: FormAudit, findings: list[Finding]) -> FormRow:
    facts = form.case.form
    certain = Counter(finding.level for finding in findings if finding.kind is Certainty.DETERMINISTIC)
    return FormRow(
        number,
        index,
        audit.source.name,
        text_of(facts.project) or text_of(facts.department) or text_of(facts.unit) or KIND_TITLES[facts.kind],
        text_of(facts.unit) or text_of(facts.department),
        facts.kind,
        facts.year,
        form.printed_total,
        form.case.recomputed_total,
        form.grade,
        certain[Level.ERROR],
        certain[Level.WARNING],
        certain[Level.INFO],
        sum(finding.kind is Certainty.HEURISTIC for finding in findings),
        facts.proof.value,
    )
