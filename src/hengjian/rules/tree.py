"""The meaning of a scoring rule: a frozen tree of about a dozen nodes.

A rule denotes a function from what was achieved to a score. Sixty-odd printed families lower to these few nodes; every
target (run, explain, check, curve, formula, later sql) is one ``match`` over the two unions, ended by ``assert_never``.

Numbers are exact fractions. Percentages are percent points (95 % is 95). A score is in points of the indicator's weight.
``span`` is the piece of the rule's text a node was read from, (start, end), left out of comparisons.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

Span = tuple[int, int] | None


class Op(StrEnum):
    """Arithmetic."""

    ADD = "+"
    SUB = "-"
    MUL = "*"
    DIV = "/"


class Sign(StrEnum):
    """Comparisons."""

    GE = ">="
    GT = ">"
    LE = "<="
    LT = "<"
    EQ = "="
    NE = "!="


class Partial(StrEnum):
    """What an unfinished step counts (convention C9)."""

    LINEAR = "linear"  # pro rata
    FLOOR = "floor"  # only completed steps
    CEIL = "ceil"  # a begun step counts


class Pick(StrEnum):
    """How several results become one."""

    MAX = "max"
    MIN = "min"
    SUM = "sum"


# --- expressions: numbers ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Const:
    """A number of the rule, target or weight. ``unit`` as printed ("" for a plain number)."""

    value: Fraction
    unit: str = ""
    span: Span = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Input:
    """A value that comes from outside.

    ``actual`` (the cell 实际完成值), ``weight``, ``target``, ``late_days``, ``late_months``, ``rank``, or a noun printed
    in the rule (脱岗, 覆盖率). ``unit`` is the unit its value is in (``万元``, ``%``). ``deadline`` only for lateness: the
    day it is counted from, ``2024-06-30``, ``06-30`` without a year, ``10`` for a day of every month, "" when none is printed.
    ``sense`` tells how a typed text counts: ``fall`` (下降3% is 3, 上升2% is -2), ``rise`` (the reverse), ``drop`` (a printed rate of
    falling: 上升2% is -2, -2% stays), ``change`` (a difference, never a level), ``level`` (never a difference), ``early`` (提前3天 is 3), ``ratio`` (a typed percentage is a share of the target).
    """

    name: str
    unit: str = ""
    deadline: str = ""
    sense: str = ""
    span: Span = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Arith:
    """``left op right``. Division by zero gives no value."""

    op: Op
    left: "Expr"
    right: "Expr"
    span: Span = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Steps:
    """How many steps of ``size`` a distance holds: max(0, distance) / size, with the partial-step policy."""

    distance: "Expr"
    size: "Expr"
    partial: Partial = Partial.LINEAR
    stated: bool = False  # whether the text states the policy
    span: Span = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Clamp:
    """``body`` held between ``low`` and ``high`` (None: open)."""

    body: "Expr"
    low: "Expr | None" = None
    high: "Expr | None" = None
    stated: bool = False  # whether the text states the bounds (扣完为止, 满分为止); else convention C1
    span: Span = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Branch:
    """One clause: where the condition holds, the value. ``grade`` names a printed grade (优) or state (部分达成)."""

    condition: "Condition"
    value: "Expr"
    grade: str = ""
    span: Span = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Case:
    """Clauses tried in order, best first (C6); the conditions stay as printed, so overlaps can be found.

    ``otherwise`` is the value where no clause applies; None means the rule is silent there (a gap: no score).
    """

    branches: tuple[Branch, ...]
    otherwise: "Expr | None" = None
    span: Span = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Combine:
    """The best, the worst or the sum of several results (取最高, 就低, 累计)."""

    pick: Pick
    items: tuple["Expr", ...]
    span: Span = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Interpolate:
    """Straight lines between anchors (x, score), constant outside them (F29)."""

    measure: "Expr"
    anchors: tuple[tuple[Fraction, Fraction], ...]
    span: Span = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Level:
    """What a grade word allows: a fixed share or a range of the weight. ``low``/``high`` in points."""

    words: tuple[str, ...]
    low: "Expr"
    high: "Expr"
    low_incl: bool = True
    high_incl: bool = True


@dataclass(frozen=True, slots=True)
class Human:
    """A human grade decides: one of the levels, or any number of points up to the weight when there is none (C20).

    ``deduct`` is true where the human number is a deduction (扣减…不超过).
    """

    levels: tuple[Level, ...] = ()
    deduct: bool = False
    low: "Expr | None" = None
    high: "Expr | None" = None
    span: Span = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Missing:
    """No score: the rule says nothing here, or nothing that can be executed. ``reason`` in Chinese."""

    reason: str
    span: Span = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Rounded:
    """A rounding the rule itself prints (保留一位小数). The rounding at the end is not in the tree."""

    body: "Expr"
    places: int
    truncate: bool = False
    span: Span = field(default=None, compare=False)


# What an expression comes to: a number, or the reason why there is none.
Number = Fraction | Missing

Expr = Const | Input | Arith | Steps | Clamp | Case | Combine | Interpolate | Human | Missing | Rounded


# --- conditions -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Compare:
    """``left sign right``."""

    left: Expr
    sign: Sign
    right: Expr
    span: Span = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Every:
    """All conditions hold; empty: always."""

    items: tuple["Condition", ...]
    span: Span = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Some:
    """At least one condition holds; empty: never."""

    items: tuple["Condition", ...]
    span: Span = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    item: "Condition"
    span: Span = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Stated:
    """What the cell says in words is one of ``words`` (是, 已完成, 未开展); not a number."""

    words: tuple[str, ...]
    input: str = "actual"
    span: Span = field(default=None, compare=False)


Condition = Compare | Every | Some | Not | Stated

ALWAYS = Every(())


# --- looking into trees -----------------------------------------------------------------------------------------------


# A table asks the same tree about thousands of typed texts. By identity: hashing a tree takes as long as walking it.
_WALKED: dict[int, tuple[Expr | Condition, tuple[Expr | Condition, ...]]] = {}
_MOST_WALKED = 2_000


def walk(node: Expr | Condition) -> tuple[Expr | Condition, ...]:
    """All parts of a tree, each before what is below it."""
    known = _WALKED.get(id(node))
    if known is not None and known[0] is node:
        return known[1]
    if len(_WALKED) >= _MOST_WALKED:
        _WALKED.clear()
    found = tuple(_parts(node))
    _WALKED[id(node)] = node, found
    return found


def _parts(node: Expr | Condition) -> list[Expr | Condition]:
    out: list[Expr | Condition] = []
    left = [node]
    while left:
        out.append(one := left.pop())
        if not isinstance(one, (Const, Input)):  # most parts are leaves
            left.extend(reversed(_children(one)))
    return out


def _children(node: Expr | Condition) -> list[Expr | Condition]:
    match node:
        case Const() | Input():
            return []
        case Arith() | Compare():
            return [node.left, node.right]
        case Steps():
            return [node.distance, node.size]
        case Clamp():
            return [part for part in (node.body, node.low, node.high) if part is not None]
        case Case():
            parts: list[Expr | Condition] = []
            for branch in node.branches:
                parts += [branch.condition, branch.value]
            return parts if node.otherwise is None else [*parts, node.otherwise]
        case Combine() | Every() | Some():
            return list(node.items)
        case Interpolate():
            return [node.measure]
        case Rounded():
            return [node.body]
        case Not():
            return [node.item]
        case Human(levels, _, low, high):
            return [
                part
                for part in (low, high, *(bound for level in levels for bound in (level.low, level.high)))
                if part is not None
            ]
        case _:
            return []


def inputs_in(tree: Expr) -> list[Input]:
    """Every input a tree mentions, once."""
    return list(dict.fromkeys(part for part in walk(tree) if isinstance(part, Input)))


def input_names(tree: Expr) -> list[str]:
    """The name of every input a tree mentions, once."""
    return list(dict.fromkeys(part.name for part in walk(tree) if isinstance(part, Input)))


def may_be_silent(tree: Expr) -> bool:
    """Whether some part of a tree says nothing beside its clauses, so that a value may have no score (``evaluate.SILENT``)."""
    return any(isinstance(part, Case) and part.otherwise is None for part in walk(tree))


def stated_in(tree: Expr) -> list[Stated]:
    """Every printed state a tree asks for, as often as it does."""
    return [part for part in walk(tree) if isinstance(part, Stated)]


def has_human(tree: Expr) -> bool:
    """Whether a person's grade decides somewhere in a tree."""
    return any(isinstance(part, Human) for part in walk(tree))


def with_inputs(node: Expr, put: Callable[[Input], Expr], say: Callable[[Stated], Stated] | None = None) -> Expr:
    """The expression with what ``put`` gives in the place of each input; ``put`` gives the input itself where it stays.

    ``say`` does the same for what is asked of an input in words.
    """

    def visit(part: object) -> object:
        if isinstance(part, Input):
            return put(part)
        if say is not None and isinstance(part, Stated):
            return say(part)
        if isinstance(part, tuple):
            return tuple(visit(one) for one in part)
        if is_dataclass(part) and not isinstance(part, type):
            return type(part)(**{one.name: visit(getattr(part, one.name)) for one in fields(part)})
        return part

    result = visit(node)
    if not isinstance(result, Expr):
        raise TypeError("an expression stays an expression")
    return result


_T = TypeVar("_T")


def with_places(part: _T, put: Callable[[tuple[int, int]], tuple[int, int]]) -> _T:
    """A tree, or anything that holds trees and places, with every place where ``put`` says it is."""

    def visit(one: object, name: str = "") -> object:
        if name == "span" and isinstance(one, tuple):
            return put(one)
        if isinstance(one, tuple):
            return tuple(visit(item) for item in one)
        if is_dataclass(one) and not isinstance(one, type):
            return type(one)(**{field.name: visit(getattr(one, field.name), field.name) for field in fields(one)})
        return one

    moved = visit(part)
    if not isinstance(moved, type(part)):
        raise TypeError("what is moved stays what it is")
    return moved
