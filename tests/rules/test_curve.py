"""The curve of a rule: exact pieces, pictures, and what is still needed for a score."""

import xml.etree.ElementTree as ET
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.rules.algebra import Interval, NoScore, Rational, Unplottable, const
from hengjian.rules.curve import (
    Curve,
    Domain,
    characters,
    curve,
    describe,
    domain_of,
    formula_text,
    interval_text,
    svg,
    variable_of,
    weight_of,
)
from hengjian.rules.evaluate import Env, value
from hengjian.rules.reading import Context
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
    Op,
    Partial,
    Pick,
    Rounded,
    Sign,
    Some,
    Steps,
)

W, ZERO = Input("weight"), Const(F(0))
RATE = Input("actual", "%")
ROW = Context("合格率", "95%", "10")


def _c(number: str | int, unit: str = "") -> Const:
    return Const(F(number), unit)


def _ratio(target: str | int) -> Expr:
    return Arith(Op.MUL, Arith(Op.DIV, RATE, _c(target, "%")), W)


def _a(sign: Sign, bound: str | int) -> Condition:
    return Compare(RATE, sign, _c(bound, "%"))


STEP = Clamp(
    Arith(Op.SUB, W, Arith(Op.MUL, Steps(Arith(Op.SUB, _c(95, "%"), RATE), _c(1, "%")), _c("0.5"))),
    ZERO,
    W,
    stated=True,
)
THRESHOLD = Case((Branch(_a(Sign.GT, 90), W), Branch(_a(Sign.LT, 90), _ratio(100))))


def _curve(tree: Expr, context: Context = ROW) -> Curve:
    drawn = curve(tree, context)
    assert drawn is not None
    return drawn


# --- pieces -----------------------------------------------------------------------------------------------------------


def test_a_step_rule_has_three_pieces() -> None:
    drawn = _curve(STEP)
    assert [
        (interval_text(piece.interval, "%"), formula_text(piece.formula)) for piece in drawn.pieces if piece.formula
    ] == [
        ("0%≤实际值≤75%", "0"),
        ("75%＜实际值≤95%", "0.5x − 37.5"),
        ("95%＜实际值≤100%", "10"),
    ]
    assert drawn.score(F("93.4")) == F("9.2")
    assert drawn.score(F(101)) is None  # a share of a whole cannot pass it


def test_a_gap_is_a_piece_without_a_score() -> None:
    drawn = _curve(THRESHOLD)
    (gap,) = [piece for piece in drawn.pieces if piece.formula is None]
    assert (gap.interval, gap.why) == (Interval(F(90), F(90), True, True), NoScore.SILENT)
    assert drawn.score(F(90)) is None
    assert drawn.score(F("89.9")) == F("8.99")


def test_begun_steps_make_a_staircase() -> None:
    steps = Steps(Arith(Op.SUB, _c(95, "%"), RATE), _c(1, "%"), Partial.CEIL)
    drawn = _curve(Clamp(Arith(Op.SUB, W, steps), ZERO, W))
    assert [drawn.score(F(x)) for x in ("95", "94.9", "94", "93.01")] == [10, 9, 9, 8]


def test_a_ratio_to_the_actual_bends() -> None:
    row = Context("平均用时", "≤12小时", "6")
    tree = Case(
        (Branch(Compare(Input("actual", "小时"), Sign.LE, _c(12, "小时")), W),),
        Arith(Op.MUL, Arith(Op.DIV, _c(12), Input("actual")), W),
    )
    drawn = _curve(tree, row)
    assert drawn.score(F(16)) == F("4.5")
    assert [formula_text(piece.formula) for piece in drawn.pieces if piece.formula] == ["6", "72 ÷ 1x"]


@pytest.mark.parametrize(
    "tree",
    [
        Human(),
        Missing("无"),
        W,
        Arith(Op.ADD, RATE, Input("满意度")),
        Case((Branch(_a(Sign.GE, 90), Human()),), Missing("无")),
    ],
)
def test_no_curve_without_one_value_to_draw_over(tree: Expr) -> None:
    assert curve(tree, ROW) is None


def test_no_curve_without_a_weight() -> None:
    assert curve(STEP, Context("合格率", "95%", "")) is None


def test_several_inputs_are_no_curve() -> None:
    with pytest.raises(Unplottable):
        variable_of(Arith(Op.ADD, RATE, Input("满意度")))


# --- inverse questions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("score", "least"), [("10", "95"), ("9", "93"), ("0.5", "76")])
def test_what_is_needed_for_a_score(score: str, least: str) -> None:
    needed = _curve(STEP).needed(F(score))
    assert needed is not None
    assert needed.low == F(least)


def test_a_score_nobody_can_reach() -> None:
    assert _curve(STEP).needed(F(11)) is None


# --- domains ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indicator", "unit", "bound", "low", "high", "whole"),
    [
        ("合格率", "%", "90", 0, 100, False),
        ("任务完成率", "%", "90", 0, None, False),
        ("收入增长率", "%", "5", None, None, False),
        ("投资占比", "%", "120", 0, None, False),
        ("培训人数", "人", "90", 0, None, True),
        ("人均课时", "学时", "90", 0, None, False),
        ("平均办理人数", "人", "90", 0, None, False),
        ("户均人口", "人", "3.5", 0, None, False),
        ("投入", "元", "90000", 0, None, False),
    ],
)
def test_the_values_an_actual_can_take(
    indicator: str, unit: str, bound: str, low: int | None, high: int | None, whole: bool
) -> None:
    tree = Case((Branch(Compare(Input("actual", unit), Sign.GE, _c(bound, unit)), W),), ZERO)
    domain = domain_of(tree, Context(indicator, "", "5"))
    assert (domain.low, domain.high, domain.whole) == (low, high, whole)


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        (Interval(F(98), F(100)), "98%＜实际值＜100%"),
        (Interval(F(80), F(95), True, False), "80%≤实际值＜95%"),
        (Interval(F(95), None, True, False), "实际值≥95%"),
        (Interval(None, F(60), False, True), "实际值≤60%"),
        (Interval(F(90), F(90), True, True), "实际值＝90%"),
        (Interval(None, None), "任何实际值"),
    ],
)
def test_intervals_in_words(interval: Interval, text: str) -> None:
    assert interval_text(interval, "%") == text


# --- pictures ---------------------------------------------------------------------------------------------------------


def test_the_picture_is_one_well_formed_accessible_file() -> None:
    picture = svg(_curve(THRESHOLD), target=F(90), actual=F("85.5"), score=F("8.55"))
    root = ET.fromstring(picture)  # noqa: S314 - our own text
    space = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert root.findtext(f"{space}title") == "得分曲线（满分10分）"
    assert "实际值＝90%：没有对应得分" in (root.findtext(f"{space}desc") or "")
    texts = "".join(root.itertext())
    assert "目标 90%" in texts
    assert "实际 85.5%，8.55分" in texts
    assert "实际完成值（%）" in texts
    assert "script" not in picture
    assert "@font-face" not in picture
    assert "没有对应得分：实际值＝90%" in texts


def test_names_from_a_form_cannot_break_the_picture() -> None:
    noun = Input("<b>&率", "个\"'")
    tree = Case((Branch(Compare(noun, Sign.GE, _c(3)), W),), ZERO)
    ET.fromstring(svg(_curve(tree, Context("x", "3", "5"))))  # noqa: S314


def test_the_words_of_a_curve() -> None:
    assert describe(_curve(THRESHOLD)) == (
        "0%≤实际值＜90%：0.1x分（x为实际值）；实际值＝90%：没有对应得分；90%＜实际值≤100%：10分。"
    )


def test_the_plot_for_terminals() -> None:
    plot = characters(_curve(STEP), actual=F(85), width=41, height=5)
    lines = plot.splitlines()
    assert lines[0].startswith("10 │")
    assert lines[0].endswith("●●●")
    assert "◆" in lines[2]
    assert lines[4].startswith(" 0 │●")
    assert lines[-1].endswith("100%")


# --- laws -------------------------------------------------------------------------------------------------------------

_NUMBERS = st.fractions(0, 100, max_denominator=4)


def _conditions(expressions: st.SearchStrategy[Expr]) -> st.SearchStrategy[Condition]:
    compare: st.SearchStrategy[Condition] = st.builds(Compare, expressions, st.sampled_from(Sign), expressions)
    return st.recursive(
        compare,
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(Every, st.lists(inner, max_size=2).map(tuple)),
            st.builds(Some, st.lists(inner, max_size=2).map(tuple)),
        ),
        max_leaves=3,
    )


def _lines() -> st.SearchStrategy[Expr]:
    """Straight expressions of the actual value, so that every border is a fraction."""
    leaf = st.one_of(st.builds(Const, _NUMBERS), st.just(RATE), st.just(W))
    return st.one_of(
        leaf,
        st.builds(Arith, st.sampled_from([Op.ADD, Op.SUB]), leaf, leaf),
        st.builds(lambda factor, x: Arith(Op.MUL, Const(factor), x), _NUMBERS, leaf),
        st.builds(lambda x, part: Arith(Op.DIV, x, Const(part + 1)), leaf, _NUMBERS),
    )


def _trees() -> st.SearchStrategy[Expr]:
    return st.recursive(
        _lines(),
        lambda inner: st.one_of(
            st.builds(Clamp, inner, st.one_of(st.none(), _lines()), st.one_of(st.none(), _lines())),
            st.builds(Combine, st.sampled_from(Pick), st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(Steps, inner, st.builds(Const, _NUMBERS.map(lambda n: n + F(1, 2)))),
            st.builds(
                Case,
                st.lists(st.builds(Branch, _conditions(_lines()), inner), max_size=3).map(tuple),
                st.one_of(st.none(), inner),
            ),
            st.builds(Interpolate, _lines(), st.just(((F(20), F(1)), (F(60), F(4)), (F(90), F(10))))),
            st.builds(Rounded, st.just(W), st.just(2)),
            st.builds(Missing, st.just("无")),
        ),
        max_leaves=6,
    )


@given(tree=_trees(), x=st.fractions(0, 100, max_denominator=8))
def test_the_curve_and_the_reference_meaning_never_differ(tree: Expr, x: F) -> None:
    drawn = curve(tree, ROW)
    if drawn is None:
        return
    got = value(tree, Env({"weight": F(10), "actual": x}))
    assert drawn.score(x) == (None if isinstance(got, Missing) else got)


@given(
    a=st.lists(st.fractions(-5, 5, max_denominator=3), max_size=3),
    b=st.lists(st.fractions(-5, 5, max_denominator=3), max_size=3),
    x=st.fractions(-9, 9, max_denominator=5),
)
def test_functions_compute_like_numbers(a: list[F], b: list[F], x: F) -> None:
    f, g = (_poly(coefficients) for coefficients in (a, b))
    fx, gx = f(x), g(x)
    assert fx is not None
    assert gx is not None
    assert (f + g)(x) == fx + gx
    assert (f - g)(x) == fx - gx
    assert (f * g)(x) == fx * gx
    quotient = f.over(g)
    if quotient is not None and gx != 0:
        assert quotient(x) == fx / gx
        assert quotient * g == f


def _poly(coefficients: list[F]) -> Rational:
    total = const(F(0))
    for coefficient in reversed(coefficients):
        total = total * Rational((F(0), F(1))) + const(coefficient)
    return total


@given(
    ends=st.tuples(*[st.one_of(st.none(), st.integers(-3, 3).map(F))] * 4),
    flags=st.tuples(*[st.booleans()] * 4),
    x=st.fractions(-4, 4, max_denominator=2),
)
def test_meeting_is_holding_both(ends: tuple[F | None, ...], flags: tuple[bool, ...], x: F) -> None:
    one, two = Interval(ends[0], ends[1], flags[0], flags[1]), Interval(ends[2], ends[3], flags[2], flags[3])
    both = one.meet(two)
    assert (both is not None and both.holds(x)) == (one.holds(x) and two.holds(x))


def test_every_condition_of_a_range_is_found() -> None:
    tree = Case((Branch(Every((_a(Sign.GE, 85), _a(Sign.LE, 95))), W),))
    drawn = _curve(tree)
    assert [piece.why for piece in drawn.pieces] == [NoScore.SILENT, None, NoScore.SILENT]


# --- found by mutation (docs/rules/mutation.md) --------------------------------------------------------------------------


def test_anything_but_one_value() -> None:
    drawn = _curve(Case((Branch(_a(Sign.NE, 50), ZERO),), W))
    assert [drawn.score(F(x)) for x in ("49", "50", "50.5")] == [0, 10, 0]


@pytest.mark.parametrize(("text", "weight"), [("-5", None), ("0", None), ("Infinity", None), ("abc", None), ("5分", 5)])
def test_a_weight_is_a_positive_number(text: str, weight: int | None) -> None:
    assert weight_of(Context("合格率", "95%", text)) == weight


def test_dots_stand_only_where_the_curve_breaks() -> None:
    """Pieces that run into each other have none; a jump has a solid and a hollow one."""
    smooth = svg(_curve(STEP))
    assert "<circle" not in smooth
    jump = svg(_curve(Case((Branch(_a(Sign.GE, 90), W),), ZERO)))
    assert jump.count('fill="#1a56a0" stroke="#1a56a0"') == 1
    assert jump.count('fill="#fff" stroke="#1a56a0"') == 1


def test_where_a_bent_piece_meets_a_bound() -> None:
    """2x² − 6x + 4 vanishes at 1 and 2; x² + 1 nowhere; x² − 2 not at a fraction."""
    assert Rational((F(4), F(-6), F(2))).roots() == (F(1), F(2))
    assert Rational((F(1), F(0), F(1))).roots() == ()
    with pytest.raises(Unplottable):
        Rational((F(-2), F(0), F(1))).roots()


def test_whole_numbers_without_an_upper_bound() -> None:
    assert Interval(F("2.5"), None).whole_numbers() == (3, None)
    assert Interval(None, F(3), False, False).whole_numbers() == (None, 2)


@pytest.mark.parametrize(("bound", "high"), [("100", 100), ("100.5", None), ("130", None)])
def test_a_share_of_a_whole_ends_at_100_unless_the_rule_goes_beyond(bound: str, high: int | None) -> None:
    tree = Case((Branch(_a(Sign.GE, bound), W),), ZERO)
    assert domain_of(tree, ROW).high == high


def test_a_coordinate_of_the_picture() -> None:
    """The weight is drawn at the top, nothing at the bottom, the target where it belongs."""
    drawn = _curve(Case((Branch(_a(Sign.GE, 60), W),), ZERO))
    root = ET.fromstring(svg(drawn, target=F(60)))  # noqa: S314 - our own picture
    lines = [line.get("points", "").split() for line in root.iter("{http://www.w3.org/2000/svg}polyline")]
    # 0 % to 100 % lie between x = 46 and 464: 46 + 0.6 × 418 = 296.8.
    assert [{point.split(",")[1] for point in line} for line in lines] == [{"220.0"}, {"28.0"}]
    assert lines[0][-1].split(",")[0] == lines[1][0].split(",")[0] == "296.8"


def test_the_best_of_results_of_which_one_is_missing_is_no_score() -> None:
    """In either order, as when the rule is run."""
    gap = Case((Branch(_a(Sign.GE, 50), W),))
    for items in ((RATE, gap), (gap, RATE)):
        drawn = _curve(Combine(Pick.MAX, items))
        assert drawn.score(F(40)) is None
        assert drawn.score(F(60)) == 60


def test_a_picture_whose_window_does_not_begin_at_zero() -> None:
    """Days 2 and 10 in a window from 1 to 11 (x = 46 to 464): 87.8 and 422.2."""
    late = Input("late_days", "天")
    tree = Case(
        (
            Branch(Compare(late, Sign.LE, _c(2, "天")), W),
            Branch(Compare(late, Sign.LE, _c(10, "天")), _c(5, "分")),
        ),
        ZERO,
    )
    root = ET.fromstring(svg(_curve(tree)))  # noqa: S314 - our own picture
    lines = [line.get("points", "").split() for line in root.iter("{http://www.w3.org/2000/svg}polyline")]
    ends = [(line[0].split(",")[0], line[-1].split(",")[0]) for line in lines]
    assert ends == [("46.0", "87.8"), ("87.8", "422.2"), ("422.2", "464.0")]


def test_an_example_is_as_round_as_it_can_be() -> None:
    assert Domain().example(Interval(F("88.2"), F("88.4"))) == F("88.3")
    assert Domain().example(Interval(F(80), F(90))) == 85


def test_a_number_over_a_number_is_a_number() -> None:
    assert Rational((F(6),), (F(2),)).constant == 3
    assert Rational((F(6), F(4)), (F(2),)).line == (F(3), F(2))
    assert const(F(0)).constant == 0


def test_a_bound_that_is_only_touched_is_found() -> None:
    """x² − 2x + 1 vanishes at 1 and nowhere else."""
    assert Rational((F(1), F(-2), F(1))).roots() == (F(1),)


def test_values_begin_at_nothing() -> None:
    assert Domain().example(Interval(F("0.2"), F("0.4"))) == F("0.3")


@pytest.mark.parametrize(("edge", "example"), [("95", "96"), ("640", "650"), ("7", "8"), ("12800", "13800")])
def test_a_little_more_is_a_tenth_or_so(edge: str, example: str) -> None:
    assert Domain().example(Interval(F(edge), None)) == F(example)


@pytest.mark.parametrize(
    ("line", "text"),
    [(("0", "1"), "x"), (("0", "2"), "2x"), (("3", "-1"), "−x + 3"), (("-3", "-2"), "−2x − 3"), (("4", "0"), "4")],
)
def test_a_line_is_written_without_idle_ones(line: tuple[str, str], text: str) -> None:
    base, slope = map(F, line)
    assert formula_text(const(base) + Rational((F(0), F(1))) * const(slope)) == text


def test_whole_steps_begin_wherever_the_rule_puts_them() -> None:
    """A threshold that is no multiple of the step: 95.5 less 3 at a time."""
    steps = Steps(Arith(Op.SUB, _c("95.5", "%"), RATE), _c(3, "%"), Partial.FLOOR)
    tree = Arith(Op.SUB, W, steps)
    drawn = _curve(tree)
    for tenth in range(700, 1000, 3):
        x = F(tenth, 10)
        assert drawn.score(x) == value(tree, Env({"weight": F(10), "actual": x})), x


def test_beyond_the_window_steps_are_drawn_pro_rata() -> None:
    drawn = _curve(Steps(Input("actual", "户"), _c(10, "户"), Partial.FLOOR), Context("户数", "≥10户", "10"))
    assert drawn.score(F(25)) == 2
    assert drawn.score(F(100_005)) == F("10000.5")


def test_a_named_rate_of_growth_may_be_negative() -> None:
    tree = Arith(Op.MUL, Input("增长率", "%"), _c("0.5"))
    assert domain_of(tree, Context("指标一", "", "10")).low is None
    assert domain_of(Arith(Op.MUL, Input("合格率", "%"), _c("0.5")), Context("指标一", "", "10")).low == 0


_SVG = "{http://www.w3.org/2000/svg}"


def test_a_gap_is_shaded_from_top_to_bottom() -> None:
    gap = Case((Branch(_a(Sign.GE, 90), W), Branch(_a(Sign.LE, 60), ZERO)))
    root = ET.fromstring(svg(_curve(gap)))  # noqa: S314 - our own picture
    (shade,) = [rect for rect in root.iter(f"{_SVG}rect") if rect.get("fill") == "#f3d9d4"]
    assert (shade.get("y"), shade.get("height")) == ("28", "192")
    assert (shade.get("x"), shade.get("width")) == ("296.8", "125.4")  # 60 % to 90 %
    title = shade.find(f"{_SVG}title")
    assert title is not None
    assert title.text == "没有对应得分：60%＜实际值＜90%"


def test_where_a_person_decides_there_is_no_gap() -> None:
    judged = Case((Branch(_a(Sign.GE, 90), W), Branch(_a(Sign.LT, 90), Human())))
    assert "没有对应得分" not in svg(_curve(judged))
    assert "没有对应得分" not in svg(_curve(Case((Branch(_a(Sign.GE, 90), W),), ZERO)))


def test_the_label_of_the_own_value_stands_inside_the_picture() -> None:
    """Below a high point, above a low one; left of a value on the right half."""
    drawn = _curve(Case((Branch(_a(Sign.GE, 60), W),), ZERO))
    for actual, score, place in (
        ("95", "10", ("-8", "16", "end")),
        ("30", "0", ("8", "-8", "start")),
    ):
        root = ET.fromstring(svg(drawn, actual=F(actual), score=F(score)))  # noqa: S314 - our own picture
        (label,) = [text for text in root.iter(f"{_SVG}text") if (text.text or "").startswith("实际 ")]
        assert (label.get("dx"), label.get("dy"), label.get("text-anchor")) == place
        assert label.text == f"实际 {actual}%，{score}分"
