"""Rules over one number: bounds, ratios, formulas and steps, with the row's target and direction."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from hengjian.rules.grammar import items as g
from hengjian.rules.meaning import Clause, Meaning, cond_of
from hengjian.rules.numbers.bands import banded
from hengjian.rules.numbers.checks import check_direction, check_numbers, check_weight, set_deadline
from hengjian.rules.numbers.conditions import probe_bounds
from hengjian.rules.numbers.row import ZERO, Row, has_bonus
from hengjian.rules.numbers.steps import stepped
from hengjian.rules.numbers.tiers import earned_steps
from hengjian.rules.tree import Branch, Case, Clamp, Compare, Const, Expr, Sign
from hengjian.values.text import fold


def read_numeric(m: Meaning) -> Expr | None:
    """The tree of a rule over one number, or None when it is none (the caller reports)."""
    return _read(Row(m))


def _read(row: Row) -> Expr | None:
    m = row.m
    set_deadline(row)
    steps = [clause for clause in m.clauses if isinstance(clause.cons, g.Step)]
    values = [clause for clause in m.clauses if not isinstance(clause.cons, g.Step)]
    values = _drop_caps(row, values)
    for clause in m.clauses:
        if clause.cond is not None and (clause.cond.leftover or any(part.leftover for part in clause.cond.joined)):
            m.fail(clause.cond.span, "能读懂的条件（如“达到95%”“80%—90%”“未完成的”）")
            return None
    cut = _score_cut(row, values)
    if cut is not None:
        m.clauses = [clause for clause in m.clauses if clause is not cut]
        inner = _read(row)
        return None if inner is None else _cut_off(row, inner, cut)
    row.best = _best_clause(row, values)
    check_direction(row, values)
    check_numbers(row, values)
    check_weight(row, values, steps)
    if m.failed:
        return None
    if not _measurable(row, values, steps):
        return None
    for clause in values:
        if clause.cond is not None:
            probe_bounds(m, clause.cond)
    earns = [clause for clause in steps if isinstance(clause.cons, g.Step) and clause.cons.verb == "earn"]
    if m.weight == 0 and not values and steps and (adds := _as_earned(steps)):
        return earned_steps(row, adds, values)
    if earns and len(earns) == len(steps):
        return earned_steps(row, earns, values)
    if steps:
        return stepped(row, steps, values)
    return banded(row, values)


def _as_earned(steps: Sequence[Clause]) -> list[Clause]:
    """每获得1项加1分，最多加3分 in a row of weight 0: what is added is all there is; [] without a printed cap."""
    out = []
    for clause in steps:
        caps = [mod for mod in clause.mods if isinstance(mod, g.Most) and mod.amount is not None]
        if not isinstance(clause.cons, g.Step) or clause.cons.verb != "add" or len(caps) != 1:
            return []
        mods = [replace(mod, of="earn") if mod is caps[0] else mod for mod in clause.mods]
        out.append(replace(clause, cons=replace(clause.cons, verb="earn"), mods=mods))
    return out if len(out) == 1 else []


def _score_cut(row: Row, values: Sequence[Clause]) -> Clause | None:
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
        if bound.number.unit == "分" and row.frame.unit not in ("分", ""):
            return clause
        if bound.number.value == 0 and not bound.number.unit and (row.frame.value or 0) > 0 and bound.sign is Sign.LT:
            return clause
    return None


def _cut_off(row: Row, inner: Expr, cut: Clause) -> Expr:
    """The score, or nothing where it falls below the printed points."""
    bound = cond_of(cut).bounds[0]
    limit = bound.number.value if bound.number is not None else Fraction(0)
    if not limit:
        return replace(inner, stated=True) if isinstance(inner, Clamp) else inner
    low = Branch(Compare(inner, bound.sign, Const(limit, "分")), ZERO, span=cut.span)
    return Clamp(Case((low,), inner), ZERO, row.m.full())


def _measurable(row: Row, values: Sequence[Clause], steps: Sequence[Clause]) -> bool:
    """Whether there is a number to speak of: in the target, or printed in every clause."""
    if row.frame.numeric or row.frame.deadline or row.frame.none:
        return True
    if steps or any(isinstance(clause.cons, (g.Formula, g.Ratio)) for clause in values):
        return True
    if any(
        clause.cond is not None and (clause.cond.bounds or clause.cond.joined or clause.cond.date) for clause in values
    ):
        return True
    return all(
        clause.cond is not None
        and (
            clause.cond.state in ("none", "some", "else", "ontime", "late", "grow")
            or (clause.cond.state in ("rise", "fall") and row.frame.sense in ("rise", "fall", "drop"))
        )
        for clause in values
    )


def _drop_caps(row: Row, values: list[Clause]) -> list[Clause]:
    """超过100%的按100%计: nothing that the clamp to the weight does not do."""
    ratios = [clause for clause in values if isinstance(clause.cons, (g.Ratio, g.Formula))]
    kept = []
    for clause in values:
        over = clause.cond is not None and (
            any(bound.sign in (Sign.GT, Sign.GE) for bound in clause.cond.bounds) or clause.cond.state == "over"
        )
        capped = isinstance(clause.cons, g.Share) and clause.cons.value == 100
        if ratios and over and capped and not row.frame.down:
            row.m.caps.append(fold(clause.cond.measure) if clause.cond is not None else "")
            continue
        kept.append(clause)
    return kept


def _best_clause(row: Row, values: Sequence[Clause]) -> Clause | None:
    """The clause of full marks: by word, else the most points, else the first."""
    for clause in values:
        if isinstance(clause.cons, g.Full) or (isinstance(clause.cons, g.Share) and clause.cons.value == 100):
            return clause
    pointed = [clause for clause in values if isinstance(clause.cons, g.Points)]
    if pointed:
        top = max(pointed, key=lambda clause: clause.cons.value if isinstance(clause.cons, g.Points) else Fraction(0))
        return top if isinstance(top.cons, g.Points) and top.cons.value > 0 else None
    shares = [clause for clause in values if isinstance(clause.cons, g.Share) and clause.cons.value > 0]
    if shares and has_bonus(row):  # 达到目标值得分值的80%，每超过…加…: the bonus starts from that share
        return max(shares, key=lambda clause: clause.cons.value if isinstance(clause.cons, g.Share) else Fraction(0))
    return None
