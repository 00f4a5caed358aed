"""Numbers as clerks type them, with their units; and the kinds of emptiness.

Blank, dash, slash and zero are four different facts: unknown, not applicable, not applicable, zero.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction


class Empty(StrEnum):
    """A cell without a value."""

    BLANK = "blank"  # nothing printed: unknown
    DASH = "dash"  # — － -- ——: not applicable
    SLASH = "slash"  # / ／: not applicable


@dataclass(frozen=True, slots=True)
class Quantity:
    """A printed number with its unit: ``4.6万人`` is number 4.6, scale 万, unit 人, value 46000.

    ``number`` is the printed number, ``scale`` one of "", "万", "亿", ``unit`` the canonical unit name ("" when none is
    printed; an unknown unit stays as printed). Percentages keep percent points: ``98.38%`` has value 98.38 and unit "%".
    ``approx`` is true for 约, 近, 左右, 余.
    """

    number: Decimal
    unit: str = ""
    scale: str = ""
    approx: bool = False
    text: str = ""

    @property
    def value(self) -> Fraction:
        """The number times its scale, exact."""
        return Fraction(self.number) * {"": 1, "万": 10_000, "亿": 100_000_000}[self.scale]


class Relation(StrEnum):
    """How two units stand to each other."""

    SAME = "same"
    CONVERTIBLE = "convertible"  # one dimension, another scale: 元 and 万元, 天 and 小时
    DIFFERENT = "different"  # 人 and 人次
    UNKNOWN = "unknown"  # one of them is missing or not in the unit list


def empty_kind(text: str) -> Empty | None:
    """The kind of emptiness of a cell's text, or None when something else is printed (0 is a number, not empty)."""
    raise NotImplementedError


def read_quantity(text: str) -> Quantity | None:
    """The one number a cell holds (full width, commas, 万/亿, 零〇一二三 numerals, %, ‰, fractions, units), or None.

    None when there is no number, or more than one that could be meant. 未开展, 无 and the like are not numbers here:
    see ``read_actual``.
    """
    raise NotImplementedError


def relation(left: str, right: str) -> Relation:
    """How two printed units compare; synonyms (个百分点, 百分比, ％) are folded first."""
    raise NotImplementedError


def convert(value: Fraction, source: str, target: str) -> Fraction | None:
    """``value`` in ``source`` units expressed in ``target`` units; None when they measure different things."""
    raise NotImplementedError
