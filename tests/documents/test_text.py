"""Plain text as clerks have it: what a reader of the layout must find in it."""

import codecs

import pytest

from hengjian.documents import text
from hengjian.documents.content import Content
from hengjian.forms.layout import Grid, Line


def read(source: str, charset: str = "utf-8") -> Content:
    return text.read(source.encode(charset), "甲.txt")


def grids(content: Content) -> list[Grid]:
    return [block for block in content.blocks if isinstance(block, Grid)]


def lines(content: Content) -> list[str]:
    return [block.text for block in content.blocks if isinstance(block, Line)]


def rows(grid: Grid) -> list[list[str]]:
    return [[cell.text for cell in grid.starts(row)] for row in range(grid.rows)]


def only(source: str) -> list[list[str]]:
    (grid,) = grids(read(source))
    return rows(grid)


# --- tab tables


def test_blank_leading_and_trailing_columns_keep_their_positions() -> None:
    content = read("绩效指标\t一级指标\t三级指标\t得分\n\t产出指标\t培训期数\t\n\t\t培训人数\t3\n")
    (grid,) = grids(content)
    assert rows(grid) == [
        ["绩效指标", "一级指标", "三级指标", "得分"],
        ["", "产出指标", "培训期数", ""],
        ["", "", "培训人数", "3"],
    ]
    assert grid.columns == 4
    assert not grid.spans_known
    cell = grid.at(2, 3)
    assert cell is not None
    assert str(cell.place) == "第3行"


def test_a_table_goes_on_after_a_blank_line_and_says_where() -> None:
    content = read("三级指标\t分值\t得分\n期数\t2\t2\n\n人数\t3\t3\n次数\t5\t4\n")
    (grid,) = grids(content)
    assert len(rows(grid)) == 4
    assert grid.page_breaks == (2,)


def test_rows_a_blank_line_apart_are_one_table_without_page_breaks() -> None:
    content = read("项目名称\t党建经费\n\n主管部门\t组织部\n\n实施单位\t组织部\n")
    (grid,) = grids(content)
    assert len(rows(grid)) == 3
    assert grid.page_breaks == ()


def test_prose_between_tables_parts_them() -> None:
    content = read("科目\t金额\n印刷\t5\n\n项目采购\n\n品名\t金额\n审计\t3\n")
    assert [len(rows(grid)) for grid in grids(content)] == [2, 2]
    assert lines(content) == ["项目采购"]
    assert [type(block) for block in content.blocks] == [Grid, Line, Grid]


def test_the_label_of_the_first_row_again_with_another_value_is_the_next_form() -> None:
    form = "项目名称\t{}\n主管部门\t组织部\n期数\t2\n人数\t3\n"
    assert len(grids(read(form.format("甲项目") + "\n" + form.format("乙项目")))) == 2


def test_the_same_header_again_is_a_repeated_header_of_one_table() -> None:
    assert len(only("指标\t分值\n期数\t2\n人数\t3\n\n指标\t分值\n次数\t5\n")) == 5


def test_a_form_feed_begins_a_page_and_its_page_number_is_not_a_row() -> None:
    content = read("指标\t分值\n期数\t2\n\n— 1 —\n\f人数\t3\n次数\t5\n")
    (grid,) = grids(content)
    assert rows(grid)[2] == ["人数", "3"]
    assert grid.page_breaks == (2,)
    assert lines(content) == []
    assert content.pages == 2


def test_a_form_feed_before_prose_begins_a_block() -> None:
    content = read("第一页\n\f第二页\n")
    assert lines(content) == ["第一页", "第二页"]
    assert content.breaks == (1,)


def test_paragraph_tags_become_paragraphs() -> None:
    assert only("目标\t<p>1. 建班子；</p> <p>2. 带队伍。</p>\t\n指标\t3\t2\n")[0][1] == "1. 建班子；\n2. 带队伍。"


def test_a_paragraph_cell_may_run_over_lines() -> None:
    assert only("目标\t<p>建班子\n带队伍</p>\t完\n指标\t3\t2\n") == [["目标", "建班子带队伍", "完"], ["指标", "3", "2"]]


def test_quotes_of_spreadsheets_hold_line_breaks() -> None:
    source = '指标\t原因\t得分\n期数\t"因故推迟，\n下年补办"\t2\n口号\t"他说""好"""\t3\n'
    assert only(source) == [["指标", "原因", "得分"], ["期数", "因故推迟，下年补办", "2"], ["口号", '他说"好"', "3"]]


def test_printed_quotation_marks_stay() -> None:
    assert only('指标\t分值\n"素质工程"\t2\n') == [["指标", "分值"], ['"素质工程"', "2"]]


def test_a_quote_that_never_closes_swallows_nothing() -> None:
    assert len(only('指标\t"分值\n期数\t2\n人数\t3\n')) == 3


def test_a_cell_broken_without_quotes_is_joined_where_the_columns_add_up() -> None:
    source = "指标\t目标\t原因\t得分\n期数\t2期\t因故推迟，\n下年补办\n尽快完成\t2\n人数\t3人\t\t3\n"
    assert only(source)[1] == ["期数", "2期", "因故推迟，下年补办尽快完成", "2"]


def test_the_last_cell_goes_on_where_it_broke_off() -> None:
    source = "指标\t原因\n期数\t因疫情原因，党校资源受限，班次\n减少\n人数\t无\n次数\t无\n"
    assert only(source)[1] == ["期数", "因疫情原因，党校资源受限，班次减少"]


@pytest.mark.parametrize("last", ["5", "历史标准", "因疫情原因，党校资源受限，班次减少。"])
def test_a_title_right_between_two_tables_is_not_swallowed(last: str) -> None:
    content = read(f"科目\t金额\n印刷\t3\n审计\t{last}\n项目采购\n品名\t数量\n印刷\t2\n")
    assert lines(content) == ["项目采购"]
    assert rows(grids(content)[0])[-1] == ["审计", last]


def test_a_title_between_ragged_rows_is_not_swallowed() -> None:
    source = "项目名称\t甲\n主管部门\t乙\t实施单位\t丙\n总分\t100\n年度目标表\n指标\t值\t分\n期数\t2\t3\n"
    assert lines(read(source)) == ["年度目标表"]


def test_prose_right_under_a_table_is_not_a_cell() -> None:
    content = read("指标\t分值\n期数\t2\n填表人：某某\n")
    assert rows(grids(content)[0]) == [["指标", "分值"], ["期数", "2"]]
    assert lines(content) == ["填表人：某某"]


def test_full_width_indent_is_counted_and_taken_off() -> None:
    (grid,) = grids(read("活动\t金额\n　　党员教育\t3\n"))
    cell = grid.at(1, 0)
    assert cell is not None
    assert (cell.text, cell.indent) == ("党员教育", 2)


def test_paragraphs_indented_with_a_tab_are_prose() -> None:
    content = read("\t今年以来，工作扎实推进。\n\t下一步，继续努力。\n")
    assert grids(content) == []
    assert lines(content) == ["今年以来，工作扎实推进。", "下一步，继续努力。"]


def test_a_numbered_list_is_prose() -> None:
    content = read("绩效目标\n1.\t完善制度。\n2.\t培训干部。\n\n指标\t值\t分\n期数\t2\t3\n\n（一）\t存在问题。\n")
    assert lines(content) == ["绩效目标", "1. 完善制度。", "2. 培训干部。", "（一） 存在问题。"]
    assert len(grids(content)) == 1


# --- pipes


def test_pipe_rows_with_and_without_outer_pipes() -> None:
    assert only("一级指标 | 指标值 | 依据 |\n产出指标 | 20人 | |\n") == [
        ["一级指标", "指标值", "依据"],
        ["产出指标", "20人", ""],
    ]
    assert only("| 指标 | 值 |\n|---|:-:|\n| 期数 | 2 |\n") == [["指标", "值"], ["期数", "2"]]


def test_a_table_drawn_with_lines() -> None:
    assert only("┌──┬──┐\n│指标│值│\n├──┼──┤\n│期数│2│\n└──┴──┘\n") == [["指标", "值"], ["期数", "2"]]


def test_a_pipe_row_goes_on_until_its_last_pipe() -> None:
    assert only("指标 | 原因 |\n期数 | 因故\n推迟 |\n人数 | 无 |\n") == [
        ["指标", "原因"],
        ["期数", "因故推迟"],
        ["人数", "无"],
    ]


def test_one_line_of_navigation_with_pipes_is_prose() -> None:
    content = read("首页 | 要闻\n\n\n\n今天天气好。\n")
    assert grids(content) == []


# --- one cell a line


CELLS = "\t职责活动\n\t绩效指标\n\t评价标准\n\n\t\n\t\n\t优\n\t良\n\n\t党建\n\t覆盖率\n\t100%\n\t90%\n"


def test_one_cell_a_line() -> None:
    (grid,) = grids(read(CELLS))
    assert rows(grid) == [["职责活动", "绩效指标", "评价标准"], ["", "", "优", "良"], ["党建", "覆盖率", "100%", "90%"]]
    cell = grid.at(2, 1)
    assert cell is not None
    assert cell.place.line == 11


def test_a_caption_above_cells_is_a_line() -> None:
    content = read(" \t203组织部\n\n" + CELLS)
    assert lines(content) == ["203组织部"]
    assert len(rows(grids(content)[0])) == 3


def test_the_second_paragraph_of_a_cell_has_no_tab() -> None:
    source = CELLS.replace("\t覆盖率\n", "\t覆盖率\n（年底）\n")
    assert rows(grids(read(source))[0])[2] == ["党建", "覆盖率（年底）", "100%", "90%"]


def test_a_cell_of_many_paragraphs_among_cells_of_one_line() -> None:
    many = "".join(f"（{number}）印制资料。\n" for number in "一二三四五六七八九")
    source = CELLS.replace("\t覆盖率\n", f"\t覆盖率\n{many}")
    row = rows(grids(read(source))[0])[2]
    assert [len(cell.split("\n")) for cell in row] == [1, 10, 1, 1]


# --- commas


def test_comma_separated_values() -> None:
    source = '自评表,,\n项目名称,"党建,培训",\n原因,"推迟，\n补办",3\n'
    content = read(source)
    (grid,) = grids(content)
    assert rows(grid) == [["自评表", "", ""], ["项目名称", "党建,培训", ""], ["原因", "推迟，补办", "3"]]
    assert grid.cells[-1].place.line == 3


def test_prose_with_commas_is_prose() -> None:
    assert grids(read("选优配强,从严管理,扎实推进。\n建班子,带队伍。\n抓党建,促发展,保稳定,惠民生。\n")) == []


# --- charsets


SAMPLE = "项目支出绩效自评表\n项目名称\t㵲溪区党建经费\n主管部门\t组织部\n"


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_charsets_of_office_programs(charset: str) -> None:
    content = read(SAMPLE, charset)
    assert content.problems == ()
    assert rows(grids(content)[0])[0] == ["项目名称", "㵲溪区党建经费"]


def test_utf_16_with_a_mark_of_the_other_end() -> None:
    content = text.read(codecs.BOM_UTF16_BE + SAMPLE.encode("utf-16-be"), "甲.txt")
    assert lines(content) == ["项目支出绩效自评表"]


def test_big5() -> None:
    source = "專案支出績效自評表，主管部門為組織部，實施單位為黨員教育中心。\n專案名稱\t黨建經費\n主管部門\t組織部\n"
    content = read(source, "big5")
    assert rows(grids(content)[0])[0] == ["專案名稱", "黨建經費"]


def test_mojibake_is_led_back_and_told() -> None:
    mangled = (SAMPLE * 3).encode("utf-8").decode("latin-1")
    content = read(mangled)
    assert lines(content)[0] == "项目支出绩效自评表"
    assert [problem.code for problem in content.problems] == ["P04"]
    assert "乱码" in content.problems[0].message


def test_lost_characters_are_told_with_their_line() -> None:
    content = read("项目支出绩效自评表\n项目名称\t锟斤拷锟斤拷\n主管部门\t组织部\n")
    (problem,) = content.problems
    assert problem.code == "P03"
    assert "第 2 行" in problem.message
    assert rows(grids(content)[0])[1] == ["主管部门", "组织部"]


def test_a_damaged_place_does_not_lose_the_rest() -> None:
    data = (SAMPLE * 20).encode("gb18030")
    content = text.read(data[:300] + b"\xff" + data[300:], "甲.txt")
    assert lines(content)[0] == "项目支出绩效自评表"
    assert [problem.code for problem in content.problems] == ["P03"]


def test_a_broken_byte_does_not_change_the_charset() -> None:
    data = SAMPLE.encode()
    content = text.read(data[:40] + b"\xe4" + data[40:], "甲.txt")
    assert lines(content) == ["项目支出绩效自评表"]
    assert [problem.code for problem in content.problems] == ["P03"]
    assert "UTF-8" in content.problems[0].message
