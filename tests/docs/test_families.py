"""The shelf of the rule language is true: every example is scored, every block of canonical text is read."""

import importlib.util
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from hengjian.rules.accepted import reading_of
from hengjian.rules.canonical import CanonicalError, parse, show
from hengjian.rules.reader import read_rule
from hengjian.rules.reading import Context
from hengjian.rules.run import score
from hengjian.rules.trace import trace_of

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


def test_the_mistake_shown_is_what_is_said() -> None:
    """The page on canonical text shows a message; it is the one people get."""
    page = (SHELF / "canonical.md").read_text(encoding="utf-8")
    shown = re.search(r"```\n(第1行.*?)\n```", page, re.DOTALL)
    assert shown is not None
    with pytest.raises(CanonicalError) as told:
        parse(shown[1].splitlines()[1])
    # The page shows the text without the two blanks that set it off in the message.
    assert str(told.value).split("：", 1)[1].split("\n")[0] == shown[1].split("：", 1)[1].split("\n")[0]


def test_a_score_can_be_recomputed_from_its_trace() -> None:
    row = Context("合格率", "≥95%", "10")
    reading = read_rule("每低于目标值1个百分点扣0.5分，扣完为止", row)
    kept = trace_of(reading, row, "93.4%", score(reading, row, "93.4%"))
    again = reading_of(kept["rule"], parse(kept["canonical"][0]))
    got = score(again, Context(target=kept["target"], weight=kept["weight"]), kept["actual"])
    assert (str(got.exact), f"{got.value:f}") == (kept["exact"], kept["value"]) == ("46/5", "9.20")
    assert kept["policies"] == ["partial_step"]
