"""What a document is: titles, kinds, and documents that are no performance documents at all."""

import pytest

from forms.grids import drawn
from hengjian.forms.classify import is_performance, is_title, joins_before, kind_of, without_residue
from hengjian.forms.form import Kind
from hengjian.forms.layout import Cell, Grid, Layout, Line, Source
from hengjian.forms.reading import read_forms
from hengjian.values.finding import Problem
from hengjian.values.place import Place


def layout(*blocks: Line | Grid, problems: tuple[Problem, ...] = ()) -> Layout:
    return Layout(Source("样本.txt", "txt", ""), blocks, problems)


@pytest.mark.parametrize(
    "text",
    [
        "项目支出绩效自评表",
        "附件2：项目支出绩效目标申报表（2024年度）",
        "2023年度部门（单位）整体支出绩效自评表",
        "项目支出绩效评价指标体系评分表",
        "(绩效目标)申报表",
        "九、项目绩效目标表",
    ],
)
def test_titles_are_recognised(text: str) -> None:
    assert is_title(text)


@pytest.mark.parametrize(
    "text",
    [
        "项目支出绩效自评表……3",
        "2022年度项目支出绩效自评汇总表",
        "一般公共预算收支决算表",
        "绩效指标",
        "会议听取了绩效自评工作汇报，审议了申报表。",
        "公开目录（含绩效目标表）",
    ],
)
def test_what_is_no_title(text: str) -> None:
    assert not is_title(text)


def test_a_title_may_be_broken_over_two_lines() -> None:
    assert joins_before("(绩效目标)申报表", "青山县部门预算项目支出")
    assert not joins_before("项目支出绩效自评表", "青山县财政局")
    assert not joins_before("(绩效目标)申报表", "2024年度")


@pytest.mark.parametrize(
    ("title", "columns", "kind"),
    [
        ("项目支出绩效自评表", {"target", "actual", "score"}, Kind.SELF_EVALUATION),
        ("项目支出绩效目标执行监控表", {"target", "actual", "forecast"}, Kind.MONITORING),
        ("部门整体支出绩效自评表", {"target", "actual", "score"}, Kind.DEPARTMENT_OVERALL),
        ("项目支出绩效评价指标体系评分表", {"rule", "score"}, Kind.EVALUATION),
        ("项目支出绩效目标申报表", {"target"}, Kind.DECLARATION),
        ("项目绩效目标完成情况绩效表", {"target", "actual", "score"}, Kind.SELF_EVALUATION),
    ],
)
def test_the_kind_follows_from_the_title(title: str, columns: set[str], kind: Kind) -> None:
    assert kind_of([title], columns, ["产出指标"], sections=0, overall=False) is kind


def test_without_a_title_the_columns_decide() -> None:
    assert kind_of([], {"target", "actual", "score"}, ["产出指标"], sections=0, overall=False) is Kind.SELF_EVALUATION
    assert kind_of([], {"target"}, ["产出指标"], sections=0, overall=False) is Kind.DECLARATION
    assert kind_of([], {"target", "forecast"}, [], sections=0, overall=False) is Kind.MONITORING
    assert kind_of([], {"weight", "score"}, ["决策", "过程"], sections=0, overall=False) is Kind.EVALUATION
    assert kind_of([], {"activity", "bands:优"}, [], sections=0, overall=False) is Kind.RESPONSIBILITY
    assert kind_of([], {"target"}, [], sections=9, overall=False) is Kind.DISCLOSURE


def test_a_news_article_is_no_performance_document() -> None:
    article = layout(
        Line("彩票资讯网"),
        Line("当前位置：首页 > 新闻"),
        Line("云溪县召开干部大会"),
        Line("会议强调，要提高服务对象满意度，加强绩效管理，把指标落到实处，完成率达到100%。"),
        drawn("姓名 | 职务\n甲某 | 主任"),
    )
    forms, problems = read_forms(article)
    assert not forms
    assert [p.code for p in problems] == ["P06"]
    assert "没有找到绩效表" in problems[0].message
    assert not is_performance(article)


def test_a_report_in_prose_is_about_performance_but_holds_no_form() -> None:
    report = layout(Line("云溪县2023年度项目支出绩效自评报告"), Line("一、基本情况"), Line("本项目已完成。"))
    forms, problems = read_forms(report)
    assert not forms
    assert "与预算绩效有关" in problems[0].message
    assert is_performance(report)


def test_a_scan_without_text_gets_no_second_problem() -> None:
    scan = layout(problems=(Problem("P01", "第1页是图片，没有文字"),))
    assert read_forms(scan) == ((), ())


def test_an_empty_document_is_told() -> None:
    assert [p.code for p in read_forms(layout())[1]] == ["P06"]


def test_residue_of_a_word_processor_is_dropped_and_told() -> None:
    place = Place(table=1, row=2, column=4)
    grid = Grid((Cell("[bookmark: _GoBack]落实政策；", 0, 0, place=place),), 1, 1)
    (clean,), remarks = without_residue((grid,))
    assert isinstance(clean, Grid)
    assert clean.cells[0].text == "落实政策；"
    assert [(r.code, r.place) for r in remarks] == [("A12", place)]
    assert "_GoBack" in remarks[0].message


def test_clean_blocks_stay_the_same_objects() -> None:
    line, grid = Line("项目支出绩效自评表"), drawn("a | b")
    assert without_residue((line, grid)) == ((line, grid), ())
