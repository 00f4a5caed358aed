"""Printed target values: ``≥92%``, ``15个/年``, ``11月底前``, ``完成率100%，抽查率10%以上``, ``有效提升``.

A cell is cut into tokens (numbers with units, dates, comparisons, periods, joints, words) and the tokens are put together
to readings; what yields no number and no date is a wording. The words are data (``words.toml``).
"""

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache, lru_cache
from itertools import pairwise

from hengjian.values.calendar import PER_YEAR, Day, PrintedDate
from hengjian.values.quantity import Quantity, empty_kind
from hengjian.values.text import fold
from hengjian.values.tokens import BASE, Token, tokens_of
from hengjian.values.units import SCALES, split_scale, unit_name, unit_pattern
from hengjian.values.words import either, words


class Comparator(StrEnum):
    """What a target asks of the actual value."""

    AT_LEAST = ">="
    MORE = ">"
    EQUAL = "="
    AT_MOST = "<="
    LESS = "<"
    RANGE = "range"
    DATE = "date"
    QUALITATIVE = "qualitative"
    COMPOUND = "compound"


@dataclass(frozen=True, slots=True)
class Target:
    """A target value in parts; field names are those of ``hengjian target``.

    ``comparator`` is None for a bare number. ``low``/``high`` are in the printed scale (4.6 with scale 万 is 46000).
    Dates are ISO texts; ``MM-DD`` when no year is printed, ``Q3-start`` for quarters. ``parts`` only for compound targets.
    ``base`` alone, without a number, is a comparison with that value (``不低于上年``). ``over`` is the denominator of a
    printed fraction (三分之二): ``low``/``high`` are then rounded, ``low_value``/``high_value`` exact.
    """

    comparator: Comparator | None
    low: Decimal | None = None
    high: Decimal | None = None
    low_incl: bool | None = None
    high_incl: bool | None = None
    unit: str = ""
    scale: str = ""
    period: str | None = None
    approx: bool = False
    date_from: str | None = None
    date_to: str | None = None
    day_to: int | None = None
    base: str | None = None
    direction: str | None = None
    label: str | None = None
    text: str | None = None
    parts: tuple["Target", ...] = ()
    over: int = 1

    @property
    def low_value(self) -> Fraction | None:
        """The lower bound times its scale, exact."""
        return self._exact(self.low)

    @property
    def high_value(self) -> Fraction | None:
        """The upper bound times its scale, exact."""
        return self._exact(self.high)

    def _exact(self, bound: Decimal | None) -> Fraction | None:
        if bound is None:
            return None
        exact = Fraction(bound) if self.over == 1 else Fraction(round(Fraction(bound) * self.over), self.over)
        return exact * SCALES[self.scale]


# --- putting tokens together -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Piece:
    """One reading of a cell, or words without a number."""

    target: Target | None
    words: str = ""
    tail: str = ""
    loose: bool = False  # a number with neither unit nor comparison: 12345 in 12345热线
    apart: bool = True  # a separator stands between it and the piece before it
    from_value: bool = False  # 由80%提升到…


@dataclass(slots=True)
class _Context:
    """What was read since the last number."""

    words: list[str] = field(default_factory=list)
    sign: str | None = None
    due: bool = False  # 不迟于
    period: str | None = None
    base: str | None = None
    way: str | None = None
    approx: bool = False
    minus: bool = False
    both: bool = False


_DONE = re.compile(
    r"(?:前|内|底|已|全部|按时|如期)*(?:完成|实施|印发|验收|竣工|完工|开展|召开|举办|报送|上报|提交|发放|到位|办结|投入|建成|启动|结束|交付|支付|出台|公开)"
)
_RANK = re.compile(r"(?:^|[国省市县区州名列位居排行统入进])前$")
_ON = re.compile(r"(?:于|在|时间|时限|期限|日期|完成|截止|[:])$")


class _Reader:
    """Walks over the tokens of a cell once, left to right, and collects pieces."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.pieces: list[_Piece] = []
        self.context = _Context()
        self.cut = True  # nothing before on this side of a separator

    def kind(self, ahead: int = 0) -> str:
        """The kind of a token ahead, "" behind the end."""
        return self.tokens[self.at + ahead].kind if self.at + ahead < len(self.tokens) else ""

    def take(self) -> Token:
        """The next token."""
        self.at += 1
        return self.tokens[self.at - 1]

    def read(self) -> list[_Piece]:
        """All pieces."""
        while self.at < len(self.tokens):
            getattr(self, f"_{self.kind()}")()
        self._close()
        return self.pieces

    # Each method below takes the token it is named after.

    def _word(self) -> None:
        self.context.words.append(self.take().text)

    _between = _around = _incl = _word

    def _after(self) -> None:
        self._word()  # 市级以上: no number before it

    def _hard(self) -> None:
        self.take()
        self._close()

    def _soft(self) -> None:
        token = self.take()
        if token.text == "+" and self.kind() == "number" and not self.context.words:
            return  # +5%
        if self.cut:
            self.context.words.append(token.text)
            return
        last = self.pieces[-1]
        if last.target is not None and self.kind() == "word" and self.tokens[self.at].text in _PERIODS:
            last.target = replace(last.target, period=_PERIODS[self.take().text])  # 3次以上/年
        else:
            self._close()

    def _joint(self) -> None:
        token = self.take()
        if token.text == "-" and self.kind() == "number" and not "".join(self.context.words).strip(":"):
            self.context.minus = True
        else:
            self.context.words.append(token.text)

    def _cmp(self) -> None:
        token = self.take()
        if token.sign:
            self.context.sign = token.sign
            self.context.due = token.text in ("不迟于", "不晚于", "最迟", "最晚")
        elif self.context.words:
            self.context.words.append("")

    def _period(self) -> None:
        self.context.period = self.take().period

    def _growth(self) -> None:
        text = self.take().text
        self.context.base = _base_name(text)
        if text.startswith(("低于", "少于")):
            self.context.way = "down"
        if (
            self.context.base
            and self.kind() == "word"
            and self.tokens[self.at].text in ("高", "高出", "低", "少", "多")
        ):
            self.context.way = "down" if self.take().text in ("低", "少") else "up"

    def _way(self) -> None:
        token = self.take()
        following = self.kind()
        if following in ("number", "cmp", "approx", "both"):
            self.context.way = words().directions[token.text]
        else:
            self.context.words.append(token.text)

    def _approx(self) -> None:
        token = self.take()
        if self.kind() == "number":
            self.context.approx = token.text != "预计"
        else:
            self.context.words.append(token.text)

    def _both(self) -> None:
        token = self.take()
        if self.kind() == "number":
            self.context.both = True
        else:
            self.context.words.append(token.text)

    def _date(self) -> None:
        token = self.take()
        date = token.date
        assert date is not None  # noqa: S101  (tokens of kind date carry one)
        if self.context.sign is not None and re.fullmatch(r"\d{1,2}月", token.text):
            self._emit(Quantity(Decimal(token.text[:-1]), "月"))
            return
        counted = self.kind() in ("number", "cmp", "approx", "period", "growth", "way")
        if (date.first is not None and date.last is not None and counted) or (
            date.whole and (counted or self.kind() == "word")
        ):
            if date.whole and counted:
                self.context.period = "年"
            elif date.whole:
                self.context.words.append(token.text)
            return
        if date.first is not None and date.last is not None and self._in_passing():
            if not re.match(r"(?:19|20)\d\d", token.text):
                self.context.words.append(token.text)  # 年初预算数
            elif not self._number_follows():
                self.context.words.append(token.text)
            return
        self._add(_date_target(date, self.context.period), self._label())

    def _in_passing(self) -> bool:
        """按照2024年工作要点推进, 2024年培训100人: a date that only qualifies what follows."""
        if self._number_follows():
            return True
        if self.kind() == "word":
            return not _DONE.match(self.tokens[self.at].text)
        return bool(self.context.words) and not _ON.search("".join(self.context.words))

    def _number_follows(self) -> bool:
        for token in self.tokens[self.at : self.at + 4]:
            if token.kind in ("hard", "soft"):
                return False
            if token.kind == "number":
                return True
        return False

    def _number(self) -> None:
        quantity = self.take().quantity
        assert quantity is not None  # noqa: S101
        self._emit(quantity)

    # --- one number, and everything that belongs to it

    def _emit(self, quantity: Quantity) -> None:
        context = self.context
        if context.minus:
            quantity = replace(quantity, number=-quantity.number)
        low_mark = self._mark()
        if self._day_of_month(quantity):
            return
        if self.kind() == "joint" and (other := self._other_end()) is not None:
            self._range(quantity, other, low_mark)
            return
        quantity = self._fraction(quantity)
        if self.kind() == "both" and self.kind(1) == "number":
            self._spread(quantity)
            return
        if context.both:
            self._both_sides(quantity)
            return
        self._single(quantity, low_mark)

    def _mark(self) -> bool | None:
        """（含） or （不含） right behind a number."""
        return self.take().sign == "yes" if self.kind() == "incl" else None

    def _fraction(self, quantity: Quantity) -> Quantity:
        """2/3 is one number; 1次/2年 is a number and its period."""
        following = self.tokens[self.at + 1].quantity if self.kind() == "soft" and self.kind(1) == "number" else None
        if following is None or self.tokens[self.at].text != "/" or following.scale or following.over != 1:
            return quantity
        bare = (
            not quantity.unit and not quantity.scale and quantity.over == 1 and quantity.number == int(quantity.number)
        )
        if bare and not following.unit and 0 < quantity.number < following.number <= _LARGEST_DENOMINATOR:
            self.at += 2
            return replace(quantity, over=int(following.number))
        if quantity.unit and following.unit in ("年", "月", "季度", "周") and following.number > 1:
            self.context.period = self.tokens[self.at + 1].text
            self.at += 2
        return quantity

    def _day_of_month(self, quantity: Quantity) -> bool:
        """每月10日前, 10日前: a day of the month, not a span of days."""
        context = self.context
        if (
            quantity.unit not in ("日", "号")
            or quantity.scale
            or (context.sign is not None and not context.due)
            or not 1 <= quantity.number <= 31
        ):
            return False
        rest = self.tokens[self.at].text if self.kind() in ("word", "after") else ""
        before = re.match(r"(?:之|以)?前", rest)
        words = "".join(context.words)
        monthly = context.period in ("月", "季度")
        if not ((before or context.due) and words in ("", "当月", "次月", "本月", "下月", "于", "末月")) and not (
            monthly and (not self.kind() or rest == "内")
        ):
            return False
        if before or rest == "内":
            self.take()
        self._add(Target(Comparator.DATE, period=context.period, day_to=int(quantity.number)), None)
        return True

    def _other_end(self) -> Quantity | None:
        """The second number of a range, when the joint really joins two numbers."""
        joint = self.tokens[self.at].text
        step, minus = 1, False
        if self.kind(1) == "joint" and self.tokens[self.at + 1].text == "-":
            step, minus = 2, True
        if self.kind(step) == "approx":
            step += 1
        if self.kind(step) == "both" and self.tokens[self.at + step].text == "+":
            step += 1
        if self.kind(step) == "soft" and self.tokens[self.at + step].text == "+":
            step += 1
        if self.kind(step) != "number":
            return None
        if joint in ("和", "与") and self.kind(step + 1) != "between":
            return None
        quantity = self.tokens[self.at + step].quantity
        assert quantity is not None  # noqa: S101
        if joint == "--" and self.context.minus:
            minus = True
        self.at += step + 1
        return replace(quantity, number=-quantity.number) if minus else quantity

    def _range(self, low: Quantity, high: Quantity, low_mark: bool | None) -> None:
        high_mark = self._mark()
        if self._day_of_month(high):  # 每月1-5日
            return
        low, high = _one_scale(low, high)
        if low_mark is None and high_mark is not None:
            low_mark = not high_mark or _outermost(low)
        elif high_mark is None and low_mark is not None:
            high_mark = not low_mark or _outermost(high)
        marks = (low_mark is not False, high_mark is not False)
        ends = (low.number, high.number)
        if ends[0] > ends[1]:
            ends, marks = ends[::-1], marks[::-1]
        approx = low.approx or high.approx or self.context.approx
        unit, period = _unit_and_period(high.unit or low.unit)
        while self.kind() in ("between", "around", "after"):
            approx = self.take().text in ("左右", "上下") or approx
        target = Target(Comparator.RANGE, ends[0], ends[1], marks[0], marks[1], unit, high.scale, approx=approx)
        self._finish(target, period)

    def _spread(self, middle: Quantity) -> None:
        """5±1天."""
        self.take()
        half = self.take().quantity
        assert half is not None  # noqa: S101
        if half.unit == "%" and middle.unit not in ("%", ""):  # 300元±10%: a tenth of 300
            share = middle.number * half.number / 100
            half = replace(middle, number=share)
        middle, half = _one_scale(middle, half)
        unit, period = _unit_and_period(half.unit or middle.unit)
        target = Target(
            Comparator.RANGE, middle.number - half.number, middle.number + half.number, True, True, unit, half.scale
        )
        self._finish(target, period)

    def _both_sides(self, quantity: Quantity) -> None:
        """±5%以内."""
        inclusive = True
        while self.kind() in ("after", "between", "incl"):
            inclusive = self.take().sign != "no" and inclusive
        unit, period = _unit_and_period(quantity.unit)
        target = Target(
            Comparator.RANGE,
            -quantity.number,
            quantity.number,
            inclusive,
            inclusive,
            unit,
            quantity.scale,
            approx=quantity.approx,
        )
        self._finish(target, period)

    def _single(self, quantity: Quantity, mark: bool | None) -> None:
        context = self.context
        approx, sign = context.approx or quantity.approx, context.sign
        if self.kind() == "around" and sign == "<=":
            sign = None  # 控制在5%左右
        if self.kind() == "cmp" and self.kind(1) in ("", "hard", "soft"):
            sign = sign or self.take().sign  # 95%（≥）
        if mark is not None and self.kind() not in ("after", "joint"):
            sign = sign or ""
        flip = sign is None and self._comparison_behind()
        behind: str | None = None
        quantity = self._stray_unit(quantity)
        while self.kind() in ("after", "around", "incl", "period"):
            token = self.take()
            if token.kind == "around":
                approx = True
            elif token.kind == "incl":
                mark = token.sign == "yes"
            elif token.kind == "period":
                context.period = token.period
            elif behind is None:
                behind = token.sign
        if flip:
            sign = {"<=": ">=", "<": ">", ">=": "<=", ">": "<", "=": "="}[flip]
        sign = sign or behind or None
        if sign is None and _RANK.search("".join(context.words)) and quantity.unit in ("名", "位", "", "%"):
            sign = "<="  # 前3名
            context.words[-1] = context.words[-1].removesuffix("前")
        if sign is None and (context.way or context.base) and not approx:
            sign = "="
        if mark is not None and sign in (">=", ">", "<=", "<"):
            sign = sign[0] + ("=" if mark else "")
        unit, period = _unit_and_period(quantity.unit)
        number = quantity.number if quantity.over == 1 else quantity.number / quantity.over
        target = _bounded(sign, number, unit, quantity.scale, approx, quantity.over)
        self._finish(target, period, loose=not quantity.unit and not quantity.scale and sign is None)

    def _comparison_behind(self) -> str:
        """80%≤x<90%: the comparison behind the first number, when a name stands between it and the next number."""
        if self.kind() != "cmp" or self.kind(1) != "word":
            return ""
        sign = self.tokens[self.at].sign
        if sign not in (">=", ">", "<=", "<") or self.tokens[self.at].text[0] not in "<>≤≥=⩽⩾":
            return ""
        self.at += 1
        name = self.take().text
        if self.kind() == "cmp":
            return sign
        self.context.words.append(name)
        return sign

    def _stray_unit(self, quantity: Quantity) -> Quantity:
        """An unknown unit: up to three characters behind a number and nothing but a separator or a suffix behind them."""
        if (
            quantity.unit
            or quantity.over > 1
            or self.kind() != "word"
            or self.kind(1) not in ("", "hard", "soft", "after", "around", "incl")
        ):
            return quantity
        word = self.tokens[self.at].text
        if (
            len(word) > 3
            or not re.fullmatch(r"[一-鿿℃°Ωμ³²A-Za-z·]+", word)
            or re.match(r"[的为是余多时点前后]|完成|分之", word)
        ):
            return quantity
        self.take()
        return replace(quantity, unit=unit_name(word))

    def _label(self) -> str | None:
        return _clean_label("".join(self.context.words)) or None

    def _finish(self, target: Target, period: str | None, *, loose: bool = False) -> None:
        context = self.context
        way = "down" if context.way == "down" else None
        period = period or context.period
        if period or context.base or way:
            target = replace(target, period=period, base=context.base, direction=way)
        self._add(target, self._label(), loose=loose)

    def _add(self, target: Target, label: str | None, *, loose: bool = False) -> None:
        lead = "".join(self.context.words)
        target = replace(target, label=label) if label != target.label else target
        self.pieces.append(_Piece(target, loose=loose, apart=self.cut, from_value=lead in ("由", "从")))
        self.context = _Context()
        self.cut = False

    def _close(self) -> None:
        """A separator or the end: what words are left belong to the number before them or stand alone."""
        words = "".join(self.context.words)
        if self.pieces and not self.cut:
            if words.strip(":"):
                self.pieces[-1].tail = words
        elif words.strip(":.") or self.context.base or self.context.sign or self.context.period:
            self.pieces.append(_Piece(None, words))
        self.context = _Context()
        self.cut = True


def _one_scale(low: Quantity, high: Quantity) -> tuple[Quantity, Quantity]:
    """Both ends of a range in one scale and unit: 20-30万元 is 20万元 to 30万元, 8000-1.2万人 is 8000人 to 12000人."""
    if low.over != 1 or high.over != 1:
        low = replace(low, number=low.number / low.over, over=1)
        high = replace(high, number=high.number / high.over, over=1)
    unit = high.unit or low.unit
    if low.scale == high.scale:
        return replace(low, unit=unit), replace(high, unit=unit)
    if not low.scale and not low.unit and low.number <= high.number:
        return replace(low, unit=unit, scale=high.scale), replace(high, unit=unit)
    plain = [replace(q, number=q.number * SCALES[q.scale], scale="", unit=unit) for q in (low, high)]
    return plain[0], plain[1]


def _outermost(quantity: Quantity) -> bool:
    """0% and 100% have no neighbour band they could leave the boundary to."""
    return quantity.unit == "%" and quantity.number in (0, 100)


_LARGEST_DENOMINATOR = 20  # beyond it two numbers with a stroke are two values, not a fraction
_PERIODS = {"年": "年", "季度": "季度", "半年": "半年", "月": "月", "周": "周", "天": "天", "日": "日", "学期": "学期"}


def _unit_and_period(unit: str) -> tuple[str, str | None]:
    """``个/年`` is unit 个 and period 年; ``元/人·天`` is all unit."""
    above, _, below = unit.rpartition("/")
    return (above, _PERIODS[below]) if above and below in _PERIODS else (unit, None)


def _bounded(sign: str | None, number: Decimal, unit: str, scale: str, approx: bool, over: int = 1) -> Target:
    low, high = sign in (">=", ">"), sign in ("<=", "<")
    return Target(
        Comparator(sign) if sign else None,
        None if high else number,
        None if low else number,
        low_incl=sign == ">=" if low else None,
        high_incl=sign == "<=" if high else None,
        unit=unit,
        scale=scale,
        approx=approx,
        over=over,
    )


def _base_name(text: str) -> str:
    if "同比" in text or "同期" in text:
        return "同期"
    if "环比" in text:
        return "上期"
    found = re.search(r"全[国省市县区州]|行业|全系统|同类|地区|区域", text)
    if found:
        return found.group() + "平均"
    name = re.sub(
        r"^(?:高于|高出|超过|低于|少于|较|比|相较于?|相比于?|对比|与|同|和|保持|维持)|(?:相比|相较|比较|比)?(?:持平)?$",
        "",
        text,
    )
    name = re.sub(r"(?:平均|的|实际|水平|值|数|完成)+$", "", name)
    return {
        "去年": "上年",
        "前年": "上年",
        "上一年": "上年",
        "前一年": "上年",
        "上年度": "上年",
        "去年度": "上年",
        "上一年度": "上年",
        "前一年度": "上年",
    }.get(name, name)


def _clean_label(words: str) -> str:
    words = re.sub(r"^(?:且|并且?|及(?![时格早])|和(?!谐)|与|其中|或|同时|的|[,、/:.·~\[\]【】])+", "", words)
    return re.sub(r"(?:[,、/:：=~\[\]【】-]|介于|在|于)+$|^[到至为由从]$", "", words)


def _date_target(date: PrintedDate, period: str | None) -> Target:
    if date.whole:
        return Target(Comparator.DATE, period="年")
    return Target(
        Comparator.DATE,
        period=date.every or period,
        date_from=_day_text(date.first),
        date_to=_day_text(date.last),
        day_to=date.day,
    )


def _day_text(day: Day | None) -> str | None:
    if day is None:
        return None
    if day.year is not None:
        return f"{day.year}-{day.month:02}-{day.day:02}"
    if day.quarter:
        return f"Q{day.quarter}-{'end' if day.closes else 'start'}"
    return f"{day.month:02}-{day.day:02}"


# --- a whole cell ------------------------------------------------------------------------------------------------------

_LONGEST = 400  # a longer cell is prose, not a target value
_NUMBERING = re.compile(r"(^|[,;。|])(?:\(\d{1,2}\)|\d{1,2}[、)]|\d{1,2}\.(?!\d)|\([一二三四五六七八九十]\))")
_CIRCLED = re.compile(r"[①-⑳⑴-⒇]")
_COUNTED = re.compile(r"\(\d{1,2}\)")
_INCLUDED_DAY = re.compile(r"(?<=[日号月底末])\(含[^()]{0,6}\)")
_SPLIT_WORD = re.compile(r"\((以上|以下|以内|及以上|及以下|左右|次|[≥≤<>=]{1,2})\)|(?<=/)\(([^()]{1,8})\)")
_INTERVAL = re.compile(r"([\[(])(-?[\d.]{1,12}%?),(-?[\d.]{1,12}%?|[+]?∞)([\])])")
_UNIT_NOTE = re.compile(r"\((?:计量)?单位[:]?([^()]*)\)")
_REMARK = re.compile(r"\((?!不?含)([^()]*)\)")
_INCLUDED = re.compile(r"(?<=[上下内]),(不?含)(?:本数|本级)?[\d.]*[%\u4e00-\u9fff]{0,3}(?=$|[;。])")
_TORN = re.compile(r"(?<=[\d%‰])\s+(?=\d)(?!\d{3}(?![\d%％]))")


@lru_cache(maxsize=8192)
def read_target(text: str, *, sign: str = "", unit: str = "") -> Target:
    """Read a target cell; ``sign`` and ``unit`` are the texts of columns of their own, used where the cell prints none."""
    target = _read(f"±{text}" if fold(sign) == "±" else text)
    return _with_columns(target, _printed_sign(sign), unit)


def _read(text: str) -> Target:
    wording = Target(Comparator.QUALITATIVE, text=text.strip())
    if empty_kind(text) is not None:
        return Target(None, text=text.strip() or None)
    printed, note = _prepare(text)
    if len(printed) > _LONGEST or "≠" in printed or "不等于" in printed:
        return wording
    zero = _zero(printed)
    if zero is not None:
        return replace(zero, text=text.strip())
    base = _base_only(printed)
    if base is not None:
        return base
    pieces = _Reader(tokens_of(printed)).read()
    pieces = _merge_bounds(_drop_loose(pieces))
    return _noted(_assemble(pieces, wording), note)


def _prepare(text: str) -> tuple[str, str]:
    """Folded text without numbering and remarks in brackets, and the unit of a remark such as （单位：%）."""
    printed = fold(_TORN.sub(";", text.strip())).lstrip("*")
    printed = _SPLIT_WORD.sub(lambda found: found[1] or found[2], _INCLUDED_DAY.sub("", printed))
    printed = _INCLUDED.sub(r"(\1)", _INTERVAL.sub(_interval, printed))
    if printed.startswith("(1)"):
        printed = _COUNTED.sub(";", printed)
    note = _UNIT_NOTE.search(printed)
    printed = _NUMBERING.sub(r"\1", _CIRCLED.sub(";", _UNIT_NOTE.sub("", printed))).strip(";").rstrip(";,。.、")
    outside = _REMARK.sub("", printed)
    if re.search(r"\d", outside) or not re.search(r"\d|[一二两三四五六七八九十百]", "".join(_REMARK.findall(printed))):
        inner = [remark for remark in _REMARK.findall(printed) if _unit().fullmatch(split_scale(remark)[1])]
        return outside or printed, (note[1] if note else "") or (inner[0] if inner else "")
    return _REMARK.sub(r":\1", printed), note[1] if note else ""


def _interval(found: re.Match[str]) -> str:
    """[80,90) in the words of a range."""
    low = f"{found[2]}({'' if found[1] == '[' else '不'}含)"
    return f"{low}以上" if "∞" in found[3] else f"{low}-{found[3]}({'' if found[4] == ']' else '不'}含)"


def _zero(printed: str) -> Target | None:
    """无故障, 零事故, 0投诉, 未发生安全事故: none of something that is counted."""
    match = words().nothing.fullmatch(printed) if len(printed) <= 80 else None
    if match is None or (match["bare"] and match["label"] and ":" not in printed):
        return None
    return Target(None, Decimal(0), Decimal(0), label=_clean_label(match["label"]) or None)


@cache
def _unit() -> re.Pattern[str]:
    return re.compile(unit_pattern())


@cache
def _base_only_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<label>[^\d]*?)(?:(?P<cmp>{either(words().before)})|(?P<keep>保持|维持|与|和|同|较|比)?)"
        rf"(?P<base>{BASE}|同期|同比)(?:相比)?(?P<level>持平|一致|相当)?"
    )


def _base_only(printed: str) -> Target | None:
    """不低于上年, 与上年持平: a comparison with a value that is not printed."""
    match = _base_only_pattern().fullmatch(printed) if len(printed) <= 40 else None
    if match is None or not (match["cmp"] or match["level"] or match["keep"] in ("保持", "维持")):
        return None
    sign = words().before[match["cmp"]] if match["cmp"] else "="
    low, high = sign in (">=", ">"), sign in ("<=", "<")
    return Target(
        Comparator(sign),
        low_incl=sign == ">=" if low else None,
        high_incl=sign == "<=" if high else None,
        base=_base_name(match["base"]),
        label=_clean_label(match["label"]) or None,
    )


def _is_lead(piece: _Piece, following: _Piece | None) -> bool:
    """由80%提升到90% aims at 90%; 2小时内响应率100% is a rate."""
    if piece.target is None or following is None or following.target is None or following.apart:
        return False
    label = following.target.label or ""
    if piece.from_value:
        return label.endswith(("到", "至"))
    return (
        piece.target.comparator is Comparator.AT_MOST and piece.target.unit in _SPANS and label.endswith(("率", "度"))
    )


_SPANS = ("分钟", "小时", "天", "日", "工作日", "月")


def _drop_loose(pieces: list[_Piece]) -> list[_Piece]:
    """A number that only belongs to a name (12345热线满意度95%) goes back into the words."""
    kept: list[_Piece] = []
    for i, piece in enumerate(pieces):
        following = pieces[i + 1] if i + 1 < len(pieces) else None
        if _is_lead(piece, following):
            continue
        if (
            piece.loose
            and piece.target is not None
            and following is not None
            and following.target is not None
            and following.target.label
            and not following.apart
        ):
            continue
        kept.append(piece)
    return kept


def _merge_bounds(pieces: list[_Piece]) -> list[_Piece]:
    """≥80%，<90% is one range."""
    merged: list[_Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        both = _between(last.target, piece.target) if last and not last.tail else None
        if both is not None:
            merged[-1] = replace(piece, target=both)
        else:
            merged.append(piece)
    return merged


def _between(one: Target | None, two: Target | None) -> Target | None:
    if one is None or two is None or two.label or one.over != 1 or two.over != 1:
        return None
    lower = next((t for t in (one, two) if t.comparator in (Comparator.AT_LEAST, Comparator.MORE)), None)
    upper = next((t for t in (one, two) if t.comparator in (Comparator.AT_MOST, Comparator.LESS)), None)
    if lower is None or upper is None or lower.low is None or upper.high is None or one.base or two.base:
        return None
    if (lower.unit and upper.unit and lower.unit != upper.unit) or lower.scale != upper.scale or lower.low > upper.high:
        return None
    return replace(
        one,
        comparator=Comparator.RANGE,
        low=lower.low,
        high=upper.high,
        low_incl=lower.low_incl,
        high_incl=upper.high_incl,
        unit=lower.unit or upper.unit,
    )


_LONG_TAIL = 12


def _assemble(pieces: list[_Piece], wording: Target) -> Target:
    readings = [piece for piece in pieces if piece.target is not None]
    if not readings or any(_is_prose(piece) for piece in readings):
        return wording
    if len(pieces) == 1:
        return _with_tail(pieces[0])
    if any(_is_torn(one, two) for one, two in pairwise(pieces)):
        return wording
    if readings == pieces[:1] and pieces[0].target is not None and pieces[0].target.comparator is Comparator.DATE:
        return _with_tail(pieces[0])  # 6月30日前，完成验收
    return Target(Comparator.COMPOUND, parts=tuple(_part(piece) for piece in pieces))


def told_once(target: Target) -> Target:
    """The yearly number where a cell says one thing twice (``每季度1次，全年4次``); any other target as it is.

    The cell keeps both parts, as printed; for a score they are one.
    """
    match target.parts:
        case (often, yearly) if (
            often.period in PER_YEAR
            and yearly.period in (None, "年")
            and (often.unit, often.comparator, often.label) == (yearly.unit, yearly.comparator, yearly.label)
            and often.low_value is not None
            and yearly.low_value == often.low_value * PER_YEAR[often.period]
        ):
            return yearly
        case _:
            return target


def _is_torn(one: _Piece, two: _Piece) -> bool:
    """2小时30分: one value in two units, which this contract has no place for."""
    if one.target is None or two.target is None or two.apart or two.target.label:
        return False
    return {one.target.unit, two.target.unit} <= {*_SPANS, "分", "秒", "年", "周"}


def _is_prose(piece: _Piece) -> bool:
    """A bare number in the middle of a sentence is no target value."""
    target = piece.target
    if target is None or target.comparator is not None or not piece.tail:
        return False
    return piece.loose or len(piece.tail) > _LONG_TAIL or piece.tail.startswith("半")  # 1个半月


def _with_tail(piece: _Piece) -> Target:
    assert piece.target is not None  # noqa: S101
    label = piece.target.label or _clean_label(piece.tail) or None
    return replace(piece.target, label=label) if label != piece.target.label else piece.target


def _part(piece: _Piece) -> Target:
    if piece.target is not None:
        return _with_tail(piece)
    zero = _zero(piece.words)
    return (
        replace(zero, text=piece.words.rpartition(":")[2])
        if zero
        else Target(Comparator.QUALITATIVE, text=_clean_label(piece.words))
    )


def _noted(target: Target, note: str) -> Target:
    """A unit in brackets completes a number without a unit; a printed unit wins."""
    return _with_columns(target, "", note) if note else target


# --- columns of their own ----------------------------------------------------------------------------------------------


def _printed_sign(sign: str) -> str:
    printed = fold(sign)
    return words().before.get(printed, "") or words().after.get(printed, "")


def _with_columns(target: Target, sign: str, unit: str) -> Target:
    if target.parts:
        return replace(target, parts=tuple(_with_columns(part, sign, unit) for part in target.parts))
    if target.low is None and target.high is None:
        return target
    if not target.unit and unit and empty_kind(unit) is None:
        scale, name = split_scale(fold(unit))
        name, period = _unit_and_period(unit_name(name))
        target = replace(target, unit=name, scale=target.scale or scale, period=target.period or period)
    if sign and target.comparator is None and target.low is not None:
        bounded = _bounded(sign, target.low, target.unit, target.scale, target.approx, target.over)
        target = replace(
            target,
            comparator=bounded.comparator,
            low=bounded.low,
            high=bounded.high,
            low_incl=bounded.low_incl,
            high_incl=bounded.high_incl,
        )
    return target


# --- printing ----------------------------------------------------------------------------------------------------------

_SIGNS = {
    Comparator.AT_LEAST: "≥",
    Comparator.MORE: ">",
    Comparator.EQUAL: "=",
    Comparator.AT_MOST: "≤",
    Comparator.LESS: "<",
}
_BASES = {"同期": "同比", "上期": "环比"}


def show_target(target: Target) -> str:
    """A target in one plain spelling (``≥92%``, ``每年≥2次``, ``2024年6月30日前``) that ``read_target`` reads back."""
    if target.comparator is Comparator.COMPOUND:
        return "；".join(
            f"{part.label}：{show_target(part)}" if part.label else show_target(part) for part in target.parts
        )
    if target.comparator is Comparator.QUALITATIVE or target.text:
        return target.text or ""
    if target.comparator is Comparator.DATE:
        return _show_date(target)
    lead = f"每{target.period}" if target.period else ""
    if target.base:
        lead += _BASES.get(target.base, f"较{target.base}")
        if target.low is None and target.high is None:
            return _show_base(target)
    if target.direction or target.base:
        lead += "下降" if target.direction == "down" else "增长"
    return lead + _show_bounds(target)


def _show_base(target: Target) -> str:
    sign = _SIGNS.get(target.comparator, "") if target.comparator else ""
    return f"与{target.base}持平" if sign in ("", "=") else f"{sign}{target.base}"


def _show_bounds(target: Target) -> str:
    unit = target.scale + target.unit
    about = "约" if target.approx else ""
    if target.comparator is Comparator.RANGE:
        if target.low_incl and target.high_incl:
            return f"{about}{_show_number(target.low)}{unit}至{_show_number(target.high)}{unit}"
        low, high = "≥" if target.low_incl else ">", "≤" if target.high_incl else "<"
        return f"{low}{about}{_show_number(target.low)}{unit}，{high}{_show_number(target.high)}{unit}"
    bound = target.high if target.low is None else target.low
    growing = target.comparator is Comparator.EQUAL and (target.base or target.direction)
    sign = "" if growing or target.comparator is None else _SIGNS[target.comparator]
    if target.over != 1 and bound is not None:
        return f"{sign}{about}{round(Fraction(bound) * target.over)}/{target.over}"
    return f"{sign}{about}{_show_number(bound)}{unit}"


def _show_number(number: Decimal | None) -> str:
    return "" if number is None else format(number, "f")


def _show_date(target: Target) -> str:
    lead = f"每{target.period}" if target.period else ""
    if target.day_to is not None:
        return f"{lead}{target.day_to}日前"
    first, last = _show_day(target.date_from), _show_day(target.date_to)
    if not first and not last:
        return "全年"
    if not first:
        return f"{lead}{last}前"
    if not last:
        return f"{lead}{first}起"
    return lead + (first if first == last else f"{first}至{last}")


def _show_day(text: str | None) -> str:
    if text is None:
        return ""
    if text.startswith("Q"):
        return f"第{'一二三四'[int(text[1]) - 1]}季度"
    *year, month, day = text.split("-")
    return "".join(f"{y}年" for y in year) + f"{int(month)}月{int(day)}日"


# --- JSON --------------------------------------------------------------------------------------------------------------


def _plain(number: Decimal | None) -> int | float | None:
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def target_json(target: Target) -> dict[str, object]:
    """The ``parsed`` object of ``hengjian target``: plain JSON numbers, absent optional fields left out."""
    answer: dict[str, object] = {
        "comparator": target.comparator.value if target.comparator else None,
        "low": _plain(target.low),
        "high": _plain(target.high),
        "unit": target.unit,
        "period": target.period,
        "approx": target.approx,
    }
    if target.comparator is Comparator.DATE and target.day_to is None:
        answer |= {"date_from": target.date_from, "date_to": target.date_to}
    for name in ("low_incl", "high_incl", "scale", "day_to", "base", "direction", "label", "text"):
        value = getattr(target, name)
        if value not in (None, ""):
            answer[name] = value
    if target.parts:
        answer["parts"] = [target_json(part) for part in target.parts]
    return answer
