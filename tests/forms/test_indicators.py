"""Indicator tables as they are printed in the provinces, and what must be read from them.

A drawing is the input: ``|`` between cells, ``^`` and ``<`` for merged cells. Names and numbers are made up.
"""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.grids import drawn, table
from hengjian.forms.form import Form, Fund, Indicator, Kind, Printed, Proof
from hengjian.forms.indicators import Header, IndicatorTable, find_headers, read_rows
from hengjian.forms.layout import Grid
from hengjian.forms.proof import prove


def read(grid: Grid, kind: Kind = Kind.SELF_EVALUATION, funds: tuple[Fund, ...] = ()) -> IndicatorTable:
    (header,) = find_headers(grid)
    return read_rows(grid, header, kind, funds=funds)


def column(rows: IndicatorTable, field: str) -> list[str]:
    """One field of every indicator; ``-`` where the form does not print it."""
    return [value.text if (value := getattr(row, field)) is not None else "-" for row in rows.indicators]


def sums(rows: IndicatorTable) -> tuple[str, str]:
    """Weight and score of the total row."""
    assert rows.total is not None
    weight, score = rows.total.weight, rows.total.score
    return weight.text if weight is not None else "-", score.text if score is not None else "-"


# --- merged cells ------------------------------------------------------------------------------------------------------


def test_merged_levels_and_reasons_count_for_each_row_but_values_for_the_first() -> None:
    found = read(
        drawn("""
一级指标|二级指标|三级指标|指标值|实际完成值|分值|得分|偏差原因分析
产出指标|数量指标|培训人数|200人|190人|10|9|天气原因，下年补训
^|^|培训期数|4期|^|10|8|^
^|质量指标|合格率|95%|96%|10|10|
""")
    )
    assert column(found, "level1") == ["产出指标"] * 3
    assert column(found, "level2") == ["数量指标", "数量指标", "质量指标"]
    assert column(found, "deviation") == ["天气原因，下年补训", "天气原因，下年补训", ""]
    assert column(found, "actual") == ["190人", "", "96%"]
    shared = [row.deviation for row in found.indicators[:2] if row.deviation is not None]
    assert [(value.shared, value.lead) for value in shared] == [(2, True), (2, False)]


def test_a_name_merged_over_rows_names_each_value() -> None:
    found = read(
        drawn("""
一级指标|三级指标|指标值|分值|得分
产出指标|骨干培训|200人|10|9
^|^|4期|10|8
""")
    )
    assert list(zip(column(found, "name"), column(found, "target"), strict=True)) == [
        ("骨干培训", "200人"),
        ("骨干培训", "4期"),
    ]


def test_unmerged_blank_levels_take_the_level_above_until_the_class_changes() -> None:
    found = read(
        drawn("""
一级指标||二级指标|三级指标|<|指标值|分值|完成值|得分
产出||数量|1|培训人数|200人|50|200人|50
||质量|2|合格率|95%|40|90%|38
效益|||3|能力提升|提升|10|提升|10
合计||||||100||98
""")
    )
    assert column(found, "name") == ["培训人数", "合格率", "能力提升"]
    assert column(found, "level1") == ["产出", "产出", "效益"]
    assert column(found, "level2") == ["数量", "质量", ""]
    assert sums(found) == ("100", "98")


def test_weights_of_classes_in_their_own_columns_and_in_level_cells() -> None:
    beside = read(
        drawn("""
一级指标|分值|二级指标|分值|三级指标|分值|得分|评分标准
决策|20|项目立项|6|立项依据充分性|3|3|充分得满分
^|^|^|^|立项程序规范性|3|2|规范得满分
^|^|绩效目标|14|目标合理性|14|12|合理得满分
合计|<|<|<|<|100|88|
"""),
        Kind.EVALUATION,
    )
    assert column(beside, "level1_weight") == ["20", "20", "20"]
    assert column(beside, "level2_weight") == ["6", "6", "14"]
    assert column(beside, "weight") == ["3", "3", "14"]
    inside = read(
        drawn("""
一级指标|二级指标|三级指标|分值|指标值|得分
产出指标（50分）|数量指标（20分）|培训人数|20|≥200人|20
^|质量指标（30分）|合格率|30|≥95%|30
""")
    )
    assert column(inside, "level1") == ["产出指标", "产出指标"]
    assert column(inside, "level1_weight") == ["50", "50"]
    assert column(inside, "level2_weight") == ["20", "30"]


def test_class_rows_and_subtotals_are_no_indicators() -> None:
    found = read(
        drawn("""
一级指标|二级指标|三级指标|权重|指标值|实际值|得分
决策|||20|||18
|项目立项||6|||6
||依据充分性|6|充分|充分|6
|投入安排||14|||12
||分配合理性|14|合理|合理|12
产出|数量|培训人数|70|200人|200人|70
小计|||90|||88
预算执行率|||10|||9.8
总分|||100|||97.8
"""),
        Kind.EVALUATION,
    )
    assert column(found, "name") == ["依据充分性", "分配合理性", "培训人数", "预算执行率"]
    assert column(found, "level1_weight")[:2] == ["20", "20"]
    assert column(found, "level2_weight")[:2] == ["6", "14"]
    assert sums(found) == ("100", "97.8")


# --- rows that are no items ------------------------------------------------------------------------------------------------


def test_class_headings_across_the_table_and_a_total_in_one_cell() -> None:
    found = read(
        drawn("""
序号|指标名称|指标值|实际完成值|权重（%）|得分
一、产出指标（50分）|<|<|<|<|<
1|培训人数|200人|200人|20|20
2|合格率|95%|96%|30|30
二、效益指标|<|<|<|<|<
3|能力提升|提升|提升|40|38
总分：88分|<|<|<|<|<
""")
    )
    assert column(found, "level1") == ["产出指标", "产出指标", "效益指标"]
    assert sums(found) == ("-", "88")


def test_the_table_ends_before_the_next_part_of_the_form() -> None:
    grid = drawn("""
一级指标|二级指标|三级指标|指标值|完成值
产出指标|数量指标|培训人数|200人|200人
评价结论|完成较好|<|<|<
存在问题|无|<|<|<
""")
    found = read(grid)
    assert column(found, "name") == ["培训人数"]
    assert found.last_row == 1


def test_notes_are_kept_and_template_rows_dropped() -> None:
    found = read(
        drawn("""
一级指标|二级指标|三级指标|指标值|完成值
产出指标|数量指标|指标1：培训人数|200人|200人
^|^|指标2：培训期数|4期|4期
^|质量指标|……||
注：满意度来自年度问卷。|<|<|<|<
""")
    )
    assert column(found, "name") == ["培训人数", "培训期数"]
    assert [note.text for note in found.notes] == ["注：满意度来自年度问卷。"]


def test_numbering_is_dropped_only_where_it_is_a_list() -> None:
    header = "一级指标|三级指标|指标值|分值\n"
    listed = read(drawn(header + "产出指标|1.培训人数|200人|5\n^|2.合格率|95%|5\n^|3.期数|4期|5"))
    assert column(listed, "name") == ["培训人数", "合格率", "期数"]
    plain = read(drawn(header + "产出指标|2+X专题研讨班人数|200人|5\n^|12345热线办结率|95%|5\n^|1.5万名党员轮训|4期|5"))
    assert column(plain, "name") == ["2+X专题研讨班人数", "12345热线办结率", "1.5万名党员轮训"]


def test_a_wrapped_unit_in_a_line_of_its_own() -> None:
    text = "一级指标|三级指标|指标值|得分\n产出指标|培训人数|200|5\n||人次|\n|合格率|95%|5"
    assert column(read(drawn(text, spans_known=False)), "target") == ["200人次", "95%"]


def test_rows_of_dashes_and_of_none_are_no_indicators() -> None:
    text = "一级指标|二级指标|三级指标|指标值|分值\n产出指标|数量指标|培训人数|200人|5\n--|--|--|--|--\n效益指标|社会效益指标|无|/|/"
    assert column(read(drawn(text)), "name") == ["培训人数"]


def test_codes_before_names() -> None:
    found = read(drawn("一级指标|三级指标|指标值|分值\n产出指标|[20103]培训人数|200人|5\n^|合格率|95%|5"))
    assert column(found, "name") == ["培训人数", "合格率"]
    assert column(found, "code") == ["20103", "-"]


def test_a_row_with_a_name_and_nothing_else_stays() -> None:
    found = read(drawn("一级指标|三级指标|指标值|分值\n产出指标|培训人数|200人|5\n^|合格率||"))
    assert column(found, "name") == ["培训人数", "合格率"]
    assert column(found, "target") == ["200人", ""]


def test_texts_after_the_table_are_no_indicators() -> None:
    """自评结论 beside one wide cell, a label with a colon, signatures: they are left to the reader of the form."""
    for tail in (
        "自评结论及下步改进|完成较好，继续加强。|<|<|<",
        "单位负责人：甲|<|联系电话：|<|<",
        "自评结论：完成较好||||",
    ):
        found = read(drawn("一级指标|二级指标|三级指标|指标值|得分\n产出指标|数量指标|培训人数|200人|30\n" + tail))
        assert (column(found, "name"), found.last_row) == (["培训人数"], 1), tail


def test_a_total_above_its_rows() -> None:
    found = read(
        drawn(
            "一级指标|三级指标|指标值|分值|得分\n合计|||100|98\n产出指标|培训人数|200人|60|60\n效益指标|能力|提升|40|38"
        )
    )
    assert sums(found) == ("100", "98")
    assert column(found, "name") == ["培训人数", "能力"]


def test_a_sum_row_keeps_what_it_prints() -> None:
    found = read(drawn("一级指标|三级指标|指标值|分值|得分\n产出指标|培训人数|200人|60|60\n合计|<|<|—|60"))
    assert sums(found) == ("—", "60")


def test_a_doubtful_total_is_read_by_the_sum_of_its_rows() -> None:
    """A stroke too many in a recognised page: €100 is 100 when the rows say so, and this is told."""
    grid = drawn(
        "一级指标|三级指标|指标值|分值|得分\n产出指标|培训人数|200人|60|60\n效益指标|能力|提升|30|30\n合计|<|<|€100|90"
    )
    doubtful = Grid(
        tuple(replace(cell, doubtful="€" in cell.text) for cell in grid.cells), grid.rows, grid.columns, grid.place
    )
    found = read(doubtful)
    assert sums(found) == ("100", "90")
    assert "€100" in found.repairs[0]
    assert sums(read(grid)) == ("€100", "90")  # not doubtful: it is printed so


# --- headers -----------------------------------------------------------------------------------------------------------------


def test_two_header_rows_and_ticked_choices_of_the_monitoring_form() -> None:
    found = read(
        drawn("""
绩效指标|一级指标|二级指标|三级指标|年度指标值|1-7月执行情况|全年预计完成情况|偏差原因分析|<|<|<|完成目标可能性|<|<
^|^|^|^|^|^|^|经费保障|人员保障|其他|原因说明|确定能|有可能|完全不可能
^|产出指标|数量指标|培训人数|≥200人|100人|150人||√||讲师不足|√||
^|^|质量指标|合格率|≥95%|90%|96%||||||√|
"""),
        Kind.MONITORING,
    )
    assert column(found, "reason_kind") == ["人员保障", ""]
    assert column(found, "likelihood") == ["确定能", "有可能"]
    assert column(found, "deviation") == ["讲师不足", ""]
    assert column(found, "forecast") == ["150人", "96%"]


@pytest.mark.parametrize("spans_known", [True, False])
def test_history_under_a_common_heading(spans_known: bool) -> None:
    rows = [
        [
            "一级指标",
            "二级指标",
            "指标内容",
            "指标值",
            "<" if spans_known else "",
            "<" if spans_known else "",
            "绩效标准",
        ],
        ["^" if spans_known else ""] * 3 + ["前年", "上年", "预计当年实现", "^" if spans_known else ""],
        ["产出指标", "数量指标", "培训人数", "100人", "150人", "200人", "历史标准"],
    ]
    found = read(table(rows, spans_known=spans_known), Kind.DECLARATION)
    (row,) = found.indicators
    assert [(key, value.text) for key, value in row.history] == [("前年", "100人"), ("上年", "150人")]
    assert row.target is not None
    assert row.target.text == "200人"


def test_group_headings_over_levels_and_values() -> None:
    found = read(
        drawn("""
绩效指标|<|<|年度指标值|<|<|完成情况|<|分值
一级指标|二级指标|三级指标|指标性质|数值|计量单位|完成值|得分|^
产出指标|数量指标|培训人数|≥|200|人|190|9|10
""")
    )
    (row,) = found.indicators
    printed = [
        value.text for value in (row.sign, row.target, row.measure_unit, row.actual, row.score, row.weight) if value
    ]
    assert printed == ["≥", "200", "人", "190", "9", "10"]


@pytest.mark.parametrize("heading", ["绩效指标|<|<", "||绩效指标"])
def test_levels_without_a_label_are_told_by_their_words(heading: str) -> None:
    found = read(
        drawn(heading + "|指标值|分值|得分\n产出指标|数量指标|培训人数|200人|50|50\n|质量指标|合格率|95%|40|40")
    )
    assert column(found, "level1") == ["产出指标", "产出指标"]
    assert column(found, "level2") == ["数量指标", "质量指标"]
    assert column(found, "name") == ["培训人数", "合格率"]


def test_the_deepest_printed_level_names_a_row() -> None:
    found = read(
        drawn("""
一级指标|二级指标|三级指标|指标内容|目标值
产出指标|数量指标|培训人数||200人
|||年内举办的期数|2期
满意度指标|服务对象满意度|||≥90%
""")
    )
    assert column(found, "name") == ["培训人数", "年内举办的期数", "服务对象满意度"]


def test_funds_goals_and_heads_are_no_indicator_headers() -> None:
    grid = drawn("""
项目名称|培训经费|主管部门|某县委|实施单位|某中心
项目资金（万元）|年初预算数|全年预算数|全年执行数|分值|执行率
年度总体目标|预期目标|<|<|实际完成情况|<
经济科目|金额|测算依据及说明|备注||
年度主要任务|主要内容|预算金额|||
""")
    assert find_headers(grid) == ()


def test_two_forms_in_one_sheet_have_two_headers_and_a_repeated_header_is_none() -> None:
    one = "一级指标|二级指标|三级指标|指标值|完成值|分值|得分\n产出指标|数量指标|{}|2期|2期|50|50\n"
    twice = drawn(one.format("甲") + one.format("乙") + "总分|||||100|100\n项目名称|某项目|||||\n" + one.format("丙"))
    headers = find_headers(twice)
    assert [header.first_row for header in headers] == [0, 6]
    found = read_rows(twice, headers[0], Kind.SELF_EVALUATION)
    assert column(found, "name") == ["甲", "乙"]
    assert [remark.code for remark in found.remarks] == ["A11"]


def test_a_header_at_the_head_of_a_page_is_no_remark_and_the_rest_of_a_row_is_joined() -> None:
    found = read(
        drawn(
            """
一级指标|二级指标|三级指标|指标值|评分标准
产出指标|数量指标|培训人数|200人|达到得满分，
一级指标|二级指标|三级指标|指标值|评分标准
||||否则按比例得分
效益指标|社会效益指标|能力|提升|定性
""",
            page_breaks=(2,),
        ),
        Kind.DISCLOSURE,
    )
    assert column(found, "rule") == ["达到得满分，否则按比例得分", "定性"]
    assert found.remarks == ()


def test_rows_of_a_responsibility_table() -> None:
    found = read(
        drawn(
            """
职责活动|年度预算数|内容描述|绩效目标|绩效指标|评价标准|||
|||||优|良|中|差
党建|30.00|抓党建|建强组织||||
　　党员培训|30.00|办班|提高素质|参训率|100%|90%|80%|70%
||||培训期数|4期|3期|2期|1期
""",
            spans_known=False,
        ),
        Kind.RESPONSIBILITY,
    )
    assert column(found, "activity") == ["党员培训", "党员培训"]
    assert [[value.text for _, value in row.bands] for row in found.indicators] == [
        ["100%", "90%", "80%", "70%"],
        ["4期", "3期", "2期", "1期"],
    ]
    begun = [
        (row.fields["activity"].text, row.fields["budget"].text, row.indent)
        for row in found.rows
        if row.fields["activity"].lead
    ]
    assert begun == [("党建", "30.00", 0), ("党员培训", "30.00", 2)]
    assert found.remarks == ()


def test_a_grid_that_goes_on_without_a_header() -> None:
    grid = drawn("|质量指标|合格率|95%|96%\n效益指标|社会效益指标|能力|提升|提升")
    header = Header(-1, -1, {0: "level1", 1: "level2", 2: "name", 3: "target", 4: "actual"})
    found = read_rows(grid, header, Kind.SELF_EVALUATION)
    assert column(found, "name") == ["合格率", "能力"]


# --- slid rows -----------------------------------------------------------------------------------------------------------------


def test_header_label_without_a_column_below() -> None:
    found = read(
        drawn(
            """
年度绩效指标|一级指标|二级指标|三级指标|指标值|评分标准
产出指标|数量指标|培训人数|200人|达到得满分|
产出指标|质量指标|合格率|95%|每低1%扣1分|
效益指标|社会效益指标|能力|提升|定性|
""",
            spans_known=False,
        ),
        Kind.DISCLOSURE,
    )
    assert column(found, "level1") == ["产出指标", "产出指标", "效益指标"]
    assert column(found, "rule") == ["达到得满分", "每低1%扣1分", "定性"]
    assert [remark.code for remark in found.remarks] == ["A09"]
    assert "年度绩效指标" in found.remarks[0].message


def test_body_with_a_column_more_than_its_header() -> None:
    found = read(
        drawn(
            """
一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|原因分析
绩效指标|产出指标|数量指标|培训人数|200人|200人|50|50
|||期数|2期|2期|30|30
|效益指标|社会效益指标|能力|提升|提升|20|20
总分||||||100|100
""",
            spans_known=False,
        )
    )
    assert column(found, "name") == ["培训人数", "期数", "能力"]
    assert column(found, "score") == ["50", "30", "20"]
    assert [remark.code for remark in found.remarks] == ["A09"]


def test_a_row_short_of_one_cell_where_merges_are_known() -> None:
    found = read(
        drawn("""
一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|原因
产出指标|数量指标|培训人数|200人|200人|50|50|无
数量指标|期数|2期|2期|20|20|无|
总分|||||70|70|
""")
    )
    assert column(found, "name") == ["培训人数", "期数"]
    assert column(found, "score") == ["50", "20"]
    assert len(found.repairs) == 1


SLID = """
绩效指标|一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因分析
|产出指标|数量指标|培训人数|200人|190人|20|19|
培训期数|||4期|4期|20|20||
合格率|95%|—|20|0|因故未办|||
绩效指标||课程设计|合理|合理|15|15||
|质量指标|培训内容|有针对性|有针对性|15|15||
总分|||||100|79|
"""


def test_slid_rows_are_moved_back_and_told() -> None:
    funds = (Fund(Printed("总额"), weight=Printed("10"), score=Printed("10")),)
    found = read(drawn(SLID, spans_known=False), funds=funds)
    assert column(found, "name") == ["培训人数", "培训期数", "合格率", "课程设计", "培训内容"]
    assert column(found, "target") == ["200人", "4期", "95%", "合理", "有针对性"]
    assert column(found, "actual") == ["190人", "4期", "—", "合理", "有针对性"]
    assert column(found, "weight") == ["20", "20", "20", "15", "15"]
    assert column(found, "score") == ["19", "20", "0", "15", "15"]
    assert column(found, "level2") == ["数量指标"] * 4 + ["质量指标"]
    assert column(found, "deviation")[2] == "因故未办"
    assert [remark.indicator for remark in found.remarks if remark.code == "A09"] == column(found, "name")[1:]
    assert [remark.code for remark in found.remarks if remark.indicator is None] == ["A11"]
    assert any("合格率" in text and "向左错位3列" in text and "合计与表内印数相符" in text for text in found.repairs)


def test_the_same_slid_rows_where_cells_are_known_to_be_free_and_where_nothing_slid() -> None:
    clean = read(
        drawn("""
一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|备注
产出指标|数量指标|培训人数|优秀|优秀|未设|—|
^|^|期数|4|4|||
""")
    )
    assert clean.repairs == ()
    assert column(clean, "weight") == ["未设", ""]


def test_children_of_a_lost_class_are_not_given_to_another_class() -> None:
    found = read(
        drawn(
            """
一级指标|二级指标|三级指标|指标值|完成值
产出指标|数量指标|培训人数|200人|200人
|社会效益指标|能力|提升|提升
""",
            spans_known=False,
        )
    )
    assert column(found, "level1") == ["产出指标", ""]
    assert [(remark.code, remark.indicator) for remark in found.remarks] == [("A10", "能力")]


LEVELS = (
    ("产出指标", ("数量指标", "质量指标", "时效指标")),
    ("效益指标", ("社会效益指标",)),
    ("满意度指标", ("服务对象满意度指标",)),
)
VALUES = [
    ("100%", "80%"),
    ("200人", "190人"),
    ("及时", "及时"),
    ("12", "12"),
    ("3", "4"),
    ("≥95%", "96.5%"),
    ("95%", "—"),
    ("健全", "健全"),
]
ORDERS = (
    "label level1 level2 name target actual weight score deviation",
    "level1 level2 name target actual weight score deviation",
    "level1 level2 name sign target measure_unit weight actual score deviation",
    "level1 level2 name weight target actual score deviation",
)
LABELS = dict(
    zip(
        [
            "label",
            "level1",
            "level2",
            "name",
            "target",
            "actual",
            "weight",
            "score",
            "deviation",
            "sign",
            "measure_unit",
        ],
        [
            "绩效指标",
            "一级指标",
            "二级指标",
            "三级指标",
            "年度指标值",
            "实际完成值",
            "分值",
            "得分",
            "偏差原因分析",
            "指标性质",
            "计量单位",
        ],
        strict=True,
    )
)


@st.composite
def slid_tables(draw: st.DrawFn) -> tuple[list[str], list[dict[str, str]], list[list[str]]]:
    """(columns, the clean rows, the rows with leading blanks lost or one too many)."""
    order = draw(st.sampled_from(ORDERS)).split()
    clean: list[dict[str, str]] = []
    rows: list[list[str]] = []
    for level1, seconds in LEVELS:
        for level2 in seconds:
            for i in range(draw(st.integers(1, 3))):
                target, actual = draw(st.sampled_from(VALUES))
                weight = draw(st.integers(1, 8))
                row = {
                    "level1": level1,
                    "level2": level2,
                    "name": f"第{'一二三四五六七八九十'[len(clean) % 10]}类{'甲乙丙丁戊己庚辛壬癸'[len(clean) // 2]}项工作",
                    "target": target,
                    "actual": actual,
                    "weight": str(weight),
                    "score": str(weight - draw(st.sampled_from([Decimal(0), Decimal(0), Decimal("0.5"), Decimal(1)]))),
                    "deviation": draw(st.sampled_from(["", "", "因故延期，下年补办"])),
                    "sign": draw(st.sampled_from("≥≤＝")),
                    "measure_unit": draw(st.sampled_from(["人", "%", "次"])),
                }
                clean.append(row)
                shown = (
                    dict(row) | ({"level2": ""} if i else {}) | ({"level1": ""} if i or level2 != seconds[0] else {})
                )
                cells = [shown.get(field, "") for field in order]
                lead = next(at for at, text in enumerate(cells) if text)
                lost = draw(st.integers(0, lead))
                rows.append(cells[lost:] + [""] * lost)
    return order, clean, rows


@settings(max_examples=120, deadline=None)
@given(slid_tables())
def test_a_slid_table_is_restored_or_not_called_proved(
    case: tuple[list[str], list[dict[str, str]], list[list[str]]],
) -> None:
    """Leading blanks lost at random: the repair restores every cell, or the form is not proved. Never a wrong proof."""
    order, clean, rows = case
    weight = sum(Decimal(row["weight"]) for row in clean) + 10
    score = sum(Decimal(row["score"]) for row in clean) + Decimal("9.5")
    last = ["总分"] + [
        "" if field not in ("weight", "score") else str(weight if field == "weight" else score) for field in order[1:]
    ]
    funds = (Fund(Printed("年度资金总额"), weight=Printed("10"), score=Printed("9.5")),)
    found = read(table([[LABELS[field] for field in order], *rows, last], spans_known=False), funds=funds)
    form = prove(Form(Kind.SELF_EVALUATION, indicators=found.indicators, total=found.total, funds=funds))
    fields = [field for field in order if field != "label"]
    restored = [{field: _text(row, field) for field in fields} for row in found.indicators]
    assert restored == [{field: row[field] for field in fields} for row in clean] or form.proof is not Proof.PROVED


def _text(row: Indicator, field: str) -> str:
    value = getattr(row, field)
    return value.text if isinstance(value, Printed) else ""


def test_a_row_that_can_be_mended_in_two_ways_is_left_alone() -> None:
    """Without its value or without its actual: the sums hold either way, so nothing is moved and nothing proved."""
    found = read(
        drawn(
            """
一级指标|三级指标|指标值|完成值|分值
产出指标|培训人数|200|190|50
|培训期数|5|50|
合计||||100
""",
            spans_known=False,
        )
    )
    assert found.repairs == ()
    assert prove(Form(Kind.SELF_EVALUATION, indicators=found.indicators, total=found.total)).proof is Proof.UNPROVED


def test_a_form_proved_before_stays_as_printed() -> None:
    """A clean table passes unchanged: no repair, no remark."""
    text = """
绩效指标|一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因分析
|产出指标|数量指标|培训人数|200人|190人|60|59|
|||培训期数|4期|4期|40|40|
总分||||||100|99|
"""
    found = read(drawn(text, spans_known=False))
    assert (found.repairs, found.remarks) == ((), ())
    form = prove(Form(Kind.SELF_EVALUATION, indicators=found.indicators, total=found.total))
    assert form.proof is Proof.PROVED
    broken = replace(form.indicators[0], score=Printed("58"))
    assert prove(replace(form, indicators=(broken, *form.indicators[1:]))).proof is Proof.UNPROVED
