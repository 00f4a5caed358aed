"""The reference meaning of a rule: what a person achieved goes in, an exact score with its derivation comes out.

Everything is a fraction until the one rounding at the end. Where the rule gives no score there is none, and a reason in
Chinese; where defensible readings differ, a score is given only if all of them agree.
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import assert_never

from hengjian.rules.numerals import amount, number
from hengjian.rules.reading import Context, Reading
from hengjian.rules.score import Score, Step, rounded_as
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
    Level,
    Missing,
    Not,
    Op,
    Partial,
    Pick,
    Rounded,
    Sign,
    Some,
    Stated,
    Steps,
)
from hengjian.rules.typed import by_part, likeness, settled
from hengjian.rules.wording import (
    Grade,
    denies,
    falls_short,
    is_yes_or_no,
    leaves_open,
    matches,
    read_grade,
    same_scale,
    says_early,
    says_more,
    says_none,
    says_nothing_wrong,
    says_partly,
    says_reached,
    says_right,
    says_short,
    says_yes,
)
from hengjian.values.achieved import Span, read_progress, read_share
from hengjian.values.calendar import PER_YEAR, Period, days_late, read_finish
from hengjian.values.quantity import Empty, Quantity, chinese_number, read_actual
from hengjian.values.rounding import NATIONAL, Rounding
from hengjian.values.target import Target, read_target, told_once
from hengjian.values.text import fold
from hengjian.values.units import Relation, convert, incompatible, relation
from hengjian.values.words import words

Number = Fraction | Missing

# Values that stand for a state a clerk typed in words; see ``_in_words``.
_TINY = Fraction(1, 10**9)

# Why a rule gives no number, whatever was typed.
SILENT = "评分标准没有规定这种情况的得分"
DIVIDED_BY_ZERO = "除数为0，无法计算比例"
NO_STEP = "每步的大小为0，无法计算步数"
READINGS_DIFFER = "规则有几种读法，得分不同"


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


# --- numbers ----------------------------------------------------------------------------------------------------------


def value(expr: Expr, env: Env) -> Number:
    """The value of an expression, exact, or ``Missing`` with the reason."""
    match expr:  # asked millions of times: patterns that also take the fields out are three times as slow
        case Const():
            return expr.value
        case Input():
            found = env.numbers.get(expr.name, env.default)
            return Missing(f"缺少“{_name(expr)}”的数值") if found is None else found
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
    """What was typed decides; the words of the other clauses were weighed before (``_choose_words``)."""
    said = env.words.get(name)
    if said is None and env.grade is not None and name == "actual":
        return Missing(f"评定“{env.grade.text}”不是规则写明的任何一种情况，请按规则的文字填写")
    if said is None:
        return Missing(
            "本项须由人评定：请填写评定的等次或是否达到" if name == "actual" else f"缺少“{name}”是否符合的判断"
        )
    return said in words


# --- scoring ----------------------------------------------------------------------------------------------------------


def score(
    reading: Reading,
    context: Context,
    actual: str | Mapping[str, str],
    grade: str | None = None,
    rounding: Rounding = NATIONAL,
) -> Score:
    """The score of one actual value under a reading.

    ``actual`` is the cell's text, or texts by the nouns printed in the rule. ``grade`` is what a person gave: a word
    (较好), points (3.5), a word with a share or points (部分达成@70%), a deduction (扣1分).
    """
    if not reading.trees:
        return Score(None, None, reason="评分标准未能读懂，不计算得分")
    weight = weight_of(context)
    runs = [_one(tree, context, weight, actual, grade) for tree in reading.trees]
    first, env = runs[0]
    policies = tuple(dict.fromkeys(policy for _, used in runs for policy in used.policies))
    missing = next((result for result, _ in runs if isinstance(result, Missing)), None)
    if missing is not None:
        if len(runs) > 1 and not all(isinstance(result, Missing) for result, _ in runs):
            policies = (*policies, "readings_differ")
        return Score(None, None, reason=missing.reason, policies=policies, trace=tuple(env.path))
    values = [rounding.apply(result) for result, _ in runs if not isinstance(result, Missing)]
    if len(set(values)) > 1:
        texts = "、".join(dict.fromkeys(str(one) for one in values))
        return Score(
            None,
            None,
            reason=f"{READINGS_DIFFER}（{texts}），须先明确规则",
            policies=(*policies, "readings_differ"),
            trace=tuple(env.path),
        )
    exact = first if isinstance(first, Fraction) else Fraction(0)
    line = derivation(reading.trees[0], env)
    trace = (*env.path, Step("算式", line.removesuffix(" =")))
    return rounded_as(Score(exact, None, policies=policies, line=line, trace=trace), rounding)


def _one(
    tree: Expr, context: Context, weight: Number, actual: str | Mapping[str, str], grade: str | None
) -> tuple[Number, Env]:
    env = Env({"weight": weight})
    problem = bind(tree, context, actual, grade, env)
    if problem is not None:
        return problem, env
    words = env.words.get(_STATE, "")
    if words:
        return _in_words(tree, words, _wanted(tree), env), env
    return value(tree, env), env


def bind(tree: Expr, context: Context, actual: str | Mapping[str, str], grade: str | None, env: Env) -> Missing | None:
    """Fill ``env`` with what was typed, as the inputs of a tree; ``Missing`` where nothing was typed that could count."""
    stated = _stated_in(tree)
    target = target_number(context)
    env.numbers["target"] = Missing("目标值不是一个数") if target is None else target
    env.grade = read_grade(grade) if grade is not None and grade.strip() else None
    if isinstance(actual, str):
        problem = _fill_text(tree, _wanted(tree), stated, actual, context, env)
    else:
        problem = _fill_table(_wanted(tree), stated, actual, context, env)
    if problem is None:
        _choose_words(tree, stated, env)
    return problem


def _wanted(tree: Expr) -> list[Input]:
    return [one for one in inputs_in(tree) if one.name not in ("weight", "target")]


def only_words(env: Env) -> bool:
    """Whether a word (已完成) stands where a number is due, so that the tree has to be tried with several numbers."""
    return bool(env.words.get(_STATE))


def door(tree: Expr, context: Context) -> tuple[Input, tuple[object, ...]] | None:
    """The one input of a tree and all that decides how a typed text becomes its number, besides the target's number.

    Trees and rows with equal doors ``bind`` equal texts to equal numbers, unless binding asks ``env.numbers`` for the
    target. None for trees of several inputs or none, and where words or a person decide.
    """
    wanted = _wanted(tree)
    alone = len(wanted) == 1 or (wanted and wanted[0].name in _MAIN and len({one.name for one in wanted}) == 1)
    if not alone or _stated_in(tree) or _has_human(tree):
        return None
    # An input may stand there with several senses: they are filled in turn.
    return wanted[0], tuple(_way(one, tree, context) for one in wanted)


def _way(one: Input, tree: Expr, context: Context) -> tuple[object, ...]:
    if one.name.startswith("late_"):
        return one, context.year
    return (
        one,
        one.unit == "%" and _signed_name(context.indicator),
        _counts_change(one, context),
        _target_unit(context),
        _printed_scale(context),
        "%" in context.target,
        any(isinstance(part, Const) and part.unit == "%" and part.value >= 10 for part in _walk(tree)),
        _is_event(tree, one),
        target_of(context.target, context.sign, context.unit).period if context.target else None,
    )


_MAIN = ("actual", "late_days", "late_months", "rank")

_STATE = "\x00state"
_TEXT = "\x00text"
_CIRCLED = re.compile("[①-⑳]")
_SPOKEN_NUMBER = re.compile(r"\(?第?([一二三四五六七八九十])(?:是|、|\)|项|点|条)?")  # 一是, （二）, 第三项
_NUMBERED = re.compile(r"\(?(\d{1,2})[).、]?")


def _fill_text(
    tree: Expr, wanted: list[Input], stated: list[Stated], actual: str, context: Context, env: Env
) -> Missing | None:
    """Put one cell's text into the environment."""
    env.words[_TEXT] = actual
    main = [one for one in wanted if one.name in _MAIN]
    others = [one for one in wanted if one not in main]
    if not wanted and stated and all(_CIRCLED.fullmatch(one.input) for one in stated) and says_right(fold(actual)):
        env.words.update({one.input: "符合" for one in stated})
        return None
    counted = _COUNTED.fullmatch(fold(actual))
    if (
        not wanted
        and counted
        and stated
        and all(_CIRCLED.fullmatch(one.input) for one in stated)
        and _alike_items(tree)
    ):
        met = int(counted.group(1) or counted.group(2))
        names = list(dict.fromkeys(one.input for one in stated))
        if met <= len(names):
            env.words.update({name: "符合" if place < met else "不符合" for place, name in enumerate(names)})
            return None
    if not wanted:
        if not stated and not _has_human(tree):
            return None
        if env.grade is None and (not fold(actual) or isinstance(read_actual(actual), Empty)):
            return Missing("未填实际完成值，也没有人工评定")
        return None
    if len(others) == 1 and not main:
        main, others = others, []
    if (shared := _share_of_items(tree, actual, wanted, context, env)) is not None:
        env.numbers |= shared
        return None
    if len(wanted) > 1 and (not main or others):
        parted = by_part(actual, wanted)
        if isinstance(parted, Missing):
            return parted
        if parted:
            return _fill_table(
                wanted, stated, {one.name: "0" for one in wanted if _none_best(tree, one)} | parted, context, env
            )
    got = read_actual(actual)
    if isinstance(got, Empty):
        if env.grade is not None and (stated or _has_human(tree)):
            for one in wanted:
                env.numbers[one.name] = Missing("未填实际完成值")
            return None
        return Missing("未填实际完成值")
    for one in main:
        env.numbers[one.name] = _number_for(one, actual, got, tree, context, env)
    nothing = (
        isinstance(got, Quantity)
        and got.value == 0
        and bool(re.fullmatch(r"[无零没有未发生出现0]+", fold(actual)) or not main)
    )
    for one in others:
        if nothing and not main:
            env.numbers[one.name] = Fraction(0)
        elif one.name.startswith("其中"):
            count = env.numbers.get("actual")
            env.numbers[one.name] = (
                Fraction(0) if isinstance(count, Fraction) and count <= 1 else Missing("还需要其中重复发生的次数")
            )
        else:
            named = one.name in fold(actual)
            env.numbers[one.name] = (
                Fraction(1)
                if named and len(others) > 1 and not main
                else Missing(f"还需要“{one.name}”的数值，请分项填写")
            )
    if len(others) > 1 and not main and any(one.name in fold(actual) for one in others):
        for one in others:
            if one.name not in fold(actual):
                env.numbers[one.name] = Fraction(0)
    return None


def _none_best(tree: Expr, one: Input) -> bool:
    """Whether an input counts bad events, so that a text that names only the others says there were none of these."""
    rest = {other.name: Fraction(0) for other in inputs_in(tree)} | {"weight": Fraction(100)}
    at_zero, at_one = (value(tree, Env({**rest, one.name: Fraction(count)})) for count in (0, 1))
    return isinstance(at_zero, Fraction) and isinstance(at_one, Fraction) and at_zero > at_one


def _share_of_items(
    tree: Expr, actual: str, wanted: list[Input], context: Context, env: Env
) -> dict[str, Number] | None:
    """达标项数÷总项数 from ``18/20``, or from ``18项`` or 已完成 beside a target of 20项: the target is the whole."""
    pair = next(
        (
            (part.left, part.right)
            for part in _walk(tree)
            if isinstance(part, Arith)
            and part.op is Op.DIV
            and isinstance(part.left, Input)
            and isinstance(part.right, Input)
        ),
        None,
    )
    if pair is None or {one.name for one in pair} != {one.name for one in wanted} or len(wanted) != 2:
        return None
    part, whole = (one.name for one in pair)
    if re.search(r"目标|计划|指标|应|年初", whole):
        return None
    if (share := read_share(actual)) is not None:
        return (
            {part: share.value, whole: Fraction(1)}
            if share.spoken
            else {part: share.part.value, whole: share.whole.value}
        )
    if (rate := read_progress(actual)) is not None:
        return {part: rate.value, whole: Fraction(100)}
    got, target = read_actual(actual), env.numbers.get("target")
    unit = _target_unit(context)
    if isinstance(got, Quantity) and got.unit == "%" and not got.sign:
        return {part: got.value, whole: Fraction(100)}
    if unit == "%" or not isinstance(target, Fraction) or target <= 0:
        return None
    if says_reached(fold(actual)):
        return {part: target, whole: target}
    if isinstance(got, Quantity) and not got.sign and not got.near and not words().pending.search(fold(actual)):
        return {part: got.value, whole: target} if got.unit in ("", unit) else None
    return None


_COUNTED = re.compile(
    r"(?:符合|满足|达到|完成|具备)(?:要求的?)?(\d{1,2})(?:项|条|个)|(\d{1,2})(?:项|条|个)(?:符合|满足|达到|完成|具备)(?:要求)?"
)


def _alike_items(tree: Expr) -> bool:
    """Whether every item of a checklist gives the same points, so that a count says enough."""
    given = [
        branch.value
        for part in _walk(tree)
        if isinstance(part, Case)
        for branch in part.branches
        if isinstance(branch.condition, Stated)
    ]
    return len(set(given)) == 1


def _number_for(
    one: Input, actual: str, got: Quantity | Empty | None, tree: Expr, context: Context, env: Env
) -> Number:
    """The value of one input from a cell's text, in the input's unit."""
    if one.name == "late_days":
        months = any(isinstance(part, Input) and part.name == "late_months" for part in _walk(tree))
        return _late_days(one, actual, got, context, env, months=months)
    if one.name == "late_months":
        return _late_months(one, actual, got, context, env)
    mixed = _mixed_duration(fold(actual), one.unit)
    if mixed is not None:
        return mixed
    rank = re.search(r"第(\d+|[一二三四五六七八九十百]+)(?:名|位)?", fold(actual)) if one.unit == "名次" else None
    if rank:
        place = int(rank[1]) if rank[1].isdigit() else chinese_number(rank[1])
        return Missing("名次读不出来") if place is None else Fraction(place)
    meant = settled(
        actual,
        got if isinstance(got, Quantity) else None,
        one,
        context,
        target_of(context.target, context.sign, context.unit) if context.target else None,
        lambda: _goal(one, context, env),
        event=_is_event(tree, one),
    )
    match meant:
        case Span():
            return _ranging(meant, actual, one, tree, context, env)
        case Quantity():
            got = meant
        case Missing() | Fraction():
            return meant
        case None:
            pass
        case _:
            assert_never(meant)
    if isinstance(got, Quantity):
        return _in_unit(got, one, tree, context, env)
    said = fold(actual)
    if says_more(said):
        return _ranging_from_goal(actual, one, context, env)
    if (bounds := _wordy(said, one, context)) is not None:
        env.words[_STATE], env.open = "open", Range(one.name, actual.strip(), *bounds, high_incl=bounds[0] is not None)
        return bounds[1]
    if said in _UNMOVED and (one.sense in ("fall", "rise", "drop") or _counts_change(one, context)):
        return Fraction(0)
    if says_none(said):
        return Fraction(0)
    if says_short(said):
        env.words[_STATE] = "partly" if says_partly(said) else "short"
        return Fraction(0)
    if says_right(said) and one.sense not in ("fall", "rise", "drop", "change"):
        if _is_event(tree, one):
            return Fraction(0)
        env.words[_STATE] = "reached"
        return Fraction(0)
    if says_reached(said):
        env.words[_STATE] = "reached"
        return Fraction(0)
    return Missing(f"实际完成值“{actual.strip()}”读不出一个数")


def _wordy(said: str, one: Input, context: Context) -> tuple[Fraction | None, Fraction] | None:
    """Words that bound a number: 负增长 lies below 0, 当天办结 takes no more than a day."""
    if one.sense in ("", "rise") and _counts_change(one, context) and _BELOW.fullmatch(said):
        return None, Fraction(0)
    day = convert(Fraction(1), "天", one.unit) if one.unit != "工作日" else Fraction(1)
    return (Fraction(0), day) if day is not None and _SAME_DAY.fullmatch(said) else None


_BELOW = re.compile(r"(?:呈|为|出现)?(?:负增长|不增反降|不升反降)")
_SAME_DAY = re.compile(
    r"(?:均|都|全部|实现|已)?(?:当天|当日|即日|当场|即时|现场|随到随)(?:即)?(?:办结|办理|完成|办|处理|处置|回复|答复|响应|审批|反馈|受理并办结)(?:完毕)?"
)


def _goal(one: Input, context: Context, env: Env) -> Fraction | None:
    """The target in the input's unit, for a whole year where it is printed for a month."""
    target = env.numbers.get("target")
    if not isinstance(target, Fraction):
        return None
    printed = target_of(context.target, context.sign, context.unit)
    times = PER_YEAR.get(printed.period or "", 1) if one.unit != "%" else 1
    if not one.unit or not printed.unit:
        return target * times
    converted = convert(target, printed.unit, one.unit)
    return None if converted is None else converted * times


def _ranging(span: Span, actual: str, one: Input, tree: Expr, context: Context, env: Env) -> Number:
    """A range in the input's unit; scored only where all of it scores alike (``_in_words``)."""
    ends = [None if end is None else _in_unit(end, one, tree, context, env) for end in (span.low, span.high)]
    refused = next((end for end in ends if isinstance(end, Missing)), None)
    if refused is not None:
        return refused
    low, high = (end if isinstance(end, Fraction) else None for end in ends)
    env.words[_STATE] = "open"
    env.open = Range(one.name, actual.strip(), low, high, span.low_incl, span.high_incl)
    return low if low is not None else high if high is not None else Fraction(0)


def _ranging_from_goal(actual: str, one: Input, context: Context, env: Env) -> Number:
    """``超额完成``: the target or more."""
    goal = _goal(one, context, env)
    if goal is None:
        return Missing("实际完成值只写了文字，请填写数字")
    env.words[_STATE] = "open"
    env.open = Range(one.name, actual.strip(), goal, None)
    return goal


_CHANGES = re.compile(
    r"(?:增长|增加|增|提高|提升|上升|下降|降低|减少|压减|压降|变动|变化|递增)(?:比例|幅度|率|速度|值)?$|增幅|增速|降幅|减幅|涨幅|同比|环比"
)


def _counts_change(one: Input, context: Context) -> bool:
    """Whether the row's number is a rate of change (收入增长率 ≥7%, 同比增长5%), so that 持平 is no change at all."""
    if one.unit not in ("%", "‰") or one.sense == "level":
        return False
    said = fold(context.target)
    return bool(
        _CHANGES.search(fold(context.indicator)) or re.search(r"同比|环比|比上年|较上年|增长|下降|降低|压减", said)
    )


_UNMOVED = frozenset(("持平", "不变", "无变化", "与上年持平", "零增长", "保持", "保持不变", "未变化", "位次不变"))


def _mixed_duration(said: str, unit: str) -> Fraction | None:
    """``3个月10天`` in months of thirty days, ``2小时30分`` in hours: two units in one cell."""
    if unit == "月" and (found := re.fullmatch(r"(\d+)个?月零?(\d+)[天日]", said)):
        return Fraction(int(found[1])) + Fraction(int(found[2]), 30)
    if unit == "小时" and (found := re.fullmatch(r"(\d+)个?小?时(\d+)分钟?", said)):
        return Fraction(int(found[1])) + Fraction(int(found[2]), 60)
    return None


def _is_event(tree: Expr, one: Input) -> bool:
    """Whether none of it is the best value: the score at 0 is not worse than at 1."""
    at_zero = value(tree, Env({"weight": Fraction(100), "target": Fraction(0), one.name: Fraction(0)}))
    at_one = value(tree, Env({"weight": Fraction(100), "target": Fraction(0), one.name: Fraction(1)}))
    return isinstance(at_zero, Fraction) and isinstance(at_one, Fraction) and at_zero > at_one


def _in_unit(got: Quantity, one: Input, tree: Expr, context: Context, env: Env) -> Number:
    """A typed quantity in the unit of the input: C18."""
    if got.sign not in ("", "="):
        return Missing(f"“{got.text}”只给出了范围，不是一个确定的实际值")
    number_ = got.value
    if one.sense in ("fall", "rise"):
        wanted = "down" if one.sense == "fall" else "up"
        if (got.direction and got.direction in ("up", "down") and got.direction != wanted) or (
            not got.direction and one.sense == "fall" and got.number < 0
        ):
            number_ = -number_
    elif one.sense == "drop":
        number_ = -number_ if got.direction == "up" else number_
    elif one.sense == "level" and got.direction in ("up", "down"):
        return Missing(f"“{got.text}”是变化幅度，规则要的是实际达到的水平")
    elif got.direction == "down" and number_ > 0 and one.unit == "%" and _signed_name(context.indicator):
        number_ = -number_
    if one.sense == "early":
        number_ = -number_ if got.direction == "late" else number_
    if not one.unit:
        if got.unit == "%" and _target_unit(context) not in ("", "%"):
            return Missing("实际完成值是百分比，目标值不是")
        return number_
    if not got.unit:
        return _bare(got, number_, one, tree, context, env)
    if one.unit in ("%",) and got.unit in ("%", "个百分点", "百分点"):
        if one.sense == "change" and got.unit == "%":
            return Missing("需要上年数才能算出提高了多少个百分点")
        return number_
    if one.unit == "%" and got.unit == "‰":
        return number_ / 10
    if one.unit == "%":
        if got.unit == "分" or relation(got.unit, "%") is Relation.UNKNOWN:
            return number_
        target = target_of(context.target, context.sign, context.unit)
        if target.unit in ("%", ""):
            return Missing(f"实际完成值的单位是“{got.unit}”，规则要的是百分比")
        return number_
    if got.unit == "%" and one.unit == "‰":
        return number_ * 10
    if got.unit == "%":
        target_value = env.numbers.get("target")
        if one.sense == "ratio" and isinstance(target_value, Fraction) and "%" not in context.target:
            return number_ * target_value / 100
        return Missing(f"实际完成值是百分比，规则按“{one.unit}”计算")
    converted = convert(number_, got.unit, one.unit)
    if converted is not None:
        return converted
    if "/" in one.unit and "/" not in got.unit and _far_off(number_, env):
        return Missing(f"“{got.text}”像是总数，规则按“{one.unit}”计算；请填写每一单位的数值")
    if got.unit.split("/")[0] == one.unit.split("/")[0] or relation(got.unit, one.unit) is not Relation.DIFFERENT:
        return number_
    if one.unit == "季度" and got.unit in ("次", "个", "期"):
        return number_
    if incompatible(got.unit, one.unit) or _is_time(one.unit) != _is_time(got.unit):
        return _other_unit("实际完成值", got, one)
    return number_


def _far_off(number_: Fraction, env: Env) -> bool:
    target = env.numbers.get("target")
    return isinstance(target, Fraction) and target > 0 and not target / 20 <= number_ <= target * 20


def _other_unit(what: str, got: Quantity, one: Input) -> Missing:
    return Missing(f"{what}“{got.text}”的单位是“{got.unit}”，规则按“{one.unit}”计算，两者不能换算；请核对单位或数值")


def _is_time(unit: str) -> bool:
    return unit in ("天", "月", "个月", "年", "小时", "分钟", "秒", "周", "工作日", "季度", "日")


def _signed_name(indicator: str) -> bool:
    return any(word in indicator for word in ("增长", "增幅", "增速", "变动", "变化", "提高", "提升"))


def _target_unit(context: Context) -> str:
    return target_of(context.target, context.sign, context.unit).unit if context.target else ""


def _bare(got: Quantity, number_: Fraction, one: Input, tree: Expr, context: Context, env: Env) -> Number:
    """A number typed without a unit: that of the target, unless only the plain number is plausible."""
    if one.unit == "%":
        if 0 < abs(number_) <= 1 and not got.scale and _two_digit_bound(tree, env, one):
            env.policies.append("unit_guess")
            return Missing(f"“{got.text}”可能是{number(number_ * 100)}%，也可能是{number(number_)}%，请写明百分号")
        return number_
    scale = _printed_scale(context)
    if scale == 1 or got.scale or not number_:
        return number_
    target = env.numbers.get("target")
    if not isinstance(target, Fraction) or not target:
        return number_ * scale
    scaled, plain = number_ * scale / target, number_ / target
    if scale == _MYRIAD**2 and scaled > 20 and Fraction(1, 20) <= number_ * _MYRIAD / target <= 20:
        return Missing(f"“{got.text}”没有写单位，目标值以亿计，实际完成值像是以万计；请写明单位")
    return number_ if plain >= Fraction(1, 10) and scaled > 20 else number_ * scale


_MYRIAD = 10_000


def _two_digit_bound(tree: Expr, env: Env, one: Input) -> bool:
    target = env.numbers.get("target")
    if isinstance(target, Fraction) and abs(target) >= 10:
        return True
    return any(isinstance(part, Const) and part.unit == "%" and part.value >= 10 for part in _walk(tree))


def _printed_scale(context: Context) -> int:
    target = target_of(context.target, context.sign, context.unit) if context.target else None
    scale = target.scale if target is not None else ""
    if not scale:
        found = re.search(r"[\d.]+(万|亿)", fold(context.target))
        scale = found.group(1) if found else ""
    return {"": 1, "万": 10_000, "亿": 100_000_000}[scale]


# --- lateness ---------------------------------------------------------------------------------------------------------


def _late_days(
    one: Input, actual: str, got: Quantity | Empty | None, context: Context, env: Env, *, months: bool
) -> Number:
    """C17: calendar days between the deadline and the finish; early is negative."""
    said = fold(actual)
    period = _finished(actual, one, context)
    finish = period.end if period is not None else None
    if len(one.deadline) <= 2 and one.deadline.isdigit():
        day = (
            finish.day
            if finish is not None
            else int(got.value)
            if isinstance(got, Quantity) and got.unit in ("", "日", "天", "号")
            else None
        )
        if day is not None and not (isinstance(got, Quantity) and got.direction):
            return Fraction(day - int(one.deadline))
    if finish is not None:
        deadline = deadline_of(one, finish, context)
        if deadline is None:
            return Missing("没有写明截止日期，无法计算推迟天数")
        if said.startswith(("次年", "翌年", "第二年", "下一年")):
            day = finish.day if (finish.month, finish.day) != (2, 29) else 28
            finish = finish.replace(year=deadline.year + 1, day=day)
        elif (left := _some_day(period, deadline, one, actual)) is not None:
            env.words[_STATE], env.open = "open", left
        return Fraction(days_late(finish, deadline))
    if says_early(said):
        env.words[_STATE] = "open"
        env.open = Range(one.name, actual.strip(), Fraction(-_LONG_BEFORE), Fraction(-1))
        return Fraction(-1)
    if isinstance(got, Quantity) and got.direction in ("late", "early"):
        days = got.value if got.unit in ("", "天", "日", "工作日") else convert(got.value, got.unit, "天")
        if days is None and months:  # the steps count months; here only whether it is late matters
            days = got.value * 30
        if days is None:
            return Missing(f"“{actual.strip()}”不是天数，规则按天计算")
        return days if got.direction == "late" else -days
    if isinstance(got, Quantity) and got.unit in ("天", "日", "工作日") and not one.deadline:
        return got.value
    if says_short(said):
        env.words[_STATE] = "late"
        return Fraction(1)
    if says_reached(said) or says_nothing_wrong(said):
        return Fraction(0)
    if isinstance(got, Quantity) and got.value == 0:
        return Fraction(0)
    return Missing(f"实际完成值“{actual.strip()}”读不出完成日期或推迟天数")


def _late_months(one: Input, actual: str, got: Quantity | Empty | None, context: Context, env: Env) -> Number:
    period = _finished(actual, one, context)
    if period is not None:
        deadline = deadline_of(one, period.end, context)
        if deadline is None:
            return Missing("没有写明截止日期，无法计算推迟月数")
        if (left := _some_day(period, deadline, one, actual)) is not None:
            env.words[_STATE], env.open = "open", left
        return months_late(period.end, deadline)
    if isinstance(got, Quantity) and got.direction in ("late", "early"):
        months = {"月": got.value, "个月": got.value, "季度": got.value * 3, "年": got.value * 12}.get(got.unit)
        if months is None:
            return Missing(f"“{actual.strip()}”不是月数，规则按月计算")
        return months if got.direction == "late" else -months
    if isinstance(got, Quantity) and got.value == 0:
        return Fraction(0)
    said = fold(actual)
    if says_early(said):
        env.words[_STATE] = "open"
        env.open = Range(one.name, actual.strip(), Fraction(-_LONG_BEFORE, 30), -_TINY)
        return -_TINY
    if says_short(said):
        env.words[_STATE] = "late"
        return Fraction(1)
    if says_reached(said) or says_nothing_wrong(said):
        return Fraction(0)
    return Missing(f"实际完成值“{actual.strip()}”读不出完成日期或推迟月数")


# As far back as a finish is looked for where only its last day is known (年底前完成).
_LONG_BEFORE = 400
_SHORT_DATE = re.compile(r"(1[0-2]|0?[1-9])[./](3[01]|[12]\d|0?[1-9])日?")


def _finished(actual: str, one: Input, context: Context) -> Period | None:
    """When something was finished: a day, or the days it may have been (11月, 第三季度, 年底前)."""
    year, said = _year(one, context), fold(actual)
    short = _SHORT_DATE.fullmatch(said)
    if short:
        said = f"{int(short[1])}月{int(short[2])}日"
    return read_finish(said, year)


def _some_day(period: Period | None, deadline: date, one: Input, actual: str) -> Range | None:
    """The days on which it may have been finished, where the text leaves more than one."""
    if period is None or period.start == period.end:
        return None
    start = period.start if period.start is not None else min(period.end, deadline) - timedelta(days=_LONG_BEFORE)
    length = (period.end - start).days
    every = 1 if length <= 92 else 7
    days = {start + timedelta(days=gone) for gone in range(0, length + 1, every)} | {period.end}
    days |= {day for gone in (-1, 0, 1) if start <= (day := deadline + timedelta(days=gone)) <= period.end}
    return Range(one.name, actual.strip(), days=tuple(sorted(days)), deadline=deadline)


def months_late(finish: date, deadline: date) -> Fraction:
    """Whole months late plus the begun one in proportion; month ends count as the same day of every month."""
    if finish <= deadline:
        return Fraction((finish - deadline).days, 31)
    months = 0
    while add_months(deadline, months + 1) <= finish:
        months += 1
    start, end = add_months(deadline, months), add_months(deadline, months + 1)
    return months + Fraction((finish - start).days, (end - start).days)


def add_months(day: date, months: int) -> date:
    """The same day some months later; the last day of a month stays the last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    closes = (day + timedelta(days=1)).month != day.month
    return date(year, month + 1, last if closes else min(day.day, last))


def _year(one: Input, context: Context) -> int | None:
    found = re.match(r"(\d{4})-", one.deadline)
    return int(found.group(1)) if found else context.year if context.year is not None else 2023


def deadline_of(one: Input, finish: date | None, context: Context) -> date | None:
    """The day lateness is counted from; a missing year is that of the form, else that of the finish."""
    parts = [int(part) for part in one.deadline.split("-") if part.isdigit()]
    if len(parts) == 2:
        year = context.year if context.year is not None else finish.year if finish is not None else 2023
        parts = [year, *parts]
    if len(parts) != 3:
        return None
    if parts[2] == 0 or parts[2] > 28:
        last = (date(parts[0] + parts[1] // 12, parts[1] % 12 + 1, 1) - timedelta(days=1)).day
        parts[2] = last if parts[2] == 0 else min(parts[2], last)
    return date(*parts)


# --- several inputs ---------------------------------------------------------------------------------------------------


def _fill_table(
    wanted: list[Input], stated: list[Stated], actual: Mapping[str, str], context: Context, env: Env
) -> Missing | None:
    """Put texts by noun into the environment: each input takes the key that names it best."""
    keys = dict(actual)
    if [one.name for one in wanted] == ["actual"] and keys and all(_CIRCLED.fullmatch(fold(key)) for key in keys):
        bad = sum(says_short(fold(text)) for text in keys.values())
        good = sum(
            not says_short(fold(text)) and (says_reached(fold(text)) or says_right(fold(text)))
            for text in keys.values()
        )
        if bad + good == len(keys):
            env.numbers["actual"] = Fraction(bad)
            return None
    _fill_share(wanted, keys, env)
    wanted = [one for one in wanted if one.name not in env.numbers]
    pairs = sorted(((likeness(one.name, key), one, key) for one in wanted for key in keys), key=lambda item: -item[0])
    taken: dict[str, str] = {}
    used: set[str] = set()
    for close, one, key in pairs:
        if close >= 0.5 and one.name not in taken and key not in used:
            taken[one.name] = key
            used.add(key)
    rest = [key for key in keys if key not in used]
    open_ = [one for one in wanted if one.name not in taken]
    if len(rest) == 1 and len(open_) == 1 and len(wanted) == len(keys):
        taken[open_[0].name] = rest[0]
        rest = []
    for one in wanted:
        key = taken.get(one.name, "")
        if not key:
            env.numbers[one.name] = Missing(f"缺少“{_name(one)}”的数值")
            continue
        got = read_actual(keys[key])
        if isinstance(got, Empty):
            env.numbers[one.name] = Missing(f"“{key}”没有填写")
            continue
        env.numbers[one.name] = _part(one, keys[key], got, context, env)
    for statement in stated:
        best = max(keys, key=lambda key: likeness(statement.input, _label(key)), default="")
        if best and (statement.input == best or likeness(statement.input, _label(best)) >= 0.5):
            env.words[statement.input] = keys[best]
    return None


def _label(key: str) -> str:
    """The number of an item as the tree names it: （2）, 2. and 2、 are ②."""
    match = _NUMBERED.fullmatch(fold(key))
    spoken = _SPOKEN_NUMBER.fullmatch(fold(key))
    number_ = int(match.group(1)) if match else "一二三四五六七八九十".index(spoken.group(1)) + 1 if spoken else 0
    return chr(ord("①") + number_ - 1) if 1 <= number_ <= 20 else key


def _fill_share(wanted: list[Input], keys: dict[str, str], env: Env) -> None:
    """A rate whose definition the rule prints (追加额/预算数), from its two counts."""
    shares = [one for one in wanted if one.sense.startswith("share:")]
    if not shares or len(keys) < 2:
        return
    above, _, below = shares[0].sense.removeprefix("share:").partition("/")
    more, _, less = above.partition("-")
    found: dict[str, Fraction] = {}
    for name in dict.fromkeys(noun for noun in (more, less, below) if noun):
        key = max((key for key in keys if key not in found), key=lambda key: likeness(name, key), default="")
        got = read_actual(keys[key]) if key and likeness(name, key) >= 0.5 else None
        if not isinstance(got, Quantity):
            return
        found[key] = got.value
        if name == below:
            bottom = key
        if name == more:
            top = key
    a, b = found[top], found[bottom]
    if less:
        a -= next(number_ for key, number_ in found.items() if key != top and (less == below or key != bottom))
    env.numbers["actual"] = a / b * 100 if b else Missing(f"“{bottom}”为0，无法计算比率")
    for key in found:
        keys.pop(key)


def _part(one: Input, text: str, got: Quantity | Empty | None, context: Context, env: Env) -> Number:
    if one.name.startswith("late_"):
        return _number_for(one, text, got, one, context, env)
    if isinstance(got, Quantity):
        if got.unit and one.unit and incompatible(got.unit, one.unit):
            return _other_unit(f"“{one.name}”的", got, one)
        if one.unit == "%" and got.unit == "" and 0 < abs(got.value) <= 1:
            env.policies.append("unit_guess")
            return Missing(f"“{text}”可能少了百分号，请写明")
        return got.value
    said = fold(text)
    if says_nothing_wrong(said) or said in ("否", "未发生"):
        return Fraction(0)
    if said in ("是", "有", "发生", "已发生", "存在", "出现"):
        return Fraction(1)
    return Missing(f"“{one.name}”的“{text}”读不出一个数")


# --- words ------------------------------------------------------------------------------------------------------------


def _choose_words(tree: Expr, stated: list[Stated], env: Env) -> None:
    """Decide which of the printed states was meant: the best fitting clause, and none when two fit alike."""
    said = env.grade.word if env.grade is not None else ""
    text = env.words.get(_TEXT, "")
    by_input: dict[str, list[Stated]] = {}
    for statement in stated:
        by_input.setdefault(statement.input, []).append(statement)
    for name, group in by_input.items():
        choices = list(dict.fromkeys(statement.words for statement in group))
        heard = env.words.get(name, "") if name != "actual" else ""
        if name == "actual":
            heard = said or ("" if env.grade is not None else text)
            if env.grade is not None and not said:
                env.words.pop(name, None)
                if branch := _human_branch(tree, env) or _fixed_branch(tree, env):
                    env.words[name] = branch
                continue
            if not said and env.grade is None and _has_human(tree) is not None and not heard:
                continue
        if not heard:
            continue
        if name != "actual" and len(choices) == 1 and not _is_phrase(choices[0]):
            good = says_reached(fold(heard)) or (says_nothing_wrong(fold(heard)) and not says_short(fold(heard)))
            bad = says_short(fold(heard))
            if good or bad:
                env.words[name] = choices[0][0] if good and not bad else "\x00no"
            continue
        if name != "actual" and len(choices) == 2 and (told := _yes_or_no_side(choices, fold(heard))):
            env.words[name] = told
            continue
        graded = name == "actual" and env.grade is not None and bool(said)
        side = _side(tree, choices, fold(said), env) if graded else ""
        answered = is_yes_or_no(fold(said)) and side != "" and not any(fold(said) in words for words in choices)
        if side and answered:
            env.words[name] = side
            continue
        found = matches(heard, choices) if side is not None or not answered else None
        if found is not None:
            env.words[name] = choices[found][0]
        elif graded and not _has_human(tree):
            # a word nobody knows is no grade: 否则 is for the states that are known not to be the printed ones
            if side or (side is not None and _is_other(tree, choices, fold(said), env)):
                env.words[name] = side or "\x00other"
            else:
                env.words.pop(name, None)
        elif env.grade is not None and said:
            env.words[name] = "\x00other"
        else:
            env.words.pop(name, None)
        if found is None and name == "actual" and env.grade is None:
            env.words.pop(name, None)


_DENIALS = ("未", "没有", "没", "无", "不")


def _yes_or_no_side(choices: Sequence[tuple[str, ...]], heard: str) -> str:
    """有, 是, √ or 无, 否 beside 没有制定方案 and 制定了方案: the state that is meant; "" where it is none of these words."""
    denied = [words[0] for words in choices if words[0].startswith(_DENIALS)]
    said = [words[0] for words in choices if not words[0].startswith(_DENIALS)]
    if len(denied) != 1 or len(said) != 1:
        return ""
    if heard in ("有", "是", "已", "√", "有方案", "具备"):
        return said[0]
    return denied[0] if heard in ("无", "否", "没有", "未", "×", "没") else ""


def _side(tree: Expr, choices: Sequence[tuple[str, ...]], said: str, env: Env) -> str | None:
    """是, √, 达到 beside a rule of two outcomes: the better one; 否, ×, 未达到: the other.

    "" where that is not what was said, None where the word could mean either.
    """
    yes = says_yes(said)
    both = [
        part
        for part in _walk(tree)
        if isinstance(part, Case) and all(isinstance(branch.condition, Stated) for branch in part.branches)
    ]
    if yes is None or len(both) != 1 or (env.grade is not None and env.grade.text != said):
        return ""
    case = both[0]
    values = [value(branch.value, _quiet(env)) for branch in case.branches]
    names = [words[0] for words in choices]
    if case.otherwise is not None:
        values.append(value(case.otherwise, _quiet(env)))
        names.append("\x00other")
    if len(values) != 2 or len(names) != 2 or not all(isinstance(one, Fraction) for one in values):
        return ""
    first, second = values
    if not isinstance(first, Fraction) or not isinstance(second, Fraction) or first == second:
        return ""
    if first < second and leaves_open(said, choices[0][0]):
        return None
    return names[0] if (first > second) == yes else names[1]


def _is_other(tree: Expr, choices: Sequence[tuple[str, ...]], said: str, env: Env) -> bool:
    """A word known to name none of the printed states: 不健全; 未达到 where 否则 is the worst; 部分健全 beside one state."""
    if same_scale(said, [words[0] for words in choices]):
        return True
    if says_partly(said) and len(choices) > 1:
        return False
    if any(denies(said, phrase) for words in choices for phrase in words):
        return True
    return falls_short(said) and all(
        _worst(part, env) for part in _walk(tree) if isinstance(part, Case) and part.otherwise is not None
    )


def _worst(case: Case, env: Env) -> bool:
    """Whether 否则 gives no more than any printed state."""
    rest = value(case.otherwise, _quiet(env)) if case.otherwise is not None else None
    values = [value(branch.value, _quiet(env)) for branch in case.branches]
    return isinstance(rest, Fraction) and all(isinstance(one, Fraction) and rest <= one for one in values)


def _is_phrase(words: tuple[str, ...]) -> bool:
    return words[:1] != ("符合",)


def _human_branch(tree: Expr, env: Env) -> str:
    """A bare number was given: the clause that takes one."""
    for part in _walk(tree):
        if isinstance(part, Case):
            for branch in part.branches:
                if any(isinstance(below, Human) for below in _walk(branch.value)) and isinstance(
                    branch.condition, Stated
                ):
                    human = next(below for below in _walk(branch.value) if isinstance(below, Human))
                    if (
                        (env.grade is not None and env.grade.deduct is not None)
                        or not human.deduct
                        or len(part.branches) > 1
                    ):
                        return branch.condition.words[0]
    return ""


def _fixed_branch(tree: Expr, env: Env) -> str:
    """A bare number beside printed states: the one state that gives just that; "" where none does (C20)."""
    got = _given_points(env.grade, env.numbers.get("weight")) if env.grade is not None else None
    found: list[str] = []
    for part in _walk(tree):
        if not isinstance(part, Case) or not all(isinstance(branch.condition, Stated) for branch in part.branches):
            continue
        for branch in part.branches:
            if isinstance(branch.condition, Stated) and value(branch.value, _quiet(env)) == got:
                found.append(branch.condition.words[0])
        if part.otherwise is not None and value(part.otherwise, _quiet(env)) == got:
            found.append("\x00other")
    return found[0] if found and got is not None else ""


def _given_points(given: Grade | None, weight: Number | None) -> Fraction | None:
    if given is None:
        return None
    if given.points is not None or not isinstance(weight, Fraction):
        return given.points
    return given.share * weight / 100 if given.share is not None else weight - given.deduct if given.deduct else None


def _in_words(tree: Expr, words: str, wanted: list[Input], env: Env) -> Number:
    """The clerk typed 已完成 or 未完成 where a number was due: give a score only if every such number scores the same."""
    if env.open is not None:
        return _in_range(tree, env.open, env)
    target = env.numbers.get("target")
    name = next(
        (one.name for one in wanted if one.name in ("actual", "late_days", "late_months")),
        wanted[0].name if wanted else "",
    )
    if not name:
        return value(tree, env)
    if words == "late":
        tries = [Fraction(1), Fraction(10_000)]
    elif not isinstance(target, Fraction):
        bounds = [
            part.right.value for part in _walk(tree) if isinstance(part, Compare) and isinstance(part.right, Const)
        ]
        if not bounds:
            return Missing("实际完成值只写了文字，请填写数字")
        target = max(bounds)
        tries = [target] if words == "reached" else [Fraction(0), target - _TINY]
    elif words == "reached":
        tries = [target]
    elif words == "partly":
        tries = [_TINY, target / 2, target - _TINY]
    else:
        up = value(tree, _with(env, name, target + 1))
        at = value(tree, _with(env, name, target))
        worse_above = isinstance(up, Fraction) and isinstance(at, Fraction) and up < at
        tries = [target + _TINY, target * 1000 + 1000] if worse_above else [Fraction(0), target - _TINY]
    results = [value(tree, _with(env, name, trial)) for trial in tries]
    if any(isinstance(result, Missing) for result in results):
        return next(result for result in results if isinstance(result, Missing))
    if len(set(results)) > 1:
        return Missing("实际完成值只写了未完成，得分取决于完成了多少，请填写数字")
    env.numbers[name] = tries[0]
    env.policies = [policy for policy in env.policies if policy != "partial_step"]
    return results[0]


def _in_range(tree: Expr, left: Range, env: Env) -> Number:
    """The score where every number that was left open gives the same one."""
    results: list[Number] = []
    trials = _days_of(left) if left.days else [{left.name: trial} for trial in _trials(tree, left, env)]
    for trial in trials:
        result = value(tree, replace(env, numbers={**env.numbers, **trial}, policies=[], path=[]))
        results.append(result)
        if isinstance(result, Missing) or result != results[0]:
            break
    missing = next((result for result in results if isinstance(result, Missing)), None)
    if missing is not None:
        return missing
    if len(set(results)) > 1:
        what = "完成日期" if left.days else "数字"
        return Missing(f"“{left.text}”只给出了范围，不是一个确定的实际值，范围之内得分不同，请填写确切的{what}")
    env.numbers |= trials[0]
    return results[0]


def _days_of(left: Range) -> list[dict[str, Number]]:
    if left.deadline is None:
        return []
    return [
        {"late_days": Fraction(days_late(day, left.deadline)), "late_months": months_late(day, left.deadline)}
        for day in left.days
    ]


_MANY = tuple(map(Fraction, ("1.01", "1.1", "1.25", "1.5", "2", "3", "5", "10", "100", "1000")))


def _trials(tree: Expr, left: Range, env: Env) -> list[Fraction]:
    """Numbers of a range that show every piece of a rule: its ends, what the rule compares with, and points between."""
    marks = {
        mark
        for part in _walk(tree)
        if not isinstance(part, Compare | Every | Some | Not | Stated | Human | Missing)
        and all(one.name in ("weight", "target") for one in inputs_in(part))
        and isinstance(mark := value(part, _quiet(env)), Fraction)
    }
    low, high = left.low, left.high
    if high is None:
        base = max([low or Fraction(0), *marks, Fraction(1)])
        high = base * 1000
        marks |= {base * many for many in _MANY} | {(low or Fraction(0)) * many for many in _MANY}
    if low is None:
        low = min(Fraction(0), *marks, high) if high >= 0 else high * 1000
    first = low if left.low_incl else low + _TINY
    last = high if left.high_incl else high - _TINY
    between = {first + (last - first) * Fraction(place, 16) for place in range(1, 16)}
    around = {mark + shift for mark in marks for shift in (-_TINY, Fraction(0), _TINY)}
    return [first, *sorted(trial for trial in between | around if first < trial < last), last]


def _with(env: Env, name: str, trial: Fraction) -> Env:
    return replace(env, numbers={**env.numbers, name: trial}, policies=[], path=[])


# --- the line a reviewer checks by hand -------------------------------------------------------------------------------


def derivation(tree: Expr, env: Env) -> str:
    """The sum of the clause that applied, without its result: ``90人 ÷ 200人 × 3 =``, ``96.2% ≥ 95%，得满分``."""
    return _sum(tree, _quiet(env))


def _quiet(env: Env) -> Env:
    return replace(env, policies=[], path=[])


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
    return any(isinstance(part, Input) and part.name not in ("weight", "target") for part in _walk(expr))


def _between(x: Number, anchors: tuple[tuple[Fraction, Fraction], ...], unit: str) -> str:
    for (x0, y0), (x1, y1) in pairwise(sorted(anchors)):
        if isinstance(x, Fraction) and x0 < x < x1:
            return f"在{amount(x0, unit)}（得{number(y0)}分）与{amount(x1, unit)}（得{number(y1)}分）之间，按直线插值"
    return "，按端点计"


_SIGNS = {Sign.GE: "≥", Sign.GT: ">", Sign.LE: "≤", Sign.LT: "<", Sign.EQ: "=", Sign.NE: "≠"}
_OPPOSITE = {
    Sign.GE: Sign.LT, Sign.GT: Sign.LE, Sign.LE: Sign.GT, Sign.LT: Sign.GE, Sign.EQ: Sign.NE, Sign.NE: Sign.EQ
}  # fmt: skip


def _fact(condition: Condition, env: Env) -> str:
    """Why a clause applies, with the numbers filled in: ``96.2% ≥ 95%``, ``推迟3天``; "" where there is nothing to tell."""
    if only_words(env):
        return f"“{env.words.get(_TEXT, '').strip()}”"
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
            said = env.grade.text if env.grade is not None else env.words.get(_TEXT, "")
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
    if only_words(env):
        return f"“{env.words.get(_TEXT, '').strip()}”"
    if len(branches) == 1 and isinstance(branches[0].condition, Compare):
        only = branches[0].condition
        return _compared(only.left, _OPPOSITE[only.sign], only.right, env)
    said = env.grade.text if env.grade is not None else ""
    return f"“{said}”" if said else "其他情况"


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


# --- looking into trees -----------------------------------------------------------------------------------------------


# A table asks the same tree about thousands of typed texts. By identity: hashing a tree takes as long as walking it.
_WALKED: dict[int, tuple[Expr | Condition, tuple[Expr | Condition, ...]]] = {}
_MOST_WALKED = 2_000


def _walk(node: Expr | Condition) -> tuple[Expr | Condition, ...]:
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
    return list(dict.fromkeys(part for part in _walk(tree) if isinstance(part, Input)))


def input_names(tree: Expr) -> list[str]:
    """The name of every input a tree mentions, once."""
    return list(dict.fromkeys(part.name for part in _walk(tree) if isinstance(part, Input)))


def may_be_silent(tree: Expr) -> bool:
    """Whether some part of a tree says nothing beside its clauses, so that a value may have no score (``SILENT``)."""
    return any(isinstance(part, Case) and part.otherwise is None for part in _walk(tree))


def _stated_in(tree: Expr) -> list[Stated]:
    return [part for part in _walk(tree) if isinstance(part, Stated)]


def _has_human(tree: Expr) -> bool:
    return any(isinstance(part, Human) for part in _walk(tree))


def _name(one: Input) -> str:
    return {"actual": "实际完成值", "late_days": "推迟天数", "late_months": "推迟月数", "rank": "名次"}.get(
        one.name, one.name
    )


@lru_cache(maxsize=4096)
def target_of(text: str, sign: str = "", unit: str = "") -> Target:
    """The target of a row; a form asks for the same one many times."""
    return told_once(read_target(text, sign=sign, unit=unit))


def weight_of(context: Context) -> Number:
    """The weight of the row in points, or ``Missing``."""
    return _weight(context.weight)


@lru_cache(maxsize=1024)
def _weight(text: str) -> Number:
    got = read_actual(text)
    return got.value if isinstance(got, Quantity) else Missing("没有分值，无法计算得分")


def target_number(context: Context) -> Fraction | None:
    """The one number of the target in base units, or None."""
    if not context.target.strip():
        return None
    target = target_of(context.target, context.sign, context.unit)
    number_ = target.low if target.low is not None else target.high
    if number_ is None:
        return None
    return Fraction(number_) * {"": 1, "万": 10_000, "亿": 100_000_000}[target.scale]
