"""Where something is printed: the one way every room names a spot in a file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a document; only the coordinates its format has are set.

    ``page``, ``table``, ``row``, ``column`` and ``line`` count from 1.
    ``box`` is (left, top, right, bottom) in points from the page's upper left corner.
    """

    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    sheet: str | None = None
    cell: str | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None
    line: int | None = None

    def __str__(self) -> str:
        """The spot in the words a clerk would use: ``工作表“自评表” B7``, ``第2页第1个表第5行第3列``."""
        parts: list[str] = []
        if self.sheet is not None:
            parts.append(f"工作表“{self.sheet}”")
        if self.cell is not None:
            parts.append(f" {self.cell}" if parts else self.cell)
        if self.page is not None:
            parts.append(f"第{self.page}页")
        if self.table is not None:
            parts.append(f"第{self.table}个表")
        if self.cell is None:
            if self.row is not None:
                parts.append(f"第{self.row}行")
            if self.column is not None:
                parts.append(f"第{self.column}列")
        if self.line is not None:
            parts.append(f"文本第{self.line}行" if parts else f"第{self.line}行")
        return "".join(parts)


NOWHERE = Place()
