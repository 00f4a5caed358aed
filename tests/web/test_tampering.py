"""Whoever reaches behind the site's back leaves traces: ``hengjian verify-log`` finds each of them, on both databases."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from test_workflow import walk

from hengjian.cli.site import verify_log
from hengjian.web.journal.guard import _UNDO
from hengjian.web.journal.models import Chain, Event
from hengjian.web.journal.record import digest_of, sha256
from hengjian.web.people.models import Body
from hengjian.web.projects.models import Project, Version
from hengjian.web.proving import Proof, prove


@pytest.fixture
def sheet(county: dict[str, Any], project: Project) -> str:
    """The stream of an approved declaration, with the locks of the database taken off."""
    walk(county, project)
    for table in (Event._meta.db_table, Version._meta.db_table):
        with connection.cursor() as cursor:
            for statement in _UNDO[connection.vendor]:
                cursor.execute(statement.format(table=table))
    assert list(prove(Proof())) == []
    return project.sheets.get().stream


def _changed(stream: str) -> None:
    Event.objects.filter(stream=stream, number=3).update(what="pass")


def _name_changed(stream: str) -> None:
    Event.objects.filter(stream=stream, number=2).update(by_name="别人")


def _deleted(stream: str) -> None:
    Event.objects.filter(stream=stream, number=2).delete()


def _first_deleted(stream: str) -> None:
    Event.objects.filter(stream=stream, number=1).delete()


def _tail_deleted(stream: str) -> None:
    Event.objects.filter(stream=stream, number__gt=4).delete()


def _stream_deleted(stream: str) -> None:
    Event.objects.filter(stream=stream).delete()


def _stream_and_head_deleted(stream: str) -> None:
    Event.objects.filter(stream=stream).delete()
    Chain.objects.filter(stream=stream).delete()


def _forged(stream: str) -> None:
    """An event squeezed in with a right digest of its own, those after it renumbered."""
    for event in Event.objects.filter(stream=stream, number__gte=3).order_by("-number"):
        Event.objects.filter(pk=event.pk).update(number=event.number + 1)
    before = Event.objects.get(stream=stream, number=2)
    made = Event(stream=stream, number=3, at=before.at, by=before.by, by_name=before.by_name, what="remarked")
    made.data, made.previous = '{"text":"没有意见"}', before.digest
    made.digest = digest_of(made)
    made.save(force_insert=True)


def _forged_at_the_end(stream: str) -> None:
    last = Event.objects.filter(stream=stream).latest("number")
    made = Event(stream=stream, number=last.number + 1, at=last.at, by=last.by, by_name=last.by_name, what="return")
    made.previous = last.digest
    made.digest = digest_of(made)
    made.save(force_insert=True)


def _version_replaced(stream: str) -> None:
    """Frozen content changed, its digest made anew."""
    version = Version.objects.get(sheet=int(stream.partition(":")[2]))
    content = version.content.replace("达到目标值得满分", "都得满分")
    Version.objects.filter(pk=version.pk).update(content=content, digest=sha256(content))


def _version_deleted(stream: str) -> None:
    Version.objects.filter(sheet=int(stream.partition(":")[2])).delete()


def _unit_slipped_in(stream: str) -> None:
    Body.objects.create(code="X", name="没有来历的单位", kind="unit", path="/99/")


@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        (_changed, "第3条：内容与摘要不符：这条记录被改动过"),
        (_name_changed, "第2条：内容与摘要不符"),
        (_deleted, "第2条：缺少第2条记录"),
        (_first_deleted, "第1条：缺少第1条记录"),
        (_tail_deleted, "第5条：末尾缺少"),
        (_stream_deleted, "条记录都不见了"),
        (_stream_and_head_deleted, "这个对象没有任何记录"),
        (_forged, "第4条：与前一条记录接不上"),
        (_forged_at_the_end, "链头与最后一条记录不符"),
        (_version_replaced, "第1版的内容与冻结时不符"),
        (_version_deleted, "第1版不见了"),
        (_unit_slipped_in, "这个对象没有任何记录"),
    ],
)
def test_verify_log_finds(
    sheet: str, monkeypatch: pytest.MonkeyPatch, tamper: Callable[[str], None], told: str
) -> None:
    """Each way of tampering is told with the object, and the command ends with 1."""
    monkeypatch.setattr("hengjian.cli.site._django", lambda: None)
    before = _said(0)
    tamper(sheet)
    after = _said(1)
    assert told in after
    assert tamper is _unit_slipped_in or sheet in after
    assert "全部相符" in before


def test_a_whole_chain_written_anew_changes_the_seal(sheet: str) -> None:
    """Who writes a stream anew to its head keeps the chain whole; the seal that was written down tells it."""
    proof = Proof()
    assert list(prove(proof)) == []
    previous = ""
    for event in Event.objects.filter(stream=sheet).order_by("number"):
        if event.what == "opened":
            event.data = json.dumps({"from": "blank"})
        event.previous = previous
        event.digest = previous = digest_of(event)
        event.save()
    Chain.objects.filter(stream=sheet).update(head=previous)
    anew = Proof()
    assert list(prove(anew)) == []
    assert anew.digest != proof.digest


def _said(status: int) -> str:
    import click

    done = CliRunner().invoke(click.command()(verify_log))
    assert done.exit_code == status, done.output
    return done.output
