"""What a clause gives: points, a share, in proportion (C13–C15), by a formula, on a straight line between two bounds."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from hengjian.rules.evaluate import Env, holds
from hengjian.rules.frame import Frame
from hengjian.rules.grammar import items as g
from hengjian.rules.meaning import Clause
from hengjian.rules.numbers.conditions import row_condition
from hengjian.rules.numbers.formulas import formula_value
from hengjian.rules.numbers.row import ELSE, HUNDRED, SAMPLES, ZERO, Row, share_actual
from hengjian.rules.reading import Note, Status
from hengjian.rules.tree import Arith, Const, Expr, Input, Interpolate, Op
from hengjian.values.finding import Level as Severity
from hengjian.values.text import fold


def clause_worth(row: Row, expr: Expr) -> Fraction | None:
    """The points an expression gives when they are fixed (of 100 without a weight); None when they depend on the value."""
    weight = row.m.weight if row.m.weight is not None else Fraction(100)
    match expr:
        case Const(fixed):
            return fixed
        case Input("weight"):
            return weight
        case Arith(Op.MUL, Input("weight"), Const(part)):
            return weight * part
        case Arith(Op.SUB, left, right):
            a, b = clause_worth(row, left), clause_worth(row, right)
            return a - b if a is not None and b is not None else None
        case _:
            return None


def clause_value(row: Row, clause: Clause, values: Sequence[Clause]) -> Expr | None:
    """What a clause without steps gives."""
    cons = clause.cons
    simple = row.m.simple(cons)
    if isinstance(cons, g.Share) and cons.halved and any(row.m.simple(one.cons) is None for one in row.m.clauses):
        row.m.fail(clause.span, "减半以后的得分（满分的一半，还是按规则算出的得分的一半）")
        return None
    beyond = isinstance(cons, g.Fixed) and (beyond_best(row, clause) or _beyond_target(row, clause, values))
    if isinstance(cons, g.Fixed) and not simple_fixed(values) and not beyond:
        simple = None
    if simple is not None:
        if isinstance(cons, (g.Full,)) and row.m.cap_at is not None:
            return row.m.cap()
        return simple
    match cons:
        case g.Fixed():
            row.m.fail(clause.span, "扣分以后的得分（从满分里扣，还是从按比例算出的得分里扣）")
            return None
        case g.Ratio():
            return _ratio(row, cons)
        case g.Formula():
            return formula_value(row, cons)
        case g.Straight():
            return _straight(row, clause, values)
        case g.Discretion() | g.Range():
            return None
        case _:
            return None


def beyond_best(row: Row, clause: Clause) -> bool:
    """超过130台的扣2分 where 完成100台得满分: taken from full marks, for nothing else is earned there (F37)."""
    best, goal = row.best, row.frame.value
    if clause.cond is None or best is None or best.cond is None or not goal or row.frame.down:
        return False
    mine, full = row_condition(row, clause.cond, best=False), row_condition(row, best.cond, best=True)
    if mine is None or full is None or mine is ELSE or full is ELSE:
        return False
    held = False
    for permille in SAMPLES:
        env = Env({"weight": Fraction(10), "target": goal, "actual": goal * permille / 1000})
        if holds(mine, env) is True:
            if holds(full, env) is not True:
                return False
            held = True
    return held


def _beyond_target(row: Row, clause: Clause, values: Sequence[Clause]) -> bool:
    """超过120%的扣1分 where 100%—120%得满分，低于100%按比例: beyond the target nothing but full marks is there to take from."""
    goal = row.frame.value
    if clause.cond is None or not goal or row.frame.down or row.best is None:
        return False
    mine = row_condition(row, clause.cond, best=False)
    shares = [one for one in values if isinstance(one.cons, (g.Ratio, g.Formula))]
    below = [row_condition(row, one.cond, best=False) if one.cond is not None else None for one in shares]
    if mine is None or mine is ELSE or any(one is None or one is ELSE for one in below):
        return False
    held = False
    for permille in SAMPLES:
        env = Env({"weight": Fraction(10), "target": goal, "actual": goal * permille / 1000})
        if holds(mine, env) is not True:
            continue
        if permille < 1000 or any(one is not None and holds(one, env) is not False for one in below):
            return False
        held = True
    return held


def _ratio(row: Row, cons: g.Ratio) -> Expr | None:
    """C13–C15: in proportion to the target; on an overrun by the printed words, else ambiguous."""
    m, frame = row.m, row.frame
    full = m.full()
    said = fold(cons.noun)
    rate = said.endswith(("率", "度")) and not any(word in said for word in ("完成率", "比例", "达成率"))
    if frame.value is None and frame.unit in ("%", "") and (rate or "率" in said or frame.unit == "%"):
        return Arith(Op.MUL, Arith(Op.DIV, replace(frame.actual(), unit="%"), HUNDRED), full)
    if rate and frame.unit == "%":
        return Arith(Op.MUL, Arith(Op.DIV, frame.actual(), HUNDRED), full)
    if frame.value is None or frame.value == 0:
        m.fail(cons.span, "可以计算比例的目标值（不为0的数）")
        return None
    goal = frame.target_expr()
    short_ = _share_off(full, Arith(Op.SUB, goal, frame.actual()), goal, cons.times)
    over = _share_off(full, Arith(Op.SUB, frame.actual(), goal), goal, cons.times)
    kind = cons.kind
    if kind == "deduct":
        kind = "over" if frame.down else "short"
    if kind == "over":
        return over
    if kind == "short":
        return short_ if not frame.down else over
    if frame.down:
        choice = m.option(
            "reverse",
            2,
            Status.AMBIGUOUS,
            Note(
                "R06",
                Severity.WARNING,
                "反向指标没有写明公式：目标值÷实际值×分值，还是按超出比例扣分；请写明",
                span=cons.span,
            ),
        )
        return Arith(Op.MUL, Arith(Op.DIV, goal, frame.actual()), full) if choice == 0 else over
    return Arith(Op.MUL, Arith(Op.DIV, share_actual(row), goal), full)


def _share_off(full: Expr, gap: Expr, goal: Expr, times: Fraction) -> Expr:
    """Full marks less the share of the target that is missing or too much, or so many times that share."""
    share = Arith(Op.DIV, gap, goal)
    taken: Expr = share if times == 1 else Arith(Op.MUL, share, Const(times))
    return Arith(Op.MUL, full, Arith(Op.SUB, Const(Fraction(1)), taken))


def _straight(row: Row, clause: Clause, values: Sequence[Clause]) -> Expr | None:
    """线性插值 between two bounds: the scores at both ends come from the neighbouring clauses."""
    frame = row.frame
    ends = _bound_values(clause, frame)
    if len(ends) != 2:
        numbers = sorted({value for other in values if other is not clause for value in _bound_values(other, frame)})
        if len(numbers) != 2:
            return None
        ends = numbers
    anchors = []
    for end in ends:
        score = _score_at(row, end, clause, values, low=end == min(ends))
        if score is None:
            return None
        anchors.append((end, score))
    return Interpolate(frame.actual(), tuple(anchors), span=clause.span)


def _score_at(row: Row, end: Fraction, clause: Clause, values: Sequence[Clause], *, low: bool) -> Fraction | None:
    for other in values:
        if other is clause or end not in _bound_values(other, row.frame):
            continue
        result = row.m.simple(other.cons)
        worth = clause_worth(row, result) if result is not None else None
        if (worth is not None and (worth == 0) == (low != row.frame.down)) or (worth is not None and worth > 0):
            return worth
    return None


def in_range(
    row: Row,
    body: Expr,
    steps: Sequence[Clause],
    adds: Sequence[Clause],
    base: Expr,
    values: Sequence[Clause],
    *,
    held: bool,
) -> Expr:
    """The range: [0, w], wider only by a printed bonus (C1). ``held``: 最多扣 already holds the steps themselves."""
    m = row.m
    clamped = m.finish(body, [*values, *steps])
    if held and m.weight != 0 and not isinstance(clamped.low, Const):
        clamped = replace(clamped, low=ZERO)  # 最多扣6分 limits the steps, not 低于85%不得分 beside them
    if not adds:
        return clamped
    mods = [mod for clause in m.clauses for mod in clause.mods] + m.mods
    caps = [mod for mod in mods if isinstance(mod, g.Most) and mod.of == "add" and mod.amount is not None]
    uncapped = any(isinstance(mod, g.Remark) and mod.kind == "uncapped" for mod in mods)
    earn_caps = [mod for mod in mods if isinstance(mod, g.Most) and mod.of in ("earn", "")]
    limited = [mod for mod in mods if isinstance(mod, g.Most) and mod.of == "" and mod.amount is not None]
    top = clause_worth(row, base)
    weight = m.weight
    if caps and caps[0].amount is not None:
        limit = m.amount(caps[0].amount)
        if earn_caps and earn_caps[0].amount is None:
            return replace(clamped, high=m.full(), stated=True)
        if earn_caps and earn_caps[0].amount is not None and earn_caps[0].of == "earn":
            return replace(clamped, high=m.points(earn_caps[0].amount.value), stated=True)
        high: Expr = Arith(Op.ADD, base, limit)
        if top is not None and weight is not None and isinstance(limit, Const) and top + limit.value <= weight:
            high = m.full()
        return replace(clamped, high=high, stated=True)
    if earn_caps:
        amount = earn_caps[0].amount
        if amount is None:
            return replace(clamped, high=m.full(), stated=True)
        if amount.unit == "分" and earn_caps[0] in limited and weight is not None and amount.value < weight:
            return replace(clamped, high=Arith(Op.ADD, base, m.points(amount.value)), stated=True)
        return replace(clamped, high=m.amount(amount), stated=True)
    if uncapped:
        return replace(clamped, high=None, stated=True)
    if top is not None and weight is not None and top < weight:
        return clamped
    choice = m.option(
        "bonus",
        2,
        Status.AMBIGUOUS,
        Note("R07", Severity.WARNING, "加分没有写明上限：能不能超过分值、最多加多少；请写明“最高加×分”或“满分为止”"),
    )
    return clamped if choice == 0 else replace(clamped, high=None)


def simple_fixed(values: Sequence[Clause]) -> bool:
    """Whether a deduction taken once comes off full marks: not beside a ratio that applies to the same shortfall."""
    ratios = [clause for clause in values if isinstance(clause.cons, (g.Ratio, g.Formula))]
    fixed = [clause for clause in values if isinstance(clause.cons, g.Fixed) and clause.cond is not None]
    return not ratios or all(
        clause.cond is not None and any(bound.gap == "over" for bound in clause.cond.bounds) for clause in fixed
    )


def _bound_values(clause: Clause, frame: Frame) -> list[Fraction]:
    if clause.cond is None:
        return []
    if clause.cond.state == "grow":
        return [Fraction(0)]
    return [
        number
        for bound in clause.cond.bounds
        if bound.number is not None and (number := frame.number(bound.number)) is not None
    ]
