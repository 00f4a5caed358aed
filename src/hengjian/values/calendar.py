"""Dates, months, quarters and deadlines as printed on forms.

A printed date may lack its year: ``PrintedDate`` keeps what is printed, ``read_period`` completes it. 前, 底, 内 include the day
itself: 12月31日前, 12月底前 and 12月前 all end on 31 December (convention C17).
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from hengjian.values.text import fold

# How often a period comes in a year.
PER_YEAR = {"季度": 4, "月": 12, "半年": 2, "周": 52, "季": 4}


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days, both ends included; an open start is a deadline."""

    start: date | None
    end: date


@dataclass(frozen=True, slots=True)
class Day:
    """A printed day; ``year`` None when it is not printed, ``shift`` 1 for 次年. ``quarter`` when a quarter was printed.

    ``closes`` is true for the last day of a month (2月底 without a year is day 28 here, 29 in a leap year).
    """

    year: int | None
    month: int
    day: int
    quarter: int = 0
    shift: int = 0
    closes: bool = False

    def in_year(self, year: int | None) -> date | None:
        """The real day, completed by ``year``; None without any year or when there is no such day."""
        whole = self.year if self.year is not None else year
        if whole is None:
            return None
        whole += self.shift if self.year is None else 0
        last = _last_day(whole, self.month)
        return date(whole, self.month, last if self.closes else self.day) if self.day <= last else None


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date as printed: ``first`` to ``last``; without ``first`` a deadline, without ``last`` a beginning (3月1日起).

    ``every`` is the period of a day that comes again (``每月10日前``: 月, ``day`` 10); ``whole`` is 全年 without a year.
    """

    first: Day | None
    last: Day | None
    every: str = ""
    day: int | None = None
    whole: bool = False


def _last_day(year: int | None, month: int) -> int:
    """The last day of a month; without a year February has 28 days."""
    if year is None:
        return (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
    return (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day


# --- the grammar of printed dates, on folded text ------------------------------------------------------------------------

_NUMERALS = {
    word: i for i, word in enumerate(["零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"])
}
_CN_DAYS = {
    f"{tens}{unit}": i * 10 + j
    for i, tens in enumerate(("", "十", "二十", "三十"))
    for j, unit in enumerate(("", *"一二三四五六七八九"))
}
_CN_YEAR = str.maketrans("〇零一二三四五六七八九", "00123456789")

_YEAR = r"(?:(?P<y{n}>(?<!\d)(?:(?:19|20)\d\d|2\d(?=年(?:(?:1[0-2]|0?[1-9])月|[底末])))|[一二][〇零九][〇零一二三四五六七八九]{{2}})年度?|(?P<rel{n}>本年度?|当年度?|今年|次年|翌年|明年|下一?年度?))"
_MONTH = r"(?P<m{n}>(?<!\d)(?:1[0-2]|0?[1-9])|十[一二]?|[一二三四五六七八九])月份?(?!度)"
_DAY = r"(?P<d{n}>(?<!\d)(?:3[01]|[12]\d|0?[1-9])|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])[日号](?:(?:2[0-4]|1\d|0?\d)(?:时|:[0-5]\d))?"
_PART = r"(?P<p{n}>底|末|初|上旬|中旬|下旬)"
_QUARTER = r"(?:第?(?P<q{n}>[一二三四1-4])季度?|Q(?P<Q{n}>[1-4])|(?P<qn{n}>[1-4])季度)"
_HALF = r"(?P<h{n}>[上下])半年(?:度)?"
_ISO = r"(?<![\d.])(?P<iy{n}>(?:19|20)\d\d)(?P<is{n}>[-/.])(?P<im{n}>1[0-2]|0?[1-9])(?:(?P=is{n})(?P<id{n}>3[01]|[12]\d|0?[1-9])|(?<=[-/]\d)|(?<=[-/]\d\d){dotted})(?![\d/.]\d|\d|[万亿%元人])"
# 2024.12 alone may be an amount: it is a month before 前 and in a span only.
_DOTTED = r"|(?=(?:至|到|[-~—―─]{1,2})(?:19|20)\d\d\.|之?前|以前|[底末])"
# 12.31前, 11/30前: without 前 these are numbers.
_SHORT_DAY = r"(?<![\d./])(?P<xm{n}>1[0-2]|0?[1-9])[./](?P<xd{n}>3[01]|[12]\d|0?[1-9])日?(?=之?前|以前)"
_POINT = (
    r"(?:"
    + _ISO
    + "|"
    + _SHORT_DAY
    + r"|(?:{year}(?:的)?)?(?:{month}(?:{day}|{part})?|{quarter}(?:{part2}|末?月底)?|{half}(?:{part3})?)"
    + r"|{year2}(?P<yp{n}>底|末|初|终|全年)?|(?P<bare{n}>年底|年末|年终|年初|年内|(?:全|整)年(?:度)?(?!预算|指标|目标|任务|计划)|(?:本|当)?年度内))"
)


def _point(n: int) -> str:
    """The pattern of one date; ``n`` keeps its group names apart from those of the other end of a span."""
    year2 = _YEAR.replace("{n}", "{n}b")
    text = _POINT.replace("{year}", _YEAR).replace("{year2}", year2).replace("{month}", _MONTH).replace("{day}", _DAY)
    text = (
        text.replace("{part}", _PART)
        .replace("{part2}", _PART.replace("{n}", "{n}b"))
        .replace("{part3}", _PART.replace("{n}", "{n}c"))
    )
    text = text.replace("{dotted}", _DOTTED if n == 1 else "|")
    text = text.replace("{quarter}", _QUARTER).replace("{half}", _HALF)
    return text.replace("{n}", str(n)).replace("{{", "{").replace("}}", "}")


@cache
def date_pattern() -> str:
    """A regular expression for a printed date, span or deadline on folded text; give its match to ``printed_date``."""
    every = r"(?P<every>每(?:个|一)?(?:月|季度?|年|半年|周|学期)度?)(?P<elast>的?(?:最后一个月|末月|终了|结束|末|底)?)"
    again = rf"{every}(?:(?:后|次月)?(?P<eday>3[01]|[12]\d|0?[1-9])[日号]|(?P<emonth>1[0-2]|0?[1-9])月(?:(?P<emday>3[01]|[12]\d|0?[1-9])[日号]|[底末])?|(?<=[底末]))(?:之?前|以前)"
    join = r"(?:至|到|[-~—―─]{1,2})"
    short = r"(?:(?P<sy>(?:19|20)\d\d)年)?(?P<sm>1[0-2]|0?[1-9])" + join + r"(?P<em>1[0-2]|0?[1-9])月份?(?P<sp>底|末)?"
    years = r"(?<!\d)(?P<fy>(?:19|20)\d\d)年?" + join + r"(?P<ty>(?:19|20)\d\d)年度?"
    days = (
        r"(?:(?P<dy>(?:19|20)\d\d)年)?(?P<dm>1[0-2]|0?[1-9])月(?P<df>3[01]|[12]\d|0?[1-9])[日号]?"
        + join
        + r"(?P<dt>3[01]|[12]\d|0?[1-9])[日号]"
    )
    lead = r"(?:自|从|于|截至|截止到?|不晚于|不迟于|最迟|最晚|在)?"
    tail = (
        r"(?P<tail>(?:以前|之前|前)(?!\d+[名位])|(?:以内|之内|内)(?![容部设])|(?:开始|以后|之后|后|起)(?![续期])|止)?"
    )
    return rf"(?P<again>{again})|(?P<lead>{lead})(?:(?P<days>(?<!\d){days})|(?P<short>(?<![\d.]){short})|(?P<years>{years})|(?P<point>{_point(1)}(?:{join}{_point(2)})?)){tail}"


@cache
def _date() -> re.Pattern[str]:
    return re.compile(date_pattern())


_Half = tuple[Day, Day]


def printed_date(match: re.Match[str]) -> PrintedDate | None:
    """The date a match of ``date_pattern`` means; None for what is none (2月30日)."""
    got = match.groupdict()
    if got["again"]:
        return _again(got)
    if got["days"]:
        year = _int(got["dy"])
        ends: _Half | None = (Day(year, int(got["dm"]), int(got["df"])), Day(year, int(got["dm"]), int(got["dt"])))
    elif got["short"]:
        year = _int(got["sy"])
        ends = (Day(year, int(got["sm"]), 1), _month_end(year, int(got["em"])))
    elif got["years"]:
        ends = (Day(int(got["fy"]), 1, 1), Day(int(got["ty"]), 12, 31))
    else:
        ends = _ends(got)
    if ends is None or not all(_exists(day) for day in ends):
        return None
    first, last = ends
    tail, lead = got["tail"] or "", got["lead"] or ""
    if tail.endswith("前") or tail == "止" or lead in ("截至", "截止", "截止到", "不晚于", "不迟于", "最迟", "最晚"):
        return PrintedDate(None, last)
    if tail in ("起", "开始"):
        return PrintedDate(first, None)
    if tail.endswith("后"):
        return PrintedDate(last, None)
    if not tail and (got["bare1"] or "").startswith(("全年", "整年")):
        return PrintedDate(None, None, whole=True)
    return PrintedDate(first, last)


def _exists(day: Day) -> bool:
    return day.day <= (29 if day.month == 2 and day.year is None else _last_day(day.year, day.month))


def _int(text: str | None) -> int | None:
    return int(text) if text else None


def _month_end(year: int | None, month: int, shift: int = 0) -> Day:
    return Day(year, month, _last_day(year, month), shift=shift, closes=True)


def _again(got: dict[str, str | None]) -> PrintedDate:
    word = (got["every"] or "").removeprefix("每").lstrip("个一").removesuffix("度")
    every = {"季": "季度"}.get(word, word)
    if got["emonth"]:
        month = int(got["emonth"])
        last = Day(None, month, int(got["emday"])) if got["emday"] else _month_end(None, month)
        return PrintedDate(None, last, every=every)
    return PrintedDate(None, None, every=every, day=_int(got["eday"]))


def _ends(got: dict[str, str | None]) -> _Half | None:
    one = _point_ends(got, 1, None)
    if one is None:
        return None
    two = _point_ends(got, 2, one[0])
    return one if two is None else (one[0], two[1])


def _point_ends(got: dict[str, str | None], n: int, start: Day | None) -> _Half | None:
    """First and last day of the printed date ``n``; ``start`` lends its year to the end of a span."""
    if got[f"iy{n}"]:
        year, month = int(got[f"iy{n}"] or 0), int(got[f"im{n}"] or 0)
        if got[f"id{n}"]:
            day = Day(year, month, int(got[f"id{n}"] or 0))
            return day, day
        return Day(year, month, 1), _month_end(year, month)
    if got[f"xm{n}"]:
        day = Day(start.year if start else None, int(got[f"xm{n}"] or 0), int(got[f"xd{n}"] or 0))
        return day, day
    year_text, relative = got[f"y{n}"] or got[f"y{n}b"], got[f"rel{n}"] or got[f"rel{n}b"]
    shift = 1 if relative and relative.startswith(("次", "翌", "明", "下")) else 0
    printed = int(year_text.translate(_CN_YEAR)) if year_text else None
    if printed is not None and printed < 100:
        printed += 2000  # 24年12月
    if printed is None and start is not None:
        printed, shift = (start.year + shift, 0) if start.year is not None else (None, shift)
    return _within(got, n, printed, shift)


def _within(got: dict[str, str | None], n: int, year: int | None, shift: int) -> _Half | None:
    month_text, quarter_text, half = got[f"m{n}"], got[f"q{n}"] or got[f"Q{n}"] or got[f"qn{n}"], got[f"h{n}"]
    if month_text:
        month = _NUMERALS.get(month_text) or int(month_text)
        return _month_part(got[f"d{n}"], got[f"p{n}"], year, month, shift)
    if quarter_text:
        quarter = _NUMERALS.get(quarter_text) or int(quarter_text)
        last = replace(_month_end(year, quarter * 3, shift), quarter=quarter)
        return (last if got[f"p{n}b"] in ("底", "末") else Day(year, quarter * 3 - 2, 1, quarter, shift)), last
    if half:
        ends = (1, 6) if half == "上" else (7, 12)
        last = _month_end(year, ends[1], shift)
        return (last if got[f"p{n}c"] in ("底", "末") else Day(year, ends[0], 1, shift=shift)), last
    word = got[f"yp{n}"] or got[f"bare{n}"] or ""
    if not word and not got[f"y{n}b"] and not got[f"rel{n}b"]:
        return None
    if "初" in word:
        return Day(year, 1, 1, shift=shift), Day(year, 1, 31, shift=shift)
    last = Day(year, 12, 31, shift=shift)
    return (last if word and word[-1] in "底末终" else Day(year, 1, 1, shift=shift)), last


def _month_part(day_text: str | None, part: str | None, year: int | None, month: int, shift: int) -> _Half:
    if day_text:
        day = Day(year, month, _CN_DAYS.get(day_text) or int(day_text), shift=shift)
        return day, day
    last = _month_end(year, month, shift)
    spans = {
        "底": (last.day, last.day),
        "末": (last.day, last.day),
        "初": (1, 10),
        "上旬": (1, 10),
        "中旬": (11, 20),
        "下旬": (21, last.day),
    }
    first_day, last_day = spans.get(part or "", (1, last.day))
    end = last if last_day == last.day else Day(year, month, last_day, shift=shift)
    return (last if first_day == last.day else Day(year, month, first_day, shift=shift)), end


# --- reading cells and prose -------------------------------------------------------------------------------------------

_AROUND = re.compile(
    r"(?:已?完成|实施|印发|验收|举办|开展|报送|上报|办结|发放|到位|竣工|结束|全部|完工|支付|公开|投入使用|并|通过|左右)*[。.;,]?"
)
_TIME = re.compile(r"(?<=\d)\s+\d{1,2}:\d\d(:\d\d)?\s*$")  # what a spreadsheet adds to a date
_DOTTED_MONTH = re.compile(r"((?:19|20)\d\d)\.(1[0-2]|0?[1-9])")
_COMPACT = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")


def _whole_cell(text: str) -> PrintedDate | None:
    printed = fold(_TIME.sub("", text))
    compact = _COMPACT.fullmatch(printed)
    if compact:
        day = Day(int(compact[1]), int(compact[2]), int(compact[3]))
        return PrintedDate(day, day) if _exists(day) else None
    dotted = _DOTTED_MONTH.fullmatch(printed)
    if dotted:
        return PrintedDate(Day(int(dotted[1]), int(dotted[2]), 1), _month_end(int(dotted[1]), int(dotted[2])))
    found = _date().search(printed) if len(printed) <= 60 else None
    if found is None or not _AROUND.fullmatch(printed, 0, found.start()) or not _AROUND.fullmatch(printed, found.end()):
        return None
    return printed_date(found)


def read_period(text: str, year: int | None = None) -> Period | None:
    """A printed date, month, span or deadline (``2024年5月31日前``, ``11月底前``, ``2023年1月至11月``, ``2024-08-30``).

    ``year`` completes a date without a year; without it such a text gives None. So do days that come again (每月10日前),
    beginnings without an end (3月1日起) and a text that says more than a date. 全年 is the whole ``year``.
    """
    printed = _whole_cell(text)
    if printed is None:
        return None
    if printed.whole:
        return Period(date(year, 1, 1), date(year, 12, 31)) if year is not None else None
    if printed.last is None:
        return None
    if printed.every not in ("", "年"):
        return None
    end = printed.last.in_year(year)
    start = printed.first.in_year(year) if printed.first else None
    if end is None or (printed.first is not None and (start is None or start > end)):
        return None
    return Period(start, end)


_VERB = re.compile(r"[一-鿿]{0,8}")
_NOT_DONE = re.compile(r"[未没不拟]|计划|预计|争取|力争|推迟|延期|延至|改为|调整|暂停|取消|截至|截止|开始|起|启动")


def read_finish(text: str, year: int | None = None) -> Period | None:
    """When something was finished, as a clerk types it: a printed date or span, perhaps with a few words around it.

    ``4月15日通车`` is that day, ``11月完成`` some day of November. Words that say it was not done then give None.
    """
    period = read_period(text, year)
    if period is not None:
        return period
    said = fold(_TIME.sub("", text))
    found = _date().search(said) if len(said) <= 60 else None
    if found is None:
        return None
    before, behind = said[: found.start()], said[found.end() :].strip("。;,.")
    if not _VERB.fullmatch(before) or not _VERB.fullmatch(behind) or _NOT_DONE.search(before + behind):
        return None
    return read_period(found.group(), year)


def read_date(text: str, year: int | None = None) -> date | None:
    """The single day a cell means (``2024年5月24日``; a month means its last day), or None. A span or a year is no single day."""
    period = read_period(text, year)
    if period is None:
        return None
    if period.start is not None and (period.end - period.start).days > 30:
        return None
    return period.end


def days_late(finish: date, deadline: date) -> int:
    """Calendar days from deadline to finish; 0 on the deadline, negative when early (convention C17)."""
    return (finish - deadline).days


_ANY_YEAR = re.compile(
    r"(?<![\d.〔\[(（【])((?:19|20)\d\d)(?=年|[-/.](?:1[0-2]|0?[1-9])(?:[-/.](?:3[01]|[12]\d|0?[1-9]))?(?![\d]))"
)
_NUMBERED = re.compile(r"[〔\[(【〈<]\s*(?:19|20)\d\d\s*年?\s*[〕\])】〉>]\s*第?\s*[\dXx×*＊]*\s*号?")
_PLAN = re.compile(
    r"(?:19|20)\d\d\s*年?度?\s*(?:[-~—―─]{1,2}|至|到)\s*(?:19|20)\d\d\s*年度?(?!\s*(?:1[0-2]|0?[1-9])\s*月)"
)


def years_in(text: str) -> tuple[int, ...]:
    """Every four-digit year printed in a text, in order, without document numbers (〔2021〕) and plan spans (2018-2022年)."""
    cleaned = _PLAN.sub(" ", _NUMBERED.sub(" ", text.translate(_HALF_WIDTH)))
    return tuple(int(found[1]) for found in _ANY_YEAR.finditer("".join(cleaned.split())))


_HALF_WIDTH = str.maketrans(
    {chr(0xFF10 + i): str(i) for i in range(10)}
    | {"（": "(", "）": ")", "［": "[", "］": "]", "～": "~", "－": "-", "–": "-"}
)
