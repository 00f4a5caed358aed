"""Rows without a printed rule: what each kind of row earns under a scheme, and where no number may be guessed."""

from decimal import Decimal
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.rules.curve import curve
from hengjian.rules.defaults import (
    Direction,
    ceiling,
    default_reading,
    direction,
    execution_score,
    other_readings,
    partly_reached,
    state_of,
)
from hengjian.rules.reading import Context, Reading, Status
from hengjian.rules.run import score
from hengjian.rules.scheme import Scheme, load_scheme
from hengjian.rules.tree import Human, Missing
from hengjian.values.rounding import NATIONAL

NATION = load_scheme("national-2020")
JIANGXI = load_scheme("jiangxi")


def _row(
    target: str, *, indicator: str = "培训人数", weight: str = "10", level1: str = "产出指标", level2: str = ""
) -> Context:
    return Context(indicator, target, weight, level1, level2)


def _read(context: Context, scheme: str = "national-2020") -> Reading:
    return default_reading(context, load_scheme(scheme))


def _score(context: Context, actual: str | int, scheme: str = "national-2020", tree: int = 0) -> str | None:
    drawn = curve(_read(context, scheme).trees[tree], context)
    assert drawn is not None
    exact = drawn.score(F(actual))
    return None if exact is None else str(NATIONAL.apply(exact))


# --- test vectors of the handbook -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "indicator", "weight", "actual", "score"),
    [
        ("400人", "录用人数", "2", "382", "1.91"),  # V3
        ("200人", "培训人数", "3", "90", "1.35"),  # V4
        ("80人", "培训人数", "4", "50", "2.50"),  # V5
        ("100%", "试用期满转正率", "2", "99", "1.98"),  # V6
        ("≥60000人次", "服务人次", "8", "63720", "8.00"),
        ("≥480人", "培训人数", "6", "456", "5.70"),
        ("≥95%", "录用计划完成率", "8", "93.10", "7.84"),
        ("98", "设备完好率", "4", "95", "3.88"),
        ("4.6万人", "覆盖人数", "10", "23000", "5.00"),
        ("=8个", "补助村数量", "8", "8", "8.00"),
        ("=8个", "补助村数量", "8", "4", "4.00"),
        ("=8个", "补助村数量", "8", "9", "8.00"),
        ("≥90%", "满意度", "10", "81", "9.00"),
        ("0起", "安全事故数", "6", "0", "6.00"),
        ("0起", "安全事故数", "6", "1", "0.00"),
        ("无", "违规问题", "6", "2", "0.00"),
        ("＝0次", "违规使用次数", "10", "0", "10.00"),
        ("≤0.05%", "阅卷差错率", "6", "0.02", "6.00"),
        ("≤100%", "三公经费控制率", "5", "88", "5.00"),
        ("≥0", "人均收入增幅", "5", "-1", "0.00"),
        ("85%-95%", "利用率", "5", "90", "5.00"),
        ("85%-95%", "利用率", "5", "80", None),
        ("约200人", "培训人数", "5", "200", "5.00"),
        ("约200人", "培训人数", "5", "195", None),
        ("100%", "预算执行率", "10", "98.38", "9.84"),
        ("100%", "预算执行率", "10", "105", "10.00"),
    ],
)
def test_what_a_row_earns_under_the_national_scheme(
    target: str, indicator: str, weight: str, actual: str, score: str | None
) -> None:
    assert _score(_row(target, indicator=indicator, weight=weight), actual) == score


@pytest.mark.parametrize(
    ("actual", "linear", "ratio"),
    [
        ("10", "10.00", "10.00"),
        ("15", "5.00", "6.67"),
        ("20", "0.00", "5.00"),
        ("25", "0.00", "4.00"),
        ("7", "10.00", "10.00"),
    ],
)
def test_reverse_rows_follow_the_schemes_formula(actual: str, linear: str, ratio: str) -> None:
    """V16 and V17: target 10, weight 10."""
    row = _row("≤10天", indicator="平均办理时限")
    assert _score(row, actual) == linear
    assert _score(row, actual, "jiangxi") == ratio


def test_a_reverse_row_knows_the_other_formula_in_use() -> None:
    row = _row("≤10天", indicator="平均办理时限")
    (other,) = other_readings(row, NATION)
    drawn = curve(other.trees[0], row)
    assert drawn is not None
    assert drawn.score(F(15)) == F(20, 3)
    assert other_readings(_row("≥10人"), NATION) == ()


# --- direction --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indicator", "target", "level2", "way"),
    [
        ("人均培训综合成本", "380", "经济成本指标", Direction.DOWN),
        ("群众投诉件数", "5件", "", Direction.DOWN),
        ("投诉办结率", "98%", "", Direction.UP),
        ("成本节约率", "5%", "成本指标", Direction.UP),
        ("项目预算经费执行率", "90%", "成本指标", Direction.UP),
        ("设备故障修复率", "95%", "", Direction.UP),
        ("培训期数", "12期", "", Direction.UP),
        ("办结时限", "不超过15个工作日", "", Direction.DOWN),
        ("群众投诉件数", "≥5件", "", Direction.UP),  # the sign is what the form asks
        ("湿度", "45%-60%", "", Direction.BOTH),
    ],
)
def test_which_way_is_better(indicator: str, target: str, level2: str, way: Direction) -> None:
    assert direction(_row(target, indicator=indicator, level2=level2)) is way


def test_a_bare_cost_over_its_target_loses_points() -> None:
    row = _row("380", indicator="人均培训综合成本", level1="成本指标", level2="经济成本指标")
    assert _score(row, 380) == "10.00"
    assert _score(row, 412) == "9.16"


def test_a_cost_whose_sign_says_at_least_gives_no_score() -> None:
    reading = _read(_row("≥30万元", indicator="人均成本", level1="成本指标"))
    assert reading.status is Status.AMBIGUOUS
    assert len(reading.trees) == 2
    assert "越大越好还是越小越好无法确定" in reading.notes[0].message


# --- where a person decides -------------------------------------------------------------------------------------------


def test_a_qualitative_row_needs_a_person_and_shows_the_ranges() -> None:
    reading = _read(_row("有效提升", indicator="基层治理能力"))
    assert reading.status is Status.NEEDS_JUDGEMENT
    (human,) = reading.trees
    assert isinstance(human, Human)
    assert [level.words[0] for level in human.levels] == ["达成", "部分达成", "未达成"]
    assert [(level.low_incl, level.high_incl) for level in human.levels] == [(True, True), (True, False), (True, False)]


@pytest.mark.parametrize(
    ("actual", "state"),
    [
        ("达成预期指标", 0),
        ("达成年度指标。", 0),
        ("部分达成年度指标并具有一定效果", 1),
        ("部分达成年度指标并具有一定效果，其余下年完成", 1),
        ("未达成年度指标且效果较差", 2),
        ("达成了一半", None),
        ("基本稳定", None),
        ("完成", None),
        ("", None),
    ],
)
def test_only_the_fixed_phrases_name_a_state(actual: str, state: int | None) -> None:
    assert state_of(actual, NATION) == state


@pytest.mark.parametrize(
    ("target", "actual", "partly"),
    [
        ("稳定", "基本稳定", True),
        ("稳定", "稳定", False),
        ("基本稳定", "基本稳定", False),
        ("提升", "有所提升", False),
        ("好", "较好", False),
        ("部分", "大部分", False),
    ],
)
def test_weakened_words_are_noticed(target: str, actual: str, partly: bool) -> None:
    assert partly_reached(target, actual) is partly


def test_several_targets_in_one_cell_have_no_sure_score_between() -> None:
    reading = _read(_row("完成率100%，抽查率10%以上", indicator="个人事项报告"))
    assert reading.status is Status.AMBIGUOUS
    assert len(reading.trees) == 2
    assert len(reading.inputs) == 2
    assert "各项所占分值没有写明" in reading.notes[0].message


def test_without_a_target_there_is_nothing_to_score_by() -> None:
    reading = _read(_row(""))
    assert reading.status is Status.DEFECTIVE
    assert reading.trees == (Missing("没有目标值，无法按方案计分"),)


def test_an_execution_rate_with_another_target_has_two_formulas() -> None:
    row = _row("≥90%", indicator="项目预算执行率")
    reading = _read(row)
    assert reading.status is Status.AMBIGUOUS
    assert (_score(row, "81", tree=0), _score(row, "81", tree=1)) == ("9.00", "8.10")


def test_equal_in_a_cost_row_is_strict() -> None:
    row = _row("=11.25万元/村", indicator="村均补助标准", level2="成本指标")
    assert _score(row, "112500") == "10.00"
    assert _score(row, "110000") is None


@pytest.mark.parametrize(
    ("target", "actual", "value"),
    [
        ("同比下降5%", "下降3%", "6.00"),
        ("同比下降5%", "下降6%", "10.00"),
        ("较上年提升2个百分点", "提升1个百分点", "5.00"),
    ],
)
def test_a_target_for_a_change_is_scored_on_the_change(target: str, actual: str, value: str) -> None:
    row = _row(target, indicator="三公经费")
    assert str(score(_read(row), row, actual).value) == value


def test_a_level_where_a_change_is_due_gives_no_score() -> None:
    row = _row("较上年提升2个百分点", indicator="群众满意度")
    assert score(_read(row), row, "92%").value is None


def test_no_less_than_last_year_needs_last_year() -> None:
    reading = _read(_row("不低于上年"))
    assert reading.status is Status.AMBIGUOUS
    assert reading.trees == (Missing("目标以“上年”为基数，表上没有这个数，无法计分"),)


# --- dates ------------------------------------------------------------------------------------------------------------


def test_on_time_is_full_and_late_is_nothing() -> None:
    row = _row("2024年5月31日前", indicator="成绩公布时间", weight="8")
    assert _read(row).inputs == ("late_days",)
    assert [_score(row, days) for days in (-7, 0, 1)] == ["8.00", "8.00", "0.00"]


def test_yunnan_takes_a_share_of_the_year_for_each_day() -> None:
    row = _row("2023年1月至11月", indicator="工作开展时效", weight="5")
    assert _score(row, 73, "yunnan") == "4.00"


# --- satisfaction -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scheme", "actual", "score"),
    [
        ("national-2020", "85", "9.44"),
        ("national-2021-bands", "90", "10.00"),
        ("national-2021-bands", "89.9", "8.00"),
        ("national-2021-bands", "60", "5.00"),
        ("national-2021-bands", "59", "0.00"),
        ("yunnan", "60", "6.67"),
        ("yunnan", "59.9", "0.00"),
        ("jiangxi", "90", "10.00"),
        ("jiangxi", "85", "9.00"),
        ("jiangxi", "40", "0.00"),
    ],
)
def test_satisfaction_by_scheme(scheme: str, actual: str, score: str) -> None:
    assert _score(_row("≥90%", indicator="服务对象满意度", level1="满意度指标"), actual, scheme) == score


def test_under_a_passing_line_a_quantity_scores_nothing() -> None:
    row = _row("≥100人")
    assert [_score(row, a, "national-2021-bands") for a in (100, 60, 59)] == ["10.00", "6.00", "0.00"]


# --- laws -------------------------------------------------------------------------------------------------------------


@given(
    target=st.integers(1, 500),
    actual=st.fractions(0, 1200, max_denominator=40),
    sign=st.sampled_from(["≥", "≤", "", "="]),
    name=st.sampled_from(["培训人数", "投诉件数", "群众办结率", "工程成本"]),
    scheme=st.sampled_from([NATION, JIANGXI]),
)
def test_a_default_score_lies_between_nothing_and_the_weight(
    target: int, actual: F, sign: str, name: str, scheme: Scheme
) -> None:
    row = _row(f"{sign}{target}", indicator=name, weight="7")
    reading = default_reading(row, scheme)
    drawn = curve(reading.trees[0], row)
    if drawn is not None and (score := drawn.score(actual)) is not None:
        assert 0 <= score <= 7
        assert score == 7 or actual != target


# --- the execution row ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("budget", "executed", "weight", "value", "derivation"),
    [
        ("1096.39", "1078.63", "10", "9.84", "1078.63 ÷ 1096.39 × 10 = 9.84"),  # V1
        ("1169.99", "1090.53", "10", "9.32", "1090.53 ÷ 1169.99 × 10 = 9.32"),  # V2
        ("89.974", "89.974", "10", "10.00", "89.974 ÷ 89.974 × 10 = 10.00"),  # V13
        ("100", "76", "10", "7.60", "76 ÷ 100 × 10 = 7.60"),  # V14
        ("100", "105", "10", "10.00", "105 ÷ 100 = 105.00%，得满分 10.00"),
    ],
)
def test_the_execution_row(budget: str, executed: str, weight: str, value: str, derivation: str) -> None:
    score = execution_score(F(budget), F(executed), Decimal(weight), NATION)
    assert str(score.value) == value
    assert score.derivation == derivation
    assert score.policies == (("over_100",) if F(executed) > F(budget) else ())


def test_a_zero_budget_is_never_silent() -> None:
    nothing = execution_score(F(0), F(0), Decimal(10), NATION)
    assert nothing.value is None
    assert nothing.reason == "全年预算数为0且没有执行数，执行率无法计算，不计分"
    spent = execution_score(F(0), F(5), Decimal(10), NATION)
    assert "却有执行数" in spent.reason


def test_a_threshold_makes_the_execution_score_jump() -> None:
    """V19: 89.9 % earns 8.99, 90 % earns 10 (Kunming's rule as a scheme)."""
    step = load_scheme("fujian-evaluation")
    assert execution_score(F(100), F(95), Decimal(10), step).value == 10
    assert execution_score(F(100), F("94.9"), Decimal(10), step).value is None


def test_the_total_is_held_down_by_a_low_rate() -> None:
    """V15: 76 % executed, at most 89 points."""
    platform = load_scheme("platform-ceiling")
    assert [ceiling(F(rate), platform) for rate in (76, 49, 80)] == [89, 59, None]
    assert ceiling(F(10), NATION) is None
