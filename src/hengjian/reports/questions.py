"""The public JSON of ``hengjian what-if`` and ``hengjian practice``: answers to questions about forms.

Scores and totals are texts as they are counted; ``exact`` is the fraction before rounding (``55/6``). The Chinese sentences
of the answer stand beside the numbers, in ``text``.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hengjian.audit.case import Case, printed_total, text_of
from hengjian.audit.policy import Break, Choice, UnitPractice
from hengjian.audit.whatif import Change, Improvement, MoneyChange, Moved, Route, Sensitivity, Standing, WhatIf
from hengjian.forms.contract import place_to_json
from hengjian.rules.questions import Needed
from hengjian.values.rounding import Rounding


def rounding_json(rounding: Rounding | None) -> dict[str, Any] | None:
    """A practice of rounding."""
    if rounding is None:
        return None
    return {"places": rounding.places, "mode": rounding.mode.value, "text": str(rounding)}


def needed_json(needed: Needed) -> dict[str, Any]:
    """What earns a score."""
    ranges = [
        {
            "low": _exact(part.low),
            "low_included": part.low_incl,
            "high": _exact(part.high),
            "high_included": part.high_incl,
        }
        for part in needed.stretches
    ]
    return {
        "score": _exact(needed.score),
        "text": needed.text,
        "ranges": ranges,
        "grades": list(needed.grades),
        "unit": needed.unit,
    }


# --- what if ------------------------------------------------------------------------------------------------------------


def what_if_json(
    source: Mapping[str, Any],
    case: Case,
    changes: Sequence[Change | MoneyChange],
    told: WhatIf | None,
    route: Route | None,
    firm: Sensitivity | None,
    now: Standing,
) -> dict[str, Any]:
    """The answer of ``hengjian what-if --json`` (schema ``hengjian.what-if/1``); what was not asked is null."""
    lines = [line for part in (told, route, firm) if part is not None for line in part.lines()]
    return {
        "schema": "hengjian.what-if/1",
        "source": dict(source),
        "form": {
            "number": case.index + 1,
            "kind": case.form.kind.value,
            "project": text_of(case.form.project) or None,
            "year": case.form.year,
            "scheme": case.scheme.name,
            "rounding": rounding_json(case.rounding),
            "printed_total": _number(printed_total(case.form)),
        },
        "now": _standing(now, case),
        "changes": [_change(change, case) for change in changes],
        "after": None if told is None else _standing(told.after, case),
        "moved": [] if told is None else [_moved(row) for row in told.moved],
        "notes": list(_notes(told, route, firm)),
        "route": None if route is None else _route(route),
        "sensitivity": None if firm is None else _sensitivity(firm),
        "text": lines,
    }


def _notes(told: WhatIf | None, route: Route | None, firm: Sensitivity | None) -> dict[str, None]:
    return dict.fromkeys(note for part in (told, route, firm) if part is not None for note in part.notes)


def _standing(now: Standing, case: Case) -> dict[str, Any]:
    return {
        "rows": [
            {"indicator": row.row.name.text, "score": _number(score), "weight": _number(row.weight)}
            for row, score in zip(case.rows, now.scores, strict=True)
        ],
        "execution": _number(now.execution),
        "execution_rate": _exact(now.rate),
        "sum": _number(now.sum),
        "factor": _exact(now.factor),
        "limit": _number(now.limit),
        "total": _number(now.total),
        "grade": now.grade or None,
        "without_score": list(now.unknown),
        "as_printed": list(now.trusted),
    }


def _change(change: Change | MoneyChange, case: Case) -> dict[str, Any]:
    if isinstance(change, MoneyChange):
        return {"indicator": None, "field": change.field, "text": change.text}
    return {"indicator": case.form.indicators[change.row].name.text, "field": change.field, "text": change.text}


def _moved(row: Moved) -> dict[str, Any]:
    sides = zip(("before", "after"), (row.before, row.after), row.exact, row.derivations, strict=True)
    told = {
        side: {"score": _number(score), "exact": _exact(exact), "derivation": line}
        for side, score, exact, line in sides
    }
    return {"indicator": row.name, **told, "reason": row.reason}


def _route(route: Route) -> dict[str, Any]:
    return {
        "goal": _number(route.goal),
        "total": _number(route.total),
        "reachable": route.reachable,
        "improvements": [_improvement(one) for one in route.improvements],
        "steps": [{"indicator": one.name, "needed": needed_json(need)} for one, need in route.steps],
    }


def _improvement(one: Improvement) -> dict[str, Any]:
    return {
        "indicator": one.name,
        "score": _number(one.score),
        "weight": _number(one.weight),
        "gain": _number(one.gain),
        "actual": one.actual,
        "full": needed_json(one.full),
        "alone": None if one.alone is None or not one.alone.possible else needed_json(one.alone),
        "effort": _exact(one.effort),
    }


def _sensitivity(firm: Sensitivity) -> dict[str, Any]:
    return {
        "total": _number(firm.total),
        "grade": firm.grade or None,
        "above": _number(firm.above),
        "better": firm.better or None,
        "below": _number(firm.below),
        "worse": firm.worse or None,
        "flips": [
            {"indicator": flip.name, "direction": "up" if flip.up else "down", "grade": flip.to, "needs": flip.needs}
            for flip in firm.flips
        ],
    }


# --- practice -----------------------------------------------------------------------------------------------------------


def practice_json(
    units: Sequence[UnitPractice],
    forms: Sequence[Mapping[str, Any]],
    problems: Sequence[Mapping[str, Any]],
    text: Sequence[str],
) -> dict[str, Any]:
    """The answer of ``hengjian practice --json`` (schema ``hengjian.practice/1``); ``forms`` are those the breaks point to."""
    return {
        "schema": "hengjian.practice/1",
        "forms": [dict(form) for form in forms],
        "units": [_unit(unit) for unit in units],
        "problems": [dict(problem) for problem in problems],
        "text": list(text),
    }


def _unit(told: UnitPractice) -> dict[str, Any]:
    seen = told.rounding
    return {
        "unit": told.unit,
        "explains": told.explains,
        "of": told.of,
        "rounding": {
            "places": seen.rounding.places,
            "mode": seen.rounding.mode.value,
            "text": str(seen.rounding),
            "explains": seen.explains,
            "of": seen.of,
            "telling": seen.telling,
            "alternatives": [str(other) for other in seen.alternatives],
        },
        "choices": [_choice(choice) for choice in told.choices],
        "breaks": [_break(one) for one in told.breaks],
        "text": list(told.lines()),
    }


def _choice(choice: Choice) -> dict[str, Any]:
    return {
        "question": choice.question,
        "title": choice.title,
        "ways": [{"title": title, "explains": count} for title, count in choice.ways],
        "of": choice.of,
        "settled": choice.settled,
        "text": str(choice),
    }


def _break(one: Break) -> dict[str, Any]:
    place = one.row.row.place
    return {
        "form": one.form,
        "indicator": one.row.row.name.text,
        "place": place_to_json(place) if place else None,
        "printed": _number(one.row.printed),
        "expected": _number(one.expected),
        "derivation": one.derivation,
        "way": one.way or None,
        "text": str(one),
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else str(value)
