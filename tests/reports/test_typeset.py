"""Official forms out and back in: whatever a form holds is read back from what was printed, to the letter."""

import re
import zipfile
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from forms.anything import any_form
from hengjian import desk
from hengjian.forms.contract import form_from_json, form_to_json
from hengjian.forms.form import (
    Form,
    Kind,
    Printed,
    Proof,
)
from hengjian.forms.official import settled
from hengjian.reports import typeset_pdf
from hengjian.values.place import NOWHERE
from reports.made import DOCUMENTS, FORM

ACCEPTANCE = Path(__file__).resolve().parents[3] / "shared" / "acceptance" / "documents"
SHARED = sorted(ACCEPTANCE.iterdir()) if ACCEPTANCE.is_dir() else []
PHASES = [Phase.explicit, Phase.generate]  # shrinking a whole form takes longer than reading the failure
SCANS = ("扫描件", "scan")


# --- comparing --------------------------------------------------------------------------------------------------------
def bare(value: Any) -> Any:
    """A record without what only a reading knows: places, merges, proof, texts."""
    if isinstance(value, Printed):
        return value.text
    if isinstance(value, tuple) and value and all(isinstance(item, tuple) for item in value):
        return sorted((name, bare(shown)) for name, shown in value)  # values by label, in any order
    if isinstance(value, tuple):
        return tuple(map(bare, value))
    if isinstance(value, Form):
        value = replace(value, texts=(), proof=Proof.UNPROVED, identities=(), repairs=(), remarks=(), place=NOWHERE)
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: bare(getattr(value, item.name)) for item in fields(value) if item.name != "place"}
    return value


def values(form: Form) -> dict[str, Any]:
    """What the contract says of a form, without places and proof."""
    told = form_to_json(form)
    del told["reading"]
    for row in told["indicators"]:
        del row["place"]
    return told


def again(forms: list[Form], kind: str, path: Path) -> tuple[Form, ...]:
    """The forms as they are read from what was printed of them."""
    desk.render_forms(forms, kind, path)
    document = desk.read(path)
    assert document.problems == ()
    return document.forms


# --- forms that hold anything -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_any_form_comes_back_exactly(kind: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp(kind)

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=PHASES,
    )
    @given(any_form())
    def check(form: Form) -> None:
        (read,) = again([form], kind, folder / f"表.{kind}")
        assert bare(read) == bare(settled(form))

    check()


def test_settling_twice_changes_nothing() -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
    @given(any_form())
    def check(form: Form) -> None:
        assert settled(settled(form)) == settled(form)

    check()


# --- documents as they are met ------------------------------------------------------------------------------------------
READ = {path: desk.read(path) for path in (*DOCUMENTS, *SHARED) if not any(word in path.name for word in SCANS)}
WITH_FORMS = [path for path, document in READ.items() if document.forms]


@pytest.mark.parametrize("path", WITH_FORMS, ids=lambda path: path.name)
@pytest.mark.parametrize("kind", ["xlsx", "docx", "pdf"])
def test_documents_come_back_with_equal_values(path: Path, kind: str, tmp_path: Path) -> None:
    forms = READ[path].forms
    read = again(list(forms), kind, tmp_path / f"表.{kind}")
    assert [values(form) for form in read] == [values(form) for form in forms]
    assert [form.proof for form in read] == [form.proof for form in forms]


# --- what a person does with the file -----------------------------------------------------------------------------------
def made(**changes: Any) -> Form:
    return form_from_json({**FORM, **changes})


def test_a_value_changed_in_the_workbook_is_read_as_changed(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    desk.render_forms([made()], "xlsx", path)
    book = openpyxl.load_workbook(path)
    cell = next(cell for row in book["表1"].iter_rows() for cell in row if cell.value == "18期")
    cell.value = "19期"
    book.save(path)
    (form,) = desk.read(path).forms
    assert [row.actual.text for row in form.indicators if row.actual] == ["19期", "96%"]


def test_a_worksheet_copied_for_another_project_is_read_as_well(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    desk.render_forms([made(goal={"expected": "1.培训\n2.调研"})], "xlsx", path)
    book = openpyxl.load_workbook(path)
    copy = book.copy_worksheet(book["表1"])
    next(cell for row in copy.iter_rows() for cell in row if cell.value == "干部培训经费").value = "人才服务经费"
    book.save(path)
    read = desk.read(path).forms
    assert [form.project.text for form in read if form.project] == ["干部培训经费", "人才服务经费"]
    assert [values(form)["goal"] for form in read] == ["1.培训\n2.调研"] * 2


def test_a_row_added_under_the_table_is_read_with_it(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    desk.render_forms([made(total=None, funds=[])], "xlsx", path)
    book = openpyxl.load_workbook(path)
    sheet = book["表1"]
    last = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "培训合格率")
    for merged in [each for each in sheet.merged_cells.ranges if each.min_row > last.row]:
        sheet.unmerge_cells(str(merged))  # the line of signatures makes room
    for cell in sheet[last.row + 1]:
        cell.value = None
    for below, above in zip(sheet[last.row + 1], sheet[last.row], strict=True):
        if above.value is not None:
            below.value = {"培训合格率": "学员满意度", "质量指标": "满意度指标"}.get(str(above.value), above.value)
    book.save(path)
    (form,) = desk.read(path).forms
    assert [row.name.text for row in form.indicators] == ["培训期数", "培训合格率", "学员满意度"]
    assert [row.weight.text for row in form.indicators if row.weight] == ["40", "50", "50"]


def test_a_column_added_by_hand_is_read_by_the_general_reader(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    desk.render_forms([made()], "xlsx", path)
    book = openpyxl.load_workbook(path)
    sheet = book["表1"]
    top = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == "三级指标")
    sheet.cell(top, sheet.max_column + 1).value = "备注"
    sheet.cell(top + 1, sheet.max_column).value = "另有说明"
    book.save(path)
    (form,) = desk.read(path).forms
    assert form.kind is Kind.SELF_EVALUATION
    assert [row.name.text for row in form.indicators] == ["培训期数", "培训合格率"]
    assert [row.score.text for row in form.indicators if row.score] == ["40", "50"]


@pytest.mark.parametrize("kind", ["xlsx", "docx", "pdf"])
def test_blank_dash_zero_and_absent_stay_four_facts(kind: str, tmp_path: Path) -> None:
    funds = [
        {"item": "年度资金总额", "annual_budget": "100", "executed": "0", "weight": "10", "rate": "", "score": "—"},
        {"item": "其他资金", "annual_budget": "/", "executed": "", "weight": "—", "rate": "0.00%", "score": "0"},
    ]
    (form,) = again([made(funds=funds)], kind, tmp_path / f"表.{kind}")
    assert values(form)["funds"] == funds
    assert "initial_budget" not in values(form)["funds"][0]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","点")'])
def test_no_text_becomes_a_formula(text: str, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    desk.render_forms([made(project=text)], "xlsx", path)
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    cells = [cell for row in openpyxl.load_workbook(path)["表1"].iter_rows() for cell in row if cell.value == text]
    assert [(cell.data_type, cell.number_format, cell.quotePrefix) for cell in cells] == [("s", "@", True)]


def test_a_text_longer_than_a_cell_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    with pytest.raises(desk.RenderError, match=r"超过 Excel 单元格 32767 字的上限.*请改用 Word 或 PDF"):
        desk.render_forms([made(conclusion="长" * 32_768)], "xlsx", path)
    assert not path.exists()


# --- on paper -----------------------------------------------------------------------------------------------------------
def printed(path: Path) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(path)
    try:
        return [re.sub(r"[\s\u200b]", "", page.get_textpage().get_text_range()) for page in document]
    finally:
        document.close()


MARKUP = '#strong[粗] *粗* _斜_ $x^2$ \\n `code` <label> @ref // 注 #import "x" \\'


def test_markup_is_printed_as_it_was_typed(tmp_path: Path) -> None:
    path = tmp_path / "表.pdf"
    (form,) = again([made(project=MARKUP, title="#set page(width: 1cm)")], "pdf", path)
    assert form.project is not None
    assert re.sub(r"\s", "", form.project.text) == re.sub(r"\s", "", MARKUP)
    assert re.sub(r"\s", "", MARKUP) in printed(path)[0]


def test_long_tables_repeat_their_headings_and_number_their_pages(tmp_path: Path) -> None:
    rows = [{**FORM["indicators"][0], "name": f"指标{number}"} for number in range(80)]
    path = tmp_path / "表.pdf"
    (form,) = again([made(indicators=rows)], "pdf", path)
    pages = printed(path)
    assert len(pages) > 2
    assert all("一级指标" in page and f"—{number}—" in page for number, page in enumerate(pages[:-1], 1))
    assert "金额单位：万元" in pages[0]
    assert "填报单位（盖章）：填报人：填报日期：" in pages[-1]
    assert [row.name.text for row in form.indicators] == [row["name"] for row in rows]
    assert {row.level1.text for row in form.indicators if row.level1} == {"产出指标"}


def test_pages_are_upright_a4_with_embedded_chinese_fonts(tmp_path: Path) -> None:
    path = tmp_path / "表.pdf"
    desk.render_forms([made()], "pdf", path)
    document = pypdfium2.PdfDocument(path)
    assert [round(side) for side in document[0].get_size()] == [595, 842]
    document.close()
    assert b"NotoSerifSC" in path.read_bytes()


def test_without_a_chinese_font_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typeset_pdf, "_folders", lambda: ([], False))
    monkeypatch.setattr(typeset_pdf, "_known", lambda folders, bundled: frozenset({"DejaVu Sans Mono"}))
    path = tmp_path / "表.pdf"
    with pytest.raises(
        desk.RenderError, match=r"没有可用的中文字体.*pip install pylopdf-fonts-zh-cn.*改用 Word 或 Excel"
    ):
        desk.render_forms([made()], "pdf", path)
    assert not path.exists()


def test_a_page_shows_merged_classes_and_escapes_texts(tmp_path: Path) -> None:
    path = tmp_path / "表.html"
    desk.render_forms([made(project="<script>alert(1)</script>")], "html", path)
    page = path.read_text(encoding="utf-8")
    assert "<script" not in page
    assert re.search(r'rowspan="2"[^>]*>产出指标', page)
