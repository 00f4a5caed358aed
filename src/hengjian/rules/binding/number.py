"""The number of one input from a typed text: a quantity, lateness, a range left open, or words that stand for a number."""

import re
from fractions import Fraction
from typing import assert_never

from hengjian.rules.binding.lateness import late_days, late_months
from hengjian.rules.binding.typed import settled
from hengjian.rules.binding.units import in_unit
from hengjian.rules.evaluate import Env, Range, value
from hengjian.rules.reading import Context, target_of
from hengjian.rules.tree import Expr, Input, Missing, Number, walk
from hengjian.rules.wording import (
    says_all_of,
    says_more,
    says_none,
    says_partly,
    says_reached,
    says_right,
    says_short,
    says_undone,
)
from hengjian.values.achieved import Span
from hengjian.values.calendar import PER_YEAR
from hengjian.values.quantity import Empty, Quantity, chinese_number
from hengjian.values.text import fold
from hengjian.values.units import convert
from hengjian.values.words import words


def number_for(one: Input, actual: str, got: Quantity | Empty | None, tree: Expr, context: Context, env: Env) -> Number:
    """The value of one input from a cell's text, in the input's unit."""
    if one.name == "late_days":
        months = any(isinstance(part, Input) and part.name == "late_months" for part in walk(tree))
        return late_days(one, actual, got, context, env, months=months)
    if one.name == "late_months":
        return late_months(one, actual, got, context, env)
    mixed = _mixed_duration(fold(actual), one.unit)
    if mixed is not None:
        return mixed
    rank = re.search(r"第(\d+|[一二三四五六七八九十百]+)(?:名|位)?", fold(actual)) if one.unit == "名次" else None
    if one.unit == "名次" and _FROM_LAST.search(fold(actual)):
        return Missing(f"“{actual.strip()}”是从后往前数的名次，请填写排名第几")
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
        event=is_event(tree, one),
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
    said = fold(actual)
    undone = words().not_done.fullmatch(said) is not None or says_undone(said, context.indicator)
    if undone and one.unit in _LENGTHS and _LIMITED.search(fold(context.indicator + context.target)):
        return Missing(f"“{actual.strip()}”不是0{one.unit}：没有完成就没有用时，请填写实际用时或按未完成处理")
    if isinstance(got, Quantity):
        return in_unit(got, one, tree, context, env)
    if says_more(said):
        return _ranging_from_goal(actual, one, context, env)
    if (bounds := _wordy(said, one, context)) is not None:
        env.state, env.open = "open", Range(one.name, actual.strip(), *bounds, high_incl=bounds[0] is not None)
        return bounds[1]
    if said in _UNMOVED and (one.sense in ("fall", "rise", "drop") or counts_change(one, context)):
        return Fraction(0)
    if says_none(said) or says_undone(said, context.indicator):
        return Fraction(0)
    if said in _HAPPENED and is_event(tree, one):
        env.state, env.open = "open", Range(one.name, actual.strip(), Fraction(1), None)
        return Fraction(1)
    if says_short(said):
        env.state = "partly" if says_partly(said) else "short"
        return Fraction(0)
    if says_right(said) and one.sense not in ("fall", "rise", "drop", "change"):
        if is_event(tree, one):
            return Fraction(0)
        env.state = "reached"
        return Fraction(0)
    if says_reached(said) or says_all_of(said, context.indicator):
        env.state = "reached"
        return Fraction(0)
    return Missing(f"实际完成值“{actual.strip()}”读不出一个数")


_FROM_LAST = re.compile(r"倒数|末[位名尾]|垫底|最后")


def _mixed_duration(said: str, unit: str) -> Fraction | None:
    """``3个月10天`` in months of thirty days, ``2小时30分`` in hours: two units in one cell."""
    if unit == "月" and (found := re.fullmatch(r"(\d+)个?月零?(\d+)[天日]", said)):
        return Fraction(int(found[1])) + Fraction(int(found[2]), 30)
    if unit == "小时" and (found := re.fullmatch(r"(\d+)个?小?时(\d+)分钟?", said)):
        return Fraction(int(found[1])) + Fraction(int(found[2]), 60)
    return None


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


def is_event(tree: Expr, one: Input) -> bool:
    """Whether none of it is the best value: the score at 0 is not worse than at 1."""
    at_zero = value(tree, Env({"weight": Fraction(100), "target": Fraction(0), one.name: Fraction(0)}))
    at_one = value(tree, Env({"weight": Fraction(100), "target": Fraction(0), one.name: Fraction(1)}))
    return isinstance(at_zero, Fraction) and isinstance(at_one, Fraction) and at_zero > at_one


# --- a range ----------------------------------------------------------------------------------------------------------


def _ranging(span: Span, actual: str, one: Input, tree: Expr, context: Context, env: Env) -> Number:
    """A range in the input's unit; scored only where all of it scores alike (``run``)."""
    ends = [None if end is None else in_unit(end, one, tree, context, env) for end in (span.low, span.high)]
    refused = next((end for end in ends if isinstance(end, Missing)), None)
    if refused is not None:
        return refused
    low, high = (end if isinstance(end, Fraction) else None for end in ends)
    env.state = "open"
    env.open = Range(one.name, actual.strip(), low, high, span.low_incl, span.high_incl)
    return low if low is not None else high if high is not None else Fraction(0)


def _ranging_from_goal(actual: str, one: Input, context: Context, env: Env) -> Number:
    """``超额完成``: the target or more."""
    goal = _goal(one, context, env)
    if goal is None:
        return Missing("实际完成值只写了文字，请填写数字")
    env.state = "open"
    env.open = Range(one.name, actual.strip(), goal, None)
    return goal


# --- words for a number -----------------------------------------------------------------------------------------------


def _wordy(said: str, one: Input, context: Context) -> tuple[Fraction | None, Fraction] | None:
    """Words that bound a number: 负增长 lies below 0, 当天办结 takes no more than a day."""
    if one.sense in ("", "rise") and counts_change(one, context) and _BELOW.fullmatch(said):
        return None, Fraction(0)
    day = convert(Fraction(1), "天", one.unit) if one.unit != "工作日" else Fraction(1)
    return (Fraction(0), day) if day is not None and _SAME_DAY.fullmatch(said) else None


_BELOW = re.compile(r"(?:呈|为|出现)?(?:负增长|不增反降|不升反降)")
_SAME_DAY = re.compile(
    r"(?:均|都|全部|实现|已)?(?:当天|当日|即日|当场|即时|现场|随到随)(?:即)?(?:办结|办理|完成|办|处理|处置|回复|答复|响应|审批|反馈|受理并办结)(?:完毕)?"
)
_CHANGES = re.compile(
    r"(?:增长|增加|增|提高|提升|上升|下降|降低|减少|压减|压降|变动|变化|递增)(?:比例|幅度|率|速度|值)?$|增幅|增速|降幅|减幅|涨幅|同比|环比"
)


def counts_change(one: Input, context: Context) -> bool:
    """Whether the row's number is a rate of change (收入增长率 ≥7%, 同比增长5%), so that 持平 is no change at all."""
    if one.unit not in ("%", "‰") or one.sense == "level":
        return False
    said = fold(context.target)
    return bool(
        _CHANGES.search(fold(context.indicator)) or re.search(r"同比|环比|比上年|较上年|增长|下降|降低|压减", said)
    )


# a limit of time: what was never done did not take 0 days
_LENGTHS = frozenset(("天", "日", "工作日", "小时", "分钟", "周", "月"))
_LIMITED = re.compile(r"时限|时效|及时|工期|用时|响应|办结时|[≤<]|[以之日天时钟月周]内|不超过|不长于")
_HAPPENED = frozenset(("发生", "已发生", "有发生", "出现", "有"))
_UNMOVED = frozenset(("持平", "不变", "无变化", "与上年持平", "零增长", "保持", "保持不变", "未变化", "位次不变"))
