"""A · identity and structure: one defect and its correct neighbours for every code."""

from dataclasses import replace

import pytest

from audit.forms import DECLARATION, MONITORING, SELF_EVALUATION, audit, draw, found, with_remark
from hengjian.forms.form import Form
from hengjian.values.finding import Problem


def test_a01_a_file_without_a_form() -> None:
    (finding,) = found("A01", problems=[Problem("P06", "没有绩效表格")])
    assert finding.form is None
    assert "没有绩效表格" in finding.message


@pytest.mark.parametrize("code", ["P01", "P02", "P03", "P05", "P09"])
def test_a01_says_nothing_of_a_file_that_could_not_be_read(code: str) -> None:
    assert not found("A01", problems=[Problem(code, "读不出来")])


DEFECTS = [
    # A02 is below: it needs two forms.
    ("A03", SELF_EVALUATION, [("实际培训940", "硚口街道和硤口街道实际培训940")], None, "硚口"),
    ("A04", SELF_EVALUATION, [("unit: 云溪县委组织部", "unit: ")], None, "“实施单位”没有填写"),
    ("A04", SELF_EVALUATION, [("goal.expected: 举办集中培训12期，培训960人次，学员满意度达到90%以上。", "goal.expected: ")], None, "绩效目标"),
    ("A04", DECLARATION, [("money_unit: 元", "money_unit: 元\nextra.项目负责人: ")], None, "项目负责人"),
    ("A05", MONITORING, [("培训960人次", "培训××人次")], None, "××"),
    ("A05", SELF_EVALUATION, [("基层难题办结率 | ≥85%", "基层难题办结率 | ≥XX%")], "基层难题办结率", "XX"),
    ("A05", MONITORING, [("集中培训12期", "集中培训×期")], None, "×"),
    ("A05", SELF_EVALUATION, [("参训学员满意度 | ≥90%", "参训学员满意度 | ……")], "参训学员满意度", "……"),
    ("A05", SELF_EVALUATION, [("goal.achieved: 已举办集中培训12期，实际培训940人次，学员满意度94%。", "goal.achieved: 目标1：……")], None, "目标1"),
    ("A06", SELF_EVALUATION, [("money_unit", "conclusion: 2023年度项目总体完成较好。\nmoney_unit")], None, "2023年度"),
    ("A06", SELF_EVALUATION, [("2024年11月底前", "2023年11月底前")], "培训计划完成时间", "2023"),
    ("A06", SELF_EVALUATION, [("goal.expected: 举办", "goal.expected: 2023年举办")], None, "2023"),
    ("A06", DECLARATION, [("2025年安排资金150万元", "2024年12月底前整理完毕")], None, "2024"),
    ("A06", DECLARATION, [("start: 2025-03-01\nend: 2025-11-30", "start: 2024-03-01\nend: 2024-11-30")], None, "2024-11-30"),
    ("A07", DECLARATION, [("《2024—2027年全县档案工作规划》", "《2019—2023年全县档案工作规划》")], None, "2019—2023"),
    ("A07", DECLARATION, [("《2024—2027年全县档案工作规划》", "县“十三五”档案事业规划")], None, "十三五"),
    ("A07", DECLARATION, [("《2024—2027年全县档案工作规划》", "财预〔2011〕285号")], None, "财预〔2020〕10号"),
    ("A07", SELF_EVALUATION, [("money_unit", "basis: 《2022年全县组织工作要点》\nmoney_unit")], None, "2022"),
    ("A08", DECLARATION, [("《2024—2027年全县档案工作规划》", "云办发〔2021〕2号关于换届工作的通知")], None, "换届"),
    ("A12", SELF_EVALUATION, [("学员满意度94%。", "学员满意度94%。[bookmark: _GoBack]")], None, "_GoBack"),
    ("A12", SELF_EVALUATION, [("学员满意度94%。", "学员满意度94%，见错误！未找到引用源。")], None, "未找到引用源"),
    ("A13", DECLARATION, [("money_unit: 元", "money_unit: 元\nextra.联系电话: 13012345678")], None, "130******78"),
    ("A13", DECLARATION, [("money_unit: 元", "money_unit: 元\nextra.联系电话: 0755-8123456")], None, "电话号码"),
    ("A13", DECLARATION, [("money_unit: 元", "money_unit: 元\nextra.联系电话: 81234567")], None, "电话号码"),
    ("A13", DECLARATION, [("money_unit: 元", "money_unit: 元\nextra.备注: 经办人证号11010519491231002X")], None, "身份证号"),
    ("A16", DECLARATION, [("2025年安排资金150万元，整理干部档案3000卷，扫描合格率不低于98%。", "负责全县干部档案工作。指导各单位档案建设。完成上级交办的其他工作。")], None, "职责"),
    ("A17", SELF_EVALUATION, [("≥85% | 88%", "形成长效帮带机制 | 不断形成长效帮带机制")], "基层难题办结率", "重复"),
    ("A17", SELF_EVALUATION, [("≥12期 | 12期", "≥12期 | ")], "集中培训期数", "没有填写实际完成值"),
    ("A17", SELF_EVALUATION, [("goal.achieved: 已举办集中培训12期，实际培训940人次，学员满意度94%。", "goal.achieved: 举办集中培训12期，培训960人次，学员满意度达到90%以上。")], None, "完全相同"),
    ("A17", SELF_EVALUATION, [("goal.achieved: 已举办集中培训12期，实际培训940人次，学员满意度94%。", "goal.achieved: ")], None, "实际完成情况"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "drawing", "edits", "indicator", "told"), DEFECTS)
def test_a_defect_is_told(
    code: str, drawing: str, edits: list[tuple[str, str]], indicator: str | None, told: str
) -> None:
    (finding,) = found(code, draw(drawing, *edits))
    assert finding.indicator == indicator
    assert told in finding.message + finding.expected


NEAR_MISSES = [
    ("A03", SELF_EVALUATION, [("实际培训940", "硚口街道和硚口社区实际培训940")]),
    ("A03", SELF_EVALUATION, [("实际培训940", "侗族和傣族学员实际培训940")]),
    ("A04", SELF_EVALUATION, [("unit: 云溪县委组织部", "unit: —")]),
    ("A04", SELF_EVALUATION, [("money_unit", "extra.项目负责人: \nmoney_unit")]),  # signed on paper
    ("A05", SELF_EVALUATION, [("学员满意度94%。", "完成2+X专题研讨，联系人：张××，电话138****5678。")]),
    ("A05", SELF_EVALUATION, [("money_unit", "extra.签字: 项目负责人：______　　填表人：______\nmoney_unit")]) ,
    ("A05", SELF_EVALUATION, [("学员满意度94%。", "补助按人数×标准发放，每期30人×3天。")]),
    ("A05", DECLARATION, [("money_unit: 元", "money_unit: 元\nextra.填报说明: 结论（100字以内）\nextra.地区: --")]),
    ("A06", SELF_EVALUATION, [("money_unit", "conclusion: 较2023年度进步明显，2024年度任务全部完成，2025年将扩大规模。\nmoney_unit")]),
    ("A06", SELF_EVALUATION, [("money_unit", "conclusion: 任务全部完成，2025年将扩大规模。\nmoney_unit")]),
    ("A06", SELF_EVALUATION, [("goal.expected: 举办", "goal.expected: 按照2023—2027年规划，举办")]),
    ("A06", SELF_EVALUATION, [("goal.expected: 举办", "goal.expected: 完成2023年度公务员统计，举办")]),
    ("A06", SELF_EVALUATION, [("2024年11月底前", "11月底前")]),
    ("A06", SELF_EVALUATION, [("2024年11月底前", "2025年11月底前")]),  # a project of two years
    ("A07", DECLARATION, [("2024—2027", "2021—2025")]),
    ("A07", DECLARATION, [("《2024—2027年全县档案工作规划》", "巩固“十三五”期间成果，落实“十四五”规划")]),
    ("A07", DECLARATION, [("《2024—2027年全县档案工作规划》", "《2024年全县组织工作要点》")]),  # drawn up in 2024
    ("A08", DECLARATION, [("《2024—2027年全县档案工作规划》", "云办发〔2024〕2号关于换届工作的通知")]),
    ("A08", DECLARATION, [("《2024—2027年全县档案工作规划》", "云办发〔2021〕2号关于干部档案工作的通知")]),
    ("A12", SELF_EVALUATION, [("学员满意度94%。", "满意度94%，附书签和目录。")]),
    ("A13", DECLARATION, [("money_unit: 元", "money_unit: 元\nproject_code: 53010000013012345678\nextra.金额: 13012345678.00")]),
    ("A13", DECLARATION, [("money_unit: 元", "money_unit: 元\nextra.联系电话: 138****5678")]),
    ("A16", DECLARATION, []),
    ("A16", DECLARATION, [("2025年安排资金150万元，整理干部档案3000卷，扫描合格率不低于98%。", "建成全县统一的干部档案库，实现随查随用。")]),
    ("A17", SELF_EVALUATION, [("≥85% | 88%", "形成长效帮带机制 | 印发帮带办法，30个村结对")]),
    ("A17", SELF_EVALUATION, [("≥12期 | 12期 | 10 | 10", "≥12期 | — | — | —")]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "drawing", "edits"), NEAR_MISSES)
def test_a_correct_neighbour_is_left_alone(code: str, drawing: str, edits: list[tuple[str, str]]) -> None:
    assert found(code, draw(drawing, *edits)) == []


def test_a02_one_code_two_names() -> None:
    plan = draw(MONITORING, ("project: 基层干部培训经费", "project: 基层干部培训项目\nproject_code: 530100240001"))
    done = draw(SELF_EVALUATION, ("project: 基层干部培训经费", "project: 基层干部培训经费\nproject_code: 530100240001"))
    (finding,) = found("A02", plan, done)
    assert finding.form is None
    assert "530100240001" in finding.message


def test_a02_same_unit_and_indicators_two_names() -> None:
    (finding,) = found(
        "A02", draw(MONITORING, ("project: 基层干部培训经费", "project: 基层党员培训经费")), draw(SELF_EVALUATION)
    )
    assert "基层党员培训经费" in finding.derivation


@pytest.mark.parametrize("name", ["2024年基层干部培训经费", "基层干部培训经费", "[53010]基层干部培训经费"])
def test_a02_is_silent_where_only_year_or_code_differ(name: str) -> None:
    assert not found("A02", draw(MONITORING, ("project: 基层干部培训经费", f"project: {name}")), draw(SELF_EVALUATION))


def test_a02_is_silent_about_two_projects() -> None:
    assert not found("A02", draw(DECLARATION), draw(SELF_EVALUATION))


@pytest.mark.parametrize("code", ["A09", "A10", "A11", "A12"])
def test_what_the_reader_noticed_is_told(code: str) -> None:
    form = with_remark(draw(SELF_EVALUATION), code, "第3行的列与表头错位", "集中培训期数")
    (finding,) = found(code, form)
    assert finding.indicator == "集中培训期数"
    assert finding.message == "第3行的列与表头错位"


def test_a13_masks_the_number_it_reports() -> None:
    form = draw(SELF_EVALUATION, texts=["联系人：李某，电话13012345678"])
    told = " ".join(finding.message + finding.printed for finding in audit(form).findings)
    assert "13012345678" not in told
    assert "130" in told


def test_a15_the_goal_of_the_year_before() -> None:
    old = replace(draw(SELF_EVALUATION), year=2023)
    now = draw(SELF_EVALUATION)
    assert [finding.form for finding in found("A15", old, now)] == [1]
    fresh = draw(
        SELF_EVALUATION,
        ("goal.expected: 举办集中培训12期，培训960人次，", "goal.expected: 新办村书记示范班2期，覆盖60个村，"),
    )
    assert not found("A15", old, fresh)


def test_every_finding_has_a_norm_and_advice() -> None:
    forms: list[Form] = [draw(drawing, *edits) for _, drawing, edits, _, _ in DEFECTS]
    for form in forms:
        for finding in audit(form).findings:
            assert finding.why, finding.code
            assert finding.advice, finding.code
