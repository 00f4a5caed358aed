"""The rules of a table, each distinct one compiled once, and what clerks typed, each distinct text read once.

Rules that differ only in their numbers share one shape: every number becomes a column, so that a hundred thousand targets
are one formula. What cannot be lowered (words, a person's grade, several inputs) is asked of ``rules.run`` itself, once for
each distinct rule, text and grade.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import Any, assert_never

from hengjian.engines.reasons import RowStatus, row_status
from hengjian.rules.accepted import Book as Confirmed
from hengjian.rules.binding.inputs import bind, door
from hengjian.rules.evaluate import Env
from hengjian.rules.reading import Context, Reading, target_number, weight_of
from hengjian.rules.rule import notes_of, rule_of
from hengjian.rules.run import score
from hengjian.rules.scheme import Scheme
from hengjian.rules.tree import (
    Arith,
    Branch,
    Case,
    Clamp,
    Combine,
    Compare,
    Condition,
    Const,
    Every,
    Expr,
    Human,
    Input,
    Interpolate,
    Missing,
    Not,
    Rounded,
    Some,
    Stated,
    Steps,
)
from hengjian.values.text import fold

# What stands beside a rule in its row, in the order of the columns that tell rows with one meaning apart.
FIELDS = ("rule", "indicator", "target", "weight", "level1", "level2", "sign", "unit", "year")

# Numbers beyond these are left to the reference: the bounds of the lowered arithmetic stay small.
MOST = 10**15
FINEST = 10**6

# Numbers with a meaning of their own stay in the shape; all others become columns.
_PLAIN = frozenset(map(Fraction, (0, 1, 100)))

ACTUAL = Input("#actual")
WEIGHT = Input("#weight")
TARGET = Input("#target")


@dataclass(slots=True)
class Shape:
    """Trees without their numbers. ``dens`` has the denominator of each parameter over all rules of the shape."""

    number: int
    trees: tuple[Expr, ...]
    parameters: tuple[Input, ...]
    dens: list[int] = field(default_factory=list)
    plans: list[tuple[int, tuple[Fraction, ...]]] = field(default_factory=list)
    _whole: list[tuple[int, ...]] = field(default_factory=list)
    _over: list[int] = field(default_factory=list)

    def numerators(self) -> list[tuple[int, ...]]:
        """The numbers of each of ``plans`` over ``dens``; kept, as every chunk asks for them."""
        if self._over != self.dens:
            self._whole, self._over = [], list(self.dens)
        fresh = self.plans[len(self._whole) :]
        self._whole += [
            tuple(int(one * den) for one, den in zip(values, self.dens, strict=True)) for _, values in fresh
        ]
        return self._whole


@dataclass(frozen=True, slots=True)
class Plan:
    """A rule in its row, ready to run. ``shape`` 0: ask the reference. ``way`` numbers how a typed text is read."""

    number: int
    reading: Reading
    context: Context
    shape: int = 0
    way: int = 0


@dataclass(frozen=True, slots=True)
class Typed:
    """A typed text as a number, or the reason why it is none.

    ``final``: the reason holds whatever the rule says (nothing was typed). ``ask``: only the reference can tell.
    """

    number: Fraction | None = None
    reason: str = ""
    final: bool = False
    ask: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reference says of one row."""

    hundredths: int | None
    reason: str
    status: RowStatus


class _Watched(dict[str, Fraction | Missing]):
    """The numbers of an environment; notes whether binding asked for the target."""

    asked = False

    def __getitem__(self, name: str) -> Fraction | Missing:
        self.asked |= name == "target"
        return super().__getitem__(name)

    def get(self, name: str, default: object = None) -> Fraction | Missing | None:  # type: ignore[override]
        self.asked |= name == "target"
        return super().get(name)


@dataclass(slots=True)
class _Known:
    """What is compiled, by the value of one field, then by that of the next field that was looked at."""

    position: int
    pages: dict[str, "_Known | tuple[Plan, int]"] = field(default_factory=dict)


class _Seen(Context):
    """A context that notes, in order, which of its fields reading a rule looks at: only these can matter to the reading."""

    # None in copies with other values: making one has looked at everything.
    looked_at: list[str] | None = None

    def __getattribute__(self, name: str) -> Any:
        if name in _NOTED:
            looked_at = super().__getattribute__("looked_at")
            if looked_at is not None and name not in looked_at:
                looked_at.append(name)
        return super().__getattribute__(name)


_NOTED = frozenset(FIELDS) - {"rule"}


def _seen(row: tuple[str, ...]) -> _Seen:
    plain = context_of(row)
    seen = _Seen(**{name: getattr(plain, name) for name in _NOTED})
    object.__setattr__(seen, "looked_at", [])
    return seen


class Book:
    """Everything compiled so far."""

    def __init__(self, scheme: Scheme, *, findings: bool = False, confirmed: Confirmed | None = None) -> None:
        """``findings`` also proves each rule (gaps, jumps …), which takes most of the time of compiling.

        ``confirmed`` readings come before those of the reader.
        """
        self.scheme = scheme
        self.findings = findings
        self.confirmed = confirmed
        # Only for these texts does it matter what else stands in the row: whether this very row was confirmed.
        self._confirmed = {fold(one.rule) for one in confirmed.entries.values()} if confirmed is not None else set()
        self.plans: list[Plan] = []
        self.codes: list[str] = []
        self.shapes: list[Shape] = []
        self.asked = 0  # distinct rows asked of the reference
        self._shapes: dict[tuple[Expr, ...], Shape] = {}
        self.pages = 0  # rules compiled
        self._known = _Known(0)
        self._plans: dict[tuple[object, ...], Plan] = {}
        self._codes: dict[str, int] = {}
        self._ways: dict[tuple[object, ...], int] = {}
        self._examples: list[tuple[Expr, Context, str]] = []  # of each way: a tree, its row, the name of its input
        self._typed: dict[tuple[int, str], Typed] = {}
        self._answers: dict[tuple[int, str, str], Answer] = {}

    @property
    def full(self) -> bool:
        """Whether so much is held that a new book should be begun (memory stays bounded on tables of any size)."""
        return self.pages + len(self._answers) + len(self._typed) // 2 > 1_000_000

    # --- rules ---

    def page(self, row: tuple[str, ...]) -> tuple[Plan, int]:
        """The plan of a row's ``FIELDS`` and the number of its findings' codes (see ``codes``)."""
        known: _Known | tuple[Plan, int] | None = self._known
        while isinstance(known, _Known):
            known = known.pages.get(row[known.position])
        return known if known is not None else self._compiled(row)

    def _compiled(self, row: tuple[str, ...]) -> tuple[Plan, int]:
        """Compile a row; keep the result for all rows that agree in what was looked at, in the order of looking."""
        seen = _seen(row)
        confirmed = self.confirmed if self._confirmed and fold(row[0]) in self._confirmed else None
        reading = rule_of(row[0], seen, self.scheme, accepted=confirmed)
        notes = notes_of(reading, seen) if self.findings else reading.notes
        codes = " ".join(dict.fromkeys(note.code for note in notes))
        if codes not in self._codes:
            self._codes[codes] = len(self.codes)
            self.codes.append(codes)
        page = (self._plan(reading, seen, row), self._codes[codes])
        self.pages += 1
        node = self._known
        looked = [0, *(FIELDS.index(name) for name in seen.looked_at or ())]
        for at, following in pairwise(looked):
            below = node.pages.setdefault(row[at], _Known(following))
            if not isinstance(below, _Known):
                raise AssertionError("reading a rule looked at other things than before")
            node = below
        node.pages[row[looked[-1]]] = page
        return page

    def _plan(self, reading: Reading, seen: "_Seen", row: tuple[str, ...]) -> Plan:
        doors = [door(tree, seen) for tree in reading.trees]
        key: tuple[object, ...] = (reading.trees, reading.status, seen.weight, seen.target, seen.sign, seen.unit)
        # An indicator's name and the year count only for the way texts are read.
        if doors and None not in doors:
            key += (tuple(one[1] for one in doors if one is not None),)
        else:
            key += (seen.indicator, seen.year)
        found = self._plans.get(key)
        if found is None:
            context = context_of(row)
            shape, way = self._lowered(reading, context, doors)
            found = Plan(len(self.plans), reading, context, shape, way)
            self.plans.append(found)
            self._plans[key] = found
        return found

    def _lowered(
        self, reading: Reading, context: Context, doors: list[tuple[Input, tuple[object, ...]] | None]
    ) -> tuple[int, int]:
        """Shape and way of reading, 0 and 0 where the rule is left to the reference."""
        if not doors or doors[0] is None or any(one is None or one[1] != doors[0][1] for one in doors):
            return 0, 0
        lift = _Lift(doors[0][0])
        trees = tuple(lift.expr(tree) for tree in reading.trees)
        if lift.uses_weight:
            weight = weight_of(context)
            if isinstance(weight, Missing):
                return 0, 0
            lift.values[WEIGHT] = weight
        if lift.uses_target:
            target = target_number(context)
            if target is None:
                return 0, 0
            lift.values[TARGET] = target
        shape = self._shapes.get(trees)
        if shape is None:
            shape = Shape(len(self.shapes) + 1, trees, tuple(lift.values), [1] * len(lift.values))
        values = tuple(lift.values[one] for one in shape.parameters)
        dens = [lcm(den, value.denominator) for den, value in zip(shape.dens, values, strict=True)]
        if any(den > FINEST or abs(value * den) > MOST for den, value in zip(dens, values, strict=True)):
            return 0, 0
        if trees not in self._shapes:
            self._shapes[trees] = shape
            self.shapes.append(shape)
        shape.dens = dens
        shape.plans.append((len(self.plans), values))
        way = self._ways.setdefault(doors[0][1], len(self._examples))
        if way == len(self._examples):
            self._examples.append((reading.trees[0], context, doors[0][0].name))
        return shape.number, way

    # --- what was typed ---

    def typed(self, way: int, text: str) -> Typed:
        """A text read in a way (``Plan.way``)."""
        found = self._typed.get((way, text))
        if found is None:
            found = self._typed[way, text] = self._read(way, text)
        return found

    def _read(self, way: int, text: str) -> Typed:
        if isinstance(given(text), Mapping):
            return Typed(ask=True)
        tree, context, name = self._examples[way]
        numbers = _Watched()
        env = Env(numbers)
        problem = bind(tree, context, text, None, env)
        if numbers.asked or env.only_words:
            return Typed(ask=True)
        if problem is not None:
            return Typed(reason=problem.reason, final=True)
        match dict.get(numbers, name):
            case Missing(reason):
                return Typed(reason=reason)
            case Fraction() as number if abs(number.numerator) <= MOST and number.denominator <= FINEST:
                return Typed(number)
            case _:
                return Typed(ask=True)

    # --- the reference ---

    def answer(self, plan: int, text: str, grade: str) -> Answer:
        """What ``rules.run`` says."""
        key = (plan, text, grade)
        found = self._answers.get(key)
        if found is None:
            self.asked += 1
            found = self._answers[key] = answer_of(self.plans[plan].reading, self.plans[plan].context, text, grade)
        return found


def answer_of(reading: Reading, context: Context, text: str, grade: str) -> Answer:
    """One row scored by the reference meaning."""
    got = score(reading, context, given(text), grade or None)
    status = row_status(reading.status, "" if got.value is not None else got.reason, read=bool(reading.trees))
    if got.value is None:
        return Answer(None, got.reason, status)
    return Answer(int(got.value.scaleb(2)), "", status)


def given(text: str) -> str | Mapping[str, str]:
    """What was typed, or the texts of several inputs by their printed nouns where it is a JSON object."""
    if not text.startswith("{"):
        return text
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return (
        {str(name): "" if one is None else str(one) for name, one in found.items()} if isinstance(found, dict) else text
    )


def context_of(row: tuple[str, ...]) -> Context:
    """The row of a rule, from the texts of its ``FIELDS``."""
    values = dict(zip(FIELDS, row, strict=True))
    year = values["year"]
    return Context(
        indicator=values["indicator"],
        target=values["target"],
        weight=values["weight"],
        level1=values["level1"],
        level2=values["level2"],
        sign=values["sign"],
        unit=values["unit"],
        year=int(year) if len(year) == 4 and year.isdecimal() and year.isascii() else None,
    )


# --- shapes -----------------------------------------------------------------------------------------------------------


class _Lift:
    """Takes the numbers out of trees, in the order in which they stand."""

    def __init__(self, actual: Input) -> None:
        self.actual = actual
        self.values: dict[Input, Fraction] = {}
        self.uses_weight = self.uses_target = False

    def expr(self, node: Expr) -> Expr:
        """The same expression with columns for its numbers."""
        match node:
            case Const(value):
                if value in _PLAIN:
                    return Const(value)
                hole = Input(f"#{len(self.values)}")
                self.values[hole] = value
                return hole
            case Input(name):
                return self.input(name, node)
            case Arith(op, left, right):
                return Arith(op, self.expr(left), self.expr(right))
            case Steps(distance, size, partial):
                return Steps(self.expr(distance), self.expr(size), partial)
            case Clamp(body, low, high):
                return Clamp(self.expr(body), self.maybe(low), self.maybe(high))
            case Case(branches, otherwise):
                clauses = tuple(Branch(self.condition(one.condition), self.expr(one.value)) for one in branches)
                return Case(clauses, self.maybe(otherwise))
            case Combine(pick, items):
                return Combine(pick, tuple(map(self.expr, items)))
            case Interpolate(measure, anchors):
                return Interpolate(self.expr(measure), anchors)
            case Rounded(body, places, truncate):
                return Rounded(self.expr(body), places, truncate)
            case Human() | Missing():
                return node
            case _:
                assert_never(node)

    def input(self, name: str, node: Input) -> Input:
        if name == "weight":
            self.uses_weight = True
            return WEIGHT
        if name == "target":
            self.uses_target = True
            return TARGET
        return ACTUAL if node.name == self.actual.name else node

    def maybe(self, node: Expr | None) -> Expr | None:
        return None if node is None else self.expr(node)

    def condition(self, node: Condition) -> Condition:
        """The same condition with columns for its numbers."""
        match node:
            case Compare(left, sign, right):
                return Compare(self.expr(left), sign, self.expr(right))
            case Every(items):
                return Every(tuple(map(self.condition, items)))
            case Some(items):
                return Some(tuple(map(self.condition, items)))
            case Not(item):
                return Not(self.condition(item))
            case Stated():
                return node
            case _:
                assert_never(node)
