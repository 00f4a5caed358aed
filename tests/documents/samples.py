"""Small valid files of every format, made while the tests run: one form, the same in all of them. Names are invented."""

import io
import struct
import zipfile
from collections.abc import Callable

Make = Callable[[], bytes]

TITLE = "项目支出绩效自评表"
ROWS = (
    ("项目名称", "党员教育培训经费", "主管部门", "云溪县委组织部"),
    ("三级指标", "指标值", "实际完成值", "得分"),
    ("培训期数", "12期", "12期", "10"),
    ("培训人数", "300人", "280人", "9.33"),
)
FORM_HTML = (
    "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in ROWS) + "</table>"
)


def txt() -> bytes:
    return (TITLE + "\n" + "".join("\t".join(row) + "\n" for row in ROWS)).encode()


def html() -> bytes:
    return f'<html><head><meta charset="utf-8"></head><body><h1>{TITLE}</h1>{FORM_HTML}</body></html>'.encode()


def package(parts: dict[str, str | bytes]) -> bytes:
    """A zip file of the parts, in their order."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>{}</Types>'
)
RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/></Relationships>'
)


def docx_parts() -> dict[str, str | bytes]:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    cells = ("".join(f"<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>" for cell in row) for row in ROWS)
    table = "".join(f"<w:tr>{row}</w:tr>" for row in cells)
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return {
        "[Content_Types].xml": TYPES.format(f'<Override PartName="/word/document.xml" ContentType="{main}"/>'),
        "_rels/.rels": RELS.format("officeDocument", "word/document.xml"),
        "word/document.xml": (
            f'<?xml version="1.0"?><w:document xmlns:w="{word}"><w:body><w:p><w:r><w:t>{TITLE}</w:t></w:r></w:p>'
            f"<w:tbl><w:tblPr/><w:tblGrid>{'<w:gridCol/>' * 4}</w:tblGrid>{table}</w:tbl><w:p/></w:body></w:document>"
        ),
    }


def docx() -> bytes:
    return package(docx_parts())


def xlsx() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ((TITLE,), *ROWS):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def ods_parts() -> dict[str, str | bytes]:
    names = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
    cells = (
        "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row)
        for row in ((TITLE,), *ROWS)
    )
    rows = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
    return {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": (
            f'<?xml version="1.0"?><office:document-content xmlns:office="{names.format("office")}" xmlns:table="{names.format("table")}"'
            f' xmlns:text="{names.format("text")}" office:version="1.2"><office:body><office:spreadsheet>'
            f'<table:table table:name="自评表">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
        ),
        "META-INF/manifest.xml": (
            '<?xml version="1.0"?><m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            '<m:file-entry m:full-path="/" m:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
            '<m:file-entry m:full-path="content.xml" m:media-type="text/xml"/></m:manifest>'
        ),
    }


def ods() -> bytes:
    return package(ods_parts())


def xls() -> bytes:
    """A workbook of Excel 4 (one sheet, no container) with label records: the smallest thing that still is an xls."""
    data = struct.pack("<HHHHH", 0x0409, 6, 0, 0x10, 0)
    data += struct.pack("<HHH", 0x42, 2, 936)
    for row, texts in enumerate(((TITLE,), *ROWS)):
        for column, text in enumerate(texts):
            label = text.encode("gb18030")
            data += struct.pack("<HHHHHH", 0x0204, 8 + len(label), row, column, 0, len(label)) + label
    return data + struct.pack("<HH", 0x0A, 0)


def pdf() -> bytes:
    """One page with a ruled table of Latin text: no font has to be carried."""
    drawing = ["1 w"]
    drawing += [f"50 {y} m 450 {y} l S" for y in range(600, 721, 40)]
    drawing += [f"{x} 600 m {x} 720 l S" for x in range(50, 451, 200)]
    for number, text in enumerate(("target", "score", "12", "10", "300", "9.33")):
        drawing.append(f"BT /F1 12 Tf {60 + 200 * (number % 2)} {695 - 40 * (number // 2)} Td ({text}) Tj ET")
    stream = "\n".join(drawing).encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 500 800] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    return pdf_of(objects)


def pdf_of(objects: tuple[bytes, ...], trailer: bytes = b"") -> bytes:
    """A pdf file of numbered objects; the first is the catalogue."""
    data = b"%PDF-1.4\n"
    offsets: list[int] = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return data + b"trailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer,
        start,
    )


def ole(streams: dict[str, bytes]) -> bytes:
    """A compound file (OLE) of the streams, each in whole sectors of 512 bytes and no mini stream."""
    padded = {name: data.ljust(max(4096, -(-len(data) // 512) * 512), b"\0") for name, data in streams.items()}
    fat = [0xFFFFFFFD, 0xFFFFFFFE]  # sector 0: this table, sector 1: the directory
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)]
    body = b""
    for number, (name, data) in enumerate(padded.items(), 1):
        start = len(fat)
        count = len(data) // 512
        fat += [*range(start + 1, start + count), 0xFFFFFFFE]
        right = number + 1 if number < len(padded) else 0xFFFFFFFF
        entries.append(_entry(name, 2, start, len(data), right=right))
        body += data
    directory = b"".join(entries).ljust(512, b"\0")
    assert len(fat) <= 128
    assert len(directory) == 512
    table = struct.pack("<128I", *fat, *[0xFFFFFFFF] * (128 - len(fat)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return header + table + directory + body


def _entry(name: str, kind: int, start: int, size: int, right: int = 0xFFFFFFFF, child: int = 0xFFFFFFFF) -> bytes:
    label = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<BBIII", kind, 1, 0xFFFFFFFF, right, child)
    return label.ljust(64, b"\0") + struct.pack("<H", len(label)) + links + bytes(36) + struct.pack("<IQ", start, size)


ALL: tuple[tuple[str, Make], ...] = (
    ("txt", txt),
    ("html", html),
    ("docx", docx),
    ("xlsx", xlsx),
    ("ods", ods),
    ("xls", xls),
    ("pdf", pdf),
)
