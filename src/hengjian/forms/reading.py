"""From a layout to forms: where each form begins and ends in a document, and what every row and line of it means.

A file may hold several forms, one below the other, on sheets or pages; or one form spread over many tables with lines between
them. So the layout is first cut into segments at titles and at new project names; segments that complete each other are put
together again; then each form is read row by row.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from hengjian.forms import classify, funds, head, prose
from hengjian.forms.draft import Draft
from hengjian.forms.form import (
    Activity,
    CostNode,
    Form,
    Fund,
    Goal,
    Kind,
    Printed,
    Remark,
    Total,
)
from hengjian.forms.indicators import Header, IndicatorTable, RawRow, find_headers, read_rows
from hengjian.forms.labels import NUMBERING, head_meaning, is_sum, item_name, period_of, stated_unit
from hengjian.forms.layout import Cell, Grid, Layout
from hengjian.forms.proof import prove
from hengjian.values.finding import Problem
from hengjian.values.money import MoneyUnit
from hengjian.values.place import NOWHERE, Place
from hengjian.values.text import fold, label

_NOTE = re.compile(r"^\s*(?:注|备注|说明|填表说明|填报说明)\s*[:：\d]")
_UNIT_LINE = re.compile(r"^\s*(\d{3,15})\s*[-—－ ]?\s*([\u4e00-\u9fff（）()]{2,30})\s*$")
_UNIT_CELL = re.compile(r"^\(?(?:金额|货币|资金)?单位:(?:人民币)?(?:亿元|万元|元)\)?$")
_LONG_FIELDS = frozenset(
    {"conclusion", "problems", "measures", "basis", "goal_expected", "goal_adjusted", "goal_achieved"}
)
_MONEY_WORD = re.compile(r"资\s*金|预\s*算|金\s*额|经\s*费|支\s*出|投\s*资|拨\s*款")
_PAGE = re.compile(r"^[\s\-—－第共页/／\d]*$")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A line of text, or one row of a grid. ``single`` is its text when it holds one text only, across the page."""

    text: str
    place: Place
    grid: Grid | None = None
    row: int = -1
    single: str | None = None
    new_page: bool = False


@dataclass(slots=True)
class _Segment:
    """A stretch of units that belongs to one form, and what it has."""

    units: list[_Unit] = field(default_factory=list)
    titles: list[Printed] = field(default_factory=list)
    project: str | None = None
    owner: str | None = None  # the department or unit, for forms without a project
    headers: int = 0
    tables: int = 0
    pairs: int = 0
    columns: set[str] = field(default_factory=set)

    @property
    def empty(self) -> bool:
        """Whether nothing but titles and small print was seen."""
        return not (self.project or self.owner or self.headers or self.tables or self.pairs)


def read_forms(layout: Layout) -> tuple[tuple[Form, ...], tuple[Problem, ...]]:
    """The forms of a document, in reading order, and what is to be said where there is none (P06)."""
    blocks, residue = classify.without_residue(layout.blocks)
    layout = replace(layout, blocks=blocks)
    units = list(_units(layout))
    if not any(unit.text.strip() for unit in units):
        return (), () if layout.problems else (_no_form(layout),)
    finder = _Headers()
    segments = [_trimmed(s, finder) for s in _merged(list(_segments(units, finder))) if s.headers or _complete(s)]
    forms = tuple(
        form for segment in segments if (form := _FormReader(segment, finder, residue, units).read()) is not None
    )
    return forms, () if forms else (_no_form(layout),)


def _no_form(layout: Layout) -> Problem:
    if classify.is_performance(layout):
        message = "文件与预算绩效有关，但没有找到绩效表（没有绩效指标表头）。请确认上传的是绩效目标申报、监控、自评或评价表本身。"
    else:
        message = "没有找到绩效表：既没有绩效表标题，也没有“一级指标、指标值、得分”等表头。请确认文件是否选错。"
    return Problem("P06", message)


def _complete(segment: _Segment) -> bool:
    """A form without a readable indicator table still counts when it has a title of a form and a head or money."""
    return bool(segment.titles) and bool(segment.project or segment.owner) and bool(segment.tables)


class _Headers:
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


# --- where forms begin ----------------------------------------------------------------------------------------------------
def _units(layout: Layout) -> Iterator[_Unit]:
    for index, block in enumerate(layout.blocks):
        fresh = index in layout.breaks
        if not isinstance(block, Grid):
            yield _Unit(block.text, block.place, single=block.text.strip() or None, new_page=fresh)
            continue
        for row in range(block.rows):
            cells = [cell for cell in block.starts(row) if cell.text.strip()]
            text = "\t".join(cell.text.strip() for cell in cells)
            place = cells[0].place if cells else block.place
            single = None
            if len(cells) == 1 and _alone(block, cells[0]):
                single = cells[0].text.strip()
            yield _Unit(text, place, block, row, single, fresh and row == 0)


def _alone(grid: Grid, cell: Cell) -> bool:
    """Whether the only text of a row is a line across the table, not a value whose label is merged or lost."""
    if cell.column_span >= grid.columns or grid.columns == 1:
        return True
    if head_meaning(cell.text) is not None:
        return False  # a label whose value is blank
    if len([c for c in grid.row(cell.row) if c.text.strip()]) > 1:
        return False  # a merged side label stands beside it
    if cell.column == 0:
        return cell.column_span * 2 >= grid.columns or not grid.spans_known or classify.is_title(cell.text)
    return classify.is_title(cell.text) and len(cell.text) <= 30


def _segments(units: Sequence[_Unit], finder: _Headers) -> Iterator[_Segment]:
    current = _Segment()
    previous: _Unit | None = None
    tail = 0  # rows already known to be inside an indicator table
    grid: Grid | None = None
    for unit in units:
        title = _title(unit, previous)
        project, owner, pairs = _identity(unit)
        header = finder.at(unit.grid, unit.row) if unit.grid is not None else None
        if unit.grid is not grid:
            grid, tail = unit.grid, 0
        inside = tail > 0 and unit.grid is not None and not title and project is None and header is None
        begins = (title is not None and not current.empty) or (
            (project is not None or (owner is not None and _coded_unit(unit) is not None))
            and bool(current.headers or (project is not None and current.project not in (None, project)))
        )
        if begins:
            moved = _taken_back(current)
            yield current
            current = _Segment(units=moved)
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


def _coded_unit(unit: _Unit) -> tuple[str, str] | None:
    """Code and name of a unit that stands alone at the head of a table: ``203组织部``, beside at most a unit of money."""
    first, *rest = re.split(r"\t|\s{2,}|\u3000+", unit.text.strip())
    found = _UNIT_LINE.match(first)
    if found is None or re.match(r"20\d\d\s*年", first.strip()) or any(stated_unit(text) is None for text in rest):
        return None
    return found.group(1), found.group(2).strip()


def _small(text: str) -> bool:
    """Whether a text only says the year or the unit of money."""
    return head.year_alone(text) is not None or _UNIT_CELL.match(fold(text)) is not None


def _title(unit: _Unit, previous: _Unit | None) -> Printed | None:
    if unit.single is None or not classify.is_title(unit.single):
        return None
    lines = [line for line in unit.single.split("\n") if line.strip() and not _small(line)]
    shown = next((line for line in lines if classify.is_title(line)), "".join(lines))
    text, place = classify.title_text(shown), unit.place
    if previous is not None and previous.single and classify.joins_before(text, previous.single):
        return Printed(previous.single.strip() + text, previous.place)
    return Printed(text, place)


def _identity(unit: _Unit) -> tuple[str | None, str | None, int]:
    """Project name, owner and number of head values that a unit prints."""
    project = owner = None
    count = 0
    for pair in _pairs_of(unit):
        if pair.meaning is None or pair.meaning.field == "extra":
            continue
        if pair.value:
            count += 1
        if pair.meaning.field == "project" and pair.value:
            project = label(head.split_code(pair.value.text)[1])
        elif pair.meaning.field in ("department", "unit") and pair.value and owner is None:
            owner = label(pair.value.text)
    if (coded := _coded_unit(unit)) is not None:
        owner = label(coded[1])
    if unit.single and (heading := prose.heading(unit.single)) and heading.field == "project":
        project = label(heading.inline) or "…"
    return project, owner, count


def _pairs_of(unit: _Unit) -> tuple[head.Pair, ...]:
    if unit.grid is not None:
        row = head.read_row(unit.grid, unit.row)
        if row.above and unit.row + 1 < unit.grid.rows:
            return _below(unit.grid, unit.row, row.labels) or row.pairs
        return row.pairs
    return head.pairs_in_text(unit.text, unit.place)


def _below(grid: Grid, row: int, labels: Sequence[head.Pair]) -> tuple[head.Pair, ...]:
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


def _taken_back(segment: _Segment) -> list[_Unit]:
    """Titles, years and units of money at the end of a segment belong to the form that begins after them."""
    moved: list[_Unit] = []
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


def _merged(segments: Sequence[_Segment]) -> list[_Segment]:
    """Segments put together where one completes the other."""
    forms: list[_Segment] = []
    for segment in segments:
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


def _trimmed(segment: _Segment, finder: _Headers) -> _Segment:
    """Without what a page prints before and after the form: navigation, dates of publication, addresses of the site."""
    units = segment.units
    of_form = [_is_part(unit, finder) for unit in units]
    first = next((i for i, part in enumerate(of_form) if part), 0)
    last = next((i for i in range(len(units) - 1, -1, -1) if of_form[i]), len(units) - 1)
    grid = units[last].grid
    while last + 1 < len(units) and (
        (grid is not None and units[last + 1].grid is grid)
        or (units[last + 1].grid is None and _NOTE.match(units[last + 1].text))
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


def _is_part(unit: _Unit, finder: _Headers) -> bool:
    if unit.single and (classify.is_title(unit.single) or prose.heading(unit.single) or _NOTE.match(unit.single)):
        return True
    if unit.grid is not None and finder.of(unit.grid):
        return True
    if unit.grid is not None and funds.read_head(unit.grid, unit.row, unit.grid.rows - 1):
        return True
    if re.search(r"版权|主办|承办|ICP|备案|网站|技术支持|浏览器", unit.text):
        return False
    return _coded_unit(unit) is not None or any(
        pair.meaning is not None and (pair.meaning.field not in ("extra", "money_unit") or unit.grid is not None)
        for pair in _pairs_of(unit)
    )


def _is_new(form: _Segment, segment: _Segment) -> bool:
    if form.empty or (segment.project is not None and not (form.titles or form.project or form.headers)):
        return True
    if segment.project is not None:
        return form.headers > 0 or (form.project is not None and form.project != segment.project)
    if form.headers and _coded_unit(segment.units[0]) is not None:
        return True
    if segment.headers and form.headers:
        # A second indicator table under a title of its own: another form, unless it is only a further part of this one.
        return bool(segment.titles) and (
            segment.owner is not None or segment.tables > 0 or segment.columns != form.columns
        )
    return bool(form.headers and segment.titles) and segment.owner is not None


# --- one form -------------------------------------------------------------------------------------------------------------
class _FormReader:
    """Reads the units of one form into a draft, then makes the form."""

    def __init__(
        self, segment: _Segment, finder: _Headers, residue: Sequence[Remark], everything: Sequence[_Unit]
    ) -> None:
        self.segment = segment
        self.finder = finder
        self.draft = Draft()
        self.headings: list[tuple[prose.Heading, Place]] = []
        self.section: prose.Heading | None = None
        self.goal_lines: list[Printed] | None = None
        self.last: tuple[Grid, Cell, str] | None = (
            None  # where a value may go on: grid, label cell, field or extra label
        )
        self.budget_columns: dict[str, int] = {}
        self.money_block = False
        self.overall_funds: list[tuple[str, Printed]] = []
        self.labels: set[str] = set()
        self.levels: list[str] = []
        self.pending: str | None = None  # a label that stood alone: its text follows
        self.seen_table = False
        self.seen_title = False
        self.everything = everything
        places = {unit.place for unit in segment.units}
        cells = {cell.place for unit in segment.units if unit.grid for cell in unit.grid.starts(unit.row)}
        self.draft.remarks.extend(r for r in residue if r.place in places or r.place in cells)
        self.kind = self._kind()

    def _kind(self) -> Kind:
        columns: set[str] = set()
        levels: list[str] = []
        headings = [h for unit in self.segment.units if unit.single and (h := prose.heading(unit.single))]
        known = sum(h.field is not None for h in headings)
        for grid, first, last in self._slices():
            for header in self.finder.of(grid):
                if not first <= header.first_row <= last:
                    continue
                columns |= set(header.columns.values())
                column = next((c for c, name in header.columns.items() if name == "level1"), None)
                if column is not None:
                    for row in range(header.last_row + 1, last + 1):
                        cell = grid.at(row, column)
                        if cell is not None and cell.text.strip():
                            levels.append(cell.text)
        named = any(h.field == "project" for h in headings)
        sections = len(headings) if known >= (3 if named else 4) else 0
        overall = self.segment.project is None and self._names_department()
        return classify.kind_of(
            [t.text for t in self.segment.titles], columns, levels, sections=sections, overall=overall
        )

    def _names_department(self) -> bool:
        text = "".join(fold(unit.text) for unit in self.segment.units if not unit.grid or len(unit.text) < 60)
        return self.segment.owner is not None and ("整体" in text or (self.segment.tables > 0 and "部门" in text))

    def _slices(self) -> Iterator[tuple[Grid, int, int]]:
        """The grids of the form, each with its first and last row."""
        units = self.segment.units
        index = 0
        while index < len(units):
            grid = units[index].grid
            if grid is None:
                index += 1
                continue
            first = units[index].row
            while (
                index + 1 < len(units)
                and units[index + 1].grid is grid
                and units[index + 1].row == units[index].row + 1
            ):
                index += 1
            yield grid, first, units[index].row
            index += 1

    def read(self) -> Form | None:
        """The form, proved as far as its sums allow; None when nothing of a form was found."""
        units = self.segment.units
        index = 0
        while index < len(units):
            unit = units[index]
            if unit.grid is None:
                self._line(unit)
                index += 1
                continue
            last = index
            while (
                last + 1 < len(units)
                and units[last + 1].grid is unit.grid
                and units[last + 1].row == units[last].row + 1
            ):
                last += 1
            self._grid(unit.grid, unit.row, units[last].row)
            index = last + 1
        return prove(self._form())

    # --- rows of a grid ---------------------------------------------------------------------------------------------------
    def _grid(self, grid: Grid, first: int, last: int) -> None:
        self.goal_lines = None
        self.pending = None
        self.last = None
        self.money_block = False
        self.budget_columns = {}
        headers = [h for h in self.finder.of(grid) if first <= h.first_row <= last]
        row = first
        while row <= last:
            header = next((h for h in headers if h.first_row == row), None)
            after = min((h.first_row for h in headers if h.first_row > row), default=last + 1)
            if header is not None:
                table = read_rows(grid, header, self.kind, after - 1, tuple(self.draft.funds))
                self._indicators(grid, header, table)
                row = max(table.last_row, header.last_row) + 1
                self.last = None
                continue
            row = self._row(grid, row, after - 1)

    def _row(self, grid: Grid, row: int, last: int) -> int:
        """Read one row, or the table or goal block that begins in it; the next row to read."""
        cells = [cell for cell in grid.starts(row) if cell.text.strip()]
        if not cells:
            return row + 1
        if len(cells) == 1 and _alone(grid, cells[0]):
            self._line(_Unit(cells[0].text, cells[0].place, single=cells[0].text.strip()))
            self.last = None
            return row + 1
        self.pending = self.goal_lines = None
        for cell in cells:
            if (
                len(cell.text) <= 40
                and (money := stated_unit(cell.text)) is not None
                and _UNIT_CELL.match(fold(cell.text))
            ):
                self.draft.units.append((0, money))
            elif (
                len(cell.text) <= 24 and (money := stated_unit(cell.text)) is not None and _MONEY_WORD.search(cell.text)
            ):
                self.draft.units.append((2, money))
        if not self.seen_table and len(cells) <= 2:
            self._coded(_Unit("\t".join(cell.text.strip() for cell in cells), cells[0].place))
        if (table := funds.read_table(grid, row, last)) is not None:
            funds.put_table(self.draft, table, self.kind)
            self.labels.add(table.head.table)
            self.last = None
            return table.last_row + 1
        if (after := self._goal_block(grid, row, last)) is not None:
            self.last = None
            return after
        reading = head.read_row(grid, row, sources=self.money_block or self._money_side(grid, row))
        if reading.above and row < last and (pairs := _below(grid, row, reading.labels)):
            for pair in pairs:
                self._put(pair)
            return row + 2
        if not reading.pairs and self._goes_on(grid, row, cells):
            return row + 1
        for pair in reading.pairs:
            if pair.meaning is None and not self.started:
                continue
            self._put(pair)
            if pair.cell is not None:
                self.last = (grid, pair.cell, pair.label)
        return row + 1

    def _money_side(self, grid: Grid, row: int) -> bool:
        """Whether the row stands beside a label that says its values are money."""
        side = grid.at(row, 0)
        return side is not None and re.search(r"资金|预算|经费", fold(side.text)) is not None and len(side.text) < 24

    @property
    def started(self) -> bool:
        """Whether the form has begun: what stands before it on a page (navigation, dates) is none of its fields."""
        return self.seen_title or self.seen_table or bool(self.draft.values)

    def _put(self, pair: head.Pair) -> None:
        name = pair.meaning.field if pair.meaning else ""
        if name.startswith("budget_") and pair.cell is not None:
            self.budget_columns.setdefault(name, pair.cell.column)
            self.money_block = True
        if name == "source":
            self._source(pair)
            return
        if name == "cost_prose" and pair.value:
            self._cost(pair.value.text, pair.value.place)
        if name == "goal" and pair.value:
            self.labels.add("goal")
            self.draft.goals.extend(self._goals(pair.value))
            return
        head.put_pair(self.draft, pair)

    def _goals(self, value: Printed) -> tuple[Printed, ...]:
        return prose.goal_list(value) if self.kind in (Kind.DECLARATION, Kind.DISCLOSURE) else (value,)

    def _source(self, pair: head.Pair) -> None:
        """A row of the money block: a source of the year's money, or of the whole period's (left column)."""
        if pair.cell is None or (not pair.value and not self.money_block):
            return
        current, total = self.budget_columns.get("budget_current_year"), self.budget_columns.get("budget_total")
        name, _ = item_name(pair.label)
        if self.kind is Kind.DEPARTMENT_OVERALL:
            self.overall_funds.append((pair.label, pair.value))
        elif (
            total is not None
            and current is not None
            and total != current
            and pair.cell.column < max(total, current)
            and (abs(pair.cell.column - total) < abs(pair.cell.column - current))
        ):
            self.draft.put_extra(f"实施期{name}", pair.value)
        else:
            funds.put_source(self.draft, pair.label, pair.value, Printed("", pair.cell.place))

    def _goal_block(self, grid: Grid, row: int, last: int) -> int | None:
        """A header of goals (预期目标 | 实际完成情况) with the texts under it; the row after the block."""
        cells = [cell for cell in grid.starts(row) if cell.text.strip()]
        fields = [(m.field if (m := head_meaning(cell.text)) else None) for cell in cells]
        columns = [(cell, name) for cell, name in zip(cells, fields, strict=True) if name in head.GOAL_FIELDS]
        if len(cells) != len([f for f in fields if f in head.GOAL_FIELDS or f == "goal_block"]):
            # The label at the side may be one the vocabulary does not know.
            if not (len(cells) - len(columns) == 1 and fields[0] is None and len(columns) >= 2):
                return None
            side: Cell | None = cells[0]
        else:
            side = None
            special = [c for c in columns if c[1] != "goal"]
            if (
                (special and columns[0][1] == "goal")
                or (not special and len(columns) >= 3)
                or (not special and len(columns) == 2 and columns[0][0].row_span > 1)
            ):
                side, columns = columns[0][0], columns[1:]
            elif fields[0] == "goal_block":
                side = cells[0]
        if not columns or (len(columns) == 1 and side is None) or row >= last:
            return None
        end = row
        texts: dict[int, list[Printed]] = {}
        bound = side.row + side.row_span - 1 if side is not None and side.row_span > 1 and grid.spans_known else None
        for r in range(row + 1, last + 1):
            below = [cell for cell in grid.starts(r) if cell.text.strip() and cell is not side]
            if bound is not None and r > bound and not (below and below[0].column > 0 and r in grid.page_breaks):
                break
            if not below:
                end = r
                continue
            if any(head_meaning(cell.text) is not None for cell in below):
                break
            if bound is None and end > row and texts and below[0].column <= columns[0][0].column - (side is not None):
                break
            if bound is None and texts and (grid.spans_known or len(below) > len(columns)):
                break
            self._assign(columns, below, texts)
            end = r
        if not texts:
            return None
        for index, (_, name) in enumerate(columns):
            parts = texts.get(index, [])
            value = Printed("\n".join(p.text for p in parts), parts[0].place if parts else columns[index][0].place)
            if name == "goal":
                if value:
                    self.draft.goals.extend(self._goals(value))
            elif name is not None:
                self.draft.put(name, value)
        return end + 1

    @staticmethod
    def _assign(
        columns: Sequence[tuple[Cell, str | None]], below: Sequence[Cell], texts: dict[int, list[Printed]]
    ) -> None:
        """Texts to columns: by position where the positions fit, else in order."""
        taken: set[int] = set()
        chosen: list[int | None] = []
        for cell in below:
            fit = next(
                (
                    i
                    for i, (top, _) in enumerate(columns)
                    if i not in taken
                    and cell.column < top.column + top.column_span
                    and top.column < cell.column + cell.column_span
                ),
                None,
            )
            chosen.append(fit)
            if fit is not None:
                taken.add(fit)
        if None in chosen and len(below) == len(columns):
            chosen = list(range(len(columns)))
        for cell, index in zip(below, chosen, strict=True):
            if index is None:
                index = max((i for i, (top, _) in enumerate(columns) if top.column <= cell.column), default=0)
            texts.setdefault(index, []).append(head.printed(cell))

    def _goes_on(self, grid: Grid, row: int, cells: Sequence[Cell]) -> bool:
        """A row that only carries on the value before it: its label is merged over both, or lost at a page break."""
        if self.last is None or self.last[0] is not grid or len(cells) != 1:
            return False
        _, top, shown = self.last
        covered = grid.at(row, top.column) is top
        if not covered and (cells[0].column <= top.column or (grid.spans_known and row not in grid.page_breaks)):
            return False
        self._append(shown, cells[0].text.strip())
        return True

    def _append(self, shown: str, text: str) -> None:
        meaning = head_meaning(shown)
        draft = self.draft
        if meaning is not None and meaning.field in draft.values:
            rank, value = draft.values[meaning.field]
            draft.values[meaning.field] = (rank, replace(value, text=f"{value.text}\n{text}".strip()))
        elif meaning is not None and meaning.field == "goal" and draft.goals:
            draft.goals[-1] = replace(draft.goals[-1], text=f"{draft.goals[-1].text}\n{text}")
        else:
            for index, (name, value) in enumerate(draft.extra):
                if name == label(shown):
                    draft.extra[index] = (name, replace(value, text=f"{value.text}\n{text}"))

    # --- the indicator table ----------------------------------------------------------------------------------------------
    def _indicators(self, grid: Grid, header: Header, table: IndicatorTable) -> None:
        draft = self.draft
        draft.indicators.extend(table.indicators)
        draft.remarks.extend(table.remarks)
        draft.repairs.extend(table.repairs)
        if table.total is not None:
            draft.total = _joined_total(draft.total, table.total)
        texts = [
            cell.text
            for row in range(header.first_row, header.last_row + 1)
            for cell in grid.row(row)
            if cell.text.strip()
        ]
        for text in texts:
            if (months := period_of(text)) is not None and self.kind is Kind.MONITORING:
                draft.put("period", Printed(months, header_place(grid, header)), 8)
        if self.kind is Kind.RESPONSIBILITY:
            for row in range(header.first_row, header.last_row + 1):
                for cell in grid.starts(row):
                    if (unit := stated_unit(cell.text)) is not None:
                        draft.units.append((1, unit))
            draft.activities.extend(_activities(grid, header, table.rows))
        self.seen_table = True

    # --- lines ------------------------------------------------------------------------------------------------------------
    def _line(self, unit: _Unit) -> None:
        """A line, or several facts that stand side by side or below each other in one: ``（2024年度）　　单位：万元``."""
        parts = [part for part in re.split(r"\n|\t|\s{2,}|\u3000{2,}", unit.text.strip()) if part.strip()]
        if len(parts) > 1 and len(unit.text) <= 80 and any(_small(part) for part in parts):
            for part in parts:
                self._one_line(replace(unit, text=part, single=part.strip()))
        else:
            self._one_line(unit)

    def _one_line(self, unit: _Unit) -> None:
        text = unit.text.strip()
        if not text or _PAGE.match(text):
            return
        heading = prose.heading(text)
        if heading is not None and self.kind is Kind.DISCLOSURE:
            self._open_section(heading, unit.place)
            return
        if classify.is_title(text):
            self.seen_title = True
            self.goal_lines = self.pending = None
            self._years_of_title(text)
            if (months := period_of(text)) is not None and self.kind is Kind.MONITORING:
                self.draft.put("period", Printed(months, unit.place), 3)
            return
        year = head.year_alone(text)
        if year is not None:
            self.draft.years.append((1, year))
            if (months := period_of(text)) is not None:
                self.draft.put("period", Printed(months, unit.place), 2)
            return
        pairs = head.pairs_in_text(text, unit.place, strict=self.seen_table)
        if pairs and not _NOTE.match(text) and (self.section is None or self.section.field == "unit"):
            self.goal_lines = None
            for pair in pairs:
                if self.started or self.section or (pair.meaning and pair.meaning.field != "extra"):
                    self._put(pair)
            return
        if self.section is not None:
            self._in_section(self.section, text, unit.place)
            return
        meaning = head_meaning(text)
        if meaning is not None and meaning.field == "goal" and len(text) <= 20:
            self.goal_lines, self.pending = self.draft.goals, None
            return
        if meaning is not None and meaning.field in _LONG_FIELDS:
            self.pending, self.goal_lines = meaning.field, None
            return
        if self.pending is not None and meaning is None and not _small(text):
            old = self.draft.get(self.pending)
            value = Printed(f"{old.text}\n{text}", old.place) if old else Printed(text, unit.place)
            self.draft.values[self.pending] = (0, value)
            return
        if not self.seen_table:
            self._coded(unit)
        if (money := stated_unit(text)) is not None and len(text) <= 40:
            self.draft.units.append((0, money))
            return
        if self.goal_lines is not None:
            self._goal_line(text, unit.place)
            return

    def _coded(self, unit: _Unit) -> bool:
        coded = _coded_unit(unit)
        if coded is not None:
            self.draft.put("unit_code", Printed(coded[0], unit.place), 5)
            self.draft.put("unit", Printed(coded[1], unit.place), 45)
        return coded is not None

    def _years_of_title(self, text: str) -> None:
        found = re.search(r"(20\d\d)\s*年\s*(度?)", text)
        if found:
            self.draft.years.append((1 if found.group(2) else 2, int(found.group(1))))

    def _goal_line(self, text: str, place: Place) -> None:
        goals = self.draft.goals
        numbered = NUMBERING.match(re.sub(r"^[-•·\s]+", "", text))
        bare = re.sub(r"^[-•·\s]+", "", text)
        if numbered:
            goals.append(Printed(NUMBERING.sub("", bare).strip(), place))
        elif goals and self.goal_numbered:
            goals[-1] = replace(goals[-1], text=goals[-1].text + bare)
        else:
            goals.append(Printed(bare, place))
        self.goal_numbered = bool(numbered) or getattr(self, "goal_numbered", False)

    goal_numbered: bool = False

    # --- disclosure texts -------------------------------------------------------------------------------------------------
    def _open_section(self, heading: prose.Heading, place: Place) -> None:
        self.section = heading
        self.draft.sections.append(Printed(heading.text, place))
        if heading.inline:
            self._in_section(heading, heading.inline, place)

    def _in_section(self, section: prose.Heading, text: str, place: Place) -> None:
        draft = self.draft
        value = Printed(text, place)
        if section.field == "project" and draft.get("project") is None:
            draft.put("project", replace(value, text=text.rstrip("。；; ")))
        elif section.field == "basis":
            old = draft.get("basis")
            draft.values["basis"] = (0, replace(old, text=f"{old.text}\n{text}") if old else value)
        elif (
            section.field == "unit"
            and draft.get("unit") is None
            and len(text) <= 40
            and not re.search(r"[。；：:]", text.rstrip("。"))
        ):
            draft.put("unit", replace(value, text=text.rstrip("。")), 30)
        elif section.field == "budget":
            stated = prose.stated_amount(text)
            if stated is not None and draft.get("budget_current_year") is None:
                draft.put("budget_current_year", Printed(stated.amount, place))
                draft.units.append((4, stated.unit))
                if stated.year is not None:
                    draft.years.append((3, stated.year))
            self._cost(text, place)

    def _cost(self, text: str, place: Place) -> None:
        tree = prose.cost_tree(text, place)
        if tree is not None:
            self.draft.trees.append(tree)

    # --- the result -------------------------------------------------------------------------------------------------------
    def _form(self) -> Form:
        draft, kind = self.draft, self.kind
        if kind is Kind.MONITORING:
            draft.funds = funds.monitored(draft.funds)
        if kind is Kind.DEPARTMENT_OVERALL:
            self._overall()
        year = draft.best_year() or self._year_in_text()
        unit, inferred = self._money_unit()
        title = self._shown_title()
        values = draft.taken(
            "project", "project_code", "project_type", "department", "department_code", "unit", "unit_code", "nature",
            "start", "end", "period", "grade", "conclusion", "problems", "measures", "basis",
        )  # fmt: skip
        if kind is not Kind.MONITORING:
            values.pop("period", None)
        goal, goals = self._goal_and_goals()
        return Form(
            kind=kind,
            year=year,
            title=title,
            money_unit=unit,
            money_unit_inferred=inferred,
            budget=funds.budget_of(draft),
            prior_years=tuple(draft.prior_years),
            funding_sources=tuple(draft.funding_sources),
            cost_items=tuple(draft.cost_items),
            cost_breakdown=self._breakdown(),
            procurement=tuple(draft.procurement),
            schedule=tuple(draft.schedule),
            funds=tuple(draft.funds),
            tasks=tuple(draft.tasks),
            tasks_total=next((v for name, v in draft.sums if name == "tasks"), None),
            sums=tuple((name, v) for name, v in draft.sums if name != "tasks"),
            activities=tuple(draft.activities),
            sections=tuple(draft.sections),
            goals=goals,
            goal=goal,
            indicators=tuple(draft.indicators),
            total=draft.total,
            extra=tuple(draft.extra),
            texts=self._texts(),
            repairs=tuple(draft.repairs),
            remarks=tuple(draft.remarks),
            place=title.place if title else (self.segment.units[0].place if self.segment.units else NOWHERE),
            **values,
        )

    def _shown_title(self) -> Printed | None:
        """The first title that names a form, not only its indicator table."""
        titles = self.segment.titles
        return titles[0] if titles and self.kind is not Kind.DISCLOSURE else None

    def _overall(self) -> None:
        draft = self.draft
        if draft.get("department") is None and draft.get("unit") is not None:
            draft.values["department"] = draft.values["unit"]
        if not draft.funds and self.overall_funds:
            current = draft.get("budget_current_year")
            if current is not None:
                draft.funds.append(Fund(Printed("年度资金总额", current.place), annual_budget=current))
            for name, value in self.overall_funds:
                shown, among = item_name(name)
                draft.funds.append(
                    Fund(Printed(shown, value.place), annual_budget=value, part=among or current is not None)
                )

    def _goal_and_goals(self) -> tuple[Goal | None, tuple[Printed, ...]]:
        draft = self.draft
        expected, adjusted, achieved = (draft.get(f"goal_{name}") for name in ("expected", "adjusted", "achieved"))
        if self.kind in (Kind.DECLARATION, Kind.DISCLOSURE):
            more = (expected,) if expected else ()
            return None, tuple(draft.goals) + more
        if expected is None and draft.goals:
            expected = Printed("\n".join(g.text for g in draft.goals), draft.goals[0].place)
        if expected is None and adjusted is None and achieved is None:
            return None, ()
        return Goal(expected, adjusted, achieved), ()

    def _breakdown(self) -> CostNode | None:
        draft = self.draft
        if self.kind is not Kind.DECLARATION:
            return None
        explained = [
            tree
            for item in draft.cost_items
            if item.note is not None and (tree := prose.cost_tree(item.note.text, item.note.place)) is not None
        ]
        whole = [tree for tree in explained if len(draft.cost_items) == 1 or re.search(r"总|合计|项目资金", tree.name)]
        if draft.trees or whole:
            return max((*draft.trees, *whole), key=prose.size)
        return self._cost_rows()

    def _cost_rows(self) -> CostNode | None:
        """A tree of the rows of the cost table, where the prose explains rows by their parts and prints no total."""
        draft = self.draft
        unit, _ = self._money_unit()
        rows: list[CostNode] = []
        for item in draft.cost_items:
            note = item.note
            tree = prose.cost_tree(note.text, note.place) if note is not None else None
            parts = prose.cost_list(note.text, note.place) if note is not None and tree is None else ()
            children = tree.children if tree is not None else parts
            rows.append(CostNode(item.name.text, item.amount.text, unit, children, item.amount.place))
        if not any(row.children for row in rows):
            return None
        if len(rows) == 1:
            return rows[0]
        total = next((v for name, v in draft.sums if name == "cost_items"), draft.get("budget_current_year"))
        return CostNode("合计", total.text, unit, tuple(rows), total.place) if total is not None and total else None

    def _texts(self) -> tuple[Printed, ...]:
        out: list[Printed] = []
        for unit in self.segment.units:
            if unit.grid is None:
                if unit.text.strip():
                    out.append(Printed(unit.text.strip(), unit.place))
            else:
                out.extend(head.printed(cell) for cell in unit.grid.starts(unit.row) if cell.text.strip())
        return tuple(out)

    def _year_in_text(self) -> int | None:
        """The year that headings around the form, its goals or its amounts state; None when they disagree or are silent."""
        first = self.segment.units[0] if self.segment.units else None
        for unit in self.everything:
            if unit is first:
                break
            if unit.grid is None and (found := re.search(r"(20\d\d)\s*年度", unit.text)) and len(unit.text) <= 60:
                return int(found.group(1))
        counts = Counter(
            int(year)
            for text in self._texts()
            for year in re.findall(r"(20\d\d)\s*年度", text.text)
            if not re.search(r"《[^》]*20\d\d年度", text.text)
        )
        if self.kind is Kind.RESPONSIBILITY or not counts:
            return None
        years = counts.most_common(2)
        return years[0][0] if len(years) == 1 or years[0][1] > years[1][1] else None

    def _money_unit(self) -> tuple[MoneyUnit | None, bool]:
        draft = self.draft
        stated = draft.best_unit()
        if stated is not None:
            return stated, False
        amounts = [
            p.text
            for p in (
                *(v for f in draft.funds for v in (f.initial_budget, f.annual_budget, f.executed)),
                *(a.amount for a in (*draft.cost_items, *draft.funding_sources, *draft.tasks)),
                *(p.amount for p in draft.procurement),
                draft.get("budget_total"),
                draft.get("budget_current_year"),
                *(a.budget for a in draft.activities),
            )
            if p is not None and p
        ]
        printed_units = {MoneyUnit(m.group(1)) for t in amounts if (m := re.search(r"(亿元|万元|元)\s*$", t.strip()))}
        if len(printed_units) == 1:
            return printed_units.pop(), False
        proofs = [*draft.trees]
        for item in draft.cost_items:
            if item.note is None:
                continue
            if (tree := prose.cost_tree(item.note.text)) is not None:
                proofs.append(tree)
            parts = prose.cost_list(item.note.text)
            if parts and len({part.unit for part in parts}) == 1:
                total = sum((Fraction(part.amount.replace(",", "")) for part in parts), Fraction(0))
                proofs.append(replace(parts[0], amount=str(total)))
        return _inferred_unit(amounts, proofs)


def _inferred_unit(amounts: Sequence[str], trees: Sequence[CostNode]) -> tuple[MoneyUnit | None, bool]:
    """The unit that fits when none is printed: proved by the total the prose states, or plain from the size of the numbers."""
    numbers = [Fraction(n) for t in amounts if re.fullmatch(r"\d+(?:\.\d+)?", n := fold(t).replace(",", ""))]
    numbers = [n for n in numbers if n]
    if not numbers:
        return None, False
    for tree in trees:
        if tree.unit is None:
            continue
        yuan = Fraction(tree.amount.replace(",", "")) * tree.unit.yuan
        for unit in (MoneyUnit.YUAN, MoneyUnit.WAN):
            if any(n * unit.yuan == yuan for n in numbers):
                return unit, True
    # A budget of less than 100 000 元 with kopeck-like decimals, or of more than ten billion, is no project's budget.
    if max(numbers) >= 1_000_000:
        return MoneyUnit.YUAN, True
    if max(numbers) < 20_000 and any("." in t for t in amounts):
        return MoneyUnit.WAN, True
    return None, False


def _joined_total(old: Total | None, new: Total) -> Total:
    if old is None:
        return new
    return Total(new.weight or old.weight, new.score or old.score)


def header_place(grid: Grid, header: Header) -> Place:
    """Where an indicator table begins."""
    cell = next(iter(grid.starts(header.first_row)), None)
    return cell.place if cell is not None else grid.place


# --- responsibility tables --------------------------------------------------------------------------------------------------
def _activities(grid: Grid, header: Header, rows: Sequence[RawRow]) -> list[Activity]:
    """Duties and activities with their levels, from the rows that print a name in the first column."""
    column = next((c for c, name in header.columns.items() if name == "activity"), None)
    found: list[tuple[Activity, int, str, bool]] = []  # activity, indent, printed name, has an indicator
    for raw in rows:
        name = raw.fields.get("activity")
        if name is None or not name or not name.lead:
            continue
        if found and found[-1][0].name.place == name.place and found[-1][0].name.text == name.text:
            continue
        cell = grid.at(raw.row, column) if column is not None else None
        if cell is not None and cell.row != raw.row:
            continue
        if is_sum(name.text):
            continue
        shown = cell.text if cell is not None else name.text
        blanks = len(shown) - len(shown.lstrip(" \u3000\t"))
        indent = max(raw.indent, cell.indent if cell is not None else 0, blanks)
        activity = Activity(
            replace(name, text=item_name(name.text)[0]),
            1,
            raw.fields.get("budget"),
            raw.fields.get("description"),
            raw.fields.get("goal"),
        )
        found.append((activity, indent, name.text, bool(raw.fields.get("name"))))
    levels = _levels([(indent, text, indicator) for _, indent, text, indicator in found])
    return [replace(activity, level=level) for (activity, *_), level in zip(found, levels, strict=True)]


def _levels(rows: Sequence[tuple[int, str, bool]]) -> list[int]:
    """Levels from indents; else from numbering; else a name without an indicator of its own is the duty above."""
    indents = sorted({indent for indent, _, _ in rows})
    if len(indents) > 1:
        return [indents.index(indent) + 1 for indent, _, _ in rows]
    styles = [_numbering_style(text) for _, text, _ in rows]
    order = sorted({style for style in styles if style is not None})
    if len(order) > 1 and None not in styles:
        return [order.index(style) + 1 for style in styles if style is not None]
    if any(not indicator for *_, indicator in rows) and any(indicator for *_, indicator in rows):
        return [2 if indicator else 1 for *_, indicator in rows]
    return [1] * len(rows)


def _numbering_style(text: str) -> int | None:
    for style, pattern in enumerate(
        (r"[一二三四五六七八九十]+[、.．]", r"[（(][一二三四五六七八九十]+[）)]", r"\d+[、.．]", r"[（(]\d+[）)]")
    ):
        if re.match(rf"\s*{pattern}", text):
            return style
    return None
