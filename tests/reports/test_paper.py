"""The working paper: official layout, every finding, every score."""

from pathlib import Path
from typing import Any

import docx
import pytest
from docx.shared import Mm

from hengjian.audit.case import Audit
from hengjian.reports.paper import PaperWriter
from hengjian.reports.typeset import typeset
from reports.made import BAD, CAREFUL, EVERYTHING, FORMULA, GOOD, MARKUP, NASTY, POEM, TITLES, UNREAD, made


def report(path: Path, *audits: Audit) -> Any:
    writer = PaperWriter(path, titles=TITLES)
    for audit in audits:
        writer.add(audit)
    writer.close()
    return docx.Document(str(path))


def text_of(document: Any) -> str:
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def test_the_page_is_that_of_an_official_document(tmp_path: Path) -> None:
    document = report(tmp_path / "底稿.docx", BAD)
    section = document.sections[0]
    lengths = [section.page_width, section.page_height, section.top_margin, section.bottom_margin]
    lengths += [section.left_margin, section.right_margin]
    assert [round(length / Mm(1)) for length in lengths] == [210, 297, 37, 35, 28, 26]
    assert "PAGE" in section.footer._element.xml
    assert document.paragraphs[0].text == "绩效表格审核工作底稿"
    body = document.paragraphs[3]
    assert body.runs[0].font.size.pt == 16
    assert "仿宋_GB2312" in body.runs[0]._element.xml


def test_every_finding_is_told_with_place_sum_norm_and_advice(tmp_path: Path) -> None:
    told = text_of(report(tmp_path / "底稿.docx", BAD))
    for finding in BAD.findings:
        assert f"{finding.code}〕" in told
        assert finding.message in told
    assert (
        "“培训期数”：得分与评分标准的计算结果不符：应为36.00，填报40；算式：18期 ÷ 20期 × 40 = 36.00；填报40；多计4"
        "（第1个表第10行第8列）。" in told
    )
    assert "依据：未完成指标值的按比例计分；建议：按列出的算式改正得分。" in told
    assert "〔疑似 C18〕" in told
    assert "G12（需要佐证材料）" in told


def test_scores_are_recomputed_in_a_table_that_fits_the_page(tmp_path: Path) -> None:
    document = report(tmp_path / "底稿.docx", BAD)
    (table,) = document.tables
    first = [cell.text for cell in table.rows[1].cells]
    assert first == ["培训期数", "≥20期", "18期", "40", "40", "36.00", "18期 ÷ 20期 × 40 = 36.00"]
    assert [cell.text for cell in table.rows[-1].cells][:6] == ["合计", "", "", "", "99", "95.00"]
    assert sum(column.width for column in table.columns) <= Mm(210 - 28 - 26) + 1000


def test_several_documents_begin_with_an_overview_worst_first(tmp_path: Path) -> None:
    document = report(tmp_path / "底稿.docx", GOOD, BAD, CAREFUL, UNREAD, POEM)
    names = [row.cells[0].text for row in document.tables[0].rows][1:]
    assert names == ["干部培训经费", "人才服务经费", "干部培训经费"]
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[2].startswith("本次审核5个文件、3张表，发现错误2项、警告1项、提示1项，另有疑似线索1项。")
    assert any(text.startswith("未能审核：损坏.pdf。") for text in texts)
    assert texts.index("一、人才服务经费") > 2
    assert "未发现问题。" in texts
    assert any("隐藏的工作表" in text for text in texts)


def test_more_than_ten_forms_are_counted_in_chinese(tmp_path: Path) -> None:
    told = text_of(report(tmp_path / "底稿.docx", *[made(f"{n}.docx", project=f"第{n}个") for n in range(1, 23)]))
    for heading in ("十、第10个", "十一、第11个", "二十、第20个", "二十二、第22个"):
        assert heading in told


def test_hostile_texts_are_only_texts(tmp_path: Path) -> None:
    told = text_of(report(tmp_path / "底稿.docx", *EVERYTHING))
    assert MARKUP in told
    assert FORMULA in told
    assert "\x07" not in told


@pytest.mark.parametrize("audit", [GOOD, NASTY])
def test_typeset_forms_are_tables_within_the_page(audit: Audit, tmp_path: Path) -> None:
    path = tmp_path / "表.docx"
    typeset([audit.forms[0].case.form] * 2, "docx", path)
    document: Any = docx.Document(str(path))
    section = document.sections[0]
    assert sorted(round(length / Mm(1)) for length in (section.page_width, section.page_height)) == [210, 297]
    whole = section.page_width - section.left_margin - section.right_margin
    for table in document.tables:
        assert sum(column.width for column in table.columns) <= whole + 20_000
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert {"≥95%", "96%", "年度资金总额"} <= cells
