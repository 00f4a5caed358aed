"""Amounts of money. An amount without a unit is not money: the unit comes from the cell or from the form."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class MoneyUnit(StrEnum):
    """The unit an amount is printed in."""

    YUAN = "元"
    WAN = "万元"
    YI = "亿元"

    @property
    def yuan(self) -> int:
        """How many yuan one unit is."""
        return {"元": 1, "万元": 10_000, "亿元": 100_000_000}[self.value]


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in yuan, with the size of one unit of its last printed digit (for comparing 元 with 万元)."""

    yuan: Fraction
    digit: Fraction
    unit: MoneyUnit
    text: str = ""


def read_money(text: str, unit: MoneyUnit | None) -> Money | None:
    """The amount in a cell; a unit printed in the cell wins over ``unit``. None when empty, no number, or no unit at all."""
    raise NotImplementedError


def same_money(left: Money, right: Money) -> bool:
    """Equal within half a unit of the coarser last printed digit."""
    raise NotImplementedError


def show_money(yuan: Fraction, unit: MoneyUnit) -> str:
    """An amount as printed on forms: two decimals, thousands separators, unit (``1,312.80万元``)."""
    raise NotImplementedError
