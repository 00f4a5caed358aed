"""The made-up province for measuring: small here, and as true to the rules of the site as what people enter."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from hengjian.web.journal.record import Proof, sha256
from hengjian.web.people.models import User
from hengjian.web.projects import actions
from hengjian.web.projects.filling import fill
from hengjian.web.projects.models import Project, Row, Sheet, State, Tally, Version
from hengjian.web.projects.tallying import recounted
from hengjian.web.proving import prove
from hengjian.web.public.models import Publication


def test_what_is_poured_holds_like_what_is_entered(db: None) -> None:
    """The record is proved, digests and sums are right, the pages open, and work goes on in it."""
    said: list[str] = []
    counts = fill(110, forms=14, say=said.append)
    assert said
    assert counts["project"] == 110
    assert Row.objects.filter(part="indicators").count() == 10 * Sheet.objects.count()
    assert {State.APPROVED, State.DRAFT} < set(Sheet.objects.values_list("state", flat=True))
    proof = Proof()
    assert list(prove(proof)) == []
    assert proof.events == counts["event"]
    assert {(t.body_id, t.year, t.stage): t.counts for t in Tally.objects.all()} == recounted(Sheet.objects.all())
    for version in Version.objects.all():
        assert version.digest == sha256(version.content)
        assert "示例" not in version.content
        assert "SAMPLE" not in version.content
    _pages_open()
    _work_goes_on()
    with pytest.raises(CommandError, match="空库"):
        call_command("fill_sample_county", projects=1, forms=1)


def _pages_open() -> None:
    leader = _client("lingdao")
    sent = Sheet.objects.filter(version=1).first()
    some = Publication.objects.first()
    assert sent is not None
    assert some is not None
    for address in (
        *("/overview/", "/projects/", "/projects/?q=培训", sent.project.get_absolute_url()),
        *(sent.get_absolute_url(), f"/sheets/{sent.pk}/review/", f"/public/{some.address}/"),
    ):
        assert leader.get(address).status_code == 200, address
    assert sent.project.name in leader.get("/projects/", {"q": sent.project.name}).content.decode()
    assert "待我审核" in _client("caizheng").get("/queue/").content.decode()


def _work_goes_on() -> None:
    """New keys follow the poured ones, and a draft is filled in."""
    draft = Sheet.objects.filter(state=State.DRAFT).select_related("project__body").first()
    assert draft is not None
    clerk = User.objects.get(posts__role="clerk", posts__body=draft.project.body)
    row = draft.rows.get(part="head")
    change: dict[str, Any] = {"id": "1", "row": row.key, "field": "basis", "to": "按年度工作要点立项。"}
    assert actions.change_cells(draft, [change], base=1, by=clerk).revision == 2
    made = actions.create_project(body=draft.project.body, year=2027, name="新项目", by=clerk)
    assert made.pk == Project.objects.count()


def _client(username: str) -> Client:
    made = Client()
    made.force_login(User.objects.get(username=username), "django.contrib.auth.backends.ModelBackend")
    return made
