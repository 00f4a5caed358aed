"""Running rules: the reference meaning, what clerks type, and the line a reviewer checks by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.rules.binding.lateness import add_months, months_late
from hengjian.rules.canonical import parse
from hengjian.rules.reader import read_rule
from hengjian.rules.reading import Context, Reading, Status
from hengjian.rules.run import score
from hengjian.rules.score import Score
from hengjian.values.rounding import Mode, Rounding


def _run(
    rule: str, target: str, weight: str, actual: str, grade: str | None = None, indicator: str = "某指标"
) -> Score:
    context = Context(indicator=indicator, target=target, weight=weight)
    return score(read_rule(rule, context), context, actual, grade)


@pytest.mark.parametrize(
    ("actual", "value"),
    [
        ("４,５00 户", "9.00"),
        ("0.45万户", "9.00"),
        ("5000户", "10.00"),
        ("未开展", "0.00"),
        ("已完成", "10.00"),
        ("约4500户", "9.00"),
    ],
)
def test_what_clerks_type(actual: str, value: str) -> None:
    assert str(_run("得分=实际完成值/目标值×分值，满分为止", "5000户", "10", actual).value) == value


@pytest.mark.parametrize("actual", ["", "—", "/", "详见附件", "部分完成", "≥4000户", "4500公里以上或更多，另有300"])
def test_no_number_no_score(actual: str) -> None:
    got = _run("得分=实际完成值/目标值×分值，满分为止", "5000户", "10", actual)
    assert got.value is None
    assert got.reason


@pytest.mark.parametrize("actual", ["0", "5", "100%"])
def test_a_blank_target_is_no_zero(actual: str) -> None:
    """Nothing is reached before there is a target: no score, whatever was done, and the reason says what lacks."""
    got = _run("完成数达到目标值得满分；未达到的，得分=实际完成数÷目标值×分值", "", "10", actual)
    assert got.value is None
    assert "目标值" in got.reason


def test_missing_percent_sign_is_completed_but_not_guessed() -> None:
    rule = "合格率≥95%得满分，每低1个百分点扣0.5分，扣完为止"
    assert str(_run(rule, "95%", "5", "94").value) == "4.50"
    got = _run(rule, "95%", "5", "0.94")
    assert got.value is None
    assert "unit_guess" in got.policies
    assert "百分号" in got.reason


def test_partial_steps_are_pro_rata_and_say_so() -> None:
    got = _run("合格率≥95%得满分，每低1个百分点扣0.5分，扣完为止", "95%", "5", "93.4%")
    assert (got.exact, got.value) == (Fraction("4.2"), Decimal("4.20"))
    assert "partial_step" in got.policies


def test_the_derivation_can_be_checked_by_hand() -> None:
    got = _run("得分=实际培训人数/计划培训人数×指标分值", "200人", "3", "90人")
    assert got.derivation.endswith("= 1.35")
    assert "90" in got.derivation
    assert "÷ 200" in got.derivation
    assert got.trace


def test_rounding_is_the_last_step() -> None:
    context = Context(indicator="人数", target="3人", weight="5")
    reading = read_rule("得分=实际人数/计划人数×分值", context)
    assert str(score(reading, context, "1人").value) == "1.67"
    assert str(score(reading, context, "1人", rounding=Rounding(1, Mode.TRUNCATE)).value) == "1.6"


@pytest.mark.parametrize(
    ("grade", "value"),
    [("部分达成@70%", "5.60"), ("达成@7", "7.00"), ("部分达成@85%", None), ("很好@70%", None), ("未达成@0%", "0.00")],
)
def test_human_grades_stay_in_their_range(grade: str, value: str | None) -> None:
    rule = "分为达成、部分达成、未达成三档，分别按照分值区间100%-80%(含)、80%-60%(含)、60%-0%合理确定分值"
    got = _run(rule, "有效提升", "8", "有所提升", grade)
    assert (None if got.value is None else str(got.value)) == value


def test_a_blank_grade_is_no_grade() -> None:
    got = _run("影响明显得满分，较明显得80%，一般得60%，不明显不得分", "明显", "5", "")
    assert got.value is None
    assert "人工" in got.reason or "人评定" in got.reason


@pytest.mark.parametrize(
    ("days", "value"),
    [("2024年6月30日", "5.00"), ("2024年7月5日", "4.00"), ("延迟3天", "4.40"), ("提前2天", "5.00"), ("按时", "5.00")],
)
def test_lateness(days: str, value: str) -> None:
    rule = "按时完成得满分，每延迟1天扣0.2分，扣完为止"
    assert str(_run(rule, "2024年6月30日前", "5", days).value) == value


def test_months_late_at_month_ends() -> None:
    from datetime import date

    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert months_late(date(2024, 4, 30), date(2024, 3, 31)) == 1
    assert 1 < months_late(date(2024, 5, 1), date(2024, 3, 31)) < 2


_MONOTONE = (
    ("达到{t}%得满分；每低1个百分点扣0.3分，扣完为止", "{t}%", "{}%", True),
    ("①≥{t}%，得满分；②50%≤完成率＜{t}%，得分=完成比例×指标分值；③＜50%，不得分", "{t}%", "{}%", True),
    ("完成{t}户得满分，未完成的按比例扣分", "{t}户", "{}户", True),
    ("控制在{t}万元以内得满分，每超1万元扣0.5分，扣完为止", "≤{t}万元", "{}万元", False),
    ("不超过{t}天得满分；超过的，得分={t}/实际天数×分值", "≤{t}天", "{}天", False),
)


@given(st.sampled_from(_MONOTONE), st.integers(60, 95), st.integers(0, 150), st.integers(0, 150), st.integers(1, 20))
def test_better_is_never_worse_and_scores_stay_in_range(
    case: tuple[str, str, str, bool], target: int, one: int, two: int, weight: int
) -> None:
    rule, goal, typed, up = case
    context = Context(indicator="某指标", target=goal.format(t=target), weight=str(weight))
    reading = read_rule(rule.format(t=target), context)
    low, high = sorted((one, two))
    a, b = (score(reading, context, typed.format(value)).exact for value in (low, high))
    assert a is not None
    assert b is not None
    assert 0 <= a <= weight
    assert 0 <= b <= weight
    assert a <= b if up else a >= b


# --- found by mutation (docs/rules/mutation.md) --------------------------------------------------------------------------


def _score(rule: str, actual: str | dict[str, str], *, target: str = "", grade: str | None = None) -> str | None:
    context = Context(indicator="某项工作", target=target, weight="10", year=2024)
    got = score(read_rule(rule, context), context, actual, grade)
    return None if got.value is None else str(got.value)


ITEMS = "①制度健全；②流程规范；③档案完整。每有一项不符合扣2分，扣完为止"
AREA = "得分=实际面积÷计划面积×分值"


@pytest.mark.parametrize(
    ("rule", "actual", "target", "value"),
    [
        # a rate from its two counts, just on its bound
        ("调剂率=调剂额/预算总额；调剂率≤10%得满分，超过10%不得分", {"调剂额": "90", "预算总额": "900"}, "≤10%", "10.00"),
        ("调剂率=调剂额/预算总额；调剂率≤10%得满分，超过10%不得分", {"调剂额": "90.1", "预算总额": "900"}, "≤10%", "0.00"),
        # a number without 万 beside a target in 万: whichever is plausible
        (AREA, "4.2", "4.5万亩", "9.33"),
        (AREA, "42000", "4.5万亩", "9.33"),
        (AREA, "4.2万亩", "4.5万亩", "9.33"),
        # items told one by one
        (ITEMS, {"①": "符合", "②": "不符合", "③": "符合"}, "", "8.00"),
        (ITEMS, {"①": "不符合", "②": "不符合", "③": "符合"}, "", "6.00"),
        (ITEMS, {"①": "符合", "②": "符合", "③": "符合"}, "", "10.00"),
        # 未完成 gives a score only where it does not matter how much was done
        ("完成12期得满分；完成1期以上得5分；未开展不得分", "未完成", "12期", None),
        ("完成12期得满分，未完成不得分", "未完成", "12期", "0.00"),
        # days, with and without a date
        ("按时报送得满分，未按时报送不得分", "2024年4月1日", "2024年3月31日前", "0.00"),
        ("每推迟1天扣1分，扣完为止", "3天", "", "7.00"),
        ("每推迟1天扣1分，扣完为止", "提前3天", "", "10.00"),
    ],
)  # fmt: skip
def test_what_was_typed_and_what_it_earns(
    rule: str, actual: str | dict[str, str], target: str, value: str | None
) -> None:
    assert _score(rule, actual, target=target) == value


def test_the_items_of_a_long_list_are_told_by_their_numbers() -> None:
    """Circled numbers end at ⑳; what comes behind keeps the number it is printed with."""
    rule = "；".join(f"（{number}）第{name}项制度健全，0.5分" for number, name in enumerate(_TWENTY_ONE, start=1))
    context = Context(weight="10.5", target="制度健全")
    for missed in (1, 20, 21):
        told = {f"（{number}）": "否" if number == missed else "是" for number in range(1, 22)}
        assert score(read_rule(rule, context), context, told).value == Decimal("10.00")


_TWENTY_ONE = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌"


@pytest.mark.parametrize(("grade", "value"), [("是", "10.00"), ("√", "10.00"), ("否", "0.00"), ("×", "0.00")])
def test_yes_and_no_beside_two_outcomes(grade: str, value: str) -> None:
    assert _score("达到要求得满分，否则不得分", "", grade=grade) == value


FALL = "同比下降5%及以上得满分；下降不足5%的，按下降幅度÷5%×分值计分；未下降的不得分"


@pytest.mark.parametrize(
    ("rule", "actual", "target", "value"),
    [
        # a printed noun inside a longer one
        (
            "检查发现缺席1人次扣1分，迟到1人次扣0.5分，扣完为止",
            {"工作日无故缺席人次": "2", "工作日上午迟到人次": "1"},
            "",
            "7.50",
        ),
        # the direction of a change
        (FALL, "下降3%", "下降5%", "6.00"),
        (FALL, "-3%", "下降5%", "6.00"),
        (FALL, "上升2%", "下降5%", "0.00"),
        (FALL, "持平", "下降5%", "0.00"),
        ("同比增长8%以上得满分，每低1个百分点扣0.5分，扣完为止；负增长不得分", "-1%", "8%", "0.00"),
        ("合格率≥95%得满分，否则不得分", "持平", "≥95%", None),
        # days are days
        ("每推迟1天扣1分，扣完为止", "3元", "", None),
        ("每推迟1天扣1分，扣完为止", "3个工作日", "", "7.00"),
    ],
)
def test_words_for_the_same_thing(rule: str, actual: str | dict[str, str], target: str, value: str | None) -> None:
    assert _score(rule, actual, target=target) == value


PRESENT = "检查发现缺席1人次扣1分，迟到1人次扣0.5分，扣完为止"


@pytest.mark.parametrize(
    ("actual", "value"),
    [
        ("无", "10.00"),
        ("0人次", "10.00"),
        ("有人缺席", "9.00"),
        ({"缺席": "无", "迟到": "未发生"}, "10.00"),
        ({"缺席": "是", "迟到": "否"}, "9.00"),
    ],
)
def test_events_in_words(actual: str | dict[str, str], value: str) -> None:
    assert _score(PRESENT, actual) == value


@pytest.mark.parametrize(
    ("rule", "grade", "value"),
    [
        ("制度健全得满分，否则不得分", "部分健全", "0.00"),
        ("健全得10分，基本健全得5分，否则不得分", "部分健全", None),
        ("好得10分，较好得8分，一般得6分，差不得分", "8", "8.00"),
        ("好得10分，较好得8分，一般得6分，差不得分", "7", None),
    ],
)
def test_a_grade_that_is_not_printed(rule: str, grade: str, value: str | None) -> None:
    assert _score(rule, "", grade=grade) == value


@pytest.mark.parametrize(
    ("actual", "value"), [("第3名", "8.00"), ("第三名", "8.00"), ("3", "8.00"), ("第1名", "10.00")]
)
def test_places_in_a_ranking(actual: str, value: str) -> None:
    assert _score("获得第一名得满分，名次每后移一名扣1分，扣完为止", actual) == value


@pytest.mark.parametrize(
    ("tree", "actual", "grade", "target", "value"),
    [
        # a grade decides although nothing was typed
        ('分段{ 实际值 写作 "好" 或 实际值(%) ≥ 90% → 10; 其余 → 0 }', "", "好", "", "10.00"),
        # 部分完成 is more than nothing and less than all, 未完成 may be nothing
        ("分段{ 实际值(期) ≥ 12期 → 分值; 实际值(期) > 0期 → 5; 其余 → 0 }", "部分完成", None, "12期", "5.00"),
        ("分段{ 实际值(期) ≥ 12期 → 分值; 实际值(期) > 0期 → 5; 其余 → 0 }", "未完成", None, "12期", None),
        # units
        ("分段{ 实际值(%) ≥ 90% → 分值; 其余 → 0 }", "92分", None, "≥90%", "10.00"),
        ("分段{ 实际值(%) ≥ 90% → 分值; 其余 → 0 }", "92件", None, "≥90%", None),
        ("实际值(户) ÷ 10户 × 分值", "8家", None, "10户", "8.00"),
        ("实际值(户) ÷ 10户 × 分值", "8万元", None, "10户", None),
        # a rate of falling
        ("5 + 实际值(%, 计 降幅)", "上升2%", None, "", "3.00"),
        ("5 + 实际值(%, 计 降幅)", "下降2%", None, "", "7.00"),
    ],
)
def test_what_was_typed_beside_a_tree(
    tree: str, actual: str, grade: str | None, target: str, value: str | None
) -> None:
    reading = Reading("…", Status.EXECUTABLE, (parse(tree),))
    got = score(reading, Context("某项工作", target, "10", year=2024), actual, grade)
    assert (None if got.value is None else str(got.value)) == value


def test_a_day_without_any_year() -> None:
    """Neither the form nor the cell names one: both days lie in the same."""
    context = Context("报送时间", "6月30日前", "10")
    reading = read_rule("按时完成得满分，每推迟1天扣1分，扣完为止", context)
    assert str(score(reading, context, "7月2日").value) == "8.00"
    assert str(score(reading, context, "6月30日").value) == "10.00"


@pytest.mark.parametrize(
    ("tree", "actual", "value"),
    [
        ("实际值(小时) × 10", "30分钟", "5.00"),
        ("实际值(小时) × 2", "2小时30分", "5.00"),
        ("实际值(分钟) × 0.1", "2小时", "12.00"),
        ("实际值(户) × 1", "8小时", None),
        ("实际值(天) × 1", "8户", None),
        ("实际值(月) × 3", "3个月10天", "10.00"),
    ],
)
def test_units_of_time(tree: str, actual: str, value: str | None) -> None:
    reading = Reading("…", Status.EXECUTABLE, (parse(tree),))
    got = score(reading, Context("某项工作", "", "10"), actual)
    assert (None if got.value is None else str(got.value)) == value


def test_not_done_beside_a_bound_of_the_rule_alone() -> None:
    """No target is printed: the rule's own bound tells what done would be."""
    assert _score("完成12期及以上得满分，12期以下不得分", "未完成") == "0.00"
    assert _score("完成12期及以上得满分，12期以下不得分", "已完成") == "10.00"


def test_a_day_that_this_february_does_not_have() -> None:
    context = Context("报送时间", "2月29日前", "10", year=2023)
    reading = read_rule("按时报送得满分，每推迟1天扣1分，扣完为止", context)
    assert str(score(reading, context, "2023年2月28日").value) == "10.00"
    assert str(score(reading, context, "2023年3月2日").value) == "8.00"


def test_several_readings_give_a_score_only_where_they_agree() -> None:
    one, two = (
        parse("分段{ 实际值(%) ≥ 90% → 10; 其余 → 5 }"),
        parse("分段{ 实际值(%) ≥ 90% → 10; 实际值(%) ≥ 60% → 4 }"),
    )
    reading, row = Reading("…", Status.AMBIGUOUS, (one, two)), Context("合格率", "≥90%", "10")
    assert str(score(reading, row, "95%").value) == "10.00"
    apart = score(reading, row, "70%")
    assert (apart.value, apart.policies) == (None, ("readings_differ",))
    assert "（5.00、4.00）" in apart.reason
    silent = score(reading, row, "50%")
    assert (silent.value, silent.policies) == (None, ("readings_differ",))
    nothing = score(reading, row, "")
    assert (nothing.value, nothing.policies) == (None, ())
    alone = score(Reading("…", Status.EXECUTABLE, (two,)), row, "50%")
    assert (alone.value, alone.policies) == (None, ())


@pytest.mark.parametrize("actual", ["按期完成", "如期完成", "0天", "0", "提前2天"])
def test_on_time_costs_nothing(actual: str) -> None:
    rule = "按时完成得满分，每推迟1天扣1分，扣完为止"
    assert _score(rule, actual, target="2024年6月30日前") == "10.00"


@pytest.mark.parametrize(
    ("actual", "value"), [("正常", "10.00"), ("未发生", "10.00"), ("无", "10.00"), ("1起", "8.00")]
)
def test_nothing_happened_in_other_words(actual: str, value: str) -> None:
    assert _score("每发生1起安全事故扣2分，扣完为止", actual) == value


@pytest.mark.parametrize(("actual", "value"), [("未开展", "0.00"), ("无", "0.00"), ("6期", "5.00")])
def test_nothing_was_done(actual: str, value: str) -> None:
    assert _score("得分=实际完成值÷目标值×分值", actual, target="12期") == value


@pytest.mark.parametrize(
    ("actual", "value"),
    [("按期完成", "10.00"), ("0", "10.00"), ("推迟2个月", "8.00"), ("提前1个月", "10.00"), ("推迟3天", "9.90")],
)
def test_months_late(actual: str, value: str | None) -> None:
    tree = '限(分值 - 步数(推迟月数(月, 期限 "06-30"), 每 1月) × 1, 不低于 0, 写明)'
    reading = Reading("…", Status.EXECUTABLE, (parse(tree),))
    got = score(reading, Context("某项工作", "6月30日前", "10", year=2024), actual)
    assert (None if got.value is None else str(got.value)) == value
