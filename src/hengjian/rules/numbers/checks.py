"""What is wrong with the numbers themselves: copied thresholds (D18), lost percent signs (R05), the side of full marks, days."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from hengjian.rules.grammar import items as g
from hengjian.rules.grammar.conditions import read_condition
from hengjian.rules.lexer import Token
from hengjian.rules.meaning import Clause, short
from hengjian.rules.numbers.bounds import deviates, missing_gap, unnamed_gap
from hengjian.rules.numbers.row import Row, date_of, day_from, day_text
from hengjian.rules.numbers.worth import beyond_best
from hengjian.rules.reading import Note, Status
from hengjian.rules.tree import Sign
from hengjian.values.finding import Level as Severity


def check_direction(row: Row, values: Sequence[Clause]) -> None:
    """Full marks on the wrong side of a target whose sign is printed: two readings, by the target and as printed."""
    clause = row.best
    if clause is None or clause.cond is None or not row.frame.explicit or row.frame.band:
        return
    signs = [bound.sign for bound in clause.cond.bounds if not bound.bare and not bound.reach and not bound.gap]
    if any(
        bound.number is not None and unnamed_gap(row, bound, bound.number, clause.cond) for bound in clause.cond.bounds
    ):
        return
    if len(signs) != 1 or signs[0] is Sign.EQ:
        return
    up = signs[0] in (Sign.GE, Sign.GT)
    if up is not row.frame.down:
        return
    pairs = [clause.cons for clause in values if clause.cond is not None and clause.cond.bounds]
    if (
        len(pairs) > 2
        and all(isinstance(cons, (g.Full, g.Points, g.Zero, g.Share)) for cons in pairs)
        and not row.frame.value
    ):
        return
    m = row.m
    want = "不高于" if row.frame.down else "不低于"
    choice = m.option(
        "direction",
        2,
        Status.DEFECTIVE,
        Note(
            "R08",
            Severity.WARNING,
            f"目标值是“{m.context.target.strip()}”，规则却在另一侧给满分，方向写反了；应为{want}目标值得满分",
            span=clause.cond.span,
        ),
    )
    row.flip = choice == 0
    row.literal = choice == 1
    if row.literal:
        row.frame = m.frame = replace(row.frame, down=not row.frame.down)


def check_numbers(row: Row, values: Sequence[Clause]) -> None:
    """Thresholds copied from another row (D18), bounds without their percent sign (R05)."""
    m, frame = row.m, row.frame
    goal = frame.value
    for clause in values:
        if clause.cond is None:
            continue
        for bound in clause.cond.bounds:
            token = bound.number
            if token is None:
                continue
            if (
                frame.unit == "%"
                and not token.unit
                and token.value >= 1
                and not token.scale
                and any(
                    other.number is not None and other.number.percent
                    for one in values
                    if one.cond is not None
                    for other in one.cond.bounds
                )
            ):
                m.note(
                    "R05",
                    Severity.WARNING,
                    f"“{m.text[token.start : token.end]}”漏写了百分号，按{short(token.value)}%读",
                    (token.start, token.end),
                    f"{short(token.value)}%",
                    f"{short(token.value)}%",
                )
    if goal is None or goal <= 0 or frame.period or frame.parts or frame.amounts or frame.unit == "名次":
        return
    banded = len([clause for clause in values if clause.cond is not None and clause.cond.bounds]) > 2
    for clause in values:
        cond = clause.cond
        if (
            cond is None
            or len(cond.bounds) != 1
            or cond.state not in ("reach", "short", "", "text", "notover", "over")
            or cond.bounds[0].gap
            or cond.bounds[0].of_target
            or cond.term is not None
        ):
            continue
        token = cond.bounds[0].number
        number = frame.number(token) if token is not None else None
        if token is None or number is None or number == goal or (token.percent and frame.unit != "%"):
            continue
        if missing_gap(row, cond.bounds[0], token, cond) is not None or deviates(row, cond):
            continue
        if frame.unit == "%" and abs(number - goal) <= 25:
            continue
        if isinstance(clause.cons, g.Fixed) and beyond_best(row, clause):
            continue
        beyond = number > goal if not frame.down else number < goal
        if (
            isinstance(clause.cons, g.Zero)
            and not cond.bounds[0].bare
            and beyond
            and cond.bounds[0].sign in ((Sign.LT, Sign.LE) if not frame.down else (Sign.GT, Sign.GE))
        ):
            m.note(
                "D18",
                Severity.ERROR,
                f"“{cond.text}”不得分，而本行目标值是“{m.context.target.strip()}”，达到目标也会不得分，数字可能是从别的行抄来的",
                (token.start, token.end),
            )
            m.raise_to(Status.DEFECTIVE)
            m.firm = True
            continue
        if clause is not row.best and (banded or isinstance(clause.cons, (g.Zero, g.Points, g.Share))):
            continue
        if clause is row.best and banded and goal in _bounds_of(row, values, clause):
            continue  # a better band above the one the target lies in: 0次 before 1-2次 beside a target of 2次
        if clause is row.best and banded and not goal / 3 > number and not number > goal * 3:
            continue
        said = m.text[token.start : token.end]
        note = Note(
            "D18",
            Severity.ERROR,
            f"规则写的是“{said}”，本行目标值是“{m.context.target.strip()}”，数字可能是从别的行抄来的；请改为本行的目标值",
            span=(token.start, token.end),
            example=said,
        )
        if clause is row.best:
            choice = m.option("threshold", 2, Status.DEFECTIVE, note)
            if choice == 0:
                row.m.replaced[token] = goal
        else:
            if note not in m.notes:
                m.notes.append(note)
            m.raise_to(Status.DEFECTIVE)
            m.firm = True
            if m.answers.get("threshold") == 1 and _same_number(row, token):
                continue  # who trusts the copied number trusts it in every clause
            row.m.replaced[token] = goal


def _same_number(row: Row, token: Token) -> bool:
    """Whether the clause of full marks prints that number, too."""
    bounds = row.best.cond.bounds if row.best is not None and row.best.cond is not None else ()
    return any(bound.number is not None and bound.number.value == token.value for bound in bounds)


def _bounds_of(row: Row, values: Sequence[Clause], but: Clause) -> set[Fraction | None]:
    """The numbers the other clauses are bounded by."""
    return {
        row.frame.number(bound.number)
        for clause in values
        if clause is not but and clause.cond is not None
        for bound in clause.cond.bounds
        if bound.number is not None
    }


def check_weight(row: Row, values: Sequence[Clause], steps: Sequence[Clause]) -> None:
    """Whether the points of the best clause are the weight."""
    m = row.m
    clause = row.best
    if clause is None or not isinstance(clause.cons, g.Points) or m.weight is None:
        return
    adds = any(isinstance(step.cons, g.Step) and step.cons.verb == "add" for step in steps)
    if clause.cons.value == m.weight or clause.cons.base or (adds and clause.cons.value < m.weight):
        return
    m.mismatch(clause.cons.value)


def set_deadline(row: Row) -> None:
    """The day lateness counts from: the target's; without one, the first date of the rule. Another year is a slip."""
    m = row.m
    dated = [clause.cond for clause in m.clauses if clause.cond is not None and clause.cond.date is not None]
    dated += [
        cond
        for loose in m.loose
        if (cond := read_condition(loose.chunk.tokens, m.text)) is not None and cond.date is not None
    ]
    if not dated:
        return
    first = dated[0].date
    if first is None:
        return
    if not row.frame.deadline:
        if row.frame.numeric:
            return
        row.frame = m.frame = replace(row.frame, deadline=day_text(first))
        return
    goal = day_from(row.frame.deadline)
    if goal is None or dated[0].after:
        return
    if first[0] and goal[0] and first[0] != goal[0]:
        m.note(
            "A06",
            Severity.WARNING,
            f"规则写的是{first[0]}年，目标值是{goal[0]}年，年份不一致；按目标值的{goal[0]}年计算，请改正规则",
            dated[0].span,
            f"{goal[0]}年",
        )
        m.raise_to(Status.DEFECTIVE)
        m.firm = True
    elif date_of(first, goal[0]) != date_of(goal, goal[0]):
        choice = m.option(
            "deadline",
            2,
            Status.DEFECTIVE,
            Note("D18", Severity.ERROR, "规则的截止日期与目标值的截止日期不同；请统一", span=dated[0].span),
        )
        if choice == 1:
            row.frame = m.frame = replace(row.frame, deadline=day_text((first[0] or goal[0], first[1], first[2])))
