"""Rules over one number: bounds, ratios, formulas and steps, with the row's target and direction.

The order of clauses is that of convention C6: exact values first, then from the best clause down; cuts (低于70%不得分) come
before the steps they cut.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import prod

from hengjian.rules import grammar as g
from hengjian.rules.frame import _SCALES, _TIMES, Frame
from hengjian.rules.lexer import Token
from hengjian.rules.meaning import Clause, Meaning, cond_of, short, step_of
from hengjian.rules.reading import Note, Status
from hengjian.rules.run import Env, holds, inputs_in, value
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
    Input,
    Interpolate,
    Missing,
    Not,
    Op,
    Partial,
    Pick,
    Sign,
    Some,
    Stated,
    Steps,
)
from hengjian.values.finding import Level as Severity
from hengjian.values.text import fold

_ZERO = Const(Fraction(0), "分")
_HUNDRED = Const(Fraction(100))
_FLIP = {Sign.GE: Sign.LE, Sign.GT: Sign.LT, Sign.LE: Sign.GE, Sign.LT: Sign.GT, Sign.EQ: Sign.EQ, Sign.NE: Sign.NE}
# Values in thousandths of the target, none of them a bound anybody prints.
_SAMPLES = (
    3,
    373,
    513,
    617,
    713,
    833,
    877,
    931,
    957,
    973,
    987,
    997,
    1003,
    1013,
    1033,
    1053,
    1077,
    1111,
    1153,
    1213,
    1313,
    1413,
    1613,
    1987,
    2013,
    2513,
    3013,
    5013,
)
_SMALL_SHARE = 50  # percent: beside a limit a smaller one is an overrun, no share of the limit
_BAR = "‖"  # what the reader writes for the bars of |偏差|≤8%
_ELSE = Stated(("其余",))  # stands for "otherwise" while clauses are sorted; never in a tree


def read_numeric(m: Meaning) -> Expr | None:
    """The tree of a rule over one number, or None when it is none (the caller reports)."""
    return _Numbers(m).read()


def lower_condition(m: Meaning, cond: g.Cond, *, best: bool, grade: bool = False) -> Condition | None:
    """A condition over the row's number, or None when it is not understood."""
    lowered = _Numbers(m).condition(cond, best=best, grade=grade)
    return None if lowered is _ELSE else lowered


def probe_bounds(m: Meaning, cond: g.Cond) -> None:
    """Remember the printed bounds: gaps are looked for between them."""
    for bound in cond.bounds:
        if bound.number is not None and not bound.gap:
            number = m.frame.number(bound.number)
            if number is not None and number not in m.probes:
                m.probes.append(number)
    for part in cond.joined:
        probe_bounds(m, part)


class _Numbers:
    def __init__(self, m: Meaning) -> None:
        self.m = m
        self.frame: Frame = m.frame
        self.best: Clause | None = None
        self.flip = False
        self.literal = False

    # --- the whole rule -----------------------------------------------------------------------------------------------

    def read(self) -> Expr | None:
        m = self.m
        self.set_deadline()
        steps = [clause for clause in m.clauses if isinstance(clause.cons, g.Step)]
        values = [clause for clause in m.clauses if clause not in steps]
        values = self.drop_caps(values)
        for clause in m.clauses:
            if clause.cond is not None and (clause.cond.leftover or any(part.leftover for part in clause.cond.joined)):
                m.fail(clause.cond.span, "能读懂的条件（如“达到95%”“80%—90%”“未完成的”）")
                return None
        cut = self.score_cut(values)
        if cut is not None:
            m.clauses = [clause for clause in m.clauses if clause is not cut]
            inner = self.read()
            return None if inner is None else self.cut_off(inner, cut)
        self.best = self.best_clause(values)
        self.check_direction(values)
        self.check_numbers(values)
        self.check_weight(values, steps)
        if m.failed:
            return None
        if not self.measurable(values, steps):
            return None
        for clause in values:
            if clause.cond is not None:
                probe_bounds(m, clause.cond)
        earns = [clause for clause in steps if isinstance(clause.cons, g.Step) and clause.cons.verb == "earn"]
        if earns and len(earns) == len(steps):
            return self.earned(earns, values)
        if steps:
            return self.stepped(steps, values)
        return self.banded(values)

    def score_cut(self, values: Sequence[Clause]) -> Clause | None:
        """低于3分的不得分, 小于0的按0分计 behind a formula: the clause that speaks of the score itself."""
        worked = [clause for clause in values if isinstance(clause.cons, (g.Formula, g.Ratio))]
        for clause in values:
            cond = clause.cond
            if cond is None or not isinstance(clause.cons, g.Zero) or len(cond.bounds) != 1 or cond.joined:
                continue
            bound = cond.bounds[0]
            own = fold(cond.measure) in ("", "得分", "计算得分", "最终得分", "分")
            below = bound.sign in (Sign.LT, Sign.LE) and not bound.bare and bound.number is not None
            if not worked or not own or not below or bound.number is None:
                continue
            if bound.number.unit == "分" and self.frame.unit not in ("分", ""):
                return clause
            if (
                bound.number.value == 0
                and not bound.number.unit
                and (self.frame.value or 0) > 0
                and bound.sign is Sign.LT
            ):
                return clause
        return None

    def cut_off(self, inner: Expr, cut: Clause) -> Expr:
        """The score, or nothing where it falls below the printed points."""
        bound = cond_of(cut).bounds[0]
        limit = bound.number.value if bound.number is not None else Fraction(0)
        if not limit:
            return replace(inner, stated=True) if isinstance(inner, Clamp) else inner
        low = Branch(Compare(inner, bound.sign, Const(limit, "分")), _ZERO, span=cut.span)
        return Clamp(Case((low,), inner), _ZERO, self.m.full())

    def measurable(self, values: Sequence[Clause], steps: Sequence[Clause]) -> bool:
        """Whether there is a number to speak of: in the target, or printed in every clause."""
        if self.frame.numeric or self.frame.deadline or self.frame.none:
            return True
        if steps or any(isinstance(clause.cons, (g.Formula, g.Ratio)) for clause in values):
            return True
        if any(
            clause.cond is not None and (clause.cond.bounds or clause.cond.joined or clause.cond.date)
            for clause in values
        ):
            return True
        return all(
            clause.cond is not None
            and (
                clause.cond.state in ("none", "some", "else", "ontime", "late", "grow")
                or (clause.cond.state in ("rise", "fall") and self.frame.sense in ("rise", "fall", "drop"))
            )
            for clause in values
        )

    def drop_caps(self, values: list[Clause]) -> list[Clause]:
        """超过100%的按100%计: nothing that the clamp to the weight does not do."""
        ratios = [clause for clause in values if isinstance(clause.cons, (g.Ratio, g.Formula))]
        kept = []
        for clause in values:
            over = clause.cond is not None and (
                any(bound.sign in (Sign.GT, Sign.GE) for bound in clause.cond.bounds) or clause.cond.state == "over"
            )
            capped = isinstance(clause.cons, g.Share) and clause.cons.value == 100
            if ratios and over and capped and not self.frame.down:
                continue
            kept.append(clause)
        return kept

    def best_clause(self, values: Sequence[Clause]) -> Clause | None:
        """The clause of full marks: by word, else the most points, else the first."""
        for clause in values:
            if isinstance(clause.cons, g.Full) or (isinstance(clause.cons, g.Share) and clause.cons.value == 100):
                return clause
        pointed = [clause for clause in values if isinstance(clause.cons, g.Points)]
        if pointed:
            top = max(
                pointed, key=lambda clause: clause.cons.value if isinstance(clause.cons, g.Points) else Fraction(0)
            )
            return top if isinstance(top.cons, g.Points) and top.cons.value > 0 else None
        return None

    # --- defects seen while reading -----------------------------------------------------------------------------------

    def check_direction(self, values: Sequence[Clause]) -> None:
        """Full marks on the wrong side of a target whose sign is printed: two readings, by the target and as printed."""
        clause = self.best
        if clause is None or clause.cond is None or not self.frame.explicit or self.frame.band:
            return
        signs = [bound.sign for bound in clause.cond.bounds if not bound.bare and not bound.reach and not bound.gap]
        if any(
            bound.number is not None and self.unnamed_gap(bound, bound.number, clause.cond)
            for bound in clause.cond.bounds
        ):
            return
        if len(signs) != 1 or signs[0] is Sign.EQ:
            return
        up = signs[0] in (Sign.GE, Sign.GT)
        if up is not self.frame.down:
            return
        pairs = [clause.cons for clause in values if clause.cond is not None and clause.cond.bounds]
        if (
            len(pairs) > 2
            and all(isinstance(cons, (g.Full, g.Points, g.Zero, g.Share)) for cons in pairs)
            and not self.frame.value
        ):
            return
        m = self.m
        want = "不高于" if self.frame.down else "不低于"
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
        self.flip = choice == 0
        self.literal = choice == 1
        if self.literal:
            self.frame = m.frame = replace(self.frame, down=not self.frame.down)

    def check_numbers(self, values: Sequence[Clause]) -> None:
        """Thresholds copied from another row (D18), bounds without their percent sign (R05)."""
        m, frame = self.m, self.frame
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
            if self.missing_gap(cond.bounds[0], token, cond) is not None or self.deviates(cond):
                continue
            if frame.unit == "%" and abs(number - goal) <= 25:
                continue
            if isinstance(clause.cons, g.Fixed) and self.beyond_best(clause):
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
            if clause is not self.best and (banded or isinstance(clause.cons, (g.Zero, g.Points, g.Share))):
                continue
            if clause is self.best and banded and not goal / 3 > number and not number > goal * 3:
                continue
            said = m.text[token.start : token.end]
            note = Note(
                "D18",
                Severity.ERROR,
                f"规则写的是“{said}”，本行目标值是“{m.context.target.strip()}”，数字可能是从别的行抄来的；请改为本行的目标值",
                span=(token.start, token.end),
                example=said,
            )
            if clause is self.best:
                choice = m.option("threshold", 2, Status.DEFECTIVE, note)
                if choice == 0:
                    self.m.replaced[token] = goal
            else:
                if note not in m.notes:
                    m.notes.append(note)
                m.raise_to(Status.DEFECTIVE)
                m.firm = True
                self.m.replaced[token] = goal

    def check_weight(self, values: Sequence[Clause], steps: Sequence[Clause]) -> None:
        m = self.m
        clause = self.best
        if clause is None or not isinstance(clause.cons, g.Points) or m.weight is None:
            return
        adds = any(isinstance(step.cons, g.Step) and step.cons.verb == "add" for step in steps)
        if clause.cons.value == m.weight or clause.cons.base or (adds and clause.cons.value < m.weight):
            return
        m.mismatch(clause.cons.value)

    # --- dates --------------------------------------------------------------------------------------------------------

    def set_deadline(self) -> None:
        """The day lateness counts from: the target's; without one, the first date of the rule. Another year is a slip."""
        m = self.m
        dated = [clause.cond for clause in m.clauses if clause.cond is not None and clause.cond.date is not None]
        dated += [
            cond
            for loose in m.loose
            if (cond := g.condition(loose.chunk.tokens, m.text)) is not None and cond.date is not None
        ]
        if not dated:
            return
        first = dated[0].date
        if first is None:
            return
        if not self.frame.deadline:
            if self.frame.numeric:
                return
            self.frame = m.frame = replace(self.frame, deadline=_written(first))
            return
        goal = _parsed(self.frame.deadline)
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
        elif _day_of(first, goal[0]) != _day_of(goal, goal[0]):
            choice = m.option(
                "deadline",
                2,
                Status.DEFECTIVE,
                Note("D18", Severity.ERROR, "规则的截止日期与目标值的截止日期不同；请统一", span=dated[0].span),
            )
            if choice == 1:
                self.frame = m.frame = replace(self.frame, deadline=_written((first[0] or goal[0], first[1], first[2])))

    def bonus(self) -> bool:
        """Whether the rule adds points above its full marks."""
        return any(isinstance(clause.cons, g.Step) and clause.cons.verb == "add" for clause in self.m.clauses)

    def late(self) -> Input:
        return Input("late_days", "天", self.frame.deadline)

    def late_months(self) -> Input:
        return Input("late_months", "月", self.frame.deadline)

    def offset(self, day: tuple[int, int, int]) -> Fraction | None:
        """Days from the deadline to another printed day."""
        goal = _parsed(self.frame.deadline)
        if goal is None:
            return None
        year = goal[0] or self.m.context.year or 2023
        first, other = _day_of(goal, year), _day_of((day[0] or year, day[1], day[2]), year)
        return Fraction((other - first).days)

    # --- conditions ---------------------------------------------------------------------------------------------------

    def condition(self, cond: g.Cond, *, best: bool, grade: bool = False) -> Condition | None:
        if cond.joined:
            parts = [self.part(one, best=best) for one in cond.joined]
            if any(part is None for part in parts):
                return None
            known = tuple(part for part in parts if part is not None)
            return Some(known, span=cond.span) if cond.any else Every(known, span=cond.span)
        if cond.state == "else" and not cond.bounds:
            return _ELSE
        if cond.date is not None and not cond.bounds:
            return self.dated(cond)
        if cond.monthly and cond.bounds:
            return Compare(self.late(), Sign.LE, Const(Fraction(0), "天"), span=cond.span)
        if cond.term is not None:
            return self.formula_condition(cond)
        if cond.bounds:
            compares = [self.bound(bound, cond, best=best, grade=grade) for bound in cond.bounds]
            if any(one is None for one in compares):
                return None
            known = tuple(one for one in compares if one is not None)
            if len(known) > 1 and any(bound.bare and not bound.gap for bound in cond.bounds):
                return None  # a number that no word compares, beside one that is: what it means there is unknown
            if (
                cond.state == "late"
                and len(known) == 1
                and self.timed(cond)
                and isinstance(known[0], Compare)
                and known[0].sign in (Sign.LE, Sign.LT)
            ):
                known = (Compare(known[0].left, Sign.GT, Const(Fraction(0), "天")), *known)
            if cond.any:
                return Some(known, span=cond.span)
            return known[0] if len(known) == 1 else Every(known, span=cond.span)
        return self.state(cond, best=best, grade=grade)

    def formula_condition(self, cond: g.Cond) -> Condition | None:
        """追加额/预算数>0.2."""
        if cond.term is None:
            return None
        lowered = _Formula(self, g.Formula(cond.term, False, cond.span)).term(cond.term)
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

    def part(self, cond: g.Cond, *, best: bool) -> Condition | None:
        """One of several measures joined by 且 or 或."""
        name = fold(cond.measure)
        token = next((bound.number for bound in cond.bounds if bound.number is not None), None)
        if token is None:
            return None
        unit = "%" if token.percent else token.unit
        items = []
        for bound in cond.bounds:
            if bound.number is None:
                return None
            sign = Sign.GE if bound.bare or bound.reach else bound.sign
            limit = Const(bound.number.value * _SCALES[bound.number.scale], unit)
            items.append(Compare(Input(name, unit), sign, limit, span=bound.span))
        return items[0] if len(items) == 1 else Every(tuple(items))

    def timed(self, cond: g.Cond) -> bool:
        return any(bound.number is not None and bound.number.unit in _TIMES for bound in cond.bounds)

    def dated(self, cond: g.Cond) -> Condition | None:
        if cond.date is None or not self.frame.deadline:
            return None
        if len(self.frame.deadline) <= 2:
            return Compare(self.late(), Sign.LE, Const(Fraction(0), "天"), span=cond.span)
        shift = self.offset(cond.date)
        if shift is None:
            return None
        if self.m.firm and shift and not cond.after and abs(shift) > 200:
            shift = Fraction(0)  # the year of the rule is a slip (A06)
        if "deadline" in self.m.asked and cond.state == "ontime" and self.best is not None and cond is self.best.cond:
            shift = Fraction(0)
        sign = Sign.GT if cond.after or cond.state == "late" else Sign.LE
        if cond.after and any(
            other.cond is not None and other.cond.date is not None and self.offset(other.cond.date) == shift - 1
            for other in self.m.clauses
            if other.cond is not cond
        ):
            sign = Sign.GE  # 7月31日前…，8月1日以后: the day itself follows the last band
        ends = Compare(self.late(), sign, Const(shift, "天"), span=cond.span)
        if cond.since is None:
            return ends
        begins = self.offset(cond.since)
        if begins is None or begins > shift or sign is Sign.GT:
            return None
        return Every((Compare(self.late(), Sign.GE, Const(begins, "天")), ends), span=cond.span)

    def state(self, cond: g.Cond, *, best: bool, grade: bool) -> Condition | None:
        frame = self.frame
        match cond.state:
            case "ontime" | "late" if self.windowed() and frame.deadline:
                first = self.since()
                begins = self.offset(first) if first is not None else None
                if begins is None:
                    return None
                inside = (
                    Compare(self.late(), Sign.GE, Const(begins, "天")),
                    Compare(self.late(), Sign.LE, Const(Fraction(0), "天")),
                )
                return Every(inside, span=cond.span) if cond.state == "ontime" else Not(Every(inside), span=cond.span)
            case "ontime" | "late" if not frame.duration or frame.deadline:
                if frame.deadline or not frame.numeric:
                    return Compare(
                        self.late(),
                        Sign.LE if cond.state == "ontime" else Sign.GT,
                        Const(Fraction(0), "天"),
                        span=cond.span,
                    )
                return self.reached(cond.span) if cond.state == "ontime" else _ELSE
            case "ontime":
                return self.reached(cond.span)
            case "late":
                return Not(self.reached(cond.span), span=cond.span)
            case "none":
                if grade or frame.none or not frame.numeric or cond.state == "none":
                    return Compare(frame.actual(), Sign.EQ, Const(Fraction(0), frame.unit), span=cond.span)
            case "some":
                if frame.none or not frame.numeric or (frame.value == 0):
                    return Compare(frame.actual(), Sign.GT, Const(Fraction(0), frame.unit), span=cond.span)
                if not best:
                    return None  # 发生事故的不得分: another matter than the target
                return self.reached(cond.span) if frame.numeric and not frame.down else _ELSE
            case "grow":
                said = fold(cond.text)
                if "持平" in said and frame.value and frame.unit not in ("%", "‰") and not frame.sense:
                    return Compare(frame.actual(), Sign.EQ, frame.target_expr(), span=cond.span)
                sign = Sign.LT if "负增长" in said or "不升反降" in said else Sign.LE
                if "持平" in said or "零增长" in said:
                    sign = Sign.EQ
                    falls = frame.sense in ("fall", "drop")
                    if any(word in said for word in ("上升", "增长", "提高", "增加")) and "零增长" not in said:
                        sign = Sign.LE if falls else Sign.GE
                    elif any(word in said for word in ("下降", "降低", "减少")):
                        sign = Sign.GE if falls else Sign.LE
                return Compare(frame.actual(), sign, Const(Fraction(0), frame.unit), span=cond.span)
            case "rise" | "fall":
                if not (frame.sense or (frame.numeric and frame.unit == "%")):
                    return None
                up = (cond.state == "rise") != (frame.sense in ("fall", "drop"))
                return Compare(
                    frame.actual(), Sign.GT if up else Sign.LT, Const(Fraction(0), frame.unit), span=cond.span
                )
            case "reach" | "notover":
                return self.reached(cond.span)
            case "partly":
                if not frame.value or frame.down or frame.sense not in ("", "level", "ratio"):
                    return None
                nothing = Const(Fraction(0), frame.unit)
                return Every(
                    (
                        Compare(frame.actual(), Sign.GT, nothing),
                        Compare(frame.actual(), Sign.LT, frame.target_expr()),
                    ),
                    span=cond.span,
                )
            case "short":
                return (
                    _ELSE
                    if self.has_best()
                    else (Not(self.reached(cond.span), span=cond.span) if frame.numeric else None)
                )
            case "over":
                best_cond = self.best.cond if self.best is not None else None
                ranged = best_cond is not None and (len(best_cond.bounds) > 1 or self.deviates(best_cond))
                if frame.down or frame.band or ranged:
                    return _ELSE if self.has_best() else Not(self.reached(cond.span), span=cond.span)
                return Compare(frame.actual(), Sign.GT, frame.target_expr(), span=cond.span) if frame.numeric else None
            case "text":
                said = fold(cond.text)
                if grade:
                    return Compare(frame.actual(), Sign.EQ, Const(Fraction(0), frame.unit), span=cond.span)
                if frame.numeric and said.startswith(("未", "不", "没", "无")):
                    positive = fold(self.best.cond.text) if self.best is not None and self.best.cond is not None else ""
                    same = self.best is not None and (self.best.cond is None or len(set(said[1:]) & set(positive)) >= 2)
                    return _ELSE if same else None
                if frame.numeric and best:
                    return self.reached(cond.span)
            case _:
                return None
        return None

    def windowed(self) -> bool:
        """提前或推迟均不得分: finishing before the first day is as bad as after the last."""
        return any(
            isinstance(clause.cons, g.Zero)
            and clause.cond is not None
            and any(word in fold(clause.cond.text) for word in ("提前", "早于"))
            and any(word in fold(clause.cond.text) for word in ("推迟", "延迟", "逾期", "晚于", "延后", "滞后"))
            for clause in self.m.clauses
        )

    def since(self) -> tuple[int, int, int] | None:
        return _parsed(self.frame.begins) if self.frame.begins else None

    def has_best(self) -> bool:
        return self.best is not None or any(isinstance(clause.cons, (g.Full, g.Step)) for clause in self.m.clauses)

    def reached(self, span: tuple[int, int] | None = None) -> Condition:
        """The target is reached, whichever way that is."""
        frame = self.frame
        if frame.deadline and not frame.numeric:
            return Compare(self.late(), Sign.LE, Const(Fraction(0), "天"), span=span)
        if not frame.numeric:
            if not self.m.context.target.strip() and not frame.none:
                # No target is printed: nothing is reached before there is one (a blank is no zero).
                sign = Sign.LE if frame.down else Sign.GE
                return Compare(frame.actual(), sign, Input("目标值", frame.unit), span=span)
            return Compare(frame.actual(), Sign.LE, Const(Fraction(0), frame.unit), span=span)
        if frame.plus_minus:
            return Compare(self.size(), Sign.LE, Const(frame.high or Fraction(0), frame.unit), span=span)
        if frame.band:
            return Every(
                (
                    Compare(frame.actual(), Sign.GE, Const(frame.low or Fraction(0), frame.unit)),
                    Compare(frame.actual(), Sign.LE, Const(frame.high or Fraction(0), frame.unit)),
                ),
                span=span,
            )
        sign = Sign.LE if frame.down else Sign.GE
        return Compare(frame.actual(), sign, frame.target_expr(), span=span)

    def size(self) -> Expr:
        """The size of a deviation, whichever sign it has."""
        actual = self.frame.actual()
        return Combine(Pick.MAX, (actual, Arith(Op.SUB, Const(Fraction(0), self.frame.unit), actual)))

    def bound(self, bound: g.Bound, cond: g.Cond, *, best: bool, grade: bool) -> Condition | None:
        frame = self.frame
        sign = bound.sign
        if bound.average:
            self.m.option(
                "reference",
                1,
                Status.AMBIGUOUS,
                Note("R06", Severity.WARNING, f"“{bound.average}”的数值不在本行，需要另外提供", span=bound.span),
            )
            self.m.firm = True
            return Compare(
                frame.actual(),
                Sign.GE if bound.sign in (Sign.GE, Sign.GT) else bound.sign,
                Input(bound.average, frame.unit),
                span=bound.span,
            )
        if self.flip and not bound.gap:
            sign = _FLIP[sign]
        token = bound.number
        if token is None:
            if not frame.numeric:
                return None
            if bound.reach or (sign is Sign.EQ and bound.sign is Sign.EQ and not bound.spoken):
                return self.reached(bound.span)
            if frame.band:
                return (
                    self.reached(bound.span) if sign in (Sign.LE, Sign.GE, Sign.EQ) else Not(self.reached(bound.span))
                )
            return Compare(frame.actual(), sign, frame.target_expr(), span=bound.span)
        if token.unit == "分" and frame.unit not in ("分", "%", "") and frame.numeric:
            return None  # 低于3分的不得分: the score, not the row's number
        if token.unit == "名次" or frame.unit == "名次":
            measure: Expr = Input("actual", "名次")
            return Compare(
                measure, Sign.LE if token.kind == "top" else sign, Const(token.value, "名次"), span=bound.span
            )
        if token.both:
            return self.within(token, bound)
        if not bound.gap and not bound.of_target and (token.percent or not token.unit) and cond.measure:
            defined = self.defined_measure(cond)
            if defined is not None:
                limit: Expr = Const(token.value if token.percent else token.value * 100, "%")
                sign = self.bare_sign(bound, cond, best=best, grade=grade) if bound.bare else sign
                return Compare(defined, sign, limit, span=bound.span)
        if not bound.gap and (missing := self.missing_gap(bound, token, cond)) is not None:
            bound = missing
        if self.deviates(cond) or self.beyond_tolerance(bound, cond, best=best):
            size = token.value if token.percent else frame.number(token) or token.value
            limit = Const(size, token.unit, span=(token.start, token.end))
            sign = Sign.LE if bound.bare else sign
            return Compare(self.apart(percent=token.percent), sign, limit, span=bound.span)
        if bound.gap and (
            (frame.sense and frame.sense != "level") or (bound.moved and not self.moves_from_target(best=best))
        ):
            bound = replace(bound, gap="")
        if bound.gap:
            return self.gap(bound, token, cond)
        away = self.unnamed_gap(bound, token, cond)
        if away is not None:
            read = self.gap(away, token, cond)
            if (
                away.gap == "short"
                and isinstance(read, Compare)
                and sign in (Sign.LE, Sign.LT)
                and len(cond.bounds) == 1
            ):
                return Every((replace(read, sign=Sign.GE, right=Const(Fraction(0), "%")), read))  # 节约5%以下
            return read
        if (
            cond.state in ("late", "early")
            and token.unit in _TIMES
            and not (frame.duration and frame.sense != "early" and bound.spoken and cond.state != "late")
        ):
            return self.lateness(bound, token, cond)
        if frame.deadline and not frame.numeric and token.unit in _TIMES:
            return self.lateness(bound, token, cond)
        number = self.m.replaced.get(token, frame.number(token))
        if bound.of_target or (token.percent and frame.unit not in ("%", "‰", "")):
            if frame.value is None or frame.value == 0:
                return None
            measure = Arith(Op.MUL, Arith(Op.DIV, frame.actual(), frame.target_expr()), _HUNDRED)
            limit = Const(token.value, "%")
        elif number is None:
            return None
        elif (
            frame.unit == "%"
            and not token.unit
            and 0 < token.value < 1
            and any(isinstance(clause.cons, g.Formula) for clause in self.m.clauses)
        ):
            measure, limit = frame.actual(), Const(token.value * 100, "%")  # 大于0.1得0分 beside a formula of ratios
        else:
            measure, limit = frame.actual(), Const(number, frame.unit or token.unit, span=(token.start, token.end))
        if bound.reach and frame.down and not cond.bounds[1:]:
            sign = Sign.LE
        if bound.bare:
            sign = self.bare_sign(bound, cond, best=best, grade=grade)
        return Compare(measure, sign, limit, span=bound.span)

    def moves_from_target(self, *, best: bool) -> bool:
        """下降超过5个百分点 beside steps from the target; in 增长5%以上…增长3%以下… growth itself is what is measured."""
        if best or self.frame.none or not self.frame.value:
            return False
        bounds = self.best.cond.bounds if self.best is not None and self.best.cond is not None else ()
        steps = [clause.cons for clause in self.m.clauses if isinstance(clause.cons, g.Step)]
        return any(step.verb == "deduct" for step in steps) and not any(bound.moved for bound in bounds)

    def missing_gap(self, bound: g.Bound, token: Token, cond: g.Cond) -> g.Bound | None:
        """缺3项及以上, 少5次以内, 多3期以上: a word of lack or surplus right before the number counts from the target."""
        frame = self.frame
        before = fold(self.m.text[cond.span[0] : token.start]) if token.start >= cond.span[0] else ""
        short_ = before.endswith(
            ("缺", "缺少", "缺失", "少", "相差", "差", "欠", "短缺", "少了", "缺席", "缺勤", "缺编")
        )
        if not (short_ or before.endswith(("多", "超", "多出", "超出"))) or before.endswith(
            ("至少", "最少", "最多", "至多", "不少", "不多")
        ):
            return None
        if not frame.value or frame.none or frame.sense not in ("", "level"):
            return None
        return replace(bound, gap="short" if short_ else "over")

    def unnamed_gap(self, bound: g.Bound, token: Token, cond: g.Cond) -> g.Bound | None:
        """超过5%不得分 beside an amount, 下降超过5个百分点 beside a rate: a distance no word of the bound names."""
        frame = self.frame
        if frame.value is None or frame.value == 0 or bound.of_target or bound.number is None or bound.reach:
            return None
        if token.percent and frame.unit not in ("%", "‰", ""):
            rated = fold(cond.measure).endswith(("率", "比", "比例", "比重", "度"))
            if (
                frame.down
                and not rated
                and fold(cond.text).startswith(("节约", "节省", "结余", "低于预算", "较预算节约"))
            ):
                return replace(bound, gap="short")
            if frame.down and 0 < token.value <= _SMALL_SHARE and not rated:
                return replace(bound, gap="over")
            return None
        level = frame.unit == "%" and frame.sense in ("", "level") and "点" not in frame.text
        if not level or token.unit != "百分点" or token.value > _SMALL_SHARE or token.value >= frame.value:
            return None
        sign = Sign.GT if bound.sign is Sign.LT and cond.state == "short" else bound.sign
        return replace(bound, gap="over" if frame.down else "short", sign=sign)

    def bare_sign(self, bound: g.Bound, cond: g.Cond, *, best: bool, grade: bool) -> Sign:
        """完成60户, 更正率100%: reached; 3次 between other bands: exactly that."""
        frame = self.frame
        if grade:
            strict = self.m.text == ""
            top = frame.grades and frame.grades[0][1] and fold(frame.grades[0][1]) == fold(cond.text)
            zero = bound.number is not None and bound.number.value == 0
            if strict or zero:
                return Sign.EQ
            return Sign.LE if frame.down else Sign.GE if top or not frame.down else Sign.EQ
        if cond.state == "reach":
            return Sign.LE if frame.down else Sign.GE
        if not best and any(isinstance(clause.cons, g.Straight) for clause in self.m.clauses):
            beyond = Sign.GT if frame.down else Sign.LT
            if any(
                other.sign in (beyond, Sign.GE if frame.down else Sign.LE)
                and not other.bare
                and other.number is not None
                and bound.number is not None
                and other.number.value == bound.number.value
                and len(clause.cond.bounds) == 1
                for clause in self.m.clauses
                if clause.cond is not None
                for other in clause.cond.bounds
            ):
                return Sign.EQ  # 60分得6分，60分以下不得分
            return Sign.GE if frame.down else Sign.LE  # 70%得0分 where the line begins: nothing below it either
        if cond.state == "some" and frame.down and not best and self.most_counted(bound):
            return Sign.GE  # 发生1起即不得分, and nothing is said of two
        if best:
            if any(
                other.sign is Sign.NE
                for clause in self.m.clauses
                if clause.cond is not None
                for other in clause.cond.bounds
            ):
                return Sign.EQ
            zero = bound.number is not None and bound.number.value == 0
            if zero and frame.down:
                return Sign.LE
            if zero:
                return Sign.LE if frame.none or frame.value == 0 else Sign.EQ
            return Sign.LE if frame.down else Sign.GE
        return Sign.EQ

    def most_counted(self, bound: g.Bound) -> bool:
        """Whether no other clause speaks of that number or more."""
        if bound.number is None:
            return False
        return all(
            other is bound or (other.number is not None and other.number.value < bound.number.value)
            for clause in self.m.clauses
            if clause.cond is not None
            for other in clause.cond.bounds
        )

    def within(self, token: Token, bound: g.Bound) -> Condition | None:
        """±3%以内: the size of a deviation, or the distance from the target."""
        limit = Const(token.value, "%" if token.percent else token.unit, span=(token.start, token.end))
        return Compare(self.apart(percent=token.percent), bound.sign, limit, span=bound.span)

    def apart(self, *, percent: bool) -> Expr:
        """The size of the deviation from the target, in percent of it where ``percent`` and the row counts something else."""
        frame = self.frame
        if self.is_change():
            return self.size()
        goal = frame.target_expr()
        away = Arith(Op.SUB, frame.actual(), goal)
        both = Combine(Pick.MAX, (away, Arith(Op.SUB, goal, frame.actual())))
        return Arith(Op.MUL, Arith(Op.DIV, both, goal), _HUNDRED) if percent and frame.unit != "%" else both

    def is_change(self) -> bool:
        """Whether the row's own number is a deviation already (偏差率, a target of ±5%)."""
        frame = self.frame
        named = any(word in fold(self.m.context.indicator) for word in ("偏差", "偏离", "误差", "波动", "变动"))
        return frame.plus_minus or not frame.value or (named and frame.unit in ("%", ""))

    def deviates(self, cond: g.Cond | None) -> bool:
        """偏离超过10%, 绝对值≤5%, 浮动10%以内, ±5%: a condition on the size of a deviation."""
        if cond is None or not any(bound.number is not None for bound in cond.bounds):
            return False
        said = fold(cond.text)
        if (
            "绝对值" in said
            or _BAR in said
            or any(bound.number is not None and bound.number.both for bound in cond.bounds)
        ):
            return True
        return not self.is_change() and any(word in said for word in ("偏离", "偏差", "浮动", "相差"))

    def beyond_tolerance(self, bound: g.Bound, cond: g.Cond, *, best: bool) -> bool:
        """偏离目标值10%以内得满分，超过10%不得分: the second clause goes on with the deviation."""
        token, allowed = bound.number, self.tolerance()
        if best or token is None or allowed is None or not token.percent or not allowed.percent or self.is_change():
            return False
        plain = fold(cond.measure) in ("", "超过", "超出") and not any(
            word in cond.text for word in ("低于", "完成", "达到")
        )
        return plain and self.frame.unit != "%" and bound.sign in (Sign.GT, Sign.GE) and token.value >= allowed.value

    def defined_measure(self, cond: g.Cond) -> Expr | None:
        """偏差率 in a condition, where the rule says how it is worked out (偏差率=|实际数-计划数|/计划数), in percent."""
        said = fold(cond.measure)
        name = next(
            (name for name in self.m.defined if name and (name == said or (len(name) > 1 and name in said))), ""
        )
        if not name:
            return None
        body = self.m.defined[name]
        rates = {fold(one.text) for one in _names(body) if fold(one.text).endswith(("率", "度"))}
        if self.frame.unit == "%" and len(rates) < 2:
            return self.frame.actual()  # how the row's own rate is worked out
        lowered = _Formula(self, g.Formula(body, False, cond.span)).term(body)
        if lowered is None or not _asks(lowered[0]):
            return None
        match lowered[0]:
            case Arith(Op.DIV, Input() as whole, Const(value)) if value == 100:
                return whole
            case expr:
                return Arith(Op.MUL, expr, _HUNDRED)

    def gap(self, bound: g.Bound, token: Token, cond: g.Cond) -> Condition | None:
        """超出5天以内, 超支10%以上, 低于目标值3个百分点: a distance from the target."""
        frame = self.frame
        if token.unit in _TIMES and (frame.deadline or not frame.numeric):
            return self.lateness(bound, token, cond)
        if not frame.numeric and token.percent:
            return Compare(frame.actual(), bound.sign, Const(token.value, "%"), span=bound.span)
        if frame.value is None:
            return None
        goal = frame.target_expr()
        number = frame.number(token)
        if (
            bound.gap == "over"
            and number is not None
            and frame.value
            and bound.sign is not Sign.LE
            and not frame.down
            and number > frame.value
            and not token.percent
        ):
            return Compare(frame.actual(), bound.sign, Const(number, frame.unit), span=bound.span)
        if (
            bound.gap == "over"
            and number is not None
            and token.percent
            and frame.unit == "%"
            and frame.value
            and number > frame.value
            and "出" in self.m.text[bound.span[0] : bound.span[1]]
            and frame.value > 1
            and number > 50
        ):
            return Compare(frame.actual(), bound.sign, Const(number, frame.unit), span=bound.span)
        away: Expr = Arith(Op.SUB, frame.actual(), goal) if bound.gap == "over" else Arith(Op.SUB, goal, frame.actual())
        if number is None or (token.percent and frame.unit not in ("%",)):
            if not token.percent or frame.value == 0:
                return None
            return Compare(
                Arith(Op.MUL, Arith(Op.DIV, away, goal), _HUNDRED),
                bound.sign,
                Const(token.value, "%", span=(token.start, token.end)),
                span=bound.span,
            )
        limit = Const(token.value if token.percent else number, frame.unit, span=(token.start, token.end))
        return Compare(away, bound.sign, limit, span=bound.span)

    def lateness(self, bound: g.Bound, token: Token, cond: g.Cond) -> Condition | None:
        """延迟10天以内, 提前7天及以上."""
        frame = self.frame
        sign = bound.sign
        if sign is Sign.EQ and bound.bare:
            sign = Sign.EQ
        if cond.state == "early" or frame.sense == "early":
            if frame.sense == "early":
                return Compare(
                    frame.actual(), Sign.GE if bound.bare else sign, Const(token.value, frame.unit), span=bound.span
                )
            if token.unit not in ("天", "日", "工作日"):
                return None
            measure: Expr = Arith(Op.SUB, Const(Fraction(0), "天"), self.late())
            return Compare(measure, Sign.GE if bound.bare else sign, Const(token.value, "天"), span=bound.span)
        if frame.duration and not frame.deadline:
            number = frame.number(token)
            if number is None:
                return None
            return Compare(
                Arith(Op.SUB, frame.actual(), frame.target_expr()), sign, Const(number, frame.unit), span=bound.span
            )
        days = {"天": token.value, "日": token.value, "工作日": token.value, "周": token.value * 7}.get(token.unit)
        if days is not None and self.counts_from_start(cond):
            days -= Fraction(frame.deadline)  # 每季度结束后10日内: the tenth day, not ten days late
        if days is not None:
            return Compare(self.late(), sign, Const(days, "天"), span=bound.span)
        months = {"月": token.value, "季度": token.value * 3, "年": token.value * 12}.get(token.unit)
        return None if months is None else Compare(self.late_months(), sign, Const(months, "月"), span=bound.span)

    def counts_from_start(self, cond: g.Cond) -> bool:
        """Whether days are counted from the start of the period, because no clause speaks of lateness."""
        return (
            len(self.frame.deadline) in (1, 2)
            and cond.state not in ("late", "early")
            and not any(
                clause.cond is not None and clause.cond.state == "late" and clause.cond.bounds
                for clause in self.m.clauses
            )
        )

    # --- bands, ratios, formulas --------------------------------------------------------------------------------------

    def banded(self, values: Sequence[Clause]) -> Expr | None:
        m = self.m
        branches: list[tuple[Branch, Clause]] = []
        otherwise: Expr | None = None
        if (added := self.added(values)) is not None or m.failed:
            return added
        for clause in values:
            if isinstance(clause.cons, g.NoBonus):
                continue
            result = self.value(clause, values)
            if result is None:
                if not m.failed:
                    m.fail(clause.span)
                return None
            if clause.cond is None:
                otherwise = result
                continue
            lowered = self.condition(clause.cond, best=clause is self.best)
            if lowered is None:
                if clause.cond.state == "text" and not clause.cond.bounds and len(values) == 1:
                    otherwise = result
                    continue
                m.fail(clause.cond.span, "能与目标值比较的条件（如“达到95%”“80%—90%”“按时完成”）")
                return None
            if lowered is _ELSE:
                if otherwise is not None:
                    m.fail(clause.span, "与前面不同的条件")
                    return None
                otherwise = result
                continue
            branches.append((Branch(lowered, result, span=clause.span), clause))
        if len(values) == 1 and len(branches) == 1 and self.deducts_in_proportion(values[0]):
            otherwise, branches = branches[0][0].value, []  # 未完成的按未完成比例扣分: nothing is missing when reached
        if (whole := self.implied(values, otherwise)) is not None:
            branches.append(whole)
        ordered = self.sorted(branches)
        self.check_order([(branch, clause) for branch, clause in ordered])
        if not branches and otherwise is not None:
            return m.finish(otherwise, values)
        otherwise = self.silent_side(ordered, otherwise)
        tree = Case(tuple(branch for branch, _ in ordered), otherwise)
        tree = self.check_rising(tree)
        ordered = [pair for pair in ordered if pair[0] in tree.branches]
        clamped = m.finish(self.closed(tree, ordered), values)
        bonus = [clause.cons for clause in values if isinstance(clause.cons, g.Fixed) and clause.cons.add]
        if len(bonus) == 1 and clamped.high == m.full() and not clamped.stated:
            return replace(clamped, high=Arith(Op.ADD, m.full(), m.amount(bonus[0].amount)))  # its own cap (C1)
        return clamped

    def added(self, values: Sequence[Clause]) -> Expr | None:
        """完成率×6分；及时率×4分: several formulas without conditions are parts of the score, if their points make the weight."""
        m = self.m
        plain = [clause for clause in values if clause.cond is None and isinstance(clause.cons, g.Formula)]
        if len(plain) < 2:
            return None
        points = [
            one.token.value
            for clause in plain
            if isinstance(clause.cons, g.Formula) and not clause.cons.deduct
            for one in _factors(clause.cons.body)
            if isinstance(one, g.Number) and one.token.unit in ("分", "") and one.token.value != 1
        ]
        if len(plain) != len(values) or len(points) != len(plain) or sum(points) != m.weight:
            m.fail(plain[1].span, "只写一个得分公式，或各部分分数合计等于分值的几个公式")
            return None
        formulas = [clause.cons for clause in plain if isinstance(clause.cons, g.Formula)]
        names = {fold(name.text) for cons in formulas for name in _names(cons.body) if name.role != "weight"}
        parts = [_Formula(self, cons, names).part() for cons in formulas]
        if any(part is None for part in parts):
            m.fail(plain[0].span, "能计算的公式（如“得分=实际完成值÷目标值×分值”）")
            return None
        return m.finish(Combine(Pick.SUM, tuple(part for part in parts if part is not None)), values)

    def implied(self, values: Sequence[Clause], otherwise: Expr | None) -> tuple[Branch, Clause] | None:
        """未完成不得分; 发生1起扣3分，2起及以上扣8分: rules that only take points leave all of them where nothing is wrong."""
        frame = self.frame
        if otherwise is not None or not (frame.numeric or frame.deadline or frame.none or not frame.text):
            return None
        takes = all(
            isinstance(clause.cons, g.Zero) or (isinstance(clause.cons, g.Fixed) and not clause.cons.add)
            for clause in values
        )
        if not takes or any(clause.cond is None or clause.cond.joined for clause in values):
            return None
        known = frame.value is not None or bool(frame.deadline) or frame.none or frame.band
        if not known and any(clause.cond is None or clause.cond.state != "some" for clause in values):
            return None
        return Branch(self.reached(), self.m.full()), Clause(None, g.Full((0, 0)))

    @staticmethod
    def deducts_in_proportion(clause: Clause) -> bool:
        """Whether the one clause takes off what is missing, which is nothing where the target is reached."""
        cons = clause.cons
        return (
            isinstance(cons, g.Ratio)
            and cons.kind in ("short", "deduct")
            and clause.cond is not None
            and clause.cond.state == "short"
        )

    def silent_side(self, ordered: Sequence[tuple[Branch, Clause]], otherwise: Expr | None) -> Expr | None:
        """完成得满分 and no word about falling short: in proportion, or nothing."""
        m = self.m
        if otherwise is not None or len(ordered) != 1 or ordered[0][1] is not self.best:
            return otherwise
        if not self.frame.numeric or not self.frame.value or self.frame.down or self.frame.deadline:
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
        return self.done_ratio() if choice == 0 else _ZERO

    def sorted(self, branches: Sequence[tuple[Branch, Clause]]) -> list[tuple[Branch, Clause]]:
        """Exact values first, then from the best clause down (C6)."""

        def exact(branch: Branch) -> bool:
            return isinstance(branch.condition, Compare) and branch.condition.sign is Sign.EQ

        constant = [(self.worth(branch.value), number) for number, (branch, _) in enumerate(branches)]
        known = [worth for worth, _ in constant if worth is not None]
        rising = len(known) > 1 and known[0] < known[-1]
        order = list(range(len(branches)))
        if rising:
            order.reverse()

        def key(position: int) -> tuple[int, int, Fraction]:
            branch, clause = branches[position]
            worth = constant[position][0]
            if exact(branch) or (clause.cond is not None and clause.cond.state == "grow"):
                return (0, 0, Fraction(0))
            if clause is self.best:
                return (1, 0, Fraction(0))
            if worth == 0:
                return (3, 0, Fraction(0))
            return (2, 0, Fraction(0))

        order.sort(key=key)
        middle = [position for position in order if key(position)[0] == 2]
        if all(constant[position][0] is not None for position in middle):
            middle.sort(key=lambda position: -(constant[position][0] or Fraction(0)))
        head = [position for position in order if key(position)[0] < 2]
        tail = [position for position in order if key(position)[0] > 2]
        inside = [position for position in (*middle, *tail) if self.inside_best(branches, position)]
        rest = [position for position in (*head, *middle, *tail) if position not in inside]
        return self.narrow_first([branches[position] for position in (*inside, *rest)])

    @staticmethod
    def narrow_first(ordered: list[tuple[Branch, Clause]]) -> list[tuple[Branch, Clause]]:
        """低于95%得8分，低于90%得6分: of two half-lines on one side the narrower one is meant inside it."""
        out: list[tuple[Branch, Clause]] = []
        for pair in ordered:
            ends = _ends(pair[0].condition)
            at = len(out)
            for number, (branch, _) in enumerate(out):
                other = _ends(branch.condition)
                if ends is None or other is None:
                    continue
                (low, high), (low2, high2) = ends, other
                below = low is None and low2 is None and high is not None and high2 is not None and high < high2
                above = high is None and high2 is None and low is not None and low2 is not None and low > low2
                if below or above:
                    at = number
                    break
            out.insert(at, pair)
        return out

    def inside_best(self, branches: Sequence[tuple[Branch, Clause]], position: int) -> bool:
        """超过目标值30%以上的不得分: a zone inside the full-marks zone is tested first (F37)."""
        best = next((branch for branch, clause in branches if clause is self.best), None)
        if best is None or self.frame.value is None or self.frame.down:
            return False
        goal = self.frame.value
        held = other = False
        for permille in _SAMPLES:
            env = Env({"weight": Fraction(10), "target": goal, "actual": goal * permille / 1000})
            here, there = holds(branches[position][0].condition, env), holds(best.condition, env)
            if here is True and there is not True:
                return False
            held = held or here is True
            other = other or (there is True and here is not True)
        return held and other

    def worth(self, expr: Expr) -> Fraction | None:
        weight = self.m.weight if self.m.weight is not None else Fraction(100)
        match expr:
            case Const(fixed):
                return fixed
            case Input("weight"):
                return weight
            case Arith(Op.MUL, Input("weight"), Const(part)):
                return weight * part
            case Arith(Op.SUB, left, right):
                a, b = self.worth(left), self.worth(right)
                return a - b if a is not None and b is not None else None
            case _:
                return None

    def check_order(self, ordered: Sequence[tuple[Branch, Clause]]) -> None:
        """A better band with a worse score, bands of real length that overlap with different scores."""
        m = self.m
        bands = [
            (low, high, self.worth(branch.value), branch, clause)
            for branch, clause in ordered
            if (ends := _ends(branch.condition)) is not None
            for low, high in (ends,)
        ]
        scored = [(low, high, worth, clause) for low, high, worth, _, clause in bands if worth is not None]
        if len(scored) >= 3:
            by_place = sorted(
                scored,
                key=lambda band: (
                    band[0] if band[0] is not None else Fraction(-(10**12)),
                    band[1] if band[1] is not None else Fraction(10**12),
                ),
            )
            worths = [worth for _, _, worth, _ in by_place]
            steps = [b - a for a, b in pairwise(worths) if b != a]
            rises, falls = sum(step > 0 for step in steps), sum(step < 0 for step in steps)
            if rises and falls and not self.frame.band and not self.two_sided(worths):
                self.swap(by_place, rises > falls)
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
                if self.frame.whole and top - bottom < 1:
                    continue
                m.note(
                    "R02",
                    Severity.WARNING,
                    f"{short(bottom)}到{short(top)}同时落在两条里，得分不同；按更有利的一条计算，请改写界限",
                    other.cond.span,
                    short((bottom + top) / 2),
                )
                m.raise_to(Status.DEFECTIVE)
                m.firm = True

    def check_rising(self, tree: Case) -> Case:
        """完成10家得满分，未完成得2分，完成8家不得分: more done below the target must not earn less."""
        frame, goal = self.frame, self.frame.value
        if (
            not goal
            or frame.down
            or frame.band
            or frame.plus_minus
            or frame.unit == "名次"
            or frame.sense not in ("", "level")
        ):
            return tree
        points = sorted({Fraction(0), goal, *(one for one in self.m.probes if 0 <= one <= goal)})
        before: Fraction | None = None
        for low, high in pairwise(points):
            actual = (low + high) / 2
            actual = Fraction(actual.numerator // actual.denominator) if frame.whole else actual
            env = Env({"weight": self.m.weight or Fraction(10), "target": goal, "actual": actual})
            got = value(tree, env)
            if isinstance(got, Fraction):
                if before is not None and got < before and not any(note.code == "R08" for note in self.m.notes):
                    note = Note("R08", Severity.WARNING, "完成得多的一档反而得分更低，规则前后矛盾；请核对")
                    if self.m.option("rising", 2, Status.DEFECTIVE, note) == 1:
                        kept = tuple(one for one in tree.branches if holds(one.condition, env) is not True)
                        return replace(tree, branches=kept)  # the clause that turns the order round is the slip
                    self.m.firm = True
                    return tree
                before = got
        return tree

    @staticmethod
    def two_sided(worths: Sequence[Fraction]) -> bool:
        """Full marks in the middle and less on both sides is a rule of its own kind."""
        top = max(worths)
        at = list(worths).index(top)
        return (
            0 < at < len(worths) - 1
            and all(a <= b for a, b in pairwise(worths[: at + 1]))
            and all(a >= b for a, b in pairwise(worths[at:]))
        )

    swapped: bool = False

    def swap(self, bands: Sequence[tuple[Fraction | None, Fraction | None, Fraction, Clause]], rising: bool) -> None:
        m = self.m
        choice = m.option(
            "order",
            2,
            Status.DEFECTIVE,
            Note("R08", Severity.WARNING, "完成得更好的一档反而得分更低，两档的分数可能写颠倒了；请核对"),
        )
        self.swapped = choice == 1
        if self.swapped:
            worths = sorted((worth for _, _, worth, _ in bands), reverse=not rising)
            for (_, _, _, clause), worth in zip(bands, worths, strict=True):
                self.m.reworth[id(clause)] = worth

    def closed(self, tree: Case, ordered: Sequence[tuple[Branch, Clause]]) -> Expr:
        """高于90%…低于90%…: the bound itself counts as reached (C5); reordered worths are put in."""
        m = self.m
        branches = list(tree.branches)
        if self.m.reworth:
            branches = [
                replace(branch, value=Const(self.m.reworth[id(clause)], "分"))
                if id(clause) in self.m.reworth
                else branch
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
                    and other.sign is _FLIP[condition.sign]
                    and self.spoken(ordered[number][1])
                ):
                    if any(
                        _touches(branch.condition, condition)
                        for position, branch in enumerate(branches)
                        if position not in (number, other_number)
                    ):
                        continue
                    wider = replace(condition, sign=Sign.GE if condition.sign is Sign.GT else Sign.LE)
                    branches[number] = replace(branches[number], condition=wider)
                    edge = self.printed(condition.right, ordered[number][1])
                    m.note(
                        "R01",
                        Severity.ERROR,
                        f"{edge}没有对应得分：高于和低于都不包含它，按达到计算；请写明“含”或“以上”",
                        ordered[number][1].span,
                        edge,
                    )
                    m.open_boundary = True
        return replace(tree, branches=tuple(branches))

    def printed(self, limit: Expr, clause: Clause) -> str:
        """A bound as the rule prints it (90%), else the target."""
        for bound in clause.cond.bounds if clause.cond is not None else ():
            if bound.number is not None:
                return self.m.text[bound.number.start : bound.number.end]
        return self.m.context.target.strip() if isinstance(limit, Input) else "界限值"

    def spoken(self, clause: Clause) -> bool:
        return clause is self.best

    def value(self, clause: Clause, values: Sequence[Clause]) -> Expr | None:
        cons = clause.cons
        simple = self.m.simple(cons)
        if isinstance(cons, g.Share) and cons.halved and any(self.m.simple(one.cons) is None for one in self.m.clauses):
            self.m.fail(clause.span, "减半以后的得分（满分的一半，还是按规则算出的得分的一半）")
            return None
        if isinstance(cons, g.Fixed) and not simple_fixed(values) and not self.beyond_best(clause):
            simple = None
        if simple is not None:
            if isinstance(cons, (g.Full,)) and self.m.cap_at is not None:
                return self.m.cap()
            return simple
        match cons:
            case g.Fixed() if not simple_fixed(values):
                self.m.fail(clause.span, "扣分以后的得分（从满分里扣，还是从按比例算出的得分里扣）")
                return None
            case g.Ratio():
                return self.ratio(cons)
            case g.Formula():
                return self.formula(cons)
            case g.Straight():
                return self.straight(clause, values)
            case g.Discretion() | g.Range():
                return None
            case _:
                return None

    def beyond_best(self, clause: Clause) -> bool:
        """超过130台的扣2分 where 完成100台得满分: taken from full marks, for nothing else is earned there (F37)."""
        best, goal = self.best, self.frame.value
        if clause.cond is None or best is None or best.cond is None or not goal or self.frame.down:
            return False
        mine, full = self.condition(clause.cond, best=False), self.condition(best.cond, best=True)
        if mine is None or full is None or mine is _ELSE or full is _ELSE:
            return False
        held = False
        for permille in _SAMPLES:
            env = Env({"weight": Fraction(10), "target": goal, "actual": goal * permille / 1000})
            if holds(mine, env) is True:
                if holds(full, env) is not True:
                    return False
                held = True
        return held

    def done_ratio(self) -> Expr:
        frame = self.frame
        return Arith(Op.MUL, Arith(Op.DIV, frame.actual(), frame.target_expr()), self.m.full())

    def ratio(self, cons: g.Ratio) -> Expr | None:
        """C13–C15: in proportion to the target; on an overrun by the printed words, else ambiguous."""
        m, frame = self.m, self.frame
        full = m.full()
        said = fold(cons.noun)
        rate = said.endswith(("率", "度")) and not any(word in said for word in ("完成率", "比例", "达成率"))
        if frame.value is None and frame.unit in ("%", "") and (rate or "率" in said or frame.unit == "%"):
            return Arith(Op.MUL, Arith(Op.DIV, replace(frame.actual(), unit="%"), _HUNDRED), full)
        if rate and frame.unit == "%":
            return Arith(Op.MUL, Arith(Op.DIV, frame.actual(), _HUNDRED), full)
        if frame.value is None or frame.value == 0:
            m.fail(cons.span, "可以计算比例的目标值（不为0的数）")
            return None
        goal = frame.target_expr()
        short_ = Arith(
            Op.MUL, full, Arith(Op.SUB, Const(Fraction(1)), Arith(Op.DIV, Arith(Op.SUB, goal, frame.actual()), goal))
        )
        over = Arith(
            Op.MUL, full, Arith(Op.SUB, Const(Fraction(1)), Arith(Op.DIV, Arith(Op.SUB, frame.actual(), goal), goal))
        )
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
        return Arith(Op.MUL, Arith(Op.DIV, self.share_actual(), goal), full)

    def share_actual(self) -> Input:
        """The actual where a typed percentage may stand for the share of the target."""
        actual = self.frame.actual()
        return (
            actual
            if self.frame.unit == "%" or actual.sense or self.frame.doubtful
            else replace(actual, sense="ratio" if "率" in self.m.text or "比例" in self.m.text else "")
        )

    def straight(self, clause: Clause, values: Sequence[Clause]) -> Expr | None:
        """线性插值 between two bounds: the scores at both ends come from the neighbouring clauses."""
        frame = self.frame
        ends = _bound_values(clause, frame)
        if len(ends) != 2:
            numbers = sorted(
                {value for other in values if other is not clause for value in _bound_values(other, frame)}
            )
            if len(numbers) != 2:
                return None
            ends = numbers
        anchors = []
        for end in ends:
            score = self.score_at(end, clause, values, low=end == min(ends))
            if score is None:
                return None
            anchors.append((end, score))
        return Interpolate(frame.actual(), tuple(anchors), span=clause.span)

    def score_at(self, end: Fraction, clause: Clause, values: Sequence[Clause], *, low: bool) -> Fraction | None:
        for other in values:
            if other is clause or end not in _bound_values(other, self.frame):
                continue
            result = self.m.simple(other.cons)
            worth = self.worth(result) if result is not None else None
            if (worth is not None and (worth == 0) == (low != self.frame.down)) or (worth is not None and worth > 0):
                return worth
        return None

    # --- formulas -----------------------------------------------------------------------------------------------------

    def formula(self, cons: g.Formula) -> Expr | None:
        m = self.m
        if cons.repaired:
            m.note("R10", Severity.INFO, "公式的括号不配对，按唯一合理的配法读", cons.span)
            m.raise_to(Status.DEFECTIVE)
            m.firm = True
        lowered = _Formula(self, cons).lower()
        if lowered is None:
            return None
        return Arith(Op.SUB, m.full(), lowered) if cons.deduct else lowered

    # --- steps --------------------------------------------------------------------------------------------------------

    def earned(self, earns: Sequence[Clause], values: Sequence[Clause]) -> Expr | None:
        """每完成1场得0.3分，最多得6分."""
        m = self.m
        total: Expr | None = None
        for clause in earns:
            step = step_of(clause)
            amount = step.amount
            if amount is None:
                return None
            size = self.step_size(step)
            if size is None:
                m.fail(clause.span, "能与目标值单位对应的计分单位")
                return None
            measure: Expr | None = self.frame.actual()
            if step.way == "over" and step.threshold is None and not step.against_target and not step.relative:
                grown = not any(word in step.words for word in ("超", "高", "多", "突破", "大于"))
                if grown and (self.frame.unit != "%" or self.frame.sense not in ("", "level")):
                    step = replace(step, way="done")  # 每新增5公里得1分 counts what is new, from the first
                elif grown:
                    m.fail(clause.span, "从多少起计分")
                    return None
            bounded = clause.cond is not None and bool(clause.cond.bounds)
            if clause.cond is not None and bounded and step.threshold is None and step.way not in ("over", "short"):
                measure = self.stretch(clause.cond)
            elif step.threshold is not None or step.way in ("over", "short") or bounded:
                measure = self.distance(clause, step, "short" if step.way == "short" else "over")
            if measure is None:
                m.fail(clause.span, "从多少起计分")
                return None
            measure, size = self.relative(step, "over", measure, size)
            part = Arith(Op.MUL, Steps(measure, size, *self.partial(clause, step)), m.amount(amount))
            total = part if total is None else Arith(Op.ADD, total, part)
        if total is None:
            return None
        branches = []
        for clause in values:
            result = self.value(clause, values)
            lowered = self.condition(clause.cond, best=clause is self.best) if clause.cond is not None else None
            stated = clause.cond is not None and not clause.cond.bounds and lowered is None
            absent = stated and fold(clause.cond.text if clause.cond is not None else "").startswith(("未", "没", "无"))
            if absent and result is not None and self.worth(result) == 0:
                continue  # 每创成1个得1分，未创成不得分: none earns nothing as it is
            if result is None or lowered is None or lowered is _ELSE:
                m.fail(clause.span)
                return None
            branches.append(Branch(lowered, result, span=clause.span))
        body: Expr = Case(tuple(branches), total) if branches else total
        return m.finish(body, [*values, *earns])

    def stretch(self, cond: g.Cond) -> Expr | None:
        """What lies between the printed bounds: 3000万元以内的部分, 超过3000万元的部分, 10-20个的部分."""
        low: Fraction | None = None
        high: Fraction | None = None
        for bound in cond.bounds:
            number = self.frame.number(bound.number) if bound.number is not None and not bound.of_target else None
            if bound.gap == "over" and bound.number is not None and number is not None and self.frame.value:
                if bound.number.percent or number != self.frame.value:
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
        measure: Expr = self.frame.actual()
        if high is not None:
            measure = Clamp(measure, None, Const(high, self.frame.unit), stated=True)
        return measure if low is None else Arith(Op.SUB, measure, Const(low, self.frame.unit))

    def partial(self, clause: Clause, step: g.Step) -> tuple[Partial, bool]:
        stated = next((mod.policy for mod in [*clause.mods, *self.m.mods] if isinstance(mod, g.PartialStep)), None)
        if stated is None:
            steps = [other for other in self.m.clauses if isinstance(other.cons, g.Step)]
            stated = next((mod.policy for other in steps for mod in other.mods if isinstance(mod, g.PartialStep)), None)
        if stated is not None:
            return stated, True
        if step.partial is not None:
            return step.partial, True
        return Partial.LINEAR, False

    def step_size(self, step: g.Step) -> Expr | None:
        token = step.size
        if token is None:
            return Const(Fraction(1), self.frame.unit)
        if token.percent:
            return Const(token.value, token.unit)
        number = self.frame.number(token)
        return None if number is None else Const(number, self.frame.unit or token.unit)

    def repeated(self, steps: Sequence[Clause], values: Sequence[Clause]) -> Expr | None:
        """首次扣1分，第二次起每次扣2分; 前3次每次扣0.5分，超过3次的部分每次扣1分: a price for every occurrence in turn."""
        m, frame = self.m, self.frame
        fixed = [clause for clause in values if isinstance(clause.cons, g.Fixed) and not clause.cons.add]
        priced = [clause for clause in m.clauses if clause in steps or clause in fixed]
        rest = [clause for clause in values if clause not in fixed]
        begins = [self.occurrence(clause) for clause in priced]
        known = [begin for begin in begins if begin is not None]
        if len(priced) < 2 or len(known) < len(priced) or known[0] != 1 or known != sorted(set(known)):
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

    def occurrence(self, clause: Clause) -> Fraction | None:
        """The first occurrence a clause prices: 首次 1, 第二次起 2, 超过3次的部分 4, 再次 2; None when it does not count them."""
        cond, step = clause.cond, clause.cons if isinstance(clause.cons, g.Step) else None
        if step is not None and (step.way not in ("event", "") or (step.size is not None and step.size.value != 1)):
            return None
        if cond is None:
            return Fraction(1) if step is not None else None
        said = fold(cond.text)
        if said.startswith(("首次", "初次", "首起", "第一次")) or (said == "第" and step is not None):
            return Fraction(1)
        if said.startswith(("再次", "再", "以后", "此后", "之后", "其后", "重复")):
            return Fraction(2)
        numbers = [bound for bound in cond.bounds if bound.number is not None]
        if len(numbers) != 1 or numbers[0].number is None or numbers[0].number.percent:
            return None
        number = numbers[0].number.value
        if cond.ordinal:
            return number
        if said.startswith("前") or ("部分" in said and numbers[0].sign is Sign.LE):
            return Fraction(1)
        return number + 1 if "部分" in said and numbers[0].sign is Sign.GT else None

    def stepped(self, steps: Sequence[Clause], values: Sequence[Clause]) -> Expr | None:
        m, frame = self.m, self.frame
        if (tree := self.repeated(steps, values)) is not None:
            return tree
        self.check_signs(steps)
        self.check_sides(steps)
        base = self.base(values)
        deducts = [clause for clause in steps if isinstance(clause.cons, g.Step) and clause.cons.verb == "deduct"]
        adds = [clause for clause in steps if isinstance(clause.cons, g.Step) and clause.cons.verb == "add"]
        if (continued := self.continued(deducts, values)) is not None:
            return continued
        for clause in deducts:
            after = clause.cond is not None and fold(clause.cond.text).startswith(("以后", "此后", "之后", "其后"))
            if after and any(other is not self.best and isinstance(other.cons, g.Points) for other in values):
                m.fail(clause.span, "从哪一个值、哪个分数起继续扣分")  # 第6名得4分，以后每下降1名再扣0.5分
                return None
        deducts = self.contradiction(deducts)
        taken = self.tiered(deducts)
        if taken is None and not m.failed:
            taken = self.total(deducts, "deduct")
        given = self.total(adds, "add")
        if m.failed:
            return None
        lower_side: Expr = base if taken is None else Arith(Op.SUB, base, taken)
        upper_side: Expr = base if given is None else Arith(Op.ADD, base, given)
        cuts: list[Branch] = []
        others: list[tuple[Branch, Clause]] = []
        full: Condition | None = None
        eventful = (
            not frame.deadline
            and not frame.numeric
            and not frame.none
            and any(
                self.direction(clause.cons, clause) == "event" for clause in deducts if isinstance(clause.cons, g.Step)
            )
        )
        zone = self.zone(deducts, lower_side)
        otherwise: Expr | None = lower_side if taken is not None and not zone else None
        for clause in values:
            if isinstance(clause.cons, g.NoBonus):
                continue
            if clause is self.best or (clause.cond is None and isinstance(clause.cons, (g.Full, g.Points))):
                if (
                    clause.cond is not None
                    and eventful
                    and clause.cond.state in ("ontime", "text", "reach", "none")
                    and not clause.cond.bounds
                ):
                    self.no_deadline(clause.cond)
                elif clause.cond is not None:
                    lowered = self.condition(clause.cond, best=True)
                    if lowered is None:
                        m.fail(clause.cond.span)
                        return None
                    full = None if lowered is _ELSE else lowered
                continue
            result = self.value(clause, values)
            if result is None or clause.cond is None:
                if not m.failed:
                    m.fail(clause.span)
                return None
            lowered = self.condition(clause.cond, best=False)
            if lowered is None:
                m.fail(clause.cond.span)
                return None
            if lowered is _ELSE:
                if taken is not None and not isinstance(clause.cons, (g.Ratio, g.Formula)):
                    m.fail(clause.span, "与“每…扣…分”不重复的条件")
                    return None
                otherwise = result
                continue
            if self.worth(result) == 0:
                cuts.append(Branch(lowered, result, span=clause.span))
            else:
                others.append((Branch(lowered, result, span=clause.span), clause))
        branches = [*cuts]
        if adds and isinstance(full, Compare) and full.sign is Sign.EQ and not frame.band:
            full = replace(full, sign=Sign.LE if frame.down else Sign.GE)  # =100%得7分，每超…加: more is better still
        if full is not None and not adds and self.both_ways(deducts):
            full = None  # 完成6期得满分，每多或少1期扣0.5分: more than the target is no full mark
        if full is None and (adds or (frame.plus_minus and taken is not None)):
            full = self.reached()
        if full is not None:
            branches.append(Branch(full, upper_side, span=self.best.span if self.best is not None else None))
        between = self.between(others, deducts, lower_side)
        branches = [
            *(zone or self.ranged(deducts, lower_side)),
            *cuts,
            *([branches[-1]] if full is not None else []),
            *between,
        ]
        if (
            not frame.deadline
            and not frame.duration
            and any(
                self.direction(clause.cons, clause) in ("late", "early")
                for clause in steps
                if isinstance(clause.cons, g.Step)
            )
        ):
            m.raise_to(Status.AMBIGUOUS)
            m.firm = True
            m.note("R06", Severity.WARNING, "没有写明截止日期，只有填写了推迟天数才能计分；请写明时限")
        if self.literal:
            otherwise = _ZERO
        if otherwise is None and self.covers(branches):
            branches, otherwise = branches[:-1], branches[-1].value
        if otherwise is None:
            if not frame.value or frame.down:
                m.raise_to(Status.AMBIGUOUS)
                m.firm = True
                m.note("R01", Severity.ERROR, "规则没有写明达不到目标时得多少分；请补上")
            else:
                choice = m.option(
                    "shortfall",
                    2,
                    Status.AMBIGUOUS,
                    Note("R01", Severity.ERROR, "规则没有写明达不到目标时得多少分：按比例，还是不得分；请补上"),
                )
                otherwise = self.done_ratio() if choice == 0 else _ZERO
        body: Expr = (
            Case(tuple(branches), otherwise) if branches else (otherwise if otherwise is not None else lower_side)
        )
        return self.bounded(body, steps, adds, base, values, held=len(deducts) == 1 and len(m.clauses) > 1)

    def continued(self, deducts: Sequence[Clause], values: Sequence[Clause]) -> Expr | None:
        """前5名得5分，第6名得4分，以后每下降1名扣0.5分: the steps go on from the last printed place and its points."""
        m = self.m
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
            result = self.value(clause, values)
            lowered = self.condition(clause.cond, best=clause is self.best) if clause.cond is not None else None
            if result is None or lowered is None or lowered is _ELSE:
                return None
            branches.append(Branch(lowered, result, span=clause.span))
        beyond = Arith(Op.SUB, Input("actual", "名次"), Const(place, "名次"))
        size = Const(step.size.value if step.size is not None else Fraction(1), "名次")
        lost = Arith(Op.MUL, Steps(beyond, size, span=step.span), m.amount(step.amount))
        rest = Arith(Op.SUB, m.points(last.cons.value), lost)
        return m.finish(Case(tuple(branches), rest), m.clauses)

    def tiered(self, deducts: Sequence[Clause]) -> Expr | None:
        """逾期5天以内每天扣0.1分，超过5天的部分每天扣0.2分: each stretch of the distance has a price of its own.

        What a clause without 部分 takes beyond its bound is not said: the rest, or the whole distance. None where the steps
        are no tiers of one distance.
        """
        m = self.m
        ways = {self.direction(step_of(clause), clause) for clause in deducts}
        if len(deducts) < 2 or len(ways) != 1 or not ways & {"late", "short", "over"}:
            return None
        way = ways.pop()
        if not any(clause.cond is not None and clause.cond.bounds for clause in deducts):
            return None
        plain = replace(deducts[0], cond=None)
        begin = self.start(plain, step_of(plain), way) if way != "late" and self.frame.numeric else None
        fixed = self.frame.value if isinstance(begin, Input) else begin.value if isinstance(begin, Const) else None
        stretches = [self.stretch_of(clause, way, fixed) for clause in deducts]
        known = [stretch for stretch in stretches if stretch is not None]
        if len(known) < len(deducts):
            return None
        ordered = sorted(zip(known, deducts, strict=True), key=lambda pair: pair[0][0])
        lows = [stretch[0] for stretch, _ in ordered]
        highs = [*lows[1:], None]
        if lows[0] != 0 or len(set(lows)) < len(lows):
            m.fail(deducts[0].span, "首尾相接的各段（如“5天以内的部分每天扣…，超过5天的部分每天扣…”）")
            return None
        if any(
            stretch[1] is not None and high is not None and stretch[1] not in (high, high - 1)
            for (stretch, _), high in zip(ordered, highs, strict=True)
        ):
            m.fail(deducts[0].span, "首尾相接的各段（如“5天以内的部分每天扣…，超过5天的部分每天扣…”）")
            return None
        ends = [
            stretch[1] if stretch[1] is not None else high for (stretch, _), high in zip(ordered, highs, strict=True)
        ]
        starts = [Fraction(0), *(end or Fraction(0) for end in ends[:-1])]
        by_measure = all(stretch[2] for stretch, _ in ordered if stretch[0])
        said = by_measure or all("部分" in cond_of(clause).text for (stretch, clause) in ordered if stretch[0])
        whole = False
        if not said:
            note = Note(
                "R06",
                Severity.WARNING,
                "分段扣分没有写明：超出界限后只有超出的部分按新标准扣，还是全部按新标准扣；请写成“超过…的部分”",
                span=ordered[-1][1].span,
            )
            whole = m.option("tiers", 2, Status.AMBIGUOUS, note) == 1
        total: Expr | None = None
        branches: list[Branch] = []
        for (_, clause), low, high in zip(ordered, starts, [*ends[:-1], None], strict=True):
            step = step_of(clause)
            distance, size = self.distance(plain, replace(step, threshold=None), way), self.size_of(step, way)
            if distance is None or size is None or step.amount is None or step.high is not None:
                return None
            distance, size = self.relative(step, way, distance, size)
            unit = size.unit if isinstance(size, Const) else ""
            counted = distance
            if not whole:
                counted = distance if not low else Arith(Op.SUB, distance, Const(low, unit))
                if high is not None:
                    counted = Clamp(counted, None, Const(high - low, unit), stated=True)
            partial, stated = self.partial(clause, step)
            part = Arith(Op.MUL, Steps(counted, size, partial, stated, span=step.span), m.amount(step.amount))
            total = part if total is None else Arith(Op.ADD, total, part)
            if high is None:
                return Case(tuple(branches), part) if whole else total
            branches.append(Branch(Compare(distance, Sign.LE, Const(high, unit)), part, span=clause.span))
        return None

    def stretch_of(
        self, clause: Clause, way: str, begin: Fraction | None
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
            apart = bool(bound.gap) or (way == "late" and token.unit in _TIMES) or token.unit == "百分点"
            apart = apart or (token.percent and self.frame.unit not in ("%", "‰", ""))
            if bound.sign in (Sign.EQ, Sign.NE):
                return None
            up = bound.sign in (Sign.GE, Sign.GT)
            if apart:
                away, further = token.value * (7 if token.unit == "周" else 1), up
                same = step.size is None or token.percent == step.size.percent or way == "late"
                if not same:
                    return None
            else:
                number = self.frame.number(token)
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

    def both_ways(self, deducts: Sequence[Clause]) -> bool:
        """Whether every step counts the distance from one printed value, on both sides."""
        frame = self.frame
        best = self.best.cond if self.best is not None else None
        if best is None or frame.value is None or frame.plus_minus or frame.band or not deducts:
            return False
        exact = all(bound.bare for bound in best.bounds)
        return exact and all(step_of(clause).way == "deviate" for clause in deducts)

    def no_deadline(self, cond: g.Cond) -> None:
        if cond.state == "ontime":
            self.m.raise_to(Status.AMBIGUOUS)
            self.m.firm = True
            self.m.note("R06", Severity.WARNING, "“及时”没有写明截止时间；请写明时限，并填写不及时的次数", cond.span)

    def check_signs(self, steps: Sequence[Clause]) -> None:
        """变动率0，计3分；变动率0，每超…: the same bare number twice, its signs were lost in copying."""
        best = self.best.cond if self.best is not None else None
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
                self.m.note(
                    "R10",
                    Severity.INFO,
                    "两条的条件都只剩下数字，比较符号丢失；按“不超过得满分，超过的按步扣分”读",
                    cond.span,
                    repair="≤",
                )
                self.m.raise_to(Status.DEFECTIVE)
                self.m.firm = True

    def check_sides(self, steps: Sequence[Clause]) -> None:
        """≤3%得满分，每降低1个百分点扣1分; ≥95%得满分，每高于95%1个百分点扣…: steps on the side of full marks."""
        best = self.best.cond if self.best is not None else None
        signs = {bound.sign for bound in best.bounds if not bound.bare and not bound.gap} if best is not None else set()
        if len(signs) != 1 or best is None or len(best.bounds) != 1 or self.frame.band or signs & {Sign.EQ, Sign.NE}:
            return
        up = signs <= {Sign.GE, Sign.GT}
        for clause in steps:
            step = step_of(clause)
            if step.verb != "deduct" or (clause.cond is not None and clause.cond.bounds):
                continue
            low = any(word in step.words for word in ("降低", "下降", "低于", "减少", "每低", "每少"))
            wrong = step.way == "over" if up else step.way == "short" and low
            if not wrong or len([one for one in steps if step_of(one).verb == "deduct"]) > 1:
                continue
            note = Note(
                "R08",
                Severity.WARNING,
                "得满分的一侧又写了按步扣分，方向写反了；请核对是“每高（超）”还是“每低（少）”",
                span=clause.span,
            )
            if up and self.m.option("side", 2, Status.DEFECTIVE, note) == 1:
                clause.cond = replace(best, bounds=(replace(best.bounds[0], sign=Sign.GT, reach=False),), state="over")
                continue
            if not up and note not in self.m.notes:
                self.m.notes.append(note)
                self.m.raise_to(Status.DEFECTIVE)
                self.m.firm = True
            clause.cons = replace(step, way="short" if up else "over")

    def ranged(self, deducts: Sequence[Clause], lower_side: Expr) -> list[Branch]:
        """80%（含）以上90%以下的，每低…扣…: the printed stretch of one step clause, which wins at its ends (C6)."""
        if (
            len(deducts) != 1
            or deducts[0].cond is None
            or len(deducts[0].cond.bounds) != 2
            or any(bound.gap for bound in deducts[0].cond.bounds)
        ):
            return []
        lowered = self.condition(deducts[0].cond, best=False)
        return [] if lowered is None or lowered is _ELSE else [Branch(lowered, lower_side, span=deducts[0].span)]

    def zone(self, deducts: Sequence[Clause], lower_side: Expr) -> list[Branch]:
        """完成率超过130%的，每超过10个百分点扣0.5分 inside full marks for reaching the target (F37): tested before them."""
        frame, best = self.frame, self.best
        if len(deducts) != 1 or frame.down or not frame.value or frame.band or best is None or best.cond is None:
            return []
        cond, step = deducts[0].cond, step_of(deducts[0])
        signs = {bound.sign for bound in cond.bounds} if cond is not None else set()
        if cond is None or not signs or not signs <= {Sign.GT, Sign.GE} or self.direction(step, deducts[0]) != "over":
            return []
        lowered, full = self.condition(cond, best=False), self.condition(best.cond, best=True)
        if lowered is None or lowered is _ELSE or full is None or full is _ELSE:
            return []
        held = [
            holds(lowered, env) is True and holds(full, env) is True
            for permille in _SAMPLES
            for env in [Env({"weight": Fraction(10), "target": frame.value, "actual": frame.value * permille / 1000})]
        ]
        return [Branch(lowered, lower_side, span=deducts[0].span)] if any(held) else []

    def between(
        self, others: Sequence[tuple[Branch, Clause]], deducts: Sequence[Clause], lower_side: Expr
    ) -> list[Branch]:
        """低于95%得3分 beside steps that give less there: a contradiction with two readings."""
        if not others:
            return []
        if deducts and any(self.stepped_too(branch, deducts, lower_side) for branch, _ in others):
            choice = self.m.option(
                "between",
                2,
                Status.DEFECTIVE,
                Note(
                    "R02",
                    Severity.WARNING,
                    "同一段数值既按步扣分、又写了固定得分，两处结果不同；请只保留一种",
                    span=others[0][0].span,
                ),
            )
            if choice == 0:
                return []
        return [branch for branch, _ in others]

    def covers(self, branches: Sequence[Branch]) -> bool:
        """Whether the clauses leave nothing out: 完成…得满分，未完成…按比例."""
        goal = self.frame.value
        if not goal or len(branches) < 2:
            return False
        values = [Fraction(0), goal, *(goal * permille / 1000 for permille in _SAMPLES)]
        values += [
            probe + shift for probe in self.m.probes for shift in (Fraction(-1, 1000), Fraction(0), Fraction(1, 1000))
        ]
        for actual in values:
            env = Env({"weight": Fraction(10), "target": goal, "actual": actual})
            if not any(holds(branch.condition, env) is True for branch in branches):
                return False
        return True

    def stepped_too(self, branch: Branch, deducts: Sequence[Clause], lower_side: Expr) -> bool:
        """Whether steps take points off where a clause says what is earned."""
        stretches = self.ranged(deducts, lower_side)
        goal = self.frame.value or self.frame.high or self.frame.low
        if not goal:
            return True
        for permille in _SAMPLES:
            actual = goal * permille / 1000
            env = Env({"weight": Fraction(10**6), "target": goal, "actual": actual}, default=actual)
            if holds(branch.condition, env) is not True:
                continue
            if stretches and holds(stretches[0].condition, env) is not True:
                continue
            if value(lower_side, env) != Fraction(10**6) or not isinstance(value(lower_side, env), Fraction):
                return True
        return False

    def base(self, values: Sequence[Clause]) -> Expr:
        clause = self.best
        if clause is None:
            clause = next((one for one in values if one.cond is None and isinstance(one.cons, g.Points)), None)
        if (
            clause is not None
            and isinstance(clause.cons, g.Points)
            and self.m.weight is not None
            and clause.cons.value != self.m.weight
        ):
            return self.m.points(clause.cons.value)
        return self.m.cap() if self.m.cap_at is not None else self.m.full()

    def bounded(
        self,
        body: Expr,
        steps: Sequence[Clause],
        adds: Sequence[Clause],
        base: Expr,
        values: Sequence[Clause],
        *,
        held: bool,
    ) -> Expr:
        """The range: [0, w], wider only by a printed bonus (C1). ``held``: 最多扣 already holds the steps themselves."""
        m = self.m
        clamped = m.finish(body, [*values, *steps])
        if held and m.weight != 0 and not isinstance(clamped.low, Const):
            clamped = replace(clamped, low=_ZERO)  # 最多扣6分 limits the steps, not 低于85%不得分 beside them
        if not adds:
            return clamped
        mods = [mod for clause in m.clauses for mod in clause.mods] + m.mods
        caps = [mod for mod in mods if isinstance(mod, g.Most) and mod.of == "add" and mod.amount is not None]
        uncapped = any(isinstance(mod, g.Remark) and mod.kind == "uncapped" for mod in mods)
        earn_caps = [mod for mod in mods if isinstance(mod, g.Most) and mod.of in ("earn", "")]
        limited = [mod for mod in mods if isinstance(mod, g.Most) and mod.of == "" and mod.amount is not None]
        top = self.worth(base)
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
            Note(
                "R07", Severity.WARNING, "加分没有写明上限：能不能超过分值、最多加多少；请写明“最高加×分”或“满分为止”"
            ),
        )
        return clamped if choice == 0 else replace(clamped, high=None)

    def contradiction(self, deducts: Sequence[Clause]) -> list[Clause]:
        """Two different deductions for the same overrun: two readings."""
        for number, clause in enumerate(deducts):
            for other in deducts[number + 1 :]:
                one, two = step_of(clause), step_of(other)
                if self.direction(one, clause) != self.direction(two, other) or (
                    one.noun != two.noun and one.size is not None and not one.size.percent and one.way == "event"
                ):
                    continue
                if clause.cond is not None and other.cond is not None and other.cond.bounds and clause.cond.bounds:
                    continue
                if other.cond is not None and other.cond.bounds:
                    continue
                choice = self.m.option(
                    "contradiction",
                    2,
                    Status.DEFECTIVE,
                    Note("R02", Severity.WARNING, "对同一种差距写了两种扣分，互相矛盾；请只保留一种", span=two.span),
                )
                dropped = other if choice == 0 else clause
                kept = [one_clause for one_clause in deducts if one_clause is not dropped]
                if choice == 1 and other.cond is None:
                    kept = [
                        replace(one_clause, cond=clause.cond) if one_clause is other else one_clause
                        for one_clause in kept
                    ]
                return kept
        return list(deducts)

    def direction(self, step: g.Step, clause: Clause) -> str:
        """Which side a step counts: short, over, late, early, event, deviate or rank."""
        frame = self.frame
        way = step.way
        unit = step.size.unit if step.size is not None else ""
        if way in ("late", "early"):
            if unit in _TIMES or (
                not unit and fold(step.noun) in ("天", "日", "月", "个月", "周", "季度", "年", "小时")
            ):
                return way
            return "event" if frame.none or not frame.numeric or frame.down else "short"
        if way == "rank" or frame.unit == "名次":
            return "rank"
        if way == "deviate":
            return way
        if way in ("over", "") and step.verb == "deduct" and self.best is not None and self.deviates(self.best.cond):
            return "deviate"
        if step.verb == "deduct" and way in ("short", "over") and clause.cond is not None and clause.cond.bounds:
            plain = {bound.sign for bound in clause.cond.bounds if bound.number is not None and not bound.gap}
            if way == "over" and plain and plain <= {Sign.LT, Sign.LE} and not self.flip:
                return "short"  # 节约率＜0，每超支1个百分点
        if self.flip and step.verb == "deduct" and way in ("short", "over") and frame.numeric:
            return "over" if frame.down else "short"
        if way == "short":
            return "over" if frame.down and not frame.none and frame.numeric and step.verb != "add" else "short"
        if way == "over":
            if step.verb == "deduct" and unit in _TIMES and frame.deadline and not frame.numeric:
                return "late"
            if step.verb == "add" and frame.down and frame.numeric:
                return "over"
            return "over"
        if way == "done":
            said = step.noun + step.words
            if step.verb == "deduct" and "超" in said and frame.value:
                return "over"
            if step.verb == "deduct" and frame.value and not frame.none:
                return "unknown"  # 每达到1%扣分: of what?
            return "over" if step.verb == "add" else "event"
        if way == "event":
            return "event"
        if unit in _TIMES and frame.deadline and not frame.numeric:
            return "late"
        if clause.cond is not None and (clause.cond.state == "late" or "不及时" in clause.cond.text):
            return "event"
        if frame.none or frame.down or not frame.numeric:
            return "event"
        return "short" if step.verb == "deduct" else "over"

    def total(self, clauses: Sequence[Clause], verb: str) -> Expr | None:
        out: Expr | None = None
        for clause in clauses:
            part = self.moved(clause)
            if part is None:
                if not self.m.failed:
                    self.m.fail(clause.span, "每差（超、迟）多少扣多少分")
                return None
            most = [
                mod
                for mod in clause.mods
                if isinstance(mod, g.Most)
                and mod.amount is not None
                and (mod.of == verb or (mod.of == "" and len(clauses) == 1 and verb == "add"))
            ]
            if most and most[0].amount is not None and (verb == "add" or len(self.m.clauses) > 1 or len(clauses) > 1):
                part = Clamp(part, None, self.m.amount(most[0].amount), stated=True)
            out = part if out is None else Arith(Op.ADD, out, part)
        return out

    def moved(self, clause: Clause) -> Expr | None:
        """Points one step clause moves."""
        m = self.m
        step = step_of(clause)
        if step.amount is None:
            m.raise_to(Status.AMBIGUOUS)
            m.firm = True
            m.note("R06", Severity.WARNING, "没有写明每一步减多少分；请补上", step.span)
            return self.undefined(clause, step)
        if step.high is not None:
            return None
        way = self.direction(step, clause)
        distance = self.distance(clause, step, way)
        if distance is None:
            return None
        size = self.size_of(step, way)
        if size is None:
            return None
        partial, stated = self.partial(clause, step)
        if (
            way in ("late", "over", "early")
            and step.size is not None
            and step.size.unit in ("月", "季度")
            and not stated
        ):
            choice = m.option(
                "month",
                3,
                Status.AMBIGUOUS,
                Note(
                    "R06",
                    Severity.WARNING,
                    "不满一个月怎么算没有写明：不计、按一个月计，还是按比例；请写明“不足1个月按1个月计”",
                    span=step.span,
                ),
            )
            partial, stated = (Partial.FLOOR, Partial.CEIL, Partial.LINEAR)[choice], True
        distance, size = self.relative(step, way, distance, size)
        if any(isinstance(mod, g.Remark) and mod.kind == "double" for mod in clause.mods):
            distance = self.doubled(distance)
        return Arith(Op.MUL, Steps(distance, size, partial, stated, span=step.span), m.amount(step.amount))

    def doubled(self, distance: Expr) -> Expr:
        """加倍扣分 for repetitions: the repetition counts twice, or both occurrences do."""
        choice = self.m.option(
            "double",
            2,
            Status.AMBIGUOUS,
            Note(
                "R06", Severity.WARNING, "“加倍扣分”没有写明：只有重复的那次加倍，还是前后两次都加倍；还需要重复的次数"
            ),
        )
        again = Input("其中重复")
        return Arith(Op.ADD, distance, again if choice == 0 else Arith(Op.MUL, Const(Fraction(2)), again))

    def undefined(self, clause: Clause, step: g.Step) -> Expr:
        way = self.direction(step, clause)
        distance = self.distance(clause, step, way)
        missing = Missing("规则没有写明每一步减多少分")
        if distance is None:
            return missing
        return Case((Branch(Compare(distance, Sign.LE, Const(Fraction(0))), _ZERO),), missing)

    def size_of(self, step: g.Step, way: str) -> Expr | None:
        frame = self.frame
        token = step.size
        if token is None:
            return Const(Fraction(1), frame.unit if frame.unit != "%" else "百分点")
        if way in ("late", "early") and not (frame.duration and not frame.deadline):
            factor = {"天": 1, "日": 1, "工作日": 1, "周": 7, "月": 1, "季度": 3, "年": 12}.get(token.unit)
            return (
                None
                if factor is None
                else Const(token.value * factor, "月" if token.unit in ("月", "季度", "年") else "天")
            )
        if token.percent and frame.unit == "‰":
            printed = self.m.text[token.start : token.end]
            return Const(token.value * 10, "‰") if "‰" in printed else None  # 1% of a rate in ‰: of what?
        if token.percent:
            return Const(token.value, token.unit)
        number = frame.number(token)
        if self.counts_beside_rate(step) and way == "event":
            return Const(token.value, token.unit)
        if frame.unit == "%" and not token.unit and 0 < token.value < Fraction(1, 10):
            return Const(token.value * 100, "%")  # 每降低0.01: a hundredth, no hundredth of a point
        if number is None:
            if frame.unit == "%" and not token.percent and way in ("event", "short") and frame.value is None:
                return Const(token.value)
            if token.unit == "季度" and frame.unit in ("次", "个", "期", "场"):
                return Const(token.value, frame.unit)
            return None
        if frame.value and number > 10 * frame.value and way in ("over", "short") and token.scale:
            choice = self.m.option(
                "size",
                2,
                Status.DEFECTIVE,
                Note(
                    "R05",
                    Severity.WARNING,
                    f"“{self.m.text[token.start : token.end]}”比目标值大得多，单位可能写错了；按没有“{token.scale}”的读法核对",
                    span=(token.start, token.end),
                ),
            )
            if choice == 0:
                return Const(token.value, frame.unit)
        return Const(number, frame.unit or token.unit)

    def relative(self, step: g.Step, way: str, distance: Expr, size: Expr) -> tuple[Expr, Expr]:
        """C8: 1% is a percentage point on a rate and a share of the target on an amount; 目标值的1% on a rate is unclear."""
        m, frame = self.m, self.frame
        token = step.size
        if token is None or not token.percent or way in ("late", "early", "event"):
            return distance, size
        goal: Expr = frame.target_expr()
        if frame.unit == "‰":
            return distance, size
        if frame.unit == "%":
            if step.relative and token.unit == "%" and frame.value not in (None, Fraction(100)):
                choice = m.option(
                    "relative",
                    2,
                    Status.AMBIGUOUS,
                    Note(
                        "R06",
                        Severity.WARNING,
                        "“目标值的1%”用在百分率上：是1个百分点，还是目标值的百分之一；请写成“1个百分点”",
                        span=step.span,
                    ),
                )
                if choice == 0:
                    return Arith(Op.MUL, Arith(Op.DIV, distance, goal), _HUNDRED), size
            return distance, size
        if frame.value:
            return Arith(Op.MUL, Arith(Op.DIV, distance, goal), _HUNDRED), size
        return distance, size

    def distance(self, clause: Clause, step: g.Step, way: str) -> Expr | None:
        """How far the actual is on the wrong (or, for a bonus, the right) side of where the steps begin."""
        frame = self.frame
        if way in ("late", "early"):
            return self.time_distance(clause, step, way)
        if way == "rank":
            start = self.start(clause, step, way)
            return None if start is None else Arith(Op.SUB, Input("actual", "名次"), start)
        if way == "deviate":
            return self.deviation(step)
        if way == "unknown":
            return None
        if way == "event":
            tiers = [
                other
                for other in self.m.clauses
                if isinstance(other.cons, g.Step) and other.cond is not None and other.cond.bounds
            ]
            if len(tiers) > 1:
                return None  # 3次以内每次扣0.5分，3次以上每次扣1分: whether from the first or only beyond is not said
            allowed = self.allowance(clause, step)
            actual = frame.actual()
            if self.counts_beside_rate(step):
                return Input("actual", step.size.unit if step.size is not None else "")
            return actual if allowed is None else Arith(Op.SUB, actual, allowed)
        if frame.plus_minus:
            return Arith(Op.SUB, self.size(), Const(frame.high or Fraction(0), frame.unit))
        if (defined := self.defined_distance(way)) is not None:
            return defined
        start = self.start(clause, step, way)
        if start is None:
            return None
        measure: Expr = frame.actual()
        if isinstance(start, Const) and start.unit == "%" and frame.unit not in ("%", "") and frame.value:
            goal = frame.target_expr()
            start = Arith(Op.DIV, Arith(Op.MUL, goal, start), _HUNDRED)
        upward = way == "over"
        if step.verb == "add" and frame.down and way == "short":
            upward = False
        tier = self.tier_end(clause)
        if tier is not None and not upward:
            measure = Combine(Pick.MAX, (measure, tier))
        return Arith(Op.SUB, measure, start) if upward else Arith(Op.SUB, start, measure)

    def defined_distance(self, way: str) -> Expr | None:
        """偏差率≤5%得满分，每增加1个百分点扣0.5分: steps of a measure the rule defines."""
        best = self.best.cond if self.best is not None else None
        token = best.bounds[0].number if best is not None and len(best.bounds) == 1 else None
        if best is None or token is None or not token.percent or not best.measure:
            return None
        measure = self.defined_measure(best)
        if measure is None or measure == self.frame.actual():
            return None
        limit = Const(token.value, "%")
        return Arith(Op.SUB, measure, limit) if way == "over" else Arith(Op.SUB, limit, measure)

    def tier_end(self, clause: Clause) -> Expr | None:
        """Where the next tier of steps begins (95%-90%每低1点扣…，90%以下每低1点扣…)."""
        steps = [other for other in self.m.clauses if isinstance(other.cons, g.Step) and other.cons.verb == "deduct"]
        if len(steps) < 2 or clause.cond is None or not clause.cond.bounds or clause is steps[-1]:
            return None
        lows = [
            self.frame.number(bound.number)
            for bound in clause.cond.bounds
            if bound.number is not None and bound.sign in (Sign.GE, Sign.GT)
        ]
        return Const(lows[0], self.frame.unit) if lows and lows[0] is not None else None

    def start(self, clause: Clause, step: g.Step, way: str) -> Expr | None:
        """C10: the printed threshold, else the target, else 100 %."""
        frame = self.frame
        if step.threshold is not None:
            printed = frame.number(step.threshold)
            if printed is None:
                return None
            return frame.target_expr() if printed == frame.value and frame.given else Const(printed, frame.unit)
        if step.against_target and frame.numeric and not frame.band:
            return frame.target_expr()
        if (part := self.start_share(clause, way)) is not None:
            return part
        found = self.printed_start(clause, way)
        if found is None and self.m.intro is not None:
            found = frame.number(self.m.intro)
        if found is None and self.best is not None and self.best.cond is not None:
            for bound in self.best.cond.bounds:
                if bound.number is None and bound.average:
                    return Input(bound.average, frame.unit)
                if bound.number is not None:
                    fits = (
                        (way == "short" and bound.sign in (Sign.GE, Sign.GT, Sign.EQ))
                        or (way == "over" and bound.sign in (Sign.LE, Sign.LT, Sign.EQ))
                        or self.flip
                    )
                    found = self.m.replaced.get(bound.number, frame.number(bound.number))
                    if found is None and bound.number.percent and (fits or len(self.best.cond.bounds) == 1):
                        return Const(bound.number.value, "%")
                    if fits:
                        break
        if found is not None:
            return frame.target_expr() if found == frame.value and frame.given else Const(found, frame.unit)
        if frame.band:
            return Const((frame.low if way == "short" else frame.high) or Fraction(0), frame.unit)
        if frame.value is not None:
            return frame.target_expr()
        if frame.none:
            return Const(Fraction(0), frame.unit)
        if step.size is not None and step.size.percent:
            return Const(Fraction(100 if way == "short" else 0) if way == "short" else Fraction(0), "%")
        return None

    def start_share(self, clause: Clause, way: str) -> Const | None:
        """完成率超过130%的，每超过…; 超过目标值30%的，每超过…: a start as a share of the target, in a row that counts something."""
        cond, frame = clause.cond, self.frame
        if cond is None or not frame.value or frame.unit in ("%", "‰", "") or way not in ("over", "short"):
            return None
        for bound in cond.bounds:
            token = bound.number
            if token is None or not token.percent or bound.sign in (Sign.EQ, Sign.NE):
                continue
            read = self.unnamed_gap(bound, token, cond) or bound
            if (way == "over") != (read.sign in (Sign.GT, Sign.GE)) and not read.gap:
                continue
            share = token.value if not read.gap else 100 + (token.value if read.gap == "over" else -token.value)
            return Const(Fraction(share), "%")
        return None

    def printed_start(self, clause: Clause, way: str) -> Fraction | None:
        cond = clause.cond
        if cond is None or not cond.bounds or cond.joined:
            return None
        numbers = [
            self.m.replaced.get(bound.number, self.frame.number(bound.number))
            for bound in cond.bounds
            if bound.number is not None and not bound.gap
        ]
        known = [number for number in numbers if number is not None]
        if not known:
            return None
        chosen = max(known) if way == "short" else min(known)
        if way == "rank" and cond.bounds[0].sign is Sign.GE:
            return chosen - 1  # 自第4名起每下降1名: the fourth is the first that loses
        if way == "over" and cond.bounds[0].sign is Sign.GE and not cond.ordinal and self.next_after_best(chosen):
            choice = self.m.option(
                "first",
                2,
                Status.AMBIGUOUS,
                Note(
                    "R06",
                    Severity.WARNING,
                    f"“{cond.text}”从{short(chosen)}起还是从{short(chosen - 1)}起计算超出数没有写明；请写成“超过{short(chosen - 1)}”",
                    span=cond.span,
                ),
            )
            return chosen - 1 if choice == 0 else chosen
        return chosen - 1 if cond.ordinal else chosen

    def next_after_best(self, number: Fraction) -> bool:
        """2次以内得满分；3次及以上的，每增加1次…: the step clause begins where full marks have just ended."""
        bounds = self.best.cond.bounds if self.best is not None and self.best.cond is not None else ()
        return any(
            bound.number is not None and bound.sign is Sign.LE and self.frame.number(bound.number) == number - 1
            for bound in bounds
        )

    def counts_beside_rate(self, step: g.Step) -> bool:
        """每发现1笔未复核扣0.5分 in a row measured in %: the cell holds the count then."""
        return (
            self.frame.unit == "%"
            and step.size is not None
            and not step.size.percent
            and bool(step.size.unit)
            and not self.frame.none
        )

    def allowance(self, clause: Clause, step: g.Step) -> Expr | None:
        """3次以内不扣分，超过3次每次扣1分; 第3起开始每起扣1分; 允许退单5次."""
        frame = self.frame
        printed = self.printed_start(clause, "over")
        if printed is None and self.m.intro is not None:
            printed = frame.number(self.m.intro)
        if printed is None and clause.cond is not None and clause.cond.state == "over" and frame.value:
            return frame.target_expr()
        if printed is None and self.best is not None and self.best.cond is not None:
            for bound in self.best.cond.bounds:
                if bound.number is not None and bound.sign in (Sign.LE, Sign.LT):
                    printed = frame.number(bound.number)
        if printed is None and step.way == "" and frame.down and frame.value:
            return frame.target_expr()
        return Const(printed, frame.unit) if printed else None

    def time_distance(self, clause: Clause, step: g.Step, way: str) -> Expr | None:
        frame = self.frame
        unit = step.size.unit if step.size is not None else "天"
        if frame.duration and not frame.deadline and frame.sense != "early":
            if step.size is not None and frame.number(step.size) is None:
                return self.late() if way == "late" else None
            start = self.start(clause, step, "over") or frame.target_expr()
            return Arith(Op.SUB, frame.actual(), start) if way == "late" else Arith(Op.SUB, start, frame.actual())
        measure: Expr = self.late_months() if unit in ("月", "季度", "年") else self.late()
        if way == "early":
            return Arith(Op.SUB, Const(Fraction(0), measure.unit if isinstance(measure, Input) else ""), measure)
        begins = [
            bound.number
            for bound in (clause.cond.bounds if clause.cond is not None else ())
            if bound.number is not None and bound.number.unit in _TIMES and bound.sign in (Sign.GT, Sign.GE)
        ]
        if not begins:
            return measure
        first = begins[0].value - (1 if clause.cond is not None and clause.cond.ordinal else 0)
        return Arith(Op.SUB, measure, Const(first, begins[0].unit)) if first > 1 else measure

    def exactly(self, goal: Fraction) -> bool:
        """Whether full marks are for that very value (等于100%得满分)."""
        bounds = self.best.cond.bounds if self.best is not None and self.best.cond is not None else ()
        return (
            len(bounds) == 1
            and bounds[0].sign is Sign.EQ
            and (bounds[0].number is not None and self.frame.number(bounds[0].number) == goal)
        )

    def deviation(self, step: g.Step) -> Expr | None:
        """偏离: from the edge of the band or from its centre; a rate of deviation counts as it stands."""
        m, frame = self.m, self.frame
        actual = frame.actual()
        if frame.plus_minus:
            return Arith(Op.SUB, self.size(), Const(frame.high or Fraction(0), frame.unit))
        if frame.band:
            low, high = Const(frame.low or Fraction(0), frame.unit), Const(frame.high or Fraction(0), frame.unit)
            edge = Combine(Pick.MAX, (Arith(Op.SUB, low, actual), Arith(Op.SUB, actual, high)))
            if not step.against_target:
                return edge
            choice = m.option(
                "edge",
                2,
                Status.AMBIGUOUS,
                Note(
                    "R06", Severity.WARNING, "“偏离目标”没有写明从区间的边界算，还是从中间值算；请写明", span=step.span
                ),
            )
            if choice == 0:
                return edge
            middle = Const(((frame.low or Fraction(0)) + (frame.high or Fraction(0))) / 2, frame.unit)
            return Combine(Pick.MAX, (Arith(Op.SUB, middle, actual), Arith(Op.SUB, actual, middle)))
        if self.is_change() or frame.none:
            goal = frame.value or Fraction(0)
            size = self.size()
            if (allowed := self.tolerance()) is not None:
                return Arith(Op.SUB, size, Const(allowed.value, frame.unit))
            if goal and self.exactly(goal):
                wanted = frame.target_expr()
                return Combine(Pick.MAX, (Arith(Op.SUB, wanted, actual), Arith(Op.SUB, actual, wanted)))
            return Arith(Op.SUB, size, Const(goal, frame.unit)) if goal else size
        goal_expr = frame.target_expr()
        away: Expr = Combine(Pick.MAX, (Arith(Op.SUB, goal_expr, actual), Arith(Op.SUB, actual, goal_expr)))
        allowed = self.tolerance()
        if allowed is None:
            return away
        if allowed.percent and frame.unit != "%":
            limit: Expr = Arith(Op.MUL, goal_expr, Const(allowed.value / 100))
        else:
            limit = Const(frame.number(allowed) or allowed.value, frame.unit)
        return Arith(Op.SUB, away, limit)

    def tolerance(self) -> Token | None:
        """The deviation full marks allow (±5%以内得满分)."""
        cond = self.best.cond if self.best is not None else None
        if cond is None or not self.deviates(cond):
            return None
        return next((bound.number for bound in cond.bounds if bound.number is not None), None)


# --- formulas ---------------------------------------------------------------------------------------------------------


class _Formula:
    """A printed formula over the row's numbers. ``measure`` marks parts that carry the unit of the target."""

    def __init__(self, numbers: _Numbers, cons: g.Formula, beside: Collection[str] = ()) -> None:
        self.n = numbers
        self.m = numbers.m
        self.frame = numbers.frame
        self.cons = cons
        self.raw = self.uses_raw_points(cons.body)
        self.names = self.rate_names(cons.body) | {name for name in beside if name.endswith(("率", "度", "比例"))}

    def part(self) -> Expr | None:
        """One of several formulas that are added up; its own points stand in it."""
        lowered = self.term(self.cons.body)
        return lowered[0] if lowered is not None and _asks(lowered[0]) else None

    def lower(self) -> Expr | None:
        body = self.cons.body
        if self.frame.amounts and self.mentions_rate(body):
            self.m.option(
                "denominator",
                2,
                Status.AMBIGUOUS,
                Note(
                    "R06",
                    Severity.WARNING,
                    "预算执行率的分母没有写明：调整后预算数，还是年初预算数；请写明",
                    span=self.cons.span,
                ),
            )
            choice = self.m.answers.get("denominator", 0)
            self.frame = replace(self.frame, value=self.frame.amounts[choice], given=False)
        if self.foreign(body):
            self.m.note(
                "D18", Severity.ERROR, "公式说的是另一个指标，可能是从别的行抄来的；请改成本行的指标", self.cons.span
            )
            self.m.raise_to(Status.DEFECTIVE)
            self.m.firm = True
            unusable = Missing("公式说的是另一个指标，不能用来计算本行")
            return Case(
                (Branch(Compare(self.frame.actual(), Sign.EQ, Const(Fraction(0), self.frame.unit)), _ZERO),), unusable
            )
        shares = _shares(body)
        if len(shares) > 1 and sum(shares) != 100 and all(share < 100 for share in shares):
            self.m.note(
                "R07",
                Severity.WARNING,
                f"公式里各部分的权重合计{short(sum(shares, Fraction(0)))}%，不是100%；请核对",
                self.cons.span,
            )
            self.m.raise_to(Status.DEFECTIVE)
            self.m.firm = True
        lowered = self.term(body)
        if self.frame.unit == "‰" and any(one.token.percent for one in _leaves(body)):
            lowered = None
        if lowered is None:
            if not self.m.failed:
                self.m.fail(self.cons.span, "能计算的公式（如“得分=实际完成值÷目标值×分值”）")
            return None
        expr, _ = lowered
        if not _asks(expr):
            self.m.fail(self.cons.span, "含有实际完成值的公式")  # nothing achieved enters it: a constant
            return None
        factor = next(
            (
                one.token.value
                for one in _factors(body)
                if isinstance(one, g.Number) and not one.token.unit and one.token.value > 1
            ),
            None,
        )
        if factor is not None and not self.weighs(body):
            whole = self.n.best is None or self.n.best.cons is self.cons
            if whole:
                self.m.mismatch(factor)
                return Arith(Op.MUL, expr, Const(self.m.scale))
            return expr  # 执行率＜80%，按执行率×5计分 beside a band of full marks: as printed
        if not self.weighs(body):
            self.m.note(
                "D19", Severity.WARNING, "公式漏写了“×分值”，按补上后的公式计算", self.cons.span, repair="×分值"
            )
            self.m.raise_to(Status.DEFECTIVE)
            self.m.firm = True
            return Arith(Op.MUL, expr, self.m.full())
        self.check_weight(body)
        return expr

    def foreign(self, body: g.Term) -> bool:
        """实际培训次数/计划培训次数 in a row about something else: no character of the nouns occurs in the row."""
        names = [name for name in _names(body) if name.role in ("actual", "target")]
        counted = [
            name for name in names if _core(name.text) and not fold(name.text).endswith(("率", "度", "值", "比例"))
        ]
        if len(counted) < 2 or len(counted) != len(names):
            return False
        if self.frame.unit == "%" and self.frame.value == 100:
            return False
        start, end = self.cons.span
        here = set(
            fold(self.m.context.indicator) + fold(self.m.text[:start] + self.m.text[end:]) + fold(self.m.context.target)
        )
        core = set("".join(_core(name.text) for name in counted))
        if not core or core & (here - _STOP):
            return False
        return self.frame.unit == "%" or all(self.other_count(fold(name.text)) for name in counted)

    def other_count(self, text: str) -> bool:
        """培训次数 in a row of 人: the noun names a measure word, and it is not the row's."""
        found = re.search(r"([人次期户场件项个家篇台套份条处班名])[数次]$", text)
        return found is not None and bool(self.frame.unit) and found.group(1) not in self.frame.unit

    def weighs(self, body: g.Term) -> bool:
        """Whether the formula has the weight in it, by word or as a number."""
        if any(name.role == "weight" for name in _names(body)):
            return True
        if isinstance(body, g.Calc) and body.op in (Op.ADD, Op.SUB) and self.sum_of_points(body):
            return True
        if isinstance(body, g.Calc) and body.op is Op.ADD:
            return self.weighs(body.left) and self.weighs(body.right)
        if isinstance(body, g.Extreme):
            return any(isinstance(item, g.Calc) and self.weighs(item) for item in body.items)
        weight = self.m.weight
        factors = _factors(body)
        plain = [one.token.value for one in factors if isinstance(one, g.Number) and not one.token.unit]
        if len(plain) > 1 and prod(plain) == weight:
            return True  # 完成率×100×0.08
        shares = [one.token.value for one in factors if isinstance(one, g.Number) and one.token.unit == "%"]
        if self.frame.unit == "分" and shares == [weight]:
            return True  # 评估得分×5%, of a hundred, where 5 points are the weight
        return any(
            isinstance(one, g.Number)
            and (one.token.unit == "分" or (not one.token.unit and (weight is None or one.token.value == weight)))
            for one in factors
        )

    def sum_of_points(self, body: g.Calc) -> bool:
        """6+（实际值-40%）/20%×4, 办结率×5+满意率×5: numbers that add up to the weight, one of them a factor of what was achieved."""
        parts = [body.left, body.right]
        while isinstance(parts[0], g.Calc) and parts[0].op in (Op.ADD, Op.SUB):
            parts[:1] = [parts[0].left, parts[0].right]
        points = []
        for part in parts:
            plain = [
                one.token.value
                for one in _factors(part)
                if isinstance(one, g.Number) and one.token.unit in ("", "分") and one.token.value != 1
            ]
            if len(plain) != 1:
                return False
            points.append(plain[0])
        return sum(points) == self.m.weight or body.op is Op.SUB

    def check_weight(self, body: g.Term) -> None:
        best = self.n.best.cons if self.n.best is not None else None
        base = best.value if isinstance(best, g.Points) and (best.base or self.n.bonus()) else None
        for one in _factors(body):
            if isinstance(one, g.Number) and one.token.value == base:
                continue  # 完成率×8分 beside basic points of 8
            if (
                isinstance(one, g.Number)
                and one.token.unit == "分"
                and self.m.weight is not None
                and one.token.value != self.m.weight
            ):
                self.m.mismatch(one.token.value)

    def mentions_rate(self, body: g.Term) -> bool:
        return any(
            "执行率" in name.text or "支出率" in name.text or name.role in ("done", "actual") for name in _names(body)
        )

    def uses_raw_points(self, body: g.Term) -> bool:
        """(X-30)/50: numbers without % beside a rate mean percentage points."""
        if not isinstance(body, g.Calc):
            return False
        if body.op in (Op.ADD, Op.SUB):
            for one, other in ((body.left, body.right), (body.right, body.left)):
                if (
                    isinstance(one, g.Number)
                    and not one.token.unit
                    and one.token.value > 1
                    and isinstance(other, g.Name)
                    and self.frame.unit in ("%", "")
                ):
                    return True
        return self.uses_raw_points(body.left) or self.uses_raw_points(body.right)

    def rate_names(self, body: g.Term) -> set[str]:
        return {
            fold(name.text)
            for name in _names(body)
            if name.role in ("", "actual") and fold(name.text).endswith(("率", "度", "比例"))
        }

    def term(self, term: g.Term) -> tuple[Expr, bool] | None:
        """The expression and whether it is in the unit of the measure."""
        match term:
            case g.Number(token):
                return self.number(token), False
            case g.Name():
                return self.name(term)
            case g.Calc(op, left, right):
                return self.calc(op, left, right)
            case g.Extreme(least, items):
                parts = [self.term(item) for item in items]
                known = [part for part in parts if part is not None]
                if len(known) < len(parts):
                    return None
                pick = Pick.MIN if least else Pick.MAX
                return Combine(pick, tuple(part for part, _ in known)), any(measure for _, measure in known)
            case g.Size(inner):
                lowered = self.term(inner)
                if lowered is None:
                    return None
                away = Arith(Op.SUB, Const(Fraction(0)), lowered[0])
                return Combine(Pick.MAX, (lowered[0], away)), lowered[1]
            case _:
                return None

    def number(self, token: Token) -> Expr:
        if token.percent and not self.raw:
            return Const(token.value / 100)
        if (
            token.unit
            and not token.percent
            and token.unit not in ("分", "天")
            and (number := self.frame.number(token)) is not None
            and token.scale
        ):
            return Const(number, self.frame.unit)
        return Const(token.value, "分" if token.unit == "分" else "")

    def calc(self, op: Op, left: g.Term, right: g.Term) -> tuple[Expr, bool] | None:
        if (
            op is Op.DIV
            and isinstance(left, g.Calc)
            and left.op is Op.MUL
            and isinstance(left.left, g.Number)
            and (rate := self.counted_rate(left.right, right)) is not None
        ):
            return Arith(Op.MUL, self.number(left.left.token), rate), False
        if op is Op.DIV and (rate := self.counted_rate(left, right)) is not None:
            return rate, False
        if op is Op.MUL and isinstance(right, g.Number) and right.token.unit == "%" and right.token.value == 100:
            return self.term(left)
        if op is Op.MUL and isinstance(left, g.Number) and left.token.unit == "%" and left.token.value == 100:
            return self.term(right)
        a, b = self.term(left), self.term(right)
        if a is None or b is None:
            return None
        (x, x_measure), (y, y_measure) = a, b
        if op in (Op.DIV, Op.SUB) and x == y and _asks(x):
            return None  # what was achieved over itself: one of the two nouns means something else
        if op in (Op.ADD, Op.SUB, Op.DIV):
            if x_measure and not y_measure and isinstance(right, g.Number):
                y, y_measure = self.as_measure(right.token, y), True
            elif y_measure and not x_measure and isinstance(left, g.Number):
                x, x_measure = self.as_measure(left.token, x), True
        if op in (Op.ADD, Op.SUB):
            return Arith(op, x, y), x_measure or y_measure
        if op is Op.DIV:
            return Arith(op, x, y), x_measure and not y_measure
        return Arith(op, x, y), x_measure != y_measure and (x_measure or y_measure) and self.frame.unit != "%"

    def as_measure(self, token: Token, fallback: Expr) -> Expr:
        if self.frame.unit == "%":
            share = not token.unit and 0 < token.value <= 1  # 满意度÷0.9
            return Const(token.value) if self.raw or share else Const(token.value / 100)
        if token.unit in _TIMES and self.frame.unit not in _TIMES:
            return fallback
        number = self.frame.number(token)
        return fallback if number is None else Const(number, self.frame.unit)

    def counted_rate(self, left: g.Term, right: g.Term) -> Expr | None:
        """实际办结件数/应办件数 in a row measured in %: the rate itself, when the counts are its definition."""
        if self.frame.unit != "%" or not isinstance(left, g.Name) or not isinstance(right, g.Name):
            return None
        texts = [fold(left.text), fold(right.text)]
        if left.role in ("weight", "late", "over", "short", "letterA", "letterB") or right.role in (
            "weight",
            "late",
            "letterA",
            "letterB",
        ):
            return None
        if any(text.endswith(("率", "度", "比例", "值", "指数")) or text in self.m.defined for text in texts):
            return None
        actual = Arith(Op.DIV, replace(self.frame.actual(), sense=f"share:{texts[0]}/{texts[1]}"), _HUNDRED)
        if (
            self.frame.value in (None, Fraction(100))
            or right.role != "target"
            or left.role != "actual"
            or texts[1].startswith(("应", "总", "全部", "全年预算", "预算", "调整后", "年初预算", "所有"))
            or "总" in texts[1]
        ):
            return actual
        if right.role == "target" and left.role in ("actual", ""):
            choice = self.m.option(
                "counts",
                2,
                Status.AMBIGUOUS,
                Note(
                    "R06",
                    Severity.WARNING,
                    "公式用的是数量之比，目标值是百分率：是这个比率本身，还是比率再除以目标值；请写明",
                    span=self.cons.span,
                ),
            )
            return Arith(Op.DIV, self.frame.actual(), self.frame.target_expr()) if choice == 0 else actual
        return None

    def name(self, name: g.Name) -> tuple[Expr, bool] | None:
        frame, m = self.frame, self.m
        text = fold(name.text)
        role = name.role
        if text in m.defined and not self.inside_definition:
            self.inside_definition = True
            lowered = self.term(m.defined[text])
            self.inside_definition = False
            return lowered
        if role in ("letterA", "letterB") or text in m.letters:
            role = m.letters.get(name.text, "target" if role == "letterA" else "actual" if role == "letterB" else role)
        if role in ("actual", "target") and self.of_amounts(text):
            return Input(text), True
        match role:
            case "weight":
                return m.full(), False
            case "late":
                return self.n.late() if not frame.duration else Arith(
                    Op.SUB, frame.actual(), frame.target_expr()
                ), False
            case "actual":
                if len(self.names) > 1 and text.endswith(("率", "度", "比例")):
                    return self.rate_input(text), False
                return self.actual()
            case "target":
                if frame.value is None:
                    return (Input(text), False) if not frame.numeric else None
                return self.goal()
            case "short" | "shortratio" | "over" | "overratio":
                return self.away(role)
            case "done":
                return self.done(text)
            case _:
                return self.noun(text, name)

    inside_definition = False

    def of_amounts(self, text: str) -> bool:
        """预算数, 决算数 in a formula of a row measured in %: amounts of their own, not the row's rate and its bound."""
        if self.frame.unit != "%" or self.frame.value == 100 or not text.endswith(("数", "额", "金额")):
            return False
        others = [name for name in _names(self.cons.body) if name.role != "weight"]
        return len({name.text for name in others}) > 1 and any("算" in name.text for name in others)

    def actual(self) -> tuple[Expr, bool]:
        frame = self.frame
        if frame.unit == "%" and not self.raw:
            return Arith(Op.DIV, frame.actual(), _HUNDRED), True
        if not frame.numeric and not frame.unit:
            return Input("actual"), True
        return (self.n.share_actual() if not self.frame.down else frame.actual()), True

    def goal(self) -> tuple[Expr, bool]:
        goal = self.frame.target_expr()
        return (Arith(Op.DIV, goal, _HUNDRED) if self.frame.unit == "%" and not self.raw else goal), True

    def away(self, role: str) -> tuple[Expr, bool] | None:
        frame = self.frame
        if frame.value is None:
            return None
        goal = frame.target_expr()
        gap = Arith(Op.SUB, frame.actual(), goal) if role.startswith("over") else Arith(Op.SUB, goal, frame.actual())
        if role.endswith("ratio"):
            return Arith(Op.DIV, gap, goal), False
        return (Arith(Op.DIV, gap, _HUNDRED) if frame.unit == "%" and not self.raw else gap), True

    def done(self, text: str) -> tuple[Expr, bool] | None:
        """完成比例 is actual ÷ target (C16); another …比例 on a rate may be the rate itself."""
        frame, m = self.frame, self.m
        if frame.value is None or frame.value == 0:
            if frame.unit in ("%", ""):
                return Arith(Op.DIV, replace(frame.actual(), unit="%"), _HUNDRED), False
            return None
        usual = text in (
            "比例",
            "完成比例",
            "实际完成比例",
            "完成百分比",
            "完成进度",
            "任务完成比例",
            "目标完成比例",
            "计划完成比例",
            "相应比例",
            "实际比例",
            "实际完成百分比",
        )
        ratio = (
            Arith(Op.DIV, frame.actual(), frame.target_expr())
            if not frame.down
            else Arith(Op.DIV, frame.target_expr(), frame.actual())
        )
        if usual or frame.unit != "%" or frame.value == 100:
            return ratio, False
        choice = m.option(
            "term",
            2,
            Status.AMBIGUOUS,
            Note(
                "R06",
                Severity.WARNING,
                f"“{text}”没有定义：是{m.context.indicator}本身，还是它与目标值之比；请写明",
                span=self.cons.span,
            ),
        )
        return (Arith(Op.DIV, frame.actual(), _HUNDRED) if choice == 0 else ratio), False

    def noun(self, text: str, name: g.Name) -> tuple[Expr, bool] | None:
        frame = self.frame
        rate = text.endswith(("率", "度", "幅", "速", "指数", "占比", "比重"))
        if text and text[0] in "XxYyZzRrPpKk" and len(text) <= 2:
            return self.actual()
        if len(text) == 1 and text.isascii():
            return None  # a letter nobody defined
        if rate and len(self.names) > 1:
            return self.rate_input(text), False
        if rate and text in ("完成率", "任务完成率", "目标完成率", "计划完成率") and frame.unit != "%" and frame.value:
            return Arith(Op.DIV, self.n.share_actual(), frame.target_expr()), False
        if rate and not frame.unit and frame.numeric and (self.raw or self.divided(name)):
            return frame.actual(), True  # (指数-60)/20: an index is no percentage
        if rate and frame.unit in ("%", ""):
            return self.actual() if frame.unit == "%" else (Arith(Op.DIV, Input("actual", "%"), _HUNDRED), True)
        if rate and frame.value and ("执行率" in text or "支出率" in text or "完成率" in text or "到位率" in text):
            return Arith(Op.DIV, self.n.share_actual(), frame.target_expr()), False
        if rate:
            return self.rate_input(text), False
        others = [one for one in _names(self.cons.body) if one.role in ("actual", "target", "") and one is not name]
        if (
            frame.numeric
            and frame.unit != "%"
            and any(one.role == "target" for one in others)
            and not any(one.role == "actual" for one in others)
        ):
            return self.actual()
        if (
            frame.numeric
            and frame.unit != "%"
            and any(isinstance(one, g.Number) for one in _leaves(self.cons.body) if one.token.unit not in ("分", "%"))
            and not others
        ):
            return self.actual()
        if frame.numeric and frame.unit != "%" and not others:
            return self.actual()
        return Input(_noun(text)), True

    def divided(self, name: g.Name) -> bool:
        """Whether the noun stands over a plain number (指数÷80×4)."""

        def over(term: g.Term) -> bool:
            if not isinstance(term, g.Calc):
                return False
            plain = isinstance(term.right, g.Number) and not term.right.token.unit and term.right.token.value > 1
            return (term.op is Op.DIV and term.left == name and plain) or over(term.left) or over(term.right)

        return over(self.cons.body)

    def rate_input(self, text: str) -> Expr:
        return Arith(Op.DIV, Input(text.removeprefix("实际"), "%"), _HUNDRED)


_STOP = frozenset(
    "实际计划应完成数量人次个率的目标任务指标值年度总全部已按照工作情况项目得分满不未达到百点以上下每低高于分值扣为止及和与"
)


def simple_fixed(values: Sequence[Clause]) -> bool:
    """Whether a deduction taken once comes off full marks: not beside a ratio that applies to the same shortfall."""
    ratios = [clause for clause in values if isinstance(clause.cons, (g.Ratio, g.Formula))]
    fixed = [clause for clause in values if isinstance(clause.cons, g.Fixed) and clause.cond is not None]
    return not ratios or all(
        clause.cond is not None and any(bound.gap == "over" for bound in clause.cond.bounds) for clause in fixed
    )


def _core(text: str) -> str:
    return "".join(char for char in fold(text) if char not in _STOP)


def _noun(text: str) -> str:
    return text.removeprefix("年中").removeprefix("年初") if len(text) > 3 else text


def _asks(expr: Expr) -> bool:
    """Whether anything of the row but its target and weight enters."""
    return any(one.name not in ("weight", "target") for one in inputs_in(expr))


def _leaves(term: g.Term) -> list[g.Number]:
    match term:
        case g.Number():
            return [term]
        case g.Size(inner):
            return _leaves(inner)
        case g.Extreme(_, items):
            return [leaf for item in items for leaf in _leaves(item)]
        case g.Calc(_, left, right):
            return [*_leaves(left), *_leaves(right)]
        case _:
            return []


def _names(term: g.Term) -> list[g.Name]:
    match term:
        case g.Name():
            return [term]
        case g.Size(inner):
            return _names(inner)
        case g.Extreme(_, items):
            return [name for item in items for name in _names(item)]
        case g.Calc(_, left, right):
            return [*_names(left), *_names(right)]
        case _:
            return []


def _shares(term: g.Term) -> list[Fraction]:
    """The percentages of a weighted sum (A率×60%+B率×40%); [] when a part has none or the term is no sum."""
    while isinstance(term, g.Calc) and term.op is Op.MUL:
        term = term.left if isinstance(term.left, g.Calc) and not isinstance(term.right, g.Calc) else term.right
    parts: list[g.Term] = [term]
    while isinstance(parts[0], g.Calc) and parts[0].op is Op.ADD:
        parts[:1] = [parts[0].left, parts[0].right]
    found = [
        [one.token.value for one in _factors(part) if isinstance(one, g.Number) and one.token.unit == "%"]
        for part in parts
    ]
    return [one[0] for one in found] if len(parts) > 1 and all(len(one) == 1 for one in found) else []


def _factors(term: g.Term) -> list[g.Term]:
    """The factors of a product (and the first term's, for ``a×w+…``)."""
    if isinstance(term, g.Calc) and term.op is Op.MUL:
        return [*_factors(term.left), *_factors(term.right)]
    if isinstance(term, g.Calc) and term.op is Op.DIV:
        return _factors(term.left)
    return [term]


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


# --- days -------------------------------------------------------------------------------------------------------------


def _parsed(deadline: str) -> tuple[int, int, int] | None:
    parts = deadline.split("-")
    if len(parts) == 2 and all(part.isdigit() for part in parts):
        return 0, int(parts[0]), int(parts[1])
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        return int(parts[0]), int(parts[1]), int(parts[2])
    return None


def _last(year: int, month: int) -> int:
    return (date(year + month // 12, month % 12 + 1, 1).toordinal() - date(year, month, 1).toordinal()) or 31


def _day_of(day: tuple[int, int, int], year: int) -> date:
    whole = day[0] or year or 2023
    last = _last(whole, day[1])
    return date(whole, day[1], last if day[2] == 0 else min(day[2], last))


def _written(day: tuple[int, int, int]) -> str:
    last = day[2] or _last(day[0] or 2023, day[1])
    return f"{day[0]:04d}-{day[1]:02d}-{last:02d}" if day[0] else f"{day[1]:02d}-{last:02d}"


__all__ = ["lower_condition", "probe_bounds", "read_numeric"]
