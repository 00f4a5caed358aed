"""Forms on paper in the official layout: as workbook, Word document, PDF or page, from the sheet that ``forms.official`` lays out.

Each writer draws the same cells: A4, title, year and unit of money above the table, classes merged, headings repeated on
every page, the line of signatures below, page numbers. ``read`` gives back the same values (``docs/decisions/0009-official-forms.md``).
"""

from collections.abc import Sequence
from pathlib import Path

from hengjian.forms.form import Form
from hengjian.forms.official import mark_of
from hengjian.forms.official_sheet import Sheet, lay_out

KINDS = ("xlsx", "docx", "pdf", "html")


def typeset(forms: Sequence[Form], kind: str, path: Path) -> None:
    """Write the forms to ``path`` as xlsx, docx, pdf or html. Raises ``TypesetError`` where the format cannot hold them."""
    sheets = [lay_out(form) for form in forms]
    mark = mark_of(forms)
    # Each writer pulls in a library of its own: it is imported when its format is asked for.
    if kind == "xlsx":
        from hengjian.reports.typeset_workbook import write_workbook

        write_workbook(sheets, mark, path)
    elif kind == "docx":
        from hengjian.reports.typeset_paper import write_paper

        write_paper(sheets, mark, path)
    elif kind == "pdf":
        from hengjian.reports.typeset_pdf import write_pdf

        write_pdf(sheets, mark, path)
    else:
        _write_page(sheets, mark, path)


def _write_page(sheets: Sequence[Sheet], mark: str, path: Path) -> None:
    from hengjian.reports.html import templates

    drawn = [(sheet, [_rows(sheet, part.first, part.last) for part in sheet.parts]) for sheet in sheets]
    page = templates().get_template("forms.html").render(forms=drawn, mark=mark)
    path.write_text(page, encoding="utf-8", newline="\n")


def _rows(sheet: Sheet, first: int, last: int) -> list[list[object]]:
    rows: list[list[object]] = [[] for _ in range(first, last + 1)]
    for box in sorted(sheet.boxes, key=lambda box: (box.row, box.column)):
        if first <= box.row <= last:
            rows[box.row - first].append(box)
    return rows
