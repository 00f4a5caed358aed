"""Grids drawn as text: ``|`` between cells, ``^`` goes on from the cell above, ``<`` from the cell at the left."""

from hengjian.forms.layout import Cell, Grid
from hengjian.values.place import Place


def table(rows: list[list[str]], *, spans_known: bool = True, page_breaks: tuple[int, ...] = ()) -> Grid:
    """A grid from a list of rows; merged cells as in a drawing."""
    width = max(len(row) for row in rows)
    grid = [row + [""] * (width - len(row)) for row in rows]
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for r, row in enumerate(grid):
        for c, text in enumerate(row):
            if text == "^":
                owner[r, c] = owner[r - 1, c]
            elif text == "<":
                owner[r, c] = owner[r, c - 1]
            else:
                owner[r, c] = (r, c)
    cells: list[Cell] = []
    for (r, c), text in ((at, grid[at[0]][at[1]]) for at, by in owner.items() if by == at):
        covered = [at for at, by in owner.items() if by == (r, c)]
        height, breadth = max(a for a, _ in covered) - r + 1, max(b for _, b in covered) - c + 1
        if text or height > 1 or breadth > 1 or spans_known:
            place = Place(row=r + 1, column=c + 1)
            body = text.lstrip("\u3000")
            cells.append(Cell(body, r, c, height, breadth, place, indent=len(text) - len(body)))
    return Grid(tuple(cells), len(grid), width, Place(table=1), spans_known, page_breaks)


def drawn(picture: str, *, spans_known: bool = True, page_breaks: tuple[int, ...] = ()) -> Grid:
    """A grid from a drawing, one line a row."""
    rows = [[cell.strip(" ") for cell in line.split("|")] for line in picture.strip("\n").splitlines()]
    return table(rows, spans_known=spans_known, page_breaks=page_breaks)
