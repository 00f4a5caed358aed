"""A declaration from the clerk's table to its approval."""

import json
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from hengjian.web.journal.models import Event
from hengjian.web.journal.record import Proof, sha256, verify
from hengjian.web.projects import actions
from hengjian.web.projects.models import Project, Stage, State, Version


def walk(county: dict[str, Any], project: Project) -> Version:
    """Submit and pass all three reviews, waiving what is only a warning."""
    sheet = project.sheets.get()
    actions.move_sheet(sheet, "submit", by=county["jingban"], expected=sheet.revision)
    for who in ("danwei", "zhuguan", "caizheng"):
        sheet.refresh_from_db()
        version = sheet.versions.latest("number")
        findings = json.loads(version.content)["assessment"]["findings"]
        if marks := [finding["mark"] for finding in findings if finding["level"] != "I"]:
            actions.decide_findings(sheet, marks, "waived", reason="已核实，情况属实", by=county[who])
        actions.move_sheet(sheet, "pass", by=county[who], expected=sheet.version)
    return sheet.versions.latest("number")


def test_a_declaration_is_submitted_reviewed_and_frozen(county: dict[str, Any], project: Project) -> None:
    """Three reviewers pass it; the version's digest is the SHA-256 of its content, and the record holds."""
    version = walk(county, project)
    assert project.sheets.get().state == State.APPROVED
    assert version.digest == sha256(version.previous + version.content)
    proof = Proof()
    assert list(verify(proof)) == []
    assert proof.events > 10


def test_the_database_refuses_to_change_what_is_frozen(county: dict[str, Any], project: Project) -> None:
    """Neither a version nor an event can be changed or deleted, even behind the back of the program."""
    version = walk(county, project)
    for attempt in (
        lambda: Version.objects.filter(pk=version.pk).update(content="{}"),
        lambda: Version.objects.filter(pk=version.pk).delete(),
        lambda: Event.objects.all().update(what="nothing"),
        lambda: Event.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_nobody_reviews_what_they_submitted(county: dict[str, Any], project: Project) -> None:
    """A clerk who also holds the reviewing post is refused."""
    from hengjian.web.people.actions import give_post
    from hengjian.web.people.models import User

    give_post(county["jingban"], role="unit", body=county["990100-101001"], by=None)
    both = User.objects.get(username="jingban")
    sheet = project.sheets.get()
    actions.move_sheet(sheet, "submit", by=both, expected=sheet.revision)
    sheet.refresh_from_db()
    with pytest.raises(actions.Refused, match="不能审核自己送审的表"):
        actions.move_sheet(sheet, "pass", by=both, expected=sheet.version)


def test_a_stale_page_cannot_submit(county: dict[str, Any], project: Project) -> None:
    """What changed since the person looked is not submitted unseen."""
    sheet = project.sheets.get()
    with pytest.raises(actions.Refused, match="之后又有改动"):
        actions.move_sheet(sheet, "submit", by=county["jingban"], expected=sheet.revision - 1)


def test_self_evaluation_takes_over_what_was_promised(county: dict[str, Any], project: Project) -> None:
    """Targets, weights and rules come from the frozen declaration; actuals are scored as they are typed."""
    walk(county, project)
    sheet = actions.begin_stage(project, Stage.SELF_EVALUATION, by=county["jingban"])
    changes = [
        {"id": f"a{n}", "row": f"row{n}", "field": "actual", "from": "", "to": to}
        for n, to in enumerate(("12期", "90%", "93%", "明显提升", "92%"))
    ]
    actions.change_cells(sheet, changes, base=0, by=county["jingban"])
    from hengjian.web.projects.valuing import valued

    told = valued(sheet)
    assert [row.cells["score"] for row in told.indicators] == ["30.00", "9.00", "18.00", "20.00", "10.00"]


def test_two_hands_on_one_cell_lose_nothing(county: dict[str, Any], project: Project) -> None:
    """The second writer is told what stands there and who wrote it; another cell goes through."""
    sheet, clerk = project.sheets.get(), county["jingban"]
    base = sheet.revision
    one = [{"id": "x1", "row": "row0", "field": "target", "from": "≥12期", "to": "≥14期"}]
    two = [
        {"id": "x2", "row": "row0", "field": "target", "from": "≥12期", "to": "≥16期"},
        {"id": "x3", "row": "row2", "field": "target", "from": "≥95%", "to": "≥96%"},
    ]
    actions.change_cells(sheet, one, base=base, by=clerk)
    saved = actions.change_cells(sheet, two, base=base, by=clerk)
    assert [c["theirs"] for c in saved.conflicts] == ["≥14期"]
    assert saved.conflicts[0]["by"] == "经办一"
    assert saved.applied == ["x3"]
    assert {"row": "row0", "field": "target", "now": "≥14期"} in saved.others
    again = actions.change_cells(sheet, two[1:], base=base, by=clerk)
    assert again.revision == saved.revision, "sent twice, applied once"
