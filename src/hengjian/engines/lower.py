"""Rules lowered to SQL: the meaning of a tree as whole-number arithmetic that every engine computes exactly.

A number is a numerator over a positive denominator, both whole; comparisons multiply crosswise, divisions swap, and the one
rounding at the end is ``(200 n + d) // (2 d)``. Nothing is ever a float: in DuckDB even DECIMAL / DECIMAL is one. Every
step knows how large it can become (``Term.low`` and ``high``), so that the width of the arithmetic is proved before a
row is touched: 64 bits where that suffices, else 37 digits, else ``lower`` gives None and the reference does the rows.

No number is NULL, and then ``why`` is the number of the reason. Conditions are SQL's three truth values, which are those of
``rules.evaluate.holds``: a decisive part decides, whatever is missing beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from itertools import pairwise
from math import gcd, lcm
from typing import assert_never

from sqlglot import exp

from hengjian.engines.reasons import DIVIDED_BY_ZERO, NO_STEP, READINGS_DIFFER, SILENT, reason_number
from hengjian.rules.tree import (
    Arith,
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
    Op,
    Partial,
    Pick,
    Rounded,
    Sign,
    Some,
    Stated,
    Steps,
)


class Width(Enum):
    """The whole numbers the arithmetic is done in: the largest magnitude that may occur."""

    LONG = 2**63 - 1
    WIDE = 10**37  # DECIMAL(38, 0) of Spark; HUGEINT and numeric hold more


# A quotient that is counted (steps, hundredths) must fit 64 bits everywhere: Spark's DIV gives a long.
_MOST_COUNTED = 2**62


@dataclass(frozen=True, slots=True)
class Leaf:
    """A column a tree reads: the numerator over the fixed ``den``, its least and greatest value in the rows at hand.

    ``why`` is the column with the number of the reason where the value is missing; "" when it never is. The column of
    a ``Stated`` condition holds truth values and has no bounds.
    """

    column: str
    den: int = 1
    low: int = 0
    high: int = 0
    why: str = ""


Leaves = Mapping[Expr | Condition, Leaf]


@dataclass(frozen=True, slots=True)
class Lowered:
    """Selects to be nested, the innermost first: each adds named columns to those of the one before.

    ``hundredths`` and ``why`` name the columns of the result; ``why`` is "" when there is always a score.
    """

    levels: tuple[tuple[tuple[str, exp.Expr], ...], ...]
    hundredths: str
    why: str
    kind: str  # the type every column a leaf names must have


class _TooLarge(Exception):
    """A step would not fit the width; ``lower`` tries the next one."""


def lower(trees: Sequence[Expr], leaves: Leaves, wide: str) -> Lowered | None:
    """The score in hundredths of one reading or several. None when no width is proved to suffice.

    ``leaves`` gives the column of every ``Input``, ``Human`` and ``Stated`` of the trees (compared as values). ``wide`` is
    the engine's name of a type of at least 37 digits. Several readings must agree, else there is no score.
    """
    for width, kind in ((Width.LONG, "BIGINT"), (Width.WIDE, wide)):
        try:
            return _Lowering(leaves, width, kind).result(trees)
        except _TooLarge:
            continue
    return None


def nested(lowered: Lowered, query: exp.Select, *, barrier: bool) -> exp.Select:
    """``row``, ``hundredths`` and ``why`` of a query that gives ``row`` and the columns of the leaves.

    ``barrier`` keeps the selects apart (see ``Engine``). The query is used up.
    """
    for level in lowered.levels:
        if barrier:
            query = query.offset(0, copy=False)
        named = [sql.as_(name, copy=False) for name, sql in level]
        query = exp.select(exp.Star(), *named, copy=False).from_(query.subquery("q", copy=False), copy=False)
    why = exp.column(lowered.why) if lowered.why else exp.cast(exp.Null(), "BIGINT")
    hundredths = exp.column(lowered.hundredths).as_("hundredths")
    return exp.select("row", hundredths, why.as_("why")).from_(query.subquery("q", copy=False), copy=False)


# --- whole numbers with proved bounds ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Term:
    """``factor`` times a column or formula (None: the factor alone); ``low`` and ``high`` bound the product."""

    factor: int
    sql: exp.Expr | None
    low: int
    high: int
    level: int = 0


def _literal(value: int) -> Term:
    return Term(value, None, value, value)


ONE, ZERO = _literal(1), _literal(0)


@dataclass(frozen=True, slots=True)
class Reason:
    """An SQL formula for the number of a reason, NULL where there is a value."""

    sql: exp.Expr
    level: int


@dataclass(frozen=True, slots=True)
class Pair:
    """A number: ``num`` over the positive ``den``; NULL exactly where ``why`` (if any) is not."""

    num: Term
    den: Term = ONE
    why: Reason | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """A condition: a formula, or a constant; NULL exactly where ``why`` (if any) is not."""

    sql: exp.Expr | bool
    level: int = 0
    why: Reason | None = None


@dataclass(slots=True)
class _Lowering:
    leaves: Leaves
    width: Width
    kind: str
    levels: list[list[tuple[str, exp.Expr]]] = field(default_factory=list)
    names: int = 0
    known: dict[Expr | Condition, Pair | Truth] = field(default_factory=dict)

    # --- columns ---

    def name(self, sql: exp.Expr, level: int) -> str:
        """Give a formula a column at the level after those it reads from."""
        while len(self.levels) <= level:
            self.levels.append([])
        self.names += 1
        name = f"v{self.names}"
        self.levels[level].append((name, sql))
        return name

    def kept(self, term: Term) -> Term:
        """The term with its formula in a column, so that it is written and computed once."""
        if term.sql is None or isinstance(term.sql, exp.Column):
            return term
        name = self.name(term.sql, term.level)
        return Term(term.factor, exp.column(name), term.low, term.high, term.level + 1)

    def keep(self, pair: Pair) -> Pair:
        why = pair.why
        if why is not None and not isinstance(why.sql, exp.Column | exp.Literal):
            why = Reason(exp.column(self.name(why.sql, why.level)), why.level + 1)
        return Pair(self.kept(pair.num), self.kept(pair.den), why)

    def sql(self, term: Term) -> exp.Expr:
        """The formula of a term."""
        if max(abs(term.low), abs(term.high), abs(term.factor)) > self.width.value:
            raise _TooLarge
        if term.sql is None:
            return self.number(term.factor)
        if term.factor == 1:
            return term.sql.copy()
        return exp.Mul(this=_wrap(term.sql), expression=self.number(term.factor))

    def number(self, value: int) -> exp.Expr:
        return exp.cast(
            exp.Literal.number(value) if value >= 0 else exp.Neg(this=exp.Literal.number(-value)), self.kind
        )

    def nothing(self) -> exp.Expr:
        return exp.cast(exp.Null(), self.kind)

    # --- arithmetic of terms ---

    def times(self, a: Term, b: Term) -> Term:
        ends = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
        factor, level = a.factor * b.factor, max(a.level, b.level)
        if factor == 0:
            return ZERO if a.sql is None and b.sql is None else Term(1, self.formula_zero(a, b), 0, 0, level)
        if max(map(abs, ends)) > self.width.value or abs(factor) > self.width.value:
            raise _TooLarge
        both = (
            exp.Mul(this=_wrap(a.sql), expression=_wrap(b.sql))
            if a.sql is not None and b.sql is not None
            else a.sql or b.sql
        )
        return Term(factor, both, min(ends), max(ends), level)

    def formula_zero(self, a: Term, b: Term) -> exp.Expr:
        """Zero that is still NULL where the other factor is."""
        part = a.sql if a.sql is not None else b.sql
        if part is None:
            return self.number(0)
        return exp.Mul(this=_wrap(part), expression=self.number(0))

    def plus(self, a: Term, b: Term) -> Term:
        if a.sql is None and b.sql is None:
            return _literal(a.factor + b.factor)
        if a.sql is None and a.factor == 0:
            return b
        if b.sql is None and b.factor == 0:
            return a
        low, high = a.low + b.low, a.high + b.high
        if max(abs(low), abs(high)) > self.width.value:
            raise _TooLarge
        sql = exp.Add(this=_wrap(self.sql(a)), expression=_wrap(self.sql(b)))
        return Term(1, sql, low, high, max(a.level, b.level))

    def minus(self, term: Term) -> Term:
        return Term(-term.factor, term.sql, -term.high, -term.low, term.level)

    def choose(self, truth: exp.Expr, level: int, yes: Term, no: Term, *, sure: bool) -> Term:
        """``yes`` where the condition holds, ``no`` elsewhere; NULL where the condition is and ``sure`` is false."""
        if sure and yes == no:
            return yes
        case = exp.Case().when(truth.copy(), self.sql(yes))
        case = case.else_(self.sql(no)) if sure else case.when(exp.not_(truth.copy()), self.sql(no))
        level = max(level, yes.level, no.level)
        return Term(1, case, min(yes.low, no.low), max(yes.high, no.high), level)

    def count(self, above: Term, below: Term) -> Term:
        """``above // below`` for a term that is not negative and one that is positive."""
        low, high = max(above.low, 0) // max(below.high, 1), max(above.high, 0) // max(below.low, 1)
        if high > _MOST_COUNTED:
            raise _TooLarge
        quotient = exp.IntDiv(this=_wrap(self.sql(above)), expression=_wrap(self.sql(below)))
        return Term(1, exp.cast(quotient, self.kind), low, high, max(above.level, below.level))

    # --- arithmetic of pairs ---

    def simple(self, pair: Pair) -> Pair:
        """Without the common factor of numerator and denominator."""
        common = gcd(pair.num.factor, pair.den.factor)
        if common <= 1:
            return pair
        return Pair(_divided(pair.num, common), _divided(pair.den, common), pair.why)

    def constant(self, value: Fraction) -> Pair:
        return Pair(_literal(value.numerator), _literal(value.denominator))

    def common(self, a: Pair, b: Pair) -> tuple[Term, Term, Term]:
        """Both numerators over one denominator."""
        if a.den == b.den:
            return a.num, b.num, a.den
        if a.den.sql == b.den.sql:
            whole = lcm(a.den.factor, b.den.factor)
            first, second = whole // a.den.factor, whole // b.den.factor
            den = self.times(a.den, _literal(first))
            return self.times(a.num, _literal(first)), self.times(b.num, _literal(second)), den
        return self.times(a.num, b.den), self.times(b.num, a.den), self.times(a.den, b.den)

    def add(self, a: Pair, b: Pair) -> Pair:
        first, second, den = self.common(a, b)
        return self.simple(Pair(self.plus(first, second), den, self.first(a.why, b.why)))

    def subtract(self, a: Pair, b: Pair) -> Pair:
        return self.add(a, Pair(self.minus(b.num), b.den, b.why))

    def multiply(self, a: Pair, b: Pair) -> Pair:
        a, b = self.simple(Pair(a.num, b.den, a.why)), self.simple(Pair(b.num, a.den, b.why))
        return Pair(self.times(a.num, b.num), self.times(a.den, b.den), self.first(a.why, b.why))

    def divide(self, a: Pair, b: Pair) -> Pair:
        b = self.keep(b)
        num, why = b.num, self.first(a.why, b.why)
        if num.low <= 0 <= num.high:
            zero = self.sign_of(num, Sign.EQ)
            if zero is True:
                return Pair(Term(1, self.nothing(), 0, 0), ONE, self.first(why, self.reason(DIVIDED_BY_ZERO)))
            case = exp.Case().when(_formula(zero), exp.Literal.number(reason_number(DIVIDED_BY_ZERO)))
            why = self.first(why, Reason(case, num.level))
            cleared = exp.Nullif(
                this=num.sql.copy() if num.sql is not None else self.number(0), expression=self.number(0)
            )
            low = num.low if num.low < 0 else 1
            num = self.kept(Term(num.factor, cleared, low, num.high if num.high > 0 else -1, num.level))
        # The sign goes to the numerator, so that denominators stay positive.
        above, below = b.den, num
        if num.high < 0:
            above, below = self.minus(above), self.minus(below)
        elif num.low < 0:
            negative = self.sign_of(num, Sign.LT)
            sign = self.choose(_formula(negative), num.level, _literal(-1), ONE, sure=True)
            size = self.choose(_formula(negative), num.level, self.minus(num), num, sure=True)
            largest = max(abs(num.low), abs(num.high))
            above = self.times(above, sign)
            below = self.kept(Term(1, size.sql, 1, largest, size.level))
        return Pair(*self._unwhyed(self.multiply(Pair(a.num, a.den), Pair(above, below))), why)

    @staticmethod
    def _unwhyed(pair: Pair) -> tuple[Term, Term]:
        return pair.num, pair.den

    def sign_of(self, term: Term, sign: Sign) -> exp.Expr | bool:
        """``term sign 0`` for a term that is not NULL where it matters."""
        if term.sql is None:
            return _proved(term, ZERO, sign) is True
        return _COMPARED[sign](this=_wrap(self.sql(term)), expression=exp.Literal.number(0))

    def compare(self, a: Pair, sign: Sign, b: Pair) -> Truth:
        left, right, _ = self.common(a, b)
        why, level = self.first(a.why, b.why), max(left.level, right.level)
        factor = gcd(left.factor, right.factor)
        if factor > 1:
            left, right = _divided(left, factor), _divided(right, factor)
        known = _proved(left, right, sign)
        if known is not None and why is None:
            return Truth(known)
        sql = _COMPARED[sign](this=_wrap(self.sql(left)), expression=_wrap(self.sql(right)))
        return Truth(sql, level, why)

    def extreme(self, a: Pair, b: Pair, sign: Sign) -> Pair:
        """``a`` where ``a sign b``, else ``b``: the larger or the smaller one."""
        if a == b:
            return a
        truth = self.compare(a, sign, b)
        if isinstance(truth.sql, bool):
            return a if truth.sql else b
        left, right, _ = self.common(a, b)
        known = _proved(left, right, sign)
        other = b if known else a
        if known is not None and other.why is None:
            return a if known else b
        return self.pick(truth, a, b)

    def pick(self, truth: Truth, yes: Pair, no: Pair) -> Pair:
        """``yes`` or ``no`` by a condition; both must be numbers for there to be a result."""
        condition, sure = _formula(truth.sql), truth.why is None
        level = truth.level
        if not isinstance(condition, exp.Column):
            condition, level = exp.column(self.name(condition, level)), level + 1
        if yes.den == no.den or (yes.den.sql is None and no.den.sql is None):
            first, second, den = self.common(yes, no)
        else:
            first, second = yes.num, no.num
            den = self.choose(condition, level, yes.den, no.den, sure=True)
        num = self.choose(condition, level, first, second, sure=sure)
        return self.keep(Pair(num, den, self.first(truth.why, yes.why, no.why)))

    # --- reasons ---

    def reason(self, text: str) -> Reason:
        return Reason(exp.Literal.number(reason_number(text)), 0)

    def first(self, *reasons: Reason | None) -> Reason | None:
        """The first reason that applies, in the order in which ``run`` meets them."""
        found: list[Reason] = []
        for one in reasons:
            if one is not None and one not in found:
                found.append(one)
        if len(found) <= 1:
            return found[0] if found else None
        level = max(one.level for one in found)
        return Reason(exp.Coalesce(this=found[0].sql.copy(), expressions=[one.sql.copy() for one in found[1:]]), level)

    # --- trees ---

    def number_of(self, expr: Expr) -> Pair:
        """The value of an expression; each distinct one is written once."""
        found = self.known.get(expr)
        if isinstance(found, Pair):
            return found
        pair = self.keep(self.simple(self._number(expr)))
        self.known[expr] = pair
        return pair

    def _number(self, expr: Expr) -> Pair:
        match expr:
            case Const(value):
                return self.constant(value)
            case Input() | Human():
                return self.leaf(expr)
            case Arith(op, left, right):
                return self.arith(op, self.number_of(left), self.number_of(right))
            case Steps():
                return self.steps(expr)
            case Clamp(body, low, high):
                return self.clamp(self.number_of(body), low, high)
            case Case():
                return self.case(expr)
            case Combine(pick, items):
                return self.combine(pick, [self.number_of(item) for item in items])
            case Interpolate(measure, anchors):
                return self.interpolate(self.number_of(measure), anchors)
            case Missing(reason):
                return Pair(Term(1, self.nothing(), 0, 0), ONE, self.reason(reason))
            case Rounded(body, places, truncate):
                return self.rounded(self.number_of(body), places, truncate=truncate)
            case _:
                assert_never(expr)

    def leaf(self, expr: Input | Human) -> Pair:
        leaf = self.leaves[expr]
        why = Reason(exp.column(leaf.why), 0) if leaf.why else None
        if leaf.low == leaf.high and not leaf.why:
            return Pair(_literal(leaf.low), _literal(leaf.den))
        return Pair(Term(1, exp.column(leaf.column), leaf.low, leaf.high), _literal(leaf.den), why)

    def arith(self, op: Op, left: Pair, right: Pair) -> Pair:
        match op:
            case Op.ADD:
                return self.add(left, right)
            case Op.SUB:
                return self.subtract(left, right)
            case Op.MUL:
                return self.multiply(left, right)
            case Op.DIV:
                return self.divide(left, right)
            case _:
                assert_never(op)

    def steps(self, expr: Steps) -> Pair:
        distance, size = self.number_of(expr.distance), self.number_of(expr.size)
        why = self.first(distance.why, size.why)
        step = size.num
        if step.low <= 0:
            if step.high <= 0 and size.why is None:
                return Pair(Term(1, self.nothing(), 0, 0), ONE, self.first(why, self.reason(NO_STEP)))
            positive = _formula(self.sign_of(step, Sign.GT))
            case = exp.Case().when(exp.not_(positive.copy()), exp.Literal.number(reason_number(NO_STEP)))
            why = self.first(why, Reason(case, step.level))
            kept = exp.Case().when(positive.copy(), self.sql(step))
            step = self.kept(Term(1, kept, 1, max(step.high, 1), step.level))
        way = self.extreme(Pair(distance.num, distance.den, distance.why), Pair(ZERO), Sign.GE)
        ratio = self.multiply(Pair(way.num, way.den), Pair(size.den, step))
        if expr.partial is Partial.LINEAR:
            return Pair(ratio.num, ratio.den, why)
        above, below = self.kept(ratio.num), self.kept(ratio.den)
        match expr.partial:
            case Partial.FLOOR:
                return Pair(self.count(above, below), ONE, why)
            case Partial.CEIL:
                more = self.plus(above, self.plus(below, _literal(-1)))
                return Pair(self.count(more, below), ONE, why)
            case _:
                assert_never(expr.partial)

    def clamp(self, body: Pair, low: Expr | None, high: Expr | None) -> Pair:
        if high is not None:
            body = self.extreme(body, self.number_of(high), Sign.LE)
        if low is not None:
            body = self.extreme(body, self.number_of(low), Sign.GE)
        return body

    def combine(self, pick: Pick, items: list[Pair]) -> Pair:
        if not items:
            return Pair(ZERO)
        result = items[0]
        for item in items[1:]:
            match pick:
                case Pick.MAX:
                    result = self.extreme(result, item, Sign.GE)
                case Pick.MIN:
                    result = self.extreme(result, item, Sign.LE)
                case Pick.SUM:
                    result = self.keep(self.add(result, item))
                case _:
                    assert_never(pick)
        return result

    def interpolate(self, measure: Pair, anchors: tuple[tuple[Fraction, Fraction], ...]) -> Pair:
        points = sorted(anchors)
        if not points:
            none = self.reason("没有插值的端点")
            return Pair(Term(1, self.nothing(), 0, 0), ONE, self.first(measure.why, none))
        result = self.constant(points[-1][1])
        for (x0, y0), (x1, y1) in reversed(list(pairwise(points))):
            if x0 == x1:
                continue
            run = self.subtract(measure, self.constant(x0))
            line = self.add(self.multiply(run, self.constant((y1 - y0) / (x1 - x0))), self.constant(y0))
            result = self.pick(self.compare(measure, Sign.LE, self.constant(x1)), self.keep(line), result)
        return self.pick(
            self.compare(measure, Sign.LE, self.constant(points[0][0])), self.constant(points[0][1]), result
        )

    def rounded(self, body: Pair, places: int, *, truncate: bool) -> Pair:
        """Away from zero on ties, or cut toward zero."""
        body = self.keep(body)
        above = self.times(body.num, _literal(10**places))
        den = body.den
        if not truncate:
            above, den = self.times(above, _literal(2)), self.times(den, _literal(2))

        def whole(size: Term) -> Term:
            return self.count(size if truncate else self.plus(size, body.den), den)

        if above.low >= 0:
            counted = whole(above)
        elif above.high <= 0:
            counted = self.minus(whole(self.minus(above)))
        else:
            # One count for both signs: the sign is taken off and put back.
            negative = _formula(self.sign_of(body.num, Sign.LT))
            size = self.choose(negative, body.num.level, self.minus(above), above, sure=True)
            size = self.kept(Term(1, size.sql, 0, max(-above.low, above.high), size.level))
            count = self.kept(whole(size))
            counted = self.choose(negative, body.num.level, self.minus(count), count, sure=True)
        return Pair(counted, _literal(10**places), body.why)

    # --- clauses and conditions ---

    def case(self, expr: Case) -> Pair:
        truths = [self.truth_of(branch.condition) for branch in expr.branches]
        values = [self.number_of(branch.value) for branch in expr.branches]
        silent = Pair(Term(1, self.nothing(), 0, 0), ONE, self.reason(SILENT))
        other = silent if expr.otherwise is None else self.number_of(expr.otherwise)
        unsure = [truth.why for truth in truths if truth.why is not None]
        arms: list[tuple[exp.Expr, Pair]] = []
        for truth, value in zip(truths, values, strict=True):
            if truth.sql is True:
                other = value
                break
            if truth.sql is not False:
                arms.append((truth.sql, value))
        if not arms and not unsure:
            return other
        level = max((truth.level for truth in truths), default=0)
        nums, den = self.one_denominator([*(value for _, value in arms), other], arms, level)
        num = exp.Case()
        for truth in truths:
            if truth.why is not None and not isinstance(truth.sql, bool):
                num = num.when(exp.Is(this=truth.sql.copy(), expression=exp.Null()), self.nothing())
        for (condition, _), term in zip(arms, nums, strict=False):
            num = num.when(condition.copy(), self.sql(term))
        num = num.else_(self.sql(nums[-1]))
        low, high = min(term.low for term in nums), max(term.high for term in nums)
        level = max(level, *(term.level for term in nums))
        return Pair(Term(1, num, low, high, level), den, self.why_of_case(unsure, arms, other, level))

    def one_denominator(
        self, values: list[Pair], arms: list[tuple[exp.Expr, Pair]], level: int
    ) -> tuple[list[Term], Term]:
        dens = [value.den for value in values]
        if all(den.sql == dens[0].sql for den in dens):
            whole = lcm(*(den.factor for den in dens))
            return [self.times(value.num, _literal(whole // value.den.factor)) for value in values], self.times(
                dens[0], _literal(whole // dens[0].factor)
            )
        case = exp.Case()
        for (condition, _), den in zip(arms, dens, strict=False):
            case = case.when(condition.copy(), self.sql(den))
        case = case.else_(self.sql(dens[-1]))
        level = max(level, *(den.level for den in dens))
        return [value.num for value in values], Term(
            1, case, min(den.low for den in dens), max(den.high for den in dens), level
        )

    def why_of_case(
        self, unsure: list[Reason], arms: list[tuple[exp.Expr, Pair]], other: Pair, level: int
    ) -> Reason | None:
        inside = other.why
        if arms and any(one.why is not None for one in (other, *(value for _, value in arms))):
            case = exp.Case()
            for condition, value in arms:
                case = case.when(condition.copy(), value.why.sql.copy() if value.why is not None else exp.Null())
            level = max(level, *(one.why.level for one in (other, *(v for _, v in arms)) if one.why is not None))
            inside = Reason(case.else_(other.why.sql.copy() if other.why is not None else exp.Null()), level)
        return self.first(*unsure, inside)

    def truth_of(self, condition: Condition) -> Truth:
        """Whether a condition holds, in a column."""
        found = self.known.get(condition)
        if isinstance(found, Truth):
            return found
        truth = self._truth(condition)
        if not isinstance(truth.sql, bool | exp.Column):
            truth = Truth(exp.column(self.name(truth.sql, truth.level)), truth.level + 1, truth.why)
        if truth.why is not None and not isinstance(truth.why.sql, exp.Column | exp.Literal):
            why = Reason(exp.column(self.name(truth.why.sql, truth.why.level)), truth.why.level + 1)
            truth = Truth(truth.sql, truth.level, why)
        self.known[condition] = truth
        return truth

    def _truth(self, condition: Condition) -> Truth:
        match condition:
            case Compare(left, sign, right):
                return self.compare(self.number_of(left), sign, self.number_of(right))
            case Every(items):
                return self.joined([self.truth_of(item) for item in items], decisive=False)
            case Some(items):
                return self.joined([self.truth_of(item) for item in items], decisive=True)
            case Not(item):
                truth = self.truth_of(item)
                if isinstance(truth.sql, bool):
                    return Truth(not truth.sql)
                return Truth(exp.not_(truth.sql.copy()), truth.level, truth.why)
            case Stated():
                leaf = self.leaves[condition]
                why = Reason(exp.column(leaf.why), 0) if leaf.why else None
                return Truth(exp.column(leaf.column), 0, why)
            case _:
                assert_never(condition)

    def joined(self, truths: list[Truth], *, decisive: bool) -> Truth:
        if any(truth.sql is decisive for truth in truths):
            return Truth(decisive)
        parts = [truth for truth in truths if not isinstance(truth.sql, bool)]
        if not parts:
            return Truth(not decisive)
        formulas = [_formula(part.sql).copy() for part in parts]
        sql = exp.or_(*formulas) if decisive else exp.and_(*formulas)
        level, why = max(part.level for part in parts), self.first(*(part.why for part in parts))
        if why is not None:
            name = self.name(sql, level)
            sql, level = exp.column(name), level + 1
            case = exp.Case().when(exp.Is(this=exp.column(name), expression=exp.Null()), why.sql.copy())
            why = Reason(case, max(level, why.level))
        return Truth(sql, level, why)

    # --- the result ---

    def result(self, trees: Sequence[Expr]) -> Lowered:
        scores = [self.keep(self.rounded(self.number_of(tree), 2, truncate=False)) for tree in trees]
        # Hundredths are the numerators over 100.
        terms = [self.times(pair.num, _literal(100 // pair.den.factor)) for pair in scores]
        why = self.first(*(pair.why for pair in scores))
        same: list[exp.Expr] = [
            exp.EQ(this=_wrap(self.sql(terms[0])), expression=_wrap(self.sql(term))) for term in terms[1:]
        ]
        sql, level = self.sql(terms[0]), max(term.level for term in terms)
        if same:
            agree = exp.column(self.name(exp.and_(*same), level))
            level += 1
            sql = exp.Case().when(agree.copy(), sql)
            case = exp.Case().when(exp.not_(agree.copy()), exp.Literal.number(reason_number(READINGS_DIFFER)))
            why = self.first(why, Reason(case, level))
        hundredths = self.name(exp.cast(sql, "BIGINT"), level)
        named = "" if why is None else self.name(exp.cast(why.sql, "BIGINT"), why.level)
        return Lowered(tuple(map(tuple, self.levels)), hundredths, named, self.kind)


_COMPARED: Mapping[Sign, type[exp.Binary]] = {
    Sign.GE: exp.GTE,
    Sign.GT: exp.GT,
    Sign.LE: exp.LTE,
    Sign.LT: exp.LT,
    Sign.EQ: exp.EQ,
    Sign.NE: exp.NEQ,
}


def _divided(term: Term, by: int) -> Term:
    return Term(term.factor // by, term.sql, term.low // by, term.high // by, term.level)


def _proved(left: Term, right: Term, sign: Sign) -> bool | None:
    """What the bounds alone say of a comparison; None when they do not decide it."""
    match sign:
        case Sign.GE:
            return True if left.low >= right.high else False if left.high < right.low else None
        case Sign.GT:
            return True if left.low > right.high else False if left.high <= right.low else None
        case Sign.LE:
            return _proved(right, left, Sign.GE)
        case Sign.LT:
            return _proved(right, left, Sign.GT)
        case Sign.EQ:
            if left.low == left.high == right.low == right.high:
                return True
            return False if left.high < right.low or left.low > right.high else None
        case Sign.NE:
            equal = _proved(left, right, Sign.EQ)
            return None if equal is None else not equal
        case _:
            assert_never(sign)


def _wrap(sql: exp.Expr) -> exp.Expr:
    copy = sql.copy()
    return exp.paren(copy, copy=False) if isinstance(copy, exp.Binary | exp.Neg | exp.Case) else copy


def _formula(sql: exp.Expr | bool) -> exp.Expr:
    return exp.Boolean(this=sql) if isinstance(sql, bool) else sql
