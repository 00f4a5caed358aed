"""Steps whose price changes on the way (前3次每次…，超过3次的部分每次…; 首次…，第二次起…) and steps that earn (每完成1场得0.3分)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from hengjian.rules.frame import TIMES
from hengjian.rules.grammar import items as g
from hengjian.rules.meaning import Clause, step_of
from hengjian.rules.numbers.conditions import row_condition
from hengjian.rules.numbers.distances import (
    in_percent_of_target,
    side_of_step,
    start_of_steps,
    step_distance,
    step_size,
    unfinished_steps,
)
from hengjian.rules.numbers.row import ELSE, Row
from hengjian.rules.numbers.worth import clause_value, clause_worth
from hengjian.rules.reading import Note, Status
from hengjian.rules.tree import Arith, Branch, Case, Clamp, Compare, Const, Expr, Input, Op, Sign, Steps
from hengjian.values.finding import Level as Severity
from hengjian.values.text import fold


def earned_steps(row: Row, earns: Sequence[Clause], values: Sequence[Clause]) -> Expr | None:
    """每完成1场得0.3分，最多得6分."""
    m = row.m
    total: Expr | None = None
    for clause in earns:
        step = step_of(clause)
        amount = step.amount
        if amount is None:
            return None
        size = _earned_size(row, step)
        if size is None:
            m.fail(clause.span, "能与目标值单位对应的计分单位")
            return None
        measure: Expr | None = row.frame.actual()
        if step.way == "over" and step.threshold is None and not step.against_target and not step.relative:
            grown = not any(word in step.words for word in ("超", "高", "多", "突破", "大于"))
            if grown and (row.frame.unit != "%" or row.frame.sense not in ("", "level")):
                step = replace(step, way="done")  # 每新增5公里得1分 counts what is new, from the first
            elif grown:
                m.fail(clause.span, "从多少起计分")
                return None
        bounded = clause.cond is not None and bool(clause.cond.bounds)
        if clause.cond is not None and bounded and step.threshold is None and step.way not in ("over", "short"):
            measure = _stretch(row, clause.cond)
        elif step.threshold is not None or step.way in ("over", "short") or bounded:
            measure = step_distance(row, clause, step, "short" if step.way == "short" else "over")
        if measure is None:
            m.fail(clause.span, "从多少起计分")
            return None
        measure, size = in_percent_of_target(row, step, "over", measure, size)
        part = Arith(Op.MUL, Steps(measure, size, *unfinished_steps(row, clause, step)), m.amount(amount))
        total = part if total is None else Arith(Op.ADD, total, part)
    if total is None:
        return None
    branches = []
    for clause in values:
        result = clause_value(row, clause, values)
        lowered = row_condition(row, clause.cond, best=clause is row.best) if clause.cond is not None else None
        stated = clause.cond is not None and not clause.cond.bounds and lowered is None
        absent = stated and fold(clause.cond.text if clause.cond is not None else "").startswith(("未", "没", "无"))
        if absent and result is not None and clause_worth(row, result) == 0:
            continue  # 每创成1个得1分，未创成不得分: none earns nothing as it is
        if result is None or lowered is None or lowered is ELSE:
            m.fail(clause.span)
            return None
        branches.append(Branch(lowered, result, span=clause.span))
    body: Expr = Case(tuple(branches), total) if branches else total
    return m.finish(body, [*values, *earns])


def _stretch(row: Row, cond: g.Cond) -> Expr | None:
    """What lies between the printed bounds: 3000万元以内的部分, 超过3000万元的部分, 10-20个的部分."""
    low: Fraction | None = None
    high: Fraction | None = None
    for bound in cond.bounds:
        number = row.frame.number(bound.number) if bound.number is not None and not bound.of_target else None
        if bound.gap == "over" and bound.number is not None and number is not None and row.frame.value:
            if bound.number.percent or number != row.frame.value:
                return None  # 超过100个: the hundredth, or a hundred beyond the target
        elif bound.gap:
            return None
        if number is None:
            return None
        if bound.sign in (Sign.GE, Sign.GT):
            low = number
        elif bound.sign in (Sign.LE, Sign.LT):
            high = number
        else:
            return None
    measure: Expr = row.frame.actual()
    if high is not None:
        measure = Clamp(measure, None, Const(high, row.frame.unit), stated=True)
    return measure if low is None else Arith(Op.SUB, measure, Const(low, row.frame.unit))


def _earned_size(row: Row, step: g.Step) -> Expr | None:
    token = step.size
    if token is None:
        return Const(Fraction(1), row.frame.unit)
    if token.percent:
        return Const(token.value, token.unit)
    number = row.frame.number(token)
    return None if number is None else Const(number, row.frame.unit or token.unit)


def repeated_steps(row: Row, steps: Sequence[Clause], values: Sequence[Clause]) -> Expr | None:
    """首次扣1分，第二次起每次扣2分; 前3次每次扣0.5分，超过3次的部分每次扣1分: a price for every occurrence in turn."""
    m, frame = row.m, row.frame
    fixed = [clause for clause in values if isinstance(clause.cons, g.Fixed) and not clause.cons.add]
    priced = [clause for clause in m.clauses if clause in steps or clause in fixed]
    rest = [clause for clause in values if clause not in fixed]
    begins = [_occurrence(row, clause) for clause in priced]
    known = [begin for begin in begins if begin is not None]
    if len(priced) < 2 or len(known) < len(priced) or known[0] != 1 or known != sorted(set(known)):
        return None
    if any(
        (ends := _counted_from(clause.cond)) is not None and following not in (None, ends[1] + 1)
        for clause, following in zip(priced, [*known[1:], None], strict=True)
    ):
        return None
    last = priced[-1].cons
    if not isinstance(last, g.Step) or any(
        step_of(clause).verb != "deduct" or step_of(clause).high is not None for clause in steps
    ):
        return None
    if (
        frame.value
        or frame.deadline
        or any(clause.cond is None or clause.cond.state not in ("none", "else") for clause in rest)
    ):
        return None
    if not all(isinstance(clause.cons, g.Full) for clause in rest):
        return None
    body: Expr = m.full()
    for clause, begin, following in zip(priced, known, [*known[1:], None], strict=True):
        amount = clause.cons.amount if isinstance(clause.cons, (g.Fixed, g.Step)) else None
        if amount is None:
            return None
        count: Expr = frame.actual()
        count = count if begin == 1 else Arith(Op.SUB, count, Const(begin - 1, frame.unit))
        if following is not None:
            count = Clamp(count, None, Const(following - begin, frame.unit), stated=True)
        times = Steps(count, Const(Fraction(1), frame.unit), span=clause.span)
        body = Arith(Op.SUB, body, Arith(Op.MUL, times, m.amount(amount)))
    return m.finish(body, [*values, *steps])


def _occurrence(row: Row, clause: Clause) -> Fraction | None:
    """The first occurrence a clause prices: 首次 1, 第二次起 2, 超过3次的部分 4, 再次 2; None when it does not count them."""
    cond, step = clause.cond, clause.cons if isinstance(clause.cons, g.Step) else None
    if step is not None and (step.way not in ("event", "") or (step.size is not None and step.size.value != 1)):
        return None
    if cond is None:
        return Fraction(1) if step is not None else None
    said = fold(cond.text).removeprefix("发生").removeprefix("出现")
    if said.startswith(("首次", "初次", "首起", "第一次")) or (said == "第" and step is not None):
        return Fraction(1)
    if said.startswith(("再次", "再", "以后", "此后", "之后", "其后", "重复")):
        return Fraction(2)
    numbers = [bound for bound in cond.bounds if bound.number is not None]
    if (ends := _counted_from(cond)) is not None:
        return ends[0]
    if len(numbers) != 1 or numbers[0].number is None or numbers[0].number.percent:
        return None
    number = numbers[0].number.value
    if cond.ordinal:
        return number
    if said.startswith("前") or ("部分" in said and numbers[0].sign is Sign.LE):
        return Fraction(1)
    return number + 1 if "部分" in said and numbers[0].sign is Sign.GT else None


def _counted_from(cond: g.Cond | None) -> tuple[Fraction, Fraction] | None:
    """1-3件每件…, 第2至4次每次…: the first and the last occurrence a clause prices."""
    if cond is None or len(cond.bounds) != 2 or [bound.sign for bound in cond.bounds] != [Sign.GE, Sign.LE]:
        return None
    first, last = (bound.number for bound in cond.bounds)
    if first is None or last is None or first.percent or last.percent or first.unit not in ("", last.unit):
        return None
    return (first.value, last.value) if first.value.denominator == last.value.denominator == 1 else None


def continued_steps(row: Row, deducts: Sequence[Clause], values: Sequence[Clause]) -> Expr | None:
    """前5名得5分，第6名得4分，以后每下降1名扣0.5分: the steps go on from the last printed place and its points."""
    m = row.m
    if len(deducts) != 1 or deducts[0].cond is None or len(m.clauses) != len(values) + 1:
        return None
    step, said = step_of(deducts[0]), fold(deducts[0].cond.text)
    if not said.startswith(("以后", "此后", "之后", "其后")) or deducts[0].cond.bounds or step.amount is None:
        return None
    places = [
        (clause.cond.bounds[0].number.value, clause)
        for clause in values
        if clause.cond is not None
        and len(clause.cond.bounds) == 1
        and clause.cond.bounds[0].number is not None
        and clause.cond.bounds[0].number.unit == "名次"
    ]
    if not places or len(values) < 2:
        return None
    place, last = max(places, key=lambda pair: pair[0])
    if not isinstance(last.cons, g.Points):
        return None
    branches = []
    for clause in values:
        result = clause_value(row, clause, values)
        lowered = row_condition(row, clause.cond, best=clause is row.best) if clause.cond is not None else None
        if result is None or lowered is None or lowered is ELSE:
            return None
        branches.append(Branch(lowered, result, span=clause.span))
    beyond = Arith(Op.SUB, Input("actual", "名次"), Const(place, "名次"))
    size = Const(step.size.value if step.size is not None else Fraction(1), "名次")
    lost = Arith(Op.MUL, Steps(beyond, size, span=step.span), m.amount(step.amount))
    rest = Arith(Op.SUB, m.points(last.cons.value), lost)
    return m.finish(Case(tuple(branches), rest), m.clauses)


def based_steps(row: Row, deducts: Sequence[Clause], values: Sequence[Clause]) -> Expr | None:
    """85%-95%的，在10分基础上每低1点扣0.5分；70%-85%的，在5分基础上每低1点扣0.3分: every stretch starts from points of its own.

    None where no step names such points.
    """
    m = row.m
    if all(clause.base is None for clause in deducts):
        return None
    branches: list[Branch] = []
    for clause in deducts:
        stretch = _on_base(row, clause)
        if stretch is None:
            m.fail(clause.span, "写明区间和起扣分数的一段（如“85%—95%的，在10分基础上每低1个百分点扣0.5分”）")
            return None
        branches.append(stretch)
    last: Expr | None = None
    plain: list[tuple[Fraction, Branch]] = []
    for clause in values:
        result = clause_value(row, clause, values)
        lowered = row_condition(row, clause.cond, best=clause is row.best) if clause.cond is not None else None
        worth = clause_worth(row, result) if result is not None else None
        if result is None or lowered is None or worth is None:
            return None
        if lowered is ELSE:
            last = result
        else:
            plain.append((worth, Branch(lowered, result, span=clause.span)))
    plain.sort(key=lambda pair: -pair[0])
    best = [branch for worth, branch in plain if worth >= (deducts[0].base or m.weight or 0)]
    rest = [branch for _, branch in plain if branch not in best]
    return m.finish(Case((*best, *branches, *rest), last), m.clauses)


def _on_base(row: Row, clause: Clause) -> Branch | None:
    """One stretch: its bounds, and its points less what the steps take from its better end."""
    step, way = step_of(clause), side_of_step(row, step_of(clause), clause)
    bounds = clause.cond.bounds if clause.cond is not None else ()
    signs = (Sign.LE, Sign.LT) if way == "short" else (Sign.GE, Sign.GT) if way == "over" else ()
    ends = [row.frame.number(one.number) for one in bounds if one.sign in signs and one.number is not None]
    if len(ends) != 1 or ends[0] is None or clause.cond is None or step.amount is None or step.high is not None:
        return None
    lowered, size = row_condition(row, clause.cond, best=False), step_size(row, step, way)
    if lowered is None or lowered is ELSE or size is None:
        return None
    end, actual = Const(ends[0], row.frame.unit), row.frame.actual()
    away: Expr = Arith(Op.SUB, end, actual) if way == "short" else Arith(Op.SUB, actual, end)
    away, size = in_percent_of_target(row, step, way, away, size)
    lost = Arith(
        Op.MUL, Steps(away, size, *unfinished_steps(row, clause, step), span=step.span), row.m.amount(step.amount)
    )
    start = row.m.full() if clause.base is None else row.m.points(clause.base)
    return Branch(lowered, Arith(Op.SUB, start, lost), span=clause.span)


@dataclass(frozen=True, slots=True)
class _Tier:
    """A step clause and the stretch of the distance it has a price for; ``measured``: its bounds are values, no distances."""

    clause: Clause
    low: Fraction
    high: Fraction | None
    measured: bool


def tiered_steps(row: Row, deducts: Sequence[Clause]) -> Expr | None:
    """逾期5天以内每天扣0.1分，超过5天的部分每天扣0.2分: each stretch of the distance has a price of its own.

    What a clause without 部分 takes beyond its bound is not said: the rest, or the whole distance. None where the steps
    are no tiers of one distance.
    """
    ways = {side_of_step(row, step_of(clause), clause) for clause in deducts}
    if ways == {"event"} and row.frame.down and row.frame.value and all("部分" in _said(clause) for clause in deducts):
        ways = {"over"}  # 超过5件至10件的部分，每件扣…: counted from the target on
    if len(deducts) < 2 or len(ways) != 1 or not ways & {"late", "short", "over"}:
        return None
    if not any(clause.cond is not None and clause.cond.bounds for clause in deducts):
        return None
    way = ways.pop()
    tiers = _tiers(row, deducts, way)
    if tiers is None:
        return None
    if not _follow_each_other(tiers):
        row.m.fail(deducts[0].span, "首尾相接的各段（如“5天以内的部分每天扣…，超过5天的部分每天扣…”）")
        return None
    whole = _counts_whole(row, tiers)
    ends = [tier.high if tier.high is not None else after.low for tier, after in pairwise(tiers)]
    plain = replace(deducts[0], cond=None)
    total: Expr | None = None
    branches: list[Branch] = []
    for tier, low, high in zip(tiers, [Fraction(0), *ends], [*ends, None], strict=True):
        priced = _priced(row, plain, tier.clause, way, None if whole else low, None if whole else high)
        if priced is None:
            return None
        distance, unit, part = priced
        total = part if total is None else Arith(Op.ADD, total, part)
        if high is None:
            return Case(tuple(branches), part) if whole else total
        branches.append(Branch(Compare(distance, Sign.LE, Const(high, unit)), part, span=tier.clause.span))
    return None


def _tiers(row: Row, deducts: Sequence[Clause], way: str) -> list[_Tier] | None:
    """The stretches of all step clauses from the first on; None where one has none."""
    plain = replace(deducts[0], cond=None)
    begin = start_of_steps(row, plain, step_of(plain), way) if way != "late" and row.frame.numeric else None
    fixed = row.frame.value if isinstance(begin, Input) else begin.value if isinstance(begin, Const) else None
    stretches = [_stretch_of(row, clause, way, fixed) for clause in deducts]
    tiers = [_Tier(clause, *stretch) for clause, stretch in zip(deducts, stretches, strict=True) if stretch is not None]
    ends = [tier.high for tier in tiers[:-1] if tier.high is not None]
    if tiers and goes_on(tiers[-1].clause) and len(ends) == len(tiers) - 1:
        tiers[-1] = replace(tiers[-1], low=max(ends))
    return sorted(tiers, key=lambda tier: tier.low) if len(tiers) == len(deducts) else None


def _follow_each_other(tiers: Sequence[_Tier]) -> bool:
    """Whether the stretches begin at nothing and end where the next begins."""
    lows = [tier.low for tier in tiers]
    if lows[0] != 0 or len(set(lows)) < len(lows):
        return False
    return all(tier.high is None or tier.high in (after.low, after.low - 1) for tier, after in pairwise(tiers))


def _counts_whole(row: Row, tiers: Sequence[_Tier]) -> bool:
    """Whether beyond a bound the whole distance has the new price: asked where the text does not say."""
    # 每低1点扣0.4分；低于85%的，每低1点扣0.8分: the first clause prints no end, so it may go on below 85% as well
    by_measure = all(tier.measured for tier in tiers if tier.low) and tiers[0].high is not None
    if by_measure or all("部分" in _said(tier.clause) or goes_on(tier.clause) for tier in tiers if tier.low):
        return False
    note = Note(
        "R06",
        Severity.WARNING,
        "分段扣分没有写明：超出界限后只有超出的部分按新标准扣，还是全部按新标准扣；请写成“超过…的部分”",
        span=tiers[-1].clause.span,
    )
    return row.m.option("tiers", 2, Status.AMBIGUOUS, note) == 1


def _priced(
    row: Row, plain: Clause, clause: Clause, way: str, low: Fraction | None, high: Fraction | None
) -> tuple[Expr, str, Expr] | None:
    """The distance, its unit, and what a stretch of it costs, from ``low`` to ``high`` (None: all of it)."""
    step = step_of(clause)
    distance, size = step_distance(row, plain, replace(step, threshold=None), way), step_size(row, step, way)
    if distance is None or size is None or step.amount is None or step.high is not None:
        return None
    distance, size = in_percent_of_target(row, step, way, distance, size)
    unit = size.unit if isinstance(size, Const) else ""
    counted = Arith(Op.SUB, distance, Const(low, unit)) if low else distance
    if high is not None:
        counted = Clamp(counted, None, Const(high - (low or 0), unit), stated=True)
    partial, stated = unfinished_steps(row, clause, step)
    return (
        distance,
        unit,
        Arith(Op.MUL, Steps(counted, size, partial, stated, span=step.span), row.m.amount(step.amount)),
    )


def goes_on(clause: Clause) -> bool:
    """前5个百分点每低1点扣0.5分，之后每低1点扣1分: the price behind the last printed end."""
    bounded = clause.cond is not None and bool(clause.cond.bounds)
    return not bounded and _said(clause).startswith(
        ("之后", "此后", "以后", "其后", "超出部分", "超过部分", "其余部分")
    )


def _said(clause: Clause) -> str:
    return fold(clause.cond.text) if clause.cond is not None else ""


def _stretch_of(
    row: Row, clause: Clause, way: str, begin: Fraction | None
) -> tuple[Fraction, Fraction | None, bool] | None:
    """From where to where a step clause counts, as distances from the start; whether measured values say so."""
    low, high, measured = Fraction(0), None, False
    cond, step = clause.cond, step_of(clause)
    if step.threshold is not None or (cond is not None and cond.joined):
        return None
    for bound in cond.bounds if cond is not None else ():
        token = bound.number
        if token is None:
            continue
        apart = bool(bound.gap) or (way == "late" and token.unit in TIMES) or token.unit == "百分点"
        apart = apart or (token.percent and row.frame.unit not in ("%", "‰", ""))
        if apart and bound.bare and row.m.text[: token.start].endswith("前"):
            high = token.value  # 前5个百分点
            continue
        if bound.sign in (Sign.EQ, Sign.NE):
            return None
        up = bound.sign in (Sign.GE, Sign.GT)
        if apart:
            away, further = token.value * (7 if token.unit == "周" else 1), up
            same = step.size is None or token.percent == step.size.percent or way == "late"
            if not same:
                return None
        else:
            number = row.frame.number(token)
            if number is None or begin is None:
                return None
            away, further = (begin - number, not up) if way == "short" else (number - begin, up)
            measured = measured or away > 0
        if away < 0:
            return None
        if further:
            low = max(low, away)
        else:
            high = away if high is None else min(high, away)
    if low == 1 and way == "late":
        low = Fraction(0)  # 逾期1-5天
    return low, high, measured
