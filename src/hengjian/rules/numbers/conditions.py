"""What a condition means in its row: bounds, dates and states (未完成, 逾期, 持平) over its number."""

import re
from fractions import Fraction

from hengjian.rules.frame import SCALES, TIMES
from hengjian.rules.grammar import items as g
from hengjian.rules.meaning import Meaning
from hengjian.rules.numbers.bounds import bound_condition, deviates, target_reached
from hengjian.rules.numbers.formulas import Formula
from hengjian.rules.numbers.row import ELSE, Row, date_of, day_from, days_late
from hengjian.rules.tree import Compare, Condition, Const, Every, Input, Not, Sign, Some, Stated
from hengjian.values.text import fold


def lower_condition(m: Meaning, cond: g.Cond, *, best: bool, grade: bool = False) -> Condition | None:
    """A condition over the row's number, or None when it is not understood."""
    lowered = row_condition(Row(m), cond, best=best, grade=grade)
    return None if lowered is ELSE else lowered


def probe_bounds(m: Meaning, cond: g.Cond) -> None:
    """Remember the printed bounds: gaps are looked for between them."""
    for bound in cond.bounds:
        if bound.number is not None and not bound.gap:
            number = m.frame.number(bound.number)
            if number is not None and number not in m.probes:
                m.probes.append(number)
    for part in cond.joined:
        probe_bounds(m, part)


def _offset(row: Row, day: tuple[int, int, int]) -> Fraction | None:
    """Days from the deadline to another printed day."""
    goal = day_from(row.frame.deadline)
    if goal is None:
        return None
    year = goal[0] or day[0] or row.m.context.year or 2023
    first, other = date_of(goal, year), date_of((day[0] or year, day[1], day[2]), year)
    return Fraction((other - first).days)


def row_condition(row: Row, cond: g.Cond, *, best: bool, grade: bool = False) -> Condition | None:
    """A condition over the row; ``ELSE`` for otherwise, None when it is not understood."""
    if cond.joined:
        parts = [_part(row, one, best=best) for one in cond.joined]
        if any(part is None for part in parts):
            return None
        known = tuple(part for part in parts if part is not None)
        return Some(known, span=cond.span) if cond.any else Every(known, span=cond.span)
    if cond.state == "else" and not cond.bounds:
        return ELSE
    if cond.date is not None and not cond.bounds:
        return _dated(row, cond)
    if cond.monthly and cond.bounds:
        return Compare(days_late(row), Sign.LE, Const(Fraction(0), "天"), span=cond.span)
    if cond.term is not None:
        return _formula_condition(row, cond)
    if cond.bounds:
        compares = [bound_condition(row, bound, cond, best=best, grade=grade) for bound in cond.bounds]
        if any(one is None for one in compares):
            return None
        known = tuple(one for one in compares if one is not None)
        if len(known) > 1 and any(bound.bare and not bound.gap for bound in cond.bounds):
            return None  # a number that no word compares, beside one that is: what it means there is unknown
        if (
            cond.state == "late"
            and len(known) == 1
            and _timed(row, cond)
            and isinstance(known[0], Compare)
            and known[0].sign in (Sign.LE, Sign.LT)
        ):
            known = (Compare(known[0].left, Sign.GT, Const(Fraction(0), "天")), *known)
        if cond.any:
            return Some(known, span=cond.span)
        return known[0] if len(known) == 1 else Every(known, span=cond.span)
    return _state(row, cond, best=best, grade=grade)


def _formula_condition(row: Row, cond: g.Cond) -> Condition | None:
    """追加额/预算数>0.2."""
    if cond.term is None:
        return None
    lowered = Formula(row, g.Formula(cond.term, False, cond.span)).term(cond.term)
    if lowered is None or not cond.bounds:
        return None
    items: list[Condition] = []
    for bound in cond.bounds:
        token = bound.number
        if token is None:
            return None
        limit = Const(token.value / 100 if token.percent else token.value, span=(token.start, token.end))
        items.append(Compare(lowered[0], bound.sign, limit, span=bound.span))
    return items[0] if len(items) == 1 else Every(tuple(items), span=cond.span)


def _part(row: Row, cond: g.Cond, *, best: bool) -> Condition | None:
    """One of several measures joined by 且 or 或."""
    name = fold(cond.measure)
    token = next((bound.number for bound in cond.bounds if bound.number is not None), None)
    if token is None:
        return Stated(("符合",), name, span=cond.span) if cond.state == "text" and not cond.bounds and name else None
    unit = "%" if token.percent else token.unit
    items = []
    for bound in cond.bounds:
        if bound.number is None:
            return None
        sign = Sign.GE if bound.bare or bound.reach else bound.sign
        limit = Const(bound.number.value * SCALES[bound.number.scale], unit)
        items.append(Compare(Input(name, unit), sign, limit, span=bound.span))
    return items[0] if len(items) == 1 else Every(tuple(items))


def _timed(row: Row, cond: g.Cond) -> bool:
    return any(bound.number is not None and bound.number.unit in TIMES for bound in cond.bounds)


def _dated(row: Row, cond: g.Cond) -> Condition | None:
    own = row.best is not None and row.best.cond is cond
    if cond.date is not None and not row.frame.deadline and row.frame.numeric and own and "全部" in cond.text:
        return target_reached(row, cond.span)  # 年底前全部完工得10分 where a rate is measured
    if cond.date is None or not row.frame.deadline:
        return None
    if len(row.frame.deadline) <= 2:
        return Compare(days_late(row), Sign.LE, Const(Fraction(0), "天"), span=cond.span)
    shift = _offset(row, cond.date)
    if shift is None:
        return None
    if row.m.firm and shift and not cond.after and abs(shift) > 200:
        shift = Fraction(0)  # the year of the rule is a slip (A06)
    if "deadline" in row.m.asked and cond.state == "ontime" and row.best is not None and cond is row.best.cond:
        shift = Fraction(0)
    sign = Sign.GT if cond.after or cond.state == "late" else Sign.LE
    if cond.after and any(
        other.cond is not None and other.cond.date is not None and _offset(row, other.cond.date) == shift - 1
        for other in row.m.clauses
        if other.cond is not cond
    ):
        sign = Sign.GE  # 7月31日前…，8月1日以后: the day itself follows the last band
    ends = Compare(days_late(row), sign, Const(shift, "天"), span=cond.span)
    if cond.since is None:
        return ends
    begins = _offset(row, cond.since)
    if begins is None or begins > shift or sign is Sign.GT:
        return None
    return Every((Compare(days_late(row), Sign.GE, Const(begins, "天")), ends), span=cond.span)


def _state(row: Row, cond: g.Cond, *, best: bool, grade: bool) -> Condition | None:
    """A state told in words; ``ELSE`` where it is whatever the other clauses leave."""
    match cond.state:
        case "ontime" | "late":
            return _in_time(row, cond)
        case "none":
            return _nothing(row, cond)
        case "some":
            return _something(row, cond, best=best)
        case "grow":
            return _growth(row, cond)
        case "rise" | "fall":
            return _moved(row, cond)
        case "reach" | "notover":
            return target_reached(row, cond.span)
        case "partly":
            return _partly(row, cond)
        case "short":
            if _has_best(row):
                return ELSE
            return Not(target_reached(row, cond.span), span=cond.span) if row.frame.numeric else None
        case "over":
            return _over(row, cond)
        case "text":
            return _nothing(row, cond) if grade else _in_words(row, cond, best=best)
        case _:
            return None


def _in_time(row: Row, cond: g.Cond) -> Condition | None:
    """按期, 逾期: by the deadline, within a window, or within the duration that is the target."""
    frame, ontime = row.frame, cond.state == "ontime"
    if _windowed(row) and frame.deadline:
        first = _since(row)
        begins = _offset(row, first) if first is not None else None
        if begins is None:
            return None
        inside = (
            Compare(days_late(row), Sign.GE, Const(begins, "天")),
            Compare(days_late(row), Sign.LE, Const(Fraction(0), "天")),
        )
        return Every(inside, span=cond.span) if ontime else Not(Every(inside), span=cond.span)
    if frame.deadline or (not frame.duration and not frame.numeric):
        return Compare(days_late(row), Sign.LE if ontime else Sign.GT, Const(Fraction(0), "天"), span=cond.span)
    if ontime:
        return target_reached(row, cond.span)
    return Not(target_reached(row, cond.span), span=cond.span) if frame.duration else ELSE


def _nothing(row: Row, cond: g.Cond) -> Condition:
    return Compare(row.frame.actual(), Sign.EQ, Const(Fraction(0), row.frame.unit), span=cond.span)


def _something(row: Row, cond: g.Cond, *, best: bool) -> Condition | None:
    """发生, 出现."""
    frame = row.frame
    if frame.none or not frame.numeric or frame.value == 0:
        return Compare(frame.actual(), Sign.GT, Const(Fraction(0), frame.unit), span=cond.span)
    if not best:
        return None  # 发生事故的不得分: another matter than the target
    return ELSE if frame.down else target_reached(row, cond.span)


def _growth(row: Row, cond: g.Cond) -> Condition:
    """持平, 零增长, 持平或增长, 负增长."""
    frame, said = row.frame, fold(cond.text)
    level, below = "持平" in said, "负增长" in said
    if level and frame.value and frame.unit not in ("%", "‰") and not frame.sense:
        return Compare(frame.actual(), Sign.EQ, frame.target_expr(), span=cond.span)
    if level or "零增长" in said:
        sign = Sign.LE if below else _levelled(said, falls=frame.sense in ("fall", "drop"))
    else:
        sign = Sign.LT if below or "不升反降" in said else Sign.LE
    return Compare(frame.actual(), sign, Const(Fraction(0), frame.unit), span=cond.span)


def _levelled(said: str, *, falls: bool) -> Sign:
    """持平, and which way from there: 持平或增长."""
    if any(word in said for word in ("上升", "增长", "提高", "增加")) and "零增长" not in said:
        return Sign.LE if falls else Sign.GE
    if any(word in said for word in ("下降", "降低", "减少")):
        return Sign.GE if falls else Sign.LE
    return Sign.EQ


def _moved(row: Row, cond: g.Cond) -> Condition | None:
    """上升, 下降 of a number that is a change."""
    frame = row.frame
    if not (frame.sense or (frame.numeric and frame.unit == "%")):
        return None
    up = (cond.state == "rise") != (frame.sense in ("fall", "drop"))
    if _DENIED_MOVE.search(fold(cond.text)):  # 不增长: it falls or stays
        sign = Sign.LE if up else Sign.GE
        return Compare(frame.actual(), sign, Const(Fraction(0), frame.unit), span=cond.span)
    return Compare(frame.actual(), Sign.GT if up else Sign.LT, Const(Fraction(0), frame.unit), span=cond.span)


def _partly(row: Row, cond: g.Cond) -> Condition | None:
    """部分完成: more than nothing, less than the target."""
    frame = row.frame
    if not frame.value or frame.down or frame.sense not in ("", "level", "ratio"):
        return None
    more = Compare(frame.actual(), Sign.GT, Const(Fraction(0), frame.unit))
    return Every((more, Compare(frame.actual(), Sign.LT, frame.target_expr())), span=cond.span)


def _over(row: Row, cond: g.Cond) -> Condition | None:
    """超过目标."""
    frame = row.frame
    best = row.best.cond if row.best is not None else None
    ranged = best is not None and (len(best.bounds) > 1 or deviates(row, best))
    if frame.down or frame.band or ranged:
        return ELSE if _has_best(row) else Not(target_reached(row, cond.span), span=cond.span)
    return Compare(frame.actual(), Sign.GT, frame.target_expr(), span=cond.span) if frame.numeric else None


def _in_words(row: Row, cond: g.Cond, *, best: bool) -> Condition | None:
    """Words of no known state: 未发表, 均符合, or what the best clause says with 未 before it."""
    said, clause = fold(cond.text), row.best
    if row.frame.deadline and not row.frame.numeric and _still_undone(row, cond):
        return ELSE
    if row.frame.numeric and said.startswith(("未", "不", "没", "无")):
        positive = fold(clause.cond.text) if clause is not None and clause.cond is not None else ""
        if clause is not None and (clause.cond is None or len(set(said[1:]) & set(positive)) >= 2):
            return ELSE
        return _nothing(row, cond) if _never_done(row, cond) else None
    if not best:
        return None
    if row.frame.numeric:
        return target_reached(row, cond.span)
    all_well = said.startswith(("均", "都", "全部", "各项均")) and _others_count_faults(row)
    return _nothing(row, cond) if all_well else None  # 均符合得满分


_DENIED_MOVE = re.compile(
    r"(?:不|未|没有?|无)(?:再|出现|有)?(?:增长|增加|上升|提高|提升|上涨|增多|下降|降低|减少|下滑|回落)"
)


def _others_count_faults(row: Row) -> bool:
    """1项不符合扣1分，2项不符合扣3分: every other clause is for a number of faults."""
    conds = [clause.cond for clause in row.m.clauses if clause is not row.best]
    return bool(conds) and all(
        cond is not None and bool(cond.bounds) and any(word in fold(cond.text) + cond.measure for word in "不未缺没")
        for cond in conds
    )


def _never_done(row: Row, cond: g.Cond) -> bool:
    """5篇以上得4分，3-4篇得2分，未发表不得分: none at all, the last of bands of counts (C19)."""
    said = fold(cond.text).removesuffix("的")
    banded = [clause for clause in row.m.clauses if clause.cond is not None and clause.cond.bounds]
    own = [clause for clause in row.m.clauses if clause.cond is cond]
    return (
        row.frame.whole
        and not row.frame.down
        and said.startswith("未")
        and len(said) <= 4
        and len(banded) > 1
        and all(isinstance(clause.cons, g.Zero) for clause in own)
    )


def _still_undone(row: Row, cond: g.Cond) -> bool:
    """10月底前完工得10分，12月底前完工得5分，年内未完工不得分: later than every day named before."""
    undone = re.fullmatch(
        r"(?:[到至]?(?:年内|年底|年末|当年|全年|仍|逾期|此后)[仍]?)*(?:未|没有|未能)([\u4e00-\u9fff]{1,6}?)的?",
        fold(cond.text),
    )
    dated = [clause.cond for clause in row.m.clauses if clause.cond is not None and clause.cond.state == "ontime"]
    return undone is not None and bool(dated) and all(undone.group(1) in fold(one.text) for one in dated)


def _windowed(row: Row) -> bool:
    """提前或推迟均不得分: finishing before the first day is as bad as after the last."""
    return any(
        isinstance(clause.cons, g.Zero)
        and clause.cond is not None
        and any(word in fold(clause.cond.text) for word in ("提前", "早于"))
        and any(word in fold(clause.cond.text) for word in ("推迟", "延迟", "逾期", "晚于", "延后", "滞后"))
        for clause in row.m.clauses
    )


def _since(row: Row) -> tuple[int, int, int] | None:
    return day_from(row.frame.begins) if row.frame.begins else None


def _has_best(row: Row) -> bool:
    return row.best is not None or any(isinstance(clause.cons, (g.Full, g.Step)) for clause in row.m.clauses)
