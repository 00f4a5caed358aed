"""J · disclosure and files: is the target table there, is the unit of money told, could the file be read at all.

What needs a second file (the approved version, the date of approval, the secrecy list) is said to be owed and not possible.
"""

import re
from fractions import Fraction

from hengjian.audit.case import (
    Answer,
    Case,
    FileCheck,
    Found,
    Outcome,
    Skip,
    actual_of,
    decimal,
    elsewhere,
    owed_check,
    target_of,
    text_of,
)
from hengjian.forms.form import Form, Kind, Printed
from hengjian.values.calendar import read_date
from hengjian.values.finding import Certainty, Level, Problem
from hengjian.values.quantity import read_quantity
from hengjian.values.target import Comparator
from hengjian.values.text import fold


def target_table(case: Case) -> Answer:
    """J01: a disclosed project text without its target table."""
    if case.form.indicators:
        return ()
    return (Found("公开的项目文本里没有绩效目标表", None, "indicators", case.form.place, "", "项目绩效目标表"),)


_APPROVED = re.compile(r"批[复准](?:日期|时间|于)?[:是为]?")
_PUBLISHED = re.compile(r"(?:公开|公示|发布|公布)(?:日期|时间|于)?[:是为]?")
_DATE = r"((?:19|20)\d\d年\d{1,2}月\d{1,2}日|(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2})"


def published_late(case: Case) -> Answer:
    """J02: published more than 20 days after the approval, where the form prints both days."""
    days = []
    for label in (_APPROVED, _PUBLISHED):
        told = [printed for name, printed in case.form.extra if label.match(fold(name)) and read_date(printed.text)]
        told += [
            Printed(match[1], text.place)
            for text in case.form.texts
            if (match := re.search(label.pattern + _DATE, fold(text.text))) is not None
        ]
        days.append(told[0] if told else None)
    approved, published = (read_date(text_of(day)) for day in days)
    if approved is None or published is None or days[1] is None:
        return Skip(Outcome.INSUFFICIENT_DATA, "需要批复日期和公开日期")
    late = (published - approved).days
    if late <= 20:
        return ()
    message = f"批复后{late}天才公开，超过20日"
    derivation = f"{published.isoformat()} − {approved.isoformat()} = {late}日 > 20日"
    return (Found(message, None, "published", days[1].place, text_of(days[1]), "批复后20日内", derivation),)


_SECRET = re.compile(
    r"(?:绝密|机密|秘密)[★☆]|密级[:：]?(?:绝密|机密|秘密)|(?:不得|禁止)(?:对外)?公开|内部(?:资料|文件)[,，]?(?:注意保密|不得外传)"
)


def classified(case: Case) -> Answer:
    """J04: a mark of secrecy on a published text."""
    for printed in (*case.form.texts, *(value for _, value in case.form.extra)):
        match = _SECRET.search(fold(printed.text))
        if match is not None:
            message = f"公开的文本带有“{match.group()}”字样"
            return (Found(message, None, "text", printed.place, match.group(), "涉密内容不得公开"),)
    return Skip(Outcome.INSUFFICIENT_DATA, "文本没有密级标志；是否涉密须看保密审查结论")


def not_published(case: Case) -> Answer:
    """J05: the form says that it is not published and gives no reason."""
    labelled = {fold(label): printed for label, printed in case.form.extra}
    flag = next((printed for label, printed in labelled.items() if re.search("是否(?:对外)?公开", label)), None)
    if flag is None:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有“是否公开”一栏")
    if not re.match("否|不公开|不予公开", fold(flag.text)):
        return ()
    if any(re.search("(?:理由|原因)", label) and "公开" in label and printed for label, printed in labelled.items()):
        return ()
    if len(fold(flag.text)) > 6:
        return ()  # the reason stands in the same cell
    return (Found("填写了不公开，没有说明理由", None, "extra", flag.place, flag.text, "不公开的理由"),)


# A number that begins with 2 where its neighbours begin with ≥.
_TWO = re.compile(r"2(?=[1-9]\d*(?:\.\d+)?\D*$)")


def misread_sign(case: Case) -> Answer:
    """J09 (疑似): ≥6次 was recognised as 26次: no sign, neighbours carry ≥, and without the 2 the result fits."""
    numeric = [row for row in case.form.indicators if target_of(row).low is not None and row.actual is not None]
    signed = [row for row in numeric if target_of(row).comparator in (Comparator.AT_LEAST, Comparator.EQUAL)]
    if len(numeric) < 4 or len(signed) * 2 < len(numeric):
        return Skip(Outcome.NOT_APPLICABLE, "数量指标值大多没有≥号，不能比照")
    found = []
    for row in numeric:
        target, actual, printed = target_of(row), actual_of(row), fold(text_of(row.target))
        if target.comparator is not None or target.low is None or actual is None or not _TWO.match(printed):
            continue
        rest = read_quantity(printed[1:])
        if rest is None or actual.value * 10 >= Fraction(target.low_value or 1) * 6 or actual.value < rest.value:
            continue
        message = f"疑似把“≥”识别成了“2”：指标值“{text_of(row.target)}”可能是“≥{printed[1:]}”"
        derivation = f"完成值{text_of(row.actual)}；其他{len(signed)}行都有≥或="
        place = row.target.place if row.target else None
        found.append(Found(message, row, "target", place, text_of(row.target), f"≥{printed[1:]}", derivation))
    return tuple(found)


def money_unit(case: Case) -> Answer:
    """J07: amounts are printed and nothing says whether they are 元 or 万元."""
    form = case.form
    amounts = _amounts(form)
    if not amounts:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有金额")
    if form.money_unit is not None and not form.money_unit_inferred:
        return ()
    if all("元" in amount.text for amount in amounts):
        return ()
    shown = "、".join(amount.text for amount in amounts[:3])
    guess = f"，按数额推断为{form.money_unit.value}" if form.money_unit is not None else ""
    message = f"金额（{shown}等）没有注明单位是元还是万元{guess}"
    return (Found(message, None, "money_unit", amounts[0].place, shown, "单位：元或万元"),)


def _amounts(form: Form) -> list[Printed]:
    """Printed amounts of the form's money columns, leaving out blanks and zeros."""
    cells: list[Printed | None] = []
    if form.budget is not None:
        cells += [form.budget.total, form.budget.current_year]
    for fund in form.funds:
        cells += [fund.initial_budget, fund.annual_budget, fund.executed, fund.forecast]
    for name in ("funding_sources", "cost_items", "tasks"):
        cells += [item.amount for item in getattr(form, name)]
    cells += [activity.budget for activity in form.activities]
    return [cell for cell in cells if cell is not None and decimal(cell.text)]


def empty_table(case: Case) -> Answer:
    """J08: a table that is there and holds nothing, without a note that there is nothing to report."""
    form = case.form
    if form.indicators or form.activities:
        filled = any(
            text_of(row.target) or text_of(row.actual) or row.bands or text_of(row.rule) for row in form.indicators
        )
        if filled or form.activities or not form.indicators:
            return ()
    told = any(_NOTHING_TO_REPORT.search(fold(text.text)) for text in form.texts)
    if told or form.kind is Kind.DISCLOSURE:
        return Skip(Outcome.NOT_APPLICABLE, "已说明没有内容，或不是单独的表格")
    return (
        Found(
            "表格是空的，也没有说明本单位没有这项内容",
            None,
            "indicators",
            form.place,
            "",
            "注明“本单位没有……，故本表无数据”",
        ),
    )


_NOTHING_TO_REPORT = re.compile(
    "(?:本[单位部门级]+|本年度?|我[单位局委办部]+)[^。;]{0,12}(?:没有|无|未安排|不涉及)|(?:本|此)表(?:为空|无数据|无内容)|(?:没有|无|未安排|不涉及)[^。;]{0,20}(?:故|因此|所以)|空表说明|无此项"
)


def _unread(_cases: tuple[Case, ...], problems: tuple[Problem, ...]) -> tuple[Found, ...]:
    """J06: pages that are images without text: they could not be read, which says nothing about the form."""
    scans = [problem for problem in problems if problem.code == "P01"]
    if not scans:
        return ()
    places = "、".join(str(problem.place) for problem in scans if problem.place and str(problem.place))
    where = f"（{places}）" if places else ""
    message = f"文件{where}是扫描图像，没有文字层，无法读取；不代表表格有缺漏"
    return (Found(message, None, "", scans[0].place, "", "带文字层的文件", whole_file=True),)


_PUBLIC = frozenset({Kind.DISCLOSURE})
_ALL = frozenset(Kind)

CHECKS = (
    owed_check("J01", "缺少绩效目标表", "E", _PUBLIC, target_table, "《地方预决算公开操作规程》（财预〔2016〕143号）：绩效目标应随预算公开", "补充绩效目标表。"),
    owed_check("J02", "公开超过时限", "W", _PUBLIC, published_late, "《预算法》第十四条：批复后二十日内公开", "按时公开。"),
    owed_check("J03", "与批复不一致", "E", _PUBLIC, elsewhere("需要批复的版本对照"), "公开内容应与批复一致", "以批复版本公开。"),
    owed_check("J04", "公开了涉密内容", "E", _PUBLIC, classified, "涉及国家秘密的除外（《预算法》第十四条）", "公开前做保密审查。"),
    owed_check("J05", "不公开没有理由", "W", _PUBLIC, not_published, "不公开的应说明理由", "补充理由。"),
    owed_check("J07", "没有注明金额单位", "W", _ALL, money_unit, "金额应注明单位", "在表头注明“单位：元”或“单位：万元”。"),
    owed_check("J08", "空表没有说明", "I", _ALL, empty_table, "空表应附文字说明", "注明没有内容的原因。"),
    owed_check("J09", "疑似识别错误", "W", _ALL, misread_sign, "扫描识别可能把≥认成2", "对照原件核对指标值。", "H"),
)  # fmt: skip

FILE_CHECKS = (
    FileCheck(
        code="J06",
        title="扫描件无法读取",
        level=Level.WARNING,
        kind=Certainty.DETERMINISTIC,
        run=_unread,
        why="读不出的内容不能当作缺漏",
        advice="请提供由 Word、Excel 直接导出的文件，或安装文字识别组件（pip install hengjian[ocr]）后重试。",
    ),
)
