"""Header labels as offices print them, and the contract fields they mean."""

import pytest

from hengjian.forms.columns import field_of, is_first, is_second, may_stand_under, name_columns, split_weight


def named(header: str) -> list[str]:
    """Fields of a header drawn as ``一级指标|二级指标|...``; a second row follows after a colon: ``指标值:前年``."""
    columns = name_columns({i: cell.split(":") for i, cell in enumerate(header.split("|"))})
    return [columns.get(i, "") for i in range(header.count("|") + 1)]


@pytest.mark.parametrize(
    ("printed", "field"),
    [
        ("得 分（分）", "score"),
        ("评(扣)分标准", "rule"),
        ("1—7月执行情况", "actual"),
        ("截至9月底完成值", "actual"),
        ("2024年度实际完成值", "actual"),
        ("未完成原因分析（100字以内）", "deviation"),
        ("绩效指标值设定依据及数据来源", "basis"),
        ("指标值（上年）", "history:上年"),
        ("前年实际值", "history:前年"),
        ("指标值（预计当年实现）", "target"),
        ("分值/权重", "weight"),
        ("权重（%）", "weight"),
        ("全年预计完成情况", "forecast"),
        ("项目名称", None),
        ("年初预算数", None),
        ("（含线上）", None),
    ],
)
def test_one_label(printed: str, field: str | None) -> None:
    assert field_of(printed) == field


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (  # national self-evaluation
            "绩效指标|一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因分析及改进措施",
            "label|level1|level2|name|target|actual|weight|score|deviation",
        ),
        (  # Anhui: weight before the values
            "一级指标|二级指标|三级指标|分值|年度指标值|全年实际值|自评得分|未完成原因及拟采取的改进措施",
            "level1|level2|name|weight|target|actual|score|deviation",
        ),
        (  # Sichuan
            "一级指标|二级指标|三级指标|指标性质|指标值|度量单位|权重|完成值|得分|未完成原因分析",
            "level1|level2|name|sign|target|measure_unit|weight|actual|score|deviation",
        ),
        (  # Chongqing: the adjusted value is the target
            "序号|指标名称|计量单位|指标性质|指标权重（分）|年初指标值|调整指标值|全年完成值|得分系数|指标得分（分）|是否核心指标",
            "serial|name|measure_unit|sign|weight|initial_target|target|actual|coefficient|score|core",
        ),
        (  # without an adjusted value the initial one is the target
            "一级指标|二级指标|三级指标|年初目标值|全年完成值|分值|得分",
            "level1|level2|name|target|actual|weight|score",
        ),
        (  # evaluation: the weight beside a level belongs to the level
            "一级指标|分值|二级指标|分值|三级指标|分值|目标值|实际值|评分标准|得分|扣分说明",
            "level1|level1_weight|level2|level2_weight|name|weight|target|actual|rule|score|deviation",
        ),
        (  # three levels and a name of its own
            "一级指标|二级指标|三级指标|指标名称|指标值|指标解释",
            "level1|level2|level3|name|target|extra:指标解释",
        ),
        ("一级指标|二级指标|三级指标|四级指标|目标值|得分", "level1|level2|level3|name|target|score"),
        (  # Hubei
            "目标名称|一级指标|二级指标|指标内容|指标值（前年）|指标值（上年）|指标值（预计当年实现）|绩效标准",
            "goal|level1|level2|name|history:前年|history:上年|target|standard",
        ),
        (  # several years: the latest is the target
            "一级指标|二级指标|三级指标|2022年指标值|2023年指标值|2024年指标值",
            "level1|level2|name|history:2022年|history:2023年|target",
        ),
        (  # Hebei, with the two header rows
            "职责活动|年度预算数|内容描述|绩效目标|绩效指标|评价标准:优|评价标准:良|评价标准:中|评价标准:差",
            "activity|budget|description|goal|name|bands:优|bands:良|bands:中|bands:差",
        ),
        (  # national declaration: the right half is the year
            "绩效指标|一级指标|二级指标|三级指标|指标值|二级指标|三级指标|指标值",
            "label|level1|extra:实施期二级指标|extra:实施期三级指标|extra:实施期指标值|level2|name|target",
        ),
        (  # the upright label is the name where nothing else is
            "一级指标|二级指标|绩效指标|绩效目标|实际完成|满分|得分|说明",
            "level1|level2|name|target|actual|weight|score|remark",
        ),
        ("一级指标|二级指标|三级指标|绩效指标|指标值", "level1|level2|level3|name|target"),
        (  # unknown wordings by their ending, but never against a known one
            "一级指标|二级指标|三级指标|绩效指标目标值|绩效指标完成值|三级指标分数权重|主要原因和下步措施|复核得分|得分",
            "level1|level2|name|target|actual|weight|deviation|extra:复核得分|score",
        ),
        (
            "一级指标|三级指标|实施期目标值|年度目标值|完成情况说明",
            "level1|name|extra:实施期目标值|target|extra:完成情况说明",
        ),
        ("指标类型|指标性质|指标名称|运算符号|指标值", "level1|extra:指标性质|name|sign|target"),
        (
            "一级指标|二级指标|三级指标|指标值|自评得分|复核得分|责任处室",
            "level1|level2|name|target|score|extra:复核得分|extra:责任处室",
        ),
    ],
)
def test_header(header: str, fields: str) -> None:
    assert named(header) == fields.split("|")


def test_ticked_columns_of_the_monitoring_form() -> None:
    header = "三级指标|偏差原因分析:人员保障|偏差原因分析:其他|偏差原因分析:原因说明|完成目标可能性:有可能"
    assert named(header) == [
        "name",
        "choice:reason_kind:人员保障",
        "choice:reason_kind:其他",
        "deviation",
        "choice:likelihood:有可能",
    ]


def test_two_value_rows_under_one_heading() -> None:
    assert named("三级指标|年度指标值:年初|年度指标值:调整后") == ["name", "initial_target", "target"]


@pytest.mark.parametrize(
    ("cell", "text", "weight"),
    [
        ("产出指标（50分）", "产出指标", "50"),
        ("数量指标(权重：12.5)", "数量指标", "12.5"),
        ("决策 20分", "决策", "20"),
        ("满意度指标", "满意度指标", ""),
        ("服务对象满意度指标（社会公众）", "服务对象满意度指标（社会公众）", ""),
    ],
)
def test_weight_in_a_level_cell(cell: str, text: str, weight: str) -> None:
    assert split_weight(cell) == (text, weight)


def test_levels() -> None:
    assert is_first("产出指标（50分）")
    assert is_first("一、效益指标")
    assert is_second("社会效益指标")
    assert not is_first("培训人数")
    assert not may_stand_under("社会效益指标", "产出指标")
    assert may_stand_under("服务对象满意度指标", "效益指标")
    assert may_stand_under("部门自定指标", "产出指标")
