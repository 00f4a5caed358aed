"""What must be achieved for a score, and whether two wordings are one function."""

from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hengjian.rules.algebra import Interval
from hengjian.rules.canonical import parse
from hengjian.rules.questions import Needed, Sameness, invert, same
from hengjian.rules.reader import read_rule
from hengjian.rules.reading import Context
from hengjian.rules.run import score
from hengjian.rules.tree import Arith, Branch, Case, Compare, Const, Expr, Human, Input, Level, Op, Sign

RATE = Context("合格率", "≥95%", "10")


def _tree(rule: str, row: Context) -> Expr:
    reading = read_rule(rule, row)
    assert reading.trees, rule
    return reading.trees[0]


def _needed(rule: str, row: Context, points: str) -> Needed:
    return invert(_tree(rule, row), row, F(points))


def _same(one: str, two: str, row: Context) -> Sameness:
    return same(_tree(one, row), _tree(two, row), row)


# --- what is needed -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "row", "points", "text"),
    [
        ("每低于目标值1个百分点扣0.5分，扣完为止", RATE, "8", "要得8分，实际完成值至少为91%"),
        (
            "达到目标得满分；未达到，得分=实际/计划×分值",
            Context("培训人数", "640人", "10"),
            "8",
            "要得8分，实际完成值至少为512人",
        ),
        ("按完成比例得分", Context("培训人数", "70人", "9"), "4", "要得4分，实际完成值至少为32人"),
        (
            "得分=目标值÷实际值×分值，不超过满分",
            Context("平均用时", "≤12小时", "6"),
            "4",
            "要得4分，实际完成值不能超过18小时",
        ),
        (
            "按时完成得满分，每推迟1天扣1分，扣完为止",
            Context("完成时间", "2024年6月30日前", "5"),
            "3",
            "要得3分，推迟天数不能超过2天",
        ),
        (
            "按时完成得满分，每推迟1天扣1分，扣完为止",
            Context("完成时间", "2024年6月30日前", "5"),
            "5",
            "要得5分，须按期完成",
        ),
        (
            "0次得满分，1-2次得3分，3次及以上不得分",
            Context("事故次数", "0次", "5"),
            "3",
            "要得3分，实际完成值不能超过2次",
        ),
        (
            "95%-105%内得满分，每偏离1%扣1分",
            Context("费用占比", "95%-105%", "5"),
            "3",
            "要得3分，实际完成值须在93%到107%之间",
        ),
        ("≥95%得10分；85%-95%得8分；低于85%不得分", RATE, "0", "要得0分，任何实际完成值都可以"),
        ("≥95%得10分；85%-95%得8分；低于85%不得分", RATE, "10.5", "得不到10.5分，最多能得10分"),
        ("酌情扣分", RATE, "8", "无法反推：这条规则由人直接评分，没有与得分对应的完成值"),
        ("按完成比例得分", Context("培训人数", "70人", ""), "4", "无法反推：没有分值"),
    ],
)
def test_what_is_needed_is_told_in_words(rule: str, row: Context, points: str, text: str) -> None:
    assert _needed(rule, row, points).text == text


def test_a_bound_without_a_finite_decimal_is_rounded_to_the_safe_side() -> None:
    row = Context("办结率", "≥90%", "7")
    needed = _needed("按完成比例得分", row, "3")
    assert needed.text == "要得3分，实际完成值至少为38.58%"  # 3 ÷ 7 × 90 = 38.571…
    assert needed.stretches == (Interval(F(270, 7), F(100), True, True),)


def test_several_inputs_cannot_be_inverted() -> None:
    needed = _needed("国家级5分、省级3分，取最高", Context("获奖", "", "5"), "3")
    assert not needed.possible
    assert "几个数" in needed.text


def test_a_persons_grade_is_named() -> None:
    tree = Human(
        (
            Level(("明显",), Const(F(8)), Input("weight")),
            Level(("一般",), Const(F(6)), Const(F(8)), True, False),
            Level(("不明显",), Const(F(0)), Const(F(0))),
        )
    )
    assert invert(tree, RATE, F(8)).grades == ("明显",)  # below 8, not 8 itself
    assert invert(tree, RATE, F(7)).text == "要得7分，须被评为“明显”或“一般”"
    assert not invert(tree, RATE, F(11)).possible


def test_a_curve_without_end_has_no_best() -> None:
    tree = parse("实际值(户) × 0.1")
    needed = invert(tree, Context("户数", "≥10户", "5"), F(50))
    assert needed.text == "要得50分，实际完成值至少为500户"


def test_the_nearest_value_is_a_value_that_earns_the_score() -> None:
    needed = _needed("95%-105%内得满分，每偏离1%扣1分", Context("费用占比", "95%-105%", "5"), "3")
    assert needed.nearest(F(80)) == 93
    assert needed.nearest(F(120)) == 107
    assert needed.nearest(F(100)) == 100


_RULES = (
    "每低于目标值1个百分点扣0.5分，扣完为止",
    "≥95%得10分；85%-95%得8分；低于85%不得分",
    "达到目标得满分；未达到，得分=实际/计划×分值",
    "高于90%得满分；低于90%，得分=实际执行率×分值",
)


@settings(deadline=None)
@given(st.sampled_from(_RULES), st.integers(0, 100), st.integers(0, 1000))
def test_a_value_earns_the_score_exactly_when_it_lies_in_the_answer(rule: str, tenth: int, permille: int) -> None:
    wanted, actual = F(tenth, 10), F(permille, 10)
    reading = read_rule(rule, RATE)
    needed = invert(reading.trees[0], RATE, wanted)
    exact = score(reading, RATE, f"{float(actual)}%").exact
    if exact is not None and actual != 90:  # 90 itself is open in the last rule (C5)
        assert any(part.holds(actual) for part in needed.stretches) == (exact >= wanted)


# --- two wordings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "two", "row"),
    [
        ("每低于目标值1个百分点扣0.5分，扣完为止", "每低1%扣0.5分，最低0分", RATE),
        ("达到目标值得满分，否则按完成比例得分", "得分=实际完成值÷目标值×分值，不超过满分", RATE),
        ("≥95%得10分；85%-95%得8分；低于85%不得分", "95%及以上得满分，85%（含）-95%得80%，85%以下得0分", RATE),
        ("0次得满分，1次以上不得分", "无事故得满分，发生事故不得分", Context("安全事故次数", "0次", "5")),
    ],
)
def test_two_wordings_of_one_function(one: str, two: str, row: Context) -> None:
    told = _same(one, two, row)
    assert told.equal is True, told.text


def test_whole_numbers_make_two_wordings_one() -> None:
    """More than 2 and at least 3 are the same for a count, not for a percentage."""
    above, least = (
        Case((Branch(Compare(Input("actual", unit), sign, Const(F(bound), unit)), Input("weight")),), Const(F(0)))
        for unit, sign, bound in (("次", Sign.GT, 2), ("次", Sign.GE, 3))
    )
    assert same(above, least, Context("活动次数", "≥3次", "5")).equal is True
    told = same(above, least, Context("活动平均次数", "≥3次", "5"))
    assert told.equal is False
    assert told.witness is not None
    assert 2 < told.witness < 3


def test_a_difference_comes_with_a_value() -> None:
    told = _same("每低于目标值1个百分点扣0.5分，扣完为止", "每低于目标值1个百分点扣1分，扣完为止", RATE)
    assert told.equal is False
    assert told.witness is not None
    assert told.text.startswith("两种写法不同：实际值为")
    assert told.scores[0] != told.scores[1]


def test_a_gap_is_a_difference() -> None:
    closed = parse("分段{ 实际值(%) ≥ 90% → 分值; 其余 → 0 }")
    open_ = parse("分段{ 实际值(%) > 90% → 分值; 实际值(%) < 90% → 0 }")
    told = same(closed, open_, RATE)
    assert (told.witness, told.scores) == (F(90), (F(10), None))
    assert told.text == "两种写法不同：实际值为90%时，前者得10分，后者不出分"


def test_a_faint_difference_is_still_one() -> None:
    """Below the last hundredth the printed scores agree, the functions do not."""
    one, two = parse("实际值(%) × 0.1"), parse("实际值(%) × 0.10001")
    told = same(one, two, RATE)
    assert told.equal is False


@pytest.mark.parametrize(
    ("one", "two", "words"),
    [
        ("实际值(%) × 0.1", "「覆盖率」(%) × 0.1", "依据的量不同"),
        ('推迟天数(天, 期限 "06-30") × 1', '推迟天数(天, 期限 "07-31") × 1', "起算的日期"),
        ("取位(实际值(%) × 0.1, 1)", "实际值(%) × 0.1", "取位"),
        ("「甲」 + 「乙」", "「乙」 + 「甲」", "几个数"),
    ],
)
def test_what_cannot_be_compared_is_not_called_equal(one: str, two: str, words: str) -> None:
    told = same(parse(one), parse(two), RATE)
    assert told.equal is None
    assert words in told.text


@settings(deadline=None)
@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 20), st.integers(0, 20))
def test_two_lines_are_the_same_exactly_when_their_numbers_are(a: int, b: int, c: int, d: int) -> None:
    def line(slope: int, base: int) -> Expr:
        return Arith(Op.ADD, Arith(Op.MUL, Input("actual", "%"), Const(F(slope, 7))), Const(F(base)))

    told = same(line(a, c), line(b, d), RATE)
    assert told.equal is ((a, c) == (b, d))
    if told.witness is not None:
        assert told.scores == (told.witness * a / 7 + c, told.witness * b / 7 + d)


# --- found by mutation (docs/rules/mutation.md) --------------------------------------------------------------------------


def test_the_clearest_difference_is_told_first() -> None:
    """Below 50 % the wordings differ by a thousandth, from 50 % on by two points."""
    one = parse("分段{ 实际值(%) ≥ 50% → 10; 其余 → 0 }")
    two = parse("分段{ 实际值(%) ≥ 50% → 8; 其余 → 0.001 }")
    told = same(one, two, RATE)
    assert told.scores == (F(10), F(8))
    assert told.text.endswith("前者得10分，后者得8分")


def test_a_gap_is_clearer_than_a_thousandth() -> None:
    one = parse("分段{ 实际值(%) ≥ 50% → 10; 其余 → 0 }")
    two = parse("分段{ 实际值(%) < 50% → 0.001 }")
    assert same(one, two, RATE).scores == (F(10), None)


def test_a_difference_that_rounding_hides_is_told_with_all_its_digits() -> None:
    one, two = parse("分段{ 实际值(%) ≥ 50% → 10; 其余 → 0 }"), parse("分段{ 实际值(%) ≥ 50% → 9.999; 其余 → 0 }")
    assert same(one, two, RATE).text.endswith("前者得10分，后者得9.999分")


def test_where_two_lines_cross_another_value_is_tried() -> None:
    """Both give 5 at 50, the roundest value; they are two lines all the same."""
    told = same(parse("实际值(%) × 0.1"), parse("10 - 实际值(%) × 0.1"), RATE)
    assert told.equal is False
    assert told.witness is not None
    assert told.witness != 50
    assert told.scores == (told.witness / 10, 10 - told.witness / 10)


def test_where_two_lines_of_a_count_cross_a_whole_number_is_tried() -> None:
    row = Context("培训期数", "≥6期", "10")
    one = parse("分段{ 实际值(期) ≤ 10期 → 实际值(期) × 0.1; 其余 → 1 }")
    two = parse("分段{ 实际值(期) ≤ 10期 → 1 - 实际值(期) × 0.1; 其余 → 1 }")
    told = same(one, two, row)
    assert told.witness is not None
    assert told.witness.denominator == 1
    assert 0 <= told.witness <= 10
    assert told.scores[0] != told.scores[1]


def test_steps_beside_a_far_threshold_are_still_the_same_steps() -> None:
    """The thresholds of one wording lie far beyond those of the other."""
    one = parse("限(分值 - 步数(100户 - 实际值(户), 每 10户, 满一步才计) × 0.5, 不低于 0)")
    far = "分段{ 实际值(户) ≥ 900户 → 分值; 其余 → 限(分值 - 步数(100户 - 实际值(户), 每 10户, 满一步才计) × 0.5, 不低于 0) }"
    near = "分段{ 实际值(户) < -300户 → 0; 其余 → 限(分值 - 步数(100户 - 实际值(户), 每 10户, 满一步才计) × 0.5, 不低于 0) }"
    row = Context("农户数", "≥100户", "10")
    for other in (far, near):
        assert same(one, parse(other), row).equal is True
        assert same(parse(other), one, row).equal is True


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("10 - 「甲」 - 「乙」", "无法反推：得分取决于几个数，不能由得分倒推出其中一个"),
        ('分段{ 实际值 写作 "好" → 人评(不高于 5); 其余 → 0 }', "无法反推：得分由人评定"),
        ('分段{ 实际值 写作 "好" → 5; 其余 → 0 }', "无法反推：得分取决于完成情况怎样描述，不是一个数"),
        ("步数(实际值(%) × 实际值(%), 每 1, 满一步才计)", "无法反推：得分与完成值之间没有可以画出的曲线"),
    ],
)
def test_why_nothing_can_be_worked_out_backwards(rule: str, text: str) -> None:
    assert invert(parse(rule), RATE, F(5)).text == text


def test_both_ends_of_a_range_are_rounded_to_the_safe_side() -> None:
    """10 − 3/7 a point: 8 points need 40.333… to 49.666…."""
    tree = parse("10 - 取最高(45 - 实际值(%), 实际值(%) - 45) × 3/7")
    needed = invert(tree, Context("占比", "45%", "10"), F(8))
    assert needed.text == "要得8分，实际完成值须在40.34%到49.66%之间"


def test_three_decimals_are_not_rounded() -> None:
    needed = invert(parse("实际值(%) × 8 ÷ 100"), RATE, F("3.05"))
    assert needed.text == "要得3.05分，实际完成值至少为38.125%"


def test_a_score_that_is_only_approached_has_no_most() -> None:
    """Just under 95 % earns almost 10, and 95 % earns nothing."""
    tree = parse("分段{ 实际值(%) < 95% → 实际值(%) ÷ 95 × 10; 其余 → 0 }")
    assert invert(tree, RATE, F(10)).text == "得不到10分"
    assert invert(tree, RATE, F(11)).text == "得不到11分，最多能得10分"


def test_two_quantities_are_named_in_their_order() -> None:
    told = same(parse("实际值(%) × 0.1"), parse('推迟天数(天, 期限 "06-30") × 1'), RATE)
    assert told.text == "两种写法依据的量不同：前者是实际完成值，后者是推迟天数，无法直接比较"


def test_a_cap_nobody_printed_is_a_difference() -> None:
    capped, free = parse("限(实际值(%) × 0.2, 不高于 10)"), parse("实际值(%) × 0.2")
    told = same(capped, free, RATE)
    assert told.equal is False
    assert told.scores[0] == 10
