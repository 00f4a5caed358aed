"""What is said about a user's document: findings on its content, problems with its file.

Both are data, never exceptions. Codes are those of ``docs/checks.md``; a code never changes its meaning.
"""

from dataclasses import dataclass
from enum import StrEnum

from hengjian.values.place import Place


class Level(StrEnum):
    """How much a finding matters."""

    ERROR = "E"  # blocks submission
    WARNING = "W"
    INFO = "I"


class Certainty(StrEnum):
    """Whether a finding follows from the printed values alone."""

    DETERMINISTIC = "D"  # must never be wrong on a correct form
    HEURISTIC = "H"  # a suspicion (疑似), ranked after the deterministic ones


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on one form, with everything a reviewer needs to accept or reject it.

    ``form`` is the index of the form in its document (None: the file, or several forms of it), ``indicator`` the printed
    name of the row (None: the whole form; several names where one finding concerns several rows), ``field`` the contract
    name of the field. ``printed`` and ``expected`` are texts; ``derivation`` is one line (``90 ÷ 200 × 3 = 1.35``);
    ``why`` names the norm; ``advice`` says what to do next.
    """

    code: str
    level: Level
    kind: Certainty
    message: str
    form: int | None = None
    indicator: str | tuple[str, ...] | None = None
    field: str = ""
    place: Place | None = None
    printed: str = ""
    expected: str = ""
    derivation: str = ""
    why: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about the file rather than the form: what could not be read, and what to do.

    Codes: P01 scan without text, P02 encrypted, P03 damaged, P04 content is not what the extension says, P05 a program is
    missing, P06 no performance form found, P07 low confidence of OCR, P08 hidden sheet, P09 over a limit, P10 a stored
    formula result differs from its recomputation, P11 a defect of this program; also A09-A12 (structure).
    """

    code: str
    message: str
    place: Place | None = None
