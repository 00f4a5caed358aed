"""Checksums of a form: the sums, rates and totals that confirm, or fail to confirm, that it was read right.

A form prints its own checksums: weights add up to the total, scores and the execution score to the total score, money to its total,
execution to its rate. ``choose`` uses them to pick among possible readings of doubtful rows, ``prove`` to say how far the form as
read is confirmed. A sum that does not hold may be a mistake of the form as well as of the reader: that is for the audit to judge.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache, reduce

from hengjian.forms.form import CostNode, Form, Fund, Identity, Indicator, Printed, Proof
from hengjian.values.quantity import read_quantity
from hengjian.values.text import fold

_FULL = (
    Decimal(100),
    Decimal(90),
)  # what weights add up to when no total is printed: with and without the 10 of execution
_TOLERANCE = Decimal("0.005")  # of scores
_CENT = Decimal("0.01")  # of money, in the unit of the form: parts are rounded each on its own
_PLAIN_UNITS = ("", "分", "%", "元")
# How many doubtful rows and different sums are followed before giving up.
_MANY_ROWS = 100
_MANY_SUMS = 5_000


def number(text: str | Printed | None) -> Decimal | None:
    """The plain number a weight, score or money cell holds; None when it holds anything else.

    >>> number("1,219.00"), number("10分"), number("—"), number("约3")
    (Decimal('1219.00'), Decimal('10'), None, None)
    """
    return _number(text.text if isinstance(text, Printed) else text) if text is not None else None


@lru_cache(maxsize=8192)
def _number(text: str) -> Decimal | None:
    found = read_quantity(text) if any(sign.isnumeric() for sign in text) else None
    plain = found is not None and not (found.approx or found.sign or found.direction or found.over != 1)
    return found.number if found is not None and plain and found.unit in _PLAIN_UNITS else None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible reading of a row as far as sums see it. ``cost`` is how badly it fits the columns (0 is best)."""

    weight: Decimal | None
    score: Decimal | None
    cost: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Which candidate of each row was taken; whether the sums hold with it; which rows could be read otherwise as well."""

    picks: tuple[int, ...]
    holds: bool
    open: frozenset[int]


def choose(
    rows: Sequence[Sequence[Candidate]],
    weights: Iterable[Decimal] | None,
    scores: Iterable[Decimal] | None,
) -> Choice:
    """Among the candidates of each row (best first) the ones with which the sums hold.

    ``weights`` and ``scores`` are the sums that would do (several where it is open whether the execution row counts); None
    where the form prints none. Without any sum, or when no combination holds, the best fitting candidates are taken and
    every row with a choice is open.
    """
    goals = (frozenset(weights or ()), frozenset(scores or ()))
    doubtful = [i for i, row in enumerate(rows) if len(row) > 1]
    best = Choice(tuple(0 for _ in rows), False, frozenset(doubtful))
    if not any(goals) or len(doubtful) > _MANY_ROWS:
        return best
    sure = [row[0] for row in rows if len(row) == 1]
    start = (
        sum((one.weight for one in sure if one.weight is not None), Decimal(0)),
        sum((one.score for one in sure if one.score is not None), Decimal(0)),
    )
    # All sums that can be reached, each with its cheapest picks and the rows on which the ways to it differ.
    reached: dict[tuple[Decimal, Decimal], _Way] = {start: _Way(0, (), frozenset())}
    for i in doubtful:
        further: dict[tuple[Decimal, Decimal], _Way] = {}
        for (weight, score), way in reached.items():
            for pick, one in enumerate(rows[i]):
                sums = (weight + (one.weight or 0), score + (one.score or 0))
                longer = _Way(way.cost + one.cost, (*way.picks, pick), way.open)
                further[sums] = _merged(further[sums], longer) if sums in further else longer
        if len(further) > _MANY_SUMS:
            return best
        reached = further
    holding = [way for sums, way in reached.items() if _fits(sums, goals)]
    if not holding:
        return best
    found = reduce(_merged, holding)
    picks = dict(zip(doubtful, found.picks, strict=True))
    return Choice(tuple(picks.get(i, 0) for i in range(len(rows))), True, frozenset(doubtful[i] for i in found.open))


@dataclass(frozen=True, slots=True)
class _Way:
    cost: int
    picks: tuple[int, ...]
    open: frozenset[int]


def _merged(one: _Way, other: _Way) -> _Way:
    """The cheaper of two ways to the same end; where they differ is open."""
    differ = frozenset(i for i, (a, b) in enumerate(zip(one.picks, other.picks, strict=True)) if a != b)
    cheaper = min(one, other, key=lambda way: (way.cost, way.picks))
    return replace(cheaper, open=one.open | other.open | differ)


def _fits(sums: tuple[Decimal, Decimal], goals: tuple[frozenset[Decimal], frozenset[Decimal]]) -> bool:
    weights, scores = goals
    return (not weights or sums[0] in weights) and (not scores or any(abs(sums[1] - s) <= _TOLERANCE for s in scores))


def prove(form: Form) -> Form:
    """The form with its identities and its proof state.

    ``PROVED`` needs every row's weight or score in a sum that holds, no sum that fails, and no cell the reader is unsure of.
    """
    rows = _row_sums(form)
    money = (*_fund_sums(form), *_rates(form), *_budget_sums(form), *_activity_sums(form))
    identities = tuple(identity for identity, _ in rows) + money
    covered = frozenset[int]().union(*(which for identity, which in rows if identity.holds))
    everything = frozenset(range(len(form.indicators)))
    if not identities or not all(identity.holds for identity in identities):
        state = Proof.UNPROVED
    elif everything and covered == everything and not _unsure(form.indicators):
        state = Proof.PROVED
    else:
        state = Proof.CONSISTENT
    return replace(form, identities=identities, proof=state)


def _unsure(rows: Iterable[Indicator]) -> bool:
    return any(
        value.uncertain
        for row in rows
        for value in (getattr(row, name) for name in row.__slots__)
        if isinstance(value, Printed)
    )


_Covered = tuple[Identity, frozenset[int]]


def _row_sums(form: Form) -> tuple[_Covered, ...]:
    return (*_total_weight(form), *_total_score(form), *_class_sums(form))


def _execution(form: Form) -> tuple[Decimal, Decimal | None]:
    """Weight and score of the money table's scored row (0 when none is scored)."""
    scored = next((fund for fund in form.funds if number(fund.weight) is not None), None)
    return (number(scored.weight) or Decimal(0), number(scored.score)) if scored else (Decimal(0), None)


def _total_weight(form: Form) -> Iterable[_Covered]:
    weights = {i: w for i, row in enumerate(form.indicators) if (w := number(row.weight)) is not None}
    if not weights:
        return
    own, extra = sum(weights.values(), Decimal(0)), _execution(form)[0]
    printed = number(form.total.weight) if form.total else None
    goals = (printed,) if printed is not None else _FULL
    goal, with_extra = next(((g, e) for e in (extra, Decimal(0)) for g in goals if own + e == g), (goals[0], extra))
    shown = _shown(weights.values(), with_extra)
    holds = own + with_extra == goal
    yield (
        Identity("分值合计", holds, f"{shown} = {_plain(own + with_extra)}{'' if holds else f' ≠ {_plain(goal)}'}"),
        frozenset(weights),
    )


def _total_score(form: Form) -> Iterable[_Covered]:
    scores = {i: s for i, row in enumerate(form.indicators) if (s := number(row.score)) is not None}
    printed = number(form.total.score) if form.total else None
    if not scores or printed is None:
        return
    own, extra = sum(scores.values(), Decimal(0)), _execution(form)[1] or Decimal(0)
    with_extra = next((e for e in (extra, Decimal(0)) if abs(own + e - printed) <= _TOLERANCE), extra)
    holds = abs(own + with_extra - printed) <= _TOLERANCE
    shown = _shown(scores.values(), with_extra)
    yield (
        Identity("得分合计", holds, f"{shown} = {_plain(own + with_extra)}{'' if holds else f' ≠ {_plain(printed)}'}"),
        frozenset(scores),
    )


def _class_sums(form: Form) -> Iterable[_Covered]:
    """Printed weights of classes against the weights of their rows, and the classes against the whole."""
    for field, above in (("level1", ()), ("level2", ("level1",))):
        groups: dict[tuple[str, ...], list[int]] = {}
        for i, row in enumerate(form.indicators):
            if number(getattr(row, f"{field}_weight")) is not None:
                key = tuple(getattr(row, one).text if getattr(row, one) else "" for one in (*above, field))
                groups.setdefault(key, []).append(i)
        for key, members in groups.items():
            printed = number(getattr(form.indicators[members[0]], f"{field}_weight"))
            weights = [number(form.indicators[i].weight) for i in members]
            if printed is None or any(w is None for w in weights):
                continue
            own = sum((w for w in weights if w is not None), Decimal(0))
            holds = own == printed
            shown = _shown([w for w in weights if w is not None], Decimal(0))
            yield (
                Identity(
                    f"分值：{key[-1]}", holds, f"{shown} = {_plain(own)}{'' if holds else f' ≠ {_plain(printed)}'}"
                ),
                frozenset(members),
            )


def _fund_sums(form: Form) -> Iterable[Identity]:
    """The total row of the money table is the sum of the rows below it, column by column."""
    if len(form.funds) < 2:
        return
    head, *parts = form.funds
    for field, title in (
        ("initial_budget", "年初预算数"),
        ("annual_budget", "全年预算数"),
        ("executed", "全年执行数"),
        ("forecast", "全年预计执行数"),
    ):
        total = number(getattr(head, field))
        amounts = [number(getattr(part, field)) for part in parts]
        if total is None or all(amount is None for amount in amounts):
            continue
        yield _sum_of(f"资金合计：{title}", total, _without_parts_of_parts(parts, amounts, total))


def _without_parts_of_parts(parts: Sequence[Fund], amounts: Sequence[Decimal | None], total: Decimal) -> list[Decimal]:
    """All parts, or those that are not printed under 其中 of another part, whichever adds up."""
    everything = [a for a in amounts if a is not None]
    if abs(sum(everything, Decimal(0)) - total) <= _CENT:
        return everything
    outer = [a for i, (p, a) in enumerate(zip(parts, amounts, strict=True)) if a is not None and (i == 0 or not p.part)]
    return outer if outer and abs(sum(outer, Decimal(0)) - total) <= _CENT else everything


def _rates(form: Form) -> Iterable[Identity]:
    for fund in form.funds:
        base = number(fund.annual_budget) if fund.annual_budget is not None else number(fund.initial_budget)
        yield from _rate(f"执行率：{fund.item.text}", number(fund.executed), base, fund.rate)
    for year in form.prior_years:
        yield from _rate(f"执行率：{year.year}年", number(year.executed), number(year.budget), year.rate)


def _rate(name: str, executed: Decimal | None, budget: Decimal | None, printed: Printed | None) -> Iterable[Identity]:
    rate = number(printed)
    if executed is None or not budget or rate is None or printed is None or "%" not in fold(printed.text):
        return
    step = Decimal(1).scaleb(int(rate.as_tuple().exponent))
    exact = executed / budget * 100
    holds = abs(exact - rate) < step  # rounded or cut off
    shown = f"{_plain(executed)} ÷ {_plain(budget)} = {_plain(round(exact, 4))}%"
    yield Identity(name, holds, shown if holds else f"{shown} ≠ {_plain(rate)}%")


def _budget_sums(form: Form) -> Iterable[Identity]:
    current = number(form.budget.current_year) if form.budget else None
    for title, rows in (("资金来源合计", form.funding_sources), ("支出明细合计", form.cost_items)):
        amounts = [a for row in rows if not row.part and (a := number(row.amount)) is not None]
        if current is not None and amounts:
            yield _sum_of(title, current, amounts)
    tasks = [a for row in form.tasks if not row.part and (a := number(row.amount)) is not None]
    if (total := number(form.tasks_total)) is not None and tasks:
        yield _sum_of("任务预算合计", total, tasks)
    if form.cost_breakdown is not None:
        yield from _tree(form.cost_breakdown)


def _activity_sums(form: Form) -> Iterable[Identity]:
    """The budget of a duty is the sum of its activities' budgets, where these are printed."""
    for i, duty in enumerate(form.activities):
        after = form.activities[i + 1 :]
        end = next((n for n, one in enumerate(after) if one.level <= duty.level), len(after))
        parts = [a for one in after[:end] if one.level == duty.level + 1 and (a := number(one.budget)) is not None]
        if (total := number(duty.budget)) is not None and parts:
            yield _sum_of(f"职责预算：{duty.name.text}", total, parts)


def _tree(node: CostNode) -> Iterable[Identity]:
    amount = number(node.amount)
    parts = [number(child.amount) for child in node.children]
    if amount is not None and parts and None not in parts and all(child.unit == node.unit for child in node.children):
        yield _sum_of(f"测算：{node.name}", amount, [part for part in parts if part is not None])
    for child in node.children:
        yield from _tree(child)


def _sum_of(name: str, total: Decimal, parts: Sequence[Decimal]) -> Identity:
    own = sum(parts, Decimal(0))
    holds = abs(own - total) <= _CENT
    return Identity(name, holds, f"{_shown(parts, Decimal(0))} = {_plain(own)}{'' if holds else f' ≠ {_plain(total)}'}")


def _shown(parts: Iterable[Decimal], extra: Decimal) -> str:
    shown = " + ".join(_plain(part) for part in parts)
    return f"{shown} + {_plain(extra)}（预算执行）" if extra else shown


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
