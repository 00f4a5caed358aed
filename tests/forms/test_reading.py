"""Whole documents: where forms begin and end, and what the person who opens the file must see in each."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.grids import drawn, table
from hengjian.forms.contract import form_to_json
from hengjian.forms.form import Form, Kind, Printed
from hengjian.forms.layout import Grid, Layout, Line, Source
from hengjian.forms.reading import read_forms
from hengjian.values.money import MoneyUnit
from hengjian.values.place import Place

SHARED = Path(__file__).parents[3] / "shared" / "acceptance"

INDICATORS = """
绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 | 偏差原因分析及改进措施
^ | 产出指标 | 数量指标 | 培训班期数 | ≥4期 | 4期 | 50 | 50 |
^ | 效益指标 | 社会效益指标 | 干部覆盖率 | ≥90% | 95% | 30 | 30 |
^ | 满意度指标 | 服务对象满意度指标 | 学员满意度 | ≥90% | 96% | 10 | 10 |
总分 | < | < | < | < | < | 100 | 99.5 |
"""
SELF_EVALUATION = """
项目支出绩效自评表 | < | < | < | < | < | < | < | <
（2022年度） | < | < | < | < | < | < | < | <
项目名称 | < | {project} | < | < | < | < | < | <
主管部门 | < | 青山县委组织部 | < | < | 实施单位 | 青山县委党校 | < | <
项目资金（万元） | < |  | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
^ | < | 年度资金总额 | 100 | 100 | 95 | 10 | 95% | 9.5
^ | < | 其中：当年财政拨款 | 100 | 100 | 95 | — | 95% | —
年度总体目标 | < | 预期目标 | < | < | 实际完成情况 | < | < | <
^ | < | 办班4期 | < | < | 已办班4期 | < | < | <
"""


def self_evaluation(project: str) -> str:
    return SELF_EVALUATION.format(project=project).strip() + "\n" + INDICATORS.strip()


def layout(*blocks: str | Grid, breaks: tuple[int, ...] = ()) -> Layout:
    lines = (Line(b, Place(line=i + 1)) if isinstance(b, str) else b for i, b in enumerate(blocks))
    return Layout(Source("样本", "txt", ""), tuple(lines), (), breaks)


def read(*blocks: str | Grid, breaks: tuple[int, ...] = ()) -> tuple[Form, ...]:
    return read_forms(layout(*blocks, breaks=breaks))[0]


def one(*blocks: str | Grid) -> Form:
    (form,) = read(*blocks)
    return form


def text(value: Printed | None) -> str | None:
    return None if value is None else value.text


def test_a_self_evaluation_in_one_table() -> None:
    form = one(drawn(self_evaluation("干部培训")))
    assert form.kind is Kind.SELF_EVALUATION
    assert form.year == 2022
    assert text(form.title) == "项目支出绩效自评表"
    assert (text(form.project), text(form.department), text(form.unit)) == (
        "干部培训",
        "青山县委组织部",
        "青山县委党校",
    )
    assert (form.money_unit, form.money_unit_inferred) == (MoneyUnit.WAN, False)
    assert [f.item.text for f in form.funds] == ["年度资金总额", "当年财政拨款"]
    assert form.goal is not None
    assert (text(form.goal.expected), text(form.goal.achieved)) == ("办班4期", "已办班4期")
    assert [i.name.text for i in form.indicators] == ["培训班期数", "干部覆盖率", "学员满意度"]
    assert form.total is not None
    assert (text(form.total.weight), text(form.total.score)) == ("100", "99.5")
    assert form.extra == ()


def test_every_printed_value_knows_its_place() -> None:
    form = one(drawn(self_evaluation("干部培训")))
    assert form.project is not None
    assert (form.project.place.row, form.project.place.column) == (3, 3)
    assert form.funds[0].executed is not None
    assert (form.funds[0].executed.place.row, form.funds[0].executed.place.column) == (6, 6)
    assert {"干部培训", "办班4期", "≥4期"} <= {printed.text for printed in form.texts}


def test_two_forms_below_each_other_on_one_sheet() -> None:
    blank = "\n" + " | " * 8 + "\n"
    forms = read(drawn(self_evaluation("甲项目") + blank + self_evaluation("乙项目")))
    assert [text(f.project) for f in forms] == ["甲项目", "乙项目"]
    assert [len(f.indicators) for f in forms] == [3, 3]
    assert [len(f.funds) for f in forms] == [2, 2]
    assert all(f.year == 2022 and f.title for f in forms)


def test_two_forms_without_titles_are_told_apart_by_their_projects() -> None:
    bare = [line for line in self_evaluation("甲项目").splitlines() if "自评表" not in line]
    other = [line.replace("甲项目", "乙项目").replace("2022", "2023") for line in bare]
    forms = read(drawn("\n".join(bare + other)))
    assert [(text(f.project), f.year) for f in forms] == [("甲项目", 2022), ("乙项目", 2023)]


def test_forms_on_several_sheets_after_a_summary_sheet() -> None:
    summary = drawn("""
2022年度项目支出绩效自评汇总表 | < | < | < | < | <
序号 | 项目名称 | 年初预算数 | 全年执行数 | 执行率 | 自评得分
1 | 甲项目 | 100 | 95 | 95% | 99.5
2 | 乙项目 | 100 | 95 | 95% | 99.5
""")
    forms = read(summary, drawn(self_evaluation("甲项目")), drawn(self_evaluation("乙项目")), breaks=(0, 1, 2))
    assert [text(f.project) for f in forms] == ["甲项目", "乙项目"]
    assert [len(f.funds) for f in forms] == [2, 2]


def test_a_declaration_and_a_self_evaluation_of_one_project_are_two_forms() -> None:
    forms = read(
        "项目支出绩效目标申报表",
        drawn("项目名称 | 甲项目 | 主管部门 | 青山县委组织部"),
        drawn("一级指标 | 二级指标 | 三级指标 | 指标值\n产出指标 | 数量指标 | 期数 | 4期"),
        drawn(self_evaluation("甲项目")),
    )
    assert [f.kind for f in forms] == [Kind.DECLARATION, Kind.SELF_EVALUATION]


def test_one_declaration_spread_over_many_tables() -> None:
    form = one(
        "青山区部门预算项目支出",
        "(绩效目标)申报表",
        "2024 年度",
        "项 目 名 称：社区工作经费",
        "部门（签字）：",
        "项目申报表",
        drawn("""
项目名称 | 社区工作经费 | < | < | <
项目主管部门 | 青山区民政局 | < | 项目执行单位 | 青山区社区中心
项目类型 | 常年性项目 | < | < | <
项目总预算 | 900000.00 | < | 项目当年预算 | 300000.00
项目前两年预算及变动情况 | 年度 | 预算数 | 执行数 | 执行率
^ | 2022年 | 28 | 27.5 | 98.2%
^ | 2023年 | 30 |  |
^ | 2024年变动说明 | 无变动 | < | <
项目资金来源 | 资金来源项目 | < | 金额 | <
^ | 1.财政拨款收入 | < | 300000.00 | <
^ | 其中：申请当年预算拨款 | < | 300000.00 | <
"""),
        "项目支出明细测算",
        drawn(
            """
经济科目 | 金额 | 测算依据及说明 | 备注
培训费 | 300000.00 | 一、项目总金额：30万元 |
 |  | （一）师资费10万元。 |
 |  | （二）场地费20万元。 |
-- | -- | -- | --
""",
            spans_known=False,
        ),
        "项目采购",
        drawn("采购品名 | 采购数量 | 金额\n印刷服务 | 一批 | 9900.00"),
        "项目绩效总目标",
        "1、提升社区服务",
        "2、完善治理",
        "年度绩效目标表",
        drawn("""
目标名称 | 一级指标 | 二级指标 | 指标内容 | 指标值（前年） | 指标值（上年） | 指标值（预计当年实现） | 绩效标准
服务 | 产出指标 | 数量指标 | 培训场次 | 2场 | 3场 | 4场 | 历史标准
"""),
    )
    assert form.kind is Kind.DECLARATION
    assert text(form.title) == "青山区部门预算项目支出(绩效目标)申报表"
    assert form.year == 2024
    assert text(form.project_type) == "常年性项目"
    assert form.budget is not None
    assert (text(form.budget.total), text(form.budget.current_year)) == ("900000.00", "300000.00")
    assert [(y.year, text(y.executed)) for y in form.prior_years] == [(2022, "27.5"), (2023, "")]
    assert [a.name.text for a in form.funding_sources] == ["财政拨款收入", "申请当年预算拨款"]
    assert [a.name.text for a in form.cost_items] == ["培训费"]
    assert form.cost_breakdown is not None
    assert [(c.name, c.amount) for c in form.cost_breakdown.children] == [("师资费", "10"), ("场地费", "20")]
    assert [g.text for g in form.goals] == ["提升社区服务", "完善治理"]
    assert [i.name.text for i in form.indicators] == ["培训场次"]
    # The prose says 30万元 where the table says 300000.00: the table is in 元.
    assert (form.money_unit, form.money_unit_inferred) == (MoneyUnit.YUAN, True)


def test_the_national_declaration_with_money_side_by_side() -> None:
    form = one(
        "附件1",
        "项目支出绩效目标申报表",
        "（2025年度）",
        drawn("""
项目名称 | < | 党建示范点建设 | < | < | <
主管部门及代码 | < | [201]云溪县委组织部 | < | 实施单位 | 云溪县党员中心
项目属性 | < | 延续项目 | < | 项目期 | 2024年1月-2026年12月
项目资金（万元） | < | 实施期资金总额 | 300 | 年度资金总额 | 100
^ | < | 其中：财政拨款 | 280 | 其中：财政拨款 | 95
^ | < | 其他资金 | 20 | 其他资金 | 5
总体目标 | 实施期目标 | < | < | 年度目标 | <
^ | 建成示范点30个。 | < | < | 建成示范点10个。 | <
绩效指标 | 一级指标 | 二级指标 | 三级指标 | 指标值 | 备注
^ | 产出指标 | 数量指标 | 建成示范点数量 | ≥10个 |
"""),
    )
    assert (form.year, text(form.title)) == (2025, "项目支出绩效目标申报表")
    assert (text(form.department), text(form.department_code)) == ("云溪县委组织部", "201")
    assert (text(form.start), text(form.end)) == ("2024年1月", "2026年12月")
    assert form.money_unit is MoneyUnit.WAN
    assert form.budget is not None
    assert (text(form.budget.total), text(form.budget.current_year)) == ("300", "100")
    assert [(a.name.text, a.amount.text) for a in form.funding_sources] == [("财政拨款", "95"), ("其他资金", "5")]
    assert [g.text for g in form.goals] == ["建成示范点30个。", "建成示范点10个。"]


def test_labels_above_their_values() -> None:
    form = one(
        "项目支出绩效自评表",
        drawn("项目名称 | 主管部门 | 实施单位 | 年度\n干部培训 | 青山县委组织部 | 青山县委党校 | 2023"),
        drawn(INDICATORS),
    )
    assert (text(form.project), text(form.unit), form.year) == ("干部培训", "青山县委党校", 2023)


def test_goals_above_each_other_and_in_any_order() -> None:
    head = "项目名称 | 干部培训 | < | <\n"
    above = one(drawn(head + "预期目标 | 办班4期 | < | <\n实际完成情况 | 已办班4期 | < | <"), drawn(INDICATORS))
    swapped = one(
        drawn(head + "年度目标 | 实际完成情况 | 年初设定目标 | <\n^ | 已办班4期 | 办班4期 | <"), drawn(INDICATORS)
    )
    for form in (above, swapped):
        assert form.goal is not None
        assert (text(form.goal.expected), text(form.goal.achieved)) == ("办班4期", "已办班4期")


def test_the_tail_after_the_total() -> None:
    form = one(
        drawn(
            self_evaluation("干部培训")
            + "\n评价结论\n（200字以内） | 完成较好 | < | < | < | < | < | < | <".replace("\n（", "（")
            + "\n存在问题 | 无 | < | < | < | < | < | < | <"
            + "\n下一步改进措施 |  | < | < | < | < | < | < | <"
            + "\n填报人：甲某 | < | < | < | 联系电话：000-0000 | < | < | < | <"
        )
    )
    assert (text(form.conclusion), text(form.problems), text(form.measures)) == ("完成较好", "无", "")
    assert [(name, value.text) for name, value in form.extra] == [("填报人", "甲某"), ("联系电话", "000-0000")]


def test_a_text_export_without_merges() -> None:
    form = one(
        "项目支出绩效自评表",
        "(2023 年度)    单位：万元",
        drawn(
            """
项目名称 | 干部培训 | | | | | | |
主管部门 | 青山县委组织部 | | | 实施单位 |  | | |
项目资金 | | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分 |
 | 年度资金总额 | 100 | 100 | 95 | 10 | 95% | 9.5 |
 | 其他资金 | | | | — | | |
年度总体目标 | 预期目标 | | | 实际完成情况 | | | |
 | 办班4期 | | | 已办班4期 | | | |
绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 | 偏差原因分析及改进措施
 | 产出指标 | 数量指标 | 培训班期数 | ≥4期 | 4期 | 90 | 90 |
总分 | | | | | | 100 | 99.5 |
""",
            spans_known=False,
        ),
    )
    assert (form.year, form.money_unit, text(form.unit)) == (2023, MoneyUnit.WAN, "")
    assert [text(f.executed) for f in form.funds] == ["95", ""]
    assert form.goal is not None
    assert text(form.goal.achieved) == "已办班4期"
    assert form.total is not None
    assert text(form.total.score) == "99.5"


def test_a_value_that_goes_on_after_a_page_break() -> None:
    form = one(
        drawn(
            """
项目名称 | 干部培训 | | | | | | |
项目立项依据 | 1、《条例》 | | | | | | |
 | 2、《办法》 | | | | | | |
主管部门 | 青山县委组织部 | | | | | | |
"""
            + INDICATORS.strip(),
            spans_known=False,
        ),
    )
    assert text(form.basis) == "1、《条例》\n2、《办法》"
    assert text(form.department) == "青山县委组织部"


def test_a_monitoring_form() -> None:
    form = one(
        drawn("""
2024年1—6月项目支出绩效运行监控表 | < | < | < | < | <
项目名称 | 网络学院 | < | < | < | <
主管部门 | 青山市委组织部 | < | 实施单位 | 青山市信息中心 | <
项目资金（元） | 资金来源 | 年初预算数 | 1—6月执行数 | 1—6月执行率 | 全年预计执行数
^ | 年度资金总额 | 2860000 | 743600 | 26.00% | 2860000
年度总体目标 | 保障运行 | < | < | < | <
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 1—6月完成情况 | 全年预计完成值
产出指标 | 数量指标 | 课程 | ≥120门 | 78门 | 130门
""")
    )
    assert form.kind is Kind.MONITORING
    assert (text(form.period), form.year, form.money_unit) == ("1—6月", 2024, MoneyUnit.YUAN)
    (fund,) = form.funds
    assert (text(fund.annual_budget), fund.initial_budget, text(fund.forecast)) == ("2860000", None, "2860000")
    assert form_to_json(form)["goal"] == "保障运行"


def test_targets_of_a_whole_department() -> None:
    form = one(
        "部门整体支出绩效目标申报表",
        "（2024年度）",
        drawn("""
部门名称 | < | 青山县委组织部 | < | < | <
年度预算申请（万元） | < | 资金总额 | < | 1,200.50 | <
^ | < | 按支出性质分 | 基本支出 | 700.50 | <
^ | < | ^ | 项目支出 | 500.00 | <
年度主要任务 | 任务名称 | 主要内容 | 预算金额（万元） | < | <
^ | ^ | ^ | 总额 | 财政拨款 | 其他资金
^ | 干部教育 | 办班 | 300 | 300 | 0
^ | 金额合计 | < | 300 | 300 | 0
年度总体目标 | 全面完成年度任务。 | < | < | < | <
年度绩效指标 | 一级指标 | 二级指标 | 三级指标 | 指标值 | 备注
^ | 产出指标 | 数量指标 | 办班期数 | ≥10期 |
"""),
    )
    assert form.kind is Kind.DEPARTMENT_OVERALL
    assert text(form.department) == "青山县委组织部"
    assert [(f.item.text, text(f.annual_budget)) for f in form.funds] == [
        ("年度资金总额", "1,200.50"),
        ("基本支出", "700.50"),
        ("项目支出", "500.00"),
    ]
    assert [(t.name.text, t.amount.text) for t in form.tasks] == [("干部教育", "300")]
    assert text(form.tasks_total) == "300"


def test_an_evaluation_with_its_head_in_one_line() -> None:
    form = one(
        "项目支出绩效评价评分表",
        "项目名称：人才补贴    主管部门：青山市委组织部    评价年度：2023",
        drawn("""
一级指标 | 分值 | 二级指标 | 分值 | 三级指标 | 分值 | 评分标准 | 得分
决策 | 20 | 项目立项 | 20 | 立项依据充分性 | 20 | 充分得满分 | 18
产出 | 80 | 产出数量 | 80 | 发放人数 | 80 | 每少1人扣1分 | 70
合计 | 100 | | 100 | | 100 | | 88
评价等级 | 良 | < | < | < | < | < | <
"""),
    )
    assert form.kind is Kind.EVALUATION
    assert (text(form.project), form.year, text(form.grade)) == ("人才补贴", 2023, "良")
    assert form.total is not None
    assert text(form.total.score) == "88"


def test_responsibility_tables_of_two_units() -> None:
    header = "职责活动 | 年度预算数{unit} | 内容描述 | 绩效目标 | 绩效指标 | 评价标准 | < | < | <\n^ | ^ | ^ | ^ | ^ | 优 | 良 | 中 | 差\n"
    first = "宣传管理 | 20.00 | 管理 | 做好 |  |  |  |  |\n　　新闻宣传 | 20.00 | 新闻 | 做好 | 发稿数 | ≥100篇 | ≥80篇 | ≥60篇 | <60篇"
    second = (
        "联谊管理 | 30.00 | 管理 | 做好 |  |  |  |  |\n联谊活动 |  | 联谊 | 做好 | 场次 | ≥10场 | ≥8场 | ≥6场 | <6场"
    )
    forms = read(
        "204宣传工作处",
        drawn(header.format(unit="") + first),
        "205联谊工作处  单位：万元",
        drawn(header.format(unit="") + second),
    )
    assert [(text(f.unit), text(f.unit_code)) for f in forms] == [("宣传工作处", "204"), ("联谊工作处", "205")]
    assert [[(a.name.text, a.level, text(a.budget)) for a in f.activities] for f in forms] == [
        [("宣传管理", 1, "20.00"), ("新闻宣传", 2, "20.00")],
        [("联谊管理", 1, "30.00"), ("联谊活动", 2, "")],
    ]
    assert [f.money_unit_inferred for f in forms] == [True, False]
    assert all(f.kind is Kind.RESPONSIBILITY for f in forms)


def test_word_residue_in_an_activity_becomes_a_remark() -> None:
    form = one(
        "204宣传工作处",
        drawn("""
职责活动 | 内容描述 | 绩效目标 | 绩效指标 | 评价标准 | < | < | <
^ | ^ | ^ | ^ | 优 | 良 | 中 | 差
新闻宣传 | 新闻 | [bookmark: _GoBack]做好宣传 | 发稿数 | ≥100篇 | ≥80篇 | ≥60篇 | <60篇
"""),
    )
    assert text(form.activities[0].goal) == "做好宣传"
    assert [r.code for r in form.remarks if r.code == "A12"] == ["A12"]


def test_a_disclosure_text_with_a_target_table() -> None:
    form = one(
        "某市人民政府网",
        "首页 要闻 政务公开",
        "当前位置：首页 > 信息公开",
        "一、项目名称：人才服务经费",
        "二、立项依据",
        "《人才条例》。",
        "三、项目实施单位",
        "单位名称:青山市人才中心",
        "联系电话:000-0000",
        "四、项目基本概况",
        "服务各类人才。",
        "五、资金安排情况",
        "青山市人才中心2024年度财政安排资金为1,230.85万元。",
        "六、项目绩效目标表",
        drawn(
            "一级指标 | 二级指标 | 三级指标 | 指标值 | 评（扣）分标准\n产出指标 | 数量指标 | 服务人数 | 100人 | 达到得满分"
        ),
        "版权所有：某市信息中心 电话：000-1111",
    )
    assert form.kind is Kind.DISCLOSURE
    assert (text(form.project), text(form.unit), form.year) == ("人才服务经费", "青山市人才中心", 2024)
    assert [s.text for s in form.sections] == [
        "项目名称",
        "立项依据",
        "项目实施单位",
        "项目基本概况",
        "资金安排情况",
        "项目绩效目标表",
    ]
    assert form.budget is not None
    assert text(form.budget.current_year) == "1,230.85"
    assert form.money_unit is MoneyUnit.WAN
    assert text(form.basis) == "《人才条例》。"
    assert [name for name, _ in form.extra] == ["联系电话"]
    assert not any("版权" in printed.text or "当前位置" in printed.text for printed in form.texts)


def test_two_disclosure_texts_in_one_file() -> None:
    def text_of(project: str, amount: str) -> list[str | Grid]:
        return [
            "一、项目名称",
            project,
            "二、立项依据",
            "《条例》。",
            "三、项目实施单位",
            "青山市人才中心",
            "四、资金安排情况",
            f"2024年预算安排{amount}万元。",
            "五、项目绩效目标表",
            drawn("一级指标 | 二级指标 | 三级指标 | 指标值\n产出指标 | 数量指标 | 人数 | 100人"),
        ]

    forms = read(*text_of("甲项目", "350.5"), *text_of("乙项目", "20"))
    assert [(text(f.project), f.budget and text(f.budget.current_year)) for f in forms] == [
        ("甲项目", "350.5"),
        ("乙项目", "20"),
    ]


def test_money_tables_of_a_budget_disclosure_are_none_of_the_forms() -> None:
    accounts = drawn("""
项目 | 年初预算数 | 调整预算数 | 决算数
一般公共服务支出 | 100 | 110 | 105
教育支出 | 20 | 20 | 19
""")
    forms = read(
        "青山县2022年度部门决算公开",
        "一般公共预算财政拨款支出决算表",
        accounts,
        "2022年度部门整体支出绩效自评表",
        drawn(
            """
部门名称 | < | < | 青山县委组织部 | < | < | < | < | <
资金（万元） | 项目 | < | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
^ | 年度支出总额 | < | 100 | 100 | 95 | 10 | 95% | 9.5
"""
            + INDICATORS.strip()
        ),
        "政府性基金预算财政拨款收入支出决算表",
        accounts,
        drawn(self_evaluation("甲项目")),
    )
    assert [(f.kind, len(f.funds)) for f in forms] == [(Kind.DEPARTMENT_OVERALL, 1), (Kind.SELF_EVALUATION, 2)]
    assert all(f.year == 2022 for f in forms)


def test_navigation_around_a_form_is_none_of_its_fields() -> None:
    form = one(
        "当前位置：首页 > 绩效评价",
        drawn("网站首页 | 组织工作 | 干部工作 | 人才工作"),
        "发布日期：2023年9月26日",
        drawn(self_evaluation("干部培训")),
        drawn("友情链接 | 网站地图"),
    )
    assert form.extra == ()
    assert not any(printed.text in ("网站首页", "友情链接") for printed in form.texts)


def test_the_date_on_a_cover_is_not_the_year_of_the_form() -> None:
    form = one("青山县委组织部", "2022年度项目支出绩效自评表", "2023年3月", drawn("项目名称 | 甲"), drawn(INDICATORS))
    assert form.year == 2022


def test_the_year_may_stand_in_the_text_only() -> None:
    form = one("项目支出绩效自评表", drawn("项目名称 | 甲\n预期目标 | 2021年度办班4期"), drawn(INDICATORS))
    assert form.year == 2021


def test_no_year_is_made_up() -> None:
    assert one("项目支出绩效自评表", drawn("项目名称 | 甲"), drawn(INDICATORS)).year is None


@pytest.mark.parametrize(
    ("amount", "unit", "inferred"),
    [
        ("7000000.00", MoneyUnit.YUAN, True),
        ("140.32", MoneyUnit.WAN, True),
        ("300", None, False),
        ("50000", None, False),
        ("100万元", MoneyUnit.WAN, False),
    ],
)
def test_a_unit_of_money_is_inferred_only_where_it_is_safe(amount: str, unit: MoneyUnit | None, inferred: bool) -> None:
    form = one(
        "项目支出绩效目标申报表",
        drawn(f"项目名称 | 甲 | 年度资金总额 | {amount}"),
        drawn("一级指标 | 二级指标 | 三级指标 | 指标值\n产出指标 | 数量指标 | 期数 | 4期"),
    )
    assert (form.money_unit, form.money_unit_inferred) == (unit, inferred)


def test_a_form_whose_indicator_table_is_missing_is_still_a_form() -> None:
    head = "\n".join(SELF_EVALUATION.format(project="甲").strip().splitlines())
    form = one(drawn(head))
    assert form.indicators == ()
    assert text(form.project) == "甲"


def test_a_published_list_of_projects_gives_a_form_for_each() -> None:
    forms = read(
        "2024年项目支出绩效目标表",
        "单位名称：青山市委组织部",
        drawn("""
单位名称、项目名称 | 项目年度绩效目标 | 一级指标 | 二级指标 | 三级指标 | 指标值 | 绩效指标值设定依据及数据来源
培训经费 | 培训10期 | 产出指标 | 数量指标 | 培训期数 | ≥10期 | 计划
^ | ^ | 满意度指标 | 服务对象满意度 | 学员满意度 | ≥90% | 问卷
党建经费 | 建设示范点 | 产出指标 | 数量指标 | 示范点 | ≥5个 | 计划
"""),
    )
    assert [(text(f.project), [g.text for g in f.goals]) for f in forms] == [
        ("培训经费", ["培训10期"]),
        ("党建经费", ["建设示范点"]),
    ]
    assert [[i.name.text for i in f.indicators] for f in forms] == [["培训期数", "学员满意度"], ["示范点"]]
    assert all(f.year == 2024 and text(f.unit) == "青山市委组织部" for f in forms)
    assert all(i.extra == () for f in forms for i in f.indicators)


def test_budget_and_execution_side_by_side_as_in_older_forms() -> None:
    form = one(
        "项目支出绩效自评表",
        "（2018年度）",
        drawn("""
项目名称 | 甲项目 | < | < | < | <
预算执行情况（万元） | 预算数： | 160 | 执行数： | 150 | <
^ | 其中：财政拨款 | 160 | 其中：财政拨款 | 150 | <
^ | 其他资金 | 0 | 其他资金 | 0 | <
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 得分
产出指标 | 数量指标 | 期数 | 4期 | 4期 | 10
"""),
    )
    assert [(f.item.text, text(f.annual_budget), text(f.executed), f.part) for f in form.funds] == [
        ("预算执行情况", "160", "150", False),
        ("财政拨款", "160", "150", True),
        ("其他资金", "0", "0", True),
    ]
    assert form.money_unit is MoneyUnit.WAN


def test_money_of_a_department_by_source_and_by_use() -> None:
    form = one(
        "2022年部门整体支出绩效目标表",
        drawn("""
填报单位：青山州委组织部 | < | < | < | < | 单位：万元
部门名称 | 青山州委组织部 | < | < | < | <
年度预算申请 | 资金总额：1,500.00 | < | < | < | <
^ | 按收入性质分： | < | < | 按支出性质分： | <
^ | 其中：一般公共预算：1,500.00 | < | < | 其中：基本支出：900.00 | <
^ | 政府性基金拨款：0 | < | < | 项目支出：600.00 | <
整体绩效目标 | 完成年度任务。 | < | < | < | <
绩效指标 | 一级指标 | 二级指标 | 三级指标 | 指标值 | 备注
^ | 产出指标 | 数量指标 | 培训期数 | 10期 |
"""),
    )
    # Sources and uses are the same money: in one list they would be counted twice.
    assert [(f.item.text, text(f.annual_budget)) for f in form.funds] == [
        ("年度资金总额", "1,500.00"),
        ("基本支出", "900.00"),
        ("项目支出", "600.00"),
    ]
    assert [a.name.text for a in form.funding_sources] == ["一般公共预算", "政府性基金拨款"]
    assert form.extra == ()


def test_budget_of_the_year_before_as_label_and_value() -> None:
    form = one(
        "项目支出绩效目标申报表",
        "（2024年）",
        drawn("项目名称： | 甲 | 项目当年预算（元）： | 300\n上年预算额（元）： | 280 | 上年预算执行数（元）： | 270"),
        drawn("一级指标 | 二级指标 | 三级指标 | 指标值\n产出指标 | 数量指标 | 期数 | 4期"),
    )
    assert [(y.year, text(y.budget), text(y.executed)) for y in form.prior_years] == [(2023, "280", "270")]
    assert form.money_unit is MoneyUnit.YUAN


def test_lines_in_the_first_column_of_a_sheet() -> None:
    form = one(
        drawn("""
项目支出绩效目标申报表 | | | |
（2024年度） | | | 金额单位：元 |
项目名称 | 甲 | 主管部门 | 青山县委组织部 |
项目支出明细测算 | | | |
经济科目 | 金额 | 测算依据及说明 | 备注 |
培训费 | 300 | 按标准 | |
 | | | |
项目采购 | | | |
采购品名 | 采购数量 | 金额 | |
印刷服务 | 一批 | 99 | |
 | | | |
项目绩效总目标 | | | |
1、提升服务 | | | |
2、完善治理 | | | |
一级指标 | 二级指标 | 三级指标 | 指标值 | 备注
产出指标 | 数量指标 | 期数 | 4期 |
""")
    )
    assert (form.year, form.money_unit) == (2024, MoneyUnit.YUAN)
    assert [a.name.text for a in form.cost_items] == ["培训费"]
    assert [p.item.text for p in form.procurement] == ["印刷服务"]
    assert [g.text for g in form.goals] == ["提升服务", "完善治理"]


def test_goals_one_by_one_with_a_column_of_reasons() -> None:
    form = one(
        "部门整体支出绩效自评表",
        "（2023年度）",
        drawn("""
部门名称 | 青山区委组织部 | < | < | <
年度总体目标 | 年初目标 | 实际完成情况 | 偏差原因 | <
^ | 目标1 办班 | 已完成 | 无 | <
^ | 目标2 引才 | 完成90% | 疫情 | <
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值
产出指标 | 数量指标 | 会议次数 | ≥10次 | 10次
"""),
    )
    assert form.goal is not None
    assert text(form.goal.expected) == "目标1 办班\n目标2 引才"
    assert text(form.goal.achieved) == "已完成\n完成90%"


def test_a_form_in_lines_around_its_table() -> None:
    form = one(
        "2023年度项目支出绩效自评表",
        "项目名称：人才专项",
        "主管部门：青山市人才局",
        "年度总体目标",
        "服务人才100人。",
        "实际完成情况",
        "服务人才110人。",
        drawn(INDICATORS),
        "评价等级：优",
        "存在问题",
        "1、进度慢。",
        "2、资料少。",
        "改进措施",
        "加强督办。",
    )
    assert form.goal is not None
    assert (text(form.goal.expected), text(form.goal.achieved)) == ("服务人才100人。", "服务人才110人。")
    assert (text(form.grade), text(form.problems), text(form.measures)) == (
        "优",
        "1、进度慢。\n2、资料少。",
        "加强督办。",
    )


def test_a_provincial_form_with_labels_beside_labels() -> None:
    form = one(
        drawn("""
部门预算项目支出绩效自评表(2023年度) | < | < | < | < | < | < | < | < | <
项目名称 | < | 51000021R000000012345-工资性支出 | < | < | < | < | < | < | <
项目基本情况 | 1.项目年度目标完成情况 | < | 项目年度目标 | < | 年度目标完成情况 | < | < | < | <
^ | ^ | < | 按时发放 | < | 已按时发放 | < | < | < | <
^ | 2.项目实施内容及过程概述 | < | 每月发放 | < | < | < | < | < | <
预算执行情况(10分) | 年度预算数(万元) | < | 年初预算 | 调整后预算数 | 预算执行数 | 预算执行率 | 权重 | 得分 | 原因
^ | 总额 | < | 238.93 | 251.89 | 251.89 | 100.00% | 10 | 10 | 增资
^ | 其中:财政资金 | < | 238.93 | 251.89 | 251.89 | 100.00% | / | / | ^
绩效指标(90分) | 一级指标 | 二级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位 | 完成值 | 权重 | 得分
^ | 产出指标 | 数量指标 | 发放覆盖率 | = | 100 | % | 100 | 90 | 90
合计 | < | < | < | < | < | < | < | 100 | 100
""")
    )
    assert (form.year, text(form.project), text(form.project_code)) == (2023, "工资性支出", "51000021R000000012345")
    assert [(f.item.text, text(f.initial_budget), text(f.annual_budget), text(f.reason)) for f in form.funds] == [
        ("总额", "238.93", "251.89", "增资"),
        ("财政资金", "238.93", "251.89", ""),
    ]
    assert form.goal is not None
    assert (text(form.goal.expected), text(form.goal.achieved)) == ("按时发放", "已按时发放")
    assert form.money_unit is MoneyUnit.WAN


def test_a_declaration_with_goals_for_two_terms_and_rows_left_as_dots() -> None:
    form = one(
        "项目支出绩效目标申报表",
        "(2016年度)",
        drawn("""
项目名称 | 低保 | < | 项目起止时间 | 2016年1月-2016年12月
项目资金申请(万元) | 资金总额： | 100 | < | <
^ | 财政拨款： | 80 | < | <
^ | 自有资金： | 20 | < | <
项目实施进度计划 | 项目实施内容 | < | 开始时间 | 完成时间
^ | 1、摸底 | < | 2016.1 | 2016.3
^ | …… | < | …… | ……
项目绩效目标 | 长期目标 | < | 年度目标 | <
^ | 应保尽保 | < | 按时发放 | <
年度绩效指标 | 一级指标 | 二级指标 | 指标内容 | 指标值
^ | 产出指标 | 数量指标 | 发放人数 | 100人
"""),
    )
    assert form.budget is not None
    assert text(form.budget.current_year) == "100"
    assert [(a.name.text, a.amount.text) for a in form.funding_sources] == [("财政拨款", "80"), ("自有资金", "20")]
    assert [m.name.text for m in form.schedule] == ["摸底"]
    assert [g.text for g in form.goals] == ["应保尽保", "按时发放"]


TEXTS = st.sampled_from(
    [
        "",
        "项目名称",
        "主管部门",
        "项目资金（万元）",
        "年初预算数",
        "全年执行数",
        "执行率",
        "年度资金总额",
        "其中：财政拨款",
        "预期目标",
        "实际完成情况",
        "年度总体目标",
        "一级指标",
        "三级指标",
        "指标值",
        "得分",
        "产出指标",
        "总分",
        "合计",
        "项目支出绩效自评表",
        "（2023年度）",
        "单位：万元",
        "203组织部",
        "一、项目名称",
        "任务名称",
        "金额",
        "100",
        "95%",
        "—",
    ]
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.one_of(TEXTS, st.lists(st.lists(TEXTS, min_size=1, max_size=5), min_size=1, max_size=6)), max_size=5)
)
def test_no_layout_is_too_strange_to_be_read(blocks: list[str | list[list[str]]]) -> None:
    made = [b if isinstance(b, str) else table(b, spans_known=len(b) % 2 == 0) for b in blocks]
    forms, problems = read_forms(layout(*made))
    assert forms or problems
    for form in forms:
        form_to_json(form, places=True)


def _comparer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("acceptance_documents", SHARED / "documents.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.acceptance
@pytest.mark.skipif(not SHARED.exists(), reason="../shared 不随项目发布：没有验收材料，跳过")
def test_the_acceptance_documents_are_read_cell_by_cell() -> None:
    documents = pytest.importorskip("hengjian.documents")
    compare = _comparer()
    missed: list[str] = []
    for gold in sorted((SHARED / "gold").glob("*.json")):
        name = gold.name.removesuffix(".json")
        if name.endswith(".findings") or "scan" in name:
            continue
        path = SHARED / "documents" / name
        if not path.exists():
            path = next(p for p in (SHARED / "documents").iterdir() if p.stem == name)
        forms: list[dict[str, Any]] = [form_to_json(f) for f in read_forms(documents.read_layout(path))[0]]
        truth = json.loads(gold.read_text(encoding="utf-8"))["forms"]
        tally = compare.Tally()
        pairs, extra = compare.pair_forms(truth, forms)
        for i, want in enumerate(truth):
            tally.walk(want, forms[pairs[i]] if i in pairs else None, f"{name}[{i}]")
        missed += tally.notes + [f"{name}: extra form" for _ in extra]
    assert missed == []
