"""D · target values: one defect and its correct neighbours for every code (D14-D19 are in ``test_rules``)."""

import pytest

from audit.forms import DECLARATION, EVALUATION, OVERALL, SELF_EVALUATION, draw, found

HISTORY = ("name | target | weight", "name | target | weight | history.前年 | history.上年")

DEFECTS = [
    ("D01", DECLARATION, [("档案查借阅及时率 | ≥95%", "档案管理水平 | 有效提升")], "档案管理水平", "有效提升"),
    ("D02", SELF_EVALUATION, [("≥12期 | 12期", "12期 | 12期")], "集中培训期数", "12期"),
    ("D03", SELF_EVALUATION, [("≥12期 | 12期", "≥12 | 12期")], "集中培训期数", "完成值为12期"),
    ("D03", SELF_EVALUATION, [("≥95% | 96.2%", "≥95百分比 | 96.2%")], "学员结业合格率", "百分比"),
    ("D04", SELF_EVALUATION, [("≥960人次 | 940人次", "≥960人 | 940人次")], "参训学员人次", "“人”"),
    ("D04", OVERALL, [("1460 | 30", "1460人 | 30")], "人才服务人次", "人次"),
    ("D04", SELF_EVALUATION, [("≥960人次 | 940人次", "≥960个 | 940人次")], "参训学员人次", "个"),
    ("D05", DECLARATION, [("档案查借阅及时率 | ≥95%", "档案查借阅及时率 | ≥95次")], "档案查借阅及时率", "比率"),
    ("D06", DECLARATION, [("档案查借阅及时率 | ≥95%", "档案查借阅及时率 | ≥105%")], "档案查借阅及时率", "最多100%"),
    ("D06", SELF_EVALUATION, [("≥90% | 94%", "≥90% | 104%")], "参训学员满意度", "完成值却是“104%”"),
    ("D07", DECLARATION, [("≤480元/卷", "≥480元/卷")], "单卷整理成本", "越小越好"),
    ("D07", DECLARATION, [("档案查借阅及时率 | ≥95%", "群众投诉次数 | ≥3次")], "群众投诉次数", "越小越好"),
    ("D07", DECLARATION, [("查档人员满意度 | ≥92%", "查档人员满意度 | ≤92%")], "查档人员满意度", "越大越好"),
    ("D08", DECLARATION, [("扫描图像合格率 | ≥98%", "扫描图像合格率 | ≥100%")], "扫描图像合格率", "=100%"),
    ("D09", DECLARATION, [HISTORY, ("≥3000卷 | 20", "≥3000卷 | 20 | 4000卷 | 4500卷")], "整理干部档案卷数", "66%"),
    ("D10", DECLARATION, [HISTORY, ("≥3000卷 | 20", "≥3000卷 | 20 | 3000卷 | 3000卷")], "整理干部档案卷数", "3000卷"),
    ("D12", DECLARATION, [("≥3000卷", "")], "整理干部档案卷数", "没有填写"),
    ("D13", DECLARATION, [("档案查借阅及时率 | ≥95%", "年度培训计划完成率 | 100%")], "年度培训计划完成率", "没有基数"),
    ("D20", DECLARATION, [("2025年11月15日前", "2025年12月20日前")], "整理完成时间", "2025-12-20"),
    ("D20", DECLARATION, [("2025年11月15日前", "12月底前投入使用")], "整理完成时间", "2025-12-31"),
    ("D21", SELF_EVALUATION, [("≤420元/人·天 | 405元/人·天", "≤800元/人·天 | 405元/人·天")], "培训单位成本", "760"),
    ("D21", SELF_EVALUATION, [("≤420元/人·天 | 405元/人·天", "≤420元/人·天 | 0.08万元/人·天")], "培训单位成本", "760"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "drawing", "edits", "indicator", "told"), DEFECTS)
def test_a_defect_is_told(code: str, drawing: str, edits: list[tuple[str, str]], indicator: str, told: str) -> None:
    (finding,) = found(code, draw(drawing, *edits))
    assert finding.indicator == indicator
    assert told in finding.message + finding.derivation + finding.expected


NEAR_MISSES = [
    ("D01", EVALUATION, [("≥500人", "足额发放")]),  # its rule says how it is scored
    ("D01", DECLARATION, [("档案查借阅及时率 | ≥95%", "档案安全事故 | 不发生")]),
    ("D01", DECLARATION, [("≥3000卷", "—")]),
    ("D01", DECLARATION, [("档案查借阅及时率 | ≥95%", "失泄密事件 | 零发生")]),
    ("D02", OVERALL, []),  # signs in their own column
    ("D02", SELF_EVALUATION, [("≥12期", "不低于12期")]),
    ("D02", SELF_EVALUATION, [("≥12期", "10—12期")]),
    ("D03", OVERALL, []),  # units in their own column
    ("D03", SELF_EVALUATION, [("集中培训期数 | ≥12期 | 12期", "集中培训期数（期） | ≥12 | 12")]),
    ("D03", SELF_EVALUATION, [("基层难题办结率 | ≥85%", "基层难题办结率(%) | ≥85")]),
    ("D03", SELF_EVALUATION, [("基层难题办结率 | ≥85%", "泄密事件 | 0")]),
    ("D04", SELF_EVALUATION, [("≥12期 | 12期", "≥12期 | 12场次")]),
    ("D04", SELF_EVALUATION, [("≥12期 | 12期", "≥12个 | 12期")]),
    ("D04", SELF_EVALUATION, [("≤420元/人·天 | 405元/人·天", "≤1.5万元 | 14800元")]),
    ("D04", SELF_EVALUATION, [("≥960人次 | 940人次", "≥960人次 | 0人")]),
    ("D05", SELF_EVALUATION, [("≥85% | 88%", "≥8.5‰ | 9‰")]),
    ("D05", DECLARATION, [("档案查借阅及时率 | ≥95%", "系统巡检频率 | ≥4次")]),
    ("D05", DECLARATION, [("档案查借阅及时率 | ≥95%", "产值增长率 | ≥1.5倍")]),
    ("D06", DECLARATION, [("档案查借阅及时率 | ≥95%", "服务人次增长率 | ≥120%")]),
    ("D06", DECLARATION, [("档案查借阅及时率 | ≥95%", "培训计划完成率 | ≥110%")]),
    ("D07", DECLARATION, [("单卷整理成本 | ≤480元/卷", "单卷整理成本节约率 | ≥5%")]),
    ("D07", DECLARATION, [("单卷整理成本 | ≤480元/卷", "节约整理成本 | ≥5万元")]),
    ("D07", DECLARATION, [("档案查借阅及时率 | ≥95%", "投诉办结率 | ≥95%")]),
    ("D07", DECLARATION, [("档案查借阅及时率 | ≥95%", "预算执行率 | ≤100%")]),
    ("D07", DECLARATION, [("档案查借阅及时率 | ≥95%", "平均查档时长 | ≤15分钟")]),
    ("D08", DECLARATION, [("扫描图像合格率 | ≥98%", "扫描图像合格率 | =100%")]),
    ("D08", DECLARATION, [("扫描图像合格率 | ≥98%", "服务人次增长率 | ≥100%")]),
    ("D09", DECLARATION, [HISTORY, ("≥3000卷 | 20", "≥3000卷 | 20 | 4000卷 | 4285卷")]),  # 70.01 %
    ("D09", DECLARATION, [HISTORY, ("≤480元/卷 | 20", "≤300元/卷 | 20 | 600元/卷 | 600元/卷")]),  # a cost may fall
    ("D10", DECLARATION, [HISTORY, ("≥3000卷 | 20", "≥3000卷 | 20 | 2800卷 | 3000卷")]),
    ("D10", DECLARATION, [HISTORY, ("≥3000卷 | 20", "≥3000卷 | 20 |  | 3000卷")]),
    ("D11", SELF_EVALUATION, []),
    ("D12", DECLARATION, [("≥3000卷", "—")]),
    ("D12", EVALUATION, []),
    ("D13", DECLARATION, [("档案查借阅及时率 | ≥95%", "12期培训完成率 | 100%")]),
    ("D20", DECLARATION, []),
    ("D20", DECLARATION, [("2025年11月15日前", "2025年11月底前")]),
    ("D20", DECLARATION, [("end: 2025-11-30", "end: 2025年12月"), ("2025年11月15日前", "2025年12月31日前")]),
    ("D21", SELF_EVALUATION, [("≤420元/人·天", "≤760元/人·天")]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "drawing", "edits"), NEAR_MISSES)
def test_a_correct_neighbour_is_left_alone(code: str, drawing: str, edits: list[tuple[str, str]]) -> None:
    assert found(code, draw(drawing, *edits)) == []


def test_d02_once_where_no_target_has_a_sign() -> None:
    bare = [
        ("≤420元/人·天", "420元/人·天"),
        ("≥12期", "12期"),
        ("≥960人次", "960人次"),
        ("≥95%", "95%"),
        ("≥85%", "85%"),
        ("≥90%", "90%"),
    ]
    (finding,) = found("D02", draw(SELF_EVALUATION, *bare))
    assert finding.indicator is None
    assert "6个数量指标值" in finding.message


def test_d11_results_that_are_all_the_targets() -> None:
    same = [
        ("| 405元/人·天", "| ≤420元/人·天"),
        ("≥960人次 | 940人次", "≥960人次 | ≥960人次"),
        ("12期 | 12期", "12期 | ≥12期"),
        ("96.2%", "≥95%"),
        ("88%", "≥85%"),
        ("94% |", "≥90% |"),
    ]
    (finding,) = found("D11", draw(SELF_EVALUATION, *same))
    assert finding.printed == "6/6"
    assert not found("D11", draw(SELF_EVALUATION, *same[1:]))
