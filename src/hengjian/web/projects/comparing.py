"""What differs between two forms, cell by cell: two versions, a draft and its version, this year and last year."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hengjian.web.projects.content import HEAD_LABELS, PART_COLUMNS, RowData, text_of
from hengjian.web.projects.models import Part

# What only tells which form it is; it differs from year to year by nature.
_OF_THE_YEAR = frozenset({"year", "title", "start", "end", "total.weight", "total.score", "money_unit_inferred"})
_WHOLE = {"goal.only": "年度总体目标", "text": "内容"}
_ORDER = {part: place for place, part in enumerate((Part.HEAD, *PART_COLUMNS))}


@dataclass(frozen=True, slots=True)
class Difference:
    """One changed cell, or a row that came or went (``field`` is then "")."""

    row: str
    part: str
    name: str
    field: str
    label: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        if not self.field:
            return "added" if self.after else "removed"
        return "changed"

    @property
    def title(self) -> str:
        """Where it is, for a list: part and name of the row."""
        part = Part(self.part).label
        return f"{part}：{self.name}" if self.name else part


def differences(before: Iterable[RowData], after: Iterable[RowData], *, of_years: bool = False) -> list[Difference]:
    """The differences in the order of the form. Rows are matched by key, else by their name within the part.

    With ``of_years`` the two forms are of different years: what tells the year is no difference.
    """
    old, new = list(before), list(after)
    partner = partners(old, new)
    found: list[Difference] = []
    for row in new:
        other = partner.get(row.key)
        found += _added(row) if other is None else _changed(other, row, of_years)
    met = {other.key for other in partner.values()}
    found += [difference for row in old if row.key not in met for difference in _removed(row)]
    return sorted(found, key=lambda difference: _ORDER[Part(difference.part)])


def partners(old: Sequence[RowData], new: Sequence[RowData]) -> dict[str, RowData]:
    """The former row of each row, by the new row's key."""
    by_key = {row.key: row for row in old}
    partner = {row.key: by_key[row.key] for row in new if row.key in by_key and by_key[row.key].part == row.part}
    met = {row.key for row in partner.values()}
    free = {(row.part, name_of(row)): row for row in reversed(old) if row.key not in met}
    for row in new:
        if row.key not in partner and (other := free.pop((row.part, name_of(row)), None)) is not None:
            partner[row.key] = other
    return partner


def keeping_keys(old: Sequence[RowData], new: Sequence[RowData]) -> list[RowData]:
    """The new rows under the keys of the rows they continue, so that remarks and files stay with them."""
    keys = {key: row.key for key, row in partners(old, new).items()}
    return [replace(row, key=keys.get(row.key, row.key), parent=keys.get(row.parent, row.parent)) for row in new]


def name_of(row: RowData) -> str:
    """What a row is called."""
    if row.part in (Part.HEAD, Part.GOALS):
        return ""
    return text_of(row.cells.get("name") or row.cells.get("item"))


def label_of(part: str, field: str) -> str:
    """The printed name of a field."""
    if part == Part.HEAD:
        return HEAD_LABELS.get(field) or _WHOLE.get(field, field)
    label = dict(PART_COLUMNS.get(part, ())).get(field)
    head, colon, rest = field.partition(":")
    return label or (f"{rest}年指标值" if head == "history" and rest.isdecimal() else rest if colon else field)


def _added(row: RowData) -> list[Difference]:
    return [Difference(row.key, row.part, name_of(row), "", "", "", _told(row))]


def _removed(row: RowData) -> list[Difference]:
    return [Difference(row.key, row.part, name_of(row), "", "", _told(row), "")]


def _changed(old: RowData, new: RowData, of_years: bool) -> list[Difference]:
    fields = dict.fromkeys((*old.cells, *new.cells))
    found = []
    for field in fields:
        if of_years and (field in _OF_THE_YEAR or field.startswith("history:")):
            continue
        before, after = text_of(old.cells.get(field)), text_of(new.cells.get(field))
        if before != after:
            label = label_of(new.part, field)
            found.append(Difference(new.key, new.part, name_of(new), field, label, before, after))
    return found


def _told(row: RowData) -> str:
    """A whole row in one line."""
    names = [field for field, _ in PART_COLUMNS.get(row.part, ()) if text_of(row.cells.get(field)).strip()]
    return "；".join(f"{label_of(row.part, field)} {text_of(row.cells[field])}" for field in names) or "（空行）"
