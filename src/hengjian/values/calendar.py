"""Dates, months, quarters and deadlines as printed on forms."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days, both ends included; an open start is a deadline."""

    start: date | None
    end: date


def read_period(text: str, year: int | None = None) -> Period | None:
    """A printed date, month, span or deadline (``2024年5月31日前``, ``11月底前``, ``2023年1月至11月``, ``2024-08-30``).

    ``year`` completes a date without a year; without it such a text gives None.
    """
    raise NotImplementedError


def read_date(text: str, year: int | None = None) -> date | None:
    """The single day a cell means (``2024年5月24日``; a month means its last day), or None."""
    raise NotImplementedError


def years_in(text: str) -> tuple[int, ...]:
    """Every four-digit year printed in a text, in order, without document numbers (〔2021〕) and plan spans (2018-2022年)."""
    raise NotImplementedError
