"""Tables without vertical rules: columns are told by the white between texts that stand below each other.

Second choice after ruled lines. Wants at least three columns over three rows, so that paragraphs and lines of labels stay
text. Such a table does not know its merged cells (``spans_known`` is false).
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hengjian.documents.ruling import Rule, RuledCell, Table
from hengjian.documents.typeset import Glyph, is_full, lines_of, rows_of

_GAP = 1.0  # type sizes of white that part two texts of a line
_LEAST = 3  # columns and rows


@dataclass(slots=True)
class _Run:
    """Glyphs of one line with no wide gap between them."""

    glyphs: list[Glyph]
    left: float
    right: float


@dataclass(slots=True)
class _Row:
    runs: list[_Run]
    top: float
    bottom: float
    size: float


def aligned_tables(glyphs: Sequence[Glyph], across: Sequence[Rule]) -> tuple[list[Table], list[Glyph]]:
    """Tables among glyphs outside ruled tables, and the glyphs that are left. ``across`` are horizontal rules nearby."""
    rows = [_row(row) for row in rows_of(glyphs)]
    rows.sort(key=lambda row: row.top)
    tables: list[Table] = []
    left: list[Glyph] = []
    start = 0
    while start < len(rows):
        end, edges = _block(rows, start)
        if edges:
            tables.append(_table(rows[start:end], edges, across))
            start = end
        else:
            left += [glyph for run in rows[start].runs for glyph in run.glyphs]
            start += 1
    return tables, left


def _row(glyphs: list[Glyph]) -> _Row:
    glyphs.sort(key=lambda glyph: glyph.left)
    size = max(sorted(glyph.height for glyph in glyphs)[len(glyphs) // 2], 1.0)
    runs: list[_Run] = []
    for glyph in glyphs:
        if runs and glyph.left - runs[-1].right < _GAP * size:
            runs[-1].glyphs.append(glyph)
            runs[-1].right = max(runs[-1].right, glyph.right)
        else:
            runs.append(_Run([glyph], glyph.left, glyph.right))
    return _Row(runs, min(g.top for g in glyphs), max(g.bottom for g in glyphs), size)


def _block(rows: Sequence[_Row], start: int) -> tuple[int, list[float]]:
    """The longest stretch of lines from ``start`` that keeps the columns of its first line, and the column edges."""
    if len(rows[start].runs) < _LEAST:
        return start, []
    columns = [[run.left, run.right] for run in rows[start].runs]
    full = 1
    end = start + 1
    next_table = False
    while end < len(rows):
        row = rows[end]
        if row.top - rows[end - 1].bottom > 3 * row.size:
            break
        if next_table := _begins_other(rows, start, end):
            break
        homes = [[c for c in columns if run.left < c[1] and run.right > c[0]] for run in row.runs]
        if any(len(home) > 1 for home in homes):
            break
        stray = [run for run, home in zip(row.runs, homes, strict=True) if not home]
        if stray and (len(row.runs) < _LEAST or len(stray) * 2 > len(row.runs)):
            break
        if len(row.runs) == 1 and row.runs[0].right - row.runs[0].left > 0.5 * (columns[-1][1] - columns[0][0]):
            break
        for run, home in zip(row.runs, homes, strict=True):
            if home:
                home[0][0], home[0][1] = min(home[0][0], run.left), max(home[0][1], run.right)
            else:
                columns.append([run.left, run.right])
                columns.sort()
        full += len(row.runs) >= _LEAST
        end += 1
    while end > start and len(rows[end - 1].runs) == 1:
        end -= 1  # a single text below is a paragraph
    # A few rows of labels right above another table are one of their own.
    short = next_table and all(len(row.runs) >= _LEAST for row in rows[start:end])
    if not short and (full < _LEAST or end - start < _LEAST):
        return start, []
    edges = [columns[0][0] - 2]
    edges += [(a[1] + b[0]) / 2 for a, b in itertools.pairwise(columns)]
    return end, [*edges, columns[-1][1] + 2]


def _begins_other(rows: Sequence[_Row], start: int, end: int) -> bool:
    """Whether line ``end`` begins another table: its texts stand in none of the columns above, but in those of the lines below."""
    row = rows[end]
    if len(row.runs) < _LEAST:
        return False
    above = [run for before in rows[start:end] for run in before.runs]
    below = next((after for after in rows[end + 1 : end + 4] if len(after.runs) >= _LEAST), None)
    return (
        below is not None
        and 2 * sum(_in_line(run, above) for run in row.runs) < len(row.runs)
        and 3 * sum(_in_line(run, row.runs) for run in below.runs) >= 2 * len(below.runs)
    )


def _in_line(run: _Run, others: Sequence[_Run]) -> bool:
    """Whether a text begins, ends or is centred where one of the others does."""
    return any(
        abs(run.left - other.left) < 2
        or abs(run.right - other.right) < 2
        or abs(run.left + run.right - other.left - other.right) < 4
        for other in others
    )


def _table(rows: Sequence[_Row], edges: list[float], across: Sequence[Rule]) -> Table:
    groups = _grouped(rows, edges, across)
    tops = [group[0].top - 1 for group in groups]
    bottoms = [group[-1].bottom + 1 for group in groups]
    levels = [tops[0], *((b + t) / 2 for b, t in zip(bottoms, tops[1:], strict=False)), bottoms[-1]]
    cells: list[RuledCell] = []
    for n, group in enumerate(groups):
        for c in range(len(edges) - 1):
            cell = RuledCell(n, 1, edges[c], levels[n], edges[c + 1], levels[n + 1])
            for row in group:
                for run in row.runs:
                    if edges[c] <= (run.left + run.right) / 2 < edges[c + 1]:
                        cell.glyphs += run.glyphs
            # Without rules the columns are a guess: what stands in them is marked, so that no error rests on it alone.
            cell.lines = [replace(line, doubtful=True) for line in lines_of(cell.glyphs)]
            cells.append(cell)
    return Table(edges, levels, cells, spans_known=False)


def _grouped(rows: Sequence[_Row], edges: list[float], across: Sequence[Rule]) -> list[list[_Row]]:
    """Lines to table rows: by the rules between them where there are any, else a wrapped line belongs to the row above."""
    levels = [rule.at for rule in across if rule.start < edges[1] and rule.end > edges[-2]]
    inner = [at for at in levels if rows[0].bottom <= at <= rows[-1].top]
    groups: list[list[_Row]] = [[rows[0]]]
    for before, row in itertools.pairwise(rows):
        if len(inner) >= _LEAST - 1:
            parted = any(before.bottom - 2 <= at <= row.top + 2 for at in inner)
        else:
            parted = not _wraps(groups[-1][-1], row, edges)
        if parted:
            groups.append([row])
        else:
            groups[-1].append(row)
    return groups


def _wraps(before: _Row, row: _Row, edges: list[float]) -> bool:
    """Whether a line only carries on texts of the line above: fewer texts, each below one that fills its column."""
    if len(row.runs) >= len(before.runs) or row.top - before.bottom > 0.9 * row.size:
        return False
    for run in row.runs:
        column = next((c for c in range(len(edges) - 1) if edges[c] <= (run.left + run.right) / 2 < edges[c + 1]), None)
        if column is None:
            return False
        above = [r for r in before.runs if edges[column] <= (r.left + r.right) / 2 < edges[column + 1]]
        if not above:
            return False
        line = lines_of(above[0].glyphs)[0]
        if not is_full(line, edges[column], edges[column + 1], run.glyphs[0].text):
            return False
    return True
