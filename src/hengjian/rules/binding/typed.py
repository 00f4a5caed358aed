"""What a cell of actual values means for one input of a rule, where it does not hold just one plain number.

``18场/20场`` is 18 beside a target of 20, ``2期100人`` is 100 where people are counted, ``每季度1次`` is 4 a year, ``完成率75%`` is
three quarters of the target; ``90%以上`` stays a range. What fits only by a guess is refused with the reason.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from hengjian.rules.reading import Context
from hengjian.rules.tree import Input, Missing
from hengjian.values.achieved import Span, read_numbers, read_often, read_progress, read_share, read_span
from hengjian.values.calendar import PER_YEAR
from hengjian.values.quantity import Quantity, Relation, convert, relation
from hengjian.values.target import Comparator, Target
from hengjian.values.text import fold
from hengjian.values.words import words

Goal = Callable[[], Fraction | None]


def settled(
    text: str, got: Quantity | None, one: Input, context: Context, target: Target | None, goal: Goal, *, event: bool
) -> Quantity | Span | Fraction | Missing | None:
    """The number meant, in the input's unit where a ``Fraction``; a range; why there is none; None where ``got`` says it all.

    ``goal`` gives the row's target in the input's unit, or None. ``event``: none of it is best.
    """
    said = fold(text)
    return (
        _refused(said, text, one, goal, event=event)
        or _progress(text, one, target, goal)
        or _part(text, one, goal)
        or _often(text, one, target)
        or _one_of(text, got, one)
        or _range(text, one)
    )


# --- refused ------------------------------------------------------------------------------------------------------------

_ORDINAL = re.compile(r"第[\d一二三四五六七八九十百]+(?![季名位])[期批次届场轮卷辑号]")
_LACKING = re.compile(r"(?:还|尚|仍)?(?:缺少?|差|欠|少|短缺|剩余?|未完成|未支出|未发放|未办结)了?\d")
_BEYOND = re.compile(r"(?:超出?|超支|超期|超时|超标)了?(\d[\d.,]*)")


def _refused(said: str, text: str, one: Input, goal: Goal, *, event: bool) -> Missing | None:
    """Numbers of something else than what was achieved."""
    if words().pending.search(said):
        return Missing(f"“{text.strip()}”说的是还没有完成的事项，不能作为实际完成值；请填写已完成的数量")
    if said.startswith("其中"):
        return Missing(f"“{text.strip()}”只写了其中的一部分，请填写总数")
    if one.unit != "名次" and _ORDINAL.fullmatch(said):
        return Missing(f"“{text.strip()}”是序号，不是数量；请填写完成的数量")
    if event:
        return None
    if _LACKING.match(said):
        return Missing(f"“{text.strip()}”写的是缺少的数量，请填写实际完成的数量")
    over = _BEYOND.match(said)
    if over is not None and one.unit != "%":
        wanted = goal()
        if wanted is not None and Fraction(over[1].replace(",", "")) < wanted:
            return Missing(f"“{text.strip()}”写的是超出的数量，请填写实际值")
    return None


# --- a part of the whole ------------------------------------------------------------------------------------------------


def _part(text: str, one: Input, goal: Goal) -> Fraction | Missing | None:
    share = read_share(text)
    if share is None or one.sense in ("fall", "rise", "drop", "change"):
        return None
    if one.unit == "%" and share.part.unit != "%":
        return share.value * 100
    wanted = goal()
    if share.spoken or wanted is None:
        return Missing(f"“{text.strip()}”是比例，规则按{f'“{one.unit}”' if one.unit else '数量'}计算，请填写数量")
    whole = share.whole
    for scale in ("", "万", "亿") if not whole.unit and not whole.scale else (whole.scale,):
        if _in(replace(whole, scale=scale), one) == wanted:
            return _in(replace(share.part, scale=scale), one)
    return Missing(f"“{text.strip()}”写了两个数，后一个与目标值不一致，无法确定哪个是实际完成值")


def _in(got: Quantity, one: Input) -> Fraction | None:
    return got.value if not got.unit or not one.unit else convert(got.value, got.unit, one.unit)


def _progress(text: str, one: Input, target: Target | None, goal: Goal) -> Fraction | Missing | None:
    """C16: a rate of completion is what was done over what was to be done."""
    rate = (
        None
        if one.unit in ("%", "‰", "名次") or one.sense in ("fall", "rise", "drop", "change")
        else read_progress(text)
    )
    if rate is None:
        return None
    wanted = goal()
    if wanted is None or wanted <= 0:
        return None
    if target is not None and target.comparator in (Comparator.AT_MOST, Comparator.LESS, Comparator.RANGE):
        return Missing(f"“{text.strip()}”是完成比例，目标是上限，无法换算成实际值")
    return wanted * rate.value / 100


# --- a number a period --------------------------------------------------------------------------------------------------


def _often(text: str, one: Input, target: Target | None) -> Quantity | Missing | None:
    often = None if one.unit == "%" or "/" in one.unit or one.unit == "名次" else read_often(text)
    if often is None:
        return None
    wanted = target.period if target is not None else None
    if often.period == "年" and wanted in (None, "年", *PER_YEAR):
        return often.quantity
    if often.period in PER_YEAR and wanted in (None, "年", *PER_YEAR):
        return replace(often.quantity, number=often.quantity.number * PER_YEAR[often.period])
    if often.period == wanted:
        return often.quantity
    return Missing(f"“{text.strip()}”是每{often.period}的数量，无法换算成全年的实际完成值，请填写总数")


# --- one of several numbers ---------------------------------------------------------------------------------------------


def _one_of(text: str, got: Quantity | None, one: Input) -> Quantity | None:
    """The one number of the input's unit, where every other number is of another unit or tells a change."""
    if got is not None or not one.unit or one.sense in ("fall", "rise", "drop", "change"):
        return None
    found = read_numbers(text)
    levels = [number for number in found if not number.change]
    own = [number for number in levels if fits(number.quantity.unit, one.unit)]
    if (
        len(found) < 2
        or len(own) != 1
        or any(not _apart(number.quantity.unit, one.unit) for number in levels if number not in own)
    ):
        return None
    return own[0].quantity


def fits(typed: str, wanted: str) -> bool:
    """Whether a typed unit is surely the wanted one."""
    return bool(typed) and relation(typed, wanted) in (Relation.SAME, Relation.CONVERTIBLE)


def _apart(typed: str, wanted: str) -> bool:
    return bool(typed) and relation(typed, wanted) is Relation.DIFFERENT


# --- a range ------------------------------------------------------------------------------------------------------------


def _range(text: str, one: Input) -> Span | None:
    if one.sense in ("fall", "rise", "drop", "change", "early") or one.unit == "名次":
        return None
    return read_span(text)
