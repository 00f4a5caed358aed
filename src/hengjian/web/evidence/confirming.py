"""The form that was read, cell by cell, as a person confirms it: addresses, what is uncertain, what was mended.

An address is ``row.field``: the number of the row among ``rows_of`` the form, and the field of the row; parts of lists that
the head keeps whole are named ``0.cost_items/2/amount``. It stays the same as long as the document's result does, so mends
can be stored by it.
"""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from hengjian import desk
from hengjian.web.projects.comparing import label_of
from hengjian.web.projects.content import HEAD, HEAD_LABELS, PART_COLUMNS, RowData, form_of, rows_of
from hengjian.web.projects.models import Part

MONEY_UNITS: Final = ("万元", "元")
# Labels of fields that forms of some regions or families print beside the usual ones.
_LABELS: Final = {
    "level3": "三级指标（类）",
    "code": "编码",
    "standard": "指标标准",
    "goal": "对应目标",
    "activity": "对应活动",
    "forecast": "预计完成",
    "likelihood": "完成可能性",
    "reason_kind": "原因类别",
    "initial_target": "年初指标值",
    "coefficient": "完成系数",
    "core": "核心指标",
    "level1_weight": "一级权重",
    "level2_weight": "二级权重",
    "reason": "原因",
    "note": "说明",
    "unit": "单位",
    "goal.only": "年度总体目标",
    "tasks_total": "任务合计",
}
# Lists the head keeps whole: what to call them and their columns.
_KEPT: Final = {
    "prior_years": ("以前年度", {"year": "年度", "budget": "预算数", "executed": "执行数", "rate": "执行率"}),
    "cost_items": ("支出明细", {"subject": "支出内容", "amount": "金额", "note": "说明"}),
    "tasks": ("主要任务", {"name": "任务", "amount": "金额", "note": "说明"}),
    "activities": (
        "职责与活动",
        {"name": "名称", "level": "级次", "budget": "预算", "description": "内容", "goal": "目标"},
    ),
    "sections": ("文本各部分", {"text": "内容"}),
    "extra": ("其他内容", {}),
    "sums": ("合计", {}),
}
_LIST_LABELS: Final = {"cost_items": "支出明细合计", "funding_sources": "资金来源合计", "procurement": "采购合计"}
_FIXED: Final = frozenset(("year", "money_unit_inferred"))  # told beside the form; a flag
_FIRST: Final = ("level1", "level2", "level3", "code", "name")


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: what was read, and what it is now. ``printed`` is false where the form has no such cell."""

    address: str
    label: str
    read: str
    text: str
    printed: bool = True
    doubtful: bool = False
    sure: bool = False
    spot: Mapping[str, Any] | None = None
    place: str = ""
    choices: tuple[str, ...] = ()
    findings: tuple[Mapping[str, Any], ...] = ()

    @property
    def mended(self) -> bool:
        """Whether a person changed it."""
        return self.text != self.read

    @property
    def owed(self) -> bool:
        """Whether the reader is unsure and no person has said what it is."""
        return self.doubtful and not self.sure and not self.mended

    @property
    def level(self) -> str:
        """The weight of what is found about it: ``E``, ``W``, ``I`` or nothing."""
        levels = {finding["level"] for finding in self.findings}
        return next((level for level in "EWI" if level in levels), "")

    @property
    def spot_id(self) -> str:
        """The name of its spot in the original, the same for all values read from there; "" where it has none."""
        return spot_id(self.spot)

    @property
    def long(self) -> bool:
        """Whether it needs more than one line."""
        return len(self.text) > 24 or "\n" in self.text


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table; ``cells`` in the order of the section's columns."""

    number: int
    name: str
    cells: tuple[Cell, ...]
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form: a list of single values (``lines`` is then empty), or a table."""

    title: str
    part: str
    cells: tuple[Cell, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    lines: tuple[Line, ...] = ()
    removable: bool = False


@dataclass(frozen=True, slots=True)
class Mends:
    """What a person has done to a form that was read."""

    texts: Mapping[str, str] = field(default_factory=dict)
    sure: frozenset[str] = frozenset()
    cut: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form ready to be looked at: its sections, what is found about it, how far reading is proved."""

    sections: tuple[Section, ...]
    findings: tuple[Mapping[str, Any], ...]
    loose: tuple[Mapping[str, Any], ...]  # findings that no cell shows
    reading: Mapping[str, Any]

    def cells(self) -> Iterator[Cell]:
        """All values of rows that are taken."""
        for section in self.sections:
            yield from section.cells
            for line in section.lines:
                if not line.cut:
                    yield from line.cells

    @property
    def doubtful(self) -> list[Cell]:
        """What the reader was unsure of."""
        return [cell for cell in self.cells() if cell.doubtful]

    @property
    def owed(self) -> list[Cell]:
        """What must still be mended or confirmed."""
        return [cell for cell in self.cells() if cell.owed]

    @property
    def mended(self) -> list[Cell]:
        """What a person changed."""
        return [cell for cell in self.cells() if cell.mended]


# --- the form as it is now ----------------------------------------------------------------------------------------------


def mended_rows(form: Mapping[str, Any], mends: Mends) -> list[RowData]:
    """The rows of a form with the mends applied; what a person mended or confirmed is not uncertain any more."""
    rows = rows_of(form)
    gone = {rows[number].key for number in mends.cut if 0 < number < len(rows)}
    out = []
    for number, row in enumerate(rows):
        if row.key in gone or row.parent in gone:
            gone.add(row.key)
            continue
        out.append(_mended(number, row, mends))
    return out


def _mended(number: int, row: RowData, mends: Mends) -> RowData:
    cells, places = copy.deepcopy(dict(row.cells)), copy.deepcopy(dict(row.places))
    settled = {_split(address)[1] for address in (*mends.texts, *mends.sure) if _split(address)[0] == number}
    for name in settled & places.keys():
        places[name].pop("uncertain", None)
    for address, text in mends.texts.items():
        row_number, name = _split(address)
        if row_number == number:
            _put(cells, name, text)
    return replace(row, cells=cells, places=places)


def _put(cells: dict[str, Any], name: str, text: str) -> None:
    """Write one text, into a list of the head where the name says so."""
    if "/" not in name or name.partition("/")[0] not in _KEPT:
        cells[name] = text
        return
    top, _, rest = name.partition("/")
    held = cells.get(top)
    if isinstance(held, dict) and rest in held:
        held[rest] = _with(held[rest], text)
    elif isinstance(held, list):
        place, _, part = rest.partition("/")
        if place.isdecimal() and int(place) < len(held):
            if isinstance(held[int(place)], dict) and part in held[int(place)]:
                held[int(place)][part] = _with(held[int(place)][part], text)
            elif part == "text":
                held[int(place)] = _with(held[int(place)], text)


def _with(value: Any, text: str) -> Any:
    if isinstance(value, dict):
        return {**{name: one for name, one in value.items() if name != "uncertain"}, "text": text}
    if isinstance(value, int) and not isinstance(value, bool):
        return int(text) if text.strip().isdecimal() else value
    return text


def _split(address: str) -> tuple[int, str]:
    number, _, name = address.partition(".")
    return (int(number) if number.isdecimal() else -1), name


def form_now(form: Mapping[str, Any], rows: Iterable[RowData]) -> dict[str, Any]:
    """The form that mended rows make, of the family that was read."""
    return form_of(str(form["kind"]), rows)


# --- the form to look at ------------------------------------------------------------------------------------------------


def sheet_of(form: Mapping[str, Any], mends: Mends) -> Sheet:
    """A form with its mends as sections of cells, findings beside the cells they are about."""
    rows = rows_of(form)
    kept = mended_rows(form, mends)
    findings = _findings(form_now(form, kept))
    numbers = [n for n, row in enumerate(rows) if row.part == Part.INDICATORS and n not in mends.cut]
    by_cell, loose = _hung(findings, numbers, rows)
    look = _Look(mends, by_cell)
    sections = [look.head(rows[0])]
    sections += look.tables(rows)
    sections += look.kept(rows[0])
    return Sheet(
        tuple(section for section in sections if section.cells or section.lines),
        tuple(findings),
        tuple(loose),
        form.get("reading") or {"state": "unproved", "identities": [], "repairs": []},
    )


def _findings(form: Mapping[str, Any]) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = desk.assess(form)["findings"]
    return told


def _hung(
    findings: Sequence[Mapping[str, Any]], numbers: Sequence[int], rows: Sequence[RowData]
) -> tuple[dict[str, list[Mapping[str, Any]]], list[Mapping[str, Any]]]:
    """Findings by the address of the cell they are about, and those that have none."""
    by_cell: dict[str, list[Mapping[str, Any]]] = {}
    loose: list[Mapping[str, Any]] = []
    for finding in findings:
        row, name = finding["row"], str(finding["field"])
        if row is not None and row < len(numbers):
            name = name if name in rows[numbers[row]].cells else "name"
            by_cell.setdefault(f"{numbers[row]}.{name}", []).append(finding)
        elif row is None and name in rows[0].cells:
            by_cell.setdefault(f"0.{name}", []).append(finding)
        else:
            loose.append(finding)
    return by_cell, loose


class _Look:
    """Makes cells of rows."""

    def __init__(self, mends: Mends, findings: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self.mends = mends
        self.findings = findings

    def head(self, row: RowData) -> Section:
        """The single values, in the order of the official form."""
        order = [name for name, _ in HEAD] + ["goal.only"]
        names = sorted(
            (name for name, value in row.cells.items() if name not in _FIXED and isinstance(value, str)),
            key=lambda name: order.index(name) if name in order else len(order),
        )
        cells = []
        for name in names:
            cell = self._cell(f"0.{name}", HEAD_LABELS.get(name) or _LABELS.get(name) or name, row, name)
            if name == "money_unit":
                guessed = bool(row.cells.get("money_unit_inferred"))
                sure = cell.address in self.mends.sure
                cell = replace(cell, choices=MONEY_UNITS, doubtful=guessed, sure=sure)
            cells.append(cell)
        return Section(Part.HEAD.label, Part.HEAD, tuple(cells))

    def tables(self, rows: Sequence[RowData]) -> Iterator[Section]:
        """One table for each part that has rows, indicators first."""
        for part in (Part.INDICATORS, Part.FUNDS, *(p for p in PART_COLUMNS if p not in (Part.INDICATORS, Part.FUNDS))):
            found = [(number, row) for number, row in enumerate(rows) if row.part == part]
            if not found:
                continue
            columns = _columns(part, [row for _, row in found])
            lines = tuple(
                Line(
                    number,
                    str(row.cells.get("name") or row.cells.get("item") or f"第{place}行"),
                    tuple(self._cell(f"{number}.{name}", label, row, name) for name, label in columns),
                    number in self.mends.cut,
                )
                for place, (number, row) in enumerate(found, 1)
            )
            yield Section(Part(part).label, part, columns=columns, lines=lines, removable=True)

    def kept(self, head: RowData) -> Iterator[Section]:
        """The lists that the head keeps whole."""
        for name, (title, labels) in _KEPT.items():
            held = head.cells.get(name)
            if isinstance(held, Mapping):
                cells = tuple(
                    self._value(f"0.{name}/{label}", _LIST_LABELS.get(str(label), str(label)), value)
                    for label, value in held.items()
                )
                yield Section(title, name, cells)
            elif isinstance(held, list) and held:
                yield self._list(name, title, labels, held)

    def _list(self, name: str, title: str, labels: Mapping[str, str], held: Sequence[Any]) -> Section:
        items = [item if isinstance(item, Mapping) and "text" not in item else {"text": item} for item in held]
        columns = tuple((one, label) for one, label in labels.items() if any(one in item for item in items))
        lines = tuple(
            Line(
                -1,
                f"第{place + 1}行",
                tuple(
                    self._value(f"0.{name}/{place}/{one}", label, item[one])
                    if one in item
                    else Cell(f"0.{name}/{place}/{one}", label, "", "", printed=False)
                    for one, label in columns
                ),
            )
            for place, item in enumerate(items)
        )
        return Section(title, name, columns=columns, lines=lines)

    def _cell(self, address: str, label: str, row: RowData, name: str) -> Cell:
        return self._made(address, label, row.cells.get(name), row.places.get(name) or {}, name in row.cells)

    def _value(self, address: str, label: str, value: Any) -> Cell:
        placed = value if isinstance(value, Mapping) else {}
        return self._made(address, label, placed.get("text", value), placed, True)

    def _made(self, address: str, label: str, value: Any, placed: Mapping[str, Any], printed: bool) -> Cell:
        read = plain(value)
        return Cell(
            address,
            label,
            read,
            self.mends.texts.get(address, read),
            printed,
            bool(placed.get("uncertain")),
            address in self.mends.sure,
            placed.get("spot"),
            str((placed.get("place") or {}).get("text", "")),
            (),
            tuple(self.findings.get(address, ())),
        )


def _columns(part: str, rows: Sequence[RowData]) -> tuple[tuple[str, str], ...]:
    """The columns that any row prints, in printed order; what is unusual comes after the names."""
    used = dict.fromkeys(name for row in rows for name, value in row.cells.items() if not isinstance(value, bool))
    usual = [name for name, _ in PART_COLUMNS[part] if name in used]
    if part == Part.INDICATORS:
        usual = [*(name for name in _FIRST if name in used), *(name for name in usual if name not in _FIRST)]
    others = [name for name in used if name not in usual]
    return tuple((name, _LABELS.get(name) or label_of(part, name)) for name in (*usual, *others))


def plain(value: Any) -> str:
    """A value as text, its line ends as browsers send them back."""
    return "" if value is None else str(value).replace("\r\n", "\n").replace("\r", "\n")


def spot_id(spot: Mapping[str, Any] | None) -> str:
    """The name of a spot: the key of a cell or line, or page and box."""
    if not spot:
        return ""
    if spot.get("key"):
        return str(spot["key"])
    return "-".join(str(part) for part in (f"p{spot['page']}", *(spot.get("box") or ())))


# --- what a person sent ---------------------------------------------------------------------------------------------------


def mends_from(form: Mapping[str, Any], sent: Mapping[str, str], sure: Iterable[str], cut: Iterable[str]) -> Mends:
    """The mends that the fields of a page make (``sent`` has texts by address). Only cells of the form are looked at."""
    rows = rows_of(form)
    texts: dict[str, str] = {}
    for cell in _all_cells(form):
        if cell.address in sent:
            text = plain(sent[cell.address]).replace("\0", "")
            if text != cell.read:
                texts[cell.address] = text
    addresses = {cell.address for cell in _all_cells(form)}
    gone = {int(number) for number in cut if number.isdecimal() and 0 < int(number) < len(rows)}
    return Mends(texts, frozenset(addresses.intersection(sure)), frozenset(gone))


def _all_cells(form: Mapping[str, Any]) -> list[Cell]:
    rows = rows_of(form)
    look = _Look(Mends(), {})
    sections = [look.head(rows[0]), *look.tables(rows), *look.kept(rows[0])]
    return [
        cell
        for section in sections
        for cell in (*section.cells, *(cell for line in section.lines for cell in line.cells))
    ]


def told_mends(form: Mapping[str, Any], mends: Mends) -> dict[str, Any]:
    """The mends in words for the record: what was read, what it is now."""
    known = {cell.address: cell for cell in _all_cells(form)}
    names = {
        f"{number}": str(row.cells.get("name") or row.cells.get("item") or "")
        for number, row in enumerate(rows_of(form))
    }

    def where(address: str) -> dict[str, str]:
        number = address.partition(".")[0]
        return {"row": "" if number == "0" else names.get(number, ""), "label": known[address].label}

    return {
        "mended": [
            {**where(address), "from": known[address].read, "to": text}
            for address, text in mends.texts.items()
            if address in known
        ],
        "sure": [{**where(address), "text": known[address].read} for address in sorted(mends.sure) if address in known],
        "cut": [names.get(str(number), "") for number in sorted(mends.cut)],
    }
