"""Trees of parts put into the tree of the whole: inputs called by their printed names, known values put in; unanswered values."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from hengjian.rules.evaluate import Env, value
from hengjian.rules.frame import Frame
from hengjian.rules.grammar import items as g
from hengjian.rules.numerals import amount
from hengjian.rules.reading import Context, Note, Reading, Status, target_number
from hengjian.rules.tree import (
    Branch,
    Case,
    Compare,
    Const,
    Expr,
    Input,
    Missing,
    Op,
    Sign,
    has_human,
    inputs_in,
    may_be_silent,
    stated_in,
    with_inputs,
)
from hengjian.values.finding import Level as Severity
from hengjian.values.text import fold

LENGTHS_OF_TIME = ("天", "月", "小时", "分钟", "周", "季度", "年")
# what a target measures, printed in front of its number (培训人数200人)
TARGET_LABEL = re.compile(r"([\u4e00-\u9fff]{2,12}?)(?=不低于|不高于|不超过|不少于|达到|[≥≤<>\d])")


def floored(expr: Expr) -> Expr:
    """A part in the reading "all parts must be reached": its share counts only when whole."""
    return Case((Branch(Compare(expr, Sign.GE, Const(Fraction(1))), Const(Fraction(1))),), Const(Fraction(0)))


def part_tree(reading: Reading, context: Context, name: str, *, ticked: bool = False) -> Expr | None:
    """The tree of one part of a rule, its measure called by its printed name; None unless it has one plain meaning.

    ``ticked``: a list that a person ticks off is a plain meaning as well.
    """
    fine = reading.status is Status.EXECUTABLE or (ticked and reading.status is Status.NEEDS_JUDGEMENT)
    if not fine or len(reading.trees) != 1 or has_human(reading.trees[0]):
        return None
    got = target_number(context)
    named = _replaced(
        reading.trees[0],
        {
            "weight": Const(Fraction(context.weight), "分"),
            "target": None if got is None else Const(got),
        },
    )
    if not (inputs_in(named) or stated_in(named)) or any(one.name.startswith("late_") for one in inputs_in(named)):
        return None
    return renamed(named, name)


def counted_way(body: g.Term) -> str:
    """``支出数/预算数`` or ``计划数-实际数/计划数`` for a rate worked out from counts (×100%); "" for any other formula."""
    while isinstance(body, g.Calc) and body.op is Op.MUL and isinstance(body.right, g.Number):
        if body.right.token.value != 100:
            return ""
        body = body.left
    if not isinstance(body, g.Calc) or body.op is not Op.DIV or not isinstance(body.right, g.Name):
        return ""
    top = body.left
    names = [top] if isinstance(top, g.Name) else []
    if isinstance(top, g.Calc) and top.op is Op.SUB and isinstance(top.left, g.Name) and isinstance(top.right, g.Name):
        names = [top.left, top.right]
    texts = [fold(name.text) for name in (*names, body.right)]
    if not names or any(text.endswith(("率", "度", "比例", "比重")) or text in ("A", "B") for text in texts):
        return ""
    return f"{'-'.join(texts[:-1])}/{texts[-1]}"


def resensed(node: Expr, which: Collection[Input], sense: str) -> Expr:
    """The tree with another sense for some inputs."""
    return with_inputs(node, lambda one: replace(one, sense=sense) if one in which else one)


def _replaced(node: Expr, values: Mapping[str, Const | None]) -> Expr:
    """The tree with constants for some inputs, in the unit of the input."""

    def put(one: Input) -> Expr:
        known = values.get(one.name)
        return one if known is None else replace(known, unit=one.unit or known.unit)

    return with_inputs(node, put)


def measured_by(node: Expr, measure: Expr, context: Context) -> Expr:
    """The tree with the actual value worked out from other inputs, and the number of its own target in it."""
    goal = target_number(context)

    def put(one: Input) -> Expr:
        if one.name == "target" and goal is not None:
            return Const(goal, one.unit)
        return measure if one.name == "actual" else one

    return with_inputs(node, put)


def alike(names: Sequence[str]) -> bool:
    """Whether two names are one measure printed differently (满意度 and 群众满意度)."""
    return any(a != b and (a in b or b in a) for a in names for b in names)


def renamed(node: Expr, name: str) -> Expr:
    """The tree with the actual value, and what is said of it in words, called by its printed name."""
    return with_inputs(
        node,
        lambda one: replace(one, name=name) if one.name == "actual" else one,
        lambda said: replace(said, input=name) if said.input == "actual" else said,
    )


def unanswered(
    tree: Expr, context: Context, frame: Frame, probes: Sequence[Fraction], *, signs: bool = False
) -> Note | None:
    """A value between the printed bounds that no clause names.

    Single points count for whole numbers, and where ``signs`` and not words (高于, 低于: C5) leave them out.
    """
    if not probes or not may_be_silent(tree):
        return None
    points = sorted(set(probes))
    whole = frame.whole and all(point.denominator == 1 for point in points)
    tries: list[Fraction] = []
    for low, high in pairwise(points):
        if whole:
            tries += [low, *({low + 1, (low + high) // 2, high - 1} if high - low > 1 else ())]
        else:
            tries += [*([low] if signs else ()), (low + high) / 2]
    tries += [points[-1]] if whole or signs else []
    beyond = points[-1] + 1 if frame.unit not in ("%", "分") or points[-1] != 100 else None
    below = points[0] - 1 if points[0] > (1 if frame.unit == "名次" else 0) else None
    for trial in [
        *tries,
        *([beyond] if beyond is not None and not (frame.unit == "%" and beyond > 100) else []),
        *([max(below, Fraction(0))] if below is not None else []),
    ]:
        env = Env(
            {
                "weight": Fraction(10),
                "target": frame.value if frame.value is not None else Fraction(1),
                "actual": trial,
                "late_days": trial,
            }
        )
        got = value(tree, env)
        if isinstance(got, Missing) and got.reason.startswith("评分标准没有规定"):
            text = amount(trial, frame.unit)
            return Note(
                "R01", Severity.ERROR, f"实际完成值为{text}时，规则没有规定得多少分；请补上这一段", example=text
            )
    return None
