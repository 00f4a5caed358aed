"""Forms as JSON and back: with places nothing printed is lost, also where a person has mended a value."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from forms.anything import any_form
from hengjian import desk
from hengjian.forms.contract import form_from_json, form_to_json, place_from_json, place_to_json
from hengjian.forms.form import Amount, CostNode, Form, Fund, Goal, Indicator, Kind, Printed, Proof
from hengjian.values.money import MoneyUnit
from hengjian.values.place import NOWHERE, Place

SAMPLES = sorted((Path(__file__).parents[2] / "samples" / "documents").glob("*.[dhtx]*"))  # scans are slow
ACCEPTANCE = Path(__file__).parents[3] / "shared" / "acceptance" / "documents"


def carried(form: Form) -> Form:
    """What JSON carries: not what is worked out from the printed values."""
    return replace(form, texts=(), proof=Proof.UNPROVED, identities=(), repairs=(), remarks=())


def there_and_back(form: Form) -> Form:
    return form_from_json(json.loads(json.dumps(form_to_json(form, places=True), ensure_ascii=False)))


def cell(name: str, text: str, **more: Any) -> Printed:
    return Printed(text, Place(sheet="自评表", cell=name), **more)


FORM = Form(
    kind=Kind.SELF_EVALUATION,
    year=2024,
    project=cell("B2", "甲县干部培训"),
    money_unit=MoneyUnit.WAN,
    funds=(Fund(cell("A5", "年度资金总额"), weight=cell("F5", "10")), Fund(cell("A6", "财政拨款"), part=True)),
    cost_items=(Amount(cell("A9", "培训费"), cell("B9", "12.50"), part=True, note=cell("C9", "3期")),),
    tasks=(Amount(cell("A11", "培训"), cell("B11", "3")),),
    tasks_total=cell("B12", "3"),
    sums=(("cost_items", cell("B10", "12.50")),),
    cost_breakdown=CostNode(
        "总额",
        "12.5",
        MoneyUnit.WAN,
        (CostNode("场地", "2.5", place=Place(line=3)),),
        Place(line=2),
        (CostNode("餐费", "1"),),
    ),
    goal=Goal(expected=cell("B8", "培训100人")),
    indicators=(
        Indicator(
            cell("C15", "培训人数"),
            level1=cell("A15", "产出指标", shared=2),
            actual=cell("E15", "9B", uncertain=True),
            history=(("上年", cell("G15", "80人")),),
            extra=(("备忘", cell("H15", "—")),),
            place=Place(sheet="自评表", cell="C15"),
        ),
        Indicator(
            cell("C16", "培训期数"), level1=cell("A15", "产出指标", shared=2, lead=False), actual=cell("E16", "")
        ),
    ),
    extra=(("联系人", Printed("", Place(page=1, box=(1.5, 2.0, 3.0, 4.25)))),),
    place=Place(sheet="自评表", cell="A1"),
)


def test_nothing_printed_is_lost_with_places() -> None:
    assert there_and_back(FORM) == FORM


def test_without_places_the_texts_come_back() -> None:
    plain = form_to_json(FORM)
    back = form_from_json(plain)
    assert back.indicators[0].actual == Printed("9B")
    for told in (plain, again := form_to_json(back)):
        for row in told["indicators"]:
            row.pop("place")
    assert again == plain


def test_plain_form_says_nothing_of_doubts_and_places() -> None:
    told = json.dumps(form_to_json(FORM), ensure_ascii=False)
    assert not any(f'"{word}"' in told for word in ("uncertain", "shared", "lead"))


@settings(max_examples=100, deadline=None)
@given(any_form())
def test_any_form_comes_back_with_its_facts(form: Form) -> None:
    """Also without places: which rows are parts, printed sums, units and parts of the cost breakdown."""
    form = replace(form, sums=tuple(dict(form.sums).items()))
    plain = json.loads(json.dumps(form_to_json(form), ensure_ascii=False))
    assert form_from_json(plain) == carried(form)
    assert there_and_back(form) == carried(form)


def test_doubtful_value_is_told_and_only_that() -> None:
    first, second = form_to_json(FORM, places=True)["indicators"]
    assert first["actual"] == {
        "text": "9B",
        "place": {"sheet": "自评表", "cell": "E15", "text": "工作表“自评表” E15"},
        "uncertain": True,
    }
    assert set(second["actual"]) == {"text", "place"}


def test_mended_value_keeps_its_place() -> None:
    told = form_to_json(FORM, places=True)
    told["indicators"][0]["actual"].update(text="98", uncertain=False)
    mended = form_from_json(told).indicators[0].actual
    assert mended == cell("E15", "98")


def test_values_with_and_without_places_may_stand_side_by_side() -> None:
    told = form_to_json(FORM, places=True)
    told["indicators"].append({"name": "新增的一行", "weight": "5"})
    rows = form_from_json(told).indicators
    assert rows[-1] == Indicator(Printed("新增的一行"), weight=Printed("5"))
    assert rows[:-1] == FORM.indicators


def test_goal_of_one_text_stays_the_expected_one() -> None:
    one = replace(FORM, goal=Goal(expected=cell("B8", "培训100人")))
    two = replace(FORM, goal=Goal(expected=cell("B8", "培训100人"), achieved=cell("D8", "完成")))
    assert there_and_back(one).goal == one.goal
    assert there_and_back(two).goal == two.goal


@pytest.mark.parametrize(
    "place", [NOWHERE, Place(page=2, box=(1.0, 2.5, 3.0, 4.0), table=1, row=2, column=3), Place(line=7)]
)
def test_places_come_back(place: Place) -> None:
    assert place_from_json(json.loads(json.dumps(place_to_json(place)))) == place


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_samples_come_back(path: Path) -> None:
    for form in desk.read(path).forms:
        assert there_and_back(form) == carried(form)


@pytest.mark.skipif(not ACCEPTANCE.exists(), reason="needs ../shared, which is not shipped")
def test_acceptance_documents_come_back() -> None:
    count = 0
    for path in sorted(ACCEPTANCE.iterdir()):
        if "scan" in path.name:
            continue  # slow; its values are like those of a pdf
        for form in desk.read(path).forms:
            assert there_and_back(form) == carried(form), path.name
            count += 1
    assert count > 20
