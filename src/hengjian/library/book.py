"""A library as a table: the heading of every column, the rows of a library as texts, and rows of texts as a library.

The words of the table are data (``book.toml``). Reading is tolerant of headings other systems use, of the order of the
columns and of titles above them; it is strict about what a row means: what cannot be understood is a problem with its
place, and its row is left out. ``entries_of(rows_of(entries))`` gives ``entries`` again.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from hengjian.library.shelves import Direction, Entry, UsualTarget
from hengjian.values.finding import Problem
from hengjian.values.place import NOWHERE, Place
from hengjian.values.text import fold, label

BETWEEN = "｜"  # between several values of one cell

# L01 no library in the file, L02 a needed cell is blank, L03 a value that is not understood, L04 a code or name twice,
# L05 a column that is not known.


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: the field of ``Entry`` it holds, its heading, other headings people use, width in digits."""

    field: str
    heading: str
    also: tuple[str, ...] = ()
    width: int = 12
    required: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A cell: its text and where it stands."""

    text: str
    place: Place = NOWHERE


@cache
def columns() -> tuple[Column, ...]:
    """The columns in the order they are written."""
    return tuple(Column(**{**row, "also": tuple(row["also"])}) for row in _words()["columns"])


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("book.toml").read_text(encoding="utf-8"))


@cache
def _headings() -> dict[str, Column]:
    return {label(word): column for column in columns() for word in (column.heading, *column.also)}


@cache
def _choices(table: str) -> dict[str, str]:
    return {fold(word).lower(): value for value, words in _words()[table].items() for word in words}


# --- writing ----------------------------------------------------------------------------------------------------------


def rows_of(entries: Iterable[Entry]) -> Iterable[tuple[str, ...]]:
    """The texts of each entry, in the order of ``columns``."""
    return (tuple(_shown(entry, column.field) for column in columns()) for entry in entries)


def _shown(entry: Entry, field: str) -> str:
    if field == "direction":
        return entry.direction.sign
    if field == "targets":
        return BETWEEN.join(one.value for one in entry.targets)
    if field == "target_sources":
        return BETWEEN.join(one.source for one in entry.targets)
    if field == "target_verified":
        return BETWEEN.join(_yes(one.verified) for one in entry.targets)
    if field == "sources":
        return BETWEEN.join(entry.sources)
    if field == "verified":
        return _yes(entry.verified)
    return str(getattr(entry, field))


def _yes(value: bool) -> str:
    return "已核实" if value else "未核实"


# --- reading ----------------------------------------------------------------------------------------------------------


def entries_of(
    rows: Sequence[Sequence[Text]], seen: dict[str, Place] | None = None
) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """The entries of a table and what is wrong with it. The first row that has the needed headings begins it.

    ``seen`` is what other tables of the same library hold already; what this one adds is put there, too.
    """
    seen = {} if seen is None else seen
    heads = _head(rows)
    if heads is None:
        needed = "、".join(f"“{column.heading}”" for column in columns() if column.required)
        told = f"没有找到指标库的表头。表头应在同一行里有{needed}等列；可以先导出一份指标库，照它的样子填写。"
        return (), (Problem("L01", told, rows[0][0].place if rows and rows[0] else None),)
    start, known = heads
    problems = [
        Problem("L05", f"不认识“{cell.text}”这一列，没有读入。需要的话请改成导出的指标库里的列名。", cell.place)
        for at, cell in enumerate(rows[start])
        if cell.text.strip() and at not in known
    ]
    found: list[Entry] = []
    for row in rows[start + 1 :]:
        cells = {column.field: row[at] for at, column in known.items() if at < len(row)}
        if not any(cell.text.strip() for cell in cells.values()) or _head((row,)) is not None:
            continue
        entry = _Row(cells, problems).entry()
        if entry is None or _twice(entry, cells, seen, problems):
            continue
        found.append(entry)
    return tuple(found), tuple(problems)


def _head(rows: Sequence[Sequence[Text]]) -> tuple[int, dict[int, Column]] | None:
    """The first row that has the headings of every required column, and which column stands where (the first of two)."""
    for number, row in enumerate(rows):
        known: dict[int, Column] = {}
        for at, cell in enumerate(row):
            column = _headings().get(label(cell.text))
            if column is not None and column not in known.values():
                known[at] = column
        if all(column in known.values() for column in columns() if column.required):
            return number, known
    return None


def _twice(entry: Entry, cells: Mapping[str, Text], seen: dict[str, Place], problems: list[Problem]) -> bool:
    """Whether a code, or without codes the name in its class, was met before; the first row counts."""
    key = f"编码“{entry.code}”" if entry.code else f"{entry.level2}的指标“{entry.name}”"
    place = cells["code" if entry.code else "name"].place
    if key in seen:
        problems.append(Problem("L04", f"{key}重复（前一次在{seen[key] or '前面'}），这一行没有读入。", place))
        return True
    seen[key] = place
    return False


class _Row:
    """One row on its way to an entry; what is wrong goes to ``problems``."""

    def __init__(self, cells: Mapping[str, Text], problems: list[Problem]) -> None:
        self.cells, self.problems = cells, problems
        self.sound = True

    def entry(self) -> Entry | None:
        name, level2 = self._needed("name"), self._level2()
        targets = self._targets()
        made = Entry(
            name=name,
            level1=self._level1(level2),
            level2=level2,
            direction=self._direction(targets),
            targets=targets,
            sources=self._several("sources"),
            verified=self._yes("verified", self._text("verified")),
            **{
                field: self._text(field)
                for field in ("code", "unit", "formula", "data", "evidence", "rule", "rule_source", "work", "note")
            },
        )
        return made if self.sound else None

    def _text(self, field: str) -> str:
        return self.cells[field].text.strip() if field in self.cells else ""

    def _wrong(self, code: str, field: str, message: str) -> None:
        self.sound = False
        place = self.cells[field].place if field in self.cells else self.cells["name"].place
        self.problems.append(Problem(code, f"{message}这一行没有读入。", place))

    def _needed(self, field: str) -> str:
        if not (text := self._text(field)):
            heading = next(column.heading for column in columns() if column.field == field)
            name = self._text("name")
            self._wrong("L02", field, f"{f'指标“{name}”' if name else '这一行'}没有填“{heading}”，请补上。")
        return text

    def _level2(self) -> str:
        """The class as forms print it: 数量 is 数量指标, a class of one's own stays."""
        text = self._needed("level2")
        known = [kind for kinds in _words()["classes"].values() for kind in kinds]
        return next((kind for kind in known if fold(text) in (kind, kind.removesuffix("指标"))), text)

    def _level1(self, level2: str) -> str:
        classes: dict[str, list[str]] = _words()["classes"]
        if text := self._text("level1"):
            return next((kind for kind in classes if fold(text) in (kind, kind.removesuffix("指标"))), text)
        found = next((kind for kind, parts in classes.items() if level2 in parts), "")
        if level2 and not found:
            self._wrong("L02", "level1", f"“{level2}”属于哪个一级指标看不出来，请填“一级指标”。")
        return found

    def _direction(self, targets: tuple[UsualTarget, ...]) -> Direction:
        text = self._text("direction")
        if not text and targets:
            text = fold(targets[0].value)[:1]
            if text not in _choices("directions"):
                text = ""
        if not text:
            self._wrong("L02", "direction", "没有填“计算符号”，指标值里也没有符号，请填 ≥、≤、=、区间或定性。")
            return Direction.UP
        found = _choices("directions").get(fold(text).lower())
        if found is None:
            self._wrong("L03", "direction", f"“计算符号”是“{text}”，看不懂，请填 ≥、≤、=、区间或定性。")
            return Direction.UP
        return Direction(found)

    def _several(self, field: str) -> tuple[str, ...]:
        text = self._text(field).replace("\n", BETWEEN)
        return tuple(piece.strip() for piece in text.split(BETWEEN)) if text else ()

    def _targets(self) -> tuple[UsualTarget, ...]:
        values, origins, seen = (self._several(one) for one in ("targets", "target_sources", "target_verified"))
        for field, got in (("target_sources", origins), ("target_verified", seen)):
            if got and len(got) != len(values):
                told = (
                    f"有{len(values)}个常用指标值，“{_heading(field)}”却有{len(got)}个，请用“{BETWEEN}”隔开、一一对应。"
                )
                self._wrong("L03", field, told)
                return ()
        origins, seen = origins or ("",) * len(values), seen or ("",) * len(values)
        return tuple(
            UsualTarget(value, origin, self._yes("target_verified", flag))
            for value, origin, flag in zip(values, origins, seen, strict=True)
        )

    def _yes(self, field: str, text: str) -> bool:
        found = _choices("yes_no").get(fold(text).lower())
        if found is None:
            self._wrong("L03", field, f"“{_heading(field)}”是“{text}”，看不懂，请填“已核实”或“未核实”。")
        return found == "yes"


def _heading(field: str) -> str:
    return next(column.heading for column in columns() if column.field == field)
