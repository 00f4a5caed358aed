"""Texts that a spreadsheet program would take for formulas: how files keep them texts, the same for all files we write."""

import csv
import io
import re
from collections.abc import Iterable
from typing import TextIO

BOM = "\ufeff"  # Excel knows UTF-8 by it

# A typed text that begins so is a formula to a spreadsheet that opens a CSV file; it gets an apostrophe in front (and one
# that has apostrophes already gets one more), which reading takes away again.
FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
# … unless it is a number or a dash.
HARMLESS = re.compile(r"[+-]?[0-9][0-9,]*(\.[0-9]+)?%?|-+")


def like_formula(text: str) -> bool:
    """Whether a text begins like a formula: a workbook marks its cell, so that it stays a text when it is edited, too."""
    return FORMULA.match(text) is not None


def guarded(text: str) -> str:
    """A text as a CSV file holds it, so that no spreadsheet computes it.

    >>> guarded("=1+1"), guarded("-3.5%")
    ("'=1+1", '-3.5%')
    """
    return f"'{text}" if like_formula(text) and not HARMLESS.fullmatch(text) else text


def unguarded(text: str) -> str:
    """The text that was guarded."""
    return text[1:] if text.startswith("'") and like_formula(text) else text


def write_csv(file: TextIO, rows: Iterable[Iterable[object]], *, tab: bool = False, end: str = "\r\n") -> None:
    """Rows as lines of a CSV file (of a TSV file: ``tab``), texts guarded; ``file`` is open with ``newline=""``."""
    writer = csv.writer(file, delimiter="\t" if tab else ",", lineterminator=end)
    writer.writerows([guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)


def csv_text(rows: Iterable[Iterable[object]], *, tab: bool = False, end: str = "\r\n") -> str:
    """What ``write_csv`` writes, as a text."""
    out = io.StringIO(newline="")
    write_csv(out, rows, tab=tab, end=end)
    return out.getvalue()
