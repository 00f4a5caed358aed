"""What if: a form with other values, what is still missing to a total, and how firmly the grade stands.

Everything is answered from the recomputed scores of a prepared case. A row whose score cannot be recomputed counts with
its printed score as long as nobody changes it; once changed it has no score, and then there is no total either. The total
is that of the scheme: held under its ceiling for a low execution rate, scaled where rows do not apply.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hengjian.audit.case import Case, RowScore, context_of, decimal, printed_total, scored_fund, text_of
from hengjian.audit.run import prepare
from hengjian.audit.total import execution_rate, factor_of, limit_of, money_of, total_of
from hengjian.forms.form import Form, Fund, Indicator, Printed
from hengjian.rules.accepted import Book
from hengjian.rules.algebra import Interval
from hengjian.rules.binding.inputs import bind
from hengjian.rules.curve import curve
from hengjian.rules.evaluate import Env
from hengjian.rules.naming import has as has_word
from hengjian.rules.numerals import amount, number
from hengjian.rules.questions import Needed, invert
from hengjian.rules.scheme import Scheme
from hengjian.rules.score import rounded_as
from hengjian.rules.tree import Expr, Missing
from hengjian.values.money import MoneyUnit, read_money
from hengjian.values.quantity import read_quantity
from hengjian.values.rounding import NATIONAL
from hengjian.values.text import fold

FIELDS = {"actual": "实际完成值", "target": "指标值", "weight": "分值", "rule": "评分标准"}
MONEY_FIELDS = {"executed": "全年执行数", "budget": "全年预算数", "rate": "预算执行率"}
EXECUTION = "预算执行率"

# --- where a form stands ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """The scores of a form, its total and grade. ``unknown`` names the rows without a score; then there is no total.

    ``sum`` is what the scores add up to. The total is less where the execution ``rate`` (in percent) sets a ``limit`` under
    the scheme, and ``factor`` times as much where rows do not apply and the scheme scales the others to 100 points.
    ``trusted`` names the rows that count with their printed score, because they cannot be recomputed.
    """

    scores: tuple[Decimal | None, ...]
    execution: Decimal | None
    total: Decimal | None
    grade: str
    unknown: tuple[str, ...] = ()
    rate: Fraction | None = None
    sum: Decimal | None = None
    limit: Decimal | None = None
    factor: Fraction = Fraction(1)
    trusted: tuple[str, ...] = ()

    def with_points(self, points: Decimal, scheme: Scheme) -> Decimal | None:
        """The total if the rows earned so many points more (or fewer); None where there is no total."""
        return None if self.sum is None else total_of(self.sum + points, self.factor, self.limit, scheme)


def standing(case: Case, changed: Sequence[int] = ()) -> Standing:
    """Where a form stands; the printed scores of ``changed`` rows (by position) no longer count."""
    scores = tuple(_score(row, trusted=place not in changed) for place, row in enumerate(case.rows))
    rows = list(zip(case.rows, scores, strict=True))
    missing = [
        row.row.name.text
        for place, (row, got) in enumerate(rows)
        if got is None and (row.weight is not None or place in changed)
    ]
    trusted = [row.row.name.text for row, got in rows if got is not None and not _recomputed(row)]
    execution, rate = _execution(case), execution_rate(case.form)
    fund = scored_fund(case.form)
    if fund is not None and decimal(text_of(fund.weight)) is not None:
        if execution is None:
            missing.append(EXECUTION)
        elif case.execution is None or case.execution.value is None:
            trusted.append(EXECUTION)
    known = Standing(scores, execution, None, "", tuple(missing), rate, trusted=tuple(trusted))
    if missing or not any(got is not None for got in scores):
        return known
    points = sum((got for got in (*scores, execution) if got is not None), Decimal(0))
    limit, factor = limit_of(case.form, case.scheme), factor_of(case.form, case.scheme)
    total = total_of(points, factor, limit, case.scheme)
    return replace(known, sum=points, limit=limit, factor=factor, total=total, grade=grade_of(total, case.scheme))


def grade_of(total: Decimal, scheme: Scheme) -> str:
    """The grade of a total under the scheme's bands."""
    return next((band.gives for band in scheme.grade_bands if total >= band.low), "")


def _recomputed(row: RowScore) -> bool:
    return row.score is not None and row.score.value is not None


def _score(row: RowScore, *, trusted: bool) -> Decimal | None:
    if row.score is not None and row.score.value is not None:
        return row.score.value
    return row.printed if trusted else None


def _execution(case: Case) -> Decimal | None:
    if case.execution is not None and case.execution.value is not None:
        return case.execution.value
    fund = scored_fund(case.form)
    return decimal(text_of(fund.score)) if fund is not None else None


# --- what if ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """Another text in a field (``actual``, ``target``, ``weight``, ``rule``) of the row at a position (from 0)."""

    row: int
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class MoneyChange:
    """Another text in the money table's total row: ``executed`` or ``budget`` in the form's unit of money, or the ``rate``."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A row that was changed: its score before and after, the arithmetic of both, and why there is none."""

    name: str
    before: Decimal | None
    after: Decimal | None
    reason: str = ""
    exact: tuple[Fraction | None, Fraction | None] = (None, None)
    derivations: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A form before and after changes; ``moved`` holds the changed rows, ``notes`` what the answer rests on, in Chinese."""

    before: Standing
    after: Standing
    moved: tuple[Moved, ...]
    notes: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """The answer in Chinese, one line a row, then total and grade, then what it rests on."""
        for row in self.moved:
            yield f"“{row.name}”：{_points(row.before)} → {_points(row.after)}{f'（{row.reason}）' if row.reason else ''}"
        yield self._total()
        yield from self.notes

    def _total(self) -> str:
        if self.after.total is None:
            return f"总分无法确定：{'、'.join(self.after.unknown)}没有得分"
        same = (
            "，等级不变"
            if self.before.grade == self.after.grade
            else f"，等级由{self.before.grade}变为{self.after.grade}"
        )
        return f"总分：{_points(self.before.total)} → {_points(self.after.total)}{same if self.before.grade else ''}"


def what_if(case: Case, changes: Sequence[Change | MoneyChange], accepted: Book | None = None) -> WhatIf:
    """The form with other values. Raises ``ValueError`` in Chinese for a row or field that is not there or holds no such value.

    ``accepted`` is the book the case was prepared with.
    """
    form = case.form
    money = [change for change in changes if isinstance(change, MoneyChange)]
    for spent in money:
        form = _spent(form, spent)
    own = [change for change in changes if isinstance(change, Change)]
    own += _following(case.form, form, own)
    for change in own:
        form = _changed(form, change)
    rows = tuple(dict.fromkeys(change.row for change in own))
    # What the unit prints for the old value says nothing about how it rounds the new one.
    blank = tuple(
        replace(row, score=None, coefficient=None) if place in rows else row
        for place, row in enumerate(form.indicators)
    )
    after = prepare(replace(form, indicators=blank), case.index, case.scheme, case.siblings, accepted)
    after = replace(after, rows=tuple(_as_before(row, case) for row in after.rows))
    old, new = standing(case), standing(after, rows)
    moved = [_moved(case.rows[place], after.rows[place], old.scores[place], new.scores[place]) for place in rows]
    if money and (old.execution is not None or new.execution is not None):
        moved.append(_moved_execution(case, after, old, new))
    notes = (*_printed_otherwise(case, old), *_notes(old, new, case.scheme, money=bool(money)))
    return WhatIf(old, new, tuple(moved), notes)


def _moved(old: RowScore, new: RowScore, before: Decimal | None, after: Decimal | None) -> Moved:
    scores = (old.score, new.score)
    exact = tuple(score.exact if score is not None else None for score in scores)
    told = tuple(score.derivation if score is not None else "" for score in scores)
    return Moved(new.row.name.text, before, after, _reason(new), (exact[0], exact[1]), (told[0], told[1]))


def _moved_execution(case: Case, after: Case, old: Standing, new: Standing) -> Moved:
    scores = (case.execution, after.execution)
    exact = tuple(score.exact if score is not None else None for score in scores)
    told = tuple(score.derivation if score is not None else "" for score in scores)
    reason = ""
    if new.execution is None:
        reason = after.execution.reason if after.execution is not None else "预算数或执行数读不出金额，无法计算执行率"
    return Moved(EXECUTION, old.execution, new.execution, reason, (exact[0], exact[1]), (told[0], told[1]))


def _printed_otherwise(case: Case, now: Standing) -> Iterator[str]:
    printed = printed_total(case.form)
    if printed is not None and now.total is not None and printed != now.total:
        yield f"表中填报的总分是{_plain(printed)}分，复算为{_plain(now.total)}分"


def _notes(old: Standing, new: Standing, scheme: Scheme, *, money: bool) -> Iterator[str]:
    if money and new.execution is None and old.execution is None:
        yield "表中的预算执行率没有分值，改动不影响各项得分之和"
    if new.limit is not None and new.sum is not None and new.total is not None:
        shown = f"预算执行率{_percent(new.rate)}，方案规定总分最高{_plain(new.limit)}分"
        yield f"{shown}：各项得分合计{_plain(new.sum)}分，超出的部分不计" if new.sum > new.limit else shown
    if old.limit is not None and new.limit is None and new.rate is not None:
        yield f"改动前预算执行率{_percent(old.rate)}，方案规定总分最高{_plain(old.limit)}分；改动后不再受限"
    if scheme.ceilings and new.rate is None and new.total is not None:
        yield "方案按预算执行率限定总分上限，表中的执行率算不出来，未作限制"
    if new.factor != 1:
        yield f"有指标不适用，其余指标的得分按方案折算到100分（乘以{number(new.factor)}）"
    if new.trusted:
        yield f"不能复算、按填报得分计入的：{'、'.join(new.trusted)}"


def _spent(form: Form, change: MoneyChange) -> Form:
    """The form with another amount or rate in the row that carries the weight; the old rate and score no longer stand."""
    fund = scored_fund(form)
    if fund is None:
        raise ValueError(f"表中没有项目资金，不能改{MONEY_FIELDS.get(change.field, change.field)}")
    if change.field == "rate":
        new = _at_rate(form, fund, change.text)
    elif change.field in MONEY_FIELDS:
        new = _with_amount(form, fund, change)
    else:
        raise ValueError(f"不能改“{change.field}”，可以改的有：{'、'.join(MONEY_FIELDS)}")
    blank = replace(new, rate=None, score=None)
    return replace(form, funds=tuple(blank if one is fund else one for one in form.funds))


def _with_amount(form: Form, fund: Fund, change: MoneyChange) -> Fund:
    name = MONEY_FIELDS[change.field]
    field = "executed" if change.field == "executed" else "annual_budget"
    got = read_money(change.text, form.money_unit or MoneyUnit.YUAN)
    if got is None or got.yuan < 0:
        raise ValueError(f"{name}应为不小于0的金额，实际为“{change.text}”")
    named: dict[str, Any] = {field: _cell(getattr(fund, field), change.text)}
    return replace(fund, **named)


def _at_rate(form: Form, fund: Fund, text: str) -> Fund:
    """The execution that a rate means; where no budget can be read the rate stands for itself, as so many of a hundred."""
    got = read_quantity(text)
    if got is None or got.unit not in ("", "%") or got.number < 0:
        raise ValueError(f"预算执行率应为百分数，如 95%，实际为“{text}”")
    if got.unit == "" and 0 < got.number <= 1:
        raise ValueError(f"“{text}”是{number(Fraction(got.number) * 100)}%还是{got.number}%？请写明百分号")
    budget = money_of(fund.annual_budget, form)
    if budget is None or not budget.yuan:
        return replace(fund, annual_budget=Printed("100"), executed=Printed(f"{got.number:f}"))
    unit = form.money_unit or MoneyUnit.YUAN
    spent = budget.yuan / unit.yuan * Fraction(got.number) / 100
    # A decimal times a decimal has a finite decimal.
    shown = f"{Decimal(spent.numerator) / Decimal(spent.denominator):f}"
    return replace(fund, executed=_cell(fund.executed, shown))


def _following(old: Form, new: Form, own: Sequence[Change]) -> list[Change]:
    """Indicator rows that print the execution rate once more: they follow the money table."""
    was, now = execution_rate(old), execution_rate(new)
    if was == now or was is None or now is None:
        return []
    said = {change.row for change in own if change.field == "actual"}
    return [
        Change(place, "actual", f"{_percent(now)}")
        for place, row in enumerate(old.indicators)
        if place not in said and has_word(fold(row.name.text), "execution") and _prints(row, was)
    ]


def _prints(row: Indicator, rate: Fraction) -> bool:
    got = read_quantity(text_of(row.actual))
    return got is not None and got.unit == "%" and abs(Fraction(got.number) - rate) <= Fraction(1, 200)


def _changed(form: Form, change: Change) -> Form:
    if not 0 <= change.row < len(form.indicators):
        raise ValueError(f"没有第{change.row + 1}个指标，表中共有{len(form.indicators)}个指标")
    if change.field not in FIELDS:
        raise ValueError(f"不能改“{change.field}”，可以改的有：{'、'.join(FIELDS)}")
    row = form.indicators[change.row]
    rows: list[Indicator] = list(form.indicators)
    named: dict[str, Any] = {change.field: _cell(getattr(row, change.field), change.text, row)}
    rows[change.row] = replace(row, **named)
    return replace(form, indicators=tuple(rows))


def _cell(old: Printed | None, text: str, row: Indicator | None = None) -> Printed:
    """The cell with another text, at its place (that of the row where there was no cell)."""
    if old is not None:
        return replace(old, text=text)
    return Printed(text, row.place) if row is not None else Printed(text)


def _as_before(row: RowScore, case: Case) -> RowScore:
    """A score at the rounding the unit showed before anything was changed."""
    return row if row.score is None else replace(row, score=rounded_as(row.score, case.shown))


def _reason(row: RowScore) -> str:
    return row.score.reason if row.score is not None and row.score.value is None else ""


# --- what is missing to a total -----------------------------------------------------------------------------------------

# The place of the money table among the rows of an answer.
MONEY_ROW = -1


@dataclass(frozen=True, slots=True)
class Improvement:
    """What one row could still earn; ``row`` is its position, ``MONEY_ROW`` for the execution rate.

    ``full`` tells what full marks need; ``effort`` is the change that takes, as a share of the value (None: not known).
    ``alone`` tells what the row would have to reach to make the goal alone, if it can.
    """

    row: int
    name: str
    score: Decimal
    weight: Decimal
    actual: str
    full: Needed
    alone: Needed | None = None
    effort: Fraction | None = None

    @property
    def gain(self) -> Decimal:
        """The points it could still earn."""
        return self.weight - self.score


@dataclass(frozen=True, slots=True)
class Route:
    """The way to a total.

    ``steps`` are the cheapest improvements (points for the least change) that together reach it, each with what it needs;
    empty where the goal is reached already or out of reach (``reachable``). ``notes`` tell what the answer rests on.
    """

    goal: Decimal
    total: Decimal | None
    improvements: tuple[Improvement, ...]
    steps: tuple[tuple[Improvement, Needed], ...] = ()
    reachable: bool = True
    notes: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """The answer in Chinese."""
        if self.total is None:
            yield "总分无法确定，不能计算还差多少"
            yield from self.notes
            return
        if self.total >= self.goal:
            yield f"总分{_points(self.total)}，已达到{_plain(self.goal)}分"
            return
        yield f"总分{_points(self.total)}，距{_plain(self.goal)}分还差{_points(self.goal - self.total)}"
        yield from self.notes
        for one in self.improvements:
            alone = "；只靠这一项就能达到目标总分" if one.alone is not None and one.alone.possible else ""
            told = one.full.text.removeprefix(f"要得{number(Fraction(one.weight))}分，")
            yield f"“{one.name}”现得{_points(one.score)}，还可多得{_points(one.gain)}：得满分{told}（现为{one.actual}）{alone}"
        if self.steps:
            yield "改动最小的办法：" + "；".join(f"“{one.name}”{need.text}" for one, need in self.steps)
        elif not self.reachable:
            yield "把这些指标都做到满分也达不到目标总分" if self.improvements else "没有可以由完成值提高得分的指标"


def path_to(case: Case, goal: Decimal) -> Route:
    """哪些指标还差多少才能到 ``goal`` 分: what each row still needs, and the cheapest rows that together reach it."""
    now = standing(case)
    if now.total is None or now.sum is None:
        return Route(
            goal, None, (), reachable=False, notes=(f"没有得分：{'、'.join(now.unknown)}",) if now.unknown else ()
        )
    if now.total >= goal:
        return Route(goal, now.total, ())
    short = _rounded_up(Fraction(goal) / now.factor - Fraction(now.sum))
    places = (*range(len(case.rows)), MONEY_ROW)
    found = [one for place in places if (one := _improvement(case, place, short)) is not None]
    found.sort(key=lambda one: (one.effort is None, -(Fraction(one.gain) / one.effort if one.effort else one.gain)))
    barred = now.limit is not None and goal > now.limit
    reachable = not barred and sum(one.gain for one in found) >= short
    steps = tuple(_steps(case, found, short)) if reachable else ()
    return Route(goal, now.total, tuple(found), steps, reachable, tuple(_route_notes(case, now, barred=barred)))


def _route_notes(case: Case, now: Standing, *, barred: bool) -> Iterator[str]:
    yield from _printed_otherwise(case, now)
    if barred and now.limit is not None:
        least = max(below for below, most in case.scheme.ceilings if most <= now.limit)
        told = f"预算执行率{_percent(now.rate)}，方案规定总分最高{_plain(now.limit)}分"
        yield f"{told}；要超过它，须先把执行率至少提高到{_plain(least)}%"
    if now.factor != 1:
        yield f"有指标不适用，其余指标的得分按方案折算到100分（乘以{number(now.factor)}）"


def _rounded_up(value: Fraction) -> Decimal:
    """At two decimals, never less."""
    return Decimal(-(-value.numerator * 100 // value.denominator)).scaleb(-2)


def _improvement(case: Case, place: int, short: Decimal) -> Improvement | None:
    row = _money_row(case) if place == MONEY_ROW else _indicator_row(case, place)
    if row is None or row.score >= row.weight:
        return None
    full = _need(case, place, Fraction(row.weight))
    if full is None or not full.stretches:
        return None
    wanted = row.score + short
    alone = _need(case, place, Fraction(wanted)) if wanted <= row.weight else None
    near = full.nearest(row.value) if row.value is not None else None
    effort = None
    if row.value is not None and near is not None:
        effort = abs(near - row.value) / (max(abs(near), abs(row.value)) or Fraction(1))
    return Improvement(place, row.name, row.score, row.weight, row.actual, full, alone, effort)


@dataclass(frozen=True, slots=True)
class _Earner:
    """A row whose points follow from one number: ``value`` (None: not known), as printed in ``actual``."""

    name: str
    score: Decimal
    weight: Decimal
    actual: str
    value: Fraction | None


def _indicator_row(case: Case, place: int) -> _Earner | None:
    row = case.rows[place]
    tree, got = _tree(row), _score(row, trusted=False)
    if tree is None or got is None or row.weight is None:
        return None
    return _Earner(row.row.name.text, got, row.weight, text_of(row.row.actual), _value(row, tree, case))


def _money_row(case: Case) -> _Earner | None:
    fund, rate = scored_fund(case.form), execution_rate(case.form)
    weight = decimal(text_of(fund.weight)) if fund is not None else None
    if case.execution is None or case.execution.value is None or weight is None or rate is None:
        return None
    return _Earner(EXECUTION, case.execution.value, weight, _percent(rate), rate)


def _need(case: Case, place: int, points: Fraction) -> Needed | None:
    """What a row must reach for so many points; None where its rule has not one meaning."""
    if place == MONEY_ROW:
        return _spending_for(case, points)
    tree = _tree(case.rows[place])
    return None if tree is None else invert(tree, context_of(case.rows[place].row, case.form), points)


def _spending_for(case: Case, points: Fraction) -> Needed | None:
    """The execution rate that earns so many points, and the amount that is."""
    row, fund = _money_row(case), scored_fund(case.form)
    budget = money_of(fund.annual_budget, case.form) if fund is not None else None
    if row is None or budget is None or not row.weight:
        return None
    full = Fraction(case.scheme.execution_full) if case.scheme.execution in ("threshold", "step") else Fraction(100)
    rate = full if case.scheme.execution == "step" else min(points / Fraction(row.weight) * 100, full)
    unit = case.form.money_unit or MoneyUnit.YUAN
    spent = _rounded_up(budget.yuan * rate / 100 / unit.yuan)
    share = _rounded_up(rate).normalize()
    text = f"要得{number(points)}分，全年执行数至少为{_plain(spent)}{unit.value}（执行率{share:f}%）"
    return Needed(points, text, (Interval(rate, None, True, False),), unit="%")


def _tree(row: RowScore) -> Expr | None:
    """The one meaning of a row's rule; None where there are several or none."""
    return row.reading.trees[0] if row.reading is not None and len(row.reading.trees) == 1 else None


def _value(row: RowScore, tree: Expr, case: Case) -> Fraction | None:
    """The number the row's rule is run on."""
    context = context_of(row.row, case.form)
    drawn = curve(tree, context)
    if drawn is None:
        return None
    env = Env({"weight": drawn.weight})
    if bind(tree, context, text_of(row.row.actual), None, env) is not None:
        return None
    x = env.numbers.get(drawn.variable)
    return None if x is None or isinstance(x, Missing) else x


def _steps(case: Case, found: Sequence[Improvement], short: Decimal) -> Iterator[tuple[Improvement, Needed]]:
    """Rows in order of what a point costs; the last one only as far as it is needed."""
    for one in found:
        if short <= 0:
            return
        part = _need(case, one.row, Fraction(one.score + short)) if one.gain > short else None
        yield one, part if part is not None and part.possible else one.full
        short -= one.gain


# --- how firmly the grade stands ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Flip:
    """A single row that changes the grade: ``needs`` tells from which value on, ``to`` which grade it becomes."""

    row: int
    name: str
    up: bool
    to: str
    needs: str


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How far a total is from the edges of its grade, and the single rows whose change alone would alter the grade.

    ``above`` is what is missing to the next better grade (None: it is the best), ``below`` what may be lost before the grade
    falls (None: it is the lowest). ``notes`` tell what the answer rests on.
    """

    total: Decimal | None
    grade: str
    above: Decimal | None = None
    better: str = ""
    below: Decimal | None = None
    worse: str = ""
    flips: tuple[Flip, ...] = ()
    notes: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """The answer in Chinese."""
        if self.total is None:
            yield "总分无法确定，不能判断等级是否稳定"
            yield from self.notes
            return
        parts = [f"总分{_points(self.total)}，等级{self.grade}"]
        parts += [f"距{self.better}还差{_points(self.above)}"] if self.above is not None else []
        parts += [f"再少{_points(self.below)}以上就降为{self.worse}"] if self.below is not None else []
        yield "，".join(parts)
        yield from self.notes
        for flip in self.flips:
            yield f"只改“{flip.name}”一项，{flip.needs}，等级{'升' if flip.up else '降'}为{flip.to}"


def sensitivity(case: Case) -> Sensitivity:
    """How far the total is from the band edges, and which single-row changes flip the grade."""
    now = standing(case)
    if now.total is None or now.sum is None or not now.grade:
        told = (f"没有得分：{'、'.join(now.unknown)}",) if now.unknown else ()
        return Sensitivity(now.total, now.grade, notes=told)
    bands = case.scheme.grade_bands
    place = next(i for i, band in enumerate(bands) if now.total >= band.low)
    lowest = place + 1 == len(bands)
    above = bands[place - 1].low - now.total if place else None
    # Points beyond a limit can be lost without harm.
    spare = Fraction(now.sum) * now.factor - Fraction(bands[place].low)
    below = None if lowest else now.sum - bands[place].low if now.factor == 1 else case.scheme.rounding.apply(spare)
    better, worse = bands[place - 1].gives if place else "", "" if lowest else bands[place + 1].gives
    barred = place > 0 and now.limit is not None and bands[place - 1].low > now.limit
    short = None if barred or not place else Fraction(bands[place - 1].low) / now.factor - Fraction(now.sum)
    flips = [
        flip
        for row in range(len(case.rows))
        for flip in (_up(case, row, short, better), _down(case, row, now, None if lowest else spare / now.factor))
        if flip is not None
    ]
    notes = tuple(_route_notes(case, now, barred=barred))
    return Sensitivity(now.total, now.grade, above, better, below, worse, tuple(flips), notes)


def _up(case: Case, place: int, short: Fraction | None, better: str) -> Flip | None:
    row = _indicator_row(case, place)
    if short is None or row is None:
        return None
    wanted = row.score + _rounded_up(short)
    needed = _need(case, place, Fraction(wanted)) if wanted <= row.weight else None
    if needed is None or not needed.stretches:
        return None
    return Flip(place, row.name, True, better, needed.text)


def _down(case: Case, place: int, now: Standing, spare: Fraction | None) -> Flip | None:
    """Where the row's value would have to fall for the total to leave its band: the nearest value that loses enough."""
    row, tree = _indicator_row(case, place), _tree(case.rows[place])
    if spare is None or row is None or row.score <= spare or row.value is None or tree is None:
        return None
    kept = Fraction(row.score) - spare
    # Just below the edge the score may still be rounded up to what is needed: then the edge lies half a hundredth lower.
    flips = (_beyond(case, place, now, tree, one) for one in (kept, kept - Fraction(1, 200)))
    return next((flip for flip in flips if flip is not None), None)


def _beyond(case: Case, place: int, now: Standing, tree: Expr, kept: Fraction) -> Flip | None:
    """The grade just beyond the stretch of values that earn ``kept`` points; None where it stays the same."""
    row, context = _indicator_row(case, place), context_of(case.rows[place].row, case.form)
    if row is None or row.value is None:
        return None
    x, drawn = row.value, curve(tree, context)
    around = next((part for part in invert(tree, context, kept).stretches if part.holds(x)), None)
    edge = _nearest_edge(around, x, drawn.domain.interval) if around is not None and drawn is not None else None
    if edge is None or around is None or drawn is None:
        return None
    end, is_low = edge
    included = around.low_incl if is_low else around.high_incl
    word = ("低于" if included else "不高于") if is_low else ("高于" if included else "不低于")
    # What the row earns just beyond the edge says how far the grade falls.
    step = Fraction(1) if drawn.domain.whole else Fraction(1, 100)
    beyond = drawn.score(end - step if is_low else end + step)
    if beyond is None:
        return None
    total = now.with_points(NATIONAL.apply(beyond) - row.score, case.scheme)
    to = grade_of(total, case.scheme) if total is not None else ""
    if not to or to == now.grade:
        return None
    return Flip(place, row.name, False, to, f"完成值{word}{amount(end, drawn.unit)}时")


def _nearest_edge(part: Interval, x: Fraction, domain: Interval) -> tuple[Fraction, bool] | None:
    """The nearer end of a stretch that lies inside what can occur, and whether it is the lower one."""
    ends = []
    if part.low is not None and part.low != domain.low:
        ends.append((x - part.low, part.low, True))
    if part.high is not None and part.high != domain.high:
        ends.append((part.high - x, part.high, False))
    return min(ends)[1:] if ends else None


def _points(value: Decimal | None) -> str:
    return "没有得分" if value is None else f"{_plain(value)}分"


def _plain(value: Decimal) -> str:
    return number(Fraction(value))


def _percent(rate: Fraction | None) -> str:
    return "不明" if rate is None else f"{NATIONAL.apply(rate).normalize():f}%"
