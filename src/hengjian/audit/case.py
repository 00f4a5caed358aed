"""What a check sees and what it answers.

A check is a pure function of one ``Case``: it returns the findings, or says why it could not or need not be done. The
ledger of a form holds one outcome for every check it owes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from hengjian.forms.form import Form, Indicator, Kind
from hengjian.forms.layout import Source
from hengjian.rules.reading import Reading
from hengjian.rules.scheme import Scheme
from hengjian.rules.score import Score
from hengjian.values.finding import Certainty, Finding, Level, Problem
from hengjian.values.rounding import Rounding


@dataclass(frozen=True, slots=True)
class RowScore:
    """An indicator row with its rule and its recomputed score. ``printed`` is None where no score is printed."""

    row: Indicator
    reading: Reading | None
    score: Score | None
    printed: Decimal | None
    weight: Decimal | None


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


Answer = tuple[Finding, ...] | Skip


@dataclass(frozen=True, slots=True)
class Check:
    """An entry of the catalogue. ``kinds`` are the families that owe it. ``run`` is None while not implemented."""

    code: str
    title: str
    level: Level
    kind: Certainty
    kinds: frozenset[Kind]
    run: Callable[[Case], Answer] | None


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
