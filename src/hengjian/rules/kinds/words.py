"""Rules over words: 明显得满分，较明显得80%; 酌情扣分; 达到要求得满分，否则不得分 where the target is no number."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from hengjian.rules.grammar import items as g
from hengjian.rules.kinds.grades import level_of
from hengjian.rules.meaning import Clause, Meaning, share
from hengjian.rules.numbers.conditions import lower_condition
from hengjian.rules.reading import Status
from hengjian.rules.tree import Branch, Case, Clamp, Const, Expr, Human, Input, Level, Not, Stated
from hengjian.values.text import fold


def rule_of_words(m: Meaning) -> Expr | None:
    """Rules over words: 明显得满分，较明显得80%; 酌情扣分; 达到要求得满分，否则不得分 where the target is no number."""
    human = [clause for clause in m.clauses if isinstance(clause.cons, (g.Discretion, g.Range))]
    wordy = [
        clause for clause in m.clauses if clause.cond is not None and not clause.cond.bounds and not clause.cond.joined
    ]
    if human:
        return _human(m, human)
    if len(wordy) < len([clause for clause in m.clauses if not isinstance(clause.cons, g.NoBonus)]) and not (
        wordy and all(m.simple(clause.cons) is not None for clause in m.clauses)
    ):
        return None
    if any(m.simple(clause.cons) is None and not isinstance(clause.cons, g.NoBonus) for clause in m.clauses):
        return None
    if any(clause.cond is not None and (clause.cond.bounds or clause.cond.joined) for clause in m.clauses):
        return None
    mixed = _is_state_rule(m)
    if not mixed:
        return None
    if m.frame.numeric and not _more_than_numbers(m):
        return None
    if not m.frame.numeric and m.frame.deadline:
        return None
    if not m.frame.numeric and _counts_events(m):
        return None
    m.raise_to(Status.NEEDS_JUDGEMENT if not m.frame.numeric else Status.EXECUTABLE)
    return _worded(m)


def _is_state_rule(m: Meaning) -> bool:
    return bool(m.clauses) and all(
        clause.cond is not None for clause in m.clauses if not isinstance(clause.cons, g.NoBonus)
    )


def _counts_events(m: Meaning) -> bool:
    """无X得满分；发生X不得分 beside a target such as 无 or 零: a number."""
    return all(clause.cond is not None and clause.cond.state in ("none", "some", "else") for clause in m.clauses) and (
        m.frame.none or not m.frame.text or fold(m.frame.text).startswith(("无", "零", "未发生", "不发生", "杜绝"))
    )


def _more_than_numbers(m: Meaning) -> bool:
    """完成改造并通过验收: a state no number of the target can express."""
    return any(
        clause.cond is not None
        and (
            " 且" in clause.cond.text
            or any(
                word in clause.cond.text for word in ("并通过", "并且", "且通过", "并验收", "且验收", "并投入", "并经")
            )
        )
        for clause in m.clauses
    )


def _worded(m: Meaning) -> Expr:
    branches = []
    otherwise: Expr | None = None
    for clause in m.clauses:
        result = m.simple(clause.cons)
        if result is None or clause.cond is None:
            continue
        if clause.cond.state == "else":
            otherwise = result
            continue
        branches.append(Branch(Stated(phrases_of(clause.cond)), result, span=clause.span))
    if otherwise is None and len(m.clauses) == 1 and isinstance(m.clauses[0].cons, (g.Zero, g.Fixed)):
        denied = fold(m.clauses[0].cond.text if m.clauses[0].cond is not None else "")
        if denied.startswith(("未", "没", "不")) and not getattr(m.clauses[0].cons, "add", False):
            otherwise = m.full()  # 未落实不得分: what is not so loses nothing
    m.check_top([*[branch.value for branch in branches], *([otherwise] if otherwise is not None else [])])
    if m.scale != 1 or m.cap_at is not None:
        branches = [replace(branch, value=_rescaled(m, branch.value)) for branch in branches]
    return Clamp(Case(tuple(branches), otherwise), Const(Fraction(0), "分"), m.cap())


def _rescaled(m: Meaning, expr: Expr) -> Expr:
    if isinstance(expr, Const):
        return Const(expr.value * m.scale, expr.unit)
    return Const(m.cap_at, "分") if m.cap_at is not None and isinstance(expr, Input) else expr


def _human(m: Meaning, human: Sequence[Clause]) -> Expr | None:
    """Rules in which a person gives the points of at least one clause."""
    m.raise_to(Status.NEEDS_JUDGEMENT)
    ranges = [clause for clause in human if isinstance(clause.cons, g.Range) and not clause.cons.deduct]
    if len(ranges) >= 2:
        return _levels(m)
    found = _judged(m)
    if found is None:
        return None
    branches, otherwise = found
    if not branches and otherwise is not None:
        return _alone(m, otherwise)
    stated = any(isinstance(branch.condition, Stated) for branch in branches)
    if otherwise is not None and not isinstance(otherwise, Const) and stated:
        # 其余酌情扣分: the number a person gives stands for every state
        kept = branches if len(branches) > 1 else [Branch(branches[0].condition, otherwise)]
        return Case(tuple(kept), otherwise)
    return Clamp(Case(tuple(branches), otherwise), Const(Fraction(0), "分"), m.full())


def _levels(m: Meaning) -> Expr | None:
    """好得8-10分，较好得6-8分，差不得分: the levels a person chooses from."""
    levels = []
    for number, clause in enumerate(m.clauses):
        cons = clause.cons
        if clause.cond is None:
            m.fail(clause.span, "这一档的条件")
            return None
        phrases = phrases_of(clause.cond)
        if isinstance(cons, (g.Range, g.Points, g.Share)):
            levels.append(level_of(m, cons, phrases, number == 0 or not _meets_another(m, cons)))
        elif isinstance(cons, g.Zero):
            levels.append(Level(phrases, Const(Fraction(0), "分"), Const(Fraction(0), "分")))
        elif isinstance(cons, g.Full):
            levels.append(Level(phrases, m.full(), m.full()))
        else:
            m.fail(clause.span)
            return None
    return Human(tuple(levels))


def _meets_another(m: Meaning, cons: g.Range | g.Points | g.Share) -> bool:
    """Whether another level begins where this one ends, and so has that number of points."""
    return isinstance(cons, g.Range) and any(
        isinstance(one.cons, g.Range) and one.cons is not cons and one.cons.low == cons.high for one in m.clauses
    )


def _judged(m: Meaning) -> tuple[list[Branch], Expr | None] | None:
    """The clauses as branches, and what holds for the rest; None where one is not understood."""
    caps = [mod for clause in m.clauses for mod in clause.mods if isinstance(mod, g.Most)]
    caps += [mod for mod in m.mods if isinstance(mod, g.Most)]
    branches: list[Branch] = []
    otherwise: Expr | None = None
    for clause in m.clauses:
        fixed, cond = m.simple(clause.cons), clause.cond
        worth = fixed if fixed is not None else _person(m, clause, caps)
        if worth is None:
            m.fail(clause.span)
            return None
        if cond is None or len(m.clauses) == 1:
            otherwise = worth
        elif m.frame.numeric and (cond.bounds or cond.state in ("reach", "short", "over", "notover", "none", "some")):
            lowered = lower_condition(m, cond, best=fixed is not None or not cond.bounds)
            if lowered is None:
                m.fail(clause.span)
                return None
            branches.append(Branch(lowered, worth, span=clause.span))
        elif cond.state == "else":
            otherwise = worth
        else:
            branches.append(Branch(Stated(phrases_of(cond)), worth, span=clause.span))
    return branches, otherwise


def _alone(m: Meaning, worth: Expr) -> Expr:
    """One clause, or none with a condition: 未达预期酌情扣分 takes nothing where the target is reached."""
    cond = m.clauses[0].cond
    if len(m.clauses) != 1 or cond is None:
        return worth
    if m.frame.numeric and cond.state in ("short", "over", "reach"):
        lowered = lower_condition(m, cond, best=False)
        if lowered is not None:
            return Clamp(Case((Branch(Not(lowered), m.full()),), worth), Const(Fraction(0), "分"), m.full())
    denied = phrases_of(cond)
    if denied and (met := _undenied(denied[0])):
        return Case((Branch(Stated(denied), worth), Branch(Stated(met), m.full())))  # 达到预期: nothing taken
    return worth


def _undenied(said: str) -> tuple[str, ...]:
    """未达预期 turned round: 达预期, 达到预期; () where nothing is denied."""
    for word in ("未能", "没有", "未", "没", "不"):
        if said.startswith(word) and len(said) - len(word) >= 2:
            met = said.removeprefix(word)
            return (met, f"达到{met[1:]}") if met.startswith("达") and not met.startswith("达到") else (met,)
    return ()


def _person(m: Meaning, clause: Clause, caps: Sequence[g.Most]) -> Expr | None:
    cons = clause.cons
    if isinstance(cons, g.Range):
        low, high = (
            (m.points(cons.low), m.points(cons.high))
            if cons.unit == "分"
            else (share(m.full(), cons.low), share(m.full(), cons.high))
        )
        return Human(deduct=cons.deduct, low=low, high=high)
    if isinstance(cons, g.Discretion):
        taken = [cap for cap in caps if cap.amount is not None and cap.of in ("deduct", "") and cons.deduct]
        if taken and taken[0].amount is not None:
            return Human(deduct=True, low=Const(Fraction(0), "分"), high=m.amount(taken[0].amount))
        given = [cap for cap in caps if cap.amount is not None and cap.of in ("earn", "", "add")]
        if given and given[0].amount is not None:
            return Human(high=m.amount(given[0].amount))
        return Human()
    return None


def phrases_of(cond: g.Cond) -> tuple[str, ...]:
    """The printed state and, for 或, each of its halves."""
    text = fold(cond.text)
    for word in ("专家评价为", "评价为", "评定为", "评为", "等级为", "结果为", "考核为", "鉴定为", "测评为"):
        if word in text:
            text = text.rpartition(word)[2]
    text = text.removesuffix("的").strip("(),，、:")
    halves = [half for half in text.split("或") if len(half) > 1]
    return tuple(dict.fromkeys((text, *(halves if len(halves) > 1 else ()))))
