"""From a layout to forms: every form of a document, read row by row and line by line, then proved by its sums.

``segments`` says where forms begin and end; here each row is given to who understands it: indicator tables (``indicators``), money
and plan tables (``funds``), goals (``goals``), labels with values (``head``), lines of text (``lines``). ``finish`` makes the form.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from hengjian.forms import classify, funds, head, prose
from hengjian.forms.continuation import join_tables
from hengjian.forms.draft import Draft
from hengjian.forms.finish import Finish
from hengjian.forms.form import Form, Kind, Printed, Remark, Total
from hengjian.forms.goals import read_goals
from hengjian.forms.groups import with_groups
from hengjian.forms.indicators import Header, IndicatorTable, read_rows
from hengjian.forms.labels import Meaning, head_meaning, item_name, period_of, stated_unit
from hengjian.forms.layout import Cell, Grid, Layout
from hengjian.forms.lines import LineReader
from hengjian.forms.listing import Listed, forms_of, listed_projects
from hengjian.forms.official_reading import read_official
from hengjian.forms.proof import prove
from hengjian.forms.responsibility import activities
from hengjian.forms.segments import (
    UNIT_CELL,
    Headers,
    Segment,
    Unit,
    cut,
    is_alone,
    units_of,
    values_below,
)
from hengjian.values.finding import Problem
from hengjian.values.text import fold, label

_MONEY_WORD = re.compile(r"资\s*金|预\s*算|金\s*额|经\s*费|支\s*出|投\s*资|拨\s*款")


def read_forms(layout: Layout) -> tuple[tuple[Form, ...], tuple[Problem, ...]]:
    """The forms of a document, in reading order, and what is to be said where there is none (P06)."""
    if (official := read_official(layout)) is not None:
        return tuple(map(prove, official)), ()
    blocks, residue = classify.without_residue(layout.blocks)
    layout = join_tables(with_groups(replace(layout, blocks=blocks)))
    units = list(units_of(layout))
    if not any(unit.text.strip() for unit in units):
        return (), () if layout.problems else (_no_form(layout),)
    finder = Headers()
    forms = tuple(form for segment in cut(units, finder) for form in _read_segment(segment, finder, residue, units))
    return forms, () if forms else (_no_form(layout),)


def _no_form(layout: Layout) -> Problem:
    if classify.is_performance(layout):
        message = (
            "文件与预算绩效有关，但没有找到绩效表（没有绩效指标表头）。"
            "请确认上传的是绩效目标申报、监控、自评或评价表本身。"
        )
    else:
        message = "没有找到绩效表：既没有绩效表标题，也没有“一级指标、指标值、得分”等表头。请确认文件是否选错。"
    return Problem("P06", message)


def _read_segment(
    segment: Segment, finder: Headers, residue: Sequence[Remark], everything: Sequence[Unit]
) -> tuple[Form, ...]:
    """The form of a segment; several when its table lists many projects."""
    kind = _kind(segment, finder)
    draft = Draft()
    places = {unit.place for unit in segment.units}
    places |= {cell.place for unit in segment.units if unit.grid for cell in unit.grid.starts(unit.row)}
    draft.remarks.extend(remark for remark in residue if remark.place in places)
    reader = _Reader(draft, kind, finder, LineReader(draft, kind))
    for piece in _pieces(segment.units):
        if isinstance(piece, Unit):
            reader.lines.read(piece)
        else:
            reader.grid(*piece)
    form = Finish(draft, kind, segment, everything).form()
    return tuple(map(prove, forms_of(form, reader.listed) if reader.listed else (form,)))


def _pieces(units: Sequence[Unit]) -> Iterator[Unit | tuple[Grid, int, int]]:
    """Lines as they are; rows that follow each other in one grid as the grid with its first and last row."""
    index = 0
    while index < len(units):
        unit = units[index]
        index += 1
        if unit.grid is None:
            yield unit
            continue
        last = unit.row
        while index < len(units) and units[index].grid is unit.grid and units[index].row == last + 1:
            last, index = units[index].row, index + 1
        yield unit.grid, unit.row, last


# --- which kind -------------------------------------------------------------------------------------------------------------
def _kind(segment: Segment, finder: Headers) -> Kind:
    columns: set[str] = set()
    levels: list[str] = []
    for piece in _pieces(segment.units):
        if isinstance(piece, Unit):
            continue
        grid, first, last = piece
        for header in finder.of(grid):
            if first <= header.first_row <= last:
                columns |= set(header.columns.values())
                levels += _first_levels(grid, header, last)
    headings = [h for unit in segment.units if unit.single and (h := prose.heading(unit.single)) is not None]
    known = sum(h.field is not None for h in headings)
    enough = 3 if any(h.field == "project" for h in headings) else 4
    return classify.kind_of(
        [title.text for title in segment.titles],
        columns,
        levels,
        sections=len(headings) if known >= enough else 0,
        overall=segment.project is None and _names_department(segment),
    )


def _first_levels(grid: Grid, header: Header, last: int) -> list[str]:
    column = next((c for c, name in header.columns.items() if name == "level1"), None)
    if column is None:
        return []
    cells = (grid.at(row, column) for row in range(header.last_row + 1, last + 1))
    return [cell.text for cell in cells if cell is not None and cell.text.strip()]


def _names_department(segment: Segment) -> bool:
    text = "".join(fold(unit.text) for unit in segment.units if not unit.grid or len(unit.text) < 60)
    return segment.owner is not None and ("整体" in text or (segment.tables > 0 and "部门" in text))


# --- rows -------------------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class _Reader:
    """Reads the grids of one form into a draft, row by row."""

    draft: Draft
    kind: Kind
    finder: Headers
    lines: LineReader
    listed: list[Listed] = field(default_factory=list)
    _last: tuple[Grid, Cell, str] | None = None  # where a value may go on in the next row: grid, label cell, label
    _total_column: int | None = None  # columns of 实施期资金总额 and 年度资金总额, above the sources of each
    _current_column: int | None = None
    _total_side: Cell | None = None  # the label at the side of 实施期资金总额

    def grid(self, grid: Grid, first: int, last: int) -> None:
        """Rows ``first`` to ``last`` of a grid."""
        self.lines.close()
        self._last = self._total_column = self._current_column = self._total_side = None
        headers = {h.first_row: h for h in self.finder.of(grid) if first <= h.first_row <= last}
        row = first
        while row <= last:
            until = min((r for r in headers if r > row), default=last + 1) - 1
            if (header := headers.get(row)) is not None:
                table = read_rows(grid, header, self.kind, until, tuple(self.draft.funds))
                self._indicators(grid, header, table)
                row = max(table.last_row, header.last_row) + 1
                self._last = None
            else:
                row = self._row(grid, row, until)

    def _row(self, grid: Grid, row: int, until: int) -> int:
        """Read one row, or the table that begins in it; the next row to read."""
        cells = [cell for cell in grid.starts(row) if cell.text.strip()]
        if not cells:
            return row + 1
        if len(cells) == 1 and is_alone(grid, cells[0]):
            self.lines.read(Unit(cells[0].text, cells[0].place, single=cells[0].text.strip()))
            self._last = None
            return row + 1
        self.lines.close()
        self._small_print(cells)
        if (table := funds.read_table(grid, row, until)) is not None:
            # A second money table after the indicators is one of another table that the page prints there.
            if not (table.head.table == "funds" and self.lines.in_tail and self.draft.funds):
                funds.put_table(self.draft, table)
            self._last = None
            return table.last_row + 1
        if not self.draft.funds and (beside := funds.read_side_by_side(grid, row, until)) is not None:
            self.draft.funds.extend(beside[0])
            self._last = None
            return beside[1] + 1
        if (goals := read_goals(grid, row, until)) is not None:
            for name, value in goals.texts:
                self._put(head.Pair("", Meaning(name, 0), value))
            self._last = None
            return goals.last_row + 1
        return self._labels(grid, row, until, cells)

    def _small_print(self, cells: Sequence[Cell]) -> None:
        """Years, units of money and coded units that stand beside other cells."""
        draft = self.draft
        for cell in cells:
            if len(cells) <= 3 and (year := head.year_alone(cell.text)) is not None:
                draft.years.append((1, year))
            money = stated_unit(cell.text) if len(cell.text) <= 40 else None
            if money is not None and UNIT_CELL.match(fold(cell.text)):
                draft.units.append((0, money))
            elif money is not None and len(cell.text) <= 24 and _MONEY_WORD.search(cell.text):
                draft.units.append((2, money))
        if len(cells) <= 2:
            self.lines.coded(Unit("\t".join(cell.text.strip() for cell in cells), cells[0].place))

    def _labels(self, grid: Grid, row: int, until: int, cells: Sequence[Cell]) -> int:
        reading = head.read_labels(grid, row, sources=self._beside_money(grid, row))
        if reading.above and row < until and (pairs := values_below(grid, row, reading.labels)):
            for pair in pairs:
                self._put(pair)
            return row + 2
        if not reading.pairs:
            self._go_on(grid, row, cells)
        columns = self._period_columns(grid, row, reading.pairs)
        for pair in reading.pairs:
            if pair.meaning is None and not self.begun:
                continue
            self._put(pair, columns)
            if self._total_column is not None and self._total_side is None:
                self._total_side = grid.at(row, 0)
            if pair.cell is not None:
                self._last = (grid, pair.cell, pair.label)
        return row + 1

    @property
    def begun(self) -> bool:
        """Whether the form has begun: what stands before it on a page (navigation, dates) is none of its fields."""
        return self.lines.begun or self.lines.in_tail or bool(self.draft.values)

    def _beside_money(self, grid: Grid, row: int) -> bool:
        """Whether the names of money rows are labels here: under a budget, or beside a label that speaks of money."""
        side = grid.at(row, 0)
        above = row - 1
        while side is not None and not side.text.strip() and not grid.spans_known and above >= 0:
            side, above = grid.at(above, 0), above - 1  # the merge is lost: the label stands in a row above
        beside = side is not None and len(side.text) < 24 and _MONEY_WORD.search(side.text) is not None
        return beside or self._current_column is not None or self._total_column is not None

    def _period_columns(self, grid: Grid, row: int, pairs: Sequence[head.Pair]) -> tuple[int, int] | None:
        """The columns of 实施期资金总额 and 年度资金总额 where a row prints the sources of both: it names two, or stands in their block."""
        total, current = self._total_column, self._current_column
        if total is None or current is None:
            return None
        two = sum(pair.meaning is not None and pair.meaning.field == "source" for pair in pairs) > 1
        side = grid.at(row, 0)
        same = side is not None and side is self._total_side and side.row < row
        return (total, current) if two or same else None

    def _put(self, pair: head.Pair, columns: tuple[int, int] | None = None) -> None:
        name = pair.meaning.field if pair.meaning else ""
        if pair.cell is not None and name == "budget_total" and self._total_column is None:
            self._total_column = pair.cell.column
        if pair.cell is not None and name == "budget_current_year" and self._current_column is None:
            self._current_column = pair.cell.column
        if name == "source":
            self._source(pair, columns)
        elif name == "goal" and pair.value and self.kind in (Kind.DECLARATION, Kind.DISCLOSURE):
            self.draft.goals.extend(prose.goal_list(pair.value))
        else:
            if name == "cost_prose":
                self.lines.cost(pair.value.text, pair.value.place)
            head.put_pair(self.draft, pair)

    def _source(self, pair: head.Pair, columns: tuple[int, int] | None) -> None:
        """A row of the money block: a source of the year's money, or of the whole period's (the column more to the left)."""
        if pair.cell is None:
            return
        (total, current), here = columns or (None, None), pair.cell.column
        if self.kind is Kind.DEPARTMENT_OVERALL and "支出" in pair.label:
            self.draft.spending.append((pair.label, pair.value))
        elif total is not None and current is not None and abs(here - total) < abs(here - current):
            self.draft.put_extra(f"实施期{item_name(pair.label)[0]}", pair.value)
        else:
            funds.put_source(self.draft, pair.label, pair.value, pair.cell.place)

    def _go_on(self, grid: Grid, row: int, cells: Sequence[Cell]) -> None:
        """A row that only carries on the value before it: its label is merged over both, or lost at a page break."""
        if self._last is None or self._last[0] is not grid or len(cells) != 1:
            return
        _, top, shown = self._last
        covered = grid.at(row, top.column) is top
        broken = cells[0].column > top.column and (not grid.spans_known or row in grid.page_breaks)
        if not (covered or broken):
            return
        draft, more, meaning = self.draft, head.printed(cells[0]), head_meaning(shown)
        if meaning is not None and meaning.field in draft.values:
            draft.append(meaning.field, more)
        elif meaning is not None and meaning.field == "goal" and draft.goals:
            draft.goals[-1] = replace(draft.goals[-1], text=f"{draft.goals[-1].text}\n{more.text}")
        else:
            for index, (name, value) in enumerate(draft.extra):
                if name == label(shown):
                    draft.extra[index] = (name, replace(value, text=f"{value.text}\n{more.text}"))

    def _indicators(self, grid: Grid, header: Header, table: IndicatorTable) -> None:
        draft = self.draft
        if self.kind is Kind.DECLARATION:
            self.listed += listed_projects(header, table)
        draft.indicators.extend(table.indicators)
        draft.remarks.extend(table.remarks)
        draft.repairs.extend(table.repairs)
        if table.total is not None:
            draft.total = _joined(draft.total, table.total)
        cells = [cell for row in range(header.first_row, header.last_row + 1) for cell in grid.starts(row)]
        for cell in cells:
            if self.kind is Kind.MONITORING and (months := period_of(cell.text)) is not None:
                draft.put("period", Printed(months, cell.place), 8)
            if self.kind is Kind.RESPONSIBILITY and (unit := stated_unit(cell.text)) is not None:
                draft.units.append((1, unit))
        if self.kind is Kind.RESPONSIBILITY:
            draft.activities.extend(activities(grid, header, table.rows))
        self.lines.in_tail = True


def _joined(old: Total | None, new: Total) -> Total:
    return new if old is None else Total(new.weight or old.weight, new.score or old.score)
