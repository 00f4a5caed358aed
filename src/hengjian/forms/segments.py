"""Where forms begin and end: a layout is cut at titles and new project names, and what belongs together is joined again.

A file may hold several forms, one below the other, on sheets or pages; or one form spread over many tables with lines between
them; and a page prints navigation, dates and addresses around them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from hengjian.forms import classify, funds, head, prose
from hengjian.forms.form import Printed
from hengjian.forms.indicators import Header, find_headers
from hengjian.forms.labels import head_meaning, stated_unit
from hengjian.forms.layout import Cell, Grid, Layout
from hengjian.values.place import Place
from hengjian.values.text import fold, label

NOTE = re.compile(r"^\s*(?:注|备注|说明|填表说明|填报说明)\s*[:：\d]")
UNIT_CELL = re.compile(r"^\(?(?:金额|货币|资金)?单位:(?:人民币)?(?:亿元|万元|元)\)?$")
_UNIT_LINE = re.compile(r"^\s*(\d{3,15})\s*[-—－ ]?\s*([\u4e00-\u9fff（）()]{2,30})\s*$")
# Labels that may stand on a line of their own, with their text in the lines under it.
LONG_FIELDS = frozenset(
    {"conclusion", "problems", "measures", "basis", "goal_expected", "goal_adjusted", "goal_achieved"}
)
_SITE = re.compile(r"版权|主办|承办|ICP|备案|网站|技术支持|浏览器")


def cut(units: Sequence["Unit"], finder: "Headers") -> list["Segment"]:
    """The stretches of a document that are forms, each without what the page prints around it."""
    return [_trimmed(s, finder) for s in _merged(list(_segments(units, finder))) if s.headers or _complete(s)]


@dataclass(frozen=True, slots=True)
class Unit:
    """A line of text, or one row of a grid. ``single`` is its text when it holds one text only, across the page."""

    text: str
    place: Place
    grid: Grid | None = None
    row: int = -1
    single: str | None = None
    new_page: bool = False


@dataclass(slots=True)
class Segment:
    """A stretch of units that belongs to one form, and what it has."""

    units: list[Unit] = field(default_factory=list)
    titles: list[Printed] = field(default_factory=list)
    project: str | None = None
    owner: str | None = None  # the department or unit, for forms without a project
    headers: int = 0
    tables: int = 0
    pairs: int = 0
    columns: set[str] = field(default_factory=set)
    foreign: bool = False  # begins with the title of a table that is no performance form

    @property
    def empty(self) -> bool:
        """Whether nothing but titles and small print was seen."""
        return not (self.project or self.owner or self.headers or self.tables or self.pairs)


class Headers:
    """The indicator-table headers of each grid, found once."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[Header, ...]] = {}

    def of(self, grid: Grid) -> tuple[Header, ...]:
        """All headers of a grid."""
        if id(grid) not in self._found:
            self._found[id(grid)] = find_headers(grid)
        return self._found[id(grid)]

    def at(self, grid: Grid, row: int) -> Header | None:
        """The header that begins in a row."""
        return next((h for h in self.of(grid) if h.first_row == row), None)


def units_of(layout: Layout) -> Iterator[Unit]:
    """Every line, and every row of every grid, in reading order."""
    for index, block in enumerate(layout.blocks):
        fresh = index in layout.breaks
        if not isinstance(block, Grid):
            yield Unit(block.text, block.place, single=block.text.strip() or None, new_page=fresh)
            continue
        for row in range(block.rows):
            cells = [cell for cell in block.starts(row) if cell.text.strip()]
            text = "\t".join(cell.text.strip() for cell in cells)
            place = cells[0].place if cells else block.place
            single = None
            if len(cells) == 1 and is_alone(block, cells[0]):
                single = cells[0].text.strip()
            yield Unit(text, place, block, row, single, fresh and row == 0)


def is_alone(grid: Grid, cell: Cell) -> bool:
    """Whether the only text of a row is a line across the table, not a value whose label is merged or lost."""
    if cell.column_span >= grid.columns or grid.columns == 1:
        return True
    if (meaning := head_meaning(cell.text)) is not None:
        # A label whose value is blank, unless its text stands in the rows under it.
        heads = meaning.field.startswith("goal") or prose.heading(cell.text) is not None
        return cell.column == 0 and heads and _text_follows(grid, cell)
    if len([c for c in grid.row(cell.row) if c.text.strip()]) > 1:
        return False  # a merged side label stands beside it
    if cell.column == 0:
        return True
    return classify.is_title(cell.text) and len(cell.text) <= 30


def _text_follows(grid: Grid, cell: Cell) -> bool:
    """Whether the next row with a text holds one only, in the same column, and that is no label."""
    for row in range(cell.row + cell.row_span, grid.rows):
        below = [each for each in grid.row(row) if each.text.strip()]
        if below:
            return len(below) == 1 and below[0].column == cell.column and head_meaning(below[0].text) is None
    return False


def _segments(units: Sequence[Unit], finder: Headers) -> Iterator[Segment]:
    current = Segment()
    previous: Unit | None = None
    tail = 0  # rows already known to be inside an indicator table
    grid: Grid | None = None
    for unit in units:
        title = _title(unit, previous)
        project, owner, pairs = _identity(unit)
        header = finder.at(unit.grid, unit.row) if unit.grid is not None else None
        if unit.grid is not grid:
            grid, tail = unit.grid, 0
        inside = tail > 0 and unit.grid is not None and not title and project is None and header is None
        foreign = unit.single is not None and classify.is_foreign_title(unit.single)
        named = project is not None or (owner is not None and coded_unit(unit) is not None)
        other = current.headers or (project is not None and current.project not in (None, project))
        begins = (
            foreign
            or (title is not None and not current.empty)
            or (named and bool(other))
            or (current.foreign and (title is not None or named or header is not None))
        )
        if begins:
            moved = _taken_back(current)
            yield current
            current = Segment(units=moved, foreign=foreign)
            for each in moved:
                if each.single and classify.is_title(each.single):
                    current.titles.append(Printed(each.single, each.place))
        if title is not None:
            if previous is not None and title.text != (unit.single or "").strip() and previous in current.units:
                pass  # the line before is part of the title and stays where it is
            current.titles.append(title)
        current.units.append(unit)
        if project is not None and current.project is None:
            current.project = project
        if owner is not None and current.owner is None and not inside:
            current.owner = owner
        current.pairs += pairs
        if header is not None:
            current.headers += 1
            current.columns |= set(header.columns.values())
            tail = 1
        elif unit.grid is not None and not inside and funds.read_head(unit.grid, unit.row, unit.grid.rows - 1):
            current.tables += 1
        if unit.text.strip():
            previous = unit
    yield current


def coded_unit(unit: Unit) -> tuple[str, str] | None:
    """Code and name of a unit that stands alone at the head of a table: ``203组织部``, beside at most a unit of money."""
    first, *rest = re.split(r"\t|\s{2,}|\u3000+", unit.text.strip())
    found = _UNIT_LINE.match(first)
    if found is None or re.match(r"20\d\d\s*年", first.strip()) or any(stated_unit(text) is None for text in rest):
        return None
    return found.group(1), found.group(2).strip()


def is_small_print(text: str) -> bool:
    """Whether a text only says the year or the unit of money."""
    return head.year_alone(text) is not None or UNIT_CELL.match(fold(text)) is not None


def _title(unit: Unit, previous: Unit | None) -> Printed | None:
    if unit.single is None or not classify.is_title(unit.single):
        return None
    lines = [line for line in unit.single.split("\n") if line.strip() and not is_small_print(line)]
    shown = next((line for line in lines if classify.is_title(line)), "".join(lines))
    text, place = classify.title_text(shown), unit.place
    if previous is not None and previous.single and classify.joins_before(text, previous.single):
        return Printed(previous.single.strip() + text, previous.place)
    return Printed(text, place)


def _identity(unit: Unit) -> tuple[str | None, str | None, int]:
    """Project name, owner and number of head values that a unit prints."""
    project = owner = None
    count = 0
    for pair in pairs_of(unit):
        if pair.meaning is None or pair.meaning.field == "extra":
            continue
        if pair.value:
            count += 1
        if pair.meaning.field == "project" and pair.value:
            project = label(head.split_code(pair.value.text)[1])
        elif pair.meaning.field in ("department", "unit") and pair.value and owner is None:
            owner = label(pair.value.text)
    if (coded := coded_unit(unit)) is not None:
        owner = label(coded[1])
    if unit.single and (heading := prose.heading(unit.single)) and heading.field == "project":
        project = label(heading.inline) or "…"
    return project, owner, count


def pairs_of(unit: Unit) -> tuple[head.Pair, ...]:
    """The labels and values of a line or row."""
    if unit.grid is not None:
        row = head.read_labels(unit.grid, unit.row)
        if row.above and unit.row + 1 < unit.grid.rows:
            return values_below(unit.grid, unit.row, row.labels) or row.pairs
        return row.pairs
    return head.pairs_in_text(unit.text, unit.place)


def values_below(grid: Grid, row: int, labels: Sequence[head.Pair]) -> tuple[head.Pair, ...]:
    """Labels whose values stand in the row under them; none when that row holds labels itself."""
    cells = grid.starts(row + 1)
    filled = [cell for cell in cells if cell.text.strip()]
    if not filled or any(head_meaning(cell.text) is not None for cell in filled) or len(filled) > len(labels):
        return ()
    out: list[head.Pair] = []
    for pair in labels:
        if pair.cell is None:
            return ()
        first, last = pair.cell.column, pair.cell.column + pair.cell.column_span - 1
        value = next((c for c in cells if first <= c.column <= last), None)
        out.append(replace(pair, value=head.printed(value) if value is not None else Printed("", pair.cell.place)))
    return tuple(out) if sum(bool(pair.value) for pair in out) == len(filled) else ()


def _taken_back(segment: Segment) -> list[Unit]:
    """Titles, years and units of money at the end of a segment belong to the form that begins after them."""
    moved: list[Unit] = []
    while segment.units:
        last = segment.units[-1]
        text = last.single
        small = text is not None and (
            head.year_alone(text) is not None or stated_unit(text) is not None or classify.is_title(text)
        )
        joined = (
            bool(moved)
            and text is not None
            and moved[0].single is not None
            and (classify.is_title(moved[0].single) and classify.joins_before(moved[0].single, text))
        )
        if text is None and not last.text.strip() and last.grid is not None:
            moved.insert(0, segment.units.pop())
            continue
        if not (small or joined):
            break
        moved.insert(0, segment.units.pop())
        segment.titles = [
            t for t in segment.titles if t.place != last.place or t.text != classify.title_text(text or "")
        ]
    while moved and not moved[0].text.strip():
        segment.units.append(moved.pop(0))
    return moved


def _merged(segments: Sequence[Segment]) -> list[Segment]:
    """Segments put together where one completes the other."""
    forms: list[Segment] = []
    for segment in segments:
        if segment.foreign:
            continue
        if not forms:
            forms.append(segment)
            continue
        form = forms[-1]
        if _is_new(form, segment):
            forms.append(segment)
        else:
            form.units += segment.units
            form.titles += segment.titles
            form.project = form.project or segment.project
            form.owner = form.owner or segment.owner
            form.headers += segment.headers
            form.tables += segment.tables
            form.pairs += segment.pairs
            form.columns |= segment.columns
    return forms


def _trimmed(segment: Segment, finder: Headers) -> Segment:
    """Without what a page prints before and after the form: navigation, dates of publication, addresses of the site."""
    units = segment.units
    of_form = [_is_part(unit, finder) for unit in units]
    first = next((i for i, part in enumerate(of_form) if part), 0)
    last = next((i for i in range(len(units) - 1, -1, -1) if of_form[i]), len(units) - 1)
    while _stands_alone(units[last]) and last + 1 < len(units) and not _SITE.search(units[last + 1].text):
        last += 1
        while last + 1 < len(units) and units[last + 1].grid is None and not _SITE.search(units[last + 1].text):
            last += 1
    grid = units[last].grid
    while last + 1 < len(units) and (
        (grid is not None and units[last + 1].grid is grid)
        or (units[last + 1].grid is None and NOTE.match(units[last + 1].text))
    ):
        last += 1
    # The line before a title may be its first half, and a line above the form its number.
    while (
        first > 0
        and units[first - 1].grid is None
        and (
            classify.joins_before(units[first].single or "", units[first - 1].single or "")
            or bool(head.pairs_in_text(units[first - 1].text))
        )
    ):
        first -= 1
    return replace(segment, units=units[first : last + 1])


def _stands_alone(unit: Unit) -> bool:
    """Whether a line is a label whose text follows in the lines under it."""
    meaning = head_meaning(unit.single) if unit.single and unit.grid is None else None
    return meaning is not None and meaning.field in LONG_FIELDS


def _is_part(unit: Unit, finder: Headers) -> bool:
    if unit.single and (classify.is_title(unit.single) or prose.heading(unit.single) or NOTE.match(unit.single)):
        return True
    if _stands_alone(unit) or (unit.grid is not None and finder.of(unit.grid)):
        return True
    if unit.grid is not None and funds.read_head(unit.grid, unit.row, unit.grid.rows - 1):
        return True
    if _SITE.search(unit.text):
        return False
    return coded_unit(unit) is not None or any(
        pair.meaning is not None and (pair.meaning.field not in ("extra", "money_unit") or unit.grid is not None)
        for pair in pairs_of(unit)
    )


def _is_new(form: Segment, segment: Segment) -> bool:
    headed = segment.project is not None or (bool(segment.titles) and segment.owner is not None)
    if form.empty or (headed and not (form.titles or form.project or form.headers)):
        return True  # what came before is none of this form
    if segment.project is not None:
        return form.headers > 0 or (form.project is not None and form.project != segment.project)
    if form.headers and coded_unit(segment.units[0]) is not None:
        return True
    if segment.headers and form.headers:
        # A second indicator table under a title of its own: another form, unless it is only a further part of this one.
        return bool(segment.titles) and (
            segment.owner is not None or segment.tables > 0 or segment.columns != form.columns
        )
    return bool(form.headers and segment.titles) and segment.owner is not None


def _complete(segment: Segment) -> bool:
    """A form without a readable indicator table still counts when it has a title of a form and a head or money."""
    return bool(segment.titles) and bool(segment.project or segment.owner) and bool(segment.tables)
