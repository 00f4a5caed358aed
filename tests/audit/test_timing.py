"""H · time and monitoring: one defect and its correct neighbours for every code."""

import pytest

from audit.forms import DECLARATION, MONITORING, draw, found

FUND = "158.00 | 90.06 | 57.00% | 158.00"

DEFECTS = [
    ("H01", DECLARATION, [("整理扫描 | 2025-05-01 | 2025-11-15", "整理扫描 | 2025-08-01 | 2025-07-15")], None, "2025-08-01 > 2025-07-15"),
    ("H01", DECLARATION, [("start: 2025-03-01", "start: 2025年12月")], None, "2025年12月 > 2025-11-30"),
    ("H03", MONITORING, [("7期 | 12期", "9期 | 8期")], "集中培训期数", "8期 < 9期"),
    ("H03", MONITORING, [("60% | 86%", "60% | 55%"), ("基层难题办结率", "难题化解完成率")], "难题化解完成率", "55% < 60%"),
    ("H03", MONITORING, [(FUND, "158.00 | 90.06 | 57.00% | 88.00")], None, "88.00 < 90.06"),
    ("H04", MONITORING, [(FUND, "158.00 | 41.08 | 26.00% | 158.00")], None, "0.446 < 0.60"),
    ("H04", MONITORING, [(FUND, "158.00 | 150.10 | 95.00% | 158.00")], None, "1.629 ≥ 1.50"),
    ("H05", MONITORING, [("405元/人·天 | 410元/人·天", "245元/人·天 | 420元/人·天"), ("561人次", "560人次"), ("效益指标 | 社会效益指标 | 基层难题办结率 | ≥85% | 60% | 86%", "效益指标 | 社会效益指标 | 化解难题数 | ≥36件 | 21件 | 36件")], None, "7/12"),
    ("H06", MONITORING, [("2024年11月20日 | 确定能 |", "2024年11月20日 | 完全不可能 |")], "培训计划完成时间", "11月才到期"),
    ("H06", MONITORING, [("2024年11月20日 | 确定能 |", "2024年11月20日 | 确定能 | 进度滞后，红灯")], "培训计划完成时间", "11月才到期"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "drawing", "edits", "indicator", "told"), DEFECTS)
def test_a_defect_is_told(
    code: str, drawing: str, edits: list[tuple[str, str]], indicator: str | None, told: str
) -> None:
    (finding,) = found(code, draw(drawing, *edits))
    assert finding.indicator == indicator
    assert told in finding.message + finding.derivation


NEAR_MISSES = [
    ("H01", DECLARATION, []),
    ("H01", DECLARATION, [("start: 2025-03-01", "start: 2025年11月")]),  # begins on its first day
    ("H01", DECLARATION, [("整理扫描 | 2025-05-01 | 2025-11-15", "整理扫描 | 11月 | 2025年11月")]),
    ("H01", DECLARATION, [("start: 2025-03-01", "start: ")]),
    ("H03", MONITORING, []),
    ("H03", MONITORING, [("7期 | 12期", "7期 | 7期")]),
    ("H03", MONITORING, [("96.2% | 96%", "99% | 95%")]),  # a share of passes may fall
    ("H03", MONITORING, [("405元/人·天 | 410元/人·天", "430元/人·天 | 410元/人·天")]),
    ("H04", MONITORING, []),
    ("H04", MONITORING, [(FUND, "158.00 | 55.30 | 35.00% | 158.00")]),  # 35 ÷ 58.33 = 0.60
    ("H05", MONITORING, []),
    ("H06", MONITORING, []),
    ("H06", MONITORING, [("period: 1—7月", "period: 1—11月"), ("2024年11月20日 | 确定能 |", "2024年12月 | 完全不可能 |")]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "drawing", "edits"), NEAR_MISSES)
def test_a_correct_neighbour_is_left_alone(code: str, drawing: str, edits: list[tuple[str, str]]) -> None:
    assert found(code, draw(drawing, *edits)) == []


def test_h02_a_running_sum_that_falls() -> None:
    june = draw(MONITORING, ("period: 1—7月", "period: 上半年"), ("7期 | 12期", "8期 | 12期"))
    (finding,) = found("H02", june, draw(MONITORING))
    assert (finding.form, finding.indicator, finding.derivation) == (1, "集中培训期数", "7期 < 8期")
    lower = draw(MONITORING, ("period: 1—7月", "period: 上半年"), ("7期 | 12期", "6期 | 12期"), ("96.2%", "98%"))
    assert not found("H02", lower, draw(MONITORING))


@pytest.mark.parametrize(
    ("period", "passed"),
    [("1—7月", "58.33%"), ("上半年", "50.00%"), ("前三季度", "75.00%"), ("一季度", "25.00%"), ("1-9月", "75.00%")],
)
def test_how_much_of_the_year_has_passed(period: str, passed: str) -> None:
    form = draw(MONITORING, ("period: 1—7月", f"period: {period}"), (FUND, "158.00 | 1.58 | 1.00% | 158.00"))
    (finding,) = found("H04", form)
    assert passed in finding.message
