"""The line a reviewer checks by hand: the sum of the clause that applied, or why so many points are granted."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import assert_never

from hengjian.rules.evaluate import Env, holds, quiet, value
from hengjian.rules.numerals import amount, number
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
    Number,
    Op,
    Pick,
    Rounded,
    Sign,
    Some,
    Stated,
    Steps,
    walk,
)


def derivation(tree: Expr, env: Env) -> str:
    """The sum of the clause that applied, without its result: ``90人 ÷ 200人 × 3 =``, ``96.2% ≥ 95%，得满分``."""
    return _sum(tree, quiet(env))


def _sum(expr: Expr, env: Env) -> str:
    """What stands before the result: a sum up to its ``=``, or why so many points are granted."""
    got = value(expr, env)
    match expr:
        case Clamp():
            return _held(expr, got, env)
        case Case(branches, otherwise):
            chosen = next((branch for branch in branches if holds(branch.condition, env) is True), None)
            if chosen is None:
                return (
                    _because(lambda: _otherwise(branches, env), "", otherwise, env) if otherwise is not None else "得"
                )
            return _because(lambda: _fact(chosen.condition, env), chosen.grade, chosen.value, env)
        case Const() | Input("weight") | Missing():
            return _granted(got, env)
        case Input():
            return f"{_line(expr, env, 0, bare=True)} ="
        case Human():
            given = env.grade.text.replace("@", "，") if env.grade is not None else ""
            return f"评定“{given}”，{_granted(got, env)}" if given else _granted(got, env)
        case Interpolate(measure, anchors):
            return f"{_line(measure, env, 0)}{_between(value(measure, env), anchors, _unit(measure))}，得"
        case Combine(Pick.MAX | Pick.MIN as pick, items) if len(items) > 1:
            told = "、".join(_shown(value(item, env)) for item in items)
            return f"{told}中取{'最高' if pick is Pick.MAX else '最低'}，得"
        case Rounded(body, places, truncate):
            kept = f"保留{places}位小数" if places else "取整"
            return f"{_sum(body, env)} {_shown(value(body, env))}，{'截断' if truncate else '四舍五入'}{kept}，得"
        case _:
            return f"{_line(expr, env, 0)} ="


def _held(clamp: Clamp, got: Number, env: Env) -> str:
    """A sum that ran into a bound: what it came to, and which bound counts."""
    inside, told = value(clamp.body, env), _sum(clamp.body, env)
    if inside == got or isinstance(inside, Missing) or isinstance(got, Missing):
        return told
    if not told.endswith(" ="):
        return f"{told} {_shown(inside)}，最多得" if inside > got else f"{told} {_shown(inside)}，最低得"
    told = f"{told} {_shown(inside)}"
    if inside > got:
        return f"{told}，超过满分，得满分" if _is_full(got, env) else f"{told}，最多得"
    match clamp.low:
        case Arith(Op.SUB, Input("weight"), most) if got:
            return f"{told}，最多扣{_shown(value(most, env))}分，得"
        case _:
            return f"{told}，扣完为止，得" if got == 0 and "−" in told else f"{told}，最低得"


def _because(fact: Callable[[], str], grade: str, worth: Expr, env: Env) -> str:
    """A clause's sum; where it does not hold what was achieved, after the reason why the clause applies."""
    named, told = f"“{grade}”，" if grade else "", _sum(worth, env)
    if (told.endswith(" =") and _measured(worth)) or told.startswith("评定"):
        return f"{named}{told}"
    reason = fact()
    return f"{reason}，{named}{told}" if reason else f"{named}{told}"


def _granted(got: Number, env: Env) -> str:
    return "得满分" if isinstance(got, Fraction) and got and _is_full(got, env) else "得"


def _is_full(got: Fraction, env: Env) -> bool:
    return got == env.numbers.get("weight")


def _shown(got: Number) -> str:
    return number(got).replace("-", "−", 1) if isinstance(got, Fraction) else "？"


def _measured(expr: Expr) -> bool:
    """Whether a formula holds what was achieved, so that it needs no word on the clause it comes from."""
    return any(isinstance(part, Input) and part.name not in ("weight", "target") for part in walk(expr))


def _between(x: Number, anchors: tuple[tuple[Fraction, Fraction], ...], unit: str) -> str:
    for (x0, y0), (x1, y1) in pairwise(sorted(anchors)):
        if isinstance(x, Fraction) and x0 < x < x1:
            return f"在{amount(x0, unit)}（得{number(y0)}分）与{amount(x1, unit)}（得{number(y1)}分）之间，按直线插值"
    return "，按端点计"


# --- why a clause applies ---------------------------------------------------------------------------------------------

_SIGNS = {Sign.GE: "≥", Sign.GT: ">", Sign.LE: "≤", Sign.LT: "<", Sign.EQ: "=", Sign.NE: "≠"}
_OPPOSITE = {
    Sign.GE: Sign.LT, Sign.GT: Sign.LE, Sign.LE: Sign.GT, Sign.LT: Sign.GE, Sign.EQ: Sign.NE, Sign.NE: Sign.EQ
}  # fmt: skip


def _fact(condition: Condition, env: Env) -> str:
    """Why a clause applies, with the numbers filled in: ``96.2% ≥ 95%``, ``推迟3天``; "" where there is nothing to tell."""
    if env.only_words:
        return f"“{env.text.strip()}”"
    match condition:
        case Compare(left, sign, right):
            return _compared(left, sign, right, env)
        case Every((Compare() as one, Compare() as two)) if one.left == two.left and (text := _inside(one, two, env)):
            return text
        case Every(items):
            return "，".join(dict.fromkeys(fact for item in items if (fact := _fact(item, env))))
        case Some(items):
            return next((_fact(item, env) for item in items if holds(item, env) is True), "")
        case Stated(_, name):
            said = env.grade.text if env.grade is not None else env.text
            return f"“{said.strip()}”" if name == "actual" and said.strip() else ""
        case Not():
            return ""
        case _:
            assert_never(condition)


def _compared(left: Expr, sign: Sign, right: Expr, env: Env) -> str:
    if isinstance(left, Const) and not isinstance(right, Const):
        left, sign, right = right, _MIRRORED[sign], left
    if isinstance(left, Input) and left.name.startswith("late_") and value(right, env) == 0:
        return _lateness(left, env)
    if _is_share(left) and isinstance(right, Const) and not right.unit:
        right = Const(right.value * 100, "%")
    match left, right:
        case Arith(Op.MUL, share, Const(hundred, "")), Const(_, "%") if hundred == 100:
            left = share
        case _:
            pass
    return f"{_line(left, env, 0)} {_SIGNS[sign]} {_line(right, env, 0)}"


def _inside(one: Compare, two: Compare, env: Env) -> str:
    """``80% ≤ 89.5% < 90%`` of two comparisons of one quantity; "" where they are no range."""
    low, high = (one, two) if one.sign in (Sign.GE, Sign.GT) else (two, one)
    if low.sign not in (Sign.GE, Sign.GT) or high.sign not in (Sign.LE, Sign.LT):
        return ""
    upper = _compared(high.left, high.sign, high.right, env)
    lower = _compared(low.left, low.sign, low.right, env).rpartition(f" {_SIGNS[low.sign]} ")[2]
    return f"{lower} {_SIGNS[_MIRRORED[low.sign]]} {upper}" if f" {_SIGNS[high.sign]} " in upper else upper


_MIRRORED = {Sign.GE: Sign.LE, Sign.GT: Sign.LT, Sign.LE: Sign.GE, Sign.LT: Sign.GT, Sign.EQ: Sign.EQ, Sign.NE: Sign.NE}


def _lateness(late: Input, env: Env) -> str:
    got = value(late, env)
    if not isinstance(got, Fraction) or got == 0:
        return "按期完成"
    return f"{'推迟' if got > 0 else '提前'}{amount(abs(got), '天' if late.name == 'late_days' else '月')}"


def _otherwise(branches: tuple[Branch, ...], env: Env) -> str:
    """Why no clause applies: the opposite of a single comparison, else only that none does."""
    if env.only_words:
        return f"“{env.text.strip()}”"
    if len(branches) == 1 and isinstance(branches[0].condition, Compare):
        only = branches[0].condition
        return _compared(only.left, _OPPOSITE[only.sign], only.right, env)
    said = env.grade.text if env.grade is not None else ""
    return f"“{said}”" if said else "其他情况"


# --- a sum with its numbers -------------------------------------------------------------------------------------------

_RANK = {Op.ADD: 1, Op.SUB: 1, Op.MUL: 2, Op.DIV: 2}
_WRITTEN = {Op.ADD: "+", Op.SUB: "−", Op.MUL: "×", Op.DIV: "÷"}


def _line(expr: Expr, env: Env, rank: int, *, bare: bool = False, factor: bool = False) -> str:
    """An expression with its numbers filled in.

    ``bare``: percentages as plain numbers, without their sign. ``factor``: part of a product whose signs are settled.
    """
    match expr:
        case Const(fixed, unit):
            return _filled(fixed, unit, rank, bare=bare)
        case Input(name, unit):
            return _filled(value(expr, env), "分" if name == "weight" else unit, rank, bare=bare)
        case Arith(Op.DIV, share, Const(hundred, "")) if hundred == 100 and _unit(share) == "%":
            return _line(share, env, rank)
        case Arith(Op.MUL, Steps() as steps, _) if not _counted(steps, env):
            return "0"
        case Arith(op, left, right):
            own = _RANK[op]
            if op is not Op.MUL and _is_share(left) and isinstance(right, Const) and not right.unit:
                right = Const(right.value * 100, "%")
            product = op in (Op.MUL, Op.DIV)
            bare = bare or (not (product and factor) and _in_points(op, left, right))
            text = (
                f"{_line(left, env, own, bare=bare, factor=product)} {_WRITTEN[op]} "
                f"{_line(right, env, own + (op in (Op.SUB, Op.DIV)), bare=bare, factor=product)}"
            )
            return f"({text})" if own < rank else text
        case Steps():
            return _stepped(expr, env, rank)
        case Clamp(body):
            inside, held = value(body, env), value(expr, env)
            return _line(body, env, rank) if inside == held or isinstance(held, Missing) else _filled(held, "", rank)
        case Case(branches, otherwise):
            for branch in branches:
                if holds(branch.condition, env) is True:
                    return _line(branch.value, env, rank)
            return _line(otherwise, env, rank) if otherwise is not None else "？"
        case Combine(Pick.SUM, items):
            text = " + ".join(_line(item, env, 1) for item in items)
            return f"({text})" if rank > 1 and len(items) > 1 else text
        case Combine() | Interpolate() | Human() | Missing() | Rounded():
            return _filled(value(expr, env), _unit(expr), rank, bare=bare)
        case _:
            assert_never(expr)


def _in_points(op: Op, left: Expr, right: Expr) -> bool:
    """Whether percentages are written as plain numbers: in a difference, and in a product in which their signs do not cancel."""
    if op in (Op.ADD, Op.SUB):
        return "%" in (_unit(left), _unit(right)) and not _is_share(left)
    signs = [*_signs(left), *(-sign for sign in _signs(right))] if op is Op.DIV else [*_signs(left), *_signs(right)]
    return sum(signs) != 0 or any(_in_difference(part) for part in (left, right))


def _signs(part: Expr) -> list[int]:
    """1 for each percentage above a product's line, -1 for each below; a share of one has none."""
    match part:
        case Const() | Input():
            return [1] if _unit(part) == "%" else []
        case Arith(Op.MUL, left, right):
            return [*_signs(left), *_signs(right)]
        case Arith(Op.DIV, left, right) if not _is_share(part):
            return [*_signs(left), *(-sign for sign in _signs(right))]
        case _:
            return []


def _in_difference(part: Expr) -> bool:
    """Whether a factor is a difference of percentages, which is written in plain numbers."""
    match part:
        case Arith(Op.ADD | Op.SUB):
            return _unit(part) == "%" and not _is_share(part)
        case Arith(_, left, right):
            return not _is_share(part) and (_in_difference(left) or _in_difference(right))
        case _:
            return False


def _filled(got: Number, unit: str, rank: int, *, bare: bool = False) -> str:
    """A number with its unit; points of the score carry none, a negative one inside a sum stands in brackets."""
    if isinstance(got, Missing):
        return "？"
    plain = unit in ("分", "") or (bare and unit in ("%", "百分点", "个百分点"))
    text = (number(got) if plain else amount(got, unit)).replace("-", "−", 1)
    return f"({text})" if got < 0 and rank else text


def _unit(expr: Expr) -> str:
    """The unit a sum is in, as far as its parts say."""
    match expr:
        case Const(_, unit) | Input(_, unit):
            return "%" if unit in ("百分点", "个百分点") else unit
        case Arith(Op.ADD | Op.SUB, left, right):
            return _unit(left) or _unit(right)
        case Combine(_, items):
            return next((unit for item in items if (unit := _unit(item))), "")
        case _:
            return ""


def _is_share(expr: Expr) -> bool:
    """A rate as a share of one (``94.9 ÷ 100``), written as the percentage it is."""
    match expr:
        case Arith(Op.DIV, rate, Const(hundred, "")):
            return hundred == 100 and _unit(rate) == "%"
        case Arith(Op.ADD | Op.SUB, left, _):
            return _is_share(left)
        case _:
            return False


def _counted(steps: Steps, env: Env) -> bool:
    """Whether a step count belongs in a sum: events are told even when there were none, a missed threshold only when missed."""
    got = value(steps.distance, env)
    return isinstance(steps.distance, Input) or not isinstance(got, Fraction) or got > 0


def _stepped(steps: Steps, env: Env, rank: int) -> str:
    """The steps of a distance: ``(95 − 93.5) ÷ 0.5``, or how many count where a begun one counts as none or as one."""
    got, step, count = value(steps.distance, env), value(steps.size, env), value(steps, env)
    if isinstance(got, Missing) or isinstance(step, Missing) or isinstance(count, Missing):
        return "？"
    if got <= 0:
        return amount(Fraction(0), _unit(steps.distance)) if isinstance(steps.distance, Input) else "0"
    if got / step != count:
        return f"{number(count)}步"
    distance, size = steps.distance, steps.size
    match distance, size:
        case Arith(Op.MUL, share, Const(hundred, "")), Const(_, "%") if hundred == 100:
            text = f"{_line(share, env, 2)} ÷ {_line(size, env, 3)}"
        case _:
            points = "%" in (_unit(distance), _unit(size))
            text = _line(distance, env, 2, bare=points)
            text = text if step == 1 else f"{text} ÷ {_line(size, env, 3, bare=points)}"
    return f"({text})" if rank > 2 and "÷" in text else text
