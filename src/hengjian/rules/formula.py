"""A rule as a live spreadsheet formula, so that a working paper recomputes its scores when a number is corrected.

Only functions that every spreadsheet program has (IF, AND, OR, NOT, MAX, MIN, ABS, INT, ROUND, TRUNC, IFERROR). Spreadsheets
count in binary floats: 4.675 is a little less than itself. Every comparison and rounding therefore allows one
billionth, far below the last digit of any score.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import assert_never

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
    Human,
    Input,
    Interpolate,
    Missing,
    Not,
    Partial,
    Pick,
    Rounded,
    Sign,
    Some,
    Stated,
    Steps,
    input_names,
)
from hengjian.values.rounding import NATIONAL, Mode, Rounding

_GUARD = "1E-9"
# Excel's limits: 8192 characters, 64 nested functions; programs that read its files are not more generous.
_LONGEST = 8000
_DEEPEST = 60


class _Inexpressible(Exception):
    """A part of the rule has no spreadsheet formula."""


def excel(tree: Expr, cells: Mapping[str, str], rounding: Rounding = NATIONAL) -> str | None:
    """The formula of a rule's score, with its leading ``=``; None where a person or words decide, or a cell is missing.

    ``cells`` maps input names (``actual``, ``weight``, ``target``, printed nouns) to cell references or expressions that
    hold the value in plain units: a percentage as percent points (``F5*100`` for a cell formatted in percent), 万元 in 元.
    The formula shows an empty text where a cell is blank, holds text, or the rule says nothing about its value. Halves
    are rounded up; the guard makes a tie below zero round towards zero.
    """
    try:
        body = _expression(tree, cells)
    except _Inexpressible:
        return None
    ends = {Mode.HALF_UP: "ROUND", Mode.TRUNCATE: "TRUNC"}
    score = f"{ends[rounding.mode]}({body}+{_GUARD},{rounding.places})"
    blanks = [f'{cells[name]}=""' for name in sorted(_names(tree)) if _is_reference(cells[name])]
    formula = f'IFERROR({score},"")'
    if blanks:
        formula = f'IF({_call("OR", blanks)},"",{formula})'
    return f"={formula}" if len(formula) < _LONGEST and _depth(formula) < _DEEPEST else None


def _is_reference(cell: str) -> bool:
    return cell.replace("$", "").replace("!", "").replace("'", "").isalnum()


def _depth(formula: str) -> int:
    deepest = depth = 0
    for char in formula:
        depth += (char == "(") - (char == ")")
        deepest = max(deepest, depth)
    return deepest


def _call(name: str, arguments: Sequence[str]) -> str:
    return arguments[0] if len(arguments) == 1 else f"{name}({','.join(arguments)})"


def _number(value: Fraction) -> str:
    """A decimal where there is a finite one, else a quotient."""
    scale = 10**12
    if (value * scale).denominator != 1:
        return f"({value.numerator}/{value.denominator})"
    whole, rest = divmod(abs(value), 1)
    digits = f"{int(rest * scale):012d}".rstrip("0")
    text = f"{int(whole)}{'.' + digits if digits else ''}"
    return f"(-{text})" if value < 0 else text


def _expression(expr: Expr, cells: Mapping[str, str]) -> str:
    match expr:
        case Const(value):
            return _number(value)
        case Input(name):
            return _cell(name, cells)
        case Arith(op, left, right):
            return f"({_expression(left, cells)}{op.value}{_expression(right, cells)})"
        case Steps():
            return _steps(expr, cells)
        case Clamp(body, low, high):
            text = _expression(body, cells)
            text = text if high is None else f"MIN({_expression(high, cells)},{text})"
            return text if low is None else f"MAX({_expression(low, cells)},{text})"
        case Case(branches, otherwise):
            return _case(branches, otherwise, cells)
        case Combine(pick, items):
            names = {Pick.MAX: "MAX", Pick.MIN: "MIN", Pick.SUM: "SUM"}
            return f"{names[pick]}({','.join(_expression(item, cells) for item in items)})"
        case Interpolate(measure, anchors):
            return _interpolated(_expression(measure, cells), sorted(anchors))
        case Rounded(body, places, truncate):
            return f"{'TRUNC' if truncate else 'ROUND'}({_expression(body, cells)}+{_GUARD},{places})"
        case Missing():
            return "NA()"
        case Human():
            raise _Inexpressible
        case _:
            assert_never(expr)


def _cell(name: str, cells: Mapping[str, str]) -> str:
    if name not in cells:
        raise _Inexpressible
    cell = cells[name]
    return cell if _is_reference(cell) else f"({cell})"


def _steps(node: Steps, cells: Mapping[str, str]) -> str:
    count = f"(MAX(0,{_expression(node.distance, cells)})/{_expression(node.size, cells)})"
    match node.partial:
        case Partial.LINEAR:
            return count
        case Partial.FLOOR:
            return f"INT({count}+{_GUARD})"
        case Partial.CEIL:
            return f"(-INT({_GUARD}-{count}))"
        case _:
            assert_never(node.partial)


def _case(branches: Sequence[Branch], otherwise: Expr | None, cells: Mapping[str, str]) -> str:
    text = "NA()" if otherwise is None else _expression(otherwise, cells)
    for branch in reversed(branches):
        text = f"IF({_condition(branch.condition, cells)},{_expression(branch.value, cells)},{text})"
    return text


def _interpolated(measure: str, anchors: Sequence[tuple[Fraction, Fraction]]) -> str:
    text = _number(anchors[-1][1])
    for (x0, y0), (x1, y1) in reversed(list(pairwise(anchors))):
        slope = _number((y1 - y0) / (x1 - x0))
        text = f"IF({measure}<{_number(x1)},{_number(y0)}+({measure}-{_number(x0)})*{slope},{text})"
    return f"IF({measure}<{_number(anchors[0][0])},{_number(anchors[0][1])},{text})"


_TESTS = {
    Sign.GE: "({0}-{1})>=-" + _GUARD,
    Sign.GT: "({0}-{1})>" + _GUARD,
    Sign.LE: "({0}-{1})<=" + _GUARD,
    Sign.LT: "({0}-{1})<-" + _GUARD,
    Sign.EQ: "ABS({0}-{1})<=" + _GUARD,
    Sign.NE: "ABS({0}-{1})>" + _GUARD,
}


def _condition(node: Condition, cells: Mapping[str, str]) -> str:
    match node:
        case Compare(left, sign, right):
            return _TESTS[sign].format(_expression(left, cells), _expression(right, cells))
        case Every(items):
            return _call("AND", [_condition(item, cells) for item in items] or ["TRUE"])
        case Some(items):
            return _call("OR", [_condition(item, cells) for item in items] or ["FALSE"])
        case Not(item):
            return f"NOT({_condition(item, cells)})"
        case Stated():
            raise _Inexpressible
        case _:
            assert_never(node)


def _names(tree: Expr) -> set[str]:
    """The inputs a formula reads."""
    return set(input_names(tree))
