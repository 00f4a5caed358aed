"""The developer rules of the acceptance material: every score, every refusal, every status."""

import json
from pathlib import Path
from typing import Any

import pytest

from hengjian.rules.reader import read_rule
from hengjian.rules.reading import Context
from hengjian.rules.run import score

_RULES = Path(__file__).parents[3] / "shared" / "acceptance" / "rules-dev.jsonl"

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not _RULES.exists(), reason="../shared/acceptance is not shipped"),
]


def _rules() -> list[dict[str, Any]]:
    return [json.loads(line) for line in _RULES.read_text(encoding="utf-8").splitlines() if line.strip()]


def test_developer_rules_score_as_a_careful_person_does() -> None:
    wrong: list[str] = []
    silent: list[str] = []
    status = points = 0
    rules = _rules()
    for rule in rules:
        context = Context(indicator=rule["indicator"], target=rule["target"], weight=rule["weight"])
        reading = read_rule(rule["rule"], context)
        status += reading.status.value == rule["kind"]
        for point in rule["points"]:
            got = score(reading, context, point["actual"], point.get("grade")).value
            points += 1
            if (None if got is None else str(got)) != point["score"]:
                text = f"{rule['id']} {rule['rule']} {point['actual']}: {point['score']}, not {got}"
                wrong.append(text)
                if got is not None and reading.status.value == "executable":
                    silent.append(text)
    assert not silent, silent
    assert len(wrong) <= points * 0.01, wrong
    assert status >= len(rules) * 0.98
