"""The unit's own rounding practice, told from its printed scores, so that style is not taken for error.

One form prints 1.91 as 1.9 and 1.98 as 1.9: no rounding gives that, cutting after one decimal does. A fixed tolerance
would hide real errors of the same size; a fixed rounding would accuse a unit of errors it did not make. The money row is
judged apart: it often keeps two decimals where the indicator rows keep one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hengjian.values.rounding import NATIONAL, Mode, Rounding

# National practice first: it wins every tie.
CANDIDATES: tuple[Rounding, ...] = (
    NATIONAL,
    Rounding(2, Mode.TRUNCATE),
    Rounding(1, Mode.HALF_UP),
    Rounding(1, Mode.TRUNCATE),
    Rounding(0, Mode.HALF_UP),
    Rounding(0, Mode.TRUNCATE),
)


@dataclass(frozen=True, slots=True)
class Practice:
    """How a unit brings exact scores to the printed ones.

    ``explains`` of ``of`` printed scores follow from ``rounding``; ``telling`` of them would look different under the
    national practice or under another candidate (the rest, such as full marks, prove nothing); ``own`` of them do not
    follow from the national practice. ``alternatives`` explain as many scores. ``mixed`` is true when a score not explained by ``rounding`` is explained by another candidate; their
    positions stand in ``otherwise``, those explained by none in ``unexplained``.
    """

    rounding: Rounding
    explains: int
    of: int
    telling: int = 0
    alternatives: tuple[Rounding, ...] = ()
    mixed: bool = False
    otherwise: tuple[int, ...] = ()
    unexplained: tuple[int, ...] = ()
    own: int = 0

    @property
    def firm(self) -> bool:
        """Whether the practice is beyond doubt: the national one, or another that at least two scores follow from and no other explains as well."""
        return self.national or (self.own >= 2 and not self.alternatives)

    def accepts(self, exact: Fraction, printed: Decimal) -> bool:
        """Whether a printed score is the exact one under this practice or the national one."""
        return explains(self.rounding, exact, printed) or explains(NATIONAL, exact, printed)

    @property
    def national(self) -> bool:
        """Whether the unit follows the national practice (or nothing printed tells otherwise)."""
        return self.rounding == NATIONAL

    def __str__(self) -> str:
        """The practice with its evidence: ``保留1位小数，截断（38项中36项与此相符）``."""
        return f"{self.rounding}（{self.of}项中{self.explains}项与此相符）"


def explains(rounding: Rounding, exact: Fraction, printed: Decimal) -> bool:
    """Whether a printed score is the exact one brought to the rounding's decimals."""
    return rounding.apply(exact) == printed


def infer_rounding(rows: Sequence[tuple[Fraction, Decimal]]) -> Practice:
    """The practice that explains most printed scores of the indicator rows; ties prefer the national one.

    ``rows`` are pairs of the exact recomputed and the printed score. Without rows the national practice is assumed.
    """
    fits = {rounding: _fits(rounding, rows) for rounding in CANDIDATES}
    best = max(CANDIDATES, key=lambda rounding: len(fits[rounding]))  # the first of the best: national before others
    # A whole number is hit too easily to prove a second practice beside the first.
    somehow = set[int]().union(*(fits[rounding] for rounding in CANDIDATES if rounding.places or rounding == best))
    always = set(range(len(rows))).intersection(*fits.values())
    return Practice(
        rounding=best,
        explains=len(fits[best]),
        of=len(rows),
        telling=len(fits[best] - always),
        alternatives=tuple(r for r in CANDIDATES if r != best and len(fits[r]) == len(fits[best])),
        mixed=bool(somehow - fits[best]),
        otherwise=tuple(sorted(somehow - fits[best])),
        unexplained=tuple(sorted(set(range(len(rows))) - somehow)),
        own=len(fits[best] - fits[NATIONAL]),
    )


def _fits(rounding: Rounding, rows: Sequence[tuple[Fraction, Decimal]]) -> set[int]:
    """The rows a practice explains; where the proof is too thin, only those the national practice explains as well.

    5.84 printed as 6 is most often full marks given although the target was missed (F09), not a practice of rounding; and one
    28.96 printed as 28 is no practice of cutting to whole points: that takes a second row.
    """
    found = {i for i, row in enumerate(rows) if explains(rounding, *row)}
    own = [rows[i] for i in found if not explains(NATIONAL, *rows[i])]
    rounded_up = all(printed > exact and printed == int(printed) for exact, printed in own)
    if own and (rounded_up or (rounding.places == 0 and len(own) < 2)):
        return {i for i in found if explains(NATIONAL, *rows[i])}
    return found
