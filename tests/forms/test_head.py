"""Labels and values: how clerks print the head and the tail of a form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.grids import drawn
from hengjian.forms.draft import Draft
from hengjian.forms.head import dates_of, pairs_in_text, put_pair, read_row, split_code, year_alone
from hengjian.forms.labels import (
    fund_column,
    head_meaning,
    is_fund_item,
    is_sum,
    item_name,
    period_of,
    stated_unit,
)
from hengjian.values.money import MoneyUnit


def fields(draft: Draft) -> dict[str, str]:
    return {name: value.text for name, (_, value) in draft.values.items()}


def row(picture: str, index: int = 0) -> Draft:
    draft = Draft()
    for pair in read_row(drawn(picture), index).pairs:
        put_pair(draft, pair)
    return draft


@pytest.mark.parametrize(
    ("printed", "field"),
    [
        ("项目名称", "project"),
        ("项 目 名 称：", "project"),
        ("主管部门及代码", "department"),
        ("实施单位（公章）", "unit"),
        ("项目资金总额（万元）", "budget_total"),
        ("存在问题\n（200字以内）", "problems"),
        ("一、立项依据", "basis"),
        ("联系电话", "extra"),
    ],
)
def test_labels_are_known_however_they_are_padded(printed: str, field: str) -> None:
    meaning = head_meaning(printed)
    assert meaning is not None
    assert meaning.field == field


@pytest.mark.parametrize("printed", ["", "干部培训", "一级指标", "项目组织实施情况良好", "100"])
def test_other_texts_are_no_labels(printed: str) -> None:
    assert head_meaning(printed) is None


def test_values_follow_their_labels() -> None:
    draft = row("主管部门 | < | 青山县委组织部 | < | 实施单位 | 青山县委党校")
    assert fields(draft) == {"department": "青山县委组织部", "unit": "青山县委党校"}


def test_a_blank_value_is_kept_as_blank_and_never_takes_the_next_label() -> None:
    draft = row("主管部门 |  | 实施单位 | 青山县委党校")
    assert fields(draft) == {"department": "", "unit": "青山县委党校"}


def test_a_label_with_its_value_in_the_same_cell() -> None:
    draft = row("填报单位：青山县信息中心 | < | 单位：万元")
    assert fields(draft) == {"unit": "青山县信息中心"}
    assert draft.best_unit() is MoneyUnit.WAN


def test_an_unknown_label_goes_to_extra_under_its_printed_name() -> None:
    draft = row("归口处室 | 干部二处 | 项目名称 | 干部培训")
    assert [(name, value.text) for name, value in draft.extra] == [("归口处室", "干部二处")]
    assert fields(draft) == {"project": "干部培训"}


def test_the_better_label_wins_wherever_it_stands() -> None:
    draft = row("填报单位 | 青山县财政局 | 实施单位 | 青山县委党校")
    assert fields(draft)["unit"] == "青山县委党校"


def test_a_place_for_a_stamp_is_not_a_blank_field() -> None:
    assert fields(row("部门（签字）： |  | 项目名称 | 干部培训")) == {"project": "干部培训"}


def test_codes_before_names_are_split_off() -> None:
    assert split_code("[201003]青山县信息中心") == ("201003", "青山县信息中心")
    assert split_code("114-中共青山县委组织部") == ("114", "中共青山县委组织部")
    assert split_code("51990024T000010873215-党员教育") == ("51990024T000010873215", "党员教育")
    assert split_code("203组织部", bare=True) == ("203", "组织部")


@pytest.mark.parametrize("name", ["2024年干部培训", "12380平台维护", "2024-2026年党员培训", "5G应用"])
def test_a_number_that_belongs_to_a_name_is_no_code(name: str) -> None:
    assert split_code(name) == (None, name)


def test_codes_go_to_fields_of_their_own() -> None:
    draft = row("主管部门及代码 | [201]青山市委组织部 | 实施单位 | 201003-青山市信息中心")
    assert fields(draft) == {
        "department": "青山市委组织部",
        "department_code": "201",
        "unit": "青山市信息中心",
        "unit_code": "201003",
    }


def test_several_labels_in_one_line() -> None:
    found = pairs_in_text("项目名称：人才补贴           主管部门：青山市委组织部    实施单位：青山市人才中心")
    assert [(p.label, p.value.text) for p in found] == [
        ("项目名称", "人才补贴"),
        ("主管部门", "青山市委组织部"),
        ("实施单位", "青山市人才中心"),
    ]


def test_a_spaced_label_in_a_line() -> None:
    assert [(p.label, p.value.text) for p in pairs_in_text("项 目 名 称：工作经费")] == [("项目名称", "工作经费")]


def test_prose_with_a_colon_is_no_label() -> None:
    assert pairs_in_text("会议指出：项目名称要规范") == ()
    assert pairs_in_text("完成以下任务：培训4期") == ()


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("（2020 年度）", 2020),
        ("2020 年度", 2020),
        ("（2024年度1—7月）", 2024),
        ("2024年上半年", 2024),
        ("2023年3月", None),
        ("2023年3月15日", None),
        ("共2020页", None),
    ],
)
def test_a_year_that_stands_alone(text: str, year: int | None) -> None:
    assert year_alone(text) == year


def test_a_span_gives_start_and_end() -> None:
    assert dates_of("2024年1月—2026年12月") == ("2024年1月", "2026年12月")
    assert dates_of("2024-01-01至2024-12-31") == ("2024-01-01", "2024-12-31")
    assert fields(row("起止时间 | 2024年1月至2024年12月")) == {"start": "2024年1月", "end": "2024年12月"}


@pytest.mark.parametrize(
    ("printed", "column"),
    [
        ("年初预算数", "initial_budget"),
        ("全年预算数（A）", "annual_budget"),
        ("1—7月执行数", "executed"),
        ("截至7月底执行数", "executed"),
        ("上半年执行率", "rate"),
        ("执行率（B/A）", "rate"),
        ("全年预计执行数", "forecast"),
        ("原因说明（100字以内）", "reason"),
        ("姓名", None),
    ],
)
def test_columns_of_money_tables(printed: str, column: str | None) -> None:
    assert fund_column(printed) == column


def test_names_of_money_rows() -> None:
    assert item_name("其中：当年财政拨款") == ("当年财政拨款", True)
    assert item_name("1. 财政拨款收入") == ("财政拨款收入", False)
    assert item_name("其中申请当年预算拨款") == ("申请当年预算拨款", True)
    assert item_name("（二）其他资金：") == ("其他资金", False)
    assert item_name("2024年新增") == ("2024年新增", False)
    assert is_fund_item("其中：一般公共预算拨款")
    assert is_sum("合 计")
    assert not is_sum("合同费")


def test_units_of_money_and_periods() -> None:
    assert stated_unit("项目资金\n（万元）") is MoneyUnit.WAN
    assert stated_unit("金额单位：元") is MoneyUnit.YUAN
    assert stated_unit("（单位：人民币万元）") is MoneyUnit.WAN
    assert stated_unit("万元以上采购") is None
    assert period_of("（2024年度1—7月）") == "1—7月"
    assert period_of("1-6月执行数") == "1-6月"
    assert period_of("2024年7月31日") is None


@given(st.text(max_size=60))
def test_any_text_can_be_asked(text: str) -> None:
    for pair in pairs_in_text(text, strict=False):
        assert pair.label
    assert split_code(text)[1] == text.strip() or split_code(text)[0]
    assert item_name(text)[0] == item_name(text)[0].strip()
