"""Ruled lines to tables: which cells a page's lines enclose, and which of them are merged because a line is missing.

Shared by pdf pages and scans. Coordinates are points from the upper left corner of the page as it is shown.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hengjian.documents.typeset import Glyph, TextLine

TOUCH = 3.0  # lines nearer than this are one line (double borders, edges of neighbouring rectangles)
_COVERED = 0.7  # a side counts as ruled when so much of it is drawn


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line parallel to an edge of the page: ``at`` is its y (horizontal) or x (vertical)."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class RuledCell:
    """A cell of one page: columns are known by their x, because columns of several pages are counted together later."""

    row: int
    row_span: int
    left: float
    top: float
    right: float
    bottom: float
    glyphs: list[Glyph] = field(default_factory=list)
    lines: list[TextLine] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """A table of one page. ``tolerance`` is how far the same column line may be off on another page."""

    columns: list[float]
    rows: list[float]
    cells: list[RuledCell]
    tolerance: float = TOUCH
    spans_known: bool = True

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return (self.columns[0], self.rows[0], self.columns[-1], self.rows[-1])

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies inside."""
        left, top, right, bottom = self.box
        return left <= x <= right and top <= y <= bottom


def tables_of(across: Iterable[Rule], down: Iterable[Rule]) -> list[Table]:
    """Every group of touching horizontal (``across``) and vertical (``down``) rules as a table, from top to bottom."""
    horizontal, vertical = _merge(across), _merge(down)
    tables = [_table(h, v) for h, v in _groups(horizontal, vertical)]
    return sorted(_without_frames([t for t in tables if t is not None]), key=lambda t: (t.rows[0], t.columns[0]))


def _merge(rules: Iterable[Rule]) -> list[Rule]:
    """Rules on one line become one, gaps of a dashed line closed."""
    levels: list[list[Rule]] = []
    centre = 0.0
    for rule in sorted(rules, key=lambda r: r.at):
        if levels and rule.at - centre <= TOUCH:
            levels[-1].append(rule)
            centre += (rule.at - centre) / len(levels[-1])
        else:
            levels.append([rule])
            centre = rule.at
    merged: list[Rule] = []
    for level in levels:
        length = sum(r.end - r.start for r in level)
        at = sum(r.at * (r.end - r.start) for r in level) / length if length else level[0].at
        start, end = None, 0.0
        for rule in sorted(level, key=lambda r: r.start):
            if start is None:
                start, end = rule.start, rule.end
            elif rule.start - end <= TOUCH:
                end = max(end, rule.end)
            else:
                merged.append(Rule(at, start, end))
                start, end = rule.start, rule.end
        if start is not None:
            merged.append(Rule(at, start, end))
    return merged


def _groups(horizontal: list[Rule], vertical: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Connected rules, as tables touch their own lines only."""
    parent = list(range(len(horizontal) + len(vertical)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    for i, h in enumerate(horizontal):
        for j, v in enumerate(vertical):
            if h.start - TOUCH <= v.at <= h.end + TOUCH and v.start - TOUCH <= h.at <= v.end + TOUCH:
                parent[root(i)] = root(len(horizontal) + j)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i, h in enumerate(horizontal):
        groups.setdefault(root(i), ([], []))[0].append(h)
    for j, v in enumerate(vertical):
        groups.setdefault(root(len(horizontal) + j), ([], []))[1].append(v)
    return list(groups.values())


def _table(horizontal: list[Rule], vertical: list[Rule]) -> Table | None:
    # A rule alone is an underline or an ornament; a table needs lines both ways.
    if len(horizontal) < 2 or len(vertical) < 1:
        return None
    columns = _edges([v.at for v in vertical], [h.start for h in horizontal], [h.end for h in horizontal])
    rows = _edges([h.at for h in horizontal], [v.start for v in vertical], [v.end for v in vertical])
    if len(columns) < 2 or len(rows) < 2:
        return None
    return Table(columns, rows, _cells(columns, rows, horizontal, vertical))


def _edges(lines: list[float], starts: list[float], ends: list[float]) -> list[float]:
    """Positions of the lines one way; where the lines the other way reach beyond them, the open side is an edge, too."""
    edges = sorted(set(lines))
    beyond = [s for s in starts if s < edges[0] - 2 * TOUCH]
    if len(beyond) >= 2:
        edges.insert(0, min(beyond))
    beyond = [e for e in ends if e > edges[-1] + 2 * TOUCH]
    if len(beyond) >= 2:
        edges.append(max(beyond))
    return edges


def _cells(columns: list[float], rows: list[float], horizontal: list[Rule], vertical: list[Rule]) -> list[RuledCell]:
    across = {at: [h for h in horizontal if h.at == at] for at in rows}
    down = {at: [v for v in vertical if v.at == at] for at in columns}
    height, width = len(rows) - 1, len(columns) - 1
    region = [[-1] * width for _ in range(height)]
    regions = 0
    for r in range(height):
        for c in range(width):
            if region[r][c] >= 0:
                continue
            _flood(r, c, regions, region, columns, rows, across, down)
            regions += 1
    members: dict[int, list[tuple[int, int]]] = {}
    for r in range(height):
        for c in range(width):
            members.setdefault(region[r][c], []).append((r, c))
    cells: list[RuledCell] = []
    for spots in members.values():
        for top, bottom, left, right in _rectangles(spots):
            cells.append(
                RuledCell(top, bottom - top + 1, columns[left], rows[top], columns[right + 1], rows[bottom + 1])
            )
    return sorted(cells, key=lambda cell: (cell.row, cell.left))


def _flood(
    r: int,
    c: int,
    number: int,
    region: list[list[int]],
    columns: list[float],
    rows: list[float],
    across: dict[float, list[Rule]],
    down: dict[float, list[Rule]],
) -> None:
    """Mark every elementary cell that no drawn side separates from (r, c)."""
    stack = [(r, c)]
    region[r][c] = number
    while stack:
        r, c = stack.pop()
        neighbours = (
            (r, c + 1, down.get(columns[c + 1]), rows[r], rows[r + 1]),
            (r, c - 1, down.get(columns[c]), rows[r], rows[r + 1]),
            (r + 1, c, across.get(rows[r + 1]), columns[c], columns[c + 1]),
            (r - 1, c, across.get(rows[r]), columns[c], columns[c + 1]),
        )
        for nr, nc, rules, start, end in neighbours:
            if (
                0 <= nr < len(region)
                and 0 <= nc < len(region[0])
                and region[nr][nc] < 0
                and not _drawn(rules, start, end)
            ):
                region[nr][nc] = number
                stack.append((nr, nc))


def _drawn(rules: list[Rule] | None, start: float, end: float) -> bool:
    covered = sum(max(0.0, min(rule.end, end) - max(rule.start, start)) for rule in rules or ())
    return covered >= _COVERED * (end - start)


def _rectangles(spots: list[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """A region as (top, bottom, left, right) rectangles: one, unless a missing line made it angular."""
    top, bottom = min(r for r, _ in spots), max(r for r, _ in spots)
    left, right = min(c for _, c in spots), max(c for _, c in spots)
    if len(spots) == (bottom - top + 1) * (right - left + 1):
        return [(top, bottom, left, right)]
    runs: list[tuple[int, int, int, int]] = []
    for r in range(top, bottom + 1):
        taken = sorted(c for row, c in spots if row == r)
        start = 0
        for n in range(1, len(taken) + 1):
            if n == len(taken) or taken[n] != taken[n - 1] + 1:
                run = (taken[start], taken[n - 1])
                above = next((k for k, b in enumerate(runs) if b[1] == r - 1 and (b[2], b[3]) == run), None)
                if above is None:
                    runs.append((r, r, *run))
                else:
                    runs[above] = (runs[above][0], r, *run)
                start = n
    return runs


def _without_frames(tables: list[Table]) -> list[Table]:
    """Of a table inside a table the one with more cells stays: a frame around the page is no table, a box in a cell is none."""
    kept: list[Table] = []
    for table in sorted(tables, key=lambda t: -len(t.cells)):
        left, top, right, bottom = table.box
        clash = any(
            max(left, k.box[0]) < min(right, k.box[2]) - TOUCH and max(top, k.box[1]) < min(bottom, k.box[3]) - TOUCH
            for k in kept
        )
        if not clash:
            kept.append(table)
    return kept


def fill(table: Table, glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Give every glyph inside the table to the cell that holds its centre; returns the glyphs outside."""
    outside: list[Glyph] = []
    spot: dict[tuple[int, int], RuledCell] = {}
    for cell in table.cells:
        first = bisect_right(table.columns, cell.left) - 1
        last = bisect_right(table.columns, cell.right) - 1
        for r in range(cell.row, cell.row + cell.row_span):
            for c in range(first, last):
                spot[r, c] = cell
    for glyph in glyphs:
        x, y = (glyph.left + glyph.right) / 2, glyph.middle
        r, c = bisect_right(table.rows, y) - 1, bisect_right(table.columns, x) - 1
        home = spot.get((r, c))
        if home is None:
            outside.append(glyph)
        else:
            home.glyphs.append(glyph)
    return outside
