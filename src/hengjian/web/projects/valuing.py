"""What the desk says of a sheet: its form, and the assessment of it, with scores filled in where a person left them blank.

Nothing here writes. The same functions serve the live page, the frozen version and the exports.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hengjian import desk
from hengjian.web.library.models import SchemeFile
from hengjian.web.projects.content import RowData, form_of, text_of
from hengjian.web.projects.models import Part, Row, Sheet

Address = tuple[str, str]  # key of a row, field
# Cells that may be computed, by part. What a form shows in them is never stored in a row: it is computed whenever it is shown.
_FILLED: dict[str, tuple[str, ...]] = {
    Part.HEAD: ("total.weight", "total.score", "grade"),
    Part.FUNDS: ("rate", "score"),
    Part.INDICATORS: ("score",),
}
# A form is assessed after every change; of its rows only those that changed are read anew.
_MEMORY = desk.Memory()


def rows_data(sheet: Sheet) -> list[RowData]:
    """The sheet's rows as values, in order (one query)."""
    return [row_data(row) for row in sheet.rows.all()]


def row_data(row: Row) -> RowData:
    """A stored row as a value."""
    return RowData(row.key, row.part, row.cells, row.parent, row.places)


@dataclass(frozen=True, slots=True)
class Valued:
    """A sheet's form and what the desk says of it.

    ``rows`` are the rows with computed values in the cells that nobody filled in; ``filled`` are the addresses of these cells.
    ``computed`` has the text and derivation of every cell that can be computed, whether something stands there or not.
    """

    rows: tuple[RowData, ...]
    form: Mapping[str, Any]
    assessment: Mapping[str, Any]
    computed: Mapping[Address, tuple[str, str]]
    filled: frozenset[Address]

    @property
    def indicators(self) -> list[RowData]:
        """The indicator rows, in the order of the assessment's ``rows``."""
        return [row for row in self.rows if row.part == Part.INDICATORS]

    @property
    def total(self) -> str:
        """The total as it stands: typed, printed, or else computed; "" where there is none. The audit says where it is wrong."""
        return self._head("total.score")

    @property
    def grade(self) -> str:
        """The grade as it stands, or else the one that the total makes."""
        computed = next((text for (_, name), (text, _) in self.computed.items() if name == "grade"), "")
        return self._head("grade") or (computed if self.total else "")

    def _head(self, name: str) -> str:
        return next((text_of(row.cells.get(name)).strip() for row in self.rows if row.part == Part.HEAD), "")

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
    return value_rows(sheet.family, rows_data(sheet) if rows is None else rows, scheme=scheme_of(sheet))


def scheme_of(sheet: Sheet) -> str | None:
    """The scheme a sheet is scored by: a shipped one's name or an own one's file; None lets the desk choose."""
    if not sheet.scheme or sheet.scheme in desk.schemes():
        return sheet.scheme or None
    own = SchemeFile.objects.filter(name=sheet.scheme).first()
    return None if own is None else str(own.path)


def value_rows(kind: str, rows: Sequence[RowData], *, scheme: str | None = None) -> Valued:
    """The form of a family that rows make, blank cells filled in where they can be computed, and its assessment."""
    computed = _computed(kind, rows, scheme)
    filled: set[Address] = set()
    whole: list[RowData] = []
    for row in rows:
        blank = {name: text for name in _FILLED.get(row.part, ()) if (text := _for_blank(row, name, computed))}
        filled |= {(row.key, name) for name in blank}
        whole.append(replace(row, cells={**row.cells, **blank}) if blank else row)
    form = form_of(kind, whole)
    assessment = desk.assess(form, scheme=scheme, memory=_MEMORY)
    return Valued(tuple(whole), form, assessment, computed, frozenset(filled))


def _computed(kind: str, rows: Sequence[RowData], scheme: str | None) -> dict[Address, tuple[str, str]]:
    """What cells of rows come to, by their addresses."""
    keys = {part: [row.key for row in rows if row.part == part] for part in (Part.HEAD, Part.FUNDS, Part.INDICATORS)}
    told: dict[Address, tuple[str, str]] = {}
    for one in desk.computed(form_of(kind, rows), scheme=scheme, memory=_MEMORY):
        name = one["field"]
        if one["row"] is None:
            address = (keys[Part.HEAD][0], name) if keys[Part.HEAD] else None
        elif name.startswith("funds."):
            address = (keys[Part.FUNDS][one["row"]], name.removeprefix("funds."))
        else:
            address = (keys[Part.INDICATORS][one["row"]], name)
        if address is not None:
            told[address] = (one["text"], one["derivation"])
    return told


def _for_blank(row: RowData, name: str, computed: Mapping[Address, tuple[str, str]]) -> str:
    """What goes into a cell that nobody filled in, "" where something stands there, or nothing can.

    A form that has no such cell gets none, but for scores and their total: without them there is no evaluation.
    """
    text, _ = computed.get((row.key, name), ("", ""))
    owed = name in row.cells or name == "total.score" or (name == "score" and bool(row.cells.get("weight")))
    return text if owed and not str(row.cells.get(name) or "").strip() else ""


def scheme_choices() -> list[tuple[str, str]]:
    """(name, title) of the schemes a sheet may be scored by."""
    shipped = [(name, desk.load_scheme(name).title) for name in desk.schemes()]
    return shipped + list(SchemeFile.objects.filter(active=True).values_list("name", "title"))
