"""Where a column of a database ends: the bounds that decide between 64 bits, 37 digits and the reference."""

from fractions import Fraction

import pytest

from hengjian.engines.lower import Leaf, Lowered, lower
from hengjian.rules.tree import Branch, Case, Compare, Const, Expr, Input, Partial, Sign, Steps

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
