"""Forms as the public JSON of ``hengjian read``, and back.

Printed values become plain texts; fields the form does not print are left out. Nothing is lost on the way back but what is
derived (``texts``, the proof of reading, remarks) and, without places, where each value stood and how sure the reader was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from hengjian.forms.form import (
    Activity,
    Amount,
    Budget,
    CostNode,
    Form,
    Fund,
    Goal,
    Indicator,
    Kind,
    Milestone,
    Printed,
    PriorYear,
    Purchase,
    Total,
)
from hengjian.values.money import MoneyUnit
from hengjian.values.place import Place

# The lists of named amounts and the contract's name for the name.
AMOUNT_KEYS = {"funding_sources": "item", "cost_items": "subject", "tasks": "name"}
_INDICATOR_PAIRS = ("history", "bands", "extra")
_TITLES = (
    "title",
    "project",
    "project_code",
    "project_type",
    "department",
    "department_code",
    "unit",
    "unit_code",
)
_HEAD = (
    *_TITLES,
    "nature",
    "start",
    "end",
    "period",
    "grade",
    "conclusion",
    "problems",
    "measures",
    "basis",
)


def form_to_json(form: Form, *, places: bool = False) -> dict[str, Any]:
    """The FORM object of the contract; with ``places`` every printed value becomes ``{"text", "place"}``.

    Where it applies such a value says, too, that it is ``uncertain`` (the reader is unsure of it), that it stands in a
    merged cell of so many rows (``shared``) and is not on its first row (``lead`` is false).
    """
    teller = _Teller(places)
    out: dict[str, Any] = {"kind": form.kind.value}
    out |= teller.head(form) | teller.money(form) | teller.plans(form)
    out["indicators"] = [teller.indicator(row) for row in form.indicators]
    if places:
        out["place"] = place_to_json(form.place)
    if form.extra:
        out["extra"] = teller.pairs(form.extra)
    out["reading"] = {
        "state": form.proof.value,
        "identities": [{"name": i.name, "holds": i.holds, "derivation": i.derivation} for i in form.identities],
        "repairs": list(form.repairs),
    }
    return out


class _Teller:
    """Tells parts of a form as JSON, with or without places."""

    def __init__(self, places: bool) -> None:
        self.places = places

    def text(self, value: Printed) -> Any:
        return _placed(value) if self.places else value.text

    def named(self, form: Form, names: Sequence[str]) -> dict[str, Any]:
        """The printed values among some fields of the form."""
        found = {name: getattr(form, name) for name in names}
        return {name: self.text(value) for name, value in found.items() if value is not None}

    def record(self, value: Any) -> dict[str, Any]:
        """The printed values and numbers of a record."""
        out: dict[str, Any] = {}
        for item in fields(value):
            got = getattr(value, item.name)
            if isinstance(got, Printed):
                out[item.name] = self.text(got)
            elif isinstance(got, int) and not isinstance(got, bool):
                out[item.name] = got
        return out

    def pairs(self, value: tuple[tuple[str, Printed], ...]) -> dict[str, Any]:
        return {label: self.text(printed) for label, printed in value}

    def head(self, form: Form) -> dict[str, Any]:
        out: dict[str, Any] = {} if form.year is None else {"year": form.year}
        out |= self.named(form, _TITLES)
        if form.money_unit is not None:
            out["money_unit"] = form.money_unit.value
            if form.money_unit_inferred:
                out["money_unit_inferred"] = True
        return out | self.named(form, ("nature", "start", "end", "period", "basis"))

    def money(self, form: Form) -> dict[str, Any]:
        """Budget, lists of amounts, the cost breakdown and the tables of money and time."""
        out: dict[str, Any] = {}
        if form.budget is not None:
            out["budget"] = self.record(form.budget)
        if form.prior_years:
            out["prior_years"] = [self.record(year) for year in form.prior_years]
        for name, key in AMOUNT_KEYS.items():
            if amounts := getattr(form, name):
                out[name] = [self.amount(one, key) for one in amounts]
        out |= self.named(form, ("tasks_total",))
        if form.sums:
            out["sums"] = self.pairs(form.sums)
        if form.cost_breakdown is not None:
            out["cost_breakdown"] = self.node(form.cost_breakdown)
        for name in ("procurement", "schedule"):
            if rows := getattr(form, name):
                out[name] = [self.record(row) for row in rows]
        if form.funds:
            out["funds"] = [self.fund(fund) for fund in form.funds]
        return out

    def amount(self, value: Amount, key: str) -> dict[str, Any]:
        out = {key: self.text(value.name), "amount": self.text(value.amount)}
        if value.part or _is_part(value.name):
            out["part"] = value.part
        return out | ({"note": self.text(value.note)} if value.note is not None else {})

    def fund(self, value: Fund) -> dict[str, Any]:
        extra = {"extra": self.pairs(value.extra)} if value.extra else {}
        return self.record(value) | extra | ({"part": True} if value.part else {})

    def node(self, value: CostNode) -> dict[str, Any]:
        out: dict[str, Any] = {"name": value.name, "amount": value.amount}
        out["children"] = [self.node(child) for child in value.children]
        if value.unit is not None:
            out["unit"] = value.unit.value
        if value.parts:
            out["parts"] = [self.node(one) for one in value.parts]
        return out | ({"place": place_to_json(value.place)} if self.places else {})

    def plans(self, form: Form) -> dict[str, Any]:
        """What is to be done and reached, and what was said of it in the end."""
        out: dict[str, Any] = {}
        if form.activities:
            out["activities"] = [self.record(activity) for activity in form.activities]
        for name in ("sections", "goals"):
            if texts := getattr(form, name):
                out[name] = [self.text(text) for text in texts]
        if form.goal is not None:
            only = form.goal.expected if form.goal.adjusted is None and form.goal.achieved is None else None
            out["goal"] = self.record(form.goal) if only is None else self.text(only)
        if form.total is not None:
            out["total"] = self.record(form.total)
        return out | self.named(form, ("grade", "conclusion", "problems", "measures"))

    def indicator(self, row: Indicator) -> dict[str, Any]:
        shown = self.record(row)
        for name in _INDICATOR_PAIRS:
            if got := getattr(row, name):
                shown[name] = self.pairs(got)
        return shown | {"place": place_to_json(row.place)}


def _placed(value: Printed) -> dict[str, Any]:
    out: dict[str, Any] = {"text": value.text, "place": place_to_json(value.place)}
    if value.uncertain:
        out["uncertain"] = True
    if value.shared != 1:
        out["shared"] = value.shared
    if not value.lead:
        out["lead"] = False
    return out


def place_to_json(place: Place) -> dict[str, Any]:
    """A place with only the coordinates it has, and its Chinese wording under ``text``."""
    out: dict[str, Any] = {}
    for item in fields(place):
        got = getattr(place, item.name)
        if got is not None:
            out[item.name] = list(got) if isinstance(got, tuple) else got
    if out:
        out["text"] = str(place)
    return out


def place_from_json(data: Mapping[str, Any] | None) -> Place:
    """The place of a place object; its wording (``text``) is made anew."""
    known = {item.name for item in fields(Place)}
    made = {name: value for name, value in (data or {}).items() if name in known and value is not None}
    return Place(**{**made, "box": tuple(made["box"])}) if "box" in made else Place(**made)


def form_from_json(data: Mapping[str, Any]) -> Form:
    """The form of a FORM object, with or without places. ``{"any_of": [...]}`` takes the first text.

    Raises ``ValueError`` when ``kind`` is missing or unknown.
    """
    data = {**data, **data.get("x", {})}
    texts: dict[str, Any] = {name: _printed(data[name]) for name in _HEAD if data.get(name) is not None}
    return Form(
        kind=Kind(data["kind"]),
        **texts,
        year=int(data["year"]) if data.get("year") is not None else None,
        money_unit=MoneyUnit(data["money_unit"]) if data.get("money_unit") else None,
        money_unit_inferred=bool(data.get("money_unit_inferred")),
        budget=_record(Budget, data["budget"]) if data.get("budget") is not None else None,
        prior_years=tuple(_record(PriorYear, {**y, "year": int(y["year"])}) for y in data.get("prior_years", ())),
        cost_breakdown=_node(data["cost_breakdown"]) if data.get("cost_breakdown") else None,
        procurement=tuple(_record(Purchase, row) for row in data.get("procurement", ())),
        schedule=tuple(_record(Milestone, row) for row in data.get("schedule", ())),
        funds=tuple(_record(Fund, row) for row in data.get("funds", ())),
        activities=tuple(_record(Activity, row) for row in data.get("activities", ())),
        sections=tuple(_printed(text) for text in data.get("sections", ())),
        goals=tuple(_printed(text) for text in data.get("goals", ())),
        goal=_goal(data.get("goal")),
        total=_record(Total, data["total"]) if data.get("total") is not None else None,
        indicators=tuple(_record(Indicator, row) for row in data.get("indicators", ())),
        extra=tuple((label, _printed(text)) for label, text in data.get("extra", {}).items()),
        place=place_from_json(data.get("place")),
        tasks_total=_printed(data["tasks_total"]) if data.get("tasks_total") is not None else None,
        sums=tuple((name, _printed(text)) for name, text in data.get("sums", {}).items()),
        funding_sources=_amounts(data, "funding_sources"),
        cost_items=_amounts(data, "cost_items"),
        tasks=_amounts(data, "tasks"),
    )


def _printed(value: Any) -> Printed:
    if not isinstance(value, Mapping):
        return Printed(str(value))
    if "any_of" in value:
        return Printed(str(value["any_of"][0]))
    return Printed(
        str(value.get("text", "")),
        place_from_json(value.get("place")),
        shared=int(value.get("shared", 1)),
        lead=bool(value.get("lead", True)),
        uncertain=bool(value.get("uncertain", False)),
    )


def _record(cls: type[Any], data: Mapping[str, Any]) -> Any:
    data = {**data, **data.get("x", {})}
    known = {item.name for item in fields(cls)}
    made: dict[str, Any] = {}
    for name, value in data.items():
        if name not in known or value is None:
            continue
        if name in _INDICATOR_PAIRS:
            made[name] = tuple((label, _printed(text)) for label, text in value.items())
        elif name == "place":
            made[name] = place_from_json(value)
        else:
            made[name] = value if isinstance(value, int) else _printed(value)
    return cls(**made)


def _amounts(data: Mapping[str, Any], name: str) -> tuple[Amount, ...]:
    return tuple(_amount(row, AMOUNT_KEYS[name]) for row in data.get(name, ()))


def _amount(row: Mapping[str, Any], key: str) -> Amount:
    name = _printed(row[key])
    note = _printed(row["note"]) if row.get("note") is not None else None
    part = bool(row.get("part", _is_part(name)))
    return Amount(name, _printed(row.get("amount", "")), part=part, note=note)


def _is_part(name: Printed) -> bool:
    """Whether a row says itself that it is a part of the one before."""
    return name.text.startswith("其中")


def _node(data: Mapping[str, Any]) -> CostNode:
    return CostNode(
        data["name"],
        data["amount"],
        MoneyUnit(data["unit"]) if data.get("unit") else None,
        tuple(_node(child) for child in data.get("children", ())),
        place_from_json(data.get("place")),
        tuple(_node(one) for one in data.get("parts", ())),
    )


def _goal(value: Any) -> Goal | None:
    if value is None:
        return None
    if isinstance(value, Mapping) and not {"any_of", "text"} & set(value):
        known = ("expected", "adjusted", "achieved")
        return Goal(**{name: _printed(value[name]) for name in known if value.get(name) is not None})
    return Goal(expected=_printed(value))
