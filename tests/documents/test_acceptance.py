"""Every printed text that the acceptance material expects lies in the layout, and the texts of one indicator in one row."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hengjian.documents import read_layout
from hengjian.forms.layout import Grid, Layout

SHARED = Path(__file__).resolve().parents[3] / "shared" / "acceptance"
pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not SHARED.exists(), reason="the acceptance material is not shipped"),
]
NOT_IN_ITS_ROW = {
    "level1",
    "level2",
    "level3",
    "goal",
    "activity",
    "code",
    "reason_kind",
    "deviation",
}  # merged or derived


def documents() -> list[Path]:
    folder = SHARED / "documents"
    if not folder.exists():
        return []
    return [path for path in sorted(folder.iterdir()) if gold(path).exists() and "scan" not in path.name]


def gold(path: Path) -> Path:
    return SHARED / "gold" / f"{path.name}.json"


def plain(text: str) -> str:
    return re.sub(r"[\s​﻿]+", "", text)


def leaves(value: Any) -> Iterator[str]:
    """Printed texts of a form; alternatives and unnamed fields left out."""
    if isinstance(value, dict) and "any_of" not in value:
        for key, inner in value.items():
            if key not in ("x", "kind"):
                yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    elif isinstance(value, str):
        yield plain(value)


def rows(layout: Layout) -> Iterator[list[str]]:
    for block in layout.blocks:
        if isinstance(block, Grid):
            for row in block:
                yield [plain(cell.text) for cell in row]
        else:
            yield [plain(block.text)]


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.name)
def test_printed_texts_lie_where_a_form_reader_looks(path: Path) -> None:
    layout = read_layout(path)
    forms = json.loads(gold(path).read_text(encoding="utf-8")).get("forms", [])
    found = list(rows(layout))
    everything = "".join("".join(row) for row in found)
    assert [text for text in leaves(forms) if text not in everything] == []
    for indicator in (each for form in forms for each in form.get("indicators", [])):
        wanted = {plain(text) for key, text in indicator.items() if isinstance(text, str) and key not in NOT_IN_ITS_ROW}
        assert any(wanted - {""} <= set(row) for row in found), indicator["name"]
