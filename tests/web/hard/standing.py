"""What must hold of every project at any moment, whatever was killed; and what the tests that break things need to know.

Run with the settings of a site: ``standing.py check ACKNOWLEDGED.json`` prints what does not hold, one a line;
``standing.py prepare`` prints what to work on as JSON.
"""

import itertools
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

django.setup()

from hengjian.web.journal.models import Event  # noqa: E402
from hengjian.web.journal.record import Proof, sha256  # noqa: E402
from hengjian.web.people import actions as people  # noqa: E402
from hengjian.web.people.models import Body, User  # noqa: E402
from hengjian.web.projects import actions  # noqa: E402
from hengjian.web.projects.models import Operation, Sheet, State, Tally  # noqa: E402
from hengjian.web.projects.samples import PASSWORD  # noqa: E402
from hengjian.web.projects.tallying import recounted  # noqa: E402
from hengjian.web.proving import prove  # noqa: E402

STEPS = ("submit", "withdraw", "pass", "return")


def broken(acknowledged: dict[str, Any]) -> Iterator[str]:
    """Everything that is not as it must be."""
    sheets = list(Sheet.objects.prefetch_related("versions", "remarks"))
    events: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for event in Event.objects.filter(stream__startswith="sheet:").order_by("stream", "number"):
        events.setdefault(event.stream, []).append((event.what, json.loads(event.data)))
    for sheet in sheets:
        for told in _of_sheet(sheet, events.get(sheet.stream, [])):
            yield f"{sheet.stream}: {told}"
    if {(one.body_id, one.year, one.stage): one.counts for one in Tally.objects.all()} != recounted(sheets):
        yield "the sums are not those of the sheets"
    yield from (f"record: {one.stream} {one.number} {one.message}" for one in prove(Proof()))
    yield from _lost(acknowledged, events)


def _of_sheet(sheet: Sheet, events: list[tuple[str, dict[str, Any]]]) -> Iterator[str]:
    steps = [(what, data) for what, data in events if what in STEPS]
    state = steps[-1][1]["to"] if steps else State.DRAFT
    if sheet.state != state:
        yield f"it is {sheet.state}, its record says {state}"
    for (_, one), (_, two) in itertools.pairwise(steps):
        if one["to"] != two["from"]:
            yield f"a step from {two['from']} after one to {one['to']}"
    versions = list(sheet.versions.all())
    if [version.number for version in versions] != list(range(1, sheet.version + 1)):
        yield f"version {sheet.version}, but {len(versions)} frozen"
    if [data["version"] for what, data in steps if what == "submit"] != [version.number for version in versions]:
        yield "versions and submissions do not belong together"
    before = ""
    for version in versions:
        if version.previous != before or version.digest != sha256(before + version.content):
            yield f"version {version.number} is not chained"
        before = version.digest
    returned = sum(what == "return" for what, _ in steps)
    if returned != len(sheet.remarks.all()):
        yield f"returned {returned} times with {len(sheet.remarks.all())} remarks"
    saved = {data["revision"]: len(data["changes"]) for what, data in events if what == "cells"}
    if sheet.revision != 1 + len(saved):
        yield f"revision {sheet.revision} after {len(saved)} saves"
    made = Counter(Operation.objects.filter(sheet=sheet).values_list("revision", flat=True)) if saved else {}
    if dict(made) != saved:
        yield "operations and saves do not belong together"


def _lost(acknowledged: dict[str, Any], events: dict[str, list[tuple[str, dict[str, Any]]]]) -> Iterator[str]:
    """What people were told is done must be in the record."""
    told = Counter((pk, step) for pk, step in acknowledged.get("steps", ()))
    for (pk, step), times in told.items():
        there = sum(what == step for what, _ in events.get(f"sheet:{pk}", []))
        if there < times:
            yield f"sheet:{pk}: {step} was told {times} times and is there {there} times"
    keys = set(acknowledged.get("saves", ()))
    if lost := keys - set(Operation.objects.filter(key__in=keys).values_list("key", flat=True)):
        yield f"{len(lost)} saves lost"


def prepare() -> dict[str, Any]:
    """A unit with several drafts that may be submitted, two reviewers for it, and one sheet ready for their verdict."""
    found: dict[Body, list[Sheet]] = {}
    for sheet in Sheet.objects.filter(stage="self_evaluation").exclude(version=0).select_related("project__body"):
        found.setdefault(sheet.project.body, []).append(sheet)
    body, sheets = max(found.items(), key=lambda item: len(item[1]))
    held = {role: User.objects.get(posts__role=role, posts__body=body) for role in ("clerk", "unit")}
    department = User.objects.get(posts__role="department", posts__body=body.parent)
    second = people.create_user(username="danwei-er", name="单位审核二", password=PASSWORD, by=None, must_change=False)
    people.give_post(second, role="unit", body=body, by=None)
    drafts = [sheet.pk for sheet in sheets if _opened(sheet, held["clerk"])]
    verdict = Sheet.objects.get(pk=drafts.pop())
    sent = actions.move_sheet(verdict, "submit", by=held["clerk"], expected=verdict.revision)
    content = sent.versions.latest("number").data
    marks = [finding["mark"] for finding in content["assessment"]["findings"] if finding["level"] != "I"]
    if marks:
        actions.decide_findings(sent, marks, "waived", reason="已核实", by=held["unit"])
    saver = Sheet.objects.filter(version=0, stage="self_evaluation").exclude(project__body=body).first()
    assert saver is not None
    return {
        "clerk": held["clerk"].username,
        "unit": held["unit"].username,
        "unit2": second.username,
        "department": department.username,
        "drafts": drafts,
        "verdict": {"sheet": sent.pk, "version": sent.version},
        "saver": {"clerk": f"jingban{saver.project.body_id}", "sheet": saver.pk},
    }


def _opened(sheet: Sheet, clerk: User) -> bool:
    """Take a sheet back to its clerk where its state allows; whether it is open then."""
    waits = {State.AT_UNIT: "unit", State.AT_DEPARTMENT: "department", State.AT_FINANCE: "finance"}
    if role := waits.get(State(sheet.state)):
        paths = [f"/{'/'.join(sheet.path.strip('/').split('/')[: n + 1])}/" for n in range(sheet.path.count("/") - 1)]
        reviewer = User.objects.filter(posts__role=role, posts__body__path__in=paths).order_by("-pk").first()
        assert reviewer is not None
        sheet = actions.move_sheet(sheet, "return", by=reviewer, expected=sheet.version, reason="请核对。")
    return bool(sheet.is_open)


def main(asked: str, path: str = "") -> None:
    """Answer."""
    if asked == "prepare":
        sys.stdout.write(json.dumps(prepare()))
        return
    for line in broken(json.loads(Path(path).read_text(encoding="utf-8"))):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
