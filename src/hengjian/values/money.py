"""Amounts of money. An amount without a unit is not money: the unit comes from the cell or from the form."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache

from hengjian.values.rounding import Rounding
from hengjian.values.text import fold, fold_keep


class MoneyUnit(StrEnum):
    """The unit an amount is printed in."""

    YUAN = "元"
    WAN = "万元"
    YI = "亿元"

    @property
    def yuan(self) -> int:
        """How many yuan one unit is."""
        return {"元": 1, "万元": 10_000, "亿元": 100_000_000}[self.value]


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in yuan, with the size of one unit of its last printed digit (for comparing 元 with 万元)."""

    yuan: Fraction
    digit: Fraction
    unit: MoneyUnit
    text: str = ""


@dataclass(frozen=True, slots=True)
class MoneyMention:
    """An amount printed inside prose. ``span`` counts characters of the text that was given.

    ``bare`` is true when the unit is a 万 or 亿 without 元 after a cost word (``培训费 22 万：``). ``per`` is what a unit price is
    for (``210元/人次``: 人次); such an amount is no part of a sum. ``approx`` is true for 约, 近, 余, 左右.
    """

    span: tuple[int, int]
    money: Money
    text: str
    bare: bool = False
    per: str = ""
    approx: bool = False


_NUMBER = r"(?:\d{1,3}(?:,\d{3}){1,6}+(?!\d)|\d{1,18}+(?!\d))(?:\.\d{1,18}+(?!\d))?+"
_SCALES = {
    "": (1, MoneyUnit.YUAN),
    "百": (100, MoneyUnit.YUAN),
    "千": (1000, MoneyUnit.YUAN),
    "万": (10**4, MoneyUnit.WAN),
}
_SCALES |= {
    "十万": (10**5, MoneyUnit.WAN),
    "百万": (10**6, MoneyUnit.WAN),
    "千万": (10**7, MoneyUnit.WAN),
    "亿": (10**8, MoneyUnit.YI),
}
_SCALES |= {"万亿": (10**12, MoneyUnit.YI)}
_SCALE = "万亿|[十百千]万|[百千万亿]"

_CELL = re.compile(
    rf"(?:[¥￥$]|人民币|RMB|约|共计?|合计|[:=])*(?P<sign>[-+]|负)?(?:[¥￥])?(?P<number>{_NUMBER})(?:余|多)?(?P<scale>{_SCALE})?(?P<yuan>元|圆)?整?[。;]?"
)
_BRACKETED = re.compile(rf"\((?P<number>{_NUMBER})\)")


def read_money(text: str, unit: MoneyUnit | None) -> Money | None:
    """The amount in a cell; a unit printed in the cell wins over ``unit``. None when empty, no number, or no unit at all."""
    printed = fold(text)
    if re.search(r"\d\s+(?!\d{3}(?!\d))\d", text.strip()):  # two numbers, not one
        return None
    bracketed = _BRACKETED.fullmatch(printed)  # accountants print a negative amount in brackets
    if bracketed:
        return _money(bracketed["number"], "", unit, text.strip(), negative=True)
    match = _CELL.fullmatch(printed)
    if match is None:
        return None
    scale, negative = match["scale"] or "", match["sign"] in ("-", "负")
    if match["yuan"] or scale in ("万", "亿", "万亿", "十万", "百万", "千万"):
        if not match["yuan"] and unit is MoneyUnit.WAN and scale == "万":
            return _money(match["number"], "万", None, text.strip(), negative=negative)
        return _money(match["number"], scale, None, text.strip(), negative=negative)
    return None if scale else _money(match["number"], "", unit, text.strip(), negative=negative)


def _money(number: str, scale: str, unit: MoneyUnit | None, text: str, *, negative: bool = False) -> Money | None:
    """``unit`` None: the scale is printed (元 when it is empty)."""
    if unit is None and scale == "" and not re.search(r"[元圆]", text):
        return None
    factor, printed = (unit.yuan, unit) if unit is not None else _SCALES[scale]
    amount = Decimal(number.replace(",", ""))
    exponent = amount.as_tuple().exponent
    digit = Fraction(10) ** exponent * factor if isinstance(exponent, int) else Fraction(factor)
    yuan = Fraction(amount) * factor
    return Money(-yuan if negative else yuan, digit, printed, text)


def same_money(left: Money, right: Money) -> bool:
    """Equal within half a unit of the coarser last printed digit."""
    return abs(left.yuan - right.yuan) * 2 <= max(left.digit, right.digit)


def show_money(yuan: Fraction, unit: MoneyUnit) -> str:
    """An amount as printed on forms: two decimals, thousands separators, unit (``1,312.80万元``)."""
    return f"{Rounding(2).apply(yuan / unit.yuan):,.2f}{unit.value}"


# Right after these words a bare 万 is money; after others (惠及群众12万，) it may be people or pages.
_COST = re.compile(
    r"(?:费用?|经费|资金|预算|支出|投资|补助|补贴|金额|成本|款|总额|总价|单价|奖金|工资|津贴|收入|结余|结转)"
    r"(?:数|额|共计|合计|总计|共|约|近|为|达|是|各|安排|下达|到位|拨付|使用|执行|支付|[:(])*$"
)


@cache
def _prose() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\d.A-Za-z])(?P<number>{_NUMBER})\s*(?P<more>[余多])?\s*(?:(?P<scale>{_SCALE})\s*(?P<more2>[余多])?\s*)?"
        r"(?:(?P<yuan>人民币|[元圆](?!旦|宵|素|件|月|老|首|角形|形|满|心|周))|(?P<bare>(?=[\s:：,，。.;；、()（）]|$)))"
        r"(?:\s*/\s*(?P<per>[一-鿿·]{1,6}?)(?=[^一-鿿·]|$))?"
    )


def amounts_in(text: str) -> tuple[MoneyMention, ...]:
    """Every amount with a printed money unit inside prose, in order (``2,860,000元``, ``286 万元``, ``培训费 22 万：``).

    Foreign currencies are left out; a number without a unit is never money.
    """
    folded = fold_keep(text)
    found = []
    for match in _prose().finditer(folded):
        mention = _mention(match, text, folded)
        if mention is not None:
            found.append(mention)
    return tuple(found)


def _mention(match: re.Match[str], text: str, folded: str) -> MoneyMention | None:
    scale, bare = match["scale"] or "", match["yuan"] is None
    before = folded[max(0, match.start() - 24) : match.start()]
    if bare and (scale not in ("万", "亿", "千万", "百万", "万亿") or not _COST.search("".join(before.split()))):
        return None
    start, end = match.span()
    printed = text[start:end]
    money = _money(match["number"], scale, None, printed if not bare else printed + "元")
    if money is None:
        return None
    approx = bool(
        match["more"] or match["more2"] or re.search(r"[约近]\s*$", before) or re.match(r"\s*左右", folded[end:])
    )
    return MoneyMention(
        (start, end), Money(money.yuan, money.digit, money.unit, printed), printed, bare, match["per"] or "", approx
    )
