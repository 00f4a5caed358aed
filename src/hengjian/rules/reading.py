"""The result of reading a rule: one tree, or several where readings differ, with an honest status."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from hengjian.rules.tree import Expr, Missing, Number, Span
from hengjian.values.finding import Level
from hengjian.values.quantity import Quantity, read_actual
from hengjian.values.target import Target, read_target, told_once


class Status(StrEnum):
    """How far a rule can be executed."""

    EXECUTABLE = "executable"  # one meaning
    NEEDS_JUDGEMENT = "needs_judgement"  # a human grade decides
    AMBIGUOUS = "ambiguous"  # two defensible readings
    DEFECTIVE = "defective"  # contradiction, gap, copied number, not understood (R10)


@dataclass(frozen=True, slots=True)
class Context:
    """What stands beside a rule in its row. Texts as printed; "" where the form prints nothing."""

    indicator: str = ""
    target: str = ""
    weight: str = ""
    level1: str = ""
    level2: str = ""
    sign: str = ""
    unit: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A finding about a rule: code of ``docs/checks.md`` (R01…, D14…, A06), level, message, the piece of text it is about.

    ``example`` is the counter-example as a clerk would type it (``88.5%``), ``repair`` the text the reader went on with.
    """

    code: str
    level: Level
    message: str
    span: Span = None
    example: str = ""
    repair: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A rule as read. ``trees`` holds the preferred reading first; empty when nothing was understood (R10).

    ``origin`` says where the rule came from: ``printed``, ``bands`` (columns 优/良/中/差) or ``scheme:<name>/<rule>``.
    ``inputs`` are the names a score needs (``actual``, or the printed nouns).
    """

    text: str
    status: Status
    trees: tuple[Expr, ...]
    notes: tuple[Note, ...] = ()
    inputs: tuple[str, ...] = ("actual",)
    origin: str = "printed"


# --- the numbers beside a rule ----------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def target_of(text: str, sign: str = "", unit: str = "") -> Target:
    """The target of a row; a form asks for the same one many times."""
    return told_once(read_target(text, sign=sign, unit=unit))


def target_number(context: Context) -> Fraction | None:
    """The one number of the target in base units, or None."""
    if not context.target.strip():
        return None
    target = target_of(context.target, context.sign, context.unit)
    number_ = target.low if target.low is not None else target.high
    if number_ is None:
        return None
    return Fraction(number_) * {"": 1, "万": 10_000, "亿": 100_000_000}[target.scale]


def weight_of(context: Context) -> Number:
    """The weight of the row in points, or ``Missing``."""
    return _weight(context.weight)


@lru_cache(maxsize=1024)
def _weight(text: str) -> Number:
    got = read_actual(text)
    return got.value if isinstance(got, Quantity) else Missing("没有分值，无法计算得分")
