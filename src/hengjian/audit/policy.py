"""The unit's own practice: which formulas, partial-step policy and rounding explain its printed scores, and who breaks it.

Where no rule is printed, or a printed rule leaves a begun step open, several ways of scoring are defensible. One form, or
better all forms of a unit, show which of them the unit follows: the one that gives most of the printed scores. Only rows
that tell the ways apart count as evidence. Against a practice that is settled, a row scored in another way stands out, even
if that way is defensible by itself; what is not settled accuses nobody.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from hengjian.audit.case import Case, RowScore, context_of, text_of
from hengjian.forms.form import Form
from hengjian.rules.defaults import default_reading, practices
from hengjian.rules.practice import Practice, infer_rounding
from hengjian.rules.reading import Context, Reading, Status
from hengjian.rules.run import score
from hengjian.rules.scheme import Scheme, load_scheme
from hengjian.rules.score import Score, rounded_as
from hengjian.rules.tree import Expr, Partial, Steps, walk
from hengjian.values.rounding import NATIONAL
from hengjian.values.text import fold

TOLERANCE = Fraction(5, 1000)
# A practice is settled by so many rows that tell, if they are more than twice those of any other.
_SETTLED = 2
# Published satisfaction scales of other places (handbook 3.1, A1-A3).
_SATISFACTION = ("national-2021-bands", "yunnan", "jiangxi")

TITLES = {
    "partial_step": "不足一步怎样扣（加）分",
    "reverse": "反向指标未达到目标怎样计分",
    "date": "逾期怎样计分",
    "satisfaction": "满意度怎样计分",
    "positive": "未完成目标怎样计分",
}
_PARTIALS = {Partial.LINEAR: "按比例计", Partial.FLOOR: "满一步才计", Partial.CEIL: "不满一步按一步计"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One question of practice (a key of ``TITLES``) with its ways, best first, and how many telling rows each explains.

    ``of`` counts the rows on which the ways differ. ``settled`` is true where the first way is beyond doubt.
    """

    question: str
    ways: tuple[tuple[str, int], ...]
    of: int
    settled: bool

    @property
    def title(self) -> str:
        """The question in Chinese."""
        return TITLES[self.question]

    def __str__(self) -> str:
        """The question with the evidence for each way."""
        told = "；".join(f"{title}：{count}项" for title, count in self.ways)
        verdict = f"本单位的做法是“{self.ways[0][0]}”" if self.settled else "做法不明确"
        return f"{self.title}：{verdict}（能分辨的{self.of}项中，{told}相符）"


@dataclass(frozen=True, slots=True)
class Break:
    """A row that does not follow the unit's own practice. ``way`` names the other way that gives its score ("" if none)."""

    form: int
    row: RowScore
    expected: Decimal
    derivation: str
    way: str = ""

    def __str__(self) -> str:
        """The row in words: printed, expected, and what explains the difference."""
        told = f"“{self.row.row.name.text}”填报{self.row.printed}分，按本单位的做法应为{self.expected}分（{self.derivation}）"
        return f"{told}；这一项像是“{self.way}”" if self.way else told


@dataclass(frozen=True, slots=True)
class UnitPractice:
    """How a unit scores: its rounding, its answers to each question that its rows can tell, and the rows that break them.

    ``explains`` of ``of`` printed scores follow from the practice.
    """

    unit: str
    rounding: Practice
    choices: tuple[Choice, ...]
    breaks: tuple[Break, ...]
    explains: int
    of: int

    def lines(self) -> Iterator[str]:
        """The practice in Chinese."""
        if not self.of:
            yield f"{self.unit or '（未写单位）'}：没有可以复算的得分，看不出计分的做法"
            return
        yield f"{self.unit or '（未写单位）'}：{self.of}项得分中，{self.explains}项与本单位的做法相符"
        yield f"取位：{self.rounding}"
        yield from map(str, self.choices)
        yield from (f"不合本单位做法：{one}" for one in self.breaks)


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to score a row: its title and what it gives."""

    title: str
    score: Score
    exact: Fraction


@dataclass(frozen=True, slots=True)
class _Row:
    """A row with a printed score: every way it may be scored, the scheme's or the reader's first."""

    form: int
    row: RowScore
    printed: Decimal
    question: str
    ways: tuple[_Way, ...]

    @property
    def tells(self) -> bool:
        """Whether the ways differ by more than a rounding."""
        return len({NATIONAL.apply(way.exact) for way in self.ways}) > 1


# --- the answer ---------------------------------------------------------------------------------------------------------


def practices_of(cases: Sequence[Case]) -> tuple[UnitPractice, ...]:
    """The practice of each unit among the forms, in the order the units appear."""
    units = dict[str, list[Case]]()
    for case in cases:
        units.setdefault(fold(_unit(case.form)), []).append(case)
    return tuple(practice_of(forms) for forms in units.values())


def practice_of(cases: Sequence[Case]) -> UnitPractice:
    """The practice that explains most printed scores of the forms of one unit."""
    rows = [row for case in cases for row in _rows(case)]
    rounding = _rounding(rows, {})
    choices = _choices(rows, rounding)
    chosen = {choice.question: choice.ways[0][0] for choice in choices if choice.settled}
    rounding = _rounding(rows, chosen)
    breaks = tuple(found for row in rows if (found := _break(row, chosen, rounding)) is not None)
    unit = _unit(cases[0].form) if cases else ""
    return UnitPractice(unit, rounding, choices, breaks, len(rows) - len(breaks), len(rows))


def own_way(case: Case, row: RowScore) -> tuple[str, Score] | None:
    """How the unit evidently scores such a row, with the title of the way: another way than the scheme's or the reader's own.

    None where the form settles nothing, or settles the way the row was recomputed by.
    """
    mine = _row(case, row)
    if mine is None or not mine.tells:
        return None
    rows = list(_rows(case))
    choices = _choices(rows, _rounding(rows, {}))
    title = next((choice.ways[0][0] for choice in choices if choice.settled and choice.question == mine.question), None)
    way = next((way for way in mine.ways if way.title == title), None)
    return None if way is None or way == mine.ways[0] else (way.title, way.score)


def _unit(form: Form) -> str:
    return text_of(form.unit) or text_of(form.department)


def _agrees(way: _Way, printed: Decimal, rounding: Practice) -> bool:
    return abs(Fraction(printed) - way.exact) <= TOLERANCE or rounding.accepts(way.exact, printed)


def _rounding(rows: Sequence[_Row], chosen: dict[str, str]) -> Practice:
    return infer_rounding([(_expected(row, chosen).exact, row.printed) for row in rows])


def _expected(row: _Row, chosen: dict[str, str]) -> _Way:
    """The row's score by the unit's settled way, else by the way that fits best, else by the first."""
    title = chosen.get(row.question)
    own = next((way for way in row.ways if way.title == title), None)
    if own is not None:
        return own
    if title is not None:
        return row.ways[0]
    return min(row.ways, key=lambda way: abs(way.exact - Fraction(row.printed)))


def _choices(rows: Sequence[_Row], rounding: Practice) -> tuple[Choice, ...]:
    found = []
    for question in TITLES:
        telling = [row for row in rows if row.question == question and row.tells]
        titles = dict.fromkeys(way.title for row in telling for way in row.ways)
        fits = {title: _explained(telling, title, rounding) for title in titles}
        ranked = sorted(fits, key=lambda title: -len(fits[title]))  # the scheme's own way wins a tie: it comes first
        if not ranked or not fits[ranked[0]]:
            continue
        best = fits[ranked[0]]
        # A way that explains the very same rows is no rival: no row tells the two apart.
        settled = len(best) >= _SETTLED and all(len(best) > 2 * len(fits[way]) or fits[way] == best for way in ranked)
        found.append(Choice(question, tuple((title, len(fits[title])) for title in ranked), len(telling), settled))
    return tuple(found)


def _explained(rows: Sequence[_Row], title: str, rounding: Practice) -> frozenset[int]:
    """The positions of the rows whose printed score a way gives."""
    return frozenset(
        place
        for place, row in enumerate(rows)
        if any(way.title == title and _agrees(way, row.printed, rounding) for way in row.ways)
    )


def _break(row: _Row, chosen: dict[str, str], rounding: Practice) -> Break | None:
    title = chosen.get(row.question)
    allowed = row.ways if title is None else tuple(way for way in row.ways if way.title == title) or row.ways
    if any(_agrees(way, row.printed, rounding) for way in allowed):
        return None
    own = _expected(row, chosen)
    other = next((way.title for way in row.ways if way not in allowed and _agrees(way, row.printed, rounding)), "")
    got = rounded_as(own.score, rounding.rounding)
    return Break(row.form, row.row, got.value or Decimal(0), got.derivation, other)


# --- the ways of a row --------------------------------------------------------------------------------------------------


def _rows(case: Case) -> Iterator[_Row]:
    for row in case.rows:
        if (told := _row(case, row)) is not None:
            yield told


def _row(case: Case, row: RowScore) -> _Row | None:
    if row.printed is None or row.weight is None or row.reading is None or row.score is None:
        return None
    context, actual = context_of(row.row, case.form), text_of(row.row.actual)
    question, named = _ways(row.reading, context, case.scheme)
    ways = tuple(way for title, reading in named if (way := _run(title, reading, context, actual)) is not None)
    # The first way is the reading itself: a row it cannot score tells nothing.
    return _Row(case.index, row, row.printed, question, ways) if ways and ways[0].title == named[0][0] else None


def _run(title: str, reading: Reading, context: Context, actual: str) -> _Way | None:
    got = score(reading, context, actual)
    return None if got.exact is None else _Way(title, got, got.exact)


def _ways(reading: Reading, context: Context, scheme: Scheme) -> tuple[str, tuple[tuple[str, Reading], ...]]:
    """The question a row answers, and its readings by title."""
    if not reading.origin.startswith("scheme:"):
        return _partial_ways(reading)
    kind = reading.origin.rpartition("/")[2]
    named = practices(context, scheme) or (("按方案", reading),)
    if kind == "satisfaction":
        scales = (_scheme(name) for name in _SATISFACTION if name != scheme.name)
        named += tuple((f"按“{scale.title}”的满意度口径", default_reading(context, scale)) for scale in scales)
    return kind, named


@cache
def _scheme(name: str) -> Scheme:
    return load_scheme(name)


def other_begun_steps(reading: Reading, context: Context, actual: str) -> tuple[Fraction, ...]:
    """The exact scores of a printed rule under the other policies for begun steps; () where the text states one (C9)."""
    _, named = _partial_ways(reading)
    ways = (_run(title, other, context, actual) for title, other in named[1:])
    return tuple(way.exact for way in ways if way is not None)


def _partial_ways(reading: Reading) -> tuple[str, tuple[tuple[str, Reading], ...]]:
    """A printed rule under each policy for begun steps, the reader's own first; one way where the text states it."""
    open_ = {
        node.partial for tree in reading.trees for node in walk(tree) if isinstance(node, Steps) and not node.stated
    }
    if len(open_) != 1 or reading.status is Status.AMBIGUOUS:
        return "", (("按印出的规则", reading),)
    (own,) = open_
    policies = (own, *(policy for policy in Partial if policy is not own))
    return "partial_step", tuple(
        (_PARTIALS[policy], replace(reading, trees=tuple(_with_partial(tree, policy) for tree in reading.trees)))
        for policy in policies
    )


def _with_partial(tree: Expr, partial: Partial) -> Expr:
    """The tree with another policy wherever the text states none."""

    def change(node: Any) -> Any:
        return replace(node, partial=partial) if isinstance(node, Steps) and not node.stated else node

    rewritten: Expr = _rewrite(tree, change)
    return rewritten


def _rewrite(node: Any, change: Callable[[Any], Any]) -> Any:
    """A node with ``change`` applied to it and to everything below it."""
    if isinstance(node, tuple):
        return tuple(_rewrite(part, change) for part in node)
    if not is_dataclass(node) or isinstance(node, type):
        return node
    below = {part.name: _rewrite(getattr(node, part.name), change) for part in fields(node)}
    return change(replace(node, **below))
