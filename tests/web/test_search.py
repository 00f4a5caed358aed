"""Finding projects and disclosures by a few words: the same answer as reading every name, without reading every name."""

import random
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Q
from django.test import Client

from hengjian.web import grams
from hengjian.web.people import actions as people
from hengjian.web.projects import actions
from hengjian.web.projects.models import Project, ProjectGram

NAMES = (
    "干部教育培训",
    "干部档案数字化",
    "人才公寓租金补贴",
    "Party学习平台(二期)",
    "老干部体检",
    "党建 示范点 建设",
    "训练",
)


@pytest.fixture
def projects(county: dict[str, Any]) -> list[Project]:
    """A project of each name in two units."""
    made = []
    for unit, clerk in (("990100-101001", "jingban"), ("990100-101002", "jingban2")):
        for number, name in enumerate(NAMES):
            code = f"Xm{unit[-1]}-{number:03d}"
            made.append(actions.create_project(body=county[unit], year=2026, name=name, code=code, by=county[clerk]))
    return made


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("干部", 6),
        ("培训 干部", 2),
        ("教训", 0),
        ("干培", 0),
        ("party", 2),
        ("人才服务", 7),  # the name of a unit
        ("人才服务 训练", 1),
        ("xm1-00", 7),  # the beginning of a code, in any case
        ("m1-00", 0),
        ("训", 4),
        ("干部教育培训工程", 0),
        ("\0干部", 6),
        ("(二", 2),
        ("%", 0),
        ("", 14),
    ],
)
@pytest.mark.parametrize("most", [1000, 1])
def test_words_find_names_codes_and_units(
    projects: list[Project], monkeypatch: pytest.MonkeyPatch, words: str, count: int, most: int
) -> None:
    """Looked up by pairs, or (for what very many have) read in order: the answer is the same."""
    monkeypatch.setattr(grams, "MOST", most)
    monkeypatch.setattr("hengjian.web.projects.models.MOST", most)
    assert Project.objects.all().matching(words).count() == count


def test_looking_up_agrees_with_reading_everything(projects: list[Project]) -> None:
    """Any piece of any name, and pieces put together wrongly."""
    chance = random.Random(7)  # noqa: S311 - no secret
    text = "".join(NAMES)
    for _ in range(60):
        at = chance.randrange(len(text) - 3)
        word = text[at : at + chance.randint(2, 4)].replace(" ", "")
        read = Q(name__icontains=word) | Q(code__istartswith=word) | Q(body__name__icontains=word)
        assert set(Project.objects.all().matching(word)) == set(Project.objects.filter(read)), word


def test_a_renamed_unit_is_found_by_its_new_name(county: dict[str, Any], projects: list[Project]) -> None:
    """And no longer by the old one."""
    people.rename_body(county["990100-101002"], name="云川县英才驿站", active=True, by=county["guanli"])
    assert Project.objects.all().matching("英才驿站").count() == len(NAMES)
    assert Project.objects.all().matching("人才服务").count() == 0


def test_names_that_were_there_before_get_their_pairs(projects: list[Project]) -> None:
    """The step of the migration writes what the actions would have written, from all fields of a name."""
    made = set(ProjectGram.objects.values_list("gram", "project"))
    ProjectGram.objects.all().delete()
    step: Any = grams.fill_pairs("projects", "Project", "ProjectGram", "name").code
    step(apps, None)
    assert set(ProjectGram.objects.values_list("gram", "project")) == made
    ProjectGram.objects.all().delete()
    step = grams.fill_pairs("projects", "Project", "ProjectGram", "name", "code").code
    step(apps, None)
    assert set(ProjectGram.objects.values_list("gram", "project")) > made


def test_the_list_goes_on_where_the_page_before_ended(
    county: dict[str, Any], projects: list[Project], signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Page after page, each project once, newest first; what nobody sends is no harm."""
    monkeypatch.setattr("hengjian.web.projects.views.PAGE", 5)
    client: Client = signed_in("caizheng")
    seen: list[int] = []
    address = "/projects/"
    while True:
        page = client.get(address).context
        seen += [one.pk for one in page["projects"]]
        if page["last"] is None:
            break
        address = f"/projects/?before={page['last'].pk}"
    assert seen == sorted((one.pk for one in projects), reverse=True)
    for odd in ("x", "9" * 30, "-1", ""):
        assert client.get("/projects/", {"before": odd}).status_code == 200
    assert client.get("/projects/", {"q": "\0"}).status_code == 200
    assert client.get("/public/", {"q": "\0干部"}).status_code == 200
