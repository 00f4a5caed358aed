"""The pages of the way through review, as each person sees them."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hengjian import desk
from hengjian.web.journal.models import Event
from hengjian.web.people.actions import give_post
from hengjian.web.projects import actions, reviewing
from hengjian.web.projects.models import Project, Sheet, State
from hengjian.web.projects.valuing import valued


def submitted(county: dict[str, Any], project: Project) -> Sheet:
    """The project's declaration, submitted by its clerk."""
    sheet = project.sheets.get()
    actions.move_sheet(sheet, "submit", by=county["jingban"], expected=sheet.revision)
    return project.sheets.get()


def test_a_reviewer_returns_with_a_remark_on_a_cell_and_the_clerk_sees_it(
    county: dict[str, Any], project: Project, signed_in: Callable[[str], Client], django_assert_max_num_queries: Any
) -> None:
    """The remark stands in the clerk's work table; the second version shows what was changed."""
    sheet = submitted(county, project)
    reviewer, clerk = signed_in("danwei"), signed_in("jingban")
    with django_assert_max_num_queries(20):
        page = reviewer.get(f"/sheets/{sheet.pk}/review/").content.decode()
    assert "这是第一版" in page
    assert "≥95%" in page
    data = {"step": "return", "expected": "1", "remark:row0:target": "期数与上年不符，请核实"}
    answer = reviewer.post(f"/sheets/{sheet.pk}/step/", data, follow=True)
    assert "已退回" in answer.content.decode()
    with django_assert_max_num_queries(20):
        home = clerk.get("/").content.decode()
    assert "退回给我的" in home
    assert "期数与上年不符" in home
    (told,) = clerk.get(f"/sheets/{sheet.pk}/live").json()["remarks"]
    assert told["at"] == timezone.localtime(sheet.remarks.get().at).isoformat(timespec="minutes"), (
        "the clock of the office"
    )
    sheet.refresh_from_db()
    change = [{"id": "c1", "row": "row0", "field": "target", "from": "≥12期", "to": "≥13期"}]
    actions.change_cells(sheet, change, base=sheet.revision, by=county["jingban"])
    sheet.refresh_from_db()
    answer = clerk.post(f"/sheets/{sheet.pk}/step/", {"step": "submit", "expected": sheet.revision}, follow=True)
    assert "现在是“单位审核”" in answer.content.decode()
    page = reviewer.get(f"/sheets/{sheet.pk}/review/").content.decode()
    assert "<del>≥12期</del>" in page
    assert "<ins>≥13期</ins>" in page
    assert "已重新送审" in page
    compared = reviewer.get(f"/sheets/{sheet.pk}/compare/?a=1&b=2").content.decode()
    assert "<ins>≥13期</ins>" in compared


def test_returning_needs_a_word(county: dict[str, Any], project: Project, signed_in: Callable[[str], Client]) -> None:
    """Without any remark a sheet is not returned."""
    sheet = submitted(county, project)
    answer = signed_in("danwei").post(f"/sheets/{sheet.pk}/step/", {"step": "return", "expected": "1"}, follow=True)
    assert "退回须写明意见" in answer.content.decode()
    assert project.sheets.get().state == State.AT_UNIT


def test_the_queue_passes_what_can_be_passed_and_tells_of_the_rest(
    county: dict[str, Any], project: Project, signed_in: Callable[[str], Client]
) -> None:
    """A stale version in the same request is refused by itself."""
    sheet = submitted(county, project)
    reviewer = signed_in("danwei")
    assert "云川县干部教育培训" in reviewer.get("/queue/").content.decode()
    answer = reviewer.post("/queue/step/", {"step": "pass", "sheet": [f"{sheet.pk}:7"]}, follow=True)
    assert "之后又有改动" in answer.content.decode()
    marks = [f["mark"] for f in sheet.versions.get().data["assessment"]["findings"] if f["level"] != "I"]
    if marks:
        answer = reviewer.post("/queue/step/", {"step": "pass", "sheet": [f"{sheet.pk}:1"]}, follow=True)
        assert "没有处理" in answer.content.decode()
        data = {"mark": marks, "verdict": "waived"}
        assert "须写明理由" in reviewer.post(f"/sheets/{sheet.pk}/decide/", data, follow=True).content.decode()
        reviewer.post(f"/sheets/{sheet.pk}/decide/", {**data, "reason": "已核对原件"})
    answer = reviewer.post("/queue/step/", {"step": "pass", "sheet": [f"{sheet.pk}:1"]}, follow=True)
    assert "已通过 1 张表" in answer.content.decode()
    assert project.sheets.get().state == State.AT_DEPARTMENT
    assert Event.objects.filter(stream=sheet.stream, what="pass", by=county["danwei"]).exists()


def test_a_stranger_finds_nothing(county: dict[str, Any], project: Project, signed_in: Callable[[str], Client]) -> None:
    """A reviewer of another unit gets the same answer as for a sheet that does not exist."""
    sheet = submitted(county, project)
    outsider = signed_in("danwei2")
    for address in (f"/sheets/{sheet.pk}/review/", f"/sheets/{sheet.pk}/versions/1/", f"/projects/{project.pk}/"):
        forbidden, absent = outsider.get(address), outsider.get(address.replace(str(sheet.pk), "999999"))
        assert forbidden.status_code == absent.status_code == 404
    assert outsider.post(f"/sheets/{sheet.pk}/step/", {"step": "pass", "expected": "1"}).status_code == 404
    assert "云川县干部教育培训" not in outsider.get("/projects/").content.decode()


def test_deadlines_and_who_has_not_submitted(
    county: dict[str, Any], project: Project, signed_in: Callable[[str], Client]
) -> None:
    """Finance sets a deadline; the unit that has not submitted is listed; a clerk may look but not set."""
    body = county["990100"]
    data = {"body": body.pk, "year": "2027", "stage": "declaration", "due": "2999-01-31", "warn_days": "5"}
    answer = signed_in("caizheng").post("/calendar/set/", data, follow=True).content.decode()
    assert "截止日期已保存" in answer
    assert "云川县干部教育培训" in answer
    assert signed_in("jingban").post("/calendar/set/", data).status_code == 404
    assert "2999-01-31" in signed_in("jingban").get("/calendar/").content.decode()
    wrong = signed_in("caizheng").post("/calendar/set/", {**data, "due": "31.1."}, follow=True).content.decode()
    assert "2027-03-31 这样的日期" in wrong


def test_search_and_next_page(county: dict[str, Any], signed_in: Callable[[str], Client]) -> None:
    """Fifty to a page; the link leads on from where the page ended; a search finds by name and code."""
    for number in range(60):
        actions.create_project(
            body=county["990100-101001"], year=2027, name=f"项目{number:02d}号", code=f"K{number}", by=county["jingban"]
        )
    client = signed_in("jingban")
    page = client.get("/projects/").content.decode()
    assert page.count("/projects/") > 50
    assert "项目05号" not in page
    address = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get("/projects/" + address).content.decode()
    assert "项目05号" in second
    assert "项目59号" not in second
    assert "项目07号" in client.get("/projects/?q=07").content.decode()
    rows = client.get("/projects/?q=K33", headers={"HX-Request": "true"}).content.decode()
    assert "项目33号" in rows
    assert "<html" not in rows


def test_official_forms_go_out_and_come_back_without_loss(
    county: dict[str, Any], project: Project, signed_in: Callable[[str], Client], tmp_path: Path
) -> None:
    """What xlsx and docx give back to the reader is what the sheet holds; pdf and csv are there; others find nothing."""
    sheet = project.sheets.get()
    client = signed_in("jingban")
    held = valued(sheet).form
    for kind in ("xlsx", "docx"):
        answer = client.get(f"/sheets/{sheet.pk}/file.{kind}")
        path = tmp_path / f"form.{kind}"
        path.write_bytes(answer.content)
        back = desk.document_json(desk.read(path))["forms"][0]
        assert {name: back.get(name) for name in held if name not in ("title", "indicators")} == {
            name: value for name, value in held.items() if name not in ("title", "indicators")
        }
        rows = [
            {name: row.get(name) for name in given}
            for row, given in zip(back["indicators"], held["indicators"], strict=True)
        ]
        assert rows == held["indicators"]
    assert client.get(f"/sheets/{sheet.pk}/file.pdf").content.startswith(b"%PDF")
    assert "培训班期数" in client.get(f"/sheets/{sheet.pk}/file.csv").content.decode("utf-8-sig")
    assert client.get(f"/sheets/{sheet.pk}/file.exe").status_code == 404
    assert signed_in("jingban2").get(f"/sheets/{sheet.pk}/file.xlsx").status_code == 404


def test_a_double_click_of_one_with_two_posts_passes_once(
    county: dict[str, Any], project: Project, signed_in: Callable[[str], Client]
) -> None:
    """Who reviews for the unit and for the department takes the step the page showed, not the next one too."""
    give_post(county["danwei"], role="department", body=county["990100-101"], by=None)
    sheet = project.sheets.get()
    actions.move_sheet(sheet, "submit", by=county["jingban"], expected=sheet.revision)
    reviewer = signed_in("danwei")
    sheet.refresh_from_db()
    content = sheet.versions.get().data
    if marks := [one["mark"] for one in content["assessment"]["findings"] if one["level"] != "I"]:
        actions.decide_findings(sheet, marks, "waived", reason="已核实", by=county["danwei"])
    page = reviewer.get(f"/sheets/{sheet.pk}/review/").content.decode()
    assert '<input type="hidden" name="seen" value="at_unit">' in page
    asked = {"step": "pass", "expected": "1", "seen": "at_unit"}
    reviewer.post(f"/sheets/{sheet.pk}/step/", asked)
    again = reviewer.post(f"/sheets/{sheet.pk}/step/", asked, follow=True).content.decode()
    assert "现在是“主管部门审核”，不能通过；请刷新页面查看最新状态" in again
    answer = reviewer.post("/queue/step/", {"step": "pass", "sheet": [f"{sheet.pk}:1:at_unit"]}, follow=True)
    assert "请刷新页面查看最新状态" in answer.content.decode()
    sheet.refresh_from_db()
    assert sheet.state == "at_department"


def test_of_very_many_bodies_the_regions_are_to_choose(
    signed_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody looks through a thousand departments; a department still chooses itself."""
    finance = signed_in("caizheng")
    all_of_them = re.findall(r'<option value="\d+">', finance.get("/calendar/").content.decode())
    monkeypatch.setattr(reviewing, "CHOICES", len(all_of_them))
    assert re.findall(r'<option value="\d+">', finance.get("/calendar/").content.decode()) == all_of_them
    monkeypatch.setattr(reviewing, "CHOICES", len(all_of_them) - 1)
    assert len(re.findall(r'<option value="\d+">', finance.get("/calendar/").content.decode())) == 1
    assert len(re.findall(r'<option value="\d+">', signed_in("zhuguan").get("/calendar/").content.decode())) == 1


def test_the_nearest_deadline_holds_on_the_work_table(
    county: dict[str, Any], signed_in: Callable[[str], Client]
) -> None:
    """A clerk sees the date of their own department, not the county's; others under the county see the county's."""
    today = timezone.localdate()
    for code, who, days in (("990100", "caizheng", 12), ("990100-101", "zhuguan", 5)):
        due = str(today + timedelta(days=days))
        told = {"body": county[code], "year": "2027", "stage": "declaration", "due": due, "warn_days": "7"}
        actions.set_deadline(**told, by=county[who])
    clerk, other, finance = (signed_in(who).get("/").content.decode() for who in ("jingban", "jingban3", "caizheng"))
    assert "还有 5 天" in clerk
    assert "还有 12 天" not in clerk
    assert "还有 12 天" in other
    assert "还有 5 天" not in other
    assert "还有 5 天" in finance
    assert "还有 12 天" in finance


def test_what_is_overdue_comes_first_with_its_days(
    county: dict[str, Any], signed_in: Callable[[str], Client], project: Project, django_assert_max_num_queries: Any
) -> None:
    """As long as a sheet is owed: for the clerk at the sheet, for the department with how many; others are not bothered."""
    today = timezone.localdate()
    for stage, days in (("declaration", -12), ("self_evaluation", 9), ("monitoring", -30)):
        due = str(today + timedelta(days=days))
        told = {"body": county["990100"], "year": "2027", "stage": stage, "due": due, "warn_days": "7"}
        actions.set_deadline(**told, by=county["caizheng"])
    browser = signed_in("jingban")
    with django_assert_max_num_queries(14):
        clerk = browser.get("/").content.decode()
    assert clerk.index("逾期 12 天") < clerk.index("还有 9 天")
    assert clerk.count("逾期 12 天") == 2, "in the list of deadlines, and at the sheet"
    assert "逾期 30 天" not in clerk, "nobody owes a monitoring form"
    assert "1 张表未报送" in signed_in("zhuguan").get("/").content.decode()
    assert "逾期 12 天" not in signed_in("jingban3").get("/").content.decode()
    sheet = project.sheets.get()
    actions.move_sheet(sheet, "submit", by=county["jingban"], expected=sheet.revision)
    assert "逾期 12 天" not in signed_in("jingban").get("/").content.decode()


def test_a_nearer_deadline_gives_more_time(
    county: dict[str, Any], signed_in: Callable[[str], Client], project: Project
) -> None:
    """Where the department has set a later day, its units are not overdue."""
    today = timezone.localdate()
    for code, who, days in (("990100", "caizheng", -12), ("990100-101", "zhuguan", 3)):
        due = str(today + timedelta(days=days))
        told = {"body": county[code], "year": "2027", "stage": "declaration", "due": due, "warn_days": "7"}
        actions.set_deadline(**told, by=county[who])
    for who in ("jingban", "caizheng"):
        page = signed_in(who).get("/").content.decode()
        assert "逾期 12 天" not in page
        assert "还有 3 天" in page
