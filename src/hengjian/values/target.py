"""Printed target values: ``≥92%``, ``15个/年``, ``11月底前``, ``完成率100%，抽查率10%以上``, ``有效提升``."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Comparator(StrEnum):
    """What a target asks of the actual value."""

    AT_LEAST = ">="
    MORE = ">"
    EQUAL = "="
    AT_MOST = "<="
    LESS = "<"
    RANGE = "range"
    DATE = "date"
    QUALITATIVE = "qualitative"
    COMPOUND = "compound"


@dataclass(frozen=True, slots=True)
class Target:
    """A target value in parts; field names are those of ``hengjian target``.

    ``comparator`` is None for a bare number. ``low``/``high`` are in the printed scale (4.6 with scale 万 is 46000).
    Dates are ISO texts; ``MM-DD`` when no year is printed, ``Q3-start`` for quarters. ``parts`` only for compound targets.
    """

    comparator: Comparator | None
    low: Decimal | None = None
    high: Decimal | None = None
    low_incl: bool | None = None
    high_incl: bool | None = None
    unit: str = ""
    scale: str = ""
    period: str | None = None
    approx: bool = False
    date_from: str | None = None
    date_to: str | None = None
    day_to: int | None = None
    base: str | None = None
    direction: str | None = None
    label: str | None = None
    text: str | None = None
    parts: tuple["Target", ...] = ()


def read_target(text: str, *, sign: str = "", unit: str = "") -> Target:
    """Read a target cell; ``sign`` and ``unit`` are the texts of columns of their own, used where the cell prints none."""
    raise NotImplementedError


def target_json(target: Target) -> dict[str, object]:
    """The ``parsed`` object of ``hengjian target``: plain JSON numbers, absent optional fields left out."""
    raise NotImplementedError
