"""Scoring schemes: what a region, year and form type prescribe, as data (``hengjian/schemes/*.toml``) with sources."""

from dataclasses import dataclass
from decimal import Decimal

from hengjian.values.rounding import Rounding


@dataclass(frozen=True, slots=True)
class Band:
    """A lower bound, its inclusiveness, and what it gives (a share of the weight, or a grade)."""

    low: Decimal
    gives: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme.

    Every number's source stands in ``sources`` under the name of its field; ``verified`` lists the fields seen in a
    published source (the others must be shown as 未核实).
    """

    name: str
    title: str
    class_weights: tuple[tuple[str, Decimal], ...]  # 产出指标 50, 效益指标 30, 满意度指标 10, 预算执行率 10
    required_classes: tuple[str, ...]
    required_subclasses: tuple[str, ...]
    execution: str  # linear_capped | …  (handbook 3.1, E1–E10)
    reverse: str  # R1 linear | R2 ratio
    zero_target: str
    qualitative: tuple[Decimal, ...]  # lower bounds in percent of the weight: 80, 60
    satisfaction: str
    grade_bands: tuple[Band, ...]  # 90 优, 80 良, 60 中, 0 差
    rounding: Rounding
    over_fulfilment: Decimal | None  # 1.3: flag from here
    reason_line: Decimal | None  # execution rate below which a reason is due
    ceilings: tuple[tuple[Decimal, Decimal], ...] = ()  # execution rate below → total at most
    sources: tuple[tuple[str, str], ...] = ()
    verified: tuple[str, ...] = ()


def load_scheme(name: str) -> Scheme:
    """The scheme of a name (file stem in ``hengjian/schemes``, or the path of a TOML file of the user's own).

    Raises ``SchemeError`` with a Chinese message that says which field is wrong and what is expected.
    """
    raise NotImplementedError


def schemes() -> tuple[str, ...]:
    """The names of all schemes shipped."""
    raise NotImplementedError


class SchemeError(ValueError):
    """A scheme file that cannot be used; the message is for the user."""
