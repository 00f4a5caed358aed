"""The form under construction: values with the rank of the label they stood under, so that the better label wins."""

from dataclasses import dataclass, field, replace
from typing import Any

from hengjian.forms.form import (
    Activity,
    Amount,
    CostNode,
    Fund,
    Indicator,
    Milestone,
    Printed,
    PriorYear,
    Purchase,
    Remark,
    Total,
)
from hengjian.values.money import MoneyUnit


@dataclass(slots=True)
class Draft:
    """What was read so far. ``values`` holds the fields that are one printed value each."""

    values: dict[str, tuple[int, Printed]] = field(default_factory=dict)
    extra: list[tuple[str, Printed]] = field(default_factory=list)
    years: list[tuple[int, int]] = field(default_factory=list)  # (how sure: 0 is best, year)
    units: list[tuple[int, MoneyUnit]] = field(default_factory=list)  # (how sure: 0 is best, unit)
    funds: list[Fund] = field(default_factory=list)
    prior_years: list[PriorYear] = field(default_factory=list)
    funding_sources: list[Amount] = field(default_factory=list)
    cost_items: list[Amount] = field(default_factory=list)
    procurement: list[Purchase] = field(default_factory=list)
    schedule: list[Milestone] = field(default_factory=list)
    tasks: list[Amount] = field(default_factory=list)
    sums: list[tuple[str, Printed]] = field(default_factory=list)
    trees: list[CostNode] = field(default_factory=list)
    goals: list[Printed] = field(default_factory=list)
    sections: list[Printed] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    total: Total | None = None
    remarks: list[Remark] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)
    spending: list[tuple[str, Printed]] = field(default_factory=list)  # money of a department as label and value

    def put(self, name: str, value: Printed, rank: int = 0) -> None:
        """Keep a value: a filled one before a blank one, then the better label, then the first printed."""
        old = self.values.get(name)
        if old is None or (bool(value), -rank) > (bool(old[1]), -old[0]):
            self.values[name] = (rank, value)

    def append(self, name: str, more: Printed) -> None:
        """Add a further line to a value, or begin it."""
        rank, old = self.values.get(name, (0, None))
        joined = replace(old, text=f"{old.text}\n{more.text}".strip()) if old is not None else more
        self.values[name] = (rank, joined)

    def get(self, name: str) -> Printed | None:
        """The value of a field, if any was printed."""
        found = self.values.get(name)
        return found[1] if found else None

    def put_extra(self, label: str, value: Printed) -> None:
        """Keep a filled value under its printed label; a second one under the same label is kept as well."""
        if value and label and not any(old == label and shown.text == value.text for old, shown in self.extra):
            self.extra.append((label, value))

    def best_year(self) -> int | None:
        """The year stated in the best place."""
        return min(self.years, key=lambda found: found[0])[1] if self.years else None

    def best_unit(self) -> MoneyUnit | None:
        """The unit stated in the best place."""
        return min(self.units, key=lambda found: found[0])[1] if self.units else None

    def taken(self, *names: str) -> dict[str, Any]:
        """The named fields that have a value, as keyword arguments."""
        return {name: self.values[name][1] for name in names if name in self.values}
