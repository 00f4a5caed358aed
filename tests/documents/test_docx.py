"""Word documents: what stands on paper is read, in order and in place; what does not is not."""

import io
import zipfile
from pathlib import Path

import pytest

from hengjian.documents import docx
from hengjian.documents.content import Content, Unreadable
from hengjian.forms.layout import Grid, Line

SHARED = Path(__file__).parents[3] / "shared" / "acceptance" / "documents"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
NAMES = (
    f'xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def package(body: str, **parts: str) -> bytes:
    """A document made of a body and further parts (``numbering``, ``styles``, ``header1`` ...)."""
    relations = "".join(
        f'<Relationship Id="{part}" Type="{RELS}/{part.rstrip("0123456789")}" Target="{part}.xml"/>' for part in parts
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document {NAMES}><w:body>{body}</w:body></w:document>")
        archive.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relations}</Relationships>',
        )
        for part, text in parts.items():
            archive.writestr(f"word/{part}.xml", text)
    return out.getvalue()


def read(body: str, **parts: str) -> Content:
    return docx.read(package(body, **parts), "表.docx")


def p(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def tc(text: str, look: str = "") -> str:
    return f"<w:tc><w:tcPr>{look}</w:tcPr>{p(text)}</w:tc>"


def table(*rows: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


def lines(content: Content) -> list[str]:
    return [block.text for block in content.blocks if isinstance(block, Line)]


def grids(content: Content) -> list[Grid]:
    return [block for block in content.blocks if isinstance(block, Grid)]


def shape(grid: Grid) -> list[list[str]]:
    """Texts by position; a merged cell stands in every position it covers."""
    return [[cell.text if (cell := grid.at(r, c)) else "∅" for c in range(grid.columns)] for r in range(grid.rows)]


def test_paragraphs_and_tables_come_in_the_order_of_the_page() -> None:
    content = read(p("项目支出绩效自评表") + table(tc("项目名称") + tc("档案整理项目")) + p("注：略"))
    assert [type(block).__name__ for block in content.blocks] == ["Line", "Grid", "Line"]
    assert str(content.blocks[0].place) == "第1行"
    cell = grids(content)[0].at(0, 1)
    assert cell is not None
    assert (cell.text, str(cell.place)) == ("档案整理项目", "第1个表第1行第2列")


def test_merged_cells_become_spans() -> None:
    content = read(
        table(
            tc("绩效指标", '<w:vMerge w:val="restart"/>') + tc("产出指标", '<w:gridSpan w:val="2"/>'),
            tc("", "<w:vMerge/>") + tc("数量指标") + tc("12期"),
            tc("", '<w:vMerge w:val="continue"/>') + tc("质量指标") + tc("98%"),
        )
    )
    grid = grids(content)[0]
    assert shape(grid) == [
        ["绩效指标", "产出指标", "产出指标"],
        ["绩效指标", "数量指标", "12期"],
        ["绩效指标", "质量指标", "98%"],
    ]
    first = grid.at(0, 0)
    assert first is not None
    assert first.row_span == 3


def test_rows_that_begin_further_right_leave_blanks() -> None:
    body = f'<w:tbl><w:tr>{tc("甲")}{tc("乙")}</w:tr><w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>{tc("丙")}</w:tr></w:tbl>'
    assert shape(grids(read(body))[0]) == [["甲", "乙"], ["∅", "丙"]]


def test_columns_that_no_cell_begins_in_do_not_count() -> None:
    wide = '<w:gridSpan w:val="3"/>'
    assert shape(grids(read(table(tc("甲", wide) + tc("乙"), tc("丙", wide) + tc("丁"))))[0]) == [
        ["甲", "乙"],
        ["丙", "丁"],
    ]


def test_borders_a_hair_apart_are_one_border() -> None:
    grid = '<w:tblGrid><w:gridCol w:w="2000"/><w:gridCol w:w="15"/><w:gridCol w:w="2000"/></w:tblGrid>'
    two = '<w:gridSpan w:val="2"/>'
    body = f"<w:tbl>{grid}<w:tr>{tc('指标', two)}{tc('分值')}</w:tr><w:tr>{tc('期数')}{tc('10', two)}</w:tr></w:tbl>"
    assert shape(grids(read(body))[0]) == [["指标", "分值"], ["期数", "10"]]


def test_cells_merged_across_the_old_way() -> None:
    body = table(
        tc("甲", '<w:hMerge w:val="restart"/>') + tc("", "<w:hMerge/>") + tc("乙"), tc("1") + tc("2") + tc("3")
    )
    assert shape(grids(read(body))[0]) == [["甲", "甲", "乙"], ["1", "2", "3"]]


def test_split_runs_wraps_and_links_are_one_text() -> None:
    body = (
        '<w:p><w:r><w:t>全年执</w:t></w:r><w:bookmarkStart w:id="0" w:name="_GoBack"/><w:bookmarkEnd w:id="0"/>'
        "<w:hyperlink><w:r><w:t>行数</w:t></w:r></w:hyperlink><w:smartTag><w:r><w:t>（万元）</w:t></w:r></w:smartTag></w:p>"
    )
    cell = f"<w:tc>{body}</w:tc><w:tc>{p('项目资金')}{p('（万元）')}</w:tc><w:tc>{p('12期')}{p('13期')}</w:tc>"
    assert lines(read(body)) == ["全年执行数（万元）"]
    assert shape(grids(read(table(cell)))[0]) == [["全年执行数（万元）", "项目资金（万元）", "12期\n13期"]]


def test_tracked_changes_read_as_accepted() -> None:
    body = (
        "<w:p><w:r><w:t>预算</w:t></w:r><w:ins><w:r><w:t>152</w:t></w:r></w:ins><w:del><w:r><w:delText>168</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom><w:r><w:t>万元</w:t></w:r></w:p>"
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>上半段</w:t></w:r></w:p>" + p("下半段")
    )
    rows = f"<w:tbl><w:tr>{tc('留')}</w:tr><w:tr><w:trPr><w:del/></w:trPr>{tc('删')}</w:tr></w:tbl>"
    content = read(body + rows)
    assert lines(content) == ["预算152万元", "上半段下半段"]
    assert shape(grids(content)[0]) == [["留"]]


def test_hidden_text_is_not_read() -> None:
    styles = (
        f'<w:styles xmlns:w="{W}"><w:style w:styleId="隐"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:styleId="隐二"><w:basedOn w:val="隐"/></w:style></w:styles>'
    )
    body = (
        "<w:p><w:r><w:t>见</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>不见</w:t></w:r>"
        '<w:r><w:rPr><w:rStyle w:val="隐二"/></w:rPr><w:t>不见</w:t></w:r>'
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>也见</w:t></w:r></w:p>'
    )
    assert lines(read(body, styles=styles)) == ["见也见"]


def test_fields_show_their_results_and_not_their_codes() -> None:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    code = "<w:r><w:instrText>DATE </w:instrText></w:r>" + mark("begin") + "<w:r><w:t>内层</w:t></w:r>" + mark("end")
    body = f"<w:p>{mark('begin')}{code}{mark('separate')}<w:r><w:t>2024年3月</w:t></w:r>{mark('end')}<w:r><w:t>填</w:t></w:r></w:p>"
    circled = f"<w:p>{mark('begin')}<w:r><w:instrText> eq \\o\\ac(○,3)</w:instrText></w:r>{mark('end')}<w:r><w:t>印发</w:t></w:r></w:p>"
    assert lines(read(body + circled)) == ["2024年3月填", "③印发"]


def test_tick_boxes_of_every_make() -> None:
    legacy = (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData></w:fldChar></w:r>'
        '<w:r><w:instrText>FORMCHECKBOX</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    body = (
        f'<w:p>{legacy}<w:r><w:t>新增</w:t></w:r><w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r><w:r><w:t>延续</w:t></w:r>'
        "<w:sdt><w:sdtContent><w:r><w:t>☒</w:t></w:r></w:sdtContent></w:sdt><w:r><w:t>一次性</w:t></w:r></w:p>"
    )
    assert lines(read(body)) == ["☑新增□延续☒一次性"]


def test_signs_of_the_symbol_font_are_signs() -> None:
    body = (
        '<w:p><w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r><w:r><w:t>95%</w:t></w:r></w:p>'
        '<w:p><w:r><w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr><w:t>\uf0a3</w:t></w:r><w:r><w:t>3起，10</w:t></w:r>'
        '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>4</w:t></w:r></w:p>'
    )
    assert lines(read(body)) == ["≥95%", "≤3起，10⁴"]


NUMBERING = f"""<w:numbering xmlns:w="{W}">
<w:abstractNum w:abstractNumId="7">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="●"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="8"/></w:num></w:numbering>"""


def counted(member: int, level: int, text: str) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{member}"/></w:numPr>')


def test_numbers_that_word_counts_are_printed() -> None:
    body = (
        counted(1, 0, "立项依据") + counted(1, 1, "政策") + counted(1, 1, "规划") + counted(1, 2, "文件") + counted(1, 0, "实施内容")
        + counted(1, 1, "培训") + counted(2, 0, "资金安排") + counted(3, 0, "要点") + counted(0, 0, "正文")
    )  # fmt: skip
    assert lines(read(body, numbering=NUMBERING)) == [
        "一、立项依据", "（一）政策", "（二）规划", "1.文件", "二、实施内容", "（一）培训", "五、资金安排", "要点", "正文",
    ]  # fmt: skip


def test_numbers_come_from_paragraph_styles_too_and_fill_empty_cells() -> None:
    styles = f'<w:styles xmlns:w="{W}"><w:style w:styleId="序"><w:pPr><w:numPr><w:ilvl w:val="2"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>'
    cell = '<w:tc><w:p><w:pPr><w:pStyle w:val="序"/></w:pPr></w:p></w:tc>'
    content = read(table(cell + tc("甲"), cell + tc("乙")), numbering=NUMBERING, styles=styles)
    assert shape(grids(content)[0]) == [["1.", "甲"], ["2.", "乙"]]


def test_text_boxes_are_read_once() -> None:
    box = f"<w:txbxContent>{p('单位：万元')}</w:txbxContent>"
    body = (
        "<w:p><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>"
        f"{box}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
        f"<w:p><w:r><w:pict><v:shape><v:textbox><w:txbxContent>{table(tc('甲') + tc('乙'))}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
    )
    content = read(body)
    assert lines(content) == ["单位：万元"]
    assert shape(grids(content)[0]) == [["甲", "乙"]]


def test_inner_tables_are_tables_of_their_own_and_small_ones_text() -> None:
    real = table(tc("年度") + tc("金额"), tc("2023") + tc("38"))
    small = table(tc("（签章）"))
    content = read(table(f"<w:tc>{p('说明')}{real}{small}</w:tc>" + tc("右")))
    assert [shape(grid) for grid in grids(content)] == [[["说明（签章）", "右"]], [["年度", "金额"], ["2023", "38"]]]


def test_a_frame_of_one_cell_is_looked_through() -> None:
    content = read(table(f"<w:tc>{p('自评表')}{table(tc('甲') + tc('乙'), tc('1') + tc('2'))}{p('注')}</w:tc>"))
    assert [block.text if isinstance(block, Line) else shape(block) for block in content.blocks] == [
        "自评表",
        [["甲", "乙"], ["1", "2"]],
        "注",
    ]


def test_content_controls_hold_rows_and_cells_too() -> None:
    row = f"<w:sdt><w:sdtContent><w:tr><w:sdt><w:sdtContent>{tc('甲')}</w:sdtContent></w:sdt>{tc('乙')}</w:tr></w:sdtContent></w:sdt>"
    content = read(f"<w:sdt><w:sdtContent>{p('标题')}<w:tbl>{row}</w:tbl></w:sdtContent></w:sdt>")
    assert lines(content) == ["标题"]
    assert shape(grids(content)[0]) == [["甲", "乙"]]


def test_indents_tell_the_level_of_an_activity() -> None:
    set_in = p("干部培训", '<w:ind w:leftChars="200" w:left="420"/>')
    grid = grids(read(table(tc("　　干部考核") + f"<w:tc>{set_in}</w:tc>" + tc("干部管理"))))[0]
    assert [(cell.text, cell.indent) for cell in grid.cells] == [("干部考核", 2), ("干部培训", 2), ("干部管理", 0)]


def test_headers_notes_and_footers_stand_around_the_body() -> None:
    part = f'xmlns:w="{W}"'
    body = (
        '<w:p><w:r><w:t>正文</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
        '<w:sectPr><w:headerReference w:type="default" r:id="header1"/><w:footerReference w:type="default" r:id="footer1"/>'
        '<w:headerReference w:type="first" r:id="header2"/></w:sectPr>'
    )
    content = read(
        body,
        header1=f"<w:hdr {part}>{p('附件3')}</w:hdr>",
        header2=f"<w:hdr {part}>{p('首页才有')}</w:hdr>",
        footer1=f"<w:ftr {part}>{p('第 3 页 共 8 页')}{p('填表人：略')}</w:ftr>",
        footnotes=f'<w:footnotes {part}><w:footnote w:id="2">{p("注：含上年结转。")}</w:footnote></w:footnotes>',
    )
    assert lines(content) == ["附件3", "正文", "注：含上年结转。", "填表人：略"]
    assert [str(block.place) for block in content.blocks] == ["", "第1行", "", ""]


def test_page_breaks_say_where_the_next_form_begins() -> None:
    body = p("甲表") + '<w:p><w:r><w:br w:type="page"/></w:r></w:p>' + p("乙表") + p("丙表", "<w:pageBreakBefore/>")
    assert read(body).breaks == (1, 2)


def test_equations_are_written_in_one_line() -> None:
    def r(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    body = f"<w:p><w:r><w:t>得分=</w:t></w:r><m:oMath><m:f><m:num>{r('实际值')}</m:num><m:den>{r('甲+乙')}</m:den></m:f>{r('×5')}</m:oMath></w:p>"
    assert lines(read(body)) == ["得分=实际值/(甲+乙)×5"]


def test_the_strict_edition_reads_the_same() -> None:
    plain = package(p("绩效自评表") + table(tc("甲") + tc("乙")))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(W.encode(), STRICT.encode()))
    assert docx.read(out.getvalue(), "严格.docx") == docx.read(plain, "严格.docx")


def test_pictures_alone_are_called_a_scan() -> None:
    problems = read("<w:p><w:r><w:drawing/></w:r></w:p>").problems
    assert [problem.code for problem in problems] == ["P01"]
    assert "扫描件" in problems[0].message


def test_what_cannot_be_read_says_what_to_do() -> None:
    good = package(p("甲"))
    bomb = package("<w:p/>", styles="x" * 30_000_000)
    cases = {
        "P03": [good[: len(good) // 2], b"PK\x03\x04" + b"x" * 100],
        "P02": [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")],
        "P09": [bomb],
    }
    for code, files in cases.items():
        for data in files:
            with pytest.raises(Unreadable) as caught:
                docx.read(data, "坏.docx")
            assert caught.value.problem.code == code
            assert "“坏.docx”" in caught.value.problem.message
            assert "请" in caught.value.problem.message


@pytest.mark.parametrize(
    "dtd",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
    ],
)
def test_entities_are_refused(dtd: str) -> None:
    out = io.BytesIO()
    for encoding in ("utf-8", "utf-16"):
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(
                "word/document.xml",
                f"{dtd}<w:document {NAMES}><w:body>{p('&a;')}</w:body></w:document>".encode(encoding),
            )
        with pytest.raises(Unreadable) as caught:
            docx.read(out.getvalue(), "实体.docx")
        assert caught.value.problem.code == "P03"


@pytest.mark.acceptance
@pytest.mark.skipif(not SHARED.exists(), reason="the acceptance material is not here")
def test_shared_documents_have_their_tables() -> None:
    sizes = {
        name: [(grid.rows, grid.columns) for grid in grids(docx.read((SHARED / name).read_bytes(), name))]
        for name in ("overall-2023.docx", "seed-003.docx")
    }
    assert sizes == {"overall-2023.docx": [(9, 7), (7, 3), (18, 12)], "seed-003.docx": [(20, 9)]}
