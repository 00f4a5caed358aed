"""Files behind the values of a sheet: taken by content, listed, saved, removed with a trace."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hengjian.web.evidence.models import Attachment
from hengjian.web.journal.models import Event
from hengjian.web.projects import actions
from hengjian.web.projects.models import Project, Sheet

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    """Files of the tests lie apart."""
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def sheet(project: Project) -> Sheet:
    """An open sheet with indicators row0 … row4."""
    return project.sheets.get()


def attach(client: Client, sheet: Sheet, *uploads: tuple[str, bytes], row: str = "row0", field: str = "actual") -> str:
    """Add files through the page; the text of the page that answers."""
    made = [SimpleUploadedFile(name, data) for name, data in uploads]
    answer = client.post(
        f"/evidence/sheets/{sheet.pk}/files/", {"row": row, "field": field, "files": made}, follow=True
    )
    return answer.content.decode()


def test_several_files_stand_behind_one_value(sheet: Sheet, signed_in: Callable[[str], Client]) -> None:
    """They are listed with who brought them; the other values have none; the record names them."""
    html = attach(signed_in("jingban"), sheet, ("签到表.pdf", PDF), ("照片.png", PNG))
    assert "收到 2 份佐证材料。" in html
    assert "培训班期数 · 实际完成值" in html
    assert "签到表.pdf" in html
    assert "经办一" in html
    assert list(sheet.attachments.kept().values_list("row", "field")) == [("row0", "actual")] * 2
    told = [json.loads(event.data)["name"] for event in Event.objects.filter(stream=sheet.stream, what="attached")]
    assert told == ["签到表.pdf", "照片.png"]


def test_a_file_is_saved_never_shown(sheet: Sheet, signed_in: Callable[[str], Client]) -> None:
    """Plain bytes as an attachment, whatever it is; its name survives."""
    attach(signed_in("jingban"), sheet, ("签到 表“一”.pdf", PDF))
    one = Attachment.objects.get()
    answer = signed_in("caizheng").get(f"/evidence/files/{one.pk}/")
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E7%AD%BE%E5%88%B0")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def _zip(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name in names:
            package.writestr(name, b"x")
    return out.getvalue()


BAD = (
    ("图.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "文件名里有 .svg"),
    ("图.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "网页、SVG 或脚本"),
    ("图.png", b"\xef\xbb\xbf  <?xml version='1.0'?><svg/>", "网页、SVG 或脚本"),
    ("说明.txt", b"<html><script>alert(1)</script></html>", "网页、SVG 或脚本"),
    ("说明.html", b"<!DOCTYPE html><html></html>", "网页、SVG 或脚本"),
    ("脚本.txt", b"#!/bin/sh\nid\n", "网页、SVG 或脚本"),
    ("程序.pdf", b"MZ\x90\0\3\0\0\0" + b"\0" * 100, "不收的格式"),
    ("证明.pdf.bat", PDF, "文件名里有 .bat"),
    ("包.rar", b"Rar!\x1a\x07\x00" + b"\0" * 90, "不收的格式"),
    ("空.pdf", b"", "空文件"),
)


@pytest.mark.parametrize(("name", "data", "words"), BAD, ids=[f"{n}{w}" for n, _, w in BAD])
def test_what_could_run_is_refused(
    sheet: Sheet, signed_in: Callable[[str], Client], name: str, data: bytes, words: str
) -> None:
    """Pages, drawings with scripts, programs and unknown packages: by content, whatever the name; the others go on."""
    html = attach(signed_in("jingban"), sheet, (name, data), ("好.pdf", PDF))
    assert words in html
    assert [one.name for one in Attachment.objects.all()] == ["好.pdf"]


def test_packages_are_taken_to_be_saved(sheet: Sheet, signed_in: Callable[[str], Client]) -> None:
    """Zip, OFD and texts with tables are evidence people have."""
    attach(
        signed_in("jingban"),
        sheet,
        ("照片.zip", _zip("a.jpg")),
        ("批复.ofd", _zip("OFD.xml")),
        ("名单.csv", b"a,b\n1,2\n"),
    )
    assert sorted(Attachment.objects.values_list("kind", flat=True)) == ["ofd", "txt", "zip"]


def test_a_file_is_removed_with_a_trace(sheet: Sheet, signed_in: Callable[[str], Client]) -> None:
    """It leaves the value, stays in the record, and can still be read there; removed twice it is told."""
    client = signed_in("jingban")
    attach(client, sheet, ("签到表.pdf", PDF))
    one = Attachment.objects.get()
    html = client.post(f"/evidence/files/{one.pk}/remove/", headers={"HX-Request": "true"}).content.decode()
    assert "还没有佐证材料" in html
    assert "<html" not in html
    assert (
        "已经移除" in client.post(f"/evidence/files/{one.pk}/remove/", headers={"HX-Request": "true"}).content.decode()
    )
    assert client.get(f"/evidence/files/{one.pk}/").status_code == 200
    assert "已移除 1 份" in client.get(f"/evidence/sheets/{sheet.pk}/").content.decode()
    assert Event.objects.filter(stream=sheet.stream, what="removed").count() == 1
    assert "收到 1 份" in attach(client, sheet, ("签到表.pdf", PDF)), "it may be brought again"


def test_a_submitted_sheet_keeps_its_files(
    sheet: Sheet, county: dict[str, Any], signed_in: Callable[[str], Client]
) -> None:
    """Nothing is added or removed while others review it."""
    client = signed_in("jingban")
    attach(client, sheet, ("签到表.pdf", PDF))
    actions.move_sheet(sheet, "submit", by=county["jingban"], expected=sheet.revision)
    assert "现在是“单位审核”，不能增减佐证材料" in attach(client, sheet, ("另一份.pdf", PDF + b"2"))
    one = Attachment.objects.get()
    answer = client.post(f"/evidence/files/{one.pk}/remove/", headers={"HX-Request": "true"})
    assert "不能增减佐证材料" in answer.content.decode()
    assert Attachment.objects.kept().count() == 1


def test_the_list_names_what_has_none(
    sheet: Sheet, signed_in: Callable[[str], Client], django_assert_max_num_queries: Any
) -> None:
    """Every indicator with its files, and how many have none."""
    client = signed_in("jingban")
    attach(client, sheet, ("签到表.pdf", PDF))
    attach(client, sheet, ("总说明.pdf", PDF + b"3"), row="", field="")
    with django_assert_max_num_queries(12):
        html = client.get(f"/evidence/sheets/{sheet.pk}/").content.decode()
    assert "5 个指标中 4 个没有佐证" in html
    assert "总说明.pdf" in html
    assert "学员满意度" in html


def test_files_of_others_do_not_exist(sheet: Sheet, signed_in: Callable[[str], Client]) -> None:
    """Another unit's clerk gets the 404 of absent things; a reviewer reads and may not change."""
    attach(signed_in("jingban"), sheet, ("签到表.pdf", PDF))
    pk = Attachment.objects.get().pk
    stranger, reviewer = signed_in("jingban2"), signed_in("danwei")
    for address in (f"/evidence/files/{pk}/", f"/evidence/sheets/{sheet.pk}/", f"/evidence/sheets/{sheet.pk}/files/"):
        assert stranger.get(address).status_code == 404
        assert reviewer.get(address).status_code == 200
        assert Client().get(address).status_code == 302
    for address in (f"/evidence/files/{pk}/remove/", f"/evidence/sheets/{sheet.pk}/files/"):
        assert stranger.post(address).status_code == 404
        assert reviewer.post(address).status_code == 404
    assert "添加文件" not in reviewer.get(f"/evidence/sheets/{sheet.pk}/files/?row=row0&field=actual").content.decode()


def test_a_name_cannot_carry_a_script(sheet: Sheet, signed_in: Callable[[str], Client]) -> None:
    """What is in a file name is text wherever it is shown."""
    client = signed_in("jingban")
    html = attach(client, sheet, ("<img src=x onerror=alert(1)>.pdf", PDF))
    for text in (html, client.get(f"/evidence/sheets/{sheet.pk}/").content.decode()):
        assert "<img src=x" not in text
        assert "&lt;img src=x" in text


def test_the_same_file_stands_once_behind_a_value(sheet: Sheet, signed_in: Callable[[str], Client]) -> None:
    """Behind another value it may stand again; behind a row that is gone it may not."""
    client = signed_in("jingban")
    attach(client, sheet, ("签到表.pdf", PDF))
    assert "已经在这里了" in attach(client, sheet, ("改名.pdf", PDF))
    assert "收到 1 份" in attach(client, sheet, ("签到表.pdf", PDF), row="row1")
    assert "这一行已被删除" in attach(client, sheet, ("签到表.pdf", PDF), row="nothere")


def test_too_big_is_told(sheet: Sheet, signed_in: Callable[[str], Client], settings: Any) -> None:
    """It is cut off while it streams."""
    settings.UPLOAD_LIMIT = 2_000_000
    html = attach(signed_in("jingban"), sheet, ("大.pdf", PDF + b"0" * 2_100_000))
    assert "“大.pdf”超过 1 MB 的上限" in html
    assert not Attachment.objects.exists()
