"""Both sides of every threshold of money and scores: the last value that is right and the first that is wrong."""

from dataclasses import replace

import pytest

from audit.forms import DECLARATION, MONITORING, OVERALL, SELF_EVALUATION, audit, draw, found
from hengjian.forms.form import Printed

FUND = "160.00 | 158.00 | 152.47 | 10 | 96.50% | 9.65"
EXECUTED = "年度资金总额 | 160.00 | 158.00 | 152.47 | 10 | 96.50% | 9.65"


@pytest.mark.parametrize(("first", "told"), [("175.55", False), ("175.56", True), ("143.64", False), ("143.63", True)])
def test_b18_ten_percent(first: str, told: bool) -> None:
    form = draw(SELF_EVALUATION, (EXECUTED, EXECUTED.replace("160.00", first)))
    assert bool(found("B18", form)) is told


@pytest.mark.parametrize(("received", "told"), [("110.60", False), ("110.59", True)])
def test_b19_seventy_percent(received: str, told: bool) -> None:
    header = "item | initial_budget | annual_budget | executed | weight | rate | score | part"
    row = f"{FUND} |"
    form = draw(SELF_EVALUATION, (header, header.replace("part", "extra.实际到位")), (row, f"{row} {received}"))
    assert bool(found("B19", form)) is told


@pytest.mark.parametrize(
    ("score", "wrong"),
    [("9.65", False), ("9.64", True), ("9.6", False), ("9.7", False), ("9.66", True), ("10", True), ("9", True)],
)
def test_b04_practices_of_rounding(score: str, wrong: bool) -> None:
    form = draw(SELF_EVALUATION, (FUND, FUND.replace("9.65", score)))
    assert bool(found("B04", form)) is wrong


def test_b04_from_the_rate_as_printed() -> None:
    """98.3649 % printed as 98.36 %: 9.84 from the quotient, and from the rate; 9.83 only by cutting the quotient."""
    shown = "160.00 | 100,000.00 | 98,345.40 | 10 | 98.35% | "
    assert not found("B04", draw(SELF_EVALUATION, (FUND, f"{shown}9.83")))
    assert not found("B04", draw(SELF_EVALUATION, (FUND, f"{shown}9.84")))
    assert found("B04", draw(SELF_EVALUATION, (FUND, f"{shown}9.85")))


@pytest.mark.parametrize(
    ("rate", "wrong"),
    [
        ("96.50%", False),
        ("96.51%", False),
        ("96.49%", False),
        ("96.52%", True),
        ("96.48%", True),
        ("96%", False),
        ("97%", False),
        ("95%", True),
        ("98%", True),
        ("0.965", False),
        ("0.96", False),
        ("0.95", True),
    ],
)
def test_b03_tolerance_and_decimals(rate: str, wrong: bool) -> None:
    form = draw(SELF_EVALUATION, (FUND, FUND.replace("96.50%", rate)))
    assert bool(found("B03", form)) is wrong


def test_b03_a_rate_of_more_than_all_may_be_capped() -> None:
    form = draw(SELF_EVALUATION, (FUND, "160.00 | 150.00 | 153.00 | 10 | 100% | 10"))
    assert not found("B03", form)
    assert found("B05", form)


def test_b01_a_printed_sum_of_the_procurement() -> None:
    rows = ("档案整理服务 | 1项 | 1,440,000.00", "档案整理服务 | 1项 | 1,400,000.00\n密集架 | 2套 | 40,000.00")
    right = replace(draw(DECLARATION, rows), sums=(("procurement", Printed("1,440,000.00")),))
    assert not found("B01", right)
    wrong = replace(right, sums=(("procurement", Printed("1,430,000.00")),))
    (finding,) = found("B01", wrong)
    assert finding.field == "procurement"
    assert "1,400,000.00 + 40,000.00 = 1,440,000.00" in finding.derivation


def test_b01_two_rows_without_a_name_for_the_total() -> None:
    """The first row is the total when what stands below is named as its parts; otherwise there is no total."""
    assert found(
        "B01", draw(SELF_EVALUATION, (EXECUTED, EXECUTED.replace("年度资金总额 | 160.00", "项目资金 | 165.00")))
    )
    bare = draw(
        SELF_EVALUATION,
        (EXECUTED, EXECUTED.replace("年度资金总额 | 160.00", "项目资金 | 165.00")),
        ("当年财政拨款", "培训支持"),
    )
    assert not found("B01", bare)


def test_b01_the_forgotten_part_is_no_slip_of_units() -> None:
    """152 against 152 + 6: the small part cannot be explained as an amount in 元."""
    form = draw(OVERALL, ("干部培训 | 180.00", "干部培训 | 300.00"), ("人才服务 | 120.00", "人才服务 | 6.00"))
    assert found("B01", form)
    assert not found("B06", form)


@pytest.mark.parametrize(
    ("executed", "told"), [("126400", True), ("1264000", True), ("2100000", False), ("120000", False)]
)
def test_b06_budget_and_execution_of_one_row(executed: str, told: bool) -> None:
    """Ten thousand times a rate of 8 to 120 percent; anything else is no slip of units but spending above the budget."""
    form = draw(MONITORING, ("158.00 | 90.06 | 57.00%", f"158.00 | {executed} | —"))
    assert bool(found("B06", form)) is told
    assert bool(found("B05", form)) is not told


def test_b06_a_small_execution_that_its_rate_explains() -> None:
    form = draw(MONITORING, ("158.00 | 90.06 | 57.00%", "1580000.00 | 90.06 | 57.00%"))
    assert found("B06", form)
    assert not found("B03", form)


@pytest.mark.parametrize(("procured", "told"), [("1,500,000.00", False), ("1,500,000.01", True)])
def test_b11_to_the_last_cent(procured: str, told: bool) -> None:
    assert bool(found("B11", draw(DECLARATION, ("1项 | 1,440,000.00", f"1项 | {procured}")))) is told


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        ((20, 20, 10, 10, 20, 10), False),
        ((20, 20, 10, 10, 30, 0), False),
        ((0, 30, 10, 10, 40, 0), False),
        ((0, 30, 20, 10, 30, 0), False),
        ((0, 30, 10, 10, 30, 10), False),
        ((20, 20, 10, 15, 15, 10), True),
        ((10, 30, 10, 10, 20, 10), True),
    ],
)
def test_f02_every_split_that_the_guides_allow(weights: tuple[int, ...], told: bool) -> None:
    form = draw(DECLARATION)
    rows = [replace(row, weight=Printed(str(w))) for row, w in zip(form.indicators, weights, strict=True) if w]
    assert bool(found("F02", replace(form, indicators=tuple(rows)))) is told


@pytest.mark.parametrize(
    ("total", "told"),
    [
        ("99.44", False),
        ("99.445", False),
        ("99.446", True),
        ("99.43", True),
        ("99.4", False),
        ("99", False),
        ("99.5", True),
        ("100", True),
    ],
)
def test_f10_tolerance_and_decimals(total: str, told: bool) -> None:
    assert bool(found("F10", draw(SELF_EVALUATION, ("total.score: 99.44", f"total.score: {total}")))) is told


@pytest.mark.parametrize(("score", "told"), [("16", False), ("15.99", True), ("20", False)])
def test_f14_the_best_band(score: str, told: bool) -> None:
    row = ("≥85% | 88% | 20 | 20", f"帮带机制健全 | 达成年度指标 | 20 | {score}")
    assert bool(found("F14", draw(SELF_EVALUATION, row))) is told


@pytest.mark.parametrize(("score", "told"), [("12", False), ("11.99", True), ("15.99", False), ("16", True)])
def test_f14_the_middle_band(score: str, told: bool) -> None:
    row = ("≥85% | 88% | 20 | 20", f"帮带机制健全 | 部分达成年度指标并具有一定效果 | 20 | {score}")
    assert bool(found("F14", draw(SELF_EVALUATION, row))) is told


@pytest.mark.parametrize(("score", "code"), [("0", None), ("10", None), ("10.01", "F07"), ("-0.01", "F07")])
def test_f07_the_range_of_a_score(score: str, code: str | None) -> None:
    form = draw(SELF_EVALUATION, ("12期 | 12期 | 10 | 10", f"12期 | 0期 | 10 | {score}"))
    assert bool(found("F07", form)) is (code is not None)


@pytest.mark.parametrize(
    ("score", "told"), [("9.79", False), ("9.78", True), ("9.80", False), ("9.81", True), ("9.7", False), ("9.6", True)]
)
def test_f08_half_a_hundredth(score: str, told: bool) -> None:
    assert bool(found("F08", draw(SELF_EVALUATION, ("10 | 9.79", f"10 | {score}")))) is told


@pytest.mark.parametrize(
    ("held", "score", "told"), [("5期", "0", False), ("8期", "0", True), ("14期", "9", True), ("15期", "9", False)]
)
def test_f08_what_other_rules_may_give(held: str, score: str, told: bool) -> None:
    """Nothing under a passing threshold of 60 %; points off from 1.2 times the target: neither is an error."""
    form = draw(SELF_EVALUATION, ("≥12期 | 12期 | 10 | 10", f"≥12期 | {held} | 10 | {score}"))
    assert bool(found("F08", form)) is told


@pytest.mark.parametrize(("total", "told"), [("89", False), ("89.01", True)])
def test_f16_the_ceiling(total: str, told: bool) -> None:
    form = draw(
        SELF_EVALUATION,
        (FUND, "160.00 | 158.00 | 118.50 | 10 | 75.00% | 7.50"),
        ("total.score: 99.44", f"total.score: {total}"),
    )
    assert bool(found("F16", form)) is told


def test_f17_needs_every_row() -> None:
    full = [
        ("940人次 | 10 | 9.79", "960人次 | 10 | 10"),
        ("158.00 | 152.47 | 10 | 96.50% | 9.65", "158.00 | 158.00 | 10 | 100.00% | 10"),
        ("total.score: 99.44", "total.score: 100"),
    ]
    assert found("F17", draw(SELF_EVALUATION, *full))
    assert not found("F17", draw(SELF_EVALUATION, *full, ("12期 | 12期 | 10 | 10", "12期 | — | — | —")))


def test_the_execution_rate_among_the_indicators_counts_once() -> None:
    """Its 10 points stand in the money table and in the list: 100 in all, and no sum is wrong."""
    row = "成本指标 | 经济成本指标 | 培训单位成本 | ≤420元/人·天 | 405元/人·天 | 20 | 20 |"
    extra = f"{row}\n过程指标 | 预算执行 | 预算执行率 | ≥95% | 96.50% | 10 | 9.65 |"
    form = draw(SELF_EVALUATION, (row, extra))
    assert not {"F01", "F10"} & {finding.code for finding in audit(form).findings}
