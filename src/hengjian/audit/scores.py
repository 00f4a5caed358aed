"""F · weights, scores, arithmetic. Every row is judged once (``verdict``); each check tells its share of the verdicts.

A recomputed score is compared at 0.005 after the unit's own rounding practice. A difference that the practice explains is
F13 (information), never F08. Of two labels that fit, the more specific one: F07, F09, F14, F15 before F08.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache

from hengjian.audit.case import (
    OWN_RULES,
    Answer,
    Case,
    Check,
    FileCheck,
    Found,
    Outcome,
    RowScore,
    Skip,
    Verdict,
    actual_of,
    context_of,
    decimal,
    printed_total,
    scored_fund,
    stages,
    target_of,
    text_of,
)
from hengjian.audit.policy import other_begun_steps, own_way
from hengjian.audit.targets import units_clash
from hengjian.audit.total import execution_rate, factor_of, limit_of, total_of
from hengjian.forms.form import Form, Fund, Indicator, Kind, Printed
from hengjian.rules.defaults import (
    Direction,
    ceiling,
    default_reading,
    direction,
    other_readings,
    partly_reached,
    state_of,
)
from hengjian.rules.naming import has as has_word
from hengjian.rules.run import score as run_rule
from hengjian.rules.scheme import Scheme, load_scheme
from hengjian.rules.score import rounded_as
from hengjian.values.finding import Certainty, Level, Problem
from hengjian.values.quantity import Empty, convert, empty_kind, read_quantity
from hengjian.values.rounding import NATIONAL, Mode, Rounding
from hengjian.values.target import Comparator
from hengjian.values.text import fold

TOLERANCE = Fraction(5, 1000)
WEIGHT_TOLERANCE = Decimal("0.001")
SCORED = frozenset({Kind.SELF_EVALUATION, Kind.DEPARTMENT_OVERALL, Kind.EVALUATION})
WEIGHTED = SCORED | {Kind.DECLARATION, Kind.DISCLOSURE, Kind.MONITORING}

# Practices that a single row may follow beside the others of its form: told as F13, never as an error.
MIXED = (Rounding(1), Rounding(1, Mode.TRUNCATE), Rounding(2, Mode.TRUNCATE))
WHOLE = (Rounding(0), Rounding(0, Mode.TRUNCATE))
# Defects of a rule that put its very numbers in doubt: copied from another row, or turned the wrong way round.
DOUBTFUL = frozenset({"D18", "R08"})
CEILING_SCHEME = "platform-ceiling"  # its limits are told where the scheme sets none of its own
# Published satisfaction scales of other places (handbook 3.1, A1-A3): a score that one of them gives is no error.
SATISFACTION_SCHEMES = ("national-2021-bands", "yunnan", "jiangxi")


# --- one verdict for each row -------------------------------------------------------------------------------------------


def verdict(row: RowScore, case: Case) -> Verdict:
    """The verdict on one printed score."""
    printed, weight = row.printed, row.weight
    if printed is None or weight is None:
        return Verdict("", row)
    bonus = row.score is not None and row.score.exact is not None and row.score.exact > weight
    if printed < 0 or (printed > weight and not bonus):
        message = f"得分{printed}超出了0到分值{weight}的范围"
        return Verdict(
            "F07", row, f"0～{weight}", f"{printed} > {weight}" if printed > 0 else f"{printed} < 0", message
        )
    state = _state_verdict(row, printed, weight, case.scheme)
    if state is not None:
        return state
    if row.score is None or row.score.exact is None:
        return Verdict("", row)
    exact = row.score.exact
    if _agrees(printed, exact, case.rounding) or _unproved(row, printed, exact, case):
        return Verdict("", row)
    # What the unit does everywhere else is what is expected here, too.
    way = own_way(case, row)
    if way is None and _disputed(row, case):
        return Verdict("", row)
    if way is not None and way[1].exact is not None:
        if _agrees(printed, way[1].exact, case.rounding):
            return Verdict("", row)
        exact = way[1].exact
    got = rounded_as(way[1] if way is not None else row.score, case.shown)
    expected = f"{got.value}"
    difference = printed - (got.value or Decimal(0))
    over = f"{'多计' if difference > 0 else '少计'}{abs(difference).normalize():f}"
    told = f"{got.derivation}（{way[0]}，与本单位其他指标的做法相同）" if way is not None else got.derivation
    derivation = f"{told or f'应得{expected}'}；填报{printed}；{over}"
    if printed == weight and exact < weight:
        if _scored_as_positive(row, printed, case.form):
            derivation += "（反向指标，越小越好）"
        message = f"实际完成值“{text_of(row.row.actual)}”未达到指标值“{text_of(row.row.target)}”，却得了满分"
        return Verdict("F09", row, expected, derivation, message)
    if _scored_as_positive(row, printed, case.form):
        message = "这是越小越好的反向指标，得分却按越大越好的公式计算"
        return Verdict("F15", row, expected, derivation, message)
    return Verdict("F08", row, expected, derivation, f"得分与评分标准的计算结果不符：应为{expected}，填报{printed}")


def _incomparable(row: Indicator) -> bool:
    """Whether target and actual measure different things (that is D04): no score follows from them."""
    target, actual = target_of(row), actual_of(row)
    return actual is not None and bool(target.unit and actual.unit) and units_clash(target.unit, actual.unit)


def _unproved(row: RowScore, printed: Decimal, exact: Fraction, case: Case) -> bool:
    """Whether a difference from the recomputed score proves no error (cheapest question first)."""
    return (
        any(note.code in DOUBTFUL for note in row.notes)
        or _incomparable(row.row)
        or _by_coefficient(row, printed, exact)
        or _other_practice(row, printed, exact, case)
    )


def _agrees(printed: Decimal, exact: Fraction, rounding: Rounding | None) -> bool:
    if abs(Fraction(printed) - exact) <= TOLERANCE:
        return True
    return rounding is not None and rounding.apply(exact) == printed


def _mixed(printed: Decimal, exact: Fraction, weight: Decimal, case: Case) -> bool:
    """Whether another practice gives the printed score; full marks are never explained so.

    Whole points are a practice only where the form prints nothing else.
    """
    if printed == weight:
        return False
    whole = all(row.printed is None or row.printed == row.printed.to_integral_value() for row in case.rows)
    return any(rounding.apply(exact) == printed for rounding in (*MIXED, *(WHOLE if whole else ())))


def _by_coefficient(row: RowScore, printed: Decimal, exact: Fraction) -> bool:
    """Whether the score is the printed 得分系数 × weight, the coefficient being right to its last digit."""
    quantity = read_quantity(text_of(row.row.coefficient))
    if quantity is None or not row.weight:
        return False
    share = quantity.value / 100 if quantity.unit == "%" else quantity.value
    right = abs(share - exact / Fraction(row.weight)) <= Fraction(1, 10_000)
    return right and NATIONAL.apply(share * Fraction(row.weight)) == printed


def _other_practice(row: RowScore, printed: Decimal, exact: Fraction, case: Case) -> bool:
    """Whether the difference is no proof of an error: another rounding, or another published rule for such a row.

    Only for rows without a printed rule are other rules possible: a late date may cost what the unit decides, points may
    be taken off for a result far above a low target, a unit may set a passing threshold.
    """
    weight = row.weight
    if weight is None or row.reading is None:
        return False
    if _mixed(printed, exact, weight, case):
        return True
    context = context_of(row.row, case.form)
    if row.reading.origin in OWN_RULES:
        # A begun step may count as none or as one where the text does not say (C9).
        others = other_begun_steps(row.reading, context, text_of(row.row.actual))
        return any(_agrees(printed, exact, case.rounding) for exact in others)
    kind = row.reading.origin.rpartition("/")[2]
    if kind == "date" and 0 < printed < weight:
        return True
    if printed < weight <= exact:
        return kind in ("equal", "positive") and _beyond(row.row)
    if printed == 0 and exact * 10 < Fraction(weight) * 6 and kind in ("positive", "satisfaction"):
        return True  # under a passing threshold
    readings = list(other_readings(context, case.scheme))
    if kind == "satisfaction":
        readings += [default_reading(context, _scheme(name)) for name in SATISFACTION_SCHEMES]
    scores = (run_rule(reading, context, text_of(row.row.actual)).exact for reading in readings)
    return any(_agrees(printed, told, case.rounding) for told in scores if told is not None)


@cache
def _scheme(name: str) -> Scheme:
    return load_scheme(name)


def _beyond(row: Indicator) -> bool:
    """Whether the result is so far from the target that points may be taken off: 20 % above it, or not what = asks for."""
    target, actual = target_of(row), actual_of(row)
    bound = target.low_value
    if bound is None or actual is None or bound <= 0:
        return False
    value = convert(actual.value, actual.unit, target.unit) if actual.unit and target.unit else actual.value
    if value is None:
        return False
    return value * 10 >= bound * 12 or (target.comparator is Comparator.EQUAL and value != bound)


def _disputed(row: RowScore, case: Case) -> bool:
    """Whether the unit evidently scores by another rule than the scheme's default, so that a difference proves nothing.

    Without a printed rule the default is only presumed. It stands while most of the rows that it marks down agree.
    """
    if row.reading is None or row.reading.origin in OWN_RULES:
        return False
    told = [
        _agrees(other.printed, other.score.exact, case.rounding)
        for other in case.rows
        if other.reading is not None
        and other.reading.origin == row.reading.origin
        and other.printed is not None
        and other.weight is not None
        and other.score is not None
        and other.score.exact is not None
        and other.score.exact < other.weight
        and other.printed < other.weight
    ]
    return len(told) >= 3 and sum(told) * 2 < len(told)


def _state_verdict(row: RowScore, printed: Decimal, weight: Decimal, scheme: Scheme) -> Verdict | None:
    """A score outside the band of the state that the actual value names (F14)."""
    actual, target = fold(text_of(row.row.actual)), fold(text_of(row.row.target))
    if (
        not actual
        or read_quantity(actual) is not None
        or (row.reading is not None and row.reading.origin in ("printed", "accepted"))
    ):
        return None
    state = state_of(actual, scheme) if actual != target else None
    if state is not None and weight:
        edges = [Fraction(100), *map(Fraction, scheme.qualitative), Fraction(0)]
        high, low = edges[state], edges[state + 1]
        share = Fraction(printed) / Fraction(weight) * 100
        # A band holds its lower bound, the best one its upper bound, too. Scores are rounded: 0.005 points on both sides.
        slack = Fraction(1, 2) / Fraction(weight)
        inside = low - slack <= share <= high + (slack if state == 0 else 0) and (state == 0 or share < high)
        if inside:
            return None
        band = f"{NATIONAL.apply(Fraction(weight) * low / 100)}～{NATIONAL.apply(Fraction(weight) * high / 100)}"
        message = f"完成情况为“{text_of(row.row.actual)}”，得分应在{band}之间，填报{printed}"
        return Verdict("F14", row, band, f"{weight} × {low}%～{high}%；填报{printed}", message)
    if printed == weight and partly_reached(target, actual):
        message = f"完成值“{text_of(row.row.actual)}”低于指标值“{text_of(row.row.target)}”，只是部分达成，却得了满分"
        return Verdict("F14", row, f"低于{weight}", f"填报{printed} = 分值{weight}", message)
    return None


def _scored_as_positive(row: RowScore, printed: Decimal, form: Form) -> bool:
    """Whether a reverse row's score is what actual ÷ target × weight gives."""
    wanted, actual = target_of(row.row), actual_of(row.row)
    target = wanted.high_value if wanted.high is not None else wanted.low_value
    if not target or actual is None or row.weight is None:
        return False
    if direction(context_of(row.row, form), wanted) is not Direction.DOWN:
        return False
    value = convert(actual.value, actual.unit, wanted.unit) if actual.unit and wanted.unit else actual.value
    if value is None:
        return False
    naive = min(value / target, Fraction(1)) * Fraction(row.weight)
    return abs(naive - Fraction(printed)) <= Fraction(5, 100)


def _verdicts(case: Case, code: str) -> Answer:
    if not any(row.printed is not None for row in case.rows):
        return Skip(Outcome.NOT_APPLICABLE, "表中没有指标得分")
    found = tuple(_told(v) for v in case.verdicts if v.code == code)
    if found:
        return found
    if code in ("F08", "F09") and not any(row.score is not None and row.score.exact is not None for row in case.rows):
        return Skip(Outcome.INSUFFICIENT_DATA, "没有一行能按评分标准复算（缺少可执行的标准、指标值或完成值）")
    return ()


def _told(v: Verdict) -> Found:
    score = v.row.row.score
    return Found(
        v.message,
        v.row.row,
        "score",
        score.place if score is not None else None,
        text_of(score),
        v.expected,
        v.derivation,
    )


def score_over_weight(case: Case) -> Answer:
    """F07: a score above its weight or below zero."""
    return _verdicts(case, "F07")


def score_not_formula(case: Case) -> Answer:
    """F08: a score that does not follow from the rule."""
    return _verdicts(case, "F08")


def full_though_short(case: Case) -> Answer:
    """F09: full marks although the actual value misses the target."""
    return _verdicts(case, "F09")


def outside_state(case: Case) -> Answer:
    """F14: a qualitative score outside the band of the stated degree."""
    return _verdicts(case, "F14")


def reverse_as_positive(case: Case) -> Answer:
    """F15: a reverse indicator scored as if more were better."""
    return _verdicts(case, "F15")


# --- weights ------------------------------------------------------------------------------------------------------------


def weights_sum(case: Case) -> Answer:
    """F01: Σ weights ≠ the printed total, or (none printed) neither 100 nor 90."""
    form = case.form
    weights = _weights(form)
    if weights is None:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有分值")
    if factor_of(form, case.scheme) != 1:
        return Skip(Outcome.NOT_APPLICABLE, "有指标不适用，其余指标按方案折算到100分")
    if any(weight is None and not _left_out(row.weight) for weight, row in zip(weights, form.indicators, strict=True)):
        return Skip(Outcome.INSUFFICIENT_DATA, "有的指标没有分值，不能求和")
    sums = weight_sums(form)
    rows, execution, full = sums.rows, sums.execution, sums.full
    cell = form.total.weight if form.total is not None else None
    printed = decimal(text_of(cell))
    if not any(abs(one - whole) <= WEIGHT_TOLERANCE for one in sums.counted for whole in sums.allowed):
        wanted = "100" if execution is not None else "100（或不含预算执行率的90）"
    elif printed is not None and not any(abs(one - printed) <= WEIGHT_TOLERANCE for one in {rows, full}):
        wanted = f"填报的合计{printed}"
    else:
        return ()
    told = f"指标{rows}" + (f" + 预算执行率{execution} = {full}" if execution is not None else "")
    message = f"分值之和为{full}，应为{wanted}"
    place = cell.place if cell is not None else None
    return (Found(message, None, "weight", place, f"{full}", wanted, f"{told}；应为{wanted}"),)


@dataclass(frozen=True, slots=True)
class WeightSums:
    """The weights of a form so far: of the indicators, of the execution rate (None where it has none), and together.

    ``counted`` are the sums that may stand for the whole, ``allowed`` what one of them should be.
    """

    rows: Decimal
    execution: Decimal | None
    counted: frozenset[Decimal]
    allowed: tuple[Decimal, ...]

    @property
    def full(self) -> Decimal:
        """Indicators and execution rate together."""
        return self.rows + (self.execution or 0)


def weight_sums(form: Form) -> WeightSums:
    """The weights of a form, also of one that is not complete yet: a row without a weight counts nothing."""
    rows = sum((weight for weight in _weights(form) or () if weight is not None), Decimal(0))
    fund = scored_fund(form)
    execution = (decimal(text_of(fund.weight)) or _implied(fund, rows)) if fund is not None else None
    if execution is None:
        return WeightSums(rows, None, frozenset({rows}), (Decimal(100), Decimal(90)))
    # The execution rate may stand among the indicators, too: it is then counted there.
    twice = any(
        has_word(fold(row.name.text), "execution") and decimal(text_of(row.weight)) == execution
        for row in form.indicators
    )
    counted = {rows, rows + execution} if twice else {rows + execution}
    return WeightSums(rows, execution, frozenset(counted), (Decimal(100),))


def _implied(fund: Fund, rows: Decimal) -> Decimal | None:
    """The weight of the execution rate where the money table prints only its score: what the rows leave of 100, if it fits."""
    score, rate = decimal(text_of(fund.score)), decimal(fold(text_of(fund.rate)).rstrip("%"))
    left = 100 - rows
    if fund.weight is not None or score is None or not 0 <= score <= left:
        return None
    near = rate is not None and abs(left * min(rate, Decimal(100)) / 100 - score) <= Decimal("0.05")
    return left if near or left in (10, 20) else None


def _left_out(cell: Printed | None) -> bool:
    """Whether a cell says by a dash or a slash that the row does not take part (a blank says nothing)."""
    return empty_kind(text_of(cell)) in (Empty.DASH, Empty.SLASH)


def _weights(form: Form) -> list[Decimal | None] | None:
    if not any(decimal(text_of(row.weight)) is not None for row in form.indicators):
        return None
    return [decimal(text_of(row.weight)) for row in form.indicators]


# Splits of the 90 points of the indicators that the national texts allow (财预〔2020〕10号; 财预〔2021〕101号).
_SPLITS: tuple[dict[str, int], ...] = (
    {"产出": 50, "效益": 30, "满意度": 10},
    {"产出": 50, "效益": 40},
    {"产出": 60, "效益": 30},
    {"成本": 20, "产出": 40, "效益": 20, "满意度": 10},
    {"成本": 20, "产出": 40, "效益": 30},
)


def class_sums(case: Case) -> Answer:
    """F02: sums per class that fit no split of the scheme. A local split may be allowed: a warning."""
    sums = _class_sums(case.form)
    if sums is None:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有按一级指标分类的分值")
    if set(sums) - {"成本", "产出", "效益", "满意度"} or sum(sums.values()) not in (90, 100):
        return Skip(Outcome.NOT_APPLICABLE, "一级指标不是成本、产出、效益、满意度，或分值合计本身不对（见 F01）")
    profile = {name.removesuffix("指标"): weight for name, weight in case.scheme.class_weights}
    allowed: list[dict[str, Decimal]] = [{name: Decimal(weight) for name, weight in split.items()} for split in _SPLITS]
    allowed.append({name: weight for name, weight in profile.items() if name in sums})
    if sum(sums.values()) == 100:
        return Skip(Outcome.NOT_APPLICABLE, "指标分值合计为100，没有单列预算执行率，分类权重由本地规定")
    if sums in allowed:
        return ()
    told = "、".join(f"{name}{total}" for name, total in sums.items())
    wanted = "产出50、效益30、满意度10，或成本20、产出40、效益20、满意度10"
    return (Found(f"各类指标分值为{told}，与评分方案不同", None, "weight", None, told, wanted, told),)


def _class_sums(form: Form) -> dict[str, Decimal] | None:
    sums: dict[str, Decimal] = {}
    for row in form.indicators:
        weight = decimal(text_of(row.weight))
        if weight is None and _left_out(row.weight):
            continue
        if not row.level1 or weight is None:
            return None
        name = fold(row.level1.text).split("(")[0].removesuffix("指标")
        sums[name] = sums.get(name, Decimal(0)) + weight
    return sums or None


def parent_sums(case: Case) -> Answer:
    """F03: a printed weight of a class, or a budget of a duty, that is not the sum of what stands under it."""
    form = case.form
    found = [
        *_parents(form.indicators, "level1", "level1_weight"),
        *_parents(form.indicators, "level2", "level2_weight"),
    ]
    found += _duties(form)
    has = any(row.level1_weight or row.level2_weight for row in form.indicators) or len(form.activities) > 1
    return tuple(found) if has else Skip(Outcome.NOT_APPLICABLE, "表中没有上级分值或上级预算")


def _parents(rows: Sequence[Indicator], level: str, weight: str) -> list[Found]:
    found: list[Found] = []
    start = 0
    for index in range(1, len(rows) + 1):
        same = index < len(rows) and _group(rows[index], level) == _group(rows[start], level)
        if same:
            continue
        block, start = rows[start:index], index
        printed = getattr(block[0], weight)
        parent = decimal(text_of(printed))
        children = [decimal(text_of(row.weight)) for row in block]
        if parent is None or any(child is None for child in children):
            continue
        total = sum((child for child in children if child is not None), Decimal(0))
        if total != parent:
            name = text_of(getattr(block[0], level))
            sums = " + ".join(f"{child}" for child in children)
            message = f"“{name}”的分值{parent}不等于下级指标分值之和{total}"
            derivation = f"{sums} = {total}；填报{parent}"
            found.append(Found(message, None, weight, printed.place, f"{parent}", f"{total}", derivation))
    return found


def _group(row: Indicator, level: str) -> tuple[str, str]:
    return text_of(row.level1), "" if level == "level1" else text_of(row.level2)


def _duties(form: Form) -> list[Found]:
    found: list[Found] = []
    for index, duty in enumerate(form.activities):
        budget = decimal(text_of(duty.budget))
        if duty.level != 1 or budget is None or duty.budget is None:
            continue
        under = []
        for child in form.activities[index + 1 :]:
            if child.level <= 1:
                break
            if child.level == 2:
                under.append(child)
        amounts = [amount for child in under if (amount := decimal(text_of(child.budget))) is not None]
        total = sum(amounts, Decimal(0))
        # Blank amounts of single activities are common: more than the parent is wrong, less only when all are filled.
        wrong = total > budget or (len(amounts) == len(under) and total != budget)
        if amounts and wrong:
            sums = " + ".join(f"{amount}" for amount in amounts)
            message = f"“{duty.name.text}”的预算{budget}不等于下级活动之和{total}"
            derivation = f"{sums} = {total}；填报{budget}"
            found.append(Found(message, None, "activities", duty.budget.place, f"{budget}", f"{total}", derivation))
    return found


def weight_missing(case: Case) -> Answer:
    """F04: a row without a weight, or no weights at all where the rules need them."""
    form = case.form
    if not form.indicators:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有指标")
    column = any(row.weight is not None for row in form.indicators)
    scored = form.total is not None or any(row.score is not None or row.actual is not None for row in form.indicators)
    # A department's table of targets is set up before anything is scored.
    needed = (form.kind in SCORED and (scored or form.kind is not Kind.DEPARTMENT_OVERALL)) or any(
        "分" in text_of(row.rule) for row in form.indicators
    )
    if not column:
        if not needed or any(row.bands for row in form.indicators):
            return Skip(Outcome.NOT_APPLICABLE, "这类表格不印分值")
        return (Found("评分标准按分值计分，但表中没有任何分值", None, "weight", None, "", "每个指标的分值"),)
    found = []
    for row in form.indicators:
        weight = decimal(text_of(row.weight))
        blank = weight is None and row.weight is not None and empty_kind(row.weight.text) is not None
        if blank and _left_out(row.weight) and decimal(text_of(row.score)) is None:
            continue  # a row that does not apply: neither weight nor score
        if blank or (weight == 0 and form.kind is not Kind.EVALUATION):
            place = row.weight.place if row.weight is not None else None
            message = "这个指标没有分值" if blank else "分值为0"
            found.append(Found(message, row, "weight", place, text_of(row.weight), "大于0"))
    return tuple(found)


def weight_spread(case: Case) -> Answer:
    """F05: all weights equal, or one row above 30 % of all."""
    weights = [weight for weight in (_weights(case.form) or []) if weight is not None]
    if len(weights) < 4:
        return Skip(Outcome.NOT_APPLICABLE, "有分值的指标不足4个")
    total = sum(weights, Decimal(0))
    if len(set(weights)) == 1 and len(weights) >= 6:
        return (
            Found(f"{len(weights)}个指标的分值都是{weights[0]}，没有体现轻重", None, "weight", None, f"{weights[0]}"),
        )
    heavy = [row for row in case.rows if row.weight is not None and row.weight * 10 > total * 3]
    return tuple(
        Found(
            f"分值{row.weight}超过全部指标分值的30%",
            row.row,
            "weight",
            None,
            f"{row.weight}",
            f"不超过{total * 3 / 10:f}",
            f"{row.weight} ÷ {total} = {row.weight / total:.0%}",
        )
        for row in heavy
        if row.weight is not None
    )


# --- totals -------------------------------------------------------------------------------------------------------------


def total_score(case: Case) -> Answer:
    """F10: the printed total ≠ Σ printed row scores + execution score."""
    form, total = case.form, printed_total(case.form)
    if total is None:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有总分")
    if not case.rows or any(row.printed is None and not _left_out(row.row.score) for row in case.rows):
        return Skip(Outcome.INSUFFICIENT_DATA, "有的指标没有得分，不能求和")
    rows = sum((row.printed for row in case.rows if row.printed is not None), Decimal(0))
    fund = scored_fund(form)
    execution = decimal(text_of(fund.score)) if fund is not None else None
    if fund is not None and execution is None and decimal(text_of(fund.weight)):
        return Skip(Outcome.INSUFFICIENT_DATA, "预算执行率有分值而没有得分，不能求和")
    full = rows + (execution or 0)
    if abs(full - total) <= Decimal("0.005") or (execution is not None and _double(form, rows, total)):
        return ()
    own = total_of(full, factor_of(form, case.scheme), limit_of(form, case.scheme), case.scheme)
    if abs(own - total) <= Decimal("0.005"):
        return ()  # held under the scheme's ceiling, or scaled where rows do not apply
    if abs(rows - total) <= Decimal("0.005") and _execution_among(form):
        return ()  # the execution rate is scored among the indicators, too
    if any(Rounding(_places(total), mode).apply(Fraction(full)) == total for mode in Mode):
        return ()
    told = f"指标得分{rows}" + (f" + 预算执行率{execution} = {full}" if execution is not None else "")
    place = form.total.score.place if form.total is not None and form.total.score is not None else None
    message = f"总分{total}不等于各项得分之和{full}"
    return (Found(message, None, "total.score", place, f"{total}", f"{full}", f"{told}；填报{total}"),)


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _execution_among(form: Form) -> bool:
    return any(has_word(fold(row.name.text), "execution") and row.score is not None for row in form.indicators)


def _double(form: Form, rows: Decimal, total: Decimal) -> bool:
    """Whether the total is explained by scored part rows of the money table (that is F11)."""
    scores = [score for fund in form.funds if (score := decimal(text_of(fund.score))) is not None]
    return len(scores) > 1 and abs(rows + sum(scores, Decimal(0)) - total) <= Decimal("0.005")


def total_twice(case: Case) -> Answer:
    """F11: total row and part rows of the money table both scored and both summed."""
    form, total = case.form, printed_total(case.form)
    scores = [(fund, score) for fund in form.funds if (score := decimal(text_of(fund.score))) is not None]
    if total is None or not scores:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有总分或预算执行率得分")
    printed = [row.printed for row in case.rows]
    if any(value is None for value in printed):
        return Skip(Outcome.INSUFFICIENT_DATA, "有的指标没有得分，不能求和")
    rows = sum((value for value in printed if value is not None), Decimal(0))
    if not _double(form, rows, total):
        return ()
    told = " + ".join(f"{score}" for _, score in scores)
    right = rows + scores[0][1]
    message = "资金总额行和分项行都计了执行率得分，并都加进了总分；只有总额行计分"
    return (
        Found(message, None, "funds.score", None, f"{total}", f"{right}", f"{rows} + {told} = {total}；应为{right}"),
    )


def grade_band(case: Case) -> Answer:
    """F12: the printed grade is not the band of the printed total."""
    form, total = case.form, printed_total(case.form)
    cell = form.grade if form.grade else form.conclusion
    known = [band.gives for band in case.scheme.grade_bands]
    word = _grade_word(form, known)
    if total is None or word is None or cell is None:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有等级或没有总分")
    expected = next((band.gives for band in case.scheme.grade_bands if total >= band.low), None)
    if expected is None or expected == word:
        return ()
    bands = "，".join(f"{band.low}分及以上{band.gives}" for band in case.scheme.grade_bands if band.low > 0)
    shown = cell.text if cell is form.grade else word
    message = f"总分{total}对应的等级是“{expected}”，表中填“{shown}”"
    return (Found(message, None, "grade", cell.place, shown, expected, f"{bands}；总分{total} → {expected}"),)


def _grade_word(form: Form, known: Sequence[str]) -> str | None:
    """The grade a form prints: in its own cell (优, 优秀, ☑优), else in the conclusion (评价等级为“优”)."""
    grade = fold(text_of(form.grade)).lstrip("☑√■")
    if grade:
        return next((name for name in known if grade.startswith(name)), None)
    words = "|".join(known)
    told = re.findall(
        rf"(?:等级|等次|评级|结果|结论)(?:评定|确定)?(?:为|是|:)?[\"(]?({words})(?![^\W\d_]*(?:于|化|势))",
        fold(text_of(form.conclusion)),
    )
    return told[0] if len(set(told)) == 1 else None


def rounding_mixed(case: Case) -> Answer:
    """F13: the unit's rows are not rounded as its execution score is (or not to two decimals, half up)."""
    told = [
        row
        for row, judged in zip(case.rows, case.verdicts, strict=True)
        if row.score is not None
        and row.score.exact is not None
        and row.printed is not None
        and row.weight is not None
        and abs(Fraction(row.printed) - row.score.exact) > TOLERANCE
        and case.rounding is not None
        and (
            case.rounding.apply(row.score.exact) == row.printed
            or _mixed(row.printed, row.score.exact, row.weight, case)
        )
        and judged.code == ""
    ]
    if case.rounding is None:
        return Skip(Outcome.INSUFFICIENT_DATA, "没有能复算的得分，不能判断取位方法")
    if not told:
        return ()
    first = told[0]
    examples = "；".join(
        f"{_short(row.score.exact)}→{row.printed}" for row in told[:3] if row.score and row.score.exact is not None
    )
    execution = _execution_practice(case)
    if case.rounding == NATIONAL:
        message = f"{len(told)}个指标得分的取位方法与其他指标不同（其余{NATIONAL}）"
    else:
        message = f"指标得分{case.rounding}" + (
            f"，而预算执行率得分{execution}，取位方法不一致" if execution else "，与通行的两位小数四舍五入不同"
        )
    return (Found(message, None, "score", first.row.place, examples, f"{NATIONAL}", examples),)


def _execution_practice(case: Case) -> str:
    fund = scored_fund(case.form)
    printed = decimal(text_of(fund.score)) if fund is not None else None
    if printed is None or case.execution is None or case.execution.exact is None or case.rounding is None:
        return ""
    own = case.rounding.apply(case.execution.exact) == printed
    return "" if own or NATIONAL.apply(case.execution.exact) != printed else f"{NATIONAL}"


def _short(value: Fraction) -> str:
    return f"{Rounding(4).apply(value).normalize():f}"


def high_with_low_execution(case: Case) -> Answer:
    """F16: a total above the ceiling that its execution rate allows (handbook 3.1, E4)."""
    total, rate = printed_total(case.form), execution_rate(case.form)
    if total is None or rate is None:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有总分或预算执行率")
    limit = ceiling(rate, case.scheme if case.scheme.ceilings else _scheme(CEILING_SCHEME))
    if limit is None or total <= limit:
        return ()
    shown = f"{NATIONAL.apply(rate)}%"
    message = f"预算执行率只有{shown}，总分却有{total}"
    why = "部分地区的一体化平台规定：执行率70%～80%总分不超过89，60%～70%不超过79，不足60%不超过69，不足50%不超过59；其他地区仅供参考"
    return (
        Found(
            message,
            None,
            "total.score",
            None,
            f"{total}",
            f"不超过{limit}",
            f"执行率{shown} → 总分上限{limit}",
            why=why,
        ),
    )


def all_full(case: Case) -> Answer:
    """F17: every row has full marks."""
    rows = [row for row in case.rows if row.printed is not None and row.weight is not None]
    if len(rows) < 3 or len(rows) < len(case.rows):
        return Skip(Outcome.NOT_APPLICABLE, "有得分的指标不足3个")
    total = printed_total(case.form)
    if any(row.printed != row.weight for row in rows) or (total is not None and total < 100 and not case.form.funds):
        return ()
    if total is not None and total < Decimal("99.995"):
        return ()
    return (
        Found(
            f"{len(rows)}个指标全部满分，总分{total if total is not None else '满分'}",
            None,
            "score",
            None,
            f"{total or ''}",
        ),
    )


# --- across the stages of one project -------------------------------------------------------------------------------------


def _changed_weights(cases: tuple[Case, ...], _problems: tuple[Problem, ...]) -> tuple[Found, ...]:
    """F06: a weight differs from the one in the earlier form of the same project."""
    found = []
    for earlier, later in stages(cases):
        before = {fold(row.name.text): row for row in earlier.indicators}
        for row in later.indicators:
            old = before.get(fold(row.name.text))
            was, now = (decimal(text_of(one.weight)) if one is not None else None for one in (old, row))
            if was is None or now is None or was == now or row.weight is None:
                continue
            message = f"“{row.name.text}”的分值由{was}变为{now}，分值一经批复原则上不再调整"
            derivation = f"{was} → {now}"
            found.append(
                Found(message, row, "weight", row.weight.place, f"{now}", f"{was}", derivation, whole_file=True)
            )
    return tuple(found)


def _check(code: str, title: str, level: str, run: object, kinds: frozenset[Kind], why: str, advice: str) -> Check:
    return Check(
        code=code,
        title=title,
        level=Level(level),
        kind=Certainty.DETERMINISTIC,
        kinds=kinds,
        run=run,  # type: ignore[arg-type]
        why=why,
        advice=advice,
    )


_SELF = "《项目支出绩效评价管理办法》（财预〔2020〕10号）"
_ALL = frozenset(Kind)

CHECKS = (
    _check(
        "F01",
        "分值合计不符",
        "E",
        weights_sum,
        WEIGHTED,
        f"{_SELF}：总分一般为100分，其中预算执行率10分",
        "核对每个指标的分值，使合计为100（或不含预算执行率的90）。",
    ),
    _check(
        "F02",
        "分类权重与方案不同",
        "W",
        class_sums,
        SCORED | {Kind.DECLARATION},
        f"{_SELF}：产出50、效益30、满意度10；《核心绩效目标和指标设置及取值指引》（财预〔2021〕101号）：设成本指标的，成本20、产出40、效益20、满意度10",
        "核对各类指标的权重；本地另有规定的，注明依据。",
    ),
    _check(
        "F03",
        "上级不等于下级之和",
        "E",
        parent_sums,
        _ALL,
        "上级指标的分值（预算）应等于下级之和",
        "核对上级与下级的数，改正其中之一。",
    ),
    _check("F04", "分值缺失", "E", weight_missing, _ALL, f"{_SELF}：各项指标应当赋予分值", "补填分值。"),
    _check(
        "F05",
        "分值分布不合理",
        "I",
        weight_spread,
        WEIGHTED,
        f"{_SELF}：下级指标权重按重要程度确定",
        "按重要程度调整分值，或说明理由。",
    ),
    _check("F07", "得分超过分值", "E", score_over_weight, SCORED, "得分不得大于分值，也不得小于0", "改正得分或分值。"),
    _check(
        "F08",
        "得分与公式不符",
        "E",
        score_not_formula,
        SCORED,
        f"{_SELF}：完成指标值的得该指标全部分值，未完成的按完成值与指标值的比例计分",
        "按列出的算式改正得分，或改正完成值、指标值。",
    ),
    _check(
        "F09",
        "未完成却得满分",
        "E",
        full_though_short,
        SCORED,
        f"{_SELF}：未完成指标值的，按比例计分",
        "按列出的算式改正得分；确属客观原因的，仍应按规则计分并在偏差原因中说明。",
    ),
    _check(
        "F10",
        "总分不等于各项之和",
        "E",
        total_score,
        SCORED,
        "总分应等于各指标得分与预算执行率得分之和",
        "重新求和，改正总分。",
    ),
    _check(
        "F11",
        "总额行重复计分",
        "E",
        total_twice,
        SCORED,
        "预算执行率只按年度资金总额一行计分",
        "分项行的得分栏填“—”，总分只加总额行。",
    ),
    _check(
        "F12",
        "等级与总分不符",
        "E",
        grade_band,
        SCORED,
        f"{_SELF}：90分（含）以上为优，80（含）—90分为良，60（含）—80分为中，60分以下为差",
        "按总分改正等级。",
    ),
    _check(
        "F13",
        "取位方法不一致",
        "I",
        rounding_mixed,
        SCORED,
        "同一张表的得分应使用同一种取位方法",
        "统一取位方法，建议保留两位小数、四舍五入。",
    ),
    _check(
        "F14",
        "定性得分超出区间",
        "E",
        outside_state,
        SCORED,
        f"{_SELF}：定性指标分达成、部分达成、未达成三档，按100%—80%（含）、80%—60%（含）、60%—0%计分",
        "按完成程度改正得分。",
    ),
    _check(
        "F15",
        "反向指标按正向计分",
        "E",
        reverse_as_positive,
        SCORED,
        "反向指标越小越好，达到（不超过）指标值即得满分",
        "按反向指标重新计分。",
    ),
    _check(
        "F16",
        "执行率低而得分高",
        "W",
        high_with_low_execution,
        SCORED,
        "预算执行率与目标完成情况应能相互印证；部分地区的一体化平台按执行率限定总分上限",
        "说明低执行率下取得高分的理由，或重新核对得分。",
    ),
    _check(
        "F17",
        "全部满分",
        "W",
        all_full,
        SCORED,
        "全部指标满分往往说明目标偏低或评价不实",
        "复核指标值是否偏低、得分是否有依据。",
    ),
)

FILE_CHECKS = (
    FileCheck(
        code="F06",
        title="分值变动",
        level=Level.ERROR,
        kind=Certainty.DETERMINISTIC,
        run=_changed_weights,
        why="《核心绩效目标和指标设置及取值指引》（财预〔2021〕101号）：指标分值随绩效目标批复，原则上不再调整",
        advice="按批复的分值自评，或附调整批复。",
    ),
)
