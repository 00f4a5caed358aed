"""What if: a form with other values, what is still missing to a total, and how firmly the grade stands.

Everything is answered from the recomputed scores of a prepared case. A row whose score cannot be recomputed counts with
its printed score as long as nobody changes it; once changed it has no score, and then there is no total either.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hengjian.audit.case import Case, RowScore, context_of, decimal, scored_fund, text_of
from hengjian.audit.run import prepare
from hengjian.forms.form import Form, Indicator, Printed
from hengjian.rules.accepted import Book
from hengjian.rules.algebra import Interval
from hengjian.rules.curve import curve
from hengjian.rules.numerals import amount, number
from hengjian.rules.questions import Needed, invert
from hengjian.rules.run import Env, bind
from hengjian.rules.scheme import Scheme
from hengjian.rules.tree import Expr, Missing
from hengjian.values.rounding import NATIONAL

FIELDS = ("actual", "target", "weight", "rule")
EXECUTION = "预算执行率"

# --- where a form stands ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """The scores of a form, its total and grade. ``unknown`` names the rows without a score; then there is no total."""

    scores: tuple[Decimal | None, ...]
    execution: Decimal | None
    total: Decimal | None
    grade: str
    unknown: tuple[str, ...] = ()


def standing(case: Case, changed: Sequence[int] = ()) -> Standing:
    """Where a form stands; the printed scores of ``changed`` rows (by position) no longer count."""
    scores = tuple(_score(row, trusted=place not in changed) for place, row in enumerate(case.rows))
    missing = [
        row.row.name.text
        for place, (row, got) in enumerate(zip(case.rows, scores, strict=True))
        if got is None and (row.weight is not None or place in changed)
    ]
    execution = _execution(case)
    fund = scored_fund(case.form)
    if execution is None and fund is not None and decimal(text_of(fund.weight)) is not None:
        missing.append(EXECUTION)
    if missing or not any(got is not None for got in scores):
        return Standing(scores, execution, None, "", tuple(missing))
    total = sum((got for got in (*scores, execution) if got is not None), Decimal(0))
    return Standing(scores, execution, total, grade_of(total, case.scheme))


def grade_of(total: Decimal, scheme: Scheme) -> str:
    """The grade of a total under the scheme's bands."""
    return next((band.gives for band in scheme.grade_bands if total >= band.low), "")


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
class WhatIf:
    """A form before and after changes; ``moved`` holds (name, score before, score after, why there is none)."""

    before: Standing
    after: Standing
    moved: tuple[tuple[str, Decimal | None, Decimal | None, str], ...]

    def lines(self) -> Iterator[str]:
        """The answer in Chinese, one line a row, then total and grade."""
        for name, old, new, reason in self.moved:
            yield f"“{name}”：{_points(old)} → {_points(new)}{f'（{reason}）' if reason else ''}"
        if self.after.total is None:
            yield f"总分无法确定：{'、'.join(self.after.unknown)}没有得分"
            return
        same = (
            "，等级不变"
            if self.before.grade == self.after.grade
            else f"，等级由{self.before.grade}变为{self.after.grade}"
        )
        yield f"总分：{_points(self.before.total)} → {_points(self.after.total)}{same if self.before.grade else ''}"


def what_if(case: Case, changes: Sequence[Change], accepted: Book | None = None) -> WhatIf:
    """The form with other values. Raises ``ValueError`` in Chinese for a row or field that is not there.

    ``accepted`` is the book the case was prepared with.
    """
    form = case.form
    for change in changes:
        form = _changed(form, change)
    rows = tuple(dict.fromkeys(change.row for change in changes))
    # What the unit prints for the old value says nothing about how it rounds the new one.
    blank = tuple(
        replace(row, score=None, coefficient=None) if place in rows else row
        for place, row in enumerate(form.indicators)
    )
    after = prepare(replace(form, indicators=blank), case.index, case.scheme, case.siblings, accepted)
    if case.rounding is not None:
        after = replace(after, rows=tuple(_as_before(row, case) for row in after.rows))
    old, new = standing(case), standing(after, rows)
    moved = tuple(
        (after.rows[place].row.name.text, old.scores[place], new.scores[place], _reason(after.rows[place]))
        for place in rows
    )
    return WhatIf(old, new, moved)


def _changed(form: Form, change: Change) -> Form:
    if not 0 <= change.row < len(form.indicators):
        raise ValueError(f"没有第{change.row + 1}个指标，表中共有{len(form.indicators)}个指标")
    if change.field not in FIELDS:
        raise ValueError(f"不能改“{change.field}”，可以改的有：{'、'.join(FIELDS)}")
    row = form.indicators[change.row]
    old = getattr(row, change.field)
    cell = replace(old, text=change.text) if isinstance(old, Printed) else Printed(change.text, row.place)
    rows: list[Indicator] = list(form.indicators)
    named: dict[str, Any] = {change.field: cell}
    rows[change.row] = replace(row, **named)
    return replace(form, indicators=tuple(rows))


def _as_before(row: RowScore, case: Case) -> RowScore:
    """A score at the rounding the unit showed before anything was changed."""
    if case.rounding is None or row.score is None or row.score.exact is None:
        return row
    return replace(row, score=replace(row.score, value=case.rounding.apply(row.score.exact)))


def _reason(row: RowScore) -> str:
    return row.score.reason if row.score is not None and row.score.value is None else ""


# --- what is missing to a total -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Improvement:
    """What one row could still earn.

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
    empty where the goal is reached already or out of reach (``reachable``).
    """

    goal: Decimal
    total: Decimal | None
    improvements: tuple[Improvement, ...]
    steps: tuple[tuple[Improvement, Needed], ...] = ()
    reachable: bool = True

    def lines(self) -> Iterator[str]:
        """The answer in Chinese."""
        if self.total is None:
            yield "总分无法确定，不能计算还差多少"
            return
        if self.total >= self.goal:
            yield f"总分{_points(self.total)}，已达到{_plain(self.goal)}分"
            return
        yield f"总分{_points(self.total)}，距{_plain(self.goal)}分还差{_points(self.goal - self.total)}"
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
    if now.total is None:
        return Route(goal, None, (), reachable=False)
    short = goal - now.total
    found = [one for place in range(len(case.rows)) if (one := _improvement(case, place, short)) is not None]
    found.sort(key=lambda one: (one.effort is None, -(Fraction(one.gain) / one.effort if one.effort else one.gain)))
    reachable = short <= 0 or sum(one.gain for one in found) >= short
    steps = tuple(_steps(case, found, short)) if short > 0 and reachable else ()
    return Route(goal, now.total, tuple(found), steps, reachable)


def _improvement(case: Case, place: int, short: Decimal) -> Improvement | None:
    row = case.rows[place]
    tree, got, weight = _tree(row), _score(row, trusted=False), row.weight
    if tree is None or got is None or weight is None or got >= weight:
        return None
    context = context_of(row.row, case.form)
    full = invert(tree, context, Fraction(weight))
    if not full.stretches:
        return None
    wanted = got + short
    alone = invert(tree, context, Fraction(wanted)) if short > 0 and wanted <= weight else None
    effort = _effort(row, tree, case, full)
    return Improvement(place, row.row.name.text, got, weight, text_of(row.row.actual), full, alone, effort)


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


def _effort(row: RowScore, tree: Expr, case: Case, needed: Needed) -> Fraction | None:
    x = _value(row, tree, case)
    near = needed.nearest(x) if x is not None else None
    if x is None or near is None:
        return None
    return abs(near - x) / (max(abs(near), abs(x)) or Fraction(1))


def _steps(case: Case, found: Sequence[Improvement], short: Decimal) -> Iterator[tuple[Improvement, Needed]]:
    """Rows in order of what a point costs; the last one only as far as it is needed."""
    for one in found:
        if short <= 0:
            return
        tree = _tree(case.rows[one.row])
        if one.gain > short and tree is not None:
            part = invert(tree, context_of(case.rows[one.row].row, case.form), Fraction(one.score + short))
            yield one, part if part.possible else one.full
        else:
            yield one, one.full
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
    falls (None: it is the lowest).
    """

    total: Decimal | None
    grade: str
    above: Decimal | None = None
    better: str = ""
    below: Decimal | None = None
    worse: str = ""
    flips: tuple[Flip, ...] = ()

    def lines(self) -> Iterator[str]:
        """The answer in Chinese."""
        if self.total is None:
            yield "总分无法确定，不能判断等级是否稳定"
            return
        parts = [f"总分{_points(self.total)}，等级{self.grade}"]
        parts += [f"距{self.better}还差{_points(self.above)}"] if self.above is not None else []
        parts += [f"再少{_points(self.below)}以上就降为{self.worse}"] if self.below is not None else []
        yield "，".join(parts)
        for flip in self.flips:
            yield f"只改“{flip.name}”一项，{flip.needs}，等级{'升' if flip.up else '降'}为{flip.to}"


def sensitivity(case: Case) -> Sensitivity:
    """How far the total is from the band edges, and which single-row changes flip the grade."""
    now = standing(case)
    if now.total is None or not now.grade:
        return Sensitivity(now.total, now.grade)
    bands = case.scheme.grade_bands
    place = next(i for i, band in enumerate(bands) if now.total >= band.low)
    above = bands[place - 1].low - now.total if place else None
    lowest = place + 1 == len(bands)
    below = None if lowest else now.total - bands[place].low
    better, worse = bands[place - 1].gives if place else "", "" if lowest else bands[place + 1].gives
    flips = [
        flip
        for row in range(len(case.rows))
        for flip in (_up(case, row, above, better), _down(case, row, below))
        if flip is not None
    ]
    return Sensitivity(now.total, now.grade, above, better, below, worse, tuple(flips))


def _up(case: Case, place: int, above: Decimal | None, better: str) -> Flip | None:
    row = case.rows[place]
    tree, got = _tree(row), _score(row, trusted=False)
    if above is None or tree is None or got is None or row.weight is None or got + above > row.weight:
        return None
    needed = invert(tree, context_of(row.row, case.form), Fraction(got + above))
    if not needed.stretches:
        return None
    return Flip(place, row.row.name.text, True, better, needed.text)


def _down(case: Case, place: int, below: Decimal | None) -> Flip | None:
    """Where the row's value would have to fall for the total to leave its band: the nearest value that loses enough."""
    row = case.rows[place]
    tree, got = _tree(row), _score(row, trusted=False)
    if below is None or tree is None or got is None or got <= below:
        return None
    context = context_of(row.row, case.form)
    kept = Fraction(got - below)
    needed = invert(tree, context, kept)
    x = _value(row, tree, case)
    around = next((part for part in needed.stretches if x is not None and part.holds(x)), None)
    drawn = curve(tree, context)
    if around is None or drawn is None or x is None:
        return None
    edge = _nearest_edge(around, x, drawn.domain.interval)
    if edge is None:
        return None
    end, is_low = edge
    included = around.low_incl if is_low else around.high_incl
    word = ("低于" if included else "不高于") if is_low else ("高于" if included else "不低于")
    total = standing(case).total
    # What the row earns just beyond the edge says how far the grade falls.
    lost = _just_beyond(case, place, end, is_low=is_low)
    to = grade_of(total - lost, case.scheme) if total is not None and lost is not None else ""
    if not to or total is None or to == grade_of(total, case.scheme):
        return None
    return Flip(place, row.row.name.text, False, to, f"完成值{word}{amount(end, drawn.unit)}时")


def _nearest_edge(part: Interval, x: Fraction, domain: Interval) -> tuple[Fraction, bool] | None:
    """The nearer end of a stretch that lies inside what can occur, and whether it is the lower one."""
    ends = []
    if part.low is not None and part.low != domain.low:
        ends.append((x - part.low, part.low, True))
    if part.high is not None and part.high != domain.high:
        ends.append((part.high - x, part.high, False))
    return min(ends)[1:] if ends else None


def _just_beyond(case: Case, place: int, end: Fraction, *, is_low: bool) -> Decimal | None:
    """The points a row loses just beyond an end: at least what leaves the band."""
    row = case.rows[place]
    tree, got = _tree(row), _score(row, trusted=False)
    drawn = curve(tree, context_of(row.row, case.form)) if tree is not None else None
    if drawn is None or got is None:
        return None
    step = Fraction(1) if drawn.domain.whole else Fraction(1, 100)
    beyond = drawn.score(end - step if is_low else end + step)
    return None if beyond is None else got - NATIONAL.apply(beyond)


def _points(value: Decimal | None) -> str:
    return "没有得分" if value is None else f"{_plain(value)}分"


def _plain(value: Decimal) -> str:
    return number(Fraction(value))
