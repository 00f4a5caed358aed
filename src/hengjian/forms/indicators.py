"""Indicator tables of all seven families: from header and body rows of a grid to indicators."""

from collections.abc import Mapping
from dataclasses import dataclass

from hengjian.forms.form import Indicator, Kind, Printed, Remark, Total
from hengjian.forms.layout import Grid


@dataclass(frozen=True, slots=True)
class Header:
    """The header of an indicator table: rows of the grid (both included) and the meaning of each grid column.

    ``columns`` maps a column index to a contract field name (``level1``, ``name``, ``target`` ...), to ``history:前年``,
    ``bands:优`` or to ``extra:<printed label>``. ``score`` is how sure the reader is (higher is surer).
    """

    first_row: int
    last_row: int
    columns: Mapping[int, str]
    score: int = 0


@dataclass(frozen=True, slots=True)
class RawRow:
    """One body row of the table after repair: its grid row and the printed value per contract field name."""

    row: int
    fields: Mapping[str, Printed]


@dataclass(frozen=True, slots=True)
class IndicatorTable:
    """What stands under one header. ``last_row`` is the last grid row that belongs to the table.

    ``rows`` are the item rows with every field, also those without an indicator name (activities of a responsibility
    table stand there with ``activity``, ``level`` and money columns). ``notes`` are the texts of note rows.
    """

    indicators: tuple[Indicator, ...] = ()
    total: Total | None = None
    last_row: int = -1
    remarks: tuple[Remark, ...] = ()
    repairs: tuple[str, ...] = ()
    rows: tuple[RawRow, ...] = ()
    notes: tuple[Printed, ...] = ()
    total_row: int | None = None


def find_headers(grid: Grid) -> tuple[Header, ...]:
    """Every indicator-table header in a grid, from top to bottom."""
    return ()


def read_rows(grid: Grid, header: Header, kind: Kind, last_row: int | None = None) -> IndicatorTable:
    """The rows under ``header`` down to ``last_row`` (included), a total row, a new section or the end of the grid."""
    return IndicatorTable(last_row=header.last_row)
