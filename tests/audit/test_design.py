"""C · indicator design: one defect and its correct neighbours for every code."""

import pytest

from audit.forms import DECLARATION, SELF_EVALUATION, audit, draw, found, ledger
from hengjian.rules.scheme import load_scheme
from hengjian.values.finding import Certainty, Level

LAST = "满意度指标 | 服务对象满意度指标 | 查档人员满意度 | ≥92% | 10"

DEFECTS = [
    ("C01", DECLARATION, [(f"{LAST}\n", "")], None, "满意度"),
    ("C01", DECLARATION, [("产出指标 | 时效指标", "产出指标 | 数量指标"), ("产出指标 | 质量指标", "产出指标 | 数量指标")], None, "质量、时效"),
    ("C03", DECLARATION, [("单卷整理成本 | ≤480元/卷", "预算执行率 | ≥95%")], "预算执行率", "重复计算"),
    ("C04", DECLARATION, [("效益指标 | 社会效益指标 | 档案查借阅及时率 | ≥95%", "效益指标 | 经济效益指标 | 违规使用次数 | 0次")], "违规使用次数", "不是经济效益"),
    ("C04", DECLARATION, [("档案查借阅及时率 | ≥95%", "整理费用节约额 | ≥5万元")], "整理费用节约额", "不是社会效益"),
    ("C04", DECLARATION, [("整理完成时间 | 2025年11月15日前", "培训人次 | ≥50人次")], "培训人次", "不是时效"),
    ("C04", DECLARATION, [("整理干部档案卷数 | ≥3000卷", "整理及时率 | ≥95%")], "整理及时率", "不是数量"),
    ("C05", DECLARATION, [("档案查借阅及时率 | ≥95%", "举办档案培训期数 | ≥2期")], "举办档案培训期数", "做了多少"),
    ("C05", DECLARATION, [("整理干部档案卷数 | ≥3000卷", "全县群众获得感 | ≥90%")], "全县群众获得感", "效益写成产出"),
    ("C06", DECLARATION, [("≥3000卷", "完成率100%，抽查率10%以上")], "整理干部档案卷数", "两个数"),
    ("C06", DECLARATION, [("档案查借阅及时率", "查借阅及时率和准确率")], "查借阅及时率和准确率", "两件事"),
    ("C06", DECLARATION, [("档案查借阅及时率", "干部队伍能力增强，档案查借阅及时率")], "干部队伍能力增强，档案查借阅及时率", "两件事"),
    ("C07", DECLARATION, [("档案查借阅及时率", "健全从严管理机制，切实提升全县档案工作水平。")], "健全从严管理机制，切实提升全县档案工作水平。", "一句话"),
    ("C08", DECLARATION, [("整理干部档案卷数 | ≥3000卷", "项目资金投入金额 | ≥150万元")], "项目资金投入金额", "花了多少"),
    ("C08", DECLARATION, [("整理干部档案卷数 | ≥3000卷", "人才补贴发放总额 | ≥150万元")], "人才补贴发放总额", "花了多少"),
    ("C09", DECLARATION, [("档案查借阅及时率 | ≥95%", "全市大学生留住人数 | ≥5万人")], "全市大学生留住人数", "归因"),
    ("C12", DECLARATION, [("整理干部档案3000卷", "整理干部档案3000卷，改造库房恒温设备6套")], None, "改造库房恒温设备6套"),
    ("C13", DECLARATION, [("单卷整理成本 | ≤480元/卷", "机房设备购置成本 | ≤800万元")], "机房设备购置成本", "表上全部资金1,500,000.00元的两倍以上"),
    ("C18", DECLARATION, [("查档人员满意度", "系统满意度")], "系统满意度", "谁的满意度"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "drawing", "edits", "indicator", "told"), DEFECTS)
def test_a_defect_is_told(
    code: str, drawing: str, edits: list[tuple[str, str]], indicator: str | None, told: str
) -> None:
    (finding,) = found(code, draw(drawing, *edits))
    assert finding.indicator == indicator
    assert told in finding.message
    if finding.kind is Certainty.HEURISTIC:
        assert finding.message.startswith("疑似")


NEAR_MISSES = [
    ("C01", SELF_EVALUATION, []),
    ("C01", DECLARATION, [("成本指标 | 经济成本指标 | 单卷整理成本 | ≤480元/卷 | 20\n", ""), (f"{LAST}\n", ""), ("≥3000卷 | 20", "≥3000卷 | 30"), ("≥95% | 20", "≥95% | 40")]),  # 50 + 40: nobody is served
    ("C01", DECLARATION, [("产出指标 | 时效指标", "产出指标 | 进度指标")]),
    ("C03", DECLARATION, []),
    ("C04", DECLARATION, [("效益指标 | 社会效益指标 | 档案查借阅及时率", "效益指标 | 经济效益指标 | 安全生产投入节约率")]),
    ("C04", DECLARATION, [("扫描图像合格率 | ≥98%", "扫描差错次数 | ≤3次")]),
    ("C05", DECLARATION, [("档案查借阅及时率 | ≥95%", "服务查档群众 | ≥500人次")]),
    ("C06", DECLARATION, [("整理干部档案卷数", "档案整理和扫描完成率")]),
    ("C06", DECLARATION, [("≥3000卷", "2000—3000卷")]),
    ("C06", DECLARATION, [("≥3000卷", "250卷/月")]),
    ("C07", DECLARATION, [("档案查借阅及时率", "县直机关和乡镇干部人事档案查借阅按时办结率")]),
    ("C08", DECLARATION, [("档案查借阅及时率 | ≥95%", "带动社会资金投入金额 | ≥50万元")]),
    ("C08", DECLARATION, [("单卷整理成本 | ≤480元/卷", "项目支出总额 | ≤150万元")]),
    ("C09", DECLARATION, [("档案查借阅及时率 | ≥95%", "全县干部查档人次 | ≥500人次")]),
    ("C10", DECLARATION, []),
    ("C13", DECLARATION, [("单卷整理成本 | ≤480元/卷", "项目总成本 | ≤150万元")]),
    ("C13", DECLARATION, [("单卷整理成本 | ≤480元/卷", "项目总成本 | ≤200万元")]),  # a round number above the budget
    ("C13", DECLARATION, [("单卷整理成本 | ≤480元/卷", "食宿成本 | ≤30万元")]),  # no budget line speaks of it
    ("C13", DECLARATION, [("单卷整理成本 | ≤480元/卷", "机房设备购置成本 | ≤800万元"), ("2025年安排资金150万元", "总投资1200万元，2025年安排资金150万元")]),
    ("C13", DECLARATION, [("单卷整理成本 | ≤480元/卷", "机房设备购置成本 | ≤800万元"), ("money_unit: 元\n", "")]),
    ("C13", DECLARATION, [("经济成本指标 | 单卷整理成本 | ≤480元/卷", "社会成本指标 | 群众办事成本 | ≤800万元")]),
    ("C10", DECLARATION, [("扫描图像合格率 | ≥98%", "整理干部档案合格率 | ≥98%")]),  # a count and a rate of one thing
    ("C12", DECLARATION, []),
    ("C12", SELF_EVALUATION, []),
    ("C14", DECLARATION, []),
    ("C18", DECLARATION, [("查档人员满意度", "村干部满意度")]),
    ("C18", DECLARATION, [("查档人员满意度", "群众对档案系统满意度")]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "drawing", "edits"), NEAR_MISSES)
def test_a_correct_neighbour_is_left_alone(code: str, drawing: str, edits: list[tuple[str, str]]) -> None:
    assert found(code, draw(drawing, *edits)) == []


def test_c01_blocks_and_names_every_missing_class_once() -> None:
    (finding,) = found("C01", draw(DECLARATION, (f"{LAST}\n", ""), ("产出指标 | 时效指标", "产出指标 | 数量指标")))
    assert finding.level is Level.ERROR
    assert finding.expected == "满意度、时效"


def test_c02_only_where_the_scheme_asks_for_cost() -> None:
    without = draw(DECLARATION, ("成本指标 | 经济成本指标 | 单卷整理成本 | ≤480元/卷 | 20\n", ""))
    assert len(found("C02", without, scheme=load_scheme("shanghai-2025"))) == 1
    assert not found("C02", without)
    assert not found("C02", draw(DECLARATION), scheme=load_scheme("shanghai-2025"))


def test_c10_and_c11_name_each_row_and_the_other() -> None:
    rows = [
        ("学员结业合格率 | ≥95% | 96.2%", "信息系统运行 | 稳定 | 基本稳定"),
        ("基层难题办结率 | ≥85% | 88%", "系统运行稳定性 | 稳定 | 稳定"),
    ]
    form = draw(SELF_EVALUATION, *rows)
    for code in ("C10", "C11"):
        told = found(code, form)
        assert {finding.indicator for finding in told} == {"信息系统运行", "系统运行稳定性"}
        assert all("系统运行" in finding.message for finding in told)


def test_c10_other_units_are_other_things() -> None:
    rows = [
        ("集中培训期数 | ≥12期 | 12期", "初任培训课堂学时 | ≥40学时 | 40学时"),
        ("参训学员人次 | ≥960人次 | 940人次", "初任培训人次 | ≥960人次 | 940人次"),
    ]
    assert not found("C10", draw(SELF_EVALUATION, *rows))


def test_c14_a_form_with_two_indicators() -> None:
    head, _, rows = DECLARATION.partition("[indicators]\n")
    kept = rows.splitlines()[:3]
    (finding,) = found("C14", draw(head + "[indicators]\n" + "\n".join(kept)))
    assert finding.message.startswith("只有2个指标")


def test_c15_one_target_for_the_year_and_the_whole() -> None:
    header = ("name | target | weight", "name | target | weight | extra.实施期指标值")
    several = ("budget.total: 1,500,000.00", "budget.total: 3,600,000.00")
    same = [("≥3000卷 | 20", "≥3000卷 | 20 | ≥3000卷"), ("≤480元/卷 | 20", "≤480元/卷 | 20 | ≤480元/卷")]
    assert len(found("C15", draw(DECLARATION, header, several, *same))) == 1
    assert not found("C15", draw(DECLARATION, header, *same))  # a project of one year
    other = [("≥3000卷 | 20", "≥3000卷 | 20 | ≥8000卷"), same[1]]
    assert not found("C15", draw(DECLARATION, header, several, *other))


def test_c16_a_row_without_its_library_code() -> None:
    header = ("name | target | weight", "name | target | weight | code")
    coded = [("≥3000卷 | 20", "≥3000卷 | 20 | 110203"), ("≤480元/卷 | 20", "≤480元/卷 | 20 | 110101")]
    missing = found("C16", draw(DECLARATION, header, *coded))
    assert len(missing) == 4
    assert ledger(draw(DECLARATION))["C16"].outcome.value == "insufficient_data"


def test_suspicions_rank_after_what_is_proved() -> None:
    form = draw(DECLARATION, ("查档人员满意度", "系统满意度"), ("≤480元/卷 | 20", "≤480元/卷 | 22"))
    kinds = [finding.kind for finding in audit(form).findings]
    assert kinds == sorted(kinds, key=lambda kind: kind is Certainty.HEURISTIC)
