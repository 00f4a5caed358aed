"""Money and plan tables: a header row and the rows under it become funds, cost items, purchases and the like.

A table is recognised by the labels of its header row, in any order; a side label in front of it and merged cells above it
mean nothing. It ends with its side label's merge, at a row that begins something else, or with the grid.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hengjian.forms.draft import Draft
from hengjian.forms.form import Amount, Budget, Fund, Milestone, Printed, PriorYear, Purchase
from hengjian.forms.head import printed
from hengjian.forms.labels import (
    fund_column,
    head_meaning,
    is_fund_item,
    is_sum,
    item_name,
    period_of,
    spellings,
    stated_unit,
    table_column,
    vocabulary,
)
from hengjian.forms.layout import Cell, Grid
from hengjian.values.money import MoneyUnit
from hengjian.values.place import NOWHERE, Place
from hengjian.values.text import fold, label

_FUND_VALUES = frozenset({"initial_budget", "annual_budget", "executed", "rate", "forecast"})
_NAME_ROLES = {
    "funds": "item",
    "prior_years": "year",
    "funding_sources": "item",
    "cost_items": "subject",
    "procurement": "item",
    "schedule": "name",
    "tasks": "name",
}
_OF_MANY = frozenset({"project", "department", "unit"})
_DASHES = re.compile(r"^[-—–－/／…\s.]*$")
_NUMBER = re.compile(r"^[-+￥¥]?\d[\d,，]*(?:\.\d+)?\s*(?:%|万元|元|亿元)?$")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: what it means and which grid columns it covers."""

    role: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Head:
    """The header of a table: which table it is, its last row, its columns, and the side label in front of it."""

    table: str
    last_row: int
    columns: tuple[Column, ...]
    side: Cell | None = None
    unit: MoneyUnit | None = None
    period: str | None = None
    points: str | None = None  # the weight of the execution rate where only a label prints it: 得分（20分×执行率）

    @property
    def value_start(self) -> int:
        """The first grid column after the names of the rows."""
        name = _NAME_ROLES[self.table]
        return min((c.first for c in self.columns if c.role != name), default=0)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table: the printed value of each column it prints, blank ones included."""

    row: int
    fields: Mapping[str, Printed] = field(default_factory=dict)

    def get(self, role: str) -> Printed | None:
        """The value under a column; None when the table has no such column."""
        return self.fields.get(role)


@dataclass(frozen=True, slots=True)
class Table:
    """A table as read: its header, its rows and the last grid row that belongs to it."""

    head: Head
    rows: tuple[TableRow, ...]
    last_row: int


def read_table(grid: Grid, row: int, last_row: int) -> Table | None:
    """The money or plan table whose header is ``row``, read down to ``last_row`` at most; None when there is none."""
    head = read_head(grid, row, last_row)
    if head is None:
        return None
    rows: list[TableRow] = []
    end = head.last_row
    bound = head.side.row + head.side.row_span - 1 if _spans_body(grid, head) and head.side else None
    for r in range(head.last_row + 1, last_row + 1):
        cells = [cell for cell in grid.starts(r) if cell.text.strip() and not _is_side(head, cell)]
        if not cells:
            end = r if bound is None or r <= bound else end
            if bound is not None and r > bound:
                break
            continue
        if (bound is not None and r > bound and not _goes_on(grid, head, r, cells)) or _ends(
            grid, head, r, cells, last_row
        ):
            break
        rows.append(_read_row(grid, head, r))
        end = r
    return Table(head, tuple(rows), end) if rows else None


def _is_side(head: Head, cell: Cell) -> bool:
    """Whether a cell is the side label, or repeats it in a row where the format lost the merge."""
    side = head.side
    return side is not None and (cell is side or (cell.column == side.column and label(cell.text) == label(side.text)))


def _spans_body(grid: Grid, head: Head) -> bool:
    return grid.spans_known and head.side is not None and head.side.row + head.side.row_span - 1 > head.last_row


def _goes_on(grid: Grid, head: Head, row: int, cells: list[Cell]) -> bool:
    """Whether a row below a side label's merge still belongs to the table: a page break cut the merge."""
    if head.side is None or any(cell.column <= head.side.column for cell in cells):
        return False
    values = _read_row(grid, head, row)
    names = values.get(_NAME_ROLES[head.table])
    numbers = [v for role, v in values.fields.items() if v and _NUMBER.match(fold(v.text))]
    return bool(names) and bool(numbers)


def _ends(grid: Grid, head: Head, row: int, cells: list[Cell], last_row: int) -> bool:
    first = cells[0]
    if head.side is None or first.column <= head.side.column:
        if head_meaning(first.text) is not None and not (
            head.table in ("funds", "funding_sources") and is_fund_item(first.text)
        ):
            return True
        if head.side is not None and head.table != "prior_years" and first.row_span > 1:
            return True
        if head.side is not None and not grid.spans_known and not is_fund_item(first.text):
            return True
    if len(cells) == 1 and (first.column_span * 3 >= grid.columns * 2 or _is_sentence(first.text)) and grid.columns > 2:
        return first.column < head.value_start or first.column_span > 1
    if len(cells) == 1 and not is_fund_item(first.text) and _header_follows(grid, row, last_row):
        return True  # the name of the next table
    if head.table != "funds" and read_head(grid, row, last_row) is not None:
        return True
    if head.table == "funds":
        labels = [fund_column(cell.text) for cell in cells]
        if sum(found in _FUND_VALUES for found in labels) >= 2:
            return True
        other = read_head(grid, row, last_row)
        if other is not None and other.table != "funds":
            return True
    return sum((m := head_meaning(cell.text)) is not None and m.field.startswith("goal_") for cell in cells) >= 1


def _header_follows(grid: Grid, row: int, last_row: int) -> bool:
    below = (r for r in range(row + 1, last_row + 1) if any(cell.text.strip() for cell in grid.starts(r)))
    after = next(below, None)
    return after is None or read_head(grid, after, last_row) is not None


def _is_sentence(text: str) -> bool:
    return len(text) > 30 and re.search(r"[。；;]", text) is not None


def read_head(grid: Grid, row: int, last_row: int) -> Head | None:
    """The header of a money or plan table in this row, if there is one."""
    cells = [cell for cell in grid.starts(row) if cell.text.strip()]
    if sum(bool(spellings(cell.text)) and len(cell.text) <= 60 for cell in cells) < 2:
        return None  # most rows are data
    best: tuple[int, Head] | None = None
    for table in ("prior_years", *(name for name in _NAME_ROLES if name != "prior_years")):
        found = _match(grid, row, last_row, cells, table)
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    return best[1] if best else None


def _role(table: str, text: str) -> str | None:
    return fund_column(text) if table == "funds" else table_column(table, text)


def _match(grid: Grid, row: int, last_row: int, cells: list[Cell], table: str) -> tuple[int, Head] | None:
    roles = [_role(table, cell.text) for cell in cells]
    side: Cell | None = None
    if roles[0] is None or roles[0] in roles[1:] or _beside_body(grid, cells):
        # A first cell that names no column, is named again or stands beside the rows, is the label at the side of the table.
        if roles[0] is None and not _side_like(cells[0], cells):
            return None
        side, cells, roles = cells[0], cells[1:], roles[1:]
    if table == "funds" and "item" not in roles and _names_below(grid, row, cells[0]):
        roles[0] = "item"  # 年度预算数（万元） over 总额, 财政资金 …: it names the rows, whatever it says
    unknown = [cell for cell, role in zip(cells, roles, strict=True) if role is None]
    known = {role for role in roles if role is not None}
    if table == "funds":
        if len(known & _FUND_VALUES) < 2 or len(unknown) > 2:
            return None
    elif not any(need <= known for need in vocabulary().needs[table]) or len(unknown) > 2:
        return None
    if any(_NUMBER.match(fold(cell.text)) or len(label(cell.text)) > 24 for cell in unknown):
        return None
    if table == "prior_years" and not _years_below(grid, row, last_row):
        return None
    if any((m := head_meaning(cell.text)) is not None and m.field in _OF_MANY for cell in unknown):
        return None  # a list of many projects or units, not the money of one
    columns: list[Column] = []
    for cell, role in zip(cells, roles, strict=True):
        shown = role or f"extra:{label(cell.text)}"
        if shown in [c.role for c in columns]:
            shown = f"extra:{label(cell.text)}"
        columns.append(Column(shown, cell.column, cell.column + cell.column_span - 1))
    last, columns = _second_row(grid, row, table, cells, columns)
    texts = " ".join(cell.text for cell in (*cells, *((side,) if side else ())))
    unit = next((u for cell in (*((side,) if side else ()), *cells) if (u := stated_unit(cell.text))), None)
    rank = 2 * len(known) - len(unknown) + (3 if table == "prior_years" else 0)
    points = _points(cells, side) if "weight" not in known else None
    return rank, Head(table, last, tuple(columns), side, unit, period_of(texts), points)


def _points(cells: list[Cell], side: Cell | None) -> str | None:
    """The points that the label of the score, or the one at the side, says the execution rate is worth."""
    named = [cell.text for cell in cells if fund_column(cell.text) == "score"]
    for text in (*named, *((side.text,) if side else ())):
        if found := re.search(r"[（(]\s*(\d+(?:\.\d+)?)\s*分", text):
            return found[1]
    return None


def _beside_body(grid: Grid, cells: list[Cell]) -> bool:
    """Whether the first cell is merged over rows that hold numbers: 年度资金 beside 基本支出 | 210.00."""
    first, second = cells[0], cells[1]
    if not grid.spans_known and len(cells) >= 3:
        below = grid.at(first.row + 1, first.column)
        name = grid.at(first.row + 1, second.column)
        return below is not None and not below.text.strip() and name is not None and is_fund_item(name.text)
    if not grid.spans_known or first.row_span <= second.row_span or len(cells) < 3:
        return False
    rows = range(second.row + second.row_span, first.row + first.row_span)
    return any(_NUMBER.match(fold(cell.text)) for row in rows for cell in grid.starts(row))


def _names_below(grid: Grid, row: int, cell: Cell) -> bool:
    below = grid.at(row + cell.row_span, cell.column)
    return below is not None and below is not cell and is_fund_item(below.text)


def _side_like(cell: Cell, cells: list[Cell]) -> bool:
    return len(label(cell.text)) <= 40 and len(cells) >= 3 and not _NUMBER.match(fold(cell.text))


def _years_below(grid: Grid, row: int, last_row: int) -> bool:
    for r in range(row + 1, min(last_row, row + 3) + 1):
        shown = [cell.text for cell in grid.starts(r) if cell.text.strip()]
        if shown:
            return any(
                re.match(r"\s*(?:20\d\d\s*年?|前\s*[一二两1-3]?\s*年|上\s*[一1]?\s*年)", text) for text in shown[:2]
            )
    return False


def _second_row(grid: Grid, row: int, table: str, cells: list[Cell], columns: list[Column]) -> tuple[int, list[Column]]:
    """A second header row under merged header cells: ``预算金额`` over ``总额 | 财政拨款 | 其他资金``."""
    below = [cell for cell in grid.starts(row + 1) if cell.text.strip()] if row + 1 < grid.rows else []
    parents = [c for c in columns if c.last > c.first and not c.role.startswith("extra:")]
    tall = max((cell.row_span for cell in cells), default=1) > 1
    inside = [cell for cell in below if any(p.first <= cell.column <= p.last for p in parents)]
    if not below or len(inside) < 2 or len(inside) != len(below):
        return row, columns
    if not tall and not all(_role(table, cell.text) is not None for cell in inside):
        return row, columns
    out: list[Column] = []
    for column in columns:
        children = [cell for cell in inside if column.first <= cell.column <= column.last]
        if len(children) < 2:
            out.append(column)
            continue
        whole = next((i for i, c in enumerate(children) if _role(table, c.text) == column.role or is_sum(c.text)), 0)
        for i, child in enumerate(children):
            role = column.role if i == whole else f"extra:{label(child.text)}"
            out.append(Column(role, child.column, child.column + child.column_span - 1))
    return row + 1, out


def _read_row(grid: Grid, head: Head, row: int) -> TableRow:
    cells = [cell for cell in grid.starts(row) if not _is_side(head, cell)]
    fields: dict[str, Printed] = {}
    used: set[int] = set()
    for column in head.columns:
        cell = next((c for c in cells if column.first <= c.column <= column.last and id(c) not in used), None)
        if cell is None:
            over = grid.at(row, column.first)
            cell = over if over in cells and id(over) not in used else None
        if cell is not None:
            used.add(id(cell))
        fields[column.role] = printed(cell) if cell is not None else Printed("")
    name = _NAME_ROLES[head.table]
    if not fields.get(name):
        start = head.value_start
        left = [c for c in cells if c.column < start and c.text.strip() and id(c) not in used]
        if left:
            fields[name] = printed(left[-1])
    return TableRow(row, fields)


# --- budget and execution side by side ----------------------------------------------------------------------------------
def read_side_by_side(grid: Grid, row: int, last_row: int) -> tuple[tuple[Fund, ...], int] | None:
    """The money block of older forms, ``预算数 | 160 | 执行数 | 150`` over ``其中：财政拨款 | 160 | 其中：财政拨款 | 150``.

    The funds and the last row of the block; the total is named by the label at its side.
    """
    cells = [cell for cell in grid.starts(row) if cell.text.strip()]
    roles = [fund_column(cell.text) if spellings(cell.text) else None for cell in cells]
    tops = [(cell, role) for cell, role in zip(cells, roles, strict=True) if role in _FUND_VALUES]
    if len(tops) < 2 or len({role for _, role in tops}) != len(tops):
        return None
    values = [_beside(grid, cell) for cell, _ in tops]
    side = grid.at(row, 0)
    if side is None or side is tops[0][0] or None in values:
        return None
    fields = {role: printed(value) for (_, role), value in zip(tops, values, strict=True) if role and value}
    if not any(_NUMBER.match(fold(value.text)) for value in fields.values()):
        return None
    name = _without_unit(side.text)
    rows = [Fund(Printed(name, side.place), **fields)]  # type: ignore[arg-type]
    end = row
    for r in range(row + 1, last_row + 1):
        names = [cell for cell in grid.starts(r) if is_fund_item(cell.text)]
        if len(names) != len(tops):
            break
        parts = {
            role: printed(value)
            for (_, role), name in zip(tops, names, strict=True)
            if role and (value := _beside(grid, name))
        }
        rows.append(Fund(Printed(item_name(names[0].text)[0], names[0].place), part=True, **parts))  # type: ignore[arg-type]
        end = r
    return tuple(rows), end


def _beside(grid: Grid, cell: Cell) -> Cell | None:
    """The cell right of a label, when it is no label itself."""
    value = grid.at(cell.row, cell.column + cell.column_span)
    return None if value is None or fund_column(value.text) is not None or is_fund_item(value.text) else value


# --- records ------------------------------------------------------------------------------------------------------------
def put_table(draft: Draft, table: Table) -> None:
    """Keep the records of a table in the form under construction."""
    head = table.head
    if head.unit is not None:
        draft.units.append((1, head.unit))
    if head.table == "funds" and head.period is not None:
        draft.put("period", Printed(head.period, _place_of(table)), 9)
    writers = {
        "funds": _put_funds,
        "prior_years": _put_prior_years,
        "procurement": _put_purchases,
        "schedule": _put_milestones,
    }
    if head.table in writers:
        writers[head.table](draft, table)
    else:
        _put_amounts(draft, table)


def _place_of(table: Table) -> Place:
    return next((v.place for v in table.rows[0].fields.values() if v), NOWHERE)


def _put_funds(draft: Draft, table: Table) -> None:
    among = False
    for row in table.rows:
        name = row.get("item") or _side_name(table.head)
        if name is None or not name or _DASHES.match(name.text):
            continue
        text, first = item_name(name.text)
        numbered = (
            re.match(r"\s*(?:[一二三四五六七八九十]+[、.．]|[（(][一二三四五六七八九十]+[）)])", name.text) is not None
        )
        among = first or (among and not numbered)
        values = {role: row.get(role) for role in (*sorted(_FUND_VALUES), "weight", "score", "reason")}
        if table.head.points is not None and row is table.rows[0]:
            values["weight"] = Printed(table.head.points, name.place)
        extra = tuple(
            (role.removeprefix("extra:"), value)
            for role, value in row.fields.items()
            if role.startswith("extra:") and value
        )
        draft.funds.append(Fund(replace(name, text=text), part=among, extra=extra, **values))


def _side_name(head: Head) -> Printed | None:
    """The name of a row in a table without a column of names: that of the label at its side, 预算执行情况（万元）."""
    if head.side is None or any(column.role == "item" for column in head.columns):
        return None
    return Printed(_without_unit(head.side.text), head.side.place)


def _without_unit(text: str) -> str:
    return re.sub(r"\s*[（(][^（()）]*元[)）]\s*$", "", text.strip())


def monitored(funds: list[Fund]) -> list[Fund]:
    """Funds of a monitoring form: the one budget column it prints is the annual budget, whatever it is called."""
    if any(fund.annual_budget is not None for fund in funds):
        return funds
    return [replace(fund, annual_budget=fund.initial_budget, initial_budget=None) for fund in funds]


def _put_prior_years(draft: Draft, table: Table) -> None:
    for row in table.rows:
        shown = row.get("year")
        if shown is None or not shown:
            continue
        found = re.match(r"\s*(20\d\d)\s*年?度?\s*$|.*?[（(]\s*(20\d\d)\s*年?\s*[)）]", shown.text)
        if found:
            year = int(found.group(1) or found.group(2))
            draft.prior_years.append(PriorYear(year, row.get("budget"), row.get("executed"), row.get("rate")))
        else:
            value = next((v for role, v in row.fields.items() if role != "year" and v), None)
            if value is not None:
                draft.put_extra(label(shown.text), value)


def _put_purchases(draft: Draft, table: Table) -> None:
    for row in table.rows:
        name, amount = row.get("item"), row.get("amount")
        if name is None or not name or _DASHES.match(name.text):
            continue
        if is_sum(name.text):
            if amount:
                draft.sums.append(("procurement", amount))
            continue
        draft.procurement.append(Purchase(replace(name, text=item_name(name.text)[0]), row.get("quantity"), amount))


def _put_milestones(draft: Draft, table: Table) -> None:
    for row in table.rows:
        name = row.get("name")
        if name is None or not name or _DASHES.match(name.text):
            continue
        draft.schedule.append(Milestone(replace(name, text=item_name(name.text)[0]), row.get("start"), row.get("end")))


def _put_amounts(draft: Draft, table: Table) -> None:
    name_role = _NAME_ROLES[table.head.table]
    rows: list[Amount] = getattr(draft, table.head.table)
    for row in table.rows:
        name, amount = row.get(name_role), row.get("amount") or Printed("")
        note = row.get("note")
        if name is None or not name or _DASHES.match(name.text):
            if rows and note and not _DASHES.match(note.text):
                # The row goes on from the page before: only the rest of its explanation is printed.
                old = rows[-1].note
                rows[-1] = replace(
                    rows[-1], note=note if old is None else replace(old, text=f"{old.text}\n{note.text}")
                )
            continue
        if is_sum(name.text):
            draft.sums.append((table.head.table, amount))
            continue
        text, among = item_name(name.text)
        rows.append(Amount(replace(name, text=text), amount, part=among, note=note if note else None))


def put_source(draft: Draft, name: str, value: Printed, place: Place) -> None:
    """Keep a source of the year's money that is printed as a label and its value."""
    text, among = item_name(name)
    if is_sum(name):
        draft.sums.append(("funding_sources", value))
    else:
        # 其中 before the first source makes it a part of the year's amount above, not of another source.
        among = among and bool(draft.funding_sources)
        draft.funding_sources.append(Amount(Printed(text, place), value, part=among))


def budget_of(draft: Draft) -> Budget | None:
    """Total and annual amount, where either is printed."""
    total, current = draft.get("budget_total"), draft.get("budget_current_year")
    return Budget(total, current) if total is not None or current is not None else None
