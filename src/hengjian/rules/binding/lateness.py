"""How late something was finished, in days or months after the deadline, from a date or from words: C17."""

import re
from datetime import date, timedelta
from fractions import Fraction

from hengjian.rules.evaluate import TINY, Env, Range
from hengjian.rules.reading import Context
from hengjian.rules.tree import Input, Missing, Number
from hengjian.rules.wording import says_early, says_nothing_wrong, says_reached, says_short
from hengjian.values.calendar import Period, days_late, read_finish
from hengjian.values.quantity import Empty, Quantity
from hengjian.values.text import fold
from hengjian.values.units import convert


def late_days(
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
            env.state, env.open = "open", left
        return Fraction(days_late(finish, deadline))
    if says_early(said):
        env.state = "open"
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
        env.state = "late"
        return Fraction(1)
    if says_reached(said) or says_nothing_wrong(said):
        return Fraction(0)
    if isinstance(got, Quantity) and got.value == 0:
        return Fraction(0)
    return Missing(f"实际完成值“{actual.strip()}”读不出完成日期或推迟天数")


def late_months(one: Input, actual: str, got: Quantity | Empty | None, context: Context, env: Env) -> Number:
    """C17 in months: whole ones and the begun one in proportion; early is negative."""
    period = _finished(actual, one, context)
    if period is not None:
        deadline = deadline_of(one, period.end, context)
        if deadline is None:
            return Missing("没有写明截止日期，无法计算推迟月数")
        if (left := _some_day(period, deadline, one, actual)) is not None:
            env.state, env.open = "open", left
        return months_late(period.end, deadline)
    if isinstance(got, Quantity) and got.direction in ("late", "early"):
        return _told_months(got, actual, one, context)
    if isinstance(got, Quantity) and got.value == 0:
        return Fraction(0)
    said = fold(actual)
    if says_early(said):
        env.state = "open"
        env.open = Range(one.name, actual.strip(), Fraction(-_LONG_BEFORE, 30), -TINY)
        return -TINY
    if says_short(said):
        env.state = "late"
        return Fraction(1)
    if says_reached(said) or says_nothing_wrong(said):
        return Fraction(0)
    return Missing(f"实际完成值“{actual.strip()}”读不出完成日期或推迟月数")


def _told_months(got: Quantity, actual: str, one: Input, context: Context) -> Number:
    """推迟2个月, 延迟20天: days are laid on the calendar, from the deadline on."""
    months = {"月": got.value, "个月": got.value, "季度": got.value * 3, "年": got.value * 12}.get(got.unit)
    days = convert(got.value, got.unit, "天") if months is None and got.direction == "late" else None
    deadline = deadline_of(one, None, context)
    if days is not None and deadline is not None:
        months = months_late(deadline + timedelta(days=-(-days.numerator // days.denominator)), deadline)
    if months is None:
        return Missing(f"“{actual.strip()}”不是月数，规则按月计算")
    return months if got.direction == "late" else -months


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
