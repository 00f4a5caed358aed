"""Every address of the site, as everyone: what the list of addresses says, no list of ours can forget.

The matrix is kept in ``golden/permissions.txt`` (``HENGJIAN_GOLDEN=1`` writes it anew; read the difference).
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from test_public import evaluated

from hengjian.web.evidence import actions as evidence
from hengjian.web.evidence.models import Attachment, Intake
from hengjian.web.evidence.reader import read
from hengjian.web.evidence.reading import Outcome
from hengjian.web.library import actions as library
from hengjian.web.library.models import LibraryIndicator
from hengjian.web.people.models import Post, User
from hengjian.web.projects import actions
from hengjian.web.projects.models import Project, Remark
from hengjian.web.public import actions as public

GOLDEN = Path(__file__).parent / "golden" / "permissions.txt"
SAMPLE = next((Path(__file__).parents[2] / "samples" / "documents").glob("04-*.xlsx"))
PEOPLE = {
    "anyone": None,
    "outsider": "jingban3",
    "clerk": "jingban",
    "unit": "danwei",
    "department": "zhuguan",
    "finance": "caizheng",
    "leader": "lingdao",
    "admin": "guanli",
}
ABSENT = 999_999


def patterns(resolver: Any = None, prefix: str = "", space: str = "") -> Iterator[tuple[str, str, list[str]]]:
    """(name, address with places, names of the places) of every address."""
    for one in (resolver or get_resolver()).url_patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one, route, f"{one.namespace}:" if one.namespace else space)
        elif isinstance(one, URLPattern):
            yield space + str(one.name), "/" + route, list(one.pattern.converters)


def filled(route: str, given: dict[str, Any]) -> str:
    """An address with its places filled."""
    for name, value in given.items():
        for kind in ("int", "slug", "str", "uuid"):
            route = route.replace(f"<{kind}:{name}>", str(value))
    return route


@pytest.fixture
def objects(county: dict[str, Any], project: Project, tmp_path: Path, settings: Any) -> dict[str, Any]:
    """One object of each kind, all of one unit: for a prefix of the address the values of its places."""
    settings.MEDIA_ROOT = tmp_path
    library.stock()
    evaluated(county, project)
    sheet = project.sheets.get(stage="declaration")
    publication = public.publish_project(project, stages=["declaration"], withheld=[], by=county["danwei"])
    clerk: User = county["jingban"]
    draft = actions.create_project(body=project.body, year=2028, name="在填的项目", by=clerk).sheets.get()
    Remark.objects.create(sheet=draft, version=1, text="请核实", by=county["danwei"])
    kept = {"file": "aa/bb", "sha256": "0" * 64, "size": 1}
    intake = _read_intake(project, clerk, kept)
    attachment = Attachment.objects.create(sheet=draft, name="a.pdf", kind="application/pdf", by=clerk, **kept)
    (tmp_path / "aa").mkdir()
    (tmp_path / "aa" / "bb").write_bytes(b"%PDF-1.4")
    indicator = LibraryIndicator.objects.first()
    post = Post.objects.get(user=clerk)
    assert indicator is not None
    return {
        "projects:project": {"pk": project.pk},
        "projects:begin": {"pk": project.pk, "stage": "monitoring"},
        "projects:carry_forward": {"pk": project.pk},
        "projects:": {"pk": sheet.pk, "number": 1, "key": "row0", "code": "F02", "kind": "xlsx", "part": "indicators"},
        "evidence:attachments": {"pk": draft.pk},
        "evidence:evidence": {"pk": draft.pk},
        "evidence:attachment": {"pk": attachment.pk},
        "evidence:remove": {"pk": attachment.pk},
        "evidence:": {"pk": intake.pk, "number": 1},
        "library:": {"pk": indicator.pk, "name": "national-2020"},
        "people:body": {"pk": project.body_id},
        "people:user": {"pk": clerk.pk},
        "people:take_post": {"pk": post.pk},
        "public:disclose": {"pk": project.pk},
        "public:withdraw": {"pk": project.pk, "number": 1},
        "public:": {"address": publication.address, "number": 1, "kind": "json"},
    }


def _read_intake(project: Project, clerk: User, kept: dict[str, Any]) -> Intake:
    """A document that was dropped and read, waiting to be confirmed."""
    intake = Intake.objects.create(body=project.body, name=SAMPLE.name, by=clerk, **kept)
    held = evidence.begin_reading(intake.pk)
    assert held is not None
    answer = read(SAMPLE, SAMPLE.name)
    evidence.finish_reading(held, Outcome(answer["document"], answer["original"]))
    return intake


def values_for(name: str, places: list[str], objects: dict[str, Any]) -> dict[str, Any]:
    """The values of an address's places. A new address must be given an object here."""
    if not places:
        return {}
    found = next(
        (given for prefix, given in objects.items() if name.startswith(prefix) and given.keys() >= {*places}), None
    )
    assert found is not None, f"no object for the places {places} of {name}: add one to the fixture `objects`"
    return {place: found[place] for place in places}


def outcome(client: Client, address: str) -> str:
    """What somebody gets: ``yes``, ``login`` or ``no`` (404); addresses for sending only are sent an empty form.

    Whatever it did is undone, so that one line of the matrix does not change the next.
    """
    point = transaction.savepoint()
    try:
        return _outcome(client, address)
    finally:
        transaction.savepoint_rollback(point)


def _outcome(client: Client, address: str) -> str:
    answer = client.get(address)
    how = ""
    if answer.status_code == 405:
        answer, how = client.post(address), " (post)"
    if answer.status_code == 302 and answer.headers["Location"].startswith("/account/login/"):
        return "login"
    assert answer.status_code < 500 or answer.status_code == 503, f"{address}: {answer.status_code}"
    return ("no" if answer.status_code == 404 else "yes") + how


def browser(who: str | None) -> Client:
    """Signed in as someone, or as nobody."""
    client = Client()
    if who is not None:
        client.force_login(User.objects.get(username=who), "django.contrib.auth.backends.ModelBackend")
    return client


def test_who_gets_what(objects: dict[str, Any]) -> None:
    """The whole matrix: addresses down, people across."""
    lines = []
    for name, route, places in sorted(patterns()):
        if name.startswith("people:log"):
            continue
        address = filled(route, values_for(name, places, objects))
        assert "<" not in address, address
        got = {who: outcome(browser(username), address) for who, username in PEOPLE.items()}
        lines.append(f"{name:<34}" + "".join(f"{who} {answer:<12}" for who, answer in got.items()).rstrip())
        public_page = name in ("public:index", "public:page", "public:page_number", "public:file")
        assert (got["anyone"] != "login") == public_page, f"{name}: {got['anyone']} without an account"
        if places and not public_page and not name.startswith(("library:", "projects:defects")):
            assert got["outsider"].startswith("no"), f"{name} is open to another unit's clerk"
    text = "\n".join(lines) + "\n"
    if os.environ.get("HENGJIAN_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8", newline="\n")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_absent_and_forbidden_look_the_same(objects: dict[str, Any]) -> None:
    """Nobody learns from the answer whether something exists that they may not see."""
    client = browser("jingban3")
    for name, route, places in sorted(patterns()):
        if "pk" not in places or name.startswith("library:"):
            continue
        given = values_for(name, places, objects)
        answers = []
        for pk in (given["pk"], ABSENT):
            address = filled(route, {**given, "pk": pk})
            answer = client.get(address)
            answers.append(client.post(address) if answer.status_code == 405 else answer)
        forbidden, absent = answers
        assert forbidden.status_code == absent.status_code == 404, name
        assert _without_token(forbidden) == _without_token(absent), name


def _without_token(answer: Any) -> str:
    text: str = answer.content.decode()
    return "\n".join(line for line in text.splitlines() if "csrf" not in line.lower() and "X-CSRFToken" not in line)
