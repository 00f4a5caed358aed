"""Why a row has no score, as small numbers that a database can carry, with the status each one gives the row."""

from enum import StrEnum

from hengjian.rules.evaluate import DIVIDED_BY_ZERO, NO_STEP, SILENT
from hengjian.rules.reading import Status
from hengjian.rules.run import READINGS_DIFFER

__all__ = [
    "DIVIDED_BY_ZERO",
    "NO_STEP",
    "READINGS_DIFFER",
    "SILENT",
    "RowStatus",
    "reason_number",
    "reason_text",
    "row_status",
]


class RowStatus(StrEnum):
    """What became of a row. The first four with a score are the status of its rule; without one they say what is needed."""

    EXECUTABLE = "executable"
    NEEDS_JUDGEMENT = "needs_judgement"
    AMBIGUOUS = "ambiguous"
    DEFECTIVE = "defective"
    GAP = "gap"  # the rule says nothing for this value
    NO_VALUE = "no_value"  # nothing usable was typed


_TEXTS: list[str] = []
_NUMBERS: dict[str, int] = {}


def reason_number(text: str) -> int:
    """The number of a reason, from 1, the same for equal texts as long as the program runs."""
    number = _NUMBERS.get(text)
    if number is None:
        _TEXTS.append(text)
        number = _NUMBERS[text] = len(_TEXTS)
    return number


def reason_text(number: int) -> str:
    """The text of a reason's number."""
    return _TEXTS[number - 1]


def row_status(reading: Status, reason: str, *, read: bool = True) -> RowStatus:
    """The status of a row: that of its rule when ``reason`` is "" (it has a score), else what kept it from a score.

    ``read`` is false where no tree was read of the rule at all.
    """
    if not reason:
        return RowStatus(reading.value)
    if not read:
        return RowStatus.DEFECTIVE if reading is Status.EXECUTABLE else RowStatus(reading.value)
    if reason.startswith(READINGS_DIFFER):
        return RowStatus.AMBIGUOUS
    if reason == SILENT:
        return RowStatus.GAP
    return RowStatus.NEEDS_JUDGEMENT if reading is Status.NEEDS_JUDGEMENT else RowStatus.NO_VALUE
