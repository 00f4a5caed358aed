r"""Documents for the corpus: tables are drawn as text and written in every format that bodies publish.

In a drawing ``|`` parts the cells, ``^`` goes on from the cell above, ``<`` from the cell at the left, ``\n`` is a line break.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

FONT = "STSong-Light"
_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?(%?)")


@dataclass(frozen=True)
class Table:
    """A drawn table."""

    picture: str
    widths: tuple[float, ...] = ()  # shares of the page, for paper

    def cells(self) -> tuple[list[tuple[int, int, int, int, str]], int, int]:
        """(row, column, rows, columns, text) of every cell, and the size."""
        grid = rows_of(self.picture)
        width = max(map(len, grid))
        for row in grid:
            row += [""] * (width - len(row))
        owner: dict[tuple[int, int], tuple[int, int]] = {}
        for r, row in enumerate(grid):
            for c, text in enumerate(row):
                if text == "^":
                    owner[r, c] = owner[r - 1, c]
                elif text == "<":
                    owner[r, c] = owner[r, c - 1]
                else:
                    owner[r, c] = (r, c)
        span: dict[tuple[int, int], tuple[int, int]] = {}
        for (r, c), by in owner.items():
            tall, wide = span.get(by, (1, 1))
            span[by] = (max(tall, r - by[0] + 1), max(wide, c - by[1] + 1))
        return [(r, c, *span[r, c], grid[r][c]) for r, c in sorted(span)], len(grid), width


Part = str | Table


@dataclass(frozen=True)
class Page:
    """A sheet of a workbook, or a page that begins a new one."""

    parts: tuple[Part, ...]
    title: str = ""


def rows_of(picture: str) -> list[list[str]]:
    """The cells of a drawing as text."""
    lines = [line for line in picture.strip("\n").split("\n") if line.strip()]
    return [[cell.strip(" ").replace("\\n", "\n") for cell in line.split("|")] for line in lines]


def take(picture: str, columns: str, **more: str) -> list[dict[str, Any]]:
    """The rows of a drawing as a reader must give them. ``columns`` names each column; ``_`` is left out.

    A merged cell counts for every row it spans. ``history.前年`` and ``bands.优`` make an object.
    """
    names, out = columns.split(), []
    above: list[str] = []
    for row in rows_of(picture):
        row = [above[i] if text == "^" else text for i, text in enumerate(row)]
        above = row
        record: dict[str, Any] = dict(more)
        for name, text in zip(names, row, strict=False):
            if name == "_" or text == "<":
                continue
            group, _, key = name.partition(".")
            if key:
                record.setdefault(group, {})[key] = text
            else:
                record[group] = text
        out.append(record)
    return out


DUTIES = """职责活动 | 年度预算数 | 内容描述 | 绩效目标 | 绩效指标 | 评价标准 | < | < | <
^ | ^ | ^ | ^ | ^ | 优 | 良 | 中 | 差
"""


def duties(picture: str) -> dict[str, list[dict[str, Any]]]:
    """The activities and indicators of a drawing under ``DUTIES``; an indented name is an activity below the one before."""
    activities: list[dict[str, Any]] = []
    indicators: list[dict[str, Any]] = []
    for line, row in zip(
        picture.strip("\n").split("\n"),
        take(picture, "activity budget description goal name bands.优 bands.良 bands.中 bands.差"),
        strict=True,
    ):
        name = row["activity"].strip("\u3000")
        if name:
            texts = {key: row[key] for key in ("budget", "description", "goal") if row[key]}
            activities.append({"name": name, "level": 2 if line.startswith("\u3000") else 1, **texts})
        if row["name"]:
            told = {"activity": activities[-1]["name"], "name": row["name"], "bands": row["bands"]}
            indicators.append(told)
    return {"activities": activities, "indicators": indicators}


# --- writers ------------------------------------------------------------------------------------------------------------
def _value(text: str) -> tuple[Any, str]:
    """What a workbook holds for a printed text, and its number format."""
    found = _NUMBER.fullmatch(text)
    if found is None or len(text) > 15 or re.match(r"0\d", text):
        return text, "@"
    places = "." + "0" * len(found[1]) if found[1] else ""
    number = float(text.rstrip("%").replace(",", ""))
    if found[2]:
        return number / 100, f"0{places}%"
    return number, ("#,##0" if "," in text else "0") + places


def xlsx(pages: Sequence[Page], numbers: bool = True) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    del book[book.sheetnames[0]]
    for page in pages:
        sheet = book.create_sheet(page.title or f"表{len(book.sheetnames) + 1}")
        at = 1
        width = max((part.cells()[2] for part in page.parts if isinstance(part, Table)), default=1)
        for part in page.parts:
            if isinstance(part, str):
                sheet.cell(at, 1, part)
                if width > 1 and part:
                    sheet.merge_cells(start_row=at, end_row=at, start_column=1, end_column=width)
                at += 1
                continue
            cells, tall, _ = part.cells()
            for r, c, rows, columns, text in cells:
                value, form = _value(text) if numbers else (text, "@")
                cell = sheet.cell(at + r, c + 1, value if text else None)
                cell.number_format = form
                if isinstance(value, str) and text:
                    cell.data_type = "s"  # =35户 is no formula
                if rows * columns > 1:
                    sheet.merge_cells(
                        start_row=at + r, end_row=at + r + rows - 1, start_column=c + 1, end_column=c + columns
                    )
            at += tall
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def docx(pages: Sequence[Page], nested: bool = False, boxed: bool = False) -> bytes:
    """A Word file; ``nested`` puts each table into a cell of another one, ``boxed`` the first line into a text box."""
    import docx as word
    from docx.oxml import parse_xml

    document = word.Document()
    for number, page in enumerate(pages):
        if number:
            document.add_page_break()  # type: ignore[no-untyped-call]
        for index, part in enumerate(page.parts):
            if isinstance(part, str):
                if boxed and index == 0:
                    paragraph = document.add_paragraph()
                    run = paragraph.add_run()
                    run._r.append(
                        parse_xml(
                            '<w:pict xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
                            'xmlns:v="urn:schemas-microsoft-com:vml"><v:shape style="width:300pt;height:30pt"><v:textbox><w:txbxContent>'
                            f"<w:p><w:r><w:t>{html.escape(part)}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict>"
                        )
                    )
                else:
                    document.add_paragraph(part)
                continue
            cells, tall, wide = part.cells()
            holder: Any = document
            if nested:
                holder = document.add_table(1, 1).cell(0, 0)
            table = holder.add_table(tall, wide)
            table.style = document.styles["Table Grid"]
            for r, c, rows, columns, text in cells:
                target = table.cell(r, c)
                if rows * columns > 1:
                    target = target.merge(table.cell(r + rows - 1, c + columns - 1))
                target.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def web(pages: Sequence[Page], charset: str = "utf-8", layout: bool = False) -> bytes:
    """A published page; ``layout`` puts everything into tables that only arrange the page."""
    out = [
        f'<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"><title>信息公开-某县人民政府门户网站</title><style>td{{padding:2px}}</style></head><body>'
    ]
    out.append('<div class="top"><a href="/">首页</a>|<a href="/zw">政务公开</a>|<a href="/hd">互动交流</a></div>')
    if layout:
        out.append(
            "<table width=1000><tr><td colspan=2>当前位置：首页 &gt; 预决算公开</td></tr><tr><td width=180><ul><li>机构职能</li><li>财政预决算</li></ul></td><td><table><tr><td>"
        )
    for page in pages:
        for part in page.parts:
            if isinstance(part, str):
                out.append(f'<p align="center">{html.escape(part)}</p>')
                continue
            cells, tall, _ = part.cells()
            out.append('<table border="1">')
            for row in range(tall):
                line = []
                for r, _, rows, columns, text in cells:
                    if r == row:
                        spans = (f' colspan="{columns}"' if columns > 1 else "") + (
                            f' rowspan="{rows}"' if rows > 1 else ""
                        )
                        line.append(f"<td{spans}><p>{html.escape(text).replace(chr(10), '<br/>') or '&nbsp;'}</p></td>")
                out.append("<tr>" + "".join(line) + "</tr>")
            out.append("</table>")
    if layout:
        out.append("</td></tr></table></td></tr></table>")
    out.append("<div>主办单位：某县人民政府办公室　网站标识码：0000000000</div></body></html>")
    return "\n".join(out).encode("gb18030" if charset.lower().startswith("gb") else charset)


def ods(pages: Sequence[Page]) -> bytes:
    space = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )

    def paragraphs(text: str) -> str:
        return "".join(f"<text:p>{html.escape(line)}</text:p>" for line in text.split("\n"))

    tables = []
    for page in pages:
        rows: list[str] = []
        for part in page.parts:
            if isinstance(part, str):
                rows.append(
                    f'<table:table-row><table:table-cell office:value-type="string">{paragraphs(part)}</table:table-cell></table:table-row>'
                )
                continue
            cells, tall, wide = part.cells()
            starts = {(r, c): (rr, cc, text) for r, c, rr, cc, text in cells}
            for r in range(tall):
                line = []
                for c in range(wide):
                    if (r, c) not in starts:
                        line.append("<table:covered-table-cell/>")
                        continue
                    rr, cc, text = starts[r, c]
                    span = (
                        f' table:number-columns-spanned="{cc}" table:number-rows-spanned="{rr}"' if rr * cc > 1 else ""
                    )
                    line.append(
                        f'<table:table-cell office:value-type="string"{span}>{paragraphs(text)}</table:table-cell>'
                        if text
                        else f"<table:table-cell{span}/>"
                    )
                rows.append(f"<table:table-row>{''.join(line)}</table:table-row>")
        tables.append(f'<table:table table:name="{html.escape(page.title or "表1")}">{"".join(rows)}</table:table>')
    content = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {space} office:version="1.2"><office:body><office:spreadsheet>{"".join(tables)}</office:spreadsheet></office:body></office:document-content>'
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
        '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


@dataclass
class _Paper:
    """Tables on pages: rows go on the next page where the page ends, and cells merged over the break are cut by it."""

    width: float
    height: float
    size: float
    ruled: bool
    repeat: int  # header rows printed again on each page, counted back from the row that holds 一级指标 (0: none)
    ops: list[list[Callable[[Any], None]]] = field(default_factory=lambda: [[]])
    y: float = 40.0

    def lines(self, text: str, width: float) -> list[str]:
        out: list[str] = []
        for line in text.split("\n"):
            here, used = "", 0.0
            for letter in line:
                step = self.size * (0.5 if letter.isascii() else 1.0)
                if used + step > width and here:
                    out.append(here)
                    here, used = "", 0.0
                here, used = here + letter, used + step
            out.append(here)
        return out

    def say(self, x: float, y: float, text: str, size: float) -> None:
        page_height = self.height

        def op(canvas: Any) -> None:
            canvas.setFont(FONT, size)
            canvas.drawString(x, page_height - y, text)

        self.ops[-1].append(op)

    def box(self, x: float, y: float, w: float, h: float) -> None:
        page_height = self.height
        self.ops[-1].append(lambda canvas: canvas.rect(x, page_height - y - h, w, h))

    def turn(self) -> None:
        self.ops.append([])
        self.y = 40.0

    def line(self, text: str) -> None:
        size = self.size * 1.5 if len(text) < 40 else self.size
        for one in self.lines(text, (self.width - 80) * self.size / size):
            if self.y > self.height - 60:
                self.turn()
            x = max(40.0, (self.width - size * len(one)) / 2) if len(text) < 40 else 40.0
            self.say(x, self.y + size, one, size)
            self.y += size * 1.5

    def table(self, table: Table) -> None:
        cells, tall, wide = table.cells()
        shares = table.widths or (1.0,) * wide
        unit = (self.width - 80) / sum(shares)
        xs = [40.0 + unit * sum(shares[:i]) for i in range(wide + 1)]
        step = self.size * 1.25
        heights = [step + 6] * tall
        for r, c, rows, columns, text in cells:
            if rows == 1:
                heights[r] = max(heights[r], step * len(self.lines(text, xs[c + columns] - xs[c] - 5)) + 6)
        for r, c, rows, columns, text in cells:
            need = step * len(self.lines(text, xs[c + columns] - xs[c] - 5)) + 6 - sum(heights[r : r + rows])
            if rows > 1 and need > 0:
                heights[r + rows - 1] += need
        head = next((r for r, *_, text in cells if text.replace("\n", "") == "一级指标"), None) if self.repeat else None
        row = 0
        while row < tall:
            first = row
            again = self.repeat if head is not None and row > head + self.repeat - 1 else 0
            drawn = list(range(head, head + again)) if again and head is not None else []
            while row < tall and (
                row == first or self.y + sum(heights[i] for i in drawn) + heights[row] <= self.height - 50
            ):
                drawn.append(row)
                row += 1
                if sum(heights[i] for i in drawn) + self.y > self.height - 50:
                    break
            y = self.y
            where = {}
            for i in drawn:
                where[i] = y
                y += heights[i]
            for r, c, rows, columns, text in cells:
                inside = [i for i in range(r, r + rows) if i in where]
                if not inside:
                    continue
                begin, end = where[inside[0]], where[inside[-1]] + heights[inside[-1]]
                if self.ruled:
                    self.box(xs[c], begin, xs[c + columns] - xs[c], end - begin)
                if r in where:
                    lines = self.lines(text, xs[c + columns] - xs[c] - 5)
                    start = begin + max(3.0, (end - begin - step * len(lines)) / 2)
                    for n, one in enumerate(lines):
                        self.say(xs[c] + 2.5, start + step * n + self.size, one, self.size)
            self.y = y
            if row < tall:
                self.turn()
        self.y += 8


def pdf(pages: Sequence[Page], ruled: bool = True, repeat: int = 0, wide: bool = True, size: float = 9.0) -> bytes:
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    paper = landscape(A4) if wide else A4
    sheet = _Paper(paper[0], paper[1], size, ruled, repeat)
    for number, page in enumerate(pages):
        if number:
            sheet.turn()
        for part in page.parts:
            if isinstance(part, str):
                sheet.line(part)
            else:
                sheet.table(part)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=paper)
    for number, ops in enumerate(sheet.ops):
        canvas.setLineWidth(0.5)
        for op in ops:
            op(canvas)
        canvas.setFont(FONT, 8)
        canvas.drawCentredString(paper[0] / 2, 20, f"— {number + 1} —")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def text(pages: Sequence[Page], how: str = "tabs") -> str:
    """Plain text: ``tabs`` as Word exports tables, ``pipes``, or one ``cell`` a line."""
    out: list[str] = []
    for page in pages:
        for part in page.parts:
            if isinstance(part, str):
                out.append(part)
                continue
            cells, tall, wide = part.cells()
            grid = [["" for _ in range(wide)] for _ in range(tall)]
            for r, c, _, _, shown in cells:
                grid[r][c] = shown.replace("\n", " " if how != "cells" else "")
            if how == "cells":
                out.append("")
                for r in range(tall):
                    own = [row for row in cells if row[0] <= r < row[0] + row[2]]
                    out += [
                        "\t" + (shown.replace("\n", "") if top == r else "")
                        for top, _, _, _, shown in sorted(own, key=lambda row: row[1])
                    ] + [""]
            elif how == "pipes":
                out += ["| " + " | ".join(row) + " |" for row in grid]
                out.insert(len(out) - tall + 1, "|" + "---|" * wide)
            else:
                out += ["\t".join(row) for row in grid]
            out.append("")
    return "\n".join(out) + "\n"


@dataclass(frozen=True)
class Doc:
    """A document of the corpus: its pages, how they are written, what must be read and what must be found."""

    name: str
    pages: tuple[Page, ...]
    forms: tuple[dict[str, Any], ...]
    must: tuple[tuple[Any, ...], ...] = ()  # (code, indicator, why, *also_ok)
    must_not: tuple[tuple[Any, ...], ...] = ()  # (code, indicator, why)
    clean: bool = False
    how: dict[str, Any] = field(default_factory=dict)

    def data(self) -> bytes:
        """The file. Old workbooks need an office suite to be written: they come in the new format."""
        kind = self.name.rsplit(".", 1)[1]
        how = dict(self.how)
        if kind == "txt":
            return text(self.pages, **how).encode("utf-8")
        if kind == "html":
            return web(self.pages, **how)
        writers: dict[str, Callable[..., bytes]] = {"docx": docx, "xlsx": xlsx, "xls": xlsx, "ods": ods, "pdf": pdf}
        return writers[kind](self.pages, **how)


def page(*parts: Part, title: str = "") -> tuple[Page, ...]:
    """One page."""
    return (Page(parts, title),)
