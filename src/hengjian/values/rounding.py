"""Rounding as a named step: exact values everywhere, one rounding at the end."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction


class Mode(StrEnum):
    """How a value is brought to a number of decimals."""

    HALF_UP = "half_up"
    TRUNCATE = "truncate"


@dataclass(frozen=True, slots=True)
class Rounding:
    """A number of decimals and a mode. The national practice is two decimals, half up."""

    places: int = 2
    mode: Mode = Mode.HALF_UP

    def apply(self, value: Fraction) -> Decimal:
        """``value`` at ``places`` decimals, away from zero on ties for HALF_UP."""
        factor = 10**self.places
        scaled = abs(value) * factor
        whole = scaled.numerator // scaled.denominator
        if self.mode is Mode.HALF_UP and (scaled - whole) * 2 >= 1:
            whole += 1
        sign = "-" if value < 0 and whole else ""
        return Decimal(f"{sign}{whole}").scaleb(-self.places)

    def __str__(self) -> str:
        """The practice in words: ``保留2位小数，四舍五入``."""
        how = "四舍五入" if self.mode is Mode.HALF_UP else "截断"
        return f"保留{self.places}位小数，{how}" if self.places else f"取整，{how}"


NATIONAL = Rounding()
