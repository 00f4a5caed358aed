"""What must hold in the database and the files of a site after it was killed; prints what does not, one a line.

Run with the settings of the site: ``python look_after.py ACKNOWLEDGED.json``, or ``--under-way``.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402

from hengjian.web.evidence.models import FormState, Intake, IntakeForm, IntakeState  # noqa: E402
from hengjian.web.journal.models import Event  # noqa: E402
from hengjian.web.journal.record import Proof, verify  # noqa: E402
from hengjian.web.projects.models import Sheet  # noqa: E402

SETTLED = {IntakeState.READ, IntakeState.CONFIRMED}


def documents(acknowledged: list[str]) -> Iterator[str]:
    """Every document that was acknowledged is there, read, and its file whole."""
    held = {intake.sha256: intake for intake in Intake.objects.all()}
    for digest in acknowledged:
        if digest not in held:
            yield f"lost: {digest}"
    for intake in held.values():
        path = Path(settings.MEDIA_ROOT) / intake.file
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != intake.sha256:
            yield f"{intake}: its file is not whole"
        given_up = intake.state == IntakeState.FAILED and intake.tries >= 3
        if intake.state not in SETTLED and not given_up:
            yield f"{intake}: {intake.state} {intake.message}"
        forms = len((intake.result or {}).get("forms", ()))
        if intake.forms.count() != forms:
            yield f"{intake}: {forms} forms read, {intake.forms.count()} stored"
        done = Event.objects.filter(stream=intake.stream, what="read").count()
        if done != (1 if intake.state in SETTLED else 0):
            yield f"{intake}: read {done} times"


def projects(acknowledged: list[int]) -> Iterator[str]:
    """Every confirmation that was acknowledged made one project, with all its rows; no other project came."""
    taken = IntakeForm.objects.filter(state=FormState.TAKEN).select_related("intake", "sheet__project")
    sheets = [form.sheet_id for form in taken]
    for pk in acknowledged:
        if not any(form.intake_id == pk for form in taken):
            yield f"confirmation of {pk} lost"
    if len(set(sheets)) != len(sheets):
        yield "one sheet made of two forms"
    made = {
        int(json.loads(event.data)["intake"])
        for event in Event.objects.filter(what="opened")
        if '"intake"' in event.data
    }
    if made != {form.intake_id for form in taken}:
        yield f"projects of {sorted(made)}, forms taken of {sorted(form.intake_id for form in taken)}"
    for form in taken:
        if form.sheet is None or form.sheet.rows.filter(part="indicators").count() != 3:
            yield f"{form}: rows are missing"
        if Event.objects.filter(stream=form.intake.stream, what="confirmed").count() != 1:
            yield f"{form}: not recorded once"
    for sheet in Sheet.objects.filter(rows=None):
        yield f"{sheet}: a sheet without rows"


def main(path: str) -> None:
    """Look, and tell."""
    if path == "--under-way":
        busy = (IntakeState.WAITING, IntakeState.READING)
        sys.stdout.write(f"{Intake.objects.filter(state__in=busy).count()}\n")
        return
    told = json.loads(Path(path).read_text(encoding="utf-8"))
    broken = [*documents(told["documents"]), *projects(told["projects"])]
    broken += [f"record: {one.stream} {one.number} {one.message}" for one in verify(Proof())]
    for line in broken:
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
