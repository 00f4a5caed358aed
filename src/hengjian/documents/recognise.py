"""Which format some bytes are in: by their content, never by a name.

Budget systems and clerks misname files all the time: web pages called ``.xls``, ``.docx`` renamed to ``.doc``, PDF without
any extension.
"""

import io
import re
import zipfile
import zlib
from typing import Final

from hengjian.documents import charset
from hengjian.documents.content import MAX_ZIP_ENTRIES, Unreadable

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Directory entries of an OLE file: 128 bytes, the name first in UTF-16, its length in bytes at 64 (MS-CFB 2.6.1).
_OLE_STREAMS: Final = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
)
_BIFF: Final = (b"\x09\x08\x10\x00", b"\x09\x08\x08\x00", b"\x09\x04\x06\x00", b"\x09\x02\x06\x00", b"\x09\x00\x04\x00")
_ZIP_PARTS: Final = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
    ("ppt/presentation.xml", "pptx"),
    ("ofd.xml", "ofd"),
)
_ODF: Final = (
    (b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
    (b"application/vnd.oasis.opendocument.text", "odt"),
)
_MAGIC: Final = (
    (b"{\\rtf", "rtf"),
    (b"\xff\xd8\xff", "image"),
    (b"\x89PNG\r\n", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"BM", "bitmap"),
    (b"RIFF", "riff"),
    (b"Rar!\x1a\x07", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b\x08", "archive"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
)
_HEAD: Final = 64 * 1024
_COMMENTS: Final = re.compile(r"^(?:\s+|<!--.{0,20000}?-->|<\?xml[^<>]{0,300}\?>)+", re.DOTALL)
_PAGE_START: Final = re.compile(
    r"<(?:!doctype\s+html|html|head|body|meta|title|table|div|center|style|script|link|h[1-6]|form)\b", re.IGNORECASE
)
_PAGE_INSIDE: Final = re.compile(r"<html[\s>]|<body[\s>]|<table[\s>].{0,4000}?<t[dh][\s>]", re.IGNORECASE | re.DOTALL)
_MIME: Final = re.compile(
    r"(?:[\w-]{2,40}:[^\n]{0,998}\n(?:[ \t][^\n]{0,998}\n){0,20}){0,40}?content-type:\s*multipart/related",
    re.IGNORECASE,
)
_CONTROL: Final = bytes((*range(1, 7), 8, *range(14, 27), *range(28, 32), 127))

# What we can name but not read: the words for it, and what to do.
_UNREADABLE: Final = {
    "ppt": ("PowerPoint 演示文稿", "请将其中的表格另存为 Word、Excel 或 PDF 文件后再读取"),
    "pptx": ("PowerPoint 演示文稿", "请将其中的表格另存为 Word、Excel 或 PDF 文件后再读取"),
    "ofd": ("OFD 版式文件", "请用 OFD 阅读器另存（转换）为 PDF 后再读取"),
    "archive": ("压缩包", "请先解压，再读取其中的文件"),
    "zip": ("压缩包", "请先解压，再读取其中的文件"),
    "xml": ("XML 数据文件", "请用生成它的软件打开，另存为 .docx、.xlsx 或 PDF 后再读取"),
}


def kind_of(data: bytes) -> str:
    """What some bytes are, also where nothing here reads them (``zip``, ``ofd``, ``encrypted``, ``program``, ``unknown`` …)."""
    return _kind(data)


def recognise(data: bytes, name: str) -> str:
    """The name of the format, one of ``documents.FORMATS``.

    Raises ``Unreadable``: P02 for a file with a password, P05 for a known format without a reader, P03 for unknown bytes.
    """
    kind = _kind(data)
    if kind == "encrypted":
        from hengjian.documents.package import encrypted  # lxml is heavy

        raise encrypted(name)
    if kind in _UNREADABLE:
        what, advice = _UNREADABLE[kind]
        raise Unreadable("P05", f"“{name}”的内容是{what}，本软件不能直接读取。{advice}。")
    if kind in ("program", "unknown"):
        raise Unreadable(
            "P03",
            f"“{name}”的内容不是文档、表格、网页、PDF 或文本，认不出格式，文件可能已损坏或选错了文件。请核对后重新选择，或用原软件打开并另存一份。",
        )
    return kind


def is_archive(data: bytes) -> bool:
    """Whether the bytes are a page saved with all its parts (MHTML), headers of a mail first."""
    head = data[:8192].decode("latin-1").lstrip("\xef\xbb\xbf \t\r\n").replace("\r\n", "\n")
    return _MIME.match(head) is not None


def _kind(data: bytes) -> str:
    if data.startswith(_OLE):
        return _ole_kind(data)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_kind(data)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(_BIFF):
        return "xls"
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return _sure(kind, data)
    return _text_kind(data)


def _sure(kind: str, data: bytes) -> str:
    """Marks of two letters may begin a text as well: look further."""
    if kind == "bitmap":
        return "image" if data[6:10] == b"\0\0\0\0" else _text_kind(data)
    if kind == "riff":
        return "image" if data[8:12] == b"WEBP" else _text_kind(data)
    if kind == "program" and b"\0" not in data[:64]:
        return _text_kind(data)
    return kind


def _ole_kind(data: bytes) -> str:
    for stream, kind in _OLE_STREAMS:
        name = stream.encode("utf-16-le") + b"\0\0"
        at = data.find(name)
        while at >= 0:
            if at % 128 == 0 and data[at + 64 : at + 66] == len(name).to_bytes(2, "little"):
                return "encrypted" if kind == "doc" and _word_encrypted(data, at) else kind
            at = data.find(name, at + 2)
    return "unknown"


def _word_encrypted(data: bytes, entry: int) -> bool:
    """The flag fEncrypted in the head of the main stream (MS-DOC 2.5.2)."""
    sector = 1 << min(int.from_bytes(data[30:32], "little"), 12)
    start = int.from_bytes(data[entry + 116 : entry + 120], "little")
    head = data[(start + 1) * sector : (start + 1) * sector + 12]
    return len(head) == 12 and head[:2] == b"\xec\xa5" and bool(head[11] & 1)


def _zip_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            infos = package.infolist()[:MAX_ZIP_ENTRIES]
            names = {info.filename.replace("\\", "/").lstrip("/").lower(): info for info in infos}
            if "content.xml" in names and (kind := _odf_kind(package, names)):
                return kind
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError):
        return _broken_zip_kind(data)
    for part, kind in _ZIP_PARTS:
        if part in names:
            return kind
    if "[content_types].xml" in names:  # a main part with another name than the usual one
        folders = {name.split("/", 1)[0] for name in names}
        return next((kind for folder, kind in (("word", "docx"), ("xl", "xlsx")) if folder in folders), "zip")
    return "zip"


def _odf_kind(package: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo]) -> str:
    """By the file that says so, else by the body of the content."""
    for part in ("mimetype", "content.xml"):
        if part not in names:
            continue
        try:
            with package.open(names[part]) as stream:
                head = stream.read(_HEAD)
        except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError, NotImplementedError):
            continue  # encrypted or damaged: the reader will say so
        for mark, kind in (*_ODF, (b"<office:spreadsheet", "ods"), (b"<office:text", "odt")):
            if mark in head:
                return kind
    return "ods" if "meta-inf/manifest.xml" in names else ""


def _broken_zip_kind(data: bytes) -> str:
    """The directory at the end is lost (a download cut off): local headers still name the parts. The reader will say P03."""
    for mime, kind in _ODF:
        if mime in data[:200]:
            return kind
    if b"word/" in data:
        return "docx"
    return "xlsx" if b"xl/" in data or b"[Content_Types].xml" in data else "unknown"


def _text_kind(data: bytes) -> str:
    head = data[:_HEAD]
    wide = charset.wide(head)
    if not wide and _is_binary(head):
        return "unknown"
    text = head.decode(wide or "latin-1", "replace").removeprefix("\ufeff").removeprefix("ï»¿")
    if is_archive(data):
        return "html"
    start = _COMMENTS.sub("", text, count=1)
    if _PAGE_START.match(start) or _PAGE_INSIDE.search(start):
        return "html"
    if text.lstrip().startswith("<?xml") or start.startswith(("<!DOCTYPE", "<!ENTITY")):
        return "xml"
    return "txt"


def _is_binary(head: bytes) -> bool:
    """More than one control character in a hundred, or zeros where no wide charset explains them."""
    control = len(head) - len(head.translate(None, _CONTROL))
    return control * 100 > len(head) or head.count(0) * 50 > len(head)
