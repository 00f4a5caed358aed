"""What a tree comes to: numbers, words and a person's grade by input go in, an exact number or the reason why there is none comes out.

Everything is a fraction. Where the rule gives no number there is none, and a reason in Chinese.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import assert_never

from hengjian.rules.numerals import number
from hengjian.rules.score import Step
from hengjian.rules.tree import (
    Arith,
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
    Level,
    Missing,
    Not,
    Number,
    Op,
    Partial,
    Pick,
    Rounded,
    Sign,
    Some,
    Stated,
    Steps,
)
from hengjian.rules.wording import Grade, matches

# A number just beside another, for a state a clerk typed in words (未完成): just short of the target.
TINY = Fraction(1, 10**9)
# Why a rule gives no number, whatever was typed.
SILENT = "评分标准没有规定这种情况的得分"
DIVIDED_BY_ZERO = "除数为0，无法计算比例"
NO_STEP = "每步的大小为0，无法计算步数"


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers one input may have after what was typed: from ``low`` to ``high``; None where there is no end.

    ``days`` are the days on which something may have been finished, for rules that count days and months late.
    """

    name: str
    text: str
    low: Fraction | None = None
    high: Fraction | None = None
    low_incl: bool = True
    high_incl: bool = True
    days: tuple[date, ...] = ()
    deadline: date | None = None


@dataclass(slots=True)
class Env:
    """What a rule is run on: numbers by input name, words by input name, and the grade a person gave.

    ``policies`` and ``path`` are filled while running: the conventions that decided, and the expressions that were used.
    """

    numbers: dict[str, Number] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    grade: Grade | None = None
    policies: list[str] = field(default_factory=list)
    path: list[Step] = field(default_factory=list)
    default: Number | None = None  # for names that are in none of the tables
    open: "Range | None" = None  # what a text leaves open, where it is no single number
    text: str = ""  # what stands in the cell
    state: str = ""  # what a word (已完成) says where a number is due; see ``only_words``

    @property
    def only_words(self) -> bool:
        """Whether a word (已完成) stands where a number is due, so that the tree has to be tried with several numbers."""
        return bool(self.state)


def quiet(env: Env) -> Env:
    """The same inputs for a look aside, which leaves no trace."""
    return replace(env, policies=[], path=[])


# --- numbers ----------------------------------------------------------------------------------------------------------


def value(expr: Expr, env: Env) -> Number:
    """The value of an expression, exact, or ``Missing`` with the reason."""
    match expr:  # asked millions of times: patterns that also take the fields out are three times as slow
        case Const():
            return expr.value
        case Input():
            found = env.numbers.get(expr.name, env.default)
            return Missing(f"缺少“{shown_name(expr)}”的数值") if found is None else found
        case Arith():
            return _arith(expr.op, value(expr.left, env), value(expr.right, env))
        case Steps():
            return _steps(expr, env)
        case Clamp():
            return _clamp(value(expr.body, env), expr.low, expr.high, env)
        case Case():
            return _case(expr, env)
        case Combine():
            return _combine(expr.pick, [value(item, env) for item in expr.items])
        case Interpolate():
            return _interpolate(value(expr.measure, env), expr.anchors)
        case Human():
            return _human(expr, env)
        case Missing():
            return expr
        case Rounded():
            return _rounded(value(expr.body, env), expr.places, expr.truncate)
        case _:
            assert_never(expr)


def _arith(op: Op, left: Number, right: Number) -> Number:
    if isinstance(left, Missing):
        return left
    if isinstance(right, Missing):
        return right
    if op is Op.DIV and not right:
        return Missing(DIVIDED_BY_ZERO)
    return _OPERATIONS[op](left, right)


_OPERATIONS: dict[Op, Callable[[Fraction, Fraction], Fraction]] = {
    Op.ADD: operator.add,
    Op.SUB: operator.sub,
    Op.MUL: operator.mul,
    Op.DIV: operator.truediv,
}


def _steps(expr: Steps, env: Env) -> Number:
    distance, size = value(expr.distance, env), value(expr.size, env)
    if isinstance(distance, Missing):
        return distance
    if isinstance(size, Missing):
        return size
    if size <= 0:
        return Missing(NO_STEP)
    steps = max(Fraction(0), distance) / size
    if steps.denominator == 1:
        return steps
    whole = Fraction(steps.numerator // steps.denominator)
    if not expr.stated:
        env.policies.append("partial_step")
    match expr.partial:
        case Partial.LINEAR:
            return steps
        case Partial.FLOOR:
            return whole
        case Partial.CEIL:
            return whole + 1
        case _:
            assert_never(expr.partial)


def _clamp(body: Number, low: Expr | None, high: Expr | None, env: Env) -> Number:
    if isinstance(body, Missing):
        return body
    for bound, choose in ((high, min), (low, max)):
        if bound is None:
            continue
        limit = value(bound, env)
        if isinstance(limit, Missing):
            return limit
        body = choose(body, limit)
    return body


def _case(expr: Case, env: Env) -> Number:
    holding = []
    for branch in expr.branches:
        truth = holds(branch.condition, env)
        if isinstance(truth, Missing):
            return truth
        if truth:
            holding.append(branch)
    if holding:
        first = value(holding[0].value, env)
        if len(holding) > 1 and any(value(other.value, env) != first for other in holding[1:]):
            env.policies.append("boundary_overlap")
        if holding[0].grade:
            env.path.append(Step("等次", holding[0].grade))
        return first
    if expr.otherwise is None:
        return Missing(SILENT)
    return value(expr.otherwise, env)


def _combine(pick: Pick, items: list[Number]) -> Number:
    numbers: list[Fraction] = []
    for item in items:
        if isinstance(item, Missing):
            return item
        numbers.append(item)
    match pick:
        case Pick.MAX:
            return max(numbers, default=Fraction(0))
        case Pick.MIN:
            return min(numbers, default=Fraction(0))
        case Pick.SUM:
            return sum(numbers, Fraction(0))
        case _:
            assert_never(pick)


def _interpolate(x: Number, anchors: tuple[tuple[Fraction, Fraction], ...]) -> Number:
    if isinstance(x, Missing):
        return x
    points = sorted(anchors)
    if not points:
        return Missing("没有插值的端点")
    if x <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return points[-1][1]


def _rounded(body: Number, places: int, truncate: bool) -> Number:
    if isinstance(body, Missing):
        return body
    scaled = abs(body) * 10**places
    whole = scaled.numerator // scaled.denominator
    if not truncate and (scaled - whole) * 2 >= 1:
        whole += 1
    return Fraction(whole if body >= 0 else -whole, 10**places)


def shown_name(one: Input) -> str:
    """What an input is called in messages."""
    return {"actual": "实际完成值", "late_days": "推迟天数", "late_months": "推迟月数", "rank": "名次"}.get(
        one.name, one.name
    )


# --- a person's grade -------------------------------------------------------------------------------------------------


def _human(expr: Human, env: Env) -> Number:
    """C20: the score only for a given grade; a number outside the printed range is rejected."""
    weight = env.numbers.get("weight")
    if isinstance(weight, Missing) or weight is None:
        return Missing("缺少分值，无法核对人工评分的范围")
    if env.grade is None:
        return Missing("本项须由人评定：请填写评定的等次或分数")
    if expr.levels:
        return _levelled(expr.levels, env.grade, weight, env)
    low = Fraction(0) if expr.low is None else value(expr.low, env)
    high = weight if expr.high is None else value(expr.high, env)
    if isinstance(low, Missing) or isinstance(high, Missing):
        return Missing("人工评分的范围无法确定")
    given = env.grade
    number_ = (
        given.points if given.points is not None else given.share * weight / 100 if given.share is not None else None
    )
    if given.deduct is not None:
        number_ = given.deduct if expr.deduct else weight - given.deduct
    if number_ is None:
        return Missing(f"评定“{given.text}”没有给出分数")
    if not low <= number_ <= high:
        what = "扣分" if expr.deduct else "得分"
        return Missing(f"人工{what}{number(number_)}分不在规则允许的{number(low)}—{number(high)}分之内")
    return weight - number_ if expr.deduct else number_


def _levelled(levels: tuple[Level, ...], given: Grade, weight: Fraction, env: Env) -> Number:
    chosen = levels
    if given.word:
        found = matches(given.word, [level.words for level in levels])
        if found is None:
            return Missing(f"评定“{given.word}”不是规则中的等次（{'、'.join(level.words[0] for level in levels)}）")
        chosen = (levels[found],)
    got = given.points if given.points is not None else given.share * weight / 100 if given.share is not None else None
    if got is None and len(chosen) == 1:
        low, high = value(chosen[0].low, env), value(chosen[0].high, env)
        if not isinstance(low, Missing) and low == high:
            return low
        return Missing(f"“{given.word}”对应一个分数区间，请写明给了多少分")
    for level in chosen:
        low, high = value(level.low, env), value(level.high, env)
        if isinstance(low, Missing) or isinstance(high, Missing) or got is None:
            continue
        if (low < got or (level.low_incl and low == got)) and (got < high or (level.high_incl and got == high)):
            return got
    return Missing(f"人工评分{number(got)}分不在该等次的范围之内" if got is not None else "没有给出分数")


# --- conditions -------------------------------------------------------------------------------------------------------


def holds(condition: Condition, env: Env) -> bool | Missing:
    """Whether a condition holds, or ``Missing`` where that cannot be known."""
    match condition:
        case Compare():
            a, b = value(condition.left, env), value(condition.right, env)
            if isinstance(a, Missing):
                return a
            if isinstance(b, Missing):
                return b
            return compare(a, condition.sign, b)
        case Every():
            return _joined([holds(item, env) for item in condition.items], decisive=False)
        case Some():
            return _joined([holds(item, env) for item in condition.items], decisive=True)
        case Not():
            truth = holds(condition.item, env)
            return truth if isinstance(truth, Missing) else not truth
        case Stated():
            return _stated(condition.words, condition.input, env)
        case _:
            assert_never(condition)


def compare(a: Fraction, sign: Sign, b: Fraction) -> bool:
    """``a sign b``."""
    return _COMPARISONS[sign](a, b)


_COMPARISONS: dict[Sign, Callable[[Fraction, Fraction], bool]] = {
    Sign.GE: operator.ge,
    Sign.GT: operator.gt,
    Sign.LE: operator.le,
    Sign.LT: operator.lt,
    Sign.EQ: operator.eq,
    Sign.NE: operator.ne,
}


def _joined(truths: list[bool | Missing], *, decisive: bool) -> bool | Missing:
    if any(truth is decisive for truth in truths):
        return decisive
    return next((truth for truth in truths if isinstance(truth, Missing)), not decisive)


def _stated(words: tuple[str, ...], name: str, env: Env) -> bool | Missing:
    """What was typed decides; the words of the other clauses were weighed before (``choose_words``)."""
    said = env.words.get(name)
    if said is None and env.grade is not None and name == "actual":
        return Missing(f"评定“{env.grade.text}”不是规则写明的任何一种情况，请按规则的文字填写")
    if said is None:
        return Missing(
            "本项须由人评定：请填写评定的等次或是否达到" if name == "actual" else f"缺少“{name}”是否符合的判断"
        )
    return said in words
