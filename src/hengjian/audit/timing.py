"""H · time and monitoring: dates in order, forecasts, execution against the time that has passed.

An indicator that falls due once a year is never red in July only because nothing has been done yet.
"""

import re
from fractions import Fraction

from hengjian.audit.case import (
    Answer,
    Case,
    Found,
    Outcome,
    Skip,
    actual_of,
    due,
    owed_check,
    same_project,
    scored_fund,
    target_of,
    text_of,
)
from hengjian.forms.form import Form, Indicator, Kind
from hengjian.rules.naming import has
from hengjian.values.calendar import read_period
from hengjian.values.money import MoneyUnit, read_money
from hengjian.values.quantity import Quantity, Relation, convert, read_actual, relation
from hengjian.values.rounding import Rounding
from hengjian.values.target import Comparator
from hengjian.values.text import fold
from hengjian.values.units import is_count

_PERCENT = Rounding(2)
# A running quantity reaches its year's value little by little; a rate stands at its value all the time.
_RATE_UNITS = ("%", "‰", "百分点")
# Quantities that may fall from month to month.
_NOT_RUNNING = re.compile("平均|人均|单价|单位成本|时长|浓度|余额|存量|在册|在岗")


def start_after_end(case: Case) -> Answer:
    """H01: a start after its end (project or step of the schedule)."""
    form = case.form
    spans = [("项目", form.start, form.end)] if form.start or form.end else []
    spans += [(step.name.text, step.start, step.end) for step in form.schedule]
    if not spans:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有起止时间")
    found = []
    for name, start, end in spans:
        begins, ends = read_period(text_of(start), form.year), read_period(text_of(end), form.year)
        if begins is None or ends is None or start is None or end is None:
            continue
        # "2025年3月" means its first day as a start and its last day as an end.
        if (begins.start or begins.end) <= ends.end:
            continue
        field = "start" if name == "项目" and start is form.start else "schedule"
        message = f"“{name}”的开始时间{start.text}晚于结束时间{end.text}"
        found.append(
            Found(message, None, field, start.place, f"{start.text}—{end.text}", "", f"{start.text} > {end.text}")
        )
    return tuple(found)


def month_of(form: Form) -> int | None:
    """The last month of a monitoring period (``1—7月`` is 7; 上半年 6; 三季度 9)."""
    text = fold(text_of(form.period))
    months = re.findall(r"(?<!\d)(\d{1,2})月", text)
    if months:
        month = int(months[-1])
        return month if 1 <= month <= 12 else None
    for words, month in (
        ("上半年", 6),
        ("半年", 6),
        ("三季度", 9),
        ("3季度", 9),
        ("二季度", 6),
        ("2季度", 6),
        ("一季度", 3),
    ):
        if words in text:
            return month
    return None


def _pair(row: Indicator) -> tuple[Quantity, Quantity] | None:
    """(value reached so far, forecast for the year) in one unit."""
    actual, forecast = read_actual(text_of(row.actual)), read_actual(text_of(row.forecast))
    if not isinstance(actual, Quantity) or not isinstance(forecast, Quantity):
        return None
    unknown = not actual.unit or not forecast.unit
    return (actual, forecast) if unknown or relation(actual.unit, forecast.unit) is not Relation.DIFFERENT else None


def forecast_below(case: Case) -> Answer:
    """H03: the forecast for the year is below what has already been reached (amounts that only grow)."""
    rows = [row for row in case.form.indicators if row.forecast is not None]
    funds = [fund for fund in case.form.funds if fund.forecast is not None]
    if not rows and not funds:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有全年预计值")
    found = []
    unit = case.form.money_unit or MoneyUnit.YUAN
    for fund in funds:
        planned, done = read_money(text_of(fund.forecast), unit), read_money(text_of(fund.executed), unit)
        if planned is None or done is None or planned.yuan >= done.yuan or fund.forecast is None:
            continue
        message = f"“{fund.item.text}”全年预计执行数{fund.forecast.text}少于已执行的{text_of(fund.executed)}"
        derivation = f"{fund.forecast.text} < {text_of(fund.executed)}"
        expected = f"不少于{text_of(fund.executed)}"
        found.append(
            Found(message, None, "funds.forecast", fund.forecast.place, fund.forecast.text, expected, derivation)
        )
    for row in rows:
        pair = _pair(row)
        if pair is None or "/" in pair[0].unit or pair[0].direction or pair[1].direction:
            continue
        rate = pair[0].unit in _RATE_UNITS or pair[1].unit in _RATE_UNITS
        if rate and not _GROWING_RATE.search(fold(row.name.text)):
            continue
        actual, forecast = pair
        reached = convert(actual.value, actual.unit, forecast.unit) if actual.unit and forecast.unit else actual.value
        if reached is None or _NOT_RUNNING.search(row.name.text):
            continue
        if forecast.value < reached:
            message = f"全年预计{text_of(row.forecast)}少于已完成的{text_of(row.actual)}"
            place = row.forecast.place if row.forecast else None
            found.append(
                Found(
                    message,
                    row,
                    "forecast",
                    place,
                    text_of(row.forecast),
                    f"不少于{text_of(row.actual)}",
                    f"{text_of(row.forecast)} < {text_of(row.actual)}",
                )
            )
    return tuple(found)


# Shares of a year's task, which only grow within the year; 合格率 and 满意度 may fall.
_GROWING_RATE = re.compile("(?:完成率|覆盖率|执行率|支出率|到位率|发放率|开工率|竣工率|进度)$")


def behind_time(case: Case) -> Answer:
    """H04: money spent far behind the time that has passed (under 0.60 of it; over 1.5 far ahead)."""
    month, fund = month_of(case.form), scored_fund(case.form)
    if fund is None:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有资金执行情况")
    unit = case.form.money_unit or MoneyUnit.YUAN
    budget, done = read_money(text_of(fund.annual_budget), unit), read_money(text_of(fund.executed), unit)
    if month is None or budget is None or done is None or budget.yuan <= 0:
        return Skip(Outcome.INSUFFICIENT_DATA, "缺少监控期间、预算数或执行数")
    rate, time = done.yuan / budget.yuan, Fraction(month, 12)
    ratio = rate / time
    slow = ratio < Fraction(60, 100)
    if not slow and ratio < Fraction(3, 2):
        return ()
    shown, passed = f"{_PERCENT.apply(rate * 100)}%", f"{_PERCENT.apply(time * 100)}%"
    line = "< 0.60" if slow else "≥ 1.50"
    derivation = f"{text_of(fund.executed)} ÷ {text_of(fund.annual_budget)} = {shown}；{month} ÷ 12 = {passed}；比值{Rounding(3).apply(ratio)} {line}"
    place = fund.executed.place if fund.executed else None
    if slow:
        message = f"到{month}月底预算执行率只有{shown}，时间已过{passed}，执行进度明显偏慢"
    else:
        message = f"到{month}月底预算执行率已达{shown}，时间只过{passed}，执行进度明显偏快"
    return (Found(message, None, "funds.executed", place, shown, f"约{passed}", derivation),)


def even_shares(case: Case) -> Answer:
    """H05 (疑似): every annual quantity reported at exactly n/12 of its target."""
    month = month_of(case.form)
    if month is None or month == 12:
        return Skip(Outcome.NOT_APPLICABLE, "没有年中的监控期间")
    told = exact = 0
    for row in case.form.indicators:
        target, actual = target_of(row), actual_of(row)
        value = target.low_value if target.low is not None else target.high_value
        if actual is None or not value or target.unit in _RATE_UNITS:
            continue
        told += 1
        # Things come whole: 7/12 of 250 is reported as 145 or 146.
        share = value * month / 12
        exact += abs(actual.value - share) < 1 if is_count(target.unit) and value >= 24 else actual.value == share
    if told < 4 or exact < told:
        return ()
    message = f"疑似按月平摊：{told}个数量指标的完成值都恰好是全年的{month}/12"
    return (Found(message, None, "actual", None, f"{exact}/{told}", "按实际统计填报"),)


def red_too_early(case: Case) -> Answer:
    """H06: an indicator due once a year is called unlikely or behind only because it is not due yet."""
    month = month_of(case.form)
    if month is None:
        return Skip(Outcome.NOT_APPLICABLE, "没有监控期间")
    found = []
    for row in case.form.indicators:
        target = target_of(row)
        last = due(target, case.form.year or 2000)
        if target.comparator is not Comparator.DATE or last is None or last.month <= month:
            continue
        if case.form.year is not None and last.year != case.form.year:
            continue
        cells = [("likelihood", row.likelihood), ("deviation", row.deviation), ("reason_kind", row.reason_kind)]
        cells += [("remark", row.remark), *(("extra", printed) for _, printed in row.extra)]
        for field, cell in cells:
            if cell is not None and _RED.search(cell.text):
                message = f"“{row.name.text}”{last.month}月才到期，到{month}月底未完成不是偏差，不应判为“{cell.text}”"
                derivation = f"到期{last.month}月 > 监控到{month}月"
                found.append(Found(message, row, field, cell.place, cell.text, "未到期", derivation))
                break
    return tuple(found)


_RED = re.compile("不可能|无法完成|红灯|红色|^红$|滞后|严重偏离|未达序时|进度偏慢|未完成年度")


def falling(case: Case) -> Answer:
    """H02: a cumulative value that falls from one period to the next (forms of one project in one file)."""
    rounds = [(month, form) for form in (case.form, *case.siblings) if (month := month_of(form)) is not None]
    same = [(month, form) for month, form in rounds if same_project(form, case.form)]
    own = month_of(case.form)
    earlier = [form for month, form in same if own is not None and month < own]
    if not earlier:
        return Skip(Outcome.NOT_APPLICABLE, "文件里没有同一项目更早一期的监控表")
    earlier.sort(key=lambda form: month_of(form) or 0)
    before = {fold(row.name.text): row for form in earlier for row in form.indicators}
    found = []
    for row in case.form.indicators:
        old = before.get(fold(row.name.text))
        now, then = actual_of(row), actual_of(old) if old is not None else None
        if old is None or now is None or then is None or now.unit in _RATE_UNITS or _NOT_RUNNING.search(row.name.text):
            continue
        reached = convert(now.value, now.unit, then.unit) if now.unit and then.unit else now.value
        if reached is None or reached >= then.value or has(fold(row.name.text), "reverse"):
            continue
        message = f"累计完成值由{text_of(old.actual)}减少为{text_of(row.actual)}"
        derivation = f"{text_of(row.actual)} < {text_of(old.actual)}"
        place = row.actual.place if row.actual else None
        expected = f"不少于{text_of(old.actual)}"
        found.append(Found(message, row, "actual", place, text_of(row.actual), expected, derivation))
    return tuple(found)


_MONITORING = frozenset({Kind.MONITORING})
_RULE = "《中央部门预算绩效运行监控管理暂行办法》（财预〔2019〕136号）：同时监控目标实现程度和预算执行进度"

CHECKS = (
    owed_check("H01", "开始晚于结束", "E", frozenset(Kind), start_after_end, "时间应先后有序", "改正起止时间。"),
    owed_check("H02", "累计值减少", "E", _MONITORING, falling, "累计完成值不会减少", "核对两期的数据。"),
    owed_check("H03", "全年预计低于已完成", "E", _MONITORING, forecast_below, "全年预计值不应低于已完成值", "核对全年预计值。"),
    owed_check("H04", "执行进度与时间不符", "W", _MONITORING, behind_time, _RULE, "说明原因，提出加快执行或调整预算的措施。"),
    owed_check("H05", "疑似按月平摊", "W", _MONITORING, even_shares, "完成值应来自实际统计", "按业务记录核实。", "H"),
    owed_check("H06", "未到期却判为偏差", "W", _MONITORING, red_too_early, "一年一次的指标按到期时间判断", "按计划时间判断。"),
)  # fmt: skip
