"""The library: search, workbook out and in, regulations on a day, own schemes."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from hengjian import desk
from hengjian.web.library import actions
from hengjian.web.library.models import LibraryIndicator, SchemeFile
from hengjian.web.projects import actions as projects
from hengjian.web.projects.models import Project
from hengjian.web.projects.valuing import valued


@pytest.fixture
def shelves(county: dict[str, Any]) -> dict[str, Any]:
    """The county with a stocked library."""
    assert actions.stock() >= 100
    return county


def test_stocking_again_changes_nothing(shelves: dict[str, Any]) -> None:
    """What people changed stays."""
    LibraryIndicator.objects.filter(code="ZZ-001").update(name="改过的")
    assert actions.stock() == 0
    assert LibraryIndicator.objects.get(code="ZZ-001").name == "改过的"


def test_search_as_you_type(shelves: dict[str, Any], signed_in: Callable[[str], Client]) -> None:
    """Only the rows come back; what begins with the word stands first; a rule is read back on the page of an indicator."""
    client = signed_in("jingban")
    rows = client.get("/library/?q=满意", headers={"HX-Request": "true"}).content.decode()
    assert "满意度" in rows
    assert "<html" not in rows
    one = LibraryIndicator.objects.exclude(rule="").exclude(target="").first()
    assert one is not None
    assert "读作" in client.get(f"/library/{one.pk}/").content.decode()
    one = LibraryIndicator.objects.exclude(rule="").filter(target="").first()
    assert one is not None
    shown = client.get(f"/library/{one.pk}/").content.decode()
    assert one.rule in shown
    assert "读作" not in shown, "without a target nobody knows what reaching it means"
    assert client.get("/library/999999/").status_code == 404
    by_code = client.get("/library/", {"q": "ＺＺ－０４９"}, headers={"HX-Request": "true"}).content.decode()
    assert LibraryIndicator.objects.get(code="ZZ-049").name in by_code, "typed with a Chinese input method"
    assert LibraryIndicator.objects.get(code="ZZ-001").name not in by_code
    assert "没有找到" in client.get("/library/?q=不存在的指标").content.decode()


def test_a_workbook_goes_out_and_comes_in_changed(shelves: dict[str, Any], signed_in: Callable[[str], Client]) -> None:
    """Unchanged rows are told as unchanged; a changed cell is changed; clerks may look, not change."""
    keeper = signed_in("caizheng")
    content = keeper.get("/library/workbook/").content

    def give(client: Client, data: bytes) -> str:
        file = SimpleUploadedFile("指标.xlsx", data)
        return client.post("/library/take-in/", {"file": file}, follow=True).content.decode()

    assert "新增 0 个，修改 0 个" in give(keeper, content)
    book = load_workbook(io.BytesIO(content))
    assert isinstance(book.active, Worksheet)
    cell = next(c for row in book.active.iter_rows() for c in row if c.value == "年度考核干部人数")
    cell.value = "年度考核干部总人数"
    out = io.BytesIO()
    book.save(out)
    assert "新增 0 个，修改 1 个" in give(keeper, out.getvalue())
    assert LibraryIndicator.objects.filter(name="年度考核干部总人数").exists()
    assert "只有财政审核和管理员" in give(signed_in("jingban"), content)
    assert "没有导入" in give(keeper, b"not a workbook")


def test_regulations_on_a_day(shelves: dict[str, Any], signed_in: Callable[[str], Client]) -> None:
    """Each is valid, invalid or not known to be on that day."""
    page = signed_in("jingban").get("/library/regulations/?on=2022-05-01").content.decode()
    assert "财预〔2020〕10号" in page
    assert "有效" in page


def test_an_own_scheme_is_checked_before_it_is_kept(
    shelves: dict[str, Any], signed_in: Callable[[str], Client]
) -> None:
    """What is wrong is told; a good one is kept and can be used."""
    from importlib.resources import files

    keeper = signed_in("caizheng")
    wrong = keeper.post("/library/schemes/", {"name": "bendi", "text": "title = 1"}).content.decode()
    assert "方案不能用" in wrong
    text = files("hengjian.schemes").joinpath("national-2020.toml").read_text(encoding="utf-8")
    assert "自带方案" in keeper.post("/library/schemes/", {"name": "national-2020", "text": text}).content.decode()
    keeper.post("/library/schemes/", {"name": "bendi", "text": text})
    assert desk.load_scheme(str(SchemeFile.objects.get(name="bendi").path)).title
    assert signed_in("jingban").get("/library/schemes/bendi/").status_code == 200
    assert signed_in("jingban").get("/library/schemes/absent/").status_code == 404


def test_a_sheet_is_scored_by_the_scheme_that_is_chosen(
    shelves: dict[str, Any], project: Project, signed_in: Callable[[str], Client]
) -> None:
    """Clerk and finance may choose while the sheet is open, an own scheme, too; what is chosen is what assesses it."""
    from importlib.resources import files

    text = files("hengjian.schemes").joinpath("national-2020.toml").read_text(encoding="utf-8")
    actions.keep_scheme(name="bendi", text=text, by=shelves["caizheng"])
    sheet = project.sheets.get()
    address = f"/sheets/{sheet.pk}/scheme/"
    assert "评分方案已改" in signed_in("jingban").post(address, {"scheme": "bendi"}, follow=True).content.decode()
    sheet.refresh_from_db()
    assert sheet.scheme == "bendi"
    assert valued(sheet).assessment["scheme"]["title"] == SchemeFile.objects.get().title
    assert "没有这个评分方案" in signed_in("caizheng").post(address, {"scheme": "x"}, follow=True).content.decode()
    assert "没有选择评分方案的权限" in signed_in("lingdao").post(address, {"scheme": ""}, follow=True).content.decode()
    projects.move_sheet(sheet, "submit", by=shelves["jingban"], expected=sheet.revision)
    assert "不能改评分方案" in signed_in("jingban").post(address, {"scheme": ""}, follow=True).content.decode()
