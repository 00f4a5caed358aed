"""Numbers as clerks type them, with their units; and the kinds of emptiness.

Blank, dash, slash and zero are four different facts: unknown, not applicable, not applicable, zero.
"""

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache, lru_cache

from hengjian.values.calendar import date_pattern
from hengjian.values.text import fold
from hengjian.values.units import SCALES, Relation, convert, relation, split_scale, unit_name, unit_pattern
from hengjian.values.words import words

__all__ = [
    "Empty",
    "Quantity",
    "Relation",
    "chinese_number",
    "convert",
    "empty_kind",
    "number_pattern",
    "quantity_from",
    "read_actual",
    "read_quantity",
    "relation",
    "unit_name",
]


class Empty(StrEnum):
    """A cell without a value."""

    BLANK = "blank"  # nothing printed: unknown
    DASH = "dash"  # — － -- ——: not applicable
    SLASH = "slash"  # / ／: not applicable


@dataclass(frozen=True, slots=True)
class Quantity:
    """A printed number with its unit: ``4.6万人`` is number 4.6, scale 万, unit 人, value 46000.

    ``number`` is the printed number, ``scale`` one of "", "万", "亿", ``unit`` the canonical unit name ("" when none is
    printed; an unknown unit stays as printed). Percentages keep percent points: ``98.38%`` has value 98.38 and unit "%".
    ``approx`` is true for 约, 近, 左右, 余. ``over`` is the denominator of a printed fraction: ``2/3`` is number 2 over 3.
    ``sign`` is a comparison printed with the number (``≥95%`` as an actual value: the number is only a bound).
    ``direction`` says what words before the number say of it: "up", "down" (同比下降3%), "early", "late" (延迟2天);
    the number itself stays as printed. ``near`` tells 300余 ("beyond") and 近300 ("nearly") from 约300.
    """

    number: Decimal
    unit: str = ""
    scale: str = ""
    approx: bool = False
    text: str = ""
    over: int = 1
    sign: str = ""
    direction: str = ""
    near: str = field(default="", compare=False)

    @property
    def value(self) -> Fraction:
        """The number times its scale, exact."""
        return Fraction(self.number) * SCALES[self.scale] / self.over


_BLANKS = {"": Empty.BLANK, "/": Empty.SLASH, "\\": Empty.SLASH}


def empty_kind(text: str) -> Empty | None:
    """The kind of emptiness of a cell's text, or None when something else is printed (0 is a number, not empty)."""
    printed = fold(text)
    if printed in _BLANKS:
        return _BLANKS[printed]
    if set(printed) == {"/"}:
        return Empty.SLASH
    return Empty.DASH if set(printed) <= set("-—―─－﹣‐") else None


# --- numbers -----------------------------------------------------------------------------------------------------------

# At most as many digits as any amount of money has: longer runs are codes, not numbers.
_ARABIC = r"(?:\d{1,3}(?:,\d{3}){1,6}+(?![\d%])|\d{1,18}+(?!\d))(?:\.\d{1,18}+(?!\d))?+(?!\.\d)"
_NUMERAL = "[零〇一二两三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟]{1,24}+"
_CHINESE = rf"{_NUMERAL}(?:[万亿萬億]{_NUMERAL}){{0,3}}+"
_DIGITS = {
    c: i for i, row in enumerate(zip("零一二三四五六七八九", "〇壹贰叁肆伍陆柒捌玖", strict=True)) for c in row
} | {"两": 2}
_POWERS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}


def chinese_number(text: str) -> int | None:
    """``一百二十`` is 120, ``二〇二四`` is 2024, ``十`` is 10; None for what is not one well-formed number (``二三十``)."""
    total = 0
    for piece, myriad in re.findall(r"([^万萬亿億]*)([万萬亿億]?)", text):
        if not piece and not myriad:
            continue
        below = _below_myriad(piece) if piece else None
        if below is None:
            return None
        total = (
            (total + below) * _MYRIADS[myriad] if myriad in ("亿", "億") else total + below * _MYRIADS.get(myriad, 1)
        )
    return total if text else None


def _below_myriad(text: str) -> int | None:
    if len(text) > 24:
        return None
    if not any(c in _POWERS for c in text):
        if any(c not in _DIGITS for c in text):
            return None
        # Digits in a row are a number only when spelled out like a year; 二三 means two or three.
        plain = len(text) == 1 or len(text) >= 4 or "〇" in text or ("零" in text and len(text) > 2)
        if not plain and text[0] in "零〇" and len(text) == 2:
            plain = True  # 零五 after a myriad
        return int("".join(str(_DIGITS[c]) for c in text)) if plain else None
    total, digit, last = 0, None, 10_000
    for c in text:
        if c in _POWERS:
            power = _POWERS[c]
            if power >= last or digit == 0:
                return None
            total, digit, last = total + (1 if digit is None else digit) * power, None, power
        elif c in _DIGITS:
            if digit:  # two digits in a row
                return None
            digit = _DIGITS[c] or None
        else:
            return None
    if digit is not None:
        total += digit
    return total


@cache
def number_pattern() -> str:
    """A regular expression for one printed number with its unit on folded text; give its match to ``quantity_from``.

    Groups: ``per`` (百分之), ``arabic`` or ``chinese``, ``times`` (千 in 3千), ``more`` (余), ``scale``, ``unit``; or
    ``below`` and ``above`` of a fraction in words. A number inside a Latin word (``5G``, ``ISO9001``) is none.
    """
    times = r"(?:(?P<times>[十百千])(?=[余多]?[万亿]|[余多]?元|[余多]?人|[余多]?[户件份册亩次个名]))?"
    return (
        r"(?<![A-Za-z0-9.×*])(?<!\d:)(?:"
        rf"(?P<below>{_CHINESE}|\d{{1,9}}+)分之(?P<above>{_CHINESE}|\d{{1,9}}+)(?P<half>强|弱)?"
        r"|"
        rf"(?P<per>百分之|千分之)?(?:(?P<arabic>{_ARABIC})|(?P<chinese>{_CHINESE}))"
        rf"{times}(?P<more>[余多](?=[万亿]))?(?P<scale>万亿|[万亿](?!向))?(?P<more2>[余多几])?"
        rf"(?P<unit>{unit_pattern()})?+"
        r")(?:(?<![A-Za-z0-9])|(?![A-Za-z0-9]))(?![:×*]\d)"
    )


@cache
def _number() -> re.Pattern[str]:
    return re.compile(number_pattern())


def quantity_from(match: re.Match[str]) -> Quantity | None:
    """The quantity a match of ``number_pattern`` means, or None (``二三十``)."""
    text = match.group()
    if match["below"]:
        below, above = _integer(match["below"]), _integer(match["above"])
        if not below or above is None:
            return None
        if below in (100, 1000):
            return Quantity(Decimal(above), "%" if below == 100 else "‰", text=text)
        return Quantity(Decimal(above), over=below, approx=bool(match["half"]), text=text)
    number = Decimal(match["arabic"].replace(",", "")) if match["arabic"] else _whole(match["chinese"])
    if number is None:
        return None
    if match["times"]:
        number *= _POWERS[match["times"]]
    scale, unit = match["scale"] or "", unit_name(match["unit"] or "")
    if scale == "万亿":
        number, scale = number * 10_000, "亿"
    if match["per"]:
        unit = "%" if match["per"] == "百分之" else "‰"
    more = bool(match["more"] or match["more2"])
    return Quantity(number, unit, scale, more, text, near="beyond" if more else "")


def _integer(text: str) -> int | None:
    return int(text) if text.isdecimal() else chinese_number(text)


def _whole(text: str) -> Decimal | None:
    number = chinese_number(text)
    return None if number is None else Decimal(number)


# --- one number in a cell ----------------------------------------------------------------------------------------------

_SIGN = {
    "≥": ">=",
    "⩾": ">=",
    ">=": ">=",
    "=>": ">=",
    "≤": "<=",
    "⩽": "<=",
    "<=": "<=",
    "=<": "<=",
    ">": ">",
    "<": "<",
    "=": "",
    "": "",
}
_BEFORE = re.compile(r"(?P<sign>>=|=>|<=|=<|[≥≤⩾⩽<>=])?(?P<approx>大约|约为?|近|将近|接近|大概)?(?P<minus>[-+]|负)?")
_AFTER = re.compile(r"(?P<approx>左右|上下|余|多|余个|许)?[。;,]?$")
_SLASHED = re.compile(r"(\d{1,6})/(\d{1,6})(?!\d|/)")


@lru_cache(maxsize=8192)
def read_quantity(text: str) -> Quantity | None:
    """The one number a cell holds (full width, commas, 万/亿, 零〇一二三 numerals, %, ‰, fractions, units), or None.

    None when there is no number, or more than one that could be meant. 未开展, 无 and the like are not numbers here:
    see ``read_actual``. Words around the number are not allowed here, an unknown unit of up to four characters is.
    """
    printed = _tenths(fold(text))
    if _torn(text):
        return None
    before = _BEFORE.match(printed)
    start = before.end() if before else 0
    approx = bool(before and before["approx"])
    sign = _SIGN[before["sign"] or ""] if before else ""
    slashed = _SLASHED.fullmatch(printed, start)
    if slashed and int(slashed[2]):
        return Quantity(Decimal(slashed[1]), over=int(slashed[2]), text=text.strip(), sign=sign, approx=approx)
    match = _number().match(printed, start)
    quantity = quantity_from(match) if match else None
    if match is None or quantity is None:
        return None
    rest = printed[match.end() :]
    if match["arabic"] and not quantity.unit and (other := _other_unit(rest)):
        quantity, rest = replace(quantity, unit=unit_name(other)), rest[len(other) :]
    after = _AFTER.match(rest)
    if after is None:
        return None
    number = -quantity.number if before and before["minus"] in ("-", "负") else quantity.number
    near = _near(before["approx"] if before else "", after["approx"])
    return replace(
        quantity,
        number=number,
        text=text.strip(),
        sign=sign,
        approx=approx or quantity.approx or bool(after["approx"]),
        near=near or quantity.near,
    )


def _near(before: str | None, after: str | None) -> str:
    """近300 lies below, 300余 above what is printed; 约300 and 300左右 mean the number itself."""
    if (after or "").startswith(("余", "多")):
        return "beyond"
    return "nearly" if (before or "").endswith(("近", "接近")) else ""


_TENTHS = re.compile(
    r"(?<![一二三四五六七八九十\d])([一二三四五六七八九1-9])成(?:([一二三四五六七八九1-9])|(半))?(?=$|[^一-鿿]|[以左上强弱的])"
)


def _tenths(printed: str) -> str:
    """九成 is 90%, 八成五 85%, 半小时 half an hour."""

    def percent(found: re.Match[str]) -> str:
        tens, ones = (
            _DIGITS.get(digit, 0) if not digit.isdecimal() else int(digit) for digit in (found[1], found[2] or "0")
        )
        return f"{tens * 10 + (5 if found[3] else ones)}%"

    def half(found: re.Match[str]) -> str:
        whole = _integer(found[1]) if found[1] else 0
        unit = "个月" if found[2] == "月" else found[2]  # 0.5月 would be taken for May
        return found.group() if whole is None else f"{whole}.5{unit}"

    return _HALVES.sub(half, _TENTHS.sub(percent, printed))


# 半小时 is half an hour, 两个半月 two and a half; 半年 is mostly a period, and 上半月 and 月中半天 name no length.
_HALVES = re.compile(
    r"(?<![上下前后每])(?:(\d+|[一二两三四五六七八九十]+)个)?半个?(小时|钟头|月|天|日|工作日)(?![一-鿿])"
)


def _torn(text: str) -> bool:
    """Two numbers with only white space between them, which folding would glue (``20 100%``); 1 550 is one number."""
    return bool(re.search(r"[\d.]\s+(?!\d{3}(?![\d%％]))\d", text.strip()))


def _other_unit(rest: str) -> str:
    """An unknown unit right after a number: one to four characters and nothing behind them."""
    found = re.fullmatch(r"([一-鿿℃°Ωμ㎡³²A-Za-z/·]{1,4}?)(?:左右|上下)?[。;,]?", rest)
    return found[1] if found and not re.search(r"左右|上下|以|及|^[余多内]$", found[1]) else ""


# --- actual values -----------------------------------------------------------------------------------------------------

_EARLY_OR_LATE = (
    ("early", re.compile(r"提前")),
    ("late", re.compile(r"延迟|延期|推迟|滞后|逾期|迟|晚|延误|超期")),
)
_BOUNDS_BEHIND = re.compile(r"(?P<least>[及或]?以上)|(?P<most>[及或]?以下|以内|之内)")


def read_actual(text: str, unit: str = "") -> Quantity | Empty | None:
    """What a clerk types as an actual value: a number (perhaps with words around it), an emptiness, or None (something else).

    未开展, 未发生, 无 and the like are 0 (convention C19). Words are allowed when exactly one number can be meant:
    ``参训率95%``, ``留下大学生4.8万人``, ``下降3%`` (number 3, direction "down"). ``unit`` completes a number typed without one.
    """
    empty = empty_kind(text)
    if empty is not None:
        return empty
    printed = fold(text).strip("。;,.!")
    if _is_nothing(printed):
        return Quantity(Decimal(0), unit_name(unit), text=text.strip())
    quantity = read_quantity(text) or _the_one_number(text, printed)
    if quantity is None or quantity.unit or not unit:
        return quantity
    scale, name = split_scale(fold(unit))
    return replace(quantity, unit=unit_name(name), scale=quantity.scale or scale)


def _is_nothing(printed: str) -> bool:
    if len(printed) > 40:
        return False
    match = words().nothing.fullmatch(printed)
    if match is not None and not (match["bare"] and match["label"]):
        return True
    return words().not_done.fullmatch(printed) is not None or printed in ("〇", "暂无")


@cache
def _dates() -> re.Pattern[str]:
    return re.compile(date_pattern())


def without_dates(printed: str) -> str:
    """Dates are no numbers (2024年达到95%); a number of months late or early is (延迟1季度)."""

    def keep(found: re.Match[str]) -> str:
        before = printed[: found.start()]
        kept = any(pattern.search(before[-3:]) for _, pattern in _EARLY_OR_LATE)
        return found.group() if kept else ("," if before else "")

    return _dates().sub(keep, printed)


def _the_one_number(text: str, printed: str) -> Quantity | None:
    if _torn(text):
        return None
    cell = without_dates(_tenths(re.sub(r"\([^()]*\)", "", _unit_in_brackets().sub(r"\1", printed))))
    matches = [match for match in _number().finditer(cell) if not _inside_word(match, cell)]
    quantity = quantity_from(matches[0]) if len(matches) == 1 else None
    if quantity is None:
        return None
    lead, rest = cell[: matches[0].start()], cell[matches[0].end() :]
    number = -quantity.number if re.search(r"(?:^|[^\d一-鿿])-$|[为比长速幅率]-$|负$", lead) else quantity.number
    approx = quantity.approx or bool(re.search(r"[约近]$|接近$", lead) or re.match(r"左右|上下", rest))
    near = _near(lead[-2:], rest[:1])
    return replace(
        quantity,
        number=number,
        text=text.strip(),
        direction=_direction(lead),
        sign=_sign_around(lead, rest),
        approx=approx,
        near=near or quantity.near,
    )


@cache
def _unit_in_brackets() -> re.Pattern[str]:
    """The brackets of a unit right behind its number: 87.5（分）."""
    return re.compile(rf"(?<=\d)\(({unit_pattern()})\)")


def _direction(lead: str) -> str:
    for name, pattern in _EARLY_OR_LATE:
        if pattern.search(lead):
            return name
    return next((way for word, way in words().directions.items() if word in lead), "")


def _sign_around(lead: str, rest: str) -> str:
    """A comparison right before or behind the number makes it a bound: 未达到95%, 95%以上."""
    known = words().before
    sign = next((known[lead[-n:]] for n in range(6, 0, -1) if lead[-n:] in known), "")
    behind = _BOUNDS_BEHIND.match(rest)
    if not sign and behind is not None:
        sign = ">=" if behind["least"] else "<="
    return "" if sign == "=" else sign


def _inside_word(match: re.Match[str], words: str) -> bool:
    """Chinese numerals are numbers only before a unit and not in the middle of a word (一般, 三会一课, 统一)."""
    if match["chinese"] is None or match["per"]:
        return False
    if not match["unit"]:
        return True
    before, after = words[: match.start()], words[match.end() :]
    return not re.search(r"(?:^|[:,;了达到为计共有展办织成召训前迟期后误晚])$", before) or bool(
        re.match(r"[性体]", after)
    )
