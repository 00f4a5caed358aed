"""Sums for the overview, kept up to date with every step of a sheet instead of being counted anew for every page."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from hengjian.web.projects.models import Sheet, Tally

Counts = Mapping[str, Decimal]
CELL = Decimal("0.1")  # width of a cell of the grid of execution against completion
BANDS = (Decimal(90), Decimal(80), Decimal(60))  # lower bounds of the columns of the score distribution


def contribution(sheet: Sheet) -> dict[str, Decimal]:
    """What a sheet adds to the sums of every body above it."""
    one = Decimal(1)
    counts = {"sheets": one, f"state:{sheet.state}": one}
    if not sheet.version:
        return counts
    counts["submitted"] = one
    for name in ("budget", "executed"):
        if (value := getattr(sheet, name)) is not None:
            counts[name] = value
    if sheet.score_total is not None:
        counts |= {"scored": one, "score": sheet.score_total, f"band:{band_of(sheet.score_total)}": one}
    if sheet.completion is not None and sheet.budget and sheet.executed is not None:
        counts[f"grid:{_cell(sheet.executed / sheet.budget)}:{_cell(sheet.completion)}"] = one
    for name, (earned, weight) in sheet.facts.get("classes", {}).items():
        counts |= {f"earned:{name}": Decimal(earned), f"weight:{name}": Decimal(weight)}
    counts |= {f"outlook:{name}": Decimal(number) for name, number in sheet.facts.get("outlook", {}).items()}
    counts |= {f"code:{code}": Decimal(number) for code, number in sheet.facts.get("codes", {}).items()}
    return counts


def band_of(score: Decimal) -> int:
    """The lower bound of the band a score falls into (90, 80, 60, 0)."""
    return int(next((low for low in BANDS if score >= low), Decimal(0)))


def _cell(share: Decimal) -> int:
    """The cell of a share: tenths, all above 120 % in the last."""
    return int(max(Decimal(0), min(share / CELL, Decimal(12))))


def shift(sheet: Sheet, before: Counts, after: Counts) -> None:
    """Replace a sheet's contribution in the sums of its unit and of every body above, from the unit up.

    Always in that order and at the end of a transaction: writers of different units meet only at a common body, and wait for
    each other there only for as long as the commit takes.
    """
    change = {name: after.get(name, Decimal(0)) - before.get(name, Decimal(0)) for name in {*before, *after}}
    change = {name: value for name, value in change.items() if value}
    if not change:
        return
    for body in reversed(ancestors(sheet.path)):
        key = {"body_id": body, "year": sheet.year, "stage": sheet.stage}
        tally = Tally.objects.select_for_update().filter(**key).first()
        if tally is None:
            Tally.objects.bulk_create([Tally(**key)], ignore_conflicts=True)
            tally = Tally.objects.select_for_update().get(**key)
        tally.counts = added(tally.counts, change)
        tally.save(update_fields=["counts"])


def added(counts: Mapping[str, str], change: Counts) -> dict[str, str]:
    """Sums with a change applied; what has become zero is left out."""
    sums = {name: Decimal(value) for name, value in counts.items()}
    for name, value in change.items():
        sums[name] = sums.get(name, Decimal(0)) + value
    return {name: f"{value.normalize():f}" for name, value in sorted(sums.items()) if value}


def recounted(sheets: Iterable[Sheet]) -> dict[tuple[int, int, str], dict[str, str]]:
    """The sums of all bodies counted anew: what ``Tally`` must hold, by (body, year, stage)."""
    sums: dict[tuple[int, int, str], dict[str, Decimal]] = {}
    for sheet in sheets:
        for body in ancestors(sheet.path):
            counts = sums.setdefault((body, sheet.year, sheet.stage), {})
            for name, value in contribution(sheet).items():
                counts[name] = counts.get(name, Decimal(0)) + value
    return {key: added({}, counts) for key, counts in sums.items()}


def ancestors(path: str) -> list[int]:
    """The keys of the bodies on a path, from the root down."""
    return [int(pk) for pk in path.strip("/").split("/")]
