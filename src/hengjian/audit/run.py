"""Running the audit: prepare a case once, ask every owed check, keep the ledger, rank what was found."""

from collections.abc import Sequence
from dataclasses import fields, replace
from decimal import Decimal
from fractions import Fraction

from hengjian.audit.case import (
    OWN_RULES,
    Audit,
    Case,
    Check,
    Entry,
    FormAudit,
    Found,
    Heading,
    Outcome,
    RowScore,
    Skip,
    context_of,
    decimal,
    printed_total,
    scored_fund,
    text_of,
)
from hengjian.audit.checks import CHECKS, FILE_CHECKS
from hengjian.audit.memory import Derived, Memory, Recalled
from hengjian.audit.scores import verdict
from hengjian.audit.total import factor_of, limit_of, total_of
from hengjian.forms.form import Form, Fund, Indicator, Kind, Printed
from hengjian.forms.layout import Source
from hengjian.rules.accepted import Book
from hengjian.rules.defaults import execution_score
from hengjian.rules.practice import Practice, infer_rounding
from hengjian.rules.reading import Reading
from hengjian.rules.rule import notes_of, rule_of
from hengjian.rules.run import score
from hengjian.rules.scheme import Scheme, scheme_for
from hengjian.rules.score import Score, rounded_as
from hengjian.values.finding import Certainty, Finding, Level, Problem
from hengjian.values.money import MoneyUnit, read_money
from hengjian.values.rounding import NATIONAL, Rounding

# Families whose rows are scored; the others may still print rules, which are read and checked.
SCORED = frozenset({Kind.SELF_EVALUATION, Kind.DEPARTMENT_OVERALL, Kind.EVALUATION})


def audit_document(
    source: Source,
    forms: Sequence[Form],
    problems: Sequence[Problem],
    scheme: Scheme | None = None,
    accepted: Book | None = None,
    memory: Memory | None = None,
) -> Audit:
    """The audit of one file. ``scheme`` holds for every form; None chooses one for each form.

    Rules are read as people have confirmed them in ``accepted``, where they have.
    """
    cases = [
        prepare(form, index, scheme or scheme_for(form), forms, accepted, memory) for index, form in enumerate(forms)
    ]
    findings: list[Finding] = []
    audits: list[FormAudit] = []
    for case in cases:
        ledger: list[Entry] = []
        for check in CHECKS:
            if case.form.kind in check.kinds:
                entry, found = _ask(check, case)
                ledger.append(entry)
                findings += found
        audits.append(FormAudit(case, tuple(ledger), printed_total(case.form), _grade(case)))
    for wide in FILE_CHECKS:
        findings += (_finding(wide, found, None) for found in wide.run(tuple(cases), tuple(problems)))
    return Audit(source, tuple(audits), tuple(sorted(findings, key=_rank)), tuple(problems))


def prepare(
    form: Form,
    index: int,
    scheme: Scheme,
    forms: Sequence[Form] = (),
    accepted: Book | None = None,
    memory: Memory | None = None,
) -> Case:
    """Everything that is derived from a form once: readings, recomputed scores, the unit's rounding practice.

    ``memory`` spares rows that stood in a form before the work; what it gives back is what would be derived anew.
    """
    recalled = memory.of(scheme, form.kind) if memory is not None and accepted is None else None
    exact = tuple(_row_score(row, form, scheme, accepted, recalled) for row in form.indicators)
    practice = _practice(exact)
    shown = practice.rounding if practice is not None and practice.firm else NATIONAL
    rows = exact if shown == NATIONAL else tuple(_rounded(row, shown) for row in exact)
    execution = _execution(form, scheme)
    siblings = tuple(other for other in forms if other is not form)
    total = _recomputed_total(form, rows, execution, scheme)
    rounding = None if practice is None else practice.rounding
    case = Case(form, index, scheme, rows, execution, rounding, total, siblings, shown=shown)
    return replace(case, verdicts=tuple(verdict(row, case) for row in rows))


def _reading(row: Indicator, form: Form, scheme: Scheme, accepted: Book | None) -> Reading | None:
    rule = text_of(row.rule)
    bands = {label: printed.text for label, printed in row.bands}
    if not rule.strip() and not any(bands.values()) and form.kind not in SCORED:
        return None
    return rule_of(rule, context_of(row, form), scheme, bands if any(bands.values()) else None, accepted)


def _row_score(
    row: Indicator, form: Form, scheme: Scheme, accepted: Book | None, recalled: Recalled | None
) -> RowScore:
    printed, weight, context = decimal(text_of(row.score)), decimal(text_of(row.weight)), context_of(row, form)
    actual = None if row.actual is None or weight is None else row.actual.text

    def derive() -> Derived:
        reading = _reading(row, form, scheme, accepted)
        got = None if reading is None or actual is None else score(reading, context, actual)
        notes = notes_of(reading, context) if reading is not None and reading.origin in OWN_RULES else ()
        return reading, got, notes

    if recalled is None:
        reading, got, notes = derive()
    else:
        # All that ``derive`` looks at besides scheme and family. A printed score is no part of it.
        bands = tuple((label, one.text) for label, one in row.bands)
        reading, got, notes = recalled((context, text_of(row.rule), bands, actual), derive)
    return RowScore(row, reading, got, printed, weight, notes)


def _rounded(row: RowScore, rounding: Rounding) -> RowScore:
    """The row with its score at the unit's own rounding."""
    return row if row.score is None else replace(row, score=rounded_as(row.score, rounding))


def _practice(rows: Sequence[RowScore]) -> Practice | None:
    pairs = [
        (row.score.exact, row.printed)
        for row in rows
        if row.score is not None and row.score.exact is not None and row.printed is not None
    ]
    return infer_rounding(pairs) if pairs else None


def _execution(form: Form, scheme: Scheme) -> Score | None:
    fund = scored_fund(form)
    if fund is None or fund.weight is None or fund.annual_budget is None or fund.executed is None:
        return None
    weight = decimal(fund.weight.text)
    # Without a printed unit (J07) the quotient is the same in any.
    unit = form.money_unit or MoneyUnit.YUAN
    budget, executed = read_money(fund.annual_budget.text, unit), read_money(fund.executed.text, unit)
    if weight is None or budget is None or executed is None:
        return None
    # In the unit of the cells, so that the derivation shows the printed numbers.
    scale = budget.unit.yuan if budget.unit is executed.unit else 1
    return execution_score(budget.yuan / scale, executed.yuan / scale, Fraction(weight), scheme)


def _recomputed_total(form: Form, rows: Sequence[RowScore], execution: Score | None, scheme: Scheme) -> Decimal | None:
    """The scheme's total of the recomputed scores; a row that cannot be recomputed counts with its printed score."""
    if printed_total(form) is None and not any(row.printed is not None for row in rows):
        return None
    parts = [row.score.value if row.score is not None and row.score.value is not None else row.printed for row in rows]
    fund = scored_fund(form)
    if execution is not None and execution.value is not None:
        parts.append(execution.value)
    elif fund is not None and fund.score is not None:
        parts.append(decimal(text_of(fund.score)))
    points = sum((part for part in parts if part is not None), Decimal(0))
    return total_of(points, factor_of(form, scheme), limit_of(form, scheme), scheme)


def _grade(case: Case) -> str:
    total = case.recomputed_total
    if total is None:
        return ""
    return next((band.gives for band in case.scheme.grade_bands if total >= band.low), "")


def _ask(check: Check, case: Case) -> tuple[Entry, list[Finding]]:
    if check.run is None:
        return Entry(check.code, Outcome.NOT_IMPLEMENTED, "本版本尚未提供这项检查"), []
    answer = check.run(case)
    if isinstance(answer, Skip):
        return Entry(check.code, answer.outcome, answer.reason), []
    outcome = Outcome.FAILED if answer else Outcome.PASSED
    return Entry(check.code, outcome), [_doubted(_finding(check, found, case.index), found, case) for found in answer]


def _doubted(finding: Finding, found: Found, case: Case) -> Finding:
    """A finding that rests on values the reader was unsure of is a suspicion, whatever the check: misread is not wrong."""
    if finding.kind is Certainty.HEURISTIC or not _unsure(found, case.form):
        return finding
    told = f"疑似{finding.message}（有的内容读取不确定，请对照原件）"
    return replace(finding, kind=Certainty.HEURISTIC, message=told)


def _unsure(found: Found, form: Form) -> bool:
    """Whether a value behind a finding is uncertain: anything of its rows; for a sum, the summed; else anything at all."""
    rows = (found.indicator,) if isinstance(found.indicator, Indicator) else found.indicator
    if rows:
        return any(_any_uncertain(row) for row in rows)
    field = found.field.split(".")[0]
    if field == "funds":
        return any(_any_uncertain(fund) for fund in form.funds)
    if field in ("weight", "score", "total"):
        values = [value for row in form.indicators for value in (row.weight, row.score)]
        values += [form.total.weight, form.total.score] if form.total is not None else []
        return any(value is not None and value.uncertain for value in values)
    return any(map(_any_uncertain, form.indicators)) or any(map(_any_uncertain, form.funds))


_NAMES = {kind: tuple(item.name for item in fields(kind)) for kind in (Indicator, Fund)}


def _any_uncertain(record: Indicator | Fund) -> bool:
    values = (getattr(record, name) for name in _NAMES[type(record)])
    return any(isinstance(value, Printed) and value.uncertain for value in values)


def _finding(check: Heading, found: Found, form: int | None) -> Finding:
    names: str | tuple[str, ...] | None = None
    place = found.place
    if isinstance(found.indicator, Indicator):
        names = found.indicator.name.text
        place = place or found.indicator.place
    elif found.indicator:
        names = tuple(row.name.text for row in found.indicator)
        place = place or found.indicator[0].place
    return Finding(
        code=check.code,
        level=check.level,
        kind=check.kind,
        message=found.message,
        form=None if found.whole_file else form,
        indicator=names,
        field=found.field,
        place=place,
        printed=found.printed,
        expected=found.expected,
        derivation=found.derivation,
        why=found.why or check.why,
        advice=found.advice or check.advice,
    )


_LEVELS = {Level.ERROR: 0, Level.WARNING: 1, Level.INFO: 2}


def _rank(finding: Finding) -> tuple[bool, int, int, str]:
    """Deterministic before suspected, errors first, then by form and code."""
    form = -1 if finding.form is None else finding.form
    return finding.kind is Certainty.HEURISTIC, _LEVELS[finding.level], form, finding.code
