"""Filling in a sheet through its addresses: saving, what is refused, live answers, pages without script."""

import json
from collections.abc import Callable
from time import perf_counter
from typing import Any

import pytest
from django.test import Client
from test_workflow import walk

from hengjian.web.journal.models import Event
from hengjian.web.library.models import LibraryIndicator
from hengjian.web.people.models import User
from hengjian.web.projects import actions
from hengjian.web.projects.freezing import content_of
from hengjian.web.projects.models import Operation, Project, Sheet, Stage
from hengjian.web.projects.valuing import valued

SignedIn = Callable[[str], Client]


def post(client: Client, sheet: Sheet, body: Any, what: str = "cells") -> Any:
    """Send JSON (or a text that is none) to an address of a sheet."""
    sent = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(f"/sheets/{sheet.pk}/{what}", sent, content_type="application/json")


def setting(number: str, row: str, field: str, before: str, to: Any) -> dict[str, Any]:
    """A change of a cell."""
    return {"id": number, "do": "set", "row": row, "field": field, "from": before, "to": to}


def save(client: Client, sheet: Sheet, *changes: dict[str, Any], base: int = 0) -> Any:
    """Send changes and give the answer as data."""
    return post(client, sheet, {"base": base, "changes": list(changes)})


@pytest.fixture
def sheet(project: Project) -> Sheet:
    """An open declaration with five indicators ``row0`` to ``row4``."""
    return project.sheets.get()


# --- saving -----------------------------------------------------------------------------------------------------------


def test_a_cell_is_saved_once_however_often_it_is_sent(signed_in: SignedIn, sheet: Sheet) -> None:
    """The same number a second time changes nothing and is answered for; the record has the change once."""
    change = setting("u1", "row0", "target", "≥12期", "≥14期")
    clerk = signed_in("jingban")
    first = save(clerk, sheet, change).json()
    again = save(clerk, sheet, change, base=first["revision"]).json()
    assert (first["applied"], again["applied"]) == (["u1"], ["u1"])
    assert again["revision"] == first["revision"]
    assert sheet.rows.get(key="row0").cells["target"] == "≥14期"
    event = Event.objects.of(sheet.stream).first()
    assert event is not None
    told = json.loads(event.data)["changes"]
    assert told == [{"do": "set", "row": "row0", "field": "target", "from": "≥12期", "to": "≥14期"}]
    assert event.by_name == "经办一"


def test_a_conflict_overwrites_nothing_and_names_the_other(signed_in: SignedIn, sheet: Sheet) -> None:
    """The second window is told what stands there, who wrote it and when; its other changes go through."""
    clerk = signed_in("jingban")
    save(clerk, sheet, setting("a", "row0", "target", "≥12期", "≥14期"))
    mine = [setting("b", "row0", "target", "≥12期", "≥16期"), setting("c", "row1", "weight", "10", "15")]
    told = save(clerk, sheet, *mine, base=sheet.revision).json()
    assert told["applied"] == ["c"]
    (conflict,) = told["conflicts"]
    assert (conflict["mine"], conflict["theirs"], conflict["by"]) == ("≥16期", "≥14期", "经办一")
    assert conflict["at"]
    assert {"row": "row0", "field": "target", "now": "≥14期"} in told["others"]


def test_a_save_at_the_last_revision_reads_and_writes_little(
    signed_in: SignedIn, sheet: Sheet, django_assert_max_num_queries: Any
) -> None:
    """However many rows the form has; and it meets conflicts and rows that are gone as any other."""
    clerk = signed_in("jingban")
    with django_assert_max_num_queries(15):
        told = save(clerk, sheet, setting("a", "row0", "target", "≥12期", "≥14期"), base=sheet.revision).json()
    assert (told["applied"], told["others"]) == (["a"], [])
    mine = [
        setting("b", "row0", "target", "≥12期", "≥16期"),
        setting("c", "nowhere", "target", "", "x"),
        setting("d", "row1", "weight", "10", "15"),
        setting("e", "row1", "rule", "得分=按期完成率×分值", "按期完成得满分"),
    ]
    told = save(clerk, sheet, *mine, base=told["revision"]).json()
    assert told["applied"] == ["d", "e"]
    assert [(one["id"], one.get("gone", False)) for one in told["conflicts"]] == [("b", False), ("c", True)]
    cells = {row.key: row.cells for row in sheet.rows.all()}
    assert cells["row0"]["target"] == "≥14期"
    assert (cells["row1"]["weight"], cells["row1"]["rule"]) == ("15", "按期完成得满分")
    assert len(cells) == 7, "the other rows are as they were"


def test_rows_of_others_come_whole_and_in_their_places(signed_in: SignedIn, sheet: Sheet) -> None:
    """Added, moved and removed rows are told so that a page can put them where they stand."""
    clerk = signed_in("jingban")
    add = {"id": "1", "do": "add", "row": "new1", "part": "indicators", "after": "row1", "cells": {"name": "新指标"}}
    move = {"id": "2", "do": "move", "row": "row4", "after": "^"}
    save(clerk, sheet, add, move, {"id": "3", "do": "remove", "row": "row3"})
    told = clerk.get(f"/sheets/{sheet.pk}/live?revision={sheet.revision}").json()
    whole = {one["row"]: one["whole"] for one in told["others"]}
    assert whole["row3"] is None
    assert (whole["new1"]["after"], whole["new1"]["cells"]["name"]) == ("row1", "新指标")
    assert whole["row4"]["after"] == "^"
    order = list(sheet.rows.filter(part="indicators").values_list("key", flat=True))
    assert order == ["row4", "row0", "row1", "new1", "row2"]


def test_a_row_someone_changed_is_not_removed_unseen(signed_in: SignedIn, sheet: Sheet) -> None:
    """Removing what looked different is a conflict."""
    clerk = signed_in("jingban")
    seen = dict(sheet.rows.get(key="row2").cells)
    save(clerk, sheet, setting("a", "row2", "target", "≥95%", "≥97%"))
    told = save(clerk, sheet, {"id": "b", "do": "remove", "row": "row2", "from": seen}).json()
    assert told["conflicts"][0]["theirs"]["target"] == "≥97%"
    assert sheet.rows.filter(key="row2").exists()


def test_a_change_to_a_row_that_is_gone_keeps_the_text(signed_in: SignedIn, sheet: Sheet) -> None:
    """It comes back as a conflict with what was typed, and who removed the row."""
    clerk = signed_in("jingban")
    save(clerk, sheet, {"id": "a", "do": "remove", "row": "row2"})
    (conflict,) = save(clerk, sheet, setting("b", "row2", "target", "≥95%", "≥97%")).json()["conflicts"]
    assert (conflict["gone"], conflict["mine"], conflict["by"]) == (True, "≥97%", "经办一")


def test_a_branch_of_costs_goes_as_a_whole(signed_in: SignedIn, sheet: Sheet) -> None:
    """Removing a node removes what is below it, and the record has all that was lost; no row stands below itself."""
    clerk = signed_in("jingban")
    cost = {"do": "add", "part": "cost", "after": ""}
    save(
        clerk,
        sheet,
        {**cost, "id": "1", "row": "c1", "parent": "", "cells": {"name": "培训费", "amount": "100"}},
        {**cost, "id": "2", "row": "c2", "parent": "c1", "cells": {"name": "场地", "amount": "60"}},
        {**cost, "id": "3", "row": "c3", "parent": "c2", "cells": {"name": "甲厅", "amount": "50"}},
    )
    save(clerk, sheet, {"id": "4", "do": "move", "row": "c1", "after": "c3", "parent": "c3"})
    assert sheet.rows.get(key="c1").parent == ""
    sums = clerk.get(f"/sheets/{sheet.pk}/live").json()["sums"]
    assert {(one["row"], one["difference"]) for one in sums if one["part"] == "cost"} == {
        ("c1", "40.00"),
        ("c2", "10.00"),
    }
    save(clerk, sheet, {"id": "5", "do": "remove", "row": "c1"})
    assert not sheet.rows.filter(part="cost").exists()
    last = Event.objects.of(sheet.stream).first()
    assert last is not None
    assert json.loads(last.data)["changes"][0]["with"] == ["c2", "c3"]


def test_six_hundred_rows_fit_and_no_more(signed_in: SignedIn, sheet: Sheet) -> None:
    """A large block is saved in batches; the row too many is refused with the limit, and nothing of its batch is kept."""
    clerk = signed_in("jingban")
    free = actions.MAX_ROWS - sheet.rows.count()
    adds = [
        {"id": f"n{n}", "do": "add", "row": f"n{n}", "part": "indicators", "after": "", "cells": {"name": f"指标{n}"}}
        for n in range(free + 1)
    ]
    for start in range(0, free, 300):
        assert save(clerk, sheet, *adds[start : min(start + 300, free)]).status_code == 200
    assert sheet.rows.count() == actions.MAX_ROWS
    refused = save(clerk, sheet, adds[-1])
    assert refused.status_code == 409
    assert "最多 600 行" in refused.json()["message"]
    names = list(sheet.rows.filter(key__startswith="n").values_list("cells__name", flat=True))
    assert names == [f"指标{n}" for n in range(free)]


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ("{", 400, "不是有效的 JSON"),
        (b"\xff\xfe", 400, "不是有效的 JSON"),
        ("[" * 100_000, 400, "不是有效的 JSON"),
        ("[]", 400, "不是有效的 JSON"),
        ({"base": 0}, 400, "格式不对"),
        ({"base": "0", "changes": []}, 400, "格式不对"),
        ({"base": 0, "changes": [1]}, 400, "格式不对"),
        ({"base": 0, "changes": [{}] * 501}, 413, "最多保存 500 处"),
        ({"base": 0, "changes": [{"row": "row0", "field": "target", "to": "1"}]}, 409, "缺少编号"),
        ({"base": 0, "changes": [setting("x", "row0", "target", "", ["1"])]}, 409, "格式不对"),
        ({"base": 0, "changes": [setting("x", "row0", "target", "≥12期", "长" * 8001)]}, 409, "一格最多 8000 字"),
        ({"base": 0, "changes": [setting("x", "row0", "target", "≥12期", "a\x00b")]}, 409, "格式不对"),
        ({"base": 0, "changes": [setting("x", "row0", "target", "≥12期", "\ud800")]}, 409, "格式不对"),
        ({"base": 0, "changes": [setting("x", "row\x00", "target", "", "1")]}, 409, "格式不对"),
        ({"base": 0, "changes": [setting("x", "row0", "cost_items", "", "1")]}, 409, "不在表里"),
        ({"base": 0, "changes": [{"id": "x", "do": "erase", "row": "row0"}]}, 409, "不认识的修改操作"),
        ({"base": 0, "changes": [{"id": "x", "do": "add", "row": "n1", "part": "head"}]}, 409, "格式不对"),
        ({"base": 0, "changes": [{"id": "x", "do": "add", "row": "row0", "part": "indicators"}]}, 409, "格式不对"),
    ],
)
def test_what_no_page_sends_is_refused_with_words(
    signed_in: SignedIn, sheet: Sheet, body: Any, status: int, message: str
) -> None:
    """Never a crash, never half a change."""
    before = [row.cells for row in sheet.rows.all()]
    answer = post(signed_in("jingban"), sheet, body)
    assert (answer.status_code, message in answer.json()["message"]) == (status, True)
    assert [row.cells for row in sheet.rows.all()] == before
    assert not Operation.objects.filter(key="x").exists()


def test_one_bad_change_takes_its_batch_with_it(signed_in: SignedIn, sheet: Sheet) -> None:
    """The page sends them one by one then; nothing is half saved."""
    good, bad = setting("g", "row0", "weight", "30", "31"), setting("b", "row0", "nothing", "", "1")
    assert save(signed_in("jingban"), sheet, good, bad).status_code == 409
    assert sheet.rows.get(key="row0").cells["weight"] == "30"


def test_money_units_are_those_forms_know(signed_in: SignedIn, sheet: Sheet) -> None:
    """A unit nobody knows is refused before it makes the form unreadable."""
    head = sheet.rows.get(part="head").key
    answer = save(signed_in("jingban"), sheet, setting("m", head, "money_unit", "万元", "两"))
    assert "金额单位只能填元、万元、亿元" in answer.json()["message"]


@pytest.mark.parametrize("who", ["jingban2", "danwei", "caizheng", "lingdao", "guanli"])
def test_only_the_units_clerk_saves(signed_in: SignedIn, sheet: Sheet, who: str) -> None:
    """For everyone else there is no such address, whether they may read the sheet or not."""
    assert save(signed_in(who), sheet, setting("a", "row0", "target", "≥12期", "1")).status_code == 404
    assert signed_in(who).get(f"/sheets/{sheet.pk}/rows/row0/").status_code == 404


def test_a_sheet_under_review_is_closed(county: dict[str, Any], signed_in: SignedIn, sheet: Sheet) -> None:
    """Saving is refused with the state; what was saved before and is only sent again is answered for."""
    clerk, change = signed_in("jingban"), setting("early", "row0", "target", "≥12期", "≥13期")
    save(clerk, sheet, change)
    sheet.refresh_from_db()
    actions.move_sheet(sheet, "submit", by=county["jingban"], expected=sheet.revision)
    assert save(clerk, sheet, change).json()["applied"] == ["early"]
    answer = save(clerk, sheet, setting("late", "row0", "target", "≥13期", "≥14期"))
    assert answer.status_code == 409
    assert answer.json()["closed"] is True
    assert "单位审核" in answer.json()["message"]
    page = clerk.get(f"/sheets/{sheet.pk}/").content.decode()
    assert "撤回修改" in page
    assert "加一行" not in page


# --- what the desk says -----------------------------------------------------------------------------------------------


def test_live_tells_weights_findings_and_what_lacks(signed_in: SignedIn, sheet: Sheet) -> None:
    """With rows by their keys, so that the page hangs everything on the right cell."""
    clerk = signed_in("jingban")
    save(clerk, sheet, setting("1", "row0", "weight", "30", "27"), setting("2", "row2", "target", "≥95%", "≥120%"))
    told = clerk.get(f"/sheets/{sheet.pk}/live").json()
    assert told["weighing"]["sum"] == "87"
    assert told["weighing"]["missing"][0] == {"of": "90", "points": "3"}
    finding = next(one for one in told["findings"] if one["code"] == "D06")
    assert (finding["row"], finding["field"]) == ("row2", "target")
    assert any("处错误须先改正" in one for one in told["lacking"])
    assert told["rows"]["row3"]["target"]["comparator"] == "qualitative"
    assert "满分" in told["rows"]["row4"]["reading"]


def test_live_is_silent_while_nothing_has_changed(signed_in: SignedIn, sheet: Sheet) -> None:
    """A page that asks every few seconds costs nothing; after a change of someone else it is told."""
    clerk = signed_in("jingban")
    seen = clerk.get(f"/sheets/{sheet.pk}/live").json()["seen"]
    assert clerk.get(f"/sheets/{sheet.pk}/live?seen={seen}").status_code == 204
    save(clerk, sheet, setting("1", "row0", "weight", "30", "27"))
    assert clerk.get(f"/sheets/{sheet.pk}/live?seen={seen}&revision={sheet.revision}").json()["others"] == [
        {"row": "row0", "field": "weight", "now": "27"}
    ]


def test_self_evaluation_scores_as_one_types(county: dict[str, Any], signed_in: SignedIn, project: Project) -> None:
    """Scores with derivation, marked as computed; a reason is owed where points are lost; a typed score is checked."""
    walk(county, project)
    sheet = actions.begin_stage(project, Stage.SELF_EVALUATION, by=county["jingban"])
    clerk = signed_in("jingban")
    assert any("5 个指标没有填实际完成值" in one for one in clerk.get(f"/sheets/{sheet.pk}/live").json()["lacking"])
    assert clerk.get(f"/sheets/{sheet.pk}/live").json()["unscored"] == 6
    fund = sheet.rows.get(part="funds", cells__weight="10")
    actuals = [
        setting(f"a{n}", f"row{n}", "actual", "", to) for n, to in enumerate(("12期", "90%", "93%", "明显提升", "92%"))
    ]
    save(clerk, sheet, *actuals, setting("e", fund.key, "executed", "", "114"))
    told = clerk.get(f"/sheets/{sheet.pk}/live").json()
    assert told["rows"]["row1"]["score"] == "9.00"
    assert told["rows"]["row1"]["computed"] is True
    assert "90%" in told["rows"]["row1"]["derivation"]
    assert told["execution"]["score"] == "9.50"
    assert told["computed"]["row2"]["score"]["text"] == "18.00"
    assert set(told["owed"]) >= {"row1", "row2"}
    assert (told["total"], told["unscored"]) == ("96.50", 0)
    assert told["whole"] == {
        "total": "96.50",
        "derivation": "指标得分87.00 + 预算执行率9.50 = 96.50",
        "grade": "优",
    }
    assert told["computed"][fund.key]["rate"] == {"text": "95.00%", "derivation": "114 ÷ 120 = 95.00%"}
    save(clerk, sheet, setting("s", "row2", "score", "", "20"))
    told = clerk.get(f"/sheets/{sheet.pk}/live").json()
    assert told["rows"]["row2"]["computed"] is False
    assert any(one["row"] == "row2" and one["field"] == "score" for one in told["findings"])


def evaluation(county: dict[str, Any], project: Project) -> Sheet:
    """A self-evaluation with all actual values."""
    walk(county, project)
    sheet = actions.begin_stage(project, Stage.SELF_EVALUATION, by=county["jingban"])
    fund = sheet.rows.get(part="funds", cells__weight="10").key
    changes = [setting("e", fund, "executed", "", "114")]
    for number, to in enumerate(("12期", "90%", "93%", "明显提升", "92%")):
        changes.append(setting(f"a{number}", f"row{number}", "actual", "", to))
    actions.change_cells(sheet, changes, base=0, by=county["jingban"])
    return sheet


def test_what_is_computed_is_not_stored_as_typed(county: dict[str, Any], signed_in: SignedIn, project: Project) -> None:
    """Rate, scores, total and grade are shown with their reason and stand in the frozen form, marked; the rows stay blank."""
    sheet = evaluation(county, project)
    page = signed_in("jingban").get(sheet.get_absolute_url()).content.decode()
    for words in ("95.00%", "114 ÷ 120 = 95.00%", "指标得分87.00 + 预算执行率9.50 = 96.50", "总分96.50 → 优"):
        assert words in page, words
    fund = sheet.rows.get(part="funds", cells__weight="10")
    assert (fund.cells["rate"], fund.cells["score"]) == ("", "")
    assert "total.score" not in sheet.rows.get(part="head").cells
    told = valued(sheet)
    assert told.form["funds"][0]["rate"] == "95.00%"
    content = content_of(sheet, told)
    assert [fund.key, "rate"] in content["computed"]
    assert ["row1", "score"] in content["computed"]


def test_total_and_grade_cannot_be_typed(county: dict[str, Any], signed_in: SignedIn, project: Project) -> None:
    """They follow from the scores; the ordinary page shows them without a field."""
    sheet, clerk = evaluation(county, project), signed_in("jingban")
    head = sheet.rows.get(part="head").key
    for name, to in (("total.score", "99"), ("grade", "优"), ("total.weight", "100")):
        answer = save(clerk, sheet, setting("t", head, name, "", to))
        assert answer.status_code == 409
        assert "算出，不用填写" in answer.json()["message"]
    page = clerk.get(f"/sheets/{sheet.pk}/head/").content.decode()
    assert 'name="total.score"' not in page
    assert "指标得分87.00 + 预算执行率9.50 = 96.50" in page


def test_a_printed_total_stays_until_it_is_taken_away(
    county: dict[str, Any], signed_in: SignedIn, project: Project
) -> None:
    """What a document printed is compared: a finding while it differs; without script one box takes it away."""
    sheet, clerk = evaluation(county, project), signed_in("jingban")
    head = sheet.rows.get(part="head")
    sheet.rows.filter(pk=head.pk).update(cells=head.cells | {"total.score": "98.5", "grade": "优"})
    live = clerk.get(f"/sheets/{sheet.pk}/live").json()
    (finding,) = [one for one in live["findings"] if one["code"] == "F10"]
    assert (finding["field"], finding["printed"], finding["expected"]) == ("total.score", "98.5", "96.50")
    assert live["whole"]["total"] == "96.50"
    page = clerk.get(f"/sheets/{sheet.pk}/head/").content.decode()
    assert "表上原填“98.5”" in page
    clerk.post(f"/sheets/{sheet.pk}/head/", {"operation": "h", "total.score": "", "from:total.score": "98.5"})
    assert sheet.rows.get(part="head").cells["total.score"] == ""
    assert not [one for one in clerk.get(f"/sheets/{sheet.pk}/live").json()["findings"] if one["code"] == "F10"]


def test_a_large_form_is_answered_quickly(signed_in: SignedIn, sheet: Sheet) -> None:
    """Of five hundred rows one has changed: only that one is read and proved again, and the answer is the full one."""
    clerk = signed_in("jingban")
    cells = [
        {**sheet.rows.get(key=f"row{n % 5}").cells, "name": f"{'甲乙丙丁戊己庚辛'[n % 8]}类第{n}项工作完成数"}
        for n in range(500)
    ]
    for start in (0, 250):
        adds = [
            {"id": f"n{n}", "do": "add", "row": f"n{n}", "part": "indicators", "cells": cells[n]}
            for n in range(start, start + 250)
        ]
        assert save(clerk, sheet, *adds).status_code == 200
    address = f"/sheets/{sheet.pk}/live"
    began = perf_counter()
    clerk.get(address)
    cold = perf_counter() - began
    save(clerk, sheet, setting("x", "n250", "weight", cells[250]["weight"], "31"))
    began = perf_counter()
    told = clerk.get(address).json()
    warm = perf_counter() - began
    assert len(told["rows"]) == 505
    assert warm < max(0.4, cold / 2), f"{cold * 1000:.0f} ms, then {warm * 1000:.0f} ms"


def test_a_rule_is_explained(signed_in: SignedIn, sheet: Sheet) -> None:
    """Read-back, status, the value without a score, curve, score, and what earns how many points."""
    asked = {
        "rule": "≥95%得满分，90%-95%得5分，80%以下得0分",
        "target": "≥95%",
        "weight": "10",
        "actual": "88.5%",
        "need": "5",
    }
    told = post(signed_in("danwei"), sheet, {**asked, "name": "学员满意度"}, "explain").json()
    assert told["status"] == "defective"
    assert "没有规定得多少分" in told["findings"][0]["message"]
    assert told["svg"].startswith("<svg")
    assert told["score"] is None
    assert ["至少为95%" in told["needed"][0], "至少为90%" in told["needed"][1]] == [True, True]
    assert "style=" not in told["svg"]


@pytest.mark.parametrize("need", ["1e999999", "-5", "x", "99999999", "0.00000001"])
def test_a_strange_number_of_points_is_not_asked(signed_in: SignedIn, sheet: Sheet, need: str) -> None:
    """It is left out; the rule is explained all the same."""
    told = post(signed_in("jingban"), sheet, {"rule": "达标得满分", "need": need}, "explain")
    assert (told.status_code, told.json()["needed"]) == (200, [])


def test_names_are_suggested_from_last_year_and_the_library(
    county: dict[str, Any], signed_in: SignedIn, project: Project
) -> None:
    """With the cells they fill; taking one counts as a use of the library."""
    walk(county, project)
    own = LibraryIndicator.objects.create(
        code="T-1", name="学员推荐满意度", level1="满意度指标", level2="服务对象满意度指标", target="≥90%"
    )
    clerk_user: User = county["jingban"]
    again = actions.create_project(
        body=project.body, year=2028, name=project.name, by=clerk_user
    )  # same name, typed anew
    next_year = again.sheets.get()
    add = {"id": "a", "do": "add", "row": "row0", "part": "indicators", "cells": {"name": "培训班期数"}}
    save(signed_in("jingban"), next_year, add)
    clerk = signed_in("jingban")
    items = clerk.get(f"/sheets/{next_year.pk}/suggest?q=学员 满意").json()["items"]
    assert [(one["name"], one["source"]) for one in items] == [("学员满意度", "2027年"), ("学员推荐满意度", "指标库")]
    assert items[0]["cells"]["history:2027"] == "≥90%"
    assert items[1]["cells"]["level1"] == "满意度指标"
    change = {**setting("t", "row0", "name", "培训班期数", own.name), "library": own.pk}
    save(clerk, next_year, change)
    assert own.uses.get().sheet == next_year
    assert clerk.get(f"/sheets/{next_year.pk}/suggest?q=%00").json()["items"] == []


# --- without script ---------------------------------------------------------------------------------------------------


def test_a_row_is_changed_added_and_removed_without_script(signed_in: SignedIn, sheet: Sheet) -> None:
    """Links of the plain page lead to ordinary forms, which end in the same action."""
    clerk = signed_in("jingban")
    page = clerk.get(f"/sheets/{sheet.pk}/").content.decode()
    assert f"/sheets/{sheet.pk}/rows/row0/" in page
    form = clerk.get(f"/sheets/{sheet.pk}/rows/row0/")
    operation = form.context["operation"]
    posted = {"operation": operation, "do": "set", "target": "≥13期", "from:target": "≥12期"}
    assert clerk.post(f"/sheets/{sheet.pk}/rows/row0/", posted).status_code == 302
    assert sheet.rows.get(key="row0").cells["target"] == "≥13期"
    stale = clerk.post(f"/sheets/{sheet.pk}/rows/row0/", {**posted, "operation": "other", "target": "≥14期"})
    assert stale.status_code == 409
    assert "这一格已被经办一修改，现在是“≥13期”" in stale.content.decode()
    new = {"operation": "op-new", "key": "plain1", "name": "新指标", "weight": "5"}
    for _ in range(2):  # a second press of the button adds nothing
        clerk.post(f"/sheets/{sheet.pk}/rows/new/indicators/?after=row1", new)
    keys = list(sheet.rows.filter(part="indicators").values_list("key", flat=True))
    assert keys == ["row0", "row1", "plain1", "row2", "row3", "row4"]
    clerk.post(f"/sheets/{sheet.pk}/rows/plain1/", {"operation": "op-del", "do": "remove"})
    assert not sheet.rows.filter(key="plain1").exists()


def test_rows_are_moved_without_script(signed_in: SignedIn, sheet: Sheet) -> None:
    """One press moves a row by one; at the end it says so; the record knows."""
    clerk = signed_in("jingban")

    def press(way: str, key: str) -> str:
        return clerk.post(f"/sheets/{sheet.pk}/rows/move/", {way: key}, follow=True).content.decode()

    def order() -> list[str]:
        return list(sheet.rows.filter(part="indicators").values_list("key", flat=True))

    page = clerk.get(f"/sheets/{sheet.pk}/").content.decode()
    assert 'name="up" value="row3"' in page
    press("up", "row3")
    assert order() == ["row0", "row1", "row3", "row2", "row4"]
    press("down", "row0")
    assert order() == ["row1", "row0", "row3", "row2", "row4"]
    press("up", "row0")
    assert "不能再往那边移" in press("up", "row0")
    assert "不能再往那边移" in press("down", "row4")
    assert order() == ["row0", "row1", "row3", "row2", "row4"]
    assert "不能再往那边移" in press("up", "nobody")
    last = Event.objects.of(sheet.stream).first()
    assert last is not None
    assert json.loads(last.data)["changes"][0]["do"] == "move"


def test_the_cost_tree_is_built_without_script(signed_in: SignedIn, sheet: Sheet) -> None:
    """Beside a row, below a row, a level up, a level down: links and buttons say which."""
    clerk = signed_in("jingban")

    def add(name: str, query: str) -> str:
        posted = {"operation": f"op-{name}", "key": f"k{name}", "name": name, "amount": "10"}
        clerk.post(f"/sheets/{sheet.pk}/rows/new/cost/?{query}", posted)
        return f"k{name}"

    def tree() -> list[tuple[str, int]]:
        (board,) = [one for one in clerk.get(f"/sheets/{sheet.pk}/").context["boards"] if one.part == "cost"]
        return [(str(row.cells["name"]), depth) for row, depth in zip(board.rows, board.depths, strict=True)]

    top = add("a", "")
    add("b", f"under={top}")
    add("c", "after=kb")
    assert tree() == [("a", 0), ("b", 1), ("c", 1)]
    clerk.post(f"/sheets/{sheet.pk}/rows/move/", {"deeper": "kc"})
    assert tree() == [("a", 0), ("b", 1), ("c", 2)]
    clerk.post(f"/sheets/{sheet.pk}/rows/move/", {"higher": "kc"})
    clerk.post(f"/sheets/{sheet.pk}/rows/move/", {"higher": "kc"})
    assert tree() == [("a", 0), ("b", 1), ("c", 0)]
    clerk.post(f"/sheets/{sheet.pk}/rows/move/", {"up": "kc"})
    assert tree() == [("c", 0), ("a", 0), ("b", 1)]
    page = clerk.get(f"/sheets/{sheet.pk}/").content.decode()
    assert "增加同级" in page
    assert "增加下级" in page


def test_the_head_is_an_ordinary_form(signed_in: SignedIn, sheet: Sheet) -> None:
    """Labels for all fields; a wrong unit of money is told and what was typed stays."""
    clerk = signed_in("jingban")
    page = clerk.get(f"/sheets/{sheet.pk}/head/").content.decode()
    assert page.count("<label") == page.count('class="form-control"')
    posted = {"operation": "h1", "money_unit": "两", "from:money_unit": "万元"}
    answer = clerk.post(f"/sheets/{sheet.pk}/head/", posted)
    assert answer.status_code == 409
    assert "金额单位只能填" in answer.content.decode()
    assert 'value="两"' in answer.content.decode()


def test_no_cell_becomes_markup(signed_in: SignedIn, sheet: Sheet) -> None:
    """What is typed is shown as text, in the page and in its data."""
    clerk = signed_in("jingban")
    save(clerk, sheet, setting("x", "row0", "name", "培训班期数", "</script><script>alert(1)</script>"))
    for path in ("", "rows/row0/"):
        assert "<script>alert" not in clerk.get(f"/sheets/{sheet.pk}/{path}").content.decode()


def test_pages_ask_the_database_seldom(signed_in: SignedIn, sheet: Sheet, django_assert_max_num_queries: Any) -> None:
    """However many rows there are."""
    clerk = signed_in("jingban")
    for path in ("", "live"):
        with django_assert_max_num_queries(14):
            assert clerk.get(f"/sheets/{sheet.pk}/{path}").status_code == 200
    with django_assert_max_num_queries(16):
        save(clerk, sheet, setting("1", "row0", "weight", "30", "27"))


def test_cells_a_reader_was_unsure_of_stay_marked_until_typed(signed_in: SignedIn, sheet: Sheet) -> None:
    """The page knows them; a cell that a person typed is no longer one of them."""
    sheet.rows.filter(key="row0").update(places={"target": {"uncertain": True}, "weight": {"uncertain": True}})
    clerk = signed_in("jingban")
    save(clerk, sheet, setting("1", "row0", "target", "≥12期", "≥13期"))
    rows = {row["key"]: row for row in clerk.get(f"/sheets/{sheet.pk}/").context["data"]["rows"]}
    assert rows["row0"]["unsure"] == ["weight"]
