"""B · money: totals and parts, rates, one unit throughout, sums inside prose, budget against execution.

Amounts are compared in yuan within half a unit of the coarser last printed digit. Printed blanks, dashes and slashes are
no amounts; a part that is blank is not counted, and where too little is printed the answer is ``insufficient_data``.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import count, pairwise

from hengjian.audit.case import (
    Answer,
    Case,
    Found,
    Outcome,
    Skip,
    decimal,
    owed_check,
    project_name,
    scored_fund,
    text_of,
)
from hengjian.audit.words import words
from hengjian.forms.form import Amount, CostNode, Form, Fund, Indicator, Kind, Printed
from hengjian.values.finding import Certainty
from hengjian.values.money import Money, MoneyUnit, amounts_in, read_money, same_money, show_money
from hengjian.values.quantity import Empty, Quantity, empty_kind, read_quantity
from hengjian.values.rounding import Mode, Rounding
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
            if _differ(whole, amounts) and not _nested(whole, amounts) and _slip(whole, amounts) is None:
                found.append(_not_the_sum(f"{title}：{total.item.text}", whole, amounts, "funds", getattr(total, name)))
    for name, title, whole_printed in _lists(form):
        items: tuple[Amount, ...] = getattr(form, name)
        tops = [item for item in items if not item.part] or list(items)
        amounts = [amount for item in tops if (amount := _money(item.amount, form)) is not None]
        whole = _money(whole_printed, form)
        if whole is None or not amounts:
            continue
        asked += 1
        # A blank amount is unknown, not 0: only a sum that is already too large proves something then.
        unknown = any(empty_kind(item.amount.text) is Empty.BLANK for item in tops) and _sum(amounts).yuan < whole.yuan
        if unknown or not _differ(whole, amounts) or _nested(whole, amounts) or _slip(whole, amounts) is not None:
            continue
        if name not in dict(form.sums) and name != "tasks" and _is_total(form, amounts):
            continue  # the list breaks down the whole project, not the year
        found.append(_not_the_sum(title, whole, amounts, name, whole_printed))
    found += _against_the_year(form)
    bought = dict(form.sums).get("procurement")
    prices = [amount for row in form.procurement if (amount := _money(row.amount, form)) is not None]
    whole = _money(bought, form)
    if whole is not None and len(prices) == len(form.procurement) > 1:
        asked += 1
        if _differ(whole, prices) and _slip(whole, prices) is None:
            found.append(_not_the_sum("政府采购", whole, prices, "procurement", bought))
    return tuple(found) if asked else Skip(Outcome.NOT_APPLICABLE, "表中没有可相加的资金")


def _against_the_year(form: Form) -> list[Found]:
    """Lists that agree with their own 合计, but not with the year's budget they make up."""
    printed = form.budget.current_year if form.budget is not None else None
    annual, sums = _money(printed, form), dict(form.sums)
    found = []
    for name, title in (("funding_sources", "资金来源"), ("cost_items", "支出明细")):
        own = _money(sums.get(name), form)
        tops = [item for item in getattr(form, name) if not item.part] or list(getattr(form, name))
        amounts = [amount for item in tops if (amount := _money(item.amount, form)) is not None]
        if annual is None or own is None or len(amounts) != len(tops) or _differ(own, amounts):
            continue
        explained = _nested(annual, amounts) or _slip(annual, amounts) is not None or _is_total(form, amounts)
        if _differ(annual, amounts) and not explained:
            found.append(_not_the_sum(f"{title}与年度预算", annual, amounts, name, printed))
    return found


def _fund_parts(form: Form) -> tuple[Fund | None, tuple[Fund, ...]]:
    """The total row of the money table and the rows under it. A further level (其中 under a part) is not counted twice."""
    if len(form.funds) < 2:
        return None, ()
    total = next((fund for fund in form.funds if _TOTAL.search(fold(fund.item.text))), None)
    if total is None:
        first, others = form.funds[0], form.funds[1:]
        # Without a name that says so, the first row is the total when the rows below are its parts by mark or by name.
        parts_below = others[0].part or all(_PART.search(fold(fund.item.text)) for fund in others)
        if first.part or _PART.search(fold(first.item.text)) or not parts_below:
            return None, ()
        total = first
    rest = tuple(fund for fund in form.funds if fund is not total)
    # 其中 right under the total opens the list of its parts; further down it splits one part, which is not counted twice.
    parts = rest if rest[0].part else tuple(fund for fund in rest if not fund.part)
    return total, parts


_TOTAL = re.compile("总额|合计|总计|支出总|资金总|总预算|总支出")
_PART = re.compile(
    "拨款|财政|结转|结余|其他|自筹|专户|单位资金|自有|上级|中央|[省市县区]级|公共预算|基金|国有资本|基本支出|项目支出|贷款|社会|事业"
)


def _nested(whole: Money, amounts: Sequence[Money]) -> bool:
    """Whether the amounts add up when rows that only split the row above them (其中) are not counted twice."""

    def adds_up(index: int, rest: Fraction) -> bool:
        if index == len(amounts):
            return abs(rest) * 2 <= max(whole.digit, *(amount.digit for amount in amounts))
        if len(amounts) > 12:
            return False
        amount, under = amounts[index], Fraction(0)
        if adds_up(index + 1, rest - amount.yuan):
            return True
        for after in range(index + 1, len(amounts)):
            under += amounts[after].yuan
            if under == amount.yuan and under and adds_up(after + 1, rest - amount.yuan):
                return True
        return False

    return adds_up(0, whole.yuan)


def _slip(whole: Money, amounts: Sequence[Money]) -> int | None:
    """The position of the one amount that makes the sum right when it is moved between 元 and 万元; None where none does."""
    total = sum((amount.yuan for amount in amounts), Fraction(0))
    coarsest = max(whole.digit, *(amount.digit for amount in amounts))
    for index, amount in enumerate(amounts):
        for factor in (Fraction(10_000), Fraction(1, 10_000)):
            moved = total + amount.yuan * (factor - 1)
            # An amount that shrinks to nothing, or one that would outgrow the total, explains nothing.
            plausible = amount.yuan > whole.yuan if factor < 1 else amount.yuan * factor <= whole.yuan
            if amount.yuan and plausible and abs(moved - whole.yuan) * 2 <= max(coarsest, amount.digit * factor):
                return index
    return None


def _is_total(form: Form, amounts: Sequence[Money]) -> bool:
    total = _money(form.budget.total, form) if form.budget is not None else None
    return total is not None and not _differ(total, amounts)


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


@dataclass(frozen=True, slots=True)
class Addition:
    """Amounts that stand under one amount, added up: of a column of the money table, of a list, of a node of the cost tree.

    ``row`` is the number of the row that holds the whole (of the cost tree: its nodes counted from the root, each before
    those below it), None where the whole stands in the head of the form. ``total`` is the sum of the parts as printed,
    ``difference`` whole − sum; "" where the whole is not printed or the two agree.
    """

    part: str
    row: int | None
    field: str
    total: str
    difference: str = ""


def additions(form: Form) -> tuple[Addition, ...]:
    """All sums of a form as it stands, also of one that is not complete yet: an amount that is not there counts nothing."""
    found: list[Addition | None] = []
    whole, parts = _fund_parts(form)
    if whole is not None:
        for name, _ in _COLUMNS:
            amounts = [_money(getattr(part, name), form) for part in parts]
            found.append(_added("funds", form.funds.index(whole), name, _money(getattr(whole, name), form), amounts))
    for name, _, printed in _lists(form):
        tops = [item for item in getattr(form, name) if not item.part] or list(getattr(form, name))
        found.append(_added(name, None, "amount", _money(printed, form), [_money(top.amount, form) for top in tops]))
    bought = [_money(row.amount, form) for row in form.procurement]
    found.append(_added("procurement", None, "amount", _money(dict(form.sums).get("procurement"), form), bought))
    if form.cost_breakdown is not None:
        found += _added_costs(form.cost_breakdown, form, count())
    return tuple(one for one in found if one is not None)


def _added_costs(node: CostNode, form: Form, numbers: Iterator[int]) -> list[Addition | None]:
    number = next(numbers)
    own, *below = (
        read_money(one.amount, one.unit or form.money_unit or MoneyUnit.YUAN) for one in (node, *node.children)
    )
    return [
        _added("cost", number, "amount", own, below),
        *(one for child in node.children for one in _added_costs(child, form, numbers)),
    ]


def _added(
    part: str, row: int | None, field: str, whole: Money | None, amounts: Sequence[Money | None]
) -> Addition | None:
    there = [amount for amount in amounts if amount is not None]
    if not there:
        return None
    total = _sum(there)
    if whole is None or not _differ(whole, there):
        return Addition(part, row, field, _bare(total))
    difference = show_money(whole.yuan - total.yuan, total.unit).removesuffix(total.unit.value)
    return Addition(part, row, field, _bare(total), difference)


def largest_amount(form: Form) -> Money | None:
    """The largest amount of money a form speaks of outside its indicators, in its tables or in its prose."""
    cells: list[Printed | None] = [form.tasks_total, *(printed for _, printed in form.sums)]
    if form.budget is not None:
        cells += [form.budget.total, form.budget.current_year]
    for fund in form.funds:
        cells += [fund.initial_budget, fund.annual_budget, fund.executed, fund.forecast]
    for year in form.prior_years:
        cells += [year.budget, year.executed]
    cells += [item.amount for item in (*form.funding_sources, *form.cost_items, *form.tasks)]
    cells += [item.amount for item in form.procurement]
    cells += [activity.budget for activity in form.activities]
    found = [_money(cell, form) for cell in cells]
    found += [read_money(node.amount, node.unit or form.money_unit) for node in _nodes(form.cost_breakdown)]
    said = [form.basis, *form.goals, *(text for _, text in form.extra)]
    said += [form.goal.expected, form.goal.adjusted, form.goal.achieved] if form.goal is not None else []
    found += [mention.money for text in said if text is not None for mention in amounts_in(text.text)]
    return max((money for money in found if money is not None), key=lambda money: money.yuan, default=None)


def _nodes(node: CostNode | None) -> Iterator[CostNode]:
    if node is not None:
        yield node
        for below in (*node.children, *node.parts):
            yield from _nodes(below)


def zero_total(case: Case) -> Answer:
    """B02: the total row is zero while a part row is filled."""
    form = case.form
    total, parts = _fund_parts(form)
    if total is None or not parts:
        return Skip(Outcome.NOT_APPLICABLE, "资金表没有总额行和分项行")
    wrong = []
    for name, title in _COLUMNS:
        printed = getattr(total, name)
        whole = _money(printed, form)
        amounts = [a for part in parts if (a := _money(getattr(part, name), form)) is not None and a.yuan > 0]
        empty = printed is not None and empty_kind(printed.text) is Empty.BLANK and total.score is not None
        if amounts and (empty or (whole is not None and whole.yuan == 0)):
            wrong.append(f"{title}总额{text_of(printed) or '空白'}，分项{_shown(amounts)}")
    if not wrong:
        return ()
    message = f"“{total.item.text}”为0或空白，而分项已有数：{'；'.join(wrong)}"
    return (Found(message, None, "funds", total.item.place, "0", "分项之和", "；".join(wrong)),)


# --- rates --------------------------------------------------------------------------------------------------------------


def rates(case: Case) -> Answer:
    """B03: a printed execution rate that is not executed ÷ budget (tolerance 0.01 points, or the printed decimals)."""
    form = case.form
    found: list[Found] = []
    asked = 0
    rows: list[tuple[str, Printed | None, Printed | None, Printed | None, str]] = [
        (fund.item.text, fund.annual_budget, fund.executed, fund.rate, "funds.rate")
        for fund in form.funds
        if not _row_slip(fund, form)
    ]
    rows += [(f"{y.year}年", y.budget, y.executed, y.rate, "prior_years") for y in form.prior_years]
    for name, budget, executed, rate, field in rows:
        whole, done, printed = _money(budget, form), _money(executed, form), read_quantity(text_of(rate))
        if whole is None or done is None or printed is None or rate is None or whole.yuan == 0:
            continue
        asked += 1
        exact = done.yuan / whole.yuan * 100
        if not _rate_agrees(exact, printed, rate.text):
            right = f"{_PERCENT.apply(exact)}%"
            derivation = f"{text_of(executed)} ÷ {text_of(budget)} = {right}；填报{rate.text}"
            message = f"“{name}”的执行率应为{right}，填报{rate.text}"
            found.append(Found(message, None, field, rate.place, rate.text, right, derivation))
    return tuple(found) if asked else Skip(Outcome.NOT_APPLICABLE, "表中没有可复算的执行率")


def rate_of(fund: Fund, form: Form) -> tuple[str, str] | None:
    """The execution rate of a row of the money table with its derivation; None where budget or execution is no number.

    Where the two evidently stand in different units there is none either: that is a finding, not a rate.
    """
    whole, done = _money(fund.annual_budget, form), _money(fund.executed, form)
    if whole is None or done is None or not whole.yuan or _row_slip(fund, form):
        return None
    rate = f"{_PERCENT.apply(done.yuan / whole.yuan * 100)}%"
    return rate, f"{text_of(fund.executed).strip()} ÷ {text_of(fund.annual_budget).strip()} = {rate}"


def _rate_agrees(exact: Fraction, printed: Quantity, text: str) -> bool:
    """Whether a printed rate is ``exact`` (percent) within 0.01 points or, with fewer decimals, rounded or cut to them.

    Without a percent sign the number may be percent points (the header says %) or a share (0.9838). A rate above 100 % is
    often capped where the points are counted: that is B05's matter.
    """
    places = _decimals(text)
    readings = [(printed.value, places)]
    if printed.unit != "%":
        readings.append((printed.value * 100, places - 2))
    for told, decimals in readings:
        step = Fraction(10) ** -decimals
        cut = exact - exact % step
        if abs(exact - told) <= max(Fraction(1, 100), step / 2) or told == cut or (told == 100 < exact):
            return True
    return False


def _row_slip(fund: Fund, form: Form) -> bool:
    """Whether budget and execution of one row stand in different units: a factor of about 10⁴ and no plausible rate."""
    whole, done = decimal(text_of(fund.annual_budget)), decimal(text_of(fund.executed))
    if not whole or not done or _unit_printed(fund.annual_budget) or _unit_printed(fund.executed):
        return False
    if done >= whole * 800 and done <= whole * 12_000:
        return True
    rate = read_quantity(text_of(fund.rate))
    if rate is None or done * 800 > whole:
        return False
    return _rate_agrees(Fraction(done) * 10_000 / Fraction(whole) * 100, rate, text_of(fund.rate))


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
    if _row_slip(fund, case.form):
        return Skip(Outcome.INSUFFICIENT_DATA, "预算数与执行数的单位不一致（见 B06），不能复算执行率得分")
    exact = case.execution.exact
    practices = {Rounding(2), Rounding(2, Mode.TRUNCATE), Rounding(1), Rounding(1, Mode.TRUNCATE)}
    practices |= {case.rounding} if case.rounding is not None else set()
    # Some compute the score from the exact quotient, some from the rate as printed, when that is right.
    rate, weight = read_quantity(text_of(fund.rate)), decimal(text_of(fund.weight))
    told = {exact}
    if (
        rate is not None
        and rate.unit == "%"
        and weight
        and abs(rate.value * Fraction(weight) / 100 - exact) <= Fraction(1, 1000)
    ):
        told.add(rate.value * Fraction(weight) / 100)
    if any(rounding.apply(value) == printed for rounding in practices for value in told):
        return ()
    right = case.execution.value if case.execution.value is not None else _PERCENT.apply(exact)
    derivation = f"{case.execution.derivation}；填报{printed}"
    message = f"预算执行率得分应为{right}，填报{printed}"
    return (Found(message, None, "funds.score", fund.score.place, fund.score.text, f"{right}", derivation),)


def over_budget(case: Case) -> Answer:
    """B05: more executed than budgeted."""
    form = case.form
    rows = [
        (fund.item.text, fund.annual_budget, fund.executed, "funds.executed")
        for fund in form.funds
        if not _row_slip(fund, form)
    ]
    rows += [(f"{year.year}年", year.budget, year.executed, "prior_years") for year in form.prior_years]
    found = []
    for name, budget, executed, field in rows:
        whole, done = _money(budget, form), _money(executed, form)
        if whole is not None and done is not None and 0 < whole.yuan < done.yuan and not same_money(whole, done):
            over = show_money(done.yuan - whole.yuan, whole.unit)
            message = f"“{name}”的执行数{text_of(executed)}大于预算数{text_of(budget)}"
            derivation = f"{text_of(executed)} > {text_of(budget)}，多{over}"
            place = executed.place if executed else None
            expected = f"不超过{text_of(budget)}"
            found.append(Found(message, None, field, place, text_of(executed), expected, derivation))
    return tuple(found) if rows else Skip(Outcome.NOT_APPLICABLE, "表中没有资金执行数")


# --- one unit -----------------------------------------------------------------------------------------------------------


def mixed_units(case: Case) -> Answer:
    """B06: 元 and 万元 mixed: linked amounts of one form stand about 10⁴ to one another."""
    form = case.form
    annual = _annual(form)
    base = decimal(text_of(annual))
    if annual is None or base is None or base <= 0 or _unit_printed(annual):
        return Skip(Outcome.NOT_APPLICABLE, "没有可比较的年度预算数")
    found = [
        mix for mix in (_mixed_years(form, annual, base), *_mixed_rows(form), *_mixed_lists(form)) if mix is not None
    ]
    if not found:
        return ()
    field, odd, other = found[0]
    every = [printed for name, printeds, _ in found for printed in printeds if name == field]
    shown = "、".join(dict.fromkeys(printed.text for printed in every))
    small, large = sorted((decimal(odd[0].text) or Decimal(1), decimal(other.text) or Decimal(1)))
    sizes = ("万元", "元") if (decimal(odd[0].text) or 0) < (decimal(other.text) or 0) else ("元", "万元")
    message = f"同一张表里混用了元和万元：{shown}像是{sizes[0]}，{other.text}像是{sizes[1]}"
    derivation = f"{large} ÷ {small} ≈ {int(large / small)}"
    return (Found(message, None, field, odd[0].place, shown, "全表统一为元或万元", derivation),)


_Mix = tuple[str, list[Printed], Printed]  # field, the amounts that stand out, what they stand out from


def _mixed_years(form: Form, annual: Printed, base: Decimal) -> _Mix | None:
    """Earlier budgets (and what was spent of them) in another unit than this year's."""
    odd: list[Printed] = []
    for year in form.prior_years:
        budget = year.budget
        if not budget or _unit_printed(budget) or not _myriad(decimal(budget.text), base):
            continue
        odd.append(budget)
        if year.executed and _myriad(decimal(year.executed.text), base):
            odd.append(year.executed)
    return ("prior_years", odd, annual) if odd else None


def _mixed_lists(form: Form) -> Iterable[_Mix | None]:
    """A list whose total stands about 10⁴ from the annual budget, or one row that fits only in the other unit."""
    total, parts = _fund_parts(form)
    columns: list[tuple[str, Printed | None, list[Printed]]] = []
    if total is not None:
        columns += [
            ("funds", getattr(total, name), [p for fund in parts if (p := getattr(fund, name))]) for name, _ in _COLUMNS
        ]
    for name, _, whole in _lists(form):
        items: tuple[Amount, ...] = getattr(form, name)
        columns.append((name, whole, [item.amount for item in items if item.amount and not item.part]))
    for field, whole, amounts in columns:
        told = [amount for amount in amounts if decimal(amount.text) and not _unit_printed(amount)]
        money, sums = _money(whole, form), [m for amount in told if (m := _money(amount, form)) is not None]
        if whole is None or money is None or not sums or _unit_printed(whole) or len(sums) != len(told):
            continue
        if (slipped := _slip(money, sums)) is not None and _differ(money, sums):
            yield (field, [told[slipped]], whole)
        elif field != "tasks" and _myriad(
            sum((decimal(t.text) or Decimal(0) for t in told), Decimal(0)), decimal(whole.text) or Decimal(0)
        ):
            yield (field, told[:1], whole)


def _mixed_rows(form: Form) -> Iterable[_Mix | None]:
    """One row of the money table with its budget and its execution, or its two budgets, in different units."""
    for fund in form.funds:
        if fund.executed and fund.annual_budget and _row_slip(fund, form):
            yield ("funds", [fund.executed], fund.annual_budget)
        first, last = fund.initial_budget, fund.annual_budget
        if first and last and not _unit_printed(first) and not _unit_printed(last):
            numbers = decimal(first.text), decimal(last.text)
            if numbers[0] and numbers[1] and _myriad(numbers[0], numbers[1]):
                yield ("funds", [first], last)


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
    if not base:
        return False
    ratio = max(amount, base) / min(amount, base)
    return Decimal(2500) <= ratio <= Decimal(40000)


def wan_or_yuan(case: Case) -> Answer:
    """B09 (疑似): 万元 is declared but the amounts are of the size of yuan."""
    form = case.form
    if form.money_unit is not MoneyUnit.WAN:
        return Skip(Outcome.NOT_APPLICABLE, "金额单位不是万元")
    # A project above 10 亿元 at a county office, or above 100 亿元 anywhere, is not what these forms are about.
    office = fold(text_of(form.unit) + text_of(form.department))
    small = bool(re.search("(?<!自治)[县区旗]|镇|乡|街道", office)) and form.kind is not Kind.DEPARTMENT_OVERALL
    line = Decimal(100_000 if small else 1_000_000)
    cells = [
        ("funds", fund.item.text, cell) for fund in form.funds for cell in (fund.annual_budget, fund.initial_budget)
    ]
    if form.budget is not None:
        cells += [("budget", "年度预算", form.budget.current_year), ("budget", "项目总额", form.budget.total)]
    for field, name, cell in cells:
        amount = decimal(text_of(cell))
        if cell is None or amount is None or amount < line or _unit_printed(cell):
            continue
        message = (
            f"疑似把元填在了万元栏：“{name}”{cell.text}万元相当于{show_money(Fraction(amount) * 10_000, MoneyUnit.YI)}"
        )
        derivation = f"{cell.text}元 = {show_money(Fraction(amount), MoneyUnit.WAN)}"
        return (
            Found(message, None, field, cell.place, cell.text, show_money(Fraction(amount), MoneyUnit.WAN), derivation),
        )
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
        for whole, parts in _prose_sums(printed.text):
            total = _sum(parts)
            if not same_money(whole, total):
                message = f"文字中的分项之和{_bare(total)}不等于{whole.text}"
                derivation = f"{_shown(parts)} = {_bare(total)}{total.unit.value}；文中为{whole.text}"
                found.append(Found(message, None, field, printed.place, whole.text, _bare(total), derivation))
    return (
        tuple(_each_once(found))
        if root is not None or _narratives(form)
        else Skip(Outcome.NOT_APPLICABLE, "表中没有文字测算")
    )


def _each_once(found: Iterable[Found]) -> Iterable[Found]:
    """Each message once: one text may stand in two fields."""
    return {item.message: item for item in reversed(list(found))}.values()


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
        (name, printed)
        for name, printed in (("conclusion", form.conclusion), ("problems", form.problems))
        if printed is not None
    ]
    fields += [
        (f"extra.{label}", printed) for label, printed in form.extra if "元" in printed.text or "万" in printed.text
    ]
    return fields


_OPENERS = re.compile("其中|包括|包含|分别为|分别是|用于|由|：|:")
_CLOSERS = re.compile("合计|共计|总计|小计|总额|总共")
# Words that set two amounts beside each other without one being a part of the other.
_BESIDE = re.compile("比|较|同比|上年|去年|累计|到位|结转|结余|其余|剩余|增加|减少|追加|调减|调增|等|主要|左右|部分")


def _prose_sums(text: str) -> Iterable[tuple[Money, list[Money]]]:
    """Every (whole, parts) a text spells out: first over whole sentences (parts may be parted by ；), then clause by clause."""
    for sentence in re.split(r"[。\n]", text):
        told = _sentence_sum(sentence)
        if told is not None:
            yield told
            continue
        for clause in re.split("[；;]", sentence):
            if clause != sentence and (told := _sentence_sum(clause)) is not None:
                yield told


def _sentence_sum(sentence: str) -> tuple[Money, list[Money]] | None:
    """(whole, parts) of ``资金152万元，其中集中培训96万元、资料印制18万元、站点维护42万元``, or of parts that end in ``合计152万元``.

    ``其中`` may list some of the parts only: two of them that are less than the whole prove nothing. Unit prices,
    approximations and amounts that are compared are no parts.
    """
    mentions = amounts_in(sentence)
    if len(mentions) < 3 or any(m.per or m.approx for m in mentions):
        return None
    gaps = [sentence[a.span[1] : b.span[0]] for a, b in pairwise(mentions)]
    before, after = sentence[: mentions[0].span[0]], sentence[mentions[-1].span[1] :]
    around = [before[-10:], *gaps, after[:6]]
    if any(_BESIDE.search(words) for words in around):
        return None
    *listed, last = gaps
    closer = _CLOSERS.search(last)
    if closer is not None and _side_by_side(listed) and not _OPENERS.search(sentence[: mentions[0].span[0]]):
        return mentions[-1].money, [m.money for m in mentions[:-1]]
    opener = _OPENERS.search(gaps[0])
    # Parts stand side by side (、 or ，) and are not broken down again.
    if opener is None or not _side_by_side(gaps[1:]):
        return None
    whole, parts = mentions[0].money, [m.money for m in mentions[1:]]
    if opener.group() == "其中" and _sum(parts).yuan < whole.yuan and len(parts) < 3:
        return None
    return whole, parts


def _side_by_side(gaps: Sequence[str]) -> bool:
    return not any(
        _OPENERS.search(gap) or not re.match(r"\s*(?:[（(][^（）()]*[)）])?\s*[、,，；;和及]", gap) for gap in gaps
    )


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
    nodes = (node, *node.children)
    if len({one.unit is None for one in nodes}) > 1:
        return None  # some with a unit, some without: what the others are in is not said
    amounts = [read_money(one.amount, one.unit or MoneyUnit.YUAN) for one in nodes]
    whole, parts = amounts[0], [amount for amount in amounts[1:] if amount is not None]
    if whole is None or len(parts) < len(node.children) or not _differ(whole, parts):
        return None
    total = show_money(_sum(parts).yuan, whole.unit).removesuffix("元" if node.unit is None else "").removesuffix(".00")
    sums = " + ".join(amount.text for amount in parts)
    message = f"“{node.name}”{node.amount}不等于所列各项之和{total}"
    derivation = f"{sums} = {total}；文中为{node.amount}"
    return Found(message, None, "cost_breakdown", node.place, node.amount, total, derivation)


# Words that say an amount is not the annual amount of this form.
_OTHER_AMOUNT = re.compile("累计|总投资|总预算|实施期|三年|五年|上年|去年|结转|追加|已|执行|支付|支出了|节约|人均|每")
_ANNUAL = re.compile(
    r"(?:(?P<year>20\d\d)年度?|本年度?|当年|年度|全年)(?P<what>[^。；;，,、\d]{0,24}?(?:安排|申请|预算|投入|资金|经费|拨款)[^。；;，,、\d]{0,16})$"
)
# Words that speak of the whole amount; anything else names a part of it (培训经费96万元).
_WHOLE_WORDS = re.compile(
    r"本?项目|财政|预算|专项|工作|业务|资金|经费|拨款|总额|金额|总|安排|申请|投入|批复|下达|计划|年初|全年|本年度?|当年|年度|共计?|合计|为|的|拟|约|达|数|本级|一般公共|[（(：:）)\s]|区级|市级|县级|省级"
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
    parts = [money for cell in _all_amounts(form) if (money := _money(cell, form)) is not None]
    found: list[Found] = []
    texts = _narratives(form)
    for field, printed in texts:
        for mention in amounts_in(printed.text):
            before = printed.text[max(0, mention.span[0] - 30) : mention.span[0]]
            clause = re.split(r"[。；;\n]", before)[-1]
            match = _ANNUAL.search(re.split("[，,、]", clause)[-1]) or _ANNUAL.search(clause)
            if match is None or _OTHER_AMOUNT.search(clause) or mention.per or mention.bare or mention.approx:
                continue
            noun = _WHOLE_WORDS.sub("", match.group("what"))
            if noun and (len(noun) < 4 or noun not in fold(text_of(form.project))):
                continue
            if any(same_money(mention.money, amount) for amount in parts):
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
    return tuple(_each_once(found)) if texts else Skip(Outcome.NOT_APPLICABLE, "表中没有叙述年度金额的文字")


def _all_amounts(form: Form) -> list[Printed]:
    """Every amount the form prints in a table."""
    cells: list[Printed | None] = [item.amount for name, _, _ in _lists(form) for item in getattr(form, name)]
    cells += [getattr(fund, name) for fund in form.funds for name, _ in _COLUMNS]
    cells += [row.amount for row in form.procurement]
    cells += [year.budget for year in form.prior_years] + [year.executed for year in form.prior_years]
    return [cell for cell in cells if cell]


# --- what the money is for ----------------------------------------------------------------------------------------------


def one_other_item(case: Case) -> Answer:
    """B10: the whole project on one economic item 其他."""
    items = [item for item in case.form.cost_items if not item.part]
    if not items:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有按经济科目列支")
    filled = [item for item in items if decimal(item.amount.text)]
    name = (
        re.sub(r"^[\d\-.、()\[\]]*(?:项目支出|商品和服务支出)?[-—]*", "", fold(filled[0].name.text)) if filled else ""
    )
    if len(filled) == 1 and name.startswith("其他"):
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
        return tuple(_told_procurement(form, total, len(amounts) == len(form.procurement)))
    message = f"政府采购合计{_bare(total)}大于年度预算{text_of(_annual(form))}"
    place = form.procurement[0].item.place
    derivation = f"{_shown(amounts)} = {_bare(total)} > {text_of(_annual(form))}"
    return (Found(message, None, "procurement", place, _bare(total), f"不超过{text_of(_annual(form))}", derivation),)


_BOUGHT = re.compile(r"(?:政府)?采购(?:预算|金额|总额|资金|计划)?(?:为|共计?|合计|总计|约|安排|支出|:|：)*$")


def _told_procurement(form: Form, total: Money, complete: bool) -> Iterable[Found]:
    """An amount of procurement in the text that is not the one of the list."""
    for _, printed in _narratives(form) if complete else ():
        for mention in amounts_in(printed.text):
            before = printed.text[max(0, mention.span[0] - 16) : mention.span[0]]
            known = same_money(mention.money, total) or any(
                same_money(mention.money, amount) for row in form.procurement if (amount := _money(row.amount, form))
            )
            if _BOUGHT.search(fold(before)) is None or mention.approx or mention.per or known:
                continue
            message = f"文字中的采购金额{mention.text}与采购清单合计{_bare(total)}不一致"
            derivation = f"{mention.text} ≠ {show_money(total.yuan, mention.money.unit)}"
            yield Found(message, None, "procurement", printed.place, mention.text, _bare(total), derivation)
            return


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
    planned = {
        match.group(1)
        for _, printed in _narratives(form)
        for match in re.finditer(r"(20\d\d)年[^。；;\d]{0,12}[\d,.]+\s*(?:万|亿)?元", printed.text)
    }
    if len(planned) >= 2:
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


def last_account(case: Case) -> Answer:
    """B14: an earlier year's execution that is not the one in that year's own self-evaluation (forms of one file)."""
    form = case.form
    accounts = {
        other.year: fund
        for other in case.siblings
        if other.kind is Kind.SELF_EVALUATION and project_name(other) == project_name(form) != ""
        if (fund := scored_fund(other)) is not None and other.year is not None
    }
    told = [(year, accounts[year.year]) for year in form.prior_years if year.year in accounts]
    if not told:
        return Skip(Outcome.INSUFFICIENT_DATA, "需要上年公开的决算或自评表")
    found = []
    for year, fund in told:
        other = next(one for one in case.siblings if one.year == year.year and fund in one.funds)
        mine, theirs = _money(year.executed, form), _money(fund.executed, other)
        if mine is not None and theirs is not None and not same_money(mine, theirs):
            right = show_money(theirs.yuan, mine.unit)
            message = f"{year.year}年执行数填{text_of(year.executed)}，该年自评表为{text_of(fund.executed)}"
            derivation = f"{text_of(year.executed)} ≠ {right}"
            place = year.executed.place if year.executed else None
            found.append(Found(message, None, "prior_years", place, text_of(year.executed), right, derivation))
    return tuple(found)


def targets_over_spending(case: Case) -> Answer:
    """B17: the projects with targets in a file together ask for more than the department's project spending."""
    form = case.form
    spending = next(
        (fund for fund in form.funds if re.fullmatch("项目支出(?:预算|合计|总额)?", fold(fund.item.text))), None
    )
    projects = [
        other
        for other in case.siblings
        if other.kind in (Kind.DECLARATION, Kind.DISCLOSURE) and other.year == form.year
    ]
    limit = _money(spending.annual_budget, form) if spending is not None else None
    amounts = [amount for other in projects if (amount := _money(_annual(other), other)) is not None]
    if limit is None or not amounts:
        return Skip(Outcome.INSUFFICIENT_DATA, "需要部门的项目支出和各项目的绩效目标表")
    total = _sum(amounts)
    if total.yuan <= limit.yuan or same_money(total, limit):
        return ()
    shown = show_money(total.yuan, limit.unit)
    message = f"{len(amounts)}个项目绩效目标表的金额合计{shown}，大于部门项目支出{limit.text}"
    derivation = f"{_shown(amounts)} = {shown} > {limit.text}"
    return (
        Found(
            message, None, "funds", spending.item.place if spending else None, shown, f"不超过{limit.text}", derivation
        ),
    )


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
    told = any(_ADJUSTED.search(text.text) for text in form.texts)
    return adjusted or told or any(moved(row) for row in form.indicators)


_ADJUSTED = re.compile(
    r"(?<!未)(?:绩效)?(?:目标|指标)(?:值)?(?:已|也|作了?|进行了?|相应|同步|随之)*调整|调整(?:了|后的?)(?:绩效)?(?:目标|指标值)"
)


def little_received(case: Case) -> Answer:
    """B19: far less money arrived than was budgeted, and the scores are normal."""
    labels = [
        (label, printed)
        for fund in case.form.funds
        for label, printed in fund.extra
        if "到位" in label and "率" not in label
    ]
    fund = scored_fund(case.form)
    budget = _money(fund.annual_budget, case.form) if fund is not None else None
    if not labels or budget is None or budget.yuan == 0:
        return Skip(Outcome.NOT_APPLICABLE, "表中没有资金到位数")
    received = _money(labels[0][1], case.form)
    if received is None:
        return Skip(Outcome.INSUFFICIENT_DATA, "资金到位数不是金额")
    rate = received.yuan / budget.yuan * 100
    scored = [(row.printed, row.weight) for row in case.rows if row.printed is not None and row.weight is not None]
    points, most = sum((p for p, _ in scored), Decimal(0)), sum((w for _, w in scored), Decimal(0))
    if rate >= 70 or points * 10 < most * 8:
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
    if _row_slip(fund, form):
        return Skip(Outcome.INSUFFICIENT_DATA, "预算数与执行数的单位不一致（见 B06）")
    line = case.scheme.reason_line or Decimal(90)
    rate = done.yuan / budget.yuan * 100
    if rate >= line or _explained(fund, form):
        return ()
    shown = f"{_PERCENT.apply(rate)}%"
    blank = "原因说明空白" if fund.reason is not None else "表中没有说明结余原因"
    message = f"预算执行率{shown}低于{line}%，{blank}"
    derivation = f"{text_of(fund.executed)} ÷ {text_of(fund.annual_budget)} = {shown} < {line}%"
    cell = fund.reason or fund.executed
    place = cell.place if cell is not None else None
    return (Found(message, None, "funds.reason", place, text_of(fund.reason), "说明结余原因", derivation),)


_ABOUT_SPENDING = re.compile(
    "执行率|执行进度|支出进度|支付|结余|结转|未支出|未使用|节约|节省|未到位|未下达|压减|调减|尾款|质保金"
)


def _explained(fund: Fund, form: Form) -> bool:
    """Whether a low execution is explained: in its own cell, or, where the form has none, anywhere in its prose."""
    if fund.reason is not None:
        return empty_kind(fund.reason.text) is None and fold(fund.reason.text).rstrip("。") not in words("nothing")
    goal = form.goal.achieved if form.goal is not None else None
    prose = [form.problems, form.measures, form.conclusion, goal]
    prose += [
        printed for label, printed in (*form.extra, *fund.extra) if re.search("原因|说明|问题|措施|分析|结论", label)
    ]
    prose += [row.deviation for row in form.indicators]
    return any(_ABOUT_SPENDING.search(text_of(printed)) for printed in prose)


_FUNDS = frozenset({Kind.SELF_EVALUATION, Kind.DEPARTMENT_OVERALL, Kind.MONITORING})
_PLANS = frozenset({Kind.DECLARATION, Kind.DISCLOSURE, Kind.DEPARTMENT_OVERALL})
_MONEY = _FUNDS | _PLANS
_SUM = "合计应等于各项之和"
_SELF = "《项目支出绩效评价管理办法》（财预〔2020〕10号）"

CHECKS = (
    owed_check("B01", "合计不等于各项之和", "E", _MONEY, total_of_parts, _SUM, "重新求和，改正合计或分项。"),
    owed_check("B02", "总额为零而分项有数", "E", _FUNDS, zero_total, "预算执行率按年度资金总额一行计分，该行不能空着或为0", "补填年度资金总额。"),
    owed_check("B03", "执行率与预算数、执行数不符", "E", _MONEY, rates, "执行率=执行数÷预算数（全年预算数，调整后）", "按算式改正执行率，或改正预算数、执行数。"),
    owed_check("B04", "执行率得分与公式不符", "E", frozenset({Kind.SELF_EVALUATION, Kind.DEPARTMENT_OVERALL}), execution_points, f"{_SELF}：预算执行率得分=执行率×分值，不超过分值", "按算式改正得分。"),
    owed_check("B05", "执行数大于预算数", "W", _FUNDS | {Kind.DECLARATION}, over_budget, "支出不得超过预算（《预算法》第十三条）", "核对预算数是否为调整后的全年预算数。"),
    owed_check("B06", "元和万元混用", "E", _MONEY, mixed_units, "同一张表应使用同一金额单位", "统一金额单位，并在表头注明。"),
    owed_check("B07", "文字分项与合计不符", "W", _MONEY, prose_sums, _SUM, "核对文字中的金额。"),
    owed_check("B08", "逐级测算与小计不符", "W", _PLANS, nested_sums, _SUM, "核对文字测算的每一级。"),
    owed_check("B09", "疑似把元填作万元", "E", _FUNDS, wan_or_yuan, "金额应与表头单位一致", "核对金额单位。", Certainty.HEURISTIC),
    owed_check("B10", "全部列在“其他”科目", "W", frozenset({Kind.DECLARATION}), one_other_item, "支出应按经济分类科目据实编列", "按实际用途分列科目。"),
    owed_check("B11", "采购大于预算", "W", frozenset({Kind.DECLARATION}), procurement_over_budget, "政府采购预算应包含在部门预算之内（《政府采购法》第六条）", "核对采购金额或预算金额。"),
    owed_check("B12", "疑似跨年度项目未分年安排", "W", frozenset({Kind.DECLARATION}), many_years_no_plan, "跨年度项目应当分年度安排预算", "列出分年度金额。", Certainty.HEURISTIC),
    owed_check("B13", "以前年度执行空白", "W", frozenset({Kind.DECLARATION}), prior_year_blank, "申报表要求填报前两年预算执行情况", "补填执行数和执行率。"),
    owed_check("B14", "与上年决算不一致", "W", _MONEY, last_account, "表中上年数应与公开的决算（自评表的执行数）一致", "以决算数为准，改正上年执行数。"),
    owed_check("B15", "累计数与当年数混用", "W", frozenset({Kind.DECLARATION, Kind.DISCLOSURE}), cumulative_mixed, "年度预算栏填当年金额", "分清总投资、累计数与当年数。"),
    owed_check("B16", "文字金额与表内金额不符", "E", _MONEY, narrative_amount, "同一金额在文字和表格中应一致", "改正其中之一。"),
    owed_check("B17", "绩效目标金额大于项目支出", "W", frozenset({Kind.DEPARTMENT_OVERALL}), targets_over_spending, "纳入绩效目标管理的资金不应大于项目支出", "核对各项目金额与部门项目支出。"),
    owed_check("B18", "预算大幅调整而目标未调", "W", frozenset({Kind.SELF_EVALUATION, Kind.DEPARTMENT_OVERALL}), adjusted_budget, "预算调整的，绩效目标应当同步调整（财预〔2015〕88号）", "说明调整原因，同步调整绩效目标。"),
    owed_check("B19", "到位资金远少于预算", "W", frozenset({Kind.SELF_EVALUATION, Kind.DEPARTMENT_OVERALL}), little_received, "资金未到位而目标照常完成，应说明", "说明资金到位情况对目标的影响。"),
    owed_check("B20", "执行率满分而成本为零", "E", frozenset({Kind.SELF_EVALUATION}), full_though_unspent, "执行数与成本指标完成值应相互印证", "核对执行数或成本指标的完成值。"),
    owed_check("B21", "结余未说明", "W", frozenset({Kind.SELF_EVALUATION, Kind.DEPARTMENT_OVERALL}), unspent_unexplained, "执行率低于规定比例（四川等地为90%）的，应说明原因", "补填原因说明。"),
)  # fmt: skip
