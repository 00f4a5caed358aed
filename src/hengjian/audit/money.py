"""B · money: totals and parts, rates, one unit throughout, sums inside prose, budget against execution.

Amounts are compared in yuan within half a unit of the coarser last printed digit. Printed blanks, dashes and slashes are
no amounts; a part that is blank is not counted, and where too little is printed the answer is ``insufficient_data``.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hengjian.audit.case import Answer, Case, Check, Found, Outcome, Skip, decimal, scored_fund, text_of
from hengjian.forms.form import Amount, CostNode, Form, Fund, Indicator, Kind, Printed
from hengjian.values.finding import Certainty, Level
from hengjian.values.money import Money, MoneyUnit, amounts_in, read_money, same_money, show_money
from hengjian.values.quantity import Empty, empty_kind, read_quantity
from hengjian.values.rounding import Rounding
from hengjian.values.text import fold

_PERCENT = Rounding(2)
_COLUMNS = (
    ("initial_budget", "年初预算数"),
    ("annual_budget", "全年预算数"),
    ("executed", "全年执行数"),
    ("forecast", "全年预计执行数"),
)


def _money(printed: Printed | None, form: Form) -> Money | None:
    return read_money(text_of(printed), form.money_unit or MoneyUnit.YUAN)


def _shown(amounts: Iterable[Money]) -> str:
    return " + ".join(amount.text or show_money(amount.yuan, amount.unit) for amount in amounts)


def _sum(amounts: Sequence[Money]) -> Money:
    """The sum, as coarse as its coarsest part."""
    digit = max(amount.digit for amount in amounts)
    return Money(sum((amount.yuan for amount in amounts), Fraction(0)), digit, amounts[0].unit)


def _bare(amount: Money) -> str:
    """The amount without its unit, as the column prints it."""
    return show_money(amount.yuan, amount.unit).removesuffix(amount.unit.value)


def _differ(total: Money, parts: Sequence[Money]) -> bool:
    return not same_money(total, _sum(parts))


# --- totals and parts ---------------------------------------------------------------------------------------------------


def total_of_parts(case: Case) -> Answer:
    """B01: a printed total that is not the sum of its parts (funds, funding sources, cost items, tasks)."""
    form = case.form
    found: list[Found] = []
    asked = 0
    total, parts = _fund_parts(form)
    if total is not None and parts:
        for name, title in _COLUMNS:
            whole = _money(getattr(total, name), form)
            amounts = [amount for part in parts if (amount := _money(getattr(part, name), form)) is not None]
            if whole is None or not amounts:
                continue
            asked += 1
            if whole.yuan == 0 and any(amount.yuan for amount in amounts):
                continue  # B02
            if _differ(whole, amounts):
                found.append(_not_the_sum(f"{title}：{total.item.text}", whole, amounts, "funds", getattr(total, name)))
    for name, title, whole_printed in _lists(form):
        items: tuple[Amount, ...] = getattr(form, name)
        amounts = [amount for item in items if not item.part and (amount := _money(item.amount, form)) is not None]
        whole = _money(whole_printed, form)
        if whole is None or not amounts or any(not item.amount for item in items if not item.part):
            continue
        asked += 1
        if _differ(whole, amounts):
            found.append(_not_the_sum(title, whole, amounts, name, whole_printed))
    return tuple(found) if asked else Skip(Outcome.NOT_APPLICABLE, "表中没有可相加的资金")


def _fund_parts(form: Form) -> tuple[Fund | None, tuple[Fund, ...]]:
    """The total row of the money table and the rows under it. A further level (其中 under a part) is not counted twice."""
    if len(form.funds) < 2:
        return None, ()
    total = next(
        (fund for fund in form.funds if re.search("总额|合计|总计|支出总|资金总", fold(fund.item.text))), form.funds[0]
    )
    rest = tuple(fund for fund in form.funds if fund is not total)
    # 其中 right under the total opens the list of its parts; further down it splits one part, which is not counted twice.
    parts = rest if rest[0].part else tuple(fund for fund in rest if not fund.part)
    return total, parts


def _lists(form: Form) -> list[tuple[str, str, Printed | None]]:
    """(field, title, its printed total): a printed 合计 row, else the annual budget."""
    sums = dict(form.sums)
    annual = form.budget.current_year if form.budget is not None else None
    whole_tasks = form.tasks_total or sums.get("tasks")
    return [
        ("funding_sources", "资金来源", sums.get("funding_sources") or annual),
        ("cost_items", "支出明细", sums.get("cost_items") or annual),
        ("tasks", "年度主要任务", whole_tasks),
    ]


def _not_the_sum(title: str, whole: Money, amounts: Sequence[Money], field: str, printed: Printed | None) -> Found:
    total = _sum(amounts)
    difference = total.yuan - whole.yuan
    shown = show_money(abs(difference), whole.unit)
    derivation = f"{_shown(amounts)} = {_bare(total)}；填报{text_of(printed)}；相差{shown}"
    message = f"{title}：合计{text_of(printed)}不等于各项之和{_bare(total)}"
    return Found(message, None, field, printed.place if printed else None, text_of(printed), _bare(total), derivation)


def zero_total(case: Case) -> Answer:
    """B02: the total row is zero while a part row is filled."""
    form = case.form
    total, parts = _fund_parts(form)
    if total is None or not parts:
        return Skip(Outcome.NOT_APPLICABLE, "资金表没有总额行和分项行")
    wrong = []
    for name, title in _COLUMNS:
        whole = _money(getattr(total, name), form)
        amounts = [a for part in parts if (a := _money(getattr(part, name), form)) is not None and a.yuan > 0]
        if whole is not None and whole.yuan == 0 and amounts:
            wrong.append(f"{title}总额{text_of(getattr(total, name))}，分项{_shown(amounts)}")
    if not wrong:
        return ()
    message = f"“{total.item.text}”为0，而分项已有数：{'；'.join(wrong)}"
    return (Found(message, None, "funds", total.item.place, "0", "分项之和", "；".join(wrong)),)


# --- rates --------------------------------------------------------------------------------------------------------------


def rates(case: Case) -> Answer:
    """B03: a printed execution rate that is not executed ÷ budget (tolerance 0.01 points, or the printed decimals)."""
    form = case.form
    found: list[Found] = []
    asked = 0
    rows: list[tuple[str, Printed | None, Printed | None, Printed | None, str]] = [
        (fund.item.text, fund.annual_budget, fund.executed, fund.rate, "funds.rate") for fund in form.funds
    ]
    rows += [(f"{y.year}年", y.budget, y.executed, y.rate, "prior_years") for y in form.prior_years]
    for name, budget, executed, rate, field in rows:
        whole, done, printed = _money(budget, form), _money(executed, form), read_quantity(text_of(rate))
        if whole is None or done is None or printed is None or rate is None or whole.yuan == 0:
            continue
        asked += 1
        exact = done.yuan / whole.yuan * 100
        told = printed.value if printed.unit == "%" or printed.value > Fraction(3, 2) else printed.value * 100
        half = Fraction(1, 2 * 10 ** _decimals(rate.text))
        if abs(exact - told) > max(Fraction(1, 100), half):
            right = f"{_PERCENT.apply(exact)}%"
            derivation = f"{text_of(executed)} ÷ {text_of(budget)} = {right}；填报{rate.text}"
            message = f"“{name}”的执行率应为{right}，填报{rate.text}"
            found.append(Found(message, None, field, rate.place, rate.text, right, derivation))
    return tuple(found) if asked else Skip(Outcome.NOT_APPLICABLE, "表中没有可复算的执行率")


def _decimals(text: str) -> int:
    match = re.search(r"\.(\d+)", fold(text))
    return len(match.group(1)) if match else 0


def execution_points(case: Case) -> Answer:
    """B04: the printed execution score is not the scheme's formula."""
    fund = scored_fund(case.form)
    printed = decimal(text_of(fund.score)) if fund is not None else None
    if fund is None or printed is None or fund.score is None:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有预算执行率得分")
    if case.execution is None or case.execution.exact is None:
        return Skip(Outcome.INSUFFICIENT_DATA, case.execution.reason if case.execution else "缺少预算数、执行数或分值")
    total, parts = _fund_parts(case.form)
    if total is fund and decimal(text_of(fund.annual_budget)) == 0 and parts:
        return Skip(Outcome.INSUFFICIENT_DATA, "总额行为0（见 B02），不能复算执行率得分")
    exact = case.execution.exact
    if any(Rounding(places).apply(exact) == printed for places in (2, 1)):
        return ()
    if case.rounding is not None and case.rounding.apply(exact) == printed:
        return ()
    right = case.execution.value if case.execution.value is not None else _PERCENT.apply(exact)
    derivation = f"{case.execution.derivation}；填报{printed}"
    message = f"预算执行率得分应为{right}，填报{printed}"
    return (Found(message, None, "funds.score", fund.score.place, fund.score.text, f"{right}", derivation),)


def over_budget(case: Case) -> Answer:
    """B05: more executed than budgeted."""
    found = []
    for fund in case.form.funds:
        whole, done = _money(fund.annual_budget, case.form), _money(fund.executed, case.form)
        if whole is not None and done is not None and 0 < whole.yuan < done.yuan and not same_money(whole, done):
            message = f"“{fund.item.text}”的执行数{text_of(fund.executed)}大于预算数{text_of(fund.annual_budget)}"
            derivation = f"{text_of(fund.executed)} > {text_of(fund.annual_budget)}"
            place = fund.executed.place if fund.executed else None
            found.append(Found(message, None, "funds.executed", place, text_of(fund.executed), "", derivation))
    return tuple(found) if case.form.funds else Skip(Outcome.NOT_APPLICABLE, "表中没有资金执行数")


# --- one unit -----------------------------------------------------------------------------------------------------------


def mixed_units(case: Case) -> Answer:
    """B06: 元 and 万元 mixed: linked amounts of one form stand about 10⁴ to one another."""
    form = case.form
    annual = _annual(form)
    base = decimal(text_of(annual))
    if base is None or base <= 0 or _unit_printed(annual):
        return Skip(Outcome.NOT_APPLICABLE, "没有可比较的年度预算数")
    odd = [
        printed
        for year in form.prior_years
        for printed in (year.budget, year.executed)
        if printed and not _unit_printed(printed) and _myriad(decimal(printed.text), base)
    ]
    for name in ("funding_sources", "cost_items"):
        amounts = [item.amount for item in getattr(form, name) if item.amount and not _unit_printed(item.amount)]
        total = sum((decimal(amount.text) or Decimal(0) for amount in amounts), Decimal(0))
        if amounts and _myriad(total, base):
            odd += amounts[:1]
    if not odd:
        return ()
    shown = "、".join(printed.text for printed in odd)
    message = (
        f"同一张表里混用了元和万元：{shown}像是万元，{text_of(annual)}像是元"
        if base > (decimal(odd[0].text) or 0)
        else f"同一张表里混用了元和万元：{shown}像是元，{text_of(annual)}像是万元"
    )
    derivation = (
        f"{text_of(annual)} ÷ {odd[0].text} ≈ {int(max(base, Decimal(1)) / (decimal(odd[0].text) or Decimal(1)))}"
    )
    return (Found(message, None, "prior_years", odd[0].place, shown, "全表统一为元或万元", derivation),)


def _annual(form: Form) -> Printed | None:
    if form.budget is not None and form.budget.current_year:
        return form.budget.current_year
    fund = scored_fund(form)
    return fund.annual_budget if fund is not None else None


def _unit_printed(printed: Printed | None) -> bool:
    return "元" in text_of(printed)


def _myriad(amount: Decimal | None, base: Decimal) -> bool:
    """Whether two amounts of one project are a factor of about ten thousand apart, which no budget change explains."""
    if not amount:
        return False
    ratio = max(amount, base) / min(amount, base)
    return Decimal(1500) <= ratio <= Decimal(60000)


def wan_or_yuan(case: Case) -> Answer:
    """B09 (疑似): 万元 is declared but the amounts are of the size of yuan."""
    form = case.form
    if form.money_unit is not MoneyUnit.WAN:
        return Skip(Outcome.NOT_APPLICABLE, "金额单位不是万元")
    for fund in form.funds:
        amount = decimal(text_of(fund.annual_budget) or text_of(fund.initial_budget))
        # A single project or county department above 100 亿元 does not exist; whole numbers this large are yuan.
        if amount is not None and amount >= 1_000_000 and amount == amount.to_integral_value():
            message = f"疑似把元填在了万元栏：{fund.item.text} {amount}万元相当于{amount / 10000:f}亿元"
            return (Found(message, None, "funds", fund.item.place, f"{amount}", f"{amount / 10000:f}"),)
    return ()


# --- sums inside prose --------------------------------------------------------------------------------------------------


def prose_sums(case: Case) -> Answer:
    """B07: a breakdown in prose whose parts do not add up to the amount it breaks down."""
    form = case.form
    found: list[Found] = []
    root = form.cost_breakdown
    if root is not None and root.children and (told := _node_sum(root)) is not None:
        found.append(told)
    for field, printed in _narratives(form):
        for piece in _sentences(printed.text):
            sums = _sentence_sum(piece)
            if sums is None:
                continue
            whole, parts = sums
            total = _sum(parts)
            if not same_money(whole, total):
                message = f"文字中的分项之和{_bare(total)}不等于{whole.text}"
                derivation = f"{_shown(parts)} = {_bare(total)}{total.unit.value}；文中为{whole.text}"
                found.append(Found(message, None, field, printed.place, whole.text, _bare(total), derivation))
    return tuple(found) if root is not None or _narratives(form) else Skip(Outcome.NOT_APPLICABLE, "表中没有文字测算")


def _narratives(form: Form) -> list[tuple[str, Printed]]:
    goal = form.goal
    fields = [("goals", printed) for printed in form.goals]
    if goal is not None:
        fields += [
            (f"goal.{name}", printed)
            for name, printed in (("expected", goal.expected), ("adjusted", goal.adjusted), ("achieved", goal.achieved))
            if printed
        ]
    fields += [
        (f"extra.{label}", printed) for label, printed in form.extra if "元" in printed.text or "万" in printed.text
    ]
    return fields


def _sentences(text: str) -> list[str]:
    return [piece for piece in re.split(r"[。；;\n]", text) if piece.strip()]


_OPENERS = re.compile("其中|包括|包含|分别为|用于|由|：|:")


def _sentence_sum(sentence: str) -> tuple[Money, list[Money]] | None:
    """(whole, parts) of ``资金152万元，其中集中培训96万元、资料印制18万元、站点维护42万元``.

    ``其中`` may list some of the parts only: a smaller sum then proves nothing, and only a larger one is told. Unit prices
    and approximations are no parts.
    """
    mentions = [m for m in amounts_in(sentence) if not m.bare]
    if len(mentions) < 3 or any(m.per or m.approx for m in mentions):
        return None
    head, rest = mentions[0], mentions[1:]
    between = sentence[head.span[1] : rest[0].span[0]]
    opener = _OPENERS.search(between)
    if opener is None or re.search("比|较|同比|上年|累计|到位|执行|支付|其余|剩余", sentence):
        return None
    # Parts stand side by side (、 or ，) and are not broken down again.
    gaps = [sentence[a.span[1] : b.span[0]] for a, b in pairwise(rest)]
    if any(_OPENERS.search(gap) or not re.match(r"\s*[、,，和及]", gap) for gap in gaps):
        return None
    whole, parts = head.money, [m.money for m in rest]
    if opener.group() == "其中" and _sum(parts).yuan < whole.yuan:
        return None
    return whole, parts


def nested_sums(case: Case) -> Answer:
    """B08: an inner level of the cost breakdown that does not add up."""
    root = case.form.cost_breakdown
    if root is None:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有分级的文字测算")
    found: list[Found] = []

    def walk(node: CostNode) -> None:
        for child in node.children:
            if child.children and (told := _node_sum(child)) is not None:
                found.append(told)
            walk(child)

    walk(root)
    return tuple(found)


def _node_sum(node: CostNode) -> Found | None:
    whole = decimal(node.amount)
    parts = [decimal(child.amount) for child in node.children]
    if whole is None or any(part is None for part in parts):
        return None
    total = sum((part for part in parts if part is not None), Decimal(0))
    units = {child.unit for child in node.children} | {node.unit}
    if total == whole or len(units) > 1:
        return None
    sums = " + ".join(f"{part}" for part in parts)
    message = f"“{node.name}”{node.amount}不等于所列各项之和{total}"
    return Found(
        message, None, "cost_breakdown", node.place, node.amount, f"{total}", f"{sums} = {total}；文中为{node.amount}"
    )


# Words that say an amount is not the annual amount of this form.
_OTHER_AMOUNT = re.compile("累计|总投资|总预算|实施期|三年|五年|上年|去年|结转|追加|已|执行|支付|支出了|节约|人均|每")
_ANNUAL = re.compile(
    r"(?:(?P<year>20\d\d)年度?|本年度?|当年|年度|全年)[^。；;，,、\d]{0,10}?(?:安排|申请|预算|投入|资金|经费)[^。；;，,、\d]{0,8}$"
)


def narrative_amount(case: Case) -> Answer:
    """B16: the annual amount in the text is not the form's (compared in yuan within half a unit of the coarser digit)."""
    form = case.form
    annual = _money(_annual(form), form)
    if annual is None or form.money_unit is None:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有年度预算数，或没有金额单位")
    told = [
        money
        for fund in form.funds[:1]
        for name in ("initial_budget", "annual_budget")
        if (money := _money(getattr(fund, name), form)) is not None
    ] or [annual]
    found: list[Found] = []
    texts = _narratives(form)
    for field, printed in texts:
        for mention in amounts_in(printed.text):
            before = printed.text[max(0, mention.span[0] - 30) : mention.span[0]]
            clause = re.split(r"[。；;\n]", before)[-1]
            match = _ANNUAL.search(re.split("[，,、]", clause)[-1]) or _ANNUAL.search(clause)
            if match is None or _OTHER_AMOUNT.search(clause) or mention.per or mention.bare:
                continue
            if match.group("year") and form.year is not None and int(match.group("year")) != form.year:
                continue
            if any(same_money(mention.money, amount) for amount in told):
                continue
            shown = show_money(annual.yuan, mention.money.unit)
            message = (
                f"文字写“{clause.strip()}{mention.text}”，表中年度预算为{text_of(_annual(form))}{form.money_unit.value}"
            )
            derivation = f"{mention.text} ≠ {shown}"
            found.append(Found(message, None, field, printed.place, mention.text, shown, derivation))
    return tuple(found) if texts else Skip(Outcome.NOT_APPLICABLE, "表中没有叙述年度金额的文字")


# --- what the money is for ----------------------------------------------------------------------------------------------


def one_other_item(case: Case) -> Answer:
    """B10: the whole project on one economic item 其他."""
    items = [item for item in case.form.cost_items if not item.part]
    if not items:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有按经济科目列支")
    filled = [item for item in items if decimal(item.amount.text)]
    if len(filled) == 1 and fold(filled[0].name.text).startswith("其他"):
        item = filled[0]
        message = f"全部{item.amount.text}列在“{item.name.text}”一个科目"
        return (
            Found(
                message,
                None,
                "cost_items",
                item.name.place,
                item.name.text,
                "按实际用途分列经济科目",
                f"{item.amount.text} ÷ {item.amount.text} = 100%",
            ),
        )
    return ()


def procurement_over_budget(case: Case) -> Answer:
    """B11: procurement above the annual budget."""
    form = case.form
    amounts = [amount for row in form.procurement if (amount := _money(row.amount, form)) is not None]
    annual = _money(_annual(form), form)
    if not amounts or annual is None:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有政府采购，或没有年度预算")
    total = _sum(amounts)
    if total.yuan <= annual.yuan or same_money(total, annual):
        return ()
    message = f"政府采购合计{_bare(total)}大于年度预算{text_of(_annual(form))}"
    place = form.procurement[0].item.place
    derivation = f"{_shown(amounts)} = {_bare(total)} > {text_of(_annual(form))}"
    return (Found(message, None, "procurement", place, _bare(total), f"不超过{text_of(_annual(form))}", derivation),)


def many_years_no_plan(case: Case) -> Answer:
    """B12 (疑似): a total above the annual amount that no yearly split explains."""
    form = case.form
    total = _money(form.budget.total, form) if form.budget is not None else None
    annual = _money(form.budget.current_year, form) if form.budget is not None else None
    if form.budget is None or total is None or annual is None or total.yuan <= annual.yuan:
        return Skip(Outcome.NOT_APPLICABLE, "没有跨年度的项目总额")
    years = [money for year in form.prior_years if (money := _money(year.budget, form)) is not None]
    if years and same_money(total, _sum([*years, annual])):
        return ()
    message = f"疑似没有分年度安排：项目总额{text_of(form.budget.total)}，当年{text_of(form.budget.current_year)}，其余年度未列"
    return (
        Found(
            message,
            None,
            "budget",
            form.budget.total.place if form.budget.total else None,
            text_of(form.budget.total),
            "分年度列出金额",
        ),
    )


def prior_year_blank(case: Case) -> Answer:
    """B13: an earlier year with a budget but no execution."""
    years = case.form.prior_years
    if not years:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有以前年度的预算执行")
    found = []
    for year in years:
        past = case.form.year is None or year.year < case.form.year
        blank = [
            title
            for value, title in ((year.executed, "执行数"), (year.rate, "执行率"))
            if value is not None and empty_kind(value.text) is Empty.BLANK
        ]
        if year.budget and decimal(year.budget.text) and past and "执行数" in blank:
            message = f"{year.year}年有预算数{year.budget.text}，{'、'.join(blank)}空白"
            found.append(Found(message, None, "prior_years", year.budget.place, "", "补填上年执行情况"))
    return tuple(found)


def cumulative_mixed(case: Case) -> Answer:
    """B15: a cumulative or total amount stands where the annual amount belongs."""
    form = case.form
    total = form.budget.total if form.budget is not None else None
    annual = form.budget.current_year if form.budget is not None else None
    mentions = [(printed, mention) for _, printed in _narratives(form) for mention in amounts_in(printed.text)]
    money = _money(annual, form)
    if money is None or not mentions or form.money_unit is None:
        return Skip(Outcome.NOT_APPLICABLE, "没有可与累计金额比较的年度金额")
    for printed, mention in mentions:
        clause = re.split(r"[。；;，,\n]", printed.text[: mention.span[0]])[-1]
        if (
            re.search("总投资|累计|实施期", clause)
            and same_money(mention.money, money)
            and text_of(total) != text_of(annual)
        ):
            message = f"文字称{mention.text}是“{clause.strip()}”，表中却填作当年预算"
            return (
                Found(
                    message,
                    None,
                    "budget.current_year",
                    annual.place if annual else None,
                    text_of(annual),
                    "当年金额",
                    mention.text,
                ),
            )
    return ()


# --- budget against execution -------------------------------------------------------------------------------------------


def adjusted_budget(case: Case) -> Answer:
    """B18: the budget moved by more than 10 % and no target was adjusted."""
    form = case.form
    fund = scored_fund(form)
    first = _money(fund.initial_budget, form) if fund is not None else None
    last = _money(fund.annual_budget, form) if fund is not None else None
    if fund is None or first is None or last is None or first.yuan == 0 or last.yuan == 0:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有年初和全年两个预算数")
    change = (last.yuan - first.yuan) / first.yuan * 100
    if abs(change) <= 10 or _targets_adjusted(form):
        return ()
    shown = f"{_PERCENT.apply(change):+}%"
    message = (
        f"预算由{text_of(fund.initial_budget)}调整为{text_of(fund.annual_budget)}（{shown}），绩效目标没有相应调整"
    )
    derivation = (
        f"({text_of(fund.annual_budget)} − {text_of(fund.initial_budget)}) ÷ {text_of(fund.initial_budget)} = {shown}"
    )
    place = fund.annual_budget.place if fund.annual_budget else None
    return (
        Found(message, None, "funds", place, text_of(fund.annual_budget), "说明调整情况并同步调整绩效目标", derivation),
    )


def _targets_adjusted(form: Form) -> bool:
    def moved(row: Indicator) -> bool:
        return row.initial_target is not None and fold(row.initial_target.text) != fold(text_of(row.target))

    goal = form.goal
    adjusted = goal is not None and bool(goal.adjusted) and fold(text_of(goal.adjusted)) != fold(text_of(goal.expected))
    return adjusted or any(moved(row) for row in form.indicators)


def little_received(case: Case) -> Answer:
    """B19: far less money arrived than was budgeted, and the scores are normal."""
    labels = [(label, printed) for fund in case.form.funds for label, printed in fund.extra if "到位" in label]
    fund = scored_fund(case.form)
    budget = _money(fund.annual_budget, case.form) if fund is not None else None
    if not labels or budget is None or budget.yuan == 0:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有资金到位数")
    received = _money(labels[0][1], case.form)
    if received is None:
        return Skip(Outcome.INSUFFICIENT_DATA, "资金到位数不是金额")
    rate = received.yuan / budget.yuan * 100
    if rate >= 60:
        return ()
    message = f"资金到位{labels[0][1].text}，只有预算的{_PERCENT.apply(rate)}%，指标得分却正常"
    return (
        Found(
            message,
            None,
            "funds",
            labels[0][1].place,
            labels[0][1].text,
            "",
            f"{labels[0][1].text} ÷ {text_of(fund.annual_budget) if fund else ''} = {_PERCENT.apply(rate)}%",
        ),
    )


def full_though_unspent(case: Case) -> Answer:
    """B20: full execution score although a cost row says that nothing was spent."""
    fund = scored_fund(case.form)
    if (
        fund is None
        or decimal(text_of(fund.score)) is None
        or decimal(text_of(fund.score)) != decimal(text_of(fund.weight))
    ):
        return Skip(Outcome.NOT_APPLICABLE, "预算执行率没有得满分，或没有计分")
    found = []
    for row in case.form.indicators:
        cost = "成本" in text_of(row.level1) + text_of(row.level2) and re.search(
            "总成本|支出|成本$|金额", fold(row.name.text)
        )
        quantity = read_quantity(text_of(row.actual))
        if cost and quantity is not None and quantity.value == 0 and quantity.unit in ("元", ""):
            found.append(Found("预算执行率得满分，成本指标的完成值却为0", row, "actual", None, text_of(row.actual)))
    return tuple(found)


def unspent_unexplained(case: Case) -> Answer:
    """B21: execution below the reason line (90 % in the scheme) and no reason printed in the reason cell."""
    form = case.form
    fund = scored_fund(form)
    if fund is None or form.kind is Kind.MONITORING:
        return Skip(Outcome.NOT_APPLICABLE, "不是年终的资金执行表")
    budget, done = _money(fund.annual_budget, form), _money(fund.executed, form)
    if budget is None or done is None or budget.yuan == 0:
        return Skip(Outcome.INSUFFICIENT_DATA, "缺少预算数或执行数")
    line = case.scheme.reason_line or Decimal(90)
    rate = done.yuan / budget.yuan * 100
    if fund.reason is None:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有执行率偏差原因栏")
    if rate >= line or (
        fund.reason and empty_kind(fund.reason.text) is None and fold(fund.reason.text) not in ("无", "暂无")
    ):
        return ()
    shown = f"{_PERCENT.apply(rate)}%"
    message = f"预算执行率{shown}低于{line}%，原因说明空白"
    derivation = f"{text_of(fund.executed)} ÷ {text_of(fund.annual_budget)} = {shown} < {line}%"
    return (Found(message, None, "funds.reason", fund.reason.place, fund.reason.text, "说明结余原因", derivation),)


def _check(
    code: str,
    title: str,
    level: str,
    kinds: frozenset[Kind],
    run: Callable[[Case], Answer] | None,
    why: str,
    advice: str,
    kind: Certainty = Certainty.DETERMINISTIC,
) -> Check:
    return Check(code=code, title=title, level=Level(level), kind=kind, kinds=kinds, run=run, why=why, advice=advice)


_FUNDS = frozenset({Kind.SELF_EVALUATION, Kind.DEPARTMENT_OVERALL, Kind.MONITORING})
_PLANS = frozenset({Kind.DECLARATION, Kind.DISCLOSURE, Kind.DEPARTMENT_OVERALL})
_MONEY = _FUNDS | _PLANS
_SUM = "合计应等于各项之和"
_SELF = "《项目支出绩效评价管理办法》（财预〔2020〕10号）"

CHECKS = (
    _check("B01", "合计等于各项之和", "E", _MONEY, total_of_parts, _SUM, "重新求和，改正合计或分项。"),
    _check("B02", "总额为零而分项有数", "E", _FUNDS, zero_total, "预算执行率按年度资金总额一行计分，该行不能空着或为0", "补填年度资金总额。"),
    _check("B03", "执行率等于执行数除以预算数", "E", _MONEY, rates, "执行率=执行数÷预算数（全年预算数，调整后）", "按算式改正执行率，或改正预算数、执行数。"),
    _check("B04", "执行率得分", "E", frozenset({Kind.SELF_EVALUATION, Kind.DEPARTMENT_OVERALL}), execution_points, f"{_SELF}：预算执行率得分=执行率×分值，不超过分值", "按算式改正得分。"),
    _check("B05", "执行数大于预算数", "W", _FUNDS, over_budget, "支出不得超过预算（《预算法》第十三条）", "核对预算数是否为调整后的全年预算数。"),
    _check("B06", "元和万元混用", "E", _PLANS | {Kind.SELF_EVALUATION}, mixed_units, "同一张表应使用同一金额单位", "统一金额单位，并在表头注明。"),
    _check("B07", "文字分项与合计", "W", _MONEY, prose_sums, _SUM, "核对文字中的金额。"),
    _check("B08", "逐级测算与小计", "W", _PLANS, nested_sums, _SUM, "核对文字测算的每一级。"),
    _check("B09", "疑似把元填作万元", "E", _FUNDS, wan_or_yuan, "金额应与表头单位一致", "核对金额单位。", Certainty.HEURISTIC),
    _check("B10", "全部列在“其他”科目", "W", frozenset({Kind.DECLARATION}), one_other_item, "支出应按经济分类科目据实编列", "按实际用途分列科目。"),
    _check("B11", "采购大于预算", "W", frozenset({Kind.DECLARATION}), procurement_over_budget, "政府采购预算应包含在部门预算之内（《政府采购法》第六条）", "核对采购金额或预算金额。"),
    _check("B12", "疑似跨年度项目未分年安排", "W", frozenset({Kind.DECLARATION}), many_years_no_plan, "跨年度项目应当分年度安排预算", "列出分年度金额。", Certainty.HEURISTIC),
    _check("B13", "以前年度执行空白", "W", frozenset({Kind.DECLARATION}), prior_year_blank, "申报表要求填报前两年预算执行情况", "补填执行数和执行率。"),
    _check("B14", "与公开决算不一致", "W", _MONEY, None, "表中上年数应与公开的决算一致", ""),
    _check("B15", "累计数与当年数混用", "W", frozenset({Kind.DECLARATION, Kind.DISCLOSURE}), cumulative_mixed, "年度预算栏填当年金额", "分清总投资、累计数与当年数。"),
    _check("B16", "文字金额与表内金额", "E", _MONEY, narrative_amount, "同一金额在文字和表格中应一致", "改正其中之一。"),
    _check("B17", "绩效目标金额大于项目支出", "W", _MONEY, None, "纳入绩效目标管理的资金不应大于项目支出", ""),
    _check("B18", "预算大幅调整而目标未调", "W", frozenset({Kind.SELF_EVALUATION, Kind.DEPARTMENT_OVERALL}), adjusted_budget, "预算调整的，绩效目标应当同步调整（财预〔2015〕88号）", "说明调整原因，同步调整绩效目标。"),
    _check("B19", "到位资金远少于预算", "W", frozenset({Kind.SELF_EVALUATION, Kind.DEPARTMENT_OVERALL}), little_received, "资金未到位而目标照常完成，应说明", "说明资金到位情况对目标的影响。"),
    _check("B20", "执行率满分而成本为零", "E", frozenset({Kind.SELF_EVALUATION}), full_though_unspent, "执行数与成本指标完成值应相互印证", "核对执行数或成本指标的完成值。"),
    _check("B21", "结余未说明", "W", frozenset({Kind.SELF_EVALUATION, Kind.DEPARTMENT_OVERALL}), unspent_unexplained, "执行率低于规定比例（四川等地为90%）的，应说明原因", "补填原因说明。"),
)  # fmt: skip
