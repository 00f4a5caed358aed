"""From an approved form to a page that anyone can read, download and verify."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from test_workflow import walk

from hengjian import desk
from hengjian.web.projects import actions
from hengjian.web.projects.models import Project, Stage
from hengjian.web.public.models import Publication


def evaluated(county: dict[str, Any], project: Project) -> None:
    """The project with an approved declaration and an approved self-evaluation."""
    walk(county, project)
    sheet = actions.begin_stage(project, Stage.SELF_EVALUATION, by=county["jingban"])
    fund = sheet.rows.get(part="funds").key
    given = [("row0", "actual", "12期"), ("row1", "actual", "100%"), ("row2", "actual", "93%")]
    given += [("row2", "deviation", "两名学员因病未能结业，已安排下期补训。")]
    given += [
        ("row3", "actual", "明显提升"),
        ("row4", "actual", "92%"),
        (fund, "executed", "120"),
        (fund, "rate", "100%"),
    ]
    changes = [{"id": f"e{n}", "row": row, "field": name, "to": to} for n, (row, name, to) in enumerate(given)]
    actions.change_cells(sheet, changes, base=0, by=county["jingban"])
    sheet.refresh_from_db()
    actions.move_sheet(sheet, "submit", by=county["jingban"], expected=sheet.revision)
    for who in ("danwei", "zhuguan", "caizheng"):
        sheet.refresh_from_db()
        findings = sheet.versions.latest("number").data["assessment"]["findings"]
        if marks := [finding["mark"] for finding in findings if finding["level"] != "I"]:
            actions.decide_findings(sheet, marks, "waived", reason="已核实", by=county[who])
        actions.move_sheet(sheet, "pass", by=county[who], expected=sheet.version)


def test_anyone_reads_and_verifies_what_was_published(
    county: dict[str, Any],
    project: Project,
    signed_in: Callable[[str], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Plain words, the table, every download; the digest is the SHA-256 of the downloaded JSON."""
    evaluated(county, project)
    unit = signed_in("danwei")
    assert "这笔钱" not in unit.get(f"/public/projects/{project.pk}/disclose/").content.decode()
    data = {"do": "publish", "stage": ["declaration", "self_evaluation"], "withhold": "column:deviation"}
    refused = unit.post(f"/public/projects/{project.pk}/disclose/", data).content.decode()
    assert "须写明理由：偏差原因分析" in refused
    data["reason:column:deviation"] = "涉及个人健康"
    page = unit.post(f"/public/projects/{project.pk}/disclose/", data, follow=True)
    assert "已公开" in page.content.decode()
    publication = Publication.objects.get()
    anyone = Client()
    shown = anyone.get(f"/public/{publication.address}/").content.decode()
    assert "实际支出 120.00 万元，占 100.0%" in shown
    assert "4 项得满分，1 项没有得满分" in shown
    assert "预算执行率" in shown
    assert "120 ÷ 120 × 10 = 10.00" in shown, "the scores in the table add up to the total below it"
    assert re.search(r"合计</td>.*?>100<.*?>98.00<", shown, re.DOTALL)
    assert "涉及个人健康" in shown
    assert "因病" not in shown
    assert publication.digest in shown
    assert "<svg" in shown
    monkeypatch.setattr(desk, "curves", lambda form: pytest.fail("drawn again, though nothing has changed"))
    assert anyone.get(f"/public/{publication.address}/").content.decode().count("<svg") == shown.count("<svg")
    for kind in ("xlsx", "docx", "csv", "json"):
        answer = anyone.get(f"/public/{publication.address}/1/file.{kind}")
        assert answer.status_code == 200, kind
        assert "因病".encode() not in answer.content
        assert "attachment" in answer["Content-Disposition"]
    content = anyone.get(f"/public/{publication.address}/1/file.json").content
    assert hashlib.sha256(content).hexdigest() == publication.digest
    assert json.loads(content)["sheets"][1]["form"]["indicators"][2]["score"] == "18.00"
    unit_name = project.body.name
    for words in ("干部教育", f"培训 {unit_name[-4:]}", f"{unit_name} 训 干部", ""):
        assert "云川县干部教育培训" in anyone.get("/public/", {"q": words}).content.decode(), words
    for words in ("干部 水利", "育干", f"{unit_name[::-1]} 培训"):
        assert "云川县干部教育培训" not in anyone.get("/public/", {"q": words}).content.decode(), words
    with pytest.raises(DatabaseError), transaction.atomic():
        Publication.objects.update(content="{}")


def test_what_is_taken_back_says_so(
    county: dict[str, Any], project: Project, signed_in: Callable[[str], Client]
) -> None:
    """The page tells the reason; its files are gone; the list has it no more."""
    walk(county, project)
    unit = signed_in("danwei")
    unit.post(f"/public/projects/{project.pk}/disclose/", {"do": "publish", "stage": "declaration"})
    publication = Publication.objects.get()
    address = f"/public/projects/{project.pk}/1/withdraw/"
    assert signed_in("danwei2").post(address, {"reason": "x"}).status_code == 404
    assert "须写明原因" in unit.post(address, {"reason": " "}, follow=True).content.decode()
    unit.post(address, {"reason": "预算金额有误，更正后重新公开"})
    answer = Client().get(f"/public/{publication.address}/")
    assert answer.status_code == 410
    assert "更正后重新公开" in answer.content.decode()
    assert Client().get(f"/public/{publication.address}/1/file.json").status_code == 404
    assert "云川县干部教育培训" not in Client().get("/public/").content.decode()


def test_personal_data_is_not_published(
    county: dict[str, Any], project: Project, signed_in: Callable[[str], Client]
) -> None:
    """A telephone number in a remark stops the disclosure until it is withheld or cleared with a reason."""
    sheet = project.sheets.get()
    change = [{"id": "p", "row": "row0", "field": "remark", "to": "联系电话 13912345678"}]
    actions.change_cells(sheet, change, base=sheet.revision, by=county["jingban"])
    walk(county, project)
    unit = signed_in("danwei")
    address = f"/public/projects/{project.pk}/disclose/"
    page = unit.post(address, {"do": "publish", "stage": "declaration"}).content.decode()
    assert "疑似个人信息，不能公开" in page
    assert not Publication.objects.exists()
    data = {"do": "publish", "stage": "declaration", "withhold": "column:remark", "reason:column:remark": "含联系方式"}
    unit.post(address, data)
    assert "13912345678" not in Publication.objects.get().content


def test_formulas_in_texts_stay_texts(
    county: dict[str, Any], project: Project, signed_in: Callable[[str], Client]
) -> None:
    """What somebody typed is no formula in a csv or a workbook, and no markup on the page."""
    sheet = project.sheets.get()
    evil = '=HYPERLINK("http://x","<script>alert(1)</script>")'
    change = [{"id": "p", "row": "row0", "field": "remark", "to": evil}]
    actions.change_cells(sheet, change, base=sheet.revision, by=county["jingban"])
    walk(county, project)
    signed_in("danwei").post(f"/public/projects/{project.pk}/disclose/", {"do": "publish", "stage": "declaration"})
    publication = Publication.objects.get()
    assert "<script>alert" not in Client().get(f"/public/{publication.address}/").content.decode()
    csv = Client().get(f"/public/{publication.address}/1/file.csv").content.decode("utf-8-sig")
    assert "\"'=HYPERLINK" in csv
    import io

    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(Client().get(f"/public/{publication.address}/1/file.xlsx").content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if "HYPERLINK" in str(cell.value)]
    assert cells
    assert all(cell.data_type == "s" for cell in cells)
