"""What the desk says of a sheet: its form, and the assessment of it, with scores filled in where a person left them blank.

Nothing here writes. The same functions serve the live page, the frozen version and the exports.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from hengjian import desk
from hengjian.web.library.models import SchemeFile
from hengjian.web.projects.content import RowData, form_of
from hengjian.web.projects.models import Part, Row, Sheet, Stage

# Families that print scores; in the others a score cell is not made.
SCORED = frozenset({Stage.SELF_EVALUATION.value})


def rows_data(sheet: Sheet) -> list[RowData]:
    """The sheet's rows as values, in order (one query)."""
    return [row_data(row) for row in sheet.rows.all()]


def row_data(row: Row) -> RowData:
    """A stored row as a value."""
    return RowData(row.key, row.part, row.cells, row.parent, row.places)


@dataclass(frozen=True, slots=True)
class Valued:
    """A sheet's form and what the desk says of it.

    ``rows`` are the rows with computed scores filled in, ``computed`` the keys of rows whose score nobody typed.
    """

    rows: tuple[RowData, ...]
    form: Mapping[str, Any]
    assessment: Mapping[str, Any]
    computed: frozenset[str]

    @property
    def indicators(self) -> list[RowData]:
        """The indicator rows, in the order of the assessment's ``rows``."""
        return [row for row in self.rows if row.part == Part.INDICATORS]

    @property
    def errors(self) -> int:
        """Findings that block submission."""
        return sum(finding["level"] == "E" for finding in self.assessment["findings"])

    @property
    def warnings(self) -> int:
        """Findings that should be looked at."""
        return sum(finding["level"] == "W" for finding in self.assessment["findings"])


def valued(sheet: Sheet, rows: Sequence[RowData] | None = None) -> Valued:
    """The form of a sheet (as stored, or of given rows) with its assessment."""
    return value_rows(sheet.stage, rows_data(sheet) if rows is None else rows, scheme=scheme_of(sheet))


def scheme_of(sheet: Sheet) -> str | None:
    """The scheme a sheet is scored by: a shipped one's name or an own one's file; None lets the desk choose."""
    if not sheet.scheme or sheet.scheme in desk.schemes():
        return sheet.scheme or None
    own = SchemeFile.objects.filter(name=sheet.scheme).first()
    return None if own is None else str(own.path)


def value_rows(kind: str, rows: Sequence[RowData], *, scheme: str | None = None) -> Valued:
    """The form that rows make, blank scores filled in with the computed ones, and its assessment."""
    rows = list(rows)
    form = form_of(kind, rows)
    assessment = desk.assess(form, scheme=scheme)
    if kind not in SCORED:
        return Valued(tuple(rows), form, assessment, frozenset())
    filled, computed = _filled(rows, assessment)
    if not computed:
        return Valued(tuple(rows), form, assessment, frozenset())
    form = form_of(kind, filled)
    return Valued(tuple(filled), form, desk.assess(form, scheme=scheme), frozenset(computed))


def _filled(rows: Sequence[RowData], assessment: Mapping[str, Any]) -> tuple[list[RowData], set[str]]:
    """Rows with the computed scores in blank score cells, the execution's score and the total."""
    told = iter(assessment["rows"])
    out: list[RowData] = []
    computed: set[str] = set()
    for row in rows:
        score = None
        if row.part == Part.INDICATORS:
            score = next(told)["score"]
        elif row.part == Part.FUNDS and row.cells.get("weight"):
            score = assessment["execution"]["score"]
        if score is not None and not str(row.cells.get("score", "")).strip():
            row = replace(row, cells={**row.cells, "score": score})
            computed.add(row.key)
        out.append(row)
    total = _total(out)
    for place, row in enumerate(out):
        if row.part == Part.HEAD and total is not None and not str(row.cells.get("total.score", "")).strip():
            out[place] = replace(row, cells={**row.cells, "total.score": total})
            computed.add(row.key)
    return out, computed


def _total(rows: Sequence[RowData]) -> str | None:
    """Σ of the scores, None while a row that has a weight lacks one."""
    total = Decimal(0)
    any_score = False
    for row in rows:
        if row.part not in (Part.INDICATORS, Part.FUNDS) or not str(row.cells.get("weight", "")).strip():
            continue
        try:
            total += Decimal(str(row.cells.get("score", "")).strip())
        except InvalidOperation:
            return None
        any_score = True
    return f"{total:.2f}" if any_score else None


def scheme_choices() -> list[tuple[str, str]]:
    """(name, title) of the schemes a sheet may be scored by."""
    shipped = [(name, desk.load_scheme(name).title) for name in desk.schemes()]
    return shipped + list(SchemeFile.objects.filter(active=True).values_list("name", "title"))
