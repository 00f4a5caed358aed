"""B · money: one defect and its correct neighbours for every code."""

from typing import Any

import pytest

from audit.forms import DECLARATION, MONITORING, OVERALL, SELF_EVALUATION, codes, draw, found, ledger
from hengjian.values.finding import Level

DEFECTS = [
    ("B01", SELF_EVALUATION, [("| 158.00 | 152.47", "| 159.00 | 152.47")], "148.00 + 10.00 = 158.00"),
    ("B01", SELF_EVALUATION, [("年度资金总额 | 160.00", "年度资金总额 | 161.00")], "150.00 + 10.00 = 160.00"),
    ("B01", DECLARATION, [("其他资金 | 100,000.00", "其他资金 | 60,000.00")], "相差40,000.00元"),
    ("B01", DECLARATION, [("30201 办公费 | 60,000.00", "30201 办公费 | 80,000.00")], "1,520,000.00"),
    ("B01", OVERALL, [("人才服务 | 120.00", "人才服务 | 102.00")], "180.00 + 102.00 = 282.00"),
    ("B02", SELF_EVALUATION, [("年度资金总额 | 160.00 | 158.00 | 152.47", "年度资金总额 | 0.00 | 0.00 | 0.00")], "分项150.00 + 10.00"),
    ("B02", SELF_EVALUATION, [("年度资金总额 | 160.00 | 158.00 | 152.47 | 10 | 96.50%", "年度资金总额 | |  |  | 10 | ")], "空白"),
    ("B03", SELF_EVALUATION, [("10 | 96.50% | 9.65", "10 | 95.60% | 9.65")], "152.47 ÷ 158.00 = 96.50%；填报95.60%"),
    ("B03", DECLARATION, [("97.50%", "95.70%")], "1,170,000.00 ÷ 1,200,000.00 = 97.50%"),
    ("B03", MONITORING, [("57.00%", "0.75")], "= 57.00%"),
    ("B03", SELF_EVALUATION, [("10 | 96.50% | 9.65", "10 | 95.29% | 9.65")], "96.50%"),  # of the initial budget
    ("B04", SELF_EVALUATION, [("10 | 96.50% | 9.65", "10 | 96.50% | 9.56")], "152.47 ÷ 158 × 10 = 9.65；填报9.56"),
    ("B04", SELF_EVALUATION, [("10 | 96.50% | 9.65", "10 | 96.50% | 10")], "9.65"),
    ("B05", SELF_EVALUATION, [("当年财政拨款 | 150.00 | 148.00 | 142.47", "当年财政拨款 | 150.00 | 148.00 | 149.20")], "149.20 > 148.00"),
    ("B05", DECLARATION, [("882,000.00 | 98.00%", "912,000.00 | 101.33%")], "912,000.00 > 900,000.00"),
    ("B06", DECLARATION, [("900,000.00 | 882,000.00", "90.00 | 88.20")], "16666"),
    ("B06", DECLARATION, [("其他资金 | 100,000.00", "其他资金 | 10.00")], "1500000.00 ÷ 10.00"),
    ("B06", SELF_EVALUATION, [("158.00 | 152.47", "158.00 | 1524700")], "÷ 158.00"),
    ("B06", SELF_EVALUATION, [("年度资金总额 | 160.00", "年度资金总额 | 1600000")], "10126"),
    ("B07", SELF_EVALUATION, [("expected: 举办集中培训12期", "expected: 安排资金152万元，其中集中培训96万元、资料印制18万元、站点维护42万元，举办集中培训12期")], "= 156.00万元"),
    ("B07", SELF_EVALUATION, [("expected: 举办集中培训12期", "expected: 安排资金152万元，其中：集中培训96万元；资料印制18万元；站点维护36万元。举办集中培训12期")], "= 150.00万元"),
    ("B07", SELF_EVALUATION, [("expected: 举办集中培训12期", "expected: 集中培训96万元、资料印制18万元、站点维护42万元，合计152万元。举办集中培训12期")], "= 156.00万元"),
    ("B07", SELF_EVALUATION, [("expected: 举办集中培训12期", "expected: 投入2026400元，包括报酬400000元、运转252000元、维修28000元。举办集中培训12期")], "2026400元"),
    ("B09", SELF_EVALUATION, [("160.00 | 158.00 | 152.47", "1600000.00 | 1580000.00 | 1524700.00"), ("150.00 | 148.00 | 142.47", "1500000.00 | 1480000.00 | 1424700.00"), ("10.00 | 10.00 | 10.00", "100000.00 | 100000.00 | 100000.00")], "158.00万元"),
    ("B10", DECLARATION, [("30201 办公费 | 60,000.00\n30227 委托业务费 | 1,440,000.00", "30299 其他商品和服务支出 | 1,500,000.00")], "100%"),
    ("B11", DECLARATION, [("1项 | 1,440,000.00", "1项 | 1,640,000.00")], "> 1,500,000.00"),
    ("B11", DECLARATION, [("扫描合格率", "政府采购预算120万元，扫描合格率")], "120万元"),
    ("B12", DECLARATION, [("budget.total: 1,500,000.00", "budget.total: 9,000,000.00")], ""),
    ("B13", DECLARATION, [("882,000.00 | 98.00%", " | ")], ""),
    ("B15", DECLARATION, [("budget.total: 1,500,000.00", "budget.total: 4,500,000.00"), ("2025年安排资金150万元", "项目总投资150万元")], "150万元"),
    ("B16", DECLARATION, [("2025年安排资金150万元", "2025年安排资金168万元")], "168万元 ≠ 150.00万元"),
    ("B16", SELF_EVALUATION, [("举办集中培训12期，培训960", "本年度预算资金128万元，举办集中培训12期，培训960")], "128万元"),
    ("B18", SELF_EVALUATION, [("年度资金总额 | 160.00", "年度资金总额 | 180.00")], "(158.00 − 180.00) ÷ 180.00 = -12.22%"),
    ("B21", SELF_EVALUATION, [("158.00 | 152.47 | 10 | 96.50% | 9.65", "158.00 | 126.40 | 10 | 80.00% | 8.00")], "80.00% < 90%"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "drawing", "edits", "derivation"), DEFECTS)
def test_a_defect_is_told(code: str, drawing: str, edits: list[tuple[str, str]], derivation: str) -> None:
    (finding,) = found(code, draw(drawing, *edits))
    assert finding.indicator is None
    assert derivation in finding.derivation
    assert finding.expected


NEAR_MISSES = [
    ("B01", SELF_EVALUATION, []),
    ("B01", SELF_EVALUATION, [("上年结转资金 | 10.00 | 10.00", "上年结转资金 | 10 | 10")]),
    ("B01", SELF_EVALUATION, [("上年结转资金 | 10.00 | 10.00 | 10.00 | — | 100.00% | —", "其中：中央资金 | 90.00 | 90.00 | 90.00 | — | 100.00% | — | 是\n省级资金 | 60.00 | 58.00 | 52.47 | — | 90.47% | — | 是\n上年结转资金 | 10.00 | 10.00 | 10.00 | — | 100.00% | —")]),
    ("B01", SELF_EVALUATION, [("年度资金总额 | 160.00 | 158.00 | 152.47", "财政资金 | 150.00 | 148.00 | 142.47")]),  # no total row at all
    ("B01", DECLARATION, [("其他资金 | 100,000.00", "其他资金 | ")]),  # blank: unknown, not 0
    ("B01", DECLARATION, [("budget.total: 1,500,000.00", "budget.total: 1,520,000.00"), ("30201 办公费 | 60,000.00", "30201 办公费 | 80,000.00")]),
    ("B02", SELF_EVALUATION, [("年度资金总额 | 160.00", "年度资金总额 | —")]),
    ("B03", SELF_EVALUATION, [("10 | 96.50% | 9.65", "10 | 96.5% | 9.65")]),
    ("B03", SELF_EVALUATION, [("10 | 96.50% | 9.65", "10 | 96% | 9.65")]),  # cut to whole points
    ("B03", SELF_EVALUATION, [("10 | 96.50% | 9.65", "10 | 0.97 | 9.65")]),
    ("B03", SELF_EVALUATION, [("10 | 96.50% | 9.65", "10 | 96.50 | 9.65")]),  # 执行率（%）
    ("B03", SELF_EVALUATION, [("— | 100.00% | —", "— | — | —")]),
    ("B04", SELF_EVALUATION, [("10 | 96.50% | 9.65", "10 | 96.50% | 9.7")]),
    ("B04", SELF_EVALUATION, [("158.00 | 152.47 | 10 | 96.50%", "158.00 | 160.00 | 10 | 101.27%"), ("9.65", "10")]),
    ("B04", SELF_EVALUATION, [("9.65 |", "— |")]),
    ("B05", SELF_EVALUATION, [("158.00 | 152.47", "158.00 | 158.004")]),
    ("B06", DECLARATION, [("900,000.00 | 882,000.00", "9,000.00 | 8,820.00")]),  # 167 times is a bigger project
    ("B06", DECLARATION, [("900,000.00 | 882,000.00", "90.00万元 | 88.20万元")]),
    ("B07", SELF_EVALUATION, [("expected: 举办集中培训12期", "expected: 安排资金156万元，其中集中培训96万元、资料印制18万元、站点维护42万元，举办集中培训12期")]),
    ("B07", SELF_EVALUATION, [("expected: 举办集中培训12期", "expected: 安排资金158万元，其中集中培训96万元、站点维护42万元，举办集中培训12期")]),  # two of several
    ("B07", SELF_EVALUATION, [("expected: 举办集中培训12期", "expected: 安排资金158万元，其中集中培训96万元、资料印制18万元、站点维护2万元等，举办集中培训12期")]),
    ("B07", SELF_EVALUATION, [("expected: 举办集中培训12期", "expected: 预算158万元，比上年150万元增加8万元，其中办公12万元，举办集中培训12期")]),
    ("B07", SELF_EVALUATION, [("expected: 举办集中培训12期", "expected: 资金10万元，用于每人210元/人次、资料20元/本、场租500元/天，举办集中培训12期")]),
    ("B09", SELF_EVALUATION, []),
    ("B10", DECLARATION, [("30227 委托业务费", "30299 其他商品和服务支出")]),
    ("B11", DECLARATION, [("1项 | 1,440,000.00", "1项 | 1,500,000.00")]),
    ("B11", DECLARATION, [("扫描合格率", "政府采购金额144万元，扫描合格率")]),
    ("B12", DECLARATION, [("budget.total: 1,500,000.00", "budget.total: 3,600,000.00")]),  # 90 + 120 + 150
    ("B12", DECLARATION, [("budget.total: 1,500,000.00", "budget.total: 3,000,000.00"), ("扫描合格率", "2025年150万元，2026年150万元，扫描合格率")]),
    ("B13", DECLARATION, [("900,000.00 | 882,000.00 | 98.00%", " |  | ")]),  # not yet a project
    ("B15", DECLARATION, [("扫描合格率", "项目总投资150万元，扫描合格率")]),
    ("B16", DECLARATION, [("2025年安排资金150万元", "2025年安排资金约1.5百万元")]),
    ("B16", DECLARATION, [("2025年安排资金150万元", "2025年安排委托业务经费144万元")]),  # a part of it
    ("B16", DECLARATION, [("2025年安排资金150万元", "2024年安排资金120万元，较上年增加30万元")]),
    ("B16", DECLARATION, [("2025年安排资金150万元", "2025年安排印刷经费3万元")]),
    ("B16", DECLARATION, [("1,500,000.00\ngoals", "1,498,000.00\ngoals")]),  # 150万元 is 149.80 rounded
    ("B18", SELF_EVALUATION, [("年度资金总额 | 160.00", "年度资金总额 | 175.55")]),  # −9.997 %
    ("B18", SELF_EVALUATION, [("年度资金总额 | 160.00", "年度资金总额 | 180.00"), ("goal.achieved", "goal.adjusted: 举办集中培训10期。\ngoal.achieved")]),
    ("B21", SELF_EVALUATION, [("158.00 | 152.47 | 10 | 96.50% | 9.65", "158.00 | 142.20 | 10 | 90.00% | 9.00")]),
    ("B21", SELF_EVALUATION, [("158.00 | 152.47 | 10 | 96.50% | 9.65", "158.00 | 126.40 | 10 | 80.00% | 8.00"), ("money_unit", "problems: 尾款31.60万元待验收后支付。\nmoney_unit")]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "drawing", "edits"), NEAR_MISSES)
def test_a_correct_neighbour_is_left_alone(code: str, drawing: str, edits: list[tuple[str, str]]) -> None:
    assert found(code, draw(drawing, *edits)) == []


def _tree(total: str, *parts: str) -> dict[str, Any]:
    children = [{"name": f"第{i}项", "amount": part, "children": []} for i, part in enumerate(parts, 1)]
    return {"name": "合计", "amount": total, "children": children}


def test_b07_the_root_of_a_breakdown() -> None:
    (finding,) = found("B07", draw(DECLARATION, cost_breakdown=_tree("150", "96", "18", "42")))
    assert finding.derivation == "96 + 18 + 42 = 156；文中为150"


def test_b08_an_inner_level_of_a_breakdown() -> None:
    inner = {"name": "系统升级", "amount": "86", "children": _tree("", "18", "52", "14")["children"]}
    whole = {"name": "合计", "amount": "150", "children": [inner, {"name": "其他", "amount": "64", "children": []}]}
    (finding,) = found("B08", draw(DECLARATION, cost_breakdown=whole))
    assert "“系统升级”86不等于所列各项之和84" in finding.message
    assert not found("B07", draw(DECLARATION, cost_breakdown=whole))
    assert not found("B08", draw(DECLARATION, cost_breakdown=_tree("150", "96", "54")))


def test_b14_last_year_against_its_own_account() -> None:
    account = draw(
        SELF_EVALUATION,
        ("year: 2024", "year: 2024\nmeasures: 加快支付"),
        ("project: 基层干部培训经费", "project: 云溪县干部档案整理项目"),
        ("158.00 | 152.47 | 10", "120.00 | 115.00 | 10"),
    )
    (finding,) = found("B14", account, draw(DECLARATION))
    assert (finding.form, finding.printed, finding.expected) == (1, "1,170,000.00", "1,150,000.00元")
    same = draw(
        SELF_EVALUATION,
        ("project: 基层干部培训经费", "project: 云溪县干部档案整理项目"),
        ("158.00 | 152.47 | 10", "120.00 | 117.00 | 10"),
    )
    assert not found("B14", same, draw(DECLARATION))


def test_b17_projects_above_the_department() -> None:
    part = "年度预算总额 | 300.00 | 300.00 | 294.00 | 10 | 98.00% | 9.80"
    small = draw(
        OVERALL, ("year: 2023", "year: 2025"), (part, f"{part}\n项目支出 | 120.00 | 120.00 | 118.00 | — | 98.33% | —")
    )
    (finding,) = found("B17", small, draw(DECLARATION))
    assert finding.derivation == "1,500,000.00 = 150.00万元 > 120.00"
    large = draw(
        OVERALL, ("year: 2023", "year: 2025"), (part, f"{part}\n项目支出 | 170.00 | 170.00 | 168.00 | — | 98.82% | —")
    )
    assert not found("B17", large, draw(DECLARATION))


def test_b19_money_that_did_not_arrive() -> None:
    funds = "item | initial_budget | annual_budget | executed | weight | rate | score | part"
    header = (funds, funds.replace("part", "extra.实际到位"))
    row = "160.00 | 158.00 | 152.47 | 10 | 96.50% | 9.65 |"
    (finding,) = found("B19", draw(SELF_EVALUATION, header, (row, f"{row} 66.00")))
    assert finding.derivation == "66.00 ÷ 158.00 = 41.77%"
    assert not found("B19", draw(SELF_EVALUATION, header, (row, f"{row} 152.47")))


def test_b20_full_execution_and_a_cost_of_nothing() -> None:
    cost = ("培训单位成本 | ≤420元/人·天 | 405元/人·天", "项目总成本 | ≤158万元 | 0万元")
    full = ("158.00 | 152.47 | 10 | 96.50% | 9.65", "158.00 | 158.00 | 10 | 100.00% | 10")
    (finding,) = found("B20", draw(SELF_EVALUATION, cost, full))
    assert finding.indicator == "项目总成本"
    assert not found("B20", draw(SELF_EVALUATION, cost))


def test_the_more_specific_of_two_labels() -> None:
    """元 for 万元 in one row is B06, not B01, B03 and B05 on top; a zero total is B02, not B01."""
    slipped = draw(DECLARATION, ("其他资金 | 100,000.00", "其他资金 | 10.00"))
    assert [code for code in codes(slipped) if code.startswith("B0")] == ["B06"]
    zero = draw(SELF_EVALUATION, ("年度资金总额 | 160.00 | 158.00 | 152.47", "年度资金总额 | 0.00 | 0.00 | 0.00"))
    assert [code for code in codes(zero) if code.startswith("B0")] == ["B02"]


def test_a_blank_amount_is_no_zero() -> None:
    entry = ledger(draw(SELF_EVALUATION, ("158.00 | 152.47 | 10 | 96.50% | 9.65", "158.00 |  | 10 |  | ")))["B21"]
    assert (entry.outcome.value, entry.reason) == ("insufficient_data", "缺少预算数或执行数")


def test_errors_of_money_block() -> None:
    (finding,) = found("B03", draw(SELF_EVALUATION, ("10 | 96.50% | 9.65", "10 | 95.60% | 9.65")))
    assert finding.level is Level.ERROR
    assert finding.field == "funds.rate"
    assert finding.message == "“年度资金总额”的执行率应为96.50%，填报95.60%"
