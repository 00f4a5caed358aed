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
from hengjian.values.quantity import Quantity, Relation, convert, read_actual, relation
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
    said, first = fold(text), ""
    if got is None and (first := _first_of(said)):
        text, said, got = first, first, _number_in(first)
    return (
        _refused(said, text, one, event=event)
        or _away(said, text, got, one, context, goal)
        or _progress(text, one, target, goal)
        or _part(text, one, goal)
        or _often(text, one, target)
        or _one_of(text, got, one)
        or _range(text, one)
        or (got if first else None)
    )


# --- refused ------------------------------------------------------------------------------------------------------------

_ORDINAL = re.compile(r"第[\d一二三四五六七八九十百]+(?![季名位])[期批次届场轮卷辑号]")
_LACKING = re.compile(r"(?:还|尚|仍)?(?:缺少?|差|欠|少|短缺|剩余?|未完成|未支出|未发放|未办结)了?\d")


def _refused(said: str, text: str, one: Input, *, event: bool) -> Missing | None:
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
    return None


# --- a distance from the target -----------------------------------------------------------------------------------------

_LEAD = r"(?:共|已|总体|实际|整体)?"
# How a distance begins, on which side of the target it lies, and the words that make it the row's own number (提前天数).
_AWAY = (
    (re.compile(rf"{_LEAD}提前"), -1, "提早前"),
    (re.compile(rf"{_LEAD}(?:延迟|延期|推迟|滞后|逾期|延误|拖延|晚|迟)"), 1, "延迟滞逾误晚拖"),
    (re.compile(rf"{_LEAD}(?:节约|节省|节支|结余)"), -1, "节结余降减"),
    (re.compile(rf"{_LEAD}超(?:支|出|期|时|标|额完成|预算|计划|目标)?"), 1, "超增"),
)
_TIMES = frozenset("天日月年周时钟秒")


def _away(
    said: str, text: str, got: Quantity | None, one: Input, context: Context, goal: Goal
) -> Fraction | Missing | None:
    """提前10天 beside 150天, 超支4万元 beside ≤40万元: told by how much the target was missed or kept."""
    found = next(((side, own) for begin, side, own in _AWAY if begin.match(said)), None)
    if found is None or got is None or got.sign or got.near or one.unit in ("", "%", "‰", "名次", "分"):
        return None
    side, own = found
    if one.sense not in ("", "level") or any(word in fold(context.indicator + context.target) for word in own):
        return None
    timed = own[0] in "提延"
    if timed and one.unit[-1] not in _TIMES:
        return None
    wanted, size = goal(), abs(got.value)
    if wanted is not None and side > 0 and got.unit != "%" and not got.direction and size >= wanted:
        return None  # 超1200人 beside 1000人 is what was reached
    away = (
        None
        if wanted is None
        else wanted * size / 100
        if got.unit == "%"
        else _in(replace(got, number=abs(got.number)), one)
    )
    if wanted is None or away is None or not (got.unit or timed) or wanted + side * away < 0:
        return Missing(f"“{text.strip()}”写的是与目标相差的数量，请填写实际值")
    return wanted + side * away


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


_PART_OF = re.compile(r"其中|含|包括|包含")
_LEFT = re.compile(
    r"(?:另|还)?有?(?:剩余|其余|余下|尚余|尚有|还有|未完成|未办结)|.*(?:[未没][一-鿿]{2,3}|不合格|不达标|(?:正在|仍在|尚在)[一-鿿]{1,4})$"
)


def _first_of(said: str) -> str:
    """16座,2座未完成; 28场,其中联合举办6场: the first piece, where the rest tells a part of it or what is left; else ""."""
    first, *others = re.split(r"[,;。]", said)
    rest = [one for one in others if one]
    told = all(_PART_OF.match(one) or _LEFT.match(one) or words().pending.search(one) for one in rest)
    return first if rest and told and not _LEFT.match(first) else ""


def _number_in(said: str) -> Quantity | None:
    found = read_actual(said)
    return found if isinstance(found, Quantity) else None


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
