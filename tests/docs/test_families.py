"""The shelf of the rule language is true: every example is scored, every block of canonical text is read."""

import importlib.util
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from hengjian.rules.canonical import parse, show
from hengjian.rules.reader import read_rule
from hengjian.rules.reading import Context
from hengjian.rules.run import score

SHELF = Path(__file__).resolve().parents[2] / "docs" / "rules"
FAMILIES: list[dict[str, Any]] = tomllib.loads((SHELF / "families.toml").read_text(encoding="utf-8"))["family"]


def test_every_family_has_one_example() -> None:
    assert [one["id"] for one in FAMILIES] == [f"F{number:02}" for number in range(1, 65)]


@pytest.mark.parametrize("one", FAMILIES, ids=[one["id"] for one in FAMILIES])
def test_an_example_scores_as_it_says(one: dict[str, Any]) -> None:
    row = Context(one["indicator"], one["target"], one["weight"])
    reading = read_rule(one["rule"], row)
    got = [_score(reading, row, point) for point in one["points"]]
    assert got == [point[-1] for point in one["points"]]
    if "status" in one:
        assert reading.status.value == one["status"]


def _score(reading: Any, row: Context, point: list[str]) -> str:
    typed: str | dict[str, str] = point[0]
    if "=" in point[0]:
        typed = dict(part.split("=", 1) for part in point[0].split(";"))
    value = score(reading, row, typed, point[1] if len(point) > 2 else None).value
    return "" if value is None else f"{value:.2f}"


def test_the_page_is_that_of_the_examples() -> None:
    path = SHELF.parents[1] / "scripts" / "write_families.py"
    spec = importlib.util.spec_from_file_location("write_families", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    stored = (SHELF / "families.md").read_text(encoding="utf-8")
    assert stored == module.page(), "run python scripts/write_families.py"


@pytest.mark.parametrize("page", sorted(SHELF.glob("*.md")), ids=lambda page: page.stem)
def test_blocks_of_canonical_text_are_read(page: Path) -> None:
    """A block marked ``rule`` holds canonical text; shown again it means the same."""
    for block in re.findall(r"```rule\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        assert parse(show(parse(block))) == parse(block)
