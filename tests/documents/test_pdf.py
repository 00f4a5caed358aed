"""Pdf files as clerks have them: ruled forms, page breaks in awkward places, locked, cut and scanned files."""

import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from documents import paper, samples
from documents.paper import Sheet, table
from hengjian.documents import pdf, scan
from hengjian.documents.content import MAX_PAGES, Content, Unreadable
from hengjian.forms.layout import Grid, Line

COLUMNS = [50.0, 130.0, 210.0, 330.0, 420.0, 500.0]
HEAD = {(0, 0): "一级指标", (0, 1): "二级指标", (0, 2): "三级指标", (0, 3): "指标值", (0, 4): "得分"}


def rows(top: float, count: int, height: float = 24.0) -> list[float]:
    return [top + height * n for n in range(count + 1)]


def read(*sheets: Sheet) -> Content:
    return pdf.read(paper.file(*sheets), "自评表.pdf")


def grids(content: Content) -> list[Grid]:
    return [block for block in content.blocks if isinstance(block, Grid)]


def lines(content: Content) -> list[str]:
    return [block.text for block in content.blocks if isinstance(block, Line)]


def texts(grid: Grid, row: int) -> list[str]:
    return [cell.text for cell in grid.row(row)]


def test_merged_cells_are_found_from_missing_lines() -> None:
    sheet = Sheet()
    cells = {**HEAD, (1, 0): "产出指标", (1, 1): "数量指标", (1, 2): "培训期数", (2, 2): "培训人数", (3, 0): "合计"}
    table(sheet, COLUMNS, rows(100, 4), cells, ("1,0-2,0", "1,1-2,1", "3,0-3,3"))
    (grid,) = grids(read(sheet))
    assert (grid.rows, grid.columns, grid.spans_known) == (4, 5, True)
    first = grid.at(2, 0)
    assert first is not None
    assert (first.text, first.row, first.row_span) == ("产出指标", 1, 2)
    total = grid.at(3, 3)
    assert total is not None
    assert (total.text, total.column_span) == ("合计", 4)
    assert texts(grid, 2) == ["产出指标", "数量指标", "培训人数", "", ""]


def test_every_cell_and_line_knows_its_place() -> None:
    sheet = Sheet()
    sheet.text(250, 60, "项目支出绩效自评表", 16)
    table(sheet, COLUMNS, rows(100, 2), HEAD)
    content = read(Sheet(), sheet)
    (grid,) = grids(content)
    cell = grid.at(1, 1)
    assert cell is not None
    assert cell.place.page == 2
    assert cell.place.box == pytest.approx((130, 124, 210, 148), abs=1)
    title = content.blocks[0]
    assert title.place.page == 2
    assert title.place.box is not None
    assert title.place.box[1] == pytest.approx(46, abs=4)
    assert content.pages == 2
    assert content.breaks == (0,)


def test_thin_rectangles_are_lines_and_white_ones_are_not() -> None:
    sheet = Sheet()
    for y in rows(100, 2):
        sheet.box(50, y, 450, y + 0.6, fill=True)
    for x in (50, 250, 450):
        sheet.box(x, 100, x + 0.6, 148, fill=True)
    sheet.parts.append("1 g")
    sheet.box(150, 100, 150.6, 148, fill=True)  # white on white: nobody sees it
    sheet.parts.append("0 g")
    sheet.text(60, 115, "项目名称")
    sheet.text(160, 115, "培训")
    (grid,) = grids(read(sheet))
    assert grid.columns == 2
    assert texts(grid, 0)[0].replace(" ", "") == "项目名称培训"


def test_wrapped_text_is_joined_and_numbered_points_stay_apart() -> None:
    sheet = Sheet()
    text = "1、开展党员教育培训，提高党员队\n伍素质，全年举办培训班12期，参\n训300人；\n2、印发学习资料。"
    table(sheet, [50.0, 130.0, 290.0], [100.0, 160.0, 180.0], {(0, 0): "年度目标", (0, 1): text})
    (grid,) = grids(read(sheet))
    assert (
        texts(grid, 0)[1] == "1、开展党员教育培训，提高党员队伍素质，全年举办培训班12期，参训300人；\n2、印发学习资料。"
    )


def test_bold_made_of_doubled_characters_is_read_once() -> None:
    sheet = Sheet()
    table(sheet, COLUMNS, rows(100, 2), {(0, 0): "分值"})
    for x in (133.0, 133.3):
        sheet.text(x, 112, "得分100")
    sheet.text(335, 112, "1100")
    (grid,) = grids(read(sheet))
    assert texts(grid, 0)[:4] == ["分值", "得分100", "", "1100"]


def test_small_raised_print_stays_in_its_line_and_sizeless_print_is_not_there() -> None:
    sheet = Sheet()
    table(sheet, [50.0, 250.0, 450.0], rows(100, 2), {(0, 0): "建筑面积120m"})
    sheet.text(113 + 5, 108, "2", 5)
    sheet.text(260, 112, "隐藏", 0.01)
    (grid,) = grids(read(sheet))
    assert texts(grid, 0) == ["建筑面积120m2", ""]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_pages_are_read_as_they_are_shown(turn: int) -> None:
    sheet = Sheet()
    table(sheet, COLUMNS, rows(100, 2), {**HEAD, (1, 2): "培训期数", (1, 4): "10"})
    turned = Sheet(842.0, 595.0) if turn != 180 else Sheet()
    turned.rotate = turn
    matrix = {90: "0 1 -1 0 842 0 cm", 180: "-1 0 0 -1 595 842 cm", 270: "0 -1 1 0 0 595 cm"}[turn]
    turned.parts = [f"q {matrix}", *sheet.parts, "Q"]
    (grid,) = grids(read(turned))
    assert [texts(grid, 0), texts(grid, 1)] == [list(HEAD.values()), ["", "", "培训期数", "", "10"]]


def test_a_table_printed_sideways_is_turned() -> None:
    sheet = Sheet()
    table(sheet, COLUMNS, rows(100, 2), {**HEAD, (1, 2): "培训期数"})
    turned = Sheet(842.0, 595.0)
    turned.parts = ["q 0 1 -1 0 842 0 cm", *sheet.parts, "Q"]
    (grid,) = grids(read(turned))
    assert texts(grid, 0) == list(HEAD.values())


# --- page breaks


def two_pages(second: dict[tuple[int, int], str], joined: tuple[str, ...], count: int) -> tuple[Sheet, Sheet]:
    first, other = Sheet(), Sheet()
    cells = {
        **HEAD,
        (1, 0): "产出指标",
        (1, 1): "数量指标",
        (1, 2): "培训期数",
        (1, 3): "≥12期",
        (2, 2): "培训人数",
        (2, 3): "≥300人",
    }
    table(first, COLUMNS, rows(700, 3), cells, ("1,0-2,0", "1,1-2,1"))
    first.text(290, 820, "第 1 页 共 2 页", 9)
    table(other, COLUMNS, rows(60, count), second, joined)
    other.text(290, 820, "第 2 页 共 2 页", 9)
    return first, other


def test_a_merged_cell_cut_by_the_page_goes_on() -> None:
    second = {(0, 2): "培训课时", (0, 3): "≥96课时", (1, 1): "质量指标", (1, 2): "合格率", (1, 3): "≥95%"}
    content = read(*two_pages(second, ("0,0-1,0",), 2))
    (grid,) = grids(content)
    assert lines(content) == []  # page numbers are no text of the form
    assert grid.rows == 5
    assert grid.page_breaks == (3,)
    assert texts(grid, 3) == ["产出指标", "数量指标", "培训课时", "≥96课时", ""]
    assert texts(grid, 4) == ["产出指标", "质量指标", "合格率", "≥95%", ""]
    top = grid.at(4, 0)
    assert top is not None
    assert (top.row, top.row_span) == (1, 4)


def test_below_a_repeated_header_the_merged_cell_is_given_again() -> None:
    second = {**HEAD, (1, 2): "培训课时", (1, 3): "≥96课时"}
    (grid,) = grids(read(*two_pages(second, (), 2)))
    assert texts(grid, 3) == list(HEAD.values())  # stays: the form reader drops it and says so
    assert texts(grid, 4) == ["产出指标", "数量指标", "培训课时", "≥96课时", ""]


def test_blank_values_of_a_new_row_are_not_filled_from_the_row_above() -> None:
    second = {(0, 0): "效益指标", (0, 1): "社会效益", (0, 2): "知晓率"}
    (grid,) = grids(read(*two_pages(second, (), 1)))
    assert grid.rows == 4
    assert texts(grid, 3) == ["效益指标", "社会效益", "知晓率", "", ""]
    assert texts(grid, 2)[3] == "≥300人"


def test_a_sentence_cut_by_the_page_goes_on() -> None:
    columns = [50.0, 130.0, 250.0, 500.0]
    first, second = Sheet(), Sheet()
    table(first, columns, [700.0, 724.0, 760.0], {
        (0, 0): "科目", (0, 1): "金额", (0, 2): "测算依据",
        (1, 0): "培训费", (1, 1): "120000", (1, 2): "举办培训班12期，每期25人，按每人每天四百元标\n准计算，共计十二万元，其中包括师资费和场地费",
    })  # fmt: skip
    table(
        second,
        columns,
        [60.0, 84.0, 108.0],
        {(0, 2): "用以及资料费。", (1, 0): "印刷费", (1, 1): "5000", (1, 2): "印制资料"},
    )
    (grid,) = grids(read(first, second))
    assert texts(grid, 1) == [
        "培训费",
        "120000",
        "举办培训班12期，每期25人，按每人每天四百元标准计算，共计十二万元，其中包括师资费和场地费用以及资料费。",
    ]
    assert texts(grid, 2) == ["印刷费", "5000", "印制资料"]


def test_a_short_item_below_the_break_is_a_row_of_its_own() -> None:
    columns = [50.0, 180.0, 260.0, 340.0]
    first, second = Sheet(), Sheet()
    table(first, columns, [720.0, 744.0, 768.0], {
        (0, 0): "资金", (0, 1): "预算数", (0, 2): "执行数", (1, 0): "年度资金总额", (1, 1): "96.00", (1, 2): "88.80",
    })  # fmt: skip
    table(second, columns, rows(60, 2), {(0, 0): "上年结转资金", (1, 0): "其他资金"})
    (grid,) = grids(read(first, second))
    assert [texts(grid, r) for r in (1, 2, 3)] == [
        ["年度资金总额", "96.00", "88.80"],
        ["上年结转资金", "", ""],
        ["其他资金", "", ""],
    ]


def test_several_forms_in_one_file_stay_apart() -> None:
    pages = []
    for name in ("培训经费", "宣传经费"):
        sheet = Sheet()
        sheet.text(220, 60, "项目支出绩效自评表", 16)
        table(sheet, COLUMNS, rows(100, 2), {(0, 0): "项目名称", (0, 1): name})
        pages.append(sheet)
    content = read(*pages)
    assert lines(content) == ["项目支出绩效自评表"] * 2
    assert [texts(grid, 0)[1] for grid in grids(content)] == ["培训经费", "宣传经费"]
    assert content.breaks == (0, 2)


def test_another_form_without_a_title_line_is_not_joined() -> None:
    pages = []
    for name in ("培训经费", "宣传经费"):
        sheet = Sheet()
        table(sheet, COLUMNS, rows(100, 2), {(0, 0): "项目名称", (0, 1): name, (1, 0): "主管部门", (1, 1): "云溪县委"})
        pages.append(sheet)
    assert len(grids(read(*pages))) == 2


def test_a_running_foot_does_not_part_a_table() -> None:
    first, second = two_pages({(0, 2): "培训课时", (0, 3): "≥96课时"}, (), 1)
    for sheet in (first, second):
        sheet.text(50, 800, "云溪县委组织部绩效材料", 9)
    content = read(first, second)
    assert len(grids(content)) == 1
    assert lines(content) == ["云溪县委组织部绩效材料"]


# --- without vertical rules


def test_columns_without_rules_are_told_by_the_white_between() -> None:
    sheet = Sheet()
    sheet.text(200, 60, "部门整体绩效自评表", 16)
    data = [
        ("指标名称", "指标值", "完成值", "得分"),
        ("培训期数", "12期", "12期", "10"),
        ("培训人数", "300人", "280人", "9.33"),
        ("满意度", "95%", "", "8"),
    ]
    for r, row in enumerate(data):
        for x, text in zip((60, 220, 320, 420), row, strict=True):
            if text:
                sheet.text(x, 110 + 24 * r, text)
    sheet.text(60, 240, "填报人：王某        联系电话：000")
    content = read(sheet)
    (grid,) = grids(content)
    assert [texts(grid, r) for r in range(grid.rows)] == [list(row) for row in data]
    assert not grid.spans_known
    assert lines(content)[0] == "部门整体绩效自评表"


def test_paragraphs_are_no_table() -> None:
    sheet = Sheet()
    text = "本年度围绕中心工作，扎实推进干部教育培训，全年举办培训班十二期，共有三百名党员干部参加，"
    for n in range(6):
        sheet.text(60, 100 + 18 * n, text if n < 5 else "取得较好成效。")
    content = read(sheet)
    assert grids(content) == []
    assert lines(content) == [text * 5 + "取得较好成效。"]


# --- what cannot be read


def picture() -> Sheet:
    return Sheet(picture=(8, 8, bytes([255] * 64)))


def test_a_page_without_text_is_told_when_recognition_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "available", lambda: False)
    sheet = Sheet()
    table(
        sheet,
        COLUMNS,
        rows(100, 3),
        {**HEAD, (1, 2): "培训期数、培训人数、培训课时", (2, 2): "学员满意度、单位满意度、知晓率"},
    )
    content = pdf.read(paper.file(picture(), sheet, picture()), "自评表.pdf")
    assert [problem.code for problem in content.problems] == ["P01", "P01"]
    assert content.problems[1].message.startswith("第3页是扫描图像，没有文字层")
    assert "hengjian[ocr]" in content.problems[0].message
    assert content.problems[1].place is not None
    assert content.problems[1].place.page == 3
    assert len(grids(content)) == 1


def test_a_blank_page_is_no_scan() -> None:
    assert pdf.read(paper.file(Sheet()), "空白.pdf") == Content((), (), 1)


def test_a_file_cut_short_is_told_and_read_as_far_as_it_goes() -> None:
    sheet = Sheet()
    table(sheet, COLUMNS, rows(100, 2), HEAD)
    data = paper.file(sheet)
    content = pdf.read(data[: data.rindex(b"xref")], "自评表.pdf")
    assert [problem.code for problem in content.problems] == ["P03"]
    assert "没有下载完整" in content.problems[0].message
    assert texts(grids(content)[0], 0) == list(HEAD.values())


def test_rubbish_is_refused_with_advice() -> None:
    with pytest.raises(Unreadable) as refused:
        pdf.read(b"%PDF-1.7 rubbish", "坏.pdf")
    assert refused.value.problem.code == "P03"
    assert "“坏.pdf”" in refused.value.problem.message


def test_more_than_the_limit_is_read_in_part() -> None:
    sheet = Sheet()
    sheet.text(60, 100, "绩效自评")
    content = pdf.read(paper.file(*[sheet] * (MAX_PAGES + 1)), "长.pdf")
    assert content.pages == MAX_PAGES + 1
    assert [problem.code for problem in content.problems] == ["P09"]
    assert max(block.place.page or 0 for block in content.blocks) == MAX_PAGES


def test_latin_tables_of_the_common_sample() -> None:
    (grid,) = grids(pdf.read(samples.pdf(), "a.pdf"))
    assert [texts(grid, r) for r in range(3)] == [["target", "score"], ["12", "10"], ["300", "9.33"]]


# --- time and memory


def long_file(count: int) -> bytes:
    sheets = []
    for n in range(count):
        sheet = Sheet()
        cells = {(r, c): f"第{n}页指标{r}{c}" for r in range(25) for c in range(5)}
        table(sheet, COLUMNS, rows(60, 25), cells)
        sheets.append(sheet)
    return paper.file(*sheets)


def test_reading_takes_no_longer_than_finding_the_tables_alone(tmp_path: Path) -> None:
    pdfplumber = pytest.importorskip("pdfplumber", reason="the yardstick is not installed")
    path = tmp_path / "a.pdf"
    path.write_bytes(long_file(6))
    start = time.perf_counter()
    pdf.read(path.read_bytes(), path.name)
    ours = time.perf_counter() - start
    start = time.perf_counter()
    with pdfplumber.open(path) as document:
        for page in document.pages:
            page.extract_tables()
    assert ours <= 1.5 * (time.perf_counter() - start)


@pytest.mark.skipif(sys.platform == "win32", reason="the peak of a process is only asked where the system tells it")
def test_two_hundred_pages_stay_within_400_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "long.pdf"
    path.write_bytes(long_file(200))
    code = """
        import resource, sys
        from pathlib import Path
        from hengjian.documents import pdf
        linux = sys.platform == "linux"
        content = pdf.read(Path(sys.argv[1]).read_bytes(), "long.pdf")
        assert content.blocks
        # What getrusage tells counts the process that started this one, too.
        peak = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")] if linux else ()
        print(peak[0] if peak else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(path)],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    assert int(done.stdout) < 400 * 1024
