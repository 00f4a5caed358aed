"""The word lists of the checks (``words.toml``)."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads(files("hengjian.audit").joinpath("words.toml").read_text(encoding="utf-8"))


def words(kind: str) -> tuple[str, ...]:
    """One list."""
    return tuple(_lists()[kind])


def replaced() -> tuple[tuple[str, int, str], ...]:
    """(paper, replaced from this year on, successor)."""
    return tuple((paper, int(year), by) for paper, year, by in _lists()["replaced"])


def plans() -> tuple[tuple[str, int], ...]:
    """(name of a plan, its last year)."""
    return tuple((name, int(last)) for name, last in _lists()["plans"])


def has(text: str, kind: str) -> bool:
    """Whether a text holds a word of a list."""
    return any(word in text for word in words(kind))
