"""Money and plan tables: columns in any order, synonyms of the regions, side labels, merges, sums and page breaks."""

from forms.grids import drawn
from hengjian.forms.draft import Draft
from hengjian.forms.form import Fund, Printed
from hengjian.forms.funds import monitored, put_table, read_table
from hengjian.forms.layout import Grid
from hengjian.values.money import MoneyUnit

VALUES = ("initial_budget", "annual_budget", "executed", "weight", "rate", "score", "forecast", "reason")


def read(grid: Grid, row: int = 0) -> tuple[Draft, int]:
    table = read_table(grid, row, grid.rows - 1)
    assert table is not None
    draft = Draft()
    put_table(draft, table)
    return draft, table.last_row


def text(value: Printed | None) -> str | None:
    return None if value is None else value.text


def shown(fund: Fund) -> dict[str, str]:
    return {name: value.text for name in VALUES if (value := getattr(fund, name)) is not None}


def test_the_national_form() -> None:
    draft, last = read(
        drawn("""
项目资金（万元） |  | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
^ | 年度资金总额 | 120.00 | 110.00 | 99.00 | 10 | 90.00% | 9
^ | 其中：当年财政拨款 | 120.00 | 110.00 | 99.00 | — | 90.00% | —
^ | 上年结转资金 |  |  |  | — |  |
^ | 其他资金 |  |  |  | — |  |
年度总体目标 | 预期目标 | < | < | 实际完成情况 | < | < | <
""")
    )
    assert [(f.item.text, f.part) for f in draft.funds] == [
        ("年度资金总额", False),
        ("当年财政拨款", True),
        ("上年结转资金", True),
        ("其他资金", True),
    ]
    assert shown(draft.funds[0]) == {
        "initial_budget": "120.00",
        "annual_budget": "110.00",
        "executed": "99.00",
        "weight": "10",
        "rate": "90.00%",
        "score": "9",
    }
    assert shown(draft.funds[2])["executed"] == ""
    assert shown(draft.funds[2])["weight"] == "—"
    assert last == 4
    assert draft.best_unit() is MoneyUnit.WAN


def test_columns_in_another_order_and_other_words() -> None:
    draft, _ = read(
        drawn("""
资金项目 | 得分 | 执行率（B/A） | 执行数（B） | 调整后预算数（A） | 年初预算 | 权重 | 原因说明（100字以内）
总额 | 9.5 | 95% | 95 | 100 | 90 | 10 | 节约
""")
    )
    assert shown(draft.funds[0]) == {
        "initial_budget": "90",
        "annual_budget": "100",
        "executed": "95",
        "weight": "10",
        "rate": "95%",
        "score": "9.5",
        "reason": "节约",
    }


def test_an_unknown_column_is_kept_under_its_label() -> None:
    draft, _ = read(drawn("项目 | 全年预算数 | 实际到位数 | 全年执行数\n资金总额 | 100 | 98 | 95"))
    assert [(name, value.text) for name, value in draft.funds[0].extra] == [("实际到位数", "98")]


def test_a_text_export_that_lost_its_merges() -> None:
    draft, last = read(
        drawn(
            """
项目资金(万元) |  | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
 | 年度资金总额 | 100 | 100 | 95 | 10 | 95% | 9.5
 | 其他资金 |  |  |  | — |  |
年度总体目标 | 预期目标 |  |  | 实际完成情况 |  |  |
""",
            spans_known=False,
        )
    )
    assert [f.item.text for f in draft.funds] == ["年度资金总额", "其他资金"]
    assert shown(draft.funds[1])["annual_budget"] == ""
    assert last == 2


def test_a_merge_cut_by_a_page_break_goes_on() -> None:
    draft, _ = read(
        drawn(
            """
项目资金（万元） |  | 年初预算数 | 全年预算数 | 全年执行数
^ | 年度资金总额 | 100 | 100 | 95
 | 其他资金 | 10 | 10 | 9
年度总体目标 | 办班 | < | < | <
""",
            page_breaks=(2,),
        )
    )
    assert [f.item.text for f in draft.funds] == ["年度资金总额", "其他资金"]


def test_a_value_merged_over_rows_counts_for_its_first_row_only() -> None:
    draft, _ = read(
        drawn("""
项目 | 全年预算数 | 全年执行数 | 分值 | 得分
资金总额 | 100 | 95 | 10 | 9.5
其中：财政拨款 | 100 | 95 | ^ | ^
""")
    )
    assert shown(draft.funds[1])["weight"] == ""
    assert shown(draft.funds[1])["score"] == ""


def test_a_monitoring_form_names_its_budget_initial() -> None:
    draft, _ = read(
        drawn("""
项目资金（万元） | 资金来源 | 年初预算数 | 1—7月执行数 | 1—7月执行率 | 全年预计执行数 | 备注
^ | 年度资金总额 | 286.00 | 74.36 | 26.00% | 286.00 |
""")
    )
    (fund,) = monitored(draft.funds)
    assert shown(fund) == {"annual_budget": "286.00", "executed": "74.36", "rate": "26.00%", "forecast": "286.00"}
    assert text(draft.get("period")) == "1—7月"


def test_a_list_of_many_projects_is_not_the_money_of_one() -> None:
    grid = drawn("序号 | 项目名称 | 年初预算数 | 全年执行数 | 执行率\n1 | 甲 | 100 | 95 | 95%")
    assert read_table(grid, 0, 1) is None


def test_prior_years_with_a_note() -> None:
    draft, _ = read(
        drawn("""
项目前两年预算执行情况 | 年度 | 预算数 | 执行数 | 执行率
^ | 2018年 | 388 | 377.1 | 97.2%
^ | 2019年 | 800 |  |
^ | 2020年变动说明 | 任务增加。 | < | <
""")
    )
    assert [(y.year, text(y.budget), text(y.executed)) for y in draft.prior_years] == [
        (2018, "388", "377.1"),
        (2019, "800", ""),
    ]
    assert [(name, value.text) for name, value in draft.extra] == [("2020年变动说明", "任务增加。")]


def test_funding_sources_keep_what_is_only_a_part() -> None:
    draft, _ = read(
        drawn("""
项目资金来源 | 资金来源项目 | 金额
^ | 1. 财政拨款收入 | 700.00
^ | 其中：申请当年预算拨款 | 700.00
^ | 2. 事业收入 | 0
^ | 合计 | 700.00
""")
    )
    assert [(a.name.text, a.amount.text, a.part) for a in draft.funding_sources] == [
        ("财政拨款收入", "700.00", False),
        ("申请当年预算拨款", "700.00", True),
        ("事业收入", "0", False),
    ]
    assert [(name, value.text) for name, value in draft.sums] == [("funding_sources", "700.00")]


def test_cost_items_with_explanations_over_a_page_break() -> None:
    draft, _ = read(
        drawn(
            """
经济科目 | 金额 | 测算依据及说明 | 备注
培训费 | 30 | 一、总额30万元 |
 |  | （一）师资费10万元。 |
合计 | 30 |  |
-- | -- | -- | --
""",
            spans_known=False,
        )
    )
    (item,) = draft.cost_items
    assert (item.name.text, item.amount.text) == ("培训费", "30")
    assert item.note is not None
    assert item.note.text == "一、总额30万元\n（一）师资费10万元。"
    assert [name for name, _ in draft.sums] == ["cost_items"]


def test_procurement_and_schedule() -> None:
    draft, _ = read(drawn("采购品名 | 采购数量 | 金额\n印刷服务 | 一批 | 9900.00\n合计 |  | 9900.00"))
    assert [(p.item.text, text(p.quantity), text(p.amount)) for p in draft.procurement] == [
        ("印刷服务", "一批", "9900.00")
    ]
    draft, _ = read(drawn("项目实施计划 | 实施内容 | 开始时间 | 完成时间\n^ | 采购 | 2025-03-01 | 2025-04-30"))
    assert [(m.name.text, text(m.start), text(m.end)) for m in draft.schedule] == [("采购", "2025-03-01", "2025-04-30")]


def test_tasks_under_a_header_of_two_rows() -> None:
    draft, last = read(
        drawn("""
年度主要任务 | 任务名称 | 主要内容 | 预算金额（万元） | < | <
^ | ^ | ^ | 总额 | 财政拨款 | 其他资金
^ | 干部教育 | 办班 | 300 | 290 | 10
^ | 人才工作 | 引才 | 200 | 200 | 0
^ | 金额合计 | < | 500 | 490 | 10
年度总体目标 | 完成任务 | < | < | < | <
""")
    )
    assert [(t.name.text, t.amount.text) for t in draft.tasks] == [("干部教育", "300"), ("人才工作", "200")]
    assert [(name, value.text) for name, value in draft.sums] == [("tasks", "500")]
    assert last == 4


def test_a_row_of_labels_and_values_is_no_table() -> None:
    assert read_table(drawn("主管部门 | 甲局 | 实施单位 | 乙中心\n项目类型 | 专项 | 项目性质 | 延续"), 0, 1) is None
    assert (
        read_table(drawn("一级指标 | 二级指标 | 三级指标 | 指标值 | 分值\n产出 | 数量 | 期数 | 4期 | 10"), 0, 1) is None
    )
