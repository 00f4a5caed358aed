"""Where a column of a database ends: the bounds that decide between 64 bits, 37 digits and the reference."""

from fractions import Fraction

import duckdb
import pytest
from sqlglot import exp

from hengjian.engines.lower import Leaf, Lowered, lower, nested
from hengjian.rules.tree import Arith, Branch, Case, Compare, Const, Expr, Input, Op, Partial, Sign, Steps

MOST_64 = 2**63 - 1
MOST_COUNTED = 2**62  # steps are counted in 64 bits everywhere, with room for the sum that rounds up
DONE, SIZE = Input("actual", "个"), Input("每步", "个")


def _lowered(tree: Expr, **leaves: Leaf) -> Lowered | None:
    named = {"actual": DONE, "size": SIZE}
    return lower((tree,), {named[name]: leaf for name, leaf in leaves.items()}, "HUGEINT")


def _reached(limit: int, measure: Expr = DONE) -> Expr:
    condition = Compare(measure, Sign.GE, Const(Fraction(limit), "个"))
    return Case((Branch(condition, Const(Fraction(5), "分")),), Const(Fraction(0), "分"))


@pytest.mark.parametrize(("high", "kind"), [(MOST_64 - 1, "BIGINT"), (MOST_64, "BIGINT"), (MOST_64 + 1, "HUGEINT")])
def test_what_fits_64_bits_is_reckoned_in_64_bits(high: int, kind: str) -> None:
    lowered = _lowered(_reached(5), actual=Leaf("a", high=high))
    assert lowered is not None
    assert lowered.kind == kind


def test_what_fits_no_column_is_left_to_the_reference() -> None:
    fits, too_large = (_lowered(_reached(5), actual=Leaf("a", high=high)) for high in (10**37, 10**37 + 1))
    assert fits is not None
    assert too_large is None


@pytest.mark.parametrize(
    ("most", "largest_size", "counted"),
    [
        (MOST_COUNTED, 10, True),
        (MOST_COUNTED + 1, 10, False),  # with steps of 1, which the column may hold, there are too many
        (2 * MOST_COUNTED - 1, 10, False),
        (MOST_COUNTED, 1, True),
        (MOST_COUNTED + 1, 1, False),
    ],
)
def test_steps_are_counted_as_far_as_64_bits_go(most: int, largest_size: int, counted: bool) -> None:
    lowered = _lowered(
        _reached(3, Steps(DONE, SIZE, Partial.FLOOR)),
        actual=Leaf("a", high=most),
        size=Leaf("s", low=0, high=largest_size),
    )
    assert (lowered is not None) is counted


# --- found by mutation ------------------------------------------------------------------------------------------------


def _hundredths(tree: Expr, *actuals: int) -> list[int | None]:
    """What DuckDB reckons for whole actual values."""
    lowered = lower((tree,), {DONE: Leaf("a", 1, min(actuals), max(actuals))}, "HUGEINT")
    assert lowered is not None
    base = duckdb.connect()
    base.execute(f"CREATE TABLE rows (row BIGINT, a {lowered.kind})")
    base.executemany("INSERT INTO rows VALUES (?, ?)", list(enumerate(actuals)))
    query = nested(lowered, exp.select("row", "a").from_("rows"), barrier=False).sql("duckdb")
    found = base.sql(f"SELECT hundredths FROM ({query}) ORDER BY row").fetchall()  # noqa: S608 - our own query
    base.close()
    return [None if one is None else int(one) for (one,) in found]


@pytest.mark.parametrize(
    ("op", "left", "right", "expected"),
    [
        (Op.ADD, 1, None, [0, 100, 200, 800]),
        (Op.ADD, None, 1, [0, 100, 200, 800]),
        (Op.ADD, 0, None, [-100, 0, 100, 700]),
        (Op.ADD, None, 0, [-100, 0, 100, 700]),
        (Op.SUB, 1, None, [200, 100, 0, -600]),
        (Op.SUB, None, 1, [-200, -100, 0, 600]),
        (Op.MUL, 1, None, [-100, 0, 100, 700]),
        (Op.MUL, 0, None, [0, 0, 0, 0]),
    ],
)
def test_nothing_and_one_beside_a_column(op: Op, left: int | None, right: int | None, expected: list[int]) -> None:
    """0 and 1 are no columns of their own; what is added to a column of whole numbers is not lost."""
    first, second = (DONE if one is None else Const(Fraction(one), "分") for one in (left, right))
    assert _hundredths(Arith(op, first, second), -1, 0, 1, 7) == expected


def test_whole_scores_below_and_above_nothing_round_alike() -> None:
    """Ties go away from zero on both sides of it, wherever the least or the greatest value lies."""
    share = Arith(Op.DIV, DONE, Const(Fraction(200), "分"))
    assert _hundredths(share, -3, -1, 0, 1, 3) == [-2, -1, 0, 1, 2]
    assert _hundredths(share, 0, 1, 3) == [0, 1, 2]
    assert _hundredths(share, -3, -1, 0) == [-2, -1, 0]


@pytest.mark.parametrize(
    ("least", "most", "counted"),
    [(-10, 0, True), (0, 10, True), (-10, -2, True), (-10, 0, False), (0, 10, False), (-10, 10, False)],
)
def test_a_quotient_is_as_large_as_the_least_divisor_allows(least: int, most: int, counted: bool) -> None:
    """Nothing is no divisor, so the least ones are 1 and -1, whichever end of the column nothing stands at."""
    hundred = MOST_COUNTED // 100
    largest = hundred - 1 if counted else hundred + hundred // 2
    quotient = Arith(Op.DIV, DONE, SIZE)
    lowered = _lowered(quotient, actual=Leaf("a", 1, 0, largest), size=Leaf("s", 1, least, most))
    assert (lowered is not None) is counted


@pytest.mark.parametrize(("sign", "expected"), [(Sign.GT, 0), (Sign.GE, 300), (Sign.LT, 0), (Sign.EQ, 300)])
def test_nothing_times_a_column_is_nothing(sign: Sign, expected: int) -> None:
    """What is compared with it is decided by 0, not by what the column could be."""
    nothing = Arith(Op.MUL, Const(Fraction(0), "分"), DONE)
    clause = Branch(Compare(nothing, sign, Const(Fraction(0), "分")), Const(Fraction(3), "分"))
    assert _hundredths(Case((clause,), Const(Fraction(0), "分")), -1, 0, 1, 7) == [expected] * 4
