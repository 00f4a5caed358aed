"""Rules over several measures, each with points of its own: A率…得3分，B率…得2分; compound targets; weighted parts."""

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from hengjian.rules.frame import Frame
from hengjian.rules.grammar import items as g
from hengjian.rules.kinds.lists import all_of, scale_of
from hengjian.rules.kinds.trees import alike, floored, part_tree
from hengjian.rules.meaning import Clause, Meaning, cond_of, share, short
from hengjian.rules.reading import Context, Note, Status
from hengjian.rules.tree import (
    Arith,
    Branch,
    Case,
    Clamp,
    Combine,
    Compare,
    Condition,
    Const,
    Expr,
    Input,
    Op,
    Pick,
    Sign,
    Steps,
)
from hengjian.values.finding import Level as Severity
from hengjian.values.text import fold

# the number of the next part at the end of a section
_NUMBERING = re.compile(
    r"(?:[;；。,，、\s]*(?:[①-⑳]|[（(][\d一二三四五六七八九]{1,2}[)）]|\d{1,2}[.、．]|第[一二三四五]，?)?\s*)$"
)


def rule_of_parts(m: Meaning) -> Expr | None:
    """报告率100%得3分，抽查率10%以上得3分; 期数占40%，覆盖率占60%，分别按完成比例计分; a target of several parts."""
    means = [mod for mod in m.mods if isinstance(mod, g.Mean)]
    for clause in m.clauses:
        means += [mod for mod in clause.mods if isinstance(mod, g.Mean)]
    formulas = [clause for clause in m.clauses if isinstance(clause.cons, g.Formula)]
    if formulas and means:
        return None
    named = [
        clause
        for clause in m.clauses
        if clause.cond is not None
        and clause.cond.bounds
        and isinstance(clause.cons, (g.Points, g.Share))
        and clause.cond.measure
        and not clause.cond.text.startswith("每")
        and (clause.cond.state not in ("late", "early", "ontime") or _dated_measure(clause.cond))
    ]
    rest = [clause for clause in m.clauses if clause not in named]
    names = [_part_name(m, clause.cond.measure) for clause in named if clause.cond is not None]
    if len(set(names)) < len(names) and all(cond_of(clause).date for clause in named):
        starts = [(cond_of(clause).span[0], cond_of(clause).bounds[0].span[0]) for clause in named]
        names = [_part_name(m, m.text[start:end]) for start, end in starts]  # 6月底支付进度, 9月底支付进度
    if (
        len(named) >= 2
        and len(set(names)) == len(names)
        and not alike(names)
        and (
            all(isinstance(clause.cons, (g.Zero, g.Full, g.NoBonus)) for clause in rest)
            or _each_in_proportion(m, named, rest)
        )
    ):
        values = [clause.cons.value for clause in named if isinstance(clause.cons, (g.Points, g.Share))]
        share = all(isinstance(clause.cons, g.Share) for clause in named)
        if sum(values) == (100 if share else m.weight):
            return _summed(m, named, names, ratio=_each_in_proportion(m, named, rest))
    stepped = _parts_with_steps(m, named, rest, names) or _parts_with_one_step(m, named, rest, names)
    if stepped is None:
        stepped = _sectioned(m, named, names)
    if stepped is not None:
        return stepped
    parts = m.frame.parts
    if len(parts) >= 2 and (means or _refers_to_target(m)):
        return _by_part(m, parts, means)
    return None


def _each_in_proportion(m: Meaning, named: Sequence[Clause], rest: Sequence[Clause]) -> bool:
    """6月底…得4分，9月底…得3分；未达到的按比例得分: what falls short earns its share of its own part."""
    return (
        len(rest) == 1
        and m.clauses[-1] is rest[0]
        and isinstance(rest[0].cons, g.Ratio)
        and rest[0].cons.kind == "done"
        and rest[0].cond is not None
        and rest[0].cond.state == "short"
        and not rest[0].cond.bounds
        and all(
            len(cond_of(clause).bounds) == 1 and cond_of(clause).bounds[0].sign in (Sign.GE, Sign.EQ)
            for clause in named
        )
    )


def _parts_with_one_step(
    m: Meaning, named: Sequence[Clause], rest: Sequence[Clause], names: Sequence[str]
) -> Expr | None:
    """A率达100%得3分，B率达100%得2分；以上每降低1%，各扣0.1分: one step for each of the parts."""
    if len(rest) != 1 or not isinstance(rest[0].cons, g.Step) or not named or m.clauses[-1] is not rest[0]:
        return None
    said = m.text[slice(*rest[0].span)]
    for word in ("各扣", "分别扣", "均扣", "每项扣", "各项扣", "各减", "以上各项", "上述各项", "各项每"):
        if word in said:
            break
    else:
        return None
    after = replace(rest[0], cond=None)
    outer, m.clauses = m.clauses, [one for clause in named for one in (clause, after)]
    tree = _parts_with_steps(m, named, [after] * len(named), names)
    m.clauses = outer
    return tree


def _parts_with_steps(m: Meaning, named: Sequence[Clause], rest: Sequence[Clause], names: Sequence[str]) -> Expr | None:
    """A率达到95%得3分，每低1个百分点扣0.3分；B率达到90%得3分，每低…: every part loses its own steps."""
    points = [clause.cons.value for clause in named if isinstance(clause.cons, g.Points)]
    if len(named) < 2 or len(set(names)) != len(names) or alike(names) or sum(points) != m.weight:
        return None
    if (
        len(points) != len(named)
        or len(rest) != len(named)
        or m.clauses != [clause for pair in zip(named, rest, strict=True) for clause in pair]
    ):
        return None
    items: list[Expr] = []
    for clause, after, name, most in zip(named, rest, names, points, strict=True):
        step, bounds = after.cons, cond_of(clause).bounds
        number = bounds[0].number if len(bounds) == 1 else None
        if (
            not isinstance(step, g.Step)
            or step.verb != "deduct"
            or step.way != "short"
            or step.amount is None
            or step.amount.unit != "分"
            or step.high is not None
            or after.cond is not None
            or number is None
            or bounds[0].sign not in (Sign.GE, Sign.EQ)
            or (step.size is not None and step.size.percent is not number.percent)
        ):
            return None
        unit = "%" if number.percent else number.unit
        size = Const(step.size.value * scale_of(step.size) if step.size is not None else Fraction(1), unit)
        away = Arith(Op.SUB, Const(number.value * scale_of(number), unit), Input(name, unit))
        lost = Arith(Op.MUL, Steps(away, size, span=step.span), m.amount(step.amount))
        full = m.points(most)
        items.append(Clamp(Arith(Op.SUB, full, lost), Const(Fraction(0), "分"), full))
    return Clamp(Combine(Pick.SUM, tuple(items)), Const(Fraction(0), "分"), m.full())


def _sectioned(m: Meaning, named: Sequence[Clause], names: Sequence[str]) -> Expr | None:
    """件数达到50件得3分，未达到的按比例得分；合格率达到95%得5分，每低1个百分点扣0.5分: a whole rule for every measure."""
    points = [clause.cons.value for clause in named if isinstance(clause.cons, g.Points)]
    if len(points) != len(named) or len(named) < 2 or len(set(names)) != len(names) or alike(names):
        return None
    if sum(points) != m.weight or m.clauses[0] is not named[0]:
        return None
    if any(
        isinstance(clause.cons, g.Zero) and clause.cond is not None and clause.cond.state == "some"
        for clause in m.clauses
    ):
        return None  # 发生事故的，本项得0分 speaks of all parts
    starts = [_section_start(m, clause) for clause in named]
    items: list[Expr] = []
    for clause, name, most, start, end in zip(named, names, points, starts, [*starts[1:], len(m.text)], strict=True):
        bounds = cond_of(clause).bounds
        token = bounds[0].number
        if len(bounds) != 1 or token is None or bounds[0].gap or bounds[0].of_target:
            return None
        sign = {Sign.LE: "≤", Sign.LT: "<", Sign.GT: ">"}.get(bounds[0].sign, "≥")
        target = f"{sign}{m.text[token.start : token.end]}"
        text = _NUMBERING.sub("", m.text[start:end].strip())
        row = Context(name, target, str(most))
        tree = part_tree(m.read_rule(text, row), row, name)
        if tree is None:
            return None
        items.append(tree)
    return Clamp(Combine(Pick.SUM, tuple(items)), Const(Fraction(0), "分"), m.full())


def _section_start(m: Meaning, clause: Clause) -> int:
    return clause.span[0]


def _refers_to_target(m: Meaning) -> bool:
    return all(
        clause.cond is None or not (clause.cond.bounds or clause.cond.joined) for clause in m.clauses
    ) and not any(isinstance(clause.cons, g.Formula) for clause in m.clauses)


def _part_name(m: Meaning, measure: str) -> str:
    return fold(measure)


def _summed(m: Meaning, clauses: Sequence[Clause], names: Sequence[str], *, ratio: bool = False) -> Expr | None:
    items: list[Expr] = []
    for clause, name in zip(clauses, names, strict=True):
        cond = cond_of(clause)
        unit = next((bound.number.unit for bound in cond.bounds if bound.number is not None), "")
        measure = Input(name, "%" if unit in ("%", "百分点") else unit)
        compares = [_compare_bound(m, bound, measure, unit, best=True) for bound in cond.bounds]
        result = m.simple(clause.cons)
        if result is None or any(one is None for one in compares):
            m.fail(clause.span)
            return None
        less: Expr = Const(Fraction(0), "分")
        whole = compares[0]
        if ratio and isinstance(whole, Compare) and isinstance(whole.right, Const) and whole.right.value:
            less = Arith(Op.MUL, Arith(Op.DIV, measure, whole.right), result)
        reached = all_of([one for one in compares if one is not None])
        items.append(Case((Branch(reached, result, span=clause.span),), less))
    return Clamp(Combine(Pick.SUM, tuple(items)), Const(Fraction(0), "分"), m.full())


def _compare_bound(m: Meaning, bound: g.Bound, measure: Expr, unit: str, *, best: bool) -> Condition | None:
    if bound.number is None:
        return None
    sign = Sign.GE if bound.bare or bound.reach else bound.sign
    value_ = bound.number.value * scale_of(bound.number)
    return Compare(measure, sign, Const(value_, unit), span=bound.span)


def _by_part(m: Meaning, parts: Sequence[tuple[str, Frame]], means: Sequence[g.Mean]) -> Expr | None:
    """One rule for every part of a compound target, weighted as printed."""
    weights: list[Fraction] | None = None
    labels = [label for label, _ in parts]
    each = [clause.cons.value for clause in m.clauses if isinstance(clause.cons, g.Points) and clause.cons.each]
    if len(each) == 1 and each[0] * len(parts) == m.weight:
        weights = [Fraction(100, len(parts))] * len(parts)  # 数量与达标率各3分
    if means:
        printed = [mean.value for mean in means]
        if len(printed) == len(parts) and all(one is not None for one in printed):
            weights = [one for one in printed if one is not None]
            spoken = [
                fold("".join(token.text for token in loose.chunk.tokens)) for loose in m.loose if loose.label == "mean"
            ]
            if len(spoken) == len(parts):
                labels = spoken
            if sum(weights) != 100:
                m.note("R07", Severity.WARNING, f"各部分占比合计{short(sum(weights, Fraction(0)))}%，不是100%")
                m.raise_to(Status.DEFECTIVE)
        else:
            weights = [Fraction(100, len(parts))] * len(parts)
    inner: list[Expr] = []
    for label, frame in zip(labels, (frame for _, frame in parts), strict=True):
        measure = Input(label or frame.unit or "数量", frame.unit)
        got = _part_rule(m, measure, frame)
        if got is None:
            return None
        inner.append(got)
    if weights is None:
        choice = m.option(
            "parts",
            2,
            Status.AMBIGUOUS,
            Note("R06", Severity.WARNING, "目标值有几个部分，规则没有写明各占多少分；请写明各部分的权重"),
        )
        if choice == 1:
            return Clamp(
                Arith(Op.MUL, m.full(), Combine(Pick.MIN, tuple(floored(one) for one in inner))),
                Const(Fraction(0), "分"),
                m.full(),
            )
        weights = [Fraction(100, len(parts))] * len(parts)
    items = tuple(share(Arith(Op.MUL, m.full(), one), weight) for one, weight in zip(inner, weights, strict=True))
    return Clamp(Combine(Pick.SUM, items), Const(Fraction(0), "分"), m.full())


def _part_rule(m: Meaning, measure: Input, frame: Frame) -> Expr | None:
    """The share (0 to 1) a part earns: in proportion, or all or nothing."""
    one = Const(Fraction(1))
    goal = Const(frame.value or Fraction(0), frame.unit)
    ratio = Arith(Op.DIV, goal, measure) if frame.down else Arith(Op.DIV, measure, goal)
    kinds = [clause.cons for clause in m.clauses]
    if any(isinstance(cons, g.Ratio) for cons in kinds):
        return Clamp(ratio, Const(Fraction(0)), one)
    if any(isinstance(cons, g.Zero) for cons in kinds):
        return Case((Branch(Compare(measure, Sign.LE if frame.down else Sign.GE, goal), one),), Const(Fraction(0)))
    m.fail((0, len(m.text)), "各部分如何计分")
    return None


def _dated_measure(cond: g.Cond) -> bool:
    """6月底支付进度达到45%: a rate on a day, no lateness."""
    return cond.date is not None and all(bound.number is not None and bound.number.percent for bound in cond.bounds)
