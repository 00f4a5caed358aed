"""Files that people hand in: measured, named and recognised before anything is done with them, kept under their digest.

A stored file is ``MEDIA_ROOT/<first two of the SHA-256>/<SHA-256>``: its name plays no part in where it lies, the same
content lies there once, and it is there whole or not at all. Nothing of it is ever served as a page.
"""

import hashlib
import os
import time
import unicodedata
import uuid
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from django.conf import settings
from django.core.files.base import File
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest

from hengjian import desk

_NAME: Final = 150  # characters
# What a computer would run when it is opened; a document never ends so, nor has it such an ending before its own.
_PROGRAMS: Final = frozenset(
    """exe dll com scr msi bat cmd ps1 psm1 vbs vbe js jse mjs wsf wsh hta jar class sh bash py pyw phar lnk url reg cpl inf
    apk app deb rpm dmg iso svg svgz swf""".split()  # noqa: SIM905 - read as a sentence
)
_PAGES: Final = frozenset(("html", "xml"))
_SCRIPT_STARTS: Final = (b"#!", b"<?php", b"<?=", b"<%", b"<svg", b"<script", b"<!doctype", b"<html", b"<?xml")
# What may stand behind a value: documents, pictures, texts; packages only to be downloaded.
EVIDENCE_KINDS: Final = {
    "pdf": "PDF",
    "image": "图片",
    "docx": "Word",
    "doc": "Word",
    "odt": "文档",
    "rtf": "文档",
    "xlsx": "Excel",
    "xls": "Excel",
    "xlsb": "Excel",
    "ods": "表格",
    "ppt": "演示文稿",
    "pptx": "演示文稿",
    "txt": "文本",
    "ofd": "OFD",
    "zip": "压缩包",
}


class Unfit(Exception):
    """Why a file cannot be taken; the message is for the person who handed it in."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that was taken: its cleaned name, its digest, where it lies below ``MEDIA_ROOT``, and its format by content."""

    name: str
    sha256: str
    file: str
    size: int
    kind: str


class LimitedUpload(TemporaryFileUploadHandler):
    """Streams uploads to disk, and stops at the limit instead of filling it; the view tells who was cut off."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._size = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A further file begins."""
        super().new_file(*args, **kwargs)
        self._size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """A piece of it."""
        self._size += len(raw_data)
        if self._size > settings.UPLOAD_LIMIT:
            if self.request is not None:
                too_big(self.request).append(clean_name(self.file_name or ""))
            self.file.close()
            raise SkipFile
        return super().receive_data_chunk(raw_data, start)


def too_big(request: HttpRequest) -> list[str]:
    """The names of the uploads of a request that were cut off at the limit."""
    names: list[str] = request.__dict__.setdefault("_too_big", [])
    return names


def limit_message(name: str) -> str:
    """Why a file that is too big is not taken."""
    return f"“{name}”超过 {settings.UPLOAD_LIMIT // (1024 * 1024)} MB 的上限，没有收。请拆分或压缩图片后再上传。"


def clean_name(raw: str) -> str:
    """A name that is only a name: no folders, no characters that control or turn the text, not too long."""
    last = raw.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(one for one in unicodedata.normalize("NFC", last) if unicodedata.category(one)[0] != "C")
    shown = " ".join(shown.split()).strip(" .")
    if not shown:
        return "未命名文件"
    if len(shown) > _NAME:
        ending = PurePosixPath(shown).suffix[:10]
        shown = shown[: _NAME - len(ending)] + ending
    return shown


def document(upload: "File[bytes]") -> Stored:
    """Take a document that shall be read. Raises ``Unfit``."""
    return _taken(upload, frozenset(), "document")


def evidence(upload: "File[bytes]") -> Stored:
    """Take a file that shall stand behind a value. Raises ``Unfit``."""
    return _taken(upload, frozenset(EVIDENCE_KINDS), "evidence")


def path_of(file: str) -> Path:
    """Where a stored file lies."""
    return Path(settings.MEDIA_ROOT) / file


def _taken(upload: "File[bytes]", allowed: frozenset[str], use: str) -> Stored:
    name = clean_name(upload.name or "")
    _named_well(name)
    if upload.size is not None and upload.size > settings.UPLOAD_LIMIT:
        raise Unfit(limit_message(name))
    temporary = _incoming() / uuid.uuid4().hex
    try:
        digest, size = _written(upload, temporary)
        if not size:
            raise Unfit(f"“{name}”是空文件（0 字节），没有收。请重新导出后再上传。")
        kind = _recognised(temporary, name, allowed, use)
        file = f"{digest[:2]}/{digest}"
        _put(temporary, path_of(file))
    finally:
        temporary.unlink(missing_ok=True)
    return Stored(name, digest, file, size, kind)


def _named_well(name: str) -> None:
    for ending in name.lower().split(".")[1:][-2:]:
        if ending.strip() in _PROGRAMS:
            raise Unfit(
                f"“{name}”的文件名里有 .{ending.strip()}，这是程序或脚本的扩展名，没有收。请上传原始的文档；确是文档的，请改名后再上传。"
            )


def _written(upload: "File[bytes]", path: Path) -> tuple[str, int]:
    """Copy piece by piece, to the platter; the digest and the size of what was written."""
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as out:
        for piece in upload.chunks():
            digest.update(piece)
            size += len(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest(), size


def _recognised(path: Path, name: str, allowed: frozenset[str], use: str) -> str:
    kind, problem = desk.file_kind(path, name)
    with path.open("rb") as stream:
        head = stream.read(512).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if use == "document":
        if problem is not None:
            raise Unfit(problem.message)
        if kind == "txt" and head.startswith(_SCRIPT_STARTS):
            raise Unfit(f"“{name}”的内容是脚本，不是文档，没有收。请核对是否选错了文件。")
        return kind
    if kind in _PAGES or (kind == "txt" and head.startswith(_SCRIPT_STARTS)):
        raise Unfit(f"“{name}”的内容是网页、SVG 或脚本，为安全起见不作佐证材料收存。请另存为 PDF 或截图后上传。")
    if kind not in allowed:
        what = "加密的文件" if kind == "encrypted" else "不收的格式"
        raise Unfit(
            f"“{name}”是{what}，没有收。佐证材料可以是 PDF、图片、Word、Excel、演示文稿、文本、OFD 或 zip 压缩包。"
        )
    return kind


def _put(temporary: Path, final: Path) -> None:
    """Give a complete file its place. What lies there already is the same."""
    final.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.replace(temporary, final)
    except PermissionError:  # Windows: someone is reading the same content, which lies there already
        if not final.exists():
            raise
    _settle(final.parent)


def write_beside(file: str, ending: str, data: bytes) -> None:
    """Keep something made of a stored file beside it (a picture of a page), whole or not at all."""
    temporary = _incoming() / uuid.uuid4().hex
    temporary.write_bytes(data)
    os.replace(temporary, beside(file, ending))


def beside(file: str, ending: str) -> Path:
    """Where something made of a stored file lies."""
    return path_of(f"{file}.{ending}")


def _settle(folder: Path) -> None:
    """Make the names in a folder durable, where the system lets folders be synced."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _incoming() -> Path:
    folder = Path(settings.MEDIA_ROOT) / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def sweep_incoming(older_than: float = 86400.0) -> None:
    """Remove what uploads that were broken off left behind."""
    limit = time.time() - older_than
    for path in _incoming().iterdir():
        if path.is_file() and path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
