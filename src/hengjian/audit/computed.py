"""The cells of a form that follow from its other cells: what a blank one comes to, and what a printed one is held against.

Scores by the rules, execution rates, and the total with its grade. A total adds up the scores as they stand (a printed score
counts as printed, a blank one as computed), so that it can never disagree with F10.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from hengjian.audit.case import Case, decimal, scored_fund, text_of
from hengjian.audit.money import rate_of
from hengjian.audit.run import SCORED
from hengjian.audit.scores import weight_sums
from hengjian.audit.total import does_not_apply, factor_of, limit_of, total_of
from hengjian.rules.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Computed:
    """A computed cell. ``field`` is that of the contract (``score``, ``funds.rate``, ``total.score`` …).

    ``row`` is the position among the indicators or funds, None for cells of the head. ``derivation`` says why, in Chinese.
    """

    field: str
    row: int | None
    text: str
    derivation: str


def computed_cells(case: Case) -> tuple[Computed, ...]:
    """All cells of a form that can be computed, whether something is printed there or not."""
    return tuple(_cells(case))


def _cells(case: Case) -> Iterator[Computed]:
    for number, one in enumerate(case.form.funds):
        if (rate := rate_of(one, case.form)) is not None:
            yield Computed("funds.rate", number, *rate)
    if case.form.kind not in SCORED:
        return
    for number, row in enumerate(case.rows):
        if row.score is not None and row.score.value is not None:
            yield Computed("score", number, f"{row.score.value:.2f}", row.score.derivation)
    fund, execution = scored_fund(case.form), case.execution
    if fund is not None and execution is not None and execution.value is not None:
        place = next(number for number, other in enumerate(case.form.funds) if other is fund)
        yield Computed("funds.score", place, f"{execution.value:.2f}", execution.derivation)
    yield from _head(case)


def _head(case: Case) -> Iterator[Computed]:
    sums = weight_sums(case.form)
    if sums.full:
        whole, told = sums.full, f"指标分值合计{_short(sums.rows)}"
        if sums.rows in sums.counted:
            whole = sums.rows
        elif sums.execution is not None:
            told += f" + 预算执行率{_short(sums.execution)} = {_short(whole)}"
        yield Computed("total.weight", None, _short(whole), told)
    if (total := _total(case)) is None:
        return
    points, derivation = total
    text = _points(points)
    yield Computed("total.score", None, text, derivation)
    if grade := next((band.gives for band in case.scheme.grade_bands if points >= band.low), ""):
        yield Computed("grade", None, grade, f"{grades_told(case.scheme)}；总分{text} → {grade}")


def grades_told(scheme: Scheme) -> str:
    """From how many points which grade is given."""
    return "，".join(f"{band.low}分及以上{band.gives}" for band in scheme.grade_bands if band.low > 0)


def _total(case: Case) -> tuple[Decimal, str] | None:
    """The total of the scores as they stand with its derivation; None while a row that has a weight lacks a score."""
    rows = Decimal(0)
    any_score = False
    for row in case.rows:
        if does_not_apply(row.row):
            continue
        printed = text_of(row.row.score).strip()
        score = row.printed if printed else (row.score.value if row.score is not None else None)
        if score is None and (row.weight or printed):
            return None
        rows += score or 0
        any_score = any_score or score is not None
    if not any_score:
        return None
    fund, execution, sums = scored_fund(case.form), None, weight_sums(case.form)
    if fund is not None and (text_of(fund.score).strip() or decimal(text_of(fund.weight))):
        execution = decimal(text_of(fund.score))
        if execution is None and not text_of(fund.score).strip() and case.execution is not None:
            execution = case.execution.value
        if execution is None:
            return None
    told = f"指标得分{_points(rows)}"
    if execution is not None and sums.rows in sums.counted and sums.rows in sums.allowed:
        told += "（预算执行率已列在指标里）"
        execution = None
    points = rows + (execution or 0)
    if execution is not None:
        told += f" + 预算执行率{_points(execution)} = {_points(points)}"
    return _under_scheme(case, points, told)


def _under_scheme(case: Case, points: Decimal, told: str) -> tuple[Decimal, str]:
    """The total that so many points make under the scheme."""
    factor, limit = factor_of(case.form, case.scheme), limit_of(case.form, case.scheme)
    total = total_of(points, factor, limit, case.scheme)
    if factor != 1:
        scaled = total_of(points, factor, None, case.scheme)
        told += f"；有的指标不适用，折算 × {_short(Decimal(factor.numerator) / Decimal(factor.denominator))} = {_points(scaled)}"
    if limit is not None and total == limit:
        told += f"；预算执行率低，总分以{_short(limit)}为限"
    return total, told


def _points(number: Decimal) -> str:
    """Points with two decimals, or all that there are."""
    exponent = number.as_tuple().exponent
    return f"{number:.2f}" if isinstance(exponent, int) and exponent >= -2 else f"{number}"


def _short(number: Decimal) -> str:
    return f"{number.normalize():f}"[:12]
