"""Web pages as they are published: what a reader of the layout must find in them."""

import pytest

from hengjian.documents import html
from hengjian.documents.content import Content
from hengjian.forms.layout import Grid, Line


def read(source: str, charset: str = "utf-8") -> Content:
    return html.read(source.encode(charset), "甲.html")


def grids(content: Content) -> list[Grid]:
    return [block for block in content.blocks if isinstance(block, Grid)]


def lines(content: Content) -> list[str]:
    return [block.text for block in content.blocks if isinstance(block, Line)]


def rows(grid: Grid) -> list[list[str]]:
    return [[cell.text for cell in grid.starts(row)] for row in range(grid.rows)]


def picture(source: str) -> list[list[str]]:
    """Every position of the only grid, merged cells repeated, ``.`` where nothing lies."""
    (grid,) = grids(read(source))
    covers = [[grid.at(row, column) for column in range(grid.columns)] for row in range(grid.rows)]
    return [["." if cell is None else cell.text for cell in line] for line in covers]


FORM = (
    "<table><tr><td>项目名称<td colspan=3>党建经费<tr><td rowspan=2>产出指标<td>期数<td>2<td>2"
    "<tr><td>人数<td>3<td>3</table>"
)


# --- spans


def test_spans_lie_as_a_browser_lays_them() -> None:
    assert picture(FORM) == [
        ["项目名称", "党建经费", "党建经费", "党建经费"],
        ["产出指标", "期数", "2", "2"],
        ["产出指标", "人数", "3", "3"],
    ]


def test_places_count_from_one() -> None:
    (grid,) = grids(read(FORM))
    cell = grid.at(2, 1)
    assert cell is not None
    assert str(cell.place) == "第1个表第3行第2列"
    assert grid.spans_known


def test_rowspan_zero_goes_to_the_end_of_its_row_group() -> None:
    source = "<table><tbody><tr><td rowspan=0>甲<td>1<tr><td>2</tbody><tbody><tr><td>乙<td>3</tbody></table>"
    assert picture(source) == [["甲", "1"], ["甲", "2"], ["乙", "3"]]


@pytest.mark.parametrize("span", ["999999999999", "65535", "3"])
def test_huge_spans_end_with_the_table(span: str) -> None:
    source = f"<table><tr><td rowspan={span}>甲<td colspan={span}>乙<tr><td>1<td>2</table>"
    assert picture(source) == [["甲", "乙", "乙"], ["甲", "1", "2"]]


@pytest.mark.parametrize("span", ["-3", "x", "", "0", "1.5"])
def test_meaningless_spans_are_one(span: str) -> None:
    assert picture(f'<table><tr><td colspan="{span}">甲<td>乙<tr><td>1<td>2</table>') == [["甲", "乙"], ["1", "2"]]


def test_cells_that_would_overlap_are_cut() -> None:
    source = "<table><tr><td>1<td rowspan=2>2<td>3<tr><td colspan=3>甲<tr><td>4<td>5<td>6</table>"
    assert picture(source) == [["1", "2", "3"], ["甲", "2", "."], ["4", "5", "6"]]


def test_the_foot_is_last_wherever_it_stands() -> None:
    source = "<table><tfoot><tr><td>总分<td>90</tfoot><thead><tr><td>指标<td>得分</thead><tbody><tr><td>期数<td>90</tbody></table>"
    assert picture(source) == [["指标", "得分"], ["期数", "90"], ["总分", "90"]]


# --- text of cells


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("公务员<br>任职培训", "公务员任职培训"),
        ("<p>建班子；</p><p>带队伍</p>", "建班子；\n带队伍"),
        ("1、印制资料<br/>2、组织培训", "1、印制资料\n2、组织培训"),
        ("&nbsp;133个&nbsp;", "133个"),
        ("<span>10</span><span>78.63</span>", "1078.63"),
        ("≥&#8203;95%", "≥95%"),
        ("12\n    00户", "12 00户"),
        ("党员\r\n    教育，\n培训", "党员教育，培训"),
        ("党员 教育", "党员 教育"),
        ("m<sup>2</sup>", "m²"),
        ("<input type=text value=95%><input type=hidden value=token>", "95%"),
        ("<textarea>推进有序</textarea>", "推进有序"),
        ("<select><option>优<option selected>良</select>", "良"),
        ("<input type=checkbox checked>是<input type=checkbox>否", "☑是□否"),
        ("甲<script>var 乙=1</script><style>.丙{}</style><!-- 丁 -->", "甲"),
        ("甲<span style='display: none'>乙</span><span hidden>丙</span>", "甲"),
        ("甲<del>乙</del><ins>丙</ins>", "甲丙"),
        ("<![if !supportLists]>1<![endif]>甲<o:p></o:p>", "1甲"),
    ],
)
def test_text_of_a_cell_is_what_a_person_sees(source: str, text: str) -> None:
    assert picture(f"<table><tr><td>{source}</td><td>乙</td></tr><tr><td>1<td>2</table>")[0][0] == text


def test_indent_of_a_cell() -> None:
    (grid,) = grids(read("<table><tr><td>\n  　　党员教育<td>3<tr><td>&nbsp;&nbsp;&nbsp;&nbsp;干部教育<td>4</table>"))
    assert [(cell.text, cell.indent) for cell in grid.cells if cell.column == 0] == [("党员教育", 2), ("干部教育", 2)]


def test_a_small_table_inside_a_cell_is_its_text() -> None:
    source = "<table><tr><td>项目资金<td><table><tr><td>预算<td>5</table><td>元<tr><td>甲<td>乙<td>丙</table>"
    assert picture(source) == [["项目资金", "预算 5", "元"], ["甲", "乙", "丙"]]


# --- the page around


def test_layout_tables_are_dissolved_round_the_form() -> None:
    page = f"<table><tr><td>首页<td>要闻</table><table><tr><td>栏目<td><h1>公开表</h1>{FORM}<p>主办单位</table>"
    content = read(page)
    assert [len(rows(grid)) for grid in grids(content)] == [1, 3]
    assert lines(content) == ["栏目", "公开表", "主办单位"]


def test_a_form_nested_ever_deeper_is_still_one_grid() -> None:
    page = FORM
    for _ in range(20):
        page = f"<table><tr><td>{page}</td></tr></table>"
    assert rows(grids(read(page))[0])[0] == ["项目名称", "党建经费"]


def test_a_table_of_data_inside_a_form_splits_it() -> None:
    inner = "<table><tr><td>指标<td>值<tr><td>期数<td>2<tr><td>人数<td>3</table>"
    page = f"<table><tr><td>项目名称<td>甲<tr><td>绩效指标<td>{inner}<tr><td>填表人<td>某某</table>"
    content = read(page)
    assert [rows(grid) for grid in grids(content)] == [
        [["项目名称", "甲"]],
        [["指标", "值"], ["期数", "2"], ["人数", "3"]],
        [["填表人", "某某"]],
    ]
    assert lines(content) == ["绩效指标"]


def test_an_article_in_a_layout_cell_is_lines() -> None:
    paragraphs = "".join(f"<p>{number}、本项目按计划完成了各项任务。</p>" for number in range(12))
    content = read(f"<table><tr><td><a href=x>导航</a></td><td>{paragraphs}</td></tr></table>")
    assert len(lines(content)) == 13
    assert grids(content) == []


def test_a_long_text_beside_its_label_is_a_cell() -> None:
    paragraphs = "".join(f"<p>{number}、印制资料{number}万元。</p>" for number in range(1, 12))
    source = (
        f"<table><tr><td>科目<td>金额<td>测算依据<tr><td>印刷费<td>66<td>{paragraphs}<tr><td>--<td>--<td>--</table>"
    )
    assert picture(source)[1][:2] == ["印刷费", "66"]


def test_blocks_and_line_breaks_part_lines() -> None:
    assert lines(read("<div>甲<p>乙<br>丙</p>丁</div><ol><li>戊<li>己</ol>")) == [
        "甲",
        "乙",
        "丙",
        "丁",
        "1. 戊",
        "2. 己",
    ]


def test_text_after_a_nested_block_with_a_table_keeps_its_order() -> None:
    content = read(f"<div>前<div><div>内{FORM}间</div>后</div>末</div>")
    assert [block.text if isinstance(block, Line) else "表" for block in content.blocks] == [
        "前",
        "内",
        "表",
        "间",
        "后",
        "末",
    ]


def test_a_hidden_table_is_not_read_but_told() -> None:
    content = read(
        f"<style>.off, .x b {{display:none}} @media print {{.on{{display:none}}}}</style><div class='on'>甲</div><div class=off>{FORM}</div>"
    )
    assert lines(content) == ["甲"]
    assert grids(content) == []
    assert [problem.code for problem in content.problems] == ["P08"]


def test_hidden_rows_take_no_place() -> None:
    assert picture("<table><tr><td>甲<td>1<tr style='display:none'><td>乙<td>2<tr><td>丙<td>3</table>") == [
        ["甲", "1"],
        ["丙", "3"],
    ]


# --- broken markup


@pytest.mark.parametrize(
    "source",
    [
        "<table><form><tr><td>甲</td><td>1</td></tr><tr><td>乙</td><td>2</td></tr></form></table>",
        "<table><td>甲<td>1<tr><td>乙<td>2</table>",
        "<table><tr><td>甲<td>1</tr></tr><tr><td>乙</td></td><td>2",
        "<table><tr><th>甲</th><td>1</td><tr><td>乙</p></td><td></span>2</td></tr>",
        "<TABLE BORDER=1><TR><TD>甲</TD><TD>1</TD></TR><TR><TD>乙</TD><TD>2</TD></TR></TABLE>",
    ],
)
def test_broken_markup_is_repaired(source: str) -> None:
    assert picture(source) == [["甲", "1"], ["乙", "2"]]


def test_nothing_in_it_is_nothing() -> None:
    assert read("<html><!-- 空 --></html>").blocks == ()


def test_a_page_over_the_limit_is_read_up_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "MAX_TEXT_CHARS", 500)
    picture_data = "iVBORw0KGgo" * 100
    content = read(f'<p>甲</p><img src="data:image/png;base64,{picture_data}"><p>乙</p>')
    assert (lines(content), content.problems) == (["甲", "乙"], ())
    content = read("<p>甲</p>" * 200)
    assert 0 < len(lines(content)) < 200
    assert [problem.code for problem in content.problems] == ["P09"]


# --- charsets


PAGE = (
    '<html><head><meta http-equiv="Content-Type" content="text/html; charset={}"></head><body>'
    + FORM
    + "<p>㵲溪区委组织部</p></body></html>"
)


@pytest.mark.parametrize(
    ("declared", "real"),
    [
        ("utf-8", "utf-8"),
        ("gb2312", "gb18030"),
        ("utf-8", "gb18030"),
        ("gb2312", "utf-8"),
        ("iso-8859-1", "gb18030"),
        ("nonsense", "utf-8"),
        ("utf-16", "utf-8"),
        ("rot13", "gb18030"),
    ],
)
def test_the_bytes_decide_the_charset(declared: str, real: str) -> None:
    content = read(PAGE.format(declared), real)
    assert lines(content) == ["㵲溪区委组织部"]
    assert content.problems == ()


@pytest.mark.parametrize("real", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_beats_the_declaration(real: str) -> None:
    assert lines(read(PAGE.format("gb2312"), real)) == ["㵲溪区委组织部"]


def test_a_declared_big5_is_believed() -> None:
    page = '<meta charset="big5"><p>績效</p>'
    assert lines(read(page, "big5")) == ["績效"]


def test_xhtml_with_its_declaration() -> None:
    page = '<?xml version="1.0" encoding="gb2312"?><!DOCTYPE html><html><body><p>绩效自评</p></body></html>'
    assert lines(read(page, "gb18030")) == ["绩效自评"]


def test_a_page_saved_as_one_file() -> None:
    import base64

    body = base64.encodebytes(f"<html><body>{FORM}</body></html>".encode("gb18030")).decode("ascii")
    archive = (
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="X"\r\n\r\n--X\r\n'
        'Content-Type: text/html; charset="gb2312"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        f"{body}\r\n--X--\r\n"
    )
    assert rows(grids(read(archive, "ascii"))[0])[0] == ["项目名称", "党建经费"]
