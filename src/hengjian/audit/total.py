"""The total of a form under its scheme: the sum of the scores, scaled where rows do not apply, held where little was spent."""

from decimal import Decimal
from fractions import Fraction

from hengjian.audit.case import decimal, scored_fund, text_of
from hengjian.forms.form import Form, Indicator, Printed
from hengjian.rules.defaults import ceiling
from hengjian.rules.scheme import Scheme
from hengjian.values.money import Money, MoneyUnit, read_money
from hengjian.values.quantity import Empty, empty_kind


def execution_rate(form: Form) -> Fraction | None:
    """Executed ÷ full-year budget in percent, from the row that carries the weight; None where either is not a number."""
    fund = scored_fund(form)
    if fund is None:
        return None
    budget, executed = money_of(fund.annual_budget, form), money_of(fund.executed, form)
    return executed.yuan / budget.yuan * 100 if budget is not None and executed is not None and budget.yuan else None


def money_of(cell: Printed | None, form: Form) -> Money | None:
    """The amount of a cell. Without a printed unit (J07) it is taken in yuan: quotients are the same in any."""
    return read_money(text_of(cell), form.money_unit or MoneyUnit.YUAN)


def limit_of(form: Form, scheme: Scheme) -> Decimal | None:
    """The most the total can be at the form's execution rate; None where the scheme sets no limit or the rate is unknown."""
    rate = execution_rate(form)
    return None if rate is None else ceiling(rate, scheme)


def factor_of(form: Form, scheme: Scheme) -> Fraction:
    """100 ÷ the weights that apply, where rows do not apply and the scheme scales the rest to 100 points; else 1."""
    kept = [row for row in form.indicators if not does_not_apply(row)]
    if scheme.not_applicable != "rescale" or len(kept) == len(form.indicators):
        return Fraction(1)
    fund = scored_fund(form)
    weights = [decimal(text_of(row.weight)) for row in kept]
    weights += [decimal(text_of(fund.weight))] if fund is not None else []
    whole = sum((weight for weight in weights if weight is not None), Decimal(0))
    return Fraction(100) / Fraction(whole) if whole else Fraction(1)


def does_not_apply(row: Indicator) -> bool:
    """A dash or slash where the weight or the score stands (a blank says nothing)."""
    return any(empty_kind(text_of(cell)) in (Empty.DASH, Empty.SLASH) for cell in (row.weight, row.score))


def total_of(points: Decimal, factor: Fraction, limit: Decimal | None, scheme: Scheme) -> Decimal:
    """The total that so many points make; only a scaled total is rounded."""
    total = points if factor == 1 else scheme.rounding.apply(Fraction(points) * factor)
    return total if limit is None else min(total, limit)
