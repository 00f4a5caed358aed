"""The front of the room: the reading of a row's rule wherever it comes from, and everything that is wrong with it."""

from collections.abc import Mapping

from hengjian.rules.accepted import Book
from hengjian.rules.check import check
from hengjian.rules.defaults import default_reading
from hengjian.rules.reader import read_bands, read_rule
from hengjian.rules.reading import Context, Note, Reading
from hengjian.rules.scheme import Scheme


def rule_of(
    rule: str,
    context: Context,
    scheme: Scheme,
    bands: Mapping[str, str] | None = None,
    accepted: Book | None = None,
) -> Reading:
    """The printed rule, else the band columns, else the scheme's default for the kind of indicator.

    A reading of the very text that a person has confirmed (``accepted``) comes before the reader's own.
    """
    if rule.strip():
        confirmed = accepted.reading(rule, context) if accepted is not None else None
        if confirmed is not None:
            return confirmed
        return read_rule(rule, context)
    if bands:
        return read_bands(bands, context)
    return default_reading(context, scheme)


def notes_of(reading: Reading, context: Context) -> tuple[Note, ...]:
    """What was seen while reading a rule and what is proved on its tree, each code and message once.

    Grade columns are proved as columns (D14-D17); that they print no points is no fault of a form that has grades only.
    """
    if reading.origin == "bands":
        return (*(note for note in reading.notes if note.code == "R10"), *check(reading, context))
    proved = check(reading, context)
    codes = {note.code for note in proved}  # a proof on the tree says more than the reader's word for the same thing
    return tuple(dict.fromkeys((*(note for note in reading.notes if note.code not in codes), *proved)))
