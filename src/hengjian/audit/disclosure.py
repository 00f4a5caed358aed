"""J · disclosure and files: is the target table there, is the unit of money told, could the file be read at all.

What needs a second file (the approved version, the date of approval, the secrecy list) is said to be owed and not possible.
"""

from collections.abc import Callable

from hengjian.audit.case import Answer, Case, Check, FileCheck, Found, Outcome, Skip, decimal, text_of
from hengjian.forms.form import Form, Kind, Printed
from hengjian.values.finding import Certainty, Level, Problem


def target_table(case: Case) -> Answer:
    """J01: a disclosed project text without its target table."""
    if case.form.indicators:
        return ()
    return (Found("公开的项目文本里没有绩效目标表", None, "indicators", case.form.place, "", "项目绩效目标表"),)


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
    told = any(
        "无" in text.text and ("预算" in text.text or "空" in text.text or "没有" in text.text) for text in form.texts
    )
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


def _unread(_cases: tuple[Case, ...], problems: tuple[Problem, ...]) -> tuple[Found, ...]:
    """J06: pages that are images without text: they could not be read, which says nothing about the form."""
    scans = [problem for problem in problems if problem.code == "P01"]
    if not scans:
        return ()
    places = "、".join(str(problem.place) for problem in scans if problem.place and str(problem.place))
    where = f"（{places}）" if places else ""
    message = f"文件{where}是扫描图像，没有文字层，无法读取；不代表表格有缺漏"
    return (Found(message, None, "", scans[0].place, "", "带文字层的文件", whole_file=True),)


def _check(
    code: str,
    title: str,
    level: str,
    kinds: frozenset[Kind],
    run: Callable[[Case], Answer] | None,
    why: str,
    advice: str,
) -> Check:
    return Check(
        code=code,
        title=title,
        level=Level(level),
        kind=Certainty.DETERMINISTIC,
        kinds=kinds,
        run=run,
        why=why,
        advice=advice,
    )


def _elsewhere(reason: str) -> Callable[[Case], Answer]:
    def check(_case: Case) -> Answer:
        return Skip(Outcome.INSUFFICIENT_DATA, reason)

    return check


_PUBLIC = frozenset({Kind.DISCLOSURE})
_ALL = frozenset(Kind)

CHECKS = (
    _check("J01", "绩效目标表", "E", _PUBLIC, target_table, "《地方预决算公开操作规程》（财预〔2016〕143号）：绩效目标应随预算公开", "补充绩效目标表。"),
    _check("J02", "公开时限", "W", _PUBLIC, _elsewhere("需要批复日期和公开日期"), "《预算法》第十四条：批复后二十日内公开", "按时公开。"),
    _check("J03", "与批复一致", "E", _PUBLIC, _elsewhere("需要批复的版本对照"), "公开内容应与批复一致", "以批复版本公开。"),
    _check("J04", "涉密内容", "E", _PUBLIC, _elsewhere("需要保密审查结论"), "涉及国家秘密的除外（《预算法》第十四条）", "公开前做保密审查。"),
    _check("J05", "不公开的理由", "W", _PUBLIC, _elsewhere("需要不公开事项清单"), "不公开的应说明理由", "补充理由。"),
    _check("J07", "金额单位", "W", _ALL, money_unit, "金额应注明单位", "在表头注明“单位：元”或“单位：万元”。"),
    _check("J08", "空表", "I", _ALL, empty_table, "空表应附文字说明", "注明没有内容的原因。"),
)  # fmt: skip

FILE_CHECKS = (
    FileCheck(
        code="J06",
        title="扫描件",
        level=Level.WARNING,
        kind=Certainty.DETERMINISTIC,
        run=_unread,
        why="读不出的内容不能当作缺漏",
        advice="请提供由 Word、Excel 直接导出的文件，或安装文字识别组件（pip install hengjian[ocr]）后重试。",
    ),
)
