"""What is due, and what is overdue: the deadlines that concern a person, with what is still owed for each."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from hengjian.web.people.models import User
from hengjian.web.projects.models import OPEN, Deadline, Sheet

SOON = 30  # days ahead that deadlines are shown
PAST = 400  # days back that they are: a year, and the time until the next one is planned
MOST = 500  # sheets that are counted; where more are owed it is said that there are more


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline with the days that are left (negative: overdue) and, once it is past, how many sheets are owed."""

    deadline: Deadline
    left: int
    owed: int = 0

    @property
    def overdue(self) -> int:
        """The days since, 0 while it is ahead."""
        return max(0, -self.left)

    @property
    def urgent(self) -> bool:
        """Whether it is time to remind."""
        return self.left <= self.deadline.warn_days

    @property
    def owed_text(self) -> str:
        """How many sheets are owed."""
        return f"{'至少 ' if self.owed >= MOST else ''}{self.owed} 张表未报送"


def deadlines_of(user: User, today: date) -> list[Due]:
    """First what is overdue and still owed, the longest overdue before; then what comes.

    Without the deadlines that a nearer body has overruled for all the user's posts.
    """
    known = Deadline.objects.visible_to(user).exclude(pk__in=_overruled(user)).select_related("body")
    past = list(known.filter(due__lt=today, due__gte=today - timedelta(days=PAST)).order_by("due")[:50])
    owed = _owed(user, past) if past else Counter()
    late = [Due(one, one.days_left(today), owed[one.pk]) for one in past if owed[one.pk]]
    ahead = known.filter(due__gte=today, due__lte=today + timedelta(days=SOON)).order_by("due")[:10]
    return late[:10] + [Due(one, one.days_left(today)) for one in ahead]


def days_left(user: User, sheets: Iterable[Sheet], today: date) -> dict[int, int]:
    """The days that are left for sheets that have a deadline, by their keys (negative: overdue)."""
    sheets = list(sheets)
    nearest = _Nearest(user, {(sheet.year, sheet.stage) for sheet in sheets})
    found = {sheet.pk: nearest.of(sheet.year, sheet.stage, sheet.path) for sheet in sheets}
    return {pk: deadline.days_left(today) for pk, deadline in found.items() if deadline is not None}


class _Nearest:
    """Which deadline holds for a sheet: that of the nearest body above it."""

    def __init__(self, user: User, wanted: Iterable[tuple[int, str]]) -> None:
        pairs = set(wanted)
        self._held: dict[tuple[int, str], list[Deadline]] = {}
        if not pairs:
            return
        years, stages = zip(*pairs, strict=True)
        known = Deadline.objects.visible_to(user).filter(year__in=set(years), stage__in=set(stages))
        for one in known.select_related("body"):
            self._held.setdefault((one.year, one.stage), []).append(one)

    def of(self, year: int, stage: str, path: str) -> Deadline | None:
        """The deadline of the nearest body on a path."""
        over = [one for one in self._held.get((year, stage), ()) if path.startswith(one.body.path)]
        return max(over, key=lambda one: len(one.body.path), default=None)


def _owed(user: User, past: list[Deadline]) -> Counter[int]:
    """How many sheets that the user may see have not been submitted although a deadline is past, by its key."""
    nearest = _Nearest(user, {(one.year, one.stage) for one in past})
    sheets = Sheet.objects.visible_to(user).filter(
        state__in=OPEN, year__in={one.year for one in past}, stage__in={one.stage for one in past}
    )
    found = (nearest.of(*one) for one in sheets.order_by().values_list("year", "stage", "path")[:MOST])
    return Counter(one.pk for one in found if one is not None)


def _overruled(user: User) -> set[int]:
    """The deadlines above the user's posts that hold for none of them, since a nearer body has set another."""
    above: set[int] = set()
    holding: set[int] = set()
    for top in sorted({path for _, path in user.scopes})[:20]:
        nearest: dict[tuple[int, str], int] = {}
        for one in Deadline.objects.over(top):
            above.add(one.pk)
            nearest.setdefault((one.year, one.stage), one.pk)
        holding |= set(nearest.values())
    return above - holding
