"""What a check sees and what it answers.

A check is a pure function of one ``Case``: it returns the findings, or says why it could not or need not be done. The
ledger of a form holds one outcome for every check it owes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from hengjian.forms.form import Form, Fund, Indicator, Kind, Printed
from hengjian.forms.layout import Source
from hengjian.rules.reading import Context, Note, Reading
from hengjian.rules.scheme import Scheme
from hengjian.rules.score import Score
from hengjian.values.finding import Certainty, Finding, Level, Problem
from hengjian.values.place import Place
from hengjian.values.quantity import read_quantity
from hengjian.values.rounding import Rounding


@dataclass(frozen=True, slots=True)
class RowScore:
    """An indicator row with its rule and its recomputed score. ``printed`` is None where no score is printed."""

    row: Indicator
    reading: Reading | None
    score: Score | None
    printed: Decimal | None
    weight: Decimal | None
    notes: tuple[Note, ...] = ()  # what is wrong with the printed rule or bands


@dataclass(frozen=True, slots=True)
class Case:
    """One form under audit, with everything derived from it once: row scores, execution score, rounding practice."""

    form: Form
    index: int
    scheme: Scheme
    rows: tuple[RowScore, ...] = ()
    execution: Score | None = None  # the recomputed score of the money table's total row
    rounding: Rounding | None = None  # the unit's own practice, inferred; None where nothing is printed
    recomputed_total: Decimal | None = None
    siblings: tuple[Form, ...] = ()  # the other forms of the same document


class Outcome(StrEnum):
    """How an owed check ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"
    INSUFFICIENT_DATA = "insufficient_data"
    UNREADABLE = "unreadable"
    NOT_IMPLEMENTED = "not_implemented"


@dataclass(frozen=True, slots=True)
class Skip:
    """Why a check gave no verdict."""

    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found at one spot; the runner adds code, level, kind and form to make a ``Finding`` of it.

    ``indicator`` is a row of the form, several rows, or None for the whole form. ``why`` and ``advice`` replace those of
    the catalogue where the case asks for other words. ``whole_file`` is set where the finding is not about one form.
    """

    message: str
    indicator: Indicator | tuple[Indicator, ...] | None = None
    field: str = ""
    place: Place | None = None
    printed: str = ""
    expected: str = ""
    derivation: str = ""
    why: str = ""
    advice: str = ""
    whole_file: bool = False


Answer = tuple[Found, ...] | Skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What every check says of itself. ``why`` names the norm behind it, ``advice`` what to do, both in Chinese."""

    code: str
    title: str
    level: Level
    kind: Certainty
    why: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Heading):
    """A check of one form. ``kinds`` are the families that owe it. ``run`` is None while not implemented."""

    kinds: frozenset[Kind]
    run: Callable[[Case], Answer] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCheck(Heading):
    """A check of a whole file: its forms side by side, and the problems its reader met."""

    run: Callable[[tuple[Case, ...], tuple[Problem, ...]], tuple[Found, ...]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger."""

    code: str
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FormAudit:
    """The audit of one form: its case, and the ledger of owed checks."""

    case: Case
    ledger: tuple[Entry, ...]
    printed_total: Decimal | None
    grade: str = ""  # the grade of the recomputed total under the scheme

    def count(self, outcome: Outcome) -> int:
        """How many owed checks ended so."""
        return sum(entry.outcome is outcome for entry in self.ledger)


@dataclass(frozen=True, slots=True)
class Audit:
    """The audit of one document: forms in order, findings ranked (deterministic first, errors first)."""

    source: Source
    forms: tuple[FormAudit, ...]
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]


# --- facts of a form that several checks ask for ------------------------------------------------------------------------


def decimal(text: str) -> Decimal | None:
    """The number of a weight or score cell, None when the cell holds no number."""
    quantity = read_quantity(text)
    return None if quantity is None else quantity.number


def text_of(printed: Printed | None) -> str:
    """The text of a field, "" where the form does not print it."""
    return "" if printed is None else printed.text


def context_of(row: Indicator, form: Form) -> Context:
    """What stands beside a row's rule."""
    return Context(
        indicator=row.name.text,
        target=text_of(row.target),
        weight=text_of(row.weight),
        level1=text_of(row.level1),
        level2=text_of(row.level2),
        sign=text_of(row.sign),
        unit=text_of(row.measure_unit),
        year=form.year,
    )


def printed_total(form: Form) -> Decimal | None:
    """The total score the form prints."""
    return decimal(text_of(form.total.score)) if form.total is not None else None


def scored_fund(form: Form) -> Fund | None:
    """The row of the money table that carries the execution weight: the first with a numeric weight, else the first."""
    with_weight = (fund for fund in form.funds if decimal(text_of(fund.weight)) is not None)
    return next(with_weight, form.funds[0] if form.funds else None)
