"""Pdf files for tests, written while they run: Chinese text by a font every reader knows, lines, boxes and pictures."""

import zlib
from dataclasses import dataclass, field

from documents import samples

A4 = (595.0, 842.0)


@dataclass
class Sheet:
    """One page; y counts from the top, as in the places a reader gives."""

    width: float = A4[0]
    height: float = A4[1]
    rotate: int = 0
    parts: list[str] = field(default_factory=list)
    picture: tuple[int, int, bytes] | None = None  # columns, rows, grey bytes: covers the page

    def text(self, x: float, y: float, text: str, size: float = 10.0) -> None:
        """Print a text from (x, y), its base line."""
        code = text.encode("utf-16-be").hex()
        self.parts.append(f"BT /F {size} Tf 1 0 0 1 {x} {self.height - y} Tm <{code}> Tj ET")

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Draw a line."""
        self.parts.append(f"0.5 w {x0} {self.height - y0} m {x1} {self.height - y1} l S")

    def box(self, left: float, top: float, right: float, bottom: float, fill: bool = False) -> None:
        """Draw or fill a rectangle."""
        how = "f" if fill else "S"
        self.parts.append(f"0.5 w {left} {self.height - bottom} {right - left} {bottom - top} re {how}")


def file(*sheets: Sheet) -> bytes:
    """The pages as a pdf file."""
    kids = " ".join(f"{10 + 3 * n} 0 R" for n in range(len(sheets)))
    objects: dict[int, bytes] = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(sheets)} >>".encode(),
        3: b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        4: b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /W [1 95 500] /FontDescriptor 5 0 R "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>",
        5: b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
        b"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    }
    for n, sheet in enumerate(sheets):
        page, content, picture = 10 + 3 * n, 11 + 3 * n, 12 + 3 * n
        drawing = "\n".join(sheet.parts)
        images = ""
        if sheet.picture is not None:
            columns, rows, grey = sheet.picture
            drawing = f"q {sheet.width} 0 0 {sheet.height} 0 0 cm /I Do Q\n" + drawing
            images = f"/XObject << /I {picture} 0 R >>"
            packed = zlib.compress(grey)
            objects[picture] = (
                (
                    f"<< /Type /XObject /Subtype /Image /Width {columns} /Height {rows} /ColorSpace /DeviceGray "
                    f"/BitsPerComponent 8 /Filter /FlateDecode /Length {len(packed)} >>\nstream\n"
                ).encode()
                + packed
                + b"\nendstream"
            )
        objects[page] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {sheet.width} {sheet.height}] /Rotate {sheet.rotate} "
            f"/Resources << /Font << /F 3 0 R >> {images} >> /Contents {content} 0 R >>"
        ).encode()
        stream = drawing.encode("ascii")
        objects[content] = f"<< /Length {len(stream)} >>\nstream\n".encode() + stream + b"\nendstream"
    last = max(objects)
    return samples.pdf_of(tuple(objects.get(n, b"null") for n in range(1, last + 1)))


def table(
    sheet: Sheet,
    columns: list[float],
    rows: list[float],
    cells: dict[tuple[int, int], str],
    joined: tuple[str, ...] = (),
) -> None:
    """A ruled table. ``joined`` are merged ranges as "row,column-row,column"; the lines inside them are not drawn."""
    inside: dict[tuple[int, int], tuple[int, int]] = {}
    for span in joined:
        first, last = ([int(v) for v in corner.split(",")] for corner in span.split("-"))
        for r in range(first[0], last[0] + 1):
            for c in range(first[1], last[1] + 1):
                inside[r, c] = (first[0], first[1])
    height, width = len(rows) - 1, len(columns) - 1

    def cell(r: int, c: int) -> tuple[int, int] | None:
        return inside.get((r, c), (r, c)) if 0 <= r < height and 0 <= c < width else None

    for r in range(height):
        for c in range(width + 1):
            if cell(r, c - 1) != cell(r, c):
                sheet.line(columns[c], rows[r], columns[c], rows[r + 1])
    for r in range(height + 1):
        for c in range(width):
            if cell(r - 1, c) != cell(r, c):
                sheet.line(columns[c], rows[r], columns[c + 1], rows[r])
    for (r, c), text in cells.items():
        for n, line in enumerate(text.split("\n")):
            sheet.text(columns[c] + 3, rows[r] + 12 + 12 * n, line)
