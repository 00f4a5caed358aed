"""What running a rule gives: an exact score with its trace, or the reason why there is none."""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from hengjian.rules.numerals import number
from hengjian.values.rounding import NATIONAL, Rounding


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a trace: ``label`` in Chinese, ``text`` the line of arithmetic."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    """``exact`` before and ``value`` after the one rounding; both None where the rule gives no score, with ``reason``.

    ``derivation`` is one line a reviewer can check by hand (``90人 ÷ 200人 × 3 = 1.35``); it ends with ``value`` as printed.
    ``line`` is that line without its result (``90人 ÷ 200人 × 3 =``). ``policies`` names the conventions that decided the
    result (``partial_step``, ``boundary_overlap``). ``trace`` has the steps (schema hengjian.trace/1).
    """

    exact: Fraction | None
    value: Decimal | None
    derivation: str = ""
    reason: str = ""
    policies: tuple[str, ...] = ()
    trace: tuple[Step, ...] = ()
    line: str = ""


_RESULT = "得分"


def rounded_as(score: Score, rounding: Rounding) -> Score:
    """The score at another rounding, with its derivation and trace ending there; one without a number stays as it is.

    Two decimals, half up, need no word; another practice is named, with the number it was applied to.
    """
    exact = score.exact
    if exact is None or not score.line:
        return score
    value = rounding.apply(exact)
    derivation = f"{score.line} {value}"
    if rounding != NATIONAL and Fraction(value) != exact:
        derivation = f"{score.line} {number(exact)}，{rounding}得 {value}"
    last = Step(_RESULT, f"{number(exact)}，{rounding}，得{value}分")
    kept = tuple(step for step in score.trace if step.label != _RESULT)
    return replace(score, value=value, derivation=derivation, trace=(*kept, last))
