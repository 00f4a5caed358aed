"""Running text: cost trees, goals, headings, amounts in sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengjian.forms.form import CostNode, Printed
from hengjian.forms.prose import cost_list, cost_tree, goal_list, heading, stated_amount
from hengjian.values.money import MoneyUnit

Shape = tuple[str, str, list["Shape"]]


def shape(node: CostNode) -> Shape:
    return node.name, node.amount, [shape(child) for child in node.children]


def tree(text: str) -> Shape:
    node = cost_tree(text)
    assert node is not None
    return shape(node)


def test_nesting_by_numbering() -> None:
    text = (
        "一、项目总金额：51 万元\n（一）党建工作经费 43 万元。\n1、资料印制费 13 万：汇编资料；\n"
        "2、培训费 30 万：书记班 10 万元；委员班 20 万元；\n（二）慰问经费 8 万元。"
    )
    assert tree(text) == (
        "项目总金额",
        "51",
        [
            ("党建工作经费", "43", [("资料印制费", "13", []), ("培训费", "30", [])]),
            ("慰问经费", "8", []),
        ],
    )


def test_parts_below_the_lowest_number_are_kept_beside_the_tree() -> None:
    node = cost_tree("项目资金共30万元。（一）培训费30万元。1、办班30万元：师资费10万元；场地费20万元。")
    assert node is not None
    lowest = node.children[0].children[0]
    assert lowest.children == ()
    assert [(p.name, p.amount) for p in lowest.parts] == [("师资费", "10"), ("场地费", "20")]


def test_the_last_part_of_a_group_ends_where_the_next_group_begins() -> None:
    node = cost_tree(
        "总额18万元。（一）甲类11万元。1、印制费5万元；2、差旅费6万元。（二）乙类7万元。1、讲课费3万元；2、餐费4万元。"
    )
    assert node is not None
    assert [part.parts for group in node.children for part in group.children] == [(), (), (), ()]


def test_parts_in_running_text_are_children_where_nothing_is_numbered() -> None:
    assert tree("总金额8万元（一）干部工作经费8万元。\n档案日常维护5万元，干部患病住院慰问3万元。") == (
        "总金额",
        "8",
        [("干部工作经费", "8", [("档案日常维护", "5", []), ("干部患病住院慰问", "3", [])])],
    )


def test_the_total_may_stand_in_a_sentence_before_the_parts() -> None:
    assert tree("2025年度项目资金共286万元。（一）扫描服务费154万元，28000卷，每卷55元。（二）监理费132万元。") == (
        "2025年度项目资金",
        "286",
        [("扫描服务费", "154", []), ("监理费", "132", [])],
    )


def test_all_in_one_sentence() -> None:
    assert tree("年度资金152万元，其中集中培训96万元、资料印制18万元、站点维护38万元。") == (
        "年度资金",
        "152",
        [("集中培训", "96", []), ("资料印制", "18", []), ("站点维护", "38", [])],
    )


def test_a_name_that_ends_in_计_is_not_cut() -> None:
    assert tree("总额5万元：1、需求调研与设计2万元；2、审计3万元。")[2] == [
        ("需求调研与设计", "2", []),
        ("审计", "3", []),
    ]


def test_enumerations_inside_a_name_stay_together() -> None:
    assert tree("总额36万元。（一）推进会、述职评议大会会务费6万元。（二）广告策划费、展板印制费等经费30万元。")[2] == [
        ("推进会、述职评议大会会务费", "6", []),
        ("广告策划费、展板印制费等经费", "30", []),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "28000卷×55元/卷",
        "按软件造价评估报告",
        "依据《培训费管理办法》，每人每天不超过380元。",
        "培训费30万元。",
        "完成档案数字化6.1万卷，目录著录56万条。",
    ],
)
def test_text_without_a_breakdown_gives_none(text: str) -> None:
    assert cost_tree(text) is None


def test_parts_without_a_total() -> None:
    assert [(n.name, n.amount, n.unit) for n in cost_list("1、打印费4万元；2、资料费6000元。")] == [
        ("打印费", "4", MoneyUnit.WAN),
        ("资料费", "6000", MoneyUnit.YUAN),
    ]


def test_numbered_goals_become_goals() -> None:
    assert [g.text for g in goal_list(Printed("1、加强组织建设\n2、培养干部"))] == ["加强组织建设", "培养干部"]
    one = Printed("2025年安排资金30万元，办班4期。\n提高能力。")
    assert goal_list(one) == (one,)


def test_headings_of_a_disclosure() -> None:
    found = heading("三、项目实施单位")
    assert found is not None
    assert (found.text, found.field, found.inline) == ("项目实施单位", "unit", "")
    inline = heading("一、项目名称：人才服务经费")
    assert inline is not None
    assert (inline.field, inline.inline) == ("project", "人才服务经费")
    assert heading("一、坚持党的领导。要加强建设；") is None
    assert heading("（一）培训费30万元") is None
    arabic = heading("2.立项依据")
    assert arabic is not None
    assert arabic.field == "basis"
    assert heading("1.提升社区服务") is None


def test_the_amount_a_sentence_states() -> None:
    found = stated_amount("青山市委组织部干部工作经费2023年度财政安排资金为1,230.85万元。")
    assert found is not None
    assert (found.amount, found.unit, found.year) == ("1,230.85", MoneyUnit.WAN, 2023)
    assert stated_amount("2023年组织培训27期。") is None


@pytest.mark.parametrize(
    ("text", "amount", "year"),
    [
        ("2022年安排资金100万元，2023年安排资金120万元。", "120", 2023),
        ("2024年安排预算资金350.5万元，其中：培训费100万元、宣传费250.5万元。", "350.5", 2024),
        ("项目资金共计80万元，全部为财政拨款。", "80", None),
        ("本项目2025年申请财政资金1,250,000.00元。", "1,250,000.00", 2025),
    ],
)
def test_of_several_amounts_the_one_of_the_latest_year_counts(text: str, amount: str, year: int | None) -> None:
    found = stated_amount(text)
    assert found is not None
    assert (found.amount, found.year) == (amount, year)


@given(st.text(alphabet="一二（）()1234567890、.。；，万元费用资料\n", max_size=80))
def test_any_prose_can_be_read(text: str) -> None:
    node = cost_tree(text)
    assert node is None or node.name


@given(st.lists(st.integers(1, 9999), min_size=2, max_size=6))
def test_every_numbered_part_is_found_with_its_amount(amounts: list[int]) -> None:
    parts = "".join(f"（{'一二三四五六'[i]}）第{'甲乙丙丁戊己'[i]}项经费{a}万元。" for i, a in enumerate(amounts))
    node = cost_tree(f"项目总金额{sum(amounts)}万元。{parts}")
    assert node is not None
    assert [child.amount for child in node.children] == [str(a) for a in amounts]
