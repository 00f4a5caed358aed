"""What running a rule gives: an exact score with its trace, or the reason why there is none."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a trace: ``label`` in Chinese, ``text`` the line of arithmetic."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    """``exact`` before and ``value`` after the one rounding; both None where the rule gives no score, with ``reason``.

    ``derivation`` is one line a reviewer can check by hand (``90 ÷ 200 × 3 = 1.35``). ``policies`` names the conventions
    that decided the result (``partial_step``, ``boundary_overlap``). ``trace`` has the steps (schema hengjian.trace/1).
    """

    exact: Fraction | None
    value: Decimal | None
    derivation: str = ""
    reason: str = ""
    policies: tuple[str, ...] = ()
    trace: tuple[Step, ...] = ()
