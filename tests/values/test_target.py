"""Target cells: what a clerk types and what must be read."""

import json
import sys
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hengjian.values.target import read_target, target_json

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = tomllib.loads((HERE / "targets.toml").read_text(encoding="utf-8"))["case"]
SHARED = HERE.parents[2] / "shared" / "acceptance"


def expected(case: dict[str, Any]) -> dict[str, Any]:
    """The whole ``parsed`` object a case asks for."""
    number = case.get("n")
    low, high = case.get("low", number), case.get("high", number)
    comparator, opened = case.get("c"), case.get("open", "")
    answer: dict[str, Any] = {
        "comparator": comparator,
        "low": low,
        "high": high,
        "unit": case.get("unit", ""),
        "scale": case.get("scale"),
        "period": case.get("period"),
        "approx": case.get("approx", False),
        "low_incl": None,
        "high_incl": None,
        "base": case.get("base"),
        "direction": case.get("direction"),
        "date_from": case.get("from"),
        "date_to": case.get("to"),
        "day_to": case.get("day"),
    }
    if comparator in (">=", ">", "range"):
        answer["low_incl"] = comparator == ">=" or (comparator == "range" and opened not in ("low", "both"))
    if comparator in ("<=", "<", "range"):
        answer["high_incl"] = comparator == "<=" or (comparator == "range" and opened not in ("high", "both"))
    for name in ("text", "label"):
        if name in case:
            answer[name] = case[name]
    if "parts" in case:
        answer["parts"] = [expected(part) for part in case["parts"]]
    return answer


def plain(answer: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """The answer reduced to the fields asked for, numbers as comparable values."""
    got = {name: answer.get(name) for name in asked}
    if "parts" in asked:
        parts = answer.get("parts", [])
        got["parts"] = [plain(part, want) for part, want in zip(parts, asked["parts"], strict=False)] + parts[
            len(asked["parts"]) :
        ]
    return numbers(got)


def numbers(answer: dict[str, Any]) -> dict[str, Any]:
    return {
        name: Decimal(str(value))
        if name in ("low", "high") and value is not None
        else [numbers(part) for part in value]
        if name == "parts"
        else value
        for name, value in answer.items()
    }


@pytest.mark.parametrize("case", CASES, ids=[case["t"] for case in CASES])
def test_a_target_cell_is_read(case: dict[str, Any]) -> None:
    asked = expected(case)
    assert plain(target_json(read_target(case["t"])), asked) == numbers(asked)


@pytest.mark.acceptance
@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared, which is not shipped")
def test_every_target_of_the_acceptance_material_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SHARED))
    sys.modules.pop("targets", None)
    import targets  # type: ignore[import-not-found]

    rows = [
        json.loads(line) for line in (SHARED / "targets-dev.jsonl").read_text(encoding="utf-8").splitlines() if line
    ]
    wrong = {
        row["target"]: bad
        for row in rows
        if (bad := targets.wrong(row["parsed"], target_json(read_target(row["target"]))))
    }
    assert rows
    assert wrong == {}
