"""The official sheet as a Word document: ruled tables on A4, headings repeated on every page, page numbers at the foot."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from hengjian.forms.official_sheet import Box, Part, Sheet
from hengjian.reports.paper import HEAD_FONT, TITLE_FONT, add_page_number

_FONT = "宋体"
_MARGINS = (25, 20, 22, 18)  # mm: top, bottom, left, right; the left one is for binding
_TWIPS = 56.6929  # of a millimetre
_SIZE = 19  # half points


def write_paper(sheets: Sequence[Sheet], mark: str, path: Path) -> None:
    """Write the sheets to ``path``; ``mark`` goes among the keywords of the file."""
    document = Document()
    document.core_properties.keywords, document.core_properties.author = mark, "hengjian"
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    style.paragraph_format.space_after = Pt(0)
    for number, sheet in enumerate(sheets):
        section = document.add_section(WD_SECTION.NEW_PAGE) if number else document.sections[0]
        room = _page(section, sheet.landscape)
        if not number:
            add_page_number(section)
        _draw(document, sheet, room)
    document.save(str(path))


def _page(section: Any, landscape: bool) -> float:
    """Set the page up; the width between the margins in millimetres."""
    width, height = (297, 210) if landscape else (210, 297)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    top, bottom, left, right = _MARGINS
    section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
    section.left_margin, section.right_margin = Mm(left), Mm(right)
    section.footer_distance = Mm(10)
    return width - left - right


def _draw(document: Any, sheet: Sheet, room: float) -> None:
    _line(document, sheet.title, font=TITLE_FONT, size=18, align=WD_ALIGN_PARAGRAPH.CENTER, after=4)
    if sheet.year:
        _line(document, sheet.year, align=WD_ALIGN_PARAGRAPH.CENTER, after=2)
    if sheet.money:
        _line(document, sheet.money, align=WD_ALIGN_PARAGRAPH.RIGHT, after=2)
    twips = [round(share * room * _TWIPS) for share in sheet.widths]
    body = document.element.body
    for part in sheet.parts:
        if part is not sheet.parts[0]:
            body.insert(len(body) - 1, parse_xml(_SEAM))
        body.insert(len(body) - 1, parse_xml(_table(sheet, part, twips)))
    if sheet.signature:
        _line(document, ("\u3000" * 4).join(sheet.signature), align=WD_ALIGN_PARAGRAPH.LEFT, before=6)


def _line(
    document: Any, text: str, *, font: str = _FONT, size: float = 10.5, align: Any, before: float = 0, after: float = 0
) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(after)
    run = paragraph.add_run(text)
    run.font.name, run.font.size = "Times New Roman", Pt(size)
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)


# Two tables that touch would become one: the paragraph between them is as low as Word allows.
_SEAM = (
    f'<w:p {nsdecls("w")}><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
    '<w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'
)


def _table(sheet: Sheet, part: Part, twips: Sequence[int]) -> str:
    """The XML of a part; ``twips`` are the widths of the columns."""
    rows: list[list[tuple[Box, bool]]] = [[] for _ in range(part.first, part.last + 1)]
    for box in sheet.boxes:
        if part.first <= box.row <= part.last:
            for row in range(box.row, box.row + box.row_span):
                rows[row - part.first].append((box, row == box.row))
    # The upper rule of a further part is the lower one of the part before.
    rules = "".join(
        f'<w:{side} w:val="{"nil" if side == "top" and part.first else "single"}" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
    drawn = "".join(
        _row(sorted(cells, key=lambda cell: cell[0].column), twips, heading=number < part.headings)
        for number, cells in enumerate(rows)
    )
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(twips)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{rules}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="70" w:type="dxa"/>'
        f'<w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{drawn}</w:tbl>'
    )


def _row(cells: Sequence[tuple[Box, bool]], twips: Sequence[int], *, heading: bool) -> str:
    tall = any(len(box.text) > 600 for box, first in cells if first)
    properties = ("" if tall else "<w:cantSplit/>") + '<w:trHeight w:val="400" w:hRule="atLeast"/>'
    properties += "<w:tblHeader/>" if heading else ""
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(_cell(box, first, twips) for box, first in cells)}</w:tr>"


def _cell(box: Box, first: bool, twips: Sequence[int]) -> str:
    width = sum(twips[box.column : box.column + box.column_span])
    look = f'<w:tcW w:w="{width}" w:type="dxa"/>'
    if box.column_span > 1:
        look += f'<w:gridSpan w:val="{box.column_span}"/>'
    if box.row_span > 1:
        look += '<w:vMerge w:val="restart"/>' if first else "<w:vMerge/>"
    return f'<w:tc><w:tcPr>{look}<w:vAlign w:val="center"/></w:tcPr>{_paragraph(box, first)}</w:tc>'


def _paragraph(box: Box, first: bool) -> str:
    font = HEAD_FONT if box.look == "heading" else _FONT
    run = (
        f'<w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{font}"/>'
        f'<w:sz w:val="{_SIZE}"/><w:szCs w:val="{_SIZE}"/></w:rPr>'
    )
    across = "left" if box.look == "long" or box.indent else "center"
    # 200 twips are the character by which indents are counted when the file is read.
    indent = f'<w:ind w:left="{200 * box.indent}" w:leftChars="{100 * box.indent}"/>' if box.indent else ""
    pieces = box.text.split("\n") if first else [""]
    texts = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(piece)}</w:t>' for piece in pieces)
    words = f"<w:r>{run}{texts}</w:r>" if any(pieces) else ""
    return (
        f'<w:p><w:pPr><w:spacing w:before="20" w:after="20"/>{indent}<w:jc w:val="{across}"/>{run}</w:pPr>{words}</w:p>'
    )
