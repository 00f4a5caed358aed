"""Cells of actual values that hold more, or less, than one plain number.

A part of its whole (``18场/20场``), several numbers of different units (``2期100人``), a number a period (``每月1次``), how far
something has got (``完成率75%``), or only a range (``85%-90%``, ``300余人``, ``90%以上``). ``read_actual`` reads plain numbers;
what these mean for a score is decided where the rule is known.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache

from hengjian.values.quantity import (
    Quantity,
    Relation,
    number_pattern,
    quantity_from,
    read_actual,
    read_quantity,
    relation,
    without_dates,
)
from hengjian.values.text import fold
from hengjian.values.words import either, words


@dataclass(frozen=True, slots=True)
class Share:
    """A part and the whole it was taken of, as typed: ``12.5万元/15万元``, ``190/200``, ``三分之二`` (``spoken``)."""

    part: Quantity
    whole: Quantity
    spoken: bool = False

    @property
    def value(self) -> Fraction:
        """Part over whole; both in one unit."""
        return self.part.value / self.whole.value


@dataclass(frozen=True, slots=True)
class Span:
    """A range that a text leaves open, in the unit and scale typed; ``low`` or ``high`` None where it has no end."""

    low: Quantity | None
    high: Quantity | None
    low_incl: bool = True
    high_incl: bool = True


@dataclass(frozen=True, slots=True)
class Often:
    """A number in every period: ``每季度2次`` is 2次 and 季度."""

    quantity: Quantity
    period: str


@dataclass(frozen=True, slots=True)
class Found:
    """One of several numbers of a cell, with the words right before it."""

    quantity: Quantity
    lead: str = ""
    change: bool = False  # of how much it has changed, not of what was reached


@cache
def _number() -> re.Pattern[str]:
    return re.compile(number_pattern())


def _plain(text: str) -> str:
    """Folded, without remarks in brackets, without a point at the end."""
    return re.sub(r"\([^()]*\)", "", fold(text)).strip("。;,.!")


# --- part and whole -----------------------------------------------------------------------------------------------------

_DONE = r"(?:已|共|实际|共计|目前|累计)?(?:完成|实现|办结|支出|执行|支付|发放|拨付|达到|开展|举办|组织)?(?:了|为|:)?"


@lru_cache(maxsize=4096)
def read_share(text: str) -> Share | None:
    """A part of its whole, or None; units of both must agree, one that is not printed is that of the other."""
    said = re.sub(rf"^{_DONE}", "", _plain(text))
    above, stroke, below = said.partition("/")
    if not stroke:
        spoken = read_quantity(said) if "分之" in said else None
        if spoken is None or spoken.over == 1:
            return None
        return Share(replace(spoken, over=1), replace(spoken, number=Decimal(spoken.over), over=1), True)
    if "/" in below or not re.match(r"[\d零一二两三四五六七八九十百千]", below):
        return None
    part, whole = read_quantity(above), read_quantity(below)
    if part is None or whole is None or part.sign or whole.sign or whole.value <= 0 or part.number < 0:
        return None
    if not part.unit and not part.scale:
        part = replace(part, unit=whole.unit, scale=whole.scale)
    if not whole.unit and not whole.scale:
        whole = replace(whole, unit=part.unit, scale=part.scale)
    if part.unit != whole.unit and relation(part.unit, whole.unit) is not Relation.SAME:
        return None
    return Share(part, whole)


_PROGRESS = re.compile(
    r"(?:任务|目标|计划|工作|工程|项目|整体|总体|实际|形象){0,2}(?:已|共|约)?(?:完成率|完成比例|完成度|完成进度|进度|完成|推进)(?:为|达到?|至|到|了|约|:)?"
)


@lru_cache(maxsize=4096)
def read_progress(text: str) -> Quantity | None:
    """How far something has got, in percent: ``完成率75%``, ``完成九成``, ``完成三分之二``; None for anything else."""
    said = _plain(text)
    lead = _PROGRESS.match(said)
    got = read_quantity(said[lead.end() :]) if lead else None
    if got is None or got.sign:
        return None
    if got.over > 1 and "分之" in said:
        return replace(got, number=got.number * 100, unit="%")
    return got if got.unit in ("%", "成") else None


# --- several numbers ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def read_numbers(text: str) -> tuple[Found, ...]:
    """Every number of a cell outside brackets and dates, in order; empty where one of them is not well formed."""
    said = without_dates(_plain(text))
    found: list[Found] = []
    end = 0
    for match in _number().finditer(said):
        quantity = quantity_from(match)
        if quantity is None or (match["chinese"] and not match["unit"] and not match["per"]):
            continue
        lead = re.split(r"[,;。、+/]", said[end : match.start()])[-1]
        found.append(Found(quantity, lead, bool(_changed().search(lead))))
        end = match.end()
    return tuple(found)


@cache
def _changed() -> re.Pattern[str]:
    return re.compile(rf"同比|环比|较|比上|比去|相比|{either(words().directions)}")


# --- ranges -------------------------------------------------------------------------------------------------------------

_JOIN = re.compile(r"-{1,2}|~|—{1,2}|─|至|到")


@lru_cache(maxsize=4096)
def read_span(text: str) -> Span | None:
    """What a text leaves open: ``85%-90%``, ``90%以上``, ``不足60%``, ``10+``, ``300余人``, ``近300人``; None for a plain number."""
    said = _plain(text)
    if between := _between(said):
        return between
    got = read_actual(re.sub(r"(?<=\d)\+$", "以上", said))
    if not isinstance(got, Quantity) or got.direction or got.number < 0:
        return None
    plain = replace(got, sign="", near="")
    match got.sign:
        case ">=" | ">":
            return Span(plain, None, low_incl=got.sign == ">=")
        case "<=" | "<":
            return Span(None, plain, high_incl=got.sign == "<=")
        case _:
            pass
    match got.near:
        case "beyond":
            return Span(plain, replace(plain, number=plain.number + _place(plain.number)), high_incl=False)
        case "nearly":
            below = max(plain.number - _place(plain.number), Decimal(0))
            return Span(replace(plain, number=below), plain, high_incl=False)
        case _:
            return None


def _place(number: Decimal) -> Decimal:
    """The value of the last digit that is not 0: 300 is said of hundreds, 1.8 of tenths."""
    exponent = number.normalize().as_tuple().exponent
    return Decimal(1).scaleb(exponent) if isinstance(exponent, int) and number else Decimal(1)


def _between(said: str) -> Span | None:
    """``85%-90%``, ``2~8℃``, ``3万至5万人``: two numbers of one unit and nothing else, the smaller one first."""
    first = _number().match(said)
    joined = _JOIN.match(said, first.end()) if first else None
    second = _number().match(said, joined.end()) if joined else None
    if first is None or second is None or not re.fullmatch(r"之间|左右|区间", said[second.end() :] or "之间"):
        return None
    low, high = quantity_from(first), quantity_from(second)
    if low is None or high is None or low.over > 1 or high.over > 1:
        return None
    if not low.unit and not low.scale:
        low = replace(low, unit=high.unit, scale=high.scale)
    elif not low.unit:
        low = replace(low, unit=high.unit)
    if relation(low.unit, high.unit) is not Relation.SAME and low.unit != high.unit:
        return None
    return Span(low, high) if low.value < high.value else None


# --- a number a period --------------------------------------------------------------------------------------------------

_EVERY = re.compile(
    r"(?:每个?)(?P<period>半年|季度?|月|年|周|星期|日|天)度?|(?P<half>半年)(?=[一二两三四五六七八九十\d])"
)
_A = re.compile(r"/每?(?P<period>半年|季度?|月|年|周|星期|日|天)$")


@lru_cache(maxsize=4096)
def read_often(text: str) -> Often | None:
    """``每季度2次``, ``每月召开1次``, ``半年1次``, ``2次/月``: a number in every period, or None."""
    said = _plain(text)
    found = _EVERY.match(said)
    if found:
        got = read_actual(said[found.end() :])
        period = found["period"] or found["half"]
    else:
        found = _A.search(said)
        got = read_quantity(said[: found.start()]) if found else None
        period = found["period"] if found else ""
    if not isinstance(got, Quantity) or got.sign or got.near or got.direction:
        return None
    return Often(got, {"季": "季度", "星期": "周", "日": "天"}.get(period, period))
