"""What a check sees and what it answers.

A check is a pure function of one ``Case``: it returns the findings, or says why it could not or need not be done. The
ledger of a form holds one outcome for every check it owes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from hengjian.forms.form import Form, Fund, Indicator, Kind, Printed
from hengjian.forms.layout import Source
from hengjian.rules.reading import Context, Note, Reading
from hengjian.rules.scheme import Scheme
from hengjian.rules.score import Score
from hengjian.values.finding import Certainty, Finding, Level, Problem
from hengjian.values.place import Place
from hengjian.values.quantity import Empty, Quantity, read_actual, read_quantity
from hengjian.values.rounding import NATIONAL, Rounding
from hengjian.values.target import Target, read_target
from hengjian.values.text import fold


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
class Verdict:
    """What is wrong with a row's score: a code of F07, F08, F09, F14, F15, or "" when it is right or cannot be told."""

    code: str
    row: RowScore
    expected: str = ""
    derivation: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One form under audit, with everything derived from it once: row scores and verdicts, execution score, rounding."""

    form: Form
    index: int
    scheme: Scheme
    rows: tuple[RowScore, ...] = ()
    execution: Score | None = None  # the recomputed score of the money table's total row
    rounding: Rounding | None = None  # the unit's own practice, inferred; None where nothing is printed
    recomputed_total: Decimal | None = None
    siblings: tuple[Form, ...] = ()  # the other forms of the same document
    verdicts: tuple[Verdict, ...] = ()  # one for each row, in order
    shown: Rounding = NATIONAL  # the rounding of recomputed scores: the unit's own where that is beyond doubt


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


# Origins of rules that are the form's own: printed as a text, printed as grade columns, or printed and confirmed by a person.
OWN_RULES = ("printed", "bands", "accepted")

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


@lru_cache(maxsize=4096)
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


@lru_cache(maxsize=4096)
def _target(text: str, sign: str, unit: str) -> Target:
    return read_target(text, sign=sign, unit=unit)


@lru_cache(maxsize=4096)
def _actual(text: str, unit: str) -> Quantity | Empty | None:
    return read_actual(text, unit)


def target_of(row: Indicator) -> Target:
    """The row's target in parts, with sign and unit from their own columns where the cell prints none."""
    return _target(text_of(row.target), text_of(row.sign), text_of(row.measure_unit))


def actual_of(row: Indicator) -> Quantity | None:
    """The number a row reports as reached, in its printed unit or that of the unit column; None where there is none."""
    got = _actual(text_of(row.actual), text_of(row.measure_unit))
    return got if isinstance(got, Quantity) else None


def due(target: Target, year: int | None) -> date | None:
    """The last day of a target that is a date; ``year`` completes a date without one. None where it is no single day."""
    text = {"Q1-end": "03-31", "Q2-end": "06-30", "Q3-end": "09-30", "Q4-end": "12-31"}.get(
        target.date_to or "", target.date_to or ""
    )
    full = re.fullmatch(r"(?:(\d{4})-)?(\d{2})-(\d{2})", text)
    if full is None or (full[1] is None and year is None):
        return None
    try:
        return date(int(full[1] or year or 0), int(full[2]), int(full[3]))
    except ValueError:
        return None


def same_project(one: Form, two: Form) -> bool:
    """Whether two forms are about one project of one year: by code, by name, or by unit and most of their indicators."""
    if one.year is not None and two.year is not None and one.year != two.year:
        return False
    codes = fold(text_of(one.project_code)), fold(text_of(two.project_code))
    if all(codes):
        return codes[0] == codes[1]
    names = project_name(one), project_name(two)
    if not all(names):
        return False
    if names[0] == names[1]:
        return True
    rows = [{fold(row.name.text) for row in form.indicators} for form in (one, two)]
    units = fold(text_of(one.unit or one.department)), fold(text_of(two.unit or two.department))
    shared = len(rows[0] & rows[1])
    return bool(units[0]) and units[0] == units[1] and shared >= 3 and shared * 2 >= max(len(rows[0]), len(rows[1]))


_STAGES = (Kind.DECLARATION, Kind.MONITORING, Kind.SELF_EVALUATION)


def stages(cases: tuple[Case, ...]) -> list[tuple[Form, Form]]:
    """Pairs (earlier, next) of the stages of one project and year in one file: declaration, monitoring, self-evaluation."""
    forms = [case.form for case in cases if case.form.kind in _STAGES]
    pairs: list[tuple[Form, Form]] = []
    for later in forms:
        before = [form for form in forms if _STAGES.index(form.kind) < _STAGES.index(later.kind)]
        same = [form for form in before if same_project(form, later)]
        if same:
            pairs.append((max(same, key=lambda form: _STAGES.index(form.kind)), later))
    return pairs


def project_name(form: Form) -> str:
    """The project's name without a code before it, folded; "" where none is printed."""
    return re.sub(r"^(?:[\[(【][\w-]{4,}[\])】]|[0-9A-Z]{6,}-?)", "", fold(text_of(form.project)))


def printed_total(form: Form) -> Decimal | None:
    """The total score the form prints."""
    return decimal(text_of(form.total.score)) if form.total is not None else None


def scored_fund(form: Form) -> Fund | None:
    """The row of the money table that carries the execution weight: the first with a numeric weight, else the first."""
    with_weight = (fund for fund in form.funds if decimal(text_of(fund.weight)) is not None)
    return next(with_weight, form.funds[0] if form.funds else None)


def elsewhere(reason: str) -> Callable[[Case], Answer]:
    """The check of a code that needs other papers than this file: owed, and said to be impossible, with the reason."""

    def check(_case: Case) -> Answer:
        return Skip(Outcome.INSUFFICIENT_DATA, reason)

    return check


def owed_check(
    code: str,
    title: str,
    level: str,
    kinds: frozenset[Kind],
    run: Callable[[Case], Answer] | None,
    why: str,
    advice: str,
    kind: str = Certainty.DETERMINISTIC,
) -> Check:
    """An entry of the catalogue in one line; ``level`` and ``kind`` by their letters."""
    return Check(
        code=code, title=title, level=Level(level), kind=Certainty(kind), kinds=kinds, run=run, why=why, advice=advice
    )
