"""What a scheme says about a row that prints no rule of its own, as the same trees that printed rules lower to.

The handbook's kinds (positive, reverse, zero target, range, date, qualitative, satisfaction, execution rate) are told apart
by the target's sign, the class the row stands in, and the words of its name (``naming.toml``). Where these leave two
defensible formulas, both are returned and no score is given; where a person must judge, no number is guessed.
"""

from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from hengjian.rules.naming import has, last, words
from hengjian.rules.numerals import number
from hengjian.rules.reading import Context, Note, Reading, Status
from hengjian.rules.scheme import Scheme
from hengjian.rules.score import Score, Step
from hengjian.rules.tree import (
    Arith,
    Branch,
    Case,
    Clamp,
    Combine,
    Compare,
    Condition,
    Const,
    Every,
    Expr,
    Human,
    Input,
    Level,
    Missing,
    Op,
    Pick,
    Sign,
    Steps,
)
from hengjian.values.finding import Level as Severity
from hengjian.values.rounding import Rounding
from hengjian.values.target import Comparator, Target, read_target, told_once
from hengjian.values.text import fold

WEIGHT = Input("weight")
ZERO = Const(Fraction(0))
HUNDRED = Const(Fraction(100))


class Direction(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"
    BOTH = "both"  # a value to be met, neither more nor less
    UNKNOWN = "unknown"


# --- direction --------------------------------------------------------------------------------------------------------


def direction(context: Context, target: Target | None = None) -> Direction:
    """Which way is better on a row: the target's sign first, then the class, then the words of the name."""
    target = target or target_of(context)
    if target.comparator in (Comparator.AT_LEAST, Comparator.MORE):
        return Direction.UP
    if target.comparator in (Comparator.AT_MOST, Comparator.LESS):
        return Direction.DOWN
    if target.comparator is Comparator.RANGE:
        return Direction.BOTH
    return _direction_of_name(context)


def _direction_of_name(context: Context) -> Direction:
    name = fold(context.indicator)
    up = max(last(name, kind) for kind in ("positive", "satisfaction", "execution"))
    down = last(name, "reverse")
    if up or down:
        return Direction.UP if up >= down else Direction.DOWN
    return Direction.DOWN if "成本" in context.level1 + context.level2 else Direction.UP


def target_of(context: Context) -> Target:
    """The row's target, with sign and unit from their own columns where the cell prints none."""
    return told_once(read_target(context.target, sign=context.sign, unit=context.unit))


# --- the default reading ----------------------------------------------------------------------------------------------


def default_reading(context: Context, scheme: Scheme) -> Reading:
    """The rule a scheme implies for a row without a printed one.

    ``origin`` is ``scheme:<name>/<kind>``; ``text`` is empty. Ambiguous rows carry every defensible tree.
    """
    if not context.target.strip() and has(fold(context.indicator), "execution"):
        return _execution_row(HUNDRED.value, scheme)  # its whole is the budget, printed or not
    if not context.target.strip():
        return _reading(scheme, "no_target", (Missing("没有目标值，无法按方案计分"),), Status.DEFECTIVE)
    name, target = fold(context.indicator), target_of(context)
    if fold(context.target) in words("none"):
        return _reading(scheme, "zero_target", (_zero_target(_actual(), Sign.LE),))
    match target.comparator:
        case Comparator.QUALITATIVE:
            return _qualitative(scheme)
        case Comparator.DATE:
            return _date(target, scheme)
        case Comparator.COMPOUND:
            return _compound(target, scheme)
        case Comparator.RANGE:
            return _range(target, scheme)
        case _:
            pass
    if target.base is not None and ((target.low is None and target.high is None) or _bound(target)[0] <= 0):
        missing = Missing(f"目标以“{target.base}”为基数，表上没有这个数，无法计分")
        return _reading(scheme, "relative", (missing,), Status.AMBIGUOUS, ("actual", target.base))
    if target.low is None and target.high is None:
        return _qualitative(scheme)
    bound, unit = _bound(target)
    if target.direction is not None or target.base is not None:
        return _change(target, bound, unit, scheme)
    if scheme.cost_bands and "成本控制率" in name:
        return _reading(scheme, "cost_bands", (_cost_bands(scheme),))
    if has(name, "satisfaction") and unit in ("%", ""):
        return _reading(scheme, "satisfaction", (_satisfaction(bound, unit, scheme),))
    if has(name, "execution") and unit == "%" and target.comparator is not Comparator.AT_MOST:
        return _execution_row(bound, scheme)
    return _quantity(context, target, bound, unit, scheme)


def _reading(
    scheme: Scheme,
    kind: str,
    trees: tuple[Expr, ...],
    status: Status = Status.EXECUTABLE,
    inputs: tuple[str, ...] = ("actual",),
    notes: tuple[Note, ...] = (),
) -> Reading:
    return Reading("", status, trees, notes, inputs, f"scheme:{scheme.name}/{kind}")


def _bound(target: Target) -> tuple[Fraction, str]:
    """The one bound of a target in plain units (4.6万人 is 46000 人)."""
    bound = target.low_value if target.low is not None else target.high_value
    if bound is None:
        raise ValueError("a target without a bound has no default for quantities")
    return bound, "%" if target.unit == "百分点" else target.unit


def _change(target: Target, bound: Fraction, unit: str, scheme: Scheme) -> Reading:
    """A target for a change (同比下降5%, 较上年提升2个百分点): scored on the change itself, never on a level."""
    sense = "fall" if target.direction == "down" else "change" if target.base is not None else "rise"
    if bound <= 0 or target.approx:
        return _reading(scheme, "relative", (Missing("目标是变化幅度，没有按比例计分的公式"),), Status.AMBIGUOUS)
    return _reading(
        scheme, "change", (_positive(Input("actual", unit, sense=sense), bound, replace(scheme, pass_threshold=None)),)
    )


def _quantity(context: Context, target: Target, bound: Fraction, unit: str, scheme: Scheme) -> Reading:
    actual, way = _actual(unit), direction(context, target)
    by_name = _direction_of_name(context)
    exact = target.comparator is Comparator.EQUAL
    if target.approx:
        return _reading(scheme, "approximate", (_approximate(actual, bound, way),))
    if bound == 0:
        sign = Sign.GE if way is Direction.UP and target.comparator is not None and not exact else Sign.LE
        return _reading(scheme, "zero_target", (_zero_target(actual, sign),))
    if bound < 0:
        return _reading(
            scheme, "negative_target", (_reached_only(actual, bound, way, "目标为负数，未达到时没有按比例计分的公式"),)
        )
    if exact and (scheme.equal_target == "exact" or by_name is Direction.DOWN):
        return _reading(scheme, "equal", (_equal(actual, bound),))
    if way is Direction.DOWN:
        return _reading(scheme, "reverse", (_reverse(actual, bound, scheme.reverse),))
    if by_name is Direction.DOWN and "成本" in context.level1 + context.level2 and unit in ("元", "%"):
        # A cost whose sign says "at least": the sign and the class contradict each other (D07).
        note = Note("R08", Severity.WARNING, f"成本类指标的目标写作“{context.target}”，越大越好还是越小越好无法确定")
        trees = (_positive(actual, bound, scheme), _reverse(actual, bound, scheme.reverse))
        return _reading(scheme, "direction_unclear", trees, Status.AMBIGUOUS, notes=(note,))
    return _reading(scheme, "positive", (_positive(actual, bound, scheme),))


def _actual(unit: str = "") -> Input:
    return Input("actual", unit)


def _positive(actual: Input, bound: Fraction, scheme: Scheme) -> Expr:
    target = Const(bound, actual.unit)
    short = _share(actual, target)
    reached = Branch(Compare(actual, Sign.GE, target), WEIGHT)
    if scheme.pass_threshold is None:
        return Case((reached, Branch(Compare(actual, Sign.LT, target), short)))
    line = Const(bound * Fraction(scheme.pass_threshold) / 100, actual.unit)
    between = Every((Compare(actual, Sign.GE, line), Compare(actual, Sign.LT, target)))
    return Case((reached, Branch(between, short), Branch(Compare(actual, Sign.LT, line), ZERO)))


def _share(part: Expr, whole: Expr) -> Expr:
    """Part ÷ whole × weight, kept within the weight (C13)."""
    return Clamp(Arith(Op.MUL, Arith(Op.DIV, part, whole), WEIGHT), ZERO, WEIGHT, stated=True)


def _reverse(actual: Input, bound: Fraction, formula: str) -> Expr:
    target = Const(bound, actual.unit)
    over = Arith(Op.DIV, Arith(Op.SUB, actual, target), target)
    linear = Clamp(Arith(Op.MUL, Arith(Op.SUB, Const(Fraction(1)), over), WEIGHT), ZERO, WEIGHT, stated=True)
    value = linear if formula == "R1" else _share(target, actual)
    return Case((Branch(Compare(actual, Sign.LE, target), WEIGHT), Branch(Compare(actual, Sign.GT, target), value)))


def _zero_target(actual: Input, sign: Sign) -> Expr:
    other = Sign.GT if sign is Sign.LE else Sign.LT
    zero = Const(Fraction(0), actual.unit)
    return Case((Branch(Compare(actual, sign, zero), WEIGHT), Branch(Compare(actual, other, zero), ZERO)))


def _reached_only(actual: Input, bound: Fraction, way: Direction, reason: str) -> Expr:
    sign = Sign.LE if way is Direction.DOWN else Sign.GE
    return Case((Branch(Compare(actual, sign, Const(bound, actual.unit)), WEIGHT),), Missing(reason))


def _approximate(actual: Input, bound: Fraction, way: Direction) -> Expr:
    return _reached_only(actual, bound, way, "目标写作约数，未达到时差多少算达到无法确定，须人工判断")


def _equal(actual: Input, bound: Fraction) -> Expr:
    met = Branch(Compare(actual, Sign.EQ, Const(bound, actual.unit)), WEIGHT)
    return Case((met,), Missing("目标要求“等于”，实际值与目标不一致，高于或低于目标如何计分须人工判断"))


def _range(target: Target, scheme: Scheme) -> Reading:
    unit, conditions = target.unit, list[Condition]()
    if target.low_value is not None:
        sign = Sign.GT if target.low_incl is False else Sign.GE
        conditions.append(Compare(_actual(unit), sign, Const(target.low_value, unit)))
    if target.high_value is not None:
        sign = Sign.LT if target.high_incl is False else Sign.LE
        conditions.append(Compare(_actual(unit), sign, Const(target.high_value, unit)))
    outside = Missing("实际值不在目标区间内，方案没有规定区间外如何计分，须人工判断")
    return _reading(scheme, "range", (Case((Branch(Every(tuple(conditions)), WEIGHT),), outside),))


_QUARTER_ENDS = {"Q1-end": "03-31", "Q2-end": "06-30", "Q3-end": "09-30", "Q4-end": "12-31"}


def _date(target: Target, scheme: Scheme) -> Reading:
    deadline = target.date_to or (str(target.day_to) if target.day_to is not None else "")
    deadline = _QUARTER_ENDS.get(deadline, deadline)
    late = Input("late_days", "天", deadline)
    if not deadline or "Q" in deadline:
        return _reading(scheme, "date", (Missing("目标没有写明截止日期，无法判断是否按期"),), Status.AMBIGUOUS)
    on_time = Branch(Compare(late, Sign.LE, Const(Fraction(0), "天")), WEIGHT)
    after: Expr
    match scheme.time_rule:
        case "day_fraction":
            share = Arith(Op.DIV, late, Const(Fraction(365), "天"))
            after = Clamp(Arith(Op.SUB, WEIGHT, Arith(Op.MUL, share, WEIGHT)), ZERO, WEIGHT, stated=True)
        case "judge":
            after = Missing("超过期限，方案没有规定逾期如何计分，须人工判断")
        case _:
            after = ZERO
    tree = Case((on_time, Branch(Compare(late, Sign.GT, Const(Fraction(0), "天")), after)))
    return _reading(scheme, "date", (tree,), inputs=("late_days",))


def _compound(target: Target, scheme: Scheme) -> Reading:
    """Several targets in one cell, the weights of the parts not printed: only all reached and none reached are sure (F44)."""
    numeric = [part for part in target.parts if part.low is not None or part.high is not None]
    if len(numeric) < 2 or len(numeric) < len(target.parts):
        return _reading(scheme, "compound", (Human(),), Status.NEEDS_JUDGEMENT)
    names = tuple(part.label or f"第{place}项" for place, part in enumerate(numeric, 1))
    met = tuple(_part_met(name, part) for name, part in zip(names, numeric, strict=True))
    share = Arith(Op.DIV, WEIGHT, Const(Fraction(len(numeric))))
    equal: Expr = Combine(
        Pick.SUM,
        tuple(
            Case((Branch(condition, share),), _part_ratio(name, part, share))
            for name, part, condition in zip(names, numeric, met, strict=True)
        ),
    )
    whole: Expr = Case((Branch(Every(met), WEIGHT),), ZERO)
    note = Note(
        "R06", Severity.WARNING, "一个目标里有几项内容，各项所占分值没有写明，只有全部达到或全部未完成时分数才确定"
    )
    return _reading(scheme, "compound", (equal, whole), Status.AMBIGUOUS, names, (note,))


def _part_met(name: str, part: Target) -> Condition:
    bound, unit = _bound(part)
    sign = Sign.LE if part.comparator in (Comparator.AT_MOST, Comparator.LESS) else Sign.GE
    return Compare(Input(name, unit), sign, Const(bound, unit))


def _part_ratio(name: str, part: Target, share: Expr) -> Expr:
    bound, unit = _bound(part)
    if bound <= 0 or part.comparator in (Comparator.AT_MOST, Comparator.LESS):
        return ZERO
    return Clamp(Arith(Op.MUL, Arith(Op.DIV, Input(name, unit), Const(bound, unit)), share), ZERO, share, stated=True)


def _qualitative(scheme: Scheme) -> Reading:
    return _reading(scheme, "qualitative", (Human(_levels(scheme)),), Status.NEEDS_JUDGEMENT)


def _levels(scheme: Scheme) -> tuple[Level, ...]:
    edges = (Decimal(100), *scheme.qualitative, Decimal(0))
    phrases = scheme.states or tuple((f"第{place}档",) for place in range(1, len(edges)))
    return tuple(
        Level(names, _of_weight(low), _of_weight(high), low_incl=True, high_incl=position == 0)
        for position, (names, high, low) in enumerate(zip(phrases, edges, edges[1:], strict=False))
    )


def _of_weight(percent: Decimal) -> Expr:
    if percent == 100:
        return WEIGHT
    return ZERO if percent == 0 else Arith(Op.MUL, Const(Fraction(percent) / 100), WEIGHT)


def _satisfaction(bound: Fraction, unit: str, scheme: Scheme) -> Expr:
    unit = unit or "%"
    if scheme.satisfaction == "ratio":
        return _positive(_actual(unit), bound, replace(scheme, pass_threshold=None))
    actual = _actual(unit)
    if scheme.satisfaction == "step" and scheme.satisfaction_step is not None:
        size, percent = scheme.satisfaction_step
        full = Const(Fraction(scheme.satisfaction_bands[0].low), unit)
        steps = Steps(Arith(Op.SUB, full, actual), Const(Fraction(size), unit))
        value = Clamp(Arith(Op.SUB, WEIGHT, Arith(Op.MUL, steps, _of_weight(percent))), ZERO, WEIGHT, stated=True)
        return Case((Branch(Compare(actual, Sign.GE, full), WEIGHT), Branch(Compare(actual, Sign.LT, full), value)))
    branches, above = list[Branch](), None
    for band in scheme.satisfaction_bands:
        low = Const(Fraction(band.low), unit)
        value_: Expr = _share(actual, Const(bound, unit)) if band.gives == "ratio" else _of_weight(Decimal(band.gives))
        conditions: tuple[Condition, ...] = (Compare(actual, Sign.GE, low),)
        if above is not None:
            conditions += (Compare(actual, Sign.LT, above),)
        branches.append(Branch(conditions[0] if len(conditions) == 1 else Every(conditions), value_))
        above = low
    return Case(tuple(branches))


def _execution_row(bound: Fraction, scheme: Scheme) -> Reading:
    """An execution rate among the indicators. Under a target other than 100 %, 执行率×分值 and 实际÷目标×分值 differ."""
    literal = Clamp(_of_rate(), ZERO, WEIGHT, stated=True)
    if bound == 100 or scheme.execution in ("threshold", "step"):
        return _reading(scheme, "execution", (_execution_tree(scheme),))
    positive = _positive(_actual("%"), bound, replace(scheme, pass_threshold=None))
    note = Note(
        "R06",
        Severity.WARNING,
        f"目标不是100%的执行率有两种算法：实际÷目标×分值（达到{number(bound)}%得满分），或执行率×分值（{number(bound)}%得{number(bound)}%的分值）",
        example=f"{number(bound)}%",
    )
    return _reading(scheme, "execution", (positive, literal), Status.AMBIGUOUS, notes=(note,))


def _of_rate() -> Expr:
    """执行率×分值; the rate is in percent points."""
    return Arith(Op.MUL, Arith(Op.DIV, _actual("%"), HUNDRED), WEIGHT)


def _execution_tree(scheme: Scheme) -> Expr:
    actual, full = _actual("%"), Const(Fraction(scheme.execution_full), "%")
    rate = _of_rate()
    match scheme.execution:
        case "linear":
            return rate
        case "threshold" | "step":
            below: Expr = rate if scheme.execution == "threshold" else Missing("执行率低于满分线，方案没有规定如何计分")
            return Case((Branch(Compare(actual, Sign.GE, full), WEIGHT),), below)
        case _:
            return Clamp(rate, ZERO, WEIGHT, stated=True)


def _cost_bands(scheme: Scheme) -> Expr:
    actual, branches = _actual("%"), list[Branch]()
    for limit, share in scheme.cost_bands:
        low, high = Const(-Fraction(limit), "%"), Const(Fraction(limit), "%")
        inside = Every((Compare(actual, Sign.GE, low), Compare(actual, Sign.LE, high)))
        branches.append(Branch(inside, _of_weight(share)))
    return Case(tuple(branches), ZERO)


# --- other formulas in use --------------------------------------------------------------------------------------------


# The formulas in use for one kind of row: (kind, title) → changes of the scheme by name, the national one first.
_PRACTICES: dict[str, tuple[tuple[str, dict[str, object]], ...]] = {
    "reverse": (
        ("按超出比例扣减：(1－(实际－目标)÷目标)×分值", {"reverse": "R1"}),
        ("按比值计分：目标÷实际×分值", {"reverse": "R2"}),
    ),
    "date": (
        ("逾期不得分", {"time_rule": "binary"}),
        ("按逾期天数占365天的比例扣分", {"time_rule": "day_fraction"}),
    ),
    "satisfaction": (("按实际÷目标的比例计分", {"satisfaction": "ratio"}),),
    "positive": (
        ("按实际÷目标的比例计分", {"pass_threshold": None}),
        ("低于目标的60%不得分，其余按比例", {"pass_threshold": Decimal(60)}),
        ("未达到目标不得分", {"pass_threshold": Decimal(100)}),
    ),
}


def practices(context: Context, scheme: Scheme) -> tuple[tuple[str, Reading], ...]:
    """The formulas in use for a row without a printed rule, each with its title; the scheme's own first.

    Empty where all practices agree: only rows on which they differ can tell which one a unit follows.
    """
    chosen = default_reading(context, scheme)
    variants = _PRACTICES.get(chosen.origin.rpartition("/")[2], ())
    named = [
        (title, default_reading(context, replace(scheme, **changes)))  # type: ignore[arg-type]
        for title, changes in variants
    ]
    own = next((title for title, reading in named if reading.trees == chosen.trees), f"按方案“{scheme.title}”")
    others = tuple((title, reading) for title, reading in named if reading.trees != chosen.trees)
    return ((own, chosen), *others) if others else ()


# Practices that explain a row but prove nothing about others: a threshold is the unit's business, not a published formula.
_LOCAL = ("positive",)


def other_readings(context: Context, scheme: Scheme) -> tuple[Reading, ...]:
    """Other published formulas for the same kind of row (handbook 3.1), for telling an error from another practice.

    A printed score that one of them explains is not wrong by the scheme alone: R1 against R2 on reverse indicators, the
    satisfaction bands and steps of other regions. Empty where all practices agree.
    """
    found = practices(context, scheme)
    if not found or found[0][1].origin.rpartition("/")[2] in _LOCAL:
        return ()
    return tuple(reading for _, reading in found[1:])


# --- qualitative states -----------------------------------------------------------------------------------------------

_LONG = 6  # characters of a fixed phrase that is known by its beginning, with more words after it


def state_of(actual: str, scheme: Scheme) -> int | None:
    """Which qualitative state an actual text names: 0 达成, 1 部分达成, 2 未达成 …; None where a person must judge.

    Only the fixed phrases of the scheme count, the longest first; a long one may have more words after it. ``基本稳定``
    against ``稳定`` is a matter of judgement, not a number.
    """
    said = fold(actual).strip("。；;,，.")
    phrases = [(fold(phrase), state) for state, names in enumerate(scheme.states) for phrase in names]
    for phrase, state in sorted(phrases, key=lambda one: -len(one[0])):
        if said == phrase or (len(phrase) >= _LONG and said.startswith(phrase)):
            return state
    return None


def partly_reached(target: str, actual: str) -> bool:
    """Whether an actual text weakens the words of its target (基本稳定 against 稳定).

    A single character (好) stands inside too many other words to say so.
    """
    wanted, said, weaker = fold(target), fold(actual), words("partly")
    return len(wanted) >= 2 and wanted not in weaker and any(word + wanted in said for word in weaker)


# --- the execution row ------------------------------------------------------------------------------------------------


def execution_score(budget: Fraction, executed: Fraction, weight: Decimal | Fraction, scheme: Scheme) -> Score:
    """The score of the money table's total row: executed ÷ full-year budget × weight, as the scheme prescribes.

    ``budget`` and ``executed`` are in one unit of money. A budget of 0 follows ``scheme.zero_budget`` and is never silent;
    a rate above 100 % is capped by ``linear_capped`` and named in ``policies`` (``over_100``).
    """
    full = Fraction(weight)
    if budget < 0 or executed < 0:
        return Score(None, None, reason="预算数或执行数为负数，无法计算执行率，请核对金额")
    if budget == 0:
        return _zero_budget(executed, full, scheme)
    rate = executed / budget
    match scheme.execution:
        case "linear":
            exact = rate * full
        case "threshold" | "step" if rate * 100 >= Fraction(scheme.execution_full):
            exact = full
        case "step":
            reason = f"执行率低于{number(Fraction(scheme.execution_full))}%，方案没有规定如何计分"
            return Score(None, None, reason=reason)
        case "threshold":
            exact = rate * full
        case _:
            exact = min(rate, Fraction(1)) * full
    value = scheme.rounding.apply(exact)
    shown = f"{number(executed)} ÷ {number(budget)} × {number(full)} = {value}"
    if exact == full != rate * full:
        shown = f"{number(executed)} ÷ {number(budget)} = {_rate(rate)}，得满分 {value}"
    trace = (
        Step("执行率", f"{number(executed)} ÷ {number(budget)} = {_rate(rate)}"),
        Step("得分", shown),
        Step("取舍", str(scheme.rounding)),
    )
    return Score(exact, value, shown, policies=("over_100",) if rate > 1 else (), trace=trace)


def _zero_budget(executed: Fraction, full: Fraction, scheme: Scheme) -> Score:
    if executed or scheme.zero_budget == "none":
        what = "却有执行数" if executed else "且没有执行数"
        return Score(None, None, reason=f"全年预算数为0{what}，执行率无法计算，不计分", policies=("zero_budget",))
    exact = full if scheme.zero_budget == "full" else Fraction(0)
    value = scheme.rounding.apply(exact)
    return Score(exact, value, f"全年预算数为0，按方案得{value}分", policies=("zero_budget",))


def ceiling(rate: Fraction, scheme: Scheme) -> Decimal | None:
    """The most a total can be at an execution rate (in percent); None where the scheme sets no limit at it."""
    return min((most for below, most in scheme.ceilings if rate < Fraction(below)), default=None)


def _rate(rate: Fraction) -> str:
    return f"{Rounding().apply(rate * 100)}%"
