"""The leader's page: sums that are right after every step, and the way down to a row."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from test_public import evaluated
from test_workflow import walk

from hengjian.web.projects import actions
from hengjian.web.projects.models import Project, Sheet, Tally
from hengjian.web.projects.tallying import recounted
from hengjian.web.templatetags.shown import share, wan


def sums() -> dict[tuple[int, int, str], dict[str, str]]:
    """What is kept."""
    return {(one.body_id, one.year, one.stage): one.counts for one in Tally.objects.all() if one.counts}


def test_sums_are_those_of_counting_anew(county: dict[str, Any], project: Project) -> None:
    """After submitting, returning, changing, submitting again, approving and self-evaluating."""
    sheet = project.sheets.get()
    assert sums() == recounted(Sheet.objects.all())
    actions.move_sheet(sheet, "submit", by=county["jingban"], expected=sheet.revision)
    sheet.refresh_from_db()
    actions.move_sheet(sheet, "return", by=county["danwei"], expected=1, reason="请核实")
    assert sums() == recounted(Sheet.objects.all())
    sheet.refresh_from_db()
    change = [{"id": "w", "row": "row0", "field": "weight", "from": "30", "to": "20"}]
    actions.change_cells(sheet, change, base=sheet.revision, by=county["jingban"])
    project.refresh_from_db()
    other = actions.create_project(body=county["990100-101002"], year=2027, name="另一个", by=county["jingban2"])
    assert sums() == recounted(Sheet.objects.all())
    assert Tally.objects.get(body=county["990100"], stage="declaration").counts["sheets"] == "2"
    assert other.sheets.count() == 1


def test_the_leader_sees_the_county_and_goes_down_to_the_sheet(
    county: dict[str, Any], project: Project, signed_in: Callable[[str], Client], django_assert_max_num_queries: Any
) -> None:
    """Signing in leads to the overview; numbers stand in tables; the unit's line leads to its projects."""
    evaluated(county, project)
    leader = signed_in("lingdao")
    assert leader.get("/").headers["Location"] == "/overview/"
    with django_assert_max_num_queries(20):
        page = leader.get("/overview/").content.decode()
    assert "98.00" in page
    assert "100.0%" in page
    assert f"?body={county['990100-101'].pk}" in page
    unit = leader.get(f"/overview/?body={county['990100-101001'].pk}").content.decode()
    assert "云川县干部教育培训" in unit
    assert leader.get("/overview/?body=999999").status_code == 404
    assert signed_in("zhuguan2").get(f"/overview/?body={county['990100-101'].pk}").status_code == 404
    declared = leader.get("/overview/?stage=declaration&year=2027").content.decode()
    code = re.findall(r"/overview/([A-Z]\d\d)/", declared)[0]
    found = leader.get(f"/overview/{code}/?body={county['990100'].pk}").content.decode()
    assert "云川县干部教育培训" in found
    assert leader.get("/overview/ZZZ/").status_code == 404


def test_an_empty_county_has_an_overview(county: dict[str, Any], signed_in: Callable[[str], Client]) -> None:
    """No sheet, no error."""
    assert "还没有" in signed_in("lingdao").get("/overview/").content.decode()


def test_walking_keeps_sums(county: dict[str, Any], project: Project) -> None:
    """The whole way of a declaration."""
    walk(county, project)
    assert sums() == recounted(Sheet.objects.all())


def test_the_page_opens_where_there_is_something_to_see(
    county: dict[str, Any], project: Project, signed_in: Callable[[str], Client]
) -> None:
    """A later year with drafts only does not hide the last self-evaluations; where there is nothing the page says so."""
    leader = signed_in("lingdao")
    assert "2027年绩效目标申报" in leader.get("/overview/").content.decode()
    evaluated(county, project)
    actions.create_project(body=project.body, year=2029, name="后年的项目", by=county["jingban"])
    page = leader.get("/overview/").content.decode()
    assert re.search(r"2027年\s*绩效自评", page)
    assert "2029年绩效目标申报" in leader.get("/overview/?year=2029").content.decode()
    assert "2029年还没有绩效自评表" in leader.get("/overview/?year=2029&stage=self_evaluation").content.decode()


@pytest.mark.parametrize(
    ("part", "text"), [("0.5625", "56.3%"), ("0.56249", "56.2%"), ("1", "100.0%"), ("0.0005", "0.1%")]
)
def test_a_half_goes_up(part: str, text: str) -> None:
    """As everybody rounds who checks the page with a pocket calculator; money, too."""
    assert share(Decimal(part)) == text
    assert (wan(Decimal("11250")), wan(Decimal("12345678.50"))) == ("1.13", "1,234.57")
