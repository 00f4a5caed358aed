from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.rules.practice import CANDIDATES, infer_rounding
from hengjian.values.rounding import NATIONAL, Mode, Rounding


def _rows(*pairs: tuple[str, str]) -> list[tuple[Fraction, Decimal]]:
    return [(Fraction(exact), Decimal(printed)) for exact, printed in pairs]


def test_cutting_after_one_decimal_is_seen_and_a_wrong_row_stays_wrong() -> None:
    """1.91 and 1.98 both printed 1.9; 1.35 printed 1.5 follows from no practice."""
    practice = infer_rounding(
        _rows(("1.91", "1.9"), ("1.98", "1.9"), ("0.8", "0.8"), ("2.7", "2.7"), ("1.35", "1.5"), ("2", "2"))
    )
    assert practice.rounding == Rounding(1, Mode.TRUNCATE)
    assert (practice.explains, practice.of, practice.telling) == (5, 6, 4)
    assert practice.unexplained == (4,)
    assert not practice.mixed
    assert str(practice) == "保留1位小数，截断（6项中5项与此相符）"


def test_full_marks_tell_nothing_and_the_national_practice_stands() -> None:
    practice = infer_rounding(_rows(("10", "10"), ("5", "5.00"), ("4", "4")))
    assert practice.rounding == NATIONAL
    assert practice.national
    assert practice.telling == 0
    assert len(practice.alternatives) == len(CANDIDATES) - 1


def test_no_rows_means_national() -> None:
    assert infer_rounding([]).rounding == NATIONAL


def test_two_decimals_half_up() -> None:
    practice = infer_rounding(_rows(("4.375", "4.38"), ("98/20", "4.90"), ("21/4", "5.25")))
    assert practice.rounding == NATIONAL
    assert practice.unexplained == ()


def test_a_row_in_another_style_makes_the_practice_mixed() -> None:
    practice = infer_rounding(_rows(("4.375", "4.38"), ("2.333", "2.33"), ("1.98", "1.9")))
    assert practice.rounding == NATIONAL
    assert practice.mixed
    assert practice.otherwise == (2,)


def test_a_score_cut_to_one_decimal_is_accepted_under_that_practice_only() -> None:
    cutting = infer_rounding(_rows(("1.98", "1.9"), ("1.91", "1.9")))
    assert cutting.accepts(Fraction("3.77"), Decimal("3.7"))
    assert cutting.accepts(Fraction("9.838"), Decimal("9.84"))  # two decimals are never an error
    assert not cutting.accepts(Fraction("3.77"), Decimal("3.9"))


def test_full_marks_given_for_less_are_no_practice_of_rounding() -> None:
    """5.84 of 6 and 4.9 of 5 printed as full marks stay unexplained."""
    practice = infer_rounding(_rows(("5.84", "6.00"), ("4.9", "5"), ("3", "3"), ("4", "4")))
    assert practice.rounding == NATIONAL
    assert practice.unexplained == (0, 1)
    assert not practice.mixed


def test_whole_points_are_a_practice_when_some_are_rounded_down() -> None:
    assert infer_rounding(_rows(("5.84", "6"), ("4.3", "4"), ("3.49", "3"))).rounding == Rounding(0, Mode.HALF_UP)


@pytest.mark.parametrize("rounding", CANDIDATES)
@given(scores=st.lists(st.fractions(0, 20, max_denominator=700), min_size=1, max_size=12))
def test_what_a_unit_does_everywhere_explains_everything(rounding: Rounding, scores: list[Fraction]) -> None:
    telling = [Fraction(101, 30), Fraction(131, 30)]  # two that are rounded down: one alone proves no practice
    practice = infer_rounding([(exact, rounding.apply(exact)) for exact in [*scores, *telling]])
    assert practice.explains == practice.of
    assert rounding == practice.rounding or rounding in practice.alternatives


def test_one_score_cut_to_a_whole_point_is_an_error_not_a_practice() -> None:
    """28.96 printed as 28 beside full marks only."""
    practice = infer_rounding(_rows(("28.9579", "28"), ("15", "15"), ("10", "10")))
    assert practice.rounding == NATIONAL
    assert practice.unexplained == (0,)


def test_a_practice_is_firm_with_two_scores_of_its_own() -> None:
    assert infer_rounding(_rows(("1.98", "1.9"), ("1.91", "1.9"), ("2", "2"))).firm
    assert not infer_rounding(_rows(("1.98", "1.9"), ("2", "2"))).firm
    assert infer_rounding(_rows(("2", "2"))).firm  # nothing speaks against the national practice
