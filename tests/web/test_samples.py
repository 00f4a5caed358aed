"""A newcomer's first start: every state of the work can be seen, and loading again changes nothing."""

from pathlib import Path

import pytest
from django.test import Client

from hengjian.web.journal.record import Proof, verify
from hengjian.web.projects.models import Deadline, Project, Sheet, State
from hengjian.web.projects.samples import load
from hengjian.web.public.models import Publication

DOCUMENTS = Path(__file__).parents[2] / "samples" / "documents"


@pytest.mark.django_db
def test_the_samples_show_every_state_and_load_once() -> None:
    """Documents first; then a sheet in each state, remarks, a published project, last year's form, deadlines, a whole record."""
    assert load(DOCUMENTS)
    first = Sheet.objects.get(pk=Sheet.objects.order_by("pk").values("pk")[:1])
    assert first.stage == "self_evaluation"
    assert first.rows.exclude(places={}).exists(), "a document, with the places its cells were read from"
    assert set(Sheet.objects.values_list("state", flat=True)) == set(State.values)
    assert Sheet.objects.filter(score_total__isnull=False, state=State.APPROVED).count() >= 2
    returned = Sheet.objects.get(state=State.RETURNED)
    assert returned.remarks.filter(settled_at=None).count() == 2
    again = Project.objects.exclude(previous=None).get().sheets.get()
    assert (again.state, again.version) == (State.AT_UNIT, 2)
    assert Deadline.objects.count() == 3
    shown = Client().get(f"/public/{Publication.objects.get().address}/").content.decode()
    assert "实际支出 117.36 万元" in shown
    assert list(verify(Proof())) == []
    count = Sheet.objects.count()
    assert not load(DOCUMENTS)
    assert Sheet.objects.count() == count
