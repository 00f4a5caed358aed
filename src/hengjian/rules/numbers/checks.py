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
    _check_percents(row, values)
    _check_thresholds(row, values)


def _check_percents(row: Row, values: Sequence[Clause]) -> None:
    """≥90 beside 80%: the sign is lost."""
    m = row.m
    tokens = [
        bound.number
        for clause in values
        if clause.cond is not None
        for bound in clause.cond.bounds
        if bound.number is not None
    ]
    if row.frame.unit != "%" or not any(token.percent for token in tokens):
        return
    for token in tokens:
        if token.unit or token.value < 1 or token.scale:
            continue
        said, meant = m.text[token.start : token.end], f"{short(token.value)}%"
        place = (token.start, token.end)
        m.note("R05", Severity.WARNING, f"“{said}”漏写了百分号，按{meant}读", place, meant, meant)


def _check_thresholds(row: Row, values: Sequence[Clause]) -> None:
    """A number that should be the target's but is another one."""
    frame = row.frame
    if not frame.value or frame.value <= 0:
        return
    if frame.period or frame.parts or frame.amounts or frame.unit == "名次":
        return
    banded = len([clause for clause in values if clause.cond is not None and clause.cond.bounds]) > 2
    for clause in values:
        token = _other_threshold(row, clause)
        if token is None:
            continue
        if _refuses_target(row, clause, token):
            _note_refused(row, clause, token)
        elif _seems_copied(row, values, clause, token, banded=banded):
            _note_copied(row, clause, token)


def _other_threshold(row: Row, clause: Clause) -> Token | None:
    """The one number of a clause, where it is a level of the row's number and not the target's."""
    frame, cond = row.frame, clause.cond
    if cond is None or len(cond.bounds) != 1 or cond.term is not None:
        return None
    bound = cond.bounds[0]
    if cond.state not in ("reach", "short", "", "text", "notover", "over") or bound.gap or bound.of_target:
        return None
    token, goal = bound.number, frame.value
    number = frame.number(token) if token is not None else None
    if token is None or number is None or goal is None or number == goal or (token.percent and frame.unit != "%"):
        return None
    if frame.unit == "%" and abs(number - goal) <= 25:
        return None
    if missing_gap(row, bound, token, cond) is not None or deviates(row, cond):
        return None
    if isinstance(clause.cons, g.Fixed) and beyond_best(row, clause):
        return None
    return token


def _refuses_target(row: Row, clause: Clause, token: Token) -> bool:
    """低于100户的不得分 beside a target of 60: the target itself would score nothing."""
    number, goal, down = row.frame.number(token), row.frame.value, row.frame.down
    if number is None or goal is None or clause.cond is None or not isinstance(clause.cons, g.Zero):
        return False
    bound = clause.cond.bounds[0]
    beyond = number < goal if down else number > goal
    return beyond and not bound.bare and bound.sign in ((Sign.GT, Sign.GE) if down else (Sign.LT, Sign.LE))


def _note_refused(row: Row, clause: Clause, token: Token) -> None:
    m, said = row.m, clause.cond.text if clause.cond is not None else ""
    m.note(
        "D18",
        Severity.ERROR,
        f"“{said}”不得分，而本行目标值是“{m.context.target.strip()}”，达到目标也会不得分，数字可能是从别的行抄来的",
        (token.start, token.end),
    )
    m.raise_to(Status.DEFECTIVE)
    m.firm = True


def _seems_copied(row: Row, values: Sequence[Clause], clause: Clause, token: Token, *, banded: bool) -> bool:
    """Whether the number should have been the target's; bands may lie beside it."""
    number, goal = row.frame.number(token), row.frame.value
    if number is None or goal is None:
        return False
    if clause is not row.best:
        return not banded and not isinstance(clause.cons, (g.Zero, g.Points, g.Share))
    if not banded:
        return True
    # a better band above the one the target lies in: 0次 before 1-2次 beside a target of 2次
    return goal not in _bounds_of(row, values, clause) and (goal / 3 > number or number > goal * 3)


def _note_copied(row: Row, clause: Clause, token: Token) -> None:
    """Say so and go on with the target's number; beside full marks the printed one is a second reading."""
    m, said = row.m, row.m.text[token.start : token.end]
    note = Note(
        "D18",
        Severity.ERROR,
        f"规则写的是“{said}”，本行目标值是“{m.context.target.strip()}”，数字可能是从别的行抄来的；请改为本行的目标值",
        span=(token.start, token.end),
        example=said,
    )
    if clause is row.best:
        trusted = m.option("threshold", 2, Status.DEFECTIVE, note) == 1
    else:
        if note not in m.notes:
            m.notes.append(note)
        m.raise_to(Status.DEFECTIVE)
        m.firm = True
        # who trusts the copied number trusts it in every clause
        trusted = m.answers.get("threshold") == 1 and _same_number(row, token)
    if not trusted and row.frame.value is not None:
        m.replaced[token] = row.frame.value


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
