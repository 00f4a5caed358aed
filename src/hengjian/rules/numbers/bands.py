"""Rules of bands: their order, the bounds between them, what is left out or contradicts.

The order of clauses is that of convention C6: exact values first, then from the best clause down.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from hengjian.rules.evaluate import Env, holds, value
from hengjian.rules.grammar import items as g
from hengjian.rules.meaning import Clause, short
from hengjian.rules.numbers.bounds import target_reached
from hengjian.rules.numbers.conditions import row_condition
from hengjian.rules.numbers.formulas import added_formulas
from hengjian.rules.numbers.row import ELSE, FLIP, SAMPLES, ZERO, Row, done_ratio
from hengjian.rules.numbers.worth import clause_value, clause_worth
from hengjian.rules.numerals import amount
from hengjian.rules.reading import Note, Status
from hengjian.rules.tree import (
    Arith,
    Branch,
    Case,
    Compare,
    Condition,
    Const,
    Every,
    Expr,
    Input,
    Interpolate,
    Missing,
    Op,
    Sign,
)
from hengjian.values.finding import Level as Severity


def banded(row: Row, values: Sequence[Clause]) -> Expr | None:
    """A rule without steps: one branch for each clause."""
    m = row.m
    branches: list[tuple[Branch, Clause]] = []
    otherwise: Expr | None = None
    unconditional: Clause | None = None
    if (added := added_formulas(row, values)) is not None or m.failed:
        return added
    for clause in values:
        if isinstance(clause.cons, g.NoBonus):
            continue
        result = clause_value(row, clause, values)
        if result is None:
            if not m.failed:
                m.fail(clause.span)
            return None
        if clause.cond is None:
            if unconditional is not None and not _spells_out(clause, unconditional):
                m.fail(clause.span, "条件：前面已经写了无条件的得分")
                return None
            otherwise, unconditional = result, clause
            continue
        lowered = row_condition(row, clause.cond, best=clause is row.best)
        if lowered is None:
            if clause.cond.state == "text" and not clause.cond.bounds and len(values) == 1:
                otherwise = result
                continue
            m.fail(clause.cond.span, "能与目标值比较的条件（如“达到95%”“80%—90%”“按时完成”）")
            return None
        if lowered is ELSE and isinstance(result, Interpolate) and _from_reached(values):
            low, high = (Const(end, row.frame.unit) for end, _ in (result.anchors[0], result.anchors[-1]))
            inside = Compare(row.frame.actual(), Sign.GE, low), Compare(row.frame.actual(), Sign.LE, high)
            branches.append((Branch(Every(inside), result, span=clause.span), clause))
            continue
        if lowered is ELSE:
            if otherwise is not None:
                m.fail(clause.span, "与前面不同的条件")
                return None
            otherwise = result
            continue
        branches.append((Branch(lowered, result, span=clause.span), clause))
    told = [clause for clause in values if not isinstance(clause.cons, g.NoBonus)]
    bounded = len(told) == 1 and len(branches) == 1 and _deducts_in_proportion(row, told[0])
    if bounded:
        otherwise, branches = branches[0][0].value, []  # 未完成的按未完成比例扣分: nothing is missing when reached
    if (whole := _implied(row, values, otherwise)) is not None:
        branches.append(whole)
    ordered = _sorted(row, branches)
    _check_order(row, [(branch, clause) for branch, clause in ordered])
    if not branches and otherwise is not None:
        all_of_it = m.finish(otherwise, values)
        return replace(all_of_it, stated=True) if bounded else all_of_it
    otherwise = _silent_side(row, ordered, otherwise)
    tree = Case(tuple(branch for branch, _ in ordered), otherwise)
    tree = _check_rising(row, tree)
    ordered = [pair for pair in ordered if pair[0] in tree.branches]
    clamped = m.finish(_closed(row, tree, ordered), values)
    bonus = [clause.cons for clause in values if isinstance(clause.cons, g.Fixed) and clause.cons.add]
    if len(bonus) == 1 and clamped.high == m.full() and not clamped.stated:
        return replace(clamped, high=Arith(Op.ADD, m.full(), m.amount(bonus[0].amount)))  # its own cap (C1)
    return clamped


def _spells_out(clause: Clause, before: Clause) -> bool:
    """按完成比例赋分，得分=完成比例×7: the formula says how what stands before it is worked out."""
    return isinstance(clause.cons, g.Formula) and isinstance(before.cons, (g.Ratio, g.Full))


def _from_reached(values: Sequence[Clause]) -> bool:
    """达到1.5%得3分，达到2.5%得5分，中间按插值法: the line lies between two values that are reached, nothing is said below."""
    reached = [clause for clause in values if clause.cond is not None and clause.cond.state == "reach"]
    return len([clause for clause in reached if isinstance(clause.cons, g.Points) and clause.cons.value]) > 1


def _implied(row: Row, values: Sequence[Clause], otherwise: Expr | None) -> tuple[Branch, Clause] | None:
    """未完成不得分; 发生1起扣3分，2起及以上扣8分: rules that only take points leave all of them where nothing is wrong."""
    frame = row.frame
    if otherwise is not None or not (frame.numeric or frame.deadline or frame.none or not frame.text):
        return None
    takes = all(
        isinstance(clause.cons, g.Zero)
        or (isinstance(clause.cons, g.Fixed) and not clause.cons.add)
        or _only_short_of_limit(row, clause)
        for clause in values
    )
    if not takes or any(clause.cond is None or clause.cond.joined for clause in values):
        return None
    known = frame.value is not None or bool(frame.deadline) or frame.none or frame.band
    if not known and any(clause.cond is None or clause.cond.state != "some" for clause in values):
        return None
    return Branch(target_reached(row), row.m.full()), Clause(None, g.Full((0, 0)))


def _only_short_of_limit(row: Row, clause: Clause) -> bool:
    """反向指标，未达标的按完成比例计分: what keeps to the limit loses nothing."""
    cond = clause.cond
    ratio = isinstance(clause.cons, g.Ratio) and clause.cons.kind == "done"
    return ratio and row.frame.down and cond is not None and cond.state == "short" and not cond.bounds


def _deducts_in_proportion(row: Row, clause: Clause) -> bool:
    """Whether the one clause takes off what is missing (or gives what is done), which is all where the target is reached."""
    cons = clause.cons
    return (
        isinstance(cons, g.Ratio)
        and cons.kind in ("short", "deduct", "done")
        and clause.cond is not None
        and clause.cond.state == "short"
        and (cons.kind != "done" or not (row.frame.down or any(bound.number for bound in clause.cond.bounds)))
    )


def _silent_side(row: Row, ordered: Sequence[tuple[Branch, Clause]], otherwise: Expr | None) -> Expr | None:
    """完成得满分 and no word about falling short: in proportion, or nothing."""
    m = row.m
    if otherwise is not None or len(ordered) != 1 or ordered[0][1] is not row.best:
        return otherwise
    if not row.frame.numeric or not row.frame.value or row.frame.down or row.frame.deadline:
        m.raise_to(Status.AMBIGUOUS)
        m.firm = True
        m.note("R01", Severity.ERROR, "规则没有写明达不到时得多少分；请补上")
        return None
    choice = m.option(
        "shortfall",
        2,
        Status.AMBIGUOUS,
        Note("R01", Severity.ERROR, "规则没有写明达不到目标时得多少分：按比例，还是不得分；请补上"),
    )
    return done_ratio(row) if choice == 0 else ZERO


def _sorted(row: Row, branches: Sequence[tuple[Branch, Clause]]) -> list[tuple[Branch, Clause]]:
    """Exact values first, then from the best clause down (C6)."""

    def exact(branch: Branch) -> bool:
        return isinstance(branch.condition, Compare) and branch.condition.sign is Sign.EQ

    constant = [(clause_worth(row, branch.value), number) for number, (branch, _) in enumerate(branches)]
    known = [worth for worth, _ in constant if worth is not None]
    rising = len(known) > 1 and known[0] < known[-1]
    order = list(range(len(branches)))
    if rising:
        order.reverse()

    def rank(position: int) -> int:
        branch, clause = branches[position]
        if exact(branch) or (clause.cond is not None and clause.cond.state == "grow"):
            return 0
        if clause is row.best:
            return 1
        return 3 if constant[position][0] == 0 else 2

    ranks = [rank(position) for position in range(len(branches))]
    order.sort(key=ranks.__getitem__)
    middle = [position for position in order if ranks[position] == 2]
    if all(constant[position][0] is not None for position in middle):
        middle.sort(key=lambda position: -(constant[position][0] or Fraction(0)))
    head = [position for position in order if ranks[position] < 2]
    tail = [position for position in order if ranks[position] > 2]
    tried: list[tuple[Env, bool | Missing]] = []
    inside = [position for position in (*middle, *tail) if _inside_best(row, branches, position, tried)]
    rest = [position for position in (*head, *middle, *tail) if position not in inside]
    return _narrow_first([branches[position] for position in (*inside, *rest)])


def _narrow_first(ordered: list[tuple[Branch, Clause]]) -> list[tuple[Branch, Clause]]:
    """低于95%得8分，低于90%得6分: of two half-lines on one side the narrower one is meant inside it."""
    out: list[tuple[Branch, Clause]] = []
    placed: list[tuple[Fraction | None, Fraction | None] | None] = []
    for pair in ordered:
        ends = _ends(pair[0].condition)
        at = len(out)
        for number, other in enumerate(placed):
            if ends is None or other is None:
                continue
            (low, high), (low2, high2) = ends, other
            below = low is None and low2 is None and high is not None and high2 is not None and high < high2
            above = high is None and high2 is None and low is not None and low2 is not None and low > low2
            if below or above:
                at = number
                break
        out.insert(at, pair)
        placed.insert(at, ends)
    return out


def _inside_best(
    row: Row,
    branches: Sequence[tuple[Branch, Clause]],
    position: int,
    tried: list[tuple[Env, bool | Missing]],
) -> bool:
    """超过目标值30%以上的不得分: a zone inside the full-marks zone is tested first (F37).

    ``tried`` are samples with what the best clause says of them, kept from one clause to the next.
    """
    best = next((branch for branch, clause in branches if clause is row.best), None)
    if best is None or row.frame.value is None or row.frame.down:
        return False
    goal = row.frame.value
    held = other = False
    for number, permille in enumerate(SAMPLES):
        if number == len(tried):
            env = Env({"weight": Fraction(10), "target": goal, "actual": goal * permille / 1000})
            tried.append((env, holds(best.condition, env)))
        env, there = tried[number]
        here = holds(branches[position][0].condition, env)
        if here is True and there is not True:
            return False
        held = held or here is True
        other = other or (there is True and here is not True)
    return held and other


def _check_order(row: Row, ordered: Sequence[tuple[Branch, Clause]]) -> None:
    """A better band with a worse score, bands of real length that overlap with different scores."""
    m = row.m
    bands = [
        (low, high, clause_worth(row, branch.value), branch, clause)
        for branch, clause in ordered
        if (ends := _ends(branch.condition)) is not None
        for low, high in (ends,)
    ]
    scored = [(low, high, worth, clause) for low, high, worth, _, clause in bands if worth is not None]
    # 未开展的不得分 is the value 0: below a band that is open downwards and holds it
    nought = any(low is None and high is not None and high > 0 for low, high, _, _ in scored)
    if len(scored) >= 3:
        by_place = sorted(
            scored,
            key=lambda band: (
                Fraction(-(10**13))
                if nought and band[0] is not None and band[0] == band[1] == 0
                else band[0]
                if band[0] is not None
                else Fraction(-(10**12)),
                band[1] if band[1] is not None else Fraction(10**12),
            ),
        )
        worths = [worth for _, _, worth, _ in by_place]
        rises, falls = _turns(worths)
        ordered_badly = not _two_sided(worths) or _beaten_by_falling_short(row, ordered)
        if rises and falls and not row.frame.band and ordered_badly:
            in_turn = _turns(_worths_in_turn(row, ordered, by_place))  # bands inside others (持平得1分) upset the list
            if all(in_turn):
                _swap(row, by_place, rises > falls)
    for number, (low, high, worth, _, clause) in enumerate(bands):
        for low2, high2, worth2, _, other in bands[number + 1 :]:
            if worth is not None and worth == worth2:
                continue
            bottom = max((one for one in (low, low2) if one is not None), default=None)
            top = min((one for one in (high, high2) if one is not None), default=None)
            if bottom is None or top is None or bottom >= top:
                continue
            if (
                clause.cond is None
                or other.cond is None
                or (
                    (low is None) != (low2 is None)
                    and (high is None) != (high2 is None)
                    and not (low is not None and high2 is not None and low < high2)
                )
            ):
                continue
            if row.frame.whole and top - bottom < 1:
                continue
            m.note(
                "R02",
                Severity.WARNING,
                _double(row, bottom, top, worth, worth2),
                other.cond.span,
                amount(_between(row, bottom, top), row.frame.unit),
            )
            m.raise_to(Status.DEFECTIVE)
            m.firm = True


def _between(row: Row, low: Fraction, high: Fraction) -> Fraction:
    """A value inside, whole where the row counts."""
    middle = (low + high) / 2
    return Fraction(middle.numerator // middle.denominator) if row.frame.whole else middle


def _double(row: Row, low: Fraction, high: Fraction, one: Fraction | None, two: Fraction | None) -> str:
    """What two bands that overlap give, with a value to try (R02)."""
    unit = row.frame.unit
    said = f"{amount(low, unit)}到{amount(high, unit)}同时落在两条里"
    if row.m.weight is not None and one is not None and two is not None:
        said += f"，例如{amount(_between(row, low, high), unit)}可得{short(one)}分，也可得{short(two)}分"
    return f"{said}；按更有利的一条计算，请改写界限"


def _check_rising(row: Row, tree: Case) -> Case:
    """完成10家得满分，未完成得2分，完成8家不得分: more done below the target must not earn less."""
    frame, goal = row.frame, row.frame.value
    if (
        not goal
        or frame.down
        or frame.band
        or frame.plus_minus
        or frame.unit == "名次"
        or frame.sense not in ("", "level")
    ):
        return tree
    points = sorted({Fraction(0), goal, *(one for one in row.m.probes if 0 <= one <= goal)})
    before: Fraction | None = None
    for low, high in pairwise(points):
        actual = (low + high) / 2
        actual = Fraction(actual.numerator // actual.denominator) if frame.whole else actual
        env = Env({"weight": row.m.weight or Fraction(10), "target": goal, "actual": actual})
        got = value(tree, env)
        if isinstance(got, Fraction):
            if before is not None and got < before and not any(note.code == "R08" for note in row.m.notes):
                note = Note("R08", Severity.WARNING, "完成得多的一档反而得分更低，规则前后矛盾；请核对")
                if row.m.option("rising", 2, Status.DEFECTIVE, note) == 1:
                    kept = tuple(one for one in tree.branches if holds(one.condition, env) is not True)
                    return replace(tree, branches=kept)  # the clause that turns the order round is the slip
                row.m.firm = True
                return tree
            before = got
    return tree


def _turns(worths: Sequence[Fraction]) -> tuple[int, int]:
    """How often the points rise and fall from one band to the next."""
    steps = [b - a for a, b in pairwise(worths)]
    return sum(step > 0 for step in steps), sum(step < 0 for step in steps)


def _worths_in_turn(
    row: Row,
    ordered: Sequence[tuple[Branch, Clause]],
    bands: Sequence[tuple[Fraction | None, Fraction | None, Fraction, Clause]],
) -> list[Fraction]:
    """What is earned from the lowest value to the highest, where a band holds that an earlier one does not take first."""
    edges = sorted({edge for low, high, _, _ in bands for edge in (low, high) if edge is not None})
    if not edges:
        return [worth for _, _, worth, _ in bands]
    places = [edges[0] - 1, *edges, *((a + b) / 2 for a, b in pairwise(edges)), edges[-1] + 1]
    worths: list[Fraction] = []
    for place in sorted(places):
        env = Env({"weight": row.m.weight or Fraction(10), "target": row.frame.value or Fraction(1)}, default=place)
        got = next((clause_worth(row, one.value) for one, _ in ordered if holds(one.condition, env) is True), None)
        if got is not None and (not worths or worths[-1] != got):
            worths.append(got)
    return worths or [worth for _, _, worth, _ in bands]


def _beaten_by_falling_short(row: Row, ordered: Sequence[tuple[Branch, Clause]]) -> bool:
    """≤5%得3分；5%-10%得4分 beside a target of ≤5%: who reaches it earns less than who does not."""
    frame = row.frame
    if not frame.explicit or not frame.value:
        return False
    place = frame.value * (Fraction(999, 1000) if frame.down else Fraction(1001, 1000))
    env = Env({"weight": row.m.weight or Fraction(10), "target": frame.value, "actual": place})
    best = max(worth for branch, _ in ordered if (worth := clause_worth(row, branch.value)) is not None)
    got = next((clause_worth(row, one.value) for one, _ in ordered if holds(one.condition, env) is True), None)
    return got is not None and got < best


def _two_sided(worths: Sequence[Fraction]) -> bool:
    """Full marks in the middle and less on both sides is a rule of its own kind."""
    top = max(worths)
    at = list(worths).index(top)
    return (
        0 < at < len(worths) - 1
        and all(a <= b for a, b in pairwise(worths[: at + 1]))
        and all(a >= b for a, b in pairwise(worths[at:]))
    )


_Band = tuple[Fraction | None, Fraction | None, Fraction, Clause]


def _fallen(row: Row, bands: Sequence[_Band], rising: bool) -> str:
    """（85%得4分，95%得3分）: two values, in the order of the bands, whose scores go the wrong way (R08)."""
    if row.m.weight is None:
        return ""
    for one, two in pairwise(bands):
        if (one[2] > two[2]) is not rising or one[2] == two[2]:
            continue
        tries = [_inside(row, band) for band in (one, two)]
        if None in tries:
            continue
        told = (
            f"{amount(x, row.frame.unit)}得{short(band[2])}分"
            for x, band in zip(tries, (one, two), strict=True)
            if x is not None
        )
        return f"（{'，'.join(told)}）"
    return ""


def _inside(row: Row, band: _Band) -> Fraction | None:
    """A value of a band that none of its neighbours shares."""
    low, high = band[:2]
    if low is not None and high is not None:
        return low if low == high else _between(row, low, high)
    if low is None and high is None:
        return None
    return low + 1 if low is not None else (high or Fraction(0)) - 1


def _swap(row: Row, bands: Sequence[tuple[Fraction | None, Fraction | None, Fraction, Clause]], rising: bool) -> None:
    m = row.m
    choice = m.option(
        "order",
        2,
        Status.DEFECTIVE,
        Note(
            "R08",
            Severity.WARNING,
            f"完成得更好的一档反而得分更低{_fallen(row, bands, rising)}，两档的分数可能写颠倒了；请核对",
        ),
    )
    if choice == 1:
        worths = sorted((worth for _, _, worth, _ in bands), reverse=not rising)
        for (_, _, _, clause), worth in zip(bands, worths, strict=True):
            row.m.reworth[id(clause)] = worth


def _closed(row: Row, tree: Case, ordered: Sequence[tuple[Branch, Clause]]) -> Expr:
    """高于90%…低于90%…: the bound itself counts as reached (C5); reordered worths are put in."""
    m = row.m
    branches = list(tree.branches)
    if row.m.reworth:
        branches = [
            replace(branch, value=Const(row.m.reworth[id(clause)], "分")) if id(clause) in row.m.reworth else branch
            for branch, (_, clause) in zip(branches, ordered, strict=True)
        ]
    strict = [
        (number, branch.condition)
        for number, branch in enumerate(branches)
        if isinstance(branch.condition, Compare)
        and branch.condition.sign in (Sign.GT, Sign.LT)
        and isinstance(branch.condition.right, (Const, Input))
    ]
    for number, condition in strict:
        for other_number, other in strict:
            if (
                other_number > number
                and other.right == condition.right
                and other.left == condition.left
                and other.sign is FLIP[condition.sign]
                and _spoken(row, ordered[number][1])
            ):
                if any(
                    _touches(branch.condition, condition)
                    for position, branch in enumerate(branches)
                    if position not in (number, other_number)
                ):
                    continue
                wider = replace(condition, sign=Sign.GE if condition.sign is Sign.GT else Sign.LE)
                branches[number] = replace(branches[number], condition=wider)
                edge = _printed(row, condition.right, ordered[number][1])
                m.note(
                    "R01",
                    Severity.ERROR,
                    f"{edge}没有对应得分：高于和低于都不包含它，按达到计算；请写明“含”或“以上”",
                    ordered[number][1].span,
                    edge,
                )
                m.open_boundary = True
    return (
        tree
        if all(a is b for a, b in zip(branches, tree.branches, strict=True))
        else replace(tree, branches=tuple(branches))
    )


def _printed(row: Row, limit: Expr, clause: Clause) -> str:
    """A bound as the rule prints it (90%), else the target."""
    for bound in clause.cond.bounds if clause.cond is not None else ():
        if bound.number is not None:
            return row.m.text[bound.number.start : bound.number.end]
    return row.m.context.target.strip() if isinstance(limit, Input) else "界限值"


def _spoken(row: Row, clause: Clause) -> bool:
    return clause is row.best


def _ends(condition: Condition) -> tuple[Fraction | None, Fraction | None] | None:
    """The interval of a condition over the plain actual value, or None."""
    parts = condition.items if isinstance(condition, Every) else (condition,)
    low = high = None
    for part in parts:
        if not isinstance(part, Compare) or not isinstance(part.left, Input) or not isinstance(part.right, Const):
            return None
        if part.sign in (Sign.GE, Sign.GT):
            low = part.right.value
        elif part.sign in (Sign.LE, Sign.LT):
            high = part.right.value
        else:
            low = high = part.right.value
    return low, high


def _touches(condition: Condition, other: Compare) -> bool:
    """Whether a condition includes the bound of another one."""
    ends = _ends(condition)
    if ends is None or not isinstance(other.right, Const):
        return False
    low, high = ends
    at = other.right.value
    return (low is None or low <= at) and (high is None or at <= high)
