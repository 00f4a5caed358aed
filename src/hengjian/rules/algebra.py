"""Exact piecewise rational functions of one variable: what a scoring rule is, once its words are gone.

The real line is cut at finitely many points; between two cuts and at each cut one value holds. Values are rational
functions with exact coefficients, truth values, or the two kinds of no score. Everything is proved on these cells: where
they are silent is a gap, where two conditions hold is an overlap, where neighbours differ is a jump.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import isqrt
from typing import Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")
V = TypeVar("V")


class Unplottable(Exception):
    """The rule is no exact piecewise function of one variable (several inputs, an irrational border, too many steps)."""


class NoScore(Enum):
    """Why there is no number."""

    SILENT = "silent"  # the rule says nothing here: a gap
    UNSURE = "unsure"  # a person decides, or the rule cannot be executed here


@dataclass(frozen=True, slots=True)
class Interval:
    """A piece of the real line; None is infinity. A single point has equal, included ends."""

    low: Fraction | None
    high: Fraction | None
    low_incl: bool = False
    high_incl: bool = False

    @property
    def point(self) -> bool:
        """Whether it is a single value."""
        return self.low is not None and self.low == self.high

    def holds(self, x: Fraction) -> bool:
        """Whether a value lies inside."""
        above = self.low is None or x > self.low or (self.low_incl and x == self.low)
        below = self.high is None or x < self.high or (self.high_incl and x == self.high)
        return above and below

    def meet(self, other: "Interval") -> "Interval | None":
        """The common part, or None."""
        low, low_incl = max(
            (self._lower(), other._lower()), key=lambda end: (end[0] is not None, end[0] or 0, not end[1])
        )
        high, high_incl = min((self._upper(), other._upper()), key=lambda end: (end[0] is None, end[0] or 0, end[1]))
        if low is not None and high is not None and (low > high or (low == high and not (low_incl and high_incl))):
            return None
        return Interval(low, high, low_incl, high_incl)

    def _lower(self) -> tuple[Fraction | None, bool]:
        return self.low, self.low_incl

    def _upper(self) -> tuple[Fraction | None, bool]:
        return self.high, self.high_incl

    def whole_numbers(self) -> tuple[int | None, int | None] | None:
        """The least and the greatest whole number inside (None: no bound); None where there is none."""
        low = high = None
        if self.low is not None:
            low = -(-self.low.numerator // self.low.denominator)
            low += low == self.low and not self.low_incl
        if self.high is not None:
            high = self.high.numerator // self.high.denominator
            high -= high == self.high and not self.high_incl
        return None if low is not None and high is not None and low > high else (low, high)


_ONE = (Fraction(1),)


@dataclass(frozen=True, slots=True)
class Rational:
    """A polynomial over a polynomial; coefficients from the constant term up, without leading zeros."""

    num: tuple[Fraction, ...]
    den: tuple[Fraction, ...] = _ONE

    def __call__(self, x: Fraction) -> Fraction | None:
        """The value at a point, or None where the denominator vanishes."""
        if self.den == _ONE:
            return _at(self.num, x)
        below = _at(self.den, x)
        return None if below == 0 else _at(self.num, x) / below

    @property
    def constant(self) -> Fraction | None:
        """Its value where it does not depend on the variable."""
        return _at(self.num, Fraction(0)) / self.den[0] if len(self.num) <= 1 and len(self.den) == 1 else None

    @property
    def line(self) -> tuple[Fraction, Fraction] | None:
        """(value at 0, slope) of a straight line."""
        if len(self.den) > 1 or len(self.num) > 2:
            return None
        padded = (*self.num, Fraction(0), Fraction(0))
        return padded[0] / self.den[0], padded[1] / self.den[0]

    def __add__(self, other: "Rational") -> "Rational":
        if self.den == other.den == _ONE:
            return Rational(_plus(self.num, other.num))
        return _rational(_plus(_times(self.num, other.den), _times(other.num, self.den)), _times(self.den, other.den))

    def __neg__(self) -> "Rational":
        return Rational(tuple(-one for one in self.num), self.den)

    def __sub__(self, other: "Rational") -> "Rational":
        return self + -other

    def __mul__(self, other: "Rational") -> "Rational":
        if self.den == other.den == _ONE:
            return Rational(_times(self.num, other.num))
        return _rational(_times(self.num, other.num), _times(self.den, other.den))

    def over(self, other: "Rational") -> "Rational | None":
        """The quotient, or None when the divisor is zero everywhere."""
        return _rational(_times(self.num, other.den), _times(self.den, other.num)) if other.num else None

    def roots(self) -> tuple[Fraction, ...]:
        """Where the numerator vanishes, in order. Raises ``Unplottable`` where a root is not a fraction."""
        return _roots(self.num)

    def poles(self) -> tuple[Fraction, ...]:
        """Where the denominator vanishes."""
        if self.den == _ONE:
            return ()
        return _roots(self.den)


def const(value: Fraction) -> Rational:
    """The function with one value."""
    return Rational((value,) if value else ())


VARIABLE = Rational((Fraction(0), Fraction(1)))


def _trim(coefficients: Iterable[Fraction]) -> tuple[Fraction, ...]:
    kept = list(coefficients)
    while kept and kept[-1] == 0:
        kept.pop()
    return tuple(kept)


def _at(poly: Sequence[Fraction], x: Fraction) -> Fraction:
    total = Fraction(0)
    for coefficient in reversed(poly):
        total = total * x + coefficient
    return total


def _plus(left: Sequence[Fraction], right: Sequence[Fraction]) -> tuple[Fraction, ...]:
    size = max(len(left), len(right))
    zero = Fraction(0)
    return _trim((left[i] if i < len(left) else zero) + (right[i] if i < len(right) else zero) for i in range(size))


def _times(left: Sequence[Fraction], right: Sequence[Fraction]) -> tuple[Fraction, ...]:
    out = [Fraction(0)] * max(len(left) + len(right) - 1, 0)
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            out[i + j] += a * b
    return _trim(out)


def _rational(num: tuple[Fraction, ...], den: tuple[Fraction, ...]) -> Rational:
    """In lowest terms with leading denominator 1, so that equal functions compare equal."""
    if not num:
        return Rational(())
    if len(den) == 1:
        return Rational(num if den == _ONE else tuple(one / den[0] for one in num))
    common = _gcd(num, den)
    if len(common) > 1:
        num, den = _quotient(num, common), _quotient(den, common)
    lead = den[-1]
    return Rational(tuple(one / lead for one in num), tuple(one / lead for one in den))


def _divide(num: Sequence[Fraction], den: Sequence[Fraction]) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
    rest, quotient = list(num), [Fraction(0)] * max(len(num) - len(den) + 1, 0)
    for position in range(len(num) - len(den), -1, -1):
        factor = rest[position + len(den) - 1] / den[-1]
        quotient[position] = factor
        for i, one in enumerate(den):
            rest[position + i] -= factor * one
    return _trim(quotient), _trim(rest)


def _quotient(num: Sequence[Fraction], den: Sequence[Fraction]) -> tuple[Fraction, ...]:
    return _divide(num, den)[0]


def _gcd(left: tuple[Fraction, ...], right: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    while right:
        left, right = right, _divide(left, right)[1]
    return left


def _roots(poly: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    match len(poly):
        case 0 | 1:
            return ()
        case 2:
            return (-poly[0] / poly[1],)
        case 3:
            return _square_roots(poly)
        case _:
            raise Unplottable


def _square_roots(poly: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    c, b, a = poly
    under = b * b - 4 * a * c
    if under < 0:
        return ()
    top, bottom = isqrt(under.numerator), isqrt(under.denominator)
    if top * top != under.numerator or bottom * bottom != under.denominator:
        raise Unplottable
    root = Fraction(top, bottom)
    return tuple(sorted({(-b - root) / (2 * a), (-b + root) / (2 * a)}))


# --- cells ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cells(Generic[T]):
    """One value on each open stretch between cuts (``between``, one more than cuts) and at each cut (``at``)."""

    cuts: tuple[Fraction, ...]
    between: tuple[T, ...]
    at: tuple[T, ...]

    def __iter__(self) -> Iterator[tuple[Interval, T]]:
        """Stretches and points from left to right."""
        ends = (None, *self.cuts, None)
        for i, value in enumerate(self.between):
            yield Interval(ends[i], ends[i + 1]), value
            if i < len(self.at):
                yield Interval(self.cuts[i], self.cuts[i], True, True), self.at[i]

    def refine(self, cuts: Iterable[Fraction]) -> "Cells[T]":
        """The same function with more cuts."""
        every = tuple(sorted({*self.cuts, *cuts}))
        if every == self.cuts:
            return self
        here = dict(zip(self.cuts, self.at, strict=True))
        between, at, position = [], list[T](), 0
        for cut in (*every, None):
            between.append(self.between[position])
            if cut is None:
                break
            if cut in here:
                at.append(here[cut])
                position += 1
            else:
                at.append(self.between[position])
        return Cells(every, tuple(between), tuple(at))

    def map(self, change: Callable[[T], U]) -> "Cells[U]":
        """Another value in each cell."""
        return Cells(self.cuts, tuple(map(change, self.between)), tuple(map(change, self.at)))

    def join(self, other: "Cells[U]", combine: Callable[[T, U], V]) -> "Cells[V]":
        """Two functions made one, cell by cell."""
        left, right = self.refine(other.cuts), other.refine(self.cuts)
        return Cells(
            left.cuts,
            tuple(map(combine, left.between, right.between)),
            tuple(map(combine, left.at, right.at)),
        )

    def pieces(self) -> tuple[tuple[Interval, T], ...]:
        """Neighbouring cells with one value joined to the largest intervals."""
        joined = list[tuple[Interval, T]]()
        for interval, value in self:
            if joined and joined[-1][1] == value:
                last = joined[-1][0]
                joined[-1] = (Interval(last.low, interval.high, last.low_incl, interval.high_incl), value)
            else:
                joined.append((interval, value))
        return tuple(joined)


def everywhere(value: T) -> Cells[T]:
    """One value on the whole line."""
    return Cells((), (value,), ())


def sample(interval: Interval) -> Fraction:
    """Some value strictly inside an open stretch, or the point itself."""
    if interval.low is None:
        return (interval.high - 1) if interval.high is not None else Fraction(0)
    return (interval.low + interval.high) / 2 if interval.high is not None else interval.low + 1


Value = Rational | NoScore


def signs(function: Cells[Value]) -> Cells[int | None]:
    """-1, 0 or 1 on each cell, after cutting where the function changes sign; None where there is no number."""
    cuts = list[Fraction]()
    for interval, value in function:
        if isinstance(value, Rational) and not interval.point:
            cuts += (cut for cut in (*value.roots(), *value.poles()) if interval.holds(cut))
    finer = function.refine(cuts)
    return Cells(
        finer.cuts,
        tuple(_sign(value, sample(interval)) for interval, value in finer if not interval.point),
        tuple(_sign(value, cut) for cut, value in zip(finer.cuts, finer.at, strict=True)),
    )


def _sign(value: Value, x: Fraction) -> int | None:
    if isinstance(value, NoScore):
        return None
    number = value(x)
    return None if number is None else (number > 0) - (number < 0)


def region(truth: Cells[bool]) -> tuple[Interval, ...]:
    """Where something holds, as the largest intervals."""
    return tuple(interval for interval, holds in truth.pieces() if holds)


def where(truth: Cells[bool], yes: Cells[T], no: Cells[T]) -> Cells[T]:
    """``yes`` where the condition holds, ``no`` elsewhere."""
    return truth.join(yes.join(no, lambda a, b: (a, b)), lambda holds, pair: pair[0] if holds else pair[1])
