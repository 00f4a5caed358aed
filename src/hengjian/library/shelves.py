"""The three shelves and the search among indicators.

Every entry says where it comes from and whether that was seen in a published source (``verified``); what was not must be
shown as 未核实. The files are read once.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any


class Direction(StrEnum):
    """Which values are good."""

    UP = "up"  # more is better
    DOWN = "down"  # less is better
    FIXED = "fixed"  # exactly the target
    WITHIN = "within"  # inside a range
    JUDGED = "judged"  # a person judges

    @property
    def sign(self) -> str:
        """What stands in the column 计算符号: ≥ ≤ = 区间 定性."""
        return _SIGNS[self]


_SIGNS = {
    Direction.UP: "≥",
    Direction.DOWN: "≤",
    Direction.FIXED: "=",
    Direction.WITHIN: "区间",
    Direction.JUDGED: "定性",
}


@dataclass(frozen=True, slots=True)
class UsualTarget:
    """A target value as offices print it (``≥95%``), where it was printed, and whether that was seen."""

    value: str
    source: str = ""
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One indicator of a library. All texts are one line; ``code`` is stable and "" only in a library of one's own.

    ``rule`` is a scoring rule that ``rules`` executes beside any target of the entry's direction; the shares and deductions
    in it are advice, ``rule_source`` says whose. ``data`` and ``evidence`` are 数据来源 and 佐证资料, ``work`` the field of
    work, ``sources`` the titles of papers that use the indicator.
    """

    name: str
    level1: str
    level2: str
    direction: Direction
    code: str = ""
    unit: str = ""
    formula: str = ""
    data: str = ""
    evidence: str = ""
    targets: tuple[UsualTarget, ...] = ()
    rule: str = ""
    rule_source: str = ""
    work: str = ""
    sources: tuple[str, ...] = ()
    verified: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Regulation:
    """A regulation and what it fixes, in our own words. Dates are ISO texts as exact as is known: ``2021``, ``2021-04``."""

    code: str
    title: str
    number: str
    issuer: str
    issued: str
    fixes: tuple[str, ...]
    source: str
    verified: bool
    valid_from: str = ""
    valid_to: str = ""
    repealed: bool = False
    note: str = ""

    def in_force(self, on: date) -> bool | None:
        """Whether it was in force on a day; None where the dates are not known exactly enough to say."""
        began = _side(self.valid_from or self.issued, on)
        ended = _side(self.valid_to, on) if self.valid_to else (None if self.repealed else -1)
        if began == -1 or ended == 1:
            return False
        if began == 0 and self.valid_from and len(self.valid_from) == _DAY:
            began = 1
        if ended == 0 and len(self.valid_to) == _DAY:
            ended = -1
        return True if began == 1 and ended == -1 else None


_DAY = len("2021-04-29")


def _side(text: str, on: date) -> int:
    """-1 where a day is before a date of any exactness, 1 after it, 0 within it."""
    part = on.isoformat()[: len(text)]
    return (part > text) - (part < text)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a budget year: ``year`` is -1 for the year before, 0, or 1 for the year after."""

    year: int
    month: int
    day: int

    def of(self, year: int) -> date:
        """The date for a budget year."""
        return date(year + self.year, self.month, self.day)


@dataclass(frozen=True, slots=True)
class Stage:
    """When a stage of the yearly work usually takes place; both days belong to it."""

    code: str
    title: str
    tasks: tuple[str, ...]
    first: Day
    last: Day
    who: str
    source: str
    verified: bool

    def dates(self, year: int) -> tuple[date, date]:
        """First and last day for a budget year."""
        return self.first.of(year), self.last.of(year)


@dataclass(frozen=True, slots=True)
class Limit:
    """A number of days within which something must happen ``after`` something else."""

    code: str
    title: str
    after: str
    days: int
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """The stages of one budget year in order of their first day, and the time limits."""

    stages: tuple[Stage, ...]
    limits: tuple[Limit, ...]

    def on(self, day: date, year: int) -> tuple[Stage, ...]:
        """The stages of a budget year that a day belongs to."""
        return tuple(stage for stage in self.stages if stage.dates(year)[0] <= day <= stage.dates(year)[1])


# --- the files --------------------------------------------------------------------------------------------------------


@cache
def indicators() -> tuple[Entry, ...]:
    """The indicators shipped: 106 that organisation departments use, in the order of the file."""
    data = _table("indicators")
    titles = {name: source["title"] for name, source in data["sources"].items()}
    return tuple(_entry(row, titles) for row in data["indicators"])


def _entry(row: Mapping[str, Any], titles: Mapping[str, str]) -> Entry:
    usual = tuple(UsualTarget(one["value"], titles[one["source"]], one["verified"]) for one in row["targets"])
    made = {
        **row,
        "direction": Direction(row["direction"]),
        "targets": usual,
        "sources": tuple(titles[name] for name in row["sources"]),
    }
    return Entry(**made)


@cache
def regulations() -> tuple[Regulation, ...]:
    """The regulations shipped."""
    return tuple(Regulation(**{**row, "fixes": tuple(row["fixes"])}) for row in _table("regulations")["regulations"])


@cache
def calendar() -> Calendar:
    """The calendar of one budget year."""
    data = _table("calendar")
    stages = (
        Stage(
            **{**row, "tasks": tuple(row["tasks"]), "first": Day(**row["first"]), "last": Day(**row["last"])},
        )
        for row in data["stages"]
    )
    return Calendar(
        tuple(sorted(stages, key=lambda stage: (stage.first.of(2000), stage.last.of(2000)))),
        tuple(Limit(**row) for row in data["limits"]),
    )


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
