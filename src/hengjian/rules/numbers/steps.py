"""Rules with steps that take or add points beside bands; cuts (低于70%不得分) come before the steps they cut."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from hengjian.rules.evaluate import Env, holds, value
from hengjian.rules.grammar import items as g
from hengjian.rules.meaning import Clause, step_of
from hengjian.rules.numbers.bounds import target_reached
from hengjian.rules.numbers.conditions import row_condition
from hengjian.rules.numbers.distances import side_of_step, total_moved
from hengjian.rules.numbers.row import ELSE, SAMPLES, ZERO, Row, done_ratio
from hengjian.rules.numbers.tiers import based_steps, continued_steps, goes_on, repeated_steps, tiered_steps
from hengjian.rules.numbers.worth import clause_value, clause_worth, in_range
from hengjian.rules.numerals import amount
from hengjian.rules.reading import Note, Status
from hengjian.rules.tree import Arith, Branch, Case, Compare, Condition, Const, Every, Expr, Op, Sign
from hengjian.values.finding import Level as Severity
from hengjian.values.text import fold


def stepped(row: Row, steps: Sequence[Clause], values: Sequence[Clause]) -> Expr | None:
    """A rule with steps that take or add points."""
    m = row.m
    if (tree := repeated_steps(row, steps, values)) is not None:
        return tree
    _check_signs(row, steps)
    _check_sides(row, steps)
    base = _base(row, values)
    deducts, adds = _of_verb(steps, "deduct"), _of_verb(steps, "add")
    if (continued := continued_steps(row, deducts, values)) is not None:
        return continued
    if not _says_from_where(row, deducts, values):
        return None
    if not adds and (based := based_steps(row, deducts, values)) is not None:
        return based
    deducts = _contradiction(row, deducts)
    taken = tiered_steps(row, deducts)
    if taken is None and not m.failed:
        taken = total_moved(row, deducts, "deduct")
    given = total_moved(row, adds, "add")
    if m.failed:
        return None
    lower_side: Expr = base if taken is None else Arith(Op.SUB, base, taken)
    upper_side: Expr = base if given is None else Arith(Op.ADD, base, given)
    zone = _zone(row, deducts, lower_side)
    beside = _Beside(otherwise=lower_side if taken is not None and not zone else None)
    if not _gathered(row, beside, values, taken=taken is not None, eventful=_eventful(row, deducts)):
        return None
    beside.cuts = [replace(cut, condition=_outside_steps(row, cut.condition, deducts)) for cut in beside.cuts]
    full = _full(row, beside.full, deducts, adds, taken=taken is not None)
    top = [] if full is None else [Branch(full, upper_side, span=row.best.span if row.best is not None else None)]
    if isinstance(full, Every) and taken is not None and given is not None and not zone:
        beside.otherwise = Arith(Op.ADD, lower_side, given)  # 8%-12%得满分，高于的加，低于的扣
    between = _between(row, beside.others, deducts, lower_side)
    branches = [*(zone or _ranged(row, deducts, lower_side)), *beside.cuts, *top, *between]
    _check_deadline(row, steps)
    otherwise = ZERO if row.literal else beside.otherwise
    if otherwise is None and _covers(row, branches):
        branches, otherwise = branches[:-1], branches[-1].value
    if otherwise is None:
        otherwise = _unsaid(row)
    body: Expr = Case(tuple(branches), otherwise) if branches else (otherwise if otherwise is not None else lower_side)
    return in_range(row, body, steps, adds, base, values, held=len(deducts) == 1 and len(m.clauses) > 1)


@dataclass(slots=True)
class _Beside:
    """What is printed beside the steps: cuts (低于70%不得分), other clauses, where full marks are given, and the rest."""

    cuts: list[Branch] = field(default_factory=list)
    others: list[Branch] = field(default_factory=list)
    full: Condition | None = None
    otherwise: Expr | None = None


def _of_verb(steps: Sequence[Clause], verb: str) -> list[Clause]:
    return [clause for clause in steps if isinstance(clause.cons, g.Step) and clause.cons.verb == verb]


def _says_from_where(row: Row, deducts: Sequence[Clause], values: Sequence[Clause]) -> bool:
    """第6名得4分，以后每下降1名再扣0.5分: from which value and how many points the steps go on is not understood."""
    fixed = any(other is not row.best and isinstance(other.cons, g.Points) for other in values)
    for clause in deducts:
        said = fold(clause.cond.text) if clause.cond is not None else ""
        if fixed and said.startswith(("以后", "此后", "之后", "其后")):
            row.m.fail(clause.span, "从哪一个值、哪个分数起继续扣分")
            return False
    return True


def _eventful(row: Row, deducts: Sequence[Clause]) -> bool:
    """Whether events are counted in a row whose target is neither a number nor a day."""
    frame = row.frame
    if frame.deadline or frame.numeric or frame.none:
        return False
    return any(side_of_step(row, step_of(clause), clause) == "event" for clause in deducts)


def _gathered(row: Row, beside: _Beside, values: Sequence[Clause], *, taken: bool, eventful: bool) -> bool:
    """Put every clause that is no step where it belongs; False where one is not understood."""
    for clause in values:
        if isinstance(clause.cons, g.NoBonus):
            continue
        if clause is row.best or (clause.cond is None and isinstance(clause.cons, (g.Full, g.Points))):
            if clause.cond is not None and not _gathered_best(row, beside, clause.cond, eventful=eventful):
                return False
        elif not _gathered_other(row, beside, clause, values, taken=taken):
            return False
    return True


def _gathered_best(row: Row, beside: _Beside, cond: g.Cond, *, eventful: bool) -> bool:
    if eventful and cond.state in ("ontime", "text", "reach", "none") and not cond.bounds:
        _no_deadline(row, cond)
        return True
    lowered = row_condition(row, cond, best=True)
    if lowered is None:
        row.m.fail(cond.span)
        return False
    beside.full = None if lowered is ELSE else lowered
    return True


def _gathered_other(row: Row, beside: _Beside, clause: Clause, values: Sequence[Clause], *, taken: bool) -> bool:
    m = row.m
    result = clause_value(row, clause, values)
    if result is None or clause.cond is None:
        if not m.failed:
            m.fail(clause.span)
        return False
    lowered = row_condition(row, clause.cond, best=False)
    if lowered is None:
        m.fail(clause.cond.span)
        return False
    if lowered is ELSE:
        if taken and not isinstance(clause.cons, (g.Ratio, g.Formula)):
            m.fail(clause.span, "与“每…扣…分”不重复的条件")
            return False
        beside.otherwise = result
    else:
        into = beside.cuts if clause_worth(row, result) == 0 else beside.others
        into.append(Branch(lowered, result, span=clause.span))
    return True


def _full(
    row: Row, full: Condition | None, deducts: Sequence[Clause], adds: Sequence[Clause], *, taken: bool
) -> Condition | None:
    """Where full marks are given; None where the steps alone decide."""
    frame = row.frame
    if adds and isinstance(full, Compare) and full.sign is Sign.EQ and not frame.band:
        full = replace(full, sign=Sign.LE if frame.down else Sign.GE)  # =100%得7分，每超…加: more is better still
    if full is not None and not adds and _both_ways(row, deducts):
        full = None  # 完成6期得满分，每多或少1期扣0.5分: more than the target is no full mark
    if full is None and (adds or (frame.plus_minus and taken)):
        return target_reached(row)
    return full


def _check_deadline(row: Row, steps: Sequence[Clause]) -> None:
    """每逾期1天扣1分 in a row without a deadline."""
    if row.frame.deadline or row.frame.duration:
        return
    taken = [clause for clause in steps if isinstance(clause.cons, g.Step)]
    if any(side_of_step(row, step_of(clause), clause) in ("late", "early") for clause in taken):
        row.m.raise_to(Status.AMBIGUOUS)
        row.m.firm = True
        row.m.note("R06", Severity.WARNING, "没有写明截止日期，只有填写了推迟天数才能计分；请写明时限")


def _unsaid(row: Row) -> Expr | None:
    """What a miss of the target scores where no clause says so: two readings, or none (R01)."""
    m, frame = row.m, row.frame
    if not frame.value or frame.down:
        m.raise_to(Status.AMBIGUOUS)
        m.firm = True
        m.note("R01", Severity.ERROR, "规则没有写明达不到目标时得多少分；请补上")
        return None
    note = Note("R01", Severity.ERROR, "规则没有写明达不到目标时得多少分：按比例，还是不得分；请补上")
    return done_ratio(row) if m.option("shortfall", 2, Status.AMBIGUOUS, note) == 0 else ZERO


def _outside_steps(row: Row, cut: Condition, deducts: Sequence[Clause]) -> Condition:
    """70%（含）至85%的，每低…扣…；70%以下不得分: where both claim the end of a stretch, the steps have it (C6)."""
    if not isinstance(cut, Compare) or cut.sign not in (Sign.LE, Sign.GE) or not isinstance(cut.right, Const):
        return cut
    for clause in deducts:
        bounds = clause.cond.bounds if clause.cond is not None else ()
        ends = [bound for bound in bounds if bound.number is not None and bound.sign in (Sign.LE, Sign.GE)]
        if len(bounds) == 2 and any(
            bound.sign is not cut.sign
            and bound.number is not None
            and row.frame.number(bound.number) == cut.right.value
            for bound in ends
        ):
            return replace(cut, sign=Sign.LT if cut.sign is Sign.LE else Sign.GT)
    return cut


def _both_ways(row: Row, deducts: Sequence[Clause]) -> bool:
    """Whether every step counts the distance from one printed value, on both sides."""
    frame = row.frame
    best = row.best.cond if row.best is not None else None
    if best is None or frame.value is None or frame.plus_minus or frame.band or not deducts:
        return False
    exact = all(bound.bare for bound in best.bounds)
    return exact and all(step_of(clause).way == "deviate" for clause in deducts)


def _no_deadline(row: Row, cond: g.Cond) -> None:
    if cond.state == "ontime":
        row.m.raise_to(Status.AMBIGUOUS)
        row.m.firm = True
        row.m.note("R06", Severity.WARNING, "“及时”没有写明截止时间；请写明时限，并填写不及时的次数", cond.span)


def _check_signs(row: Row, steps: Sequence[Clause]) -> None:
    """变动率0，计3分；变动率0，每超…: the same bare number twice, its signs were lost in copying."""
    best = row.best.cond if row.best is not None else None
    for clause in steps:
        cond = clause.cond
        if best is None or cond is None or len(cond.bounds) != 1 or len(best.bounds) != 1:
            continue
        one, two = best.bounds[0], cond.bounds[0]
        if (
            one.bare
            and two.bare
            and one.number is not None
            and two.number is not None
            and one.number.value == two.number.value
        ):
            row.m.note(
                "R10",
                Severity.INFO,
                "两条的条件都只剩下数字，比较符号丢失；按“不超过得满分，超过的按步扣分”读",
                cond.span,
                repair="≤",
            )
            row.m.raise_to(Status.DEFECTIVE)
            row.m.firm = True


def _better(row: Row, bound: g.Bound, step: g.Step, *, up: bool) -> str:
    """（如96%，比95%好反而要扣分）: a value that is better than what earns full marks, and loses points all the same."""
    edge = row.frame.number(bound.number) if bound.number is not None else row.frame.value
    size = row.frame.number(step.size) if step.size is not None else None
    if edge is None or size is None or not size or (not up and edge - size < 0 and row.frame.unit != "%"):
        return ""
    unit = row.frame.unit
    return f"（如{amount(edge + size if up else edge - size, unit)}，比{amount(edge, unit)}好反而要扣分）"


def _check_sides(row: Row, steps: Sequence[Clause]) -> None:
    """≤3%得满分，每降低1个百分点扣1分; ≥95%得满分，每高于95%1个百分点扣…: steps on the side of full marks."""
    best = row.best.cond if row.best is not None else None
    signs = {bound.sign for bound in best.bounds if not bound.bare and not bound.gap} if best is not None else set()
    if len(signs) != 1 or best is None or len(best.bounds) != 1 or row.frame.band or signs & {Sign.EQ, Sign.NE}:
        return
    if best.bounds[0].number is not None and best.bounds[0].number.unit == "名次":
        return  # to fall in a ranking is to get worse, whatever its number does
    up = signs <= {Sign.GE, Sign.GT}
    for clause in steps:
        step = step_of(clause)
        if step.verb != "deduct" or (clause.cond is not None and clause.cond.bounds):
            continue
        low = any(word in step.words for word in ("降低", "下降", "低于", "减少", "每低", "每少"))
        wrong = step.way == "over" if up else step.way == "short" and low
        if not wrong or len([one for one in steps if step_of(one).verb == "deduct"]) > 1:
            continue
        if (
            up
            and "超支" in step.words
            and re.search(r"节约|节支|结余", fold(row.m.context.indicator) + fold(best.measure))
        ):
            clause.cons = replace(step, way="short")  # 成本节约率≥0得满分，每超支1%: what is overspent is not saved
            continue
        note = Note(
            "R08",
            Severity.WARNING,
            f"得满分的一侧又写了按步扣分{_better(row, best.bounds[0], step, up=up)}，"
            "方向写反了；请核对是“每高（超）”还是“每低（少）”",
            span=clause.span,
        )
        if up and row.m.option("side", 2, Status.DEFECTIVE, note) == 1:
            clause.cond = replace(best, bounds=(replace(best.bounds[0], sign=Sign.GT, reach=False),), state="over")
            continue
        if not up and note not in row.m.notes:
            row.m.notes.append(note)
            row.m.raise_to(Status.DEFECTIVE)
            row.m.firm = True
        clause.cons = replace(step, way="short" if up else "over")


def _ranged(row: Row, deducts: Sequence[Clause], lower_side: Expr) -> list[Branch]:
    """80%（含）以上90%以下的，每低…扣…: the printed stretch of one step clause, which wins at its ends (C6)."""
    if (
        len(deducts) != 1
        or deducts[0].cond is None
        or len(deducts[0].cond.bounds) != 2
        or any(bound.gap for bound in deducts[0].cond.bounds)
    ):
        return []
    lowered = row_condition(row, deducts[0].cond, best=False)
    return [] if lowered is None or lowered is ELSE else [Branch(lowered, lower_side, span=deducts[0].span)]


def _zone(row: Row, deducts: Sequence[Clause], lower_side: Expr) -> list[Branch]:
    """完成率超过130%的，每超过10个百分点扣0.5分 inside full marks for reaching the target (F37): tested before them."""
    frame, best = row.frame, row.best
    if len(deducts) != 1 or frame.down or not frame.value or frame.band or best is None or best.cond is None:
        return []
    cond, step = deducts[0].cond, step_of(deducts[0])
    signs = {bound.sign for bound in cond.bounds} if cond is not None else set()
    if cond is None or not signs or not signs <= {Sign.GT, Sign.GE} or side_of_step(row, step, deducts[0]) != "over":
        return []
    lowered, full = row_condition(row, cond, best=False), row_condition(row, best.cond, best=True)
    if lowered is None or lowered is ELSE or full is None or full is ELSE:
        return []
    held = [
        holds(lowered, env) is True and holds(full, env) is True
        for permille in SAMPLES
        for env in [Env({"weight": Fraction(10), "target": frame.value, "actual": frame.value * permille / 1000})]
    ]
    return [Branch(lowered, lower_side, span=deducts[0].span)] if any(held) else []


def _between(row: Row, others: Sequence[Branch], deducts: Sequence[Clause], lower_side: Expr) -> list[Branch]:
    """低于95%得3分 beside steps that give less there: a contradiction with two readings."""
    if not others:
        return []
    if deducts and any(_stepped_too(row, branch, deducts, lower_side) for branch in others):
        choice = row.m.option(
            "between",
            2,
            Status.DEFECTIVE,
            Note(
                "R02",
                Severity.WARNING,
                "同一段数值既按步扣分、又写了固定得分，两处结果不同；请只保留一种",
                span=others[0].span,
            ),
        )
        if choice == 0:
            return []
    return list(others)


def _covers(row: Row, branches: Sequence[Branch]) -> bool:
    """Whether the clauses leave nothing out: 完成…得满分，未完成…按比例."""
    goal = row.frame.value
    if not goal or len(branches) < 2:
        return False
    values = [Fraction(0), goal, *(goal * permille / 1000 for permille in SAMPLES)]
    values += [
        probe + shift for probe in row.m.probes for shift in (Fraction(-1, 1000), Fraction(0), Fraction(1, 1000))
    ]
    for actual in values:
        env = Env({"weight": Fraction(10), "target": goal, "actual": actual})
        if not any(holds(branch.condition, env) is True for branch in branches):
            return False
    return True


def _stepped_too(row: Row, branch: Branch, deducts: Sequence[Clause], lower_side: Expr) -> bool:
    """Whether steps take points off where a clause says what is earned."""
    stretches = _ranged(row, deducts, lower_side)
    goal = row.frame.value or row.frame.high or row.frame.low
    if not goal:
        return True
    for permille in SAMPLES:
        actual = goal * permille / 1000
        env = Env({"weight": Fraction(10**6), "target": goal, "actual": actual}, default=actual)
        if holds(branch.condition, env) is not True:
            continue
        if stretches and holds(stretches[0].condition, env) is not True:
            continue
        if value(lower_side, env) != Fraction(10**6) or not isinstance(value(lower_side, env), Fraction):
            return True
    return False


def _base(row: Row, values: Sequence[Clause]) -> Expr:
    clause = row.best
    if clause is None:
        clause = next((one for one in values if one.cond is None and isinstance(one.cons, g.Points)), None)
    if (
        clause is not None
        and isinstance(clause.cons, g.Points)
        and row.m.weight is not None
        and clause.cons.value != row.m.weight
    ):
        return row.m.points(clause.cons.value)
    if clause is not None and isinstance(clause.cons, g.Share) and clause.cons.value < 100:
        return Arith(Op.MUL, row.m.full(), Const(clause.cons.value / 100))
    return row.m.cap() if row.m.cap_at is not None else row.m.full()


def _contradiction(row: Row, deducts: Sequence[Clause]) -> list[Clause]:
    """Two different deductions for the same overrun: two readings."""
    for number, clause in enumerate(deducts):
        for other in deducts[number + 1 :]:
            one, two = step_of(clause), step_of(other)
            if side_of_step(row, one, clause) != side_of_step(row, two, other) or (
                one.noun != two.noun and one.size is not None and not one.size.percent and one.way == "event"
            ):
                continue
            if clause.cond is not None and other.cond is not None and other.cond.bounds and clause.cond.bounds:
                continue
            if (other.cond is not None and other.cond.bounds) or goes_on(other):
                continue
            choice = row.m.option(
                "contradiction",
                2,
                Status.DEFECTIVE,
                Note("R02", Severity.WARNING, "对同一种差距写了两种扣分，互相矛盾；请只保留一种", span=two.span),
            )
            dropped = other if choice == 0 else clause
            kept = [one_clause for one_clause in deducts if one_clause is not dropped]
            if choice == 1 and other.cond is None:
                kept = [
                    replace(one_clause, cond=clause.cond) if one_clause is other else one_clause for one_clause in kept
                ]
            return kept
    return list(deducts)
