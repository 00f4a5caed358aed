"""A form and its findings arranged for people: facts, money table, indicator table, remarks beside the cells.

Both the HTML page and the printed papers draw from these views, so that they show the same cells and the same words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hengjian.audit.case import Audit, Case, Outcome, RowScore, context_of, decimal, scored_fund, text_of
from hengjian.forms.form import Form, Indicator, Printed, Proof
from hengjian.reports.summary import KIND_TITLES, OUTCOME_TITLES
from hengjian.rules.curve import Curve, curve, svg
from hengjian.rules.explain import explain
from hengjian.rules.score import Score
from hengjian.values.finding import Finding
from hengjian.values.quantity import Quantity, read_actual, read_quantity

PROOF_TITLES = {
    Proof.PROVED: "各项合计全部吻合，读取结果已验证",
    Proof.CONSISTENT: "能核对的合计全部吻合",
    Proof.UNPROVED: "没有合计可供验证，或合计不吻合，请对照原件",
}

# The printed columns of an indicator table in reading order: field and heading.
COLUMNS = (
    ("activity", "活动"),
    ("goal", "目标名称"),
    ("level1", "一级指标"),
    ("level2", "二级指标"),
    ("code", "编码"),
    ("name", "指标"),
    ("sign", "符号"),
    ("initial_target", "年初指标值"),
    ("target", "指标值"),
    ("measure_unit", "单位"),
    ("actual", "完成值"),
    ("forecast", "全年预计"),
    ("coefficient", "得分系数"),
    ("weight", "分值"),
    ("score", "得分"),
    ("reason_kind", "偏差类别"),
    ("deviation", "偏差原因及改进措施"),
    ("likelihood", "完成可能性"),
    ("rule", "评分标准"),
    ("basis", "依据"),
    ("standard", "标准"),
    ("core", "核心"),
    ("remark", "备注"),
)
_MERGED = ("activity", "goal", "level1", "level2")
_NUMBERS = frozenset({"weight", "score", "coefficient", "recomputed"})
FUND_COLUMNS = (
    ("item", "项目"),
    ("initial_budget", "年初预算数"),
    ("annual_budget", "全年预算数"),
    ("executed", "执行数"),
    ("forecast", "全年预计执行数"),
    ("weight", "分值"),
    ("rate", "执行率"),
    ("score", "得分"),
    ("reason", "原因说明"),
)


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell of a drawn table. ``span`` is 0 where it repeats the cell above; ``mark`` the worst level, or ""."""

    text: str
    field: str
    span: int = 1
    mark: str = ""
    number: bool = False


@dataclass(frozen=True, slots=True)
class RowView:
    """One drawn row with what was found on it."""

    cells: tuple[CellView, ...]
    findings: tuple[Finding, ...]
    reading: str = ""
    derivation: str = ""
    reason: str = ""
    curve: str = ""
    trace: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the class chart: ``share`` of the weight in percent for the printed and the recomputed score."""

    label: str
    weight: Decimal
    printed: Decimal | None
    recomputed: Decimal | None

    @property
    def shares(self) -> tuple[float, float]:
        """Printed and recomputed score in percent of the weight (for the length of a bar only)."""
        whole = float(self.weight) or 1.0
        return float(self.printed or 0) / whole * 100, float(self.recomputed or 0) / whole * 100


@dataclass(frozen=True, slots=True)
class FormView:
    """A form ready to be drawn."""

    index: int
    title: str
    kind: str
    facts: tuple[tuple[str, str], ...]
    printed_total: Decimal | None
    recomputed_total: Decimal | None
    grade: str
    rounding: str
    bars: tuple[Bar, ...]
    execution: tuple[Decimal, Decimal] | None  # execution rate and completion rate in percent
    headings: tuple[tuple[str, str], ...]
    rows: tuple[RowView, ...]
    fund_headings: tuple[tuple[str, str], ...]
    funds: tuple[tuple[CellView, ...], ...]
    texts: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]  # those of the whole form
    all_findings: tuple[Finding, ...]
    ledger: tuple[tuple[str, str, str], ...]
    counts: tuple[tuple[str, int], ...]
    owed: int
    proof: str
    identities: tuple[tuple[str, bool, str], ...]
    repairs: tuple[str, ...]


def form_view(audit: Audit, index: int, *, curves: bool = True) -> FormView:
    """The view of one form of an audit. ``curves`` draws the rule's curve on rows with findings."""
    part = audit.forms[index]
    case, form = part.case, part.case.form
    own = tuple(finding for finding in audit.findings if finding.form == index)
    return FormView(
        index=index,
        title=text_of(form.title) or KIND_TITLES[form.kind],
        kind=KIND_TITLES[form.kind],
        facts=_facts(form, case),
        printed_total=part.printed_total,
        recomputed_total=case.recomputed_total,
        grade=part.grade,
        rounding=str(case.rounding) if case.rounding is not None else "",
        bars=_bars(case),
        execution=_execution(case),
        headings=headings(form),
        rows=_rows(case, own, curves),
        fund_headings=fund_headings(form),
        funds=_funds(form, own),
        texts=_texts(form),
        findings=tuple(finding for finding in own if finding.indicator is None),
        all_findings=own,
        ledger=tuple((e.code, OUTCOME_TITLES[e.outcome], e.reason) for e in part.ledger),
        counts=tuple((OUTCOME_TITLES[outcome], part.count(outcome)) for outcome in Outcome),
        owed=len(part.ledger),
        proof=PROOF_TITLES[form.proof],
        identities=tuple((i.name, i.holds, i.derivation) for i in form.identities),
        repairs=form.repairs,
    )


def headings(form: Form) -> tuple[tuple[str, str], ...]:
    """(field, heading) of the columns this form prints; a recomputed score stands beside a printed one."""
    out: list[tuple[str, str]] = []
    for field, title in COLUMNS:
        if any(getattr(row, field) is not None for row in form.indicators):
            out.append((field, title))
            if field == "score":
                out.append(("recomputed", "复算"))
        if field == "name":
            for group in ("history", "bands"):
                labels = dict.fromkeys(label for row in form.indicators for label, _ in getattr(row, group))
                out += [(f"{group}:{label}", label) for label in labels]
    return tuple(out)


def fund_headings(form: Form) -> tuple[tuple[str, str], ...]:
    """(field, heading) of the columns the money table prints."""
    return tuple((f, title) for f, title in FUND_COLUMNS if any(getattr(fund, f) is not None for fund in form.funds))


def cell_text(row: Indicator, field: str) -> str:
    """The text of a column of an indicator row (``bands:优`` and ``history:上年`` name pairs)."""
    if ":" in field:
        group, label = field.split(":", 1)
        pairs: tuple[tuple[str, Printed], ...] = getattr(row, group)
        return {name: printed.text for name, printed in pairs}.get(label, "")
    value: Printed | None = getattr(row, field)
    return text_of(value)


def _facts(form: Form, case: Case) -> tuple[tuple[str, str], ...]:
    money = ""
    if form.money_unit is not None:
        money = form.money_unit.value + ("（推断）" if form.money_unit_inferred else "")
    pairs = (
        ("项目", text_of(form.project)),
        ("主管部门", text_of(form.department)),
        ("实施单位", text_of(form.unit)),
        ("年度", str(form.year) if form.year else ""),
        ("期间", text_of(form.period)),
        ("金额单位", money),
        ("评分方案", case.scheme.title),
    )
    return tuple((label, text) for label, text in pairs if text)


def _bars(case: Case) -> tuple[Bar, ...]:
    groups: dict[str, list[RowScore]] = {}
    for row in case.rows:
        if row.weight is not None and row.row.level1 is not None:
            groups.setdefault(row.row.level1.text or "（未分类）", []).append(row)
    bars = []
    for label, rows in groups.items():
        printed = [row.printed for row in rows if row.printed is not None]
        again = [row.score.value if row.score and row.score.value is not None else row.printed for row in rows]
        known = [value for value in again if value is not None]
        weight = sum((row.weight for row in rows if row.weight is not None), Decimal(0))
        if printed:
            bars.append(Bar(label, weight, sum(printed, Decimal(0)), sum(known, Decimal(0))))
    return tuple(bars)


def _execution(case: Case) -> tuple[Decimal, Decimal] | None:
    """Execution rate beside the share of the indicators' points that was earned: the two should move together."""
    fund = scored_fund(case.form)
    budget = decimal(text_of(fund.annual_budget)) if fund is not None else None
    executed = decimal(text_of(fund.executed)) if fund is not None else None
    weights = sum((row.weight for row in case.rows if row.weight is not None and row.printed is not None), Decimal(0))
    points = sum((row.printed for row in case.rows if row.printed is not None), Decimal(0))
    if not budget or executed is None or not weights:
        return None
    cent = Decimal("0.01")
    return (executed / budget * 100).quantize(cent), (points / weights * 100).quantize(cent)


def _rows(case: Case, own: Sequence[Finding], curves: bool) -> tuple[RowView, ...]:
    shown = headings(case.form)
    spans = {field: _spans([cell_text(r.row, field) for r in case.rows]) for field, _ in shown if field in _MERGED}
    out = []
    for number, row in enumerate(case.rows):
        name = row.row.name.text
        found = tuple(f for f in own if f.indicator == name or (isinstance(f.indicator, tuple) and name in f.indicator))
        cells = tuple(
            CellView(
                _cell(row, field),
                field,
                spans[field][number] if field in spans else 1,
                _mark(field, found),
                field in _NUMBERS,
            )
            for field, _ in shown
        )
        out.append(_row_view(case, row, cells, found, curves))
    return tuple(out)


def _row_view(
    case: Case, row: RowScore, cells: tuple[CellView, ...], found: tuple[Finding, ...], curves: bool
) -> RowView:
    score = row.score
    reading = explain(row.reading) if row.reading is not None and row.reading.trees else ""
    return RowView(
        cells,
        found,
        reading,
        arithmetic(score) if score is not None and score.value is not None else "",
        score.reason if score is not None else "",
        _curve(case, row) if curves and found else "",
        tuple(f"{step.label}：{step.text}" for step in score.trace) if score is not None else (),
    )


def _curve(case: Case, row: RowScore) -> str:
    if row.reading is None or not row.reading.trees:
        return ""
    context = context_of(row.row, case.form)
    drawn: Curve | None = curve(row.reading.trees[0], context)
    if drawn is None:
        return ""
    actual = _plain(read_actual(text_of(row.row.actual), drawn.unit)) if drawn.variable == "actual" else None
    target = _plain(read_quantity(context.target)) if drawn.variable == "actual" else None
    exact = row.score.exact if row.score is not None else None
    return svg(drawn, target=target, actual=actual, score=exact, width=420, height=220)


def arithmetic(score: Score | None) -> str:
    """The line of arithmetic behind a recomputed score, ending with it, or why there is none."""
    if score is None:
        return ""
    return score.reason if score.value is None else score.derivation


def _plain(value: object) -> Fraction | None:
    return value.value if isinstance(value, Quantity) else None


def _cell(row: RowScore, field: str) -> str:
    if field == "recomputed":
        return f"{row.score.value}" if row.score is not None and row.score.value is not None else ""
    return cell_text(row.row, field)


def _mark(field: str, found: Sequence[Finding]) -> str:
    levels = [finding.level.value for finding in found if finding.field.split(".")[0] == field.split(":")[0]]
    return min(levels, key="EWI".index) if levels else ""


def _spans(texts: Sequence[str]) -> list[int]:
    """Row spans for a column: equal neighbours become one cell, the others get 0."""
    spans = [1] * len(texts)
    start = 0
    for index in range(1, len(texts)):
        if texts[index] == texts[start] and texts[index]:
            spans[start] += 1
            spans[index] = 0
        else:
            start = index
    return spans


def _funds(form: Form, own: Sequence[Finding]) -> tuple[tuple[CellView, ...], ...]:
    shown = fund_headings(form)
    out = []
    for fund in form.funds:
        cells = []
        for field, _ in shown:
            printed: Printed | None = getattr(fund, field)
            hit = [
                f
                for f in own
                if f.indicator is None
                and f.field in (f"funds.{field}", "funds")
                and f.place
                and printed
                and f.place == printed.place
            ]
            mark = min((f.level.value for f in hit), key="EWI".index) if hit else ""
            cells.append(CellView(text_of(printed), field, 1, mark, field not in ("item", "reason")))
        out.append(tuple(cells))
    return tuple(out)


def _texts(form: Form) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    if form.goal is not None:
        for label, printed in (
            ("预期目标", form.goal.expected),
            ("调整后目标", form.goal.adjusted),
            ("实际完成情况", form.goal.achieved),
        ):
            if printed:
                pairs.append((label, printed.text))
    pairs += [("绩效目标", goal.text) for goal in form.goals if goal]
    for label, printed in (("评价结论", form.conclusion), ("存在问题", form.problems), ("改进措施", form.measures)):
        if printed:
            pairs.append((label, printed.text))
    return tuple(pairs)
