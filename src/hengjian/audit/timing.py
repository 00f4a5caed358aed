"""H · time and monitoring: dates in order, forecasts, execution against the time that has passed.

An indicator that falls due once a year is never red in July only because nothing has been done yet.
"""

import re
from collections.abc import Callable
from fractions import Fraction

from hengjian.audit.case import Answer, Case, Check, Found, Outcome, Skip, decimal, scored_fund, text_of
from hengjian.forms.form import Form, Indicator, Kind
from hengjian.rules.naming import has
from hengjian.values.calendar import read_date
from hengjian.values.finding import Certainty, Level
from hengjian.values.quantity import Quantity, Relation, convert, read_actual, relation
from hengjian.values.rounding import Rounding
from hengjian.values.target import Comparator, read_target
from hengjian.values.text import fold

_PERCENT = Rounding(2)
# A running quantity reaches its year's value little by little; a rate stands at its value all the time.
_RATE_UNITS = ("%", "‰", "百分点")


def start_after_end(case: Case) -> Answer:
    """H01: a start after its end (project or step of the schedule)."""
    form = case.form
    spans = [("项目", form.start, form.end)] if form.start or form.end else []
    spans += [(step.name.text, step.start, step.end) for step in form.schedule]
    if not spans:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有起止时间")
    found = []
    for name, start, end in spans:
        first, last = read_date(text_of(start), form.year), read_date(text_of(end), form.year)
        # "2025年3月" as a start means its first day; months are compared as printed.
        if first is None or last is None or start is None or end is None or first <= last:
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
    months = re.findall(r"(\d{1,2})月", text)
    if months:
        month = int(months[-1])
        return month if 1 <= month <= 12 else None
    for words, month in (("上半年", 6), ("三季度", 9), ("二季度", 6), ("一季度", 3), ("前三季度", 9)):
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
    if not rows:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有全年预计值")
    found = []
    for row in rows:
        pair = _pair(row)
        if pair is None or pair[0].unit in _RATE_UNITS or pair[1].unit in _RATE_UNITS or "/" in pair[0].unit:
            continue
        actual, forecast = pair
        reached = convert(actual.value, actual.unit, forecast.unit) if actual.unit and forecast.unit else actual.value
        if reached is None or re.search("平均|人均|单价|单位成本|时长|浓度|余额|存量|在册", row.name.text):
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


def behind_time(case: Case) -> Answer:
    """H04: money spent far behind the time that has passed (under 0.60 of it; over 1.5 far ahead)."""
    month, fund = month_of(case.form), scored_fund(case.form)
    if fund is None:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有资金执行情况")
    budget, done = decimal(text_of(fund.annual_budget)), decimal(text_of(fund.executed))
    if month is None or not budget or done is None:
        return Skip(Outcome.INSUFFICIENT_DATA, "缺少监控期间、预算数或执行数")
    rate, time = Fraction(done) / Fraction(budget), Fraction(month, 12)
    ratio = rate / time
    if ratio >= Fraction(60, 100):
        return ()
    shown, passed = f"{_PERCENT.apply(rate * 100)}%", f"{_PERCENT.apply(time * 100)}%"
    derivation = f"{text_of(fund.executed)} ÷ {text_of(fund.annual_budget)} = {shown}；{month} ÷ 12 = {passed}；比值{Rounding(3).apply(ratio)} < 0.60"
    place = fund.executed.place if fund.executed else None
    message = f"到{month}月底预算执行率只有{shown}，时间已过{passed}，执行进度明显偏慢"
    return (Found(message, None, "funds.executed", place, shown, f"约{passed}", derivation),)


def even_shares(case: Case) -> Answer:
    """H05 (疑似): every annual quantity reported at exactly n/12 of its target."""
    month = month_of(case.form)
    if month is None or month == 12:
        return Skip(Outcome.NOT_APPLICABLE, "没有年中的监控期间")
    told = exact = 0
    for row in case.form.indicators:
        target = read_target(text_of(row.target), sign=text_of(row.sign), unit=text_of(row.measure_unit))
        actual = read_actual(text_of(row.actual))
        value = target.low if target.low is not None else target.high
        if not isinstance(actual, Quantity) or not value or target.unit in _RATE_UNITS:
            continue
        told += 1
        exact += Fraction(actual.number) * 12 == Fraction(value) * month
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
        target = read_target(text_of(row.target))
        due = re.search(r"-(\d{2})-|^(\d{2})-", target.date_to or "")
        due_month = int(due.group(1) or due.group(2)) if due else None
        if target.comparator is Comparator.DATE and due_month is not None and due_month > month:
            unlikely = (
                "不可能" in text_of(row.likelihood)
                or "滞后" in text_of(row.deviation)
                or "未完成" in text_of(row.reason_kind)
            )
            if unlikely:
                message = f"“{row.name.text}”{due_month}月才到期，现在未完成不是偏差"
                found.append(Found(message, row, "likelihood", None, text_of(row.likelihood)))
    return tuple(found)


def falling(case: Case) -> Answer:
    """H02: a cumulative value that falls from one period to the next (forms of one project in one file)."""
    rounds = [(month, form) for form in (case.form, *case.siblings) if (month := month_of(form)) is not None]
    same = [(month, form) for month, form in rounds if fold(text_of(form.project)) == fold(text_of(case.form.project))]
    own = month_of(case.form)
    earlier = [form for month, form in same if own is not None and month < own]
    if not earlier:
        return Skip(Outcome.NOT_APPLICABLE, "文件里没有同一项目更早一期的监控表")
    before = {fold(row.name.text): row for form in earlier for row in form.indicators}
    found = []
    for row in case.form.indicators:
        old = before.get(fold(row.name.text))
        now = read_actual(text_of(row.actual))
        then = read_actual(text_of(old.actual)) if old is not None else None
        countable = isinstance(now, Quantity) and isinstance(then, Quantity) and now.unit not in _RATE_UNITS
        if (
            old is not None
            and isinstance(now, Quantity)
            and isinstance(then, Quantity)
            and countable
            and now.value < then.value
        ):
            if has(fold(row.name.text), "reverse"):
                continue
            message = f"累计完成值由{text_of(old.actual)}减少为{text_of(row.actual)}"
            found.append(Found(message, row, "actual", None, text_of(row.actual), f"不少于{text_of(old.actual)}"))
    return tuple(found)


def _check(
    code: str,
    title: str,
    level: str,
    kinds: frozenset[Kind],
    run: Callable[[Case], Answer],
    why: str,
    advice: str,
    kind: str = "D",
) -> Check:
    return Check(
        code=code, title=title, level=Level(level), kind=Certainty(kind), kinds=kinds, run=run, why=why, advice=advice
    )


_MONITORING = frozenset({Kind.MONITORING})
_RULE = "《中央部门预算绩效运行监控管理暂行办法》（财预〔2019〕136号）：同时监控目标实现程度和预算执行进度"

CHECKS = (
    _check("H01", "开始晚于结束", "E", frozenset(Kind), start_after_end, "时间应先后有序", "改正起止时间。"),
    _check("H02", "累计值减少", "E", _MONITORING, falling, "累计完成值不会减少", "核对两期的数据。"),
    _check("H03", "全年预计低于已完成", "E", _MONITORING, forecast_below, "全年预计值不应低于已完成值", "核对全年预计值。"),
    _check("H04", "执行进度与时间不符", "W", _MONITORING, behind_time, _RULE, "说明原因，提出加快执行或调整预算的措施。"),
    _check("H05", "疑似按月平摊", "W", _MONITORING, even_shares, "完成值应来自实际统计", "按业务记录核实。", "H"),
    _check("H06", "未到期却判为偏差", "W", _MONITORING, red_too_early, "一年一次的指标按到期时间判断", "按计划时间判断。"),
)  # fmt: skip
